//! Text to tokens: logos finds the raw pieces, `scan` makes tokens and comments of them, `classify` tells keywords,
//! labels and names apart. Every mistake becomes a message and a token that lets the parser go on.

mod classify;
mod dates;
mod foreign;
mod letters;
mod literals;
mod raw;
mod scan;
mod slips;

pub(super) use dates::Meant;
pub(super) use letters::meant;
pub(super) use literals::{number_digits, unescape};

use super::ast::{Comment, Doc};
use super::errors;
use super::limits;
use super::token::{Lexeme, Token};
use crate::diagnostic::Diagnostic;
use crate::text::{FileId, Span};

/// The tokens of one file, with what stands between them.
#[derive(Clone, Debug)]
pub struct Tokens<'t> {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'t str,
    /// The tokens, in order; their spans do not overlap.
    pub lexemes: Vec<Lexeme<'t>>,
    /// All comments, in order.
    pub comments: Vec<Comment>,
    docs: Vec<(u32, Doc)>,
}

impl<'t> Tokens<'t> {
    /// The documentation in front of the token that starts at byte `start`.
    pub fn doc_before(&self, start: u32) -> Option<&Doc> {
        let at = self.docs.binary_search_by_key(&start, |(at, _)| *at).ok()?;
        Some(&self.docs[at].1)
    }

    /// The text of a token.
    pub fn text_of(&self, lexeme: &Lexeme) -> &'t str {
        &self.text[lexeme.start as usize..lexeme.end as usize]
    }

    /// The place of a token.
    pub fn span_of(&self, lexeme: &Lexeme) -> Span {
        Span::new(self.file, lexeme.start, lexeme.end)
    }
}

/// Cuts `text` into tokens. The messages are in the order of the text.
pub fn tokenize(file: FileId, text: &str) -> (Tokens<'_>, Vec<Diagnostic>) {
    let mut tokens = Tokens {
        file,
        text,
        lexemes: Vec::new(),
        comments: Vec::new(),
        docs: Vec::new(),
    };
    if text.len() > limits::MAX_FILE_BYTES {
        return (tokens, vec![errors::file_too_large(file, text.len())]);
    }
    let mut diagnostics = letters::check_bidi(file, text);
    scan::scan(&mut tokens, &mut diagnostics);
    classify::classify(&mut tokens, &mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    (tokens, diagnostics)
}

/// Whether a string or number token is meant by `token`: something that is a value by itself.
pub(super) fn is_literal(token: Token) -> bool {
    matches!(
        token,
        Token::Str
            | Token::Number(_)
            | Token::Percent(_)
            | Token::Money(..)
            | Token::Mass(..)
            | Token::Duration(..)
            | Token::Date(_)
    )
}
