//! `interdict diff`: what a change of policies does to every record of a book.

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::records::{RecordOptions, expect_read_twice, split, stop_of};
use super::screen::{EngineName, advance, bar};
use super::words::{grouped, of};
use super::{Exit, Session, Stop, frontend};
use crate::diagnostic::Format;
use crate::io::diffing::{DiffJob, Difference, RuleChange, Side, Telling, diff, same_record};
use crate::io::output::OutputKind;
use crate::model::print::value;
use crate::model::{List, Model};
use crate::screen::{Options, Screener, Verify};

/// Keys of lists shown at most.
const MAX_KEYS: usize = 10;

/// Say what a change of policies does to every record of a book
///
/// OLD and NEW are policies, or a version of one and another; --old and --new add further ones to their sides. Both judge each
/// record, and what comes to something else is counted: verdicts from and to, rules that apply or are open now and before, and
/// records that show it. -o writes every changed record. Status 1 says that something changed.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict diff policies/us policies/us_next shipments.parquet\n  interdict diff old/us new/us shipments.csv -o changed.csv\n\nExit status:\n  0  nothing changed\n  1  some records come to something else\n  3  nothing changed, but some rows cannot be read"
)]
pub struct Diff {
    /// The old policy, the new one, then inputs
    #[arg(required = true, value_name = "OLD NEW INPUT…")]
    paths: Vec<PathBuf>,
    /// A further policy of the old side; may be repeated
    #[arg(long, value_name = "POLICY")]
    old: Vec<PathBuf>,
    /// A further policy of the new side; may be repeated
    #[arg(long, value_name = "POLICY")]
    new: Vec<PathBuf>,
    /// Where changed records go: .csv, .jsonl, .parquet, .arrow, or - for CSV on standard output in place of the summary
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// The format of OUT, where its name does not say it
    #[arg(long, value_name = "FORMAT", requires = "output")]
    output_format: Option<OutputKind>,
    #[command(flatten)]
    records: RecordOptions,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// What judges: compiled code, the same plan in portable code, or the reference evaluator (slow)
    #[arg(long, value_enum, default_value_t = EngineName::Jit, value_name = "ENGINE")]
    engine: EngineName,
    /// No progress bar
    #[arg(long)]
    no_progress: bool,
}

/// The keys that came into a list and went out of it.
struct ListChange {
    list: String,
    came: Vec<String>,
    went: Vec<String>,
}

impl Diff {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let (policies, inputs) = split(&self.paths, "interdict diff OLD NEW INPUT")?;
        let [old, new] = policies.as_slice() else {
            let message = format!(
                "an old and a new policy are compared, and {} is named",
                policies.len()
            );
            return Err(Stop::usage(message).help(
                "name both before the inputs, and further ones of a side with --old and --new",
            ));
        };
        let side = |first: &PathBuf, more: &[PathBuf]| [std::slice::from_ref(first), more].concat();
        let Some(old) = frontend::model(&side(old, &self.old), self.records.asked(), session)?
        else {
            return Ok(Exit::No);
        };
        let Some(new) = frontend::model(&side(new, &self.new), self.records.asked(), session)?
        else {
            return Ok(Exit::No);
        };
        same_record(&old, &new).map_err(|why| {
            Stop::new(Exit::No, format!("the two sides are not about the same record: {why}"))
                .help("give both the same record; what a new field changes is seen where the old side has it as well")
        })?;
        let lists = list_changes(&old, &new);
        let [old, new] = [Arc::new(old), Arc::new(new)];
        let mappings = [self.records.mapping(&old)?, self.records.mapping(&new)?];
        let screeners = [self.screener(&old)?, self.screener(&new)?];
        screeners
            .iter()
            .try_for_each(|screener| expect_read_twice(screener, &inputs))?;
        let job = self.job(&screeners, &mappings, &inputs)?;
        let bar = bar(session, self.no_progress);
        let result = diff(&job, |progress, rows| advance(&bar, progress, rows));
        bar.finish_and_clear();
        let found = result.map_err(stop_of)?;
        if self.output.as_deref() != Some("-".as_ref()) {
            let text = match session.format() {
                Format::Human => in_words(&found, &lists),
                _ => format!("{}\n", as_json(&found, &lists)),
            };
            session.out().write_all(text.as_bytes())?;
        }
        if let Some(output) = self.output.as_ref().filter(|output| **output != *"-") {
            session.say(&format!(
                "wrote {} ({})",
                output.display(),
                of(found.changed, "row")
            ))?;
        }
        Ok(match (found.changed, found.rejected) {
            (0, 0) => Exit::Done,
            (0, _) => Exit::Rejects,
            (_, _) => Exit::No,
        })
    }

    fn screener(&self, model: &Arc<Model>) -> Result<Screener, Stop> {
        let options = Options {
            engine: self.engine.engine(),
            as_of: self.records.as_of,
            verify: Verify::Sample,
        };
        let screener = Screener::new(Arc::clone(model), options);
        screener.map_err(|found| stop_of(found.into()))
    }

    fn job<'a>(
        &self,
        screeners: &'a [Screener; 2],
        mappings: &'a [crate::input::mapping::Mapping; 2],
        inputs: &[PathBuf],
    ) -> Result<DiffJob<'a>, Stop> {
        let output = match &self.output {
            None => None,
            Some(place) => {
                let kind = match self.output_format {
                    Some(kind) => kind,
                    None if *place == *"-" => OutputKind::Csv,
                    None => OutputKind::from_path(place).map_err(|error| stop_of(error.into()))?,
                };
                Some((place.clone(), kind))
            }
        };
        let models = screeners.iter().map(Screener::model);
        let read = models.flat_map(|model| {
            let sources = model.sources.iter();
            let sources = sources.map(|(_, file)| PathBuf::from(&file.name));
            let data = model.data_files().into_iter();
            sources.chain(data.map(|file| PathBuf::from(&*file.name)))
        });
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let side = |at: usize| Side {
            screener: &screeners[at],
            mapping: &mappings[at],
        };
        Ok(DiffJob {
            also_read: read
                .chain(self.records.map.clone())
                .chain(self.records.child.iter().map(|(_, path)| path.clone()))
                .collect(),
            old: side(0),
            new: side(1),
            inputs: inputs.iter().map(|path| self.records.input(path)).collect(),
            children: self.records.children(),
            child_memory: self.records.child_memory,
            output,
            threads: self.threads.map_or(processors, usize::from),
        })
    }
}

/// For lists of one name on both sides, the keys of rows that only one of them has.
fn list_changes(old: &Model, new: &Model) -> Vec<ListChange> {
    let keys = |model: &Model, list: &List| -> std::collections::BTreeSet<String> {
        let ty = list.head.columns[list.head.key()].ty;
        let rows = list.rows().iter();
        rows.map(|row| value(model, ty, list.key(row))).collect()
    };
    let mut changes = Vec::new();
    for list in old.lists.values() {
        let mut others = new.lists.values();
        let Some(other) = others.find(|other| other.head.name == list.head.name) else {
            continue;
        };
        let (before, after) = (keys(old, list), keys(new, other));
        let came: Vec<String> = after.difference(&before).cloned().collect();
        let went: Vec<String> = before.difference(&after).cloned().collect();
        if !came.is_empty() || !went.is_empty() {
            changes.push(ListChange {
                list: list.head.name.to_string(),
                came,
                went,
            });
        }
    }
    changes
}

fn in_words(found: &Difference, lists: &[ListChange]) -> String {
    let mut lines = vec![format!(
        "{} read: {} come to something else, {} cannot be read",
        of(found.read, "row"),
        grouped(found.changed),
        grouped(found.rejected)
    )];
    for change in lists {
        let few = |keys: &[String]| match keys.len() {
            0 => "none".to_owned(),
            count if count <= MAX_KEYS => keys.join(", "),
            count => format!(
                "{} and {} more",
                keys[..MAX_KEYS].join(", "),
                count - MAX_KEYS
            ),
        };
        lines.push(format!("list {}", change.list));
        lines.push(format!("  came  {}", few(&change.came)));
        lines.push(format!("  went  {}", few(&change.went)));
    }
    matrix_lines(found, &mut lines);
    rule_lines(&found.rules, &mut lines);
    if !found.telling.is_empty() {
        lines.push("for example".to_owned());
    }
    found
        .telling
        .iter()
        .for_each(|it| lines.push(telling_line(it)));
    lines.join("\n") + "\n"
}

fn matrix_lines(found: &Difference, lines: &mut Vec<String>) {
    let moved = found.matrix.iter().filter(|(from, to, _)| from != to);
    let moved: Vec<_> = moved.collect();
    let width = |of: fn(&(String, String, u64)) -> &String| {
        moved.iter().map(|it| of(it).len()).max().unwrap_or(0)
    };
    let (from_width, to_width) = (width(|it| &it.0), width(|it| &it.1));
    if !moved.is_empty() {
        lines.push("verdicts".to_owned());
    }
    for (from, to, count) in moved {
        lines.push(format!(
            "  {from:from_width$} -> {to:to_width$}  {:>12}",
            grouped(*count)
        ));
    }
}

fn rule_lines(rules: &[RuleChange], lines: &mut Vec<String>) {
    let Some(width) = rules.iter().map(|rule| rule.rule.len()).max() else {
        return;
    };
    let width = width.max(5);
    lines.push(format!(
        "{:width$}    {:>12}  {:>12}  {:>12}  {:>12}",
        "rules", "apply now", "no more", "open now", "no more"
    ));
    for rule in rules {
        lines.push(format!(
            "  {:width$}  {:>12}  {:>12}  {:>12}  {:>12}",
            rule.rule,
            grouped(rule.gained),
            grouped(rule.lost),
            grouped(rule.opened),
            grouped(rule.settled)
        ));
    }
}

/// `S-05  clear -> license (+content; 12 records like it)`
fn telling_line(telling: &Telling) -> String {
    let [from, to] = &telling.verdicts;
    let came = telling.came.iter().map(|rule| format!("+{rule}"));
    let went = telling.went.iter().map(|rule| format!("-{rule}"));
    let mut why: Vec<String> = came.chain(went).collect();
    if telling.records > 1 {
        why.push(format!("{} like it", of(telling.records, "record")));
    }
    let why = match why.is_empty() {
        true => String::new(),
        false => format!(" ({})", why.join(", ")),
    };
    format!("  {}  {from} -> {to}{why}", telling.key)
}

fn as_json(found: &Difference, lists: &[ListChange]) -> Value {
    let rule = |rule: &RuleChange| {
        json!({
            "rule": rule.rule, "gained": rule.gained, "lost": rule.lost,
            "opened": rule.opened, "settled": rule.settled,
        })
    };
    let telling = |it: &Telling| {
        json!({
            "key": it.key, "from": it.verdicts[0], "to": it.verdicts[1],
            "came": it.came, "went": it.went, "records": it.records,
        })
    };
    let list = |it: &ListChange| json!({ "list": it.list, "came": it.came, "went": it.went });
    json!({
        "read": found.read,
        "changed": found.changed,
        "rejected": found.rejected,
        "verdicts": found.matrix.iter().map(|(from, to, count)| json!({
            "from": from, "to": to, "records": count,
        })).collect::<Vec<_>>(),
        "rules": found.rules.iter().map(rule).collect::<Vec<_>>(),
        "telling": found.telling.iter().map(telling).collect::<Vec<_>>(),
        "lists": lists.iter().map(list).collect::<Vec<_>>(),
    })
}
