//! Decision tables (language.md, ruling 6).
//!
//! The rows that count: in a `first` table those that are not false, up to the first true one; in a `unique` table the
//! true ones, or where there is none those that are not false. The table comes to the hull of what these come to for
//! numbers, to what they agree on for anything else, and is undefined unless one of them is true.

use super::eval::{Evaluator, Scope};
use crate::domain::{Interval, Truth};
use crate::model::{Decision, DecisionRow, Hit, Value};

/// The rows that count.
pub(super) struct Counting<'e> {
    /// At least one of them is true.
    pub certain: bool,
    /// In order, each with whether it holds: never false.
    pub rows: Vec<(Truth, &'e DecisionRow)>,
}

impl Evaluator<'_> {
    /// Whether all cells of a row hold.
    pub(super) fn row_truth(&self, row: &DecisionRow, scope: Scope) -> Truth {
        Truth::all(row.cells.iter().map(|cell| self.truth(cell, scope)))
    }

    pub(super) fn counting<'e>(&self, decision: &'e Decision, scope: Scope) -> Counting<'e> {
        let mut counting = Counting {
            certain: false,
            rows: Vec::new(),
        };
        for row in &decision.rows {
            let truth = self.row_truth(row, scope);
            if truth.is_false() {
                continue;
            }
            counting.rows.push((truth, row));
            counting.certain |= truth.is_true();
            if truth.is_true() && decision.hit == Hit::First {
                break;
            }
        }
        if counting.certain && decision.hit == Hit::Unique {
            counting.rows.retain(|(truth, _)| truth.is_true());
        }
        counting
    }

    pub(super) fn decide_truth(&self, decision: &Decision, scope: Scope) -> Truth {
        let counting = self.counting(decision, scope);
        let truths = counting.rows.iter();
        let truths = truths.map(|(_, row)| self.truth(&row.result, scope));
        agreed(counting.certain, truths.map(Some)).unwrap_or(Truth::Unknown)
    }

    pub(super) fn decide_value(&self, decision: &Decision, scope: Scope) -> Option<Value> {
        let counting = self.counting(decision, scope);
        let values = counting.rows.iter();
        agreed(
            counting.certain,
            values.map(|(_, row)| self.value(&row.result, scope)),
        )
    }

    pub(super) fn decide_number(&self, decision: &Decision, scope: Scope) -> Interval {
        let counting = self.counting(decision, scope);
        let numbers = counting.rows.iter();
        let numbers = numbers.map(|(_, row)| self.number(&row.result, scope));
        match numbers.reduce(|a, b| a.hull(&b)) {
            Some(hull) if counting.certain => hull,
            Some(_) | None => Interval::any(),
        }
    }
}

/// What all are, if they are one and the same.
fn agreed<T: PartialEq>(certain: bool, mut of: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = of.next()??;
    (certain && of.all(|other| other.as_ref() == Some(&first))).then_some(first)
}
