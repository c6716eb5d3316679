//! A new name for what stands at a cursor, in every file that names it.
//!
//! What a new name would do is not guessed: the changed texts are checked before anything is handed out, and a name that makes
//! an error, or that anything else would be taken for, is refused. Data still say the old name: a field, a column or a value of
//! an enum keeps it in quotes.

use super::declared::{Declaration, Sort};
use super::navigate::{places, seen};
use super::{Spot, View, Workspace};
use crate::check::Named;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast;
use crate::syntax::lex::tokenize;
use crate::syntax::token::{Kw, KwClass, Token};
use crate::text::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub spot: Spot,
    /// The new text.
    pub text: String,
}

/// Why a name cannot be changed, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

fn refuse<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(why.into()))
}

/// The place of the name at byte `at`, and the name, if it can be changed.
///
/// # Errors
/// Says why it cannot be.
pub fn prepare_rename(
    workspace: &mut Workspace,
    path: &Path,
    at: usize,
) -> Result<(Spot, String), Refusal> {
    let Some((view, file)) = seen(workspace, path) else {
        return refuse("the policy cannot be read");
    };
    let Some((span, named)) = view.named_at(file, at) else {
        return refuse("nothing that has a name of the policy stands here");
    };
    match named {
        Named::Country(country) => refuse(format!(
            "{country} is a country: it has its name from ISO 3166"
        )),
        Named::Code(_) => refuse("a code has its name from its system"),
        Named::Declared(_) | Named::Tag(_) => {
            let name = view
                .checked
                .sources
                .snippet(span)
                .trim_matches('`')
                .to_owned();
            let Some(spot) = view.spot(span) else {
                return refuse("this text is in no file");
            };
            Ok((spot, name))
        }
    }
}

/// The changes that give what stands at byte `at` a new name.
///
/// # Errors
/// Says why there are none.
pub fn rename(
    workspace: &mut Workspace,
    path: &Path,
    at: usize,
    new: &str,
) -> Result<Vec<Edit>, Refusal> {
    let (_, old) = prepare_rename(workspace, path, at)?;
    let new = Name::read(new)?;
    if new.bare == old {
        return Ok(Vec::new());
    }
    let Some((view, file)) = seen(workspace, path) else {
        return refuse("the policy cannot be read");
    };
    let Some((_, named)) = view.named_at(file, at) else {
        return refuse("nothing that has a name of the policy stands here");
    };
    let (declared, homes) = match &named {
        Named::Declared(span) => {
            let Some(spot) = view.spot(*span) else {
                return refuse("this is declared in no file");
            };
            let homes = workspace.homes_with(&spot.path);
            (view.declaration(*span).cloned(), homes)
        }
        Named::Tag(_) | Named::Country(_) | Named::Code(_) => (None, vec![workspace.home_of(path)]),
    };
    let spots = places(workspace, &view, &named);
    let edits = edits(workspace, &view, (&spots, declared.as_ref()), &new);
    try_out(workspace, &homes, &edits, &new)?;
    Ok(edits)
}

/// A name that rule files can have.
struct Name {
    bare: String,
    written: String,
}

impl Name {
    fn read(text: &str) -> Result<Name, Refusal> {
        let text = text.trim();
        let (tokens, diagnostics) = tokenize(FileId::from_index(0), text);
        let whole = |token| match tokens.lexemes.as_slice() {
            [only] if only.end as usize == text.len() && diagnostics.is_empty() => {
                only.token == token
            }
            _ => false,
        };
        let bare = text.trim_matches('`').to_owned();
        let soft = Kw::of_word(text).is_some_and(|kw| kw.class() != KwClass::Reserved);
        if Kw::is_reserved(text) {
            return refuse(format!("`{text}` is a word of the language"));
        }
        if !soft && !whole(Token::Word) && !whole(Token::Quoted) || bare.is_empty() {
            return refuse(format!(
                "`{text}` is not a name: write letters, digits and `_`, or put it into backticks"
            ));
        }
        let written = text.to_owned();
        Ok(Name { bare, written })
    }
}

fn edits(
    workspace: &Workspace,
    view: &View,
    (spots, declared): (&BTreeSet<Spot>, Option<&Declaration>),
    new: &Name,
) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut texts: BTreeMap<&Path, Arc<str>> = BTreeMap::new();
    for spot in spots {
        if let Some(text) = workspace.text(&spot.path) {
            texts.insert(&spot.path, text);
        }
    }
    let within: BTreeMap<&Path, Vec<(usize, usize)>> = texts
        .iter()
        .map(|(path, text)| (*path, quoted_stretches(text)))
        .collect();
    for spot in spots {
        let in_text = within.get(spot.path.as_path()).is_some_and(|stretches| {
            let after = stretches.partition_point(|(start, _)| *start <= spot.start);
            stretches[..after]
                .last()
                .is_some_and(|(_, end)| spot.end <= *end)
        });
        let text = if in_text { &new.bare } else { &new.written };
        edits.push(Edit {
            spot: spot.clone(),
            text: text.clone(),
        });
    }
    if let Some(kept) = declared.and_then(|declared| kept_name(view, declared)) {
        edits.push(kept);
    }
    edits.sort_by(|a, b| a.spot.cmp(&b.spot));
    edits
}

/// The texts in quotes of a file.
fn quoted_stretches(text: &str) -> Vec<(usize, usize)> {
    let (tokens, _) = tokenize(FileId::from_index(0), text);
    let texts = tokens.lexemes.iter().filter(|it| it.token == Token::Str);
    texts
        .map(|it| (it.start as usize, it.end as usize))
        .collect()
}

/// What keeps the old name for data: `from "…"` behind a field or a column, `as "…"` behind a value.
fn kept_name(view: &View, declared: &Declaration) -> Option<Edit> {
    let quoted = crate::model::print::quoted(&declared.name);
    let (span, text) = match declared.sort {
        Sort::Field | Sort::Column => {
            let field = field_at(view.tree(declared.span.file), declared.span)?;
            if field.column.is_some() {
                return None;
            }
            (field.ty.span, format!(" from {quoted}"))
        }
        Sort::EnumValue => {
            let value = value_at(view.tree(declared.span.file), declared.span)?;
            let text = match value.spellings.is_empty() {
                true => format!(" as {quoted}"),
                false => format!(" or {quoted}"),
            };
            (value.span, text)
        }
        _ => return None,
    };
    let end = Span::new(span.file, span.end, span.end);
    Some(Edit {
        spot: view.spot(end)?,
        text,
    })
}

fn field_at(tree: &ast::File, name: Span) -> Option<&ast::Field> {
    let fields = tree.items.iter().flat_map(|item| match &item.kind {
        ast::ItemKind::Record(record) => record.fields.iter().collect(),
        ast::ItemKind::List(list) => list.columns().collect(),
        _ => Vec::new(),
    });
    fields.into_iter().find(|field| field.name.span == name)
}

fn value_at(tree: &ast::File, name: Span) -> Option<&ast::EnumValue> {
    let values = tree.items.iter().flat_map(|item| match &item.kind {
        ast::ItemKind::Enum(it) => it.values.as_slice(),
        _ => &[],
    });
    values.into_iter().find(|value| value.name.span == name)
}

/// Refuses changes after which something is wrong, or means something else.
fn try_out(
    workspace: &mut Workspace,
    homes: &[PathBuf],
    edits: &[Edit],
    new: &Name,
) -> Result<(), Refusal> {
    let mut texts: BTreeMap<PathBuf, String> = BTreeMap::new();
    for edit in edits.iter().rev() {
        let path = &edit.spot.path;
        if !texts.contains_key(path) {
            let text = workspace.text(path).map(|text| text.to_string());
            texts.insert(path.clone(), text.unwrap_or_default());
        }
        if let Some(text) = texts.get_mut(path) {
            text.replace_range(edit.spot.start..edit.spot.end, &edit.text);
        }
    }
    let before = workspace.trial(homes, &BTreeMap::new());
    let after = workspace.trial(homes, &texts);
    for (before, after) in before.into_iter().zip(after) {
        let Ok(before) = before else {
            continue;
        };
        if let Some(error) = first_error(&before) {
            return refuse(format!(
                "not everything that bears the name can be told while the policy has errors: {error}"
            ));
        }
        let Ok(after) = after else {
            return refuse("the policy could not be read any more");
        };
        if let Some(error) = first_error(&after) {
            return refuse(format!("`{}` cannot be the name: {error}", new.bare));
        }
        let meanings = |view: &View| view.checked.occurrences.len();
        if meanings(&before) != meanings(&after) {
            return refuse(format!(
                "with `{}` some names would mean something else",
                new.bare
            ));
        }
    }
    Ok(())
}

fn first_error(view: &View) -> Option<String> {
    let mut errors = view.checked.diagnostics.iter();
    let first = errors.find(|it| Diagnostic::is_error(it))?;
    let (line, _) = view.checked.sources.line_column(first.primary.span);
    let path = view.path(first.primary.span.file);
    let name = path.and_then(Path::file_name).unwrap_or_default();
    let name = name.to_string_lossy();
    Some(format!("{} ({name}, line {line})", first.message))
}
