//! One record as the evaluator reads it, and the day whose law applies to it.

use super::total::Totals;
use crate::domain::Day;
use crate::model::{FieldId, Model, Value};

/// The values of one record's fields.
///
/// A value has the type of its field, with one liberty: an instant field may hold [`Value::Date`] where the data
/// gave only a date, which means that day in every zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// By [`FieldId`]; `None` is missing.
    pub values: Vec<Option<Value>>,
    /// What the aggregates over the records of the run come to for this one.
    pub totals: Totals,
}

impl Record {
    /// A record of which nothing is known.
    pub fn empty(model: &Model) -> Record {
        Record {
            values: vec![None; model.record.fields.len()],
            totals: Totals::default(),
        }
    }

    /// The value of a field, if it is there.
    pub fn get(&self, field: FieldId) -> Option<&Value> {
        self.values[field.index()].as_ref()
    }

    /// Sets a field.
    pub fn set(&mut self, field: FieldId, value: Option<Value>) {
        self.values[field.index()] = value;
    }
}

/// The as-of day of each policy, by [`crate::model::PolicyId`]. `on` (of a test, or `--as-of`) sets the day for
/// every policy, whatever the record says; an instant is the day it falls on in the policy's zone (ruling 16).
/// `None` where there is neither `on` nor an as-of value, or an instant beyond the calendar: such a record is
/// rejected before it is judged.
pub fn as_of_days(model: &Model, record: &Record, on: Option<Day>) -> Option<Vec<Day>> {
    model
        .policies
        .values()
        .map(|policy| match (on, record.get(model.record.as_of)) {
            (Some(day), _) => Some(day),
            (None, Some(Value::Date(day))) => Some(*day),
            (None, Some(Value::Instant(micros))) => {
                let zone = policy
                    .zone
                    .as_ref()
                    .expect("internal error: an instant as-of without a zone passed the checker");
                zone.day_of(*micros)
            }
            (None, Some(other)) => {
                unreachable!("internal error: {other:?} as the as-of value")
            }
            (None, None) => None,
        })
        .collect()
}
