//! Kinds of values, and the fields of a random record.

use super::pools::Pools;
use super::random::Random;

/// The currencies a random policy knows.
pub const CURRENCIES: [&str; 2] = ["USD", "EUR"];
/// The units of mass.
pub const UNITS: [&str; 6] = ["kg", "g", "mg", "t", "lb", "oz"];
/// The code systems, by number; the last three are declared.
pub const SYSTEMS: [&str; 5] = ["hs", "eccn", "schedule_b", "cn_control", "mil_list"];
/// The enums, by number; the second is ordered.
pub const ENUMS: [&str; 2] = ["end_use", "grade"];
/// The values of the enums, and a spelling of each in data.
pub const ENUM_VALUES: [[(&str, &str); 4]; 2] = [
    [
        ("civil", "civil"),
        ("military", "MIL"),
        ("relief", "relief"),
        ("research", "research"),
    ],
    [
        ("nothing", "nothing"),
        ("suspecting", "suspecting"),
        ("aware", "A"),
        ("informed", "informed"),
    ],
];

/// The records that stand in lists, each in those of the one before.
pub const LEVELS: [&str; 3] = ["component", "part", "piece"];

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the language's types")]
pub enum Kind {
    Text {
        folded: bool,
    },
    Bool,
    Int,
    Decimal,
    Percent,
    Money(usize),
    Mass,
    Date,
    Instant,
    Country,
    Code(usize),
    Enum(usize),
    /// A list of the records of that level.
    List(usize),
}

impl Kind {
    /// The type as a set, a param or a define names it.
    pub fn type_name(self) -> String {
        match self {
            Kind::Text { folded: false } => "text".into(),
            Kind::Text { folded: true } => "text folded".into(),
            Kind::Bool => "bool".into(),
            Kind::Int => "int".into(),
            Kind::Decimal => "decimal".into(),
            Kind::Percent => "percent".into(),
            Kind::Money(currency) => format!("money {}", CURRENCIES[currency]),
            Kind::Mass => "mass kg".into(),
            Kind::Date => "date".into(),
            Kind::Instant => "instant".into(),
            Kind::Country => "country".into(),
            Kind::Code(system) => SYSTEMS[system].into(),
            Kind::Enum(number) => ENUMS[number].into(),
            Kind::List(level) => format!("list of {}", LEVELS[level]),
        }
    }

    /// Whether arithmetic is done with it.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Kind::Int | Kind::Decimal | Kind::Percent | Kind::Money(_) | Kind::Mass
        )
    }
}

/// A field of the record.
#[derive(Clone, Debug)]
pub struct FieldInfo {
    /// Its name, without backticks.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it may be negative: `signed` amounts and all plain numbers.
    pub signed: bool,
    /// Data gives 0.25 for 25 %.
    pub percent_of_one: bool,
    /// The unit of a mass in the data.
    pub unit: &'static str,
    /// The column's name, where it is another.
    pub column: Option<String>,
}

impl FieldInfo {
    /// The name as a rule writes it.
    pub fn written(&self) -> String {
        if self.name.contains(' ') {
            format!("`{}`", self.name)
        } else {
            self.name.clone()
        }
    }

    /// The column's name in the data.
    pub fn column(&self) -> &str {
        self.column.as_deref().unwrap_or(&self.name)
    }

    /// The field as the record declares it.
    pub fn declaration(&self, role: &str) -> String {
        let signed = match self.kind {
            Kind::Percent | Kind::Money(_) | Kind::Mass if self.signed => " signed",
            _ => "",
        };
        let type_name = match self.kind {
            Kind::Percent if self.percent_of_one => "percent of 1".into(),
            Kind::Mass => format!("mass {}", self.unit),
            kind => kind.type_name(),
        };
        let optional = if self.optional { "?" } else { "" };
        let column = match &self.column {
            Some(column) => format!(" from \"{column}\""),
            None => String::new(),
        };
        format!(
            "{role}{} : {type_name}{signed}{optional}{column}",
            self.written()
        )
    }
}

/// Names of fields: the first of each kind are words that the language also uses.
fn names(kind: Kind) -> (&'static [&'static str], &'static str) {
    match kind {
        Kind::Text { folded: false } => (&["title", "consignee"], "text"),
        Kind::Text { folded: true } => (&["vendor", "Ship To"], "folded"),
        Kind::Bool => (&["listed", "is_military"], "flag"),
        Kind::Int => (&["version", "layers"], "count"),
        Kind::Decimal => (&["purity", "density"], "number"),
        Kind::Percent => (&["share_held", "content"], "percentage"),
        Kind::Money(_) => (&["value", "freight"], "amount"),
        Kind::Mass => (&["weight", "gross"], "load"),
        Kind::Date => (&["expiry", "ordered_on"], "day"),
        Kind::Instant => (&["scanned", "loaded"], "moment"),
        Kind::Country => (&["origin", "destination"], "place"),
        Kind::Code(_) => (&["classification", "item"], "code"),
        Kind::Enum(_) => (&["purpose", "source"], "choice"),
        Kind::List(_) => (&["parts_list", "contents"], "things"),
    }
}

/// The kinds a random field may have, common ones more than once.
pub const KINDS: [Kind; 26] = [
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
    Kind::Money(0),
    Kind::Money(0),
    Kind::Money(0),
    Kind::Money(1),
    Kind::Enum(0),
    Kind::Enum(1),
    Kind::Bool,
    Kind::Bool,
    Kind::Int,
    Kind::Decimal,
    Kind::Percent,
    Kind::Mass,
    Kind::Date,
    Kind::Date,
    Kind::Text { folded: false },
    Kind::Text { folded: true },
];

/// A random field; `number` makes its name its own.
pub fn random_field(random: &mut Random, kind: Kind, number: usize) -> FieldInfo {
    let (taken_from, plain) = names(kind);
    let name = match taken_from.get(number) {
        Some(name) if random.chance(70) => (*name).to_owned(),
        Some(_) | None => format!("{plain}_{number}"),
    };
    let name = match kind {
        Kind::Code(system) => format!("{name}_{}", ["h", "e", "b", "c", "m"][system]),
        Kind::Money(1) => format!("{name}_eur"),
        Kind::Enum(1) => format!("{name}_grade"),
        Kind::List(level) => format!("{name}_{}", LEVELS[level]),
        _ => name,
    };
    let always_signed = matches!(kind, Kind::Int | Kind::Decimal);
    FieldInfo {
        column: random.chance(10).then(|| format!("Column {name}")),
        kind,
        optional: random.chance(70),
        signed: always_signed || random.chance(25),
        percent_of_one: random.chance(40),
        unit: UNITS[random.below(UNITS.len())],
        name,
    }
}

/// Key and as-of field, then `count` others.
pub fn random_fields(random: &mut Random, count: usize, instant_as_of: bool) -> Vec<FieldInfo> {
    let plain = |name: &str, kind| FieldInfo {
        name: name.to_owned(),
        kind,
        optional: false,
        signed: false,
        percent_of_one: false,
        unit: "kg",
        column: None,
    };
    let as_of = if instant_as_of {
        Kind::Instant
    } else {
        Kind::Date
    };
    let mut fields = vec![
        plain("shipment_id", Kind::Text { folded: false }),
        plain("ship_date", as_of),
    ];
    for _ in 0..count {
        // A second field of a kind makes comparisons across fields possible.
        let again = fields.len() > 3 && random.chance(30);
        let kind = if again {
            fields[random.between(2, fields.len() - 1)].kind
        } else if random.chance(2) {
            Kind::Instant
        } else {
            *random.pick(&KINDS)
        };
        let number = fields.iter().skip(2).filter(|f| f.kind == kind).count();
        fields.push(random_field(random, kind, number));
    }
    fields
}

/// A literal of the kind, as a rule writes it; never negative.
pub fn literal(random: &mut Random, pools: &Pools, kind: Kind) -> String {
    match kind {
        Kind::Text { .. } => pools.text(random),
        Kind::Bool => (*random.pick(&["true", "false"])).into(),
        Kind::Int => pools.count(random),
        Kind::Decimal => pools.decimal(random),
        Kind::Percent => pools.percent(random),
        Kind::Money(currency) => pools.money(random, CURRENCIES[currency]),
        Kind::Mass => pools.mass(random),
        Kind::Date | Kind::Instant => random.pick(&pools.days).to_string(),
        Kind::Country => random.pick(&pools.countries).to_string(),
        Kind::Code(system) => format!("\"{}\"", random.pick(&pools.codes[system])),
        Kind::Enum(number) => random.pick(&ENUM_VALUES[number]).0.into(),
        Kind::List(_) => unreachable!("a list is no literal of an expression"),
    }
}
