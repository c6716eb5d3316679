//! Messages about what rules can and cannot do, one function each.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

/// Why a rule applies to no record.
pub(super) enum Never {
    /// There is no day on which it is in force and not suspended.
    NoDay,
    /// Parts of its conditions that cannot hold together, and each whether it stands behind `unless`.
    Parts(Vec<(Span, bool)>),
    /// One of the exceptions takes effect wherever it would apply.
    Stopped(Vec<(String, Span)>),
    /// Nobody can say in a few words.
    Somehow,
}

/// `what`: rule or exception; `witness`: a record that is as near to it as any.
pub(super) fn never_applies(
    what: &str,
    name: &str,
    span: Span,
    why: &Never,
    witness: Option<&str>,
) -> Diagnostic {
    let here = match why {
        Never::NoDay => "on every day on which it is in force it is suspended, or there is none",
        Never::Parts(_) | Never::Somehow => "no record meets its conditions",
        Never::Stopped(_) => "where it would apply, exceptions to it take effect",
    };
    let message = format!("the {what} `{name}` can never apply");
    let mut found = Diagnostic::new(&code::NEVER_APPLIES, message, span, here);
    match why {
        Never::NoDay | Never::Somehow => {}
        Never::Parts(parts) => {
            for (at, (span, unless)) in parts.iter().enumerate() {
                let text = match (parts.len(), at, unless) {
                    (1, _, false) => "this is true of no record",
                    (1, _, true) => "this is true of every record",
                    (_, 0, false) => "where this holds …",
                    (_, 0, true) => "where this does not hold …",
                    (_, _, false) => "… this does not",
                    (_, _, true) => "… this does",
                };
                found = found.label(*span, text);
            }
        }
        Never::Stopped(by) => {
            for (name, span) in by {
                found = found.label(*span, format!("`{name}` takes effect"));
            }
        }
    }
    if let Some(witness) = witness {
        found = found.note(match why {
            Never::Parts(parts) if parts.len() > 1 => {
                format!("all but the last of them hold of {witness}, and the {what} does not apply")
            }
            _ => format!("for example, it does not apply to {witness}"),
        });
    }
    found.help("say what it is meant for, or leave it out")
}

/// `witness`: a record to which it applies.
pub(super) fn always_holds(
    what: &str,
    name: &str,
    (span, condition): (Span, Span),
    witness: Option<&str>,
) -> Diagnostic {
    let message = format!("what the {what} `{name}` asks holds of every record");
    let here = "nothing that a record can hold makes it false";
    let mut found = Diagnostic::new(&code::ALWAYS_HOLDS, message, condition, here)
        .label(span, format!("the {what}"));
    if let Some(witness) = witness {
        found = found.note(format!("for example, it applies to {witness}"));
    }
    found.help("write `when true` if every record is meant, or what else it is to ask")
}

/// `name` is hidden by `by`.
pub(super) fn hidden_rule(
    (name, span): (&str, Span),
    (by, by_span): (&str, Span),
    witness: Option<&str>,
) -> Diagnostic {
    let message = format!("wherever `{name}` applies, `{by}` does, and is no less severe");
    let here = "without it no verdict would change";
    let mut found = Diagnostic::new(&code::HIDDEN_RULE, message, span, here)
        .label(by_span, "applies there as well");
    if let Some(witness) = witness {
        found = found.note(format!("for example, both apply to {witness}"));
    }
    found.help("narrow the wider one, raise the verdict of the other, or leave one of them out")
}

/// `excepted`: the rules, and where they stand.
pub(super) fn never_stops(
    name: &str,
    span: Span,
    excepted: &[(String, Span)],
    witness: Option<&str>,
) -> Diagnostic {
    let names: Vec<String> = excepted
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let message = format!(
        "the exception `{name}` never keeps {} from applying",
        names.join(" or ")
    );
    let here = "it takes effect only where they would not apply anyway";
    let mut found = Diagnostic::new(&code::NEVER_STOPS, message, span, here);
    for (name, span) in excepted.iter().take(3) {
        found = found.label(*span, format!("`{name}` does not apply there"));
    }
    if let Some(witness) = witness {
        found = found.note(format!("for example, its conditions hold of {witness}"));
    }
    found.help("widen the exception, or leave it out")
}

/// `here` and `there`: how the same bound is written, `>= 5000 USD` and `> 5000 USD`.
pub(super) fn boundaries_differ(
    (field, bound): (&str, &str),
    (here, span): (&str, Span),
    (there, other): (&str, Span),
) -> Diagnostic {
    let message = format!("`{field}` of exactly {bound} counts here and does not count elsewhere");
    Diagnostic::new(
        &code::BOUNDARIES_DIFFER,
        message,
        span,
        format!("`{here}` here"),
    )
    .label(other, format!("`{there}` there"))
    .note(format!("for example, a record with `{field}: {bound}`"))
    .help("write both as the law has them; where it differs, say so with `allow boundaries_differ because \"…\"`")
}

/// `asks`: what is asked about absence.
pub(super) fn made_clear(
    name: &str,
    span: Span,
    (field, asks): (&str, Span),
    witness: &str,
    instead: &str,
) -> Diagnostic {
    let message =
        format!("without `{field}`, `{name}` does not apply, although it would for some `{field}`");
    Diagnostic::new(
        &code::MADE_CLEAR,
        message,
        asks,
        format!("a missing `{field}` counts as an answer here"),
    )
    .label(span, "does not apply where it is missing")
    .note(format!(
        "for example, it does not apply to {witness}; with `{field}: {instead}` it would"
    ))
    .help("leave the question out, and the rule stays open where the field is missing; or say with `allow made_clear because \"…\"` why it may be passed over")
}

/// `kind`: `set`, `define` and the like.
pub(super) fn unused(kind: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNUSED,
        format!("no rule uses the {kind} `{name}`"),
        span,
        "nothing asks for it",
    )
    .help("use it, leave it out, or say with `allow unused because \"…\"` what it is kept for")
}

/// `below` lies below `above`.
pub(super) fn element_below(
    (below, span): (&str, Span),
    (above, other): (&str, Span),
) -> Diagnostic {
    Diagnostic::new(
        &code::ELEMENT_BELOW,
        format!("`{below}` lies below `{above}`, which the set names as well"),
        span,
        "says nothing that the other element does not say",
    )
    .label(other, format!("takes in all below `{above}`"))
    .note(format!("for example, `{below}` is under `{above}`"))
    .help("leave it out")
}

/// `title` says what `other` says.
pub(super) fn same_test(span: Span, other: Span) -> Diagnostic {
    Diagnostic::new(
        &code::TEST_CANNOT_FAIL,
        "this test gives and expects what another one does",
        span,
        "fails only where the other one fails",
    )
    .label(other, "the other one")
    .help("change what it gives or expects, or leave it out")
}
