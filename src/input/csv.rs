//! CSV and TSV: blocks of text in, text columns and rejects out.
//!
//! A field that starts with a quote ends at the next single quote; quotes elsewhere are plain characters. Whether
//! a row can be read never depends on which columns are wanted: the whole row must be UTF-8 without NUL, have as
//! many fields as the header, and end its quotes.

use std::sync::Arc;

use arrow_schema::SchemaRef;

use super::columns::{self, TextColumn};
use super::source::{Chunk, FileName, Positions, WantedColumn};
use super::split::{Block, Splitter, Style, line_ends};
use crate::input::errors::{self, InputError};
use crate::input::reject::Reject;

/// Reads the header line that `splitter` stands before.
pub(crate) fn read_header(
    splitter: &mut Splitter,
    file: &str,
    delimiter: u8,
) -> Result<Vec<String>, InputError> {
    let block = splitter
        .take_header()?
        .ok_or_else(|| errors::no_header(file))?;
    let mut row = Row::default();
    row.read(&block.bytes, 0, delimiter);
    if row.fault.is_some() {
        return Err(errors::bad_header(
            file,
            block.first_line,
            "has a quote that is not closed, or text after one",
        ));
    }
    let name = |index: usize| {
        let text = row.text(&block.bytes, index);
        String::from_utf8(text)
            .ok()
            .filter(|name| !name.contains('\0'))
            .ok_or_else(|| errors::bad_header(file, block.first_line, "is not UTF-8 text"))
    };
    (0..row.fields.len()).map(name).collect()
}

/// What all blocks of one CSV file have in common.
#[derive(Debug)]
pub(crate) struct CsvPlan {
    pub file: usize,
    pub name: FileName,
    pub schema: SchemaRef,
    delimiter: u8,
    header: Vec<String>,
    /// For each delivered column its field.
    places: Vec<Option<usize>>,
    key: Option<usize>,
    batch_rows: usize,
    pub absent: Vec<String>,
}

impl CsvPlan {
    pub fn new(
        (file, name): (usize, FileName),
        header: Vec<String>,
        wanted: &[WantedColumn],
        delimiter: u8,
        key: Option<&str>,
        batch_rows: usize,
    ) -> Result<Self, InputError> {
        if let Some(column) = wanted.iter().find(|column| column.lists) {
            return Err(errors::list_in_text(&name, column));
        }
        let located = columns::locate(&name, &header, wanted)?;
        Ok(CsvPlan {
            file,
            schema: columns::text_schema(wanted),
            delimiter,
            places: located.places,
            key: key.and_then(|key| header.iter().position(|column| column == key)),
            header,
            batch_rows: batch_rows.max(1),
            absent: located.absent,
            name,
        })
    }
}

/// The chunks of one block.
pub(crate) struct CsvChunks {
    plan: Arc<CsvPlan>,
    block: Block,
    /// Whether the whole block is UTF-8 without NUL.
    clean: bool,
    position: usize,
    row: u64,
    line: u64,
}

impl CsvChunks {
    pub fn new(plan: Arc<CsvPlan>, block: Block) -> Self {
        let clean =
            memchr::memchr(0, &block.bytes).is_none() && std::str::from_utf8(&block.bytes).is_ok();
        CsvChunks {
            clean,
            position: 0,
            row: block.first_row,
            line: block.first_line,
            plan,
            block,
        }
    }

    /// Moves to the next row and reads it; none at the end of the block.
    fn next_row(&mut self, row: &mut Row) -> bool {
        let bytes = &self.block.bytes;
        loop {
            match bytes.get(self.position) {
                None => return false,
                Some(b'\n') => self.position += 1,
                Some(b'\r') => {
                    self.position += 1 + usize::from(bytes.get(self.position + 1) == Some(&b'\n'));
                }
                Some(_) => break,
            }
            self.line += 1;
        }
        row.read(bytes, self.position, self.plan.delimiter);
        self.position = row.next;
        true
    }

    /// Why the row just read is no record, if so.
    fn reject(&self, row: &Row) -> Option<Reject> {
        let fault = self.fault(row)?;
        let reject = Reject::new(
            self.plan.name.clone(),
            self.row,
            Some(self.line),
            &fault.found,
            fault.expected,
        );
        let reject = match fault.field.and_then(|field| self.plan.header.get(field)) {
            Some(column) => reject.field(column),
            None => reject,
        };
        Some(reject.key(self.key_of(row)))
    }

    fn fault(&self, row: &Row) -> Option<Fault> {
        let bytes = &self.block.bytes;
        if let Some((field, fault)) = row.fault {
            return Some(quote_fault(bytes, row, field, fault));
        }
        if !self.clean
            && let Some(fault) = text_fault(bytes, row)
        {
            return Some(fault);
        }
        (row.fields.len() != self.plan.header.len()).then(|| {
            let line = String::from_utf8_lossy(&bytes[row.start..row.end]);
            Fault {
                field: None,
                found: format!("{}: {line}", counted(row.fields.len(), "field")),
                expected: format!(
                    "{}, as in the header",
                    counted(self.plan.header.len(), "field")
                ),
            }
        })
    }

    /// The record's key, if the row's shape leaves no doubt which field that is.
    fn key_of(&self, row: &Row) -> Option<String> {
        let key = self.plan.key?;
        let sure = row.fields.len() == self.plan.header.len() || key == 0;
        let broken = row.fault.is_some_and(|(field, _)| field <= key);
        if !sure || broken || key >= row.fields.len() {
            return None;
        }
        let text = String::from_utf8(row.text(&self.block.bytes, key)).ok()?;
        (!text.is_empty() && !text.contains('\0')).then_some(text)
    }
}

impl Iterator for CsvChunks {
    type Item = Result<Chunk, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let capacity = self.plan.batch_rows.min(self.block.rows as usize);
        let mut texts: Vec<TextColumn> = Vec::new();
        texts.resize_with(self.plan.places.len(), || TextColumn::new(capacity));
        let (mut rows, mut lines, mut rejects) = (Vec::new(), Vec::new(), Vec::new());
        let mut row = Row::default();
        while rows.len() + rejects.len() < self.plan.batch_rows && self.next_row(&mut row) {
            match self.reject(&row) {
                Some(reject) => rejects.push(reject),
                None => {
                    rows.push(self.row);
                    lines.push(self.line);
                    row.keep(&self.block.bytes, &self.plan.places, &mut texts);
                }
            }
            self.row += 1;
            self.line += row.lines;
        }
        if rows.is_empty() && rejects.is_empty() {
            debug_assert_eq!(self.row, self.block.first_row + self.block.rows);
            return None;
        }
        let columns = texts.into_iter().map(TextColumn::finish).collect();
        let batch = columns::batch_of(&self.plan.schema, columns, rows.len())
            .expect("the columns were made for this schema");
        Some(Ok(Chunk {
            file: self.plan.file,
            rows: Positions::of(rows),
            lines: Some(Positions::of(lines)),
            batch,
            rejects,
        }))
    }
}

/// Why a row is no record.
struct Fault {
    field: Option<usize>,
    found: String,
    expected: String,
}

fn quote_fault(bytes: &[u8], row: &Row, field: usize, fault: QuoteFault) -> Fault {
    let start = row.fields[field].start as usize;
    let found = String::from_utf8_lossy(&bytes[start - 1..row.end]).into_owned();
    let expected = match fault {
        QuoteFault::TextAfter => "nothing between the closing quote and the next field".to_owned(),
        QuoteFault::Unclosed => format!(
            "a closing quote before the end of the file (this row takes in {})",
            counted(line_ends(&bytes[row.start..row.end]) as usize + 1, "line")
        ),
    };
    Fault {
        field: Some(field),
        found,
        expected,
    }
}

/// `1 field`, `2 fields`.
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// What in the row is not UTF-8, or NUL.
fn text_fault(bytes: &[u8], row: &Row) -> Option<Fault> {
    let line = &bytes[row.start..row.end];
    let (at, expected) = match std::str::from_utf8(line) {
        Err(error) => {
            let at = error.valid_up_to();
            (at, format!("UTF-8 text (byte 0x{:02X} is not)", line[at]))
        }
        Ok(_) => (
            memchr::memchr(0, line)?,
            "text without a NUL character".to_owned(),
        ),
    };
    let at = (row.start + at) as u32;
    let field = row
        .fields
        .iter()
        .rposition(|field| field.start <= at)
        .unwrap_or(0);
    Some(Fault {
        field: Some(field),
        found: String::from_utf8_lossy(&row.text(bytes, field)).replace('\0', "\u{2400}"),
        expected,
    })
}

/// How quotes went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QuoteFault {
    TextAfter,
    Unclosed,
}

/// One field: its bytes, without the quotes around them.
#[derive(Clone, Copy, Debug)]
struct FieldSpan {
    start: u32,
    end: u32,
    /// Quotes inside are doubled.
    doubled: bool,
}

/// The fields of one row, used again for the next.
#[derive(Debug, Default)]
struct Row {
    start: usize,
    /// Just after the last field, before the line end.
    end: usize,
    /// Just after the line end.
    next: usize,
    /// Lines the row takes.
    lines: u64,
    fields: Vec<FieldSpan>,
    fault: Option<(usize, QuoteFault)>,
}

impl Row {
    /// Reads the row that starts at `start`.
    fn read(&mut self, bytes: &[u8], start: usize, delimiter: u8) {
        self.start = start;
        self.lines = 1;
        self.fields.clear();
        self.fault = None;
        let mut at = start;
        loop {
            let end = if bytes.get(at) == Some(&b'"') {
                self.read_quoted(bytes, at, delimiter)
            } else {
                let end = field_end(bytes, at, delimiter);
                self.push(at, end, false);
                end
            };
            match bytes.get(end) {
                Some(&byte) if byte == delimiter => at = end + 1,
                found => {
                    self.end = end;
                    let pair = found == Some(&b'\r') && bytes.get(end + 1) == Some(&b'\n');
                    self.next = (end + 1 + usize::from(pair)).min(bytes.len());
                    return;
                }
            }
        }
    }

    /// Reads the field whose opening quote is at `open`; returns where it ends.
    fn read_quoted(&mut self, bytes: &[u8], open: usize, delimiter: u8) -> usize {
        let start = open + 1;
        let (mut at, mut doubled) = (start, false);
        let close = loop {
            let Some(offset) = memchr::memchr(b'"', &bytes[at..]) else {
                self.fault
                    .get_or_insert((self.fields.len(), QuoteFault::Unclosed));
                self.push(start, bytes.len(), doubled);
                return bytes.len();
            };
            at += offset;
            if bytes.get(at + 1) != Some(&b'"') {
                break at;
            }
            doubled = true;
            at += 2;
        };
        self.lines += line_ends(&bytes[start..close]);
        let end = field_end(bytes, close + 1, delimiter);
        if end != close + 1 {
            self.fault
                .get_or_insert((self.fields.len(), QuoteFault::TextAfter));
        }
        self.push(start, close, doubled);
        end
    }

    fn push(&mut self, start: usize, end: usize, doubled: bool) {
        self.fields.push(FieldSpan {
            start: start as u32,
            end: end as u32,
            doubled,
        });
    }

    /// The text of a field.
    fn text(&self, bytes: &[u8], index: usize) -> Vec<u8> {
        let field = self.fields[index];
        let raw = &bytes[field.start as usize..field.end as usize];
        if !field.doubled {
            return raw.to_vec();
        }
        let mut text = Vec::with_capacity(raw.len());
        columns::push_undoubled(raw, &mut text);
        text
    }

    /// Adds the wanted fields to their columns.
    fn keep(&self, bytes: &[u8], places: &[Option<usize>], texts: &mut [TextColumn]) {
        for (place, column) in places.iter().zip(texts) {
            let Some(place) = place else {
                column.push(b"");
                continue;
            };
            let field = self.fields[*place];
            let raw = &bytes[field.start as usize..field.end as usize];
            if field.doubled {
                column.push_doubled(raw);
            } else {
                column.push(raw);
            }
        }
    }
}

/// Where the unquoted text that starts at `at` ends: at a delimiter, a line end, or with the bytes.
fn field_end(bytes: &[u8], at: usize, delimiter: u8) -> usize {
    let mut at = at;
    while let Some(word) = bytes.get(at..at + 8) {
        let word = u64::from_le_bytes(word.try_into().expect("eight bytes"));
        let found = has_byte(word, delimiter) | has_byte(word, b'\n') | has_byte(word, b'\r');
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let ends = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
    bytes[at..]
        .iter()
        .position(ends)
        .map_or(bytes.len(), |offset| at + offset)
}

/// A word whose lowest set bit is the high bit of the first byte of `word` that is `byte`; zero if none is.
fn has_byte(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero_where_equal = word ^ (LOW * u64::from(byte));
    zero_where_equal.wrapping_sub(LOW) & !zero_where_equal & HIGH
}

/// The quoting of a file whose fields are set off by `delimiter`.
pub(crate) fn style(delimiter: u8) -> Style {
    Style::Quoted { delimiter }
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
