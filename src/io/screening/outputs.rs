//! The outputs of a run: decisions, and rejects where there are any.

use std::path::{Path, PathBuf};

use super::{Done, Job, ScreenError};
use crate::input::reject::Reject;
use crate::io::commit::OutputSet;
use crate::io::output::{BatchWriter, DecisionDigest, OutputOptions, RejectWriter, writer};
use crate::screen::Decider;

/// The outputs of a run under way.
pub(super) struct Outputs {
    pub set: OutputSet,
    pub writer: Box<dyn BatchWriter>,
    pub digest: DecisionDigest,
    pub rejects: Option<RejectWriter>,
    first_reject: Option<String>,
    rejected: u64,
}

impl Outputs {
    pub fn start(
        job: &Job<'_>,
        decider: &Decider<'_>,
        inputs: &[PathBuf],
    ) -> Result<Outputs, ScreenError> {
        let mut set = OutputSet::new(inputs.iter().chain(&job.also_read).cloned());
        let manifest = job.manifest();
        let page = job.page.as_ref().map(|page| &page.place);
        let rejects = job.rejects.as_ref();
        let places = [Some(&job.output), rejects, page, manifest.as_ref()];
        let places: Vec<&Path> = places.into_iter().flatten().map(PathBuf::as_path).collect();
        set.check_places(&places)?;
        let sink = set.stage(&job.output)?;
        let verdicts: Vec<String> = job
            .screener
            .model()
            .verdicts
            .iter()
            .map(|name| name.to_string())
            .collect();
        let options = OutputOptions {
            known_values: vec![
                ("verdict".to_owned(), verdicts.clone()),
                ("at_most".to_owned(), verdicts),
            ],
        };
        let writer = writer(job.kind, sink, decider.schema().clone(), &options)?;
        Ok(Outputs {
            set,
            writer,
            digest: DecisionDigest::new(decider.schema().clone()),
            rejects: None,
            first_reject: None,
            rejected: 0,
        })
    }

    pub fn write(&mut self, job: &Job<'_>, done: &Done) -> Result<(), ScreenError> {
        for decisions in &done.decisions {
            self.digest.update(decisions)?;
            self.writer.write(decisions)?;
        }
        done.rejects
            .iter()
            .try_for_each(|reject| self.reject(job, reject))
    }

    /// Counts and writes one reject.
    pub fn reject(&mut self, job: &Job<'_>, reject: &Reject) -> Result<(), ScreenError> {
        self.rejected += 1;
        self.first_reject.get_or_insert_with(|| in_words(reject));
        if let Some(most) = job.max_rejects.filter(|most| self.rejected > *most) {
            let first = self.first_reject.clone().unwrap_or_default();
            return Err(ScreenError::TooManyRejects { most, first });
        }
        self.reject_writer(job)?
            .iter_mut()
            .try_for_each(|writer| writer.write(reject))?;
        Ok(())
    }

    fn reject_writer(&mut self, job: &Job<'_>) -> Result<&mut Option<RejectWriter>, ScreenError> {
        if self.rejects.is_none()
            && let Some(path) = &job.rejects
        {
            self.rejects = Some(RejectWriter::new(self.set.stage(path)?)?);
        }
        Ok(&mut self.rejects)
    }
}

fn in_words(reject: &Reject) -> String {
    let line = reject
        .line
        .map(|line| format!(", line {line}"))
        .unwrap_or_default();
    let field = reject
        .field
        .as_ref()
        .map(|field| format!(", `{field}`"))
        .unwrap_or_default();
    format!(
        "{}, row {}{line}{field}: found `{}`, expected {}",
        reject.file, reject.row, reject.found, reject.expected
    )
}
