//! Child rows brought to their records: dealt by key, then by the records' place in the input.
//!
//! 1. The keys of all records, and all child rows, are dealt to partitions by their key.
//! 2. In each partition, child rows find their record, and go to the bucket of the records around it, or to the orphans.
//!
//! Each step reads and writes in long stretches. What stays in memory is bounded, whatever the order of the files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StringArray};

use super::entry::{Entry, Head, push_broken, push_row, push_shared, push_text, take_text};
use super::plan::{Plan, Table};
use super::spool::Spool;
use crate::input::errors::io_failed;
use crate::input::read::show_cell;
use crate::input::reject::Reject;
use crate::input::{
    BatchSource, Chunk, FileNotes, InputError, InputOptions, InputSpec, Progress, Unit,
    WantedColumn, open,
};
use crate::screen::in_order;

/// Parts into which keys are dealt. A book of a thousand million keys then has two million in each.
const PARTITIONS: usize = 512;
/// Bytes of child rows in a bucket of records, about.
const BUCKET_BYTES: u64 = 8 << 20;
/// The most records of a bucket.
const BUCKET_ROWS: u64 = 1 << 13;
/// Child rows whose orphans share a bucket.
const ORPHAN_ROWS: u64 = 1 << 16;

/// How the work is done.
#[derive(Clone, Debug)]
pub struct Effort {
    /// Threads that decode.
    pub threads: usize,
    /// Bytes kept in memory before they go to temporary files.
    pub memory: usize,
}

/// Child rows by the record they belong to.
pub(super) struct Dealt {
    /// For each file of records, the number of its first one.
    pub bases: Vec<u64>,
    /// Child rows by record: the record's number, then the row.
    pub buckets: Spool,
    pub bucket_rows: u64,
    pub tables: Vec<DealtTable>,
}

/// What is known of a child table after it was read.
pub(super) struct DealtTable {
    pub notes: FileNotes,
    /// How many of its rows belong to no record.
    pub orphans: u64,
    orphan_rows: Spool,
}

/// Reads the keys of `inputs` and the rows of the child tables.
pub(super) fn deal(
    plan: &Plan,
    inputs: &[InputSpec],
    options: &InputOptions,
    effort: &Effort,
    progress: &mut dyn FnMut(Progress, u64),
) -> Result<Dealt, InputError> {
    let mut work = Dealing {
        plan,
        options,
        effort,
        keys: Spool::new(effort.memory / 4),
        rows: Spool::new(effort.memory / 4),
        row_bytes: 0,
        bases: Vec::new(),
        records: 0,
        tables: Vec::new(),
    };
    // What is wrong with a table's columns is said before anything long is begun.
    let tables = plan.tables.iter().map(|table| work.open(table));
    let tables = tables.collect::<Result<Vec<_>, _>>()?;
    work.read_keys(inputs, progress)?;
    for (at, source) in tables.iter().enumerate() {
        work.tables.push(DealtTable {
            notes: FileNotes::default(),
            orphans: 0,
            orphan_rows: Spool::new(effort.memory / 8),
        });
        work.read_table(at, &**source, progress)?;
    }
    work.join()
}

/// Dealing under way.
struct Dealing<'a> {
    plan: &'a Plan,
    options: &'a InputOptions,
    effort: &'a Effort,
    /// Keys and numbers of records.
    keys: Spool,
    /// Keys and child rows.
    rows: Spool,
    row_bytes: u64,
    bases: Vec<u64>,
    records: u64,
    tables: Vec<DealtTable>,
}

/// Keys, each with what belongs to it, as bytes one after the other.
#[derive(Default)]
struct Keyed {
    bytes: Vec<u8>,
    /// For each its partition and where it ends; no partition where the key is not known.
    ends: Vec<(Option<u16>, usize)>,
    /// The row of each.
    rows: Vec<u64>,
}

impl Keyed {
    /// Ends what belongs to `key`, which stands before it.
    fn end(&mut self, key: &str, row: u64) {
        let partition = (!key.is_empty()).then(|| partition_of(key));
        self.ends.push((partition, self.bytes.len()));
        self.rows.push(row);
    }

    /// Shows every entry: its partition, its row and its bytes.
    fn each(
        &self,
        mut visit: impl FnMut(Option<u16>, u64, &[u8]) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        let mut start = 0;
        for ((partition, end), row) in self.ends.iter().zip(&self.rows) {
            visit(*partition, *row, &self.bytes[start..*end])?;
            start = *end;
        }
        Ok(())
    }
}

fn partition_of(key: &str) -> u16 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % PARTITIONS as u64) as u16
}

pub(super) fn spilling(error: std::io::Error) -> InputError {
    io_failed(
        "the child tables",
        "keeping them in a temporary file",
        error,
    )
}

impl Dealing<'_> {
    fn read_keys(
        &mut self,
        inputs: &[InputSpec],
        progress: &mut dyn FnMut(Progress, u64),
    ) -> Result<(), InputError> {
        let options = InputOptions {
            key: Some(self.plan.key.clone()),
            carry_all: false,
            ..self.options.clone()
        };
        let wanted = [WantedColumn::required(&self.plan.key)];
        let source = open(inputs, &wanted, options)?;
        let source: &dyn BatchSource = &*source;
        self.bases = vec![0; source.files().len()];
        let (mut file, mut seen) = (0, 0);
        in_order(
            self.effort.threads,
            || Ok::<_, InputError>(source.next_unit()?.map(|unit| (unit.index, unit))),
            || (),
            |(), unit: Unit| Ok((unit.file, keys_of(source, unit)?)),
            |(at, keys): (usize, Keyed)| {
                if at != file {
                    self.bases[file + 1..=at].fill(self.records);
                    file = at;
                }
                let base = self.bases[at];
                seen += keys.rows.len() as u64;
                keys.each(|partition, row, key| {
                    let number = base + row - 1;
                    self.records = self.records.max(number + 1);
                    match partition {
                        Some(partition) => self
                            .keys
                            .add(usize::from(partition), &[key, &number.to_le_bytes()])
                            .map_err(spilling),
                        None => Ok(()),
                    }
                })?;
                progress(source.progress(), seen);
                Ok(())
            },
        )?;
        let later = self.bases.len().min(file + 1);
        self.bases[later..].fill(self.records);
        Ok(())
    }

    fn open(&self, table: &Table) -> Result<Box<dyn BatchSource>, InputError> {
        let options = InputOptions {
            key: Some(table.wanted[0].name.clone()),
            carry_all: false,
            ..self.options.clone()
        };
        let path = table.file.path.clone().unwrap_or_default();
        let input = InputSpec::with_kind(path, table.file.kind);
        open(&[input], &table.wanted, options)
    }

    fn read_table(
        &mut self,
        at: usize,
        source: &dyn BatchSource,
        progress: &mut dyn FnMut(Progress, u64),
    ) -> Result<(), InputError> {
        let table = &self.plan.tables[at];
        let mut seen = 0;
        in_order(
            self.effort.threads,
            || Ok::<_, InputError>(source.next_unit()?.map(|unit| (unit.index, unit))),
            || (),
            |(), unit: Unit| rows_of(at, table, source, unit),
            |rows: Keyed| {
                seen += rows.rows.len() as u64;
                rows.each(|partition, row, bytes| {
                    let Some(partition) = partition else {
                        return self.tables[at].add_orphan(row, bytes);
                    };
                    self.row_bytes += bytes.len() as u64;
                    let added = self.rows.add(usize::from(partition), &[bytes]);
                    added.map_err(spilling)
                })?;
                progress(source.progress(), seen);
                Ok(())
            },
        )?;
        self.tables[at].notes = source.notes().into_iter().next().unwrap_or_default();
        Ok(())
    }

    fn join(mut self) -> Result<Dealt, InputError> {
        let fair = self.records.saturating_mul(BUCKET_BYTES) / self.row_bytes.max(1);
        let mut dealt = Dealt {
            bases: std::mem::take(&mut self.bases),
            buckets: Spool::new(self.effort.memory / 2),
            bucket_rows: fair.clamp(1, BUCKET_ROWS),
            tables: std::mem::take(&mut self.tables),
        };
        for partition in 0..self.rows.buckets() {
            self.join_partition(partition, &mut dealt)?;
            self.keys.forget(partition);
            self.rows.forget(partition);
        }
        Ok(dealt)
    }

    fn join_partition(&self, partition: usize, dealt: &mut Dealt) -> Result<(), InputError> {
        let mut holders: HashMap<Box<[u8]>, Holder> = HashMap::new();
        each_key(&self.keys, partition, |key, number| {
            match holders.get_mut(key) {
                Some(holder) => _ = holder.second.get_or_insert(number),
                None => _ = holders.insert(key.into(), Holder::of(number)),
            }
            Ok(())
        })?;
        let mut shared = false;
        self.rows
            .each_page(partition, |mut page| -> Result<(), Spilling> {
                while !page.is_empty() {
                    let start = page;
                    let key = take_text(&mut page);
                    let row = take_text(&mut page);
                    let Some(holder) = holders.get_mut(key) else {
                        let (Entry::Row(head, _) | Entry::Broken(head, ..)) = Entry::read(row)
                        else {
                            unreachable!("a child table has rows only")
                        };
                        let bytes = &start[..start.len() - page.len()];
                        dealt.tables[head.table].add_orphan(head.row, bytes)?;
                        continue;
                    };
                    holder.has_rows = true;
                    shared |= holder.second.is_some();
                    dealt.add(holder.first, row)?;
                }
                Ok(())
            })?;
        if shared {
            let mut row = Vec::new();
            each_key(&self.keys, partition, |key, number| {
                let holder = &holders[key];
                let Some(second) = holder.second.filter(|_| holder.has_rows) else {
                    return Ok(());
                };
                row.clear();
                let other = match number == holder.first {
                    true => second,
                    false => holder.first,
                };
                push_shared(other, &mut row);
                dealt.add(number, &row)
            })?;
        }
        Ok(())
    }
}

/// Shows the keys of a partition with the numbers of their records.
fn each_key(
    keys: &Spool,
    partition: usize,
    mut visit: impl FnMut(&[u8], u64) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let shown = keys.each_page(partition, |mut page| -> Result<(), Spilling> {
        while !page.is_empty() {
            let key = take_text(&mut page);
            let (number, rest) = page.split_first_chunk().expect("a number follows");
            page = rest;
            visit(key, u64::from_le_bytes(*number))?;
        }
        Ok(())
    });
    Ok(shown?)
}

/// What went wrong while temporary files were read.
struct Spilling(InputError);

impl From<std::io::Error> for Spilling {
    fn from(error: std::io::Error) -> Self {
        Spilling(spilling(error))
    }
}

impl From<InputError> for Spilling {
    fn from(error: InputError) -> Self {
        Spilling(error)
    }
}

impl From<Spilling> for InputError {
    fn from(error: Spilling) -> Self {
        error.0
    }
}

/// The records that have one key.
struct Holder {
    first: u64,
    second: Option<u64>,
    /// Whether a child row has the key.
    has_rows: bool,
}

impl Holder {
    fn of(number: u64) -> Holder {
        Holder {
            first: number,
            second: None,
            has_rows: false,
        }
    }
}

impl Dealt {
    fn add(&mut self, number: u64, row: &[u8]) -> Result<(), InputError> {
        let bucket = (number / self.bucket_rows) as usize;
        let length = row.len() as u64;
        let parts = [&number.to_le_bytes()[..], &length.to_le_bytes(), row];
        self.buckets.add(bucket, &parts).map_err(spilling)
    }
}

impl DealtTable {
    /// Keeps a row whose record is not there: its key, then the row.
    fn add_orphan(&mut self, row: u64, bytes: &[u8]) -> Result<(), InputError> {
        self.orphans += 1;
        let bucket = (row / ORPHAN_ROWS) as usize;
        self.orphan_rows.add(bucket, &[bytes]).map_err(spilling)
    }

    /// Shows the orphans in the order of the file: the key, and the row.
    pub fn each_orphan<E: From<InputError>>(
        &self,
        mut visit: impl FnMut(&str, Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for bucket in 0..self.orphan_rows.buckets() {
            let bytes = self.orphan_rows.read(bucket).map_err(spilling)?;
            let mut rest = bytes.as_slice();
            let mut found = Vec::new();
            while !rest.is_empty() {
                let key = take_text(&mut rest);
                let entry = Entry::read(take_text(&mut rest));
                if let Entry::Row(head, _) | Entry::Broken(head, ..) = entry {
                    found.push((head.row, key, entry));
                }
            }
            found.sort_by_key(|(row, ..)| *row);
            for (_, key, entry) in found {
                visit(&String::from_utf8_lossy(key), entry)?;
            }
        }
        Ok(())
    }
}

/// The keys of one unit of records, those of rejected rows included.
fn keys_of(source: &dyn BatchSource, unit: Unit) -> Result<Keyed, InputError> {
    let mut keys = Keyed::default();
    for chunk in source.read_unit(unit)? {
        let chunk = chunk?;
        let column = chunk.batch.column(0);
        for row in 0..column.len() {
            keys.push_key(&key_at(column, row), chunk.rows.at(row));
        }
        for reject in &chunk.rejects {
            let key = reject.key.as_deref().unwrap_or_default();
            keys.push_key(key.trim(), reject.row);
        }
    }
    Ok(keys)
}

impl Keyed {
    fn push_key(&mut self, key: &str, row: u64) {
        push_text(key.as_bytes(), &mut self.bytes);
        self.end(key, row);
    }
}

/// A key as it is compared: as text, without blanks around it.
fn key_at(column: &ArrayRef, row: usize) -> String {
    match column.as_string_opt::<i32>() {
        Some(texts) if texts.is_null(row) => String::new(),
        Some(texts) => texts.value(row).trim().to_owned(),
        None => show_cell(column, row).trim().to_owned(),
    }
}

/// The rows of one unit of a child table: a key, then an entry.
fn rows_of(
    at: usize,
    table: &Table,
    source: &dyn BatchSource,
    unit: Unit,
) -> Result<Keyed, InputError> {
    let mut rows = Keyed::default();
    for chunk in source.read_unit(unit)? {
        rows.push_chunk(at, table, &chunk?);
    }
    Ok(rows)
}

impl Keyed {
    fn push_chunk(&mut self, at: usize, table: &Table, chunk: &Chunk) {
        let column = |name: &str| -> &StringArray {
            let column = chunk.batch.column_by_name(name);
            let column = column.and_then(|column| column.as_string_opt());
            column.expect("text formats give text, and every column wanted")
        };
        let keys = column(&table.wanted[0].name);
        let cells: Vec<&StringArray> = table.cells.iter().map(|name| column(name)).collect();
        let line = |row: usize| chunk.lines.as_ref().map_or(0, |lines| lines.at(row));
        let mut rejects = chunk.rejects.iter().peekable();
        let mut row_bytes = Vec::new();
        for row in 0..keys.len() {
            let head = Head {
                table: at,
                row: chunk.rows.at(row),
                line: line(row),
            };
            while let Some(reject) = rejects.next_if(|reject| reject.row < head.row) {
                self.push_broken(at, reject, &mut row_bytes);
            }
            let key = match keys.is_null(row) {
                true => "",
                false => keys.value(row).trim(),
            };
            let texts = cells.iter().map(|cells| match cells.is_null(row) {
                true => "",
                false => cells.value(row),
            });
            row_bytes.clear();
            push_row(head, texts, &mut row_bytes);
            self.push(key, head.row, &row_bytes);
        }
        rejects.for_each(|reject| self.push_broken(at, reject, &mut row_bytes));
    }

    fn push_broken(&mut self, table: usize, reject: &Reject, row_bytes: &mut Vec<u8>) {
        let head = Head {
            table,
            row: reject.row,
            line: reject.line.unwrap_or_default(),
        };
        row_bytes.clear();
        push_broken(head, reject, row_bytes);
        let key = reject.key.as_deref().unwrap_or_default().trim();
        self.push(key, reject.row, row_bytes);
    }

    fn push(&mut self, key: &str, row: u64, row_bytes: &[u8]) {
        push_text(key.as_bytes(), &mut self.bytes);
        push_text(row_bytes, &mut self.bytes);
        self.end(key, row);
    }
}

/// Reads the number and the row of an entry of a bucket off the front of `bytes`.
pub(super) fn take_entry<'a>(bytes: &mut &'a [u8]) -> (u64, &'a [u8]) {
    let (number, rest) = bytes.split_first_chunk().expect("a number comes first");
    let (length, rest) = rest.split_first_chunk().expect("a length follows");
    let (row, rest) = rest.split_at(u64::from_le_bytes(*length) as usize);
    *bytes = rest;
    (u64::from_le_bytes(*number), row)
}
