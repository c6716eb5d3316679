//! The facts of one column, gathered chunk by chunk and merged in input order.

use std::collections::BTreeMap;
use std::hash::Hash;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_schema::DataType;
use rustc_hash::FxHashMap;

use super::{Example, Place};
use crate::input::Chunk;
use crate::input::read::{FieldReader, read_cell, show_cell};
use crate::input::reject::shortened;
use crate::model::{Model, Type, Value, print};
use crate::reference::show_value;

/// Different values that are counted.
pub(super) const MAX_DISTINCT: usize = 1_000;
/// Different unreadable texts that are kept.
const MAX_TEXTS: usize = 500;
/// Of these, how many are shown.
const MAX_SHOWN: usize = 5;
/// Digits of the longest code of the Harmonized System, and none.
const HS_LENGTHS: usize = 13;

/// What a column holds.
pub(super) struct ColumnFacts {
    pub missing: u64,
    pub unreadable: u64,
    pub smallest: Option<Value>,
    pub largest: Option<Value>,
    /// How many codes have so many digits, those included that lost a zero; fields of Harmonized System codes only.
    pub hs_lengths: [u64; HS_LENGTHS],
    /// None: more than [`MAX_DISTINCT`].
    distinct: Option<BTreeMap<String, u64>>,
    unreadable_texts: BTreeMap<String, (u64, Place)>,
}

impl Default for ColumnFacts {
    fn default() -> Self {
        ColumnFacts {
            missing: 0,
            unreadable: 0,
            smallest: None,
            largest: None,
            hs_lengths: [0; HS_LENGTHS],
            distinct: Some(BTreeMap::new()),
            unreadable_texts: BTreeMap::new(),
        }
    }
}

impl ColumnFacts {
    /// Adds the rows of a chunk, of which the field's column is the one at `at`.
    pub fn add(&mut self, model: &Model, reader: &FieldReader, chunk: &Chunk, at: usize) {
        let column = chunk.batch.column(at).as_ref();
        for (row, rows) in groups(column) {
            match read_cell(reader, column, row) {
                Ok(None) => self.missing += rows,
                Ok(Some(value)) => self.value(model, reader.ty(), value, rows),
                Err(expected) => {
                    let place = Place {
                        file: chunk.file,
                        row: chunk.rows.at(row),
                    };
                    let text = match expected.found_inside() {
                        Some(found) => found.to_owned(),
                        None => show_cell(column, row),
                    };
                    // A code that lost its leading zero cannot be read.
                    if text.bytes().all(|byte| byte.is_ascii_digit()) {
                        self.count_digits(text.len(), rows);
                    }
                    self.unreadable(shortened(&text), rows, place);
                }
            }
        }
    }

    fn count_digits(&mut self, digits: usize, rows: u64) {
        if let Some(count) = self.hs_lengths.get_mut(digits) {
            *count += rows;
        }
    }

    fn value(&mut self, model: &Model, ty: Type, value: Value, rows: u64) {
        if let Value::Code(code) = &value {
            let digits = code.to_string().bytes().filter(u8::is_ascii_digit).count();
            self.count_digits(digits, rows);
        }
        if let Some(distinct) = &mut self.distinct {
            let shown = match &value {
                // Lists are told apart by how long they are: what they hold would fill the page.
                Value::List(_) => show_value(model, ty, &value),
                value => print::value(model, ty, value),
            };
            *distinct.entry(shown).or_default() += rows;
            if distinct.len() > MAX_DISTINCT {
                self.distinct = None;
            }
        }
        self.range(value);
    }

    fn range(&mut self, value: Value) {
        if self
            .smallest
            .as_ref()
            .is_none_or(|least| is_less(&value, least))
            && is_ordered(&value)
        {
            self.smallest = Some(value.clone());
        }
        if self
            .largest
            .as_ref()
            .is_none_or(|most| is_less(most, &value))
            && is_ordered(&value)
        {
            self.largest = Some(value);
        }
    }

    fn unreadable(&mut self, text: String, rows: u64, place: Place) {
        self.unreadable += rows;
        if let Some((count, _)) = self.unreadable_texts.get_mut(&text) {
            *count += rows;
        } else if self.unreadable_texts.len() < MAX_TEXTS {
            self.unreadable_texts.insert(text, (rows, place));
        }
    }

    /// Adds what later rows came to.
    pub fn merge(&mut self, later: ColumnFacts) {
        self.missing += later.missing;
        let unreadable = self.unreadable + later.unreadable;
        for (text, (rows, place)) in later.unreadable_texts {
            self.unreadable(text, rows, place);
        }
        self.unreadable = unreadable;
        for value in [later.smallest, later.largest].into_iter().flatten() {
            self.range(value);
        }
        for (count, later) in self.hs_lengths.iter_mut().zip(later.hs_lengths) {
            *count += later;
        }
        self.distinct = match (self.distinct.take(), later.distinct) {
            (Some(mut values), Some(later)) => {
                for (value, rows) in later {
                    *values.entry(value).or_default() += rows;
                }
                Some(values).filter(|values| values.len() <= MAX_DISTINCT)
            }
            (None, _) | (_, None) => None,
        };
    }

    /// The values, where there are few enough.
    pub fn distinct(&self) -> Option<&BTreeMap<String, u64>> {
        self.distinct.as_ref()
    }

    /// The values that occur most, where all were counted.
    pub fn common(&self) -> Vec<(String, u64)> {
        let values = self.distinct.iter().flatten();
        let mut values: Vec<(String, u64)> =
            values.map(|(value, rows)| (value.clone(), *rows)).collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(MAX_SHOWN);
        values
    }

    /// The unreadable texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.unreadable_texts.keys().map(String::as_str)
    }

    /// The unreadable texts that occur most.
    pub fn examples(&self) -> Vec<Example> {
        let texts = self.unreadable_texts.iter();
        let mut examples: Vec<Example> = texts
            .map(|(text, (rows, first))| Example {
                text: text.clone(),
                rows: *rows,
                first: first.clone(),
            })
            .collect();
        examples.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.first.cmp(&b.first)));
        examples.truncate(MAX_SHOWN);
        examples
    }
}

fn is_ordered(value: &Value) -> bool {
    matches!(value, Value::Number(_) | Value::Date(_) | Value::Instant(_))
}

fn is_less(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a < b,
        (Value::Date(a), Value::Date(b)) => a < b,
        (Value::Instant(a), Value::Instant(b)) => a < b,
        _ => false,
    }
}

/// The rows of a column by equal cells: the first of each, and how many there are, in the order of the first.
fn groups(column: &dyn Array) -> Vec<(usize, u64)> {
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            grouped(column.len(), |row| {
                texts.is_valid(row).then(|| texts.value(row))
            })
        }
        DataType::Dictionary(key, _) if **key == DataType::Int32 => {
            let keys = column.as_dictionary::<Int32Type>().keys();
            grouped(column.len(), |row| {
                keys.is_valid(row).then(|| keys.value(row))
            })
        }
        DataType::Boolean => {
            let flags = column.as_boolean();
            grouped(column.len(), |row| {
                flags.is_valid(row).then(|| flags.value(row))
            })
        }
        other => match other.primitive_width() {
            Some(width) => {
                let data = column.to_data();
                let bytes = &data.buffers()[0].as_slice()[data.offset() * width..];
                let cell = |row: usize| &bytes[row * width..(row + 1) * width];
                grouped(column.len(), |row| column.is_valid(row).then(|| cell(row)))
            }
            None => (0..column.len()).map(|row| (row, 1)).collect(),
        },
    }
}

fn grouped<K: Eq + Hash>(rows: usize, key: impl Fn(usize) -> K) -> Vec<(usize, u64)> {
    let mut places: FxHashMap<K, usize> = FxHashMap::default();
    let mut groups: Vec<(usize, u64)> = Vec::new();
    for row in 0..rows {
        let place = *places.entry(key(row)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, count)) => *count += 1,
            None => groups.push((row, 1)),
        }
    }
    groups
}
