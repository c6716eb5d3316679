//! Records against a plan: what columns mean, batches in, decisions out.

pub mod bind;
pub mod mapping;
pub mod read;
pub mod reject;

mod missing;
mod outcome;
mod resolve;
mod screener;
mod verify;

pub use missing::Names;
pub use outcome::{NOTHING, Outcome, Outcomes};
pub use screener::{Engine, Judged, Options, Screener, Worker};
pub use verify::{Disagreement, Verify};
