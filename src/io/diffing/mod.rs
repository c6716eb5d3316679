//! Two policies, or two versions of one, over one book: what becomes of every record with the one and with the other.
//!
//! Each unit of the input is read once and judged by both sides. What a record comes to is a number on either side, so most
//! records only count up a pair of numbers; whether the decisions of a pair differ is worked out once.

mod kinds;
mod rows;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::children::{self, Book, ChildSpec, Effort};
use super::commit::OutputSet;
use super::output::{BatchWriter, OutputKind, OutputOptions, writer};
use super::screening::{Fault, ScreenError, wanted_columns};
use super::totals::{self, RunTotals};
use crate::input::mapping::Mapping;
use crate::input::{InputError, InputOptions, InputSpec, Progress, Unit, WantedColumn};
use crate::model::print::type_name;
use crate::model::{FieldId, Model};
use crate::screen::bind::{Binder, column_of};
use crate::screen::{Judged, Screener, Worker, in_order};
use arrow_schema::SchemaRef;
use kinds::{Differing, Kinds};
use rustc_hash::FxHashMap;

pub use kinds::{RuleChange, Telling};
pub use rows::COLUMNS;

/// A policy or several, and how the data is read for them.
pub struct Side<'a> {
    /// The policies.
    pub screener: &'a Screener,
    /// The mapping.
    pub mapping: &'a Mapping,
}

/// What is compared on what.
pub struct DiffJob<'a> {
    /// As it was.
    pub old: Side<'a>,
    /// As it is to be.
    pub new: Side<'a>,
    /// Files, folders, `-`.
    pub inputs: Vec<InputSpec>,
    /// Tables of lists that the inputs do not hold.
    pub children: Vec<ChildSpec>,
    /// Bytes of their rows kept in memory.
    pub child_memory: usize,
    /// What else is read and must not be overwritten.
    pub also_read: Vec<PathBuf>,
    /// Where changed records go.
    pub output: Option<(PathBuf, OutputKind)>,
    /// Threads that decode and screen.
    pub threads: usize,
}

/// What a comparison came to.
#[derive(Debug, Default)]
pub struct Difference {
    /// Rows read.
    pub read: u64,
    /// Rows that neither side can read.
    pub rejected: u64,
    /// Records that come to something else.
    pub changed: u64,
    /// How many records come to which verdict on which side, in the order of the sides' verdicts; `rejected` where one side
    /// cannot read them.
    pub matrix: Vec<(String, String, u64)>,
    /// Rules about which something changed, by name.
    pub rules: Vec<RuleChange>,
    /// Records that show the changes, the largest first.
    pub telling: Vec<Telling>,
}

/// Why two models cannot be compared on one book: their records differ, in words.
pub fn same_record(old: &Model, new: &Model) -> Result<(), String> {
    let fields = |model: &Model| -> BTreeMap<String, String> {
        let paths = model.field_paths().into_iter();
        paths
            .map(|(path, field)| {
                let mark = if field.optional { "?" } else { "" };
                (path, format!("{}{mark}", type_name(model, field.ty)))
            })
            .collect()
    };
    let (old, new) = (fields(old), fields(new));
    for (path, ty) in &old {
        match new.get(path) {
            None => return Err(format!("only the old one has `{path}`")),
            Some(other) if other != ty => {
                return Err(format!(
                    "`{path}` is `{ty}` in the old one and `{other}` in the new one"
                ));
            }
            Some(_) => {}
        }
    }
    match new.keys().find(|path| !old.contains_key(*path)) {
        Some(path) => Err(format!("only the new one has `{path}`")),
        None => Ok(()),
    }
}

/// Compares the sides on every record. Their records are [the same](same_record).
///
/// # Errors
/// Then nothing was written.
pub fn diff(
    job: &DiffJob<'_>,
    mut progress: impl FnMut(Progress, u64),
) -> Result<Difference, ScreenError> {
    let book = open_book(job, &mut progress)?;
    let sides = [&job.old, &job.new];
    let binders = sides.map(|side| binders(side, &book));
    let [old, new] = binders;
    let binders = [old?, new?];
    let totals = [
        run_totals(job, &job.old, &binders[0], &mut progress)?,
        run_totals(job, &job.new, &binders[1], &mut progress)?,
    ];
    let mut output = Output::start(job, &book)?;
    let mut kinds = Kinds::new(job.old.screener.model(), job.new.screener.model());
    let source = &*book.source;
    in_order(
        job.threads,
        || Ok(source.next_unit()?.map(|unit| (unit.index, unit))),
        || Thread {
            job,
            book: &book,
            binders: &binders,
            totals: [0, 1].map(|side| totals[side].as_ref().map(RunTotals::reader)),
            workers: None,
            differing: Differing::new(job.old.screener, job.new.screener),
        },
        Thread::unit,
        |done: Done| {
            output.write(&done.rows)?;
            kinds.take(done);
            progress(source.progress(), kinds.read());
            Ok(())
        },
    )?;
    output.finish()?;
    Ok(kinds.finish(job.old.screener, job.new.screener))
}

/// Opens the records with the columns that either side reads.
fn open_book(
    job: &DiffJob<'_>,
    progress: &mut impl FnMut(Progress, u64),
) -> Result<Book, InputError> {
    let model = job.old.screener.model();
    let mut fields: Vec<FieldId> = Vec::new();
    let mut wanted: Vec<WantedColumn> = Vec::new();
    for side in [&job.old, &job.new] {
        for (_, field) in side.screener.fields() {
            // The sides may declare their fields in another order.
            let mut own = model.record.fields.iter();
            let found = own.find(|(_, known)| known.name == field.name);
            fields.extend(found.map(|(id, _)| id));
        }
        for column in wanted_columns(side.screener, side.mapping) {
            if !wanted.iter().any(|known| known.name == column.name) {
                wanted.push(column);
            }
        }
    }
    fields.sort();
    fields.dedup();
    let asked = children::Asked {
        model,
        mapping: job.old.mapping,
        fields: &fields,
        wanted,
        inputs: &job.inputs,
        children: &job.children,
        options: InputOptions {
            key: column_of(model, job.old.mapping, model.record.key).map(str::to_owned),
            delimiter: job.old.mapping.delimiter,
            ..InputOptions::default()
        },
        effort: Effort {
            threads: job.threads,
            memory: job.child_memory,
        },
    };
    children::open(asked, progress)
}

fn binders(side: &Side<'_>, book: &Book) -> Result<Vec<Binder>, ScreenError> {
    let files = book.source.files().iter().enumerate();
    files
        .map(|(at, file)| {
            let binder = side.screener.binder(side.mapping, &book.source.schema(at));
            binder.map_err(|problem| ScreenError::Columns {
                file: file.name.to_string(),
                problem,
            })
        })
        .collect()
}

/// What the aggregates of a side come to, where it asks any: the records are read once for that.
fn run_totals(
    job: &DiffJob<'_>,
    side: &Side<'_>,
    binders: &[Binder],
    progress: &mut impl FnMut(Progress, u64),
) -> Result<Option<RunTotals>, ScreenError> {
    let asked = side.screener.asked_totals();
    if asked.list().is_empty() {
        return Ok(None);
    }
    let book = open_book(job, progress)?;
    let asked = totals::Asked {
        screener: side.screener,
        totals: Arc::clone(asked),
        book: &book,
        binders,
        rejected: &|_, _| false,
        effort: Effort {
            threads: job.threads,
            memory: job.child_memory,
        },
    };
    Ok(Some(totals::gather(&asked, progress)?))
}

/// Where changed records go, if anywhere.
struct Output {
    set: OutputSet,
    writer: Option<(SchemaRef, Box<dyn BatchWriter>)>,
}

impl Output {
    fn start(job: &DiffJob<'_>, book: &Book) -> Result<Output, ScreenError> {
        let files = book.source.files().iter();
        let read = files.filter_map(|file| file.path.clone());
        let mut set = OutputSet::new(read.chain(job.also_read.iter().cloned()));
        let writer = match &job.output {
            None => None,
            Some((place, kind)) => {
                set.check_places(&[place.as_path()])?;
                let sink = set.stage(place)?;
                let options = OutputOptions {
                    known_values: Vec::new(),
                };
                let key = &job.old.screener.model().record;
                let schema = rows::schema(&key.fields[key.key].name);
                let writer = writer(*kind, sink, schema.clone(), &options)?;
                Some((schema, writer))
            }
        };
        Ok(Output { set, writer })
    }

    fn write(&mut self, rows: &[rows::Changed]) -> Result<(), ScreenError> {
        if let Some((schema, writer)) = self.writer.as_mut().filter(|_| !rows.is_empty()) {
            writer.write(&rows::batch(schema, rows))?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), ScreenError> {
        if let Some((_, writer)) = self.writer {
            writer.finish()?;
        }
        Ok(self.set.commit(None)?)
    }
}

/// One thread of a comparison.
struct Thread<'a> {
    job: &'a DiffJob<'a>,
    book: &'a Book,
    binders: &'a [Vec<Binder>; 2],
    totals: [Option<totals::Reader<'a>>; 2],
    /// The file at hand, and the workers bound to its columns.
    workers: Option<(usize, [Worker<'a>; 2])>,
    differing: Differing<'a>,
}

/// What a unit came to.
#[derive(Default)]
struct Done {
    /// How many rows come to this outcome on the one side and that on the other; none: rejected.
    pairs: FxHashMap<(Option<u32>, Option<u32>), u64>,
    /// Records that come to something else, in the order of rows.
    rows: Vec<rows::Changed>,
}

impl Thread<'_> {
    fn unit(&mut self, unit: Unit) -> Result<Done, ScreenError> {
        let file = unit.file;
        let mut done = Done::default();
        for chunk in self.book.source.read_unit(unit)? {
            let chunk = chunk?;
            if self.workers.as_ref().is_none_or(|(at, _)| *at != file) {
                self.workers = Some((
                    file,
                    [
                        self.job.old.screener.worker(self.binders[0][file].clone()),
                        self.job.new.screener.worker(self.binders[1][file].clone()),
                    ],
                ));
            }
            let (_, workers) = self.workers.as_mut().expect("there are workers now");
            let mut judged: Vec<Judged> = Vec::with_capacity(2);
            for (worker, totals) in workers.iter_mut().zip(&mut self.totals) {
                if let Some(totals) = totals {
                    let rows = (0..chunk.batch.num_rows()).map(|row| chunk.rows.at(row));
                    worker.set_totals(totals.totals(file, rows)?);
                }
                let found = worker.screen(&chunk.batch, |row| chunk.rows.at(row));
                let name = &self.book.source.files()[file].name;
                judged.push(found.map_err(|found| Fault::of_chunk(*found, name, &chunk))?);
            }
            *done.pairs.entry((None, None)).or_default() += chunk.rejects.len() as u64;
            let [old, new] = [&judged[0], &judged[1]];
            let mut missing = [old, new].map(|side| side.missing.iter().peekable());
            for row in 0..chunk.batch.num_rows() {
                let number = |side: &Judged| (!side.dead[row]).then(|| side.outcomes[row]);
                let pair = (number(old), number(new));
                *done.pairs.entry(pair).or_default() += 1;
                let names = missing.each_mut().map(|side| {
                    while side.next_if(|(at, _)| (*at as usize) < row).is_some() {}
                    side.next_if(|(at, _)| *at as usize == row)
                        .map(|(_, names)| Arc::clone(names))
                });
                let lacks = names[0].as_deref() != names[1].as_deref();
                if self.differing.differs(pair) || pair.0.is_some() && pair.1.is_some() && lacks {
                    let key = workers[0].binder().key_at(&chunk.batch, row);
                    done.rows.push(rows::Changed {
                        key: key.unwrap_or_default(),
                        sides: [
                            self.differing.told(0, pair.0),
                            self.differing.told(1, pair.1),
                        ],
                        missing: names,
                    });
                }
            }
        }
        Ok(done)
    }
}
