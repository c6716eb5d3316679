//! The rows of closures: who is caught, when, and what is said of the owners.

use crate::check::load::load_text;
use crate::check::{CheckOptions, check};
use crate::domain::Day;
use crate::model::{Closure, List, Value};

/// The rows of the closure that `entries` declare over these files: `ENTITY DAYS: OWNERS`, with `?` before those that are
/// not certain.
fn rows_known(listed: &str, held: &str, bound: &str, known_at: Option<&str>) -> Vec<String> {
    let text = format!(
        "policy closures {{ title \"Closures\" }}
        record shipment {{ key id : text  as of day : date  buyer : text folded? }}
        verdicts clear < deny
        closure caught of listed over held {{
          owner owner  owned owned  share share
          caught at {bound}
        }}
        list listed from \"listed.csv\" {{
          key id : text folded  valid from since until until  recorded recorded
          since : date?  until : date?  recorded : date
        }}
        list held from \"held.csv\" {{
          key row : int  valid from since until until
          owner : text folded  owned : text folded  share : percent?  since : date?  until : date?
        }}
        rule bought \"Bought\" {{ when buyer in caught  then deny }}"
    );
    let listed = format!("id,since,until,recorded\n{listed}");
    let held = format!("row,owner,owned,share,since,until\n{held}");
    let files = [
        ("listed.csv", listed.as_bytes()),
        ("held.csv", held.as_bytes()),
    ];
    let options = CheckOptions {
        citation_required: false,
        known_at: known_at.map(|day| Day::parse_iso(day).expect("a day")),
        ..CheckOptions::default()
    };
    let checked = check(load_text("closures.interdict", &text, &files), &options);
    let model = checked.model.expect("no error");
    let closure = |list: &&List| list.head.closure().is_some();
    let list = model.lists.values().find(closure).expect("a closure");
    let shown = |value: Option<&Value>| match value {
        Some(Value::Text(text)) => text.to_string(),
        other => panic!("{other:?} is no text"),
    };
    let rows = list.rows().iter().map(|row| {
        let mark = if row.certain { "" } else { "?" };
        let because = shown(row.get(Closure::because()));
        let key = shown(Some(list.key(row)));
        format!("{mark}{key} {}: {because}", row.window)
    });
    rows.collect()
}

fn rows(listed: &str, held: &str, bound: &str) -> Vec<String> {
    rows_known(listed, held, bound, None)
}

#[test]
fn shares_add_up_exactly_and_name_their_owners() {
    let listed = "L,,,2020-01-01\nM,,,2020-01-01\n";
    let held = "1,L,A,33.33,,\n2,M,A,16.67,,\n3,L,B,50,,\n4,L,C,33.33,,\n5,M,C,16.66,,\n";
    assert_eq!(
        rows(listed, held, ">= 50%"),
        [
            "A always: L 33.33%, M 16.67%, together 50%",
            "B always: L 50%"
        ]
    );
    assert!(rows(listed, held, "> 50%").is_empty());
}

#[test]
fn a_caught_owner_counts_with_its_whole_share() {
    let listed = "L,,,2020-01-01\n";
    let held = "1,A,B,50,,\n2,L,A,50,,\n3,B,C,49.99,,\n4,L,C,0.01,,\n5,L,D,49,,\n6,D,E,100,,\n";
    assert_eq!(
        rows(listed, held, ">= 50%"),
        [
            "B always: A 50% (caught)",
            "A always: L 50%",
            "C always: B 49.99% (caught), L 0.01%, together 50%"
        ]
    );
}

#[test]
fn a_circle_catches_nobody_unless_something_listed_holds_it() {
    let circle = "1,A,B,90,,\n2,B,A,90,,\n3,A,A,90,,\n";
    assert!(rows("L,,,2020-01-01\n", circle, ">= 50%").is_empty());
    let held = format!("{circle}4,L,B,50,2026-01-01,\n");
    assert_eq!(
        rows("L,,,2020-01-01\n", &held, ">= 50%"),
        [
            "B from 2026-01-01: A 90% (caught), L 50%, together 140%",
            "A from 2026-01-01: B 90% (caught), A 90% (caught), together 180%"
        ]
    );
}

#[test]
fn a_missing_share_is_anything_from_nothing_to_the_whole() {
    let listed = "L,,,2020-01-01\n";
    let held = "1,L,A,,,\n2,A,B,60,,\n3,L,B,30,,\n4,L,C,,,\n5,L,C,50,,\n6,X,D,,,\n7,L,D,49,,\n";
    assert_eq!(
        rows(listed, held, ">= 50%"),
        [
            "?A always: L an unknown share",
            "?B always: A 60% (perhaps caught), L 30%",
            "C always: L 50%"
        ]
    );
}

#[test]
fn days_of_lists_and_of_holdings_count() {
    let listed = "L,2026-01-01,2026-06-01,2020-01-01\nM,2026-03-01,,2020-01-01\n";
    let held = "1,L,A,60,2026-02-01,\n2,M,A,50,,2026-09-01\n3,A,B,50,,2026-04-01\n";
    assert_eq!(
        rows(listed, held, ">= 50%"),
        [
            "A from 2026-02-01 until 2026-03-01: L 60%",
            "A from 2026-03-01 until 2026-06-01: L 60%, M 50%, together 110%",
            "A from 2026-06-01 until 2026-09-01: M 50%",
            "B from 2026-02-01 until 2026-04-01: A 50% (caught)"
        ]
    );
}

#[test]
fn texts_are_one_entity_as_they_compare() {
    let listed = "Northgate  Ltd,,,2020-01-01\n";
    let held = "1,NORTHGATE LTD,Brass Moor,20,,\n2,Northgate Ltd,brass  moor,30,,\n";
    assert_eq!(
        rows(listed, held, ">= 50%"),
        ["Brass Moor always: NORTHGATE LTD 20%, NORTHGATE LTD 30%, together 50%"]
    );
}

#[test]
fn what_was_not_recorded_yet_does_not_count() {
    let listed = "L,,,2020-01-01\nM,,,2026-05-01\n";
    let held = "1,L,A,25,,\n2,M,A,25,,\n";
    assert_eq!(rows(listed, held, ">= 50%").len(), 1);
    assert!(rows_known(listed, held, ">= 50%", Some("2026-04-30")).is_empty());
    assert_eq!(
        rows_known(listed, held, ">= 50%", Some("2026-05-01")).len(),
        1
    );
}

#[test]
fn of_very_many_owners_some_are_named() {
    let listed: String = (0..30).map(|n| format!("L{n},,,2020-01-01\n")).collect();
    let held: String = (0..30).map(|n| format!("{n},L{n},A,2,,\n")).collect();
    let found = rows(&listed, &held, ">= 50%");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("A always: L0 2%, L1 2%, "));
    assert!(
        found[0].ends_with("L19 2%, and 10 more, together 60%"),
        "{}",
        found[0]
    );
}
