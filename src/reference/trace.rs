//! What every part of a rule came to, for explanations and failing tests.

use super::eval::{Evaluator, Scope};
use super::list::Bound;
use super::parts::operands;
use super::record::Record;
use super::rule::{Formula, Stopper};
use super::total::TotalValue;
use crate::domain::{Day, Interval, Truth};
use crate::model::{
    Aggregate, ArithOp, Builtin, Closure, Decision, DefineId, Expr, ExprKind, FieldId, ListId,
    Model, ParamId, Quantifier, RowPlace, RuleId, RuleSelection, SetExpr, TotalId, Type, Value,
};
use crate::text::Span;
use std::sync::Arc;

/// What a rule and its parts came to.
#[derive(Clone, Debug)]
pub struct RuleTrace {
    /// The rule or exception.
    pub rule: RuleId,
    /// Whether it applies.
    pub truth: Truth,
    /// Whether it would but for exceptions.
    pub would: Truth,
    /// Whether its own windows hold the day, suspensions aside.
    pub in_force: bool,
    /// The suspensions in force that day.
    pub suspensions: Vec<Stopper>,
    /// Its `when`.
    pub when: Trace,
    /// Each `unless`.
    pub unless: Vec<Trace>,
    /// Its verdict, where that is worked out.
    pub verdict: Option<Trace>,
    /// What an exception excepts, and whether each would apply.
    pub excepts: Vec<(RuleId, Truth)>,
    /// The exceptions to it, and whether each stops it.
    pub exceptions: Vec<(RuleId, Truth)>,
}

/// What one expression came to.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Where it stands.
    pub span: Span,
    /// Its type.
    pub ty: Type,
    /// What it is, as far as an explanation cares.
    pub kind: TraceKind,
    /// What it came to.
    pub outcome: Outcome,
    /// Its operands; of a define its body, of a parameter the argument.
    pub parts: Vec<Trace>,
}

/// What an expression is, as far as an explanation cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceKind {
    /// A literal.
    Literal,
    /// A field.
    Field(FieldId),
    /// An aggregate over records, and of how many.
    Total(TotalId, Option<TotalValue>),
    /// A field of an element, by its name in messages.
    Member(Arc<str>),
    /// `any`, `every`: the parts are one [`TraceKind::Element`] for each element, or the list where it is missing.
    Quantified(Quantifier),
    /// `sum` and the like, with the same parts.
    Aggregate,
    /// An element by its name in messages: what is asked of it, or whether it counts and what is worked out for it.
    Element(Arc<str>),
    /// A decision table by its name: the parts are the rows that count.
    Table(Arc<str>),
    /// A row of a decision table that counts: the parts are its cells and what it comes to, which is its outcome.
    Row {
        /// Counted from 1.
        number: usize,
        /// True, or unknown where it only may hold.
        holds: Truth,
    },
    /// The as-of day.
    AsOf,
    /// A param.
    Param(ParamId),
    /// A call of a define.
    Define(DefineId),
    /// A parameter of a define.
    Parameter,
    /// `not`
    Not,
    /// `and`
    And,
    /// `or`
    Or,
    /// A comparison, membership, text test or question about absence.
    Test,
    /// Membership in a list, and the row that the key selects.
    Listed(ListId, Option<RowPlace>),
    /// Membership in a closure, and what the owners of the entity are.
    Caught(ListId, Option<Arc<str>>),
    /// A cell of a list, and the rows that the key selects or that a finer code could still select.
    Cell(ListId, FieldId, Vec<RowPlace>),
    /// `under`, which a known code may be too coarse for.
    Under,
    /// `applies(…)` or `caught(…)`: as written, and what each rule asked about came to.
    Rules(Arc<str>, Vec<(RuleId, Truth)>),
    /// `assume`, with its reason.
    Assume(Arc<str>),
    /// `if`
    If,
    /// A quotient, whose divisor may be zero.
    Quotient,
    /// Other arithmetic and functions.
    Computed,
}

/// What an expression came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A condition.
    Truth(Truth),
    /// The values a number may have; a known one is a point.
    Number(Interval),
    /// Any other known value.
    Value(Value),
    /// No value.
    Missing,
}

impl Outcome {
    /// The truth of a condition.
    pub fn truth(&self) -> Option<Truth> {
        match self {
            Outcome::Truth(truth) => Some(*truth),
            Outcome::Number(_) | Outcome::Value(_) | Outcome::Missing => None,
        }
    }
}

/// Traces one rule.
pub fn trace(model: &Model, record: &Record, days: &[Day], rule: RuleId) -> RuleTrace {
    Evaluator::new(model, record, days).trace(rule)
}

impl Evaluator<'_> {
    /// Traces one rule.
    pub fn trace(&self, id: RuleId) -> RuleTrace {
        let rule = &self.model.rules[id];
        let scope = Scope::of(rule.policy);
        let unless = rule.unless.iter();
        let excepts = rule.excepts().iter();
        let exceptions = rule.exceptions.iter();
        RuleTrace {
            rule: id,
            truth: self.truth_of(id),
            would: self.would(id),
            in_force: self.in_own_windows(rule),
            suspensions: self.suspensions(rule),
            when: self.trace_expr(&rule.when, scope),
            unless: unless
                .map(|unless| self.trace_expr(unless, scope))
                .collect(),
            verdict: rule.then.as_ref().and_then(|then| match then.fixed() {
                Some(_) => None,
                None => Some(self.trace_expr(&then.verdict, scope)),
            }),
            excepts: excepts.map(|id| (*id, self.would(*id))).collect(),
            exceptions: exceptions.map(|id| (*id, self.stops(*id))).collect(),
        }
    }

    fn trace_expr(&self, expr: &Expr, scope: Scope) -> Trace {
        Trace {
            span: expr.span,
            ty: expr.ty,
            kind: self.trace_kind(expr, scope),
            outcome: self.outcome(expr, scope),
            parts: self.trace_parts(expr, scope),
        }
    }

    fn outcome(&self, expr: &Expr, scope: Scope) -> Outcome {
        if expr.ty == Type::Bool {
            Outcome::Truth(self.truth(expr, scope))
        } else if expr.ty.is_number() {
            Outcome::Number(self.number(expr, scope))
        } else {
            self.value(expr, scope)
                .map_or(Outcome::Missing, Outcome::Value)
        }
    }

    fn trace_parts(&self, expr: &Expr, scope: Scope) -> Vec<Trace> {
        if let ExprKind::Define(define, arguments) = &expr.kind {
            let body = self.in_define(*define, arguments, scope, |body, inside| {
                self.trace_expr(body, inside)
            });
            return vec![body];
        }
        if let ExprKind::Parameter(at) = &expr.kind {
            let (argument, caller) = scope.argument(*at);
            return vec![self.trace_expr(argument, caller)];
        }
        if let ExprKind::Quantified {
            binder, list, body, ..
        } = &expr.kind
        {
            let elements = self.each(
                &self.list(list, scope),
                binder.id,
                scope,
                |bound, inside| {
                    self.trace_element(bound, body, vec![self.trace_expr(body, inside)], inside)
                },
            );
            return elements.unwrap_or_else(|| vec![self.trace_expr(list, scope)]);
        }
        if let ExprKind::Aggregate(aggregate) = &expr.kind {
            return self.trace_aggregate(aggregate, scope);
        }
        if let ExprKind::Decide(decision) = &expr.kind {
            return self.trace_rows(decision, scope);
        }
        operands(expr)
            .into_iter()
            .map(|operand| self.trace_expr(operand, scope))
            .collect()
    }

    /// One element, with what `of` came to for it.
    fn trace_element(&self, bound: &Bound, of: &Expr, parts: Vec<Trace>, inside: Scope) -> Trace {
        Trace {
            span: of.span,
            ty: of.ty,
            kind: TraceKind::Element(bound.path().spell(self.model)),
            outcome: self.outcome(of, inside),
            parts,
        }
    }

    /// The elements with whether they count, and what is worked out for those that may.
    fn trace_aggregate(&self, aggregate: &Aggregate, scope: Scope) -> Vec<Trace> {
        let list = self.list(&aggregate.list, scope);
        let elements = self.each(&list, aggregate.binder.id, scope, |bound, inside| {
            let counts = self.counts(aggregate, inside);
            let value = aggregate.kind.value().filter(|_| !counts.is_false());
            let parts = aggregate.filter.iter().chain(value);
            let parts = parts.map(|part| self.trace_expr(part, inside)).collect();
            match value.or(aggregate.filter.as_ref()) {
                Some(of) => self.trace_element(bound, of, parts, inside),
                None => Trace {
                    span: aggregate.list.span,
                    ty: Type::Bool,
                    kind: TraceKind::Element(bound.path().spell(self.model)),
                    outcome: Outcome::Truth(counts),
                    parts,
                },
            }
        });
        elements.unwrap_or_else(|| vec![self.trace_expr(&aggregate.list, scope)])
    }

    /// The rows that count, each with its cells and what it comes to.
    fn trace_rows(&self, decision: &Decision, scope: Scope) -> Vec<Trace> {
        let counting = self.counting(decision, scope);
        let rows = counting.rows.into_iter();
        rows.map(|(truth, row)| {
            let number = decision.rows.iter().position(|it| std::ptr::eq(it, row));
            let parts = row.cells.iter().chain([&row.result]);
            Trace {
                span: row.span,
                ty: row.result.ty,
                kind: TraceKind::Row {
                    number: number.map_or(0, |at| at + 1),
                    holds: truth,
                },
                outcome: self.outcome(&row.result, scope),
                parts: parts.map(|part| self.trace_expr(part, scope)).collect(),
            }
        })
        .collect()
    }

    fn trace_kind(&self, expr: &Expr, scope: Scope) -> TraceKind {
        match &expr.kind {
            ExprKind::Value(_) => TraceKind::Literal,
            ExprKind::Field(field) => TraceKind::Field(*field),
            ExprKind::Member(base, field) => {
                let path = self.member_path(base, *field, scope);
                TraceKind::Member(path.spell(self.model))
            }
            ExprKind::Binder(_) => {
                let path = self.element(expr, scope).path();
                TraceKind::Element(path.spell(self.model))
            }
            ExprKind::Lookup { list, keys, column } => {
                let candidates = self.candidates(*list, keys, scope);
                let rows = candidates.rows.iter().map(|row| row.place).collect();
                TraceKind::Cell(*list, *column, rows)
            }
            ExprKind::Quantified { quantifier, .. } => TraceKind::Quantified(*quantifier),
            ExprKind::Aggregate(_) => TraceKind::Aggregate,
            ExprKind::Total(total) => {
                TraceKind::Total(*total, self.total_value(*total, scope).cloned())
            }
            ExprKind::Decide(decision) => TraceKind::Table(Arc::clone(&decision.name)),
            ExprKind::AsOf => TraceKind::AsOf,
            ExprKind::Param(param) => TraceKind::Param(*param),
            ExprKind::Define(define, _) => TraceKind::Define(*define),
            ExprKind::Parameter(_) => TraceKind::Parameter,
            ExprKind::Not(_) => TraceKind::Not,
            ExprKind::And(_) => TraceKind::And,
            ExprKind::Or(_) => TraceKind::Or,
            ExprKind::In(x, SetExpr::List(list)) | ExprKind::Under(x, SetExpr::List(list)) => {
                let candidates = self.candidates(*list, std::slice::from_ref(&**x), scope);
                let first = candidates.rows.first();
                if self.model.lists[*list].head.closure().is_some() {
                    let because = first.and_then(|row| row.get(Closure::because()));
                    let because = because.map(|text| match text {
                        Value::Text(text) => Arc::clone(text),
                        other => unreachable!("internal error: {other:?} as the owners"),
                    });
                    return TraceKind::Caught(*list, because);
                }
                let row = first.filter(|_| !candidates.may_lack);
                TraceKind::Listed(*list, row.map(|row| row.place))
            }
            ExprKind::Compare(..)
            | ExprKind::Between(..)
            | ExprKind::In(..)
            | ExprKind::Text(..)
            | ExprKind::IsMissing(_)
            | ExprKind::IsKnown(_)
            | ExprKind::IsUnknown(_) => TraceKind::Test,
            ExprKind::Under(..) => TraceKind::Under,
            ExprKind::Applies(rules) => self.rules_kind(rules, Formula::Truth),
            ExprKind::Caught(rules) => self.rules_kind(rules, Formula::Would),
            ExprKind::Assume(_, _, reason) => TraceKind::Assume(Arc::clone(reason)),
            ExprKind::If(..) => TraceKind::If,
            ExprKind::Arith(ArithOp::Div, ..) | ExprKind::Call(Builtin::Share, _) => {
                TraceKind::Quotient
            }
            ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Shift { .. }
            | ExprKind::DayOf(_)
            | ExprKind::Call(..)
            | ExprKind::Round(..) => TraceKind::Computed,
        }
    }

    fn rules_kind(&self, selection: &RuleSelection, formula: Formula) -> TraceKind {
        let asked = selection.asked();
        TraceKind::Rules(
            Arc::clone(&selection.text),
            asked.map(|id| (id, self.formula(id, formula))).collect(),
        )
    }
}
