//! CSV: a header, LF line ends, quotes only where needed.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::cells::{Prepared, push_csv_field};
use super::{BatchWriter, conform};
use crate::io::commit::Sink;
use crate::io::errors::{self, OutputError};

pub(crate) struct CsvWriter {
    sink: Sink,
    schema: SchemaRef,
    rows: u64,
    text: String,
}

impl CsvWriter {
    pub fn new(mut sink: Sink, schema: SchemaRef) -> Result<Self, OutputError> {
        let header = header_line(&schema);
        sink.write_all(header.as_bytes())
            .map_err(|error| errors::write_failed(sink.name(), "writing", error))?;
        Ok(CsvWriter {
            sink,
            schema,
            rows: 0,
            text: String::new(),
        })
    }
}

impl BatchWriter for CsvWriter {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let name = self.sink.name().to_owned();
        let batch = conform(&name, batch, &self.schema)?;
        self.text.clear();
        push_rows(&batch, &mut self.text).map_err(|error| errors::internal(&name, error))?;
        self.rows += batch.num_rows() as u64;
        self.sink
            .write_all(self.text.as_bytes())
            .map_err(|error| errors::write_failed(&name, "writing", error))
    }

    fn finish(mut self: Box<Self>) -> Result<u64, OutputError> {
        self.sink
            .flush()
            .map_err(|error| errors::write_failed(self.sink.name(), "writing", error))?;
        Ok(self.rows)
    }
}

/// The names of the columns as a line of CSV.
pub(crate) fn header_line(schema: &SchemaRef) -> String {
    let mut line = String::new();
    for (index, field) in schema.fields().iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        push_csv_field(field.name(), &mut line);
    }
    line.push('\n');
    line
}

/// Appends the rows of `batch` as lines of CSV.
pub(crate) fn push_rows(batch: &RecordBatch, out: &mut String) -> Result<(), ArrowError> {
    let prepared: Vec<Prepared> = batch
        .columns()
        .iter()
        .map(Prepared::new)
        .collect::<Result<_, _>>()?;
    let columns = prepared
        .iter()
        .map(Prepared::cells)
        .collect::<Result<Vec<_>, _>>()?;
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        let start = out.len();
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            text.clear();
            let known = column.push_text(row, &mut text);
            // An empty list is written like a missing one; only an empty text gets its quotes.
            if known && !(text.is_empty() && is_list(batch, index)) {
                push_csv_field(&text, out);
            }
        }
        if out.len() == start {
            // A line with nothing on it would be no row to a reader.
            out.push_str("\"\"");
        }
        out.push('\n');
    }
    Ok(())
}

fn is_list(batch: &RecordBatch, column: usize) -> bool {
    batch.column(column).data_type().is_nested()
}
