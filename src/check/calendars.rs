//! Calendars: the days that are not working days, from files, and due dates that count by them.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::load::UnitId;
use crate::diagnostic::nearest;
use crate::domain::{Calendar, Day};
use crate::input::reference::{Fault, ReferenceError, ReferenceFile, ReferenceRow, read_rows};
use crate::model::{DataFile, Field, FieldRole, NamedCalendar, Time, Type, Types, Value};
use crate::syntax::ast;
use crate::text::{Arena, Span};
use std::collections::BTreeMap;

/// The header of the column that holds a calendar's days.
const DATE: &str = "date";
/// The header of the column that says of a day whether it is a working day. A file need not have it.
const WORKS: &str = "works";
/// The most working days that one may be given.
const MAX_WORKING_DAYS: u32 = 10_000;

impl Checker<'_> {
    /// All calendars. One that is wrong is there, without days.
    pub fn calendars(&mut self) -> Arena<NamedCalendar> {
        let mut calendars = Arena::default();
        for at in 0..self.declarations.calendars.len() {
            let (ast, doc) = {
                let declared = &self.declarations.calendars[at];
                (declared.ast, declared.doc.clone())
            };
            let (file, calendar) = self.calendar(ast).unwrap_or_else(|| {
                let file = DataFile {
                    written: ast.path.value.as_str().into(),
                    name: ast.path.value.as_str().into(),
                    sheet: None,
                    sha256: "".into(),
                };
                (file, Calendar::default())
            });
            calendars.push(NamedCalendar {
                name: ast.name.text.as_str().into(),
                file,
                calendar,
                span: ast.name.span,
                doc,
            });
        }
        calendars
    }

    fn calendar(&mut self, ast: &ast::Calendar) -> Option<(DataFile, Calendar)> {
        // What keeps the file from being read is reported.
        let file = self.loaded.data.get(&ast.path.span)?;
        let nested = Arena::default();
        let types = Types {
            enums: &self.enums,
            systems: &self.systems,
            nested: &nested,
            verdicts: &[],
        };
        match days(file, ast.name.span, types) {
            Ok(calendar) => {
                let data = DataFile {
                    written: ast.path.value.as_str().into(),
                    name: file.name.clone(),
                    sheet: None,
                    sha256: file.sha256.clone(),
                };
                Some((data, calendar))
            }
            Err(error) => {
                let (span, place) = (ast.path.span, file.name.to_string());
                self.report(match &error {
                    ReferenceError::Columns { there, .. } => {
                        errors::calendar_without_date(span, &place, there)
                    }
                    error => errors::data_rows(span, "calendar", &place, error),
                });
                None
            }
        }
    }

    /// `10 working days of CALENDAR`.
    pub fn working_days(
        &mut self,
        unit: UnitId,
        within: &ast::Within,
        name: &ast::Name,
    ) -> Option<Time> {
        let count = within.amount.digits.parse::<u32>().ok();
        let count = count.filter(|count| *count <= MAX_WORKING_DAYS);
        if count.is_none() {
            let why = "a due date lies a whole number of working days ahead, at most 10_000";
            self.report(errors::number_out_of_range(within.span, why));
        }
        let is_calendar = |it| matches!(it, Meaning::Calendar(_));
        self.note_meaning(unit, name);
        match self.meaning(unit, &name.text) {
            Some((Meaning::Calendar(id), _)) => Some(Time::WorkingDays(count?, id)),
            Some((other, declared)) => {
                let noun = other.noun();
                self.report(errors::wrong_kind(
                    &name.text,
                    name.span,
                    noun,
                    "a calendar",
                    declared,
                ));
                None
            }
            None => {
                let error = self.elsewhere(&name.text, name.span, is_calendar);
                let error = error.unwrap_or_else(|| {
                    let calendars = self.names_in(unit, is_calendar);
                    let near = nearest(&name.text, calendars).map(str::to_owned);
                    errors::unknown_calendar(&name.text, name.span, near.as_deref())
                });
                self.report(error);
                None
            }
        }
    }
}

/// Reads the days of a calendar.
fn days(file: &ReferenceFile, span: Span, types: Types<'_>) -> Result<Calendar, ReferenceError> {
    let (date, works) = (
        column(DATE, Type::Date, span),
        column(WORKS, Type::Bool, span),
    );
    let rows = match read_rows(file, None, &[&date, &works], types) {
        Err(ReferenceError::Columns { lacking, .. }) if lacking.iter().eq([&works.column]) => {
            read_rows(file, None, &[&date], types)?
        }
        rows => rows?,
    };
    let mut said: BTreeMap<Day, bool> = BTreeMap::new();
    let mut faults = Vec::new();
    for row in &rows {
        let (day, works) = entry(row);
        if *said.entry(day).or_insert(works) != works {
            faults.push(Fault {
                place: row.place,
                column: Some(WORKS.into()),
                found: said_of(works).to_owned(),
                expected: format!("`{}`, as another row says of {day}", said_of(!works)),
            });
        }
    }
    if !faults.is_empty() {
        let count = faults.len() as u64;
        return Err(ReferenceError::Rows {
            first: faults,
            count,
        });
    }
    let of = |worked: bool| {
        let days = said.iter().filter(move |(_, works)| **works == worked);
        days.map(|(day, _)| *day)
    };
    Ok(Calendar::new(of(false), of(true)))
}

fn said_of(works: bool) -> &'static str {
    if works { "yes" } else { "no" }
}

/// The day of a row, and whether it is a working day.
fn entry(row: &ReferenceRow) -> (Day, bool) {
    match row.values.as_slice() {
        [Some(Value::Date(day)), rest @ ..] => (*day, matches!(rest, [Some(Value::Bool(true))])),
        other => unreachable!("internal error: {other:?} is no row of a calendar"),
    }
}

fn column(name: &str, ty: Type, span: Span) -> Field {
    Field {
        name: name.into(),
        ty,
        optional: ty == Type::Bool,
        signed: false,
        percent_of_one: false,
        unit: None,
        role: FieldRole::Plain,
        column: name.into(),
        span,
        doc: None,
    }
}
