//! Conditions over lists for many rows at once: the rows of which clauses that ask for them are candidates.

use crate::domain::Truth;
use crate::ir::{Atom, ComputedId, ComputedKind, Form, LoopForm, Role};
use crate::kernel::loops::{self, Places};
use crate::kernel::{Batch, Candidate};
use crate::plan::{Plan, PlannedClause, WORD};

/// The loops that each candidate can ask for.
#[derive(Default)]
pub struct Askers {
    /// For each word of the first stage: a loop, and the clauses that ask for it themselves or through a clause of the second stage.
    of_word: Vec<Vec<(ComputedId, u64)>>,
}

impl Askers {
    /// Of the clauses of a plan.
    pub fn of(plan: &Plan) -> Askers {
        let layout = &plan.layout;
        let (first, second) = layout.clauses.split_at(layout.first_words * WORD);
        let of_word = first.chunks(WORD).map(|word| {
            let mut of_word: Vec<(ComputedId, u64)> = Vec::new();
            for (bit, clause) in word.iter().enumerate() {
                let mut loops = Vec::new();
                asked_by(plan, clause, &mut loops);
                let role = clause.group.map(|group| plan.program.groups[group].role);
                if let Some(Role::Base(rule)) = role {
                    for (word, needed) in &plan.needs[rule.index()].words {
                        let clauses = &second[*word as usize * WORD..][..WORD];
                        let clauses = clauses.iter().enumerate();
                        let clauses = clauses.filter(|(bit, _)| needed >> bit & 1 != 0);
                        clauses.for_each(|(_, clause)| asked_by(plan, clause, &mut loops));
                    }
                }
                for id in loops {
                    match of_word.iter_mut().find(|(own, _)| *own == id) {
                        Some((_, clauses)) => *clauses |= 1 << bit,
                        None => of_word.push((id, 1 << bit)),
                    }
                }
            }
            of_word
        });
        Askers {
            of_word: of_word.collect(),
        }
    }

    /// The loops that a candidate can ask for.
    pub fn asked(&self, candidate: &Candidate) -> impl Iterator<Item = ComputedId> + use<'_> {
        let possible = candidate.possible;
        let of_word = self.of_word[candidate.word as usize].iter();
        let asked = of_word.filter(move |(_, clauses)| clauses & possible != 0);
        asked.map(|(id, _)| *id)
    }
}

/// Adds the loops that a clause asks for.
fn asked_by(plan: &Plan, clause: &PlannedClause, loops: &mut Vec<ComputedId>) {
    for (id, _) in &clause.computed {
        asked_in(plan, *id, loops);
    }
}

fn asked_in(plan: &Plan, id: ComputedId, loops: &mut Vec<ComputedId>) {
    match &plan.program.computed[id].kind {
        ComputedKind::Loop { .. } => loops.push(id),
        ComputedKind::Formula(form) => asked_in_form(plan, form, loops),
        ComputedKind::Amounts { .. } | ComputedKind::ByClass(_) | ComputedKind::Reference(_) => {}
    }
}

fn asked_in_form(plan: &Plan, form: &Form, loops: &mut Vec<ComputedId>) {
    match form {
        Form::Constant(_) => {}
        Form::Literal(literal) => match literal.atom {
            Atom::Computed(id) => asked_in(plan, id, loops),
            Atom::Test(_) | Atom::Deferred(_) => {}
        },
        Form::And(parts) | Form::Or(parts) => {
            for part in parts {
                asked_in_form(plan, part, loops);
            }
        }
        Form::IsUnknown(inner) | Form::IsSettled(inner) => asked_in_form(plan, inner, loops),
    }
}

/// What one loop came to in some rows.
#[derive(Clone, Debug, Default)]
pub struct Ahead {
    /// Ascending.
    rows: Vec<usize>,
    /// The row that was noted last.
    noted: Option<usize>,
    /// Once the first of them was asked about.
    truths: Vec<u8>,
}

impl Ahead {
    /// Another batch, or other candidates of it.
    pub fn forget(&mut self) {
        self.rows.clear();
        self.noted = None;
        self.truths.clear();
    }

    /// Whether a row was noted last. Rows come in order, some of them several times.
    pub fn was_noted(&self, row: usize) -> bool {
        self.noted == Some(row)
    }

    /// Notes a row, and whether it may be asked about.
    pub fn note(&mut self, row: usize, may_be_asked: bool) {
        self.noted = Some(row);
        if may_be_asked {
            self.rows.push(row);
        }
    }

    /// What `form` comes to in a row; `None` where the reference evaluator has to be asked.
    pub fn truth(
        &mut self,
        plan: &Plan,
        batch: &Batch<'_>,
        form: &LoopForm,
        row: usize,
    ) -> Option<Truth> {
        if let Ok(at) = self.rows.binary_search(&row) {
            if self.truths.is_empty() {
                let rows = Places::from(self.rows.iter().copied());
                match loops::truths(plan, batch, form, rows) {
                    Some(truths) => self.truths = truths,
                    // Some row does not fit: each by itself.
                    None => self.rows.clear(),
                }
            }
            if let Some(truth) = self.truths.get(at) {
                return Some(loops::truth_of(*truth));
            }
        }
        let alone = loops::truths(plan, batch, form, Places::from([row]))?;
        alone.first().copied().map(loops::truth_of)
    }
}
