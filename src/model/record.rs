//! Types, and the record that is screened.

use super::{EnumId, NestedId, SystemId};
use crate::domain::{CodeModel, Currency, MassUnit};
use crate::text::{Arena, Id, Span};
use std::sync::Arc;

/// The number of a [`Field`] in [`Record::fields`], in the order of declaration.
pub type FieldId = Id<Field>;

/// The type of a field or an expression. A missing value belongs to every type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Unicode text; `folded` texts are compared by [`crate::domain::text::fold`].
    Text {
        /// Compared after folding.
        folded: bool,
    },
    /// A condition or a yes/no field: true, false, unknown.
    Bool,
    /// A whole number.
    Int,
    /// An exact number.
    Decimal,
    /// A share, as a fraction of 1.
    Percent,
    /// An amount in one currency.
    Money(Currency),
    /// A mass, in kilograms.
    Mass,
    /// A day.
    Date,
    /// UTC microseconds since 1970.
    Instant,
    /// Days, months, years; only as a literal operand of `+` and `-`.
    Duration,
    /// ISO 3166-1 alpha-2.
    Country,
    /// A code of one system.
    Code(SystemId),
    /// A value of one enum.
    Enum(EnumId),
    /// A verdict.
    Verdict,
    /// `list of R`
    List(NestedId),
    /// One element of a list; no value of its own, but its fields are.
    Element(NestedId),
}

impl Type {
    /// Whether values are exact numbers (and missing ones are intervals).
    pub fn is_number(self) -> bool {
        match self {
            Type::Int | Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => true,
            Type::Text { .. }
            | Type::Bool
            | Type::Date
            | Type::Instant
            | Type::Duration
            | Type::Country
            | Type::Code(_)
            | Type::Enum(_)
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => false,
        }
    }
}

impl Type {
    /// Whether what is missing lies between bounds: a number, or a verdict, which counts as its place in the order.
    pub fn is_ranged(self) -> bool {
        self.is_number() || self == Type::Verdict
    }
}

/// The unit in which values of a type become 64-bit integers, as digits after the point: a scaled value `m` is
/// exactly `m · 10^-decimals`. Whole numbers, days (since 1970) and instants (UTC microseconds) count
/// themselves, other numbers in millionths: of a currency unit, of a kilogram, of the whole for a percent.
/// `None`: the type is not ordered this way.
pub fn scaled_decimals(ty: Type) -> Option<u32> {
    match ty {
        Type::Int | Type::Date | Type::Instant => Some(0),
        Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => Some(6),
        Type::Text { .. }
        | Type::Bool
        | Type::Duration
        | Type::Country
        | Type::Code(_)
        | Type::Enum(_)
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => None,
    }
}

/// The record type that is screened.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: Arc<str>,
    /// Its fields in the order of declaration.
    pub fields: Arena<Field>,
    /// The field that names a record.
    pub key: FieldId,
    /// The field whose day's law applies; a date or an instant, never optional.
    pub as_of: FieldId,
    /// Where the name stands.
    pub span: Span,
}

/// A record type whose records stand in lists.
#[derive(Clone, Debug)]
pub struct Nested {
    /// Its name.
    pub name: Arc<str>,
    /// Its fields in the order of declaration.
    pub fields: Arena<Field>,
    /// Where the name stands.
    pub span: Span,
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldRole {
    /// `key`
    Key,
    /// `as of`
    AsOf,
    /// `value`: what a table that is read from a file comes to.
    Value,
    /// Any other.
    Plain,
}

/// A field of the record.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Whether it may be missing (`?`).
    pub optional: bool,
    /// Whether it may be negative; matters for money, mass and percent.
    pub signed: bool,
    /// The data gives 0.25 for 25 % (`percent of 1`), not 25.
    pub percent_of_one: bool,
    /// The unit the data's numbers are in, for a mass.
    pub unit: Option<MassUnit>,
    /// What it is for.
    pub role: FieldRole,
    /// The column's name in the data.
    pub column: Arc<str>,
    /// Where the name stands.
    pub span: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}

impl Field {
    /// Whether a missing value is at least zero rather than anything.
    pub fn is_non_negative(&self) -> bool {
        matches!(self.ty, Type::Money(_) | Type::Mass | Type::Percent) && !self.signed
    }
}

/// What the types of fields are about.
#[derive(Clone, Copy)]
pub struct Types<'a> {
    /// All enums.
    pub enums: &'a Arena<Enum>,
    /// All code systems.
    pub systems: &'a Arena<CodeSystem>,
    /// All declared record types.
    pub nested: &'a Arena<Nested>,
    /// Verdict names, least to most severe.
    pub verdicts: &'a [Arc<str>],
}

/// `enum NAME { … }`
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Arc<str>,
    /// Whether its values compare with `<`; then they stand from least to greatest.
    pub ordered: bool,
    /// The values' names.
    pub values: Vec<Arc<str>>,
    /// Other spellings in data, with the value each means.
    pub spellings: Vec<(Arc<str>, u16)>,
    /// Where the name stands.
    pub span: Span,
}

/// A hierarchical code system: `hs`, `eccn`, or `codes NAME like …`.
#[derive(Clone, Debug)]
pub struct CodeSystem {
    /// Its name.
    pub name: Arc<str>,
    /// The grammar of its codes.
    pub model: CodeModel,
    /// Where it is declared; `None` for the two built in.
    pub span: Option<Span>,
}

/// The built-in code systems in the order they stand in [`super::Model::systems`].
pub fn built_in_systems() -> Arena<CodeSystem> {
    [("hs", CodeModel::Hs), ("eccn", CodeModel::Eccn)]
        .into_iter()
        .map(|(name, model)| CodeSystem {
            name: name.into(),
            model,
            span: None,
        })
        .collect()
}
