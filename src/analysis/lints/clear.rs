//! Questions about absence by which a missing field keeps a rule from applying that would apply for some value of it.

use super::Look;
use crate::analysis::errors;
use crate::analysis::solve::Allowed;
use crate::analysis::space::Samples;
use crate::diagnostic::Diagnostic;
use crate::ir::{self, Source};
use crate::model::print::value;
use crate::model::{Expr, ExprKind, FieldId, RuleId};
use crate::text::Span;

/// Values of a field that are tried for one rule at most.
const MAX_TRIED: usize = 60;

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    let mut said: Vec<(Span, Span)> = Vec::new();
    for (id, rule) in look.model.rules.iter() {
        if rule.is_exception() {
            continue;
        }
        let mut asks = Vec::new();
        for expr in std::iter::once(&rule.when).chain(&rule.unless) {
            add_asks(look, expr, &mut asks);
        }
        for (field, span) in asks {
            if said.contains(&(rule.span, span)) || !look.model.record.fields[field].optional {
                continue;
            }
            if let Some(error) = made_clear(look, id, (field, span)) {
                said.push((rule.span, span));
                found.push(error);
            }
        }
    }
}

/// Fields whose absence is asked about, and where. In defines the place of the question is the define's.
fn add_asks(look: &Look<'_>, expr: &Expr, asks: &mut Vec<(FieldId, Span)>) {
    let about = match &expr.kind {
        ExprKind::IsMissing(x) | ExprKind::IsKnown(x) | ExprKind::IsUnknown(x) => Some(x),
        ExprKind::Assume(x, ..) => Some(x),
        ExprKind::Define(..) => {
            let closed = ir::close(look.model, expr, &[]);
            if !matches!(closed.kind, ExprKind::Define(..)) {
                add_asks(look, &closed, asks);
            }
            None
        }
        _ => None,
    };
    if let Some(about) = about {
        let mut fields = Vec::new();
        add_fields(about, &mut fields);
        asks.extend(fields.into_iter().map(|field| (field, expr.span)));
    }
    expr.parts()
        .into_iter()
        .for_each(|part| add_asks(look, part, asks));
}

fn add_fields(expr: &Expr, fields: &mut Vec<FieldId>) {
    if let ExprKind::Field(field) = &expr.kind {
        fields.push(*field);
    }
    expr.parts()
        .into_iter()
        .for_each(|part| add_fields(part, fields));
}

/// A record to which the rule applies with the field, and without it is neither applied nor left open.
fn made_clear(look: &Look<'_>, id: RuleId, (field, span): (FieldId, Span)) -> Option<Diagnostic> {
    let model = look.model;
    let column = look.solver.space.column_of(Source::Field(field))?;
    let values = &look.solver.space.columns[column.index()].values;
    let known = values
        .iter()
        .enumerate()
        .filter(|(_, value)| value.is_some());
    for (at, _) in known.take(MAX_TRIED) {
        let mut only = Samples::none(values.len());
        only.insert(at);
        let goals = [(look.of(id).truth, Allowed::TRUE)];
        let with = look.solver.find(&goals, &[(column, only)]).for_certain();
        let Some(mut witness) = with.map(|state| look.witness(&state)) else {
            continue;
        };
        let Some(value_there) = witness.record.get(field).cloned() else {
            continue;
        };
        if !witness.applies(id) {
            continue;
        }
        witness.record.set(field, None);
        if !witness.truth(id).is_false() {
            continue;
        }
        let name = &model.record.fields[field].name;
        let instead = value(model, model.record.fields[field].ty, &value_there);
        let rule = &model.rules[id];
        return Some(errors::made_clear(
            &model.rule_name(id),
            rule.span,
            (name, span),
            &witness.text(),
            &instead,
        ));
    }
    None
}
