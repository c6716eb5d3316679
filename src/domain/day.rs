//! Days of the proleptic Gregorian calendar, and periods to move by.

use std::fmt;

use thiserror::Error;

/// A day, counted from 1970-01-01. Days read from text lie in the years 0001 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Why a text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DayError {
    /// Not of the form `YYYY-MM-DD`.
    #[error("`{0}` is not a date of the form 2025-12-01")]
    Malformed(String),
    /// Well formed, but the calendar has no such month.
    #[error("{0}: a year has 12 months")]
    NoSuchMonth(String),
    /// Well formed, but the month has no such day.
    #[error("{text}: {month} {year} has {days} days")]
    NoSuchDay {
        text: String,
        month: &'static str,
        year: i32,
        days: u32,
    },
    /// The year 0000.
    #[error("{0}: years run from 0001 to 9999")]
    NoSuchYear(String),
}

/// English month names, January first.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A length of time in calendar units. Not ordered: a month has no fixed number of days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    pub days: i64,
    pub months: i64,
    pub years: i64,
}

impl Period {
    pub fn days(days: i64) -> Period {
        Period {
            days,
            months: 0,
            years: 0,
        }
    }

    pub fn months(months: i64) -> Period {
        Period {
            days: 0,
            months,
            years: 0,
        }
    }

    pub fn years(years: i64) -> Period {
        Period {
            days: 0,
            months: 0,
            years,
        }
    }
}

impl Day {
    /// 0001-01-01.
    pub const MIN: Day = Day(-719_162);
    /// 9999-12-31.
    pub const MAX: Day = Day(2_932_896);

    /// Reads `YYYY-MM-DD` and nothing else.
    pub fn parse_iso(text: &str) -> Result<Day, DayError> {
        let malformed = || DayError::Malformed(text.chars().take(40).collect());
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| {
                if i == 4 || i == 7 {
                    *b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        if !shaped {
            return Err(malformed());
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range]
                .iter()
                .fold(0u32, |n, b| n * 10 + u32::from(b - b'0'))
        };
        let (year, month, day) = (number(0..4) as i32, number(5..7), number(8..10));
        Day::from_ymd(year, month, day).ok_or_else(|| no_such_day(text, year, month))
    }

    /// The day, if the calendar has it and its year is 1 to 9999.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Day> {
        let valid = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month);
        valid.then(|| Day(days_from_civil(i64::from(year), month, day) as i32))
    }

    /// A day from a count of days since 1970-01-01, if its year is 1 to 9999.
    pub fn from_days(days: i64) -> Option<Day> {
        i32::try_from(days)
            .ok()
            .map(Day)
            .filter(|day| (Day::MIN..=Day::MAX).contains(day))
    }

    /// Year, month (1 to 12) and day (1 to 31).
    pub fn ymd(self) -> (i32, u32, u32) {
        civil_from_days(i64::from(self.0))
    }

    pub fn year(self) -> i32 {
        self.ymd().0
    }

    /// The day `sign` times the period later. Years and months first, held to the month's end (31 January and one
    /// month is the last day of February), then days. `None` outside the years 1 to 9999.
    pub fn add(self, period: Period, sign: i64) -> Option<Day> {
        let months = period
            .years
            .checked_mul(12)?
            .checked_add(period.months)?
            .checked_mul(sign)?;
        let days = period.days.checked_mul(sign)?;
        let moved = if months == 0 {
            self
        } else {
            self.add_months(months)?
        };
        Day::from_days(i64::from(moved.0).checked_add(days)?)
    }

    pub fn plus(self, period: Period) -> Option<Day> {
        self.add(period, 1)
    }

    pub fn minus(self, period: Period) -> Option<Day> {
        self.add(period, -1)
    }

    fn add_months(self, months: i64) -> Option<Day> {
        let (year, month, day) = self.ymd();
        let count = (i64::from(year) * 12 + i64::from(month) - 1).checked_add(months)?;
        let year = i32::try_from(count.div_euclid(12)).ok()?;
        let month = count.rem_euclid(12) as u32 + 1;
        Day::from_ymd(year, month, day.min(days_in_month(year, month)))
    }

    /// Days from `a` to `b`: positive if `b` is later.
    pub fn days_between(a: Day, b: Day) -> i64 {
        i64::from(b.0) - i64::from(a.0)
    }

    /// The next day, held to [`Day::MAX`].
    #[must_use]
    pub fn next(self) -> Day {
        if self >= Day::MAX {
            Day::MAX
        } else {
            Day(self.0 + 1)
        }
    }
}

fn no_such_day(text: &str, year: i32, month: u32) -> DayError {
    match MONTHS.get((month as usize).wrapping_sub(1)) {
        None => DayError::NoSuchMonth(text.to_owned()),
        Some(_) if year == 0 => DayError::NoSuchYear(text.to_owned()),
        Some(name) => DayError::NoSuchDay {
            text: text.to_owned(),
            month: name,
            year,
            days: days_in_month(year, month),
        },
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a civil date. Years begin in March so that the leap day comes last; eras of 400 years
/// are all alike (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013).
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
    let month = ((month_from_march + 2) % 12 + 1) as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month, day)
}

/// `2025-12-01`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// `30 days`, `1 years and 2 months`, in the spelling of the language.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (count, unit) in [
            (self.years, "years"),
            (self.months, "months"),
            (self.days, "days"),
        ] {
            if count != 0 {
                parts.push(format!("{count} {unit}"));
            }
        }
        f.write_str(&if parts.is_empty() {
            "0 days".to_owned()
        } else {
            parts.join(" and ")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn known_days_have_their_numbers() {
        assert_eq!(day("1970-01-01"), Day(0));
        assert_eq!(day("1969-12-31"), Day(-1));
        assert_eq!(day("2000-02-29"), Day(11_016));
        assert_eq!(day("0001-01-01"), Day::MIN);
        assert_eq!(day("9999-12-31"), Day::MAX);
    }

    #[test]
    fn every_day_of_ten_thousand_years_goes_there_and_back() {
        let mut expected = (1, 1, 1);
        for number in Day::MIN.0..=Day::MAX.0 {
            let (year, month, dom) = Day(number).ymd();
            assert_eq!((year, month, dom), expected);
            assert_eq!(Day::from_ymd(year, month, dom), Some(Day(number)));
            expected = if dom < days_in_month(year, month) {
                (year, month, dom + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
    }

    #[test]
    fn iso_text_prints_back() {
        for text in ["2025-12-01", "0987-03-04", "2024-02-29"] {
            assert_eq!(day(text).to_string(), text);
        }
    }

    #[test]
    fn a_day_that_does_not_exist_says_why() {
        let message = |text: &str| Day::parse_iso(text).unwrap_err().to_string();
        assert_eq!(
            message("2025-02-30"),
            "2025-02-30: February 2025 has 28 days"
        );
        assert_eq!(
            message("2024-02-30"),
            "2024-02-30: February 2024 has 29 days"
        );
        assert_eq!(
            message("1900-02-29"),
            "1900-02-29: February 1900 has 28 days"
        );
        assert_eq!(message("2025-04-00"), "2025-04-00: April 2025 has 30 days");
        assert_eq!(message("2025-13-01"), "2025-13-01: a year has 12 months");
        assert_eq!(message("2025-00-01"), "2025-00-01: a year has 12 months");
        assert_eq!(
            message("0000-01-01"),
            "0000-01-01: years run from 0001 to 9999"
        );
    }

    #[test]
    fn other_spellings_are_malformed() {
        for text in [
            "",
            "2025-1-1",
            "2025/12/01",
            "20251201",
            "2025-12-01 ",
            "2025-12-01T00:00",
            "-025-12-01",
            "２０２５-12-01",
            "2025-12-é1",
        ] {
            assert!(
                matches!(Day::parse_iso(text), Err(DayError::Malformed(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn months_and_years_hold_to_the_months_end() {
        assert_eq!(
            day("2025-01-31").plus(Period::months(1)),
            Some(day("2025-02-28"))
        );
        assert_eq!(
            day("2024-01-31").plus(Period::months(1)),
            Some(day("2024-02-29"))
        );
        assert_eq!(
            day("2024-02-29").plus(Period::years(1)),
            Some(day("2025-02-28"))
        );
        assert_eq!(
            day("2024-02-29").minus(Period::years(4)),
            Some(day("2020-02-29"))
        );
        assert_eq!(
            day("2025-03-31").minus(Period::months(1)),
            Some(day("2025-02-28"))
        );
        assert_eq!(
            day("2025-12-15").plus(Period::months(1)),
            Some(day("2026-01-15"))
        );
        assert_eq!(
            day("2025-01-15").minus(Period::months(13)),
            Some(day("2023-12-15"))
        );
        assert_eq!(
            day("2025-12-01").plus(Period::days(31)),
            Some(day("2026-01-01"))
        );
        assert_eq!(
            day("2025-01-31").plus(Period {
                days: 1,
                months: 1,
                years: 0
            }),
            Some(day("2025-03-01"))
        );
    }

    #[test]
    fn leaving_the_calendar_is_nothing() {
        assert_eq!(Day::MAX.plus(Period::days(1)), None);
        assert_eq!(Day::MIN.minus(Period::days(1)), None);
        assert_eq!(Day::MAX.plus(Period::months(1)), None);
        for huge in [i64::MAX, i64::MIN] {
            for sign in [1, -1] {
                assert_eq!(Day(0).add(Period::days(huge), sign), None);
                assert_eq!(Day(0).add(Period::months(huge), sign), None);
                assert_eq!(Day(0).add(Period::years(huge), sign), None);
            }
        }
        assert_eq!(Day::from_days(i64::MAX), None);
    }

    #[test]
    fn days_between_is_signed() {
        assert_eq!(Day::days_between(day("2025-12-01"), day("2026-01-01")), 31);
        assert_eq!(Day::days_between(day("2026-01-01"), day("2025-12-01")), -31);
    }

    #[test]
    fn numbers_far_outside_the_calendar_do_not_panic() {
        for number in [i32::MIN, i32::MAX] {
            let _ = Day(number).to_string();
            let _ = Day(number).add(
                Period {
                    days: 1,
                    months: 1,
                    years: 1,
                },
                1,
            );
        }
        assert_eq!(Day::MAX.next(), Day::MAX);
        assert_eq!(Day(0).next(), Day(1));
    }
}
