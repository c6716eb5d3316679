//! The mapping file: TOML in, [`Mapping`] out. `docs/mapping.md` describes it.
//!
//! Every key is known or an error that names the nearest one; whether the fields it names are fields of the record
//! is asked afterwards, with [`check_fields`].

mod fields;
#[cfg(test)]
mod tests;

pub use fields::{check_fields, unit_warnings};

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::domain::{Country, MassUnit};
use crate::input::errors::{self, InputError};
use crate::input::mapping::{
    ChildMapping, Column, CountryStyle, FieldMapping, Mapping, Mention, MissingSpellings,
    NumberStyle, Setting, check_date_format,
};

const SECTIONS: [&str; 10] = [
    "columns",
    "missing",
    "dates",
    "numbers",
    "countries",
    "hs",
    "enums",
    "bools",
    "csv",
    "children",
];
const COLUMN_KEYS: [&str; 2] = ["column", "unit"];
const CHILD_KEYS: [&str; 3] = ["key", "element", "within"];
const MISSING_KEYS: [&str; 3] = ["spellings", "like", "fields"];
const NUMBER_KEYS: [&str; 4] = ["decimal_comma", "thousands", "affixes", "fields"];
const COUNTRY_KEYS: [&str; 4] = ["names", "alpha3", "spellings", "fields"];

/// Reads the mapping file at `path`.
pub fn read_mapping(path: &Path) -> Result<Mapping, InputError> {
    let name = errors::shown(path);
    let bytes = fs::read(path).map_err(|error| errors::io_failed(&name, "reading", error))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        errors::bad_mapping(
            &name,
            None,
            "the mapping is not UTF-8 text".into(),
            "save it as UTF-8".into(),
        )
    })?;
    parse_mapping(&name, &text)
}

/// Reads the text of a mapping file called `name`.
pub fn parse_mapping(name: &str, text: &str) -> Result<Mapping, InputError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let reader = Reader { name, text };
    let document = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        reader.error(
            &span,
            error.message().to_owned(),
            "a mapping is written in TOML".into(),
        )
    })?;
    reader.mapping(document.get_ref())
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

type Table<'t> = DeTable<'t>;
type Value<'t> = Spanned<DeValue<'t>>;
type Key<'t> = Spanned<std::borrow::Cow<'t, str>>;
type Parsed<T> = Result<T, InputError>;

/// A mapping file being read.
struct Reader<'a> {
    name: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn mapping(&self, document: &Table<'_>) -> Parsed<Mapping> {
        let mut sections: Vec<(&Key<'_>, &Value<'_>)> = document.iter().collect();
        // What holds for every field first: single fields start from it.
        let late = |key: &str| !matches!(key, "missing" | "numbers" | "countries");
        sections.sort_by_key(|(key, _)| (late(key.get_ref()), key.span().start));
        let mut mapping = Mapping::default();
        for (key, value) in &sections {
            self.known(key, &SECTIONS, "a mapping")?;
            let table = self.table(value, key.get_ref())?;
            match key.get_ref().as_ref() {
                "missing" => mapping.every.missing = self.missing(table)?,
                "numbers" => {
                    mapping.every.numbers = self.numbers(table, &NumberStyle::default())?
                }
                "countries" => {
                    mapping.every.countries = self.countries(table, &CountryStyle::default())?;
                }
                _ => {}
            }
        }
        for (key, value) in &sections {
            let table = self.table(value, key.get_ref())?;
            self.section(key.get_ref(), table, &mut mapping)?;
        }
        mapping.mentions.sort_by_key(|mention| mention.line);
        Ok(mapping)
    }

    /// Reads what a section says of single fields.
    fn section(&self, section: &str, table: &Table<'_>, mapping: &mut Mapping) -> Parsed<()> {
        if section == "csv" {
            return self.csv(table, mapping);
        }
        if section == "children" {
            return self.children(table, mapping);
        }
        let general = matches!(section, "missing" | "numbers" | "countries");
        let (label, fields) = match (general, table.get("fields")) {
            (true, None) => return Ok(()),
            (true, Some(fields)) => (
                format!("{section}.fields"),
                self.table(fields, &format!("{section}.fields"))?,
            ),
            (false, _) => (section.to_owned(), table),
        };
        for (key, value) in fields {
            let every = mapping.every.clone();
            let field = mapping
                .fields
                .entry(key.get_ref().to_string())
                .or_insert(every);
            let mut said = Vec::new();
            self.field(section, key, value, field, &mut said)?;
            mapping
                .mentions
                .extend(said.into_iter().map(|(setting, line)| Mention {
                    field: key.get_ref().to_string(),
                    section: label.clone(),
                    setting,
                    line,
                }));
        }
        Ok(())
    }

    fn field(
        &self,
        section: &str,
        key: &Key<'_>,
        value: &Value<'_>,
        field: &mut FieldMapping,
        said: &mut Vec<(Setting, u32)>,
    ) -> Parsed<()> {
        let name = key.get_ref();
        let line = self.line(&key.span());
        let setting = match section {
            "columns" => {
                said.push((Setting::Column, line));
                return self.column(value, field, said);
            }
            "missing" => {
                self.add_missing(name, value, &mut field.missing)?;
                Setting::Missing
            }
            "dates" => {
                field.dates = self.date_formats(value)?;
                Setting::Dates
            }
            "numbers" => {
                let table = self.table(value, &format!("numbers.fields.{name}"))?;
                field.numbers = self.numbers(table, &field.numbers)?;
                Setting::Numbers
            }
            "countries" => {
                let table = self.table(value, &format!("countries.fields.{name}"))?;
                field.countries = self.countries(table, &field.countries)?;
                Setting::Countries
            }
            "hs" => {
                field.hs_pad = Some(self.hs_pad(value)?);
                Setting::Hs
            }
            "enums" => {
                said.push((Setting::Enum, line));
                return self.enum_values(name, value, field, said);
            }
            "bools" => {
                for (spelling, value) in self.table(value, &format!("bools.{name}"))? {
                    let spelling = spelling.get_ref().trim().to_owned();
                    field.bools.insert(spelling, self.boolean(value)?);
                }
                Setting::Bool
            }
            other => unreachable!("{other} is one of the sections"),
        };
        said.push((setting, line));
        Ok(())
    }

    fn enum_values(
        &self,
        name: &str,
        value: &Value<'_>,
        field: &mut FieldMapping,
        said: &mut Vec<(Setting, u32)>,
    ) -> Parsed<()> {
        for (key, value) in self.table(value, &format!("enums.{name}"))? {
            let spelling = key.get_ref().to_string();
            let value = self.string(value)?.to_owned();
            field.values.insert(spelling.clone(), value.clone());
            let line = self.line(&key.span());
            said.push((Setting::EnumValue { spelling, value }, line));
        }
        Ok(())
    }

    fn column(
        &self,
        value: &Value<'_>,
        field: &mut FieldMapping,
        said: &mut Vec<(Setting, u32)>,
    ) -> Parsed<()> {
        let table = match value.get_ref() {
            DeValue::String(column) => {
                field.column = Column::Named(column.to_string());
                return Ok(());
            }
            DeValue::Boolean(false) => {
                field.column = Column::Absent;
                return Ok(());
            }
            DeValue::Table(table) => table,
            _ => {
                return Err(self.expected(
                    value,
                    "a column name, or `false` where the data has no such column",
                ));
            }
        };
        for (key, value) in table {
            self.known(key, &COLUMN_KEYS, "a column")?;
            let text = self.string(value)?;
            if key.get_ref() == "column" {
                field.column = Column::Named(text.to_owned());
            } else {
                field.unit = Some(self.unit(text, value)?);
                said.push((Setting::Unit, self.line(&key.span())));
            }
        }
        Ok(())
    }

    fn unit(&self, text: &str, value: &Value<'_>) -> Parsed<MassUnit> {
        let symbols = MassUnit::ALL.map(MassUnit::symbol).join(", ");
        let expected = format!("a unit of mass ({symbols})");
        MassUnit::parse(text).ok_or_else(|| self.expected(value, &expected))
    }

    fn missing(&self, table: &Table<'_>) -> Parsed<MissingSpellings> {
        let mut missing = MissingSpellings::default();
        for (key, value) in table {
            self.known(key, &MISSING_KEYS, "[missing]")?;
            match key.get_ref().as_ref() {
                "spellings" => missing.spellings = self.strings(value)?,
                "like" => missing.like = self.strings(value)?,
                _ => {}
            }
        }
        Ok(missing)
    }

    /// Adds to what is missing in every field what is missing in one.
    fn add_missing(
        &self,
        name: &str,
        value: &Value<'_>,
        missing: &mut MissingSpellings,
    ) -> Parsed<()> {
        let own = match value.get_ref() {
            DeValue::Array(_) => MissingSpellings {
                spellings: self.strings(value)?,
                like: Vec::new(),
            },
            _ => {
                let table = self.table(value, &format!("missing.fields.{name}"))?;
                for (key, _) in table {
                    self.known(key, &MISSING_KEYS[..2], &format!("[missing.fields.{name}]"))?;
                }
                self.missing(table)?
            }
        };
        missing.spellings.extend(own.spellings);
        missing.like.extend(own.like);
        Ok(())
    }

    fn date_formats(&self, value: &Value<'_>) -> Parsed<Vec<String>> {
        let formats = self.strings(value)?;
        for format in &formats {
            check_date_format(format).map_err(|why| {
                let problem = format!("`{format}` is no date format: {why}");
                let help = "a date format is written like `%d-%b-%y` or `%Y-%m-%d`";
                self.error(&value.span(), problem, help.into())
            })?;
        }
        match formats.is_empty() {
            true => Err(self.expected(value, "at least one date format")),
            false => Ok(formats),
        }
    }

    fn numbers(&self, table: &Table<'_>, every: &NumberStyle) -> Parsed<NumberStyle> {
        let mut style = every.clone();
        for (key, value) in table {
            self.known(key, &NUMBER_KEYS, "[numbers]")?;
            match key.get_ref().as_ref() {
                "decimal_comma" => style.decimal_comma = self.boolean(value)?,
                "thousands" => style.thousands = Some(self.separator(value)?),
                "affixes" => style.affixes = self.strings(value)?,
                _ => {}
            }
        }
        let mark = if style.decimal_comma { ',' } else { '.' };
        if style.thousands == Some(mark) {
            let place = table
                .get_key_value("thousands")
                .or_else(|| table.get_key_value("decimal_comma"));
            let span = place.map(|(key, _)| key.span()).unwrap_or_default();
            let problem = format!("`{mark}` stands both before decimals and between thousands");
            return Err(self.error(&span, problem, "give one of them another mark".into()));
        }
        Ok(style)
    }

    fn separator(&self, value: &Value<'_>) -> Parsed<char> {
        let mut characters = self.string(value)?.chars();
        match (characters.next(), characters.next()) {
            (Some(mark), None) if !mark.is_ascii_alphanumeric() && !"+-".contains(mark) => Ok(mark),
            _ => Err(self.expected(value, "one character that is no digit, letter or sign")),
        }
    }

    fn countries(&self, table: &Table<'_>, every: &CountryStyle) -> Parsed<CountryStyle> {
        let mut style = every.clone();
        for (key, value) in table {
            self.known(key, &COUNTRY_KEYS, "[countries]")?;
            match key.get_ref().as_ref() {
                "names" => style.names = self.boolean(value)?,
                "alpha3" => style.alpha3 = self.boolean(value)?,
                "spellings" => {
                    for (spelling, code) in self.table(value, "countries.spellings")? {
                        let code = self.country_code(code)?;
                        style.spellings.insert(spelling.get_ref().to_string(), code);
                    }
                }
                _ => {}
            }
        }
        Ok(style)
    }

    fn country_code(&self, value: &Value<'_>) -> Parsed<String> {
        let code = self.string(value)?;
        let upper = code.bytes().all(|byte| byte.is_ascii_uppercase());
        if upper && Country::from_alpha2(code).is_some() {
            return Ok(code.to_owned());
        }
        let meant = Country::from_alpha2(code)
            .or_else(|| Country::from_alpha3(code))
            .or_else(|| Country::from_name(code))
            .or_else(|| Country::nearest_hint(code));
        let help = meant.map_or_else(String::new, |country| {
            format!("write \"{}\"", country.alpha2())
        });
        Err(self.expected_but(value, "a two-letter country code such as \"CD\"", help))
    }

    fn hs_pad(&self, value: &Value<'_>) -> Parsed<u8> {
        let pad = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            _ => None,
        };
        pad.filter(|pad| matches!(pad, 4 | 6 | 8..=12))
            .ok_or_else(|| {
                self.expected(
                    value,
                    "the number of digits codes have when whole: 4, 6, or 8 to 12",
                )
            })
    }

    fn children(&self, table: &Table<'_>, mapping: &mut Mapping) -> Parsed<()> {
        for (list, value) in table {
            let path = list.get_ref().to_string();
            let mut child = ChildMapping::default();
            let label = format!("children.{path}");
            for (key, value) in self.table(value, &label)? {
                self.known(key, &CHILD_KEYS, &format!("[{label}]"))?;
                match key.get_ref().as_ref() {
                    "key" => child.key = Some(self.string(value)?.to_owned()),
                    "element" => child.element = Some(self.string(value)?.to_owned()),
                    _ => child.within = self.within(&path, value)?,
                }
            }
            mapping.mentions.push(Mention {
                field: path.clone(),
                section: "children".to_owned(),
                setting: Setting::Child,
                line: self.line(&list.span()),
            });
            mapping.children.insert(path, child);
        }
        Ok(())
    }

    /// The columns that name elements of the lists above `path`, by the paths of these lists.
    fn within(&self, path: &str, value: &Value<'_>) -> Parsed<BTreeMap<String, String>> {
        let mut columns = BTreeMap::new();
        for (above, column) in self.table(value, &format!("children.{path}.within"))? {
            let list = above.get_ref().as_ref();
            let rest = path.strip_prefix(list);
            if !rest.is_some_and(|rest| rest.starts_with('.')) {
                let problem = format!("`{list}` is no list that holds `{path}`");
                let help = match path.rsplit_once('.') {
                    Some((above, _)) => format!("the list above it is `{above}`"),
                    None => format!("`{path}` is a list of the record: take `within` out"),
                };
                return Err(self.error(&above.span(), problem, help));
            }
            columns.insert(list.to_owned(), self.string(column)?.to_owned());
        }
        Ok(columns)
    }

    fn csv(&self, table: &Table<'_>, mapping: &mut Mapping) -> Parsed<()> {
        for (key, value) in table {
            self.known(key, &["delimiter"], "[csv]")?;
            let mark = self.string(value)?;
            mapping.delimiter = match mark.as_bytes() {
                [byte] if byte.is_ascii_punctuation() && *byte != b'"' || *byte == b'\t' => {
                    Some(*byte)
                }
                _ => return Err(self.expected(value, "one mark such as \";\" or \"\\t\"")),
            };
        }
        Ok(())
    }

    fn known(&self, key: &Key<'_>, keys: &[&str], place: &str) -> Parsed<()> {
        let found = key.get_ref().as_ref();
        if keys.contains(&found) {
            return Ok(());
        }
        let help = match errors::nearest(found, keys.iter().copied()) {
            Some(near) => format!("the nearest key is `{near}`"),
            None if keys.contains(&"fields") => {
                let section = place.trim_matches(['[', ']']);
                let listed = quoted(keys);
                format!(
                    "{place} has the keys {listed}; a field's own settings stand under `[{section}.fields]`"
                )
            }
            None => format!("{place} has the keys {}", quoted(keys)),
        };
        Err(self.error(&key.span(), format!("`{found}` is no key of {place}"), help))
    }

    fn table<'v, 't>(&self, value: &'v Value<'t>, name: &str) -> Parsed<&'v Table<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.expected(value, &format!("a section `[{name}]` with keys"))),
        }
    }

    fn string<'v>(&self, value: &'v Value<'_>) -> Parsed<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => Err(self.expected(value, "a text in quotes")),
        }
    }

    fn strings(&self, value: &Value<'_>) -> Parsed<Vec<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .map(|item| self.string(item).map(str::to_owned))
                .collect(),
            DeValue::String(text) => {
                let list = format!("write [{}]", toml::Value::from(text.as_ref()));
                Err(self.expected_but(value, "a list of texts", list))
            }
            _ => Err(self.expected(value, "a list of texts such as [\"N/A\", \"-\"]")),
        }
    }

    fn boolean(&self, value: &Value<'_>) -> Parsed<bool> {
        match value.get_ref() {
            DeValue::Boolean(value) => Ok(*value),
            _ => Err(self.expected(value, "true or false")),
        }
    }

    fn expected(&self, value: &Value<'_>, expected: &str) -> InputError {
        self.expected_but(value, expected, String::new())
    }

    fn expected_but(&self, value: &Value<'_>, expected: &str, help: String) -> InputError {
        let span = value.span();
        let text = self.text.get(span.clone()).unwrap_or_default();
        let first_line = text.lines().next().unwrap_or_default();
        self.error(
            &span,
            format!("`{first_line}` stands where {expected} is expected"),
            help,
        )
    }

    fn error(&self, span: &Range<usize>, problem: String, help: String) -> InputError {
        errors::bad_mapping(self.name, Some(self.line(span)), problem, help)
    }

    fn line(&self, span: &Range<usize>) -> u32 {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        before.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1
    }
}
