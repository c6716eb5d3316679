//! The missing fields of open rules: a walk over the author's formula, remembered by what it can depend on.
//!
//! The walk is the reference evaluator's. Its answer depends on a record only through what the rule's tests come to for
//! the classes of the columns it reads (every condition on one column is a test), the classes themselves where it
//! compares columns, what its computed conditions come to, and whether values are missing and amounts zero; that is
//! the memo's key. A test that is unknown for reasons with several names (a code too coarse for a list, a row that is not there)
//! adds the value itself, one about a list the kinds of its elements. Where a condition is none of these and unknown, the walk is taken for
//! every record.
//!
//! A record is first looked up with all its open rules at once, and rule by rule only where no record before it was like it.
//! The bits of its clauses say which of the rules that those ask about are settled; what these depend on does not count then.

use super::outcome::{Bits, Deriver};
use super::resolve::{Records, Resolver};
use crate::domain::Truth;
use crate::ir::{
    Amount, ColumnId, ComputedId, ComputedKind, ListColumnId, LoopForm, Source, TestForm, TestId,
};
use crate::kernel::Batch;
use crate::model::{FieldId, RuleId, RuleKind};
use crate::plan::{MISSING, Plan, has_several_reasons};
use crate::reference;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Names of missing fields, as results spell them.
pub type Names = Arc<[Arc<str>]>;

/// Answers remembered at most.
const MAX_REMEMBERED: usize = 1 << 18;

/// Sets of bits whose open rules are looked up at once, at most.
const MAX_TOGETHER: usize = 1 << 16;

/// What one thread keeps from batch to batch.
pub struct MissingFields<'a> {
    plan: &'a Plan,
    footprints: Vec<Option<Box<Footprint>>>,
    memo: FxHashMap<Box<[u8]>, Names>,
    /// What the open rules of a record depend on together: its place among the `shared`, by the number of its bits.
    together: Vec<Option<usize>>,
    shared: Vec<Footprint>,
    by_rules: FxHashMap<BTreeSet<RuleId>, usize>,
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
    lists: Vec<ListUse>,
    /// Those computed conditions of which more than all this counts where they are unknown.
    opaque: Vec<ComputedId>,
    /// Whether the above is all, save where an opaque condition is unknown.
    complete: bool,
}

/// What the rules ask of a list of the record. Where that can be open, the kinds of its elements count.
struct ListUse {
    slot: usize,
    /// The rules' tests of it, by their places among the column's.
    tests: Vec<usize>,
    /// Loops that are told by its elements.
    loops: Vec<ComputedId>,
}

/// Classes of one column that the rules' own tests do not tell apart are one.
struct Projection {
    slot: usize,
    /// The rules' tests among the column's; none where the column does not keep what tests come to.
    tests: Option<Vec<usize>>,
    /// Those of them that are unknown for reasons with several names, and what tells these.
    hiding: Vec<usize>,
    told_by: ToldBy,
    /// By class, [`NOT_MET`] until it is met.
    numbers: Vec<u32>,
    by_truths: FxHashMap<Box<[u8]>, u32>,
}

/// What tells why a test is unknown.
#[derive(Clone, Copy)]
enum ToldBy {
    /// Its column's class.
    Class,
    /// The value of the field it asks about.
    Value(FieldId),
}

/// No number yet.
const NOT_MET: u32 = u32::MAX;

impl Projection {
    /// None where neither classes nor values tell apart what the rules' tests come to and why.
    fn new(plan: &Plan, slot: usize, rule_tests: &BTreeSet<TestId>) -> Option<Projection> {
        let column = &plan.columns[slot];
        let classes = column.classes.as_ref()?;
        let own = classes.tests().iter().enumerate();
        let own = own.filter(|(_, test)| rule_tests.contains(test));
        let hiding = own.clone().filter(|(_, test)| is_hidden(plan, **test));
        let hiding: Vec<usize> = hiding.map(|(place, _)| place).collect();
        let kept = classes.keeps_truths();
        let told_by = match column.source {
            _ if hiding.is_empty() => ToldBy::Class,
            _ if !kept => return None,
            Source::Field(field) => ToldBy::Value(field),
            Source::Day(_) | Source::Total(..) => return None,
        };
        Some(Projection {
            tests: kept.then(|| own.map(|(place, _)| place).collect()),
            hiding,
            told_by,
            ..Projection::of_classes(slot)
        })
    }

    /// Where every class counts by itself.
    fn of_classes(slot: usize) -> Projection {
        Projection {
            slot,
            tests: None,
            hiding: Vec::new(),
            told_by: ToldBy::Class,
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

    /// Whether the class does not tell why a test is unknown.
    fn hides(&self, batch: &Batch<'_>, class: u32) -> bool {
        if self.hiding.is_empty() || class == MISSING {
            return false;
        }
        let tables = batch.tables(self.slot);
        let tables = tables.expect("a classed column has tables");
        let all = tables.truths.len() / tables.count;
        let truths = &tables.truths[class as usize * all..];
        let mut hiding = self.hiding.iter().map(|test| truths[*test]);
        hiding.any(|truth| truth == Truth::Unknown as u8)
    }
}

impl ListUse {
    /// What rules with these tests and computed conditions ask of the list that a column is, if it is one.
    fn of(
        plan: &Plan,
        slot: usize,
        rule_tests: &BTreeSet<TestId>,
        computed: &BTreeSet<ComputedId>,
    ) -> Option<ListUse> {
        let classes = plan.columns[slot].classes.as_ref()?;
        let list = classes.list_tests()?.list;
        let tests = classes.tests().iter().enumerate();
        let tests = tests.filter(|(_, test)| {
            let asks = matches!(&plan.program.tests[**test].form,
                TestForm::Any { body, .. } if !matches!(body, LoopForm::Constant(_)));
            asks && rule_tests.contains(test)
        });
        let loops = computed.iter().filter(|id| {
            let lists = told_by_elements(plan, **id);
            lists.is_some_and(|lists| lists.contains(&list))
        });
        Some(ListUse {
            slot,
            tests: tests.map(|(place, _)| place).collect(),
            loops: loops.copied().collect(),
        })
    }

    /// Whether something asked of it can be open in the row at hand. What is said of the record beside a body can be so for elements that satisfy
    /// it, so a test that is not false is enough.
    fn can_be_open(
        &self,
        resolver: &mut Resolver<'_>,
        row: (&Batch<'_>, &dyn Records, usize),
    ) -> bool {
        let (batch, records, at) = row;
        let class = batch.class(self.slot, at);
        if class == MISSING {
            return false;
        }
        let tables = batch.tables(self.slot);
        let tables = tables.expect("a classed column has tables");
        let all = tables.truths.len() / tables.count;
        let truths = &tables.truths[class as usize * all..];
        let mut tests = self.tests.iter().map(|test| truths[*test]);
        tests.any(|truth| truth != Truth::False as u8)
            || resolver.any_unknown(batch, records, at, &self.loops)
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
            shared: Vec::new(),
            by_rules: FxHashMap::default(),
            memo_together: FxHashMap::default(),
            joined: FxHashMap::default(),
            key: Vec::new(),
            classes: vec![None; plan.columns.len()],
        }
    }

    /// The fields that keep any of `rules` open in a row: in the order of declaration, then other names. The resolver has just
    /// resolved the row, and these are its open rules.
    pub fn of(
        &mut self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        rules: &[RuleId],
    ) -> Names {
        self.classes.fill(None);
        let (number, bits) = resolver.at_hand();
        let at = number as usize;
        if at >= MAX_TOGETHER {
            return self.one_by_one(resolver, batch, records, row, rules);
        }
        if self.together.len() <= at {
            self.together.resize(at + 1, None);
        }
        let shared = match self.together[at] {
            Some(shared) => shared,
            None => self.share(at, bits, rules),
        };
        let footprint = &mut self.shared[shared];
        if !footprint.says_all(resolver, batch, records, row) {
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

    /// What the open rules of records with certain bits depend on.
    fn share(&mut self, number: usize, bits: &Bits, rules: &[RuleId]) -> usize {
        let plan = self.plan;
        let mut deriver = Deriver::new(plan, bits);
        let mut is_settled = |rule, formula| {
            let truth = match formula {
                Formula::Truth => deriver.truth(rule),
                Formula::Would => deriver.would(rule),
                Formula::Stops => deriver.stops(rule),
            };
            truth != Truth::Unknown
        };
        let reached = reached(plan, rules, &mut is_settled);
        let shared = match self.by_rules.get(&reached) {
            Some(shared) => *shared,
            None => {
                self.shared.push(Footprint::of(plan, &reached));
                self.by_rules.insert(reached, self.shared.len() - 1);
                self.shared.len() - 1
            }
        };
        self.together[number] = Some(shared);
        shared
    }

    fn one_by_one(
        &mut self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        rules: &[RuleId],
    ) -> Names {
        let plan = self.plan;
        let (record, open) = (OnceCell::new(), OnceCell::new());
        let walk = |rule| {
            let open = open.get_or_init(|| {
                let (record, days) = record.get_or_init(|| records.record(row));
                reference::Open::on(&plan.model, record, days)
            });
            Names::from(open.missing(rule))
        };
        let mut all_kept = true;
        let lists: Vec<Names> = rules
            .iter()
            .map(|rule| {
                let (names, is_kept) = self.of_rule(resolver, batch, records, row, *rule, &walk);
                all_kept &= is_kept;
                names
            })
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
        if all_kept {
            self.joined.insert(places, names.clone());
        }
        names
    }

    /// The fields that keep a rule open, and whether the memo has them.
    fn of_rule(
        &mut self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        rule: RuleId,
        walk: &dyn Fn(RuleId) -> Names,
    ) -> (Names, bool) {
        if !(self.footprint(rule)).says_all(resolver, batch, records, row) {
            return (walk(rule), false);
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
                let names = walk(rule);
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
        (names, true)
    }

    fn footprint(&mut self, rule: RuleId) -> &mut Footprint {
        let plan = self.plan;
        self.footprints[rule.index()].get_or_insert_with(|| {
            let reached = reached(plan, &[rule], &mut |_, _| false);
            Box::new(Footprint::of(plan, &reached))
        })
    }
}

impl Footprint {
    /// What the formulas of any of `rules` depend on.
    fn of(plan: &Plan, rules: &BTreeSet<RuleId>) -> Footprint {
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
            .filter(|column| plan.program.columns[**column].classed);
        let classed: Option<Vec<Projection>> = classed
            .map(|column| {
                let slot = plan.slot(*column);
                if by_class.contains(column) {
                    Some(Projection::of_classes(slot))
                } else {
                    Projection::new(plan, slot, &tests)
                }
            })
            .collect();
        let opaque = computed
            .iter()
            .filter(|id| !is_told_apart(plan, **id) && told_by_elements(plan, **id).is_none());
        let lists = columns.iter().filter_map(|column| {
            let slot = plan.slot(*column);
            ListUse::of(plan, slot, &tests, &computed)
        });
        let lists: Vec<ListUse> = lists.collect();
        let kept = |list: &ListUse| {
            let classes = plan.columns[list.slot].classes.as_ref();
            classes.is_some_and(|classes| classes.keeps_truths())
        };
        Footprint {
            complete: classed.is_some() && lists.iter().all(kept),
            lists,
            columns: classed.unwrap_or_default(),
            amounts: slots(&|column| plan.program.columns[column].amount),
            opaque: opaque.copied().collect(),
            computed: computed.into_iter().collect(),
        }
    }

    /// Whether the missing fields depend on nothing else in the row at hand: an opaque condition that is decided keeps nothing open.
    fn says_all(
        &self,
        resolver: &mut Resolver<'_>,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
    ) -> bool {
        let mut lists = self.lists.iter();
        self.complete
            && !resolver.any_unknown(batch, records, row, &self.opaque)
            && !lists.any(|list| {
                list.can_be_open(resolver, (batch, records, row))
                    && records.kinds_hide(list.slot, row)
            })
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
            if !column.hides(batch, *class) {
                continue;
            }
            match column.told_by {
                ToldBy::Class => {}
                ToldBy::Value(field) => {
                    let value = format!("{:?}", records.value(row, field));
                    key.extend((value.len() as u32).to_le_bytes());
                    key.extend(value.as_bytes());
                }
            }
        }
        for list in &self.lists {
            if !list.can_be_open(resolver, (batch, records, row)) {
                push(key, 0);
                continue;
            }
            let kinds = records.kinds(list.slot, row);
            push(key, 1 + kinds.len() as u32);
            kinds.iter().for_each(|kind| push(key, *kind));
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

/// The rules whose conditions the missing fields of `open` rules can depend on; formulas that are settled are left out with all
/// that they alone ask about.
fn reached(
    plan: &Plan,
    open: &[RuleId],
    is_settled: &mut dyn FnMut(RuleId, Formula) -> bool,
) -> BTreeSet<RuleId> {
    let mut met = BTreeSet::new();
    for rule in open {
        reach(plan, (*rule, Formula::Truth), is_settled, &mut met);
    }
    met.into_iter().map(|(rule, _)| rule).collect()
}

fn reach(
    plan: &Plan,
    (id, formula): (RuleId, Formula),
    is_settled: &mut dyn FnMut(RuleId, Formula) -> bool,
    met: &mut BTreeSet<(RuleId, Formula)>,
) {
    if !met.insert((id, formula)) {
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
    let asked = asked.flat_map(|rule| [(*rule, Formula::Truth), (*rule, Formula::Would)]);
    for (rule, formula) in excepted.chain(exceptions).chain(asked) {
        if !is_settled(rule, formula) {
            reach(plan, (rule, formula), is_settled, met);
        }
    }
}

/// Whether a test is unknown for reasons with several names.
fn is_hidden(plan: &Plan, id: TestId) -> bool {
    match &plan.program.tests[id].form {
        TestForm::Condition { expr, .. } => has_several_reasons(expr),
        TestForm::Window(_)
        | TestForm::Threshold(..)
        | TestForm::Listed(_)
        | TestForm::Any { .. }
        | TestForm::IsThere(_)
        | TestForm::Not(_)
        | TestForm::And(_)
        | TestForm::Or(_) => false,
    }
}

/// The lists whose elements, by their kinds, tell all that a loop's open parts depend on besides what is told of the record; none where it is no
/// such loop, or nothing is kept of the kinds.
fn told_by_elements(plan: &Plan, id: ComputedId) -> Option<BTreeSet<ListColumnId>> {
    let ComputedKind::Loop { form, .. } = &plan.program.computed[id].kind else {
        return None;
    };
    let columns = plan.columns.iter();
    let with_kinds: BTreeSet<ListColumnId> = columns
        .filter_map(|column| Some(column.classes.as_ref()?.list_tests()?.list))
        .collect();
    form.told_by_elements()
        .filter(|lists| lists.is_subset(&with_kinds))
}

/// Whether classes, states and truths tell apart all that a computed condition's open parts depend on.
fn is_told_apart(plan: &Plan, id: ComputedId) -> bool {
    match &plan.program.computed[id].kind {
        // Which keys are missing, and what of other records, is told by the record alone.
        ComputedKind::Amounts { .. } if reads_totals(plan, id) => false,
        ComputedKind::Amounts { compare, .. } => {
            divides_by_columns(&compare.left) && divides_by_columns(&compare.right)
        }
        ComputedKind::ByClass(_) => true,
        // What it is made of is looked at by itself.
        ComputedKind::Formula(_) => true,
        ComputedKind::Loop { .. } | ComputedKind::Reference(_) => false,
    }
}

fn reads_totals(plan: &Plan, id: ComputedId) -> bool {
    let columns = plan.program.computed[id].columns.iter();
    let mut sources = columns.map(|column| plan.program.columns[*column].source);
    sources.any(|source| matches!(source, Source::Total(..)))
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
#[path = "missing_tests.rs"]
mod tests;
