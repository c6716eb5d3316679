//! Cells of lists are asked only of rows that are there: without `x in LIST` before it, `LIST[x].column` would be unknown of
//! every record whose key is not in the list.
//!
//! A guard is a membership that must hold wherever the cell matters: beside it in an `and`, denied beside it in an `or`,
//! the condition of an `if`, the filter of an aggregate, a rule's `when` for its `unless`, its verdict and what it says. Questions about absence
//! (`is missing`, `is known`, `is unknown`, `assume`) need none.

use super::checker::Checker;
use super::declare::ListSource;
use super::errors;
use crate::model::{Expr, ExprKind, ListId, Quantifier, SetExpr, Type};

/// A membership known to hold: the list and the key.
type Guard<'e> = (ListId, &'e Expr);

/// Cells without a guard.
type Found<'e> = Vec<&'e Expr>;

impl Checker<'_> {
    /// Reports the cells in `expr` that no guard in it nor in `before` stands before.
    pub fn check_guards(&mut self, expr: &Expr, before: Option<&Expr>) {
        let errors = {
            let mut guards = Vec::new();
            before
                .into_iter()
                .for_each(|it| self.holding(it, true, &mut guards));
            let mut found = Vec::new();
            self.walk(expr, &guards, &mut found);
            // What a rule comes to or says is no condition: its `when` asks.
            let by_when = before.is_some() && expr.ty != Type::Bool;
            let errors = found.into_iter();
            let errors = errors.map(|cell| self.unguarded(cell, by_when));
            errors.collect::<Vec<_>>()
        };
        errors.into_iter().for_each(|error| self.report(error));
    }

    fn unguarded(&self, cell: &Expr, by_when: bool) -> crate::diagnostic::Diagnostic {
        let ExprKind::Lookup { list, keys, .. } = &cell.kind else {
            unreachable!("internal error: {cell:?} is no cell")
        };
        let key = &keys[0];
        let sources = &self.loaded.sources;
        let declared = self.declarations.lists[list.index()].source.name();
        let guard = format!("{} in {}", sources.snippet(key.span), declared.text);
        let help = match by_when {
            true => format!("ask in `when` whether there is one: `{guard}`"),
            false => format!("ask first whether there is one: `{guard} and …`"),
        };
        errors::unguarded_cell(cell.span, sources.snippet(cell.span), help, declared.span)
    }

    fn walk<'e>(&'e self, expr: &'e Expr, guards: &[Guard<'e>], found: &mut Found<'e>) {
        match &expr.kind {
            ExprKind::Lookup { list, keys, .. } => {
                let is_guard = |(of, other): &Guard<'_>| of == list && is_same(other, &keys[0]);
                // A table is meant to have a row for everything, and to be unknown where it has none.
                if !self.is_table(*list) && !guards.iter().any(is_guard) {
                    found.push(expr);
                }
                keys.iter().for_each(|key| self.walk(key, guards, found));
            }
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let holds = matches!(expr.kind, ExprKind::And(_));
                for (at, part) in parts.iter().enumerate() {
                    let mut guards = guards.to_vec();
                    let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                    others.for_each(|(_, other)| self.holding(other, holds, &mut guards));
                    self.walk(part, &guards, found);
                }
            }
            ExprKind::If(condition, then, otherwise) => {
                self.walk(condition, guards, found);
                for (branch, holds) in [(then, true), (otherwise, false)] {
                    let mut guards = guards.to_vec();
                    self.holding(condition, holds, &mut guards);
                    self.walk(branch, &guards, found);
                }
            }
            ExprKind::Aggregate(aggregate) => {
                let mut inside = guards.to_vec();
                if let Some(filter) = &aggregate.filter {
                    self.walk(filter, guards, found);
                    self.holding(filter, true, &mut inside);
                }
                let value = aggregate.kind.value();
                value
                    .into_iter()
                    .for_each(|it| self.walk(it, &inside, found));
            }
            ExprKind::IsMissing(_) | ExprKind::IsKnown(_) | ExprKind::IsUnknown(_) => {}
            ExprKind::Assume(value, default, _) => {
                // The cell itself may be missing; its key is asked like any other.
                match &value.kind {
                    ExprKind::Lookup { keys, .. } => {
                        keys.iter().for_each(|key| self.walk(key, guards, found));
                    }
                    _ => self.walk(value, guards, found),
                }
                self.walk(default, guards, found);
            }
            _ => {
                for part in expr.parts() {
                    self.walk(part, guards, found);
                }
            }
        }
    }

    fn is_table(&self, list: ListId) -> bool {
        let declared = &self.declarations.lists[list.index()].source;
        matches!(declared, ListSource::File(list) if list.is_table)
    }

    /// The memberships that hold where `expr` is true (`holds`), or false.
    fn holding<'e>(&'e self, expr: &'e Expr, holds: bool, guards: &mut Vec<Guard<'e>>) {
        match &expr.kind {
            ExprKind::In(key, SetExpr::List(list)) | ExprKind::Under(key, SetExpr::List(list))
                if holds =>
            {
                guards.push((*list, key));
            }
            ExprKind::Not(inner) => self.holding(inner, !holds, guards),
            ExprKind::And(parts) if holds => {
                parts
                    .iter()
                    .for_each(|part| self.holding(part, true, guards));
            }
            ExprKind::Or(parts) if !holds => {
                parts
                    .iter()
                    .for_each(|part| self.holding(part, false, guards));
            }
            // What holds of some element without naming it holds.
            ExprKind::Quantified {
                quantifier: Quantifier::Any,
                body,
                ..
            } if holds => self.holding(body, true, guards),
            ExprKind::Define(define, arguments) if arguments.is_empty() => {
                self.holding(&self.checked_defines[*define].body, holds, guards);
            }
            _ => {}
        }
    }
}

/// Whether two keys are the same, wherever they stand.
fn is_same(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Field(a), ExprKind::Field(b)) => a == b,
        (ExprKind::Member(a, x), ExprKind::Member(b, y)) => x == y && is_same(a, b),
        (ExprKind::Binder(a), ExprKind::Binder(b)) => a == b,
        (ExprKind::Parameter(a), ExprKind::Parameter(b)) => a == b,
        (ExprKind::Value(a), ExprKind::Value(b)) => a == b,
        (ExprKind::Param(a), ExprKind::Param(b)) => a == b,
        (ExprKind::AsOf, ExprKind::AsOf) => true,
        (ExprKind::DayOf(a), ExprKind::DayOf(b)) => is_same(a, b),
        (ExprKind::Define(a, x), ExprKind::Define(b, y)) => {
            a == b && x.len() == y.len() && x.iter().zip(y).all(|(x, y)| is_same(x, y))
        }
        (
            ExprKind::Lookup {
                list: a,
                keys: x,
                column: c,
            },
            ExprKind::Lookup {
                list: b,
                keys: y,
                column: d,
            },
        ) => a == b && c == d && x.iter().zip(y).all(|(x, y)| is_same(x, y)),
        _ => false,
    }
}
