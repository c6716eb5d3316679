//! What a rule asks: thresholds, definitions, sets and lists, also those behind definitions.

use crate::model::{
    DefineId, Expr, ExprKind, ListId, Model, ParamId, Rule, SetExpr, SetId, TotalId,
};
use std::collections::BTreeSet;

/// What is asked, in the order of declaration.
#[derive(Default)]
pub(super) struct Uses {
    pub params: BTreeSet<ParamId>,
    pub defines: BTreeSet<DefineId>,
    pub sets: BTreeSet<SetId>,
    pub lists: BTreeSet<ListId>,
    totals: BTreeSet<TotalId>,
}

/// What the conditions, the verdict, and the texts of a rule ask.
pub(super) fn of_rule(model: &Model, rule: &Rule) -> Uses {
    let mut uses = Uses::default();
    for expr in rule.exprs() {
        uses.expr(model, expr);
    }
    uses
}

impl Uses {
    fn expr(&mut self, model: &Model, expr: &Expr) {
        match &expr.kind {
            ExprKind::Param(param) => {
                self.params.insert(*param);
            }
            ExprKind::Define(define, _) if self.defines.insert(*define) => {
                self.expr(model, &model.defines[*define].body);
            }
            ExprKind::Total(total) if self.totals.insert(*total) => {
                for expr in model.totals[*total].exprs() {
                    self.expr(model, expr);
                }
            }
            ExprKind::In(_, set) | ExprKind::Under(_, set) => self.set(model, set),
            ExprKind::Lookup { list, .. } => {
                self.lists.insert(*list);
            }
            _ => {}
        }
        for part in expr.parts() {
            self.expr(model, part);
        }
    }

    fn set(&mut self, model: &Model, set: &SetExpr) {
        match set {
            SetExpr::Elements(_) => {}
            SetExpr::Named(id) => {
                if self.sets.insert(*id) {
                    self.set(model, &model.sets[*id].members);
                }
            }
            SetExpr::List(list) => {
                self.lists.insert(*list);
            }
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.set(model, a);
                self.set(model, b);
            }
        }
    }
}
