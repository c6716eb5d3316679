//! Aggregates: numbers over the records of a run that have the same keys.

use super::{DurationUnit, Expr, Name, Number, Type};
use crate::text::Span;

/// `aggregate NAME : TYPE = sum(VALUE) where CONDITION over same KEY, KEY in the calendar year`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// The aggregate's name.
    pub name: Name,
    /// The type of the number.
    pub ty: Type,
    /// What is made of the records.
    pub body: AggregateBody,
    /// Which records count; all without it.
    pub filter: Option<Expr>,
    /// What the records have in common: fields and calls of `entry`, for the checker to judge.
    pub keys: Vec<Expr>,
    /// The days whose records count; all without it.
    pub period: Option<Period>,
}

/// `sum(VALUE)`, `count()` and the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateBody {
    /// `sum`, `count`, `min`, `max`, or another name for the checker to judge.
    pub function: Name,
    /// What stands between the parentheses.
    pub args: Vec<Expr>,
    /// From the name to the closing parenthesis.
    pub span: Span,
}

/// The days whose records count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Which.
    pub kind: PeriodKind,
    /// The whole of it.
    pub span: Span,
}

/// The kinds of periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeriodKind {
    /// `in the calendar year` of the as-of day.
    CalendarYear,
    /// `in the last N days` up to the as-of day and with it; other units are for the checker to judge.
    Last {
        /// How many.
        amount: Number,
        /// Of what.
        unit: DurationUnit,
        /// Where both stand.
        span: Span,
    },
}
