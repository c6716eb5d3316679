//! Calendars: the days that are not working days, from files, and due dates that count by them.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::load::UnitId;
use crate::diagnostic::nearest;
use crate::domain::Calendar;
use crate::input::reference::read_rows;
use crate::model::{DataFile, Field, FieldRole, NamedCalendar, Time, Type, Types, Value};
use crate::syntax::ast;
use crate::text::{Arena, Span};

/// The header of the column that holds a calendar's days.
const COLUMN: &str = "date";
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
        let column = day_column(ast.name.span);
        let nested = Arena::default();
        let types = Types {
            enums: &self.enums,
            systems: &self.systems,
            nested: &nested,
            verdicts: &[],
        };
        match read_rows(file, None, &[&column], types) {
            Ok(rows) => {
                let days = rows
                    .into_iter()
                    .filter_map(|mut row| match row.values.pop()? {
                        Some(Value::Date(day)) => Some(day),
                        _ => None,
                    });
                let data = DataFile {
                    written: ast.path.value.as_str().into(),
                    name: file.name.clone(),
                    sheet: None,
                    sha256: file.sha256.clone(),
                };
                Some((data, Calendar::new(days)))
            }
            Err(error) => {
                let (span, place) = (ast.path.span, file.name.to_string());
                self.report(errors::data_rows(span, "calendar", &place, &error));
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

fn day_column(span: Span) -> Field {
    Field {
        name: COLUMN.into(),
        ty: Type::Date,
        optional: false,
        signed: false,
        percent_of_one: false,
        unit: None,
        role: FieldRole::Plain,
        column: COLUMN.into(),
        span,
        doc: None,
    }
}
