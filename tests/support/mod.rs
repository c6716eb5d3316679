//! Random policies and records for tests that compare the evaluators with one another, and for benchmarks.
//!
//! Everything is a function of a seed: no time, no global state. What is written is the text a user would write.
#![allow(dead_code, reason = "each test and benchmark uses its own part")]

pub mod aggregates;
pub mod big;
pub mod clauses;
pub mod closures;
pub mod conditions;
pub mod declarations;
pub mod each;
pub mod fields;
pub mod file_tables;
pub mod formula;
pub mod lists;
pub mod mutate;
pub mod policies;
pub mod pools;
pub mod random;
pub mod records;
pub mod reference;
pub mod references;
pub mod sets;
pub mod tables;
pub mod values;
pub mod verdicts;
