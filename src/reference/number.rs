//! Numbers as intervals (language.md, section 9 and ruling 4).
//!
//! A number that may be undefined is `(-∞, ∞)`: a divisor whose interval contains zero (tested first, also for
//! `0 / 0`), a param without a value that day, days counted from a missing day. What is computed from it is
//! computed from that interval. Nothing is distributed or cancelled. A verdict is its place in the order of severity.

use super::eval::{Evaluator, Scope};
use crate::domain::{Day, Interval, Number, Truth};
use crate::model::{ArithOp, Builtin, Expr, ExprKind, FieldId, Value};

impl Evaluator<'_> {
    /// The values a number may have.
    pub(super) fn number(&self, expr: &Expr, scope: Scope) -> Interval {
        match &expr.kind {
            ExprKind::Value(value) => point(value),
            ExprKind::Field(field) => self.number_field(*field),
            ExprKind::Param(param) => self.param(*param, scope).map_or(Interval::any(), point),
            ExprKind::Define(define, arguments) => {
                self.in_define(*define, arguments, scope, |body, inside| {
                    self.number(body, inside)
                })
            }
            ExprKind::Parameter(at) => {
                let (argument, caller) = scope.argument(*at);
                self.number(argument, caller)
            }
            ExprKind::Arith(op, a, b) => {
                let (a, b) = (self.number(a, scope), self.number(b, scope));
                match op {
                    ArithOp::Add => a.add(&b),
                    ArithOp::Sub => a.sub(&b),
                    ArithOp::Mul => a.mul(&b),
                    ArithOp::Div => a.div(&b),
                }
            }
            ExprKind::Neg(x) => self.number(x, scope).neg(),
            ExprKind::Call(function, arguments) => self.call(*function, arguments, scope),
            ExprKind::Round(x, digits) => self.number(x, scope).round(*digits),
            ExprKind::Assume(x, default, _) => self.number(self.stand_in(x, default, scope), scope),
            ExprKind::If(c, a, b) => match self.truth(c, scope) {
                Truth::True => self.number(a, scope),
                Truth::False => self.number(b, scope),
                Truth::Unknown => self.number(a, scope).hull(&self.number(b, scope)),
            },
            ExprKind::Member(base, field) => self.number_member(base, *field, scope),
            ExprKind::Lookup { list, keys, column } => {
                self.number_in_row((*list, keys, *column), scope)
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, scope),
            ExprKind::Total(total) => self.total(*total, scope),
            ExprKind::Decide(decision) => self.decide_number(decision, scope),
            ExprKind::AsOf
            | ExprKind::Binder(_)
            | ExprKind::Quantified { .. }
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::Between(..)
            | ExprKind::In(..)
            | ExprKind::Under(..)
            | ExprKind::Text(..)
            | ExprKind::IsMissing(_)
            | ExprKind::IsKnown(_)
            | ExprKind::IsUnknown(_)
            | ExprKind::Shift { .. }
            | ExprKind::DayOf(_)
            | ExprKind::Applies(_)
            | ExprKind::Caught(_) => unreachable!("internal error: {expr:?} is not a number"),
        }
    }

    /// A missing amount that cannot be negative is at least zero, any other missing number is anything.
    fn number_field(&self, field: FieldId) -> Interval {
        match self.record.get(field) {
            Some(value) => point(value),
            None if self.model.record.fields[field].is_non_negative() => Interval::at_least_zero(),
            None => Interval::any(),
        }
    }

    fn call(&self, function: Builtin, arguments: &[Expr], scope: Scope) -> Interval {
        let number = |at: usize| self.number(&arguments[at], scope);
        let date = |at: usize| self.date(&arguments[at], scope);
        let folded = |step: fn(&Interval, &Interval) -> Interval| {
            (1..arguments.len()).fold(number(0), |so_far, at| step(&so_far, &number(at)))
        };
        match function {
            Builtin::Abs => number(0).abs(),
            Builtin::Min => folded(Interval::min),
            Builtin::Max => folded(Interval::max),
            Builtin::DaysBetween => match (date(0), date(1)) {
                (Some(a), Some(b)) => whole(Day::days_between(a, b)),
                (None, _) | (_, None) => Interval::any(),
            },
            Builtin::Year => date(0).map_or(Interval::any(), |day| whole(day.year().into())),
            Builtin::Share => number(0).div(&number(1)),
        }
    }
}

fn whole(value: i64) -> Interval {
    Interval::point(Number::from_i64(value))
}

pub(super) fn point(value: &Value) -> Interval {
    match value {
        Value::Number(number) => Interval::point(number.clone()),
        Value::Verdict(verdict) => whole(verdict.0.into()),
        other => unreachable!("internal error: {other:?} is not a number"),
    }
}
