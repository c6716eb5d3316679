//! Windows of force: half-open spans of days, and their unions, which may have gaps.

use std::fmt;

use super::day::Day;

/// The days from `from` on and before `until`; an absent end is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first day in.
    pub from: Option<Day>,
    /// The first day out again.
    pub until: Option<Day>,
}

impl Window {
    pub const ALWAYS: Window = Window {
        from: None,
        until: None,
    };

    pub fn new(from: Option<Day>, until: Option<Day>) -> Window {
        Window { from, until }
    }

    /// The window whose last day is `last`, as `through` says it.
    pub fn through(from: Option<Day>, last: Day) -> Window {
        Window {
            from,
            until: if last >= Day::MAX {
                None
            } else {
                Some(last.next())
            },
        }
    }

    pub fn contains(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// No day lies in it.
    pub fn is_empty(&self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until <= from)
    }

    /// The days in both, possibly none.
    #[must_use]
    pub fn intersect(&self, other: &Window) -> Window {
        Window {
            from: later_start(self.from, other.from),
            until: earlier_end(self.until, other.until),
        }
    }

    pub fn overlaps(&self, other: &Window) -> bool {
        !self.is_empty() && !other.is_empty() && !self.intersect(other).is_empty()
    }
}

/// Absent starts come first: `None < Some` is already their order.
fn later_start(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    a.max(b)
}

/// Absent ends come last.
fn earlier_end(a: Option<Day>, b: Option<Day>) -> Option<Day> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (end, None) | (None, end) => end,
    }
}

/// `from 2025-12-01 until 2026-01-01`, `from 2025-12-01`, `until 2026-01-01`, `always`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.until) {
            (Some(from), Some(until)) => write!(f, "from {from} until {until}"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(until)) => write!(f, "until {until}"),
            (None, None) => f.write_str("always"),
        }
    }
}

/// A union of windows: sorted, not empty each, with a gap between any two. Equal sets of days are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Windows {
    intervals: Vec<Window>,
}

impl Windows {
    pub fn always() -> Windows {
        Windows {
            intervals: vec![Window::ALWAYS],
        }
    }

    pub fn empty() -> Windows {
        Windows::default()
    }

    /// The union of any windows, in any order.
    pub fn from_windows(windows: impl IntoIterator<Item = Window>) -> Windows {
        let mut sorted: Vec<Window> = windows
            .into_iter()
            .filter(|window| !window.is_empty())
            .collect();
        sorted.sort_by_key(|window| window.from);
        let mut intervals: Vec<Window> = Vec::with_capacity(sorted.len());
        for window in sorted {
            match intervals.last_mut() {
                Some(last)
                    if last
                        .until
                        .is_none_or(|until| window.from.is_none_or(|from| from <= until)) =>
                {
                    last.until = match (last.until, window.until) {
                        (Some(a), Some(b)) => Some(a.max(b)),
                        (None, _) | (_, None) => None,
                    };
                }
                Some(_) | None => intervals.push(window),
            }
        }
        Windows { intervals }
    }

    pub fn contains(&self, day: Day) -> bool {
        let after = self
            .intervals
            .partition_point(|window| window.from.is_none_or(|from| from <= day));
        after > 0 && self.intervals[after - 1].contains(day)
    }

    #[must_use]
    pub fn union(&self, other: &Windows) -> Windows {
        Windows::from_windows(self.intervals.iter().chain(&other.intervals).copied())
    }

    #[must_use]
    pub fn intersect(&self, other: &Windows) -> Windows {
        let (mut a, mut b) = (0, 0);
        let mut both = Vec::new();
        while let (Some(one), Some(two)) = (self.intervals.get(a), other.intervals.get(b)) {
            both.push(one.intersect(two));
            // What ends first meets nothing later of the other.
            if earlier_end(one.until, two.until) == one.until {
                a += 1;
            } else {
                b += 1;
            }
        }
        Windows::from_windows(both)
    }

    /// The days of this that are not in `other`: what a suspension leaves.
    #[must_use]
    pub fn subtract(&self, other: &Windows) -> Windows {
        self.intersect(&other.complement())
    }

    /// All other days.
    #[must_use]
    pub fn complement(&self) -> Windows {
        let mut gaps = Vec::with_capacity(self.intervals.len() + 1);
        let mut from = None;
        let mut open = true;
        for window in &self.intervals {
            // Only the first window may begin without a day: nothing lies before it.
            if window.from.is_some() {
                gaps.push(Window {
                    from,
                    until: window.from,
                });
            }
            from = window.until;
            open = window.until.is_some();
        }
        if open {
            gaps.push(Window { from, until: None });
        }
        Windows::from_windows(gaps)
    }

    /// The windows in order, with a gap between any two.
    pub fn intervals(&self) -> &[Window] {
        &self.intervals
    }

    pub fn is_always(&self) -> bool {
        self.intervals == [Window::ALWAYS]
    }

    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// Every day on which membership differs from the day before, in order.
    pub fn edges(&self) -> Vec<Day> {
        self.intervals
            .iter()
            .flat_map(|window| [window.from, window.until])
            .flatten()
            .collect()
    }

    /// The next day after `day` on which membership differs from the day before.
    pub fn next_edge(&self, day: Day) -> Option<Day> {
        self.edges().into_iter().find(|edge| *edge > day)
    }
}

impl From<Window> for Windows {
    fn from(window: Window) -> Windows {
        Windows::from_windows([window])
    }
}

/// The windows joined by `and`; `always`, `never`.
impl fmt::Display for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("never");
        }
        for (index, window) in self.intervals.iter().enumerate() {
            if index > 0 {
                f.write_str(" and ")?;
            }
            write!(f, "{window}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    fn from_until(from: &str, until: &str) -> Window {
        Window::new(Some(day(from)), Some(day(until)))
    }

    #[test]
    fn until_excludes_and_through_includes() {
        let until = from_until("2025-12-01", "2026-01-01");
        assert!(!until.contains(day("2025-11-30")));
        assert!(until.contains(day("2025-12-01")));
        assert!(until.contains(day("2025-12-31")));
        assert!(!until.contains(day("2026-01-01")));
        let through = Window::through(Some(day("2025-11-07")), day("2026-11-10"));
        assert!(through.contains(day("2026-11-10")));
        assert!(!through.contains(day("2026-11-11")));
        assert_eq!(Window::through(None, Day::MAX), Window::ALWAYS);
    }

    #[test]
    fn touching_windows_become_one() {
        let both = Windows::from_windows([
            from_until("2026-01-01", "2026-02-01"),
            from_until("2025-12-01", "2026-01-01"),
        ]);
        assert_eq!(both, Windows::from(from_until("2025-12-01", "2026-02-01")));
        let gap = Windows::from_windows([
            from_until("2026-01-02", "2026-02-01"),
            from_until("2025-12-01", "2026-01-01"),
        ]);
        assert_eq!(gap.intervals().len(), 2);
        assert!(!gap.contains(day("2026-01-01")));
    }

    #[test]
    fn a_suspension_leaves_what_comes_before_and_revives_after() {
        let rule = Windows::from(Window::new(Some(day("2025-12-01")), None));
        let suspended = Windows::from(Window::through(Some(day("2025-11-07")), day("2026-11-10")));
        assert_eq!(rule.subtract(&suspended).to_string(), "from 2026-11-11");
        let always = Windows::always().subtract(&suspended);
        assert_eq!(always.to_string(), "until 2025-11-07 and from 2026-11-11");
        assert_eq!(always.edges(), [day("2025-11-07"), day("2026-11-11")]);
        assert_eq!(always.next_edge(day("2025-11-07")), Some(day("2026-11-11")));
    }

    #[test]
    fn always_and_never_print_as_words() {
        assert_eq!(Windows::always().to_string(), "always");
        assert_eq!(Windows::empty().to_string(), "never");
        assert_eq!(
            Windows::from(from_until("2025-12-01", "2026-01-01")).to_string(),
            "from 2025-12-01 until 2026-01-01"
        );
        assert!(Windows::always().subtract(&Windows::always()).is_empty());
        assert!(Windows::empty().complement().is_always());
        assert!(Windows::always().edges().is_empty());
    }

    #[test]
    fn a_window_that_ends_before_it_begins_holds_no_day() {
        let backwards = from_until("2026-01-01", "2025-01-01");
        assert!(backwards.is_empty());
        assert!(Windows::from(backwards).is_empty());
        assert!(!backwards.overlaps(&Window::ALWAYS));
        assert!(
            from_until("2025-01-01", "2025-01-03")
                .overlaps(&from_until("2025-01-02", "2025-01-09"))
        );
        assert!(
            !from_until("2025-01-01", "2025-01-02")
                .overlaps(&from_until("2025-01-02", "2025-01-09"))
        );
    }

    fn some_windows() -> impl Strategy<Value = Vec<Window>> {
        let end = || proptest::option::weighted(0.85, (0i32..12).prop_map(Day));
        proptest::collection::vec((end(), end()).prop_map(|(a, b)| Window::new(a, b)), 0..5)
    }

    proptest! {
        #[test]
        fn set_operations_agree_with_membership_day_by_day(a in some_windows(), b in some_windows()) {
            let (wa, wb) = (Windows::from_windows(a.clone()), Windows::from_windows(b.clone()));
            for number in -2..15 {
                let day = Day(number);
                let in_a = a.iter().any(|w| w.contains(day));
                let in_b = b.iter().any(|w| w.contains(day));
                prop_assert_eq!(wa.contains(day), in_a);
                prop_assert_eq!(wa.union(&wb).contains(day), in_a || in_b);
                prop_assert_eq!(wa.intersect(&wb).contains(day), in_a && in_b);
                prop_assert_eq!(wa.subtract(&wb).contains(day), in_a && !in_b);
                prop_assert_eq!(wa.complement().contains(day), !in_a);
            }
        }

        #[test]
        fn windows_are_sorted_with_gaps_and_edges_are_where_membership_changes(a in some_windows()) {
            let windows = Windows::from_windows(a);
            for pair in windows.intervals().windows(2) {
                prop_assert!(pair[0].until.unwrap() < pair[1].from.unwrap());
            }
            for number in -2..15 {
                let changes = windows.contains(Day(number)) != windows.contains(Day(number - 1));
                prop_assert_eq!(windows.edges().contains(&Day(number)), changes);
            }
            prop_assert_eq!(windows.complement().complement(), windows);
        }
    }
}
