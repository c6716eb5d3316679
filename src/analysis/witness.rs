//! A record that shows what is claimed: made of a search's values, asked of the reference evaluator.

use super::solve::State;
use super::space::{ANY_DAY, Samples, Space};
use crate::domain::Truth;
use crate::ir::Source;
use crate::model::print::{name, value};
use crate::model::{Model, RuleId, Type, Value};
use crate::reference::{Record, as_of_days, trace};

/// A record that a search found.
pub(super) struct Witness<'m> {
    model: &'m Model,
    pub record: Record,
}

impl<'m> Witness<'m> {
    /// The record that a search found: nothing in it that does not matter, but what must be there.
    pub fn of(model: &'m Model, space: &Space, start: &[Samples], state: &State) -> Witness<'m> {
        let mut record = Record::empty(model);
        record.set(model.record.key, Some(Value::Text("example".into())));
        record.set(model.record.as_of, Some(Value::Date(ANY_DAY)));
        for (id, field) in model.record.fields.iter() {
            if !field.optional && matches!(field.ty, Type::List(_)) {
                record.set(id, Some(Value::List(Vec::new().into())));
            }
        }
        for ((column, left), start) in space.columns.iter().zip(&state.columns).zip(start) {
            let at = chosen(&column.values, left, start);
            let value = column.values[at].clone();
            match column.source {
                // Its day is that of the law, which has a column of its own.
                Source::Field(field) if field == model.record.as_of && left == start => {}
                Source::Field(field) if value.is_some() => record.set(field, value),
                Source::Day(_) => record.set(model.record.as_of, value),
                Source::Field(_) | Source::Total(..) => {}
            }
        }
        Witness { model, record }
    }

    /// Whether a rule or an exception applies to it. Other rules are looked at only as far as this one depends on them.
    pub fn truth(&self, rule: RuleId) -> Truth {
        let days = as_of_days(self.model, &self.record, None).expect("it has a day");
        trace(self.model, &self.record, &days, rule).truth
    }

    /// Whether a rule or an exception applies to it.
    pub fn applies(&self, rule: RuleId) -> bool {
        self.truth(rule).is_true()
    }

    /// As a test would give it: `{ ship_date: 2026-01-01, destination: CN }`.
    pub fn text(&self) -> String {
        let model = self.model;
        let fields = model.record.fields.iter();
        let fields = fields.filter(|(id, _)| *id != model.record.key);
        let known = fields.filter_map(|(id, field)| {
            let known = value(model, field.ty, self.record.get(id)?);
            Some(format!("{}: {known}", name(&field.name)))
        });
        let known: Vec<String> = known.collect();
        format!("{{ {} }}", known.join(", "))
    }
}

/// The sample that is taken: a missing value where the column does not matter, else a known one.
pub(super) fn chosen(values: &[Option<Value>], left: &Samples, start: &Samples) -> usize {
    let missing = |at: &usize| values[*at].is_none();
    let first = |wanted: bool| left.iter().find(|at| missing(at) == wanted);
    match left == start {
        true => first(true).or_else(|| first(false)),
        false => first(false).or_else(|| first(true)),
    }
    .expect("a search leaves every column a value")
}
