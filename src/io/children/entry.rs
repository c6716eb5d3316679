//! Rows as bytes, on their way from a child table to their record.
//!
//! An entry is a key or the number of a record, then a length of four bytes, then what it says, of that length: rows of one
//! key that follow one another in their file, a row that cannot be read, or that a record shares its key. Texts have their
//! length before them; lengths and numbers take a byte for every seven bits.

use crate::input::reject::Reject;

/// What an entry says, in place of the number of the table of its rows: a record shares its key with another.
const SHARED: u8 = 0x7F;
/// Set in the table's number for a row that cannot be read.
const BROKEN: u8 = 0x80;
/// The most child tables of a run.
pub(super) const MAX_TABLES: usize = SHARED as usize;

/// Where a row of a child table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Its position in the file, from 1.
    pub row: u64,
    /// The line on which it starts, from 1.
    pub line: u64,
}

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    /// Rows of a table: for each its head, then a text for each cell.
    Rows(usize, &'a [u8]),
    /// A row of a table that cannot be read: what was found and what was expected.
    Broken(usize, Head, &'a [u8], &'a [u8]),
    /// The record shares its key with the record of this number.
    Shared(u64),
}

impl<'a> Entry<'a> {
    /// Reads what [`start_rows`], [`push_broken`] or [`push_shared`] began.
    pub fn read(bytes: &'a [u8]) -> Entry<'a> {
        let (&kind, mut bytes) = bytes.split_first().expect("an entry says something");
        if kind == SHARED {
            return Entry::Shared(take_number(&mut bytes));
        }
        let table = usize::from(kind & !BROKEN);
        if kind & BROKEN == 0 {
            return Entry::Rows(table, bytes);
        }
        let head = take_head(&mut bytes);
        let found = take_text(&mut bytes);
        Entry::Broken(table, head, found, take_text(&mut bytes))
    }
}

/// Begins an entry with rows of a table, which [`push_head`] and texts follow.
pub(super) fn start_rows(table: usize, out: &mut Vec<u8>) {
    out.push(table as u8);
}

/// Writes a row that cannot be read.
pub(super) fn push_broken(table: usize, head: Head, reject: &Reject, out: &mut Vec<u8>) {
    out.push(table as u8 | BROKEN);
    push_head(head, out);
    push_text(reject.found.as_bytes(), out);
    push_text(reject.expected.as_bytes(), out);
}

/// Writes that a record shares its key with the record numbered `other`.
pub(super) fn push_shared(other: u64, out: &mut Vec<u8>) {
    out.push(SHARED);
    push_number(other, out);
}

/// Writes where a row stands.
pub(super) fn push_head(head: Head, out: &mut Vec<u8>) {
    push_number(head.row, out);
    push_number(head.line, out);
}

/// Reads where a row stands off the front of `bytes`.
pub(super) fn take_head(bytes: &mut &[u8]) -> Head {
    Head {
        row: take_number(bytes),
        line: take_number(bytes),
    }
}

/// Leaves room for the length of what is written next; gives its place.
pub(super) fn start_length(out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&[0; 4]);
    out.len()
}

/// Fills in the length of what was written since `start`.
pub(super) fn end_length(start: usize, out: &mut [u8]) {
    let length = u32::try_from(out.len() - start).expect("a block of text is far shorter");
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
}

/// Reads a length and what has it off the front of `bytes`.
pub(super) fn take_entry<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let (length, rest) = bytes.split_first_chunk().expect("a length comes first");
    let (entry, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
    *bytes = rest;
    entry
}

/// Writes a text.
pub(super) fn push_text(text: &[u8], out: &mut Vec<u8>) {
    push_number(text.len() as u64, out);
    out.extend_from_slice(text);
}

/// Writes a number.
pub(super) fn push_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads a text off the front of `bytes`.
pub(super) fn take_text<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let length = take_number(bytes) as usize;
    let (text, rest) = bytes.split_at(length);
    *bytes = rest;
    text
}

/// Reads a number off the front of `bytes`.
pub(super) fn take_number(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            push_number(number, &mut bytes);
            let mut rest = bytes.as_slice();
            assert_eq!((take_number(&mut rest), rest.len()), (number, 0));
        }
        let head = Head {
            row: 700,
            line: 900,
        };
        let mut bytes = Vec::new();
        let start = start_length(&mut bytes);
        start_rows(3, &mut bytes);
        push_head(head, &mut bytes);
        for cell in ["a", "", "é"] {
            push_text(cell.as_bytes(), &mut bytes);
        }
        end_length(start, &mut bytes);
        bytes.push(b'+');
        let mut rest = bytes.as_slice();
        let Entry::Rows(3, mut rows) = Entry::read(take_entry(&mut rest)) else {
            panic!("{bytes:?}");
        };
        assert_eq!(rest, b"+");
        assert_eq!(take_head(&mut rows), head);
        let texts = [0; 3].map(|_| take_text(&mut rows));
        assert_eq!(texts, [&b"a"[..], b"", "é".as_bytes()]);
        assert!(rows.is_empty());
        let reject = Reject::new("f".into(), 1, None, "x", "y");
        bytes.clear();
        push_broken(126, head, &reject, &mut bytes);
        assert_eq!(Entry::read(&bytes), Entry::Broken(126, head, b"x", b"y"));
        bytes.clear();
        push_shared(5, &mut bytes);
        assert_eq!(Entry::read(&bytes), Entry::Shared(5));
    }
}
