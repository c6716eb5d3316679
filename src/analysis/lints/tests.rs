//! Tests that give and expect what another one of their file does: they cannot fail where it passes.

use crate::analysis::errors;
use crate::diagnostic::Diagnostic;
use crate::model::{Given, Model, Test};
use rustc_hash::FxHashMap;

pub(in crate::analysis) fn check(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut known: FxHashMap<String, &Test> = FxHashMap::default();
    for test in &model.tests {
        match known.get(&said(test)) {
            Some(other) => found.push(errors::same_test(test.span, other.span)),
            None => {
                known.insert(said(test), test);
            }
        }
    }
}

/// All that a test gives and expects, and nothing of how it is written.
fn said(test: &Test) -> String {
    let given = |given: &Given| {
        let mut values: Vec<String> = given
            .iter()
            .filter(|(_, value)| value.value.is_some())
            .map(|(field, value)| format!("{field:?} {:?}", value.value))
            .collect();
        values.sort();
        values.join(",")
    };
    let mut beside: Vec<String> = test.beside.iter().map(given).collect();
    beside.sort();
    let mut expect: Vec<String> = test
        .expect
        .iter()
        .map(|expected| format!("{:?}", expected.value))
        .collect();
    expect.sort();
    format!(
        "{:?} {:?} {:?} {} beside {beside:?} expect {expect:?}",
        test.span.file,
        test.policy,
        test.on,
        given(&test.given)
    )
}
