//! Classes of an ordered column: the stretches between the thresholds its tests use.

use super::runs::Runs;
use crate::domain::{Number, Truth, Windows};
use crate::ir::{ColumnKind, Program, TestForm, TestId};
use crate::model::{CompareOp, ExprKind, Model};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use rustc_hash::FxHashMap;

/// Digits after the point that numbers keep as 64-bit integers.
pub const DECIMALS: u32 = 6;

/// Thresholds up to which counting them is faster than searching.
const COUNTED: usize = 16;

/// Days with a table entry of their own, at most.
const MAX_DAY_TABLE: i64 = 1 << 16;

/// The line of thresholds of one column.
#[derive(Debug)]
pub struct Ordered {
    kind: ColumnKind,
    thresholds: Vec<Number>,
    /// The first scaled value of each class after the first, ascending; classes past the 64-bit range have none.
    starts: Vec<i64>,
    /// The first position of each class after the first, ascending.
    positions: Vec<u32>,
    /// Days: the first day of `table`, whose entries are classes.
    table_from: i64,
    table: Vec<u32>,
}

/// What the tests of an ordered column come to: along the line, and for a missing value.
pub struct OrderedTests {
    /// For each local test.
    pub runs: Vec<Runs>,
    /// For each local test.
    pub missing: Vec<Truth>,
}

/// The class after which stretches are numbered.
const FIRST: u32 = 2;

impl Ordered {
    /// The classes that `tests` (all of one column, in ascending order) tell apart.
    pub fn new(
        model: &Model,
        program: &Program,
        kind: ColumnKind,
        non_negative: bool,
        tests: &[TestId],
    ) -> (Ordered, OrderedTests) {
        let thresholds = thresholds(program, tests);
        let places: FxHashMap<&Number, usize> = thresholds
            .iter()
            .enumerate()
            .map(|(place, number)| (number, place))
            .collect();
        let mut runs: Vec<Runs> = Vec::with_capacity(tests.len());
        let mut missing = Vec::with_capacity(tests.len());
        let local: FxHashMap<TestId, usize> = tests
            .iter()
            .enumerate()
            .map(|(place, test)| (*test, place))
            .collect();
        for test in tests {
            let form = &program.tests[*test].form;
            runs.push(line_truth(model, form, &places, &local, &runs));
            missing.push(missing_truth(model, form, non_negative, &local, &missing));
        }
        let mut positions: Vec<u32> = runs
            .iter()
            .flat_map(|runs| runs.steps())
            .map(|(at, _)| *at)
            .filter(|at| *at > 0)
            .collect();
        positions.sort_unstable();
        positions.dedup();
        let starts = positions
            .iter()
            .map_while(|at| start(kind, &thresholds, *at))
            .collect();
        let mut ordered = Ordered {
            kind,
            thresholds,
            starts,
            positions,
            table_from: 0,
            table: Vec::new(),
        };
        ordered.make_table();
        (ordered, OrderedTests { runs, missing })
    }

    fn make_table(&mut self) {
        let (Some(first), Some(last)) = (self.starts.first(), self.starts.last()) else {
            return;
        };
        if self.kind != ColumnKind::Day || last.saturating_sub(*first) >= MAX_DAY_TABLE {
            return;
        }
        self.table_from = first - 1;
        self.table = (self.table_from..=*last)
            .map(|day| self.search(day))
            .collect();
    }

    /// Whether the line is one of days.
    pub fn is_day(&self) -> bool {
        self.kind == ColumnKind::Day
    }

    /// The number of classes, with those of rejected records and missing values.
    pub fn count(&self) -> usize {
        self.positions.len() + 1 + FIRST as usize
    }

    /// The class of a scaled value.
    pub fn class(&self, scaled: i64) -> u32 {
        if self.table.is_empty() {
            return self.search(scaled);
        }
        let last = self.table.len() as i64 - 1;
        self.table[scaled.saturating_sub(self.table_from).clamp(0, last) as usize]
    }

    /// The classes of a whole column of scaled values.
    pub fn classes(&self, scaled: &[i64], classes: &mut [u32]) {
        if self.starts.is_empty() {
            classes.fill(FIRST);
        } else if !self.table.is_empty() {
            let last = self.table.len() as i64 - 1;
            for (class, value) in classes.iter_mut().zip(scaled) {
                *class = self.table[value.saturating_sub(self.table_from).clamp(0, last) as usize];
            }
        } else if self.starts.len() <= COUNTED {
            // One comparison a threshold for a whole column at a time: no branches, and vectors where there are any.
            classes.fill(FIRST);
            for start in &self.starts {
                for (class, value) in classes.iter_mut().zip(scaled) {
                    *class += u32::from(start <= value);
                }
            }
        } else {
            for (class, value) in classes.iter_mut().zip(scaled) {
                *class = self.search(*value);
            }
        }
    }

    fn search(&self, scaled: i64) -> u32 {
        let before = if self.starts.len() <= COUNTED {
            self.starts
                .iter()
                .map(|start| u32::from(*start <= scaled))
                .sum()
        } else {
            self.starts.partition_point(|start| *start <= scaled) as u32
        };
        FIRST + before
    }

    /// The class of an exact number that is not a whole number of the column's smallest unit.
    pub fn class_of_number(&self, number: &Number) -> u32 {
        let below = self
            .thresholds
            .partition_point(|threshold| threshold < number);
        let at = self.thresholds.get(below) == Some(number);
        let position = 2 * below as u32 + u32::from(at);
        FIRST + self.positions.partition_point(|place| *place <= position) as u32
    }

    /// The class that a position along the line falls into.
    pub fn class_at(&self, position: u32) -> u32 {
        FIRST + self.positions.partition_point(|place| *place <= position) as u32
    }

    /// A scaled value in each class, where the class holds one.
    pub fn witnesses(&self) -> Vec<i64> {
        let first = self.starts.first();
        let first = first.map_or(0, |start| start.saturating_sub(1));
        std::iter::once(first)
            .chain(self.starts.iter().copied())
            .collect()
    }
}

/// The first scaled value at or after a position, if there is one.
fn start(kind: ColumnKind, thresholds: &[Number], position: u32) -> Option<i64> {
    let threshold = &thresholds[(position as usize - 1) / 2];
    let decimals = if kind == ColumnKind::Number {
        DECIMALS
    } else {
        0
    };
    let at_threshold = position % 2 == 1;
    let first: BigInt = if at_threshold {
        threshold.ceil_scaled(decimals)
    } else {
        threshold.floor_scaled(decimals) + BigInt::from(1)
    };
    first.to_i64().or(first.is_negative().then_some(i64::MIN))
}

fn thresholds(program: &Program, tests: &[TestId]) -> Vec<Number> {
    let mut numbers = Vec::new();
    for test in tests {
        match &program.tests[*test].form {
            TestForm::Threshold(_, number) => numbers.push(number.clone()),
            TestForm::Window(windows) => numbers.extend(window_edges(windows)),
            TestForm::Condition { .. }
            | TestForm::Listed(_)
            | TestForm::Any { .. }
            | TestForm::IsThere(_)
            | TestForm::Not(_)
            | TestForm::And(_)
            | TestForm::Or(_) => {}
        }
    }
    numbers.sort();
    numbers.dedup();
    numbers
}

fn window_edges(windows: &Windows) -> impl Iterator<Item = Number> {
    let edges = windows
        .intervals()
        .iter()
        .flat_map(|window| [window.from, window.until])
        .flatten();
    edges.map(|day| Number::from_i64(i64::from(day.0)))
}

fn line_truth(
    model: &Model,
    form: &TestForm,
    places: &FxHashMap<&Number, usize>,
    local: &FxHashMap<TestId, usize>,
    done: &[Runs],
) -> Runs {
    let of = |test: &TestId| &done[local[test]];
    match form {
        TestForm::Threshold(op, number) => Runs::compare(*op, places[number]),
        TestForm::Window(windows) => window_truth(windows, places),
        TestForm::Condition { expr, .. } => Runs::constant(presence(model, &expr.kind, true)),
        TestForm::Listed(_) => unreachable!("keys of lists are asked of values"),
        TestForm::Any { .. } | TestForm::IsThere(_) => unreachable!("lists have no order"),
        TestForm::Not(test) => of(test).not(),
        TestForm::And(tests) => join(tests.iter().map(of), Truth::and),
        TestForm::Or(tests) => join(tests.iter().map(of), Truth::or),
    }
}

fn join<'a>(runs: impl Iterator<Item = &'a Runs>, how: impl Fn(Truth, Truth) -> Truth) -> Runs {
    let mut runs = runs.cloned();
    let first = runs.next().expect("a joined test has parts");
    runs.fold(first, |a, b| a.join(&b, &how))
}

fn window_truth(windows: &Windows, places: &FxHashMap<&Number, usize>) -> Runs {
    let day = |day: crate::domain::Day| places[&Number::from_i64(i64::from(day.0))];
    windows
        .intervals()
        .iter()
        .map(|window| {
            let from = match window.from {
                Some(from) => Runs::compare(CompareOp::Ge, day(from)),
                None => Runs::constant(Truth::True),
            };
            match window.until {
                Some(until) => from.join(&Runs::compare(CompareOp::Lt, day(until)), Truth::and),
                None => from,
            }
        })
        .fold(Runs::constant(Truth::False), |a, b| a.join(&b, Truth::or))
}

fn missing_truth(
    model: &Model,
    form: &TestForm,
    non_negative: bool,
    local: &FxHashMap<TestId, usize>,
    done: &[Truth],
) -> Truth {
    let of = |test: &TestId| done[local[test]];
    match form {
        TestForm::Threshold(op, number) => crate::ir::missing_threshold(*op, number, non_negative),
        // The as-of day is never missing; a record without one is rejected.
        TestForm::Window(_) => Truth::False,
        TestForm::Condition { expr, .. } => presence(model, &expr.kind, false),
        TestForm::Listed(_) => unreachable!("keys of lists are asked of values"),
        TestForm::Any { .. } | TestForm::IsThere(_) => unreachable!("lists have no order"),
        TestForm::Not(test) => of(test).not(),
        TestForm::And(tests) => Truth::all(tests.iter().map(of)),
        TestForm::Or(tests) => Truth::any(tests.iter().map(of)),
    }
}

/// `is missing` and `is known`, the only conditions on ordered columns that are no comparison.
fn presence(_model: &Model, kind: &ExprKind, known: bool) -> Truth {
    match kind {
        ExprKind::IsMissing(_) => (!known).into(),
        ExprKind::IsKnown(_) => known.into(),
        _ => unreachable!("conditions on ordered columns are comparisons or ask for presence"),
    }
}
