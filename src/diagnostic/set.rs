//! What is true of all messages of one run together: their order, that none is said twice, and how many there are.

use std::fmt;

use super::{Diagnostic, Severity};
use crate::text::SourceMap;

/// Sorts by file name (by bytes), position and code, and drops what is said twice.
pub fn tidy(mut diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Vec<Diagnostic> {
    fn key<'a>(d: &'a Diagnostic, sources: &'a SourceMap) -> impl Ord + use<'a> {
        let span = d.primary.span;
        let name = sources.file(span.file).name.as_bytes();
        (name, span.start, span.end, d.code.id, d.message.as_str())
    }
    diagnostics.sort_by(|a, b| key(a, sources).cmp(&key(b, sources)));
    diagnostics.dedup();
    diagnostics
}

/// How many errors and warnings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that keep the policy from being used.
    pub errors: usize,
    /// All others.
    pub warnings: usize,
}

impl Tally {
    /// Counts `diagnostics`.
    pub fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut tally = Tally::default();
        for diagnostic in diagnostics {
            match diagnostic.code.severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
            }
        }
        tally
    }
}

/// "2 errors, 1 warning"; "no errors" where there is nothing.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.errors, self.warnings) {
            (0, 0) => write!(f, "no errors"),
            (errors, 0) => write!(f, "{}", counted(errors, "error")),
            (0, warnings) => write!(f, "{}", counted(warnings, "warning")),
            (errors, warnings) => write!(
                f,
                "{}, {}",
                counted(errors, "error"),
                counted(warnings, "warning")
            ),
        }
    }
}

/// "1 error", "2 errors".
pub fn counted(number: usize, thing: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::catalogue::UNKNOWN_CHARACTER;
    use crate::text::Span;

    #[test]
    fn messages_stand_in_the_order_of_file_names_and_once_each() {
        let mut sources = SourceMap::default();
        let b = sources.add("b.interdict", "one\ntwo\n");
        let a = sources.add("a.interdict", "one\ntwo\n");
        let at = |file, start| {
            Diagnostic::new(
                &UNKNOWN_CHARACTER,
                "m",
                Span::new(file, start, start + 1),
                "",
            )
        };
        let tidied = tidy(vec![at(b, 4), at(b, 0), at(a, 4), at(b, 4)], &sources);
        assert_eq!(tidied, vec![at(a, 4), at(b, 0), at(b, 4)]);
    }

    #[test]
    fn the_tally_reads_like_a_sentence() {
        let text = |errors, warnings| Tally { errors, warnings }.to_string();
        assert_eq!(text(2, 1), "2 errors, 1 warning");
        assert_eq!(text(1, 0), "1 error");
        assert_eq!(text(0, 3), "3 warnings");
        assert_eq!(text(0, 0), "no errors");
    }
}
