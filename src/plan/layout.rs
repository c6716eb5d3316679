//! Which clause is which bit: base clauses of rules in the first stage, all others in the second.

use crate::ir::{
    Atom, Clause, ComputedId, ComputedKind, DeferredId, GroupId, Program, Role, TestId,
};
use crate::model::Model;
use std::collections::BTreeSet;

/// Clauses in a word.
pub const WORD: usize = 64;

/// First-stage clauses up to which a row loop is cheaper than masks. Measured; see `docs/architecture.md`.
pub const MAX_ROW_LOOP: usize = 6;

/// How many clauses a word holds, and which groups may share one, so that all words fit one summary word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    /// Words of one part each. The fewer clauses share a word, the more its summary bit says.
    ByPart(usize),
    /// Words of several parts that make the same comparisons.
    ByComparisons(usize),
    /// Full words, more than one summary word has bits for.
    Closely,
}

impl Packing {
    fn of(parts: &[Part<'_>]) -> Packing {
        let by_part = |share: &usize| {
            let words = parts.iter().map(|part| part.clauses.len().div_ceil(*share));
            words.sum::<usize>() <= WORD
        };
        let by_comparisons = |share: &usize| {
            let mut words = 0;
            for alike in parts.chunk_by(|a, b| a.comparisons == b.comparisons) {
                let mut room = 0;
                for clauses in alike.iter().flat_map(|part| part.clauses.chunks(*share)) {
                    if clauses.len() > room {
                        (words, room) = (words + 1, *share);
                    }
                    room -= clauses.len();
                }
            }
            words <= WORD
        };
        let by_part = (1..=WORD).find(by_part).map(Packing::ByPart);
        let shared = || (1..=WORD).find(by_comparisons).map(Packing::ByComparisons);
        by_part.or_else(shared).unwrap_or(Packing::Closely)
    }
}

/// Clauses of one group that make the same comparisons of amounts, and are to get their bits.
struct Part<'p> {
    group: GroupId,
    comparisons: BTreeSet<(ComputedId, bool)>,
    clauses: Vec<&'p Clause>,
}

/// The clauses of some groups, in the order of their comparisons.
fn parts(program: &Program, take: impl Fn(Role) -> bool) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (group, of) in program.groups.iter().filter(|(_, group)| take(group.role)) {
        let before = parts.len();
        for clause in &of.clauses {
            let comparisons = comparisons(program, clause);
            let own = parts[before..].iter_mut();
            match own.into_iter().find(|part| part.comparisons == comparisons) {
                Some(part) => part.clauses.push(clause),
                None => parts.push(Part {
                    group,
                    comparisons,
                    clauses: vec![clause],
                }),
            }
        }
    }
    parts.sort_by(|a, b| a.comparisons.cmp(&b.comparisons));
    parts
}

/// How the first stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Clause after clause over test truths; for a handful of clauses.
    RowLoop,
    /// One bit a word first, column by column; then the masks of the words that can matter.
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
        let first = parts(program, is_first);
        let count: usize = first.iter().map(|part| part.clauses.len()).sum();
        if count <= MAX_ROW_LOOP {
            layout.add(&first, Packing::Closely);
        } else {
            layout.add(&first, Packing::of(&first));
        }
        layout.first_words = layout.clauses.len() / WORD;
        layout.add(&parts(program, |role| !is_first(role)), Packing::Closely);
        layout.words = layout.clauses.len() / WORD;
        layout
    }

    fn add(&mut self, parts: &[Part<'_>], packing: Packing) {
        let (share, apart) = match packing {
            Packing::ByPart(share) | Packing::ByComparisons(share) => (share, true),
            Packing::Closely => (WORD, false),
        };
        let mut before: Option<&Part<'_>> = None;
        for part in parts {
            let differs = before.is_some_and(|before| before.comparisons != part.comparisons);
            if matches!(packing, Packing::ByPart(_)) || apart && differs {
                self.end_word();
            }
            for clauses in part.clauses.chunks(share) {
                if apart && self.clauses.len() % WORD + clauses.len() > share {
                    self.end_word();
                }
                for clause in clauses {
                    self.push(clause, part.group);
                }
            }
            before = Some(part);
        }
        self.end_word();
    }

    fn push(&mut self, clause: &Clause, group: GroupId) {
        let bit = u32::try_from(self.clauses.len()).expect("fewer than 2^32 clauses");
        self.bits[group.index()].push(bit);
        self.clauses.push(PlannedClause::new(clause, group));
    }

    fn end_word(&mut self) {
        let padded = self.clauses.len().next_multiple_of(WORD);
        self.clauses.resize(padded, PlannedClause::default());
    }

    /// Summary words of the first stage: one bit a word.
    pub fn summary_words(&self) -> usize {
        self.first_words.div_ceil(WORD)
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

    /// The words of the first stage that hold a clause, as bits of the summary words.
    pub fn used_words(&self) -> Vec<u64> {
        let mut summary = vec![0; self.summary_words()];
        let used = self.used().into_iter().take(self.first_words).enumerate();
        for (word, _) in used.filter(|(_, used)| *used != 0) {
            summary[word / WORD] |= 1 << (word % WORD);
        }
        summary
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
