//! A batch of bound records with the class tables it was bound against, checked once so that kernels need not.

use super::abi::ColumnView;
use crate::plan::{Plan, Tables};
use std::sync::RwLockReadGuard;

/// One column of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundColumn<'a> {
    /// A class for each row, where the plan gives the column classes.
    pub classes: Option<&'a [u32]>,
    /// An amount and its state for each row, where the plan asks for amounts.
    pub amounts: Option<(&'a [i64], &'a [u8])>,
}

/// A batch that a kernel may run on: every class is in its table, every slice has a value for each row.
pub struct Batch<'a> {
    rows: usize,
    columns: Vec<BoundColumn<'a>>,
    tables: Vec<Option<RwLockReadGuard<'a, Tables>>>,
    views: Vec<ColumnView>,
}

impl<'a> Batch<'a> {
    /// Puts columns (in the plan's order) and the plan's tables together.
    ///
    /// # Panics
    /// Where a column is too short or a class is not in its table: that would be a fault of the binder.
    pub fn new(plan: &'a Plan, rows: usize, columns: Vec<BoundColumn<'a>>) -> Batch<'a> {
        assert_eq!(
            columns.len(),
            plan.columns.len(),
            "one bound column for each planned one"
        );
        let mut tables = Vec::with_capacity(columns.len());
        let mut views = Vec::with_capacity(columns.len());
        for (planned, column) in plan.columns.iter().zip(&columns) {
            let table = planned.classes.as_ref().map(|classes| classes.tables());
            if let Some(table) = &table {
                let classes = column
                    .classes
                    .expect("a column with classes is bound with them");
                assert!(classes.len() >= rows, "a class for each row");
                let largest = classes[..rows].iter().copied().max().unwrap_or(0);
                assert!(
                    (largest as usize) < table.count,
                    "every class is in the table"
                );
            }
            if planned.amount {
                let (mantissa, state) = column
                    .amounts
                    .expect("a column with amounts is bound with them");
                assert!(
                    mantissa.len() >= rows && state.len() >= rows,
                    "an amount for each row"
                );
            }
            views.push(view(column, table.as_deref()));
            tables.push(table);
        }
        Batch {
            rows,
            columns,
            tables,
            views,
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The class of a row in the column at `slot`.
    pub fn class(&self, slot: usize, row: usize) -> u32 {
        self.columns[slot].classes.expect("the column has classes")[row]
    }

    /// The amount of a row in the column at `slot`, and its state.
    pub fn amount(&self, slot: usize, row: usize) -> (i64, u8) {
        let (mantissa, state) = self.columns[slot].amounts.expect("the column has amounts");
        (mantissa[row], state[row])
    }

    /// The tables of the column at `slot`.
    pub fn tables(&self, slot: usize) -> Option<&Tables> {
        self.tables[slot].as_deref()
    }

    /// The columns for generated code.
    pub(super) fn views(&self) -> &[ColumnView] {
        &self.views
    }
}

fn view(column: &BoundColumn<'_>, tables: Option<&Tables>) -> ColumnView {
    use std::ptr::null;
    ColumnView {
        classes: column.classes.map_or(null(), <[u32]>::as_ptr),
        possible: tables.map_or(null(), |tables| tables.first.possible.as_ptr()),
        certain: tables.map_or(null(), |tables| tables.first.certain.as_ptr()),
        summary: tables.map_or(null(), |tables| tables.summary.as_ptr()),
        exposed: tables.map_or(null(), |tables| tables.exposed.as_ptr()),
        mantissa: column
            .amounts
            .map_or(null(), |(mantissa, _)| mantissa.as_ptr()),
        state: column.amounts.map_or(null(), |(_, state)| state.as_ptr()),
    }
}
