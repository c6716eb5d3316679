//! Numbers with their units, dates, and escapes in strings.

use super::slips;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Date, DurationUnit};
use crate::syntax::errors;
use crate::syntax::token::Token;
use crate::text::{FileId, Span};

/// The number at the head of `piece`, with a unit from the rest of `piece` or of the line behind it. Gives the token, how
/// many bytes of `rest` belong to it, and what is wrong with it.
pub fn number<'t>(
    span: Span,
    piece: &'t str,
    rest: &'t str,
) -> (Token<'t>, usize, Option<Diagnostic>) {
    let length = number_length(piece);
    let (digits, stuck) = piece.split_at(length);
    if let Some(token) = unit_token(digits, stuck) {
        return (token, 0, broken_duration(span, token));
    }
    if let Some((token, problem)) = slips::meant(span, piece, digits, stuck) {
        return (token, 0, Some(problem));
    }
    let problem = (!stuck.is_empty()).then(|| errors::bad_number(span, piece));
    let (token, length) = with_unit(digits, rest);
    let problem = problem.or_else(|| broken_duration(span, token));
    (token, length, problem)
}

/// The number with a unit at the head of `rest`, and how much of `rest` the unit takes.
fn with_unit<'t>(digits: &'t str, rest: &'t str) -> (Token<'t>, usize) {
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let behind = &rest[blanks..];
    if behind.starts_with('%') {
        return (Token::Percent(digits), blanks + 1);
    }
    let length = behind
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(behind.len());
    let label = behind[length..].trim_start().starts_with(':');
    match unit_token(digits, &behind[..length]) {
        Some(token) if !label => (token, blanks + length),
        Some(_) | None => (Token::Number(digits), 0),
    }
}

/// `1_000.25` at the head of `piece`: groups of digits joined by single `_`, at most one point.
fn number_length(piece: &str) -> usize {
    let whole = digits_length(piece);
    match piece[whole..].strip_prefix('.') {
        Some(fraction) if digits_length(fraction) > 0 => whole + 1 + digits_length(fraction),
        _ => whole,
    }
}

fn digits_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let digit = bytes[at].is_ascii_digit();
        let joint = bytes[at] == b'_'
            && at > 0
            && bytes[at - 1].is_ascii_digit()
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !digit && !joint {
            break;
        }
        at += 1;
    }
    at
}

pub(super) fn unit_token<'t>(digits: &'t str, unit: &'t str) -> Option<Token<'t>> {
    match unit {
        "kg" | "g" | "mg" | "t" | "lb" | "oz" => Some(Token::Mass(digits, unit)),
        "days" | "day" => Some(Token::Duration(digits, DurationUnit::Days)),
        "months" | "month" => Some(Token::Duration(digits, DurationUnit::Months)),
        "years" | "year" => Some(Token::Duration(digits, DurationUnit::Years)),
        // Operators in capitals get a message of their own.
        "AND" | "NOT" => None,
        _ if unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase()) => {
            Some(Token::Money(digits, unit))
        }
        _ => None,
    }
}

fn broken_duration(span: Span, token: Token) -> Option<Diagnostic> {
    match token {
        Token::Duration(digits, _) if digits.contains('.') => Some(errors::broken_duration(span)),
        _ => None,
    }
}

/// The digits of a number token without `_`.
pub fn number_digits(written: &str) -> String {
    written.chars().filter(|c| *c != '_').collect()
}

/// The day `written`; for one that does not exist a day near it, and what is wrong.
pub fn date(span: Span, written: &str) -> (Date, Option<Diagnostic>) {
    let parts: Vec<&str> = written.splitn(3, '-').collect();
    let well_formed = parts.iter().map(|part| part.len()).eq([4, 2, 2])
        && written.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let number = |at: usize| parts[at].parse::<i16>().ok();
    let (year, month, day) = (number(0), number(1), number(2));
    let date = match (year, month, day) {
        (Some(year), Some(month), Some(day)) if year >= 1 => civil(year, month, day),
        _ => None,
    };
    match date {
        Some(date) if well_formed => (date, None),
        Some(date) => (date, Some(errors::ill_formed_date(span, Some(date)))),
        None if well_formed => {
            let (year, month) = (year.unwrap_or(1).max(1), month.unwrap_or(1).clamp(1, 12));
            let last = civil(year, month, 1).map_or(Date::MIN, Date::last_of_month);
            let month_exists = (1..=12).contains(&parts[1].parse::<i16>().unwrap_or(0));
            let nearest = (month_exists && day > Some(28)).then_some(last);
            (last, Some(errors::no_such_date(span, nearest)))
        }
        None => (
            Date::constant(1, 1, 1),
            Some(errors::ill_formed_date(span, None)),
        ),
    }
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// The text of the string token `written` that starts at byte `start`, and its bad escapes. A string without an end is
/// read as far as it goes; single and curly quotes are taken off like double ones.
pub fn unescape(file: FileId, start: u32, written: &str) -> (String, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut text = String::with_capacity(written.len());
    let inner = without_quotes(written);
    let offset = start as usize + (inner.as_ptr() as usize - written.as_ptr() as usize);
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = &rest[at..];
        let (value, length) = escape_at_head(escape);
        match value {
            Some(value) => text.push(value),
            None => {
                let from = (offset + inner.len() - escape.len()) as u32;
                let span = Span::new(file, from, from + length as u32);
                problems.push(errors::unknown_escape(span, &escape[..length]));
            }
        }
        rest = &escape[length..];
    }
    text.push_str(rest);
    (text, problems)
}

fn without_quotes(written: &str) -> &str {
    let mut chars = written.chars();
    let open = chars.next();
    let inner = chars.as_str();
    let quote = |c: char| "\"'“”„«»‘’‚".contains(c);
    match open {
        // A final quote after an odd number of backslashes is part of the text.
        Some('"') => match inner.strip_suffix('"') {
            Some(short) if ends_in_backslash(short) => inner,
            Some(short) => short,
            None => inner,
        },
        Some(open) if quote(open) => inner.strip_suffix(quote).unwrap_or(inner),
        _ => written,
    }
}

fn ends_in_backslash(text: &str) -> bool {
    text.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

/// What the escape at the head of `escape` means, if anything, and how long it is.
fn escape_at_head(escape: &str) -> (Option<char>, usize) {
    let Some(kind) = escape[1..].chars().next() else {
        return (None, 1);
    };
    match kind {
        '"' | '\\' => (Some(kind), 2),
        'n' => (Some('\n'), 2),
        't' => (Some('\t'), 2),
        'u' => unicode_escape(escape),
        other => (None, 1 + other.len_utf8()),
    }
}

fn unicode_escape(escape: &str) -> (Option<char>, usize) {
    let Some(digits) = escape.strip_prefix("\\u{") else {
        return (None, 2);
    };
    let Some(close) = digits.find('}') else {
        return (None, 3);
    };
    let value = u32::from_str_radix(&digits[..close], 16).ok();
    let in_form =
        (1..=6).contains(&close) && digits[..close].bytes().all(|b| b.is_ascii_hexdigit());
    (
        value.filter(|_| in_form).and_then(char::from_u32),
        3 + close + 1,
    )
}
