//! The files that lists are read from: found relative to the file that declares the list, inside the workspace, read whole.

use super::files::{Loader, Place};
use super::paths;
use super::provider::io_fault;
use crate::check::errors;
use crate::diagnostic::Diagnostic;
use crate::input::reference::{MAX_BYTES, ReferenceFile};
use crate::syntax::ast;
use crate::text::FileId;
use rustc_hash::FxHashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files read so far, by their canonical path.
type Known = FxHashMap<PathBuf, ReferenceFile>;

impl Loader<'_> {
    /// Reads what every declaration of every file names.
    pub(super) fn read_data(&mut self) {
        let mut known = Known::default();
        for index in 0..self.loaded.files.len() {
            for (what, path) in data_paths(&self.loaded.files[index].1) {
                let place = self.places[FileId::from_index(index).index()].as_ref();
                let read = match place {
                    Some(place) => from_disk(place, what, &path, &mut known),
                    None => match self.memory.get(&path.value) {
                        Some(bytes) => Ok(ReferenceFile::new(&path.value, bytes.clone())),
                        None => Err(Box::new(errors::data_file_from_memory(path.span))),
                    },
                };
                match read {
                    Ok(file) => {
                        self.loaded.data.insert(path.span, file);
                    }
                    Err(error) => self.loaded.diagnostics.push(*error),
                }
            }
        }
    }
}

/// The paths of data files that a rule file names, each with what is read from it.
fn data_paths(file: &ast::File) -> Vec<(&'static str, ast::Str)> {
    let path = |item: &ast::Item| match &item.kind {
        ast::ItemKind::List(list) => Some((list.noun(), list.path.clone())),
        ast::ItemKind::Calendar(calendar) => Some(("calendar", calendar.path.clone())),
        _ => None,
    };
    file.items.iter().filter_map(path).collect()
}

fn from_disk(
    place: &Place,
    what: &str,
    path: &ast::Str,
    known: &mut Known,
) -> Result<ReferenceFile, Box<Diagnostic>> {
    let span = path.span;
    let written = Path::new(&path.value);
    let fail =
        |why: &str, help: &str| Box::new(errors::data_file(span, what, &path.value, why, help));
    if written.is_absolute() || path.value.is_empty() {
        let help = "write a path such as `\"lists/parties.csv\"`, relative to this file";
        return Err(fail("this is not relative to the file that names it", help));
    }
    let outside = || {
        let why = format!("this is outside `{}`", place.root.to_string_lossy());
        let help =
            "move the file inside, or put an `interdict.toml` into the folder that holds them all";
        fail(&why, help)
    };
    let folder = place.canonical.parent().unwrap_or(&place.root);
    let wanted = folder.join(written);
    if !paths::tidy(&wanted).starts_with(&place.root) {
        return Err(outside());
    }
    let absent = "name the file by its path from this file";
    let unreadable = |error: &std::io::Error| fail(&io_fault(error).to_string(), absent);
    let canonical = fs::canonicalize(&wanted).map_err(|error| unreadable(&error))?;
    if !canonical.starts_with(&place.root) {
        return Err(outside());
    }
    if canonical.is_dir() {
        return Err(fail("this is a folder", absent));
    }
    if let Some(file) = known.get(&canonical) {
        return Ok(file.clone());
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(&canonical).map_err(|error| unreadable(&error))?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(fail(
            "it is larger than 1 GB",
            "keep only the rows and columns that are asked for",
        ));
    }
    let shown = place.shown.parent().unwrap_or(Path::new("")).join(written);
    let file = ReferenceFile::new(&paths::shown(&shown), bytes);
    known.insert(canonical, file.clone());
    Ok(file)
}
