//! Sets with their members by day, and reference data: lists, tables from files, closures, calendars.

use super::names::{LISTS as LISTS_PAGE, SETS as SETS_PAGE, anchor};
use super::search::Entry;
use super::source::{Declared, Kind};
use super::{Book, HandbookFile, facts, heading, said};
use crate::domain::{Country, Windows};
use crate::model::print::value;
use crate::model::{DataFile, Element, List, Model, NamedCalendar, NamedSet, SetExpr, Type, Value};
use crate::report::html::{Html, cell, code, el, link, table, with_days};
use crate::report::words::of;
use std::collections::BTreeMap;

/// What stands on the page of sets.
pub(super) const SETS: &[Kind] = &[Kind::Set];
/// What stands on that of lists.
pub(super) const LISTS: &[Kind] = &[Kind::List, Kind::Closure, Kind::Calendar];
/// So many rows of a list are shown.
const MAX_ROWS: usize = 40;

/// A link to a set or a list.
pub(super) fn link_to(kind: Kind, name: &str) -> Html {
    let page = match kind {
        Kind::Set => SETS_PAGE,
        _ => LISTS_PAGE,
    };
    let to = format!("{page}#{}", anchor(kind, name));
    el("a").attr("href", to).with(code(name)).into()
}

/// The page of sets, if there are any.
pub(super) fn sets(book: &Book<'_>, entries: &mut Vec<Entry>) -> Option<HandbookFile> {
    let lead = "Groups of countries, codes and named values that rules ask about, with the days on which each member belongs.";
    page(
        book,
        entries,
        (SETS_PAGE, "Sets", lead, SETS),
        |book, item| {
            let mut sets = book.model.sets.values();
            let set = sets.find(|set| set.span == item.span);
            set.map(|set| members(book.model, set)).unwrap_or_default()
        },
    )
}

/// The page of lists, if there are any.
pub(super) fn lists(book: &Book<'_>, entries: &mut Vec<Entry>) -> Option<HandbookFile> {
    let lead = "Reference data that is read from files: whom and what the rules look up, and the days that are not working days.";
    page(
        book,
        entries,
        (LISTS_PAGE, "Lists", lead, LISTS),
        |book, item| {
            let mut lists = book.model.lists.values();
            let mut calendars = book.model.calendars.values();
            if let Some(list) = lists.find(|list| list.head.span == item.span) {
                return of_list(book.model, list);
            }
            let calendar = calendars.find(|calendar| calendar.span == item.span);
            calendar.map(of_calendar).unwrap_or_default()
        },
    )
}

fn page(
    book: &Book<'_>,
    entries: &mut Vec<Entry>,
    (file, title, lead, kinds): (&str, &str, &str, &'static [Kind]),
    inside: impl Fn(&Book<'_>, &Declared) -> Html,
) -> Option<HandbookFile> {
    let items: Vec<&Declared> = book.sources.of_kinds(kinds).collect();
    let mut names: Vec<(&str, Kind)> = items
        .iter()
        .filter_map(|item| Some((item.name.as_deref()?, item.kind)))
        .collect();
    names.sort();
    if names.is_empty() {
        return None;
    }
    let mut main: Html = el("h1").text(title).into();
    main.add(el("p").class("lead").text(lead));
    let links = names.iter().map(|(name, kind)| {
        let to = format!("#{}", anchor(*kind, name));
        el("li").with(link(to, "").with(code(name)))
    });
    main.add(el("ul").class("names").all(links));
    for item in items {
        let name = item.name.as_deref().unwrap_or_default();
        let id = anchor(item.kind, name);
        let own = format!("{file}#{id}");
        entries.push(Entry {
            name: name.to_owned(),
            kind: item.kind.word(),
            to: own.clone(),
            text: item.doc.clone().unwrap_or_default(),
        });
        main.add(
            el("article")
                .id(&id)
                .with(heading("h2", &id, name, None))
                .with(said(item))
                .with(inside(book, item))
                .with(book.listing(None, item, &own)),
        );
    }
    Some(book.page(file, title, main))
}

/// Members by the days on which they belong. Of codes and texts, only what is written element by element.
fn members(model: &Model, set: &NamedSet) -> Html {
    let mut by_days: Vec<(Windows, Vec<Html>)> = Vec::new();
    let mut add = |windows: Windows, member: Html| {
        if windows.is_empty() {
            return;
        }
        match by_days.iter_mut().find(|(days, _)| *days == windows) {
            Some((_, members)) => members.push(member),
            None => by_days.push((windows, vec![member])),
        }
    };
    match set.element {
        Type::Country => {
            for country in Country::all() {
                let windows = days_of(model, &set.members, &Value::Country(country));
                add(windows, country_name(country));
            }
        }
        Type::Enum(id) => {
            for at in 0..model.enums[id].values.len() {
                let member = Value::Enum(at as u16);
                let windows = days_of(model, &set.members, &member);
                add(windows, code(value(model, set.element, &member)).into());
            }
        }
        _ => {
            let mut elements = Vec::new();
            if !flat(model, &set.members, &mut elements) {
                return el("p")
                    .class("soft")
                    .text("Its members follow from other sets, as below.")
                    .into();
            }
            for element in elements {
                add(
                    element.windows.clone(),
                    element_name(model, set.element, element),
                );
            }
        }
    }
    by_days.sort_by_key(|(days, _)| (!days.is_always(), days.to_string()));
    let rows = by_days.into_iter().map(|(days, members)| {
        let count = of(members.len() as u64, "member");
        el("tr")
            .with(
                el("th")
                    .attr("scope", "row")
                    .with(with_days(&days.to_string()))
                    .with(el("br"))
                    .with(el("span").class("soft").text(count)),
            )
            .with(cell(
                el("ul")
                    .class("members")
                    .all(members.into_iter().map(|member| el("li").with(member))),
            ))
            .into()
    });
    table(
        &format!("Members of {}, by the days on which they belong", set.name),
        &["Days", "Members"],
        rows,
    )
}

/// The days on which a value is in a set.
fn days_of(model: &Model, set: &SetExpr, member: &Value) -> Windows {
    match set {
        SetExpr::Elements(elements) => {
            let own = elements
                .iter()
                .filter(|it| it.value == *member && it.to.is_none());
            own.fold(Windows::empty(), |days, it| days.union(&it.windows))
        }
        SetExpr::Named(id) => days_of(model, &model.sets[*id].members, member),
        SetExpr::List(id) => {
            let rows = model.lists[*id].with_key(member, false);
            Windows::from_windows(rows.map(|row| row.window))
        }
        SetExpr::Union(a, b) => days_of(model, a, member).union(&days_of(model, b, member)),
        SetExpr::Difference(a, b) => days_of(model, a, member).subtract(&days_of(model, b, member)),
        SetExpr::Intersection(a, b) => {
            days_of(model, a, member).intersect(&days_of(model, b, member))
        }
    }
}

/// The elements of sets that are only joined; whether that is all there is.
fn flat<'m>(model: &'m Model, set: &'m SetExpr, elements: &mut Vec<&'m Element>) -> bool {
    match set {
        SetExpr::Elements(own) => {
            elements.extend(own);
            true
        }
        SetExpr::Named(id) => flat(model, &model.sets[*id].members, elements),
        SetExpr::Union(a, b) => flat(model, a, elements) && flat(model, b, elements),
        SetExpr::List(_) | SetExpr::Difference(..) | SetExpr::Intersection(..) => false,
    }
}

fn country_name(country: Country) -> Html {
    let mut html = Html::text(country.name());
    html.add_text(" ");
    html.add(code(country.to_string()));
    html
}

fn element_name(model: &Model, ty: Type, element: &Element) -> Html {
    let bare = |value_: &Value| match value_ {
        Value::Code(code) => code.to_string(),
        other => value(model, ty, other),
    };
    let mut html: Html = code(bare(&element.value)).into();
    if let Some(to) = &element.to {
        html.add_text(" to ");
        html.add(code(bare(to)));
    }
    html
}

fn file_facts(file: &DataFile) -> Vec<(&'static str, Html)> {
    let mut name = code(&*file.written).into();
    if let Some(sheet) = &file.sheet {
        name = Html::joined([name, Html::text(format!("sheet {sheet}"))], ", ");
    }
    vec![
        ("File", name),
        (
            "SHA-256",
            el("span").class("hash").text(&*file.sha256).into(),
        ),
    ]
}

/// Where a list or a table comes from, and its first rows.
fn of_list(model: &Model, list: &List) -> Html {
    let head = &list.head;
    let mut about = match head.file() {
        Some(file) => file_facts(file),
        None => Vec::new(),
    };
    if let Some(closure) = head.closure() {
        let of = closure
            .of
            .iter()
            .map(|id| link_to(Kind::List, model.lists[*id].name()));
        about.push(("Of", Html::joined(of, ", ")));
        let over = model.lists[closure.over].name();
        about.push(("Over", link_to(Kind::List, over)));
    }
    about.push(("Rows", Html::text(of(list.rows().len() as u64, "row"))));
    let mut html = facts(about);
    html.add(rows(model, list));
    html
}

/// The first rows of a list.
fn rows(model: &Model, list: &List) -> Html {
    if list.rows().is_empty() {
        return Html::new();
    }
    let head = &list.head;
    let columns: Vec<&str> = head.columns.values().map(|column| &*column.name).collect();
    let shown = list.rows().len().min(MAX_ROWS);
    let rows = list.rows().iter().take(shown).map(|row| {
        let cells = head.columns.iter().map(|(id, column)| match row.get(id) {
            Some(Value::Text(text)) => cell(Html::text(text)),
            Some(Value::Code(text)) => cell(Html::text(text.to_string())),
            Some(held) => cell(Html::text(value(model, column.ty, held))),
            None => cell(Html::text("")),
        });
        el("tr").all(cells).into()
    });
    let caption = match list.rows().len() > shown {
        true => format!(
            "The first {shown} of {}",
            of(list.rows().len() as u64, "row")
        ),
        false => format!("Rows of {}", head.name),
    };
    let table = table(&caption, &columns, rows);
    el("details")
        .with(el("summary").text("Rows"))
        .with(table)
        .into()
}

fn of_calendar(calendar: &NamedCalendar) -> Html {
    let mut about = file_facts(&calendar.file);
    let years: Vec<String> = calendar
        .calendar
        .years()
        .iter()
        .map(i32::to_string)
        .collect();
    about.push(("Years", Html::text(years.join(", "))));
    let days = |days: &[crate::domain::Day]| {
        let mut by_year: BTreeMap<i32, Vec<String>> = BTreeMap::new();
        for day in days {
            by_year.entry(day.year()).or_default().push(day.to_string());
        }
        let years = by_year.into_values();
        Html::joined(years.map(|days| Html::text(days.join(", "))), "; ")
    };
    about.push(("Nobody works on", days(calendar.calendar.closed())));
    about.push(("Everybody works on", days(calendar.calendar.worked())));
    facts(about)
}
