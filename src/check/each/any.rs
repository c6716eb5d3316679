//! `for each p in LIST`, where the list is a field: one rule, which applies where it would for any of the elements.

use super::super::checker::Checker;
use super::super::errors;
use super::super::expr::Bound;
use crate::model::{Binder, BinderId, Expr, ExprKind, FieldId, NestedId, Quantifier, Type};
use crate::syntax::ast;
use crate::text::Span;

/// `for each NAME in LIST`, where the list is a field: its elements differ from record to record.
#[derive(Clone, Copy)]
pub(in crate::check) struct AnyOf<'a> {
    pub name: &'a ast::Name,
    /// The list, and where it is named.
    pub field: FieldId,
    pub place: Span,
    pub of: NestedId,
    /// The whole clause.
    pub span: Span,
}

impl AnyOf<'_> {
    /// `any NAME in LIST satisfies …`: that `when` holds, and none of `unless`.
    pub fn any(&self, bound: &Bound, when: Expr, unless: Vec<Expr>) -> Expr {
        let spared = unless.into_iter().map(|unless| Expr {
            // Nobody wrote a `not`.
            span: Span {
                end: unless.span.start,
                ..unless.span
            },
            ty: Type::Bool,
            kind: ExprKind::Not(Box::new(unless)),
        });
        let body = match spared.len() {
            0 => when,
            _ => Expr {
                span: when.span,
                ty: Type::Bool,
                kind: ExprKind::And(std::iter::once(when).chain(spared).collect()),
            },
        };
        let list = Expr {
            kind: ExprKind::Field(self.field),
            ty: Type::List(self.of),
            span: self.place,
        };
        Expr {
            kind: ExprKind::Quantified {
                quantifier: Quantifier::Any,
                binder: bound.binder.clone(),
                list: Box::new(list),
                body: Box::new(body),
            },
            ty: Type::Bool,
            span: self.span,
        }
    }
}

impl<'a> Checker<'a> {
    /// What an element of the list is called.
    pub fn element_of(&mut self, any: AnyOf<'a>) -> Bound {
        let id = BinderId(self.binders);
        self.binders += 1;
        let name = any.name.text.as_str().into();
        Bound {
            binder: Binder { id, name },
            of: any.of,
            span: any.name.span,
        }
    }

    /// Measures what a rule asks of any element.
    pub fn any_element(&mut self, rule: &ast::Name, any: Expr) -> Expr {
        let measure = self.measure(&any, 0);
        self.not_too_large(rule, &measure);
        any
    }

    /// Reports the element of a list in what a rule says once for all of them.
    pub fn is_of_all(
        &mut self,
        any: Option<AnyOf<'a>>,
        value: &ast::Expr,
        because: Option<&ast::Str>,
    ) -> Option<()> {
        let Some(any) = any else {
            return Some(());
        };
        let name = &any.name.text;
        let because = because.filter(|because| in_braces(&because.value, name));
        let named = place_of(value, name).or(because.map(|because| because.span));
        let Some(span) = named else {
            return Some(());
        };
        self.report(errors::element_not_for_here(name, span, any.span));
        None
    }
}

/// Where an expression names something, also in the braces of a text.
fn place_of(expr: &ast::Expr, name: &str) -> Option<Span> {
    let is_here = match &expr.kind {
        ast::ExprKind::Name(found) => found.text == name,
        ast::ExprKind::Literal(ast::Literal::Str(text)) => in_braces(text, name),
        _ => false,
    };
    let mut found = is_here.then_some(expr.span);
    expr.for_each_child(&mut |child| found = found.or_else(|| place_of(child, name)));
    found
}

/// Whether the braces of a text name it or a field of it.
fn in_braces(text: &str, name: &str) -> bool {
    let text = text.replace("{{", "");
    let mut inside = text.split('{').skip(1);
    inside.any(|part| {
        let named = part.split_once('}').map(|(named, _)| named.trim());
        let rest = named.and_then(|named| named.strip_prefix(name));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}
