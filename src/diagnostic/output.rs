//! A whole set of messages in the form the user asked for.

use super::render::Renderer;
use super::{Diagnostic, Tally, github, json, sarif};
use crate::text::SourceMap;

/// How messages are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Reports on the source, for people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
    /// GitHub workflow commands.
    Github,
    /// One SARIF 2.1.0 log.
    Sarif,
}

/// How many messages people are shown; the rest is counted.
pub const MAX_SHOWN: usize = 100;

/// All of `diagnostics` (already tidied) as text. Reports for people stop at [`MAX_SHOWN`] messages and say how many are
/// left; errors come before warnings then, so that no error hides behind a warning.
pub fn show(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    format: Format,
    color: bool,
) -> String {
    match format {
        Format::Human => human(diagnostics, sources, color),
        Format::Json => json::to_json_lines(diagnostics, sources),
        Format::Github => github::to_github(diagnostics, sources),
        Format::Sarif => sarif::to_sarif(diagnostics, sources),
    }
}

fn human(diagnostics: &[Diagnostic], sources: &SourceMap, color: bool) -> String {
    let mut renderer = Renderer::new(sources, color);
    let mut shown: Vec<&Diagnostic> = diagnostics.iter().collect();
    if shown.len() > MAX_SHOWN {
        shown.sort_by_key(|diagnostic| diagnostic.severity);
    }
    let rest: Vec<Diagnostic> = shown.iter().skip(MAX_SHOWN).copied().cloned().collect();
    let mut out: String = shown
        .iter()
        .take(MAX_SHOWN)
        .map(|diagnostic| renderer.render(diagnostic) + "\n")
        .collect();
    if !rest.is_empty() {
        out.push_str(&format!("and {} not shown\n\n", Tally::of(&rest)));
    }
    out
}
