//! A page about a run: what it is made of, and where it goes.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::ScreenError;
use crate::io::commit::OutputSet;
use crate::io::errors::{self, OutputError};
use crate::io::manifest::Manifest;
use crate::screen::{Figures, Screener, Summary};

/// A page that is written together with the decisions.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it goes.
    pub place: PathBuf,
    /// Makes it, once everything is known.
    pub make: fn(&Told<'_>) -> String,
}

/// Everything that a page may say.
pub struct Told<'a> {
    /// The policies.
    pub screener: &'a Screener,
    /// What was run on what.
    pub manifest: &'a Manifest,
    /// The counts of the summary.
    pub summary: &'a Summary,
    /// Further ones.
    pub figures: &'a Figures,
}

impl Page {
    /// Makes the page and stages it with the other outputs.
    pub(super) fn write(&self, told: &Told<'_>, set: &mut OutputSet) -> Result<(), ScreenError> {
        Ok(write(&self.place, &(self.make)(told), set)?)
    }
}

fn write(place: &Path, text: &str, set: &mut OutputSet) -> Result<(), OutputError> {
    let mut sink = set.stage(place)?;
    sink.write_all(text.as_bytes())
        .and_then(|()| sink.flush())
        .map_err(|error| errors::write_failed(sink.name(), "writing", error))
}
