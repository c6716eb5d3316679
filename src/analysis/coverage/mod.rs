//! What tests have seen of rules: each condition true, false and unknown and deciding, each edge of a window, each exception.
//!
//! A condition *decides* in a test if the rule would have come to something else had the condition done so: in an `and` all
//! others are true, in an `or` all others are false, no `unless` and no exception stands in the way. A condition that decided
//! once when true and once when false is covered in the sense of the modified condition/decision coverage of RTCA DO-178C
//! (from memory), with masking.

mod atoms;
pub mod print;
#[cfg(test)]
mod tests;

use crate::domain::{Day, Truth};
use crate::model::{Model, PolicyId, Rule, RuleId};
use crate::reference::{Outcome, RuleTrace, TestOutcome, trace};
use crate::text::Span;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What tests have seen of something that is true, false or unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many tests saw it false.
    pub no: usize,
    /// How many saw it unknown.
    pub unknown: usize,
    /// How many saw it true.
    pub yes: usize,
}

impl Seen {
    fn note(&mut self, truth: Truth) {
        match truth {
            Truth::False => self.no += 1,
            Truth::Unknown => self.unknown += 1,
            Truth::True => self.yes += 1,
        }
    }

    /// Whether it was seen both ways.
    pub fn both_ways(&self) -> bool {
        self.no > 0 && self.yes > 0
    }
}

/// A condition that is not taken apart.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Where it stands.
    pub span: Span,
    /// What tests saw it come to while its rule was in force.
    pub seen: Seen,
    /// The same where it decided.
    pub decided: Seen,
}

/// A day on which a rule begins or ends to be in force, or is suspended or not any more.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The day.
    pub day: Day,
    /// Tests on the day before in which the rule's conditions hold.
    pub before: usize,
    /// The same on the day itself.
    pub on: usize,
}

/// An exception to a rule.
#[derive(Clone, Debug)]
pub struct Spared {
    /// Its name.
    pub name: String,
    /// Tests in which the rule would apply, by whether the exception stops it.
    pub stops: Seen,
}

/// What tests have seen of one rule, or of all that a `for each` makes.
#[derive(Clone, Debug)]
pub struct OfRule {
    /// Its name without that of an element.
    pub name: String,
    /// The policy it belongs to.
    pub policy: PolicyId,
    /// Where its name stands.
    pub span: Span,
    /// Whether it applies.
    pub applies: Seen,
    /// Its conditions, in the order of writing; those of defines that it names are with the defines.
    pub conditions: Vec<Condition>,
    /// Its days.
    pub edges: Vec<Edge>,
    /// The exceptions to it.
    pub exceptions: Vec<Spared>,
}

/// The conditions of a define that rules name.
#[derive(Clone, Debug)]
pub struct OfDefine {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Its conditions.
    pub conditions: Vec<Condition>,
}

/// What tests have seen of a model.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Rules and exceptions, in the order of declaration.
    pub rules: Vec<OfRule>,
    /// Defines with conditions that some rule names, in the order of declaration.
    pub defines: Vec<OfDefine>,
}

/// Gathers what the tests have seen.
pub fn coverage(model: &Model, outcomes: &[TestOutcome]) -> Coverage {
    let mut gathering = Gathering::new(model);
    for outcome in outcomes.iter().filter(|outcome| !outcome.days.is_empty()) {
        let policy = model.tests[outcome.test].policy;
        for (id, rule) in model.rules.iter().filter(|(_, rule)| rule.policy == policy) {
            gathering.take(outcome, id, rule);
        }
    }
    gathering.finish()
}

struct Gathering<'m> {
    model: &'m Model,
    /// By where the rule's name stands, since those of one `for each` are one.
    rules: BTreeMap<RuleId, OfRule>,
    first: FxHashMap<Span, RuleId>,
    conditions: FxHashMap<Span, Condition>,
}

impl<'m> Gathering<'m> {
    fn new(model: &'m Model) -> Self {
        let mut gathering = Gathering {
            model,
            rules: BTreeMap::new(),
            first: FxHashMap::default(),
            conditions: FxHashMap::default(),
        };
        for (id, rule) in model.rules.iter() {
            gathering.declare(id, rule);
        }
        gathering
    }

    fn declare(&mut self, id: RuleId, rule: &Rule) {
        if self.first.contains_key(&rule.span) {
            return;
        }
        self.first.insert(rule.span, id);
        let exceptions = rule.exceptions.iter().map(|id| Spared {
            name: self.model.declared_name(*id),
            stops: Seen::default(),
        });
        let mut exceptions: Vec<Spared> = exceptions.collect();
        exceptions.dedup_by(|a, b| a.name == b.name);
        let edges = edges(self.model, rule).into_iter().map(|day| Edge {
            day,
            before: 0,
            on: 0,
        });
        let of = OfRule {
            name: self.model.declared_name(id),
            policy: rule.policy,
            span: rule.span,
            applies: Seen::default(),
            conditions: Vec::new(),
            edges: edges.collect(),
            exceptions,
        };
        self.rules.insert(id, of);
        for expr in std::iter::once(&rule.when).chain(&rule.unless) {
            for span in atoms::of(self.model, expr) {
                self.conditions.entry(span).or_insert(Condition {
                    span,
                    seen: Seen::default(),
                    decided: Seen::default(),
                });
            }
        }
    }

    fn take(&mut self, outcome: &TestOutcome, id: RuleId, rule: &Rule) {
        let day = outcome.days[rule.policy.index()];
        let first = self.first[&rule.span];
        let of = self.rules.get_mut(&first).expect("it was declared");
        let near = of
            .edges
            .iter()
            .any(|edge| edge.day == day || edge.day == day.next());
        let in_force = rule.force.windows.contains(day);
        if !in_force && !near {
            of.applies.note(Truth::False);
            return;
        }
        let found = trace(self.model, &outcome.record, &outcome.days, id);
        of.applies.note(found.truth);
        if conditions_hold(&found) {
            for edge in &mut of.edges {
                edge.on += usize::from(edge.day == day);
                edge.before += usize::from(edge.day == day.next());
            }
        }
        if found.would.is_true() {
            for (exception, stops) in &found.exceptions {
                let name = self.model.declared_name(*exception);
                let spared = of.exceptions.iter_mut().find(|it| it.name == name);
                spared.expect("it was declared").stops.note(*stops);
            }
        }
        if found.in_force && found.suspensions.is_empty() {
            self.note_conditions(&found);
        }
    }

    fn note_conditions(&mut self, found: &RuleTrace) {
        let conditions = &mut self.conditions;
        let mut note = |span: Span, truth: Truth, decides: bool| {
            if let Some(condition) = conditions.get_mut(&span) {
                condition.seen.note(truth);
                if decides {
                    condition.decided.note(truth);
                }
            }
        };
        let stopped = found.exceptions.iter().any(|(_, stops)| !stops.is_false());
        let unless: Vec<Truth> = found.unless.iter().map(truth_of).collect();
        let spared = unless.iter().all(|truth| truth.is_false());
        atoms::walk(&found.when, !stopped && spared, &mut note);
        for (at, part) in found.unless.iter().enumerate() {
            let mut others = unless.iter().enumerate().filter(|(other, _)| *other != at);
            let free = others.all(|(_, truth)| truth.is_false());
            let holds = truth_of(&found.when).is_true();
            atoms::walk(part, !stopped && free && holds, &mut note);
        }
    }

    fn finish(self) -> Coverage {
        let mut by_owner: BTreeMap<Owner, Vec<Condition>> = BTreeMap::new();
        let mut all: Vec<Condition> = self.conditions.into_values().collect();
        all.sort_by_key(|condition| (condition.span.file, condition.span.start));
        let model = self.model;
        for condition in all {
            let owner = owner(model, condition.span);
            by_owner.entry(owner).or_default().push(condition);
        }
        let mut rules: Vec<OfRule> = Vec::new();
        for (id, mut of) in self.rules {
            of.conditions = by_owner.remove(&Owner::Rule(id)).unwrap_or_default();
            rules.push(of);
        }
        let defines = model.defines.iter().filter_map(|(id, define)| {
            let conditions = by_owner.remove(&Owner::Define(id.index()))?;
            Some(OfDefine {
                name: define.name.to_string(),
                span: define.span,
                conditions,
            })
        });
        let defines = defines.collect();
        Coverage { rules, defines }
    }
}

/// Where a condition stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Rule(RuleId),
    Define(usize),
}

/// The declaration around a place.
fn owner(model: &Model, span: Span) -> Owner {
    let within =
        |whole: Span| whole.file == span.file && whole.start <= span.start && span.end <= whole.end;
    let mut rules = model.rules.iter();
    if let Some((id, _)) = rules.find(|(_, rule)| within(rule.whole)) {
        return Owner::Rule(id);
    }
    let mut defines = model.defines.iter();
    let found = defines.find(|(_, define)| within(define.body.span));
    Owner::Define(found.map_or(usize::MAX, |(id, _)| id.index()))
}

/// The days on which what the rule's windows and suspensions say changes.
fn edges(model: &Model, rule: &Rule) -> Vec<Day> {
    let mut days = rule.force.windows.edges();
    days.extend(rule.force.suspended.edges());
    for suspension in &rule.force.suspended_by {
        days.extend(model.suspensions[*suspension].effective.edges());
    }
    days.sort();
    days.dedup();
    days
}

fn truth_of(trace: &crate::reference::Trace) -> Truth {
    match &trace.outcome {
        Outcome::Truth(truth) => *truth,
        Outcome::Number(_) | Outcome::Value(_) | Outcome::Missing => Truth::Unknown,
    }
}

/// `when` and no `unless`, whatever the day.
fn conditions_hold(found: &RuleTrace) -> bool {
    let unless = found.unless.iter().all(|part| truth_of(part).is_false());
    unless && truth_of(&found.when).is_true()
}
