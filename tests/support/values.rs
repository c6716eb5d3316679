//! Random expressions that are values: numbers, days, countries and the like.

use super::fields::{CURRENCIES, Kind, literal};
use super::policies::Author;

/// Calls inside the arguments of calls.
const MAX_CALLS: usize = 2;

/// An expression and how tightly it binds: 0 `+ -`, 1 `* /`, 2 unary `-`, 3 the rest.
#[derive(Clone, Debug)]
pub struct Term {
    text: String,
    level: u8,
}

impl Term {
    fn whole(text: impl Into<String>) -> Term {
        Term {
            text: text.into(),
            level: 3,
        }
    }

    /// As it stands alone.
    pub fn text(self) -> String {
        self.text
    }

    /// As an operand of something that binds as tightly as `least`.
    fn at(self, least: u8) -> String {
        if self.level < least {
            format!("({})", self.text)
        } else {
            self.text
        }
    }
}

fn sum(a: Term, op: &str, b: Term) -> Term {
    Term {
        text: format!("{} {op} {}", a.at(0), b.at(1)),
        level: 0,
    }
}

fn product(a: Term, op: &str, b: Term) -> Term {
    Term {
        text: format!("{} {op} {}", a.at(1), b.at(2)),
        level: 1,
    }
}

impl Author {
    /// A value of the kind.
    pub fn value(&mut self, kind: Kind, depth: usize) -> Term {
        match kind {
            _ if depth == 0 => self.leaf(kind),
            Kind::Int | Kind::Decimal | Kind::Percent | Kind::Money(_) | Kind::Mass => {
                self.number(kind, depth)
            }
            Kind::Date => self.date(depth),
            Kind::Text { .. }
            | Kind::Bool
            | Kind::Instant
            | Kind::Country
            | Kind::Code(_)
            | Kind::Enum(_)
            | Kind::List(_) => self.other(kind, depth),
        }
    }

    /// A literal, a name, or a field.
    pub fn leaf(&mut self, kind: Kind) -> Term {
        let roll = self.random.below(100);
        if roll < 72
            && let Some(name) = self.name_of(kind)
        {
            return Term::whole(name);
        }
        if roll < 82
            && let Some(name) = self.constant(kind)
        {
            return Term::whole(name);
        }
        self.literal(kind)
    }

    /// A literal; a negative one now and then.
    pub fn literal(&mut self, kind: Kind) -> Term {
        let text = literal(&mut self.random, &self.pools, kind);
        if kind.is_number() && self.random.chance(6) {
            let text = format!("-{text}");
            return Term { text, level: 2 };
        }
        Term::whole(text)
    }

    /// A parameter in scope or a field of the kind.
    pub fn name_of(&mut self, kind: Kind) -> Option<String> {
        let in_scope = self.scope.iter().filter(|(_, k)| *k == kind);
        let names: Vec<String> = in_scope.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() && self.random.chance(60) {
            return Some(self.random.pick(&names).clone());
        }
        self.field_of(kind)
    }

    /// A field of the kind.
    pub fn field_of(&mut self, kind: Kind) -> Option<String> {
        let fields = self.fields.iter().filter(|field| field.kind == kind);
        let names: Vec<String> = fields.map(|field| field.written()).collect();
        (!names.is_empty()).then(|| self.random.pick(&names).clone())
    }

    /// A param or a call of a define of the kind.
    pub fn constant(&mut self, kind: Kind) -> Option<String> {
        let params = self.params.iter().filter(|(_, k)| *k == kind);
        let params: Vec<String> = params.map(|(name, _)| name.clone()).collect();
        let all = 0..self.defines.len();
        let defines: Vec<usize> = all.filter(|&d| self.defines[d].kind == kind).collect();
        if !defines.is_empty() && (params.is_empty() || self.random.chance(60)) {
            let define = *self.random.pick(&defines);
            return self.call(define);
        }
        (!params.is_empty()).then(|| self.random.pick(&params).clone())
    }

    /// A call of a define with random arguments, unless what it asks about rules would be a cycle here.
    pub fn call(&mut self, define: usize) -> Option<String> {
        let asks = self.defines[define].asks.clone();
        if !self.may_ask(&asks) {
            return None;
        }
        if self.calls >= MAX_CALLS {
            return None;
        }
        self.calls += 1;
        let text = self.call_text(define);
        self.calls -= 1;
        Some(text)
    }

    fn call_text(&mut self, define: usize) -> String {
        let name = self.defines[define].name.clone();
        let parameters = self.defines[define].parameters.clone();
        if parameters.is_empty() {
            return name;
        }
        let depth = usize::from(self.random.chance(25));
        let arguments: Vec<String> = parameters
            .iter()
            .map(|&kind| self.argument(kind, depth))
            .collect();
        let of = &self.defines[define].of;
        format!("{name}({}){of}", arguments.join(", "))
    }

    fn argument(&mut self, kind: Kind, depth: usize) -> String {
        if self.random.chance(70)
            && let Some(name) = self.name_of(kind)
        {
            return name;
        }
        self.value(kind, depth).text()
    }

    fn number(&mut self, kind: Kind, depth: usize) -> Term {
        let below = depth - 1;
        if self.random.chance(25)
            && let Some(text) = self.aggregate(kind, below)
        {
            return Term::whole(text);
        }
        match self.random.below(20) {
            0..=3 => self.leaf(kind),
            4 | 5 => sum(self.value(kind, below), "+", self.value(kind, below)),
            6 | 7 => sum(self.value(kind, below), "-", self.value(kind, below)),
            8..=12 => self.special(kind, below),
            13 => {
                let inner = self.value(kind, below).at(2);
                // `--` would read as one mark.
                let inner = if inner.starts_with('-') {
                    format!("({inner})")
                } else {
                    inner
                };
                Term {
                    text: format!("-{inner}"),
                    level: 2,
                }
            }
            14 => Term::whole(format!("abs({})", self.value(kind, below).text())),
            15 | 16 => self.least_or_greatest(kind, below),
            17 => self.rounded(kind, below),
            _ => self.other(kind, depth),
        }
    }

    fn least_or_greatest(&mut self, kind: Kind, depth: usize) -> Term {
        let function = *self.random.pick(&["min", "max"]);
        let count = *self.random.pick(&[2, 2, 2, 3]);
        let list: Vec<String> = (0..count).map(|_| self.value(kind, depth).text()).collect();
        Term::whole(format!("{function}({})", list.join(", ")))
    }

    fn rounded(&mut self, kind: Kind, depth: usize) -> Term {
        let digits = self.random.below(5);
        let kind_inside = if kind == Kind::Int { Kind::Int } else { kind };
        Term::whole(format!(
            "round({}, {digits})",
            self.value(kind_inside, depth).text()
        ))
    }

    fn plain(&mut self, depth: usize) -> Term {
        let kind = *self.random.pick(&[Kind::Int, Kind::Decimal]);
        self.value(kind, depth)
    }

    /// A divisor: a field if there is one, so that it may be zero; never a literal zero.
    fn divisor(&mut self, kind: Kind) -> Term {
        match self.name_of(kind) {
            Some(name) if self.random.chance(80) => Term::whole(name),
            Some(_) | None => Term::whole(match kind {
                Kind::Percent => "40%".into(),
                Kind::Money(currency) => format!("3 {}", CURRENCIES[currency]),
                Kind::Mass => "7 kg".into(),
                _ => "3".to_owned(),
            }),
        }
    }

    /// What gives this kind by the table of language.md, section 9.
    fn special(&mut self, kind: Kind, depth: usize) -> Term {
        match kind {
            Kind::Int => match self.random.below(3) {
                0 => product(
                    self.value(Kind::Int, depth),
                    "*",
                    self.value(Kind::Int, depth),
                ),
                1 => self.days_between(depth),
                _ => Term::whole(format!("year({})", self.value(Kind::Date, depth).text())),
            },
            Kind::Decimal => match self.random.below(5) {
                0 => product(self.value(Kind::Decimal, depth), "*", self.plain(depth)),
                1 => product(self.value(Kind::Int, depth), "/", self.divisor(Kind::Int)),
                2 => product(
                    self.value(Kind::Decimal, depth),
                    "/",
                    self.divisor(Kind::Decimal),
                ),
                3 => product(
                    self.value(Kind::Percent, depth),
                    "/",
                    self.divisor(Kind::Percent),
                ),
                _ => product(
                    self.value(Kind::Decimal, depth),
                    "*",
                    self.value(Kind::Percent, depth),
                ),
            },
            Kind::Percent => self.share(depth),
            Kind::Money(_) | Kind::Mass => match self.random.below(5) {
                0 => product(self.value(kind, depth), "*", self.plain(depth)),
                1 => product(self.plain(depth), "*", self.value(kind, depth)),
                2 => product(
                    self.value(kind, depth),
                    "*",
                    self.value(Kind::Percent, depth),
                ),
                3 => product(self.value(kind, depth), "/", self.divisor(Kind::Int)),
                _ => product(self.value(kind, depth), "/", self.divisor(Kind::Percent)),
            },
            Kind::Text { .. }
            | Kind::Bool
            | Kind::Date
            | Kind::Instant
            | Kind::Country
            | Kind::Code(_)
            | Kind::Enum(_)
            | Kind::List(_) => unreachable!("not a number"),
        }
    }

    fn share(&mut self, depth: usize) -> Term {
        let amounts = [Kind::Money(0), Kind::Money(0), Kind::Money(1), Kind::Mass];
        let kind = *self.random.pick(&amounts);
        match self.random.below(6) {
            0 => product(
                self.value(Kind::Percent, depth),
                "*",
                self.value(Kind::Percent, depth),
            ),
            1 => {
                let (a, b) = (self.value(Kind::Int, depth), self.divisor(Kind::Int));
                Term::whole(format!("share({}, {})", a.text(), b.text()))
            }
            2 => product(self.value(kind, depth), "/", self.value(kind, depth.max(1))),
            _ => product(self.value(kind, depth), "/", self.divisor(kind)),
        }
    }

    fn days_between(&mut self, depth: usize) -> Term {
        let (a, b) = (self.value(Kind::Date, depth), self.value(Kind::Date, depth));
        Term::whole(format!("days_between({}, {})", a.text(), b.text()))
    }

    fn date(&mut self, depth: usize) -> Term {
        match self.random.below(10) {
            0 | 1 => Term::whole("as_of"),
            2..=5 => {
                let (op, period) = (*self.random.pick(&["+", "-"]), self.period());
                let start = self.value(Kind::Date, depth - 1);
                Term {
                    text: format!("{} {op} {period}", start.at(0)),
                    level: 0,
                }
            }
            6 => self.other(Kind::Date, depth),
            _ => self.leaf(Kind::Date),
        }
    }

    /// `30 days`
    pub fn period(&mut self) -> String {
        let count = *self.random.pick(&[1, 1, 2, 3, 6, 12, 30, 90, 365, 1000]);
        format!("{count} {}", self.random.pick(&["days", "months", "years"]))
    }

    /// `if` and `assume`, of any kind.
    fn other(&mut self, kind: Kind, depth: usize) -> Term {
        if kind == Kind::Instant {
            return self.leaf(kind);
        }
        if self.knobs.absence
            && self.random.chance(40)
            && let Some(name) = self.name_of(kind)
        {
            let value = literal(&mut self.random, &self.pools, kind);
            return Term::whole(format!("assume({name}, {value}, \"as agreed\")"));
        }
        if self.random.chance(40) {
            let condition = self.formula(depth - 1);
            let (a, b) = (
                self.value(kind, depth - 1).text(),
                self.value(kind, depth - 1).text(),
            );
            return Term::whole(format!("(if {condition} then {a} else {b})"));
        }
        self.leaf(kind)
    }
}
