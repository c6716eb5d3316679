//! A digest of decisions that does not depend on the format they are written in.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use sha2::{Digest, Sha256};

use super::conform;
use super::csv::{header_line, push_rows};
use crate::input::hash::hex;
use crate::io::errors::{self, OutputError};

/// SHA-256 of rows in their CSV form, header included.
pub struct DecisionDigest {
    schema: SchemaRef,
    hash: Sha256,
    text: String,
    rows: u64,
}

impl DecisionDigest {
    /// The digest of no rows yet.
    pub fn new(schema: SchemaRef) -> Self {
        let mut hash = Sha256::new();
        hash.update(header_line(&schema));
        DecisionDigest {
            schema,
            hash,
            text: String::new(),
            rows: 0,
        }
    }

    /// Adds the rows of `batch`.
    pub fn update(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let name = "decisions";
        let batch = conform(name, batch, &self.schema)?;
        self.text.clear();
        push_rows(&batch, &mut self.text).map_err(|error| errors::internal(name, error))?;
        self.hash.update(&self.text);
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// The number of rows and their digest in hexadecimal.
    pub fn finish(self) -> (u64, String) {
        (self.rows, hex(&self.hash.finalize()))
    }
}
