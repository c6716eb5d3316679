//! Bounds of one field that count as reached in one place and not in another: `> 5_000 USD` beside `>= 5_000 USD`.

use crate::analysis::errors;
use crate::diagnostic::Diagnostic;
use crate::model::print::{self, value};
use crate::model::{CompareOp, Expr, ExprKind, Model, PolicyId};
use crate::text::Span;
use rustc_hash::FxHashMap;

/// Which side a bound itself is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// `> x` and `<= x`
    Below,
    /// `>= x` and `< x`
    Above,
}

/// Where a bound was met first.
struct Met {
    side: Side,
    written: String,
    span: Span,
}

pub(in crate::analysis) fn check(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut met: FxHashMap<(PolicyId, String, String), Met> = FxHashMap::default();
    // What `for each` makes compares with what stands in a list's rows.
    let rules = model.rules.values();
    for rule in rules.filter(|rule| rule.element.is_none()) {
        for expr in rule.exprs() {
            walk(model, rule.policy, expr, &mut met, found);
        }
    }
}

fn walk(
    model: &Model,
    policy: PolicyId,
    expr: &Expr,
    met: &mut FxHashMap<(PolicyId, String, String), Met>,
    found: &mut Vec<Diagnostic>,
) {
    if let ExprKind::Compare(op, left, right) = &expr.kind {
        compare(model, policy, (*op, left, right), met, found);
        compare(model, policy, (op.flipped(), right, left), met, found);
    }
    if let ExprKind::Define(define, _) = &expr.kind {
        walk(model, policy, &model.defines[*define].body, met, found);
    }
    for part in expr.parts() {
        walk(model, policy, part, met, found);
    }
}

fn compare(
    model: &Model,
    policy: PolicyId,
    (op, about, bound): (CompareOp, &Expr, &Expr),
    met: &mut FxHashMap<(PolicyId, String, String), Met>,
    found: &mut Vec<Diagnostic>,
) {
    let side = match op {
        CompareOp::Gt | CompareOp::Le => Side::Below,
        CompareOp::Ge | CompareOp::Lt => Side::Above,
        CompareOp::Eq | CompareOp::Ne => return,
    };
    let field = match &about.kind {
        ExprKind::Field(field) => model.record.fields[*field].name.to_string(),
        ExprKind::Member(..) | ExprKind::Lookup { .. } => print::expr(model, &[], about),
        _ => return,
    };
    let bound = match &bound.kind {
        ExprKind::Value(known) if bound.ty.is_number() => value(model, bound.ty, known),
        ExprKind::Param(param) => model.params[*param].name.to_string(),
        _ => return,
    };
    let written = format!("{} {bound}", op.symbol());
    let key = (policy, field.clone(), bound.clone());
    match met.get(&key) {
        None => {
            let span = about.span;
            met.insert(
                key,
                Met {
                    side,
                    written,
                    span,
                },
            );
        }
        Some(other) if other.side != side => {
            let error = errors::boundaries_differ(
                (&field, &bound),
                (&written, about.span),
                (&other.written, other.span),
            );
            if !found.contains(&error) {
                found.push(error);
            }
        }
        Some(_) => {}
    }
}
