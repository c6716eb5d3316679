//! A rule, an exception or a suspension in reading form.

use super::names::{anchor, policy_page, tests_page};
use super::source::{Declared, Kind};
use super::uses::{self, Uses};
use super::{Book, facts, heading, said};
use crate::domain::Windows;
use crate::model::print::{expr, time_text};
use crate::model::{
    Expectation, ExpectedRules, Model, Note, Obligation, Rule, RuleId, SuspensionId, Template,
    TemplatePart, Test, Wording,
};
use crate::report::html::timeline::{Row, timeline};
use crate::report::html::{Html, code, el, link, palette};
use crate::report::words::of;

/// So many elements of a rule with `for each` are named.
const MAX_ELEMENTS: usize = 12;

/// The rules that a declaration makes: one, or with `for each` one for each element.
pub(super) fn rules_of(model: &Model, item: &Declared) -> Vec<RuleId> {
    let rules = model.rules.iter();
    let own = rules.filter(|(_, rule)| rule.span == item.span);
    own.map(|(id, _)| id).collect()
}

/// A rule or an exception.
pub(super) fn rule(book: &Book<'_>, item: &Declared, ids: &[RuleId]) -> Html {
    let model = book.model;
    let Some(first) = ids.first() else {
        return Html::new();
    };
    let rule = &model.rules[*first];
    let id = anchor(item.kind, rule.declared_name());
    let uses = uses::of_rule(model, rule);
    let title = (!rule.title.is_empty()).then_some(&*rule.title);
    let article = el("article")
        .class("rule")
        .id(&id)
        .with(heading("h3", &id, rule.declared_name(), title))
        .with(verdict(model, rule))
        .with(said(item))
        .with(facts(about(book, ids)))
        .with(when(book, rule, &id))
        .with(book.listing(
            Some(rule.policy),
            item,
            &format!("{}#{id}", policy_page(model, rule.policy)),
        ))
        .with(asked(book, &uses))
        .with(examples(book, ids));
    article.into()
}

/// The verdict and its reason.
fn verdict(model: &Model, rule: &Rule) -> Html {
    let Some(then) = &rule.then else {
        let text = "No verdict of its own: what it excepts does not apply.";
        return el("p").class("verdict").text(text).into();
    };
    let mut line = el("p").class("verdict");
    line = match then.fixed() {
        Some(verdict) => line.with(super::badge(model, verdict)),
        None => line.with(code(expr(model, &[], &then.verdict))),
    };
    if let Some(because) = &then.because {
        line = line.text(" because ").with(template(model, because));
    }
    line.into()
}

/// A text with the fields that are filled in.
fn template(model: &Model, template: &Template) -> Html {
    let parts = template.parts.iter().map(|part| match part {
        TemplatePart::Text(text) => Html::text(text),
        TemplatePart::Field(field) => {
            let name = &model.record.fields[*field].name;
            el("var").text(format!("{{{name}}}")).into()
        }
    });
    parts.collect()
}

fn about(book: &Book<'_>, ids: &[RuleId]) -> Vec<(&'static str, Html)> {
    let model = book.model;
    let rule = &model.rules[ids[0]];
    let links = |rules: &[RuleId]| {
        let mut seen: Vec<&str> = Vec::new();
        let mut shown = Vec::new();
        for id in rules {
            let name = &**model.rules[*id].declared_name();
            if !seen.contains(&name) {
                seen.push(name);
                shown.push(book.rule_link(*id));
            }
        }
        Html::joined(shown, ", ")
    };
    let cites = rule.cites.iter().map(Html::text);
    let tags = rule.tags.iter().map(|tag| code(tag).into());
    let notes = rule.notes.iter().map(|note| note_text(model, note));
    let obligations = rule.obligations.iter().map(|it| obligation(book, it));
    let if_unknown = rule.if_unknown.map(|verdict| super::badge(model, verdict));
    let weight = rule.weight.as_ref().map(code);
    vec![
        ("Cites", Html::joined(cites, "; ")),
        ("Excepts", links(rule.excepts())),
        ("Exceptions", links(&rule.exceptions)),
        ("Made for each", elements(model, ids)),
        ("Obliges", list(obligations.collect())),
        ("If unknown", if_unknown.into()),
        ("Notes", list(notes.collect())),
        ("Weight", weight.into()),
        ("Tags", Html::joined(tags, ", ")),
    ]
}

/// One as it is, several as a list.
fn list(mut parts: Vec<Html>) -> Html {
    match parts.len() {
        0 => Html::new(),
        1 => parts.remove(0),
        _ => el("ul")
            .all(parts.into_iter().map(|part| el("li").with(part)))
            .into(),
    }
}

fn elements(model: &Model, ids: &[RuleId]) -> Html {
    let names = ids
        .iter()
        .filter_map(|id| model.rules[*id].element.as_ref());
    let names: Vec<&str> = names.map(|element| &*element.text).collect();
    if names.is_empty() {
        return Html::new();
    }
    let more = names.len().saturating_sub(MAX_ELEMENTS);
    let shown = names
        .iter()
        .take(MAX_ELEMENTS)
        .map(|name| code(name).into());
    let mut html = Html::joined(shown, ", ");
    if more > 0 {
        html.add_text(format!(" and {}", of(more as u64, "other")));
    }
    html
}

fn obligation(book: &Book<'_>, obligation: &Obligation) -> Html {
    let model = book.model;
    let mut html = wording(model, &obligation.text);
    if let Some((time, after)) = &obligation.within {
        html.add_text(format!(", within {}", time_text(model, *time)));
        match after {
            Some(field) => {
                html.add_text(" after ");
                html.add(code(&model.record.fields[*field].name));
            }
            None => html.add_text(format!(
                " after {}",
                model.record.fields[model.record.as_of].name
            )),
        }
    }
    html
}

fn wording(model: &Model, wording: &Wording) -> Html {
    match wording {
        Wording::Text(text) => template(model, text),
        Wording::Expr(value) => code(expr(model, &[], value)).into(),
    }
}

fn note_text(model: &Model, note: &Note) -> Html {
    let mut html: Html = code(&note.key).into();
    html.add_text(" ");
    html.add(wording(model, &note.value));
    html
}

/// The days on which it has effect, on a line of time where they ever change.
fn when(book: &Book<'_>, rule: &Rule, id: &str) -> Html {
    let model = book.model;
    let force = &rule.force;
    let mut effect = force.windows.subtract(&force.suspended);
    let mut rows = vec![Row {
        name: "in force".to_owned(),
        class: "force",
        windows: force.windows.clone(),
    }];
    let mut said = vec![days("In force", &force.windows, Html::new())];
    if !force.suspended.is_empty() {
        rows.push(Row {
            name: "suspended".to_owned(),
            class: "stop",
            windows: force.suspended.clone(),
        });
        said.push(days(
            "Suspended by its own clause",
            &force.suspended,
            Html::new(),
        ));
    }
    for by in &force.suspended_by {
        let suspension = &model.suspensions[*by];
        effect = effect.subtract(&suspension.effective);
        let name = model.suspension_name(*by);
        rows.push(Row {
            name: name.clone(),
            class: "stop",
            windows: suspension.effective.clone(),
        });
        let link = book.name_link(suspension.policy, &suspension.name, &name);
        said.push(days("Suspended by ", &suspension.effective, link));
    }
    if rows.len() > 1 {
        said.push(days("Has effect", &effect, Html::new()));
        rows.push(Row {
            name: "has effect".to_owned(),
            class: "effect",
            windows: effect,
        });
    }
    let image = timeline(
        &format!("{id}-days"),
        &format!("Days of {}", rule.declared_name()),
        &rows,
    );
    if image.is_empty() {
        return el("p").class("days").text("In force always.").into();
    }
    el("figure")
        .class("days")
        .with(image)
        .with(el("ul").all(said))
        .into()
}

/// `In force from 2025-12-01`
fn days(what: &str, windows: &Windows, by: Html) -> Html {
    let days = match windows.is_empty() {
        true => "on no day".to_owned(),
        false => windows.to_string(),
    };
    el("li")
        .text(what)
        .with(by)
        .text(format!(": {days}"))
        .into()
}

/// Thresholds with their values, and what else the rule asks.
fn asked(book: &Book<'_>, uses: &Uses) -> Html {
    let model = book.model;
    let mut rows: Vec<(&str, Html)> = Vec::new();
    let params = uses.params.iter().map(|id| {
        let param = &model.params[*id];
        let mut html = super::definitions::link_to(Kind::Param, &param.name);
        html.add_text(format!(
            ": {}",
            super::definitions::steps_in_words(model, *id)
        ));
        html
    });
    rows.push(("Thresholds", list(params.collect())));
    let defines = uses.defines.iter().map(|id| {
        let define = &model.defines[*id];
        with_doc(
            super::definitions::link_to(Kind::Define, &define.name),
            define.doc.as_deref(),
        )
    });
    rows.push(("Definitions", list(defines.collect())));
    let sets = uses.sets.iter().map(|id| {
        let set = &model.sets[*id];
        with_doc(
            super::reference::link_to(Kind::Set, &set.name),
            set.doc.as_deref(),
        )
    });
    rows.push(("Sets", list(sets.collect())));
    let lists = uses.lists.iter().map(|id| {
        let head = &model.lists[*id].head;
        let name = super::reference::link_to(Kind::List, &head.name);
        with_doc(name, head.doc.as_deref())
    });
    rows.push(("Lists", list(lists.collect())));
    rows.retain(|(_, html)| !html.is_empty());
    if rows.is_empty() {
        return Html::new();
    }
    el("details")
        .attr("open", "")
        .with(el("summary").text("What it asks"))
        .with(facts(rows))
        .into()
}

fn with_doc(mut name: Html, doc: Option<&str>) -> Html {
    if let Some(sentence) = doc.and_then(super::names::first_sentence) {
        name.add_text(" ");
        name.add(
            el("span")
                .class("soft")
                .with(crate::report::html::prose(&sentence)),
        );
    }
    name
}

/// The tests that name the rule.
fn examples(book: &Book<'_>, ids: &[RuleId]) -> Html {
    let model = book.model;
    let mut groups: Vec<(&str, Vec<Html>)> = vec![
        ("Applies", Vec::new()),
        ("Stays open", Vec::new()),
        ("Does not apply", Vec::new()),
    ];
    for (at, test) in model.tests.iter().enumerate() {
        if let Some(group) = role_in(test, ids) {
            let to = format!("{}#test-{at}", tests_page(model, test.policy));
            groups[group].1.push(link(to, &*test.title).into());
        }
    }
    let count: usize = groups.iter().map(|(_, links)| links.len()).sum();
    if count == 0 {
        return el("p").class("soft small").text("No test names it.").into();
    }
    let groups = groups.into_iter().map(|(name, links)| (name, list(links)));
    el("details")
        .class("examples")
        .with(
            el("summary")
                .text(of(count as u64, "test"))
                .text(match count {
                    1 => " names it",
                    _ => " name it",
                }),
        )
        .with(facts(groups.collect()))
        .into()
}

/// What a test expects of the rules: 0 that one applies, 1 that one is open, 2 that none does.
fn role_in(test: &Test, ids: &[RuleId]) -> Option<usize> {
    let names = |named: &ExpectedRules| named.rules.iter().any(|rule| ids.contains(rule));
    let roles = test.expect.iter().filter_map(|expect| match &expect.value {
        Expectation::Verdict { by: Some(by), .. } => by.iter().any(names).then_some(0),
        Expectation::Unknown { rule, .. } => names(rule).then_some(1),
        Expectation::Not(rule) => names(rule).then_some(2),
        Expectation::Verdict { by: None, .. }
        | Expectation::AtMost(_)
        | Expectation::Obligation(_) => None,
    });
    roles.min()
}

/// A suspension.
pub(super) fn suspension(book: &Book<'_>, item: &Declared, id: SuspensionId) -> Html {
    let model = book.model;
    let suspension = &model.suspensions[id];
    let anchor = anchor(Kind::Suspension, &suspension.name);
    let title = (!suspension.title.is_empty()).then_some(&*suspension.title);
    let mut seen: Vec<&str> = Vec::new();
    let mut suspended = Vec::new();
    for (rule_id, rule) in model.rules.iter() {
        let name = &**rule.declared_name();
        if rule.force.suspended_by.contains(&id) && !seen.contains(&name) {
            seen.push(name);
            suspended.push(book.rule_link(rule_id));
        }
    }
    let cites = suspension.cites.iter().map(Html::text);
    let image = timeline(
        &format!("{anchor}-days"),
        &format!("Days of {}", suspension.name),
        &[Row {
            name: "suspends".to_owned(),
            class: "stop",
            windows: suspension.effective.clone(),
        }],
    );
    let own = format!("{}#{anchor}", policy_page(model, suspension.policy));
    el("article")
        .class("rule")
        .id(&anchor)
        .with(heading("h3", &anchor, &suspension.name, title))
        .with(said(item))
        .with(facts(vec![
            ("Cites", Html::joined(cites, "; ")),
            ("Days", Html::text(suspension.effective.to_string())),
            ("Suspends", Html::joined(suspended, ", ")),
        ]))
        .with(el("figure").class("days").with(image))
        .with(book.listing(Some(suspension.policy), item, &own))
        .into()
}

/// The class of a rule's verdict, for lists of rules.
pub(super) fn mark(model: &Model, rule: &Rule) -> Html {
    match rule.then.as_ref().and_then(|then| then.fixed()) {
        Some(verdict) => {
            let class = palette::class(usize::from(verdict.0));
            el("span")
                .class(format!("badge {class}"))
                .text(model.verdict_name(verdict))
                .into()
        }
        None if rule.then.is_some() => el("span").class("soft").text("by the facts").into(),
        None => el("span").class("soft").text("spares").into(),
    }
}
