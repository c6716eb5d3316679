//! What would have to be different, as text and as JSON.

use super::{Change, Group, RuleChanges, Settles, WhatIf};
use crate::model::{Model, RuleId};
use crate::report::words::{grouped, of};
use serde_json::{Value as Json, json};
use std::sync::Arc;

impl WhatIf {
    /// For people; nothing where no rule applies and none is open.
    pub fn to_text(&self, model: &Model) -> String {
        let mut out = String::new();
        for rule in &self.rules {
            out += &rule.to_text(model);
        }
        if self.more_rules > 0 {
            let more = of(self.more_rules as u64, "further rule");
            out += &format!("\n{more} not looked at\n");
        }
        if !self.missing.is_empty() {
            out += "\nwhat would settle it\n";
            let width = widest(self.missing.iter().map(|field| field.name.chars().count()));
            for field in &self.missing {
                let name = &field.name;
                out += &format!("  {name:width$}  {}\n", field.in_words(model));
            }
        }
        if !out.is_empty() {
            for caveat in self.caveats() {
                out += &format!("note: {caveat}\n");
            }
        }
        out
    }

    /// What was not tried.
    pub fn caveats(&self) -> Vec<String> {
        let mut caveats = Vec::new();
        if !self.not_changed.is_empty() {
            caveats.push(format!(
                "aggregates over other records that a rule asks stay as they are, so what they count was not changed for it: {}",
                joined(&self.not_changed)
            ));
        }
        let changes = self.rules.iter().flat_map(|rule| &rule.changes);
        if changes.into_iter().any(|change| change.counted) {
            caveats.push(
                "`*`: other rules ask aggregates over other records that count this field; they were left as they are, so the verdict may be another"
                    .to_owned(),
            );
        }
        if self.fixed_day {
            caveats.push("the day was not changed, since `--as-of` gives it".to_owned());
        }
        caveats
    }

    /// For programs.
    pub fn to_json(&self, model: &Model) -> Json {
        json!({
            "rules": self.rules.iter().map(|rule| rule.to_json(model)).collect::<Vec<_>>(),
            "missing": self.missing.iter().map(|field| json!({
                "field": &*field.name,
                "rules": rule_names(model, &field.rules),
                "alone": field.alone,
            })).collect::<Vec<_>>(),
            "not_changed": self.not_changed.iter().map(|name| &**name).collect::<Vec<_>>(),
        })
    }
}

impl RuleChanges {
    fn to_text(&self, model: &Model) -> String {
        let name = model.rule_name(self.rule);
        if self.changes.is_empty() {
            return format!("\n{name} applies: {}\n", self.nothing());
        }
        let mut out = format!("\n{name} would not apply with any one of\n");
        let heads: Vec<String> = self
            .changes
            .iter()
            .map(|change| change.head(model))
            .collect();
        let width = widest(heads.iter().map(|head| head.chars().count()));
        for (change, head) in self.changes.iter().zip(&heads) {
            let groups = change.groups.iter().map(|group| group.in_words(model));
            let groups: Vec<String> = groups.collect();
            out += &format!("  {head:width$}  {}\n", groups.join("; "));
        }
        out
    }

    /// That nothing was found, and how far was looked.
    pub fn nothing(&self) -> String {
        match self.fields {
            0 => "no single field that may be changed is asked by it".to_owned(),
            fields => format!(
                "no single field changes this, of {} and {} tried",
                of(fields as u64, "field"),
                of(self.values as u64, "value")
            ),
        }
    }

    fn to_json(&self, model: &Model) -> Json {
        let changes = self.changes.iter().map(|change| {
            let groups = change.groups.iter().map(|group| {
                json!({
                    "values": group.examples,
                    "more": group.more,
                    "verdict": model.verdict_name(group.verdict),
                    "at_most": model.verdict_name(group.at_most),
                })
            });
            json!({
                "field": &*model.record.fields[change.field].name,
                "now": change.now,
                "counted_by_aggregates": change.counted,
                "with": groups.collect::<Vec<_>>(),
            })
        });
        json!({
            "rule": model.rule_name(self.rule),
            "changes": changes.collect::<Vec<_>>(),
            "fields_tried": self.fields,
            "values_tried": self.values,
        })
    }
}

impl Change {
    /// `destination`, or `destination*` where aggregates count it.
    pub fn name(&self, model: &Model) -> String {
        let mark = if self.counted { "*" } else { "" };
        format!("{}{mark}", model.record.fields[self.field].name)
    }

    /// `destination (KP)`
    pub fn head(&self, model: &Model) -> String {
        let now = self.now.as_deref().unwrap_or("missing");
        format!("{} ({now})", self.name(model))
    }
}

impl Group {
    /// `DE, FR or 12 others, then clear`
    fn in_words(&self, model: &Model) -> String {
        format!("{}, then {}", self.values(), self.outcome(model))
    }

    /// `DE, FR or 12 others`
    pub fn values(&self) -> String {
        match self.more {
            0 => or(&self.examples),
            1 => format!("{} or 1 other", self.examples.join(", ")),
            more => format!(
                "{} or {} others",
                self.examples.join(", "),
                grouped(more as u64)
            ),
        }
    }

    /// `review, at most deny`
    pub fn outcome(&self, model: &Model) -> String {
        let verdict = model.verdict_name(self.verdict);
        match self.verdict == self.at_most {
            true => verdict.to_owned(),
            false => format!("{verdict}, at most {}", model.verdict_name(self.at_most)),
        }
    }
}

impl Settles {
    /// `alone; embargo waits for it`
    pub fn in_words(&self, model: &Model) -> String {
        let rules = rule_names(model, &self.rules);
        let waits = match rules.len() {
            0 => "the verdict waits for it".to_owned(),
            1 => format!("{} waits for it", rules[0]),
            _ => format!("{} wait for it", rules.join(", ")),
        };
        match self.alone {
            true => format!("alone: {waits}"),
            false => format!("with others: {waits}"),
        }
    }
}

fn rule_names(model: &Model, rules: &[RuleId]) -> Vec<String> {
    rules.iter().map(|rule| model.rule_name(*rule)).collect()
}

fn widest(widths: impl Iterator<Item = usize>) -> usize {
    widths.max().unwrap_or(0)
}

/// `a`, `a or b`, `a, b or c`
fn or(values: &[String]) -> String {
    match values {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn joined(names: &[Arc<str>]) -> String {
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    names.join(", ")
}
