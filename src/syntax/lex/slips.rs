//! What starts like a number and is none: a date, a code without quotes or a misspelt unit. Each is read as what it most
//! likely is, so that one slip makes one message.

use super::literals::unit_token;
use crate::diagnostic::Diagnostic;
use crate::domain::Currency;
use crate::syntax::ast::Date;
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
    if let Some(date) = day_first(piece) {
        return Some((Token::Date(date), errors::ill_formed_date(span, Some(date))));
    }
    if is_code(piece) {
        return Some((Token::Str, errors::code_without_quotes(span, piece)));
    }
    let unit = unit_meant(stuck)?;
    let token = unit_token(digits, unit)?;
    Some((token, errors::misspelt_unit(span, stuck, digits, unit)))
}

/// `30.06.2025`: day, month, year.
fn day_first(piece: &str) -> Option<Date> {
    let mut parts = piece.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let lengths = day.len() <= 2 && month.len() <= 2 && year.len() == 4;
    if !lengths || parts.next().is_some() {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
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
        "KG" | "KGS" | "KILO" | "KILOS" => Some("kg"),
        "G" | "GR" | "GRAM" | "GRAMS" => Some("g"),
        "LB" | "LBS" => Some("lb"),
        "OZ" => Some("oz"),
        "T" | "TON" | "TONS" | "TONNE" | "TONNES" => Some("t"),
        "D" => Some("days"),
        "Y" => Some("years"),
        upper => Currency::parse(upper).map(Currency::code),
    }
}
