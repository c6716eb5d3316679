//! Constructors of decision tables.

use super::Builder;
use crate::syntax::ast::*;
use crate::syntax::explain;
use crate::syntax::token::Token;

impl<'t> Builder<'t> {
    /// A table; it must say how its rows go together.
    pub fn table(
        &self,
        name: Name,
        params: Vec<Option<DefineParam>>,
        ty: Type,
        hit: Option<Hit>,
        rows: Vec<Option<Row>>,
    ) -> ItemKind {
        let params: Vec<DefineParam> = params.into_iter().flatten().collect();
        if hit.is_none() {
            self.report(explain::missing_hit(&name, ty.span));
        }
        let lost_rows = rows.iter().any(Option::is_none);
        let mut rows: Vec<Row> = rows.into_iter().flatten().collect();
        for row in &mut rows {
            for (cell, param) in row.cells.iter_mut().zip(&params) {
                cell.about = Some(Expr::new(
                    ExprKind::Name(param.name.clone()),
                    param.name.span,
                ));
            }
        }
        ItemKind::Table(Table {
            name,
            params,
            ty,
            hit,
            rows,
            lost_rows,
        })
    }

    /// A row.
    pub fn row(&self, l: u32, cells: Vec<Cell>, result: Expr, r: u32) -> Row {
        Row {
            cells,
            result,
            span: self.span(l, r),
        }
    }

    /// A cell; what it asks about is known once the table is whole.
    pub fn cell(&self, l: u32, kind: CellKind, r: u32) -> Cell {
        Cell {
            kind,
            about: None,
            span: self.span(l, r),
        }
    }

    /// `missing`, `not missing`.
    pub fn missing_cell(&self, not: Option<Token<'t>>) -> CellKind {
        CellKind::Missing {
            negated: not.is_some(),
        }
    }

    /// `>= 10 USD`.
    pub fn compare_cell(&self, l: u32, op: CompareOp, r: u32, value: Expr) -> CellKind {
        CellKind::Compare {
            op,
            op_span: self.span(l, r),
            value,
        }
    }

    /// `in s`, `not in s`.
    pub fn in_cell(&self, not: Option<Token<'t>>, set: Expr) -> CellKind {
        CellKind::In {
            negated: not.is_some(),
            set,
        }
    }

    /// `under s`, `not under s`.
    pub fn under_cell(&self, not: Option<Token<'t>>, set: Expr) -> CellKind {
        CellKind::Under {
            negated: not.is_some(),
            set,
        }
    }

    /// `like "…"` and the other tests of texts.
    pub fn text_cell(&self, not: Option<Token<'t>>, op: TextOp, pattern: Expr) -> CellKind {
        CellKind::Text {
            op,
            negated: not.is_some(),
            pattern,
        }
    }
}
