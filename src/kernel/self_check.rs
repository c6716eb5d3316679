//! Before the first real record: the compiled kernel against the portable one on records made from the plan's
//! own classes and on amounts at the edges of what fits.

use super::batch::{Batch, BoundColumn};
use super::{Kernel, portable};
use crate::ir::ComputedKind;
use crate::plan::{DEAD, Plan};

/// Records made for the check.
const ROWS: usize = 512;

/// Amounts at the edges: small, one unit around round numbers, near overflow.
const EDGES: [i64; 16] = [
    0,
    1,
    -1,
    2,
    999_999,
    1_000_000,
    1_000_001,
    -1_000_000,
    4_800_000_000,
    5_000_000_000,
    5_000_000_001,
    i64::MAX / 1_000_000,
    i64::MAX / 2,
    i64::MIN / 2,
    i64::MAX,
    i64::MIN,
];

/// Compares the kernels.
///
/// # Errors
/// What they disagree on, in words: a fault of ours or of the code generator.
pub fn self_check(plan: &Plan, kernel: &Kernel) -> Result<(), String> {
    let mut random = Random(0x1234_5678_9abc_def1);
    let made: Vec<Made> = plan
        .columns
        .iter()
        .map(|column| Made {
            classes: column.classes.as_ref().map(|classes| {
                let count = classes.tables().count as u64;
                let of_row = |row: usize, random: &mut Random| match row % 8 {
                    0 => u64::from(DEAD),
                    // Every class by itself at least once, the others at random.
                    _ if (row as u64) < count => row as u64,
                    _ => random.below(count),
                };
                (0..ROWS)
                    .map(|row| of_row(row, &mut random) as u32)
                    .collect()
            }),
            mantissa: (0..ROWS)
                .map(|_| EDGES[random.below(EDGES.len() as u64) as usize])
                .collect(),
            state: (0..ROWS)
                .map(|_| u8::from(random.below(8) == 0) * (1 + random.below(2) as u8))
                .collect(),
        })
        .collect();
    let columns = plan
        .columns
        .iter()
        .zip(&made)
        .map(|(column, made)| BoundColumn {
            classes: made.classes.as_deref(),
            amounts: column
                .amount
                .then_some((made.mantissa.as_slice(), made.state.as_slice())),
        });
    let batch = Batch::new(plan, ROWS, columns.collect());
    compare_candidates(plan, kernel, &batch)?;
    compare_amounts(plan, kernel, &batch)
}

struct Made {
    classes: Option<Vec<u32>>,
    mantissa: Vec<i64>,
    state: Vec<u8>,
}

fn compare_candidates(plan: &Plan, kernel: &Kernel, batch: &Batch<'_>) -> Result<(), String> {
    let room = plan.layout.first_words + 64;
    let mut from = 0;
    while from < batch.rows() {
        let (mut compiled, mut expected) = (Vec::new(), Vec::new());
        let next = kernel.candidates(plan, batch, from, room, &mut compiled);
        let wanted = portable::candidates(plan, batch, from, room, &mut expected);
        if next != wanted || compiled != expected {
            return Err(format!(
                "the kernels find different candidates from row {from} of a made batch:\n  compiled {compiled:?}\n  portable {expected:?}"
            ));
        }
        from = next;
    }
    Ok(())
}

fn compare_amounts(plan: &Plan, kernel: &Kernel, batch: &Batch<'_>) -> Result<(), String> {
    for (id, computed) in plan.program.computed.iter() {
        if !matches!(computed.kind, ComputedKind::Amounts { .. }) {
            continue;
        }
        for row in 0..batch.rows() {
            let compiled = kernel.amounts(plan, batch, id, row);
            let expected = portable::amounts(plan, batch, id, row);
            if compiled != expected {
                return Err(format!(
                    "the kernels disagree on `{}` in row {row} of a made batch: compiled {compiled:?}, portable {expected:?}",
                    computed.key
                ));
            }
        }
    }
    Ok(())
}

/// A small fixed sequence: the check is the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound.max(1)
    }
}
