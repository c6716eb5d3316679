//! Changes of single fields, on the policy of the quickstart.

use super::*;
use crate::check::check_text;
use crate::domain::{Country, Number};

const POLICY: &str = include_str!("../../../examples/quickstart/magnets.interdict");

fn model(text: &str) -> Model {
    let checked = check_text("magnets.interdict", text);
    checked
        .model
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
}

/// The record of the case `motor`, with changes.
fn record(model: &Model, changes: &[(&str, Option<Value>)]) -> Record {
    let mut record = Record::empty(model);
    let test = model
        .tests
        .iter()
        .find(|test| &*test.title == "0.1 % is enough");
    for (field, value) in &test.expect("the test").given {
        record.set(*field, value.value.clone());
    }
    for (name, value) in changes {
        let mut fields = model.record.fields.iter();
        let (id, _) = fields
            .find(|(_, field)| &*field.name == *name)
            .expect("a field");
        record.set(id, value.clone());
    }
    record
}

fn text(model: &Model, record: &Record, on: Option<Day>) -> String {
    let days = as_of_days(model, record, on).expect("a day");
    let judgement = judge(model, record, &days);
    what_if(model, record, &judgement, on).to_text(model)
}

#[test]
fn each_change_alone_makes_the_rule_not_apply() {
    let model = model(POLICY);
    insta::assert_snapshot!(text(&model, &record(&model, &[]), None));
}

#[test]
fn what_is_claimed_holds_when_it_is_tried() {
    let model = model(POLICY);
    let record = record(
        &model,
        &[(
            "destination",
            Some(Value::Country(Country::from_alpha2("KP").unwrap())),
        )],
    );
    let days = as_of_days(&model, &record, None).unwrap();
    let judgement = judge(&model, &record, &days);
    let found = what_if(&model, &record, &judgement, None);
    assert_eq!(found.rules.len(), 2);
    for rule in &found.rules {
        assert!(!rule.changes.is_empty());
    }
    // Nothing but the destination is asked by the embargo: every country but those under it.
    let [only] = found.rules[0].changes.as_slice() else {
        panic!("{:?}", found.rules[0].changes)
    };
    let others: usize = only
        .groups
        .iter()
        .map(|group| group.examples.len() + group.more)
        .sum();
    assert_eq!(others, Country::COUNT - 2);
    let search = Search {
        model: &model,
        record: &record,
        on: None,
        counted: BTreeSet::new(),
    };
    let country = |code: &str| Value::Country(Country::from_alpha2(code).expect("a country"));
    assert!(search.stops(found.rules[0].rule, only.field, &country("SY")));
    assert!(!search.stops(found.rules[0].rule, only.field, &country("IR")));
}

#[test]
fn a_missing_field_settles_alone_or_with_others() {
    let model = model(POLICY);
    let one = record(&model, &[("magnet_content", None)]);
    assert!(text(&model, &one, None).contains("magnet_content  alone: content waits for it"));
    let two = record(&model, &[("magnet_content", None), ("hs_code", None)]);
    let said = text(&model, &two, None);
    assert!(said.contains("with others: "), "{said}");
}

#[test]
fn where_no_single_field_changes_it_that_is_said() {
    let two = POLICY.replace(
        "when  destination in embargoed",
        "when  destination in embargoed or end_use = military or value >= 0 USD",
    );
    let model = model(two.split("# --- Tests").next().unwrap());
    let mut record = Record::empty(&model);
    for (id, field) in model.record.fields.iter() {
        record.set(
            id,
            match &*field.name {
                "shipment_id" => Some(Value::Text("T".into())),
                "ship_date" => Some(Value::Date(Day::parse_iso("2025-01-01").unwrap())),
                "value" => Some(Value::Number(Number::from_i64(5))),
                _ => None,
            },
        );
    }
    let said = text(&model, &record, None);
    assert!(
        said.contains("embargo applies: no single field changes this"),
        "{said}"
    );
}

#[test]
fn a_day_that_is_given_for_all_is_not_changed() {
    let model = model(POLICY);
    let record = record(&model, &[]);
    let on = Day::parse_iso("2026-01-15").unwrap();
    let said = text(&model, &record, Some(on));
    assert!(!said.contains("ship_date"), "{said}");
    assert!(said.contains("note: the day was not changed"), "{said}");
}

#[test]
fn what_other_records_count_is_not_changed_or_marked() {
    let text = "\
policy p { title \"P\" }
record r { key id : text  as of day : date  order : text?  value : money USD?  kind : bool? }
verdicts clear < review < deny
otherwise clear
when unknown review
aggregate order_value : money USD = sum(value) over same order
rule large \"Large orders\" { cites \"1\" when order_value >= 100 USD and kind then deny }
rule single \"Large shipments\" { cites \"2\" when value >= 50 USD then review }
test \"t\" { given { id: \"T\", day: 2025-01-01, order: \"O\", value: 200 USD, kind: true } expect deny by large, single }
";
    let model = model(text);
    let mut record = Record::empty(&model);
    for (field, value) in &model.tests[0].given {
        record.set(*field, value.value.clone());
    }
    let days = as_of_days(&model, &record, None).unwrap();
    let asked = AskedTotals::of(&model, true);
    record.totals = crate::reference::all_totals(
        &model,
        &asked,
        &[crate::reference::RunRow::record(
            record.clone(),
            days.clone(),
        )],
    )
    .swap_remove(0);
    let judgement = judge(&model, &record, &days);
    insta::assert_snapshot!(what_if(&model, &record, &judgement, None).to_text(&model));
}

#[test]
fn a_rule_that_applies_for_lack_of_a_fact_does_not_once_it_is_there() {
    let held = POLICY.replace(
        "when  destination in embargoed",
        "when  destination is missing",
    );
    let model = model(held.split("# --- Tests").next().unwrap());
    let mut record = Record::empty(&model);
    record.set(
        model.record.as_of,
        Some(Value::Date(Day::parse_iso("2025-01-01").unwrap())),
    );
    let said = text(&model, &record, None);
    assert!(
        said.contains("  destination (missing)  AD, AE, AF or 247 others, then clear\n"),
        "{said}"
    );
}
