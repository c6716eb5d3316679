//! Expressions: every name resolved, every literal a value, every operator given what it takes.
//!
//! A result of `None` means that the mistake has its message already; whoever gets it says nothing more. `want` is
//! the type expected of a literal or a bare name, where one is expected; it does not force a type on anything else.

mod arith;
mod ask;
mod call;
mod cells;
mod columns;
mod compare;
mod each;
mod file_tables;
mod lists;
mod membership;
mod names;

pub(super) use columns::magnitude;
pub(super) use lists::Bound;
pub(super) use membership::Elements;

use super::checker::Checker;
use super::each::Here;
use super::errors;
use super::load::UnitId;
use crate::diagnostic::Diagnostic;
use crate::domain::Number;
use crate::model::{Expr, ExprKind, Parameter, RuleId, Type, Value};
use crate::syntax::ast;
use crate::text::Span;

/// Checks the expressions of one unit.
pub(super) struct ExprChecker<'c, 'a> {
    pub checker: &'c mut Checker<'a>,
    pub unit: UnitId,
    /// The parameters of the define at hand.
    pub parameters: &'c [Parameter],
    /// The elements of lists that have a name here, outermost first.
    pub binders: Vec<Bound>,
    /// The rule at hand.
    pub asking: Option<RuleId>,
    /// The element that the rule at hand is made for; the parameters are its value and its cells.
    pub here: Option<Here<'a>>,
}

fn make(kind: ExprKind, ty: Type, span: Span) -> Expr {
    Expr { kind, ty, span }
}

impl<'a> ExprChecker<'_, 'a> {
    fn report<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.checker.report(diagnostic);
        None
    }

    fn called(&self, ty: Type) -> String {
        self.checker.called(ty)
    }

    /// A condition.
    pub fn condition(&mut self, ast: &'a ast::Expr) -> Option<Expr> {
        let expr = self.expr(ast, Some(Type::Bool))?;
        if expr.ty == Type::Bool {
            return Some(expr);
        }
        let found = self.called(expr.ty);
        let help = match expr.ty {
            Type::Country => "compare it: write `= CN`, or `in` and a set".to_owned(),
            Type::Code(_) => "ask where it belongs: write `under \"8505.11\"`".to_owned(),
            Type::Text { .. }
            | Type::Bool
            | Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Mass
            | Type::Date
            | Type::Instant
            | Type::Duration
            | Type::Enum(_)
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => {
                let example = self.checker.example(expr.ty);
                format!("compare it, for example with {example}, or write `is known`")
            }
        };
        self.report(errors::not_a_condition(expr.span, &found, &help))
    }

    /// An expression of type `ty`, or one that may stand for it; `because` is the place that asks for it.
    pub fn expect(&mut self, ast: &'a ast::Expr, ty: Type, because: Option<Span>) -> Option<Expr> {
        if ty == Type::Bool {
            return self.condition(ast);
        }
        let expr = match ty {
            Type::List(_) | Type::Element(_) => self.any_expr(ast, None)?,
            _ => self.expr(ast, Some(ty))?,
        };
        self.convert(expr, ty, because)
    }

    /// `expr` as one of type `ty`, if it may stand for one.
    pub fn convert(&mut self, expr: Expr, ty: Type, because: Option<Span>) -> Option<Expr> {
        match (expr.ty, ty) {
            (Type::Text { .. }, Type::Text { .. }) | (Type::Int, Type::Decimal) => Some(expr),
            (Type::Instant, Type::Date) => Some(self.day_of(expr)),
            (found, ty) if found == ty => Some(expr),
            (found, ty) => {
                let error = self.checker.mismatch((found, expr.span), (ty, because));
                self.report(error)
            }
        }
    }

    /// The day of an instant.
    fn day_of(&self, instant: Expr) -> Expr {
        let span = instant.span;
        make(ExprKind::DayOf(Box::new(instant)), Type::Date, span)
    }

    /// An expression with a single value.
    pub fn expr(&mut self, ast: &'a ast::Expr, want: Option<Type>) -> Option<Expr> {
        let expr = self.any_expr(ast, want)?;
        self.single(expr)
    }

    /// Any expression, also a list or an element of one.
    fn any_expr(&mut self, ast: &'a ast::Expr, want: Option<Type>) -> Option<Expr> {
        let span = ast.span;
        let bool = |kind| Some(make(kind, Type::Bool, span));
        match &ast.kind {
            ast::ExprKind::Or(parts) => {
                self.values_after_comparison(parts)?;
                bool(ExprKind::Or(self.conditions(parts)?))
            }
            ast::ExprKind::And(parts) => bool(ExprKind::And(self.conditions(parts)?)),
            ast::ExprKind::Not(inner) => bool(ExprKind::Not(Box::new(self.condition(inner)?))),
            ast::ExprKind::Compare {
                op, left, right, ..
            } => self.compare(span, *op, left, right),
            ast::ExprKind::In {
                negated,
                operand,
                set,
            } => self.membership(span, *negated, operand, set, false),
            ast::ExprKind::Under {
                negated,
                operand,
                set,
            } => self.membership(span, *negated, operand, set, true),
            ast::ExprKind::Between { operand, low, high } => self.between(span, operand, low, high),
            ast::ExprKind::Text {
                op,
                negated,
                operand,
                pattern,
            } => self.text_test(span, (*op, *negated), operand, pattern),
            ast::ExprKind::Is { operand, what } => self.is(span, operand, *what),
            ast::ExprKind::Arith {
                op, left, right, ..
            } => self.arith(span, *op, left, right, want),
            ast::ExprKind::Neg(inner) => self.negative(span, inner, want),
            ast::ExprKind::Call { function, args } => self.call(span, function, args, want),
            ast::ExprKind::Field { base, field } if is_row(base) => self.cell(span, base, field),
            ast::ExprKind::Field { base, field } if self.is_file_table(base) => {
                self.value_of_table(span, base, field)
            }
            ast::ExprKind::Field { base, field } if self.is_row_at_hand(base) => {
                self.cell_at_hand(span, base, field)
            }
            ast::ExprKind::Field { base, .. } if self.is_element_at_hand(base) => {
                let written = self.checker.loaded.sources.snippet(base.span).to_owned();
                self.report(errors::no_members(&written, base.span))
            }
            ast::ExprKind::Row { list, .. } => self.bare_row(span, list),
            ast::ExprKind::Field { base, field } if self.is_record_like(base) => {
                self.field_of(span, base, field)
            }
            ast::ExprKind::Field { base, field } => self.member(span, base, field),
            ast::ExprKind::Name(name) => self.name(name, want),
            ast::ExprKind::AsOf => Some(make(ExprKind::AsOf, Type::Date, span)),
            ast::ExprKind::Literal(literal) => self.literal(literal, span, want),
            ast::ExprKind::Set(_) => {
                let name = self.checker.loaded.sources.snippet(span).to_owned();
                self.report(errors::set_as_value(&name, span, None))
            }
            ast::ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.if_then_else(span, condition, then, otherwise, want),
            ast::ExprKind::Quantified {
                quantifier,
                binder,
                list,
                body,
            } => self.quantified(span, (*quantifier, binder), list, body),
            ast::ExprKind::Aggregate { .. } => self.aggregate(ast, want),
            ast::ExprKind::AsksRule { verb, subject } => self.ask(span, *verb, subject),
            ast::ExprKind::Paren(inner) => self.any_expr(inner, want),
            ast::ExprKind::Error => None,
        }
    }

    /// Reports `use = military or filming`: values in the place of conditions, behind a comparison with one.
    fn values_after_comparison(&mut self, parts: &'a [ast::Expr]) -> Option<()> {
        let first = &parts.first()?.kind;
        let ast::ExprKind::Compare {
            left, right, op, ..
        } = first
        else {
            return Some(());
        };
        let is_value = |part: &ast::Expr| match &part.kind {
            ast::ExprKind::Name(name) => matches!(self.bare(name), names::Bare::Open),
            ast::ExprKind::Literal(ast::Literal::Bool(_)) => false,
            ast::ExprKind::Literal(_) => true,
            _ => false,
        };
        let rest = &parts[1..];
        if *op != ast::CompareOp::Eq || !is_value(right) || !rest.iter().all(is_value) {
            return Some(());
        }
        let sources = &self.checker.loaded.sources;
        let values: Vec<&str> = std::iter::once(&**right)
            .chain(rest)
            .map(|value| sources.snippet(value.span))
            .collect();
        let write = format!(
            "{} in {{ {} }}",
            sources.snippet(left.span),
            values.join(", ")
        );
        let (from, to) = (rest.first()?.span, rest.last()?.span);
        self.report(errors::values_as_conditions(from.to(to), &write))
    }

    /// All the parts, so that each gets its messages.
    fn conditions(&mut self, parts: &'a [ast::Expr]) -> Option<Vec<Expr>> {
        let checked: Vec<Option<Expr>> = parts.iter().map(|part| self.condition(part)).collect();
        checked.into_iter().collect()
    }

    fn literal(&mut self, literal: &ast::Literal, span: Span, want: Option<Type>) -> Option<Expr> {
        let (value, ty) = self.checker.literal(literal, span, want)?;
        if ty == Type::Duration {
            return self.report(errors::duration_misplaced(span));
        }
        Some(make(ExprKind::Value(value), ty, span))
    }

    fn negative(&mut self, span: Span, inner: &'a ast::Expr, want: Option<Type>) -> Option<Expr> {
        let expr = self.expr(inner, want)?;
        if !expr.ty.is_number() {
            let found = self.called(expr.ty);
            return self.report(errors::not_a_number(expr.span, &found, "`-`"));
        }
        let ty = expr.ty;
        // A negative number is a literal, so that nothing later has to look through the sign.
        let kind = match expr.kind {
            ExprKind::Value(Value::Number(number)) => ExprKind::Value(Value::Number(-number)),
            kind => ExprKind::Neg(Box::new(make(kind, ty, expr.span))),
        };
        Some(make(kind, ty, span))
    }

    fn if_then_else(
        &mut self,
        span: Span,
        condition: &'a ast::Expr,
        then: &'a ast::Expr,
        otherwise: &'a ast::Expr,
        want: Option<Type>,
    ) -> Option<Expr> {
        let condition = self.condition(condition);
        let (then, otherwise) = self.pair(then, otherwise, want);
        let (condition, then, otherwise) = (condition?, then?, otherwise?);
        let (then, otherwise) = self.agree(then, otherwise)?;
        let ty = match (then.ty, otherwise.ty) {
            (Type::Int, Type::Decimal) => Type::Decimal,
            (ty, _) => ty,
        };
        let parts = (Box::new(condition), Box::new(then), Box::new(otherwise));
        Some(make(ExprKind::If(parts.0, parts.1, parts.2), ty, span))
    }

    /// The arms of an `if` brought to one type, or the message that they have two.
    fn agree(&mut self, then: Expr, otherwise: Expr) -> Option<(Expr, Expr)> {
        match self.alike(then, otherwise) {
            Ok(arms) => Some(arms),
            Err(arms) => {
                let (then, otherwise) = *arms;
                let called = (self.called(then.ty), self.called(otherwise.ty));
                let (then, otherwise) = ((&*called.0, then.span), (&*called.1, otherwise.span));
                self.report(errors::arms_differ(then, otherwise))
            }
        }
    }
}

impl Checker<'_> {
    /// The message for a value of type `found` where one of type `needed` is asked for.
    pub fn mismatch(
        &self,
        (found, span): (Type, Span),
        (needed, because): (Type, Option<Span>),
    ) -> Diagnostic {
        let (what, wanted) = (self.called(found), self.called(needed));
        let is_plain = |ty| matches!(ty, Type::Int | Type::Decimal);
        match (found, needed, because) {
            (Type::Money(a), Type::Money(b), Some(because)) => {
                errors::currency_mismatch((b.code(), because), (a.code(), span), None)
            }
            (Type::Code(a), Type::Code(b), Some(because)) => errors::system_mismatch(
                (&self.systems[b].name, because),
                (&self.systems[a].name, span),
            ),
            (found, needed, Some(because)) if is_plain(found) && needed.is_number() => {
                errors::unit_needed_of(span, &wanted, because)
            }
            (_, Type::Element(_) | Type::List(_), because) => {
                let help = match needed {
                    Type::List(_) => "name a field of that type",
                    _ => "name an element, such as `x` in `any x in LIST satisfies …`",
                };
                errors::type_mismatch(&what, span, &wanted, because).help(help)
            }
            (_, _, because) => {
                let example = self.example(needed);
                errors::type_mismatch(&what, span, &wanted, because)
                    .help(format!("write {wanted}, such as {example}"))
            }
        }
    }
}

/// Whether an expression is `list[key]`.
fn is_row(ast: &ast::Expr) -> bool {
    matches!(ast.without_parentheses().kind, ast::ExprKind::Row { .. })
}

/// Whether an expression is a number literal, and which.
fn number_literal(expr: &Expr) -> Option<&Number> {
    match &expr.kind {
        ExprKind::Value(Value::Number(number)) => Some(number),
        _ => None,
    }
}
