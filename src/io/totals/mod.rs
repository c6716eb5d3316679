//! Aggregates over the records of a run, worked out before any record is judged.
//!
//! In: all records, read once for this alone. Out: for each what the aggregates asked come to. [`crate::reference::all_totals`]
//! says what that is, comparing every record with every other; here each record gives what it has at the addresses ([`keys`])
//! at which those who ask may find it. What is added up there may come in any order, so results depend neither on threads nor
//! on what goes through temporary files; what stays in memory is bounded, whatever the keys.

mod asking;
mod entry;
mod join;
mod keys;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use super::children::{Book, Effort};
use super::spool::Spool;
use crate::input::errors::io_failed;
use crate::input::{InputError, Progress, Unit};
use crate::model::Model;
use crate::reference::{
    AskedTotals, Contribution, Record, Totals, as_of_days, contribution, of_unreadable, total_keys,
};
use crate::screen::bind::{Binder, Bound};
use crate::screen::{Screener, in_order};
use asking::Asking;
use entry::take;
use join::{BUCKET_ROWS, Dealer, Part, Plan};
use keys::{Key, Shapes};
use tally::Tally;

/// What the aggregates of a run come to, by record.
pub struct RunTotals {
    asked: Arc<AskedTotals>,
    plans: Vec<Plan>,
    /// For each file the number of its first record.
    bases: Vec<u64>,
    results: Spool,
    /// Rejected rows, of which no more counts than can be read.
    pub rejected: RejectedRows,
}

/// How rejected rows were taken into aggregates: each is a record that there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RejectedRows {
    /// Those of which some fields can be read: they count with what they have, and the rest is missing.
    #[serde(rename = "rejected_in_part")]
    pub in_part: u64,
    /// Those of which nothing can be read: they may belong to any group.
    #[serde(rename = "rejected_unreadable")]
    pub unreadable: u64,
}

/// What is read for it.
pub struct Asked<'a> {
    /// The policies.
    pub screener: &'a Screener,
    /// The aggregates.
    pub totals: Arc<AskedTotals>,
    /// The records.
    pub book: &'a Book,
    /// How those of each file are read.
    pub binders: &'a [Binder],
    /// Rows of a file that are rejected although they can be read.
    pub rejected: &'a (dyn Fn(usize, u64) -> bool + Sync),
    /// How the work is done.
    pub effort: Effort,
}

fn spilling(error: std::io::Error) -> InputError {
    io_failed("the aggregates", "keeping them in a temporary file", error)
}

/// Reads all records and works the aggregates out. `progress` hears how far reading has come.
///
/// # Errors
/// Where a file cannot be read, or a temporary one not be written.
pub fn gather(
    asked: &Asked<'_>,
    mut progress: impl FnMut(Progress, u64),
) -> Result<RunTotals, InputError> {
    let source = &*asked.book.source;
    let mut gathered = Gathered::new(asked, source.files().len());
    let asking = Asking::of(asked.screener.model(), &asked.totals);
    in_order(
        asked.effort.threads,
        || Ok::<_, InputError>(source.next_unit()?.map(|unit| (unit.index, unit))),
        || Thread {
            asked,
            asking: &asking,
            binder: None,
            bound: Bound::default(),
        },
        Thread::unit,
        |given: Given| {
            gathered.add(&given).map_err(spilling)?;
            progress(source.progress(), gathered.seen);
            Ok(())
        },
    )?;
    gathered.finish().map_err(spilling)
}

/// One thread that reads.
struct Thread<'a> {
    asked: &'a Asked<'a>,
    asking: &'a Asking,
    /// The file at hand, and how it is read.
    binder: Option<(usize, Binder)>,
    bound: Bound,
}

/// What the records of one unit give.
struct Given {
    file: usize,
    rows: u64,
    /// The last position in the unit.
    last: u64,
    /// For each record its position in the file and the bytes of its parts.
    parts: Vec<(u64, Vec<u8>)>,
    shapes: Vec<Shapes>,
    rejected: RejectedRows,
}

impl Thread<'_> {
    fn unit(&mut self, unit: Unit) -> Result<Given, InputError> {
        let asked = self.asked;
        let mut given = Given {
            file: unit.file,
            rows: 0,
            last: 0,
            parts: Vec::new(),
            shapes: vec![Shapes::default(); asked.totals.list().len()],
            rejected: RejectedRows::default(),
        };
        if self.binder.as_ref().is_none_or(|(at, _)| *at != unit.file) {
            self.binder = Some((unit.file, asked.binders[unit.file].clone()));
        }
        let nothing = Record::empty(asked.screener.model());
        let (file, binder) = self.binder.as_mut().expect("there is a binder now");
        for chunk in asked.book.source.read_unit(unit)? {
            let chunk = chunk?;
            binder.bind_into(&chunk.batch, &mut self.bound);
            for (row, dead) in self.bound.dead.iter().enumerate() {
                let position = chunk.rows.at(row);
                given.last = given.last.max(position);
                let is_rejected = *dead || (asked.rejected)(*file, position);
                let record = Record {
                    values: binder
                        .values_at(&chunk.batch, row, |field| self.asking.fields[field.index()]),
                    totals: Totals::default(),
                };
                let taken = match is_rejected {
                    true => Taken::InPart(&record),
                    false => Taken::Whole(&record),
                };
                given.record(asked, self.asking, taken, position);
            }
            for reject in &chunk.rejects {
                given.last = given.last.max(reject.row);
                given.record(asked, self.asking, Taken::Unreadable(&nothing), reject.row);
            }
            given.rows += (chunk.batch.num_rows() + chunk.rejects.len()) as u64;
        }
        Ok(given)
    }
}

/// A row as it is taken in.
#[derive(Clone, Copy)]
enum Taken<'r> {
    /// A record.
    Whole(&'r Record),
    /// A rejected row, and what can be read of it.
    InPart(&'r Record),
    /// A rejected row of which nothing can be read.
    Unreadable(&'r Record),
}

impl Given {
    /// Takes a record in, unless it neither gives nor asks anything. A rejected one asks nothing, and may give what it has.
    fn record(&mut self, asked: &Asked<'_>, asking: &Asking, taken: Taken<'_>, position: u64) {
        let (record, is_rejected) = match taken {
            Taken::Whole(record) => (record, false),
            Taken::InPart(record) => {
                self.rejected.in_part += 1;
                (record, true)
            }
            Taken::Unreadable(nothing) => {
                self.rejected.unreadable += 1;
                (nothing, true)
            }
        };
        let model: &Model = asked.screener.model();
        let days = as_of_days(model, record, asked.screener.as_of());
        let days = days.as_deref();
        let asks = match (is_rejected, days) {
            (true, _) => false,
            (false, Some(days)) => asking.asks(model, record, days),
            (false, None) => unreachable!("internal error: a record without an as-of day"),
        };
        let all = asked.totals.list().iter().map(|asked| match days {
            Some(days) if is_rejected => contribution(model, asked, record, days).of_rejected(),
            Some(days) => contribution(model, asked, record, days),
            None => of_unreadable(model, asked, record),
        });
        let all: Vec<Contribution> = all.collect();
        if !asks && all.iter().all(|given| given.counts.is_false()) {
            return;
        }
        let mut bytes = vec![asks.into()];
        let places = asked.totals.list().iter().zip(&mut self.shapes);
        for ((asked, shapes), given) in places.zip(all) {
            let keys = total_keys(model, &model.totals[asked.total], record);
            let keys: Vec<Key> = keys.iter().map(|key| Key::of(key.as_ref())).collect();
            shapes.note(&keys);
            let part = Part {
                day: days.map(|days| days[asked.policy.index()]),
                keys,
                given,
            };
            part.push(&mut bytes);
        }
        self.parts.push((position, bytes));
    }
}

/// What all records give, in their order.
struct Gathered {
    totals: Arc<AskedTotals>,
    plans: Vec<Plan>,
    shapes: Vec<Shapes>,
    memory: usize,
    parts: Spool,
    bases: Vec<u64>,
    file: usize,
    records: u64,
    seen: u64,
    rejected: RejectedRows,
}

impl Gathered {
    fn new(asked: &Asked<'_>, files: usize) -> Gathered {
        Gathered {
            totals: Arc::clone(&asked.totals),
            rejected: RejectedRows::default(),
            plans: Plan::all(asked.screener.model(), &asked.totals),
            shapes: vec![Shapes::default(); asked.totals.list().len()],
            memory: asked.effort.memory,
            parts: Spool::new(asked.effort.memory / 4),
            bases: vec![0; files],
            file: 0,
            records: 0,
            seen: 0,
        }
    }

    fn add(&mut self, given: &Given) -> std::io::Result<()> {
        if given.file != self.file {
            self.bases[self.file + 1..=given.file].fill(self.records);
            self.file = given.file;
        }
        let base = self.bases[given.file];
        self.seen += given.rows;
        self.rejected.in_part += given.rejected.in_part;
        self.rejected.unreadable += given.rejected.unreadable;
        self.records = self.records.max(base + given.last);
        for (mine, more) in self.shapes.iter_mut().zip(&given.shapes) {
            mine.take_in(more);
        }
        for (position, bytes) in &given.parts {
            let number = base + position - 1;
            self.parts.add(0, &[&number.to_le_bytes(), bytes])?;
        }
        Ok(())
    }

    fn finish(self) -> std::io::Result<RunTotals> {
        let mut dealer = Dealer::new(&self.plans, &self.shapes, self.memory / 4 * 3);
        self.parts.each_page(0, |page| dealer.deal(page))?;
        drop(self.parts);
        let results = dealer.join()?;
        Ok(RunTotals {
            rejected: self.rejected,
            asked: self.totals,
            plans: self.plans,
            bases: self.bases,
            results,
        })
    }
}

/// A reader of what was worked out; each thread has its own.
pub struct Reader<'a> {
    run: &'a RunTotals,
    /// The bucket at hand: for each record a tally for each aggregate.
    bucket: Option<(u64, HashMap<u64, Vec<Tally>>)>,
}

impl RunTotals {
    /// A reader for one thread.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            run: self,
            bucket: None,
        }
    }

    fn load(&self, bucket: u64) -> std::io::Result<HashMap<u64, Vec<Tally>>> {
        let mut found: HashMap<u64, Vec<Tally>> = HashMap::new();
        self.results.each_page(bucket as usize, |mut page| {
            while !page.is_empty() {
                let number = u64::from_le_bytes(take(&mut page));
                let at = usize::from(u16::from_le_bytes(take(&mut page)));
                let tally = Tally::take(self.plans[at].way, &mut page);
                let of_record = found.entry(number).or_insert_with(|| {
                    let plans = self.plans.iter();
                    plans.map(|plan| Tally::nothing(plan.way)).collect()
                });
                of_record[at].add(&tally);
            }
            Ok::<_, std::io::Error>(())
        })?;
        Ok(found)
    }
}

impl Reader<'_> {
    /// What the aggregates come to for rows of a file, by their positions from 1; nothing is known of those for rows that were
    /// no records.
    ///
    /// # Errors
    /// Where a temporary file cannot be read.
    pub fn totals(
        &mut self,
        file: usize,
        positions: impl Iterator<Item = u64>,
    ) -> Result<Vec<Totals>, InputError> {
        let base = self.run.bases[file];
        let mut all = Vec::new();
        for position in positions {
            let number = base + position - 1;
            let bucket = number / BUCKET_ROWS;
            if self.bucket.as_ref().is_none_or(|(at, _)| *at != bucket) {
                self.bucket = Some((bucket, self.run.load(bucket).map_err(spilling)?));
            }
            let (_, found) = self.bucket.as_ref().expect("it was just read");
            all.push(match found.get(&number) {
                None => Totals::default(),
                Some(tallies) => {
                    let values = tallies.iter().zip(&self.run.plans);
                    let values = values.map(|(tally, plan)| tally.value(plan.way));
                    Totals::new(Arc::clone(&self.run.asked), values.collect())
                }
            });
        }
        Ok(all)
    }
}
