//! Comparisons. Numbers compare as intervals; of anything else a missing operand makes the answer unknown.

use super::eval::{Evaluator, Scope, folded};
use super::number::point;
use crate::domain::{Interval, Number, Truth};
use crate::model::{CompareOp, Expr, Type, Value};

/// What stands on one side of a comparison or is asked for membership.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// A number, a verdict by its place, or an instant in microseconds: a day without a time is all of that day.
    Range(Interval),
    /// A condition.
    Truth(Truth),
    /// Anything else; `None` is missing.
    Value(Option<Value>),
}

impl Evaluator<'_> {
    pub(super) fn operand(&self, expr: &Expr, scope: Scope) -> Operand {
        if expr.ty.is_ranged() {
            Operand::Range(self.number(expr, scope))
        } else if expr.ty == Type::Bool {
            Operand::Truth(self.truth(expr, scope))
        } else {
            self.operand_of(self.value(expr, scope), expr.ty, scope)
        }
    }

    /// The same for a literal or other value of type `ty`.
    pub(super) fn operand_of(&self, value: Option<Value>, ty: Type, scope: Scope) -> Operand {
        match (ty, value) {
            (Type::Instant, Some(value)) => Operand::Range(self.micros(&value, scope)),
            (Type::Instant, None) => Operand::Range(Interval::any()),
            (_, Some(value @ (Value::Number(_) | Value::Verdict(_)))) => {
                Operand::Range(point(&value))
            }
            (_, Some(Value::Bool(value))) => Operand::Truth(Truth::from(value)),
            (_, value) => Operand::Value(value),
        }
    }

    fn micros(&self, value: &Value, scope: Scope) -> Interval {
        match value {
            Value::Instant(micros) => Interval::point(Number::from_i64(*micros)),
            Value::Date(day) => {
                let (first, end) = self.zone(scope.policy).span_of(*day);
                Interval::between(Number::from_i64(first), Number::from_i64(end - 1))
            }
            other => unreachable!("internal error: {other:?} is not an instant"),
        }
    }

    /// `a OP b`. Texts are folded where either side is `text folded`.
    pub(super) fn compare(&self, op: CompareOp, a: &Expr, b: &Expr, scope: Scope) -> Truth {
        let fold = [a, b].iter().any(|x| x.ty == Type::Text { folded: true });
        compare(op, &self.operand(a, scope), &self.operand(b, scope), fold)
    }

    /// Both ends included.
    pub(super) fn between(&self, x: &Expr, low: &Expr, high: &Expr, scope: Scope) -> Truth {
        self.compare(CompareOp::Ge, x, low, scope)
            .and(self.compare(CompareOp::Le, x, high, scope))
    }
}

/// The truth of `a OP b`; `fold`: texts are compared folded.
pub(super) fn compare(op: CompareOp, a: &Operand, b: &Operand, fold: bool) -> Truth {
    match (a, b) {
        (Operand::Range(a), Operand::Range(b)) => compare_ranges(op, a, b),
        (Operand::Truth(a), Operand::Truth(b)) => compare_truths(op, *a, *b),
        (Operand::Value(Some(a)), Operand::Value(Some(b))) => {
            Truth::from(compare_values(op, a, b, fold))
        }
        (Operand::Value(_), Operand::Value(_)) => Truth::Unknown,
        (Operand::Range(_), _) | (Operand::Truth(_), _) | (Operand::Value(_), _) => {
            unreachable!("internal error: {a:?} compared with {b:?}")
        }
    }
}

fn compare_ranges(op: CompareOp, a: &Interval, b: &Interval) -> Truth {
    match op {
        CompareOp::Eq => a.eq(b),
        CompareOp::Ne => a.ne(b),
        CompareOp::Lt => a.lt(b),
        CompareOp::Le => a.le(b),
        CompareOp::Gt => a.gt(b),
        CompareOp::Ge => a.ge(b),
    }
}

fn compare_truths(op: CompareOp, a: Truth, b: Truth) -> Truth {
    if a.is_unknown() || b.is_unknown() {
        return Truth::Unknown;
    }
    Truth::from(op.holds(a.cmp(&b)))
}

fn compare_values(op: CompareOp, a: &Value, b: &Value, fold: bool) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => {
            op.holds(folded(a, fold).as_ref().cmp(folded(b, fold).as_ref()))
        }
        (Value::Date(a), Value::Date(b)) => op.holds(a.cmp(b)),
        (Value::Enum(a), Value::Enum(b)) => op.holds(a.cmp(b)),
        (a, b) => match op {
            CompareOp::Eq => a == b,
            CompareOp::Ne => a != b,
            CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => {
                unreachable!("internal error: {a:?} and {b:?} have no order")
            }
        },
    }
}
