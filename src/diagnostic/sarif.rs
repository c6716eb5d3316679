//! Messages as one SARIF 2.1.0 log with one run, for code-scanning services.
//!
//! Every code of the catalogue is a rule of the run, so that rule numbers do not depend on what was found.
//! Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.

use serde_json::{Value, json};

use super::json::severity_name;
use super::place::Places;
use super::render::help_text;
use super::{CATALOGUE, Code, Diagnostic};
use crate::text::{SourceMap, Span};

/// The whole log, indented, with a line feed at the end.
pub fn to_sarif(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut places = Places::new(sources);
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| result(diagnostic, &mut places))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Interdict",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": CATALOGUE.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": sentence(code.title) },
        "defaultConfiguration": { "level": severity_name(code.severity) },
    })
}

fn result(diagnostic: &Diagnostic, places: &mut Places<'_>) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code.id,
        "level": severity_name(diagnostic.severity),
        "message": { "text": message(diagnostic) },
        "locations": [{ "physicalLocation": physical(diagnostic.primary.span, places) }],
    });
    if let Some(index) = CATALOGUE.iter().position(|code| *code == diagnostic.code) {
        result["ruleIndex"] = json!(index);
    }
    if !diagnostic.labels.is_empty() {
        result["relatedLocations"] = related(diagnostic, places);
    }
    if let Some(fix) = &diagnostic.fix {
        result["fixes"] = json!([{
            "description": { "text": sentence(&help_text(diagnostic).unwrap_or_default()) },
            "artifactChanges": [{
                "artifactLocation": { "uri": uri(places.file(fix.span)) },
                "replacements": [{
                    "deletedRegion": region(fix.span, places),
                    "insertedContent": { "text": fix.replacement },
                }],
            }],
        }]);
    }
    result
}

fn related(diagnostic: &Diagnostic, places: &mut Places<'_>) -> Value {
    diagnostic
        .labels
        .iter()
        .enumerate()
        .map(|(id, label)| {
            let mut location = json!({
                "id": id,
                "physicalLocation": physical(label.span, places),
            });
            if !label.text.is_empty() {
                location["message"] = json!({ "text": sentence(&label.text) });
            }
            location
        })
        .collect()
}

fn message(diagnostic: &Diagnostic) -> String {
    let label = &diagnostic.primary.text;
    let mut text = if label.is_empty() {
        sentence(&diagnostic.message)
    } else {
        sentence(&format!("{}: {label}", diagnostic.message))
    };
    if let Some(help) = help_text(diagnostic) {
        text.push_str(&format!(" Help: {}", sentence(&help)));
    }
    for note in &diagnostic.notes {
        text.push_str(&format!(" Note: {}", sentence(note)));
    }
    text
}

/// SARIF wants whole sentences.
fn sentence(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

fn physical(span: Span, places: &mut Places<'_>) -> Value {
    json!({
        "artifactLocation": { "uri": uri(places.file(span)) },
        "region": region(span, places),
    })
}

fn region(span: Span, places: &mut Places<'_>) -> Value {
    let (start, end) = places.range(span);
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A relative URI reference, or a `file` URI for an absolute path (RFC 3986).
fn uri(name: &str) -> String {
    let mut uri = String::new();
    if name.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
