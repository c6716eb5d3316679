//! How the data at hand spells what the record declares: column names, missing values, dates, numbers, codes.
//!
//! In: what the author of a mapping file asked for (`io::mapping` reads it). Out: answers for one field at a
//! time, asked by binding. Nothing here is guessed: a text that no setting covers is left as it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::MassUnit;

/// A whole mapping file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// What holds for every field that does not say otherwise.
    pub every: FieldMapping,
    /// Settings of single fields, by the record's field name, complete: what holds for every field is merged in.
    pub fields: BTreeMap<String, FieldMapping>,
    /// What stands between the fields of a CSV line, if not a comma.
    pub delimiter: Option<u8>,
    /// What child tables call what ties them to their records, by the path of the list.
    pub children: BTreeMap<String, ChildMapping>,
    /// Where the file names a field, so that an unknown one can be pointed at.
    pub mentions: Vec<Mention>,
}

/// A place where a mapping file names a field of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The field.
    pub field: String,
    /// The section, as written: `columns`, `missing.fields`.
    pub section: String,
    /// What is said of the field.
    pub setting: Setting,
    /// The line, from 1.
    pub line: u32,
}

/// What a mapping file says of a field, as far as not every type of field can have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The column.
    Column,
    /// The unit of its numbers.
    Unit,
    /// Texts that mean missing.
    Missing,
    /// Formats of dates.
    Dates,
    /// How numbers are written.
    Numbers,
    /// How countries are written.
    Countries,
    /// How many digits HS codes have.
    Hs,
    /// Spellings of enum values.
    Enum,
    /// One spelling of an enum value.
    EnumValue {
        /// The text in the data.
        spelling: String,
        /// The value it is to mean.
        value: String,
    },
    /// Spellings of yes and no.
    Bool,
    /// Columns of the child table that holds its elements.
    Child,
}

/// What a child table calls what ties its rows to their record, and to the elements that hold them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChildMapping {
    /// The column with the record's key, if it is not called as in the records' own file.
    pub key: Option<String>,
    /// The column that names an element for the tables of its own lists; none: they count elements from 1.
    pub element: Option<String>,
    /// The column that names the element of a list above, by that list's path.
    pub within: BTreeMap<String, String>,
}

/// Which column of the data holds a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// The column the record declares (`from "…"`), else the one named like the field.
    #[default]
    Declared,
    /// The column of this name.
    Named(String),
    /// None: the data has no such column and the field is missing in every record.
    Absent,
}

/// What the data at hand does to one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMapping {
    /// Where the field stands.
    pub column: Column,
    /// Texts that mean that nobody filled the field in.
    pub missing: MissingSpellings,
    /// Date formats in the manner of `strptime`; empty: ISO 8601 only.
    pub dates: Vec<String>,
    /// How numbers are written.
    pub numbers: NumberStyle,
    /// How countries are written.
    pub countries: CountryStyle,
    /// The digits of whole HS codes: shorter ones lost their leading zeros.
    pub hs_pad: Option<u8>,
    /// Enum values by the text that stands for them.
    pub values: BTreeMap<String, String>,
    /// Yes and no by the text that stands for them.
    pub bools: BTreeMap<String, bool>,
    /// The unit of a mass in the data, if not the record's.
    pub unit: Option<MassUnit>,
}

/// Texts that mean "missing".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MissingSpellings {
    /// Whole texts.
    pub spellings: Vec<String>,
    /// Patterns: `?` is one character, `*` any rest.
    pub like: Vec<String>,
}

/// How numbers are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberStyle {
    /// `1,5` is one and a half.
    pub decimal_comma: bool,
    /// What stands between groups of three digits.
    pub thousands: Option<char>,
    /// Texts that may stand before or after the number (`USD`, `$`).
    pub affixes: Vec<String>,
}

/// How countries are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountryStyle {
    /// English names are read.
    pub names: bool,
    /// ISO 3166-1 alpha-3 codes are read.
    pub alpha3: bool,
    /// Alpha-2 codes by the text that stands for them.
    pub spellings: BTreeMap<String, String>,
}

impl Mapping {
    /// What holds for the field called `name`.
    pub fn field(&self, name: &str) -> &FieldMapping {
        self.fields.get(name).unwrap_or(&self.every)
    }
}

impl FieldMapping {
    /// Whether `text` means that nobody filled the field in: nothing but blanks, or a spelling of the mapping.
    /// Blanks around the text do not count; case does.
    pub fn is_missing(&self, text: &str) -> bool {
        let text = text.trim();
        text.is_empty()
            || self
                .missing
                .spellings
                .iter()
                .any(|spelling| spelling == text)
            || self.missing.like.iter().any(|pattern| like(pattern, text))
    }

    /// The alpha-2 code the mapping gives for `text`.
    pub fn country_spelling(&self, text: &str) -> Option<&str> {
        self.countries
            .spellings
            .get(text.trim())
            .map(String::as_str)
    }

    /// The enum value the mapping gives for `text`.
    pub fn value_spelling(&self, text: &str) -> Option<&str> {
        self.values.get(text.trim()).map(String::as_str)
    }

    /// Whether `text` means yes or no, where the mapping says so.
    pub fn bool_spelling(&self, text: &str) -> Option<bool> {
        self.bools.get(text.trim()).copied()
    }

    /// The day that `text` gives by the formats of the mapping.
    pub fn date(&self, text: &str) -> DateReading {
        let text = text.trim();
        let mut read = DateReading::Unreadable;
        for format in &self.dates {
            let Some(day) = parse_date(format, text) else {
                continue;
            };
            read = match read {
                DateReading::Unreadable => DateReading::Day(day),
                DateReading::Day(first) if first == day => read,
                DateReading::Day(first) => return DateReading::Ambiguous(first, day),
                DateReading::Ambiguous(..) => read,
            };
        }
        read
    }
}

/// What a text is as a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateReading {
    /// One day.
    Day(Date),
    /// Two formats of the mapping read it, as different days.
    Ambiguous(Date, Date),
    /// No format reads it.
    Unreadable,
}

/// The day `text` gives in `format`, the whole text being used up. Two-digit years are 1969 to 2068.
/// `%Y` stands for four digits: with `%Y` for `%y`, `9/11/14` would be a day of the year 14.
fn parse_date(format: &str, text: &str) -> Option<Date> {
    let day = jiff::fmt::strtime::parse(format, text)
        .ok()?
        .to_date()
        .ok()?;
    let asks_for_four = ["%Y", "%F", "%G"].iter().any(|year| format.contains(year));
    let has_four = || text.contains(&format!("{:04}", day.year()));
    (!asks_for_four || has_four()).then_some(day)
}

/// Whether `format` gives a whole date; else why not.
pub fn check_date_format(format: &str) -> Result<(), String> {
    let day = jiff::civil::date(2025, 10, 29);
    let text = jiff::fmt::strtime::format(format, day).map_err(|error| error.to_string())?;
    match parse_date(format, &text) {
        Some(read) if read == day => Ok(()),
        _ => Err("it does not give a year, a month and a day".to_owned()),
    }
}

impl NumberStyle {
    /// `text` as a plain number with a decimal point and nothing between its digits; none if its separators do
    /// not stand where this style has them. What remains is not checked further.
    pub fn plain<'a>(&self, text: &'a str) -> Option<Cow<'a, str>> {
        let text = self.without_affixes(text.trim());
        if !self.decimal_comma && self.thousands.is_none() {
            return Some(Cow::Borrowed(text));
        }
        let mark = if self.decimal_comma { ',' } else { '.' };
        let (whole, fraction) = match text.split_once(mark) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let whole = self.without_thousands(whole)?;
        if fraction.is_some_and(|digits| digits.contains(['.', ','])) || whole.contains(['.', ','])
        {
            return None;
        }
        Some(match fraction {
            Some(digits) => Cow::Owned(format!("{whole}.{digits}")),
            None => whole,
        })
    }

    fn without_affixes<'a>(&self, text: &'a str) -> &'a str {
        for affix in &self.affixes {
            if let Some(rest) = text.strip_suffix(affix.as_str()) {
                return rest.trim_end();
            }
            if let Some(rest) = text.strip_prefix(affix.as_str()) {
                return rest.trim_start();
            }
        }
        text
    }

    /// `whole` without separators, if these leave one to three digits and then groups of three.
    fn without_thousands<'a>(&self, whole: &'a str) -> Option<Cow<'a, str>> {
        let Some(separator) = self.thousands.filter(|&mark| whole.contains(mark)) else {
            return Some(Cow::Borrowed(whole));
        };
        let (sign, digits) = match whole.strip_prefix(['-', '+']) {
            Some(digits) => (&whole[..1], digits),
            None => ("", whole),
        };
        let mut groups = digits.split(separator);
        let first = groups.next().unwrap_or_default();
        let well_formed = (1..=3).contains(&first.len())
            && is_digits(first)
            && groups.all(|group| group.len() == 3 && is_digits(group));
        well_formed.then(|| Cow::Owned(format!("{sign}{}", digits.replace(separator, ""))))
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `text` fits `pattern`, where `?` is one character and `*` any number of them.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut pos) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while pos < text.len() {
        if pattern.get(at) == Some(&'*') {
            star = Some((at, pos));
            at += 1;
        } else if pattern.get(at).is_some_and(|&c| c == '?' || c == text[pos]) {
            at += 1;
            pos += 1;
        } else if let Some((star_at, star_pos)) = star {
            star = Some((star_at, star_pos + 1));
            at = star_at + 1;
            pos = star_pos + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn numbers(decimal_comma: bool, thousands: Option<char>) -> NumberStyle {
        NumberStyle {
            decimal_comma,
            thousands,
            affixes: vec!["USD".into(), "$".into()],
        }
    }

    #[test]
    fn separators_are_read_where_they_belong_and_nowhere_else() {
        let german = numbers(true, Some('.'));
        assert_eq!(german.plain("1.234,56").as_deref(), Some("1234.56"));
        assert_eq!(german.plain("-12.345.678").as_deref(), Some("-12345678"));
        assert_eq!(german.plain("1234,5").as_deref(), Some("1234.5"));
        assert_eq!(german.plain("1.23,4"), None);
        assert_eq!(german.plain("1,234.5"), None);
        let english = numbers(false, Some(','));
        assert_eq!(english.plain("1,234.56 USD").as_deref(), Some("1234.56"));
        assert_eq!(english.plain("$ 1,234").as_deref(), Some("1234"));
        assert_eq!(english.plain("1,23"), None);
        assert_eq!(english.plain("1.5,000"), None);
        assert_eq!(numbers(true, None).plain("1.5"), None);
        let plain = NumberStyle::default();
        assert_eq!(plain.plain(" 1,5 ").as_deref(), Some("1,5"));
    }

    #[test]
    fn a_date_that_two_formats_read_differently_is_ambiguous() {
        let mut field = FieldMapping {
            dates: vec!["%d-%b-%y".into(), "%m/%d/%y".into()],
            ..Default::default()
        };
        assert_eq!(field.date("2-Jun-06"), DateReading::Day(date(2006, 6, 2)));
        assert_eq!(field.date("9/11/14"), DateReading::Day(date(2014, 9, 11)));
        assert_eq!(field.date("Pre-PQ Process"), DateReading::Unreadable);
        assert_eq!(field.date("30-Feb-06"), DateReading::Unreadable);
        field.dates.push("%d/%m/%y".into());
        assert_eq!(
            field.date("9/11/14"),
            DateReading::Ambiguous(date(2014, 9, 11), date(2014, 11, 9))
        );
        assert_eq!(field.date("9/30/14"), DateReading::Day(date(2014, 9, 30)));
    }

    #[test]
    fn a_year_of_four_digits_is_not_read_from_two() {
        let field = FieldMapping {
            dates: vec!["%m/%d/%Y".into()],
            ..Default::default()
        };
        for text in ["9/11/14", "9/11/014", "9/11/+14"] {
            assert_eq!(field.date(text), DateReading::Unreadable, "{text}");
        }
        assert_eq!(field.date("9/11/2014"), DateReading::Day(date(2014, 9, 11)));
        assert_eq!(field.date("9/11/0014"), DateReading::Day(date(14, 9, 11)));
    }

    #[test]
    fn date_formats_must_give_a_day() {
        assert!(check_date_format("%d-%b-%y").is_ok());
        assert!(check_date_format("%m/%d").is_err());
        assert!(check_date_format("%Q").is_err());
    }

    #[test]
    fn missing_spellings_count_whole_and_by_pattern() {
        let field = FieldMapping {
            missing: MissingSpellings {
                spellings: vec!["N/A".into(), "-".into()],
                like: vec!["See DN-*".into()],
            },
            ..Default::default()
        };
        for text in ["", "  ", "N/A", " - ", "See DN-304 (ID#:10589)"] {
            assert!(field.is_missing(text), "{text:?}");
        }
        for text in ["NA", "n/a", "0", "see DN-304"] {
            assert!(!field.is_missing(text), "{text:?}");
        }
    }

    #[test]
    fn patterns_match_any_rest_and_single_characters() {
        assert!(like("a*c", "abbc") && like("*", "") && like("?b*", "ab"));
        assert!(!like("a*c", "abcd") && !like("?", "") && !like("ab", "abc"));
    }
}
