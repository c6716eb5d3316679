//! Lists: from a list of structs, or a text that is a JSON array, to elements of a field.
//!
//! A value of an element is read by a reader of its own, exactly like one of the record. Where one cannot be read, or one
//! that must be there is not, the whole list cannot be read, and what is said names the element: `[2].value`.

use std::borrow::Cow;
use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::{Array, StructArray};
use arrow_schema::DataType;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::accept::Kind;
use super::expected::Step;
use super::{Expected, FieldReader, MappingProblem, Reading, read_cell, show_cell};
use crate::input::mapping::{Column, Mapping};
use crate::model::{NestedId, Row, Types, Value};

/// One field of the elements.
#[derive(Clone, Debug)]
pub struct Member {
    /// What the data calls it; none if the mapping says that it is not there.
    column: Option<String>,
    reader: FieldReader,
}

/// The readers of the fields of a list's elements. Settings of the mapping name them by path: `components.value`.
pub(super) fn members(
    types: Types<'_>,
    of: NestedId,
    path: &str,
    mapping: &Mapping,
) -> Result<Vec<Member>, MappingProblem> {
    let fields = types.nested[of].fields.iter();
    fields
        .map(|(id, declared)| {
            let path = format!("{path}.{}", declared.name);
            let column = match &mapping.field(&path).column {
                Column::Declared => Some(declared.column.to_string()),
                Column::Named(name) => Some(name.clone()),
                Column::Absent => None,
            };
            let reader = FieldReader::of(types, (id, declared), &path, mapping)?;
            Ok(Member { column, reader })
        })
        .collect()
}

/// Whether elements can be read from columns of this type; else what would do.
pub(super) fn accepts(members: &[Member], data_type: &DataType) -> Result<(), String> {
    let wants = "lists of records, or text that is a JSON array".to_owned();
    let DataType::Struct(fields) = (match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => return Ok(()),
        DataType::Dictionary(_, values) => return accepts(members, values),
        DataType::List(element)
        | DataType::LargeList(element)
        | DataType::FixedSizeList(element, _) => element.data_type(),
        _ => return Err(wants),
    }) else {
        return Err(wants);
    };
    for member in members {
        let (name, column) = (&member.reader.name, member.column.as_deref());
        let found = column.and_then(|column| fields.find(column));
        match (column, found) {
            (_, Some((_, field))) => member
                .reader
                .accepts(field.data_type())
                .map_err(|wants| format!("lists of records, `{name}` in them from {wants}"))?,
            (Some(column), None) => {
                return Err(format!(
                    "lists of records that have `{column}`, for `{name}`"
                ));
            }
            (None, None) if member.reader.optional() => {}
            (None, None) => return Err(format!("lists of records that have `{name}`")),
        }
    }
    Ok(())
}

impl FieldReader {
    /// The fields of a list's elements; none of a field that is no list.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::List(members) => members,
            _ => &[],
        }
    }

    /// Reads the elements in a cell of a column of lists.
    pub(super) fn read_rows(&self, elements: &dyn Array) -> Reading {
        let Kind::List(members) = &self.kind else {
            return Err(self.expected.clone());
        };
        let Some(elements) = elements.as_struct_opt() else {
            return Err(self.expected.clone());
        };
        let rows = (0..elements.len()).map(|at| {
            if elements.is_null(at) {
                return Err(self.expected.clone().within(whole(at), "null"));
            }
            let values = members.iter().map(|member| member.of_struct(elements, at));
            Ok(Row {
                values: values.collect::<Result<_, _>>()?,
            })
        });
        Ok(Some(Value::List(rows.collect::<Result<_, _>>()?)))
    }

    /// Reads a text that is a JSON array of objects.
    pub(super) fn read_json_rows(&self, text: &str) -> Reading {
        let Kind::List(members) = &self.kind else {
            return Err(self.expected.clone());
        };
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(text) else {
            return Err(self.expected.clone());
        };
        let rows = elements.iter().enumerate().map(|(at, raw)| {
            let entries = serde_json::from_str::<Entries>(raw.get());
            let entries =
                entries.map_err(|_| self.expected.clone().within(whole(at), raw.get()))?;
            if let Some(twice) = entries.twice() {
                let found = format!("the key `{twice}` twice");
                return Err(Expected::new("each key once").within(whole(at), &found));
            }
            let values = members.iter().map(|member| member.of_json(&entries, at));
            Ok(Row {
                values: values.collect::<Result<_, _>>()?,
            })
        });
        Ok(Some(Value::List(rows.collect::<Result<_, _>>()?)))
    }
}

impl Member {
    /// What the data calls it; none if the mapping says that it is not there.
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// Its reader.
    pub fn reader(&self) -> &FieldReader {
        &self.reader
    }

    fn of_struct(&self, elements: &StructArray, at: usize) -> Reading {
        let column = self.column.as_deref();
        let column = column.and_then(|column| elements.column_by_name(column));
        let reading = match column {
            Some(column) => read_cell(&self.reader, column, at),
            None => Ok(None),
        };
        let shown = || column.map(|column| show_cell(column, at));
        self.settled(reading, at, || shown().unwrap_or_default())
    }

    fn of_json(&self, entries: &Entries, at: usize) -> Reading {
        let raw = self.column.as_deref().and_then(|key| entries.get(key));
        let reading = raw.map_or(Ok(None), |raw| self.json_value(raw));
        self.settled(reading, at, || raw.map(shown).unwrap_or_default())
    }

    /// Numbers keep the digits they were written with, as those of the record do.
    fn json_value(&self, raw: &str) -> Reading {
        let is_list = matches!(self.reader.kind, Kind::List(_));
        match raw.as_bytes().first() {
            Some(b'n') => Ok(None),
            Some(b'"') => match serde_json::from_str::<Cow<'_, str>>(raw) {
                Ok(text) if !text.contains('\0') => self.reader.read_text(&text),
                Ok(_) | Err(_) => Err(self.reader.expected.clone()),
            },
            Some(b'[') if is_list => self.reader.read_text(raw),
            Some(b'[' | b'{') | None => Err(self.reader.expected.clone()),
            Some(_) => self.reader.read_text(raw),
        }
    }

    /// The value, or what is wrong with it and where.
    fn settled(&self, reading: Reading, at: usize, found: impl FnOnce() -> String) -> Reading {
        self.reader.settle(reading).map_err(|expected| {
            let step = Step {
                element: at,
                field: Some(self.reader.name.to_string()),
            };
            expected.within(step, &found())
        })
    }
}

/// The element at a position, from 0, as a whole.
fn whole(element: usize) -> Step {
    Step {
        element,
        field: None,
    }
}

/// A JSON value as a reject repeats it: a text without its quotes.
fn shown(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned())
}

/// The keys and values of one JSON object, in the order of the text.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Entries<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == key);
        found.map(|(_, raw)| raw.get())
    }

    /// A key that stands twice.
    fn twice(&self) -> Option<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|two| two[0] == two[1])?;
        Some(twice[0])
    }
}

impl<'de: 'a, 'a> serde::Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    entries.push((Cow::Owned(key), value));
                }
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(Object)
    }
}

/// The elements in a row of a column of lists.
pub(super) fn elements_at(column: &dyn Array, row: usize) -> Option<arrow_array::ArrayRef> {
    match column.data_type() {
        DataType::List(_) => Some(column.as_list::<i32>().value(row)),
        DataType::LargeList(_) => Some(column.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => Some(column.as_fixed_size_list().value(row)),
        _ => None,
    }
}
