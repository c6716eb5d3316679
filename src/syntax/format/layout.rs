//! What stands between the pieces, how wide lines become, and the few ways of breaking them.

use super::MAX_WIDTH;
use super::pieces::Piece;
use crate::text::Span;

/// How far the inside of braces is moved to the right.
pub(super) const INDENT: usize = 2;

/// What stands before a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing.
    Glue,
    /// That many blanks.
    Blanks(usize),
    /// A line break, and the column in which the piece starts.
    Line(usize),
}

/// The pieces and all decisions about them.
pub(super) struct Layout<'t> {
    /// The pieces, the last one empty.
    pub pieces: Vec<Piece<'t>>,
    /// What stands before each.
    pub gaps: Vec<Gap>,
    /// Commas that are left out.
    pub dropped: Vec<bool>,
    /// Pieces that get a comma.
    pub comma: Vec<bool>,
    /// Pieces before which a blank line of the author's is kept.
    pub blank_kept: Vec<bool>,
    /// Pieces before which a blank line is put.
    pub blank_put: Vec<bool>,
    /// Whether lines that are too long are broken, in the second walk.
    pub fitting: bool,
}

impl<'t> Layout<'t> {
    /// Everything on one line, with the usual blanks.
    pub(super) fn new(pieces: Vec<Piece<'t>>) -> Self {
        let count = pieces.len();
        let mut gaps = vec![Gap::Line(0); count];
        for index in 1..count {
            gaps[index] = usual_gap(&pieces[index - 1].text, &pieces[index].text);
        }
        gaps[count - 1] = Gap::Line(0);
        Layout {
            pieces,
            gaps,
            dropped: vec![false; count],
            comma: vec![false; count],
            blank_kept: vec![false; count],
            blank_put: vec![false; count],
            fitting: false,
        }
    }

    /// Takes the line breaks decided for the author's and forgets all else. Says whether they differ from the author's.
    pub(super) fn settle(&mut self) -> bool {
        let mut changed = false;
        for index in 1..self.pieces.len() {
            let breaks = self.breaks(index);
            changed |= self.pieces[index].newline != breaks;
            self.pieces[index].newline = breaks;
        }
        if changed {
            *self = Layout::new(std::mem::take(&mut self.pieces));
        }
        changed
    }

    /// The first piece of `span`.
    pub(super) fn first(&self, span: Span) -> usize {
        self.pieces
            .partition_point(|piece| piece.start < span.start)
            .min(self.pieces.len() - 1)
    }

    /// The last piece of `span`.
    pub(super) fn last(&self, span: Span) -> usize {
        let after = self.pieces.partition_point(|piece| piece.end <= span.end);
        after.min(self.pieces.len() - 1).saturating_sub(1)
    }

    /// Whether comments make the piece the first on its line.
    pub(super) fn forced(&self, index: usize) -> bool {
        index > 0
            && (self.pieces[index - 1].trailing.is_some() || !self.pieces[index].leading.is_empty())
    }

    /// Whether the piece is the first on its line.
    pub(super) fn breaks(&self, index: usize) -> bool {
        matches!(self.gaps[index], Gap::Line(_)) || self.forced(index)
    }

    /// Whether the author put the piece on another line than the one before.
    pub(super) fn newline(&self, index: usize) -> bool {
        self.pieces[index].newline
    }

    /// How wide the piece is, without what stands before it.
    pub(super) fn width(&self, index: usize) -> usize {
        if self.dropped[index] {
            return 0;
        }
        self.pieces[index].text.chars().count() + usize::from(self.comma[index])
    }

    fn gap_width(&self, index: usize) -> usize {
        match self.gaps[index] {
            _ if self.dropped[index] => 0,
            Gap::Glue | Gap::Line(_) => 0,
            Gap::Blanks(count) => count,
        }
    }

    /// How wide the pieces are together up to the first line break between them.
    pub(super) fn width_of(&self, first: usize, last: usize) -> usize {
        let mut width = self.width(first);
        for index in first + 1..=last {
            if self.breaks(index) {
                break;
            }
            width += self.gap_width(index) + self.width(index);
        }
        width
    }

    /// The column in which the piece starts; only known in the second walk.
    pub(super) fn column(&self, index: usize) -> usize {
        if !self.fitting {
            return 0;
        }
        let mut start = index;
        while start > 0 && !self.breaks(start) {
            start -= 1;
        }
        let margin = self.margin(start);
        if start == index {
            return margin;
        }
        margin + self.width_of(start, index) - self.width(index)
    }

    /// The column of a line that starts with the piece. Where only a comment breaks the line, it is indented from the line
    /// before.
    pub(super) fn margin(&self, index: usize) -> usize {
        let mut more = 0;
        for gap in self.gaps[..=index].iter().rev() {
            if let Gap::Line(column) = gap {
                return column + more;
            }
            more = INDENT;
        }
        more
    }

    /// Whether the line on which the piece stands is short enough, or may still be too long because this is the first walk.
    pub(super) fn fits(&self, index: usize) -> bool {
        let end = self.pieces.len() - 1;
        !self.fitting || self.column(index) + self.width_of(index, end) <= MAX_WIDTH
    }

    /// Whether all lines from `first` to `last` are short enough.
    fn all_fit(&self, first: usize, last: usize) -> bool {
        self.fits(first)
            && (first + 1..=last)
                .filter(|&index| self.breaks(index))
                .all(|index| self.fits(index))
    }

    /// Puts nothing before the piece.
    pub(super) fn glue(&mut self, index: usize) {
        self.gaps[index] = Gap::Glue;
    }

    /// Puts `count` blanks before the piece.
    pub(super) fn pad(&mut self, index: usize, count: usize) {
        self.gaps[index] = Gap::Blanks(count);
    }

    /// Starts a line with the piece, unless its meaning depends on not being first.
    pub(super) fn break_at(&mut self, index: usize, column: usize) {
        if !self.pieces[index].fragile || self.newline(index) {
            self.gaps[index] = Gap::Line(column);
        }
    }

    /// Starts a line with the piece, before which a blank line of the author's is kept.
    pub(super) fn start_line(&mut self, index: usize, column: usize) {
        self.break_at(index, column);
        self.blank_kept[index] = true;
    }

    /// Parts between `open` and `close` that each have a line of their own, unless the author put all of them on the line
    /// of `open` and they fit there, `blanks` apart. Says whether they have their own lines.
    pub(super) fn block(
        &mut self,
        open: usize,
        close: usize,
        starts: &[usize],
        margin: usize,
        blanks: usize,
    ) -> bool {
        for &start in starts.iter().skip(1) {
            self.pad(start, blanks);
        }
        let broken = (open + 1..=close).any(|index| self.newline(index));
        if !broken && self.fits(open) {
            return false;
        }
        self.own_lines(close, starts, margin);
        true
    }

    /// Puts each part on a line of its own, and the closing brace as well.
    pub(super) fn own_lines(&mut self, close: usize, starts: &[usize], margin: usize) {
        for &start in starts {
            self.start_line(start, margin + INDENT);
        }
        self.gaps[close] = Gap::Line(margin);
    }

    /// Parts between `open` and `close`, separated by commas: on one line where the author has them so and they fit, else on
    /// lines between those of the braces, a comma after the last where `comma` says so.
    pub(super) fn list(
        &mut self,
        open: usize,
        close: usize,
        starts: &[usize],
        margin: usize,
        comma: bool,
    ) {
        let Some((&first, rest)) = starts.split_first() else {
            if self.forced(close) {
                self.gaps[close] = Gap::Line(margin);
            }
            return;
        };
        let broken = self.newline(first)
            || self.newline(close)
            || rest.iter().any(|&start| self.is_broken_before(start));
        if !broken && self.fits(open) {
            self.set_last_comma(close, false);
            return;
        }
        if comma {
            self.set_last_comma(close, true);
        }
        self.start_line(first, margin + INDENT);
        self.gaps[close] = Gap::Line(margin);
        for &start in rest {
            self.blank_kept[start] = true;
        }
        self.fill(rest, margin + INDENT, first, close - 1);
    }

    /// Adds or drops the comma before the closing brace.
    fn set_last_comma(&mut self, close: usize, wanted: bool) {
        let before = close - 1;
        if self.pieces[before].text == "," {
            let has_comment = self.forced(before) || self.forced(close);
            self.dropped[before] = !wanted && !has_comment;
        } else {
            self.comma[before] = wanted;
        }
    }

    /// Breaks lines before `starts` where the author did; if a line from `first` to `last` is too long then, fills them anew.
    pub(super) fn fill(&mut self, starts: &[usize], column: usize, first: usize, last: usize) {
        for &start in starts {
            self.gaps[start] = Gap::Blanks(1);
            if self.is_broken_before(start) {
                self.break_at(start, column);
            }
        }
        if self.all_fit(first, last) {
            return;
        }
        for &start in starts {
            if !self.keeps_blank(start) {
                self.gaps[start] = Gap::Blanks(1);
            }
        }
        for (at, &start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).map_or(last, |next| next - 1);
            let end_column = self.column(start) + self.width_of(start, end);
            let forced = self.forced(start) || self.forced(start - 1);
            if forced || end_column > MAX_WIDTH {
                self.break_at(start, column);
            }
        }
    }

    /// Whether the author broke the line before the piece or before the comma in front of it.
    fn is_broken_before(&self, start: usize) -> bool {
        self.newline(start) || self.newline(start - 1)
    }

    fn keeps_blank(&self, index: usize) -> bool {
        self.blank_kept[index] && self.pieces[index].blank
    }

    /// Breaks lines before the operators where the author broke before or after them; before all of them if a line is too long then.
    pub(super) fn chain(&mut self, first: usize, operators: &[usize], column: usize) {
        for &operator in operators {
            if self.is_broken_around(operator) {
                self.break_at(operator, column);
            }
        }
        let fits = self.fits(first) && operators.iter().all(|&operator| self.fits(operator));
        if !fits {
            for &operator in operators {
                self.break_at(operator, column);
            }
        }
    }

    /// Whether the author broke the line before or after the operator.
    pub(super) fn is_broken_around(&self, operator: usize) -> bool {
        self.newline(operator) || self.newline(operator + 1)
    }
}

/// What stands between two pieces where nothing else is said.
fn usual_gap(before: &str, after: &str) -> Gap {
    let glued_after = matches!(before, "(" | "[" | ".");
    let glued_before = matches!(after, "," | ")" | "]" | "." | "?" | "[");
    if glued_after || glued_before {
        Gap::Glue
    } else {
        Gap::Blanks(1)
    }
}
