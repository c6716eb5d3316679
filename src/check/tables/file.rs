//! Tables that are read from files: keys, values, and the days of the rows.

use crate::check::checker::Checker;
use crate::check::data::ListInfo;
use crate::check::errors;
use crate::model::{FieldId, FieldRole, Valid};
use crate::syntax::ast;

impl Checker<'_> {
    /// Reports a table without a value, and columns that nobody can ask for.
    pub fn table_columns(
        &mut self,
        ast: &ast::List,
        info: &ListInfo,
        valid: Option<Valid>,
        recorded: Option<FieldId>,
    ) {
        if !ast.columns().any(|it| it.role == ast::FieldRole::Value) {
            self.report(errors::list_entry(
                ast.name.span,
                &format!("`{}` has no value", ast.name.text),
                "nothing here says what it comes to",
                "write `value` before the column that is looked up",
            ));
        }
        let days = valid.map(|valid| (valid.from, valid.end.map(|(end, _)| end)));
        let (from, end) = days.unwrap_or_default();
        let days = [from, end, recorded];
        // Of entries that are wrong it is not known which columns they mean.
        let are_known =
            days.iter().flatten().count() > 0 || ast.columns().count() == ast.entries.len();
        for (id, column) in info.columns.iter() {
            if column.role == FieldRole::Plain && are_known && !days.contains(&Some(id)) {
                self.report(errors::list_entry(
                    column.span,
                    &format!(
                        "`{}` is neither a key nor a value of this table",
                        column.name
                    ),
                    "nothing asks for it",
                    &format!("write `value {}`, or leave it out", column.name),
                ));
            }
        }
    }
}
