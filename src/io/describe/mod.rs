//! What the columns of an input hold, seen by the record of a policy: one streaming pass, bounded memory.
//!
//! In: the fields a policy reads, the mapping, the input. Out: a [`Description`]: for each field its column, what is
//! missing, what cannot be read, the range of values; columns no rule reads; settings of a mapping that would help.

mod column;
mod suggest;

#[cfg(test)]
mod tests;

use std::path::Path;

use serde::Serialize;

use super::children::{self, Book, ChildNotes, ChildSpec, Effort};
use crate::input::errors::{InputError, nearest};
use crate::input::mapping::Mapping;
use crate::input::read::{FieldReader, MappingProblem};
use crate::input::{
    BatchSource, Chunk, InputOptions, InputSpec, Progress, Unit, WantedColumn, open,
};
use crate::model::{FieldId, Model, Type, print};
use crate::screen::bind::column_of;
use crate::screen::in_order;
use column::ColumnFacts;

/// Rows that are no records at all, kept as examples.
const MAX_ROW_EXAMPLES: usize = 3;

impl ChildFacts {
    fn of(notes: ChildNotes) -> ChildFacts {
        ChildFacts {
            list: notes.list,
            file: notes.file.to_string(),
            rows: notes.notes.rows,
            orphans: notes.orphans,
        }
    }
}

/// What is to be described.
pub struct Describe<'a> {
    /// The policies.
    pub model: &'a Model,
    /// The fields they read.
    pub fields: &'a [FieldId],
    /// How the data is written, as far as that was said.
    pub mapping: &'a Mapping,
    /// Files, folders, `-`.
    pub inputs: &'a [InputSpec],
    /// Tables of lists that the inputs do not hold.
    pub children: &'a [ChildSpec],
    /// Threads that decode.
    pub threads: usize,
}

/// What an input holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// The files, in order.
    pub files: Vec<String>,
    /// Rows found.
    pub rows: u64,
    /// Rows that are no records, whatever their values (ragged, not UTF-8).
    pub broken_rows: u64,
    /// The first of them, in words.
    pub broken: Vec<String>,
    /// The child tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<ChildFacts>,
    /// What the policy reads.
    pub fields: Vec<FieldFacts>,
    /// Columns that it does not read.
    pub unread_columns: Vec<String>,
    /// Settings of a mapping file that would make more of the data readable, as TOML; empty where there are none.
    pub suggestion: String,
}

/// One child table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChildFacts {
    /// The list whose elements its rows are.
    pub list: String,
    /// The file.
    pub file: String,
    /// Its rows.
    pub rows: u64,
    /// Rows whose key no record has.
    pub orphans: u64,
}

/// One field and the column it is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldFacts {
    /// The field.
    pub field: String,
    /// Its type, as the language writes it.
    pub r#type: String,
    /// Whether a record without a value is in order.
    pub optional: bool,
    /// The column it is looked for in; none where the mapping says that there is none.
    pub column: Option<String>,
    /// What the column is.
    pub found: Found,
    /// Rows without a value.
    pub missing: u64,
    /// Rows whose value cannot be read.
    pub unreadable: u64,
    /// What is expected.
    pub expected: String,
    /// How many different values there are; none: more than [`column::MAX_DISTINCT`].
    pub distinct: Option<u64>,
    /// The values that occur most, where they were counted.
    pub common: Vec<(String, u64)>,
    /// The smallest value of numbers and dates.
    pub smallest: Option<String>,
    /// The largest.
    pub largest: Option<String>,
    /// The unreadable texts that occur most.
    pub examples: Vec<Example>,
}

/// What stands where a field's column is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A column of these types, one for each that files have.
    Column(Vec<String>),
    /// None in some files, or in all.
    Absent {
        /// In how many files.
        files: usize,
        /// The column with the nearest name.
        nearest: Option<String>,
    },
    /// The mapping says that there is none.
    LeftOut,
    /// A column of a type that the field cannot be read from.
    WrongType {
        /// Its type.
        found: String,
        /// What would do.
        wants: String,
    },
}

/// A text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The text.
    pub text: String,
    /// How often it was met, at least.
    pub rows: u64,
    /// Where it was met first.
    pub first: Place,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file's number, from 0.
    pub file: usize,
    /// The row, from 1.
    pub row: u64,
}

/// Why nothing can be described.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// The input as a whole.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A setting of the mapping.
    #[error("the mapping of `{field}`: {problem}")]
    Mapping {
        /// The field.
        field: String,
        /// What is wrong.
        problem: MappingProblem,
    },
}

/// A field under way.
struct Field {
    reader: FieldReader,
    /// Place among the columns read.
    at: Option<usize>,
}

/// Reads the input once. `progress` hears how far reading has come.
///
/// # Errors
/// Where a file cannot be read as a whole, or the mapping means nothing to a field.
pub fn describe(
    job: &Describe<'_>,
    mut progress: impl FnMut(Progress),
) -> Result<Description, DescribeError> {
    let (fields, wanted) = fields(job)?;
    let from_standard_input = job.inputs.iter().any(|input| input.path == Path::new("-"));
    let options = InputOptions {
        carry_all: from_standard_input,
        delimiter: job.mapping.delimiter,
        ..InputOptions::default()
    };
    let columns = match from_standard_input {
        true => None,
        false => Some(all_columns(job)?),
    };
    let book = open_book(job, wanted.clone(), options)?;
    let source = &*book.source;
    let columns = columns.unwrap_or_else(|| names(source));
    let mut total = Facts::new(fields.len());
    in_order(
        job.threads,
        || Ok(source.next_unit()?.map(|unit| (unit.index, unit))),
        || (),
        |(), unit: Unit| unit_facts(job.model, &fields, source, unit),
        |facts: Facts| {
            total.merge(facts);
            progress(source.progress());
            Ok::<(), InputError>(())
        },
    )?;
    Ok(description(job, &fields, &wanted, &book, columns, total))
}

fn open_book(
    job: &Describe<'_>,
    wanted: Vec<WantedColumn>,
    options: InputOptions,
) -> Result<Book, InputError> {
    let asked = children::Asked {
        model: job.model,
        mapping: job.mapping,
        fields: job.fields,
        wanted,
        inputs: job.inputs,
        children: job.children,
        options,
        effort: Effort {
            threads: job.threads,
            memory: children::MEMORY,
        },
    };
    children::open(asked, &mut |_, _| ())
}

/// The columns of the first file.
fn all_columns(job: &Describe<'_>) -> Result<Vec<String>, InputError> {
    let options = InputOptions {
        carry_all: true,
        delimiter: job.mapping.delimiter,
        ..InputOptions::default()
    };
    // Only its columns are looked at, so other files need not have the same.
    let first = crate::input::find_files(job.inputs)?.into_iter().next();
    let first = first.and_then(|file| Some(InputSpec::with_kind(file.path?, file.kind)));
    let first: Vec<InputSpec> = first.into_iter().collect();
    Ok(names(&*open(&first, &[], options)?))
}

fn names(source: &dyn BatchSource) -> Vec<String> {
    let schema = source.schema(0);
    let names = schema.fields().iter().map(|field| field.name().clone());
    names.collect()
}

/// The fields with the columns to be read for them. Every column may be absent: that is one of the findings.
fn fields(job: &Describe<'_>) -> Result<(Vec<Field>, Vec<WantedColumn>), DescribeError> {
    let mut wanted: Vec<WantedColumn> = Vec::new();
    let mut fields = Vec::new();
    for id in job.fields {
        let reader = FieldReader::new(job.model, *id, job.mapping).map_err(|problem| {
            let field = job.model.record.fields[*id].name.to_string();
            DescribeError::Mapping { field, problem }
        })?;
        let at = column_of(job.model, job.mapping, *id).map(|name| {
            let known = wanted.iter().position(|column| column.name == name);
            known.unwrap_or_else(|| {
                let lists = matches!(reader.ty(), Type::List(_));
                wanted.push(WantedColumn::optional(name).of_lists(lists));
                wanted.len() - 1
            })
        });
        fields.push(Field { reader, at });
    }
    Ok((fields, wanted))
}

/// What some rows came to.
struct Facts {
    rows: u64,
    broken_rows: u64,
    broken: Vec<String>,
    columns: Vec<ColumnFacts>,
}

impl Facts {
    fn new(fields: usize) -> Facts {
        Facts {
            rows: 0,
            broken_rows: 0,
            broken: Vec::new(),
            columns: (0..fields).map(|_| ColumnFacts::default()).collect(),
        }
    }

    fn merge(&mut self, later: Facts) {
        self.rows += later.rows;
        self.broken_rows += later.broken_rows;
        self.broken.extend(later.broken);
        self.broken.truncate(MAX_ROW_EXAMPLES);
        for (column, later) in self.columns.iter_mut().zip(later.columns) {
            column.merge(later);
        }
    }

    fn add(&mut self, model: &Model, fields: &[Field], chunk: &Chunk) {
        let (rows, broken) = (chunk.batch.num_rows() as u64, chunk.rejects.len() as u64);
        self.rows += rows + broken;
        self.broken_rows += broken;
        for reject in &chunk.rejects {
            if self.broken.len() < MAX_ROW_EXAMPLES {
                self.broken.push(format!(
                    "{}, row {}: found `{}`, expected {}",
                    reject.file, reject.row, reject.found, reject.expected
                ));
            }
        }
        for (field, facts) in fields.iter().zip(&mut self.columns) {
            match field.at {
                Some(at) => facts.add(model, &field.reader, chunk, at),
                None => facts.missing += rows,
            }
        }
    }
}

fn unit_facts(
    model: &Model,
    fields: &[Field],
    source: &dyn BatchSource,
    unit: Unit,
) -> Result<Facts, InputError> {
    let mut facts = Facts::new(fields.len());
    for chunk in source.read_unit(unit)? {
        facts.add(model, fields, &chunk?);
    }
    Ok(facts)
}

fn description(
    job: &Describe<'_>,
    fields: &[Field],
    wanted: &[WantedColumn],
    book: &Book,
    columns: Vec<String>,
    total: Facts,
) -> Description {
    let source = &*book.source;
    let is_read = |name: &String| wanted.iter().any(|column| column.name == *name);
    let unread: Vec<String> = columns.into_iter().filter(|name| !is_read(name)).collect();
    // A column of a field that no rule reads is not offered to another field.
    let declared = |name: &&String| {
        let mut fields = job.model.record.fields.ids();
        fields.any(|id| column_of(job.model, job.mapping, id) == Some(name.as_str()))
    };
    let free: Vec<String> = unread
        .iter()
        .filter(|name| !declared(name))
        .cloned()
        .collect();
    let found: Vec<Found> = fields
        .iter()
        .map(|field| found(field, wanted, source, &free))
        .collect();
    let suggestion = suggest::suggest(job.model, fields, &total.columns, &found);
    let facts = fields.iter().zip(&total.columns).zip(found);
    Description {
        files: source
            .files()
            .iter()
            .map(|file| file.name.to_string())
            .collect(),
        rows: total.rows,
        broken_rows: total.broken_rows,
        broken: total.broken,
        children: book.notes().into_iter().map(ChildFacts::of).collect(),
        fields: facts
            .map(|((field, facts), found)| field_facts(job.model, field, wanted, facts, found))
            .collect(),
        unread_columns: unread,
        suggestion,
    }
}

fn found(
    field: &Field,
    wanted: &[WantedColumn],
    source: &dyn BatchSource,
    free: &[String],
) -> Found {
    let Some(at) = field.at else {
        return Found::LeftOut;
    };
    let name = &wanted[at].name;
    let notes = source.notes();
    let lacking = notes
        .iter()
        .filter(|notes| notes.absent_columns.contains(name))
        .count();
    if lacking > 0 {
        let names = free.iter().map(String::as_str);
        return Found::Absent {
            files: lacking,
            nearest: nearest(name, names).map(str::to_owned),
        };
    }
    let mut types: Vec<String> = Vec::new();
    for file in 0..notes.len() {
        let schema = source.schema(file);
        let data_type = schema.field(at).data_type();
        if let Err(wants) = field.reader.accepts(data_type) {
            return Found::WrongType {
                found: data_type.to_string(),
                wants,
            };
        }
        let words = type_words(data_type);
        if !types.contains(&words) {
            types.push(words);
        }
    }
    Found::Column(types)
}

/// A column's type, dictionaries by what they hold.
fn type_words(data_type: &arrow_schema::DataType) -> String {
    use arrow_schema::DataType;
    match data_type {
        DataType::Utf8 => "text".to_owned(),
        DataType::Dictionary(_, values) => type_words(values),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Null => "nothing".to_owned(),
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
            "lists".to_owned()
        }
        other => other.to_string(),
    }
}

fn field_facts(
    model: &Model,
    field: &Field,
    wanted: &[WantedColumn],
    facts: &ColumnFacts,
    found: Found,
) -> FieldFacts {
    let declared = &model.record.fields[field.reader.field()];
    let show = |value: &Option<crate::model::Value>| {
        value
            .as_ref()
            .map(|value| print::value(model, declared.ty, value))
    };
    FieldFacts {
        field: declared.name.to_string(),
        r#type: print::type_name(model, declared.ty),
        optional: declared.optional,
        column: field.at.map(|at| wanted[at].name.clone()),
        found,
        missing: facts.missing,
        unreadable: facts.unreadable,
        expected: field.reader.expected().to_string(),
        distinct: facts.distinct().map(|values| values.len() as u64),
        common: facts.common(),
        smallest: show(&facts.smallest),
        largest: show(&facts.largest),
        examples: facts.examples(),
    }
}
