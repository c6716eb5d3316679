//! Texts with `{field}` in them; `{p}` and `{p.column}` of `for each p` are filled in here.

use super::checker::{Checker, Place};
use super::each::Here;
use super::errors;
use super::load::UnitId;
use crate::diagnostic::nearest;
use crate::model::{FieldId, ListId, Template, TemplatePart, Type};
use crate::syntax::ast;

impl Checker<'_> {
    /// The parts of a text; what braces name must be a field, the element of the rule, or a cell of its row.
    pub fn template(&mut self, at: &Place<'_>, text: &ast::Str) -> Option<Template> {
        self.note_template(at, text);
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut chars = text.value.chars().peekable();
        let mut all_read = true;
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    plain.push(c);
                }
                '}' => {
                    let why = "a closing brace without an opening one";
                    self.report(errors::template_brace(text.span, why));
                    return None;
                }
                '{' => {
                    let mut name = String::new();
                    let closed = chars.by_ref().any(|c| {
                        let closes = c == '}';
                        if !closes {
                            name.push(c);
                        }
                        closes
                    });
                    if !closed {
                        let why = "an opening brace without a closing one";
                        self.report(errors::template_brace(text.span, why));
                        return None;
                    }
                    match self.template_part(at, name.trim(), text) {
                        Some(TemplatePart::Text(text)) => plain.push_str(&text),
                        Some(field) => {
                            flush(&mut plain, &mut parts);
                            parts.push(field);
                        }
                        None => all_read = false,
                    }
                }
                c => plain.push(c),
            }
        }
        flush(&mut plain, &mut parts);
        all_read.then_some(Template { parts })
    }

    fn template_part(
        &mut self,
        at: &Place<'_>,
        name: &str,
        text: &ast::Str,
    ) -> Option<TemplatePart> {
        if let Some(here) = &at.here {
            if *name == *here.each.name.text {
                let shown = here.element().map(|element| element.text.as_str());
                return Some(TemplatePart::Text(shown.unwrap_or_default().into()));
            }
            let cell = name.strip_prefix(here.each.name.text.as_str());
            if let (Some(column), Some(list)) =
                (cell.and_then(|it| it.strip_prefix('.')), here.each.list)
            {
                return self.template_cell((here, list), column, text);
            }
        }
        self.template_field(at.unit, name, text)
            .map(TemplatePart::Field)
    }

    /// `{p.column}`
    fn template_cell(
        &mut self,
        (here, list): (&Here<'_>, ListId),
        column: &str,
        text: &ast::Str,
    ) -> Option<TemplatePart> {
        let info = &self.lists[list.index()];
        let Some(&found) = info.by_name.get(column) else {
            let near = nearest(column, info.by_name.keys().map(|name| &**name));
            let binder = &here.each.name.text;
            let near = near.map(|near| format!("{binder}.{near}"));
            let of = &self.declarations.lists[list.index()].source.name().text;
            let error = errors::template_field(of, column, text.span, near.as_deref());
            self.report(error);
            return None;
        };
        let row = here.element().and_then(|element| element.row.as_ref());
        let shown = match row.map(|row| row.get(found)) {
            Some(Some(value)) => self.spelled(&info.columns[found], value),
            Some(None) => format!("({}.{column} is missing)", here.each.name.text),
            None => String::new(),
        };
        Some(TemplatePart::Text(shown.into()))
    }

    fn template_field(&mut self, unit: UnitId, name: &str, text: &ast::Str) -> Option<FieldId> {
        let record = self.record(unit)?;
        if let Some(field) = record.by_name.get(name) {
            if matches!(record.fields[*field].ty, Type::List(_)) {
                self.report(errors::template_list(name, text.span));
                return None;
            }
            return Some(*field);
        }
        if let Some((meaning, declared)) = self.meaning(unit, name) {
            let noun = meaning.noun();
            self.report(errors::template_names(noun, name, text.span, declared));
            return None;
        }
        let near = nearest(name, record.by_name.keys().map(|name| &**name));
        let error = errors::template_field(&record.name, name, text.span, near);
        self.report(error);
        None
    }
}

fn flush(plain: &mut String, parts: &mut Vec<TemplatePart>) {
    if !plain.is_empty() {
        parts.push(TemplatePart::Text(plain.as_str().into()));
        plain.clear();
    }
}
