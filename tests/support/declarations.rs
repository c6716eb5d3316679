//! Random declarations around the rules: enums, code systems, verdicts, sets, params, defines.

use super::fields::{ENUM_VALUES, ENUMS, Kind, literal};
use super::lists::list_literal;
use super::policies::{Author, Declaration, DefineInfo};

const VERDICTS: [&str; 6] = ["clear", "guidance", "report", "review", "license", "deny"];

/// Kinds of sets, common ones more than once.
const SET_KINDS: [Kind; 15] = [
    Kind::Country,
    Kind::Country,
    Kind::Country,
    Kind::Code(0),
    Kind::Code(0),
    Kind::Code(1),
    Kind::Code(1),
    Kind::Code(2),
    Kind::Code(3),
    Kind::Code(4),
    Kind::Enum(0),
    Kind::Enum(1),
    Kind::Text { folded: false },
    Kind::Text { folded: true },
    Kind::Money(0),
];

const PARAM_KINDS: [Kind; 12] = [
    Kind::Percent,
    Kind::Percent,
    Kind::Money(0),
    Kind::Money(1),
    Kind::Int,
    Kind::Decimal,
    Kind::Mass,
    Kind::Date,
    Kind::Country,
    Kind::Bool,
    Kind::Enum(1),
    Kind::Text { folded: false },
];

const DEFINE_KINDS: [Kind; 12] = [
    Kind::Bool,
    Kind::Bool,
    Kind::Bool,
    Kind::Bool,
    Kind::Percent,
    Kind::Percent,
    Kind::Money(0),
    Kind::Int,
    Kind::Decimal,
    Kind::Mass,
    Kind::Date,
    Kind::Country,
];

const PARAMETER_KINDS: [Kind; 10] = [
    Kind::Country,
    Kind::Country,
    Kind::Money(0),
    Kind::Percent,
    Kind::Int,
    Kind::Date,
    Kind::Code(1),
    Kind::Code(0),
    Kind::Bool,
    Kind::Text { folded: false },
];

impl Author {
    /// Enums, code systems, verdicts and what goes with them.
    pub fn vocabulary(&mut self) -> Vec<Declaration> {
        let mut found: Vec<Declaration> = (0..ENUMS.len()).map(enum_declaration).collect();
        found.push(Declaration::line("codes schedule_b like hs"));
        found.push(Declaration::line("codes cn_control like eccn"));
        found.push(Declaration::line("codes mil_list segmented"));
        let count = self.random.between(3, VERDICTS.len());
        self.verdicts = VERDICTS[..count].to_vec();
        found.push(Declaration::line(format!(
            "verdicts {}",
            self.verdicts.join(" < ")
        )));
        let otherwise = usize::from(self.random.chance(10));
        found.push(Declaration::line(format!(
            "otherwise {}",
            self.verdicts[otherwise]
        )));
        let unknown = *self.random.pick(&self.verdicts);
        found.push(Declaration::line(format!("when unknown {unknown}")));
        found
    }

    /// Named sets; later ones may use earlier ones.
    pub fn sets(&mut self, count: usize) -> Vec<Declaration> {
        let mut found = Vec::new();
        for number in 0..count {
            let kind = self.useful(&SET_KINDS);
            let depth = *self.random.pick(&[0, 0, 1, 2]);
            let members = if depth == 0 {
                self.braces(kind)
            } else {
                self.set(kind, depth)
            };
            let name = format!("set_{number}");
            found.push(Declaration::line(format!(
                "set {name} of {} = {members}",
                kind.type_name()
            )));
            self.sets.push((name, kind));
        }
        found
    }

    /// A kind out of `kinds`, more likely one that a field has.
    pub fn useful(&mut self, kinds: &[Kind]) -> Kind {
        for _ in 0..3 {
            let kind = *self.random.pick(kinds);
            if self.fields.iter().any(|field| field.kind == kind) {
                return kind;
            }
        }
        *self.random.pick(kinds)
    }

    /// Params, with one value or several by date.
    pub fn params(&mut self, count: usize) -> Vec<Declaration> {
        let mut found = Vec::new();
        for number in 0..count {
            let kind = self.useful(&PARAM_KINDS);
            let name = format!("param_{number}");
            let values = self.param_values(kind);
            found.push(Declaration::line(format!(
                "param {name} : {}{values}",
                kind.type_name()
            )));
            self.params.push((name, kind));
        }
        found
    }

    fn param_values(&mut self, kind: Kind) -> String {
        if self.random.chance(45) {
            return format!(" = {}", literal(&mut self.random, &self.pools, kind));
        }
        let count = self.random.between(1, 4);
        let mut days = self.pools.days.clone();
        days.sort();
        days.dedup();
        let days = self.random.sample(&days, count);
        let from_the_start = self.random.chance(40);
        let mut steps = Vec::new();
        for (place, day) in days.iter().enumerate() {
            let value = literal(&mut self.random, &self.pools, kind);
            steps.push(if place == 0 && from_the_start {
                value
            } else {
                format!("{value} from {day}")
            });
        }
        format!(" {{ {} }}", steps.join(", "))
    }

    /// Defines; later ones may call earlier ones.
    pub fn defines(&mut self, count: usize) -> Vec<Declaration> {
        let mut found = Vec::new();
        for number in 0..count {
            let kind = *self.random.pick(&DEFINE_KINDS);
            let parameters = self.parameters();
            self.scope = parameters.clone();
            self.asks.clear();
            let body = self.define_body(kind);
            self.scope.clear();
            let name = format!("define_{number}");
            let list: Vec<String> = parameters
                .iter()
                .map(|(name, kind)| format!("{name} : {}", kind.type_name()))
                .collect();
            let list = if list.is_empty() {
                String::new()
            } else {
                format!("({})", list.join(", "))
            };
            let type_name = format!(" : {}", kind.type_name());
            found.push(Declaration::line(format!(
                "define {name}{list}{type_name} = {body}"
            )));
            self.defines.push(DefineInfo {
                name,
                of: String::new(),
                kind,
                parameters: parameters.into_iter().map(|(_, kind)| kind).collect(),
                asks: std::mem::take(&mut self.asks),
            });
        }
        found
    }

    fn parameters(&mut self) -> Vec<(String, Kind)> {
        let count = *self.random.pick(&[0, 0, 0, 1, 1, 2]);
        (0..count)
            .map(|number| {
                (
                    format!("given_{number}"),
                    *self.random.pick(&PARAMETER_KINDS),
                )
            })
            .collect()
    }

    fn define_body(&mut self, kind: Kind) -> String {
        let depth = self.random.between(1, 2);
        if kind == Kind::Bool {
            self.formula(depth).to_string()
        } else {
            self.value(kind, depth).text()
        }
    }

    /// A test in the language: a record with all that must be there.
    pub fn test_in_the_language(&mut self) -> Declaration {
        let mut entries = Vec::new();
        for field in self.fields.clone() {
            if field.optional && self.random.chance(50) {
                continue;
            }
            let value = match field.kind {
                Kind::Instant => "\"2024-03-10T12:00:00Z\"".to_owned(),
                Kind::List(level) => {
                    list_literal(&mut self.random, &self.pools, &self.levels, level)
                }
                kind => literal(&mut self.random, &self.pools, kind),
            };
            entries.push(format!("{}: {value}", field.written()));
        }
        let mut clauses = vec![format!("given {{ {} }}", entries.join(", "))];
        if self.random.chance(40) {
            clauses.push(format!("on {}", self.random.pick(&self.pools.days)));
        }
        clauses.push(format!(
            "expect at most {}",
            self.random.pick(&self.verdicts)
        ));
        if self.random.chance(40) {
            clauses.push(format!(
                "expect not {}",
                self.random.pick(&self.skeleton.rules).name
            ));
        }
        Declaration::block("test \"a record\"", clauses)
    }

    /// The policy's header.
    pub fn header(&mut self) -> Declaration {
        let mut entries = vec![
            "title \"A random policy\"".to_owned(),
            "version \"1\"".to_owned(),
        ];
        if self.zoned {
            let zones = [
                "Asia/Shanghai",
                "America/New_York",
                "Europe/Berlin",
                "Pacific/Apia",
                "UTC",
            ];
            entries.push(format!("zone \"{}\"", self.random.pick(&zones)));
        }
        Declaration::block("policy random_policy", entries)
    }
}

fn enum_declaration(number: usize) -> Declaration {
    let values = ENUM_VALUES[number].map(|(name, spelling)| {
        if name == spelling {
            name.to_owned()
        } else {
            format!("{name} as \"{spelling}\"")
        }
    });
    let name = ENUMS[number];
    Declaration::line(if number == 1 {
        format!("enum {name} ordered {{ {} }}", values.join(" < "))
    } else {
        format!("enum {name} {{ {} }}", values.join(", "))
    })
}
