//! Messages about rule files: plain data, one catalogue of codes, and the ways to show them.
//!
//! Stages build [`Diagnostic`]s through functions in their own `errors.rs`; nothing here knows a stage.

pub mod catalogue;
mod github;
mod json;
mod nearest;
mod output;
mod place;
mod render;
mod sarif;
mod set;
mod shown;
#[cfg(test)]
mod tests;

pub use catalogue::{CATALOGUE, Code, Severity};
pub use github::github_data;
pub use nearest::nearest;
pub use output::{Format, MAX_SHOWN, show};
pub use render::Renderer;
pub use set::{Merged, Tally, counted, tidy};

use crate::text::Span;

/// One message: what is wrong, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of message, from the catalogue.
    pub code: &'static Code,
    /// How bad it is: as the catalogue has it, unless the workspace says otherwise.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The place the message is about and what stands there.
    pub primary: Label,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// Further facts (a source of law, a limit).
    pub notes: Vec<String>,
    /// A change that makes the message go away, where that is safe.
    pub fix: Option<Fix>,
}

/// A place and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is here ("this is money in USD"); may be empty.
    pub text: String,
}

/// A replacement of source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// The new text.
    pub replacement: String,
    /// Whether it is what is meant, and not only what is nearest; `check --fix` makes no other change.
    pub sure: bool,
}

impl Diagnostic {
    /// A message at `span`; `here` says what stands there.
    pub fn new(
        code: &'static Code,
        message: impl Into<String>,
        span: Span,
        here: impl Into<String>,
    ) -> Self {
        Diagnostic {
            code,
            severity: code.severity,
            message: message.into(),
            primary: Label {
                span,
                text: here.into(),
            },
            labels: Vec::new(),
            help: None,
            notes: Vec::new(),
            fix: None,
        }
    }

    /// Adds another place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a fact.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Offers a change after which the file says what is meant.
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            span,
            replacement: replacement.into(),
            sure: true,
        });
        self
    }

    /// Offers a change that may be meant.
    pub fn guess(self, span: Span, replacement: impl Into<String>) -> Self {
        let mut offered = self.fix(span, replacement);
        offered.fix.iter_mut().for_each(|fix| fix.sure = false);
        offered
    }

    /// All places the message speaks of.
    pub fn spans_mut(&mut self) -> impl Iterator<Item = &mut Span> {
        std::iter::once(&mut self.primary.span)
            .chain(self.labels.iter_mut().map(|label| &mut label.span))
            .chain(self.fix.iter_mut().map(|fix| &mut fix.span))
    }

    /// Whether this keeps a policy from being used.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
