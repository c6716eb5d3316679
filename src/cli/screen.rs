//! `interdict screen`: the main job.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};

use super::{Exit, Session, Stop, frontend};
use crate::diagnostic::Format;
use crate::domain::Day;
use crate::io::input::{InputSpec, Kind, Progress};
use crate::io::manifest::{HashedFile, sha256, sha256_of_file};
use crate::io::mapping::{check_fields, read_mapping};
use crate::io::output::OutputKind;
use crate::io::screening::{Carry, Facts, Job, Report, ScreenError, screen};
use crate::model::Model;
use crate::screen::mapping::Mapping;
use crate::screen::{Engine, Keep, Options, Screener, Summary, Verify};

/// Screen a book of records with one policy or several
///
/// Reads CSV, TSV, JSON Lines (each also .gz, .zst), Parquet and Arrow IPC; many files, or a folder, are one book.
/// Paths of rule files and of folders with rule files are policies, all others are inputs; `-` is standard input.
/// Writes one decision a record to OUT, and OUT.manifest.json beside it. Rows read are rows screened plus rows
/// rejected, always.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict screen policies/cn policies/us shipments.parquet -o decisions.parquet\n  interdict screen policies/us shipments.csv --map mapping.toml --keep all -o -"
)]
pub struct Screen {
    /// Policies, then inputs
    #[arg(required = true, num_args = 2.., value_name = "POLICY… INPUT")]
    paths: Vec<PathBuf>,
    /// Where decisions go: .csv, .jsonl, .parquet, .arrow, or - for CSV on standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format of OUT, where its name does not say it
    #[arg(long, value_name = "FORMAT")]
    output_format: Option<OutputKind>,
    /// The format of the inputs, where their names do not say it: csv, tsv, jsonl (with .gz or .zst), parquet, arrow
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<Kind>,
    /// How the data spells what the record asks for; see docs/mapping.md
    #[arg(long, value_name = "FILE.toml")]
    map: Option<PathBuf>,
    /// Judge every record by the law of this day instead of its own
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Day>,
    /// Give a param another value for this run; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    params: Vec<(String, String)>,
    /// Which records are written
    #[arg(long, value_enum, default_value_t = KeepName::Flagged, value_name = "WHICH")]
    keep: KeepName,
    /// Which columns of the input stand before the decisions
    #[arg(long, value_enum, default_value_t = ColumnsName::Key, value_name = "WHICH")]
    columns: ColumnsName,
    /// Where rejected rows go [default: OUT.rejects.csv]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Stop, and write nothing, where more rows than this are rejected
    #[arg(long, value_name = "N")]
    max_rejects: Option<u64>,
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
    /// Records whose verdict is not the policy's `otherwise`
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
enum EngineName {
    /// Compiled code
    Jit,
    /// Portable code
    Portable,
    /// The reference evaluator
    Reference,
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

fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).map_err(|error| error.to_string())
}

fn param(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err("write NAME=VALUE, such as de_minimis=10%".to_owned()),
    }
}

impl Screen {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let (policies, inputs) = self.split()?;
        let Some(model) = frontend::model(&policies, &self.params, session)? else {
            return Ok(Exit::No);
        };
        let model = Arc::new(model);
        let mapping = self.mapping(&model)?;
        let options = Options {
            engine: match self.engine {
                EngineName::Jit => Engine::Jit,
                EngineName::Portable => Engine::Portable,
                EngineName::Reference => Engine::Reference,
            },
            as_of: self.as_of,
            verify: match self.verify {
                VerifyName::All => Verify::All,
                VerifyName::Sample => Verify::Sample,
                VerifyName::None => Verify::None,
            },
        };
        let screener = Screener::new(model, options)
            .map_err(|found| stop_of(ScreenError::Disagreement(Box::new(found))))?;
        if let (_, Some(why)) = screener.engine() {
            session.say(&format!(
                "note: the portable engine runs, since compiled code could not: {why}"
            ))?;
        }
        let job = self.job(&screener, &mapping, inputs)?;
        let facts = self.facts(screener.model())?;
        let bar = self.bar(session);
        let result = screen(&job, facts, |progress, rows| advance(&bar, progress, rows));
        bar.finish_and_clear();
        let report = result.map_err(stop_of)?;
        self.say(session, &report)?;
        Ok(if report.summary.rejected > 0 {
            Exit::Rejects
        } else {
            Exit::Done
        })
    }

    /// Policies are what holds rule files; the rest are inputs.
    fn split(&self) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Stop> {
        let is_policy = |path: &&PathBuf| {
            let named = path
                .extension()
                .is_some_and(|extension| extension == "interdict");
            named || (path.is_dir() && holds_rule_files(path))
        };
        let (policies, inputs): (Vec<&PathBuf>, Vec<&PathBuf>) =
            self.paths.iter().partition(|path| is_policy(path));
        if policies.is_empty() {
            let first = self.paths[0].display();
            return Err(Stop::usage(format!(
                "no policy is named: {first} is no rule file and no folder with rule files"
            ))
            .help("name the policy first, then the input: interdict screen POLICY INPUT -o OUT"));
        }
        if inputs.is_empty() {
            return Err(Stop::usage("no input is named: all paths are policies")
                .help("name a record file, a folder with record files, or - for standard input"));
        }
        let owned = |paths: Vec<&PathBuf>| paths.into_iter().cloned().collect();
        Ok((owned(policies), owned(inputs)))
    }

    fn mapping(&self, model: &Model) -> Result<Mapping, Stop> {
        let Some(path) = &self.map else {
            return Ok(Mapping::default());
        };
        let mapping = read_mapping(path).map_err(|error| stop_of(error.into()))?;
        let fields: Vec<&str> = model
            .record
            .fields
            .values()
            .map(|field| field.name.as_ref())
            .collect();
        check_fields(&mapping, &path.to_string_lossy(), &fields)
            .map_err(|error| stop_of(error.into()))?;
        Ok(mapping)
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
        let input = |path: PathBuf| match self.input_format {
            Some(kind) => InputSpec::with_kind(path, kind),
            None => InputSpec::new(path),
        };
        let beside = (!to_standard_output).then(|| {
            let mut name = self.output.file_name().unwrap_or_default().to_owned();
            name.push(".rejects.csv");
            self.output.with_file_name(name)
        });
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Job {
            screener,
            mapping,
            inputs: inputs.into_iter().map(input).collect(),
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
            max_rejects: self.max_rejects,
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
        if let Some(day) = self.as_of {
            say("as-of", day.to_string().into());
        }
        if !self.params.is_empty() {
            let params = self
                .params
                .iter()
                .map(|(name, value)| (name.clone(), Value::from(value.clone())));
            say("param", Value::Object(params.collect()));
        }
        say("keep", value_name(self.keep).into());
        say("columns", value_name(self.columns).into());
        say("verify", value_name(self.verify).into());
        Ok(Facts {
            policies: model
                .sources
                .iter()
                .map(|(_, file)| HashedFile {
                    file: file.name.clone(),
                    sha256: sha256(file.text.as_bytes()),
                })
                .collect(),
            mapping: self.map.as_ref().map(hashed).transpose()?,
            options,
            engine: value_name(self.engine),
        })
    }

    fn bar(&self, session: &Session<'_, '_>) -> ProgressBar {
        if self.no_progress || !session.progress() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(0);
        let style = "{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left";
        bar.set_style(ProgressStyle::with_template(style).expect("the template is in order"));
        bar
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
                "wrote {} ({} rows)",
                self.output.display(),
                grouped(report.kept)
            ))?;
        }
        if let Some(rejects) = &report.rejects {
            session.say(&format!(
                "wrote {} ({} rows)",
                rejects.display(),
                grouped(report.summary.rejected)
            ))?;
        }
        Ok(())
    }
}

fn value_name(value: impl ValueEnum) -> String {
    value
        .to_possible_value()
        .expect("no value is hidden")
        .get_name()
        .to_owned()
}

fn holds_rule_files(folder: &PathBuf) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "interdict")
    })
}

fn advance(bar: &ProgressBar, progress: Progress, rows: u64) {
    if let Some(total) = progress.total {
        bar.set_length(total);
    }
    bar.set_position(progress.done);
    let seconds = bar.elapsed().as_secs_f64().max(0.001);
    bar.set_message(format!(
        "{} rows, {}/s",
        grouped(rows),
        grouped((rows as f64 / seconds) as u64)
    ));
}

/// Why nothing was written, with the status that says so.
fn stop_of(error: ScreenError) -> Stop {
    let exit = match &error {
        ScreenError::Input(error) => by_status(error.status()),
        ScreenError::Output(error) => by_status(error.status()),
        ScreenError::Columns { .. }
        | ScreenError::Carried(_)
        | ScreenError::Clash(_)
        | ScreenError::TooManyRejects { .. } => Exit::Unreadable,
        ScreenError::Disagreement(_) => Exit::Fault,
    };
    if is_closed_pipe(&error) {
        return Stop::told(Exit::Io);
    }
    let text = match &error {
        ScreenError::Disagreement(found) => {
            format!(
                "a fault in Interdict: two of its engines disagree; nothing was written\n{found}"
            )
        }
        _ => error.to_string(),
    };
    match text.split_once("\n  help: ") {
        Some((message, help)) => Stop::new(exit, message).help(help),
        None => Stop::new(exit, text),
    }
}

fn is_closed_pipe(error: &ScreenError) -> bool {
    use crate::io::OutputError;
    matches!(error, ScreenError::Output(OutputError::Io { source, .. }) if source.kind() == std::io::ErrorKind::BrokenPipe)
}

fn by_status(status: u8) -> Exit {
    match status {
        2 => Exit::Usage,
        65 => Exit::Unreadable,
        70 => Exit::Fault,
        _ => Exit::Io,
    }
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The summary as lines: rows, verdicts, rules, missing fields.
fn in_words(report: &Report) -> Vec<String> {
    let summary = &report.summary;
    let mut lines = vec![format!(
        "{} rows read: {} screened, {} rejected",
        grouped(summary.screened + summary.rejected),
        grouped(summary.screened),
        grouped(summary.rejected)
    )];
    for (file, notes) in &report.inputs {
        if notes.unterminated_last_line {
            lines.push(format!(
                "note: the last line of {file} has no line end; it was read like any other"
            ));
        }
        for column in &notes.absent_columns {
            lines.push(format!(
                "note: {file} has no column `{column}`; the field is missing in every record"
            ));
        }
    }
    verdict_lines(summary, &mut lines);
    rule_lines(summary, &mut lines);
    missing_lines(summary, &mut lines);
    lines
}

fn verdict_lines(summary: &Summary, lines: &mut Vec<String>) {
    let width = summary
        .verdicts
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    lines.push("verdicts".to_owned());
    for (name, count) in &summary.verdicts {
        lines.push(format!("  {name:width$}  {:>12}", grouped(*count)));
    }
}

fn rule_lines(summary: &Summary, lines: &mut Vec<String>) {
    let rules: Vec<_> = summary
        .rules
        .iter()
        .filter(|rule| rule.applies + rule.open + rule.stopped > 0)
        .collect();
    if rules.is_empty() {
        return;
    }
    let width = rules
        .iter()
        .map(|rule| rule.rule.len())
        .max()
        .unwrap_or(0)
        .max(5);
    lines.push(format!(
        "{:width$}    {:>12}  {:>12}  {:>12}",
        "rules", "apply", "open", "stopped"
    ));
    for rule in &rules {
        lines.push(format!(
            "  {:width$}  {:>12}  {:>12}  {:>12}",
            rule.rule,
            grouped(rule.applies),
            grouped(rule.open),
            grouped(rule.stopped)
        ));
    }
    let silent = summary.rules.len() - rules.len();
    if silent > 0 {
        lines.push(format!("  and {silent} more that concern no record"));
    }
}

/// Missing fields shown at most.
const MAX_MISSING: usize = 10;

fn missing_lines(summary: &Summary, lines: &mut Vec<String>) {
    if summary.missing.is_empty() {
        return;
    }
    let width = summary
        .missing
        .iter()
        .map(|field| field.field.len())
        .max()
        .unwrap_or(0);
    lines.push(format!(
        "{} records are open for lack of",
        grouped(summary.open)
    ));
    for field in summary.missing.iter().take(MAX_MISSING) {
        lines.push(format!(
            "  {:width$}  {:>12} records; it alone would settle {}",
            field.field,
            grouped(field.records),
            grouped(field.alone)
        ));
    }
    if summary.missing.len() > MAX_MISSING {
        lines.push(format!(
            "  and {} more fields",
            summary.missing.len() - MAX_MISSING
        ));
    }
}

fn as_json(report: &Report) -> Value {
    let summary = &report.summary;
    serde_json::json!({
        "read": summary.screened + summary.rejected,
        "screened": summary.screened,
        "rejected": summary.rejected,
        "flagged": summary.flagged,
        "open": summary.open,
        "settled": summary.settled,
        "kept": report.kept,
        "verdicts": summary.verdicts.iter().map(|(name, count)| (name.clone(), Value::from(*count))).collect::<Map<_, _>>(),
        "rules": summary.rules.iter().map(|rule| serde_json::json!({
            "rule": rule.rule, "applies": rule.applies, "open": rule.open, "stopped": rule.stopped,
        })).collect::<Vec<_>>(),
        "missing": summary.missing.iter().map(|field| serde_json::json!({
            "field": field.field, "records": field.records, "alone": field.alone,
        })).collect::<Vec<_>>(),
    })
}
