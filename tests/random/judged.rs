//! One policy judged by every evaluator: what each says of each record, and the first difference.

use crate::support::fields::Kind;
use crate::support::policies::RandomPolicy;
use crate::support::random::Random;
use crate::support::records::RandomRecord;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, LargeListArray, LargeStringArray, ListArray, RecordBatch,
    StringArray, StringViewArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{Field, Schema};
use interdict::check::check_text_with;
use interdict::input::mapping::Mapping;
use interdict::input::read::FieldReader;
use interdict::model::{FieldId, Model};
use interdict::reference::{self, AskedTotals, Record, RunRow, Totals, all_totals, as_of_days};
use interdict::screen::{Engine, Options, Screener, Verify};
use serde_json::Value as Json;
use std::sync::Arc;

/// What one evaluator says of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is no record.
    Rejected(String),
    /// What it comes to, in words.
    Judged(Vec<String>),
}

/// The model of a policy that has no errors.
pub fn model_of(policy: &RandomPolicy) -> Result<Arc<Model>, String> {
    let files: Vec<(&str, &[u8])> = policy
        .files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let checked = check_text_with("random.interdict", &policy.text(), &files);
    match checked.model {
        Some(model) => Ok(Arc::new(model)),
        None => Err(checked
            .diagnostics
            .iter()
            .filter(|d| d.is_error())
            .map(|d| {
                let snippet = checked.sources.snippet(d.primary.span);
                let (line, _) = checked.sources.line_column(d.primary.span);
                format!(
                    "{} line {line}: {} at `{snippet}`; {:?}\n",
                    d.code.id, d.message, d.help
                )
            })
            .collect()),
    }
}

/// How records are read for the reference evaluator; readers are made once for all of them.
pub struct Readers<'m> {
    model: &'m Model,
    /// By the policy's fields; none of a field that the model does not have.
    fields: Vec<Option<(FieldId, FieldReader)>>,
}

impl<'m> Readers<'m> {
    pub fn new(model: &'m Model, policy: &RandomPolicy) -> Readers<'m> {
        let mapping = Mapping::default();
        let fields = policy.fields.iter().map(|field| {
            let id = field_id(model, &field.name)?;
            let reader = FieldReader::new(model, id, &mapping);
            Some((id, reader.expect("an empty mapping has no problem")))
        });
        Readers {
            model,
            fields: fields.collect(),
        }
    }

    /// A record as the reference evaluator reads it; `None` where a text cannot be read.
    pub fn record(&self, texts: &RandomRecord) -> Option<Record> {
        let mut record = Record::empty(self.model);
        for (field, text) in self.fields.iter().zip(texts) {
            if let Some((id, reader)) = field {
                let value = match text {
                    Some(text) => reader.read_text(text).ok()?,
                    None => None,
                };
                record.set(*id, value);
            }
        }
        Some(record)
    }
}

/// One record so read.
pub fn record_of(model: &Model, policy: &RandomPolicy, texts: &RandomRecord) -> Option<Record> {
    Readers::new(model, policy).record(texts)
}

/// The field of that name.
pub fn field_id(model: &Model, name: &str) -> Option<FieldId> {
    let mut fields = model.record.fields.iter();
    fields
        .find(|(_, field)| *field.name == *name)
        .map(|(id, _)| id)
}

/// The records as columns of text, in one of the forms in which files bring them.
pub fn batch_of(policy: &RandomPolicy, records: &[RandomRecord], seed: u64) -> RecordBatch {
    let mut random = Random::new(seed ^ 0xc01);
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (at, field) in policy.fields.iter().enumerate() {
        let texts = || records.iter().map(|record| record[at].as_deref());
        let column: ArrayRef = match random.below(6) {
            3.. if let Kind::List(level) = field.kind => {
                let parsed = texts().map(|text| serde_json::from_str(text?).ok());
                list_array(policy, level, parsed.collect(), &mut random)
            }
            0 | 1 => Arc::new(texts().collect::<DictionaryArray<Int32Type>>()),
            2 => Arc::new(texts().collect::<LargeStringArray>()),
            3 => Arc::new(texts().collect::<StringViewArray>()),
            _ => Arc::new(texts().collect::<StringArray>()),
        };
        fields.push(Field::new(field.column(), column.data_type().clone(), true));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns of one length")
}

/// Lists as a column of lists of structs, all values texts. Often elements that belong to no list stand before the first one and
/// behind missing ones, as they do in slices of larger columns.
fn list_array(
    policy: &RandomPolicy,
    level: usize,
    lists: Vec<Option<Vec<Json>>>,
    random: &mut Random,
) -> ArrayRef {
    let rows = lists.len();
    let before = usize::from(random.chance(30));
    let behind = random.below(3);
    let stray = |count: usize| Some(vec![Json::Null; count]);
    let all: Vec<Option<Vec<Json>>> = std::iter::repeat_n(stray(2), before).chain(lists).collect();
    let nulls = NullBuffer::from_iter(all.iter().map(Option::is_some));
    let all: Vec<Vec<Json>> = all
        .into_iter()
        .map(|list| list.or_else(|| stray(behind)).unwrap_or_default())
        .collect();
    let lengths: Vec<usize> = all.iter().map(Vec::len).collect();
    let elements: Vec<Json> = all.into_iter().flatten().collect();
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for field in &policy.levels[level] {
        let values = elements.iter().map(|element| &element[field.column()]);
        let column: ArrayRef = match field.kind {
            Kind::List(inner) => {
                let lists = values.map(|value| value.as_array().cloned());
                list_array(policy, inner, lists.collect(), random)
            }
            _ if random.chance(40) => Arc::new(DictionaryArray::<Int32Type>::from_iter(
                values
                    .map(text_of)
                    .collect::<Vec<_>>()
                    .iter()
                    .map(Option::as_deref),
            )),
            _ => Arc::new(values.map(text_of).collect::<StringArray>()),
        };
        fields.push(Field::new(field.column(), column.data_type().clone(), true));
        columns.push(column);
    }
    let elements =
        StructArray::try_new(fields.into(), columns, None).expect("columns of one length");
    let element = Arc::new(Field::new("item", elements.data_type().clone(), true));
    let column: ArrayRef = match random.chance(30) {
        true => {
            let offsets = OffsetBuffer::<i64>::from_lengths(lengths);
            Arc::new(LargeListArray::new(
                element,
                offsets,
                Arc::new(elements),
                Some(nulls),
            ))
        }
        false => {
            let offsets = OffsetBuffer::<i32>::from_lengths(lengths);
            Arc::new(ListArray::new(
                element,
                offsets,
                Arc::new(elements),
                Some(nulls),
            ))
        }
    };
    column.slice(before, rows)
}

fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What the aggregates over these records come to for each of them; nothing for those that are rejected.
fn totals_of(readers: &Readers<'_>, records: &[RandomRecord]) -> Vec<Totals> {
    let model = readers.model;
    let asked = AskedTotals::of(model, false);
    if asked.list().is_empty() {
        return vec![Totals::default(); records.len()];
    }
    let read: Vec<Option<_>> = records
        .iter()
        .map(|texts| {
            let record = readers.record(texts)?;
            let days = as_of_days(model, &record, None)?;
            Some(RunRow::record(record, days))
        })
        .collect();
    let run: Vec<_> = read.iter().flatten().cloned().collect();
    let mut totals = all_totals(model, &asked, &run).into_iter();
    let of = |record: &Option<_>| match record {
        Some(_) => totals.next().expect("one for each record"),
        None => Totals::default(),
    };
    read.iter().map(of).collect()
}

/// What the defining evaluator says, asked without any of the machinery around the engines.
fn by_definition(
    readers: &Readers<'_>,
    texts: &RandomRecord,
    with_texts: bool,
    totals: &Totals,
) -> Answer {
    let model = readers.model;
    let Some(mut record) = readers.record(texts) else {
        return Answer::Rejected(String::new());
    };
    record.totals = totals.clone();
    let Some(days) = as_of_days(model, &record, None) else {
        return Answer::Rejected(String::new());
    };
    let judgement = reference::judge(model, &record, &days);
    let mut words = vec![
        format!("verdict {}", model.verdict_name(judgement.verdict)),
        format!("at most {}", model.verdict_name(judgement.at_most)),
        format!("rules {}", names(model, &judgement.rules)),
        format!("unknown {}", names(model, &judgement.unknown)),
        format!("not by {:?}", judgement.not_by),
        format!("missing {:?}", judgement.all_missing(model)),
    ];
    let mut obliging: Vec<_> = judgement
        .obligations
        .iter()
        .map(|obligation| obligation.rule)
        .collect();
    obliging.sort();
    obliging.dedup();
    words.push(format!("obliging {}", names(model, &obliging)));
    if with_texts {
        let texts = judgement.obligations.iter().map(ToString::to_string);
        words.push(format!("obligations {:?}", texts.collect::<Vec<_>>()));
        let mut assumed = judgement.assumed.clone();
        assumed.sort_by_key(|(rule, _)| *rule);
        let assumed = assumed
            .iter()
            .map(|(rule, reason)| format!("{}: {reason}", model.rule_name(*rule)));
        words.push(format!("assumed {:?}", assumed.collect::<Vec<_>>()));
    }
    Answer::Judged(words)
}

fn names(model: &Model, rules: &[interdict::model::RuleId]) -> String {
    let names: Vec<String> = rules.iter().map(|rule| model.rule_name(*rule)).collect();
    names.join(", ")
}

/// Filled-in texts come from the reference evaluator in all engines: some rows are enough.
fn with_texts(row: usize) -> bool {
    row.is_multiple_of(8)
}

/// What an engine says of every record, in two batches.
pub fn by_engine(
    model: &Arc<Model>,
    policy: &RandomPolicy,
    records: &[RandomRecord],
    engine: Engine,
    (totals, seed): (&[Totals], u64),
) -> Result<Vec<Answer>, String> {
    let options = Options {
        engine,
        as_of: None,
        verify: Verify::None,
    };
    let screener = Screener::new(model.clone(), options).map_err(|fault| fault.to_string())?;
    let (name, note) = screener.engine();
    if let (Engine::Jit, Some(note)) = (engine, note) {
        return Err(format!("{name} instead of compiled code: {note}"));
    }
    let batch = batch_of(policy, records, seed);
    let binder = screener
        .binder(&Mapping::default(), &batch.schema())
        .map_err(|error| format!("{error:?}"))?;
    let mut worker = screener.worker(binder);
    let cut = Random::new(seed ^ 0xba7c).below(records.len() + 1);
    let mut answers = Vec::new();
    for part in [batch.slice(0, cut), batch.slice(cut, records.len() - cut)] {
        let from = answers.len();
        worker.set_totals(totals[from..from + part.num_rows()].to_vec());
        let judged = worker
            .screen(&part, |row| row as u64)
            .map_err(|fault| fault.to_string())?;
        for row in 0..part.num_rows() {
            let number = judged.outcomes[row];
            if judged.dead[row] {
                let reject = judged.rejects.iter().find(|reject| reject.row == row);
                answers.push(Answer::Rejected(format!("{reject:?}")));
                continue;
            }
            let outcome = screener.outcomes().get(number);
            let at = judged
                .missing
                .binary_search_by_key(&(row as u32), |(row, _)| *row);
            let missing = at
                .map(|at| judged.missing[at].1.to_vec())
                .unwrap_or_default();
            let mut words = vec![
                format!("verdict {}", model.verdict_name(outcome.verdict)),
                format!("at most {}", model.verdict_name(outcome.at_most)),
                format!("rules {}", names(model, &outcome.rules)),
                format!("unknown {}", names(model, &outcome.unknown)),
                format!("not by {:?}", outcome.not_by),
                format!("missing {missing:?}"),
                format!("obliging {}", names(model, &outcome.obliging)),
            ];
            if with_texts(answers.len()) {
                words.push(format!(
                    "obligations {:?}",
                    worker.obligations(&part, row, &outcome)
                ));
                words.push(format!(
                    "assumed {:?}",
                    worker.assumed(&part, row, &outcome)
                ));
            }
            answers.push(Answer::Judged(words));
        }
    }
    Ok(answers)
}

/// The first difference between the evaluators, with the record it is about.
pub struct Difference {
    /// The record's place, where it is about one.
    pub record: Option<usize>,
    /// What each says.
    pub what: String,
}

/// Compares the definition with every engine.
pub fn difference(
    model: &Arc<Model>,
    policy: &RandomPolicy,
    records: &[RandomRecord],
    seed: u64,
) -> Option<Difference> {
    let readers = Readers::new(model, policy);
    let totals = totals_of(&readers, records);
    let expected: Vec<Answer> = records
        .iter()
        .zip(&totals)
        .enumerate()
        .map(|(row, (texts, totals))| by_definition(&readers, texts, with_texts(row), totals))
        .collect();
    let mut engines = vec![Engine::Portable, Engine::Jit];
    if seed.is_multiple_of(8) {
        engines.push(Engine::Reference);
    }
    for engine in engines {
        let answers = match by_engine(model, policy, records, engine, (&totals, seed)) {
            Ok(answers) => answers,
            Err(what) => {
                return Some(Difference {
                    record: None,
                    what: format!("{engine:?}: {what}"),
                });
            }
        };
        for (at, (expected, found)) in expected.iter().zip(&answers).enumerate() {
            let both_reject = matches!(
                (expected, found),
                (Answer::Rejected(_), Answer::Rejected(_))
            );
            if expected != found && !both_reject {
                return Some(Difference {
                    record: Some(at),
                    what: format!("{engine:?} on record {at}:\n{}", compared(expected, found)),
                });
            }
        }
    }
    None
}

fn compared(expected: &Answer, found: &Answer) -> String {
    let (Answer::Judged(expected), Answer::Judged(found)) = (expected, found) else {
        return format!("  by definition {expected:?}\n  found {found:?}\n");
    };
    let lines = expected.iter().zip(found).filter(|(a, b)| a != b);
    lines
        .map(|(a, b)| format!("  by definition {a}\n  found         {b}\n"))
        .collect()
}
