//! Messages as the protocol's diagnostics, published where they changed and cleared where they are gone.

use super::server::Desk;
use crate::diagnostic::Severity;
use crate::ide::{Finding, Spot};
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, Uri,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

/// What was published last, by file.
#[derive(Default)]
pub(super) struct Published {
    files: BTreeMap<PathBuf, Vec<Diagnostic>>,
}

/// The parameters of each `textDocument/publishDiagnostics` that is due.
pub(super) fn publish(desk: &mut Desk, published: &mut Published) -> Vec<Value> {
    let found = desk.workspace.findings();
    let mut due = Vec::new();
    let mut now: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    for (path, findings) in found {
        let diagnostics = findings.iter().map(|finding| diagnostic(desk, finding));
        now.insert(path, diagnostics.collect());
    }
    for (path, diagnostics) in &now {
        let is_open = desk.addresses.contains_key(path);
        let before = published.files.get(path);
        let same = before.is_some_and(|before| before == diagnostics);
        // Nothing to say of a file that nobody has open needs no saying.
        let silent = before.is_none() && diagnostics.is_empty() && !is_open;
        if !same && !silent {
            due.extend(parameters(desk, path, diagnostics));
        }
    }
    for (path, before) in &published.files {
        if !now.contains_key(path) && !before.is_empty() {
            due.extend(parameters(desk, path, &[]));
        }
    }
    published.files = now;
    due
}

fn parameters(desk: &Desk, path: &std::path::Path, diagnostics: &[Diagnostic]) -> Option<Value> {
    let uri = desk.uri(path)?;
    Some(json!({ "uri": uri, "diagnostics": diagnostics }))
}

/// A message as the protocol has it.
pub(super) fn diagnostic(desk: &Desk, finding: &Finding) -> Diagnostic {
    let lines = desk.lines(&finding.spot.path);
    let severity = match finding.severity {
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Error => DiagnosticSeverity::ERROR,
    };
    let related = finding.related.iter();
    let related: Vec<DiagnosticRelatedInformation> = related
        .filter_map(|(spot, text)| {
            Some(DiagnosticRelatedInformation {
                location: location(desk, spot)?,
                message: text.clone(),
            })
        })
        .collect();
    let page = finding.code.and_then(|code| {
        let pages = desk.pages.as_ref()?;
        let address = format!("{}/{}.md", pages.trim_end_matches('/'), code.id);
        let href = Uri::from_str(&address).ok()?;
        Some(CodeDescription { href })
    });
    let data = finding.code.map(|code| {
        let page = format!("docs/errors/{}.md", code.id);
        json!({ "name": code.name, "about": code.title, "page": page })
    });
    Diagnostic {
        range: lines.range(finding.spot.start, finding.spot.end),
        severity: Some(severity),
        code: finding
            .code
            .map(|code| NumberOrString::String(code.id.to_owned())),
        code_description: page,
        source: Some("interdict".to_owned()),
        message: finding.message.clone(),
        related_information: (!related.is_empty()).then_some(related),
        tags: None,
        data,
    }
}

pub(super) fn location(desk: &Desk, spot: &Spot) -> Option<Location> {
    let range = desk.lines(&spot.path).range(spot.start, spot.end);
    Some(Location::new(desk.uri(&spot.path)?, range))
}
