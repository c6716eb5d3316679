//! Messages about words that start no declaration, clause or entry, about missing parts, and about types.

use super::site::{RULE_WORDS, SUSPENSION_WORDS, Site, TEST_WORDS};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::catalogue as code;
use crate::diagnostic::nearest;
use crate::syntax::ast::Name;
use crate::syntax::token::{Kw, KwClass};
use crate::text::Span;

/// The entries of a policy header.
pub const HEADER_ENTRIES: &[&str] = &["title", "version", "authority", "zone"];

/// Words of other languages and of everyday English, and the declaration they most likely mean.
const DECLARATION_SYNONYMS: &[(&str, &str)] = &[
    ("const", "param"),
    ("constant", "param"),
    ("let", "define"),
    ("def", "define"),
    ("function", "define"),
    ("struct", "record"),
    ("type", "record"),
    ("use", "import"),
    ("include", "import"),
    ("group", "set"),
    ("default", "otherwise"),
    ("waiver", "exception"),
    ("exemption", "exception"),
];

/// Words for clauses, likewise.
const CLAUSE_SYNONYMS: &[(&str, &str)] = &[
    ("if", "when"),
    ("where", "when"),
    ("except", "unless"),
    ("source", "cites"),
    ("cite", "cites"),
    ("tag", "tags"),
    ("verdict", "then"),
    ("result", "then"),
    ("effective", "in force"),
    ("valid", "in force"),
    ("starting", "in force"),
    ("beginning", "in force"),
    ("commencing", "in force"),
    ("expires", "in force"),
    ("provided", "when"),
    ("exempt", "unless"),
    ("decision", "then"),
    ("action", "then"),
    ("must", "obliges"),
    ("requires", "obliges"),
    ("date", "on"),
    ("assert", "expect"),
    ("input", "given"),
    ("until", "from"),
];

fn declaration_words() -> Vec<&'static str> {
    Kw::ALL
        .iter()
        .filter(|kw| kw.class() == KwClass::Declaration)
        .map(|kw| kw.as_str())
        .collect()
}

fn suggestion(
    word: &str,
    words: &[&'static str],
    synonyms: &[(&str, &'static str)],
) -> Option<&'static str> {
    let synonym = synonyms
        .iter()
        .find(|(other, ours)| other.eq_ignore_ascii_case(word) && words.contains(ours))
        .map(|(_, ours)| *ours);
    nearest(word, words.iter().copied()).or(synonym)
}

pub(super) fn unknown_declaration(word: &str, span: Span) -> Diagnostic {
    let words = declaration_words();
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_DECLARATION,
        format!("`{word}` starts no declaration"),
        span,
        "a declaration belongs here",
    );
    match suggestion(word, &words, DECLARATION_SYNONYMS) {
        Some(meant) => diagnostic
            .help(format!("write `{meant}`"))
            .guess(span, meant),
        None => diagnostic.help(format!("a declaration starts with {}", one_of(&words))),
    }
}

/// The same, if it is clear which declaration is meant.
pub(super) fn misspelt_declaration(word: &str, span: Span) -> Option<Diagnostic> {
    suggestion(word, &declaration_words(), DECLARATION_SYNONYMS)?;
    Some(unknown_declaration(word, span))
}

pub(super) fn clause_outside(kw: Kw, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_DECLARATION,
        format!("`{}` stands outside of a declaration", kw.as_str()),
        span,
        "no declaration is open here",
    )
    .help("move it between the braces of the declaration it belongs to, or take out a `}` above")
}

pub(super) fn unknown_clause(word: &str, span: Span, words: &'static [&'static str]) -> Diagnostic {
    let part = if words == TEST_WORDS {
        "part of a test"
    } else {
        "clause"
    };
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_CLAUSE,
        format!("`{word}` starts no {part}"),
        span,
        format!("a {part} belongs here"),
    );
    if word == Kw::Allow.as_str() {
        return diagnostic.help("move it in front of the declaration that it is about");
    }
    match suggestion(word, words, CLAUSE_SYNONYMS) {
        Some(meant) => diagnostic
            .help(format!("write `{meant}`"))
            .guess(span, meant),
        None => diagnostic.help(format!("a {part} starts with {}", one_of(words))),
    }
}

/// `written`: "in effect".
pub(super) fn in_force_in_words(written: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_CLAUSE,
        format!("`{written}` starts no clause"),
        span,
        "a clause belongs here",
    )
    .help("write `in force`")
    .fix(span, "in force")
}

/// A keyword where a clause of another kind of block belongs.
pub(super) fn misplaced_clause(site: &Site, kw: Kw) -> Option<Diagnostic> {
    let words = site.words_expected()?;
    let diagnostic = unknown_clause(kw.as_str(), site.found_span(), words);
    match misplaced_help(kw, words) {
        Some(help) => Some(diagnostic.help(help)),
        // Words that other languages start a clause with; behind an operand they would be operators.
        None => {
            (matches!(kw, Kw::If | Kw::Where) && !site.expects_operator()).then_some(diagnostic)
        }
    }
}

fn misplaced_help(kw: Kw, words: &'static [&'static str]) -> Option<String> {
    let word = kw.as_str();
    let help = match kw {
        Kw::From if words == RULE_WORDS => "write `in force from …` or `suspended from …`",
        Kw::Until | Kw::Through if words == SUSPENSION_WORDS => {
            "a window of a suspension starts with `from`"
        }
        Kw::InForce | Kw::Suspended if words == SUSPENSION_WORDS => {
            "a suspension says only `from …`"
        }
        _ if words.contains(&word) => return None,
        _ if RULE_WORDS.contains(&word) => {
            return Some(format!(
                "`{word}` belongs in a rule or an exception; here stands {}",
                one_of(words)
            ));
        }
        _ if TEST_WORDS.contains(&word) => {
            return Some(format!(
                "`{word}` belongs in a test; here stands {}",
                one_of(words)
            ));
        }
        _ => return None,
    };
    Some(help.to_owned())
}

/// `cites: "…"`.
pub(super) fn colon_after_clause(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_CLAUSE,
        format!("no `:` stands behind `{word}`"),
        span,
        "a clause starts with its word alone",
    )
    .help(format!("write `{word}` without the colon"))
}

pub(super) fn condition_without_when(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(
        &code::UNKNOWN_CLAUSE,
        "a condition starts with `when` or `unless`",
        span,
        "a clause belongs here",
    )
    .help(format!("write `when {word} …`"))
}

/// An entry that no policy header has.
pub fn unknown_header_entry(key: &Name) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &code::UNKNOWN_HEADER_ENTRY,
        format!("a policy header has no `{}`", key.text),
        key.span,
        "not an entry of a policy header",
    );
    match nearest(&key.text, HEADER_ENTRIES.iter().copied()) {
        Some(meant) => diagnostic
            .help(format!("write `{meant}`"))
            .guess(key.span, meant),
        None => diagnostic.help(format!("write {}", one_of(HEADER_ENTRIES))),
    }
}

/// A declaration without its title.
pub fn missing_title(what: &str, head: Span, written: &str) -> Diagnostic {
    Diagnostic::new(
        &code::MISSING_TITLE,
        format!("this {what} has no title"),
        head,
        "no title behind it",
    )
    .help(format!("write one in quotes: `{written} \"…\"`"))
}

/// A rule or an exception without a condition.
pub fn missing_when(what: &str, name: Span, close: Span) -> Diagnostic {
    Diagnostic::new(
        &code::MISSING_CLAUSE,
        format!("this {what} has no condition"),
        name,
        "no `when` between its braces",
    )
    .label(close, "ends here")
    .help("write `when` and a condition; `when true` holds always")
}

/// A rule without a verdict.
pub fn missing_then(name: Span, close: Span) -> Diagnostic {
    Diagnostic::new(
        &code::MISSING_CLAUSE,
        "this rule has no verdict",
        name,
        "no `then` between its braces",
    )
    .label(close, "ends here")
    .help("write `then` and a verdict")
}

/// A suspension without days.
pub fn missing_window(name: Span, close: Span) -> Diagnostic {
    Diagnostic::new(
        &code::MISSING_CLAUSE,
        "this suspension says no days",
        name,
        "no `from` between its braces",
    )
    .label(close, "ends here")
    .help("write `from` and its first day, such as `from 2025-11-10 until 2026-11-10`")
}

/// A table that does not say how its rows go together; `ty` is where it could.
pub fn missing_hit(name: &Name, ty: Span) -> Diagnostic {
    Diagnostic::new(
        &code::TABLE_WITHOUT_HIT,
        format!("the table `{}` does not say how its rows go together", name.text),
        ty,
        "neither `first` nor `unique` behind the type",
    )
    .help(
        "write `first` if the first row that holds counts, `unique` if no two rows may hold at once",
    )
}

/// A word too many in a type.
pub fn extra_type_part(span: Span) -> Diagnostic {
    bad_type(
        span,
        "this does not belong to the type",
        "the type ends before this",
        "start the next field with its name and `:`, or take this out",
    )
}

/// A word that starts a line behind a type: most likely the next field, without its colon.
pub fn field_without_colon(name: &Name) -> Diagnostic {
    bad_type(
        name.span,
        "this is part of the type above, and does not belong to it",
        "no `:` behind it",
        format!("write `{} : ` and its type to start a field", name.text),
    )
}

/// A type that is none.
pub fn bad_type(
    span: Span,
    message: impl Into<String>,
    here: impl Into<String>,
    help: impl Into<String>,
) -> Diagnostic {
    Diagnostic::new(&code::BAD_TYPE, message, span, here).help(help)
}

/// "`a`, `b` or `c`".
pub(super) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    join_or(&quoted)
}

/// "a, b or c".
pub(super) fn join_or(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}
