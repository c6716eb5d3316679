//! Messages about files, imports, and what makes files a policy.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

pub(crate) fn import_not_found(path: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(
        &code::IMPORT_NOT_FOUND,
        format!("`{path}` leads to no rule file"),
        span,
        why,
    )
    .help(
        "name a folder that holds `.interdict` files, or one such file, by its path from this file",
    )
}

pub(crate) fn import_unreadable(file: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(
        &code::IMPORT_UNREADABLE,
        format!("the rule file `{file}` cannot be used"),
        span,
        why,
    )
}

pub(crate) fn import_outside(span: Span, root: &str) -> Diagnostic {
    Diagnostic::new(
        &code::IMPORT_OUTSIDE_WORKSPACE,
        "this import leaves the workspace",
        span,
        format!("this is outside `{root}`"),
    )
    .help("move the files inside, or put an `interdict.toml` into the folder that holds them all")
}

pub(crate) fn import_not_relative(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::IMPORT_NOT_RELATIVE,
        "an import is a path relative to the file that imports",
        span,
        "this is not",
    )
    .help("write a path such as `\"../common\"`")
}

pub(crate) fn import_from_memory(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::IMPORT_NOT_FOUND,
        "a text that is not in a file cannot import",
        span,
        "there is no folder to start from",
    )
    .help("save the text as a file")
}

/// `round`: each unit with the import that leads to the next one, the last back to the first.
pub(crate) fn import_cycle(round: &[(String, Span)]) -> Diagnostic {
    let (last, closing) = &round[round.len() - 1];
    if round.len() == 1 {
        return Diagnostic::new(
            &code::IMPORT_CYCLE,
            format!("`{last}` imports itself"),
            *closing,
            "these files already share their names",
        )
        .help("leave this import out");
    }
    let mut way: Vec<&str> = round.iter().map(|(name, _)| name.as_str()).collect();
    way.push(&round[0].0);
    let mut diagnostic = Diagnostic::new(
        &code::IMPORT_CYCLE,
        format!(
            "imports go round in a circle: {}",
            joined(&way, " imports ")
        ),
        *closing,
        format!("`{last}` imports `{}` here", round[0].0),
    )
    .help("move what both need into a library that both import");
    for (at, (name, span)) in round[..round.len() - 1].iter().enumerate() {
        let target = &round[at + 1].0;
        diagnostic = diagnostic.label(*span, format!("`{name}` imports `{target}` here"));
    }
    diagnostic
}

fn joined(names: &[&str], between: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(between)
}

pub(crate) fn missing_header(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::MISSING_HEADER,
        format!("{what} belongs to a policy, and these files have no policy header"),
        span,
        "this makes the files a policy",
    )
    .help("begin one of the files with `policy NAME { title \"…\" }`")
}

pub(crate) fn second_header(first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::SECOND_HEADER,
        "a policy has one header",
        second,
        "this is a second one",
    )
    .label(first, "the first one is here")
    .help("leave one of them out, or move one policy into a folder of its own")
}

pub(crate) fn no_record(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::NO_RECORD,
        "this policy does not say which record it screens",
        span,
        "no record with a `key` is declared or imported",
    )
    .help("declare `record NAME { key … as of … }`, or import the library that does")
}

pub(crate) fn several_records(first: (&str, Span), second: (&str, Span)) -> Diagnostic {
    Diagnostic::new(
        &code::SEVERAL_RECORDS,
        format!(
            "`{}` and `{}` both have a key, and one record type is screened",
            first.0, second.0
        ),
        second.1,
        "this has a key",
    )
    .label(first.1, "this has a key too")
    .help("leave `key` out of the one that is not screened, or import one of them only")
}

pub(crate) fn no_verdicts(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::NO_VERDICTS,
        "this policy has no verdicts",
        span,
        "no `verdicts` are declared or imported",
    )
    .help("declare them from least to most severe: `verdicts clear < review < deny`")
}

/// A second `verdicts`, `otherwise`, `when unknown` in one scope.
pub(crate) fn declared_twice(what: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::DECLARED_TWICE,
        format!("`{what}` is declared twice"),
        second,
        "this is the second time",
    )
    .label(first, "the first time is here")
    .help("leave one of them out")
}

/// `what`: "the record type", "the verdicts", "`otherwise`", "`when unknown`".
pub(crate) fn policies_disagree(
    what: &str,
    first: (&str, Span),
    second: (&str, Span),
) -> Diagnostic {
    Diagnostic::new(
        &code::POLICIES_DISAGREE,
        format!(
            "the policies `{}` and `{}` do not share {what}",
            first.0, second.0
        ),
        second.1,
        format!("`{}` takes it from here", second.0),
    )
    .label(first.1, format!("`{}` takes it from here", first.0))
    .help("put it into one library that both import")
}

pub(crate) fn same_policy_name(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::SAME_POLICY_NAME,
        format!("two policies of this run are called `{name}`"),
        second,
        "this is the second one",
    )
    .label(first, "the first one is here")
    .help("results name rules as `policy.rule`: give one of the policies another name")
}

/// `what`: "rules", "clauses of one rule", "elements of one set".
pub(crate) fn too_many(what: &str, limit: usize, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::TOO_MANY,
        format!("more than {limit} {what}"),
        span,
        "this is one too many",
    )
}
