//! The shape of the source: layers in the order of `src/lib.rs`, `unsafe` only in the kernel, files of a readable size.

use std::fs;
use std::path::{Path, PathBuf};

/// No file under `src/` or `tests/` is longer.
const MAX_LINES: usize = 700;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files under `folder`, with their paths relative to the package.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the package") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).expect("inside the package");
                let text = fs::read_to_string(&path).expect("a Rust file");
                files.push((name.display().to_string().replace('\\', "/"), text));
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "no Rust files under {folder}");
    files
}

/// The modules of `src/lib.rs` in their order.
fn layers() -> Vec<String> {
    let library = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    library
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// `text` with comments, strings and characters blanked out, so that only code is looked at; line breaks stay.
fn code_only(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = skipped(rest);
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            // The `r` of an identifier does not begin a raw string.
            while first.is_alphanumeric() || first == '_' {
                match rest.chars().next() {
                    Some(next) if next.is_alphanumeric() || next == '_' => {
                        out.push(next);
                        rest = &rest[next.len_utf8()..];
                    }
                    _ => break,
                }
            }
        } else {
            out.extend(rest[..length].chars().filter(|c| *c == '\n'));
            out.push(' ');
            rest = &rest[length..];
        }
    }
    out
}

/// The length of the comment, string or character literal that `rest` begins with, 0 if none.
fn skipped(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |at| at + 2);
    }
    let unprefixed = rest.strip_prefix('b').unwrap_or(rest);
    let prefix = rest.len() - unprefixed.len();
    if let Some(raw) = unprefixed.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = prefix + 1 + hashes + 1;
            return rest[start..]
                .find(&end)
                .map_or(rest.len(), |at| start + at + end.len());
        }
    }
    if unprefixed.starts_with('"') {
        return prefix + quoted(unprefixed, '"');
    }
    if is_character(unprefixed) {
        return prefix + quoted(unprefixed, '\'');
    }
    0
}

/// Whether `rest` begins with a character literal rather than a lifetime.
fn is_character(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('\'')
        && match chars.next() {
            Some('\\') => true,
            Some(_) => chars.next() == Some('\''),
            None => false,
        }
}

/// The length of a literal in `quote` with backslash escapes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Names of modules that `code` reaches through `crate::NAME` or `crate::{NAME…, …}`, with their line numbers.
fn used(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, marker) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + marker.len()..];
        match rest.trim_start().strip_prefix('{') {
            Some(group) => {
                found.extend(group_heads(group).into_iter().map(|name| (line, name)));
            }
            None => found.push((line, head(rest))),
        }
    }
    found
}

/// The first names in `a::b, c::{d, e}, f}`.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let (mut depth, mut fresh) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                heads.push(head(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    heads
}

fn head(rest: &str) -> String {
    rest.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let layers = layers();
    assert!(layers.len() > 10, "the layers of src/lib.rs: {layers:?}");
    let rank = |name: &str| layers.iter().position(|layer| layer == name);
    let mut wrong = Vec::new();
    for (file, text) in rust_files("src") {
        let module = file["src/".len()..].split(['/', '.']).next().unwrap_or("");
        let Some(own) = rank(module) else {
            assert!(
                matches!(module, "lib" | "main"),
                "{file} belongs to no module of src/lib.rs"
            );
            continue;
        };
        for (line, name) in used(&code_only(&text)) {
            if rank(&name).is_some_and(|other| other > own) {
                wrong.push(format!(
                    "{file}:{line}: {module} uses {name}, which is below it"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_stays_in_the_kernel() {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for (file, text) in rust_files("src") {
        if file.starts_with("src/kernel/") {
            continue;
        }
        let code = code_only(&text);
        for (number, line) in code.lines().enumerate() {
            let word = line.split(|c| !is_word(c)).any(|word| word == "unsafe");
            assert!(!word, "{file}:{}: unsafe outside of src/kernel", number + 1);
        }
    }
}

#[test]
fn files_are_of_a_readable_size() {
    for (file, text) in rust_files("src").into_iter().chain(rust_files("tests")) {
        let lines = text.lines().count();
        assert!(
            lines <= MAX_LINES,
            "{file} has {lines} lines, more than {MAX_LINES}"
        );
    }
}

#[test]
fn what_is_not_code_is_not_looked_at() {
    let text = "use crate::{text::{Span, FileId}, domain, self as x};\n// crate::cli\nlet c = '\"'; let s = \"crate::cli\";\n\
                let r = r#\"unsafe \" crate::io\"#; fn f<'a>(x: &'a crate::plan::Plan) {} other_crate::report";
    let code = code_only(text);
    let names: Vec<_> = used(&code)
        .into_iter()
        .map(|(line, name)| format!("{line} {name}"))
        .collect();
    assert_eq!(names, ["1 text", "1 domain", "1 self", "4 plan"]);
    assert!(!code.contains("unsafe"));
}
