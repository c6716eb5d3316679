//! Random decision tables.

use super::fields::{ENUM_VALUES, Kind};
use super::policies::{Author, Declaration, DefineInfo};

const COLUMN_KINDS: [Kind; 14] = [
    Kind::Country,
    Kind::Country,
    Kind::Country,
    Kind::Code(1),
    Kind::Code(0),
    Kind::Code(4),
    Kind::Enum(0),
    Kind::Enum(1),
    Kind::Money(0),
    Kind::Percent,
    Kind::Int,
    Kind::Date,
    Kind::Bool,
    Kind::Text { folded: false },
];

const RESULT_KINDS: [Kind; 11] = [
    Kind::Bool,
    Kind::Bool,
    Kind::Bool,
    Kind::Percent,
    Kind::Percent,
    Kind::Money(0),
    Kind::Int,
    Kind::Decimal,
    Kind::Date,
    Kind::Country,
    Kind::Enum(1),
];

const ORDER: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

impl Author {
    /// Tables; they may call defines and tables before them.
    pub fn tables(&mut self, count: usize) -> Vec<Declaration> {
        (0..count).map(|number| self.table(number)).collect()
    }

    fn table(&mut self, number: usize) -> Declaration {
        let kind = *self.random.pick(&RESULT_KINDS);
        let columns: Vec<(String, Kind)> = (0..*self.random.pick(&[1, 1, 2, 2, 3]))
            .map(|at| (format!("column_{at}"), *self.random.pick(&COLUMN_KINDS)))
            .collect();
        let unique = self.random.chance(30);
        let rows = match unique {
            true => self.rows_apart(&columns),
            false => self.any_rows(&columns),
        };
        self.scope = columns.clone();
        self.asks.clear();
        let rows: Vec<String> = rows
            .into_iter()
            .map(|row| format!("{row} => {}", self.row_result(kind)))
            .collect();
        self.scope.clear();
        let name = format!("table_{number}");
        let list: Vec<String> = columns
            .iter()
            .map(|(name, kind)| format!("{name} : {}", kind.type_name()))
            .collect();
        let hit = if unique { "unique" } else { "first" };
        let opening = format!(
            "table {name}({}) : {} {hit}",
            list.join(", "),
            kind.type_name()
        );
        self.defines.push(DefineInfo {
            name,
            of: String::new(),
            kind,
            parameters: columns.into_iter().map(|(_, kind)| kind).collect(),
            asks: std::mem::take(&mut self.asks),
        });
        Declaration::block(&opening, rows)
    }

    fn row_result(&mut self, kind: Kind) -> String {
        if self.random.chance(70) {
            return self.literal(kind).text();
        }
        if let (Some(name), true) = (self.name_of(kind), self.random.chance(50)) {
            return name;
        }
        let body = match kind {
            Kind::Bool => self.formula(1).to_string(),
            _ => self.value(kind, 1).text(),
        };
        format!("({body})")
    }

    pub fn any_rows(&mut self, columns: &[(String, Kind)]) -> Vec<String> {
        let mut rows: Vec<String> = (0..self.random.between(1, 5))
            .map(|_| {
                let cells: Vec<String> = columns.iter().map(|(_, kind)| self.cell(*kind)).collect();
                cells.join(", ")
            })
            .collect();
        if self.random.chance(60) {
            rows.push(vec!["_"; columns.len()].join(", "));
        }
        rows
    }

    fn cell(&mut self, kind: Kind) -> String {
        match self.random.below(20) {
            0..=3 => return "_".into(),
            4 if self.knobs.absence => return "missing".into(),
            5 if self.knobs.absence => return "not missing".into(),
            _ => {}
        }
        let only_under = self.knobs.only_under;
        match kind {
            Kind::Int | Kind::Decimal | Kind::Percent | Kind::Money(_) | Kind::Mass => {
                self.ordered_cell(kind)
            }
            Kind::Date => self.ordered_cell(kind),
            Kind::Enum(1) if self.random.chance(50) => self.ordered_cell(kind),
            Kind::Code(_) => {
                let words: &[&str] = match only_under {
                    true => &["under", "not under"],
                    false => &["under", "under", "not under", "in", "not in"],
                };
                let word = *self.random.pick(words);
                match self.random.chance(30) && word.ends_with("under") {
                    true => format!("{word} {}", self.literal(kind).text()),
                    false => format!("{word} {}", self.set(kind, 0)),
                }
            }
            Kind::Text { .. } if self.random.chance(30) => {
                let word = *self
                    .random
                    .pick(&["contains", "starts with", "ends with", "like"]);
                format!("{word} {}", self.literal(kind).text())
            }
            Kind::Bool => self.literal(kind).text(),
            _ => match self.random.below(4) {
                0 => self.literal(kind).text(),
                1 => self.braces(kind),
                2 if kind != Kind::Enum(0) => self.set(kind, 0),
                2 => format!("in {}", self.set(kind, 0)),
                _ => format!("not in {}", self.set(kind, 0)),
            },
        }
    }

    fn ordered_cell(&mut self, kind: Kind) -> String {
        let params = self.params.iter().filter(|(_, k)| *k == kind);
        let params: Vec<String> = params.map(|(name, _)| name.clone()).collect();
        let bound = match !params.is_empty() && self.random.chance(30) {
            true => self.random.pick(&params).clone(),
            false => self.literal(kind).text(),
        };
        match self.random.below(4) {
            0 => self.literal(kind).text(),
            1 if !matches!(kind, Kind::Enum(_)) => {
                format!(
                    "{} to {}",
                    self.literal(kind).text(),
                    self.literal(kind).text()
                )
            }
            2 if !matches!(kind, Kind::Enum(_)) => {
                format!("between {} and {bound}", self.literal(kind).text())
            }
            _ => format!("{} {bound}", self.random.pick(&ORDER)),
        }
    }

    /// Rows of which no two hold at once: every choice of a part of each column.
    fn rows_apart(&mut self, columns: &[(String, Kind)]) -> Vec<String> {
        let mut rows = vec![String::new()];
        for (at, (_, kind)) in columns.iter().enumerate() {
            let parts = match at {
                0 | 1 => self.parts(*kind),
                _ => vec!["_".into()],
            };
            rows = rows
                .iter()
                .flat_map(|row| {
                    parts.iter().map(move |part| match row.is_empty() {
                        true => part.clone(),
                        false => format!("{row}, {part}"),
                    })
                })
                .collect();
        }
        self.random.shuffle(&mut rows);
        if rows.len() > 2 && self.random.chance(30) {
            rows.pop();
        }
        rows
    }

    /// Cells of which no two hold at once.
    fn parts(&mut self, kind: Kind) -> Vec<String> {
        let mut parts = match kind {
            Kind::Bool => vec!["true".into(), "false".into()],
            Kind::Enum(number) => {
                let names = ENUM_VALUES[number]
                    .iter()
                    .map(|(name, _)| (*name).to_owned());
                names.take(self.random.between(2, 4)).collect()
            }
            Kind::Int
            | Kind::Decimal
            | Kind::Percent
            | Kind::Money(_)
            | Kind::Mass
            | Kind::Date => {
                let bound = self.literal(kind).text();
                vec![format!("< {bound}"), format!(">= {bound}")]
            }
            Kind::Code(_) if self.knobs.only_under || self.random.chance(70) => {
                let set = self.set(kind, 0);
                vec![format!("under {set}"), format!("not under {set}")]
            }
            _ => {
                let set = self.set(kind, 0);
                vec![format!("in {set}"), format!("not in {set}")]
            }
        };
        // `not in` holds for a missing value where the set is empty that day.
        let named = matches!(kind, Kind::Bool | Kind::Enum(_));
        if self.knobs.absence && named && self.random.chance(30) {
            parts.push("missing".into());
        }
        parts
    }
}
