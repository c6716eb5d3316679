//! What a run adds up to: records by verdict, rules by how they stand, fields by what they would settle.

use super::decisions::is_flagged;
use super::missing::Names;
use super::outcome::{NOTHING, Outcomes};
use super::screener::{Judged, Screener};
use crate::model::{Model, RuleId};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counts of outcomes: a histogram of outcome numbers and of sets of missing fields.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    screened: u64,
    rejected: u64,
    by_outcome: Vec<u64>,
    by_missing: FxHashMap<Names, u64>,
}

impl Tally {
    /// Counts a batch. Rows that could not even be read count through [`Tally::add_rejected`].
    pub fn add(&mut self, judged: &Judged) {
        for (number, dead) in judged.outcomes.iter().zip(&judged.dead) {
            if *dead {
                self.rejected += 1;
                continue;
            }
            self.screened += 1;
            let at = *number as usize;
            if self.by_outcome.len() <= at {
                self.by_outcome.resize(at + 1, 0);
            }
            self.by_outcome[at] += 1;
        }
        for (_, names) in &judged.missing {
            match self.by_missing.get_mut(names) {
                Some(count) => *count += 1,
                None => {
                    self.by_missing.insert(names.clone(), 1);
                }
            }
        }
    }

    /// Counts rows that were no records.
    pub fn add_rejected(&mut self, rows: u64) {
        self.rejected += rows;
    }

    /// Adds another tally of the same run.
    pub fn merge(&mut self, other: &Tally) {
        self.screened += other.screened;
        self.rejected += other.rejected;
        if self.by_outcome.len() < other.by_outcome.len() {
            self.by_outcome.resize(other.by_outcome.len(), 0);
        }
        for (count, more) in self.by_outcome.iter_mut().zip(&other.by_outcome) {
            *count += more;
        }
        for (names, more) in &other.by_missing {
            *self.by_missing.entry(names.clone()).or_default() += more;
        }
    }

    /// The counts in words of the policy.
    pub fn summary(&self, screener: &Screener) -> Summary {
        let model = screener.model();
        let mut summary = Summary {
            screened: self.screened,
            rejected: self.rejected,
            flagged: 0,
            open: 0,
            settled: 0,
            verdicts: model
                .verdicts
                .iter()
                .map(|name| (name.to_string(), 0))
                .collect(),
            rules: model
                .rules
                .ids()
                .map(|rule| RuleCount::new(model, rule))
                .collect(),
            missing: Vec::new(),
            unchecked: screener.unchecked(),
        };
        self.add_outcomes(model, screener.outcomes(), &mut summary);
        summary.missing = self.missing_fields();
        summary
    }

    fn add_outcomes(&self, model: &Model, outcomes: &Outcomes, summary: &mut Summary) {
        for (number, count) in self
            .by_outcome
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            let outcome = outcomes.get(number as u32);
            summary.verdicts[usize::from(outcome.verdict.0)].1 += count;
            if is_flagged(model, &outcome) {
                summary.flagged += count;
            }
            if !outcome.unknown.is_empty() {
                summary.open += count;
            }
            if outcome.verdict == outcome.at_most {
                summary.settled += count;
            }
            outcome
                .rules
                .iter()
                .for_each(|rule| summary.rules[rule.index()].applies += count);
            outcome
                .unknown
                .iter()
                .for_each(|rule| summary.rules[rule.index()].open += count);
            let mut stopped: Vec<RuleId> = outcome.not_by.iter().map(|(rule, _)| *rule).collect();
            stopped.dedup();
            stopped
                .iter()
                .for_each(|rule| summary.rules[rule.index()].stopped += count);
        }
    }

    /// The fields most often missing, first those whose filling in would settle most open records.
    fn missing_fields(&self) -> Vec<MissingCount> {
        let mut fields: BTreeMap<Arc<str>, MissingCount> = BTreeMap::new();
        for (names, count) in &self.by_missing {
            for name in names.iter() {
                let entry = fields.entry(name.clone()).or_insert_with(|| MissingCount {
                    field: name.to_string(),
                    records: 0,
                    alone: 0,
                });
                entry.records += count;
                if names.len() == 1 {
                    entry.alone += count;
                }
            }
        }
        let mut fields: Vec<MissingCount> = fields.into_values().collect();
        fields.sort_by_key(|field| {
            (
                std::cmp::Reverse((field.alone, field.records)),
                field.field.clone(),
            )
        });
        fields
    }

    /// Rows seen so far.
    pub fn rows(&self) -> u64 {
        self.screened + self.rejected
    }
}

/// What a run comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Records screened.
    pub screened: u64,
    /// Rows that are no records.
    pub rejected: u64,
    /// Records whose verdict is not the policy's `otherwise`, or could still become worse than that.
    pub flagged: u64,
    /// Records with an open rule.
    pub open: u64,
    /// Records whose verdict cannot get worse.
    pub settled: u64,
    /// Records by verdict, least severe first.
    pub verdicts: Vec<(String, u64)>,
    /// Rules and exceptions in the order of declaration.
    pub rules: Vec<RuleCount>,
    /// Fields that keep records open, those first that alone keep most.
    pub missing: Vec<MissingCount>,
    /// Fields that every record must have, but that no rule reads: their columns were not looked at.
    pub unchecked: Vec<String>,
}

/// How a rule stands over all records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// Its name.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// Whether it has a verdict. An exception without one only stops others.
    pub decides: bool,
    /// Records on which it applies.
    pub applies: u64,
    /// Records on which it is open.
    pub open: u64,
    /// Records on which an exception or a suspension stopped it.
    pub stopped: u64,
}

impl RuleCount {
    fn new(model: &Model, rule: RuleId) -> RuleCount {
        RuleCount {
            rule: model.rule_name(rule),
            title: model.rules[rule].title.to_string(),
            decides: model.rules[rule].then.is_some(),
            applies: 0,
            open: 0,
            stopped: 0,
        }
    }
}

/// How often a field is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingCount {
    /// The field.
    pub field: String,
    /// Open records that it keeps open, alone or with others.
    pub records: u64,
    /// Open records that it alone keeps open.
    pub alone: u64,
}

const _: () = assert!(NOTHING == 0);
