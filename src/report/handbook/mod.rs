//! The handbook of policies: pages that work from a folder, without a server and without a network.
//!
//! In: checked policies and their trees. Out: the pages and the scripts beside them, by name, the same bytes for the same files.
//! The reading form of a declaration is the author's own text in the canonical layout; what is beside it comes from the model.

mod definitions;
mod index;
mod listing;
mod names;
mod policy;
mod record;
mod reference;
mod rule;
mod search;
mod source;
mod uses;

use super::html::{Element, Frame, Html, Script, el, link, palette, prose};
use crate::input::hash::sha256;
use crate::model::{Model, PolicyId, RuleId};
use crate::syntax::ast;
use crate::text::FileId;
use names::Names;
use search::Entry;
use source::{Declared, Sources};

/// The style of handbooks, behind that of all pages.
const STYLE: &str = include_str!("handbook.css");

/// A file of the handbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandbookFile {
    /// Its name, in the handbook's folder.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// All files of the handbook of `model`, whose files have the trees `files`.
pub fn handbook(model: &Model, files: &[(FileId, ast::File)]) -> Vec<HandbookFile> {
    let sources = Sources::of(&model.sources, files);
    let names = Names::of(model, &sources);
    let book = Book {
        model,
        names,
        sources,
        hash: hash_of(model),
        style: format!("{STYLE}{}", palette::style(model.verdicts.len())),
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut pages = vec![index::page(&book)];
    for policy in model.policies.ids() {
        pages.push(policy::page(&book, policy, &mut entries));
        pages.extend(policy::tests(&book, policy, &mut entries));
    }
    pages.push(record::page(&book, &mut entries));
    pages.push(record::vocabulary(&book, &mut entries));
    pages.extend(definitions::page(&book, &mut entries));
    pages.extend(reference::sets(&book, &mut entries));
    pages.extend(reference::lists(&book, &mut entries));
    pages.push(index::glossary(&book));
    pages.extend(search::files(&entries));
    pages
}

/// Everything that pages are made of.
struct Book<'a> {
    model: &'a Model,
    sources: Sources,
    names: Names,
    /// The hash of all rule files.
    hash: String,
    style: String,
}

/// SHA-256 of the files' SHA-256s in hexadecimal, each with a line end, in the order read: what
/// `sha256sum FILES | cut -d' ' -f1 | sha256sum` says.
pub(super) fn hash_of(model: &Model) -> String {
    let files = model.sources.iter();
    let lines = files.map(|(_, file)| format!("{}\n", sha256(file.text.as_bytes())));
    sha256(lines.collect::<String>().as_bytes())
}

impl Book<'_> {
    /// `China: dual-use export control`
    fn title(&self) -> String {
        let titles = self.model.policies.values();
        let titles: Vec<&str> = titles
            .map(|policy| policy.title.as_deref().unwrap_or(&policy.name))
            .collect();
        titles.join("; ")
    }

    /// A page of the handbook.
    fn page(&self, file: &str, title: &str, main: Html) -> HandbookFile {
        let whole = match file {
            "index.html" => title.to_owned(),
            _ => format!("{title} · {}", self.title()),
        };
        let frame = Frame {
            title: &whole,
            style: &self.style,
            class: "handbook",
            header: self.header(file),
            footer: self.footer(),
            scripts: vec![
                Script::Beside(search::INDEX_FILE),
                Script::Beside(search::SCRIPT_FILE),
            ],
        };
        HandbookFile {
            name: file.to_owned(),
            text: frame.page(main),
        }
    }

    /// The pages there are, with their names.
    fn pages(&self) -> Vec<(String, String)> {
        let mut pages = vec![("index.html".to_owned(), "Handbook".to_owned())];
        for (id, policy) in self.model.policies.iter() {
            let name = format!("Policy {}", policy.name);
            pages.push((names::policy_page(self.model, id), name));
        }
        pages.push((names::RECORD.to_owned(), "Record".to_owned()));
        pages.push((names::VOCABULARY.to_owned(), "Vocabulary".to_owned()));
        let further = [
            (names::DEFINITIONS, "Definitions", definitions::KINDS),
            (names::SETS, "Sets", reference::SETS),
            (names::LISTS, "Lists", reference::LISTS),
        ];
        for (file, name, kinds) in further {
            if self.sources.of_kinds(kinds).next().is_some() {
                pages.push((file.to_owned(), name.to_owned()));
            }
        }
        pages.push((index::GLOSSARY.to_owned(), "Glossary".to_owned()));
        pages
    }

    fn header(&self, file: &str) -> Html {
        let links = self.pages().into_iter().map(|(to, name)| {
            let anchor = link(&to, name);
            let anchor = match to == file {
                true => anchor.attr("aria-current", "page"),
                false => anchor,
            };
            el("li").with(anchor)
        });
        let nav = el("nav")
            .attr("aria-label", "Pages of the handbook")
            .with(el("ul").all(links));
        el("header").with(nav).with(search::form()).into()
    }

    fn footer(&self) -> Html {
        let mut html: Html = self
            .model
            .policies
            .values()
            .map(|policy| {
                let title = policy.title.as_deref().unwrap_or(&policy.name);
                let version = match &policy.version {
                    Some(version) => format!("version {version}"),
                    None => "without a version".to_owned(),
                };
                el("p").text(format!("{title} ({}), {version}", policy.name))
            })
            .collect();
        html.add(
            el("p")
                .text("Rule files, SHA-256 of their SHA-256s: ")
                .with(el("span").class("hash").text(&self.hash)),
        );
        html
    }

    /// The author's text of a declaration.
    fn listing(&self, policy: Option<PolicyId>, item: &Declared, own: &str) -> Html {
        listing::listing(&self.names, policy, item, own)
    }

    /// A link to a rule, by its name.
    fn rule_link(&self, rule: RuleId) -> Html {
        let rule = &self.model.rules[rule];
        let name = rule.declared_name();
        let text = self.model.declared_name(self.first_of(rule.policy, name));
        self.name_link(rule.policy, name, &text)
    }

    fn first_of(&self, policy: PolicyId, name: &str) -> RuleId {
        let mut rules = self.model.rules.iter();
        let found =
            rules.find(|(_, rule)| rule.policy == policy && **rule.declared_name() == *name);
        found
            .map(|(id, _)| id)
            .expect("internal error: a rule that is not there")
    }

    /// A link to a rule or a suspension of a policy.
    fn name_link(&self, policy: PolicyId, name: &str, text: &str) -> Html {
        let code = el("code").text(text);
        match self.names.rule(policy, name) {
            Some(target) => el("a").attr("href", &target.to).with(code).into(),
            None => code.into(),
        }
    }
}

/// A comment: paragraphs, and lines that are indented as they stand.
fn comment(text: &str) -> Html {
    let mut html = Html::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    let flush = |lines: &mut Vec<&str>, html: &mut Html| {
        if !lines.is_empty() {
            html.add(el("p").with(prose(&lines.join(" "))));
            lines.clear();
        }
    };
    let flush_shown = |shown: &mut Vec<&str>, html: &mut Html| {
        if !shown.is_empty() {
            html.add(el("pre").class("plain").text(shown.join("\n")));
            shown.clear();
        }
    };
    for line in text.lines() {
        let is_shown = line.starts_with("   ");
        match (line.trim().is_empty(), is_shown) {
            (true, _) => {
                flush(&mut lines, &mut html);
                flush_shown(&mut shown, &mut html);
            }
            (false, true) => {
                flush(&mut lines, &mut html);
                shown.push(line);
            }
            (false, false) => {
                flush_shown(&mut shown, &mut html);
                lines.push(line.trim());
            }
        }
    }
    flush(&mut lines, &mut html);
    flush_shown(&mut shown, &mut html);
    html
}

/// What an author says of a declaration: documentation first, then the comment above it.
fn said(item: &Declared) -> Html {
    let mut html = Html::new();
    if let Some(doc) = &item.doc {
        html.add(el("div").class("doc").with(comment(doc)));
    }
    if let Some(note) = &item.note {
        html.add(el("div").class("note").with(comment(note)));
    }
    html
}

/// The heading of a declaration that can be linked to.
fn heading(level: &'static str, id: &str, name: &str, title: Option<&str>) -> Element {
    let own = el("a")
        .class("self")
        .attr("href", format!("#{id}"))
        .with(el("code").text(name));
    match title {
        Some(title) => el(level).text(title).text(" ").with(own),
        None => el(level).with(own),
    }
}

/// Names and what is said of each.
fn facts(facts: Vec<(&str, Html)>) -> Html {
    let facts = facts.into_iter().filter(|(_, html)| !html.is_empty());
    let rows: Vec<Html> = facts
        .flat_map(|(name, html)| [el("dt").text(name).into(), el("dd").with(html).into()])
        .collect();
    match rows.is_empty() {
        true => Html::new(),
        false => el("dl").class("facts").all(rows).into(),
    }
}

/// A verdict's name with its colour, which leads to the vocabulary.
fn badge(model: &Model, verdict: crate::model::Verdict) -> Html {
    let name = model.verdict_name(verdict);
    let class = palette::class(usize::from(verdict.0));
    let to = format!("{}#{}", names::VOCABULARY, names::verdict_anchor(name));
    el("a")
        .class(format!("badge {class}"))
        .attr("href", to)
        .text(name)
        .into()
}
