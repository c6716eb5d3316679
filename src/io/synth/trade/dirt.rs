//! Dirt: what real files have in place of clean values. Columns become text, and some cells are spelt as people and
//! spreadsheets spell them. Keys stay clean.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::row::{Amount, COLUMNS, Coded, Slot, Turn};
use crate::domain::{Country, Day};
use crate::io::synth::Random;

/// A kind of dirt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dirt {
    /// Words in a column of numbers.
    TextInNumbers,
    /// "N/A" and its like where a value is not known.
    Sentinels,
    /// HS codes that went through a column of numbers: no leading zero.
    LostZeros,
    /// Classifications in other spellings, cut short, or none at all.
    EccnSpellings,
    /// Decimals that went through binary floating point.
    FloatNoise,
    /// Countries by name or by three letters.
    CountryNames,
    /// Dates in other orders, with two-digit years.
    DateStyles,
    /// Decimal commas, thousands, currencies and per-cent signs.
    NumberStyles,
    /// Amounts of zero.
    ZeroValues,
    /// Words and flags in other letters, with blanks around them.
    LetterCase,
}

/// All kinds of dirt and what they are called.
pub const DIRT: [(Dirt, &str); 10] = [
    (Dirt::TextInNumbers, "text-in-numbers"),
    (Dirt::Sentinels, "sentinels"),
    (Dirt::LostZeros, "lost-zeros"),
    (Dirt::EccnSpellings, "eccn-spellings"),
    (Dirt::FloatNoise, "float-noise"),
    (Dirt::CountryNames, "country-names"),
    (Dirt::DateStyles, "date-styles"),
    (Dirt::NumberStyles, "number-styles"),
    (Dirt::ZeroValues, "zero-values"),
    (Dirt::LetterCase, "letter-case"),
];

/// How often each kind of dirt falls on a cell that it can fall on, per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirtRates([u32; DIRT.len()]);

impl DirtRates {
    /// All kinds at one rate.
    pub fn all(per_million: u32) -> DirtRates {
        DirtRates([per_million; DIRT.len()])
    }

    /// Sets the rate of the kind called `name`; false if there is none.
    pub fn set(&mut self, name: &str, per_million: u32) -> bool {
        match DIRT.iter().position(|(_, known)| *known == name) {
            Some(at) => {
                self.0[at] = per_million;
                true
            }
            None => false,
        }
    }

    /// Whether nothing is soiled.
    pub fn is_clean(&self) -> bool {
        self.0.iter().all(|rate| *rate == 0)
    }
}

/// The columns as text.
pub(super) fn text_schema() -> SchemaRef {
    let fields = COLUMNS.iter().map(|(name, slot, optional)| {
        Field::new(*name, DataType::Utf8, *optional || *slot != Slot::Key)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// `batch`, clean and of the trade library's columns, as text with dirt on it.
pub(super) fn soil(
    batch: &RecordBatch,
    schema: &SchemaRef,
    rates: &DirtRates,
    random: &mut Random,
) -> RecordBatch {
    let mut columns: Vec<StringArray> = batch.columns().iter().map(as_text).collect();
    let kinds: Vec<Vec<(Dirt, u32)>> = COLUMNS
        .iter()
        .map(|(_, slot, _)| {
            let rate = |(at, (kind, _)): (usize, &(Dirt, &str))| (*kind, rates.0[at]);
            let kinds = DIRT.iter().enumerate().map(rate);
            kinds
                .filter(|(kind, rate)| *rate > 0 && falls_on(*kind, *slot))
                .collect()
        })
        .collect();
    // Row by row, so that a shorter file is the beginning of a longer one.
    let seed = random.clone().next_u64();
    let (mut later, mut last) = (Random::new(seed, 1), Random::new(seed, 2));
    let mut soiled: Vec<Vec<(usize, String)>> = vec![Vec::new(); columns.len()];
    for row in 0..batch.num_rows() {
        for (at, kinds) in kinds.iter().enumerate() {
            let random = match COLUMNS[at].1.turn() {
                Turn::First => &mut *random,
                Turn::Later => &mut later,
                Turn::Last => &mut last,
            };
            for (kind, rate) in kinds {
                if random.chance(*rate)
                    && let Some(text) = dirty(*kind, &columns[at], row, random)
                {
                    soiled[at].push((row, text));
                    break;
                }
            }
        }
    }
    for (column, soiled) in columns.iter_mut().zip(soiled) {
        if !soiled.is_empty() {
            *column = with(column, &soiled);
        }
    }
    let columns = columns
        .into_iter()
        .map(|column| Arc::new(column) as ArrayRef);
    RecordBatch::try_new(Arc::clone(schema), columns.collect()).expect("text columns of one length")
}

fn as_text(column: &ArrayRef) -> StringArray {
    let text = arrow_cast::cast(column, &DataType::Utf8).expect("every made-up type can be shown");
    text.as_string::<i32>().clone()
}

/// `column` with other texts in some rows, which ascend.
fn with(column: &StringArray, soiled: &[(usize, String)]) -> StringArray {
    let mut next = soiled.iter().peekable();
    let texts =
        column
            .iter()
            .enumerate()
            .map(|(row, text)| match next.next_if(|(at, _)| *at == row) {
                Some((_, soiled)) => Some(soiled.as_str()),
                None => text,
            });
    texts.collect()
}

/// Whether a kind of dirt is met in a column.
fn falls_on(kind: Dirt, slot: Slot) -> bool {
    let number = matches!(slot, Slot::Amount(_));
    match kind {
        Dirt::TextInNumbers | Dirt::NumberStyles => number,
        Dirt::FloatNoise => matches!(
            slot,
            Slot::Amount(Amount::Value | Amount::UsContent | Amount::CnRareEarthContent)
        ),
        Dirt::ZeroValues => slot == Slot::Amount(Amount::Value),
        Dirt::Sentinels => slot != Slot::Key,
        Dirt::LostZeros => slot == Slot::Code(Coded::HsCode),
        Dirt::EccnSpellings => slot == Slot::Code(Coded::Eccn),
        Dirt::CountryNames => is_country(slot),
        Dirt::DateStyles => matches!(slot, Slot::Day | Slot::Date(_)),
        Dirt::LetterCase => match slot {
            Slot::Code(
                Coded::HsCode
                | Coded::Eccn
                | Coded::CnCode
                | Coded::EuCode
                | Coded::EndUser
                | Coded::Usppi
                | Coded::Carrier
                | Coded::ScheduleB,
            ) => false,
            Slot::Code(_) => !is_country(slot),
            Slot::Flag(_) => true,
            Slot::Key
            | Slot::Day
            | Slot::Amount(_)
            | Slot::Date(_)
            | Slot::Number(_)
            | Slot::MemoryLayers => false,
        },
    }
}

fn is_country(slot: Slot) -> bool {
    match slot {
        Slot::Code(
            Coded::ShipFrom
            | Coded::Destination
            | Coded::Origin
            | Coded::RecipientNationality
            | Coded::IcFacilityCountry,
        ) => true,
        Slot::Code(_)
        | Slot::Key
        | Slot::Day
        | Slot::Amount(_)
        | Slot::Flag(_)
        | Slot::Date(_)
        | Slot::Number(_)
        | Slot::MemoryLayers => false,
    }
}

/// The cell with dirt on it; none where this kind cannot fall on it. Sentinels and words also stand where nothing was.
fn dirty(kind: Dirt, column: &StringArray, row: usize, random: &mut Random) -> Option<String> {
    use arrow_array::Array;
    let clean = column.is_valid(row).then(|| column.value(row));
    match kind {
        Dirt::TextInNumbers => Some(remark(random)),
        Dirt::Sentinels => Some(one_of(&SENTINELS, random).to_owned()),
        Dirt::LostZeros => clean?.strip_prefix('0').map(str::to_owned),
        Dirt::EccnSpellings => Some(odd_eccn(clean?, random)),
        Dirt::FloatNoise => noisy(clean?, random),
        Dirt::CountryNames => country(clean?, random),
        Dirt::DateStyles => odd_date(clean?, random),
        Dirt::NumberStyles => Some(odd_number(clean?, random)),
        Dirt::ZeroValues => clean.map(|_| "0.00".to_owned()),
        Dirt::LetterCase => Some(other_letters(clean?, random)),
    }
}

const SENTINELS: [&str; 10] = [
    "N/A",
    "-",
    "n.a.",
    "unknown",
    "Not Recorded",
    "NULL",
    "TBD",
    "?",
    "none",
    "N/A - see order",
];

fn one_of<'a>(of: &[&'a str], random: &mut Random) -> &'a str {
    of[random.below(of.len() as u64) as usize]
}

fn remark(random: &mut Random) -> String {
    match random.below(4) {
        0 => "invoiced apart".to_owned(),
        1 => "Included in price".to_owned(),
        2 => "on request".to_owned(),
        _ => format!("see packing list {}", 1_000 + random.below(9_000)),
    }
}

/// Lower case, no separators, words around it, the first five characters only, or what is no classification.
fn odd_eccn(clean: &str, random: &mut Random) -> String {
    match random.below(7) {
        0 => clean.to_lowercase(),
        1 => clean.replace('.', ""),
        2 => format!("ECCN {clean}"),
        3 if clean == "EAR99" => "ear 99".to_owned(),
        3 | 4 => clean.chars().take(5).collect(),
        5 => "NLR".to_owned(),
        _ => format!("{clean} (LVS)"),
    }
}

/// The nearest double, as a program prints it that adds cents.
fn noisy(clean: &str, random: &mut Random) -> Option<String> {
    let (whole, cents) = clean.split_once('.')?;
    let cents: u64 = cents.parse().ok()?;
    let end = random.below(9) + 1;
    Some(match random.chance(500_000) || cents == 0 {
        true => format!("{whole}.{cents:02}000000000{end}"),
        false => format!("{whole}.{:02}999999999{end}", cents - 1),
    })
}

fn country(clean: &str, random: &mut Random) -> Option<String> {
    let country = Country::from_alpha2(clean)?;
    let custom = match clean {
        "US" => "U.S.A.",
        "GB" => "UK",
        "CN" => "P.R. China",
        "KR" => "South Korea",
        "NL" => "Holland",
        "MM" => "Burma",
        _ => country.name(),
    };
    Some(match random.below(4) {
        0 => country.alpha3().to_owned(),
        1 => custom.to_owned(),
        2 => country.name().to_uppercase(),
        _ => country.name().to_owned(),
    })
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn odd_date(clean: &str, random: &mut Random) -> Option<String> {
    let (year, month, day) = Day::parse_iso(clean).ok()?.ymd();
    let short = year % 100;
    Some(match random.below(4) {
        0 => format!("{day}-{}-{short:02}", MONTHS[month as usize - 1]),
        1 => format!("{month}/{day}/{short:02}"),
        2 => format!("{day:02}.{month:02}.{year}"),
        _ => format!("{year}{month:02}{day:02}"),
    })
}

fn odd_number(clean: &str, random: &mut Random) -> String {
    let (whole, fraction) = clean.split_once('.').unwrap_or((clean, "0"));
    match random.below(5) {
        0 => format!("{}.{fraction}", grouped(whole, ',')),
        1 => format!("{},{fraction}", grouped(whole, '.')),
        2 => format!("{whole},{fraction}"),
        3 => format!("{clean} USD"),
        _ => format!("{clean}%"),
    }
}

fn grouped(digits: &str, mark: char) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

fn other_letters(clean: &str, random: &mut Random) -> String {
    match random.below(4) {
        0 => clean.to_uppercase(),
        1 => format!(" {clean} "),
        2 => clean.replace('_', " "),
        _ => {
            let mut letters = clean.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
    }
}
