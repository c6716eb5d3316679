//! Raw pieces to tokens and comments. Words stay plain words here.

use logos::{Lexer, Logos};

use super::raw::Raw;
use super::{Tokens, letters, literals};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Comment, Doc};
use crate::syntax::token::{Kw, Lexeme, Token};
use crate::syntax::{errors, limits};
use crate::text::Span;

/// Fills `tokens` from its text; of a text with too many of them nothing is kept.
pub fn scan<'t>(tokens: &mut Tokens<'t>, diagnostics: &mut Vec<Diagnostic>) {
    let mut scanner = Scanner {
        lexer: Raw::lexer(tokens.text),
        tokens,
        diagnostics,
        last_end: 0,
        pending_doc: None,
        currency: None,
    };
    while let Some(raw) = scanner.lexer.next() {
        if scanner.tokens.lexemes.len() >= limits::MAX_TOKENS {
            let span = scanner.span();
            scanner.report(errors::too_many_tokens(span));
            scanner.tokens.lexemes.clear();
            return;
        }
        if scanner.diagnostics.len() >= limits::MAX_MESSAGES {
            return;
        }
        scanner.piece(raw);
    }
}

struct Scanner<'t, 's> {
    lexer: Lexer<'t, Raw>,
    tokens: &'s mut Tokens<'t>,
    diagnostics: &'s mut Vec<Diagnostic>,
    /// End of the last token or comment.
    last_end: usize,
    pending_doc: Option<Doc>,
    /// The currency of the sign in front of the number that comes next; the sign has its message.
    currency: Option<&'static str>,
}

impl<'t> Scanner<'t, '_> {
    fn span(&self) -> Span {
        let range = self.lexer.span();
        Span::new(self.tokens.file, range.start as u32, range.end as u32)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn first_on_line(&self) -> bool {
        let between = &self.tokens.text[self.last_end..self.lexer.span().start];
        self.last_end == 0 || between.contains(['\n', '\r'])
    }

    fn push(&mut self, token: Token<'t>) {
        let first_on_line = self.first_on_line();
        let range = self.lexer.span();
        let (start, end) = (range.start as u32, range.end as u32);
        if let Some(doc) = self.pending_doc.take() {
            self.tokens.docs.push((start, doc));
        }
        self.tokens.lexemes.push(Lexeme {
            token,
            start,
            end,
            first_on_line,
        });
        self.last_end = range.end;
    }

    fn piece(&mut self, raw: Result<Raw, ()>) {
        let Ok(raw) = raw else {
            return self.unknown_character();
        };
        match raw {
            Raw::Comment => self.comment(),
            Raw::SlashComment => self.slash_comment(),
            Raw::Word | Raw::NonAscii => self.word_or_letter(),
            Raw::Number => self.number(),
            Raw::Date => self.date(),
            Raw::Str => self.string(),
            Raw::OpenStr => self.open_string(),
            Raw::SingleQuoted => self.foreign(Token::Str, "\"…\"", "a text in single quotes"),
            Raw::Backtick => self.backtick(),
            Raw::OpenBacktick => self.open_backtick(),
            Raw::Equal => self.push(Token::Equal),
            Raw::NotEqual => self.push(Token::NotEqual),
            Raw::Less => self.push(Token::Less),
            Raw::LessEqual => self.push(Token::LessEqual),
            Raw::Greater => self.push(Token::Greater),
            Raw::GreaterEqual => self.push(Token::GreaterEqual),
            Raw::Plus => self.push(Token::Plus),
            Raw::Minus => self.push(Token::Minus),
            Raw::Star => self.push(Token::Star),
            Raw::Slash => self.push(Token::Slash),
            Raw::Ampersand => self.push(Token::Ampersand),
            Raw::Comma => self.push(Token::Comma),
            Raw::Colon => self.push(Token::Colon),
            Raw::Dot => self.push(Token::Dot),
            Raw::Question => self.push(Token::Question),
            Raw::OpenParen => self.push(Token::OpenParen),
            Raw::CloseParen => self.push(Token::CloseParen),
            Raw::OpenBrace => self.push(Token::OpenBrace),
            Raw::CloseBrace => self.push(Token::CloseBrace),
            Raw::OpenBracket => self.push(Token::OpenBracket),
            Raw::CloseBracket => self.push(Token::CloseBracket),
            Raw::ForeignEqual => self.operator(Token::Equal, "="),
            Raw::ForeignNotEqual => self.operator(Token::NotEqual, "!="),
            Raw::ForeignLessEqual => self.operator(Token::LessEqual, "<="),
            Raw::ForeignGreaterEqual => self.operator(Token::GreaterEqual, ">="),
            Raw::ForeignAnd => self.operator(Token::Kw(Kw::And), "and"),
            Raw::ForeignOr => self.operator(Token::Kw(Kw::Or), "or"),
            Raw::ForeignNot => self.operator(Token::Kw(Kw::Not), "not"),
            Raw::Semicolon => self.semicolon(),
        }
    }

    /// An operator of other languages, read as ours.
    fn operator(&mut self, token: Token<'t>, ours: &'static str) {
        let span = self.span();
        let diagnostic = errors::foreign_operator(span, self.lexer.slice(), ours);
        self.report(diagnostic);
        self.push(token);
    }

    /// Punctuation of other languages, read as ours.
    fn foreign(&mut self, token: Token<'t>, ours: &'static str, what: &'static str) {
        let span = self.span();
        self.report(errors::foreign_punctuation(span, what, ours));
        self.push(token);
    }

    fn semicolon(&mut self) {
        let span = self.span();
        self.report(errors::semicolon(span));
        self.last_end = self.lexer.span().end;
    }

    fn unknown_character(&mut self) {
        let range = self.lexer.span();
        let end = self.tokens.text[range.start..]
            .chars()
            .next()
            .map_or(range.end, |c| range.start + c.len_utf8());
        let span = Span::new(self.tokens.file, range.start as u32, end as u32);
        let rest = self.lexer.remainder();
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            self.currency = currency_of_sign(self.lexer.slice());
        }
        self.report(errors::unknown_character(
            span,
            self.lexer.slice(),
            self.currency,
        ));
        self.last_end = range.end;
    }

    fn comment(&mut self) {
        let text = self.lexer.slice().trim_end();
        let own_line = self.first_on_line();
        let start = self.lexer.span().start;
        let span = Span::new(self.tokens.file, start as u32, (start + text.len()) as u32);
        let doc = own_line && text.starts_with("##") && !text.starts_with("###");
        self.tokens.comments.push(Comment {
            span,
            text: text.to_owned(),
            doc,
            own_line,
        });
        if doc {
            self.doc_line(text, span);
        }
        self.last_end = self.lexer.span().end;
    }

    fn doc_line(&mut self, text: &str, span: Span) {
        let line = &text[2..];
        let line = line.strip_prefix(' ').unwrap_or(line);
        match &mut self.pending_doc {
            Some(doc) => {
                doc.text.push('\n');
                doc.text.push_str(line);
                doc.span = doc.span.to(span);
            }
            None => {
                self.pending_doc = Some(Doc {
                    text: line.to_owned(),
                    span,
                });
            }
        }
    }

    fn slash_comment(&mut self) {
        let start = self.lexer.span().start as u32;
        let span = Span::new(self.tokens.file, start, start + 2);
        self.report(errors::slash_comment(span));
        self.last_end = self.lexer.span().end;
    }

    /// A word, with any letters beyond ASCII that stick to it; or a single character beyond ASCII.
    fn word_or_letter(&mut self) {
        let word = letters::word_length(self.lexer.slice(), self.lexer.remainder());
        match word {
            Some(more) => {
                self.lexer.bump(more);
                let span = self.span();
                if let Some(diagnostic) = letters::check_word(span, self.lexer.slice()) {
                    self.report(diagnostic);
                }
                self.push(Token::Word);
            }
            None => self.symbol(),
        }
    }

    /// A character beyond ASCII that is no letter.
    fn symbol(&mut self) {
        match self.lexer.slice() {
            "≥" => self.operator(Token::GreaterEqual, ">="),
            "≤" => self.operator(Token::LessEqual, "<="),
            "≠" => self.operator(Token::NotEqual, "!="),
            "×" | "·" => self.operator(Token::Star, "*"),
            "÷" => self.operator(Token::Slash, "/"),
            "−" | "–" | "—" => self.operator(Token::Minus, "-"),
            "¬" => self.operator(Token::Kw(Kw::Not), "not"),
            "∧" => self.operator(Token::Kw(Kw::And), "and"),
            "∨" => self.operator(Token::Kw(Kw::Or), "or"),
            "“" | "”" | "„" | "«" | "»" | "‘" | "’" | "‚" => self.smart_quoted(),
            "\u{a0}" | "\u{2007}" | "\u{202f}" | "\u{3000}" => self.wide_blank(),
            slice if letters::is_bidi(slice) => {}
            _ => self.unknown_character(),
        }
    }

    fn wide_blank(&mut self) {
        let span = self.span();
        self.report(errors::odd_blank(span));
    }

    fn smart_quoted(&mut self) {
        let line = self.lexer.remainder();
        let line = &line[..line.find(['\n', '\r']).unwrap_or(line.len())];
        let close = line.char_indices().find(|(_, c)| "“”„«»‘’‚\"".contains(*c));
        match close {
            Some((at, c)) => {
                self.lexer.bump(at + c.len_utf8());
                self.foreign(Token::Str, "\"…\"", "a text in curly quotes");
            }
            None => self.open_string(),
        }
    }

    fn string(&mut self) {
        let span = self.span();
        let (_, mut problems) =
            literals::unescape(self.tokens.file, span.start, self.lexer.slice());
        self.diagnostics.append(&mut problems);
        self.push(Token::Str);
    }

    fn open_string(&mut self) {
        let span = self.span();
        self.report(errors::unterminated_string(span));
        self.push(Token::Str);
    }

    fn backtick(&mut self) {
        let span = self.span();
        if let Some(diagnostic) = letters::check_quoted(span, self.lexer.slice()) {
            self.report(diagnostic);
        }
        self.push(Token::Quoted);
    }

    fn open_backtick(&mut self) {
        let span = self.span();
        self.report(errors::unterminated_name(span));
        self.push(Token::Quoted);
    }

    fn number(&mut self) {
        let (token, more, problem) =
            literals::number(self.span(), self.lexer.slice(), self.lexer.remainder());
        self.lexer.bump(more);
        self.diagnostics.extend(problem);
        let token = match (token, self.currency.take()) {
            (Token::Number(digits), Some(currency)) => Token::Money(digits, currency),
            (token, _) => token,
        };
        self.push(token);
    }

    fn date(&mut self) {
        let (date, problem) = literals::date(self.span(), self.lexer.slice());
        self.diagnostics.extend(problem);
        self.push(Token::Date(date));
    }
}

/// The currency that a sign in front of an amount most often means.
fn currency_of_sign(sign: &str) -> Option<&'static str> {
    match sign {
        "$" => Some("USD"),
        "€" => Some("EUR"),
        "£" => Some("GBP"),
        "¥" => Some("CNY"),
        _ => None,
    }
}
