//! Records against a plan: what columns mean, batches in, decisions out.

pub mod bind;
pub mod mapping;
pub mod read;
pub mod reject;
mod missing;
mod outcome;
mod resolve;
