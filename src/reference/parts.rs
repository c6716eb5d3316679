//! The operands of an expression, for walks that visit everything.

use super::eval::{Evaluator, Scope};
use super::rule::Formula;
use crate::model::{Expr, ExprKind, RuleId, RuleSelection};

/// The operands, in the order of reading: not the bodies of defines, not the arguments behind parameters, not what is asked of
/// each element of a list.
pub(super) fn operands(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Value(_)
        | ExprKind::Field(_)
        | ExprKind::AsOf
        | ExprKind::Param(_)
        | ExprKind::Parameter(_)
        | ExprKind::Binder(_)
        | ExprKind::Total(_)
        | ExprKind::Member(..)
        | ExprKind::Applies(_)
        | ExprKind::Caught(_) => Vec::new(),
        ExprKind::Quantified { list, .. } => vec![list],
        ExprKind::Aggregate(aggregate) => vec![&aggregate.list],
        ExprKind::Decide(decision) => decision.parts(),
        ExprKind::Define(_, parts)
        | ExprKind::And(parts)
        | ExprKind::Or(parts)
        | ExprKind::Call(_, parts)
        | ExprKind::Lookup { keys: parts, .. } => parts.iter().collect(),
        ExprKind::Not(x)
        | ExprKind::In(x, _)
        | ExprKind::Under(x, _)
        | ExprKind::Text(x, _)
        | ExprKind::IsMissing(x)
        | ExprKind::IsKnown(x)
        | ExprKind::IsUnknown(x)
        | ExprKind::Neg(x)
        | ExprKind::Shift { date: x, .. }
        | ExprKind::DayOf(x)
        | ExprKind::Round(x, _) => vec![x],
        ExprKind::Compare(_, a, b) | ExprKind::Arith(_, a, b) | ExprKind::Assume(a, b, _) => {
            vec![a, b]
        }
        ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => vec![a, b, c],
    }
}

/// What a walk meets at each expression.
pub(super) enum Visit<'v> {
    /// An expression, in its scope.
    Expr(&'v Expr, Scope<'v>),
    /// `applies` or `caught` of a rule: that formula of it.
    Rule(RuleId, Formula),
}

impl Evaluator<'_> {
    /// Visits an expression and everything in it, defines unfolded, before its operands; what is asked of the elements of a list
    /// once for each element.
    pub(super) fn visit(&self, expr: &Expr, scope: Scope, see: &mut dyn FnMut(Visit)) {
        see(Visit::Expr(expr, scope));
        if let ExprKind::Define(define, arguments) = &expr.kind {
            self.in_define(*define, arguments, scope, |body, inside| {
                self.visit(body, inside, see);
            });
        } else if let ExprKind::Parameter(at) = &expr.kind {
            let (argument, caller) = scope.argument(*at);
            self.visit(argument, caller, see);
        } else if let ExprKind::Quantified {
            binder, list, body, ..
        } = &expr.kind
        {
            self.visit(list, scope, see);
            let list = self.list(list, scope);
            self.each(&list, binder.id, scope, |_, inside| {
                self.visit(body, inside, see);
            });
        } else if let ExprKind::Aggregate(aggregate) = &expr.kind {
            self.visit(&aggregate.list, scope, see);
            let list = self.list(&aggregate.list, scope);
            self.each(&list, aggregate.binder.id, scope, |_, inside| {
                for part in aggregate.filter.iter().chain(aggregate.kind.value()) {
                    self.visit(part, inside, see);
                }
            });
        } else if let ExprKind::Applies(rules) = &expr.kind {
            see_rules(rules, Formula::Truth, see);
        } else if let ExprKind::Caught(rules) = &expr.kind {
            see_rules(rules, Formula::Would, see);
        } else {
            for operand in operands(expr) {
                self.visit(operand, scope, see);
            }
        }
    }
}

fn see_rules(selection: &RuleSelection, formula: Formula, see: &mut dyn FnMut(Visit)) {
    for rule in selection.asked() {
        see(Visit::Rule(rule, formula));
    }
}
