//! The pieces of a source text: its tokens with the comments around them and the author's line breaks.

use std::borrow::Cow;

use crate::syntax::ast;
use crate::syntax::lex::tokenize;
use crate::syntax::token::{Kw, KwClass, Lexeme, Token};

/// A token, or one word of a token of several words.
#[derive(Debug)]
pub(super) struct Piece<'t> {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// What is printed.
    pub text: Cow<'t, str>,
    /// Whether the author broke the line somewhere after the piece before.
    pub newline: bool,
    /// Whether a blank line stands right before it (after the comments before it).
    pub blank: bool,
    /// Whether it is a name that would start a declaration if it stood first on its line.
    pub fragile: bool,
    /// Comments on lines of their own before it.
    pub leading: Vec<Remark<'t>>,
    /// The comment that ends its line.
    pub trailing: Option<Remark<'t>>,
}

/// A comment.
#[derive(Debug)]
pub(super) struct Remark<'t> {
    /// With its `#`, without blanks at the end.
    pub text: &'t str,
    /// Whether a blank line stands right before it.
    pub blank: bool,
    /// In which column it starts, counted in characters from 0.
    pub column: usize,
}

/// The pieces of `text`, and an empty one at its end that takes the last comments.
pub(super) fn pieces<'t>(file: &ast::File, text: &'t str) -> Vec<Piece<'t>> {
    let (tokens, _) = tokenize(file.file, text);
    let mut pieces = Vec::with_capacity(tokens.lexemes.len() + 1);
    for lexeme in &tokens.lexemes {
        push_lexeme(lexeme, text, &file.comments, &mut pieces);
    }
    let end = text.len() as u32;
    for index in 0..pieces.len() {
        let next = pieces
            .get(index + 1)
            .map_or("", |next: &Piece<'_>| &next.text);
        pieces[index].fragile &=
            next.starts_with(|c: char| c.is_alphabetic() || "_`\"".contains(c));
    }
    pieces.push(piece(end, end, Cow::Borrowed("")));
    attach(&mut pieces, text, &file.comments);
    for index in 1..pieces.len().saturating_sub(1) {
        pull_comma(&mut pieces[index - 1..=index + 1]);
    }
    pieces
}

fn piece(start: u32, end: u32, text: Cow<'_, str>) -> Piece<'_> {
    Piece {
        start,
        end,
        text,
        newline: false,
        blank: false,
        fragile: false,
        leading: Vec::new(),
        trailing: None,
    }
}

fn push_lexeme<'t>(
    lexeme: &Lexeme<'_>,
    text: &'t str,
    comments: &[ast::Comment],
    pieces: &mut Vec<Piece<'t>>,
) {
    let source = &text[lexeme.start as usize..lexeme.end as usize];
    match lexeme.token {
        Token::Kw(kw) if kw.class() == KwClass::Compound => {
            push_words(lexeme, text, comments, pieces);
        }
        Token::Percent(_) => pieces.push(piece(lexeme.start, lexeme.end, joined(source, ""))),
        Token::Money(..) | Token::Mass(..) | Token::Duration(..) => {
            pieces.push(piece(lexeme.start, lexeme.end, joined(source, " ")));
        }
        token => {
            let mut one = piece(lexeme.start, lexeme.end, Cow::Borrowed(source));
            one.fragile = is_fragile(token, source);
            pieces.push(one);
        }
    }
}

/// Whether `source` is a name here but a declaration's first word where it stands first on a line.
fn is_fragile(token: Token<'_>, source: &str) -> bool {
    let declares = |kw: Kw| kw.class() == KwClass::Declaration;
    let is_keyword = matches!(token, Token::Kw(kw) if declares(kw));
    !is_keyword && !matches!(token, Token::Label) && Kw::of_word(source).is_some_and(declares)
}

/// The words of a token of several words, which may have comments between them.
fn push_words<'t>(
    lexeme: &Lexeme<'_>,
    text: &'t str,
    comments: &[ast::Comment],
    pieces: &mut Vec<Piece<'t>>,
) {
    let mut at = lexeme.start as usize;
    let end = lexeme.end as usize;
    while at < end {
        let next = comments.partition_point(|comment| (comment.span.start as usize) < at);
        if let Some(comment) = comments.get(next).filter(|c| c.span.start as usize == at) {
            at = comment.span.end as usize;
            continue;
        }
        let rest = &text[at..end];
        let length = rest
            .find(|c: char| c.is_whitespace() || c == '#')
            .unwrap_or(rest.len());
        if length == 0 {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        pieces.push(piece(
            at as u32,
            (at + length) as u32,
            Cow::Borrowed(&rest[..length]),
        ));
        at += length;
    }
}

/// `source` with its white space replaced by `between`.
fn joined<'t>(source: &'t str, between: &str) -> Cow<'t, str> {
    if source.contains(char::is_whitespace) {
        let parts: Vec<_> = source.split_whitespace().collect();
        Cow::Owned(parts.join(between))
    } else {
        Cow::Borrowed(source)
    }
}

/// Gives every comment to the piece before it on its line or to the piece that follows, and finds the author's line breaks.
fn attach<'t>(pieces: &mut [Piece<'t>], text: &'t str, comments: &[ast::Comment]) {
    let mut comments = comments.iter().peekable();
    let mut last_end = 0usize;
    for index in 0..pieces.len() {
        let start = pieces[index].start as usize;
        let piece_before = last_end;
        while let Some(comment) = comments.next_if(|c| (c.span.start as usize) < start.max(1)) {
            let remark = remark(text, comment, last_end);
            last_end = comment.span.end as usize;
            match index {
                1.. if !comment.own_line => pieces[index - 1].trailing = Some(remark),
                _ => pieces[index].leading.push(remark),
            }
        }
        let piece = &mut pieces[index];
        piece.newline = text[piece_before..start].contains(['\n', '\r']);
        piece.blank = is_blank(&text[last_end..start]);
        last_end = piece.end as usize;
    }
}

/// Moves a comma that follows comments before them, so that it stands behind what it ends. Documentation stays where it is:
/// what it documents must not change.
fn pull_comma(three: &mut [Piece<'_>]) {
    let [before, comma, after] = three else {
        return;
    };
    let is_apart = before.trailing.is_some() || !comma.leading.is_empty();
    let mut moved = comma.leading.iter().chain(&comma.trailing);
    if comma.text != "," || !is_apart || moved.any(|remark| remark.text.starts_with("##")) {
        return;
    }
    let mut remarks = std::mem::take(&mut comma.leading);
    remarks.extend(comma.trailing.take());
    comma.trailing = before.trailing.take();
    remarks.append(&mut after.leading);
    after.leading = remarks;
    after.newline = true;
    comma.newline = false;
    comma.blank = false;
}

fn remark<'t>(text: &'t str, comment: &ast::Comment, last_end: usize) -> Remark<'t> {
    let start = comment.span.start as usize;
    let line = text[..start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    Remark {
        text: text[start..comment.span.end as usize].trim_end(),
        blank: is_blank(&text[last_end..start]),
        column: text[line..start].chars().count(),
    }
}

fn is_blank(between: &str) -> bool {
    let count = |c: char| between.matches(c).count();
    count('\n').max(count('\r')) >= 2
}
