//! `interdict explain`: why one record got its verdict, by the reference evaluator, on the rules' own source.

mod page;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::records::{RecordOptions, expect_read_twice, split, stop_of};
use super::words::of;
use super::{Exit, FormatName, Session, Stop, frontend};
use crate::diagnostic::nearest;
use crate::input::mapping::Mapping;
use crate::input::reject::Reject;
use crate::input::{BatchSource, Chunk, InputOptions, InputSpec};
use crate::io::children::{self, Book, ChildSpec, Effort};
use crate::io::screening::{ScreenError, unreadable_row, wanted_columns};
use crate::io::totals::{self, Reader, RunTotals};
use crate::model::{FieldId, Model, PolicyId, RuleId};
use crate::reference::{AskedTotals, Record, as_of_days, judge};
use crate::report::explain::explain;
use crate::report::what_if::what_if;
use crate::screen::bind::{Binder, RowReject, column_of};
use crate::screen::{Engine, Options, Screener, Verify, Worker};

/// At most so many records of one key are explained.
const MAX_FOUND: usize = 10;
/// So many keys of the input are named where the one asked for is not there.
const EXAMPLES: usize = 3;

/// Explain why one record got its verdict
///
/// For each rule that applies, is open or was stopped: what each part of its condition came to, marked on its source.
/// Where several records have the key, each is explained; --row picks one.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict explain my_policy shipments.csv --key S-004\n  interdict explain my_policy shipments.csv --key S-004 --rule advanced_chips\n  interdict explain my_policy shipments.csv --row 4\n  interdict explain my_policy shipments.csv --key S-004 --what-if\n  interdict explain my_policy shipments.csv --key S-004 -o S-004.html"
)]
pub struct Explain {
    /// Policies, then inputs
    #[arg(required = true, value_name = "POLICY… INPUT…")]
    paths: Vec<PathBuf>,
    /// The key of the record
    #[arg(long, value_name = "ID")]
    key: Option<String>,
    /// The row of the record in its file, from 1, as rejects count it: without the header and blank lines
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    row: Option<u64>,
    /// Only this rule, whatever became of it; RULE[ELEMENT], or without the brackets all that its `for each` makes
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// Say as well which changes of a single field would make each rule that applies not apply, and what would settle open ones
    #[arg(long)]
    what_if: bool,
    /// Write a page instead, with what --what-if says: one HTML file with everything in it
    #[arg(short, long, value_name = "FILE.html")]
    output: Option<PathBuf>,
    #[command(flatten)]
    records: RecordOptions,
}

/// A record with the key asked for.
struct Found {
    file: Arc<str>,
    row: u64,
    line: Option<u64>,
    /// The record, or what is wrong with it.
    record: Result<Record, Box<Reject>>,
}

impl Explain {
    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        self.expect_format(session.global.format)?;
        if self.key.is_none() && self.row.is_none() {
            return Err(Stop::usage("no record is named").help(
                "name it by its key with `--key ID`, or by its place in the file with `--row N`",
            ));
        }
        let usage = "interdict explain POLICY INPUT --key ID";
        let (policies, inputs) = split(&self.paths, usage)?;
        let Some(model) = frontend::model(&policies, self.records.asked(), session)? else {
            return Ok(Exit::No);
        };
        let rules = match &self.rule {
            Some(name) => Some(rules_called(&model, name)?),
            None => None,
        };
        let mapping = self.records.mapping(&model)?;
        let options = Options {
            engine: Engine::Reference,
            as_of: self.records.as_of,
            verify: Verify::None,
        };
        let screener =
            Screener::new(Arc::new(model), options).map_err(|found| stop_of(found.into()))?;
        expect_read_twice(&screener, &inputs)?;
        let inputs: Vec<InputSpec> = inputs.iter().map(|path| self.records.input(path)).collect();
        let search = Search::new(&screener, &mapping, &self);
        let found = search
            .run(&inputs, &self.records.children(), self.records.child_memory)
            .map_err(stop_of)?;
        if found.records.is_empty() {
            return Err(self.not_found(&found));
        }
        self.say_how_many(&found, session)?;
        if let Some(place) = &self.output {
            self.write_page(place, &screener, rules.as_deref(), &found, session)?;
            let is_rejected = found.records.iter().any(|found| found.record.is_err());
            return Ok(if is_rejected {
                Exit::Rejects
            } else {
                Exit::Done
            });
        }
        let mut exit = Exit::Done;
        for (at, found) in found.records.iter().enumerate() {
            if at > 0 && session.global.format == FormatName::Human {
                writeln!(session.out())?;
            }
            if found.record.is_err() {
                exit = Exit::Rejects;
            }
            self.show(&screener, rules.as_deref(), found, session)?;
        }
        Ok(exit)
    }

    /// A key should name one record; where it does not, which rows it names.
    fn say_how_many(&self, found: &AllFound, session: &mut Session<'_, '_>) -> Result<(), Stop> {
        let (shown, all) = (found.records.len(), found.records.len() as u64 + found.more);
        if all < 2 || self.row.is_some() {
            return Ok(());
        }
        let rows: Vec<String> = found
            .records
            .iter()
            .map(|record| format!("{}, row {}", record.file, record.row))
            .collect();
        let first = match found.more {
            0 => "",
            _ => "; the first are",
        };
        session.say(&format!(
            "note: {} have this key{first}: {}\nnote: {} explained; `--row N` explains one",
            of(all, "record"),
            rows.join("; "),
            if shown as u64 == all {
                "each is".to_owned()
            } else {
                format!("the first {shown} are")
            },
        ))
    }

    fn expect_format(&self, format: FormatName) -> Result<(), Stop> {
        match format {
            FormatName::Human | FormatName::Json => Ok(()),
            FormatName::Github | FormatName::Sarif => {
                Err(Stop::usage("explanations have no such form").help("write `--format json`"))
            }
        }
    }

    fn show(
        &self,
        screener: &Screener,
        rules: Option<&[RuleId]>,
        found: &Found,
        session: &mut Session<'_, '_>,
    ) -> Result<(), Stop> {
        let model = screener.model();
        let json = session.global.format == FormatName::Json;
        let record = match &found.record {
            Ok(record) => record,
            Err(reject) if json => return Ok(writeln!(session.out(), "{}", rejected(reject))?),
            Err(reject) => {
                let text = rejected_in_words(reject);
                return Ok(writeln!(session.out(), "{text}")?);
            }
        };
        let days = as_of_days(model, record, self.records.as_of)
            .expect("a record without an as-of day is rejected");
        let judgement = judge(model, record, &days);
        let explanation = explain(model, record, &days, &judgement, rules);
        if json {
            let mut object = explanation.to_json();
            leave_out_unread(&mut object, screener);
            if self.what_if {
                let found = what_if(model, record, &judgement, self.records.as_of);
                object["what_if"] = found.to_json(model);
            }
            object["file"] = json!(&*found.file);
            object["row"] = json!(found.row);
            return Ok(writeln!(session.out(), "{object}")?);
        }
        let place = place(&found.file, found.row, found.line);
        let mut text = explanation.to_text(session.color());
        if self.what_if {
            text += &what_if(model, record, &judgement, self.records.as_of).to_text(model);
        }
        Ok(write!(session.out(), "{place}\n{text}")?)
    }

    /// No record has the key: offers what is near, and what keys look like here.
    fn not_found(&self, found: &AllFound) -> Stop {
        let key = self.key.as_deref().unwrap_or_default().trim();
        let stop = match (self.row, &self.key) {
            (None, _) => Stop::new(Exit::No, format!("no record has the key `{key}`")),
            (Some(row), None) => {
                let rows = of(found.rows, "row");
                return Stop::new(Exit::No, format!("there is no row {row}"))
                    .help(format!("the input has {rows}, counted from 1 in each file"));
            }
            (Some(row), Some(_)) => Stop::new(
                Exit::No,
                format!("no record with the key `{key}` stands in row {row}"),
            ),
        };
        if !found.elsewhere.is_empty() {
            let rows: Vec<String> = found.elsewhere.iter().map(u64::to_string).collect();
            return stop.help(format!("the key stands in row {}", rows.join(", ")));
        }
        if let Some(near) = &found.nearest {
            return stop.help(format!("did you mean `{near}`?"));
        }
        if found.first.is_empty() {
            return stop.help("the input has no records");
        }
        let first: Vec<String> = found.first.iter().map(|key| format!("`{key}`")).collect();
        stop.help(format!("keys here look like {}", first.join(", ")))
    }
}

/// The rule or exception with this name, or all that its `for each` makes.
fn rules_called(model: &Model, name: &str) -> Result<Vec<RuleId>, Stop> {
    let ids: Vec<RuleId> = model.rules.ids().collect();
    if let Some(id) = ids.iter().find(|id| model.rule_name(**id) == name) {
        return Ok(vec![*id]);
    }
    let made_for_each: Vec<RuleId> = ids
        .iter()
        .copied()
        .filter(|id| model.declared_name(*id) == name)
        .collect();
    if !made_for_each.is_empty() {
        return Ok(made_for_each);
    }
    let bare: Vec<RuleId> = ids
        .iter()
        .copied()
        .filter(|id| {
            let rule = &model.rules[*id];
            *rule.name == *name || **rule.declared_name() == *name
        })
        .collect();
    let mut policies: Vec<PolicyId> = bare.iter().map(|id| model.rules[*id].policy).collect();
    policies.dedup();
    let found = match policies.len() {
        1 => return Ok(bare),
        0 => Stop::usage(format!("there is no rule `{name}`")),
        _ => Stop::usage(format!("several policies have a rule `{name}`"))
            .help("write the policy before it: POLICY.RULE"),
    };
    let names: Vec<String> = ids.iter().map(|id| model.rule_name(*id)).collect();
    let near = nearest(name, names.iter().map(String::as_str));
    Err(match near.filter(|_| found.help.is_none()) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found,
    })
}

/// A field that no rule asks about is not read, so nothing is known of it.
fn leave_out_unread(object: &mut Value, screener: &Screener) {
    let read: Vec<&str> = screener
        .fields()
        .into_iter()
        .map(|(_, field)| &*field.name)
        .collect();
    if let Some(fields) = object["record"].as_object_mut() {
        fields.retain(|name, _| read.contains(&name.as_str()));
    }
}

fn place(file: &str, row: u64, line: Option<u64>) -> String {
    match line {
        Some(line) => format!("{file}, row {row}, line {line}"),
        None => format!("{file}, row {row}"),
    }
}

fn rejected(reject: &Reject) -> Value {
    json!({
        "key": reject.key,
        "rejected": true,
        "file": &*reject.file,
        "row": reject.row,
        "line": reject.line,
        "field": reject.field,
        "found": reject.found,
        "expected": reject.expected,
    })
}

fn rejected_in_words(reject: &Reject) -> String {
    let place = place(&reject.file, reject.row, reject.line);
    let key = reject.key.as_deref().unwrap_or("this row");
    let wrong = wrong_with(reject);
    format!("{place}\n{key} is rejected, so it has no verdict\n  {wrong}")
}

/// `` `value` holds `x`, expected a number ``
fn wrong_with(reject: &Reject) -> String {
    let field = match &reject.field {
        Some(field) => format!("`{field}` "),
        None => String::new(),
    };
    let found = if reject.found.is_empty() {
        "nothing".to_owned()
    } else {
        format!("`{}`", reject.found)
    };
    format!("{field}holds {found}, expected {}", reject.expected)
}

/// Everything that a search came upon.
#[derive(Default)]
struct AllFound {
    records: Vec<Found>,
    /// Records with the key beyond [`MAX_FOUND`].
    more: u64,
    /// Rows that have the key, but not the number asked for.
    elsewhere: Vec<u64>,
    /// Rows of all files.
    rows: u64,
    nearest: Option<String>,
    first: Vec<String>,
}

/// A search for one key, one row or both through a book of records.
struct Search<'a> {
    screener: &'a Screener,
    mapping: &'a Mapping,
    key: Option<&'a str>,
    row: Option<u64>,
}

impl<'a> Search<'a> {
    fn new(screener: &'a Screener, mapping: &'a Mapping, asked: &'a Explain) -> Self {
        Search {
            screener,
            mapping,
            key: asked.key.as_deref().map(str::trim),
            row: asked.row,
        }
    }

    /// Whether a row is one that is looked for; remembers those that only have its key.
    fn is_wanted(&self, key: Option<&str>, row: u64, found: &mut AllFound) -> bool {
        let has_key = self.key.is_none_or(|wanted| key == Some(wanted));
        let has_number = self.row.is_none_or(|wanted| row == wanted);
        if self.key.is_some() && has_key && !has_number && found.elsewhere.len() < MAX_FOUND {
            found.elsewhere.push(row);
        }
        has_key && has_number
    }

    fn run(
        &self,
        inputs: &[InputSpec],
        children: &[ChildSpec],
        memory: usize,
    ) -> Result<AllFound, ScreenError> {
        let model = self.screener.model();
        let fields: Vec<FieldId> = self.screener.fields().iter().map(|(id, _)| *id).collect();
        let asked = children::Asked {
            model,
            mapping: self.mapping,
            fields: &fields,
            // What screening reads, so that what is rejected here is what is rejected there.
            wanted: wanted_columns(self.screener, self.mapping),
            inputs,
            children,
            options: InputOptions {
                key: column_of(model, self.mapping, model.record.key).map(str::to_owned),
                delimiter: self.mapping.delimiter,
                ..InputOptions::default()
            },
            effort: Effort { threads: 1, memory },
        };
        let totals = self.totals(&asked)?;
        let mut totals = totals.as_ref().map(RunTotals::reader);
        let book = children::open(asked, &mut |_, _| ())?;
        let source = &*book.source;
        let mut found = AllFound::default();
        let mut worker: Option<(usize, Worker<'_>)> = None;
        while let Some(unit) = source.next_unit()? {
            let file = unit.file;
            if worker.as_ref().is_none_or(|(at, _)| *at != file) {
                worker = Some((file, self.screener.worker(self.binder(source, file)?)));
            }
            let (_, worker) = worker.as_mut().expect("there is a worker now");
            for chunk in source.read_unit(unit)? {
                self.chunk(&book, &chunk?, (worker, &mut totals), &mut found)?;
            }
        }
        Ok(found)
    }

    /// What aggregates come to for every record, where the policies ask any; also with what is missing left open, which tells
    /// whether a record is settled.
    fn totals(&self, asked: &children::Asked<'_>) -> Result<Option<RunTotals>, ScreenError> {
        let totals = AskedTotals::of(self.screener.model(), true);
        if totals.list().is_empty() {
            return Ok(None);
        }
        let book = children::open(asked.clone(), &mut |_, _| ())?;
        let files = 0..book.source.files().len();
        let binders = files.map(|file| self.binder(&*book.source, file));
        let binders = binders.collect::<Result<Vec<Binder>, _>>()?;
        let asked = totals::Asked {
            screener: self.screener,
            totals,
            book: &book,
            binders: &binders,
            rejected: &|_, _| false,
            effort: asked.effort.clone(),
        };
        Ok(Some(totals::gather(&asked, |_, _| ())?))
    }

    fn binder(&self, source: &dyn BatchSource, file: usize) -> Result<Binder, ScreenError> {
        self.screener
            .binder(self.mapping, &source.schema(file))
            .map_err(|problem| ScreenError::Columns {
                file: source.files()[file].name.to_string(),
                problem,
            })
    }

    fn chunk(
        &self,
        book: &Book,
        chunk: &Chunk,
        (worker, totals): (&mut Worker<'_>, &mut Option<Reader<'_>>),
        found: &mut AllFound,
    ) -> Result<(), ScreenError> {
        let file = &book.source.files()[chunk.file].name;
        let mut keys = Vec::with_capacity(chunk.batch.num_rows());
        for row in 0..chunk.batch.num_rows() {
            let key = worker.binder().key_at(&chunk.batch, row);
            if self.is_wanted(key.as_deref(), chunk.rows.at(row), found) {
                let record = self.row((book, totals), chunk, row, key.clone(), worker)?;
                found.add(record);
            }
            keys.extend(key);
        }
        for reject in &chunk.rejects {
            if self.is_wanted(reject.key.as_deref(), reject.row, found) {
                found.add(Found {
                    file: file.clone(),
                    row: reject.row,
                    line: reject.line,
                    record: Err(Box::new(reject.clone())),
                });
            }
        }
        found.rows += (chunk.batch.num_rows() + chunk.rejects.len()) as u64;
        if let (Some(key), true) = (self.key, found.records.is_empty()) {
            found.note_keys(key, keys);
        }
        Ok(())
    }

    fn row(
        &self,
        (book, totals): (&Book, &mut Option<Reader<'_>>),
        chunk: &Chunk,
        row: usize,
        key: Option<String>,
        worker: &mut Worker<'_>,
    ) -> Result<Found, ScreenError> {
        let file = &book.source.files()[chunk.file].name;
        let only = chunk.batch.slice(row, 1);
        let position = chunk.rows.at(row);
        let line = chunk.lines.as_ref().map(|lines| lines.at(row));
        let totals = match totals {
            Some(totals) => totals.totals(chunk.file, std::iter::once(position))?,
            None => Vec::new(),
        };
        worker.set_totals(totals.clone());
        let judged = worker
            .screen(&only, |_| position)
            .map_err(|found| ScreenError::from(*found))?;
        let record = match judged.rejects.first() {
            Some(bad) => {
                let model = self.screener.model();
                let bad = RowReject { row, ..bad.clone() };
                let reject = unreadable_row(book, model, file, chunk, &bad);
                Err(Box::new(reject.key(key)))
            }
            None => Ok(Record {
                values: worker.binder().record_at(&only, 0),
                totals: totals.into_iter().next().unwrap_or_default(),
            }),
        };
        Ok(Found {
            file: file.clone(),
            row: position,
            line,
            record,
        })
    }
}

impl AllFound {
    fn add(&mut self, found: Found) {
        if self.records.len() < MAX_FOUND {
            self.records.push(found);
        } else {
            self.more += 1;
        }
    }

    /// Remembers the key nearest to the one asked for, and the first keys.
    fn note_keys(&mut self, wanted: &str, keys: Vec<String>) {
        let room = EXAMPLES.saturating_sub(self.first.len());
        self.first.extend(keys.iter().take(room).cloned());
        let known = self.nearest.iter().chain(&keys).map(String::as_str);
        self.nearest = nearest(wanted, known).map(str::to_owned);
    }
}
