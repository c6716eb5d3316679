//! Child rows brought to their records: dealt by key, then by the records' place in the input.
//!
//! 1. The keys of all records, and all child rows, are dealt to partitions by their key.
//! 2. In each partition, child rows find their record, and go to the bucket of the records around it, or to the orphans.
//!
//! Each step reads and writes in long stretches. What stays in memory is bounded, whatever the order of the files.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use arrow_array::cast::AsArray;
use arrow_array::{Array, StringArray};

use super::entry::{
    Entry, Head, end_length, push_broken, push_head, push_shared, push_text, start_length,
    start_rows, take_entry, take_head, take_text,
};
use super::plan::{Plan, Table};
use crate::input::errors::io_failed;
use crate::input::read::show_cell;
use crate::input::reject::Reject;
use crate::input::{
    BatchSource, Chunk, FileNotes, InputError, InputOptions, InputSpec, Progress, Unit,
    WantedColumn, open,
};
use crate::io::spool::Spool;
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

/// Entries, each with its key before it, one after the other.
#[derive(Default)]
struct Keyed {
    bytes: Vec<u8>,
    /// For each its partition, the position of its first row, and where it ends; no partition where the key is not known.
    ends: Vec<(Option<u16>, u64, usize)>,
    rows: u64,
}

impl Keyed {
    /// Ends the entry that starts with `key`.
    fn end(&mut self, key: &str, row: u64) {
        let partition = (!key.is_empty()).then(|| partition_of(key));
        self.ends.push((partition, row, self.bytes.len()));
    }

    /// Shows every entry: its partition, its first row and its bytes.
    fn each(
        &self,
        mut visit: impl FnMut(Option<u16>, u64, &[u8]) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        let mut start = 0;
        for (partition, row, end) in &self.ends {
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
                seen += keys.rows;
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
                seen += rows.rows;
                rows.each(|partition, row, bytes| {
                    let Some(partition) = partition else {
                        return self.tables[at].add_orphans(table, row, bytes);
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
        let keys = self.keys.read(partition).map_err(spilling)?;
        let mut holders: HashMap<&[u8], Holder> = HashMap::new();
        for (key, number) in KeysOf(&keys) {
            let holder = holders.entry(key).or_insert(Holder::of(number));
            if holder.first != number {
                holder.second.get_or_insert(number);
            }
        }
        let mut shared = false;
        self.rows
            .each_page(partition, |mut page| -> Result<(), Spilling> {
                while !page.is_empty() {
                    let start = page;
                    let key = take_text(&mut page);
                    let entry = take_entry(&mut page);
                    let Some(holder) = holders.get_mut(key) else {
                        let bytes = &start[..start.len() - page.len()];
                        self.orphans(Entry::read(entry), bytes, dealt)?;
                        continue;
                    };
                    holder.has_rows = true;
                    shared |= holder.second.is_some();
                    dealt.add(holder.first, entry)?;
                }
                Ok(())
            })?;
        if !shared {
            return Ok(());
        }
        let mut entry = Vec::new();
        for (key, number) in KeysOf(&keys) {
            let holder = &holders[key];
            if let Some(second) = holder.second.filter(|_| holder.has_rows) {
                entry.clear();
                let other = match number == holder.first {
                    true => second,
                    false => holder.first,
                };
                push_shared(other, &mut entry);
                dealt.add(number, &entry)?;
            }
        }
        Ok(())
    }

    /// Keeps an entry whose record is not there; `bytes` is its key and the entry.
    fn orphans(&self, entry: Entry<'_>, bytes: &[u8], dealt: &mut Dealt) -> Result<(), InputError> {
        let (at, row) = match entry {
            Entry::Rows(at, mut rows) => (at, take_head(&mut rows).row),
            Entry::Broken(at, head, ..) => (at, head.row),
            Entry::Shared(_) => unreachable!("no child row says so"),
        };
        dealt.tables[at].add_orphans(&self.plan.tables[at], row, bytes)
    }
}

/// The keys of a partition with the numbers of their records.
struct KeysOf<'a>(&'a [u8]);

impl<'a> Iterator for KeysOf<'a> {
    type Item = (&'a [u8], u64);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let key = take_text(&mut self.0);
        let (number, rest) = self.0.split_first_chunk().expect("a number follows");
        self.0 = rest;
        Some((key, u64::from_le_bytes(*number)))
    }
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
    fn add(&mut self, number: u64, entry: &[u8]) -> Result<(), InputError> {
        let bucket = (number / self.bucket_rows) as usize;
        let length = entry.len() as u32;
        let parts = [&number.to_le_bytes()[..], &length.to_le_bytes(), entry];
        self.buckets.add(bucket, &parts).map_err(spilling)
    }
}

impl DealtTable {
    /// Keeps rows whose record is not there, of which `row` is the first: their key, then their entry.
    fn add_orphans(&mut self, table: &Table, row: u64, bytes: &[u8]) -> Result<(), InputError> {
        each_row(table, bytes, |_, _, _| {
            self.orphans += 1;
            Ok::<(), InputError>(())
        })?;
        let bucket = (row / ORPHAN_ROWS) as usize;
        self.orphan_rows.add(bucket, &[bytes]).map_err(spilling)
    }

    /// Shows the orphans in the order of the file: the key, where the row stands, and what is wrong with it, if it cannot be
    /// read.
    pub fn each_orphan<E: From<InputError>>(
        &self,
        table: &Table,
        mut visit: impl FnMut(&str, Head, Option<(&str, &str)>) -> Result<(), E>,
    ) -> Result<(), E> {
        for bucket in 0..self.orphan_rows.buckets() {
            let bytes = self.orphan_rows.read(bucket).map_err(spilling)?;
            let mut rest = bytes.as_slice();
            let mut found = Vec::new();
            while !rest.is_empty() {
                let start = rest;
                take_text(&mut rest);
                let row = match Entry::read(take_entry(&mut rest)) {
                    Entry::Rows(_, mut rows) => take_head(&mut rows).row,
                    Entry::Broken(_, head, ..) => head.row,
                    Entry::Shared(_) => unreachable!("no child row says so"),
                };
                found.push((row, &start[..start.len() - rest.len()]));
            }
            found.sort_by_key(|(row, _)| *row);
            for (_, bytes) in found {
                each_row(table, bytes, &mut visit)?;
            }
        }
        Ok(())
    }
}

/// Shows the rows of an entry behind its key.
fn each_row<E>(
    table: &Table,
    mut bytes: &[u8],
    mut visit: impl FnMut(&str, Head, Option<(&str, &str)>) -> Result<(), E>,
) -> Result<(), E> {
    let text = |bytes| std::str::from_utf8(bytes).expect("text formats give UTF-8");
    let key = text(take_text(&mut bytes));
    match Entry::read(take_entry(&mut bytes)) {
        Entry::Rows(_, mut rows) => {
            while !rows.is_empty() {
                let head = take_head(&mut rows);
                for _ in &table.cells {
                    take_text(&mut rows);
                }
                visit(key, head, None)?;
            }
            Ok(())
        }
        Entry::Broken(_, head, found, expected) => {
            visit(key, head, Some((text(found), text(expected))))
        }
        Entry::Shared(_) => unreachable!("no child row says so"),
    }
}

/// The keys of one unit of records, those of rejected rows included.
fn keys_of(source: &dyn BatchSource, unit: Unit) -> Result<Keyed, InputError> {
    let mut keys = Keyed::default();
    for chunk in source.read_unit(unit)? {
        let chunk = chunk?;
        let column = chunk.batch.column(0);
        let texts = column.as_string_opt::<i32>();
        for row in 0..column.len() {
            let position = chunk.rows.at(row);
            match texts {
                Some(texts) => keys.push_key(text_at(texts, row), position),
                None => keys.push_key(&show_cell(column, row), position),
            }
        }
        for reject in &chunk.rejects {
            keys.push_key(reject.key.as_deref().unwrap_or_default(), reject.row);
        }
    }
    Ok(keys)
}

/// A text; an empty one where there is none.
fn text_at(texts: &StringArray, row: usize) -> &str {
    match texts.is_null(row) {
        true => "",
        false => texts.value(row),
    }
}

/// The rows of one unit of a child table.
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

/// An entry of rows being written.
struct Run<'a> {
    key: &'a str,
    first: u64,
    /// Where what has a length starts.
    start: usize,
}

impl Keyed {
    /// Adds the key of a record. Keys are compared as texts, without the blanks around them.
    fn push_key(&mut self, key: &str, row: u64) {
        let key = key.trim();
        push_text(key.as_bytes(), &mut self.bytes);
        self.end(key, row);
        self.rows += 1;
    }

    /// Adds the rows of a chunk: one entry for neighbours of one key.
    fn push_chunk(&mut self, at: usize, table: &Table, chunk: &Chunk) {
        let column = |name: &str| -> &StringArray {
            let column = chunk.batch.column_by_name(name);
            let column = column.and_then(|column| column.as_string_opt());
            column.expect("text formats give text, and every column wanted")
        };
        let keys = column(&table.wanted[0].name);
        let cells: Vec<&StringArray> = table.cells.iter().map(|name| column(name)).collect();
        let mut rejects = chunk.rejects.iter().peekable();
        let mut run: Option<Run<'_>> = None;
        for row in 0..keys.len() {
            let head = Head {
                row: chunk.rows.at(row),
                line: chunk.lines.as_ref().map_or(0, |lines| lines.at(row)),
            };
            while let Some(reject) = rejects.next_if(|reject| reject.row < head.row) {
                self.end_run(run.take());
                self.push_broken(at, reject);
            }
            let key = text_at(keys, row).trim();
            let going_on = run.take_if(|run| run.key == key);
            self.end_run(run.take());
            run = Some(going_on.unwrap_or_else(|| self.start_run(at, key, head.row)));
            push_head(head, &mut self.bytes);
            for cells in &cells {
                push_text(text_at(cells, row).as_bytes(), &mut self.bytes);
            }
            self.rows += 1;
        }
        self.end_run(run);
        rejects.for_each(|reject| self.push_broken(at, reject));
    }

    fn start_run<'a>(&mut self, table: usize, key: &'a str, first: u64) -> Run<'a> {
        push_text(key.as_bytes(), &mut self.bytes);
        let start = start_length(&mut self.bytes);
        start_rows(table, &mut self.bytes);
        Run { key, first, start }
    }

    fn end_run(&mut self, run: Option<Run<'_>>) {
        if let Some(run) = run {
            end_length(run.start, &mut self.bytes);
            self.end(run.key, run.first);
        }
    }

    fn push_broken(&mut self, table: usize, reject: &Reject) {
        let head = Head {
            row: reject.row,
            line: reject.line.unwrap_or_default(),
        };
        let key = reject.key.as_deref().unwrap_or_default().trim();
        push_text(key.as_bytes(), &mut self.bytes);
        let start = start_length(&mut self.bytes);
        push_broken(table, head, reject, &mut self.bytes);
        end_length(start, &mut self.bytes);
        self.end(key, reject.row);
        self.rows += 1;
    }
}
