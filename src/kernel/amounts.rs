//! Comparisons of amounts in portable Rust: 128-bit fractions where all amounts are known, exact intervals
//! of unbounded fractions where one is missing or a product does not fit.

use crate::domain::{Interval, Number, Truth};
use crate::ir::{Amount, AmountCompare, ColumnId, ColumnKind};
use crate::model::CompareOp;

/// A column's amount in one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountValue {
    /// Known, in the column's smallest unit.
    Known {
        /// The amount.
        mantissa: i64,
        /// What a unit is.
        kind: ColumnKind,
    },
    /// Missing.
    Missing,
    /// Known, but not in 64 bits of the smallest unit.
    Wide,
}

/// What a comparison comes to; `None` where an amount is [`AmountValue::Wide`].
pub fn compare_amounts(
    compare: &AmountCompare,
    value: &dyn Fn(ColumnId) -> AmountValue,
) -> Option<Truth> {
    if let (Some(left), Some(right)) = (
        fraction(&compare.left, value),
        fraction(&compare.right, value),
    ) && let Some(truth) = compare_fractions(compare.op, left, right)
    {
        return Some(truth);
    }
    let left = interval(&compare.left, value)?;
    let right = interval(&compare.right, value)?;
    Some(match compare.op {
        CompareOp::Eq => left.eq(&right),
        CompareOp::Ne => left.ne(&right),
        CompareOp::Lt => left.lt(&right),
        CompareOp::Le => left.le(&right),
        CompareOp::Gt => left.gt(&right),
        CompareOp::Ge => left.ge(&right),
    })
}

/// Millionths in one.
pub const UNITS: i64 = 1_000_000;

/// The number of smallest units in one.
pub fn units(kind: ColumnKind) -> i64 {
    match kind {
        ColumnKind::Number => UNITS,
        ColumnKind::Int | ColumnKind::Day => 1,
        ColumnKind::Value => unreachable!("amounts are numbers and days"),
    }
}

/// A fraction; the denominator is positive.
#[derive(Clone, Copy)]
struct Fraction {
    top: i128,
    bottom: i128,
}

fn compare_fractions(op: CompareOp, a: Fraction, b: Fraction) -> Option<Truth> {
    let left = a.top.checked_mul(b.bottom)?;
    let right = b.top.checked_mul(a.bottom)?;
    let holds = match op {
        CompareOp::Eq => left == right,
        CompareOp::Ne => left != right,
        CompareOp::Lt => left < right,
        CompareOp::Le => left <= right,
        CompareOp::Gt => left > right,
        CompareOp::Ge => left >= right,
    };
    Some(holds.into())
}

/// The exact value where everything is known and fits; `None` otherwise, also for a zero divisor.
fn fraction(amount: &Amount, value: &dyn Fn(ColumnId) -> AmountValue) -> Option<Fraction> {
    let of = |amount: &Amount| fraction(amount, value);
    match amount {
        Amount::Column { column, .. } => match value(*column) {
            AmountValue::Known { mantissa, kind } => Some(Fraction {
                top: mantissa.into(),
                bottom: units(kind).into(),
            }),
            AmountValue::Missing | AmountValue::Wide => None,
        },
        Amount::Constant(number) => number
            .as_ratio_i128()
            .map(|(top, bottom)| Fraction { top, bottom }),
        Amount::Add(a, b) => add(of(a)?, of(b)?),
        Amount::Sub(a, b) => add(of(a)?, negated(of(b)?)?),
        Amount::Mul(a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            Some(Fraction {
                top: a.top.checked_mul(b.top)?,
                bottom: a.bottom.checked_mul(b.bottom)?,
            })
        }
        Amount::Div(a, b) => divide(of(a)?, of(b)?),
        Amount::Neg(a) => negated(of(a)?),
        Amount::Abs(a) => {
            let a = of(a)?;
            Some(Fraction {
                top: a.top.checked_abs()?,
                bottom: a.bottom,
            })
        }
        Amount::Min(a, b) => pick(of(a)?, of(b)?, CompareOp::Le),
        Amount::Max(a, b) => pick(of(a)?, of(b)?, CompareOp::Ge),
        // Rounding and assumptions are rare: left to exact intervals.
        Amount::Round(..) | Amount::Assume(..) => None,
    }
}

fn add(a: Fraction, b: Fraction) -> Option<Fraction> {
    if a.bottom == b.bottom {
        return Some(Fraction {
            top: a.top.checked_add(b.top)?,
            bottom: a.bottom,
        });
    }
    let left = a.top.checked_mul(b.bottom)?;
    let right = b.top.checked_mul(a.bottom)?;
    Some(Fraction {
        top: left.checked_add(right)?,
        bottom: a.bottom.checked_mul(b.bottom)?,
    })
}

fn negated(a: Fraction) -> Option<Fraction> {
    Some(Fraction {
        top: a.top.checked_neg()?,
        bottom: a.bottom,
    })
}

fn divide(a: Fraction, b: Fraction) -> Option<Fraction> {
    if b.top == 0 {
        return None;
    }
    let sign = b.top.signum();
    let top = a.top.checked_mul(b.bottom)?.checked_mul(sign)?;
    Some(Fraction {
        top,
        bottom: a.bottom.checked_mul(b.top.checked_abs()?)?,
    })
}

fn pick(a: Fraction, b: Fraction, op: CompareOp) -> Option<Fraction> {
    Some(if compare_fractions(op, a, b)?.is_true() {
        a
    } else {
        b
    })
}

/// The interval of an amount, as the reference evaluator works it out; `None` where an amount is wide.
fn interval(amount: &Amount, value: &dyn Fn(ColumnId) -> AmountValue) -> Option<Interval> {
    let of = |amount: &Amount| interval(amount, value);
    Some(match amount {
        Amount::Column {
            column,
            non_negative,
        } => match value(*column) {
            AmountValue::Known { mantissa, kind } => {
                Interval::point(Number::from_ratio(mantissa.into(), units(kind).into()))
            }
            AmountValue::Missing if *non_negative => Interval::at_least_zero(),
            AmountValue::Missing => Interval::any(),
            AmountValue::Wide => return None,
        },
        Amount::Constant(number) => Interval::point(number.clone()),
        Amount::Add(a, b) => of(a)?.add(&of(b)?),
        Amount::Sub(a, b) => of(a)?.sub(&of(b)?),
        Amount::Mul(a, b) => of(a)?.mul(&of(b)?),
        Amount::Div(a, b) => of(a)?.div(&of(b)?),
        Amount::Neg(a) => of(a)?.neg(),
        Amount::Abs(a) => of(a)?.abs(),
        Amount::Min(a, b) => of(a)?.min(&of(b)?),
        Amount::Max(a, b) => of(a)?.max(&of(b)?),
        Amount::Round(a, digits) => of(a)?.round(*digits),
        Amount::Assume(a, otherwise) => {
            let a = of(a)?;
            if a.is_point().is_some() {
                a
            } else {
                Interval::point(otherwise.clone())
            }
        }
    })
}
