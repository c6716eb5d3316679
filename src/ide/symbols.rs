//! The outline of a file, and names of a whole workspace.

use super::declared::Sort;
use super::{Spot, Workspace};
use crate::diagnostic::nearest;
use crate::syntax::ast;
use crate::text::{SourceMap, Span};
use std::path::{Path, PathBuf};

/// How many symbols of a workspace are given at most.
const MAX_SYMBOLS: usize = 1_000;

/// A declaration and what is part of it, by bytes of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name; of a test, its title.
    pub name: String,
    /// A few words beside it.
    pub detail: String,
    /// What it is.
    pub sort: Sort,
    /// The whole of it.
    pub whole: (usize, usize),
    /// Its name.
    pub place: (usize, usize),
    /// What is part of it.
    pub parts: Vec<Symbol>,
}

/// A declaration somewhere in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSymbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub sort: Sort,
    /// Where its name stands.
    pub spot: Spot,
}

/// The outline of a file: its declarations, in the order of the text.
pub fn outline(workspace: &mut Workspace, path: &Path) -> Vec<Symbol> {
    let Some(text) = workspace.text(path) else {
        return Vec::new();
    };
    symbols(&text)
}

fn symbols(text: &str) -> Vec<Symbol> {
    let mut sources = SourceMap::default();
    let file = sources.add("", text);
    let (tree, _) = crate::syntax::parse(&sources, file);
    tree.items
        .iter()
        .flat_map(|item| of_item(item, &sources))
        .collect()
}

fn place(span: Span) -> (usize, usize) {
    (span.start as usize, span.end as usize)
}

fn symbol(sort: Sort, name: &ast::Name, whole: Span, detail: &str) -> Symbol {
    Symbol {
        name: name.text.clone(),
        detail: detail.to_owned(),
        sort,
        whole: place(whole),
        place: place(name.span),
        parts: Vec::new(),
    }
}

fn fields<'f>(
    sort: Sort,
    fields: impl Iterator<Item = &'f ast::Field>,
    sources: &SourceMap,
) -> Vec<Symbol> {
    let one = |field: &ast::Field| {
        let ty = sources.snippet(field.ty.span);
        symbol(sort, &field.name, field.span, ty)
    };
    fields.map(one).collect()
}

fn title(title: Option<&ast::Str>) -> &str {
    title.map_or("", |title| title.value.as_str())
}

fn of_item(item: &ast::Item, sources: &SourceMap) -> Vec<Symbol> {
    let span = item.span;
    let one = match &item.kind {
        ast::ItemKind::Policy(policy) => symbol(Sort::Policy, &policy.name, span, "policy"),
        ast::ItemKind::Record(record) => Symbol {
            parts: fields(Sort::Field, record.fields.iter(), sources),
            ..symbol(Sort::Record, &record.name, span, "record")
        },
        ast::ItemKind::Enum(it) => Symbol {
            parts: it
                .values
                .iter()
                .map(|value| symbol(Sort::EnumValue, &value.name, value.span, ""))
                .collect(),
            ..symbol(Sort::Enum, &it.name, span, "enum")
        },
        ast::ItemKind::Verdicts(verdicts) => {
            let names = verdicts.names.iter();
            return names
                .map(|name| symbol(Sort::Verdict, name, name.span, "verdict"))
                .collect();
        }
        ast::ItemKind::Codes(codes) => symbol(Sort::Codes, &codes.name, span, "codes"),
        ast::ItemKind::Set(set) => {
            let of = format!("set of {}", sources.snippet(set.element.span));
            symbol(Sort::Set, &set.name, span, &of)
        }
        ast::ItemKind::List(list) => {
            let sort = if list.is_table {
                Sort::Table
            } else {
                Sort::List
            };
            Symbol {
                parts: fields(Sort::Column, list.columns(), sources),
                ..symbol(sort, &list.name, span, list.noun())
            }
        }
        ast::ItemKind::Closure(it) => symbol(Sort::Closure, &it.name, span, "closure"),
        ast::ItemKind::Param(it) => {
            symbol(Sort::Param, &it.name, span, sources.snippet(it.ty.span))
        }
        ast::ItemKind::Define(it) => {
            let ty = it.ty.as_ref().map_or("", |ty| sources.snippet(ty.span));
            symbol(Sort::Define, &it.name, span, ty)
        }
        ast::ItemKind::Table(it) => {
            symbol(Sort::Table, &it.name, span, sources.snippet(it.ty.span))
        }
        ast::ItemKind::Aggregate(it) => {
            symbol(Sort::Aggregate, &it.name, span, sources.snippet(it.ty.span))
        }
        ast::ItemKind::Calendar(it) => symbol(Sort::Calendar, &it.name, span, "calendar"),
        ast::ItemKind::Rule(it) => symbol(Sort::Rule, &it.name, span, title(it.title.as_ref())),
        ast::ItemKind::Exception(it) => {
            symbol(Sort::Exception, &it.name, span, title(it.title.as_ref()))
        }
        ast::ItemKind::Suspension(it) => {
            symbol(Sort::Suspension, &it.name, span, title(it.title.as_ref()))
        }
        ast::ItemKind::Case(it) => symbol(Sort::Case, &it.name, span, "case"),
        ast::ItemKind::Test(it) => return test(it, span).into_iter().collect(),
        ast::ItemKind::Import(_) | ast::ItemKind::Otherwise(_) | ast::ItemKind::WhenUnknown(_) => {
            return Vec::new();
        }
    };
    vec![one]
}

fn test(test: &ast::Test, span: Span) -> Option<Symbol> {
    let title = test.title.as_ref()?;
    // Editors do not take a symbol without a name.
    let name = if title.value.trim().is_empty() {
        "test"
    } else {
        &title.value
    };
    Some(Symbol {
        name: name.to_owned(),
        detail: "test".to_owned(),
        sort: Sort::Test,
        whole: place(span),
        place: place(title.span),
        parts: Vec::new(),
    })
}

/// Declarations of the workspace whose names have the letters of `query` in their order, in any case; the nearest first.
pub fn workspace_symbols(workspace: &mut Workspace, query: &str) -> Vec<FileSymbol> {
    let mut found = Vec::new();
    for path in workspace.all_files().iter() {
        let Some(text) = workspace.text(path) else {
            continue;
        };
        for symbol in symbols(&text) {
            add(&symbol, path, query, &mut found);
        }
        if found.len() >= MAX_SYMBOLS {
            break;
        }
    }
    let rank = |name: &str| (name != query, nearest(query, [name]).is_none());
    found.sort_by_key(|symbol| rank(&symbol.name));
    found.truncate(MAX_SYMBOLS);
    found
}

fn add(symbol: &Symbol, path: &PathBuf, query: &str, found: &mut Vec<FileSymbol>) {
    if has_letters(&symbol.name, query) {
        found.push(FileSymbol {
            name: symbol.name.clone(),
            sort: symbol.sort,
            spot: Spot {
                path: path.clone(),
                start: symbol.place.0,
                end: symbol.place.1,
            },
        });
    }
    for part in &symbol.parts {
        add(part, path, query, found);
    }
}

fn has_letters(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    let mut wanted = query.chars().flat_map(char::to_lowercase);
    wanted.all(|wanted| letters.any(|letter| letter == wanted))
}
