//! Parquet: row groups of one size, Zstandard, dictionaries.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::coalesce::Coalescer;
use super::{BatchWriter, conform, encoder_failed};
use crate::io::commit::Sink;
use crate::io::errors::{self, OutputError};

/// Rows of a row group. Enough for dictionaries to pay, few enough to be held in memory while they gather.
pub const GROUP_ROWS: usize = 1 << 17;

pub(crate) struct ParquetWriter {
    name: String,
    schema: SchemaRef,
    coalescer: Coalescer,
    writer: ArrowWriter<Sink>,
    rows: u64,
}

impl ParquetWriter {
    pub fn new(sink: Sink, schema: SchemaRef) -> Result<Self, OutputError> {
        let name = sink.name().to_owned();
        let properties = WriterProperties::builder()
            .set_created_by(concat!("interdict ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(sink, schema.clone(), Some(properties))
            .map_err(|error| failed(&name, error))?;
        Ok(ParquetWriter {
            coalescer: Coalescer::new(schema.clone(), GROUP_ROWS),
            name,
            schema,
            writer,
            rows: 0,
        })
    }
}

fn failed(name: &str, error: ParquetError) -> OutputError {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => errors::write_failed(name, "writing", *source),
            Err(source) => errors::internal(name, source),
        },
        other => errors::internal(name, other),
    }
}

impl BatchWriter for ParquetWriter {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let batch = conform(&self.name, batch, &self.schema)?;
        self.rows += batch.num_rows() as u64;
        let full = self
            .coalescer
            .push(batch)
            .map_err(|error| encoder_failed(&self.name, error))?;
        for batch in full {
            self.writer
                .write(&batch)
                .map_err(|error| failed(&self.name, error))?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<u64, OutputError> {
        let rest = self
            .coalescer
            .take()
            .map_err(|error| encoder_failed(&self.name, error))?;
        if let Some(batch) = rest {
            self.writer
                .write(&batch)
                .map_err(|error| failed(&self.name, error))?;
        }
        let mut sink = self
            .writer
            .into_inner()
            .map_err(|error| failed(&self.name, error))?;
        std::io::Write::flush(&mut sink)
            .map_err(|error| errors::write_failed(&self.name, "writing", error))?;
        Ok(self.rows)
    }
}
