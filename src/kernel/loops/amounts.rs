//! Numbers of elements: amounts, aggregates over lists, comparisons.

use super::{FALSE, Level, Own, TRUE, Work};
use crate::domain::Truth;
use crate::ir::{Amount, AmountCompare, ListColumnId, LoopAggregate, Made, MemberId, Quantity};
use crate::kernel::abi::{ABSENT, KNOWN};
use crate::kernel::amounts::units;
use crate::kernel::bounds::{Bounds, Fraction};
use crate::model::CompareOp;
use std::ops::Range;

/// A number of every place.
enum Numbers {
    /// The same everywhere.
    Same(Bounds),
    /// One for each place.
    Each(Vec<Bounds>),
}

impl Numbers {
    fn at(&self, place: usize) -> Bounds {
        match self {
            Numbers::Same(bounds) => *bounds,
            Numbers::Each(bounds) => bounds[place],
        }
    }

    fn map(self, work: impl Fn(Bounds) -> Option<Bounds>) -> Option<Numbers> {
        Some(match self {
            Numbers::Same(bounds) => Numbers::Same(work(bounds)?),
            Numbers::Each(mut bounds) => {
                for bounds in &mut bounds {
                    *bounds = work(*bounds)?;
                }
                Numbers::Each(bounds)
            }
        })
    }

    fn with(
        self,
        other: Numbers,
        work: impl Fn(Bounds, Bounds) -> Option<Bounds>,
    ) -> Option<Numbers> {
        match (self, other) {
            (a, Numbers::Same(b)) => a.map(|a| work(a, b)),
            (Numbers::Same(a), b) => b.map(|b| work(a, b)),
            (Numbers::Each(mut a), Numbers::Each(b)) => {
                for (a, b) in a.iter_mut().zip(b) {
                    *a = work(*a, b)?;
                }
                Some(Numbers::Each(a))
            }
        }
    }
}

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
            (c, Amount::Div(a, b)) => self.quotient(a, b, op.flipped(), c, level),
            (left, right) => {
                let left = self.amounts(left, level)?;
                let right = self.amounts(right, level)?;
                let truth = |place| Some(left.at(place).compare(op, right.at(place))? as u8);
                (0..level.places.len()).map(truth).collect()
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
        let amounts = level.places.of(mantissa).zip(level.places.of(state));
        amounts
            .map(|(mantissa, state)| match *state {
                KNOWN => {
                    let order = i128::from(*mantissa).checked_mul(bottom)?.cmp(&top);
                    Some(if op.holds(order) { TRUE } else { FALSE })
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
        let truth = |place| {
            let (a, b, c) = (a.at(place), b.at(place), c.at(place));
            Some(Bounds::compare_quotient(a, b, op, c)? as u8)
        };
        (0..level.places.len()).map(truth).collect()
    }

    /// A number of every element.
    fn amounts(&self, amount: &Amount<Quantity>, level: &Level<'_>) -> Option<Numbers> {
        combined(amount, &|quantity, non_negative| {
            self.quantity(quantity, non_negative, level)
        })
    }

    fn quantity(
        &self,
        quantity: &Quantity,
        non_negative: bool,
        level: &Level<'_>,
    ) -> Option<Numbers> {
        match quantity {
            Quantity::Record(column) => {
                let slot = self.plan.slot(*column);
                let units = units(self.plan.program.columns[*column].kind).into();
                let amount = |row: usize| {
                    let (mantissa, state) = self.batch.amount(slot, row);
                    bounds_of(mantissa, state, units, non_negative)
                };
                let amounts = level.places.iter().map(amount).collect::<Option<_>>()?;
                Some(Numbers::Each(amounts))
            }
            Quantity::Member(member) => {
                let (mantissa, state) = self.lists.amounts(*member);
                let units = self.units(*member);
                let amount = |at: usize| bounds_of(mantissa[at], state[at], units, non_negative);
                let amounts = level.places.iter().map(amount).collect::<Option<_>>()?;
                Some(Numbers::Each(amounts))
            }
            Quantity::Aggregate(aggregate) => {
                Some(Numbers::Each(self.aggregate(aggregate, level)?))
            }
            Quantity::Around(inner) => {
                let of_around = self.quantity(inner, non_negative, level.around())?;
                Some(match of_around {
                    Numbers::Same(bounds) => Numbers::Same(bounds),
                    Numbers::Each(bounds) => Numbers::Each(self.spread(&bounds, level)),
                })
            }
        }
    }

    fn units(&self, member: MemberId) -> i128 {
        units(self.plan.program.members[member].kind).into()
    }

    fn aggregate(&self, aggregate: &LoopAggregate, level: &Level<'_>) -> Option<Vec<Bounds>> {
        let within = self.within(aggregate.list, level);
        let counts = match &aggregate.filter {
            Some(filter) => self.truths(filter, &within)?,
            None => vec![TRUE; within.places.len()],
        };
        let lists = self.each_list(aggregate.list, level);
        match &aggregate.made {
            Made::Count => {
                let count = |own: Option<Own>| match own {
                    Some(own) => count(&counts[own.among]),
                    None => Bounds::at_least_zero(),
                };
                Some(lists.map(count).collect())
            }
            Made::Sum(value) => {
                let missing = match self.misses(aggregate.list, level) {
                    true => self.unknown(value, 1, level)?,
                    false => Numbers::Same(Bounds::any()),
                };
                let of_missing = |place| Some(missing.at(place).any_number_of());
                let lists = lists.enumerate();
                if let Amount::Column {
                    column: Quantity::Member(member),
                    non_negative,
                } = value
                {
                    let (mantissa, state) = self.lists.amounts(*member);
                    let as_field = (self.units(*member), *non_negative);
                    let sum = |(place, own): (usize, Option<Own>)| {
                        let Some(Own { among, all }) = own else {
                            return of_missing(place);
                        };
                        let (mantissa, state) = (&mantissa[all.clone()], &state[all]);
                        sum_of_field(&counts[among], mantissa, state, as_field)
                    };
                    return lists.map(sum).collect();
                }
                let values = self.amounts(value, &within)?;
                let sum = |(place, own): (usize, Option<Own>)| match own {
                    Some(own) => sum(&counts, &values, own.among),
                    None => of_missing(place),
                };
                lists.map(sum).collect()
            }
            Made::Min(value) => {
                let values = self.amounts(value, &within)?;
                let least = |own: Option<Own>| match own {
                    Some(own) => least(&counts, &values, own.among),
                    None => Some(Bounds::any()),
                };
                lists.map(least).collect()
            }
            Made::Max(value) => {
                let turned = self.amounts(value, &within)?.map(Bounds::neg)?;
                let greatest = |own: Option<Own>| match own {
                    Some(own) => least(&counts, &turned, own.among)?.neg(),
                    None => Some(Bounds::any()),
                };
                lists.map(greatest).collect()
            }
        }
    }

    /// Whether any of these lists is missing.
    fn misses(&self, list: ListColumnId, level: &Level<'_>) -> bool {
        let list = self.lists.list(list);
        list.nulls.is_some() && level.places.iter().any(|at| list.is_missing(at))
    }

    /// A number of an element of which nothing is known, not even its lists, `steps` levels within each element of a level. It only
    /// differs from one place to another by what it reads of the levels around.
    fn unknown(
        &self,
        amount: &Amount<Quantity>,
        steps: usize,
        level: &Level<'_>,
    ) -> Option<Numbers> {
        combined(amount, &|quantity, non_negative| {
            self.unknown_quantity(quantity, non_negative, steps, level)
        })
    }

    fn unknown_quantity(
        &self,
        quantity: &Quantity,
        non_negative: bool,
        steps: usize,
        level: &Level<'_>,
    ) -> Option<Numbers> {
        let same = |bounds: Bounds| Some(Numbers::Same(bounds));
        match quantity {
            _ if steps == 0 => self.quantity(quantity, non_negative, level),
            Quantity::Record(_) => unreachable!("a column of the record within an element"),
            Quantity::Member(_) => same(missing(non_negative)),
            Quantity::Around(inner) => self.unknown_quantity(inner, non_negative, steps - 1, level),
            Quantity::Aggregate(aggregate) => match &aggregate.made {
                Made::Count => same(Bounds::at_least_zero()),
                Made::Sum(value) => {
                    let one = self.unknown(value, steps + 1, level)?;
                    one.map(|one| Some(one.any_number_of()))
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

/// An amount from what its columns are.
fn combined(
    amount: &Amount<Quantity>,
    leaf: &dyn Fn(&Quantity, bool) -> Option<Numbers>,
) -> Option<Numbers> {
    let of = |amount: &Amount<Quantity>| combined(amount, leaf);
    match amount {
        Amount::Column {
            column,
            non_negative,
        } => leaf(column, *non_negative),
        Amount::Constant(number) => Some(Numbers::Same(Bounds::point(Fraction::of(number)?))),
        Amount::Add(a, b) => of(a)?.with(of(b)?, Bounds::add),
        Amount::Sub(a, b) => of(a)?.with(of(b)?, Bounds::sub),
        Amount::Mul(a, b) => of(a)?.with(of(b)?, Bounds::mul),
        Amount::Div(a, b) => of(a)?.with(of(b)?, Bounds::div),
        Amount::Neg(a) => of(a)?.map(Bounds::neg),
        Amount::Abs(a) => of(a)?.map(Bounds::abs),
        Amount::Min(a, b) => of(a)?.with(of(b)?, Bounds::min),
        Amount::Max(a, b) => of(a)?.with(of(b)?, Bounds::max),
        // Rounding is rare: left to exact intervals.
        Amount::Round(..) => None,
        Amount::Assume(a, otherwise) => {
            let otherwise = Bounds::point(Fraction::of(otherwise)?);
            of(a)?.map(|a| Some(if a.is_point() { a } else { otherwise }))
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
    (units, non_negative): (i128, bool),
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

fn sum(counts: &[u8], values: &Numbers, own: Range<usize>) -> Option<Bounds> {
    let zero = Bounds::point(Fraction::new(0, 1));
    let mut sum = zero;
    for place in own {
        sum = match counts[place] {
            FALSE => sum,
            TRUE => sum.add(values.at(place))?,
            _ => sum.add(values.at(place).hull(zero)?)?,
        };
    }
    Some(sum)
}

/// The least of the elements that count. One that may count can only make it less; without one that certainly does it is
/// undefined.
fn least(counts: &[u8], values: &Numbers, own: Range<usize>) -> Option<Bounds> {
    let of = |wanted: Truth| {
        let places = own.clone().filter(move |at| counts[*at] == wanted as u8);
        places.map(|place| values.at(place))
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
