//! The columns of a program and, of each, values such that every other value does in all its tests what one of them does.

use crate::domain::{Code, CodeModel, Country, Day, Number, Truth};
use crate::ir::{self, ColumnId, ColumnKind, Program, Source, TestForm, TestId};
use crate::model::{CompareOp, Expr, ExprKind, FieldId, Model, SetExpr, Type, Value};
use crate::plan::{Classes, Plan};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A day where none matters.
pub(super) const ANY_DAY: Day = Day(20_454);
/// Values of one column at most; one with more is not looked into.
const MAX_SAMPLES: usize = 20_000;

/// A set of samples of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Samples {
    words: Vec<u64>,
}

impl Samples {
    pub fn none(count: usize) -> Samples {
        Samples {
            words: vec![0; count.div_ceil(64)],
        }
    }

    pub fn all(count: usize) -> Samples {
        let mut all = Samples::none(count);
        (0..count).for_each(|at| all.insert(at));
        all
    }

    pub fn insert(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
    }

    pub fn contains(&self, at: usize) -> bool {
        self.words[at / 64] >> (at % 64) & 1 == 1
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Keeps what is in both; whether anything went.
    pub fn keep(&mut self, other: &Samples) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            changed |= *mine & !theirs != 0;
            *mine &= theirs;
        }
        changed
    }

    pub fn meets(&self, other: &Samples) -> bool {
        let mut words = self.words.iter().zip(&other.words);
        words.any(|(mine, theirs)| mine & theirs != 0)
    }

    pub fn is_within(&self, other: &Samples) -> bool {
        let mut words = self.words.iter().zip(&other.words);
        words.all(|(mine, theirs)| mine & !theirs == 0)
    }

    pub fn join(&self, other: &Samples) -> Samples {
        let words = self.words.iter().zip(&other.words);
        Samples {
            words: words.map(|(mine, theirs)| mine | theirs).collect(),
        }
    }

    /// Those in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let count = self.words.len() * 64;
        (0..count).filter(|at| self.contains(*at))
    }
}

/// One column.
pub(super) struct Column {
    pub source: Source,
    /// Its values; `None` is a missing one.
    pub values: Vec<Option<Value>>,
    /// For each test that is told by value, on which samples it is false, unknown and true.
    truths: FxHashMap<TestId, [Samples; 3]>,
}

impl Column {
    /// The samples on which a test comes to `truth`; nothing where it is not told by value.
    pub fn with(&self, test: TestId, truth: Truth) -> Option<&Samples> {
        self.truths.get(&test).map(|all| &all[place(truth)])
    }

    /// Whether a value is there.
    pub fn known(&self) -> Samples {
        let mut known = Samples::none(self.values.len());
        let there = self.values.iter().enumerate();
        for (at, _) in there.filter(|(_, value)| value.is_some()) {
            known.insert(at);
        }
        known
    }
}

fn place(truth: Truth) -> usize {
    match truth {
        Truth::False => 0,
        Truth::Unknown => 1,
        Truth::True => 2,
    }
}

/// All columns of a program, by [`ColumnId`].
pub(super) struct Space {
    pub columns: Vec<Column>,
}

impl Space {
    pub fn new(plan: &Plan) -> Space {
        let program = &plan.program;
        let mut tests: FxHashMap<ColumnId, Vec<TestId>> = FxHashMap::default();
        for (id, test) in program.tests.iter() {
            tests.entry(test.column).or_default().push(id);
        }
        let columns = program.columns.ids().map(|id| {
            let tests = tests.get(&id).map_or(&[][..], Vec::as_slice);
            column(plan, id, tests)
        });
        Space {
            columns: columns.collect(),
        }
    }

    /// The column of a source.
    pub fn column_of(&self, source: Source) -> Option<ColumnId> {
        let at = self.columns.iter().position(|it| it.source == source)?;
        Some(ColumnId::from_index(at))
    }
}

fn column(plan: &Plan, id: ColumnId, tests: &[TestId]) -> Column {
    let (model, program) = (&*plan.model, &plan.program);
    let of = &program.columns[id];
    let asked = Asked {
        model,
        program,
        source: of.source,
    };
    let told: Vec<TestId> = tests
        .iter()
        .copied()
        .filter(|test| asked.is_told(*test))
        .collect();
    let values = match (of.kind, of.source) {
        (ColumnKind::Value, Source::Field(field)) => asked.values(field, &told),
        (ColumnKind::Value, Source::Day(_) | Source::Total(..)) => Some(vec![None]),
        (ColumnKind::Day, Source::Day(_)) => Some(asked.days(&told)),
        (ColumnKind::Number | ColumnKind::Int | ColumnKind::Day, _) => {
            Some(asked.along_the_line(of.kind, &told))
        }
    };
    let Some(values) = values.filter(|values| values.len() <= MAX_SAMPLES) else {
        return Column {
            source: of.source,
            values: vec![None],
            truths: FxHashMap::default(),
        };
    };
    let classes = plan.columns[plan.slot(id)].classes.as_deref();
    merged(asked, values, &told, classes)
}

/// The column with values on which all tests agree made one.
fn merged(
    asked: Asked<'_>,
    values: Vec<Option<Value>>,
    told: &[TestId],
    classes: Option<&Classes>,
) -> Column {
    let mut kept: Vec<Option<Value>> = Vec::new();
    let mut rows: Vec<Vec<Truth>> = Vec::new();
    let mut known: FxHashMap<(bool, Vec<u8>), ()> = FxHashMap::default();
    for value in values {
        let row = asked.truths(value.as_ref(), told, classes);
        let key: Vec<u8> = row.iter().map(|truth| place(*truth) as u8).collect();
        if known.insert((value.is_some(), key), ()).is_none() {
            kept.push(value);
            rows.push(row);
        }
    }
    let mut truths = FxHashMap::default();
    for (at, test) in told.iter().enumerate() {
        let mut all = [(); 3].map(|()| Samples::none(kept.len()));
        for (sample, row) in rows.iter().enumerate() {
            all[place(row[at])].insert(sample);
        }
        truths.insert(*test, all);
    }
    Column {
        source: asked.source,
        values: kept,
        truths,
    }
}

/// What is asked of one column.
#[derive(Clone, Copy)]
struct Asked<'m> {
    model: &'m Model,
    program: &'m Program,
    source: Source,
}

impl Asked<'_> {
    /// Whether values can be named such that a test says of every other what it says of one of them. Tests made of others are
    /// taken apart by [`super::formula`].
    fn is_told(&self, test: TestId) -> bool {
        match &self.program.tests[test].form {
            TestForm::Window(_) | TestForm::Threshold(..) => true,
            TestForm::Condition { expr, .. } => match self.ty() {
                Some(Type::Country | Type::Enum(_) | Type::Bool) => true,
                Some(Type::Code(_) | Type::Text { .. }) => is_plain(expr),
                Some(
                    Type::Int
                    | Type::Decimal
                    | Type::Percent
                    | Type::Money(_)
                    | Type::Mass
                    | Type::Date,
                ) => is_presence(expr),
                Some(
                    Type::Instant
                    | Type::Duration
                    | Type::Verdict
                    | Type::List(_)
                    | Type::Element(_),
                )
                | None => false,
            },
            TestForm::Listed(_)
            | TestForm::Any { .. }
            | TestForm::IsThere(_)
            | TestForm::Not(_)
            | TestForm::And(_)
            | TestForm::Or(_) => false,
        }
    }

    fn ty(&self) -> Option<Type> {
        match self.source {
            Source::Field(field) => Some(self.model.record.fields[field].ty),
            Source::Day(_) | Source::Total(..) => None,
        }
    }

    /// Values of a field without an order; none where there are too many.
    fn values(&self, field: FieldId, told: &[TestId]) -> Option<Vec<Option<Value>>> {
        let conditions = told
            .iter()
            .filter_map(|test| match &self.program.tests[*test].form {
                TestForm::Condition { expr, .. } => Some(&**expr),
                TestForm::Window(_)
                | TestForm::Threshold(..)
                | TestForm::Listed(_)
                | TestForm::Any { .. }
                | TestForm::IsThere(_)
                | TestForm::Not(_)
                | TestForm::And(_)
                | TestForm::Or(_) => None,
            });
        let mut named = Vec::new();
        conditions.for_each(|expr| add_values(expr, &mut named));
        let known: Vec<Value> = match self.model.record.fields[field].ty {
            Type::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Type::Country => Country::all().map(Value::Country).collect(),
            Type::Enum(id) => (0..self.model.enums[id].values.len())
                .map(|at| Value::Enum(u16::try_from(at).unwrap_or(u16::MAX)))
                .collect(),
            Type::Code(system) => codes(self.model.systems[system].model, &named)?,
            Type::Text { .. } => texts(named),
            Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Mass
            | Type::Date
            | Type::Instant
            | Type::Duration
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => Vec::new(),
        };
        Some(known.into_iter().map(Some).chain([None]).collect())
    }

    /// The days on which the law changes, and one before all of them.
    fn days(&self, told: &[TestId]) -> Vec<Option<Value>> {
        let mut days = BTreeSet::new();
        for test in told {
            if let TestForm::Window(windows) = &self.program.tests[*test].form {
                days.extend(windows.edges());
            }
        }
        let before = days
            .first()
            .map_or(Some(ANY_DAY), |day| Day::from_days(i64::from(day.0) - 1));
        // The latest law first: it is what an author looks at.
        let days = days.into_iter().rev().chain(before);
        days.map(|day| Some(Value::Date(day))).collect()
    }

    /// Every threshold, something between any two, and beyond the first and the last.
    fn along_the_line(&self, kind: ColumnKind, told: &[TestId]) -> Vec<Option<Value>> {
        let mut bounds = BTreeSet::new();
        for test in told {
            if let TestForm::Threshold(_, bound) = &self.program.tests[*test].form {
                bounds.insert(bound.clone());
            }
        }
        let bounds: Vec<Number> = bounds.into_iter().collect();
        let mut points = BTreeSet::new();
        let is_whole = kind != ColumnKind::Number;
        let one = Number::one();
        for (at, bound) in bounds.iter().enumerate() {
            points.insert(bound - &one);
            points.insert(bound.clone());
            points.insert(match bounds.get(at + 1) {
                Some(next) if !is_whole => &(bound + next) * &Number::from_ratio(1, 2),
                Some(_) | None => bound + &one,
            });
        }
        if points.is_empty() {
            points.insert(one);
        }
        let fits = |number: &Number| match self.source {
            Source::Field(field) => {
                let field = &self.model.record.fields[field];
                !(field.is_non_negative() && number.is_negative())
            }
            Source::Day(_) | Source::Total(..) => true,
        };
        let value = |number: &Number| match kind {
            ColumnKind::Day => number.to_i64().and_then(Day::from_days).map(Value::Date),
            ColumnKind::Int => number.is_integer().then(|| Value::Number(number.clone())),
            ColumnKind::Number | ColumnKind::Value => Some(Value::Number(number.clone())),
        };
        let known = points.iter().filter(|point| fits(point));
        let known = known.filter_map(|point| value(point).map(Some));
        known.chain([None]).collect()
    }

    /// What the told tests come to for a value.
    fn truths(
        &self,
        value: Option<&Value>,
        told: &[TestId],
        classes: Option<&Classes>,
    ) -> Vec<Truth> {
        let by_value = match (self.ty(), classes) {
            (
                Some(
                    Type::Country | Type::Enum(_) | Type::Bool | Type::Code(_) | Type::Text { .. },
                ),
                Some(classes),
            ) => Some((classes, classes.truths_of(value))),
            _ => None,
        };
        let truth = |test: &TestId| match &by_value {
            Some((classes, truths)) => {
                let at = classes.tests().binary_search(test);
                truths[at.expect("a column's tests are ascending")]
            }
            None => self.truth(&self.program.tests[*test].form, value),
        };
        told.iter().map(truth).collect()
    }

    /// A test of an ordered column.
    fn truth(&self, form: &TestForm, value: Option<&Value>) -> Truth {
        match (form, value) {
            (TestForm::Window(windows), Some(Value::Date(day))) => windows.contains(*day).into(),
            (TestForm::Window(_), _) => Truth::False,
            (TestForm::Threshold(op, bound), None) => {
                let non_negative = match self.source {
                    Source::Field(field) => self.model.record.fields[field].is_non_negative(),
                    Source::Day(_) | Source::Total(..) => false,
                };
                ir::missing_threshold(*op, bound, non_negative)
            }
            (TestForm::Threshold(op, bound), Some(value)) => {
                let number = match value {
                    Value::Date(day) => Number::from_i64(day.0.into()),
                    Value::Number(number) => number.clone(),
                    other => unreachable!("internal error: {other:?} in an ordered column"),
                };
                op.holds(number.cmp(bound)).into()
            }
            (TestForm::Condition { expr, .. }, value) => match &expr.kind {
                ExprKind::IsMissing(_) => value.is_none().into(),
                _ => value.is_some().into(),
            },
            (other, _) => unreachable!("internal error: {other:?} is not told by value"),
        }
    }
}

/// `is missing` and `is known` of a field itself.
fn is_presence(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::IsMissing(x) | ExprKind::IsKnown(x) => matches!(x.kind, ExprKind::Field(_)),
        _ => false,
    }
}

/// A comparison of a field itself with single values, by equality or by place in the system of codes.
fn is_plain(expr: &Expr) -> bool {
    let is_field = |expr: &Expr| matches!(expr.kind, ExprKind::Field(_));
    match &expr.kind {
        ExprKind::In(x, SetExpr::Elements(elements))
        | ExprKind::Under(x, SetExpr::Elements(elements)) => {
            is_field(x) && elements.iter().all(|element| element.to.is_none())
        }
        ExprKind::Compare(CompareOp::Eq | CompareOp::Ne, x, y) => {
            is_field(x) && matches!(y.kind, ExprKind::Value(_))
        }
        _ => is_presence(expr),
    }
}

fn add_values(expr: &Expr, values: &mut Vec<Value>) {
    match &expr.kind {
        ExprKind::Value(value) => values.push(value.clone()),
        ExprKind::In(x, SetExpr::Elements(elements))
        | ExprKind::Under(x, SetExpr::Elements(elements)) => {
            add_values(x, values);
            values.extend(elements.iter().map(|element| element.value.clone()));
        }
        _ => expr
            .parts()
            .iter()
            .for_each(|part| add_values(part, values)),
    }
}

/// Every text named, and one that is not.
fn texts(named: Vec<Value>) -> Vec<Value> {
    let mut other = "something else".to_owned();
    for value in &named {
        if let Value::Text(text) = value
            && text.len() >= other.len()
        {
            other = format!("something else than {text}");
        }
    }
    let mut all = named;
    all.retain(|value| matches!(value, Value::Text(_)));
    all.push(Value::Text(other.into()));
    all
}

/// Every code named and all above it, below each of them one that nobody names, and one apart from all.
fn codes(model: CodeModel, named: &[Value]) -> Option<Vec<Value>> {
    let mut nodes: BTreeSet<Code> = BTreeSet::new();
    for value in named {
        if let Value::Code(code) = value {
            nodes.extend(code.self_and_ancestors());
        }
    }
    if nodes.len() > MAX_SAMPLES / 2 {
        return None;
    }
    let fresh = |parent: &str| {
        let mut children = below(model, parent);
        children.find(|code| !nodes.contains(code))
    };
    let below = nodes.iter().filter_map(|node| fresh(node.as_str()));
    let mut all: Vec<Code> = nodes.iter().cloned().chain(below).collect();
    all.extend(fresh(""));
    Some(all.into_iter().map(Value::Code).collect())
}

/// Codes right below another, or at the top of the system.
fn below(model: CodeModel, parent: &str) -> Box<dyn Iterator<Item = Code> + '_> {
    let top = parent.is_empty();
    let texts: Box<dyn Iterator<Item = String>> = match (model, top) {
        (CodeModel::Hs, _) => Box::new((1..100).map(move |pair| format!("{parent}{pair:02}"))),
        (CodeModel::Eccn, true) => Box::new(
            (0..10).flat_map(|category| (900..1000).map(move |it| format!("{category}A{it}"))),
        ),
        (CodeModel::Segmented, true) => Box::new((1..1000).map(|it| format!("Z{it}"))),
        (CodeModel::Eccn | CodeModel::Segmented, false) => Box::new(
            (b'a'..=b'z')
                .map(move |letter| format!("{parent}.{}", letter as char))
                .chain((1..1000).map(move |number| format!("{parent}.{number}"))),
        ),
    };
    Box::new(texts.filter_map(move |text| model.parse_data(&text).ok()))
}
