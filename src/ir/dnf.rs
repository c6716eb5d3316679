//! Forms as disjunctions of clauses, with a bound on their number.
//!
//! Where a form would have more than [`MAX_CLAUSES`] clauses, its largest parts become single opaque atoms.

use super::lower::{Lowerer, test_literal};
use super::{
    Atom, Clause, ColumnId, Computed, ComputedKind, Deferred, DeferredForm, Form, Literal, Role,
    TestForm, TestId,
};
use crate::model::PolicyId;
use rustc_hash::FxHashSet;

/// The most clauses a group has; what exceeds it is computed per record.
pub const MAX_CLAUSES: usize = 64;

/// The clauses of `form`: absorbed, tests of one column joined, sorted.
pub(super) fn group_clauses(lowerer: &mut Lowerer<'_>, form: Form) -> Vec<Clause> {
    let clauses = absorb(clauses(lowerer, form));
    let mut joined: Vec<Clause> = clauses
        .into_iter()
        .map(|clause| join_tests(lowerer, clause))
        .collect();
    joined.sort();
    joined.dedup();
    joined
}

/// The number of clauses of `form` if nothing were opaque, up to a bound.
pub(super) fn size(form: &Form) -> usize {
    match form {
        Form::Constant(_) | Form::Literal(_) | Form::IsUnknown(_) | Form::IsSettled(_) => 1,
        Form::And(parts) => parts.iter().map(size).fold(1, |a, b| a.saturating_mul(b)),
        Form::Or(parts) => parts.iter().map(size).fold(0, |a, b| a.saturating_add(b)),
    }
}

/// The number of literals of `form` as it is written.
pub(super) fn literals(form: &Form) -> usize {
    match form {
        Form::Constant(_) | Form::Literal(_) => 1,
        Form::And(parts) | Form::Or(parts) => parts.iter().map(literals).sum(),
        Form::IsUnknown(inner) | Form::IsSettled(inner) => literals(inner),
    }
}

fn clauses(lowerer: &mut Lowerer<'_>, form: Form) -> Vec<Vec<Literal>> {
    match form {
        Form::Constant(truth) if truth.is_false() => Vec::new(),
        Form::Constant(truth) if truth.is_true() => vec![Vec::new()],
        Form::Constant(_) | Form::IsUnknown(_) | Form::IsSettled(_) => {
            vec![vec![opaque(lowerer, form)]]
        }
        Form::Literal(literal) => vec![vec![literal]],
        Form::Or(parts) => {
            let parts = bounded(lowerer, parts, |sizes| {
                sizes.iter().fold(0, |a, b| a.saturating_add(*b))
            });
            parts.into_iter().flatten().collect()
        }
        Form::And(parts) => {
            let parts = bounded(lowerer, parts, |sizes| {
                sizes.iter().fold(1, |a, b| a.saturating_mul(*b))
            });
            parts.into_iter().fold(vec![Vec::new()], distribute)
        }
    }
}

fn distribute(left: Vec<Vec<Literal>>, right: Vec<Vec<Literal>>) -> Vec<Vec<Literal>> {
    let mut product = Vec::with_capacity(left.len() * right.len());
    for a in &left {
        for b in &right {
            product.push(a.iter().chain(b).copied().collect());
        }
    }
    absorb_raw(product)
}

/// The clauses of each part, the largest parts made opaque until `total` of their sizes is within the bound.
fn bounded(
    lowerer: &mut Lowerer<'_>,
    parts: Vec<Form>,
    total: impl Fn(&[usize]) -> usize,
) -> Vec<Vec<Vec<Literal>>> {
    let mut lists: Vec<Vec<Vec<Literal>>> = parts
        .iter()
        .map(|part| clauses(lowerer, part.clone()))
        .collect();
    let mut sizes: Vec<usize> = lists.iter().map(Vec::len).collect();
    if total(&sizes) <= MAX_CLAUSES {
        return lists;
    }
    if parts.len() > MAX_CLAUSES && sizes.iter().all(|size| *size <= 1) {
        return halves(lowerer, parts, lists);
    }
    while total(&sizes) > MAX_CLAUSES {
        let (largest, size) = sizes
            .iter()
            .copied()
            .enumerate()
            .max_by_key(|(_, size)| *size)
            .expect("there are parts");
        if size <= 1 {
            break;
        }
        lists[largest] = vec![vec![opaque(lowerer, parts[largest].clone())]];
        sizes[largest] = 1;
    }
    lists
}

/// An `or` of very many single clauses: all beyond the bound become one opaque atom.
fn halves(
    lowerer: &mut Lowerer<'_>,
    mut parts: Vec<Form>,
    mut lists: Vec<Vec<Vec<Literal>>>,
) -> Vec<Vec<Vec<Literal>>> {
    let rest = parts.split_off(MAX_CLAUSES - 1);
    lists.truncate(MAX_CLAUSES - 1);
    lists.push(vec![vec![opaque(lowerer, Form::Or(rest))]]);
    lists
}

/// `a ∨ (a ∧ b) = a`.
fn absorb(mut clauses: Vec<Vec<Literal>>) -> Vec<Vec<Literal>> {
    clauses = absorb_raw(clauses);
    let mut kept: Vec<Vec<Literal>> = Vec::with_capacity(clauses.len());
    clauses.sort_by_key(Vec::len);
    for clause in clauses {
        if !kept
            .iter()
            .any(|shorter| shorter.iter().all(|literal| clause.contains(literal)))
        {
            kept.push(clause);
        }
    }
    kept
}

/// Idempotence within clauses, and equal clauses once.
fn absorb_raw(clauses: Vec<Vec<Literal>>) -> Vec<Vec<Literal>> {
    let mut seen = FxHashSet::default();
    let mut distinct = Vec::with_capacity(clauses.len());
    for mut clause in clauses {
        clause.sort();
        clause.dedup();
        if seen.insert(clause.clone()) {
            distinct.push(clause);
        }
    }
    distinct
}

fn join_tests(lowerer: &mut Lowerer<'_>, literals: Vec<Literal>) -> Clause {
    let mut by_column: Vec<(ColumnId, Vec<TestId>)> = Vec::new();
    let mut joined = Vec::new();
    for literal in literals {
        match literal.atom {
            Atom::Test(test) => {
                let column = lowerer.program.tests[test].column;
                match by_column.iter_mut().find(|(known, _)| *known == column) {
                    Some((_, tests)) => tests.push(test),
                    None => by_column.push((column, vec![test])),
                }
            }
            Atom::Computed(_) | Atom::Deferred(_) => joined.push(literal),
        }
    }
    for (column, tests) in by_column {
        joined.push(test_literal(lowerer.joined(column, tests, TestForm::And)));
    }
    joined.sort();
    Clause { literals: joined }
}

/// The whole form as one atom: computed per record, or per outcome where it asks about rules.
pub(super) fn opaque(lowerer: &mut Lowerer<'_>, form: Form) -> Literal {
    if asks_rules(&form) {
        let formula = deferred_form(lowerer, form);
        let id = lowerer.deferred(Deferred::Formula(formula));
        return Literal {
            atom: Atom::Deferred(id),
            negated: false,
        };
    }
    let mut columns = Vec::new();
    collect_columns(lowerer, &form, &mut columns);
    columns.sort();
    columns.dedup();
    let key = format!("formula {form:?}").into();
    let policy: PolicyId = lowerer.policy;
    let literal = lowerer.computed(Computed {
        kind: ComputedKind::Formula(form),
        columns,
        policy,
        key,
    });
    match literal {
        Form::Literal(literal) => literal,
        Form::Constant(_)
        | Form::And(_)
        | Form::Or(_)
        | Form::IsUnknown(_)
        | Form::IsSettled(_) => {
            unreachable!("a computed condition is a literal")
        }
    }
}

fn asks_rules(form: &Form) -> bool {
    match form {
        Form::Constant(_) => false,
        Form::Literal(literal) => matches!(literal.atom, Atom::Deferred(_)),
        Form::And(parts) | Form::Or(parts) => parts.iter().any(asks_rules),
        Form::IsUnknown(inner) | Form::IsSettled(inner) => asks_rules(inner),
    }
}

pub(super) fn collect_columns(lowerer: &Lowerer<'_>, form: &Form, columns: &mut Vec<ColumnId>) {
    match form {
        Form::Constant(_) => {}
        Form::Literal(literal) => match literal.atom {
            Atom::Test(test) => columns.push(lowerer.program.tests[test].column),
            Atom::Computed(id) => columns.extend(&lowerer.program.computed[id].columns),
            Atom::Deferred(_) => {}
        },
        Form::And(parts) | Form::Or(parts) => {
            parts
                .iter()
                .for_each(|part| collect_columns(lowerer, part, columns));
        }
        Form::IsUnknown(inner) | Form::IsSettled(inner) => collect_columns(lowerer, inner, columns),
    }
}

/// A form that asks about rules, its largest parts that do not as groups.
fn deferred_form(lowerer: &mut Lowerer<'_>, form: Form) -> DeferredForm {
    if !asks_rules(&form) {
        if let Form::Constant(truth) = form {
            return DeferredForm::Constant(truth);
        }
        return DeferredForm::Group(lowerer.group(form, Role::Part));
    }
    match form {
        Form::Literal(Literal {
            atom: Atom::Deferred(id),
            negated,
        }) => {
            let asked = DeferredForm::Deferred(id);
            if negated {
                DeferredForm::Not(Box::new(asked))
            } else {
                asked
            }
        }
        Form::And(parts) => DeferredForm::And(
            parts
                .into_iter()
                .map(|part| deferred_form(lowerer, part))
                .collect(),
        ),
        Form::Or(parts) => DeferredForm::Or(
            parts
                .into_iter()
                .map(|part| deferred_form(lowerer, part))
                .collect(),
        ),
        Form::IsUnknown(inner) => DeferredForm::IsUnknown(Box::new(deferred_form(lowerer, *inner))),
        Form::IsSettled(inner) => {
            let unknown = DeferredForm::IsUnknown(Box::new(deferred_form(lowerer, *inner)));
            DeferredForm::Not(Box::new(unknown))
        }
        Form::Constant(_) | Form::Literal(_) => unreachable!("such a form asks about no rule"),
    }
}
