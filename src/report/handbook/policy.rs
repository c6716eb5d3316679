//! A policy's page: its rules by file; and the page of its tests.

use super::names::{anchor, policy_page, tests_page};
use super::search::Entry;
use super::source::{Chapter, Declared, Kind};
use super::{Book, HandbookFile, comment, facts, heading, rule, said};
use crate::model::{Expectation, Model, PolicyId, Test};
use crate::report::html::{Html, cell, code, el, link, slug, table, with_days};
use crate::report::words::of;

/// The page of a policy.
pub(super) fn page(book: &Book<'_>, id: PolicyId, entries: &mut Vec<Entry>) -> HandbookFile {
    let model = book.model;
    let policy = &model.policies[id];
    let title = policy.title.as_deref().unwrap_or(&policy.name);
    let file = policy_page(model, id);
    let mut main = Html::new();
    main.add(el("h1").text(title));
    if let Some(header) = book.sources.at(policy.span).or_else(|| header(book, id)) {
        main.add(el("div").class("lead").with(said(header)));
    }
    main.add(facts(about(book, id)));
    let chapters: Vec<&Chapter> = book
        .sources
        .chapters
        .iter()
        .filter(|chapter| {
            book.names.policy_of(chapter.file) == Some(id)
                && chapter.items.iter().any(|item| is_told(item.kind))
        })
        .collect();
    main.add(contents(book, &chapters));
    for chapter in chapters {
        main.add(section(book, &file, chapter, entries));
    }
    book.page(&file, title, main)
}

fn is_told(kind: Kind) -> bool {
    matches!(kind, Kind::Rule | Kind::Exception | Kind::Suspension)
}

/// The declaration of the policy's header.
fn header<'b>(book: &'b Book<'_>, id: PolicyId) -> Option<&'b Declared> {
    let mut headers = book.sources.of_kinds(&[Kind::Policy]);
    let name = &*book.model.policies[id].name;
    headers.find(|item| item.name.as_deref() == Some(name))
}

fn about(book: &Book<'_>, id: PolicyId) -> Vec<(&'static str, Html)> {
    let model = book.model;
    let policy = &model.policies[id];
    let text = |text: &Option<std::sync::Arc<str>>| match text {
        Some(text) => Html::text(text),
        None => Html::new(),
    };
    let tests = model.tests.iter().filter(|test| test.policy == id).count();
    let tests = match tests {
        0 => Html::text("none"),
        count => link(tests_page(model, id), of(count as u64, "test")).into(),
    };
    let zone = policy.zone.as_ref();
    vec![
        ("Policy", code(&policy.name).into()),
        ("Version", text(&policy.version)),
        ("Authority", text(&policy.authority)),
        ("Day in", zone.map(|zone| code(zone.name())).into()),
        ("Tests", tests),
    ]
}

/// The rules of all chapters.
fn contents(book: &Book<'_>, chapters: &[&Chapter]) -> Html {
    let model = book.model;
    let mut rows = Vec::new();
    for item in chapters.iter().flat_map(|chapter| &chapter.items) {
        let ids = rule::rules_of(model, item);
        let Some(first) = ids.first().filter(|_| is_told(item.kind)) else {
            continue;
        };
        let rule = &model.rules[*first];
        let to = format!("#{}", anchor(item.kind, rule.declared_name()));
        let title = match rule.title.is_empty() {
            true => &**rule.declared_name(),
            false => &*rule.title,
        };
        rows.push(
            el("tr")
                .with(el("th").attr("scope", "row").with(link(to, title)).text(
                    if item.kind == Kind::Exception {
                        " (exception)"
                    } else {
                        ""
                    },
                ))
                .with(el("td").with(rule::mark(model, rule)))
                .with(cell(with_days(&rule.force.windows.to_string())).class("soft"))
                .into(),
        );
    }
    table(
        "Rules of this policy",
        &["Rule", "Verdict", "In force"],
        rows,
    )
}

/// A file as a chapter.
fn section(book: &Book<'_>, file: &str, chapter: &Chapter, entries: &mut Vec<Entry>) -> Html {
    let model = book.model;
    let name = chapter.name.rsplit('/').next().unwrap_or_default();
    let name = name.strip_suffix(".interdict").unwrap_or(name);
    let mut html: Html = el("h2")
        .id(format!("file-{}", slug(&chapter.name)))
        .text(capitalised(&name.replace('_', " ")))
        .into();
    html.add(el("p").class("soft small").with(code(&chapter.name)));
    if let Some(intro) = &chapter.intro {
        html.add(el("div").class("intro").with(comment(intro)));
    }
    for item in &chapter.items {
        let Some(name) = item.name.as_deref().filter(|_| is_told(item.kind)) else {
            continue;
        };
        let (title, told) = match item.kind {
            Kind::Suspension => {
                let mut all = model.suspensions.iter();
                let Some((id, it)) = all.find(|(_, it)| it.span == item.span) else {
                    continue;
                };
                (it.title.to_string(), rule::suspension(book, item, id))
            }
            _ => {
                let ids = rule::rules_of(model, item);
                let Some(first) = ids.first() else { continue };
                let title = model.rules[*first].title.to_string();
                entries.extend(model.rules[*first].cites.iter().map(|cite| Entry {
                    name: cite.to_string(),
                    kind: "citation",
                    to: format!("{file}#{}", anchor(item.kind, name)),
                    text: format!("{name}: {title}"),
                }));
                (title, rule::rule(book, item, &ids))
            }
        };
        entries.push(Entry {
            name: name.to_owned(),
            kind: item.kind.word(),
            to: format!("{file}#{}", anchor(item.kind, name)),
            text: title,
        });
        html.add(told);
    }
    html
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The page of a policy's tests, if it has any.
pub(super) fn tests(
    book: &Book<'_>,
    id: PolicyId,
    entries: &mut Vec<Entry>,
) -> Option<HandbookFile> {
    let model = book.model;
    let count = model.tests.iter().filter(|test| test.policy == id).count();
    if count == 0 {
        return None;
    }
    let file = tests_page(model, id);
    let policy = &model.policies[id];
    let title = format!(
        "Tests of {}",
        policy.title.as_deref().unwrap_or(&policy.name)
    );
    let mut main: Html = el("h1").text(&title).into();
    main.add(
        el("p")
            .class("lead")
            .text(format!(
                "{}, each a record and what it comes to. Read them as examples of ",
                of(count as u64, "test")
            ))
            .with(link(policy_page(model, id), "the rules"))
            .text("."),
    );
    for chapter in &book.sources.chapters {
        let is_test = |item: &&Declared| matches!(item.kind, Kind::Test | Kind::Case);
        let items: Vec<&Declared> = chapter.items.iter().filter(is_test).collect();
        if book.names.policy_of(chapter.file) != Some(id) || items.is_empty() {
            continue;
        }
        main.add(
            el("h2")
                .id(format!("file-{}", slug(&chapter.name)))
                .with(code(&chapter.name)),
        );
        if let Some(intro) = &chapter.intro {
            main.add(el("div").class("intro").with(comment(intro)));
        }
        for item in items {
            main.add(test(book, id, &file, item, entries));
        }
    }
    Some(book.page(&file, &title, main))
}

fn test(
    book: &Book<'_>,
    policy: PolicyId,
    file: &str,
    item: &Declared,
    entries: &mut Vec<Entry>,
) -> Html {
    let model = book.model;
    if let Some(name) = &item.name {
        let id = anchor(Kind::Case, name);
        let own = format!("{file}#{id}");
        return el("article")
            .class("case")
            .id(&id)
            .with(heading("h3", &id, name, Some("Case")))
            .with(said(item))
            .with(book.listing(Some(policy), item, &own))
            .into();
    }
    let mut tests = model.tests.iter().enumerate();
    let Some((at, test)) = tests.find(|(_, test)| test.span == item.span) else {
        return Html::new();
    };
    let id = format!("test-{at}");
    entries.push(Entry {
        name: test.title.to_string(),
        kind: "test",
        to: format!("{file}#{id}"),
        text: expected(model, test),
    });
    el("article")
        .class("test")
        .id(&id)
        .with(el("h3").text(&*test.title))
        .with(said(item))
        .with(book.listing(Some(policy), item, ""))
        .into()
}

/// The verdict that a test expects.
fn expected(model: &Model, test: &Test) -> String {
    let verdicts = test.expect.iter().filter_map(|expect| match &expect.value {
        Expectation::Verdict { verdict, .. } => Some(model.verdict_name(*verdict)),
        Expectation::AtMost(_)
        | Expectation::Unknown { .. }
        | Expectation::Not(_)
        | Expectation::Obligation(_) => None,
    });
    verdicts.collect::<Vec<_>>().join(", ")
}
