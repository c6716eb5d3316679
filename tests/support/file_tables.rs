//! Random tables that are read from files.

use super::fields::{FieldInfo, Kind, random_field};
use super::policies::{Author, Declaration, DefineInfo};
use super::records::present_value;
use super::reference::{COLUMNS, KEYS, canonical, cell};
use std::collections::HashSet;

impl Author {
    /// Tables, each with its file; they are called like defines.
    pub fn file_tables(&mut self, count: usize) -> Vec<Declaration> {
        (0..count).map(|number| self.file_table(number)).collect()
    }

    fn file_table(&mut self, number: usize) -> Declaration {
        let column = |author: &mut Author, name: String, kinds: &[Kind]| {
            let kind = author.useful(kinds);
            FieldInfo {
                column: author.random.chance(20).then(|| format!("The {name}")),
                name,
                ..random_field(&mut author.random, kind, 9)
            }
        };
        let keys = 0..*self.random.pick(&[1, 1, 2, 2, 2, 3]);
        let mut keys: Vec<FieldInfo> = keys
            .map(|at| column(self, format!("key_{at}"), &KEYS))
            .collect();
        keys.iter_mut().for_each(|key| key.optional = false);
        let values = 0..*self.random.pick(&[1, 1, 2]);
        let values: Vec<FieldInfo> = values
            .map(|at| column(self, format!("value_{at}"), &COLUMNS))
            .collect();
        let dated = self.random.chance(40);
        let (name, file) = (
            format!("chart_{number}"),
            format!("lists/chart_{number}.csv"),
        );
        let mut clauses: Vec<String> = keys.iter().map(|key| key.declaration("key ")).collect();
        clauses.extend(values.iter().map(|value| value.declaration("value ")));
        if dated {
            let days = [
                "since : date?",
                "until : date?",
                "valid from since until until",
            ];
            clauses.extend(days.map(str::to_owned));
        }
        let rows = self.rows_of_table(&keys, &values, dated);
        self.files.push((file.clone(), rows));
        for value in &values {
            self.defines.push(DefineInfo {
                name: name.clone(),
                of: match values.len() {
                    1 => String::new(),
                    _ => format!(".{}", value.written()),
                },
                kind: value.kind,
                parameters: keys.iter().map(|key| key.kind).collect(),
                asks: Vec::new(),
            });
        }
        Declaration::block(&format!("table {name} from \"{file}\""), clauses)
    }

    fn rows_of_table(&mut self, keys: &[FieldInfo], values: &[FieldInfo], dated: bool) -> String {
        let headers = keys.iter().chain(values).map(|it| cell(it.column()));
        let headers: Vec<String> = headers.collect();
        let mut text = format!("{},since,until\n", headers.join(","));
        let mut seen = HashSet::new();
        let many = *self.random.pick(&[3, 12, 40]);
        for _ in 0..self.random.between(1, many) {
            let mut cells: Vec<String> = Vec::new();
            let mut same: Vec<String> = Vec::new();
            for key in keys {
                let value = present_value(&self.pools, &mut self.random, key);
                same.push(canonical(key.kind, &value));
                cells.push(cell(&value));
            }
            if !seen.insert(same) {
                continue;
            }
            for value in values {
                let missing = value.optional && self.random.chance(30);
                cells.push(match missing {
                    true => String::new(),
                    false => cell(&present_value(&self.pools, &mut self.random, value)),
                });
            }
            let (a, b) = self.pools.two_days(&mut self.random);
            let (from, until) = match self.random.below(4) {
                _ if !dated || a == b => (String::new(), String::new()),
                0 => (a.to_string(), String::new()),
                1 => (String::new(), b.to_string()),
                _ => (a.to_string(), b.to_string()),
            };
            text.push_str(&format!("{},{from},{until}\n", cells.join(",")));
        }
        text
    }
}
