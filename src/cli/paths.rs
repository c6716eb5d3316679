//! Which files and folders a command line means.

use std::fs;
use std::path::{Path, PathBuf};

use super::Stop;

/// How the names of rule files end.
const EXTENSION: &str = "interdict";

/// The runs that `paths` of `check` and `test` mean: all policies named (folders with rule files in them, or rule files) are
/// one run; a folder that only holds policies further down stands for a run of each.
pub(super) fn runs(paths: &[PathBuf]) -> Result<Vec<Vec<PathBuf>>, Stop> {
    let mut named = Vec::new();
    let mut found = Vec::new();
    for path in paths {
        if is_policy(path)? {
            named.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        walk(path, &mut |folder, entries| {
            if entries.iter().any(|entry| is_rule_file(entry)) {
                inside.push(folder.to_owned());
            }
        })?;
        if inside.is_empty() {
            return Err(no_rules(path));
        }
        found.extend(inside.into_iter().map(|folder| vec![folder]));
    }
    let mut runs = Vec::new();
    if !named.is_empty() {
        runs.push(named);
    }
    runs.extend(found);
    Ok(runs)
}

/// All rule files that `paths` of `fmt` mean, folders with all their sub-folders, in the order of their names.
pub(super) fn rule_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut files = Vec::new();
    for path in paths {
        if is_policy(path)? && !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        walk(path, &mut |_, entries| {
            files.extend(entries.iter().filter(|entry| is_rule_file(entry)).cloned());
        })?;
        if files.len() == before {
            return Err(no_rules(path));
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// Whether `path` is a rule file or a folder that directly holds some; an error where there is nothing, or something else.
pub(super) fn is_policy(path: &Path) -> Result<bool, Stop> {
    let metadata = fs::metadata(path).map_err(|error| Stop::file("read", path, &error))?;
    if metadata.is_dir() {
        return Ok(entries(path)?.iter().any(|entry| is_rule_file(entry)));
    }
    if has_rule_name(path) {
        return Ok(true);
    }
    let message = format!("{} is not a rule file", path.display());
    Err(Stop::usage(message).help("name a folder or a file that ends in `.interdict`"))
}

/// A path as messages show it: with `/` between its parts, without a leading `./`.
pub(super) fn shown(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "/");
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}

fn no_rules(path: &Path) -> Stop {
    let message = format!("{} holds no rule files", path.display());
    Stop::usage(message).help("name a folder or a file that ends in `.interdict`")
}

/// Calls `visit` with `folder` and its entries, then does the same for its sub-folders. Hidden folders, build output and links to folders
/// are left out.
fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, &[PathBuf])) -> Result<(), Stop> {
    let entries = entries(folder)?;
    visit(folder, &entries);
    for entry in &entries {
        let hidden = name(entry).starts_with('.') || name(entry) == "target";
        if !hidden && entry.is_dir() && !entry.is_symlink() {
            walk(entry, visit)?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect()
    };
    let mut entries = read().map_err(|error| Stop::file("read", folder, &error))?;
    entries.sort();
    Ok(entries)
}

fn is_rule_file(path: &Path) -> bool {
    has_rule_name(path) && !name(path).starts_with('.') && path.is_file()
}

fn has_rule_name(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == EXTENSION)
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
