//! From the model to a program: rules in dependency order, each condition to a form, each form to a group.

use super::dnf::{MAX_CLAUSES, group_clauses, literals, opaque};
use super::key::write_windows;
use super::{
    Atom, Column, ColumnId, ColumnKind, Computed, ComputedId, Deferred, DeferredId, Form, Group,
    GroupId, Literal, MemberTestId, Program, Role, RuleForm, Source, SuspendedBy, Test, TestForm,
    TestId, close,
};
use crate::domain::{Truth, Windows};
use crate::model::{Expr, ExprKind, Model, PolicyId, RuleId, Type};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Literals of an `if` among conditions at most; with more, its large parts become one atom each.
const MAX_CHOICE: usize = 256;

/// Lowers a checked model; cannot fail on anything a user wrote.
pub fn lower(model: &Model) -> Program {
    let mut lowerer = Lowerer::new(model);
    for rule in model.dependency_order.iter().copied() {
        lowerer.rule(rule);
    }
    lowerer.finish()
}

/// The same with further conditions of policies, each a group of its own.
pub fn lower_with(model: &Model, conditions: &[(PolicyId, &Expr)]) -> (Program, Vec<GroupId>) {
    let mut lowerer = Lowerer::new(model);
    for rule in model.dependency_order.iter().copied() {
        lowerer.rule(rule);
    }
    let groups = conditions.iter().map(|(policy, condition)| {
        lowerer.policy = *policy;
        let form = lowerer.condition(condition);
        lowerer.group(form, Role::Part)
    });
    let groups = groups.collect();
    (lowerer.finish(), groups)
}

pub(super) struct Lowerer<'a> {
    pub(super) model: &'a Model,
    pub(super) program: Program,
    pub(super) policy: PolicyId,
    /// Rows of tables inside which a condition stands, multiplied.
    pub(super) rows_around: usize,
    columns: FxHashMap<Source, ColumnId>,
    tests: FxHashMap<Arc<str>, TestId>,
    computed: FxHashMap<Arc<str>, ComputedId>,
    /// By a canonical text, equal for equal tests.
    pub(super) member_tests: FxHashMap<String, MemberTestId>,
    deferred: FxHashMap<Deferred, DeferredId>,
    base_forms: FxHashMap<RuleId, Form>,
    suspension_groups: FxHashMap<TestId, GroupId>,
    rules: Vec<Option<RuleForm>>,
    touched: Touched,
}

/// What the rule at hand reads.
#[derive(Default)]
struct Touched {
    columns: Vec<ColumnId>,
    tests: Vec<TestId>,
    computed: Vec<ComputedId>,
    asks: Vec<RuleId>,
}

impl<'a> Lowerer<'a> {
    fn new(model: &'a Model) -> Self {
        let mut lowerer = Lowerer {
            model,
            program: Program::default(),
            policy: PolicyId::from_index(0),
            rows_around: 1,
            columns: FxHashMap::default(),
            tests: FxHashMap::default(),
            computed: FxHashMap::default(),
            member_tests: FxHashMap::default(),
            deferred: FxHashMap::default(),
            base_forms: FxHashMap::default(),
            suspension_groups: FxHashMap::default(),
            rules: vec![None; model.rules.len()],
            touched: Touched::default(),
        };
        lowerer.lay_out_days();
        lowerer
    }

    /// Where as-of is a date it is one day for all; an instant is a day per zone.
    fn lay_out_days(&mut self) {
        let is_instant = self.model.record.fields[self.model.record.as_of].ty == Type::Instant;
        for policy in self.model.policies.values() {
            let zone = if is_instant {
                policy.zone.clone()
            } else {
                None
            };
            let known = self.program.days.iter().position(|day| *day == zone);
            let place = known.unwrap_or_else(|| {
                self.program.days.push(zone);
                self.program.days.len() - 1
            });
            self.program.day_of_policy.push(place);
        }
    }

    fn finish(self) -> Program {
        let mut program = self.program;
        program.rules = self
            .rules
            .into_iter()
            .map(|form| form.expect("every rule stands in the dependency order"))
            .collect();
        debug_assert_eq!(super::verify(&program), Ok(()));
        program
    }

    fn rule(&mut self, id: RuleId) {
        let rule = &self.model.rules[id];
        self.policy = rule.policy;
        let window = self.window(&rule.force.windows);
        let when = self.condition(&rule.when);
        let mut parts = vec![window, when];
        let mut unless = Vec::new();
        for condition in &rule.unless {
            let form = self.condition(condition);
            let spared = self.negate(form.clone());
            let spared = self.strengthen(spared);
            if group_clauses(self, spared.clone()).len() <= 1 {
                parts.push(spared);
            } else {
                let form = self.strengthen(form);
                unless.push(self.group(form, Role::Unless(id)));
            }
        }
        let base_form = self.all(parts);
        let base_form = self.strengthen(base_form);
        let base = self.group(base_form.clone(), Role::Base(id));
        self.base_forms.insert(id, base_form);
        let suspensions = self.suspensions(id);
        let at_least = self.at_least(id);
        let Touched {
            columns,
            tests,
            computed,
            asks,
        } = std::mem::take(&mut self.touched);
        self.rules[id.index()] = Some(RuleForm {
            base,
            unless,
            suspensions,
            at_least,
            columns: distinct(columns),
            tests: distinct(tests),
            computed: distinct(computed),
            asks: distinct(asks),
        });
    }

    fn suspensions(&mut self, id: RuleId) -> Vec<(GroupId, SuspendedBy)> {
        let force = &self.model.rules[id].force;
        let mut by = Vec::new();
        if !force.suspended.is_empty() {
            by.push((self.suspension_group(&force.suspended), SuspendedBy::Own));
        }
        for suspension in &force.suspended_by {
            let effective = &self.model.suspensions[*suspension].effective;
            if !effective.is_empty() {
                by.push((
                    self.suspension_group(effective),
                    SuspendedBy::Suspension(*suspension),
                ));
            }
        }
        by
    }

    fn suspension_group(&mut self, windows: &Windows) -> GroupId {
        let test = self.window_test(windows);
        if let Some(group) = self.suspension_groups.get(&test) {
            return *group;
        }
        let group = self.group(test_literal(test).into(), Role::Suspension);
        self.suspension_groups.insert(test, group);
        group
    }

    /// A condition as the author wrote it, as a form.
    pub(super) fn condition(&mut self, expr: &Expr) -> Form {
        let closed = close(self.model, expr, &[]);
        self.form(&closed)
    }

    /// A closed condition as a form.
    pub(super) fn form(&mut self, expr: &Expr) -> Form {
        match &expr.kind {
            ExprKind::Not(inner) => {
                let form = self.form(inner);
                self.negate(form)
            }
            ExprKind::And(list) => {
                let parts = list.iter().map(|part| self.form(part)).collect();
                self.all(parts)
            }
            ExprKind::Or(list) => {
                let parts = list.iter().map(|part| self.form(part)).collect();
                self.any(parts)
            }
            ExprKind::If(condition, yes, no) => self.choice(condition, yes, no),
            ExprKind::Applies(selection) => self.selection(selection, Deferred::Applies),
            ExprKind::Caught(selection) => self.selection(selection, Deferred::Caught),
            ExprKind::IsUnknown(inner) => self.is_unknown(expr, inner),
            ExprKind::Decide(decision) if !self.reads(expr).is_single_value_column(self.model) => {
                match self.decision(decision) {
                    Some(form) => form,
                    None => self.atom(expr),
                }
            }
            _ => self.atom(expr),
        }
    }

    /// `(C ∧ A) ∨ (¬C ∧ B) ∨ (A ∧ B)`: true where C is unknown but both arms are true. What would be absorbed is not written, and
    /// large parts become one atom each, since each is written twice: choices within choices must not double with every level.
    fn choice(&mut self, condition: &Expr, yes: &Expr, no: &Expr) -> Form {
        let c = self.form(condition);
        let a = self.form(yes);
        let b = self.form(no);
        let known = |form: &Form, truth: Truth| matches!(form, Form::Constant(t) if *t == truth);
        if a == b {
            return a;
        }
        if known(&a, Truth::True) {
            return self.any(vec![c, b]);
        }
        if known(&b, Truth::False) {
            return self.all(vec![c, a]);
        }
        if known(&a, Truth::False) || known(&b, Truth::True) {
            let not_c = self.negate(c);
            return match known(&a, Truth::False) {
                true => self.all(vec![not_c, b]),
                false => self.any(vec![not_c, a]),
            };
        }
        let parts = [c, a, b];
        let total: usize = parts.iter().map(literals).sum();
        let [c, a, b] = parts.map(|part| match 2 * total > MAX_CHOICE {
            true => self.small(part),
            false => part,
        });
        let not_c = self.negate(c.clone());
        let first = self.all(vec![c, a.clone()]);
        let second = self.all(vec![not_c, b.clone()]);
        let third = self.all(vec![a, b]);
        self.any(vec![first, second, third])
    }

    /// A form that is not large, or one atom for it.
    fn small(&mut self, form: Form) -> Form {
        match literals(&form) <= MAX_CHOICE / 16 {
            true => form,
            false => opaque(self, form).into(),
        }
    }

    fn selection(
        &mut self,
        selection: &crate::model::RuleSelection,
        ask: impl Fn(RuleId) -> Deferred,
    ) -> Form {
        self.touched
            .asks
            .extend(selection.rules.iter().chain(&selection.and_none_of));
        let mut parts = Vec::new();
        for rule in &selection.rules {
            parts.push(self.deferred_literal(ask(*rule)));
        }
        let mut all = vec![self.any(parts)];
        for rule in &selection.and_none_of {
            let form = self.deferred_literal(ask(*rule));
            all.push(self.negate(form));
        }
        self.all(all)
    }

    fn is_unknown(&mut self, whole: &Expr, inner: &Expr) -> Form {
        if self.reads(inner).is_single_value_column(self.model) {
            return self.atom(whole);
        }
        match self.form(inner) {
            Form::Constant(truth) => Form::Constant(truth.is_unknown().into()),
            form => Form::IsUnknown(Box::new(form)),
        }
    }

    /// Puts a rule's own base before a positive question about it: `truth(R) = base(R) ∧ truth(R)`, since no
    /// rule is truer than its base. Records that the base leaves out need not ask.
    pub(super) fn strengthen(&mut self, form: Form) -> Form {
        match form {
            Form::Literal(Literal {
                atom: Atom::Deferred(id),
                negated: false,
            }) => {
                let asked = match &self.program.deferred[id] {
                    Deferred::Applies(rule) | Deferred::Caught(rule) => Some(*rule),
                    Deferred::Formula(_) => None,
                };
                let base = asked.and_then(|rule| self.base_forms.get(&rule)).cloned();
                match base {
                    Some(base) if super::dnf::size(&base) <= MAX_CLAUSES => {
                        self.all(vec![base, form])
                    }
                    _ => form,
                }
            }
            Form::And(parts) => {
                let parts = parts
                    .into_iter()
                    .map(|part| self.strengthen(part))
                    .collect();
                self.all(parts)
            }
            Form::Or(parts) => {
                let parts = parts
                    .into_iter()
                    .map(|part| self.strengthen(part))
                    .collect();
                self.any(parts)
            }
            Form::Constant(_) | Form::Literal(_) | Form::IsUnknown(_) | Form::IsSettled(_) => form,
        }
    }

    /// Adds the group that `form` is.
    pub(super) fn group(&mut self, form: Form, role: Role) -> GroupId {
        let clauses = group_clauses(self, form);
        self.program.groups.push(Group { clauses, role })
    }

    /// Kleene `and`, tests of one column made one.
    pub(super) fn all(&mut self, parts: Vec<Form>) -> Form {
        match Form::and(parts) {
            Form::And(parts) => Form::and(self.merge(parts, TestForm::And)),
            other => other,
        }
    }

    /// Kleene `or`, tests of one column made one.
    pub(super) fn any(&mut self, parts: Vec<Form>) -> Form {
        match Form::or(parts) {
            Form::Or(parts) => Form::or(self.merge(parts, TestForm::Or)),
            other => other,
        }
    }

    fn merge(&mut self, parts: Vec<Form>, join: impl Fn(Vec<TestId>) -> TestForm) -> Vec<Form> {
        let mut by_column: Vec<(ColumnId, Vec<TestId>)> = Vec::new();
        let mut rest = Vec::new();
        for part in parts {
            match part {
                Form::Literal(Literal {
                    atom: Atom::Test(test),
                    ..
                }) => {
                    let column = self.program.tests[test].column;
                    match by_column.iter_mut().find(|(known, _)| *known == column) {
                        Some((_, tests)) => tests.push(test),
                        None => by_column.push((column, vec![test])),
                    }
                }
                other if rest.contains(&other) => {}
                other => rest.push(other),
            }
        }
        let mut merged: Vec<Form> = by_column
            .into_iter()
            .map(|(column, tests)| Form::from(test_literal(self.joined(column, tests, &join))))
            .collect();
        merged.append(&mut rest);
        merged
    }

    /// The one test that several of one column come to.
    pub(super) fn joined(
        &mut self,
        column: ColumnId,
        mut tests: Vec<TestId>,
        join: impl Fn(Vec<TestId>) -> TestForm,
    ) -> TestId {
        tests.sort();
        tests.dedup();
        if let [test] = tests.as_slice() {
            return *test;
        }
        let form = join(tests.clone());
        let head = if matches!(form, TestForm::And(_)) {
            "and"
        } else {
            "or"
        };
        let key = format!("{head}{tests:?}");
        self.test(column, form, key)
    }

    /// Kleene `not`, pushed to the literals by De Morgan.
    pub(super) fn negate(&mut self, form: Form) -> Form {
        match form {
            Form::Constant(truth) => Form::Constant(truth.not()),
            Form::Literal(Literal {
                atom: Atom::Test(test),
                ..
            }) => test_literal(self.negated(test)).into(),
            Form::Literal(Literal { atom, negated }) => Literal {
                atom,
                negated: !negated,
            }
            .into(),
            Form::And(parts) => {
                let parts = parts.into_iter().map(|part| self.negate(part)).collect();
                self.any(parts)
            }
            Form::Or(parts) => {
                let parts = parts.into_iter().map(|part| self.negate(part)).collect();
                self.all(parts)
            }
            Form::IsUnknown(inner) => Form::IsSettled(inner),
            Form::IsSettled(inner) => Form::IsUnknown(inner),
        }
    }

    fn negated(&mut self, test: TestId) -> TestId {
        if let TestForm::Not(inner) = self.program.tests[test].form {
            return inner;
        }
        let column = self.program.tests[test].column;
        self.test(column, TestForm::Not(test), format!("not{test:?}"))
    }

    /// Days in windows; decided at once where they are all or none.
    pub(super) fn window(&mut self, windows: &Windows) -> Form {
        if windows.is_always() {
            Form::always()
        } else if windows.is_empty() {
            Form::never()
        } else {
            test_literal(self.window_test(windows)).into()
        }
    }

    fn window_test(&mut self, windows: &Windows) -> TestId {
        let day = self.program.day_of_policy[self.policy.index()];
        let column = self.column(Source::Day(day));
        let mut key = String::from("window");
        write_windows(&mut key, windows);
        self.test(column, TestForm::Window(windows.clone()), key)
    }

    /// The test with this key, new where there is none yet.
    pub(super) fn test(&mut self, column: ColumnId, form: TestForm, key: String) -> TestId {
        let key: Arc<str> = format!("{column:?} {key}").into();
        if let Some(test) = self.tests.get(&key) {
            self.touched.tests.push(*test);
            return *test;
        }
        self.program.columns[column].classed = true;
        let id = self.program.tests.push(Test {
            column,
            form,
            key: key.clone(),
        });
        self.tests.insert(key, id);
        self.touched.tests.push(id);
        id
    }

    /// The computed condition with this key, new where there is none yet.
    pub(super) fn computed(&mut self, computed: Computed) -> Form {
        let known = self.computed.get(&computed.key).copied();
        let id = known.unwrap_or_else(|| {
            let key = computed.key.clone();
            let id = self.program.computed.push(computed);
            self.computed.insert(key, id);
            id
        });
        self.touched.computed.push(id);
        self.touched
            .columns
            .extend(&self.program.computed[id].columns);
        Literal {
            atom: Atom::Computed(id),
            negated: false,
        }
        .into()
    }

    pub(super) fn deferred(&mut self, deferred: Deferred) -> DeferredId {
        if let Some(id) = self.deferred.get(&deferred) {
            return *id;
        }
        let id = self.program.deferred.push(deferred.clone());
        self.deferred.insert(deferred, id);
        id
    }

    fn deferred_literal(&mut self, deferred: Deferred) -> Form {
        Literal {
            atom: Atom::Deferred(self.deferred(deferred)),
            negated: false,
        }
        .into()
    }

    /// The column with this source, new where there is none yet.
    pub(super) fn column(&mut self, source: Source) -> ColumnId {
        if let Some(column) = self.columns.get(&source) {
            self.touched.columns.push(*column);
            return *column;
        }
        let kind = match source {
            Source::Day(_) => ColumnKind::Day,
            Source::Field(field) => kind_of(self.model.record.fields[field].ty),
            Source::Total(total, _) => kind_of(self.model.totals[total].ty),
        };
        let column = Column {
            source,
            kind,
            refined: false,
            amount: false,
            classed: false,
        };
        let id = self.program.columns.push(column);
        self.columns.insert(source, id);
        self.touched.columns.push(id);
        id
    }

    /// What a condition without columns comes to.
    pub(super) fn constant(&self, expr: &Expr) -> Truth {
        crate::reference::condition_without_record(self.model, self.policy, expr)
    }
}

fn distinct<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list.dedup();
    list
}

pub(super) fn kind_of(ty: Type) -> ColumnKind {
    match ty {
        Type::Int => ColumnKind::Int,
        Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => ColumnKind::Number,
        Type::Date => ColumnKind::Day,
        Type::Text { .. }
        | Type::Bool
        | Type::Instant
        | Type::Duration
        | Type::Country
        | Type::Code(_)
        | Type::Enum(_)
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => ColumnKind::Value,
    }
}

pub(super) fn test_literal(test: TestId) -> Literal {
    Literal {
        atom: Atom::Test(test),
        negated: false,
    }
}
