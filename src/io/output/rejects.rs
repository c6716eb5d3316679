//! The file of rejects: one line of CSV for each row that was not screened.

use std::io::Write;

use super::cells::push_csv_field;
use crate::input::reject::Reject;
use crate::io::commit::Sink;
use crate::io::errors::{self, OutputError};

const HEADER: &str = "file,row,line,key,field,found,expected\n";

/// Writes rejects in the order given.
pub struct RejectWriter {
    sink: Sink,
    rows: u64,
}

impl RejectWriter {
    /// Starts the file.
    pub fn new(mut sink: Sink) -> Result<Self, OutputError> {
        sink.write_all(HEADER.as_bytes())
            .map_err(|error| errors::write_failed(sink.name(), "writing", error))?;
        Ok(RejectWriter { sink, rows: 0 })
    }

    /// Writes one reject.
    pub fn write(&mut self, reject: &Reject) -> Result<(), OutputError> {
        let mut line = String::new();
        push_csv_field(&reject.file, &mut line);
        line.push_str(&format!(",{},", reject.row));
        if let Some(number) = reject.line {
            line.push_str(&number.to_string());
        }
        let key = reject.key.as_deref().unwrap_or_default();
        let field = reject.field.as_deref().unwrap_or_default();
        for text in [key, field, &reject.found, &reject.expected] {
            line.push(',');
            if !text.is_empty() {
                push_csv_field(text, &mut line);
            }
        }
        line.push('\n');
        self.rows += 1;
        self.sink
            .write_all(line.as_bytes())
            .map_err(|error| errors::write_failed(self.sink.name(), "writing", error))
    }

    /// Flushes. Gives the number of rejects written.
    pub fn finish(mut self) -> Result<u64, OutputError> {
        self.sink
            .flush()
            .map_err(|error| errors::write_failed(self.sink.name(), "writing", error))?;
        Ok(self.rows)
    }
}
