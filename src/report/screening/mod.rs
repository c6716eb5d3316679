//! The page about a run: what was screened with what, and what came of it.
//!
//! In: what a run tells when it is done. Out: one page that needs nothing else. It says no time of day and nothing that depends
//! on threads or the engine's haste, so that the same run makes the same bytes.

mod sections;

use super::html::{Frame, Html, cell, code, el, palette, row_head, table};
use super::words::{grouped, of};
use crate::io::manifest::{HashedFile, InputEntry, Manifest};
use crate::io::screening::Told;
use crate::model::Model;
use serde_json::Value;

/// The page.
pub fn page(told: &Told<'_>) -> String {
    let model = told.screener.model();
    let policies = model.policies.values();
    let titles: Vec<&str> = policies
        .map(|policy| policy.title.as_deref().unwrap_or(&policy.name))
        .collect();
    let title = format!("Screening report: {}", titles.join("; "));
    let mut main = Html::new();
    main.add(el("h1").text("Screening report"));
    main.add(el("p").class("lead").text(titles.join("; ")));
    main.add(contents(told));
    main.add(key_figures(told));
    main.add(sections::verdicts(told));
    main.add(what_was_screened(told));
    main.add(sections::over_time(told));
    main.add(sections::by_field(told));
    main.add(sections::by_rule(told));
    main.add(sections::missing(told));
    main.add(sections::open_records(told));
    main.add(sections::rejects(told));
    main.add(files(told.manifest));
    let frame = Frame {
        title: &title,
        style: &palette::style(model.verdicts.len()),
        class: "report",
        header: Html::new(),
        footer: footer(told.manifest),
        scripts: Vec::new(),
    };
    frame.page(main)
}

/// The numbers that one asks for first.
fn key_figures(told: &Told<'_>) -> Html {
    let summary = told.summary;
    let figures = [
        ("Rows read", summary.screened + summary.rejected),
        ("Screened", summary.screened),
        ("Rejected", summary.rejected),
        ("Want attention", summary.flagged),
        ("Open for lack of facts", summary.open),
    ];
    let figures = figures.map(|(name, number)| {
        el("div")
            .with(el("dt").text(name))
            .with(el("dd").text(grouped(number)))
    });
    el("dl").class("figures").all(figures).into()
}

/// The sections that the page has.
const SECTIONS: [(&str, &str); 8] = [
    ("screened", "What was screened"),
    ("time", "Over time"),
    ("fields", "By country and kind"),
    ("rules", "By rule"),
    ("missing", "What is missing"),
    ("open", "Open records"),
    ("rejects", "Rejected rows"),
    ("files", "Files and their hashes"),
];

fn contents(told: &Told<'_>) -> Html {
    let has_fields = told.screener.axes().len() > 1;
    let shown = SECTIONS
        .iter()
        .filter(|(id, _)| *id != "fields" || has_fields);
    let links = shown.map(|(id, name)| {
        let to = format!("#{id}");
        el("li").with(el("a").attr("href", to).text(name))
    });
    el("nav")
        .attr("aria-label", "Contents")
        .with(el("ul").class("legend").all(links))
        .into()
}

/// The heading of a section, with the id that [`SECTIONS`] gives it.
fn heading(id: &str) -> Html {
    let mut sections = SECTIONS.iter();
    let (_, name) = sections
        .find(|(own, _)| *own == id)
        .expect("internal error: a section without a name");
    el("h2").id(id).text(name).into()
}

fn what_was_screened(told: &Told<'_>) -> Html {
    let manifest = told.manifest;
    let mut html = heading("screened");
    html.add(policies(told.screener.model()));
    html.add(inputs(
        "Inputs",
        manifest.inputs.iter().map(|input| (None, input)),
    ));
    if !manifest.children.is_empty() {
        let children = manifest.children.iter();
        let children = children.map(|child| (Some(&*child.list), &child.file));
        html.add(inputs("Tables of lists", children));
    }
    html.add(how(manifest));
    html
}

/// What the policies were read from.
fn files(manifest: &Manifest) -> Html {
    let mut html = heading("files");
    html.add(hashed("Files of the policies", &manifest.policies));
    if !manifest.data.is_empty() {
        html.add(hashed("Lists and calendars that they read", &manifest.data));
    }
    if let Some(mapping) = &manifest.mapping {
        html.add(hashed("Mapping", std::slice::from_ref(mapping)));
    }
    html
}

fn policies(model: &Model) -> Html {
    let rows = model.policies.values().map(|policy| {
        let text = |text: &Option<std::sync::Arc<str>>| {
            cell(Html::text(text.as_deref().unwrap_or("not given")))
        };
        el("tr")
            .with(row_head(code(&policy.name)))
            .with(text(&policy.title))
            .with(text(&policy.version))
            .with(text(&policy.authority))
            .into()
    });
    table(
        "Policies",
        &["Policy", "Title", "Version", "Authority"],
        rows,
    )
}

fn hashed(caption: &str, files: &[HashedFile]) -> Html {
    let rows = files.iter().map(|file| {
        el("tr")
            .with(row_head(code(&file.file)))
            .with(cell(hash(&file.sha256)))
            .into()
    });
    table(caption, &["File", "SHA-256"], rows)
}

fn hash(sha256: &str) -> Html {
    el("span").class("hash").text(sha256).into()
}

fn inputs<'a>(
    caption: &str,
    files: impl Iterator<Item = (Option<&'a str>, &'a InputEntry)>,
) -> Html {
    let rows = files.map(|(list, input)| {
        let mut name: Html = code(&input.file).into();
        if let Some(list) = list {
            name.add_text(" for ");
            name.add(code(list));
        }
        el("tr")
            .with(row_head(name))
            .with(super::html::number(input.rows))
            .with(cell(hash(&input.sha256)))
            .into()
    });
    table(caption, &["File", "#Rows", "SHA-256"], rows)
}

/// Engine and options.
fn how(manifest: &Manifest) -> Html {
    let engine = &manifest.engine;
    let mut rows = vec![
        ("Interdict".to_owned(), manifest.interdict.clone()),
        (
            "Engine".to_owned(),
            match engine.asked == engine.used {
                true => engine.used.clone(),
                false => format!("{}, not {}: {}", engine.used, engine.asked, engine.because),
            },
        ),
        (
            "Time-zone database".to_owned(),
            manifest.time_zone_database.clone(),
        ),
        (
            "Decisions".to_owned(),
            format!("{} written", of(manifest.decisions.rows, "row")),
        ),
    ];
    let options = manifest.options.iter();
    rows.extend(options.map(|(name, value)| (format!("--{name}"), option(value))));
    let rows = rows.into_iter().map(|(name, value)| {
        el("tr")
            .with(row_head(Html::text(name)))
            .with(cell(Html::text(value)))
            .into()
    });
    table("How", &["What", "Value"], rows)
}

/// The value of an option as it would be given.
fn option(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "given".to_owned(),
        Value::Object(pairs) => {
            let pairs = pairs.iter();
            let pairs: Vec<String> = pairs
                .map(|(name, value)| format!("{name}={}", option(value)))
                .collect();
            pairs.join(", ")
        }
        Value::Null | Value::Bool(false) | Value::Number(_) | Value::Array(_) => value.to_string(),
    }
}

fn footer(manifest: &Manifest) -> Html {
    let mut html: Html = el("p")
        .text(format!(
            "Interdict {}. The manifest beside the decisions says the same for programs.",
            manifest.interdict
        ))
        .into();
    let decisions = &manifest.decisions;
    html.add(
        el("p")
            .text("Decisions, SHA-256 of the rows as CSV: ")
            .with(hash(&decisions.sha256)),
    );
    html
}

/// Names of verdicts with their colours.
fn legend(model: &Model) -> Html {
    let badges = (0..model.verdicts.len()).map(|at| el("li").with(badge(model, at)));
    el("ul").class("legend").all(badges).into()
}

/// A verdict's name with its colour.
fn badge(model: &Model, verdict: usize) -> Html {
    el("span")
        .class(format!("badge {}", palette::class(verdict)))
        .text(&model.verdicts[verdict])
        .into()
}
