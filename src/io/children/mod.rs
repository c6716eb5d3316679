//! Child tables: rows of other files that become lists of the records whose key they have.
//!
//! In: records of any format, text files of child rows in any order. Out: the same records with a column of lists of
//! structs for each table, as Parquet would hold them, in the order of the records' input; elements in the order of their
//! file. A record whose child rows cannot be read, or whose key another record shares, is a reject; child rows without
//! a record are, too. Nothing that is written depends on threads, batches or memory.

mod deal;
mod entry;
mod errors;
mod lists;
mod plan;
mod source;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;

use crate::input;
use crate::input::mapping::Mapping;
use crate::input::read::{Expected, Step};
use crate::input::reject::Reject;
use crate::input::{
    BatchSource, FileNotes, InputError, InputOptions, InputSpec, Progress, WantedColumn,
};
use crate::model::{FieldId, Model};
use deal::deal;
use entry::Head;
use plan::{Plan, Table};
use source::{Joined, Shared};

pub use deal::Effort;

/// Bytes of child rows kept in memory, unless said otherwise.
pub const MEMORY: usize = 256 << 20;

/// A child table as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildSpec {
    /// The path of the list its rows are elements of: `components.parts`.
    pub list: String,
    /// The file.
    pub input: InputSpec,
}

/// What a child table came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildNotes {
    /// The path of the list.
    pub list: String,
    /// The file as named to the user.
    pub file: Arc<str>,
    /// Where it is.
    pub path: PathBuf,
    /// What there is to say about the file.
    pub notes: FileNotes,
    /// Rows that belong to no record.
    pub orphans: u64,
}

/// Records, and the lists that child tables give them.
pub struct Book {
    /// The records.
    pub source: Box<dyn BatchSource>,
    children: Option<Arc<Shared>>,
    /// Child tables of lists that nothing is asked about, as list and file.
    pub unread: Vec<(String, String)>,
}

/// What is opened.
#[derive(Clone)]
pub struct Asked<'a> {
    /// The policies.
    pub model: &'a Model,
    /// How the data is written.
    pub mapping: &'a Mapping,
    /// The fields that are read.
    pub fields: &'a [FieldId],
    /// The columns that are read, those of lists included.
    pub wanted: Vec<WantedColumn>,
    /// Files, folders, `-`.
    pub inputs: &'a [InputSpec],
    /// Their child tables.
    pub children: &'a [ChildSpec],
    /// How they are read.
    pub options: InputOptions,
    /// How the child tables are.
    pub effort: Effort,
}

/// Opens the records of a run. Child tables are read to their end; `progress` hears how far that has come.
///
/// # Errors
/// Where a file cannot be read as a whole, or a child table is none of the record's.
pub fn open(asked: Asked<'_>, progress: &mut dyn FnMut(Progress, u64)) -> Result<Book, InputError> {
    let plan = match asked.children.is_empty() {
        true => None,
        false => Some(Plan::new(
            asked.children,
            asked.model,
            asked.mapping,
            asked.fields,
        )?),
    };
    let mut unread = Vec::new();
    if let Some(plan) = plan {
        if !plan.tables.is_empty() {
            return joined(asked, plan, progress);
        }
        unread = plan.unread;
    }
    Ok(Book {
        source: input::open(asked.inputs, &asked.wanted, asked.options)?,
        children: None,
        unread,
    })
}

fn joined(
    asked: Asked<'_>,
    mut plan: Plan,
    progress: &mut dyn FnMut(Progress, u64),
) -> Result<Book, InputError> {
    if asked.inputs.iter().any(|input| input.path == *"-") {
        return Err(errors::records_from_stdin());
    }
    let unread = std::mem::take(&mut plan.unread);
    let (mut wanted, mut outer) = (Vec::new(), Vec::new());
    for (place, column) in asked.wanted.into_iter().enumerate() {
        let mut tables = plan.tables.iter();
        let is_held = |table: &Table| table.above.is_none() && table.column == column.name;
        match tables.position(is_held).filter(|_| column.lists) {
            Some(table) => outer.push((table, place)),
            None => wanted.push(column),
        }
    }
    // What is wrong with the records' columns is said before anything long is begun.
    let inner = input::open(asked.inputs, &wanted, asked.options.clone())?;
    let dealt = deal(&plan, asked.inputs, &asked.options, &asked.effort, progress)?;
    let shared = Arc::new(Shared { plan, dealt, outer });
    Ok(Book {
        source: Box::new(Joined::new(inner, Arc::clone(&shared))?),
        children: Some(shared),
        unread,
    })
}

impl Book {
    /// Whether the column called `name` comes from a child table.
    pub fn is_joined(&self, name: &str) -> bool {
        let shared = self.children.iter();
        let mut outer = shared.flat_map(|it| {
            it.outer
                .iter()
                .map(|(table, _)| &it.plan.tables[*table].column)
        });
        outer.any(|column| column == name)
    }

    /// What was expected in the field called `field` of a row of a batch, as words; where it stands in a child table, with
    /// its place there.
    pub fn expected(
        &self,
        (batch, row): (&RecordBatch, usize),
        field: &str,
        expected: &Expected,
    ) -> String {
        let place = self
            .children
            .as_ref()
            .and_then(|shared| place(&shared.plan, (batch, row), field, expected.steps()));
        match place {
            Some(place) => format!("{} ({place})", expected.as_str()),
            None => expected.as_str().to_owned(),
        }
    }

    /// What each child table came to, those of outer lists first.
    pub fn notes(&self) -> Vec<ChildNotes> {
        let Some(shared) = &self.children else {
            return Vec::new();
        };
        let tables = shared.plan.tables.iter().zip(&shared.dealt.tables);
        let notes = tables.map(|(table, dealt)| ChildNotes {
            list: table.list.clone(),
            file: Arc::clone(&table.file.name),
            path: table.file.path.clone().unwrap_or_default(),
            notes: dealt.notes.clone(),
            orphans: dealt.orphans,
        });
        notes.collect()
    }

    /// Shows the child rows without a record as rejects, table by table in the order of their files.
    pub fn each_orphan<E: From<InputError>>(
        &self,
        mut visit: impl FnMut(Reject) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(shared) = &self.children else {
            return Ok(());
        };
        for (table, dealt) in shared.plan.tables.iter().zip(&shared.dealt.tables) {
            dealt.each_orphan(table, |key, head, broken| {
                visit(orphan(table, key, head, broken))
            })?;
        }
        Ok(())
    }
}

/// A child row without a record, and what is wrong with it where it cannot be read.
fn orphan(table: &Table, key: &str, head: Head, broken: Option<(&str, &str)>) -> Reject {
    let name = Arc::clone(&table.file.name);
    let (found, expected) = broken.unwrap_or((key, "the key of a record"));
    let reject = Reject::new(name, head.row, Some(head.line), found, expected)
        .key((!key.is_empty()).then(|| key.to_owned()));
    match broken {
        Some(_) => reject,
        None => reject.field(table.wanted[0].name.as_str()),
    }
}

/// Where in a child table the steps from a list of the record lead.
fn place(
    plan: &Plan,
    (batch, row): (&RecordBatch, usize),
    field: &str,
    steps: &[Step],
) -> Option<String> {
    let mut table = plan.tables.iter().find(|table| table.list == field)?;
    let mut elements = batch
        .column_by_name(&table.column)?
        .as_list_opt::<i32>()?
        .value(row);
    let mut found = None;
    for step in steps {
        let rows = elements.as_struct_opt()?;
        let lines = rows.columns().last()?.as_primitive_opt::<UInt64Type>()?;
        found = Some(table.place(lines.value(step.element)));
        let below = table.below.iter().map(|at| &plan.tables[*at]);
        let named = step.field.as_deref();
        let mut below = below.filter(|below| Some(&*below.field) == named);
        let Some(next) = below.next() else {
            break;
        };
        let lists = rows.column_by_name(&next.column)?.as_list_opt::<i32>()?;
        let inner = lists.value(step.element);
        (table, elements) = (next, inner);
    }
    found
}
