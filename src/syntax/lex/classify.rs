//! Words to keywords, labels and names.
//!
//! A word after a dot is a name; a word before `:` is a label; a declaration word counts only first on its line or after
//! `}`; several words can make one token. What stays a soft keyword may still be a name: the grammar decides.

use super::{Tokens, is_literal};
use crate::diagnostic::Diagnostic;
use crate::syntax::errors;
use crate::syntax::token::{Kw, KwClass, Lexeme, Token};

/// Turns plain words into keywords and labels.
pub fn classify(tokens: &mut Tokens<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let raw = std::mem::take(&mut tokens.lexemes);
    let mut classifier = Classifier {
        out: Vec::with_capacity(raw.len()),
        tokens,
        raw: &raw,
        diagnostics,
        at: 0,
        open: 0,
        in_closure: false,
        in_aggregate: false,
        in_table: false,
    };
    while classifier.at < raw.len() {
        classifier.step();
    }
    let out = classifier.out;
    tokens.lexemes = out;
}

struct Classifier<'t, 'c> {
    tokens: &'c Tokens<'t>,
    raw: &'c [Lexeme<'t>],
    out: Vec<Lexeme<'t>>,
    diagnostics: &'c mut Vec<Diagnostic>,
    at: usize,
    /// Braces open here.
    open: usize,
    /// Behind the word `closure`, up to the brace that ends it.
    in_closure: bool,
    /// Behind the word `aggregate`, up to the next declaration.
    in_aggregate: bool,
    /// Behind the word `table`, up to the brace that ends it.
    in_table: bool,
}

impl<'t> Classifier<'t, '_> {
    fn peek(&self, ahead: usize) -> Option<Token<'t>> {
        self.raw.get(self.at + ahead).map(|lexeme| lexeme.token)
    }

    /// The plain word `ahead` of here; nothing if it is a label.
    fn word(&self, ahead: usize) -> Option<&'t str> {
        let lexeme = self.raw.get(self.at + ahead)?;
        let plain = lexeme.token == Token::Word && self.peek(ahead + 1) != Some(Token::Colon);
        plain.then(|| self.tokens.text_of(lexeme))
    }

    /// A word that can be a name as the next thing behind a soft construct: neither reserved nor an infix operator.
    fn name_like(&self, ahead: usize) -> bool {
        if self.peek(ahead) == Some(Token::Quoted) {
            return true;
        }
        self.word(ahead).is_some_and(|word| {
            !Kw::is_reserved(word) && !matches!(word, "contains" | "matches" | "starts" | "ends")
        })
    }

    fn step(&mut self) {
        let lexeme = self.raw[self.at];
        match lexeme.token {
            Token::OpenBrace => self.open += 1,
            Token::CloseBrace => {
                self.open = self.open.saturating_sub(1);
                self.in_closure = false;
                self.in_table = false;
            }
            Token::OpenParen | Token::OpenBracket if self.after_in() => {
                if let Some(close) = self.set_in_other_brackets(lexeme) {
                    return self.push_set(close);
                }
            }
            Token::Word => return self.step_word(lexeme),
            Token::Quoted => return self.step_quoted(lexeme),
            _ => {}
        }
        self.push(lexeme, lexeme.token, 1);
    }

    /// Takes `count` raw tokens as one.
    fn push(&mut self, first: Lexeme<'t>, token: Token<'t>, count: usize) {
        let end = self.raw[self.at + count - 1].end;
        self.out.push(Lexeme {
            token,
            end,
            ..first
        });
        self.at += count;
    }

    fn after_in(&self) -> bool {
        let last = self.out.last().map(|last| last.token);
        matches!(last, Some(Token::Kw(Kw::In | Kw::Under)))
    }

    /// Reports `in (GB, CA)` and `in [GB, CA]`; gives the place of the closing bracket.
    fn set_in_other_brackets(&mut self, open: Lexeme<'t>) -> Option<usize> {
        let (mut at, mut commas) = (self.at + 1, 0);
        loop {
            match self.raw.get(at)?.token {
                Token::CloseParen | Token::CloseBracket => break,
                Token::Comma => commas += 1,
                Token::Word if Kw::is_reserved(self.tokens.text_of(&self.raw[at])) => return None,
                Token::Word | Token::Quoted | Token::Dot => {}
                token if is_literal(token) => {}
                _ => return None,
            }
            at += 1;
        }
        let close = self.raw[at];
        let of_one = open.token == Token::OpenParen && commas == 0;
        if of_one || at == self.at + 1 {
            return None;
        }
        let span = self.tokens.span_of(&open).to(self.tokens.span_of(&close));
        let inner = &self.tokens.text[open.end as usize..close.start as usize];
        let inner: Vec<&str> = inner.split_whitespace().collect();
        let write = format!("{{ {} }}", inner.join(" "));
        self.diagnostics
            .push(errors::set_in_other_brackets(span, &write));
        Some(at)
    }

    /// Takes what stands between the brackets here and at `close` as a set.
    fn push_set(&mut self, close: usize) {
        let open = self.raw[self.at];
        self.push(open, Token::OpenBrace, 1);
        while self.at < close {
            let lexeme = self.raw[self.at];
            self.push(lexeme, lexeme.token, 1);
        }
        let closing = self.raw[close];
        self.push(closing, Token::CloseBrace, 1);
    }

    fn step_quoted(&mut self, lexeme: Lexeme<'t>) {
        if lexeme.end - lexeme.start == 2 {
            let span = self.tokens.span_of(&lexeme);
            self.diagnostics.push(errors::empty_name(span));
        }
        let label = self.peek(1) == Some(Token::Colon) && !self.after_dot();
        self.push(lexeme, if label { Token::Label } else { Token::Quoted }, 1);
    }

    fn step_word(&mut self, lexeme: Lexeme<'t>) {
        let word = self.tokens.text_of(&lexeme);
        if self.after_dot() {
            self.push(lexeme, Token::Word, 1);
        } else if self.peek(1) == Some(Token::Colon) {
            self.push(lexeme, Token::Label, 1);
        } else if let Some((kw, count)) = self.compound(lexeme, word) {
            self.push(lexeme, Token::Kw(kw), count);
        } else if let Some(kw) = foreign_keyword(word) {
            self.foreign(lexeme, word, kw);
        } else if self.after_is() && is_nothing(word) {
            let span = self.tokens.span_of(&lexeme);
            self.diagnostics
                .push(errors::nothing_in_other_words(span, word));
            self.push(lexeme, Token::Kw(Kw::Missing), 1);
        } else if matches!(word, "elif" | "elsif" | "elseif") {
            self.else_if(lexeme, word);
        } else {
            let kw = Kw::of_word(word).filter(|kw| self.is_keyword(*kw, lexeme));
            if kw.is_some_and(|kw| kw.class() == KwClass::Declaration) {
                self.in_closure = kw == Some(Kw::Closure);
                self.in_aggregate = kw == Some(Kw::Aggregate);
                self.in_table = kw == Some(Kw::Table);
            }
            self.push(lexeme, kw.map_or(Token::Word, Token::Kw), 1);
        }
    }

    /// Behind a word that the name of a column of days follows.
    fn after_name_of_days(&self) -> bool {
        let last = self.out.last().map(|last| last.token);
        matches!(
            last,
            Some(Token::Kw(
                Kw::Recorded
                    | Kw::ValidFrom
                    | Kw::ValidUntil
                    | Kw::ValidThrough
                    | Kw::Until
                    | Kw::Through
            ))
        )
    }

    fn after_dot(&self) -> bool {
        self.out.last().is_some_and(|last| last.token == Token::Dot)
    }

    fn after_is(&self) -> bool {
        let last = self.out.last().map(|last| last.token);
        last == Some(Token::Kw(Kw::Is))
    }

    /// Whether a word that means something in a closure does so here: `share share` names a column.
    fn is_closure_word(&self, kw: Kw) -> bool {
        if !self.in_closure {
            return false;
        }
        let last = self.out.last().map(|last| last.token);
        if self.is_closure_head() {
            let names = matches!(
                last,
                Some(Token::Kw(Kw::Closure | Kw::Of | Kw::Over) | Token::Comma)
            );
            return kw == Kw::Over && !names;
        }
        // Words come in pairs: what is said, and a column.
        let is_word = |lexeme: &&Lexeme<'t>| match lexeme.token {
            Token::Word | Token::Quoted | Token::Label | Token::Colon => true,
            Token::Kw(kw) => matches!(kw, Kw::Owner | Kw::Owned | Kw::Share | Kw::Carries),
            _ => false,
        };
        let words = self.out.iter().rev().take_while(is_word);
        let words = words.filter(|lexeme| lexeme.token != Token::Colon);
        kw != Kw::Over && words.count() % 2 == 0
    }

    /// Before the brace that opens the closure.
    fn is_closure_head(&self) -> bool {
        let head = self.out.iter().rev();
        let mut tokens = head.map(|lexeme| lexeme.token);
        let found = tokens.find(|token| matches!(token, Token::Kw(Kw::Closure) | Token::OpenBrace));
        found == Some(Token::Kw(Kw::Closure))
    }

    fn label_follows(&self) -> bool {
        let is_name = matches!(self.peek(1), Some(Token::Word | Token::Quoted));
        is_name && self.peek(2) == Some(Token::Colon)
    }

    fn starts_line(&self, lexeme: Lexeme) -> bool {
        let after_brace = |last: &Lexeme| last.token == Token::CloseBrace;
        lexeme.first_on_line || self.out.last().is_none_or(after_brace)
    }

    fn is_keyword(&self, kw: Kw, lexeme: Lexeme) -> bool {
        match kw.class() {
            KwClass::Soft if kw.is_of_closure() => self.is_closure_word(kw),
            // `value limit : percent`; a column may be called `value` as well.
            KwClass::Soft if kw == Kw::Value => {
                self.in_table && self.label_follows() && !self.after_name_of_days()
            }
            KwClass::Reserved | KwClass::Clause | KwClass::TestItem | KwClass::Soft => true,
            KwClass::Declaration => self.starts_line(lexeme) && self.declares(kw),
            KwClass::Compound => false,
        }
    }

    /// Whether what follows the declaration word here looks like a declaration. Inside braces only what must be one counts.
    fn declares(&self, kw: Kw) -> bool {
        let text_first = matches!(
            kw,
            Kw::Import | Kw::Test | Kw::Rule | Kw::Exception | Kw::Suspension
        );
        if kw == Kw::List && self.word(1) == Some("of") {
            return false;
        }
        // A declaration that was not closed is found at the next one, not at what stands before that.
        if kw == Kw::Allow && self.open > 0 {
            return false;
        }
        match self.peek(1) {
            Some(Token::Str) => text_first || self.open == 0,
            Some(Token::Quoted) => true,
            Some(Token::Word) if self.peek(2) == Some(Token::Colon) => true,
            Some(Token::Word) => self.name_like(1) && !self.is_window_word(1) || self.open == 0,
            Some(_) | None => self.open == 0 && !self.after_operator(),
        }
    }

    /// Whether an operand must follow what stands before this word.
    fn after_operator(&self) -> bool {
        match self.out.last().map(|last| last.token) {
            Some(Token::Kw(kw)) => kw.class() == KwClass::Reserved,
            Some(
                Token::Equal
                | Token::NotEqual
                | Token::Less
                | Token::LessEqual
                | Token::Greater
                | Token::GreaterEqual
                | Token::Plus
                | Token::Minus
                | Token::Star
                | Token::Slash
                | Token::Ampersand
                | Token::Comma
                | Token::Dot
                | Token::OpenParen,
            ) => true,
            Some(_) | None => false,
        }
    }

    fn is_window_word(&self, ahead: usize) -> bool {
        matches!(
            self.word(ahead),
            Some("from" | "until" | "through" | "to" | "because")
        )
    }

    fn compound(&self, lexeme: Lexeme, word: &str) -> Option<(Kw, usize)> {
        let second = self.word(1)?;
        match (word, second) {
            ("as", "of") => Some((Kw::AsOf, 2)),
            ("at", "most") => Some((Kw::AtMost, 2)),
            ("starts", "with") => Some((Kw::StartsWith, 2)),
            ("ends", "with") => Some((Kw::EndsWith, 2)),
            ("caught", "at") if self.in_closure => Some((Kw::CaughtAt, 2)),
            ("most", "severe") if self.in_closure => Some((Kw::MostSevere, 2)),
            ("over", "same") if self.in_aggregate => Some((Kw::OverSame, 2)),
            ("in", "the") if self.in_aggregate => self.period(),
            ("working", "days") if self.after_number() => Some((Kw::WorkingDays, 2)),
            ("for", "each") if self.name_like(2) => Some((Kw::ForEach, 2)),
            ("for", "lack") if self.word(2) == Some("of") => Some((Kw::ForLackOf, 3)),
            ("in", "force") if lexeme.first_on_line || self.window_follows() => {
                Some((Kw::InForce, 2))
            }
            ("if", "unknown") if self.verdict_follows() => Some((Kw::IfUnknown, 2)),
            ("valid", "from") if self.name_like(2) => Some((Kw::ValidFrom, 2)),
            ("valid", "until") if self.name_like(2) => Some((Kw::ValidUntil, 2)),
            ("valid", "through") if self.name_like(2) => Some((Kw::ValidThrough, 2)),
            ("when", "unknown") if self.starts_line(lexeme) && self.is_when_unknown() => {
                Some((Kw::WhenUnknown, 2))
            }
            _ => None,
        }
    }

    /// `in the calendar year`, `in the last`.
    fn period(&self) -> Option<(Kw, usize)> {
        match (self.word(2)?, self.word(3)) {
            ("calendar", Some("year")) => Some((Kw::InTheCalendarYear, 4)),
            ("last", _) => Some((Kw::InTheLast, 3)),
            _ => None,
        }
    }

    fn after_number(&self) -> bool {
        let last = self.out.last().map(|last| last.token);
        matches!(last, Some(Token::Number(_)))
    }

    fn window_follows(&self) -> bool {
        self.is_window_word(2) || matches!(self.peek(2), Some(Token::Date(_)))
    }

    fn verdict_follows(&self) -> bool {
        self.name_like(2) || matches!(self.peek(2), Some(Token::CloseBrace) | None)
    }

    fn is_when_unknown(&self) -> bool {
        self.open == 0 || self.name_like(2)
    }

    /// `AND`, `OR`, `NOT`.
    fn foreign(&mut self, lexeme: Lexeme<'t>, word: &str, kw: Kw) {
        let span = self.tokens.span_of(&lexeme);
        let operand_before = self.out.last().is_some_and(|last| {
            is_literal(last.token)
                || matches!(
                    last.token,
                    Token::Word | Token::Quoted | Token::CloseParen | Token::CloseBrace
                )
        });
        let is_function =
            kw != Kw::Not && !operand_before && self.peek(1) == Some(Token::OpenParen);
        self.diagnostics.push(match is_function {
            true => errors::operator_as_function(span, word, kw.as_str()),
            false => errors::foreign_operator(span, word, kw.as_str()),
        });
        self.push(lexeme, Token::Kw(kw), 1);
    }

    /// `elif` and its like, read as `else if`.
    fn else_if(&mut self, lexeme: Lexeme<'t>, word: &str) {
        let span = self.tokens.span_of(&lexeme);
        self.diagnostics
            .push(errors::foreign_operator(span, word, "else if"));
        self.push(lexeme, Token::Kw(Kw::Else), 1);
        self.out.push(Lexeme {
            token: Token::Kw(Kw::If),
            start: lexeme.end,
            end: lexeme.end,
            first_on_line: false,
        });
    }
}

/// What other languages call what is not there.
fn is_nothing(word: &str) -> bool {
    let words = ["null", "nil", "none", "empty", "blank"];
    words.iter().any(|it| it.eq_ignore_ascii_case(word))
}

fn foreign_keyword(word: &str) -> Option<Kw> {
    match word {
        "AND" => Some(Kw::And),
        "OR" => Some(Kw::Or),
        "NOT" => Some(Kw::Not),
        _ => None,
    }
}
