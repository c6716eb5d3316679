//! The messages of tokens and limits. Those of the grammar are in `explain`.

use super::limits;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::catalogue as code;
use crate::syntax::ast::Date;
use crate::syntax::lex::Meant;
use crate::text::{FileId, Span};

pub(super) fn file_too_large(file: FileId, bytes: usize) -> Diagnostic {
    Diagnostic::new(
        &code::FILE_TOO_LARGE,
        format!("this file has {bytes} bytes"),
        Span::new(file, 0, 0),
        "the file starts here",
    )
    .help("split it into several files of the same folder")
    .note(format!("the limit is {} bytes", limits::MAX_FILE_BYTES))
}

pub(super) fn too_many_tokens(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::FILE_TOO_LARGE,
        "this file holds more words and signs than are read from one file",
        span,
        "too much from here on",
    )
    .help("split it into several files of the same folder")
    .note(format!("the limit is {} tokens", limits::MAX_TOKENS))
}

pub(super) fn nested_too_deeply(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::NESTED_TOO_DEEPLY,
        "too many things stand inside one another",
        span,
        "this is too deep",
    )
    .help("give the inner part a name with `define`")
    .note(format!("the limit is {} levels", limits::MAX_NESTING))
}

pub(super) fn unknown_character(span: Span, text: &str) -> Diagnostic {
    let shown = shown_character(text);
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_CHARACTER,
        format!("{shown} is not part of the language"),
        span,
        "not expected here",
    );
    match text {
        "%" => diagnostic.help("a percent sign stands right behind its number: `25%`"),
        _ => diagnostic.help("a name with other characters is written in backticks"),
    }
}

fn shown_character(text: &str) -> String {
    match text.chars().next() {
        Some(c) if c.is_control() || c.is_whitespace() || !is_visible(c) => {
            format!("the invisible character U+{:04X}", u32::from(c))
        }
        Some(c) => format!("`{c}`"),
        None => "this".to_owned(),
    }
}

fn is_visible(c: char) -> bool {
    !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

pub(super) fn odd_blank(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_CHARACTER,
        "this blank is not an ordinary one",
        span,
        "a no-break or wide blank",
    )
    .help("write an ordinary blank")
    .fix(span, " ")
}

pub(super) fn bidi_character(span: Span, c: char) -> Diagnostic {
    Diagnostic::new(
        &code::BIDI_CHARACTER,
        format!(
            "the character U+{:04X} turns the reading direction",
            u32::from(c)
        ),
        span,
        "invisible, here",
    )
    .help("take it out")
    .note("text behind such a character can read differently from what it says")
    .fix(span, "")
}

pub(super) fn look_alike_letter(
    word: Span,
    place: Span,
    letter: char,
    ascii: char,
    plain: String,
) -> Diagnostic {
    Diagnostic::new(
        &code::LOOK_ALIKE_LETTER,
        format!(
            "`{letter}` looks like `{ascii}` but is the letter U+{:04X}",
            u32::from(letter)
        ),
        place,
        "a letter of another alphabet",
    )
    .help("write the plain letter")
    .fix(word, plain)
}

pub(super) fn foreign_letter(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_CHARACTER,
        format!("`{word}` has letters that a plain name cannot have"),
        span,
        "letters other than A to Z",
    )
    .help(format!("write it in backticks: `` `{word}` ``"))
}

pub(super) fn unterminated_string(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNTERMINATED_TEXT,
        "this text has no end",
        span,
        "starts here and runs to the end of the line",
    )
    .help("close it with `\"`; a line break inside a text is written `\\n`")
}

pub(super) fn unterminated_name(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNTERMINATED_TEXT,
        "this name in backticks has no end",
        span,
        "starts here and runs to the end of the line",
    )
    .help("close it with a backtick")
}

pub(super) fn empty_name(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::RESERVED_NAME,
        "a name cannot be empty",
        span,
        "nothing between the backticks",
    )
    .help("write the name between the backticks")
}

pub(super) fn unknown_escape(span: Span, escape: &str) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_ESCAPE,
        format!("`{escape}` means nothing in a text"),
        span,
        "not one of `\\\"`, `\\\\`, `\\n`, `\\t`, `\\u{…}`",
    )
    .help("write a backslash itself as `\\\\`")
}

pub(super) fn bad_number(span: Span, piece: &str) -> Diagnostic {
    let code_like = piece.contains('.') || piece.chars().any(|c| c.is_ascii_alphabetic());
    let diagnostic = Diagnostic::new(
        &code::BAD_NUMBER,
        format!("`{piece}` is not a number"),
        span,
        "starts like a number",
    );
    if code_like {
        diagnostic.help(format!("write a code in quotes: `\"{piece}\"`"))
    } else {
        diagnostic.help("write single `_` between digits only: `1_000`")
    }
}

pub(super) fn code_without_quotes(span: Span, piece: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_NUMBER,
        format!("`{piece}` is not a number"),
        span,
        "this looks like a code",
    )
    .help(format!("write a code in quotes: `\"{piece}\"`"))
    .fix(span, format!("\"{piece}\""))
}

/// `write`: the number with its unit.
pub(super) fn misspelt_unit(span: Span, stuck: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_NUMBER,
        format!("`{stuck}` is not a unit"),
        span,
        "a number with something behind it",
    )
    .help(format!("write `{write}`"))
    .fix(span, write)
}

/// `what`: "a comma between thousands"; `write`: the number in our manner, with its unit.
pub(super) fn foreign_number(span: Span, written: &str, what: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_NUMBER,
        format!("`{written}` is not how a number is written"),
        span,
        what,
    )
    .help(format!("write `{write}`"))
    .note("`_` or nothing stands between thousands, and a point before the fraction")
    .fix(span, write)
}

/// `EUR 1000`; `write`: the amount in our manner.
pub(super) fn currency_first(span: Span, currency: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_NUMBER,
        format!("`{currency}` stands behind its amount"),
        span,
        "the currency comes first here",
    )
    .help(format!("write `{write}`"))
    .fix(span, write)
}

/// `EUR 5.000`, which is five thousand to some and five to others.
pub(super) fn currency_first_or_point(
    span: Span,
    currency: &str,
    thousands: &str,
    point: &str,
) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_NUMBER,
        format!("`{currency}` stands behind its amount"),
        span,
        "the currency comes first here",
    )
    .help(format!(
        "write `{thousands}`, or `{point}` if that is what is meant"
    ))
}

pub(super) fn broken_duration(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::BAD_NUMBER,
        "a duration is a whole number of days, months or years",
        span,
        "a number with a fraction",
    )
    .help("write a whole number, such as `30 days`")
}

pub(super) fn ill_formed_date(span: Span, meant: Option<Date>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::BAD_DATE,
        "a date is written year-month-day, with four, two and two digits",
        span,
        "not written like a date",
    );
    match meant {
        Some(meant) => diagnostic
            .help(format!("write `{meant}`"))
            .guess(span, meant.to_string()),
        None => diagnostic.help("write it like `2025-12-01`; put blanks around a minus sign"),
    }
}

/// A date in the manner of letters and spreadsheets.
pub(super) fn date_in_other_manner(span: Span, meant: Meant) -> Diagnostic {
    match meant {
        Meant::Day(day) => ill_formed_date(span, Some(day)),
        Meant::Either {
            day_first,
            month_first,
        } => {
            let named = |day: Date| format!("`{day}` for {}", day.strftime("%-d %B %Y"));
            ill_formed_date(span, None).help(format!(
                "write {} or {}",
                named(day_first),
                named(month_first)
            ))
        }
    }
}

pub(super) fn no_such_date(span: Span, nearest: Option<Date>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::BAD_DATE,
        "this day does not exist",
        span,
        "not in the calendar",
    );
    match nearest {
        Some(last) => diagnostic.help(format!("the last day of that month is `{last}`")),
        None => diagnostic.help("months run from 01 to 12, days from 01"),
    }
}

pub(super) fn foreign_operator(span: Span, written: &str, ours: &str) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_OPERATOR,
        format!("`{written}` is not an operator here"),
        span,
        "an operator of another language",
    )
    .help(format!("write `{ours}`"))
    .fix(span, ours)
}

/// `is empty`
pub(super) fn nothing_in_other_words(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_OPERATOR,
        format!("`is {word}` is not an operator here"),
        span,
        "a word of another language",
    )
    .help("write `is missing`")
    .fix(span, "missing")
}

/// `AND(a, b)`.
pub(super) fn operator_as_function(span: Span, written: &str, ours: &str) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_OPERATOR,
        format!("`{written}` is not a function here"),
        span,
        "a function of a spreadsheet",
    )
    .help(format!(
        "write `{ours}` between the conditions: `a {ours} b`"
    ))
}

pub(super) fn foreign_punctuation(span: Span, what: &str, ours: &str) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_PUNCTUATION,
        format!("{what} is not part of the language"),
        span,
        what,
    )
    .help(format!("write `{ours}`"))
}

pub(super) fn semicolon(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_PUNCTUATION,
        "nothing ends with `;`",
        span,
        "a semicolon",
    )
    .help("leave it out")
    .fix(span, "")
}

pub(super) fn comma_between_rows(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_PUNCTUATION,
        "a row of a table ends with its line or with `;`, not with a comma",
        span,
        "a comma",
    )
    .help("begin the next row on a new line, or write `;`")
    .fix(span, ";")
}

pub(super) fn semicolon_in_list(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_PUNCTUATION,
        "a comma stands between two elements, not `;`",
        span,
        "a semicolon",
    )
    .help("write `,`")
    .fix(span, ",")
}

/// `write`: the set in braces.
pub(super) fn set_in_other_brackets(span: Span, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_PUNCTUATION,
        "the elements of a set stand in braces",
        span,
        "these stand in other brackets",
    )
    .help(format!("write `{write}`"))
    .fix(span, write)
}

/// A sign of a currency behind an amount; `write`: the amount in our manner.
pub(super) fn currency_sign(span: Span, sign: &str, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_CHARACTER,
        format!("`{sign}` is not part of the language"),
        span,
        "not expected here",
    )
    .help(format!("write the currency behind the amount: `{write}`"))
}

pub(super) fn slash_comment(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::FOREIGN_PUNCTUATION,
        "a comment starts with `#`",
        span,
        "two slashes",
    )
    .help("write `#`")
    .fix(span, "#")
}

/// `count(components)`, `count(c.value for c in components)`.
pub(super) fn count_of_what(span: Span, written: &str) -> Diagnostic {
    let plain = written
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let list = if plain { written } else { "LIST" };
    Diagnostic::new(
        &code::AGGREGATE_OF_WHAT,
        "`count` counts the elements of a list",
        span,
        "not a name and its list",
    )
    .help(format!(
        "write `count(x in {list})`, or `count(x in {list} where …)` for some of them"
    ))
}
