//! Values worth trying in the place of what a field holds.

use super::asked::Asked;
use crate::domain::{Country, Day, Number};
use crate::input::read::value_of_scaled;
use crate::model::{
    Expectation, ExpectedRules, FieldId, Model, Row, RuleId, Test, Type, Value, scaled_decimals,
};
use crate::reference::Record;

/// So many values of a field are tried.
const MAX_VALUES: usize = 400;

/// Other values than the record's for a field, first those of the rule's own tests.
pub(super) fn of(
    model: &Model,
    record: &Record,
    asked: &Asked,
    rule: RuleId,
    field: FieldId,
) -> Vec<Value> {
    let now = record.get(field);
    let mut values = of_tests(model, rule, field);
    values.extend(of_type(model, asked, field, now));
    let mut distinct: Vec<Value> = Vec::new();
    for value in values {
        if Some(&value) != now && !distinct.contains(&value) && distinct.len() < MAX_VALUES {
            distinct.push(value);
        }
    }
    distinct
}

/// What the tests that name the rule give the field.
fn of_tests(model: &Model, rule: RuleId, field: FieldId) -> Vec<Value> {
    let tests = model.tests.iter().filter(|test| names(test, rule));
    let given = tests.flat_map(|test| &test.given);
    let own = given.filter(|(own, _)| *own == field);
    let values = own.filter_map(|(_, value)| value.value.clone());
    // What a list of a test holds is hard to say in a line.
    values
        .filter(|value| !matches!(value, Value::List(_)))
        .collect()
}

/// Whether an expectation of a test names the rule.
fn names(test: &Test, rule: RuleId) -> bool {
    let has = |named: &ExpectedRules| named.rules.contains(&rule);
    test.expect.iter().any(|expect| match &expect.value {
        Expectation::Verdict { by: Some(by), .. } => by.iter().any(has),
        Expectation::Unknown { rule, .. } | Expectation::Not(rule) => has(rule),
        Expectation::Verdict { by: None, .. }
        | Expectation::AtMost(_)
        | Expectation::Obligation(_) => false,
    })
}

fn of_type(model: &Model, asked: &Asked, field: FieldId, now: Option<&Value>) -> Vec<Value> {
    let ty = model.record.fields[field].ty;
    let named = || {
        let own = asked.values.iter().filter(|(other, _)| *other == ty);
        own.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    match ty {
        _ if field == model.record.as_of => of_days(asked, &[]),
        Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Type::Country => Country::all().map(Value::Country).collect(),
        Type::Enum(id) => (0..model.enums[id].values.len())
            .map(|at| Value::Enum(at as u16))
            .collect(),
        Type::Int | Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => {
            let may_be_negative = !model.record.fields[field].is_non_negative();
            let numbers = of_numbers(ty, now, named());
            let fits = |value: &Value| match value {
                Value::Number(number) => may_be_negative || !number.is_negative(),
                _ => false,
            };
            numbers.into_iter().filter(fits).collect()
        }
        Type::Date => of_days(asked, &named()),
        Type::Code(_) | Type::Text { .. } => named(),
        Type::List(_) => vec![Value::List(Vec::<Row>::new().into())],
        Type::Instant | Type::Duration | Type::Verdict | Type::Element(_) => Vec::new(),
    }
}

/// Numbers that the rule names and their neighbours, and some on a scale around the one at hand.
fn of_numbers(ty: Type, now: Option<&Value>, named: Vec<Value>) -> Vec<Value> {
    let (Some(unit), Some(decimals)) = (unit(ty), scaled_decimals(ty)) else {
        return Vec::new();
    };
    let scaled = |value: &Value| match value {
        Value::Number(number) => number.to_scaled_i64(decimals),
        _ => None,
    };
    let mut values = vec![0];
    for value in named.iter().filter_map(scaled) {
        values.extend(
            [
                Some(value),
                value.checked_sub(unit),
                value.checked_add(unit),
            ]
            .into_iter()
            .flatten(),
        );
    }
    if let Some(now) = now.and_then(scaled) {
        values.extend([2, 10, 1_000].map(|by| now / by));
        values.extend([2, 10, 1_000].iter().filter_map(|by| now.checked_mul(*by)));
    }
    values
        .into_iter()
        .filter_map(|at| value_of(ty, at))
        .collect()
}

/// Days on which something changes, and the days before.
fn of_days(asked: &Asked, named: &[Value]) -> Vec<Value> {
    let named = named.iter().filter_map(|value| match value {
        Value::Date(day) => Some(*day),
        _ => None,
    });
    let days = asked.days.iter().copied().chain(named);
    let near = days.flat_map(|day| {
        let around = [i64::from(day.0) - 1, i64::from(day.0), i64::from(day.0) + 1];
        around.into_iter().filter_map(Day::from_days)
    });
    near.map(Value::Date).collect()
}

/// The smallest step between values of a type that people tell apart, in the type's own unit.
pub(super) fn unit(ty: Type) -> Option<i64> {
    match ty {
        Type::Int | Type::Date => Some(1),
        // A cent, a hundredth, a gram, and a hundredth of a per cent.
        Type::Money(_) | Type::Decimal => Some(10_000),
        Type::Mass => Some(1_000),
        Type::Percent => Some(100),
        Type::Text { .. }
        | Type::Bool
        | Type::Instant
        | Type::Duration
        | Type::Country
        | Type::Code(_)
        | Type::Enum(_)
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => None,
    }
}

/// The value of a type that is `scaled` in its own unit.
pub(super) fn value_of(ty: Type, scaled: i64) -> Option<Value> {
    match ty {
        Type::Int => Some(Value::Number(Number::from_i64(scaled))),
        _ => value_of_scaled(ty, scaled),
    }
}
