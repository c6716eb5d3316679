//! Tests of a column that are made of other tests of it.

use crate::domain::Truth;
use crate::ir::{TestForm, TestId};
use rustc_hash::FxHashMap;

/// The tests of a column that others make up, by their places among the column's tests; those they are made of come first.
#[derive(Default)]
pub(super) struct Joins(Vec<(usize, Join)>);

enum Join {
    Not(usize),
    And(Vec<usize>),
    Or(Vec<usize>),
}

impl Joins {
    /// Takes the test at `place` where it is made of others, whose places `local` has; says whether it is.
    pub fn take(
        &mut self,
        place: usize,
        form: &TestForm,
        local: &FxHashMap<TestId, usize>,
    ) -> bool {
        let of = |list: &[TestId]| list.iter().map(|test| local[test]).collect();
        let join = match form {
            TestForm::Not(inner) => Join::Not(local[inner]),
            TestForm::And(list) => Join::And(of(list)),
            TestForm::Or(list) => Join::Or(of(list)),
            TestForm::Window(_)
            | TestForm::Threshold(..)
            | TestForm::Condition { .. }
            | TestForm::Listed(_)
            | TestForm::Any { .. }
            | TestForm::IsThere(_) => return false,
        };
        self.0.push((place, join));
        true
    }

    /// Works the joined ones out; the others stand there.
    pub fn work_out(&self, truths: &mut [Truth]) {
        for (place, join) in &self.0 {
            truths[*place] = match join {
                Join::Not(inner) => truths[*inner].not(),
                Join::And(list) => Truth::all(list.iter().map(|inner| truths[*inner])),
                Join::Or(list) => Truth::any(list.iter().map(|inner| truths[*inner])),
            };
        }
    }
}

/// Places by test.
pub(super) fn places(tests: &[TestId]) -> FxHashMap<TestId, usize> {
    let places = tests.iter().enumerate();
    places.map(|(place, test)| (*test, place)).collect()
}
