//! Rules as clauses over tests: what the model means, without names, defines, sets by date or exceptions.
//!
//! In: a [`crate::model::Model`]. Out: a [`Program`]. Only lattice laws are used on the way
//! (distribution, De Morgan, absorption, idempotence), so that the three values stay exact.

mod amounts;
mod atoms;
mod close;
mod decide;
mod dnf;
mod form;
mod key;
mod loops;
mod lower;
mod print;
mod program;
mod verdict;
mod verify;

pub(crate) use atoms::missing_threshold;
pub use close::close;
pub use loops::{
    ELEMENT, ListColumn, ListColumnId, LoopAggregate, LoopForm, LoopReads, Made, MemberColumn,
    MemberId, MemberTest, MemberTestId, Quantity,
};
pub use lower::{lower, lower_with};
pub use print::print;
pub(crate) use print::{role as print_role, source as print_source};
pub use verify::verify;

pub use program::*;
