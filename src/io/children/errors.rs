//! What goes wrong with child tables as a whole, in the words the user sees.

use crate::input::InputError;
use crate::input::errors::{listed, nearest};
use crate::model::{Field, Type};

fn wrong(what: &str, problem: impl Into<String>, help: impl Into<String>) -> InputError {
    InputError::Unreadable {
        file: what.to_owned(),
        place: None,
        problem: problem.into(),
        help: help.into(),
    }
}

fn asked(list: &str) -> String {
    format!("--child {list}")
}

/// No field is called like this.
pub(super) fn no_such_list(list: &str, paths: &[(String, &Field)]) -> InputError {
    let problem = format!("the record has no field `{list}`");
    wrong(&asked(list), problem, lists_there_are(list, paths))
}

/// The field holds something else.
pub(super) fn no_list(list: &str, paths: &[(String, &Field)]) -> InputError {
    let problem = format!("the field `{list}` is no list of records");
    wrong(&asked(list), problem, lists_there_are(list, paths))
}

fn lists_there_are(list: &str, paths: &[(String, &Field)]) -> String {
    let lists = paths
        .iter()
        .filter(|(_, field)| matches!(field.ty, Type::List(_)));
    let names: Vec<&str> = lists.map(|(path, _)| path.as_str()).collect();
    match nearest(list, names.iter().copied()) {
        Some(near) => format!("the nearest list is `{near}`"),
        None if names.is_empty() => "the record has no lists of records".to_owned(),
        None => format!("the lists of records are {}", listed(&names)),
    }
}

/// A list has two tables.
pub(super) fn two_tables(list: &str) -> InputError {
    let help = "put the rows into one file";
    wrong(&asked(list), "the list has two child tables", help)
}

/// A list stands in elements that come from elsewhere.
pub(super) fn no_table_above(list: &str, above: &str) -> InputError {
    let problem = format!("its elements stand in `{above}`, which has no child table");
    let help = format!("name the table of the list above, too: `--child {above}=FILE`");
    wrong(&asked(list), problem, help)
}

/// The mapping says that the data has no such list.
pub(super) fn left_out(list: &str) -> InputError {
    let problem = "the mapping says that the data has no such list";
    let help = format!("take `{list}` out of [columns] in the mapping file");
    wrong(&asked(list), problem, help)
}

/// One column is to name two things.
pub(super) fn one_column_twice(list: &str, above: &str, name: &str) -> InputError {
    let problem = format!(
        "the column `{name}` would name an element of `{above}` and something else as well"
    );
    let help = format!(
        "say which columns they are in a mapping file (--map FILE.toml):\n    \
         [children.\"{list}\"]\n    within = {{ \"{above}\" = \"…\" }}"
    );
    wrong(&asked(list), problem, help)
}

/// The mapping leaves out the key.
pub(super) fn no_key() -> InputError {
    let help = "say which column holds the key under [columns] in the mapping file";
    wrong("--child", "the records have no key to join by", help)
}

pub(super) fn too_many(most: usize) -> InputError {
    let problem = format!("a run reads fewer than {most} child tables");
    wrong("--child", problem, "")
}

/// A child table is a folder, or comes from standard input.
pub(super) fn no_file(file: &str) -> InputError {
    let help = "name one file of rows of text: .csv, .tsv or .jsonl (each also .gz, .zst)";
    wrong(file, "a child table is one file", help)
}

/// A child table is of a binary format.
pub(super) fn no_text(file: &str) -> InputError {
    let help = "save it as CSV, or give the records with their lists as Parquet or Arrow";
    wrong(file, "a child table is a text file", help)
}

/// The records come from standard input.
pub(super) fn records_from_stdin() -> InputError {
    wrong(
        "standard input",
        "records that are joined with a child table are read twice",
        "save them to a file and name the file",
    )
}

/// A column that is copied is called like a list that comes from a child table.
pub(super) fn two_columns(file: &str, column: &str, child: &str) -> InputError {
    let problem = format!("the file has a column `{column}`, which is also what {child} holds");
    let help = "write `--columns key` to copy only the key, or name the column otherwise";
    wrong(file, problem, help)
}

/// The rows of one record are too many.
pub(super) fn record_too_long(file: &str, row: u64, limit: usize) -> InputError {
    let problem = format!(
        "the child rows of the record in row {row} hold more than {} MB",
        limit >> 20
    );
    wrong(file, problem, "one key probably stands for many records")
}
