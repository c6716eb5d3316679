//! Rules and exceptions (language.md, ruling 11), with windows that include suspensions:
//!
//! - `stops(X) = window ∧ when ∧ ¬unless ∧ ¬⋁ stops(exceptions to X)`
//! - `would(R) = window ∧ when ∧ ¬unless`, for an exception also `∧ ⋁ would(what it excepts)`
//! - `truth(R) = would(R) ∧ ¬⋁ stops(exceptions to R)`
//!
//! `applies(…)` asks truth, `caught(…)` asks would, both of any of the rules named.

use super::eval::{Evaluator, Scope};
use crate::domain::Truth;
use crate::model::{Question, Rule, RuleId, RuleKind, RuleSelection, SuspensionId};
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

/// A formula that is being worked out, and those it asks for that were not looked at yet.
type Needing = ((RuleId, Formula), Vec<(RuleId, Formula)>);

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
        let known = |asked| self.memo.borrow().get(&asked).copied();
        if known((id, formula)).is_none() {
            self.work_out_with_needs((id, formula));
        }
        known((id, formula))
            .flatten()
            .expect("internal error: a cycle among rules passed the checker")
    }

    /// Works out a formula after those it asks for, however far they lead: a long chain of rules with deep conditions
    /// would not fit on the stack.
    fn work_out_with_needs(&self, asked: (RuleId, Formula)) {
        let mut path = Vec::new();
        self.begin(asked, &mut path);
        while let Some((now, needs)) = path.last_mut() {
            let now = *now;
            if let Some(needed) = needs.pop() {
                if !self.memo.borrow().contains_key(&needed) {
                    self.begin(needed, &mut path);
                }
                continue;
            }
            path.pop();
            let truth = self.work_out(&self.model.rules[now.0], now.0, now.1);
            self.memo.borrow_mut().insert(now, Some(truth));
        }
    }

    fn begin(&self, asked: (RuleId, Formula), path: &mut Vec<Needing>) {
        self.memo.borrow_mut().insert(asked, None);
        path.push((asked, self.needs(asked)));
    }

    /// The formulas that working out another one asks for, or might for other records.
    fn needs(&self, (id, formula): (RuleId, Formula)) -> Vec<(RuleId, Formula)> {
        let rule = &self.model.rules[id];
        if formula == Formula::Truth {
            let exceptions = rule.exceptions.iter().map(|rule| (*rule, Formula::Stops));
            return exceptions.chain([(id, Formula::Would)]).collect();
        }
        if !self.in_force(rule) {
            return Vec::new();
        }
        let mut needs = self.others_in(id, formula);
        let asked = self.model.asks.of_rule(id).iter();
        needs.extend(asked.map(|(rule, question)| match question {
            Question::Applies => (*rule, Formula::Truth),
            Question::Caught => (*rule, Formula::Would),
        }));
        needs
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
