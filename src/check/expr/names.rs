//! Bare names, and names with a dot.

use super::{ExprChecker, make};
use crate::check::declare::Meaning;
use crate::check::errors;
use crate::check::literal::{is_nothing, is_upper, shortened, yes_or_no};
use crate::diagnostic::nearest;
use crate::domain::Country;
use crate::model::{EnumId, Expr, ExprKind, FieldId, Type, Value};
use crate::syntax::ast;
use crate::text::Span;

/// What a bare name stands for before the expected type is asked.
#[derive(Clone, Copy)]
pub(super) enum Bare {
    /// Its place among the binders.
    Binder(usize),
    Parameter(usize),
    Field(FieldId),
    Declared(Meaning, Span),
    /// A country, an enum value, or nothing.
    Open,
}

impl ExprChecker<'_, '_> {
    /// What a bare name stands for by itself.
    pub(super) fn bare(&self, name: &ast::Name) -> Bare {
        let text = name.text.as_str();
        let binders = &self.binders;
        if let Some(at) = binders.iter().rposition(|it| &*it.binder.name == text) {
            return Bare::Binder(at);
        }
        if let Some(at) = self.parameters.iter().position(|it| &*it.name == text) {
            return Bare::Parameter(at);
        }
        let record = self.checker.record(self.unit);
        if let Some(field) = record.and_then(|record| record.by_name.get(text)) {
            return Bare::Field(*field);
        }
        match self.checker.meaning(self.unit, text) {
            Some((meaning, span)) if meaning.is_value() => Bare::Declared(meaning, span),
            Some(_) | None => Bare::Open,
        }
    }

    pub(super) fn name(&mut self, name: &ast::Name, want: Option<Type>) -> Option<Expr> {
        // Where a verdict is asked for, its name is one whatever else it may be.
        if want == Some(Type::Verdict) && self.checker.is_verdict(self.unit, &name.text) {
            return self.verdict(name);
        }
        let bare = self.bare(name);
        if let Some(Type::Enum(id)) = want
            && self.checker.enum_value(id, &name.text).is_some()
            && let Some((what, declared)) = self.other_meaning(bare)
        {
            let enumeration = self.checker.enums[id].name.to_string();
            let error = errors::ambiguous_name(&name.text, name.span, what, declared, &enumeration);
            return self.report(error);
        }
        match bare {
            Bare::Binder(at) => {
                let bound = &self.binders[at];
                self.checker.note(name.span, bound.span);
                let kind = ExprKind::Binder(bound.binder.id);
                Some(make(kind, Type::Element(bound.of), name.span))
            }
            Bare::Parameter(at) => {
                self.checker.note(name.span, self.parameters[at].span);
                let ty = self.parameters[at].ty;
                Some(make(ExprKind::Parameter(at), ty, name.span))
            }
            Bare::Field(field) => self.field(field, name.span),
            Bare::Declared(meaning, declared) => self.declared(name, meaning, declared),
            Bare::Open => self.open(name, want),
        }
    }

    /// The noun and place of what hides an enum value.
    fn other_meaning(&self, bare: Bare) -> Option<(&'static str, Span)> {
        match bare {
            Bare::Field(field) => {
                let record = self.checker.record(self.unit)?;
                Some(("field", record.fields[field].span))
            }
            Bare::Declared(Meaning::Param(_), span) => Some(("param", span)),
            Bare::Declared(Meaning::Define(_), span) => Some(("define", span)),
            Bare::Declared(Meaning::Table(_) | Meaning::FileTable(_), span) => {
                Some(("table", span))
            }
            Bare::Declared(Meaning::Aggregate(_), span) => Some(("aggregate", span)),
            Bare::Binder(_) | Bare::Parameter(_) | Bare::Declared(..) | Bare::Open => None,
        }
    }

    fn field(&mut self, id: FieldId, span: Span) -> Option<Expr> {
        let record = self.checker.record(self.unit)?;
        self.checker.note(span, record.fields[id].span);
        if record.broken.contains(&id) {
            return None;
        }
        Some(make(ExprKind::Field(id), record.fields[id].ty, span))
    }

    fn declared(&mut self, name: &ast::Name, meaning: Meaning, declared: Span) -> Option<Expr> {
        self.checker.note(name.span, declared);
        match meaning {
            Meaning::Param(id) => {
                let ty = self.checker.param_types[id.index()]?;
                Some(make(ExprKind::Param(id), ty, name.span))
            }
            Meaning::Define(at) | Meaning::Table(at) | Meaning::Aggregate(at) => {
                self.define_without_arguments(name, at, declared)
            }
            Meaning::FileTable(id) => {
                let needed = arguments(self.checker.lists[id.index()].keys.len());
                let (text, span, declared) = (&name.text, name.span, Some(declared));
                self.report(errors::wrong_arguments(text, span, &needed, 0, declared))
            }
            Meaning::Set(_) => {
                self.report(errors::set_as_value(&name.text, name.span, Some(declared)))
            }
            Meaning::Record(_)
            | Meaning::List(_)
            | Meaning::Closure(_)
            | Meaning::Enum(_)
            | Meaning::System(_)
            | Meaning::Calendar(_)
            | Meaning::Rule(_)
            | Meaning::Suspension(_)
            | Meaning::Case(_) => self.report(errors::wrong_kind(
                &name.text,
                name.span,
                meaning.noun(),
                "a value",
                declared,
            )),
        }
    }

    fn define_without_arguments(
        &mut self,
        name: &ast::Name,
        at: usize,
        declared: Span,
    ) -> Option<Expr> {
        let source = self.checker.declarations.defines[at].formula;
        if let Some(parameters) = source.params() {
            let needed = arguments(parameters.len());
            return self.report(errors::wrong_arguments(
                &name.text,
                name.span,
                &needed,
                0,
                Some(declared),
            ));
        }
        let info = self.checker.defines[at].as_ref()?;
        let kind = ExprKind::Define(info.id, Vec::new());
        Some(make(kind, info.ty, name.span))
    }

    /// A country or an enum value, by the type expected or, without one, by what it can only be.
    fn open(&mut self, name: &ast::Name, want: Option<Type>) -> Option<Expr> {
        match want {
            Some(Type::Country) => {
                if let Some(country) = Country::from_alpha2(&name.text).filter(|_| is_upper(name)) {
                    return Some(self.country_value(country, name.span));
                }
                self.wrong_name(name, want)
            }
            Some(Type::Enum(id)) => match self.checker.enum_value(id, &name.text) {
                Some(number) => Some(self.enum_value(id, number, name.span)),
                None => self.wrong_name(name, want),
            },
            Some(Type::Verdict) => self.verdict(name),
            Some(
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
                | Type::Code(_)
                | Type::List(_)
                | Type::Element(_),
            )
            | None => self.by_itself(name, want),
        }
    }

    /// A name where no country and no enum value is expected.
    fn by_itself(&mut self, name: &ast::Name, want: Option<Type>) -> Option<Expr> {
        if let Some(country) = Country::from_alpha2(&name.text).filter(|_| is_upper(name)) {
            return Some(self.country_value(country, name.span));
        }
        if want.is_none()
            && let Some((id, number)) = self.only_enum_value(&name.text)
        {
            return Some(self.enum_value(id, number, name.span));
        }
        if want.is_none() && self.checker.is_verdict(self.unit, &name.text) {
            return self.verdict(name);
        }
        self.wrong_name(name, want)
    }

    fn verdict(&mut self, name: &ast::Name) -> Option<Expr> {
        let verdict = self.checker.verdict(self.unit, name)?;
        Some(make(
            ExprKind::Value(Value::Verdict(verdict)),
            Type::Verdict,
            name.span,
        ))
    }

    /// The value of that name, if just one enum in sight has it.
    fn only_enum_value(&self, name: &str) -> Option<(EnumId, u16)> {
        let scope = self.checker.scope(self.unit);
        let mut found = scope
            .names
            .values()
            .filter_map(|entry| match entry.meaning {
                Meaning::Enum(id) => Some((id, self.checker.enum_value(id, name)?)),
                _ => None,
            });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The message for a name that means nothing here.
    pub(super) fn wrong_name(&mut self, name: &ast::Name, want: Option<Type>) -> Option<Expr> {
        if let Some((meaning, declared)) = self.checker.meaning(self.unit, &name.text) {
            let noun = meaning.noun();
            let error = errors::wrong_kind(&name.text, name.span, noun, "a value", declared);
            return self.report(error);
        }
        let near = self.near_value(&name.text, want);
        if near.is_none() && is_nothing(&name.text) {
            return self.report(errors::nothing_as_value(&name.text, name.span));
        }
        if near.is_none() {
            match want {
                Some(ty @ (Type::Country | Type::Enum(_))) => {
                    self.checker.unknown_literal(name, ty, "a value");
                    return None;
                }
                Some(ty @ Type::Code(system)) if self.checker.is_code(&name.text, system) => {
                    self.checker.unknown_literal(name, ty, "a value");
                    return None;
                }
                _ => {}
            }
            let elsewhere = self
                .checker
                .elsewhere(&name.text, name.span, Meaning::is_value);
            if let Some(error) = elsewhere {
                return self.report(error);
            }
        }
        let is_policy = |it: &crate::check::declare::PolicySource| it.unit == self.unit;
        let is_policy = self.checker.declarations.policies.iter().any(is_policy);
        if is_policy && self.checker.record(self.unit).is_none() {
            // That there is no record has been said, and any name could be one of its fields.
            return None;
        }
        let country = || Country::nearest_hint(&name.text).map(|it| it.alpha2().to_owned());
        let near = near.or_else(|| is_upper(name).then(country).flatten());
        let truth = || yes_or_no(&name.text).filter(|_| want == Some(Type::Bool));
        let near = truth().map(str::to_owned).or(near);
        self.report(errors::unknown_name(&name.text, name.span, near.as_deref()))
    }

    /// The nearest field, param or define, unless a country or an enum value is nearer.
    fn near_value(&self, name: &str, want: Option<Type>) -> Option<String> {
        match want {
            Some(Type::Country) if Country::nearest_hint(name).is_some() => return None,
            Some(Type::Enum(id)) => {
                let values = self.checker.enums[id].values.iter().map(|value| &**value);
                if nearest(name, values).is_some() {
                    return None;
                }
            }
            _ => {}
        }
        let record = self.checker.record(self.unit);
        let fields = record.into_iter().flat_map(|it| it.by_name.keys());
        let parameters = self.parameters.iter().map(|it| &*it.name);
        // The cells of a row at hand have no name of their own.
        let parameters = parameters.filter(|name| !name.is_empty());
        let binders = self.binders.iter().map(|it| &*it.binder.name);
        let declared = self.checker.names_in(self.unit, |it| {
            it.is_value() && !matches!(it, Meaning::Set(_)) && it.list().is_none()
        });
        let names = fields.map(|it| &**it).chain(parameters).chain(binders);
        let names: Vec<&str> = names.chain(declared).chain(["as_of"]).collect();
        let near = nearest(name, names.iter().copied());
        near.or_else(|| shortened(name, &names)).map(str::to_owned)
    }

    /// `end_use.civil`
    pub(super) fn member(
        &mut self,
        span: Span,
        base: &ast::Expr,
        field: &ast::Name,
    ) -> Option<Expr> {
        let id = self.checker.qualifying_enum(self.unit, base)?;
        let number = self.checker.value_of_enum(id, field)?;
        let kind = ExprKind::Value(Value::Enum(number));
        Some(make(kind, Type::Enum(id), span))
    }

    fn country_value(&self, country: Country, span: Span) -> Expr {
        self.checker.note_country(span, country);
        let kind = ExprKind::Value(Value::Country(country));
        make(kind, Type::Country, span)
    }

    fn enum_value(&self, id: EnumId, number: u16, span: Span) -> Expr {
        self.checker.note_value(span, id, number);
        make(ExprKind::Value(Value::Enum(number)), Type::Enum(id), span)
    }
}

/// "one argument", "two arguments".
pub(super) fn arguments(count: usize) -> String {
    match count {
        0 => "no argument".into(),
        1 => "one argument".into(),
        2 => "two arguments".into(),
        3 => "three arguments".into(),
        more => format!("{more} arguments"),
    }
}
