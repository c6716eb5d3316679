//! The columns a file gives: which of its own they are, in what order and type they are delivered.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringArray, new_null_array};
use arrow_buffer::{Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::source::{Need, WantedColumn};
use crate::input::errors::{self, InputError};

/// Where each wanted column stands in a file that names its columns.
#[derive(Debug)]
pub(crate) struct Located {
    /// For each wanted column its index among the file's columns; none for an optional column it lacks.
    pub places: Vec<Option<usize>>,
    /// Names of the columns it lacks.
    pub absent: Vec<String>,
}

/// Finds `wanted` among `names`.
pub(crate) fn locate(
    file: &str,
    names: &[String],
    wanted: &[WantedColumn],
) -> Result<Located, InputError> {
    let mut located = Located {
        places: Vec::with_capacity(wanted.len()),
        absent: Vec::new(),
    };
    let mut lacking: Vec<&WantedColumn> = Vec::new();
    for column in wanted {
        let mut places = (0..names.len()).filter(|&index| names[index] == column.name);
        let place = places.next();
        if let (Some(first), Some(second)) = (place, places.next()) {
            return Err(errors::duplicate_column(
                file,
                &column.name,
                first + 1,
                second + 1,
            ));
        }
        if place.is_none() {
            match column.need {
                Need::Optional => located.absent.push(column.name.clone()),
                Need::Required | Need::Carried => lacking.push(column),
            }
        }
        located.places.push(place);
    }
    match lacking.is_empty() {
        true => Ok(located),
        false => Err(errors::missing_columns(file, &lacking, names, wanted)),
    }
}

/// `wanted` followed by every column of `names` that is not in it, to be carried.
pub(crate) fn with_carried(wanted: &[WantedColumn], names: &[String]) -> Vec<WantedColumn> {
    let mut all = wanted.to_vec();
    for name in names {
        if wanted.iter().all(|column| column.name != *name) {
            all.push(WantedColumn::carried(name));
        }
    }
    all
}

/// The schema of text formats: every column is text.
pub(crate) fn text_schema(wanted: &[WantedColumn]) -> SchemaRef {
    let fields: Vec<Field> = wanted
        .iter()
        .map(|column| Field::new(&column.name, DataType::Utf8, true))
        .collect();
    Arc::new(Schema::new(fields))
}

/// The type in which a column of type `stored` is delivered; none if no field is read from such a column.
pub(crate) fn delivered_type(stored: &DataType, wanted: &WantedColumn) -> Option<DataType> {
    use DataType::*;
    match stored {
        Utf8 | LargeUtf8 | Utf8View => Some(Utf8),
        Dictionary(_, values) => match delivered_type(values, wanted)? {
            Utf8 => Some(text_dictionary()),
            other => Some(other),
        },
        RunEndEncoded(_, values) => delivered_type(values.data_type(), wanted),
        Float16 => Some(Float32),
        Null | Boolean | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64
        | Float32 | Float64 | Decimal32(..) | Decimal64(..) | Decimal128(..) | Decimal256(..)
        | Date32 | Date64 | Timestamp(..) => Some(stored.clone()),
        List(_) | LargeList(_) | FixedSizeList(..) if wanted.lists => Some(stored.clone()),
        _ if wanted.need == Need::Carried => Some(stored.clone()),
        _ => None,
    }
}

/// Text as codes into a dictionary.
pub(crate) fn text_dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// A type in the words of someone who sees the data.
pub(crate) fn type_words(stored: &DataType) -> String {
    use DataType::*;
    match stored {
        List(_) | LargeList(_) | FixedSizeList(..) | ListView(_) | LargeListView(_) => {
            "lists".into()
        }
        Struct(_) => "nested records".into(),
        Map(..) => "maps".into(),
        Binary | LargeBinary | BinaryView | FixedSizeBinary(_) => {
            "bytes that are not marked as text".into()
        }
        Time32(_) | Time64(_) => "times of day".into(),
        Duration(_) | Interval(_) => "durations".into(),
        Utf8 | Dictionary(..) => "text".into(),
        Boolean => "booleans".into(),
        Date32 | Date64 => "dates".into(),
        Timestamp(_, None) => "timestamps without a zone".into(),
        Timestamp(_, Some(zone)) => format!("timestamps in {zone}"),
        other => format!("values of type {other}"),
    }
}

/// The fields to deliver for the columns `stored` that stand at `places`.
pub(crate) fn delivered_schema(
    file: &str,
    stored: &Schema,
    wanted: &[WantedColumn],
    places: &[Option<usize>],
) -> Result<SchemaRef, InputError> {
    let mut fields = Vec::with_capacity(wanted.len());
    for (column, place) in wanted.iter().zip(places) {
        let data_type = match place {
            None => DataType::Utf8,
            Some(index) => {
                let found = stored.field(*index).data_type();
                delivered_type(found, column).ok_or_else(|| {
                    errors::unsupported_type(file, &column.name, &type_words(found))
                })?
            }
        };
        fields.push(Field::new(&column.name, data_type, true));
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// `batch`, whose columns are some of a file's, as the columns of `schema`: `sources` gives for each the index in
/// `batch`, or none for a column of nothing but missing values.
pub(crate) fn deliver(
    batch: &RecordBatch,
    sources: &[Option<usize>],
    schema: &SchemaRef,
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let columns = sources
        .iter()
        .zip(schema.fields())
        .map(|(source, field)| match source {
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
            Some(index) if batch.column(*index).data_type() == field.data_type() => {
                Ok(batch.column(*index).clone())
            }
            Some(index) => arrow_cast::cast(batch.column(*index), field.data_type()),
        })
        .collect::<Result<Vec<ArrayRef>, _>>()?;
    batch_of(schema, columns, batch.num_rows())
}

/// A batch of `rows` rows, also where there is no column.
pub(crate) fn batch_of(
    schema: &SchemaRef,
    columns: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema.clone(), columns, &options)
}

/// A growing column of text; an empty text is missing.
pub(crate) struct TextColumn {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
    nulls: NullBufferBuilder,
}

impl TextColumn {
    pub fn new(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        TextColumn {
            bytes: Vec::with_capacity(rows * 8),
            offsets,
            nulls: NullBufferBuilder::new(rows),
        }
    }

    /// Adds a value; an empty one is missing.
    pub fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.end_value(!text.is_empty());
    }

    /// Adds the text between the quotes of a CSV field, in which quotes are doubled.
    pub fn push_doubled(&mut self, text: &[u8]) {
        let before = self.bytes.len();
        push_undoubled(text, &mut self.bytes);
        let filled = self.bytes.len() > before;
        self.end_value(filled);
    }

    fn end_value(&mut self, filled: bool) {
        self.nulls.append(filled);
        self.offsets
            .push(i32::try_from(self.bytes.len()).expect("a batch holds less text than 2 GB"));
    }

    /// The column. Its text has been found to be UTF-8 before; this checks it once more, at little cost.
    pub fn finish(mut self) -> ArrayRef {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        let values = Buffer::from_vec(self.bytes);
        Arc::new(StringArray::new(offsets, values, self.nulls.finish())) as Arc<dyn Array>
    }
}

/// Appends `text` with every doubled quote written once.
pub(crate) fn push_undoubled(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}
