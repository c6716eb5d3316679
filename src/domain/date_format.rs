//! Dates in the spellings that real files use, as a mapping file describes them with a small part of `strftime`.

use thiserror::Error;

use super::day::{Day, MONTHS};

/// Two-digit years from here on are 19xx, those below are 20xx (the pivot of POSIX `strptime`), unless
/// [`DateFormat::with_pivot`] says otherwise.
pub const DEFAULT_PIVOT: u32 = 69;

/// A date format of a mapping file. It reads the whole text or nothing.
///
/// `%Y` four-digit year, `%y` two-digit year, `%m` month number, `%d` or `%e` day of the month, `%b` or `%B` English month
/// name, short or long, in any case; `%H %M %S` a time of day, checked and dropped; `%%` a percent sign. Numbers may lack
/// their leading zero unless another number touches them (`%Y%m%d`). Other characters stand for themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateFormat {
    text: String,
    parts: Vec<Part>,
    pivot: u32,
}

/// What is wrong with a date format.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DateFormatError {
    #[error("`%{0}` is not known; a date format uses %Y %y %m %d %e %b %B %H %M %S and %%")]
    UnknownDirective(char),
    #[error("the format ends in a lone `%`")]
    LonePercent,
    #[error("`%{0}` says again what an earlier part of the format says")]
    Repeated(char),
    #[error("the format has no {0}; a date needs a year, a month and a day")]
    Lacks(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Literal(char),
    Number {
        field: Field,
        directive: char,
        exact: bool,
    },
    MonthName {
        directive: char,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Field {
    Year,
    ShortYear,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl DateFormat {
    /// Reads a format such as `%d-%b-%y`.
    pub fn new(text: &str) -> Result<DateFormat, DateFormatError> {
        let mut parts = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            parts.push(if c == '%' {
                directive(chars.next())?
            } else {
                Part::Literal(c)
            });
        }
        mark_exact(&mut parts);
        check_fields(&parts)?;
        Ok(DateFormat {
            text: text.to_owned(),
            parts,
            pivot: DEFAULT_PIVOT,
        })
    }

    /// The same format, with two-digit years from `pivot` on in 19xx and the others in 20xx; `0` puts all in 19xx,
    /// `100` all in 20xx.
    #[must_use]
    pub fn with_pivot(mut self, pivot: u32) -> DateFormat {
        self.pivot = pivot;
        self
    }

    /// The format as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// 2025-12-31 in this format: a day by which day, month and year are told apart.
    pub fn example(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(c) => text.push(*c),
                Part::MonthName { .. } => text.push_str("Dec"),
                Part::Number { field, .. } => text.push_str(match field {
                    Field::Year => "2025",
                    Field::ShortYear => "25",
                    Field::Month => "12",
                    Field::Day => "31",
                    Field::Hour | Field::Minute | Field::Second => "00",
                }),
            }
        }
        text
    }

    /// The day, if the whole text has the format and the calendar has the day.
    pub fn parse(&self, text: &str) -> Option<Day> {
        let (mut year, mut month, mut day) = (0, 0, 0);
        let mut rest = text;
        for part in &self.parts {
            match *part {
                Part::Literal(c) => rest = rest.strip_prefix(c)?,
                Part::MonthName { .. } => (month, rest) = month_name(rest)?,
                Part::Number { field, exact, .. } => {
                    let value;
                    (value, rest) = number(rest, field, exact)?;
                    match field {
                        Field::Year => year = value,
                        Field::ShortYear => {
                            year = value + if value >= self.pivot { 1900 } else { 2000 }
                        }
                        Field::Month => month = value,
                        Field::Day => day = value,
                        Field::Hour | Field::Minute | Field::Second if value > field.max() => {
                            return None;
                        }
                        Field::Hour | Field::Minute | Field::Second => {}
                    }
                }
            }
        }
        if !rest.is_empty() {
            return None;
        }
        Day::from_ymd(i32::try_from(year).ok()?, month, day)
    }
}

impl Field {
    fn max(self) -> u32 {
        match self {
            Field::Year => 9999,
            Field::ShortYear => 99,
            Field::Month => 12,
            Field::Day => 31,
            Field::Hour => 23,
            Field::Minute => 59,
            // 60 is a leap second.
            Field::Second => 60,
        }
    }

    /// What part of a date it gives, where a date needs it.
    fn gives(self) -> Option<&'static str> {
        match self {
            Field::Year | Field::ShortYear => Some("year"),
            Field::Month => Some("month"),
            Field::Day => Some("day"),
            Field::Hour | Field::Minute | Field::Second => None,
        }
    }
}

fn directive(c: Option<char>) -> Result<Part, DateFormatError> {
    let directive = c.ok_or(DateFormatError::LonePercent)?;
    let field = match directive {
        'Y' => Field::Year,
        'y' => Field::ShortYear,
        'm' => Field::Month,
        'd' | 'e' => Field::Day,
        'H' => Field::Hour,
        'M' => Field::Minute,
        'S' => Field::Second,
        'b' | 'B' => return Ok(Part::MonthName { directive }),
        '%' => return Ok(Part::Literal('%')),
        other => return Err(DateFormatError::UnknownDirective(other)),
    };
    Ok(Part::Number {
        field,
        directive,
        exact: false,
    })
}

/// A number that touches another one has all its digits: nothing else would say where it ends.
fn mark_exact(parts: &mut [Part]) {
    let is_number: Vec<bool> = parts
        .iter()
        .map(|p| {
            matches!(p, Part::Number { .. }) || matches!(p, Part::Literal(c) if c.is_ascii_digit())
        })
        .collect();
    for (index, part) in parts.iter_mut().enumerate() {
        if let Part::Number { exact, .. } = part {
            let before = index > 0 && is_number[index - 1];
            *exact = before || is_number.get(index + 1).copied().unwrap_or(false);
        }
    }
}

fn check_fields(parts: &[Part]) -> Result<(), DateFormatError> {
    let mut seen: Vec<&str> = Vec::new();
    let mut times: Vec<Field> = Vec::new();
    for part in parts {
        let (given, letter) = match *part {
            Part::Literal(_) => continue,
            Part::MonthName { directive } => (Some("month"), directive),
            Part::Number {
                field, directive, ..
            } => {
                if field.gives().is_none() {
                    if times.contains(&field) {
                        return Err(DateFormatError::Repeated(directive));
                    }
                    times.push(field);
                }
                (field.gives(), directive)
            }
        };
        let Some(given) = given else { continue };
        if seen.contains(&given) {
            return Err(DateFormatError::Repeated(letter));
        }
        seen.push(given);
    }
    match ["year", "month", "day"]
        .into_iter()
        .find(|needed| !seen.contains(needed))
    {
        Some(lacking) => Err(DateFormatError::Lacks(lacking)),
        None => Ok(()),
    }
}

/// Digits at the beginning of the text, and what follows them.
fn number(text: &str, field: Field, exact: bool) -> Option<(u32, &str)> {
    let width = if field == Field::Year { 4 } else { 2 };
    let exact = exact || matches!(field, Field::Year | Field::ShortYear);
    let digits = text
        .bytes()
        .take(width)
        .take_while(u8::is_ascii_digit)
        .count();
    if digits == 0 || (exact && digits < width) {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

/// The longest English month name, short or long, at the beginning of the text.
fn month_name(text: &str) -> Option<(u32, &str)> {
    for (month, name) in (1..).zip(MONTHS) {
        let short: &[&str] = if month == 9 {
            &["sept", "sep"]
        } else {
            &[&name[..3]]
        };
        for spelling in std::iter::once(&name).chain(short) {
            if let Some(head) = text.get(..spelling.len())
                && head.eq_ignore_ascii_case(spelling)
            {
                return Some((month, &text[spelling.len()..]));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, text: &str) -> Option<String> {
        DateFormat::new(format)
            .unwrap()
            .parse(text)
            .map(|day| day.to_string())
    }

    #[test]
    fn an_example_reads_as_the_day_that_it_is() {
        for text in ["%d-%b-%y", "%m/%d/%Y", "%Y%m%d", "%e. %B %Y %H:%M:%S"] {
            let format = DateFormat::new(text).expect("a format");
            let day = format.parse(&format.example());
            assert_eq!(day, Day::from_ymd(2025, 12, 31), "{text}");
        }
        let format = DateFormat::new("%d.%m.%Y").expect("a format");
        assert_eq!(format.example(), "31.12.2025");
    }

    #[test]
    fn the_spellings_of_real_files_are_read() {
        for (format, text, expected) in [
            ("%d-%b-%y", "2-Jun-06", "2006-06-02"),
            ("%d-%b-%y", "02-JUN-99", "1999-06-02"),
            ("%m/%d/%y", "9/11/14", "2014-09-11"),
            ("%m/%d/%Y", "09/11/2014", "2014-09-11"),
            ("%Y%m%d", "20251201", "2025-12-01"),
            ("%d.%m.%Y", "1.12.2025", "2025-12-01"),
            ("%Y-%m-%d", "2025-12-01", "2025-12-01"),
            ("%B %e, %Y", "September 3, 2024", "2024-09-03"),
            ("%d %b %Y", "3 Sept 2024", "2024-09-03"),
            ("%d %b %Y", "3 september 2024", "2024-09-03"),
            ("%d%b%Y", "03MAY2024", "2024-05-03"),
            ("%m/%d/%Y %H:%M", "9/11/2014 0:00", "2014-09-11"),
            ("%Y年%m月%d日", "2025年12月1日", "2025-12-01"),
            ("%%%Y-%m-%d", "%2025-12-01", "2025-12-01"),
        ] {
            assert_eq!(
                read(format, text).as_deref(),
                Some(expected),
                "{text} as {format}"
            );
        }
    }

    #[test]
    fn nothing_else_is_guessed() {
        for (format, text) in [
            ("%m/%d/%y", "13/1/14"),
            ("%m/%d/%y", "2/30/14"),
            ("%m/%d/%y", "9/11/2014"),
            ("%m/%d/%Y", "9/11/14"),
            ("%Y%m%d", "2025121"),
            ("%Y%m%d", "202512011"),
            ("%d-%b-%y", "Date Not Captured"),
            ("%d-%b-%y", ""),
            ("%d-%b-%y", "2-Jux-06"),
            ("%d-%b-%y", " 2-Jun-06"),
            ("%d-%b-%y", "2-Jun-06 "),
            ("%d-%b-%y", "-2-Jun-06"),
            ("%Y-%m-%d %H:%M:%S", "2025-12-01 24:00:00"),
            ("%Y-%m-%d", "0000-12-01"),
            ("%Y-%m-%d", "２０２５-12-01"),
            ("%d %b %Y", "3 é 2024"),
        ] {
            assert_eq!(read(format, text), None, "{text:?} as {format}");
        }
    }

    #[test]
    fn the_pivot_decides_the_century() {
        let format = DateFormat::new("%m/%d/%y").unwrap();
        let year = |format: &DateFormat, text| format.parse(text).unwrap().year();
        assert_eq!(year(&format, "1/1/68"), 2068);
        assert_eq!(year(&format, "1/1/69"), 1969);
        let early = format.clone().with_pivot(30);
        assert_eq!(year(&early, "1/1/29"), 2029);
        assert_eq!(year(&early, "1/1/30"), 1930);
        assert_eq!(year(&format.clone().with_pivot(100), "1/1/99"), 2099);
        assert_eq!(year(&format.with_pivot(0), "1/1/00"), 1900);
    }

    #[test]
    fn a_bad_format_is_reported_when_it_is_read() {
        use DateFormatError::{Lacks, LonePercent, Repeated, UnknownDirective};
        for (format, expected) in [
            ("%Q", UnknownDirective('Q')),
            ("%Y-%m-%d%", LonePercent),
            ("%Y-%m", Lacks("day")),
            ("%d.%m.", Lacks("year")),
            ("%Y %d", Lacks("month")),
            ("", Lacks("year")),
            ("%Y-%y-%m-%d", Repeated('y')),
            ("%Y-%b-%m-%d", Repeated('m')),
            ("%Y-%m-%d %H:%H", Repeated('H')),
        ] {
            assert_eq!(DateFormat::new(format), Err(expected), "{format:?}");
        }
    }
}
