//! Numbers with their units, dates, and escapes in strings.

use super::{dates, foreign, slips};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Date, DurationUnit};
use crate::syntax::errors;
use crate::syntax::token::Token;
use crate::text::{FileId, Span};

/// A literal read from the text: the token, how many bytes it takes, and what is wrong with it.
pub type Read<'t> = (Token<'t>, usize, Option<Diagnostic>);

/// The number or date at the head of `text`, whose first `piece` bytes stick together, with its unit. `in_list`: a comma
/// may set elements apart here.
pub fn number<'t>(start: Start, text: &'t str, piece: usize, in_list: bool) -> Read<'t> {
    dated(start, text)
        .or_else(|| in_other_manner(start, text, piece, in_list))
        .unwrap_or_else(|| plain_number(start, text.split_at(piece)))
}

/// `1/12/2025`, `1 December 2025`.
fn dated<'t>(start: Start, text: &'t str) -> Option<Read<'t>> {
    if let Some((meant, length)) = dates::slashed(text) {
        let problem = errors::date_in_other_manner(start.span(length), meant);
        return Some((Token::Date(meant.day()), length, Some(problem)));
    }
    if let Some((meant, length)) = dates::dashed(text) {
        let problem = errors::date_in_other_manner(start.span(length), meant);
        return Some((Token::Date(meant.day()), length, Some(problem)));
    }
    let (date, length) = dates::in_words(text)?;
    let problem = errors::ill_formed_date(start.span(length), Some(date));
    Some((Token::Date(date), length, Some(problem)))
}

/// `1,000 USD`, `0,1%`.
fn in_other_manner<'t>(
    start: Start,
    text: &'t str,
    piece: usize,
    in_list: bool,
) -> Option<Read<'t>> {
    let foreign = foreign::number(text)?;
    let (digits, rest) = text.split_at(foreign.length);
    let (token, unit, _) = with_unit(digits, rest);
    let has_unit = !matches!(token, Token::Number(_));
    if in_list && foreign.commas && !foreign.zeros && !has_unit {
        return None;
    }
    let length = foreign.length + unit;
    // More sticks to it than a unit: `1.000.000x`.
    if length < piece {
        return None;
    }
    let span = start.span(length);
    let write = with_digits(token, &foreign.ours);
    let problem = errors::foreign_number(span, &text[..length], foreign.what, &write);
    Some((token, length, Some(problem)))
}

fn plain_number<'t>(start: Start, (piece, rest): (&'t str, &'t str)) -> Read<'t> {
    let span = start.span(piece.len());
    let length = number_length(piece);
    let (digits, stuck) = piece.split_at(length);
    if let Some(token) = unit_token(digits, stuck) {
        return (token, piece.len(), broken_duration(span, token));
    }
    if let Some((token, problem)) = slips::meant(span, piece, digits, stuck) {
        return (token, piece.len(), Some(problem));
    }
    let problem = (!stuck.is_empty()).then(|| errors::bad_number(span, piece));
    let (token, more, misspelt) = with_unit(digits, rest);
    let length = piece.len() + more;
    let misspelt = misspelt.then(|| {
        let write = with_digits(token, digits);
        errors::misspelt_unit(start.span(length), rest[..more].trim(), &write)
    });
    let problem = problem.or(misspelt);
    let problem = problem.or_else(|| broken_duration(start.span(length), token));
    (token, length, problem)
}

/// The token as the language writes it, with other digits.
pub(super) fn with_digits(token: Token, digits: &str) -> String {
    match token {
        Token::Percent(_) => format!("{digits}%"),
        Token::Money(_, unit) | Token::Mass(_, unit) => format!("{digits} {unit}"),
        Token::Duration(_, DurationUnit::Days) => format!("{digits} days"),
        Token::Duration(_, DurationUnit::Months) => format!("{digits} months"),
        Token::Duration(_, DurationUnit::Years) => format!("{digits} years"),
        _ => digits.to_owned(),
    }
}

/// The number with a unit at the head of `rest`, how much of `rest` the unit takes, and whether it is misspelt.
fn with_unit<'t>(digits: &'t str, rest: &'t str) -> (Token<'t>, usize, bool) {
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let behind = &rest[blanks..];
    if behind.starts_with('%') {
        return (Token::Percent(digits), blanks + 1, false);
    }
    let length = behind
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(behind.len());
    let label = behind[length..].trim_start().starts_with(':');
    if label {
        return (Token::Number(digits), 0, false);
    }
    if let Some(token) = unit_token(digits, &behind[..length]) {
        return (token, blanks + length, false);
    }
    match slips::unit_in_words(digits, behind) {
        Some((token, length)) if blanks > 0 => (token, blanks + length, true),
        Some(_) | None => (Token::Number(digits), 0, false),
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

/// The digits of a number token, without `_` and in our manner.
pub fn number_digits(written: &str) -> String {
    let foreign = foreign::number(written).map(|foreign| foreign.ours);
    let ours = foreign.as_deref().unwrap_or(written);
    ours.chars().filter(|c| *c != '_').collect()
}

/// `1000` as `1_000`.
pub(super) fn with_thousands(written: &str) -> String {
    let digits = number_digits(written);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (&*digits, None),
    };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    match fraction {
        Some(fraction) => format!("{grouped}.{fraction}"),
        None => grouped,
    }
}

/// Where a literal begins.
#[derive(Clone, Copy)]
pub struct Start {
    pub file: FileId,
    pub at: u32,
}

impl Start {
    fn span(self, length: usize) -> Span {
        Span::new(self.file, self.at, self.at + length as u32)
    }
}

/// The day `written`; for one that does not exist a day near it, and what is wrong.
pub fn date(span: Span, written: &str) -> (Date, Option<Diagnostic>) {
    let parts: Vec<&str> = written.splitn(3, '-').collect();
    let well_formed = parts.iter().map(|part| part.len()).eq([4, 2, 2])
        && written.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let number = |at: usize| parts[at].parse::<i16>().ok();
    let (year, month, day) = (number(0), number(1), number(2));
    let date = match (year, month, day) {
        (Some(year), Some(month), Some(day)) if year >= 1 => dates::civil(year, month, day),
        _ => None,
    };
    match date {
        Some(date) if well_formed => (date, None),
        Some(date) => (date, Some(errors::ill_formed_date(span, Some(date)))),
        None if well_formed => {
            let (year, month) = (year.unwrap_or(1).max(1), month.unwrap_or(1).clamp(1, 12));
            let last = dates::civil(year, month, 1).map_or(Date::MIN, Date::last_of_month);
            let month_exists = (1..=12).contains(&parts[1].parse::<i16>().unwrap_or(0));
            let nearest = (month_exists && day > Some(28)).then_some(last);
            (last, Some(errors::no_such_date(span, nearest)))
        }
        None => match dates::in_numbers(written, '-') {
            Some(meant) => (meant.day(), Some(errors::date_in_other_manner(span, meant))),
            None => (
                Date::constant(1, 1, 1),
                Some(errors::ill_formed_date(span, None)),
            ),
        },
    }
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
