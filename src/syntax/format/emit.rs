//! The decided layout as text: lines, the comments between and behind them, and blank lines.

use std::borrow::Cow;

use super::MAX_WIDTH;
use super::layout::{Gap, INDENT, Layout};
use super::pieces::Remark;

/// A line that is longer than this does not push the trailing comments of its neighbours to the right.
const MAX_WIDTH_BESIDE_COMMENTS: usize = 4 * MAX_WIDTH / 5;

/// The text of a layout; it ends with a line break unless it is empty.
pub(super) fn emit(layout: &Layout<'_>) -> String {
    let mut writer = Writer {
        layout,
        lines: Vec::new(),
    };
    writer.pieces();
    place_comments(&mut writer.lines);
    while adopt_comments(&mut writer.lines) {
        place_comments(&mut writer.lines);
    }
    written(&writer.lines)
}

/// A line of the result.
#[derive(Default)]
struct Line<'t> {
    blank_before: bool,
    column: usize,
    text: String,
    width: usize,
    /// The comment that ends it, and the column in which the source has it.
    comment: Option<(&'t str, usize)>,
    /// In which column of the result that comment starts.
    comment_column: usize,
    /// Whether it is a comment that goes on under the trailing comment of the line before.
    goes_on: bool,
}

struct Writer<'l, 't> {
    layout: &'l Layout<'t>,
    lines: Vec<Line<'t>>,
}

impl<'l, 't> Writer<'l, 't> {
    fn pieces(&mut self) {
        let end = self.layout.pieces.len() - 1;
        for index in 0..=end {
            if index == 0 || self.layout.breaks(index) {
                let column = self.layout.margin(index);
                self.remarks(index, column);
                if index == end {
                    break;
                }
                let blank_before = self.blank_before_piece(index);
                self.lines.push(Line {
                    blank_before,
                    column,
                    width: column,
                    ..Line::default()
                });
            }
            self.piece(index);
        }
    }

    fn piece(&mut self, index: usize) {
        let layout = self.layout;
        if layout.dropped[index] {
            return;
        }
        let piece = &layout.pieces[index];
        let line = self
            .lines
            .last_mut()
            .expect("the first piece starts a line");
        if !line.text.is_empty()
            && let Gap::Blanks(count) = layout.gaps[index]
        {
            line.text.extend(std::iter::repeat_n(' ', count));
            line.width += count;
        }
        line.text.push_str(&piece.text);
        if layout.comma[index] {
            line.text.push(',');
        }
        line.width += layout.width(index);
        line.comment = piece.trailing.as_ref().map(|c| (c.text, c.column));
    }

    /// The comments on lines of their own before the piece.
    fn remarks(&mut self, index: usize, column: usize) {
        let piece = &self.layout.pieces[index];
        let closes = matches!(&*piece.text, "}" | ")" | "]") && self.layout.starts_line(index);
        let column = if closes { column + INDENT } else { column };
        let mut under = self.lines.last().and_then(|line| line.comment);
        for (at, remark) in piece.leading.iter().enumerate() {
            let blank_before = self.blank_before_remark(index, at, remark);
            let goes_on = !blank_before
                && !remark.text.starts_with("##")
                && under.is_some_and(|(_, column)| column == remark.column);
            if !goes_on {
                under = None;
            }
            self.lines.push(Line {
                blank_before,
                column,
                comment: Some((remark.text, remark.column)),
                goes_on,
                ..Line::default()
            });
        }
    }

    fn blank_before_remark(&self, index: usize, at: usize, remark: &Remark<'_>) -> bool {
        if self.lines.is_empty() {
            return false;
        }
        let put = at == 0 && self.layout.blank_put[index] && !self.has_blank(index);
        let first_inside = at == 0 && self.after_open(index);
        put || remark.blank && !first_inside && self.allows_blank(index)
    }

    fn blank_before_piece(&self, index: usize) -> bool {
        let piece = &self.layout.pieces[index];
        if self.lines.is_empty() {
            return false;
        }
        let put =
            self.layout.blank_put[index] && !self.has_blank(index) && piece.leading.is_empty();
        let first_inside = piece.leading.is_empty() && self.after_open(index);
        put || piece.blank && !first_inside && self.layout.blank_kept[index]
    }

    /// Whether the author has a blank line somewhere between the piece and the one before.
    fn has_blank(&self, index: usize) -> bool {
        let piece = &self.layout.pieces[index];
        piece.blank || piece.leading.iter().any(|remark| remark.blank)
    }

    fn after_open(&self, index: usize) -> bool {
        index > 0 && matches!(&*self.layout.pieces[index - 1].text, "{" | "(" | "[")
    }

    /// Whether a blank line may stand among the comments before the piece.
    fn allows_blank(&self, index: usize) -> bool {
        let closes = matches!(&*self.layout.pieces[index].text, "" | "}");
        self.layout.blank_kept[index] || closes
    }
}

/// Puts trailing comments of lines that follow one another under each other.
fn place_comments(lines: &mut [Line<'_>]) {
    let mut start = 0;
    while start < lines.len() {
        let more = lines[start + 1..]
            .iter()
            .take_while(|line| is_beside(line) && !line.blank_before)
            .count();
        let run = &mut lines[start..=start + more];
        place_run(run);
        start += more + 1;
    }
}

/// Comments that happen to stand right under a trailing comment now look like its continuation, so they become that. Says
/// whether there were any.
fn adopt_comments(lines: &mut [Line<'_>]) -> bool {
    let mut found = false;
    for at in 1..lines.len() {
        let (before, line) = (&lines[at - 1], &lines[at]);
        let is_under = is_beside(before) && before.comment_column == line.column;
        let is_free = line.text.is_empty() && !line.goes_on && !line.blank_before;
        let documents = line.comment.is_some_and(|(text, _)| text.starts_with("##"));
        if is_under && is_free && !documents {
            lines[at].goes_on = true;
            found = true;
        }
    }
    found
}

fn place_run(run: &mut [Line<'_>]) {
    let widest = run
        .iter()
        .filter(|line| is_beside(line) && !line.goes_on && line.width <= MAX_WIDTH_BESIDE_COMMENTS)
        .map(|line| line.width)
        .max();
    let mut last = 0;
    for line in run {
        if !line.goes_on {
            last = line.width.max(widest.unwrap_or(0)) + 2;
        }
        line.comment_column = last;
    }
}

/// Whether the line has a comment that stands to the right of something.
fn is_beside(line: &Line<'_>) -> bool {
    line.comment.is_some() && (!line.text.is_empty() || line.goes_on)
}

fn written(lines: &[Line<'_>]) -> String {
    let mut out = String::new();
    for line in lines {
        if line.blank_before {
            out.push('\n');
        }
        let text: Cow<'_, str> = match line.comment {
            None => Cow::Borrowed(&line.text),
            Some((comment, _)) if line.text.is_empty() && !line.goes_on => Cow::Borrowed(comment),
            Some((comment, _)) if line.text.is_empty() => {
                let blanks = line.comment_column.saturating_sub(line.column);
                Cow::Owned(format!("{:blanks$}{comment}", ""))
            }
            Some((comment, _)) => {
                let blanks = line.comment_column.saturating_sub(line.width);
                Cow::Owned(format!("{}{:blanks$}{comment}", line.text, ""))
            }
        };
        out.extend(std::iter::repeat_n(' ', line.column));
        out.push_str(&text);
        out.push('\n');
    }
    out
}
