//! Records against a plan: what columns mean, batches in, decisions out.

pub mod mapping;
pub mod read;
pub mod reject;
