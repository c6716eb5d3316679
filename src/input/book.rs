//! Many files as one source: opened and checked before the first row, then handed out unit by unit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::IntoIter;

use arrow_schema::{DataType, SchemaRef};

use super::columns;
use super::csv::{self, CsvPlan};
use super::files::{Format, InputFile, InputSpec, find_files};
use super::ipc::{ArrowFile, ArrowHead, ArrowPart, ArrowReader, ArrowStream};
use super::jsonl::{self, JsonPlan};
use super::parquet::{ParquetHead, ParquetPart, ParquetPlan};
use super::raw::{self, RunningHash};
use super::source::{BatchSource, Chunks, FileNotes, InputOptions, Need, Progress, WantedColumn};
use super::split::{Block, Splitter, Style};
use super::unit::{Unit, Work};
use crate::input::errors::{self, InputError};

/// Opens `inputs` as one book of which `wanted` columns are read. Every file is opened once to check its columns,
/// so that what cannot be read as a whole is said before anything is screened.
pub fn open(
    inputs: &[InputSpec],
    wanted: &[WantedColumn],
    options: InputOptions,
) -> Result<Box<dyn BatchSource>, InputError> {
    Ok(Box::new(Book::open(inputs, wanted, options)?))
}

struct Book {
    files: Vec<InputFile>,
    wanted: Vec<WantedColumn>,
    options: InputOptions,
    schemas: Vec<SchemaRef>,
    queue: Mutex<Queue>,
    notes: Mutex<Vec<Noted>>,
    /// Stored bytes of the files read to their end, and of the one being read.
    finished: AtomicU64,
    within: Arc<AtomicU64>,
    hash: RunningHash,
}

/// Where reading stands.
#[derive(Default)]
struct Queue {
    next_file: usize,
    next_index: u64,
    current: Option<Reading>,
    /// Standard input, which cannot be opened twice.
    opened: Option<Reading>,
}

/// What is known of a file. Keys that JSON Lines never had are known only at the end.
#[derive(Clone, Default)]
struct Noted {
    notes: FileNotes,
    keys: Option<Arc<JsonPlan>>,
}

/// A file whose columns are known and not yet settled.
enum Head {
    Csv(Splitter, Vec<String>, u8),
    Json(Splitter, Option<Block>),
    Parquet(ParquetHead),
    Arrow(ArrowHead),
}

/// A file being read.
enum Reading {
    Csv(Splitter, Arc<CsvPlan>),
    Json(Splitter, Option<Block>, Arc<JsonPlan>),
    Parquet(Arc<ParquetPlan>, IntoIter<ParquetPart>),
    Arrow(Arc<ArrowFile>, IntoIter<ArrowPart>),
    Stream(Box<ArrowStream>),
}

impl Book {
    fn open(
        inputs: &[InputSpec],
        wanted: &[WantedColumn],
        options: InputOptions,
    ) -> Result<Self, InputError> {
        let files = find_files(inputs)?;
        let mut book = Book {
            wanted: distinct(wanted),
            schemas: Vec::with_capacity(files.len()),
            queue: Mutex::default(),
            notes: Mutex::new(vec![Noted::default(); files.len()]),
            finished: AtomicU64::new(0),
            within: Arc::default(),
            hash: RunningHash::default(),
            files,
            options,
        };
        for index in 0..book.files.len() {
            book.inspect(index)?;
        }
        Ok(book)
    }

    /// Checks the columns of a file.
    fn inspect(&mut self, index: usize) -> Result<(), InputError> {
        let from_stdin = self.files[index].path.is_none();
        let count = if from_stdin {
            Arc::clone(&self.within)
        } else {
            Arc::default()
        };
        let head = self.head(index, &count)?;
        if self.options.carry_all {
            self.check_carried(index, &head)?;
        }
        let reading = self.plan(index, head)?;
        let schema = reading.schema();
        if let Some(first) = self.schemas.first() {
            self.check_same_types(index, first, &schema)?;
        }
        self.schemas.push(schema);
        if from_stdin {
            lock(&self.queue).opened = Some(reading);
        }
        Ok(())
    }

    fn head(&self, index: usize, count: &Arc<AtomicU64>) -> Result<Head, InputError> {
        let file = &self.files[index];
        let name = Arc::clone(&file.name);
        let splitter = |style| -> Result<Splitter, InputError> {
            let bytes = raw::open_bytes(file, count, &self.hash)?;
            Ok(Splitter::new(
                bytes,
                Arc::clone(&file.name),
                style,
                self.options.block_bytes,
            ))
        };
        Ok(match (file.kind.format, &file.path) {
            (Format::Csv | Format::Tsv, _) => {
                let delimiter = match file.kind.format {
                    Format::Tsv => b'\t',
                    _ => self.options.delimiter.unwrap_or(b','),
                };
                let mut splitter = splitter(csv::style(delimiter))?;
                let header = csv::read_header(&mut splitter, &name, delimiter)?;
                Head::Csv(splitter, header, delimiter)
            }
            (Format::JsonLines, _) => {
                let mut splitter = splitter(Style::Lines)?;
                let first = splitter.next_block()?;
                if let Some(block) = &first {
                    jsonl::check_is_lines(&name, block)?;
                }
                Head::Json(splitter, first)
            }
            (Format::Parquet, Some(path)) => Head::Parquet(ParquetHead::open(name, path.clone())?),
            (Format::Parquet, None) => return Err(errors::not_from_stdin("Parquet")),
            (Format::Arrow, Some(path)) => Head::Arrow(ArrowHead::open(name, path.clone())?),
            (Format::Arrow, None) => Head::Arrow(ArrowHead::stream(
                name,
                raw::open_bytes(file, count, &self.hash)?,
            )?),
        })
    }

    /// Adds the columns of the first file to those wanted; holds every other file to them.
    fn check_carried(&mut self, index: usize, head: &Head) -> Result<(), InputError> {
        let Some(names) = head.column_names(index == 0) else {
            return Ok(());
        };
        let file = &self.files[index].name;
        if index == 0 {
            self.wanted = columns::with_carried(&self.wanted, &names);
            return Ok(());
        }
        let first = &self.files[0].name;
        let wanted = |name: &String| self.wanted.iter().any(|column| column.name == *name);
        if let Some(name) = names.iter().find(|name| !wanted(name)) {
            return Err(errors::other_columns(file, first, name));
        }
        let lacking =
            |column: &&WantedColumn| column.need == Need::Carried && !names.contains(&column.name);
        match self.wanted.iter().find(lacking) {
            Some(column) => Err(errors::other_columns(file, first, &column.name)),
            None => Ok(()),
        }
    }

    /// Carried columns must be of one type throughout; what the policy reads may differ.
    fn check_same_types(
        &self,
        index: usize,
        first: &SchemaRef,
        here: &SchemaRef,
    ) -> Result<(), InputError> {
        let plain = |data_type: &DataType| match data_type {
            DataType::Dictionary(_, values) => values.as_ref().clone(),
            other => other.clone(),
        };
        for (slot, column) in self.wanted.iter().enumerate() {
            let (a, b) = (first.field(slot).data_type(), here.field(slot).data_type());
            if column.need == Need::Carried && plain(a) != plain(b) {
                return Err(errors::other_type(
                    &self.files[index].name,
                    &self.files[0].name,
                    &column.name,
                    &columns::type_words(b),
                    &columns::type_words(a),
                ));
            }
        }
        Ok(())
    }

    fn plan(&self, index: usize, head: Head) -> Result<Reading, InputError> {
        let file = (index, Arc::clone(&self.files[index].name));
        let (wanted, options) = (&self.wanted, &self.options);
        let key = options.key.as_deref();
        Ok(match head {
            Head::Csv(splitter, header, delimiter) => {
                let plan = CsvPlan::new(file, header, wanted, delimiter, key, options.batch_rows)?;
                Reading::Csv(splitter, Arc::new(plan))
            }
            Head::Json(splitter, first) => {
                let (all, rows) = (options.carry_all, options.batch_rows);
                let plan = JsonPlan::new(file, wanted, first.as_ref(), all, key, rows);
                Reading::Json(splitter, first, Arc::new(plan))
            }
            Head::Parquet(head) => {
                let plan = head.plan(index, wanted, options.batch_rows)?;
                let parts = plan.parts(options.unit_rows);
                Reading::Parquet(Arc::new(plan), parts.into_iter())
            }
            Head::Arrow(head) => match head.plan(index, wanted, options.batch_rows)? {
                ArrowReader::File(file) => {
                    let parts = file.parts();
                    Reading::Arrow(file, parts.into_iter())
                }
                ArrowReader::Stream(stream) => Reading::Stream(stream),
            },
        })
    }

    /// Opens the next file of the book.
    fn open_next(&self, queue: &mut Queue) -> Result<bool, InputError> {
        let index = queue.next_file;
        let Some(file) = self.files.get(index) else {
            return Ok(false);
        };
        queue.next_file += 1;
        let opened = match file.path {
            None => queue.opened.take(),
            Some(_) => None,
        };
        let reading = match opened {
            Some(reading) => reading,
            None => self.plan(index, self.head(index, &self.within)?)?,
        };
        queue.current = Some(reading);
        Ok(true)
    }

    fn next_work(&self, queue: &mut Queue) -> Result<Option<(usize, Work)>, InputError> {
        loop {
            if let Some(reading) = &mut queue.current {
                let file = queue.next_file - 1;
                if let Some(work) = reading.next_work(&self.within)? {
                    return Ok(Some((file, work)));
                }
                lock(&self.notes)[file] = reading.noted();
                queue.current = None;
                self.within.store(0, Ordering::Relaxed);
                let size = self.files[file].bytes.unwrap_or(0);
                self.finished.fetch_add(size, Ordering::Relaxed);
            }
            if !self.open_next(queue)? {
                return Ok(None);
            }
        }
    }
}

impl BatchSource for Book {
    fn files(&self) -> &[InputFile] {
        &self.files
    }

    fn schema(&self, file: usize) -> SchemaRef {
        Arc::clone(&self.schemas[file])
    }

    fn next_unit(&self) -> Result<Option<Unit>, InputError> {
        let mut queue = lock(&self.queue);
        let next = self.next_work(&mut queue);
        if next.is_err() {
            // The other threads find the book at its end.
            queue.current = None;
            queue.next_file = self.files.len();
        }
        Ok(next?.map(|(file, work)| {
            let index = queue.next_index;
            queue.next_index += 1;
            Unit { index, file, work }
        }))
    }

    fn read_unit(&self, unit: Unit) -> Result<Chunks, InputError> {
        unit.work.read()
    }

    fn progress(&self) -> Progress {
        let done = self.finished.load(Ordering::Relaxed) + self.within.load(Ordering::Relaxed);
        Progress {
            done,
            total: self.files.iter().map(|file| file.bytes).sum(),
        }
    }

    fn notes(&self) -> Vec<FileNotes> {
        let notes = lock(&self.notes);
        notes
            .iter()
            .map(|noted| {
                let mut notes = noted.notes.clone();
                if let Some(plan) = &noted.keys {
                    notes.absent_columns = plan.absent();
                    if !notes.absent_columns.is_empty() {
                        notes.keys = plan.first_keys().to_vec();
                    }
                }
                notes
            })
            .collect()
    }

    fn standard_input_sha256(&self) -> Option<String> {
        let used = self.files.iter().any(|file| file.path.is_none());
        used.then(|| self.hash.hex())
    }
}

impl Head {
    /// The file's column names; for JSON Lines, whose objects may each have others, those of the first block, and
    /// only where they are to be taken as the book's.
    fn column_names(&self, first: bool) -> Option<Vec<String>> {
        match self {
            Head::Csv(_, header, _) => Some(header.clone()),
            Head::Json(_, block) if first => Some(
                block
                    .as_ref()
                    .map(|block| jsonl::keys_of(block, usize::MAX))
                    .unwrap_or_default(),
            ),
            Head::Json(..) => None,
            Head::Parquet(head) => Some(head.column_names()),
            Head::Arrow(head) => Some(head.column_names()),
        }
    }
}

impl Reading {
    fn schema(&self) -> SchemaRef {
        Arc::clone(match self {
            Reading::Csv(_, plan) => &plan.schema,
            Reading::Json(_, _, plan) => &plan.schema,
            Reading::Parquet(plan, _) => &plan.schema,
            Reading::Arrow(file, _) => &file.plan().schema,
            Reading::Stream(stream) => &stream.plan().schema,
        })
    }

    fn next_work(&mut self, within: &AtomicU64) -> Result<Option<Work>, InputError> {
        Ok(match self {
            Reading::Csv(splitter, plan) => {
                let block = splitter.next_block()?;
                block.map(|block| Work::Csv(Arc::clone(plan), block))
            }
            Reading::Json(splitter, first, plan) => {
                let block = match first.take() {
                    Some(block) => Some(block),
                    None => splitter.next_block()?,
                };
                block.map(|block| Work::Json(Arc::clone(plan), block))
            }
            Reading::Parquet(plan, parts) => parts.next().map(|part| {
                within.fetch_add(part.bytes, Ordering::Relaxed);
                Work::Parquet(Arc::clone(plan), part)
            }),
            Reading::Arrow(file, parts) => parts.next().map(|part| {
                within.fetch_add(part.bytes, Ordering::Relaxed);
                Work::Arrow(Arc::clone(file), part)
            }),
            Reading::Stream(stream) => stream.next_batch()?.map(|(batch, first_row)| {
                Work::Decoded(Arc::clone(stream.plan()), batch, first_row)
            }),
        })
    }

    /// What there is to say about the file after its last unit.
    fn noted(&self) -> Noted {
        let (rows, absent_columns) = match self {
            Reading::Csv(splitter, plan) => (splitter.rows(), plan.absent.clone()),
            Reading::Json(splitter, ..) => (splitter.rows(), Vec::new()),
            Reading::Parquet(plan, _) => (plan.rows(), plan.absent.clone()),
            Reading::Arrow(file, _) => (file.rows(), file.plan().absent.clone()),
            Reading::Stream(stream) => (stream.rows(), stream.plan().absent.clone()),
        };
        let mut notes = FileNotes {
            rows,
            absent_columns,
            ..FileNotes::default()
        };
        let mut keys = None;
        match self {
            Reading::Csv(splitter, _) | Reading::Json(splitter, ..) => {
                notes.blank_lines = splitter.blank_lines;
                notes.unterminated_last_line = splitter.unterminated_last_line;
            }
            Reading::Parquet(..) | Reading::Arrow(..) | Reading::Stream(..) => {}
        }
        if let Reading::Json(_, _, plan) = self {
            keys = Some(Arc::clone(plan));
        }
        Noted { notes, keys }
    }
}

/// `wanted` with every name once, for the most that is needed of it.
fn distinct(wanted: &[WantedColumn]) -> Vec<WantedColumn> {
    let mut all: Vec<WantedColumn> = Vec::with_capacity(wanted.len());
    for column in wanted {
        match all.iter_mut().find(|other| other.name == column.name) {
            None => all.push(column.clone()),
            Some(other) => {
                other.need = stronger(other.need, column.need);
                other.lists |= column.lists;
            }
        }
    }
    all
}

fn stronger(a: Need, b: Need) -> Need {
    match (a, b) {
        (Need::Required, _) | (_, Need::Required) => Need::Required,
        (Need::Optional, _) | (_, Need::Optional) => Need::Optional,
        (Need::Carried, Need::Carried) => Need::Carried,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
