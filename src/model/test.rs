//! Tests written in the language.

use super::{FieldId, PolicyId, RuleId, Value, Verdict};
use crate::domain::Day;
use crate::text::{Span, Spanned};
use std::sync::Arc;

/// `test "…" { … }`
#[derive(Clone, Debug)]
pub struct Test {
    /// Its title.
    pub title: Arc<str>,
    /// The policy it belongs to; only that policy's rules run.
    pub policy: PolicyId,
    /// The record: cases and `with` already merged; a field not named is missing.
    pub given: Vec<(FieldId, Spanned<Option<Value>>)>,
    /// `on`: overrides the as-of day.
    pub on: Option<Day>,
    /// What is expected.
    pub expect: Vec<Spanned<Expectation>>,
    /// Where the title stands.
    pub span: Span,
}

/// `expect …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// `expect V [by A, B]`: the verdict, and exactly the rules that apply.
    Verdict {
        /// The verdict.
        verdict: Verdict,
        /// The rules and verdict-bearing exceptions that apply, where named.
        by: Option<Vec<RuleId>>,
    },
    /// `expect at most V`
    AtMost(Verdict),
    /// `expect unknown R [for lack of a, b]`: the rule is open, for lack of exactly these.
    Unknown {
        /// The rule.
        rule: RuleId,
        /// The missing fields, where named, as results spell them.
        lack: Option<Vec<Arc<str>>>,
    },
    /// `expect not R`: the rule or exception neither applies nor is unknown.
    Not(RuleId),
    /// `expect obligation "…"`: among the obligations, due date aside.
    Obligation(Arc<str>),
}
