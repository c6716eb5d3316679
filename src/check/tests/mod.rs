//! The examples, and one test for each mistake that has no file of its own.

mod asks;
mod closures;
mod each;
mod list_cells;
mod meaning;

use super::*;
use crate::diagnostic::Renderer;
use std::path::PathBuf;

fn shown(checked: &Checked) -> String {
    let mut renderer = Renderer::new(&checked.sources, false);
    checked
        .diagnostics
        .iter()
        .map(|diagnostic| renderer.render(diagnostic))
        .collect()
}

fn check_paths(paths: &[&str]) -> Checked {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    check(
        load(&paths).expect("the paths are there"),
        &CheckOptions::default(),
    )
}

#[test]
fn the_examples_are_in_order() {
    for paths in [
        &["examples/quickstart"][..],
        &["examples/deliveries"],
        &["examples/trade/common"],
        &[
            "examples/trade/cn",
            "examples/trade/us",
            "examples/trade/eu",
            "examples/trade/house",
        ],
    ] {
        let checked = check_paths(paths);
        assert!(!checked.has_errors(), "{}", shown(&checked));
    }
}

/// A policy of `count` rules that share sets, tags, exceptions and a suspension.
fn generated(count: usize) -> String {
    use std::fmt::Write;
    let mut text = String::from(
        "policy big { title \"Big\" }\n\
         record shipment {\n  key id : text\n  as of day : date\n  origin : country?\n  destination : country?\n\
         \x20 hs_code : hs?\n  eccn : eccn?\n  value : money USD?\n  content : money USD?\n}\n\
         verdicts clear < review < license < deny\n\
         set watched of country = { CN, RU, IR from 2020-01-01, KP }\n\
         define content_share : percent = content / value\n",
    );
    for at in 0..count {
        let (chapter, tag, amount) = (at % 89 + 10, at % 20, at * 7 % 9_000);
        let _ = write!(
            text,
            "rule r{at} \"Rule {at}\" {{\n  cites \"Law {at}\"\n  tags tag_{tag}\n  in force from 2020-01-01 until 2030-01-01\n\
             \x20 when destination in watched and hs_code under {{ \"{chapter}01\", \"{chapter}02\" to \"{chapter}10\" }}\n\
             \x20      and value >= {amount} USD and (content_share > 10% or eccn under \"3A001.a\")\n\
             \x20 unless origin in {{ JP, GB }} and value < 100 USD\n  then license because \"{{destination}} needs it\"\n}}\n"
        );
        if at % 10 == 0 {
            let _ = write!(
                text,
                "exception x{at} \"Exception {at}\" to r{at}, r{} {{\n  cites \"Law {at}\"\n  when value < 50 USD\n}}\n",
                at / 2
            );
        }
    }
    text + "suspension pause \"Pause\" of tagged tag_0 {\n  cites \"Notice\"\n  from 2025-01-01 through 2025-12-31\n}\n"
}

#[test]
fn thousands_of_rules_are_checked() {
    for count in [1, 3_000] {
        let text = generated(count);
        let loaded = load_text("big.interdict", &text, &[]);
        let checked = check(loaded, &CheckOptions::default());
        assert!(checked.diagnostics.is_empty(), "{}", shown(&checked));
        assert_eq!(
            checked.model.expect("no error").rules.len(),
            count + count.div_ceil(10)
        );
    }
}

/// All rule files of some folders as one, without imports and with the first header only.
fn joined(folders: &[&str]) -> String {
    let mut text = String::new();
    for folder in folders {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .expect("an example")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|it| it == "interdict"))
            .collect();
        files.sort();
        for file in files {
            let lines = std::fs::read_to_string(file).expect("a rule file");
            let lines = lines.lines().filter(|line| !line.starts_with("import"));
            lines.for_each(|line| text += &format!("{line}\n"));
        }
    }
    text
}

/// A damaged policy gives messages and never a panic; what gives no error gives a model.
#[test]
fn damaged_policies_are_reported() {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |bound: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % bound as u64).expect("below the bound")
    };
    for (folders, rounds) in [
        (&["examples/quickstart"][..], 150),
        (&["examples/trade/common", "examples/trade/cn"], 10),
    ] {
        let text = joined(folders);
        let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
        for _ in 0..rounds {
            let mut damaged = words.clone();
            for _ in 0..=next(3) {
                let at = next(damaged.len());
                match next(3) {
                    0 => damaged[at] = "",
                    1 => damaged[at] = words[next(words.len())],
                    _ => damaged.insert(at, words[next(words.len())]),
                }
            }
            let checked = check_text("damaged.interdict", &damaged.concat());
            assert_ne!(checked.model.is_some(), checked.has_errors());
            let _ = shown(&checked);
            if let Some(model) = &checked.model {
                assert!(!crate::model::print::print(model).is_empty());
            }
        }
    }
}
