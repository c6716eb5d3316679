//! Conditions to truths, other values to values; numbers are in `number.rs`, rules in `rule.rs`.
//!
//! A define is worked out anew wherever it is named, its arguments wherever they occur: every occurrence of a
//! field is independent (language.md, ruling 4), so this is what the unfolded formula says.
//! An instant of which only the day is given counts as known; it is compared as the whole of that day.

use super::list::Bound;
use super::record::Record;
use super::rule::Memo;
use crate::domain::{Code, CodeModel, Day, Truth, Zone, text};
use crate::model::{DefineId, Expr, ExprKind, Model, ParamId, PolicyId, TextOp, Type, Value};
use std::borrow::Cow;
use std::cell::RefCell;

/// How the tests of absence and `assume` are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// As the language says.
    AsWritten,
    /// As questions that filling in a field may still answer otherwise: `is missing`, `is known`, `is unknown` of
    /// something not known are unknown, `assume` puts nothing in the place of a missing value. Only used to see
    /// whether one of them contributed to an answer (ruling 12).
    Open,
}

/// Works out one record. Holds what it has found out about rules, so use one for all questions about a record.
pub struct Evaluator<'a> {
    pub(super) model: &'a Model,
    pub(super) record: &'a Record,
    days: &'a [Day],
    absence: Absence,
    pub(super) memo: RefCell<Memo>,
}

/// Who is asking: the policy whose day and zone count, the call around a define's body, and the elements that have a name.
#[derive(Clone, Copy)]
pub(super) struct Scope<'e> {
    pub policy: PolicyId,
    pub call: Option<&'e Call<'e>>,
    /// The innermost element.
    pub element: Option<&'e Bound<'e>>,
    /// Questions about absence are left open here, as [`Absence::Open`] leaves all of them.
    pub open: bool,
}

/// A call of a define: its arguments, and where they are to be worked out.
pub(super) struct Call<'e> {
    pub arguments: &'e [Expr],
    pub caller: Scope<'e>,
}

impl<'e> Scope<'e> {
    /// The scope of a rule's own formulas.
    pub fn of(policy: PolicyId) -> Scope<'e> {
        Scope {
            policy,
            call: None,
            element: None,
            open: false,
        }
    }

    /// The argument for a parameter and the scope to work it out in.
    pub fn argument(self, parameter: usize) -> (&'e Expr, Scope<'e>) {
        let call = self
            .call
            .expect("internal error: a parameter outside a define");
        (&call.arguments[parameter], call.caller)
    }
}

impl<'a> Evaluator<'a> {
    /// An evaluator of `record` on `days` (by policy).
    pub fn new(model: &'a Model, record: &'a Record, days: &'a [Day]) -> Evaluator<'a> {
        Evaluator::with_absence(model, record, days, Absence::AsWritten)
    }

    /// The same with another reading of the tests of absence.
    pub fn with_absence(
        model: &'a Model,
        record: &'a Record,
        days: &'a [Day],
        absence: Absence,
    ) -> Evaluator<'a> {
        Evaluator {
            model,
            record,
            days,
            absence,
            memo: RefCell::new(Memo::default()),
        }
    }

    /// The truth of a condition that stands on its own, asked by `policy`.
    pub fn condition(&self, policy: PolicyId, expr: &Expr) -> Truth {
        self.truth(expr, Scope::of(policy))
    }

    /// The as-of day of a policy.
    pub fn day(&self, policy: PolicyId) -> Day {
        self.days[policy.index()]
    }

    pub(super) fn zone(&self, policy: PolicyId) -> &'a Zone {
        self.model.policies[policy]
            .zone
            .as_ref()
            .expect("internal error: an instant without a zone passed the checker")
    }

    /// The value of a param on the asking policy's day; undefined before its first day.
    pub(super) fn param(&self, param: ParamId, scope: Scope) -> Option<&'a Value> {
        self.model.params[param].on(self.day(scope.policy))
    }

    /// Does `work` on a define's body with its arguments in scope.
    pub(super) fn in_define<T>(
        &self,
        define: DefineId,
        arguments: &[Expr],
        scope: Scope,
        work: impl FnOnce(&'a Expr, Scope) -> T,
    ) -> T {
        let call = Call {
            arguments,
            caller: scope,
        };
        let inside = Scope {
            policy: scope.policy,
            call: Some(&call),
            element: None,
            open: scope.open,
        };
        work(&self.model.defines[define].body, inside)
    }

    /// Which of the two `assume(value, default, …)` comes to.
    pub(super) fn stand_in<'e>(
        &self,
        value: &'e Expr,
        default: &'e Expr,
        scope: Scope,
    ) -> &'e Expr {
        match self.absence_in(scope) {
            Absence::AsWritten if !self.is_known(value, scope) => default,
            Absence::AsWritten | Absence::Open => value,
        }
    }

    /// Whether an expression is known exactly: a number that is a point, a condition true or false (ruling 7).
    pub(super) fn is_known(&self, expr: &Expr, scope: Scope) -> bool {
        if expr.ty == Type::Bool {
            !self.truth(expr, scope).is_unknown()
        } else if expr.ty.is_ranged() {
            self.number(expr, scope).is_point().is_some()
        } else {
            self.value(expr, scope).is_some()
        }
    }

    /// How questions about absence are read here.
    pub(super) fn absence_in(&self, scope: Scope) -> Absence {
        if scope.open {
            Absence::Open
        } else {
            self.absence
        }
    }

    /// A question about absence: true if `known` is what is `asked`.
    fn presence(&self, known: bool, asked: bool, scope: Scope) -> Truth {
        match self.absence_in(scope) {
            Absence::Open if !known => Truth::Unknown,
            Absence::AsWritten | Absence::Open => Truth::from(known == asked),
        }
    }

    /// The truth of a condition.
    pub(super) fn truth(&self, expr: &Expr, scope: Scope) -> Truth {
        match &expr.kind {
            ExprKind::Value(value) => truth_of(Some(value)),
            ExprKind::Field(field) => truth_of(self.record.get(*field)),
            ExprKind::Param(param) => truth_of(self.param(*param, scope)),
            ExprKind::Define(define, arguments) => {
                self.in_define(*define, arguments, scope, |body, inside| {
                    self.truth(body, inside)
                })
            }
            ExprKind::Parameter(at) => {
                let (argument, caller) = scope.argument(*at);
                self.truth(argument, caller)
            }
            ExprKind::Not(inner) => self.truth(inner, scope).not(),
            ExprKind::And(parts) => Truth::all(parts.iter().map(|part| self.truth(part, scope))),
            ExprKind::Or(parts) => Truth::any(parts.iter().map(|part| self.truth(part, scope))),
            ExprKind::Compare(op, a, b) => self.compare(*op, a, b, scope),
            ExprKind::Between(x, low, high) => self.between(x, low, high, scope),
            ExprKind::In(x, set) => self.is_in(x, set, scope),
            ExprKind::Under(x, set) => self.is_under(x, set, scope),
            ExprKind::Text(x, op) => self.text_test(x, op, scope),
            ExprKind::IsMissing(x) => self.presence(self.is_known(x, scope), false, scope),
            ExprKind::IsKnown(x) => self.presence(self.is_known(x, scope), true, scope),
            ExprKind::IsUnknown(c) => {
                self.presence(!self.truth(c, scope).is_unknown(), false, scope)
            }
            ExprKind::Assume(x, default, _) => self.truth(self.stand_in(x, default, scope), scope),
            ExprKind::If(c, a, b) => self.if_truth(c, a, b, scope),
            ExprKind::Member(base, field) => truth_of(self.member(base, *field, scope)),
            ExprKind::Lookup { list, keys, column } => {
                self.truth_in_row((*list, keys, *column), scope)
            }
            ExprKind::Quantified {
                quantifier,
                binder,
                list,
                body,
            } => self.quantified(*quantifier, binder.id, (list, body), scope),
            ExprKind::Decide(decision) => self.decide_truth(decision, scope),
            ExprKind::Applies(rules) => self.applies(rules),
            ExprKind::Caught(rules) => self.caught(rules),
            ExprKind::Binder(_)
            | ExprKind::Aggregate(_)
            | ExprKind::Total(_)
            | ExprKind::AsOf
            | ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Shift { .. }
            | ExprKind::DayOf(_)
            | ExprKind::Call(..)
            | ExprKind::Round(..) => unreachable!("internal error: {expr:?} is not a condition"),
        }
    }

    /// Ruling 6: with an unknown condition, what both branches agree on.
    fn if_truth(&self, c: &Expr, a: &Expr, b: &Expr, scope: Scope) -> Truth {
        match self.truth(c, scope) {
            Truth::True => self.truth(a, scope),
            Truth::False => self.truth(b, scope),
            Truth::Unknown => {
                let (a, b) = (self.truth(a, scope), self.truth(b, scope));
                if a == b { a } else { Truth::Unknown }
            }
        }
    }

    /// A value that is neither a number nor a condition; `None` is missing or undefined.
    pub(super) fn value(&self, expr: &Expr, scope: Scope) -> Option<Value> {
        match &expr.kind {
            ExprKind::Value(value) => Some(value.clone()),
            ExprKind::Field(field) => self.record.get(*field).cloned(),
            ExprKind::Member(base, field) => self.member(base, *field, scope).cloned(),
            ExprKind::Lookup { list, keys, column } => {
                self.value_in_row((*list, keys, *column), scope)
            }
            ExprKind::AsOf => Some(Value::Date(self.day(scope.policy))),
            ExprKind::Param(param) => self.param(*param, scope).cloned(),
            ExprKind::Define(define, arguments) => {
                self.in_define(*define, arguments, scope, |body, inside| {
                    self.value(body, inside)
                })
            }
            ExprKind::Parameter(at) => {
                let (argument, caller) = scope.argument(*at);
                self.value(argument, caller)
            }
            ExprKind::Shift {
                date,
                period,
                negative,
            } => {
                let date = self.date(date, scope)?;
                date.add(*period, if *negative { -1 } else { 1 })
                    .map(Value::Date)
            }
            ExprKind::DayOf(instant) => self.day_of(instant, scope).map(Value::Date),
            ExprKind::Assume(x, default, _) => self.value(self.stand_in(x, default, scope), scope),
            ExprKind::If(c, a, b) => self.if_value(c, a, b, scope),
            ExprKind::Decide(decision) => self.decide_value(decision, scope),
            ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::Between(..)
            | ExprKind::In(..)
            | ExprKind::Under(..)
            | ExprKind::Text(..)
            | ExprKind::IsMissing(_)
            | ExprKind::IsKnown(_)
            | ExprKind::IsUnknown(_)
            | ExprKind::Applies(_)
            | ExprKind::Caught(_)
            | ExprKind::Binder(_)
            | ExprKind::Quantified { .. }
            | ExprKind::Aggregate(_)
            | ExprKind::Total(_)
            | ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Call(..)
            | ExprKind::Round(..) => {
                unreachable!("internal error: {expr:?} is a condition or a number")
            }
        }
    }

    fn if_value(&self, c: &Expr, a: &Expr, b: &Expr, scope: Scope) -> Option<Value> {
        match self.truth(c, scope) {
            Truth::True => self.value(a, scope),
            Truth::False => self.value(b, scope),
            Truth::Unknown => {
                let (a, b) = (self.value(a, scope)?, self.value(b, scope)?);
                (a == b).then_some(a)
            }
        }
    }

    pub(super) fn date(&self, expr: &Expr, scope: Scope) -> Option<Day> {
        match self.value(expr, scope)? {
            Value::Date(day) => Some(day),
            other => unreachable!("internal error: {other:?} is not a date"),
        }
    }

    /// A day given without a time is that day in every zone.
    fn day_of(&self, instant: &Expr, scope: Scope) -> Option<Day> {
        match self.value(instant, scope)? {
            Value::Date(day) => Some(day),
            Value::Instant(micros) => self.zone(scope.policy).day_of(micros),
            other => unreachable!("internal error: {other:?} is not an instant"),
        }
    }

    /// Unknown on a missing operand, even `contains ""` and `like "*"` (ruling 7). A folded text is tested against
    /// the literal folded (a pattern or regular expression is taken as it is), a code by its canonical text.
    fn text_test(&self, x: &Expr, op: &TextOp, scope: Scope) -> Truth {
        let Some(value) = self.value(x, scope) else {
            return Truth::Unknown;
        };
        Truth::from(match &value {
            Value::Text(tested) => text_holds(tested, op, x.ty == Type::Text { folded: true }),
            Value::Code(code) => code_holds(code, op),
            other => unreachable!("internal error: {other:?} is not a text"),
        })
    }
}

fn text_holds(tested: &str, op: &TextOp, fold: bool) -> bool {
    let tested = folded(tested, fold);
    match op {
        TextOp::Like(pattern) => pattern.matches(&tested),
        TextOp::StartsWith(part) => tested.starts_with(folded(part, fold).as_ref()),
        TextOp::EndsWith(part) => tested.ends_with(folded(part, fold).as_ref()),
        TextOp::Contains(part) => tested.contains(folded(part, fold).as_ref()),
        TextOp::Matches(regex) => regex.is_match(&tested),
    }
}

/// HS codes by their digits, the others whatever the case; `matches` sees the canonical text as it is.
fn code_holds(code: &Code, op: &TextOp) -> bool {
    let plain = |text: &str| match code.model() {
        CodeModel::Hs => text.replace(['.', ' '], ""),
        CodeModel::Eccn | CodeModel::Segmented => text.to_ascii_uppercase(),
    };
    let tested = plain(code.as_str());
    match op {
        TextOp::Like(pattern) => code.like(pattern),
        TextOp::StartsWith(part) => tested.starts_with(&plain(part)),
        TextOp::EndsWith(part) => tested.ends_with(&plain(part)),
        TextOp::Contains(part) => tested.contains(&plain(part)),
        TextOp::Matches(regex) => regex.is_match(code.as_str()),
    }
}

/// A text as it is compared.
pub(super) fn folded(text: &str, fold: bool) -> Cow<'_, str> {
    if fold {
        Cow::Owned(text::fold(text))
    } else {
        Cow::Borrowed(text)
    }
}

fn truth_of(value: Option<&Value>) -> Truth {
    match value {
        Some(Value::Bool(value)) => Truth::from(*value),
        Some(other) => unreachable!("internal error: {other:?} is not a condition"),
        None => Truth::Unknown,
    }
}
