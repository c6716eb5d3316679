//! A piece of work: enough to decode some rows of one file without looking at anything else.

use std::sync::Arc;

use arrow_array::RecordBatch;

use super::csv::{CsvChunks, CsvPlan};
use super::ipc::{ArrowFile, ArrowPart, ArrowPlan, BatchChunks};
use super::jsonl::{JsonChunks, JsonPlan};
use super::parquet::{ParquetChunks, ParquetPart, ParquetPlan};
use super::source::Chunks;
use super::split::Block;
use crate::input::errors::InputError;

/// A piece of work that a source handed out.
pub struct Unit {
    /// Its number in input order, from 0, over all files.
    pub index: u64,
    /// The file's index in the source.
    pub file: usize,
    pub(crate) work: Work,
}

/// What there is to decode.
pub(crate) enum Work {
    Csv(Arc<CsvPlan>, Block),
    Json(Arc<JsonPlan>, Block),
    Parquet(Arc<ParquetPlan>, ParquetPart),
    Arrow(Arc<ArrowFile>, ArrowPart),
    Decoded(Arc<ArrowPlan>, RecordBatch, u64),
}

impl Work {
    /// Decodes it.
    pub fn read(self) -> Result<Chunks, InputError> {
        Ok(match self {
            Work::Csv(plan, block) => Box::new(CsvChunks::new(plan, block)),
            Work::Json(plan, block) => Box::new(JsonChunks::new(plan, block)),
            Work::Parquet(plan, part) => Box::new(ParquetChunks::new(plan, part)?),
            Work::Arrow(file, part) => Box::new(file.read(part)?),
            Work::Decoded(plan, batch, first_row) => {
                Box::new(BatchChunks::new(plan, batch, first_row))
            }
        })
    }
}
