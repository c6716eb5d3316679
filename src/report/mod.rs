//! What people and programs read about decisions: explanations of a record, and what tests came to.

pub mod explain;
mod facts;
pub mod tests;
