//! Batches of any size gathered into batches of one size, so that what is written does not show how rows came.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::concat::concat_batches;

/// Gathers rows until there are `size` of them.
pub(crate) struct Coalescer {
    schema: SchemaRef,
    size: usize,
    pending: Vec<RecordBatch>,
    rows: usize,
}

impl Coalescer {
    pub fn new(schema: SchemaRef, size: usize) -> Self {
        Coalescer {
            schema,
            size,
            pending: Vec::new(),
            rows: 0,
        }
    }

    /// Takes the rows of `batch`; gives every batch that is thereby full.
    pub fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>, ArrowError> {
        let mut full = Vec::new();
        let mut at = 0;
        while at < batch.num_rows() {
            let taken = (self.size - self.rows).min(batch.num_rows() - at);
            self.pending.push(batch.slice(at, taken));
            self.rows += taken;
            at += taken;
            if self.rows == self.size {
                full.extend(self.take()?);
            }
        }
        Ok(full)
    }

    /// The rows that are left, if any.
    pub fn take(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        self.rows = 0;
        let pending = std::mem::take(&mut self.pending);
        match pending.is_empty() {
            true => Ok(None),
            false => concat_batches(&self.schema, &pending).map(Some),
        }
    }
}
