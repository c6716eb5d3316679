//! A batch of bound records with the class tables it was bound against, checked once so that kernels need not.

use super::abi::ColumnView;
use crate::plan::{Plan, Tables};
use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray};
use std::sync::RwLockReadGuard;

/// The class of each entry of a dictionary, worked out once for all batches that share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeClasses {
    /// First that of rows without a code, then those of the dictionary's entries.
    classes: Vec<u32>,
    largest: u32,
}

impl CodeClasses {
    /// The class of rows without a code, and those of the dictionary's entries in order.
    pub fn new(of_nothing: u32, of_entries: impl IntoIterator<Item = u32>) -> CodeClasses {
        let classes: Vec<u32> = std::iter::once(of_nothing).chain(of_entries).collect();
        let largest = classes.iter().copied().max().unwrap_or(0);
        CodeClasses { classes, largest }
    }
}

/// The classes of one column, for every row.
#[derive(Clone, Copy, Debug)]
pub enum RowClasses<'a> {
    /// As they are.
    Direct(&'a [u32]),
    /// As the data's own codes, and the class of each code. Nothing is done for rows that no one asks about.
    Coded(&'a DictionaryArray<Int32Type>, &'a CodeClasses),
}

impl RowClasses<'_> {
    /// The class of a row.
    pub fn of(&self, row: usize) -> u32 {
        match self {
            RowClasses::Direct(classes) => classes[row],
            RowClasses::Coded(codes, classes) => match codes.key(row) {
                Some(code) => classes.classes[code + 1],
                None => classes.classes[0],
            },
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            RowClasses::Direct(classes) => classes.len(),
            RowClasses::Coded(codes, _) => codes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The largest class of the first rows, or a larger one that no row has.
    fn largest(&self, rows: usize) -> u32 {
        match self {
            RowClasses::Direct(classes) => classes[..rows].iter().copied().max().unwrap_or(0),
            RowClasses::Coded(_, classes) => classes.largest,
        }
    }
}

/// One column of a batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundColumn<'a> {
    /// A class for each row, where the plan gives the column classes.
    pub classes: Option<RowClasses<'a>>,
    /// An amount and its state for each row, where the plan asks for amounts.
    pub amounts: Option<(&'a [i64], &'a [u8])>,
}

/// A batch that a kernel may run on: every class is in its table, every slice has a value for each row.
pub struct Batch<'a> {
    rows: usize,
    columns: Vec<BoundColumn<'a>>,
    tables: Vec<Option<RwLockReadGuard<'a, Tables>>>,
    views: Vec<ColumnView>,
    /// A bit for each row, all set: what generated code reads where no row lacks a code.
    _all_known: Vec<u8>,
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
        let all_known = vec![u8::MAX; rows.div_ceil(8)];
        let mut tables = Vec::with_capacity(columns.len());
        let mut views = Vec::with_capacity(columns.len());
        for (planned, column) in plan.columns.iter().zip(&columns) {
            let table = planned.classes.as_ref().map(|classes| classes.tables());
            if let Some(table) = &table {
                let classes = column
                    .classes
                    .expect("a column with classes is bound with them");
                check_classes(&classes, rows, table);
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
            views.push(view(column, table.as_deref(), &all_known));
            tables.push(table);
        }
        Batch {
            rows,
            columns,
            tables,
            views,
            _all_known: all_known,
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The class of a row in the column at `slot`.
    pub fn class(&self, slot: usize, row: usize) -> u32 {
        let classes = self.columns[slot].classes.as_ref();
        classes.expect("the column has classes").of(row)
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

fn check_classes(classes: &RowClasses<'_>, rows: usize, table: &Tables) {
    assert!(classes.len() >= rows, "a class for each row");
    assert!(
        (classes.largest(rows) as usize) < table.count,
        "every class is in the table"
    );
    if let RowClasses::Coded(codes, classes) = classes {
        let entries = codes.values().len();
        assert_eq!(
            classes.classes.len(),
            entries + 1,
            "a class for each entry and one for nothing"
        );
        // A reader of files may skip the check of codes where a dictionary has no entries.
        assert!(
            entries > 0 || codes.null_count() == codes.len(),
            "a code has an entry"
        );
    }
}

fn view(column: &BoundColumn<'_>, tables: Option<&Tables>, all_known: &[u8]) -> ColumnView {
    use std::ptr::null;
    let mut view = ColumnView {
        codes: null(),
        class_of_code: null(),
        known: all_known.as_ptr(),
        known_from: 0,
        possible: tables.map_or(null(), |tables| tables.first.possible.as_ptr()),
        certain: tables.map_or(null(), |tables| tables.first.certain.as_ptr()),
        summary: tables.map_or(null(), |tables| tables.summary.as_ptr()),
        exposed: tables.map_or(null(), |tables| tables.exposed.as_ptr()),
        mantissa: column
            .amounts
            .map_or(null(), |(mantissa, _)| mantissa.as_ptr()),
        state: column.amounts.map_or(null(), |(_, state)| state.as_ptr()),
    };
    match (column.classes, tables) {
        (Some(RowClasses::Direct(classes)), Some(tables)) => {
            view.codes = classes.as_ptr();
            view.class_of_code = tables.identity.as_ptr();
        }
        (Some(RowClasses::Coded(codes, classes)), Some(_)) => {
            view.codes = codes.keys().values().as_ptr().cast();
            view.class_of_code = classes.classes.as_ptr();
            if let Some(nulls) = codes.nulls() {
                view.known = nulls.buffer().as_ptr();
                view.known_from = nulls.offset() as u64;
            }
        }
        (None, _) | (Some(_), None) => {}
    }
    view
}
