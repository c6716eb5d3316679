//! Literals as values of the type that is expected of them.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::lints;
use super::load::UnitId;
use super::types::Written;
use super::windows::day;
use crate::diagnostic::nearest;
use crate::domain::{Code, CodeModel, Country, Currency, MassUnit, Number, Period, parse_instant};
use crate::model::{EnumId, SystemId, Type, Value};
use crate::syntax::ast;
use crate::text::Span;

/// A literal and its type.
pub(super) type Typed = (Value, Type);

impl Checker<'_> {
    /// A literal; `want` is the type expected, where one is. Quoted codes, and texts where something else is
    /// expected, are judged here, because only the literal knows what to write instead.
    pub fn literal(
        &mut self,
        literal: &ast::Literal,
        span: Span,
        want: Option<Type>,
    ) -> Option<Typed> {
        match literal {
            ast::Literal::Number(number) => self.plain_number(number, span, want),
            ast::Literal::Percent(number) => {
                let hundredth = Number::from_ratio(1, 100);
                let number = self.number(number, span)?;
                Some((Value::Number(&number * &hundredth), Type::Percent))
            }
            ast::Literal::Money { amount, currency } => {
                let found = Currency::parse(currency);
                if found.is_none() {
                    let near = nearest(currency, Currency::all().map(Currency::code));
                    self.report(errors::unknown_currency(currency, span, near));
                }
                lints::point::check(self, &amount.digits, currency, span);
                let amount = self.number(amount, span)?;
                Some((Value::Number(amount), Type::Money(found?)))
            }
            ast::Literal::Mass { amount, unit } => {
                let unit = MassUnit::parse(unit)?;
                let amount = self.number(amount, span)?;
                Some((Value::Number(&amount * &unit.factor_to_kg()), Type::Mass))
            }
            ast::Literal::Duration { amount, unit } => {
                let period = self.period(amount, *unit, span)?;
                Some((Value::Duration(period), Type::Duration))
            }
            ast::Literal::Date(date) => Some((Value::Date(day(*date)), Type::Date)),
            ast::Literal::Str(text) => self.quoted(text, span, want),
            ast::Literal::Bool(truth) => Some((Value::Bool(*truth), Type::Bool)),
        }
    }

    fn number(&mut self, number: &ast::Number, span: Span) -> Option<Number> {
        let found = Number::parse_decimal(&number.digits);
        if found.is_none() {
            let why = format!("a number has at most {} digits", crate::domain::MAX_DIGITS);
            self.report(errors::number_out_of_range(span, &why));
        }
        found
    }

    /// A stretch of time, in the years that dates have.
    pub fn period(
        &mut self,
        amount: &ast::Number,
        unit: ast::DurationUnit,
        span: Span,
    ) -> Option<Period> {
        const MOST: i64 = 4_000_000;
        let count = amount.digits.parse().ok().filter(|count| *count <= MOST);
        let Some(count) = count else {
            let why = "a stretch of time has at most 4_000_000 days, months or years";
            self.report(errors::number_out_of_range(span, why));
            return None;
        };
        Some(match unit {
            ast::DurationUnit::Days => Period::days(count),
            ast::DurationUnit::Months => Period::months(count),
            ast::DurationUnit::Years => Period::years(count),
        })
    }

    fn plain_number(
        &mut self,
        number: &ast::Number,
        span: Span,
        want: Option<Type>,
    ) -> Option<Typed> {
        let value = self.number(number, span)?;
        let written = number.digits.as_str();
        let unit = |it: &str| Some(format!("{written} {it}"));
        let write = match want {
            Some(Type::Percent) => Some(as_percent(&value)),
            Some(Type::Money(currency)) => unit(currency.code()),
            Some(Type::Mass) => unit("kg"),
            Some(
                Type::Text { .. }
                | Type::Bool
                | Type::Int
                | Type::Decimal
                | Type::Date
                | Type::Instant
                | Type::Duration
                | Type::Country
                | Type::Code(_)
                | Type::Enum(_)
                | Type::Verdict
                | Type::List(_)
                | Type::Element(_),
            )
            | None => None,
        };
        if let (Some(write), Some(want)) = (write, want) {
            let needed = self.called(want);
            self.report(errors::unit_needed(span, &needed, &write));
            return None;
        }
        if let Some(Type::Code(_) | Type::Text { .. }) = want {
            let needed = self.called(want?);
            let write = format!("\"{written}\"");
            self.report(errors::quotes_needed(span, &needed, &write));
            return None;
        }
        let ty = if value.to_i64().is_some() && !number.digits.contains('.') {
            Type::Int
        } else {
            Type::Decimal
        };
        Some((Value::Number(value), ty))
    }

    fn quoted(&mut self, text: &str, span: Span, want: Option<Type>) -> Option<Typed> {
        let plain = Type::Text { folded: false };
        let unquoted = match want {
            Some(Type::Code(system)) => {
                let code = self.code(text, system, span)?;
                self.note_code(span, self.systems[system].model);
                return Some((Value::Code(code), Type::Code(system)));
            }
            Some(Type::Country) => Country::nearest_hint(text).map(|it| it.alpha2().to_owned()),
            Some(Type::Enum(id)) => self.unquoted_enum(text, id),
            Some(Type::Date) => crate::domain::Day::parse_iso(text)
                .ok()
                .map(|day| day.to_string()),
            Some(
                Type::Text { .. }
                | Type::Bool
                | Type::Int
                | Type::Decimal
                | Type::Percent
                | Type::Money(_)
                | Type::Mass
                | Type::Instant
                | Type::Duration
                | Type::Verdict
                | Type::List(_)
                | Type::Element(_),
            )
            | None => None,
        };
        if let (Some(write), Some(want)) = (unquoted, want) {
            let needed = self.called(want);
            self.report(errors::wrongly_quoted(span, &needed, &write));
            return None;
        }
        Some((Value::Text(text.into()), plain))
    }

    /// The value's name if the text is one or a spelling of one in data.
    fn unquoted_enum(&self, text: &str, id: EnumId) -> Option<String> {
        let known = &self.enums[id];
        let spelled = known.spellings.iter().find(|(it, _)| &**it == text);
        let number = self
            .enum_value(id, text)
            .or(spelled.map(|(_, number)| *number))?;
        Some(known.values[usize::from(number)].to_string())
    }

    /// A code of a system as rule files write it.
    pub fn code(&mut self, text: &str, system: SystemId, span: Span) -> Option<Code> {
        let model = self.systems[system].model;
        match model.parse_literal(text) {
            Ok(code) => Some(code),
            Err(error) => {
                let name = self.systems[system].name.to_string();
                let write = error.suggestion.as_ref().map(|code| format!("\"{code}\""));
                let mut message = errors::not_a_code(
                    text,
                    &name,
                    span,
                    &error.problem.to_string(),
                    error.looks_like(),
                );
                if let Some(write) = write {
                    message = message.help(format!("write `{write}`")).fix(span, write);
                }
                self.report(message);
                None
            }
        }
    }

    /// A value that stands by itself, without a record: an element of a set, a param's value, a field of a test.
    pub fn constant(
        &mut self,
        unit: UnitId,
        expr: &ast::Expr,
        ty: Type,
        what: &'static str,
    ) -> Option<Value> {
        let (value, found) = self.constant_of(unit, expr, ty, what)?;
        if let Some(value) = self.fits(&value, found, ty) {
            return Some(value);
        }
        if !matches!(found, Type::Duration) || ty == Type::Duration {
            let error = self.mismatch((found, expr.span), (ty, None));
            self.report(error);
        } else {
            self.report(errors::duration_misplaced(expr.span));
        }
        None
    }

    fn constant_of(
        &mut self,
        unit: UnitId,
        expr: &ast::Expr,
        ty: Type,
        what: &'static str,
    ) -> Option<Typed> {
        match &expr.kind {
            ast::ExprKind::Literal(literal) => {
                if let (Type::Instant, ast::Literal::Str(text)) = (ty, literal) {
                    return self.instant(text, expr.span);
                }
                self.literal(literal, expr.span, Some(ty))
            }
            ast::ExprKind::Neg(inner) => {
                let (value, found) = self.constant_of(unit, inner, ty, what)?;
                match value {
                    Value::Number(number) => Some((Value::Number(-number), found)),
                    _ => {
                        let found = self.called(found);
                        self.report(errors::not_a_number(inner.span, &found, "`-`"));
                        None
                    }
                }
            }
            ast::ExprKind::Paren(inner) => self.constant_of(unit, inner, ty, what),
            ast::ExprKind::Name(name) => self.constant_name(unit, name, ty, what),
            ast::ExprKind::Field { base, field } => {
                let id = self.qualifying_enum(unit, base)?;
                let number = self.value_of_enum(id, field)?;
                Some((Value::Enum(number), Type::Enum(id)))
            }
            ast::ExprKind::Error => None,
            _ => {
                let example = self.example(ty);
                self.report(errors::literal_needed(expr.span, what, &example));
                None
            }
        }
    }

    fn constant_name(
        &mut self,
        unit: UnitId,
        name: &ast::Name,
        ty: Type,
        what: &'static str,
    ) -> Option<Typed> {
        match ty {
            Type::Country => {
                if let Some(country) = Country::from_alpha2(&name.text).filter(|_| is_upper(name)) {
                    self.note_country(name.span, country);
                    return Some((Value::Country(country), Type::Country));
                }
            }
            Type::Enum(id) => {
                if let Some(number) = self.enum_value(id, &name.text) {
                    self.note_value(name.span, id, number);
                    return Some((Value::Enum(number), ty));
                }
            }
            Type::Verdict => {
                let verdict = self.verdict(unit, name)?;
                return Some((Value::Verdict(verdict), ty));
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
            | Type::Code(_)
            | Type::List(_)
            | Type::Element(_) => {}
        }
        if let Some((meaning, declared)) = self.meaning(unit, &name.text) {
            let error = match meaning {
                Meaning::Set(_) => errors::set_within_set(&name.text, name.span, declared),
                other => errors::wrong_kind(&name.text, name.span, other.noun(), what, declared),
            };
            self.report(error);
            return None;
        }
        if let Some(field) = self.record(unit).and_then(|it| it.by_name.get(&*name.text)) {
            let declared = self.record(unit)?.fields[*field].span;
            self.report(errors::wrong_kind(
                &name.text, name.span, "a field", what, declared,
            ));
            return None;
        }
        self.unknown_literal(name, ty, what);
        None
    }

    /// A name that should be a literal of type `ty` and is none.
    pub fn unknown_literal(&mut self, name: &ast::Name, ty: Type, what: &str) {
        let error = match ty {
            Type::Country => {
                let hint = Country::nearest_hint(&name.text).map(Country::alpha2);
                errors::unknown_country(&name.text, name.span, hint)
            }
            Type::Enum(id) => {
                let known = &self.enums[id];
                let values: Vec<&str> = known.values.iter().map(|value| &**value).collect();
                let near = nearest(&name.text, values.iter().copied());
                let (text, span) = (&name.text, name.span);
                errors::unknown_enum_value(&known.name, known.span, text, span, near, &values)
            }
            Type::Bool if yes_or_no(&name.text).is_some() => {
                errors::unknown_name(&name.text, name.span, yes_or_no(&name.text))
            }
            Type::Code(system) if self.is_code(&name.text, system) => {
                let write = format!("\"{}\"", name.text);
                errors::quotes_needed(name.span, &self.called(ty), &write)
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
            | Type::Code(_)
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => errors::literal_needed(name.span, what, &self.example(ty)),
        };
        self.report(error);
    }

    pub fn is_code(&self, text: &str, system: SystemId) -> bool {
        self.systems[system].model.parse_data(text).is_ok()
    }

    /// The enum before the dot of `end_use.civil`.
    pub fn qualifying_enum(&mut self, unit: UnitId, base: &ast::Expr) -> Option<EnumId> {
        let ast::ExprKind::Name(name) = &base.kind else {
            self.report(errors::no_members(
                self.loaded.sources.snippet(base.span),
                base.span,
            ));
            return None;
        };
        let known = self.meaning(unit, &name.text);
        if let Some((Meaning::Enum(id), declared)) = known {
            self.note(name.span, declared);
            return Some(id);
        }
        let record = self.record(unit);
        let is_field = record.is_some_and(|it| it.by_name.contains_key(&*name.text));
        let error = if known.is_some() || is_field {
            errors::no_members(&name.text, name.span)
        } else {
            let is_enum = |it| matches!(it, Meaning::Enum(_));
            let near = nearest(&name.text, self.names_in(unit, is_enum));
            errors::unknown_name(&name.text, name.span, near)
        };
        self.report(error);
        None
    }

    /// The value after the dot.
    pub fn value_of_enum(&mut self, id: EnumId, name: &ast::Name) -> Option<u16> {
        let found = self.enum_value(id, &name.text);
        match found {
            Some(number) => self.note_value(name.span, id, number),
            None => self.unknown_literal(name, Type::Enum(id), "a value"),
        }
        found
    }

    fn instant(&mut self, text: &str, span: Span) -> Option<Typed> {
        match parse_instant(text) {
            Some(instant) => Some((Value::Instant(instant), Type::Instant)),
            None => {
                let example = self.example(Type::Instant);
                self.report(errors::literal_needed(span, "an instant", &example));
                None
            }
        }
    }

    /// The value as one of type `ty`, if it may stand for one.
    fn fits(&self, value: &Value, found: Type, ty: Type) -> Option<Value> {
        let same = match (found, ty) {
            (Type::Text { .. }, Type::Text { .. }) | (Type::Int, Type::Decimal) => true,
            // A day without an hour is that day in every zone.
            (Type::Date, Type::Instant) => true,
            (found, ty) => found == ty,
        };
        same.then(|| value.clone())
    }

    /// Reports a declared value that its type cannot hold.
    pub fn in_range(&mut self, value: &Value, written: Written, span: Span) -> Option<()> {
        let Value::Number(number) = value else {
            return Some(());
        };
        if written.is_non_negative() && number.is_negative() {
            let called = self.called(written.ty);
            let why = format!("{called} is not negative, unless its type is `signed`");
            self.report(errors::number_out_of_range(span, &why));
            return None;
        }
        if written.ty == Type::Int && number.to_i64().is_none() {
            let why = "an `int` is a whole number of at most 64 bits";
            self.report(errors::number_out_of_range(span, why));
            return None;
        }
        Some(())
    }

    /// A literal of the type, for help.
    pub fn example(&self, ty: Type) -> String {
        match ty {
            Type::Text { .. } => "`\"text\"`".into(),
            Type::Bool => "`true`".into(),
            Type::Int | Type::Decimal => "`1_000`".into(),
            Type::Percent => "`25%`".into(),
            Type::Money(currency) => format!("`2_500 {currency}`"),
            Type::Mass => "`5 kg`".into(),
            Type::Date => "`2025-12-01`".into(),
            Type::Instant => "`\"2025-12-01T08:30:00Z\"`".into(),
            Type::Duration => "`30 days`".into(),
            Type::List(_) | Type::Element(_) => "`[ { … } ]`".into(),
            Type::Country => "`CN`".into(),
            Type::Code(system) => match self.systems[system].model {
                CodeModel::Hs => "`\"8505.11\"`".into(),
                CodeModel::Eccn => "`\"3A001.a\"`".into(),
                CodeModel::Segmented => "`\"ML10.c\"`".into(),
            },
            Type::Enum(id) => match self.enums[id].values.first() {
                Some(value) => format!("`{value}`"),
                None => "one of its values".into(),
            },
            Type::Verdict => {
                let scopes = self.declarations.scopes.iter();
                let names = scopes.filter_map(|scope| scope.verdicts.first());
                let most = names.filter_map(|it| it.names.last()).next();
                most.map_or_else(|| "its name".into(), |name| format!("`{}`", name.text))
            }
        }
    }
}

/// The truth that a word of everyday English stands for.
pub(super) fn yes_or_no(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" => Some("true"),
        "no" | "n" | "false" => Some("false"),
        _ => None,
    }
}

/// The one name that is the beginning of `name`, or begins with it: `dest` for `destination`.
pub(super) fn shortened<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    const LEAST: usize = 3;
    let begins = |long: &str, short: &str| short.len() >= LEAST && long.starts_with(short);
    let mut found = names
        .iter()
        .filter(|known| begins(name, known) || begins(known, name));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// What other languages call what is not there.
pub(super) fn is_nothing(word: &str) -> bool {
    let words = ["null", "nil", "none", "empty", "blank"];
    words.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// Country codes are written in capitals.
pub(super) fn is_upper(name: &ast::Name) -> bool {
    name.text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The percent that a plain number most likely means: a share up to 1, a number of percents beyond.
pub(super) fn as_percent(value: &Number) -> String {
    if *value > Number::one() {
        format!("{value}%")
    } else {
        format!("{}%", value * &Number::from_i64(100))
    }
}
