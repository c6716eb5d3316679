//! Messages about lists that are read from files, and about their cells.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::domain::Day;
use crate::input::reference::{Fault, ReferenceError};
use crate::text::Span;

/// A file that cannot be read as a whole; `what`: "list".
pub(crate) fn data_file(span: Span, what: &str, file: &str, why: &str, help: &str) -> Diagnostic {
    Diagnostic::new(
        &code::DATA_FILE,
        format!("the {what} cannot be read from `{file}`"),
        span,
        why,
    )
    .help(help)
}

pub(crate) fn data_file_from_memory(span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::DATA_FILE,
        "a text that is not in a file cannot read one",
        span,
        "there is no folder to start from",
    )
    .help("save the text as a file")
}

/// What keeps the rows of a file from being read; `place`: the file, and the sheet if one is named.
pub(crate) fn data_rows(span: Span, what: &str, place: &str, error: &ReferenceError) -> Diagnostic {
    match error {
        ReferenceError::File(error) => {
            let (why, help) = error.parts();
            let diagnostic = Diagnostic::new(
                &code::DATA_FILE,
                format!("the {what} cannot be read from `{place}`"),
                span,
                why,
            );
            match help {
                "" => diagnostic,
                help => diagnostic.help(help),
            }
        }
        ReferenceError::Kind => data_file(
            span,
            what,
            place,
            "the name does not say what kind of file this is",
            "give it an ending: .csv, .tsv, .jsonl (each also .gz, .zst), .parquet or .xlsx",
        ),
        ReferenceError::Sheet { problem, help } => data_file(span, what, place, problem, help),
        ReferenceError::Columns { lacking, help, .. } => {
            let names: Vec<&str> = lacking.iter().map(|name| &**name).collect();
            Diagnostic::new(
                &code::DATA_COLUMN,
                format!("`{place}` lacks what the {what} declares: {error}"),
                span,
                match names.as_slice() {
                    [_] => "a column is not in this file",
                    _ => "columns are not in this file",
                },
            )
            .help(help)
        }
        ReferenceError::Empty => Diagnostic::new(
            &code::DATA_EMPTY,
            format!("there is no row in `{place}`"),
            span,
            "this file is empty",
        )
        .help(format!(
            "fill the file; a {what} without a row would mean that nothing is ever found in it"
        )),
        ReferenceError::Rows { first, count } => bad_rows(span, what, place, first, *count),
    }
}

/// Rows that cannot be read or do not make sense.
pub(crate) fn bad_rows(
    span: Span,
    what: &str,
    place: &str,
    first: &[Fault],
    count: u64,
) -> Diagnostic {
    let rows = match count {
        1 => "a row".to_owned(),
        count => format!("{count} cells or rows"),
    };
    let mut diagnostic = Diagnostic::new(
        &code::DATA_ROW,
        format!("{rows} of `{place}` cannot be read"),
        span,
        format!("the {what} is read from this file"),
    )
    .help("correct the file; nothing in it is left out or guessed");
    for fault in first {
        diagnostic = diagnostic.note(format!("{place}, {fault}"));
    }
    if count > first.len() as u64 {
        diagnostic = diagnostic.note(format!("and {} more", count - first.len() as u64));
    }
    diagnostic
}

/// `rows`: of each key its two rows and the days on which both are in the list.
pub(crate) fn key_twice(span: Span, place: &str, rows: &[String], count: usize) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        &code::DATA_KEY_TWICE,
        match count {
            1 => format!("a key stands twice in `{place}`"),
            count => format!("{count} keys stand twice in `{place}`"),
        },
        span,
        "one row would have to be chosen",
    )
    .help("leave one of the rows out, or give them days that do not overlap");
    for row in rows {
        diagnostic = diagnostic.note(format!("{place}, {row}"));
    }
    if count > rows.len() {
        diagnostic = diagnostic.note(format!("and {} more", count - rows.len()));
    }
    diagnostic
}

/// Something in a list's braces that is not as it must be.
pub(crate) fn list_entry(span: Span, message: &str, here: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&code::LIST_ENTRY, message, span, here).help(help)
}

/// `valid from` and `recorded` twice.
pub(crate) fn list_entry_twice(word: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(
        &code::LIST_ENTRY,
        format!("`{word}` stands twice in this list"),
        second,
        "this is a second one",
    )
    .label(first, "the first one is here")
    .help("leave one of them out")
}

/// `valid from`, `recorded` of a name that is no column.
pub(crate) fn no_such_column(list: &str, name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_FIELD,
        format!("`{list}` has no column `{name}`"),
        span,
        "no such column",
    );
    match near {
        Some(near) => diagnostic
            .help(format!("did you mean `{near}`?"))
            .guess(span, near),
        None => diagnostic.help(format!("declare it: `{name} : ` and its type")),
    }
}

/// A cell of a row that may not be there; `guard`: what to put before it.
pub(crate) fn unguarded_cell(span: Span, cell: &str, help: String, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNGUARDED_CELL,
        format!("`{cell}` is asked of rows that are not in the list, too"),
        span,
        "where there is no such row this is unknown",
    )
    .label(declared, "the list is declared here")
    .help(help)
}

/// `parties[x]` where a value is needed.
pub(crate) fn row_as_value(span: Span, written: &str, column: Option<&str>) -> Diagnostic {
    let column = column.unwrap_or("COLUMN");
    Diagnostic::new(
        &code::ROW_AS_VALUE,
        format!("a single value is needed here, and `{written}` is a whole row"),
        span,
        "this is a row of a list",
    )
    .help(format!("name one of its columns: `{written}.{column}`"))
}

/// `x[y]` where `x` is no list that is read from a file.
pub(crate) fn row_of_what(span: Span, written: &str, found: &str) -> Diagnostic {
    Diagnostic::new(
        &code::ROW_AS_VALUE,
        format!("only a list that is read from a file has rows, and `{written}` is {found}"),
        span,
        format!("this is {found}"),
    )
    .help("the elements of a field that is a list are asked with `any x in LIST satisfies …`")
}

/// `any p in parties`, where `parties` is read from a file.
pub(crate) fn rows_as_elements(span: Span, name: &str, noun: &str, used_by: &str) -> Diagnostic {
    Diagnostic::new(
        &code::NOT_A_LIST,
        format!("{used_by} goes over the elements of a record's list, and `{name}` is {noun}"),
        span,
        format!("this is {noun}"),
    )
    .help(format!(
        "ask whether a key is in it: `x in {name}`; a row's columns are `{name}[x].COLUMN`"
    ))
}

/// The keys of a list compared exactly with codes that may be coarser or finer.
pub(crate) fn keys_asked_exactly(
    is: &str,
    code: &str,
    place: &str,
    span: Span,
    write: &str,
) -> Diagnostic {
    Diagnostic::new(
        &code::CODE_COMPARED_EXACTLY,
        format!("`{is}` asks for exactly the codes of the list, not for finer ones below them"),
        span,
        format!("this list has the key {code} ({place})"),
    )
    .help(format!("to take in what lies below them, write `{write}`"))
}

pub(crate) fn list_not_yet_known(name: &str, span: Span, day: Day, first: Day) -> Diagnostic {
    Diagnostic::new(
        &code::LIST_NOT_YET_KNOWN,
        format!("nothing is in the list `{name}` as it was known at {day}"),
        span,
        format!("its first row was recorded on {first}"),
    )
    .help("ask with a later day, unless it is meant that nobody could have found anything in it")
}
