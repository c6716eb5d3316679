//! JSON Lines: one object per row with every column, missing values as null.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::cells::{Prepared, push_json_string};
use super::{BatchWriter, conform};
use crate::io::commit::Sink;
use crate::io::errors::{self, OutputError};

pub(crate) struct JsonWriter {
    sink: Sink,
    schema: SchemaRef,
    /// What stands before each column's value.
    leads: Vec<String>,
    rows: u64,
    text: String,
}

impl JsonWriter {
    pub fn new(sink: Sink, schema: SchemaRef) -> Self {
        let leads = schema
            .fields()
            .iter()
            .enumerate()
            .map(|(index, field)| {
                let mut lead = String::from(if index == 0 { "{" } else { "," });
                push_json_string(field.name(), &mut lead);
                lead.push(':');
                lead
            })
            .collect();
        JsonWriter {
            sink,
            schema,
            leads,
            rows: 0,
            text: String::new(),
        }
    }

    fn push_rows(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let prepared: Vec<Prepared> = batch
            .columns()
            .iter()
            .map(Prepared::new)
            .collect::<Result<_, _>>()?;
        let columns = prepared
            .iter()
            .map(Prepared::cells)
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            for (lead, column) in self.leads.iter().zip(&columns) {
                self.text.push_str(lead);
                column.push_json(row, &mut self.text);
            }
            self.text
                .push_str(if columns.is_empty() { "{}\n" } else { "}\n" });
        }
        Ok(())
    }
}

impl BatchWriter for JsonWriter {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let name = self.sink.name().to_owned();
        let batch = conform(&name, batch, &self.schema)?;
        self.text.clear();
        self.push_rows(&batch)
            .map_err(|error| errors::internal(&name, error))?;
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
