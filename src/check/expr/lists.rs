//! Quantifiers, aggregates, and the fields of elements.

use super::names::Bare;
use super::{ExprChecker, make};
use crate::check::declare::Meaning;
use crate::check::errors;
use crate::diagnostic::nearest;
use crate::model::{
    Aggregate, AggregateKind, Binder, BinderId, Expr, ExprKind, FieldId, NestedId, Quantifier, Type,
};
use crate::syntax::ast;
use crate::text::Span;

/// The aggregates, for suggestions.
const AGGREGATES: [&str; 4] = ["count", "max", "min", "sum"];

/// A name that stands for an element.
#[derive(Clone)]
pub(in crate::check) struct Bound {
    pub binder: Binder,
    pub of: NestedId,
    pub span: Span,
}

impl<'a> ExprChecker<'_, 'a> {
    /// Reports a list or an element where a single value is needed.
    pub(super) fn single(&mut self, expr: Expr) -> Option<Expr> {
        let written = self.checker.loaded.sources.snippet(expr.span).to_owned();
        match expr.ty {
            Type::List(_) => {
                let called = self.called(expr.ty);
                self.report(errors::list_as_value(expr.span, &written, &called))
            }
            Type::Element(of) => {
                let called = self.called(expr.ty);
                let fields = &self.checker.records[of.index()].fields;
                let field = fields.values().next().map(|it| it.name.to_string());
                let error =
                    errors::element_as_value(expr.span, &written, &called, field.as_deref());
                self.report(error)
            }
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
            | Type::Country
            | Type::Code(_)
            | Type::Enum(_)
            | Type::Verdict => Some(expr),
        }
    }

    /// `any x in LIST satisfies E`.
    pub(super) fn quantified(
        &mut self,
        span: Span,
        (quantifier, binder): (ast::Quantifier, &'a ast::Name),
        list: &'a ast::Expr,
        body: &'a ast::Expr,
    ) -> Option<Expr> {
        let used_by = format!("`{}`", quantifier.as_str());
        let list = self.list(list, &used_by);
        let bound = self.bind(binder, list.as_ref());
        let body = bound.and_then(|bound| self.within(bound, |inner| inner.condition(body)));
        let ((list, _), (binder, body)) = (list?, body?);
        let quantifier = match quantifier {
            ast::Quantifier::Any => Quantifier::Any,
            ast::Quantifier::Every => Quantifier::Every,
        };
        let kind = ExprKind::Quantified {
            quantifier,
            binder,
            list: Box::new(list),
            body: Box::new(body?),
        };
        Some(make(kind, Type::Bool, span))
    }

    /// `sum(E for x in LIST where C)`, `count(x in LIST where C)`.
    pub(super) fn aggregate(&mut self, ast: &'a ast::Expr, want: Option<Type>) -> Option<Expr> {
        let ast::ExprKind::Aggregate {
            function,
            value,
            binder,
            list,
            filter,
        } = &ast.kind
        else {
            unreachable!("internal error: {:?} is no aggregate", ast.kind)
        };
        let value = value.as_deref();
        let of = self.aggregate_named(function, value, binder, list)?;
        let used_by = format!("`{}`", function.text);
        let list = self.list(list, &used_by);
        let bound = self.bind(binder, list.as_ref())?;
        let (binder, (value, filter)) = self.within(bound, |inner| {
            let value = value.map(|value| inner.summand(value, &function.text, want));
            let filter = filter.as_deref().map(|filter| inner.condition(filter));
            (value, filter)
        })?;
        // Each part has its own message; only a whole one goes on.
        let value = match value {
            Some(value) => Some(value?),
            None => None,
        };
        let filter = match filter {
            Some(filter) => Some(filter?),
            None => None,
        };
        let ty = value.as_ref().map_or(Type::Int, |value| value.ty);
        let aggregate = Aggregate {
            kind: of.of(value),
            binder,
            list: list?.0,
            filter,
        };
        Some(make(ExprKind::Aggregate(Box::new(aggregate)), ty, ast.span))
    }

    /// Which aggregate it is.
    fn aggregate_named(
        &mut self,
        function: &ast::Name,
        value: Option<&ast::Expr>,
        binder: &ast::Name,
        list: &ast::Expr,
    ) -> Option<Named> {
        match (function.text.as_str(), value) {
            ("count", None) => Some(Named::Count),
            ("count", Some(value)) => {
                let list = self.checker.loaded.sources.snippet(list.span).to_owned();
                let error = errors::count_with_value(value.span, &binder.text, &list);
                self.report(error)
            }
            ("sum", _) => Some(Named::Sum),
            ("min", _) => Some(Named::Min),
            ("max", _) => Some(Named::Max),
            (name, _) => {
                let near = nearest(name, AGGREGATES);
                self.report(errors::unknown_aggregate(name, function.span, near))
            }
        }
    }

    /// What an aggregate works out for each element.
    fn summand(
        &mut self,
        value: &'a ast::Expr,
        function: &str,
        want: Option<Type>,
    ) -> Option<Expr> {
        let value = self.expr(value, want)?;
        if value.ty.is_number() {
            return Some(value);
        }
        let found = self.called(value.ty);
        let needed_by = format!("`{function}`");
        let error = errors::not_a_number(value.span, &found, &needed_by)
            .help("count elements with `count(x in LIST where …)`");
        self.report(error)
    }

    /// A list and the record type of its elements.
    fn list(&mut self, ast: &'a ast::Expr, used_by: &str) -> Option<(Expr, NestedId)> {
        if let ast::ExprKind::Name(name) = &ast.without_parentheses().kind
            && let Some((Meaning::Set(_), _)) = self.checker.meaning(self.unit, &name.text)
        {
            return self.report(errors::not_a_list(ast.span, "a set", used_by));
        }
        if let Some((id, _)) = self.checker.list_named(self.unit, ast) {
            let name = self.checker.loaded.sources.snippet(ast.span);
            let noun = self.checker.declarations.lists[id.index()].source.noun();
            let error = errors::rows_as_elements(ast.span, name, noun, used_by);
            return self.report(error);
        }
        if let ast::ExprKind::Set(_) = &ast.without_parentheses().kind {
            return self.report(errors::not_a_list(ast.span, "a set", used_by));
        }
        let list = self.any_expr(ast, None)?;
        match list.ty {
            Type::List(of) => Some((list, of)),
            other => {
                let found = self.called(other);
                self.report(errors::not_a_list(list.span, &found, used_by))
            }
        }
    }

    /// Gives the elements of `list` a name, which must not hide another one.
    fn bind(&mut self, name: &ast::Name, list: Option<&(Expr, NestedId)>) -> Option<Bound> {
        self.shadowing(name);
        let (_, of) = list?;
        let id = BinderId(self.checker.binders);
        self.checker.binders += 1;
        Some(Bound {
            binder: Binder {
                id,
                name: name.text.as_str().into(),
            },
            of: *of,
            span: name.span,
        })
    }

    fn shadowing(&mut self, name: &ast::Name) {
        if name.text == "as_of" && !name.quoted {
            self.report::<()>(errors::as_of_is_taken(name.span));
        }
        let hidden = match self.bare(name) {
            Bare::Binder(at) => Some(("element", self.binders[at].span)),
            Bare::Parameter(at) if self.here.is_some() => {
                Some(("element", self.parameters[at].span))
            }
            Bare::Parameter(at) => Some(("parameter", self.parameters[at].span)),
            Bare::Field(field) => {
                let record = self.checker.record(self.unit);
                record.map(|record| ("field", record.fields[field].span))
            }
            Bare::Declared(Meaning::Set(_), span) => Some(("set", span)),
            Bare::Declared(Meaning::List(_), span) => Some(("list", span)),
            Bare::Declared(Meaning::Closure(_), span) => Some(("closure", span)),
            Bare::Declared(Meaning::Param(_), span) => Some(("param", span)),
            Bare::Declared(Meaning::Define(_), span) => Some(("define", span)),
            Bare::Declared(Meaning::Table(_) | Meaning::FileTable(_), span) => {
                Some(("table", span))
            }
            Bare::Declared(Meaning::Aggregate(_), span) => Some(("aggregate", span)),
            Bare::Declared(..) | Bare::Open => None,
        };
        if let Some((what, span)) = hidden {
            let error = errors::shadowed_name(&name.text, name.span, what, span);
            self.report::<()>(error);
        }
    }

    /// Does `work` where `bound` has a name.
    fn within<T>(
        &mut self,
        bound: Bound,
        work: impl FnOnce(&mut Self) -> T,
    ) -> Option<(Binder, T)> {
        let binder = bound.binder.clone();
        self.binders.push(bound);
        let done = work(self);
        self.binders.pop();
        Some((binder, done))
    }

    /// Whether an expression is the name of a list.
    pub(super) fn names_list(&self, ast: &ast::Expr) -> bool {
        let ast::ExprKind::Name(name) = &ast.without_parentheses().kind else {
            return false;
        };
        let ty = match self.bare(name) {
            Bare::Parameter(at) => Some(self.parameters[at].ty),
            Bare::Field(field) => {
                let record = self.checker.record(self.unit);
                record.map(|record| record.fields[field].ty)
            }
            Bare::Binder(_) | Bare::Declared(..) | Bare::Open => None,
        };
        matches!(ty, Some(Type::List(_)))
    }

    /// Whether what stands before a dot may be an element or a list, rather than an enum.
    pub(super) fn is_record_like(&self, base: &ast::Expr) -> bool {
        let ast::ExprKind::Name(name) = &base.without_parentheses().kind else {
            return true;
        };
        let ty = match self.bare(name) {
            Bare::Binder(_) => return true,
            Bare::Parameter(at) => self.parameters[at].ty,
            Bare::Field(field) => match self.checker.record(self.unit) {
                Some(record) => record.fields[field].ty,
                None => return false,
            },
            Bare::Declared(..) | Bare::Open => return false,
        };
        matches!(ty, Type::Element(_) | Type::List(_))
    }

    /// `x.field` of an element.
    pub(super) fn field_of(
        &mut self,
        span: Span,
        base: &'a ast::Expr,
        name: &ast::Name,
    ) -> Option<Expr> {
        let base = self.any_expr(base, None)?;
        let written = self.checker.loaded.sources.snippet(base.span).to_owned();
        let of = match base.ty {
            Type::Element(of) => of,
            Type::List(_) => {
                return self.report(errors::field_of_list(base.span, &written, &name.text));
            }
            _ => return self.report(errors::no_members(&written, base.span)),
        };
        let field = self.checker.nested_field(of, name)?;
        let record = &self.checker.records[of.index()];
        if record.broken.contains(&field) {
            return None;
        }
        let ty = record.fields[field].ty;
        Some(make(ExprKind::Member(Box::new(base), field), ty, span))
    }
}

/// An aggregate before its parts are looked at.
enum Named {
    Count,
    Sum,
    Min,
    Max,
}

impl Named {
    fn of(self, value: Option<Expr>) -> AggregateKind {
        match (self, value) {
            (Named::Sum, Some(value)) => AggregateKind::Sum(value),
            (Named::Min, Some(value)) => AggregateKind::Min(value),
            (Named::Max, Some(value)) => AggregateKind::Max(value),
            (Named::Count, _) | (_, None) => AggregateKind::Count,
        }
    }
}

impl crate::check::checker::Checker<'_> {
    /// The field of that name of an element, or the message that it has none.
    pub fn nested_field(&mut self, of: NestedId, name: &ast::Name) -> Option<FieldId> {
        let record = &self.records[of.index()];
        if let Some(field) = record.by_name.get(&*name.text) {
            self.note(name.span, record.fields[*field].span);
            return Some(*field);
        }
        let near = nearest(&name.text, record.by_name.keys().map(|name| &**name));
        let known: Vec<&str> = record.fields.values().map(|field| &*field.name).collect();
        let error = errors::unknown_field(&record.name, &name.text, name.span, near, &known);
        self.report(error);
        None
    }
}
