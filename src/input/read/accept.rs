//! Which Arrow types can hold which types of field.

use std::collections::HashMap;

use arrow_schema::DataType;

use super::list::Member;
use super::{FieldReader, NumberRule};
use crate::domain::{CodeModel, Country};
use crate::model::Value;

/// How the values of a field are made.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text,
    Bool,
    Number(NumberRule),
    Date,
    Instant,
    Country(HashMap<String, Country>),
    Code(CodeModel),
    /// Of an enum, or a verdict, by spelling.
    Named(HashMap<String, Value>),
    /// The readers of an element's fields, in the order of declaration.
    List(Vec<Member>),
}

/// What an Arrow type is for a reader of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Binary floating-point numbers.
    Float,
    /// Scaled whole numbers.
    Decimal,
    /// Yes or no.
    Bool,
    /// Days.
    Date,
    /// Timestamps of a local clock.
    LocalTime,
    /// Timestamps with a zone.
    Instant,
    /// Nothing but nulls.
    Null,
    /// Anything that no field is read from.
    Other,
}

impl Shape {
    /// The shape of a type; that of its values for a dictionary.
    pub fn of(data_type: &DataType) -> Shape {
        match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Shape::Text,
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64 => Shape::Integer,
            DataType::Float32 | DataType::Float64 => Shape::Float,
            DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..) => Shape::Decimal,
            DataType::Boolean => Shape::Bool,
            DataType::Date32 | DataType::Date64 => Shape::Date,
            DataType::Timestamp(_, None) => Shape::LocalTime,
            DataType::Timestamp(_, Some(_)) => Shape::Instant,
            DataType::Null => Shape::Null,
            DataType::Dictionary(_, values) => match Shape::of(values) {
                Shape::Null => Shape::Other,
                shape => shape,
            },
            _ => Shape::Other,
        }
    }
}

impl FieldReader {
    /// Whether the field can be read from columns of this type; else what would do.
    pub fn accepts(&self, data_type: &DataType) -> Result<(), String> {
        if let Kind::List(members) = &self.kind {
            return super::list::accepts(members, data_type);
        }
        let shape = Shape::of(data_type);
        let (shapes, wants) = self.shapes();
        if shape == Shape::Null || shapes.contains(&shape) {
            Ok(())
        } else {
            Err(wants.to_owned())
        }
    }

    fn shapes(&self) -> (&'static [Shape], &'static str) {
        match &self.kind {
            Kind::Text => (&[Shape::Text, Shape::Integer], "text or whole numbers"),
            Kind::Bool => (
                &[Shape::Bool, Shape::Text, Shape::Integer],
                "booleans, text, or the numbers 0 and 1",
            ),
            Kind::Number(_) => (
                &[Shape::Decimal, Shape::Integer, Shape::Float, Shape::Text],
                "numbers or text",
            ),
            Kind::Date if !self.mapping().dates.is_empty() => (
                &[Shape::Date, Shape::LocalTime, Shape::Text, Shape::Integer],
                "dates, timestamps without a zone, text, or numbers in the mapping's format",
            ),
            Kind::Date => (
                &[Shape::Date, Shape::LocalTime, Shape::Text],
                "dates, timestamps without a zone, or text",
            ),
            Kind::Instant => (
                &[Shape::Instant, Shape::Date, Shape::Text],
                "timestamps with a zone, dates, or text",
            ),
            Kind::List(_) => (&[Shape::Text], "lists of records"),
            Kind::Country(_) => (&[Shape::Text], "text"),
            Kind::Code(CodeModel::Eccn) => (&[Shape::Text], "text"),
            Kind::Code(CodeModel::Hs | CodeModel::Segmented) | Kind::Named(_) => {
                (&[Shape::Text, Shape::Integer], "text or whole numbers")
            }
        }
    }
}
