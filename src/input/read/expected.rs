//! What a field's values look like, in words for rejects.

use std::fmt;
use std::sync::Arc;

use crate::domain::{CodeModel, DateFormat, Day};
use crate::input::mapping::FieldMapping;
use crate::model::{Field, Type, Types};

/// The most enum values that are all named.
const MAX_NAMED_VALUES: usize = 12;

/// What would have been read: "a date such as 2025-12-01".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expected {
    text: Arc<str>,
    inside: Option<Arc<Inside>>,
}

/// Where in a list it was expected, and what stands there.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Inside {
    /// Behind the list's name: `[2].value`.
    path: String,
    /// The same, from the outside in.
    steps: Vec<Step>,
    found: String,
}

/// Into an element of a list, and on to one of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The element, from 0.
    pub element: usize,
    /// The field of it; none where the element as a whole is meant.
    pub field: Option<String>,
}

impl Expected {
    pub(super) fn new(text: impl Into<Arc<str>>) -> Expected {
        Expected {
            text: text.into(),
            inside: None,
        }
    }

    /// The same of something in a list: `step` leads there from the list, `found` is what stands there.
    pub(super) fn within(self, step: Step, found: &str) -> Expected {
        let mut path = format!("[{}]", step.element + 1);
        if let Some(field) = &step.field {
            path += &format!(".{field}");
        }
        let mut steps = vec![step];
        let found = match &self.inside {
            Some(inside) => {
                path += &inside.path;
                steps.extend(inside.steps.iter().cloned());
                inside.found.clone()
            }
            None => found.to_owned(),
        };
        Expected {
            text: self.text,
            inside: Some(Arc::new(Inside { path, steps, found })),
        }
    }

    /// The name of what was expected in the field called `field`: `components[2].value`.
    pub fn name_in(&self, field: &str) -> String {
        match &self.inside {
            Some(inside) => format!("{field}{}", inside.path),
            None => field.to_owned(),
        }
    }

    /// What stands in its place, where that is a part of a list.
    pub fn found_inside(&self) -> Option<&str> {
        self.inside.as_ref().map(|inside| inside.found.as_str())
    }

    /// The way from a list to what was expected in it, from the outside in; empty where it is no part of a list.
    pub fn steps(&self) -> &[Step] {
        self.inside
            .as_ref()
            .map_or(&[], |inside| inside.steps.as_slice())
    }

    /// As words.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same, where nothing at all was found.
    pub(super) fn for_required(&self) -> Expected {
        Expected::new(format!("{} (the field is not optional)", self.text))
    }

    /// An HS code of an odd number of digits, most likely one that went through a column of numbers.
    pub(super) fn hs_pairs(field: &str) -> Expected {
        Expected::new(format!(
            "an HS code of 2, 4, 6, 8, 10 or 12 digits; of an odd number, one is missing. Where a leading zero was lost, the \
             mapping gives it back: `{field} = 8` under `[hs]`, if whole codes have 8 digits"
        ))
    }

    /// A row has the key of an earlier one, in a run in which keys are to be unique.
    pub fn unrepeated_key() -> Expected {
        Expected::new("a key that no earlier row has")
    }

    /// Two formats of the mapping read a text, as different days.
    pub(super) fn one_date(first: Day, second: Day) -> Expected {
        Expected::new(format!(
            "a date that the formats of the mapping read in one way, not as {first} or {second}"
        ))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// What the values of a field look like.
pub(super) fn of_field(types: Types<'_>, declared: &Field, mapping: &FieldMapping) -> Expected {
    let number = |example: &str| match mapping.numbers.decimal_comma {
        true => example.replace('.', ","),
        false => example.to_owned(),
    };
    Expected::new(match declared.ty {
        Type::Text { .. } => "a text".to_owned(),
        Type::Bool => yes_or_no(mapping),
        Type::Int => "a whole number of at most 64 bits".to_owned(),
        Type::Decimal => format!("a number such as {}", number("1234.5")),
        Type::Percent if declared.percent_of_one => {
            signed(declared, "a share of 1", &number("0.25 for 25 %"))
        }
        Type::Percent => signed(declared, "a percentage", "25 for 25 %"),
        Type::Money(currency) => signed(
            declared,
            &format!("an amount in {currency}"),
            &number("1234.50"),
        ),
        Type::Mass => {
            let unit = mapping.unit.or(declared.unit);
            let unit = unit.map_or("kg", |unit| unit.symbol());
            signed(declared, &format!("a mass in {unit}"), &number("12.5"))
        }
        Type::Date => date(mapping),
        Type::Instant => format!(
            "a moment with its offset such as 2025-12-01T08:30:00+08:00, or {}",
            date(mapping)
        ),
        Type::Country => country(mapping),
        Type::Code(system) => code(&types.systems[system]),
        Type::Enum(id) => one_of(&types.enums[id].values),
        Type::Duration => "a duration".to_owned(),
        Type::Verdict => one_of(types.verdicts),
        Type::List(of) | Type::Element(of) => {
            format!("a list of `{}` records", types.nested[of].name)
        }
    })
}

fn yes_or_no(mapping: &FieldMapping) -> String {
    let own = mapping.bools.keys().map(|spelling| spelling.trim());
    let own: Vec<&str> = own.take(MAX_NAMED_VALUES).collect();
    let plain = "true, false, yes, no, y, n, 1, 0";
    match own.is_empty() {
        true => format!("one of {plain}"),
        false => format!("one of {}, {plain}", own.join(", ")),
    }
}

fn signed(field: &Field, what: &str, example: &str) -> String {
    if field.is_non_negative() {
        format!("{what} that is not negative, such as {example}")
    } else {
        format!("{what} such as {example}")
    }
}

fn date(mapping: &FieldMapping) -> String {
    if mapping.dates.is_empty() {
        "a date such as 2025-12-01".to_owned()
    } else {
        let examples = mapping.dates.iter().map(|format| {
            let format = DateFormat::new(format);
            format.map_or_else(|_| String::new(), |format| format.example())
        });
        let examples: Vec<String> = examples.collect();
        format!("a date such as {}", examples.join(" or "))
    }
}

fn country(mapping: &FieldMapping) -> String {
    let style = &mapping.countries;
    let mut text = "a country code such as CN".to_owned();
    if style.alpha3 {
        text.push_str(" or CHN");
    }
    if style.names {
        text.push_str(", or a country's English name");
    }
    text
}

fn code(system: &crate::model::CodeSystem) -> String {
    let looks_like = system.model.looks_like().replace('`', "");
    match system.model {
        CodeModel::Hs => format!("a code of {}: {looks_like}", system.name),
        CodeModel::Eccn | CodeModel::Segmented => {
            format!("a code of {} such as {looks_like}", system.name)
        }
    }
}

fn one_of(values: &[Arc<str>]) -> String {
    let names: Vec<&str> = values
        .iter()
        .take(MAX_NAMED_VALUES)
        .map(|name| &**name)
        .collect();
    let more = if values.len() > MAX_NAMED_VALUES {
        ", …"
    } else {
        ""
    };
    format!("one of {}{more}", names.join(", "))
}
