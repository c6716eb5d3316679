//! What is allowed and yet deserves a look: one file each.
//!
//! Overlapping windows and duplicate elements are warned of where windows and sets are read.

pub(super) mod citation;
pub(super) mod coarse;
pub(super) mod point;
pub(super) mod severity;
pub(super) mod silence;
