//! Aggregates over the records of a run: which records belong together, what each gives, and what it all comes to.
//!
//! For a record r and any record q of the run, t(q) is true for r itself, and else the `and` over the keys of whether the two
//! have the same, and whether the day of q lies in the period of r's; and that `where` holds of q, on its own day. What the
//! records come to with these truths is what the elements of a list come to. [`all_totals`] says so outright, record by
//! record; a run adds up in groups what comes to the same (`io::totals`).

use super::eval::{Absence, Evaluator, Scope};
use super::list::of_elements;
use super::name::Path;
use super::open::Found;
use super::record::Record;
use crate::domain::{Day, Interval, Truth, text};
use crate::model::{
    Expr, ExprKind, Model, PolicyId, Total, TotalId, TotalKey, TotalPeriod, Type, Value,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// An aggregate as a policy asks it: on the days of its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedTotal {
    /// The aggregate.
    pub total: TotalId,
    /// The first policy that has these days.
    pub policy: PolicyId,
    /// How questions about absence in it are read.
    pub absence: Absence,
}

/// All aggregates that the rules of a run ask, each once for all policies with the same days.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AskedTotals {
    list: Vec<AskedTotal>,
    /// For each policy the first that has the same days.
    like: Vec<PolicyId>,
}

impl AskedTotals {
    /// Those of a model; with `open` also read so that questions about absence stay open, which only [`super::judge`] asks.
    pub fn of(model: &Model, open: bool) -> Arc<AskedTotals> {
        let mut asked = AskedTotals {
            list: Vec::new(),
            like: like(model),
        };
        if model.totals.is_empty() {
            return Arc::new(asked);
        }
        for rule in model.rules.values() {
            let policy = asked.like[rule.policy.index()];
            let mut totals = BTreeSet::new();
            for expr in rule.exprs() {
                add_totals(model, expr, &mut totals);
            }
            for total in totals {
                asked.add(total, policy, Absence::AsWritten);
                let reads_absence = model.totals[total]
                    .exprs()
                    .any(|expr| asks_absence(model, expr));
                if open && reads_absence {
                    asked.add(total, policy, Absence::Open);
                }
            }
        }
        Arc::new(asked)
    }

    fn add(&mut self, total: TotalId, policy: PolicyId, absence: Absence) {
        let asked = AskedTotal {
            total,
            policy,
            absence,
        };
        if !self.list.contains(&asked) {
            self.list.push(asked);
        }
    }

    /// Those asked, in the order of the rules.
    pub fn list(&self) -> &[AskedTotal] {
        &self.list
    }

    /// The place of one as a policy asks it; where absence is not read otherwise, as it is written.
    fn place(&self, total: TotalId, policy: PolicyId, absence: Absence) -> Option<usize> {
        let policy = *self.like.get(policy.index())?;
        let at = |absence| {
            let wanted = AskedTotal {
                total,
                policy,
                absence,
            };
            self.list.iter().position(|asked| *asked == wanted)
        };
        at(absence).or_else(|| at(Absence::AsWritten))
    }
}

/// For each policy the first that has the same days.
fn like(model: &Model) -> Vec<PolicyId> {
    let is_instant = model.record.fields[model.record.as_of].ty == Type::Instant;
    let zone = |policy: PolicyId| match is_instant {
        true => model.policies[policy].zone.clone(),
        false => None,
    };
    let first = |policy: PolicyId| {
        let mut all = model.policies.ids();
        all.find(|other| zone(*other) == zone(policy))
    };
    let policies = model.policies.ids();
    policies
        .map(|policy| first(policy).unwrap_or(policy))
        .collect()
}

fn add_totals(model: &Model, expr: &Expr, totals: &mut BTreeSet<TotalId>) {
    if let ExprKind::Total(total) = &expr.kind {
        totals.insert(*total);
    }
    if let ExprKind::Define(define, _) = &expr.kind {
        add_totals(model, &model.defines[*define].body, totals);
    }
    for part in expr.parts() {
        add_totals(model, part, totals);
    }
}

fn asks_absence(model: &Model, expr: &Expr) -> bool {
    let here = match &expr.kind {
        ExprKind::IsMissing(_)
        | ExprKind::IsKnown(_)
        | ExprKind::IsUnknown(_)
        | ExprKind::Assume(..) => true,
        ExprKind::Define(define, _) => asks_absence(model, &model.defines[*define].body),
        _ => false,
    };
    here || expr.parts().iter().any(|part| asks_absence(model, part))
}

/// What an aggregate comes to for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotalValue {
    /// The values it may have.
    pub value: Interval,
    /// How many records certainly count.
    pub sure: u64,
    /// How many may, those included.
    pub may: u64,
    /// Whether another record is to blame where it is not known: its `where` is unknown or its value no point, or it lacks a
    /// key that this record has, or has a coarser code there.
    pub others: bool,
    /// The keys, by place, at which this record's code is too coarse to tell whether another record has the same.
    pub coarse: u32,
}

/// What all aggregates asked come to for a record; none where the record was judged without others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    asked: Arc<AskedTotals>,
    values: Arc<[TotalValue]>,
}

impl Totals {
    /// One value for each aggregate asked, in their order.
    pub fn new(asked: Arc<AskedTotals>, values: Vec<TotalValue>) -> Totals {
        debug_assert_eq!(asked.list.len(), values.len());
        Totals {
            asked,
            values: values.into(),
        }
    }

    /// One value for each aggregate asked, in their order.
    pub fn values(&self) -> &[TotalValue] {
        &self.values
    }

    fn get(&self, total: TotalId, policy: PolicyId, absence: Absence) -> Option<&TotalValue> {
        self.values.get(self.asked.place(total, policy, absence)?)
    }

    /// What each aggregate comes to, by its name, as it is written.
    pub fn named<'t>(
        &'t self,
        model: &'t Model,
    ) -> impl Iterator<Item = (&'t Total, &'t TotalValue)> {
        let asked = self.asked.list.iter().zip(&*self.values);
        let asked = asked.filter(|(asked, _)| asked.absence == Absence::AsWritten);
        asked.map(|(asked, value)| (&model.totals[asked.total], value))
    }

    /// What an aggregate comes to as a policy asks it.
    pub fn of(&self, total: TotalId, policy: PolicyId) -> Option<&TotalValue> {
        self.get(total, policy, Absence::AsWritten)
    }
}

/// What a record gives to an aggregate of those it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// Whether `where` holds of it.
    pub counts: Truth,
    /// Its value; none where there is none to be worked out, and where it does not count.
    pub value: Option<Interval>,
}

impl Contribution {
    /// Whether it keeps an aggregate from being known by itself.
    pub fn is_open(&self) -> bool {
        let value = self.value.as_ref();
        self.counts.is_unknown() || value.is_some_and(|value| value.is_point().is_none())
    }

    /// What a row gives that is rejected: it may be a record, and has no more than what can be read of it.
    pub fn of_rejected(self) -> Contribution {
        Contribution {
            counts: self.counts.and(Truth::Unknown),
            ..self
        }
    }
}

/// What a rejected row gives of which not even the day can be read: its value, where no law of a day has a part in that.
pub fn of_unreadable(model: &Model, asked: &AskedTotal, record: &Record) -> Contribution {
    let value = model.totals[asked.total].kind.value();
    let value = value.map(|value| match asks_no_day(value) {
        true => {
            let days = vec![Day(0); model.policies.len()];
            let evaluator = Evaluator::with_absence(model, record, &days, asked.absence);
            evaluator.number(value, Scope::of(asked.policy))
        }
        false => Interval::any(),
    });
    Contribution {
        counts: Truth::Unknown,
        value,
    }
}

/// Whether an amount is made of fields and numbers alone: sets, params and tables may be others on another day.
fn asks_no_day(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Field(_) | ExprKind::Value(_) => true,
        ExprKind::Arith(_, a, b) => asks_no_day(a) && asks_no_day(b),
        ExprKind::Neg(inner) => asks_no_day(inner),
        _ => false,
    }
}

/// What a record gives to an aggregate.
pub fn contribution(
    model: &Model,
    asked: &AskedTotal,
    record: &Record,
    days: &[Day],
) -> Contribution {
    let evaluator = Evaluator::with_absence(model, record, days, asked.absence);
    evaluator.contribution(&model.totals[asked.total], Scope::of(asked.policy))
}

/// Whether a condition may hold of a record, with questions about absence of what is missing left open.
pub fn may_hold(
    model: &Model,
    record: &Record,
    days: &[Day],
    policy: PolicyId,
    condition: &Expr,
) -> bool {
    let evaluator = Evaluator::with_absence(model, record, days, Absence::Open);
    !evaluator.condition(policy, condition).is_false()
}

/// A record's keys as they are compared; `None` is missing.
pub fn total_keys(model: &Model, total: &Total, record: &Record) -> Vec<Option<Value>> {
    let key = |key: &TotalKey| {
        let value = record.get(key.field)?;
        let folded = model.record.fields[key.field].ty == Type::Text { folded: true };
        Some(match value {
            Value::Text(text) if folded => Value::Text(text::fold(text).into()),
            Value::Code(code) if key.entry => {
                let entry = code.self_and_ancestors().last();
                Value::Code(entry.unwrap_or_else(|| code.clone()))
            }
            other => other.clone(),
        })
    };
    total.keys.iter().map(key).collect()
}

/// Whether two records have the same key: unknown where one lacks it, or has a code above the other's.
pub fn same_key(a: Option<&Value>, b: Option<&Value>) -> Truth {
    match (a, b) {
        (None, _) | (_, None) => Truth::Unknown,
        (Some(a), Some(b)) if a == b => Truth::True,
        (Some(Value::Code(a)), Some(Value::Code(b))) => {
            match a.is_coarser_than(b) || b.is_coarser_than(a) {
                true => Truth::Unknown,
                false => Truth::False,
            }
        }
        (Some(_), Some(_)) => Truth::False,
    }
}

/// Whether the records of a day count for a record of the day `of`: unknown where a day is.
pub fn in_period(period: Option<TotalPeriod>, of: Option<Day>, day: Option<Day>) -> Truth {
    let (Some(period), Some(of), Some(day)) = (period, of, day) else {
        return if period.is_none() {
            Truth::True
        } else {
            Truth::Unknown
        };
    };
    Truth::from(match period {
        TotalPeriod::CalendarYear => of.year() == day.year(),
        TotalPeriod::LastDays(days) => {
            let back = Day::days_between(day, of);
            (0..i64::from(days)).contains(&back)
        }
    })
}

/// A row of a run, as aggregates take it.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// What can be read of it.
    pub record: Record,
    /// Its as-of days by policy; of a rejected row perhaps unknown.
    pub days: Option<Vec<Day>>,
    /// Whether it is rejected: then it is a record that there may be, with what can be read of it.
    pub rejected: bool,
}

impl RunRow {
    /// A record of the run.
    pub fn record(record: Record, days: Vec<Day>) -> RunRow {
        RunRow {
            record,
            days: Some(days),
            rejected: false,
        }
    }

    /// What it gives to an aggregate.
    fn gives(&self, model: &Model, asked: &AskedTotal) -> Contribution {
        match &self.days {
            None => of_unreadable(model, asked, &self.record),
            Some(days) => {
                let given = contribution(model, asked, &self.record, days);
                if self.rejected {
                    given.of_rejected()
                } else {
                    given
                }
            }
        }
    }
}

/// What all aggregates asked come to for each row of a run, by definition: every one is compared with every other. What it
/// says of rejected rows is asked by nobody.
pub fn all_totals(model: &Model, asked: &Arc<AskedTotals>, rows: &[RunRow]) -> Vec<Totals> {
    let mut values: Vec<Vec<TotalValue>> = vec![Vec::new(); rows.len()];
    for asked in &asked.list {
        let total = &model.totals[asked.total];
        let members: Vec<Member> = rows
            .iter()
            .map(|row| Member {
                keys: total_keys(model, total, &row.record),
                day: row.days.as_ref().map(|days| days[asked.policy.index()]),
                given: row.gives(model, asked),
            })
            .collect();
        for (at, values) in values.iter_mut().enumerate() {
            values.push(total_of(total, &members, at));
        }
    }
    let all = values.into_iter();
    all.map(|values| Totals::new(Arc::clone(asked), values))
        .collect()
}

/// What one row has of one aggregate.
struct Member {
    keys: Vec<Option<Value>>,
    day: Option<Day>,
    given: Contribution,
}

fn total_of(total: &Total, members: &[Member], at: usize) -> TotalValue {
    let own = &members[at];
    let mut found = TotalValue {
        value: Interval::any(),
        sure: 0,
        may: 0,
        others: false,
        coarse: 0,
    };
    let mut elements = Vec::new();
    for (other, member) in members.iter().enumerate() {
        let pairs = || own.keys.iter().map(Option::as_ref).zip(&member.keys);
        let together = match other == at {
            true => Truth::True,
            false => Truth::all(pairs().map(|(own, other)| same_key(own, other.as_ref())))
                .and(in_period(total.period, own.day, member.day)),
        };
        let counts = together.and(member.given.counts);
        if counts.is_false() {
            continue;
        }
        found.sure += u64::from(counts.is_true());
        found.may += 1;
        if other != at {
            found.others |= member.given.is_open();
            for (place, (own, other)) in pairs().enumerate() {
                let Some(own) = own else { continue };
                let Some(other) = other else {
                    found.others = true;
                    continue;
                };
                found.others |= is_above(other, own);
                found.coarse |= u32::from(is_above(own, other)) << place;
            }
        }
        elements.push((counts, member.given.value.clone()));
    }
    found.value = of_elements(&total.kind, &elements);
    found
}

fn is_above(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::Code(a), Value::Code(b)) if a.is_coarser_than(b))
}

impl Evaluator<'_> {
    fn contribution(&self, total: &Total, scope: Scope) -> Contribution {
        let filter = total.filter.as_ref();
        let counts = filter.map_or(Truth::True, |filter| self.truth(filter, scope));
        let value = total.kind.value().filter(|_| !counts.is_false());
        Contribution {
            counts,
            value: value.map(|value| self.number(value, scope)),
        }
    }

    /// What an aggregate comes to; nothing is known of one for a record without others.
    pub(super) fn total(&self, total: TotalId, scope: Scope) -> Interval {
        let absence = self.absence_in(scope);
        let found = self.record.totals.get(total, scope.policy, absence);
        found.map_or(Interval::any(), |found| found.value.clone())
    }

    /// What an aggregate comes to, and of how many records.
    pub(super) fn total_value(&self, total: TotalId, scope: Scope) -> Option<&TotalValue> {
        self.record.totals.of(total, scope.policy)
    }

    /// What keeps an aggregate from being known: the keys that this record lacks or has too coarse, what keeps open what it
    /// gives itself, and by its name what other records lack.
    pub(super) fn open_total(&self, id: TotalId, scope: Scope, found: &mut Found) {
        let total = &self.model.totals[id];
        let value = self.total_value(id, scope);
        let before = std::mem::take(&mut found.names);
        let coarse = value.map_or(0, |value| value.coarse);
        for (place, key) in total.keys.iter().enumerate() {
            if self.record.get(key.field).is_none() || coarse >> place & 1 == 1 {
                found.names.add_field(Path::of(key.field));
            }
        }
        // Of a record the aggregate asks on its own, whoever names it.
        let own = Scope::of(scope.policy);
        let counts = self.contribution(total, own).counts;
        if let Some(filter) = &total.filter {
            self.open(filter, own, found);
        }
        if let (Some(value), false) = (total.kind.value(), counts.is_false()) {
            self.open_leaves(value, own, found);
        }
        if found.names.is_empty() || value.is_none_or(|value| value.others) {
            found.names.add_other(&total.name);
        }
        found.names.add_all(before);
    }
}
