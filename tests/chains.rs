//! Rules that ask about rules that ask about rules: the longest chains that the checker takes are judged, explained and
//! compiled on a small stack, whatever stands inside each link; longer ones have a message.

use interdict::check::check_text;
use interdict::ir;
use interdict::model::Model;
use interdict::reference::{Open, rule_assumed, run_tests, trace};
use std::fmt::Write;

/// What a thread has by default; the main thread has four times as much.
const STACK: usize = 2 << 20;

/// Parts inside one another that a condition may have, and some room for the link itself.
const DEPTH: usize = 110;

/// A policy of `links` rules, each of which leads to the one before it by `link`, told its own number and the previous one.
fn policy(links: usize, link: Link, depth: usize) -> String {
    let mut text = String::from(
        "policy chain { title \"Chain\" }\n\
         record shipment { key id : text as of day : date packed : bool? }\n\
         verdicts clear < review < deny\n\
         rule r0 \"R\" { when packed then deny }\n",
    );
    for at in 1..links {
        let _ = writeln!(text, "{}", link(at, at - 1, depth));
    }
    text + "test \"packed\" { given { id: \"T\", day: 2026-01-01, packed: true } expect at most deny }\n"
}

fn deep(inner: &str, depth: usize) -> String {
    format!("{}{inner}", "not ".repeat(depth))
}

fn applies(at: usize, before: usize, depth: usize) -> String {
    format!(
        "rule r{at} \"R\" {{ when {} then deny }}",
        deep(&format!("applies(r{before})"), depth)
    )
}

fn caught_backwards(at: usize, before: usize, depth: usize) -> String {
    let define = format!(
        "define d{at} : bool = {}",
        deep(&format!("caught(r{before})"), depth)
    );
    format!("{define}\nrule r{at} \"R\" {{ when packed unless d{at} then deny }}")
}

fn exceptions(at: usize, before: usize, depth: usize) -> String {
    format!(
        "exception r{at} \"R\" to r{before} {{ when {} then review }}",
        deep("packed", depth)
    )
}

fn mixed(at: usize, before: usize, depth: usize) -> String {
    let rule = format!(
        "rule r{at} \"R\" {{ when {} then deny }}",
        deep(&format!("applies(r{before})"), depth)
    );
    format!(
        "{rule}\nexception x{at} \"X\" to r{at} {{ when {} }}",
        deep(&format!("caught(r{before})"), depth)
    )
}

type Link = fn(usize, usize, usize) -> String;

const KINDS: [(&str, Link); 4] = [
    ("applies", applies),
    ("caught", caught_backwards),
    ("exceptions", exceptions),
    ("mixed", mixed),
];

fn codes(text: &str) -> Vec<&'static str> {
    let checked = check_text("chain.interdict", text);
    checked.diagnostics.iter().map(|it| it.code.id).collect()
}

/// The most links that the checker takes.
fn longest(link: Link) -> usize {
    let (mut good, mut bad) = (1, 2_000);
    while bad - good > 1 {
        let middle = (good + bad) / 2;
        match codes(&policy(middle, link, 0)).is_empty() {
            true => good = middle,
            false => bad = middle,
        }
    }
    good
}

fn use_every_rule(model: &Model) {
    assert_eq!(run_tests(model, None).len(), 1);
    let record = interdict::reference::Record::empty(model);
    let days = vec![interdict::domain::Day(20_000); model.policies.len()];
    for rule in [model.rules.ids().last(), model.rules.ids().next()] {
        let rule = rule.expect("rules");
        assert_eq!(Open::on(model, &record, &days).missing(rule).len(), 1);
        assert!(rule_assumed(model, &record, &days, rule).is_empty());
        assert!(trace(model, &record, &days, rule).truth.is_unknown());
    }
}

#[test]
fn the_longest_chains_fit_on_a_small_stack() {
    for (name, link) in KINDS {
        let worker = std::thread::Builder::new().stack_size(STACK);
        let run = move || {
            let links = longest(link);
            assert!(links > 100, "{name}: {links}");
            let checked = check_text("chain.interdict", &policy(links, link, DEPTH));
            let model = checked.model.expect("no error");
            use_every_rule(&model);
            let program = ir::lower(&model);
            assert!(!format!("{program:?}").is_empty());
        };
        let run = worker.spawn(run).expect("a thread");
        run.join().unwrap_or_else(|_| panic!("a chain of {name}"));
    }
}

#[test]
fn longer_chains_have_a_message() {
    for (name, link) in KINDS {
        assert_eq!(codes(&policy(1_200, link, 0)), ["E0240"], "{name}");
    }
}
