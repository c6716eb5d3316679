//! The names under which a record's gaps are listed.

use crate::model::{Field, FieldId, Model, Type};
use crate::text::Arena;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A field of the record, or of an element of a list of it: fields and numbers of elements (from 1) in turn, so that
/// paths are ordered as records are read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(Vec<usize>);

impl Path {
    pub fn of(field: FieldId) -> Path {
        Path(vec![field.index()])
    }

    /// That element of the list at this path.
    pub fn element(mut self, number: usize) -> Path {
        self.0.push(number);
        self
    }

    /// That field of the element at this path.
    pub fn field(mut self, field: FieldId) -> Path {
        self.0.push(field.index());
        self
    }

    /// Whether it is in an element of the list at a path.
    fn is_within(&self, list: &Path) -> bool {
        self.0.len() > list.0.len() && self.0.starts_with(&list.0)
    }

    /// As results spell it: `components[2].value`.
    pub fn spell(&self, model: &Model) -> Arc<str> {
        let mut fields = &model.record.fields;
        let mut out = String::new();
        for step in self.0.chunks(2) {
            let field = &fields[FieldId::from_index(step[0])];
            if let ([_], true) = (step, out.is_empty()) {
                return Arc::clone(&field.name);
            }
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(&field.name);
            if let ([_, number], Type::List(of)) = (step, field.ty) {
                out.push_str(&format!("[{number}]"));
                fields = &model.nested[of].fields;
            }
        }
        out.into()
    }

    /// The path that is spelled so, if there is one.
    fn read(model: &Model, name: &str) -> Option<Path> {
        let mut steps = Vec::new();
        read_steps(model, &model.record.fields, name, &mut steps).then_some(Path(steps))
    }
}

/// Names in backticks may hold dots and brackets, so every field is tried.
fn read_steps(model: &Model, fields: &Arena<Field>, name: &str, steps: &mut Vec<usize>) -> bool {
    fields.iter().any(|(id, field)| {
        let Some(rest) = name.strip_prefix(&*field.name) else {
            return false;
        };
        let before = steps.len();
        steps.push(id.index());
        let found = rest.is_empty() || read_element(model, field.ty, rest, steps);
        if !found {
            steps.truncate(before);
        }
        found
    })
}

/// `[2].value` behind the name of a list.
fn read_element(model: &Model, ty: Type, rest: &str, steps: &mut Vec<usize>) -> bool {
    let Type::List(of) = ty else {
        return false;
    };
    let parts = rest
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]."));
    let Some((Ok(number), rest)) = parts.map(|(number, rest)| (number.parse(), rest)) else {
        return false;
    };
    steps.push(number);
    read_steps(model, &model.nested[of].fields, rest, steps)
}

/// A set of fields and other names: fields in the order of declaration, elements in theirs, then the others by bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    fields: BTreeSet<Path>,
    others: BTreeSet<Arc<str>>,
}

impl Names {
    pub fn add_field(&mut self, path: Path) {
        self.fields.insert(path);
    }

    pub fn add_other(&mut self, name: &Arc<str>) {
        self.others.insert(Arc::clone(name));
    }

    /// Adds all names of another set but those in elements of the list at a path.
    pub fn add_outside(&mut self, list: &Path, other: Names) {
        let fields = other.fields.into_iter();
        self.fields
            .extend(fields.filter(|path| !path.is_within(list)));
        self.others.extend(other.others);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.others.is_empty()
    }

    /// Adds all names of another set.
    pub fn add_all(&mut self, other: Names) {
        self.fields.extend(other.fields);
        self.others.extend(other.others);
    }

    /// Adds a name as results spell it.
    pub fn add_spelled(&mut self, model: &Model, name: &Arc<str>) {
        match Path::read(model, name) {
            Some(path) => self.add_field(path),
            None => self.add_other(name),
        }
    }

    pub fn into_list(self, model: &Model) -> Vec<Arc<str>> {
        self.fields
            .into_iter()
            .map(|path| path.spell(model))
            .chain(self.others)
            .collect()
    }
}
