//! Records brought to those who ask for them: dealt by address, added up there, and dealt again by who asked.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use super::entry::{
    push_bytes, push_interval, push_option, take, take_byte, take_bytes, take_interval, take_option,
};
use super::keys::{Key, Question, Shapes, lacking};
use super::tally::{Tally, Way};
use crate::domain::Day;
use crate::domain::Truth;
use crate::io::spool::Spool;
use crate::model::{Model, TotalPeriod};
use crate::reference::{AskedTotals, Contribution};

/// Parts into which addresses are dealt.
const PARTITIONS: u64 = 512;
/// Records whose results share a bucket.
pub(super) const BUCKET_ROWS: u64 = 1 << 13;

/// Stands for a day that is not known: before all days.
const ANY_DAY: i32 = i32::MIN;

/// What one record has of one aggregate.
pub(super) struct Part {
    /// Its as-of day; a rejected row may have none that can be read.
    pub day: Option<Day>,
    pub keys: Vec<Key>,
    pub given: Contribution,
}

impl Part {
    pub fn push(&self, out: &mut Vec<u8>) {
        let day = self.day.map_or(ANY_DAY, |day| day.0);
        out.extend(day.to_le_bytes());
        out.push(self.keys.len() as u8);
        self.keys.iter().for_each(|key| key.push(out));
        push_given(&self.given, out);
    }

    fn take(from: &mut &[u8]) -> Part {
        let day = i32::from_le_bytes(take(from));
        let day = (day != ANY_DAY).then_some(Day(day));
        let count = take_byte(from);
        let keys = (0..count).map(|_| Key::take(from)).collect();
        let given = take_given(from);
        Part { day, keys, given }
    }
}

fn push_given(given: &Contribution, out: &mut Vec<u8>) {
    out.push(match given.counts {
        Truth::False => 0,
        Truth::Unknown => 1,
        Truth::True => 2,
    });
    push_option(given.value.as_ref(), out, push_interval);
}

fn take_given(from: &mut &[u8]) -> Contribution {
    let counts = match take_byte(from) {
        0 => Truth::False,
        1 => Truth::Unknown,
        _ => Truth::True,
    };
    Contribution {
        counts,
        value: take_option(from, take_interval),
    }
}

/// How one aggregate is worked out.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub way: Way,
    period: Option<TotalPeriod>,
}

impl Plan {
    pub fn all(model: &Model, asked: &AskedTotals) -> Vec<Plan> {
        let plan = |total: &crate::model::Total| Plan {
            way: Way::of(&total.kind),
            period: total.period,
        };
        let asked = asked.list().iter();
        asked
            .map(|asked| plan(&model.totals[asked.total]))
            .collect()
    }

    /// What records of one address are told apart by: a day, a year, or nothing.
    fn day(&self, day: Option<Day>) -> i32 {
        match (self.period, day) {
            (None, _) => 0,
            (Some(_), None) => ANY_DAY,
            (Some(TotalPeriod::CalendarYear), Some(day)) => day.year(),
            (Some(TotalPeriod::LastDays(_)), Some(day)) => day.0,
        }
    }

    /// The first day, or the year, whose records count for one of `day`.
    fn since(&self, day: i32) -> i32 {
        match self.period {
            Some(TotalPeriod::LastDays(days)) => {
                let back = i32::try_from(days).unwrap_or(i32::MAX) - 1;
                day.saturating_sub(back)
            }
            None | Some(TotalPeriod::CalendarYear) => day,
        }
    }
}

/// Deals the parts of all records by address. `parts` are entries: a record's number, whether it asks, then its parts.
pub(super) struct Dealer<'a> {
    pub plans: &'a [Plan],
    pub shapes: &'a [Shapes],
    /// By address: what is given there and who asks there.
    pub rows: Spool,
    /// By record: what is to be brought together for it.
    pub results: Spool,
    bytes: Vec<u8>,
}

impl<'a> Dealer<'a> {
    pub fn new(plans: &'a [Plan], shapes: &'a [Shapes], memory: usize) -> Dealer<'a> {
        Dealer {
            plans,
            shapes,
            rows: Spool::new(memory / 2),
            results: Spool::new(memory / 2),
            bytes: Vec::new(),
        }
    }

    /// Deals the records in a stretch of bytes.
    pub fn deal(&mut self, mut from: &[u8]) -> io::Result<()> {
        while !from.is_empty() {
            let number = u64::from_le_bytes(take(&mut from));
            let asks = take_byte(&mut from) == 1;
            for at in 0..self.plans.len() {
                let part = Part::take(&mut from);
                self.part(at, (number, asks), &part)?;
            }
        }
        Ok(())
    }

    fn part(&mut self, at: usize, (number, asks): (u64, bool), part: &Part) -> io::Result<()> {
        let (plan, shapes) = (&self.plans[at], &self.shapes[at]);
        let day = plan.day(part.day);
        if !part.given.counts.is_false() {
            for address in shapes.given(&part.keys) {
                let mut row = vec![0];
                row.extend(day.to_le_bytes());
                push_given(&part.given, &mut row);
                self.row(at, &address, &row)?;
            }
        }
        if !asks {
            return Ok(());
        }
        let own = self.own(plan, part);
        add_result(&mut self.results, number, at, &own)?;
        for question in shapes.asked(&part.keys) {
            let mut row = vec![1];
            row.extend(day.to_le_bytes());
            row.extend(number.to_le_bytes());
            row.push(question.certain.into());
            row.push(question.to_blame.into());
            row.extend(question.coarse.to_le_bytes());
            self.row(at, &question.address, &row)?;
        }
        Ok(())
    }

    /// What a record's own part changes for itself: it belongs to its group whatever it lacks, and is no other record.
    fn own(&self, plan: &Plan, part: &Part) -> Tally {
        let given = &part.given;
        if given.counts.is_false() {
            return Tally::nothing(plan.way);
        }
        let mut own = match lacking(&part.keys) {
            0 => Tally::nothing(plan.way),
            _ => Tally::of_oneself(plan.way, given),
        };
        own.forgive(given);
        own
    }

    fn row(&mut self, at: usize, address: &[u8], row: &[u8]) -> io::Result<()> {
        self.bytes.clear();
        self.bytes.extend((at as u16).to_le_bytes());
        self.bytes.extend(address);
        let mut hasher = DefaultHasher::new();
        self.bytes.hash(&mut hasher);
        let partition = (hasher.finish() % PARTITIONS) as usize;
        let mut entry = Vec::new();
        push_bytes(&self.bytes, &mut entry);
        self.rows.add(partition, &[&entry, row])
    }

    /// Answers everyone; gives the results by record.
    pub fn join(mut self) -> io::Result<Spool> {
        for partition in 0..self.rows.buckets() {
            let mut cells = self.cells(partition)?;
            let (plans, results) = (self.plans, &mut self.results);
            self.rows
                .each_page(partition, |page| answer(plans, page, &mut cells, results))?;
            self.rows.forget(partition);
        }
        Ok(self.results)
    }

    /// What is given at each address of a partition.
    fn cells(&self, partition: usize) -> io::Result<HashMap<Vec<u8>, Cell>> {
        let mut cells: HashMap<Vec<u8>, Cell> = HashMap::new();
        self.rows.each_page(partition, |mut page| {
            while !page.is_empty() {
                let (address, row) = Row::take(&mut page);
                if let Row::Given { day, given } = row {
                    let way = self.plans[place_of(address)].way;
                    match cells.get_mut(address) {
                        Some(cell) => cell.add(way, day, &given),
                        None => {
                            let mut cell = Cell::default();
                            cell.add(way, day, &given);
                            cells.insert(address.to_vec(), cell);
                        }
                    }
                }
            }
            Ok::<_, io::Error>(())
        })?;
        Ok(cells)
    }
}

/// Answers those who ask in a stretch of rows.
fn answer(
    plans: &[Plan],
    mut page: &[u8],
    cells: &mut HashMap<Vec<u8>, Cell>,
    results: &mut Spool,
) -> io::Result<()> {
    while !page.is_empty() {
        let (address, row) = Row::take(&mut page);
        let at = place_of(address);
        if let Row::Asked {
            day,
            number,
            question,
        } = row
            && let Some(cell) = cells.get_mut(address)
        {
            let tally = cell.between(&plans[at], day, &question);
            add_result(results, number, at, &tally)?;
        }
    }
    Ok(())
}

/// Adds what is to be brought together for a record.
fn add_result(results: &mut Spool, number: u64, at: usize, tally: &Tally) -> io::Result<()> {
    let mut entry = Vec::new();
    entry.extend(number.to_le_bytes());
    entry.extend((at as u16).to_le_bytes());
    tally.push(&mut entry);
    let bucket = (number / BUCKET_ROWS) as usize;
    results.add(bucket, &[&entry])
}

/// The place of the aggregate that an address is of.
fn place_of(address: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([address[0], address[1]]))
}

/// What stands at an address.
enum Row {
    Given {
        day: i32,
        given: Contribution,
    },
    Asked {
        day: i32,
        number: u64,
        question: Question,
    },
}

impl Row {
    fn take<'b>(from: &mut &'b [u8]) -> (&'b [u8], Row) {
        let address = take_bytes(from);
        let is_given = take_byte(from) == 0;
        let day = i32::from_le_bytes(take(from));
        if is_given {
            let given = take_given(from);
            return (address, Row::Given { day, given });
        }
        let number = u64::from_le_bytes(take(from));
        let certain = take_byte(from) == 1;
        let to_blame = take_byte(from) == 1;
        let coarse = u32::from_le_bytes(take(from));
        let question = Question::to_answer(certain, to_blame, coarse);
        let row = Row::Asked {
            day,
            number,
            question,
        };
        (address, row)
    }
}

/// What the records at one address come to, by day: for those to whom they certainly belong, and for the others.
#[derive(Default)]
struct Cell {
    days: BTreeMap<i32, (Tally, Tally)>,
    /// What was found for a day, by whether it certainly belongs.
    found: HashMap<(i32, bool), Tally>,
}

impl Cell {
    fn add(&mut self, way: Way, day: i32, given: &Contribution) {
        let certain = Tally::of(way, given, true);
        let possible = Tally::of(way, given, false);
        match self.days.get_mut(&day) {
            Some((sure, may)) => {
                sure.add(&certain);
                may.add(&possible);
            }
            None => {
                self.days.insert(day, (certain, possible));
            }
        }
    }

    /// What one who asks on a day finds. Many ask on one day.
    fn between(&mut self, plan: &Plan, day: i32, question: &Question) -> Tally {
        let days = &self.days;
        let found = self.found.entry((day, question.certain));
        let found = found.or_insert_with(|| {
            let mut tally = Tally::nothing(plan.way);
            let on_any_day = days.get(&ANY_DAY);
            let then = days.range(plan.since(day)..=day).map(|(_, it)| it);
            for (sure, may) in then.chain(on_any_day) {
                tally.add(if question.certain { sure } else { may });
            }
            tally
        });
        let mut tally = found.clone();
        if question.to_blame {
            tally.blame();
        }
        tally.ask_coarsely(question.coarse);
        tally
    }
}
