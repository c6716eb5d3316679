//! Rule sets of any size over sixteen columns, and records to go with them, skewed as trade is: for measuring how
//! long compiling and screening take. Of a thousand rules a record meets about two.

use super::random::Random;
use std::fmt::Write;

/// The record, and what all sizes share.
const HEAD: &str = "policy big { title \"A large random policy\" version \"1\" }
record shipment {
  key   shipment_id : text
  as of ship_date   : date
  origin            : country?
  ship_from         : country?
  destination       : country
  end_user_country  : country?
  hs_code           : hs?
  eccn              : eccn?
  cn_code           : cn_control?
  end_use           : end_use?
  item_kind         : item_kind
  knowledge         : knowledge?
  is_military       : bool?
  value             : money USD
  us_content        : money USD?
  mass              : mass kg?
  tpp               : decimal?
}
codes cn_control like eccn
enum item_kind { commodity, software, technology, service }
enum end_use { civil, military, wmd, terrorism, medical, public_health, disaster_relief, chips, research, rockets, mining, other }
enum knowledge ordered { nothing < suspecting < aware < informed }
verdicts clear < report < review < license < deny
otherwise clear
when unknown review
";

const END_USES: [&str; 12] = [
    "civil",
    "other",
    "research",
    "chips",
    "medical",
    "mining",
    "military",
    "public_health",
    "rockets",
    "disaster_relief",
    "wmd",
    "terrorism",
];
const KINDS: [&str; 4] = ["commodity", "technology", "software", "service"];
const KNOWLEDGE: [&str; 4] = ["nothing", "suspecting", "aware", "informed"];
const SETS: usize = 24;

/// Countries from the most to the least traded with, roughly.
const COUNTRIES: [&str; 96] = [
    "CN", "US", "DE", "JP", "KR", "TW", "VN", "NL", "MX", "GB", "FR", "IN", "SG", "MY", "TH", "IT",
    "CA", "HK", "AU", "BE", "BR", "ID", "PL", "AE", "ES", "CH", "TR", "PH", "SA", "RU", "CZ", "IE",
    "AT", "SE", "HU", "IL", "ZA", "CL", "DK", "RO", "NO", "SK", "PT", "FI", "NZ", "CO", "PE", "AR",
    "GR", "UA", "KZ", "EG", "PK", "BD", "KW", "QA", "IQ", "MO", "LT", "SI", "BG", "HR", "EC", "MA",
    "LU", "OM", "DZ", "NG", "KE", "LV", "EE", "RS", "BY", "CR", "DO", "PA", "JO", "GE", "AM", "AZ",
    "UZ", "KH", "LB", "IR", "MM", "LY", "CU", "SY", "VE", "KP", "AF", "SD", "ZW", "NI", "SO", "YE",
];

/// The text of a policy of so many rules with three to six tests each.
pub fn big_policy(rules: usize, seed: u64) -> String {
    let mut random = Random::new(seed ^ 0xb16);
    let mut text = HEAD.to_owned();
    for number in 0..SETS {
        writeln!(
            text,
            "set countries_{number} of country = {}",
            countries(&mut random, 10)
        )
        .expect("a string");
        writeln!(
            text,
            "set items_{number} of eccn = {}",
            list(&mut random, 6, eccn_entry)
        )
        .expect("a string");
        writeln!(
            text,
            "set goods_{number} of hs = {}",
            list(&mut random, 8, hs_prefix)
        )
        .expect("a string");
    }
    for number in 0..rules {
        push_rule(&mut text, &mut random, number);
    }
    text
}

fn push_rule(text: &mut String, random: &mut Random, number: usize) {
    writeln!(text, "rule rule_{number} \"Rule {number}\" {{").expect("a string");
    writeln!(text, "  cites \"Law {}\"", number % 97).expect("a string");
    if random.chance(50) {
        let from = 2018 + random.below(8);
        let end = if random.chance(30) {
            format!(" until {}-07-01", from + 2)
        } else {
            String::new()
        };
        writeln!(
            text,
            "  in force from {from}-0{}-01{end}",
            random.between(1, 9)
        )
        .expect("a string");
    }
    // Rules ask about the same few columns again and again.
    let mut columns: Vec<usize> = Vec::new();
    let count = random.between(3, 6);
    while columns.len() < count {
        let column = random.skewed(16);
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    let tests: Vec<String> = columns.iter().map(|&column| test(random, column)).collect();
    writeln!(text, "  when {}", tests.join("\n    and ")).expect("a string");
    if random.chance(20) {
        let column = random.skewed(16);
        writeln!(text, "  unless {}", test(random, column)).expect("a string");
    }
    let verdict = *random.pick(&["report", "review", "license", "license", "deny"]);
    writeln!(text, "  then {verdict}\n}}").expect("a string");
}

fn test(random: &mut Random, column: usize) -> String {
    match column {
        0 => country_test(random, "destination"),
        1 => code_test(random, "eccn", "items_", eccn_entry),
        2 => code_test(random, "hs_code", "goods_", hs_prefix),
        3 => country_test(random, "origin"),
        4 => enum_test(random, "end_use", &END_USES),
        5 => format!(
            "value {} {} USD",
            random.pick(&[">", ">=", "<"]),
            random.pick(&[800, 2_500, 10_000, 100_000])
        ),
        6 => country_test(random, "end_user_country"),
        7 => format!("cn_code under {}", list(random, 4, cn_entry)),
        8 => enum_test(random, "item_kind", &KINDS),
        9 => (*random.pick(&["is_military", "not is_military"])).to_owned(),
        10 => format!("us_content / value > {}%", random.pick(&[10, 25, 50])),
        11 => country_test(random, "ship_from"),
        12 => format!("knowledge >= {}", random.pick(&KNOWLEDGE[1..])),
        13 => format!("tpp >= {}", random.pick(&[1_600, 2_400, 4_800])),
        14 => format!("mass > {} kg", random.pick(&[1, 20, 1_000])),
        _ => format!("us_content >= {} USD", random.pick(&[100, 5_000, 50_000])),
    }
}

fn country_test(random: &mut Random, name: &str) -> String {
    match random.below(10) {
        0..=2 => format!("{name} in countries_{}", random.below(SETS)),
        3..=6 => format!("{name} in {}", countries(random, 6)),
        7 | 8 => format!("{name} = {}", COUNTRIES[random.skewed(COUNTRIES.len())]),
        _ => format!("{name} not in {}", countries(random, 12)),
    }
}

fn countries(random: &mut Random, most: usize) -> String {
    list(random, most, |random| {
        COUNTRIES[random.skewed(COUNTRIES.len())].to_owned()
    })
}

fn code_test(
    random: &mut Random,
    name: &str,
    sets: &str,
    entry: fn(&mut Random) -> String,
) -> String {
    if random.chance(30) {
        format!("{name} under {sets}{}", random.below(SETS))
    } else {
        format!("{name} under {}", list(random, 5, entry))
    }
}

fn enum_test(random: &mut Random, name: &str, values: &[&str]) -> String {
    if random.chance(50) {
        format!("{name} = {}", values[random.skewed(values.len())])
    } else {
        format!(
            "{name} in {}",
            list(random, 3, |random| values[random.skewed(values.len())]
                .to_owned())
        )
    }
}

/// `{ … }` of two to `most` different entries.
fn list(random: &mut Random, most: usize, entry: impl Fn(&mut Random) -> String) -> String {
    let mut entries: Vec<String> = Vec::new();
    for _ in 0..random.between(2, most) {
        let next = entry(random);
        if !entries.contains(&next) {
            entries.push(next);
        }
    }
    format!("{{ {} }}", entries.join(", "))
}

/// The common chapters of trade first.
fn chapter(random: &mut Random) -> usize {
    const FIRST: [usize; 12] = [85, 84, 90, 87, 39, 72, 73, 29, 28, 38, 81, 27];
    match random.skewed(97) {
        few if few < FIRST.len() => FIRST[few],
        other => other.max(1),
    }
}

fn hs_digits(random: &mut Random) -> String {
    format!(
        "{:02}{:02}{}{}{}0",
        chapter(random),
        random.skewed(30) + 1,
        random.skewed(9) + 1,
        random.skewed(9) + 1,
        random.skewed(5) + 1
    )
}

fn hs_prefix(random: &mut Random) -> String {
    let digits = hs_digits(random);
    let depth = *random.pick(&[2, 4, 4, 6]);
    format!("\"{}\"", &digits[..depth])
}

fn control_number(random: &mut Random, category: usize) -> String {
    let group = ["A", "B", "D", "E", "C"][random.skewed(5)];
    let series = [0, 9, 2, 6, 1, 5][random.skewed(6)];
    format!("{category}{group}{series}{:02}", random.skewed(12) + 1)
}

fn eccn_digits(random: &mut Random) -> String {
    let category = [3, 5, 4, 9, 2, 1, 6, 7, 0, 8][random.skewed(10)];
    control_number(random, category)
}

fn cn_digits(random: &mut Random) -> String {
    let category = [1, 3, 2, 6][random.skewed(4)];
    control_number(random, category)
}

fn with_paragraph(random: &mut Random, code: &str, percent: usize) -> String {
    if random.chance(percent) {
        format!("{code}.{}", ["a", "b", "c", "d", "x"][random.skewed(5)])
    } else {
        code.to_owned()
    }
}

fn eccn_entry(random: &mut Random) -> String {
    let code = eccn_digits(random);
    format!("\"{}\"", with_paragraph(random, &code, 30))
}

fn cn_entry(random: &mut Random) -> String {
    let code = cn_digits(random);
    format!("\"{}\"", with_paragraph(random, &code, 30))
}

/// The columns of [`big_policy`] in their order.
pub const COLUMNS: [&str; 17] = [
    "shipment_id",
    "ship_date",
    "origin",
    "ship_from",
    "destination",
    "end_user_country",
    "hs_code",
    "eccn",
    "cn_code",
    "end_use",
    "item_kind",
    "knowledge",
    "is_military",
    "value",
    "us_content",
    "mass",
    "tpp",
];

/// Records for [`big_policy`], one after the other.
#[derive(Clone, Debug)]
pub struct BigRecords {
    random: Random,
    next: usize,
    eccns: Vec<String>,
}

/// An endless supply of records, each the texts of [`COLUMNS`]; `None` is missing.
pub fn big_records(seed: u64) -> BigRecords {
    let mut random = Random::new(seed ^ 0x5e9d);
    let eccns = (0..400).map(|_| {
        let code = eccn_digits(&mut random);
        with_paragraph(&mut random, &code, 70)
    });
    BigRecords {
        eccns: eccns.collect(),
        random,
        next: 0,
    }
}

impl Iterator for BigRecords {
    type Item = [Option<String>; 17];

    fn next(&mut self) -> Option<[Option<String>; 17]> {
        let number = self.next;
        self.next += 1;
        let random = &mut self.random;
        let value = random.skewed(2_000_000) + 1;
        let year = 2026 - random.skewed(8);
        let eccn = if random.chance(60) {
            "EAR99".to_owned()
        } else {
            self.eccns[random.skewed(400)].clone()
        };
        let cn_code = cn_digits(random);
        let cn_code = with_paragraph(random, &cn_code, 60);
        let mut record = [
            format!("S{number}"),
            format!(
                "{year}-{:02}-{:02}",
                random.between(1, 12),
                random.between(1, 28)
            ),
            COUNTRIES[random.skewed(96)].to_owned(),
            COUNTRIES[random.skewed(96)].to_owned(),
            COUNTRIES[random.skewed(96)].to_owned(),
            COUNTRIES[random.skewed(96)].to_owned(),
            hs_digits(random),
            eccn,
            cn_code,
            END_USES[random.skewed(12)].to_owned(),
            KINDS[random.skewed(4)].to_owned(),
            KNOWLEDGE[random.skewed(4)].to_owned(),
            (*random.pick(&["false", "false", "false", "false", "false", "true"])).to_owned(),
            format!("{value}.{:02}", random.below(100)),
            format!("{}.{:02}", random.below(value), random.below(100)),
            format!("{}", random.skewed(20_000)),
            format!("{}", random.skewed(6_000)),
        ]
        .map(Some);
        for (at, percent) in [
            (2, 2),
            (3, 1),
            (5, 4),
            (6, 1),
            (7, 3),
            (8, 85),
            (9, 6),
            (11, 30),
            (12, 5),
            (14, 20),
            (15, 3),
            (16, 80),
        ] {
            if random.chance(percent) {
                record[at] = None;
            }
        }
        Some(record)
    }
}
