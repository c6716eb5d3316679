//! Messages about names: what they stand for, and what stands for nothing.

use crate::diagnostic::{Code, Diagnostic, catalogue as code};
use crate::text::Span;

/// A name that means nothing here, with the nearest one that would.
fn unknown(
    code: &'static Code,
    what: &str,
    name: &str,
    span: Span,
    near: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        code,
        format!("there is no {what} `{name}`"),
        span,
        "this name is not known here",
    );
    match near {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .guess(span, near),
        None => diagnostic,
    }
}

pub(crate) fn unknown_name(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    unknown(
        &code::UNKNOWN_NAME,
        "field or declaration",
        name,
        span,
        near,
    )
}

/// `= null`
pub(crate) fn nothing_as_value(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_NAME,
        format!("there is no value `{name}`"),
        span,
        "what is not there has no value",
    )
    .help("write `is missing` behind the field, or `is known` for the opposite")
}

pub(crate) fn unknown_set(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = unknown(&code::UNKNOWN_NAME, "set", name, span, near);
    match near {
        Some(_) => diagnostic,
        None => diagnostic.help(format!(
            "say what belongs to it, in braces here or in a declaration: `set {name} of TYPE = {{ … }}`"
        )),
    }
}

/// A name that is declared in a library not imported here, or private to another policy.
pub(crate) fn declared_elsewhere(name: &str, span: Span, place: Span, file: &str) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_NAME,
        format!("`{name}` is not imported here"),
        span,
        "this name is not known here",
    )
    .label(place, "it is declared here")
    .help(format!(
        "import `{file}`: imports do not pass on what they import themselves"
    ))
}

pub(crate) fn duplicate_name(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::DUPLICATE_NAME,
        format!("`{name}` is declared twice"),
        second,
        "this is the second time",
    )
    .label(first, "the first time is here")
    .help("give one of them another name")
}

/// Two imports that bring different declarations of one name.
pub(crate) fn imported_twice(name: &str, import: Span, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::DUPLICATE_NAME,
        format!("`{name}` is declared twice"),
        import,
        "this import brings the second one",
    )
    .label(first, "the first one is here")
    .label(second, "the second one is here")
    .help("give one of them another name")
}

/// `what`: "field", "set", "param", "define".
pub(crate) fn shadowed_name(name: &str, hiding: Span, what: &str, hidden: Span) -> Diagnostic {
    Diagnostic::new(
        &code::SHADOWED_NAME,
        format!("`{name}` would hide the {what} `{name}`"),
        hiding,
        "this is the second meaning of the name",
    )
    .label(hidden, format!("the {what} is here"))
    .help("give one of them another name")
}

pub(crate) fn as_of_is_taken(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::SHADOWED_NAME,
        "`as_of` always means the day whose law applies",
        span,
        "this is a second meaning of the name",
    )
    .help("give this another name")
}

pub(crate) fn ambiguous_name(
    name: &str,
    span: Span,
    what: &str,
    declared: Span,
    enumeration: &str,
) -> Diagnostic {
    Diagnostic::new(
        &code::AMBIGUOUS_NAME,
        format!("`{name}` is a {what} and a value of `{enumeration}`"),
        span,
        "this could mean either",
    )
    .label(declared, format!("the {what} is here"))
    .help(format!("write `{enumeration}.{name}` for the value"))
}

pub(crate) fn unknown_type(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    unknown(&code::UNKNOWN_TYPE, "type", name, span, near)
}

pub(crate) fn unknown_field(
    record: &str,
    name: &str,
    span: Span,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let what = format!("field of `{record}` called");
    let diagnostic = unknown(&code::UNKNOWN_FIELD, &what, name, span, near);
    match near {
        Some(_) => diagnostic,
        None => diagnostic.note(format!("its fields are {}", listed(known))),
    }
}

pub(crate) fn unknown_enum_value(
    enumeration: &str,
    declared: Span,
    name: &str,
    span: Span,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let what = format!("value of `{enumeration}` called");
    unknown(&code::UNKNOWN_ENUM_VALUE, &what, name, span, near)
        .label(declared, format!("`{enumeration}` is declared here"))
        .note(format!("its values are {}", listed(known)))
}

pub(crate) fn unknown_country(name: &str, span: Span, hint: Option<&str>) -> Diagnostic {
    unknown(&code::UNKNOWN_COUNTRY, "country", name, span, hint)
        .note("countries are ISO 3166-1 alpha-2 codes in capitals, such as `CN`")
}

pub(crate) fn unknown_function(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let is_if = name.eq_ignore_ascii_case("if");
    let what = "function or define";
    let diagnostic = unknown(
        &code::UNKNOWN_FUNCTION,
        what,
        name,
        span,
        near.filter(|_| !is_if),
    );
    match is_if {
        true => diagnostic.help(
            "write `when` and the condition, `then` and the verdict; within an expression `if … then … else …`",
        ),
        false => diagnostic,
    }
}

/// `is`: what the name stands for ("a rule"); `needed`: what is needed ("a value").
pub(crate) fn wrong_kind(
    name: &str,
    span: Span,
    is: &str,
    needed: &str,
    declared: Span,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::WRONG_KIND_OF_NAME,
        format!("`{name}` is {is}, and {needed} is needed here"),
        span,
        format!("this is {is}"),
    )
    .label(declared, "it is declared here");
    match (is, needed) {
        ("a rule", "a value") => diagnostic.help(format!("write `applies({name})`")),
        ("a closure", "a list read from a file") => diagnostic.help(
            "name the lists that the closure is of; what an entity that is caught owns counts already",
        ),
        ("a list read from a file" | "a closure", "a value") => diagnostic.help(format!(
            "ask whether something is in it with `in {name}`, or for a column of a row: `{name}[KEY].COLUMN`"
        )),
        ("a list read from a file" | "a closure", "a set") => diagnostic.help(format!(
            "{} stands by itself: write `in {name}`, and join questions with `and`, `or`, `not`",
            is.trim_end_matches(" read from a file")
        )),
        _ => diagnostic,
    }
}

pub(crate) fn not_a_define(name: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_FUNCTION,
        format!("`{name}` takes no arguments"),
        span,
        "this is not a function",
    )
    .label(declared, "it is declared here")
    .help(format!("write `{name}` alone"))
}

pub(crate) fn no_members(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::WRONG_KIND_OF_NAME,
        format!("`{name}` has nothing to name with a dot"),
        span,
        "only an enum and an element of a list have names behind a dot",
    )
}

pub(crate) fn unknown_tag(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_TAG,
        format!("no rule is tagged `{name}`"),
        span,
        "nothing bears this tag",
    );
    match near {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .guess(span, near),
        None => diagnostic.help(format!("write `tags {name}` in the rules that are meant")),
    }
}

/// An `allow` of a warning that does not exist.
pub(crate) fn unknown_lint(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_LINT,
        format!("there is no warning called `{name}`"),
        span,
        "no warning bears this name",
    );
    match near {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .guess(span, near),
        None => diagnostic.help(
            "write the name that stands in the warning's page under docs/errors, with `_`: `no_citation`",
        ),
    }
}

/// An `allow` that passes nothing over.
pub(crate) fn allow_without_effect(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::ALLOW_WITHOUT_EFFECT,
        format!("there is no warning `{name}` to pass over"),
        span,
        "nothing is allowed by this",
    )
    .help("leave it out")
    .fix(span, "")
}

/// `what`: "rules", "exceptions".
pub(crate) fn tag_without(name: &str, span: Span, what: &str, other: &str) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_TAG,
        format!("no {what} are tagged `{name}`"),
        span,
        format!("only {other} bear this tag"),
    )
}

/// `what`: "rule or exception", "policy".
pub(crate) fn unknown_rule(what: &str, name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    unknown(&code::UNKNOWN_RULE, what, name, span, near)
}

pub(crate) fn unknown_verdict(
    name: &str,
    span: Span,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    unknown(&code::UNKNOWN_VERDICT, "verdict", name, span, near)
        .note(format!("the verdicts are {}", listed(known)))
}

/// The first names of a list.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut quoted: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > SHOWN {
        quoted.push("…".to_owned());
    }
    quoted.join(", ")
}

pub(crate) fn unknown_case(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    unknown(&code::UNKNOWN_CASE, "case", name, span, near)
}

pub(crate) fn unknown_currency(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    unknown(&code::UNKNOWN_UNIT, "currency", name, span, near)
        .note("currencies are ISO 4217 codes in capitals, such as `USD`")
}

pub(crate) fn unknown_mass_unit(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    unknown(&code::UNKNOWN_UNIT, "unit of mass", name, span, near)
        .note("units of mass are `kg`, `g`, `mg`, `t`, `lb`, `oz`")
}

pub(crate) fn unknown_zone(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    unknown(&code::UNKNOWN_ZONE, "time zone", name, span, near)
        .note("time zones are named as in the IANA database, such as `Asia/Shanghai`")
}
