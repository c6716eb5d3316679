//! What must hold of every judgement, whatever the policy (language.md, sections 8, 9 and 11).

use crate::judged::{field_id, model_of, record_of};
use crate::many::{cases, in_threads};
use crate::support::policies::{RandomPolicy, random_policy};
use crate::support::random::Random;
use crate::support::records::{RandomRecord, random_records, random_value, refined};
use interdict::domain::{Day, Truth};
use interdict::model::{ArithOp, Builtin, Expr, ExprKind, Model, Row, RuleId, Type, Value};
use interdict::reference::{Answer, Evaluator, Judgement, Record, as_of_days, judge, run_tests};
use interdict::report::explain::explain;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Records for each policy.
const RECORDS: usize = 30;

/// A record and what it comes to.
struct Judged<'a> {
    record: Record,
    truths: Vec<Truth>,
    answers: Vec<Option<Answer>>,
    judgement: Judgement,
    model: &'a Model,
}

fn truths(model: &Model, record: &Record, days: &[Day]) -> Vec<Truth> {
    let evaluator = Evaluator::new(model, record, days);
    model
        .rules
        .ids()
        .map(|rule| evaluator.truth_of(rule))
        .collect()
}

fn answers(model: &Model, record: &Record, days: &[Day]) -> Vec<Option<Answer>> {
    let evaluator = Evaluator::new(model, record, days);
    let rules = model.rules.ids();
    rules.map(|rule| evaluator.answer(rule)).collect()
}

fn judged<'a>(model: &'a Model, record: Record) -> Option<Judged<'a>> {
    let days = as_of_days(model, &record, None)?;
    Some(Judged {
        truths: truths(model, &record, &days),
        answers: answers(model, &record, &days),
        judgement: judge(model, &record, &days),
        record,
        model,
    })
}

impl Judged<'_> {
    fn names(&self, rules: &[RuleId]) -> BTreeSet<String> {
        rules
            .iter()
            .map(|rule| self.model.rule_name(*rule))
            .collect()
    }
}

/// Runs `test` on every random policy and some records of it.
fn with_judged(usual: u64, test: impl Fn(&RandomPolicy, &Model, &Judged<'_>, &mut Random) + Sync) {
    in_threads(cases(usual), |seed| {
        let policy = random_policy(seed);
        let Ok(model) = model_of(&policy) else {
            return;
        };
        let mut random = Random::new(seed ^ 0x909);
        for texts in random_records(&policy, seed ^ 1, RECORDS) {
            let record = record_of(&model, &policy, &texts);
            if let Some(judged) = record.and_then(|record| judged(&model, record)) {
                let context = Context {
                    policy: &policy,
                    texts: &texts,
                    seed,
                };
                context.run(|| test(&policy, &model, &judged, &mut random));
            }
        }
    });
}

/// What a failure is about.
struct Context<'a> {
    policy: &'a RandomPolicy,
    texts: &'a RandomRecord,
    seed: u64,
}

impl Context<'_> {
    fn run(&self, test: impl FnOnce()) {
        let run = std::panic::AssertUnwindSafe(test);
        if let Err(panic) = std::panic::catch_unwind(run) {
            let fields = self.policy.fields.iter().map(|field| field.name.as_str());
            let values: Vec<_> = fields.zip(self.texts).collect();
            eprintln!("seed {}\n{}\n{values:?}", self.seed, self.policy.text());
            std::panic::resume_unwind(panic);
        }
    }
}

/// The record with some of its missing fields filled in; the names of those that were not missing before stay.
fn filled(
    policy: &RandomPolicy,
    model: &Model,
    record: &Record,
    random: &mut Random,
    may_fill: impl Fn(&str) -> bool,
) -> Record {
    let all = random.chance(50);
    let mut more = record.clone();
    for (at, field) in policy.fields.iter().enumerate() {
        let Some(id) = field_id(model, &field.name) else {
            continue;
        };
        let present = record.get(id);
        let is_list = matches!(present, Some(Value::List(_)));
        let fills = !is_list && (!may_fill(&field.name) || !(all || random.chance(40)));
        if present.is_some() && !is_list || fills {
            continue;
        }
        let mut texts: RandomRecord = vec![None; policy.fields.len()];
        texts[at] = random_value(policy, random, at, 0);
        let value = record_of(model, policy, &texts)
            .expect("a readable value")
            .get(id)
            .cloned();
        more.set(
            id,
            match (present, value) {
                (Some(Value::List(rows)), Some(Value::List(fresh))) => {
                    let of = model.record.fields[id].ty;
                    let path = field.name.clone();
                    let rows = merged(model, (of, &path), (rows, &fresh), random, &may_fill);
                    Some(Value::List(rows))
                }
                (_, value) => value,
            },
        );
    }
    more
}

/// The elements with some of their missing fields taken from `fresh` ones.
fn merged(
    model: &Model,
    (of, path): (Type, &str),
    (rows, fresh): (&[Row], &[Row]),
    random: &mut Random,
    may_fill: &dyn Fn(&str) -> bool,
) -> Arc<[Row]> {
    let Type::List(of) = of else {
        panic!("a list as {of:?}")
    };
    let mut rows: Vec<Row> = rows.to_vec();
    for (at, (row, fresh)) in rows.iter_mut().zip(fresh).enumerate() {
        for (id, field) in model.nested[of].fields.iter() {
            let path = format!("{path}[{}].{}", at + 1, field.name);
            let value = &mut row.values[id.index()];
            let filled = match (&*value, fresh.get(id)) {
                (Some(Value::List(inner)), Some(Value::List(fresh))) => {
                    let inner = (&inner[..], &fresh[..]);
                    Some(Value::List(merged(
                        model,
                        (field.ty, &path),
                        inner,
                        random,
                        may_fill,
                    )))
                }
                (None, fresh) if may_fill(&path) && random.chance(60) => fresh.cloned(),
                (known, _) => known.clone(),
            };
            *value = filled;
        }
    }
    rows.into()
}

/// Whether a policy divides by something that no field is in: where that is zero, no field can settle it.
fn divides_by_constants(model: &Model) -> bool {
    let conditions = model.rules.values();
    let conditions = conditions.flat_map(|rule| rule.unless.iter().chain([&rule.when]));
    let defines = model.defines.values().map(|define| &define.body);
    conditions.chain(defines).any(has_constant_divisor)
}

fn has_constant_divisor(expr: &Expr) -> bool {
    let divisor = match &expr.kind {
        ExprKind::Arith(ArithOp::Div, _, divisor) => Some(&**divisor),
        ExprKind::Call(Builtin::Share, arguments) => arguments.get(1),
        _ => None,
    };
    divisor.is_some_and(|divisor| !has_field(divisor))
        || expr.parts().into_iter().any(has_constant_divisor)
}

fn has_field(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Field(_) | ExprKind::Member(..))
        || expr.parts().into_iter().any(has_field)
}

#[test]
fn a_judgement_is_consistent() {
    with_judged(200, |_, model, judged, _| {
        let constant_divisor = divides_by_constants(model);
        let judgement = &judged.judgement;
        assert!(judgement.verdict <= judgement.at_most);
        assert!(!judgement.settled || judgement.verdict == judgement.at_most);
        for rule in model.rules.ids() {
            let bears = model.rules[rule].bears_verdict();
            let truth = judged.truths[rule.index()];
            assert_eq!(judgement.rules.contains(&rule), bears && truth.is_true());
            assert_eq!(
                judgement.unknown.contains(&rule),
                bears && truth.is_unknown() || is_open_answer(judged, rule) && truth.is_true()
            );
            let stopped = judgement.not_by.iter().any(|(stopped, _)| *stopped == rule);
            assert!(!stopped || truth.is_false());
            let trace = interdict::reference::trace(
                model,
                &judged.record,
                &as_of_days(model, &judged.record, None).expect("a day"),
                rule,
            );
            assert_eq!(trace.truth, truth);
        }
        for (rule, names) in &judgement.missing {
            assert!(judgement.unknown.contains(rule));
            assert!(
                constant_divisor || !names.is_empty(),
                "nothing would settle {}",
                model.rule_name(*rule)
            );
        }
        assert_eq!(judgement.missing.len(), judgement.unknown.len());
    });
}

#[test]
fn filling_in_a_field_never_flips_an_answer() {
    with_judged(200, |policy, model, before, random| {
        if policy.asks_about_absence {
            return;
        }
        for _ in 0..3 {
            let more = filled(policy, model, &before.record, random, |_| true);
            let Some(after) = judged(model, more) else {
                continue;
            };
            never_flips(before, &after);
        }
    });
}

fn is_open_answer(judged: &Judged<'_>, rule: RuleId) -> bool {
    judged.answers[rule.index()].is_some_and(|answer| !answer.is_known())
}

fn never_flips(before: &Judged<'_>, after: &Judged<'_>) {
    for rule in before.model.rules.ids() {
        let (was, is) = (before.truths[rule.index()], after.truths[rule.index()]);
        assert!(
            was.is_unknown() || was == is,
            "{} was {was:?} and is {is:?} with {:?}",
            before.model.rule_name(rule),
            after.record
        );
    }
    for (was, is) in before.answers.iter().zip(&after.answers) {
        if let (Some(was), Some(is)) = (was, is) {
            assert!(was.least <= is.least && is.most <= was.most);
        }
    }
    assert!(after.judgement.at_most <= before.judgement.at_most);
}

#[test]
fn refining_a_code_asked_by_under_never_flips_an_answer() {
    with_judged(400, |policy, model, before, random| {
        if policy.asks_about_absence || !policy.codes_only_under {
            return;
        }
        let mut finer = before.record.clone();
        for (id, _) in model.record.fields.iter() {
            if let Some(Value::Code(code)) = before.record.get(id) {
                finer.set(id, Some(Value::Code(refined(random, code))));
            }
        }
        let after = judged(model, finer).expect("the day is the same");
        never_flips(before, &after);
    });
}

#[test]
fn a_settled_record_cannot_become_worse() {
    with_judged(200, |policy, model, before, random| {
        if !before.judgement.settled {
            return;
        }
        for _ in 0..3 {
            let more = filled(policy, model, &before.record, random, |_| true);
            let Some(after) = judged(model, more) else {
                continue;
            };
            assert!(
                after.judgement.verdict <= before.judgement.verdict,
                "was {:?}, became {:?} with {:?}",
                before.judgement.verdict,
                after.judgement.verdict,
                after.record
            );
        }
    });
}

#[test]
fn only_the_fields_named_can_settle_an_open_rule() {
    with_judged(200, |policy, model, before, random| {
        if policy.asks_about_absence {
            return;
        }
        for (rule, names) in &before.judgement.missing {
            let more = filled(policy, model, &before.record, random, |name| {
                names.iter().all(|named| **named != *name)
            });
            let Some(after) = judged(model, more) else {
                continue;
            };
            assert!(
                after.judgement.unknown.contains(rule),
                "{} was open for lack of {names:?} and is not with {:?}",
                model.rule_name(*rule),
                after.record
            );
        }
    });
}

#[test]
fn the_order_of_declarations_does_not_matter() {
    in_threads(cases(150), |seed| {
        let policy = random_policy(seed);
        let mut other = policy.clone();
        Random::new(seed).shuffle(&mut other.declarations);
        let (Ok(model), Ok(shuffled)) = (model_of(&policy), model_of(&other)) else {
            return;
        };
        for texts in random_records(&policy, seed ^ 2, RECORDS) {
            let of = |model| judged(model, record_of(model, &policy, &texts)?);
            let (Some(a), Some(b)) = (of(&model), of(&shuffled)) else {
                continue;
            };
            assert_eq!(
                a.judgement.verdict, b.judgement.verdict,
                "seed {seed}, {texts:?}"
            );
            assert_eq!(
                a.judgement.at_most, b.judgement.at_most,
                "seed {seed}, {texts:?}"
            );
            assert_eq!(
                a.judgement.settled, b.judgement.settled,
                "seed {seed}, {texts:?}"
            );
            for rules in [
                |j: &Judgement| j.rules.clone(),
                |j: &Judgement| j.unknown.clone(),
            ] {
                assert_eq!(
                    a.names(&rules(&a.judgement)),
                    b.names(&rules(&b.judgement)),
                    "seed {seed}, {texts:?}"
                );
            }
        }
    });
}

#[test]
fn tests_in_the_language_run() {
    in_threads(cases(150), |seed| {
        if let Ok(model) = model_of(&random_policy(seed)) {
            assert_eq!(run_tests(&model, None).len(), model.tests.len());
        }
    });
}

#[test]
fn every_record_can_be_explained() {
    with_judged(100, |_, model, judged, random| {
        if !random.chance(10) {
            return;
        }
        let days = as_of_days(model, &judged.record, None).expect("a day");
        for rule in model.rules.ids().map(Some).chain([None]) {
            let explanation = explain(
                model,
                &judged.record,
                &days,
                &judged.judgement,
                rule.as_ref().map(std::slice::from_ref),
            );
            assert!(!explanation.to_text(false).is_empty());
            assert!(explanation.to_json().is_object());
        }
    });
}
