//! Decoders of binary formats, held so that a damaged file is the file's fault: their errors and even their panics
//! become input errors.

use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

use crate::input::errors::{self, InputError};

thread_local! {
    static HELD: Cell<bool> = const { Cell::new(false) };
}

static SILENCE: Once = Once::new();

/// What a decoder of a binary format says.
pub(crate) enum Failure {
    /// The system could not read.
    Io(io::Error),
    /// What was read is no such file.
    Content(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(_) => Failure::Io(error),
            None => Failure::Content(error.to_string()),
        }
    }
}

impl From<ArrowError> for Failure {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, source) => source.into(),
            other => Failure::Content(other.to_string()),
        }
    }
}

impl From<ParquetError> for Failure {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => (*source).into(),
                Err(source) => Failure::Content(source.to_string()),
            },
            other => Failure::Content(other.to_string()),
        }
    }
}

/// Which file is being decoded.
#[derive(Clone, Copy)]
pub(crate) struct Held<'a> {
    pub file: &'a str,
    /// "Parquet", "Arrow".
    pub kind: &'static str,
}

impl Held<'_> {
    /// Runs `work`; what goes wrong in it is said of the file, at `place` where known.
    pub fn run<T>(
        self,
        place: Option<&str>,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, InputError> {
        silence_held_panics();
        let before = HELD.replace(true);
        let result = panic::catch_unwind(AssertUnwindSafe(work));
        HELD.set(before);
        let why = match result {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(Failure::Io(error))) => {
                return Err(errors::io_failed(self.file, "reading", error));
            }
            Ok(Err(Failure::Content(why))) => why,
            Err(panic) => panic_text(panic.as_ref()),
        };
        Err(errors::corrupt(
            self.file,
            place.map(str::to_owned),
            self.kind,
            &why,
        ))
    }
}

/// Keeps panics that are caught here from being printed; all others are printed as before.
fn silence_held_panics() {
    SILENCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !HELD.get() {
                print(info);
            }
        }));
    });
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("its contents make no sense").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_a_decoder_is_the_files_fault() {
        let held = Held {
            file: "x.parquet",
            kind: "Parquet",
        };
        let numbers: Vec<u8> = Vec::new();
        let error = held
            .run(Some("row group 1"), || Ok(numbers[3]))
            .unwrap_err();
        assert_eq!(error.status(), 65);
        assert!(
            error
                .to_string()
                .starts_with("x.parquet, row group 1: this is not a sound Parquet file")
        );
        assert!(held.run(None, || Ok(1)).is_ok());
    }
}
