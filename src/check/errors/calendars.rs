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
