use super::Desk;
use crate::ide::{definition, highlights, references};

fn defined(before: &str, nth: usize) -> Vec<String> {
    let mut desk = Desk::at(before, nth);
    let found = definition(&mut desk.workspace, &desk.path, desk.at);
    found.iter().map(|spot| desk.shown(spot)).collect()
}

#[test]
fn a_name_leads_to_its_declaration_in_any_file() {
    let cases: &[(&str, usize, &str)] = &[
        ("destination in", 0, "common.interdict:6 destination"),
        ("guarded", 0, "common.interdict:26 guarded"),
        ("dear(", 0, "common.interdict:29 dear"),
        ("license because", 0, "common.interdict:21 license"),
        ("destination}", 0, "common.interdict:6 destination"),
        ("use}", 0, "common.interdict:9 use"),
        ("wide {", 0, "rules.interdict:6 wide"),
        ("civil", 0, "common.interdict:16 civil"),
        ("embargo {", 0, "rules.interdict:8 embargo"),
        ("p.origin", 0, "rules.interdict:23 p"),
        ("origin =", 0, "common.interdict:14 origin"),
        ("parts satisfies", 0, "common.interdict:12 parts"),
        ("hs_code:", 0, "common.interdict:7 hs_code"),
        ("one\n", 0, "rules.interdict:26 one"),
        ("wide\n}", 0, "rules.interdict:6 wide"),
        ("review", 0, "common.interdict:21 review"),
        ("\"../common\"", 0, "common.interdict:1 "),
    ];
    for (before, nth, place) in cases {
        assert_eq!(defined(before, *nth), [*place], "{before}");
    }
    assert_eq!(defined("IR", 0), [""; 0], "a country is declared by nobody");
    assert_eq!(defined("when", 0), [""; 0]);
}

#[test]
fn references_are_found_in_every_policy() {
    let mut desk = Desk::in_common("destination", 0);
    let found = references(&mut desk.workspace, &desk.path, desk.at, true);
    let shown: Vec<String> = found.iter().map(|spot| desk.shown(spot)).collect();
    assert_eq!(
        shown,
        [
            "common.interdict:6 destination",
            "rules.interdict:10 destination",
            "rules.interdict:11 destination",
            "rules.interdict:26 destination",
        ]
    );
    let found = references(&mut desk.workspace, &desk.path, desk.at, false);
    assert_eq!(found.len(), 3, "without the declaration");
}

#[test]
fn tags_and_countries_have_references_too() {
    for (before, count) in [("embargo\n", 2), ("IR", 2), ("spare", 1)] {
        let mut desk = Desk::at(before, 0);
        let found = references(&mut desk.workspace, &desk.path, desk.at, true);
        assert_eq!(found.len(), count, "{before}");
    }
}

#[test]
fn highlights_stay_in_the_file() {
    let mut desk = Desk::at("wide {", 0);
    let found = highlights(&mut desk.workspace, &desk.path, desk.at);
    let shown: Vec<_> = found
        .iter()
        .map(|it| (desk.shown(&it.spot), it.is_declaration))
        .collect();
    let at = |line, declares| (format!("rules.interdict:{line} wide"), declares);
    assert_eq!(shown, [at(6, true), at(13, false), at(29, false)]);
}

#[test]
fn a_rule_that_is_half_written_takes_nothing_from_the_others() {
    let half = "rule half \"\" { when destination in \n\nrule inside \"$0Parts";
    let mut desk = Desk::with("rule inside \"Parts", half);
    for (name, line) in [
        ("wide {", "rules.interdict:6 wide"),
        ("guarded and", "common.interdict:26 guarded"),
    ] {
        let text = desk.workspace.text(&desk.path).expect("a text");
        let at = text.find(name).expect("a place");
        let found = definition(&mut desk.workspace, &desk.path, at);
        let shown: Vec<String> = found.iter().map(|spot| desk.shown(spot)).collect();
        assert_eq!(shown, [line], "{name}");
    }
}
