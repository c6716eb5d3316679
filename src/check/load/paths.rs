//! Paths: the workspace root, names for messages, and where an import leads.

use std::path::{Component, Path, PathBuf};

/// The file that marks a workspace root.
const WORKSPACE_FILE: &str = "interdict.toml";
/// The extension of rule files.
const EXTENSION: &str = "interdict";

/// The folder that no import may leave: the nearest one at or above `folder` that holds `interdict.toml`,
/// else the parent of `folder`. `folder` is canonical.
pub fn workspace_root(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .find(|ancestor| ancestor.join(WORKSPACE_FILE).is_file())
        .or_else(|| folder.parent())
        .unwrap_or(folder)
        .to_path_buf()
}

/// The `interdict.toml` that marks the workspace of a policy at `path`, where there is one.
pub fn workspace_file(path: &Path) -> Option<PathBuf> {
    let canonical = path.canonicalize().ok()?;
    let marks = canonical.ancestors().map(|it| it.join(WORKSPACE_FILE));
    marks.into_iter().find(|file| file.is_file())
}

/// `path` without `.` and with each `..` taken back, as far as that goes without asking the disk.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match tidy.components().next_back() {
                Some(Component::Normal(_)) => {
                    tidy.pop();
                }
                Some(Component::RootDir) => {}
                Some(Component::ParentDir | Component::CurDir | Component::Prefix(_)) | None => {
                    tidy.push("..");
                }
            },
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => tidy.push(part),
        }
    }
    tidy
}

/// The path as messages show it: tidy, with `/` between its parts.
pub(super) fn shown(path: &Path) -> String {
    let tidy = tidy(path);
    let text = tidy.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    };
    if text.is_empty() { ".".into() } else { text }
}

/// Whether the name ends in `.interdict`.
pub fn is_rule_file(path: &Path) -> bool {
    path.extension().is_some_and(|found| found == EXTENSION)
}

/// `path` with `.interdict` after it.
pub(super) fn with_extension(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(EXTENSION);
    PathBuf::from(name)
}
