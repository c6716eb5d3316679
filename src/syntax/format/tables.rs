//! The layout of decision tables: a row on each line, cells and results under each other.

use super::layout::{INDENT, Layout};
use crate::syntax::ast::{Cell, CellKind, Row, Table};

impl Layout<'_> {
    /// A table that ends with the piece `close`.
    pub(super) fn table(&mut self, table: &Table, close: usize) {
        self.parameters(&table.name, &table.params);
        let open = self.last(table.ty.span) + 1 + usize::from(table.hit.is_some());
        let starts = self.starts(table.rows.iter().map(|row| row.span));
        for row in &table.rows {
            let behind = self.last(row.span) + 1;
            if self.pieces[behind].text == ";" {
                self.glue(behind);
            }
        }
        let broken = self.block(open, close, &starts, 0, 2);
        let margin = if broken { INDENT } else { 0 };
        for row in &table.rows {
            for cell in &row.cells {
                self.cell(cell, margin);
            }
            self.expr(&row.result, margin);
        }
        if broken {
            self.drop_semicolons(&table.rows);
            self.align_rows(&table.rows);
        }
    }

    fn cell(&mut self, cell: &Cell, margin: usize) {
        match &cell.kind {
            CellKind::Any | CellKind::Missing { .. } => {}
            CellKind::Value { .. }
            | CellKind::Compare { .. }
            | CellKind::In { .. }
            | CellKind::Under { .. }
            | CellKind::Text { .. }
            | CellKind::Between { .. } => {
                for expr in cell.kind.exprs() {
                    self.expr(expr, margin);
                }
            }
        }
    }

    /// A `;` says nothing at the end of a line.
    fn drop_semicolons(&mut self, rows: &[Row]) {
        for row in rows {
            let behind = self.last(row.span) + 1;
            let has_comment = self.forced(behind) || self.forced(behind + 1);
            if self.pieces[behind].text == ";" && !has_comment {
                self.dropped[behind] = true;
            }
        }
    }

    /// Pads cells and `=>` so that they stand under each other; rows that need several lines stand as they are.
    fn align_rows(&mut self, rows: &[Row]) {
        let rows: Vec<&Row> = rows
            .iter()
            .filter(|row| self.is_on_one_line(row.span))
            .collect();
        let columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        for column in 1..=columns {
            let ends: Vec<(usize, usize)> = rows
                .iter()
                .filter_map(|row| {
                    let at = match row.cells.get(column) {
                        Some(cell) => self.first(cell.span),
                        None if row.cells.len() == column => self.first(row.result.span) - 1,
                        None => return None,
                    };
                    Some((at, self.width_of(self.first(row.span), at - 1)))
                })
                .collect();
            let widest = ends.iter().map(|(_, width)| *width).max().unwrap_or(0);
            for (at, width) in ends {
                self.pad(at, widest - width + 1);
            }
        }
    }
}
