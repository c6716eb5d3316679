//! What is true of all messages of one run together: their order, that none is said twice, and how many there are.

use std::collections::HashMap;
use std::fmt;

use super::{Diagnostic, Severity};
use crate::text::{FileId, SourceMap, Span};

/// Messages of several runs brought together over one map of files, so that what two runs say of a file they
/// share is said once.
#[derive(Default)]
pub struct Merged {
    /// All files.
    pub sources: SourceMap,
    /// All messages.
    pub diagnostics: Vec<Diagnostic>,
    known: HashMap<String, FileId>,
}

impl Merged {
    /// Adds what one run had to say.
    pub fn add(&mut self, sources: &SourceMap, diagnostics: Vec<Diagnostic>) {
        for (_, file) in sources.iter() {
            if !self.known.contains_key(&file.name) {
                let id = self.sources.add(file.name.clone(), file.text.clone());
                self.known.insert(file.name.clone(), id);
            }
        }
        for mut diagnostic in diagnostics {
            for span in diagnostic.spans_mut() {
                let name = &sources.file(span.file).name;
                *span = Span::new(self.known[name], span.start, span.end);
            }
            self.diagnostics.push(diagnostic);
        }
    }
}

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
            match diagnostic.severity {
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
    fn what_two_runs_say_of_one_file_is_said_once() {
        let mut merged = Merged::default();
        for first in ["a", "b"] {
            let mut sources = SourceMap::default();
            sources.add(first, "x");
            let shared = sources.add("shared", "text");
            let span = Span::new(shared, 1, 2);
            let message = Diagnostic::new(&UNKNOWN_CHARACTER, "m", span, "").fix(span, "");
            merged.add(&sources, vec![message]);
        }
        assert_eq!(merged.sources.iter().len(), 3);
        assert_eq!(tidy(merged.diagnostics, &merged.sources).len(), 1);
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
