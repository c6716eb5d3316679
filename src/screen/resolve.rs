//! From candidates to outcome numbers: computed and late conditions, second-stage words, interning.

use super::ahead::{Ahead, Askers};
use super::outcome::{Bits, NOTHING, Outcome, Outcomes, outcome};
use crate::domain::Truth;
use crate::ir::{Atom, ComputedId, ComputedKind, Form, Literal};
use crate::kernel::{Batch, Candidate, Kernels};
use crate::model::{Expr, FieldId, PolicyId, Value};
use crate::plan::{Plan, TestPlace, WORD};
use crate::reference::{self, Record};
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// The records of a batch as the reference evaluator reads them.
pub trait Records {
    /// The record in a row, and its as-of day by policy.
    fn record(&self, row: usize) -> (Record, Vec<crate::domain::Day>);

    /// The value of a field in a row; none where it is missing or bad.
    fn value(&self, row: usize, field: FieldId) -> Option<Value>;

    /// Of what kinds the elements of a row's list are, which is the column at that place of the plan: what no test of the list tells
    /// apart is one kind.
    fn kinds(&self, slot: usize, row: usize) -> &[u32];

    /// Whether these kinds do not tell why some test of an element is unknown.
    fn kinds_hide(&self, slot: usize, row: usize) -> bool;
}

/// What one thread keeps from batch to batch.
pub struct Resolver<'a> {
    plan: &'a Plan,
    kernels: &'a Kernels,
    outcomes: &'a Outcomes,
    /// For each first-stage word the clauses whose rules need second-stage words.
    needing: Vec<u64>,
    /// For each set of bits its own number, which is not used again, and that of its outcome.
    by_bits: FxHashMap<Box<[u64]>, (u32, u32)>,
    next_bits: u32,
    /// The number of the bits at hand.
    bits_number: u32,
    /// Outcomes by number, so that the shared list is asked once for each.
    known: Vec<Option<std::sync::Arc<Outcome>>>,
    by_class: FxHashMap<(ComputedId, Box<[u32]>), Truth>,
    /// Per computed condition: the row it was last worked out for, and what it came to.
    computed: Vec<(usize, Truth)>,
    askers: Askers,
    /// Per computed condition over lists: what it came to for rows at once.
    ahead: Vec<Ahead>,
    needed: Vec<u64>,
    bits: Vec<(u32, u64, u64)>,
    key: Vec<u64>,
    found: Vec<Candidate>,
}

/// Sets of bits remembered at most; past that they are forgotten and worked out again.
const MAX_REMEMBERED: usize = 1 << 18;
/// Candidates found at a time.
const ROOM: usize = 1 << 14;

/// One row of a batch, its record read at most once.
struct Row<'b, 'd> {
    batch: &'b Batch<'d>,
    records: &'b dyn Records,
    row: usize,
    record: OnceCell<(Record, Vec<crate::domain::Day>)>,
}

impl<'b, 'd> Row<'b, 'd> {
    fn of(batch: &'b Batch<'d>, records: &'b dyn Records, row: usize) -> Row<'b, 'd> {
        Row {
            batch,
            records,
            row,
            record: OnceCell::new(),
        }
    }

    fn judge(&self, plan: &Plan, policy: PolicyId, expr: &Expr) -> Truth {
        let (record, days) = self.record.get_or_init(|| self.records.record(self.row));
        reference::condition(&plan.model, record, days, policy, expr)
    }
}

impl<'a> Resolver<'a> {
    /// For one thread.
    pub fn new(plan: &'a Plan, kernels: &'a Kernels, outcomes: &'a Outcomes) -> Self {
        let second_words = plan.layout.words - plan.layout.first_words;
        Resolver {
            plan,
            kernels,
            outcomes,
            needing: needing(plan),
            by_bits: FxHashMap::default(),
            next_bits: 0,
            bits_number: 0,
            known: Vec::new(),
            by_class: FxHashMap::default(),
            computed: vec![(usize::MAX, Truth::False); plan.program.computed.len()],
            askers: Askers::of(plan),
            ahead: vec![Ahead::default(); plan.program.computed.len()],
            needed: vec![0; second_words],
            bits: Vec::new(),
            key: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The outcome number of every row; rejected rows get [`NOTHING`]. `each` is called for every row with an outcome, in order,
    /// while what its computed conditions come to is still at hand.
    pub fn resolve(
        &mut self,
        batch: &Batch<'_>,
        records: &dyn Records,
        dead: &[bool],
        into: &mut Vec<u32>,
        mut each: impl FnMut(&mut Self, usize, u32),
    ) {
        into.clear();
        into.resize(batch.rows(), NOTHING);
        self.computed.fill((usize::MAX, Truth::False));
        let mut from = 0;
        let room = ROOM.max(2 * self.plan.layout.first_words + 2);
        while from < batch.rows() {
            let mut found = std::mem::take(&mut self.found);
            found.clear();
            from = self
                .kernels
                .current()
                .candidates(self.plan, batch, from, room, &mut found);
            self.look_ahead(batch, records, dead, &found);
            for of_row in found.chunk_by(|a, b| a.row == b.row) {
                let row = of_row[0].row as usize;
                if dead[row] {
                    continue;
                }
                let number = self.row(batch, records, row, of_row);
                into[row] = number;
                if number != NOTHING {
                    each(self, row, number);
                }
            }
            self.found = found;
        }
    }

    /// Notes for every loop which rows may ask for it, so that it is worked out for all of them at once.
    fn look_ahead(
        &mut self,
        batch: &Batch<'_>,
        records: &dyn Records,
        dead: &[bool],
        found: &[Candidate],
    ) {
        self.ahead.iter_mut().for_each(Ahead::forget);
        let askers = std::mem::take(&mut self.askers);
        for candidate in found {
            let row = candidate.row as usize;
            if dead[row] {
                continue;
            }
            for id in askers.asked(candidate) {
                if self.ahead[id.index()].was_noted(row) {
                    continue;
                }
                let may_be_asked = match &self.plan.program.computed[id].kind {
                    ComputedKind::Loop {
                        at_most: Some(at_most),
                        ..
                    } => {
                        let at_most = self.form(&Row::of(batch, records, row), at_most);
                        !at_most.is_false()
                    }
                    _ => true,
                };
                self.ahead[id.index()].note(row, may_be_asked);
            }
        }
        self.askers = askers;
    }

    fn row(
        &mut self,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        candidates: &[Candidate],
    ) -> u32 {
        let row = Row::of(batch, records, row);
        self.bits.clear();
        let mut needs_second = false;
        for candidate in candidates {
            let (possible, certain) = self.refine(
                &row,
                candidate.word as usize,
                candidate.possible,
                candidate.certain,
            );
            if possible != 0 {
                self.bits.push((candidate.word, possible, certain));
                needs_second |= self.note_needs(candidate.word as usize, possible);
            }
        }
        if self.bits.is_empty() {
            return NOTHING;
        }
        if needs_second {
            self.second_stage(&row);
        }
        self.number()
    }

    /// Notes the second-stage clauses that possible clauses of a word need; whether there are any.
    fn note_needs(&mut self, word: usize, possible: u64) -> bool {
        let mut left = possible & self.needing[word];
        let any = left != 0;
        while left != 0 {
            let bit = word * WORD + left.trailing_zeros() as usize;
            left &= left - 1;
            let group = self.plan.layout.clauses[bit]
                .group
                .expect("a possible clause has a group");
            if let crate::ir::Role::Base(rule) = self.plan.program.groups[group].role {
                for (second, mask) in &self.plan.needs[rule.index()].words {
                    self.needed[*second as usize] |= mask;
                }
            }
        }
        any
    }

    fn second_stage(&mut self, row: &Row<'_, '_>) {
        for second in 0..self.needed.len() {
            let needed = std::mem::take(&mut self.needed[second]);
            if needed == 0 {
                continue;
            }
            let (mut possible, mut certain) = (needed, needed);
            let word = self.plan.layout.first_words + second;
            for slot in self.plan.second_slots[second].iter().copied() {
                let tables = row
                    .batch
                    .tables(slot)
                    .expect("a column with classes has tables");
                let class = row.batch.class(slot, row.row);
                possible &= tables.second.possible(class, second);
                certain &= tables.second.certain(class, second);
                if possible == 0 {
                    break;
                }
            }
            let (possible, certain) = self.refine(row, word, possible, certain & possible);
            if possible != 0 {
                self.bits.push((word as u32, possible, certain));
            }
        }
    }

    /// Late tests and computed conditions of the clauses that are still possible.
    fn refine(
        &mut self,
        row: &Row<'_, '_>,
        word: usize,
        mut possible: u64,
        mut certain: u64,
    ) -> (u64, u64) {
        let mut left = possible & self.plan.layout.more[word];
        while left != 0 {
            let mask = left & left.wrapping_neg();
            let bit = word * WORD + left.trailing_zeros() as usize;
            left &= left - 1;
            match self.more(row, bit) {
                Truth::True => {}
                Truth::Unknown => certain &= !mask,
                Truth::False => {
                    possible &= !mask;
                    certain &= !mask;
                }
            }
        }
        (possible, certain)
    }

    fn more(&mut self, row: &Row<'_, '_>, bit: usize) -> Truth {
        let plan = self.plan;
        let clause = &plan.layout.clauses[bit];
        let mut truth = Truth::True;
        for test in &clause.late {
            truth = truth.and(exposed(row, plan, plan.place(*test)));
            if truth.is_false() {
                return truth;
            }
        }
        for (computed, negated) in &clause.computed {
            let asked = self.computed(row, *computed);
            truth = truth.and(if *negated { asked.not() } else { asked });
            if truth.is_false() {
                return truth;
            }
        }
        truth
    }

    fn computed(&mut self, row: &Row<'_, '_>, id: ComputedId) -> Truth {
        let (at, truth) = self.computed[id.index()];
        if at == row.row {
            return truth;
        }
        let plan = self.plan;
        let computed = &plan.program.computed[id];
        let truth = match &computed.kind {
            ComputedKind::Amounts { expr, .. } => self
                .kernels
                .current()
                .amounts(plan, row.batch, id, row.row)
                .unwrap_or_else(|| row.judge(plan, computed.policy, expr)),
            ComputedKind::ByClass(expr) => self.by_class(row, id, expr, computed.policy),
            ComputedKind::Formula(form) => self.form(row, form),
            ComputedKind::Loop {
                form,
                at_most,
                expr,
            } => match at_most {
                Some(at_most) if self.form(row, at_most).is_false() => Truth::False,
                _ => self.ahead[id.index()]
                    .truth(plan, row.batch, form, row.row)
                    .unwrap_or_else(|| row.judge(plan, computed.policy, expr)),
            },
            ComputedKind::Reference(expr) => row.judge(plan, computed.policy, expr),
        };
        self.computed[id.index()] = (row.row, truth);
        truth
    }

    fn by_class(
        &mut self,
        row: &Row<'_, '_>,
        id: ComputedId,
        expr: &Expr,
        policy: PolicyId,
    ) -> Truth {
        let plan = self.plan;
        let columns = &plan.program.computed[id].columns;
        let classes: Box<[u32]> = columns
            .iter()
            .map(|column| row.batch.class(plan.slot(*column), row.row))
            .collect();
        if let Some(truth) = self.by_class.get(&(id, classes.clone())) {
            return *truth;
        }
        let truth = row.judge(plan, policy, expr);
        self.by_class.insert((id, classes), truth);
        truth
    }

    fn form(&mut self, row: &Row<'_, '_>, form: &Form) -> Truth {
        match form {
            Form::Constant(truth) => *truth,
            Form::Literal(literal) => self.literal(row, *literal),
            Form::And(parts) => {
                let mut truth = Truth::True;
                for part in parts {
                    truth = truth.and(self.form(row, part));
                    if truth.is_false() {
                        break;
                    }
                }
                truth
            }
            Form::Or(parts) => {
                let mut truth = Truth::False;
                for part in parts {
                    truth = truth.or(self.form(row, part));
                    if truth.is_true() {
                        break;
                    }
                }
                truth
            }
            Form::IsUnknown(inner) => self.form(row, inner).is_unknown().into(),
            Form::IsSettled(inner) => (!self.form(row, inner).is_unknown()).into(),
        }
    }

    fn literal(&mut self, row: &Row<'_, '_>, literal: Literal) -> Truth {
        let truth = match literal.atom {
            Atom::Test(test) => exposed(row, self.plan, self.plan.place(test)),
            Atom::Computed(id) => self.computed(row, id),
            Atom::Deferred(_) => unreachable!("a computed formula asks about no rule"),
        };
        if literal.negated { truth.not() } else { truth }
    }

    /// The outcome number of the bits at hand.
    fn number(&mut self) -> u32 {
        self.key.clear();
        for (word, possible, certain) in &self.bits {
            self.key.extend([u64::from(*word), *possible, *certain]);
        }
        if let Some((bits_number, number)) = self.by_bits.get(self.key.as_slice()) {
            self.bits_number = *bits_number;
            return *number;
        }
        if self.by_bits.len() >= MAX_REMEMBERED {
            self.by_bits.clear();
        }
        let number = self.outcomes.intern(outcome(self.plan, &self.bits));
        self.bits_number = self.next_bits;
        self.next_bits = self.next_bits.saturating_add(1);
        let numbers = (self.bits_number, number);
        self.by_bits.insert(self.key.as_slice().into(), numbers);
        number
    }

    /// The bits of the row that was resolved last, which had some, and their number.
    pub(super) fn at_hand(&self) -> (u32, &Bits) {
        (self.bits_number, &self.bits)
    }

    /// The outcome with a number.
    pub fn outcome(&mut self, number: u32) -> std::sync::Arc<Outcome> {
        let at = number as usize;
        if self.known.len() <= at {
            self.known.resize(at + 1, None);
        }
        self.known[at]
            .get_or_insert_with(|| self.outcomes.get(number))
            .clone()
    }

    /// What computed conditions come to, for the memo of missing fields.
    pub(super) fn computed_truths(
        &mut self,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        of: &[ComputedId],
        key: &mut Vec<u8>,
    ) {
        let row = Row::of(batch, records, row);
        key.extend(of.iter().map(|id| self.computed(&row, *id) as u8));
    }

    /// Whether any of some computed conditions is unknown.
    pub(super) fn any_unknown(
        &mut self,
        batch: &Batch<'_>,
        records: &dyn Records,
        row: usize,
        of: &[ComputedId],
    ) -> bool {
        let row = Row::of(batch, records, row);
        of.iter().any(|id| self.computed(&row, *id).is_unknown())
    }
}

fn exposed(row: &Row<'_, '_>, plan: &Plan, place: TestPlace) -> Truth {
    let classes = plan.columns[place.slot]
        .classes
        .as_ref()
        .expect("a tested column has classes");
    let tables = row
        .batch
        .tables(place.slot)
        .expect("a tested column has tables");
    tables.truth(
        row.batch.class(place.slot, row.row),
        place.exposed,
        classes.exposed_count(),
    )
}

fn needing(plan: &Plan) -> Vec<u64> {
    let first = &plan.layout.clauses[..plan.layout.first_words * WORD];
    first
        .chunks(WORD)
        .map(|word| {
            let bits = word.iter().enumerate().filter(|(_, clause)| {
                let role = clause.group.map(|group| plan.program.groups[group].role);
                matches!(role, Some(crate::ir::Role::Base(rule)) if !plan.needs[rule.index()].words.is_empty())
            });
            bits.fold(0, |mask, (bit, _)| mask | 1 << bit)
        })
        .collect()
}
