//! Batches out: CSV, JSON Lines, Parquet and Arrow IPC, and the file of rejects.
//!
//! The bytes written depend on the rows alone, not on how they were grouped into batches.

mod cells;
mod coalesce;
mod csv;
mod digest;
mod ipc;
mod jsonl;
mod parquet;
mod rejects;

pub use digest::DecisionDigest;
pub use rejects::RejectWriter;

use std::path::Path;
use std::str::FromStr;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use crate::io::commit::Sink;
use crate::io::errors::{self, OutputError};

/// How rows are laid out in an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// Comma-separated with a header; lists are joined with `;`.
    Csv,
    /// One JSON object per line; lists are arrays.
    JsonLines,
    /// Apache Parquet, with Zstandard.
    Parquet,
    /// An Apache Arrow IPC file, with LZ4.
    Arrow,
}

impl OutputKind {
    /// The kind that the name of an output says.
    pub fn from_path(path: &Path) -> Result<OutputKind, OutputError> {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        extension.parse().map_err(|expected: String| {
            let problem = "the name does not say what kind of file to write";
            errors::bad_place(&errors::shown(path), problem, &expected)
        })
    }
}

impl FromStr for OutputKind {
    type Err = String;

    fn from_str(text: &str) -> Result<OutputKind, String> {
        match text.to_ascii_lowercase().as_str() {
            "csv" => Ok(OutputKind::Csv),
            "jsonl" | "ndjson" => Ok(OutputKind::JsonLines),
            "parquet" => Ok(OutputKind::Parquet),
            "arrow" | "ipc" | "feather" => Ok(OutputKind::Arrow),
            _ => Err("end it in .csv, .jsonl, .parquet or .arrow".to_owned()),
        }
    }
}

/// What a writer is told beforehand.
#[derive(Clone, Debug, Default)]
pub struct OutputOptions {
    /// Columns whose texts are all known: their names and all values that can occur. Arrow files, in which a
    /// dictionary cannot grow, keep these coded; other coded columns become plain text there.
    pub known_values: Vec<(String, Vec<String>)>,
}

/// Writes batches of one schema to one place.
pub trait BatchWriter: Send {
    /// Writes the rows of `batch`. Its columns are those of the schema; text may be coded or not.
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError>;

    /// Writes what is left and flushes. Gives the number of rows written.
    fn finish(self: Box<Self>) -> Result<u64, OutputError>;
}

/// A writer of `kind` to `sink`.
pub fn writer(
    kind: OutputKind,
    sink: Sink,
    schema: SchemaRef,
    options: &OutputOptions,
) -> Result<Box<dyn BatchWriter>, OutputError> {
    Ok(match kind {
        OutputKind::Csv => Box::new(csv::CsvWriter::new(sink, schema)?),
        OutputKind::JsonLines => Box::new(jsonl::JsonWriter::new(sink, schema)),
        OutputKind::Parquet => Box::new(parquet::ParquetWriter::new(sink, schema)?),
        OutputKind::Arrow => Box::new(ipc::ArrowWriter::new(sink, schema, options)?),
    })
}

/// `batch` with its columns in the types of `schema`.
fn conform(
    name: &str,
    batch: &RecordBatch,
    schema: &SchemaRef,
) -> Result<RecordBatch, OutputError> {
    if batch.num_columns() != schema.fields().len() {
        let problem = format!(
            "a batch of {} columns for {}",
            batch.num_columns(),
            schema.fields().len()
        );
        return Err(errors::internal(name, problem));
    }
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(
            |(column, field)| match column.data_type() == field.data_type() {
                true => Ok(column.clone()),
                false => arrow_cast::cast(column, field.data_type()),
            },
        )
        .collect::<Result<_, ArrowError>>()
        .map_err(|error| errors::internal(name, error))?;
    RecordBatch::try_new(schema.clone(), columns).map_err(|error| errors::internal(name, error))
}

/// A failure of an encoder: the system's, or a fault of ours.
fn encoder_failed(name: &str, error: ArrowError) -> OutputError {
    match error {
        ArrowError::IoError(_, source) => errors::write_failed(name, "writing", source),
        other => errors::internal(name, other),
    }
}

#[cfg(test)]
mod tests;
