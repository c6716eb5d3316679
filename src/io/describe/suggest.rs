//! Settings of a mapping file that would make unreadable texts readable. Nothing is suggested that was not met, and
//! nothing is applied: it is for the author to say what a spelling means.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::column::ColumnFacts;
use super::{Field, Found};
use crate::domain::{CodeModel, Country};
use crate::input::mapping::{DateReading, FieldMapping, NumberStyle};
use crate::model::{Model, Type};

/// Texts that people write where they know nothing, in lower case and without points.
const SENTINELS: [&str; 20] = [
    "",
    "-",
    "--",
    "---",
    "?",
    "??",
    "n/a",
    "na",
    "nan",
    "none",
    "nil",
    "null",
    "unknown",
    "unk",
    "tbd",
    "tba",
    "x",
    "missing",
    "not known",
    "#n/a",
];

/// How such texts begin.
const BEGINNINGS: [&str; 6] = ["n/a ", "not ", "see ", "no ", "to be ", "unknown "];

/// Date formats that are met, the likelier ones first.
const FORMATS: [&str; 10] = [
    "%d-%b-%y", "%d-%b-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y",
    "%d/%m/%y", "%d.%m.%y",
];

/// What stands before or after numbers.
const AFFIXES: [&str; 9] = ["USD", "EUR", "CNY", "US$", "$", "€", "kg", "KG", "%"];

/// Words for yes and for no, in lower case, besides those that are read in any case.
const YES: [&str; 10] = [
    "ja", "j", "oui", "si", "sí", "sim", "是", "on", "wahr", "vrai",
];
const NO: [&str; 9] = [
    "nein", "non", "não", "nao", "nee", "否", "off", "falsch", "faux",
];

/// The sections of the mapping, as lines each.
#[derive(Default)]
struct Sections {
    columns: Vec<String>,
    missing: Vec<String>,
    dates: Vec<String>,
    numbers: Vec<String>,
    countries: Vec<String>,
    hs: Vec<String>,
    enums: Vec<String>,
    bools: Vec<String>,
}

/// The settings as TOML; empty where nothing helps.
pub(super) fn suggest(
    model: &Model,
    fields: &[Field],
    facts: &[ColumnFacts],
    found: &[Found],
) -> String {
    let mut sections = Sections::default();
    for ((field, facts), found) in fields.iter().zip(facts).zip(found) {
        let name = key(&model.record.fields[field.reader.field()].name);
        if let Found::Absent { nearest, .. } = found {
            sections.columns.push(match nearest {
                Some(near) => format!("{name} = {}", quoted(near)),
                None if field.reader.optional() => {
                    format!("{name} = false   # if the data has no such column")
                }
                None => {
                    format!("# {name} = \"…\"   # the column that holds it; every record needs one")
                }
            });
        }
        of_field(model, field, &name, facts, &mut sections);
    }
    sections.toml()
}

fn of_field(
    model: &Model,
    field: &Field,
    name: &str,
    facts: &ColumnFacts,
    sections: &mut Sections,
) {
    let (sentinels, rest): (Vec<&str>, Vec<&str>) =
        facts.texts().partition(|text| is_sentinel(text));
    let is_list = matches!(field.reader.ty(), Type::List(_));
    if !sentinels.is_empty() && !is_list {
        let texts: BTreeSet<String> = sentinels.iter().map(|text| quoted(text.trim())).collect();
        let texts: Vec<String> = texts.into_iter().collect();
        sections
            .missing
            .push(format!("{name} = [{}]", texts.join(", ")));
    }
    match field.reader.ty() {
        Type::Date | Type::Instant => dates(name, &rest, facts, sections),
        Type::Int | Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => {
            numbers(field, name, &rest, sections);
        }
        Type::Country => countries(name, &rest, sections),
        Type::Enum(id) => enums(name, &model.enums[id].values, &rest, sections),
        Type::Code(system) if model.systems[system].model == CodeModel::Hs => {
            lost_zeros(name, facts, sections)
        }
        Type::Bool => bools(name, &rest, sections),
        Type::Code(_)
        | Type::Text { .. }
        | Type::Duration
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => {}
    }
}

/// Whether a text looks like one that means nothing.
fn is_sentinel(text: &str) -> bool {
    let folded = text.trim().to_lowercase();
    let bare = folded.replace('.', "");
    SENTINELS.contains(&bare.as_str())
        || SENTINELS.contains(&folded.as_str())
        || BEGINNINGS
            .iter()
            .any(|beginning| folded.starts_with(beginning))
}

/// The fewest formats that read all texts that some format reads.
fn dates(name: &str, texts: &[&str], facts: &ColumnFacts, sections: &mut Sections) {
    let reads = |format: &str, text: &str| {
        let mapping = FieldMapping {
            dates: vec![format.to_owned()],
            ..FieldMapping::default()
        };
        matches!(mapping.date(text), DateReading::Day(_))
    };
    let mut left: Vec<&str> = texts.to_vec();
    let mut formats: Vec<&str> = Vec::new();
    loop {
        let read = |format: &&str| left.iter().filter(|text| reads(format, text)).count();
        // The first of those that read most.
        let best = FORMATS.iter().rev().max_by_key(|format| read(format));
        let Some(best) = best.filter(|format| read(format) > 0) else {
            break;
        };
        formats.push(best);
        left.retain(|text| !reads(best, text));
    }
    if formats.is_empty() {
        return;
    }
    if facts.smallest.is_some() {
        formats.push("%Y-%m-%d");
    }
    let listed: Vec<String> = formats.iter().map(|format| quoted(format)).collect();
    let doubt = match formats
        .iter()
        .any(|format| format.starts_with("%m/") || format.starts_with("%d/"))
    {
        true => "   # is it the month or the day that stands first?",
        false => "",
    };
    sections
        .dates
        .push(format!("{name} = [{}]{doubt}", listed.join(", ")));
}

fn numbers(field: &Field, name: &str, texts: &[&str], sections: &mut Sections) {
    let affixes: Vec<&str> = AFFIXES
        .iter()
        .filter(|affix| {
            texts
                .iter()
                .any(|text| text.trim().ends_with(**affix) || text.trim().starts_with(**affix))
        })
        .copied()
        .collect();
    let style = |decimal_comma, thousands| NumberStyle {
        decimal_comma,
        thousands,
        affixes: affixes.iter().map(|affix| (*affix).to_owned()).collect(),
    };
    let reads = |style: &NumberStyle, text: &str| {
        let plain = style.plain(text);
        plain.is_some_and(|plain| crate::domain::Number::parse_decimal(&plain).is_some())
    };
    let styles = [
        style(false, None),
        style(false, Some(',')),
        style(true, Some('.')),
    ];
    let counts: Vec<usize> = styles
        .iter()
        .map(|style| texts.iter().filter(|text| reads(style, text)).count())
        .collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 || !field.reader.mapping().numbers.affixes.is_empty() {
        return;
    }
    let best = counts.iter().position(|count| *count == most).unwrap_or(0);
    if best == 0 && affixes.is_empty() {
        // Numbers already; what is wrong with them is no matter of spelling.
        return;
    }
    sections.numbers.push(format!("[numbers.fields.{name}]"));
    if !affixes.is_empty() {
        let listed: Vec<String> = affixes.iter().map(|affix| quoted(affix)).collect();
        sections
            .numbers
            .push(format!("affixes = [{}]", listed.join(", ")));
    }
    match best {
        1 => sections.numbers.push("thousands = \",\"".to_owned()),
        2 => sections.numbers.extend([
            "decimal_comma = true".to_owned(),
            "thousands = \".\"".to_owned(),
        ]),
        _ => {}
    }
}

fn countries(name: &str, texts: &[&str], sections: &mut Sections) {
    let names = texts.iter().any(|text| Country::from_name(text).is_some());
    let alpha3 = texts
        .iter()
        .any(|text| Country::from_alpha3(text.trim()).is_some());
    let unknown: Vec<&&str> = texts
        .iter()
        .filter(|text| {
            Country::from_name(text).is_none() && Country::from_alpha3(text.trim()).is_none()
        })
        .take(10)
        .collect();
    if !names && !alpha3 && unknown.is_empty() {
        return;
    }
    sections
        .countries
        .push(format!("[countries.fields.{name}]"));
    if names {
        sections.countries.push("names = true".to_owned());
    }
    if alpha3 {
        sections.countries.push("alpha3 = true".to_owned());
    }
    for text in unknown {
        let near = Country::nearest_hint(text).map_or("…", Country::alpha2);
        sections.countries.push(format!(
            "# spellings = {{ {} = \"{near}\" }}",
            quoted(text.trim())
        ));
    }
}

/// Values in other letters, with blanks or hyphens.
fn enums(name: &str, values: &[std::sync::Arc<str>], texts: &[&str], sections: &mut Sections) {
    let folded = |text: &str| text.trim().to_lowercase().replace([' ', '-'], "_");
    let mut meant: BTreeMap<&str, &str> = BTreeMap::new();
    for text in texts {
        if let Some(value) = values.iter().find(|value| folded(value) == folded(text)) {
            meant.insert(text.trim(), value);
        }
    }
    if meant.is_empty() {
        return;
    }
    sections.enums.push(format!("[enums.{name}]"));
    for (text, value) in meant {
        sections
            .enums
            .push(format!("{} = {}", quoted(text), quoted(value)));
    }
}

/// Words for yes and no; of others only their author knows what they mean.
fn bools(name: &str, texts: &[&str], sections: &mut Sections) {
    let mut lines: Vec<String> = Vec::new();
    for text in texts.iter().map(|text| text.trim()).take(10) {
        let folded = text.to_lowercase();
        let (yes, no) = (YES.contains(&&*folded), NO.contains(&&*folded));
        lines.push(match (yes, no) {
            (true, _) => format!("{} = true", quoted(text)),
            (false, true) => format!("{} = false", quoted(text)),
            (false, false) => format!("# {} = …   # true or false", quoted(text)),
        });
    }
    if !lines.is_empty() {
        sections.bools.push(format!("[bools.{name}]"));
        sections.bools.append(&mut lines);
    }
}

/// Codes of an odd number of digits are what a column of numbers leaves of codes that begin with a zero.
fn lost_zeros(name: &str, facts: &ColumnFacts, sections: &mut Sections) {
    let of = |odd: usize| {
        (1..facts.hs_lengths.len()).filter(move |digits| digits % 2 == odd && *digits >= 4)
    };
    let odd = of(1).any(|digits| facts.hs_lengths[digits] > 0);
    let whole = of(0).max_by_key(|digits| facts.hs_lengths[*digits]);
    if let (true, Some(whole)) = (odd, whole) {
        sections.hs.push(format!("{name} = {whole}"));
    }
}

impl Sections {
    fn toml(self) -> String {
        let mut text = String::new();
        let tables = [
            ("[columns]", self.columns),
            ("[missing.fields]", self.missing),
            ("[dates]", self.dates),
            ("[hs]", self.hs),
        ];
        for (header, lines) in tables {
            if !lines.is_empty() {
                push_table(&mut text, header, &lines);
            }
        }
        for lines in [self.numbers, self.countries, self.enums, self.bools] {
            for line in lines {
                let gap = if line.starts_with('[') && !text.is_empty() {
                    "\n"
                } else {
                    ""
                };
                writeln!(text, "{gap}{line}").expect("text can be written to");
            }
        }
        text
    }
}

fn push_table(text: &mut String, header: &str, lines: &[String]) {
    let gap = if text.is_empty() { "" } else { "\n" };
    writeln!(text, "{gap}{header}\n{}", lines.join("\n")).expect("text can be written to");
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A field's name as a key.
fn key(name: &str) -> String {
    let bare = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if bare && !name.is_empty() {
        name.to_owned()
    } else {
        quoted(name)
    }
}
