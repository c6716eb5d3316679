//! What every program promises to the planner, checked after each lowering in builds for developers.

use super::dnf::MAX_CLAUSES;
use super::{
    Amount, Atom, Clause, ColumnId, ColumnKind, Computed, ComputedId, ComputedKind, Deferred,
    DeferredForm, DeferredId, Form, Group, GroupId, ListColumnId, Literal, LoopForm, LoopReads,
    Program, Role, RuleForm, Source, Test, TestForm, TestId,
};
use crate::model::RuleId;

/// Checks the invariants of a program.
///
/// # Errors
/// The first that does not hold, in words: a fault of ours.
pub fn verify(program: &Program) -> Result<(), String> {
    let verifier = Verifier { program };
    for (id, test) in program.tests.iter() {
        verifier.test(id, test).map_err(in_part("test", id))?;
    }
    for (id, computed) in program.computed.iter() {
        verifier
            .computed(id, computed)
            .map_err(in_part("computed condition", id))?;
    }
    for (id, deferred) in program.deferred.iter() {
        verifier
            .deferred(id, deferred)
            .map_err(in_part("deferred condition", id))?;
    }
    for (id, group) in program.groups.iter() {
        verifier.group(group).map_err(in_part("group", id))?;
    }
    for (at, form) in program.rules.iter().enumerate() {
        let id = RuleId::from_index(at);
        verifier.rule(id, form).map_err(in_part("rule", id))?;
    }
    let days = program.days.len();
    let known = program.day_of_policy.iter().all(|day| *day < days);
    expect(known, || "a policy's zone is not there".to_owned())
}

fn in_part<T>(part: &str, id: crate::text::Id<T>) -> impl Fn(String) -> String {
    move |what| format!("{part} {id:?}: {what}")
}

fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Whether each is greater than the one before.
fn is_ascending<T: Ord>(list: &[T]) -> bool {
    list.windows(2).all(|pair| pair[0] < pair[1])
}

struct Verifier<'a> {
    program: &'a Program,
}

impl Verifier<'_> {
    fn test(&self, id: TestId, test: &Test) -> Result<(), String> {
        self.column(test.column)?;
        let column = &self.program.columns[test.column];
        expect(column.classed, || "its column has no classes".to_owned())?;
        match &test.form {
            TestForm::Window(_) => expect(matches!(column.source, Source::Day(_)), || {
                "a window on a column that is no as-of day".to_owned()
            }),
            TestForm::Threshold(..) => expect(column.kind != ColumnKind::Value, || {
                "a threshold on a column without order".to_owned()
            }),
            TestForm::Condition { .. } => expect(matches!(column.source, Source::Field(_)), || {
                "a condition on a column that is no field".to_owned()
            }),
            TestForm::Listed(_) => expect(column.kind == ColumnKind::Value, || {
                format!("{id:?} looks up a column of numbers")
            }),
            TestForm::Any { list, body } => {
                self.list_of(test, *list)?;
                let reads = LoopReads::of(body);
                let outside = reads.tests.is_empty() && reads.columns.is_empty();
                expect(outside && reads.lists.is_empty(), || {
                    "its body asks about more than one element".to_owned()
                })?;
                let tested = reads.member_tests.iter();
                let tested = tested.map(|test| self.program.member_tests[*test].member);
                let mut members = tested.chain(reads.amounts);
                expect(
                    members.all(|member| self.program.members[member].list == *list),
                    || "its body asks about another list".to_owned(),
                )
            }
            TestForm::IsThere(list) => self.list_of(test, *list),
            TestForm::Not(inner) => self.part_of_test(id, test, *inner),
            TestForm::And(parts) | TestForm::Or(parts) => {
                expect(parts.len() > 1, || "a join of fewer than two".to_owned())?;
                expect(is_ascending(parts), || {
                    "its parts are not ascending".to_owned()
                })?;
                parts
                    .iter()
                    .try_for_each(|part| self.part_of_test(id, test, *part))
            }
        }
    }

    fn list_of(&self, test: &Test, list: ListColumnId) -> Result<(), String> {
        let column = &self.program.columns[test.column];
        let list = &self.program.lists[list];
        expect(
            list.parent.is_none() && column.source == Source::Field(list.field),
            || "it asks about a list that is not its column".to_owned(),
        )
    }

    fn part_of_test(&self, id: TestId, test: &Test, part: TestId) -> Result<(), String> {
        expect(part < id, || {
            format!("refers to {part:?}, which comes later")
        })?;
        expect(self.program.tests[part].column == test.column, || {
            format!("refers to {part:?}, which is on another column")
        })
    }

    fn computed(&self, id: ComputedId, computed: &Computed) -> Result<(), String> {
        expect(is_ascending(&computed.columns), || {
            "its columns are not ascending".to_owned()
        })?;
        computed
            .columns
            .iter()
            .try_for_each(|column| self.column(*column))?;
        match &computed.kind {
            ComputedKind::Amounts { compare, .. } => {
                self.amount(&compare.left, computed)?;
                self.amount(&compare.right, computed)
            }
            ComputedKind::ByClass(_) => {
                let classed = computed
                    .columns
                    .iter()
                    .all(|column| self.program.columns[*column].classed);
                expect(classed, || "one of its columns has no classes".to_owned())
            }
            ComputedKind::Formula(form) => self.form(form, id),
            ComputedKind::Loop { form, at_most, .. } => {
                self.loops(form, computed)?;
                at_most
                    .as_ref()
                    .map_or(Ok(()), |at_most| self.form(at_most, id))
            }
            ComputedKind::Reference(_) => Ok(()),
        }
    }

    fn loops(&self, form: &LoopForm, of: &Computed) -> Result<(), String> {
        let reads = LoopReads::of(form);
        for test in &reads.tests {
            let column = self.program.tests[*test].column;
            expect(of.columns.contains(&column), || {
                format!("asks {test:?} without saying so")
            })?;
        }
        for column in &reads.columns {
            expect(of.columns.contains(column), || {
                format!("reads {column:?} without saying so")
            })?;
            expect(self.program.columns[*column].amount, || {
                format!("{column:?} has no amounts")
            })?;
        }
        let tests = reads.member_tests.iter();
        let tested = tests.map(|test| self.program.member_tests[*test].member);
        for member in tested.chain(reads.amounts) {
            let list = self.program.members[member].list;
            expect(reads.lists.contains(&list), || {
                format!("reads {member:?} outside of its list")
            })?;
        }
        let lists = reads.lists.iter();
        let mut parents = lists.filter_map(|list| self.program.lists[*list].parent);
        expect(parents.all(|parent| reads.lists.contains(&parent)), || {
            "loops over a list outside of the one that it stands in".to_owned()
        })
    }

    fn amount(&self, amount: &Amount, of: &Computed) -> Result<(), String> {
        match amount {
            Amount::Column { column, .. } => {
                expect(of.columns.contains(column), || {
                    format!("reads {column:?} without saying so")
                })?;
                expect(self.program.columns[*column].amount, || {
                    format!("{column:?} has no amounts")
                })
            }
            Amount::Constant(_) => Ok(()),
            Amount::Add(a, b)
            | Amount::Sub(a, b)
            | Amount::Mul(a, b)
            | Amount::Div(a, b)
            | Amount::Min(a, b)
            | Amount::Max(a, b) => {
                self.amount(a, of)?;
                self.amount(b, of)
            }
            Amount::Neg(a) | Amount::Abs(a) | Amount::Round(a, _) | Amount::Assume(a, _) => {
                self.amount(a, of)
            }
        }
    }

    fn form(&self, form: &Form, within: ComputedId) -> Result<(), String> {
        match form {
            Form::Constant(_) => Ok(()),
            Form::Literal(literal) => match literal.atom {
                Atom::Computed(id) => expect(id < within, || {
                    format!("refers to {id:?}, which comes later")
                }),
                Atom::Deferred(id) => Err(format!("asks {id:?} about rules")),
                Atom::Test(_) => self.literal(literal),
            },
            Form::And(parts) | Form::Or(parts) => {
                parts.iter().try_for_each(|part| self.form(part, within))
            }
            Form::IsUnknown(inner) | Form::IsSettled(inner) => self.form(inner, within),
        }
    }

    fn deferred(&self, id: DeferredId, deferred: &Deferred) -> Result<(), String> {
        match deferred {
            Deferred::Applies(rule) | Deferred::Caught(rule) => {
                expect(rule.index() < self.program.rules.len(), || {
                    format!("asks about {rule:?}, which is not there")
                })
            }
            Deferred::Formula(form) => self.deferred_form(form, id),
        }
    }

    fn deferred_form(&self, form: &DeferredForm, within: DeferredId) -> Result<(), String> {
        match form {
            DeferredForm::Constant(_) => Ok(()),
            DeferredForm::Group(group) => self.group_id(*group),
            DeferredForm::Deferred(id) => expect(*id < within, || {
                format!("refers to {id:?}, which comes later")
            }),
            DeferredForm::Not(inner) | DeferredForm::IsUnknown(inner) => {
                self.deferred_form(inner, within)
            }
            DeferredForm::And(parts) | DeferredForm::Or(parts) => parts
                .iter()
                .try_for_each(|part| self.deferred_form(part, within)),
        }
    }

    fn group(&self, group: &Group) -> Result<(), String> {
        let count = group.clauses.len();
        expect(count <= MAX_CLAUSES, || format!("{count} clauses"))?;
        expect(is_ascending(&group.clauses), || {
            "its clauses are not sorted and distinct".to_owned()
        })?;
        group
            .clauses
            .iter()
            .try_for_each(|clause| self.clause(clause))
    }

    fn clause(&self, clause: &Clause) -> Result<(), String> {
        expect(is_ascending(&clause.literals), || {
            "the literals of a clause are not sorted and distinct".to_owned()
        })?;
        clause
            .literals
            .iter()
            .try_for_each(|literal| self.literal(literal))?;
        let mut columns: Vec<ColumnId> = clause
            .literals
            .iter()
            .filter_map(|literal| match literal.atom {
                Atom::Test(test) => Some(self.program.tests[test].column),
                Atom::Computed(_) | Atom::Deferred(_) => None,
            })
            .collect();
        columns.sort();
        expect(is_ascending(&columns), || {
            "a clause has two tests of one column".to_owned()
        })
    }

    fn literal(&self, literal: &Literal) -> Result<(), String> {
        let program = self.program;
        let (at, of) = match literal.atom {
            Atom::Test(id) => (id.index(), program.tests.len()),
            Atom::Computed(id) => (id.index(), program.computed.len()),
            Atom::Deferred(id) => (id.index(), program.deferred.len()),
        };
        expect(at < of, || format!("{:?} is not there", literal.atom))?;
        let negated_test = literal.negated && matches!(literal.atom, Atom::Test(_));
        expect(!negated_test, || {
            format!("{:?} is negated in place", literal.atom)
        })
    }

    fn rule(&self, id: RuleId, form: &RuleForm) -> Result<(), String> {
        self.role(form.base, |role| role == Role::Base(id))?;
        for unless in &form.unless {
            self.role(*unless, |role| role == Role::Unless(id))?;
        }
        for (_, group) in &form.at_least {
            self.role(
                *group,
                |role| matches!(role, Role::AtLeast(of, _) if of == id),
            )?;
        }
        for (group, _) in &form.suspensions {
            self.role(*group, |role| role == Role::Suspension)?;
        }
        let lists = [
            is_ascending(&form.columns),
            is_ascending(&form.computed),
            is_ascending(&form.asks),
        ];
        expect(!lists.contains(&false), || {
            "what it reads is not sorted and distinct".to_owned()
        })?;
        form.columns
            .iter()
            .try_for_each(|column| self.column(*column))?;
        let computed = self.program.computed.len();
        let rules = self.program.rules.len();
        let known = form.computed.iter().all(|id| id.index() < computed)
            && form.asks.iter().all(|id| id.index() < rules);
        expect(known, || "what it reads is not there".to_owned())
    }

    fn role(&self, id: GroupId, is_right: impl Fn(Role) -> bool) -> Result<(), String> {
        self.group_id(id)?;
        let role = self.program.groups[id].role;
        expect(is_right(role), || {
            format!("group {id:?} has the role {role:?}")
        })
    }

    fn group_id(&self, id: GroupId) -> Result<(), String> {
        expect(id.index() < self.program.groups.len(), || {
            format!("group {id:?} is not there")
        })
    }

    fn column(&self, id: ColumnId) -> Result<(), String> {
        expect(id.index() < self.program.columns.len(), || {
            format!("column {id:?} is not there")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Truth, Windows};

    fn program() -> Program {
        let mut program = Program {
            days: vec![None],
            day_of_policy: vec![0],
            ..Program::default()
        };
        let column = program.columns.push(super::super::Column {
            source: Source::Day(0),
            kind: ColumnKind::Day,
            refined: false,
            amount: false,
            classed: true,
        });
        for key in ["a", "b"] {
            program.tests.push(Test {
                column,
                form: TestForm::Window(Windows::always()),
                key: key.into(),
            });
        }
        program
    }

    fn literal(test: usize) -> Literal {
        Literal {
            atom: Atom::Test(TestId::from_index(test)),
            negated: false,
        }
    }

    fn with_clause(literals: Vec<Literal>) -> Result<(), String> {
        let mut program = program();
        program.groups.push(Group {
            clauses: vec![Clause { literals }],
            role: Role::Part,
        });
        verify(&program)
    }

    #[test]
    fn a_sound_program_passes() {
        assert_eq!(with_clause(vec![literal(0)]), Ok(()));
    }

    #[test]
    fn two_tests_of_one_column_in_a_clause_are_found() {
        let found = with_clause(vec![literal(0), literal(1)]).expect_err("two tests");
        assert_eq!(found, "group #0: a clause has two tests of one column");
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        assert!(with_clause(vec![literal(2)]).is_err());
    }

    #[test]
    fn a_reference_to_a_later_test_is_found() {
        let mut program = program();
        let column = ColumnId::from_index(0);
        program.tests.push(Test {
            column,
            form: TestForm::Not(TestId::from_index(2)),
            key: "c".into(),
        });
        let found = verify(&program).expect_err("a cycle");
        assert!(found.contains("which comes later"), "{found}");
    }

    #[test]
    fn a_formula_that_asks_about_rules_per_record_is_found() {
        let mut program = program();
        let deferred = program
            .deferred
            .push(Deferred::Formula(DeferredForm::Constant(Truth::True)));
        program.computed.push(Computed {
            kind: ComputedKind::Formula(Form::Literal(Literal {
                atom: Atom::Deferred(deferred),
                negated: false,
            })),
            columns: Vec::new(),
            policy: crate::model::PolicyId::from_index(0),
            key: "k".into(),
        });
        assert!(verify(&program).is_err());
    }
}
