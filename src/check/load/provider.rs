//! Where files come from: the disk, or texts that stand before it, as an editor holds them.

use super::{LoadFault, paths};
use crate::diagnostic::Diagnostic;
use crate::syntax::{self, ast};
use crate::text::{FileId, SourceMap};
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The size in bytes beyond which a rule file is refused.
pub use crate::syntax::limits::MAX_FILE_BYTES;

/// What the loader asks for files. Every default reads the disk.
pub trait Files {
    /// The one path of what is there, without links, `.` and `..`.
    ///
    /// # Errors
    /// Where nothing is there, or it cannot be looked at.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path)
    }

    /// Whether a canonical path is a folder.
    fn is_folder(&self, canonical: &Path) -> bool {
        canonical.is_dir()
    }

    /// The names of the rule files directly in a folder, in any order.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    fn rule_files(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if paths::is_rule_file(&path) && !path.is_dir() {
                names.extend(path.file_name().map(ToOwned::to_owned));
            }
        }
        Ok(names)
    }

    /// The text of a rule file.
    ///
    /// # Errors
    /// What is wrong with the file.
    fn text(&self, canonical: &Path) -> Result<String, LoadFault> {
        read(canonical)
    }

    /// The tree of a file that was read.
    fn parse(&self, sources: &SourceMap, file: FileId) -> (ast::File, Vec<Diagnostic>) {
        syntax::parse(sources, file)
    }
}

/// Files as they are on disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {}

pub(super) fn io_fault(error: &io::Error) -> LoadFault {
    match error.kind() {
        ErrorKind::NotFound => LoadFault::Absent,
        _ => LoadFault::Unreadable(error.to_string()),
    }
}

/// The text of a file, refused before it is read whole if it is too large.
fn read(path: &Path) -> Result<String, LoadFault> {
    let file = fs::File::open(path).map_err(|error| io_fault(&error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| io_fault(&error))?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(LoadFault::TooLarge);
    }
    String::from_utf8(bytes).map_err(|error| LoadFault::NotUtf8(error.utf8_error().valid_up_to()))
}
