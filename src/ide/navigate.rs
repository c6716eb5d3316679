//! Where a name is declared, and where else it stands.

use super::{Spot, View, Workspace};
use crate::check::Named;
use crate::syntax::ast;
use crate::text::FileId;
use std::collections::BTreeSet;
use std::path::Path;

/// A place in the file at hand where a name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Where.
    pub spot: Spot,
    /// Whether it is declared there.
    pub is_declaration: bool,
}

/// Where what stands at byte `at` is declared. Of an import, where its files begin.
pub fn definition(workspace: &mut Workspace, path: &Path, at: usize) -> Vec<Spot> {
    let Some((view, file)) = seen(workspace, path) else {
        return Vec::new();
    };
    if let Some(files) = imported(&view, file, at) {
        let paths = files.iter().filter_map(|file| view.path(*file));
        let start = |path: &Path| Spot {
            path: path.to_owned(),
            start: 0,
            end: 0,
        };
        return paths.map(start).collect();
    }
    match view.named_at(file, at) {
        Some((_, Named::Declared(span))) => view.spot(span).into_iter().collect(),
        Some((_, Named::Tag(tag))) => bearers(&view, &tag),
        Some((_, Named::Country(_) | Named::Code(_))) | None => Vec::new(),
    }
}

/// The files that an import brings whose path stands at a byte.
fn imported(view: &View, file: FileId, at: usize) -> Option<Vec<FileId>> {
    let unit = &view.checked.units[view.unit(file)?];
    let import = unit.imports.iter().find(|import| {
        let span = import.span;
        span.file == file && span.start as usize <= at && at <= span.end as usize
    })?;
    Some(import.files.clone())
}

/// Where rules bear a tag.
fn bearers(view: &View, tag: &str) -> Vec<Spot> {
    let mut found = Vec::new();
    for (_, file) in &view.checked.files {
        for item in &file.items {
            let clauses = match &item.kind {
                ast::ItemKind::Rule(rule) => &rule.clauses,
                ast::ItemKind::Exception(exception) => &exception.clauses,
                _ => continue,
            };
            for clause in clauses {
                if let ast::ClauseKind::Tags(tags) = &clause.kind {
                    let own = tags.iter().filter(|name| name.text == tag);
                    found.extend(own.filter_map(|name| view.spot(name.span)));
                }
            }
        }
    }
    found
}

pub(super) fn seen(
    workspace: &mut Workspace,
    path: &Path,
) -> Option<(std::sync::Arc<View>, FileId)> {
    let view = workspace.view(path)?;
    let file = view.file(path)?;
    Some((view, file))
}

/// Every place where what stands at byte `at` is named, its declaration included where that is asked, in all policies.
pub fn references(
    workspace: &mut Workspace,
    path: &Path,
    at: usize,
    with_declaration: bool,
) -> Vec<Spot> {
    let Some((view, file)) = seen(workspace, path) else {
        return Vec::new();
    };
    let Some((_, named)) = view.named_at(file, at) else {
        return Vec::new();
    };
    let mut found = places(workspace, &view, &named);
    if let (false, Named::Declared(span)) = (with_declaration, &named)
        && let Some(spot) = view.spot(*span)
    {
        found.remove(&spot);
    }
    found.into_iter().collect()
}

/// Every place where something is named: in all policies if it is declared, in its own if it is a tag, a country or a code.
pub(super) fn places(workspace: &mut Workspace, view: &View, named: &Named) -> BTreeSet<Spot> {
    let mut found = BTreeSet::new();
    match named {
        Named::Declared(span) => {
            let Some(declared) = view.spot(*span) else {
                return found;
            };
            for view in workspace.views(&declared.path) {
                let Some(span) = view.span(&declared) else {
                    continue;
                };
                let own = Named::Declared(span);
                let uses = view.checked.occurrences.iter().filter(|it| it.of == own);
                found.extend(uses.filter_map(|it| view.spot(it.span)));
            }
            found.insert(declared);
        }
        Named::Tag(_) | Named::Country(_) | Named::Code(_) => {
            let uses = view.checked.occurrences.iter();
            let uses = uses.filter(|it| it.of == *named);
            found.extend(uses.filter_map(|it| view.spot(it.span)));
        }
    }
    found
}

/// The places of the file at hand where what stands at byte `at` is named.
pub fn highlights(workspace: &mut Workspace, path: &Path, at: usize) -> Vec<Highlight> {
    let Some((view, file)) = seen(workspace, path) else {
        return Vec::new();
    };
    let Some((_, named)) = view.named_at(file, at) else {
        return Vec::new();
    };
    let mut found: Vec<Highlight> = Vec::new();
    let mut add = |span, is_declaration| {
        found.extend(view.spot(span).map(|spot| Highlight {
            spot,
            is_declaration,
        }));
    };
    if let Named::Declared(span) = named
        && span.file == file
    {
        add(span, true);
    }
    for occurrence in view.occurrences_in(file) {
        if occurrence.of == named {
            add(occurrence.span, false);
        }
    }
    found.sort_by(|a, b| a.spot.cmp(&b.spot));
    found
}
