//! The portable kernel: the same plan in plain Rust.

use super::abi::{Candidate, KNOWN};
use super::amounts::{AmountValue, compare_amounts};
use super::batch::Batch;
use crate::domain::Truth;
use crate::ir::{ComputedId, ComputedKind};
use crate::plan::{Plan, Shape, WORD};

/// See [`super::Kernel::candidates`].
pub fn candidates(
    plan: &Plan,
    batch: &Batch<'_>,
    from: usize,
    room: usize,
    found: &mut Vec<Candidate>,
) -> usize {
    let words = plan.layout.first_words;
    let masked: Vec<usize> = plan.order.asked.iter().map(|asked| asked.slot).collect();
    let clauses = RowClauses::new(plan);
    let used = plan.layout.used();
    for row in from..batch.rows() {
        if found.len() + words > room {
            return row;
        }
        match plan.shape {
            Shape::RowLoop => clauses.judge(plan, batch, row, found),
            Shape::Masks => {
                for (word, used) in used[..words].iter().enumerate() {
                    mask_word(plan, batch, &masked, row, (word, *used), found);
                }
            }
            Shape::Summarised => summarised(plan, batch, &masked, row, &used, found),
        }
    }
    batch.rows()
}

/// Leaves out clauses whose comparisons of amounts are false.
fn filtered(plan: &Plan, batch: &Batch<'_>, row: usize, word: usize, mut possible: u64) -> u64 {
    let asked = plan.filters.iter().filter(|filter| filter.word == word);
    for filter in asked {
        if possible & (filter.if_false | filter.if_true) == 0 {
            continue;
        }
        match amounts(plan, batch, filter.computed, row) {
            Some(Truth::False) => possible &= !filter.if_false,
            Some(Truth::True) => possible &= !filter.if_true,
            Some(Truth::Unknown) | None => {}
        }
    }
    possible
}

fn mask_word(
    plan: &Plan,
    batch: &Batch<'_>,
    masked: &[usize],
    row: usize,
    (word, used): (usize, u64),
    found: &mut Vec<Candidate>,
) {
    let mut possible = used;
    for slot in masked {
        let tables = batch.tables(*slot).expect("a masked column has tables");
        possible &= tables.first.possible(batch.class(*slot, row), word);
        if possible == 0 {
            return;
        }
    }
    possible = filtered(plan, batch, row, word, possible);
    if possible == 0 {
        return;
    }
    let certain = masked.iter().fold(possible, |certain, slot| {
        let tables = batch.tables(*slot).expect("a masked column has tables");
        certain & tables.first.certain(batch.class(*slot, row), word)
    });
    found.push(Candidate {
        row: row as u32,
        word: word as u32,
        possible,
        certain,
    });
}

fn summarised(
    plan: &Plan,
    batch: &Batch<'_>,
    masked: &[usize],
    row: usize,
    used: &[u64],
    found: &mut Vec<Candidate>,
) {
    let words = plan.layout.first_words;
    let summary_words = words.div_ceil(WORD);
    for group in 0..summary_words {
        let mut live = u64::MAX;
        for slot in masked {
            let tables = batch.tables(*slot).expect("a masked column has tables");
            live &= tables.summary[batch.class(*slot, row) as usize * summary_words + group];
            if live == 0 {
                break;
            }
        }
        while live != 0 {
            let word = group * WORD + live.trailing_zeros() as usize;
            live &= live - 1;
            if word < words {
                mask_word(plan, batch, masked, row, (word, used[word]), found);
            }
        }
    }
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
        } else if state == super::abi::ABSENT {
            AmountValue::Missing
        } else {
            AmountValue::Wide
        }
    })
}
