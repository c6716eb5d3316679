//! Random records for a random policy, as texts of the data: what is missing, what lies on a bound and beside it.

use super::fields::{ENUM_VALUES, FieldInfo, Kind};
use super::lists::list_json;
use super::policies::RandomPolicy;
use super::pools::Pools;
use super::random::Random;
use super::sets::MODELS;
use interdict::domain::{Code, CodeModel, Day, MassUnit, Number};

/// One record: the text of each field of the policy, `None` where it is missing.
pub type RandomRecord = Vec<Option<String>>;

/// `count` records; every one can be read.
pub fn random_records(policy: &RandomPolicy, seed: u64, count: usize) -> Vec<RandomRecord> {
    let mut random = Random::new(seed ^ 0x7ec0_4d5e);
    let mut records: Vec<RandomRecord> = Vec::with_capacity(count);
    for number in 0..count {
        let near = number > 0 && random.chance(30);
        let mut record = if near {
            // A record that differs from another in little is often on the other side of one bound.
            let mut record = records[random.below(number)].clone();
            for _ in 0..random.between(1, 2) {
                let at = random.between(1, policy.fields.len() - 1);
                record[at] = random_value(policy, &mut random, at, 15);
            }
            record
        } else {
            let missing = *random.pick(&[0, 10, 15, 15, 50]);
            let all = 0..policy.fields.len();
            all.map(|at| random_value(policy, &mut random, at, missing))
                .collect()
        };
        record[0] = Some(format!("R{number}"));
        records.push(record);
    }
    records
}

/// A value of the field at `at`, missing in `missing` per cent of cases where it may be.
pub fn random_value(
    policy: &RandomPolicy,
    random: &mut Random,
    at: usize,
    missing: usize,
) -> Option<String> {
    let field = &policy.fields[at];
    if field.optional && random.chance(missing) {
        return None;
    }
    Some(match field.kind {
        Kind::List(level) => {
            let count = (missing == 0).then_some(3);
            list_json(policy, random, level, missing, count)
        }
        _ => present_value(&policy.pools, random, field),
    })
}

fn number(text: &str) -> Number {
    Number::parse_decimal(text).expect("a number")
}

/// A value of a field that is no list.
pub fn present_value(pools: &Pools, random: &mut Random, field: &FieldInfo) -> String {
    match field.kind {
        Kind::Text { folded } => text_value(random, pools.texts.as_slice(), folded),
        Kind::Bool => {
            (*random.pick(&["true", "false", "1", "0", "Yes", "no", "Y", "n", "TRUE"])).to_owned()
        }
        Kind::Int => {
            let near = i64::from(*random.pick(&[0i32, 0, 0, 1, -1]));
            let count = random.pick(&pools.counts).saturating_add(near);
            if random.chance(8) {
                count.wrapping_neg()
            } else {
                count
            }
            .to_string()
        }
        Kind::Decimal => amount(random, &pools.amounts, true).to_string(),
        Kind::Percent => {
            let percent = amount(random, &pools.percents, field.signed);
            let factor = if field.percent_of_one { "0.01" } else { "1" };
            (&percent * &number(factor)).to_string()
        }
        Kind::Money(_) => amount(random, &pools.amounts, field.signed).to_string(),
        Kind::Mass => mass(random, pools, field),
        Kind::Date => day(random, &pools.days).to_string(),
        Kind::Instant => {
            let day = day(random, &pools.days);
            instant(random, day)
        }
        Kind::Country => {
            let country = if random.chance(85) {
                *random.pick(&pools.countries)
            } else {
                *random.pick(&["CN", "US", "FR", "BR", "NA", "XK", "NO"])
            };
            if random.chance(10) {
                country.to_lowercase()
            } else {
                country.to_owned()
            }
        }
        Kind::Code(system) => code(random, &pools.codes[system], MODELS[system]),
        Kind::Enum(number) => {
            let (name, spelling) = *random.pick(&ENUM_VALUES[number]);
            (*random.pick(&[name, spelling])).to_owned()
        }
        Kind::List(_) => unreachable!("lists are made of values"),
    }
}

fn text_value(random: &mut Random, texts: &[&str], folded: bool) -> String {
    let text = *random.pick(texts);
    let text = match random.below(10) {
        0 => format!("{text}x"),
        1 => text.chars().rev().collect(),
        2 => text.to_uppercase(),
        3 if folded => text.replace(' ', "  "),
        _ => text.to_owned(),
    };
    // An empty text in the data is a missing one.
    if text.trim().is_empty() {
        "plain".into()
    } else {
        text
    }
}

/// A number of the pool, the smallest unit above or below, a multiple, or a huge one.
fn amount(random: &mut Random, pool: &[Number], signed: bool) -> Number {
    let base = random.pick(pool).clone();
    let units = ["0.01", "0.000001", "0.0000001", "1", "0.000000000000000001"];
    let unit = number(units[random.below(units.len())]);
    let amount = match random.below(20) {
        0 | 1 => &base + &unit,
        2 | 3 => &base - &unit,
        4 => &base * &number("2"),
        5 => &base * &number("0.1"),
        6 => number("0"),
        7 => number("170141183460469231731687303715884105728"),
        8 => number("9223372036854.775808"),
        9 => number(&format!(
            "{}.{:02}",
            random.below(20_000),
            random.below(100)
        )),
        10 => &base + random.pick(pool),
        _ => base,
    };
    match (signed, amount.is_negative()) {
        (true, _) if random.chance(20) => -amount,
        (true, _) | (false, false) => amount,
        (false, true) => number("0"),
    }
}

fn mass(random: &mut Random, pools: &Pools, field: &FieldInfo) -> String {
    let unit = MassUnit::parse(field.unit).expect("a unit of mass");
    let pool: Vec<Number> = pools
        .masses
        .iter()
        .map(|(amount, from)| {
            let factor = MassUnit::parse(from)
                .expect("a unit of mass")
                .factor_to(unit);
            let converted = amount * &factor;
            // A kilogram is an endless number of pounds.
            if converted.decimals().is_some() {
                converted
            } else {
                converted.round_half_away(9)
            }
        })
        .collect();
    amount(random, &pool, field.signed).to_string()
}

fn day(random: &mut Random, days: &[Day]) -> Day {
    let base = *random.pick(days);
    let moved = match random.below(20) {
        0..=2 => Day(base.0 + 1),
        3..=5 => Day(base.0 - 1),
        6 => Day(base.0 + random.below(800) as i32 - 400),
        7 => Day(base.0 + *random.pick(&[30, -30, 90, -90, 365, -365])),
        _ => base,
    };
    moved.clamp(Day::MIN, Day::MAX)
}

/// A moment near the day's beginning or end somewhere, or only the day.
fn instant(random: &mut Random, day: Day) -> String {
    if random.chance(15) {
        return day.to_string();
    }
    let times = [
        "00:00:00Z",
        "23:59:59.999999Z",
        "00:00:00+08:00",
        "23:59:59+08:00",
        "00:00:00-05:00",
        "16:00:00Z",
        "15:59:59.999999Z",
        "12:30:00+13:00",
        "05:00:00Z",
    ];
    // Away from the ends of the calendar, where another zone's day may lie outside.
    let day = day.clamp(Day(Day::MIN.0 + 2), Day(Day::MAX.0 - 2));
    format!("{day}T{}", random.pick(&times))
}

/// A code of the pool, one above it, one below it, or a sibling, in some spelling of the data.
fn code(random: &mut Random, pool: &[&str], model: CodeModel) -> String {
    let base: &&str = random.pick(pool);
    let base = model.parse_literal(base).expect("a code");
    // HS codes lie one digit below each other, and data has them by pairs.
    let in_data = |code: &Code| model.parse_data(code.as_str()).is_ok();
    let above: Vec<Code> = base.ancestors().filter(in_data).collect();
    let code = match random.below(10) {
        0 | 1 if !above.is_empty() => random.pick(&above).clone(),
        2 | 3 => refined(random, &base),
        4 => above.first().map_or(base, |above| refined(random, above)),
        _ => base,
    };
    spelled(random, &code)
}

/// A code one level below, if there is one.
pub fn refined(random: &mut Random, code: &Code) -> Code {
    let tails: &[&str] = match code.model() {
        CodeModel::Hs => &["0", "1", "5", "9", "10", "20"],
        CodeModel::Eccn => &[".a", ".b", ".5", ".1", ".c", ".z", ".12"],
        CodeModel::Segmented => &[".a", ".c", ".1", ".12", ".z9"],
    };
    let longer = format!("{}{}", code.as_str(), random.pick(tails));
    code.model()
        .parse_data(&longer)
        .unwrap_or_else(|_| code.clone())
}

fn spelled(random: &mut Random, code: &Code) -> String {
    match random.below(6) {
        0 => code.as_str().to_lowercase(),
        1 => code.as_str().to_uppercase(),
        2 if code.model() == CodeModel::Hs => code.to_string().replace('.', " "),
        _ => code.to_string(),
    }
}
