//! The tests of a list of the record, and what they come to for one element: a list is worth what its elements are worth together.

use super::joins::{self, Joins};
use crate::domain::Truth;
use crate::ir::{
    ComputedKind, ListColumnId, LoopForm, LoopReads, MemberId, MemberTestId, Program, TestForm,
    TestId,
};
use crate::model::{Expr, ExprKind, Model};
use std::collections::BTreeSet;

/// The tests of one list.
pub struct ListTests {
    /// The list.
    pub list: ListColumnId,
    /// The fields of elements whose classes count, for these tests or for loops that are told by elements, ascending.
    pub tested: Vec<MemberId>,
    /// The fields of elements of which it counts whether they are there, and zero, ascending.
    pub known: Vec<MemberId>,
    /// For each of `tested` the tests of it that may be unknown for reasons with several names.
    pub hiding: Vec<Vec<MemberTestId>>,
    /// What is asked of a list, and its place among the tests.
    asked: Vec<(usize, Asked)>,
    joins: Joins,
    count: usize,
}

enum Asked {
    /// Whether any element satisfies the body.
    Any(LoopForm),
    IsThere,
}

impl ListTests {
    /// The tests of the column that is `list`, in ascending order.
    pub(super) fn new(program: &Program, list: ListColumnId, tests: &[TestId]) -> ListTests {
        let local = joins::places(tests);
        let (mut asked, mut joins) = (Vec::new(), Joins::default());
        let mut member_tests = BTreeSet::new();
        let mut known = BTreeSet::new();
        for (place, test) in tests.iter().enumerate() {
            let form = &program.tests[*test].form;
            match form {
                TestForm::Any { body, .. } => {
                    let reads = LoopReads::of(body);
                    member_tests.extend(reads.member_tests);
                    known.extend(reads.amounts);
                    asked.push((place, Asked::Any(body.clone())));
                }
                TestForm::IsThere(_) => asked.push((place, Asked::IsThere)),
                form => assert!(
                    joins.take(place, form, &local),
                    "internal error: {form:?} asked of a list"
                ),
            }
        }
        for computed in program.computed.values() {
            let ComputedKind::Loop { form, .. } = &computed.kind else {
                continue;
            };
            if (form.told_by_elements()).is_some_and(|lists| lists.contains(&list)) {
                let reads = LoopReads::of(form);
                let own = |member: MemberId| program.members[member].list == list;
                let tests = reads.member_tests.into_iter();
                member_tests.extend(tests.filter(|test| own(program.member_tests[*test].member)));
                known.extend(reads.amounts.into_iter().filter(|member| own(*member)));
            }
        }
        let tests_of = |member: MemberId| {
            let own = move |test: &&MemberTestId| program.member_tests[**test].member == member;
            member_tests.iter().filter(own)
        };
        let members = member_tests.iter();
        let tested: BTreeSet<MemberId> = members
            .map(|test| program.member_tests[*test].member)
            .collect();
        let hiding = tested.iter().map(|member| {
            let several =
                |test: &&MemberTestId| has_several_reasons(&program.member_tests[**test].expr);
            tests_of(*member).filter(several).copied().collect()
        });
        ListTests {
            list,
            hiding: hiding.collect(),
            tested: tested.into_iter().collect(),
            known: known.into_iter().collect(),
            asked,
            joins,
            count: tests.len(),
        }
    }

    /// What an element adds: a byte for each thing asked, as [`Truth`] counts. Elements together come to the greatest of each.
    /// `test` says what a test of a field of the element comes to, `is_known` whether a field is there.
    pub fn of_element(
        &self,
        test: &dyn Fn(MemberTestId) -> Truth,
        is_known: &dyn Fn(MemberId) -> bool,
    ) -> Box<[u8]> {
        let asked = self.asked.iter().map(|(_, asked)| match asked {
            Asked::Any(body) => truth(body, test, is_known) as u8,
            Asked::IsThere => Truth::True as u8,
        });
        asked.collect()
    }

    /// What a list without elements comes to.
    pub fn of_none(&self) -> Box<[u8]> {
        let asked = self.asked.iter().map(|(_, asked)| match asked {
            Asked::Any(_) => Truth::False as u8,
            Asked::IsThere => Truth::True as u8,
        });
        asked.collect()
    }

    /// What all tests come to for a missing list.
    pub(super) fn of_missing(&self) -> Vec<Truth> {
        self.truths(|asked| match asked {
            Asked::Any(_) => Truth::Unknown,
            Asked::IsThere => Truth::False,
        })
    }

    /// What all tests come to for a list of which is known what was asked.
    pub(super) fn of_list(&self, asked: &[u8]) -> Vec<Truth> {
        let mut asked = asked.iter();
        self.truths(|_| match asked.next() {
            Some(0) => Truth::False,
            Some(1) => Truth::Unknown,
            Some(2) => Truth::True,
            other => unreachable!("internal error: {other:?} is no truth"),
        })
    }

    fn truths(&self, mut of: impl FnMut(&Asked) -> Truth) -> Vec<Truth> {
        let mut truths = vec![Truth::False; self.count];
        for (place, asked) in &self.asked {
            truths[*place] = of(asked);
        }
        self.joins.work_out(&mut truths);
        truths
    }

    /// Lists to check a kernel with, as what they come to: without elements, with one for each thing asked that satisfies it, and one that
    /// satisfies all.
    pub(super) fn witnesses(&self) -> Vec<Box<[u8]>> {
        let none = self.of_none();
        let mut lists = vec![none.clone()];
        for at in 0..self.asked.len().min(MAX_WITNESSES) {
            let mut one = none.clone();
            one[at] = Truth::True as u8;
            lists.push(one);
        }
        lists.push(vec![Truth::True as u8; self.asked.len()].into());
        lists
    }
}

/// Things asked at most that have a witness of their own.
const MAX_WITNESSES: usize = 64;

fn truth(
    form: &LoopForm,
    test: &dyn Fn(MemberTestId) -> Truth,
    is_known: &dyn Fn(MemberId) -> bool,
) -> Truth {
    let of = |form: &LoopForm| truth(form, test, is_known);
    match form {
        LoopForm::Constant(truth) => *truth,
        LoopForm::Member(asked) => test(*asked),
        LoopForm::Known(member) => is_known(*member).into(),
        LoopForm::Not(inner) => of(inner).not(),
        LoopForm::And(parts) => Truth::all(parts.iter().map(of)),
        LoopForm::Or(parts) => Truth::any(parts.iter().map(of)),
        LoopForm::If(parts) => {
            let [condition, yes, no] = &**parts;
            match of(condition) {
                Truth::True => of(yes),
                Truth::False => of(no),
                Truth::Unknown if of(yes) == of(no) => of(yes),
                Truth::Unknown => Truth::Unknown,
            }
        }
        LoopForm::IsUnknown(inner) => of(inner).is_unknown().into(),
        LoopForm::Record(_)
        | LoopForm::Listed(_)
        | LoopForm::Compare(_)
        | LoopForm::Quantified { .. }
        | LoopForm::Around(_) => unreachable!("internal error: more than one element"),
    }
}

/// Whether a condition on one field can be unknown for reasons with several names: a code too coarse for a cell of a list, or for the rows of a table, and
/// a cell or a row that is not there come to the same.
pub fn has_several_reasons(expr: &Expr) -> bool {
    let own = match &expr.kind {
        ExprKind::Lookup { .. } => true,
        ExprKind::Decide(table) => !table.rows.iter().any(|row| row.cells.is_empty()),
        _ => false,
    };
    own || expr.parts().into_iter().any(has_several_reasons)
}

/// The list of the record that a field is, among those that are looped over.
pub(super) fn list_of_field(
    model: &Model,
    program: &Program,
    field: crate::model::FieldId,
) -> Option<ListColumnId> {
    let is_list = matches!(model.record.fields[field].ty, crate::model::Type::List(_));
    let mut lists = program.lists.iter();
    let own = lists.find(|(_, list)| list.parent.is_none() && list.field == field);
    own.filter(|_| is_list).map(|(id, _)| id)
}
