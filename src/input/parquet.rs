//! Parquet: row groups, or stretches of large ones, as units of work.
//!
//! Only wanted columns are read. Text whose pages are all dictionary-coded stays coded. Checksums of pages are
//! verified where the file has them.

use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Encoding, Type as Stored};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::columns::{self, delivered_schema};
use super::guard::{Failure, Held};
use super::source::{Chunk, FileName, Positions, WantedColumn, stretches};
use crate::input::errors::InputError;

/// A Parquet file whose footer was read.
pub(crate) struct ParquetHead {
    name: FileName,
    path: PathBuf,
    meta: ArrowReaderMetadata,
}

impl ParquetHead {
    pub fn open(name: FileName, path: PathBuf) -> Result<Self, InputError> {
        let meta = held(&name).run(None, || {
            let file = File::open(&path)?;
            let options = ArrowReaderOptions::new();
            let meta = ArrowReaderMetadata::load(&file, options.clone())?;
            let schema = Arc::new(coded_schema(&meta));
            let parquet = Arc::clone(meta.metadata());
            Ok(ArrowReaderMetadata::try_new(
                parquet,
                options.with_schema(schema),
            )?)
        })?;
        Ok(ParquetHead { name, path, meta })
    }

    pub fn column_names(&self) -> Vec<String> {
        let fields = self.meta.schema().fields();
        fields.iter().map(|field| field.name().clone()).collect()
    }

    /// Settles which columns are read.
    pub fn plan(
        self,
        file: usize,
        wanted: &[WantedColumn],
        batch_rows: usize,
    ) -> Result<ParquetPlan, InputError> {
        let located = columns::locate(&self.name, &self.column_names(), wanted)?;
        let schema = delivered_schema(&self.name, self.meta.schema(), wanted, &located.places)?;
        let mut roots: Vec<usize> = located.places.iter().flatten().copied().collect();
        roots.sort_unstable();
        roots.dedup();
        let sources = located
            .places
            .iter()
            .map(|place| place.and_then(|place| roots.binary_search(&place).ok()))
            .collect();
        let mask =
            ProjectionMask::roots(self.meta.metadata().file_metadata().schema_descr(), roots);
        let groups = held(&self.name).run(None, || group_rows(self.meta.metadata()))?;
        Ok(ParquetPlan {
            file,
            name: self.name,
            path: self.path,
            meta: self.meta,
            mask,
            sources,
            schema,
            groups,
            batch_rows: batch_rows.max(1),
            absent: located.absent,
        })
    }
}

fn held(name: &str) -> Held<'_> {
    Held {
        file: name,
        kind: "Parquet",
    }
}

fn group_rows(meta: &ParquetMetaData) -> Result<Vec<u64>, Failure> {
    let rows = |group: &parquet::file::metadata::RowGroupMetaData| {
        u64::try_from(group.num_rows())
            .map_err(|_| Failure::Content("a row group has a negative number of rows".to_owned()))
    };
    meta.row_groups().iter().map(rows).collect()
}

/// The schema in which text is asked for as dictionary codes where it is stored so, else as plain text, and decimals that
/// are stored in 64 bits are asked for as such.
fn coded_schema(meta: &ArrowReaderMetadata) -> Schema {
    let schema = meta.schema();
    let parquet = meta.metadata();
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(root, field)| {
            let text = match field.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
                DataType::Dictionary(_, values) => {
                    matches!(
                        **values,
                        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
                    )
                }
                _ => false,
            };
            let data_type = match text {
                true if all_coded(parquet, root) => columns::text_dictionary(),
                true => DataType::Utf8,
                false => match field.data_type() {
                    DataType::Decimal128(digits, scale)
                        if stored_as(parquet, root, Stored::INT64) =>
                    {
                        DataType::Decimal64(*digits, *scale)
                    }
                    other => other.clone(),
                },
            };
            field.as_ref().clone().with_data_type(data_type)
        })
        .collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

/// Whether a column that is no list or structure is stored so.
fn stored_as(meta: &ParquetMetaData, root: usize, stored: Stored) -> bool {
    let descriptor = meta.file_metadata().schema_descr();
    let mut leaves =
        (0..descriptor.num_columns()).filter(|&leaf| descriptor.get_column_root_idx(leaf) == root);
    let only = leaves.next().filter(|_| leaves.next().is_none());
    only.is_some_and(|leaf| descriptor.column(leaf).physical_type() == stored)
}

/// Whether every page of the column's values is dictionary-coded, as far as the footer tells.
fn all_coded(meta: &ParquetMetaData, root: usize) -> bool {
    let descriptor = meta.file_metadata().schema_descr();
    let Some(leaf) =
        (0..descriptor.num_columns()).find(|&leaf| descriptor.get_column_root_idx(leaf) == root)
    else {
        return false;
    };
    let coded = |chunk: &ColumnChunkMetaData| match chunk.page_encoding_stats_mask() {
        Some(pages) => {
            pages.is_only(Encoding::RLE_DICTIONARY) || pages.is_only(Encoding::PLAIN_DICTIONARY)
        }
        None => {
            let pages = chunk.encodings_mask();
            pages.is_set(Encoding::RLE_DICTIONARY) || pages.is_set(Encoding::PLAIN_DICTIONARY)
        }
    };
    meta.row_groups()
        .iter()
        .filter(|group| group.num_rows() > 0)
        .all(|group| group.columns().get(leaf).is_some_and(coded))
}

/// What all units of one Parquet file have in common.
pub(crate) struct ParquetPlan {
    pub file: usize,
    pub name: FileName,
    pub schema: SchemaRef,
    pub absent: Vec<String>,
    path: PathBuf,
    meta: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// For each delivered column its index among the columns read.
    sources: Vec<Option<usize>>,
    /// Rows of each row group.
    groups: Vec<u64>,
    batch_rows: usize,
}

/// Some rows of one row group.
#[derive(Clone, Debug)]
pub(crate) struct ParquetPart {
    group: usize,
    /// Within the group, from 0.
    rows: Range<u64>,
    /// Position in the file of the part's first row, from 1.
    first_row: u64,
    /// Its share of the file's compressed bytes.
    pub bytes: u64,
}

impl ParquetPlan {
    pub fn rows(&self) -> u64 {
        self.groups.iter().sum()
    }

    /// The parts of the file, in order, none longer than `unit_rows`.
    pub fn parts(&self, unit_rows: usize) -> Vec<ParquetPart> {
        let mut parts = Vec::new();
        let mut first_row = 1;
        for (group, &rows) in self.groups.iter().enumerate() {
            let stored = self
                .meta
                .metadata()
                .row_group(group)
                .compressed_size()
                .max(0) as u64;
            for stretch in stretches(rows, unit_rows) {
                let share =
                    stored as u128 * u128::from(stretch.end - stretch.start) / u128::from(rows);
                parts.push(ParquetPart {
                    group,
                    first_row: first_row + stretch.start,
                    rows: stretch,
                    bytes: share as u64,
                });
            }
            first_row += rows;
        }
        parts
    }

    fn reader(&self, part: &ParquetPart) -> Result<ParquetRecordBatchReader, Failure> {
        let file = File::open(&self.path)?;
        let rows = (part.rows.end - part.rows.start) as usize;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.meta.clone())
            .with_projection(self.mask.clone())
            .with_row_groups(vec![part.group])
            .with_batch_size(self.batch_rows.min(rows.max(1)));
        let whole = part.rows.start == 0 && part.rows.end == self.groups[part.group];
        let builder = if whole {
            builder
        } else {
            builder
                .with_offset(part.rows.start as usize)
                .with_limit(rows)
        };
        Ok(builder.build()?)
    }
}

/// The chunks of one part.
pub(crate) struct ParquetChunks {
    plan: Arc<ParquetPlan>,
    part: ParquetPart,
    reader: ParquetRecordBatchReader,
    /// Rows delivered; `None` after a failure or the end.
    delivered: Option<u64>,
}

impl ParquetChunks {
    pub fn new(plan: Arc<ParquetPlan>, part: ParquetPart) -> Result<Self, InputError> {
        let reader = held(&plan.name).run(Some(&place(&part)), || plan.reader(&part))?;
        Ok(ParquetChunks {
            plan,
            part,
            reader,
            delivered: Some(0),
        })
    }

    fn next_batch(&mut self, delivered: u64) -> Result<Option<RecordBatch>, InputError> {
        let expected = self.part.rows.end - self.part.rows.start;
        let (reader, plan) = (&mut self.reader, &self.plan);
        held(&plan.name).run(Some(&place(&self.part)), || match reader.next() {
            Some(batch) => Ok(Some(columns::deliver(
                &batch?,
                &plan.sources,
                &plan.schema,
            )?)),
            None if delivered == expected => Ok(None),
            None => Err(Failure::Content(format!(
                "it promises {expected} rows and holds {delivered}"
            ))),
        })
    }
}

fn place(part: &ParquetPart) -> String {
    format!("row group {}", part.group + 1)
}

impl Iterator for ParquetChunks {
    type Item = Result<Chunk, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let delivered = self.delivered.take()?;
        match self.next_batch(delivered).transpose()? {
            Err(error) => Some(Err(error)),
            Ok(batch) => {
                self.delivered = Some(delivered + batch.num_rows() as u64);
                Some(Ok(Chunk {
                    file: self.plan.file,
                    rows: Positions::From(self.part.first_row + delivered),
                    lines: None,
                    batch,
                    rejects: Vec::new(),
                }))
            }
        }
    }
}
