//! Conditions over lists for several rows at once, where rows are asked about one after the other.

use crate::domain::Truth;
use crate::ir::LoopForm;
use crate::kernel::{Batch, loops};
use crate::plan::Plan;
use std::ops::Range;

/// Rows worked out at once, at most: what is known of them stays close by.
const MOST: usize = 256;

/// What one condition came to in consecutive rows.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    rows: Range<usize>,
    truths: Vec<u8>,
}

impl Ahead {
    /// Another batch begins.
    pub fn forget(&mut self) {
        *self = Ahead::default();
    }

    /// What `form` comes to in a row; `None` where the reference evaluator has to be asked.
    pub fn truth(
        &mut self,
        plan: &Plan,
        batch: &Batch<'_>,
        form: &LoopForm,
        row: usize,
    ) -> Option<Truth> {
        if !self.rows.contains(&row) {
            let until = (row + self.next_count(row)).min(batch.rows());
            self.work_out(plan, batch, form, row..until);
        }
        if self.truths.is_empty() && self.rows.len() > 1 {
            // Some row does not fit: each by itself.
            self.work_out(plan, batch, form, row..row + 1);
        }
        let place = row - self.rows.start;
        self.truths.get(place).copied().map(loops::truth_of)
    }

    /// As many rows as were of use last time, and as many again; one where none were.
    fn next_count(&self, row: usize) -> usize {
        let count = self.rows.len();
        match self.rows.end <= row && row < self.rows.end + count {
            true => MOST.min(2 * count),
            false => 1,
        }
    }

    fn work_out(&mut self, plan: &Plan, batch: &Batch<'_>, form: &LoopForm, rows: Range<usize>) {
        self.truths = loops::truths(plan, batch, form, rows.clone()).unwrap_or_default();
        self.rows = rows;
    }
}
