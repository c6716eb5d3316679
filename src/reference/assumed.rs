//! The reasons that `assume` gives, carried to the result of every rule it may have helped to decide
//! (language.md, section 7 and ruling 17).
//!
//! They are those of every `assume` whose value was missing, anywhere in the rule's formula as written: its `when`
//! and `unless`, in the verdict of the rule itself, in its exceptions, what it excepts, and the rules that `applies` and `caught` ask about, as far as
//! these are in force.

use super::eval::{Evaluator, Scope};
use super::parts::Visit;
use super::rule::Formula;
use crate::model::{ExprKind, RuleId};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// What a walk has found so far.
#[derive(Default)]
struct Found {
    reasons: Vec<Arc<str>>,
    /// Formulas of rules met, and those of them still to be walked, in order.
    met: HashSet<(RuleId, Formula)>,
    to_walk: VecDeque<(RuleId, Formula)>,
}

impl Found {
    fn meet(&mut self, formula: (RuleId, Formula)) {
        if self.met.insert(formula) {
            self.to_walk.push_back(formula);
        }
    }
}

impl Evaluator<'_> {
    /// The reasons behind one rule, each once: its own in the order of reading, then those of the rules it reaches.
    pub fn assumed(&self, rule: RuleId) -> Vec<Arc<str>> {
        let mut found = Found::default();
        let root = (rule, Formula::Truth);
        found.meet(root);
        while let Some(formula) = found.to_walk.pop_front() {
            self.assumed_in(formula, formula == root, &mut found);
        }
        found.reasons
    }

    fn assumed_in(&self, (id, formula): (RuleId, Formula), is_root: bool, found: &mut Found) {
        let rule = &self.model.rules[id];
        if !self.in_force(rule) {
            return;
        }
        let mut others = Vec::new();
        let verdict = rule.then.iter().map(|then| &then.verdict);
        let verdict = verdict.filter(|_| is_root);
        for part in std::iter::once(&rule.when)
            .chain(&rule.unless)
            .chain(verdict)
        {
            self.visit(part, Scope::of(rule.policy), &mut |visit| match visit {
                Visit::Rule(rule, formula) => others.push((rule, formula)),
                Visit::Expr(expr, scope) => {
                    if let ExprKind::Assume(value, _, reason) = &expr.kind
                        && !self.is_known(value, scope)
                        && !found.reasons.contains(reason)
                    {
                        found.reasons.push(Arc::clone(reason));
                    }
                }
            });
        }
        others.extend(self.others_in(id, formula));
        others.into_iter().for_each(|other| found.meet(other));
    }
}
