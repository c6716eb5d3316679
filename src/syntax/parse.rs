//! Tokens to tree.
//!
//! Recovers from mistakes: many messages, never a panic. Limits are checked before the parser runs, so that neither its
//! stack nor the depth of the tree can grow without bound.

use std::cell::Cell;

use lalrpop_util::ParseError;

use super::ast;
use super::build::Builder;
use super::errors;
use super::explain;
use super::grammar::FileParser;
use super::lex::{Tokens, tokenize};
use super::limits::{MAX_MESSAGES, MAX_NESTING};
use super::token::{Kw, KwClass, Token};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::catalogue as code;
use crate::text::{FileId, SourceMap, Span};

/// Reads one file. The tree holds what could be read; the messages are in the order of the text.
pub fn parse(files: &SourceMap, file: FileId) -> (ast::File, Vec<Diagnostic>) {
    let (tokens, mut diagnostics) = tokenize(file, &files.file(file).text);
    let items = match check_nesting(&tokens) {
        Some(diagnostic) => {
            diagnostics.push(diagnostic);
            Vec::new()
        }
        None => parse_tokens(&tokens, &mut diagnostics),
    };
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    diagnostics.dedup_by(|later, earlier| is_echo(earlier, later));
    drop_swallowed(&tokens, &mut diagnostics);
    diagnostics.truncate(MAX_MESSAGES);
    let tree = ast::File {
        file,
        items,
        comments: tokens.comments,
    };
    (tree, diagnostics)
}

/// What can stand next after the tokens of `text`, which begins where a declaration may: the grammar's terminals by their
/// names, `word` for a name. Words that can be names everywhere are among them where a name can stand.
pub fn expected_after(text: &str) -> Vec<String> {
    let (tokens, _) = tokenize(FileId::from_index(0), text);
    if check_nesting(&tokens).is_some() {
        return Vec::new();
    }
    let builder = Builder::new(&tokens);
    let end = tokens.lexemes.last().map_or(0, |last| last.end);
    let lexemes = tokens.lexemes.iter();
    let stream = lexemes
        .map(|lexeme| (lexeme.start, lexeme.token, lexeme.end))
        .chain([(end, Token::Cursor, end)]);
    match FileParser::new().parse(&builder, stream.map(Ok)) {
        Err(ParseError::UnrecognizedToken { token, expected }) if token.1 == Token::Cursor => {
            let bare = expected
                .iter()
                .map(|name| name.trim_matches('"').to_owned());
            bare.collect()
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}

fn parse_tokens(tokens: &Tokens<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<ast::Item> {
    let builder = Builder::new(tokens);
    let budget = MAX_MESSAGES.saturating_sub(diagnostics.len());
    let cut = Cell::new(false);
    let stream = tokens.lexemes.iter().map_while(|lexeme| {
        if builder.problem_count() > budget {
            cut.set(true);
            return None;
        }
        Some(Ok((lexeme.start, lexeme.token, lexeme.end)))
    });
    let items = match FileParser::new().parse(&builder, stream) {
        Ok(items) => items,
        Err(error) => {
            diagnostics.push(explain::explain(tokens, &error));
            Vec::new()
        }
    };
    let mut problems = builder.into_problems();
    if cut.get() {
        problems.truncate(budget);
    }
    diagnostics.append(&mut problems);
    items
}

/// Whether `later` only repeats `earlier`: a second message at the same place.
fn is_echo(earlier: &Diagnostic, later: &Diagnostic) -> bool {
    earlier.primary.span == later.primary.span
}

/// A text without an end takes the closing bracket on its line with it: then the bracket is no mistake of its own.
fn drop_swallowed(tokens: &Tokens, diagnostics: &mut Vec<Diagnostic>) {
    let open_texts = diagnostics
        .iter()
        .filter(|it| it.code == &code::UNTERMINATED_TEXT);
    let open_texts: Vec<Span> = open_texts.map(|it| it.primary.span).collect();
    let text_of = |span: Span| &tokens.text[span.start as usize..span.end as usize];
    diagnostics.retain(|diagnostic| {
        let open = diagnostic.primary.span;
        let close = match text_of(open) {
            "{" => '}',
            "(" => ')',
            "[" => ']',
            _ => return true,
        };
        let swallowed = |text: &Span| {
            let same_line = open.end <= text.start
                && !tokens.text[open.end as usize..text.start as usize].contains('\n');
            same_line && text_of(*text).contains(close)
        };
        diagnostic.code != &code::UNCLOSED_BRACKET || !open_texts.iter().any(swallowed)
    });
}

/// Finds the place where brackets, `if`s, `not`s and signs stand too deep inside one another.
fn check_nesting(tokens: &Tokens) -> Option<Diagnostic> {
    // For each open bracket the `if`s before it that are still open.
    let mut outer: Vec<usize> = Vec::new();
    let mut open_ifs = 0;
    let mut prefixes = 0;
    let mut total_ifs = 0;
    for lexeme in &tokens.lexemes {
        let prefix = matches!(lexeme.token, Token::Kw(Kw::Not) | Token::Minus);
        prefixes = if prefix { prefixes + 1 } else { 0 };
        match lexeme.token {
            Token::OpenParen | Token::OpenBrace | Token::OpenBracket => {
                outer.push(open_ifs);
                open_ifs = 0;
            }
            Token::CloseParen | Token::CloseBrace | Token::CloseBracket => {
                total_ifs -= open_ifs;
                open_ifs = outer.pop().unwrap_or(0);
            }
            Token::Kw(Kw::If | Kw::Any | Kw::Every) => {
                open_ifs += 1;
                total_ifs += 1;
            }
            token if ends_expression(token) => {
                total_ifs -= open_ifs;
                open_ifs = 0;
            }
            _ => {}
        }
        if outer.len() + total_ifs + prefixes > MAX_NESTING {
            let span: Span = tokens.span_of(lexeme);
            return Some(errors::nested_too_deeply(span));
        }
    }
    None
}

fn ends_expression(token: Token) -> bool {
    match token {
        Token::Comma | Token::Label => true,
        Token::Kw(kw) => matches!(
            kw.class(),
            KwClass::Declaration | KwClass::Clause | KwClass::TestItem
        ),
        _ => false,
    }
}
