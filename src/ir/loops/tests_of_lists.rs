//! What tests of whole lists say of a condition over them: what it comes to, or how true it is at most.
//!
//! `any x in LIST satisfies B`, where B asks about nothing but fields of x, is a test of the list: what all such tests come to is the class of
//! a list, and masks answer it. Parts of B that ask about the record are moved out of it; those that ask about something else are
//! taken for true, which makes the whole truer at most, so that loops need only run where that is possible. Only laws of lattices are
//! used: `any (R ∧ B) = R ∧ any B` where R does not speak of x, save for a missing list: `any` is unknown of it whatever R is. What is
//! then lost is added: `any false`, which is unknown of a missing list and false of others.

use super::{ListColumnId, LoopForm, Made, Quantity};
use crate::domain::{Number, Truth};
use crate::ir::lower::{Lowerer, test_literal};
use crate::ir::{Amount, AmountCompare, Form, Source, TestForm};
use crate::model::{CompareOp, Expr, Quantifier};

/// Terms of a body at most; where there would be more, parts of it are taken for true.
const MAX_TERMS: usize = 64;
/// Different conditions on the record at most that are moved out of one body; where there would be more, they are taken for true.
const MAX_MOVED: usize = 8;

/// A condition that is as true as another, or truer.
struct AtMost {
    form: Form,
    /// It is as true.
    exact: bool,
}

/// A part of the body of a quantifier in disjunctive form: the `and` of what is said here.
#[derive(Clone, Default)]
struct Term {
    /// Of the record.
    record: Vec<LoopForm>,
    /// Of fields of the element.
    own: Vec<LoopForm>,
    /// Something else was taken for true.
    more: bool,
}

impl Lowerer<'_> {
    /// A closed condition over lists: tests of the lists where they say it all; else loops, which run where tests do not rule
    /// the condition out; else nothing.
    pub(in crate::ir) fn condition_on_lists(&mut self, expr: &Expr) -> Option<Form> {
        let form = self.loop_form(expr, &[])?;
        let at_most = match self.at_most(&form) {
            Some(AtMost { form, exact: true }) => return Some(form),
            at_most => at_most.map(|at_most| at_most.form),
        };
        let (kind, columns) = self.loops(form, at_most.clone(), expr);
        let computed = self.computed_on(expr, kind, columns);
        Some(match at_most {
            Some(at_most) => self.all(vec![at_most, computed]),
            None => computed,
        })
    }

    /// How true a form on the level of records is at most; nothing where tests say nothing of it.
    fn at_most(&mut self, form: &LoopForm) -> Option<AtMost> {
        let exact = |form| AtMost { form, exact: true };
        match form {
            LoopForm::Constant(truth) => Some(exact(Form::Constant(*truth))),
            LoopForm::Record(test) => Some(exact(test_literal(*test).into())),
            LoopForm::Listed(list) => {
                let form = TestForm::IsThere(*list);
                Some(exact(self.list_test(*list, form, "is there".to_owned())))
            }
            LoopForm::Not(inner) => {
                let inner = self.exactly(inner)?;
                Some(exact(self.negate(inner)))
            }
            LoopForm::And(parts) => {
                let of_parts: Vec<Option<AtMost>> =
                    parts.iter().map(|part| self.at_most(part)).collect();
                let exact = of_parts
                    .iter()
                    .all(|part| part.as_ref().is_some_and(|part| part.exact));
                let known: Vec<Form> = of_parts.into_iter().flatten().map(|p| p.form).collect();
                if known.is_empty() && !parts.is_empty() {
                    return None;
                }
                Some(AtMost {
                    form: self.all(known),
                    exact,
                })
            }
            LoopForm::Or(parts) => {
                let parts: Option<Vec<AtMost>> =
                    parts.iter().map(|part| self.at_most(part)).collect();
                let parts = parts?;
                let exact = parts.iter().all(|part| part.exact);
                let form = self.any(parts.into_iter().map(|part| part.form).collect());
                Some(AtMost { form, exact })
            }
            LoopForm::If(parts) => self.at_most(&arms(parts, false)),
            LoopForm::Quantified {
                quantifier,
                list,
                body,
            } => match quantifier {
                Quantifier::Any => Some(self.any_of(*list, body)),
                Quantifier::Every => {
                    let some_not = self.any_of(*list, &LoopForm::Not(body.clone()));
                    some_not.exact.then(|| exact(self.negate(some_not.form)))
                }
            },
            LoopForm::Compare(compare) => self.at_most_compared(compare),
            LoopForm::IsUnknown(_) => None,
            LoopForm::Member(_) | LoopForm::Known(_) | LoopForm::Around(_) => {
                unreachable!("internal error: no form of records")
            }
        }
    }

    /// What elements have to be there for: that there is one, and that a sum reaches a positive bound.
    fn at_most_compared(&mut self, compare: &AmountCompare<Quantity>) -> Option<AtMost> {
        let (op, amount, bound) = match (&compare.left, &compare.right) {
            (amount, Amount::Constant(bound)) => (compare.op, amount, bound),
            (Amount::Constant(bound), amount) => (compare.op.flipped(), amount, bound),
            _ => return None,
        };
        let (of, divisor) = match amount {
            Amount::Div(of, divisor) => (&**of, Some(&**divisor)),
            of => (of, None),
        };
        let Amount::Column {
            column: Quantity::Aggregate(aggregate),
            ..
        } = of
        else {
            return None;
        };
        let every = LoopForm::Constant(Truth::True);
        let any = self.any_of(aggregate.list, aggregate.filter.as_ref().unwrap_or(&every));
        match (&aggregate.made, divisor) {
            (Made::Count, None) => {
                let one = Number::from_i64(1);
                let is_some = match op {
                    CompareOp::Ge => *bound == one,
                    CompareOp::Gt | CompareOp::Ne => bound.is_zero(),
                    CompareOp::Lt | CompareOp::Le | CompareOp::Eq => false,
                };
                let is_none = match op {
                    CompareOp::Lt => *bound == one,
                    CompareOp::Le | CompareOp::Eq => bound.is_zero(),
                    CompareOp::Gt | CompareOp::Ge | CompareOp::Ne => false,
                };
                match any.exact {
                    true if is_some => Some(any),
                    true if is_none => Some(AtMost {
                        form: self.negate(any.form),
                        exact: true,
                    }),
                    _ => None,
                }
            }
            // Without elements that may count the sum is zero, and so is what it is divided by anything into, save by zero.
            (Made::Sum(_), divisor) => {
                let zero = Number::from_i64(0);
                let reaches = match op {
                    CompareOp::Ge | CompareOp::Eq => *bound > zero,
                    CompareOp::Gt => *bound >= zero,
                    CompareOp::Lt | CompareOp::Le | CompareOp::Ne => false,
                };
                let mut parts = vec![any.form];
                match divisor {
                    _ if !reaches => return None,
                    None => {}
                    Some(Amount::Column {
                        column: Quantity::Record(column),
                        ..
                    }) => match self.program.columns[*column].source {
                        Source::Field(field) => {
                            parts.push(self.threshold(field, CompareOp::Le, zero));
                        }
                        Source::Day(_) | Source::Total(..) => return None,
                    },
                    Some(_) => return None,
                }
                Some(AtMost {
                    form: self.any(parts),
                    exact: false,
                })
            }
            (Made::Count | Made::Min(_) | Made::Max(_), _) => None,
        }
    }

    fn exactly(&mut self, form: &LoopForm) -> Option<Form> {
        let at_most = self.at_most(form)?;
        at_most.exact.then_some(at_most.form)
    }

    /// `any` over a list of the record.
    fn any_of(&mut self, list: ListColumnId, body: &LoopForm) -> AtMost {
        let mut exact = true;
        let mut by_record: Vec<(Vec<LoopForm>, Vec<LoopForm>)> = Vec::new();
        for term in terms(body, false) {
            exact &= !term.more;
            let own = and(term.own);
            match by_record
                .iter_mut()
                .find(|(record, _)| *record == term.record)
            {
                Some((_, all)) => all.push(own),
                None => by_record.push((term.record, vec![own])),
            }
        }
        if by_record.len() > MAX_MOVED {
            exact = false;
            let all = by_record.into_iter().flat_map(|(_, own)| own);
            by_record = vec![(Vec::new(), all.collect())];
        }
        let mut parts = Vec::new();
        let moves = by_record.iter().any(|(record, _)| !record.is_empty());
        for (record, own) in by_record {
            let mut all = vec![self.any_test(list, or(own))];
            for of_record in &record {
                let at_most = self.at_most(of_record);
                exact &= at_most.as_ref().is_some_and(|at_most| at_most.exact);
                all.extend(at_most.map(|at_most| at_most.form));
            }
            parts.push(self.all(all));
        }
        if moves || parts.is_empty() {
            parts.push(self.any_test(list, LoopForm::Constant(Truth::False)));
        }
        AtMost {
            form: self.any(parts),
            exact,
        }
    }

    fn any_test(&mut self, list: ListColumnId, body: LoopForm) -> Form {
        let key = format!("any {body:?}");
        self.list_test(list, TestForm::Any { list, body }, key)
    }

    fn list_test(&mut self, list: ListColumnId, form: TestForm, key: String) -> Form {
        let field = self.program.lists[list].field;
        let column = self.column(Source::Field(field));
        test_literal(self.test(column, form, key)).into()
    }
}

/// The terms of a body, or of its negation.
fn terms(form: &LoopForm, negated: bool) -> Vec<Term> {
    let literal = |form: &LoopForm| match negated {
        true => LoopForm::Not(Box::new(form.clone())),
        false => form.clone(),
    };
    if is_own(form) {
        return vec![Term {
            own: vec![literal(form)],
            ..Term::default()
        }];
    }
    match form {
        LoopForm::Around(inner) => vec![Term {
            record: vec![literal(inner)],
            ..Term::default()
        }],
        LoopForm::Not(inner) => terms(inner, !negated),
        LoopForm::And(parts) if !negated => all_terms(parts, negated),
        LoopForm::Or(parts) if negated => all_terms(parts, negated),
        LoopForm::And(parts) | LoopForm::Or(parts) => {
            let parts = parts.iter().flat_map(|part| terms(part, negated));
            limited(parts.collect())
        }
        LoopForm::If(parts) => terms(&arms(parts, negated), false),
        LoopForm::Compare(_)
        | LoopForm::IsUnknown(_)
        | LoopForm::Quantified { .. }
        | LoopForm::Listed(_) => vec![anything()],
        LoopForm::Constant(_) | LoopForm::Member(_) | LoopForm::Known(_) | LoopForm::Record(_) => {
            unreachable!("internal error: a part of its own")
        }
    }
}

/// The terms of the `and` of parts, or of their negations.
fn all_terms(parts: &[LoopForm], negated: bool) -> Vec<Term> {
    let mut all = vec![Term::default()];
    for part in parts {
        let of_part = terms(part, negated);
        let of_part = match all.len() * of_part.len() > MAX_TERMS {
            true => vec![anything()],
            false => of_part,
        };
        let joined = all.iter().flat_map(|a| of_part.iter().map(|b| a.and(b)));
        all = joined.collect();
    }
    all
}

fn limited(terms: Vec<Term>) -> Vec<Term> {
    match terms.len() > MAX_TERMS {
        true => vec![anything()],
        false => terms,
    }
}

/// What is taken for true.
fn anything() -> Term {
    Term {
        more: true,
        ..Term::default()
    }
}

impl Term {
    fn and(&self, other: &Term) -> Term {
        let both = |a: &[LoopForm], b: &[LoopForm]| -> Vec<LoopForm> {
            let mut both = a.to_vec();
            both.extend(b.iter().filter(|form| !a.contains(form)).cloned());
            both
        };
        Term {
            record: both(&self.record, &other.record),
            own: both(&self.own, &other.own),
            more: self.more || other.more,
        }
    }
}

/// `(C ∧ A) ∨ (¬C ∧ B) ∨ (A ∧ B)`, or with the negations of A and B.
fn arms(parts: &[LoopForm; 3], negated: bool) -> LoopForm {
    let not = |form: &LoopForm| LoopForm::Not(Box::new(form.clone()));
    let arm = |form: &LoopForm| if negated { not(form) } else { form.clone() };
    let [condition, yes, no] = parts;
    let (yes, no) = (arm(yes), arm(no));
    LoopForm::Or(vec![
        LoopForm::And(vec![condition.clone(), yes.clone()]),
        LoopForm::And(vec![not(condition), no.clone()]),
        LoopForm::And(vec![yes, no]),
    ])
}

/// Whether a form on the level of elements asks about nothing but fields of one element that have classes, or whether they are there.
fn is_own(form: &LoopForm) -> bool {
    match form {
        LoopForm::Constant(_) | LoopForm::Member(_) | LoopForm::Known(_) => true,
        LoopForm::Not(inner) | LoopForm::IsUnknown(inner) => is_own(inner),
        LoopForm::And(parts) | LoopForm::Or(parts) => parts.iter().all(is_own),
        LoopForm::If(parts) => parts.iter().all(is_own),
        LoopForm::Record(_)
        | LoopForm::Listed(_)
        | LoopForm::Compare(_)
        | LoopForm::Quantified { .. }
        | LoopForm::Around(_) => false,
    }
}

fn and(mut parts: Vec<LoopForm>) -> LoopForm {
    match parts.len() {
        0 => LoopForm::Constant(Truth::True),
        1 => parts.remove(0),
        _ => LoopForm::And(parts),
    }
}

fn or(mut parts: Vec<LoopForm>) -> LoopForm {
    if parts.contains(&LoopForm::Constant(Truth::True)) {
        return LoopForm::Constant(Truth::True);
    }
    match parts.len() {
        1 => parts.remove(0),
        _ => LoopForm::Or(parts),
    }
}
