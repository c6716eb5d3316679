//! The documents: every block marked `interdict` in the README and under `docs/` is a whole policy that checks and whose
//! tests pass, the policy in the README is the shipped quickstart, and links between documents lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and the pages directly under `docs/`; the pages about errors have a test of their own.
fn documents() -> Vec<PathBuf> {
    let mut documents = vec![root().join("README.md")];
    for entry in fs::read_dir(root().join("docs")).expect("docs/") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            documents.push(path);
        }
    }
    documents.sort();
    documents
}

/// The blocks of `text` that are marked `mark`.
fn blocks(text: &str, mark: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(found) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if found == mark {
            blocks.push(body.join("\n") + "\n");
        }
    }
    blocks
}

#[test]
fn every_whole_policy_in_the_documents_checks_and_passes_its_tests() {
    let folder = tempfile::tempdir().expect("a folder");
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document");
        for (number, block) in blocks(&text, "interdict").iter().enumerate() {
            let file = folder.path().join("block.interdict");
            fs::write(&file, block).expect("a block is written");
            for command in ["check", "test"] {
                let output = Command::new(env!("CARGO_BIN_EXE_interdict"))
                    .arg(command)
                    .arg(&file)
                    .output()
                    .expect("the program starts");
                assert!(
                    output.status.success(),
                    "{command} of block {} of {}:\n{}",
                    number + 1,
                    document.display(),
                    String::from_utf8_lossy(&output.stderr)
                );
            }
        }
    }
}

#[test]
fn the_policy_in_the_readme_is_the_quickstart() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let quickstart = root().join("examples/quickstart/magnets.interdict");
    let quickstart = fs::read_to_string(quickstart).expect("the quickstart");
    let shown = blocks(&readme, "interdict");
    assert!(
        shown.contains(&quickstart),
        "the README shows another policy"
    );
}

/// `docs/explained.md` is made of commands, run in `examples/trade`, and what they print. With `UPDATE_DOCUMENTS=1` in the environment what
/// they print now is written there.
#[test]
fn explanations_in_the_documents_are_what_the_program_prints() {
    let path = root().join("docs/explained.md");
    let text = fs::read_to_string(&path).expect("docs/explained.md");
    let mut rewritten = text.clone();
    let blocks = blocks(&text, "console");
    assert!(!blocks.is_empty(), "there are commands");
    for block in &blocks {
        let (command, shown) = block.split_once('\n').expect("a command and its output");
        let arguments = command.strip_prefix("$ interdict ").expect("a command");
        let output = Command::new(env!("CARGO_BIN_EXE_interdict"))
            .args(arguments.split(' '))
            .current_dir(root().join("examples/trade"))
            .output()
            .expect("the program starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {errors}");
        let printed = String::from_utf8(output.stdout).expect("text");
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        let printed = printed.join("\n") + "\n";
        if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
            rewritten = rewritten.replace(block, &format!("{command}\n{printed}"));
        } else {
            assert_eq!(shown, printed, "{command}");
        }
    }
    if rewritten != text {
        fs::write(&path, rewritten).expect("docs/explained.md is written");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document");
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let folder = document.parent().expect("a folder");
            let shown = document.display();
            assert!(folder.join(target).exists(), "{shown} links to {target}");
        }
    }
}
