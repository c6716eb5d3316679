//! Expressions with defines unfolded and undated params filled in.

use crate::model::{Expr, ExprKind, Model};

/// `expr` with every define unfolded, its parameters replaced by the arguments, and every param that
/// has one value for all days replaced by it.
pub fn close(model: &Model, expr: &Expr, arguments: &[Expr]) -> Expr {
    match &expr.kind {
        ExprKind::Define(define, own) => {
            let own: Vec<Expr> = own
                .iter()
                .map(|argument| close(model, argument, arguments))
                .collect();
            close(model, &model.defines[*define].body, &own)
        }
        ExprKind::Parameter(index) => arguments[*index].clone(),
        ExprKind::Param(param) => match model.params[*param].steps.as_slice() {
            [(None, value)] => Expr {
                kind: ExprKind::Value(value.clone()),
                ..expr.clone()
            },
            _ => expr.clone(),
        },
        _ => expr.with_parts(&|part| close(model, part, arguments)),
    }
}
