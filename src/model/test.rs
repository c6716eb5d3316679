//! Tests written in the language.

use super::{FieldId, PolicyId, RuleId, Value, Verdict};
use crate::domain::Day;
use crate::text::{Span, Spanned};
use std::sync::Arc;

/// The fields that a test gives of a record: cases and `with` already merged; a field not named is missing.
pub type Given = Vec<(FieldId, Spanned<Option<Value>>)>;

/// `test "…" { … }`
#[derive(Clone, Debug)]
pub struct Test {
    /// Its title.
    pub title: Arc<str>,
    /// The policy it belongs to; only that policy's rules run.
    pub policy: PolicyId,
    /// The record.
    pub given: Given,
    /// Other records of the run.
    pub beside: Vec<Given>,
    /// `on`: overrides the as-of day.
    pub on: Option<Day>,
    /// What is expected.
    pub expect: Vec<Spanned<Expectation>>,
    /// Where the title stands.
    pub span: Span,
}

/// A rule that an expectation names, or all that its `for each` makes: then one of them at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedRules {
    /// What it is called; with its policy where several are screened.
    pub name: Arc<str>,
    /// None where `for each` goes over a list that has no rows yet.
    pub rules: Vec<RuleId>,
}

/// `expect …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// `expect V [by A, B]`: the verdict, and exactly the rules that apply.
    Verdict {
        /// The verdict.
        verdict: Verdict,
        /// The rules and verdict-bearing exceptions that apply, where named.
        by: Option<Vec<ExpectedRules>>,
    },
    /// `expect at most V`
    AtMost(Verdict),
    /// `expect unknown R [for lack of a, b]`: the rule is open, for lack of exactly these.
    Unknown {
        /// The rule.
        rule: ExpectedRules,
        /// The missing fields, where named, as results spell them.
        lack: Option<Vec<Arc<str>>>,
    },
    /// `expect not R`: the rule or exception neither applies nor is unknown.
    Not(ExpectedRules),
    /// `expect obligation "…"`: among the obligations, due date aside.
    Obligation(Arc<str>),
}
