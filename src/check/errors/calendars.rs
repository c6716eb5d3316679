//! Messages about calendars.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;

/// A calendar that does not exist.
pub(crate) fn unknown_calendar(name: &str, span: Span, near: Option<&str>) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_NAME,
        format!("there is no calendar called `{name}`"),
        span,
        "this name is not known here",
    )
    .help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write `calendar NAME from \"FILE\"`, with a file that lists the days that are not working days".to_owned(),
    })
}

/// A calendar whose file has no column `date`; `there`: the headers it has.
pub(crate) fn calendar_without_date(span: Span, place: &str, there: &[String]) -> Diagnostic {
    let there: Vec<String> = there.iter().map(|name| format!("`{name}`")).collect();
    let diagnostic = Diagnostic::new(
        &code::DATA_COLUMN,
        format!("`{place}` has no column `date`, which holds the days of a calendar"),
        span,
        "the calendar is read from this file",
    )
    .help("write `date` above the column of the days and, if the file also lists weekends on which people work, `works` above the column that says yes or no");
    match there.is_empty() {
        true => diagnostic,
        false => diagnostic.note(format!("{place} has the columns {}", there.join(", "))),
    }
}
