//! Rows as bytes, on their way from a child table to their record.
//!
//! An entry is a key or the number of a record, then a length, then a row of that length. Texts have their length before
//! them; lengths and numbers take a byte for every seven bits.

use crate::input::reject::Reject;

/// What a row is, in place of its table's number: a record shares its key with another. Tables have lower numbers.
const SHARED: u8 = 0x7F;
/// Set in the table's number for a row that cannot be read.
const BROKEN: u8 = 0x80;
/// The most child tables of a run.
pub(super) const MAX_TABLES: usize = SHARED as usize;

/// A row of a child table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub table: usize,
    /// Its position in the file, from 1.
    pub row: u64,
    /// The line on which it starts, from 1.
    pub line: u64,
}

/// What stands in an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry<'a> {
    /// A row, and its cells one after the other.
    Row(Head, Texts<'a>),
    /// A row that cannot be read: what was found and what was expected.
    Broken(Head, &'a [u8], &'a [u8]),
    /// The record shares its key with the record of this number.
    Shared(u64),
}

/// Texts one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Texts<'a>(&'a [u8]);

impl<'a> Iterator for Texts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        match self.0.is_empty() {
            true => None,
            false => Some(take_text(&mut self.0)),
        }
    }
}

impl<'a> Entry<'a> {
    /// Reads what [`push_row`], [`push_broken`] or [`push_shared`] wrote.
    pub fn read(mut bytes: &'a [u8]) -> Entry<'a> {
        let (&kind, rest) = bytes.split_first().expect("an entry has a kind");
        bytes = rest;
        if kind == SHARED {
            return Entry::Shared(take_number(&mut bytes));
        }
        let head = Head {
            table: usize::from(kind & !BROKEN),
            row: take_number(&mut bytes),
            line: take_number(&mut bytes),
        };
        match kind & BROKEN {
            0 => Entry::Row(head, Texts(bytes)),
            _ => {
                let found = take_text(&mut bytes);
                Entry::Broken(head, found, take_text(&mut bytes))
            }
        }
    }
}

/// Writes a row.
pub(super) fn push_row<'t>(head: Head, cells: impl Iterator<Item = &'t str>, out: &mut Vec<u8>) {
    push_head(head, 0, out);
    cells.for_each(|cell| push_text(cell.as_bytes(), out));
}

/// Writes a row that cannot be read.
pub(super) fn push_broken(head: Head, reject: &Reject, out: &mut Vec<u8>) {
    push_head(head, BROKEN, out);
    push_text(reject.found.as_bytes(), out);
    push_text(reject.expected.as_bytes(), out);
}

/// Writes that a record shares its key with the record numbered `other`.
pub(super) fn push_shared(other: u64, out: &mut Vec<u8>) {
    out.push(SHARED);
    push_number(other, out);
}

fn push_head(head: Head, broken: u8, out: &mut Vec<u8>) {
    out.push(head.table as u8 | broken);
    push_number(head.row, out);
    push_number(head.line, out);
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
            table: 3,
            row: 700,
            line: 900,
        };
        let mut bytes = Vec::new();
        push_row(head, ["a", "", "é"].into_iter(), &mut bytes);
        let Entry::Row(found, texts) = Entry::read(&bytes) else {
            panic!("{bytes:?}");
        };
        assert_eq!(found, head);
        let texts: Vec<&[u8]> = texts.collect();
        assert_eq!(texts, [&b"a"[..], b"", "é".as_bytes()]);
        let reject = Reject::new("f".into(), 1, None, "x", "y");
        bytes.clear();
        push_broken(head, &reject, &mut bytes);
        assert_eq!(Entry::read(&bytes), Entry::Broken(head, b"x", b"y"));
        bytes.clear();
        push_shared(5, &mut bytes);
        assert_eq!(Entry::read(&bytes), Entry::Shared(5));
    }
}
