//! Working days: every day but Saturdays, Sundays and the holidays that a calendar lists, and the days at weekends of which it
//! says that they are worked (China works some for the days around its long holidays).
//!
//! A calendar tells of the years in which it lists a day. Of a year in which it lists none nobody can say whether it has no
//! holidays or was not filled in yet, so a count that would go through such a year has no result.

use super::day::Day;

/// The days that are not working days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Ascending, distinct; weekends need not be among them.
    closed: Vec<Day>,
    /// Working days whatever day of the week they are; ascending, distinct, none of them closed.
    worked: Vec<Day>,
    /// The years of both, ascending, distinct.
    years: Vec<i32>,
}

impl Calendar {
    /// A calendar of days in any order. A day that is in both is worked.
    pub fn new(
        closed: impl IntoIterator<Item = Day>,
        worked: impl IntoIterator<Item = Day>,
    ) -> Calendar {
        let worked = ascending(worked);
        let mut closed = ascending(closed);
        closed.retain(|day| worked.binary_search(day).is_err());
        let mut years: Vec<i32> = closed.iter().chain(&worked).map(|day| day.year()).collect();
        years.sort_unstable();
        years.dedup();
        Calendar {
            closed,
            worked,
            years,
        }
    }

    /// The days listed as no working days, ascending.
    pub fn closed(&self) -> &[Day] {
        &self.closed
    }

    /// The days listed as working days, ascending.
    pub fn worked(&self) -> &[Day] {
        &self.worked
    }

    /// The years that the calendar tells of, ascending.
    pub fn years(&self) -> &[i32] {
        &self.years
    }

    /// Whether `day`, of a year that the calendar tells of, is a working day.
    pub fn is_working(&self, day: Day) -> bool {
        let listed = |days: &[Day]| days.binary_search(&day).is_ok();
        listed(&self.worked) || !is_weekend(day) && !listed(&self.closed)
    }

    /// The `count`-th working day after `start`; `start` itself for 0. The error is the first year on the way of which the
    /// calendar tells nothing, or that lies beyond the last day there is.
    pub fn after(&self, start: Day, count: u32) -> Result<Day, i32> {
        let mut day = start;
        let mut left = count;
        while left > 0 {
            let year = day.year();
            if day >= Day::MAX {
                return Err(year + 1);
            }
            day = day.next();
            let year = day.year();
            if self.years.binary_search(&year).is_err() {
                return Err(year);
            }
            left -= u32::from(self.is_working(day));
        }
        Ok(day)
    }
}

fn ascending(days: impl IntoIterator<Item = Day>) -> Vec<Day> {
    let mut days: Vec<Day> = days.into_iter().collect();
    days.sort();
    days.dedup();
    days
}

/// Saturday or Sunday. The first day of 1970 was a Thursday.
fn is_weekend(day: Day) -> bool {
    matches!((i64::from(day.0) + 3).rem_euclid(7), 5 | 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a day")
    }

    fn calendar(days: &[&str]) -> Calendar {
        Calendar::new(days.iter().map(|text| day(text)), [])
    }

    #[test]
    fn weekends_are_those_of_the_calendar_on_the_wall() {
        // 2025-11-22 was a Saturday.
        for (text, weekend) in [
            ("2025-11-21", false),
            ("2025-11-22", true),
            ("2025-11-23", true),
            ("2025-11-24", false),
            ("1969-12-27", true),
            ("1970-01-01", false),
            ("2000-01-01", true),
        ] {
            assert_eq!(is_weekend(day(text)), weekend, "{text}");
        }
    }

    #[test]
    fn listed_days_and_weekends_do_not_count() {
        // The week of 1 October 2025: seven days off from Wednesday on, and the day after.
        let holidays = calendar(&[
            "2025-10-01",
            "2025-10-02",
            "2025-10-03",
            "2025-10-06",
            "2025-10-07",
            "2025-10-08",
        ]);
        for (start, count, due) in [
            ("2025-09-30", 0, "2025-09-30"),
            ("2025-09-29", 1, "2025-09-30"),
            ("2025-09-30", 1, "2025-10-09"),
            ("2025-10-04", 1, "2025-10-09"),
            ("2025-09-26", 10, "2025-10-20"),
        ] {
            assert_eq!(holidays.after(day(start), count), Ok(day(due)), "{start}");
        }
    }

    #[test]
    fn days_that_are_worked_count_at_weekends() {
        let holidays = ["2025-10-07", "2025-10-08"].map(day);
        // 2025-10-11 was a Saturday; a day that is in both is worked.
        let worked = ["2025-10-11", "2025-10-08"].map(day);
        let calendar = Calendar::new(holidays, worked);
        assert_eq!(calendar.after(day("2025-10-06"), 1), Ok(day("2025-10-08")));
        assert_eq!(calendar.after(day("2025-10-10"), 1), Ok(day("2025-10-11")));
        assert_eq!(calendar.after(day("2025-10-10"), 2), Ok(day("2025-10-13")));
        assert_eq!(calendar.closed(), [day("2025-10-07")]);
        assert_eq!(Calendar::new([], worked).years(), [2025]);
    }

    #[test]
    fn a_year_without_a_day_in_it_is_not_told_of() {
        let holidays = calendar(&["2025-12-25", "2027-01-01"]);
        assert_eq!(holidays.after(day("2025-12-30"), 1), Ok(day("2025-12-31")));
        assert_eq!(holidays.after(day("2025-12-30"), 2), Err(2026));
        assert_eq!(holidays.after(day("2024-12-31"), 1), Ok(day("2025-01-01")));
        assert_eq!(holidays.after(Day::MAX, 1), Err(10_000));
        assert_eq!(Calendar::default().after(day("2025-01-01"), 1), Err(2025));
    }
}
