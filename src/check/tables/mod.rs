//! Decision tables: their rows, and what the rows leave open or say twice.
//!
//! A table is a define whose body decides between its rows. Whether rows overlap, leave values without a row or can never
//! be reached is found by trying one value of each class on which all cells of a column agree (`samples`, `holds`), a missing
//! value being a class of its own (`cover`). This is exact but for tests of texts by pattern, and bounded.

mod cover;
mod file;
mod holds;
mod samples;

use super::checker::Checker;
use super::errors;
use super::expr::ExprChecker;
use super::load::UnitId;
use crate::model::{Decision, DecisionRow, Expr, ExprKind, Hit, Parameter, Type};
use crate::syntax::ast;
use crate::text::Span;

impl<'a> Checker<'a> {
    /// The body of the define that a table is.
    pub fn table(
        &mut self,
        unit: UnitId,
        parameters: &[Parameter],
        table: &'a ast::Table,
        declared: (Type, Span),
    ) -> Option<Expr> {
        if table.params.is_empty() || table.rows.is_empty() && !table.lost_rows {
            let (what, write) = match table.params.is_empty() {
                true => (
                    "columns",
                    "name them between the parentheses, such as `dest : country`",
                ),
                false => (
                    "rows",
                    "write its rows between the braces, such as `_ => 25%`",
                ),
            };
            self.report(errors::table_without(what, table.name.span, write));
            return None;
        }
        self.column_types(parameters, table)?;
        let rows: Vec<Option<DecisionRow>> = table
            .rows
            .iter()
            .map(|row| self.row(unit, parameters, row, (table, declared)))
            .collect();
        let rows = rows.into_iter().collect::<Option<Vec<DecisionRow>>>()?;
        // What a lost row decides is not known; it has its message.
        if table.lost_rows {
            return None;
        }
        let decision = Decision {
            name: table.name.text.as_str().into(),
            hit: match table.hit? {
                ast::Hit::First => Hit::First,
                ast::Hit::Unique => Hit::Unique,
            },
            rows,
            apart: false,
        };
        Some(Expr {
            kind: ExprKind::Decide(Box::new(decision)),
            ty: declared.0,
            span: table.name.span,
        })
    }

    /// Reports columns of values that no cell can ask about.
    fn column_types(&mut self, parameters: &[Parameter], table: &ast::Table) -> Option<()> {
        let mut all_good = Some(());
        for (parameter, param) in parameters.iter().zip(&table.params) {
            let help = match parameter.ty {
                Type::Instant => "give it the type `date`",
                Type::List(_) | Type::Element(_) | Type::Duration | Type::Verdict => {
                    "give the column a single value, such as a field of it"
                }
                Type::Text { .. }
                | Type::Bool
                | Type::Int
                | Type::Decimal
                | Type::Percent
                | Type::Money(_)
                | Type::Mass
                | Type::Date
                | Type::Country
                | Type::Code(_)
                | Type::Enum(_) => continue,
            };
            let called = self.called(parameter.ty);
            let (span, place) = (param.ty.span, "a column of a table");
            self.report(errors::type_not_for_here(span, &called, place, Some(help)));
            all_good = None;
        }
        all_good
    }

    fn row(
        &mut self,
        unit: UnitId,
        parameters: &[Parameter],
        row: &'a ast::Row,
        (table, (ty, because)): (&'a ast::Table, (Type, Span)),
    ) -> Option<DecisionRow> {
        let mut inner = ExprChecker {
            checker: self,
            unit,
            parameters,
            binders: Vec::new(),
            asking: None,
            here: None,
        };
        let cells = row.cells.iter().enumerate().take(parameters.len());
        let cells: Vec<Option<Option<Expr>>> =
            cells.map(|(at, cell)| inner.table_cell(cell, at)).collect();
        let result = inner.expect(&row.result, ty, Some(because));
        if row.cells.len() != parameters.len() {
            let columns = table
                .params
                .first()?
                .name
                .span
                .to(table.params.last()?.ty.span);
            let found = row.cells.len();
            self.report(errors::cells_and_columns(
                row.span,
                found,
                parameters.len(),
                columns,
            ));
            return None;
        }
        let cells = cells.into_iter().collect::<Option<Vec<Option<Expr>>>>()?;
        Some(DecisionRow {
            cells: cells.into_iter().flatten().collect(),
            result: result?,
            span: row.span,
        })
    }
}
