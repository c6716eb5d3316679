//! Which lists of the record come from child tables, and which columns of these are read for what.

use std::path::Path;
use std::sync::Arc;

use super::entry::MAX_TABLES;
use super::{ChildSpec, errors};
use crate::input::mapping::{ChildMapping, Column, Mapping};
use crate::input::{Format, InputError, InputFile, WantedColumn, find_files};
use crate::model::{Field, FieldId, Model, NestedId, Type};
use crate::screen::bind::column_of;

/// Every child table of a run, those of outer lists first.
pub(super) struct Plan {
    pub tables: Vec<Table>,
    /// The column of the records that holds their key.
    pub key: String,
    /// Child tables of lists that nothing is asked about, as list and file.
    pub unread: Vec<(String, String)>,
}

/// One child table.
pub(super) struct Table {
    /// The path of the list: `components.parts`.
    pub list: String,
    /// The field of the record, or of an element of the list above.
    pub field: Arc<str>,
    /// What the column of lists that it becomes is called.
    pub column: String,
    pub file: InputFile,
    /// The table of the list above.
    pub above: Option<usize>,
    /// The tables of lists of its elements.
    pub below: Vec<usize>,
    /// What is read of the file; first the record's key.
    pub wanted: Vec<WantedColumn>,
    /// Names of the columns whose cells are kept, in their order.
    pub cells: Vec<String>,
    /// From the outside in, the tables above and the cells that name their elements.
    pub ancestors: Vec<(usize, usize)>,
    /// The cell that names an element, and its column; else tables below count elements.
    pub element: Option<usize>,
    /// The cells that hold fields of the elements.
    pub members: Vec<usize>,
}

impl Table {
    /// Where a row of it stands, in words.
    pub fn place(&self, line: u64) -> String {
        format!("line {line} of {}", self.file.name)
    }

    /// The index of the cell that holds the column called `name`.
    fn cell(&mut self, name: &str) -> usize {
        let known = self.cells.iter().position(|cell| cell == name);
        known.unwrap_or_else(|| {
            self.cells.push(name.to_owned());
            self.cells.len() - 1
        })
    }
}

impl Plan {
    /// Holds `specs` to the record of `model`, of which `read` is read.
    pub fn new(
        specs: &[ChildSpec],
        model: &Model,
        mapping: &Mapping,
        read: &[FieldId],
    ) -> Result<Plan, InputError> {
        let key = column_of(model, mapping, model.record.key);
        let key = key.ok_or_else(errors::no_key)?.to_owned();
        let mut plan = Plan {
            tables: Vec::new(),
            key,
            unread: Vec::new(),
        };
        let paths = model.field_paths();
        let mut specs: Vec<&ChildSpec> = specs.iter().collect();
        specs.sort_by_key(|spec| (spec.list.matches('.').count(), spec.list.clone()));
        for (at, spec) in specs.iter().enumerate() {
            let (_, field) = paths
                .iter()
                .find(|(path, _)| *path == spec.list)
                .ok_or_else(|| errors::no_such_list(&spec.list, &paths))?;
            let Type::List(of) = field.ty else {
                return Err(errors::no_list(&spec.list, &paths));
            };
            if specs[..at].iter().any(|other| other.list == spec.list) {
                return Err(errors::two_tables(&spec.list));
            }
            let outer = spec.list.split('.').next().unwrap_or_default();
            let fields = &model.record.fields;
            if !read.iter().any(|id| *fields[*id].name == *outer) {
                let file = crate::input::errors::shown(&spec.input.path);
                plan.unread.push((spec.list.clone(), file));
                continue;
            }
            plan.add(spec, field, of, model, mapping)?;
        }
        match plan.tables.len() {
            0..MAX_TABLES => Ok(plan),
            _ => Err(errors::too_many(MAX_TABLES)),
        }
    }

    fn add(
        &mut self,
        spec: &ChildSpec,
        field: &Field,
        of: NestedId,
        model: &Model,
        mapping: &Mapping,
    ) -> Result<(), InputError> {
        let list = &spec.list;
        let above = match list.rsplit_once('.') {
            None => None,
            Some((above, _)) => {
                let place = self.tables.iter().position(|table| table.list == above);
                Some(place.ok_or_else(|| errors::no_table_above(list, above))?)
            }
        };
        let column = column_name(field, list, mapping).ok_or_else(|| errors::left_out(list))?;
        let own = mapping.children.get(list).cloned().unwrap_or_default();
        let mut table = Table {
            list: list.clone(),
            field: field.name.clone(),
            column,
            file: file_of(spec)?,
            above,
            below: Vec::new(),
            wanted: vec![WantedColumn::required(self.key_column(&own))],
            cells: Vec::new(),
            ancestors: Vec::new(),
            element: None,
            members: Vec::new(),
        };
        self.add_ancestors(&mut table, &own, mapping)?;
        if let Some(name) = &own.element {
            table.wanted.push(WantedColumn::required(name));
            table.element = Some(table.cell(name));
        }
        for field in model.nested[of].fields.values() {
            let path = format!("{list}.{}", field.name);
            let Some(name) = column_name(field, &path, mapping) else {
                continue;
            };
            let is_list = matches!(field.ty, Type::List(_));
            let cell = table.cell(&name);
            if !table.members.contains(&cell) {
                table.members.push(cell);
            }
            let wanted = WantedColumn::required(name).holding(path, field.optional);
            table.wanted.push(wanted.of_lists(is_list));
        }
        let at = self.tables.len();
        if let Some(above) = above {
            self.tables[above].below.push(at);
            self.tables[above].leave_out(list);
        }
        self.tables.push(table);
        Ok(())
    }

    fn key_column(&self, own: &ChildMapping) -> String {
        own.key.clone().unwrap_or_else(|| self.key.clone())
    }

    /// The columns that name the elements above, which must be different ones.
    fn add_ancestors(
        &self,
        table: &mut Table,
        own: &ChildMapping,
        mapping: &Mapping,
    ) -> Result<(), InputError> {
        let mut chain = Vec::new();
        let mut next = table.above;
        while let Some(at) = next {
            chain.push(at);
            next = self.tables[at].above;
        }
        for at in chain.into_iter().rev() {
            let above = &self.tables[at];
            let element = mapping.children.get(&above.list);
            let element = element.and_then(|child| child.element.clone());
            let name = own.within.get(&above.list).cloned().or(element);
            let name = name.unwrap_or_else(|| above.field.to_string());
            if table.wanted.iter().any(|column| column.name == name) {
                return Err(errors::one_column_twice(&table.list, &above.list, &name));
            }
            table.wanted.push(WantedColumn::required(&name));
            let cell = table.cell(&name);
            table.ancestors.push((at, cell));
        }
        Ok(())
    }
}

impl Table {
    /// Reads no column for a list that has a table of its own.
    fn leave_out(&mut self, list: &str) {
        let holds = |column: &WantedColumn| {
            let held = column.holds.as_ref();
            held.is_some_and(|field| field.name == list)
        };
        let Some(at) = self.wanted.iter().position(holds) else {
            return;
        };
        let name = self.wanted.remove(at).name;
        if self.wanted.iter().any(|column| column.name == name) {
            return;
        }
        let cell = self.cells.iter().position(|cell| *cell == name);
        let cell = cell.expect("every wanted column has a cell");
        self.cells.remove(cell);
        self.members.retain(|member| *member != cell);
        let shift = |place: &mut usize| *place -= usize::from(*place > cell);
        self.members.iter_mut().for_each(shift);
        self.element.iter_mut().for_each(shift);
        self.ancestors
            .iter_mut()
            .for_each(|(_, place)| shift(place));
    }
}

/// What the data calls the field at `path`; none if the mapping says that it is not there.
fn column_name(field: &Field, path: &str, mapping: &Mapping) -> Option<String> {
    match &mapping.field(path).column {
        Column::Declared => Some(field.column.to_string()),
        Column::Named(name) => Some(name.clone()),
        Column::Absent => None,
    }
}

/// The one text file of a child table.
fn file_of(spec: &ChildSpec) -> Result<InputFile, InputError> {
    let shown = crate::input::errors::shown(&spec.input.path);
    if spec.input.path == Path::new("-") || spec.input.path.is_dir() {
        return Err(errors::no_file(&shown));
    }
    let mut files = find_files(std::slice::from_ref(&spec.input))?;
    let file = files.remove(0);
    match file.kind.format {
        Format::Csv | Format::Tsv | Format::JsonLines => Ok(file),
        Format::Parquet | Format::Arrow => Err(errors::no_text(&shown)),
    }
}
