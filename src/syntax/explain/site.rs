//! The place of a grammar error and what surrounds it.

use std::collections::BTreeSet;

use lalrpop_util::ParseError;

use super::{Error, is_comparison, is_literal};
use crate::diagnostic::nearest;
use crate::syntax::lex::Tokens;
use crate::syntax::token::{Kw, KwClass, Lexeme, Token};
use crate::text::Span;

/// Words that start a clause of a rule or an exception.
pub const RULE_WORDS: &[&str] = &[
    "cites",
    "tags",
    "in force",
    "suspended",
    "for each",
    "when",
    "unless",
    "then",
    "if unknown",
    "obliges",
    "note",
    "weight",
];
/// Words that start a clause of a suspension.
pub const SUSPENSION_WORDS: &[&str] = &["cites", "tags", "from", "note"];
/// Words that start a part of a test.
pub const TEST_WORDS: &[&str] = &["given", "beside", "on", "expect"];

/// A token index.
pub type At = usize;

/// Where the parser stopped.
pub struct Site<'s, 't> {
    tokens: &'s Tokens<'t>,
    /// The token found; the number of tokens at the end of the file.
    at: At,
    expected: BTreeSet<String>,
    open: Vec<At>,
}

impl<'s, 't> Site<'s, 't> {
    pub fn new(tokens: &'s Tokens<'t>, error: &Error<'t>) -> Self {
        let (start, expected): (u32, &[String]) = match error {
            ParseError::UnrecognizedToken { token, expected } => (token.0, expected),
            ParseError::ExtraToken { token } => (token.0, &[]),
            ParseError::InvalidToken { location } => (*location, &[]),
            ParseError::UnrecognizedEof { expected, .. } => (u32::MAX, expected),
            ParseError::User { .. } => (u32::MAX, &[]),
        };
        let at = tokens
            .lexemes
            .partition_point(|lexeme| lexeme.start < start);
        Site {
            tokens,
            at,
            expected: expected
                .iter()
                .map(|name| name.trim_matches('"').to_owned())
                .collect(),
            open: open_brackets(&tokens.lexemes[..at]),
        }
    }

    // ---- What was found ----

    pub fn found(&self) -> Option<Token<'t>> {
        self.ahead(0)
    }

    pub fn ahead(&self, by: usize) -> Option<Token<'t>> {
        self.tokens.lexemes.get(self.at + by).map(|l| l.token)
    }

    fn lexeme(&self) -> Option<&Lexeme<'t>> {
        self.tokens.lexemes.get(self.at)
    }

    pub fn found_at(&self) -> At {
        self.at
    }

    /// Where it is; the end of the file is behind its last token.
    pub fn found_span(&self) -> Span {
        match self.lexeme() {
            Some(lexeme) => self.tokens.span_of(lexeme),
            None => {
                let end = self.tokens.lexemes.last().map_or(0, |last| last.end);
                Span::new(self.tokens.file, end, end)
            }
        }
    }

    pub fn found_kw(&self) -> Option<Kw> {
        match self.found()? {
            Token::Kw(kw) => Some(kw),
            _ => None,
        }
    }

    /// The text found, if it is a word of any kind.
    pub fn found_word(&self) -> Option<&'t str> {
        match self.found()? {
            Token::Word | Token::Label | Token::Kw(_) => Some(self.text_at(self.at)),
            _ => None,
        }
    }

    /// What was found, for a sentence.
    pub fn found_text(&self) -> String {
        let Some(token) = self.found() else {
            return "the end of the file".to_owned();
        };
        let text = self.short_text_at(self.at);
        match token {
            Token::Word | Token::Quoted => format!("the name `{text}`"),
            Token::Label => format!("the field name `{text}`"),
            Token::Str => format!("the text `{text}`"),
            Token::Number(_) => format!("the number `{text}`"),
            Token::Date(_) => format!("the date `{text}`"),
            _ => format!("`{text}`"),
        }
    }

    pub fn found_bare(&self) -> &'t str {
        self.text_at(self.at)
    }

    /// The text of the token `by` ahead on the same line.
    pub fn bare_ahead(&self, by: usize) -> Option<&'t str> {
        let at = self.at + by;
        let lexeme = self.tokens.lexemes.get(at)?;
        (!lexeme.first_on_line).then(|| self.text_at(at))
    }

    /// The same, if it is a word.
    pub fn word_ahead(&self, by: usize) -> Option<&'t str> {
        match self.ahead(by)? {
            Token::Word | Token::Kw(_) => self.bare_ahead(by),
            _ => None,
        }
    }

    /// The words and numbers from here on, on one line.
    pub fn words_from_here(&self) -> String {
        self.words_at(self.at)
    }

    /// The same with the token before.
    pub fn words_around(&self) -> String {
        self.words_at(self.at.saturating_sub(1))
    }

    fn words_at(&self, first: At) -> String {
        let lexemes = self.tokens.lexemes[first..].iter().enumerate();
        let plain = lexemes.take_while(|(at, lexeme)| {
            let word = matches!(lexeme.token, Token::Word | Token::Number(_));
            // A word before a text starts the next entry: `authority "House"`.
            let next = self.tokens.lexemes.get(first + at + 1);
            let entry = next.is_some_and(|next| next.token == Token::Str);
            word && (*at == 0 || !lexeme.first_on_line && !entry)
        });
        let words: Vec<&str> = plain
            .map(|(_, lexeme)| self.tokens.text_of(lexeme))
            .collect();
        words.join(" ")
    }

    /// The values with commas between them around the comma found, as long as the line goes on.
    pub fn list_around(&self) -> Vec<&'t str> {
        let mut at = self.at;
        let mut elements: Vec<&str> = self
            .previous()
            .map(|at| self.text_at(at))
            .into_iter()
            .collect();
        while self
            .tokens
            .lexemes
            .get(at)
            .is_some_and(|it| it.token == Token::Comma)
        {
            match self.tokens.lexemes.get(at + 1) {
                Some(next)
                    if matches!(next.token, Token::Word | Token::Quoted)
                        || is_literal(next.token) =>
                {
                    elements.push(self.tokens.text_of(next));
                }
                Some(_) | None => return Vec::new(),
            }
            at += 2;
        }
        elements
    }

    pub fn starts_line(&self) -> bool {
        self.lexeme().is_some_and(|lexeme| lexeme.first_on_line)
    }

    // ---- What stands before it ----

    pub fn previous(&self) -> Option<At> {
        self.at.checked_sub(1)
    }

    pub fn before(&self, by: usize) -> Option<Token<'t>> {
        let at = self.at.checked_sub(by)?;
        self.tokens.lexemes.get(at).map(|lexeme| lexeme.token)
    }

    pub fn text_at(&self, at: At) -> &'t str {
        self.tokens
            .lexemes
            .get(at)
            .map_or("", |lexeme| self.tokens.text_of(lexeme))
    }

    /// The text of a token on one line, cut where it is long.
    pub fn short_text_at(&self, at: At) -> String {
        let text = self
            .text_at(at)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if text.chars().count() <= 40 {
            return text;
        }
        text.chars().take(39).chain(['…']).collect()
    }

    /// Where the token found and the next one are.
    pub fn span_of_two(&self) -> Span {
        match self.tokens.lexemes.get(self.at + 1) {
            Some(next) => self.found_span().to(self.tokens.span_of(next)),
            None => self.found_span(),
        }
    }

    pub fn span_at(&self, at: At) -> Span {
        self.tokens.span_of(&self.tokens.lexemes[at])
    }

    // ---- Brackets ----

    pub fn innermost_open(&self) -> Option<At> {
        self.open.last().copied()
    }

    /// Whether the bracket at `open` is the one that the closing bracket found belongs to.
    pub fn matches(&self, open: At) -> bool {
        self.text_at(self.at) == self.closing_of(open)
    }

    /// Whether the closing bracket found belongs to a bracket further out than `open`.
    pub fn closes_outer(&self, open: At) -> bool {
        !self.matches(open) && self.open.iter().any(|outer| self.matches(*outer))
    }

    pub fn closing_of(&self, open: At) -> &'static str {
        match self.text_at(open) {
            "(" => ")",
            "[" => "]",
            _ => "}",
        }
    }

    /// Whether the bracket at `open` holds the clauses, fields or parts of a declaration.
    pub fn is_block(&self, open: At) -> bool {
        self.open.first() == Some(&open)
            && self.text_at(open) == "{"
            && self.head_of(open).is_some()
    }

    /// Whether a field of a record literal belongs here, not one of a record or a parameter.
    pub fn is_entry(&self) -> bool {
        let inner = self.innermost_open();
        inner.is_some_and(|open| {
            self.text_at(open) == "{" && !matches!(self.head_of(open), Some(Kw::Record))
        })
    }

    /// The declaration word in front of the bracket at `open`.
    fn head_of(&self, open: At) -> Option<Kw> {
        self.tokens.lexemes[..open]
            .iter()
            .rev()
            .find_map(|lexeme| match lexeme.token {
                Token::Kw(kw) if kw.class() == KwClass::Declaration => Some(kw),
                _ => None,
            })
            .filter(|kw| !matches!(kw, Kw::Set | Kw::Define | Kw::Import | Kw::Codes))
    }

    // ---- What was expected ----

    pub fn expects(&self, terminal: &str) -> bool {
        self.expected.contains(terminal)
    }

    pub fn expected(&self) -> impl Iterator<Item = &str> {
        self.expected.iter().map(String::as_str)
    }

    /// Whether any name may stand here.
    pub fn expects_name(&self) -> bool {
        self.expects("quoted")
    }

    pub fn expects_value(&self) -> bool {
        self.expects("quoted") && self.expects("number")
    }

    /// Whether an expression could go on here.
    pub fn expects_operator(&self) -> bool {
        self.expects("*")
    }

    /// The words that could start the next part of the block, if one could start here and no name could.
    pub fn words_expected(&self) -> Option<&'static [&'static str]> {
        if self.expects_name() {
            None
        } else if self.expects("unless") {
            Some(RULE_WORDS)
        } else if self.expects("cites") {
            Some(SUSPENSION_WORDS)
        } else if self.expects("expect") {
            Some(TEST_WORDS)
        } else {
            None
        }
    }

    /// Whether the word found is nearly one of `words`.
    pub fn is_near(&self, words: &[&str]) -> bool {
        self.found_word()
            .is_some_and(|word| nearest(word, words.iter().copied()).is_some())
    }

    /// Whether the word found could start a clause, by its spelling and its place.
    pub fn is_clause_start(&self) -> bool {
        let Some(kw) = self.found_kw() else {
            return false;
        };
        let word = RULE_WORDS.contains(&kw.as_str()) || TEST_WORDS.contains(&kw.as_str());
        word && (kw == Kw::Then || self.starts_line())
    }

    /// Whether what was found looks like the start of a condition: a name and an operator.
    pub fn is_condition_start(&self) -> bool {
        let operator = |token: Token| {
            is_comparison(token)
                || matches!(
                    token,
                    Token::Dot | Token::OpenParen | Token::Kw(Kw::And | Kw::Or)
                )
        };
        matches!(self.found(), Some(Token::Word)) && self.ahead(1).is_some_and(operator)
    }

    /// The comparison operator before this one in the same expression, and the operand between the two as written.
    pub fn comparison_before(&self) -> Option<(At, String)> {
        let mut depth = 0usize;
        for at in (0..self.at).rev() {
            match self.tokens.lexemes[at].token {
                Token::CloseParen | Token::CloseBrace | Token::CloseBracket => depth += 1,
                Token::OpenParen | Token::OpenBrace | Token::OpenBracket => {
                    depth = depth.checked_sub(1)?;
                }
                Token::Kw(Kw::And | Kw::Or | Kw::Not | Kw::When | Kw::Unless) if depth == 0 => {
                    return None;
                }
                token if depth == 0 && is_comparison(token) => {
                    let from = self.tokens.lexemes[at].end as usize;
                    let to = self.lexeme()?.start as usize;
                    let middle = self.tokens.text[from..to].split_whitespace();
                    return Some((at, middle.collect::<Vec<_>>().join(" ")));
                }
                _ => {}
            }
        }
        None
    }

    /// Whether the line above is incomplete: what was found starts a line, and nothing could have ended before it.
    pub fn is_cut_short(&self) -> bool {
        let any = |ends: &[&str]| ends.iter().any(|end| self.expects(end));
        let list_could_end = any(&["}", ")", ","]) && !self.expects_value();
        let part_could_end = any(&["cites", "expect", "rule"]) && !self.expects_name();
        (self.starts_line() || self.found().is_none()) && !list_could_end && !part_could_end
    }

    /// Whether two values stand side by side here.
    pub fn is_value_after_value(&self) -> bool {
        let value = |token: Token| {
            is_literal(token) || matches!(token, Token::Word | Token::Quoted | Token::CloseParen)
        };
        let starts = |token: Token| {
            is_literal(token) || matches!(token, Token::Word | Token::Quoted | Token::OpenParen)
        };
        self.expects_operator()
            && self.before(1).is_some_and(value)
            && self.found().is_some_and(starts)
    }
}

/// The brackets that are open behind `lexemes`, outermost first.
fn open_brackets(lexemes: &[Lexeme]) -> Vec<At> {
    let mut open: Vec<(At, Token)> = Vec::new();
    for (at, lexeme) in lexemes.iter().enumerate() {
        let partner = match lexeme.token {
            Token::OpenParen | Token::OpenBrace | Token::OpenBracket => {
                open.push((at, lexeme.token));
                continue;
            }
            // A declaration word at the head of its line ends whatever an earlier mistake left open.
            Token::Kw(kw) if kw.class() == KwClass::Declaration && lexeme.first_on_line => {
                open.clear();
                continue;
            }
            Token::CloseParen => Token::OpenParen,
            Token::CloseBrace => Token::OpenBrace,
            Token::CloseBracket => Token::OpenBracket,
            _ => continue,
        };
        if let Some(position) = open.iter().rposition(|(_, token)| *token == partner) {
            open.truncate(position);
        }
    }
    open.into_iter().map(|(at, _)| at).collect()
}
