//! Reading files, following imports, and putting files into units.

use super::provider::{Files, io_fault};
use super::{Import, LoadError, LoadFault, Loaded, Unit, UnitId, cycles, paths};
use crate::check::errors;
use crate::syntax::ast;
use crate::text::{FileId, Span};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// How many rule files one run may have.
pub const MAX_FILES: usize = 10_000;

/// A file on disk and the folder that its imports must not leave.
#[derive(Clone)]
pub(super) struct Place {
    pub canonical: PathBuf,
    pub shown: PathBuf,
    pub root: PathBuf,
}

/// What a path or an import leads to.
struct Target {
    /// The folder's canonical path, if it is a folder.
    folder: Option<PathBuf>,
    /// As messages show it.
    shown: PathBuf,
    files: Vec<FileId>,
}

/// An import before it is known which unit its files belong to.
struct Found {
    from: FileId,
    span: Span,
    files: Vec<FileId>,
}

pub(super) struct Loader<'f> {
    pub(super) from: &'f dyn Files,
    pub(super) loaded: Loaded,
    pub(super) places: Vec<Option<Place>>,
    by_path: FxHashMap<PathBuf, FileId>,
    folders: FxHashMap<PathBuf, Vec<FileId>>,
    targets: Vec<Target>,
    found: Vec<Found>,
    /// Files with an import that leads nowhere.
    lost: Vec<FileId>,
    /// What lists are read from, of a text that is not in a file.
    pub(super) memory: FxHashMap<String, Vec<u8>>,
}

impl<'f> Loader<'f> {
    pub(super) fn new(from: &'f dyn Files) -> Self {
        Loader {
            from,
            loaded: Loaded::default(),
            places: Vec::new(),
            by_path: FxHashMap::default(),
            folders: FxHashMap::default(),
            targets: Vec::new(),
            found: Vec::new(),
            lost: Vec::new(),
            memory: FxHashMap::default(),
        }
    }

    pub(super) fn run(mut self, given: &[PathBuf]) -> Result<Loaded, LoadError> {
        for path in given {
            self.name(path)?;
        }
        let named = self.targets.len();
        self.follow_imports();
        self.read_data();
        self.group(named)?;
        cycles::report(&mut self.loaded);
        Ok(self.loaded)
    }

    pub(super) fn run_text(mut self, name: &str, text: &str, files: &[(&str, &[u8])]) -> Loaded {
        let owned = files
            .iter()
            .map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
        self.memory = owned.collect();
        let file = self.parse(name, text.to_owned(), None);
        self.targets.push(Target {
            folder: None,
            shown: PathBuf::from(name),
            files: vec![file],
        });
        self.follow_imports();
        self.read_data();
        // One file that imports nothing cannot be named twice.
        let grouped = self.group(1);
        debug_assert!(grouped.is_ok());
        self.loaded
    }

    /// Loads a path given on the command line.
    fn name(&mut self, path: &Path) -> Result<(), LoadError> {
        let canonical = self.from.canonical(path);
        let canonical = canonical.map_err(|error| blame(path, io_fault(&error)))?;
        let home = if self.from.is_folder(&canonical) {
            canonical.as_path()
        } else {
            canonical.parent().unwrap_or(&canonical)
        };
        let root = paths::workspace_root(home);
        let target = self
            .open(&canonical, path, &root)
            .map_err(|(path, fault)| blame(&path, fault))?;
        let known = |other: &Target| other.folder == target.folder && other.files == target.files;
        if !self.targets.iter().any(known) {
            self.targets.push(target);
        }
        Ok(())
    }

    /// Loads the folder or file at `canonical`.
    fn open(
        &mut self,
        canonical: &Path,
        shown: &Path,
        root: &Path,
    ) -> Result<Target, (PathBuf, LoadFault)> {
        if !self.from.is_folder(canonical) {
            let file = self.open_file(canonical, shown, root)?;
            return Ok(Target {
                folder: None,
                shown: shown.to_path_buf(),
                files: vec![file],
            });
        }
        let files = match self.folders.get(canonical) {
            Some(files) => files.clone(),
            None => self.open_folder(canonical, shown, root)?,
        };
        Ok(Target {
            folder: Some(canonical.to_path_buf()),
            shown: shown.to_path_buf(),
            files,
        })
    }

    fn open_folder(
        &mut self,
        canonical: &Path,
        shown: &Path,
        root: &Path,
    ) -> Result<Vec<FileId>, (PathBuf, LoadFault)> {
        let unreadable = |error: &std::io::Error| (shown.to_path_buf(), io_fault(error));
        let names = self.from.rule_files(canonical);
        let mut names = names.map_err(|error| unreadable(&error))?;
        if names.is_empty() {
            return Err((shown.to_path_buf(), LoadFault::Empty));
        }
        names.sort_by(|a, b| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
        let mut files = Vec::with_capacity(names.len());
        for name in names {
            let shown = shown.join(&name);
            let path = self.from.canonical(&canonical.join(&name));
            let path = path.map_err(|error| (shown.clone(), io_fault(&error)))?;
            files.push(self.open_file(&path, &shown, root)?);
        }
        self.folders.insert(canonical.to_path_buf(), files.clone());
        Ok(files)
    }

    fn open_file(
        &mut self,
        canonical: &Path,
        shown: &Path,
        root: &Path,
    ) -> Result<FileId, (PathBuf, LoadFault)> {
        let fault = |fault| (shown.to_path_buf(), fault);
        if !canonical.starts_with(root) {
            return Err(fault(LoadFault::OutsideWorkspace));
        }
        if let Some(&file) = self.by_path.get(canonical) {
            return Ok(file);
        }
        if !paths::is_rule_file(shown) {
            return Err(fault(LoadFault::NotRules));
        }
        if self.places.len() >= MAX_FILES {
            return Err(fault(LoadFault::TooMany));
        }
        let text = self.from.text(canonical).map_err(fault)?;
        let place = Place {
            canonical: canonical.to_path_buf(),
            shown: paths::tidy(shown),
            root: root.to_path_buf(),
        };
        let file = self.parse(&paths::shown(shown), text, Some(place));
        self.by_path.insert(canonical.to_path_buf(), file);
        Ok(file)
    }

    fn parse(&mut self, name: &str, text: String, place: Option<Place>) -> FileId {
        let file = self.loaded.sources.add(name, text);
        let (tree, diagnostics) = self.from.parse(&self.loaded.sources, file);
        self.loaded.files.push((file, tree));
        self.loaded.diagnostics.extend(diagnostics);
        let canonical = place.as_ref().map(|place| place.canonical.clone());
        self.loaded.paths.push(canonical);
        self.places.push(place);
        file
    }

    /// Loads what every file imports; files met on the way are looked at in their turn.
    fn follow_imports(&mut self) {
        let mut next = 0;
        while next < self.loaded.files.len() {
            for (path, span) in imports(&self.loaded.files[next].1) {
                self.import(FileId::from_index(next), &path, span);
            }
            next += 1;
        }
    }

    fn import(&mut self, from: FileId, path: &str, span: Span) {
        match self.open_import(from, path, span) {
            Ok(target) => {
                self.found.push(Found {
                    from,
                    span,
                    files: target.files.clone(),
                });
                self.targets.push(target);
            }
            Err(error) => {
                self.lost.push(from);
                self.loaded.diagnostics.push(*error);
            }
        }
    }

    fn open_import(
        &mut self,
        from: FileId,
        path: &str,
        span: Span,
    ) -> Result<Target, Box<crate::diagnostic::Diagnostic>> {
        let Some(place) = self.places[from.index()].clone() else {
            return Err(Box::new(errors::import_from_memory(span)));
        };
        let written = Path::new(path);
        if written.is_absolute() || path.is_empty() {
            return Err(Box::new(errors::import_not_relative(span)));
        }
        let folder = place.canonical.parent().unwrap_or(&place.root);
        let wanted = folder.join(written);
        if !paths::tidy(&wanted).starts_with(&place.root) {
            let root = place.root.to_string_lossy();
            return Err(Box::new(errors::import_outside(span, &root)));
        }
        let with_extension = |_: &_| self.from.canonical(&paths::with_extension(&wanted));
        let canonical = self
            .from
            .canonical(&wanted)
            .or_else(|error| with_extension(&error).map_err(|_| error))
            .map_err(|error| import_fault(path, span, path, &io_fault(&error)))?;
        if !canonical.starts_with(&place.root) {
            let root = place.root.to_string_lossy();
            return Err(Box::new(errors::import_outside(span, &root)));
        }
        let mut shown = place.shown.parent().unwrap_or(Path::new("")).join(written);
        if !self.from.is_folder(&canonical) && !paths::is_rule_file(&shown) {
            shown = paths::with_extension(&shown);
        }
        self.open(&canonical, &shown, &place.root)
            .map_err(|(file, fault)| import_fault(path, span, &paths::shown(&file), &fault))
    }

    /// Makes units out of the first `named` targets and what was imported after them.
    fn group(&mut self, named: usize) -> Result<(), LoadError> {
        let mut home: Vec<Option<UnitId>> = vec![None; self.loaded.files.len()];
        let targets = std::mem::take(&mut self.targets);
        let mut unit_of: Vec<Option<UnitId>> = vec![None; targets.len()];
        let mut by_folder: FxHashMap<&Path, UnitId> = FxHashMap::default();
        for (target, unit) in targets.iter().zip(&mut unit_of) {
            let Some(folder) = &target.folder else {
                continue;
            };
            let id = *by_folder
                .entry(folder)
                .or_insert_with(|| self.add_unit(target));
            for file in &target.files {
                home[file.index()].get_or_insert(id);
            }
            *unit = Some(id);
        }
        for (target, unit) in targets.iter().zip(&mut unit_of) {
            if target.folder.is_none() {
                let file = target.files[0];
                *unit = Some(*home[file.index()].get_or_insert_with(|| self.add_unit(target)));
            }
        }
        for (target, unit) in targets.iter().zip(&unit_of).take(named) {
            let unit = unit.expect("every target has a unit");
            if self.loaded.named.contains(&unit) {
                let folder = self.loaded.units[unit].name.clone();
                return Err(blame(&target.shown, LoadFault::NamedTwice(folder)));
            }
            self.loaded.named.push(unit);
        }
        for found in std::mem::take(&mut self.found) {
            self.add_import(found, &home);
        }
        for file in std::mem::take(&mut self.lost) {
            let unit = home[file.index()].expect("every file has a unit");
            self.loaded.units[unit].incomplete = true;
        }
        Ok(())
    }

    fn add_unit(&mut self, target: &Target) -> UnitId {
        self.loaded.units.push(Unit {
            name: paths::shown(&target.shown),
            files: target.files.clone(),
            imports: Vec::new(),
            incomplete: false,
        })
    }

    fn add_import(&mut self, found: Found, home: &[Option<UnitId>]) {
        let unit_of = |file: FileId| home[file.index()].expect("every file has a unit");
        let unit = unit_of(found.files[0]);
        self.loaded.units[unit_of(found.from)].imports.push(Import {
            from: found.from,
            span: found.span,
            files: found.files,
            unit,
        });
    }
}

/// The imports of a file, in order.
fn imports(file: &ast::File) -> Vec<(String, Span)> {
    let import = |item: &ast::Item| match &item.kind {
        ast::ItemKind::Import(import) => Some((import.path.value.clone(), import.path.span)),
        _ => None,
    };
    file.items.iter().filter_map(import).collect()
}

fn blame(path: &Path, reason: LoadFault) -> LoadError {
    LoadError {
        path: paths::shown(path),
        reason,
    }
}

fn import_fault(
    written: &str,
    span: Span,
    file: &str,
    fault: &LoadFault,
) -> Box<crate::diagnostic::Diagnostic> {
    Box::new(match fault {
        LoadFault::Absent | LoadFault::Empty | LoadFault::NotRules => {
            errors::import_not_found(written, span, &fault.to_string())
        }
        LoadFault::Unreadable(_)
        | LoadFault::NotUtf8(_)
        | LoadFault::TooLarge
        | LoadFault::TooMany
        | LoadFault::NamedTwice(_) => errors::import_unreadable(file, span, &fault.to_string()),
        LoadFault::OutsideWorkspace => errors::import_outside(span, file),
    })
}
