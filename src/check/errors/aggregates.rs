//! Messages about aggregates over the records of a run.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

pub(crate) fn aggregate_function(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::AGGREGATE_FORM,
        format!("an aggregate is no `{name}`"),
        span,
        "nothing that is made of several records",
    );
    match near {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .guess(span, near),
        None => diagnostic.help("write `sum(VALUE)`, `min(VALUE)`, `max(VALUE)` or `count()`"),
    }
}

pub(crate) fn count_of_what(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_FORM,
        "`count` counts records, whatever is in them",
        span,
        "there is nothing to be said here",
    )
    .help("write `count()`, and behind `where` which records count: `count() where value is known`")
}

pub(crate) fn aggregate_key(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_KEY,
        "what records have in common is a field of theirs, or the entry of a code",
        span,
        "this is neither",
    )
    .help("write the name of a field, or `entry(FIELD)`")
}

pub(crate) fn aggregate_key_twice(first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_KEY,
        "a key that stands there already",
        second,
        "this is a second one",
    )
    .label(first, "the first one is here")
    .help("leave one of them out")
}

pub(crate) fn aggregate_key_type(span: Span, found: &str, why: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_KEY,
        format!("records cannot have this in common: {why}"),
        span,
        format!("this is {found}"),
    )
    .label(declared, "it is declared here")
    .help("take another field, such as a text, a code or a country")
}

pub(crate) fn aggregate_unit(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_PERIOD,
        "the last records are counted by days",
        span,
        "these are not days",
    )
    .help("write `in the last 365 days`, or `in the calendar year`")
}

pub(crate) fn aggregate_days(span: Span, most: u32) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_PERIOD,
        format!("a period of days is a whole number of them, from 1 to {most}"),
        span,
        "this number",
    )
    .help("write `in the last 30 days`, or leave the period out where all records count")
}

/// `what`: "another aggregate".
pub(crate) fn aggregate_depends(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_DEPENDS,
        format!("an aggregate is made of records as they stand, not of {what}"),
        span,
        format!("this asks for {what}"),
    )
    .help("ask it of the record in the rule, beside the aggregate")
}
