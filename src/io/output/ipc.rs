//! Arrow IPC files: batches of one size, LZ4.
//!
//! A dictionary cannot grow in such a file, so a coded column stays coded only where all its values are known
//! beforehand; else it is written as plain text.

use std::io::Write;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, ListArray, RecordBatch, StringArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use rustc_hash::FxHashMap;

use super::coalesce::Coalescer;
use super::{BatchWriter, OutputOptions, conform, encoder_failed};
use crate::io::commit::Sink;
use crate::io::errors::{self, OutputError};

/// Rows of a batch.
const BATCH_ROWS: usize = 1 << 16;

pub(crate) struct ArrowWriter {
    name: String,
    /// With plain text wherever batches may have codes.
    plain: SchemaRef,
    /// As written.
    schema: SchemaRef,
    known: Vec<Option<KnownValues>>,
    coalescer: Coalescer,
    writer: FileWriter<Sink>,
    rows: u64,
}

/// All values of a column.
struct KnownValues {
    values: ArrayRef,
    codes: FxHashMap<String, i32>,
}

impl KnownValues {
    fn new(values: &[String]) -> Self {
        let codes = (0..)
            .zip(values)
            .map(|(code, value)| (value.clone(), code))
            .collect();
        KnownValues {
            values: Arc::new(StringArray::from_iter_values(values)),
            codes,
        }
    }

    /// Codes in place of text.
    fn encode(&self, text: &StringArray) -> Result<ArrayRef, ArrowError> {
        let code = |text: Option<&str>| match text.map(|text| (text, self.codes.get(text))) {
            None => Ok(None),
            Some((_, Some(code))) => Ok(Some(*code)),
            Some((text, None)) => Err(ArrowError::InvalidArgumentError(format!(
                "`{text}` is not among the values announced"
            ))),
        };
        let codes: Int32Array = text.iter().map(code).collect::<Result<_, _>>()?;
        Ok(Arc::new(DictionaryArray::try_new(
            codes,
            self.values.clone(),
        )?))
    }

    /// Codes in place of text, or of the text in lists.
    fn encode_column(&self, column: &ArrayRef, field: &Field) -> Result<ArrayRef, ArrowError> {
        let DataType::List(item) = field.data_type() else {
            return self.encode(column.as_string());
        };
        let list = column.as_list::<i32>();
        Ok(Arc::new(ListArray::try_new(
            item.clone(),
            list.offsets().clone(),
            self.encode(list.values().as_string())?,
            list.nulls().cloned(),
        )?))
    }
}

impl ArrowWriter {
    pub fn new(
        sink: Sink,
        schema: SchemaRef,
        options: &OutputOptions,
    ) -> Result<Self, OutputError> {
        let name = sink.name().to_owned();
        let plain_fields: Vec<Field> = schema
            .fields()
            .iter()
            .map(|field| {
                field
                    .as_ref()
                    .clone()
                    .with_data_type(without_codes(field.data_type()))
            })
            .collect();
        let known: Vec<Option<KnownValues>> = plain_fields
            .iter()
            .map(|field| {
                let named = options
                    .known_values
                    .iter()
                    .find(|(name, _)| name == field.name());
                let text = holds_text(field.data_type());
                named
                    .filter(|_| text)
                    .map(|(_, values)| KnownValues::new(values))
            })
            .collect();
        let fields: Vec<Field> = plain_fields
            .iter()
            .zip(&known)
            .map(|(field, known)| match known {
                Some(_) => field.clone().with_data_type(with_codes(field.data_type())),
                None => field.clone(),
            })
            .collect();
        let plain = Arc::new(Schema::new(plain_fields));
        let schema = Arc::new(Schema::new(fields));
        let writer = IpcWriteOptions::default()
            .try_with_compression(Some(CompressionType::LZ4_FRAME))
            .and_then(|options| FileWriter::try_new_with_options(sink, &schema, options))
            .map_err(|error| encoder_failed(&name, error))?;
        Ok(ArrowWriter {
            coalescer: Coalescer::new(plain.clone(), BATCH_ROWS),
            name,
            plain,
            schema,
            known,
            writer,
            rows: 0,
        })
    }

    fn write_full(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let columns = batch
            .columns()
            .iter()
            .zip(&self.known)
            .zip(self.schema.fields())
            .map(|((column, known), field)| match known {
                Some(known) => known.encode_column(column, field),
                None => Ok(column.clone()),
            })
            .collect::<Result<_, _>>()?;
        self.writer
            .write(&RecordBatch::try_new(self.schema.clone(), columns)?)
    }
}

/// `found` with plain text in place of codes.
fn without_codes(found: &DataType) -> DataType {
    match found {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::List(item) => {
            let plain = without_codes(item.data_type());
            DataType::List(Arc::new(item.as_ref().clone().with_data_type(plain)))
        }
        other => other.clone(),
    }
}

fn holds_text(plain: &DataType) -> bool {
    match plain {
        DataType::List(item) => item.data_type() == &DataType::Utf8,
        other => other == &DataType::Utf8,
    }
}

/// `plain`, which is text or a list of it, with codes in place of text.
fn with_codes(plain: &DataType) -> DataType {
    match plain {
        DataType::List(item) => {
            let coded = with_codes(item.data_type());
            DataType::List(Arc::new(item.as_ref().clone().with_data_type(coded)))
        }
        text => DataType::Dictionary(Box::new(DataType::Int32), Box::new(text.clone())),
    }
}

impl BatchWriter for ArrowWriter {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let batch = conform(&self.name, batch, &self.plain)?;
        self.rows += batch.num_rows() as u64;
        let full = self
            .coalescer
            .push(batch)
            .map_err(|error| encoder_failed(&self.name, error))?;
        for batch in full {
            self.write_full(&batch)
                .map_err(|error| encoder_failed(&self.name, error))?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, OutputError> {
        let rest = self
            .coalescer
            .take()
            .map_err(|error| encoder_failed(&self.name, error))?;
        if let Some(batch) = rest {
            self.write_full(&batch)
                .map_err(|error| encoder_failed(&self.name, error))?;
        }
        self.writer
            .finish()
            .map_err(|error| encoder_failed(&self.name, error))?;
        self.writer
            .get_mut()
            .flush()
            .map_err(|error| errors::write_failed(&self.name, "writing", error))?;
        Ok(self.rows)
    }
}
