//! Texts with `{field}` in them.

use super::checker::Checker;
use super::errors;
use super::load::UnitId;
use crate::diagnostic::nearest;
use crate::model::{FieldId, Template, TemplatePart, Type};
use crate::syntax::ast;

impl Checker<'_> {
    /// The parts of a text; what braces name must be a field.
    pub fn template(&mut self, unit: UnitId, text: &ast::Str) -> Option<Template> {
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
                    flush(&mut plain, &mut parts);
                    match self.template_field(unit, name.trim(), text) {
                        Some(field) => parts.push(TemplatePart::Field(field)),
                        None => all_read = false,
                    }
                }
                c => plain.push(c),
            }
        }
        flush(&mut plain, &mut parts);
        all_read.then_some(Template { parts })
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
