//! Messages about decision tables.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

/// A table without columns or without rows.
pub(crate) fn table_without(what: &str, span: Span, write: &str) -> Diagnostic {
    Diagnostic::new(
        &code::TABLE_SHAPE,
        format!("this table has no {what}"),
        span,
        format!("no {what}"),
    )
    .help(write)
}

/// A row with more or fewer cells than the table has columns; `columns` is where these are named.
pub(crate) fn cells_and_columns(
    span: Span,
    found: usize,
    needed: usize,
    columns: Span,
) -> Diagnostic {
    let cells = |count: usize| match count {
        1 => "1 cell".to_owned(),
        more => format!("{more} cells"),
    };
    let columns_are = match needed {
        1 => "1 column".to_owned(),
        more => format!("{more} columns"),
    };
    Diagnostic::new(
        &code::TABLE_SHAPE,
        format!("the table has {columns_are} and this row {}", cells(found)),
        span,
        format!("{} before `=>`", cells(found)),
    )
    .label(columns, format!("{columns_are} here"))
    .help(
        "write one cell for each column, with commas between them, and `_` where any value will do",
    )
}

/// Two rows of a `unique` table that hold at once, for the values `witness`.
pub(crate) fn rows_overlap(
    table: &str,
    [first, second]: [Span; 2],
    numbers: (usize, usize),
    witness: &str,
) -> Diagnostic {
    Diagnostic::new(
        &code::ROWS_OVERLAP,
        format!(
            "rows {} and {} of the table `{table}` overlap",
            numbers.0, numbers.1
        ),
        second,
        format!("this row holds for {witness}"),
    )
    .label(first, "and so does this one")
    .help(
        "narrow one of the two rows, or write `first` in the place of `unique` if the upper one shall count",
    )
}

/// Two rows of a `unique` table of which a pattern leaves open whether they overlap.
pub(crate) fn rows_by_pattern(table: &str, [first, second]: [Span; 2]) -> Diagnostic {
    Diagnostic::new(
        &code::TABLE_NOT_PROVEN,
        format!("whether these rows of the table `{table}` overlap cannot be told"),
        second,
        "a pattern does not say which values it leaves out",
    )
    .label(first, "this row may hold at the same time")
    .help("write `first` in the place of `unique`, or cells without patterns")
}

/// A `unique` table that is too large to be looked at.
pub(crate) fn table_too_large(table: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::TABLE_NOT_PROVEN,
        format!("whether rows of the table `{table}` overlap cannot be told"),
        span,
        "it mentions too many values to try them all",
    )
    .help("write `first` in the place of `unique`, or make several tables of it")
}

/// A table that is not looked at for gaps.
pub(crate) fn table_not_checked(table: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(
        &code::TABLE_NOT_CHECKED,
        format!("gaps in the table `{table}` are not looked for"),
        span,
        why.to_owned(),
    )
    .help("add a last row of `_` that says what holds for all other values")
}

/// Values for which a table has no row; `more`: there are others.
pub(crate) fn table_gap(table: &str, span: Span, witnesses: &[String], more: bool) -> Diagnostic {
    let mut text = format!("no row for {}", witnesses.join("; nor for "));
    if more {
        text.push_str("; and others");
    }
    Diagnostic::new(
        &code::TABLE_GAP,
        format!("the table `{table}` has no row for some values, and is unknown for them"),
        span,
        text,
    )
    .help("add a row for them, or a last row of `_` that says what holds for all other values")
}

/// A row of a `first` table that can never count; `by` is the row before it that leaves nothing, where it is one.
pub(crate) fn row_never_reached(
    table: &str,
    span: Span,
    number: usize,
    by: Option<Span>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::ROW_NEVER_REACHED,
        format!("row {number} of the table `{table}` never counts"),
        span,
        "the rows before it leave nothing for it",
    );
    match by {
        Some(by) => diagnostic.label(by, "this row holds wherever it does"),
        None => diagnostic,
    }
    .help("move it up, narrow the rows before it, or leave it out")
}

/// A table with several values where none is named; `values`: their names.
pub(crate) fn which_value(table: &str, span: Span, declared: Span, values: &[&str]) -> Diagnostic {
    let names: Vec<String> = values.iter().map(|it| format!("`{it}`")).collect();
    Diagnostic::new(
        &code::ROW_AS_VALUE,
        format!("`{table}` has several values, and this does not say which"),
        span,
        "a row, not a single value",
    )
    .label(declared, format!("it has the values {}", names.join(", ")))
    .help(format!("write `{table}(…).{}`", values[0]))
}
