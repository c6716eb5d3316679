//! Aggregates over the records of a run.

use super::{AggregateKind, Expr, FieldId, Type};
use crate::text::Span;
use std::sync::Arc;

/// `aggregate NAME : TYPE = sum(VALUE) where CONDITION over same KEYS PERIOD`: a number over all records of the run that
/// agree with the one at hand on the keys.
#[derive(Clone, Debug)]
pub struct Total {
    /// Its name.
    pub name: Arc<str>,
    /// Its type, a number's.
    pub ty: Type,
    /// What is made of the records, and of what of them. No part of it asks for other records or about rules.
    pub kind: AggregateKind,
    /// Which records count; all without it.
    pub filter: Option<Expr>,
    /// What the records have in common; at least one.
    pub keys: Vec<TotalKey>,
    /// The days whose records count; all without it.
    pub period: Option<TotalPeriod>,
    /// Where the name stands.
    pub span: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}

impl Total {
    /// What is worked out for each record: the value, if there is one, and the condition.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.kind.value().into_iter().chain(&self.filter)
    }
}

/// What records have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotalKey {
    /// The field: neither a list nor an instant.
    pub field: FieldId,
    /// `entry(FIELD)`: the first segment of a code alone.
    pub entry: bool,
}

/// The days whose records count, by the day of the record at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotalPeriod {
    /// Those of its calendar year.
    CalendarYear,
    /// So many, of which its own is the last; at least one.
    LastDays(u32),
}
