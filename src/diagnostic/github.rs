//! Messages as GitHub workflow commands, which GitHub shows on the changed lines.
//!
//! Source: GitHub Actions, "Workflow commands", setting an error message.

use super::Diagnostic;
use super::json::severity_name;
use super::place::Places;
use super::render::help_text;
use crate::text::SourceMap;

/// One `::error file=…` or `::warning file=…` line for each message.
pub fn to_github(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut places = Places::new(sources);
    diagnostics
        .iter()
        .map(|diagnostic| command(diagnostic, &mut places))
        .collect()
}

fn command(diagnostic: &Diagnostic, places: &mut Places<'_>) -> String {
    let span = diagnostic.primary.span;
    let (start, end) = places.range(span);
    // GitHub ignores columns of annotations that span several lines and counts the last column in.
    let columns = if start.line == end.line {
        let last = end.column.saturating_sub(1).max(start.column);
        format!(",col={},endColumn={last}", start.column)
    } else {
        String::new()
    };
    let mut text = diagnostic.message.clone();
    if !diagnostic.primary.text.is_empty() {
        text.push_str(&format!("\n{}", diagnostic.primary.text));
    }
    if let Some(help) = help_text(diagnostic) {
        text.push_str(&format!("\nhelp: {help}"));
    }
    for note in &diagnostic.notes {
        text.push_str(&format!("\nnote: {note}"));
    }
    format!(
        "::{} file={},line={},endLine={}{columns},title={}::{}\n",
        severity_name(diagnostic.severity),
        property(places.file(span)),
        start.line,
        end.line,
        property(diagnostic.code.id),
        github_data(&text),
    )
}

/// Text as the message of a workflow command.
pub fn github_data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    github_data(text).replace(':', "%3A").replace(',', "%2C")
}
