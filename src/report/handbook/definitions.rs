//! Definitions, thresholds, tables and aggregates.

use super::names::{DEFINITIONS, anchor};
use super::search::Entry;
use super::source::{Declared, Kind};
use super::{Book, HandbookFile, heading, said};
use crate::model::print::{type_name, value};
use crate::model::{Model, ParamId};
use crate::report::html::{Html, cell, code, el, link, row_head, table};

/// What stands on this page.
pub(super) const KINDS: &[Kind] = &[Kind::Param, Kind::Define, Kind::Table, Kind::Aggregate];

/// A link to one of them.
pub(super) fn link_to(kind: Kind, name: &str) -> Html {
    let to = format!("{DEFINITIONS}#{}", anchor(kind, name));
    el("a").attr("href", to).with(code(name)).into()
}

/// The page, if there is anything on it.
pub(super) fn page(book: &Book<'_>, entries: &mut Vec<Entry>) -> Option<HandbookFile> {
    book.sources.of_kinds(KINDS).next()?;
    let mut main: Html = el("h1").text("Definitions").into();
    main.add(el("p").class("lead").text(
        "What the rules call by a name: thresholds with their values by day, conditions and amounts that several rules share, tables, and totals over records.",
    ));
    main.add(contents(book));
    let groups: [(&str, &'static [Kind]); 3] = [
        ("Thresholds", &[Kind::Param]),
        ("Definitions and tables", &[Kind::Define, Kind::Table]),
        ("Totals over records", &[Kind::Aggregate]),
    ];
    for (title, kinds) in groups {
        let items: Vec<&Declared> = book.sources.of_kinds(kinds).collect();
        if items.is_empty() {
            continue;
        }
        main.add(el("h2").text(title));
        for item in items {
            main.add(told(book, item, entries));
        }
    }
    Some(book.page(DEFINITIONS, "Definitions", main))
}

fn contents(book: &Book<'_>) -> Html {
    let mut names: Vec<(&str, Kind)> = book
        .sources
        .of_kinds(KINDS)
        .filter_map(|item| Some((item.name.as_deref()?, item.kind)))
        .collect();
    names.sort();
    let links = names.iter().map(|(name, kind)| {
        let to = format!("#{}", anchor(*kind, name));
        el("li").with(link(to, "").with(code(name)))
    });
    el("ul").class("names").all(links).into()
}

fn told(book: &Book<'_>, item: &Declared, entries: &mut Vec<Entry>) -> Html {
    let name = item.name.as_deref().unwrap_or_default();
    let id = anchor(item.kind, name);
    let own = format!("{DEFINITIONS}#{id}");
    entries.push(Entry {
        name: name.to_owned(),
        kind: item.kind.word(),
        to: own.clone(),
        text: item.doc.clone().unwrap_or_default(),
    });
    let mut article = el("article")
        .id(&id)
        .with(heading("h3", &id, name, None))
        .with(said(item));
    if item.kind == Kind::Param {
        article = article.with(steps(book.model, item));
    }
    article.with(book.listing(None, item, &own)).into()
}

fn steps(model: &Model, item: &Declared) -> Html {
    let mut params = model.params.values();
    let Some(param) = params.find(|param| param.span == item.span) else {
        return Html::new();
    };
    let rows = param.steps.iter().map(|(from, step)| {
        let from = match from {
            Some(day) => format!("from {day}"),
            None => "always".to_owned(),
        };
        el("tr")
            .with(row_head(Html::text(from)))
            .with(cell(code(value(model, param.ty, step))))
            .into()
    });
    let caption = format!("Values of {}, a {}", param.name, type_name(model, param.ty));
    let table = table(&caption, &["Days", "Value"], rows);
    el("div").class("narrow").with(table).into()
}

/// `25% from 2020-01-01, 10% from 2025-01-01`
pub(super) fn steps_in_words(model: &Model, id: ParamId) -> String {
    let param = &model.params[id];
    let steps = param.steps.iter().map(|(from, step)| {
        let value = value(model, param.ty, step);
        match from {
            Some(day) => format!("{value} from {day}"),
            None => value,
        }
    });
    steps.collect::<Vec<_>>().join(", ")
}
