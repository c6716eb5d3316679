//! Numbers of elements: amounts, aggregates over lists, comparisons.

use super::{FALSE, Level, TRUE, Work};
use crate::domain::Truth;
use crate::ir::{Amount, AmountCompare, LoopAggregate, Made, MemberId, Quantity};
use crate::kernel::abi::{ABSENT, KNOWN};
use crate::kernel::amounts::{flipped, units};
use crate::kernel::bounds::{Bounds, Fraction, holds};
use crate::model::CompareOp;
use std::ops::Range;

/// The bounds of one number a place; `None` where something does not fit.
type Column = Option<Vec<Bounds>>;

impl Work<'_, '_> {
    pub(super) fn compare(
        &self,
        compare: &AmountCompare<Quantity>,
        level: &Level<'_>,
    ) -> Option<Vec<u8>> {
        let op = compare.op;
        match (&compare.left, &compare.right) {
            (
                Amount::Column {
                    column: Quantity::Member(member),
                    non_negative,
                },
                Amount::Constant(bound),
            ) => {
                let bound = Fraction::of(bound)?;
                self.threshold((*member, *non_negative), op, bound, level)
            }
            (Amount::Div(a, b), c) => self.quotient(a, b, op, c, level),
            (c, Amount::Div(a, b)) => self.quotient(a, b, flipped(op), c, level),
            (left, right) => {
                let left = self.amounts(left, level)?;
                let right = self.amounts(right, level)?;
                let pairs = left.iter().zip(right);
                pairs
                    .map(|(left, right)| Some(left.compare(op, right)? as u8))
                    .collect()
            }
        }
    }

    /// A field of the element with a constant.
    fn threshold(
        &self,
        (member, non_negative): (MemberId, bool),
        op: CompareOp,
        bound: Fraction,
        level: &Level<'_>,
    ) -> Option<Vec<u8>> {
        let missing = missing(non_negative).compare(op, Bounds::point(bound))? as u8;
        let (mantissa, state) = self.lists.amounts(member);
        let (top, bottom) = bound.parts();
        let top = top.checked_mul(self.units(member))?;
        let range = level.range.clone();
        let amounts = mantissa[range.clone()].iter().zip(&state[range]);
        amounts
            .map(|(mantissa, state)| match *state {
                KNOWN => {
                    let order = i128::from(*mantissa).checked_mul(bottom)?.cmp(&top);
                    Some(if holds(op, order) { TRUE } else { FALSE })
                }
                ABSENT => Some(missing),
                _ => None,
            })
            .collect()
    }

    /// Whether `a / b op c`.
    fn quotient(
        &self,
        a: &Amount<Quantity>,
        b: &Amount<Quantity>,
        op: CompareOp,
        c: &Amount<Quantity>,
        level: &Level<'_>,
    ) -> Option<Vec<u8>> {
        let (a, b) = (self.amounts(a, level)?, self.amounts(b, level)?);
        let c = self.amounts(c, level)?;
        let places = a.iter().zip(b).zip(c);
        places
            .map(|((a, b), c)| Some(Bounds::compare_quotient(*a, b, op, c)? as u8))
            .collect()
    }

    /// A number of every element.
    fn amounts(&self, amount: &Amount<Quantity>, level: &Level<'_>) -> Column {
        combined(amount, level.range.len(), &|quantity, non_negative| {
            self.quantity(quantity, non_negative, level)
        })
    }

    fn quantity(&self, quantity: &Quantity, non_negative: bool, level: &Level<'_>) -> Column {
        match quantity {
            Quantity::Record(column) => {
                let slot = self.plan.slot(*column);
                let units = units(self.plan.program.columns[*column].kind).into();
                let amount = |row: usize| {
                    let (mantissa, state) = self.batch.amount(slot, row);
                    bounds_of(mantissa, state, units, non_negative)
                };
                level.range.clone().map(amount).collect()
            }
            Quantity::Member(member) => {
                let (mantissa, state) = self.lists.amounts(*member);
                let units = self.units(*member);
                let amount = |at: usize| bounds_of(mantissa[at], state[at], units, non_negative);
                level.range.clone().map(amount).collect()
            }
            Quantity::Aggregate(aggregate) => self.aggregate(aggregate, level),
            Quantity::Around(inner) => {
                let of_around = self.quantity(inner, non_negative, level.around())?;
                Some(self.spread(&of_around, level))
            }
        }
    }

    fn units(&self, member: MemberId) -> i128 {
        units(self.plan.program.members[member].kind).into()
    }

    fn aggregate(&self, aggregate: &LoopAggregate, level: &Level<'_>) -> Column {
        let within = self.within(aggregate.list, level);
        let counts = match &aggregate.filter {
            Some(filter) => self.truths(filter, &within)?,
            None => vec![TRUE; within.range.len()],
        };
        let own: Vec<Option<Range<usize>>> = self.each_list(aggregate.list, level).collect();
        match &aggregate.made {
            Made::Count => {
                let count = |own: Option<Range<usize>>| match own {
                    Some(own) => count(&counts[own]),
                    None => Bounds::at_least_zero(),
                };
                Some(own.into_iter().map(count).collect())
            }
            Made::Sum(value) => {
                let sums = self.sums(value, &counts, &own, &within)?;
                let missing = match own.contains(&None) {
                    true => self.unknown(value, 1, level)?,
                    false => Vec::new(),
                };
                let sum = |(place, sum): (usize, Option<Bounds>)| {
                    sum.unwrap_or_else(|| missing[place].any_number_of())
                };
                Some(sums.into_iter().enumerate().map(sum).collect())
            }
            Made::Min(value) => {
                let values = self.amounts(value, &within)?;
                let least = |own: Option<Range<usize>>| match own {
                    Some(own) => least(&counts[own.clone()], values[own].iter().copied()),
                    None => Some(Bounds::any()),
                };
                own.into_iter().map(least).collect()
            }
            Made::Max(value) => {
                let values = self.amounts(value, &within)?;
                let turned: Vec<Bounds> =
                    values.into_iter().map(Bounds::neg).collect::<Option<_>>()?;
                let greatest = |own: Option<Range<usize>>| match own {
                    Some(own) => least(&counts[own.clone()], turned[own].iter().copied())?.neg(),
                    None => Some(Bounds::any()),
                };
                own.into_iter().map(greatest).collect()
            }
        }
    }

    /// The sum over each list; nothing for a missing one.
    fn sums(
        &self,
        value: &Amount<Quantity>,
        counts: &[u8],
        own: &[Option<Range<usize>>],
        within: &Level<'_>,
    ) -> Option<Vec<Option<Bounds>>> {
        if let Amount::Column {
            column: Quantity::Member(member),
            non_negative,
        } = value
        {
            let (mantissa, state) = self.lists.amounts(*member);
            let units = self.units(*member);
            let sum = |own: &Option<Range<usize>>| {
                let Some(own) = own.clone() else {
                    return Some(None);
                };
                let at = within.range.start + own.start..within.range.start + own.end;
                let (mantissa, state) = (&mantissa[at.clone()], &state[at]);
                sum_of_field(&counts[own], mantissa, state, units, *non_negative).map(Some)
            };
            return own.iter().map(sum).collect();
        }
        let values = self.amounts(value, within)?;
        let sum = |own: &Option<Range<usize>>| match own.clone() {
            Some(own) => sum(&counts[own.clone()], &values[own]).map(Some),
            None => Some(None),
        };
        own.iter().map(sum).collect()
    }

    /// A number of an element of which nothing is known, not even its lists, `steps` levels within each element of a level. It only
    /// differs from one place to another by what it reads of the levels around.
    fn unknown(&self, amount: &Amount<Quantity>, steps: usize, level: &Level<'_>) -> Column {
        combined(amount, level.range.len(), &|quantity, non_negative| {
            self.unknown_quantity(quantity, non_negative, steps, level)
        })
    }

    fn unknown_quantity(
        &self,
        quantity: &Quantity,
        non_negative: bool,
        steps: usize,
        level: &Level<'_>,
    ) -> Column {
        let same = |bounds: Bounds| Some(vec![bounds; level.range.len()]);
        match quantity {
            _ if steps == 0 => self.quantity(quantity, non_negative, level),
            Quantity::Record(_) => unreachable!("a column of the record within an element"),
            Quantity::Member(_) => same(missing(non_negative)),
            Quantity::Around(inner) => self.unknown_quantity(inner, non_negative, steps - 1, level),
            Quantity::Aggregate(aggregate) => match &aggregate.made {
                Made::Count => same(Bounds::at_least_zero()),
                Made::Sum(value) => {
                    let one = self.unknown(value, steps + 1, level)?;
                    Some(one.into_iter().map(Bounds::any_number_of).collect())
                }
                Made::Min(_) | Made::Max(_) => same(Bounds::any()),
            },
        }
    }
}

/// A missing number.
fn missing(non_negative: bool) -> Bounds {
    match non_negative {
        true => Bounds::at_least_zero(),
        false => Bounds::any(),
    }
}

fn bounds_of(mantissa: i64, state: u8, units: i128, non_negative: bool) -> Option<Bounds> {
    match state {
        KNOWN => Some(Bounds::point(Fraction::new(mantissa.into(), units))),
        ABSENT => Some(missing(non_negative)),
        _ => None,
    }
}

/// An amount place by place, from what its columns are.
fn combined(
    amount: &Amount<Quantity>,
    count: usize,
    leaf: &dyn Fn(&Quantity, bool) -> Column,
) -> Column {
    let of = |amount: &Amount<Quantity>| combined(amount, count, leaf);
    let one = |a: &Amount<Quantity>, work: fn(Bounds) -> Option<Bounds>| -> Column {
        of(a)?.into_iter().map(work).collect()
    };
    let two = |a: &Amount<Quantity>,
               b: &Amount<Quantity>,
               work: fn(Bounds, Bounds) -> Option<Bounds>|
     -> Column {
        let pairs = of(a)?.into_iter().zip(of(b)?);
        pairs.map(|(a, b)| work(a, b)).collect()
    };
    match amount {
        Amount::Column {
            column,
            non_negative,
        } => leaf(column, *non_negative),
        Amount::Constant(number) => {
            let point = Bounds::point(Fraction::of(number)?);
            Some(vec![point; count])
        }
        Amount::Add(a, b) => two(a, b, Bounds::add),
        Amount::Sub(a, b) => two(a, b, Bounds::sub),
        Amount::Mul(a, b) => two(a, b, Bounds::mul),
        Amount::Div(a, b) => two(a, b, Bounds::div),
        Amount::Neg(a) => one(a, Bounds::neg),
        Amount::Abs(a) => one(a, Bounds::abs),
        Amount::Min(a, b) => two(a, b, Bounds::min),
        Amount::Max(a, b) => two(a, b, Bounds::max),
        // Rounding is rare: left to exact intervals.
        Amount::Round(..) => None,
        Amount::Assume(a, otherwise) => {
            let otherwise = Bounds::point(Fraction::of(otherwise)?);
            let known = |a: Bounds| if a.is_point() { a } else { otherwise };
            Some(of(a)?.into_iter().map(known).collect())
        }
    }
}

fn count(counts: &[u8]) -> Bounds {
    let at_least = counts.iter().filter(|counts| **counts == TRUE).count();
    let at_most = counts.iter().filter(|counts| **counts != FALSE).count();
    Bounds::of_ends(Some(at_least as i128), Some(at_most as i128), 1)
}

/// The sum of one field of elements. No 128 bits can overflow: there are fewer than 2^32 elements.
fn sum_of_field(
    counts: &[u8],
    mantissa: &[i64],
    state: &[u8],
    units: i128,
    non_negative: bool,
) -> Option<Bounds> {
    let (mut lo, mut hi) = (Some(0i128), Some(0i128));
    for ((counts, mantissa), state) in counts.iter().zip(mantissa).zip(state) {
        if *counts == FALSE {
            continue;
        }
        let (least, most) = match *state {
            KNOWN => (Some(i128::from(*mantissa)), Some(i128::from(*mantissa))),
            ABSENT if non_negative => (Some(0), None),
            ABSENT => (None, None),
            _ => return None,
        };
        let (least, most) = match *counts {
            TRUE => (least, most),
            // It may as well add nothing.
            _ => (least.map(|it| it.min(0)), most.map(|it| it.max(0))),
        };
        lo = lo.zip(least).map(|(sum, least)| sum + least);
        hi = hi.zip(most).map(|(sum, most)| sum + most);
    }
    Some(Bounds::of_ends(lo, hi, units))
}

fn sum(counts: &[u8], values: &[Bounds]) -> Option<Bounds> {
    let zero = Bounds::point(Fraction::new(0, 1));
    let mut sum = zero;
    for (counts, value) in counts.iter().zip(values) {
        sum = match *counts {
            FALSE => sum,
            TRUE => sum.add(*value)?,
            _ => sum.add(value.hull(zero)?)?,
        };
    }
    Some(sum)
}

/// The least of the elements that count. One that may count can only make it less; without one that certainly does it is
/// undefined.
fn least(counts: &[u8], values: impl Iterator<Item = Bounds> + Clone) -> Option<Bounds> {
    let of = |wanted: Truth| {
        let values = counts.iter().zip(values.clone());
        values
            .filter(move |(counts, _)| **counts == wanted as u8)
            .map(|(_, value)| value)
    };
    let mut certain = of(Truth::True);
    let Some(mut least) = certain.next() else {
        return Some(Bounds::any());
    };
    for value in certain {
        least = least.min(value)?;
    }
    for value in of(Truth::Unknown) {
        least = least.or_less(value)?;
    }
    Some(least)
}
