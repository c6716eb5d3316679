//! Messages about time, rules, verdicts, tests, and the lints.

use super::types::circle;
use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

pub(crate) fn empty_window(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::EMPTY_WINDOW,
        "this window has no day in it",
        span,
        "it ends before it begins",
    )
    .note("`until` leaves its day out, `through` takes it in")
}

pub(crate) fn same_day_twice(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::SAME_DAY_TWICE,
        format!("`{name}` has two values that begin on one day"),
        second,
        "this is the second one",
    )
    .label(first, "the first one is here")
    .help("give each value a day of its own with `from`")
}

pub(crate) fn zone_needed(policy: Span, instant: Span) -> Diagnostic {
    Diagnostic::new(
        &code::ZONE_NEEDED,
        "this policy does not say whose calendar day counts",
        policy,
        "there is no `zone` in this header",
    )
    .label(instant, "this field is an instant")
    .help("write `zone \"Asia/Shanghai\"`, or whichever zone the law uses, into the header")
}

pub(crate) fn window_without_from(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::WINDOW_WITHOUT_FROM,
        "this window does not say when it begins",
        span,
        "only the first window of a set element may do so",
    )
    .help("write `from` and a date before `until` or `through`")
}

pub(crate) fn duration_misplaced(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::DURATION_MISPLACED,
        "days, months and years are added to a date or taken from one, and nothing else",
        span,
        "this is a stretch of time",
    )
    .help("write `DATE + 30 days`, or count days with `days_between(a, b)`")
}

pub(crate) fn clause_twice(clause: &str, first: Span, second: Span, help: &str) -> Diagnostic {
    Diagnostic::new(
        &code::CLAUSE_TWICE,
        format!("`{clause}` stands twice"),
        second,
        "this is the second one",
    )
    .label(first, "the first one is here")
    .help(help)
}

pub(crate) fn verdict_name_taken(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::VERDICT_NAME_TAKEN,
        format!("no verdict may be called `{name}`"),
        span,
        "this word means something else in `expect`",
    )
    .help("give the verdict another name")
}

pub(crate) fn rule_cycle(round: &[(String, Span)]) -> Diagnostic {
    circle(&code::RULE_CYCLE, "rules", round)
        .help("a rule may not ask, by whatever way, whether it applies itself")
}

pub(crate) fn suspension_cycle(round: &[(String, Span)]) -> Diagnostic {
    circle(&code::RULE_CYCLE, "suspensions", round)
        .help("a suspension may not suspend itself, by whatever way")
}

pub(crate) fn only_in_applies(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::WRONG_TARGET,
        "`only tagged` goes with `caught`",
        span,
        "this stands in `applies`",
    )
    .help("write `caught(only tagged …)`")
}

pub(crate) fn only_outside_rule(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::WRONG_TARGET,
        "`only tagged` leaves out the rule that asks, and here no rule asks",
        span,
        "this stands outside of a rule's conditions",
    )
    .help("write it in the `when` or `unless` of a rule or an exception")
}

/// `param share : percent = { 20% from 2025-01-01 }`
pub(crate) fn dated_values_behind_equals(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::LITERAL_NEEDED,
        "the value of a param behind `=` is one literal",
        span,
        "these are values by date",
    )
    .help("leave out `=` before `{`")
}

/// A value of a param that says when it ends.
pub(crate) fn param_ends(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::PARAM_ENDS,
        "a value of a param holds until the next one begins",
        span,
        "this says when it ends",
    )
    .help("leave `until` or `through` out, and give the next value its `from`")
}

/// `for each p in NAME` where that has no elements that are known when the policy is compiled; `is`: "a field".
pub(crate) fn each_of_what(name: &str, span: Span, is: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::EACH_OF_WHAT,
        format!("`for each` goes over an enum or a list, and `{name}` is {is}"),
        span,
        format!("this is {is}"),
    )
    .label(declared, "it is declared here")
}

/// `rule[ELEMENT]` of a rule that is one rule.
pub(crate) fn rule_of_no_element(name: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ELEMENT,
        format!("`{name}` is one rule, and not one for each element"),
        span,
        "this names one of several",
    )
    .label(declared, "it is declared here")
    .help(format!("write `{name}`"))
}

/// `rule[ELEMENT]` of an element that is not there; `each` is the clause that says which are.
pub(crate) fn unknown_element(
    rule: &str,
    element: &str,
    span: Span,
    near: Option<&str>,
    each: Span,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::NO_SUCH_ELEMENT,
        format!("there is no `{rule}` of `{element}`"),
        span,
        "this is no element that the rule is made for",
    )
    .label(each, "these are the elements");
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

/// `rule[p]`, where `p` is an element of something else.
pub(crate) fn element_of_another(rule: &str, name: &str, span: Span, each: Span) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ELEMENT,
        format!("`{name}` is no element of what `{rule}` is made for"),
        span,
        "this is an element of something else",
    )
    .label(each, "these are the elements of the other rule")
    .help(format!("write `{rule}` for the rules of all of them"))
}

/// The element of a list in the record, where a rule says something once for all elements.
pub(crate) fn element_not_for_here(name: &str, span: Span, each: Span) -> Diagnostic {
    Diagnostic::new(
        &code::ELEMENT_NOT_FOR_HERE,
        format!("this is said once for all elements, and `{name}` is one of them"),
        span,
        format!("`{name}` is named here"),
    )
    .label(each, "the rule applies where it does for any of these")
    .help(format!("name `{name}` in `when` and `unless` alone"))
}

/// `x under p.column`, where the cell may be missing.
pub(crate) fn optional_code(span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::LITERAL_NEEDED,
        "the right side of `under` has to be known, and this cell may be missing",
        span,
        "this may be missing",
    )
    .label(declared, "by this `?`")
    .help("leave `?` out if every row has one, or compare with `=`")
}

/// A clause that such a declaration cannot have; `what`: "a suspension", "an exception".
pub(crate) fn clause_not_for_here(clause: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::CLAUSE_NOT_FOR_HERE,
        format!("{what} has no `{clause}`"),
        span,
        "this clause has no meaning here",
    )
    .help("leave it out")
}

pub(crate) fn template_brace(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_TEMPLATE,
        "braces in this text name a field",
        span,
        why,
    )
    .help("write `{field}` for a field's value, `{{` and `}}` for braces")
}

pub(crate) fn template_field(
    record: &str,
    name: &str,
    span: Span,
    near: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::BAD_TEMPLATE,
        format!("there is no field of `{record}` called `{name}`"),
        span,
        "this text names it in braces",
    );
    let is_expression = name.contains(['[', '(', '.', '+', '-', '*', '/']) && !name.contains('{');
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{{{near}}}`?")),
        None if is_expression => diagnostic.help(format!(
            "only fields can be named in a text; to show what this comes to, add a note: `note KEY {name}`"
        )),
        None => diagnostic.help("write `{{` and `}}` for braces"),
    }
}

/// A list cannot be put into a text.
pub(crate) fn template_list(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_TEMPLATE,
        format!("`{name}` is a list, and a text takes single values"),
        span,
        "this text names it in braces",
    )
    .help(format!(
        "give what is to be shown as a note: `note {name} count(x in {name})`"
    ))
}

/// A text that names something declared; `is`: "a define".
pub(crate) fn template_names(is: &str, name: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_TEMPLATE,
        format!("only fields can be named in a text, and `{name}` is {is}"),
        span,
        "this text names it in braces",
    )
    .label(declared, "it is declared here")
    .help("name a field in its place, or say it in words")
}

pub(crate) fn wrong_target(
    name: &str,
    span: Span,
    is: &str,
    needed: &str,
    declared: Span,
) -> Diagnostic {
    Diagnostic::new(
        &code::WRONG_TARGET,
        format!("`{name}` is {is}, and {needed} is needed here"),
        span,
        format!("this is {is}"),
    )
    .label(declared, "it is declared here")
}

pub(crate) fn policy_not_in_run(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::POLICY_NOT_IN_RUN,
        format!("the policy `{name}` is not in this run"),
        span,
        "this asks about its rules",
    )
    .help("name both policies on the command line")
}

pub(crate) fn fields_not_given(names: &[&str], span: Span, record: Span) -> Diagnostic {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (they, them, are) = match names.len() {
        1 => ("it", "it", "is not optional"),
        _ => ("they", "them", "are not optional"),
    };
    Diagnostic::new(
        &code::FIELD_NOT_GIVEN,
        format!("this record has no {}", quoted.join(", ")),
        span,
        format!("{they} must be there"),
    )
    .label(record, format!("{} {are}", quoted.join(", ")))
    .help(format!(
        "give {them} a value, or make {them} optional with `?`"
    ))
}

pub(crate) fn given_twice(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::GIVEN_TWICE,
        format!("`{name}` is given twice"),
        second,
        "this is the second time",
    )
    .label(first, "the first time is here")
}

pub(crate) fn required_given_missing(name: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::FIELD_NOT_GIVEN,
        format!("`{name}` cannot be missing"),
        span,
        "a record like this is rejected before it is screened",
    )
    .label(declared, "it is not optional here")
}

pub(crate) fn nothing_expected(what: &str, span: Span, help: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NOTHING_EXPECTED,
        format!("this test has no `{what}`"),
        span,
        format!("`{what}` is missing here"),
    )
    .help(help)
}

pub(crate) fn param_override(name: &str, value: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_PARAM_OVERRIDE,
        format!("`--param {name}={value}` does not fit: {why}"),
        span,
        "it is looked for here",
    )
}

pub(crate) fn no_citation(name: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::NO_CITATION,
        format!("the {what} `{name}` cites no law"),
        span,
        "there is no `cites` here",
    )
    .help(
        "write `cites \"…\"`, or turn this off with `citations = \"optional\"` in `interdict.toml`",
    )
}

pub(crate) fn overlapping_windows(first: Span, second: Span, overlap: bool) -> Diagnostic {
    let how = if overlap { "overlap" } else { "touch" };
    Diagnostic::new(
        &code::OVERLAPPING_WINDOWS,
        format!("these windows {how}"),
        second,
        "days of this window are in the other one, or follow it at once",
    )
    .label(first, "the other one is here")
    .help("write them as one window; what is meant may also be another date")
}

pub(crate) fn duplicate_element(element: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::DUPLICATE_ELEMENT,
        format!("`{element}` is in this set already"),
        second,
        "this is the second time",
    )
    .label(first, "the first time is here")
    .help("leave one of them out")
}

pub(crate) fn then_below_otherwise(then: &str, span: Span, otherwise: &str) -> Diagnostic {
    Diagnostic::new(
        &code::THEN_BELOW_OTHERWISE,
        format!("`{then}` is less severe than `{otherwise}`, which holds without any rule"),
        span,
        "this verdict can never show",
    )
}

/// `write`: the question by `under`.
pub(crate) fn code_compared_exactly(code: &str, span: Span, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::CODE_COMPARED_EXACTLY,
        format!("`{code}` is compared exactly, and finer codes below it are not equal to it"),
        span,
        "records usually hold a finer code",
    )
    .help(format!("write `{write}` for it and all below"))
}

/// `is`: `in` or `not in`; `element`: the place of the code, in the set itself or where it is declared.
pub(crate) fn codes_asked_exactly(
    is: &str,
    code: &str,
    set: Span,
    element: Span,
    write: &str,
) -> Diagnostic {
    let message =
        format!("`{is}` compares `{code}` exactly, and finer codes below it are not equal to it");
    let finer = "records usually hold a finer code";
    let within = element.file == set.file && set.start <= element.start && element.end <= set.end;
    let diagnostic = match within {
        true => Diagnostic::new(&code::CODE_COMPARED_EXACTLY, message, element, finer),
        false => Diagnostic::new(
            &code::CODE_COMPARED_EXACTLY,
            message,
            set,
            "this set is asked exactly",
        )
        .label(element, finer),
    };
    diagnostic.help(format!("write `{write}` for its codes and all below"))
}

/// `5.000 EUR`.
pub(crate) fn point_or_thousands(span: Span, point: &str, thousands: &str) -> Diagnostic {
    Diagnostic::new(
        &code::POINT_OR_THOUSANDS,
        format!("this is {point}, and reads like {thousands} to many"),
        span,
        "three digits behind the point",
    )
    .help(format!(
        "write `{thousands}`, or `{point}` if that is what is meant"
    ))
}

/// `write`: the clause with a verdict that shows.
pub(crate) fn unknown_never_shows(
    unknown: &str,
    span: Span,
    otherwise: &str,
    write: &str,
) -> Diagnostic {
    let than = match unknown == otherwise {
        true => format!("`{unknown}` for missing facts is what holds without any rule"),
        false => format!(
            "`{unknown}` for missing facts is less severe than `{otherwise}`, which holds without any rule"
        ),
    };
    Diagnostic::new(
        &code::UNKNOWN_NEVER_SHOWS,
        than,
        span,
        "with this a missing fact looks like a fact that clears",
    )
    .help(format!("write a verdict that shows, such as `{write}`"))
    .note("the verdict of a record says nothing of a rule left open here; only `at_most` does")
}

pub(crate) fn unknown_above_then(
    unknown: &str,
    span: Span,
    then: &str,
    then_span: Span,
) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_ABOVE_THEN,
        format!("`{unknown}` for missing facts is more severe than `{then}`"),
        span,
        "this is more severe",
    )
    .label(then_span, "than the verdict when the rule applies")
    .help("leave `if unknown` out, unless that is what is meant")
}
