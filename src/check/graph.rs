//! What depends on what: an order in which everything stands after what it needs, and the circles.

use crate::text::Span;

/// Things by number, and for each what it needs and where it says so.
#[derive(Clone)]
pub(super) struct Graph {
    needs: Vec<Vec<(usize, Span)>>,
}

/// What a walk through a [`Graph`] found.
pub(super) struct Walk {
    /// Every thing reached, each after what it needs (circles apart).
    pub order: Vec<usize>,
    /// Each circle once for each step that closes one: things in order, each with the place where it asks for the next,
    /// the last for the first.
    pub circles: Vec<Vec<(usize, Span)>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

impl Graph {
    pub fn new(things: usize) -> Graph {
        Graph {
            needs: vec![Vec::new(); things],
        }
    }

    pub fn need(&mut self, thing: usize, needed: usize, span: Span) {
        self.needs[thing].push((needed, span));
    }

    /// Depth first and without recursion, from each root in turn, in the order in which needs were added.
    pub fn walk(&self, roots: impl IntoIterator<Item = usize>) -> Walk {
        let mut state = vec![State::New; self.needs.len()];
        let mut walk = Walk {
            order: Vec::with_capacity(self.needs.len()),
            circles: Vec::new(),
        };
        for root in roots {
            if state[root] == State::New {
                self.walk_from(root, &mut state, &mut walk);
            }
        }
        walk
    }

    /// `path` holds the open things and how many of their needs were looked at.
    fn walk_from(&self, root: usize, state: &mut [State], walk: &mut Walk) {
        let mut path: Vec<(usize, usize)> = vec![(root, 0)];
        state[root] = State::Open;
        while let Some((thing, looked)) = path.last_mut() {
            let Some(&(needed, _)) = self.needs[*thing].get(*looked) else {
                state[*thing] = State::Done;
                walk.order.push(*thing);
                path.pop();
                continue;
            };
            *looked += 1;
            match state[needed] {
                State::Done => {}
                State::New => {
                    state[needed] = State::Open;
                    path.push((needed, 0));
                }
                State::Open => walk.circles.push(self.circle(&path, needed)),
            }
        }
    }

    fn circle(&self, path: &[(usize, usize)], closing: usize) -> Vec<(usize, Span)> {
        let from = path.iter().position(|(thing, _)| *thing == closing);
        path[from.unwrap_or_default()..]
            .iter()
            .map(|&(thing, looked)| (thing, self.needs[thing][looked - 1].1))
            .collect()
    }

    /// For each thing the length of the longest chain of needs below it, itself included; `order` is that of a walk.
    pub fn depths(&self, order: &[usize]) -> Vec<usize> {
        let mut depths = vec![0; self.needs.len()];
        for &thing in order {
            let needs = self.needs[thing].iter();
            let below = needs.map(|(needed, _)| depths[*needed]).max();
            depths[thing] = below.unwrap_or(0) + 1;
        }
        depths
    }

    /// For each thing how many things it becomes once all it needs is put in, as often as it is needed.
    pub fn sizes(&self, order: &[usize]) -> Vec<usize> {
        let mut sizes = vec![0_usize; self.needs.len()];
        for &thing in order {
            let needs = self.needs[thing].iter();
            let within = needs.fold(1, |size: usize, (needed, _)| {
                size.saturating_add(sizes[*needed])
            });
            sizes[thing] = within;
        }
        sizes
    }

    /// Which things need `target`, directly or not; `target` itself too.
    pub fn needing(&self, reversed: &Graph, target: usize) -> Vec<bool> {
        let mut reached = vec![false; self.needs.len()];
        let mut open = vec![target];
        reached[target] = true;
        while let Some(thing) = open.pop() {
            for &(needing, _) in &reversed.needs[thing] {
                if !reached[needing] {
                    reached[needing] = true;
                    open.push(needing);
                }
            }
        }
        reached
    }

    /// Every need the other way round.
    pub fn reversed(&self) -> Graph {
        let mut reversed = Graph::new(self.needs.len());
        for (thing, needs) in self.needs.iter().enumerate() {
            for &(needed, span) in needs {
                reversed.need(needed, thing, span);
            }
        }
        reversed
    }
}
