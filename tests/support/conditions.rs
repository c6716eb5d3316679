//! Random conditions.

use super::fields::Kind;
use super::formula::Formula;
use super::policies::Author;
use super::pools::quoted;
use super::references::Ask;

const ORDER: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const EQUALITY: [&str; 2] = ["=", "!="];

impl Author {
    /// A condition at most `depth` connectives deep.
    pub fn formula(&mut self, depth: usize) -> Formula {
        if depth == 0 {
            return self.atom();
        }
        match self.random.below(100) {
            0..=37 => Formula::And(self.formulas(depth - 1)),
            38..=67 => Formula::Or(self.formulas(depth - 1)),
            68..=77 => Formula::Not(self.formula(depth - 1).into()),
            78..=83 => Formula::If(
                self.formula(depth - 1).into(),
                self.formula(depth - 1).into(),
                self.formula(depth - 1).into(),
            ),
            84..=87 if self.knobs.absence => Formula::IsUnknown(self.formula(depth - 1).into()),
            _ => self.atom(),
        }
    }

    fn formulas(&mut self, depth: usize) -> Vec<Formula> {
        let count = *self.random.pick(&[2, 2, 2, 3, 3, 4]);
        (0..count).map(|_| self.formula(depth)).collect()
    }

    /// A condition whose disjunctive form is very large.
    pub fn exploding(&mut self) -> Formula {
        let count = self.random.between(4, 7);
        let parts: Vec<Formula> = (0..count).map(|_| self.exploding_part()).collect();
        if self.random.chance(25) {
            Formula::Not(Formula::Or(parts.into_iter().map(negated).collect()).into())
        } else {
            Formula::And(parts)
        }
    }

    fn exploding_part(&mut self) -> Formula {
        let count = self.random.between(2, 5);
        let choices = (0..count).map(|_| {
            if self.random.chance(30) {
                Formula::And(vec![self.atom(), self.atom()])
            } else {
                self.atom()
            }
        });
        Formula::Or(choices.collect())
    }

    fn atom(&mut self) -> Formula {
        match self.random.below(100) {
            0..=59 => self.field_test(),
            60..=73 => self.amount_test(),
            74..=79 => self.date_test(),
            80..=86 => self.ask().unwrap_or_else(|| self.field_test()),
            87..=91 if self.knobs.absence => self.absence_test(),
            97 if !self.verdicts.is_empty() => Formula::Atom(self.verdict_test()),
            92..=96 => match self.constant(Kind::Bool) {
                Some(name) => Formula::Atom(name),
                None => self.field_test(),
            },
            _ => self.field_test(),
        }
    }

    /// A test of one field, or of a parameter of the define around.
    fn field_test(&mut self) -> Formula {
        if !self.scope.is_empty() && self.random.chance(50) {
            let (name, kind) = self.random.pick(&self.scope).clone();
            return self.test(&name, kind);
        }
        let last = self.fields.len() - 1;
        let at = if self.random.chance(3) {
            0
        } else {
            self.random.between(1, last)
        };
        let field = self.fields[at].clone();
        self.test(&field.written(), field.kind)
    }

    /// A test of a named value.
    fn test(&mut self, name: &str, kind: Kind) -> Formula {
        if !self.reference.is_empty()
            && self.random.chance(25)
            && let Some(test) = self.listed_test(name, kind)
        {
            return test;
        }
        self.test_of_cell(name, kind)
    }

    /// The same, but no question about a list.
    pub fn test_of_cell(&mut self, name: &str, kind: Kind) -> Formula {
        match kind {
            Kind::Text { .. } => self.text_test(name, kind),
            Kind::Bool => self.bool_test(name),
            Kind::Int | Kind::Decimal | Kind::Percent | Kind::Money(_) | Kind::Mass => {
                self.number_test(name, kind)
            }
            Kind::Date => self.order_test(name, kind, &ORDER),
            Kind::Instant => self.instant_test(name),
            Kind::Country => self.choice_test(name, kind),
            Kind::Code(system) => self.code_test(name, system),
            Kind::Enum(0) => self.choice_test(name, kind),
            Kind::Enum(_) if self.random.chance(40) => self.choice_test(name, kind),
            Kind::Enum(_) => self.order_test(name, kind, &ORDER),
            Kind::List(level) => self.list_test(name, level),
        }
    }

    fn compare(&mut self, left: &str, operators: &[&str], right: &str) -> Formula {
        Formula::Atom(format!("{left} {} {right}", self.random.pick(operators)))
    }

    fn member(&mut self, name: &str, word: &str, kind: Kind) -> Formula {
        let depth = *self.random.pick(&[0, 0, 0, 1, 2]);
        let set = self.set(kind, depth);
        Formula::Atom(format!("{name} {word} {set}"))
    }

    fn choice_test(&mut self, name: &str, kind: Kind) -> Formula {
        match self.random.below(10) {
            0..=3 => {
                let word = *self.random.pick(&["in", "in", "not in"]);
                self.member(name, word, kind)
            }
            4..=6 => {
                let literal = self.literal(kind).text();
                self.compare(name, &EQUALITY, &literal)
            }
            _ => {
                let other = self.value(kind, 1).text();
                self.compare(name, &EQUALITY, &other)
            }
        }
    }

    fn code_test(&mut self, name: &str, system: usize) -> Formula {
        let kind = Kind::Code(system);
        let roll = if self.knobs.only_under {
            self.random.below(10)
        } else {
            self.random.below(20)
        };
        match roll {
            0..=4 => {
                let word = *self.random.pick(&["under", "under", "not under"]);
                self.member(name, word, kind)
            }
            5..=9 => {
                let word = *self.random.pick(&["under", "under", "not under"]);
                let code = self.code_of_element(system);
                let code = code.unwrap_or_else(|| self.literal(kind).text());
                Formula::Atom(format!("{name} {word} {code}"))
            }
            10..=13 => self.choice_test(name, kind),
            14 | 15 => {
                let code = *self.random.pick(&self.pools.codes[system]);
                let pattern = self.pattern(code);
                let word = *self.random.pick(&["like", "not like"]);
                Formula::Atom(format!("{name} {word} {}", quoted(&pattern)))
            }
            16..=18 => {
                let code = *self.random.pick(&self.pools.codes[system]);
                self.part_test(name, code)
            }
            _ => {
                let regex = *self
                    .random
                    .pick(&["^3A", "^[0-9]+$", "\\.a", "9", "^85(05|42)"]);
                Formula::Atom(format!("{name} matches {}", quoted(regex)))
            }
        }
    }

    /// The text with some of it replaced by `?` and `*`.
    fn pattern(&mut self, text: &str) -> String {
        let mut pattern = String::new();
        for c in text.chars() {
            match self.random.below(10) {
                0 | 1 => pattern.push('?'),
                2 => pattern.push('*'),
                _ => pattern.push(c),
            }
        }
        if self.random.chance(40) {
            pattern.push('*');
        }
        pattern
    }

    fn part_test(&mut self, name: &str, text: &str) -> Formula {
        let chars: Vec<char> = text.chars().collect();
        let cut = self.random.between(0, chars.len());
        let (head, tail) = chars.split_at(cut);
        let (word, part) = match self.random.below(3) {
            0 => ("starts with", head),
            1 => ("ends with", tail),
            _ => ("contains", if cut * 2 > chars.len() { head } else { tail }),
        };
        let part: String = part.iter().collect();
        Formula::Atom(format!("{name} {word} {}", quoted(&part)))
    }

    fn text_test(&mut self, name: &str, kind: Kind) -> Formula {
        let text = *self.random.pick(&self.pools.texts);
        match self.random.below(10) {
            0..=2 => self.choice_test(name, kind),
            3 => {
                let other = if kind == (Kind::Text { folded: true }) {
                    Kind::Text { folded: false }
                } else {
                    Kind::Text { folded: true }
                };
                let other = self.leaf(other).text();
                self.compare(name, &EQUALITY, &other)
            }
            4 | 5 => {
                let (word, pattern) =
                    (*self.random.pick(&["like", "not like"]), self.pattern(text));
                Formula::Atom(format!("{name} {word} {}", quoted(&pattern)))
            }
            6..=8 => self.part_test(name, text),
            _ => {
                let regexes = [
                    "^A", "(?i)acme", "[0-9]+", "Ltd\\.?$", "e\\b", "^$", "^.{3,6}$",
                ];
                let regex = *self.random.pick(&regexes);
                Formula::Atom(format!("{name} matches {}", quoted(regex)))
            }
        }
    }

    fn bool_test(&mut self, name: &str) -> Formula {
        match self.random.below(10) {
            0..=5 => Formula::Atom(name.to_owned()),
            6 | 7 => {
                let literal = *self.random.pick(&["true", "false"]);
                self.compare(name, &EQUALITY, literal)
            }
            _ => {
                let other = self.value(Kind::Bool, 1).text();
                self.compare(name, &EQUALITY, &other)
            }
        }
    }

    fn number_test(&mut self, name: &str, kind: Kind) -> Formula {
        match self.random.below(20) {
            0..=9 => {
                let literal = self.literal(kind).text();
                self.compare(name, &ORDER, &literal)
            }
            10 if self.random.chance(50) => self.member(name, "in", kind),
            10..=12 => {
                let (low, high) = (self.literal(kind).text(), self.literal(kind).text());
                Formula::Atom(format!("{name} between {low} and {high}"))
            }
            13 => {
                let (low, high) = (self.value(kind, 1).text(), self.value(kind, 1).text());
                Formula::Atom(format!("{name} between {low} and {high}"))
            }
            _ => {
                let other = self.value(kind, 1).text();
                self.compare(name, &ORDER, &other)
            }
        }
    }

    fn order_test(&mut self, name: &str, kind: Kind, operators: &[&str]) -> Formula {
        match self.random.below(10) {
            0 => self.member(name, "in", kind),
            1 | 2 => {
                let (low, high) = (self.literal(kind).text(), self.value(kind, 1).text());
                Formula::Atom(format!("{name} between {low} and {high}"))
            }
            3..=5 => {
                let literal = self.literal(kind).text();
                self.compare(name, operators, &literal)
            }
            _ => {
                let other = self.value(kind, 1).text();
                self.compare(name, operators, &other)
            }
        }
    }

    fn instant_test(&mut self, name: &str) -> Formula {
        let other = match self.random.below(4) {
            0 => self
                .field_of(Kind::Instant)
                .unwrap_or_else(|| "as_of".into()),
            1 => "as_of".into(),
            _ => self.value(Kind::Date, 1).text(),
        };
        self.compare(name, &ORDER, &other)
    }

    /// A comparison of computed numbers.
    fn amount_test(&mut self) -> Formula {
        let kinds = [
            Kind::Int,
            Kind::Decimal,
            Kind::Percent,
            Kind::Percent,
            Kind::Money(0),
            Kind::Money(0),
            Kind::Money(1),
            Kind::Mass,
        ];
        let present: Vec<Kind> = kinds
            .into_iter()
            .filter(|kind| self.fields.iter().any(|field| field.kind == *kind))
            .chain([Kind::Int, Kind::Percent])
            .collect();
        let kind = *self.random.pick(&present);
        let depth = self.random.between(1, self.knobs.value_depth);
        let left = self.value(kind, depth).text();
        let right = if self.random.chance(65) {
            self.literal(kind).text()
        } else {
            self.value(kind, depth - 1).text()
        };
        self.compare(&left, &ORDER, &right)
    }

    fn date_test(&mut self) -> Formula {
        let (left, right) = (
            self.value(Kind::Date, 1).text(),
            self.value(Kind::Date, 1).text(),
        );
        self.compare(&left, &ORDER, &right)
    }

    fn absence_test(&mut self) -> Formula {
        let at = self.random.between(2, self.fields.len() - 1);
        let field = self.fields[at].clone();
        let word = *self.random.pick(&["is missing", "is known"]);
        let asked = if field.kind.is_number() && self.random.chance(30) {
            format!("({})", self.value(field.kind, 1).text())
        } else {
            field.written()
        };
        Formula::Atom(format!("{asked} {word}"))
    }

    /// A question about rules, unless it would be a cycle.
    fn ask(&mut self) -> Option<Formula> {
        if !self.knobs.asks {
            return None;
        }
        let only = self
            .asking
            .is_some_and(|rule| self.skeleton.rules[rule].is_exception());
        for _ in 0..3 {
            let ask: Ask = self.skeleton.random_ask(&mut self.random, only);
            if self.may_ask(std::slice::from_ref(&ask)) {
                return Some(Formula::Atom(self.skeleton.ask_text(&ask)));
            }
        }
        None
    }

    /// Notes the questions where they are asked; false if that would be a cycle.
    pub fn may_ask(&mut self, asks: &[Ask]) -> bool {
        match self.asking {
            Some(rule) => self.skeleton.try_ask(rule, asks),
            None => {
                self.asks.extend_from_slice(asks);
                true
            }
        }
    }
}

/// The negation, pushed one step in where it can be.
fn negated(formula: Formula) -> Formula {
    match formula {
        Formula::Or(parts) => {
            Formula::And(parts.into_iter().map(|f| Formula::Not(f.into())).collect())
        }
        other => Formula::Not(other.into()),
    }
}
