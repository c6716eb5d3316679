//! Verdicts that are worked out from the record.

use crate::check::check_text_with;
use crate::model::{FieldId, Model, Value};
use crate::reference::{Judgement, Record, as_of_days, judge};

const LIST: &[u8] = b"party,policy,asks\nA,deny,state the use\nB,license,\nC,,\nD,clear,\n";

fn model(rules: &str) -> Model {
    let text = format!(
        "policy p {{ title \"t\" }}
         record r {{ key id : text  as of day : date  party : text?  other : text?  large : bool? }}
         verdicts clear < review < license < deny
         otherwise clear
         when unknown review
         list parties from \"parties.csv\" {{ key party : text  policy : verdict?  asks : text? }}
         param grade : verdict {{ deny from 2026-01-01 }}
         {rules}"
    );
    let checked = check_text_with("p.interdict", &text, &[("parties.csv", LIST)]);
    let found = checked.diagnostics;
    checked.model.unwrap_or_else(|| panic!("{found:?}"))
}

/// Judges a record with these values of `party`, `other` and `large`, on a day of 2025.
fn judged(model: &Model, values: [Option<Value>; 3]) -> Judgement {
    let mut record = Record::empty(model);
    let day = crate::domain::Day::parse_iso("2025-06-01").expect("a day");
    record.set(FieldId::from_index(1), Some(Value::Date(day)));
    for (at, value) in values.into_iter().enumerate() {
        record.set(FieldId::from_index(at + 2), value);
    }
    let days = as_of_days(model, &record, None).expect("the day is there");
    judge(model, &record, &days)
}

fn text(value: &str) -> Option<Value> {
    Some(Value::Text(value.into()))
}

/// `VERDICT, at most VERDICT; RULES; UNKNOWN for lack of MISSING`
fn shown(model: &Model, judged: &Judgement) -> String {
    let names = |rules: &[crate::model::RuleId]| {
        let names: Vec<String> = rules.iter().map(|rule| model.rule_name(*rule)).collect();
        names.join(" ")
    };
    format!(
        "{}, at most {}; {}; {} for lack of {}",
        model.verdict_name(judged.verdict),
        model.verdict_name(judged.at_most),
        names(&judged.rules),
        names(&judged.unknown),
        judged.all_missing(model).join(" ")
    )
}

fn assert_cases(model: &Model, cases: &[([Option<Value>; 3], &str)]) {
    for (values, wanted) in cases {
        let judged = judged(model, values.clone());
        assert_eq!(shown(model, &judged), *wanted, "{values:?}");
    }
}

#[test]
fn a_cell_gives_the_verdict_and_an_empty_one_may_be_any() {
    let model = model("rule listed \"\" { when party in parties then parties[party].policy }");
    assert_cases(
        &model,
        &[
            (
                [text("A"), None, None],
                "deny, at most deny; listed;  for lack of ",
            ),
            (
                [text("B"), None, None],
                "license, at most license; listed;  for lack of ",
            ),
            (
                [text("C"), None, None],
                "review, at most deny; listed; listed for lack of parties.policy",
            ),
            (
                [text("D"), None, None],
                "clear, at most clear; listed;  for lack of ",
            ),
            (
                [text("E"), None, None],
                "clear, at most clear; ;  for lack of ",
            ),
            (
                [None, None, None],
                "review, at most deny; ; listed for lack of party",
            ),
        ],
    );
}

#[test]
fn an_open_choice_counts_as_the_least_and_may_become_the_worst() {
    let model = model(
        "rule chosen \"\" { when party = \"A\" then if large then deny else license }
         rule other_one \"\" { when other = \"A\" then if large then license else review  if unknown deny }",
    );
    assert_cases(
        &model,
        &[
            (
                [text("A"), text("B"), None],
                "license, at most deny; chosen; chosen for lack of large",
            ),
            (
                [text("A"), text("B"), Some(Value::Bool(false))],
                "license, at most license; chosen;  for lack of ",
            ),
            (
                [None, text("B"), None],
                "review, at most deny; ; chosen for lack of party large",
            ),
            // Its own answer to what is not known.
            (
                [text("B"), text("A"), None],
                "deny, at most deny; other_one; other_one for lack of large",
            ),
            // What is certain is not raised by what is no worse.
            (
                [text("A"), text("A"), Some(Value::Bool(true))],
                "deny, at most deny; chosen other_one;  for lack of ",
            ),
        ],
    );
}

#[test]
fn what_has_no_value_may_be_any_verdict() {
    let model = model(
        "table ruling(p : text) : verdict first { \"A\" => deny; \"B\" => license }
         rule by_table \"\" { when other = \"T\" then ruling(party) }
         rule by_param \"\" { when other = \"P\" then grade }
         rule compared \"\" { when other = \"C\" and ruling(party) >= license then deny }",
    );
    assert_cases(
        &model,
        &[
            (
                [text("A"), text("T"), None],
                "deny, at most deny; by_table;  for lack of ",
            ),
            (
                [text("Z"), text("T"), None],
                "review, at most deny; by_table; by_table for lack of ruling",
            ),
            (
                [text("A"), text("P"), None],
                "review, at most deny; by_param; by_param for lack of grade",
            ),
            (
                [text("B"), text("C"), None],
                "deny, at most deny; compared;  for lack of ",
            ),
            (
                [None, text("C"), None],
                "review, at most deny; ; compared for lack of party",
            ),
        ],
    );
}

#[test]
fn an_assumed_verdict_is_carried_and_keeps_the_record_open() {
    let model = model(
        "rule listed \"\" { when large then assume(parties[party].policy, license, \"nothing is said\") }",
    );
    let yes = Some(Value::Bool(true));
    let assumed = judged(&model, [text("C"), None, yes.clone()]);
    assert_eq!(
        shown(&model, &assumed),
        "license, at most license; listed;  for lack of "
    );
    assert_eq!(assumed.assumed.len(), 1);
    assert!(!assumed.settled, "the entry could say deny");
    let known = judged(&model, [text("A"), None, yes]);
    assert!(known.assumed.is_empty() && known.settled);
}

#[test]
fn an_obligation_takes_its_text_from_a_row() {
    let model = model(
        "rule listed \"\" { when party in parties then deny  obliges parties[party].asks within 1 days }",
    );
    let said = |party| judged(&model, [text(party), None, None]).obligations[0].to_string();
    assert_eq!(said("A"), "state the use (by 2025-06-02)");
    assert_eq!(
        said("B"),
        "not known for lack of parties.asks (by 2025-06-02)"
    );
}
