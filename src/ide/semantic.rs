//! Colours by meaning: what each word is to the checker, where it knows, and to the lexer elsewhere.

use super::declared::Sort;
use super::{View, Workspace};
use crate::check::Named;
use crate::syntax::lex::tokenize;
use crate::syntax::token::{Kw, KwClass, Lexeme, Token};
use crate::text::{FileId, Span};
use rustc_hash::FxHashMap;
use std::path::Path;

/// What a stretch of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ColourKind {
    Keyword,
    Comment,
    Text,
    Number,
    Operator,
    Type,
    Enum,
    EnumValue,
    Field,
    Variable,
    Parameter,
    Function,
    Rule,
    Namespace,
    Tag,
}

impl ColourKind {
    /// All, in their order.
    pub const ALL: [ColourKind; 15] = [
        ColourKind::Keyword,
        ColourKind::Comment,
        ColourKind::Text,
        ColourKind::Number,
        ColourKind::Operator,
        ColourKind::Type,
        ColourKind::Enum,
        ColourKind::EnumValue,
        ColourKind::Field,
        ColourKind::Variable,
        ColourKind::Parameter,
        ColourKind::Function,
        ColourKind::Rule,
        ColourKind::Namespace,
        ColourKind::Tag,
    ];
}

/// A stretch of one line and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What it is.
    pub kind: ColourKind,
    /// Whether it is declared here.
    pub declares: bool,
}

/// The built-in types and what goes with them.
const TYPE_WORDS: [&str; 16] = [
    "text", "folded", "bool", "int", "decimal", "percent", "signed", "money", "mass", "date",
    "instant", "duration", "country", "hs", "eccn", "verdict",
];

/// The colours of a file, in the order of the text.
pub fn colours(workspace: &mut Workspace, path: &Path) -> Vec<Colour> {
    let Some(text) = workspace.text(path) else {
        return Vec::new();
    };
    let view = workspace.view(path);
    let known = view
        .as_ref()
        .and_then(|view| Some(known(view, view.file(path)?)))
        .unwrap_or_default();
    let (tokens, _) = tokenize(FileId::from_index(0), &text);
    let mut colours: Vec<Colour> = Vec::new();
    for comment in &tokens.comments {
        colours.push(Colour {
            start: comment.span.start as usize,
            end: comment.span.end as usize,
            kind: ColourKind::Comment,
            declares: false,
        });
    }
    for (at, lexeme) in tokens.lexemes.iter().enumerate() {
        let (start, end) = (lexeme.start as usize, lexeme.end as usize);
        let before = at.checked_sub(1).map(|at| tokens.lexemes[at].token);
        let by_name = known.get(&start).filter(|(known, ..)| *known == end);
        let found = match by_name {
            Some((_, kind, declares)) => Some((*kind, *declares)),
            None => by_token(lexeme, &text[start..end], before).map(|kind| (kind, false)),
        };
        if let Some((kind, declares)) = found {
            lines(&text, (start, end), kind, declares, &mut colours);
        }
    }
    colours.sort_by_key(|colour| colour.start);
    colours
}

/// A stretch that has a line break in it, such as `for` and `each` on two lines, is one for each line.
fn lines(
    text: &str,
    (start, end): (usize, usize),
    kind: ColourKind,
    declares: bool,
    colours: &mut Vec<Colour>,
) {
    let mut at = start;
    for piece in text[start..end].split_inclusive('\n') {
        let trimmed = piece.trim();
        let from = at + (piece.len() - piece.trim_start().len());
        if !trimmed.is_empty() {
            colours.push(Colour {
                start: from,
                end: from + trimmed.len(),
                kind,
                declares,
            });
        }
        at += piece.len();
    }
}

type Known = FxHashMap<usize, (usize, ColourKind, bool)>;

/// What the checker knows of the words of a file, by their first bytes.
fn known(view: &View, file: FileId) -> Known {
    let mut known = Known::default();
    let place = |span: Span| (span.start as usize, span.end as usize);
    for occurrence in view.occurrences_in(file) {
        let kind = match &occurrence.of {
            Named::Declared(declared) => match view.declaration(*declared) {
                Some(declaration) => of_sort(declaration.sort),
                None => continue,
            },
            Named::Country(_) => ColourKind::EnumValue,
            Named::Tag(_) => ColourKind::Tag,
            Named::Code(_) => continue,
        };
        let (start, end) = place(occurrence.span);
        known.insert(start, (end, kind, false));
    }
    for declaration in view.declarations.in_file(file) {
        let (start, end) = place(declaration.span);
        known.insert(start, (end, of_sort(declaration.sort), true));
    }
    known
}

fn of_sort(sort: Sort) -> ColourKind {
    match sort {
        Sort::Policy => ColourKind::Namespace,
        Sort::Record | Sort::Codes => ColourKind::Type,
        Sort::Field | Sort::Column => ColourKind::Field,
        Sort::Enum => ColourKind::Enum,
        Sort::EnumValue | Sort::Verdict => ColourKind::EnumValue,
        Sort::Set | Sort::List | Sort::Closure | Sort::Calendar | Sort::Param | Sort::Case => {
            ColourKind::Variable
        }
        Sort::Define | Sort::Aggregate | Sort::Table => ColourKind::Function,
        Sort::Rule | Sort::Exception | Sort::Suspension | Sort::Test => ColourKind::Rule,
        Sort::Parameter | Sort::Element => ColourKind::Parameter,
    }
}

fn by_token(lexeme: &Lexeme<'_>, text: &str, before: Option<Token<'_>>) -> Option<ColourKind> {
    Some(match lexeme.token {
        Token::Kw(kw) => match kw.class() {
            KwClass::Reserved | KwClass::Declaration | KwClass::Compound => ColourKind::Keyword,
            KwClass::Clause | KwClass::TestItem | KwClass::Soft => ColourKind::Keyword,
        },
        Token::Str => ColourKind::Text,
        Token::Number(_)
        | Token::Percent(_)
        | Token::Money(..)
        | Token::Mass(..)
        | Token::Duration(..)
        | Token::Date(_) => ColourKind::Number,
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
        | Token::Arrow => ColourKind::Operator,
        Token::Label => ColourKind::Field,
        Token::Word => {
            let of_type = matches!(before, Some(Token::Colon | Token::Kw(Kw::Of) | Token::Word));
            match of_type && TYPE_WORDS.contains(&text) {
                true => ColourKind::Type,
                false => return None,
            }
        }
        Token::Quoted
        | Token::Comma
        | Token::Colon
        | Token::Dot
        | Token::Question
        | Token::OpenParen
        | Token::CloseParen
        | Token::OpenBrace
        | Token::CloseBrace
        | Token::OpenBracket
        | Token::CloseBracket
        | Token::Semicolon
        | Token::Cursor => return None,
    })
}
