//! Kernels: from class numbers to candidates, and from amounts to truth. The only place for `unsafe`.
//!
//! Both kernels, portable Rust and Cranelift's code, work from one [`crate::plan::Plan`] and one memory
//! layout ([`abi`]), and give the same candidates in the same order.

pub mod abi;
mod amounts;
mod batch;
mod codegen;
mod portable;
mod self_check;

pub use abi::Candidate;
pub use amounts::{AmountValue, compare_amounts};
pub use batch::{Batch, BoundColumn};
pub use codegen::{CodegenError, Compiled, Listing};
pub use self_check::self_check;

use crate::domain::Truth;
use crate::ir::ComputedId;
use crate::plan::Plan;

/// What runs the first stage and the comparisons of amounts. There is one in a run, so its size does not matter.
#[allow(clippy::large_enum_variant)]
pub enum Kernel {
    /// Plain Rust.
    Portable,
    /// Code that Cranelift made for this plan.
    Compiled(Compiled),
}

impl Kernel {
    /// Finds candidates from row `from` on until the batch ends or about `room` are found; gives the row to go on from.
    pub fn candidates(
        &self,
        plan: &Plan,
        batch: &Batch<'_>,
        from: usize,
        room: usize,
        found: &mut Vec<Candidate>,
    ) -> usize {
        match self {
            Kernel::Portable => portable::candidates(plan, batch, from, room, found),
            Kernel::Compiled(compiled) => compiled.candidates(batch, from, room, found),
        }
    }

    /// A comparison of amounts in one row; `None` where it needs wider arithmetic or a missing amount is involved.
    pub fn amounts(
        &self,
        plan: &Plan,
        batch: &Batch<'_>,
        computed: ComputedId,
        row: usize,
    ) -> Option<Truth> {
        match self {
            Kernel::Portable => portable::amounts(plan, batch, computed, row),
            Kernel::Compiled(compiled) => compiled
                .amounts(batch, computed, row)
                .or_else(|| portable::amounts(plan, batch, computed, row)),
        }
    }
}
