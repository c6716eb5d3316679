//! Reference data in files.

use super::{Field, Name, Str};
use crate::text::Span;

/// `list NAME from "FILE" sheet "SHEET" { columns }`, and the same with `table`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The list's name.
    pub name: Name,
    /// Whether it is a table: called with its keys, it comes to its values.
    pub is_table: bool,
    /// The file as written, relative to the declaring one.
    pub path: Str,
    /// The sheet of a workbook.
    pub sheet: Option<Str>,
    /// Columns and what is said of them, in order.
    pub entries: Vec<ListEntry>,
}

impl List {
    /// "list", "table".
    pub fn noun(&self) -> &'static str {
        match self.is_table {
            true => "table",
            false => "list",
        }
    }

    /// Its columns in order.
    pub fn columns(&self) -> impl Iterator<Item = &Field> {
        self.entries.iter().filter_map(|entry| match entry {
            ListEntry::Column(column) => Some(column),
            ListEntry::Valid(_) | ListEntry::Recorded(_) => None,
        })
    }
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListEntry {
    /// A column, written like a field of a record.
    Column(Field),
    /// `valid from A until B`.
    Valid(Valid),
    /// `recorded A`.
    Recorded(Recorded),
}

impl ListEntry {
    /// The whole entry.
    pub fn span(&self) -> Span {
        match self {
            ListEntry::Column(column) => column.span,
            ListEntry::Valid(valid) => valid.span,
            ListEntry::Recorded(recorded) => recorded.span,
        }
    }
}

/// `valid from A until B`: the columns that hold the days on which a row is in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    /// The column of the first day.
    pub from: Option<Name>,
    /// The column of the end; whether that day is included.
    pub end: Option<(Name, bool)>,
    /// The whole entry.
    pub span: Span,
}

/// `recorded A`: the column that holds the day on which a row came into the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The column.
    pub column: Name,
    /// The whole entry.
    pub span: Span,
}
