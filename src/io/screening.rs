//! The main job: a book of records through a screener into decisions, rejects and a manifest.

mod outputs;
mod page;
mod unique;

use super::children::{self, Book, ChildNotes, ChildSpec, Effort};
use super::errors::OutputError;
use super::manifest::{
    self, ChildEntry, HashJob, HashedFile, InputEntry, Manifest, RowCounts, RuleCounts,
};
use super::output::OutputKind;
use super::totals::{self, RejectedRows, RunTotals};
use crate::input::mapping::Mapping;
use crate::input::read::Expected;
use crate::input::reject::Reject;
use crate::input::{
    BatchSource, Chunk, FileNotes, InputError, InputOptions, InputSpec, Progress, Unit,
    WantedColumn,
};
use crate::model::{FieldId, Model, Type};
use crate::screen::bind::{BindError, Binder, RowReject, column_of};
use crate::screen::{
    COLUMNS, Decider, Disagreement, Figures, Judged, Keep, Screener, Summary, Tally, Worker,
    in_order,
};
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

use outputs::Outputs;
pub use page::{Page, Told};
use unique::{Repeated, repeated_keys};

/// Which columns of the input stand before the decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carry {
    /// The key.
    Key,
    /// All of the input's.
    All,
}

/// What is screened, and where to.
pub struct Job<'a> {
    /// The policy.
    pub screener: &'a Screener,
    /// How the data is read.
    pub mapping: &'a Mapping,
    /// Files, folders, `-`.
    pub inputs: Vec<InputSpec>,
    /// Tables of lists that the inputs do not hold.
    pub children: Vec<ChildSpec>,
    /// Bytes of their rows kept in memory; the rest goes to temporary files.
    pub child_memory: usize,
    /// What else is read and must not be overwritten: policy files, the mapping.
    pub also_read: Vec<PathBuf>,
    /// Where decisions go; `-` is standard output.
    pub output: PathBuf,
    /// Their format.
    pub kind: OutputKind,
    /// Which records are kept.
    pub keep: Keep,
    /// Which columns stand before the decisions.
    pub carry: Carry,
    /// Where rejects go; made only where there are any.
    pub rejects: Option<PathBuf>,
    /// A page about the run; then the screener counts [for it](Screener::for_report).
    pub page: Option<Page>,
    /// More rejects than this stop the run.
    pub max_rejects: Option<u64>,
    /// Rows whose key an earlier row has are rejected; inputs are read twice.
    pub unique_keys: bool,
    /// Threads that decode and screen.
    pub threads: usize,
}

impl Job<'_> {
    /// Where the manifest goes: beside the output, where that is a file.
    fn manifest(&self) -> Option<PathBuf> {
        (self.output != Path::new("-")).then(|| manifest::manifest_path(&self.output))
    }
}

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    /// The counts.
    pub summary: Summary,
    /// The files read and what is to be said about each.
    pub inputs: Vec<(Arc<str>, FileNotes)>,
    /// The child tables and what they came to.
    pub children: Vec<ChildNotes>,
    /// Child tables of lists that no rule reads, as list and file.
    pub unread: Vec<(String, String)>,
    /// Decision rows written.
    pub kept: u64,
    /// Where rejects were written.
    pub rejects: Option<PathBuf>,
    /// Where the page about the run was written.
    pub page: Option<PathBuf>,
    /// Where the manifest was written.
    pub manifest: Option<PathBuf>,
    /// How rejected rows were taken into aggregates, where the policies ask any.
    pub aggregates: Option<RejectedRows>,
}

impl Report {
    /// Records and child rows that were rejected.
    pub fn rejected(&self) -> u64 {
        let orphans = self.children.iter().map(|table| table.orphans);
        self.summary.rejected + orphans.sum::<u64>()
    }
}

/// Why a run wrote nothing.
#[derive(Debug, Error)]
pub enum ScreenError {
    /// The input as a whole.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The output.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Columns that cannot be read as the record.
    #[error("{file}: {problem}")]
    Columns {
        /// The file.
        file: String,
        /// What is wrong.
        problem: BindError,
    },
    /// A carried column that cannot be written.
    #[error("the input's columns cannot be copied to the output: {0}")]
    Carried(ArrowError),
    /// A carried column that is called like a decision's.
    #[error(
        "the input has a column `{0}`, which is also a column of the decisions\n  help: leave out `--columns all`, or name the input's column otherwise"
    )]
    Clash(String),
    /// More rejects than `--max-rejects`.
    #[error("more rows were rejected than `--max-rejects {most}` allows; the first: {first}")]
    TooManyRejects {
        /// The bound.
        most: u64,
        /// The first reject, in words.
        first: String,
    },
    /// A fault of ours.
    #[error("{}", .0.found)]
    Fault(Box<Fault>),
}

/// Two engines that disagree, and the record that shows it.
#[derive(Debug)]
pub struct Fault {
    /// What they say.
    pub found: Disagreement,
    /// The record; none where they disagree before one is read.
    pub row: Option<FaultRow>,
}

/// One row of an input.
#[derive(Debug)]
pub struct FaultRow {
    /// The file.
    pub file: Arc<str>,
    /// Its position in the file, from 1.
    pub row: u64,
    /// What was read of it.
    pub record: RecordBatch,
}

impl From<Disagreement> for ScreenError {
    fn from(found: Disagreement) -> Self {
        ScreenError::Fault(Box::new(Fault { found, row: None }))
    }
}

impl Fault {
    /// What was found on a row of a chunk.
    pub(super) fn of_chunk(found: Disagreement, file: &Arc<str>, chunk: &Chunk) -> ScreenError {
        let row = found.row.map(|row| FaultRow {
            file: Arc::clone(file),
            row: chunk.rows.at(row),
            record: chunk.batch.slice(row, 1),
        });
        ScreenError::Fault(Box::new(Fault { found, row }))
    }
}

/// Runs a job; `progress` hears after every unit how far reading has come and how many rows were seen.
///
/// # Errors
/// Then nothing was written.
pub fn screen(
    job: &Job<'_>,
    facts: Facts,
    mut progress: impl FnMut(Progress, u64),
) -> Result<Report, ScreenError> {
    let book = open_book(job, &mut progress)?;
    let source = &*book.source;
    let binders = binders(job, source)?;
    let carried = carried(job, &book, &binders)?;
    let decider = Decider::new(job.screener, job.keep, carried);
    let paths: Vec<PathBuf> = source
        .files()
        .iter()
        .filter_map(|file| file.path.clone())
        .collect();
    let children = book.notes().into_iter().map(|notes| notes.path);
    let paths: Vec<PathBuf> = paths.into_iter().chain(children).collect();
    let mut outputs = Outputs::start(job, &decider, &paths)?;
    let hashes = HashJob::start(paths);
    let repeated = match job.unique_keys {
        true => repeated_keys(job, &mut progress)?,
        false => Repeated::default(),
    };
    let totals = run_totals(job, &binders, &repeated, &mut progress)?;
    let mut tally = Tally::default();
    let mut figures = Figures::default();
    in_order(
        job.threads,
        || Ok(source.next_unit()?.map(|unit| (unit.index, unit))),
        || Thread {
            job,
            book: &book,
            binders: &binders,
            decider: &decider,
            repeated: &repeated,
            totals: totals.as_ref().map(RunTotals::reader),
            worker: None,
        },
        Thread::unit,
        |done: Done| {
            tally.merge(&done.tally);
            outputs.write(job, &done)?;
            if job.page.is_some() {
                done.rejects
                    .iter()
                    .for_each(|reject| figures.add_reject(reject));
                figures.merge(done.figures);
            }
            progress(source.progress(), tally.rows());
            Ok(())
        },
    )?;
    book.each_orphan(|reject| {
        figures.add_reject(&reject);
        outputs.reject(job, &reject)
    })?;
    let aggregates = totals.map(|totals| totals.rejected);
    finish(
        job,
        &book,
        (&tally, &figures, aggregates),
        outputs,
        hashes,
        facts,
    )
}

/// What the aggregates that the policies ask come to for every record, where they ask any: the records are read once for that.
fn run_totals(
    job: &Job<'_>,
    binders: &[Binder],
    repeated: &Repeated,
    progress: &mut impl FnMut(Progress, u64),
) -> Result<Option<RunTotals>, ScreenError> {
    let asked = job.screener.asked_totals();
    if asked.list().is_empty() {
        return Ok(None);
    }
    let book = open_book(job, progress)?;
    let asked = totals::Asked {
        screener: job.screener,
        totals: Arc::clone(asked),
        book: &book,
        binders,
        rejected: &|file, row| repeated.contains(file, row),
        effort: Effort {
            threads: job.threads,
            memory: job.child_memory,
        },
    };
    Ok(Some(totals::gather(&asked, progress)?))
}

/// Opens the records of a job, with their child tables.
fn open_book(job: &Job<'_>, progress: &mut impl FnMut(Progress, u64)) -> Result<Book, InputError> {
    let model = job.screener.model();
    let fields: Vec<FieldId> = job.screener.fields().iter().map(|(id, _)| *id).collect();
    let asked = children::Asked {
        model,
        mapping: job.mapping,
        fields: &fields,
        wanted: wanted_columns(job.screener, job.mapping),
        inputs: &job.inputs,
        children: &job.children,
        options: InputOptions {
            key: column_of(model, job.mapping, model.record.key).map(str::to_owned),
            carry_all: job.carry == Carry::All,
            delimiter: job.mapping.delimiter,
            ..InputOptions::default()
        },
        effort: Effort {
            threads: job.threads,
            memory: job.child_memory,
        },
    };
    children::open(asked, progress)
}

/// What the manifest says besides what the run finds out.
pub struct Facts {
    /// Every policy file and its hash.
    pub policies: Vec<HashedFile>,
    /// The files that their lists are read from.
    pub data: Vec<HashedFile>,
    /// The mapping file.
    pub mapping: Option<HashedFile>,
    /// Options as given.
    pub options: serde_json::Map<String, serde_json::Value>,
    /// The engine asked for.
    pub engine: String,
}

/// The columns that are read, in the order of the fields they hold. A file must have them all: a column that is not
/// there may be one that is called otherwise, and only the mapping says that the data has none.
pub fn wanted_columns(screener: &Screener, mapping: &Mapping) -> Vec<WantedColumn> {
    let mut wanted: Vec<WantedColumn> = Vec::new();
    for (id, field) in screener.fields() {
        let Some(name) = column_of(screener.model(), mapping, id) else {
            continue;
        };
        let is_list = matches!(field.ty, Type::List(_));
        let column = WantedColumn::required(name)
            .holding(field.name.as_ref(), field.optional)
            .of_lists(is_list);
        // Two fields may be read from one column.
        match wanted.iter_mut().find(|known| known.name == name) {
            Some(known) if !field.optional => *known = column,
            Some(_) => {}
            None => wanted.push(column),
        }
    }
    wanted
}

fn binders(job: &Job<'_>, source: &dyn BatchSource) -> Result<Vec<Binder>, ScreenError> {
    let files = source.files().iter().enumerate();
    files
        .map(|(at, file)| {
            job.screener
                .binder(job.mapping, &source.schema(at))
                .map_err(|problem| ScreenError::Columns {
                    file: file.name.to_string(),
                    problem,
                })
        })
        .collect()
}

/// The input's columns that are written, with their place in batches.
fn carried(
    job: &Job<'_>,
    book: &Book,
    binders: &[Binder],
) -> Result<Vec<(usize, Field)>, ScreenError> {
    let model = job.screener.model();
    let key = &model.record.fields[model.record.key];
    let schema: Arc<Schema> = book.source.schema(0);
    let fields = match job.carry {
        Carry::Key => {
            let at = binders.first().and_then(Binder::key_column);
            let at = at.expect("internal error: an input without a key");
            vec![(at, Field::new(key.name.as_ref(), DataType::Utf8, false))]
        }
        Carry::All => {
            let plain = |field: &Field| match field.data_type() {
                DataType::Dictionary(_, values) => (**values).clone(),
                other => other.clone(),
            };
            let fields = schema.fields().iter().enumerate();
            fields
                .filter(|(_, field)| !book.is_joined(field.name()))
                .map(|(at, field)| (at, Field::new(field.name(), plain(field), true)))
                .collect()
        }
    };
    match fields
        .iter()
        .find(|(_, field)| COLUMNS.contains(&field.name().as_str()))
    {
        Some((_, field)) => Err(ScreenError::Clash(field.name().clone())),
        None => Ok(fields),
    }
}

/// One thread of a run.
struct Thread<'a> {
    job: &'a Job<'a>,
    book: &'a Book,
    binders: &'a [Binder],
    decider: &'a Decider<'a>,
    repeated: &'a Repeated,
    totals: Option<totals::Reader<'a>>,
    /// The file at hand, and the worker bound to its columns.
    worker: Option<(usize, Worker<'a>)>,
}

/// What a unit came to.
struct Done {
    decisions: Vec<RecordBatch>,
    rejects: Vec<Reject>,
    tally: Tally,
    figures: Figures,
}

impl Thread<'_> {
    fn unit(&mut self, unit: Unit) -> Result<Done, ScreenError> {
        let file = unit.file;
        let mut done = Done {
            decisions: Vec::new(),
            rejects: Vec::new(),
            tally: Tally::default(),
            figures: Figures::default(),
        };
        for chunk in self.book.source.read_unit(unit)? {
            self.chunk(file, chunk?, &mut done)?;
        }
        Ok(done)
    }

    fn chunk(&mut self, file: usize, chunk: Chunk, done: &mut Done) -> Result<(), ScreenError> {
        if self.worker.as_ref().is_none_or(|(at, _)| *at != file) {
            self.worker = Some((file, self.job.screener.worker(self.binders[file].clone())));
        }
        let (_, worker) = self.worker.as_mut().expect("there is a worker now");
        if let Some(totals) = &mut self.totals {
            let rows = (0..chunk.batch.num_rows()).map(|row| chunk.rows.at(row));
            worker.set_totals(totals.totals(file, rows)?);
        }
        let mut judged = worker
            .screen(&chunk.batch, |row| chunk.rows.at(row))
            .map_err(|found| {
                Fault::of_chunk(*found, &self.book.source.files()[file].name, &chunk)
            })?;
        if !self.repeated.is_empty() {
            let key = self.job.screener.model().record.key;
            reject_repeated(self.repeated, file, &chunk, worker, key, &mut judged);
        }
        done.tally.add(&judged);
        done.tally.add_rejected(chunk.rejects.len() as u64);
        if self.job.page.is_some() {
            let name = &self.book.source.files()[file].name;
            let screener = self.job.screener;
            done.figures.add(screener, worker, (name, &chunk), &judged);
        }
        let decisions = self
            .decider
            .decide(worker, &chunk.batch, &judged)
            .map_err(ScreenError::Carried)?;
        if decisions.num_rows() > 0 {
            done.decisions.push(decisions);
        }
        let model = self.job.screener.model();
        let name = &self.book.source.files()[file].name;
        let mut rejects = chunk.rejects.clone();
        for reject in &judged.rejects {
            let key = worker.binder().key_at(&chunk.batch, reject.row);
            rejects.push(unreadable_row(self.book, model, name, &chunk, reject).key(key));
        }
        rejects.sort_by_key(|reject| reject.row);
        done.rejects.append(&mut rejects);
        Ok(())
    }
}

/// A row of a chunk of the file called `name` that cannot be read, as a reject without its key.
pub fn unreadable_row(
    book: &Book,
    model: &Model,
    name: &Arc<str>,
    chunk: &Chunk,
    reject: &RowReject,
) -> Reject {
    let field = &model.record.fields[reject.field].name;
    let line = chunk.lines.as_ref().map(|lines| lines.at(reject.row));
    let row = (&chunk.batch, reject.row);
    let expected = book.expected(row, field, &reject.expected);
    Reject::new(
        name.clone(),
        chunk.rows.at(reject.row),
        line,
        &reject.found,
        expected,
    )
    .field(reject.expected.name_in(field))
}

/// Makes rejects of the rows whose key an earlier row has.
fn reject_repeated(
    repeated: &Repeated,
    file: usize,
    chunk: &Chunk,
    worker: &Worker<'_>,
    key: FieldId,
    judged: &mut Judged,
) {
    for row in 0..judged.dead.len() {
        if judged.dead[row] || !repeated.contains(file, chunk.rows.at(row)) {
            continue;
        }
        judged.dead[row] = true;
        judged.rejects.push(RowReject {
            row,
            field: key,
            found: worker
                .binder()
                .key_at(&chunk.batch, row)
                .unwrap_or_default(),
            expected: Expected::unrepeated_key(),
        });
    }
    let dead = &judged.dead;
    judged.missing.retain(|(row, _)| !dead[*row as usize]);
}

fn finish(
    job: &Job<'_>,
    book: &Book,
    (tally, figures, aggregates): (&Tally, &Figures, Option<RejectedRows>),
    mut outputs: Outputs,
    hashes: HashJob,
    facts: Facts,
) -> Result<Report, ScreenError> {
    let summary = tally.summary(job.screener);
    outputs.writer.finish()?;
    let has_rejects = outputs.rejects.is_some();
    if let Some(rejects) = outputs.rejects {
        rejects.finish()?;
    }
    let (kept, sha256) = outputs.digest.finish();
    let source = &*book.source;
    let children = book.notes();
    let notes = source.notes();
    let names: Vec<Arc<str>> = source
        .files()
        .iter()
        .map(|file| file.name.clone())
        .collect();
    let (hashes, child_hashes) = hashed_inputs(source, hashes)?;
    let (used, because) = job.screener.engine();
    let manifest = Manifest {
        interdict: env!("CARGO_PKG_VERSION").to_owned(),
        engine: manifest::Engine {
            asked: facts.engine,
            used: used.to_owned(),
            because: because.unwrap_or("as asked").to_owned(),
        },
        time_zone_database: crate::domain::Zone::database_version(),
        policies: facts.policies,
        data: facts.data,
        mapping: facts.mapping,
        inputs: hashes
            .into_iter()
            .zip(notes.iter().cloned())
            .map(|(file, notes)| InputEntry::new(file, notes))
            .collect(),
        children: child_hashes
            .into_iter()
            .zip(children.iter().cloned())
            .map(|(file, notes)| ChildEntry::new(file, notes))
            .collect(),
        options: facts.options,
        rows: RowCounts {
            read: summary.screened + summary.rejected,
            screened: summary.screened,
            rejected: summary.rejected,
        },
        verdicts: summary
            .verdicts
            .iter()
            .map(|(name, count)| (name.clone(), (*count).into()))
            .collect(),
        rules: summary.rules.iter().map(rule_counts).collect(),
        aggregates,
        decisions: manifest::Decisions { rows: kept, sha256 },
    };
    if let Some(page) = &job.page {
        let told = Told {
            screener: job.screener,
            manifest: &manifest,
            summary: &summary,
            figures,
        };
        page.write(&told, &mut outputs.set)?;
    }
    let place = job.manifest();
    let bytes = manifest.to_json();
    outputs
        .set
        .commit(place.as_deref().map(|place| (place, bytes.as_slice())))?;
    Ok(Report {
        summary,
        inputs: names.into_iter().zip(notes).collect(),
        children,
        unread: book.unread.clone(),
        kept,
        rejects: job.rejects.clone().filter(|_| has_rejects),
        page: job.page.as_ref().map(|page| page.place.clone()),
        manifest: place,
        aggregates,
    })
}

fn rule_counts(rule: &crate::screen::RuleCount) -> RuleCounts {
    RuleCounts {
        rule: rule.rule.clone(),
        applies: rule.applies,
        unknown: rule.open,
        stopped: rule.stopped,
    }
}

/// The hashes of all inputs, in their order, and those of the child tables.
fn hashed_inputs(
    source: &dyn BatchSource,
    hashes: HashJob,
) -> Result<(Vec<HashedFile>, Vec<HashedFile>), InputError> {
    let mut of_files = hashes.finish()?.into_iter();
    let of = |file: &crate::input::InputFile| match &file.path {
        Some(_) => of_files.next().expect("every file is hashed"),
        None => HashedFile {
            file: file.name.to_string(),
            sha256: source.standard_input_sha256().unwrap_or_default(),
        },
    };
    let inputs = source.files().iter().map(of).collect();
    Ok((inputs, of_files.collect()))
}

#[cfg(test)]
mod tests;
