//! `interdict screen`: the main job.

#[cfg(test)]
mod children;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod listed;
#[cfg(test)]
mod mapped;
#[cfg(test)]
mod report;
mod summary;
#[cfg(test)]
pub(super) mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};

use super::bundle::{self, Bundle};
use super::records::{RecordOptions, expect_read_twice, split, stop_of};
use super::words::{grouped, of};
use super::{Exit, Session, Stop, frontend};
use crate::diagnostic::Format;
use crate::input::Progress;
use crate::input::hash::sha256;
use crate::input::mapping::Mapping;
use crate::io::manifest::{HashedFile, sha256_of_file};
use crate::io::mapping::unit_warnings;
use crate::io::output::OutputKind;
use crate::io::screening::{Carry, Facts, Job, Page, Report, ScreenError, screen};
use crate::model::{FieldId, Model};
use crate::report::screening;
use crate::screen::{Engine, Keep, Options, Screener, Verify};
use summary::{as_json, in_words};

/// Screen a book of records with one policy or several
///
/// Reads CSV, TSV, JSON Lines (each also .gz, .zst), Parquet and Arrow IPC; many files, or a folder, are one book.
/// Paths of rule files and of folders with rule files are policies, all others are inputs; `-` is standard input.
/// Writes one decision a record to OUT, and OUT.manifest.json beside it; with --report also a page for people. Rows read are rows screened plus rows
/// rejected, always.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict screen policies/cn policies/us shipments.parquet -o decisions.parquet\n  interdict screen policies/us shipments.csv --map mapping.toml --keep all -o -\n  interdict screen policies/us shipments.csv --child components=components.csv --child components.parts=parts.csv -o decisions.csv\n  interdict screen policies/us shipments.csv -o decisions.csv --report report.html"
)]
pub struct Screen {
    /// Policies, then inputs
    #[arg(required = true, value_name = "POLICY… INPUT…")]
    paths: Vec<PathBuf>,
    /// Where decisions go: .csv, .jsonl, .parquet, .arrow, or - for CSV on standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format of OUT, where its name does not say it
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<OutputKind>,
    #[command(flatten)]
    records: RecordOptions,
    /// Which records are written
    #[arg(long, value_enum, default_value_t = KeepName::Flagged, value_name = "WHICH")]
    keep: KeepName,
    /// Which columns of the input stand before the decisions
    #[arg(long, value_enum, default_value_t = ColumnsName::Key, value_name = "WHICH")]
    columns: ColumnsName,
    /// Where rejected rows go [default: OUT.rejects.csv]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Write a page about the run as well: one HTML file with everything in it
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Stop, and write nothing, where more rows than this are rejected
    #[arg(long, value_name = "N")]
    max_rejects: Option<u64>,
    /// Reject every row whose key an earlier row has; the inputs are read twice, so they must be files
    #[arg(long)]
    unique_keys: bool,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// What judges: compiled code, the same plan in portable code, or the reference evaluator (slow)
    #[arg(long, value_enum, default_value_t = EngineName::Jit, value_name = "ENGINE")]
    engine: EngineName,
    /// How many records are judged a second time by the reference evaluator
    #[arg(long, value_enum, default_value_t = VerifyName::Sample, value_name = "WHICH")]
    verify: VerifyName,
    /// No progress bar
    #[arg(long)]
    no_progress: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KeepName {
    /// Records whose verdict is not the policy's `otherwise`, or could become worse than that if missing fields were
    /// filled in
    Flagged,
    /// All records
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ColumnsName {
    /// The key
    Key,
    /// All columns
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineName {
    /// Compiled code
    Jit,
    /// Portable code
    Portable,
    /// The reference evaluator
    Reference,
}

impl EngineName {
    pub(super) fn engine(self) -> Engine {
        match self {
            EngineName::Jit => Engine::Jit,
            EngineName::Portable => Engine::Portable,
            EngineName::Reference => Engine::Reference,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum VerifyName {
    /// Every record
    All,
    /// A fixed sample
    Sample,
    /// None
    None,
}

impl Screen {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let (policies, inputs) = split(&self.paths, "interdict screen POLICY INPUT -o OUT")?;
        if self.unique_keys && inputs.iter().any(|input| *input == *"-") {
            return Err(
                Stop::usage("standard input cannot be read twice, as --unique-keys asks")
                    .help("save it to a file and name the file"),
            );
        }
        let Some(model) = frontend::model(&policies, self.records.asked(), session)? else {
            return Ok(Exit::No);
        };
        let model = Arc::new(model);
        let mapping = self.records.mapping(&model)?;
        let options = Options {
            engine: self.engine.engine(),
            as_of: self.records.as_of,
            verify: match self.verify {
                VerifyName::All => Verify::All,
                VerifyName::Sample => Verify::Sample,
                VerifyName::None => Verify::None,
            },
        };
        let sources = Arc::clone(&model);
        let stop = |error: ScreenError| self.stop(error, &sources, &policies);
        let screener = Screener::new(model, options).map_err(|found| stop(found.into()))?;
        let screener = match self.report {
            Some(_) => screener.for_report(),
            None => screener,
        };
        expect_read_twice(&screener, &inputs)?;
        if let (_, Some(why)) = screener.engine() {
            session.say(&format!(
                "note: the portable engine runs, since compiled code could not: {why}"
            ))?;
        }
        let fields: Vec<FieldId> = screener.fields().into_iter().map(|(id, _)| id).collect();
        for warning in unit_warnings(&mapping, screener.model(), &fields) {
            session.say(&warning)?;
        }
        let job = self.job(&screener, &mapping, inputs)?;
        let facts = self.facts(screener.model())?;
        let bar = bar(session, self.no_progress);
        let result = screen(&job, facts, |progress, rows| advance(&bar, progress, rows));
        bar.finish_and_clear();
        let report = result.map_err(stop)?;
        self.say(session, &report)?;
        Ok(if report.rejected() > 0 {
            Exit::Rejects
        } else {
            Exit::Done
        })
    }

    /// Why nothing was written; for a fault of ours, with the bundle that shows it.
    fn stop(&self, error: ScreenError, model: &Model, policies: &[PathBuf]) -> Stop {
        let ScreenError::Fault(fault) = error else {
            return stop_of(error);
        };
        let bundle = Bundle {
            policies,
            sources: &model.sources,
            data: model.data_files(),
            mapping: self.records.map.as_deref(),
            options: self.records.words(),
            engine: value_name(self.engine),
        };
        let folder = bundle::place(&self.output);
        let shown = super::paths::shown(&folder);
        let help = match bundle.write(&fault, &folder) {
            Ok(()) => format!(
                "please report it with the folder {shown}, which shows it again; README.txt in it says how"
            ),
            Err(error) => format!(
                "please report it, with the policy and the record; the bundle {shown} could not be written: {error}"
            ),
        };
        stop_of(ScreenError::Fault(fault)).help(format!(
            "{help}\n  help: `--engine reference` screens without the engine at fault; it is slower"
        ))
    }

    fn job<'a>(
        &self,
        screener: &'a Screener,
        mapping: &'a Mapping,
        inputs: Vec<PathBuf>,
    ) -> Result<Job<'a>, Stop> {
        let to_standard_output = self.output == *"-";
        let kind = match self.output_format {
            Some(kind) => kind,
            None if to_standard_output => OutputKind::Csv,
            None => OutputKind::from_path(&self.output).map_err(|error| stop_of(error.into()))?,
        };
        let beside = (!to_standard_output).then(|| {
            let mut name = self.output.file_name().unwrap_or_default().to_owned();
            name.push(".rejects.csv");
            self.output.with_file_name(name)
        });
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let sources = screener.model().sources.iter();
        let policies = sources.map(|(_, file)| PathBuf::from(&file.name));
        let data = screener.model().data_files().into_iter();
        let data = data.map(|file| PathBuf::from(&*file.name));
        Ok(Job {
            screener,
            mapping,
            also_read: policies
                .chain(data)
                .chain(self.records.map.clone())
                .chain(self.records.child.iter().map(|(_, path)| path.clone()))
                .collect(),
            children: self.records.children(),
            child_memory: self.records.child_memory,
            inputs: inputs.iter().map(|path| self.records.input(path)).collect(),
            output: self.output.clone(),
            kind,
            keep: match self.keep {
                KeepName::Flagged => Keep::Flagged,
                KeepName::All => Keep::All,
            },
            carry: match self.columns {
                ColumnsName::Key => Carry::Key,
                ColumnsName::All => Carry::All,
            },
            rejects: self.rejects.clone().or(beside),
            page: self.report.clone().map(|place| Page {
                place,
                make: screening::page,
            }),
            max_rejects: self.max_rejects,
            unique_keys: self.unique_keys,
            threads: self.threads.map_or(processors, usize::from),
        })
    }

    /// What the manifest says of what was asked. Threads are left out: nothing depends on them.
    fn facts(&self, model: &Model) -> Result<Facts, Stop> {
        let hashed = |path: &PathBuf| -> Result<HashedFile, Stop> {
            let sha256 = sha256_of_file(path).map_err(|error| stop_of(error.into()))?;
            Ok(HashedFile {
                file: path.to_string_lossy().replace('\\', "/"),
                sha256,
            })
        };
        let mut options = Map::new();
        let mut say = |name: &str, value: Value| options.insert(name.to_owned(), value);
        if let Some(day) = self.records.as_of {
            say("as-of", day.to_string().into());
        }
        if let Some(day) = self.records.known_at {
            say("known-at", day.to_string().into());
        }
        if !self.records.params.is_empty() {
            let params = self
                .records
                .params
                .iter()
                .map(|(name, value)| (name.clone(), Value::from(value.clone())));
            say("param", Value::Object(params.collect()));
        }
        say("keep", value_name(self.keep).into());
        say("columns", value_name(self.columns).into());
        say("verify", value_name(self.verify).into());
        if self.unique_keys {
            say("unique-keys", true.into());
        }
        Ok(Facts {
            policies: model
                .sources
                .iter()
                .map(|(_, file)| HashedFile {
                    file: file.name.clone(),
                    sha256: sha256(file.text.as_bytes()),
                })
                .collect(),
            data: model
                .data_files()
                .into_iter()
                .map(|file| HashedFile {
                    file: file.name.to_string(),
                    sha256: file.sha256.to_string(),
                })
                .collect(),
            mapping: self.records.map.as_ref().map(hashed).transpose()?,
            options,
            engine: value_name(self.engine),
        })
    }

    fn say(&self, session: &mut Session<'_, '_>, report: &Report) -> Result<(), Stop> {
        if session.format() != Format::Human {
            let line =
                serde_json::to_string(&as_json(report)).expect("a summary has only text keys");
            return Ok(writeln!(session.err(), "{line}")?);
        }
        for line in in_words(report) {
            session.say(&line)?;
        }
        if self.output != *"-" {
            session.say(&format!(
                "wrote {} ({})",
                self.output.display(),
                of(report.kept, "row")
            ))?;
        }
        if let Some(rejects) = &report.rejects {
            let rejected = of(report.rejected(), "row");
            if *rejects != *"-" {
                session.say(&format!("wrote {} ({rejected})", rejects.display()))?;
            }
        } else if report.rejected() > 0 {
            session.say("note: rejected rows were not written; `--rejects FILE` says what is wrong with them")?;
        }
        if let Some(page) = report.page.as_deref().filter(|page| *page != "-") {
            session.say(&format!("wrote {}", page.display()))?;
        }
        Ok(())
    }
}

/// A bar on standard error, where that is a terminal.
pub(super) fn bar(session: &Session<'_, '_>, hidden: bool) -> ProgressBar {
    if hidden || !session.progress() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let style = "{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left";
    bar.set_style(ProgressStyle::with_template(style).expect("the template is in order"));
    bar
}

fn value_name(value: impl ValueEnum) -> String {
    value
        .to_possible_value()
        .expect("no value is hidden")
        .get_name()
        .to_owned()
}

pub(super) fn advance(bar: &ProgressBar, progress: Progress, seen: u64) {
    if let Some(total) = progress.total {
        bar.set_length(total);
    }
    bar.set_position(progress.done);
    let seconds = bar.elapsed().as_secs_f64().max(0.001);
    bar.set_message(format!(
        "{}, {}/s",
        of(seen, "row"),
        grouped((seen as f64 / seconds) as u64)
    ));
}
