//! What decides is what the rule goes by: everything else that could have decided stands aside.

use super::{Coverage, Seen, coverage, print};
use crate::check::check_text;
use crate::model::Model;
use crate::reference::run_tests;

const POLICY: &str = "policy p { title \"P\" }
record shipment {
  key   id    : text
  as of day   : date
  destination : country?
  origin      : country?
  value       : money USD?
  licensed    : bool?
}
verdicts clear < review
define large = value > 5 USD and value < 100 USD
rule r \"R\" {
  in force from 2025-01-01
  when  (destination = CN or origin = CN) and large
  unless licensed
  then  review
}
exception x \"X\" to r { when origin = JP }
case one { id: \"1\", day: 2025-01-01, destination: CN, origin: US, value: 6 USD, licensed: false }
";

fn covered(tests: &str) -> (Model, Coverage) {
    let checked = check_text("p.interdict", &format!("{POLICY}{tests}"));
    let model = checked
        .model
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let outcomes = run_tests(&model, None);
    let failures: Vec<_> = outcomes.iter().flat_map(|it| &it.failures).collect();
    assert!(failures.is_empty(), "{failures:?}");
    let found = coverage(&model, &outcomes);
    (model, found)
}

/// What the condition that reads so was seen to be, and to decide: false, unknown, true.
fn condition(model: &Model, found: &Coverage, text: &str) -> [[usize; 3]; 2] {
    let of_rules = found.rules.iter().flat_map(|rule| &rule.conditions);
    let of_defines = found.defines.iter().flat_map(|define| &define.conditions);
    let mut all = of_rules.chain(of_defines);
    let condition = all.find(|it| model.sources.snippet(it.span) == text);
    let condition = condition.unwrap_or_else(|| panic!("no condition `{text}`"));
    [condition.seen, condition.decided].map(|Seen { no, unknown, yes }| [no, unknown, yes])
}

#[test]
fn a_condition_decides_where_nothing_else_does() {
    let (model, found) = covered(
        "test \"applies\" { given one expect review by r }
test \"not Chinese\" { given one with { destination: DE } expect clear }
test \"licensed\" { given one with { licensed: true } expect clear }
test \"small\" { given one with { value: 5 USD } expect clear }
test \"spared\" { given one with { origin: JP } expect clear }
test \"nobody knows\" { given one with { destination: missing } expect review expect unknown r }
test \"before\" { given one with { day: 2024-12-31 } expect clear }",
    );
    let of = |text: &str| condition(&model, &found, text);
    // The day before is not among them: the rule is not in force.
    assert_eq!(of("destination = CN"), [[1, 1, 4], [1, 1, 1]]);
    assert_eq!(of("origin = CN"), [[6, 0, 0], [1, 0, 0]]);
    assert_eq!(of("value > 5 USD"), [[1, 0, 5], [1, 0, 1]]);
    assert_eq!(of("value < 100 USD"), [[0, 0, 6], [0, 0, 1]]);
    assert_eq!(of("licensed"), [[5, 0, 1], [1, 0, 1]]);
    let rule = &found.rules[0];
    assert_eq!(
        rule.applies,
        Seen {
            no: 5,
            unknown: 1,
            yes: 1
        }
    );
    let edges: Vec<_> = rule.edges.iter().map(|it| (it.before, it.on)).collect();
    // On the day the rule began its conditions held twice: once it was stopped.
    assert_eq!(edges, [(1, 2)]);
    let stops = rule.exceptions[0].stops;
    assert_eq!((stops.no, stops.yes), (1, 1));
}

#[test]
fn what_no_test_has_seen_is_said_of_each_declaration() {
    let (model, found) = covered("test \"applies\" { given one expect review by r }");
    let text = print::as_text(&model, &found);
    insta::assert_snapshot!("one_test_as_text", text);
    let lcov = print::as_lcov(&model, &found);
    insta::assert_snapshot!("one_test_as_lcov", lcov);
    let json = print::as_json(&model, &found);
    assert_eq!(json["summary"]["conditions"]["all"], 6);
    assert_eq!(json["summary"]["conditions"]["covered"], 0);
    assert_eq!(json["rules"][0]["days"][0]["on"], 1);
}
