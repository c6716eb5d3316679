//! Conditions that are not taken apart: of a rule as written, and of one as it came out.

use super::truth_of;
use crate::domain::Truth;
use crate::model::{Expr, ExprKind, Model, Type};
use crate::reference::{Trace, TraceKind};
use crate::text::Span;

/// Where the conditions of an expression stand, those of defines that it names with them.
pub(super) fn of(model: &Model, expr: &Expr) -> Vec<Span> {
    let mut found = Vec::new();
    add(model, expr, &mut found);
    found
}

fn add(model: &Model, expr: &Expr, found: &mut Vec<Span>) {
    match &expr.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            parts.iter().for_each(|part| add(model, part, found));
        }
        ExprKind::Not(inner) => add(model, inner, found),
        ExprKind::If(condition, yes, no) if expr.ty == Type::Bool => {
            [condition, yes, no]
                .iter()
                .for_each(|part| add(model, part, found));
        }
        ExprKind::Define(define, _) if expr.ty == Type::Bool => {
            let body = &model.defines[*define].body;
            match is_taken_apart(body) {
                true => add(model, body, found),
                false => found.push(expr.span),
            }
        }
        ExprKind::Value(_) | ExprKind::Parameter(_) => {}
        _ => found.push(expr.span),
    }
}

/// Whether a define's body has conditions of its own; tables and names of other things count as one where they are asked.
fn is_taken_apart(body: &Expr) -> bool {
    match &body.kind {
        ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) => true,
        ExprKind::If(..) | ExprKind::Define(..) => body.ty == Type::Bool,
        _ => false,
    }
}

/// Tells of each condition what it came to, and whether it decided.
pub(super) fn walk(trace: &Trace, decides: bool, note: &mut impl FnMut(Span, Truth, bool)) {
    let truths: Vec<Truth> = trace.parts.iter().map(truth_of).collect();
    let others = |at: usize, all: Truth| {
        let mut rest = truths.iter().enumerate().filter(|(other, _)| *other != at);
        rest.all(|(_, truth)| *truth == all)
    };
    match &trace.kind {
        TraceKind::And => {
            for (at, part) in trace.parts.iter().enumerate() {
                walk(part, decides && others(at, Truth::True), note);
            }
        }
        TraceKind::Or => {
            for (at, part) in trace.parts.iter().enumerate() {
                walk(part, decides && others(at, Truth::False), note);
            }
        }
        TraceKind::Not => trace
            .parts
            .iter()
            .for_each(|part| walk(part, decides, note)),
        TraceKind::If if trace.ty == Type::Bool && trace.parts.len() == 3 => {
            let [condition, yes, no] = [truths[0], truths[1], truths[2]];
            walk(&trace.parts[0], decides && yes != no, note);
            walk(&trace.parts[1], decides && condition.is_true(), note);
            walk(&trace.parts[2], decides && condition.is_false(), note);
        }
        TraceKind::Define(_) if trace.ty == Type::Bool && body_is_taken_apart(trace) => {
            trace
                .parts
                .iter()
                .for_each(|part| walk(part, decides, note));
        }
        TraceKind::Literal | TraceKind::Parameter => {}
        _ => note(trace.span, truth_of(trace), decides),
    }
}

fn body_is_taken_apart(trace: &Trace) -> bool {
    trace.parts.iter().all(|body| match &body.kind {
        TraceKind::And | TraceKind::Or | TraceKind::Not => true,
        TraceKind::If | TraceKind::Define(_) => body.ty == Type::Bool,
        _ => false,
    })
}
