//! Tables that are read from files: called with their keys, they come to one of their values.

use super::names::arguments;
use super::{ExprChecker, make};
use crate::check::declare::Meaning;
use crate::check::errors;
use crate::diagnostic::nearest;
use crate::model::{Expr, ExprKind, FieldId, FieldRole, ListId, Type};
use crate::syntax::ast;
use crate::text::Span;

impl<'a> ExprChecker<'_, 'a> {
    /// Whether it is such a table with its keys.
    pub(super) fn is_file_table(&self, ast: &ast::Expr) -> bool {
        self.called_table(ast).is_some()
    }

    fn called_table<'e>(
        &self,
        ast: &'e ast::Expr,
    ) -> Option<(&'e ast::Name, ListId, &'e [ast::Expr])> {
        let ast::ExprKind::Call { function, args } = &ast.without_parentheses().kind else {
            return None;
        };
        match self.checker.meaning(self.unit, &function.text) {
            Some((Meaning::FileTable(id), _)) => Some((function, id, args)),
            _ => None,
        }
    }

    /// `table(keys).value`
    pub(super) fn value_of_table(
        &mut self,
        span: Span,
        table: &'a ast::Expr,
        value: &ast::Name,
    ) -> Option<Expr> {
        let Some((function, id, args)) = self.called_table(table) else {
            unreachable!("internal error: {:?} is no table with its keys", table.kind)
        };
        self.file_table(span, (function, id), args, Some(value))
    }

    /// `table(keys)`, with the name of a value where one stands behind it.
    pub(super) fn file_table(
        &mut self,
        span: Span,
        (table, id): (&ast::Name, ListId),
        args: &'a [ast::Expr],
        value: Option<&ast::Name>,
    ) -> Option<Expr> {
        let column = self.value_column((table, id), value);
        self.checker.note_meaning(self.unit, table);
        let info = &self.checker.lists[id.index()];
        let (needed, declared) = (info.keys.len(), info.span);
        if needed == 0 {
            return None;
        }
        if args.len() != needed {
            return self.report(errors::wrong_arguments(
                &table.text,
                table.span,
                &arguments(needed),
                args.len(),
                Some(declared),
            ));
        }
        let keys = info.keys.iter().map(|key| {
            let is_broken = info.broken.contains(key);
            (!is_broken).then(|| (info.columns[*key].ty, info.columns[*key].span))
        });
        let types: Option<Vec<(Type, Span)>> = keys.collect();
        let keys = args.iter().zip(types?);
        let keys: Vec<Option<Expr>> = keys
            .map(|(arg, (ty, because))| self.expect(arg, ty, Some(because)))
            .collect();
        let keys = keys.into_iter().collect::<Option<Vec<Expr>>>()?;
        let column = column?;
        let ty = self.checker.lists[id.index()].columns[column].ty;
        let kind = ExprKind::Lookup {
            list: id,
            keys,
            column,
        };
        Some(make(kind, ty, span))
    }

    /// The column of the value that is asked; without a name the only one.
    fn value_column(
        &mut self,
        (table, id): (&ast::Name, ListId),
        value: Option<&ast::Name>,
    ) -> Option<FieldId> {
        let info = &self.checker.lists[id.index()];
        let values = info.columns.iter();
        let values = values.filter(|(_, column)| column.role == FieldRole::Value);
        let values: Vec<FieldId> = values.map(|(id, _)| id).collect();
        let found = match (value, values.as_slice()) {
            (None, []) => return None,
            (None, [only]) => Some(*only),
            (None, [..]) => None,
            (Some(name), _) => {
                let named = |id: &FieldId| *info.columns[*id].name == *name.text;
                values.iter().copied().find(named)
            }
        };
        if let (Some(found), Some(name)) = (found, value) {
            self.checker.note_column(name.span, id, found);
        }
        let names: Vec<&str> = values.iter().map(|id| &*info.columns[*id].name).collect();
        let error = match (found, value) {
            (Some(found), _) => return (!info.broken.contains(&found)).then_some(found),
            (None, Some(name)) => {
                let near = nearest(&name.text, names.iter().copied());
                errors::unknown_field(&table.text, &name.text, name.span, near, &names)
            }
            (None, None) => errors::which_value(&table.text, table.span, info.span, &names),
        };
        self.report(error)
    }
}
