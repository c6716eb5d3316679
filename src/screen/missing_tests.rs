//! The memo of missing fields against the definition, record by record.

use crate::check::check_text;
use crate::input::mapping::Mapping;
use crate::screen::{Engine, Options, Screener, Verify};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use std::sync::Arc;

/// With one that is not zero, and yet zero in whole millionths.
const AMOUNTS: &[Option<&str>] = &[
    None,
    Some("0"),
    Some("0.0000001"),
    Some("10"),
    Some("20"),
    Some("50"),
];

/// Fields with their values; the first are the same in every record.
const VALUES: [(&str, &[Option<&str>]); 9] = [
    ("id", &[Some("A")]),
    ("day", &[Some("2025-06-01")]),
    ("a", AMOUNTS),
    ("b", AMOUNTS),
    ("c", &[None, Some("10")]),
    ("land", &[None, Some("CN"), Some("DE")]),
    ("maker", &[None, Some("CN")]),
    ("other", &[None, Some("CN")]),
    (
        "goods",
        &[None, Some("8505"), Some("8505.11"), Some("7206")],
    ),
];

/// Every combination of the values, as one batch.
fn all_records() -> RecordBatch {
    let mut repeat = 1;
    let rows = VALUES.iter().map(|(_, values)| values.len()).product();
    let columns = VALUES.map(|(name, values)| {
        let value = |row: usize| values[row / repeat % values.len()];
        let column: StringArray = (0..rows).map(value).collect();
        repeat *= values.len();
        (name, Arc::new(column) as ArrayRef, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

/// Screens every record and judges it again by reference.
fn screen(conditions: &[&str]) {
    screen_with(conditions, "");
}

/// The same with further declarations.
fn screen_with(conditions: &[&str], further: &str) {
    let rules = conditions.iter().enumerate();
    let rules: String = rules
        .map(|(at, condition)| format!("rule r{at} \"r\" {{ when {condition} then deny }}\n"))
        .collect();
    let text = format!(
        "policy p {{ title \"t\" }}
         record r {{
           key id : text  as of day : date
           a : money USD?  b : money USD?  c : money USD?  land : country?  maker : country?  other : country?
           goods : hs?
         }}
         verdicts clear < deny
         otherwise clear
         when unknown deny
         table by_goods(g : hs) : bool first {{ under \"8505.11\" => true }}
         {rules}{further}"
    );
    let checked = check_text("p.interdict", &text);
    let model = checked.model;
    let model = model.unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let options = Options {
        engine: Engine::Portable,
        as_of: None,
        verify: Verify::All,
    };
    let screener = Screener::new(Arc::new(model), options).expect("one kernel");
    let batch = all_records();
    let binder = screener.binder(&Mapping::default(), &batch.schema());
    let mut worker = screener.worker(binder.expect("the columns are there"));
    let judged = worker.screen(&batch, |row| row as u64);
    let judged = judged.unwrap_or_else(|found| panic!("{conditions:?}: {found}"));
    assert!(judged.rejects.is_empty() && !judged.missing.is_empty());
}

#[test]
fn conditions_between_columns_depend_on_every_value() {
    screen(&["(maker = CN) != (if land = DE then true else other = CN)"]);
}

#[test]
fn outcomes_share_no_answer() {
    // What the two pairs depend on looks the same: a country, and two columns without a value.
    screen(&[
        "land = CN and a > 15 USD",
        "land = CN and b > 15 USD",
        "land = DE and maker = CN",
        "land = DE and other = CN",
    ]);
}

#[test]
fn records_share_an_answer_only_where_the_same_fields_keep_a_rule_open() {
    let conditions = [
        "a / b >= 10%",
        "b / a >= 10%",
        // Where the divisor is zero no field settles it.
        "a / (b - 10 USD) >= 50%",
        // With a large `a` it does not matter that `b` is missing.
        "max(a - 20 USD, -b) >= c",
        "land = CN and goods under \"8505\"",
        "(a > b or land = CN) and (a + b > 60 USD or goods under \"8505\")",
        // No row holds for one code, and may hold for another, coarser one.
        "by_goods(goods)",
    ];
    // Alone, for what one rule leaves out another may name; and two of a kind, which must not share either.
    for condition in conditions {
        screen(&[condition]);
    }
    screen(&conditions[..2]);
}

#[test]
fn what_is_asked_of_other_rules_counts_only_while_they_are_open() {
    // Of the rules asked about, some are settled and some are open, by turns; an exception settles what it excepts, but
    // not whether that is caught.
    let further = "exception x \"x\" to r0 { when land = DE and b > 15 USD }
         exception y \"y\" to r1 { when applies(r2) }
         exception z \"z\" to x { when maker = CN and other = CN }";
    let conditions = [
        "maker = CN or a > 15 USD",
        "goods under \"8505.11\" or land = CN",
        "by_goods(goods)",
        "applies(r0) and (applies(r1) or caught(r1))",
        "(caught(r0) or b > 15 USD) and not applies(r1)",
        "other = CN and (other = CN or applies(x)) and caught(r2)",
    ];
    screen_with(&conditions, further);
    // What is open is an exception that is none of the open rules itself.
    let silent = "exception x \"x\" to r0 { when land = DE and other = CN }";
    screen_with(&["maker = CN"], silent);
    screen_with(&["maker = CN", "caught(x) and a > 15 USD"], silent);
}
