use super::Desk;
use crate::ide::{OfferKind, complete};

fn labels(mut desk: Desk) -> Vec<String> {
    let found = complete(&mut desk.workspace, &desk.path, desk.at);
    found.offers.into_iter().map(|offer| offer.label).collect()
}

/// What is written in the place of a condition of the first rule, what must be offered there, and what must not.
const IN_RULES: &[(&str, &[&str], &[&str])] = &[
    (
        "when $0",
        &[
            "destination",
            "value",
            "bound",
            "dear",
            "not",
            "any",
            "applies",
            "as_of",
            "round",
        ],
        &["guarded", "cites", "CN"],
    ),
    ("when dest$0", &["destination"], &[]),
    (
        "when destination $0",
        &["in", "not", "is", "=", "and", "then"],
        &["destination", "guarded"],
    ),
    (
        "when destination in $0",
        &["guarded"],
        &["steel", "destination", "value"],
    ),
    ("when destination not in $0", &["guarded"], &["steel"]),
    ("when hs_code under $0", &["steel"], &["guarded"]),
    (
        "when destination in { CN, $0",
        &["DE", "US"],
        &["guarded", "value"],
    ),
    (
        "when destination = $0",
        &["CN", "destination"],
        &["civil", "bound", "guarded"],
    ),
    (
        "when use = $0",
        &["civil", "military", "unstated"],
        &["CN", "value"],
    ),
    ("when use != mi$0", &["military"], &["CN"]),
    ("when value >= 500 $0", &["USD"], &["EUR", "kg", "days"]),
    ("when weight_kg > 5 $0", &["kg", "lb"], &["USD"]),
    ("when value / value >= 5 $0", &["%", "kg", "USD"], &[]),
    ("when any $0", &[], &["destination", "parts"]),
    ("when any p in $0", &["parts"], &["guarded", "destination"]),
    (
        "when any p in parts satisfies $0",
        &["p", "destination"],
        &["guarded"],
    ),
    (
        "when any p in parts satisfies p.$0",
        &["origin", "price"],
        &["destination"],
    ),
    (
        "when any p in parts satisfies p.origin = $0",
        &["IR"],
        &["civil"],
    ),
    ("when count(p in $0", &["parts"], &["value"]),
    (
        "when sum(p.price for p in parts where p.$0",
        &["origin"],
        &["destination"],
    ),
    (
        "when applies($0",
        &["wide", "inside", "spare", "tagged"],
        &["destination"],
    ),
    (
        "when caught(tagged $0",
        &["embargo"],
        &["destination", "wide"],
    ),
    (
        "when destination is $0",
        &["missing", "known", "unknown"],
        &["destination"],
    ),
    ("when end_use.$0", &["civil", "military"], &["value"]),
    (
        "when use = civil $0",
        &["and", "or", "then", "unless"],
        &["destination", "cites_x"],
    ),
    (
        "$0",
        &[
            "cites", "tags", "when", "unless", "then", "in force", "for each",
        ],
        &["destination", "rule"],
    ),
    ("for each p in $0", &["parts", "end_use"], &["guarded"]),
    (
        "when true then $0",
        &["clear", "license", "deny"],
        &["destination"],
    ),
    (
        "when true then license if unknown $0",
        &["review", "deny"],
        &["destination"],
    ),
    ("tags $0", &["embargo"], &["destination"]),
    (
        "when true then deny because \"to {$0",
        &["destination", "use"],
        &["bound", "guarded"],
    ),
    ("when true then deny because \"to $0", &[], &["destination"]),
    ("# when $0", &[], &["destination"]),
    (
        "obliges \"report\" within 5 $0",
        &["days", "months", "years"],
        &[],
    ),
    (
        "obliges \"report\" within 5 days after $0",
        &["ship_date"],
        &["guarded"],
    ),
];

#[test]
fn what_fits_a_place_in_a_rule_is_offered() {
    const CONDITION: &str = "when  destination in guarded and hs_code under \"8481\" and dear(500 USD)\n  then  license because \"to {destination} for {use}\"";
    for (written, wanted, unwanted) in IN_RULES {
        let found = labels(Desk::with(CONDITION, written));
        let lacking: Vec<&&str> = wanted
            .iter()
            .filter(|it| it.starts_with(char::is_alphabetic) || **it == "%")
            .filter(|it| !found.iter().any(|known| known == **it))
            .collect();
        assert!(
            lacking.is_empty(),
            "{written}: {lacking:?} not in {found:?}"
        );
        let wrong: Vec<&&str> = unwanted
            .iter()
            .filter(|it| found.iter().any(|known| known == **it))
            .collect();
        assert!(wrong.is_empty(), "{written}: {wrong:?} in {found:?}");
    }
}

/// What is written at the end of the file, and the same.
const ALONE: &[(&str, &[&str], &[&str])] = &[
    (
        "$0",
        &["rule", "exception", "set", "test", "when unknown"],
        &["destination", "cites"],
    ),
    ("ru$0", &["rule"], &["destination"]),
    (
        "exception more \"More\" to $0",
        &["wide", "inside", "tagged"],
        &["pause", "destination"],
    ),
    (
        "suspension more \"More\" of $0",
        &["wide", "spare", "pause", "tagged"],
        &["destination"],
    ),
    (
        "set more of $0",
        &["country", "end_use", "hs"],
        &["CN", "destination"],
    ),
    (
        "set more of country = { $0",
        &["CN", "DE"],
        &["civil", "destination"],
    ),
    (
        "set more of country = $0",
        &["guarded"],
        &["steel", "destination"],
    ),
    (
        "param p : $0",
        &["percent", "money", "end_use"],
        &["destination"],
    ),
    (
        "param p : money $0",
        &["USD", "EUR"],
        &["kg", "destination"],
    ),
    ("param p : end_use = $0", &["civil"], &["CN"]),
    ("param p : percent { 5 $0", &["%"], &["USD"]),
    ("define d(x : $0", &["country", "money"], &["destination"]),
    (
        "define d(x : country) : bool = $0",
        &["x", "destination"],
        &["CN"],
    ),
    ("allow $0", &["no_citation"], &["destination"]),
    ("otherwise $0", &["clear", "deny"], &["destination"]),
    (
        "case two { $0",
        &["destination", "value"],
        &["CN", "guarded"],
    ),
    (
        "case two { destination: $0",
        &["CN"],
        &["destination", "civil"],
    ),
    ("case two { use: $0", &["military"], &["CN"]),
    ("case two { value: 5 USD, $0", &["destination"], &["value"]),
    (
        "case two { parts: [ { $0",
        &["origin", "price"],
        &["destination"],
    ),
    ("case two { parts: [ { origin: $0", &["IR"], &["civil"]),
    ("test \"t\" { given $0", &["one"], &["destination"]),
    (
        "test \"t\" { given one with { $0",
        &["destination"],
        &["one"],
    ),
    (
        "test \"t\" { given one expect $0",
        &["license", "at most", "unknown", "not"],
        &["destination"],
    ),
    (
        "test \"t\" { given one expect license by $0",
        &["wide"],
        &["destination", "license"],
    ),
    (
        "test \"t\" { given one expect unknown $0",
        &["wide"],
        &["license"],
    ),
    (
        "test \"t\" { given one expect unknown wide for lack of $0",
        &["destination"],
        &["wide"],
    ),
    (
        "test \"t\" { $0",
        &["given", "expect", "on", "beside"],
        &["destination", "rule"],
    ),
    ("record r { a : list of $0", &["part"], &["destination"]),
    (
        "record r { a : $0",
        &["text", "country", "end_use"],
        &["destination"],
    ),
];

#[test]
fn what_fits_a_declaration_is_offered() {
    for (written, wanted, unwanted) in ALONE {
        let tail = "  expect license by wide\n}\n";
        let found = labels(Desk::with(tail, &format!("{tail}\n{written}")));
        let lacking: Vec<&&str> = wanted
            .iter()
            .filter(|it| !found.iter().any(|known| known == **it))
            .collect();
        assert!(
            lacking.is_empty(),
            "{written}: {lacking:?} not in {found:?}"
        );
        let wrong: Vec<&&str> = unwanted
            .iter()
            .filter(|it| found.iter().any(|known| known == **it))
            .collect();
        assert!(wrong.is_empty(), "{written}: {wrong:?} in {found:?}");
    }
}

#[test]
fn countries_are_offered_with_their_names() {
    let mut desk = Desk::with("use = civil", "destination = C$0");
    let found = complete(&mut desk.workspace, &desk.path, desk.at);
    let china = found.offers.iter().find(|offer| offer.label == "CN");
    let china = china.expect("China");
    assert_eq!(
        (china.kind, china.detail.as_deref()),
        (OfferKind::Country, Some("China"))
    );
    assert_eq!(
        found.end - found.start,
        1,
        "the letter that is there is replaced"
    );
}

#[test]
fn what_is_lost_while_it_is_written_is_still_known() {
    // The record is there no longer, but it was.
    let mut desk = Desk::in_common("record part", 0);
    desk.workspace.findings();
    let text = desk.workspace.text(&desk.path).expect("a text");
    let broken = text.replace("as of ship_date", "as of ( ship_date :");
    desk.workspace.open(&desk.path.clone(), &broken);
    let rules = desk.folder.path().canonicalize().expect("a path");
    let rules = rules.join("valves/rules.interdict");
    let text = desk.workspace.text(&rules).expect("a text");
    let at = text.find("destination in").expect("a place");
    desk.workspace.findings();
    let found = complete(&mut desk.workspace, &rules, at);
    assert!(found.offers.iter().any(|offer| offer.label == "hs_code"));
}
