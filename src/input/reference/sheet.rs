//! A sheet of an `.xlsx` workbook: the first row with anything in it names the columns.
//!
//! A spreadsheet keeps every number as a double, so a whole one counts as the whole number. What shows one thing and holds
//! another cannot be read: an error, a formula that was never worked out, merged cells.

use std::io::Cursor;

use bytes::Bytes;
use calamine::{Data, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};

use super::{Cell, Fault, ReferenceError, ReferenceFile, Rows};
use crate::domain::{Day, Number};
use crate::input::errors::{duplicate_column, listed};
use crate::input::guard::{Failure, Held};
use crate::input::read::{FieldReader, Reading};
use crate::model::RowPlace;
use rustc_hash::FxHashMap;

/// A cell that is not empty.
struct Found {
    column: u32,
    value: Data,
    is_formula: bool,
}

/// The cells of one row that are not empty.
struct Line {
    row: u32,
    cells: Vec<Found>,
}

/// Reads a sheet, the only one where `name` is none.
pub(super) fn read(
    file: &ReferenceFile,
    name: Option<&str>,
    rows: &mut Rows<'_>,
) -> Result<(), ReferenceError> {
    let held = Held {
        file: &file.name,
        kind: "Excel",
    };
    let mut book: Xlsx<Cursor<Bytes>> = held.run(None, || {
        Xlsx::new(Cursor::new(file.bytes.clone())).map_err(said)
    })?;
    let name = chosen(&book, name)?;
    let place = format!("sheet `{name}`");
    let merged = held.run(Some(&place), || {
        book.merge_cells_by_sheet_name(&name).map_err(said)
    })?;
    let mut reader = held.run(Some(&place), || {
        book.worksheet_cells_reader(&name).map_err(said)
    })?;
    let mut next = || {
        held.run(Some(&place), || {
            let cell = reader.next_cell_with_formula_metadata().map_err(said)?;
            Ok(cell.map(|cell| {
                let found = Found {
                    column: cell.pos.1,
                    value: cell.value.into(),
                    is_formula: cell.formula.is_some(),
                };
                (cell.pos.0, found)
            }))
        })
    };
    let mut lines = Lines::default();
    let mut header: Option<Header> = None;
    loop {
        let cell = next()?;
        let at_end = cell.is_none();
        if let Some(line) = lines.add(cell) {
            match &header {
                None => header = Some(Header::new(file, &line, rows)?),
                Some(header) => header.row(&line, rows),
            }
        }
        if at_end {
            break;
        }
    }
    let Some(header) = header else {
        return Err(ReferenceError::Empty);
    };
    for region in &merged {
        header.merged(region.start, region.end, rows);
    }
    Ok(())
}

fn said(error: XlsxError) -> Failure {
    match error {
        XlsxError::Io(error) => error.into(),
        XlsxError::Password => Failure::Content("it is protected by a password".to_owned()),
        other => Failure::Content(other.to_string()),
    }
}

/// The sheet to read.
fn chosen(book: &Xlsx<Cursor<Bytes>>, name: Option<&str>) -> Result<String, ReferenceError> {
    let sheets = book.sheets_metadata().iter();
    let sheets: Vec<&str> = sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.as_str())
        .collect();
    let problem = match (name, sheets.as_slice()) {
        (Some(name), sheets) if sheets.contains(&name) => return Ok(name.to_owned()),
        (None, [only]) => return Ok((*only).to_owned()),
        (Some(name), _) => format!("there is no sheet `{name}`"),
        (None, []) => "there is no sheet in it".to_owned(),
        (None, several) => format!("there are {} sheets in it", several.len()),
    };
    let help = match sheets.as_slice() {
        [] => "save the data in a sheet of the workbook".to_owned(),
        sheets => format!(
            "write `sheet` and its name behind the file's; the sheets are {}",
            listed(sheets)
        ),
    };
    Err(ReferenceError::Sheet { problem, help })
}

/// Cells put together into rows; they come in the order of rows.
#[derive(Default)]
struct Lines {
    line: Option<Line>,
}

impl Lines {
    /// Takes the next cell, none at the end; gives the row before it once that is whole.
    fn add(&mut self, cell: Option<(u32, Found)>) -> Option<Line> {
        let Some((row, found)) = cell else {
            return self.line.take();
        };
        let blank = match &found.value {
            Data::Empty => !found.is_formula,
            Data::String(text) => text.trim().is_empty(),
            _ => false,
        };
        if blank {
            return None;
        }
        match &mut self.line {
            Some(line) if line.row == row => {
                line.cells.push(found);
                None
            }
            line => line.replace(Line {
                row,
                cells: vec![found],
            }),
        }
    }
}

/// Which columns of the sheet are read.
struct Header {
    row: u32,
    /// For each column asked for the sheet's.
    places: Vec<u32>,
}

impl Header {
    fn new(file: &ReferenceFile, line: &Line, rows: &Rows<'_>) -> Result<Header, ReferenceError> {
        let names: Vec<String> = line.cells.iter().map(|cell| shown(&cell.value)).collect();
        rows.check_headers(&names)?;
        let mut by_name: FxHashMap<&str, u32> = FxHashMap::default();
        for (name, cell) in names.iter().zip(&line.cells) {
            let twice = by_name.insert(name, cell.column);
            if let Some(first) = twice.filter(|_| rows.headers().any(|it| **it == **name)) {
                let places = (first as usize + 1, cell.column as usize + 1);
                return Err(duplicate_column(&file.name, name, places.0, places.1).into());
            }
        }
        let places = rows.headers().map(|header| by_name[&**header]).collect();
        Ok(Header {
            row: line.row,
            places,
        })
    }

    fn row(&self, line: &Line, rows: &mut Rows<'_>) {
        rows.row(RowPlace::Row(u64::from(line.row) + 1), |at, reader| {
            let column = self.places[at];
            let found = line.cells.iter().find(|cell| cell.column == column);
            Cell {
                reading: found.map_or(Ok(None), |found| reading(reader, found)),
                found: Box::new(move || found.map(show).unwrap_or_default()),
            }
        });
    }

    /// Merged cells show one value for several cells, of which all but one are empty.
    fn merged(&self, start: (u32, u32), end: (u32, u32), rows: &mut Rows<'_>) {
        let below = end.0 > self.row;
        let read = |column: &u32| (start.1..=end.1).contains(column);
        let Some(at) = self.places.iter().position(read).filter(|_| below) else {
            return;
        };
        let column = rows.columns[at].0.column.clone();
        rows.fault(Fault {
            place: RowPlace::Row(u64::from(start.0.max(self.row + 1)) + 1),
            column: Some(column),
            found: "merged cells".to_owned(),
            expected: "a cell of its own for every value".to_owned(),
        });
    }
}

fn reading(reader: &FieldReader, found: &Found) -> Reading {
    match &found.value {
        Data::String(text) => reader.read_text(text),
        Data::Bool(value) => reader.read_bool(*value),
        Data::Int(value) => reader.read_i64(*value),
        Data::Float(value) => match whole(*value) {
            Some(whole) => reader.read_integer(whole),
            None => reader.read_f64(*value),
        },
        Data::DateTime(moment) => match day_of(moment) {
            Some(day) => reader.read_date(day.0.into()),
            None => Err(reader.expected().clone()),
        },
        Data::DateTimeIso(text) => reader.read_text(text),
        Data::DurationIso(_) | Data::Error(_) | Data::Empty => Err(reader.expected().clone()),
    }
}

/// The whole number that a double is, as far as doubles tell whole numbers apart.
fn whole(value: f64) -> Option<i128> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    (value.fract() == 0.0 && value.abs() <= MOST).then_some(value as i128)
}

/// The day that a cell shows, if it shows no time of day.
fn day_of(moment: &ExcelDateTime) -> Option<Day> {
    if moment.is_duration() || moment.as_f64().fract() != 0.0 {
        return None;
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    Day::from_ymd(year.into(), month.into(), day.into())
}

fn show(found: &Found) -> String {
    match &found.value {
        Data::Empty if found.is_formula => "a formula that was never worked out".to_owned(),
        value => shown(value),
    }
}

fn shown(value: &Data) -> String {
    match value {
        Data::Float(float) => match Number::from_f64_shortest(*float) {
            Some(number) => number.to_string(),
            None => float.to_string(),
        },
        Data::DateTime(moment) => match day_of(moment) {
            Some(day) => day.to_string(),
            None => moment.to_string(),
        },
        Data::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}
