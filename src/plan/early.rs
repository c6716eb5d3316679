//! Comparisons of amounts that the first stage makes itself, so that records they leave nothing of are no candidates.

use super::{Layout, Shape, WORD};
use crate::ir::{ComputedId, ComputedKind, Program};
use std::collections::BTreeMap;

/// A comparison of amounts that clauses of one first-stage word ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The word.
    pub word: usize,
    /// The comparison.
    pub computed: ComputedId,
    /// The clauses that its falsehood leaves out.
    pub if_false: u64,
    /// The clauses that ask its negation.
    pub if_true: u64,
}

/// Words up to which comparisons are made before a record is a candidate. With more, few records are candidates for
/// want of anything else, and the code for each word would not pay.
const MAX_FILTERS: usize = 64;

/// The comparisons that the first stage makes, by word.
pub(super) fn filters(program: &Program, layout: &Layout, shape: Shape) -> Vec<Filter> {
    let mut masks: BTreeMap<(usize, ComputedId), (u64, u64)> = BTreeMap::new();
    let first = &layout.clauses[..layout.first_words * WORD];
    for (bit, clause) in first.iter().enumerate() {
        for (computed, negated) in &clause.computed {
            if let ComputedKind::Amounts { .. } = program.computed[*computed].kind {
                let (if_false, if_true) = masks.entry((bit / WORD, *computed)).or_default();
                let mask = if *negated { if_true } else { if_false };
                *mask |= 1 << (bit % WORD);
            }
        }
    }
    if shape == Shape::Summarised || masks.len() > MAX_FILTERS {
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
