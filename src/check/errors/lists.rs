//! Messages about lists, their elements, and what asks about them.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

/// Something else than a list behind `in`. `used_by`: "`any`".
pub(crate) fn not_a_list(span: Span, found: &str, used_by: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NOT_A_LIST,
        format!("{used_by} goes over a list, and this is {found}"),
        span,
        format!("this is {found}"),
    )
    .help("name a field of the type `list of …`; a set is asked with `in`")
}

/// A list where a value is needed; `name` as written.
pub(crate) fn list_as_value(span: Span, name: &str, called: &str) -> Diagnostic {
    Diagnostic::new(
        &code::LIST_AS_VALUE,
        format!("a single value is needed here, and `{name}` is {called}"),
        span,
        format!("this is {called}"),
    )
    .help(format!(
        "ask about its elements with `any x in {name} satisfies …`, or count them with `count(x in {name})`"
    ))
}

/// An element where a value is needed; `field`: one of its fields.
pub(crate) fn element_as_value(
    span: Span,
    name: &str,
    called: &str,
    field: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::LIST_AS_VALUE,
        format!("a single value is needed here, and `{name}` is {called}"),
        span,
        format!("this is {called}"),
    );
    match field {
        Some(field) => diagnostic.help(format!("name one of its fields, such as `{name}.{field}`")),
        None => diagnostic.help("name one of its fields"),
    }
}

/// `components.value`: a field of a list, not of an element of it.
pub(crate) fn field_of_list(span: Span, name: &str, field: &str) -> Diagnostic {
    Diagnostic::new(
        &code::LIST_AS_VALUE,
        format!("`{name}` is a list, and only its elements have fields"),
        span,
        "this is a list",
    )
    .help(format!(
        "give its elements a name: `any x in {name} satisfies x.{field} …`, `sum(x.{field} for x in {name})`"
    ))
}

/// `avg(x.value for x in components)`
pub(crate) fn unknown_aggregate(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_FUNCTION,
        format!("`{name}` makes nothing of a list"),
        span,
        "not an aggregate",
    );
    match (name, near) {
        ("avg" | "average" | "mean", _) => {
            diagnostic.help("divide: `sum(x.value for x in LIST) / count(x in LIST)`")
        }
        (_, Some(near)) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .guess(span, near),
        (_, None) => diagnostic.help("write `sum`, `count`, `min` or `max`"),
    }
}

/// `count(x.value for x in components)`
pub(crate) fn count_with_value(span: Span, binder: &str, list: &str) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_OF_WHAT,
        "`count` counts the elements of a list, whatever they hold",
        span,
        "nothing of this is counted",
    )
    .help(format!(
        "write `count({binder} in {list})`, or `count({binder} in {list} where …)` for some of them"
    ))
}

/// `sum(components)`
pub(crate) fn aggregate_without_list(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::AGGREGATE_OF_WHAT,
        format!("`{name}` does not say over which list it goes"),
        span,
        "no `for x in LIST` follows",
    )
    .help(format!(
        "write `{name}(x.value for x in LIST)`, or `{name}(x.value for x in LIST where …)`"
    ))
}

/// A record that stands in one of its own lists, perhaps through others; each step with its place.
pub(crate) fn record_cycle(round: &[(String, Span)]) -> Diagnostic {
    let names: Vec<String> = round.iter().map(|(name, _)| format!("`{name}`")).collect();
    let first = &round[0];
    let mut diagnostic = Diagnostic::new(
        &code::RECORD_CYCLE,
        format!("{} would hold itself", names[0]),
        first.1,
        "this list leads back here",
    )
    .help("declare a record of its own for the innermost list");
    for (at, (_, span)) in round.iter().enumerate().skip(1) {
        diagnostic = diagnostic.label(*span, format!("by this list in {}", names[at]));
    }
    diagnostic
}

/// `list of text`
pub(crate) fn list_of_values(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::TYPE_NOT_FOR_HERE,
        format!("a list holds records, and `{name}` is none"),
        span,
        "this is not a record",
    )
    .help(format!(
        "declare `record entry {{ value : {name} }}` and write `list of entry`"
    ))
}

/// A list of what is screened, or of a record with a day of its own.
pub(crate) fn not_an_element(name: &str, span: Span, declared: Span, has: &str) -> Diagnostic {
    Diagnostic::new(
        &code::TYPE_NOT_FOR_HERE,
        format!("`{name}` cannot stand in a list, for it has `{has}`"),
        span,
        "the record that is screened, not an element",
    )
    .label(declared, "it is declared here")
    .help("only the record that is screened has `key` and `as of`; declare another one for the elements")
}

/// A list literal for a field of another type.
pub(crate) fn list_not_needed(span: Span, needed: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::TYPE_MISMATCH,
        format!("{needed} is needed here, and this is a list"),
        span,
        "this is a list",
    )
    .label(declared, format!("this asks for {needed}"))
}

/// The right side of `in` or `under` is a list.
pub(crate) fn list_as_set(span: Span, under: bool, help: &str) -> Diagnostic {
    let operator = if under { "under" } else { "in" };
    Diagnostic::new(
        &code::NOT_A_SET,
        format!("`{operator}` needs a set, and this is a list of records"),
        span,
        "this is a list",
    )
    .help(help)
}

/// Anything but a list literal for a list.
pub(crate) fn list_needed(span: Span, needed: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::TYPE_MISMATCH,
        format!("{needed} is needed here"),
        span,
        "this is not a list",
    )
    .label(declared, format!("this asks for {needed}"))
    .help("write the elements in brackets: `[ { … }, { … } ]`, or `[ ]` for none")
}

/// `components.value` or `components[2]` in `for lack of`; `write`: what to write.
pub(crate) fn which_element(span: Span, message: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::LIST_AS_VALUE,
        message,
        span,
        "not one field of one element",
    )
    .help(format!("write `{write}`; elements count from 1"))
}
