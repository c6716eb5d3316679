//! From trees to the typed model: names, types, dates, references between rules, tests.
//!
//! In: [`Loaded`] files. Out: [`Checked`]: the model if there is no error, and every message, one for each mistake, in
//! the order of the text. Nothing here evaluates a record. What a stage could not read becomes `None` and silences what
//! depends on it.

mod aggregates;
mod allowed;
mod assemble;
mod calendars;
mod cases;
mod checker;
mod closures;
mod data;
mod declare;
mod defines;
mod each;
mod errors;
mod expr;
mod graph;
mod guards;
pub mod limits;
mod lints;
mod lists;
mod literal;
pub mod load;
mod measure;
mod occurrences;
mod overrides;
mod records;
mod relations;
mod repeats;
mod ruins;
mod rules;
mod tables;
mod template;
#[cfg(test)]
mod tests;
mod types;
mod values;
mod verdicts;
mod windows;

pub use allowed::{Allowed, Level, Levels, lint_named};
pub use load::{
    Disk, Files, LoadError, LoadFault, Loaded, Unit, UnitId, load, load_from, load_text,
};
pub use occurrences::{Named, Occurrence};

use crate::diagnostic::Diagnostic;
use crate::domain::Day;
use crate::model::Model;
use crate::syntax::ast;
use crate::text::{Arena, FileId, SourceMap};
use std::path::PathBuf;

/// What a run asks of the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOptions {
    /// `--param NAME=VALUE`, the value as a rule file would write it.
    pub params: Vec<(String, String)>,
    /// Whether a rule without `cites` is worth a warning.
    pub citation_required: bool,
    /// `--known-at DATE`: rows of lists that were recorded later are left out.
    pub known_at: Option<Day>,
    /// What the workspace says of warnings, by their names.
    pub levels: Levels,
}

impl Default for CheckOptions {
    fn default() -> Self {
        CheckOptions {
            params: Vec::new(),
            citation_required: true,
            known_at: None,
            levels: Levels::default(),
        }
    }
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// All files read.
    pub sources: SourceMap,
    /// Their trees, in the same order.
    pub files: Vec<(FileId, ast::File)>,
    /// The canonical path of each file; none for a text that is not in a file.
    pub paths: Vec<Option<PathBuf>>,
    /// Which files share a namespace, and what they import.
    pub units: Arena<Unit>,
    /// Where declared things are named, in the order of the files and of the text.
    pub occurrences: Vec<Occurrence>,
    /// The model: there if no message is an error and a policy was named, not only libraries.
    pub model: Option<Model>,
    /// Every message, in the order of file names and places.
    pub diagnostics: Vec<Diagnostic>,
    /// The warnings that its files pass over.
    pub allowed: Allowed,
}

impl Checked {
    /// Whether a message is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Checks everything that was loaded.
pub fn check(loaded: Loaded, options: &CheckOptions) -> Checked {
    let (model, mut diagnostics, occurrences) = assemble::assemble(&loaded, options);
    ruins::drop_echoes(&loaded, &mut diagnostics);
    let allowed = Allowed::of(&loaded, &mut diagnostics);
    let mut allowed = allowed.with_levels(&options.levels);
    diagnostics.extend(loaded.diagnostics);
    allowed.apply(&mut diagnostics);
    let diagnostics = crate::diagnostic::tidy(diagnostics, &loaded.sources);
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    Checked {
        model: model.filter(|_| !failed),
        sources: loaded.sources,
        files: loaded.files,
        paths: loaded.paths,
        units: loaded.units,
        occurrences,
        diagnostics,
        allowed,
    }
}

/// Checks a policy of one file that is not on disk, without asking for citations.
pub fn check_text(name: &str, text: &str) -> Checked {
    check_text_with(name, text, &[])
}

/// The same with the files that its lists are read from, by their paths as written.
pub fn check_text_with(name: &str, text: &str, files: &[(&str, &[u8])]) -> Checked {
    let options = CheckOptions {
        citation_required: false,
        ..CheckOptions::default()
    };
    check(load_text(name, text, files), &options)
}
