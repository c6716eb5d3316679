//! Random aggregates over the records of a run.

use super::fields::Kind;
use super::policies::{Author, Declaration, DefineInfo};

/// What aggregates come to.
const KINDS: [Kind; 6] = [
    Kind::Money(0),
    Kind::Money(0),
    Kind::Int,
    Kind::Decimal,
    Kind::Mass,
    Kind::Percent,
];

impl Author {
    /// Aggregates; conditions ask them like defines without parameters.
    pub fn aggregates(&mut self, count: usize) -> Vec<Declaration> {
        let mut found = Vec::new();
        // None is made of another.
        let mut names = Vec::new();
        for number in 0..count {
            let kind = self.useful(&KINDS);
            let name = format!("aggregate_{number}");
            if let Some(text) = self.aggregate_of_records(&name, kind) {
                found.push(Declaration::line(text));
                names.push((name, kind));
            }
        }
        self.defines
            .extend(names.into_iter().map(|(name, kind)| DefineInfo {
                name,
                of: String::new(),
                kind,
                parameters: Vec::new(),
                asks: Vec::new(),
            }));
        found
    }

    /// None where there are no keys, or where it would ask about rules.
    fn aggregate_of_records(&mut self, name: &str, kind: Kind) -> Option<String> {
        let keys = self.aggregate_keys();
        if keys.is_empty() {
            return None;
        }
        self.asks.clear();
        let body = match kind {
            Kind::Int | Kind::Decimal if self.random.chance(50) => "count()".to_owned(),
            kind => {
                let depth = usize::from(self.random.chance(30));
                let value = self.value(kind, depth).text();
                let function = *self.random.pick(&["sum", "sum", "sum", "min", "max"]);
                format!("{function}({value})")
            }
        };
        let filter = match self.random.chance(50) {
            true => format!(" where {}", self.formula(1)),
            false => String::new(),
        };
        let asks_rules = !std::mem::take(&mut self.asks).is_empty();
        let period = match self.random.below(6) {
            0 => " in the calendar year".to_owned(),
            1 => format!(" in the last {} days", self.random.pick(&[1, 30, 90, 400])),
            _ => String::new(),
        };
        let ty = kind.type_name();
        (!asks_rules).then(|| {
            let keys = keys.join(", ");
            format!("aggregate {name} : {ty} = {body}{filter} over same {keys}{period}")
        })
    }

    /// Fields of which few values come often, for the most part.
    fn aggregate_keys(&mut self) -> Vec<String> {
        let fields = self.fields.iter().skip(2).filter(|field| match field.kind {
            Kind::List(_) | Kind::Instant => false,
            Kind::Country | Kind::Code(_) | Kind::Enum(_) | Kind::Bool => true,
            _ => field.optional,
        });
        let names: Vec<String> = fields.map(|field| field.written()).collect();
        let count = *self.random.pick(&[1, 1, 1, 2, 2, 3]);
        self.random.sample(&names, count.min(names.len()))
    }
}
