//! The parts of a tree that fit on one line, as text.

use crate::syntax::ast::{
    CellKind, ClauseKind, ClosureEntryKind, CodeModel, DurationUnit, EnumValue, Expr, ExprKind,
    Field, FieldPath, FieldRole, ItemKind, Literal, Name, PathPart, PeriodKind, RulePath, Str,
    Target, TargetKind, Type, TypeKind, Valid, Window, WindowEnd, Within,
};
use crate::syntax::token::Token;

/// A name, in backticks where the source has them.
pub(super) fn name(name: &Name) -> String {
    if name.quoted {
        format!("`{}`", name.text)
    } else {
        name.text.clone()
    }
}

/// A string in quotes.
pub(super) fn text(text: &Str) -> String {
    format!("{:?}", text.value)
}

/// `parts` with commas between them.
pub(super) fn joined<T>(parts: &[T], one: impl Fn(&T) -> String) -> String {
    let parts: Vec<_> = parts.iter().map(one).collect();
    parts.join(", ")
}

pub(super) fn rule_path(path: &RulePath) -> String {
    let rule = match &path.policy {
        Some(policy) => format!("{}.{}", name(policy), name(&path.rule)),
        None => name(&path.rule),
    };
    match &path.element {
        Some(element) => format!("{rule}[{}]", rule_element(element)),
        None => rule,
    }
}

fn rule_element(element: &Expr) -> String {
    match &element.kind {
        ExprKind::Name(one) => name(one),
        ExprKind::AsOf => "as_of".to_owned(),
        ExprKind::Literal(one) => literal(one),
        other => unreachable!("internal error: {other:?} as an element"),
    }
}

pub(super) fn field_path(path: &FieldPath) -> String {
    let parts: Vec<_> = path.parts.iter().map(path_part).collect();
    parts.join(".")
}

fn path_part(part: &PathPart) -> String {
    match &part.index {
        Some(index) => format!("{}[{}]", name(&part.name), index.value.digits),
        None => name(&part.name),
    }
}

/// The first line of a declaration.
pub(super) fn item_head(kind: &ItemKind) -> String {
    match kind {
        ItemKind::Policy(header) => format!("policy {}", name(&header.name)),
        ItemKind::Import(import) => format!("import {}", text(&import.path)),
        ItemKind::Record(record) => format!("record {}", name(&record.name)),
        ItemKind::Enum(one) if one.ordered => format!("enum {} ordered", name(&one.name)),
        ItemKind::Enum(one) => format!("enum {}", name(&one.name)),
        ItemKind::Verdicts(verdicts) => format!("verdicts {}", joined(&verdicts.names, name)),
        ItemKind::Otherwise(otherwise) => format!("otherwise {}", name(&otherwise.verdict)),
        ItemKind::WhenUnknown(unknown) => format!("when unknown {}", name(&unknown.verdict)),
        ItemKind::Codes(codes) => format!("codes {} {}", name(&codes.name), model(&codes.model)),
        ItemKind::Set(set) => format!("set {} of {}", name(&set.name), ty(&set.element)),
        ItemKind::List(list) => {
            let sheet = list.sheet.as_ref();
            let sheet = sheet.map_or(String::new(), |sheet| format!(" sheet {}", text(sheet)));
            let (noun, path) = (list.noun(), text(&list.path));
            format!("{noun} {} from {path}{sheet}", name(&list.name))
        }
        ItemKind::Param(param) => format!("param {} : {}", name(&param.name), ty(&param.ty)),
        ItemKind::Define(define) => {
            let params = define.params.as_ref().map(|params| {
                joined(params, |one| {
                    format!("{} : {}", name(&one.name), ty(&one.ty))
                })
            });
            let params = params.map_or(String::new(), |params| format!("({params})"));
            let result = define.ty.as_ref();
            let result = result.map_or(String::new(), |result| format!(" : {}", ty(result)));
            format!("define {}{params}{result}", name(&define.name))
        }
        ItemKind::Closure(closure) => format!(
            "closure {} of {} over {}",
            name(&closure.name),
            joined(&closure.of, name),
            name(&closure.over)
        ),
        ItemKind::Aggregate(aggregate) => format!(
            "aggregate {} : {}",
            name(&aggregate.name),
            ty(&aggregate.ty)
        ),
        ItemKind::Calendar(calendar) => {
            format!(
                "calendar {} from {}",
                name(&calendar.name),
                text(&calendar.path)
            )
        }
        ItemKind::Table(table) => {
            let params = joined(&table.params, |one| {
                format!("{} : {}", name(&one.name), ty(&one.ty))
            });
            let hit = table.hit.map_or("", |hit| hit.as_str());
            format!(
                "table {}({params}) : {} {hit}",
                name(&table.name),
                ty(&table.ty)
            )
        }
        ItemKind::Rule(rule) => format!("rule {}{}", name(&rule.name), title(&rule.title)),
        ItemKind::Exception(one) => {
            let targets = joined(&one.targets, target);
            format!(
                "exception {}{} to {targets}",
                name(&one.name),
                title(&one.title)
            )
        }
        ItemKind::Suspension(one) => {
            let targets = joined(&one.targets, target);
            format!(
                "suspension {}{} of {targets}",
                name(&one.name),
                title(&one.title)
            )
        }
        ItemKind::Case(case) => format!("case {}", name(&case.name)),
        ItemKind::Test(test) => format!("test{}", title(&test.title)),
    }
}

fn title(title: &Option<Str>) -> String {
    title
        .as_ref()
        .map_or(String::new(), |title| format!(" {}", text(title)))
}

fn model(model: &CodeModel) -> String {
    match model {
        CodeModel::Like(other) => format!("like {}", name(other)),
        CodeModel::Segmented(_) => "segmented".to_owned(),
    }
}

fn target(target: &Target) -> String {
    match &target.kind {
        TargetKind::Named(path) => rule_path(path),
        TargetKind::Tagged(tag) => format!("tagged {}", name(tag)),
        TargetKind::ExceptionsTagged(tag) => format!("exceptions tagged {}", name(tag)),
    }
}

/// ` as "MIL" or "M"`.
pub(super) fn spellings(value: &EnumValue) -> String {
    let all: Vec<_> = value.spellings.iter().map(text).collect();
    if all.is_empty() {
        String::new()
    } else {
        format!(" as {}", all.join(" or "))
    }
}

pub(super) fn field(field: &Field) -> String {
    let role = match field.role {
        FieldRole::Plain => "",
        FieldRole::Key => "key ",
        FieldRole::AsOf => "as of ",
        FieldRole::Value => "value ",
    };
    let column = field.column.as_ref();
    let column = column.map_or(String::new(), |column| format!(" from {}", text(column)));
    format!("{role}{} : {}{column}", name(&field.name), ty(&field.ty))
}

/// `valid from listed until delisted`.
pub(super) fn valid(valid: &Valid) -> String {
    let from = valid.from.as_ref();
    let from = from.map_or(String::new(), |column| format!(" from {}", name(column)));
    let end = valid
        .end
        .as_ref()
        .map_or(String::new(), |(column, included)| {
            let word = if *included { "through" } else { "until" };
            format!(" {word} {}", name(column))
        });
    format!("valid{from}{end}")
}

/// `owner owner_id`; of `caught at >= 50%` what comes before the share.
pub(super) fn closure_entry(entry: &ClosureEntryKind) -> String {
    match entry {
        ClosureEntryKind::Owner(column) => format!("owner {}", name(column)),
        ClosureEntryKind::Owned(column) => format!("owned {}", name(column)),
        ClosureEntryKind::Share(column) => format!("share {}", name(column)),
        ClosureEntryKind::CaughtAt { op, .. } => format!("caught at {}", op.value.as_str()),
        ClosureEntryKind::Carries(column) => format!("carries {} as most severe", name(column)),
    }
}

/// `in the calendar year`, `in the last 30 days`.
pub(super) fn period(period: &PeriodKind) -> String {
    match period {
        PeriodKind::CalendarYear => "in the calendar year".to_owned(),
        PeriodKind::Last {
            amount, unit: of, ..
        } => {
            format!("in the last {} {}", amount.digits, unit(*of))
        }
    }
}

/// A type, `?` included.
fn ty(ty: &Type) -> String {
    let optional = if ty.optional.is_some() { "?" } else { "" };
    format!("{}{optional}", type_kind(&ty.kind))
}

fn type_kind(kind: &TypeKind) -> String {
    let signs = |signed: bool| if signed { " signed" } else { "" };
    let plain = match kind {
        TypeKind::Text { folded: true } => "text folded",
        TypeKind::Text { folded: false } => "text",
        TypeKind::Bool => "bool",
        TypeKind::Int => "int",
        TypeKind::Decimal => "decimal",
        TypeKind::Date => "date",
        TypeKind::Instant => "instant",
        TypeKind::Duration => "duration",
        TypeKind::Country => "country",
        TypeKind::Hs => "hs",
        TypeKind::Eccn => "eccn",
        TypeKind::Error => "error",
        TypeKind::Percent { of_one, signed } => {
            let of_one = if *of_one { " of 1" } else { "" };
            return format!("percent{of_one}{}", signs(*signed));
        }
        TypeKind::Money { currency, signed } => {
            return format!("money {}{}", name(currency), signs(*signed));
        }
        TypeKind::Mass { unit, signed } => {
            return format!("mass {}{}", name(unit), signs(*signed));
        }
        TypeKind::List(record) => return format!("list of {}", name(record)),
        TypeKind::Named(declared) => return format!("named {}", name(declared)),
    };
    plain.to_owned()
}

/// `from 2025-01-01 until 2026-01-01`.
pub(super) fn window(window: &Window) -> String {
    let from = window.from.as_ref();
    let from = from.map(|day| format!("from {}", day.value));
    let end = window.end.as_ref().map(|end| match end {
        WindowEnd::Until(day) => format!("until {}", day.value),
        WindowEnd::Through(day) => format!("through {}", day.value),
    });
    let parts: Vec<_> = from.into_iter().chain(end).collect();
    parts.join(" ")
}

/// The first line of a clause.
pub(super) fn clause_head(kind: &ClauseKind) -> String {
    match kind {
        ClauseKind::Cites(texts) => format!("cites {}", joined(texts, text)),
        ClauseKind::Tags(tags) => format!("tags {}", joined(tags, name)),
        ClauseKind::InForce(days) => format!("in force {}", window(days)),
        ClauseKind::Suspended(days) => format!("suspended {}", window(days)),
        ClauseKind::From(days) => format!("window {}", window(days)),
        ClauseKind::ForEach { element, of } => {
            format!("for each {} in {}", name(element), name(of))
        }
        ClauseKind::When(_) => "when".to_owned(),
        ClauseKind::Unless(_) => "unless".to_owned(),
        ClauseKind::Then { .. } => "then".to_owned(),
        ClauseKind::IfUnknown(verdict) => format!("if unknown {}", name(verdict)),
        ClauseKind::Obliges { within, .. } => {
            let within = within.as_ref().map_or(String::new(), self::within);
            format!("obliges{within}")
        }
        ClauseKind::Note { key, .. } => format!("note {}", name(key)),
        ClauseKind::Weight(weight) => format!("weight {}", name(weight)),
        ClauseKind::Error => "error".to_owned(),
    }
}

fn within(within: &Within) -> String {
    let after = within.after.as_ref();
    let after = after.map_or(String::new(), |field| {
        format!(" after {}", field_path(field))
    });
    let amount = &within.amount.digits;
    match &within.calendar {
        Some(calendar) => format!(" within {amount} working days of {}{after}", name(calendar)),
        None => format!(" within {amount} {}{after}", unit(within.unit)),
    }
}

fn unit(unit: DurationUnit) -> &'static str {
    match unit {
        DurationUnit::Days => "days",
        DurationUnit::Months => "months",
        DurationUnit::Years => "years",
    }
}

/// The first line of a cell.
pub(super) fn cell_head(kind: &CellKind) -> String {
    let negated = |negated: &bool| if *negated { "not " } else { "" };
    match kind {
        CellKind::Any => "_".to_owned(),
        CellKind::Missing { negated: not } => format!("{}missing", negated(not)),
        CellKind::Value { to: None, .. } => "value".to_owned(),
        CellKind::Value { to: Some(_), .. } => "range".to_owned(),
        CellKind::Compare { op, .. } => op.as_str().to_owned(),
        CellKind::In { negated: not, .. } => format!("{}in", negated(not)),
        CellKind::Under { negated: not, .. } => format!("{}under", negated(not)),
        CellKind::Text {
            op, negated: not, ..
        } => format!("{}{}", negated(not), op.as_str()),
        CellKind::Between { .. } => "between".to_owned(),
    }
}

/// The first line of `given` and of `beside`.
pub(super) fn given(word: &str, base: Option<&Name>, with: bool) -> String {
    match base {
        Some(base) if with => format!("{word} {} with", name(base)),
        Some(base) => format!("{word} {}", name(base)),
        None => word.to_owned(),
    }
}

pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Number(number) => format!("number {}", number.digits),
        Literal::Percent(number) => format!("percent {}", number.digits),
        Literal::Money { amount, currency } => format!("money {} {currency}", amount.digits),
        Literal::Mass { amount, unit } => format!("mass {} {unit}", amount.digits),
        Literal::Duration { amount, unit: of } => {
            format!("duration {} {}", amount.digits, unit(*of))
        }
        Literal::Date(day) => format!("date {day}"),
        Literal::Str(text) => format!("text {text:?}"),
        Literal::Bool(value) => format!("bool {value}"),
    }
}

/// What kind of token it is, in one word.
pub(super) fn token_kind(token: Token<'_>) -> &'static str {
    match token {
        Token::Word => "word",
        Token::Quoted => "quoted",
        Token::Label => "label",
        Token::Kw(_) => "keyword",
        Token::Str => "string",
        Token::Number(_) => "number",
        Token::Percent(_) => "percent",
        Token::Money(..) => "money",
        Token::Mass(..) => "mass",
        Token::Duration(..) => "duration",
        Token::Date(_) => "date",
        Token::Equal
        | Token::NotEqual
        | Token::Less
        | Token::LessEqual
        | Token::Greater
        | Token::GreaterEqual => "compare",
        Token::Plus | Token::Minus | Token::Star | Token::Slash | Token::Ampersand => "operator",
        Token::Comma
        | Token::Colon
        | Token::Dot
        | Token::Question
        | Token::OpenParen
        | Token::CloseParen
        | Token::OpenBrace
        | Token::CloseBrace
        | Token::OpenBracket
        | Token::CloseBracket
        | Token::Arrow
        | Token::Semicolon
        | Token::Cursor => "mark",
    }
}
