//! Values in the spelling of the language, and texts with fields filled in.

use super::record::Record;
use crate::domain::{End, Interval, Number, Truth, format_instant};
use crate::model::{FieldId, Model, Template, TemplatePart, Type, Value};
use std::sync::Arc;

/// A value of type `ty` as the language writes it: `1000 USD`, `25%`, `12.5 kg`, `CN`, `2025-12-01`.
pub fn show_value(model: &Model, ty: Type, value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => show_number(ty, number),
        Value::Date(day) => day.to_string(),
        Value::Instant(micros) => format_instant(*micros),
        Value::Duration(period) => period.to_string(),
        Value::Country(country) => country.to_string(),
        Value::Code(code) => code.to_string(),
        Value::Enum(at) => enum_name(model, ty, *at).to_string(),
        Value::Verdict(verdict) => model.verdict_name(*verdict).to_owned(),
        Value::List(rows) => match rows.len() {
            0 => "an empty list".to_owned(),
            1 => "a list of 1".to_owned(),
            more => format!("a list of {more}"),
        },
    }
}

/// What a field holds: like [`show_value`], a mass in the field's own unit. `None` where it is missing.
pub fn show_field(model: &Model, record: &Record, field: FieldId) -> Option<String> {
    let value = record.get(field)?;
    let field = &model.record.fields[field];
    Some(match (value, field.unit) {
        (Value::Number(kilograms), Some(unit)) => {
            let amount = kilograms
                .checked_div(&unit.factor_to_kg())
                .expect("internal error: a unit of no mass");
            format!("{amount} {}", unit.symbol())
        }
        (value, _) => show_value(model, field.ty, value),
    })
}

/// The values a number may have: `12 USD`, `at least 0 USD`, `not known`.
pub fn show_interval(ty: Type, interval: &Interval) -> String {
    if let Some(number) = interval.is_point() {
        return show_number(ty, number);
    }
    match (&interval.lo, &interval.hi) {
        (End::Finite(low), End::Finite(high)) => {
            format!("{} to {}", show_number(ty, low), show_number(ty, high))
        }
        (End::Finite(low), _) => format!("at least {}", show_number(ty, low)),
        (_, End::Finite(high)) => format!("at most {}", show_number(ty, high)),
        (_, _) => "not known".to_owned(),
    }
}

/// A text with its fields filled in; a missing field as `(FIELD is missing)`.
pub fn show_template(model: &Model, record: &Record, template: &Template) -> String {
    template
        .parts
        .iter()
        .map(|part| match part {
            TemplatePart::Text(text) => text.to_string(),
            TemplatePart::Field(field) => match record.get(*field) {
                Some(Value::Text(text)) => text.to_string(),
                Some(_) => show_field(model, record, *field).unwrap_or_default(),
                None => format!("({} is missing)", model.record.fields[*field].name),
            },
        })
        .collect()
}

/// A truth as a sentence says it.
pub fn show_truth(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "true",
        Truth::False => "false",
        Truth::Unknown => "unknown",
    }
}

fn show_number(ty: Type, number: &Number) -> String {
    match ty {
        Type::Percent => format!("{}%", number * &Number::from_i64(100)),
        Type::Money(currency) => format!("{number} {currency}"),
        Type::Mass => format!("{number} kg"),
        Type::Int
        | Type::Decimal
        | Type::Text { .. }
        | Type::Bool
        | Type::Date
        | Type::Instant
        | Type::Duration
        | Type::Country
        | Type::Code(_)
        | Type::Enum(_)
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => number.to_string(),
    }
}

fn enum_name(model: &Model, ty: Type, at: u16) -> Arc<str> {
    match ty {
        Type::Enum(id) => Arc::clone(&model.enums[id].values[usize::from(at)]),
        other => unreachable!("internal error: the value of an enum as {other:?}"),
    }
}
