//! Text files cut into blocks that end where a record ends, so that blocks can be parsed side by side.
//!
//! Sequential and cheap: it looks at quotes and line ends only, and counts records and lines, so that every block
//! knows the position of its first row. LF, CRLF and bare CR all end a line. Lines with nothing on them are no rows.

use std::io::Read;

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::source::FileName;
use crate::input::errors::{self, InputError};

/// The longest record that is read, in bytes. A quote that is never closed ends here, not with memory.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// Bytes read to find the header.
const HEADER_BYTES: usize = 1 << 16;

/// Where records end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// At a line end outside quotes; a quote opens only at the start of a field.
    Quoted {
        /// What stands between fields.
        delimiter: u8,
    },
    /// At every line end; lines of blanks are no rows.
    Lines,
}

/// Whole records and where they stand.
#[derive(Debug, Default)]
pub struct Block {
    /// The text, line ends included.
    pub bytes: Vec<u8>,
    /// Position of the first record in the file, from 1.
    pub first_row: u64,
    /// Records in this block.
    pub rows: u64,
    /// Line on which the block starts, from 1.
    pub first_line: u64,
}

/// Hands out a text file block by block.
pub struct Splitter {
    reader: Box<dyn Read + Send>,
    file: FileName,
    style: Style,
    block_bytes: usize,
    buffer: Vec<u8>,
    started: bool,
    at_end: bool,
    next_row: u64,
    next_line: u64,
    /// Lines with nothing on them so far.
    pub blank_lines: u64,
    /// Whether the last line turned out to have no line end.
    pub unterminated_last_line: bool,
}

impl Splitter {
    /// Cuts what `reader` gives into blocks of about `block_bytes`. Rows are counted from the first record on;
    /// a header taken first does not count.
    pub fn new(
        reader: Box<dyn Read + Send>,
        file: FileName,
        style: Style,
        block_bytes: usize,
    ) -> Self {
        Splitter {
            reader,
            file,
            style,
            block_bytes: block_bytes.max(1),
            buffer: Vec::new(),
            started: false,
            at_end: false,
            next_row: 1,
            next_line: 1,
            blank_lines: 0,
            unterminated_last_line: false,
        }
    }

    /// Rows handed out so far.
    pub fn rows(&self) -> u64 {
        self.next_row - 1
    }

    /// The first record, which then does not count as a row; none in an empty file.
    pub fn take_header(&mut self) -> Result<Option<Block>, InputError> {
        let header = self.cut(HEADER_BYTES, 1)?;
        self.next_row = 1;
        self.unterminated_last_line = false;
        Ok(header)
    }

    /// The next block; none at the end.
    pub fn next_block(&mut self) -> Result<Option<Block>, InputError> {
        self.cut(self.block_bytes, u64::MAX)
    }

    /// Cuts off at least one record and at most `most_rows`, looking at `target` bytes unless a record is longer.
    fn cut(&mut self, mut target: usize, most_rows: u64) -> Result<Option<Block>, InputError> {
        let mut scan = Scan::default();
        loop {
            self.fill(target)?;
            scan.run(&self.buffer, self.at_end, self.style, most_rows);
            if scan.rows > 0 {
                break;
            }
            self.blank_lines += scan.blank_lines;
            self.drop_blank_lines(&mut scan);
            if self.at_end && self.buffer.is_empty() {
                return Ok(None);
            }
            if self.buffer.len() >= MAX_RECORD_BYTES {
                let quoted = matches!(self.style, Style::Quoted { .. });
                return Err(errors::record_too_long(
                    &self.file,
                    self.next_line,
                    MAX_RECORD_BYTES,
                    quoted,
                ));
            }
            target = (self.buffer.len() * 2).clamp(target, MAX_RECORD_BYTES.max(target));
        }
        self.blank_lines += scan.blank_lines;
        self.unterminated_last_line |= scan.unterminated;
        Ok(Some(self.hand_out(&scan)))
    }

    /// Forgets lines without a record before the first record that is not yet whole.
    fn drop_blank_lines(&mut self, scan: &mut Scan) {
        let end = std::mem::take(&mut scan.end);
        self.next_line += line_ends(&self.buffer[..end]);
        self.buffer.drain(..end);
        scan.position -= end;
        scan.record_start -= end;
        scan.first_record = 0;
        scan.blank_lines = 0;
    }

    fn hand_out(&mut self, scan: &Scan) -> Block {
        let rest = &self.buffer[scan.end..];
        let mut carried = Vec::with_capacity(rest.len().max(self.block_bytes));
        carried.extend_from_slice(rest);
        let mut bytes = std::mem::replace(&mut self.buffer, carried);
        bytes.truncate(scan.end);
        if scan.first_record > 0 {
            self.next_line += line_ends(&bytes[..scan.first_record]);
            bytes.drain(..scan.first_record);
        }
        let block = Block {
            first_row: self.next_row,
            rows: scan.rows,
            first_line: self.next_line,
            bytes,
        };
        self.next_row += scan.rows;
        self.next_line += line_ends(&block.bytes);
        block
    }

    /// Reads on until the buffer holds `target` bytes or the file ends.
    fn fill(&mut self, target: usize) -> Result<(), InputError> {
        while !self.at_end && self.buffer.len() < target {
            let lacking = (target - self.buffer.len()) as u64;
            let read = (&mut self.reader)
                .take(lacking)
                .read_to_end(&mut self.buffer)
                .map_err(|error| errors::reading_failed(&self.file, error))?;
            self.at_end = (read as u64) < lacking;
            if !self.started && (self.at_end || self.buffer.len() >= 4) {
                self.started = true;
                self.check_start()?;
            }
        }
        Ok(())
    }

    /// Drops a byte-order mark and refuses what is plainly another kind of file.
    fn check_start(&mut self) -> Result<(), InputError> {
        if self.buffer.starts_with(b"\xEF\xBB\xBF") {
            self.buffer.drain(..3);
        }
        let start = &self.buffer[..];
        let (found, help) = if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF])
        {
            ("UTF-16 text", "save the file as UTF-8")
        } else if start.starts_with(&[0x1F, 0x8B]) {
            ("a gzip file", "give its name the ending .gz")
        } else if start.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            ("a Zstandard file", "give its name the ending .zst")
        } else if start.starts_with(b"PK\x03\x04") {
            (
                "a spreadsheet or a zip archive",
                "save the sheet as CSV, or unpack the archive",
            )
        } else if start.starts_with(b"PAR1") {
            ("a Parquet file", "write --input-format parquet")
        } else if start.starts_with(b"ARRO") {
            ("an Arrow file", "write --input-format arrow")
        } else {
            return Ok(());
        };
        Err(errors::looks_like(&self.file, found, help))
    }
}

/// How far a buffer has been looked through.
#[derive(Default)]
struct Scan {
    position: usize,
    record_start: usize,
    in_quotes: bool,
    /// Where the first record starts, behind blank lines.
    first_record: usize,
    /// Just after the last whole record.
    end: usize,
    rows: u64,
    blank_lines: u64,
    unterminated: bool,
}

impl Scan {
    /// Goes on until the bytes are used up or `most_rows` records are whole. With more bytes to come, what
    /// depends on them is left for the next call.
    fn run(&mut self, bytes: &[u8], at_end: bool, style: Style, most_rows: u64) {
        while self.rows < most_rows {
            let goes_on = if self.in_quotes {
                self.close_quote(bytes, at_end)
            } else {
                self.next_mark(bytes, at_end, style)
            };
            if !goes_on {
                if at_end {
                    self.finish(bytes, style);
                }
                return;
            }
        }
    }

    /// Moves past the quote that closes the field; a doubled quote does not.
    fn close_quote(&mut self, bytes: &[u8], at_end: bool) -> bool {
        let Some(offset) = memchr(b'"', &bytes[self.position..]) else {
            self.position = bytes.len();
            return false;
        };
        let at = self.position + offset;
        match bytes.get(at + 1) {
            Some(b'"') => self.position = at + 2,
            None if !at_end => {
                self.position = at;
                return false;
            }
            _ => {
                self.in_quotes = false;
                self.position = at + 1;
            }
        }
        true
    }

    /// Moves past the next quote or line end.
    fn next_mark(&mut self, bytes: &[u8], at_end: bool, style: Style) -> bool {
        let rest = &bytes[self.position..];
        let found = match style {
            Style::Quoted { .. } => memchr3(b'\n', b'\r', b'"', rest),
            Style::Lines => memchr2(b'\n', b'\r', rest),
        };
        let Some(offset) = found else {
            self.position = bytes.len();
            return false;
        };
        let at = self.position + offset;
        match (bytes[at], style) {
            (b'"', Style::Quoted { delimiter }) => {
                self.in_quotes = at == self.record_start || bytes[at - 1] == delimiter;
                self.position = at + 1;
            }
            (b'\r', _) if at + 1 == bytes.len() && !at_end => {
                self.position = at;
                return false;
            }
            (mark, _) => {
                let pair = mark == b'\r' && bytes.get(at + 1) == Some(&b'\n');
                self.end_line(bytes, at, at + 1 + usize::from(pair), style);
            }
        }
        true
    }

    fn end_line(&mut self, bytes: &[u8], at: usize, next: usize, style: Style) {
        if is_blank(&bytes[self.record_start..at], style) {
            self.blank_lines += 1;
            if self.rows == 0 {
                self.first_record = next;
            }
        } else {
            self.rows += 1;
        }
        self.position = next;
        self.record_start = next;
        self.end = next;
    }

    /// Takes what is left at the end of the file as the last record.
    fn finish(&mut self, bytes: &[u8], style: Style) {
        let rest = &bytes[self.record_start..];
        if !rest.is_empty() {
            let blank = is_blank(rest, style);
            self.rows += u64::from(!blank);
            self.blank_lines += u64::from(blank);
            // A quoted field that is never closed takes in the last line end.
            self.unterminated = !blank && !bytes.ends_with(b"\n") && !bytes.ends_with(b"\r");
        }
        self.end = bytes.len();
        self.record_start = bytes.len();
    }
}

/// Whether a line without its end is no record.
pub(crate) fn is_blank(line: &[u8], style: Style) -> bool {
    match style {
        Style::Quoted { .. } => line.is_empty(),
        Style::Lines => line.iter().all(|&byte| byte == b' ' || byte == b'\t'),
    }
}

/// Line ends in `bytes`: LF, CRLF and bare CR count one each.
pub(crate) fn line_ends(bytes: &[u8]) -> u64 {
    let bare = memchr_iter(b'\r', bytes)
        .filter(|&at| bytes.get(at + 1) != Some(&b'\n'))
        .count();
    (memchr_iter(b'\n', bytes).count() + bare) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const CSV: Style = Style::Quoted { delimiter: b',' };

    fn splitter(text: &[u8], style: Style, block_bytes: usize) -> Splitter {
        let reader = Box::new(Cursor::new(text.to_vec()));
        Splitter::new(reader, "t.csv".into(), style, block_bytes)
    }

    fn blocks(text: &[u8], style: Style, block_bytes: usize) -> Vec<Block> {
        let mut splitter = splitter(text, style, block_bytes);
        std::iter::from_fn(|| splitter.next_block().unwrap()).collect()
    }

    #[test]
    fn blocks_end_where_records_end_whatever_their_size() {
        let text = b"a,\"x\r\ny\"\r\n\r\nb,\"q\"\"\n\"\"\"\nc,5\" pipe\r\rd,\"\",\"e\"z\"\n\nlast";
        for size in 1..text.len() + 2 {
            let blocks = blocks(text, CSV, size);
            let whole: Vec<u8> = blocks
                .iter()
                .flat_map(|block| block.bytes.clone())
                .collect();
            let kept: Vec<u8> = whole
                .iter()
                .copied()
                .filter(|b| !b"\r\n".contains(b))
                .collect();
            let all: Vec<u8> = text
                .iter()
                .copied()
                .filter(|b| !b"\r\n".contains(b))
                .collect();
            assert_eq!(kept, all, "{size}");
            assert_eq!(
                blocks.iter().map(|block| block.rows).sum::<u64>(),
                5,
                "{size}"
            );
            let mut row = 1;
            for block in &blocks {
                assert_eq!(block.first_row, row);
                assert_eq!(
                    block.first_line,
                    [1, 4, 6, 8, 10][row as usize - 1],
                    "{size}"
                );
                row += block.rows;
            }
        }
    }

    #[test]
    fn the_header_is_no_row_and_marks_are_dropped() {
        let mut splitter = splitter(b"\xEF\xBB\xBF\n\nid,b\r1,2\r3,4", CSV, 4);
        let header = splitter.take_header().unwrap().unwrap();
        assert_eq!(
            (header.bytes.as_slice(), header.first_line),
            (&b"id,b\r"[..], 3)
        );
        let block = splitter.next_block().unwrap().unwrap();
        assert_eq!((block.first_row, block.first_line), (1, 4));
        while splitter.next_block().unwrap().is_some() {}
        assert!(splitter.unterminated_last_line);
        assert_eq!((splitter.blank_lines, splitter.rows()), (2, 2));
    }

    #[test]
    fn lines_of_blanks_are_no_rows_of_json_lines() {
        let blocks = blocks(b"{}\n \t\n\"\n{}\r\n", Style::Lines, 3);
        assert_eq!(blocks.iter().map(|block| block.rows).sum::<u64>(), 3);
        assert_eq!(blocks.last().unwrap().first_line, 4);
    }

    #[test]
    fn empty_and_blank_files_have_no_blocks() {
        for text in [&b""[..], b"\n\r\n\r", b"\xEF\xBB\xBF"] {
            assert!(blocks(text, CSV, 4).is_empty());
            assert!(splitter(text, CSV, 4).take_header().unwrap().is_none());
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_eat_the_memory() {
        let mut text = b"id\n1\n\"".to_vec();
        text.resize(MAX_RECORD_BYTES + 10, b'x');
        let mut splitter = splitter(&text, CSV, 1 << 20);
        splitter.take_header().unwrap();
        assert!(splitter.next_block().unwrap().is_some());
        let text = splitter.next_block().unwrap_err().to_string();
        assert!(
            text.contains("line 3: the record that starts here is longer than 16 MB"),
            "{text}"
        );
    }

    #[test]
    fn other_kinds_of_file_are_named() {
        for (text, found) in [
            (&b"\xFF\xFEi\0d\0"[..], "UTF-16"),
            (b"\x1F\x8B\x08\0", "gzip"),
            (b"PK\x03\x04..", "spreadsheet"),
            (b"PAR1....", "Parquet"),
        ] {
            let error = splitter(text, CSV, 64).take_header().unwrap_err();
            assert!(error.to_string().contains(found), "{error}");
        }
    }
}
