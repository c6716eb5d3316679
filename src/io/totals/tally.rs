//! What records come to so far: sums and extremes that may be brought together in any order.

use super::entry::{
    push_end, push_interval, push_number, push_option, take, take_end, take_i64, take_interval,
    take_number, take_option,
};
use crate::domain::{End, Interval, Number};
use crate::model::AggregateKind;
use crate::reference::{Contribution, TotalValue};

/// How values go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Each record is one.
    Count,
    /// Values are added.
    Sum,
    /// The least counts.
    Min,
    /// The greatest counts: the least of the negatives.
    Max,
}

impl Way {
    pub fn of(kind: &AggregateKind) -> Way {
        match kind {
            AggregateKind::Count => Way::Count,
            AggregateKind::Sum(_) => Way::Sum,
            AggregateKind::Min(_) => Way::Min,
            AggregateKind::Max(_) => Way::Max,
        }
    }
}

/// What some records come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many certainly count, how many may, and how many of these keep the whole from being known.
    sure: i64,
    may: i64,
    open: i64,
    /// The keys at which the one who asks is too coarse.
    coarse: u32,
    amount: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Amount {
    /// The sums of the lower and of the upper ends, and how many of them are infinite.
    Sum {
        lo: Number,
        no_lo: i64,
        hi: Number,
        no_hi: i64,
    },
    /// The least of the values that certainly count, and the least end of those that may.
    Least {
        sure: Option<Interval>,
        may: Option<End>,
    },
}

impl Tally {
    /// Of no record.
    pub fn nothing(way: Way) -> Tally {
        let amount = match way {
            Way::Count | Way::Sum => Amount::Sum {
                lo: Number::zero(),
                no_lo: 0,
                hi: Number::zero(),
                no_hi: 0,
            },
            Way::Min | Way::Max => Amount::Least {
                sure: None,
                may: None,
            },
        };
        Tally {
            sure: 0,
            may: 0,
            open: 0,
            coarse: 0,
            amount,
        }
    }

    /// Of one record that may count; `certain`: whether it certainly belongs to the one who asks.
    pub fn of(way: Way, given: &Contribution, certain: bool) -> Tally {
        let mut tally = Tally::nothing(way);
        let counts = certain && given.counts.is_true();
        tally.sure = counts.into();
        tally.may = 1;
        tally.open = given.is_open().into();
        let one = || Interval::point(Number::one());
        let value = match way {
            Way::Count => one(),
            Way::Sum | Way::Min => given.value.clone().unwrap_or_else(one),
            Way::Max => given.value.as_ref().map_or_else(one, Interval::neg),
        };
        match &mut tally.amount {
            Amount::Sum { .. } => {
                let value = match counts {
                    true => value,
                    false => value.hull(&Interval::point(Number::zero())),
                };
                tally.amount = Amount::of(&value);
            }
            Amount::Least { sure, .. } if counts => *sure = Some(value),
            Amount::Least { may, .. } => *may = Some(value.lo),
        }
        tally
    }

    /// What is to be added where a record is among those that may belong to the one who asks, and is that one itself.
    pub fn of_oneself(way: Way, given: &Contribution) -> Tally {
        let (certain, possible) = (Tally::of(way, given, true), Tally::of(way, given, false));
        let amount = match (certain.amount, possible.amount) {
            (
                Amount::Sum {
                    lo,
                    no_lo,
                    hi,
                    no_hi,
                },
                Amount::Sum {
                    lo: may_lo,
                    no_lo: may_no_lo,
                    hi: may_hi,
                    no_hi: may_no_hi,
                },
            ) => Amount::Sum {
                lo: &lo - &may_lo,
                no_lo: no_lo - may_no_lo,
                hi: &hi - &may_hi,
                no_hi: no_hi - may_no_hi,
            },
            // An end among those that may count can be there twice.
            (least, _) => least,
        };
        Tally {
            sure: certain.sure,
            may: 0,
            open: 0,
            coarse: 0,
            amount,
        }
    }

    /// Takes a record off those who keep the whole from being known.
    pub fn forgive(&mut self, given: &Contribution) {
        self.open -= i64::from(given.is_open());
    }

    /// Says that all of these records keep the whole from being known.
    pub fn blame(&mut self) {
        self.open = self.may;
    }

    /// Says at which keys the one who asks is too coarse.
    pub fn ask_coarsely(&mut self, keys: u32) {
        if self.may > 0 {
            self.coarse |= keys;
        }
    }

    /// Brings other records in.
    pub fn add(&mut self, other: &Tally) {
        self.sure += other.sure;
        self.may += other.may;
        self.open += other.open;
        self.coarse |= other.coarse;
        match (&mut self.amount, &other.amount) {
            (
                Amount::Sum {
                    lo,
                    no_lo,
                    hi,
                    no_hi,
                },
                Amount::Sum {
                    lo: more_lo,
                    no_lo: more_no_lo,
                    hi: more_hi,
                    no_hi: more_no_hi,
                },
            ) => {
                *lo = &*lo + more_lo;
                *no_lo += more_no_lo;
                *hi = &*hi + more_hi;
                *no_hi += more_no_hi;
            }
            (
                Amount::Least { sure, may },
                Amount::Least {
                    sure: other_sure,
                    may: other_may,
                },
            ) => {
                if let Some(other) = other_sure {
                    let least = sure.as_ref().map(|sure| sure.min(other));
                    *sure = Some(least.unwrap_or_else(|| other.clone()));
                }
                if let Some(other) = other_may
                    && may.as_ref().is_none_or(|may| other < may)
                {
                    *may = Some(other.clone());
                }
            }
            (Amount::Sum { .. }, Amount::Least { .. })
            | (Amount::Least { .. }, Amount::Sum { .. }) => {
                unreachable!("internal error: a sum and an extreme of one aggregate")
            }
        }
    }

    /// The values that it all may come to.
    pub fn value(&self, way: Way) -> TotalValue {
        let value = match &self.amount {
            Amount::Sum {
                lo,
                no_lo,
                hi,
                no_hi,
            } => {
                let lo = match no_lo {
                    0 => End::Finite(lo.clone()),
                    _ => End::NegInf,
                };
                let hi = match no_hi {
                    0 => End::Finite(hi.clone()),
                    _ => End::PosInf,
                };
                Interval::new(lo, hi)
            }
            Amount::Least { sure: None, .. } => Interval::any(),
            Amount::Least {
                sure: Some(sure),
                may,
            } => {
                let may = may.as_ref().unwrap_or(&sure.lo);
                Interval::new(may.min(&sure.lo).clone(), sure.hi.clone())
            }
        };
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        TotalValue {
            value: match way {
                Way::Max => value.neg(),
                Way::Count | Way::Sum | Way::Min => value,
            },
            sure: count(self.sure),
            may: count(self.may),
            others: self.open > 0,
            coarse: self.coarse,
        }
    }

    pub fn push(&self, out: &mut Vec<u8>) {
        for count in [self.sure, self.may, self.open] {
            out.extend(count.to_le_bytes());
        }
        out.extend(self.coarse.to_le_bytes());
        match &self.amount {
            Amount::Sum {
                lo,
                no_lo,
                hi,
                no_hi,
            } => {
                push_number(lo, out);
                out.extend(no_lo.to_le_bytes());
                push_number(hi, out);
                out.extend(no_hi.to_le_bytes());
            }
            Amount::Least { sure, may } => {
                push_option(sure.as_ref(), out, push_interval);
                push_option(may.as_ref(), out, push_end);
            }
        }
    }

    pub fn take(way: Way, from: &mut &[u8]) -> Tally {
        let [sure, may, open] = [(); 3].map(|()| take_i64(from));
        let coarse = u32::from_le_bytes(take(from));
        let amount = match way {
            Way::Count | Way::Sum => {
                let lo = take_number(from);
                let no_lo = take_i64(from);
                let hi = take_number(from);
                let no_hi = take_i64(from);
                Amount::Sum {
                    lo,
                    no_lo,
                    hi,
                    no_hi,
                }
            }
            Way::Min | Way::Max => {
                let sure = take_option(from, take_interval);
                let may = take_option(from, take_end);
                Amount::Least { sure, may }
            }
        };
        Tally {
            sure,
            may,
            open,
            coarse,
            amount,
        }
    }
}

impl Amount {
    /// The sum of one value.
    fn of(value: &Interval) -> Amount {
        let finite = |end: &End| end.finite().cloned().unwrap_or_else(Number::zero);
        Amount::Sum {
            lo: finite(&value.lo),
            no_lo: i64::from(value.lo.finite().is_none()),
            hi: finite(&value.hi),
            no_hi: i64::from(value.hi.finite().is_none()),
        }
    }
}
