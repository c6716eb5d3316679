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
    let masked: Vec<usize> = masked_slots(plan);
    let clauses = RowClauses::new(plan);
    for row in from..batch.rows() {
        if found.len() + words > room {
            return row;
        }
        match plan.shape {
            Shape::RowLoop => clauses.judge(batch, row, found),
            Shape::Masks => {
                (0..words).for_each(|word| mask_word(batch, &masked, row, word, found));
            }
            Shape::Summarised => summarised(batch, &masked, words, row, found),
        }
    }
    batch.rows()
}

/// The places of the columns with masks, in order.
pub fn masked_slots(plan: &Plan) -> Vec<usize> {
    let masked = |slot: &usize| {
        plan.columns[*slot]
            .classes
            .as_ref()
            .is_some_and(|classes| classes.has_masks())
    };
    (0..plan.columns.len()).filter(masked).collect()
}

fn mask_word(
    batch: &Batch<'_>,
    masked: &[usize],
    row: usize,
    word: usize,
    found: &mut Vec<Candidate>,
) {
    let mut possible = u64::MAX;
    for slot in masked {
        let tables = batch.tables(*slot).expect("a masked column has tables");
        possible &= tables.first.possible(batch.class(*slot, row), word);
        if possible == 0 {
            return;
        }
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
    batch: &Batch<'_>,
    masked: &[usize],
    words: usize,
    row: usize,
    found: &mut Vec<Candidate>,
) {
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
                mask_word(batch, masked, row, word, found);
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

    fn judge(&self, batch: &Batch<'_>, row: usize, found: &mut Vec<Candidate>) {
        let (mut word, mut possible, mut certain) = (0, 0, 0);
        let mut flush = |word: usize, possible: u64, certain: u64| {
            if possible != 0 {
                found.push(Candidate {
                    row: row as u32,
                    word: word as u32,
                    possible,
                    certain,
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
