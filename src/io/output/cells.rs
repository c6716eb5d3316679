//! Values as text: what CSV and JSON Lines write of a column.
//!
//! Numbers keep every digit: decimals their scale, floats the shortest decimal that reads back as the same number.
//! Instants are shown in UTC. Lists of plain values are joined with `;` in CSV; anything nested further is JSON.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, StringArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Field, Fields};

/// The type in which a column is written as text: one of few forms of text, timestamps without zone.
fn plain_type(found: &DataType) -> DataType {
    use DataType::*;
    let plain = |field: &Arc<Field>| {
        Arc::new(
            field
                .as_ref()
                .clone()
                .with_data_type(plain_type(field.data_type())),
        )
    };
    match found {
        LargeUtf8 | Utf8View => Utf8,
        Dictionary(_, values) => match plain_type(values) {
            Utf8 => Dictionary(Box::new(Int32), Box::new(Utf8)),
            other => other,
        },
        RunEndEncoded(_, values) => plain_type(values.data_type()),
        Timestamp(unit, Some(_)) => Timestamp(*unit, None),
        List(item) | LargeList(item) | FixedSizeList(item, _) => List(plain(item)),
        Struct(fields) => Struct(fields.iter().map(plain).collect::<Fields>()),
        other => other.clone(),
    }
}

/// A column made ready to be written as text.
pub(crate) struct Prepared {
    array: ArrayRef,
    found: DataType,
}

impl Prepared {
    pub fn new(column: &ArrayRef) -> Result<Self, ArrowError> {
        let plain = plain_type(column.data_type());
        let array = match plain == *column.data_type() {
            true => column.clone(),
            false => arrow_cast::cast(column, &plain)?,
        };
        Ok(Prepared {
            array,
            found: column.data_type().clone(),
        })
    }

    /// The values of the column.
    pub fn cells(&self) -> Result<Cells<'_>, ArrowError> {
        Cells::new(self.array.as_ref(), &self.found)
    }
}

/// The values of a column, to be written one by one.
pub(crate) enum Cells<'a> {
    Text(&'a StringArray),
    Coded {
        array: &'a dyn Array,
        keys: &'a [i32],
        values: &'a StringArray,
    },
    Boolean(&'a BooleanArray),
    /// A float; its text comes from the second.
    Float(&'a dyn Array),
    /// Anything else that is shown as it is; `bare` in JSON without quotes, `instant` with a `Z`.
    Shown {
        array: &'a dyn Array,
        formatter: ArrayFormatter<'a>,
        bare: bool,
        instant: bool,
    },
    List {
        array: &'a dyn Array,
        offsets: &'a [i32],
        items: Box<Cells<'a>>,
    },
    Record {
        array: &'a dyn Array,
        fields: Vec<(String, Cells<'a>)>,
    },
}

impl<'a> Cells<'a> {
    fn new(array: &'a dyn Array, found: &DataType) -> Result<Self, ArrowError> {
        Ok(match array.data_type() {
            DataType::Utf8 => Cells::Text(array.as_string()),
            DataType::Dictionary(_, _) => {
                let coded = array.as_dictionary::<Int32Type>();
                Cells::Coded {
                    array,
                    keys: coded.keys().values(),
                    values: coded.values().as_string(),
                }
            }
            DataType::Boolean => Cells::Boolean(array.as_boolean()),
            DataType::Float32 | DataType::Float64 => Cells::Float(array),
            DataType::List(_) => Cells::list(array, found)?,
            DataType::Struct(_) => Cells::record(array, found)?,
            other => Cells::Shown {
                array,
                formatter: ArrayFormatter::try_new(array, &FormatOptions::new().with_null(""))?,
                bare: other.is_integer() || other.is_decimal(),
                instant: matches!(found, DataType::Timestamp(_, Some(_))),
            },
        })
    }

    fn list(array: &'a dyn Array, found: &DataType) -> Result<Self, ArrowError> {
        let list = array.as_list::<i32>();
        let item = match found {
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
                item.data_type().clone()
            }
            other => other.clone(),
        };
        Ok(Cells::List {
            array,
            offsets: list.value_offsets(),
            items: Box::new(Cells::new(list.values().as_ref(), &item)?),
        })
    }

    fn record(array: &'a dyn Array, found: &DataType) -> Result<Self, ArrowError> {
        let record = array.as_struct();
        let stored: Fields = match found {
            DataType::Struct(fields) => fields.clone(),
            _ => record.fields().clone(),
        };
        let fields = record
            .columns()
            .iter()
            .zip(stored.iter())
            .map(|(column, field)| {
                Ok((
                    field.name().clone(),
                    Cells::new(column.as_ref(), field.data_type())?,
                ))
            })
            .collect::<Result<_, ArrowError>>()?;
        Ok(Cells::Record { array, fields })
    }

    fn is_null(&self, row: usize) -> bool {
        match self {
            Cells::Text(array) => array.is_null(row),
            Cells::Boolean(array) => array.is_null(row),
            Cells::Coded {
                array,
                keys,
                values,
            } => array.is_null(row) || values.is_null(keys[row] as usize),
            Cells::Shown { array, .. } => {
                array.is_null(row) || array.data_type() == &DataType::Null
            }
            Cells::Float(array) | Cells::List { array, .. } | Cells::Record { array, .. } => {
                array.is_null(row)
            }
        }
    }

    /// Appends the value's text; false, and nothing, if it is missing.
    pub fn push_text(&self, row: usize, out: &mut String) -> bool {
        if self.is_null(row) {
            return false;
        }
        match self {
            Cells::Text(array) => out.push_str(array.value(row)),
            Cells::Coded { keys, values, .. } => out.push_str(values.value(keys[row] as usize)),
            Cells::Boolean(array) => out.push_str(if array.value(row) { "true" } else { "false" }),
            Cells::Float(array) => push_float(*array, row, out),
            Cells::Shown {
                formatter, instant, ..
            } => {
                push(out, format_args!("{}", formatter.value(row)));
                if *instant {
                    out.push('Z');
                }
            }
            Cells::List { offsets, items, .. } if !items.is_nested() => {
                for index in offsets[row]..offsets[row + 1] {
                    if index > offsets[row] {
                        out.push(';');
                    }
                    items.push_text(index as usize, out);
                }
            }
            Cells::List { .. } | Cells::Record { .. } => self.push_json(row, out),
        }
        true
    }

    /// Appends the value as JSON.
    pub fn push_json(&self, row: usize, out: &mut String) {
        if self.is_null(row) {
            out.push_str("null");
            return;
        }
        match self {
            Cells::Text(array) => push_json_string(array.value(row), out),
            Cells::Coded { keys, values, .. } => {
                push_json_string(values.value(keys[row] as usize), out);
            }
            Cells::Boolean(_) => {
                self.push_text(row, out);
            }
            Cells::Float(_) => self.push_json_float(row, out),
            Cells::Shown { bare: true, .. } => {
                self.push_text(row, out);
            }
            Cells::Shown { .. } => {
                let mut text = String::new();
                self.push_text(row, &mut text);
                push_json_string(&text, out);
            }
            Cells::List { offsets, items, .. } => {
                out.push('[');
                for index in offsets[row]..offsets[row + 1] {
                    if index > offsets[row] {
                        out.push(',');
                    }
                    items.push_json(index as usize, out);
                }
                out.push(']');
            }
            Cells::Record { fields, .. } => {
                for (index, (name, cells)) in fields.iter().enumerate() {
                    out.push(if index == 0 { '{' } else { ',' });
                    push_json_string(name, out);
                    out.push(':');
                    cells.push_json(row, out);
                }
                out.push_str(if fields.is_empty() { "{}" } else { "}" });
            }
        }
    }

    /// JSON has no numbers for what is not finite; they become texts.
    fn push_json_float(&self, row: usize, out: &mut String) {
        let start = out.len();
        self.push_text(row, out);
        if !out.ends_with(|last: char| last.is_ascii_digit()) {
            out.insert(start, '"');
            out.push('"');
        }
    }

    fn is_nested(&self) -> bool {
        matches!(self, Cells::List { .. } | Cells::Record { .. })
    }
}

/// The shortest decimal that reads back as the same number.
fn push_float(array: &dyn Array, row: usize, out: &mut String) {
    match array.data_type() {
        DataType::Float32 => push(
            out,
            format_args!("{:?}", array.as_primitive::<Float32Type>().value(row)),
        ),
        _ => push(
            out,
            format_args!("{:?}", array.as_primitive::<Float64Type>().value(row)),
        ),
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text)
        .expect("a value of a sound array can be shown");
}

/// Appends `text` as a JSON string.
pub(crate) fn push_json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            control => push(out, format_args!("\\u{control:04x}")),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Appends `text` as a CSV field, quoted where it must be. An empty text that is not missing is quoted.
pub(crate) fn push_csv_field(text: &str, out: &mut String) {
    let special = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !text.is_empty() && !text.bytes().any(special) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}
