//! CSV, TSV, JSON Lines and Parquet: by the readers of record files.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{Cell, Fault, MAX_BYTES, ReferenceError, ReferenceFile, Rows};
use crate::input::columns::{deliver, delivered_schema, locate};
use crate::input::csv::{CsvChunks, CsvPlan, read_header, style};
use crate::input::errors::{self, InputError};
use crate::input::files::{Compression, Format, Kind};
use crate::input::guard::Held;
use crate::input::jsonl::{JsonChunks, JsonPlan, check_is_lines};
use crate::input::read::{read_cell, show_cell};
use crate::input::source::{Chunk, Positions, WantedColumn};
use crate::input::split::{Splitter, Style};
use crate::model::RowPlace;

/// Bytes of text cut off at a time, and rows of a batch.
const BLOCK_BYTES: usize = 4 << 20;
const BATCH_ROWS: usize = 1 << 13;

/// Reads a file that is no workbook.
pub(super) fn read(
    file: &ReferenceFile,
    kind: Kind,
    rows: &mut Rows<'_>,
) -> Result<(), ReferenceError> {
    let wanted: Vec<WantedColumn> = rows
        .headers()
        .map(|header| WantedColumn::required(&**header))
        .collect();
    match kind.format {
        Format::Csv => read_csv(file, kind, b',', &wanted, rows),
        Format::Tsv => read_csv(file, kind, b'\t', &wanted, rows),
        Format::JsonLines => read_lines(file, kind, &wanted, rows),
        Format::Parquet => read_parquet(file, &wanted, rows),
        Format::Arrow => Err(ReferenceError::Kind),
    }
}

fn read_csv(
    file: &ReferenceFile,
    kind: Kind,
    delimiter: u8,
    wanted: &[WantedColumn],
    rows: &mut Rows<'_>,
) -> Result<(), ReferenceError> {
    let mut splitter = splitter(file, kind, style(delimiter))?;
    let header = read_header(&mut splitter, &file.name, delimiter)?;
    rows.check_headers(&header)?;
    let name = (0, Arc::clone(&file.name));
    let plan = Arc::new(CsvPlan::new(
        name, header, wanted, delimiter, None, BATCH_ROWS,
    )?);
    while let Some(block) = splitter.next_block()? {
        for chunk in CsvChunks::new(Arc::clone(&plan), block) {
            add_chunk(&chunk?, rows);
        }
    }
    Ok(())
}

fn read_lines(
    file: &ReferenceFile,
    kind: Kind,
    wanted: &[WantedColumn],
    rows: &mut Rows<'_>,
) -> Result<(), ReferenceError> {
    let mut splitter = splitter(file, kind, Style::Lines)?;
    let mut next = splitter.next_block()?;
    if let Some(block) = &next {
        check_is_lines(&file.name, block)?;
    }
    let name = (0, Arc::clone(&file.name));
    let plan = JsonPlan::new(name, wanted, next.as_ref(), false, None, BATCH_ROWS);
    let plan = Arc::new(plan);
    let found = next.is_some();
    while let Some(block) = next {
        for chunk in JsonChunks::new(Arc::clone(&plan), block) {
            add_chunk(&chunk?, rows);
        }
        next = splitter.next_block()?;
    }
    // A key that no object has is a column that is not there.
    let absent = plan.absent();
    if found && rows.count == 0 && !absent.is_empty() {
        let mut keys = plan.first_keys().to_vec();
        let seen = wanted.iter().filter(|it| !absent.contains(&it.name));
        keys.extend(seen.map(|column| column.name.clone()));
        keys.sort();
        keys.dedup();
        rows.check_headers(&keys)?;
    }
    Ok(())
}

fn read_parquet(
    file: &ReferenceFile,
    wanted: &[WantedColumn],
    rows: &mut Rows<'_>,
) -> Result<(), ReferenceError> {
    let held = Held {
        file: &file.name,
        kind: "Parquet",
    };
    let builder = held.run(None, || {
        Ok(ParquetRecordBatchReaderBuilder::try_new(
            file.bytes.clone(),
        )?)
    })?;
    let stored = Arc::clone(builder.schema());
    let names: Vec<String> = stored.fields().iter().map(|it| it.name().clone()).collect();
    rows.check_headers(&names)?;
    let places = locate(&file.name, &names, wanted)?.places;
    let schema = delivered_schema(&file.name, &stored, wanted, &places)?;
    for ((field, reader), column) in rows.columns.iter().zip(schema.fields()) {
        reader.accepts(column.data_type()).map_err(|wants| {
            errors::other_column_type(&file.name, &field.column, column.data_type(), &wants)
        })?;
    }
    let mut roots: Vec<usize> = places.iter().flatten().copied().collect();
    roots.sort_unstable();
    roots.dedup();
    let sources: Vec<Option<usize>> = places
        .iter()
        .map(|place| place.and_then(|place| roots.binary_search(&place).ok()))
        .collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let builder = builder.with_projection(mask).with_batch_size(BATCH_ROWS);
    let mut reader = held.run(None, || Ok(builder.build()?))?;
    let mut first = 1;
    while let Some(batch) = held.run(None, || Ok(reader.next().transpose()?))? {
        let batch = held.run(None, || Ok(deliver(&batch, &sources, &schema)?))?;
        let chunk = Chunk {
            file: 0,
            rows: Positions::From(first),
            lines: None,
            rejects: Vec::new(),
            batch,
        };
        first += chunk.batch.num_rows() as u64;
        add_chunk(&chunk, rows);
    }
    Ok(())
}

fn add_chunk(chunk: &Chunk, rows: &mut Rows<'_>) {
    for reject in &chunk.rejects {
        rows.fault(Fault {
            place: reject
                .line
                .map_or(RowPlace::Row(reject.row), RowPlace::Line),
            column: reject.field.as_deref().map(Into::into),
            found: reject.found.clone(),
            expected: reject.expected.clone(),
        });
    }
    for row in 0..chunk.batch.num_rows() {
        let place = match &chunk.lines {
            Some(lines) => RowPlace::Line(lines.at(row)),
            None => RowPlace::Row(chunk.rows.at(row)),
        };
        rows.row(place, |at, reader| {
            let column = chunk.batch.column(at);
            Cell {
                reading: read_cell(reader, column, row),
                found: Box::new(move || show_cell(column, row)),
            }
        });
    }
}

/// The text of a file, unpacked, cut into blocks.
fn splitter(file: &ReferenceFile, kind: Kind, style: Style) -> Result<Splitter, InputError> {
    let stored = Cursor::new(file.bytes.clone());
    let unpacked: Box<dyn Read + Send> = match kind.compression {
        Compression::Plain => Box::new(stored),
        Compression::Gzip => Box::new(Limited::new(MultiGzDecoder::new(stored))),
        Compression::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(stored);
            let decoder = decoder.map_err(|error| errors::reading_failed(&file.name, error))?;
            Box::new(Limited::new(decoder))
        }
    };
    let name = Arc::clone(&file.name);
    Ok(Splitter::new(unpacked, name, style, BLOCK_BYTES))
}

/// Ends in an error where more comes out than a reference file may hold.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R> Limited<R> {
    fn new(inner: R) -> Self {
        Limited {
            inner,
            left: MAX_BYTES,
        }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other("it unpacks to more than 1 GB")),
        }
        Ok(read)
    }
}
