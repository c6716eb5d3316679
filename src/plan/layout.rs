//! Which clause is which bit: base clauses of rules in the first stage, all others in the second.

use crate::ir::{
    Atom, Clause, ColumnId, ComputedId, ComputedKind, DeferredId, GroupId, Program, Role, TestId,
};
use crate::model::Model;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Clauses in a word.
pub const WORD: usize = 64;

/// First-stage clauses up to which a row loop is cheaper than masks. Measured; see `docs/architecture.md`.
pub const MAX_ROW_LOOP: usize = 6;

/// Bits of the summary, as long as none has to stand for more than a word: two vectors of 128. With no more clauses than
/// that each has a bit of its own.
const SUMMARY: usize = 256;

/// How many clauses of the first stage one bit of the summary stands for: a power of two, at most [`WORD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(usize);

impl Share {
    fn of(clauses: usize) -> Share {
        let mut share = 1;
        while share < WORD && clauses.div_ceil(share) > SUMMARY {
            share *= 2;
        }
        Share(share)
    }

    /// As a number.
    pub fn get(self) -> usize {
        self.0
    }

    /// The summary of the clauses of the first stage: bit `b` says whether one of them from `b * share` on is there.
    pub fn summary(self, first: &[u64]) -> Cow<'_, [u64]> {
        if self.0 == 1 {
            return Cow::Borrowed(first);
        }
        let mut summary = vec![0; first.len().div_ceil(self.0)];
        let there = first.iter().enumerate().filter(|(_, word)| **word != 0);
        for (at, word) in there {
            let bits = (at * WORD / self.0..).zip(self.of_word());
            for (bit, _) in bits.filter(|(_, clauses)| word & clauses != 0) {
                summary[bit / WORD] |= 1 << (bit % WORD);
            }
        }
        Cow::Owned(summary)
    }

    /// The clauses that each bit of a word stands for.
    pub fn of_word(self) -> impl ExactSizeIterator<Item = u64> {
        let all = u64::MAX >> (WORD - self.0);
        (0..WORD / self.0).map(move |bit| all << (bit * self.0))
    }
}

impl Default for Share {
    fn default() -> Self {
        Share(1)
    }
}

/// The clauses of some groups, those together that make the same comparisons of amounts.
fn clauses(program: &Program, take: impl Fn(Role) -> bool) -> Vec<(GroupId, &Clause)> {
    let groups = program.groups.iter().filter(|(_, group)| take(group.role));
    let mut clauses: Vec<(GroupId, &Clause)> = groups
        .flat_map(|(group, of)| of.clauses.iter().map(move |clause| (group, clause)))
        .collect();
    clauses.sort_by_cached_key(|(_, clause)| comparisons(program, clause));
    clauses
}

/// How the first stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Clause after clause over test truths; for a handful of clauses.
    RowLoop,
    /// The summary first, column by column; then the masks of the clauses that can matter.
    Masks,
}

/// A clause and what it asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedClause {
    /// Tests with masks.
    pub tests: Vec<TestId>,
    /// Tests on columns with too many classes for masks, asked only of records still alive.
    pub late: Vec<TestId>,
    /// Computed conditions; `true`: negated.
    pub computed: Vec<(ComputedId, bool)>,
    /// Conditions on rules; `true`: negated.
    pub deferred: Vec<(DeferredId, bool)>,
    /// The group it belongs to.
    pub group: Option<GroupId>,
}

impl PlannedClause {
    fn new(clause: &Clause, group: GroupId) -> Self {
        let mut planned = PlannedClause {
            group: Some(group),
            ..PlannedClause::default()
        };
        for literal in &clause.literals {
            match literal.atom {
                Atom::Test(test) => planned.tests.push(test),
                Atom::Computed(id) => planned.computed.push((id, literal.negated)),
                Atom::Deferred(id) => planned.deferred.push((id, literal.negated)),
            }
        }
        planned
    }

    /// Whether masks alone do not decide it (questions about rules aside).
    pub fn has_more(&self) -> bool {
        !self.late.is_empty() || !self.computed.is_empty()
    }
}

/// The clauses as bits. First-stage words come first, then second-stage words.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// By bit number; unused bits at the end of a stage have no group.
    pub clauses: Vec<PlannedClause>,
    /// Words of the first stage.
    pub first_words: usize,
    /// Words of both stages.
    pub words: usize,
    /// What a bit of the summary stands for.
    pub share: Share,
    /// For each group its bits, in order.
    pub bits: Vec<Vec<u32>>,
    /// For each word the clauses that masks alone do not decide.
    pub more: Vec<u64>,
}

impl Layout {
    /// Lays out the clauses of a program.
    pub fn new(model: &Model, program: &Program) -> Layout {
        let mut layout = Layout {
            bits: vec![Vec::new(); program.groups.len()],
            ..Layout::default()
        };
        let is_first = |role: Role| match role {
            Role::Base(rule) => !model.rules[rule].is_exception(),
            Role::Unless(_) | Role::AtLeast(..) | Role::Suspension | Role::Part => false,
        };
        let mut first = clauses(program, is_first);
        layout.share = Share::of(first.len());
        if layout.share.get() > 1 {
            bring_together(program, &mut first);
        }
        layout.add(first);
        layout.first_words = layout.clauses.len() / WORD;
        layout.add(clauses(program, |role| !is_first(role)));
        layout.words = layout.clauses.len() / WORD;
        layout
    }

    /// Gives clauses their bits, from a new word on.
    fn add(&mut self, clauses: Vec<(GroupId, &Clause)>) {
        for (group, clause) in clauses {
            self.push(clause, group);
        }
        let padded = self.clauses.len().next_multiple_of(WORD);
        self.clauses.resize(padded, PlannedClause::default());
    }

    fn push(&mut self, clause: &Clause, group: GroupId) {
        let bit = u32::try_from(self.clauses.len()).expect("fewer than 2^32 clauses");
        self.bits[group.index()].push(bit);
        self.clauses.push(PlannedClause::new(clause, group));
    }

    /// Words of the summary.
    pub fn summary_words(&self) -> usize {
        self.first_words.div_ceil(self.share.0)
    }

    /// The summary of clauses of the first stage, given as words of all clauses.
    pub fn summary<'w>(&self, words: &'w [u64]) -> Cow<'w, [u64]> {
        self.share.summary(&words[..self.first_words])
    }

    /// Says which clauses need more than masks; to be called once late tests are known.
    pub fn note_more(&mut self) {
        self.more = self
            .clauses
            .chunks(WORD)
            .map(|word| {
                let bits = word
                    .iter()
                    .enumerate()
                    .filter(|(_, clause)| clause.has_more());
                bits.fold(0, |mask, (bit, _)| mask | 1 << bit)
            })
            .collect();
    }

    /// For each word, the bits that stand for a clause.
    pub fn used(&self) -> Vec<u64> {
        self.clauses
            .chunks(WORD)
            .map(|word| {
                let bits = word
                    .iter()
                    .enumerate()
                    .filter(|(_, clause)| clause.group.is_some());
                bits.fold(0, |mask, (bit, _)| mask | 1 << bit)
            })
            .collect()
    }
}

/// Puts clauses that ask much the same beside each other, those together that make the same comparisons of amounts: what several
/// clauses have in common is what their bit of the summary can tell. Clauses that ask the same columns come together, and of these
/// the ones with the same test of the column with the fewest tests.
fn bring_together(program: &Program, clauses: &mut [(GroupId, &Clause)]) {
    let mut tests_of: FxHashMap<ColumnId, usize> = FxHashMap::default();
    for (_, test) in program.tests.iter() {
        *tests_of.entry(test.column).or_default() += 1;
    }
    clauses.sort_by_cached_key(|(_, clause)| {
        let tests = clause
            .literals
            .iter()
            .filter_map(|literal| match literal.atom {
                Atom::Test(id) => {
                    let column = program.tests[id].column;
                    Some((tests_of[&column], column, id))
                }
                Atom::Computed(_) | Atom::Deferred(_) => None,
            });
        let mut tests: Vec<(usize, ColumnId, TestId)> = tests.collect();
        tests.sort_unstable();
        let columns: Vec<ColumnId> = tests.iter().map(|(_, column, _)| *column).collect();
        (comparisons(program, clause), columns, tests)
    });
}

/// The comparisons of amounts that a clause asks; `true`: negated.
fn comparisons(program: &Program, clause: &Clause) -> BTreeSet<(ComputedId, bool)> {
    let literals = clause.literals.iter();
    let asked = literals.filter_map(|literal| match literal.atom {
        Atom::Computed(id) => Some((id, literal.negated)),
        Atom::Test(_) | Atom::Deferred(_) => None,
    });
    let is_comparison =
        |id: ComputedId| matches!(program.computed[id].kind, ComputedKind::Amounts { .. });
    asked.filter(|(id, _)| is_comparison(*id)).collect()
}
