//! What a report shows besides a tally: records by month and by telling fields, open records, rejects by reason.
//!
//! Records are counted by class numbers that binding makes once per distinct value, never by text. A field is telling if the rules
//! read it and it is a country or an enum; the month is that of the as-of day, in the zone of the first policy.

use super::bind::{self, BoundColumn};
use super::missing::Names;
use super::screener::{Judged, Screener, Worker};
use crate::domain::{Country, Day};
use crate::input::Chunk;
use crate::input::reject::Reject;
use crate::model::{FieldId, FieldRole, Model, RuleId, Type, Value, Verdict};
use crate::plan::classify::{Classify, MISSING};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many open records are named.
pub const MAX_OPEN: usize = 50;
/// So many different reasons of rejects are told apart; further ones count together.
pub const MAX_REASONS: usize = 1_000;
/// The class of the first value, behind those of rejected rows and of missing values.
const FIRST: u32 = MISSING + 1;
/// Months from 1970 on that have the small class numbers; others follow behind.
const NEAR_MONTHS: u32 = 1_200;
/// The month of 1970-01.
const EPOCH: i32 = 1970 * 12;

/// What records are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// The month of the as-of day.
    Month,
    /// The values of a field.
    Field(FieldId),
}

/// The axes of a policy whose rules read `fields`: the month, then telling fields in the order of declaration.
pub(super) fn axes(model: &Model, fields: &[FieldId]) -> Vec<Axis> {
    let telling = |id: &&FieldId| {
        let field = &model.record.fields[**id];
        let is_plain = field.role == FieldRole::Plain;
        is_plain && matches!(field.ty, Type::Country | Type::Enum(_))
    };
    let fields = fields.iter().filter(telling);
    std::iter::once(Axis::Month)
        .chain(fields.map(|id| Axis::Field(*id)))
        .collect()
}

/// The column that binding makes for an axis.
pub(super) fn bound_column(axis: Axis, day: &bind::Source) -> BoundColumn {
    let (source, class): (_, Arc<dyn Classify>) = match axis {
        Axis::Month => (day.clone(), Arc::new(Months::new())),
        Axis::Field(field) => (bind::Source::Field(field), Arc::new(Values)),
    };
    BoundColumn {
        source,
        class: Some(class),
        amount: false,
    }
}

/// Countries and enum values, by their numbers.
struct Values;

impl Classify for Values {
    fn class_of(&self, value: Option<&Value>) -> u32 {
        match value {
            Some(Value::Country(country)) => FIRST + country.index() as u32,
            Some(Value::Enum(at)) => FIRST + u32::from(*at),
            Some(_) | None => MISSING,
        }
    }

    fn ordered(&self) -> bool {
        false
    }

    fn class_of_scaled(&self, _: i64) -> u32 {
        MISSING
    }
}

/// The months of days. Those of a hundred years are looked up.
struct Months {
    near: Vec<u16>,
}

impl Months {
    fn new() -> Months {
        let days = (0..).map_while(|day| {
            let class = class_of_month(month_of(Day(day)));
            (class < FIRST + NEAR_MONTHS).then_some(class as u16)
        });
        Months {
            near: days.collect(),
        }
    }
}

impl Classify for Months {
    fn class_of(&self, value: Option<&Value>) -> u32 {
        match value {
            Some(Value::Date(day)) => self.class_of_scaled(day.0.into()),
            Some(_) | None => MISSING,
        }
    }

    fn ordered(&self) -> bool {
        true
    }

    fn class_of_scaled(&self, scaled: i64) -> u32 {
        let near = usize::try_from(scaled).ok();
        match near.and_then(|day| self.near.get(day)) {
            Some(class) => u32::from(*class),
            None => match Day::from_days(scaled) {
                Some(day) => class_of_month(month_of(day)),
                None => MISSING,
            },
        }
    }
}

/// Months since the year 0.
fn month_of(day: Day) -> i32 {
    let (year, month, _) = day.ymd();
    year * 12 + month as i32 - 1
}

fn class_of_month(month: i32) -> u32 {
    match u32::try_from(month - EPOCH) {
        Ok(near) if near < NEAR_MONTHS => FIRST + near,
        Ok(_) | Err(_) => FIRST + NEAR_MONTHS + month.max(0) as u32,
    }
}

fn month_of_class(class: u32) -> Option<i32> {
    let at = class.checked_sub(FIRST)?;
    Some(match at.checked_sub(NEAR_MONTHS) {
        None => EPOCH + at as i32,
        Some(month) => month as i32,
    })
}

/// The figures of a run, or of a part of it.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// By axis, and there by class and by what a record came to: a verdict, and behind the verdicts open ones once more.
    counts: Vec<Vec<u64>>,
    open: Vec<OpenRecord>,
    reasons: BTreeMap<(Option<String>, String), Reason>,
    other_reasons: u64,
    /// By outcome number: the verdict, and whether a rule is open.
    slots: Vec<Option<(u8, bool)>>,
}

/// A record with an open rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRecord {
    /// Its key as the data has it.
    pub key: String,
    /// Its file.
    pub file: Arc<str>,
    /// Its row there, from 1.
    pub row: u64,
    /// What it comes to.
    pub verdict: Verdict,
    /// The worst it could become.
    pub at_most: Verdict,
    /// The rules left open.
    pub rules: Vec<RuleId>,
    /// The fields that keep them open.
    pub missing: Names,
}

impl OpenRecord {
    /// Those come first that could become worst, then those that lack least.
    fn rank(&self) -> (Reverse<Verdict>, usize) {
        (Reverse(self.at_most), self.missing.len())
    }
}

/// Rejects of one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// How many.
    pub rejects: u64,
    /// What stands at the first.
    pub found: String,
    /// Where the first is: `shipments.csv, row 3`.
    pub place: String,
}

impl Figures {
    /// Counts a chunk of `file` that `worker` has just screened.
    pub fn add(
        &mut self,
        screener: &Screener,
        worker: &Worker<'_>,
        (file, chunk): (&Arc<str>, &Chunk),
        judged: &Judged,
    ) {
        self.note_outcomes(screener, judged);
        let width = screener.model().verdicts.len() + 1;
        self.counts.resize(screener.axes().len(), Vec::new());
        for (at, counts) in self.counts.iter_mut().enumerate() {
            let slots = &self.slots;
            worker.axis(at).each(judged.outcomes.len(), |row, class| {
                let slot = slots[judged.outcomes[row] as usize];
                let (Some((verdict, is_open)), false) = (slot, judged.dead[row]) else {
                    return;
                };
                let start = class as usize * width;
                if counts.len() < start + width {
                    counts.resize(start + width, 0);
                }
                counts[start + usize::from(verdict)] += 1;
                counts[start + width - 1] += u64::from(is_open);
            });
        }
        self.add_open(screener, worker, (file, chunk), judged);
    }

    fn note_outcomes(&mut self, screener: &Screener, judged: &Judged) {
        for (number, dead) in judged.outcomes.iter().zip(&judged.dead) {
            let at = *number as usize;
            if self.slots.len() <= at {
                self.slots.resize(at + 1, None);
            }
            if self.slots[at].is_none() && !dead {
                let outcome = screener.outcomes().get(*number);
                self.slots[at] = Some((outcome.verdict.0, !outcome.unknown.is_empty()));
            }
        }
    }

    fn add_open(
        &mut self,
        screener: &Screener,
        worker: &Worker<'_>,
        (file, chunk): (&Arc<str>, &Chunk),
        judged: &Judged,
    ) {
        for (row, missing) in &judged.missing {
            let row = *row as usize;
            let outcome = screener.outcomes().get(judged.outcomes[row]);
            let rank = (Reverse(outcome.at_most), missing.len());
            let is_full = self.open.len() >= MAX_OPEN;
            if is_full && self.open.last().is_some_and(|last| last.rank() <= rank) {
                continue;
            }
            let key = worker.binder().key_at(&chunk.batch, row);
            let record = OpenRecord {
                key: key.unwrap_or_default(),
                file: Arc::clone(file),
                row: chunk.rows.at(row),
                verdict: outcome.verdict,
                at_most: outcome.at_most,
                rules: outcome.unknown.clone(),
                missing: missing.clone(),
            };
            let at = self.open.partition_point(|other| other.rank() <= rank);
            self.open.insert(at, record);
            self.open.truncate(MAX_OPEN);
        }
    }

    /// Counts a reject.
    pub fn add_reject(&mut self, reject: &Reject) {
        let reason = (reject.field.clone(), reject.expected.clone());
        let is_full = self.reasons.len() >= MAX_REASONS;
        match self.reasons.get_mut(&reason) {
            Some(known) => known.rejects += 1,
            None if is_full => self.other_reasons += 1,
            None => {
                let first = Reason {
                    rejects: 1,
                    found: reject.found.clone(),
                    place: format!("{}, row {}", reject.file, reject.row),
                };
                self.reasons.insert(reason, first);
            }
        }
    }

    /// Adds the figures of the part of the run that follows.
    pub fn merge(&mut self, later: Figures) {
        if self.counts.len() < later.counts.len() {
            self.counts.resize(later.counts.len(), Vec::new());
        }
        for (own, more) in self.counts.iter_mut().zip(&later.counts) {
            if own.len() < more.len() {
                own.resize(more.len(), 0);
            }
            own.iter_mut()
                .zip(more)
                .for_each(|(own, more)| *own += more);
        }
        self.open.extend(later.open);
        self.open.sort_by_key(OpenRecord::rank);
        self.open.truncate(MAX_OPEN);
    }

    /// What records were counted by, in words of the policy.
    pub fn groups(&self, screener: &Screener) -> Vec<Group> {
        let model = screener.model();
        let width = model.verdicts.len() + 1;
        let axes = screener.axes().iter().enumerate();
        axes.map(|(at, axis)| {
            let counts = self.counts.get(at).map(Vec::as_slice).unwrap_or_default();
            let rows = counts.chunks(width).enumerate();
            let rows = rows.filter(|(_, counts)| counts.iter().any(|count| *count > 0));
            let mut members: Vec<(Option<i32>, Member)> = rows
                .map(|(class, counts)| member(model, *axis, class as u32, counts))
                .collect();
            members.sort_by_key(|(month, _)| *month);
            Group {
                axis: *axis,
                members: members.into_iter().map(|(_, member)| member).collect(),
            }
        })
        .collect()
    }

    /// The first open records: those that could become worst, then those that lack least, then in the order of the input.
    pub fn open(&self) -> &[OpenRecord] {
        &self.open
    }

    /// Field, what was expected, and how often: the most frequent first.
    pub fn reasons(&self) -> Vec<(Option<&str>, &str, &Reason)> {
        let reasons = self.reasons.iter();
        let mut reasons: Vec<_> = reasons
            .map(|((field, expected), reason)| (field.as_deref(), &**expected, reason))
            .collect();
        reasons.sort_by_key(|(_, _, reason)| Reverse(reason.rejects));
        reasons
    }

    /// Rejects of reasons that were too many to tell apart.
    pub fn other_reasons(&self) -> u64 {
        self.other_reasons
    }
}

/// Records by what one axis says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they are counted by.
    pub axis: Axis,
    /// In order of time, or of the values; those without a value first.
    pub members: Vec<Member>,
}

/// Records that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `2026-03`, `CN`, `civil`; none where the field is missing.
    pub name: Option<String>,
    /// The name of a country.
    pub country: Option<&'static str>,
    /// Records by verdict, least severe first.
    pub verdicts: Vec<u64>,
    /// Records with an open rule.
    pub open: u64,
}

impl Member {
    /// All records.
    pub fn records(&self) -> u64 {
        self.verdicts.iter().sum()
    }
}

/// A member and, of a month, its number, by which months are in order.
fn member(model: &Model, axis: Axis, class: u32, counts: &[u64]) -> (Option<i32>, Member) {
    let (open, verdicts) = counts.split_last().expect("there is a count of open ones");
    let mut member = Member {
        name: None,
        country: None,
        verdicts: verdicts.to_vec(),
        open: *open,
    };
    let Some(at) = class.checked_sub(FIRST) else {
        return (None, member);
    };
    match axis {
        Axis::Month => {
            let month = month_of_class(class);
            member.name = month.map(month_name);
            return (month, member);
        }
        Axis::Field(field) => match model.record.fields[field].ty {
            Type::Enum(id) => {
                let name = model.enums[id].values.get(at as usize);
                member.name = name.map(ToString::to_string);
            }
            _ => {
                let country = Country::from_index(at as usize);
                member.name = country.map(|country| country.to_string());
                member.country = country.map(Country::name);
            }
        },
    }
    (None, member)
}

/// `2026-03`
fn month_name(month: i32) -> String {
    format!(
        "{:04}-{:02}",
        month.div_euclid(12),
        month.rem_euclid(12) + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_keep_their_order_and_come_back() {
        let months = Months::new();
        for text in [
            "0001-01-31",
            "1969-12-31",
            "1970-01-01",
            "2026-02-28",
            "2069-12-31",
            "2070-01-01",
            "9999-12-31",
        ] {
            let day = Day::parse_iso(text).unwrap();
            let class = months.class_of(Some(&Value::Date(day)));
            let month = month_of_class(class).expect("a month");
            assert_eq!(month_name(month), text[..7], "{class}");
        }
        assert_eq!(months.class_of(None), MISSING);
        assert_eq!(months.class_of_scaled(i64::MAX), MISSING);
    }

    fn open(key: &str, at_most: u8, missing: usize) -> OpenRecord {
        OpenRecord {
            key: key.to_owned(),
            file: "f".into(),
            row: 1,
            verdict: Verdict(0),
            at_most: Verdict(at_most),
            rules: Vec::new(),
            missing: vec![Arc::from("x"); missing].into(),
        }
    }

    #[test]
    fn parts_merge_into_the_same_order_as_the_whole() {
        let part = |open: Vec<OpenRecord>| Figures {
            open,
            counts: vec![vec![1, 2]],
            ..Figures::default()
        };
        let mut all = part(vec![open("a", 3, 1), open("b", 2, 1)]);
        all.merge(part(vec![open("c", 3, 1), open("d", 3, 0)]));
        let keys: Vec<&str> = all.open().iter().map(|record| &*record.key).collect();
        assert_eq!(keys, ["d", "a", "c", "b"]);
        assert_eq!(all.counts, [[2, 4]]);
    }

    #[test]
    fn rejects_are_told_apart_by_field_and_expectation() {
        let mut figures = Figures::default();
        let reject =
            |row, field: &str| Reject::new("f.csv".into(), row, None, "x", "a number").field(field);
        for (row, field) in [(1, "value"), (2, "share"), (3, "value")] {
            figures.add_reject(&reject(row, field));
        }
        let reasons: Vec<String> = figures
            .reasons()
            .iter()
            .map(|(field, _, reason)| format!("{field:?} {} {}", reason.rejects, reason.place))
            .collect();
        assert_eq!(
            reasons,
            [
                "Some(\"value\") 2 f.csv, row 1",
                "Some(\"share\") 1 f.csv, row 2"
            ]
        );
    }
}
