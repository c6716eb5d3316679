//! Who is caught through its owners: shares of listed and caught owners add up, and what they catch counts in turn.
//!
//! The least fixed point by day: an entity is caught on the days on which the shares of those of its owners that are listed
//! or themselves caught reach a bound. A caught owner counts with its whole share, so nothing multiplies along a chain, and
//! a circle of owners catches nobody by itself.

use super::{Day, Number, Window, Windows};
use std::collections::VecDeque;

/// One entity holds a share of another. Entities are numbered from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Who holds.
    pub owner: u32,
    /// What is held.
    pub owned: u32,
    /// How much, as a fraction of 1; `None` where nobody said.
    pub share: Option<Number>,
    /// The days on which it is held.
    pub window: Window,
}

/// From which sum of shares on an entity is caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The sum, from 0 to 1.
    pub share: Number,
    /// Whether the sum has to exceed it, not only to reach it.
    pub exceeded: bool,
}

impl Bound {
    /// Whether a sum of shares catches.
    pub fn is_met(&self, sum: &Number) -> bool {
        match self.exceeded {
            true => *sum > self.share,
            false => *sum >= self.share,
        }
    }
}

/// What a share that nobody said is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingShare {
    /// Nothing: what is caught so is caught whatever the share may be.
    Nothing,
    /// The whole: what is not caught even so is not caught whatever the share may be.
    Whole,
}

/// The days on which each entity is caught through its owners; `listed` are the days on which it is listed.
///
/// Every holding is added up once for each stretch of days that its owner newly counts on.
pub fn caught(
    listed: &[Windows],
    holdings: &[Holding],
    bound: &Bound,
    missing: MissingShare,
) -> Vec<Windows> {
    let mut cascade = Cascade {
        holdings,
        bound,
        missing,
        by_owner: by_owner(listed.len(), holdings),
        entities: vec![Entity::default(); listed.len()],
        waiting: VecDeque::new(),
    };
    for (entity, days) in listed.iter().enumerate() {
        cascade.entities[entity].counts = days.clone();
        cascade.pass_on(entity, days);
    }
    while let Some(entity) = cascade.waiting.pop_front() {
        cascade.add_up(entity);
    }
    let entities = cascade.entities.into_iter();
    entities.map(|entity| entity.caught).collect()
}

/// The days on which each entity takes something over from an owner. `given` are the days on which each has it of its own; on
/// the days of `caught` what an entity took over passes on to what it holds in turn.
pub fn carried(
    given: &[Windows],
    caught: &[Windows],
    holdings: &[Holding],
    missing: MissingShare,
) -> Vec<Windows> {
    let by_owner = by_owner(given.len(), holdings);
    let mut taken = vec![Windows::empty(); given.len()];
    let mut passed = vec![Windows::empty(); given.len()];
    let mut waiting: VecDeque<(usize, Windows)> = given.iter().cloned().enumerate().collect();
    while let Some((owner, days)) = waiting.pop_front() {
        let new = days.subtract(&passed[owner]);
        if new.is_empty() {
            continue;
        }
        passed[owner] = passed[owner].union(&new);
        for at in by_owner.of(owner) {
            let holding = &holdings[by_owner.places[at] as usize];
            let counts = match &holding.share {
                Some(share) => !share.is_zero(),
                None => missing == MissingShare::Whole,
            };
            if counts {
                let owned = holding.owned as usize;
                let days = new.intersect(&Windows::from(holding.window));
                taken[owned] = taken[owned].union(&days);
                waiting.push_back((owned, days.intersect(&caught[owned])));
            }
        }
    }
    taken
}

/// The places of each owner's holdings.
struct ByOwner {
    ends: Vec<usize>,
    places: Vec<u32>,
}

fn by_owner(entities: usize, holdings: &[Holding]) -> ByOwner {
    let mut places: Vec<u32> = (0..).take(holdings.len()).collect();
    places.sort_by_key(|place| holdings[*place as usize].owner);
    let mut ends = vec![0; entities];
    for holding in holdings {
        ends[holding.owner as usize] += 1;
    }
    let mut end = 0;
    for count in &mut ends {
        end += *count;
        *count = end;
    }
    ByOwner { ends, places }
}

impl ByOwner {
    fn of(&self, owner: usize) -> std::ops::Range<usize> {
        let start = owner.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[owner]
    }
}

/// From that day on (from the beginning of time without one) so much more is held by owners that count.
type Step = (Option<Day>, Number);

#[derive(Clone, Default)]
struct Entity {
    /// The days on which it is listed or caught.
    counts: Windows,
    caught: Windows,
    /// What its owners that count hold, by day, each day once.
    steps: Vec<Step>,
    /// What is to be added to that.
    news: Vec<Step>,
}

struct Cascade<'a> {
    holdings: &'a [Holding],
    bound: &'a Bound,
    missing: MissingShare,
    by_owner: ByOwner,
    entities: Vec<Entity>,
    /// Entities with news, each once.
    waiting: VecDeque<usize>,
}

impl Cascade<'_> {
    /// Tells what `owner` holds of on which days it newly counts.
    fn pass_on(&mut self, owner: usize, days: &Windows) {
        if days.is_empty() {
            return;
        }
        for at in self.by_owner.of(owner) {
            let holding = &self.holdings[self.by_owner.places[at] as usize];
            let share = match (&holding.share, self.missing) {
                (Some(share), _) => share.clone(),
                (None, MissingShare::Whole) => Number::one(),
                (None, MissingShare::Nothing) => continue,
            };
            let owned = holding.owned as usize;
            let entity = &mut self.entities[owned];
            if share.is_zero() || entity.caught.is_always() {
                continue;
            }
            let was_waiting = !entity.news.is_empty();
            for window in days.intervals() {
                let both = window.intersect(&holding.window);
                if !both.is_empty() {
                    entity.news.push((both.from, share.clone()));
                    let end = both.until.map(|until| (Some(until), -&share));
                    entity.news.extend(end);
                }
            }
            if !was_waiting && !entity.news.is_empty() {
                self.waiting.push_back(owned);
            }
        }
    }

    /// Adds up what is new of an entity, and passes on what follows.
    fn add_up(&mut self, at: usize) {
        let entity = &mut self.entities[at];
        let news = std::mem::take(&mut entity.news);
        entity.steps.extend(news);
        entity.steps.sort_by_key(|(day, _)| *day);
        entity.steps.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = &kept.1 + &later.1;
            }
            same
        });
        entity.caught = self.bound.days(&entity.steps);
        let new = entity.caught.subtract(&entity.counts);
        entity.counts = entity.counts.union(&new);
        self.pass_on(at, &new);
    }
}

impl Bound {
    /// The days on which the sum of the steps so far meets the bound.
    fn days(&self, steps: &[Step]) -> Windows {
        let mut windows = Vec::new();
        let mut sum = Number::zero();
        let mut since = None;
        for (day, more) in steps {
            sum = &sum + more;
            match (since, self.is_met(&sum)) {
                (None, true) => since = Some(*day),
                (Some(from), false) => {
                    windows.push(Window::new(from, *day));
                    since = None;
                }
                (None, false) | (Some(_), true) => {}
            }
        }
        windows.extend(since.map(|from| Window::new(from, None)));
        Windows::from_windows(windows)
    }
}
