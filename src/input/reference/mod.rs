//! Reference files: what lists, tables and calendars of a policy are read from, whole and strictly.
//!
//! In: the bytes of a CSV or TSV file (also `.gz`, `.zst`), JSON Lines, Parquet, or a sheet of an `.xlsx` workbook, and the
//! columns asked for, found by their headers. Out: typed rows with the places where they stand, or every fault with its
//! place. Values are read as those of records are: an empty cell is missing, nothing is guessed, and a row that cannot be
//! read is never left out.

mod sheet;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use thiserror::Error;

use super::errors::{InputError, listed, nearest};
use super::files::{Format, Kind};
use super::hash::sha256;
use super::mapping::Mapping;
use super::read::{Expected, FieldReader};
use super::reject::shortened;
use crate::model::{Field, FieldId, RowPlace, Types, Value};

/// The size in bytes beyond which a reference file is refused, as stored and unpacked.
pub const MAX_BYTES: u64 = 1 << 30;
/// The most faults of one file that are kept; all are counted.
const MAX_FAULTS: usize = 10;

/// A reference file before it is known what is read of it.
#[derive(Clone)]
pub struct ReferenceFile {
    /// The name to show; its ending says what kind of file it is.
    pub name: Arc<str>,
    /// What stands in it.
    pub bytes: Bytes,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: Arc<str>,
}

impl ReferenceFile {
    /// A file of that name with these bytes.
    pub fn new(name: &str, bytes: Vec<u8>) -> ReferenceFile {
        ReferenceFile {
            name: name.into(),
            sha256: sha256(&bytes).into(),
            bytes: Bytes::from(bytes),
        }
    }
}

impl fmt::Debug for ReferenceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReferenceFile")
            .field("name", &self.name)
            .field("sha256", &self.sha256)
            .finish_non_exhaustive()
    }
}

/// One row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceRow {
    /// Where it stands.
    pub place: RowPlace,
    /// Its values in the order of the columns asked for; `None` is missing.
    pub values: Vec<Option<Value>>,
}

/// What keeps a row from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: RowPlace,
    /// The header of the column, where it is one cell.
    pub column: Option<Arc<str>>,
    /// What stands there.
    pub found: String,
    /// What would have been read.
    pub expected: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        match self.found.is_empty() {
            true => write!(f, ": nothing, not {}", self.expected),
            false => write!(f, ": `{}`, not {}", self.found, self.expected),
        }
    }
}

/// Why a reference file cannot be read. None of them is ever "no rows".
#[derive(Debug, Error)]
pub enum ReferenceError {
    /// The file as a whole.
    #[error(transparent)]
    File(#[from] InputError),
    /// The name says no kind of file that is read here.
    #[error("the name does not say what kind of file this is")]
    Kind,
    /// A sheet of a file that has none, or none where one has to be chosen.
    #[error("{problem}")]
    Sheet {
        /// What is wrong.
        problem: String,
        /// What to do about it.
        help: String,
    },
    /// Columns that are not there.
    #[error("{}", no_columns(lacking))]
    Columns {
        /// Their headers.
        lacking: Vec<Arc<str>>,
        /// The headers that are.
        there: Vec<String>,
        /// What to do about it.
        help: String,
    },
    /// A file without a row.
    #[error("there is no row in it")]
    Empty,
    /// Rows that cannot be read.
    #[error("{} of its rows cannot be read", count)]
    Rows {
        /// The first of them, in the order of the file.
        first: Vec<Fault>,
        /// How many faults there are.
        count: u64,
    },
}

fn no_columns(lacking: &[Arc<str>]) -> String {
    let names: Vec<&str> = lacking.iter().map(|name| &**name).collect();
    match names.as_slice() {
        [only] => format!("there is no column `{only}`"),
        _ => format!("there are no columns {}", listed(&names)),
    }
}

/// Reads the rows of `file`, of an `.xlsx` file those of `sheet` (of its only sheet, where none is named).
///
/// `columns` say the headers to look for and the types of what stands below. There is at least one row.
///
/// # Errors
/// See [`ReferenceError`]; one bad cell is enough.
pub fn read_rows(
    file: &ReferenceFile,
    sheet: Option<&str>,
    columns: &[&Field],
    types: Types<'_>,
) -> Result<Vec<ReferenceRow>, ReferenceError> {
    let mut rows = Rows::new(columns, types);
    let is_workbook = file.name.to_ascii_lowercase().ends_with(".xlsx");
    match (is_workbook, sheet) {
        (true, sheet) => sheet::read(file, sheet, &mut rows)?,
        (false, Some(_)) => {
            return Err(ReferenceError::Sheet {
                problem: "only an .xlsx file has sheets".to_owned(),
                help: "leave out `sheet` and its name".to_owned(),
            });
        }
        (false, None) => match Kind::from_name(&file.name) {
            Some(kind) if kind.format != Format::Arrow => text::read(file, kind, &mut rows)?,
            Some(_) | None => return Err(ReferenceError::Kind),
        },
    }
    rows.finish()
}

/// Rows and faults as they are found.
struct Rows<'a> {
    columns: Vec<(&'a Field, FieldReader)>,
    rows: Vec<ReferenceRow>,
    faults: Vec<Fault>,
    count: u64,
}

impl<'a> Rows<'a> {
    fn new(columns: &[&'a Field], types: Types<'_>) -> Rows<'a> {
        let mapping = Mapping::default();
        let reader = |(at, field): (usize, &&'a Field)| {
            let declared = (FieldId::from_index(at), *field);
            let reader = FieldReader::of(types, declared, &field.name, &mapping);
            (*field, reader.expect("an empty mapping has no problem"))
        };
        Rows {
            columns: columns.iter().enumerate().map(reader).collect(),
            rows: Vec::new(),
            faults: Vec::new(),
            count: 0,
        }
    }

    /// The headers asked for.
    fn headers(&self) -> impl Iterator<Item = &Arc<str>> {
        self.columns.iter().map(|(field, _)| &field.column)
    }

    /// Complains of the columns that are not among `names`.
    fn check_headers(&self, names: &[String]) -> Result<(), ReferenceError> {
        let there = |header: &Arc<str>| names.iter().any(|name| **name == **header);
        let lacking: Vec<Arc<str>> = self.headers().filter(|it| !there(it)).cloned().collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let free: Vec<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| self.headers().all(|header| **header != **name))
            .collect();
        let near: Vec<(&str, &str)> = lacking
            .iter()
            .filter_map(|header| Some((&**header, nearest(header, free.iter().copied())?)))
            .collect();
        let help = match (near.as_slice(), names) {
            (_, [only]) if only.contains([';', '|', '\t']) => {
                "the header is a single column; fields are set apart by commas, in a .tsv file by tabs"
                    .to_owned()
            }
            ([(_, near), ..], _) => {
                format!("the nearest column is `{near}`; to read it, write `from \"{near}\"` behind the type")
            }
            ([], []) => "the file has no columns".to_owned(),
            ([], names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                format!("the columns are {}", listed(&names))
            }
        };
        let there = names.to_vec();
        Err(ReferenceError::Columns {
            lacking,
            there,
            help,
        })
    }

    fn fault(&mut self, fault: Fault) {
        self.count += 1;
        self.faults.push(fault);
        // Kept a few at a time, so that a file of nothing but faults does not fill the memory.
        if self.faults.len() >= 64 * MAX_FAULTS {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        self.faults.sort_by_key(|fault| fault.place);
        self.faults.truncate(MAX_FAULTS);
    }

    /// Adds a row; `cell` gives for the place of a column its reading and what stands there.
    fn row<'c>(&mut self, place: RowPlace, cell: impl Fn(usize, &FieldReader) -> Cell<'c>) {
        let mut values = Vec::with_capacity(self.columns.len());
        let mut faults = Vec::new();
        for (at, (field, reader)) in self.columns.iter().enumerate() {
            let cell = cell(at, reader);
            match reader.settle(cell.reading) {
                Ok(value) => values.push(value),
                Err(expected) => faults.push(Fault {
                    place,
                    column: Some(Arc::clone(&field.column)),
                    found: shortened(&(cell.found)()),
                    expected: expected.as_str().replace("the field is", "the column is"),
                }),
            }
        }
        if faults.is_empty() {
            self.rows.push(ReferenceRow { place, values });
        }
        faults.into_iter().for_each(|fault| self.fault(fault));
    }

    fn finish(mut self) -> Result<Vec<ReferenceRow>, ReferenceError> {
        self.shorten();
        match (self.count, self.rows.is_empty()) {
            (0, true) => Err(ReferenceError::Empty),
            (0, false) => Ok(self.rows),
            (count, _) => Err(ReferenceError::Rows {
                first: self.faults,
                count,
            }),
        }
    }
}

/// What a cell was read as, and how to show it.
struct Cell<'c> {
    reading: Result<Option<Value>, Expected>,
    found: Box<dyn Fn() -> String + 'c>,
}
