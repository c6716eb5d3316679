//! Conditions over lists: loops over the elements of many records, a column at a time.
//!
//! What is worked out for a level is a vector over its elements, which stand one after the other in the columns whatever
//! list they are of: truths as bytes (0 false, 1 unknown, 2 true, so that `and` is the least and `or` the greatest), numbers as
//! [`Bounds`]. A list of lists' elements stand one after the other, too; where a list begins is all that a loop asks of it. Elements
//! that no record has (behind a missing list) are worked out with the others and left out where lists come together.
//!
//! What does not fit 128-bit fractions is no answer for all records asked about together, so that they are asked about one
//! by one, and then by the reference evaluator.

mod amounts;
mod bound;
mod places;

pub use bound::{BoundList, Lists};
pub use places::Places;

use super::Batch;
use super::abi::ABSENT;
use crate::domain::Truth;
use crate::ir::{ListColumnId, LoopForm, MemberId, MemberTestId, TestId};
use crate::model::Quantifier;
use crate::plan::Plan;
use std::ops::Range;

const FALSE: u8 = Truth::False as u8;
const UNKNOWN: u8 = Truth::Unknown as u8;
const TRUE: u8 = Truth::True as u8;

/// The truth of a form on the level of records in some of them, as bytes; `None` where something does not fit.
pub fn truths(plan: &Plan, batch: &Batch<'_>, form: &LoopForm, rows: Places) -> Option<Vec<u8>> {
    let work = Work {
        plan,
        batch,
        lists: batch.lists(),
    };
    let records = Level {
        list: None,
        places: rows,
        around: None,
    };
    work.truths(form, &records)
}

/// The truth that a byte stands for.
pub fn truth_of(byte: u8) -> Truth {
    match byte {
        FALSE => Truth::False,
        UNKNOWN => Truth::Unknown,
        TRUE => Truth::True,
        other => unreachable!("{other} is no truth"),
    }
}

struct Work<'w, 'b> {
    plan: &'w Plan,
    batch: &'w Batch<'b>,
    lists: &'w Lists<'b>,
}

/// Some of the records, or all elements of a list of theirs.
struct Level<'l> {
    /// `None`: records.
    list: Option<ListColumnId>,
    places: Places,
    around: Option<&'l Level<'l>>,
}

/// The elements of one list.
struct Own {
    /// Their places among those of [`Work::within`].
    among: Range<usize>,
    /// Their places among those of all records.
    all: Range<usize>,
}

impl Level<'_> {
    fn around(&self) -> &Level<'_> {
        self.around.expect("a form within an element")
    }
}

impl<'w, 'b> Work<'w, 'b> {
    fn truths(&self, form: &LoopForm, level: &Level<'_>) -> Option<Vec<u8>> {
        let count = level.places.len();
        match form {
            LoopForm::Constant(truth) => Some(vec![*truth as u8; count]),
            LoopForm::Record(test) => Some(self.record_test(*test, level)),
            LoopForm::Member(test) => Some(self.member_test(*test, level)),
            LoopForm::Known(member) => Some(self.known(*member, level)),
            LoopForm::Listed(list) => Some(self.listed(*list, level)),
            LoopForm::Compare(compare) => self.compare(compare, level),
            LoopForm::Not(inner) => {
                let mut truths = self.truths(inner, level)?;
                truths.iter_mut().for_each(|truth| *truth = TRUE - *truth);
                Some(truths)
            }
            LoopForm::And(parts) => self.joined(parts, TRUE, u8::min, level),
            LoopForm::Or(parts) => self.joined(parts, FALSE, u8::max, level),
            LoopForm::If(parts) => {
                let [condition, yes, no] = &**parts;
                let mut truths = self.truths(condition, level)?;
                let yes = self.truths(yes, level)?;
                let no = self.truths(no, level)?;
                for ((truth, yes), no) in truths.iter_mut().zip(yes).zip(no) {
                    *truth = match *truth {
                        TRUE => yes,
                        FALSE => no,
                        _ if yes == no => yes,
                        _ => UNKNOWN,
                    };
                }
                Some(truths)
            }
            LoopForm::IsUnknown(inner) => {
                let mut truths = self.truths(inner, level)?;
                let is_unknown = |truth| if truth == UNKNOWN { TRUE } else { FALSE };
                truths
                    .iter_mut()
                    .for_each(|truth| *truth = is_unknown(*truth));
                Some(truths)
            }
            LoopForm::Quantified {
                quantifier,
                list,
                body,
            } => {
                let body = self.truths(body, &self.within(*list, level))?;
                Some(self.quantified(*quantifier, *list, &body, level))
            }
            LoopForm::Around(inner) => {
                let truths = self.truths(inner, level.around())?;
                Some(self.spread(&truths, level))
            }
        }
    }

    fn joined(
        &self,
        parts: &[LoopForm],
        of_none: u8,
        join: impl Fn(u8, u8) -> u8,
        level: &Level<'_>,
    ) -> Option<Vec<u8>> {
        let mut joined: Option<Vec<u8>> = None;
        for part in parts {
            let truths = self.truths(part, level)?;
            joined = Some(match joined {
                None => truths,
                Some(mut joined) => {
                    for (joined, truth) in joined.iter_mut().zip(truths) {
                        *joined = join(*joined, truth);
                    }
                    joined
                }
            });
        }
        Some(joined.unwrap_or_else(|| vec![of_none; level.places.len()]))
    }

    /// The elements of a list of every element of a level, or of every record.
    fn within<'l>(&self, list: ListColumnId, level: &'l Level<'_>) -> Level<'l> {
        let offsets = self.lists.list(list).offsets;
        let mut places = Places::default();
        for run in level.places.runs() {
            places.push(offsets[run.start] as usize..offsets[run.end] as usize);
        }
        Level {
            list: Some(list),
            places,
            around: Some(level),
        }
    }

    /// For each element of a level that a list stands in the list's own elements; nothing where the list is missing.
    fn each_list<'s>(
        &'s self,
        list: ListColumnId,
        level: &'s Level<'_>,
    ) -> impl Iterator<Item = Option<Own>> + use<'s, 'w, 'b> {
        let list = self.lists.list(list);
        let mut before = 0;
        level.places.iter().map(move |at| {
            let all = list.offsets[at] as usize..list.offsets[at + 1] as usize;
            let among = before..before + all.len();
            before = among.end;
            (!list.is_missing(at)).then_some(Own { among, all })
        })
    }

    fn quantified(
        &self,
        quantifier: Quantifier,
        list: ListColumnId,
        body: &[u8],
        level: &Level<'_>,
    ) -> Vec<u8> {
        let own = self.each_list(list, level);
        let truth = |own: Option<Own>| {
            let Some(own) = own else { return UNKNOWN };
            let truths = body[own.among].iter().copied();
            match quantifier {
                Quantifier::Any => truths.fold(FALSE, u8::max),
                Quantifier::Every => truths.fold(TRUE, u8::min),
            }
        };
        own.map(truth).collect()
    }

    /// What is known of the level around, for each element.
    fn spread<T: Copy>(&self, of_around: &[T], level: &Level<'_>) -> Vec<T> {
        let list = level.list.expect("elements have a level around");
        let offsets = self.lists.list(list).offsets;
        let mut spread = Vec::with_capacity(level.places.len());
        for (at, value) in level.around().places.iter().zip(of_around) {
            let count = offsets[at + 1] - offsets[at];
            spread.extend(std::iter::repeat_n(*value, count as usize));
        }
        spread
    }

    fn listed(&self, list: ListColumnId, level: &Level<'_>) -> Vec<u8> {
        let list = self.lists.list(list);
        let is_there = |at: usize| if list.is_missing(at) { FALSE } else { TRUE };
        level.places.iter().map(is_there).collect()
    }

    fn record_test(&self, test: TestId, level: &Level<'_>) -> Vec<u8> {
        let place = self.plan.place(test);
        let classes = self.plan.columns[place.slot].classes.as_ref();
        let classes = classes.expect("a tested column has classes");
        let tables = self.batch.tables(place.slot);
        let tables = tables.expect("a tested column has tables");
        let truth = |row: usize| {
            let class = self.batch.class(place.slot, row);
            tables.truth(class, place.exposed, classes.exposed_count()) as u8
        };
        level.places.iter().map(truth).collect()
    }

    fn member_test(&self, test: MemberTestId, level: &Level<'_>) -> Vec<u8> {
        let member = self.plan.program.member_tests[test].member;
        let truths = self.lists.truths(member, self.plan.lists.place(test));
        let classes = self.lists.classes(member);
        let mut found = Vec::with_capacity(level.places.len());
        for run in level.places.runs() {
            classes.look_up(run.clone(), truths, &mut found);
        }
        found
    }

    fn known(&self, member: MemberId, level: &Level<'_>) -> Vec<u8> {
        let (_, states) = self.lists.amounts(member);
        let is_known = |state: &u8| if *state == ABSENT { FALSE } else { TRUE };
        level.places.of(states).map(is_known).collect()
    }
}
