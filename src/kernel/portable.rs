//! The portable kernel: the same plan in plain Rust.

use super::abi::{ABSENT, Candidate, KNOWN};
use super::amounts::{AmountValue, compare_amounts};
use super::batch::Batch;
use crate::domain::Truth;
use crate::ir::{ComputedId, ComputedKind};
use crate::plan::{Plan, Shape, SummaryBit, WORD};

/// See [`super::Kernel::candidates`].
pub fn candidates(
    plan: &Plan,
    batch: &Batch<'_>,
    from: usize,
    room: usize,
    found: &mut Vec<Candidate>,
) -> usize {
    let words = plan.layout.first_words;
    let clauses = RowClauses::new(plan);
    let used = plan.layout.used();
    let used = plan.layout.summary(&used);
    for row in from..batch.rows() {
        if found.len() + words > room {
            return row;
        }
        match plan.shape {
            Shape::RowLoop => clauses.judge(plan, batch, row, found),
            Shape::Masks => masks(plan, batch, row, &used, found),
        }
    }
    batch.rows()
}

/// Leaves out the bits of a word whose comparisons of amounts leave them out.
fn filtered(plan: &Plan, batch: &Batch<'_>, row: usize, word: usize, mut possible: u64) -> u64 {
    let asked = plan.filters.iter().filter(|filter| filter.word == word);
    for filter in asked {
        if possible & (filter.if_false | filter.if_true) == 0 {
            continue;
        }
        possible &= !filter.leaves_out(self::filter(plan, batch, filter.computed, row));
    }
    possible
}

/// The bits of the summary that can matter, and of those the clauses.
fn masks(plan: &Plan, batch: &Batch<'_>, row: usize, used: &[u64], found: &mut Vec<Candidate>) {
    for (group, mut live) in used.iter().copied().enumerate() {
        for slot in plan.order.asked.iter().map(|asked| asked.slot) {
            let tables = batch.tables(slot).expect("a masked column has tables");
            live &= tables.summary_of(batch.class(slot, row), used.len())[group];
            if live == 0 {
                break;
            }
        }
        let live = filtered(plan, batch, row, group, live);
        let bits = plan.bits.iter().skip(group * WORD).take(WORD).enumerate();
        let left: Vec<&SummaryBit> = bits
            .filter(|(at, _)| live >> at & 1 == 1)
            .map(|(_, bit)| bit)
            .collect();
        for bits in left.chunk_by(|a, b| a.word == b.word) {
            let (mut possible, mut certain) = (0, 0);
            for bit in bits {
                let (more_possible, more_certain) = clauses(batch, row, bit);
                possible |= more_possible;
                certain |= more_certain;
            }
            if possible != 0 {
                found.push(Candidate {
                    row: row as u32,
                    word: bits[0].word as u32,
                    possible,
                    certain,
                });
            }
        }
    }
}

/// The clauses of a bit that are possible, and those that are certain.
fn clauses(batch: &Batch<'_>, row: usize, bit: &SummaryBit) -> (u64, u64) {
    let (mut possible, mut certain) = (bit.clauses, bit.clauses);
    for slot in &bit.slots {
        let tables = batch.tables(*slot).expect("a masked column has tables");
        let class = batch.class(*slot, row);
        possible &= tables.first.possible(class, bit.word);
        certain &= tables.first.certain(class, bit.word);
    }
    (possible, certain)
}

/// Where the truth of a test lies: the column's place, the test among the exposed ones, and how many are exposed.
type TestAt = (usize, usize, usize);

/// The clauses of a row loop: for each, its bit and the places of its tests.
struct RowClauses {
    clauses: Vec<(usize, Vec<TestAt>)>,
}

impl RowClauses {
    fn new(plan: &Plan) -> RowClauses {
        if plan.shape != Shape::RowLoop {
            return RowClauses {
                clauses: Vec::new(),
            };
        }
        let first = &plan.layout.clauses[..plan.layout.first_words * WORD];
        let used = first
            .iter()
            .enumerate()
            .filter(|(_, clause)| clause.group.is_some());
        let places = |tests: &[crate::ir::TestId]| {
            tests
                .iter()
                .map(|test| {
                    let place = plan.place(*test);
                    let classes = plan.columns[place.slot]
                        .classes
                        .as_ref()
                        .expect("a tested column has classes");
                    (place.slot, place.exposed, classes.exposed_count())
                })
                .collect()
        };
        RowClauses {
            clauses: used
                .map(|(bit, clause)| (bit, places(&clause.tests)))
                .collect(),
        }
    }

    fn judge(&self, plan: &Plan, batch: &Batch<'_>, row: usize, found: &mut Vec<Candidate>) {
        let (mut word, mut possible, mut certain) = (0, 0, 0);
        let mut flush = |word: usize, possible: u64, certain: u64| {
            let possible = filtered(plan, batch, row, word, possible);
            if possible != 0 {
                found.push(Candidate {
                    row: row as u32,
                    word: word as u32,
                    possible,
                    certain: certain & possible,
                });
            }
        };
        for (bit, tests) in &self.clauses {
            if bit / WORD != word {
                flush(word, possible, certain);
                (word, possible, certain) = (bit / WORD, 0, 0);
            }
            let truth = clause_truth(batch, row, tests);
            possible |= u64::from(!truth.is_false()) << (bit % WORD);
            certain |= u64::from(truth.is_true()) << (bit % WORD);
        }
        flush(word, possible, certain);
    }
}

fn clause_truth(batch: &Batch<'_>, row: usize, tests: &[(usize, usize, usize)]) -> Truth {
    let mut truth = Truth::True;
    for (slot, exposed, count) in tests {
        let tables = batch.tables(*slot).expect("a tested column has tables");
        truth = truth.and(tables.truth(batch.class(*slot, row), *exposed, *count));
        if truth.is_false() {
            break;
        }
    }
    truth
}

/// What a comparison of amounts of which none is missing comes to; `None` also where one is wide.
pub fn filter(plan: &Plan, batch: &Batch<'_>, computed: ComputedId, row: usize) -> Option<Truth> {
    let columns = &plan.program.computed[computed].columns;
    let mut states = columns
        .iter()
        .map(|column| batch.amount(plan.slot(*column), row).1);
    let is_missing = states.any(|state| state == ABSENT);
    if is_missing {
        return None;
    }
    amounts(plan, batch, computed, row)
}

/// See [`super::Kernel::amounts`].
pub fn amounts(plan: &Plan, batch: &Batch<'_>, computed: ComputedId, row: usize) -> Option<Truth> {
    let ComputedKind::Amounts { compare, .. } = &plan.program.computed[computed].kind else {
        unreachable!("only comparisons of amounts are asked of a kernel")
    };
    compare_amounts(compare, &|column| {
        let (mantissa, state) = batch.amount(plan.slot(column), row);
        if state == KNOWN {
            AmountValue::Known {
                mantissa,
                kind: plan.program.columns[column].kind,
            }
        } else if state == ABSENT {
            AmountValue::Missing
        } else {
            AmountValue::Wide
        }
    })
}
