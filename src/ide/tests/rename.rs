use super::Desk;
use crate::ide::{Edit, prepare_rename, rename};

fn renamed(mut desk: Desk, new: &str) -> Result<Vec<String>, String> {
    let edits = rename(&mut desk.workspace, &desk.path, desk.at, new);
    let shown = |edit: &Edit| format!("{} -> {}", desk.shown(&edit.spot), edit.text);
    match edits {
        Ok(edits) => Ok(edits.iter().map(shown).collect()),
        Err(refusal) => Err(refusal.0),
    }
}

#[test]
fn a_field_is_renamed_in_all_files_and_data_keep_its_name() {
    let edits = renamed(Desk::at("destination in", 0), "goes_to").expect("edits");
    assert_eq!(
        edits,
        [
            "common.interdict:6 destination -> goes_to",
            "common.interdict:6  ->  from \"destination\"",
            "rules.interdict:10 destination -> goes_to",
            "rules.interdict:11 destination -> goes_to",
            "rules.interdict:26 destination -> goes_to",
        ]
    );
}

#[test]
fn values_rules_tags_and_elements_are_renamed() {
    let cases: &[(&str, usize, &str, usize)] = &[
        ("civil", 0, "peaceful", 3),
        ("wide {", 0, "broad", 3),
        ("embargo {", 0, "ban", 2),
        ("p.origin", 0, "each_part", 2),
        ("guarded", 0, "watched", 2),
        ("license because", 0, "permit", 3),
        ("one {", 0, "first_case", 2),
    ];
    for (before, nth, new, count) in cases {
        let edits = renamed(Desk::at(before, *nth), new).expect(before);
        assert_eq!(edits.len(), *count, "{before}: {edits:?}");
    }
    let military = renamed(Desk::in_common("military", 0), "army").expect("edits");
    assert!(
        military
            .iter()
            .any(|edit| edit.ends_with(" or \"military\"")),
        "{military:?}"
    );
}

#[test]
fn a_name_in_backticks_is_bare_in_texts() {
    let edits = renamed(Desk::at("use}", 0), "`end use`").expect("edits");
    assert!(
        edits.contains(&"rules.interdict:11 use -> end use".to_owned()),
        "{edits:?}"
    );
    assert!(
        edits.contains(&"rules.interdict:15 use -> `end use`".to_owned()),
        "{edits:?}"
    );
}

#[test]
fn what_is_no_name_or_would_clash_is_refused() {
    let cases: &[(&str, &str, &str)] = &[
        ("guarded", "2x", "not a name"),
        ("guarded", "a b", "not a name"),
        ("guarded", "", "not a name"),
        ("guarded", "then", "a word of the language"),
        ("guarded", "steel", "cannot be the name"),
        ("guarded", "value", "cannot be the name"),
        ("p.origin", "value", "cannot be the name"),
        ("destination in", "hs_code", "cannot be the name"),
        ("IR", "XX", "is a country"),
        ("\"8481\"", "x", "a code"),
        ("when", "x", "nothing that has a name"),
    ];
    for (before, new, why) in cases {
        let refusal = renamed(Desk::at(before, 0), new).expect_err(before);
        assert!(refusal.contains(why), "{before} -> {new}: {refusal}");
    }
}

#[test]
fn a_policy_with_errors_is_left_alone() {
    let desk = Desk::with("use = civil", "use = civ and destination in $0guarded");
    let refusal = renamed(desk, "watched").expect_err("errors");
    assert!(refusal.contains("while the policy has errors"), "{refusal}");
}

#[test]
fn the_name_to_change_is_shown_without_backticks() {
    let mut desk = Desk::at("guarded", 0);
    let (_, name) = prepare_rename(&mut desk.workspace, &desk.path, desk.at).expect("a name");
    assert_eq!(name, "guarded");
}
