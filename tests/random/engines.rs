//! Random policies × random records: the definition, the portable kernel and compiled code say the same.

use crate::judged::{Difference, difference, model_of};
use crate::many::{cases, in_threads};
use crate::support::policies::{RandomPolicy, random_policy};
use crate::support::records::{RandomRecord, random_records};
use interdict::ir::{ComputedKind, Source, TestForm, lower};
use interdict::model::Type;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Policies of a plain `cargo test`; `INTERDICT_RANDOM_FACTOR=100` runs a hundred times as many.
const POLICIES: u64 = 2_000;
/// Records for each.
const RECORDS: usize = 200;
/// Records for each that has aggregates over records, in which every record is compared with every other.
const RECORDS_COMPARED: usize = 40;

#[test]
fn all_evaluators_agree() {
    in_threads(cases(POLICIES), |seed| {
        let policy = random_policy(seed);
        let count = match policy.text().contains("\naggregate ") {
            true => RECORDS_COMPARED,
            false => RECORDS,
        };
        let records = random_records(&policy, seed, count);
        if let Some(found) = disagreement(&policy, &records, seed) {
            let (policy, records) = shrunk(policy, records, &found, seed);
            let what = disagreement(&policy, &records, seed).map_or(found.what, |found| found.what);
            panic!(
                "seed {seed}\n{}\n{}\n{what}",
                policy.text(),
                shown(&policy, &records)
            );
        }
    });
}

/// Much of what is asked of lists is asked as tests of lists or worked out by loops, so that agreement above says something about them.
#[test]
fn conditions_about_lists_are_tests_and_loops() {
    let (mut tests, mut loops, mut asked) = (0, 0, 0);
    for seed in 0..200 {
        let Ok(model) = model_of(&random_policy(seed)) else {
            continue;
        };
        let is_list = |source| match source {
            Source::Field(field) => matches!(model.record.fields[field].ty, Type::List(_)),
            Source::Day(_) | Source::Total(..) => false,
        };
        let program = lower(&model);
        let forms = program.tests.values().map(|test| &test.form);
        tests += forms
            .filter(|form| matches!(form, TestForm::Any { .. }))
            .count();
        for computed in program.computed.values() {
            let mut sources = computed
                .columns
                .iter()
                .map(|id| program.columns[*id].source);
            match computed.kind {
                ComputedKind::Loop { .. } => loops += 1,
                ComputedKind::Reference(_) if sources.any(is_list) => {
                    asked += 1;
                }
                _ => {}
            }
        }
    }
    assert!(
        tests > 0 && loops > 0 && tests + loops > asked,
        "{tests} tests, {loops} loops, {asked} asked"
    );
}

/// The first difference; a panic of an engine is one too.
fn disagreement(policy: &RandomPolicy, records: &[RandomRecord], seed: u64) -> Option<Difference> {
    let model = model_of(policy).ok()?;
    let run = AssertUnwindSafe(|| difference(&model, policy, records, seed));
    catch_unwind(run).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Some(Difference {
            record: None,
            what: format!("panic: {}", text.unwrap_or_default()),
        })
    })
}

/// The same disagreement with one record and as little policy as possible.
fn shrunk(
    mut policy: RandomPolicy,
    mut records: Vec<RandomRecord>,
    found: &Difference,
    seed: u64,
) -> (RandomPolicy, Vec<RandomRecord>) {
    let single = match found.record {
        Some(at) => vec![vec![records[at].clone()]],
        None => records.iter().map(|record| vec![record.clone()]).collect(),
    };
    if let Some(one) = single
        .into_iter()
        .find(|one| disagreement(&policy, one, seed).is_some())
    {
        records = one;
    }
    loop {
        let mut candidates = policy.smaller();
        let still = |smaller: &RandomPolicy| disagreement(smaller, &records, seed).is_some();
        let Some(smaller) = candidates.find(still) else {
            break;
        };
        drop(candidates);
        policy = smaller;
    }
    (policy, records)
}

/// The records with the names of their fields; only the fields that the policy still has.
fn shown(policy: &RandomPolicy, records: &[RandomRecord]) -> String {
    let text = policy.text();
    let mut lines = String::new();
    for record in records.iter().take(3) {
        for (field, value) in policy.fields.iter().zip(record) {
            if text.contains(&format!("{} :", field.written())) {
                lines.push_str(&format!("{}: {value:?}, ", field.name));
            }
        }
        lines.push('\n');
    }
    lines
}
