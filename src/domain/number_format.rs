//! How a column writes its numbers, as a mapping file says it: decimal comma and separators between thousands.

use super::number::{Number, split_sign};

/// The mark between whole and fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DecimalMark {
    #[default]
    Point,
    Comma,
}

impl DecimalMark {
    fn char(self) -> char {
        match self {
            DecimalMark::Point => '.',
            DecimalMark::Comma => ',',
        }
    }
}

/// A way of writing numbers. The default is the plain one of [`Number::parse_decimal`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NumberFormat {
    decimal: DecimalMark,
    thousands: Option<char>,
}

impl NumberFormat {
    /// `1234.56`.
    pub const PLAIN: NumberFormat = NumberFormat {
        decimal: DecimalMark::Point,
        thousands: None,
    };

    /// A format whose thousands may be (but need not be) set apart by `thousands`: one of `.`, `,`, `'`, `’`, `_` or a blank
    /// (which also stands for the no-break blanks). `None` for any other separator, or one that is also the decimal mark.
    pub fn new(decimal: DecimalMark, thousands: Option<char>) -> Option<NumberFormat> {
        let allowed = thousands.is_none_or(|mark| {
            matches!(mark, '.' | ',' | '\'' | '’' | '_' | ' ') && mark != decimal.char()
        });
        allowed.then_some(NumberFormat { decimal, thousands })
    }

    /// Reads the whole text. Separators stand between full groups of three digits or nowhere, never after the
    /// decimal mark: `1,23` is not a number with commas between thousands, rather than 123.
    pub fn parse(&self, text: &str) -> Option<Number> {
        let Some(separator) = self.thousands else {
            return self.parse_ungrouped(text);
        };
        let (whole, fraction) = match text.split_once(self.decimal.char()) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let (negative, digits) = split_sign(whole);
        if !digits.contains(|c| is_separator(c, separator)) {
            return self.parse_ungrouped(text);
        }
        let mut joined = String::with_capacity(text.len());
        for (index, group) in digits.split(|c| is_separator(c, separator)).enumerate() {
            let full = group.len() == 3 || (index == 0 && (1..=3).contains(&group.len()));
            if !full || !group.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            joined.push_str(group);
        }
        match fraction {
            Some("") => None,
            Some(fraction) => Number::from_parts(negative, &joined, fraction, 0),
            None => Number::from_parts(negative, &joined, "", 0),
        }
    }

    fn parse_ungrouped(&self, text: &str) -> Option<Number> {
        match self.decimal {
            DecimalMark::Point => Number::parse_decimal(text),
            DecimalMark::Comma if text.contains('.') => None,
            DecimalMark::Comma => Number::parse_decimal(&text.replacen(',', ".", 1)),
        }
    }
}

fn is_separator(c: char, separator: char) -> bool {
    c == separator || (separator == ' ' && matches!(c, '\u{a0}' | '\u{202f}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Option<Number> {
        Some(Number::parse_decimal(text).unwrap())
    }

    #[test]
    fn german_numbers() {
        let format = NumberFormat::new(DecimalMark::Comma, Some('.')).unwrap();
        assert_eq!(format.parse("1.234,56"), n("1234.56"));
        assert_eq!(format.parse("-1.234.567"), n("-1234567"));
        assert_eq!(format.parse("1234,56"), n("1234.56"));
        assert_eq!(format.parse("0,1"), n("0.1"));
        assert_eq!(format.parse("5"), n("5"));
        for wrong in [
            "1.23",
            "1.2345",
            "1234.567",
            ".123",
            "1..234",
            "1,234.56",
            "1,2,3",
            "1.234,",
            "",
            "1.234,5e3",
            "1.234,5 ",
        ] {
            assert_eq!(format.parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn english_numbers() {
        let format = NumberFormat::new(DecimalMark::Point, Some(',')).unwrap();
        assert_eq!(format.parse("1,234.56"), n("1234.56"));
        assert_eq!(format.parse("12,345,678"), n("12345678"));
        assert_eq!(format.parse("1e-7"), n("0.0000001"));
        for wrong in ["1,23", "1234,567", "1,234,56", "1.234,56", ",123", "1,"] {
            assert_eq!(format.parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn blanks_between_thousands_may_be_no_break_ones() {
        let format = NumberFormat::new(DecimalMark::Comma, Some(' ')).unwrap();
        for text in ["1 234,5", "1\u{a0}234,5", "1\u{202f}234,5"] {
            assert_eq!(format.parse(text), n("1234.5"), "{text:?}");
        }
        assert_eq!(format.parse("1  234"), None);
    }

    #[test]
    fn a_decimal_comma_alone_knows_no_points() {
        let format = NumberFormat::new(DecimalMark::Comma, None).unwrap();
        assert_eq!(format.parse("1234,56"), n("1234.56"));
        assert_eq!(format.parse("1e-2"), n("0.01"));
        for wrong in ["1.5", "1,5.2", "1,5,2", "1,"] {
            assert_eq!(format.parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn plain_is_parse_decimal() {
        for text in ["1234.56", "1,234", "-0.5", "abc", ""] {
            assert_eq!(NumberFormat::PLAIN.parse(text), Number::parse_decimal(text));
        }
    }

    #[test]
    fn ambiguous_formats_do_not_exist() {
        assert_eq!(NumberFormat::new(DecimalMark::Comma, Some(',')), None);
        assert_eq!(NumberFormat::new(DecimalMark::Point, Some('.')), None);
        assert_eq!(NumberFormat::new(DecimalMark::Point, Some('5')), None);
    }
}
