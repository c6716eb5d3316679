//! Reading whole books into plain values, for tests.

use std::path::Path;

use arrow_array::{Array, StringArray};
use arrow_cast::display::array_value_to_string;
use arrow_schema::DataType;

use super::*;
use crate::input::InputError;
use crate::input::reject::Reject;

/// Everything a book gives, as text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Read {
    pub rows: Vec<Vec<Option<String>>>,
    /// For each row its file, position and line.
    pub places: Vec<(usize, u64, Option<u64>)>,
    pub rejects: Vec<Reject>,
    pub notes: Vec<FileNotes>,
    pub most_rows: usize,
}

pub(crate) fn required(names: &[&str]) -> Vec<WantedColumn> {
    names
        .iter()
        .map(|name| WantedColumn::required(*name))
        .collect()
}

/// Reads `paths` to the end.
pub(crate) fn read_book(
    paths: &[&Path],
    wanted: &[WantedColumn],
    options: InputOptions,
) -> Result<Read, InputError> {
    let inputs: Vec<InputSpec> = paths.iter().map(|path| InputSpec::new(*path)).collect();
    let book = open(&inputs, wanted, options)?;
    read_source(book.as_ref())
}

/// Reads `source` to the end, checking that it keeps its promises.
pub(crate) fn read_source(source: &dyn BatchSource) -> Result<Read, InputError> {
    let mut read = Read::default();
    let mut expected_index = 0;
    while let Some(unit) = source.next_unit()? {
        assert_eq!(unit.index, expected_index);
        expected_index += 1;
        for chunk in source.read_unit(unit)? {
            add_chunk(&mut read, source, chunk?);
        }
    }
    read.notes = source.notes();
    let counted: u64 = read.notes.iter().map(|notes| notes.rows).sum();
    assert_eq!(counted as usize, read.rows.len() + read.rejects.len());
    let progress = source.progress();
    assert!(
        progress.total.is_none_or(|total| progress.done == total),
        "{progress:?}"
    );
    Ok(read)
}

fn add_chunk(read: &mut Read, source: &dyn BatchSource, chunk: Chunk) {
    assert_eq!(chunk.batch.schema(), source.schema(chunk.file));
    read.most_rows = read.most_rows.max(chunk.batch.num_rows());
    for row in 0..chunk.batch.num_rows() {
        let cell = |column: &arrow_array::ArrayRef| {
            let missing = column.is_null(row) || column.data_type() == &DataType::Null;
            (!missing).then(|| match column.data_type() {
                DataType::Timestamp(unit, Some(_)) => {
                    let plain =
                        arrow_cast::cast(column, &DataType::Timestamp(*unit, None)).unwrap();
                    array_value_to_string(&plain, row).unwrap() + "Z"
                }
                _ => array_value_to_string(column, row).unwrap(),
            })
        };
        read.rows
            .push(chunk.batch.columns().iter().map(cell).collect());
        let line = chunk.lines.as_ref().map(|lines| lines.at(row));
        read.places.push((chunk.file, chunk.rows.at(row), line));
    }
    for column in chunk.batch.columns() {
        if let Some(text) = column.as_any().downcast_ref::<StringArray>()
            && chunk.lines.is_some()
        {
            assert!(
                text.iter().all(|text| text != Some("")),
                "an empty text is missing"
            );
        }
    }
    let base_name = |file: &str| file.rsplit('/').next().unwrap_or(file).into();
    read.rejects
        .extend(chunk.rejects.into_iter().map(|reject| Reject {
            file: base_name(&reject.file),
            ..reject
        }));
}

/// Writes `bytes` as a file called `name` and reads it.
pub(crate) fn read_bytes(
    name: &str,
    bytes: &[u8],
    wanted: &[WantedColumn],
    options: InputOptions,
) -> Result<Read, InputError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_book(&[&path], wanted, options)
}

/// Rows of text for comparison; `-` is a missing value.
pub(crate) fn shown(read: &Read) -> Vec<String> {
    read.rows
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row
                .iter()
                .map(|cell| cell.as_deref().unwrap_or("-"))
                .collect();
            cells.join("|")
        })
        .collect()
}

/// Each reject as `row/line/key/field: found; expected`.
pub(crate) fn shown_rejects(read: &Read) -> Vec<String> {
    read.rejects
        .iter()
        .map(|reject| {
            format!(
                "{}/{}/{}/{}: {}; {}",
                reject.row,
                reject.line.map_or("-".to_owned(), |line| line.to_string()),
                reject.key.as_deref().unwrap_or("-"),
                reject.field.as_deref().unwrap_or("-"),
                reject.found,
                reject.expected
            )
        })
        .collect()
}
