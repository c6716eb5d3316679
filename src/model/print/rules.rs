//! Rules, suspensions and tests as text.

use super::{expr, name, quoted, value};
use crate::model::{
    Expectation, Given, Model, Note, Obligation, Rule, RuleId, RuleKind, Suspension, Template,
    TemplatePart, Test, Time, Wording,
};
use std::fmt::Write;
use std::sync::Arc;

fn clause(out: &mut String, word: &str, text: impl AsRef<str>) {
    let _ = writeln!(out, "  {word} {}", text.as_ref());
}

fn cites(out: &mut String, cites: &[Arc<str>]) {
    for cite in cites {
        clause(out, "cites", quoted(cite));
    }
}

pub(super) fn print_rule(out: &mut String, model: &Model, id: RuleId) {
    let rule = &model.rules[id];
    match &rule.kind {
        RuleKind::Rule => {
            let _ = writeln!(
                out,
                "rule {} {} {{",
                model.rule_name(id),
                quoted(&rule.title)
            );
        }
        RuleKind::Exception { to } => {
            let to = rule_names(model, to);
            let (name, title) = (model.rule_name(id), quoted(&rule.title));
            let _ = writeln!(out, "exception {name} {title} to {to} {{");
        }
    }
    cites(out, &rule.cites);
    if !rule.tags.is_empty() {
        let tags: Vec<String> = rule.tags.iter().map(|tag| name(tag)).collect();
        clause(out, "tags", tags.join(", "));
    }
    force(out, model, rule);
    clause(out, "when", expr(model, &[], &rule.when));
    for unless in &rule.unless {
        clause(out, "unless", expr(model, &[], unless));
    }
    if let Some(then) = &rule.then {
        let mut text = expr(model, &[], &then.verdict);
        if let Some(because) = &then.because {
            let _ = write!(text, " because {}", template(model, because));
        }
        clause(out, "then", text);
    }
    if let Some(verdict) = rule.if_unknown {
        clause(out, "if unknown", name(model.verdict_name(verdict)));
    }
    for obligation in &rule.obligations {
        clause(out, "obliges", obliges(model, obligation));
    }
    for note in &rule.notes {
        clause(out, "note", note_text(model, note));
    }
    if let Some(weight) = &rule.weight {
        clause(out, "weight", name(weight));
    }
    if !rule.exceptions.is_empty() {
        clause(out, "# exceptions:", rule_names(model, &rule.exceptions));
    }
    out.push_str("}\n");
}

fn force(out: &mut String, model: &Model, rule: &Rule) {
    if !rule.force.windows.is_always() {
        clause(out, "in force", rule.force.windows.to_string());
    }
    if !rule.force.suspended.is_empty() {
        clause(out, "suspended", rule.force.suspended.to_string());
    }
    for by in &rule.force.suspended_by {
        let days = &model.suspensions[*by].effective;
        let by = model.suspension_name(*by);
        clause(out, "# suspended by", format!("{by}: {days}"));
    }
}

fn rule_names(model: &Model, rules: &[RuleId]) -> String {
    let names: Vec<String> = rules.iter().map(|rule| model.rule_name(*rule)).collect();
    names.join(", ")
}

/// `30 days`, `10 working days of beijing`
pub fn time_text(model: &Model, time: Time) -> String {
    match time {
        Time::Period(period) => period.to_string(),
        Time::WorkingDays(count, calendar) => {
            let days = if count == 1 { "day" } else { "days" };
            let calendar = name(&model.calendars[calendar].name);
            format!("{count} working {days} of {calendar}")
        }
    }
}

fn obliges(model: &Model, obligation: &Obligation) -> String {
    let mut text = wording(model, &obligation.text);
    if let Some((time, after)) = &obligation.within {
        let _ = write!(text, " within {}", time_text(model, *time));
        if let Some(field) = after {
            let field = name(&model.record.fields[*field].name);
            let _ = write!(text, " after {field}");
        }
    }
    text
}

fn note_text(model: &Model, note: &Note) -> String {
    format!("{} {}", name(&note.key), wording(model, &note.value))
}

fn wording(model: &Model, wording: &Wording) -> String {
    match wording {
        Wording::Text(text) => template(model, text),
        Wording::Expr(value) => expr(model, &[], value),
    }
}

/// A template as an author would write it, in quotes.
fn template(model: &Model, template: &Template) -> String {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            TemplatePart::Text(part) => {
                text.push_str(&part.replace('{', "{{").replace('}', "}}"));
            }
            TemplatePart::Field(field) => {
                let _ = write!(text, "{{{}}}", model.record.fields[*field].name);
            }
        }
    }
    quoted(&text)
}

pub(super) fn print_suspension(out: &mut String, model: &Model, suspension: &Suspension) {
    let policy = match model.policies.len() {
        1 => String::new(),
        _ => format!("{}.", model.policies[suspension.policy].name),
    };
    let (title, days) = (quoted(&suspension.title), &suspension.effective);
    let name = name(&suspension.name);
    let _ = writeln!(out, "suspension {policy}{name} {title} {{");
    cites(out, &suspension.cites);
    clause(out, "#", days.to_string());
    out.push_str("}\n");
}

pub(super) fn print_test(out: &mut String, model: &Model, test: &Test) {
    let _ = writeln!(out, "test {} {{", quoted(&test.title));
    clause(out, "given", given(model, &test.given));
    for beside in &test.beside {
        clause(out, "beside", given(model, beside));
    }
    if let Some(day) = test.on {
        clause(out, "on", day.to_string());
    }
    for expected in &test.expect {
        clause(out, "expect", expectation(model, &expected.value));
    }
    out.push_str("}\n");
}

fn given(model: &Model, given: &Given) -> String {
    let given: Vec<String> = given
        .iter()
        .map(|(field, given)| {
            let field = &model.record.fields[*field];
            let text = match &given.value {
                Some(given) => value(model, field.ty, given),
                None => "missing".to_owned(),
            };
            format!("{}: {text}", name(&field.name))
        })
        .collect();
    format!("{{ {} }}", given.join(", "))
}

/// `components[2].value`, or a name.
fn path(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.[]".contains(c);
    match text.contains('[') && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => name(text),
    }
}

fn expectation(model: &Model, expectation: &Expectation) -> String {
    match expectation {
        Expectation::Verdict { verdict, by } => {
            let verdict = name(model.verdict_name(*verdict));
            match by {
                None => verdict,
                Some(rules) => {
                    let names: Vec<&str> = rules.iter().map(|rule| &*rule.name).collect();
                    format!("{verdict} by {}", names.join(", "))
                }
            }
        }
        Expectation::AtMost(verdict) => format!("at most {}", name(model.verdict_name(*verdict))),
        Expectation::Unknown { rule, lack } => {
            let rule = &rule.name;
            match lack {
                None => format!("unknown {rule}"),
                Some(fields) => {
                    let fields: Vec<String> = fields.iter().map(|field| path(field)).collect();
                    format!("unknown {rule} for lack of {}", fields.join(", "))
                }
            }
        }
        Expectation::Not(rule) => format!("not {}", rule.name),
        Expectation::Obligation(text) => format!("obligation {}", quoted(text)),
    }
}
