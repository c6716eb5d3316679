//! Why records got their verdicts, as a page: the verdict, each rule on its own source, what would have to be different, and what
//! would settle what is open.

use super::explain::{Explanation, RuleExplanation, Status, stopper_name};
use super::handbook::hash_of;
use super::html::{Element, Frame, Html, cell, code, el, palette, prose, row_head, table};
use super::what_if::{RuleChanges, WhatIf};
use super::words::of;
use crate::diagnostic::Label;
use crate::model::{FieldId, Model, Verdict};
use crate::reference::show_field;
use crate::text::Span;

const STYLE: &str = include_str!("explain_page.css");

/// What is told of one record.
pub enum Part<'a> {
    /// Why it got its verdict.
    Record {
        /// Where it stands: `shipments.csv, row 5, line 6`.
        place: String,
        /// The explanation.
        explanation: Explanation<'a>,
        /// What would have to be different.
        what_if: WhatIf,
        /// The fields that are read of it.
        fields: Vec<FieldId>,
    },
    /// That it has none.
    Rejected {
        /// Where it stands.
        place: String,
        /// Its key.
        key: String,
        /// What is wrong with it.
        wrong: String,
    },
}

/// The page about records that have one key, or stand in one row.
pub fn page(model: &Model, parts: &[Part<'_>]) -> String {
    let title = match parts {
        [only] => title(model, only),
        several => format!("Explanation of {}", of(several.len() as u64, "record")),
    };
    let mut main: Html = el("h1").text(&title).into();
    for (at, part) in parts.iter().enumerate() {
        if parts.len() > 1 {
            main.add(el("h2").text(self::title(model, part)));
        }
        main.add(match part {
            Part::Record {
                place,
                explanation,
                what_if,
                fields,
            } => {
                let levels = match parts.len() {
                    1 => Levels("h2", "h3"),
                    _ => Levels("h3", "h4"),
                };
                record((at, levels), place, explanation, what_if, fields)
            }
            Part::Rejected { place, wrong, .. } => {
                let mut html: Html = el("p").class("lead").text(place).into();
                html.add(el("p").text("This row is rejected, so it has no verdict."));
                html.add(el("p").with(prose(wrong)));
                html
            }
        });
    }
    let frame = Frame {
        title: &title,
        style: &format!("{STYLE}{}", palette::style(model.verdicts.len())),
        class: "explanation",
        header: Html::new(),
        footer: footer(model),
        scripts: Vec::new(),
    };
    frame.page(main)
}

/// `S-05: review`
fn title(model: &Model, part: &Part<'_>) -> String {
    match part {
        Part::Record { explanation, .. } => {
            let key = explanation.key().unwrap_or_else(|| "a record".to_owned());
            format!(
                "{key}: {}",
                model.verdict_name(explanation.judgement.verdict)
            )
        }
        Part::Rejected { key, .. } => format!("{key}: rejected"),
    }
}

fn footer(model: &Model) -> Html {
    let mut html: Html = model
        .policies
        .values()
        .map(|policy| {
            let title = policy.title.as_deref().unwrap_or(&policy.name);
            let version = policy.version.as_deref().unwrap_or("not given");
            el("p").text(format!("{title} ({}), version {version}", policy.name))
        })
        .collect();
    html.add(
        el("p")
            .text(format!(
                "Interdict {}. Rule files, SHA-256 of their SHA-256s: ",
                env!("CARGO_PKG_VERSION")
            ))
            .with(el("span").class("hash").text(hash_of(model))),
    );
    html
}

fn badge(model: &Model, verdict: Verdict) -> Html {
    let class = palette::class(usize::from(verdict.0));
    el("span")
        .class(format!("badge {class}"))
        .text(model.verdict_name(verdict))
        .into()
}

/// The headings of the sections about a record, and of the rules in them.
#[derive(Clone, Copy)]
struct Levels(&'static str, &'static str);

fn record(
    (at, levels): (usize, Levels),
    place: &str,
    explanation: &Explanation<'_>,
    what_if: &WhatIf,
    fields: &[FieldId],
) -> Html {
    let model = explanation.model;
    let judgement = explanation.judgement;
    let mut html: Html = el("p")
        .class("lead")
        .text(format!("{place}, as of {}", explanation.as_of()))
        .into();
    html.add(
        el("p")
            .class("outcome")
            .with(badge(model, judgement.verdict))
            .text(", at most ")
            .with(badge(model, judgement.at_most))
            .text(format!(" ({})", explanation.outlook())),
    );
    html.add(el(levels.0).text("Why"));
    if explanation.rules.is_empty() {
        html.add(el("p").text("No rule applies, and none is open."));
    }
    for rule in &explanation.rules {
        html.add(rule_part((at, levels), model, rule));
    }
    html.add(match explanation.others {
        0 => Html::new(),
        1 => el("p")
            .class("soft")
            .text("1 other rule does not apply.")
            .into(),
        n => el("p")
            .class("soft")
            .text(format!("{n} other rules do not apply."))
            .into(),
    });
    html.add(different(levels, model, what_if));
    html.add(held(levels, explanation, fields));
    html
}

/// A rule with what became of it, on its own source.
fn rule_part((at, levels): (usize, Levels), model: &Model, told: &RuleExplanation) -> Html {
    let rule = &model.rules[told.rule];
    let name = model.rule_name(told.rule);
    let title = match rule.title.is_empty() {
        true => el(levels.1).with(code(&name)),
        false => el(levels.1).text(&*rule.title).text(" ").with(code(&name)),
    };
    let cites = rule.cites.iter().map(Html::text);
    let stopped = told.stopped_by.iter();
    let stopped = stopped.map(|by| code(stopper_name(model, *by)).into());
    let missing = told.missing.iter().map(|field| code(field).into());
    let notes = told.notes.iter().filter(|note| !note.starts_with("cites "));
    let notes = notes.map(Html::text);
    let facts = [
        ("Cites", Html::joined(cites, "; ")),
        ("In force", Html::text(rule.force.windows.to_string())),
        ("Stopped by", Html::joined(stopped, ", ")),
        ("Missing", Html::joined(missing, ", ")),
        ("Notes", Html::joined(notes, "; ")),
    ];
    let facts = facts.into_iter().filter(|(_, html)| !html.is_empty());
    let facts = facts.flat_map(|(name, html)| {
        let parts: [Html; 2] = [el("dt").text(name).into(), el("dd").with(html).into()];
        parts
    });
    el("article")
        .class(format!("told {}", class_of(told.status)))
        .id(format!("record-{at}-rule-{}", super::html::slug(&name)))
        .with(title)
        .with(el("p").class("status").with(status(told)))
        .with(el("dl").class("facts").all(facts))
        .with(source(model, rule.whole, &told.labels))
        .into()
}

/// How the rule stands, said once.
fn status(told: &RuleExplanation) -> Html {
    let text = told.status.text();
    let (first, rest) = match told.headline.strip_prefix(text) {
        Some(rest) => (text, rest.to_owned()),
        None => (text, format!(": {}", told.headline)),
    };
    let mut html: Html = el("strong").text(first).into();
    html.add_text(rest);
    html
}

fn class_of(status: Status) -> &'static str {
    match status {
        Status::Applies | Status::TakesEffect => "applies",
        Status::Open => "open",
        Status::Stopped => "stopped",
        Status::DoesNotApply => "idle",
    }
}

/// The rule's text with the parts that mattered marked and numbered, and under it what each came to.
fn source(model: &Model, whole: Span, labels: &[Label]) -> Html {
    let mut labels: Vec<&Label> = labels.iter().collect();
    labels.sort_by_key(|label| (label.span.file != whole.file, label.span));
    let file = &model.sources.file(whole.file);
    let mut html = el("code");
    let mut end = whole.start;
    for (number, label) in (1..).zip(&labels) {
        let span = label.span;
        let is_inside = span.file == whole.file && span.start >= end && span.end <= whole.end;
        if !is_inside {
            continue;
        }
        html = html
            .text(&file.text[end as usize..span.start as usize])
            .with(el("mark").text(model.sources.snippet(span)))
            .with(el("sup").text(number.to_string()));
        end = span.end;
    }
    html = html.text(&file.text[end as usize..whole.end as usize]);
    let (line, _) = model.sources.line_column(whole);
    let caption = format!("{}, line {line}", file.name);
    let items = labels.iter().map(|label| label_item(model, whole, label));
    el("figure")
        .with(el("figcaption").text(caption))
        .with(el("pre").attr("tabindex", "0").with(html))
        .with(el("ol").class("labels").all(items))
        .into()
}

fn label_item(model: &Model, whole: Span, label: &Label) -> Element {
    let mut item = el("li").with(code(in_a_line(model.sources.snippet(label.span))));
    if label.span.file != whole.file || label.span.start < whole.start || label.span.end > whole.end
    {
        let (line, _) = model.sources.line_column(label.span);
        let file = &model.sources.file(label.span.file).name;
        let place = format!(" ({file}, line {line})");
        item = item.with(el("span").class("soft").text(place));
    }
    item.text(": ").text(&label.text)
}

/// A text of several lines in one, cut where it is long.
fn in_a_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(90) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn different(levels: Levels, model: &Model, what_if: &WhatIf) -> Html {
    let mut html = Html::new();
    if !what_if.rules.is_empty() {
        html.add(el(levels.0).text("What would have to be different"));
        html.add(el("p").class("soft").text(
            "Each line alone makes the rule not apply; each was tried. What is not listed was not tried or does not.",
        ));
        for rule in &what_if.rules {
            html.add(changes(model, rule));
        }
        if what_if.more_rules > 0 {
            let more = of(what_if.more_rules as u64, "further rule");
            html.add(el("p").text(format!("{more} not looked at.")));
        }
    }
    if !what_if.missing.is_empty() {
        html.add(el(levels.0).text("What would settle it"));
        let rows = what_if.missing.iter().map(|field| {
            el("tr")
                .with(row_head(code(&field.name)))
                .with(cell(Html::text(field.in_words(model))))
                .into()
        });
        html.add(table(
            "Missing fields",
            &["Field", "If it were filled in"],
            rows,
        ));
    }
    if !html.is_empty() {
        for caveat in what_if.caveats() {
            html.add(
                el("p")
                    .class("soft small")
                    .with(prose(&format!("{caveat}."))),
            );
        }
    }
    html
}

fn changes(model: &Model, rule: &RuleChanges) -> Html {
    let name = model.rule_name(rule.rule);
    if rule.changes.is_empty() {
        return el("p")
            .with(code(&name))
            .text(format!(": {}.", rule.nothing()))
            .into();
    }
    let mut rows: Vec<Html> = Vec::new();
    for change in &rule.changes {
        let field = change.name(model);
        for (at, group) in change.groups.iter().enumerate() {
            let row = el("tr");
            let row = match at {
                0 => {
                    let span = change.groups.len().to_string();
                    let now = Html::text(change.now.as_deref().unwrap_or("missing"));
                    row.with(row_head(code(&field)).attr("rowspan", &span))
                        .with(cell(now).attr("rowspan", &span))
                }
                _ => row,
            };
            let mut then = badge(model, group.verdict);
            if group.at_most != group.verdict {
                then.add_text(", at most ");
                then.add(badge(model, group.at_most));
            }
            rows.push(
                row.with(cell(Html::text(group.values())))
                    .with(cell(then))
                    .into(),
            );
        }
    }
    let cites = &model.rules[rule.rule].cites;
    let caption = match cites.is_empty() {
        true => format!("{name} would not apply with"),
        false => format!("{name} ({}) would not apply with", cites.join("; ")),
    };
    table(&caption, &["Field", "Is", "Instead", "Then"], rows)
}

/// What the record holds.
fn held(levels: Levels, explanation: &Explanation<'_>, fields: &[FieldId]) -> Html {
    let model = explanation.model;
    let rows = fields.iter().map(|id| {
        let held = match show_field(model, explanation.record, *id) {
            Some(value) => Html::text(value),
            None => el("em").class("soft").text("missing").into(),
        };
        el("tr")
            .with(row_head(code(&model.record.fields[*id].name)))
            .with(cell(held))
            .into()
    });
    let mut html: Html = el(levels.0).text("The record").into();
    html.add(table(
        "Fields that the rules read",
        &["Field", "Value"],
        rows,
    ));
    html
}
