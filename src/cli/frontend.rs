//! The way from the paths of a command line to a checked policy, the same for every command.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Exit, Session, Stop};
use crate::check::{
    self, CheckOptions, Checked, Level, LoadError, LoadFault,
    load::{Settings, workspace_file},
};
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
    let workspace = workspace(paths)?;
    let options = CheckOptions {
        params: asked.params.to_vec(),
        citation_required: workspace.citation_required,
        known_at: asked.known_at,
        levels: workspace.levels,
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

/// What the files `interdict.toml` of a run say together: where several workspaces meet, the strictest counts.
fn workspace(paths: &[PathBuf]) -> Result<Settings, Stop> {
    let mut files: Vec<Option<PathBuf>> = Vec::new();
    for path in paths {
        let file = workspace_file(path);
        if !files.contains(&file) {
            files.push(file);
        }
    }
    let mut found: Vec<Settings> = Vec::new();
    for file in files {
        found.push(match file {
            Some(file) => workspace_of(&file)?,
            None => Settings::default(),
        });
    }
    let names = found.iter().flat_map(|it| it.levels.keys().copied());
    let names: BTreeSet<&'static str> = names.collect();
    let strictest = |name: &&'static str| {
        let levels = found.iter().map(|it| it.levels.get(name).copied());
        let rank = |level: Option<Level>| match level {
            Some(Level::Allow) => 0,
            Some(Level::Warn) | None => 1,
            Some(Level::Error) => 2,
        };
        levels.max_by_key(|level| rank(*level)).flatten()
    };
    Ok(Settings {
        citation_required: found.iter().any(|it| it.citation_required),
        levels: names
            .iter()
            .filter_map(|name| Some((*name, strictest(name)?)))
            .collect(),
    })
}

/// What one `interdict.toml` says.
fn workspace_of(file: &Path) -> Result<Settings, Stop> {
    let text = fs::read_to_string(file).map_err(|error| Stop::file("read", file, &error))?;
    Settings::read(&text).map_err(|fault| {
        let message = format!("{}: {}", super::paths::shown(file), fault.what);
        Stop::new(Exit::No, message).help(fault.help)
    })
}
