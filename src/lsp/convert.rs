//! Bytes and positions: the protocol counts lines and, as agreed with the client, UTF-16 units or bytes in them.

use lsp_types::{Position, Range};
use std::sync::Arc;

/// How columns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
}

/// A text with its line starts.
pub(super) struct Lines {
    text: Arc<str>,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Lines {
    pub fn new(text: Arc<str>, encoding: Encoding) -> Lines {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines {
            starts: std::iter::once(0).chain(breaks).collect(),
            text,
            encoding,
        }
    }

    /// Whether these are the lines of that very text.
    pub fn is_of(&self, text: &Arc<str>, encoding: Encoding) -> bool {
        Arc::ptr_eq(&self.text, text) && self.encoding == encoding
    }

    /// The byte at a position; one beyond the end of its line is the line's end.
    pub fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line) else {
            return self.text.len();
        };
        let end = self
            .starts
            .get(line + 1)
            .map_or(self.text.len(), |next| next - 1);
        let line = &self.text[*start..end];
        let line = line.strip_suffix('\r').unwrap_or(line);
        let wanted = position.character as usize;
        let mut units = 0;
        for (at, c) in line.char_indices() {
            if units >= wanted {
                return start + at;
            }
            units += self.units(c);
        }
        start + line.len()
    }

    /// The position of a byte; one inside of a character is that of the character.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &self.text[self.starts[line]..offset];
        let units: usize = before.chars().map(|c| self.units(c)).sum();
        Position::new(number(line), number(units))
    }

    pub fn range(&self, start: usize, end: usize) -> Range {
        Range::new(self.position(start), self.position(end))
    }

    /// How long a stretch of one line is.
    pub fn length(&self, start: usize, end: usize) -> u32 {
        let text = self.text.get(start..end).unwrap_or_default();
        number(text.chars().map(|c| self.units(c)).sum())
    }

    fn units(&self, c: char) -> usize {
        match self.encoding {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        }
    }
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_bytes_are_the_same_places() {
        let text: Arc<str> = "a\u{1F6A2}é\r\nxyz\n".into();
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::new(Arc::clone(&text), encoding);
            for (at, _) in text
                .char_indices()
                .filter(|(_, c)| *c != '\r' && *c != '\n')
            {
                assert_eq!(lines.offset(lines.position(at)), at, "{encoding:?}");
            }
        }
        let lines = Lines::new(Arc::clone(&text), Encoding::Utf16);
        assert_eq!(lines.position(5), Position::new(0, 3));
        assert_eq!(
            lines.offset(Position::new(0, 99)),
            7,
            "before the line break"
        );
        assert_eq!(lines.offset(Position::new(99, 0)), text.len());
        assert_eq!(lines.position(999), Position::new(2, 0));
    }
}
