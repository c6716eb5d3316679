//! From a program to a plan.

use super::classes::Use;
use super::layout::MAX_ROW_LOOP;
use super::list_tests::{ListTests, list_of_field};
use super::loops::PlannedLists;
use super::ordered::Ordered;
use super::values::Values;
use super::{Classes, Layout, Needs, Order, Plan, PlannedColumn, Shape, WORD};
use super::{early, order};
use crate::ir::{
    Atom, ColumnId, ColumnKind, ComputedKind, Deferred, DeferredForm, DeferredId, Form, GroupId,
    LoopReads, Program, Source, TestId,
};
use crate::model::{Model, RuleId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of masks a column may have before its tests are asked late.
const MAX_MASK_BYTES: usize = 16 << 20;

/// Plans how to run a program.
pub fn build(model: Arc<Model>, program: Program) -> Plan {
    let mut layout = Layout::new(&model, &program);
    let tests = tests_by_column(&program);
    let shape = shape(&layout);
    let late = late_columns(&model, &program, &layout, &tests);
    move_late_tests(&mut layout, &program, &late);
    layout.note_more();
    let exposed = exposed_tests(&program, &layout, shape);
    let mut slots = vec![0; program.columns.len()];
    let mut columns = Vec::new();
    for id in program.columns.ids() {
        let column = &program.columns[id];
        let tests = tests.get(&id).cloned().unwrap_or_default();
        let usage = Use {
            exposed: tests
                .iter()
                .copied()
                .filter(|test| exposed.contains(test))
                .collect(),
            tests,
            refined: column.refined,
            masks: (!late.contains(&id)).then_some(&layout),
        };
        let classes = column
            .classed
            .then(|| Arc::new(classes(&model, &program, id, usage)));
        columns.push(PlannedColumn {
            id,
            source: column.source,
            classes,
            amount: column.amount,
        });
    }
    order::by_typical_values(&model, &layout, &mut columns);
    for (slot, column) in columns.iter().enumerate() {
        slots[column.id.index()] = slot;
    }
    let needs = needs(&model, &program, &layout);
    let order = Order::as_given(&layout, &columns);
    let bits = order::bits(&layout, &columns);
    let second_slots = order::second_slots(&layout, &columns);
    let filters = early::filters(&program, &layout);
    let lists = PlannedLists::new(&model, &program);
    Plan {
        model,
        program,
        columns,
        slots,
        layout,
        shape,
        order,
        bits,
        second_slots,
        filters,
        lists,
        needs,
    }
}

fn shape(layout: &Layout) -> Shape {
    let first: usize = layout.clauses[..layout.first_words * WORD]
        .iter()
        .filter(|clause| clause.group.is_some())
        .count();
    if first <= MAX_ROW_LOOP {
        Shape::RowLoop
    } else {
        Shape::Masks
    }
}

fn tests_by_column(program: &Program) -> FxHashMap<ColumnId, Vec<TestId>> {
    let mut tests: FxHashMap<ColumnId, Vec<TestId>> = FxHashMap::default();
    for (id, test) in program.tests.iter() {
        tests.entry(test.column).or_default().push(id);
    }
    tests
}

fn classes(model: &Arc<Model>, program: &Program, id: ColumnId, usage: Use<'_>) -> Classes {
    let column = &program.columns[id];
    match (column.kind, column.source) {
        (ColumnKind::Value, Source::Field(field)) => {
            if let Some(list) = list_of_field(model, program, field) {
                return Classes::list(ListTests::new(program, list, &usage.tests), usage);
            }
            let values = Values::new(model.clone(), program, field, &usage.tests);
            Classes::values(values, usage)
        }
        (ColumnKind::Value, Source::Day(_) | Source::Total(..)) => {
            unreachable!("days and numbers are ordered")
        }
        (ColumnKind::Number | ColumnKind::Int | ColumnKind::Day, source) => {
            let non_negative = non_negative(model, source);
            let (ordered, tests) =
                Ordered::new(model, program, column.kind, non_negative, &usage.tests);
            Classes::ordered(ordered, &tests.runs, &tests.missing, usage)
        }
    }
}

fn non_negative(model: &Model, source: Source) -> bool {
    match source {
        Source::Field(field) => model.record.fields[field].is_non_negative(),
        Source::Day(_) | Source::Total(..) => false,
    }
}

/// Ordered columns with so many classes that masks would not stay in reach.
fn late_columns(
    model: &Model,
    program: &Program,
    layout: &Layout,
    tests: &FxHashMap<ColumnId, Vec<TestId>>,
) -> FxHashSet<ColumnId> {
    let mut late = FxHashSet::default();
    for (id, column) in program.columns.iter() {
        let ordered = column.kind != ColumnKind::Value;
        let Some(tests) = tests.get(&id).filter(|_| ordered) else {
            continue;
        };
        // Each test has at most a few steps along the line, so this is cheap to bound before it is built.
        if tests.len() * 2 * layout.words * 16 <= MAX_MASK_BYTES {
            continue;
        }
        let non_negative = non_negative(model, column.source);
        let (ordered, _) = Ordered::new(model, program, column.kind, non_negative, tests);
        if ordered.count() * layout.words * 16 > MAX_MASK_BYTES {
            late.insert(id);
        }
    }
    late
}

fn move_late_tests(layout: &mut Layout, program: &Program, late: &FxHashSet<ColumnId>) {
    if late.is_empty() {
        return;
    }
    for clause in &mut layout.clauses {
        let (moved, kept) = clause
            .tests
            .drain(..)
            .partition(|test| late.contains(&program.tests[*test].column));
        clause.late = moved;
        clause.tests = kept;
    }
}

/// Tests whose truth is asked outside masks.
fn exposed_tests(program: &Program, layout: &Layout, shape: Shape) -> FxHashSet<TestId> {
    let mut exposed = FxHashSet::default();
    for computed in program.computed.values() {
        match &computed.kind {
            ComputedKind::Formula(form) => collect_tests(form, &mut exposed),
            ComputedKind::Loop { form, at_most, .. } => {
                exposed.extend(LoopReads::of(form).tests);
                if let Some(at_most) = at_most {
                    collect_tests(at_most, &mut exposed);
                }
            }
            ComputedKind::Amounts { .. }
            | ComputedKind::ByClass(_)
            | ComputedKind::Reference(_) => {}
        }
    }
    for clause in &layout.clauses {
        exposed.extend(&clause.late);
    }
    if shape == Shape::RowLoop {
        for clause in &layout.clauses[..layout.first_words * WORD] {
            exposed.extend(&clause.tests);
        }
    }
    exposed
}

fn collect_tests(form: &Form, tests: &mut FxHashSet<TestId>) {
    match form {
        Form::Constant(_) => {}
        Form::Literal(literal) => {
            if let Atom::Test(test) = literal.atom {
                tests.insert(test);
            }
        }
        Form::And(parts) | Form::Or(parts) => {
            parts.iter().for_each(|part| collect_tests(part, tests))
        }
        Form::IsUnknown(inner) | Form::IsSettled(inner) => collect_tests(inner, tests),
    }
}

/// For each rule the second-stage clauses that its truth depends on.
fn needs(model: &Model, program: &Program, layout: &Layout) -> Vec<Needs> {
    let mut finder = NeedFinder {
        model,
        program,
        layout,
    };
    model.rules.ids().map(|rule| finder.of(rule)).collect()
}

struct NeedFinder<'a> {
    model: &'a Model,
    program: &'a Program,
    layout: &'a Layout,
}

impl NeedFinder<'_> {
    fn of(&mut self, rule: RuleId) -> Needs {
        let mut groups = FxHashSet::default();
        let mut rules = FxHashSet::default();
        self.rule(rule, &mut groups, &mut rules);
        let mut words: BTreeMap<u32, u64> = BTreeMap::new();
        for group in groups {
            for bit in &self.layout.bits[GroupId::index(group)] {
                let word = *bit as usize / WORD;
                if word >= self.layout.first_words {
                    let second = (word - self.layout.first_words) as u32;
                    *words.entry(second).or_default() |= 1 << (*bit as usize % WORD);
                }
            }
        }
        Needs {
            words: words.into_iter().collect(),
        }
    }

    fn rule(&self, rule: RuleId, groups: &mut FxHashSet<GroupId>, rules: &mut FxHashSet<RuleId>) {
        if !rules.insert(rule) {
            return;
        }
        let form = &self.program.rules[rule.index()];
        self.group(form.base, groups, rules);
        for group in form
            .unless
            .iter()
            .chain(form.suspensions.iter().map(|(group, _)| group))
            .chain(form.at_least.iter().map(|(_, group)| group))
        {
            self.group(*group, groups, rules);
        }
        for exception in &self.model.rules[rule].exceptions {
            self.rule(*exception, groups, rules);
        }
    }

    fn group(
        &self,
        group: GroupId,
        groups: &mut FxHashSet<GroupId>,
        rules: &mut FxHashSet<RuleId>,
    ) {
        if !groups.insert(group) {
            return;
        }
        for bit in &self.layout.bits[group.index()] {
            for (deferred, _) in &self.layout.clauses[*bit as usize].deferred {
                self.deferred(*deferred, groups, rules);
            }
        }
    }

    fn deferred(
        &self,
        id: DeferredId,
        groups: &mut FxHashSet<GroupId>,
        rules: &mut FxHashSet<RuleId>,
    ) {
        match &self.program.deferred[id] {
            Deferred::Applies(rule) | Deferred::Caught(rule) => {
                self.asked_rule(*rule, groups, rules)
            }
            Deferred::Formula(form) => self.deferred_form(form, groups, rules),
        }
    }

    /// An exception that is asked about applies only where something it excepts would.
    fn asked_rule(
        &self,
        rule: RuleId,
        groups: &mut FxHashSet<GroupId>,
        rules: &mut FxHashSet<RuleId>,
    ) {
        self.rule(rule, groups, rules);
        if let crate::model::RuleKind::Exception { to } = &self.model.rules[rule].kind {
            for excepted in to {
                self.asked_rule(*excepted, groups, rules);
            }
        }
    }

    fn deferred_form(
        &self,
        form: &DeferredForm,
        groups: &mut FxHashSet<GroupId>,
        rules: &mut FxHashSet<RuleId>,
    ) {
        match form {
            DeferredForm::Constant(_) => {}
            DeferredForm::Group(group) => self.group(*group, groups, rules),
            DeferredForm::Deferred(id) => self.deferred(*id, groups, rules),
            DeferredForm::Not(inner) | DeferredForm::IsUnknown(inner) => {
                self.deferred_form(inner, groups, rules);
            }
            DeferredForm::And(parts) | DeferredForm::Or(parts) => {
                parts
                    .iter()
                    .for_each(|part| self.deferred_form(part, groups, rules));
            }
        }
    }
}
