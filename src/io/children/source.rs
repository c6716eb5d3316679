//! Records with their child rows: the chunks of the records' own source, with a column more for each list, where it was
//! asked for.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{Field, Schema, SchemaRef};
use arrow_select::filter::filter_record_batch;

use super::deal::{Dealt, spilling};
use super::entry::take_entry;
use super::errors;
use super::lists::{Fault, ListColumn, NoLists, Rows, list_type};
use super::plan::Plan;
use crate::input::read::show_cell;
use crate::input::reject::Reject;
use crate::input::{
    BatchSource, Chunk, Chunks, FileNotes, InputError, InputFile, Positions, Progress, Unit,
};

/// Child rows that a batch holds at most, in bytes; a single record may have more.
const BATCH_BYTES: usize = 64 << 20;
/// The most bytes of child rows that one record may have.
const RECORD_BYTES: usize = 1 << 30;

/// What readers of records share.
pub(super) struct Shared {
    pub plan: Plan,
    pub dealt: Dealt,
    /// Tables of lists of the record itself, each with the place of its column in batches, in the order of these places.
    pub outer: Vec<(usize, usize)>,
}

/// A source of records whose lists come from child tables.
pub(super) struct Joined {
    inner: Box<dyn BatchSource>,
    shared: Arc<Shared>,
    schemas: Vec<SchemaRef>,
}

impl Joined {
    /// Adds the lists to the records of `inner`.
    pub fn new(inner: Box<dyn BatchSource>, shared: Arc<Shared>) -> Result<Joined, InputError> {
        let schema = |file: usize| {
            let inner_schema = inner.schema(file);
            let mut fields: Vec<Arc<Field>> = inner_schema.fields().iter().cloned().collect();
            for (at, place) in &shared.outer {
                let table = &shared.plan.tables[*at];
                if inner_schema.column_with_name(&table.column).is_some() {
                    let (file, child) = (&inner.files()[file].name, &table.file.name);
                    return Err(errors::two_columns(file, &table.column, child));
                }
                let lists = list_type(&shared.plan, *at);
                let field = Field::new(&table.column, lists, false);
                fields.insert(*place, Arc::new(field));
            }
            Ok(Arc::new(Schema::new(fields)))
        };
        let schemas = (0..inner.files().len()).map(schema);
        let schemas = schemas.collect::<Result<_, _>>()?;
        Ok(Joined {
            inner,
            shared,
            schemas,
        })
    }
}

impl BatchSource for Joined {
    fn files(&self) -> &[InputFile] {
        self.inner.files()
    }

    fn schema(&self, file: usize) -> SchemaRef {
        Arc::clone(&self.schemas[file])
    }

    fn next_unit(&self) -> Result<Option<Unit>, InputError> {
        self.inner.next_unit()
    }

    fn read_unit(&self, unit: Unit) -> Result<Chunks, InputError> {
        let schema = self.schema(unit.file);
        let name = Arc::clone(&self.inner.files()[unit.file].name);
        let names = self.inner.files().iter();
        Ok(Box::new(JoinedChunks {
            schema,
            name,
            names: names.map(|file| Arc::clone(&file.name)).collect(),
            inner: self.inner.read_unit(unit)?,
            shared: Arc::clone(&self.shared),
            bucket: None,
            ready: VecDeque::new(),
        }))
    }

    fn progress(&self) -> Progress {
        self.inner.progress()
    }

    fn notes(&self) -> Vec<FileNotes> {
        self.inner.notes()
    }

    fn standard_input_sha256(&self) -> Option<String> {
        self.inner.standard_input_sha256()
    }
}

/// The chunks of one unit.
struct JoinedChunks {
    inner: Chunks,
    shared: Arc<Shared>,
    schema: SchemaRef,
    name: Arc<str>,
    names: Vec<Arc<str>>,
    /// The child rows at hand.
    bucket: Option<Bucket>,
    ready: VecDeque<Chunk>,
}

/// Child rows of some neighbouring records.
struct Bucket {
    number: u64,
    bytes: Vec<u8>,
    /// Where entries stand, record by record.
    entries: Vec<Range<usize>>,
    /// For each record the number of its first entry; one more at the end.
    starts: Vec<usize>,
    first: u64,
}

impl Bucket {
    /// Reads a bucket. All entries of a record come from one partition, where they stand in the order of their files.
    fn load(dealt: &Dealt, number: u64) -> Result<Bucket, InputError> {
        let bytes = dealt.buckets.read(number as usize).map_err(spilling)?;
        let first = number * dealt.bucket_rows;
        let mut starts = vec![0; dealt.bucket_rows as usize + 1];
        each_entry(&bytes, |record, _| {
            starts[(record - first) as usize + 1] += 1
        });
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![0..0; next.last().copied().unwrap_or_default()];
        each_entry(&bytes, |record, range| {
            let place = &mut next[(record - first) as usize];
            entries[*place] = range;
            *place += 1;
        });
        Ok(Bucket {
            number,
            bytes,
            entries,
            starts,
            first,
        })
    }

    /// The entries of a record.
    fn entries_of(&self, record: u64) -> &[Range<usize>] {
        let at = (record - self.first) as usize;
        &self.entries[self.starts[at]..self.starts[at + 1]]
    }
}

/// Shows the entries of a bucket: the record's number, and where the entry stands.
fn each_entry(bytes: &[u8], mut visit: impl FnMut(u64, Range<usize>)) {
    let mut rest = bytes;
    while let Some((record, after)) = rest.split_first_chunk() {
        rest = after;
        let length = take_entry(&mut rest).len();
        let end = bytes.len() - rest.len();
        visit(u64::from_le_bytes(*record), end - length..end);
    }
}

impl Iterator for JoinedChunks {
    type Item = Result<Chunk, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(chunk) = self.ready.pop_front() {
            return Some(Ok(chunk));
        }
        let chunk = match self.inner.next()? {
            Ok(chunk) => chunk,
            Err(error) => return Some(Err(error)),
        };
        match self.join(chunk) {
            Ok(()) => self.ready.pop_front().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Rows of a chunk with their lists, under way.
struct Piece {
    start: usize,
    kept: Vec<bool>,
    lists: Vec<ListColumn>,
    bytes: usize,
    rejects: Vec<Reject>,
}

impl Piece {
    fn new(shared: &Shared, start: usize) -> Piece {
        let lists = shared.outer.iter();
        Piece {
            start,
            kept: Vec::new(),
            lists: lists
                .map(|(table, _)| ListColumn::new(&shared.plan, *table))
                .collect(),
            bytes: 0,
            rejects: Vec::new(),
        }
    }
}

impl JoinedChunks {
    /// Adds the lists of a chunk's records and makes it ready, in several pieces where the lists are long.
    fn join(&mut self, chunk: Chunk) -> Result<(), InputError> {
        let shared = Arc::clone(&self.shared);
        let base = shared.dealt.bases[chunk.file];
        let (mut piece, mut rows) = (Piece::new(&shared, 0), Rows::default());
        for row in 0..chunk.batch.num_rows() {
            let record = base + chunk.rows.at(row) - 1;
            let bucket = self.bucket_of(record)?;
            let found = bucket.entries_of(record);
            let bytes: usize = found.iter().map(Range::len).sum();
            if bytes > RECORD_BYTES {
                let row = chunk.rows.at(row);
                return Err(errors::record_too_long(&self.name, row, RECORD_BYTES));
            }
            let rejected = match rows.read(&shared.plan, &bucket.bytes, found) {
                Ok(()) => {
                    let lists = piece.lists.iter_mut();
                    lists.for_each(|list| list.push(&shared.plan, &rows, &bucket.bytes));
                    None
                }
                Err(reason) => Some(self.reject(&chunk, row, reason)),
            };
            piece.kept.push(rejected.is_none());
            piece.rejects.extend(rejected);
            piece.bytes += bytes;
            if piece.bytes > BATCH_BYTES {
                let next = Piece::new(&shared, row + 1);
                let whole = std::mem::replace(&mut piece, next);
                self.finish(&chunk, whole);
            }
        }
        self.finish(&chunk, piece);
        Ok(())
    }

    fn bucket_of(&mut self, record: u64) -> Result<&Bucket, InputError> {
        let number = record / self.shared.dealt.bucket_rows;
        if self.bucket.as_ref().is_none_or(|at| at.number != number) {
            // The old one goes before the new one comes.
            self.bucket = None;
            self.bucket = Some(Bucket::load(&self.shared.dealt, number)?);
        }
        Ok(self.bucket.as_ref().expect("it is there now"))
    }

    /// Why a record is none, as a reject.
    fn reject(&self, chunk: &Chunk, row: usize, reason: NoLists) -> Reject {
        let key = chunk.batch.column_by_name(&self.shared.plan.key);
        let key = key.map(|column| show_cell(column, row).trim().to_owned());
        let fault = match reason {
            NoLists::Fault(fault) => fault,
            NoLists::Shared(other) => self.shared_key(chunk.file, other, key.as_deref()),
        };
        let position = chunk.rows.at(row);
        let line = chunk.lines.as_ref().map(|lines| lines.at(row));
        let name = Arc::clone(&self.name);
        Reject::new(name, position, line, &fault.found, fault.expected)
            .key(key)
            .field(fault.field)
    }

    /// A record's key is that of the record numbered `other`, too.
    fn shared_key(&self, file: usize, other: u64, key: Option<&str>) -> Fault {
        let bases = &self.shared.dealt.bases;
        let place = bases.partition_point(|base| *base <= other) - 1;
        let row = other - bases[place] + 1;
        let of = match place == file {
            true => String::new(),
            false => format!(" of {}", self.names[place]),
        };
        Fault {
            field: self.shared.plan.key.clone(),
            found: key.unwrap_or_default().to_owned(),
            expected: format!(
                "a key that no other record has, since child rows name it (row {row}{of} has it, too)"
            ),
        }
    }

    /// Makes a piece ready. Rejects of the chunk go with the piece in which they stand.
    fn finish(&mut self, chunk: &Chunk, piece: Piece) {
        let plan = &self.shared.plan;
        let range = piece.start..piece.start + piece.kept.len();
        let numbers = |of: &Positions| {
            let kept = range.clone().zip(&piece.kept).filter(|(_, kept)| **kept);
            Positions::of(kept.map(|(row, _)| of.at(row)).collect())
        };
        let after = |row: usize| match row < chunk.batch.num_rows() {
            true => chunk.rows.at(row),
            false => u64::MAX,
        };
        let from = match range.start {
            0 => 0,
            start => chunk.rows.at(start),
        };
        let stands_here = |reject: &&Reject| (from..after(range.end)).contains(&reject.row);
        let mut rejects = piece.rejects;
        rejects.extend(chunk.rejects.iter().filter(stands_here).cloned());
        rejects.sort_by_key(|reject| reject.row);
        let own = chunk.batch.slice(range.start, range.len());
        let own = match piece.kept.iter().all(|kept| *kept) {
            true => own,
            false => filter_record_batch(&own, &BooleanArray::from(piece.kept.clone()))
                .expect("there is a flag for each row"),
        };
        let mut columns: Vec<ArrayRef> = own.columns().to_vec();
        for ((_, place), list) in self.shared.outer.iter().zip(piece.lists) {
            columns.insert(*place, list.finish(plan));
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .expect("the columns were made for this schema");
        let lines = chunk.lines.as_ref().map(numbers);
        self.ready.push_back(Chunk {
            file: chunk.file,
            rows: numbers(&chunk.rows),
            lines,
            batch,
            rejects,
        });
    }
}
