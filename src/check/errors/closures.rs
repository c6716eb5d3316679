//! Messages about closures.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

/// `closure a of b`, where nothing is called `b`.
pub(crate) fn unknown_list(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_NAME,
        format!("no list is called `{name}`"),
        span,
        "nothing here has this name",
    );
    match near {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .guess(span, near),
        None => diagnostic.help(format!(
            "declare it: `list {name} from \"FILE\" {{ … }}`, or import the file that does"
        )),
    }
}

/// `lacking`: the entries that are not there.
pub(crate) fn closure_lacks(name: &str, span: Span, lacking: &[&str]) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_ENTRY,
        format!("`{name}` does not say all that a closure needs"),
        span,
        "something is not said here",
    )
    .help(format!("add {}", lacking.join("; ")))
}

pub(crate) fn closure_entry_twice(word: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_ENTRY,
        format!("`{word}` stands twice in this closure"),
        second,
        "this is a second one",
    )
    .label(first, "the first one is here")
    .help("leave one of them out")
}

/// `carries` of a column whose values have no order of severity; `called`: "a text".
pub(crate) fn closure_carries_what(span: Span, called: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_ENTRY,
        format!("which of several owners' is the most severe cannot be told of {called}"),
        span,
        "this has no order of severity",
    )
    .label(declared, "it is declared here")
    .help("name a column of the type `verdict`, or of an enum that is `ordered` from least to most severe")
}

/// A column that is taken over and called like one that every closure has.
pub(crate) fn closure_carries_name(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_ENTRY,
        format!("a closure has a column `{name}` of its own"),
        span,
        "this would be a second one",
    )
    .help("give the column of the list another name, and say with `from` how its file calls it")
}

/// A column that is taken over and has another type in another list.
pub(crate) fn closure_carries_types(
    (name, span): (&str, Span),
    [first, second]: [Span; 2],
) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_ENTRY,
        format!("`{name}` is not of one type in all lists"),
        span,
        "taken over from all of them",
    )
    .label(first, "here it is of one type")
    .label(second, "and here of another")
    .help("give both columns the same type")
}

/// The owner or the owned is of another type than the keys of a list; `found` and `needed` with their places.
pub(crate) fn closure_other_key(
    (found, span, declared): (&str, Span, Span),
    (needed, list, key): (&str, &str, Option<Span>),
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::TYPE_MISMATCH,
        format!("the keys of `{list}` are {needed}, and this column is {found}"),
        span,
        format!("this is {found}"),
    )
    .label(declared, "it is declared here");
    let diagnostic = match key {
        Some(key) => diagnostic.label(key, format!("the key of `{list}` is declared here")),
        None => diagnostic,
    };
    diagnostic.help("give both columns the same type")
}

pub(crate) fn closure_optional(span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_ENTRY,
        "who owns and who is owned is always said",
        span,
        "this column may be missing",
    )
    .label(declared, "it is declared here")
    .help("leave out the `?`; only a share may be missing")
}

pub(crate) fn closure_signed(span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_ENTRY,
        "nobody holds less than nothing",
        span,
        "this column may be negative",
    )
    .label(declared, "it is declared here")
    .help("leave out `signed`")
}

pub(crate) fn closure_operator(span: Span, op: &str) -> Diagnostic {
    Diagnostic::new(
        &code::CLOSURE_BOUND,
        format!("a sum of shares catches by being large, and `{op}` does not say that"),
        span,
        "this is not how shares catch",
    )
    .help("write `caught at >= 50%` where 50 % is enough, `caught at > 50%` where it takes more")
}

pub(crate) fn closure_bound(span: Span, catches_all: bool) -> Diagnostic {
    let (message, label) = match catches_all {
        true => (
            "this would catch everything, also what no listed entity owns anything of",
            "owning nothing is enough for this",
        ),
        false => (
            "this would catch nothing, not even what is owned as a whole",
            "the whole is 100 %",
        ),
    };
    Diagnostic::new(&code::CLOSURE_BOUND, message, span, label).help(
        "write a share above 0 % and up to 100 %, such as `caught at >= 50%`, or `caught at > 0%` for any share at all",
    )
}
