//! The missing fields of open rules: a walk over the author's formula, remembered by what it can depend on.
//!
//! The walk is the reference evaluator's. Its answer depends on a record only through what the rule's tests come to for
//! the classes of the columns it reads (every condition on one column is a test), the classes themselves where it
//! compares columns, what its computed conditions come to, and whether values are missing and amounts zero; that is
//! the memo's key. Where a condition is none of these the
//! walk is taken for every record.
//!
//! A record is first looked up with all its open rules at once, and rule by rule only where no record before it was like it.

use super::resolve::{Records, Resolver};
use crate::ir::{Amount, ColumnId, ComputedId, ComputedKind, Form, TestForm, TestId};
use crate::kernel::Batch;
use crate::model::{Expr, ExprKind, RuleId, RuleKind};
use crate::plan::{MISSING, Plan};
use crate::reference;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Names of missing fields, as results spell them.
pub type Names = Arc<[Arc<str>]>;

/// Answers remembered at most.
const MAX_REMEMBERED: usize = 1 << 18;

/// Sets of open rules that are looked up at once, at most.
const MAX_TOGETHER: usize = 1 << 10;

/// What one thread keeps from batch to batch.
pub struct MissingFields<'a> {
    plan: &'a Plan,
    footprints: Vec<Option<Box<Footprint>>>,
    memo: FxHashMap<Box<[u8]>, Names>,
    /// What the open rules of an outcome depend on together, by its number.
    together: Vec<Option<Box<Footprint>>>,
    memo_together: FxHashMap<Box<[u8]>, Names>,
    joined: FxHashMap<Vec<usize>, Names>,
    key: Vec<u8>,
    /// The classes of the row at hand by column, once they are asked for.
    classes: Vec<Option<u32>>,
}

/// What the missing fields of rules depend on.
struct Footprint {
    columns: Vec<Projection>,
    amounts: Vec<usize>,
    computed: Vec<ComputedId>,
    /// Whether the above is all.
    complete: bool,
}

/// Classes of one column that the rules' own tests do not tell apart are one.
struct Projection {
    slot: usize,
    /// The rules' tests among the column's; none where the column does not keep what tests come to.
    tests: Option<Vec<usize>>,
    /// By class, [`NOT_MET`] until it is met.
    numbers: Vec<u32>,
    by_truths: FxHashMap<Box<[u8]>, u32>,
}

/// No number yet.
const NOT_MET: u32 = u32::MAX;

impl Projection {
    fn new(plan: &Plan, slot: usize, rule_tests: &BTreeSet<TestId>) -> Projection {
        let classes = plan.columns[slot].classes.as_ref();
        let kept = classes.filter(|classes| classes.keeps_truths());
        let tests = kept.map(|classes| {
            let own = classes.tests().iter().enumerate();
            own.filter(|(_, test)| rule_tests.contains(test))
                .map(|(place, _)| place)
                .collect()
        });
        Projection {
            tests,
            ..Projection::of_classes(slot)
        }
    }

    /// Where every class counts by itself.
    fn of_classes(slot: usize) -> Projection {
        Projection {
            slot,
            tests: None,
            numbers: Vec::new(),
            by_truths: FxHashMap::default(),
        }
    }

    /// A number that is the same for classes that the rule does not tell apart.
    fn of(&mut self, batch: &Batch<'_>, class: u32) -> u32 {
        let Some(tests) = self.tests.as_ref().filter(|_| class != MISSING) else {
            return class;
        };
        let at = class as usize;
        if self.numbers.len() <= at {
            self.numbers.resize(at + 1, NOT_MET);
        }
        if self.numbers[at] == NOT_MET {
            let tables = batch
                .tables(self.slot)
                .expect("a classed column has tables");
            let all = tables.truths.len() / tables.count;
            let truths = tests.iter().map(|test| tables.truths[at * all + test]);
            let next = MISSING + 1 + self.by_truths.len() as u32;
            self.numbers[at] = *self.by_truths.entry(truths.collect()).or_insert(next);
        }
        self.numbers[at]
    }
}

/// Appends a number so that no two sequences of numbers are the same bytes: one byte where it is small, as most are.
fn push(key: &mut Vec<u8>, number: u32) {
    match u8::try_from(number) {
        Ok(small) if small < u8::MAX => key.push(small),
        Ok(_) | Err(_) => {
            key.push(u8::MAX);
            key.extend(number.to_le_bytes());
        }
    }
}

impl<'a> MissingFields<'a> {
    /// For one thread.
    pub fn new(plan: &'a Plan) -> Self {
        MissingFields {
            plan,
            footprints: plan.model.rules.ids().map(|_| None).collect(),
            memo: FxHashMap::default(),
            together: Vec::new(),
            memo_together: FxHashMap::default(),
            joined: FxHashMap::default(),
            key: Vec::new(),
            classes: vec![None; plan.columns.len()],
        }
    }

    /// The fields that keep any of `rules` open in a row: in the order of declaration, then other names. These are the open
    /// rules of the outcome with that `number`.
    pub fn of(
        &mut self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        number: u32,
        rules: &[RuleId],
    ) -> Names {
        self.classes.fill(None);
        if let [only] = rules {
            return self.of_rule(resolver, batch, records, row, *only);
        }
        let at = number as usize;
        if at >= MAX_TOGETHER {
            return self.one_by_one(resolver, batch, records, row, rules);
        }
        if self.together.len() <= at {
            self.together.resize_with(at + 1, || None);
        }
        let plan = self.plan;
        let footprint =
            self.together[at].get_or_insert_with(|| Box::new(Footprint::of(plan, rules)));
        if !footprint.complete {
            return self.one_by_one(resolver, batch, records, row, rules);
        }
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        push(&mut key, number);
        footprint.write(resolver, batch, records, row, &mut self.classes, &mut key);
        if let Some(names) = self.memo_together.get(key.as_slice()) {
            let names = names.clone();
            self.key = key;
            return names;
        }
        let kept: Box<[u8]> = key.as_slice().into();
        self.key = key;
        let names = self.one_by_one(resolver, batch, records, row, rules);
        if self.memo_together.len() >= MAX_REMEMBERED {
            self.memo_together.clear();
        }
        self.memo_together.insert(kept, names.clone());
        names
    }

    fn one_by_one(
        &mut self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        rules: &[RuleId],
    ) -> Names {
        let lists: Vec<Names> = rules
            .iter()
            .map(|rule| self.of_rule(resolver, batch, records, row, *rule))
            .collect();
        let mut places: Vec<usize> = lists.iter().map(|list| list.as_ptr() as usize).collect();
        places.sort_unstable();
        places.dedup();
        if let Some(names) = self.joined.get(&places) {
            return names.clone();
        }
        let names =
            reference::name_order(&self.plan.model, lists.iter().flat_map(|list| list.iter()));
        let names: Names = names.into();
        // Only lists that the memo keeps alive have places that cannot be used again.
        if rules.iter().all(|rule| self.footprint(*rule).complete) {
            self.joined.insert(places, names.clone());
        }
        names
    }

    fn of_rule(
        &mut self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        rule: RuleId,
    ) -> Names {
        let plan = self.plan;
        let walk = || -> Names {
            let (record, days) = records.record(row);
            reference::rule_missing(&plan.model, &record, &days, rule).into()
        };
        if !self.footprint(rule).complete {
            return walk();
        }
        let mut key = std::mem::take(&mut self.key);
        let mut classes = std::mem::take(&mut self.classes);
        key.clear();
        push(&mut key, rule.index() as u32);
        let footprint = self.footprint(rule);
        footprint.write(resolver, batch, records, row, &mut classes, &mut key);
        let names = match self.memo.get(key.as_slice()) {
            Some(names) => names.clone(),
            None => {
                let names = walk();
                if self.memo.len() >= MAX_REMEMBERED {
                    self.memo.clear();
                    self.joined.clear();
                }
                self.memo.insert(key.as_slice().into(), names.clone());
                names
            }
        };
        self.key = key;
        self.classes = classes;
        names
    }

    fn footprint(&mut self, rule: RuleId) -> &mut Footprint {
        let plan = self.plan;
        self.footprints[rule.index()].get_or_insert_with(|| Box::new(Footprint::of(plan, &[rule])))
    }
}

impl Footprint {
    /// What any of `rules` depends on.
    fn of(plan: &Plan, rules: &[RuleId]) -> Footprint {
        let mut reached = BTreeSet::new();
        for rule in rules {
            reach(plan, (*rule, Formula::Truth), &mut reached);
        }
        let rules: BTreeSet<RuleId> = reached.into_iter().map(|(rule, _)| rule).collect();
        let forms = || rules.iter().map(|rule| &plan.program.rules[rule.index()]);
        let columns: BTreeSet<ColumnId> = forms()
            .flat_map(|form| form.columns.iter().copied())
            .collect();
        let computed: BTreeSet<ComputedId> = forms()
            .flat_map(|form| form.computed.iter().copied())
            .collect();
        let tests: BTreeSet<TestId> = forms()
            .flat_map(|form| form.tests.iter().copied())
            .collect();
        let complete = computed.iter().all(|id| is_told_apart(plan, *id))
            && !tests.iter().any(|id| hides_what_is_open(plan, *id));
        let slots = |take: &dyn Fn(ColumnId) -> bool| -> Vec<usize> {
            let taken = columns.iter().filter(|column| take(**column));
            taken.map(|column| plan.slot(*column)).collect()
        };
        // A condition between columns asks about their values without tests.
        let between = computed.iter().map(|id| &plan.program.computed[*id]);
        let by_class: BTreeSet<ColumnId> = between
            .filter(|computed| matches!(computed.kind, ComputedKind::ByClass(_)))
            .flat_map(|computed| computed.columns.iter().copied())
            .collect();
        let classed = columns
            .iter()
            .filter(|column| plan.program.columns[**column].classed)
            .map(|column| {
                let slot = plan.slot(*column);
                if by_class.contains(column) {
                    Projection::of_classes(slot)
                } else {
                    Projection::new(plan, slot, &tests)
                }
            });
        Footprint {
            columns: classed.collect(),
            amounts: slots(&|column| plan.program.columns[column].amount),
            computed: computed.into_iter().collect(),
            complete,
        }
    }

    /// Appends what the row at hand has of it.
    fn write(
        &mut self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        classes: &mut [Option<u32>],
        key: &mut Vec<u8>,
    ) {
        for column in &mut self.columns {
            let class = classes[column.slot].get_or_insert_with(|| batch.class(column.slot, row));
            push(key, column.of(batch, *class));
        }
        for slot in &self.amounts {
            let (mantissa, state) = batch.amount(*slot, row);
            key.push(state * 2 + u8::from(mantissa == 0));
        }
        resolver.computed_truths(batch, records, row, &self.computed, key);
    }
}

/// The formulas of rules that the reference evaluator works out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Formula {
    /// Whether a rule applies.
    Truth,
    /// Whether it would but for its exceptions.
    Would,
    /// Whether an exception stops what it excepts.
    Stops,
}

/// Everything a formula of a rule depends on.
fn reach(plan: &Plan, (id, formula): (RuleId, Formula), reached: &mut BTreeSet<(RuleId, Formula)>) {
    if !reached.insert((id, formula)) {
        return;
    }
    let rule = &plan.model.rules[id];
    let excepted = match &rule.kind {
        RuleKind::Exception { to } if formula != Formula::Stops => to.as_slice(),
        RuleKind::Exception { .. } | RuleKind::Rule => &[],
    };
    let exceptions = match formula {
        Formula::Truth | Formula::Stops => rule.exceptions.as_slice(),
        Formula::Would => &[],
    };
    let excepted = excepted.iter().map(|rule| (*rule, Formula::Would));
    let exceptions = exceptions.iter().map(|rule| (*rule, Formula::Stops));
    let asked = plan.program.rules[id.index()].asks.iter();
    let asked = asked.map(|rule| (*rule, Formula::Truth));
    excepted
        .chain(exceptions)
        .chain(asked)
        .for_each(|next| reach(plan, next, reached));
}

/// Whether a test is unknown for reasons with several names: a code too coarse for a cell of a list, or for the rows of a table, and
/// a cell or a row that is not there come to the same.
fn hides_what_is_open(plan: &Plan, id: TestId) -> bool {
    fn hides(expr: &Expr) -> bool {
        let own = match &expr.kind {
            ExprKind::Lookup { .. } => true,
            ExprKind::Decide(table) => !table.rows.iter().any(|row| row.cells.is_empty()),
            _ => false,
        };
        own || expr.parts().into_iter().any(hides)
    }
    match &plan.program.tests[id].form {
        TestForm::Condition { expr, .. } => hides(expr),
        TestForm::Window(_)
        | TestForm::Threshold(..)
        | TestForm::Listed(_)
        | TestForm::Not(_)
        | TestForm::And(_)
        | TestForm::Or(_) => false,
    }
}

/// Whether classes, states and truths tell apart all that a computed condition's open parts depend on.
fn is_told_apart(plan: &Plan, id: ComputedId) -> bool {
    match &plan.program.computed[id].kind {
        ComputedKind::Amounts { compare, .. } => {
            divides_by_columns(&compare.left) && divides_by_columns(&compare.right)
        }
        ComputedKind::ByClass(_) => true,
        ComputedKind::Formula(form) => form_is_told_apart(plan, form),
        ComputedKind::Loop { .. } | ComputedKind::Reference(_) => false,
    }
}

fn form_is_told_apart(plan: &Plan, form: &Form) -> bool {
    match form {
        Form::Constant(_) => true,
        Form::Literal(literal) => match literal.atom {
            crate::ir::Atom::Computed(id) => is_told_apart(plan, id),
            crate::ir::Atom::Test(_) | crate::ir::Atom::Deferred(_) => true,
        },
        Form::And(parts) | Form::Or(parts) => {
            parts.iter().all(|part| form_is_told_apart(plan, part))
        }
        Form::IsUnknown(inner) | Form::IsSettled(inner) => form_is_told_apart(plan, inner),
    }
}

/// Whether every divisor and factor is a column or a constant: then it is zero exactly where the column is. A known
/// least or greatest value can hide a missing one, depending on its size, so `min` and `max` are not told apart.
fn divides_by_columns(amount: &Amount) -> bool {
    match amount {
        Amount::Column { .. } | Amount::Constant(_) => true,
        Amount::Div(a, b) | Amount::Mul(a, b) => is_column(a) && is_column(b),
        Amount::Add(a, b) | Amount::Sub(a, b) => divides_by_columns(a) && divides_by_columns(b),
        Amount::Min(..) | Amount::Max(..) => false,
        Amount::Neg(a) | Amount::Abs(a) | Amount::Round(a, _) | Amount::Assume(a, _) => {
            divides_by_columns(a)
        }
    }
}

fn is_column(amount: &Amount) -> bool {
    matches!(amount, Amount::Column { .. } | Amount::Constant(_))
}

#[cfg(test)]
mod tests {
    use crate::check::check_text;
    use crate::input::mapping::Mapping;
    use crate::screen::{Engine, Options, Screener, Verify};
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use std::sync::Arc;

    /// With one that is not zero, and yet zero in whole millionths.
    const AMOUNTS: &[Option<&str>] = &[
        None,
        Some("0"),
        Some("0.0000001"),
        Some("10"),
        Some("20"),
        Some("50"),
    ];

    /// Fields with their values; the first are the same in every record.
    const VALUES: [(&str, &[Option<&str>]); 9] = [
        ("id", &[Some("A")]),
        ("day", &[Some("2025-06-01")]),
        ("a", AMOUNTS),
        ("b", AMOUNTS),
        ("c", &[None, Some("10")]),
        ("land", &[None, Some("CN"), Some("DE")]),
        ("maker", &[None, Some("CN")]),
        ("other", &[None, Some("CN")]),
        ("goods", &[None, Some("8505"), Some("7206")]),
    ];

    /// Every combination of the values, as one batch.
    fn all_records() -> RecordBatch {
        let mut repeat = 1;
        let rows = VALUES.iter().map(|(_, values)| values.len()).product();
        let columns = VALUES.map(|(name, values)| {
            let value = |row: usize| values[row / repeat % values.len()];
            let column: StringArray = (0..rows).map(value).collect();
            repeat *= values.len();
            (name, Arc::new(column) as ArrayRef, true)
        });
        RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
    }

    /// Screens every record and judges it again by reference.
    fn screen(conditions: &[&str]) {
        let rules = conditions.iter().enumerate();
        let rules: String = rules
            .map(|(at, condition)| format!("rule r{at} \"r\" {{ when {condition} then deny }}\n"))
            .collect();
        let text = format!(
            "policy p {{ title \"t\" }}
             record r {{
               key id : text  as of day : date
               a : money USD?  b : money USD?  c : money USD?  land : country?  maker : country?  other : country?
               goods : hs?
             }}
             verdicts clear < deny
             otherwise clear
             when unknown deny
             table by_goods(g : hs) : bool first {{ under \"8505.11\" => true }}
             {rules}"
        );
        let checked = check_text("p.interdict", &text);
        let model = checked.model;
        let model = model.unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
        let options = Options {
            engine: Engine::Portable,
            as_of: None,
            verify: Verify::All,
        };
        let screener = Screener::new(Arc::new(model), options).expect("one kernel");
        let batch = all_records();
        let binder = screener.binder(&Mapping::default(), &batch.schema());
        let mut worker = screener.worker(binder.expect("the columns are there"));
        let judged = worker.screen(&batch, |row| row as u64);
        let judged = judged.unwrap_or_else(|found| panic!("{conditions:?}: {found}"));
        assert!(judged.rejects.is_empty() && !judged.missing.is_empty());
    }

    #[test]
    fn conditions_between_columns_depend_on_every_value() {
        screen(&["(maker = CN) != (if land = DE then true else other = CN)"]);
    }

    #[test]
    fn outcomes_share_no_answer() {
        // What the two pairs depend on looks the same: a country, and two columns without a value.
        screen(&[
            "land = CN and a > 15 USD",
            "land = CN and b > 15 USD",
            "land = DE and maker = CN",
            "land = DE and other = CN",
        ]);
    }

    #[test]
    fn records_share_an_answer_only_where_the_same_fields_keep_a_rule_open() {
        let conditions = [
            "a / b >= 10%",
            "b / a >= 10%",
            // Where the divisor is zero no field settles it.
            "a / (b - 10 USD) >= 50%",
            // With a large `a` it does not matter that `b` is missing.
            "max(a - 20 USD, -b) >= c",
            "land = CN and goods under \"8505\"",
            "(a > b or land = CN) and (a + b > 60 USD or goods under \"8505\")",
            // No row holds for one code, and may hold for another, coarser one.
            "by_goods(goods)",
        ];
        // Alone, for what one rule leaves out another may name; and two of a kind, which must not share either.
        for condition in conditions {
            screen(&[condition]);
        }
        screen(&conditions[..2]);
    }
}
