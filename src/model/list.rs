//! Rows of reference files.

use std::fmt;

/// Where a row stands in its file, from 1: the line in text files, the row of a sheet as a spreadsheet numbers it, else
/// the row without headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowPlace {
    /// `line 7`
    Line(u64),
    /// `row 7`
    Row(u64),
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowPlace::Line(line) => write!(f, "line {line}"),
            RowPlace::Row(row) => write!(f, "row {row}"),
        }
    }
}
