//! One policy or library as it was checked, with its declarations by place.

use super::Spot;
use super::declared::{Declaration, Declarations};
use crate::check::{Checked, Named, Occurrence, UnitId};
use crate::syntax::ast;
use crate::text::{FileId, Span};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// A policy or library, and all it imports, as of one check.
pub struct View {
    /// What the check found.
    pub checked: Checked,
    pub(super) declarations: Declarations,
    by_path: FxHashMap<PathBuf, FileId>,
    unit_of: Vec<Option<UnitId>>,
}

impl View {
    pub(super) fn new(checked: Checked) -> View {
        let paths = checked.paths.iter().enumerate();
        let by_path = paths
            .filter_map(|(at, path)| Some((path.clone()?, FileId::from_index(at))))
            .collect();
        let mut unit_of = vec![None; checked.files.len()];
        for (id, unit) in checked.units.iter() {
            for file in &unit.files {
                unit_of[file.index()] = Some(id);
            }
        }
        View {
            declarations: Declarations::of(&checked),
            by_path,
            unit_of,
            checked,
        }
    }

    /// The number of a file here, if it is part of this.
    pub fn file(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// All files, by their paths.
    pub fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.checked.paths.iter().flatten()
    }

    pub(super) fn path(&self, file: FileId) -> Option<&Path> {
        self.checked.paths.get(file.index())?.as_deref()
    }

    pub(super) fn tree(&self, file: FileId) -> &ast::File {
        &self.checked.files[file.index()].1
    }

    pub(super) fn unit(&self, file: FileId) -> Option<UnitId> {
        self.unit_of.get(file.index()).copied().flatten()
    }

    /// A place here as one in a file.
    pub(super) fn spot(&self, span: Span) -> Option<Spot> {
        Some(Spot {
            path: self.path(span.file)?.to_owned(),
            start: span.start as usize,
            end: span.end as usize,
        })
    }

    /// The same the other way round.
    pub(super) fn span(&self, spot: &Spot) -> Option<Span> {
        let file = self.file(&spot.path)?;
        let (start, end) = (
            u32::try_from(spot.start).ok()?,
            u32::try_from(spot.end).ok()?,
        );
        Some(Span::new(file, start, end))
    }

    /// The occurrences in one file, in the order of the text.
    pub(super) fn occurrences_in(&self, file: FileId) -> &[Occurrence] {
        let all = &self.checked.occurrences;
        let from = all.partition_point(|it| it.span.file < file);
        let to = all.partition_point(|it| it.span.file <= file);
        &all[from..to]
    }

    /// What is named at a byte of a file, and where the name stands: a use, or a declaration's own name.
    pub(super) fn named_at(&self, file: FileId, at: usize) -> Option<(Span, Named)> {
        let covers = |span: Span| span.start as usize <= at && at <= span.end as usize;
        let all = self.occurrences_in(file);
        let after = all.partition_point(|it| (it.span.start as usize) <= at);
        let mut near = all[..after].iter().rev().take(4);
        if let Some(found) = near.find(|it| covers(it.span)) {
            return Some((found.span, found.of.clone()));
        }
        let declared = self.declarations.at(file, at)?;
        Some((declared.span, Named::Declared(declared.span)))
    }

    /// What is declared at a place.
    pub(super) fn declaration(&self, span: Span) -> Option<&Declaration> {
        self.declarations.by_span(span)
    }

    /// The files whose declarations a file can name: those of its own unit, and those that its unit imports.
    pub(super) fn in_sight(&self, file: FileId) -> (Vec<FileId>, Vec<FileId>) {
        let Some(unit) = self.unit(file) else {
            return (vec![file], Vec::new());
        };
        let unit = &self.checked.units[unit];
        let mut imported: Vec<FileId> = Vec::new();
        for file in unit.imports.iter().flat_map(|import| &import.files) {
            if !unit.files.contains(file) && !imported.contains(file) {
                imported.push(*file);
            }
        }
        (unit.files.clone(), imported)
    }
}
