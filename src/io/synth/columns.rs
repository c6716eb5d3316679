//! Growing columns of made-up values, one kind each.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder,
};
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, StringArray};

/// Codes into a list of texts that all blocks share.
pub struct Codes {
    values: Arc<StringArray>,
    codes: Vec<Option<i32>>,
}

impl Codes {
    /// An empty column over `values`.
    pub fn new(values: &Arc<StringArray>, rows: usize) -> Self {
        Codes {
            values: Arc::clone(values),
            codes: Vec::with_capacity(rows),
        }
    }

    /// Adds the value at `index`, or a missing one.
    pub fn push(&mut self, index: Option<usize>) {
        self.codes.push(index.map(|index| index as i32));
    }

    /// The column.
    pub fn finish(self) -> ArrayRef {
        let codes = Int32Array::from(self.codes);
        Arc::new(DictionaryArray::new(codes, self.values))
    }
}

/// Record keys: a prefix and the row's number.
pub struct Keys {
    prefix: &'static str,
    texts: StringBuilder,
    text: String,
}

impl Keys {
    /// An empty column of keys that start with `prefix`.
    pub fn new(prefix: &'static str, rows: usize) -> Self {
        Keys {
            prefix,
            texts: StringBuilder::with_capacity(rows, rows * 12),
            text: String::new(),
        }
    }

    /// Adds the key of row `number`.
    pub fn push(&mut self, number: u64) {
        use std::fmt::Write as _;
        self.text.clear();
        write!(self.text, "{}{number:09}", self.prefix).expect("text can be written to");
        self.texts.append_value(&self.text);
    }

    /// Adds the key of a row, or a missing one.
    pub fn push_option(&mut self, number: Option<u64>) {
        match number {
            Some(number) => self.push(number),
            None => self.texts.append_null(),
        }
    }

    /// The column.
    pub fn finish(mut self) -> ArrayRef {
        Arc::new(self.texts.finish())
    }
}

/// Exact decimals of one scale.
pub struct Amounts(Decimal128Builder);

impl Amounts {
    /// An empty column of numbers with `decimals` decimals.
    pub fn new(decimals: i8, rows: usize) -> Self {
        let builder = Decimal128Builder::with_capacity(rows).with_precision_and_scale(18, decimals);
        Amounts(builder.expect("eighteen digits are allowed"))
    }

    /// Adds a number in units of its last decimal, or a missing one.
    pub fn push(&mut self, units: Option<u64>) {
        self.0.append_option(units.map(i128::from));
    }

    /// The column.
    pub fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// Dates, as days from 1970-01-01.
pub struct Days(Date32Builder);

impl Days {
    /// An empty column.
    pub fn new(rows: usize) -> Self {
        Days(Date32Builder::with_capacity(rows))
    }

    /// Adds a day, or a missing one.
    pub fn push(&mut self, day: Option<i32>) {
        self.0.append_option(day);
    }

    /// The column.
    pub fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// Whole numbers.
pub struct Whole(Int64Builder);

impl Whole {
    /// An empty column.
    pub fn new(rows: usize) -> Self {
        Whole(Int64Builder::with_capacity(rows))
    }

    /// Adds a number, or a missing one.
    pub fn push(&mut self, number: Option<i64>) {
        self.0.append_option(number);
    }

    /// The column.
    pub fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// True and false.
pub struct Flags(BooleanBuilder);

impl Flags {
    /// An empty column.
    pub fn new(rows: usize) -> Self {
        Flags(BooleanBuilder::with_capacity(rows))
    }

    /// Adds a value, or a missing one.
    pub fn push(&mut self, flag: Option<bool>) {
        self.0.append_option(flag);
    }

    /// The column.
    pub fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}
