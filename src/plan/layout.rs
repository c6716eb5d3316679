//! Which clause is which bit: base clauses of rules in the first stage, all others in the second.

use crate::ir::{Atom, Clause, ComputedId, DeferredId, GroupId, Program, Role, TestId};
use crate::model::Model;

/// Clauses in a word.
pub const WORD: usize = 64;

/// How the first stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Clause after clause over test truths; for a handful of clauses.
    RowLoop,
    /// One mask a column, all words.
    Masks,
    /// Summary words first, then only the words that can matter.
    Summarised,
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
            Role::Unless(_) | Role::Suspension | Role::Part => false,
        };
        layout.add(program, is_first);
        layout.first_words = layout.clauses.len() / WORD;
        layout.add(program, |role| !is_first(role));
        layout.words = layout.clauses.len() / WORD;
        layout
    }

    fn add(&mut self, program: &Program, take: impl Fn(Role) -> bool) {
        for (id, group) in program.groups.iter().filter(|(_, group)| take(group.role)) {
            for clause in &group.clauses {
                let bit = u32::try_from(self.clauses.len()).expect("fewer than 2^32 clauses");
                self.bits[id.index()].push(bit);
                self.clauses.push(PlannedClause::new(clause, id));
            }
        }
        let padded = self.clauses.len().next_multiple_of(WORD);
        self.clauses.resize(padded, PlannedClause::default());
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
