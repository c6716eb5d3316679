//! Declarations of a policy's own files that nothing uses. What a library declares is there for others.

use crate::analysis::errors;
use crate::diagnostic::Diagnostic;
use crate::model::{Expr, ExprKind, ListSource, Model, SetExpr, Time};
use crate::text::{FileId, Span};
use rustc_hash::FxHashSet;
use std::path::Path;

pub(in crate::analysis) fn check(model: &Model, found: &mut Vec<Diagnostic>) {
    let used = Used::of(model);
    let own = own_folders(model);
    let mut say = |kind: &str, name: &str, span: Span, is_used: bool| {
        if !is_used && own.contains(folder(model, span.file)) {
            found.push(errors::unused(kind, name, span));
        }
    };
    for (id, set) in model.sets.iter() {
        say("set", &set.name, set.span, used.sets.contains(&id.index()));
    }
    for (id, param) in model.params.iter() {
        let is_used = used.params.contains(&id.index());
        say("param", &param.name, param.span, is_used);
    }
    for (id, define) in model.defines.iter() {
        let kind = match &define.body.kind {
            ExprKind::Decide(_) => "table",
            ExprKind::Total(_) => "aggregate",
            _ => "define",
        };
        let is_used = used.defines.contains(&id.index());
        say(kind, &define.name, define.span, is_used);
    }
    for (id, list) in model.lists.iter() {
        let kind = match &list.head.source {
            ListSource::File(_) => "list",
            ListSource::Table(_) => "table",
            ListSource::Closure(_) => "closure",
        };
        let is_used = used.lists.contains(&id.index());
        say(kind, &list.head.name, list.head.span, is_used);
    }
    for (id, calendar) in model.calendars.iter() {
        let is_used = used.calendars.contains(&id.index());
        say("calendar", &calendar.name, calendar.span, is_used);
    }
}

/// The folders of the policies at hand.
fn own_folders(model: &Model) -> FxHashSet<&Path> {
    let policies = model.policies.values();
    policies
        .map(|policy| folder(model, policy.span.file))
        .collect()
}

fn folder(model: &Model, file: FileId) -> &Path {
    let name = Path::new(&model.sources.file(file).name);
    name.parent().unwrap_or(name)
}

/// What something asks for, by number.
#[derive(Default)]
struct Used {
    sets: FxHashSet<usize>,
    params: FxHashSet<usize>,
    defines: FxHashSet<usize>,
    lists: FxHashSet<usize>,
    calendars: FxHashSet<usize>,
}

impl Used {
    fn of(model: &Model) -> Used {
        let mut used = Used::default();
        for rule in model.rules.values() {
            rule.exprs().into_iter().for_each(|expr| used.add(expr));
            let row = rule.element.as_ref().and_then(|element| element.row);
            used.lists.extend(row.map(|(list, _)| list.index()));
            for obligation in &rule.obligations {
                if let Some((Time::WorkingDays(_, calendar), _)) = obligation.within {
                    used.calendars.insert(calendar.index());
                }
            }
        }
        for define in model.defines.values() {
            used.add(&define.body);
        }
        for total in model.totals.values() {
            total.exprs().for_each(|expr| used.add(expr));
        }
        for set in model.sets.values() {
            used.add_set(&set.members);
        }
        for list in model.lists.values() {
            if let Some(closure) = list.head.closure() {
                used.lists
                    .extend(closure.of.iter().map(|list| list.index()));
                used.lists.insert(closure.over.index());
            }
        }
        used
    }

    fn add(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Param(id) => {
                self.params.insert(id.index());
            }
            ExprKind::Define(id, _) => {
                self.defines.insert(id.index());
            }
            ExprKind::Lookup { list, .. } => {
                self.lists.insert(list.index());
            }
            ExprKind::In(_, set) | ExprKind::Under(_, set) => self.add_set(set),
            _ => {}
        }
        expr.parts().into_iter().for_each(|part| self.add(part));
    }

    fn add_set(&mut self, set: &SetExpr) {
        match set {
            SetExpr::Elements(_) => {}
            SetExpr::Named(id) => {
                self.sets.insert(id.index());
            }
            SetExpr::List(id) => {
                self.lists.insert(id.index());
            }
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.add_set(a);
                self.add_set(b);
            }
        }
    }
}
