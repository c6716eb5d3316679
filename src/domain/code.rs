//! Hierarchical codes: HS numbers, ECCNs and code systems declared in a policy. What "under", "coarser" and a range
//! of codes mean is said here and nowhere else.

use std::fmt;
use std::sync::Arc;

use super::code_parse;
use super::text::Pattern;
use super::truth::Truth;

pub use super::code_parse::{CodeError, CodeProblem};

/// The grammar of a code system. Two systems of one model are still different types; the checker keeps them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeModel {
    /// 2 to 12 digits in pairs, hierarchical by digit (Harmonized System and the tariffs built on it: chapters 01 to
    /// 97, 98 and 99 for national use; 77 is reserved and may be used one day).
    Hs,
    /// `3A001.a.5.a.1`, `EAR99`: five characters, then letters and numbers by turns, hierarchical by segment
    /// (15 CFR 738.2(d); Annex I of Regulation (EU) 2021/821 has the same form).
    Eccn,
    /// Letters and digits in segments set apart by dots, hierarchical by segment: `ML10.c.1`.
    Segmented,
}

impl CodeModel {
    /// Reads a code as a rule file writes it: HS digits, in pairs or 9 or 11 of them, with dots after an even number
    /// or without; the others in their canonical spelling.
    pub fn parse_literal(self, text: &str) -> Result<Code, CodeError> {
        code_parse::parse_literal(self, text)
    }

    /// Reads a code as records write it: HS digits in pairs with dots and blanks between these, ECCNs in any case,
    /// squeezed (`3A001a5a1`) or behind the word `ECCN`, segments in any case.
    pub fn parse_data(self, text: &str) -> Result<Code, CodeError> {
        code_parse::parse_data(self, text)
    }

    /// The pattern of a `like` on codes of this model, in the case and without the dots of [`Code::like`].
    pub fn pattern(self, text: &str) -> Pattern {
        match self {
            CodeModel::Hs => Pattern::new(&text.replace(['.', ' '], "")),
            CodeModel::Eccn | CodeModel::Segmented => Pattern::new(&text.to_ascii_uppercase()),
        }
    }

    /// What codes of the model are called in messages.
    pub fn noun(self) -> &'static str {
        match self {
            CodeModel::Hs => "HS code",
            CodeModel::Eccn => "ECCN",
            CodeModel::Segmented => "code",
        }
    }

    pub(super) fn article(self) -> &'static str {
        match self {
            CodeModel::Hs => "an HS code",
            CodeModel::Eccn => "an ECCN",
            CodeModel::Segmented => "a code",
        }
    }

    /// What such a code looks like, for messages.
    pub fn looks_like(self) -> &'static str {
        match self {
            CodeModel::Hs => {
                "2, 4, 6, 8, 10 or 12 digits such as `8505`, `8505.11` or `8505.11.00`"
            }
            CodeModel::Eccn => "`3A001`, `3A001.a.5` or `EAR99`",
            CodeModel::Segmented => {
                "letters and digits in segments set apart by dots, such as `ML10.c.1`"
            }
        }
    }
}

/// A code in its canonical text: digits for HS, `3A001.a.5` and `EAR99` for ECCNs, first segment in capitals and the
/// others in small letters for segmented ones. Cheap to clone. Equality, hash and order are those of the canonical text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    text: Arc<str>,
    model: CodeModel,
}

impl Code {
    pub(super) fn from_canonical(model: CodeModel, text: &str) -> Code {
        Code {
            text: text.into(),
            model,
        }
    }

    /// Reads an HS code of data in which whole codes have `whole` digits, be they odd: fewer plain digits get back the
    /// leading zeros they lost.
    pub fn parse_whole_hs(text: &str, whole: u8) -> Result<Code, CodeError> {
        code_parse::parse_whole_hs(text, whole)
    }

    pub fn model(&self) -> CodeModel {
        self.model
    }

    /// The canonical text: for HS the digits without dots.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Digits of an HS code, segments of the others: `3A001.a.5` has three.
    pub fn depth(&self) -> usize {
        match self.model {
            CodeModel::Hs => self.text.len(),
            CodeModel::Eccn | CodeModel::Segmented => self.text.split('.').count(),
        }
    }

    /// Whether the code equals `element` or lies below it.
    ///
    /// True if it does. Unknown if the code is strictly coarser than `element` (`3B001` asked under `3B001.c`,
    /// `850511` under `8505.11.10`), since a finer classification of the same goods could still lie there. False if no
    /// refinement of the code can: another branch. Refining a code never changes a true or false.
    pub fn under(&self, element: &Code) -> Truth {
        if self.model != element.model {
            debug_assert!(false, "internal error: codes of two models compared");
            return Truth::False;
        }
        if element.covers(self) {
            Truth::True
        } else if self.covers(element) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    /// Equal to `other` or above it.
    fn covers(&self, other: &Code) -> bool {
        let Some(rest) = other.text.strip_prefix(&*self.text) else {
            return false;
        };
        match self.model {
            CodeModel::Hs => true,
            CodeModel::Eccn | CodeModel::Segmented => rest.is_empty() || rest.starts_with('.'),
        }
    }

    /// True if `other` lies strictly below this code.
    pub fn is_coarser_than(&self, other: &Code) -> bool {
        self.model == other.model && self != other && self.covers(other)
    }

    /// Whether the code lies in the range from `lo` to `hi`: the codes between its ends at their common depth, both ends
    /// included, and all below these. The ends must pass [`range_error`].
    ///
    /// A code at least as deep as the ends is in (true) or out (false) by its part of that depth. A coarser code is judged
    /// by its refinements to that depth: false if none is in, true if all are (only HS digits can be counted out: `73` in
    /// `7206` to `7450`), else unknown (`72` in `7206` to `7229`; `3B001` in `3B001.k` to `3B001.n`, also in `3B001.a` to
    /// `3B001.z`, for the entry itself is not one of its paragraphs). So a range of one code asks what [`Code::under`] asks.
    pub fn within(&self, lo: &Code, hi: &Code) -> Truth {
        if self.model != lo.model || lo.model != hi.model {
            debug_assert!(false, "internal error: codes of two models compared");
            return Truth::False;
        }
        match self.model {
            CodeModel::Hs => hs_within(&self.text, &lo.text, &hi.text),
            CodeModel::Eccn | CodeModel::Segmented => self.segments_within(lo, hi),
        }
    }

    fn segments_within(&self, lo: &Code, hi: &Code) -> Truth {
        let (parent, first) = split_last(&lo.text);
        let (_, last) = split_last(&hi.text);
        let own = match parent {
            Some(parent) => match self.text.strip_prefix(parent) {
                Some("") => return Truth::Unknown,
                Some(rest) if rest.starts_with('.') => &rest[1..],
                // Above the parent the range may still be reached, beside it never.
                Some(_) | None => return self.under(lo),
            },
            None => &self.text,
        };
        let own = own.split('.').next().unwrap_or(own);
        Truth::from(segment_between(own, first, last))
    }

    /// All codes above this one, the nearest first: `3A001.a`, `3A001` for `3A001.a.5`; HS codes up to two digits.
    pub fn ancestors(&self) -> impl Iterator<Item = Code> + use<> {
        std::iter::successors(self.parent(), Code::parent)
    }

    /// This code, then all above it.
    pub fn self_and_ancestors(&self) -> impl Iterator<Item = Code> + use<> {
        std::iter::successors(Some(self.clone()), Code::parent)
    }

    fn parent(&self) -> Option<Code> {
        let above = match self.model {
            CodeModel::Hs if self.text.len() <= 2 => return None,
            CodeModel::Hs => &self.text[..self.text.len() - 1],
            CodeModel::Eccn | CodeModel::Segmented => split_last(&self.text).0?,
        };
        Some(Code::from_canonical(self.model, above))
    }

    /// Whether the canonical text has the form of a pattern made by [`CodeModel::pattern`]: HS codes by their digits,
    /// the others whatever the case.
    pub fn like(&self, pattern: &Pattern) -> bool {
        match self.model {
            CodeModel::Hs => pattern.matches(&self.text),
            CodeModel::Eccn | CodeModel::Segmented => {
                pattern.matches(&self.text.to_ascii_uppercase())
            }
        }
    }
}

/// `8505.11.00` (groups of 4, 2, 2 … digits), `3A001.a.5`, `ML10.c.1`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model {
            CodeModel::Eccn | CodeModel::Segmented => f.pad(&self.text),
            CodeModel::Hs => f.pad(&group_hs(&self.text)),
        }
    }
}

fn group_hs(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index >= 4 && index % 2 == 0 {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    grouped
}

/// What is above the last segment, and the last segment.
fn split_last(text: &str) -> (Option<&str>, &str) {
    match text.rsplit_once('.') {
        Some((parent, last)) => (Some(parent), last),
        None => (None, text),
    }
}

fn hs_within(code: &str, lo: &str, hi: &str) -> Truth {
    let depth = lo.len();
    if let Some(head) = code.get(..depth) {
        return Truth::from(lo <= head && head <= hi);
    }
    let refined = |digit: char| -> String {
        code.chars()
            .chain(std::iter::repeat(digit))
            .take(depth)
            .collect()
    };
    let (least, greatest) = (refined('0'), refined('9'));
    if greatest.as_str() < lo || hi < least.as_str() {
        Truth::False
    } else if lo <= least.as_str() && greatest.as_str() <= hi {
        Truth::True
    } else {
        Truth::Unknown
    }
}

/// A segment split before its last run of digits or of letters: `1C902` is `1C` and `902`, `k` is `` and `k`.
fn split_run(segment: &str) -> (&str, &str) {
    let bytes = segment.as_bytes();
    let kind = bytes.last().is_some_and(u8::is_ascii_digit);
    let run = bytes
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit() == kind)
        .count();
    segment.split_at(bytes.len() - run)
}

/// Numbers by value, letters by length and then alphabet. Both sides are runs of one kind.
fn run_key(run: &str) -> (usize, &str) {
    let run = if run.starts_with(|c: char| c.is_ascii_digit()) {
        run.trim_start_matches('0')
    } else {
        run
    };
    (run.len(), run)
}

fn same_kind(a: &str, b: &str) -> bool {
    a.starts_with(|c: char| c.is_ascii_digit()) == b.starts_with(|c: char| c.is_ascii_digit())
}

fn segment_between(own: &str, first: &str, last: &str) -> bool {
    let ((head, run), (first_head, first_run), (_, last_run)) =
        (split_run(own), split_run(first), split_run(last));
    let between = run_key(first_run) <= run_key(run) && run_key(run) <= run_key(last_run);
    head == first_head && same_kind(run, first_run) && between
}

/// Why two codes are not the ends of a range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    #[error("`{lo}` and `{hi}` are not equally deep: {lo_depth} and {hi_depth} {unit}")]
    DifferentDepth {
        lo: Code,
        hi: Code,
        lo_depth: usize,
        hi_depth: usize,
        unit: &'static str,
    },
    #[error(
        "`{lo}` and `{hi}` do not stand side by side; the ends of a range differ only in their last part"
    )]
    DifferentParents { lo: Code, hi: Code },
    #[error("`{lo}` comes after `{hi}`; a range goes from the lower code to the higher")]
    OutOfOrder { lo: Code, hi: Code },
}

/// What keeps `lo` and `hi` from being the ends of a range, if anything.
///
/// HS codes need the same number of digits. The others need the same number of segments, may differ in the last one
/// only, and there only in its last run of digits or letters: `1C902` to `1C908`, `3B001.k` to `3B001.n`, `ML1` to `ML22`.
pub fn range_error(lo: &Code, hi: &Code) -> Option<RangeError> {
    let ends = || (lo.clone(), hi.clone());
    let (lo_depth, hi_depth) = (lo.depth(), hi.depth());
    if lo_depth != hi_depth {
        let unit = if lo.model == CodeModel::Hs {
            "digits"
        } else {
            "parts"
        };
        let (lo, hi) = ends();
        return Some(RangeError::DifferentDepth {
            lo,
            hi,
            lo_depth,
            hi_depth,
            unit,
        });
    }
    let (siblings, ordered) = match lo.model {
        CodeModel::Hs => (lo.model == hi.model, lo.text <= hi.text),
        CodeModel::Eccn | CodeModel::Segmented => segment_order(lo, hi),
    };
    let (lo, hi) = ends();
    if !siblings {
        Some(RangeError::DifferentParents { lo, hi })
    } else if !ordered {
        Some(RangeError::OutOfOrder { lo, hi })
    } else {
        None
    }
}

/// Whether the codes are siblings, and whether they are in order.
fn segment_order(lo: &Code, hi: &Code) -> (bool, bool) {
    let ((lo_parent, first), (hi_parent, last)) = (split_last(&lo.text), split_last(&hi.text));
    let ((first_head, first_run), (last_head, last_run)) = (split_run(first), split_run(last));
    let siblings = lo.model == hi.model
        && lo_parent == hi_parent
        && first_head == last_head
        && same_kind(first_run, last_run);
    (siblings, run_key(first_run) <= run_key(last_run))
}

#[cfg(test)]
#[path = "code_tests.rs"]
mod tests;
