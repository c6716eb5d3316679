//! The front end on random policies, with and without mistakes.

use crate::judged::model_of;
use crate::many::{cases, in_threads};
use crate::support::mutate::{laid_out_otherwise, mutated};
use crate::support::policies::random_policy;
use interdict::check::check_text;
use interdict::diagnostic::{Diagnostic, Format, show};

use interdict::syntax::{format, parse, print_ast};
use interdict::text::SourceMap;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// The messages as a user sees them.
fn shown(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(|d| {
            format!(
                "{}: {} at `{}`\n",
                d.code.id,
                d.message,
                sources.snippet(d.primary.span)
            )
        })
        .collect()
}

#[test]
fn random_policies_parse() {
    in_threads(cases(300), |seed| {
        let text = random_policy(seed).text();
        let mut sources = SourceMap::default();
        let file = sources.add("random.interdict", text.clone());
        let (tree, diagnostics) = parse(&sources, file);
        assert!(
            diagnostics.is_empty(),
            "seed {seed}\n{text}\n{}",
            shown(&sources, &diagnostics)
        );
        assert_eq!(
            tree.items.len(),
            random_policy(seed).declarations.len(),
            "seed {seed}"
        );
    });
}

#[test]
fn mistakes_never_make_the_parser_panic() {
    in_threads(cases(250), |seed| {
        let text = mutated(&random_policy(seed % 500).text(), seed);
        let mut sources = SourceMap::default();
        let file = sources.add("random.interdict", text);
        let (tree, diagnostics) = parse(&sources, file);
        assert!(
            !tree.items.is_empty() || !diagnostics.is_empty(),
            "seed {seed}: neither a tree nor a message"
        );
        for format in [Format::Human, Format::Json] {
            show(&diagnostics, &sources, format, false);
        }
    });
}

#[test]
fn random_policies_check() {
    // All messages before giving up: the generator and the checker are easier to compare so.
    let found: Mutex<BTreeMap<String, (u64, String)>> = Mutex::default();
    in_threads(cases(300), |seed| {
        if let Err(messages) = model_of(&random_policy(seed)) {
            let mut found = found.lock().expect("the lock");
            for message in messages.lines() {
                let code = message.split(' ').next().unwrap_or_default();
                let entry = found.entry(code.to_owned()).or_insert((0, String::new()));
                if entry.0 == 0 {
                    entry.1 = format!("first seed {seed}, {message}");
                }
                entry.0 += 1;
            }
        }
    });
    let found = found.into_inner().expect("the lock");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn mistakes_never_make_the_checker_panic() {
    in_threads(cases(250), |seed| {
        let text = mutated(&random_policy(seed % 500).text(), seed);
        let checked = check_text("random.interdict", &text);
        let failed = checked.diagnostics.iter().any(Diagnostic::is_error);
        assert!(
            failed != checked.model.is_some(),
            "seed {seed}\n{text}\nneither a model nor an error, or both"
        );
        for format in [Format::Human, Format::Json, Format::Github, Format::Sarif] {
            show(&checked.diagnostics, &checked.sources, format, false);
        }
    });
}

/// Text, its tree without places, and its messages.
fn parsed(text: &str) -> (interdict::syntax::ast::File, String, String) {
    let mut sources = SourceMap::default();
    let file = sources.add("random.interdict", text);
    let (tree, diagnostics) = parse(&sources, file);
    let printed = print_ast(&tree, false);
    (tree, printed, shown(&sources, &diagnostics))
}

#[test]
fn formatting_keeps_the_meaning_and_is_done_once() {
    in_threads(cases(200), |seed| {
        let text = laid_out_otherwise(&random_policy(seed).text(), seed);
        let (tree, meaning, messages) = parsed(&text);
        assert_eq!(messages, "", "seed {seed}\n{text}");
        let once = format(&tree, &text);
        let (tree, same, messages) = parsed(&once);
        assert_eq!(messages, "", "seed {seed}\n{text}\n--- became\n{once}");
        assert!(meaning == same, "seed {seed}\n{text}\n--- became\n{once}");
        assert_eq!(format(&tree, &once), once, "seed {seed}");
        assert_eq!(
            once.matches('#').count(),
            text.matches('#').count(),
            "seed {seed}: comments"
        );
    });
}

#[test]
fn every_stage_can_be_shown() {
    in_threads(cases(200), |seed| {
        let Ok(model) = model_of(&random_policy(seed)) else {
            return;
        };
        assert!(!interdict::model::print::print(&model).is_empty());
        let program = interdict::ir::lower(&model);
        assert!(!interdict::ir::print(&model, &program).is_empty());
        let plan = interdict::plan::build(model, program);
        assert!(!interdict::plan::print(&plan).is_empty());
    });
}
