//! Lines and columns for machine-readable messages, with the line starts of each file found once.

use std::collections::HashMap;

use crate::text::{FileId, SourceMap, Span};

/// A line and a column, both from 1; columns count Unicode characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

/// Finds positions.
pub(super) struct Places<'a> {
    sources: &'a SourceMap,
    line_starts: HashMap<FileId, Vec<usize>>,
}

impl<'a> Places<'a> {
    pub fn new(sources: &'a SourceMap) -> Self {
        Places {
            sources,
            line_starts: HashMap::new(),
        }
    }

    /// The name of the file of `span`.
    pub fn file(&self, span: Span) -> &'a str {
        &self.sources.file(span.file).name
    }

    /// Where `span` starts, and where it ends (the character after its last).
    pub fn range(&mut self, span: Span) -> (Position, Position) {
        let start = self.position(span.file, span.start);
        let end = self.position(span.file, span.end.max(span.start));
        (start, end)
    }

    fn position(&mut self, file: FileId, byte: u32) -> Position {
        let text = &self.sources.file(file).text;
        let byte = text.floor_char_boundary((byte as usize).min(text.len()));
        let starts = self
            .line_starts
            .entry(file)
            .or_insert_with(|| line_starts(text));
        let line = starts.partition_point(|start| *start <= byte);
        Position {
            line,
            column: text[starts[line - 1]..byte].chars().count() + 1,
        }
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect()
}
