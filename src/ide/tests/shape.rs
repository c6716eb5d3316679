use super::Desk;
use crate::ide::{
    FoldKind, LensKind, actions, colours, folds, format, hints, lenses, outline, run_test,
    workspace_symbols,
};

#[test]
fn the_outline_has_every_declaration() {
    let mut desk = Desk::in_common("record", 0);
    let found = outline(&mut desk.workspace, &desk.path);
    let mut lines = Vec::new();
    for symbol in &found {
        let parts: Vec<&str> = symbol.parts.iter().map(|part| part.name.as_str()).collect();
        lines.push(format!(
            "{} {} ({}) {}",
            symbol.sort.noun(),
            symbol.name,
            symbol.detail,
            parts.join(" ")
        ));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn symbols_of_the_workspace_are_found_by_their_letters() {
    let mut desk = Desk::at("policy", 0);
    let names = |desk: &mut Desk, query: &str| -> Vec<String> {
        let found = workspace_symbols(&mut desk.workspace, query);
        found.into_iter().map(|symbol| symbol.name).collect()
    };
    assert_eq!(names(&mut desk, "grd"), ["guarded"]);
    assert_eq!(
        names(&mut desk, "wide").first().map(String::as_str),
        Some("wide")
    );
    assert!(names(&mut desk, "").len() > 20);
}

#[test]
fn braces_and_comments_fold() {
    let mut desk = Desk::with("rule inside", "# one\n# two\n$0\n# alone\nrule inside");
    let found = folds(&mut desk.workspace, &desk.path);
    let text = desk.workspace.text(&desk.path).expect("a text");
    let comments: Vec<&str> = found
        .iter()
        .filter(|fold| fold.kind == FoldKind::Comment)
        .map(|fold| &text[fold.start..fold.end])
        .collect();
    assert_eq!(comments, ["# one\n# two"]);
    let blocks = found.iter().filter(|fold| fold.kind == FoldKind::Block);
    assert_eq!(blocks.count(), 5, "four rules and a test");
}

#[test]
fn what_stands_above_and_beside_rules_goes_by_the_day() {
    let mut desk = Desk::at("policy", 0);
    let above = lenses(&mut desk.workspace, &desk.path);
    let above: Vec<String> = above.into_iter().map(|lens| lens.title).collect();
    assert_eq!(
        above,
        [
            "run 1 test",
            "in force from 2025-03-01 until 2027-03-01; suspended from 2026-05-01 until 2026-09-01 by pause · 1 exception · named once in tests",
            "run test",
        ]
    );
    let beside = |desk: &mut Desk| -> Vec<String> {
        let all = hints(&mut desk.workspace, &desk.path, 0, usize::MAX);
        all.into_iter().map(|hint| hint.text).collect()
    };
    assert_eq!(
        beside(&mut desk),
        ["in force today: no, suspended by pause until 2026-09-01"]
    );
    for (day, said) in [
        ("2024-01-01", "no, from 2025-03-01"),
        ("2025-04-01", "yes, until 2026-05-01"),
        ("2027-03-01", "no"),
    ] {
        desk.workspace
            .set_today(crate::domain::Day::parse_iso(day).expect("a day"));
        assert_eq!(beside(&mut desk), [format!("in force today: {said}")]);
    }
}

#[test]
fn params_that_change_say_their_value_today() {
    let mut desk = Desk::in_common("param", 0);
    desk.workspace.findings();
    let all = hints(&mut desk.workspace, &desk.path, 0, usize::MAX);
    let all: Vec<String> = all.into_iter().map(|hint| hint.text).collect();
    assert_eq!(all, ["today: 10%"]);
}

#[test]
fn a_test_is_run_and_its_failure_shown() {
    let mut desk = Desk::at("policy", 0);
    let path = desk.path.clone();
    let (passed, text) = run_test(&mut desk.workspace, &path, Some("a wide valve")).expect("runs");
    assert!(passed && text == "passed: a wide valve", "{text}");
    let (_, text) = run_test(&mut desk.workspace, &path, None).expect("runs");
    assert_eq!(text, "1 passed, 0 failed");
    let why = run_test(&mut desk.workspace, &path, Some("another")).expect_err("nothing");
    assert_eq!(why, "there is no such test");
    let mut desk = Desk::with("expect license", "expect $0deny");
    let path = desk.path.clone();
    let (passed, text) = run_test(&mut desk.workspace, &path, Some("a wide valve")).expect("runs");
    assert!(!passed && text.contains("expected"), "{text}");
    let lens = lenses(&mut desk.workspace, &path);
    let run = LensKind::RunTest("a wide valve".to_owned());
    assert!(lens.iter().any(|lens| lens.kind == run));
}

#[test]
fn a_fix_becomes_a_change() {
    let mut desk = Desk::with("when  destination in", "when  $0destinaton in");
    let (path, at) = (desk.path.clone(), desk.at);
    let found = actions(&mut desk.workspace, &path, at, at);
    let titles: Vec<&str> = found.iter().map(|action| action.title.as_str()).collect();
    assert_eq!(titles, ["Replace `destinaton` by `destination`"]);
    assert!(found[0].preferred);
    assert!(actions(&mut desk.workspace, &path, 0, 0).is_empty());
}

#[test]
fn only_what_can_be_read_is_formatted() {
    let mut desk = Desk::at("policy", 0);
    let path = desk.path.clone();
    let formatted = format(&mut desk.workspace, &path).expect("changes");
    desk.workspace.open(&path, &formatted);
    assert_eq!(
        format(&mut desk.workspace, &path),
        None,
        "it is as it should be"
    );
    desk.workspace.open(&path, &formatted.replacen('{', "(", 1));
    assert_eq!(
        format(&mut desk.workspace, &path),
        None,
        "it cannot be read"
    );
}

#[test]
fn colours_go_by_meaning() {
    let mut desk = Desk::at("policy", 0);
    let found = colours(&mut desk.workspace, &desk.path);
    let text = desk.workspace.text(&desk.path).expect("a text");
    let mut lines: Vec<String> = Vec::new();
    for colour in &found {
        let mark = if colour.declares { "!" } else { "" };
        lines.push(format!(
            "{:?}{mark} {}",
            colour.kind,
            &text[colour.start..colour.end]
        ));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
