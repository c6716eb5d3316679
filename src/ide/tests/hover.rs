use super::Desk;
use crate::ide::hover;

/// What a hover says, one after another.
fn said(places: &[(&str, usize)], desk: fn(&str, usize) -> Desk) -> String {
    let mut out = String::new();
    for (before, nth) in places {
        let mut desk = desk(before, *nth);
        let hover = hover(&mut desk.workspace, &desk.path, desk.at);
        let text = hover.map_or_else(|| "nothing".to_owned(), |hover| hover.text);
        out.push_str(&format!("=== {before} ===\n{text}\n\n"));
    }
    out
}

#[test]
fn a_hover_says_what_stands_there() {
    let places = [
        ("valves {", 0),
        ("wide \"Wide", 0),
        ("embargo\n", 0),
        ("in force", 0),
        ("when", 0),
        ("destination in", 0),
        ("guarded", 0),
        ("under", 0),
        ("\"8481\"", 0),
        ("dear(", 0),
        ("USD)", 0),
        ("license because", 0),
        ("use}", 0),
        ("wide {", 0),
        ("civil", 0),
        ("pause", 0),
        ("p.origin", 0),
        ("origin =", 0),
        ("IR", 0),
        ("one {", 0),
        ("PK", 0),
    ];
    insta::assert_snapshot!(said(&places, Desk::at));
}

#[test]
fn a_hover_in_what_is_imported_knows_the_policy() {
    let places = [
        ("guarded", 0),
        ("steel", 0),
        ("bound", 0),
        ("money", 0),
        ("end_use {", 0),
        ("military", 0),
        ("review", 0),
        ("SY", 0),
        ("part {", 0),
    ];
    insta::assert_snapshot!(said(&places, Desk::in_common));
}

#[test]
fn codes_are_explained_by_their_form() {
    let rule = |condition: &str| {
        let mut desk = Desk::with("use = civil", condition);
        hover(&mut desk.workspace, &desk.path, desk.at).map(|hover| hover.text)
    };
    let text = rule("eccn under \"$03A001.a.5\"").expect("a code");
    for part in ["level 2", "`3A001`", "electronics", "systems, equipment"] {
        assert!(text.contains(part), "{part} not in {text}");
    }
    let text = rule("hs_code = \"85$005.11\"").expect("a code");
    assert!(text.contains("subheading"), "{text}");
}
