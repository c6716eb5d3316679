//! The files as an editor sees them: open texts before those on disk, and what was read of them kept until it changes.

use crate::check::load::{is_rule_file, workspace_root};
use crate::check::{Disk, Files, LoadFault};
use crate::diagnostic::Diagnostic;
use crate::syntax::lex::tokenize;
use crate::syntax::token::{Kw, Token};
use crate::syntax::{self, ast};
use crate::text::{FileId, SourceMap};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// How many entries of folders are looked at for rule files.
const MAX_ENTRIES: usize = 50_000;
/// How many trees are kept.
const MAX_TREES: usize = 4_096;

/// What a look at a file's tokens tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outlook {
    /// Whether it has a policy header.
    pub is_policy: bool,
    /// What it imports, as written.
    pub imports: Vec<String>,
}

/// A text from disk, and the state of the file when it was read.
struct Read {
    changed: Option<SystemTime>,
    length: u64,
    text: Arc<str>,
}

/// A tree, the text it is of, and its messages; its places are in the file of that number.
struct Grown {
    text: Arc<str>,
    tree: ast::File,
    diagnostics: Vec<Diagnostic>,
}

/// Open texts and the disk behind them.
#[derive(Default)]
pub(super) struct Desk {
    open: BTreeMap<PathBuf, Arc<str>>,
    read: RefCell<FxHashMap<PathBuf, Read>>,
    grown: RefCell<FxHashMap<(String, FileId), Grown>>,
    outlooks: RefCell<FxHashMap<PathBuf, (Arc<str>, Outlook)>>,
}

impl Desk {
    pub fn put(&mut self, path: PathBuf, text: Arc<str>) {
        self.open.insert(path, text);
    }

    pub fn take(&mut self, path: &Path) -> Option<Arc<str>> {
        self.open.remove(path)
    }

    pub fn open(&self) -> impl Iterator<Item = &PathBuf> {
        self.open.keys()
    }

    pub fn is_open(&self, path: &Path) -> bool {
        self.open.contains_key(path)
    }

    /// The text of a file, open or on disk.
    pub fn text_of(&self, path: &Path) -> Result<Arc<str>, LoadFault> {
        if let Some(text) = self.open.get(path) {
            return Ok(Arc::clone(text));
        }
        let state = fs::metadata(path).ok();
        let changed = state.as_ref().and_then(|state| state.modified().ok());
        let length = state.as_ref().map_or(0, fs::Metadata::len);
        if let Some(known) = self.read.borrow().get(path)
            && changed.is_some()
            && (known.changed, known.length) == (changed, length)
        {
            return Ok(Arc::clone(&known.text));
        }
        let text: Arc<str> = Disk.text(path)?.into();
        let read = Read {
            changed,
            length,
            text: Arc::clone(&text),
        };
        self.read.borrow_mut().insert(path.to_owned(), read);
        Ok(text)
    }

    /// What a look at the file's tokens tells; nothing of one that cannot be read.
    pub fn outlook(&self, path: &Path) -> Outlook {
        let Ok(text) = self.text_of(path) else {
            return Outlook::default();
        };
        if let Some((known, outlook)) = self.outlooks.borrow().get(path)
            && *known == text
        {
            return outlook.clone();
        }
        let outlook = look(&text);
        let entry = (text, outlook.clone());
        self.outlooks.borrow_mut().insert(path.to_owned(), entry);
        outlook
    }

    /// The rule files of a folder, in the order of their names.
    pub fn files_in(&self, folder: &Path) -> Vec<PathBuf> {
        let mut names = self.rule_files(folder).unwrap_or_default();
        names.sort();
        let files = names.into_iter().map(|name| folder.join(name));
        files
            .filter_map(|file| self.canonical(&file).ok())
            .collect()
    }

    /// The rule files below `roots`, open ones included. Hidden folders, build output and links to folders are left out.
    pub fn all_files(&self, roots: &[PathBuf]) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self.open.keys().cloned().collect();
        let mut folders: Vec<PathBuf> = roots.to_vec();
        let mut looked = 0;
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries.flatten() {
                looked += 1;
                if looked > MAX_ENTRIES {
                    break;
                }
                let (path, name) = (entry.path(), entry.file_name());
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                let hidden = name.to_string_lossy().starts_with('.');
                let built = name == "target" || name == "node_modules";
                if kind.is_dir() && !hidden && !built {
                    folders.push(path);
                } else if kind.is_file() && is_rule_file(&path) {
                    files.extend(self.canonical(&path).ok());
                }
            }
        }
        files.sort();
        files.dedup();
        files
    }

    /// The files that an import in `from` brings.
    pub fn imported(&self, from: &Path, written: &str) -> Vec<PathBuf> {
        let Some(folder) = from.parent() else {
            return Vec::new();
        };
        let wanted = folder.join(written);
        let mut with_extension = wanted.clone().into_os_string();
        with_extension.push(".interdict");
        let found = self.canonical(&wanted);
        let found = found.or_else(|_| self.canonical(Path::new(&with_extension)));
        match found {
            Ok(found) if self.is_folder(&found) => self.files_in(&found),
            Ok(found) => vec![found],
            Err(_) => Vec::new(),
        }
    }

    /// The folder that imports of the file may not leave.
    pub fn root_of(&self, path: &Path) -> Option<PathBuf> {
        path.parent().map(workspace_root)
    }
}

/// An open file that is not on disk has its path as it is, if its folder exists.
impl Files for Desk {
    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        if self.open.contains_key(path) {
            return Ok(path.to_owned());
        }
        fs::canonicalize(path).or_else(|error| {
            let folder = path
                .parent()
                .and_then(|folder| fs::canonicalize(folder).ok());
            let whole = folder.zip(path.file_name()).map(|(it, name)| it.join(name));
            whole
                .filter(|whole| self.open.contains_key(whole))
                .ok_or(error)
        })
    }

    fn is_folder(&self, canonical: &Path) -> bool {
        !self.open.contains_key(canonical) && canonical.is_dir()
    }

    fn rule_files(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let on_disk = Disk.rule_files(folder);
        let open = self
            .open
            .keys()
            .filter(|path| path.parent() == Some(folder));
        let open: Vec<OsString> = open
            .filter_map(|path| path.file_name().map(ToOwned::to_owned))
            .collect();
        let mut names = match (on_disk, open.is_empty()) {
            (Err(error), true) => return Err(error),
            (names, _) => names.unwrap_or_default(),
        };
        let known: FxHashSet<OsString> = names.iter().cloned().collect();
        names.extend(open.into_iter().filter(|name| !known.contains(name)));
        Ok(names)
    }

    fn text(&self, canonical: &Path) -> Result<String, LoadFault> {
        let text = self.text_of(canonical)?;
        match text.len() > crate::check::load::MAX_FILE_BYTES {
            true => Err(LoadFault::TooLarge),
            false => Ok(text.to_string()),
        }
    }

    fn parse(&self, sources: &SourceMap, file: FileId) -> (ast::File, Vec<Diagnostic>) {
        let source = sources.file(file);
        let key = (source.name.clone(), file);
        if let Some(known) = self.grown.borrow().get(&key)
            && *known.text == *source.text
        {
            return (known.tree.clone(), known.diagnostics.clone());
        }
        let (tree, diagnostics) = syntax::parse(sources, file);
        let grown = Grown {
            text: source.text.as_str().into(),
            tree: tree.clone(),
            diagnostics: diagnostics.clone(),
        };
        let mut kept = self.grown.borrow_mut();
        if kept.len() >= MAX_TREES {
            kept.clear();
        }
        kept.insert(key, grown);
        (tree, diagnostics)
    }
}

fn look(text: &str) -> Outlook {
    let (tokens, _) = tokenize(FileId::from_index(0), text);
    let mut outlook = Outlook::default();
    for (at, lexeme) in tokens.lexemes.iter().enumerate() {
        match lexeme.token {
            Token::Kw(Kw::Policy) => outlook.is_policy = true,
            Token::Kw(Kw::Import) => {
                let path = tokens.lexemes.get(at + 1);
                if let Some(path) = path.filter(|path| path.token == Token::Str) {
                    let written = tokens.text_of(path).trim_matches('"');
                    outlook.imports.push(written.to_owned());
                }
            }
            _ => {}
        }
    }
    outlook
}
