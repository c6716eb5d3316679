//! The examples, and one test for each mistake that has no file of its own.

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
        &["examples/trade/cn", "examples/trade/us"],
    ] {
        let checked = check_paths(paths);
        assert!(!checked.has_errors(), "{}", shown(&checked));
    }
}
