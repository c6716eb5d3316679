//! The declarations of all files in the canonical layout, with what authors say of them.

use crate::syntax::ast::{Comment, File, Item, ItemKind, Name};
use crate::syntax::{format, parse};
use crate::text::{FileId, SourceMap, Span};
use std::collections::BTreeMap;

/// A declaration.
pub(super) struct Declared {
    /// What it is called; nothing of what has no name.
    pub name: Option<String>,
    /// Where its name stands, or that of a test its title.
    pub span: Span,
    /// What is declared.
    pub kind: Kind,
    /// Its documentation.
    pub doc: Option<String>,
    /// The comment right above it.
    pub note: Option<String>,
    /// Its text in the canonical layout.
    pub text: String,
    /// The names inside: fields, values of an enum, verdicts.
    pub members: Vec<Inner>,
}

/// A name declared inside a declaration.
pub(super) struct Inner {
    /// The name.
    pub name: String,
    /// Its documentation.
    pub doc: Option<String>,
    /// Other spellings in data.
    pub spellings: Vec<String>,
}

/// What is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Policy,
    Record,
    Enum,
    Verdicts,
    Codes,
    Set,
    List,
    Param,
    Define,
    Table,
    Calendar,
    Closure,
    Aggregate,
    Rule,
    Exception,
    Suspension,
    Case,
    Test,
    /// `import`, `otherwise`, `when unknown`.
    Setting,
}

impl Kind {
    /// As readers call it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Policy => "policy",
            Kind::Record => "record",
            Kind::Enum => "named values",
            Kind::Verdicts => "verdicts",
            Kind::Codes => "codes",
            Kind::Set => "set",
            Kind::List => "list",
            Kind::Param => "threshold",
            Kind::Define => "definition",
            Kind::Table => "table",
            Kind::Calendar => "calendar",
            Kind::Closure => "closure",
            Kind::Aggregate => "aggregate",
            Kind::Rule => "rule",
            Kind::Exception => "exception",
            Kind::Suspension => "suspension",
            Kind::Case => "case",
            Kind::Test => "test",
            Kind::Setting => "setting",
        }
    }
}

/// One file.
pub(super) struct Chapter {
    /// Which file.
    pub file: FileId,
    /// Its name below what all files have in common.
    pub name: String,
    /// The comment that it begins with.
    pub intro: Option<String>,
    /// Its declarations in order.
    pub items: Vec<Declared>,
}

/// All files.
pub(super) struct Sources {
    /// In the order read.
    pub chapters: Vec<Chapter>,
    by_span: BTreeMap<Span, (usize, usize)>,
}

impl Sources {
    pub fn of(sources: &SourceMap, files: &[(FileId, File)]) -> Sources {
        let names: Vec<&str> = files
            .iter()
            .map(|(id, _)| &*sources.file(*id).name)
            .collect();
        let common = common_folder(&names);
        let chapters: Vec<Chapter> = files
            .iter()
            .map(|(id, tree)| chapter(sources, *id, tree, common))
            .collect();
        let mut by_span = BTreeMap::new();
        for (at, chapter) in chapters.iter().enumerate() {
            for (place, item) in chapter.items.iter().enumerate() {
                by_span.insert(item.span, (at, place));
            }
        }
        Sources { chapters, by_span }
    }

    /// The declaration whose name stands at `span`.
    pub fn at(&self, span: Span) -> Option<&Declared> {
        let (chapter, place) = self.by_span.get(&span)?;
        Some(&self.chapters[*chapter].items[*place])
    }

    /// All declarations in order.
    pub fn all(&self) -> impl Iterator<Item = &Declared> {
        self.chapters.iter().flat_map(|chapter| &chapter.items)
    }

    /// All of some kinds.
    pub fn of_kinds(&self, kinds: &'static [Kind]) -> impl Iterator<Item = &Declared> {
        self.all().filter(|item| kinds.contains(&item.kind))
    }
}

/// How long the folders are that all names begin with.
fn common_folder(names: &[&str]) -> usize {
    let Some(first) = names.first() else { return 0 };
    let folders = first.match_indices('/').map(|(at, _)| at + 1).rev();
    let shared = |length: &usize| names.iter().all(|name| name.starts_with(&first[..*length]));
    folders.into_iter().find(shared).unwrap_or(0)
}

fn chapter(sources: &SourceMap, file: FileId, tree: &File, common: usize) -> Chapter {
    let source = sources.file(file);
    let text = format(tree, &source.text);
    let mut formatted = SourceMap::default();
    let id = formatted.add(source.name.clone(), text);
    let (laid_out, _) = parse(&formatted, id);
    let pairs = tree.items.iter().zip(&laid_out.items);
    Chapter {
        file,
        name: source.name[common..].to_owned(),
        intro: intro(tree, &source.text),
        items: pairs
            .map(|(item, laid_out)| {
                declared(item, tree, &source.text, formatted.snippet(laid_out.span))
            })
            .collect(),
    }
}

fn declared(item: &Item, tree: &File, source: &str, text: &str) -> Declared {
    let (kind, name) = named(&item.kind);
    let title = match &item.kind {
        ItemKind::Test(test) => test.title.as_ref().map(|title| title.span),
        _ => None,
    };
    Declared {
        name: name.map(|name| name.text.clone()),
        span: name.map(|name| name.span).or(title).unwrap_or(item.span),
        kind,
        doc: item.doc.as_ref().map(|doc| doc.text.clone()),
        note: note_above(item, tree, source),
        text: text.to_owned(),
        members: members(&item.kind),
    }
}

fn named(item: &ItemKind) -> (Kind, Option<&Name>) {
    match item {
        ItemKind::Policy(policy) => (Kind::Policy, Some(&policy.name)),
        ItemKind::Record(record) => (Kind::Record, Some(&record.name)),
        ItemKind::Enum(named) => (Kind::Enum, Some(&named.name)),
        ItemKind::Verdicts(_) => (Kind::Verdicts, None),
        ItemKind::Codes(codes) => (Kind::Codes, Some(&codes.name)),
        ItemKind::Set(set) => (Kind::Set, Some(&set.name)),
        ItemKind::List(list) => (Kind::List, Some(&list.name)),
        ItemKind::Param(param) => (Kind::Param, Some(&param.name)),
        ItemKind::Define(define) => (Kind::Define, Some(&define.name)),
        ItemKind::Table(table) => (Kind::Table, Some(&table.name)),
        ItemKind::Calendar(calendar) => (Kind::Calendar, Some(&calendar.name)),
        ItemKind::Closure(closure) => (Kind::Closure, Some(&closure.name)),
        ItemKind::Aggregate(aggregate) => (Kind::Aggregate, Some(&aggregate.name)),
        ItemKind::Rule(rule) => (Kind::Rule, Some(&rule.name)),
        ItemKind::Exception(exception) => (Kind::Exception, Some(&exception.name)),
        ItemKind::Suspension(suspension) => (Kind::Suspension, Some(&suspension.name)),
        ItemKind::Case(case) => (Kind::Case, Some(&case.name)),
        ItemKind::Test(_) => (Kind::Test, None),
        ItemKind::Import(_) | ItemKind::Otherwise(_) | ItemKind::WhenUnknown(_) => {
            (Kind::Setting, None)
        }
    }
}

fn members(item: &ItemKind) -> Vec<Inner> {
    let inner = |name: &Name| Inner {
        name: name.text.clone(),
        doc: None,
        spellings: Vec::new(),
    };
    match item {
        ItemKind::Record(record) => {
            let fields = record.fields.iter().map(|field| Inner {
                doc: field.doc.as_ref().map(|doc| doc.text.clone()),
                ..inner(&field.name)
            });
            fields.collect()
        }
        ItemKind::Enum(named) => {
            let values = named.values.iter().map(|value| Inner {
                doc: value.doc.as_ref().map(|doc| doc.text.clone()),
                spellings: value
                    .spellings
                    .iter()
                    .map(|text| text.value.clone())
                    .collect(),
                ..inner(&value.name)
            });
            values.collect()
        }
        ItemKind::Verdicts(verdicts) => verdicts.names.iter().map(inner).collect(),
        ItemKind::Policy(_)
        | ItemKind::Import(_)
        | ItemKind::Otherwise(_)
        | ItemKind::WhenUnknown(_)
        | ItemKind::Codes(_)
        | ItemKind::Set(_)
        | ItemKind::List(_)
        | ItemKind::Param(_)
        | ItemKind::Define(_)
        | ItemKind::Table(_)
        | ItemKind::Calendar(_)
        | ItemKind::Closure(_)
        | ItemKind::Aggregate(_)
        | ItemKind::Rule(_)
        | ItemKind::Exception(_)
        | ItemKind::Suspension(_)
        | ItemKind::Case(_)
        | ItemKind::Test(_) => Vec::new(),
    }
}

/// The comments right above a declaration, without an empty line between.
fn note_above(item: &Item, tree: &File, source: &str) -> Option<String> {
    let mut start = item.span.start;
    let mut lines: Vec<&str> = Vec::new();
    for comment in tree.comments.iter().rev() {
        if comment.span.start >= start {
            continue;
        }
        let between = &source[comment.span.end as usize..start as usize];
        let adjacent = between.trim().is_empty() && between.matches('\n').count() == 1;
        if !adjacent || !comment.own_line {
            break;
        }
        start = comment.span.start;
        if !comment.doc {
            lines.push(plain(comment));
        }
    }
    lines.reverse();
    paragraph(&lines)
}

/// The comment at the beginning of a file that no declaration follows at once.
fn intro(tree: &File, source: &str) -> Option<String> {
    let mut end = 0;
    let mut lines: Vec<&str> = Vec::new();
    for comment in &tree.comments {
        let between = &source[end..comment.span.start as usize];
        if !between.trim().is_empty() || between.matches('\n').count() > 1 || comment.doc {
            break;
        }
        end = comment.span.end as usize;
        lines.push(plain(comment));
    }
    let is_apart = source[end..].starts_with("\n\n") || source[end..].starts_with("\r\n\r\n");
    paragraph(&lines).filter(|_| is_apart)
}

fn plain(comment: &Comment) -> &str {
    comment.text.trim_start_matches('#').trim_end()
}

/// Lines as a text, in which lines that are indented stay lines.
fn paragraph(lines: &[&str]) -> Option<String> {
    let text = lines.join("\n");
    let text = text.trim_matches('\n');
    (!text.trim().is_empty() && !text.trim_start().starts_with("---")).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check_text;

    #[test]
    fn authors_comments_are_kept_apart_from_documentation() {
        let text = "# About this file.\n# Two lines.\n\n# A note.\n## What it is.\nset a of country = { CN }\n\n# Far away.\n\nset b of country = { CN }\n";
        let checked = check_text("lib.interdict", text);
        let sources = Sources::of(&checked.sources, &checked.files);
        let chapter = &sources.chapters[0];
        assert_eq!(
            chapter.intro.as_deref(),
            Some(" About this file.\n Two lines.")
        );
        let said: Vec<_> = sources
            .all()
            .map(|item| (item.note.as_deref(), item.doc.as_deref()))
            .collect();
        assert_eq!(
            said,
            [(Some(" A note."), Some("What it is.")), (None, None)]
        );
    }

    #[test]
    fn names_of_files_begin_where_they_differ() {
        assert_eq!(common_folder(&["/a/b/cn/x", "/a/b/eu/y"]), 5);
        assert_eq!(common_folder(&["/a/b/x"]), 5);
        assert_eq!(common_folder(&["x", "y"]), 0);
        assert_eq!(common_folder(&["ab/x", "ac/y"]), 0);
    }
}
