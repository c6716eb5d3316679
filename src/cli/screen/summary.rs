//! What a run came to, in words and as JSON.

use serde_json::{Map, Value};

use crate::cli::words::{grouped, of};
use crate::input::FileNotes;
use crate::input::errors::absent_key;
use crate::io::children::ChildNotes;
use crate::io::screening::Report;
use crate::screen::Summary;

/// The summary as lines: rows, verdicts, rules, missing fields.
pub(super) fn in_words(report: &Report) -> Vec<String> {
    let summary = &report.summary;
    let mut lines = vec![format!(
        "{} read: {} screened, {} rejected",
        of(summary.screened + summary.rejected, "row"),
        grouped(summary.screened),
        grouped(summary.rejected)
    )];
    for (file, notes) in &report.inputs {
        note_lines(file, notes, &mut lines);
    }
    child_lines(report, &mut lines);
    verdict_lines(summary, &mut lines);
    rule_lines(summary, &mut lines);
    missing_lines(summary, &mut lines);
    lines.extend(unchecked_line(&summary.unchecked));
    lines.extend(aggregates_lines(report));
    lines
}

/// What rejected rows mean for aggregates: each is a record that there may be.
fn aggregates_lines(report: &Report) -> Vec<String> {
    let rejected = report.aggregates.unwrap_or_default();
    let mut lines = Vec::new();
    if rejected.in_part > 0 {
        lines.push(format!(
            "note: {} may count in aggregates: what would change with them is open",
            of(rejected.in_part, "rejected row")
        ));
    }
    if rejected.unreadable > 0 {
        lines.push(format!(
            "note: nothing can be read of {}, so no aggregate is known: mend them and screen the whole book again",
            of(rejected.unreadable, "rejected row")
        ));
    }
    lines
}

/// What is to be said about one input.
fn note_lines(file: &str, notes: &FileNotes, lines: &mut Vec<String>) {
    if notes.unterminated_last_line {
        lines.push(format!(
            "note: the last line of {file} has no line end; it was read like any other"
        ));
    }
    if notes.rows > 0 {
        let absent = notes.absent_columns.iter();
        lines.extend(absent.map(|key| absent_key(file, key, &notes.keys)));
    }
}

/// What is to be said about child tables.
fn child_lines(report: &Report, lines: &mut Vec<String>) {
    for child in &report.children {
        let (file, list, rows) = (&child.file, &child.list, child.notes.rows);
        let mut line = format!("{} of {file} read for `{list}`", of(rows, "row"));
        if child.orphans > 0 {
            let orphans = grouped(child.orphans);
            line += &format!(": {orphans} rejected, since no record has their key");
        }
        lines.push(line);
        if rows == 0 {
            lines.push(format!(
                "warning: {file} has no rows, so `{list}` is empty in every record"
            ));
        } else if child.orphans == rows {
            lines.push(format!(
                "warning: no row of {file} has the key of a record, so `{list}` is empty in every record"
            ));
        }
        note_lines(file, &child.notes, lines);
    }
    for (list, file) in &report.unread {
        lines.push(format!(
            "note: no rule reads `{list}`, so {file} was not read"
        ));
    }
}

fn verdict_lines(summary: &Summary, lines: &mut Vec<String>) {
    let width = summary
        .verdicts
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    lines.push("verdicts".to_owned());
    for (name, count) in &summary.verdicts {
        lines.push(format!("  {name:width$}  {:>12}", grouped(*count)));
    }
}

fn rule_lines(summary: &Summary, lines: &mut Vec<String>) {
    let rules: Vec<_> = summary
        .rules
        .iter()
        .filter(|rule| rule.applies + rule.open + rule.stopped > 0)
        .collect();
    if rules.is_empty() {
        return;
    }
    let width = rules
        .iter()
        .map(|rule| rule.rule.len())
        .max()
        .unwrap_or(0)
        .max(5);
    lines.push(format!(
        "{:width$}    {:>12}  {:>12}  {:>12}",
        "rules", "apply", "open", "stopped"
    ));
    for rule in &rules {
        lines.push(format!(
            "  {:width$}  {:>12}  {:>12}  {:>12}",
            rule.rule,
            grouped(rule.applies),
            grouped(rule.open),
            grouped(rule.stopped)
        ));
    }
    let silent = summary.rules.iter().filter(|rule| {
        // An exception without a verdict stops others, and is counted there.
        rule.decides && rule.applies + rule.open + rule.stopped == 0
    });
    let silent = silent.count();
    if silent > 0 {
        let concern = if silent == 1 { "concerns" } else { "concern" };
        lines.push(format!("  and {silent} more that {concern} no record"));
    }
}

/// Missing fields shown at most.
const MAX_MISSING: usize = 10;

fn missing_lines(summary: &Summary, lines: &mut Vec<String>) {
    if summary.missing.is_empty() {
        return;
    }
    let width = summary
        .missing
        .iter()
        .map(|field| field.field.len())
        .max()
        .unwrap_or(0);
    let verb = if summary.open == 1 { "is" } else { "are" };
    lines.push(format!(
        "{} {verb} open for lack of",
        of(summary.open, "record")
    ));
    for field in summary.missing.iter().take(MAX_MISSING) {
        lines.push(format!(
            "  {:width$}  in {}; it alone would settle {}",
            field.field,
            grouped(field.records),
            grouped(field.alone)
        ));
    }
    if summary.missing.len() > MAX_MISSING {
        let more = summary.missing.len() - MAX_MISSING;
        lines.push(format!("  and {}", of(more as u64, "more field")));
    }
}

/// Nobody is to believe that a field was checked because the record says that it must be there.
fn unchecked_line(fields: &[String]) -> Option<String> {
    let names: Vec<String> = fields.iter().map(|name| format!("`{name}`")).collect();
    let (it, is) = match names.len() {
        0 => return None,
        1 => ("it", "is"),
        _ => ("they", "are"),
    };
    Some(format!(
        "note: no rule reads {}, so nothing was checked there: rows in which {it} {is} empty or wrong were screened all the same",
        names.join(", ")
    ))
}

pub(super) fn as_json(report: &Report) -> Value {
    let summary = &report.summary;
    let mut json = serde_json::json!({
        "read": summary.screened + summary.rejected,
        "screened": summary.screened,
        "rejected": summary.rejected,
        "flagged": summary.flagged,
        "open": summary.open,
        "settled": summary.settled,
        "kept": report.kept,
        "verdicts": summary.verdicts.iter().map(|(name, count)| (name.clone(), Value::from(*count))).collect::<Map<_, _>>(),
        "rules": summary.rules.iter().map(|rule| serde_json::json!({
            "rule": rule.rule, "applies": rule.applies, "open": rule.open, "stopped": rule.stopped,
        })).collect::<Vec<_>>(),
        "missing": summary.missing.iter().map(|field| serde_json::json!({
            "field": field.field, "records": field.records, "alone": field.alone,
        })).collect::<Vec<_>>(),
        "unchecked": summary.unchecked,
    });
    if !report.children.is_empty() {
        let child = |child: &ChildNotes| {
            serde_json::json!({
                "list": child.list, "file": &*child.file, "rows": child.notes.rows, "orphans": child.orphans,
            })
        };
        json["children"] = report.children.iter().map(child).collect();
    }
    if let Some(rejected) = report.aggregates {
        json["aggregates"] =
            serde_json::to_value(rejected).expect("counts of rows have only text keys");
    }
    json
}
