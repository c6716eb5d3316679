//! One mistake, one message: what many mentions or many tests repeat is said at the first of them.
//!
//! A rule whose name is misspelt where it is declared is named rightly in its exceptions and tests, and a field of the
//! wrong type is given in every test. Each would have its message; they are one, with the number of places.

use crate::diagnostic::{Diagnostic, catalogue as code};
use crate::text::Span;
use rustc_hash::FxHashMap;
use std::mem::take;

/// Joins messages that say the same of several places: mentions of a rule that is nearly the name of one, and whatever is
/// wrong from message number `tests` on, which are those about cases and tests.
pub(super) fn fold(diagnostics: &mut Vec<Diagnostic>, tests: usize) {
    let mut groups: FxHashMap<(&'static str, String, Option<String>), Vec<Diagnostic>> =
        FxHashMap::default();
    for (at, diagnostic) in take(diagnostics).into_iter().enumerate() {
        let folds = match *diagnostic.code == code::UNKNOWN_RULE {
            true => diagnostic.fix.is_some(),
            false => at >= tests,
        };
        if !folds {
            diagnostics.push(diagnostic);
            continue;
        }
        let (message, help) = (diagnostic.message.clone(), diagnostic.help.clone());
        let group = groups.entry((diagnostic.code.id, message, help));
        group.or_default().push(diagnostic);
    }
    diagnostics.extend(groups.into_values().filter_map(joined));
}

/// The first of the messages by place, with the number of the other places.
fn joined(mut group: Vec<Diagnostic>) -> Option<Diagnostic> {
    let place = |span: Span| (span.file, span.start, span.end);
    group.sort_by_key(|it| place(it.primary.span));
    group.dedup_by_key(|it| place(it.primary.span));
    let more = group.len() - 1;
    let first = group.into_iter().next()?;
    Some(match more {
        0 => first,
        1 => first.note("the same is wrong in one more place"),
        more => first.note(format!("the same is wrong in {more} more places")),
    })
}
