//! Outcomes: what a set of possible and certain clauses comes to, worked out once however many records share it.

use crate::domain::Truth;
use crate::ir::{Deferred, DeferredForm, DeferredId, GroupId, SuspendedBy};
use crate::model::{RuleId, RuleKind, Verdict};
use crate::plan::{Plan, WORD};
use crate::reference::{Answer, Stopper, severity};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, RwLock};

/// What a record comes to, missing fields, obligations and texts aside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The most severe the verdict could still become.
    pub at_most: Verdict,
    /// Rules and verdict-bearing exceptions that apply.
    pub rules: Vec<RuleId>,
    /// Rules and verdict-bearing exceptions left open, or whose verdict is.
    pub unknown: Vec<RuleId>,
    /// What kept which rule from applying.
    pub not_by: Vec<(RuleId, Stopper)>,
    /// Whatever takes effect and obliges to something, verdict or none, in order.
    pub obliging: Vec<RuleId>,
}

/// The outcome in which nothing applies and nothing is open.
pub const NOTHING: u32 = 0;

/// All outcomes met so far, by number. Numbers depend on the order of records; nothing that is written may.
pub struct Outcomes {
    list: RwLock<Vec<Arc<Outcome>>>,
    by_outcome: RwLock<FxHashMap<Arc<Outcome>, u32>>,
}

impl Outcomes {
    /// Only the outcome in which nothing applies.
    pub fn new(plan: &Plan) -> Outcomes {
        let outcomes = Outcomes {
            list: RwLock::default(),
            by_outcome: RwLock::default(),
        };
        outcomes.intern(nothing(plan));
        outcomes
    }

    /// The number of an outcome.
    pub fn intern(&self, outcome: Outcome) -> u32 {
        let poisoned = "no thread fails while it holds the outcomes";
        if let Some(number) = self.by_outcome.read().expect(poisoned).get(&outcome) {
            return *number;
        }
        let mut by_outcome = self.by_outcome.write().expect(poisoned);
        if let Some(number) = by_outcome.get(&outcome) {
            return *number;
        }
        let mut list = self.list.write().expect(poisoned);
        let number = u32::try_from(list.len()).expect("fewer than 2^32 outcomes");
        let outcome = Arc::new(outcome);
        list.push(outcome.clone());
        by_outcome.insert(outcome, number);
        number
    }

    /// The outcome with a number.
    pub fn get(&self, number: u32) -> Arc<Outcome> {
        self.list
            .read()
            .expect("no thread fails while it holds the outcomes")[number as usize]
            .clone()
    }

    /// How many outcomes there are.
    pub fn len(&self) -> usize {
        self.list
            .read()
            .expect("no thread fails while it holds the outcomes")
            .len()
    }

    /// Never: one outcome is always there.
    pub fn is_empty(&self) -> bool {
        false
    }
}

fn nothing(plan: &Plan) -> Outcome {
    let (verdict, at_most) = severity(&plan.model, &[], &[]);
    Outcome {
        verdict,
        at_most,
        rules: Vec::new(),
        unknown: Vec::new(),
        not_by: Vec::new(),
        obliging: Vec::new(),
    }
}

/// Words of clauses that are not false: `(word over both stages, possible, certain)`, ascending.
pub type Bits = [(u32, u64, u64)];

/// Works out the outcome of `bits`.
pub fn outcome(plan: &Plan, bits: &Bits) -> Outcome {
    Deriver::new(plan, bits).outcome()
}

/// Works out what rules come to.
pub(super) struct Deriver<'a> {
    plan: &'a Plan,
    bits: &'a Bits,
    groups: FxHashMap<GroupId, Truth>,
    deferred: FxHashMap<DeferredId, Truth>,
    pre: FxHashMap<RuleId, Truth>,
    stops: FxHashMap<RuleId, Truth>,
    would: FxHashMap<RuleId, Truth>,
}

impl<'a> Deriver<'a> {
    pub(super) fn new(plan: &'a Plan, bits: &'a Bits) -> Self {
        Deriver {
            plan,
            bits,
            groups: FxHashMap::default(),
            deferred: FxHashMap::default(),
            pre: FxHashMap::default(),
            stops: FxHashMap::default(),
            would: FxHashMap::default(),
        }
    }

    fn outcome(&mut self) -> Outcome {
        let mut outcome = nothing(self.plan);
        let (mut applying, mut open) = (Vec::new(), Vec::new());
        for rule in self.concerned() {
            let bears = self.plan.model.rules[rule].bears_verdict();
            match self.truth(rule) {
                Truth::True => {
                    if !self.plan.model.rules[rule].obligations.is_empty() {
                        outcome.obliging.push(rule);
                    }
                    if bears {
                        let answer = self.answer(rule);
                        applying.push((rule, answer));
                        if !answer.is_known() {
                            open.push((rule, answer));
                        }
                    }
                }
                Truth::Unknown if bears => open.push((rule, self.answer(rule))),
                Truth::Unknown => {}
                Truth::False => {
                    let stoppers = self.stoppers(rule);
                    outcome
                        .not_by
                        .extend(stoppers.into_iter().map(|by| (rule, by)));
                }
            }
        }
        (outcome.verdict, outcome.at_most) = severity(&self.plan.model, &applying, &open);
        let rules = |of: Vec<(RuleId, Answer)>| of.into_iter().map(|(rule, _)| rule).collect();
        (outcome.rules, outcome.unknown) = (rules(applying), rules(open));
        outcome
    }

    /// The verdict of a rule that has one.
    fn answer(&mut self, rule: RuleId) -> Answer {
        let plan = self.plan;
        let then = plan.model.rules[rule].then.as_ref();
        let then = then.expect("only rules with a verdict are asked for it");
        if let Some(fixed) = then.fixed() {
            return Answer::one(fixed);
        }
        let mut answer = Answer::one(Verdict(0));
        for (verdict, group) in &plan.program.rules[rule.index()].at_least {
            match self.group(*group) {
                Truth::True => answer = Answer::one(*verdict),
                Truth::Unknown => answer.most = *verdict,
                Truth::False => break,
            }
        }
        answer
    }

    /// Rules with a possible base clause, and the exceptions to them, in the order of declaration.
    fn concerned(&self) -> BTreeSet<RuleId> {
        let mut concerned = BTreeSet::new();
        for (word, possible, _) in self.bits {
            let mut left = *possible;
            while left != 0 {
                let bit = *word as usize * WORD + left.trailing_zeros() as usize;
                left &= left - 1;
                let group = self.plan.layout.clauses[bit]
                    .group
                    .expect("a possible clause has a group");
                if let crate::ir::Role::Base(rule) = self.plan.program.groups[group].role {
                    self.add_with_exceptions(rule, &mut concerned);
                }
            }
        }
        concerned
    }

    fn add_with_exceptions(&self, rule: RuleId, concerned: &mut BTreeSet<RuleId>) {
        if concerned.insert(rule) {
            for exception in &self.plan.model.rules[rule].exceptions {
                self.add_with_exceptions(*exception, concerned);
            }
        }
    }

    fn group(&mut self, group: GroupId) -> Truth {
        if let Some(truth) = self.groups.get(&group) {
            return *truth;
        }
        let mut truth = Truth::False;
        for at in 0..self.plan.layout.bits[group.index()].len() {
            let bit = self.plan.layout.bits[group.index()][at];
            truth = truth.or(self.clause(bit as usize));
            if truth.is_true() {
                break;
            }
        }
        self.groups.insert(group, truth);
        truth
    }

    fn clause(&mut self, bit: usize) -> Truth {
        let (word, mask) = ((bit / WORD) as u32, 1u64 << (bit % WORD));
        let Ok(at) = self.bits.binary_search_by_key(&word, |(word, ..)| *word) else {
            return Truth::False;
        };
        let (_, possible, certain) = self.bits[at];
        let mut truth = if possible & mask == 0 {
            return Truth::False;
        } else if certain & mask == 0 {
            Truth::Unknown
        } else {
            Truth::True
        };
        for at in 0..self.plan.layout.clauses[bit].deferred.len() {
            let (deferred, negated) = self.plan.layout.clauses[bit].deferred[at];
            let asked = self.deferred(deferred);
            truth = truth.and(if negated { asked.not() } else { asked });
        }
        truth
    }

    fn deferred(&mut self, id: DeferredId) -> Truth {
        if let Some(truth) = self.deferred.get(&id) {
            return *truth;
        }
        let plan = self.plan;
        let truth = match &plan.program.deferred[id] {
            Deferred::Applies(rule) => self.truth(*rule),
            Deferred::Caught(rule) => self.would(*rule),
            Deferred::Formula(form) => self.deferred_form(form),
        };
        self.deferred.insert(id, truth);
        truth
    }

    fn deferred_form(&mut self, form: &DeferredForm) -> Truth {
        match form {
            DeferredForm::Constant(truth) => *truth,
            DeferredForm::Group(group) => self.group(*group),
            DeferredForm::Deferred(id) => self.deferred(*id),
            DeferredForm::Not(inner) => self.deferred_form(inner).not(),
            DeferredForm::And(parts) => parts.iter().fold(Truth::True, |truth, part| {
                truth.and(self.deferred_form(part))
            }),
            DeferredForm::Or(parts) => parts.iter().fold(Truth::False, |truth, part| {
                truth.or(self.deferred_form(part))
            }),
            DeferredForm::IsUnknown(inner) => self.deferred_form(inner).is_unknown().into(),
        }
    }

    /// Own windows and conditions, suspensions and exceptions aside.
    fn pre(&mut self, rule: RuleId) -> Truth {
        if let Some(truth) = self.pre.get(&rule) {
            return *truth;
        }
        let plan = self.plan;
        let form = &plan.program.rules[rule.index()];
        let mut truth = self.group(form.base);
        for group in &form.unless {
            truth = truth.and(self.group(*group).not());
        }
        self.pre.insert(rule, truth);
        truth
    }

    fn suspended_by(&mut self, rule: RuleId) -> Vec<SuspendedBy> {
        let plan = self.plan;
        let suspensions = &plan.program.rules[rule.index()].suspensions;
        suspensions
            .iter()
            .filter(|(group, _)| self.group(*group).is_true())
            .map(|(_, by)| *by)
            .collect()
    }

    /// `pre`, where nothing suspends the rule.
    fn in_force(&mut self, rule: RuleId) -> Truth {
        let pre = self.pre(rule);
        if pre.is_false() || self.suspended_by(rule).is_empty() {
            pre
        } else {
            Truth::False
        }
    }

    /// Whether an exception stops what it excepts.
    pub(super) fn stops(&mut self, rule: RuleId) -> Truth {
        if let Some(truth) = self.stops.get(&rule) {
            return *truth;
        }
        let truth = self.in_force(rule).and(self.spared(rule));
        self.stops.insert(rule, truth);
        truth
    }

    /// That no exception stops the rule.
    fn spared(&mut self, rule: RuleId) -> Truth {
        let plan = self.plan;
        let exceptions = &plan.model.rules[rule].exceptions;
        exceptions.iter().fold(Truth::True, |truth, exception| {
            truth.and(self.stops(*exception).not())
        })
    }

    /// For an exception, that something it excepts would apply.
    fn needed(&mut self, rule: RuleId) -> Truth {
        let plan = self.plan;
        match &plan.model.rules[rule].kind {
            RuleKind::Rule => Truth::True,
            RuleKind::Exception { to } => to.iter().fold(Truth::False, |truth, excepted| {
                truth.or(self.would(*excepted))
            }),
        }
    }

    /// Whether a rule applies but for its exceptions.
    pub(super) fn would(&mut self, rule: RuleId) -> Truth {
        if let Some(truth) = self.would.get(&rule) {
            return *truth;
        }
        let truth = self.in_force(rule).and(self.needed(rule));
        self.would.insert(rule, truth);
        truth
    }

    /// Whether a rule applies.
    pub(super) fn truth(&mut self, rule: RuleId) -> Truth {
        self.would(rule).and(self.spared(rule))
    }

    fn stoppers(&mut self, rule: RuleId) -> Vec<Stopper> {
        let suspended = self.suspended_by(rule);
        if !suspended.is_empty() {
            let holds = self.pre(rule).and(self.needed(rule));
            if !holds.is_true() {
                return Vec::new();
            }
            return suspended
                .into_iter()
                .map(|by| match by {
                    SuspendedBy::Own => Stopper::OwnSuspension,
                    SuspendedBy::Suspension(suspension) => Stopper::Suspension(suspension),
                })
                .collect();
        }
        if !self.would(rule).is_true() {
            return Vec::new();
        }
        let plan = self.plan;
        let exceptions = plan.model.rules[rule].exceptions.iter();
        exceptions
            .filter(|exception| self.stops(**exception).is_true())
            .map(|exception| Stopper::Exception(*exception))
            .collect()
    }
}
