//! Numbers that may be missing, as closed intervals: a known value is a point.
//!
//! An end that is reached only in the limit counts as reached, 0·∞ is 0, and every occurrence of a value is
//! independent of the others (`v - v` is not 0). A number that may be undefined is `(-∞, ∞)`.

use std::cmp::Ordering;
use std::fmt;

use super::number::Number;
use super::truth::Truth;

/// One end of an interval. The order is that of the extended number line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    NegInf,
    Finite(Number),
    PosInf,
}

impl End {
    pub fn finite(&self) -> Option<&Number> {
        match self {
            End::Finite(number) => Some(number),
            End::NegInf | End::PosInf => None,
        }
    }

    /// -1, 0 or 1.
    fn sign(&self) -> i32 {
        match self {
            End::NegInf => -1,
            End::PosInf => 1,
            End::Finite(number) if number.is_zero() => 0,
            End::Finite(number) if number.is_negative() => -1,
            End::Finite(_) => 1,
        }
    }

    fn add(&self, other: &End) -> End {
        match (self, other) {
            (End::Finite(a), End::Finite(b)) => End::Finite(a + b),
            // Opposite infinities never meet: lower ends are added to lower ends, upper to upper.
            (End::NegInf, _) | (_, End::NegInf) => End::NegInf,
            (End::PosInf, _) | (_, End::PosInf) => End::PosInf,
        }
    }

    fn mul(&self, other: &End) -> End {
        match (self, other) {
            (End::Finite(a), End::Finite(b)) => End::Finite(a * b),
            (End::NegInf | End::PosInf, _) | (_, End::NegInf | End::PosInf) => {
                match (self.sign() * other.sign()).cmp(&0) {
                    Ordering::Less => End::NegInf,
                    Ordering::Equal => End::Finite(Number::zero()),
                    Ordering::Greater => End::PosInf,
                }
            }
        }
    }

    fn neg(&self) -> End {
        match self {
            End::NegInf => End::PosInf,
            End::Finite(number) => End::Finite(-number),
            End::PosInf => End::NegInf,
        }
    }

    /// 1/∞ is 0. Only called for ends of intervals without zero.
    fn reciprocal(&self) -> Option<End> {
        match self {
            End::NegInf | End::PosInf => Some(End::Finite(Number::zero())),
            End::Finite(number) => Number::one().checked_div(number).map(End::Finite),
        }
    }

    fn round(&self, digits: i32) -> End {
        match self {
            End::NegInf => End::NegInf,
            End::Finite(number) => End::Finite(number.round_half_away(digits)),
            End::PosInf => End::PosInf,
        }
    }
}

/// All numbers from `lo` to `hi`. Invariants: `lo <= hi`, `lo` is not `PosInf`, `hi` is not `NegInf`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    pub lo: End,
    pub hi: End,
}

impl Interval {
    pub fn new(lo: End, hi: End) -> Interval {
        debug_assert!(
            lo <= hi && lo != End::PosInf && hi != End::NegInf,
            "internal error: an empty interval"
        );
        Interval { lo, hi }
    }

    /// A known value.
    pub fn point(value: Number) -> Interval {
        Interval {
            lo: End::Finite(value.clone()),
            hi: End::Finite(value),
        }
    }

    pub fn between(lo: Number, hi: Number) -> Interval {
        Interval::new(End::Finite(lo), End::Finite(hi))
    }

    /// A missing amount that cannot be negative: `[0, ∞)`.
    pub fn at_least_zero() -> Interval {
        Interval {
            lo: End::Finite(Number::zero()),
            hi: End::PosInf,
        }
    }

    /// The negative of a missing amount: `(-∞, 0]`.
    pub fn at_most_zero() -> Interval {
        Interval {
            lo: End::NegInf,
            hi: End::Finite(Number::zero()),
        }
    }

    /// Any other missing number, and one that may be undefined: `(-∞, ∞)`.
    pub fn any() -> Interval {
        Interval {
            lo: End::NegInf,
            hi: End::PosInf,
        }
    }

    /// The value, if it is known exactly.
    pub fn is_point(&self) -> Option<&Number> {
        match (&self.lo, &self.hi) {
            (End::Finite(lo), End::Finite(hi)) if lo == hi => Some(lo),
            (
                End::NegInf | End::Finite(_) | End::PosInf,
                End::NegInf | End::Finite(_) | End::PosInf,
            ) => None,
        }
    }

    pub fn contains(&self, value: &Number) -> bool {
        let value = End::Finite(value.clone());
        self.lo <= value && value <= self.hi
    }

    pub fn contains_zero(&self) -> bool {
        self.lo.sign() <= 0 && self.hi.sign() >= 0
    }

    #[must_use]
    pub fn add(&self, other: &Interval) -> Interval {
        Interval {
            lo: self.lo.add(&other.lo),
            hi: self.hi.add(&other.hi),
        }
    }

    #[must_use]
    pub fn sub(&self, other: &Interval) -> Interval {
        self.add(&other.neg())
    }

    #[must_use]
    pub fn neg(&self) -> Interval {
        Interval {
            lo: self.hi.neg(),
            hi: self.lo.neg(),
        }
    }

    #[must_use]
    pub fn mul(&self, other: &Interval) -> Interval {
        if let (Some(a), Some(b)) = (self.is_point(), other.is_point()) {
            return Interval::point(a * b);
        }
        let products = [
            self.lo.mul(&other.lo),
            self.lo.mul(&other.hi),
            self.hi.mul(&other.lo),
            self.hi.mul(&other.hi),
        ];
        let [first, rest @ ..] = &products;
        let lo = rest.iter().fold(first, |a, b| a.min(b)).clone();
        let hi = rest.iter().fold(first, |a, b| a.max(b)).clone();
        Interval { lo, hi }
    }

    /// The quotient; `(-∞, ∞)` where the divisor's interval contains zero, for then it may be undefined.
    #[must_use]
    pub fn div(&self, divisor: &Interval) -> Interval {
        if divisor.contains_zero() {
            return Interval::any();
        }
        match (divisor.hi.reciprocal(), divisor.lo.reciprocal()) {
            (Some(lo), Some(hi)) => self.mul(&Interval { lo, hi }),
            (None, _) | (_, None) => Interval::any(),
        }
    }

    #[must_use]
    pub fn abs(&self) -> Interval {
        if self.lo.sign() >= 0 {
            self.clone()
        } else if self.hi.sign() <= 0 {
            self.neg()
        } else {
            Interval {
                lo: End::Finite(Number::zero()),
                hi: self.lo.neg().max(self.hi.clone()),
            }
        }
    }

    #[must_use]
    pub fn min(&self, other: &Interval) -> Interval {
        Interval {
            lo: (&self.lo).min(&other.lo).clone(),
            hi: (&self.hi).min(&other.hi).clone(),
        }
    }

    #[must_use]
    pub fn max(&self, other: &Interval) -> Interval {
        Interval {
            lo: (&self.lo).max(&other.lo).clone(),
            hi: (&self.hi).max(&other.hi).clone(),
        }
    }

    /// Rounds both ends, halves away from zero.
    #[must_use]
    pub fn round(&self, digits: i32) -> Interval {
        Interval {
            lo: self.lo.round(digits),
            hi: self.hi.round(digits),
        }
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(&self, other: &Interval) -> Interval {
        Interval {
            lo: (&self.lo).min(&other.lo).clone(),
            hi: (&self.hi).max(&other.hi).clone(),
        }
    }

    /// True if every value here is below every value there, false if none is below any, else unknown.
    pub fn lt(&self, other: &Interval) -> Truth {
        if self.hi < other.lo {
            Truth::True
        } else if self.lo >= other.hi {
            Truth::False
        } else {
            Truth::Unknown
        }
    }

    pub fn le(&self, other: &Interval) -> Truth {
        other.lt(self).not()
    }

    pub fn gt(&self, other: &Interval) -> Truth {
        other.lt(self)
    }

    pub fn ge(&self, other: &Interval) -> Truth {
        self.lt(other).not()
    }

    /// True if both are one and the same point, false if they have no value in common, else unknown.
    pub fn eq(&self, other: &Interval) -> Truth {
        if self.hi < other.lo || other.hi < self.lo {
            Truth::False
        } else if self.is_point().is_some() && self == other {
            Truth::True
        } else {
            Truth::Unknown
        }
    }

    pub fn ne(&self, other: &Interval) -> Truth {
        self.eq(other).not()
    }
}

impl From<Number> for Interval {
    fn from(value: Number) -> Interval {
        Interval::point(value)
    }
}

/// `12.5`, `[0, ∞)`, `(-∞, ∞)`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(value) = self.is_point() {
            return write!(f, "{value}");
        }
        match &self.lo {
            End::NegInf => f.write_str("(-∞, ")?,
            End::Finite(number) => write!(f, "[{number}, ")?,
            End::PosInf => f.write_str("(∞, ")?,
        }
        match &self.hi {
            End::NegInf => f.write_str("-∞)"),
            End::Finite(number) => write!(f, "{number}]"),
            End::PosInf => f.write_str("∞)"),
        }
    }
}

#[cfg(test)]
#[path = "interval_tests.rs"]
mod tests;
