//! Tests written in the language: what passes, and what a failure says.

use super::build::*;
use crate::model::{Expectation, ExpectedRules, PolicyId, RuleId, Test, Type, Value};
use crate::reference::{Failure, run_tests};
use crate::text::Spanned;

struct Suite {
    world: World,
    rule: RuleId,
    spared: RuleId,
}

/// A rule on `flag`, spared by an exception on `spare`.
fn suite() -> Suite {
    let mut world = World::new();
    let (_, when) = world.field("flag", Type::Bool);
    let (_, spare) = world.field("spare", Type::Bool);
    let rule = world.rule("r", when, LICENSE);
    let spared = world.exception("x", &[rule], spare, None);
    world.oblige(
        rule,
        vec![words("file")],
        Some((crate::domain::Period::days(1), None)),
    );
    Suite {
        world,
        rule,
        spared,
    }
}

impl Suite {
    fn run(&mut self, given: &[(&str, bool)], expect: Vec<Expectation>) -> Vec<Failure> {
        let span = self.world.span();
        let as_of = self.world.model.record.as_of;
        let mut values = vec![(as_of, Some(Value::Date(day("2026-07-01"))))];
        for (name, value) in given {
            let fields = &self.world.model.record.fields;
            let (id, _) = fields.iter().find(|(_, f)| &*f.name == *name).unwrap();
            values.push((id, Some(Value::Bool(*value))));
        }
        self.world.model.tests = vec![Test {
            title: "a title".into(),
            policy: PolicyId::from_index(0),
            given: values
                .into_iter()
                .map(|(field, value)| (field, Spanned::new(value, span)))
                .collect(),
            beside: Vec::new(),
            on: None,
            expect: expect.into_iter().map(|e| Spanned::new(e, span)).collect(),
            span,
        }];
        let outcomes = run_tests(&self.world.model, None);
        assert_eq!(outcomes.len(), 1);
        assert_eq!(outcomes[0].passed(), outcomes[0].failures.is_empty());
        outcomes[0].failures.clone()
    }
}

/// The suite's rule has the number 0, its exception the number 1.
fn named(rule: RuleId) -> ExpectedRules {
    ExpectedRules {
        name: ["r", "x"][rule.index()].into(),
        rules: vec![rule],
    }
}

fn verdict(verdict: crate::model::Verdict, by: Option<&[RuleId]>) -> Expectation {
    Expectation::Verdict {
        verdict,
        by: by.map(|rules| rules.iter().copied().map(named).collect()),
    }
}

#[test]
fn a_test_whose_expectations_are_met_passes() {
    let mut suite = suite();
    let (rule, x) = (suite.rule, suite.spared);
    let open = |lack: &[&str]| Expectation::Unknown {
        rule: named(rule),
        lack: Some(lack.iter().map(|name| (*name).into()).collect()),
    };
    assert_eq!(
        suite.run(
            &[],
            vec![open(&["spare", "flag"]), Expectation::AtMost(LICENSE)]
        ),
        []
    );
    let applies = vec![
        verdict(LICENSE, None),
        verdict(LICENSE, Some(&[rule])),
        Expectation::Not(named(x)),
        Expectation::Obligation("file".into()),
    ];
    assert_eq!(suite.run(&[("flag", true), ("spare", false)], applies), []);
    let spared = vec![verdict(CLEAR, Some(&[])), Expectation::Not(named(rule))];
    assert_eq!(suite.run(&[("flag", true), ("spare", true)], spared), []);
}

#[test]
fn a_failure_says_what_came_instead() {
    let mut suite = suite();
    let rule = suite.rule;
    let expect = vec![
        verdict(DENY, Some(&[])),
        Expectation::AtMost(CLEAR),
        Expectation::Unknown {
            rule: named(rule),
            lack: None,
        },
        Expectation::Not(named(rule)),
        Expectation::Obligation("call".into()),
    ];
    let failures = suite.run(&[("flag", true), ("spare", false)], expect);
    let said: Vec<String> = failures
        .iter()
        .map(|failure| format!("{} / {}", failure.expected, failure.got))
        .collect();
    assert_eq!(
        said,
        [
            "deny by no rule / license by r",
            "at most clear / at most license",
            "r unknown / r applies",
            "r not to apply / r applies",
            "obligation \"call\" / only \"file\"",
        ]
    );
    assert_eq!(failures[0].rules, [rule]);
    let lack = Some(vec!["flag".into()]);
    let failures = suite.run(
        &[],
        vec![Expectation::Unknown {
            rule: named(rule),
            lack,
        }],
    );
    assert_eq!(failures[0].got, "r unknown for lack of flag, spare");
}

#[test]
fn a_test_without_an_as_of_day_fails() {
    let mut suite = suite();
    suite.run(&[], vec![]);
    suite.world.model.tests[0].given.clear();
    let outcome = &run_tests(&suite.world.model, None)[0];
    assert_eq!(outcome.failures.len(), 1);
    assert!(outcome.judgement.is_none());
    suite.world.model.tests[0].on = Some(day("2026-07-01"));
    assert!(run_tests(&suite.world.model, None)[0].passed());
}

#[test]
fn a_filter_chooses_tests_by_their_title() {
    let mut suite = suite();
    suite.run(&[], vec![]);
    assert_eq!(run_tests(&suite.world.model, Some("titl")).len(), 1);
    assert_eq!(run_tests(&suite.world.model, Some("other")).len(), 0);
}

#[test]
fn a_name_for_several_rules_means_any_of_them() {
    let mut suite = suite();
    let both = ExpectedRules {
        name: "both".into(),
        rules: vec![suite.rule, suite.spared],
    };
    let by = |verdict| Expectation::Verdict {
        verdict,
        by: Some(vec![both.clone()]),
    };
    let open = |lack: Option<Vec<_>>| Expectation::Unknown {
        rule: both.clone(),
        lack,
    };
    let (caught, free) = (
        [("flag", true), ("spare", false)],
        [("flag", false), ("spare", false)],
    );
    assert_eq!(suite.run(&caught, vec![by(LICENSE)]), []);
    let lack = vec!["spare".into(), "flag".into()];
    assert_eq!(suite.run(&[], vec![open(Some(lack))]), []);
    assert_eq!(suite.run(&free, vec![Expectation::Not(both.clone())]), []);
    let mut failures = suite.run(&free, vec![by(CLEAR), open(None)]);
    failures.extend(suite.run(&caught, vec![Expectation::Not(both.clone())]));
    let said: Vec<String> = failures
        .iter()
        .map(|failure| format!("{} / {}", failure.expected, failure.got))
        .collect();
    assert_eq!(
        said,
        [
            "clear by both / clear by no rule",
            "both unknown / both does not apply",
            "both not to apply / r applies",
        ]
    );
}
