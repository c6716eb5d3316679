//! What goes wrong with a whole input, in the words the user sees. Single bad rows are rejects.

#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;

use thiserror::Error;

use crate::input::WantedColumn;

/// Why an input as a whole cannot be read.
#[derive(Debug, Error)]
pub enum InputError {
    /// What stands in the file cannot be read as records.
    #[error("{}: {problem}{}", located(file, place), helped(help))]
    Unreadable {
        /// The file as named to the user.
        file: String,
        /// Where in the file ("line 7", "column `Country`").
        place: Option<String>,
        /// What is wrong.
        problem: String,
        /// What to do about it.
        help: String,
    },
    /// The file cannot be got at.
    #[error("{file}: {doing} failed: {}", reason(source))]
    Io {
        /// The file as named to the user.
        file: String,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl InputError {
    /// What is wrong, with the place in the file, and what to do about it; the file aside.
    pub fn parts(&self) -> (String, &str) {
        match self {
            InputError::Unreadable {
                place: Some(place),
                problem,
                help,
                ..
            } => (format!("{place}: {problem}"), help),
            InputError::Unreadable { problem, help, .. } => (problem.clone(), help),
            InputError::Io { doing, source, .. } => {
                (format!("{doing} failed: {}", reason(source)), "")
            }
        }
    }

    /// The exit status that says so: 65 for what stands in a file, 74 for getting at it.
    pub fn status(&self) -> u8 {
        match self {
            InputError::Unreadable { .. } => 65,
            InputError::Io { .. } => 74,
        }
    }
}

/// A failure in the system's words, in lower case like all messages, without its number and without names of temporary
/// files.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    let first = chars.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(chars).collect()
}

fn located(file: &str, place: &Option<String>) -> String {
    match place {
        Some(place) => format!("{file}, {place}"),
        None => file.to_owned(),
    }
}

pub(crate) fn helped(help: &str) -> String {
    if help.is_empty() {
        String::new()
    } else {
        format!("\n  help: {help}")
    }
}

fn unreadable(
    file: &str,
    place: Option<String>,
    problem: impl Into<String>,
    help: impl Into<String>,
) -> InputError {
    InputError::Unreadable {
        file: file.to_owned(),
        place,
        problem: problem.into(),
        help: help.into(),
    }
}

/// `name` with forward slashes, as every message and manifest shows a path.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Names in backquotes, the first dozen of them.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted = names.iter().take(12).map(|name| format!("`{name}`"));
    let more = if names.len() > 12 { ", …" } else { "" };
    quoted.collect::<Vec<_>>().join(", ") + more
}

/// Names shorter than this are the same or are not: a slip makes most of them another word.
const MIN_SLIP: usize = 4;

/// The one of `names` that `wanted` is most likely a spelling of: whole names, case and punctuation aside, with the few
/// slips of a misspelling at most. What is named here may be pasted, so a mere likeness is not enough.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = |text: &str| -> String {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = folded(wanted);
    let names: Vec<(String, &str)> = names.map(|name| (folded(name), name)).collect();
    let same = |text: &str| names.iter().find(|(folded, _)| folded == text);
    if wanted.is_empty() {
        return None;
    }
    if let Some((_, name)) = same(&wanted) {
        return Some(name);
    }
    let long = |text: &str| text.chars().count() >= MIN_SLIP;
    let candidates = names.iter().map(|(folded, _)| folded.as_str());
    let near = crate::diagnostic::nearest(&wanted, candidates.filter(|text| long(text)))?;
    same(near).filter(|_| long(&wanted)).map(|(_, name)| *name)
}

pub(crate) fn io_failed(file: &str, doing: &'static str, source: io::Error) -> InputError {
    InputError::Io {
        file: file.to_owned(),
        doing,
        source,
    }
}

/// A failure while decompressing: the system's failures stay what they are, the rest is the file's fault.
pub(crate) fn reading_failed(file: &str, source: io::Error) -> InputError {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    match source.kind() {
        InvalidData | InvalidInput | UnexpectedEof | Other if source.raw_os_error().is_none() => {
            unreadable(
                file,
                None,
                format!("the compressed data is damaged or cut off ({source})"),
                "copy the file again from its source",
            )
        }
        _ => io_failed(file, "reading", source),
    }
}

pub(crate) fn no_inputs() -> InputError {
    unreadable(
        "inputs",
        None,
        "no input file was named",
        "name a file, a folder, or `-` for standard input",
    )
}

pub(crate) fn empty_folder(folder: &str) -> InputError {
    unreadable(
        folder,
        None,
        "the folder holds no input file",
        "files whose names start with `.` or `_` do not count",
    )
}

pub(crate) fn unknown_kind(file: &str) -> InputError {
    unreadable(
        file,
        None,
        "the name does not say what kind of file this is",
        "say it with --input-format csv, tsv, jsonl, parquet or arrow",
    )
}

pub(crate) fn linked_folder(folder: &str) -> InputError {
    unreadable(
        folder,
        None,
        "a link to a folder inside an input folder is not followed",
        "name the folder it points to as an input of its own",
    )
}

pub(crate) fn named_twice(file: &str) -> InputError {
    unreadable(
        file,
        None,
        "the file is named twice, so its rows would be screened twice",
        "name it once",
    )
}

pub(crate) fn not_from_stdin(kind: &str) -> InputError {
    unreadable(
        "standard input",
        None,
        format!("{kind} cannot be read from standard input"),
        "save it to a file and name the file",
    )
}

pub(crate) fn looks_like(file: &str, found: &str, help: &str) -> InputError {
    unreadable(file, None, format!("this looks like {found}"), help)
}

pub(crate) fn no_header(file: &str) -> InputError {
    unreadable(
        file,
        None,
        "the file is empty: there is no header line",
        "the first line names the columns",
    )
}

pub(crate) fn bad_header(file: &str, line: u64, problem: &str) -> InputError {
    unreadable(
        file,
        Some(format!("line {line}")),
        format!("the header {problem}"),
        "the first line names the columns, in UTF-8",
    )
}

pub(crate) fn duplicate_column(file: &str, name: &str, first: usize, second: usize) -> InputError {
    let (problem, help) = match name.trim().is_empty() {
        true => (
            format!("columns {first} and {second} have no name"),
            "name them, or write `--columns key` to copy only the key",
        ),
        false => (
            format!("columns {first} and {second} are both called `{name}`"),
            "rename one of them",
        ),
    };
    unreadable(file, Some("header".to_owned()), problem, help)
}

/// Columns that the policy reads and the data does not have. That may be a slip in a name as well as data of another
/// kind, so the author of the mapping says which it is.
pub(crate) fn missing_columns(
    file: &str,
    lacking: &[&WantedColumn],
    names: &[String],
    wanted: &[WantedColumn],
) -> InputError {
    let quoted: Vec<String> = lacking
        .iter()
        .map(|column| format!("`{}`", column.name))
        .collect();
    let problem = match &quoted[..] {
        [only] => format!("there is no column {only}"),
        several => format!("there are no columns {}", several.join(", ")),
    };
    if let [only] = names
        && only.contains([';', '|', '\t'])
    {
        let help = "the header is a single column; if another mark stands between the fields, \
                    write `delimiter = \";\"` under [csv] in a mapping file (--map FILE.toml)";
        return unreadable(file, None, problem, help);
    }
    // A column that holds another field is not offered.
    let held = |name: &str| wanted.iter().any(|column| column.name == name);
    let free: Vec<&str> = names.iter().map(String::as_str).collect();
    let free: Vec<&str> = free.into_iter().filter(|name| !held(name)).collect();
    let near = |column: &WantedColumn| nearest(&column.name, free.iter().copied());
    let mut help = match lacking {
        [only] => match near(only) {
            Some(near) => format!("the nearest column is `{near}`"),
            None => columns_left(&free),
        },
        several if several.iter().all(|column| near(column).is_some()) => {
            "the data may call them otherwise".to_owned()
        }
        _ => format!(
            "the data may call them otherwise, or not have them; {}",
            columns_left(&free)
        ),
    };
    let settings: Vec<String> = lacking
        .iter()
        .filter_map(|column| setting(column, near(column)))
        .collect();
    if !settings.is_empty() {
        help += "; under [columns] in a mapping file (--map FILE.toml) write";
        settings
            .iter()
            .for_each(|line| help += &format!("\n    {line}"));
    }
    unreadable(file, None, problem, help)
}

fn columns_left(free: &[&str]) -> String {
    match free {
        [] => "no column is left that no field is read from".to_owned(),
        [only] => format!("the column that no field is read from is `{only}`"),
        _ => format!(
            "the columns that no field is read from are {}",
            listed(free)
        ),
    }
}

/// A mass is read from a column whose name ends in another unit.
pub(crate) fn other_unit(
    field: &str,
    column: &str,
    read_as: crate::domain::MassUnit,
    named: crate::domain::MassUnit,
) -> String {
    let key = key(field);
    let quoted = toml::Value::from(column);
    format!(
        "warning: `{field}` is read from the column `{column}` in {read_as}, though its name says {named}\n  \
         help: under [columns] in a mapping file (--map FILE.toml) say the data's unit: {key} = {{ column = {quoted}, unit = \"{named}\" }}"
    )
}

/// A key that a file of JSON Lines never has. Writers that leave out what is empty make such files, so they are read;
/// `keys` are those that its first objects have.
pub fn absent_key(file: &str, key: &str, keys: &[String]) -> String {
    let near = nearest(key, keys.iter().map(String::as_str));
    let near = match near {
        Some(near) => format!("; the nearest key is `{near}`"),
        None => String::new(),
    };
    format!(
        "warning: no object of {file} has the key `{key}`, so it is missing in every record{near}\n  \
         help: under [columns] in a mapping file (--map FILE.toml) say which key holds the field, or that it is `false`"
    )
}

/// A field's name as a key of a mapping file.
fn key(name: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match name.bytes().all(bare) {
        true => name.to_owned(),
        false => toml::Value::from(name).to_string(),
    }
}

/// What a mapping file can say about a column that is not there.
fn setting(column: &WantedColumn, near: Option<&str>) -> Option<String> {
    let field = column.holds.as_ref()?;
    let key = key(&field.name);
    let none = "if the data has no such column: missing in every record";
    Some(match (near, field.optional) {
        (Some(near), true) => format!("{key} = {}   # or `false` {none}", toml::Value::from(near)),
        (Some(near), false) => format!("{key} = {}", toml::Value::from(near)),
        (None, true) => format!("{key} = false   # {none}"),
        (None, false) => {
            format!("{key} = \"…\"   # the column that holds it; every record needs one")
        }
    })
}

pub(crate) fn other_columns(file: &str, first: &str, name: &str) -> InputError {
    unreadable(
        file,
        Some(format!("column `{name}`")),
        format!("the column stands in only one of this file and {first}"),
        "files copied whole must have the same columns; write `--columns key` to copy only the key",
    )
}

pub(crate) fn other_type(
    file: &str,
    first: &str,
    name: &str,
    here: &str,
    there: &str,
) -> InputError {
    unreadable(
        file,
        Some(format!("column `{name}`")),
        format!("the column holds {here}, but {there} in {first}"),
        "convert one of the files, or write `--columns key` to copy only the key",
    )
}

/// A list of records in a file of rows of texts.
pub(crate) fn list_in_text(file: &str, column: &WantedColumn) -> InputError {
    let field = column.holds.as_ref().map_or(&column.name, |it| &it.name);
    unreadable(
        file,
        None,
        format!("rows of text cannot hold the field `{field}`, which is a list of records"),
        format!(
            "give its elements as a child table, with `--child {field}=FILE`; or the records as JSON Lines, with an array \
             of objects, or as Parquet or Arrow, with a list of structs"
        ),
    )
}

pub(crate) fn unsupported_type(file: &str, name: &str, found: &str) -> InputError {
    unreadable(
        file,
        Some(format!("column `{name}`")),
        format!("the column holds {found}, which no field is read from"),
        "store it as text, a number, a date or a timestamp",
    )
}

/// A column of a reference file that holds what its type is not read from.
pub(crate) fn other_column_type(
    file: &str,
    name: &str,
    found: &arrow_schema::DataType,
    wants: &str,
) -> InputError {
    unreadable(
        file,
        Some(format!("column `{name}`")),
        format!(
            "the column holds {}, where {wants} is read",
            super::columns::type_words(found)
        ),
        "store it as such, or as text",
    )
}

pub(crate) fn record_too_long(file: &str, line: u64, limit: usize, quotes: bool) -> InputError {
    let help = if quotes {
        "a field that starts with a quote is probably never closed"
    } else {
        "one record stands on one line"
    };
    unreadable(
        file,
        Some(format!("line {line}")),
        format!(
            "the record that starts here is longer than {} MB",
            limit >> 20
        ),
        help,
    )
}

pub(crate) fn late_column(file: &str, line: u64, name: &str) -> InputError {
    unreadable(
        file,
        Some(format!("line {line}")),
        format!(
            "the key `{name}` stands in none of the file's first records, so no column was made for it"
        ),
        "write `--columns key` to copy only the key, or give the first record every key",
    )
}

pub(crate) fn json_array(file: &str) -> InputError {
    unreadable(
        file,
        Some("line 1".to_owned()),
        "this is one JSON array, not one object per line",
        "write each object on a line of its own, without the outer brackets and commas",
    )
}

pub(crate) fn corrupt(file: &str, place: Option<String>, kind: &str, why: &str) -> InputError {
    unreadable(
        file,
        place,
        format!("this is not a sound {kind} file ({why})"),
        "copy the file again from its source; part of it is damaged or missing",
    )
}

pub(crate) fn bad_mapping(
    file: &str,
    line: Option<u32>,
    problem: String,
    help: String,
) -> InputError {
    unreadable(file, line.map(|line| format!("line {line}")), problem, help)
}
