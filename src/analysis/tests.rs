//! What is claimed of all records is so of every one that can be made of the values that matter.

use super::formula::{Asked, Formulas};
use super::solve::{Allowed, Found, Solver};
use super::space::{Samples, Space};
use super::witness::Witness;
use crate::check::check_text;
use crate::ir;
use crate::model::{Model, RuleId};
use crate::plan;
use std::sync::Arc;

const HEAD: &str = "policy p { title \"P\" }
record shipment {
  key   id    : text
  as of day   : date
  destination : country
  origin      : country?
  item        : eccn?
  hs_code     : hs?
  value       : money USD?
  pieces      : int?
  licensed    : bool?
  note        : text?
}
verdicts clear < review < license < deny
";

fn model(rules: &str) -> Arc<Model> {
    let checked = check_text("p.interdict", &format!("{HEAD}{rules}"));
    let model = checked.model;
    Arc::new(model.unwrap_or_else(|| panic!("{:?}", checked.diagnostics)))
}

/// Whether some record makes the first rule come to something allowed; what is found is judged by reference.
fn possible(rules: &str, allowed: Allowed) -> bool {
    let model = model(rules);
    let plan = plan::build(Arc::clone(&model), ir::lower(&model));
    let space = Space::new(&plan);
    let mut formulas = Formulas::new(&model, &plan.program, &space);
    let first = RuleId::from_index(0);
    let truth = formulas.rule(first, Asked::Truth);
    let start: Vec<Samples> = space
        .columns
        .iter()
        .map(|column| Samples::all(column.values.len()))
        .collect();
    let solver = Solver {
        space: &space,
        formulas: &formulas,
        start: &start,
    };
    match solver.find(&[(truth, allowed)], &[]) {
        Found::None => false,
        Found::TooMuch => panic!("{rules} took too much"),
        Found::Some(state) => {
            assert!(!state.needs_free(), "{rules}");
            let witness = Witness::of(&model, &space, &start, &state);
            let applies = witness.applies(first);
            let open = witness.truth(first).is_unknown();
            let shown = match allowed {
                Allowed::TRUE => applies,
                Allowed::UNKNOWN => open,
                _ => !applies && !open,
            };
            assert!(shown, "{rules}: {}", witness.text());
            true
        }
    }
}

#[test]
fn contradictions_are_proven_and_everything_else_has_a_record() {
    let rule = |when: &str| format!("rule r \"R\" {{ when {when} then review }}");
    let can = |when: &str| possible(&rule(when), Allowed::TRUE);
    assert!(can("destination = CN and origin = US"));
    assert!(!can("destination = CN and destination = US"));
    assert!(!can(
        "destination in { CN, RU } and destination in { US, GB }"
    ));
    assert!(can(
        "destination in { CN, RU } and not (destination in { US, RU })"
    ));
    assert!(!can("item under \"3A001.a\" and item under \"3A001.b\""));
    assert!(can("item under \"3A001\" and item not under \"3A001.b\""));
    assert!(!can("item = \"3A001.b\" and item not under \"3A001\""));
    assert!(can("item under \"3A001\" and item not in { \"3A001\" }"));
    assert!(!can("hs_code under \"85\" and hs_code under \"8411\""));
    assert!(can("value > 1 USD and value < 1.01 USD"));
    assert!(!can("value > 1 USD and value < 1 USD"));
    assert!(!can("value < 0 USD"));
    assert!(!can("pieces > 1 and pieces < 2"));
    assert!(can("pieces > 1 and pieces < 3"));
    assert!(!can("value is missing and value > 1 USD"));
    assert!(!can("licensed and not licensed"));
    assert!(!can("note = \"a\" and note = \"b\""));
    assert!(!can("day >= 2026-01-01 and day < 2025-12-31"));
    assert!(!can(
        "(destination = CN or origin = CN) and not (destination = CN) and origin != CN"
    ));
}

#[test]
fn what_is_missing_is_a_value_of_its_own() {
    let rule = |when: &str| format!("rule r \"R\" {{ when {when} then review }}");
    let open = |when: &str| possible(&rule(when), Allowed::UNKNOWN);
    assert!(open("origin = CN"));
    assert!(open("origin = CN and origin = US"));
    assert!(!open("origin is missing"));
    assert!(!open("origin is known and origin = CN"));
    assert!(!open("value >= 0 USD"));
    assert!(open("value >= 1 USD"));
    assert!(open("item under \"3A001.a\" and item is known"));
}

#[test]
fn exceptions_windows_and_questions_about_rules_are_seen_through() {
    let can = |rules: &str| possible(rules, Allowed::TRUE);
    assert!(!can("rule r \"R\" { when destination = CN then review }
exception x \"X\" to r { when destination in { CN, RU } }"));
    assert!(can("rule r \"R\" { when destination = CN then review }
exception x \"X\" to r { when origin = CN }"));
    assert!(can("rule r \"R\" { when destination = CN then review }
exception x \"X\" to r { when true }
exception y \"Y\" to x { when licensed }"));
    assert!(!can(
        "rule r \"R\" { in force from 2025-01-01 until 2025-06-01  when as_of >= 2025-06-01 then review }"
    ));
    assert!(!can(
        "rule r \"R\" { in force from 2025-01-01 until 2025-06-01  when true then review }
suspension s \"S\" of r { from 2024-12-31 until 2025-06-01 }"
    ));
    assert!(!can(
        "rule r \"R\" { when applies(q) and destination = CN then review }
rule q \"Q\" { when destination = US then review }"
    ));
}
