//! What came of a run, section by section.

use super::{badge, heading, legend};
use crate::io::screening::Told;
use crate::model::{FieldId, Model, Type};
use crate::report::html::{Element, Html, cell, chart, code, el, number, prose, row_head, table};
use crate::report::words::{grouped, of, share};
use crate::screen::{Axis, Group, MAX_OPEN, Member, RuleCount};
use chart::Stack;
use std::cmp::Reverse;

/// So many values of a field have a row of their own.
const MAX_VALUES: usize = 10;
/// Over so many months, those without a record are shown as well.
const MAX_MONTHS: usize = 240;
/// So many reasons of rejects have a row of their own.
const MAX_REASONS: usize = 20;

/// The verdicts of all records.
pub(super) fn verdicts(told: &Told<'_>) -> Html {
    let (model, summary) = (told.screener.model(), told.summary);
    let stack = Stack {
        name: "all records".to_owned(),
        parts: summary.verdicts.iter().map(|(_, count)| *count).collect(),
    };
    let said: Vec<String> = summary
        .verdicts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {}", grouped(*count)))
        .collect();
    let bar = chart::bar(
        "verdicts-bar",
        "Records by verdict",
        &said.join(", "),
        &stack,
    );
    let rows = summary.verdicts.iter().enumerate().rev();
    let rows = rows.map(|(at, (_, count))| {
        el("tr")
            .with(row_head(badge(model, at)))
            .with(number(*count))
            .with(cell(Html::text(share(*count, summary.screened))).class("n"))
            .into()
    });
    let mut html: Html = el("figure").with(bar).into();
    let table = table(
        "Records by verdict, the most severe first",
        &["Verdict", "#Records", "#Share"],
        rows,
    );
    html.add(el("div").class("narrow").with(table));
    html
}

/// Verdicts by month.
pub(super) fn over_time(told: &Told<'_>) -> Html {
    let model = told.screener.model();
    let mut html = heading("time");
    let groups = told.figures.groups(told.screener);
    let months = groups.into_iter().find(|group| group.axis == Axis::Month);
    let months = months.map(|group| group.members).unwrap_or_default();
    if months.is_empty() {
        html.add(el("p").text("No record was screened."));
        return html;
    }
    html.add(el("p").class("soft").with(prose(&as_of_note(told))));
    let months = without_gaps(months, model.verdicts.len());
    let stacks: Vec<Stack> = months.iter().map(stack).collect();
    let busiest = months.iter().max_by_key(|month| month.records());
    let busiest = busiest.map(|month| {
        format!(
            "{} of {}, most in {}",
            of(months.len() as u64, "month"),
            of(told.summary.screened, "record"),
            month.name.as_deref().unwrap_or_default()
        )
    });
    let title = "Records by month and verdict";
    let chart = chart::columns("months", title, &busiest.unwrap_or_default(), &stacks);
    html.add(el("figure").with(chart).with(legend(model)));
    html.add(without_most(told, stacks));
    let busy: Vec<Member> = months
        .into_iter()
        .filter(|month| month.records() > 0)
        .collect();
    html.add(members(
        model,
        "Records by month and verdict",
        "Month",
        &busy,
    ));
    html
}

/// The same columns without the verdict of records on which no rule applies, where that is most of them.
fn without_most(told: &Told<'_>, mut stacks: Vec<Stack>) -> Html {
    let model = told.screener.model();
    let otherwise = usize::from(model.otherwise.0);
    let (name, count) = &told.summary.verdicts[otherwise];
    let rest = told.summary.screened - count;
    if count / 2 < rest || rest == 0 {
        return Html::new();
    }
    for stack in &mut stacks {
        stack.parts[otherwise] = 0;
    }
    let title = format!("The same without {name}");
    let chart = chart::columns("months-rest", &title, &of(rest, "record"), &stacks);
    el("figure")
        .with(chart)
        .with(el("figcaption").text(title))
        .into()
}

/// Whose month counts.
fn as_of_note(told: &Told<'_>) -> String {
    let model = told.screener.model();
    let field = &model.record.fields[model.record.as_of];
    let zone = model
        .policies
        .values()
        .next()
        .and_then(|policy| policy.zone.as_ref());
    match (told.screener.as_of(), zone) {
        (Some(day), _) => format!("All records were judged by the law of {day}."),
        (None, Some(zone)) if field.ty == Type::Instant => format!(
            "By the month of `{}`, of the day that it is in {}.",
            field.name,
            zone.name()
        ),
        (None, _) => format!("By the month of `{}`.", field.name),
    }
}

/// The months between the first and the last as well, unless they are very many.
fn without_gaps(months: Vec<Member>, verdicts: usize) -> Vec<Member> {
    let number = |month: &Member| -> Option<usize> {
        let (year, month) = month.name.as_deref()?.split_once('-')?;
        Some(year.parse::<usize>().ok()? * 12 + month.parse::<usize>().ok()?.checked_sub(1)?)
    };
    let ends = months
        .first()
        .and_then(number)
        .zip(months.last().and_then(number));
    let Some((first, last)) = ends.filter(|(first, last)| last - first < MAX_MONTHS) else {
        return months;
    };
    let mut known = months.into_iter().peekable();
    let all = (first..=last).map(|at| {
        let own = known.next_if(|month| number(month) == Some(at));
        own.unwrap_or_else(|| Member {
            name: Some(format!("{:04}-{:02}", at / 12, at % 12 + 1)),
            country: None,
            verdicts: vec![0; verdicts],
            open: 0,
        })
    });
    all.collect()
}

/// Verdicts by what telling fields hold.
pub(super) fn by_field(told: &Told<'_>) -> Html {
    let model = told.screener.model();
    let groups = told.figures.groups(told.screener);
    let fields: Vec<(FieldId, Group)> = groups
        .into_iter()
        .filter_map(|group| match group.axis {
            Axis::Field(field) => Some((field, group)),
            Axis::Month => None,
        })
        .collect();
    if fields.is_empty() {
        return Html::new();
    }
    let mut html = heading("fields");
    html.add(el("p").class("soft").text(format!(
        "Every field that the rules read and that is a country or one of a few named values, with the {MAX_VALUES} values that most records have."
    )));
    for (field, group) in fields {
        html.add(field_table(model, field, group));
    }
    html
}

fn field_table(model: &Model, field: FieldId, group: Group) -> Html {
    let field = &model.record.fields[field];
    let mut html: Html = el("h3").with(code(&field.name)).into();
    let mut values = group.members;
    values.sort_by_key(|value| Reverse(value.records()));
    let rest = values.split_off(values.len().min(MAX_VALUES));
    if !rest.is_empty() {
        values.push(together(&rest, model.verdicts.len()));
    }
    if let Some(doc) = &field.doc {
        html.add(el("p").class("soft").with(prose(doc)));
    }
    let caption = format!("Records by {} and verdict", field.name);
    html.add(members(model, &caption, "Value", &values));
    html
}

/// Values that have no row of their own.
fn together(rest: &[Member], verdicts: usize) -> Member {
    let mut all = Member {
        name: Some(of(rest.len() as u64, "other value")),
        country: None,
        verdicts: vec![0; verdicts],
        open: 0,
    };
    for member in rest {
        all.open += member.open;
        let counts = all.verdicts.iter_mut().zip(&member.verdicts);
        counts.for_each(|(all, more)| *all += more);
    }
    all
}

/// A row for each member: how many records, of which verdicts, how many open. Verdicts that no record has are left out.
fn members(model: &Model, caption: &str, first: &str, members: &[Member]) -> Html {
    let met = |at: &usize| members.iter().any(|member| member.verdicts[*at] > 0);
    let met: Vec<usize> = (0..model.verdicts.len()).filter(met).collect();
    let names = met.iter().map(|at| format!("#{}", model.verdicts[*at]));
    let names: Vec<String> = names.collect();
    let mut columns = vec![first, "", "#Records"];
    columns.extend(names.iter().map(String::as_str));
    columns.push("#Open");
    let most = members.iter().map(Member::records).max().unwrap_or(0);
    let rows = members.iter().map(|member| {
        let counts = met.iter().map(|at| number(member.verdicts[*at]));
        el("tr")
            .with(row_head(member_name(member)))
            .with(cell(chart::row_bar(&stack(member), most)))
            .with(number(member.records()))
            .all(counts)
            .with(number(member.open))
            .into()
    });
    table(caption, &columns, rows)
}

fn member_name(member: &Member) -> Html {
    match (&member.name, member.country) {
        (Some(code), Some(country)) => Html::text(format!("{country} ({code})")),
        (Some(name), None) => Html::text(name),
        (None, _) => el("em").text("missing").into(),
    }
}

fn stack(member: &Member) -> Stack {
    Stack {
        name: member.name.clone().unwrap_or_else(|| "missing".to_owned()),
        parts: member.verdicts.clone(),
    }
}

/// What each rule did.
pub(super) fn by_rule(told: &Told<'_>) -> Html {
    let summary = told.summary;
    let mut html = heading("rules");
    let did = |rule: &RuleCount| rule.applies + rule.open + rule.stopped > 0;
    let (busy, idle): (Vec<&RuleCount>, Vec<&RuleCount>) =
        summary.rules.iter().partition(|rule| did(rule));
    let all_idle = busy.is_empty();
    if all_idle {
        html.add(el("p").text("No rule applied, was open or was stopped."));
    } else {
        html.add(rule_table(&busy));
    }
    if !idle.is_empty() {
        let names = idle.iter().map(|rule| code(&rule.rule).into());
        html.add(
            el("details")
                .with(el("summary").text(format!(
                    "{} met no record",
                    of(
                        idle.len() as u64,
                        if all_idle { "rule" } else { "other rule" }
                    )
                )))
                .with(el("p").class("small").with(Html::joined(names, ", "))),
        );
    }
    html
}

fn rule_table(rules: &[&RuleCount]) -> Html {
    let rows = rules.iter().map(|rule| {
        let mut name: Html = code(&rule.rule).into();
        if !rule.title.is_empty() {
            name.add(el("br"));
            name.add(el("span").class("soft").text(&rule.title));
        }
        el("tr")
            .with(row_head(name))
            .with(number(rule.applies))
            .with(number(rule.open))
            .with(number(rule.stopped))
            .into()
    });
    table(
        "Records by what each rule came to, in the order of declaration",
        &["Rule", "#Applies", "#Open", "#Stopped"],
        rows,
    )
}

/// What keeps records open.
pub(super) fn missing(told: &Told<'_>) -> Html {
    let summary = told.summary;
    let mut html = heading("missing");
    if summary.missing.is_empty() {
        html.add(el("p").text("No rule was left open for lack of a fact."));
        return html;
    }
    html.add(el("p").class("soft").text(format!(
        "{} open: a rule may apply, and nobody can tell. A field settles a record if it alone keeps it open.",
        match summary.open {
            1 => "1 record is".to_owned(),
            open => format!("{} are", of(open, "record")),
        }
    )));
    let rows = summary.missing.iter().map(|field| {
        el("tr")
            .with(row_head(code(&field.field)))
            .with(number(field.records))
            .with(share_of(field.records, summary.open))
            .with(number(field.alone))
            .with(share_of(field.alone, summary.open))
            .into()
    });
    html.add(table(
        "Missing fields, first those that alone would settle most",
        &[
            "Field",
            "#Keeps open",
            "#Of all open",
            "#Alone would settle",
            "#Of all open",
        ],
        rows,
    ));
    html
}

fn share_of(part: u64, whole: u64) -> Element {
    cell(Html::text(share(part, whole))).class("n soft")
}

/// Open records by name.
pub(super) fn open_records(told: &Told<'_>) -> Html {
    let model = told.screener.model();
    let mut html = heading("open");
    let open = told.figures.open();
    if open.is_empty() {
        html.add(el("p").text("No record is open."));
        return html;
    }
    let shown = open.len() as u64;
    html.add(el("p").class("soft").text(match told.summary.open > shown {
        true => format!(
            "The first {shown} of {}: those that could become worst, then those that lack least.",
            grouped(told.summary.open)
        ),
        false => "Those first that could become worst, then those that lack least.".to_owned(),
    }));
    debug_assert!(open.len() <= MAX_OPEN);
    let rows = open.iter().map(|record| {
        let rules = record
            .rules
            .iter()
            .map(|rule| code(model.rule_name(*rule)).into());
        let missing = record.missing.iter().map(|field| code(field).into());
        el("tr")
            .with(row_head(Html::text(&record.key)))
            .with(cell(badge(model, usize::from(record.verdict.0))))
            .with(cell(badge(model, usize::from(record.at_most.0))))
            .with(cell(Html::joined(rules, ", ")))
            .with(cell(Html::joined(missing, ", ")))
            .with(cell(Html::text(format!("{}, row {}", record.file, record.row))).class("soft"))
            .into()
    });
    html.add(table(
        "Open records",
        &[
            "Record",
            "Verdict",
            "At most",
            "Rules left open",
            "Missing",
            "Where",
        ],
        rows,
    ));
    html
}

/// Rows that were not screened.
pub(super) fn rejects(told: &Told<'_>) -> Html {
    let mut html = heading("rejects");
    let reasons = told.figures.reasons();
    if reasons.is_empty() {
        html.add(el("p").text("No row was rejected."));
        return html;
    }
    html.add(el("p").class("soft").text(
        "A row that cannot be read is never screened as if it were clear. Of several mistakes in a row the first counts.",
    ));
    let more: u64 = reasons
        .iter()
        .skip(MAX_REASONS)
        .map(|(.., reason)| reason.rejects)
        .sum();
    let more = more + told.figures.other_reasons();
    let rows = reasons
        .iter()
        .take(MAX_REASONS)
        .map(|(field, expected, reason)| {
            let found = match reason.found.is_empty() {
                true => Html::text("nothing"),
                false => code(&reason.found).into(),
            };
            el("tr")
                .with(row_head(
                    field.map_or(Html::text("the row"), |field| code(field).into()),
                ))
                .with(cell(Html::text(expected)))
                .with(number(reason.rejects))
                .with(cell(found))
                .with(cell(Html::text(&reason.place)).class("soft"))
                .into()
        });
    html.add(table(
        "Rejected rows by reason",
        &["Field", "Expected", "#Rows", "Found, at first", "Where"],
        rows,
    ));
    if more > 0 {
        html.add(el("p").text(format!("{} for other reasons.", of(more, "row"))));
    }
    html.add(in_aggregates(told));
    html
}

/// What rejected rows mean for aggregates: each is a record that there may be.
fn in_aggregates(told: &Told<'_>) -> Html {
    let rejected = told.manifest.aggregates.unwrap_or_default();
    let said = [
        (
            rejected.in_part,
            "may count in aggregates: what would change with them is open.",
        ),
        (
            rejected.unreadable,
            "cannot be read at all, so no aggregate is known: mend them and screen the whole book again.",
        ),
    ];
    let said = said.into_iter().filter(|(rows, _)| *rows > 0);
    said.map(|(rows, what)| el("p").text(format!("{} {what}", of(rows, "rejected row"))))
        .collect()
}
