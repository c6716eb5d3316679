//! Raw pieces to tokens and comments. Words stay plain words here.

use logos::{Lexer, Logos};

use super::literals::Start;
use super::raw::Raw;
use super::{Tokens, dates, foreign, letters, literals};
use crate::diagnostic::Diagnostic;
use crate::domain::Currency;
use crate::syntax::ast::{Comment, Doc};
use crate::syntax::token::{Kw, KwClass, Lexeme, Token};
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
        lists: Vec::new(),
        table: Table::Outside,
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
    /// For each open bracket, whether commas set elements or arguments apart in it.
    lists: Vec<bool>,
    /// Whether a table is being read, and how far.
    table: Table,
    /// The currency of the sign in front of the number that comes next; the sign has its message.
    currency: Option<&'static str>,
}

/// How far into a table the scanner is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Outside,
    /// Behind `table`.
    Word,
    /// Behind its name.
    Name,
    /// Behind the `(` of its parameters, inside so many brackets without them. Rows follow where a brace is forgotten.
    Head(usize),
    /// Among its rows, inside so many brackets.
    Rows(usize),
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
        self.follow_table(token, first_on_line);
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

    fn open(&mut self, token: Token<'t>) {
        let is_list = match token {
            Token::OpenBrace => self.after_set_operator(),
            Token::OpenParen => self.after_name_or_in(),
            _ => true,
        };
        self.lists.push(is_list);
        self.push(token);
    }

    /// Whether a row of a table may end here.
    fn in_rows(&self) -> bool {
        let depth = self.lists.len();
        self.table == Table::Rows(depth) || self.table == Table::Head(depth)
    }

    /// Whether the result of a row ends here: a value, a name, a call or something in parentheses.
    fn after_result(&self) -> bool {
        let lexemes = &self.tokens.lexemes;
        let Some(arrow) = lexemes.iter().rposition(|it| it.token == Token::Arrow) else {
            return false;
        };
        let at = |place: usize| lexemes.get(place).map(|it| it.token);
        let mut end = arrow + 1;
        if at(end) == Some(Token::Minus) {
            end += 1;
        }
        if at(end) != Some(Token::OpenParen) {
            end += 1;
        }
        match at(end) {
            Some(Token::Dot) => end += 2,
            Some(Token::OpenParen) => end = self.behind_brackets(end),
            _ => {}
        }
        end > arrow + 1 && end == lexemes.len()
    }

    /// The place behind the bracket that closes the one at `open`.
    fn behind_brackets(&self, open: usize) -> usize {
        let mut depth = 0;
        let tokens = self.tokens.lexemes.iter().enumerate().skip(open);
        for (place, lexeme) in tokens {
            match lexeme.token {
                Token::OpenParen | Token::OpenBracket | Token::OpenBrace => depth += 1,
                Token::CloseParen | Token::CloseBracket | Token::CloseBrace => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return place + 1;
            }
        }
        self.tokens.lexemes.len()
    }

    /// Whether the word at hand begins a declaration.
    fn declares(&self) -> bool {
        let keyword = Kw::of_word(self.lexer.slice());
        let is_label = self.lexer.remainder().trim_start().starts_with(':');
        keyword.is_some_and(|kw| kw.class() == KwClass::Declaration) && !is_label
    }

    /// Follows the words and brackets of `table NAME( … ) … { … }`.
    fn follow_table(&mut self, token: Token<'t>, first_on_line: bool) {
        let after_brace = |last: &Lexeme<'_>| last.token == Token::CloseBrace;
        let starts = first_on_line || self.tokens.lexemes.last().is_none_or(after_brace);
        self.table = match (self.table, token) {
            (Table::Rows(depth), _) if self.lists.len() >= depth => Table::Rows(depth),
            (Table::Head(_), Token::OpenBrace) => Table::Rows(self.lists.len()),
            (_, Token::Word) if starts && self.lexer.slice() == "table" => Table::Word,
            (Table::Head(_), Token::Word) if starts && self.declares() => Table::Outside,
            (Table::Head(depth), _) => Table::Head(depth),
            (Table::Word, Token::Word | Token::Quoted) => Table::Name,
            (Table::Name, Token::OpenParen) => Table::Head(self.lists.len() - 1),
            _ => Table::Outside,
        };
    }

    fn close(&mut self, token: Token<'t>) {
        self.lists.pop();
        self.push(token);
    }

    /// Whether commas set elements or arguments apart here.
    fn in_list(&self) -> bool {
        self.lists.last().is_some_and(|is_list| *is_list)
    }

    /// Whether a brace here opens a set, not a block.
    fn after_set_operator(&self) -> bool {
        let last = self.tokens.lexemes.last();
        last.is_some_and(|last| match last.token {
            Token::Word => matches!(self.tokens.text_of(last), "in" | "under"),
            Token::Equal | Token::Plus | Token::Minus | Token::Ampersand | Token::OpenParen => true,
            _ => false,
        })
    }

    /// Whether a parenthesis here opens arguments, or the elements of a set in the wrong brackets.
    fn after_name_or_in(&self) -> bool {
        let last = self.tokens.lexemes.last();
        last.is_some_and(|last| {
            let word = self.tokens.text_of(last);
            let opens = matches!(word, "in" | "under");
            let operator =
                Kw::is_reserved(word) || matches!(word, "when" | "unless" | "AND" | "OR" | "NOT");
            last.token == Token::Word && (opens || !operator)
        })
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
            Raw::Minus if self.in_rows() && self.lexer.remainder().starts_with('>') => {
                self.lexer.bump(1);
                self.operator(Token::Arrow, "=>");
            }
            Raw::Minus => self.push(Token::Minus),
            Raw::Star => self.push(Token::Star),
            Raw::Slash => self.push(Token::Slash),
            Raw::Ampersand => self.push(Token::Ampersand),
            Raw::Comma if self.in_rows() && self.after_result() => {
                let span = self.span();
                self.report(errors::comma_between_rows(span));
                self.push(Token::Semicolon);
            }
            Raw::Comma => self.push(Token::Comma),
            Raw::Colon => self.push(Token::Colon),
            Raw::Dot => self.push(Token::Dot),
            Raw::Question => self.push(Token::Question),
            Raw::OpenParen => self.open(Token::OpenParen),
            Raw::CloseParen => self.close(Token::CloseParen),
            Raw::OpenBrace => self.open(Token::OpenBrace),
            Raw::CloseBrace => self.close(Token::CloseBrace),
            Raw::OpenBracket => self.open(Token::OpenBracket),
            Raw::CloseBracket => self.close(Token::CloseBracket),
            Raw::ForeignEqual => self.operator(Token::Equal, "="),
            Raw::ForeignNotEqual => self.operator(Token::NotEqual, "!="),
            Raw::ForeignLessEqual => self.operator(Token::LessEqual, "<="),
            Raw::Arrow if self.in_rows() => self.push(Token::Arrow),
            Raw::Arrow => self.operator(Token::GreaterEqual, ">="),
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
        if self.in_rows() {
            return self.push(Token::Semicolon);
        }
        let span = self.span();
        if self.in_list() {
            self.report(errors::semicolon_in_list(span));
            return self.push(Token::Comma);
        }
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
        let sign = self.lexer.slice();
        if let Some(currency) = currency_of_sign(sign)
            && let Some(problem) = self.currency_sign(span, sign, currency)
        {
            self.report(problem);
        } else {
            self.report(errors::unknown_character(span, sign));
        }
        self.last_end = range.end;
    }

    /// `$5,000`, `$ 5000` and `5000 $`: the number is read as an amount.
    fn currency_sign(
        &mut self,
        span: Span,
        sign: &str,
        currency: &'static str,
    ) -> Option<Diagnostic> {
        let rest = self.lexer.remainder().trim_start_matches(' ');
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            self.currency = Some(currency);
            let piece = rest.find(|c: char| !c.is_ascii_digit() && c != '_' && c != '.');
            let piece = piece.unwrap_or(rest.len());
            let length = foreign::number(rest).map_or(piece, |it| it.length);
            let write = format!("{} {currency}", literals::with_thousands(&rest[..length]));
            return Some(errors::currency_sign(span, sign, &write));
        }
        let last = self.tokens.lexemes.last_mut()?;
        let Token::Number(digits) = last.token else {
            return None;
        };
        last.token = Token::Money(digits, currency);
        last.end = span.end;
        let write = format!("{} {currency}", literals::with_thousands(digits));
        Some(errors::currency_sign(span, sign, &write))
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
                if self.month_first() {
                    return;
                }
                let span = self.span();
                if let Some(diagnostic) = letters::check_word(span, self.lexer.slice()) {
                    self.report(diagnostic);
                }
                self.push(Token::Word);
            }
            None => self.symbol(),
        }
    }

    /// `December 1, 2025`
    fn month_first(&mut self) -> bool {
        let range = self.lexer.span();
        let behind = self.lexer.remainder().trim_start_matches([' ', '.']);
        if !behind.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let Some((date, length)) = dates::in_words(&self.tokens.text[range.start..]) else {
            return false;
        };
        self.lexer.bump(length - range.len());
        let span = self.span();
        self.report(errors::ill_formed_date(span, Some(date)));
        self.push(Token::Date(date));
        true
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
        let range = self.lexer.span();
        let (file, text) = (self.tokens.file, &self.tokens.text[range.start..]);
        let start = Start {
            file,
            at: range.start as u32,
        };
        let (token, length, problem) =
            literals::number(start, text, self.lexer.slice().len(), self.in_list());
        self.lexer.bump(length - self.lexer.slice().len());
        match (token, self.currency.take()) {
            // The sign has its message.
            (Token::Number(digits), Some(currency)) => self.push(Token::Money(digits, currency)),
            (Token::Number(digits), None) if self.after_currency() => self.money_behind(digits),
            (token, _) => {
                self.diagnostics.extend(problem);
                self.push(token);
            }
        }
    }

    /// Whether a currency stands right before this number, as in `EUR 1000`.
    fn after_currency(&self) -> bool {
        let text = self.tokens.text;
        let [.., before, last] = self.tokens.lexemes.as_slice() else {
            return false;
        };
        let between = &text[last.end as usize..self.lexer.span().start];
        last.token == Token::Word
            && Currency::parse(self.tokens.text_of(last)).is_some()
            // `money USD` is a type.
            && self.tokens.text_of(before) != "money"
            && !between.contains(['\n', '\r', '#'])
    }

    /// An amount whose currency came first, read as if it came last.
    fn money_behind(&mut self, digits: &'t str) {
        let Some(word) = self.tokens.lexemes.pop() else {
            return;
        };
        let currency = self.tokens.text_of(&word);
        let end = self.lexer.span().end as u32;
        let span = Span::new(self.tokens.file, word.start, end);
        let write = format!("{} {currency}", literals::with_thousands(digits));
        let problem = match digits.split_once('.') {
            Some((whole, fraction))
                if fraction.len() == 3 && whole.len() <= 3 && !digits.contains(',') =>
            {
                let thousands = format!("{whole}_{fraction} {currency}");
                let write = match fraction.trim_end_matches('0') {
                    "" => format!("{whole} {currency}"),
                    fraction => format!("{whole}.{fraction} {currency}"),
                };
                errors::currency_first_or_point(span, currency, &thousands, &write)
            }
            Some(_) | None => errors::currency_first(span, currency, &write),
        };
        self.report(problem);
        self.tokens.lexemes.push(Lexeme {
            token: Token::Money(digits, currency),
            end,
            ..word
        });
        self.last_end = end as usize;
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
