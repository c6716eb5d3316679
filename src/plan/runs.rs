//! Truth along a line of thresholds: position 0 is before all, `2k + 1` at threshold `k`, `2k + 2` after it.

use crate::domain::Truth;
use crate::model::CompareOp;

/// Truth from each position on, until the next; the first is at position 0, neighbours differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs {
    steps: Vec<(u32, Truth)>,
}

impl Runs {
    /// The same everywhere.
    pub fn constant(truth: Truth) -> Runs {
        Runs {
            steps: vec![(0, truth)],
        }
    }

    /// From steps in ascending order; equal neighbours become one.
    pub fn from_steps(steps: impl IntoIterator<Item = (u32, Truth)>) -> Runs {
        let mut kept: Vec<(u32, Truth)> = Vec::new();
        for (at, truth) in steps {
            match kept.last() {
                Some((_, last)) if *last == truth => {}
                Some((place, _)) if *place == at => {
                    kept.pop();
                    if kept.last().is_none_or(|(_, last)| *last != truth) {
                        kept.push((at, truth));
                    }
                }
                Some(_) | None => kept.push((at, truth)),
            }
        }
        Runs { steps: kept }
    }

    /// A comparison with threshold number `k`.
    pub fn compare(op: CompareOp, k: usize) -> Runs {
        use Truth::{False, True};
        let at = u32::try_from(2 * k + 1).expect("fewer than 2^31 thresholds");
        let after = at + 1;
        let steps = match op {
            CompareOp::Lt => vec![(0, True), (at, False)],
            CompareOp::Le => vec![(0, True), (after, False)],
            CompareOp::Gt => vec![(0, False), (after, True)],
            CompareOp::Ge => vec![(0, False), (at, True)],
            CompareOp::Eq => vec![(0, False), (at, True), (after, False)],
            CompareOp::Ne => vec![(0, True), (at, False), (after, True)],
        };
        Runs { steps }
    }

    /// The steps in ascending order.
    pub fn steps(&self) -> &[(u32, Truth)] {
        &self.steps
    }

    /// The truth at a position.
    pub fn at(&self, position: u32) -> Truth {
        let next = self.steps.partition_point(|(at, _)| *at <= position);
        self.steps[next - 1].1
    }

    /// Kleene `not`.
    pub fn not(&self) -> Runs {
        Runs {
            steps: self
                .steps
                .iter()
                .map(|(at, truth)| (*at, truth.not()))
                .collect(),
        }
    }

    /// Joins two position by position.
    pub fn join(&self, other: &Runs, join: impl Fn(Truth, Truth) -> Truth) -> Runs {
        let mut places: Vec<u32> = self
            .steps
            .iter()
            .chain(&other.steps)
            .map(|(at, _)| *at)
            .collect();
        places.sort_unstable();
        places.dedup();
        Runs::from_steps(
            places
                .into_iter()
                .map(|at| (at, join(self.at(at), other.at(at)))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_agree_with_numbers_at_and_around_every_threshold() {
        // Position p stands for the number p, threshold k for the number 2k + 1.
        for op in [
            CompareOp::Eq,
            CompareOp::Ne,
            CompareOp::Lt,
            CompareOp::Le,
            CompareOp::Gt,
            CompareOp::Ge,
        ] {
            for k in 0..3 {
                for position in 0..8u32 {
                    let bound = 2 * k as u32 + 1;
                    let expected = match op {
                        CompareOp::Eq => position == bound,
                        CompareOp::Ne => position != bound,
                        CompareOp::Lt => position < bound,
                        CompareOp::Le => position <= bound,
                        CompareOp::Gt => position > bound,
                        CompareOp::Ge => position >= bound,
                    };
                    assert_eq!(
                        Runs::compare(op, k).at(position),
                        Truth::from(expected),
                        "{op:?} {k} {position}"
                    );
                }
            }
        }
    }

    #[test]
    fn joining_is_position_by_position() {
        let a = Runs::compare(CompareOp::Ge, 0);
        let b = Runs::compare(CompareOp::Lt, 2);
        let both = a.join(&b, Truth::and);
        for position in 0..8 {
            assert_eq!(both.at(position), a.at(position).and(b.at(position)));
        }
        assert_eq!(
            both.steps(),
            [(0, Truth::False), (1, Truth::True), (5, Truth::False)]
        );
    }
}
