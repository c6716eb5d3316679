//! The order in which the first stage asks columns. It changes what screening costs and nothing else.

use super::{Layout, Plan, PlannedColumn, WORD};
use crate::domain::Truth;
use crate::ir::ComputedId;
use crate::model::Model;
use std::collections::BTreeSet;

/// The columns that first-stage clauses ask, in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The columns.
    pub asked: Vec<Asked>,
    /// How many of them are asked of every record; the others only of records that still need them.
    pub dense: usize,
    /// Comparisons of amounts that are made for all records which the first [`TOGETHER`] columns leave anything of.
    pub compared: Vec<ComputedId>,
}

/// A column in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its place in [`Plan::columns`].
    pub slot: usize,
    /// The bits of the summary whose clauses ask it.
    pub asking: Vec<u64>,
    /// The bits of the summary whose clauses ask a column after this one. A record with none of these left needs no
    /// further column.
    pub later: Vec<u64>,
    /// Whether that is worth finding out here. A branch that is seldom taken costs little, one that is taken now and then
    /// more than the next columns do.
    pub may_end: bool,
}

/// What a bit of the summary stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryBit {
    /// The word of the first stage.
    pub word: usize,
    /// The clauses, as bits of that word.
    pub clauses: u64,
    /// The columns that they ask.
    pub slots: Vec<usize>,
}

/// Sampled records that an order is made for, at most.
const SAMPLE: usize = 512;
/// It is worth asking whether a record needs no further column where one in so many does not.
const ENDS: usize = 20;
/// A column that one record in so many needs is asked of all, which costs a record less than asking whether to.
const DENSE: usize = 4;
/// Columns that are asked in one go: the pointers to their values, two each, fit a processor's registers.
pub const TOGETHER: usize = 5;
/// Columns that are asked of all records until some are seen.
const DENSE_UNSEEN: usize = 6;

impl Order {
    /// The columns in the order in which they are given.
    pub(super) fn as_given(layout: &Layout, columns: &[PlannedColumn]) -> Order {
        let asking = columns
            .iter()
            .map(|column| asking(layout, column))
            .enumerate();
        let asked = asking.filter(|(_, asking)| asking.iter().any(|word| *word != 0));
        Order::of(layout.summary_words(), asked.collect())
    }

    /// The columns that are asked, in the order of `slots`.
    pub fn of_slots(plan: &Plan, slots: impl Iterator<Item = usize>) -> Order {
        let columns = slots.map(|slot| (slot, asking(&plan.layout, &plan.columns[slot])));
        Order::of(plan.layout.summary_words(), columns.collect())
    }

    /// Decides by the sampled records which columns are asked of all, and after which of the others an end is asked for.
    /// `left` is what comparisons leave of each record.
    fn note_ends(&mut self, placed: &[Sampled], mut left: Vec<Vec<u64>>) {
        let records = left.len();
        let (mut before, mut ended) = (0, 0);
        self.dense = 0;
        for (at, (asked, column)) in self.asked.iter_mut().zip(placed).enumerate() {
            if (records - ended) * DENSE >= records {
                self.dense = at + 1;
            }
            ended = 0;
            column.narrow(&mut left);
            for left in &left {
                let mut asks = left.iter().zip(&asked.later);
                ended += usize::from(asks.all(|(left, later)| left & later == 0));
            }
            // Those that have ended since it was last worth asking.
            let is_last = asked.later.iter().all(|later| *later == 0);
            asked.may_end = !is_last && (ended - before) * ENDS > records;
            if asked.may_end {
                before = ended;
            }
        }
    }

    /// Decides by the sampled records which comparisons are made of all that the first columns leave anything of.
    fn note_compared(&mut self, plan: &Plan, placed: &[Sampled], mut left: Vec<Vec<u64>>) {
        let first = placed.iter().take(TOGETHER);
        first.for_each(|column| column.narrow(&mut left));
        let comparisons: BTreeSet<ComputedId> =
            plan.filters.iter().map(|filter| filter.computed).collect();
        let is_asked = |computed: &ComputedId| {
            let of = plan.filters.iter().filter(|of| of.computed == *computed);
            let of: Vec<(usize, u64)> = of.map(|of| (of.word, of.if_false | of.if_true)).collect();
            let asks = |left: &&Vec<u64>| of.iter().any(|(word, bits)| left[*word] & bits != 0);
            left.iter().filter(asks).count() * DENSE >= left.len()
        };
        self.compared = comparisons.into_iter().filter(is_asked).collect();
    }

    fn of(words: usize, columns: Vec<(usize, Vec<u64>)>) -> Order {
        let mut later = vec![0; words];
        let mut asked = Vec::with_capacity(columns.len());
        for (slot, asking) in columns.into_iter().rev() {
            asked.push(Asked {
                slot,
                later: later.clone(),
                // Until records are seen, wherever some clause asks its last column.
                may_end: later.iter().any(|later| *later != 0)
                    && asking
                        .iter()
                        .zip(&later)
                        .any(|(asking, later)| asking & !later != 0),
                asking,
            });
            let asking = asked.last().into_iter().flat_map(|asked| &asked.asking);
            let both = later.iter_mut().zip(asking);
            both.for_each(|(later, asking)| *later |= asking);
        }
        asked.reverse();
        let dense = asked.len().min(DENSE_UNSEEN);
        Order {
            asked,
            dense,
            compared: Vec::new(),
        }
    }

    /// The order that suits these records best, greedily: first the column that leaves out the largest part of what is
    /// left of each, then, where none leaves out anything, the one that most still ask.
    /// `possible(slot, record)` gives what a column leaves of a record, by summary word, `compare(comparison, record)` what a
    /// comparison of amounts comes to, where that is known.
    pub fn for_records(
        plan: &Plan,
        records: usize,
        possible: impl Fn(usize, usize) -> Vec<u64>,
        compare: impl Fn(ComputedId, usize) -> Option<Truth>,
    ) -> Order {
        let step = records.div_ceil(SAMPLE).max(1);
        let sampled: Vec<usize> = (0..records).step_by(step).collect();
        let used = plan.layout.summary(&plan.layout.used()).into_owned();
        // What is left where some of the comparisons are made.
        let compared = |is_made: &dyn Fn(ComputedId) -> bool| -> Vec<Vec<u64>> {
            let made = || plan.filters.iter().filter(|of| is_made(of.computed));
            let left_of = |record: &usize| {
                let mut left = used.clone();
                for filter in made() {
                    let truth = compare(filter.computed, *record);
                    left[filter.word] &= !filter.leaves_out(truth);
                }
                left
            };
            sampled.iter().map(left_of).collect()
        };
        let mut left = compared(&|_| true);
        let mut waiting: Vec<Sampled> = plan
            .order
            .asked
            .iter()
            .map(|asked| Sampled {
                slot: asked.slot,
                asking: asking(&plan.layout, &plan.columns[asked.slot]),
                possible: sampled
                    .iter()
                    .map(|record| possible(asked.slot, *record))
                    .collect(),
            })
            .collect();
        let mut placed = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let gains = waiting.iter().map(|column| column.gain(&left));
            // Of equals the first, so that the order is the same in every run.
            let (best, _) = gains
                .enumerate()
                .max_by_key(|(at, gain)| (*gain, std::cmp::Reverse(*at)))
                .expect("a column waits");
            let column = waiting.remove(best);
            column.narrow(&mut left);
            placed.push(column);
        }
        let mut order = Order::of_slots(plan, placed.iter().map(|column| column.slot));
        order.note_compared(plan, &placed, compared(&|_| false));
        order.note_ends(&placed, compared(&|made| order.compared.contains(&made)));
        order
    }
}

/// The bits of the summary whose clauses ask a column.
fn asking(layout: &Layout, column: &PlannedColumn) -> Vec<u64> {
    let classes = column.classes.as_ref();
    match classes.map(|classes| classes.asking()) {
        Some(asking) if !asking.is_empty() => layout.summary(&asking).into_owned(),
        Some(_) | None => vec![0; layout.summary_words()],
    }
}

/// What each bit of the summary stands for, as far as there are words.
pub(super) fn bits(layout: &Layout, columns: &[PlannedColumn]) -> Vec<SummaryBit> {
    let used = layout.used().into_iter().take(layout.first_words);
    let clauses = used.enumerate().flat_map(|(word, used)| {
        let shares = layout.share.of_word();
        shares.map(move |clauses| (word, clauses & used))
    });
    let mut bits: Vec<SummaryBit> = clauses
        .map(|(word, clauses)| SummaryBit {
            word,
            clauses,
            slots: Vec::new(),
        })
        .collect();
    for (slot, column) in columns.iter().enumerate() {
        let asking = asking(layout, column);
        for (at, bit) in bits.iter_mut().enumerate() {
            if asking[at / WORD] >> (at % WORD) & 1 == 1 {
                bit.slots.push(slot);
            }
        }
    }
    bits
}

/// For each word of the second stage the columns that its clauses ask.
pub(super) fn second_slots(layout: &Layout, columns: &[PlannedColumn]) -> Vec<Vec<usize>> {
    let mut slots = vec![Vec::new(); layout.words - layout.first_words];
    for (slot, column) in columns.iter().enumerate() {
        let asking = column.classes.as_ref().map(|classes| classes.asking());
        let asking = asking.iter().flatten().skip(layout.first_words);
        for (slots, asking) in slots.iter_mut().zip(asking) {
            if *asking != 0 {
                slots.push(slot);
            }
        }
    }
    slots
}

/// A column that has no place yet, with what its values leave of each sampled record.
struct Sampled {
    slot: usize,
    asking: Vec<u64>,
    possible: Vec<Vec<u64>>,
}

impl Sampled {
    /// Leaves out of each record what the column leaves out.
    fn narrow(&self, left: &mut [Vec<u64>]) {
        for (left, possible) in left.iter_mut().zip(&self.possible) {
            left.iter_mut().zip(possible).for_each(|(l, p)| *l &= p);
        }
    }

    /// The parts that it leaves out of what is left of each record, summed, in 1/64; and how many records ask it.
    fn gain(&self, left: &[Vec<u64>]) -> (u32, u32) {
        let (mut left_out, mut asked) = (0, 0);
        for (left, possible) in left.iter().zip(&self.possible) {
            let count = |of: &dyn Fn(usize) -> u64| -> u32 {
                (0..left.len()).map(|word| of(word).count_ones()).sum()
            };
            let gone = count(&|word| left[word] & !possible[word]);
            if gone > 0 {
                left_out += gone * 64 / count(&|word| left[word]);
            }
            asked += u32::from(left.iter().zip(&self.asking).any(|(l, a)| l & a != 0));
        }
        (left_out, asked)
    }
}

/// Places columns before any record is seen: those first that leave out most of what the ones before them left, by the
/// masks of typical values. A column whose values may be missing counts half, since missing leaves out little. Among
/// columns that leave out the same, that comes first which most of the clauses still left ask.
pub(super) fn by_typical_values(model: &Model, layout: &Layout, columns: &mut Vec<PlannedColumn>) {
    let mut alive = layout.used()[..layout.first_words].to_vec();
    let mut waiting: Vec<Typical> = columns
        .drain(..)
        .map(|column| Typical::new(model, layout.first_words, column))
        .collect();
    while !waiting.is_empty() {
        let gains = waiting.iter().map(|column| column.gain(&alive));
        let (best, _) = gains
            .enumerate()
            .max_by_key(|(at, gain)| (*gain, std::cmp::Reverse(*at)))
            .expect("a column waits");
        let Typical { column, mask, .. } = waiting.remove(best);
        for (alive, typical) in alive.iter_mut().zip(mask.into_iter().flatten()) {
            *alive &= typical;
        }
        columns.push(column);
    }
}

/// A column that has no place yet, with the possible mask of its typical values.
struct Typical {
    column: PlannedColumn,
    mask: Option<Vec<u64>>,
    asking: Vec<u64>,
    weight: u32,
}

impl Typical {
    fn new(model: &Model, first_words: usize, column: PlannedColumn) -> Typical {
        let is_optional = match column.source {
            crate::ir::Source::Field(field) => model.record.fields[field].optional,
            crate::ir::Source::Day(_) | crate::ir::Source::Total(..) => false,
        };
        let classes = column.classes.as_ref();
        Typical {
            mask: classes.and_then(|classes| classes.typical()),
            asking: clauses_asking(first_words, &column),
            weight: if is_optional { 1 } else { 2 },
            column,
        }
    }

    /// How many of the clauses left it leaves out, weighted, and how many ask it.
    fn gain(&self, alive: &[u64]) -> (u32, u32) {
        let count = |left: &mut dyn Iterator<Item = u64>| left.map(u64::count_ones).sum::<u32>();
        let typical = self.mask.iter().flatten();
        let left_out = count(&mut alive.iter().zip(typical).map(|(a, t)| a & !t));
        let asked = count(&mut alive.iter().zip(&self.asking).map(|(a, b)| a & b));
        (left_out * self.weight, asked)
    }
}

/// The first-stage clauses that ask a column, by word.
fn clauses_asking(first_words: usize, column: &PlannedColumn) -> Vec<u64> {
    let classes = column.classes.as_ref();
    let mut asking = classes.map(|classes| classes.asking()).unwrap_or_default();
    asking.truncate(first_words);
    asking
}
