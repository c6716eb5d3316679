//! Messages about types and literals. Types come as readers know them: "a country", "money in USD".

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

/// Two values that meet in a comparison, with both places marked; `help`: what to write, where that is clear.
pub(crate) fn cannot_compare(
    left: (&str, Span),
    right: (&str, Span),
    help: Option<String>,
) -> Diagnostic {
    Diagnostic::new(
        &code::TYPE_MISMATCH,
        format!("{} cannot be compared with {}", left.0, right.0),
        right.1,
        format!("this is {}", right.0),
    )
    .label(left.1, format!("this is {}", left.0))
    .help(help.unwrap_or_else(|| {
        "compare values of one type; a field's type stands in its record".to_owned()
    }))
}

/// A value of the wrong type; `because` is the place that asks for `needed`.
pub(crate) fn type_mismatch(
    found: &str,
    span: Span,
    needed: &str,
    because: Option<Span>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::TYPE_MISMATCH,
        format!("{needed} is needed here, and this is {found}"),
        span,
        format!("this is {found}"),
    );
    match because {
        Some(because) => diagnostic.label(because, format!("this asks for {needed}")),
        None => diagnostic,
    }
}

/// `write`: the amount in the other currency, where one of the two is a literal.
pub(crate) fn currency_mismatch(
    left: (&str, Span),
    right: (&str, Span),
    write: Option<String>,
) -> Diagnostic {
    Diagnostic::new(
        &code::CURRENCY_MISMATCH,
        format!("an amount in {} meets an amount in {}", left.0, right.0),
        right.1,
        format!("this is money in {}", right.0),
    )
    .label(left.1, format!("this is money in {}", left.0))
    .help(match write {
        Some(write) => format!("write the amount in that currency, such as `{write}`"),
        None => "use amounts in one currency".to_owned(),
    })
}

/// `write`: the literal with its unit.
pub(crate) fn unit_needed(span: Span, needed: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::UNIT_NEEDED,
        format!("{needed} is needed here, and this is a plain number"),
        span,
        "this is a plain number",
    )
    .help(format!("write `{write}`"))
    .fix(span, write)
}

/// The same where the number is not a literal.
pub(crate) fn unit_needed_of(span: Span, needed: &str, other: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNIT_NEEDED,
        format!("{needed} meets a plain number"),
        span,
        "this is a plain number",
    )
    .label(other, format!("this is {needed}"))
    .help("give the number's field or declaration that type, or use `share(a, b)` for a percent of two numbers")
}

pub(crate) fn not_a_code(
    text: &str,
    system: &str,
    span: Span,
    why: &str,
    looks_like: &str,
) -> Diagnostic {
    Diagnostic::new(
        &code::NOT_A_CODE,
        format!("`{text}` cannot be a code of `{system}`"),
        span,
        why,
    )
    .note(format!("what codes of `{system}` look like: {looks_like}"))
}

/// A set named among the elements of another.
pub(crate) fn set_within_set(name: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::SET_AS_VALUE,
        "the elements of a set are single values, and this is a set",
        span,
        "this is a set",
    )
    .label(declared, "it is declared here")
    .help(format!("join sets with `+`: write `{name} + {{ … }}`"))
}

pub(crate) fn system_mismatch(left: (&str, Span), right: (&str, Span)) -> Diagnostic {
    Diagnostic::new(
        &code::CODE_SYSTEM_MISMATCH,
        format!("a code of `{}` meets a code of `{}`", left.0, right.0),
        right.1,
        format!("this is of `{}`", right.0),
    )
    .label(left.1, format!("this is of `{}`", left.0))
    .note("codes of two systems are never equal, even when they are written alike")
}

pub(crate) fn not_ordered(span: Span, ty: &str, help: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NOT_ORDERED,
        format!("{ty} is neither more nor less than another"),
        span,
        format!("this is {ty}"),
    )
    .help(help)
}

pub(crate) fn not_a_condition(span: Span, found: &str, help: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NOT_A_CONDITION,
        format!("a condition is needed here, and this is {found}"),
        span,
        format!("this is {found}"),
    )
    .help(help)
}

/// `use = military or filming`; `write`: the same with `in`.
pub(crate) fn values_as_conditions(span: Span, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NOT_A_CONDITION,
        "a condition stands on either side of `or`, and here stands a value",
        span,
        "this is no condition",
    )
    .help(format!("write `{write}`"))
}

/// The right side of `in` or `under` is one value.
pub(crate) fn not_a_set(span: Span, under: bool, help: &str) -> Diagnostic {
    let operator = if under { "under" } else { "in" };
    Diagnostic::new(
        &code::NOT_A_SET,
        format!("`{operator}` needs a set, and this is a single value"),
        span,
        "this is a single value",
    )
    .help(help)
}

pub(crate) fn not_set_algebra(span: Span, operator: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ARITHMETIC,
        format!("sets are not joined with `{operator}`"),
        span,
        "these are sets",
    )
    .help("`+` joins sets, `-` takes one out of the other, `&` keeps what is in both")
}

/// A set of other elements than what is asked about; `asked`: what that is and its place.
pub(crate) fn other_elements(
    found: &str,
    span: Span,
    needed: &str,
    asked: Option<(&str, Span)>,
    declared: Span,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::TYPE_MISMATCH,
        format!("{needed} is needed here, and this is {found}"),
        span,
        format!("this is {found}"),
    )
    .label(declared, "it is declared here");
    match asked {
        Some((called, span)) => diagnostic.label(span, format!("this is {called}")),
        None => diagnostic,
    }
    .help(format!("name {needed}"))
}

pub(crate) fn set_as_value(name: &str, span: Span, declared: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::SET_AS_VALUE,
        "a single value is needed here, and this is a set",
        span,
        "this is a set",
    )
    .help(format!("ask for membership: write `in {name}`"));
    match declared {
        Some(declared) => diagnostic.label(declared, "it is declared here"),
        None => diagnostic,
    }
}

/// `doing`: "added to", "multiplied by".
pub(crate) fn no_such_arithmetic(
    left: (&str, Span),
    doing: &str,
    right: (&str, Span),
) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ARITHMETIC,
        format!("{} cannot be {doing} {}", left.0, right.0),
        right.1,
        format!("this is {}", right.0),
    )
    .label(left.1, format!("this is {}", left.0))
}

/// `written`: both with the sign between.
pub(crate) fn date_and_number(date: Span, number: Span, written: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ARITHMETIC,
        "a date moves by days, months or years, and this is a plain number",
        number,
        "this does not say of what",
    )
    .label(date, "this is a date")
    .help(format!("write `{written} days`"))
}

pub(crate) fn not_a_number(span: Span, found: &str, needed_by: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ARITHMETIC,
        format!("{needed_by} needs a number, and this is {found}"),
        span,
        format!("this is {found}"),
    )
}

pub(crate) fn share_of_amounts(span: Span, found: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ARITHMETIC,
        format!("`share` is for plain numbers, and this is {found}"),
        span,
        format!("this is {found}"),
    )
    .help("write `a / b`: one amount by another is a percent already")
}

pub(crate) fn date_minus_date(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NO_SUCH_ARITHMETIC,
        "dates are not subtracted",
        span,
        "this is a date less a date",
    )
    .help(format!("write `days_between({right}, {left})`"))
}

pub(crate) fn wrongly_quoted(span: Span, needed: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::WRONGLY_QUOTED,
        format!("{needed} is written without quotes"),
        span,
        "this is a text",
    )
    .help(format!("write `{write}`"))
    .fix(span, write)
}

pub(crate) fn quotes_needed(span: Span, needed: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::WRONGLY_QUOTED,
        format!("{needed} is written in quotes"),
        span,
        "this has no quotes",
    )
    .help(format!("write `{write}`"))
    .fix(span, write)
}

pub(crate) fn bad_pattern(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_PATTERN,
        "this regular expression cannot be read",
        span,
        why,
    )
}

/// `what`: "the right side of `like`", "a set element".
pub(crate) fn literal_needed(span: Span, what: &str, example: &str) -> Diagnostic {
    Diagnostic::new(
        &code::LITERAL_NEEDED,
        format!("{what} is a literal"),
        span,
        "this is not a literal",
    )
    .help(format!("write a literal such as {example}"))
}

pub(crate) fn wrong_arguments(
    name: &str,
    span: Span,
    needed: &str,
    found: usize,
    declared: Option<Span>,
) -> Diagnostic {
    let found = match found {
        0 => "there is none".to_owned(),
        1 => "there is one".to_owned(),
        more => format!("there are {more}"),
    };
    let diagnostic = Diagnostic::new(
        &code::WRONG_ARGUMENTS,
        format!("`{name}` takes {needed}, and {found}"),
        span,
        format!("{found} here"),
    );
    match declared {
        Some(declared) => diagnostic.label(declared, "it is declared here"),
        None => diagnostic,
    }
}

/// `operator`: "`under`"; `takes`: "a code".
pub(crate) fn operator_not_for_type(
    operator: &str,
    takes: &str,
    found: &str,
    span: Span,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::OPERATOR_NOT_FOR_TYPE,
        format!("{operator} asks about {takes}, and this is {found}"),
        span,
        format!("this is {found}"),
    );
    match operator {
        "`under`" => diagnostic.help("write `in`"),
        _ => diagnostic,
    }
}

/// `round`: the names in the circle with the place where each names the next.
pub(crate) fn define_cycle(round: &[(String, Span)]) -> Diagnostic {
    circle(&code::DEFINE_CYCLE, "defines", round)
        .help("write what is meant without going through itself; there is no recursion")
}

pub(crate) fn set_cycle(round: &[(String, Span)]) -> Diagnostic {
    circle(&code::SET_CYCLE, "sets", round).help("leave one of these names out of its set")
}

pub(super) fn circle(
    code: &'static crate::diagnostic::Code,
    what: &str,
    round: &[(String, Span)],
) -> Diagnostic {
    let (last, closing) = &round[round.len() - 1];
    let mut way: Vec<String> = round.iter().map(|(name, _)| format!("`{name}`")).collect();
    way.push(format!("`{}`", round[0].0));
    let message = if round.len() == 1 {
        format!("`{last}` depends on itself")
    } else {
        format!(
            "{what} depend on each other in a circle: {}",
            way.join(" → ")
        )
    };
    let label = format!("`{last}` asks for `{}` here", round[0].0);
    let mut diagnostic = Diagnostic::new(code, message, *closing, label);
    for (at, (name, span)) in round[..round.len() - 1].iter().enumerate() {
        let target = &round[at + 1].0;
        diagnostic = diagnostic.label(*span, format!("`{name}` asks for `{target}` here"));
    }
    diagnostic
}

pub(crate) fn bad_range(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&code::BAD_RANGE, "this range holds no codes", span, why)
        .help("write two codes of one length, the lower one first, such as `\"7206\" to \"7229\"`")
}

/// `BY to 2025-01-01`
pub(crate) fn range_to_day(span: Span, day: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_RANGE,
        "`to` stands between two codes, and this is a date",
        span,
        "this is a date",
    )
    .help(format!(
        "write `until {day}` if that day is the first on which the element does not belong to the set, `through {day}` if it is the last on which it does"
    ))
}

pub(crate) fn range_not_for(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_RANGE,
        format!("only codes have ranges, and this is a set of {ty}"),
        span,
        "this is a range",
    )
    .help("name each element, or compare with `between … and …`")
}

pub(crate) fn missing_asked_of_condition(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::MISSING_OR_UNKNOWN,
        "`is missing` asks about a field or a value, and this is a condition",
        span,
        "this is a condition",
    )
    .help("write `is unknown`")
}

pub(crate) fn unknown_asked_of_value(span: Span, found: &str) -> Diagnostic {
    Diagnostic::new(
        &code::MISSING_OR_UNKNOWN,
        format!("`is unknown` asks about a condition, and this is {found}"),
        span,
        format!("this is {found}"),
    )
    .help("write `is missing`")
}

pub(crate) fn arms_differ(then: (&str, Span), other: (&str, Span)) -> Diagnostic {
    Diagnostic::new(
        &code::ARMS_DIFFER,
        format!("this `if` is either {} or {}", then.0, other.0),
        other.1,
        format!("this is {}", other.0),
    )
    .label(then.1, format!("this is {}", then.0))
    .help("give both arms one type")
}

pub(crate) fn number_out_of_range(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&code::NUMBER_OUT_OF_RANGE, why, span, "this number")
}

pub(crate) fn type_not_for_here(
    span: Span,
    ty: &str,
    place: &str,
    help: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::TYPE_NOT_FOR_HERE,
        format!("{place} cannot be {ty}"),
        span,
        format!("this is {ty}"),
    );
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

pub(crate) fn unfolded_too_far(name: &str, span: Span, what: &str, limit: usize) -> Diagnostic {
    Diagnostic::new(
        &code::UNFOLDED_TOO_FAR,
        format!("`{name}` has more than {limit} {what} once the defines it uses are put in"),
        span,
        "this grows too large",
    )
    .help("use fewer defines within defines")
}

pub(crate) fn set_too_far(name: &str, span: Span, what: &str, limit: usize) -> Diagnostic {
    Diagnostic::new(
        &code::UNFOLDED_TOO_FAR,
        format!("`{name}` has more than {limit} {what} once the sets it names are put in"),
        span,
        "this grows too large",
    )
    .help("name each set once")
}

pub(crate) fn enum_value_twice(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_ENUM,
        format!("`{name}` stands for two values"),
        second,
        "this is the second time",
    )
    .label(first, "the first time is here")
}

pub(crate) fn column_twice(column: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_COLUMN,
        format!("two fields read the column `{column}`"),
        second,
        "this reads it too",
    )
    .label(first, "this reads it")
    .help("give one of them another column with `from \"…\"`")
}

pub(crate) fn key_or_as_of(span: Span, message: &str, here: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&code::KEY_OR_AS_OF, message, span, here).help(help)
}

pub(crate) fn role_twice(role: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::KEY_OR_AS_OF,
        format!("a record has one `{role}`"),
        second,
        format!("this is a second `{role}`"),
    )
    .label(first, "the first one is here")
}
