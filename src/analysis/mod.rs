//! What rules can and cannot do, whatever the record: questions about all records at once.
//!
//! In: a [`crate::model::Model`]. Conditions are taken as formulas over columns ([`formula`]); of each column a few values stand
//! for all that its tests tell apart ([`space`]); a search asks whether some of them make formulas come to given truths
//! ([`solve`]). What no test on one column decides (arithmetic across fields, lists) may come to anything, so *never* is a proof
//! and *possibly* is not; what is claimed of a record is shown by one, judged by the reference evaluator ([`witness`]).

pub mod coverage;
mod errors;
mod formula;
mod lints;
mod solve;
mod space;
#[cfg(test)]
mod tests;
mod witness;

pub use lints::lint;
