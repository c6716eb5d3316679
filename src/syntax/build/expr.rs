//! Constructors of expressions.

use super::{Builder, number};
use crate::syntax::ast::*;
use crate::syntax::token::{Kw, Token};
use crate::syntax::{errors, limits};
use crate::text::Span;

impl<'t> Builder<'t> {
    /// An expression; one that would be too deep becomes an error, its parts are dropped.
    fn expr(&self, kind: ExprKind, span: Span) -> Expr {
        let expr = Expr::new(kind, span);
        if expr.depth() <= limits::MAX_NESTING {
            return expr;
        }
        let mut problems = self.problems.borrow_mut();
        let code = &crate::diagnostic::catalogue::NESTED_TOO_DEEPLY;
        if !problems.iter().any(|problem| problem.code == code) {
            problems.push(errors::nested_too_deeply(span));
        }
        Expr::new(ExprKind::Error, span)
    }

    /// `x or y`, flattened on the left.
    pub fn or(&self, x: Expr, y: Expr) -> Expr {
        let span = x.span.to(y.span);
        let parts = match x.kind {
            ExprKind::Or(parts) => self.append(parts, y),
            _ => vec![x, y],
        };
        self.expr(ExprKind::Or(parts), span)
    }

    /// `x and y`, flattened on the left.
    pub fn and(&self, x: Expr, y: Expr) -> Expr {
        let span = x.span.to(y.span);
        let parts = match x.kind {
            ExprKind::And(parts) => self.append(parts, y),
            _ => vec![x, y],
        };
        self.expr(ExprKind::And(parts), span)
    }

    /// `not x`.
    pub fn not(&self, l: u32, x: Expr) -> Expr {
        let span = self.span(l, x.span.end);
        self.expr(ExprKind::Not(Box::new(x)), span)
    }

    /// `if condition then then else otherwise`.
    pub fn if_else(&self, l: u32, condition: Expr, then: Expr, otherwise: Expr) -> Expr {
        let span = self.span(l, otherwise.span.end);
        let kind = ExprKind::If {
            condition: Box::new(condition),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        self.expr(kind, span)
    }

    /// `x < y`.
    pub fn compare(&self, x: Expr, l: u32, op: CompareOp, r: u32, y: Expr) -> Expr {
        let span = x.span.to(y.span);
        let kind = ExprKind::Compare {
            op,
            op_span: self.span(l, r),
            left: Box::new(x),
            right: Box::new(y),
        };
        self.expr(kind, span)
    }

    /// `x in y`, `x not in y`.
    pub fn is_in(&self, x: Expr, not: Option<Token<'t>>, y: Expr) -> Expr {
        let span = x.span.to(y.span);
        let kind = ExprKind::In {
            negated: not.is_some(),
            operand: Box::new(x),
            set: Box::new(y),
        };
        self.expr(kind, span)
    }

    /// `x under y`, `x not under y`.
    pub fn is_under(&self, x: Expr, not: Option<Token<'t>>, y: Expr) -> Expr {
        let span = x.span.to(y.span);
        let kind = ExprKind::Under {
            negated: not.is_some(),
            operand: Box::new(x),
            set: Box::new(y),
        };
        self.expr(kind, span)
    }

    /// `x like y` and the other tests of texts.
    pub fn text_test(&self, x: Expr, not: Option<Token<'t>>, op: TextOp, y: Expr) -> Expr {
        let span = x.span.to(y.span);
        let kind = ExprKind::Text {
            op,
            negated: not.is_some(),
            operand: Box::new(x),
            pattern: Box::new(y),
        };
        self.expr(kind, span)
    }

    /// `x between low and high`.
    pub fn between(&self, x: Expr, low: Expr, high: Expr) -> Expr {
        let span = x.span.to(high.span);
        let kind = ExprKind::Between {
            operand: Box::new(x),
            low: Box::new(low),
            high: Box::new(high),
        };
        self.expr(kind, span)
    }

    /// `x is missing` and the like.
    pub fn is(&self, x: Expr, what: IsWhat, r: u32) -> Expr {
        let span = self.span(x.span.start, r);
        let kind = ExprKind::Is {
            operand: Box::new(x),
            what,
        };
        self.expr(kind, span)
    }

    /// `x + y` and the like.
    pub fn arith(&self, x: Expr, l: u32, op: ArithOp, r: u32, y: Expr) -> Expr {
        let span = x.span.to(y.span);
        let kind = ExprKind::Arith {
            op,
            op_span: self.span(l, r),
            left: Box::new(x),
            right: Box::new(y),
        };
        self.expr(kind, span)
    }

    /// `-x`.
    pub fn neg(&self, l: u32, x: Expr) -> Expr {
        let span = self.span(l, x.span.end);
        self.expr(ExprKind::Neg(Box::new(x)), span)
    }

    /// `x.field`.
    pub fn member(&self, x: Expr, field: Name) -> Expr {
        let span = x.span.to(field.span);
        let base = Box::new(x);
        self.expr(ExprKind::Field { base, field }, span)
    }

    /// `list[key]`.
    pub fn row_of(&self, list: Expr, key: Expr, r: u32) -> Expr {
        let span = self.span(list.span.start, r);
        let (list, key) = (Box::new(list), Box::new(key));
        self.expr(ExprKind::Row { list, key }, span)
    }

    /// A name by itself; `as_of` is the as-of day.
    pub fn bare_name(&self, name: Name) -> Expr {
        let span = name.span;
        if name.text == "as_of" && !name.quoted {
            return self.expr(ExprKind::AsOf, span);
        }
        self.expr(ExprKind::Name(name), span)
    }

    /// `function(args)`.
    pub fn call(&self, l: u32, function: Name, args: Vec<Expr>, r: u32) -> Expr {
        self.expr(ExprKind::Call { function, args }, self.span(l, r))
    }

    /// `any x in list satisfies body`.
    pub fn quantified(
        &self,
        l: u32,
        quantifier: Quantifier,
        binder: Name,
        list: Expr,
        body: Expr,
    ) -> Expr {
        let span = self.span(l, body.span.end);
        let kind = ExprKind::Quantified {
            quantifier,
            binder,
            list: Box::new(list),
            body: Box::new(body),
        };
        self.expr(kind, span)
    }

    /// `sum(value for binder in list where filter)`.
    pub fn aggregate(
        &self,
        l: u32,
        function: Name,
        value: Option<Expr>,
        (binder, list, filter): (Name, Expr, Option<Expr>),
        r: u32,
    ) -> Expr {
        let kind = ExprKind::Aggregate {
            function,
            value: value.map(Box::new),
            binder,
            list: Box::new(list),
            filter: filter.map(Box::new),
        };
        self.expr(kind, self.span(l, r))
    }

    /// `count(x in list where filter)`. To the grammar `x in list` is a test, so it is taken apart here.
    pub fn count(
        &self,
        l: u32,
        function: Name,
        element: Expr,
        filter: Option<Expr>,
        r: u32,
    ) -> Expr {
        let place = element.span;
        match element.kind {
            ExprKind::In {
                negated: false,
                operand,
                set,
            } if matches!(operand.kind, ExprKind::Name(_)) => {
                let ExprKind::Name(binder) = operand.kind else {
                    unreachable!("asked above")
                };
                return self.aggregate(l, function, None, (binder, *set, filter), r);
            }
            ExprKind::Error => {}
            _ => {
                let written = self.slice(place.start, place.end);
                self.report(errors::count_of_what(place, written));
            }
        }
        Expr::new(ExprKind::Error, self.span(l, r))
    }

    /// `applies(…)`, `caught(…)`.
    pub fn asks(&self, l: u32, verb: RuleVerb, subject: RuleSubject, r: u32) -> Expr {
        self.expr(ExprKind::AsksRule { verb, subject }, self.span(l, r))
    }

    /// `{ … }` in an expression.
    pub fn set(&self, l: u32, elements: Vec<Element>, r: u32) -> Expr {
        self.expr(ExprKind::Set(elements), self.span(l, r))
    }

    /// `(x)`.
    pub fn paren(&self, l: u32, x: Expr, r: u32) -> Expr {
        self.expr(ExprKind::Paren(Box::new(x)), self.span(l, r))
    }

    /// The number token between `l` and `r`.
    pub fn token(&self, l: u32, r: u32) -> Token<'t> {
        Token::Number(self.slice(l, r))
    }

    /// A literal.
    pub fn literal(&self, l: u32, token: Token<'t>, r: u32) -> Expr {
        let literal = match token {
            Token::Str => Literal::Str(self.text(l, r).value),
            Token::Number(digits) => Literal::Number(number(digits)),
            Token::Percent(digits) => Literal::Percent(number(digits)),
            Token::Money(digits, currency) => Literal::Money {
                amount: number(digits),
                currency: currency.to_owned(),
            },
            Token::Mass(digits, unit) => Literal::Mass {
                amount: number(digits),
                unit: unit.to_owned(),
            },
            Token::Duration(digits, unit) => Literal::Duration {
                amount: number(digits),
                unit,
            },
            Token::Date(date) => Literal::Date(date),
            Token::Kw(kw) => Literal::Bool(kw == Kw::True),
            other => panic!("the grammar gives a literal, not {other:?}"),
        };
        self.expr(ExprKind::Literal(literal), self.span(l, r))
    }

    /// One element of a set or of a dated param.
    pub fn element(&self, value: Expr, to: Option<Expr>, windows: Option<Vec<Window>>) -> Element {
        let windows = windows.unwrap_or_default();
        let last = windows
            .last()
            .map(|window| window.span)
            .or(to.as_ref().map(|to| to.span))
            .unwrap_or(value.span);
        let span = value.span.to(last);
        Element {
            value,
            to,
            windows,
            span,
        }
    }
}
