//! The keys of records as bytes, and the addresses at which records that belong together meet.
//!
//! A record is found at an address for each way in which one who asks may be able to tell its keys: a key that the one who asks
//! knows stands there as it is, and a code also under each code above it; a key that nobody knows as missing; and where the one
//! who asks lacks the key, nothing stands there. Who asks looks at all addresses at which it may find records of its group; only
//! where each key is there as it is do those certainly belong to it.

use super::entry::{push_bytes, push_number, take, take_byte, take_bytes};
use crate::domain::Code;
use crate::model::Value;
use std::collections::BTreeSet;

/// One key of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Not known.
    Missing,
    /// Its bytes, equal for equal values; of a code also how many of them each code above it has, the nearest first.
    Known { bytes: Vec<u8>, above: Vec<u32> },
}

impl Key {
    pub fn of(value: Option<&Value>) -> Key {
        let Some(value) = value else {
            return Key::Missing;
        };
        let mut bytes = Vec::new();
        let mut above = Vec::new();
        match value {
            Value::Text(text) => bytes.extend(text.as_bytes()),
            Value::Bool(value) => bytes.push((*value).into()),
            Value::Number(number) => push_number(number, &mut bytes),
            Value::Date(day) => bytes.extend(day.0.to_le_bytes()),
            Value::Country(country) => bytes.extend(country.alpha2().as_bytes()),
            Value::Code(code) => {
                bytes.extend(code.as_str().as_bytes());
                above.extend(code.ancestors().map(|it: Code| it.as_str().len() as u32));
            }
            Value::Enum(value) => bytes.extend(value.to_le_bytes()),
            Value::Verdict(verdict) => bytes.push(verdict.0),
            Value::Instant(_) | Value::Duration(_) | Value::List(_) => {
                unreachable!("internal error: {value:?} as a key")
            }
        }
        Key::Known { bytes, above }
    }

    pub fn push(&self, out: &mut Vec<u8>) {
        match self {
            Key::Missing => out.push(0),
            Key::Known { bytes, above } => {
                out.push(1);
                push_bytes(bytes, out);
                out.push(u8::try_from(above.len()).expect("codes are that short"));
                for length in above {
                    out.extend(length.to_le_bytes());
                }
            }
        }
    }

    pub fn take(from: &mut &[u8]) -> Key {
        if take_byte(from) == 0 {
            return Key::Missing;
        }
        let bytes = take_bytes(from).to_vec();
        let count = take_byte(from);
        let above = (0..count).map(|_| u32::from_le_bytes(take(from)));
        Key::Known {
            bytes,
            above: above.collect(),
        }
    }

    /// How many codes stand above it.
    fn level(&self) -> usize {
        match self {
            Key::Missing => 0,
            Key::Known { above, .. } => above.len(),
        }
    }
}

/// The keys that are missing, as bits by place.
pub(super) fn lacking(keys: &[Key]) -> u8 {
    let missing = keys.iter().enumerate();
    let missing = missing.filter(|(_, key)| **key == Key::Missing);
    missing.fold(0, |bits, (place, _)| bits | 1 << place)
}

/// Which keys are missing together somewhere in the run, and how deep codes are.
#[derive(Clone, Debug, Default)]
pub(super) struct Shapes {
    lacking: BTreeSet<u8>,
    levels: Vec<BTreeSet<usize>>,
}

impl Shapes {
    /// Takes note of a record.
    pub fn note(&mut self, keys: &[Key]) {
        self.lacking.insert(lacking(keys));
        self.levels.resize(keys.len(), BTreeSet::new());
        for (levels, key) in self.levels.iter_mut().zip(keys) {
            if *key != Key::Missing {
                levels.insert(key.level());
            }
        }
    }

    /// Takes note of what others have noted.
    pub fn take_in(&mut self, other: &Shapes) {
        self.lacking.extend(&other.lacking);
        let count = self.levels.len().max(other.levels.len());
        self.levels.resize(count, BTreeSet::new());
        for (levels, more) in self.levels.iter_mut().zip(&other.levels) {
            levels.extend(more);
        }
    }

    /// The addresses at which a record is found.
    pub fn given(&self, keys: &[Key]) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for asking in &self.lacking {
            let mut addresses = vec![vec![*asking]];
            for (place, key) in keys.iter().enumerate() {
                let steps = match asking >> place & 1 == 1 {
                    true => vec![Vec::new()],
                    false => self.steps_given(place, key),
                };
                addresses = multiplied(&addresses, &steps);
            }
            all.append(&mut addresses);
        }
        all
    }

    fn steps_given(&self, place: usize, key: &Key) -> Vec<Vec<u8>> {
        let Key::Known { bytes, above } = key else {
            return vec![step(Step::Missing, &[])];
        };
        let mut steps = vec![step(Step::Itself, bytes)];
        for (at, length) in above.iter().enumerate() {
            // Only where someone asks with a code so coarse.
            if self.levels[place].contains(&(above.len() - 1 - at)) {
                steps.push(step(Step::Below, &bytes[..*length as usize]));
            }
        }
        steps
    }

    /// Where a record looks for those of its group.
    pub fn asked(&self, keys: &[Key]) -> Vec<Question> {
        let own = lacking(keys);
        let mut questions = vec![Question {
            address: vec![own],
            certain: own == 0,
            to_blame: false,
            coarse: 0,
            lacking: 0,
        }];
        for (place, key) in keys.iter().enumerate() {
            if *key == Key::Missing {
                continue;
            }
            let steps = self.steps_asked(place, key);
            let longer = questions.iter().flat_map(|question| {
                let steps = steps.iter();
                steps.map(|(kind, step)| question.and(place, *kind, step))
            });
            questions = longer.collect();
        }
        // Nobody is found where no record lacks just these keys.
        questions.retain(|question| {
            let mut lacking = self.lacking.iter();
            lacking.any(|bits| bits & !own == question.lacking)
        });
        questions
    }

    fn steps_asked(&self, place: usize, key: &Key) -> Vec<(Step, Vec<u8>)> {
        let Key::Known { bytes, above } = key else {
            return Vec::new();
        };
        let mut steps = vec![
            (Step::Itself, step(Step::Itself, bytes)),
            (Step::Missing, step(Step::Missing, &[])),
        ];
        let levels = &self.levels[place];
        for (at, length) in above.iter().enumerate() {
            if levels.contains(&(above.len() - 1 - at)) {
                let bytes = &bytes[..*length as usize];
                steps.push((Step::Above, step(Step::Itself, bytes)));
            }
        }
        if levels.iter().any(|level| *level > above.len()) {
            steps.push((Step::Below, step(Step::Below, bytes)));
        }
        steps
    }
}

/// What one key of an address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Missing,
    Itself,
    /// The code of the one who asks is below that of those who are found.
    Above,
    /// It is above.
    Below,
}

fn step(kind: Step, bytes: &[u8]) -> Vec<u8> {
    let tag = match kind {
        Step::Missing => 0,
        Step::Itself | Step::Above => 1,
        Step::Below => 2,
    };
    let mut out = vec![tag];
    push_bytes(bytes, &mut out);
    out
}

fn multiplied(addresses: &[Vec<u8>], steps: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let longer = addresses.iter().flat_map(|address| {
        let steps = steps.iter();
        steps.map(|step| [address.as_slice(), step].concat())
    });
    longer.collect()
}

/// An address at which a record looks, and what those are to it that it finds there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub address: Vec<u8>,
    /// They certainly have the same keys.
    pub certain: bool,
    /// They lack a key, or have it too coarse.
    pub to_blame: bool,
    /// The keys at which the one who asks has it too coarse.
    pub coarse: u32,
    /// The keys that they lack.
    lacking: u8,
}

impl Question {
    /// One that has come to its address.
    pub fn to_answer(certain: bool, to_blame: bool, coarse: u32) -> Question {
        Question {
            address: Vec::new(),
            certain,
            to_blame,
            coarse,
            lacking: 0,
        }
    }

    fn and(&self, place: usize, kind: Step, step: &[u8]) -> Question {
        let mut next = self.clone();
        next.address.extend(step);
        next.certain &= kind == Step::Itself;
        next.to_blame |= matches!(kind, Step::Missing | Step::Above);
        next.coarse |= u32::from(kind == Step::Below) << place;
        next.lacking |= u8::from(kind == Step::Missing) << place;
        next
    }
}
