//! The way from the paths of a command line to a checked policy, the same for every command.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Stop, paths};
use crate::diagnostic::Diagnostic;
use crate::text::SourceMap;

/// What the front end made of one run's policies.
pub(super) struct Loaded {
    /// All files read, for messages.
    pub sources: SourceMap,
    /// Everything there is to say about them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads and checks the policies at `paths` together.
pub(super) fn load(paths: &[PathBuf]) -> Result<Loaded, Stop> {
    let mut sources = SourceMap::default();
    for path in paths::rule_files(paths)? {
        let text = read(&path)?;
        sources.add(paths::shown(&path), text);
    }
    let diagnostics = Vec::new();
    Ok(Loaded {
        sources,
        diagnostics,
    })
}

fn read(path: &Path) -> Result<String, Stop> {
    fs::read_to_string(path).map_err(|error| Stop::file("read", path, &error))
}

/// The checked model of the policies at `paths`, messages reported; nothing where there are errors.
pub(super) fn model(
    paths: &[PathBuf],
    params: &[(String, String)],
    session: &mut super::Session<'_, '_>,
) -> Result<Option<crate::model::Model>, Stop> {
    let loaded =
        crate::check::load(paths).map_err(|error| Stop::new(super::Exit::Io, error.to_string()))?;
    let options = crate::check::CheckOptions {
        params: params.to_vec(),
        ..crate::check::CheckOptions::default()
    };
    let checked = crate::check::check(loaded, &options);
    session.report(checked.diagnostics, &checked.sources)?;
    Ok(checked.model)
}
