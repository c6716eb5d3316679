//! What can be folded: what stands between braces or brackets on several lines, comments of several lines, imports.

use super::Workspace;
use crate::syntax::lex::tokenize;
use crate::syntax::token::Token;
use crate::text::FileId;
use std::path::Path;

/// What a fold holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum FoldKind {
    Block,
    Comment,
}

/// A stretch that can be folded, from the byte behind its first line's text to the byte at which its last line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// A byte of the first line.
    pub start: usize,
    /// A byte of the last line.
    pub end: usize,
    /// What it holds.
    pub kind: FoldKind,
}

/// What can be folded in a file, in the order of the text. Half-written text has the folds of what is closed.
pub fn folds(workspace: &mut Workspace, path: &Path) -> Vec<Fold> {
    let Some(text) = workspace.text(path) else {
        return Vec::new();
    };
    let (tokens, _) = tokenize(FileId::from_index(0), &text);
    let mut folds = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for lexeme in &tokens.lexemes {
        match lexeme.token {
            Token::OpenBrace | Token::OpenBracket | Token::OpenParen => {
                open.push(lexeme.start as usize);
            }
            Token::CloseBrace | Token::CloseBracket | Token::CloseParen => {
                let Some(start) = open.pop() else {
                    continue;
                };
                let end = lexeme.start as usize;
                if text[start..end].contains('\n') {
                    let kind = FoldKind::Block;
                    folds.push(Fold { start, end, kind });
                }
            }
            _ => {}
        }
    }
    comments(&text, &tokens.comments, &mut folds);
    folds.sort_by_key(|fold| (fold.start, fold.end));
    folds
}

/// Comments on lines that follow one another.
fn comments(text: &str, comments: &[crate::syntax::ast::Comment], folds: &mut Vec<Fold>) {
    let mut from: Option<(usize, usize)> = None;
    let mut close = |from: Option<(usize, usize)>| {
        if let Some((start, end)) = from
            && text[start..end].contains('\n')
        {
            let kind = FoldKind::Comment;
            folds.push(Fold { start, end, kind });
        }
    };
    for comment in comments.iter().filter(|comment| comment.own_line) {
        let (start, end) = (comment.span.start as usize, comment.span.end as usize);
        let follows = |last: usize| {
            let between = &text[last..start];
            between.trim().is_empty() && between.matches('\n').count() == 1
        };
        from = match from {
            Some((first, last)) if follows(last) => Some((first, end)),
            before => {
                close(before);
                Some((start, end))
            }
        };
    }
    close(from);
}
