//! What is allowed and yet deserves a look, found by looking at all records at once: one file each.

mod boundaries;
mod clear;
mod rules;
mod sets;
mod tests;
mod unused;

use super::formula::{Asked, Formulas, NodeId};
use super::solve::{Allowed, Found, Solver, State};
use super::space::{Samples, Space};
use super::witness::{self, Witness};
use crate::diagnostic::Diagnostic;
use crate::ir::{self, ColumnId, Role, Source};
use crate::model::{Model, RuleId};
use crate::plan::{self, Classify, Plan, WORD};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything worth a look in a model without errors, in no particular order.
pub fn lint(model: &Arc<Model>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    boundaries::check(model, &mut found);
    sets::check(model, &mut found);
    tests::check(model, &mut found);
    unused::check(model, &mut found);
    let plan = plan::build(Arc::clone(model), ir::lower(model));
    let space = Space::new(&plan);
    let mut formulas = Formulas::new(model, &plan.program, &space);
    let rules: Vec<OfRule> = of_rules(model, &mut formulas);
    let start = start(model, &space);
    let look = Look {
        model,
        plan: &plan,
        solver: Solver {
            space: &space,
            formulas: &formulas,
            start: &start,
        },
        rules: &rules,
    };
    rules::check(&look, &mut found);
    clear::check(&look, &mut found);
    found
}

/// The formulas of one rule.
#[derive(Clone, Copy)]
struct OfRule {
    conditions: NodeId,
    stops: NodeId,
    would: NodeId,
    truth: NodeId,
}

fn of_rules(model: &Model, formulas: &mut Formulas<'_>) -> Vec<OfRule> {
    // In this order nothing asks for much that is not made yet.
    for id in model.dependency_order.iter().copied() {
        formulas.rule(id, Asked::Truth);
    }
    let ids = model.rules.ids();
    ids.map(|id| OfRule {
        conditions: formulas.rule(id, Asked::Conditions),
        stops: formulas.rule(id, Asked::Stops),
        would: formulas.rule(id, Asked::Would),
        truth: formulas.rule(id, Asked::Truth),
    })
    .collect()
}

/// What every record has that is not rejected: fields that must be there are there.
fn start(model: &Model, space: &Space) -> Vec<Samples> {
    let columns = space.columns.iter();
    columns
        .map(|column| {
            let all = Samples::all(column.values.len());
            let known = column.known();
            match column.source {
                Source::Field(field)
                    if !model.record.fields[field].optional && !known.is_empty() =>
                {
                    known
                }
                Source::Field(_) | Source::Day(_) | Source::Total(..) => all,
            }
        })
        .collect()
}

/// What lints look at.
struct Look<'l> {
    model: &'l Arc<Model>,
    plan: &'l Plan,
    solver: Solver<'l>,
    rules: &'l [OfRule],
}

impl Look<'_> {
    fn of(&self, rule: RuleId) -> OfRule {
        self.rules[rule.index()]
    }

    fn find(&self, goals: &[(NodeId, Allowed)]) -> Found {
        self.solver.find(goals, &[])
    }

    fn witness(&self, state: &State) -> Witness<'_> {
        Witness::of(self.model, self.solver.space, self.solver.start, state)
    }

    /// Rules whose base no test on one column rules out for the record that a search found, in the order of declaration.
    fn may_apply(&self, state: &State) -> Vec<RuleId> {
        let layout = &self.plan.layout;
        let mut words = vec![u64::MAX; layout.words];
        for planned in &self.plan.columns {
            let Some(classes) = planned.classes.as_ref().filter(|it| it.has_masks()) else {
                continue;
            };
            let values = &self.solver.space.columns[planned.id.index()].values;
            let at = witness::chosen(
                values,
                &state.columns[planned.id.index()],
                &self.solver.start[planned.id.index()],
            );
            if classes.list_tests().is_some() {
                continue;
            }
            let class = classes.class_of(values[at].as_ref()) as usize;
            let tables = classes.tables();
            let (first, second) = (&tables.first, &tables.second);
            let masks = first.possible[class * first.words..(class + 1) * first.words].iter();
            let more = second.possible[class * second.words..(class + 1) * second.words].iter();
            for (word, mask) in words.iter_mut().zip(masks.chain(more)) {
                *word &= mask;
            }
        }
        let mut rules = BTreeSet::new();
        for (at, word) in words.into_iter().enumerate() {
            let mut left = word;
            while left != 0 {
                let bit = at * WORD + left.trailing_zeros() as usize;
                left &= left - 1;
                let group = layout.clauses.get(bit).and_then(|clause| clause.group);
                let role = group.map(|group| self.plan.program.groups[group].role);
                if let Some(Role::Base(rule)) = role {
                    rules.insert(rule);
                }
            }
        }
        rules.into_iter().collect()
    }

    /// A record for which goals certainly hold, if one is found for which `shows` does as well.
    fn shown(
        &self,
        goals: &[(NodeId, Allowed)],
        within: &[(ColumnId, Samples)],
        shows: impl Fn(&Witness<'_>) -> bool,
    ) -> Option<String> {
        let state = self.solver.find(goals, within).for_certain()?;
        let witness = self.witness(&state);
        shows(&witness).then(|| witness.text())
    }

    /// `rule` or `exception`.
    fn noun(&self, rule: RuleId) -> &'static str {
        match self.model.rules[rule].is_exception() {
            true => "exception",
            false => "rule",
        }
    }
}
