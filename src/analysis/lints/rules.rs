//! Rules that can never apply, ask nothing, or are hidden by others; exceptions that never stop anything.

use super::Look;
use crate::analysis::errors::{self, Never};
use crate::analysis::formula::{Formulas, NodeId};
use crate::analysis::solve::{Allowed, Solver};
use crate::analysis::space::{Samples, Space};
use crate::analysis::witness::Witness;
use crate::diagnostic::Diagnostic;
use crate::ir::{self, ColumnId, Source};
use crate::model::{Expr, ExprKind, Rule, RuleId, Value, Verdict};
use crate::plan;
use crate::text::Span;
use rustc_hash::FxHashSet;
use std::sync::Arc;

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    let declared: Vec<Vec<RuleId>> = first_of_each(look).map(|id| made_like(look, id)).collect();
    let has_no_effect = |all: &&Vec<RuleId>| all.iter().all(|id| applies_never(look, *id));
    let mut never: FxHashSet<RuleId> = declared
        .iter()
        .filter(has_no_effect)
        .flatten()
        .copied()
        .collect();
    for all in &declared {
        let first = all[0];
        if never.contains(&first) {
            found.push(never_applies(look, first));
        } else if all.iter().all(|id| never_stops(look, *id, &never)) {
            never.extend(all.iter().copied());
            found.push(stops_nothing(look, first));
        } else if all.iter().all(|id| always_holds(look, *id)) {
            found.push(holds_always(look, first));
        }
    }
    hidden(look, &never, found);
}

/// Of rules made by one `for each` the first.
fn first_of_each<'l>(look: &'l Look<'_>) -> impl Iterator<Item = RuleId> + 'l {
    let rules = look.model.rules.iter();
    rules
        .filter(|(id, rule)| {
            id.index() == 0
                || rule.element.is_none()
                || look.model.rules[RuleId::from_index(id.index() - 1)].span != rule.span
        })
        .map(|(id, _)| id)
}

/// All rules made by the `for each` of this one.
fn made_like(look: &Look<'_>, id: RuleId) -> Vec<RuleId> {
    let span = look.model.rules[id].span;
    let rules = look.model.rules.iter().skip(id.index());
    rules
        .take_while(|(_, rule)| rule.span == span)
        .map(|(id, _)| id)
        .collect()
}

/// A rule's formula that says whether it has any effect.
fn effect(look: &Look<'_>, id: RuleId) -> NodeId {
    let of = look.of(id);
    match look.model.rules[id].is_exception() {
        true => of.stops,
        false => of.truth,
    }
}

fn applies_never(look: &Look<'_>, id: RuleId) -> bool {
    look.find(&[(effect(look, id), Allowed::TRUE)]).is_none()
}

fn never_applies(look: &Look<'_>, id: RuleId) -> Diagnostic {
    let (model, rule, of) = (look.model, &look.model.rules[id], look.of(id));
    let does_not = |witness: &Witness<'_>| !witness.applies(id);
    let running = rule
        .force
        .windows
        .subtract(&rule.force.suspended)
        .intervals()
        .iter()
        .any(|window| !suspended_throughout(look, rule, *window));
    let (why, witness) = if !running {
        let witness = look.shown(&[], &[], does_not);
        (Never::NoDay, witness)
    } else if look.find(&[(of.conditions, Allowed::TRUE)]).is_none() {
        conflict(look, id)
    } else {
        let by = rule.exceptions.iter().filter(|exception| {
            let stops = look.of(**exception).stops;
            let spared = [(of.would, Allowed::TRUE), (stops, Allowed::NOT_TRUE)];
            look.find(&spared).is_none()
        });
        let by: Vec<(String, Span)> = by
            .map(|it| (model.rule_name(*it), model.rules[*it].span))
            .collect();
        let witness = look.shown(&[(of.would, Allowed::TRUE)], &[], does_not);
        match by.is_empty() {
            true => (Never::Somehow, witness),
            false => (Never::Stopped(by), witness),
        }
    };
    let name = model.rule_name(id);
    errors::never_applies(look.noun(id), &name, rule.span, &why, witness.as_deref())
}

fn suspended_throughout(look: &Look<'_>, rule: &Rule, window: crate::domain::Window) -> bool {
    let mut left = crate::domain::Windows::from_windows([window]);
    for suspension in &rule.force.suspended_by {
        left = left.subtract(&look.model.suspensions[*suspension].effective);
    }
    left.is_empty()
}

/// A condition of a rule that stands for itself, and whether it stands behind `unless`.
struct Part<'m> {
    expr: &'m Expr,
    unless: bool,
}

fn parts_of(rule: &Rule) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    add_parts(&rule.when, &mut parts);
    parts.extend(rule.unless.iter().map(|expr| Part { expr, unless: true }));
    parts
}

fn add_parts<'m>(expr: &'m Expr, parts: &mut Vec<Part<'m>>) {
    match &expr.kind {
        ExprKind::And(all) => all.iter().for_each(|part| add_parts(part, parts)),
        _ => parts.push(Part {
            expr,
            unless: false,
        }),
    }
}

/// The least parts of its conditions that cannot hold together, and a record of which all but the last hold.
fn conflict(look: &Look<'_>, id: RuleId) -> (Never, Option<String>) {
    let rule = &look.model.rules[id];
    let parts = parts_of(rule);
    let conditions: Vec<_> = parts.iter().map(|part| (rule.policy, part.expr)).collect();
    let (program, groups) = ir::lower_with(look.model, &conditions);
    let plan = plan::build(Arc::clone(look.model), program);
    let space = Space::new(&plan);
    let mut formulas = Formulas::new(look.model, &plan.program, &space);
    let nodes: Vec<NodeId> = groups.iter().map(|group| formulas.group(*group)).collect();
    let start = super::start(look.model, &space);
    let solver = Solver {
        space: &space,
        formulas: &formulas,
        start: &start,
    };
    let goal = |at: &usize| match parts[*at].unless {
        false => (nodes[*at], Allowed::TRUE),
        true => (nodes[*at], Allowed::FALSE),
    };
    let goals = |left: &[usize]| left.iter().map(goal).collect::<Vec<_>>();
    let within = in_windows(rule, &plan.program, &space);
    let mut left: Vec<usize> = (0..parts.len()).collect();
    if !solver.find(&goals(&left), &within).is_none() {
        return (Never::Somehow, None);
    }
    for at in (0..parts.len()).rev() {
        let without: Vec<usize> = left.iter().copied().filter(|it| *it != at).collect();
        if solver.find(&goals(&without), &within).is_none() {
            left = without;
        }
    }
    let witness = left.split_last().and_then(|(_, others)| {
        let state = solver.find(&goals(others), &within).for_certain()?;
        let witness = Witness::of(look.model, &space, &start, &state);
        (!witness.applies(id)).then(|| witness.text())
    });
    let spans = left
        .iter()
        .map(|at| (parts[*at].expr.span, parts[*at].unless));
    (Never::Parts(spans.collect()), witness)
}

/// The days of the policy's column on which a rule is in force by its own windows.
fn in_windows(rule: &Rule, program: &ir::Program, space: &Space) -> Vec<(ColumnId, Samples)> {
    let place = program.day_of_policy[rule.policy.index()];
    let Some(column) = space.column_of(Source::Day(place)) else {
        return Vec::new();
    };
    let values = &space.columns[column.index()].values;
    let mut days = Samples::none(values.len());
    for (at, value) in values.iter().enumerate() {
        if let Some(Value::Date(day)) = value
            && rule.force.windows.contains(*day)
        {
            days.insert(at);
        }
    }
    vec![(column, days)]
}

/// The conditions are not just `true`, and nothing makes them false while the rule is in force.
fn always_holds(look: &Look<'_>, id: RuleId) -> bool {
    let rule = &look.model.rules[id];
    if asks_nothing(rule) {
        return false;
    }
    let within = in_windows(rule, &look.plan.program, look.solver.space);
    let conditions = look.of(id).conditions;
    let never_false = look.solver.find(&[(conditions, Allowed::FALSE)], &within);
    never_false.is_none() && !look.find(&[(conditions, Allowed::TRUE)]).is_none()
}

fn asks_nothing(rule: &Rule) -> bool {
    matches!(rule.when.kind, ExprKind::Value(Value::Bool(true))) && rule.unless.is_empty()
}

fn holds_always(look: &Look<'_>, id: RuleId) -> Diagnostic {
    let rule = &look.model.rules[id];
    let goal = [(look.of(id).truth, Allowed::TRUE)];
    let witness = look.shown(&goal, &[], |witness| {
        witness.applies(id) || rule.then.is_none()
    });
    errors::always_holds(
        look.noun(id),
        &look.model.rule_name(id),
        (rule.span, rule.when.span),
        witness.as_deref(),
    )
}

/// An exception whose effect never meets what it excepts.
fn never_stops(look: &Look<'_>, id: RuleId, never: &FxHashSet<RuleId>) -> bool {
    let excepted = look.model.rules[id].excepts();
    let stops = look.of(id).stops;
    // Of what never applies itself that is said already.
    !excepted.iter().all(|rule| never.contains(rule))
        && excepted.iter().all(|rule| {
            let would = look.of(*rule).would;
            look.find(&[(stops, Allowed::TRUE), (would, Allowed::NOT_FALSE)])
                .is_none()
        })
}

fn stops_nothing(look: &Look<'_>, id: RuleId) -> Diagnostic {
    let model = look.model;
    let rule = &model.rules[id];
    let excepted = rule.excepts().iter();
    let excepted: Vec<(String, Span)> = excepted
        .map(|it| (model.rule_name(*it), model.rules[*it].span))
        .collect();
    let shows = |witness: &Witness<'_>| !rule.excepts().iter().any(|rule| witness.applies(*rule));
    let witness = look.shown(&[(look.of(id).stops, Allowed::TRUE)], &[], shows);
    let name = model.rule_name(id);
    errors::never_stops(&name, rule.span, &excepted, witness.as_deref())
}

/// Whether a verdict is all that a rule says.
fn says_only_a_verdict(look: &Look<'_>, id: RuleId) -> Option<Verdict> {
    let rule = &look.model.rules[id];
    let plain = !rule.is_exception()
        && rule.element.is_none()
        && rule.exceptions.is_empty()
        && rule.obligations.is_empty()
        && rule.notes.is_empty()
        && rule.if_unknown.is_none()
        && rule.tags.is_empty();
    let fixed = rule.then.as_ref().and_then(|then| then.fixed());
    fixed.filter(|_| plain)
}

/// Rules of one policy that say nothing that another one does not say as well. What other rules ask about has a use of its own.
fn hidden(look: &Look<'_>, never: &FxHashSet<RuleId>, found: &mut Vec<Diagnostic>) {
    let model = look.model;
    let forms = look.plan.program.rules.iter();
    let asked: FxHashSet<RuleId> = forms.flat_map(|form| form.asks.iter().copied()).collect();
    let mut hidden: FxHashSet<RuleId> = FxHashSet::default();
    for (id, rule) in model.rules.iter() {
        if asked.contains(&id) || never.contains(&id) {
            continue;
        }
        let Some(verdict) = says_only_a_verdict(look, id) else {
            continue;
        };
        let mine = look.of(id).truth;
        let Some(state) = look.find(&[(mine, Allowed::TRUE)]).for_certain() else {
            continue;
        };
        let by = look.may_apply(&state).into_iter().find(|other| {
            let wider = &model.rules[*other];
            let severe = wider.then.as_ref().and_then(|then| then.fixed());
            *other != id
                && wider.policy == rule.policy
                && wider.if_unknown.is_none()
                && !wider.is_exception()
                && !hidden.contains(other)
                && severe.is_some_and(|severe| severe >= verdict)
                && is_implied(look, mine, look.of(*other).truth)
        });
        if let Some(by) = by {
            hidden.insert(id);
            let witness = look.witness(&state);
            let names = [model.rule_name(id), model.rule_name(by)];
            let shows = |it: &Witness<'_>| it.applies(id) && it.applies(by);
            let text = shows(&witness).then(|| witness.text());
            found.push(errors::hidden_rule(
                (&names[0], rule.span),
                (&names[1], model.rules[by].span),
                text.as_deref(),
            ));
        }
    }
}

/// Whether `wider` is at least as true as `mine` of every record.
fn is_implied(look: &Look<'_>, mine: NodeId, wider: NodeId) -> bool {
    [
        [(mine, Allowed::TRUE), (wider, Allowed::NOT_TRUE)],
        [(mine, Allowed::NOT_FALSE), (wider, Allowed::FALSE)],
    ]
    .iter()
    .all(|goals| look.find(goals).is_none())
}
