//! Mapping files and child tables in; decisions, rejects and the manifest out; whole runs.
//!
//! Reading never sniffs a type or a dialect and never drops a row in silence; memory stays bounded whatever the
//! size of a file. Writing is all or nothing, and the same batches in any grouping give the same bytes.

pub mod children;
pub mod commit;
pub mod describe;
pub mod diffing;
pub mod errors;
pub mod manifest;
pub mod mapping;
pub mod output;
pub mod screening;
mod spool;
pub mod synth;
pub mod totals;

pub use errors::OutputError;
