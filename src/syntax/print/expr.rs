//! Expressions as indented text.

use super::Printer;
use super::words::{self, name};
use crate::syntax::ast::{Expr, ExprKind, RuleSubject};

impl Printer {
    pub(super) fn expr(&mut self, expr: &Expr) {
        let head = head(&expr.kind);
        self.node(head, expr.span, |printer| match &expr.kind {
            ExprKind::Set(elements) => printer.elements(elements),
            ExprKind::Or(_)
            | ExprKind::And(_)
            | ExprKind::Not(_)
            | ExprKind::Compare { .. }
            | ExprKind::In { .. }
            | ExprKind::Under { .. }
            | ExprKind::Between { .. }
            | ExprKind::Text { .. }
            | ExprKind::Is { .. }
            | ExprKind::Arith { .. }
            | ExprKind::Neg(_)
            | ExprKind::Call { .. }
            | ExprKind::Field { .. }
            | ExprKind::Row { .. }
            | ExprKind::Name(_)
            | ExprKind::AsOf
            | ExprKind::Literal(_)
            | ExprKind::If { .. }
            | ExprKind::Quantified { .. }
            | ExprKind::Aggregate { .. }
            | ExprKind::AsksRule { .. }
            | ExprKind::Paren(_)
            | ExprKind::Error => expr.for_each_child(&mut |child| printer.expr(child)),
        });
    }
}

fn head(kind: &ExprKind) -> String {
    let negated = |negated: bool| if negated { "not " } else { "" };
    match kind {
        ExprKind::Or(_) => "or".to_owned(),
        ExprKind::And(_) => "and".to_owned(),
        ExprKind::Not(_) => "not".to_owned(),
        ExprKind::Compare { op, .. } => op.as_str().to_owned(),
        ExprKind::In { negated: not, .. } => format!("{}in", negated(*not)),
        ExprKind::Under { negated: not, .. } => format!("{}under", negated(*not)),
        ExprKind::Between { .. } => "between".to_owned(),
        ExprKind::Text {
            op, negated: not, ..
        } => format!("{}{}", negated(*not), op.as_str()),
        ExprKind::Is { what, .. } => format!("is {}", what.as_str()),
        ExprKind::Arith { op, .. } => op.as_str().to_owned(),
        ExprKind::Neg(_) => "negative".to_owned(),
        ExprKind::Call { function, .. } => format!("call {}", name(function)),
        ExprKind::Field { field, .. } => format!("field {}", name(field)),
        ExprKind::Row { .. } => "row of".to_owned(),
        ExprKind::Name(one) => format!("name {}", name(one)),
        ExprKind::AsOf => "as_of".to_owned(),
        ExprKind::Literal(literal) => words::literal(literal),
        ExprKind::Set(_) => "set".to_owned(),
        ExprKind::If { .. } => "if".to_owned(),
        ExprKind::Quantified {
            quantifier, binder, ..
        } => format!("{} {}", quantifier.as_str(), name(binder)),
        ExprKind::Aggregate {
            function,
            binder,
            filter,
            ..
        } => {
            let filtered = filter.as_ref().map_or("", |_| " where");
            format!("{} for {}{filtered}", name(function), name(binder))
        }
        ExprKind::AsksRule { verb, subject } => {
            format!("{} {}", verb.as_str(), rule_subject(subject))
        }
        ExprKind::Paren(_) => "parentheses".to_owned(),
        ExprKind::Error => "error".to_owned(),
    }
}

fn rule_subject(subject: &RuleSubject) -> String {
    match subject {
        RuleSubject::Rule(path) => words::rule_path(path),
        RuleSubject::Tagged(tag) => format!("tagged {}", name(tag)),
        RuleSubject::OnlyTagged(tag) => format!("only tagged {}", name(tag)),
    }
}
