//! What a reader of records is to the rest of the program: units of work out, chunks of rows out of units.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use super::files::InputFile;
use super::unit::Unit;
use crate::input::errors::InputError;
use crate::input::reject::Reject;

/// A column to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedColumn {
    /// The column's name in the data.
    pub name: String,
    /// What the column is for.
    pub need: Need,
    /// The field it holds, so that a message can say what to write where the column is not there.
    pub holds: Option<HeldField>,
    /// Whether the field is a list of records, which only some formats can hold.
    pub lists: bool,
}

/// The field of the record that a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldField {
    /// Its name.
    pub name: String,
    /// Whether records without it are in order, so that a mapping may say that the data has no such column.
    pub optional: bool,
}

/// What a column is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The policy reads it: a file without it is an error.
    Required,
    /// The policy reads it; in a file without it every value is missing.
    Optional,
    /// It is only copied to the output, so any type will do.
    Carried,
}

impl WantedColumn {
    /// A column that every file must have.
    pub fn required(name: impl Into<String>) -> Self {
        WantedColumn {
            name: name.into(),
            need: Need::Required,
            holds: None,
            lists: false,
        }
    }

    /// A column that is missing throughout where a file lacks it.
    pub fn optional(name: impl Into<String>) -> Self {
        WantedColumn {
            name: name.into(),
            need: Need::Optional,
            holds: None,
            lists: false,
        }
    }

    /// The same column, as one that holds a field.
    pub fn holding(mut self, name: impl Into<String>, optional: bool) -> Self {
        let name = name.into();
        self.holds = Some(HeldField { name, optional });
        self
    }

    /// The same column; `lists`: the field is a list of records.
    pub fn of_lists(mut self, lists: bool) -> Self {
        self.lists = lists;
        self
    }

    /// A column that is copied and not read.
    pub fn carried(name: impl Into<String>) -> Self {
        WantedColumn {
            name: name.into(),
            need: Need::Carried,
            holds: None,
            lists: false,
        }
    }
}

/// How a book is read. The defaults are those of the command.
#[derive(Clone, Debug)]
pub struct InputOptions {
    /// The column of the record's key, repeated in rejects.
    pub key: Option<String>,
    /// Also carry every column that was not asked for, in the order of the first file.
    pub carry_all: bool,
    /// What stands between the fields of a CSV line, if not a comma.
    pub delimiter: Option<u8>,
    /// The most rows of a batch.
    pub batch_rows: usize,
    /// Bytes of text handed out at a time; a record longer than that is read all the same.
    pub block_bytes: usize,
    /// The most rows of a Parquet row group that are one unit of work.
    pub unit_rows: usize,
}

impl Default for InputOptions {
    fn default() -> Self {
        InputOptions {
            key: None,
            carry_all: false,
            delimiter: None,
            batch_rows: 1 << 13,
            block_bytes: 4 << 20,
            unit_rows: 1 << 18,
        }
    }
}

/// Numbers of rows or lines, one for each row of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Positions {
    /// `first`, `first + 1`, …
    From(u64),
    /// Any ascending numbers.
    Listed(Vec<u64>),
}

impl Positions {
    /// The number of the batch's row `index`.
    pub fn at(&self, index: usize) -> u64 {
        match self {
            Positions::From(first) => first + index as u64,
            Positions::Listed(all) => all[index],
        }
    }

    /// `all`, shorter where the numbers follow one another.
    pub(crate) fn of(all: Vec<u64>) -> Self {
        match (all.first(), all.last()) {
            (Some(first), Some(last)) if last - first + 1 == all.len() as u64 => {
                Positions::From(*first)
            }
            (None, _) => Positions::From(1),
            _ => Positions::Listed(all),
        }
    }
}

/// Some rows of a file, in order: those that were read, as a batch, and those that were not, as rejects.
///
/// The batch has the source's columns in the order asked for, always of these types: `Utf8`,
/// `Dictionary(Int32, Utf8)`, `Boolean`, the integers, `Float32`, `Float64`, the decimals, `Date32`, `Date64`,
/// `Timestamp`, `Null`; carried columns may have any other type too. Text formats give `Utf8` throughout, with
/// null for an empty field.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The file's index in [`BatchSource::files`].
    pub file: usize,
    /// For each row of the batch its position in the file, from 1; rejected rows count.
    pub rows: Positions,
    /// For each row of the batch the line it starts on, from 1, in text formats.
    pub lines: Option<Positions>,
    /// The rows.
    pub batch: RecordBatch,
    /// Rows among and around them that could not be read, by position.
    pub rejects: Vec<Reject>,
}

/// The chunks of one unit, in order.
pub type Chunks = Box<dyn Iterator<Item = Result<Chunk, InputError>> + Send>;

/// What there is to say about a file after it was read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileNotes {
    /// Rows found, rejected ones included.
    pub rows: u64,
    /// Lines without anything on them, which are no rows.
    pub blank_lines: u64,
    /// The last line has no line end. It was read like any other.
    pub unterminated_last_line: bool,
    /// Columns of the policy that the file does not have, or (JSON Lines) that no object had.
    pub absent_columns: Vec<String>,
    /// Where a column is absent from JSON Lines: the keys that the first objects have.
    pub keys: Vec<String>,
}

/// How far reading has come, in bytes as stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes handed out.
    pub done: u64,
    /// Bytes altogether, unless standard input is among the files.
    pub total: Option<u64>,
}

/// A book of records that several threads can read at once.
///
/// Threads take turns with [`next_unit`](BatchSource::next_unit), which is short, and read their units side by
/// side; unit indices give the input order. Nothing in a unit depends on the number of threads.
pub trait BatchSource: Send + Sync {
    /// The files in order.
    fn files(&self) -> &[InputFile];

    /// The columns of every batch of `file`: names as asked for, then carried ones. Types may differ by file;
    /// a dictionary may come instead of text.
    fn schema(&self, file: usize) -> SchemaRef;

    /// The next piece of work, in input order; none at the end.
    fn next_unit(&self) -> Result<Option<Unit>, InputError>;

    /// Decodes a unit.
    fn read_unit(&self, unit: Unit) -> Result<Chunks, InputError>;

    /// How far [`next_unit`](BatchSource::next_unit) has come.
    fn progress(&self) -> Progress;

    /// What is to be said about each file, once all units are read.
    fn notes(&self) -> Vec<FileNotes>;

    /// The SHA-256 of standard input, where it was read to its end.
    fn standard_input_sha256(&self) -> Option<String>;
}

/// The stretches of at most `size` rows that make up `rows`.
pub(crate) fn stretches(rows: u64, size: usize) -> impl Iterator<Item = Range<u64>> {
    let size = size.max(1) as u64;
    (0..rows.div_ceil(size)).map(move |index| index * size..((index + 1) * size).min(rows))
}

/// A file's name, shared by its rejects.
pub(crate) type FileName = Arc<str>;
