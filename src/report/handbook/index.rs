//! The first page, and the glossary.

use super::names::{
    DEFINITIONS, LISTS, RECORD, SETS, VOCABULARY, anchor, field_anchor, first_sentence,
    policy_page, value_anchor,
};
use super::source::{Declared, Kind};
use super::{Book, HandbookFile, comment, definitions, reference, rule};
use crate::input::hash::sha256;
use crate::model::Model;
use crate::report::html::{Html, cell, code, el, link, number, row_head, table};
use crate::report::words::of;
use std::collections::BTreeMap;

/// The page of the glossary.
pub(super) const GLOSSARY: &str = "glossary.html";

/// The first page.
pub(super) fn page(book: &Book<'_>) -> HandbookFile {
    let model = book.model;
    let title = format!("Handbook: {}", book.title());
    let mut main: Html = el("h1").text("Handbook").into();
    main.add(el("p").class("lead").text(book.title()));
    main.add(policies(model));
    for (id, policy) in model.policies.iter() {
        let name = policy.title.as_deref().unwrap_or(&policy.name);
        main.add(el("h2").with(link(policy_page(model, id), name)));
        main.add(rules(book, id));
    }
    main.add(el("h2").text("What the rules speak of"));
    main.add(speak_of(book));
    main.add(el("h2").id("files").text("Files"));
    main.add(el("p").class("soft").text(
        "This handbook is made from the files below and from nothing else. The same files make the same handbook.",
    ));
    main.add(files(book));
    book.page("index.html", &title, main)
}

fn policies(model: &Model) -> Html {
    let rows = model.policies.iter().map(|(id, policy)| {
        let text = |text: &Option<std::sync::Arc<str>>| {
            cell(Html::text(text.as_deref().unwrap_or("not given")))
        };
        let rules = model.rules.values().filter(|rule| rule.policy == id);
        let mut names: Vec<&str> = rules.map(|rule| &**rule.declared_name()).collect();
        names.dedup();
        let tests = model.tests.iter().filter(|test| test.policy == id);
        let title = policy.title.as_deref().unwrap_or(&policy.name);
        el("tr")
            .with(row_head(link(policy_page(model, id), title)))
            .with(text(&policy.authority))
            .with(text(&policy.version))
            .with(number(names.len() as u64))
            .with(number(tests.count() as u64))
            .into()
    });
    table(
        "Policies",
        &["Policy", "Authority", "Version", "#Rules", "#Tests"],
        rows,
    )
}

fn rules(book: &Book<'_>, policy: crate::model::PolicyId) -> Html {
    let model = book.model;
    let page = policy_page(model, policy);
    let items = book.sources.of_kinds(&[Kind::Rule, Kind::Exception]);
    let links = items.filter_map(|item| {
        let first = *rule::rules_of(model, item).first()?;
        let rule = &model.rules[first];
        let to = format!("{page}#{}", anchor(item.kind, rule.declared_name()));
        let title = match rule.title.is_empty() {
            true => &**rule.declared_name(),
            false => &*rule.title,
        };
        (rule.policy == policy).then(|| {
            el("li")
                .with(link(to, title))
                .text(" ")
                .with(rule::mark(model, rule))
        })
    });
    el("ul").class("rules").all(links).into()
}

fn speak_of(book: &Book<'_>) -> Html {
    let count = |kinds: &'static [Kind]| book.sources.of_kinds(kinds).count() as u64;
    let fields = book.model.record.fields.len() as u64;
    let rows = [
        (RECORD, "Record", of(fields, "field")),
        (
            VOCABULARY,
            "Vocabulary",
            of(count(&[Kind::Enum, Kind::Codes]), "group") + " of values, and the verdicts",
        ),
        (
            DEFINITIONS,
            "Definitions",
            of(count(definitions::KINDS), "name"),
        ),
        (SETS, "Sets", of(count(reference::SETS), "set")),
        (LISTS, "Lists", of(count(reference::LISTS), "list")),
        (
            GLOSSARY,
            "Glossary",
            "every name that is explained".to_owned(),
        ),
    ];
    let pages = book.pages();
    let rows = rows
        .into_iter()
        .filter(|(to, ..)| pages.iter().any(|(page, _)| page == to));
    let rows = rows.map(|(to, name, said)| el("li").with(link(to, name)).text(format!(": {said}")));
    el("ul").all(rows).into()
}

fn files(book: &Book<'_>) -> Html {
    let chapters = book.sources.chapters.iter();
    let rules = chapters.map(|chapter| {
        let text = &book.model.sources.file(chapter.file).text;
        (chapter.name.clone(), sha256(text.as_bytes()))
    });
    let data = book.model.data_files().into_iter();
    let data = data.map(|file| (file.written.to_string(), file.sha256.to_string()));
    let rows = rules.chain(data).map(|(name, hash)| {
        el("tr")
            .with(row_head(code(name)))
            .with(cell(el("span").class("hash").text(hash)))
            .into()
    });
    table(
        "Rule files, and the files that lists are read from",
        &["File", "SHA-256"],
        rows,
    )
}

/// Every name with a documentation comment, in the order of the alphabet.
pub(super) fn glossary(book: &Book<'_>) -> HandbookFile {
    let mut terms: BTreeMap<(String, String), (&'static str, &str, String)> = BTreeMap::new();
    for item in book.sources.all() {
        add_terms(book, item, &mut terms);
    }
    let mut main: Html = el("h1").text("Glossary").into();
    main.add(
        el("p")
            .class("lead")
            .text("What authors say of the names they use, in the order of the alphabet."),
    );
    let rows = terms.values().map(|(kind, doc, name_and_link)| {
        let (name, to) = name_and_link.split_once('\n').unwrap_or_default();
        el("tr")
            .with(row_head(link(to, "").with(code(name))))
            .with(cell(Html::text(*kind)))
            .with(cell(comment(doc)))
            .into()
    });
    main.add(table(
        "Names and what they mean",
        &["Name", "Is a", "Which means"],
        rows,
    ));
    book.page(GLOSSARY, "Glossary", main)
}

fn add_terms<'b>(
    book: &Book<'_>,
    item: &'b Declared,
    terms: &mut BTreeMap<(String, String), (&'static str, &'b str, String)>,
) {
    let Some(name) = item.name.as_deref() else {
        return;
    };
    let mut add = |name: &str, kind: &'static str, doc: Option<&'b str>, to: String| {
        if let Some(doc) = doc.filter(|doc| first_sentence(doc).is_some()) {
            let key = (name.to_lowercase(), to.clone());
            terms.insert(key, (kind, doc, format!("{name}\n{to}")));
        }
    };
    let page = match item.kind {
        Kind::Record => RECORD,
        Kind::Enum | Kind::Codes | Kind::Verdicts => VOCABULARY,
        Kind::Set => SETS,
        Kind::List | Kind::Closure | Kind::Calendar => LISTS,
        Kind::Param | Kind::Define | Kind::Table | Kind::Aggregate => DEFINITIONS,
        Kind::Rule | Kind::Exception | Kind::Suspension => "",
        Kind::Policy | Kind::Case | Kind::Test | Kind::Setting => return,
    };
    let page = match page {
        "" => {
            let rule = rule::rules_of(book.model, item);
            let Some(policy) = rule.first().map(|rule| book.model.rules[*rule].policy) else {
                return;
            };
            policy_page(book.model, policy)
        }
        page => page.to_owned(),
    };
    let to = format!("{page}#{}", anchor(item.kind, name));
    add(name, item.kind.word(), item.doc.as_deref(), to);
    for inner in &item.members {
        let (kind, place) = match item.kind {
            Kind::Record => ("field", field_anchor(name, &inner.name)),
            _ => ("value", value_anchor(name, &inner.name)),
        };
        add(
            &inner.name,
            kind,
            inner.doc.as_deref(),
            format!("{page}#{place}"),
        );
    }
}
