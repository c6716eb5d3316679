//! What a closed expression reads of elements, and the days on which it changes.

use crate::domain::Day;
use crate::model::{BinderId, Expr, ExprKind, FieldId, ListId, Model, SetExpr};
use std::collections::BTreeSet;

/// What an expression reads, where that is no more than fields of elements.
#[derive(Debug, Default)]
pub(super) struct MemberReads {
    /// Fields of elements.
    pub members: BTreeSet<(BinderId, FieldId)>,
    /// It reads something else as well: the record, its day, lists of the record, rules.
    pub more: bool,
    /// The days on which sets and lists in it change.
    pub edges: BTreeSet<Day>,
}

/// Whether a set or a list in `expr` changes on some day.
pub fn is_dated(model: &Model, expr: &Expr) -> bool {
    !MemberReads::of(model, expr).edges.is_empty()
}

impl MemberReads {
    /// What `expr` reads.
    pub fn of(model: &Model, expr: &Expr) -> MemberReads {
        let mut reads = MemberReads::default();
        reads.add(model, expr);
        reads
    }

    fn add(&mut self, model: &Model, expr: &Expr) {
        match &expr.kind {
            ExprKind::Member(base, field) => {
                match base.kind {
                    ExprKind::Binder(id) => {
                        self.members.insert((id, *field));
                    }
                    _ => self.more = true,
                };
                return;
            }
            ExprKind::In(_, set) | ExprKind::Under(_, set) => self.add_set(model, set),
            ExprKind::Lookup { list, .. } => self.add_list(model, *list),
            ExprKind::Field(_)
            | ExprKind::AsOf
            | ExprKind::Param(_)
            | ExprKind::Define(..)
            | ExprKind::Parameter(_)
            | ExprKind::Applies(_)
            | ExprKind::Caught(_)
            | ExprKind::Binder(_)
            | ExprKind::Quantified { .. }
            | ExprKind::Aggregate(_)
            | ExprKind::Total(_) => self.more = true,
            _ => {}
        }
        for part in expr.parts() {
            self.add(model, part);
        }
    }

    fn add_list(&mut self, model: &Model, list: ListId) {
        let windows = model.lists[list].windows().iter();
        self.edges.extend(
            windows
                .flat_map(|window| [window.from, window.until])
                .flatten(),
        );
    }

    fn add_set(&mut self, model: &Model, set: &SetExpr) {
        match set {
            SetExpr::Elements(elements) => {
                for element in elements {
                    self.edges.extend(element.windows.edges());
                }
            }
            SetExpr::Named(set) => self.add_set(model, &model.sets[*set].members),
            SetExpr::List(list) => self.add_list(model, *list),
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.add_set(model, a);
                self.add_set(model, b);
            }
        }
    }
}
