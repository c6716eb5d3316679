//! What starts like a number and is none: a date, a code without quotes or a misspelt unit. Each is read as what it most
//! likely is, so that one slip makes one message.

use super::dates::{self, Meant};
use super::literals::{unit_token, with_digits};
use crate::diagnostic::Diagnostic;
use crate::domain::Currency;
use crate::syntax::errors;
use crate::syntax::token::Token;
use crate::text::Span;

/// What `piece`, a number's `digits` and what sticks to them, most likely is, and what to say of it.
pub fn meant<'t>(
    span: Span,
    piece: &'t str,
    digits: &'t str,
    stuck: &str,
) -> Option<(Token<'t>, Diagnostic)> {
    if let Some(meant) = dates::in_numbers(piece, '.').filter(|it| is_no_heading(*it, piece)) {
        return Some((
            Token::Date(meant.day()),
            errors::date_in_other_manner(span, meant),
        ));
    }
    if is_code(piece) {
        return Some((Token::Str, errors::code_without_quotes(span, piece)));
    }
    let unit = unit_meant(stuck)?;
    let token = unit_token(digits, unit)?;
    let write = with_digits(token, digits);
    Some((token, errors::misspelt_unit(span, stuck, &write)))
}

/// `2008.11.10` is a code, peanuts; the headings of chapter 20 end with 2009.
fn is_no_heading(meant: Meant, piece: &str) -> bool {
    let year_first = piece.find('.') == Some(4);
    !year_first || (2010..2100).contains(&meant.day().year())
}

/// `8505.11.10`, `3A001.b`
fn is_code(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    let digits = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    let plain = bytes.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let letter_second = bytes.get(1).is_some_and(u8::is_ascii_alphabetic);
    (plain && piece.matches('.').count() > 1) || (letter_second && digits >= 4)
}

/// `kgs` for `kg`, `usd` for `USD`.
fn unit_meant(stuck: &str) -> Option<&'static str> {
    match stuck.to_ascii_uppercase().as_str() {
        "KG" | "KGS" | "KILO" | "KILOS" | "KILOGRAM" | "KILOGRAMS" => Some("kg"),
        "G" | "GR" | "GRAM" | "GRAMS" => Some("g"),
        "LB" | "LBS" => Some("lb"),
        "OZ" => Some("oz"),
        "T" | "TON" | "TONS" | "TONNE" | "TONNES" => Some("t"),
        "D" => Some("days"),
        "Y" => Some("years"),
        "DOLLAR" | "DOLLARS" => Some("USD"),
        "EURO" | "EUROS" => Some("EUR"),
        "YUAN" | "RMB" => Some("CNY"),
        upper => Currency::parse(upper).map(Currency::code),
    }
}

/// `25 percent`, `25 per cent`, `5_000 dollars`: a unit in words at the head of `text`, and how long it is.
pub fn unit_in_words<'t>(digits: &'t str, text: &str) -> Option<(Token<'t>, usize)> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic());
    let word = &text[..end.unwrap_or(text.len())];
    let rest = &text[word.len()..];
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    match word.to_ascii_lowercase().as_str() {
        "percent" | "pct" | "percents" => return Some((Token::Percent(digits), word.len())),
        "per" => {
            let cent = rest.trim_start_matches(' ');
            let length = word.len() + (rest.len() - cent.len()) + "cent".len();
            let is_cent = cent
                .get(..4)
                .is_some_and(|it| it.eq_ignore_ascii_case("cent"));
            return is_cent.then_some((Token::Percent(digits), length));
        }
        _ => {}
    }
    let token = unit_token(digits, unit_meant(word)?)?;
    Some((token, word.len()))
}
