//! What of a field's values the fast ways may decide.

use crate::input::mapping::FieldMapping;
use crate::input::read::{FieldReader, NumberRule, Scaler};

/// The fast side of one ordered field. Every answer is that of the slow way; none means: ask the slow way.
#[derive(Clone, Debug)]
pub struct Fast {
    rule: Option<NumberRule>,
    /// Values that stand for nothing; the slow way knows in which spelling.
    missing: Vec<i64>,
    /// The decimal mark of plain numbers, where these may be read fast.
    mark: Option<u8>,
    /// Whether dates in ISO form and instants may be read fast.
    times: bool,
    /// The instants that are values.
    instants: std::ops::Range<i64>,
}

impl Fast {
    /// What may be fast for a reader.
    pub fn of(reader: &FieldReader) -> Fast {
        let mapping = reader.mapping();
        let texts = mapping.missing.like.iter().all(|like| spares_numbers(like));
        Fast {
            rule: reader.number_rule().cloned(),
            missing: reader.missing_scaled(),
            mark: plain_mark(mapping).filter(|_| texts),
            times: texts,
            instants: reader.instants(),
        }
    }

    /// A number of the data.
    #[inline]
    pub fn number(&self, mantissa: i64, decimals: i32) -> Option<i64> {
        self.admit(self.rule.as_ref()?.scale(mantissa, decimals)?)
    }

    /// How all numbers of so many decimals are read at once, where nothing but their size matters.
    pub fn scaler(&self, decimals: i32) -> Option<Scaler> {
        let rule = self.rule.as_ref().filter(|_| self.missing.is_empty())?;
        rule.scaler(decimals)
    }

    /// A day number, as yet of any range.
    #[inline]
    pub fn day(&self, day: i64) -> Option<i64> {
        let range = i64::from(crate::domain::Day::MIN.0)..=i64::from(crate::domain::Day::MAX.0);
        if range.contains(&day) {
            self.admit(day)
        } else {
            None
        }
    }

    /// Microseconds, as yet of any range.
    #[inline]
    pub fn instant(&self, micros: i64) -> Option<i64> {
        if self.instants.contains(&micros) {
            self.admit(micros)
        } else {
            None
        }
    }

    /// The decimal mark, where texts of numbers may be read fast.
    pub fn mark(&self) -> Option<u8> {
        self.mark
    }

    /// Whether texts of dates and instants may be read fast.
    pub fn times(&self) -> bool {
        self.times
    }

    #[inline]
    fn admit(&self, scaled: i64) -> Option<i64> {
        let missing = !self.missing.is_empty() && self.missing.contains(&scaled);
        (!missing).then_some(scaled)
    }
}

/// Whether a pattern of missing texts can match no number, date or instant.
fn spares_numbers(like: &str) -> bool {
    like.chars()
        .any(|c| !(c.is_ascii_digit() || "+-.,:tTzZ ?*".contains(c)))
}

/// The decimal mark, if what the mapping strips off numbers cannot be part of a plain one.
fn plain_mark(mapping: &FieldMapping) -> Option<u8> {
    let style = &mapping.numbers;
    let mark = if style.decimal_comma { b',' } else { b'.' };
    let is_plain = |c: char| c.is_ascii_digit() || "+-., ".contains(c);
    let affixes_differ = style
        .affixes
        .iter()
        .all(|affix| affix.chars().any(|c| !is_plain(c)));
    let thousands_differ = style
        .thousands
        .is_none_or(|separator| separator != char::from(mark));
    (affixes_differ && thousands_differ).then_some(mark)
}
