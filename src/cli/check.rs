//! `interdict check`: parse, resolve, type-check, lint.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::fmt::write_atomically;
use super::frontend::Asked;
use super::records::day;
use super::{Exit, Session, Stop, frontend, paths};
use crate::analysis::lint;
use crate::diagnostic::{Diagnostic, Fix, Merged, counted, tidy};
use crate::domain::Day;
use crate::text::SourceMap;

/// How often files are looked at again after changes at most: a change may show another mistake.
const MAX_ROUNDS: usize = 10;

/// Parse, resolve, type-check and lint policies
///
/// Besides mistakes it tells of what is allowed and yet deserves a look: rules that can never apply or are hidden by others,
/// exceptions that never stop anything, missing fields that keep a rule from applying, and more, each with a record that shows
/// it. `allow NAME because "…"` before a declaration passes one over; `[lints]` in interdict.toml sets levels for all.
///
/// Messages go to standard error; with --format json, github or sarif they are the result and go to standard output.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict check my_policy\n  interdict check --fix my_policy\n  interdict check --format sarif my_policy > check.sarif"
)]
pub struct Check {
    /// Policies: folders with rule files, or rule files; several are checked as one run. A folder that holds
    /// policies further down stands for each of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Make the changes that messages offer, where they are sure
    #[arg(long)]
    fix: bool,
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
        let mut merged = self.look(&runs)?;
        if self.fix {
            let mut fixed = 0;
            for _ in 0..MAX_ROUNDS {
                let changes = make_changes(&merged)?;
                if changes == 0 {
                    break;
                }
                fixed += changes;
                merged = self.look(&runs)?;
            }
            session.say(&format!("fixed {}", counted(fixed, "place")))?;
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

    /// Everything there is to say about all policies.
    fn look(&self, runs: &[Vec<PathBuf>]) -> Result<Merged, Stop> {
        let mut merged = Merged::default();
        for run in runs {
            let mut checked = frontend::load(run, self.asked())?;
            if let Some(model) = checked.model.take() {
                let mut found = lint(&Arc::new(model));
                checked.allowed.apply(&mut found);
                checked.diagnostics.extend(found);
                let mut idle = checked.allowed.without_effect();
                checked.allowed.apply(&mut idle);
                checked.diagnostics.extend(idle);
            }
            let messages = tidy(checked.diagnostics, &checked.sources);
            merged.add(&checked.sources, messages);
        }
        Ok(merged)
    }
}

/// Makes every change that is sure and meets no other one; says how many.
fn make_changes(merged: &Merged) -> Result<usize, Stop> {
    let mut by_file: BTreeMap<&str, Vec<&Fix>> = BTreeMap::new();
    let offered = merged.diagnostics.iter().filter_map(sure_fix);
    for fix in offered {
        let name = merged.sources.file(fix.span.file).name.as_str();
        by_file.entry(name).or_default().push(fix);
    }
    let mut made = 0;
    for (name, fixes) in by_file {
        let (text, count) = changed(&merged.sources, fixes);
        let path = Path::new(name);
        write_atomically(path, &text).map_err(|error| Stop::file("write", path, &error))?;
        made += count;
    }
    Ok(made)
}

fn sure_fix(message: &Diagnostic) -> Option<&Fix> {
    message.fix.as_ref().filter(|fix| fix.sure)
}

/// A file's text with changes made from its end to its beginning; of those that overlap only the last.
fn changed(sources: &SourceMap, mut fixes: Vec<&Fix>) -> (String, usize) {
    fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
    fixes.dedup();
    let mut text = sources.file(fixes[0].span.file).text.to_string();
    let mut from = text.len();
    let mut count = 0;
    for fix in fixes.into_iter().rev() {
        let (start, mut end) = (fix.span.start as usize, fix.span.end as usize);
        if end > from {
            continue;
        }
        // A line of which nothing is left goes.
        let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let rest = text[end..].find('\n').map_or(text.len(), |at| end + at + 1);
        let is_bare = fix.replacement.is_empty()
            && text[line..start].trim().is_empty()
            && text[end..rest].trim().is_empty();
        let start = if is_bare { line } else { start };
        if is_bare {
            end = rest;
        }
        text.replace_range(start..end, &fix.replacement);
        from = start;
        count += 1;
    }
    (text, count)
}
