//! Models and expressions by hand. Every model has a key `id`, an as-of `day`, one policy in Shanghai's zone and the
//! verdicts `clear < report < review < license < deny`; days are in the year 2026 unless a test says otherwise.

use crate::domain::{
    Code, CodeModel, Country, Currency, Day, Number, Period, Truth, Window, Windows, Zone,
};
use crate::model::{
    ArithOp, Builtin, CompareOp, Define, DefineId, Element, Enum, EnumId, Expr, ExprKind, Field,
    FieldId, FieldRole, Force, Model, NamedSet, Obligation, Param, ParamId, Policy, PolicyId, Rule,
    RuleId, RuleKind, RuleSelection, SetExpr, SetId, Suspension, SuspensionId, SystemId, Template,
    TemplatePart, Then, Time, Type, Value, Verdict, Wording, built_in_systems,
};
use crate::reference::{Evaluator, Judgement, Record, as_of_days, judge};
use crate::text::{Arena, SourceMap, Span};

pub const CLEAR: Verdict = Verdict(0);
pub const REPORT: Verdict = Verdict(1);
pub const REVIEW: Verdict = Verdict(2);
pub const LICENSE: Verdict = Verdict(3);
pub const DENY: Verdict = Verdict(4);

pub const TEXT: Type = Type::Text { folded: false };
pub const FOLDED: Type = Type::Text { folded: true };

pub fn usd() -> Type {
    Type::Money(Currency::parse("USD").unwrap())
}
pub fn hs() -> Type {
    Type::Code(SystemId::from_index(0))
}
pub fn eccn() -> Type {
    Type::Code(SystemId::from_index(1))
}

pub struct World {
    pub model: Model,
}

impl World {
    pub fn new() -> World {
        let mut sources = SourceMap::default();
        let file = sources.add("hand.interdict", "");
        let span = Span::new(file, 0, 0);
        let mut fields = Arena::default();
        let key = fields.push(field("id", TEXT, FieldRole::Key, span));
        let as_of = fields.push(field("day", Type::Date, FieldRole::AsOf, span));
        let mut policies = Arena::default();
        policies.push(policy("hand", "Asia/Shanghai", span));
        let names = ["clear", "report", "review", "license", "deny"];
        let model = Model {
            sources,
            policies,
            record: crate::model::Record {
                name: "shipment".into(),
                fields,
                key,
                as_of,
                span,
            },
            nested: Arena::default(),
            enums: Arena::default(),
            systems: built_in_systems(),
            verdicts: names.into_iter().map(Into::into).collect(),
            otherwise: CLEAR,
            when_unknown: REVIEW,
            lists: Arena::default(),
            calendars: Arena::default(),
            sets: Arena::default(),
            params: Arena::default(),
            defines: Arena::default(),
            totals: Arena::default(),
            rules: Arena::default(),
            suspensions: Arena::default(),
            tests: Vec::new(),
            dependency_order: Vec::new(),
            asks: crate::model::Asks::default(),
        };
        World { model }
    }

    pub fn span(&self) -> Span {
        self.model.record.span
    }

    pub fn policy(&mut self, name: &str, zone: &str) -> PolicyId {
        let span = self.span();
        self.model.policies.push(policy(name, zone, span))
    }

    /// A field that may be missing, and an expression that reads it.
    pub fn field(&mut self, name: &str, ty: Type) -> (FieldId, Expr) {
        let span = self.span();
        let id = self
            .model
            .record
            .fields
            .push(field(name, ty, FieldRole::Plain, span));
        (id, self.expr(ExprKind::Field(id), ty))
    }

    pub fn signed(&mut self, name: &str, ty: Type) -> (FieldId, Expr) {
        let (id, expr) = self.field(name, ty);
        self.model.record.fields[id].signed = true;
        (id, expr)
    }

    pub fn ordered_enum(&mut self, name: &str, values: &[&str]) -> EnumId {
        let span = self.span();
        self.model.enums.push(Enum {
            name: name.into(),
            ordered: true,
            values: values.iter().map(|v| (*v).into()).collect(),
            spellings: Vec::new(),
            span,
        })
    }

    pub fn set(&mut self, name: &str, element: Type, members: SetExpr) -> SetId {
        let span = self.span();
        self.model.sets.push(NamedSet {
            name: name.into(),
            element,
            members,
            span,
            doc: None,
        })
    }

    pub fn param(
        &mut self,
        name: &str,
        ty: Type,
        steps: &[(Option<&str>, Value)],
    ) -> (ParamId, Expr) {
        let span = self.span();
        let steps = steps
            .iter()
            .map(|(from, value)| (from.map(day), value.clone()))
            .collect();
        let id = self.model.params.push(Param {
            name: name.into(),
            ty,
            steps,
            span,
            doc: None,
        });
        (id, self.expr(ExprKind::Param(id), ty))
    }

    pub fn define(&mut self, name: &str, parameters: &[Type], body: Expr) -> DefineId {
        let span = self.span();
        let parameters = parameters
            .iter()
            .map(|ty| crate::model::Parameter {
                name: "p".into(),
                ty: *ty,
                span,
            })
            .collect();
        self.model.defines.push(Define {
            name: name.into(),
            parameters,
            body,
            span,
            doc: None,
        })
    }

    pub fn rule(&mut self, name: &str, when: Expr, then: Verdict) -> RuleId {
        self.push_rule(name, RuleKind::Rule, when, Some(then))
    }

    pub fn exception(
        &mut self,
        name: &str,
        to: &[RuleId],
        when: Expr,
        then: Option<Verdict>,
    ) -> RuleId {
        let id = self.push_rule(name, RuleKind::Exception { to: to.to_vec() }, when, then);
        for excepted in to {
            self.model.rules[*excepted].exceptions.push(id);
        }
        id
    }

    fn push_rule(
        &mut self,
        name: &str,
        kind: RuleKind,
        when: Expr,
        then: Option<Verdict>,
    ) -> RuleId {
        let span = self.span();
        self.model.rules.push(Rule {
            name: name.into(),
            element: None,
            policy: PolicyId::from_index(0),
            title: "".into(),
            kind,
            cites: Vec::new(),
            tags: Vec::new(),
            weight: None,
            force: Force {
                windows: Windows::always(),
                spans: Vec::new(),
                suspended: Windows::empty(),
                suspended_by: Vec::new(),
            },
            when,
            unless: Vec::new(),
            then: then.map(|verdict| Then {
                verdict: Expr {
                    kind: ExprKind::Value(Value::Verdict(verdict)),
                    ty: Type::Verdict,
                    span,
                },
                because: None,
                span,
            }),
            if_unknown: None,
            obligations: Vec::new(),
            notes: Vec::new(),
            exceptions: Vec::new(),
            span,
            whole: span,
            doc: None,
        })
    }

    pub fn suspend(&mut self, name: &str, windows: Windows, rules: &[RuleId]) -> SuspensionId {
        let span = self.span();
        let id = self.model.suspensions.push(Suspension {
            name: name.into(),
            policy: PolicyId::from_index(0),
            title: "".into(),
            cites: Vec::new(),
            effective: windows,
            span,
        });
        for rule in rules {
            self.model.rules[*rule].force.suspended_by.push(id);
        }
        id
    }

    pub fn oblige(
        &mut self,
        rule: RuleId,
        parts: Vec<TemplatePart>,
        within: Option<(Period, Option<FieldId>)>,
    ) {
        let span = self.span();
        self.model.rules[rule].obligations.push(Obligation {
            text: Wording::Text(Template { parts }),
            within: within.map(|(period, after)| (Time::Period(period), after)),
            span,
        });
    }

    pub fn expr(&self, kind: ExprKind, ty: Type) -> Expr {
        Expr {
            kind,
            ty,
            span: self.span(),
        }
    }

    pub fn lit(&self, value: Value, ty: Type) -> Expr {
        self.expr(ExprKind::Value(value), ty)
    }
    pub fn bool(&self, value: bool) -> Expr {
        self.lit(Value::Bool(value), Type::Bool)
    }
    pub fn num(&self, text: &str, ty: Type) -> Expr {
        self.lit(number(text), ty)
    }
    pub fn not(&self, x: &Expr) -> Expr {
        self.expr(ExprKind::Not(Box::new(x.clone())), Type::Bool)
    }
    pub fn and(&self, parts: &[&Expr]) -> Expr {
        self.expr(
            ExprKind::And(parts.iter().copied().cloned().collect()),
            Type::Bool,
        )
    }
    pub fn or(&self, parts: &[&Expr]) -> Expr {
        self.expr(
            ExprKind::Or(parts.iter().copied().cloned().collect()),
            Type::Bool,
        )
    }
    pub fn cmp(&self, op: CompareOp, a: &Expr, b: &Expr) -> Expr {
        let kind = ExprKind::Compare(op, Box::new(a.clone()), Box::new(b.clone()));
        self.expr(kind, Type::Bool)
    }
    pub fn eq(&self, a: &Expr, b: &Expr) -> Expr {
        self.cmp(CompareOp::Eq, a, b)
    }
    pub fn ge(&self, a: &Expr, b: &Expr) -> Expr {
        self.cmp(CompareOp::Ge, a, b)
    }
    pub fn arith(&self, op: ArithOp, a: &Expr, b: &Expr, ty: Type) -> Expr {
        self.expr(
            ExprKind::Arith(op, Box::new(a.clone()), Box::new(b.clone())),
            ty,
        )
    }
    pub fn call(&self, function: Builtin, arguments: &[&Expr], ty: Type) -> Expr {
        let arguments = arguments.iter().copied().cloned().collect();
        self.expr(ExprKind::Call(function, arguments), ty)
    }
    pub fn if_(&self, c: &Expr, a: &Expr, b: &Expr) -> Expr {
        let (c, ty) = (Box::new(c.clone()), a.ty);
        self.expr(
            ExprKind::If(c, Box::new(a.clone()), Box::new(b.clone())),
            ty,
        )
    }
    pub fn missing(&self, x: &Expr) -> Expr {
        self.expr(ExprKind::IsMissing(Box::new(x.clone())), Type::Bool)
    }
    pub fn known(&self, x: &Expr) -> Expr {
        self.expr(ExprKind::IsKnown(Box::new(x.clone())), Type::Bool)
    }
    pub fn unknown(&self, x: &Expr) -> Expr {
        self.expr(ExprKind::IsUnknown(Box::new(x.clone())), Type::Bool)
    }
    pub fn assume(&self, x: &Expr, default: &Expr, why: &str) -> Expr {
        let kind = ExprKind::Assume(Box::new(x.clone()), Box::new(default.clone()), why.into());
        self.expr(kind, x.ty)
    }
    pub fn is_in(&self, x: &Expr, set: SetExpr) -> Expr {
        self.expr(ExprKind::In(Box::new(x.clone()), set), Type::Bool)
    }
    pub fn under(&self, x: &Expr, set: SetExpr) -> Expr {
        self.expr(ExprKind::Under(Box::new(x.clone()), set), Type::Bool)
    }
    pub fn applies(&self, rules: &[RuleId]) -> Expr {
        self.expr(ExprKind::Applies(selection(rules, &[])), Type::Bool)
    }
    pub fn caught(&self, rules: &[RuleId], and_none_of: &[RuleId]) -> Expr {
        self.expr(ExprKind::Caught(selection(rules, and_none_of)), Type::Bool)
    }
    pub fn call_define(&self, define: DefineId, arguments: &[&Expr]) -> Expr {
        let ty = self.model.defines[define].body.ty;
        let arguments = arguments.iter().copied().cloned().collect();
        self.expr(ExprKind::Define(define, arguments), ty)
    }
    pub fn parameter(&self, at: usize, ty: Type) -> Expr {
        self.expr(ExprKind::Parameter(at), ty)
    }

    /// An element that always belongs.
    pub fn element(&self, value: Value) -> Element {
        self.dated(value, Windows::always())
    }
    pub fn dated(&self, value: Value, windows: Windows) -> Element {
        Element {
            value,
            to: None,
            windows,
            span: self.span(),
        }
    }
    pub fn range(&self, first: Value, last: Value) -> Element {
        Element {
            to: Some(last),
            ..self.element(first)
        }
    }

    /// A record of 1 July 2026 with these fields.
    pub fn record(&self, values: &[(FieldId, Value)]) -> Record {
        let mut record = Record::empty(&self.model);
        record.set(self.model.record.key, Some(text("K1")));
        record.set(
            self.model.record.as_of,
            Some(Value::Date(day("2026-07-01"))),
        );
        for (field, value) in values {
            record.set(*field, Some(value.clone()));
        }
        record
    }

    pub fn truth(&self, record: &Record, expr: &Expr) -> Truth {
        let days = as_of_days(&self.model, record, None).unwrap();
        crate::reference::condition(&self.model, record, &days, PolicyId::from_index(0), expr)
    }

    pub fn judge(&self, record: &Record) -> Judgement {
        let days = as_of_days(&self.model, record, None).unwrap();
        judge(&self.model, record, &days)
    }

    /// The truth of a rule, and what keeps it open.
    pub fn rule_truth(&self, record: &Record, rule: RuleId) -> (Truth, Vec<String>) {
        let days = as_of_days(&self.model, record, None).unwrap();
        let evaluator = Evaluator::new(&self.model, record, &days);
        let missing = evaluator.missing(rule);
        let missing = missing.iter().map(ToString::to_string).collect();
        (evaluator.truth_of(rule), missing)
    }
}

fn selection(rules: &[RuleId], and_none_of: &[RuleId]) -> RuleSelection {
    RuleSelection {
        rules: rules.to_vec(),
        and_none_of: and_none_of.to_vec(),
        text: "…".into(),
    }
}

fn field(name: &str, ty: Type, role: FieldRole, span: Span) -> Field {
    Field {
        name: name.into(),
        ty,
        optional: role == FieldRole::Plain,
        signed: false,
        percent_of_one: false,
        unit: None,
        role,
        column: name.into(),
        span,
        doc: None,
    }
}

fn policy(name: &str, zone: &str, span: Span) -> Policy {
    Policy {
        name: name.into(),
        title: None,
        version: None,
        authority: None,
        zone: Zone::get(zone),
        span,
    }
}

pub fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}
pub fn number(text: &str) -> Value {
    Value::Number(Number::parse_decimal(text).unwrap())
}
pub fn text(text: &str) -> Value {
    Value::Text(text.into())
}
pub fn country(code: &str) -> Value {
    Value::Country(Country::from_alpha2(code).unwrap())
}
pub fn hs_code(text: &str) -> Value {
    Value::Code(hs_literal(text))
}
fn hs_literal(text: &str) -> Code {
    CodeModel::Hs.parse_literal(text).unwrap()
}
pub fn eccn_code(text: &str) -> Value {
    Value::Code(CodeModel::Eccn.parse_literal(text).unwrap())
}
pub fn from(first: &str) -> Windows {
    Windows::from_windows([Window::new(Some(day(first)), None)])
}
pub fn until(end: &str) -> Windows {
    Windows::from_windows([Window::new(None, Some(day(end)))])
}
pub fn between(first: &str, end: &str) -> Windows {
    Windows::from_windows([Window::new(Some(day(first)), Some(day(end)))])
}
pub fn union(a: SetExpr, b: SetExpr) -> SetExpr {
    SetExpr::Union(Box::new(a), Box::new(b))
}
pub fn difference(a: SetExpr, b: SetExpr) -> SetExpr {
    SetExpr::Difference(Box::new(a), Box::new(b))
}
pub fn intersection(a: SetExpr, b: SetExpr) -> SetExpr {
    SetExpr::Intersection(Box::new(a), Box::new(b))
}
pub fn words(text: &str) -> TemplatePart {
    TemplatePart::Text(text.into())
}
