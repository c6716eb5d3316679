//! The way from the paths of a command line to a checked policy, the same for every command.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Exit, Session, Stop};
use crate::check::{self, CheckOptions, Checked, LoadError, LoadFault, load::workspace_file};
use crate::domain::Day;
use crate::model::Model;

/// What a command line asks of the policies themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked<'a> {
    /// `--param`
    pub params: &'a [(String, String)],
    /// `--known-at`
    pub known_at: Option<Day>,
}

/// Reads and checks the policies at `paths` together.
pub(super) fn load(paths: &[PathBuf], asked: Asked<'_>) -> Result<Checked, Stop> {
    let loaded = check::load(paths).map_err(not_loaded)?;
    let options = CheckOptions {
        params: asked.params.to_vec(),
        citation_required: citation_required(paths)?,
        known_at: asked.known_at,
    };
    Ok(check::check(loaded, &options))
}

/// The checked model of the policies at `paths`, messages reported; nothing where there are errors.
pub(super) fn model(
    paths: &[PathBuf],
    asked: Asked<'_>,
    session: &mut Session<'_, '_>,
) -> Result<Option<Model>, Stop> {
    let checked = load(paths, asked)?;
    let failed = checked.has_errors();
    session.report(checked.diagnostics, &checked.sources)?;
    match checked.model {
        Some(model) => Ok(Some(model)),
        None if failed => Ok(None),
        None => Err(no_policy(paths)),
    }
}

/// Nothing to run: only libraries were named.
pub(super) fn no_policy(paths: &[PathBuf]) -> Stop {
    let names: Vec<String> = paths.iter().map(|path| super::paths::shown(path)).collect();
    let verb = if names.len() == 1 { "holds" } else { "hold" };
    let message = format!("{} {verb} no rules", names.join(", "));
    Stop::usage(message).help("name a policy: a library has declarations, but nothing to run")
}

fn not_loaded(error: LoadError) -> Stop {
    let (exit, help) = match &error.reason {
        LoadFault::Absent | LoadFault::Unreadable(_) => (Exit::Io, None),
        LoadFault::Empty | LoadFault::NotRules => (
            Exit::Usage,
            Some("name a folder or a file that ends in `.interdict`"),
        ),
        LoadFault::NamedTwice(_) => (Exit::Usage, Some("name the folder or the file, not both")),
        LoadFault::NotUtf8(_) => (Exit::Unreadable, Some("save the file as UTF-8")),
        LoadFault::TooLarge | LoadFault::TooMany => (Exit::No, Some("split it")),
        LoadFault::OutsideWorkspace => (
            Exit::No,
            Some("put a copy where the link is, or name the file itself"),
        ),
    };
    let stop = Stop::new(exit, error.to_string());
    match help {
        Some(help) => stop.help(help),
        None => stop,
    }
}

/// Whether a rule without `cites` is worth a warning: what `citations` in the workspace's `interdict.toml` says, where there is
/// one. Where several workspaces meet in a run, one that asks for citations is enough.
fn citation_required(paths: &[PathBuf]) -> Result<bool, Stop> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let Some(file) = workspace_file(path) else {
            return Ok(true);
        };
        if !files.contains(&file) {
            files.push(file);
        }
    }
    for file in files {
        if citations_of(&file)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What one `interdict.toml` says.
fn citations_of(file: &Path) -> Result<bool, Stop> {
    let text = fs::read_to_string(file).map_err(|error| Stop::file("read", file, &error))?;
    let wrong = |what: String| {
        let message = format!("{}: {what}", super::paths::shown(file));
        Stop::new(Exit::No, message)
            .help("write `citations = \"required\"` or `citations = \"optional\"`, or leave the file empty")
    };
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
    if let Some(other) = table.keys().find(|key| *key != "citations") {
        return Err(wrong(format!("there is no setting `{other}`")));
    }
    match table.get("citations").map(toml::Value::as_str) {
        None | Some(Some("required")) => Ok(true),
        Some(Some("optional")) => Ok(false),
        Some(_) => Err(wrong("`citations` is neither of its two values".to_owned())),
    }
}
