//! Comparisons, `between`, tests of texts, and `is …`.

use super::names::Bare;
use super::{ExprChecker, make, number_literal};
use crate::check::{errors, lints};
use crate::diagnostic::{Diagnostic, Label};
use crate::domain::{CodeModel, text::Pattern, text::fold};
use crate::model::{CompareOp, Expr, ExprKind, TextOp, Type};
use crate::syntax::ast;
use crate::text::Span;
use std::sync::Arc;

impl<'a> ExprChecker<'_, 'a> {
    /// Two operands, each seen in the light of the other: one that says its type by itself is looked at first.
    pub(super) fn pair(
        &mut self,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Option<Type>,
    ) -> (Option<Expr>, Option<Expr>) {
        if self.is_open(left) && !self.is_open(right) {
            let right = self.expr(right, want);
            let left = self.operand(left, want, &right);
            (left, right)
        } else {
            let left = self.expr(left, want);
            let right = self.operand(right, want, &left);
            (left, right)
        }
    }

    /// An operand beside one that is known. Beside a wrong one a bare name cannot be judged.
    fn operand(
        &mut self,
        ast: &'a ast::Expr,
        want: Option<Type>,
        other: &Option<Expr>,
    ) -> Option<Expr> {
        match other {
            Some(other) => {
                let known = self.checker.diagnostics.len();
                let expr = self.expr(ast, Some(hint(other.ty)));
                if expr.is_none() {
                    self.mark_other(known, ast, other);
                }
                expr
            }
            None if self.is_open(ast) => None,
            None => self.expr(ast, want),
        }
    }

    /// Marks what a wrong literal stands beside, in the message about it.
    fn mark_other(&mut self, known: usize, ast: &ast::Expr, other: &Expr) {
        let called = self.called(other.ty);
        if let [message] = &mut self.checker.diagnostics[known..]
            && message.primary.span == ast.span
            && message.labels.iter().all(|it| it.span != other.span)
        {
            message.labels.push(Label {
                span: other.span,
                text: format!("this is {called}"),
            });
        }
    }

    /// Whether the type of an expression depends on what is expected of it.
    pub(super) fn is_open(&self, ast: &ast::Expr) -> bool {
        match &ast.kind {
            ast::ExprKind::Literal(ast::Literal::Number(_) | ast::Literal::Str(_)) => true,
            ast::ExprKind::Name(name) => matches!(self.bare(name), Bare::Open),
            ast::ExprKind::Neg(inner) | ast::ExprKind::Paren(inner) => self.is_open(inner),
            _ => false,
        }
    }

    pub(super) fn compare(
        &mut self,
        span: Span,
        op: ast::CompareOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
    ) -> Option<Expr> {
        let (left, right) = self.pair(left, right, None);
        let (left, right) = self.comparable(left?, right?)?;
        let op = match op {
            ast::CompareOp::Eq => CompareOp::Eq,
            ast::CompareOp::Ne => CompareOp::Ne,
            ast::CompareOp::Lt => CompareOp::Lt,
            ast::CompareOp::Le => CompareOp::Le,
            ast::CompareOp::Gt => CompareOp::Gt,
            ast::CompareOp::Ge => CompareOp::Ge,
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            self.ordered(&left)?;
        }
        lints::coarse::check_comparison(self.checker, op, &left, &right);
        let kind = ExprKind::Compare(op, Box::new(left), Box::new(right));
        Some(make(kind, Type::Bool, span))
    }

    pub(super) fn between(
        &mut self,
        span: Span,
        operand: &'a ast::Expr,
        low: &'a ast::Expr,
        high: &'a ast::Expr,
    ) -> Option<Expr> {
        let (operand, low) = self.pair(operand, low, None);
        let high = self.operand(high, None, &operand);
        let (operand, low) = self.comparable(operand?, low?)?;
        let (operand, high) = self.comparable(operand, high?)?;
        self.ordered(&operand)?;
        // An instant met a date only at the second end: the first one has to follow.
        let (low, operand) = self.comparable(low, operand)?;
        let kind = ExprKind::Between(Box::new(operand), Box::new(low), Box::new(high));
        Some(make(kind, Type::Bool, span))
    }

    /// Both brought to one type, or given back.
    pub(super) fn alike(&self, left: Expr, right: Expr) -> Result<(Expr, Expr), Box<(Expr, Expr)>> {
        match (left.ty, right.ty) {
            (Type::Int, Type::Decimal)
            | (Type::Decimal, Type::Int)
            | (Type::Text { .. }, Type::Text { .. }) => Ok((left, right)),
            (Type::Instant, Type::Date) => Ok((self.day_of(left), right)),
            (Type::Date, Type::Instant) => Ok((left, self.day_of(right))),
            (a, b) if a == b => Ok((left, right)),
            (_, _) => Err(Box::new((left, right))),
        }
    }

    /// Both brought to one type, or the message that they cannot be compared.
    fn comparable(&mut self, left: Expr, right: Expr) -> Option<(Expr, Expr)> {
        match self.alike(left, right) {
            Ok(pair) => Some(pair),
            Err(pair) => {
                let error = self.cannot_meet(&pair.0, &pair.1);
                self.report(error)
            }
        }
    }

    /// Why two values cannot be compared or added.
    pub(super) fn cannot_meet(&self, left: &Expr, right: &Expr) -> Diagnostic {
        let is_plain = |expr: &Expr| matches!(expr.ty, Type::Int | Type::Decimal);
        if is_plain(left) && right.ty.is_number() {
            return self.without_unit(left, right);
        }
        if is_plain(right) && left.ty.is_number() {
            return self.without_unit(right, left);
        }
        match (left.ty, right.ty) {
            (Type::Money(a), Type::Money(b)) => {
                let write = number_literal(right)
                    .map(|amount| format!("{amount} {a}"))
                    .or_else(|| number_literal(left).map(|amount| format!("{amount} {b}")));
                errors::currency_mismatch((a.code(), left.span), (b.code(), right.span), write)
            }
            (Type::Code(a), Type::Code(b)) => {
                let systems = &self.checker.systems;
                let (a, b) = (&systems[a].name, &systems[b].name);
                errors::system_mismatch((a, left.span), (b, right.span))
            }
            (a, b) => {
                let help = self.literal_instead(left, right);
                let (a, b) = (self.called(a), self.called(b));
                errors::cannot_compare((&a, left.span), (&b, right.span), help)
            }
        }
    }

    /// Where one of two values is a literal: what to write in its place.
    fn literal_instead(&self, left: &Expr, right: &Expr) -> Option<String> {
        let is_literal = |expr: &Expr| matches!(expr.kind, ExprKind::Value(_));
        let other = match (is_literal(left), is_literal(right)) {
            (false, true) => left,
            (true, false) => right,
            (true, true) | (false, false) => return None,
        };
        let (called, example) = (self.called(other.ty), self.checker.example(other.ty));
        Some(format!("write {called}, such as {example}"))
    }

    /// A plain number that meets an amount, a mass or a percent.
    fn without_unit(&self, plain: &Expr, other: &Expr) -> Diagnostic {
        let needed = self.called(other.ty);
        match number_literal(plain) {
            Some(number) if other.ty == Type::Percent => {
                let write = crate::check::literal::as_percent(number);
                errors::unit_needed(plain.span, &needed, &write)
            }
            Some(_) | None => errors::unit_needed_of(plain.span, &needed, other.span),
        }
    }

    /// Reports a comparison by size of values without order.
    fn ordered(&mut self, operand: &Expr) -> Option<()> {
        let help = match operand.ty {
            Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Mass
            | Type::Date
            | Type::Instant
            | Type::Verdict => return Some(()),
            Type::Enum(id) if self.checker.enums[id].ordered => return Some(()),
            Type::Enum(id) => {
                let name = &self.checker.enums[id].name;
                format!(
                    "write `enum {name} ordered {{ least < most }}` if its values have an order"
                )
            }
            Type::Code(_) => {
                "write `under \"8505\"`, or `under { \"7206\" to \"7229\" }` for a range".to_owned()
            }
            Type::Text { .. }
            | Type::Bool
            | Type::Duration
            | Type::Country
            | Type::List(_)
            | Type::Element(_) => "compare with `=`, `!=` or `in`".to_owned(),
        };
        let called = self.called(operand.ty);
        self.report(errors::not_ordered(operand.span, &called, &help))
    }

    pub(super) fn text_test(
        &mut self,
        span: Span,
        (op, negated): (ast::TextOp, bool),
        operand: &'a ast::Expr,
        pattern: &'a ast::Expr,
    ) -> Option<Expr> {
        let operand = self.expr(operand, Some(Type::Text { folded: false }));
        let literal = self.text_literal(op, pattern);
        let (operand, literal) = (operand?, literal?);
        let spelled = match operand.ty {
            Type::Text { folded: true } if op != ast::TextOp::Matches => fold(&literal),
            Type::Text { .. } => literal.clone(),
            Type::Code(system) => match self.checker.systems[system].model {
                // The canonical text of an HS code has no dots.
                CodeModel::Hs if op != ast::TextOp::Matches => literal.replace(['.', ' '], ""),
                CodeModel::Hs | CodeModel::Eccn | CodeModel::Segmented => literal.clone(),
            },
            Type::Bool
            | Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Mass
            | Type::Date
            | Type::Instant
            | Type::Duration
            | Type::Country
            | Type::Enum(_)
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => {
                let operator = format!("`{}`", op.as_str());
                let found = self.called(operand.ty);
                let takes = "a text or a code";
                let span = operand.span;
                return self.report(errors::operator_not_for_type(
                    &operator, takes, &found, span,
                ));
            }
        };
        let text: Arc<str> = spelled.into();
        let op = match op {
            ast::TextOp::Like => TextOp::Like(self.pattern(operand.ty, &text)),
            ast::TextOp::StartsWith => TextOp::StartsWith(text),
            ast::TextOp::EndsWith => TextOp::EndsWith(text),
            ast::TextOp::Contains => TextOp::Contains(text),
            ast::TextOp::Matches => TextOp::Matches(self.regex(&literal, pattern.span)?),
        };
        let test = make(ExprKind::Text(Box::new(operand), op), Type::Bool, span);
        Some(negate_if(negated, test))
    }

    /// Codes are matched in their own spelling.
    fn pattern(&self, ty: Type, text: &str) -> Pattern {
        match ty {
            Type::Code(system) => self.checker.systems[system].model.pattern(text),
            _ => Pattern::new(text),
        }
    }

    /// A literal, or a name that means nothing: most likely a text without its quotes.
    fn is_unquoted(&self, kind: &ast::ExprKind) -> bool {
        match kind {
            ast::ExprKind::Literal(_) => true,
            ast::ExprKind::Name(name) => matches!(self.bare(name), Bare::Open),
            _ => false,
        }
    }

    fn text_literal(&mut self, op: ast::TextOp, pattern: &ast::Expr) -> Option<String> {
        match &pattern.without_parentheses().kind {
            ast::ExprKind::Literal(ast::Literal::Str(text)) => Some(text.clone()),
            ast::ExprKind::Error => None,
            kind if self.is_unquoted(kind) => {
                let written = self.checker.loaded.sources.snippet(pattern.span);
                let write = format!("\"{}\"", written.trim_matches('`'));
                self.report(errors::quotes_needed(pattern.span, "a text", &write))
            }
            _ => {
                let what = format!("the right side of `{}`", op.as_str());
                self.report(errors::literal_needed(pattern.span, &what, "`\"text\"`"))
            }
        }
    }

    fn regex(&mut self, text: &str, span: Span) -> Option<regex::Regex> {
        match regex::Regex::new(text) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let why = error.to_string();
                // The last line says what is wrong, those before show the expression again.
                let why = why.lines().last().unwrap_or(&why);
                let why = why.trim().trim_start_matches("error: ").to_owned();
                self.report(errors::bad_pattern(span, &why))
            }
        }
    }

    pub(super) fn is(
        &mut self,
        span: Span,
        operand: &'a ast::Expr,
        what: ast::IsWhat,
    ) -> Option<Expr> {
        let expr = self.any_expr(operand, None)?;
        let expr = match expr.ty {
            Type::List(_) => expr,
            _ => self.single(expr)?,
        };
        let is_value = expr.ty != Type::Bool || is_stored(&expr);
        let kind = match what {
            ast::IsWhat::Missing if is_value => ExprKind::IsMissing(Box::new(expr)),
            ast::IsWhat::Missing => {
                return self.report(errors::missing_asked_of_condition(expr.span));
            }
            ast::IsWhat::Known if is_value => ExprKind::IsKnown(Box::new(expr)),
            ast::IsWhat::Known => {
                let unknown = ExprKind::IsUnknown(Box::new(expr));
                ExprKind::Not(Box::new(make(unknown, Type::Bool, span)))
            }
            ast::IsWhat::Unknown if expr.ty == Type::Bool => ExprKind::IsUnknown(Box::new(expr)),
            ast::IsWhat::Unknown => {
                let found = self.called(expr.ty);
                return self.report(errors::unknown_asked_of_value(expr.span, &found));
            }
        };
        Some(make(kind, Type::Bool, span))
    }
}

/// A yes/no value that a record or a policy holds, rather than a condition that is worked out.
fn is_stored(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Field(_)
            | ExprKind::Member(..)
            | ExprKind::Lookup { .. }
            | ExprKind::Param(_)
            | ExprKind::Parameter(_)
            | ExprKind::Value(_)
    )
}

/// What a literal beside a value of that type should be.
fn hint(ty: Type) -> Type {
    match ty {
        Type::Instant => Type::Date,
        ty => ty,
    }
}

pub(super) fn negate_if(negated: bool, test: Expr) -> Expr {
    if negated {
        let span = test.span;
        make(ExprKind::Not(Box::new(test)), Type::Bool, span)
    } else {
        test
    }
}
