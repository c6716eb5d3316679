//! Kernels: from class numbers to candidates, and from amounts to truth. The only place for `unsafe`.
//!
//! Both kernels, portable Rust and Cranelift's code, work from one [`crate::plan::Plan`] and one memory
//! layout ([`abi`]), and give the same candidates in the same order.

pub mod abi;
mod amounts;
mod batch;
pub mod bits;
mod bounds;
mod codegen;
pub mod loops;
mod portable;
mod self_check;

pub use abi::{ABSENT, Candidate, KNOWN};
pub use amounts::{AmountValue, compare_amounts};
pub use batch::{Batch, BoundColumn, CodeClasses, RowClasses};
pub use codegen::{CodegenError, Compiled, Listing};
pub use self_check::self_check;

use crate::domain::Truth;
use crate::ir::ComputedId;
use crate::plan::{Order, Plan, Shape};
use std::sync::OnceLock;

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
            Kernel::Compiled(compiled) => compiled.candidates(plan, batch, from, room, found),
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

/// Records that a batch must have for the kernel to be made anew for them; for fewer it would not pay.
const MIN_ROWS_TO_TUNE: usize = 1 << 10;

/// The kernel of a run: one made before any record was seen, and compiled anew once a batch shows in which order its
/// columns leave out most. Both give the same candidates.
pub struct Kernels {
    first: Kernel,
    tuned: OnceLock<Result<Option<Kernel>, String>>,
}

impl Kernels {
    /// Begins with `kernel`.
    pub fn new(kernel: Kernel) -> Kernels {
        Kernels {
            first: kernel,
            tuned: OnceLock::new(),
        }
    }

    /// The one to use.
    pub fn current(&self) -> &Kernel {
        match self.tuned.get() {
            Some(Ok(Some(kernel))) => kernel,
            Some(Ok(None) | Err(_)) | None => &self.first,
        }
    }

    /// The order that suits the records of `batch`, where there is yet to be made a kernel for them.
    pub fn order_for(&self, plan: &Plan, batch: &Batch<'_>) -> Option<Order> {
        let Kernel::Compiled(_) = self.first else {
            return None;
        };
        let wanted = plan.shape == Shape::Masks
            && self.tuned.get().is_none()
            && batch.rows() >= MIN_ROWS_TO_TUNE;
        let possible = |slot: usize, row: usize| {
            let tables = batch.tables(slot).expect("an asked column has tables");
            tables
                .summary_of(batch.class(slot, row), plan.layout.summary_words())
                .to_vec()
        };
        let compare = |computed, row| portable::filter(plan, batch, computed, row);
        let order = wanted.then(|| Order::for_records(plan, batch.rows(), possible, compare));
        order.filter(|order| *order != plan.order)
    }

    /// Makes the kernel anew with columns in an order, unless that was done. No batch may be held meanwhile, since the
    /// check of the new kernel makes one.
    ///
    /// # Errors
    /// Where the new one disagrees with the portable one: a fault of ours.
    pub fn tune(&self, plan: &Plan, order: &Order) -> Result<(), String> {
        let tuned = self.tuned.get_or_init(|| {
            // Where no more memory can be made executable, the first one goes on.
            let Ok(compiled) = Compiled::new(plan, order) else {
                return Ok(None);
            };
            let kernel = Kernel::Compiled(compiled);
            self_check(plan, &kernel)?;
            Ok(Some(kernel))
        });
        tuned.as_ref().map(|_| ()).map_err(String::clone)
    }
}
