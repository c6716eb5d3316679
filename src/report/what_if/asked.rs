//! What a rule asks: fields, and the values and days that it names.

use crate::domain::{Day, Windows};
use crate::ir::close;
use crate::model::{Expr, ExprKind, FieldId, Model, RuleId, SetExpr, TextOp, TotalId, Type, Value};
use crate::screen::add_fields;
use std::collections::BTreeSet;

/// What a rule asks, with its exceptions, what it excepts, and the rules that it asks about.
#[derive(Default)]
pub(super) struct Asked {
    pub fields: BTreeSet<FieldId>,
    /// Values that conditions name, with their types.
    pub values: Vec<(Type, Value)>,
    /// Days on which something changes.
    pub days: BTreeSet<Day>,
    /// Fields that the aggregates over other records which it asks count.
    pub counted: BTreeSet<FieldId>,
    rules: BTreeSet<RuleId>,
}

impl Asked {
    pub fn by(model: &Model, rule: RuleId) -> Asked {
        let mut asked = Asked::default();
        asked.rule(model, rule);
        asked
    }

    fn rule(&mut self, model: &Model, id: RuleId) {
        if !self.rules.insert(id) {
            return;
        }
        let rule = &model.rules[id];
        self.windows(&rule.force.windows);
        self.windows(&rule.force.suspended);
        for by in &rule.force.suspended_by {
            self.windows(&model.suspensions[*by].effective);
        }
        if !self.days.is_empty() {
            self.fields.insert(model.record.as_of);
        }
        for condition in std::iter::once(&rule.when).chain(&rule.unless) {
            self.expr(model, &close(model, condition, &[]));
        }
        for other in rule.exceptions.iter().chain(rule.excepts()) {
            self.rule(model, *other);
        }
    }

    fn windows(&mut self, windows: &Windows) {
        self.days.extend(windows.edges());
    }

    fn expr(&mut self, model: &Model, expr: &Expr) {
        match &expr.kind {
            ExprKind::Field(field) => {
                self.fields.insert(*field);
            }
            ExprKind::AsOf => {
                self.fields.insert(model.record.as_of);
            }
            ExprKind::Total(total) => self.counted.extend(counted(model, *total)),
            ExprKind::Value(value) => self.values.push((expr.ty, value.clone())),
            ExprKind::Param(param) => {
                for (from, value) in &model.params[*param].steps {
                    self.days.extend(from);
                    self.values.push((expr.ty, value.clone()));
                }
            }
            ExprKind::In(asked, set) | ExprKind::Under(asked, set) => {
                self.set(model, asked.ty, set);
            }
            ExprKind::Text(
                asked,
                TextOp::StartsWith(text) | TextOp::EndsWith(text) | TextOp::Contains(text),
            ) => {
                self.values.push((asked.ty, Value::Text(text.clone())));
            }
            ExprKind::Applies(rules) | ExprKind::Caught(rules) => {
                for rule in rules.asked() {
                    self.rule(model, rule);
                }
            }
            _ => {}
        }
        for part in expr.parts() {
            self.expr(model, part);
        }
    }

    fn set(&mut self, model: &Model, ty: Type, set: &SetExpr) {
        match set {
            SetExpr::Elements(elements) => {
                for element in elements {
                    self.windows(&element.windows);
                    self.values.push((ty, element.value.clone()));
                }
            }
            SetExpr::Named(id) => self.set(model, ty, &model.sets[*id].members),
            // Whom a list holds says little of whom it does not.
            SetExpr::List(_) => {}
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.set(model, ty, a);
                self.set(model, ty, b);
            }
        }
    }
}

/// The fields that an aggregate over other records counts, the as-of day where it asks for days.
pub(super) fn counted(model: &Model, total: TotalId) -> BTreeSet<FieldId> {
    let total = &model.totals[total];
    let mut fields: BTreeSet<FieldId> = total.keys.iter().map(|key| key.field).collect();
    fields.extend(total.period.map(|_| model.record.as_of));
    for expr in total.exprs() {
        add_fields(&close(model, expr, &[]), &mut fields);
    }
    fields
}
