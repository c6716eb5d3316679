//! From paths to parsed files: which files belong to a policy, and which other files they import.
//!
//! In: the paths of a command. Out: [`Loaded`], every file read and parsed once, grouped into [`Unit`]s.
//! A folder is one unit, and so is a file whose folder is no part of the run. A file that is part of a
//! folder in the run belongs to that folder's unit, whoever else imports it, so that its names mean the same
//! to everyone. Identity is the canonical path. Nothing here looks into declarations other than imports.

mod cycles;
mod data;
mod files;
mod paths;
mod provider;
mod settings;
#[cfg(test)]
mod tests;

pub use files::MAX_FILES;
pub use paths::{is_rule_file, workspace_file, workspace_root};
pub use provider::{Disk, Files, MAX_FILE_BYTES};
pub use settings::{Settings, SettingsFault};

use crate::diagnostic::Diagnostic;
use crate::input::reference::ReferenceFile;
use crate::syntax::ast;
use crate::text::{Arena, FileId, Id, SourceMap, Span};
use rustc_hash::FxHashMap;
use std::fmt;
use std::path::PathBuf;

/// The number of a [`Unit`].
pub type UnitId = Id<Unit>;

/// Everything a command named, and what that imports.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The files' texts; names are as given on the command line or relative to that.
    pub sources: SourceMap,
    /// The trees, one for each source in the same order.
    pub files: Vec<(FileId, ast::File)>,
    /// The canonical path of each; none for a text that is not in a file.
    pub paths: Vec<Option<PathBuf>>,
    /// Folders and single files, those named first, then imported ones as they are met.
    pub units: Arena<Unit>,
    /// The units named on the command line, in that order.
    pub named: Vec<UnitId>,
    /// The files that lists are read from, by where their paths are written.
    pub data: FxHashMap<Span, ReferenceFile>,
    /// What reading and parsing found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Files that share one namespace.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The folder or file, as messages show it.
    pub name: String,
    /// Its files, ordered by the bytes of their names.
    pub files: Vec<FileId>,
    /// What its files import.
    pub imports: Vec<Import>,
    /// Whether an import of its files leads nowhere, which is reported.
    pub incomplete: bool,
}

/// An import that was found.
#[derive(Clone, Debug)]
pub struct Import {
    /// The file that says so.
    pub from: FileId,
    /// Where the path stands.
    pub span: Span,
    /// The files it brings.
    pub files: Vec<FileId>,
    /// The unit they belong to.
    pub unit: UnitId,
}

/// Why a path named on the command line cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The path as given, or the file in it that is to blame.
    pub path: String,
    /// What is wrong with it.
    pub reason: LoadFault,
}

/// What is wrong with a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadFault {
    /// Nothing is there.
    Absent,
    /// A folder without rule files.
    Empty,
    /// A file of another kind.
    NotRules,
    /// The system's own words.
    Unreadable(String),
    /// Not UTF-8; the byte at which it stops being so.
    NotUtf8(usize),
    /// Longer than [`MAX_FILE_BYTES`].
    TooLarge,
    /// More files than [`MAX_FILES`].
    TooMany,
    /// A symbolic link that leads out of the workspace.
    OutsideWorkspace,
    /// The file belongs to a folder that is named too.
    NamedTwice(String),
}

impl fmt::Display for LoadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadFault::Absent => f.write_str("no such file or folder"),
            LoadFault::Empty => f.write_str("this folder has no .interdict file directly in it"),
            LoadFault::NotRules => f.write_str("this is not an .interdict file"),
            LoadFault::Unreadable(why) => write!(f, "cannot be read: {why}"),
            LoadFault::NotUtf8(at) => write!(f, "is not UTF-8 text (byte {at})"),
            LoadFault::TooLarge => write!(f, "is larger than {MAX_FILE_BYTES} bytes"),
            LoadFault::TooMany => write!(f, "more than {MAX_FILES} rule files in one run"),
            LoadFault::OutsideWorkspace => f.write_str("a symbolic link out of the workspace"),
            LoadFault::NamedTwice(folder) => write!(f, "belongs to `{folder}`, which is named too"),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl std::error::Error for LoadError {}

/// Reads and parses the policies at `paths` (folders or single files) and all they import.
///
/// # Errors
/// When a path named here cannot be used. What is wrong with imports and with the files' contents is in
/// [`Loaded::diagnostics`].
pub fn load(paths: &[PathBuf]) -> Result<Loaded, LoadError> {
    load_from(&Disk, paths)
}

/// The same with files from elsewhere than the disk.
///
/// # Errors
/// As for [`load`].
pub fn load_from(from: &dyn Files, paths: &[PathBuf]) -> Result<Loaded, LoadError> {
    files::Loader::new(from).run(paths)
}

/// A policy of one file that is not on disk. It cannot import anything; what its lists are read from is in `files`, by
/// the paths as written.
pub fn load_text(name: &str, text: &str, files: &[(&str, &[u8])]) -> Loaded {
    files::Loader::new(&Disk).run_text(name, text, files)
}
