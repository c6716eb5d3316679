//! What goes wrong with an output, in the words the user sees.

use std::io;

use thiserror::Error;

pub(crate) use crate::input::errors::shown;
use crate::input::errors::{helped, reason};

/// Why an output cannot be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The place asked for cannot be an output.
    #[error("{file}: {problem}{}", helped(help))]
    Place {
        /// The file as named to the user.
        file: String,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        help: String,
    },
    /// Writing failed.
    #[error("{file}: {doing} failed: {}", reason(source))]
    Io {
        /// The file as named to the user.
        file: String,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A batch does not have the promised columns: a fault of this program.
    #[error("{file}: {problem} (a fault in Interdict itself, worth reporting)")]
    Internal {
        /// The file as named to the user.
        file: String,
        /// What was found.
        problem: String,
    },
}

impl OutputError {
    /// The exit status that says so: 2 for a place that cannot be, 74 for failing to write, 70 for a fault of ours.
    pub fn status(&self) -> u8 {
        match self {
            OutputError::Place { .. } => 2,
            OutputError::Io { .. } => 74,
            OutputError::Internal { .. } => 70,
        }
    }
}

pub(crate) fn write_failed(file: &str, doing: &'static str, source: io::Error) -> OutputError {
    OutputError::Io {
        file: file.to_owned(),
        doing,
        source,
    }
}

pub(crate) fn bad_place(file: &str, problem: impl Into<String>, help: &str) -> OutputError {
    OutputError::Place {
        file: file.to_owned(),
        problem: problem.into(),
        help: help.to_owned(),
    }
}

pub(crate) fn two_outputs(file: &str) -> OutputError {
    bad_place(file, "two outputs have this name", "write to two files")
}

pub(crate) fn internal(file: &str, problem: impl ToString) -> OutputError {
    OutputError::Internal {
        file: file.to_owned(),
        problem: problem.to_string(),
    }
}
