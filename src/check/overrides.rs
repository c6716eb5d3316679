//! The values of `--param NAME=VALUE`, read as a rule file would write them.

use super::checker::Checker;
use super::load::UnitId;
use crate::model::{Type, Value};
use crate::syntax::{self, ast};
use crate::text::{SourceMap, Span};

/// The literal that `text` is, if it is one.
pub(super) fn literal(text: &str) -> Option<ast::Expr> {
    let mut scratch = SourceMap::default();
    let file = scratch.add("--param", format!("param given : bool = {text}\n"));
    let (tree, diagnostics) = syntax::parse(&scratch, file);
    let [item] = tree.items.as_slice() else {
        return None;
    };
    match &item.kind {
        ast::ItemKind::Param(ast::Param {
            value: ast::ParamValue::Always(value),
            ..
        }) if diagnostics.is_empty() && is_literal(value) => Some(value.clone()),
        _ => None,
    }
}

fn is_literal(expr: &ast::Expr) -> bool {
    match &expr.kind {
        ast::ExprKind::Literal(_) | ast::ExprKind::Name(_) => true,
        ast::ExprKind::Neg(inner) => is_literal(inner),
        ast::ExprKind::Field { base, .. } => matches!(base.kind, ast::ExprKind::Name(_)),
        _ => false,
    }
}

/// Everything the literal can be in place of: its own place is in no file of the run.
pub(super) fn placed(mut expr: ast::Expr, span: Span) -> ast::Expr {
    expr.span = span;
    match &mut expr.kind {
        ast::ExprKind::Name(name) => name.span = span,
        ast::ExprKind::Neg(inner) => **inner = placed((**inner).clone(), span),
        ast::ExprKind::Field { base, field } => {
            **base = placed((**base).clone(), span);
            field.span = span;
        }
        _ => {}
    }
    expr
}

impl Checker<'_> {
    /// The value of an override as one of the param's type.
    pub fn override_constant(
        &mut self,
        unit: UnitId,
        expr: ast::Expr,
        ty: Type,
        span: Span,
    ) -> Option<Value> {
        let expr = placed(expr, span);
        self.constant(unit, &expr, ty, "the value of `--param`")
    }
}
