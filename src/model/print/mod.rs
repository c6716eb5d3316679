//! The model as text, for `emit model`, traces and snapshots.
//!
//! Close to the language, with everything resolved: tags as the rules that bear them, windows as unions, suspensions
//! with the days on which they suspend. Stable: the same model gives the same text.

mod expr;
mod rules;

pub use rules::time_text;

pub use expr::{expr, expr_of_element, name, quoted, row, set, value};

use super::{
    Closure, Define, Enum, ExprKind, Field, FieldRole, List, ListSource, Model, NamedCalendar,
    NestedId, Param, Policy, Total, TotalPeriod, Type, Value,
};
use crate::text::Arena;
use std::fmt::Write;

/// The whole model.
pub fn print(model: &Model) -> String {
    let mut out = String::new();
    for policy in model.policies.values() {
        print_policy(&mut out, policy);
    }
    print_record(&mut out, model, &model.record.name, &model.record.fields);
    for nested in nested_in(model, &model.record.fields) {
        let nested = &model.nested[nested];
        print_record(&mut out, model, &nested.name, &nested.fields);
    }
    for declared in model.enums.values() {
        print_enum(&mut out, declared);
    }
    for system in model.systems.values().filter(|it| it.span.is_some()) {
        let model = format!("{:?}", system.model).to_lowercase();
        line(
            &mut out,
            &format!("codes {} like {model}", name(&system.name)),
        );
    }
    let verdicts: Vec<String> = model.verdicts.iter().map(|it| name(it)).collect();
    line(&mut out, &format!("verdicts {}", verdicts.join(" < ")));
    let otherwise = model.verdict_name(model.otherwise);
    line(&mut out, &format!("otherwise {}", name(otherwise)));
    let unknown = model.verdict_name(model.when_unknown);
    line(&mut out, &format!("when unknown {}", name(unknown)));
    for declared in model.sets.values() {
        let ty = type_name(model, declared.element);
        let members = set(model, declared.element, &declared.members);
        line(
            &mut out,
            &format!("set {} of {ty} = {members}", name(&declared.name)),
        );
    }
    for list in model.lists.values() {
        print_list(&mut out, model, list);
    }
    for param in model.params.values() {
        print_param(&mut out, model, param);
    }
    for define in model.defines.values() {
        print_define(&mut out, model, define);
    }
    for calendar in model.calendars.values() {
        print_calendar(&mut out, calendar);
    }
    for rule in model.rules.ids() {
        rules::print_rule(&mut out, model, rule);
    }
    for suspension in model.suspensions.values() {
        rules::print_suspension(&mut out, model, suspension);
    }
    for test in &model.tests {
        rules::print_test(&mut out, model, test);
    }
    let order: Vec<String> = model
        .dependency_order
        .iter()
        .map(|rule| model.rule_name(*rule))
        .collect();
    if !order.is_empty() {
        line(
            &mut out,
            &format!("# worked out in the order {}", order.join(", ")),
        );
    }
    out
}

/// A type as an author would write it.
pub fn type_name(model: &Model, ty: Type) -> String {
    match ty {
        Type::Text { folded: false } => "text".into(),
        Type::Text { folded: true } => "text folded".into(),
        Type::Bool => "bool".into(),
        Type::Int => "int".into(),
        Type::Decimal => "decimal".into(),
        Type::Percent => "percent".into(),
        Type::Money(currency) => format!("money {currency}"),
        Type::Mass => "mass kg".into(),
        Type::Date => "date".into(),
        Type::Instant => "instant".into(),
        Type::Duration => "duration".into(),
        Type::Country => "country".into(),
        Type::Code(system) => name(&model.systems[system].name),
        Type::Enum(id) => name(&model.enums[id].name),
        Type::Verdict => "verdict".into(),
        Type::List(id) => format!("list of {}", name(&model.nested[id].name)),
        Type::Element(id) => name(&model.nested[id].name),
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn print_policy(out: &mut String, policy: &Policy) {
    let _ = writeln!(out, "policy {} {{", name(&policy.name));
    for (key, value) in [
        ("title", &policy.title),
        ("version", &policy.version),
        ("authority", &policy.authority),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "  {key} {}", quoted(value));
        }
    }
    if let Some(zone) = &policy.zone {
        let _ = writeln!(out, "  zone {}", quoted(zone.name()));
    }
    line(out, "}");
}

/// The record types in the lists of a record, each once, lists in lists after the list they stand in.
fn nested_in(model: &Model, fields: &Arena<Field>) -> Vec<NestedId> {
    let mut found: Vec<NestedId> = Vec::new();
    let mut at = 0;
    let add = |fields: &Arena<Field>, found: &mut Vec<NestedId>| {
        for field in fields.values() {
            if let Type::List(nested) = field.ty
                && !found.contains(&nested)
            {
                found.push(nested);
            }
        }
    };
    add(fields, &mut found);
    while let Some(nested) = found.get(at).copied() {
        add(&model.nested[nested].fields, &mut found);
        at += 1;
    }
    found
}

fn print_record(out: &mut String, model: &Model, called: &str, fields: &Arena<Field>) {
    let _ = writeln!(out, "record {} {{", name(called));
    print_fields(out, model, fields);
    line(out, "}");
}

fn print_fields(out: &mut String, model: &Model, fields: &Arena<Field>) {
    for field in fields.values() {
        let role = match field.role {
            FieldRole::Key => "key ",
            FieldRole::AsOf => "as of ",
            FieldRole::Value => "value ",
            FieldRole::Plain => "",
        };
        let mut ty = match field.unit {
            Some(unit) => format!("mass {unit}"),
            None => type_name(model, field.ty),
        };
        for (holds, word) in [
            (field.percent_of_one, " of 1"),
            (field.signed, " signed"),
            (field.optional, "?"),
        ] {
            if holds {
                ty.push_str(word);
            }
        }
        let _ = write!(out, "  {role}{} : {ty}", name(&field.name));
        if field.column != field.name {
            let _ = write!(out, " from {}", quoted(&field.column));
        }
        out.push('\n');
    }
}

/// A closure with what it follows from, how many rows it has, and how many of them only may be in it.
fn print_closure(out: &mut String, model: &Model, list: &List, closure: &Closure) {
    let over = &model.lists[closure.over].head;
    let of = closure.of.iter().map(|id| name(model.lists[*id].name()));
    let of: Vec<String> = of.collect();
    let (own, of, from) = (name(list.name()), of.join(", "), name(&over.name));
    let _ = writeln!(out, "closure {own} of {of} over {from} {{");
    let column = |id| name(&over.columns[id].name);
    let _ = writeln!(out, "  owner {}", column(closure.owner));
    let _ = writeln!(out, "  owned {}", column(closure.owned));
    let _ = writeln!(out, "  share {}", column(closure.share));
    let sign = if closure.bound.exceeded { ">" } else { ">=" };
    let share = Value::Number(closure.bound.share.clone());
    let share = value(model, Type::Percent, &share);
    let _ = writeln!(out, "  caught at {sign} {share}");
    for carried in closure.carried() {
        let carried = name(&list.head.columns[carried].name);
        let _ = writeln!(out, "  carries {carried} as most severe");
    }
    let (rows, open) = (list.rows(), list.rows().iter().filter(|row| !row.certain));
    let (rows, open) = (rows.len(), open.count());
    let _ = writeln!(out, "}} # {rows} rows, {open} of them unknown");
}

/// A list with where its rows come from and how many there are.
fn print_list(out: &mut String, model: &Model, list: &List) {
    let head = &list.head;
    let (noun, file) = match &head.source {
        ListSource::File(file) => ("list", file),
        ListSource::Table(file) => ("table", file),
        ListSource::Closure(closure) => return print_closure(out, model, list, closure),
    };
    let sheet = file.sheet.as_ref();
    let sheet = sheet.map_or(String::new(), |sheet| format!(" sheet {}", quoted(sheet)));
    let sha256 = &file.sha256;
    let file = quoted(&file.written);
    let _ = writeln!(out, "{noun} {} from {file}{sheet} {{", name(&head.name));
    print_fields(out, model, &head.columns);
    let column = |id| name(&head.columns[id].name);
    if let Some(valid) = head.valid {
        out.push_str("  valid");
        if let Some(from) = valid.from {
            let _ = write!(out, " from {}", column(from));
        }
        if let Some((end, included)) = valid.end {
            let word = if included { "through" } else { "until" };
            let _ = write!(out, " {word} {}", column(end));
        }
        out.push('\n');
    }
    if let Some(recorded) = head.recorded {
        let _ = writeln!(out, "  recorded {}", column(recorded));
    }
    let rows = list.rows().len();
    let _ = writeln!(out, "}} # {rows} rows, SHA-256 {sha256}");
}

fn print_enum(out: &mut String, declared: &Enum) {
    let (ordered, between) = match declared.ordered {
        true => (" ordered", " < "),
        false => ("", ", "),
    };
    let values: Vec<String> = declared
        .values
        .iter()
        .enumerate()
        .map(|(number, value)| {
            let spellings: Vec<String> = declared
                .spellings
                .iter()
                .filter(|(_, of)| usize::from(*of) == number)
                .map(|(spelling, _)| quoted(spelling))
                .collect();
            match spellings.as_slice() {
                [] => name(value),
                spellings => format!("{} as {}", name(value), spellings.join(" or ")),
            }
        })
        .collect();
    let values = values.join(between);
    let _ = writeln!(out, "enum {}{ordered} {{ {values} }}", name(&declared.name));
}

fn print_param(out: &mut String, model: &Model, param: &Param) {
    let steps: Vec<String> = param
        .steps
        .iter()
        .map(|(from, step)| {
            let step = value(model, param.ty, step);
            match from {
                Some(from) => format!("{step} from {from}"),
                None => step,
            }
        })
        .collect();
    let ty = type_name(model, param.ty);
    let steps = steps.join(", ");
    let _ = writeln!(out, "param {} : {ty} {{ {steps} }}", name(&param.name));
}

/// The days listed, by year.
fn print_calendar(out: &mut String, of: &NamedCalendar) {
    line(out, &format!("calendar {} {{", name(&of.name)));
    for (what, days) in [("", of.calendar.closed()), ("works ", of.calendar.worked())] {
        for days in days.chunk_by(|a, b| a.year() == b.year()) {
            let days: Vec<String> = days.iter().map(ToString::to_string).collect();
            line(out, &format!("  {what}{}", days.join(", ")));
        }
    }
    line(out, "}");
}

fn print_define(out: &mut String, model: &Model, define: &Define) {
    let parameters: Vec<String> = define
        .parameters
        .iter()
        .map(|it| format!("{} : {}", name(&it.name), type_name(model, it.ty)))
        .collect();
    let parameters = match parameters.as_slice() {
        [] => String::new(),
        parameters => format!("({})", parameters.join(", ")),
    };
    let ty = type_name(model, define.body.ty);
    if let ExprKind::Decide(decision) = &define.body.kind {
        let hit = decision.hit.word();
        let called = name(&define.name);
        line(out, &format!("table {called}{parameters} : {ty} {hit} {{"));
        for of in &decision.rows {
            line(out, &format!("  {}", row(model, &define.parameters, of)));
        }
        return line(out, "}");
    }
    if let ExprKind::Total(total) = &define.body.kind {
        return line(out, &total_text(model, &model.totals[*total]));
    }
    let body = expr(model, &define.parameters, &define.body);
    let _ = writeln!(
        out,
        "define {}{parameters} : {ty} = {body}",
        name(&define.name)
    );
}

/// `aggregate order_value : money USD = sum(value) where … over same order_id`
fn total_text(model: &Model, total: &Total) -> String {
    let value = total.kind.value();
    let value = value.map_or(String::new(), |value| expr(model, &[], value));
    let filter = total.filter.as_ref();
    let filter = filter.map_or(String::new(), |it| {
        format!(" where {}", expr(model, &[], it))
    });
    let keys: Vec<String> = total
        .keys
        .iter()
        .map(|key| {
            let field = name(&model.record.fields[key.field].name);
            match key.entry {
                true => format!("entry({field})"),
                false => field,
            }
        })
        .collect();
    let period = match total.period {
        None => String::new(),
        Some(TotalPeriod::CalendarYear) => " in the calendar year".to_owned(),
        Some(TotalPeriod::LastDays(days)) => format!(" in the last {days} days"),
    };
    format!(
        "aggregate {} : {} = {}({value}){filter} over same {}{period}",
        name(&total.name),
        type_name(model, total.ty),
        total.kind.word(),
        keys.join(", ")
    )
}
