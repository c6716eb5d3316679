//! A batch of bound records with the class tables it was bound against, checked once so that kernels need not.

use super::abi::{ColumnView, DenseView};
use super::bits;
use super::loops::Lists;
use crate::plan::{MISSING, Plan, Tables};
use arrow_array::types::Int32Type;
use arrow_array::{Array, DictionaryArray};
use arrow_buffer::{Buffer, NullBuffer};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{OnceLock, RwLockReadGuard};

/// The class of each entry of a dictionary, worked out once for all batches that share it.
#[derive(Clone, Debug)]
pub struct CodeClasses {
    /// First that of rows without a code, then those of the dictionary's entries.
    classes: Vec<u32>,
    largest: u32,
    /// The summaries of those classes, once they are asked for.
    summary: OnceLock<Vec<u64>>,
}

impl CodeClasses {
    /// The class of rows without a code, and those of the dictionary's entries in order.
    pub fn new(of_nothing: u32, of_entries: impl IntoIterator<Item = u32>) -> CodeClasses {
        let classes: Vec<u32> = std::iter::once(of_nothing).chain(of_entries).collect();
        let largest = classes.iter().copied().max().unwrap_or(0);
        CodeClasses {
            classes,
            largest,
            summary: OnceLock::new(),
        }
    }

    fn summary(&self, tables: &Tables, summary_words: usize) -> &[u64] {
        self.summary.get_or_init(|| {
            let classes = self.classes.iter();
            classes
                .flat_map(|class| tables.summary_of(*class, summary_words))
                .copied()
                .collect()
        })
    }
}

/// The classes of one column, for every row.
#[derive(Clone, Copy, Debug)]
pub enum RowClasses<'a> {
    /// As they are.
    Direct(&'a [u32]),
    /// As they are where a row is not null; null rows are missing.
    Known(&'a [u32], &'a NullBuffer),
    /// As the data's own codes, and the class of each code. Nothing is done for rows that no one asks about.
    Coded(&'a DictionaryArray<Int32Type>, &'a CodeClasses),
}

impl RowClasses<'_> {
    /// The class of a row.
    pub fn of(&self, row: usize) -> u32 {
        match self {
            RowClasses::Direct(classes) => classes[row],
            RowClasses::Known(classes, nulls) => match nulls.is_valid(row) {
                true => classes[row],
                false => MISSING,
            },
            RowClasses::Coded(codes, classes) => match codes.key(row) {
                Some(code) => classes.classes[code + 1],
                None => classes.classes[0],
            },
        }
    }

    /// Hands over the class of each of the first `rows` rows.
    #[inline]
    pub fn each(&self, rows: usize, mut take: impl FnMut(usize, u32)) {
        match self {
            RowClasses::Direct(classes) => {
                let classes = classes[..rows].iter().enumerate();
                classes.for_each(|(row, class)| take(row, *class));
            }
            RowClasses::Coded(codes, classes) if codes.null_count() == 0 => {
                let classes = &classes.classes[1..];
                let codes = unsigned(&codes.keys().values()[..rows]).iter().enumerate();
                codes.for_each(|(row, code)| take(row, classes[*code as usize]));
            }
            RowClasses::Known(..) | RowClasses::Coded(..) => {
                (0..rows).for_each(|row| take(row, self.of(row)));
            }
        }
    }

    /// Adds what `of_class` has for the class of each row of `rows`.
    pub(super) fn look_up(&self, rows: Range<usize>, of_class: &[u8], found: &mut Vec<u8>) {
        match self {
            RowClasses::Direct(classes) => {
                let classes = classes[rows].iter();
                found.extend(classes.map(|class| of_class[*class as usize]));
            }
            RowClasses::Coded(codes, classes) if codes.null_count() == 0 => {
                let classes = &classes.classes[1..];
                let codes = unsigned(&codes.keys().values()[rows]).iter();
                found.extend(codes.map(|code| of_class[classes[*code as usize] as usize]));
            }
            RowClasses::Known(..) | RowClasses::Coded(..) => {
                found.extend(rows.map(|row| of_class[self.of(row) as usize]));
            }
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            RowClasses::Direct(classes) => classes.len(),
            RowClasses::Known(classes, nulls) => classes.len().min(nulls.len()),
            RowClasses::Coded(codes, _) => codes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the first rows have no class but the first `count`.
    pub(super) fn are_below(&self, count: usize, rows: usize) -> bool {
        match self {
            RowClasses::Direct(classes) | RowClasses::Known(classes, _) => {
                let count = u32::try_from(count).expect("classes are numbered in 32 bits");
                let classes = &classes[..rows];
                // None is greater than all their bits together. All are looked at whatever comes of it, since that is what
                // vectors are for.
                classes.iter().fold(0, |bits, class| bits | class) < count
                    || !classes
                        .iter()
                        .fold(false, |any, class| any | (*class >= count))
            }
            RowClasses::Coded(_, classes) => (classes.largest as usize) < count,
        }
    }

    /// Which rows have no code.
    fn nulls(&self) -> Option<&NullBuffer> {
        match self {
            RowClasses::Direct(_) => None,
            RowClasses::Known(_, nulls) => Some(nulls),
            RowClasses::Coded(codes, _) => codes.nulls(),
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
    lists: Lists<'a>,
    /// What `views` point to where a column's own bits do not begin at a byte; first the bits of columns in which every
    /// row is known.
    _known: Vec<Buffer>,
}

/// A column as every record is asked it: a key a row, and the summary of each key.
pub(super) struct Dense<'b> {
    keys: Cow<'b, [u32]>,
    summary: &'b [u64],
}

impl Dense<'_> {
    pub(super) fn view(&self) -> DenseView {
        DenseView {
            keys: self.keys.as_ptr(),
            summary: self.summary.as_ptr(),
        }
    }
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
        let mut known = vec![Buffer::from_vec(vec![u8::MAX; rows.div_ceil(8)])];
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
            let nulls = column.classes.as_ref().and_then(RowClasses::nulls);
            let known_rows = match nulls.filter(|nulls| nulls.null_count() > 0) {
                Some(nulls) => {
                    assert!(nulls.len() >= rows, "a bit for each row");
                    let bits = nulls.inner();
                    if bits.offset().is_multiple_of(8) {
                        &bits.values()[bits.offset() / 8..]
                    } else {
                        known.push(bits.sliced());
                        known.last().expect("just pushed").as_slice()
                    }
                }
                None => known[0].as_slice(),
            };
            assert!(8 * known_rows.len() >= rows, "a bit for each row");
            let known_rows = known_rows.as_ptr();
            views.push(view(column, table.as_deref(), known_rows));
            tables.push(table);
        }
        Batch {
            rows,
            columns,
            tables,
            views,
            lists: Lists::default(),
            _known: known,
        }
    }

    /// The same with what conditions over lists read.
    pub fn with_lists(mut self, lists: Lists<'a>) -> Batch<'a> {
        self.lists = lists;
        self
    }

    pub(super) fn lists(&self) -> &Lists<'a> {
        &self.lists
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

    /// The column at `slot` as a key a row.
    pub(super) fn dense(&self, slot: usize, summary_words: usize) -> Dense<'_> {
        let classes = self.columns[slot].classes.expect("the column has classes");
        let tables = self.tables(slot).expect("a column with classes has tables");
        let nulls = classes.nulls().filter(|nulls| nulls.null_count() > 0);
        let pick = |values: &[u32], plus: u32, unset: u32, nulls: &NullBuffer| {
            let mut keys = Vec::new();
            bits::pick(values, plus, unset, nulls.inner(), &mut keys);
            Cow::Owned(keys)
        };
        match (classes, nulls) {
            (RowClasses::Direct(classes) | RowClasses::Known(classes, _), None) => Dense {
                keys: Cow::Borrowed(&classes[..self.rows]),
                summary: &tables.summary,
            },
            (RowClasses::Direct(classes) | RowClasses::Known(classes, _), Some(nulls)) => Dense {
                keys: pick(&classes[..self.rows], 0, MISSING, nulls),
                summary: &tables.summary,
            },
            (RowClasses::Coded(codes, classes), nulls) => {
                let summary = classes.summary(tables, summary_words);
                let codes = unsigned(&codes.keys().values()[..self.rows]);
                match nulls {
                    None => Dense {
                        keys: Cow::Borrowed(codes),
                        summary: &summary[summary_words..],
                    },
                    Some(nulls) => Dense {
                        keys: pick(codes, 1, 0, nulls),
                        summary,
                    },
                }
            }
        }
    }

    /// The columns for generated code.
    pub(super) fn views(&self) -> &[ColumnView] {
        &self.views
    }
}

/// Codes are never negative where a row has one.
fn unsigned(codes: &[i32]) -> &[u32] {
    // SAFETY: the two have the same size and alignment, and any bits are a value of either.
    unsafe { std::slice::from_raw_parts(codes.as_ptr().cast(), codes.len()) }
}

fn check_classes(classes: &RowClasses<'_>, rows: usize, table: &Tables) {
    assert!(classes.len() >= rows, "a class for each row");
    assert!(
        classes.are_below(table.count, rows),
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

fn view(column: &BoundColumn<'_>, tables: Option<&Tables>, known: *const u8) -> ColumnView {
    use std::ptr::null;
    let mut view = ColumnView {
        codes: null(),
        class_of_code: null(),
        known,
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
        (Some(RowClasses::Direct(classes) | RowClasses::Known(classes, _)), Some(tables)) => {
            view.codes = classes.as_ptr();
            view.class_of_code = tables.identity.as_ptr();
        }
        (Some(RowClasses::Coded(codes, classes)), Some(_)) => {
            view.codes = codes.keys().values().as_ptr().cast();
            view.class_of_code = classes.classes.as_ptr();
        }
        (None, _) | (Some(_), None) => {}
    }
    view
}
