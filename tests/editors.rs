//! What `editors/` holds and could drift from the language: the grammar is what the keyword table gives.

use interdict::ide::textmate::grammar;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_default()
}

fn json(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

const GRAMMAR: &str = "syntaxes/interdict.tmLanguage.json";

/// `UPDATE_GRAMMAR=1` writes it anew.
#[test]
fn the_grammar_is_made_from_the_keyword_table() {
    let made = grammar();
    if std::env::var_os("UPDATE_GRAMMAR").is_some_and(|it| !it.is_empty()) {
        fs::write(folder().join(GRAMMAR), &made).expect("written");
    }
    assert!(
        read(GRAMMAR) == made,
        "{GRAMMAR} is not what the keyword table gives; run UPDATE_GRAMMAR=1 cargo test --test editors"
    );
}

#[test]
fn every_include_of_the_grammar_is_there() {
    let grammar = json(GRAMMAR);
    for include in grammar["patterns"].as_array().expect("patterns") {
        let name = include["include"].as_str().expect("an include");
        let rule = &grammar["repository"][name.trim_start_matches('#')];
        assert!(rule.is_object(), "{name}");
    }
}

#[test]
fn the_extension_has_the_files_it_names() {
    let package = json("package.json");
    let language = &package["contributes"]["languages"][0];
    let grammar = &package["contributes"]["grammars"][0];
    for name in [
        &package["main"],
        &language["configuration"],
        &grammar["path"],
    ] {
        let name = name.as_str().expect("a file");
        assert!(folder().join(name).is_file(), "{name}");
    }
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(grammar["scopeName"], json(GRAMMAR)["scopeName"]);
    assert_eq!(language["extensions"][0], ".interdict");
}
