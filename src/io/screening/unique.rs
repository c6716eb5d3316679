//! Rows whose key an earlier row has: exact, in input order, in memory that does not grow with the book's text.
//!
//! A first pass reads the keys alone and deals their SHA-256 to partitions, which go to one temporary file page by page;
//! then each partition is looked through by itself. What stays is a bit for each row of the stretches in which keys
//! repeat.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_schema::DataType;
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};

use super::{Job, ScreenError};
use crate::input::errors::{self, InputError};
use crate::input::read::show_cell;
use crate::input::{BatchSource, InputOptions, Progress, Unit, WantedColumn, open};
use crate::screen::bind::column_of;
use crate::screen::in_order;

/// Parts into which keys are dealt. A book of a thousand million keys then has two million in each.
const PARTITIONS: usize = 512;
/// Bytes of a partition that go to the file at a time.
const PAGE: usize = 1 << 15;
/// A row's file and position, and its key's hash.
const ENTRY: usize = 4 + 8 + 32;
/// Rows that share a stretch of bits.
const STRETCH: u64 = 1 << 16;

/// The rows of a book whose key an earlier row has.
#[derive(Debug, Default)]
pub(super) struct Repeated(FxHashMap<(u32, u64), Box<[u64]>>);

impl Repeated {
    /// Whether no key repeats.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the row at a position of a file repeats a key.
    pub fn contains(&self, file: usize, row: u64) -> bool {
        let bits = self.0.get(&(file as u32, row / STRETCH));
        bits.is_some_and(|bits| {
            let at = row % STRETCH;
            bits[(at / 64) as usize] >> (at % 64) & 1 == 1
        })
    }

    fn add(&mut self, file: u32, row: u64) {
        let stretch = self.0.entry((file, row / STRETCH));
        let bits = stretch.or_insert_with(|| vec![0; STRETCH as usize / 64].into());
        let at = row % STRETCH;
        bits[(at / 64) as usize] |= 1 << (at % 64);
    }
}

/// Finds them in the inputs of a job. `progress` hears how far reading has come.
pub(super) fn repeated_keys(
    job: &Job<'_>,
    mut progress: impl FnMut(Progress, u64),
) -> Result<Repeated, ScreenError> {
    let model = job.screener.model();
    let Some(key) = column_of(model, job.mapping, model.record.key) else {
        return Ok(Repeated::default());
    };
    let options = InputOptions {
        delimiter: job.mapping.delimiter,
        ..InputOptions::default()
    };
    let wanted = WantedColumn::required(key)
        .holding(model.record.fields[model.record.key].name.as_ref(), false);
    let source = open(&job.inputs, &[wanted], options)?;
    let source: &dyn BatchSource = &*source;
    let spilling = |error| errors::io_failed("the keys", "keeping them in a temporary file", error);
    let mut spill = Spill::new().map_err(spilling)?;
    let mut rows = 0;
    in_order(
        job.threads,
        || Ok::<_, ScreenError>(source.next_unit()?.map(|unit| (unit.index, unit))),
        || (),
        |(), unit| Ok(keys_of(source, unit)?),
        |keys: Keys| {
            rows += keys.rows.len() as u64;
            spill.add(&keys).map_err(spilling)?;
            progress(source.progress(), rows);
            Ok(())
        },
    )?;
    Ok(spill.repeated().map_err(spilling)?)
}

/// The keys of one unit.
struct Keys {
    file: u32,
    rows: Vec<(u64, [u8; 32])>,
}

fn keys_of(source: &dyn BatchSource, unit: Unit) -> Result<Keys, InputError> {
    let mut keys = Keys {
        file: unit.file as u32,
        rows: Vec::new(),
    };
    for chunk in source.read_unit(unit)? {
        let chunk = chunk?;
        let column = chunk.batch.column(0);
        for row in 0..column.len() {
            let hash = match column.data_type() {
                DataType::Utf8 if column.is_null(row) => None,
                DataType::Utf8 => hash_of(column.as_string::<i32>().value(row)),
                _ => hash_of(&show_cell(column, row)),
            };
            keys.rows
                .extend(hash.map(|hash| (chunk.rows.at(row), hash)));
        }
    }
    Ok(keys)
}

/// The hash of a key; blanks around it do not count, and nothing but blanks is no key.
fn hash_of(key: &str) -> Option<[u8; 32]> {
    let key = key.trim();
    (!key.is_empty()).then(|| Sha256::digest(key).into())
}

/// Keys dealt to partitions.
struct Spill {
    file: File,
    end: u64,
    partitions: Vec<Partition>,
}

/// Some keys in input order: what is in the file, page by page, and what is not yet.
#[derive(Default)]
struct Partition {
    pages: Vec<(u64, usize)>,
    rest: Vec<u8>,
}

impl Spill {
    fn new() -> io::Result<Spill> {
        let mut partitions = Vec::new();
        partitions.resize_with(PARTITIONS, Partition::default);
        Ok(Spill {
            file: tempfile::tempfile()?,
            end: 0,
            partitions,
        })
    }

    fn add(&mut self, keys: &Keys) -> io::Result<()> {
        for (row, hash) in &keys.rows {
            let at = usize::from(u16::from_le_bytes([hash[0], hash[1]])) % PARTITIONS;
            let partition = &mut self.partitions[at];
            partition.rest.extend(keys.file.to_le_bytes());
            partition.rest.extend(row.to_le_bytes());
            partition.rest.extend(hash);
            if partition.rest.len() >= PAGE {
                self.file.write_all(&partition.rest)?;
                partition.pages.push((self.end, partition.rest.len()));
                self.end += partition.rest.len() as u64;
                partition.rest.clear();
            }
        }
        Ok(())
    }

    fn repeated(mut self) -> io::Result<Repeated> {
        let mut repeated = Repeated::default();
        let mut page = Vec::new();
        for partition in std::mem::take(&mut self.partitions) {
            let mut seen = FxHashSet::default();
            for (start, length) in partition.pages {
                page.resize(length, 0);
                self.file.seek(SeekFrom::Start(start))?;
                self.file.read_exact(&mut page)?;
                look_through(&page, &mut seen, &mut repeated);
            }
            look_through(&partition.rest, &mut seen, &mut repeated);
        }
        Ok(repeated)
    }
}

fn look_through(entries: &[u8], seen: &mut FxHashSet<[u8; 32]>, repeated: &mut Repeated) {
    for entry in entries.chunks_exact(ENTRY) {
        let (file, rest) = entry.split_first_chunk().expect("an entry is that long");
        let (row, hash) = rest.split_first_chunk().expect("an entry is that long");
        if !seen.insert(hash.try_into().expect("an entry is that long")) {
            repeated.add(u32::from_le_bytes(*file), u64::from_le_bytes(*row));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows that repeat keys, when these are added unit by unit.
    fn repeated(units: &[(u32, Vec<(u64, &str)>)]) -> Repeated {
        let mut spill = Spill::new().unwrap();
        for (file, rows) in units {
            let rows = rows.iter().map(|(row, key)| (*row, hash_of(key).unwrap()));
            let keys = Keys {
                file: *file,
                rows: rows.collect(),
            };
            spill.add(&keys).unwrap();
        }
        spill.repeated().unwrap()
    }

    #[test]
    fn the_first_row_of_a_key_stays_and_later_ones_repeat_it() {
        let found = repeated(&[
            (0, vec![(1, "a"), (2, "b"), (3, " a ")]),
            (1, vec![(1, "c"), (2, "b"), (70_000, "a")]),
        ]);
        let rows = [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (1, 70_000)];
        assert_eq!(
            rows.map(|(file, row)| found.contains(file, row)),
            [false, false, true, false, true, false, true]
        );
        assert_eq!(hash_of(" "), None);
    }

    #[test]
    fn keys_beyond_a_page_are_looked_up_in_the_file() {
        let keys: Vec<String> = (0..400_000u32)
            .map(|number| (number % 399_990).to_string())
            .collect();
        let rows = (1..).zip(keys.iter().map(String::as_str)).collect();
        let found = repeated(&[(0, rows)]);
        let all: Vec<u64> = (1..=400_000)
            .filter(|row| found.contains(0, *row))
            .collect();
        assert_eq!(all, (399_991..=400_000).collect::<Vec<_>>());
    }

    #[test]
    fn one_key_throughout_takes_a_bit_for_each_row() {
        let rows = (1..=200_000).map(|row| (row, "same")).collect();
        let found = repeated(&[(0, rows)]);
        assert_eq!(
            (1..=200_000).filter(|row| found.contains(0, *row)).count(),
            199_999
        );
        assert_eq!(found.0.len(), 4);
    }
}
