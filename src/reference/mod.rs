//! The defining evaluator: what a record's verdict *is*.
//!
//! In: a [`crate::model::Model`], one [`Record`] and the as-of day of each policy. Out: a [`Judgement`], and for
//! explanations a [`trace`](trace()). It walks the author's formulas as they stand, with unbounded rationals,
//! intervals and three truth values; it never simplifies and takes no short way that could change an answer.
//! Every other engine is compared with it. It also runs the tests written in the language.

mod alone;
mod answer;
mod assumed;
mod cases;
mod compare;
mod decide;
mod eval;
mod judge;
mod list;
mod lookup;
mod name;
mod number;
mod open;
mod parts;
mod record;
mod rule;
mod set;
mod show;
mod table;
mod total;
mod trace;

pub use alone::{
    condition_on_field, condition_on_member, condition_without_record, number_without_record,
};
pub use answer::Answer;
pub use cases::{Failure, TestOutcome, run_test, run_tests};
pub use eval::{Absence, Evaluator};
pub use judge::{
    Due, JudgedNote, JudgedObligation, Judgement, judge, judge_policy, name_order, severity,
};
pub use record::{Record, as_of_days};
pub use rule::Stopper;
pub use show::{show_field, show_interval, show_template, show_truth, show_value};
pub use total::{
    AskedTotal, AskedTotals, Contribution, RunRow, TotalValue, Totals, all_totals, contribution,
    in_period, may_hold, of_unreadable, same_key, total_keys,
};
pub use trace::{Outcome, RuleTrace, Trace, TraceKind, trace};

#[cfg(test)]
pub(crate) mod tests;

use crate::domain::{Day, Truth};
use crate::model::{Expr, Model, PolicyId, RuleId};
use std::sync::Arc;

/// What keeps rules open on one record; what several of them ask about is worked out once.
pub struct Open<'a>(Evaluator<'a>);

impl<'a> Open<'a> {
    /// On `record`, whose as-of day each policy has in `days`.
    pub fn on(model: &'a Model, record: &'a Record, days: &'a [Day]) -> Open<'a> {
        Open(Evaluator::new(model, record, days))
    }

    /// Missing fields and too coarse codes in the order of declaration, then other names (a param without a value that
    /// day) by bytes. Empty where the rule is not unknown.
    pub fn missing(&self, rule: RuleId) -> Vec<Arc<str>> {
        self.0.missing(rule)
    }
}

/// The truth of a condition that stands on its own (no parameter of a define), asked by `policy`.
pub fn condition(
    model: &Model,
    record: &Record,
    days: &[Day],
    policy: PolicyId,
    expr: &Expr,
) -> Truth {
    Evaluator::new(model, record, days).condition(policy, expr)
}

/// The reasons of every `assume` in `rule` whose value was missing, in the order of reading.
pub fn rule_assumed(model: &Model, record: &Record, days: &[Day], rule: RuleId) -> Vec<Arc<str>> {
    Evaluator::new(model, record, days).assumed(rule)
}

/// The texts of what `rule` obliges to, filled in and with the date due, in the order of declaration.
pub fn obligation_text(model: &Model, record: &Record, days: &[Day], rule: RuleId) -> Vec<String> {
    judge::obligations(model, record, days, rule)
        .iter()
        .map(ToString::to_string)
        .collect()
}
