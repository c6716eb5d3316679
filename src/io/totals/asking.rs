//! Which records need to know what aggregates come to.
//!
//! A rule that asks an aggregate goes by it only where its conditions may still hold whatever that comes to: elsewhere it does not
//! apply, and nothing that asks about the rule hangs on an aggregate either. What conditions ask about other rules counts
//! as not known, and so do questions about absence of what is missing, since reasons of assumptions are looked for with these left open.

use crate::domain::Day;
use crate::ir::close;
use crate::model::{CompareOp, Expr, ExprKind, FieldId, Model, PolicyId, TotalId};
use crate::reference::{AskedTotals, Record, may_hold};
use crate::screen::{add_fields, fields_in_totals};
use std::collections::BTreeSet;

/// The conditions of all rules that ask aggregates.
pub(super) struct Asking {
    conditions: Vec<(PolicyId, Expr)>,
    /// By field, whether it is read: by these conditions or by the aggregates.
    pub fields: Vec<bool>,
}

impl Asking {
    pub fn of(model: &Model, asked: &AskedTotals) -> Asking {
        let mut conditions = Vec::new();
        for rule in model.rules.values() {
            let Some(total) = rule.exprs().iter().find_map(|expr| total_in(model, expr)) else {
                continue;
            };
            let unless = rule.unless.iter().map(|unless| Expr {
                kind: ExprKind::Not(Box::new(unless.clone())),
                ..unless.clone()
            });
            let parts = std::iter::once(rule.when.clone()).chain(unless);
            let all = Expr {
                kind: ExprKind::And(parts.collect()),
                ..rule.when.clone()
            };
            let closed = close(model, &all, &[]);
            conditions.push((rule.policy, without_rules(model, total, &closed)));
        }
        let mut read: BTreeSet<FieldId> = fields_in_totals(model, asked);
        read.insert(model.record.as_of);
        for (_, condition) in &conditions {
            add_fields(condition, &mut read);
        }
        let fields = model.record.fields.ids();
        Asking {
            conditions,
            fields: fields.map(|field| read.contains(&field)).collect(),
        }
    }

    /// Whether a record may need to know.
    pub fn asks(&self, model: &Model, record: &Record, days: &[Day]) -> bool {
        let mut conditions = self.conditions.iter();
        conditions.any(|(policy, condition)| may_hold(model, record, days, *policy, condition))
    }
}

/// An aggregate that an expression asks, if it asks any.
fn total_in(model: &Model, expr: &Expr) -> Option<TotalId> {
    let own = match &expr.kind {
        ExprKind::Total(total) => Some(*total),
        ExprKind::Define(define, _) => total_in(model, &model.defines[*define].body),
        _ => None,
    };
    own.or_else(|| {
        let mut parts = expr.parts().into_iter();
        parts.find_map(|part| total_in(model, part))
    })
}

/// The expression with what it asks about rules not known: as little as whether an aggregate equals itself, of which nothing is known.
fn without_rules(model: &Model, total: TotalId, expr: &Expr) -> Expr {
    expr.map(&|part| match part.kind {
        ExprKind::Applies(_) | ExprKind::Caught(_) => {
            let amount = Box::new(Expr {
                kind: ExprKind::Total(total),
                ty: model.totals[total].ty,
                span: part.span,
            });
            Some(ExprKind::Compare(CompareOp::Eq, amount.clone(), amount))
        }
        _ => None,
    })
}
