//! One mistake, one message: what could not be read or imported is not also reported as missing.
//!
//! Where the parser lost a declaration, or an import could not be followed, names that stood there are unknown. Such
//! messages only repeat the first one, so they are dropped. A name stood there if a file in sight, in which something
//! could not be read, has it after a declaration word, before a colon, or on a line that is complained about, unless that
//! complaint is about a clause that declares nothing, such as a condition.

use super::load::{Loaded, UnitId};
use crate::diagnostic::{Code, Diagnostic, catalogue as code};
use crate::syntax::lex::tokenize;
use crate::syntax::token::{Kw, KwClass, Token};
use crate::text::FileId;
use rustc_hash::{FxHashMap, FxHashSet};

/// Words after which a name is declared.
const DECLARING: [&str; 14] = [
    "record",
    "enum",
    "codes",
    "set",
    "list",
    "closure",
    "aggregate",
    "param",
    "define",
    "rule",
    "exception",
    "suspension",
    "case",
    "tags",
];

/// Messages that say that something is not there, with the word that would begin it; `None`: it has a name.
static ABSENT: [(&Code, Option<&str>); 14] = [
    (&code::UNKNOWN_NAME, None),
    (&code::UNKNOWN_TYPE, None),
    (&code::UNKNOWN_FIELD, None),
    (&code::UNKNOWN_ENUM_VALUE, None),
    (&code::UNKNOWN_FUNCTION, None),
    (&code::UNKNOWN_TAG, None),
    (&code::UNKNOWN_RULE, None),
    (&code::UNKNOWN_VERDICT, None),
    (&code::UNKNOWN_CASE, None),
    (&code::UNKNOWN_COUNTRY, None),
    (&code::NO_RECORD, Some("record")),
    (&code::NO_VERDICTS, Some("verdicts")),
    (&code::MISSING_HEADER, Some("policy")),
    (&code::KEY_OR_AS_OF, Some("record")),
];

/// Messages about a value that may only be half of what its author wrote: `5 million`, `value exceeds …`.
static HALVES: [&Code; 4] = [
    &code::NOT_A_CONDITION,
    &code::UNIT_NEEDED,
    &code::NOT_A_SET,
    &code::WRONG_KIND_OF_NAME,
];

/// Lints of literals, which say nothing new of one that has its message.
static OF_LITERALS: [&Code; 2] = [&code::CODE_COMPARED_EXACTLY, &code::POINT_OR_THOUSANDS];

/// What a damaged file may have declared.
#[derive(Default)]
struct Ruin<'a> {
    words: FxHashSet<&'a str>,
    names: FxHashSet<&'a str>,
    /// Where declarations and clauses start, and whether what follows may declare a name.
    starts: Vec<(u32, bool)>,
}

/// Drops messages that only repeat what reading the files already said.
pub(super) fn drop_echoes(loaded: &Loaded, diagnostics: &mut Vec<Diagnostic>) {
    let incomplete: FxHashSet<UnitId> = loaded
        .units
        .iter()
        .filter(|(_, unit)| unit.incomplete)
        .map(|(id, _)| id)
        .collect();
    let mut ruins: FxHashMap<FileId, Ruin<'_>> = FxHashMap::default();
    for error in loaded.diagnostics.iter().filter(|it| it.is_error()) {
        let file = error.primary.span.file;
        let ruin = ruins.entry(file).or_insert_with(|| Ruin::of(loaded, file));
        ruin.line(loaded, error);
    }
    if ruins.is_empty() {
        return;
    }
    let home = homes(loaded);
    diagnostics.retain(|diagnostic| {
        let span = diagnostic.primary.span;
        if is_cut_off(loaded, diagnostic) {
            return false;
        }
        let absent = ABSENT.iter().find(|(code, _)| *code == diagnostic.code);
        let (Some((_, word)), Some(unit)) = (absent, home.get(&span.file)) else {
            return true;
        };
        if incomplete.contains(unit) {
            return false;
        }
        let name = loaded.sources.snippet(span).trim_matches('`');
        let name = name.rsplit('.').next().unwrap_or(name);
        let seen = |ruin: &Ruin<'_>| match word {
            Some(word) => ruin.words.contains(word),
            None => ruin.names.contains(name),
        };
        let files = in_sight(loaded, *unit);
        !files.iter().filter_map(|file| ruins.get(file)).any(seen)
    });
}

/// Whether a message is about half of what reading stumbled over, or a lint of a literal that has its message.
fn is_cut_off(loaded: &Loaded, diagnostic: &Diagnostic) -> bool {
    let span = diagnostic.primary.span;
    let is_half =
        HALVES.contains(&diagnostic.code) || ABSENT.iter().any(|(it, _)| *it == diagnostic.code);
    let is_lint = OF_LITERALS.contains(&diagnostic.code);
    let text = &loaded.sources.file(span.file).text;
    let errors = loaded.diagnostics.iter().filter(|it| it.is_error());
    let mut places = errors
        .map(|it| it.primary.span)
        .filter(|it| it.file == span.file);
    places.any(|place| {
        let before = span.end <= place.start
            && text[span.end as usize..place.start as usize]
                .chars()
                .all(|c| c == ' ');
        // `BY (from 2025-09-01)`: the call that the brackets made of an element was read in part.
        let around = span.start <= place.start && place.end <= span.end;
        let is_whole = *diagnostic.code == code::LITERAL_NEEDED;
        is_half && before || is_lint && place == span || is_whole && around
    })
}

fn homes(loaded: &Loaded) -> FxHashMap<FileId, UnitId> {
    let units = loaded.units.iter();
    units
        .flat_map(|(id, unit)| unit.files.iter().map(move |file| (*file, id)))
        .collect()
}

/// The files of a unit and of what it imports.
fn in_sight(loaded: &Loaded, unit: UnitId) -> Vec<FileId> {
    let unit = &loaded.units[unit];
    let imported = unit.imports.iter().flat_map(|import| &import.files);
    unit.files.iter().chain(imported).copied().collect()
}

impl<'a> Ruin<'a> {
    fn of(loaded: &'a Loaded, file: FileId) -> Ruin<'a> {
        let text = &loaded.sources.file(file).text;
        let mut ruin = Ruin {
            starts: starts(file, text),
            ..Ruin::default()
        };
        let mut declaring = false;
        for (at, word) in words(text) {
            let after = text[at + word.len()..].trim_start();
            if declaring || after.starts_with(':') {
                ruin.names.insert(word);
            }
            // Several tags may follow one word.
            let goes_on = declaring && after.starts_with(',');
            declaring = goes_on || DECLARING.contains(&word);
            ruin.words.insert(word);
        }
        ruin
    }

    /// Whether the declaration or clause around a place may declare a name.
    fn may_declare(&self, place: u32) -> bool {
        let before = self.starts.partition_point(|(start, _)| *start <= place);
        before == 0 || self.starts[before - 1].1
    }

    /// Takes in the words of the lines that a message is about.
    fn line(&mut self, loaded: &'a Loaded, error: &Diagnostic) {
        // A literal that is wrong in itself was read all the same: what stands beside it is not lost.
        if [&code::BAD_DATE, &code::FOREIGN_OPERATOR].contains(&error.code) {
            return;
        }
        let span = error.primary.span;
        let text = &loaded.sources.file(span.file).text;
        let (start, end) = (span.start as usize, span.end as usize);
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        // A word first on its line may be a misspelt start of a declaration.
        if !text[from..start].trim().is_empty() && !self.may_declare(span.start) {
            return;
        }
        let to = text[end..].find('\n').map_or(text.len(), |at| end + at);
        self.names
            .extend(words(&text[from..to]).map(|(_, word)| word));
    }
}

/// The words of a file that start a declaration or a clause, and whether these may declare a name.
fn starts(file: FileId, text: &str) -> Vec<(u32, bool)> {
    let (tokens, _) = tokenize(file, text);
    let lexemes = tokens.lexemes.iter();
    lexemes
        .filter_map(|lexeme| match lexeme.token {
            Token::Kw(Kw::Tags) => Some((lexeme.start, true)),
            Token::Kw(Kw::InForce | Kw::IfUnknown) => Some((lexeme.start, false)),
            Token::Kw(kw) => match kw.class() {
                KwClass::Declaration => Some((lexeme.start, true)),
                KwClass::Clause | KwClass::TestItem => Some((lexeme.start, false)),
                KwClass::Reserved | KwClass::Soft | KwClass::Compound => None,
            },
            _ => None,
        })
        .collect()
}

/// The words of a text and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c == '_' || c.is_ascii_alphanumeric();
    text.split(move |c| !is_part(c))
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
