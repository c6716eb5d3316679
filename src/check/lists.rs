//! Lists of records: their types, and that they end somewhere.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::graph::Graph;
use super::limits::MAX_LIST_DEPTH;
use super::load::UnitId;
use super::types::BUILT_IN;
use crate::diagnostic::nearest;
use crate::model::{NestedId, Type};
use crate::syntax::ast;

impl Checker<'_> {
    /// The record of that name, whose records may stand in a list; `None` where it is wrong, which is reported.
    pub fn element_record(&mut self, unit: UnitId, name: &ast::Name) -> Option<NestedId> {
        let is_record = |it| matches!(it, Meaning::Record(_));
        self.note_meaning(unit, name);
        match self.meaning(unit, &name.text) {
            Some((Meaning::Record(at), declared)) => {
                let fields = &self.declarations.records[at].ast.fields;
                let role = fields.iter().find_map(|field| match field.role {
                    ast::FieldRole::Plain | ast::FieldRole::Value => None,
                    ast::FieldRole::Key => Some("key"),
                    ast::FieldRole::AsOf => Some("as of"),
                });
                if let Some(role) = role {
                    let error = errors::not_an_element(&name.text, name.span, declared, role);
                    self.report(error);
                    return None;
                }
                Some(NestedId::from_index(at))
            }
            Some(_) => {
                self.report(errors::list_of_values(&name.text, name.span));
                None
            }
            None if BUILT_IN.contains(&name.text.as_str()) => {
                self.report(errors::list_of_values(&name.text, name.span));
                None
            }
            None => {
                let elsewhere = self.elsewhere(&name.text, name.span, is_record);
                let near = nearest(&name.text, self.names_in(unit, is_record)).map(str::to_owned);
                self.report(elsewhere.unwrap_or_else(|| {
                    errors::unknown_type(&name.text, name.span, near.as_deref())
                }));
                None
            }
        }
    }

    /// A type that a parameter of a define may have: also that of an element.
    pub fn parameter_type(&mut self, unit: UnitId, written: &ast::Type) -> Option<Type> {
        if let ast::TypeKind::Named(name) = &written.kind
            && let Some((Meaning::Record(_), _)) = self.meaning(unit, &name.text)
        {
            return self.element_record(unit, name).map(Type::Element);
        }
        self.written_type(unit, written).map(|written| written.ty)
    }

    /// Reports lists that lead back to where they began, and lists too deep inside one another.
    pub fn nested_lists(&mut self) {
        let mut graph = Graph::new(self.records.len());
        for (at, record) in self.records.iter().enumerate() {
            for field in record.fields.values() {
                if let Type::List(of) = field.ty {
                    graph.need(at, of.index(), field.span);
                }
            }
        }
        let walk = graph.walk(0..self.records.len());
        for circle in &walk.circles {
            let name = |at: usize| self.records[at].name.to_string();
            let round: Vec<_> = circle.iter().map(|&(at, span)| (name(at), span)).collect();
            self.report(errors::record_cycle(&round));
        }
        let depths = graph.depths(&walk.order);
        for at in walk.order {
            if depths[at] == MAX_LIST_DEPTH + 2 && walk.circles.is_empty() {
                let fields = self.records[at].fields.values();
                let deep = fields.into_iter().find(
                    |field| matches!(field.ty, Type::List(of) if depths[of.index()] == MAX_LIST_DEPTH + 1),
                );
                if let Some(span) = deep.map(|field| field.span) {
                    let what = "lists inside one another";
                    self.report(errors::too_many(what, MAX_LIST_DEPTH, span));
                }
            }
        }
    }
}
