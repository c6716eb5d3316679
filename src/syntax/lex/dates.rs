//! Dates as letters and spreadsheets write them: `01.06.2025`, `6/1/2025`, `1 June 2025`, `June 1, 2025`.

use crate::syntax::ast::Date;

/// What a date in another manner says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// One day, however it is read.
    Day(Date),
    /// One day if the day comes first, another if the month does.
    Either { day_first: Date, month_first: Date },
}

impl Meant {
    /// A day to go on with.
    pub fn day(self) -> Date {
        match self {
            Meant::Day(day) | Meant::Either { day_first: day, .. } => day,
        }
    }
}

/// Years that laws and shipments are of; other numbers of four digits are headings of a tariff.
const YEARS: std::ops::Range<i16> = 1900..2200;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Three numbers set apart by `sign`, one of them a year of four digits, and nothing else.
pub fn in_numbers(text: &str, sign: char) -> Option<Meant> {
    let parts: Vec<&str> = text.split(sign).collect();
    let &[first, second, third] = parts.as_slice() else {
        return None;
    };
    let number = |part: &str| part.parse::<i16>().ok();
    let short = |part: &str| part.len() <= 2;
    let (a, b, c) = (number(first)?, number(second)?, number(third)?);
    let year = |written: &str, year: i16| written.len() == 4 && YEARS.contains(&year);
    if year(first, a) && short(second) && short(third) {
        return civil(a, b, c).map(Meant::Day);
    }
    if !year(third, c) || !short(first) || !short(second) {
        return None;
    }
    match (civil(c, b, a), civil(c, a, b)) {
        (Some(day_first), Some(month_first)) if day_first != month_first => Some(Meant::Either {
            day_first,
            month_first,
        }),
        (Some(day), _) | (None, Some(day)) => Some(Meant::Day(day)),
        (None, None) => None,
    }
}

/// `1/12/2025` at the head of `text`, and how long it is.
pub fn slashed(text: &str) -> Option<(Meant, usize)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '/');
    let end = end.unwrap_or(text.len());
    Some((in_numbers(&text[..end], '/')?, end))
}

/// `2025–12–01` with the dashes of a typesetter at the head of `text`, and how long it is.
pub fn dashed(text: &str) -> Option<(Meant, usize)> {
    const LONGEST: usize = 10;
    let is_dash = |c: char| matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}');
    let (mut plain, mut length, mut dashes) = (String::new(), 0, 0);
    for c in text.chars() {
        match c {
            '0'..='9' | '-' => plain.push(c),
            c if is_dash(c) => {
                plain.push('-');
                dashes += 1;
            }
            _ => break,
        }
        length += c.len_utf8();
        if plain.len() > LONGEST {
            return None;
        }
    }
    let meant = (dashes > 0).then(|| in_numbers(&plain, '-')).flatten()?;
    Some((meant, length))
}

/// `1 December 2025`, `1st Dec. 2025` or `December 1, 2025` at the head of `text`, and how long it is.
pub fn in_words(text: &str) -> Option<(Date, usize)> {
    let mut reader = Reader { text, at: 0 };
    let (day, month) = match reader.month() {
        Some(month) => {
            reader.blanks()?;
            (reader.day()?, month)
        }
        None => {
            let day = reader.day()?;
            reader.blanks()?;
            if reader.word("of") {
                reader.blanks()?;
            }
            (day, reader.month()?)
        }
    };
    let comma = reader.take(',');
    // `December 1,2025`
    if reader.blanks().is_none() && !comma {
        return None;
    }
    let year = reader.digits(4, 4)?;
    Some((civil(year, month, day)?, reader.at))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn letters(&self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.letters().eq_ignore_ascii_case(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// One blank or more.
    fn blanks(&mut self) -> Option<()> {
        let rest = self.rest();
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\u{a0}']).len();
        self.at += blanks;
        (blanks > 0).then_some(())
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<i16> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit());
        let length = end.unwrap_or(rest.len());
        let bounded = !rest[length..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !(least..=most).contains(&length) || !bounded {
            return None;
        }
        self.at += length;
        rest[..length].parse().ok()
    }

    /// `1`, `1st`.
    fn day(&mut self) -> Option<i16> {
        let word = self.letters();
        let length = word
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(word.len());
        let suffix = &word[length..];
        if !matches!(suffix, "" | "st" | "nd" | "rd" | "th") || !(1..=2).contains(&length) {
            return None;
        }
        self.at += word.len();
        word[..length].parse().ok()
    }

    /// A month in full or by its first letters: `Sep`, `Sept.`.
    fn month(&mut self) -> Option<i16> {
        let word = self.letters().to_ascii_lowercase();
        let found = MONTHS.iter().position(|month| {
            *month == word || (matches!(word.len(), 3 | 4) && month.starts_with(&word))
        })?;
        self.at += word.len();
        self.take('.');
        i16::try_from(found + 1).ok()
    }
}

pub fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_make_one_day_or_two() {
        let day = |y, m, d| Date::constant(y, m, d);
        for (text, sign) in [
            ("30.06.2025", '.'),
            ("06.30.2025", '.'),
            ("6/30/2025", '/'),
            ("2025/06/30", '/'),
            ("30-6-2025", '-'),
        ] {
            assert_eq!(
                in_numbers(text, sign),
                Some(Meant::Day(day(2025, 6, 30))),
                "{text}"
            );
        }
        assert_eq!(
            in_numbers("01.06.2025", '.'),
            Some(Meant::Either {
                day_first: day(2025, 6, 1),
                month_first: day(2025, 1, 6)
            })
        );
        assert_eq!(
            in_numbers("06.06.2025", '.'),
            Some(Meant::Day(day(2025, 6, 6)))
        );
        for text in ["8505.11.10", "31.31.2025", "1.2.3", "1.2", "1.2.2025.4"] {
            assert_eq!(in_numbers(text, '.'), None, "{text}");
        }
    }

    #[test]
    fn words_make_a_day() {
        for text in [
            "1 December 2025",
            "1st December 2025",
            "1st of December, 2025",
            "1 Dec. 2025 and",
            "December 1, 2025",
            "Dec 1st 2025)",
        ] {
            let (day, length) = in_words(text).expect(text);
            assert_eq!(day, Date::constant(2025, 12, 1));
            assert!(text[..length].ends_with("2025"), "{text}");
        }
        for text in [
            "1 December",
            "31 June 2025",
            "1 days",
            "maybe 1, 2025",
            "1 December 20255",
            "12 USD",
        ] {
            assert_eq!(in_words(text), None, "{text}");
        }
    }
}
