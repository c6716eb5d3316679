//! `interdict check`: parse, resolve, type-check, lint.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::frontend::Asked;
use super::records::day;
use super::{Exit, Session, Stop, frontend, paths};
use crate::analysis::lint;
use crate::diagnostic::{Merged, counted, tidy};
use crate::domain::Day;

/// Parse, resolve, type-check and lint policies
///
/// Messages go to standard error; with --format json, github or sarif they are the result and go to standard output.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict check my_policy\n  interdict check --format sarif my_policy > check.sarif"
)]
pub struct Check {
    /// Policies: folders with rule files, or rule files; several are checked as one run. A folder that holds
    /// policies further down stands for each of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Leave out rows of lists that were recorded after this day, where a list says when
    #[arg(long, value_name = "DATE", value_parser = day)]
    known_at: Option<Day>,
}

impl Check {
    fn asked(&self) -> Asked<'static> {
        Asked {
            known_at: self.known_at,
            ..Asked::default()
        }
    }

    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let runs = paths::runs(&self.paths)?;
        let mut merged = Merged::default();
        for run in &runs {
            let mut loaded = frontend::load(run, self.asked())?;
            if let Some(model) = loaded.model.take() {
                let mut found = lint(&Arc::new(model));
                loaded.allowed.apply(&mut found);
                loaded.diagnostics.extend(found);
                let mut idle = loaded.allowed.without_effect();
                loaded.allowed.apply(&mut idle);
                loaded.diagnostics.extend(idle);
            }
            let messages = tidy(loaded.diagnostics, &loaded.sources);
            merged.add(&loaded.sources, messages);
        }
        let files = counted(merged.sources.iter().len(), "file");
        let tally = session.report_as_result(merged.diagnostics, &merged.sources)?;
        session.say(&format!("checked {files}: {tally}"))?;
        Ok(if tally.errors == 0 {
            Exit::Done
        } else {
            Exit::No
        })
    }
}
