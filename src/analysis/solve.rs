//! Whether some record makes formulas come to given truths: a search over what each column may still hold.
//!
//! Columns are independent of one another, so a conjunction of tests can be met if each column has a value for its own. A choice
//! is made only among the parts of a disjunction, the one with the fewest first. What may come to anything is never in the way:
//! that nothing is found is a proof, that something is found is none where such a thing had to come to something.

use super::formula::{Formulas, Node, NodeId};
use super::space::{Samples, Space};
use crate::domain::Truth;
use crate::ir::{ColumnId, TestId};

/// Steps of one search at most.
const MAX_STEPS: usize = 40_000;
/// Choices inside one another at most.
const MAX_DEPTH: usize = 200;

/// Truths that are allowed, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed(u8);

impl Allowed {
    pub const FALSE: Allowed = Allowed(1);
    pub const UNKNOWN: Allowed = Allowed(2);
    pub const TRUE: Allowed = Allowed(4);
    pub const NOT_TRUE: Allowed = Allowed(3);
    pub const NOT_FALSE: Allowed = Allowed(6);
    const KNOWN: Allowed = Allowed(5);
    const ANY: Allowed = Allowed(7);

    fn has(self, truth: Truth) -> bool {
        self.0 & bit(truth) != 0
    }

    /// What its negation may come to.
    fn negated(self) -> Allowed {
        Allowed(self.0 & 2 | (self.0 & 1) << 2 | (self.0 & 4) >> 2)
    }

    fn truths(self) -> impl Iterator<Item = Truth> {
        Truth::ALL.into_iter().filter(move |truth| self.has(*truth))
    }
}

fn bit(truth: Truth) -> u8 {
    match truth {
        Truth::False => 1,
        Truth::Unknown => 2,
        Truth::True => 4,
    }
}

/// What is known of the record looked for.
#[derive(Clone)]
pub(super) struct State {
    /// By column, the values it may have.
    pub columns: Vec<Samples>,
    /// What things that may come to anything have to come to.
    free: Vec<Allowed>,
    /// Formulas of which some part has to come to something.
    open: Vec<(NodeId, Allowed)>,
}

impl State {
    /// Whether it depends on what no test on one column decides.
    pub fn needs_free(&self) -> bool {
        self.free.iter().any(|allowed| *allowed != Allowed::ANY)
    }
}

/// What a search came to.
pub(super) enum Found {
    /// Values that do it, where what may come to anything comes to the right thing.
    Some(Box<State>),
    /// No record does it.
    None,
    /// It was given up.
    TooMuch,
}

impl Found {
    /// Whether it is proven that no record does it.
    pub fn is_none(&self) -> bool {
        matches!(self, Found::None)
    }

    /// Values that do it whatever anything else comes to.
    pub fn for_certain(self) -> Option<State> {
        match self {
            Found::Some(state) if !state.needs_free() => Some(*state),
            Found::Some(_) | Found::None | Found::TooMuch => None,
        }
    }
}

/// The work was more than [`MAX_STEPS`].
struct TooMuch;

/// Looks for records.
pub(super) struct Solver<'s> {
    pub space: &'s Space,
    pub formulas: &'s Formulas<'s>,
    /// What every record has: a field that must be there is there.
    pub start: &'s [Samples],
}

impl Solver<'_> {
    /// A record for which each formula comes to something allowed, its columns within `within`.
    pub fn find(&self, goals: &[(NodeId, Allowed)], within: &[(ColumnId, Samples)]) -> Found {
        let mut state = State {
            columns: self.start.to_vec(),
            free: vec![Allowed::ANY; self.formulas.free],
            open: Vec::new(),
        };
        for (column, samples) in within {
            state.columns[column.index()].keep(samples);
            if state.columns[column.index()].is_empty() {
                return Found::None;
            }
        }
        let mut steps = MAX_STEPS;
        if !self.require(&mut state, goals.to_vec()) {
            return Found::None;
        }
        match self.search(state, 0, &mut steps) {
            Ok(Some(state)) => Found::Some(Box::new(state)),
            Ok(None) => Found::None,
            Err(TooMuch) => Found::TooMuch,
        }
    }

    /// Narrows the state down to what the goals ask; whether anything is left.
    fn require(&self, state: &mut State, mut goals: Vec<(NodeId, Allowed)>) -> bool {
        while let Some((node, allowed)) = goals.pop() {
            if allowed == Allowed::ANY {
                continue;
            }
            match &self.formulas.nodes[node] {
                Node::Constant(truth) => {
                    if !allowed.has(*truth) {
                        return false;
                    }
                }
                Node::Test(column, test) => {
                    let samples = self.samples(*column, *test, allowed);
                    let kept = &mut state.columns[column.index()];
                    kept.keep(&samples);
                    if kept.is_empty() {
                        return false;
                    }
                }
                Node::Free(at) => {
                    state.free[*at].0 &= allowed.0;
                    if state.free[*at].0 == 0 {
                        return false;
                    }
                }
                Node::Not(inner) => goals.push((*inner, allowed.negated())),
                Node::IsUnknown(inner) => {
                    let yes = if allowed.has(Truth::True) {
                        Allowed::UNKNOWN.0
                    } else {
                        0
                    };
                    let no = if allowed.has(Truth::False) {
                        Allowed::KNOWN.0
                    } else {
                        0
                    };
                    match Allowed(yes | no) {
                        Allowed(0) => return false,
                        inside => goals.push((*inner, inside)),
                    }
                }
                Node::And(parts) => take(node, parts, allowed, &mut goals, state),
                Node::Or(parts) => {
                    // By De Morgan what an `and` of the negations may come to.
                    let mut of_parts = Vec::new();
                    let before = state.open.len();
                    take(node, parts, allowed.negated(), &mut of_parts, state);
                    for open in &mut state.open[before..] {
                        open.1 = open.1.negated();
                    }
                    goals.extend(of_parts.into_iter().map(|(part, it)| (part, it.negated())));
                }
            }
        }
        true
    }

    fn samples(&self, column: ColumnId, test: TestId, allowed: Allowed) -> Samples {
        let column = &self.space.columns[column.index()];
        let mut samples = Samples::none(column.values.len());
        for truth in allowed.truths() {
            let with = column.with(test, truth);
            samples = samples.join(with.expect("the test is told by value"));
        }
        samples
    }

    fn search(
        &self,
        mut state: State,
        depth: usize,
        steps: &mut usize,
    ) -> Result<Option<State>, TooMuch> {
        loop {
            let mut best: Option<(usize, Vec<(NodeId, Allowed)>)> = None;
            for (at, (node, allowed)) in state.open.iter().enumerate() {
                let mut ways = Vec::new();
                let mut is_met = false;
                for (part, asked) in self.ways(*node, *allowed) {
                    *steps = steps.checked_sub(1).ok_or(TooMuch)?;
                    match self.outlook(&state, part, asked) {
                        Outlook::Never => {}
                        Outlook::Already => is_met = true,
                        Outlook::Perhaps => ways.push((part, asked)),
                    }
                }
                if !is_met
                    && best
                        .as_ref()
                        .is_none_or(|(_, known)| ways.len() < known.len())
                {
                    best = Some((at, ways));
                }
            }
            let Some((at, ways)) = best else {
                return Ok(Some(state));
            };
            state.open.swap_remove(at);
            match ways.as_slice() {
                [] => return Ok(None),
                [only] => {
                    if !self.require(&mut state, vec![*only]) {
                        return Ok(None);
                    }
                }
                several => return self.branch(&state, several, depth, steps),
            }
        }
    }

    fn branch(
        &self,
        state: &State,
        ways: &[(NodeId, Allowed)],
        depth: usize,
        steps: &mut usize,
    ) -> Result<Option<State>, TooMuch> {
        if depth >= MAX_DEPTH {
            return Err(TooMuch);
        }
        for way in ways {
            let mut next = state.clone();
            if self.require(&mut next, vec![*way])
                && let Some(found) = self.search(next, depth + 1, steps)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The ways in which a formula comes to something allowed: one of its parts does.
    fn ways(&self, node: NodeId, allowed: Allowed) -> Vec<(NodeId, Allowed)> {
        if allowed == Allowed::KNOWN {
            return vec![(node, Allowed::TRUE), (node, Allowed::FALSE)];
        }
        match &self.formulas.nodes[node] {
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().map(|part| (*part, allowed)).collect()
            }
            _ => unreachable!("internal error: only `and` and `or` stay open"),
        }
    }

    fn outlook(&self, state: &State, node: NodeId, allowed: Allowed) -> Outlook {
        match &self.formulas.nodes[node] {
            Node::Constant(truth) if allowed.has(*truth) => Outlook::Already,
            Node::Constant(_) => Outlook::Never,
            Node::Test(column, test) => {
                let samples = self.samples(*column, *test, allowed);
                let left = &state.columns[column.index()];
                match (left.is_within(&samples), left.meets(&samples)) {
                    (true, _) => Outlook::Already,
                    (false, true) => Outlook::Perhaps,
                    (false, false) => Outlook::Never,
                }
            }
            Node::Free(at) => match state.free[*at].0 & allowed.0 {
                0 => Outlook::Never,
                left if left == state.free[*at].0 => Outlook::Already,
                _ => Outlook::Perhaps,
            },
            Node::Not(inner) => self.outlook(state, *inner, allowed.negated()),
            Node::And(_) | Node::Or(_) | Node::IsUnknown(_) => Outlook::Perhaps,
        }
    }
}

/// Whether a part still can, or already does, come to what is asked.
enum Outlook {
    Never,
    Perhaps,
    Already,
}

/// What an `and` may come to, as goals for its parts or as a choice left open.
fn take(
    node: NodeId,
    parts: &[NodeId],
    allowed: Allowed,
    goals: &mut Vec<(NodeId, Allowed)>,
    state: &mut State,
) {
    match allowed {
        Allowed::TRUE | Allowed::NOT_FALSE => {
            goals.extend(parts.iter().map(|part| (*part, allowed)));
        }
        Allowed::UNKNOWN => {
            goals.extend(parts.iter().map(|part| (*part, Allowed::NOT_FALSE)));
            state.open.push((node, Allowed::NOT_TRUE));
        }
        _ => state.open.push((node, allowed)),
    }
}
