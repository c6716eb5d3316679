//! Where declared things are named: noted while names are resolved, so that an editor asks the checker and does not guess.
//!
//! A declaration is known by the place of its name. A name that means nothing is not noted, and a place is noted once.

use super::checker::{Checker, Place};
use super::declare::Meaning;
use super::load::UnitId;
use crate::domain::{CodeModel, Country};
use crate::model::{EnumId, FieldId, Type};
use crate::syntax::ast;
use crate::text::Span;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// A place and what is named there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The name, as written.
    pub span: Span,
    /// What it means.
    pub of: Named,
}

/// What a name or a literal means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// What is declared there: the place of the name in the declaration.
    Declared(Span),
    /// A country.
    Country(Country),
    /// A code of a system with this grammar, in quotes.
    Code(CodeModel),
    /// A tag, which has no declaration: it is where it is borne.
    Tag(String),
}

/// Everything noted so far. Names are resolved behind shared references, too.
#[derive(Default)]
pub(super) struct Notes {
    places: RefCell<FxHashMap<Span, Named>>,
}

impl Notes {
    pub fn add(&self, span: Span, of: Named) {
        if of != Named::Declared(span) {
            self.places.borrow_mut().entry(span).or_insert(of);
        }
    }

    /// In the order of the files, and of the text.
    pub fn into_occurrences(self) -> Vec<Occurrence> {
        let places = self.places.into_inner().into_iter();
        let mut all: Vec<Occurrence> = places.map(|(span, of)| Occurrence { span, of }).collect();
        all.sort_unstable_by_key(|occurrence| occurrence.span);
        all
    }
}

impl Checker<'_> {
    /// Notes that `span` names what is declared at `declared`.
    pub fn note(&self, span: Span, declared: Span) {
        self.notes.add(span, Named::Declared(declared));
    }

    pub fn note_country(&self, span: Span, country: Country) {
        self.notes.add(span, Named::Country(country));
    }

    pub fn note_code(&self, span: Span, model: CodeModel) {
        self.notes.add(span, Named::Code(model));
    }

    pub fn note_tag(&self, tag: &ast::Name) {
        self.notes.add(tag.span, Named::Tag(tag.text.clone()));
    }

    /// Notes the value of an enum.
    pub fn note_value(&self, span: Span, id: EnumId, number: u16) {
        let declared = self.declarations.enums.get(id.index());
        let declared = declared.and_then(|it| it.ast.values.get(usize::from(number)));
        if let Some(value) = declared {
            self.note(span, value.name.span);
        }
    }

    /// Notes a column of a list.
    pub fn note_column(&self, span: Span, list: crate::model::ListId, column: FieldId) {
        let declared = self.lists[list.index()].columns[column].span;
        self.note(span, declared);
    }

    /// Notes what `{…}` names in a text as it stands in the file: fields, and `{p}` and `{p.column}` of `for each p`.
    pub fn note_template(&self, at: &Place<'_>, text: &ast::Str) {
        for (start, name) in holes(self.loaded.sources.snippet(text.span)) {
            let place = |from: usize, len: usize| {
                let start = text.span.start + u32::try_from(start + from).unwrap_or(0);
                let end = start + u32::try_from(len).unwrap_or(0);
                Span::new(text.span.file, start, end)
            };
            let (first, column) = name.split_once('.').unwrap_or((name, ""));
            if let Some(here) = at.here.as_ref().filter(|it| it.each.name.text == first) {
                self.note(place(0, first.len()), here.each.name.span);
                let list = here.each.list.filter(|_| !column.is_empty());
                let known = list.and_then(|list| {
                    let column = self.lists[list.index()].by_name.get(column)?;
                    Some((list, *column))
                });
                if let Some((list, found)) = known {
                    self.note_column(place(first.len() + 1, column.len()), list, found);
                }
                continue;
            }
            let record = self.record(at.unit);
            let field = record.and_then(|it| Some(it.fields[*it.by_name.get(name)?].span));
            if let Some(declared) = field {
                self.note(place(0, name.len()), declared);
            }
        }
    }

    /// Notes what a rule goes over, if it is a field.
    pub fn note_list_field(&self, unit: UnitId, of: &ast::Name, field: FieldId) {
        if let Some(record) = self.record(unit)
            && let Type::List(_) = record.fields[field].ty
        {
            self.note(of.span, record.fields[field].span);
        }
    }

    /// Notes a declaration that a unit can name.
    pub fn note_meaning(&self, unit: UnitId, name: &ast::Name) -> Option<Meaning> {
        let (meaning, declared) = self.meaning(unit, &name.text)?;
        self.note(name.span, declared);
        Some(meaning)
    }
}

/// The names between single braces in a text as written, each with its place.
pub(super) fn holes(raw: &str) -> Vec<(usize, &str)> {
    let bytes = raw.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if raw[at..].starts_with("\\u{") => {
                at += raw[at..].find('}').map_or(3, |end| end + 1);
            }
            b'\\' => at += 2,
            b'{' | b'}' if bytes.get(at + 1) == Some(&bytes[at]) => at += 2,
            b'{' => {
                let inside = &raw[at + 1..];
                let Some(end) = inside.find('}') else {
                    return found;
                };
                let name = inside[..end].trim();
                let blank = inside.len() - inside.trim_start().len();
                found.push((at + 1 + blank, name));
                at += end + 2;
            }
            _ => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::holes;

    #[test]
    fn holes_are_found_where_they_are_written() {
        let raw = r#""to {a} and { b.c }, {{not}} \u{1F6A2} \"{d}\"""#;
        let found = holes(raw);
        let names: Vec<&str> = found.iter().map(|(_, name)| *name).collect();
        assert_eq!(names, ["a", "b.c", "d"]);
        for (at, name) in found {
            assert!(raw[at..].starts_with(name));
        }
        assert!(holes("\"{open").is_empty());
    }
}
