//! The one meaning of "read from data as": from a text or a typed scalar of the data to a value of a field.
//!
//! A [`FieldReader`] is made once per field and mapping. Everything that reads records asks it: binding (whose fast
//! paths are checked against it), `explain`, verification by reference, missing fields. Blanks around a text do not
//! count, nothing is coerced, and what cannot be read is said in words ([`Expected`]).

mod accept;
mod cell;
mod expected;
mod list;
mod number;
#[cfg(test)]
pub(crate) mod tests;

pub use accept::Shape;
pub use cell::{read_cell, show_cell};
pub use expected::{Expected, Step};
pub use list::Member;
pub use number::{NumberRule, Scaler};

use std::collections::HashMap;
use std::sync::Arc;

use thiserror::Error;

use super::mapping::{DateReading, FieldMapping, Mapping};
use crate::domain::{Code, CodeModel, CodeProblem, Country, Day, Number, parse_instant, reading};
use crate::model::{Field, FieldId, Model, Type, Types, Value, Verdict};
use accept::Kind;

/// The first and, excluded, the last microsecond of the years 0001 to 9999.
const INSTANTS: std::ops::Range<i64> = -62_135_596_800_000_000..253_402_300_800_000_000;
pub(crate) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// What is read, or what would have been: `Ok(None)` is a missing value.
pub type Reading = Result<Option<Value>, Expected>;

/// A setting of the mapping that means nothing to its field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MappingProblem {
    /// A spelling stands for a value that the enum does not have.
    #[error("`{spelling}` is to mean `{value}`, which is no value of `{name}`")]
    NoSuchValue {
        /// The text in the data.
        spelling: String,
        /// What the mapping says it means.
        value: String,
        /// The enum.
        name: String,
    },
    /// A spelling stands for a country that does not exist.
    #[error("`{spelling}` is to mean `{code}`, which is no country code")]
    NoSuchCountry {
        /// The text in the data.
        spelling: String,
        /// What the mapping says it means.
        code: String,
    },
}

/// Reads the values of one field.
#[derive(Clone, Debug)]
pub struct FieldReader {
    field: FieldId,
    ty: Type,
    optional: bool,
    name: Arc<str>,
    kind: Kind,
    expected: Expected,
    required: Expected,
    mapping: FieldMapping,
    missing_numbers: Vec<Number>,
    missing_days: Vec<Day>,
    missing_instants: Vec<i64>,
    instants: std::ops::Range<i64>,
}

impl FieldReader {
    /// A reader of `field` for data that is written as `mapping` says.
    pub fn new(model: &Model, field: FieldId, mapping: &Mapping) -> Result<Self, MappingProblem> {
        let declared = &model.record.fields[field];
        let mut reader =
            FieldReader::of(model.types(), (field, declared), &declared.name, mapping)?;
        reader.instants = instants_of(model, field);
        Ok(reader)
    }

    /// A reader of a field of the record, of an element or of a list's row, which the mapping calls `path`.
    pub fn of(
        types: Types<'_>,
        (field, declared): (FieldId, &Field),
        path: &str,
        whole: &Mapping,
    ) -> Result<Self, MappingProblem> {
        let mapping = whole.field(path).clone();
        let kind = match declared.ty {
            Type::List(of) => Kind::List(list::members(types, of, path, whole)?),
            _ => kind_of(types, declared, &mapping)?,
        };
        let expected = expected::of_field(types, declared, &mapping);
        let numbers = mapping.missing.spellings.iter();
        let missing_numbers = numbers.filter_map(|text| number::parse(text, &mapping.numbers));
        let days = mapping.missing.spellings.iter();
        let instants = mapping.missing.spellings.iter();
        Ok(FieldReader {
            field,
            ty: declared.ty,
            optional: declared.optional,
            required: expected.for_required(),
            name: Arc::clone(&declared.name),
            kind,
            expected,
            missing_numbers: missing_numbers.collect(),
            missing_days: days
                .filter_map(|text| parse_day(text, &mapping).ok())
                .collect(),
            missing_instants: instants.filter_map(|text| parse_instant(text)).collect(),
            instants: INSTANTS,
            mapping,
        })
    }

    /// The field.
    pub fn field(&self) -> FieldId {
        self.field
    }

    /// Its type.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// Whether a record without a value is in order.
    pub fn optional(&self) -> bool {
        self.optional
    }

    /// What is expected where a field that must have a value has none.
    pub fn required(&self) -> &Expected {
        &self.required
    }

    /// How the data writes the field.
    pub fn mapping(&self) -> &FieldMapping {
        &self.mapping
    }

    /// The rule of a number field.
    pub fn number_rule(&self) -> Option<&NumberRule> {
        match &self.kind {
            Kind::Number(rule) => Some(rule),
            Kind::Text
            | Kind::Bool
            | Kind::Date
            | Kind::Instant
            | Kind::Country(_)
            | Kind::Code(_)
            | Kind::Named(_)
            | Kind::List(_) => None,
        }
    }

    /// The microseconds since 1970-01-01T00:00:00Z that an instant field may hold.
    pub(crate) fn instants(&self) -> std::ops::Range<i64> {
        self.instants.clone()
    }

    /// What the mapping says stands for a missing value, in the column's own unit; only what has such a form.
    pub(crate) fn missing_scaled(&self) -> Vec<i64> {
        match &self.kind {
            Kind::Number(rule) => {
                let values = self
                    .missing_numbers
                    .iter()
                    .filter_map(|raw| rule.value(raw));
                let values = values.map(Value::Number);
                values
                    .filter_map(|value| scaled_of_value(self.ty, &value))
                    .collect()
            }
            Kind::Date => self.missing_days.iter().map(|day| day.0.into()).collect(),
            Kind::Instant => self.missing_instants.clone(),
            Kind::Text
            | Kind::Bool
            | Kind::Country(_)
            | Kind::Code(_)
            | Kind::Named(_)
            | Kind::List(_) => Vec::new(),
        }
    }

    /// A reading in which a missing value is an error where the field must have one.
    pub fn settle(&self, reading: Reading) -> Reading {
        match reading {
            Ok(None) if !self.optional => Err(self.required.clone()),
            Ok(_) | Err(_) => reading,
        }
    }

    /// Reads a text of the data.
    pub fn read_text(&self, text: &str) -> Reading {
        let text = text.trim();
        if self.mapping.is_missing(text) {
            return Ok(None);
        }
        let value = match &self.kind {
            Kind::Text => Some(Value::Text(text.into())),
            Kind::Bool => (self.mapping.bool_spelling(text))
                .or_else(|| reading::parse_bool(text))
                .map(Value::Bool),
            Kind::Number(rule) => number::parse(text, &self.mapping.numbers)
                .and_then(|raw| rule.value(&raw))
                .map(Value::Number),
            Kind::Date => return self.day_of_text(text).map(|day| Some(Value::Date(day))),
            Kind::Instant => return self.instant_of_text(text).map(Some),
            Kind::Country(spellings) => self.country_of_text(text, spellings).map(Value::Country),
            Kind::Code(model) => return self.code_of_text(text, *model).map(Some),
            Kind::Named(values) => values.get(text).cloned(),
            Kind::List(_) => return self.read_json_rows(text),
        };
        value.map(Some).ok_or_else(|| self.expected.clone())
    }

    /// Reads a whole number of the data. Where the field is no number it counts as the digits it prints as, which
    /// the mapping may pad.
    pub fn read_integer(&self, integer: i128) -> Reading {
        match &self.kind {
            Kind::Number(_) => self.read_number(&Number::from_i128(integer)),
            Kind::Text | Kind::Bool | Kind::Date | Kind::Code(_) | Kind::Named(_) => {
                self.read_text(&integer.to_string())
            }
            Kind::Instant | Kind::Country(_) | Kind::List(_) => Err(self.expected.clone()),
        }
    }

    /// Reads a 64-bit whole number of the data.
    pub fn read_i64(&self, integer: i64) -> Reading {
        self.read_integer(integer.into())
    }

    /// Reads a double as the shortest decimal that prints it; NaN and the infinities are no numbers.
    pub fn read_f64(&self, float: f64) -> Reading {
        match Number::from_f64_shortest(float) {
            Some(raw) => self.read_number(&raw),
            None => Err(self.expected.clone()),
        }
    }

    /// Reads a single-precision number as the shortest decimal that prints it.
    pub fn read_f32(&self, float: f32) -> Reading {
        match Number::from_f32_shortest(float) {
            Some(raw) => self.read_number(&raw),
            None => Err(self.expected.clone()),
        }
    }

    /// Reads `mantissa · 10^-scale`.
    pub fn read_decimal(&self, mantissa: i128, scale: i8) -> Reading {
        self.read_number(&Number::from_scaled(mantissa, scale.into()))
    }

    /// Reads an exact number as the data has it (percents and masses in the data's unit).
    pub fn read_number(&self, raw: &Number) -> Reading {
        let Some(rule) = self.number_rule() else {
            return Err(self.expected.clone());
        };
        if self.missing_numbers.contains(raw) {
            return Ok(None);
        }
        match rule.value(raw) {
            Some(number) => Ok(Some(Value::Number(number))),
            None => Err(self.expected.clone()),
        }
    }

    /// Reads a yes/no value of the data.
    pub fn read_bool(&self, value: bool) -> Reading {
        match self.kind {
            Kind::Bool => Ok(Some(Value::Bool(value))),
            Kind::Text
            | Kind::Number(_)
            | Kind::Date
            | Kind::Instant
            | Kind::Country(_)
            | Kind::Code(_)
            | Kind::Named(_)
            | Kind::List(_) => Err(self.expected.clone()),
        }
    }

    /// Reads a day of the data, counted from 1970-01-01; for an instant it is that day in every zone.
    pub fn read_date(&self, days: i64) -> Reading {
        match (&self.kind, Day::from_days(days)) {
            (Kind::Date | Kind::Instant, Some(day)) if self.missing_days.contains(&day) => Ok(None),
            (Kind::Date | Kind::Instant, Some(day)) => Ok(Some(Value::Date(day))),
            (
                Kind::Date
                | Kind::Instant
                | Kind::Text
                | Kind::Bool
                | Kind::Number(_)
                | Kind::Country(_)
                | Kind::Code(_)
                | Kind::Named(_)
                | Kind::List(_),
                _,
            ) => Err(self.expected.clone()),
        }
    }

    /// Reads microseconds since 1970-01-01T00:00: of UTC where the data has zones, else of a local clock, which is a
    /// date at midnight and no instant.
    pub fn read_timestamp(&self, micros: i64, zoned: bool) -> Reading {
        let midnight = micros.rem_euclid(MICROS_PER_DAY) == 0;
        match &self.kind {
            Kind::Instant if zoned && self.instants.contains(&micros) => {
                let missing = self.missing_instants.contains(&micros);
                Ok((!missing).then_some(Value::Instant(micros)))
            }
            Kind::Date if !zoned && midnight => self.read_date(micros.div_euclid(MICROS_PER_DAY)),
            Kind::Date
            | Kind::Instant
            | Kind::Text
            | Kind::Bool
            | Kind::Number(_)
            | Kind::Country(_)
            | Kind::Code(_)
            | Kind::Named(_)
            | Kind::List(_) => Err(self.expected.clone()),
        }
    }

    /// What this field's values look like.
    pub fn expected(&self) -> &Expected {
        &self.expected
    }

    fn day_of_text(&self, text: &str) -> Result<Day, Expected> {
        parse_day(text, &self.mapping).map_err(|ambiguous| match ambiguous {
            Some((first, second)) => Expected::one_date(first, second),
            None => self.expected.clone(),
        })
    }

    fn instant_of_text(&self, text: &str) -> Result<Value, Expected> {
        match parse_instant(text).filter(|micros| self.instants.contains(micros)) {
            Some(micros) => Ok(Value::Instant(micros)),
            None => self.day_of_text(text).map(Value::Date),
        }
    }

    fn country_of_text(&self, text: &str, spellings: &HashMap<String, Country>) -> Option<Country> {
        let style = &self.mapping.countries;
        spellings
            .get(text)
            .copied()
            .or_else(|| Country::from_alpha2(text))
            .or_else(|| style.alpha3.then(|| Country::from_alpha3(text)).flatten())
            .or_else(|| style.names.then(|| Country::from_name(text)).flatten())
    }

    fn code_of_text(&self, text: &str, model: CodeModel) -> Result<Value, Expected> {
        let read = match (model, self.mapping.hs_pad) {
            (CodeModel::Hs, Some(whole)) => Code::parse_whole_hs(text, whole),
            (CodeModel::Hs | CodeModel::Eccn | CodeModel::Segmented, _) => model.parse_data(text),
        };
        read.map(Value::Code)
            .map_err(|error| match (error.problem, self.mapping.hs_pad) {
                (CodeProblem::OddDigits(_), None) => Expected::hs_pairs(&self.name),
                (_, _) => self.expected.clone(),
            })
    }
}

/// The day of a text by the formats of the mapping, or by ISO 8601 where it has none. Two days: the formats differ.
fn parse_day(text: &str, mapping: &FieldMapping) -> Result<Day, Option<(Day, Day)>> {
    if mapping.dates.is_empty() {
        return Day::parse_iso(text).map_err(|_| None);
    }
    let day = |date: jiff::civil::Date| {
        let (year, month, day) = (date.year(), date.month(), date.day());
        Day::from_ymd(
            year.into(),
            month.unsigned_abs().into(),
            day.unsigned_abs().into(),
        )
    };
    match mapping.date(text) {
        DateReading::Day(date) => day(date).ok_or(None),
        DateReading::Ambiguous(a, b) => Err(day(a).zip(day(b))),
        DateReading::Unreadable => Err(None),
    }
}

/// The instants of the years 0001 to 9999; of the as-of field those that lie in these years in the zone of every policy,
/// since a record without a day cannot be judged, whether or not a run asks for its day.
fn instants_of(model: &Model, field: FieldId) -> std::ops::Range<i64> {
    const MICROS_PER_SECOND: i64 = 1_000_000;
    let mut range = INSTANTS;
    if field == model.record.as_of {
        for zone in model
            .policies
            .values()
            .filter_map(|policy| policy.zone.as_ref())
        {
            let offset = |micros: i64| {
                let spell = zone.spell_at(micros.div_euclid(MICROS_PER_SECOND));
                spell.map_or(0, |spell| spell.offset * MICROS_PER_SECOND)
            };
            range.start = range.start.max(INSTANTS.start - offset(INSTANTS.start));
            range.end = range.end.min(INSTANTS.end - offset(INSTANTS.end - 1));
        }
    }
    range
}

/// The kind of a field that holds single values.
fn kind_of(
    types: Types<'_>,
    declared: &Field,
    mapping: &FieldMapping,
) -> Result<Kind, MappingProblem> {
    Ok(match declared.ty {
        Type::Text { .. } => Kind::Text,
        Type::Bool => Kind::Bool,
        Type::Int | Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => {
            Kind::Number(NumberRule::of(declared, mapping.unit))
        }
        Type::Date => Kind::Date,
        Type::Instant => Kind::Instant,
        Type::Country => Kind::Country(country_spellings(mapping)?),
        Type::Code(system) => Kind::Code(types.systems[system].model),
        Type::Enum(id) => Kind::Named(enum_spellings(&types.enums[id], mapping)?),
        Type::Verdict => Kind::Named(verdict_spellings(types.verdicts)),
        Type::Duration | Type::List(_) | Type::Element(_) => {
            panic!("internal error: a field is a {:?}", declared.ty)
        }
    })
}

fn country_spellings(mapping: &FieldMapping) -> Result<HashMap<String, Country>, MappingProblem> {
    let spellings = mapping.countries.spellings.iter();
    spellings
        .map(|(spelling, code)| match Country::from_alpha2(code.trim()) {
            Some(country) => Ok((spelling.trim().to_owned(), country)),
            None => Err(MappingProblem::NoSuchCountry {
                spelling: spelling.clone(),
                code: code.clone(),
            }),
        })
        .collect()
}

/// Values by name and declared spelling, then by the mapping's, which win.
fn enum_spellings(
    declared: &crate::model::Enum,
    mapping: &FieldMapping,
) -> Result<HashMap<String, Value>, MappingProblem> {
    let mut values: HashMap<String, Value> = HashMap::new();
    for (spelling, value) in &declared.spellings {
        values.insert(spelling.trim().to_owned(), Value::Enum(*value));
    }
    for (value, name) in (0..).zip(&declared.values) {
        values.insert(name.to_string(), Value::Enum(value));
    }
    for (spelling, name) in &mapping.values {
        let position = declared.values.iter().position(|value| **value == **name);
        let value = position.and_then(|at| u16::try_from(at).ok());
        let Some(value) = value else {
            return Err(MappingProblem::NoSuchValue {
                spelling: spelling.clone(),
                value: name.clone(),
                name: declared.name.to_string(),
            });
        };
        values.insert(spelling.trim().to_owned(), Value::Enum(value));
    }
    Ok(values)
}

fn verdict_spellings(verdicts: &[Arc<str>]) -> HashMap<String, Value> {
    let named = verdicts.iter().zip(0..);
    named
        .map(|(name, place)| (name.to_string(), Value::Verdict(Verdict(place))))
        .collect()
}

/// The values of `ty` whose scaled form (see [`crate::model::scaled_decimals`]) is `scaled`.
pub fn value_of_scaled(ty: Type, scaled: i64) -> Option<Value> {
    Some(match ty {
        Type::Int => Value::Number(Number::from_i64(scaled)),
        Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => {
            Value::Number(Number::from_scaled(scaled.into(), 6))
        }
        Type::Date => Value::Date(Day::from_days(scaled)?),
        Type::Instant => Value::Instant(scaled),
        Type::Text { .. }
        | Type::Bool
        | Type::Duration
        | Type::Country
        | Type::Code(_)
        | Type::Enum(_)
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => return None,
    })
}

/// The scaled form of a value of `ty`, if it has one.
pub fn scaled_of_value(ty: Type, value: &Value) -> Option<i64> {
    match (value, ty) {
        (Value::Number(number), _) => number.to_scaled_i64(crate::model::scaled_decimals(ty)?),
        (Value::Date(day), Type::Date) => Some(day.0.into()),
        (Value::Instant(micros), _) => Some(*micros),
        (
            Value::Date(_)
            | Value::Text(_)
            | Value::Bool(_)
            | Value::Duration(_)
            | Value::Country(_)
            | Value::Code(_)
            | Value::Enum(_)
            | Value::Verdict(_)
            | Value::List(_),
            _,
        ) => None,
    }
}
