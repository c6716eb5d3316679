//! [`crate::domain::Interval`] in checked 128-bit fractions: the same operations, `None` where something does not fit.

use crate::domain::{Interval, Number, Truth};
use crate::model::CompareOp;
use num_integer::Integer;
use std::cmp::Ordering;

/// A fraction; the denominator is positive.
#[derive(Clone, Copy, Debug)]
pub struct Fraction {
    top: i128,
    bottom: i128,
}

/// One end.
#[derive(Clone, Copy, Debug)]
enum Edge {
    NegInf,
    At(Fraction),
    PosInf,
}

/// All numbers from one end to the other.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    lo: Edge,
    hi: Edge,
    /// Both ends are one number.
    point: bool,
}

use Edge::{At, NegInf, PosInf};

impl Fraction {
    const ZERO: Fraction = Fraction { top: 0, bottom: 1 };

    /// `top / bottom`, for a positive `bottom`.
    pub fn new(top: i128, bottom: i128) -> Fraction {
        Fraction { top, bottom }
    }

    /// A number, if it fits.
    pub fn of(number: &Number) -> Option<Fraction> {
        let (top, bottom) = number.as_ratio_i128()?;
        Some(Fraction { top, bottom })
    }

    /// Numerator and denominator.
    pub fn parts(self) -> (i128, i128) {
        (self.top, self.bottom)
    }

    fn compare(self, other: Fraction) -> Option<Ordering> {
        if self.bottom == other.bottom {
            return Some(self.top.cmp(&other.top));
        }
        let left = self.top.checked_mul(other.bottom)?;
        Some(left.cmp(&other.top.checked_mul(self.bottom)?))
    }

    fn add(self, other: Fraction) -> Option<Fraction> {
        if self.bottom == other.bottom {
            return Some(Fraction {
                top: self.top.checked_add(other.top)?,
                bottom: self.bottom,
            });
        }
        self.add_over(other, 1)
            .or_else(|| self.add_over(other, self.bottom.gcd(&other.bottom)))
    }

    /// `a + b` over the product of their denominators, but for a factor that both have.
    fn add_over(self, other: Fraction, common: i128) -> Option<Fraction> {
        let left = self.top.checked_mul(other.bottom / common)?;
        let right = other.top.checked_mul(self.bottom / common)?;
        Some(Fraction {
            top: left.checked_add(right)?,
            bottom: (self.bottom / common).checked_mul(other.bottom)?,
        })
    }

    fn mul(self, other: Fraction) -> Option<Fraction> {
        Some(Fraction {
            top: self.top.checked_mul(other.top)?,
            bottom: self.bottom.checked_mul(other.bottom)?,
        })
    }

    fn neg(self) -> Option<Fraction> {
        Some(Fraction {
            top: self.top.checked_neg()?,
            bottom: self.bottom,
        })
    }

    /// Of a fraction that is not zero.
    fn reciprocal(self) -> Option<Fraction> {
        Some(Fraction {
            top: self.bottom.checked_mul(self.top.signum())?,
            bottom: self.top.checked_abs()?,
        })
    }
}

impl Edge {
    fn sign(self) -> i128 {
        match self {
            NegInf => -1,
            At(fraction) => fraction.top.signum(),
            PosInf => 1,
        }
    }

    fn compare(self, other: Edge) -> Option<Ordering> {
        match (self, other) {
            (At(a), At(b)) => a.compare(b),
            (NegInf, NegInf) | (PosInf, PosInf) => Some(Ordering::Equal),
            (NegInf, At(_) | PosInf) | (At(_), PosInf) => Some(Ordering::Less),
            (PosInf, At(_) | NegInf) | (At(_), NegInf) => Some(Ordering::Greater),
        }
    }

    fn least(self, other: Edge) -> Option<Edge> {
        Some(if self.compare(other)?.is_le() {
            self
        } else {
            other
        })
    }

    fn greatest(self, other: Edge) -> Option<Edge> {
        Some(if self.compare(other)?.is_ge() {
            self
        } else {
            other
        })
    }

    /// Opposite infinities never meet: lower ends are added to lower ends, upper to upper.
    fn add(self, other: Edge) -> Option<Edge> {
        Some(match (self, other) {
            (At(a), At(b)) => At(a.add(b)?),
            (NegInf, _) | (_, NegInf) => NegInf,
            (PosInf, _) | (_, PosInf) => PosInf,
        })
    }

    /// 0·∞ is 0.
    fn mul(self, other: Edge) -> Option<Edge> {
        Some(match (self, other) {
            (At(a), At(b)) => At(a.mul(b)?),
            (NegInf | PosInf, _) | (_, NegInf | PosInf) => {
                match (self.sign() * other.sign()).cmp(&0) {
                    Ordering::Less => NegInf,
                    Ordering::Equal => At(Fraction::ZERO),
                    Ordering::Greater => PosInf,
                }
            }
        })
    }

    fn neg(self) -> Option<Edge> {
        Some(match self {
            NegInf => PosInf,
            At(fraction) => At(fraction.neg()?),
            PosInf => NegInf,
        })
    }

    /// Of an end of an interval without zero; 1/∞ is 0.
    fn reciprocal(self) -> Option<Edge> {
        Some(At(match self {
            NegInf | PosInf => Fraction::ZERO,
            At(fraction) => fraction.reciprocal()?,
        }))
    }
}

impl Bounds {
    /// A known value.
    pub fn point(value: Fraction) -> Bounds {
        Bounds {
            lo: At(value),
            hi: At(value),
            point: true,
        }
    }

    /// A missing amount that cannot be negative.
    pub fn at_least_zero() -> Bounds {
        Bounds {
            lo: At(Fraction::ZERO),
            hi: PosInf,
            point: false,
        }
    }

    /// The negative of such an amount.
    pub fn at_most_zero() -> Bounds {
        Bounds {
            lo: NegInf,
            hi: At(Fraction::ZERO),
            point: false,
        }
    }

    /// From `lo / bottom` to `hi / bottom`, for a positive `bottom`; an end that is not there is infinite.
    pub fn of_ends(lo: Option<i128>, hi: Option<i128>, bottom: i128) -> Bounds {
        let at = |top: i128| At(Fraction { top, bottom });
        Bounds {
            lo: lo.map_or(NegInf, at),
            hi: hi.map_or(PosInf, at),
            point: lo.is_some() && lo == hi,
        }
    }

    /// Any other missing number, and one that may be undefined.
    pub fn any() -> Bounds {
        Bounds {
            lo: NegInf,
            hi: PosInf,
            point: false,
        }
    }

    fn between(lo: Edge, hi: Edge) -> Option<Bounds> {
        let point = lo.compare(hi)?.is_eq();
        Some(Bounds { lo, hi, point })
    }

    /// Whether it is one number.
    pub fn is_point(self) -> bool {
        self.point
    }

    /// `a + b`
    pub fn add(self, other: Bounds) -> Option<Bounds> {
        Some(Bounds {
            lo: self.lo.add(other.lo)?,
            hi: self.hi.add(other.hi)?,
            point: self.point && other.point,
        })
    }

    /// `a - b`
    pub fn sub(self, other: Bounds) -> Option<Bounds> {
        self.add(other.neg()?)
    }

    /// `-a`
    pub fn neg(self) -> Option<Bounds> {
        Some(Bounds {
            lo: self.hi.neg()?,
            hi: self.lo.neg()?,
            point: self.point,
        })
    }

    /// `a * b`
    pub fn mul(self, other: Bounds) -> Option<Bounds> {
        let first = self.lo.mul(other.lo)?;
        if self.point && other.point {
            return Some(Bounds {
                lo: first,
                hi: first,
                point: true,
            });
        }
        if self.lo.sign() >= 0 && other.lo.sign() >= 0 {
            return Bounds::between(first, self.hi.mul(other.hi)?);
        }
        let (mut lo, mut hi) = (first, first);
        for (a, b) in [
            (self.lo, other.hi),
            (self.hi, other.lo),
            (self.hi, other.hi),
        ] {
            let product = a.mul(b)?;
            lo = lo.least(product)?;
            hi = hi.greatest(product)?;
        }
        Bounds::between(lo, hi)
    }

    /// `a / b`; anything where the divisor may be zero.
    pub fn div(self, divisor: Bounds) -> Option<Bounds> {
        if divisor.lo.sign() <= 0 && divisor.hi.sign() >= 0 {
            return Some(Bounds::any());
        }
        self.mul(Bounds {
            lo: divisor.hi.reciprocal()?,
            hi: divisor.lo.reciprocal()?,
            point: divisor.point,
        })
    }

    /// `abs(a)`
    pub fn abs(self) -> Option<Bounds> {
        if self.lo.sign() >= 0 {
            Some(self)
        } else if self.hi.sign() <= 0 {
            self.neg()
        } else {
            Some(Bounds {
                lo: At(Fraction::ZERO),
                hi: self.lo.neg()?.greatest(self.hi)?,
                point: false,
            })
        }
    }

    /// `min(a, b)`
    pub fn min(self, other: Bounds) -> Option<Bounds> {
        Bounds::between(self.lo.least(other.lo)?, self.hi.least(other.hi)?)
    }

    /// `max(a, b)`
    pub fn max(self, other: Bounds) -> Option<Bounds> {
        Bounds::between(self.lo.greatest(other.lo)?, self.hi.greatest(other.hi)?)
    }

    /// The smallest bounds that hold both.
    pub fn hull(self, other: Bounds) -> Option<Bounds> {
        Bounds::between(self.lo.least(other.lo)?, self.hi.greatest(other.hi)?)
    }

    /// What the least of numbers is, of which these are known, if there may be another one.
    pub fn or_less(self, other: Bounds) -> Option<Bounds> {
        Bounds::between(self.lo.least(other.lo)?, self.hi)
    }

    /// The sum of any number of values that lie in these bounds, by its sign.
    pub fn any_number_of(self) -> Bounds {
        match (self.lo.sign(), self.hi.sign()) {
            (0, 0) => Bounds::point(Fraction::ZERO),
            (0 | 1, _) => Bounds::at_least_zero(),
            (_, -1 | 0) => Bounds::at_most_zero(),
            (_, _) => Bounds::any(),
        }
    }

    /// Whether `a / b op c`. Of known numbers in one unit it is `a op b · c`, turned round for a negative `b`.
    pub fn compare_quotient(a: Bounds, b: Bounds, op: CompareOp, c: Bounds) -> Option<Truth> {
        if a.point
            && b.point
            && c.point
            && let (At(top), At(bottom), At(c)) = (a.lo, b.lo, c.lo)
            && top.bottom == bottom.bottom
        {
            let left = top.top.checked_mul(c.bottom)?;
            let order = left.cmp(&c.top.checked_mul(bottom.top)?);
            let order = match bottom.top.cmp(&0) {
                Ordering::Greater => order,
                Ordering::Less => order.reverse(),
                Ordering::Equal => return Some(Truth::Unknown),
            };
            return Some(op.holds(order).into());
        }
        a.div(b)?.compare(op, c)
    }

    /// Whether `a op b`, as [`Interval`] tells.
    pub fn compare(self, op: CompareOp, other: Bounds) -> Option<Truth> {
        let less = |a: Bounds, b: Bounds| {
            Some(if a.hi.compare(b.lo)?.is_lt() {
                Truth::True
            } else if a.lo.compare(b.hi)?.is_ge() {
                Truth::False
            } else {
                Truth::Unknown
            })
        };
        let equal = || {
            let apart = self.hi.compare(other.lo)?.is_lt() || other.hi.compare(self.lo)?.is_lt();
            Some(if apart {
                Truth::False
            } else if self.point && other.point {
                Truth::True
            } else {
                Truth::Unknown
            })
        };
        Some(match op {
            CompareOp::Eq => equal()?,
            CompareOp::Ne => equal()?.not(),
            CompareOp::Lt => less(self, other)?,
            CompareOp::Le => less(other, self)?.not(),
            CompareOp::Gt => less(other, self)?,
            CompareOp::Ge => less(self, other)?.not(),
        })
    }
}

/// Whether `a op b`, in numbers of any size.
pub fn compare_intervals(op: CompareOp, a: &Interval, b: &Interval) -> Truth {
    match op {
        CompareOp::Eq => a.eq(b),
        CompareOp::Ne => a.ne(b),
        CompareOp::Lt => a.lt(b),
        CompareOp::Le => a.le(b),
        CompareOp::Gt => a.gt(b),
        CompareOp::Ge => a.ge(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::End;
    use proptest::prelude::*;

    /// The same interval both ways.
    fn pair() -> impl Strategy<Value = (Bounds, Interval)> {
        let number = prop_oneof![
            (-3i128..4, 1i128..4),
            (any::<i64>().prop_map(i128::from), 1i128..1_000_000),
            (any::<i128>(), 1i128..1_000_000_000_000),
        ];
        let point = number.clone().prop_map(|(top, bottom)| {
            (
                Bounds::point(Fraction::new(top, bottom)),
                Interval::point(Number::from_ratio(top, bottom)),
            )
        });
        let between = (number.clone(), number).prop_map(|(a, b)| {
            let numbers = [a, b].map(|(top, bottom)| Number::from_ratio(top, bottom));
            let ((a, b), numbers) = match numbers[0] <= numbers[1] {
                true => ((a, b), numbers),
                false => ((b, a), [numbers[1].clone(), numbers[0].clone()]),
            };
            let edge = |(top, bottom): (i128, i128)| At(Fraction::new(top, bottom));
            let [lo, hi] = numbers;
            let bounds = Bounds {
                lo: edge(a),
                hi: edge(b),
                point: lo == hi,
            };
            (bounds, Interval::between(lo, hi))
        });
        prop_oneof![
            4 => point,
            2 => between,
            1 => Just((Bounds::at_least_zero(), Interval::at_least_zero())),
            1 => Just((Bounds::any(), Interval::any())),
        ]
    }

    fn same(bounds: Option<Bounds>, interval: &Interval) -> bool {
        let Some(bounds) = bounds else { return true };
        let edge = |edge: Edge| match edge {
            NegInf => End::NegInf,
            At(fraction) => End::Finite(Number::from_ratio(fraction.top, fraction.bottom)),
            PosInf => End::PosInf,
        };
        edge(bounds.lo) == interval.lo
            && edge(bounds.hi) == interval.hi
            && bounds.point == interval.is_point().is_some()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn whatever_fits_is_what_unbounded_intervals_say((a, x) in pair(), (b, y) in pair()) {
            prop_assert!(same(a.add(b), &x.add(&y)));
            prop_assert!(same(a.sub(b), &x.sub(&y)));
            prop_assert!(same(a.mul(b), &x.mul(&y)));
            prop_assert!(same(a.div(b), &x.div(&y)));
            prop_assert!(same(a.neg(), &x.neg()));
            prop_assert!(same(a.abs(), &x.abs()));
            prop_assert!(same(a.min(b), &x.min(&y)));
            prop_assert!(same(a.max(b), &x.max(&y)));
            prop_assert!(same(a.hull(b), &x.hull(&y)));
            prop_assert!(same(a.or_less(b), &Interval::new(x.min(&y).lo, x.hi.clone())));
            use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
            for op in [Eq, Ne, Lt, Le, Gt, Ge] {
                if let Some(truth) = a.compare(op, b) {
                    prop_assert_eq!(truth, compare_intervals(op, &x, &y));
                }
                for (c, z) in [(a, &x), (b, &y)] {
                    if let Some(truth) = Bounds::compare_quotient(a, b, op, c) {
                        prop_assert_eq!(truth, compare_intervals(op, &x.div(&y), z));
                    }
                }
            }
        }
    }

    #[test]
    fn quotients_of_amounts_in_one_unit_compare_as_intervals_do() {
        use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
        let amounts = [-2_000i128, -1, 0, 1, 999, 1_000, 1_000_000];
        let point = |top: i128, bottom: i128| {
            let bounds = Bounds::point(Fraction::new(top, bottom));
            (bounds, Interval::point(Number::from_ratio(top, bottom)))
        };
        for a in amounts {
            for b in amounts {
                for share in [-1, 0, 1, 2] {
                    let ((a, x), (b, y)) = (point(a, 1_000), point(b, 1_000));
                    let (c, z) = point(share, 1_000);
                    for op in [Eq, Ne, Lt, Le, Gt, Ge] {
                        let truth = Bounds::compare_quotient(a, b, op, c);
                        assert_eq!(truth, Some(compare_intervals(op, &x.div(&y), &z)));
                    }
                }
            }
        }
    }

    #[test]
    fn small_numbers_always_fit() {
        let (a, b) = (Bounds::point(Fraction::new(1, 4)), Bounds::at_least_zero());
        assert!(b.div(a).and_then(|quotient| quotient.add(b)).is_some());
        let huge = Bounds::point(Fraction::new(i128::MAX, 3));
        assert!(huge.mul(huge).is_none());
    }
}
