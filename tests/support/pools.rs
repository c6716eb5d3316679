//! The values a random policy is about. Rules and records draw from the same few, so that they meet.

use super::random::Random;
use interdict::domain::{Day, Number};

/// Values by kind.
#[derive(Clone, Debug)]
pub struct Pools {
    /// Amounts of money, and numbers without a unit.
    pub amounts: Vec<Number>,
    /// Percentages: 25 for 25 %.
    pub percents: Vec<Number>,
    /// Whole numbers.
    pub counts: Vec<i64>,
    /// Masses with their units.
    pub masses: Vec<(Number, &'static str)>,
    /// Days.
    pub days: Vec<Day>,
    /// Countries.
    pub countries: Vec<&'static str>,
    /// Codes by system.
    pub codes: [Vec<&'static str>; 5],
    /// Texts.
    pub texts: Vec<&'static str>,
}

const AMOUNTS: [&str; 24] = [
    "0",
    "1",
    "10",
    "99.99",
    "100",
    "800",
    "1000",
    "2500",
    "2500.01",
    "5000",
    "10000",
    "250000.5",
    "1000000",
    "0.01",
    "0.001",
    "0.000001",
    "0.0000001",
    "33.333333333",
    "9999999999.99",
    "4503599627370496.5",
    "9223372036854.775807",
    "9223372036854775807",
    "9223372036854775808",
    "170141183460469231731687303715884105727",
];

const PERCENTS: [&str; 14] = [
    "0",
    "0.1",
    "0.01",
    "10",
    "25",
    "33.333333",
    "50",
    "66.6666667",
    "99.999",
    "100",
    "150",
    "0.00001",
    "0.0000001",
    "9223372036854",
];

const COUNTS: [i64; 14] = [
    0,
    1,
    2,
    3,
    7,
    14,
    30,
    256,
    1600,
    2024,
    2025,
    4800,
    4_294_967_296,
    i64::MAX,
];

const MASSES: [(&str, &str); 14] = [
    ("0", "kg"),
    ("1", "kg"),
    ("1000", "g"),
    ("0.001", "kg"),
    ("5", "t"),
    ("5000", "kg"),
    ("1", "lb"),
    ("16", "oz"),
    ("453.59237", "g"),
    ("453.592", "g"),
    ("1", "oz"),
    ("1", "mg"),
    ("0.5", "mg"),
    ("20", "kg"),
];

const DAYS: [&str; 22] = [
    "2019-12-31",
    "2020-02-29",
    "2021-03-18",
    "2021-12-09",
    "2023-02-28",
    "2023-12-31",
    "2024-01-01",
    "2024-01-31",
    "2024-02-28",
    "2024-02-29",
    "2024-03-01",
    "2024-03-31",
    "2024-08-31",
    "2024-12-31",
    "2025-01-01",
    "2025-01-30",
    "2025-01-31",
    "2025-06-30",
    "2025-11-10",
    "2026-11-10",
    "2028-02-29",
    "2030-01-01",
];

const COUNTRIES: [&str; 22] = [
    "CN", "US", "RU", "HK", "MO", "JP", "KR", "DE", "GB", "NA", "XK", "NO", "IN", "IS", "AS", "TO",
    "BY", "IR", "VN", "AF", "CA", "ZW",
];

const HS: [&str; 20] = [
    "85",
    "8505",
    "8505.11",
    "8505.11.10",
    "8505.11.20",
    "8505.19",
    "8505.19.10",
    "8506",
    "8542",
    "8542.31",
    "7206",
    "7210",
    "7229",
    "72",
    "7301",
    "850511",
    "8541.10.00.40",
    "01",
    "0101.21",
    "9999.99.99.99.99",
];

const ECCN: [&str; 22] = [
    "3A001",
    "3A001.a",
    "3A001.a.5",
    "3A001.a.5.a",
    "3A001.b",
    "3A001.b.2",
    "3A090",
    "3A090.a",
    "3A090.b",
    "3B001",
    "3B001.a.4",
    "3B001.c",
    "3B001.f.1",
    "3B001.k",
    "3B001.n",
    "3B002.c",
    "9A610",
    "9A610.x",
    "EAR99",
    "4A090.a",
    "3B001.p.2",
    "3B001.m",
];

const CN_CONTROL: [&str; 13] = [
    "1C902",
    "1C902.d",
    "1C904",
    "1C908",
    "1C909",
    "1C117",
    "1C117.c",
    "1C226",
    "2C901",
    "2C905",
    "3A001",
    "3A001.a",
    "1C902.d.1",
];

const MILITARY: [&str; 13] = [
    "ML1",
    "ML2",
    "ML9",
    "ML10",
    "ML10.c",
    "ML10.c.1",
    "ML10.c.2",
    "ML10.d",
    "ML22",
    "PL5017",
    "ML10.c.12",
    "ML11",
    "ML3.a",
];

const TEXTS: [&str; 16] = [
    "Acme Ltd",
    "ACME LTD",
    "acme",
    "Acme  Ltd.",
    "acme ltd.",
    "Straße 5",
    "STRASSE 5",
    "a,b",
    "say \"hi\"",
    "北京公司",
    "ＡＣＭＥ",
    "Acme Beijing",
    "b\\c",
    "x",
    "",
    "Côte d'Azur",
];

fn numbers(texts: &[&str]) -> Vec<Number> {
    let read = |text: &&str| Number::parse_decimal(text).expect("a number");
    texts.iter().map(read).collect()
}

impl Pools {
    /// Some few values of every kind, with neighbours one unit away.
    pub fn new(random: &mut Random) -> Pools {
        let mut amounts = random.sample(&numbers(&AMOUNTS), 5);
        let unit = numbers(&["0.01", "1", "0.000001"]);
        let next = &amounts[0] + random.pick(&unit);
        amounts.push(next);
        let mut percents = random.sample(&numbers(&PERCENTS), 5);
        percents.push(&percents[0] + &numbers(&["0.01"])[0]);
        let mut counts = random.sample(&COUNTS, 5);
        counts.push(counts[0].saturating_sub(1).max(0));
        let masses = random.sample(&MASSES, 5).into_iter();
        let days = random.sample(&DAYS, 7).into_iter();
        let mut days: Vec<Day> = days
            .map(|day| Day::parse_iso(day).expect("a day"))
            .collect();
        days.push(days[0].next());
        if random.chance(4) {
            days.push(*random.pick(&[Day::MIN, Day::MAX]));
        }
        days.sort();
        days.dedup();
        let systems: [&[&'static str]; 5] = [&HS, &ECCN, &HS, &CN_CONTROL, &MILITARY];
        Pools {
            amounts,
            percents,
            counts,
            masses: masses
                .map(|(text, unit)| (numbers(&[text]).remove(0), unit))
                .collect(),
            days,
            countries: random.sample(&COUNTRIES, 8),
            codes: systems.map(|codes| random.sample(codes, 9)),
            texts: random.sample(&TEXTS, 6),
        }
    }

    /// A text literal.
    pub fn text(&self, random: &mut Random) -> String {
        {
            let text: &&str = random.pick(&self.texts);
            quoted(text)
        }
    }

    /// A whole number.
    pub fn count(&self, random: &mut Random) -> String {
        let count = *random.pick(&self.counts);
        grouped(random, &count.to_string())
    }

    /// A number, whole or not.
    pub fn decimal(&self, random: &mut Random) -> String {
        let number = random.pick(&self.amounts).to_string();
        grouped(random, &number)
    }

    /// `25%`.
    pub fn percent(&self, random: &mut Random) -> String {
        format!("{}%", random.pick(&self.percents))
    }

    /// `2_500 USD`.
    pub fn money(&self, random: &mut Random, currency: &str) -> String {
        format!("{} {currency}", self.decimal(random))
    }

    /// `5 t`.
    pub fn mass(&self, random: &mut Random) -> String {
        let (amount, unit) = random.pick(&self.masses);
        format!("{amount} {unit}")
    }

    /// Two different days, the earlier first.
    pub fn two_days(&self, random: &mut Random) -> (Day, Day) {
        let mut days = random.sample(&self.days, 2);
        days.sort();
        (days[0], days[1])
    }
}

/// A literal of the text.
pub fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// Sometimes with `_` between the thousands.
fn grouped(random: &mut Random, number: &str) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() < 4 || random.chance(50) {
        return number.to_owned();
    }
    let mut result = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            result.push('_');
        }
        result.push(digit);
    }
    if !fraction.is_empty() {
        result.push('.');
        result.push_str(fraction);
    }
    result
}
