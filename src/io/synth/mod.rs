//! Made-up records: skewed like trade, dirty at set rates, the same bytes for the same seed on every machine.
//!
//! Rows are made in blocks of [`BLOCK_ROWS`]; a block depends on the seed and its number alone, so blocks are made side
//! by side and written in order. Only integers are used: no result depends on floating point.

mod columns;
mod picks;
mod random;
mod run;
pub mod trade;

pub use columns::{Amounts, Codes, Days, Flags, Keys, Whole};
pub use picks::{Picks, zipf};
pub use random::Random;
pub use run::{BLOCK_ROWS, Block, write_rows};
