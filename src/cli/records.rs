//! What commands that judge records share: which paths are policies and which inputs, how the data is read.

use std::path::{Path, PathBuf};

use clap::Args;

use super::frontend::Asked;
use super::{Exit, Stop};
use crate::domain::Day;
use crate::input::mapping::Mapping;
use crate::input::{InputSpec, Kind};
use crate::io::children::{self, ChildSpec};
use crate::io::mapping::{check_fields, read_mapping};
use crate::io::screening::{Fault, ScreenError};
use crate::model::Model;
use crate::screen::Screener;

/// Options about the data and the law that it is judged by.
#[derive(Args, Debug)]
pub struct RecordOptions {
    /// The format of the inputs, where their names do not say it: csv, tsv, jsonl (with .gz or .zst), parquet, arrow
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<Kind>,
    /// A table of the elements of a list, joined by the records' key: components=FILE, components.parts=FILE; may be repeated
    #[arg(long = "child", value_name = "LIST=FILE", value_parser = child)]
    pub child: Vec<(String, PathBuf)>,
    /// Bytes of child rows kept in memory
    #[arg(long, hide = true, value_name = "BYTES", default_value_t = children::MEMORY)]
    pub child_memory: usize,
    /// How the data spells what the record asks for; see docs/mapping.md
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// Judge every record by the law of this day instead of its own
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<Day>,
    /// Leave out rows of lists that were recorded after this day, where a list says when
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub known_at: Option<Day>,
    /// Give a param another value for this run; may be repeated
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    pub params: Vec<(String, String)>,
}

pub(super) fn day(text: &str) -> Result<Day, String> {
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

pub(super) fn child(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((list, file)) if !list.is_empty() && !file.is_empty() => {
            Ok((list.trim().to_owned(), PathBuf::from(file)))
        }
        _ => Err("write LIST=FILE, such as components=components.csv".to_owned()),
    }
}

/// Refuses standard input where aggregates have to be worked out before the first record is judged.
pub(super) fn expect_read_twice(screener: &Screener, inputs: &[PathBuf]) -> Result<(), Stop> {
    let model = screener.model();
    let first = screener.asked_totals().list().first();
    let Some(asked) = first.filter(|_| inputs.iter().any(|input| *input == *"-")) else {
        return Ok(());
    };
    let name = &model.totals[asked.total].name;
    let what = format!("standard input cannot be read twice, as the aggregate `{name}` asks");
    Err(Stop::usage(what).help("save it to a file and name the file"))
}

/// The child tables asked for; where a name does not say its format, it is `format`.
pub(super) fn children_of(asked: &[(String, PathBuf)], format: Option<Kind>) -> Vec<ChildSpec> {
    let spec = |(list, path): &(String, PathBuf)| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let input = match (Kind::from_name(&name), format) {
            (None, Some(kind)) => InputSpec::with_kind(path, kind),
            (Some(_), _) | (None, None) => InputSpec::new(path),
        };
        ChildSpec {
            list: list.clone(),
            input,
        }
    };
    asked.iter().map(spec).collect()
}

impl RecordOptions {
    /// The child tables asked for.
    pub fn children(&self) -> Vec<ChildSpec> {
        children_of(&self.child, self.input_format)
    }

    /// An input with the format asked for.
    pub fn input(&self, path: &Path) -> InputSpec {
        match self.input_format {
            Some(kind) => InputSpec::with_kind(path, kind),
            None => InputSpec::new(path),
        }
    }

    /// What is asked of the policies.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            params: &self.params,
            known_at: self.known_at,
        }
    }

    /// The options that a verdict depends on, word by word.
    pub fn words(&self) -> Vec<String> {
        let as_of = self
            .as_of
            .iter()
            .flat_map(|day| ["--as-of".to_owned(), day.to_string()]);
        let known_at = self
            .known_at
            .iter()
            .flat_map(|day| ["--known-at".to_owned(), day.to_string()]);
        let params = self.params.iter();
        let params =
            params.flat_map(|(name, value)| ["--param".to_owned(), format!("{name}={value}")]);
        as_of.chain(known_at).chain(params).collect()
    }

    /// The mapping asked for.
    pub fn mapping(&self, model: &Model) -> Result<Mapping, Stop> {
        mapping_from(self.map.as_deref(), model)
    }
}

/// The mapping at `map`; where there is none, nothing is mapped.
pub(super) fn mapping_from(map: Option<&Path>, model: &Model) -> Result<Mapping, Stop> {
    let Some(path) = map else {
        return Ok(Mapping::default());
    };
    let mapping = read_mapping(path).map_err(|error| stop_of(error.into()))?;
    check_fields(&mapping, &path.to_string_lossy(), model)
        .map_err(|error| stop_of(error.into()))?;
    Ok(mapping)
}

/// Policies are what holds rule files; the rest are inputs. `usage` is how the command is written.
pub(super) fn split(paths: &[PathBuf], usage: &str) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Stop> {
    let is_policy = |path: &PathBuf| {
        let named = path
            .extension()
            .is_some_and(|extension| extension == "interdict");
        named || (path.is_dir() && holds_rule_files(path))
    };
    let (policies, inputs): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(is_policy);
    if policies.is_empty() {
        let first = paths.first().map(PathBuf::as_path);
        let first = first.unwrap_or_else(|| Path::new(""));
        let what = match first.exists() {
            true => "is no rule file and no folder with rule files",
            false => "is not there",
        };
        let message = format!("no policy is named: {} {what}", first.display());
        return Err(
            Stop::usage(message).help(format!("name the policy first, then the input: {usage}"))
        );
    }
    if inputs.is_empty() {
        return Err(Stop::usage("no input is named: all paths are policies")
            .help("name a record file, a folder with record files, or - for standard input"));
    }
    Ok((policies, inputs))
}

fn holds_rule_files(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "interdict")
    })
}

/// Why nothing was written, with the status that says so.
pub(super) fn stop_of(error: ScreenError) -> Stop {
    let exit = match &error {
        ScreenError::Input(error) => by_status(error.status()),
        ScreenError::Output(error) => by_status(error.status()),
        ScreenError::Columns { .. }
        | ScreenError::Carried(_)
        | ScreenError::Clash(_)
        | ScreenError::TooManyRejects { .. } => Exit::Unreadable,
        ScreenError::Fault(_) => Exit::Fault,
    };
    if is_closed_pipe(&error) {
        return Stop::told(Exit::Io);
    }
    let text = match &error {
        ScreenError::Fault(fault) => disagreement(fault),
        _ => error.to_string(),
    };
    match text.split_once("\n  help: ") {
        Some((message, help)) => Stop::new(exit, message).help(help),
        None => Stop::new(exit, text),
    }
}

/// Two engines disagree.
fn disagreement(fault: &Fault) -> String {
    let place = match &fault.row {
        Some(row) => format!(" on row {} of {}", row.row, row.file),
        None => String::new(),
    };
    let found = fault.found.to_string();
    format!(
        "a fault in Interdict: two of its engines disagree{place}; no decision was written\n{}",
        found.trim_end()
    )
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
