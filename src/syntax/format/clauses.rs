//! The layout of rules, exceptions and suspensions.

use super::layout::{INDENT, Layout};
use crate::syntax::ast::{Clause, ClauseKind, Target};

impl Layout<'_> {
    /// A rule, or with `targets` an exception or a suspension, that ends with the piece `close`.
    pub(super) fn rule(&mut self, targets: Option<&[Target]>, clauses: &[Clause], close: usize) {
        let starts = self.starts(clauses.iter().map(|clause| clause.span));
        let open = match starts.first() {
            Some(&first) => first - 1,
            None => close - 1,
        };
        let targets_apart = targets.is_some_and(|targets| self.targets(targets, open));
        if targets_apart {
            self.own_lines(close, &starts, 0);
        }
        if targets_apart || self.block(open, close, &starts, 0, 1) {
            self.align_arguments(clauses, &starts);
        }
        for (clause, &start) in clauses.iter().zip(&starts) {
            self.clause(clause, start);
        }
    }

    /// `to a, b` or `of tagged c`: on a line of its own where the author has it there or the whole does not fit. Says
    /// whether it is.
    fn targets(&mut self, targets: &[Target], open: usize) -> bool {
        let starts = self.starts(targets.iter().map(|target| target.span));
        let Some(&first) = starts.first() else {
            return false;
        };
        let word = first - 1;
        let is_broken = (word..=open).any(|index| self.newline(index));
        if is_broken || !self.fits(word) {
            self.break_at(word, INDENT);
        }
        self.hang(&starts, open);
        self.breaks(word)
    }

    /// Pads the words of clauses so that what follows them stands in one column.
    fn align_arguments(&mut self, clauses: &[Clause], starts: &[usize]) {
        let aligned: Vec<_> = clauses
            .iter()
            .zip(starts)
            .filter(|(clause, start)| is_aligned(&clause.kind) && !self.forced(*start + 1))
            .map(|(_, &start)| start)
            .collect();
        let widest = aligned.iter().map(|&at| self.width(at)).max().unwrap_or(0);
        for start in aligned {
            self.pad(start + 1, widest + 1 - self.width(start));
        }
    }

    fn clause(&mut self, clause: &Clause, start: usize) {
        let last = self.last(clause.span);
        match &clause.kind {
            ClauseKind::Cites(texts) => {
                let starts = self.starts(texts.iter().map(|text| text.span));
                self.hang(&starts, last);
            }
            ClauseKind::Tags(names) => {
                let starts = self.starts(names.iter().map(|name| name.span));
                self.hang(&starts, last);
            }
            ClauseKind::When(condition) | ClauseKind::Unless(condition) => {
                let column = self.column(self.first(condition.span));
                self.expr(condition, column);
            }
            ClauseKind::Then { verdict, because } => {
                let first = self.first(verdict.span);
                let column = self.column(first);
                if let Some(because) = because {
                    let word = self.first(because.span) - 1;
                    self.chain(first, &[word], column);
                }
                self.expr(verdict, column);
            }
            ClauseKind::Obliges { within, .. } => {
                if let Some(within) = within {
                    let column = self.column(start + 1);
                    let word = self.first(within.span);
                    self.chain(start + 1, &[word], column);
                }
            }
            ClauseKind::Note { value, .. } => {
                let column = self.column(self.first(value.span));
                self.expr(value, column);
            }
            ClauseKind::InForce(_)
            | ClauseKind::Suspended(_)
            | ClauseKind::From(_)
            | ClauseKind::ForEach { .. }
            | ClauseKind::IfUnknown(_)
            | ClauseKind::Weight(_)
            | ClauseKind::Error => {}
        }
    }
}

/// Whether the clause's word is padded.
fn is_aligned(kind: &ClauseKind) -> bool {
    match kind {
        ClauseKind::Cites(_)
        | ClauseKind::Tags(_)
        | ClauseKind::When(_)
        | ClauseKind::Unless(_)
        | ClauseKind::Then { .. }
        | ClauseKind::Note { .. }
        | ClauseKind::Weight(_) => true,
        ClauseKind::InForce(_)
        | ClauseKind::Suspended(_)
        | ClauseKind::From(_)
        | ClauseKind::ForEach { .. }
        | ClauseKind::IfUnknown(_)
        | ClauseKind::Obliges { .. }
        | ClauseKind::Error => false,
    }
}
