//! Random verdicts that are worked out from the record: choices, cells of lists, tables, params, what is assumed.

use super::fields::Kind;
use super::policies::{Author, Declaration};

const COLUMNS: [Kind; 5] = [
    Kind::Country,
    Kind::Code(1),
    Kind::Enum(1),
    Kind::Money(0),
    Kind::Date,
];

impl Author {
    /// Params and tables that come to verdicts.
    pub fn verdict_sources(&mut self) -> Vec<Declaration> {
        let mut found = Vec::new();
        if self.random.chance(25) {
            let (a, b) = self.pools.two_days(&mut self.random);
            let (x, y) = (self.any_verdict(), self.any_verdict());
            found.push(Declaration::line(format!(
                "param severity : verdict {{ {x} from {a}, {y} from {} }}",
                if a == b { b.next() } else { b }
            )));
            self.verdict_names.push("severity".to_owned());
        }
        if self.random.chance(25) {
            self.asks.clear();
            let body = self.choice();
            // What it asks about rules could lead in a circle where it is named.
            if std::mem::take(&mut self.asks).is_empty() {
                let line = format!("define ruling : verdict = {body}");
                found.push(Declaration::line(line));
                self.verdict_names.push("ruling".to_owned());
            }
        }
        if self.random.chance(25) {
            found.extend(self.verdict_table());
        }
        found
    }

    /// A table of verdicts by a field.
    fn verdict_table(&mut self) -> Option<Declaration> {
        let kind = *self.random.pick(&COLUMNS);
        let field = self.field_of(kind)?;
        let rows = self.any_rows(&[("column_0".to_owned(), kind)]);
        let rows = rows.into_iter().map(|row| {
            let verdict = self.any_verdict();
            format!("{row} => {verdict}")
        });
        let opening = format!(
            "table graded(column_0 : {}) : verdict first",
            kind.type_name()
        );
        let table = Declaration::block(&opening, rows.collect());
        self.verdict_names.push(format!("graded({field})"));
        Some(table)
    }

    /// The verdict of a rule.
    pub fn verdict(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0 if depth > 0 => self.choice(),
            1 | 2 => self.verdict_cell().unwrap_or_else(|| self.choice()),
            3 | 4 if !self.verdict_names.is_empty() => {
                self.random.pick(&self.verdict_names).clone()
            }
            5 => self.choice(),
            _ => self.any_verdict().to_owned(),
        }
    }

    fn any_verdict(&mut self) -> &'static str {
        let at = self.random.below(self.verdicts.len());
        self.verdicts[at]
    }

    /// A choice, at most three inside one another: without an end to it some policies would never be done.
    fn choice(&mut self) -> String {
        if self.choices == 3 {
            return self.any_verdict().to_owned();
        }
        self.choices += 1;
        let depth = *self.random.pick(&[0, 0, 1]);
        let condition = self.formula(depth);
        let (a, b) = (self.verdict(0), self.verdict(0));
        self.choices -= 1;
        format!("(if {condition} then {a} else {b})")
    }

    /// A cell of a list with answers, guarded by an `if` or assumed where it is not there.
    fn verdict_cell(&mut self) -> Option<String> {
        let lists = self.reference.iter().filter(|list| list.has_answers);
        let lists: Vec<_> = lists.cloned().collect();
        let list = (!lists.is_empty()).then(|| self.random.pick(&lists).clone())?;
        let key = self.field_of(list.key)?;
        let cell = format!("{}[{key}].answer", list.name);
        let other = self.any_verdict();
        if self.knobs.absence && self.random.chance(30) {
            return Some(format!("assume({cell}, {other}, \"as usual\")"));
        }
        let word = match list.key {
            Kind::Code(_) => "under",
            _ => "in",
        };
        Some(format!(
            "(if {key} {word} {} then {cell} else {other})",
            list.name
        ))
    }

    /// A comparison of verdicts.
    pub fn verdict_test(&mut self) -> String {
        let op = *self.random.pick(&["=", "!=", "<", ">=", "<=", ">"]);
        format!("{} {op} {}", self.verdict(0), self.any_verdict())
    }
}
