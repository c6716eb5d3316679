//! Rules and exceptions (language.md, ruling 11), with windows that include suspensions:
//!
//! - `stops(X) = window ∧ when ∧ ¬unless ∧ ¬⋁ stops(exceptions to X)`
//! - `would(R) = window ∧ when ∧ ¬unless`, for an exception also `∧ ⋁ would(what it excepts)`
//! - `truth(R) = would(R) ∧ ¬⋁ stops(exceptions to R)`
//!
//! `applies(…)` asks truth, `caught(…)` asks would, both of any of the rules named.

use super::eval::{Evaluator, Scope};
use crate::domain::Truth;
use crate::model::{Rule, RuleId, RuleKind, RuleSelection, SuspensionId};
use std::collections::HashMap;

/// What keeps a rule from applying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stopper {
    /// An exception that takes effect.
    Exception(RuleId),
    /// A suspension in force that day.
    Suspension(SuspensionId),
    /// The rule's own `suspended` clause.
    OwnSuspension,
}

/// One of the three formulas of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Formula {
    /// `stops(R)`
    Stops,
    /// `would(R)`
    Would,
    /// `truth(R)`
    Truth,
}

/// What is already worked out; `None` while it is being worked out.
pub(super) type Memo = HashMap<(RuleId, Formula), Option<Truth>>;

impl<'a> Evaluator<'a> {
    /// Whether a rule or exception applies.
    pub fn truth_of(&self, rule: RuleId) -> Truth {
        self.formula(rule, Formula::Truth)
    }

    /// Whether it would apply but for the exceptions to it.
    pub fn would(&self, rule: RuleId) -> Truth {
        self.formula(rule, Formula::Would)
    }

    /// Whether an exception keeps what it excepts from applying.
    pub fn stops(&self, rule: RuleId) -> Truth {
        self.formula(rule, Formula::Stops)
    }

    /// Works out every rule after those it asks about, so that a long chain of them needs no deep recursion.
    pub(super) fn work_out_in_order(&self) {
        for id in &self.model.dependency_order {
            if self.model.rules[*id].is_exception() {
                self.stops(*id);
            } else {
                self.truth_of(*id);
            }
        }
    }

    /// In force by its own windows, suspensions aside.
    pub(super) fn in_own_windows(&self, rule: &Rule) -> bool {
        rule.force.windows.contains(self.day(rule.policy))
    }

    /// The suspensions in force: its own clause first, then statements in the order of declaration.
    pub(super) fn suspensions(&self, rule: &Rule) -> Vec<Stopper> {
        let day = self.day(rule.policy);
        let own = rule.force.suspended.contains(day);
        let statements = rule
            .force
            .suspended_by
            .iter()
            .filter(|suspension| self.model.suspensions[**suspension].effective.contains(day));
        own.then_some(Stopper::OwnSuspension)
            .into_iter()
            .chain(statements.map(|suspension| Stopper::Suspension(*suspension)))
            .collect()
    }

    /// In force and not suspended. Never unknown.
    pub(super) fn in_force(&self, rule: &Rule) -> bool {
        self.in_own_windows(rule) && self.suspensions(rule).is_empty()
    }

    /// `when ∧ ¬unless`, whatever the day.
    pub(super) fn conditions(&self, rule: &Rule) -> Truth {
        let scope = Scope::of(rule.policy);
        let unless = rule.unless.iter().map(|unless| self.truth(unless, scope));
        self.truth(&rule.when, scope).and(Truth::any(unless).not())
    }

    /// `⋁ would(what it excepts)` of an exception; true of a rule.
    pub(super) fn would_be_needed(&self, rule: &Rule) -> Truth {
        match &rule.kind {
            RuleKind::Rule => Truth::True,
            RuleKind::Exception { to } => Truth::any(to.iter().map(|rule| self.would(*rule))),
        }
    }

    /// `⋁ stops(exceptions to it)`
    fn is_stopped(&self, rule: &Rule) -> Truth {
        Truth::any(
            rule.exceptions
                .iter()
                .map(|exception| self.stops(*exception)),
        )
    }

    /// The formulas of other rules that stand in one of a rule's formulas beside its own `when` and `unless`.
    pub(super) fn others_in(&self, id: RuleId, formula: Formula) -> Vec<(RuleId, Formula)> {
        let rule = &self.model.rules[id];
        let excepted = rule.excepts().iter().map(|rule| (*rule, Formula::Would));
        let exceptions = rule.exceptions.iter().map(|rule| (*rule, Formula::Stops));
        match formula {
            Formula::Stops => exceptions.collect(),
            Formula::Would => excepted.collect(),
            Formula::Truth => excepted.chain(exceptions).collect(),
        }
    }

    /// The value of one of a rule's formulas.
    pub(super) fn formula(&self, id: RuleId, formula: Formula) -> Truth {
        let known = self.memo.borrow().get(&(id, formula)).copied();
        if let Some(known) = known {
            return known.expect("internal error: a cycle among rules passed the checker");
        }
        self.memo.borrow_mut().insert((id, formula), None);
        let truth = self.work_out(&self.model.rules[id], id, formula);
        self.memo.borrow_mut().insert((id, formula), Some(truth));
        truth
    }

    fn work_out(&self, rule: &'a Rule, id: RuleId, formula: Formula) -> Truth {
        if formula == Formula::Truth {
            return self.would(id).and(self.is_stopped(rule).not());
        }
        if !self.in_force(rule) {
            return Truth::False;
        }
        let conditions = self.conditions(rule);
        match formula {
            Formula::Stops => conditions.and(self.is_stopped(rule).not()),
            Formula::Would => conditions.and(self.would_be_needed(rule)),
            Formula::Truth => unreachable!("answered above"),
        }
    }

    pub(super) fn applies(&self, selection: &RuleSelection) -> Truth {
        self.select(selection, Formula::Truth)
    }

    pub(super) fn caught(&self, selection: &RuleSelection) -> Truth {
        self.select(selection, Formula::Would)
    }

    fn select(&self, selection: &RuleSelection, formula: Formula) -> Truth {
        let any =
            |rules: &[RuleId]| Truth::any(rules.iter().map(|rule| self.formula(*rule, formula)));
        any(&selection.rules).and(any(&selection.and_none_of).not())
    }
}
