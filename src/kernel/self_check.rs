//! Before the first real record: the compiled kernel against the portable one on records made from the plan's
//! own classes and on amounts at the edges of what fits.

use super::abi::Candidate;
use super::batch::{Batch, BoundColumn, CodeClasses, RowClasses};
use super::{Kernel, portable};
use crate::ir::ComputedKind;
use crate::plan::{DEAD, MISSING, Plan, PlannedColumn};
use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Int32Array, UInt32Array};
use arrow_buffer::NullBuffer;
use std::sync::Arc;

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
        .map(|column| make(column, &mut random))
        .collect();
    for form in [Form::Direct, Form::Known, Form::Coded] {
        let columns = plan
            .columns
            .iter()
            .zip(&made)
            .map(|(column, made)| made.column(column, form));
        let batch = Batch::new(plan, ROWS, columns.collect());
        compare_candidates(plan, kernel, &batch)?;
        compare_amounts(plan, kernel, &batch)?;
    }
    Ok(())
}

fn make(column: &PlannedColumn, random: &mut Random) -> Made {
    let count = column.classes.as_ref().map(|classes| {
        let count = classes.tables().count;
        u32::try_from(count).expect("classes are numbered in 32 bits")
    });
    let classes = count.map(|count| -> Vec<u32> {
        // Every class by itself at least once, then at random. Nobody looks at candidates of rejected records.
        let of_row = |row: u32, random: &mut Random| match row {
            DEAD => MISSING,
            _ if row < count => row,
            _ => MISSING + random.below(u64::from(count - MISSING)) as u32,
        };
        (0..ROWS as u32).map(|row| of_row(row, random)).collect()
    });
    let known = |row: usize| {
        classes
            .as_ref()
            .is_none_or(|classes| classes[row] != MISSING)
    };
    Made {
        nulls: (0..ROWS).map(known).collect(),
        coded: classes
            .as_deref()
            .zip(count)
            .map(|(classes, count)| coded(classes, count)),
        classes,
        mantissa: (0..ROWS)
            .map(|_| EDGES[random.below(EDGES.len() as u64) as usize])
            .collect(),
        state: (0..ROWS)
            .map(|_| u8::from(random.below(8) == 0) * (1 + random.below(2) as u8))
            .collect(),
    }
}

/// How made classes are handed to the kernels.
#[derive(Clone, Copy)]
enum Form {
    Direct,
    Known,
    Coded,
}

/// What is made up of one column.
struct Made {
    classes: Option<Vec<u32>>,
    /// Rows that are not missing.
    nulls: NullBuffer,
    /// The same classes as codes; missing ones are rows without a code.
    coded: Option<(DictionaryArray<Int32Type>, CodeClasses)>,
    mantissa: Vec<i64>,
    state: Vec<u8>,
}

impl Made {
    fn column(&self, planned: &PlannedColumn, form: Form) -> BoundColumn<'_> {
        let classes = self.classes.as_deref();
        BoundColumn {
            classes: match form {
                Form::Direct => classes.map(RowClasses::Direct),
                Form::Known => classes.map(|classes| RowClasses::Known(classes, &self.nulls)),
                Form::Coded => {
                    let coded = self.coded.as_ref();
                    coded.map(|(codes, classes)| RowClasses::Coded(codes, classes))
                }
            },
            amounts: planned
                .amount
                .then_some((self.mantissa.as_slice(), self.state.as_slice())),
        }
    }
}

/// Classes as codes into a dictionary, a few rows into it as slices of larger columns are.
fn coded(classes: &[u32], count: u32) -> (DictionaryArray<Int32Type>, CodeClasses) {
    const BEFORE: usize = 5;
    let codes = classes
        .iter()
        .map(|class| (*class != MISSING).then_some(class.cast_signed()));
    let keys: Int32Array = std::iter::repeat_n(None, BEFORE).chain(codes).collect();
    let entries = Arc::new(UInt32Array::from_iter_values(0..count));
    let all = DictionaryArray::new(keys, entries);
    (
        all.slice(BEFORE, classes.len()),
        CodeClasses::new(MISSING, 0..count),
    )
}

fn compare_candidates(plan: &Plan, kernel: &Kernel, batch: &Batch<'_>) -> Result<(), String> {
    // Little room, so that the kernels stop and go on now and then; where is up to them.
    let room = plan.layout.first_words + 64;
    let all = |candidates: &dyn Fn(usize, &mut Vec<Candidate>) -> usize| {
        let (mut all, mut from) = (Vec::new(), 0);
        while from < batch.rows() {
            let mut found = Vec::new();
            from = candidates(from, &mut found);
            all.append(&mut found);
        }
        all
    };
    let compiled = all(&|from, found| kernel.candidates(plan, batch, from, room, found));
    let expected = all(&|from, found| portable::candidates(plan, batch, from, room, found));
    let mut pairs = compiled.iter().zip(&expected).enumerate();
    let differs = pairs.find(|(_, (compiled, expected))| compiled != expected);
    let at = differs.map_or(compiled.len().min(expected.len()), |(at, _)| at);
    match (compiled.get(at), expected.get(at)) {
        (None, None) => Ok(()),
        (compiled, portable) => Err(format!(
            "the kernels find different candidates in the rows of a made batch; the first that differs:\n  compiled {compiled:?}\n  portable {portable:?}"
        )),
    }
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
