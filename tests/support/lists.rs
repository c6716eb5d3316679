//! Lists of records: up to three levels of them, conditions about their elements, and their values as JSON.

use super::fields::{FieldInfo, KINDS, Kind, LEVELS, literal, random_field};
use super::formula::Formula;
use super::policies::{Author, Declaration, RandomPolicy};
use super::pools::Pools;
use super::random::Random;
use super::records::present_value;

/// Elements that have a name at one place at most.
const MAX_ELEMENTS: usize = 3;

/// The fields of each level's records; the last of a level above the deepest may be a list.
pub fn random_levels(random: &mut Random) -> Vec<Vec<FieldInfo>> {
    (0..LEVELS.len())
        .map(|level| {
            let mut fields: Vec<FieldInfo> = Vec::new();
            for _ in 0..random.between(2, 5) {
                let kind = *random.pick(&KINDS);
                let number = fields.iter().filter(|f| f.kind == kind).count();
                fields.push(random_field(random, kind, number));
            }
            if level + 1 < LEVELS.len() && random.chance(60) {
                fields.push(random_field(random, Kind::List(level + 1), 0));
            }
            fields
        })
        .collect()
}

/// The records of the levels.
pub fn declarations(levels: &[Vec<FieldInfo>]) -> Vec<Declaration> {
    let records = levels.iter().zip(LEVELS).map(|(fields, name)| {
        let fields = fields.iter().map(|field| field.declaration(""));
        Declaration::block(&format!("record {name}"), fields.collect())
    });
    records.collect()
}

impl Author {
    /// The lists that can be named here, and their levels.
    fn lists(&self) -> Vec<(String, usize)> {
        let fields = self.fields.iter().map(|f| (f.written(), f.kind));
        let all = fields.chain(self.scope.iter().cloned());
        all.filter_map(|(name, kind)| match kind {
            Kind::List(level) => Some((name, level)),
            _ => None,
        })
        .collect()
    }

    /// Writes something about an element of a list of `level`, which is called by the name given.
    fn within<T>(&mut self, level: usize, write: impl FnOnce(&mut Author, &str) -> T) -> T {
        let name = format!("e{}", self.elements);
        let known = self.scope.len();
        for field in &self.levels[level] {
            let path = format!("{name}.{}", field.written());
            self.scope.push((path, field.kind));
        }
        self.elements += 1;
        let written = write(self, &name);
        self.elements -= 1;
        self.scope.truncate(known);
        written
    }

    /// A condition about a list.
    pub fn list_test(&mut self, path: &str, level: usize) -> Formula {
        if self.elements >= MAX_ELEMENTS {
            let name = format!("e{}", self.elements);
            return Formula::Atom(format!("count({name} in {path}) > 1"));
        }
        match self.random.below(10) {
            0 if self.knobs.absence => {
                let word = *self.random.pick(&["is missing", "is known"]);
                Formula::Atom(format!("{path} {word}"))
            }
            1 | 2 => {
                let count = self.counted(path, level);
                let (op, bound) = (
                    *self.random.pick(&["=", "!=", "<", ">="]),
                    self.random.below(4),
                );
                Formula::Atom(format!("{count} {op} {bound}"))
            }
            _ => {
                let word = *self.random.pick(&["any", "any", "every"]);
                let depth = *self.random.pick(&[0, 1, 1, 2]);
                Formula::Atom(self.within(level, |author, name| {
                    let body = author.formula(depth);
                    format!("({word} {name} in {path} satisfies {body})")
                }))
            }
        }
    }

    fn counted(&mut self, path: &str, level: usize) -> String {
        self.within(level, |author, name| {
            let filter = author.filter();
            format!("count({name} in {path}{filter})")
        })
    }

    fn filter(&mut self) -> String {
        match self.random.chance(60) {
            true => format!(" where {}", self.formula(0)),
            false => String::new(),
        }
    }

    /// An aggregate of the kind, where there is a list and its elements have something of that kind.
    pub fn aggregate(&mut self, kind: Kind, depth: usize) -> Option<String> {
        let lists = self.lists();
        if lists.is_empty() || self.elements >= MAX_ELEMENTS {
            return None;
        }
        let (path, level) = self.random.pick(&lists).clone();
        if kind == Kind::Int && self.random.chance(40) {
            return Some(self.counted(&path, level));
        }
        if !self.levels[level].iter().any(|field| field.kind == kind) && self.random.chance(80) {
            return None;
        }
        let function = *self.random.pick(&["sum", "sum", "sum", "min", "max"]);
        Some(self.within(level, |author, name| {
            let value = author.value(kind, depth).text();
            let filter = author.filter();
            format!("{function}({value} for {name} in {path}{filter})")
        }))
    }
}

/// The elements of a list as a rule file gives them.
pub fn list_literal(
    random: &mut Random,
    pools: &Pools,
    levels: &[Vec<FieldInfo>],
    level: usize,
) -> String {
    let items: Vec<String> = (0..random.below(3))
        .map(|_| {
            let mut entries = Vec::new();
            for field in &levels[level] {
                if field.optional && random.chance(40) {
                    continue;
                }
                let value = match field.kind {
                    Kind::List(inner) => list_literal(random, pools, levels, inner),
                    kind => literal(random, pools, kind),
                };
                entries.push(format!("{}: {value}", field.written()));
            }
            format!("{{ {} }}", entries.join(", "))
        })
        .collect();
    format!("[ {} ]", items.join(", "))
}

/// The elements of a list as JSON: `count` of them, or none to three; what may be missing is so in `missing` per cent.
pub fn list_json(
    policy: &RandomPolicy,
    random: &mut Random,
    level: usize,
    missing: usize,
    count: Option<usize>,
) -> String {
    let count = count.unwrap_or_else(|| *random.pick(&[0, 1, 1, 2, 2, 3]));
    let items: Vec<String> = (0..count)
        .map(|_| element_json(policy, random, level, missing, count))
        .collect();
    format!("[{}]", items.join(","))
}

fn element_json(
    policy: &RandomPolicy,
    random: &mut Random,
    level: usize,
    missing: usize,
    count: usize,
) -> String {
    let mut entries = Vec::new();
    for field in &policy.levels[level] {
        let key = serde_json::to_string(field.column()).expect("a text");
        if field.optional && random.chance(missing) {
            if random.chance(50) {
                entries.push(format!("{key}:null"));
            }
            continue;
        }
        let value = match field.kind {
            Kind::List(inner) => {
                let count = (missing == 0).then_some(count);
                list_json(policy, random, inner, missing, count)
            }
            kind => {
                let text = present_value(&policy.pools, random, field);
                // A number may be one in the data, too.
                match kind.is_number() && random.chance(50) {
                    true => text,
                    false => serde_json::to_string(&text).expect("a text"),
                }
            }
        };
        entries.push(format!("{key}:{value}"));
    }
    format!("{{{}}}", entries.join(","))
}
