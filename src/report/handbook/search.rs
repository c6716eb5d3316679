//! Searching in the browser: an index as a script, since pages that are opened from a folder may not fetch anything, and a small
//! script that looks words up in it.

use super::HandbookFile;
use crate::report::html::{Html, el};
use serde_json::json;

/// The file of the index.
pub(super) const INDEX_FILE: &str = "search-index.js";
/// The file of the script.
pub(super) const SCRIPT_FILE: &str = "search.js";

const SCRIPT: &str = include_str!("search.js");

/// Something that can be found.
pub(super) struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: &'static str,
    /// Where it is told.
    pub to: String,
    /// What is said of it.
    pub text: String,
}

/// The form, which stays hidden where no script runs.
pub(super) fn form() -> Html {
    let field = el("input")
        .attr("type", "search")
        .id("search-words")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", "Search");
    el("div")
        .class("search")
        .id("search")
        .attr("role", "search")
        .attr("hidden", "")
        .with(
            el("label")
                .class("unseen")
                .attr("for", "search-words")
                .text("Search the handbook"),
        )
        .with(field)
        .with(
            el("p")
                .class("unseen")
                .id("search-count")
                .attr("aria-live", "polite"),
        )
        .with(el("ul").id("search-found").attr("hidden", ""))
        .into()
}

/// The index and the script.
pub(super) fn files(entries: &[Entry]) -> [HandbookFile; 2] {
    let lines = entries.iter().map(|entry| {
        let text = entry.text.split_whitespace().collect::<Vec<_>>().join(" ");
        escaped(&json!([entry.name, entry.kind, entry.to, text]).to_string())
    });
    let lines: Vec<String> = lines.collect();
    let index = format!(
        "\"use strict\";\nwindow.handbook = [\n{}\n];\n",
        lines.join(",\n")
    );
    [
        HandbookFile {
            name: INDEX_FILE.to_owned(),
            text: index,
        },
        HandbookFile {
            name: SCRIPT_FILE.to_owned(),
            text: SCRIPT.to_owned(),
        },
    ]
}

/// JSON that is also a script, wherever it stands.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_a_script_whatever_names_say() {
        let [index, _] = files(&[Entry {
            name: "</script>\u{2028}\"".into(),
            kind: "rule",
            to: "a.html#b".into(),
            text: "two\n lines".into(),
        }]);
        let line = index.text.lines().nth(2).unwrap();
        assert_eq!(
            line,
            "[\"\\u003c/script>\\u2028\\\"\",\"rule\",\"a.html#b\",\"two lines\"]"
        );
    }
}
