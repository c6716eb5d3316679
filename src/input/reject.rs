//! Records that cannot be read: one row, where it stands, what was found and what was expected.
//!
//! Readers make them for rows that are no records (a ragged row), binding for fields that are no values.
//! Rows read = rows screened + rows rejected, always.

use std::sync::Arc;

/// The longest text of a record that a reject repeats, in characters.
pub const MAX_FOUND: usize = 160;

/// One row that is not screened, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The input file as named to the user.
    pub file: Arc<str>,
    /// The row's position in its file, from 1; headers and blank lines do not count.
    pub row: u64,
    /// The line on which the row starts, from 1, where the format has lines.
    pub line: Option<u64>,
    /// The record's key, where it can be read.
    pub key: Option<String>,
    /// The column or field at fault, where one is.
    pub field: Option<String>,
    /// What stands there, cut to [`MAX_FOUND`] characters.
    pub found: String,
    /// What would have been read.
    pub expected: String,
}

impl Reject {
    /// A reject of row `row` of `file`; `found` is cut to [`MAX_FOUND`] characters.
    pub fn new(
        file: Arc<str>,
        row: u64,
        line: Option<u64>,
        found: &str,
        expected: impl Into<String>,
    ) -> Self {
        Reject {
            file,
            row,
            line,
            key: None,
            field: None,
            found: shortened(found),
            expected: expected.into(),
        }
    }

    /// Names the record.
    pub fn key(mut self, key: Option<String>) -> Self {
        self.key = key.map(|key| shortened(&key));
        self
    }

    /// Names the column or field at fault.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

/// `text`, or its first [`MAX_FOUND`] characters and an ellipsis.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_FOUND) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_findings_are_cut_at_a_character() {
        let reject = Reject::new("a.csv".into(), 1, None, &"é".repeat(500), "a date");
        assert_eq!(reject.found.chars().count(), MAX_FOUND + 1);
        assert!(reject.found.ends_with('…'));
    }
}
