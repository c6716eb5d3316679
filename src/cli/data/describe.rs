//! `interdict data describe`: an input's columns against a policy.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::cli::frontend::Asked;
use crate::cli::records::{child, children_of, mapping_from, stop_of};
use crate::cli::words::{grouped, of};
use crate::cli::{Exit, Session, Stop, frontend};
use crate::diagnostic::Format;
use crate::input::{InputSpec, Kind};
use crate::io::describe::{Describe, DescribeError, Description, FieldFacts, Found, describe};
use crate::io::mapping::unit_warnings;
use crate::model::FieldId;
use crate::screen::{Engine, Options, Screener};

/// Describe an input's columns against what a policy reads
///
/// For each field that the policy reads: the column, what is missing, what cannot be read and what was expected, the
/// smallest and largest value; then columns no rule reads, and settings of a mapping file that would help.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict data describe shipments.csv --policy policies/us\n  interdict data describe shipments.csv --policy policies/cn --policy policies/us --map mapping.toml\n  interdict data describe shipments.csv --child components=components.csv --policy policies/us"
)]
pub struct DescribeData {
    /// Record files, or folders with record files
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// A policy that is to screen them; may be repeated
    #[arg(long, required = true, num_args = 1.., value_name = "POLICY")]
    policy: Vec<PathBuf>,
    /// A table of the elements of a list, joined by the records' key: components=FILE; may be repeated
    #[arg(long = "child", value_name = "LIST=FILE", value_parser = child)]
    child: Vec<(String, PathBuf)>,
    /// How the data spells what the record asks for; see docs/mapping.md
    #[arg(long, value_name = "FILE.toml")]
    map: Option<PathBuf>,
    /// The format of the inputs, where their names do not say it: csv, tsv, jsonl (with .gz or .zst), parquet, arrow
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<Kind>,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl DescribeData {
    pub(in crate::cli) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let Some(model) = frontend::model(&self.policy, Asked::default(), session)? else {
            return Ok(Exit::No);
        };
        let mapping = mapping_from(self.map.as_deref(), &model)?;
        let options = Options {
            engine: Engine::Portable,
            ..Options::default()
        };
        let screener =
            Screener::new(Arc::new(model), options).map_err(|found| stop_of(found.into()))?;
        let fields: Vec<FieldId> = screener.fields().into_iter().map(|(id, _)| id).collect();
        for warning in unit_warnings(&mapping, screener.model(), &fields) {
            session.say(&warning)?;
        }
        let inputs: Vec<InputSpec> = self
            .inputs
            .iter()
            .map(|path| match self.input_format {
                Some(kind) => InputSpec::with_kind(path, kind),
                None => InputSpec::new(path),
            })
            .collect();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let job = Describe {
            model: screener.model(),
            fields: &fields,
            mapping: &mapping,
            inputs: &inputs,
            children: &children_of(&self.child, self.input_format),
            threads: self.threads.map_or(processors, usize::from),
        };
        let found = describe(&job, |_| ()).map_err(stop)?;
        match session.format() {
            Format::Human => session.out().write_all(in_words(&found).as_bytes())?,
            Format::Json | Format::Github | Format::Sarif => {
                let line = serde_json::to_string(&found).expect("a description has only text keys");
                writeln!(session.out(), "{line}")?;
            }
        }
        Ok(Exit::Done)
    }
}

fn stop(error: DescribeError) -> Stop {
    match error {
        DescribeError::Input(error) => stop_of(error.into()),
        DescribeError::Mapping { .. } => Stop::new(Exit::Unreadable, error.to_string()),
    }
}

fn in_words(found: &Description) -> String {
    let rows = of(found.rows, "row");
    let mut lines = vec![format!("{}: {rows}", found.files.join(", "))];
    if found.broken_rows > 0 {
        lines.push(format!(
            "{} no records, such as",
            are(found.broken_rows, "row")
        ));
        lines.extend(found.broken.iter().map(|row| format!("  {row}")));
    }
    for child in &found.children {
        let (file, list, rows) = (&child.file, &child.list, of(child.rows, "row"));
        lines.push(match child.orphans {
            0 => format!("{file}: {rows} of `{list}`, each of a record"),
            orphans => format!(
                "{file}: {rows} of `{list}`; the key of {} is that of no record",
                grouped(orphans)
            ),
        });
    }
    lines.push(String::new());
    table(&found.fields, &mut lines);
    unreadable(found, &mut lines);
    let is_whole = |facts: &&FieldFacts| matches!(facts.found, Found::Column(_) | Found::LeftOut);
    let orphans = found.children.iter().any(|child| child.orphans > 0);
    let lacking = found.fields.iter().filter(|facts| !is_whole(facts)).count();
    if found.broken_rows == 0
        && !orphans
        && lacking == 0
        && found.fields.iter().all(|facts| !rejects(facts))
    {
        lines.push(String::new());
        lines.push("every row can be screened".to_owned());
    }
    if lacking > 0 {
        lines.push(String::new());
        lines.push("`screen` stops where a column is not there or cannot be read: say in a mapping file which column holds the field".to_owned());
    }
    if !found.unread_columns.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "columns that no rule reads, so that nothing in them is checked: {}",
            found.unread_columns.join(", ")
        ));
    }
    if !found.suggestion.is_empty() {
        lines.push(String::new());
        lines.push(
            "settings of a mapping file that would help, if they say what the data means:"
                .to_owned(),
        );
        lines.push(String::new());
        lines.extend(found.suggestion.lines().map(|line| format!("  {line}")));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Whether rows are rejected for this field.
fn rejects(facts: &FieldFacts) -> bool {
    facts.unreadable > 0 || (facts.missing > 0 && !facts.optional)
}

/// `1 row is`, `2 rows are`.
fn are(number: u64, thing: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", of(number, thing))
}

/// One line a field.
fn table(fields: &[FieldFacts], lines: &mut Vec<String>) {
    let header = [
        "field",
        "column",
        "missing",
        "unreadable",
        "different",
        "range, or values that occur most",
    ]
    .map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(header)
        .chain(fields.iter().map(cells))
        .collect();
    let widths: Vec<usize> = (0..6)
        .map(|at| {
            rows.iter()
                .map(|row| row[at].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in rows {
        let [field, column, missing, unreadable, values, last] = row;
        let line = format!(
            "{field:a$}  {column:b$}  {missing:>c$}  {unreadable:>d$}  {values:>e$}  {last}",
            a = widths[0],
            b = widths[1],
            c = widths[2],
            d = widths[3],
            e = widths[4],
        );
        lines.push(line.trim_end().to_owned());
    }
}

fn cells(facts: &FieldFacts) -> [String; 6] {
    let name = facts.column.clone().unwrap_or_default();
    let column = match &facts.found {
        Found::Column(types) => format!("{name} ({})", types.join(", ")),
        Found::Absent {
            nearest: Some(near),
            ..
        } => format!("{name}: not there; `{near}`?"),
        Found::Absent { nearest: None, .. } => format!("{name}: not there"),
        Found::LeftOut => "none, says the mapping".to_owned(),
        Found::WrongType { found, wants } => format!("{name}: {found}, where {wants} would do"),
    };
    let last = match (&facts.smallest, &facts.largest) {
        (Some(smallest), Some(largest)) => format!("{smallest} to {largest}"),
        _ => {
            let once = facts.common.iter().all(|(_, rows)| *rows == 1);
            let common = facts.common.iter().map(|(value, rows)| match once {
                true => value.clone(),
                false => format!("{value} ({})", grouped(*rows)),
            });
            let common = common.collect::<Vec<_>>().join(", ");
            match once && facts.distinct.is_some_and(|count| count > 1) {
                true => format!("each once, such as {common}"),
                false => common,
            }
        }
    };
    let required = if facts.optional { "?" } else { "" };
    [
        format!("{} : {}{required}", facts.field, facts.r#type),
        column,
        grouped(facts.missing),
        grouped(facts.unreadable),
        facts.distinct.map_or_else(|| "many".to_owned(), grouped),
        last,
    ]
}

fn unreadable(found: &Description, lines: &mut Vec<String>) {
    for facts in found.fields.iter().filter(|facts| rejects(facts)) {
        let is_there = matches!(facts.found, Found::Column(_));
        if facts.missing > 0 && !facts.optional && is_there {
            lines.push(String::new());
            lines.push(format!(
                "{}: {} rejected for lack of it; only a field with `?` may be missing",
                facts.field,
                are(facts.missing, "row")
            ));
        }
        if facts.unreadable == 0 {
            continue;
        }
        lines.push(String::new());
        lines.push(format!(
            "{}: {} cannot be read; expected {}",
            facts.field,
            of(facts.unreadable, "value"),
            facts.expected
        ));
        for example in &facts.examples {
            let file = match found.files.len() {
                0 | 1 => String::new(),
                _ => format!(" of {}", found.files[example.first.file]),
            };
            let rows = of(example.rows, "row");
            let (text, first) = (&example.text, example.first.row);
            lines.push(match example.rows {
                1 => format!("  `{text}` in row {first}{file}"),
                _ => format!("  `{text}` in {rows}, first in row {first}{file}"),
            });
        }
    }
}
