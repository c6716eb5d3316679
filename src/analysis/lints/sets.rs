//! Elements of a set that lie below another one of it, where the set is asked with `under`.

use crate::analysis::errors;
use crate::diagnostic::Diagnostic;
use crate::model::{Element, Expr, ExprKind, Model, SetExpr, SetId, Value};
use rustc_hash::FxHashSet;

pub(in crate::analysis) fn check(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut seen = FxHashSet::default();
    let rules = model.rules.values().flat_map(|rule| rule.exprs());
    let defines = model.defines.values().map(|define| &define.body);
    for expr in rules.chain(defines) {
        walk(model, expr, &mut seen, found);
    }
}

fn walk(model: &Model, expr: &Expr, seen: &mut FxHashSet<SetId>, found: &mut Vec<Diagnostic>) {
    if let ExprKind::Under(_, set) = &expr.kind {
        look(model, set, seen, found);
    }
    for part in expr.parts() {
        walk(model, part, seen, found);
    }
}

fn look(model: &Model, set: &SetExpr, seen: &mut FxHashSet<SetId>, found: &mut Vec<Diagnostic>) {
    match set {
        SetExpr::Elements(elements) => compare(elements, found),
        SetExpr::Named(id) => {
            if seen.insert(*id) {
                look(model, &model.sets[*id].members, seen, found);
            }
        }
        SetExpr::List(_) => {}
        SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
            look(model, a, seen, found);
            look(model, b, seen, found);
        }
    }
}

fn compare(elements: &[Element], found: &mut Vec<Diagnostic>) {
    for below in elements {
        let (Value::Code(code), None) = (&below.value, &below.to) else {
            continue;
        };
        let above = elements.iter().find(|above| {
            let days = below.windows.subtract(&above.windows);
            let is_above = match &above.value {
                Value::Code(other) => other != code && code.under(other).is_true(),
                _ => false,
            };
            above.to.is_none() && is_above && days.is_empty()
        });
        if let Some(above) = above
            && let Value::Code(other) = &above.value
        {
            let error = errors::element_below(
                (&code.to_string(), below.span),
                (&other.to_string(), above.span),
            );
            if !found.contains(&error) {
                found.push(error);
            }
        }
    }
}
