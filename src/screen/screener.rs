//! A policy ready to screen: plan, kernel, outcomes; and what one thread needs to screen batches with it.

use super::bind::{self, BindError, Binder, Bound};
use super::figures::{self, Axis};
use super::lists::{self, ListClasses};
use super::missing::{MissingFields, Names};
use super::outcome::{NOTHING, Outcome, Outcomes};
use super::resolve::{Records, Resolver};
use super::verify::{Disagreement, Verify, check_row};
use crate::domain::Day;
use crate::input::mapping::Mapping;
use crate::ir;
use crate::kernel::{Batch, BoundColumn, Compiled, Kernel, Kernels, RowClasses, self_check};
use crate::model::{
    Expr, ExprKind, Field, FieldId, Model, PolicyId, RuleId, TemplatePart, Value, Wording,
};
use crate::plan::{self, Classify, Plan};
use crate::reference::{self, AskedTotals, Record, Totals, as_of_days, judge};
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What judges records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Compiled code, or the portable kernel where that is refused.
    Jit,
    /// The portable kernel.
    Portable,
    /// The reference evaluator, one record at a time.
    Reference,
}

/// How a run screens.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What judges.
    pub engine: Engine,
    /// The day that stands for every record's own.
    pub as_of: Option<Day>,
    /// How many records are judged again by reference.
    pub verify: Verify,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            engine: Engine::Jit,
            as_of: None,
            verify: Verify::Sample,
        }
    }
}

/// A policy ready to screen; threads share it.
pub struct Screener {
    plan: Plan,
    kernels: Kernels,
    outcomes: Outcomes,
    options: Options,
    engine_note: Option<String>,
    /// The aggregates over records that the policies ask.
    asked: Arc<AskedTotals>,
    /// What a report counts records by.
    axes: Vec<Axis>,
}

impl Screener {
    /// Compiles `model`. Where compiled code cannot run, the portable kernel does and [`Screener::engine`] says why.
    ///
    /// # Errors
    /// Where the compiled kernel disagrees with the portable one on records made from the plan: a fault of ours.
    pub fn new(model: Arc<Model>, options: Options) -> Result<Screener, Disagreement> {
        let program = ir::lower(&model);
        Screener::of_program(model, program, options)
    }

    /// Compiles `program`, which means what `model` does; tests give another one to see that this is found out.
    pub(crate) fn of_program(
        model: Arc<Model>,
        program: ir::Program,
        options: Options,
    ) -> Result<Screener, Disagreement> {
        let plan = plan::build(model, program);
        let outcomes = Outcomes::new(&plan);
        let (kernel, engine_note) = match options.engine {
            Engine::Jit => match Compiled::new(&plan, &plan.order) {
                Ok(compiled) => (Kernel::Compiled(compiled), None),
                Err(error) => (Kernel::Portable, Some(error.to_string())),
            },
            Engine::Portable | Engine::Reference => (Kernel::Portable, None),
        };
        if let Kernel::Compiled(_) = kernel {
            self_check(&plan, &kernel).map_err(Disagreement::of_kernels)?;
        }
        Ok(Screener {
            asked: AskedTotals::of(&plan.model, false),
            plan,
            kernels: Kernels::new(kernel),
            outcomes,
            options,
            engine_note,
            axes: Vec::new(),
        })
    }

    /// The same, with what a report counts records by worked out as well.
    #[must_use]
    pub fn for_report(mut self) -> Screener {
        let fields: Vec<FieldId> = self.fields().into_iter().map(|(id, _)| id).collect();
        self.axes = figures::axes(&self.plan.model, &fields);
        self
    }

    /// What a report counts records by; nothing where none is made.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// What judges, and why it is not what was asked for, where it is not.
    pub fn engine(&self) -> (&'static str, Option<&str>) {
        let name = match (self.options.engine, self.kernels.current()) {
            (Engine::Reference, _) => "reference",
            (_, Kernel::Portable) => "portable",
            (_, Kernel::Compiled(_)) => "jit",
        };
        (name, self.engine_note.as_deref())
    }

    /// The policies.
    pub fn model(&self) -> &Arc<Model> {
        &self.plan.model
    }

    /// How they are run.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The aggregates over the records of the run that the policies ask; without any, one pass will do.
    pub fn asked_totals(&self) -> &Arc<AskedTotals> {
        &self.asked
    }

    /// The day that stands for every record's own.
    pub fn as_of(&self) -> Option<Day> {
        self.options.as_of
    }

    /// The outcomes met so far.
    pub fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    /// The fields that are read of a record, in the order of declaration.
    pub fn fields(&self) -> Vec<(FieldId, &Field)> {
        let wanted = bind::fields_read(&self.plan.model, &self.wanted());
        wanted
            .into_iter()
            .map(|id| (id, &self.plan.model.record.fields[id]))
            .collect()
    }

    /// The fields without `?` that are not read, so that a record in which they are missing or wrong is no reject.
    pub fn unchecked(&self) -> Vec<String> {
        let read: Vec<FieldId> = self.fields().into_iter().map(|(id, _)| id).collect();
        let fields = self.plan.model.record.fields.iter();
        fields
            .filter(|(id, field)| !field.optional && !read.contains(id))
            .map(|(_, field)| field.name.to_string())
            .collect()
    }

    /// What is bound: the plan's columns, then fields that only texts of results name.
    fn wanted(&self) -> Vec<bind::BoundColumn> {
        let program = &self.plan.program;
        let of_plan = self.plan.columns.iter().map(|column| bind::BoundColumn {
            source: match column.source {
                ir::Source::Field(field) => bind::Source::Field(field),
                ir::Source::Day(place) => bind::Source::Day(program.days[place].clone()),
                ir::Source::Total(total, _) => {
                    bind::Source::Total(self.plan.model.totals[total].ty)
                }
            },
            class: column
                .classes
                .clone()
                .filter(|classes| classes.list_tests().is_none())
                .map(|classes| classes as Arc<dyn Classify>),
            amount: column.amount,
        });
        let mut named = fields_in_texts(&self.plan.model);
        named.extend(fields_in_totals(&self.plan.model, &self.asked));
        let of_texts = named.into_iter().map(|field| bind::BoundColumn {
            source: bind::Source::Field(field),
            class: None,
            amount: false,
        });
        let first = program.day_of_policy.first().copied().unwrap_or_default();
        let day = bind::Source::Day(program.days.get(first).cloned().flatten());
        // They stand last: the plan's columns are found by their places.
        let of_axes = self.axes.iter();
        let of_axes = of_axes.map(|axis| figures::bound_column(*axis, &day));
        of_plan.chain(of_texts).chain(of_axes).collect()
    }

    /// A binder for data of `schema`.
    ///
    /// # Errors
    /// Where a column is not there or of a type that its field cannot be read from.
    pub fn binder(&self, mapping: &Mapping, schema: &Schema) -> Result<Binder, BindError> {
        let binder = Binder::new(
            &self.plan.model,
            mapping,
            &self.wanted(),
            schema,
            self.options.as_of,
        )?;
        Ok(match self.options.engine {
            Engine::Jit | Engine::Portable => binder.with_lists(&lists::wanted(&self.plan)),
            Engine::Reference => binder,
        })
    }

    /// What one thread needs.
    pub fn worker(&self, binder: Binder) -> Worker<'_> {
        Worker {
            screener: self,
            binder,
            bound: Bound::default(),
            lists: ListClasses::new(&self.plan),
            totals: Vec::new(),
            resolver: Resolver::new(&self.plan, &self.kernels, &self.outcomes),
            missing: MissingFields::new(&self.plan),
        }
    }
}

/// Fields that obligations, reasons and notes fill in, or count days from.
fn fields_in_texts(model: &Model) -> BTreeSet<FieldId> {
    let mut fields = BTreeSet::new();
    for rule in model.rules.values() {
        for obligation in &rule.obligations {
            match &obligation.text {
                Wording::Text(text) => fields.extend(template_fields(&text.parts)),
                Wording::Expr(expr) => add_fields(&ir::close(model, expr, &[]), &mut fields),
            }
            fields.extend(obligation.within.as_ref().and_then(|(_, after)| *after));
        }
        if let Some(because) = rule.then.as_ref().and_then(|then| then.because.as_ref()) {
            fields.extend(template_fields(&because.parts));
        }
        for note in &rule.notes {
            if let Wording::Text(template) = &note.value {
                fields.extend(template_fields(&template.parts));
            }
        }
    }
    fields
}

/// The fields that aggregates over records read.
pub fn fields_in_totals(model: &Model, asked: &AskedTotals) -> BTreeSet<FieldId> {
    let mut fields = BTreeSet::new();
    for asked in asked.list() {
        let total = &model.totals[asked.total];
        fields.extend(total.keys.iter().map(|key| key.field));
        for expr in total.exprs() {
            add_fields(&ir::close(model, expr, &[]), &mut fields);
        }
    }
    fields
}

/// The fields that a closed expression names.
pub fn add_fields(expr: &Expr, fields: &mut BTreeSet<FieldId>) {
    if let ExprKind::Field(field) = &expr.kind {
        fields.insert(*field);
    }
    for part in expr.parts() {
        add_fields(part, fields);
    }
}

fn template_fields(parts: &[TemplatePart]) -> impl Iterator<Item = FieldId> {
    parts.iter().filter_map(|part| match part {
        TemplatePart::Field(field) => Some(*field),
        TemplatePart::Text(_) => None,
    })
}

/// One thread's screening.
pub struct Worker<'a> {
    screener: &'a Screener,
    binder: Binder,
    bound: Bound,
    lists: ListClasses<'a>,
    totals: Vec<Totals>,
    resolver: Resolver<'a>,
    missing: MissingFields<'a>,
}

/// What a batch comes to.
#[derive(Debug, Default)]
pub struct Judged {
    /// The outcome number of every row; [`NOTHING`] for rejected ones.
    pub outcomes: Vec<u32>,
    /// For rows with open rules, ascending: the fields that keep them open.
    pub missing: Vec<(u32, Names)>,
    /// Rows that are no records.
    pub rejects: Vec<bind::RowReject>,
    /// Whether a row is rejected.
    pub dead: Vec<bool>,
}

impl Worker<'_> {
    /// What the aggregates over records come to for the rows of the batch that is screened next; empty where none are asked.
    pub fn set_totals(&mut self, totals: Vec<Totals>) {
        self.totals = totals;
    }

    /// Screens a batch. `position(row)` is the record's number in its file, by which the verified sample is chosen.
    ///
    /// # Errors
    /// Where the engine and the reference evaluator disagree on a record: a fault of ours.
    pub fn screen(
        &mut self,
        batch: &RecordBatch,
        position: impl Fn(usize) -> u64,
    ) -> Result<Judged, Box<Disagreement>> {
        self.binder.bind_into(batch, &mut self.bound);
        self.fill_in_totals();
        let screener = self.screener;
        if screener.options.engine != Engine::Reference {
            let lists = lists::bound(&screener.plan, &self.bound);
            self.lists.work_out(&screener.plan, &lists, self.bound.rows);
        }
        let records = BatchRecords {
            screener,
            binder: &self.binder,
            batch,
            lists: Some(&self.lists),
            totals: &self.totals,
            last: RefCell::new(None),
        };
        let mut judged = Judged::default();
        if screener.options.engine == Engine::Reference {
            self.bound.dead.iter().enumerate().for_each(|(row, dead)| {
                judged.push_reference(screener, &records, row, *dead);
            });
        } else {
            let make = |bound| {
                let columns = bound_columns(&screener.plan, bound, &self.lists);
                Batch::new(&screener.plan, self.bound.rows, columns)
                    .with_lists(lists::bound(&screener.plan, bound))
            };
            let mut run = make(&self.bound);
            if let Some(order) = screener.kernels.order_for(&screener.plan, &run) {
                drop(run);
                let tuned = screener.kernels.tune(&screener.plan, &order);
                tuned.map_err(|what| Box::new(Disagreement::of_kernels(what)))?;
                run = make(&self.bound);
            }
            let (missing, open) = (&mut self.missing, &mut judged.missing);
            let each = |resolver: &mut Resolver<'_>, row: usize, number: u32| {
                let outcome = resolver.outcome(number);
                if !outcome.unknown.is_empty() {
                    let rules = &outcome.unknown;
                    let names = missing.of(resolver, &run, &records, row, rules);
                    open.push((row as u32, names));
                }
            };
            let dead = &self.bound.dead;
            self.resolver
                .resolve(&run, &records, dead, &mut judged.outcomes, each);
        }
        judged.rejects = std::mem::take(&mut self.bound.rejects);
        judged.dead = std::mem::take(&mut self.bound.dead);
        self.verify(&records, &judged, position)?;
        Ok(judged)
    }

    /// Gives the engine the aggregates that are known and fit; of the others the reference evaluator is asked.
    fn fill_in_totals(&mut self) {
        let plan = &self.screener.plan;
        let columns = plan.columns.iter().filter(|column| column.amount);
        let asked = columns.filter_map(|column| match column.source {
            ir::Source::Total(total, day) => Some((total, day)),
            ir::Source::Field(_) | ir::Source::Day(_) => None,
        });
        for (slot, (total, day)) in self.binder.totals().iter().zip(asked) {
            let mut days = plan.program.day_of_policy.iter();
            let policy = days.position(|place| *place == day).unwrap_or_default();
            let policy = PolicyId::from_index(policy);
            let amounts = &mut self.bound.amounts[*slot];
            for (row, totals) in self.totals.iter().enumerate() {
                let value = totals.of(total, policy);
                let point = value.and_then(|value| value.value.is_point());
                if let Some(scaled) = point.and_then(|point| point.to_scaled_i64(amounts.decimals))
                    && !self.bound.dead[row]
                {
                    amounts.mantissa[row] = scaled;
                    amounts.state[row] = bind::KNOWN;
                }
            }
        }
    }

    fn verify(
        &self,
        records: &BatchRecords<'_>,
        judged: &Judged,
        position: impl Fn(usize) -> u64,
    ) -> Result<(), Box<Disagreement>> {
        let options = self.screener.options;
        if options.engine == Engine::Reference || options.verify == Verify::None {
            return Ok(());
        }
        for (row, dead) in judged.dead.iter().enumerate() {
            if !dead && options.verify.takes(position(row)) {
                let outcome = self.screener.outcomes.get(judged.outcomes[row]);
                let at = judged
                    .missing
                    .binary_search_by_key(&(row as u32), |(row, _)| *row);
                let missing = at
                    .map(|at| judged.missing[at].1.clone())
                    .unwrap_or_default();
                check_row(&self.screener.plan.model, records, row, &outcome, &missing)?;
            }
        }
        Ok(())
    }

    /// The texts of what a row's outcome obliges to.
    pub fn obligations(&self, batch: &RecordBatch, row: usize, outcome: &Outcome) -> Vec<String> {
        self.per_rule(batch, row, &outcome.obliging, reference::obligation_text)
    }

    /// The reasons of the assumptions behind a row's outcome, as `rule: reason`.
    pub fn assumed(&self, batch: &RecordBatch, row: usize, outcome: &Outcome) -> Vec<String> {
        let mut concerned: Vec<RuleId> = outcome
            .rules
            .iter()
            .chain(&outcome.unknown)
            .copied()
            .collect();
        concerned.sort();
        concerned.dedup();
        self.per_rule(batch, row, &concerned, |model, record, days, rule| {
            let reasons = reference::rule_assumed(model, record, days, rule);
            reasons
                .iter()
                .map(|reason| format!("{}: {reason}", model.rule_name(rule)))
                .collect()
        })
    }

    fn per_rule(
        &self,
        batch: &RecordBatch,
        row: usize,
        rules: &[RuleId],
        texts: impl Fn(&Model, &Record, &[Day], RuleId) -> Vec<String>,
    ) -> Vec<String> {
        if rules.is_empty() {
            return Vec::new();
        }
        let records = BatchRecords {
            screener: self.screener,
            binder: &self.binder,
            batch,
            lists: None,
            totals: &self.totals,
            last: RefCell::new(None),
        };
        let (record, days) = records.record(row);
        let model = &self.screener.plan.model;
        rules
            .iter()
            .flat_map(|rule| texts(model, &record, &days, *rule))
            .collect()
    }

    /// What the rows of the batch screened last come to on the axis at that place.
    pub fn axis(&self, at: usize) -> RowClasses<'_> {
        let before = self.bound.classes.len() - self.screener.axes.len();
        self.bound.classes[before + at].rows()
    }

    /// How batches are bound.
    pub fn binder(&self) -> &Binder {
        &self.binder
    }
}

impl Judged {
    fn push_reference(
        &mut self,
        screener: &Screener,
        records: &BatchRecords<'_>,
        row: usize,
        dead: bool,
    ) {
        if dead {
            self.outcomes.push(NOTHING);
            return;
        }
        let model = &screener.plan.model;
        let (record, days) = records.record(row);
        let judgement = judge(model, &record, &days);
        if !judgement.unknown.is_empty() {
            self.missing
                .push((row as u32, judgement.all_missing(model).into()));
        }
        self.outcomes
            .push(screener.outcomes.intern(outcome_of(&judgement)));
    }
}

/// The outcome that a judgement by reference is.
pub(super) fn outcome_of(judgement: &reference::Judgement) -> Outcome {
    let mut obliging: Vec<RuleId> = judgement
        .obligations
        .iter()
        .map(|obligation| obligation.rule)
        .collect();
    obliging.sort();
    obliging.dedup();
    Outcome {
        verdict: judgement.verdict,
        at_most: judgement.at_most,
        rules: judgement.rules.clone(),
        unknown: judgement.unknown.clone(),
        not_by: judgement.not_by.clone(),
        obliging,
    }
}

pub(super) fn bound_columns<'b>(
    plan: &Plan,
    bound: &'b Bound,
    lists: &'b ListClasses<'_>,
) -> Vec<BoundColumn<'b>> {
    let mut classes = bound.classes.iter();
    let mut amounts = bound.amounts.iter();
    let next = |(slot, column): (usize, &plan::PlannedColumn)| BoundColumn {
        classes: column.classes.as_ref().map(|planned| {
            if planned.list_tests().is_some() {
                return RowClasses::Direct(lists.rows(slot));
            }
            let classes = classes.next().expect("the binder gives what was wanted");
            classes.rows()
        }),
        amounts: column.amount.then(|| {
            let amounts = amounts.next().expect("the binder gives what was wanted");
            (amounts.mantissa.as_slice(), amounts.state.as_slice())
        }),
    };
    plan.columns.iter().enumerate().map(next).collect()
}

/// The rows of a batch as records.
pub(super) struct BatchRecords<'a> {
    screener: &'a Screener,
    binder: &'a Binder,
    batch: &'a RecordBatch,
    /// What is known of lists, where rows are screened.
    lists: Option<&'a ListClasses<'a>>,
    totals: &'a [Totals],
    /// The row read last: several conditions ask about one row after the other.
    last: RefCell<Option<(usize, Record, Vec<Day>)>>,
}

impl Records for BatchRecords<'_> {
    fn record(&self, row: usize) -> (Record, Vec<Day>) {
        if let Some((last, record, days)) = &*self.last.borrow()
            && *last == row
        {
            return (record.clone(), days.clone());
        }
        let record = Record {
            values: self.binder.record_at(self.batch, row),
            totals: self.totals.get(row).cloned().unwrap_or_default(),
        };
        let days = as_of_days(
            &self.screener.plan.model,
            &record,
            self.screener.options.as_of,
        );
        let days = days.expect("a record without an as-of day is rejected");
        *self.last.borrow_mut() = Some((row, record.clone(), days.clone()));
        (record, days)
    }

    fn value(&self, row: usize, field: FieldId) -> Option<Value> {
        self.binder.value_at(self.batch, row, field)
    }

    fn kinds(&self, slot: usize, row: usize) -> &[u32] {
        let lists = self.lists.expect("internal error: no lists");
        lists.kinds(slot, row)
    }

    fn kinds_hide(&self, slot: usize, row: usize) -> bool {
        let lists = self.lists.expect("internal error: no lists");
        lists.hide(slot, row)
    }
}
