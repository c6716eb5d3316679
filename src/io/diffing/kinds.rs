//! Outcomes in words, pairs of them counted, and records that show what changed.

use super::rows::Changed;
use super::{Difference, Done};
use crate::model::Model;
use crate::screen::Screener;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Records shown at most.
const MAX_TELLING: usize = 10;
/// Kinds of changes of which a record is kept at most.
const MAX_KINDS: usize = 10_000;

/// What a record comes to on one side, in names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Decision {
    /// The verdict's place among those of its side.
    pub rank: usize,
    pub verdict: String,
    pub at_most: String,
    pub rules: Vec<String>,
    pub unknown: Vec<String>,
}

/// What changed about a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleChange {
    /// Its name.
    pub rule: String,
    /// Records to which it applies now.
    pub gained: u64,
    /// Records to which it does not any more.
    pub lost: u64,
    /// Records on which it is open now.
    pub opened: u64,
    /// Records on which it is not any more.
    pub settled: u64,
}

/// A record that shows a kind of change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Its key.
    pub key: String,
    /// The verdicts: as it was, and as it is to be.
    pub verdicts: [String; 2],
    /// Rules that apply or are open now and did or were not, and the other way round.
    pub came: Vec<String>,
    /// See `came`.
    pub went: Vec<String>,
    /// Records of this kind.
    pub records: u64,
}

/// Whether pairs of outcomes differ, each looked at once.
pub(super) struct Differing<'a> {
    screeners: [&'a Screener; 2],
    known: FxHashMap<(Option<u32>, Option<u32>), bool>,
    told: [FxHashMap<u32, Arc<Decision>>; 2],
}

impl<'a> Differing<'a> {
    pub fn new(old: &'a Screener, new: &'a Screener) -> Differing<'a> {
        Differing {
            screeners: [old, new],
            known: FxHashMap::default(),
            told: Default::default(),
        }
    }

    pub fn differs(&mut self, pair: (Option<u32>, Option<u32>)) -> bool {
        if let Some(known) = self.known.get(&pair) {
            return *known;
        }
        let [old, new] = [self.told(0, pair.0), self.told(1, pair.1)];
        let differs = match (&old, &new) {
            (None, None) => false,
            (Some(old), Some(new)) => {
                let said = |it: &Decision| {
                    let names = (it.rules.clone(), it.unknown.clone());
                    (it.verdict.clone(), it.at_most.clone(), names)
                };
                said(old) != said(new)
            }
            (None, Some(_)) | (Some(_), None) => true,
        };
        self.known.insert(pair, differs);
        differs
    }

    /// What an outcome of a side is in names; nothing where the record is rejected.
    pub fn told(&mut self, side: usize, number: Option<u32>) -> Option<Arc<Decision>> {
        let number = number?;
        let screener = self.screeners[side];
        let told = self.told[side].entry(number);
        let told = told.or_insert_with(|| Arc::new(in_names(screener, number)));
        Some(Arc::clone(told))
    }
}

fn in_names(screener: &Screener, number: u32) -> Decision {
    let model = screener.model();
    let outcome = screener.outcomes().get(number);
    let names =
        |rules: &[crate::model::RuleId]| rules.iter().map(|rule| model.rule_name(*rule)).collect();
    Decision {
        rank: usize::from(outcome.verdict.0),
        verdict: model.verdict_name(outcome.verdict).to_owned(),
        at_most: model.verdict_name(outcome.at_most).to_owned(),
        rules: names(&outcome.rules),
        unknown: names(&outcome.unknown),
    }
}

/// What records of one kind have in common: their verdicts, and the rules that came and went.
type Kind = ([String; 2], Vec<String>, Vec<String>);

/// The first record of a kind of change.
struct First {
    /// How far the verdicts lie apart.
    distance: usize,
    /// Its place among all kinds.
    order: usize,
    telling: Telling,
}

/// Everything counted so far.
pub(super) struct Kinds {
    /// The names of verdicts by side, least severe first.
    verdicts: [Vec<String>; 2],
    pairs: BTreeMap<(Option<u32>, Option<u32>), u64>,
    kinds: FxHashMap<Kind, First>,
    changed: u64,
    read: u64,
}

impl Kinds {
    pub fn new(old: &Model, new: &Model) -> Kinds {
        let verdicts = [old, new].map(|model| {
            let names = model.verdicts.iter();
            names.map(|name| name.to_string()).collect()
        });
        Kinds {
            verdicts,
            pairs: BTreeMap::new(),
            kinds: FxHashMap::default(),
            changed: 0,
            read: 0,
        }
    }

    /// Rows read so far.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Takes in what a unit came to; units come in the order of the input.
    pub fn take(&mut self, done: Done) {
        for (pair, count) in done.pairs {
            *self.pairs.entry(pair).or_default() += count;
            self.read += count;
        }
        self.changed += done.rows.len() as u64;
        for row in done.rows {
            self.note(row);
        }
    }

    fn note(&mut self, row: Changed) {
        let verdict = |at: usize| match &row.sides[at] {
            Some(decision) => decision.verdict.clone(),
            None => REJECTED.to_owned(),
        };
        let verdicts = [verdict(0), verdict(1)];
        let named = |at: usize| -> BTreeSet<&String> {
            let decision = row.sides[at].iter();
            decision
                .flat_map(|it| it.rules.iter().chain(&it.unknown))
                .collect()
        };
        let (old, new) = (named(0), named(1));
        let came: Vec<String> = new.difference(&old).map(|name| (*name).clone()).collect();
        let went: Vec<String> = old.difference(&new).map(|name| (*name).clone()).collect();
        let kind = (verdicts.clone(), came.clone(), went.clone());
        if let Some(known) = self.kinds.get_mut(&kind) {
            known.telling.records += 1;
            return;
        }
        if self.kinds.len() >= MAX_KINDS {
            return;
        }
        let rank = |at: usize| row.sides[at].as_ref().map_or(usize::MAX / 2, |it| it.rank);
        let first = First {
            distance: rank(0).abs_diff(rank(1)),
            order: self.kinds.len(),
            telling: Telling {
                key: row.key,
                verdicts,
                came,
                went,
                records: 1,
            },
        };
        self.kinds.insert(kind, first);
    }

    pub fn finish(self, old: &Screener, new: &Screener) -> Difference {
        let mut differing = Differing::new(old, new);
        let mut matrix: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        let mut rules: BTreeMap<String, RuleChange> = BTreeMap::new();
        let mut rejected = 0;
        for (pair, count) in &self.pairs {
            if pair.0.is_none() && pair.1.is_none() {
                rejected += count;
                continue;
            }
            let [old, new] = [differing.told(0, pair.0), differing.told(1, pair.1)];
            let place = |decision: &Option<Arc<Decision>>, side: usize| {
                decision
                    .as_ref()
                    .map_or(self.verdicts[side].len(), |it| it.rank)
            };
            *matrix.entry((place(&old, 0), place(&new, 1))).or_default() += count;
            if differing.differs(*pair) {
                add_rules(&mut rules, old.as_deref(), new.as_deref(), *count);
            }
        }
        let name = |side: usize, at: usize| match self.verdicts[side].get(at) {
            Some(name) => name.clone(),
            None => REJECTED.to_owned(),
        };
        let mut firsts: Vec<First> = self.kinds.into_values().collect();
        firsts.sort_by_key(|first| (usize::MAX - first.distance, first.order));
        let telling = firsts.into_iter().take(MAX_TELLING);
        Difference {
            read: self.read,
            rejected,
            changed: self.changed,
            matrix: matrix
                .into_iter()
                .map(|((from, to), count)| (name(0, from), name(1, to), count))
                .collect(),
            rules: rules.into_values().collect(),
            telling: telling.map(|first| first.telling).collect(),
        }
    }
}

/// What stands for a verdict where a side cannot read a record.
pub(super) const REJECTED: &str = "rejected";

fn add_rules(
    rules: &mut BTreeMap<String, RuleChange>,
    old: Option<&Decision>,
    new: Option<&Decision>,
    count: u64,
) {
    let has = |side: Option<&Decision>, open: bool, name: &String| {
        side.is_some_and(|it| if open { &it.unknown } else { &it.rules }.contains(name))
    };
    let sides = [old, new].into_iter().flatten();
    let names: BTreeSet<&String> = sides
        .flat_map(|it| it.rules.iter().chain(&it.unknown))
        .collect();
    for name in names {
        let applies = [has(old, false, name), has(new, false, name)];
        let open = [has(old, true, name), has(new, true, name)];
        if applies[0] == applies[1] && open[0] == open[1] {
            continue;
        }
        let change = rules.entry(name.clone()).or_insert_with(|| RuleChange {
            rule: name.clone(),
            ..RuleChange::default()
        });
        match applies {
            [false, true] => change.gained += count,
            [true, false] => change.lost += count,
            _ => {}
        }
        match open {
            [false, true] => change.opened += count,
            [true, false] => change.settled += count,
            _ => {}
        }
    }
}
