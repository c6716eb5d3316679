//! From the child rows of records to columns of lists of structs, as a Parquet file would hold them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, ListArray, StructArray, UInt64Array};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields};

use super::entry::Entry;
use super::plan::Plan;

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

/// The child rows of one record, by table.
pub(super) struct Rows<'a> {
    tables: Vec<Vec<ChildRow>>,
    /// For each table its rows by the element above; rows of the record's own lists have one holder.
    by_holder: Vec<Vec<Vec<usize>>>,
    cells: Vec<&'a [u8]>,
}

struct ChildRow {
    line: u64,
    /// Where its cells start.
    cells: usize,
}

/// Elements by the element that holds them and their name; none where two are called so.
type Named = HashMap<(usize, Vec<u8>), Option<usize>>;

impl<'a> Rows<'a> {
    /// Reads `entries`, all rows of one record, in the order of their files.
    pub fn read(plan: &Plan, entries: impl Iterator<Item = &'a [u8]>) -> Result<Self, NoLists> {
        let tables = plan.tables.len();
        let mut rows = Rows {
            tables: Vec::new(),
            by_holder: Vec::new(),
            cells: Vec::new(),
        };
        rows.tables.resize_with(tables, Vec::new);
        rows.by_holder.resize_with(tables, Vec::new);
        let (mut fault, mut shared) = (None, None);
        for entry in entries {
            match Entry::read(entry) {
                Entry::Row(head, texts) => {
                    rows.tables[head.table].push(ChildRow {
                        line: head.line,
                        cells: rows.cells.len(),
                    });
                    rows.cells.extend(texts);
                }
                Entry::Broken(head, found, expected) => {
                    let table = &plan.tables[head.table];
                    let place = table.place(head.line);
                    fault.get_or_insert_with(|| Fault {
                        field: table.list.clone(),
                        found: text(found).to_owned(),
                        expected: format!("{} ({place})", text(expected)),
                    });
                }
                Entry::Shared(other) => shared = Some(other),
            }
        }
        match (shared, fault) {
            (Some(other), _) => Err(NoLists::Shared(other)),
            (None, Some(fault)) => Err(NoLists::Fault(fault)),
            (None, None) => rows.held(plan).map_err(NoLists::Fault),
        }
    }

    fn cell(&self, row: &ChildRow, at: usize) -> &'a [u8] {
        self.cells[row.cells + at]
    }

    /// Finds the element that holds each row.
    fn held(mut self, plan: &Plan) -> Result<Self, Fault> {
        let mut named: Vec<Named> = Vec::new();
        for (at, table) in plan.tables.iter().enumerate() {
            let holders = table.above.map_or(1, |above| self.tables[above].len());
            let mut groups: Vec<Vec<usize>> = vec![Vec::new(); holders];
            let mut names = Named::new();
            for (number, row) in self.tables[at].iter().enumerate() {
                let mut holder = 0;
                for (above, cell) in &table.ancestors {
                    let name = self.cell(row, *cell).trim_ascii();
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
                    Some(cell) => self.cell(row, cell).trim_ascii().to_vec(),
                    None => groups[holder].len().to_string().into_bytes(),
                };
                let entry = names.entry((holder, name));
                entry.and_modify(|one| *one = None).or_insert(Some(number));
            }
            self.by_holder[at] = groups;
            named.push(names);
        }
        Ok(self)
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

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text formats give UTF-8")
}

/// A growing column of lists.
pub(super) struct ListColumn {
    table: usize,
    offsets: Vec<i32>,
    lines: Vec<u64>,
    members: Vec<StringBuilder>,
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
                .map(|_| StringBuilder::new())
                .collect(),
            below: below.map(|table| ListColumn::new(plan, *table)).collect(),
        }
    }

    /// Adds the list of a record.
    pub fn push(&mut self, plan: &Plan, rows: &Rows<'_>) {
        self.push_of(plan, rows, 0);
    }

    /// Adds the list that belongs to an element of the table above.
    fn push_of(&mut self, plan: &Plan, rows: &Rows<'_>, holder: usize) {
        let table = &plan.tables[self.table];
        for number in &rows.by_holder[self.table][holder] {
            let row = &rows.tables[self.table][*number];
            self.lines.push(row.line);
            for (builder, cell) in self.members.iter_mut().zip(&table.members) {
                match rows.cell(row, *cell) {
                    b"" => builder.append_null(),
                    bytes => builder.append_value(text(bytes)),
                }
            }
            for below in &mut self.below {
                below.push_of(plan, rows, *number);
            }
        }
        let end = i32::try_from(self.lines.len()).expect("the rows of a batch are far fewer");
        self.offsets.push(end);
    }

    /// The column.
    pub fn finish(self, plan: &Plan) -> ArrayRef {
        let DataType::List(element) = list_type(plan, self.table) else {
            unreachable!("it is a type of lists")
        };
        let mut columns: Vec<ArrayRef> = Vec::new();
        for mut builder in self.members {
            columns.push(Arc::new(builder.finish()));
        }
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
