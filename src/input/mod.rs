//! Record files in: names and wanted columns become a [`BatchSource`] that threads read side by side.
//!
//! Rows are either in a batch or among the rejects. An empty field or text is missing. Nothing is sniffed: the kind
//! of a file comes from its name or from what was said, and text formats give text.

pub mod errors;
pub mod hash;
pub mod mapping;
pub mod read;
pub mod reject;

mod book;
mod columns;
mod csv;
mod files;
mod guard;
mod ipc;
mod jsonl;
mod parquet;
mod raw;
pub mod reference;
mod source;
mod split;
mod unit;

#[cfg(test)]
pub(crate) mod testing;

pub use book::open;
pub(crate) use columns::TextColumn;
pub use errors::InputError;
pub use files::{Compression, Format, InputFile, InputSpec, Kind, find_files};
pub use source::{
    BatchSource, Chunk, Chunks, FileNotes, InputOptions, Need, Positions, Progress, WantedColumn,
};
pub use split::MAX_RECORD_BYTES;
pub use unit::Unit;
