//! Comparisons of amounts that the first stage makes itself, so that records they leave nothing of are no candidates.

use super::{Layout, PlannedClause, WORD};
use crate::domain::Truth;
use crate::ir::{ComputedId, ComputedKind, Program};
use std::collections::{BTreeMap, BTreeSet};

/// A comparison of amounts, and what it leaves out of a word of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The word.
    pub word: usize,
    /// The comparison.
    pub computed: ComputedId,
    /// The bits that its falsehood leaves out.
    pub if_false: u64,
    /// The bits that its truth leaves out.
    pub if_true: u64,
}

impl Filter {
    /// The bits that an answer leaves out.
    pub fn leaves_out(&self, truth: Option<Truth>) -> u64 {
        match truth {
            Some(Truth::False) => self.if_false,
            Some(Truth::True) => self.if_true,
            Some(Truth::Unknown) | None => 0,
        }
    }
}

/// Comparisons up to which they are made before a record is a candidate. With more, few records are candidates for
/// want of anything else, and the code would not pay.
const MAX_FILTERS: usize = 64;

/// The comparisons that the first stage makes, by word.
pub(super) fn filters(program: &Program, layout: &Layout) -> Vec<Filter> {
    let first = &layout.clauses[..layout.first_words * WORD];
    // A bit goes only where each of its clauses does.
    let asked = first.chunks(layout.share.get()).map(|clauses| {
        let used = clauses.iter().filter(|clause| clause.group.is_some());
        let asked = used.map(|clause| comparisons(program, clause));
        asked.reduce(|a, b| &a & &b).unwrap_or_default()
    });
    let mut masks: BTreeMap<(usize, ComputedId), (u64, u64)> = BTreeMap::new();
    for (bit, asked) in asked.enumerate() {
        for (computed, negated) in asked {
            let (if_false, if_true) = masks.entry((bit / WORD, computed)).or_default();
            let mask = if negated { if_true } else { if_false };
            *mask |= 1 << (bit % WORD);
        }
    }
    if masks.len() > MAX_FILTERS {
        return Vec::new();
    }
    masks
        .into_iter()
        .map(|((word, computed), (if_false, if_true))| Filter {
            word,
            computed,
            if_false,
            if_true,
        })
        .collect()
}

/// The comparisons that a clause asks; `true`: negated.
fn comparisons(program: &Program, clause: &PlannedClause) -> BTreeSet<(ComputedId, bool)> {
    let is_comparison = |id: ComputedId| {
        let kind = &program.computed[id].kind;
        matches!(kind, ComputedKind::Amounts { .. })
    };
    let asked = clause.computed.iter().copied();
    asked.filter(|(id, _)| is_comparison(*id)).collect()
}
