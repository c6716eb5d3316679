//! The classes of one column with their masks. New values may make new classes while records are read.

use super::list_tests::ListTests;
use super::ordered::Ordered;
use super::runs::Runs;
use super::values::Values;
use super::{Classify, DEAD, Layout, MISSING, Share, WORD};
use crate::domain::Truth;
use crate::ir::TestId;
use crate::model::Value;
use rustc_hash::FxHashMap;
use std::sync::{RwLock, RwLockReadGuard};

/// Tests of a column up to which their truths are kept for each class.
const MAX_TRUTHS: usize = 256;

/// The classes of one column.
pub struct Classes {
    kind: Kind,
    refined: bool,
    /// The column's tests, ascending.
    tests: Vec<TestId>,
    /// Tests whose truth is kept for each class.
    exposed: Vec<TestId>,
    /// The local numbers of the exposed tests.
    exposed_local: Vec<usize>,
    masks: Option<MaskMaker>,
    tables: RwLock<Tables>,
}

enum Kind {
    Ordered(Ordered),
    Values(Values),
    List(ListTests),
}

/// How a class's masks are made from what its tests come to.
struct MaskMaker {
    share: Share,
    first_words: usize,
    words: usize,
    /// Clauses without a test on this column.
    free: Vec<u64>,
    /// For each local test the clauses that ask it.
    uses: Vec<Vec<u32>>,
}

/// The classes known so far.
#[derive(Default)]
pub struct Tables {
    /// How many classes there are.
    pub count: usize,
    /// Masks, where the column has them.
    pub first: ClassTable,
    /// Masks of second-stage clauses.
    pub second: ClassTable,
    /// For each class the summary of its possible mask of the first stage.
    pub summary: Vec<u64>,
    /// For each class what the exposed tests come to.
    pub exposed: Vec<u8>,
    /// `truths[class * tests + test]`, where [`Classes::keeps_truths`].
    pub truths: Vec<u8>,
    /// `identity[class + 1]` is the class, `identity[0]` the missing one: for batches that hold classes and not codes of
    /// their own.
    pub identity: Vec<u32>,
    by_truths: FxHashMap<Vec<u8>, u32>,
}

/// Masks by class.
#[derive(Default)]
pub struct ClassTable {
    /// Words a class.
    pub words: usize,
    /// `possible[class * words + word]`
    pub possible: Vec<u64>,
    /// `certain[class * words + word]`
    pub certain: Vec<u64>,
}

/// What the tests of a column are used for.
pub(super) struct Use<'a> {
    pub tests: Vec<TestId>,
    pub exposed: Vec<TestId>,
    pub refined: bool,
    pub masks: Option<&'a Layout>,
}

impl Classes {
    pub(super) fn ordered(
        ordered: Ordered,
        runs: &[Runs],
        missing: &[Truth],
        usage: Use<'_>,
    ) -> Classes {
        let classes = Classes::with_kind(Kind::Ordered(ordered), usage);
        classes.fill_ordered(runs, missing);
        classes
    }

    pub(super) fn values(values: Values, usage: Use<'_>) -> Classes {
        let missing = values.truths(None);
        let classes = Classes::with_kind(Kind::Values(values), usage);
        let mut tables = classes
            .tables
            .write()
            .expect("no thread fails while it holds the classes");
        classes.push(&mut tables, &missing);
        drop(tables);
        classes
    }

    pub(super) fn list(tests: ListTests, usage: Use<'_>) -> Classes {
        let (missing, witnesses) = (tests.of_missing(), tests.witnesses());
        let classes = Classes::with_kind(Kind::List(tests), usage);
        let mut tables = classes
            .tables
            .write()
            .expect("no thread fails while it holds the classes");
        classes.push(&mut tables, &missing);
        drop(tables);
        for list in witnesses {
            classes.class_of_list(&list);
        }
        classes
    }

    /// The tests of a list, where the column is one.
    pub fn list_tests(&self) -> Option<&ListTests> {
        match &self.kind {
            Kind::List(tests) => Some(tests),
            Kind::Ordered(_) | Kind::Values(_) => None,
        }
    }

    /// The class of a list that is there, by what its elements come to together (see [`ListTests::of_element`]).
    pub fn class_of_list(&self, asked: &[u8]) -> u32 {
        let Kind::List(tests) = &self.kind else {
            unreachable!("internal error: no list")
        };
        if let Some(class) = self.tables().by_truths.get(asked) {
            return *class;
        }
        self.add_class(asked.to_vec(), &tests.of_list(asked))
    }

    fn with_kind(kind: Kind, usage: Use<'_>) -> Classes {
        let local: FxHashMap<TestId, usize> = usage
            .tests
            .iter()
            .enumerate()
            .map(|(place, test)| (*test, place))
            .collect();
        let masks = usage.masks.map(|layout| MaskMaker::new(layout, &local));
        let mut tables = Tables::default();
        if let Some(maker) = &masks {
            tables.first.words = maker.first_words;
            tables.second.words = maker.words - maker.first_words;
        }
        let classes = Classes {
            kind,
            refined: usage.refined,
            exposed_local: usage.exposed.iter().map(|test| local[test]).collect(),
            exposed: usage.exposed,
            tests: usage.tests,
            masks,
            tables: RwLock::new(tables),
        };
        let mut tables = classes
            .tables
            .write()
            .expect("no thread fails while it holds the classes");
        classes.push_dead(&mut tables);
        drop(tables);
        classes
    }

    fn fill_ordered(&self, runs: &[Runs], missing: &[Truth]) {
        let Kind::Ordered(ordered) = &self.kind else {
            unreachable!("only ordered columns have runs")
        };
        let mut tables = self
            .tables
            .write()
            .expect("no thread fails while it holds the classes");
        self.push(&mut tables, missing);
        // Truths change only where a run has a step: gather the steps by class and sweep.
        let mut changes: Vec<Vec<(usize, Truth)>> = vec![Vec::new(); ordered.count()];
        for (test, runs) in runs.iter().enumerate() {
            for (position, truth) in runs.steps() {
                changes[ordered.class_at(*position) as usize].push((test, *truth));
            }
        }
        let mut truths = vec![Truth::False; runs.len()];
        let mut row = self.masks.as_ref().map(|maker| maker.row(&truths));
        for changed in &changes[MISSING as usize + 1..] {
            for (test, truth) in changed {
                truths[*test] = *truth;
                if let (Some(maker), Some(row)) = (&self.masks, &mut row) {
                    maker.change(row, *test, *truth);
                }
            }
            self.push_row(&mut tables, &truths, row.as_ref());
        }
    }

    fn push_dead(&self, tables: &mut Tables) {
        tables.first.push_zero();
        tables.second.push_zero();
        let none = vec![0; tables.first.words];
        if let Some(maker) = &self.masks {
            tables.summary.extend(maker.share.summary(&none).iter());
        }
        tables.exposed.resize(
            tables.exposed.len() + self.exposed.len(),
            Truth::False as u8,
        );
        tables.identity = vec![MISSING, DEAD];
        if self.keeps_truths() {
            tables.truths = vec![Truth::False as u8; self.tests.len()];
        }
        tables.count += 1;
    }

    fn push(&self, tables: &mut Tables, truths: &[Truth]) -> u32 {
        let row = self.masks.as_ref().map(|maker| maker.row(truths));
        self.push_row(tables, truths, row.as_ref())
    }

    fn push_row(&self, tables: &mut Tables, truths: &[Truth], row: Option<&Row>) -> u32 {
        if let (Some(maker), Some(row)) = (&self.masks, row) {
            let first = maker.first_words;
            tables
                .first
                .push(&row.possible[..first], &row.certain[..first]);
            tables
                .second
                .push(&row.possible[first..], &row.certain[first..]);
            let summary = maker.share.summary(&row.possible[..first]);
            tables.summary.extend_from_slice(&summary);
        }
        tables
            .exposed
            .extend(self.exposed_local.iter().map(|test| truths[*test] as u8));
        if self.keeps_truths() {
            tables
                .truths
                .extend(truths.iter().map(|truth| *truth as u8));
        }
        let class = u32::try_from(tables.count).expect("fewer than 2^32 classes");
        tables.identity.push(class);
        tables.count += 1;
        class
    }

    /// The classes known so far; holding them keeps new ones waiting.
    pub fn tables(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables
            .read()
            .expect("no thread fails while it holds the classes")
    }

    /// The possible mask of a value as most records have it: one that no test names, the smallest number, the
    /// latest day. A guess that only the order of columns rests on.
    pub fn typical(&self) -> Option<Vec<u64>> {
        let maker = self.masks.as_ref()?;
        match &self.kind {
            Kind::Values(values) => {
                Some(maker.row(&values.typical()).possible[..maker.first_words].to_vec())
            }
            Kind::List(tests) => {
                let truths = tests.of_list(&tests.of_none());
                Some(maker.row(&truths).possible[..maker.first_words].to_vec())
            }
            Kind::Ordered(ordered) => {
                let tables = self.tables();
                let class = if ordered.is_day() {
                    tables.count - 1
                } else {
                    MISSING as usize + 1
                };
                let from = class * maker.first_words;
                Some(tables.first.possible[from..from + maker.first_words].to_vec())
            }
        }
    }

    /// The clauses of both stages with a test on the column, by word; none where its tests are late.
    pub fn asking(&self) -> Vec<u64> {
        let asking = |maker: &MaskMaker| {
            let mut words = vec![0; maker.words];
            for bit in maker.uses.iter().flatten().map(|bit| *bit as usize) {
                words[bit / WORD] |= 1 << (bit % WORD);
            }
            words
        };
        self.masks.as_ref().map(asking).unwrap_or_default()
    }

    /// Whether the column has masks; if not, its tests are late.
    pub fn has_masks(&self) -> bool {
        self.masks.is_some()
    }

    /// The column's tests.
    pub fn tests(&self) -> &[TestId] {
        &self.tests
    }

    /// Whether what every test comes to is kept for each class: where that is little.
    pub fn keeps_truths(&self) -> bool {
        self.tests.len() <= MAX_TRUTHS
    }

    /// How many tests are exposed.
    pub fn exposed_count(&self) -> usize {
        self.exposed.len()
    }

    /// The place of a test among the exposed ones.
    pub fn exposed_index(&self, test: TestId) -> usize {
        self.exposed
            .iter()
            .position(|exposed| *exposed == test)
            .expect("the test is exposed")
    }

    /// Values that fall into classes of every kind the tests tell apart: known values, or scaled ones.
    pub fn witnesses(&self) -> Witnesses {
        match &self.kind {
            Kind::Ordered(ordered) => Witnesses::Scaled(ordered.witnesses()),
            Kind::Values(values) => Witnesses::Values(values.witnesses()),
            // Theirs are classes from the beginning.
            Kind::List(_) => Witnesses::Values(Vec::new()),
        }
    }

    /// What the column's tests come to for a value, in their order; the column's values have no order.
    pub fn truths_of(&self, value: Option<&Value>) -> Vec<Truth> {
        match &self.kind {
            Kind::Values(values) => values.truths(value),
            Kind::Ordered(_) | Kind::List(_) => {
                unreachable!("internal error: truths are asked of single values")
            }
        }
    }

    fn class_of_value(&self, values: &Values, value: Option<&Value>) -> u32 {
        let Some(value) = value else { return MISSING };
        let truths = values.truths(Some(value));
        let mut key: Vec<u8> = truths.iter().map(|truth| *truth as u8).collect();
        if self.refined {
            key.extend(format!("{value:?}").bytes());
        }
        if let Some(class) = self.tables().by_truths.get(&key) {
            return *class;
        }
        self.add_class(key, &truths)
    }

    /// The class of values with that key, new where there is none yet.
    fn add_class(&self, key: Vec<u8>, truths: &[Truth]) -> u32 {
        let mut tables = self
            .tables
            .write()
            .expect("no thread fails while it holds the classes");
        if let Some(class) = tables.by_truths.get(&key) {
            return *class;
        }
        let class = self.push(&mut tables, truths);
        tables.by_truths.insert(key, class);
        class
    }
}

/// Values to try a column with.
pub enum Witnesses {
    /// Of an ordered column.
    Scaled(Vec<i64>),
    /// Of any other.
    Values(Vec<Value>),
}

impl Classify for Classes {
    fn class_of(&self, value: Option<&Value>) -> u32 {
        match (&self.kind, value) {
            (Kind::Values(values), value) => self.class_of_value(values, value),
            (Kind::List(_), None) => MISSING,
            (Kind::List(_), Some(_)) => {
                unreachable!("internal error: the class of a list goes by its elements")
            }
            (Kind::Ordered(_), None) => MISSING,
            (Kind::Ordered(ordered), Some(Value::Number(number))) => {
                ordered.class_of_number(number)
            }
            (Kind::Ordered(ordered), Some(Value::Date(day))) => ordered.class(i64::from(day.0)),
            (
                Kind::Ordered(_),
                Some(
                    Value::Text(_)
                    | Value::Bool(_)
                    | Value::Instant(_)
                    | Value::Duration(_)
                    | Value::Country(_)
                    | Value::Code(_)
                    | Value::Enum(_)
                    | Value::Verdict(_)
                    | Value::List(_),
                ),
            ) => unreachable!("ordered columns hold numbers and days"),
        }
    }

    fn ordered(&self) -> bool {
        matches!(self.kind, Kind::Ordered(_))
    }

    fn classes_of_scaled(&self, scaled: &[i64], classes: &mut [u32]) {
        match &self.kind {
            Kind::Ordered(ordered) => ordered.classes(scaled, classes),
            Kind::Values(_) | Kind::List(_) => {
                unreachable!("only ordered columns have scaled values")
            }
        }
    }

    fn class_of_scaled(&self, scaled: i64) -> u32 {
        match &self.kind {
            Kind::Ordered(ordered) => ordered.class(scaled),
            Kind::Values(_) | Kind::List(_) => {
                unreachable!("only ordered columns have scaled values")
            }
        }
    }
}

struct Row {
    possible: Vec<u64>,
    certain: Vec<u64>,
}

impl MaskMaker {
    fn new(layout: &Layout, local: &FxHashMap<TestId, usize>) -> MaskMaker {
        let mut free = layout.used();
        let mut uses = vec![Vec::new(); local.len()];
        for (bit, clause) in layout.clauses.iter().enumerate() {
            for test in &clause.tests {
                if let Some(place) = local.get(test) {
                    uses[*place].push(bit as u32);
                    free[bit / WORD] &= !(1 << (bit % WORD));
                }
            }
        }
        MaskMaker {
            share: layout.share,
            first_words: layout.first_words,
            words: layout.words,
            free,
            uses,
        }
    }

    fn row(&self, truths: &[Truth]) -> Row {
        let mut row = Row {
            possible: self.free.clone(),
            certain: self.free.clone(),
        };
        for (test, truth) in truths.iter().enumerate() {
            if !truth.is_false() {
                self.change(&mut row, test, *truth);
            }
        }
        row
    }

    fn change(&self, row: &mut Row, test: usize, truth: Truth) {
        for bit in &self.uses[test] {
            let (word, mask) = (*bit as usize / WORD, 1u64 << (*bit as usize % WORD));
            set(&mut row.possible[word], mask, !truth.is_false());
            set(&mut row.certain[word], mask, truth.is_true());
        }
    }
}

fn set(word: &mut u64, mask: u64, on: bool) {
    if on {
        *word |= mask;
    } else {
        *word &= !mask;
    }
}

impl ClassTable {
    fn push(&mut self, possible: &[u64], certain: &[u64]) {
        self.possible.extend_from_slice(possible);
        self.certain.extend_from_slice(certain);
    }

    fn push_zero(&mut self) {
        self.possible.resize(self.possible.len() + self.words, 0);
        self.certain.resize(self.certain.len() + self.words, 0);
    }

    /// The possible mask of one word.
    pub fn possible(&self, class: u32, word: usize) -> u64 {
        self.possible[class as usize * self.words + word]
    }

    /// The certain mask of one word.
    pub fn certain(&self, class: u32, word: usize) -> u64 {
        self.certain[class as usize * self.words + word]
    }
}

impl Tables {
    /// The summary of a class.
    pub fn summary_of(&self, class: u32, summary_words: usize) -> &[u64] {
        &self.summary[class as usize * summary_words..][..summary_words]
    }

    /// What an exposed test comes to for a class; `exposed_count` tests a class.
    pub fn truth(&self, class: u32, exposed: usize, exposed_count: usize) -> Truth {
        match self.exposed[class as usize * exposed_count + exposed] {
            0 => Truth::False,
            1 => Truth::Unknown,
            2 => Truth::True,
            other => unreachable!("{other} is no truth value"),
        }
    }
}

const _: () = assert!(DEAD == 0 && MISSING == 1);
const _: () =
    assert!(Truth::False as u8 == 0 && Truth::Unknown as u8 == 1 && Truth::True as u8 == 2);
