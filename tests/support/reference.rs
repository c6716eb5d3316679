//! Random lists that are read from files, and conditions about them.

use super::fields::{ENUM_VALUES, FieldInfo, Kind, random_field};
use super::formula::Formula;
use super::policies::{Author, Declaration};
use super::records::present_value;
use super::sets::MODELS;
use interdict::domain::text::fold;
use std::collections::HashSet;
use std::fmt::Write;

/// A list that was declared.
#[derive(Clone, Debug)]
pub struct ListInfo {
    pub name: String,
    pub key: Kind,
    pub key_field: FieldInfo,
    pub columns: Vec<FieldInfo>,
    /// Derived from others.
    pub is_closure: bool,
    /// Whether it has a column of verdicts, called `answer`.
    pub has_answers: bool,
}

pub const KEYS: [Kind; 14] = [
    Kind::Text { folded: false },
    Kind::Text { folded: false },
    Kind::Text { folded: true },
    Kind::Country,
    Kind::Country,
    Kind::Code(0),
    Kind::Code(0),
    Kind::Code(1),
    Kind::Code(1),
    Kind::Code(2),
    Kind::Code(4),
    Kind::Enum(1),
    Kind::Int,
    Kind::Date,
];

pub const COLUMNS: [Kind; 11] = [
    Kind::Bool,
    Kind::Bool,
    Kind::Int,
    Kind::Decimal,
    Kind::Percent,
    Kind::Money(0),
    Kind::Mass,
    Kind::Country,
    Kind::Text { folded: false },
    Kind::Enum(1),
    Kind::Date,
];

impl Author {
    /// Lists, each with its file.
    pub fn reference_lists(&mut self, count: usize) -> Vec<Declaration> {
        (0..count)
            .map(|number| self.reference_list(number))
            .collect()
    }

    fn reference_list(&mut self, number: usize) -> Declaration {
        let key = FieldInfo {
            name: "the_key".to_owned(),
            column: self.random.chance(30).then(|| "The key".to_owned()),
            optional: false,
            ..random_field_of(self, KEYS.as_slice(), 9)
        };
        let mut columns = Vec::new();
        for at in 0..self.random.between(1, 3) {
            let kind = *self.random.pick(&COLUMNS);
            columns.push(FieldInfo {
                name: format!("column_{at}"),
                column: self.random.chance(20).then(|| format!("Column {at}")),
                ..random_field(&mut self.random, kind, 9)
            });
        }
        let dated = self.random.chance(50);
        let (name, file) = (format!("list_{number}"), format!("lists/{number}.csv"));
        let mut clauses = vec![key.declaration("key ")];
        clauses.extend(columns.iter().map(|column| column.declaration("")));
        if dated {
            clauses.push("listed : date?".to_owned());
            clauses.push("delisted : date?".to_owned());
            clauses.push(
                (*self.random.pick(&[
                    "valid from listed until delisted",
                    "valid from listed through delisted",
                ]))
                .to_owned(),
            );
        }
        let has_answers = self.random.chance(40);
        if has_answers {
            clauses.push("answer : verdict?".to_owned());
        }
        let rows = self.rows(&key, &columns, dated);
        self.files.push((file.clone(), rows));
        self.reference.push(ListInfo {
            name: name.clone(),
            key: key.kind,
            key_field: key,
            columns,
            has_answers,
            is_closure: false,
        });
        Declaration::block(&format!("list {name} from \"{file}\""), clauses)
    }

    fn rows(&mut self, key: &FieldInfo, columns: &[FieldInfo], dated: bool) -> String {
        let headers = std::iter::once(key).chain(columns);
        let mut text = String::new();
        for header in headers {
            write!(text, "{},", cell(header.column())).expect("writing to a string");
        }
        text.push_str("listed,delisted,answer\n");
        let mut seen = HashSet::new();
        let many = *self.random.pick(&[1, 3, 6, 12]);
        for _ in 0..self.random.between(1, many) {
            let value = present_value(&self.pools, &mut self.random, key);
            if !seen.insert(canonical(key.kind, &value)) {
                continue;
            }
            let (a, b) = self.pools.two_days(&mut self.random);
            let days = match self.random.below(6) {
                _ if !dated || a == b => vec![(String::new(), String::new())],
                0 => vec![(a.to_string(), String::new())],
                1 => vec![(String::new(), b.to_string())],
                // Off the list and on it again.
                2 => {
                    let again = b.next().to_string();
                    vec![(String::new(), a.to_string()), (again, String::new())]
                }
                _ => vec![(a.to_string(), b.to_string())],
            };
            for (from, until) in days {
                write!(text, "{},", cell(&value)).expect("writing to a string");
                for column in columns {
                    let missing = column.optional && self.random.chance(30);
                    if !missing {
                        let value = present_value(&self.pools, &mut self.random, column);
                        text.push_str(&cell(&value));
                    }
                    text.push(',');
                }
                let answer = match self.random.chance(80) {
                    true => *self.random.pick(&self.verdicts),
                    false => "",
                };
                writeln!(text, "{from},{until},{answer}").expect("writing to a string");
            }
        }
        text
    }

    /// A question about a list whose key is of that kind, if there is one.
    pub fn listed_test(&mut self, name: &str, kind: Kind) -> Option<Formula> {
        let fits = |list: &&ListInfo| match (list.key, kind) {
            (Kind::Text { .. }, Kind::Text { .. }) => true,
            (key, kind) => key == kind,
        };
        let fitting: Vec<ListInfo> = self.reference.iter().filter(fits).cloned().collect();
        let list = (!fitting.is_empty()).then(|| self.random.pick(&fitting).clone())?;
        let word = match kind {
            Kind::Code(_) if self.knobs.only_under || self.random.chance(60) => "under",
            _ => "in",
        };
        let guard = format!("{name} {word} {}", list.name);
        if self.random.chance(35) {
            let not = if self.random.chance(25) { "not " } else { "" };
            return Some(Formula::Atom(format!("{name} {not}{word} {}", list.name)));
        }
        let column = self.random.pick(&list.columns).clone();
        let path = format!("{}[{name}].{}", list.name, column.written());
        let asked = match self.random.below(8) {
            0 if self.knobs.absence => {
                let word = *self.random.pick(&["is missing", "is known"]);
                return Some(Formula::Atom(format!("{path} {word}")));
            }
            _ => self.test_of_cell(&path, column.kind),
        };
        let guard = Formula::Atom(guard);
        Some(match self.random.below(6) {
            0 => Formula::Or(vec![Formula::Not(guard.into()), asked]),
            1 => Formula::If(guard.into(), asked.into(), self.formula(0).into()),
            _ => Formula::And(vec![guard, asked]),
        })
    }
}

fn random_field_of(author: &mut Author, kinds: &[Kind], number: usize) -> FieldInfo {
    let kind = author.useful(kinds);
    random_field(&mut author.random, kind, number)
}

/// A field of a CSV file, always in quotes.
pub fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The same for two spellings of one key.
pub fn canonical(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Text { folded: true } => fold(text),
        Kind::Country => text.to_uppercase(),
        Kind::Code(system) => {
            let code = MODELS[system].parse_data(text).expect("a code");
            code.as_str().to_owned()
        }
        Kind::Enum(number) => {
            let values = ENUM_VALUES[number].iter();
            let mut names = values.filter(|(name, spelling)| text == *name || text == *spelling);
            names.next().expect("a value of the enum").0.to_owned()
        }
        _ => text.trim().to_owned(),
    }
}
