//! Every file in `tests/rulings/` is a policy whose own tests pin rulings of the language; the examples' tests pass too.
//! Dropping a file adds a test; what their lists are read from is in `tests/rulings/data/`.

use interdict::check::{self, CheckOptions};
use interdict::diagnostic::Renderer;
use interdict::reference::run_tests;
use interdict::report::tests::{render_outcome, summary};
use std::path::{Path, PathBuf};

/// Runs the tests of policies in one run: how many there are, or what went wrong.
fn run(paths: &[PathBuf]) -> Result<usize, String> {
    let options = CheckOptions {
        citation_required: false,
        ..CheckOptions::default()
    };
    let checked = check::check(check::load(paths).expect("the paths are there"), &options);
    let mut renderer = Renderer::new(&checked.sources, false);
    let messages: String = checked
        .diagnostics
        .iter()
        .map(|diagnostic| renderer.render(diagnostic))
        .collect();
    let Some(model) = &checked.model else {
        return Err(messages);
    };
    let outcomes = run_tests(model, None);
    let failed: String = outcomes
        .iter()
        .filter(|outcome| !outcome.passed())
        .map(|outcome| render_outcome(model, outcome, &mut renderer))
        .collect();
    if failed.is_empty() {
        Ok(outcomes.len())
    } else {
        Err(format!("{failed}{}\n", summary(&outcomes)))
    }
}

#[test]
fn every_ruling_holds() {
    let folder = Path::new("tests/rulings");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "interdict")
        })
        .collect();
    files.sort();
    let mut wrong = String::new();
    for file in &files {
        match run(std::slice::from_ref(file)) {
            Ok(0) => wrong += &format!("{} has no tests\n", file.display()),
            Ok(_) => {}
            Err(messages) => wrong += &messages,
        }
    }
    assert!(!files.is_empty() && wrong.is_empty(), "{wrong}");
}

#[test]
fn the_examples_pass_their_own_tests() {
    for paths in [
        &["examples/quickstart"][..],
        &["examples/deliveries"],
        &["examples/lists"],
        &["examples/reasons"],
        &["examples/orders"],
        &[
            "examples/trade/cn",
            "examples/trade/us",
            "examples/trade/eu",
            "examples/trade/house",
        ],
    ] {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let ran = run(&paths).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert!(ran > 0, "{paths:?} has no tests");
    }
}
