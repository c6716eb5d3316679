//! Lists: no classes and no numbers, only rows that cannot be read.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef};

use super::Bound;
use crate::input::read::{FieldReader, read_cell};

/// Looks through the columns of one list field.
#[derive(Clone)]
pub struct Lists {
    reader: Arc<FieldReader>,
}

impl Lists {
    /// For a list field.
    pub fn new(reader: Arc<FieldReader>) -> Self {
        Lists { reader }
    }

    /// Rejects the rows whose list cannot be read.
    pub fn bind(&self, column: &ArrayRef, bound: &mut Bound) {
        for row in 0..column.len() {
            let reading = read_cell(&self.reader, column, row);
            if let Err(expected) = self.reader.settle(reading) {
                bound.reject(row, self.reader.field(), column, &expected);
            }
        }
    }
}
