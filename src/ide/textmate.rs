//! The TextMate grammar of `editors/vscode`, made from the keyword table of the lexer, so that no editor colours words that the
//! language does not have.

use crate::domain::MassUnit;
use crate::syntax::token::{Kw, KwClass};
use serde_json::{Value, json};

/// The grammar as JSON, with a line break at its end.
pub fn grammar() -> String {
    let grammar = json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "comment": "Made from the keyword table of src/syntax/token.rs; tests/editors.rs compares the two.",
        "name": "Interdict",
        "scopeName": "source.interdict",
        "fileTypes": ["interdict"],
        "patterns": includes(&[
            "documentation", "comment", "text", "quoted-name", "date", "amount", "declaration", "compound",
            "clause", "test", "reserved", "soft", "type", "country", "field", "operator",
        ]),
        "repository": repository(),
    });
    // A value made of strings can always be written.
    let mut text = serde_json::to_string_pretty(&grammar).unwrap_or_default();
    text.push('\n');
    text
}

fn includes(names: &[&str]) -> Vec<Value> {
    let include = |name: &&str| json!({ "include": format!("#{name}") });
    names.iter().map(include).collect()
}

fn rule(scope: &str, pattern: &str) -> Value {
    json!({ "name": format!("{scope}.interdict"), "match": pattern })
}

fn repository() -> Value {
    let units: Vec<&str> = MassUnit::ALL.iter().map(|unit| unit.symbol()).collect();
    let amount = format!(
        "\\b[0-9][0-9_]*(\\.[0-9]+)?(\\s*%|\\s+(days|months|years|{}|[A-Z]{{3}})\\b|\\b)",
        units.join("|")
    );
    json!({
        "documentation": rule("comment.line.documentation", "##.*$"),
        "comment": rule("comment.line.number-sign", "#.*$"),
        "text": {
            "name": "string.quoted.double.interdict",
            "begin": "\"",
            "end": "\"|$",
            "patterns": [
                rule("constant.character.escape", "\\\\(u\\{[0-9A-Fa-f]+\\}|.)|\\{\\{|\\}\\}"),
                rule("variable.other.template", "\\{[^{}\"]*\\}"),
            ],
        },
        "quoted-name": rule("variable.other.quoted", "`[^`]*`"),
        "date": rule("constant.numeric.date", "\\b[0-9]{4}-[0-9]{2}-[0-9]{2}\\b"),
        "amount": rule("constant.numeric", &amount),
        "declaration": declaration(),
        "compound": rule("keyword.control", &compound()),
        "clause": rule("keyword.control", &leading(KwClass::Clause)),
        "test": rule("keyword.control", &words(KwClass::TestItem)),
        "reserved": rule("keyword.operator.word", &words(KwClass::Reserved)),
        "soft": rule("keyword.other", &behind_blank(KwClass::Soft)),
        "type": rule(
            "support.type",
            "(?<=[:,]\\s|of\\s|text\\s|percent\\s)\\b(text|folded|bool|int|decimal|percent|signed|money|mass|date|instant|duration|country|hs|eccn|verdict)\\b",
        ),
        "country": rule("constant.language.country", "\\b[A-Z]{2}\\b"),
        "field": rule("variable.other.field", "\\b[A-Za-z_][A-Za-z0-9_]*(?=\\s*:)"),
        "operator": rule("keyword.operator", "<=|>=|!=|=>|[=<>+\\-*/&?]"),
    })
}

/// The word, and the name that is declared.
fn declaration() -> Value {
    json!({
        "match": format!("^\\s*({})\\b(?:\\s+([A-Za-z_][A-Za-z0-9_]*))?", alternatives(KwClass::Declaration)),
        "captures": {
            "1": { "name": "keyword.declaration.interdict" },
            "2": { "name": "entity.name.interdict" },
        },
    })
}

fn of_class(class: KwClass) -> Vec<&'static str> {
    let words = Kw::ALL.iter().filter(|kw| kw.class() == class);
    let mut words: Vec<&str> = words.map(|kw| kw.as_str()).collect();
    // A longer word before one that it begins with.
    words.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    words
}

fn alternatives(class: KwClass) -> String {
    of_class(class).join("|")
}

fn words(class: KwClass) -> String {
    format!("\\b({})\\b(?!\\s*:)", alternatives(class))
}

/// Words that are names elsewhere count where they lead a line, or stand behind what may end a clause.
fn leading(class: KwClass) -> String {
    format!("(?<=^|\\s)({})(?=\\s+[^:=\\s])", alternatives(class))
}

fn behind_blank(class: KwClass) -> String {
    format!(
        "(?<=\\s|\\()({})(?=\\s*[\\s({{])(?!\\s*[:=])",
        alternatives(class)
    )
}

fn compound() -> String {
    let words: Vec<String> = of_class(KwClass::Compound)
        .iter()
        .map(|words| words.replace(' ', "\\s+"))
        .collect();
    format!("\\b({})\\b", words.join("|"))
}
