//! Blocks made side by side, written in order.

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::Random;
use crate::io::errors::OutputError;
use crate::io::output::BatchWriter;

/// Rows of a block. Changing it changes every made-up file.
pub const BLOCK_ROWS: u64 = 1 << 16;

/// A block to be made.
pub struct Block {
    /// Position of its first row in the file, from 1.
    pub first_row: u64,
    /// Its rows.
    pub rows: usize,
    /// Its numbers.
    pub random: Random,
}

/// Writes `rows` rows that `make` makes block by block. A shorter file is the beginning of a longer one if `make`
/// makes its rows one after the other.
pub fn write_rows(
    rows: u64,
    seed: u64,
    make: impl Fn(Block) -> RecordBatch + Sync,
    writer: &mut dyn BatchWriter,
) -> Result<(), OutputError> {
    let blocks = rows.div_ceil(BLOCK_ROWS);
    let side_by_side = 2 * rayon::current_num_threads() as u64;
    let block = |index: u64| Block {
        first_row: index * BLOCK_ROWS + 1,
        rows: (rows - index * BLOCK_ROWS).min(BLOCK_ROWS) as usize,
        random: Random::new(seed, index),
    };
    let make_from = |first: u64| -> Vec<RecordBatch> {
        let last = (first + side_by_side).min(blocks);
        (first..last)
            .into_par_iter()
            .map(|index| make(block(index)))
            .collect()
    };
    let mut made = make_from(0);
    let mut next = side_by_side;
    while !made.is_empty() {
        // While one handful is written the next is made.
        let (written, more) = rayon::join(
            || made.iter().try_for_each(|batch| writer.write(batch)),
            || make_from(next),
        );
        written?;
        made = more;
        next += side_by_side;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::hash::sha256;
    use crate::io::commit::OutputSet;
    use crate::io::output::{OutputKind, OutputOptions, writer};
    use crate::io::synth::{Amounts, Codes, Keys, Picks, zipf};
    use arrow_array::{ArrayRef, StringArray};
    use std::sync::Arc;

    fn file(rows: u64, seed: u64, threads: usize) -> Vec<u8> {
        let values = Arc::new(StringArray::from(vec!["US", "DE", "JP", "CN"]));
        let picks = Picks::new(&zipf(4));
        let make = |mut block: Block| {
            let mut keys = Keys::new("S", block.rows);
            let mut countries = Codes::new(&values, block.rows);
            let mut amounts = Amounts::new(2, block.rows);
            for row in 0..block.rows as u64 {
                keys.push(block.first_row + row);
                let missing = block.random.chance(50_000);
                countries.push((!missing).then(|| picks.pick(&mut block.random)));
                amounts.push(Some(block.random.below(1_000_000)));
            }
            let columns: Vec<(&str, ArrayRef, bool)> = vec![
                ("id", keys.finish(), true),
                ("country", countries.finish(), true),
                ("value", amounts.finish(), true),
            ];
            RecordBatch::try_from_iter_with_nullable(columns).unwrap()
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.csv");
        let mut set = OutputSet::new([]);
        let sink = set.stage(&path).unwrap();
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let empty = make(Block {
                first_row: 1,
                rows: 0,
                random: Random::new(0, 0),
            });
            let mut writer = writer(
                OutputKind::Csv,
                sink,
                empty.schema(),
                &OutputOptions::default(),
            )
            .unwrap();
            write_rows(rows, seed, make, writer.as_mut()).unwrap();
            assert_eq!(writer.finish().unwrap(), rows);
        });
        set.commit(None).unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_with_any_number_of_threads() {
        let one = file(150_000, 42, 1);
        assert_eq!(sha256(&one), sha256(&file(150_000, 42, 3)));
        assert_ne!(sha256(&one), sha256(&file(150_000, 43, 1)));
        let short = file(70_000, 42, 2);
        assert!(one.starts_with(&short));
        assert!(one.starts_with(b"id,country,value\nS000000001,"));
        assert_eq!(file(0, 1, 1), b"id,country,value\n");
    }
}
