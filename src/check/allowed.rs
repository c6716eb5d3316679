//! Warnings that are passed over: by `allow LINT because "…"` before a declaration, before the policy's header for the whole
//! policy, and by the levels of the workspace.

use super::errors;
use super::load::{Loaded, UnitId};
use crate::diagnostic::{CATALOGUE, Code, Diagnostic, Severity, nearest};
use crate::syntax::ast::ItemKind;
use crate::text::{FileId, Span};
use std::collections::BTreeMap;

/// What a workspace says of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not shown.
    Allow,
    /// It is a warning.
    Warn,
    /// It keeps the policy from being used.
    Error,
}

/// The levels of a workspace, by the codes of warnings.
pub type Levels = BTreeMap<&'static str, Level>;

/// One `allow`.
#[derive(Clone, Debug)]
struct Passed {
    code: &'static Code,
    /// The declaration that it stands before.
    item: Span,
    /// The files that it is about as a whole.
    files: Vec<FileId>,
    /// Where it stands.
    span: Span,
    used: bool,
}

/// All of a run.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    passed: Vec<Passed>,
    levels: Levels,
}

/// The warning of that name, written with `_` as in rule files.
pub fn lint_named(name: &str) -> Option<&'static Code> {
    let name = name.replace('_', "-");
    lints().find(|code| code.name == name)
}

fn lints() -> impl Iterator<Item = &'static Code> {
    let all = CATALOGUE.iter().copied();
    all.filter(|code| code.severity == Severity::Warning)
}

/// The name of the nearest warning, as rule files write it.
pub(super) fn nearest_lint(name: &str) -> Option<String> {
    let names: Vec<String> = lints().map(|code| code.name.replace('-', "_")).collect();
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

impl Allowed {
    /// What the files pass over; names of no warning are reported.
    pub(super) fn of(loaded: &Loaded, found: &mut Vec<Diagnostic>) -> Allowed {
        let mut allowed = Allowed::default();
        for (id, unit) in loaded.units.iter() {
            for file in &unit.files {
                for item in &loaded.files[file.index()].1.items {
                    let is_header = matches!(item.kind, ItemKind::Policy(_));
                    for allow in &item.allows {
                        let Some(code) = lint_named(&allow.lint.text) else {
                            let near = nearest_lint(&allow.lint.text);
                            let lint = &allow.lint;
                            let error =
                                errors::unknown_lint(&lint.text, lint.span, near.as_deref());
                            found.push(error);
                            continue;
                        };
                        allowed.passed.push(Passed {
                            code,
                            item: item.span,
                            files: if is_header {
                                of_unit(loaded, id)
                            } else {
                                Vec::new()
                            },
                            span: allow.span,
                            used: false,
                        });
                    }
                }
            }
        }
        allowed
    }

    /// With what the workspace says.
    pub(super) fn with_levels(mut self, levels: &Levels) -> Allowed {
        self.levels = levels.clone();
        self
    }

    /// Leaves out what is passed over, and makes errors of what is one here.
    pub fn apply(&mut self, found: &mut Vec<Diagnostic>) {
        found.retain_mut(|message| {
            if message.code.severity == Severity::Error {
                return true;
            }
            let mut is_passed = false;
            for passed in &mut self.passed {
                if passed.code == message.code && passed.covers(message.primary.span) {
                    passed.used = true;
                    is_passed = true;
                }
            }
            match self.levels.get(message.code.id) {
                Some(Level::Allow) => return false,
                Some(Level::Error) => message.severity = Severity::Error,
                Some(Level::Warn) | None => {}
            }
            !is_passed
        });
    }

    /// Those that passed nothing over although everything was looked for.
    pub fn without_effect(&self) -> Vec<Diagnostic> {
        let idle = self.passed.iter().filter(|passed| !passed.used);
        let name = |code: &Code| code.name.replace('-', "_");
        idle.map(|passed| errors::allow_without_effect(&name(passed.code), passed.span))
            .collect()
    }
}

fn of_unit(loaded: &Loaded, unit: UnitId) -> Vec<FileId> {
    loaded.units[unit].files.clone()
}

impl Passed {
    fn covers(&self, span: Span) -> bool {
        let inside = span.file == self.item.file
            && self.item.start <= span.start
            && span.end <= self.item.end;
        inside || self.files.contains(&span.file)
    }
}
