//! The tokens before a cursor: those of the declaration that it stands in, however much of it is written yet.

use super::scope::PARAMETER;
use crate::syntax::lex::{Tokens, tokenize};
use crate::syntax::token::{Kw, KwClass, Lexeme, Token};
use crate::text::FileId;

/// What stands before a cursor.
pub(super) struct Cursor<'t> {
    /// The tokens of the declaration before the word at the cursor, from the word that begins it.
    pub before: Vec<(Token<'t>, &'t str)>,
    /// Where the declaration begins.
    pub start: usize,
    /// Where the word at the cursor begins.
    pub word_start: usize,
    /// What stands at the cursor.
    pub inside: Inside,
}

/// What a cursor stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    Code,
    Comment,
    /// A text; whether between braces in it.
    Text {
        hole: bool,
    },
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str, at: usize) -> Cursor<'t> {
        let at = text.floor_char_boundary(at.min(text.len()));
        let start = declaration_start(text, at);
        let until = &text[..at];
        let inside = inside(text, start, at);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let word = until.len() - until.trim_end_matches(is_word).len();
        let word_start = at - word;
        let (tokens, _) = tokenize(FileId::from_index(0), &text[start..word_start]);
        let lexemes = tokens.lexemes.iter();
        let before = lexemes.map(|lexeme| {
            let piece = &text[start..word_start][lexeme.start as usize..lexeme.end as usize];
            (lexeme.token, piece)
        });
        Cursor {
            before: before.collect(),
            start,
            word_start,
            inside,
        }
    }

    /// The token `back` before the cursor; 1 is the last one.
    pub fn token(&self, back: usize) -> Option<Token<'t>> {
        let at = self.before.len().checked_sub(back)?;
        Some(self.before[at].0)
    }

    /// The same as it is written.
    pub fn text(&self, back: usize) -> Option<&'t str> {
        let at = self.before.len().checked_sub(back)?;
        Some(self.before[at].1)
    }

    /// The keyword that begins the declaration.
    pub fn declaration(&self) -> Option<Kw> {
        match self.before.first()?.0 {
            Token::Kw(kw) => Some(kw),
            _ => None,
        }
    }

    /// The keyword of the clause or part that the cursor stands in.
    pub fn clause(&self) -> Option<Kw> {
        let mut depth = 0usize;
        for (token, _) in self.before.iter().rev() {
            match token {
                Token::CloseBrace | Token::CloseParen | Token::CloseBracket => depth += 1,
                Token::OpenBrace | Token::OpenParen | Token::OpenBracket => {
                    depth = depth.saturating_sub(1);
                }
                Token::Kw(kw) if depth == 0 && begins_clause(*kw) => return Some(*kw),
                _ => {}
            }
        }
        None
    }

    /// The places in `before` of the brackets that are open at the cursor, innermost last.
    pub fn open(&self) -> Vec<usize> {
        let mut open = Vec::new();
        for (at, (token, _)) in self.before.iter().enumerate() {
            match token {
                Token::OpenBrace | Token::OpenParen | Token::OpenBracket => open.push(at),
                Token::CloseBrace | Token::CloseParen | Token::CloseBracket => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    /// The elements that have names at the cursor, with what they are elements of: `any x in LIST`, `for each x in LIST`,
    /// `for x in LIST`, `count(x in LIST`.
    pub fn elements(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (at, window) in self.before.windows(4).enumerate() {
            let [(head, _), (binder, name), (word, _), (list, from)] = window else {
                continue;
            };
            let binds = matches!(
                head,
                Token::Kw(Kw::Any | Kw::Every | Kw::ForEach | Kw::For) | Token::OpenParen
            );
            let named = matches!(binder, Token::Word | Token::Kw(_) | Token::Quoted);
            let listed = matches!(list, Token::Word | Token::Kw(_) | Token::Quoted);
            if binds && named && *word == Token::Kw(Kw::In) && listed {
                let member = match (self.before.get(at + 4), self.before.get(at + 5)) {
                    (Some((Token::Dot, _)), Some((_, field))) => format!("{from}.{field}"),
                    _ => (*from).to_owned(),
                };
                found.push((name.trim_matches('`').to_owned(), member));
            }
        }
        found.reverse();
        found.extend(self.parameters());
        found
    }

    /// The parameters of the define or table at hand, with their types.
    fn parameters(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        if !matches!(self.declaration(), Some(Kw::Define | Kw::Table)) {
            return found;
        }
        let ends = |token: Token<'_>| matches!(token, Token::Comma | Token::CloseParen);
        let inside = self.before.iter().skip(3);
        let inside: Vec<_> = inside.take_while(|it| it.0 != Token::CloseParen).collect();
        for (at, (token, name)) in inside.iter().enumerate() {
            if *token == Token::Label
                && self
                    .before
                    .get(2)
                    .is_some_and(|it| it.0 == Token::OpenParen)
            {
                let ty = inside.iter().skip(at + 2).take_while(|it| !ends(it.0));
                let ty: Vec<&str> = ty.map(|it| it.1).collect();
                let name = name.trim_matches('`').to_owned();
                found.push((name, format!("{PARAMETER}{}", ty.join(" "))));
            }
        }
        found
    }
}

fn begins_clause(kw: Kw) -> bool {
    matches!(
        kw.class(),
        KwClass::Clause | KwClass::TestItem | KwClass::Declaration
    ) || matches!(
        kw,
        Kw::Then
            | Kw::InForce
            | Kw::IfUnknown
            | Kw::ForEach
            | Kw::WhenUnknown
            | Kw::ForLackOf
            | Kw::Because
    )
}

/// Where the declaration begins that holds a byte: the last word that begins one at the start of a line without blanks before
/// it, or else the start of the file.
fn declaration_start(text: &str, at: usize) -> usize {
    let mut end = at;
    loop {
        let line = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let rest = &text[line..];
        let word_end = rest
            .find(|c: char| !(c.is_ascii_lowercase()))
            .unwrap_or(rest.len());
        let word = &rest[..word_end];
        let begins = Kw::of_word(word).is_some_and(|kw| kw.class() == KwClass::Declaration)
            || rest.starts_with("when unknown");
        if begins && line + word_end < at {
            return line;
        }
        if line == 0 {
            return 0;
        }
        end = line - 1;
    }
}

fn inside(text: &str, start: usize, at: usize) -> Inside {
    let line = text[..at].rfind('\n').map_or(start, |at| at + 1).max(start);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let mut in_text = false;
    let mut escaped = false;
    let mut hole = false;
    for (place, c) in text[line..end].char_indices() {
        if line + place >= at {
            break;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => (in_text, hole) = (!in_text, false),
            '#' if !in_text => return Inside::Comment,
            '{' if in_text => hole = !hole,
            '}' if in_text => hole = false,
            _ => {}
        }
    }
    match in_text {
        true => Inside::Text { hole },
        false => Inside::Code,
    }
}

/// The token that covers a byte, or ends there.
pub(super) fn token_at<'t>(tokens: &Tokens<'t>, at: usize) -> Option<Lexeme<'t>> {
    let after = tokens
        .lexemes
        .partition_point(|lexeme| lexeme.start as usize <= at);
    let found = tokens.lexemes[..after].last()?;
    (at <= found.end as usize).then_some(*found)
}
