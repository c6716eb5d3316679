//! What an editor asks about rule files: completion, hover, symbols, definitions, references, rename, colours, folding,
//! formatting, fixes, lenses and hints.
//!
//! In: a [`Workspace`] (texts that stand before the files on disk), a path and an offset in bytes. Out: plain data in
//! paths and byte offsets; nothing here knows a protocol. What names mean comes from the checker's own record
//! ([`crate::check::Occurrence`]). Every question works on half-written text: the tree has what could be read, and for what
//! only a whole policy tells, the last one without errors is asked.

mod actions;
mod completion;
mod cursor;
mod declared;
mod desk;
mod folding;
mod hover;
mod lenses;
mod navigate;
mod rename;
mod scope;
mod semantic;
mod symbols;
#[cfg(test)]
mod tests;
pub mod textmate;
mod view;
mod words;
mod workspace;

pub use actions::{Action, actions};
pub use completion::{Completion, Offer, OfferKind, complete};
pub use declared::{Declaration, Sort};
pub use folding::{Fold, FoldKind, folds};
pub use hover::{Hover, hover};
pub use lenses::{Hint, Lens, LensKind, hints, lenses, run_test};
pub use navigate::{Highlight, definition, highlights, references};
pub use rename::{Edit, Refusal, prepare_rename, rename};
pub use semantic::{Colour, ColourKind, colours};
pub use symbols::{FileSymbol, Symbol, outline, workspace_symbols};
pub use view::View;
pub use workspace::{Finding, Workspace};

use std::path::PathBuf;

/// A stretch of a file, in bytes, end excluded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The canonical path of the file.
    pub path: PathBuf,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// The canonical text of a file; nothing where it cannot be read without errors, or is as it should be.
pub fn format(workspace: &mut Workspace, path: &std::path::Path) -> Option<String> {
    let text = workspace.text(path)?;
    let mut sources = crate::text::SourceMap::default();
    let file = sources.add("", &*text);
    let (tree, diagnostics) = crate::syntax::parse(&sources, file);
    if diagnostics
        .iter()
        .any(crate::diagnostic::Diagnostic::is_error)
    {
        return None;
    }
    let formatted = crate::syntax::format(&tree, &sources.file(file).text);
    (formatted != *text).then_some(formatted)
}
