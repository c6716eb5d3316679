//! From the child rows of records to columns of lists of structs, as a Parquet file would hold them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray, StructArray, UInt64Array};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields};

use super::entry::{Entry, take_head, take_text};
use super::plan::{Plan, Table};
use crate::input::TextColumn;

/// Why a record cannot be read, as a reject says it.
pub(super) struct Fault {
    pub field: String,
    pub found: String,
    pub expected: String,
}

/// Why a record has no lists.
pub(super) enum NoLists {
    /// Its child rows do not make any.
    Fault(Fault),
    /// It shares its key with the record of this number.
    Shared(u64),
}

/// The child rows of one record, by table; made anew for each record in the space of the last one.
#[derive(Default)]
pub(super) struct Rows {
    tables: Vec<Vec<ChildRow>>,
    /// For tables of lists of elements, their rows by the element above.
    by_holder: Vec<Vec<Vec<usize>>>,
    /// Where cells start and end.
    cells: Vec<(usize, usize)>,
}

struct ChildRow {
    line: u64,
    /// The number of its first cell.
    cells: usize,
}

/// Elements by the element that holds them and their name; none where two are called so.
type Named = HashMap<(usize, Vec<u8>), Option<usize>>;

impl Rows {
    /// Reads the entries of a record, which stand at `entries` of `bytes`, in the order of their files.
    pub fn read(
        &mut self,
        plan: &Plan,
        bytes: &[u8],
        entries: &[Range<usize>],
    ) -> Result<(), NoLists> {
        self.tables.resize_with(plan.tables.len(), Vec::new);
        self.tables.iter_mut().for_each(Vec::clear);
        self.cells.clear();
        let (mut fault, mut shared) = (None, None);
        for entry in entries {
            match Entry::read(&bytes[entry.clone()]) {
                Entry::Rows(table, rows) => {
                    let cells = plan.tables[table].cells.len();
                    self.add(table, cells, rows, entry.end);
                }
                Entry::Broken(table, head, found, expected) => {
                    let table = &plan.tables[table];
                    let place = table.place(head.line);
                    let [found, expected] = [found, expected].map(String::from_utf8_lossy);
                    fault.get_or_insert_with(|| Fault {
                        field: table.list.clone(),
                        found: found.into_owned(),
                        expected: format!("{expected} ({place})"),
                    });
                }
                Entry::Shared(other) => shared = Some(other),
            }
        }
        match (shared, fault) {
            (Some(other), _) => Err(NoLists::Shared(other)),
            (None, Some(fault)) => Err(NoLists::Fault(fault)),
            (None, None) => self.hold(plan, bytes).map_err(NoLists::Fault),
        }
    }

    /// Adds rows of a table; the last of their bytes stands before `end`.
    fn add(&mut self, table: usize, cells: usize, mut rows: &[u8], end: usize) {
        while !rows.is_empty() {
            self.tables[table].push(ChildRow {
                line: take_head(&mut rows).line,
                cells: self.cells.len(),
            });
            for _ in 0..cells {
                let length = take_text(&mut rows).len();
                let close = end - rows.len();
                self.cells.push((close - length, close));
            }
        }
    }

    fn cell<'b>(&self, bytes: &'b [u8], row: &ChildRow, at: usize) -> &'b [u8] {
        let (start, end) = self.cells[row.cells + at];
        &bytes[start..end]
    }

    /// Finds the element that holds each row of a list of elements.
    fn hold(&mut self, plan: &Plan, bytes: &[u8]) -> Result<(), Fault> {
        let is_flat = |table: &Table| table.above.is_none();
        if plan.tables.iter().all(is_flat) {
            return Ok(());
        }
        let (mut by_holder, mut named) = (Vec::new(), Vec::<Named>::new());
        for (at, table) in plan.tables.iter().enumerate() {
            let holders = table.above.map_or(1, |above| self.tables[above].len());
            let mut groups: Vec<Vec<usize>> = vec![Vec::new(); holders];
            let mut names = Named::new();
            for (number, row) in self.tables[at].iter().enumerate() {
                let mut holder = 0;
                for (above, cell) in &table.ancestors {
                    let name = self.cell(bytes, row, *cell).trim_ascii();
                    let found = named[*above].get(&(holder, name.to_vec())).copied();
                    holder = found.flatten().ok_or_else(|| {
                        let place = table.place(row.line);
                        lost(plan, *above, &table.list, name, found.is_some(), &place)
                    })?;
                }
                groups[holder].push(number);
                if table.below.is_empty() {
                    continue;
                }
                let name = match table.element {
                    Some(cell) => self.cell(bytes, row, cell).trim_ascii().to_vec(),
                    None => groups[holder].len().to_string().into_bytes(),
                };
                let entry = names.entry((holder, name));
                entry.and_modify(|one| *one = None).or_insert(Some(number));
            }
            by_holder.push(groups);
            named.push(names);
        }
        self.by_holder = by_holder;
        Ok(())
    }
}

/// A row names no element of the list above, or two of them.
fn lost(plan: &Plan, above: usize, list: &str, name: &[u8], twice: bool, place: &str) -> Fault {
    let above = &plan.tables[above];
    let outer = &above.list;
    let expected = match (&above.element, twice) {
        (Some(cell), false) => format!("the `{}` of one of `{outer}`", above.cells[*cell]),
        (Some(cell), true) => format!("a `{}` that only one of `{outer}` has", above.cells[*cell]),
        (None, _) => format!("the number of one of `{outer}`, counted from 1"),
    };
    Fault {
        field: list.to_owned(),
        found: String::from_utf8_lossy(name).into_owned(),
        expected: format!("{expected} ({place})"),
    }
}

/// A growing column of lists.
pub(super) struct ListColumn {
    table: usize,
    offsets: Vec<i32>,
    lines: Vec<u64>,
    members: Vec<TextColumn>,
    below: Vec<ListColumn>,
}

impl ListColumn {
    /// An empty one of the lists of a table.
    pub fn new(plan: &Plan, table: usize) -> ListColumn {
        let declared = &plan.tables[table];
        let below = declared.below.iter();
        ListColumn {
            table,
            offsets: vec![0],
            lines: Vec::new(),
            members: declared
                .members
                .iter()
                .map(|_| TextColumn::new(0))
                .collect(),
            below: below.map(|table| ListColumn::new(plan, *table)).collect(),
        }
    }

    /// Adds the list of a record, whose cells stand in `bytes`.
    pub fn push(&mut self, plan: &Plan, rows: &Rows, bytes: &[u8]) {
        for number in 0..rows.tables[self.table].len() {
            self.push_element(plan, rows, bytes, number);
        }
        self.end_list();
    }

    fn push_element(&mut self, plan: &Plan, rows: &Rows, bytes: &[u8], number: usize) {
        let row = &rows.tables[self.table][number];
        self.lines.push(row.line);
        let cells = &plan.tables[self.table].members;
        for (column, cell) in self.members.iter_mut().zip(cells) {
            column.push(rows.cell(bytes, row, *cell));
        }
        for below in &mut self.below {
            for inner in &rows.by_holder[below.table][number] {
                below.push_element(plan, rows, bytes, *inner);
            }
            below.end_list();
        }
    }

    fn end_list(&mut self) {
        let end = i32::try_from(self.lines.len()).expect("the rows of a batch are far fewer");
        self.offsets.push(end);
    }

    /// The column.
    pub fn finish(self, plan: &Plan) -> ArrayRef {
        let DataType::List(element) = list_type(plan, self.table) else {
            unreachable!("it is a type of lists")
        };
        let mut columns: Vec<ArrayRef> = Vec::new();
        columns.extend(self.members.into_iter().map(TextColumn::finish));
        for below in self.below {
            columns.push(below.finish(plan));
        }
        columns.push(Arc::new(UInt64Array::from(self.lines)));
        let elements = StructArray::new(struct_fields(plan, self.table), columns, None);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        Arc::new(ListArray::new(element, offsets, Arc::new(elements), None))
    }
}

/// What a column that holds the line of each element is called; it stands last.
const LINE: &str = "(line)";

fn struct_fields(plan: &Plan, table: usize) -> Fields {
    let declared = &plan.tables[table];
    let members = declared.members.iter();
    let members = members.map(|cell| Field::new(&declared.cells[*cell], DataType::Utf8, true));
    let below = declared.below.iter();
    let below =
        below.map(|below| Field::new(&plan.tables[*below].column, list_type(plan, *below), false));
    let line = Field::new(LINE, DataType::UInt64, false);
    members.chain(below).chain([line]).collect()
}

/// The type of the lists that a table becomes.
pub(super) fn list_type(plan: &Plan, table: usize) -> DataType {
    let element = DataType::Struct(struct_fields(plan, table));
    DataType::List(Arc::new(Field::new_list_field(element, false)))
}
