//! Comparisons of amounts in portable Rust: intervals of 128-bit fractions, and of unbounded ones where something
//! does not fit.

use super::bounds::{Bounds, Fraction, compare_intervals};
use crate::domain::{Interval, Number, Truth};
use crate::ir::{Amount, AmountCompare, ColumnId, ColumnKind};

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
    let in_bounds = || {
        let left = bounds(&compare.left, value)?;
        left.compare(compare.op, bounds(&compare.right, value)?)
    };
    in_bounds().or_else(|| {
        let left = interval(&compare.left, value)?;
        let right = interval(&compare.right, value)?;
        Some(compare_intervals(compare.op, &left, &right))
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

/// The interval of an amount where everything fits; `None` otherwise, and where an amount is wide.
fn bounds(amount: &Amount, value: &dyn Fn(ColumnId) -> AmountValue) -> Option<Bounds> {
    let of = |amount: &Amount| bounds(amount, value);
    match amount {
        Amount::Column {
            column,
            non_negative,
        } => match value(*column) {
            AmountValue::Known { mantissa, kind } => Some(Bounds::point(Fraction::new(
                mantissa.into(),
                units(kind).into(),
            ))),
            AmountValue::Missing if *non_negative => Some(Bounds::at_least_zero()),
            AmountValue::Missing => Some(Bounds::any()),
            AmountValue::Wide => None,
        },
        Amount::Constant(number) => Fraction::of(number).map(Bounds::point),
        Amount::Add(a, b) => of(a)?.add(of(b)?),
        Amount::Sub(a, b) => of(a)?.sub(of(b)?),
        Amount::Mul(a, b) => of(a)?.mul(of(b)?),
        Amount::Div(a, b) => of(a)?.div(of(b)?),
        Amount::Neg(a) => of(a)?.neg(),
        Amount::Abs(a) => of(a)?.abs(),
        Amount::Min(a, b) => of(a)?.min(of(b)?),
        Amount::Max(a, b) => of(a)?.max(of(b)?),
        // Rounding is rare: left to exact intervals.
        Amount::Round(..) => None,
        Amount::Assume(a, otherwise) => match of(a)? {
            a if a.is_point() => Some(a),
            _ => Fraction::of(otherwise).map(Bounds::point),
        },
    }
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
