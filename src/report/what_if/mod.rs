//! What would have to be different: changes of one field each that make a rule not apply, and missing fields that would settle it.
//!
//! In: a judged record. Out: for each rule that applies, the changes that were found, each tried on the reference evaluator.
//! Values of few kinds are all tried; of numbers, days, codes and texts those that the rule itself or its tests name, and for
//! numbers and days the nearest between what applies and what does not. What was not tried is not claimed: a rule for which
//! nothing was found may still not apply if two fields change, or one to a value that nobody names.

mod asked;
mod candidates;
mod shown;
#[cfg(test)]
mod tests;

use crate::domain::{Day, Truth};
use crate::model::{FieldId, FieldRole, Model, RuleId, Type, Value, Verdict, scaled_decimals};
use crate::reference::{AskedTotals, Evaluator, Judgement, Record, as_of_days, judge, show_field};
use asked::Asked;
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many rules are looked at.
const MAX_RULES: usize = 20;
/// So many values of a group are named.
const MAX_EXAMPLES: usize = 3;

/// What would have to be different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// For rules that apply, in the order of declaration.
    pub rules: Vec<RuleChanges>,
    /// Rules that apply and were not looked at, since they are many.
    pub more_rules: usize,
    /// What is missing, and what it would settle.
    pub missing: Vec<Settles>,
    /// Fields that were left as they are, since aggregates over other records that a rule asks count them.
    pub not_changed: Vec<Arc<str>>,
    /// Whether the day stays, because one stands for all records.
    pub fixed_day: bool,
}

/// Changes of one field each that make a rule not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChanges {
    /// The rule.
    pub rule: RuleId,
    /// What was found, in the order of the record.
    pub changes: Vec<Change>,
    /// How many values were tried.
    pub values: usize,
    /// Of how many fields.
    pub fields: usize,
}

/// Values of one field with which a rule does not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field.
    pub field: FieldId,
    /// What it holds.
    pub now: Option<String>,
    /// The values, by what the record comes to with them, the least severe first.
    pub groups: Vec<Group>,
    /// Whether aggregates that other rules ask count the field: they were left as they are.
    pub counted: bool,
}

/// Values with which a record comes to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The verdict.
    pub verdict: Verdict,
    /// The worst it could become.
    pub at_most: Verdict,
    /// Some of the values.
    pub examples: Vec<String>,
    /// How many others there are.
    pub more: usize,
}

/// A missing field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settles {
    /// Its name, as results spell it.
    pub name: Arc<str>,
    /// The rules that wait for it.
    pub rules: Vec<RuleId>,
    /// Whether nothing else keeps the record open.
    pub alone: bool,
}

/// Looks for what would have to be different. `on` is the day that stands for every record's own.
pub fn what_if(model: &Model, record: &Record, judgement: &Judgement, on: Option<Day>) -> WhatIf {
    let totals = AskedTotals::of(model, false);
    let totals = totals.list().iter();
    let counted = totals.flat_map(|asked| asked::counted(model, asked.total));
    let search = Search {
        model,
        record,
        on,
        counted: counted.collect(),
    };
    let mut not_changed = BTreeSet::new();
    let rules = judgement.rules.iter().take(MAX_RULES);
    let rules = rules.map(|rule| search.rule(*rule, &mut not_changed));
    WhatIf {
        rules: rules.collect(),
        more_rules: judgement.rules.len().saturating_sub(MAX_RULES),
        missing: settles(model, judgement),
        not_changed: not_changed
            .into_iter()
            .map(|field| Arc::clone(&model.record.fields[field].name))
            .collect(),
        fixed_day: on.is_some(),
    }
}

fn settles(model: &Model, judgement: &Judgement) -> Vec<Settles> {
    let all = judgement.all_missing(model);
    let waits = |name: &Arc<str>| {
        let rules = judgement.missing.iter();
        let rules = rules.filter(|(_, missing)| missing.contains(name));
        rules.map(|(rule, _)| *rule).collect()
    };
    let alone = all.len() == 1;
    all.iter()
        .map(|name| Settles {
            name: Arc::clone(name),
            rules: waits(name),
            alone,
        })
        .collect()
}

/// A record, and what may be changed in it.
struct Search<'a> {
    model: &'a Model,
    record: &'a Record,
    on: Option<Day>,
    /// Fields that any aggregate over other records counts.
    counted: BTreeSet<FieldId>,
}

impl Search<'_> {
    fn rule(&self, rule: RuleId, not_changed: &mut BTreeSet<FieldId>) -> RuleChanges {
        let asked = Asked::by(self.model, rule);
        let mut found = RuleChanges {
            rule,
            changes: Vec::new(),
            values: 0,
            fields: 0,
        };
        for field in asked.fields.iter().filter(|field| self.may_change(**field)) {
            if asked.counted.contains(field) {
                not_changed.insert(*field);
                continue;
            }
            let candidates = candidates::of(self.model, self.record, &asked, rule, *field);
            if candidates.is_empty() {
                continue;
            }
            found.fields += 1;
            found.values += candidates.len();
            let with: Vec<Value> = candidates
                .into_iter()
                .filter(|value| self.stops(rule, *field, value))
                .collect();
            let with = self.nearest(rule, *field, with);
            if !with.is_empty() {
                found.changes.push(self.change(*field, &with));
            }
        }
        found
    }

    /// Neither the key nor a day that is given for all records.
    fn may_change(&self, field: FieldId) -> bool {
        let is_key = self.model.record.fields[field].role == FieldRole::Key;
        let is_fixed = field == self.model.record.as_of && self.on.is_some();
        !is_key && !is_fixed
    }

    /// The record with another value, and its days; none where it has none.
    fn with(&self, field: FieldId, value: &Value) -> Option<(Record, Vec<Day>)> {
        let mut record = self.record.clone();
        record.set(field, Some(value.clone()));
        let days = as_of_days(self.model, &record, self.on)?;
        Some((record, days))
    }

    /// Whether the rule does certainly not apply with another value.
    fn stops(&self, rule: RuleId, field: FieldId, value: &Value) -> bool {
        self.with(field, value).is_some_and(|(record, days)| {
            Evaluator::new(self.model, &record, &days).truth_of(rule) == Truth::False
        })
    }

    /// Of numbers and days the nearest on either side; of others all.
    fn nearest(&self, rule: RuleId, field: FieldId, values: Vec<Value>) -> Vec<Value> {
        let ty = self.scale_type(field);
        let now = self.record.get(field).and_then(|now| scaled(ty, now));
        let (Some(now), Some(unit)) = (now, candidates::unit(ty)) else {
            return values;
        };
        let all: Vec<i64> = values
            .iter()
            .filter_map(|value| scaled(ty, value))
            .collect();
        let below = all.iter().copied().filter(|at| *at < now).max();
        let above = all.iter().copied().filter(|at| *at > now).min();
        let ends = [below, above].into_iter().flatten();
        let nearest = ends.map(|end| self.bisect(rule, field, (now, end), unit));
        nearest
            .filter_map(|at| candidates::value_of(ty, at))
            .collect()
    }

    /// From a value with which the rule applies and one with which it does not to neighbours of both kinds; the latter of them.
    fn bisect(&self, rule: RuleId, field: FieldId, (now, end): (i64, i64), unit: i64) -> i64 {
        let ty = self.scale_type(field);
        let (mut applies, mut stops) = (i128::from(now), i128::from(end));
        loop {
            let middle = ((applies + stops) / 2).div_euclid(unit.into()) * i128::from(unit);
            let (low, high) = (applies.min(stops), applies.max(stops));
            if middle <= low || middle >= high {
                return stops as i64;
            }
            let value = candidates::value_of(ty, middle as i64);
            match value.is_some_and(|value| self.stops(rule, field, &value)) {
                true => stops = middle,
                false => applies = middle,
            }
        }
    }

    /// The type as which a field is scaled: the day counts of an as-of field, whatever its type.
    fn scale_type(&self, field: FieldId) -> Type {
        match field == self.model.record.as_of {
            true => Type::Date,
            false => self.model.record.fields[field].ty,
        }
    }

    fn change(&self, field: FieldId, values: &[Value]) -> Change {
        let mut groups: Vec<Group> = Vec::new();
        for value in values {
            let Some((record, days)) = self.with(field, value) else {
                continue;
            };
            let judged = judge(self.model, &record, &days);
            let text = show_field(self.model, &record, field).unwrap_or_default();
            let same = |group: &&mut Group| {
                (group.verdict, group.at_most) == (judged.verdict, judged.at_most)
            };
            match groups.iter_mut().find(same) {
                Some(group) if group.examples.len() < MAX_EXAMPLES => group.examples.push(text),
                Some(group) => group.more += 1,
                None => groups.push(Group {
                    verdict: judged.verdict,
                    at_most: judged.at_most,
                    examples: vec![text],
                    more: 0,
                }),
            }
        }
        groups.sort_by_key(|group| (group.verdict, group.at_most));
        Change {
            field,
            now: show_field(self.model, self.record, field),
            groups,
            counted: self.counted.contains(&field),
        }
    }
}

/// A number or a day in its own unit. The day of an instant is not known here.
fn scaled(ty: Type, value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.to_scaled_i64(scaled_decimals(ty)?),
        Value::Date(day) => Some(day.0.into()),
        Value::Text(_)
        | Value::Bool(_)
        | Value::Instant(_)
        | Value::Duration(_)
        | Value::Country(_)
        | Value::Code(_)
        | Value::Enum(_)
        | Value::Verdict(_)
        | Value::List(_) => None,
    }
}
