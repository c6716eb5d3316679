//! The grammar's messages: what was found where, what could have stood there, and what to write instead.
//!
//! In: the tokens and lalrpop's error with its list of expected terminals. Out: one [`Diagnostic`]. Special cases come
//! first (an unclosed bracket, a misspelt word, a chained comparison); `expected` words what is left.

mod checks;
mod expected;
mod site;

pub use checks::{
    HEADER_ENTRIES, bad_type, extra_type_part, field_without_colon, missing_hit, missing_then,
    missing_title, missing_when, missing_window, unknown_header_entry,
};

use std::ops::Range;

use lalrpop_util::ParseError;

use self::site::Site;
use super::lex::{Tokens, is_literal};
use super::token::{Kw, KwClass, Token};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::catalogue as code;
use crate::diagnostic::nearest;
use crate::text::Span;

/// The parser's error.
pub type Error<'t> = ParseError<u32, Token<'t>, ()>;

/// Where the error is: the token found, or the end of the file.
pub fn place(tokens: &Tokens, error: &Error) -> Span {
    Site::new(tokens, error).found_span()
}

/// The number of the token found; the number of tokens at the end of the file.
pub fn found_at(tokens: &Tokens, error: &Error) -> usize {
    Site::new(tokens, error).found_at()
}

/// The message for `error`.
pub fn explain(tokens: &Tokens, error: &Error) -> Diagnostic {
    let site = Site::new(tokens, error);
    unclosed(&site)
        .or_else(|| stray(&site))
        .or_else(|| in_force_in_words(&site))
        .or_else(|| chained(&site))
        .or_else(|| unknown_declaration(&site))
        .or_else(|| unknown_clause(&site))
        .or_else(|| reserved_name(&site))
        .unwrap_or_else(|| unexpected(&site))
}

/// Whether the token number `at` starts something that a mistake before it has no part in.
pub fn is_fresh_start(tokens: &Tokens, at: usize) -> bool {
    let Some(lexeme) = tokens.lexemes.get(at) else {
        return false;
    };
    match lexeme.token {
        Token::Comma | Token::Label => true,
        // In the middle of a line a clause's word may as well be a field: `weight`, `note`.
        Token::Kw(kw) if kw.class() == KwClass::Clause => lexeme.first_on_line || kw == Kw::Then,
        Token::Kw(kw) => kw.class() != KwClass::Soft,
        _ => false,
    }
}

/// Messages for the words among the tokens `skipped` that start a line and nearly are what could start it.
pub fn misspelt(tokens: &Tokens, error: &Error, skipped: Range<usize>) -> Vec<Diagnostic> {
    let site = Site::new(tokens, error);
    let Some(words) = site.words_expected() else {
        return misspelt_declarations(tokens, &site, skipped);
    };
    skipped
        .filter_map(|at| tokens.lexemes.get(at))
        .filter(|lexeme| lexeme.first_on_line && lexeme.token == Token::Word)
        .filter(|lexeme| nearest(tokens.text_of(lexeme), words.iter().copied()).is_some())
        .map(|lexeme| checks::unknown_clause(tokens.text_of(lexeme), tokens.span_of(lexeme), words))
        .collect()
}

/// The same outside of all braces, for words that nearly are what starts a declaration.
fn misspelt_declarations(tokens: &Tokens, site: &Site, skipped: Range<usize>) -> Vec<Diagnostic> {
    if site.innermost_open().is_some() || !site.expects("rule") || !site.expects("record") {
        return Vec::new();
    }
    let mut depth = 0usize;
    let mut found = Vec::new();
    for lexeme in skipped.filter_map(|at| tokens.lexemes.get(at)) {
        match lexeme.token {
            Token::OpenParen | Token::OpenBrace | Token::OpenBracket => depth += 1,
            Token::CloseParen | Token::CloseBrace | Token::CloseBracket => {
                depth = depth.saturating_sub(1);
            }
            Token::Word if depth == 0 && lexeme.first_on_line => {
                let (word, span) = (tokens.text_of(lexeme), tokens.span_of(lexeme));
                found.extend(checks::misspelt_declaration(word, span));
            }
            _ => {}
        }
    }
    found
}

/// A bracket that is still open where only something outside of it can follow.
fn unclosed(site: &Site) -> Option<Diagnostic> {
    let open = site.innermost_open()?;
    let found = site.found();
    let ends = match found {
        None => true,
        Some(Token::Kw(kw)) if kw.class() == KwClass::Declaration || kw == Kw::WhenUnknown => {
            !site.expects_value()
        }
        Some(Token::Kw(_)) => site.is_clause_start() && !site.is_block(open),
        Some(Token::CloseParen | Token::CloseBrace | Token::CloseBracket) => {
            site.closes_outer(open)
        }
        Some(_) => false,
    };
    if !ends {
        return None;
    }
    let close = site.closing_of(open);
    let here = match found {
        None => "the file ends here".to_owned(),
        Some(_) => format!("{} cannot stand inside of it", site.found_text()),
    };
    Some(
        Diagnostic::new(
            &code::UNCLOSED_BRACKET,
            format!("this `{}` is not closed", site.text_at(open)),
            site.span_at(open),
            "opened here",
        )
        .label(site.found_span(), here)
        .help(format!("write `{close}` where it ends")),
    )
}

/// A closing bracket that closes nothing.
fn stray(site: &Site) -> Option<Diagnostic> {
    let closing = matches!(
        site.found()?,
        Token::CloseParen | Token::CloseBrace | Token::CloseBracket
    );
    if !closing || site.innermost_open().is_some_and(|open| site.matches(open)) {
        return None;
    }
    Some(
        Diagnostic::new(
            &code::STRAY_BRACKET,
            format!("this {} closes nothing", site.found_text()),
            site.found_span(),
            "no bracket is open here that it could close",
        )
        .help("take it out, or open the bracket it belongs to")
        .fix(site.found_span(), ""),
    )
}

/// `in effect from …`, `In force from …`.
fn in_force_in_words(site: &Site) -> Option<Diagnostic> {
    if !site.expects("unless") || !site.starts_line() {
        return None;
    }
    let (first, second) = (site.found_word()?, site.word_ahead(1)?);
    let other = ["force", "effect", "operation", "application"];
    let is_it =
        first.eq_ignore_ascii_case("in") && other.iter().any(|it| it.eq_ignore_ascii_case(second));
    is_it.then(|| checks::in_force_in_words(&format!("{first} {second}"), site.span_of_two()))
}

/// `a < b < c`.
fn chained(site: &Site) -> Option<Diagnostic> {
    let second = site.found()?;
    if !is_comparison(second) || !site.expects("and") || site.expects_value() {
        return None;
    }
    let (first, middle) = site.comparison_before()?;
    let both = format!(
        "`… {} {middle} and {middle} {} …`",
        site.text_at(first),
        site.found_bare()
    );
    Some(
        Diagnostic::new(
            &code::CHAINED_COMPARISON,
            "comparisons do not chain",
            site.found_span(),
            "a second comparison",
        )
        .label(site.span_at(first), "the first comparison")
        .help(format!("write {both}")),
    )
}

fn is_comparison(token: Token) -> bool {
    match token {
        Token::Equal
        | Token::NotEqual
        | Token::Less
        | Token::LessEqual
        | Token::Greater
        | Token::GreaterEqual => true,
        Token::Kw(kw) => matches!(kw, Kw::In | Kw::Under | Kw::Like | Kw::Between | Kw::Is),
        _ => false,
    }
}

/// A word outside of any block that starts no declaration.
fn unknown_declaration(site: &Site) -> Option<Diagnostic> {
    if !site.expects("rule") || site.expects_value() || site.innermost_open().is_some() {
        return None;
    }
    let first = site.starts_line();
    let word = site.found_word()?;
    if !first {
        return None;
    }
    if let Some(kw) = site.found_kw().filter(|_| site.is_clause_start()) {
        return Some(checks::clause_outside(kw, site.found_span()));
    }
    Some(checks::unknown_declaration(word, site.found_span()))
}

/// A word in a block that starts none of its parts.
fn unknown_clause(site: &Site) -> Option<Diagnostic> {
    let words = site.words_expected()?;
    if !site.starts_line() && site.expects_operator() && !site.is_near(words) {
        return None;
    }
    if let Some(kw) = site.found_kw() {
        return checks::misplaced_clause(site, kw);
    }
    let word = site.found_word()?;
    if site.found() == Some(Token::Label) && words.contains(&word) {
        return Some(checks::colon_after_clause(word, site.found_span()));
    }
    if site.expects("when") && site.is_condition_start() && !site.is_near(words) {
        return Some(checks::condition_without_when(site.found_span(), word));
    }
    Some(checks::unknown_clause(word, site.found_span(), words))
}

/// A reserved word where a name belongs.
fn reserved_name(site: &Site) -> Option<Diagnostic> {
    let kw = site.found_kw()?;
    let reserved = kw.class() == KwClass::Reserved || kw.class() == KwClass::Compound;
    if !reserved || !site.expects_name() || site.expects_value() {
        return None;
    }
    Some(
        Diagnostic::new(
            &code::RESERVED_NAME,
            format!("`{}` is a word of the language", kw.as_str()),
            site.found_span(),
            "a name belongs here",
        )
        .help(format!(
            "take another name, or write it in backticks: `` `{}` ``",
            kw.as_str()
        )),
    )
}

/// Everything else.
fn unexpected(site: &Site) -> Diagnostic {
    let expected = expected::fold(site);
    let after = site
        .previous()
        .map(|at| format!(" after `{}`", site.short_text_at(at)))
        .unwrap_or_default();
    let message = match expected.as_str() {
        "" => format!("{} cannot stand here", site.found_text()),
        expected => format!("expected {expected}{after}"),
    };
    let found = format!("found {}", site.found_text());
    let diagnostic = match site.previous().filter(|_| site.is_cut_short()) {
        Some(at) => Diagnostic::new(&code::UNEXPECTED, message, site.span_at(at), "incomplete")
            .label(site.found_span(), found),
        None => Diagnostic::new(&code::UNEXPECTED, message, site.found_span(), found),
    };
    match expected::advice(site) {
        Some(advice) => diagnostic.help(advice),
        None => diagnostic,
    }
}
