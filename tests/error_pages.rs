//! Every page in `docs/errors` is a test of the command line: its example raises exactly the page's code, its corrected version
//! nothing.
//!
//! A block without a name is a policy of one file; a block marked `csv` is a file that it reads, by `file=example/NAME`.
//! Several blocks say `file=FOLDER/NAME`; then the folders in which a
//! file has a policy header are checked together, or all of them if none has. `param=NAME=VALUE` stands for `--param`,
//! `known-at=DATE` for `--known-at`, `times=N` for the block N times over. `docs/errors/README.md` lists them all; `UPDATE=1 cargo test --test error_pages`
//! writes it anew.

use interdict::cli::{Streams, run};
use interdict::diagnostic::CATALOGUE;
use interdict::domain::Day;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of one section and the options they are checked with.
#[derive(Default)]
struct Section {
    files: Vec<(PathBuf, String)>,
    params: Vec<(String, String)>,
    known_at: Option<Day>,
}

/// The blocks of a page between a heading and the next.
fn section(page: &str, heading: &str) -> Section {
    let start = page.find(&format!("\n## {heading}\n")).expect(heading) + 1;
    let rest = &page[start + heading.len() + 3..];
    let body = &rest[..rest.find("\n## ").unwrap_or(rest.len())];
    let mut section = Section::default();
    for block in body.split("```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').expect("a block has lines");
        let mut words = info.split_whitespace();
        assert!(
            matches!(words.next(), Some("interdict" | "csv")),
            "a block of another kind under {heading}"
        );
        let mut name = PathBuf::from("example/example.interdict");
        let mut times = 1;
        for word in words {
            match word.split_once('=') {
                Some(("file", file)) => name = PathBuf::from(file),
                Some(("times", count)) => times = count.parse().expect("a number"),
                Some(("param", param)) => {
                    let (param, value) = param.split_once('=').expect("NAME=VALUE");
                    section.params.push((param.into(), value.into()));
                }
                Some(("known-at", day)) => {
                    section.known_at = Some(Day::parse_iso(day).expect("YYYY-MM-DD"));
                }
                _ => panic!("`{word}` behind ``` is not known"),
            }
        }
        section.files.push((name, text.repeat(times)));
    }
    assert!(!section.files.is_empty(), "no block under {heading}");
    section
}

/// The codes that a section raises, and all messages as text.
fn raised(section: &Section) -> (BTreeSet<String>, String) {
    let folder = tempfile::tempdir().expect("a folder for the files");
    let mut folders = BTreeSet::new();
    let mut policies = BTreeSet::new();
    for (name, text) in &section.files {
        let path = folder.path().join(name);
        let parent = path.parent().expect("a folder").to_path_buf();
        fs::create_dir_all(&parent).expect("a folder can be made");
        fs::write(&path, text).expect("a file can be written");
        if path
            .extension()
            .is_none_or(|extension| extension != "interdict")
        {
            continue;
        }
        if text.lines().any(|line| line.starts_with("policy ")) {
            policies.insert(parent.clone());
        }
        folders.insert(parent);
    }
    let named = if policies.is_empty() {
        folders
    } else {
        policies
    };
    let named = named.iter().map(|path| path.display().to_string());
    let mut args: Vec<String> = vec!["interdict".into()];
    // Only what screens or explains takes params; messages come before the records are looked for.
    let screens = !section.params.is_empty();
    args.push(if screens { "screen" } else { "check" }.into());
    args.extend(named);
    if screens {
        args.extend(["no-records.csv", "-o", "-"].map(str::to_owned));
    }
    args.extend(["--format", "json"].map(str::to_owned));
    if let Some(day) = section.known_at {
        args.extend(["--known-at".to_owned(), day.to_string()]);
    }
    for (name, value) in &section.params {
        args.extend(["--param".to_owned(), format!("{name}={value}")]);
    }
    let (mut out, mut err) = (Vec::new(), Vec::new());
    run(
        args.into_iter().map(OsString::from),
        &mut Streams {
            input: &mut std::io::empty(),
            out: &mut out,
            err: &mut err,
            auto_color: false,
            progress: false,
        },
    );
    let text = String::from_utf8([out, err].concat()).expect("messages are UTF-8");
    let messages = text.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(message["code"].as_str()?.to_owned())
    });
    (messages.collect(), text)
}

fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors");
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).expect("docs/errors is there") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if name != "README" {
            pages.push((name, fs::read_to_string(&path).expect("a page")));
        }
    }
    pages.sort();
    pages
}

#[test]
fn every_example_raises_its_code_and_every_correction_nothing() {
    let mut wrong = String::new();
    for (code, page) in pages() {
        let heading = format!("# {code} ");
        assert!(page.starts_with(&heading), "{code} begins with its code");
        let (codes, text) = raised(&section(&page, "Example"));
        if codes != BTreeSet::from([code.clone()]) {
            wrong += &format!("=== {code}: the example raises {codes:?}\n{text}\n");
        }
        let (codes, text) = raised(&section(&page, "Corrected"));
        if !codes.is_empty() {
            wrong += &format!("=== {code}: the corrected version raises {codes:?}\n{text}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_page_is_about_a_code() {
    for (name, page) in pages() {
        let code = CATALOGUE.iter().find(|code| code.id == name);
        let code = code.unwrap_or_else(|| panic!("{name} is not in the catalogue"));
        let title = page.lines().next().unwrap_or_default();
        assert_eq!(title, format!("# {} {}", code.id, code.title));
    }
}

#[test]
fn every_code_has_a_page() {
    let pages: BTreeSet<String> = pages().into_iter().map(|(code, _)| code).collect();
    let codes = CATALOGUE.iter().map(|code| code.id.to_owned());
    let missing: Vec<String> = codes.filter(|code| !pages.contains(code)).collect();
    assert!(missing.is_empty(), "without a page: {missing:?}");
}

/// The kinds of messages by the first three characters of their codes.
const KINDS: &[(&str, &str)] = &[
    ("E01", "Text and grammar"),
    ("E02", "Names and files"),
    ("E03", "Types and literals"),
    ("E04", "Time"),
    ("E05", "Rules and verdicts"),
    ("E06", "Tests"),
    ("W07", "Lints"),
    ("E08", "Lists"),
];

fn list_of_pages() -> String {
    let mut text = String::from(
        "# Messages\n\n\
         Every message has a code; its page has an example that raises it, the same corrected, and the reason.\n\
         `E` is an error: the policy cannot be used. `W` is a warning: it can, but something deserves a look.\n",
    );
    for (prefix, kind) in KINDS {
        text += &format!("\n## {kind}\n\n| code | name | about |\n|---|---|---|\n");
        let codes = CATALOGUE.iter().filter(|code| code.id.starts_with(prefix));
        for code in codes {
            let (id, name, title) = (code.id, code.name, code.title);
            text += &format!("| [{id}]({id}.md) | {name} | {title} |\n");
        }
    }
    text
}

#[test]
fn the_list_of_pages_is_that_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors/README.md");
    let expected = list_of_pages();
    let listed = CATALOGUE.iter().filter(|code| expected.contains(code.id));
    assert_eq!(
        listed.count(),
        CATALOGUE.len(),
        "a code is of no known kind"
    );
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected).expect("the list can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/errors/README.md is not that of the catalogue; write it with UPDATE=1"
    );
}
