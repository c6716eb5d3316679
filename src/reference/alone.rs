//! Conditions judged without a whole record: constants, and conditions on one field.

use super::eval::Scope;
use super::{Evaluator, Record};
use crate::domain::{Day, Number, Truth};
use crate::model::{BinderId, Expr, FieldId, Model, NestedId, PolicyId, Row, Value};

/// The truth of a condition that reads neither a field nor the as-of day.
pub fn condition_without_record(model: &Model, policy: PolicyId, expr: &Expr) -> Truth {
    condition_on(model, policy, &Record::empty(model), expr)
}

/// The number that an expression comes to that reads neither a field nor the as-of day, if it is one.
pub fn number_without_record(model: &Model, policy: PolicyId, expr: &Expr) -> Option<Number> {
    let days = vec![Day(0); model.policies.len()];
    let record = Record::empty(model);
    let evaluator = Evaluator::new(model, &record, &days);
    evaluator
        .number(expr, Scope::of(policy))
        .is_point()
        .cloned()
}

/// The truth of a condition that reads `field` and nothing else, for a value of it; `None` is a missing one.
pub fn condition_on_field(
    model: &Model,
    policy: PolicyId,
    field: FieldId,
    value: Option<&Value>,
    expr: &Expr,
) -> Truth {
    let mut record = Record::empty(model);
    record.set(field, value.cloned());
    condition_on(model, policy, &record, expr)
}

/// The truth on a day of a condition that reads `field` of the element `binder` and nothing else, for a value of it; `None` is
/// a missing one.
pub fn condition_on_member(
    model: &Model,
    (policy, day): (PolicyId, Day),
    (of, field): (NestedId, FieldId),
    value: Option<&Value>,
    (binder, expr): (BinderId, &Expr),
) -> Truth {
    let mut values = vec![None; model.nested[of].fields.len()];
    values[field.index()] = value.cloned();
    let days = vec![day; model.policies.len()];
    let record = Record::empty(model);
    let evaluator = Evaluator::new(model, &record, &days);
    evaluator.condition_on_element(policy, (binder, Row { values }), expr)
}

fn condition_on(model: &Model, policy: PolicyId, record: &Record, expr: &Expr) -> Truth {
    let days = vec![Day(0); model.policies.len()];
    Evaluator::new(model, record, &days).condition(policy, expr)
}
