//! Enums, code systems and records.

use super::checker::{Checker, EnumInfo, RecordInfo};
use super::errors;
use super::limits::{MAX_ENUM_VALUES, MAX_FIELDS};
use super::types::Written;
use crate::diagnostic::nearest;
use crate::domain::CodeModel;
use crate::model::{self, CodeSystem, FieldId, FieldRole, Type};
use crate::syntax::ast;
use crate::text::{Arena, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl<'a> Checker<'a> {
    pub fn enums(&mut self) {
        for at in 0..self.declarations.enums.len() {
            let ast = self.declarations.enums[at].ast;
            self.one_enum(ast);
        }
    }

    fn one_enum(&mut self, ast: &'a ast::Enum) {
        let mut values = FxHashMap::default();
        let mut names: Vec<Arc<str>> = Vec::new();
        let mut taken: FxHashMap<&str, (u16, Span)> = FxHashMap::default();
        let mut spellings = Vec::new();
        for value in &ast.values {
            if names.len() >= MAX_ENUM_VALUES {
                self.report(errors::too_many(
                    "values of one enum",
                    MAX_ENUM_VALUES,
                    value.span,
                ));
                break;
            }
            if let Some((_, first)) = taken.get(value.name.text.as_str()) {
                let (name, first) = (&value.name, *first);
                self.report(errors::enum_value_twice(&name.text, first, name.span));
                continue;
            }
            let number = u16::try_from(names.len()).expect("fewer values than the limit");
            let name: Arc<str> = value.name.text.as_str().into();
            taken.insert(&value.name.text, (number, value.name.span));
            values.insert(Arc::clone(&name), number);
            names.push(name);
        }
        for value in &ast.values {
            let Some(&number) = values.get(value.name.text.as_str()) else {
                continue;
            };
            for spelling in &value.spellings {
                let known = taken.get(spelling.value.as_str()).copied();
                if let Some((_, first)) = known.filter(|(other, _)| *other != number) {
                    let span = spelling.span;
                    self.report(errors::enum_value_twice(&spelling.value, first, span));
                    continue;
                }
                taken.insert(&spelling.value, (number, spelling.span));
                spellings.push((spelling.value.as_str().into(), number));
            }
        }
        self.enums.push(model::Enum {
            name: ast.name.text.as_str().into(),
            ordered: ast.ordered,
            values: names,
            spellings,
            span: ast.name.span,
        });
        self.enum_info.push(EnumInfo { values });
    }

    pub fn systems(&mut self) {
        for at in 0..self.declarations.systems.len() {
            let ast = self.declarations.systems[at].ast;
            let model = match &ast.model {
                ast::CodeModel::Segmented(_) => CodeModel::Segmented,
                ast::CodeModel::Like(name) => self.code_model(name),
            };
            self.systems.push(CodeSystem {
                name: ast.name.text.as_str().into(),
                model,
                span: Some(ast.name.span),
            });
        }
    }

    fn code_model(&mut self, name: &ast::Name) -> CodeModel {
        match name.text.as_str() {
            "hs" => CodeModel::Hs,
            "eccn" => CodeModel::Eccn,
            other => {
                let near = nearest(other, ["hs", "eccn"]);
                self.report(errors::unknown_type(other, name.span, near));
                CodeModel::Segmented
            }
        }
    }

    pub fn all_records(&mut self) {
        for at in 0..self.declarations.records.len() {
            let info = self.one_record(at);
            self.records.push(info);
        }
        self.nested_lists();
    }

    fn one_record(&mut self, at: usize) -> RecordInfo {
        let (ast, unit) = {
            let declared = &self.declarations.records[at];
            (declared.ast, declared.unit)
        };
        let mut info = RecordInfo {
            name: ast.name.text.as_str().into(),
            span: Some(ast.name.span),
            fields: Arena::default(),
            ..RecordInfo::default()
        };
        for field in &ast.fields {
            if info.fields.len() >= MAX_FIELDS {
                let what = "fields of one record";
                self.report(errors::too_many(what, MAX_FIELDS, field.span));
                break;
            }
            if let Some(&first) = info.by_name.get(field.name.text.as_str()) {
                let first = info.fields[first].span;
                let (name, span) = (&field.name.text, field.name.span);
                self.report(errors::duplicate_name(name, first, span));
                continue;
            }
            let written = self.written_type(unit, &field.ty);
            let written = written.filter(|it| self.field_type(it.ty, &field.ty).is_some());
            let id = info.fields.push(model_field(field, written));
            if written.is_none() {
                info.broken.push(id);
            }
            let name = Arc::clone(&info.fields[id].name);
            info.by_name.insert(name, id);
            self.role(&mut info, id, field);
        }
        self.columns(ast.fields.iter(), &info.fields, &info.by_name);
        info
    }

    /// A record says what was done, not what is thought of it.
    fn field_type(&mut self, ty: Type, written: &ast::Type) -> Option<()> {
        if ty != Type::Verdict {
            return Some(());
        }
        let help = "a verdict comes from a rule, a table or a column of a `list`; make the field an `enum` of its own";
        let called = self.called(ty);
        let place = "a field of a record";
        self.report(errors::type_not_for_here(
            written.span,
            &called,
            place,
            Some(help),
        ));
        None
    }

    fn role(&mut self, info: &mut RecordInfo, id: FieldId, field: &ast::Field) {
        if field.name.text == "as_of" && !field.name.quoted && field.role != ast::FieldRole::AsOf {
            self.report(errors::as_of_is_taken(field.name.span));
        }
        let (slot, role) = match field.role {
            ast::FieldRole::Plain | ast::FieldRole::Value => return,
            ast::FieldRole::Key => (&mut info.key, "key"),
            ast::FieldRole::AsOf => (&mut info.as_of, "as of"),
        };
        if let Some(first) = *slot {
            let first = info.fields[first].span;
            self.report(errors::role_twice(role, first, field.name.span));
            return;
        }
        *slot = Some(id);
        if let Some(optional) = field.ty.optional {
            self.report(errors::key_or_as_of(
                optional,
                &format!("the `{role}` field of a record is always there"),
                "this says that it may be missing",
                "leave the `?` out",
            ));
        }
        let ty = info.fields[id].ty;
        let is_broken = info.broken.contains(&id);
        if role == "as of" && !is_broken && !matches!(ty, Type::Date | Type::Instant) {
            self.report(errors::key_or_as_of(
                field.ty.span,
                "the `as of` field of a record is a day",
                &format!("this is {}", self.called(ty)),
                "give it the type `date` or `instant`",
            ));
        }
        if role == "key" && !is_broken && !is_key_type(ty) {
            self.report(errors::key_or_as_of(
                field.ty.span,
                "the `key` field of a record is a text, a whole number or a code",
                &format!("this is {}", self.called(ty)),
                "give it the type `text` or `int`",
            ));
        }
    }

    /// Two fields may not read one column.
    pub fn columns<'f>(
        &mut self,
        written: impl Iterator<Item = &'f ast::Field>,
        fields: &Arena<model::Field>,
        by_name: &FxHashMap<Arc<str>, FieldId>,
    ) {
        let mut readers: FxHashMap<&str, Span> = FxHashMap::default();
        for field in written {
            let (column, span) = match &field.column {
                Some(column) => (column.value.as_str(), column.span),
                None => (field.name.text.as_str(), field.name.span),
            };
            // A field named twice has its message already.
            let known = by_name.get(field.name.text.as_str());
            if known.is_none_or(|id| fields[*id].span != field.name.span) {
                continue;
            }
            match readers.get(column) {
                Some(first) => {
                    let first = *first;
                    self.report(errors::column_twice(column, first, span));
                }
                None => {
                    readers.insert(column, span);
                }
            }
        }
    }

    /// Chooses the record that each unit's expressions are about: the one with a key.
    pub fn choose_records(&mut self) {
        for unit in self.loaded.units.ids() {
            let mut keyed: Vec<usize> = self
                .scope(unit)
                .names
                .values()
                .filter_map(|entry| match entry.meaning {
                    super::declare::Meaning::Record(at) => Some(at),
                    _ => None,
                })
                .filter(|at| self.records[*at].key.is_some())
                .collect();
            keyed.sort_unstable();
            let source = |at: usize| {
                let name = &self.declarations.records[at].ast.name;
                (name.text.as_str(), name.span)
            };
            if let [first, second, ..] = keyed[..] {
                let error = errors::several_records(source(first), source(second));
                self.report(error);
            }
            let chosen = keyed.first().copied().or_else(|| self.keyless(unit));
            self.declarations.scopes[unit.index()].record = chosen;
        }
        self.records_without_as_of();
        self.policies_without_record();
        self.shadowed_fields();
    }

    /// The record that a policy most likely means where none has a key, which is reported.
    fn keyless(&self, unit: super::load::UnitId) -> Option<usize> {
        let is_policy = |it: &super::declare::PolicySource| it.unit == unit;
        if !self.declarations.policies.iter().any(is_policy) {
            return None;
        }
        let records = self.scope(unit).names.values();
        let records = records.filter_map(|entry| match entry.meaning {
            super::declare::Meaning::Record(at) => Some(at),
            _ => None,
        });
        records.min_by_key(|at| (self.records[*at].as_of.is_none(), *at))
    }

    fn records_without_as_of(&mut self) {
        for at in 0..self.records.len() {
            let record = &self.records[at];
            if record.key.is_some() && record.as_of.is_none() {
                let span = self.declarations.records[at].ast.name.span;
                self.report(errors::key_or_as_of(
                    span,
                    &format!("`{}` has no `as of` field", self.records[at].name),
                    "nothing here says whose day's law applies",
                    "write `as of` before the field that holds the day",
                ));
            }
        }
    }

    fn policies_without_record(&mut self) {
        for at in 0..self.declarations.policies.len() {
            let policy = &self.declarations.policies[at];
            let scope = self.scope(policy.unit);
            let record = scope.record.map(|at| &self.records[at]);
            if record.is_some_and(|it| it.key.is_some()) {
                continue;
            }
            let keyless = scope.names.values().find_map(|entry| match entry.meaning {
                super::declare::Meaning::Record(at) => Some((at, entry.span)),
                _ => None,
            });
            let error = match keyless {
                None => errors::no_record(policy.span),
                Some((record, span)) => errors::key_or_as_of(
                    span,
                    &format!("`{}` has no `key` field", self.records[record].name),
                    "nothing here names a record",
                    "write `key` before the field that names the record",
                ),
            };
            self.report(error);
        }
    }

    /// A field may not have the name of a set, a param or a define in sight of its record.
    fn shadowed_fields(&mut self) {
        let mut found = Vec::new();
        for scope in &self.declarations.scopes {
            let Some(record) = scope.record.map(|at| &self.records[at]) else {
                continue;
            };
            for (name, id) in &record.by_name {
                if let Some(entry) = scope.names.get(&**name)
                    && entry.meaning.is_value()
                {
                    let hidden = record.fields[*id].span;
                    found.push(errors::shadowed_name(name, entry.span, "field", hidden));
                }
            }
        }
        self.diagnostics.extend(found);
    }
}

/// A key is shown and compared as it is written.
fn is_key_type(ty: Type) -> bool {
    match ty {
        Type::Text { .. } | Type::Int | Type::Code(_) => true,
        Type::Bool
        | Type::Decimal
        | Type::Percent
        | Type::Money(_)
        | Type::Mass
        | Type::Date
        | Type::Instant
        | Type::Duration
        | Type::Country
        | Type::Enum(_)
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => false,
    }
}

pub(super) fn model_field(field: &ast::Field, written: Option<Written>) -> model::Field {
    let name: Arc<str> = field.name.text.as_str().into();
    model::Field {
        ty: written.map_or(Type::Text { folded: false }, |written| written.ty),
        optional: field.ty.optional.is_some(),
        signed: written.is_some_and(|written| written.signed),
        percent_of_one: written.is_some_and(|written| written.percent_of_one),
        unit: written.and_then(|written| written.unit),
        role: match field.role {
            ast::FieldRole::Plain => FieldRole::Plain,
            ast::FieldRole::Key => FieldRole::Key,
            ast::FieldRole::AsOf => FieldRole::AsOf,
            ast::FieldRole::Value => FieldRole::Value,
        },
        column: match &field.column {
            Some(column) => column.value.as_str().into(),
            None => Arc::clone(&name),
        },
        name,
        span: field.name.span,
        doc: field.doc.as_ref().map(|doc| doc.text.as_str().into()),
    }
}
