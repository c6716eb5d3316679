//! Records against a plan: what columns mean, batches in, decisions out.

pub mod bind;

mod ahead;
mod decisions;
mod figures;
mod lists;
mod missing;
mod outcome;
mod parallel;
mod resolve;
mod screener;
mod summary;
mod verify;

pub use decisions::{COLUMNS, Decider, Keep, is_flagged, stopper};
pub use figures::{Axis, Figures, Group, MAX_OPEN, Member, OpenRecord, Reason};
pub use missing::Names;
pub use outcome::{NOTHING, Outcome, Outcomes};
pub use parallel::in_order;
pub use screener::{Engine, Judged, Options, Screener, Worker};
pub(crate) use screener::{add_fields, fields_in_totals};
pub use summary::{MissingCount, RuleCount, Summary, Tally};
pub use verify::{Disagreement, Verify};
