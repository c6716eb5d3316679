//! `in` and `under`, and sets.

use super::compare::negate_if;
use super::names::Bare;
use super::{ExprChecker, make};
use crate::check::checker::Checker;
use crate::check::declare::Meaning;
use crate::check::errors;
use crate::check::limits::MAX_SET_ELEMENTS;
use crate::check::lints;
use crate::check::load::UnitId;
use crate::diagnostic::nearest;
use crate::domain::{Windows, range_error, text::fold};
use crate::model::{Element, Expr, ExprKind, SetExpr, Type, Value};
use crate::syntax::ast;
use crate::text::Span;
use rustc_hash::FxHashMap;

/// Whose set: what its elements have to be, and the place that says so.
#[derive(Clone, Copy)]
pub(in crate::check) struct Elements {
    pub ty: Type,
    pub because: Option<Span>,
    /// `under` takes a single code, too.
    pub under: bool,
}

impl<'a> ExprChecker<'_, 'a> {
    pub(super) fn membership(
        &mut self,
        span: Span,
        negated: bool,
        operand: &'a ast::Expr,
        set: &'a ast::Expr,
        under: bool,
    ) -> Option<Expr> {
        let want = if self.is_open(operand) {
            self.checker.set_type(self.unit, set)
        } else {
            None
        };
        let operand = self.asked(operand, want)?;
        if self.names_list(set) {
            let name = self.checker.loaded.sources.snippet(set.span);
            let help = format!("ask its elements: `any x in {name} satisfies …`");
            let error = errors::list_as_set(set.span, under, &help);
            return self.report(error);
        }
        let operator = if under { "`under`" } else { "`in`" };
        let takes = match operand.ty {
            Type::Code(_) => None,
            _ if under => Some("a code"),
            Type::Bool | Type::Duration | Type::Verdict | Type::List(_) | Type::Element(_) => {
                Some("a single value")
            }
            Type::Text { .. }
            | Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Mass
            | Type::Date
            | Type::Instant
            | Type::Country
            | Type::Enum(_) => None,
        };
        if let Some(takes) = takes {
            let found = self.called(operand.ty);
            let error = errors::operator_not_for_type(operator, takes, &found, operand.span);
            return self.report(error);
        }
        let operand = match operand.ty {
            Type::Instant => self.day_of(operand),
            _ => operand,
        };
        let set = match self.checker.list_named(self.unit, set) {
            Some(list) => self.keys(list, &operand, (under, negated))?,
            None => self.set(&operand, set, (under, negated))?,
        };
        let kind = if under {
            ExprKind::Under(Box::new(operand), set)
        } else {
            ExprKind::In(Box::new(operand), set)
        };
        Some(negate_if(negated, make(kind, Type::Bool, span)))
    }
}

impl<'a> ExprChecker<'_, 'a> {
    /// A set of what the operand may be.
    fn set(
        &mut self,
        operand: &Expr,
        set: &'a ast::Expr,
        (under, negated): (bool, bool),
    ) -> Option<SetExpr> {
        let elements = Elements {
            ty: operand.ty,
            because: Some(operand.span),
            under,
        };
        if under && let Some(code) = self.code_at_hand(set, elements)? {
            return Some(code);
        }
        let written = set.span;
        let set = self.checker.set_expr(self.unit, set, elements)?;
        if !under {
            lints::coarse::check_membership(self.checker, negated, &set, written);
        }
        Some(set)
    }

    /// What is asked about: a field most of the time, so a name that means nothing is not taken for a value.
    fn asked(&mut self, operand: &'a ast::Expr, want: Option<Type>) -> Option<Expr> {
        let ast::ExprKind::Name(name) = &operand.kind else {
            return self.expr(operand, want);
        };
        let known = self.checker.diagnostics.len();
        let expr = self.expr(operand, want);
        if expr.is_none() && want.is_some() && matches!(self.bare(name), Bare::Open) {
            self.checker.diagnostics.truncate(known);
            return self.wrong_name(name, None);
        }
        expr
    }
}

impl<'a> Checker<'a> {
    /// The type of a set's elements, if a named set says it.
    pub fn set_type(&self, unit: UnitId, set: &ast::Expr) -> Option<Type> {
        match &set.kind {
            ast::ExprKind::Name(name) => match self.meaning(unit, &name.text) {
                Some((Meaning::Set(id), _)) => self.set_types[id.index()],
                Some((meaning, _)) => self.lists[meaning.list()?.index()].key_type(),
                None => None,
            },
            ast::ExprKind::Arith { left, right, .. } => self
                .set_type(unit, left)
                .or_else(|| self.set_type(unit, right)),
            ast::ExprKind::Paren(inner) => self.set_type(unit, inner),
            _ => None,
        }
    }

    /// A set of elements of one type.
    pub fn set_expr(
        &mut self,
        unit: UnitId,
        set: &'a ast::Expr,
        elements: Elements,
    ) -> Option<SetExpr> {
        match &set.kind {
            ast::ExprKind::Set(list) => {
                Some(SetExpr::Elements(self.elements(unit, list, elements.ty)?))
            }
            ast::ExprKind::Name(name) => self.named_set(unit, name, elements),
            ast::ExprKind::Arith {
                op, left, right, ..
            } => self.set_algebra(unit, set.span, (*op, left, right), elements),
            ast::ExprKind::Paren(inner) => self.set_expr(unit, inner, elements),
            ast::ExprKind::Literal(_) | ast::ExprKind::Neg(_) if elements.under => {
                self.single(unit, set, elements)
            }
            ast::ExprKind::Error => None,
            _ => {
                let help = self.instead_of_set(set, elements);
                self.report(errors::not_a_set(set.span, elements.under, &help));
                None
            }
        }
    }

    fn set_algebra(
        &mut self,
        unit: UnitId,
        span: Span,
        (op, left, right): (ast::ArithOp, &'a ast::Expr, &'a ast::Expr),
        elements: Elements,
    ) -> Option<SetExpr> {
        let make = match op {
            ast::ArithOp::Add => SetExpr::Union,
            ast::ArithOp::Sub => SetExpr::Difference,
            ast::ArithOp::Intersect => SetExpr::Intersection,
            ast::ArithOp::Mul | ast::ArithOp::Div => {
                self.report(errors::not_set_algebra(span, op.as_str()));
                return None;
            }
        };
        let left = self.set_expr(unit, left, elements);
        let right = self.set_expr(unit, right, elements);
        Some(make(Box::new(left?), Box::new(right?)))
    }

    /// One literal as a set of itself.
    fn single(
        &mut self,
        unit: UnitId,
        literal: &'a ast::Expr,
        elements: Elements,
    ) -> Option<SetExpr> {
        let value = self.constant(unit, literal, elements.ty, "the right side of `under`")?;
        Some(SetExpr::Elements(vec![Element {
            value,
            to: None,
            windows: Windows::always(),
            span: literal.span,
        }]))
    }

    fn named_set(&mut self, unit: UnitId, name: &ast::Name, elements: Elements) -> Option<SetExpr> {
        self.note_meaning(unit, name);
        match self.meaning(unit, &name.text) {
            Some((Meaning::Set(id), declared)) => {
                let ty = self.set_types[id.index()]?;
                if goes_with(ty, elements.ty) {
                    return Some(SetExpr::Named(id));
                }
                let error = self.other_elements(ty, name.span, elements, declared);
                self.report(error);
                None
            }
            Some((
                meaning @ (Meaning::Param(_)
                | Meaning::Define(_)
                | Meaning::Table(_)
                | Meaning::Aggregate(_)
                | Meaning::FileTable(_)),
                _,
            )) => {
                let help = match meaning {
                    Meaning::Param(_) if !elements.under => format!("write `= {}`", name.text),
                    _ => "name a set, or write one: `{ … }`".to_owned(),
                };
                self.report(errors::not_a_set(name.span, elements.under, &help));
                None
            }
            Some((other, declared)) => {
                let noun = other.noun();
                self.report(errors::wrong_kind(
                    &name.text, name.span, noun, "a set", declared,
                ));
                None
            }
            None => {
                self.no_such_set(unit, name, elements);
                None
            }
        }
    }

    fn other_elements(
        &self,
        ty: Type,
        span: Span,
        elements: Elements,
        declared: Span,
    ) -> crate::diagnostic::Diagnostic {
        let operand = elements.because;
        match (ty, elements.ty, operand) {
            (Type::Code(a), Type::Code(b), Some(operand)) => {
                let (a, b) = (&self.systems[a].name, &self.systems[b].name);
                errors::system_mismatch((b, operand), (a, span))
            }
            (Type::Money(a), Type::Money(b), Some(operand)) => {
                errors::currency_mismatch((b.code(), operand), (a.code(), span), None)
            }
            (ty, wanted, operand) => {
                let found = format!("a set of {}", self.called_many(ty));
                let needed = format!("a set of {}", self.called_many(wanted));
                let asked = operand.map(|span| (self.called(wanted), span));
                let asked = asked
                    .as_ref()
                    .map(|(called, span)| (called.as_str(), *span));
                errors::other_elements(&found, span, &needed, asked, declared)
            }
        }
    }

    fn no_such_set(&mut self, unit: UnitId, name: &ast::Name, elements: Elements) {
        let is_set = |it: Meaning| matches!(it, Meaning::Set(_)) || it.list().is_some();
        if let Some(error) = self.elsewhere(&name.text, name.span, is_set) {
            self.report(error);
            return;
        }
        let single = match elements.ty {
            Type::Country => crate::domain::Country::from_alpha2(&name.text)
                .is_some_and(|_| crate::check::literal::is_upper(name)),
            Type::Enum(id) => self.enum_value(id, &name.text).is_some(),
            _ => false,
        };
        let record = self.record(unit);
        let is_field = record.is_some_and(|record| record.by_name.contains_key(&*name.text));
        if single || is_field {
            let help = format!("write `= {}`", name.text);
            self.report(errors::not_a_set(name.span, elements.under, &help));
            return;
        }
        let near = nearest(&name.text, self.names_in(unit, is_set)).map(str::to_owned);
        self.report(errors::unknown_set(&name.text, name.span, near.as_deref()));
    }

    /// What to write where a single value stands for a set.
    fn instead_of_set(&self, set: &ast::Expr, elements: Elements) -> String {
        let written = self.loaded.sources.snippet(set.span);
        let is_literal = matches!(
            set.kind,
            ast::ExprKind::Literal(_) | ast::ExprKind::Neg(_) | ast::ExprKind::Field { .. }
        );
        match elements.ty {
            Type::Code(_) if is_literal => {
                format!("write `under {written}` for it and all below, `= {written}` for it alone")
            }
            _ if is_literal => format!("write `= {written}`"),
            _ => "name a set, or write one: `{ … }`".to_owned(),
        }
    }

    /// The elements of a set literal; twice the same one is worth a warning.
    pub fn elements(
        &mut self,
        unit: UnitId,
        list: &'a [ast::Element],
        ty: Type,
    ) -> Option<Vec<Element>> {
        if list.len() > MAX_SET_ELEMENTS {
            let span = list[MAX_SET_ELEMENTS].span;
            let what = "elements of one set";
            self.report(errors::too_many(what, MAX_SET_ELEMENTS, span));
            return None;
        }
        let mut elements = Vec::with_capacity(list.len());
        let mut all_read = true;
        for element in list {
            match self.element(unit, element, ty) {
                Some(element) => elements.push(element),
                None => all_read = false,
            }
        }
        self.duplicates(&elements, ty);
        all_read.then_some(elements)
    }

    fn element(&mut self, unit: UnitId, ast: &'a ast::Element, ty: Type) -> Option<Element> {
        let value = self.constant(unit, &ast.value, ty, "an element of a set");
        let to = ast.to.as_ref();
        if let Some(day) = to.filter(|to| ty != Type::Date && is_day(to)) {
            let written = self.loaded.sources.snippet(day.span).to_owned();
            self.report(errors::range_to_day(day.span, &written));
            return None;
        }
        let to = to.map(|to| self.constant(unit, to, ty, "an end of a range"));
        let windows = match ast.windows.as_slice() {
            [] => Windows::always(),
            windows => self.windows(&windows.iter().collect::<Vec<_>>(), true),
        };
        let (value, to) = match to {
            None => (value?, None),
            Some(to) => (value?, Some(to?)),
        };
        if let Some(to) = &to {
            self.range(&value, to, ast.span, ty)?;
        }
        Some(Element {
            value,
            to,
            windows,
            span: ast.span,
        })
    }

    /// Reports what are not the ends of a range.
    pub fn range(&mut self, low: &Value, high: &Value, span: Span, ty: Type) -> Option<()> {
        let (Value::Code(low), Value::Code(high)) = (low, high) else {
            let many = self.called_many(ty);
            self.report(errors::range_not_for(span, &many));
            return None;
        };
        if let Some(error) = range_error(low, high) {
            self.report(errors::bad_range(span, &error.to_string()));
            return None;
        }
        Some(())
    }

    fn duplicates(&mut self, elements: &[Element], ty: Type) {
        let mut seen: FxHashMap<(Value, Option<&Value>), usize> = FxHashMap::default();
        let mut found = Vec::new();
        for (at, element) in elements.iter().enumerate() {
            let value = match (&element.value, ty) {
                (Value::Text(text), Type::Text { folded: true }) => Value::Text(fold(text).into()),
                (value, _) => value.clone(),
            };
            match seen.entry((value, element.to.as_ref())) {
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(at);
                }
                std::collections::hash_map::Entry::Occupied(first) => {
                    let first = &elements[*first.get()];
                    // One country may come, go and come again.
                    let both = first.windows.intersect(&element.windows);
                    if !both.is_empty() {
                        found.push((first.span, element.span));
                    }
                }
            }
        }
        for (first, second) in found {
            let text = self.loaded.sources.snippet(second).to_owned();
            self.report(errors::duplicate_element(&text, first, second));
        }
    }
}

/// Whether elements of type `ty` can be compared with values of type `wanted`.
pub(super) fn goes_with(ty: Type, wanted: Type) -> bool {
    match (ty, wanted) {
        (Type::Text { .. }, Type::Text { .. })
        | (Type::Int | Type::Decimal, Type::Int | Type::Decimal) => true,
        (ty, wanted) => ty == wanted,
    }
}

fn is_day(expr: &ast::Expr) -> bool {
    matches!(expr.kind, ast::ExprKind::Literal(ast::Literal::Date(_)))
}
