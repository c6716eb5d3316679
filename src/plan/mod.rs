//! Classes of values and masks over clauses.

pub mod classify;
