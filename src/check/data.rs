//! Lists that are read from files: their columns, and their rows.

use super::checker::Checker;
use super::closures::{self, shown};
use super::declare::ListSource as Declared;
use super::errors;
use super::limits::MAX_FIELDS;
use super::load::UnitId;
use super::records::model_field;
use crate::diagnostic::nearest;
use crate::domain::{Day, Window};
use crate::input::reference::{Fault, ReferenceFile, read_rows};
use crate::model::{
    DataFile, Field, FieldId, List, ListHead, ListId, ListRow, ListSource, Type, Types, Valid,
    Value,
};
use crate::syntax::ast;
use crate::text::{Arena, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Bad rows and double keys that are shown.
const MAX_SHOWN: usize = 10;

/// A list as expressions know it.
pub(super) struct ListInfo {
    pub columns: Arena<Field>,
    pub by_name: FxHashMap<Arc<str>, FieldId>,
    /// The columns asked for; of a table one or more.
    pub keys: Vec<FieldId>,
    /// Columns whose type could not be read; a use of one says nothing more.
    pub broken: Vec<FieldId>,
    /// Where the name stands.
    pub span: Span,
    /// The first key with finer codes below it, and where its row stands.
    pub coarse: Option<(String, String)>,
}

impl ListInfo {
    /// The type of the key, if that is known.
    pub fn key_type(&self) -> Option<Type> {
        let key = self.key().filter(|key| !self.broken.contains(key))?;
        Some(self.columns[key].ty)
    }

    /// The column asked for; of a table the first.
    pub fn key(&self) -> Option<FieldId> {
        self.keys.first().copied()
    }
}

/// The entries of a list that are no columns.
#[derive(Default)]
struct Entries<'a> {
    valid: Option<&'a ast::Valid>,
    recorded: Option<&'a ast::Recorded>,
}

impl<'a> Checker<'a> {
    /// All lists with their rows. A list that is wrong is there, without rows.
    pub fn all_lists(&mut self) -> Arena<List> {
        let mut lists = Arena::default();
        let mut derived = Vec::new();
        for at in 0..self.declarations.lists.len() {
            let declared = &self.declarations.lists[at];
            let (unit, doc) = (declared.unit, declared.doc.clone());
            match declared.source {
                Declared::File(ast) => {
                    lists.push(self.one_list(ast, unit, doc));
                }
                Declared::Closure(ast) => {
                    let (info, list) = closures::unread(ast, lists.next_id());
                    self.lists.push(info);
                    derived.push((lists.push(list), ast));
                }
            }
        }
        // They follow from lists that may stand behind them.
        for (id, ast) in derived {
            lists[id] = self.closure(&lists, id, ast);
        }
        lists
    }

    fn one_list(&mut self, ast: &'a ast::List, unit: UnitId, doc: Option<Arc<str>>) -> List {
        let known = self.diagnostics.len();
        let mut info = self.list_columns(unit, ast);
        let entries = self.list_entries(ast);
        let valid = entries.valid.map(|valid| self.valid(ast, &info, valid));
        let recorded = entries
            .recorded
            .map(|recorded| self.recorded(ast, &info, recorded));
        if ast.is_table {
            self.table_columns(ast, &info, valid.flatten(), recorded.flatten());
        }
        let is_whole = self.diagnostics[known..].iter().all(|it| !it.is_error());
        let mut file = DataFile {
            written: ast.path.value.as_str().into(),
            name: ast.path.value.as_str().into(),
            sheet: ast.sheet.as_ref().map(|it| it.value.as_str().into()),
            sha256: "".into(),
        };
        let source = match ast.is_table {
            true => ListSource::Table,
            false => ListSource::File,
        };
        let mut head = ListHead {
            name: ast.name.text.as_str().into(),
            columns: info.columns.clone(),
            keys: match info.keys.is_empty() {
                true => vec![FieldId::from_index(0)],
                false => info.keys.clone(),
            },
            valid: valid.flatten(),
            recorded: recorded.flatten(),
            source: source(file.clone()),
            span: ast.name.span,
            doc,
        };
        let loaded = self.loaded;
        let rows = match loaded.data.get(&ast.path.span) {
            Some(read) if is_whole => {
                file.name = Arc::clone(&read.name);
                file.sha256 = Arc::clone(&read.sha256);
                head.source = source(file.clone());
                self.list_rows((unit, ast), &head, &file, read)
            }
            // What keeps the file from being read, or the list from being understood, is reported.
            Some(_) | None => None,
        };
        let mut list = List::new(head, rows.unwrap_or_default());
        self.keys_twice(ast, &list, &file);
        info.coarse = list.rows().iter().find_map(|row| {
            let key = list.key(row);
            let coarse = super::lints::coarse::is_coarse(key);
            let code = || match key {
                Value::Code(code) => format!("\"{code}\""),
                other => format!("{other:?}"),
            };
            coarse.then(|| (code(), row.place.to_string()))
        });
        if let (Some(day), Some(recorded)) = (self.options.known_at, list.head.recorded) {
            let days = list.rows().iter().map(|row| recorded_on(row, recorded));
            let first = days.min();
            list = known_at(&list, recorded, day);
            if let (true, Some(first)) = (list.rows().is_empty(), first) {
                let (name, span) = (&ast.name.text, ast.name.span);
                self.report(errors::list_not_yet_known(name, span, day, first));
            }
        }
        self.lists.push(info);
        list
    }

    fn list_columns(&mut self, unit: UnitId, ast: &'a ast::List) -> ListInfo {
        let mut info = ListInfo {
            columns: Arena::default(),
            by_name: FxHashMap::default(),
            keys: Vec::new(),
            broken: Vec::new(),
            span: ast.name.span,
            coarse: None,
        };
        for column in ast.columns() {
            if info.columns.len() >= MAX_FIELDS {
                let what = "columns of one list";
                self.report(errors::too_many(what, MAX_FIELDS, column.span));
                break;
            }
            if let Some(&first) = info.by_name.get(column.name.text.as_str()) {
                let first = info.columns[first].span;
                let (name, span) = (&column.name.text, column.name.span);
                self.report(errors::duplicate_name(name, first, span));
                continue;
            }
            let written = self.written_type(unit, &column.ty);
            let written = written.filter(|it| self.column_type(it.ty, &column.ty).is_some());
            let id = info.columns.push(model_field(column, written));
            if written.is_none() {
                info.broken.push(id);
            }
            let name = Arc::clone(&info.columns[id].name);
            info.by_name.insert(name, id);
            self.key_column(&mut info, id, column, ast.noun());
        }
        self.columns(ast.columns(), &info.columns, &info.by_name);
        if info.keys.is_empty() && !ast.columns().any(|it| it.role == ast::FieldRole::Key) {
            self.report(errors::list_entry(
                ast.name.span,
                &format!("`{}` has no key", ast.name.text),
                "nothing here says by what its rows are found",
                "write `key` before the column that a record's field is looked up in",
            ));
        }
        info
    }

    /// A cell holds one value.
    fn column_type(&mut self, ty: Type, ast: &ast::Type) -> Option<()> {
        self.not_list(ty, ast, "the column of a list")?;
        if ty != Type::Instant {
            return Some(());
        }
        let help = "give it the type `date`";
        let called = self.called(ty);
        let place = "the column of a list";
        self.report(errors::type_not_for_here(
            ast.span,
            &called,
            place,
            Some(help),
        ));
        None
    }

    fn key_column(&mut self, info: &mut ListInfo, id: FieldId, ast: &ast::Field, of: &str) {
        match ast.role {
            ast::FieldRole::Plain | ast::FieldRole::Value => return,
            ast::FieldRole::Key => {}
            ast::FieldRole::AsOf => {
                return self.report(errors::list_entry(
                    ast.span,
                    &format!("a {of} has no `as of` column"),
                    "only the record that is screened has one",
                    "say which columns hold the days of a row: `valid from FIRST until END`",
                ));
            }
        }
        if let (Some(first), "list") = (info.key(), of) {
            let (first, second) = (info.columns[first].span, ast.name.span);
            return self.report(errors::list_entry_twice("key", first, second));
        }
        info.keys.push(id);
        if let Some(optional) = ast.ty.optional {
            self.report(errors::list_entry(
                optional,
                &format!("the key of a {of} is always there"),
                "this says that it may be missing",
                "leave the `?` out",
            ));
        }
        let ty = info.columns[id].ty;
        if !info.broken.contains(&id) && !is_key_type(ty) {
            let called = self.called(ty);
            self.report(errors::list_entry(
                ast.ty.span,
                &format!("the key of a {of} is a text, a code, a country, a value of an enum, a whole number or a date"),
                &format!("this is {called}"),
                "give it one of these types",
            ));
        }
    }

    fn list_entries(&mut self, ast: &'a ast::List) -> Entries<'a> {
        let mut entries = Entries::default();
        for entry in &ast.entries {
            match entry {
                ast::ListEntry::Column(_) => {}
                ast::ListEntry::Valid(valid) => match entries.valid {
                    None => entries.valid = Some(valid),
                    Some(first) => {
                        let (first, second) = (first.span, valid.span);
                        self.report(errors::list_entry_twice("valid", first, second));
                    }
                },
                ast::ListEntry::Recorded(recorded) => match entries.recorded {
                    None => entries.recorded = Some(recorded),
                    Some(first) => {
                        let (first, second) = (first.span, recorded.span);
                        self.report(errors::list_entry_twice("recorded", first, second));
                    }
                },
            }
        }
        entries
    }

    /// `None` where a column is not as it must be, which is reported.
    fn valid(&mut self, ast: &ast::List, info: &ListInfo, valid: &ast::Valid) -> Option<Valid> {
        let from = valid
            .from
            .as_ref()
            .map(|name| self.day_column(ast, info, name));
        let end = valid.end.as_ref().map(|(name, included)| {
            let column = self.day_column(ast, info, name);
            column.map(|column| (column, *included))
        });
        Some(Valid {
            from: match from {
                Some(from) => Some(from?),
                None => None,
            },
            end: match end {
                Some(end) => Some(end?),
                None => None,
            },
        })
    }

    fn recorded(
        &mut self,
        ast: &ast::List,
        info: &ListInfo,
        recorded: &ast::Recorded,
    ) -> Option<FieldId> {
        let column = self.day_column(ast, info, &recorded.column)?;
        let declared = ast
            .columns()
            .find(|it| it.name.text == recorded.column.text)
            .and_then(|it| it.ty.optional);
        if let Some(optional) = declared {
            self.report(errors::list_entry(
                optional,
                "every row has a day on which it was recorded",
                "this says that it may be missing",
                "leave the `?` out",
            ));
            return None;
        }
        Some(column)
    }

    fn day_column(
        &mut self,
        ast: &ast::List,
        info: &ListInfo,
        name: &ast::Name,
    ) -> Option<FieldId> {
        let Some(&column) = info.by_name.get(name.text.as_str()) else {
            let near = nearest(&name.text, info.by_name.keys().map(|name| &**name));
            let error = errors::no_such_column(&ast.name.text, &name.text, name.span, near);
            self.report(error);
            return None;
        };
        self.note(name.span, info.columns[column].span);
        if info.broken.contains(&column) {
            return None;
        }
        let declared = &info.columns[column];
        if declared.ty == Type::Date {
            return Some(column);
        }
        let called = self.called(declared.ty);
        let error = errors::type_mismatch(&called, name.span, "a date", Some(declared.span))
            .help("name a column of the type `date`");
        self.report(error);
        None
    }

    fn list_rows(
        &mut self,
        (unit, ast): (UnitId, &ast::List),
        head: &ListHead,
        file: &DataFile,
        read: &ReferenceFile,
    ) -> Option<Vec<ListRow>> {
        let columns: Vec<&Field> = head.columns.values().collect();
        let nested = Arena::default();
        let verdicts = self.verdict_names_of(unit);
        let types = Types {
            enums: &self.enums,
            systems: &self.systems,
            nested: &nested,
            verdicts: &verdicts,
        };
        let sheet = file.sheet.as_deref();
        let place = file.to_string();
        let rows = match read_rows(read, sheet, &columns, types) {
            Ok(rows) => rows,
            Err(error) => {
                self.report(errors::data_rows(ast.path.span, ast.noun(), &place, &error));
                return None;
            }
        };
        let mut faults = Vec::new();
        let rows: Vec<ListRow> = rows
            .into_iter()
            .map(|row| {
                let window = window_of(head.valid, &row.values);
                if window.is_empty() {
                    faults.push(backwards(head, &row.values, row.place));
                }
                ListRow {
                    values: row.values,
                    window,
                    place: row.place,
                    certain: true,
                }
            })
            .collect();
        if faults.is_empty() {
            return Some(rows);
        }
        let count = faults.len() as u64;
        faults.truncate(MAX_SHOWN);
        self.report(errors::bad_rows(
            ast.path.span,
            ast.noun(),
            &place,
            &faults,
            count,
        ));
        None
    }

    /// A key that two rows have on one day.
    fn keys_twice(&mut self, ast: &ast::List, list: &List, file: &DataFile) {
        let overlaps = list.overlaps();
        if overlaps.is_empty() {
            return;
        }
        let shown = overlaps.iter().take(MAX_SHOWN).map(|(first, second)| {
            let keys = list.head.keys.iter().zip(list.keys(second));
            let keys = keys.map(|(column, key)| {
                let shown = shown(&self.enums, list.head.columns[*column].ty, key);
                format!("`{shown}`")
            });
            let key = keys.collect::<Vec<_>>().join(", ");
            let both = first.window.intersect(&second.window);
            let days = match list.is_dated() {
                true => format!(", both {both}"),
                false => String::new(),
            };
            format!("{} and {}: {key}{days}", first.place, second.place)
        });
        let shown: Vec<String> = shown.collect();
        let place = file.to_string();
        let error = errors::key_twice(ast.path.span, &place, &shown, overlaps.len());
        self.report(error);
    }

    /// The list that a name stands for.
    pub fn list_named(&self, unit: UnitId, ast: &ast::Expr) -> Option<(ListId, Span)> {
        let ast::ExprKind::Name(name) = &ast.without_parentheses().kind else {
            return None;
        };
        let (meaning, declared) = self.meaning(unit, &name.text)?;
        let list = meaning.list()?;
        self.note(name.span, declared);
        Some((list, name.span))
    }
}

/// The list as it was known on a day.
fn known_at(list: &List, recorded: FieldId, day: Day) -> List {
    let was_known = |row: &&ListRow| recorded_on(row, recorded) <= day;
    let rows = list.rows().iter().filter(was_known).cloned().collect();
    List::new((*list.head).clone(), rows)
}

/// The day on which a row came into its list; the column is never empty.
fn recorded_on(row: &ListRow, recorded: FieldId) -> Day {
    match row.get(recorded) {
        Some(Value::Date(day)) => *day,
        other => unreachable!("internal error: {other:?} as the day of recording"),
    }
}

fn day_in(values: &[Option<Value>], column: FieldId) -> Option<Day> {
    match values[column.index()] {
        Some(Value::Date(day)) => Some(day),
        None => None,
        Some(ref other) => unreachable!("internal error: {other:?} is not a date"),
    }
}

/// The days on which a row is in the list. Without a first day it always was; without an end it stays.
fn window_of(valid: Option<Valid>, values: &[Option<Value>]) -> Window {
    let Some(valid) = valid else {
        return Window::ALWAYS;
    };
    let from = valid.from.and_then(|column| day_in(values, column));
    let end = valid
        .end
        .and_then(|(column, included)| Some((day_in(values, column)?, included)));
    match end {
        None => Window::new(from, None),
        Some((last, true)) => Window::through(from, last),
        Some((until, false)) => Window::new(from, Some(until)),
    }
}

/// A row that ends before it begins.
fn backwards(head: &ListHead, values: &[Option<Value>], place: crate::model::RowPlace) -> Fault {
    let end = head.valid.and_then(|valid| valid.end);
    let from = head.valid.and_then(|valid| valid.from);
    let shown = |column: Option<FieldId>| {
        let day = column.and_then(|column| day_in(values, column));
        day.map_or(String::new(), |day| day.to_string())
    };
    let column = end.map(|(column, _)| Arc::clone(&head.columns[column].column));
    Fault {
        place,
        column,
        found: shown(end.map(|(column, _)| column)),
        expected: format!(
            "a day after {}, the row's first: it would be in the list on no day",
            shown(from)
        ),
    }
}

/// A key is found by equality.
fn is_key_type(ty: Type) -> bool {
    match ty {
        Type::Text { .. }
        | Type::Int
        | Type::Date
        | Type::Country
        | Type::Code(_)
        | Type::Enum(_) => true,
        Type::Bool
        | Type::Decimal
        | Type::Percent
        | Type::Money(_)
        | Type::Mass
        | Type::Instant
        | Type::Duration
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => false,
    }
}
