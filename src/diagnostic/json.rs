//! Messages for programs: one JSON object a line, with the members of `docs/errors/README.md`.

use serde_json::{Value, json};

use super::place::{Places, Position};
use super::{Diagnostic, Severity};
use crate::text::{SourceMap, Span};

/// One line of JSON for each message, in their order.
pub fn to_json_lines(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut places = Places::new(sources);
    diagnostics
        .iter()
        .map(|diagnostic| format!("{}\n", to_value(diagnostic, &mut places)))
        .collect()
}

/// The name of a severity in all machine-readable forms.
pub(super) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn to_value(diagnostic: &Diagnostic, places: &mut Places<'_>) -> Value {
    let mut object = json!({
        "code": diagnostic.code.id,
        "name": diagnostic.code.name,
        "severity": severity_name(diagnostic.severity),
        "message": diagnostic.message,
    });
    merge(&mut object, place(diagnostic.primary.span, places));
    let labels: Vec<Value> = std::iter::once(&diagnostic.primary)
        .chain(&diagnostic.labels)
        .map(|label| {
            let mut value = place(label.span, places);
            merge(&mut value, json!({ "text": label.text }));
            value
        })
        .collect();
    let fix = diagnostic.fix.as_ref().map(|fix| {
        let mut value = place(fix.span, places);
        merge(
            &mut value,
            json!({ "replacement": fix.replacement, "sure": fix.sure }),
        );
        value
    });
    merge(
        &mut object,
        json!({
            "labels": labels,
            "help": diagnostic.help,
            "notes": diagnostic.notes,
            "fix": fix,
        }),
    );
    object
}

fn place(span: Span, places: &mut Places<'_>) -> Value {
    let (start, end) = places.range(span);
    let Position { line, column } = start;
    json!({
        "file": places.file(span),
        "line": line,
        "column": column,
        "end": { "line": end.line, "column": end.column },
    })
}

fn merge(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
