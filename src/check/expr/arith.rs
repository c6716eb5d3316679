//! Arithmetic: which kinds of numbers go together, and what comes out.

use super::{ExprChecker, make};
use crate::check::errors;
use crate::model::{ArithOp, Expr, ExprKind, Type};
use crate::syntax::ast;
use crate::text::Span;

impl<'a> ExprChecker<'_, 'a> {
    pub(super) fn arith(
        &mut self,
        span: Span,
        op: ast::ArithOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
        want: Option<Type>,
    ) -> Option<Expr> {
        let op = match op {
            ast::ArithOp::Add => ArithOp::Add,
            ast::ArithOp::Sub => ArithOp::Sub,
            ast::ArithOp::Mul => ArithOp::Mul,
            ast::ArithOp::Div => ArithOp::Div,
            ast::ArithOp::Intersect => {
                let text = self.checker.loaded.sources.snippet(span).to_owned();
                return self.report(errors::set_as_value(&text, span, None));
            }
        };
        if let Some(shift) = self.shift(span, op, left, right) {
            return shift;
        }
        let (left, right) = match op {
            ArithOp::Add | ArithOp::Sub => self.pair(left, right, want),
            // The factors of an amount need not be amounts.
            ArithOp::Mul | ArithOp::Div => (self.expr(left, None), self.expr(right, None)),
        };
        let (left, right) = (left?, right?);
        let ty = self.result(span, op, &left, &right)?;
        let kind = ExprKind::Arith(op, Box::new(left), Box::new(right));
        Some(make(kind, ty, span))
    }

    /// A date and a stretch of time; `None` if there is no stretch of time.
    fn shift(
        &mut self,
        span: Span,
        op: ArithOp,
        left: &'a ast::Expr,
        right: &'a ast::Expr,
    ) -> Option<Option<Expr>> {
        let (date, stretch) = match (duration(left), duration(right), op) {
            (_, Some(stretch), _) => (left, stretch),
            (Some(stretch), None, ArithOp::Add) => (right, stretch),
            (Some((_, _, span)), None, ArithOp::Sub | ArithOp::Mul | ArithOp::Div) => {
                return Some(self.report(errors::duration_misplaced(span)));
            }
            (None, None, _) => return None,
        };
        Some(self.shifted(span, op, date, stretch))
    }

    fn shifted(
        &mut self,
        span: Span,
        op: ArithOp,
        date: &'a ast::Expr,
        (amount, unit, place): (&ast::Number, ast::DurationUnit, Span),
    ) -> Option<Expr> {
        if !matches!(op, ArithOp::Add | ArithOp::Sub) || duration(date).is_some() {
            return self.report(errors::duration_misplaced(place));
        }
        let period = self.checker.period(amount, unit, place);
        let date = self.expr(date, Some(Type::Date))?;
        if !matches!(date.ty, Type::Date | Type::Instant) {
            let found = self.called(date.ty);
            let error = errors::no_such_arithmetic(
                (&found, date.span),
                "moved by",
                ("a stretch of time", place),
            );
            return self.report(error);
        }
        let date = self.convert(date, Type::Date, None)?;
        let kind = ExprKind::Shift {
            date: Box::new(date),
            period: period?,
            negative: op == ArithOp::Sub,
        };
        Some(make(kind, Type::Date, span))
    }

    /// The type of the result, or the message that there is none.
    fn result(&mut self, span: Span, op: ArithOp, left: &Expr, right: &Expr) -> Option<Type> {
        let is_day = |ty| matches!(ty, Type::Date | Type::Instant);
        if op == ArithOp::Sub && is_day(left.ty) && is_day(right.ty) {
            let sources = &self.checker.loaded.sources;
            let (a, b) = (sources.snippet(left.span), sources.snippet(right.span));
            let error = errors::date_minus_date(span, a, b);
            return self.report(error);
        }
        if matches!(op, ArithOp::Add | ArithOp::Sub) && is_day(left.ty) && right.ty.is_number() {
            let sources = &self.checker.loaded.sources;
            let (date, number) = (sources.snippet(left.span), sources.snippet(right.span));
            let written = format!("{date} {} {number}", symbol(op));
            let error = errors::date_and_number(left.span, right.span, &written);
            return self.report(error);
        }
        for operand in [left, right] {
            if !operand.ty.is_number() {
                let found = self.called(operand.ty);
                let needed_by = format!("`{}`", symbol(op));
                return self.report(errors::not_a_number(operand.span, &found, &needed_by));
            }
        }
        let ty = match op {
            ArithOp::Add | ArithOp::Sub => sum(left.ty, right.ty),
            ArithOp::Mul => product(left.ty, right.ty),
            ArithOp::Div => quotient(left.ty, right.ty),
        };
        if ty.is_some() {
            return ty;
        }
        let error = match (op, left.ty, right.ty) {
            (ArithOp::Add | ArithOp::Sub, _, _)
            | (ArithOp::Div, Type::Money(_), Type::Money(_)) => self.cannot_add(op, left, right),
            (ArithOp::Mul | ArithOp::Div, a, b) => {
                let (a, b) = (self.called(a), self.called(b));
                errors::no_such_arithmetic((&a, left.span), doing(op), (&b, right.span))
            }
        };
        self.report(error)
    }

    fn cannot_add(&self, op: ArithOp, left: &Expr, right: &Expr) -> crate::diagnostic::Diagnostic {
        let is_plain = |ty| matches!(ty, Type::Int | Type::Decimal);
        match (left.ty, right.ty) {
            (Type::Money(_), Type::Money(_)) => self.cannot_meet(left, right),
            (a, b) if is_plain(a) || is_plain(b) => self.cannot_meet(left, right),
            (a, b) => {
                let (a, b) = (self.called(a), self.called(b));
                errors::no_such_arithmetic((&a, left.span), doing(op), (&b, right.span))
            }
        }
    }
}

fn duration(ast: &ast::Expr) -> Option<(&ast::Number, ast::DurationUnit, Span)> {
    match &ast.without_parentheses().kind {
        ast::ExprKind::Literal(ast::Literal::Duration { amount, unit }) => {
            Some((amount, *unit, ast.span))
        }
        _ => None,
    }
}

fn symbol(op: ArithOp) -> &'static str {
    match op {
        ArithOp::Add => "+",
        ArithOp::Sub => "-",
        ArithOp::Mul => "*",
        ArithOp::Div => "/",
    }
}

fn doing(op: ArithOp) -> &'static str {
    match op {
        ArithOp::Add => "added to",
        ArithOp::Sub => "lessened by",
        ArithOp::Mul => "multiplied by",
        ArithOp::Div => "divided by",
    }
}

/// The wider of two plain numbers; the type of both, if it is one.
pub(super) fn sum(left: Type, right: Type) -> Option<Type> {
    match (left, right) {
        (Type::Int, Type::Decimal) | (Type::Decimal, Type::Int) => Some(Type::Decimal),
        (a, b) if a == b => Some(a),
        (_, _) => None,
    }
}

/// Percent × percent is percent; number × percent is a number; an amount × either is an amount (ruling 3).
fn product(left: Type, right: Type) -> Option<Type> {
    match (left, right) {
        (Type::Percent, Type::Percent) => Some(Type::Percent),
        (Type::Int, Type::Int) => Some(Type::Int),
        (Type::Int | Type::Decimal | Type::Percent, Type::Int | Type::Decimal | Type::Percent) => {
            Some(Type::Decimal)
        }
        (amount @ (Type::Money(_) | Type::Mass), Type::Int | Type::Decimal | Type::Percent)
        | (Type::Int | Type::Decimal | Type::Percent, amount @ (Type::Money(_) | Type::Mass)) => {
            Some(amount)
        }
        (_, _) => None,
    }
}

/// An amount by one of its kind is a share; percent by percent is a number; half a percent is a percent.
fn quotient(left: Type, right: Type) -> Option<Type> {
    match (left, right) {
        (Type::Money(a), Type::Money(b)) => (a == b).then_some(Type::Percent),
        (Type::Mass, Type::Mass) => Some(Type::Percent),
        (amount @ (Type::Money(_) | Type::Mass), Type::Int | Type::Decimal | Type::Percent) => {
            Some(amount)
        }
        (Type::Percent, Type::Int | Type::Decimal) => Some(Type::Percent),
        (Type::Int | Type::Decimal | Type::Percent, Type::Int | Type::Decimal | Type::Percent) => {
            Some(Type::Decimal)
        }
        (_, _) => None,
    }
}
