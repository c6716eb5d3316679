//! Arrow IPC: the batches of a file, or of a stream, as units of work.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::Block;
use arrow_ipc::reader::{FileDecoder, StreamReader, read_footer_length};
use arrow_schema::{Schema, SchemaRef};

use super::columns::{self, delivered_schema};
use super::guard::{Failure, Held};
use super::source::{Chunk, FileName, Positions, WantedColumn};
use crate::input::errors::{self, InputError};

/// The first bytes of a file, which a stream does not have; two bytes of padding follow.
const FILE_MAGIC: &[u8; 6] = b"ARROW1";
const MAGIC_BYTES: usize = 8;

fn held(name: &str) -> Held<'_> {
    Held {
        file: name,
        kind: "Arrow",
    }
}

fn content(why: impl ToString) -> Failure {
    Failure::Content(why.to_string())
}

/// An Arrow input whose schema was read.
pub(crate) enum ArrowHead {
    File(Box<FileHead>),
    Stream(Box<StreamHead>),
}

pub(crate) struct FileHead {
    name: FileName,
    path: PathBuf,
    decoder: FileDecoder,
    schema: SchemaRef,
    blocks: Vec<(Block, u64)>,
}

pub(crate) struct StreamHead {
    name: FileName,
    reader: StreamReader<BufReader<Box<dyn Read + Send>>>,
}

impl ArrowHead {
    /// Opens a file, which may also hold a stream.
    pub fn open(name: FileName, path: PathBuf) -> Result<Self, InputError> {
        let mut file =
            File::open(&path).map_err(|error| errors::io_failed(&name, "opening", error))?;
        let mut start = [0; MAGIC_BYTES];
        let read = read_up_to(&mut file, &mut start)
            .and_then(|read| file.rewind().map(|()| read))
            .map_err(|error| errors::io_failed(&name, "reading", error))?;
        if start[..read].starts_with(b"FEA1") {
            return Err(errors::looks_like(
                &name,
                "a Feather file of version 1",
                "write it again as version 2",
            ));
        }
        if !start[..read].starts_with(FILE_MAGIC) {
            return ArrowHead::stream(name, Box::new(file));
        }
        let (decoder, schema, blocks) = held(&name).run(None, || read_footer(&mut file))?;
        Ok(ArrowHead::File(Box::new(FileHead {
            name,
            path,
            decoder,
            schema,
            blocks,
        })))
    }

    /// Opens a stream. A file can be read as one too: behind its first bytes stands a stream.
    pub fn stream(name: FileName, mut source: Box<dyn Read + Send>) -> Result<Self, InputError> {
        let mut start = vec![0; MAGIC_BYTES];
        let read = read_up_to(&mut source, &mut start)
            .map_err(|error| errors::io_failed(&name, "reading", error))?;
        start.truncate(read);
        if start.starts_with(FILE_MAGIC) {
            start.clear();
        }
        let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(start).chain(source));
        let reader = held(&name).run(None, || {
            Ok(StreamReader::try_new(BufReader::new(whole), None)?)
        })?;
        Ok(ArrowHead::Stream(Box::new(StreamHead { name, reader })))
    }

    fn schema(&self) -> SchemaRef {
        match self {
            ArrowHead::File(file) => Arc::clone(&file.schema),
            ArrowHead::Stream(stream) => stream.reader.schema(),
        }
    }

    pub fn column_names(&self) -> Vec<String> {
        let schema = self.schema();
        schema
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect()
    }

    /// Settles which columns are read.
    pub fn plan(
        self,
        file: usize,
        wanted: &[WantedColumn],
        batch_rows: usize,
    ) -> Result<ArrowReader, InputError> {
        let stored = self.schema();
        let name = match &self {
            ArrowHead::File(file) => Arc::clone(&file.name),
            ArrowHead::Stream(stream) => Arc::clone(&stream.name),
        };
        let located = columns::locate(&name, &self.column_names(), wanted)?;
        let schema = delivered_schema(&name, &stored, wanted, &located.places)?;
        let plan = |sources| {
            Arc::new(ArrowPlan {
                file,
                name: Arc::clone(&name),
                sources,
                schema: Arc::clone(&schema),
                batch_rows: batch_rows.max(1),
                absent: located.absent.clone(),
            })
        };
        Ok(match self {
            ArrowHead::File(head) => {
                let mut read: Vec<usize> = located.places.iter().flatten().copied().collect();
                read.sort_unstable();
                read.dedup();
                let among = |place: usize| read.binary_search(&place).ok();
                let sources = located
                    .places
                    .iter()
                    .map(|place| place.and_then(among))
                    .collect();
                let shared = plan(sources);
                ArrowReader::File(Arc::new(ArrowFile {
                    plan: shared,
                    path: head.path,
                    decoder: head.decoder.with_projection(read),
                    blocks: head.blocks,
                }))
            }
            ArrowHead::Stream(head) => ArrowReader::Stream(Box::new(ArrowStream {
                plan: plan(located.places),
                reader: head.reader,
                next_row: 1,
            })),
        })
    }
}

/// A planned Arrow input.
pub(crate) enum ArrowReader {
    File(Arc<ArrowFile>),
    Stream(Box<ArrowStream>),
}

/// What all units of one Arrow input have in common.
pub(crate) struct ArrowPlan {
    pub file: usize,
    pub name: FileName,
    pub schema: SchemaRef,
    pub absent: Vec<String>,
    sources: Vec<Option<usize>>,
    batch_rows: usize,
}

/// A file: any batch can be read at any time.
pub(crate) struct ArrowFile {
    plan: Arc<ArrowPlan>,
    path: PathBuf,
    decoder: FileDecoder,
    /// Where each batch stands, and its number of rows.
    blocks: Vec<(Block, u64)>,
}

/// One batch of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArrowPart {
    block: usize,
    first_row: u64,
    pub bytes: u64,
}

impl ArrowFile {
    pub fn plan(&self) -> &ArrowPlan {
        &self.plan
    }

    pub fn rows(&self) -> u64 {
        self.blocks.iter().map(|(_, rows)| rows).sum()
    }

    pub fn parts(&self) -> Vec<ArrowPart> {
        let mut first_row = 1;
        let mut parts = Vec::with_capacity(self.blocks.len());
        for (block, (place, rows)) in self.blocks.iter().enumerate() {
            let bytes = place.bodyLength().max(0) as u64 + place.metaDataLength().max(0) as u64;
            parts.push(ArrowPart {
                block,
                first_row,
                bytes,
            });
            first_row += rows;
        }
        parts
    }

    /// Decodes one batch.
    pub fn read(&self, part: ArrowPart) -> Result<BatchChunks, InputError> {
        let (block, rows) = &self.blocks[part.block];
        let place = format!("batch {}", part.block + 1);
        let batch = held(&self.plan.name).run(Some(&place), || {
            let mut file = File::open(&self.path)?;
            let bytes = read_block(&mut file, block)?;
            let batch = self.decoder.read_record_batch(block, &bytes)?;
            let batch = batch.ok_or_else(|| content("a batch is empty"))?;
            if batch.num_rows() as u64 != *rows {
                return Err(content("a batch does not have the rows it promises"));
            }
            Ok(columns::deliver(
                &batch,
                &self.plan.sources,
                &self.plan.schema,
            )?)
        })?;
        Ok(BatchChunks::new(
            Arc::clone(&self.plan),
            batch,
            part.first_row,
        ))
    }
}

/// A stream: batches come one after the other.
pub(crate) struct ArrowStream {
    plan: Arc<ArrowPlan>,
    reader: StreamReader<BufReader<Box<dyn Read + Send>>>,
    next_row: u64,
}

impl ArrowStream {
    /// The next batch and the position of its first row.
    pub fn next_batch(&mut self) -> Result<Option<(RecordBatch, u64)>, InputError> {
        let (reader, plan) = (&mut self.reader, &self.plan);
        let place = format!("the batch that starts at row {}", self.next_row);
        let batch = held(&plan.name).run(Some(&place), || match reader.next() {
            Some(batch) => Ok(Some(columns::deliver(
                &batch?,
                &plan.sources,
                &plan.schema,
            )?)),
            None => Ok(None),
        })?;
        let first_row = self.next_row;
        self.next_row += batch.as_ref().map_or(0, |batch| batch.num_rows() as u64);
        Ok(batch.map(|batch| (batch, first_row)))
    }

    pub fn plan(&self) -> &Arc<ArrowPlan> {
        &self.plan
    }

    pub fn rows(&self) -> u64 {
        self.next_row - 1
    }
}

/// One decoded batch in chunks of bounded size.
pub(crate) struct BatchChunks {
    plan: Arc<ArrowPlan>,
    batch: RecordBatch,
    first_row: u64,
    at: usize,
}

impl BatchChunks {
    pub fn new(plan: Arc<ArrowPlan>, batch: RecordBatch, first_row: u64) -> Self {
        BatchChunks {
            plan,
            batch,
            first_row,
            at: 0,
        }
    }
}

impl Iterator for BatchChunks {
    type Item = Result<Chunk, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows = (self.batch.num_rows() - self.at).min(self.plan.batch_rows);
        if rows == 0 {
            return None;
        }
        let chunk = Chunk {
            file: self.plan.file,
            rows: Positions::From(self.first_row + self.at as u64),
            lines: None,
            batch: self.batch.slice(self.at, rows),
            rejects: Vec::new(),
        };
        self.at += rows;
        Some(Ok(chunk))
    }
}

type Footer = (FileDecoder, SchemaRef, Vec<(Block, u64)>);

/// Reads the footer, the dictionaries and the number of rows of every batch.
fn read_footer(file: &mut File) -> Result<Footer, Failure> {
    let mut tail = [0; 10];
    file.seek(SeekFrom::End(-10))?;
    file.read_exact(&mut tail)?;
    let length = read_footer_length(tail)?;
    let size = file.seek(SeekFrom::End(0))?;
    let start = size
        .checked_sub(10 + length as u64)
        .ok_or_else(|| content("its footer is longer than the file"))?;
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(&mut bytes)?;
    let footer = arrow_ipc::root_as_footer(&bytes).map_err(content)?;
    let stored = footer.schema().ok_or_else(|| content("it has no schema"))?;
    if !stored.endianness().equals_to_target_endianness() {
        return Err(content("its byte order is not that of this machine"));
    }
    let schema: Arc<Schema> = Arc::new(arrow_ipc::convert::fb_to_schema(stored));
    let mut decoder = FileDecoder::new(Arc::clone(&schema), footer.version());
    for block in footer.dictionaries().iter().flatten() {
        let bytes = read_block(file, block)?;
        decoder.read_dictionary(block, &bytes)?;
    }
    let blocks = footer
        .recordBatches()
        .ok_or_else(|| content("it lists no batches"))?;
    let blocks = blocks
        .iter()
        .map(|block| Ok((*block, batch_rows(file, block)?)))
        .collect::<Result<_, Failure>>()?;
    Ok((decoder, schema, blocks))
}

/// The number of rows that a batch's own header gives.
fn batch_rows(file: &mut File, block: &Block) -> Result<u64, Failure> {
    let bytes = read_range(file, block.offset(), i64::from(block.metaDataLength()))?;
    let after_mark = match bytes.get(..4) {
        Some([0xFF, 0xFF, 0xFF, 0xFF]) => 8,
        _ => 4,
    };
    let message = bytes
        .get(after_mark..)
        .ok_or_else(|| content("a batch has no header"))?;
    let message = arrow_ipc::root_as_message(message).map_err(content)?;
    let batch = message
        .header_as_record_batch()
        .ok_or_else(|| content("its footer lists something that is no batch"))?;
    u64::try_from(batch.length()).map_err(|_| content("a batch has a negative number of rows"))
}

fn read_block(file: &mut File, block: &Block) -> Result<Buffer, Failure> {
    let length = i64::from(block.metaDataLength())
        .checked_add(block.bodyLength())
        .ok_or_else(|| content("a batch is longer than the file"))?;
    Ok(Buffer::from_vec(read_range(file, block.offset(), length)?))
}

fn read_range(file: &mut File, offset: i64, length: i64) -> Result<Vec<u8>, Failure> {
    let size = file.seek(SeekFrom::End(0))?;
    let (Ok(offset), Ok(length)) = (u64::try_from(offset), u64::try_from(length)) else {
        return Err(content("its footer points before the file's start"));
    };
    if offset.checked_add(length).is_none_or(|end| end > size) {
        return Err(content("its footer points past the file's end"));
    }
    let mut bytes = vec![0; length as usize];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads until `bytes` is full or the source ends.
fn read_up_to(source: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < bytes.len() {
        match source.read(&mut bytes[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
