//! The rows of a closure: each entity that is caught or may be, the days, and what its owners are.

use super::carried::{Carried, pieces};
use crate::domain::text::fold;
use crate::domain::{Bound, Day, Holding, MissingShare, Number, Window, Windows, caught};
use crate::model::{Closure, Enum, List, ListId, ListRow, RowPlace, Type, Value};
use crate::text::Arena;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Owners that are named; of more it is said how many there are.
const MAX_OWNERS: usize = 20;

/// Who owns whom, with entities as numbers.
struct Graph<'l> {
    /// Their keys as first written.
    keys: Vec<&'l Value>,
    /// The days on which each is in one of the lists.
    listed: Vec<Windows>,
    holdings: Vec<Holding>,
}

/// Why an owner counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counts {
    Listed,
    Caught,
    /// Only if a share that nobody said is large enough.
    Perhaps,
}

/// The rows, by entities in the order in which they are first held, then by days.
///
/// `ranks`: of each column the greatest value that it could have, where its values have an order.
pub(super) fn rows(
    enums: &Arena<Enum>,
    lists: &Arena<List>,
    closure: &Closure,
    ranks: &[u16],
) -> Vec<ListRow> {
    let graph = Graph::of(lists, closure);
    let solve = |missing| caught(&graph.listed, &graph.holdings, &closure.bound, missing);
    let certain = solve(MissingShare::Nothing);
    let all_said = graph.holdings.iter().all(|it| it.share.is_some());
    let possible = match all_said {
        true => certain.clone(),
        false => solve(MissingShare::Whole),
    };
    let ty = lists[closure.over].head.columns[closure.owner].ty;
    let names = graph.keys.iter().map(|key| shown(enums, ty, key));
    let owners = Owners {
        graph: &graph,
        bound: &closure.bound,
        certain: &certain,
        possible: &possible,
        names: names.collect(),
    };
    let carried = closure.carried().zip(&closure.carries);
    let carried: Vec<Carried> = carried
        .map(|(column, of)| {
            let folded = ty == Type::Text { folded: true };
            let mut given = vec![Vec::new(); graph.keys.len()];
            for (key, given) in graph.keys.iter().zip(&mut given) {
                for (list, column) in closure.of.iter().zip(of) {
                    let rows = lists[*list].with_key(key, folded);
                    given.extend(rows.map(|row| (row.window, row.get(*column))));
                }
            }
            let caught = [certain.as_slice(), possible.as_slice()];
            Carried::new(&given, caught, &graph.holdings, ranks[column.index()])
        })
        .collect();
    let mut rows: Vec<ListRow> = Vec::new();
    for (owned, held) in graph.by_owned() {
        if possible[owned].is_empty() {
            continue;
        }
        for stretch in owners.stretches(&held) {
            for (window, taken) in pieces(&carried, owned, stretch.window) {
                let place = RowPlace::Row(rows.len() as u64 + 1);
                let because = Value::Text(Arc::clone(&stretch.because));
                let known = [Some(graph.keys[owned].clone()), Some(because)];
                rows.push(ListRow {
                    values: known.into_iter().chain(taken).collect(),
                    window,
                    place,
                    certain: stretch.certain,
                });
            }
        }
    }
    rows
}

impl<'l> Graph<'l> {
    fn of(lists: &'l Arena<List>, closure: &Closure) -> Graph<'l> {
        let over = &lists[closure.over];
        let folded = over.head.columns[closure.owner].ty == Type::Text { folded: true };
        let mut numbers: FxHashMap<Value, u32> = FxHashMap::default();
        let mut keys = Vec::new();
        let mut number = |key: &'l Value| {
            let is = match key {
                Value::Text(text) if folded => Value::Text(fold(text).into()),
                key => key.clone(),
            };
            *numbers.entry(is).or_insert_with(|| {
                keys.push(key);
                keys.len() as u32 - 1
            })
        };
        let mut holdings = Vec::with_capacity(over.rows().len());
        for row in over.rows() {
            let entity = |column| {
                let key = row.get(column);
                key.expect("internal error: an owner or what it owns is missing")
            };
            let (owner, owned) = (number(entity(closure.owner)), number(entity(closure.owned)));
            let share = row.get(closure.share).map(|share| match share {
                Value::Number(share) => share.clone(),
                other => unreachable!("internal error: {other:?} as a share"),
            });
            holdings.push(Holding {
                owner,
                owned,
                share,
                window: row.window,
            });
        }
        let days = |key: &Value| {
            let of = |id: &ListId| lists[*id].with_key(key, folded).map(|row| row.window);
            Windows::from_windows(closure.of.iter().flat_map(of))
        };
        let listed = keys.iter().map(|key| days(key)).collect();
        Graph {
            keys,
            listed,
            holdings,
        }
    }

    /// Each entity that is held, and by which holdings, both in the order of the list.
    fn by_owned(&self) -> impl Iterator<Item = (usize, Vec<usize>)> + use<> {
        let mut held: Vec<Vec<usize>> = vec![Vec::new(); self.keys.len()];
        let mut order = Vec::new();
        for (at, holding) in self.holdings.iter().enumerate() {
            let owned = holding.owned as usize;
            if held[owned].is_empty() {
                order.push(owned);
            }
            held[owned].push(at);
        }
        let take = move |owned: usize| (owned, std::mem::take(&mut held[owned]));
        order.into_iter().map(take)
    }
}

/// Days on which an entity is in the closure for one reason.
struct Stretch {
    window: Window,
    certain: bool,
    because: Arc<str>,
}

/// What makes entities caught.
struct Owners<'a> {
    graph: &'a Graph<'a>,
    bound: &'a Bound,
    certain: &'a [Windows],
    possible: &'a [Windows],
    names: Vec<Arc<str>>,
}

/// The holdings of owners that count on one day, by their place in the list.
struct Held {
    owners: BTreeMap<usize, Counts>,
    /// What those hold together that count for certain.
    sum: Number,
    /// What those hold together that count only perhaps.
    perhaps: Number,
    /// Holdings of which nobody said the share.
    unsaid: usize,
}

impl Owners<'_> {
    /// The days on which what these holdings are of is in the closure.
    fn stretches(&self, held: &[usize]) -> Vec<Stretch> {
        // From a day on a holding counts, or no longer does.
        let mut changes: Vec<(Option<Day>, bool, usize, Counts)> = Vec::new();
        for &at in held {
            for (counts, days) in self.days(at) {
                for window in days.intervals() {
                    changes.push((window.from, true, at, counts));
                    let end = window.until.map(|until| (Some(until), false, at, counts));
                    changes.extend(end);
                }
            }
        }
        // On one day what ends comes before what begins.
        changes.sort_by_key(|(day, begins, at, _)| (*day, *begins, *at));
        let mut now = Held {
            owners: BTreeMap::new(),
            sum: Number::zero(),
            perhaps: Number::zero(),
            unsaid: 0,
        };
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut chunks = changes.chunk_by(|a, b| a.0 == b.0).peekable();
        while let Some(chunk) = chunks.next() {
            for (_, begins, at, counts) in chunk {
                now.change(*begins, *at, *counts, &self.graph.holdings[*at]);
            }
            let until = chunks.peek().and_then(|next| next[0].0);
            let Some((certain, because)) = self.reason(&now) else {
                continue;
            };
            match stretches.last_mut() {
                Some(last)
                    if last.window.until == chunk[0].0
                        && last.certain == certain
                        && last.because == because =>
                {
                    last.window.until = until;
                }
                Some(_) | None => stretches.push(Stretch {
                    window: Window::new(chunk[0].0, until),
                    certain,
                    because,
                }),
            }
        }
        stretches
    }

    /// The days on which a holding counts, and why.
    fn days(&self, at: usize) -> [(Counts, Windows); 3] {
        let holding = &self.graph.holdings[at];
        let owner = holding.owner as usize;
        let held = match &holding.share {
            Some(share) if share.is_zero() => Windows::empty(),
            Some(_) | None => Windows::from(holding.window),
        };
        let listed = &self.graph.listed[owner];
        let (certain, possible) = (&self.certain[owner], &self.possible[owner]);
        let caught = certain.subtract(listed);
        let perhaps = possible.subtract(listed).subtract(certain);
        [
            (Counts::Listed, listed.intersect(&held)),
            (Counts::Caught, caught.intersect(&held)),
            (Counts::Perhaps, perhaps.intersect(&held)),
        ]
    }

    /// Whether an entity is caught for certain, and by whom; nothing where it is not caught.
    fn reason(&self, now: &Held) -> Option<(bool, Arc<str>)> {
        let certain = self.bound.is_met(&now.sum);
        let most = &now.sum + &now.perhaps;
        if !certain && now.unsaid == 0 && !self.bound.is_met(&most) {
            return None;
        }
        // What is not certain does not matter beside what is.
        let counts = |(at, counts): &(&usize, &Counts)| {
            let said = self.graph.holdings[**at].share.is_some();
            !certain || said && **counts != Counts::Perhaps
        };
        let mut owners = now.owners.iter().filter(counts);
        let named = owners.by_ref().take(MAX_OWNERS);
        let named: Vec<String> = named.map(|(at, why)| self.owner(*at, *why)).collect();
        let mut text = named.join(", ");
        match owners.count() {
            0 if named.len() == 1 || !certain => {}
            0 => text += &format!(", together {}", percent(&now.sum)),
            more => text += &format!(", and {more} more, together {}", percent(&now.sum)),
        }
        Some((certain, text.into()))
    }

    /// `E100 33.33%`, `X7 20% (caught)`, `X8 an unknown share (perhaps caught)`.
    fn owner(&self, at: usize, counts: Counts) -> String {
        let holding = &self.graph.holdings[at];
        let name = &self.names[holding.owner as usize];
        let share = holding.share.as_ref().map(percent);
        let share = share.as_deref().unwrap_or("an unknown share");
        match counts {
            Counts::Listed => format!("{name} {share}"),
            Counts::Caught => format!("{name} {share} (caught)"),
            Counts::Perhaps => format!("{name} {share} (perhaps caught)"),
        }
    }
}

impl Held {
    fn change(&mut self, begins: bool, at: usize, counts: Counts, holding: &Holding) {
        match begins {
            true => self.owners.insert(at, counts),
            false => self.owners.remove(&at),
        };
        match (&holding.share, counts) {
            (None, _) if begins => self.unsaid += 1,
            (None, _) => self.unsaid -= 1,
            (Some(share), Counts::Perhaps) => self.perhaps = signed(&self.perhaps, begins, share),
            (Some(share), Counts::Listed | Counts::Caught) => {
                self.sum = signed(&self.sum, begins, share);
            }
        }
    }
}

fn signed(sum: &Number, plus: bool, share: &Number) -> Number {
    match plus {
        true => sum + share,
        false => sum - share,
    }
}

/// `33.33%`
fn percent(share: &Number) -> String {
    format!("{}%", share * &Number::from_i64(100))
}

/// A key as a text shows it.
pub(in crate::check) fn shown(enums: &Arena<Enum>, ty: Type, key: &Value) -> Arc<str> {
    match (key, ty) {
        (Value::Text(text), _) => Arc::clone(text),
        (Value::Code(code), _) => code.to_string().into(),
        (Value::Country(country), _) => country.to_string().into(),
        (Value::Date(day), _) => day.to_string().into(),
        (Value::Number(number), _) => number.to_string().into(),
        (Value::Enum(value), Type::Enum(id)) => Arc::clone(&enums[id].values[usize::from(*value)]),
        (other, _) => unreachable!("internal error: {other:?} as a key"),
    }
}
