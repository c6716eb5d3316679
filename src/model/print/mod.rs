//! The model as text, for `emit model`, traces and snapshots.

pub mod expr;
