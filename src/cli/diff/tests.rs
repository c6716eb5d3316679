//! `interdict diff` as a user meets it, in process.

use crate::cli::Exit;
use crate::cli::screen::tests::Desk;
use crate::cli::tests::{Ran, interdict};

const BOOK: &str = "id,day,destination,Invoice Value
A1,2026-01-05,KP,5
A2,2026-01-05,IR,5
A3,2026-01-05,DE,1000
A4,2026-01-05,DE,1000.01
A5,2026-01-05,DE,
A6,2026-01-05,,5
A7,2026-01-05,IR,1000
A8,someday,DE,5
A9,2024-01-05,KP,5
";

/// A desk with an old and a new policy, and the book.
fn desk(changes: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    desk.write("book.csv", BOOK);
    let mut text = desk.text("desk.interdict");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    std::fs::create_dir(desk.path("next")).expect("a folder");
    desk.write("next/desk.interdict", text);
    desk
}

fn diff(desk: &Desk, options: &[&str]) -> Ran {
    let path = |name: &str| desk.path(name).display().to_string();
    let policies = [
        path("desk.interdict"),
        path("next/desk.interdict"),
        path("book.csv"),
    ];
    let mut args = vec!["diff"];
    args.extend(policies.iter().map(String::as_str));
    args.extend(options);
    interdict(&args)
}

const CHANGES: [(&str, &str); 2] = [
    ("destination = KP", "destination in { KP, IR }"),
    ("value > 1_000 USD", "value >= 1_000 USD"),
];

#[test]
fn what_changed_is_counted_and_shown() {
    let desk = desk(&CHANGES);
    let ran = diff(&desk, &[]);
    assert_eq!(ran.exit, Exit::No, "{}", ran.err);
    insta::assert_snapshot!("changes", ran.out);
    let json = diff(&desk, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(
        (&json["read"], &json["changed"], &json["rejected"]),
        (&9.into(), &3.into(), &1.into())
    );
    let all: u64 = json["verdicts"]
        .as_array()
        .expect("verdicts")
        .iter()
        .map(|it| it["records"].as_u64().expect("a count"))
        .sum();
    assert_eq!(all, 8, "every record that a side can read");
}

#[test]
fn changed_records_are_written_whatever_the_engine_and_threads() {
    let desk = desk(&CHANGES);
    let out = desk.path("changed.csv").display().to_string();
    let mut seen = Vec::new();
    for options in [
        &["--threads", "1"][..],
        &["--threads", "3", "--engine", "portable"],
        &["--engine", "reference"],
    ] {
        let ran = diff(&desk, &[options, &["-o", &out]].concat());
        assert_eq!(ran.exit, Exit::No, "{}", ran.err);
        seen.push((ran.out, desk.text("changed.csv")));
    }
    assert!(seen.iter().all(|it| *it == seen[0]), "{seen:#?}");
    insta::assert_snapshot!("changed_records", seen[0].1);
}

#[test]
fn nothing_changed_is_status_0_and_rows_that_cannot_be_read_3() {
    let desk = desk(&[("title \"Desk\"", "title \"Another\"")]);
    let ran = diff(&desk, &[]);
    assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
    assert!(
        ran.out
            .contains("0 come to something else, 1 cannot be read"),
        "{}",
        ran.out
    );
    desk.write("book.csv", BOOK.replace("someday", "2026-01-05"));
    let ran = diff(&desk, &[]);
    assert_eq!(
        (ran.exit, ran.out.lines().count()),
        (Exit::Done, 1),
        "{}",
        ran.out
    );
}

#[test]
fn what_one_side_alone_cannot_read_is_a_change() {
    // Only the new side reads the amount.
    let desk = desk(&[("when  value > 1_000 USD", "when  destination = RU")]);
    desk.write(
        "book.csv",
        "id,day,destination,Invoice Value\nB1,2026-01-05,DE,much\n",
    );
    let ran = diff(&desk, &[]);
    assert_eq!(ran.exit, Exit::No, "{}", ran.err);
    assert!(ran.out.contains("rejected -> clear"), "{}", ran.out);
}

#[test]
fn aggregates_of_each_side_are_worked_out() {
    let total = (
        "rule large",
        "aggregate total : money USD = sum(value) over same destination\nrule large",
    );
    let desk = desk(&[
        total,
        ("when  value > 1_000 USD", "when  total > 2_000 USD"),
    ]);
    let out = desk.path("changed.jsonl").display().to_string();
    let ran = diff(&desk, &["-o", &out]);
    assert_eq!(ran.exit, Exit::No, "{}", ran.err);
    // DE has 1000 and 1000.01, something that is not known, and a row that cannot be read.
    assert!(
        desk.text("changed.jsonl").contains("\"id\":\"A3\""),
        "{}",
        desk.text("changed.jsonl")
    );
}

#[test]
fn sides_that_cannot_be_compared_are_refused() {
    let desk = desk(&[(
        "destination       : country?",
        "destination       : country?\n  weight : mass kg?",
    )]);
    let ran = diff(&desk, &[]);
    assert_eq!(ran.exit, Exit::No);
    assert!(
        ran.err.contains("only the new one has `weight`"),
        "{}",
        ran.err
    );
    let path = |name: &str| desk.path(name).display().to_string();
    let ran = interdict(&["diff", &path("desk.interdict"), &path("book.csv")]);
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.err.contains("and 1 is named"), "{}", ran.err);
}

#[test]
fn the_order_of_fields_changes_nothing() {
    let fields = [
        "  destination       : country?\n",
        "  value             : money USD?  from \"Invoice Value\"\n",
    ];
    let desk = desk(&[(&fields.concat(), &[fields[1], fields[0]].concat())]);
    desk.write("book.csv", BOOK.replace("someday", "2026-01-05"));
    let ran = diff(&desk, &[]);
    assert_eq!(ran.exit, Exit::Done, "{}{}", ran.out, ran.err);
}
