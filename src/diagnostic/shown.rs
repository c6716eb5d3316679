//! The text of a file as a report shows it: one line per line feed, nothing in it that a terminal would obey.
//!
//! Control and bidirectional characters are spelled out, lines too long to read are cut to the part around
//! the labels. Offsets of the file map to character offsets of the shown text.

use std::ops::Range;

/// Lines of more characters than this are cut.
const MAX_LINE: usize = 240;
/// How many characters a cut line shows before the first label on it.
const LEAD: usize = 60;

/// A file as shown, with the way from its bytes to the shown characters.
pub(super) struct Shown {
    /// The text to hand to the report; every line ends in a line feed, also the last.
    pub text: String,
    lines: Vec<Line>,
}

/// One line: where it starts and, if cut, which part of it is left.
struct Line {
    first_byte: usize,
    first_char: usize,
    kept: Range<usize>,
}

impl Shown {
    /// Prepares `text`; on lines that are too long the part around the first of `places` is kept.
    pub fn new(text: &str, places: &[Range<usize>]) -> Self {
        let mut shown = Shown {
            text: String::with_capacity(text.len() + 1),
            lines: Vec::new(),
        };
        let (mut first_byte, mut first_char) = (0, 0);
        for line in text.split('\n') {
            let kept = first_byte..first_byte + line.strip_suffix('\r').unwrap_or(line).len();
            let kept = window(text, kept, places);
            let before = shown.text.len();
            shown.push_line(text, first_byte, &kept);
            shown.lines.push(Line {
                first_byte,
                first_char,
                kept,
            });
            first_char += shown.text[before..].chars().count();
            first_byte += line.len() + 1;
        }
        shown
    }

    /// Whether some line of `text` is cut when shown.
    pub fn is_cut(text: &str) -> bool {
        text.split('\n')
            .any(|line| line.len() > MAX_LINE && line.chars().count() > MAX_LINE)
    }

    fn push_line(&mut self, text: &str, first_byte: usize, kept: &Range<usize>) {
        if kept.start > first_byte {
            self.text.push('…');
        }
        for c in text[kept.clone()].chars() {
            push_visible(&mut self.text, c);
        }
        let rest = &text[kept.end..];
        if !rest.is_empty() && !rest.starts_with('\n') && !rest.starts_with("\r\n") && rest != "\r"
        {
            self.text.push('…');
        }
        self.text.push('\n');
    }

    /// The characters of the shown text that stand for the bytes of `span` in `text`: never empty, so that
    /// a report always has something to point at.
    pub fn locate(&self, text: &str, span: Range<usize>) -> Range<usize> {
        let start = self.char_at(text, span.start);
        let end = self.char_at(text, span.end);
        start..end.max(start + 1)
    }

    fn char_at(&self, text: &str, byte: usize) -> usize {
        let byte = text.floor_char_boundary(byte.min(text.len()));
        let at = self.lines.partition_point(|line| line.first_byte <= byte) - 1;
        let line = &self.lines[at];
        if byte < line.kept.start {
            return line.first_char;
        }
        let mark = usize::from(line.kept.start > line.first_byte);
        let mut visible = String::new();
        for c in text[line.kept.start..byte.min(line.kept.end)].chars() {
            push_visible(&mut visible, c);
        }
        line.first_char + mark + visible.chars().count()
    }
}

/// The part of the line `line` of `text` that is shown.
fn window(text: &str, line: Range<usize>, places: &[Range<usize>]) -> Range<usize> {
    if line.len() <= MAX_LINE || text[line.clone()].chars().count() <= MAX_LINE {
        return line;
    }
    let first = places
        .iter()
        .map(|place| place.start)
        .filter(|start| line.contains(start) || *start == line.end)
        .min()
        .unwrap_or(line.start);
    let first = text.floor_char_boundary(first);
    let start = text[line.start..first]
        .char_indices()
        .rev()
        .nth(LEAD - 1)
        .map_or(line.start, |(at, _)| line.start + at);
    let end = text[start..line.end]
        .char_indices()
        .nth(MAX_LINE)
        .map_or(line.end, |(at, _)| start + at);
    start..end
}

/// `text` with everything spelled out that a terminal would obey or not show.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' {
            out.push(c);
        } else {
            push_visible(&mut out, c);
        }
    }
    out
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\t' => out.push(c),
        '\0'..='\u{1f}' => {
            out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        '\u{7f}' => out.push('\u{2421}'),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => {
            out.push_str(&format!("‹U+{:04X}›", u32::from(c)));
        }
        _ => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, span: Range<usize>) -> String {
        let shown = Shown::new(text, std::slice::from_ref(&span));
        let range = shown.locate(text, span);
        shown
            .text
            .chars()
            .skip(range.start)
            .take(range.len())
            .collect()
    }

    #[test]
    fn offsets_find_their_characters_again() {
        assert_eq!(at("a\r\nbé = ñx", 3..6), "bé");
        assert_eq!(at("日本 = x", 9..10), "x");
        assert_eq!(at("\tkey", 1..4), "key");
    }

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        let text = "a\u{1b}[2J\u{202e}b\r";
        assert_eq!(Shown::new(text, &[]).text, "a␛[2J‹U+202E›b\n");
        assert_eq!(at(text, 8..9), "b");
        assert_eq!(at("a\rb", 2..3), "b");
    }

    #[test]
    fn an_empty_place_still_has_a_character() {
        assert_eq!(at("", 0..0), "\n");
        assert_eq!(at("ab\n", 3..3), "\n");
        assert_eq!(at("ab", 2..2), "\n");
    }

    #[test]
    fn a_long_line_is_cut_around_its_label() {
        let text = format!("{}here{}\nnext", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(at(&text, 5_000..5_004), "here");
        let shown = Shown::new(&text, std::slice::from_ref(&(5_000..5_004)));
        assert!(shown.text.chars().count() < 300);
        assert!(shown.text.starts_with('…'));
        assert!(shown.text.ends_with("…\nnext\n"));
        assert!(Shown::is_cut(&text) && !Shown::is_cut("short\n"));
    }
}
