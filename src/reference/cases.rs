//! Runs the tests written in the language.

use super::eval::Evaluator;
use super::judge::{Judgement, judge_policy};
use super::record::{Record, as_of_days};
use super::total::{AskedTotals, RunRow, Totals, all_totals};
use crate::domain::Day;
use crate::model::{Expectation, ExpectedRules, Given, Model, RuleId, Test, Verdict};
use crate::text::{Span, Spanned};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What one test came to.
#[derive(Clone, Debug)]
pub struct TestOutcome {
    /// Its place in [`Model::tests`].
    pub test: usize,
    /// The record it gives.
    pub record: Record,
    /// The as-of day by policy; empty where the test gives none.
    pub days: Vec<Day>,
    /// What the record comes to; `None` where it has no as-of day.
    pub judgement: Option<Judgement>,
    /// The expectations that were not met, in order; none: the test passes.
    pub failures: Vec<Failure>,
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where it stands.
    pub span: Span,
    /// What was expected, as a clause after "expected".
    pub expected: String,
    /// What came instead.
    pub got: String,
    /// The rules whose traces show why.
    pub rules: Vec<RuleId>,
}

impl TestOutcome {
    /// Whether every expectation was met.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Runs the tests whose title contains `filter`, in the order of declaration.
pub fn run_tests(model: &Model, filter: Option<&str>) -> Vec<TestOutcome> {
    model
        .tests
        .iter()
        .enumerate()
        .filter(|(_, test)| filter.is_none_or(|part| test.title.contains(part)))
        .map(|(at, _)| run_test(model, at))
        .collect()
}

/// Runs one test: by the rules of its own policy only.
pub fn run_test(model: &Model, at: usize) -> TestOutcome {
    let test = &model.tests[at];
    let mut record = given(model, &test.given);
    let Some(days) = as_of_days(model, &record, test.on) else {
        let failures = vec![without_day(model, test)];
        return TestOutcome {
            test: at,
            record,
            days: Vec::new(),
            judgement: None,
            failures,
        };
    };
    record.totals = totals(model, test, &record, &days);
    let judgement = judge_policy(model, &record, &days, Some(test.policy));
    let expected = Expected {
        model,
        evaluator: Evaluator::new(model, &record, &days),
        judgement: &judgement,
    };
    let failures = test
        .expect
        .iter()
        .filter_map(|expect| expected.check(expect))
        .collect();
    TestOutcome {
        test: at,
        record,
        days,
        judgement: Some(judgement),
        failures,
    }
}

/// What aggregates come to for a test's record in a run of it and of what stands beside it. Records without a day, of which the
/// checker tells, would be rejected.
fn totals(model: &Model, test: &Test, record: &Record, days: &[Day]) -> Totals {
    let asked = AskedTotals::of(model, true);
    let mut run = vec![RunRow::record(record.clone(), days.to_vec())];
    for beside in &test.beside {
        let record = given(model, beside);
        let days = as_of_days(model, &record, test.on);
        run.extend(days.map(|days| RunRow::record(record, days)));
    }
    all_totals(model, &asked, &run).swap_remove(0)
}

fn given(model: &Model, given: &Given) -> Record {
    let mut record = Record::empty(model);
    for (field, value) in given {
        record.set(*field, value.value.clone());
    }
    record
}

fn without_day(model: &Model, test: &Test) -> Failure {
    let field = &model.record.fields[model.record.as_of].name;
    Failure {
        span: test.span,
        expected: format!("an as-of day from `{field}` or `on`"),
        got: "neither".to_owned(),
        rules: Vec::new(),
    }
}

/// One judged record, to hold expectations against.
struct Expected<'a> {
    model: &'a Model,
    evaluator: Evaluator<'a>,
    judgement: &'a Judgement,
}

impl Expected<'_> {
    fn check(&self, expect: &Spanned<Expectation>) -> Option<Failure> {
        let found = match &expect.value {
            Expectation::Verdict { verdict, by } => self.verdict(*verdict, by.as_deref()),
            Expectation::AtMost(verdict) => self.at_most(*verdict),
            Expectation::Unknown { rule, lack } => self.unknown(rule, lack.as_deref()),
            Expectation::Not(rule) => self.not(rule),
            Expectation::Obligation(text) => self.obligation(text),
        };
        found.map(|(expected, got, rules)| Failure {
            span: expect.span,
            expected,
            got,
            rules,
        })
    }

    fn verdict(&self, verdict: Verdict, by: Option<&[ExpectedRules]>) -> Option<Unmet> {
        let got: BTreeSet<RuleId> = self.judgement.rules.iter().copied().collect();
        let named = by.unwrap_or(&[]);
        let wanted: BTreeSet<RuleId> = named.iter().flat_map(|it| &it.rules).copied().collect();
        let applies = |named: &ExpectedRules| named.rules.iter().any(|rule| got.contains(rule));
        let lacking: Vec<&ExpectedRules> = named.iter().filter(|named| !applies(named)).collect();
        let same_rules = by.is_none() || lacking.is_empty() && got.is_subset(&wanted);
        if self.judgement.verdict == verdict && same_rules {
            return None;
        }
        let mut concerned: Vec<RuleId> = match by {
            Some(_) => {
                let lacking = lacking.iter().flat_map(|named| named.rules.iter());
                got.difference(&wanted).chain(lacking).copied().collect()
            }
            None => Vec::new(),
        };
        if concerned.is_empty() {
            concerned = self.decisive();
        }
        Some((
            self.clause(verdict, by.map(expected_names)),
            self.got_verdict(),
            distinct(concerned),
        ))
    }

    /// The rules that made the verdict: those that apply with it, or else the open ones that may have raised it.
    fn decisive(&self) -> Vec<RuleId> {
        let judged = self.judgement;
        let answer = |rule: &RuleId| self.evaluator.answer(*rule);
        let least = judged
            .rules
            .iter()
            .filter_map(answer)
            .map(|then| then.least);
        if least.max().unwrap_or(self.model.otherwise) < judged.verdict {
            return judged.unknown.clone();
        }
        let bears = |rule: &RuleId| {
            let then = answer(rule);
            then.is_some_and(|then| then.least == judged.verdict)
        };
        judged.rules.iter().copied().filter(bears).collect()
    }

    fn at_most(&self, verdict: Verdict) -> Option<Unmet> {
        let got = self.judgement.at_most;
        (got != verdict).then(|| {
            let judged = self.judgement;
            let concerned = judged.rules.iter().chain(&judged.unknown).copied();
            (
                format!("at most {}", self.model.verdict_name(verdict)),
                format!("at most {}", self.model.verdict_name(got)),
                distinct(concerned.collect()),
            )
        })
    }

    fn unknown(&self, named: &ExpectedRules, lack: Option<&[Arc<str>]>) -> Option<Unmet> {
        let name = &named.name;
        let mut expected = format!("{name} unknown");
        if let Some(lack) = lack {
            expected += &format!(" for lack of {}", list(lack));
        }
        let is_open = |rule: &RuleId| {
            self.evaluator.truth_of(*rule).is_unknown() || self.evaluator.is_open(*rule)
        };
        let open: Vec<RuleId> = named.rules.iter().copied().filter(is_open).collect();
        if open.is_empty() {
            return Some((expected, self.got_rules(named), named.rules.clone()));
        }
        let mut missing: Vec<Arc<str>> = Vec::new();
        for field in open.iter().flat_map(|rule| self.evaluator.missing(*rule)) {
            if !missing.contains(&field) {
                missing.push(field);
            }
        }
        let as_wanted = lack.is_none_or(|lack| {
            missing.iter().collect::<BTreeSet<_>>() == lack.iter().collect::<BTreeSet<_>>()
        });
        (!as_wanted).then(|| {
            let got = format!("{name} unknown for lack of {}", list(&missing));
            (expected, got, open)
        })
    }

    fn not(&self, named: &ExpectedRules) -> Option<Unmet> {
        let may_apply = |rule: &RuleId| !self.evaluator.truth_of(*rule).is_false();
        let concerned: Vec<RuleId> = named.rules.iter().copied().filter(may_apply).collect();
        (!concerned.is_empty()).then(|| {
            let expected = format!("{} not to apply", named.name);
            let got = concerned.iter().map(|rule| self.got_rule(*rule));
            (expected, got.collect::<Vec<_>>().join(", "), concerned)
        })
    }

    fn obligation(&self, text: &Arc<str>) -> Option<Unmet> {
        let obligations = &self.judgement.obligations;
        let found = obligations.iter().any(|judged| judged.text == **text);
        (!found).then(|| {
            let got = match obligations.as_slice() {
                [] => "no obligation".to_owned(),
                some => {
                    let texts: Vec<_> = some.iter().map(|o| format!("\"{}\"", o.text)).collect();
                    format!("only {}", texts.join(", "))
                }
            };
            let bearers = self.model.rules.iter().filter(|(_, rule)| {
                rule.obligations
                    .iter()
                    .any(|obligation| self.evaluator.wording(rule, &obligation.text) == **text)
            });
            (
                format!("obligation \"{text}\""),
                got,
                bearers.map(|(id, _)| id).collect(),
            )
        })
    }

    fn got_verdict(&self) -> String {
        let judged = self.judgement;
        let mut got = self.clause(judged.verdict, Some(self.names(&judged.rules)));
        if !judged.unknown.is_empty() {
            got += &format!(", with {} open", self.names(&judged.unknown));
        }
        got
    }

    /// `license by a, b`
    fn clause(&self, verdict: Verdict, by: Option<String>) -> String {
        let verdict = self.model.verdict_name(verdict);
        match by {
            None => verdict.to_owned(),
            Some(names) if names.is_empty() => format!("{verdict} by no rule"),
            Some(names) => format!("{verdict} by {names}"),
        }
    }

    /// What became of the one rule that is meant; of several, those that do apply.
    fn got_rules(&self, named: &ExpectedRules) -> String {
        if let [rule] = named.rules.as_slice() {
            return self.got_rule(*rule);
        }
        let rules = named.rules.iter().copied();
        let applying: Vec<RuleId> = rules
            .filter(|rule| self.evaluator.truth_of(*rule).is_true())
            .collect();
        match applying.as_slice() {
            [] => format!("{} does not apply", named.name),
            [rule] => format!("{} applies", self.model.rule_name(*rule)),
            several => format!("{} apply", self.names(several)),
        }
    }

    fn got_rule(&self, rule: RuleId) -> String {
        let name = self.model.rule_name(rule);
        let truth = self.evaluator.truth_of(rule);
        if truth.is_true() {
            format!("{name} applies")
        } else if truth.is_false() {
            format!("{name} does not apply")
        } else {
            let missing = self.evaluator.missing(rule);
            format!("{name} is unknown for lack of {}", list(&missing))
        }
    }

    fn names(&self, rules: &[RuleId]) -> String {
        let names: Vec<String> = rules.iter().map(|id| self.model.rule_name(*id)).collect();
        names.join(", ")
    }
}

fn expected_names(expected: &[ExpectedRules]) -> String {
    let names: Vec<&str> = expected.iter().map(|named| &*named.name).collect();
    names.join(", ")
}

/// Expected, got, and the rules that show why.
type Unmet = (String, String, Vec<RuleId>);

fn distinct(rules: Vec<RuleId>) -> Vec<RuleId> {
    rules
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn list(names: &[Arc<str>]) -> String {
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}
