//! What is screened, and the words that records and rules share.

use super::names::{RECORD, VOCABULARY, anchor, field_anchor, value_anchor, verdict_anchor};
use super::search::Entry;
use super::source::{Declared, Kind};
use super::{Book, HandbookFile, badge, comment, heading, said};
use crate::model::print::type_name;
use crate::model::{Field, FieldRole, Model, Type, Verdict};
use crate::report::html::{Element, Html, cell, code, el, row_head, table};
use crate::text::Arena;

/// The page of the record and of the records in its lists.
pub(super) fn page(book: &Book<'_>, entries: &mut Vec<Entry>) -> HandbookFile {
    let model = book.model;
    let mut main: Html = el("h1").text("Record").into();
    main.add(el("p").class("lead").text(
        "What is screened: one record, field by field. A field that may be missing leaves the rules that ask for it open where it is.",
    ));
    let mut records: Vec<&Declared> = book.sources.of_kinds(&[Kind::Record]).collect();
    records.sort_by_key(|item| item.name.as_deref() != Some(&*model.record.name));
    for item in records {
        let name = item.name.as_deref().unwrap_or_default();
        let fields = match *name == *model.record.name {
            true => Some(&model.record.fields),
            false => {
                let mut nested = model.nested.values();
                nested.find(|it| *it.name == *name).map(|it| &it.fields)
            }
        };
        let Some(fields) = fields else { continue };
        let id = anchor(Kind::Record, name);
        entries.push(Entry {
            name: name.to_owned(),
            kind: "record",
            to: format!("{RECORD}#{id}"),
            text: item.doc.clone().unwrap_or_default(),
        });
        main.add(heading("h2", &id, name, None).id(&id));
        main.add(said(item));
        main.add(fields_table(model, name, fields, entries));
    }
    book.page(RECORD, "Record", main)
}

fn fields_table(
    model: &Model,
    record: &str,
    fields: &Arena<Field>,
    entries: &mut Vec<Entry>,
) -> Html {
    let has_columns = fields.values().any(|field| field.column != field.name);
    let rows: Vec<Html> = fields
        .values()
        .map(|field| {
            let id = field_anchor(record, &field.name);
            entries.push(Entry {
                name: field.name.to_string(),
                kind: "field",
                to: format!("{RECORD}#{id}"),
                text: field.doc.as_deref().unwrap_or_default().to_owned(),
            });
            let doc = field.doc.as_deref().map(comment);
            el("tr")
                .id(&id)
                .with(row_head(code(&field.name)))
                .with(cell(field_type(model, field)))
                .with(cell(Html::text(missing(field))))
                .with(has_columns.then(|| cell(column(field))))
                .with(cell(Html::from(doc)))
                .into()
        })
        .collect();
    let columns: &[&str] = match has_columns {
        true => &["Field", "Type", "Missing", "Column", "What it is"],
        false => &["Field", "Type", "Missing", "What it is"],
    };
    table(&format!("Fields of {record}"), columns, rows)
}

fn missing(field: &Field) -> &'static str {
    match (field.role, field.optional) {
        (FieldRole::Key, _) => "never: the key",
        (FieldRole::AsOf, _) => "never: the day whose law applies",
        (FieldRole::Plain | FieldRole::Value, true) => "may be missing",
        (FieldRole::Plain | FieldRole::Value, false) => "never",
    }
}

fn column(field: &Field) -> Html {
    match field.column == field.name {
        true => Html::new(),
        false => Html::text(&field.column),
    }
}

/// A type, with a link to where it is declared.
fn field_type(model: &Model, field: &Field) -> Html {
    let name = match field.unit {
        Some(unit) => format!("mass {}", unit.symbol()),
        None => type_name(model, field.ty),
    };
    let to = match field.ty {
        Type::Enum(id) => {
            let anchor = anchor(Kind::Enum, &model.enums[id].name);
            Some(format!("{VOCABULARY}#{anchor}"))
        }
        Type::Code(id) if model.systems[id].span.is_some() => {
            let anchor = anchor(Kind::Codes, &model.systems[id].name);
            Some(format!("{VOCABULARY}#{anchor}"))
        }
        Type::List(id) => {
            let anchor = anchor(Kind::Record, &model.nested[id].name);
            Some(format!("#{anchor}"))
        }
        _ => None,
    };
    match to {
        Some(to) => el("a").attr("href", to).with(code(name)).into(),
        None => code(name).into(),
    }
}

/// The page of verdicts, named values and code systems.
pub(super) fn vocabulary(book: &Book<'_>, entries: &mut Vec<Entry>) -> HandbookFile {
    let model = book.model;
    let mut main: Html = el("h1").text("Vocabulary").into();
    main.add(
        el("p")
            .class("lead")
            .text("The verdicts, and the values that fields may have."),
    );
    main.add(el("h2").id("verdicts").text("Verdicts"));
    main.add(verdicts(book, entries));
    for item in book.sources.of_kinds(&[Kind::Enum, Kind::Codes]) {
        let name = item.name.as_deref().unwrap_or_default();
        let id = anchor(item.kind, name);
        let own = format!("{VOCABULARY}#{id}");
        entries.push(Entry {
            name: name.to_owned(),
            kind: item.kind.word(),
            to: own.clone(),
            text: item.doc.clone().unwrap_or_default(),
        });
        let article = el("article")
            .id(&id)
            .with(heading("h2", &id, name, None))
            .with(said(item));
        main.add(match item.kind {
            Kind::Enum => article.with(values(model, item, entries)),
            _ => article.with(book.listing(None, item, &own)),
        });
    }
    book.page(VOCABULARY, "Vocabulary", main)
}

fn verdicts(book: &Book<'_>, entries: &mut Vec<Entry>) -> Html {
    let model = book.model;
    let rows: Vec<Html> = (0..model.verdicts.len())
        .rev()
        .map(|at| {
            let verdict = Verdict(at as u8);
            let name = model.verdict_name(verdict);
            let id = verdict_anchor(name);
            let mut said = Vec::new();
            if verdict == model.otherwise {
                said.push("where no rule applies");
            }
            if verdict == model.when_unknown {
                said.push("where nobody can tell whether a more severe rule applies");
            }
            entries.push(Entry {
                name: name.to_owned(),
                kind: "verdict",
                to: format!("{VOCABULARY}#{id}"),
                text: said.join("; "),
            });
            let rules = model.rules.values();
            let rules = rules
                .filter(|rule| rule.then.as_ref().and_then(|then| then.fixed()) == Some(verdict));
            el("tr")
                .id(&id)
                .with(row_head(badge(model, verdict)))
                .with(cell(Html::text(said.join("; "))))
                .with(crate::report::html::number(rules.count() as u64))
                .into()
        })
        .collect();
    let mut html = table(
        "Verdicts, the most severe first: of several the most severe counts",
        &["Verdict", "When", "#Rules"],
        rows,
    );
    for item in book.sources.of_kinds(&[Kind::Verdicts]) {
        html.add(said(item));
    }
    html
}

fn values(model: &Model, item: &Declared, entries: &mut Vec<Entry>) -> Html {
    let of = item.name.as_deref().unwrap_or_default();
    let mut enums = model.enums.values();
    let is_ordered = enums.any(|it| *it.name == *of && it.ordered);
    let rows: Vec<Html> = item
        .members
        .iter()
        .map(|inner| {
            let id = value_anchor(of, &inner.name);
            entries.push(Entry {
                name: inner.name.clone(),
                kind: "value",
                to: format!("{VOCABULARY}#{id}"),
                text: inner.doc.clone().unwrap_or_default(),
            });
            let spellings = inner.spellings.iter().map(|text| code(text).into());
            let row: Element = el("tr").id(&id).with(row_head(code(&inner.name)));
            row.with(cell(Html::joined(spellings, ", ")))
                .with(cell(Html::from(inner.doc.as_deref().map(comment))))
                .into()
        })
        .collect();
    let caption = match is_ordered {
        true => format!("Values of {of}, from least to greatest"),
        false => format!("Values of {of}"),
    };
    table(
        &caption,
        &["Value", "Also written in data", "What it is"],
        rows,
    )
}
