//! What can be written at a cursor.
//!
//! Words of the language come from the grammar itself: it is asked what can stand after the tokens before the cursor. Names
//! come from the last check, and which of them fit from the tokens alone, so that nothing is checked anew while somebody types.

mod offers;
mod slot;

use super::cursor::{Cursor, Inside};
use super::scope::{Kind, Scope};
use super::workspace::Workspace;
use crate::syntax::expected_after;
use crate::syntax::token::{Kw, KwClass};
use offers::Offers;
use slot::{Slot, slot};
use std::path::Path;

/// What an offer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum OfferKind {
    Keyword,
    Field,
    EnumValue,
    Country,
    Verdict,
    Set,
    List,
    Param,
    Define,
    Function,
    Type,
    Rule,
    Tag,
    Case,
    Unit,
    Element,
    Policy,
}

/// Something that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: OfferKind,
    /// A few words beside it: a type, a title, the name of a country.
    pub detail: Option<String>,
    /// Its documentation.
    pub doc: Option<String>,
    /// What is written, where it is not the label. Places to fill in are `$1`, `${2:name}`.
    pub template: Option<String>,
}

/// Everything that can be written, best first, and the stretch in bytes that it takes the place of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// First byte of the word at the cursor.
    pub start: usize,
    /// The cursor.
    pub end: usize,
    /// The offers.
    pub offers: Vec<Offer>,
}

/// What can be written at byte `at` of a file.
pub fn complete(workspace: &mut Workspace, path: &Path, at: usize) -> Completion {
    let (Some(text), Some(view)) = (workspace.text(path), workspace.last_view(path)) else {
        return Completion::default();
    };
    let before = workspace.good_views(path).into_iter().next();
    let Some(file) = view.file(path) else {
        return Completion::default();
    };
    let cursor = Cursor::new(&text, at);
    let scope = Scope::new(&view, file, before.as_ref());
    let mut offers = Offers::new(&scope, &view, file);
    match cursor.inside {
        Inside::Comment | Inside::Text { hole: false } => {}
        Inside::Text { hole: true } => {
            offers.elements(&cursor);
            offers.fields();
        }
        Inside::Code => {
            let slot = slot(&cursor, &scope);
            offer(&mut offers, &slot, &cursor);
            if slot != Slot::NewName {
                let ahead = &text[cursor.start..cursor.word_start];
                words(&mut offers, &slot, &expected_after(ahead));
            }
        }
    }
    Completion {
        start: cursor.word_start,
        end: at.min(text.len()),
        offers: offers.into_list(),
    }
}

fn offer(offers: &mut Offers<'_>, slot: &Slot, cursor: &Cursor<'_>) {
    match slot {
        Slot::NewName | Slot::Words => {}
        Slot::Declaration => offers.declarations(),
        Slot::Members(base) => offers.members(base, &cursor.elements()),
        Slot::Verdict => {
            offers.verdicts();
            offers.verdict_sources();
        }
        Slot::Rules => offers.rules(cursor.declaration() == Some(Kw::Suspension)),
        Slot::Tags => offers.tags(),
        Slot::Cases => offers.cases(),
        Slot::Type => offers.types(),
        Slot::Records => offers.records(),
        Slot::Calendars => offers.calendars(),
        Slot::Lints => offers.lints(),
        Slot::Groups { each } => {
            offers.lists_of_records(&cursor.elements());
            if *each {
                offers.enums_and_lists();
            }
        }
        Slot::Lists => offers.lists(),
        Slot::FieldNames(known) => offers.field_names(known),
        Slot::ElementNames(record, known) => offers.labels(record.as_deref(), known),
        Slot::Sets(kind) => offers.sets(kind.as_ref()),
        Slot::Literal(kind) => offers.literals(kind),
        Slot::Currency => offers.currencies(),
        Slot::MassUnits => offers.mass_units(),
        Slot::Units(kind) => offers.units(kind.as_ref()),
        Slot::Value(want) => {
            if let Some(want) = want {
                offers.literals(want);
            }
            offers.elements(cursor);
            offers.values(want.as_ref());
            if !matches!(want, Some(Kind::Country | Kind::Enum(_) | Kind::Verdict)) {
                offers.functions();
            }
        }
    }
}

/// Words that are names as well, where the grammar takes a name, and still mean what they say.
fn means_itself(slot: &Slot, word: &str) -> bool {
    match slot {
        Slot::Value(_) => matches!(word, "applies" | "caught"),
        Slot::Rules => matches!(word, "tagged" | "exceptions" | "only"),
        Slot::Verdict => matches!(word, "unknown" | "obligation" | "most severe"),
        Slot::Type => false,
        _ => false,
    }
}

/// The words of the language that can stand here.
fn words(offers: &mut Offers<'_>, slot: &Slot, expected: &[String]) {
    let is_name = expected.iter().any(|it| it == "quoted");
    let begins_line = |kw: Kw| kw.class() == KwClass::Declaration || kw == Kw::WhenUnknown;
    for word in expected {
        let known = Kw::ALL.iter().find(|kw| kw.as_str() == word);
        let Some(kw) = known.filter(|kw| !begins_line(**kw) && **kw != Kw::Underscore) else {
            continue;
        };
        let truth = matches!(kw, Kw::True | Kw::False);
        if truth
            && !matches!(
                slot,
                Slot::Value(None | Some(Kind::Bool)) | Slot::Literal(Kind::Bool)
            )
        {
            continue;
        }
        let plain = matches!(kw.class(), KwClass::Reserved | KwClass::Compound);
        if !is_name || plain || means_itself(slot, word) {
            offers.word(*kw);
        }
    }
    let begins = !is_name && expected.iter().any(|it| it == "rule");
    if begins && *slot == Slot::Words {
        offers.declarations();
    }
}
