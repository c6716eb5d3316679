//! Shares just under, at and just over the thresholds that laws use, for amounts of every magnitude, against plain integers.

use crate::support::random::Random;
use arrow_array::{
    Array, ArrayRef, Date32Array, Decimal128Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{Field, Fields};
use interdict::check::check_text;
use interdict::input::mapping::Mapping;
use interdict::model::Model;
use interdict::screen::{Engine, Options, Screener, Verify};
use std::sync::Arc;

/// Amounts are counted in hundred-thousandths of a dollar here, so that a thousandth of any number of cents is whole.
const DECIMALS: usize = 5;
/// From a cent to 10^15 dollars.
const MAGNITUDES: i128 = 1_000;
/// As written in the policy, and as a fraction.
const THRESHOLDS: [(&str, i128, i128); 4] = [
    ("0.1%", 1, 1_000),
    ("10%", 1, 10),
    ("25%", 1, 4),
    ("50%", 1, 2),
];

/// A shipment: what it is worth, and what of that counts, at once and by its components.
struct Shipment {
    total: i128,
    part: i128,
    components: [i128; 2],
}

/// For every magnitude and threshold: exactly at it, and a cent and the finest digit to either side.
fn shipments() -> Vec<Shipment> {
    let mut random = Random::new(17);
    let mut shipments = Vec::new();
    for step in 0..MAGNITUDES {
        let exponent = 17.0 * step as f64 / (MAGNITUDES - 1) as f64;
        let cents = 10f64.powf(exponent) as i128;
        let total = 1_000 * cents;
        for (_, share, of) in THRESHOLDS {
            let at = total * share / of;
            for beside in [-1_000, -1, 0, 1, 1_000] {
                let part = at + beside;
                if part < 0 {
                    continue;
                }
                let first = part * random.below(1_000) as i128 / 1_000;
                shipments.push(Shipment {
                    total,
                    part,
                    components: [first, part - first],
                });
            }
        }
    }
    shipments
}

/// A rule for each threshold, reached and passed, by the one amount and by the sum.
fn model() -> Arc<Model> {
    let mut rules = String::new();
    for (at, (threshold, ..)) in THRESHOLDS.iter().enumerate() {
        for (name, op) in [("reached", ">="), ("passed", ">")] {
            let sum = "sum(c.value for c in components where c.origin = CN)";
            rules += &format!(
                "rule {name}_{at} \"r\" {{ when part / total {op} {threshold} then deny }}
                 rule sum_{name}_{at} \"r\" {{ when {sum} / total {op} {threshold} then deny }}\n"
            );
        }
    }
    let text = format!(
        "policy p {{ title \"t\" }}
         record shipment {{
           key id : text  as of day : date
           total : money USD  part : money USD  components : list of component
         }}
         record component {{ origin : country  value : money USD }}
         verdicts clear < deny
         otherwise clear
         when unknown deny
         {rules}"
    );
    let checked = check_text("p.interdict", &text);
    let found = format!("{:?}", checked.diagnostics);
    Arc::new(checked.model.unwrap_or_else(|| panic!("{found}")))
}

/// What the rules are to say, in their order.
fn expected(shipment: &Shipment) -> Vec<usize> {
    let answers = THRESHOLDS.iter().flat_map(|(_, share, of)| {
        let (left, right) = (shipment.part * of, shipment.total * share);
        [left >= right, left >= right, left > right, left > right]
    });
    let answers = answers.enumerate();
    answers
        .filter(|(_, applies)| *applies)
        .map(|(at, _)| at)
        .collect()
}

fn text(amount: i128) -> String {
    let unit = 10i128.pow(DECIMALS as u32);
    format!("{}.{:0DECIMALS$}", amount / unit, amount % unit)
}

fn column(amounts: &[i128], as_text: bool) -> ArrayRef {
    match as_text {
        true => Arc::new(StringArray::from_iter_values(
            amounts.iter().map(|amount| text(*amount)),
        )),
        false => {
            let decimals = Decimal128Array::from_iter_values(amounts.iter().copied());
            let decimals = decimals.with_precision_and_scale(38, DECIMALS as i8);
            Arc::new(decimals.expect("38 digits are enough"))
        }
    }
}

/// Every shipment with three components, of which the one in the middle does not count.
fn batch(shipments: &[Shipment], as_text: bool) -> RecordBatch {
    let amounts = |of: fn(&Shipment) -> i128| -> Vec<i128> { shipments.iter().map(of).collect() };
    let values: Vec<i128> = shipments
        .iter()
        .flat_map(|shipment| {
            [
                shipment.components[0],
                shipment.total,
                shipment.components[1],
            ]
        })
        .collect();
    let origins = (0..values.len()).map(|at| if at % 3 == 1 { "DE" } else { "CN" });
    let elements: Vec<(&str, ArrayRef)> = vec![
        ("origin", Arc::new(StringArray::from_iter_values(origins))),
        ("value", column(&values, as_text)),
    ];
    let fields: Fields = elements
        .iter()
        .map(|(name, array)| Field::new(*name, array.data_type().clone(), true))
        .collect();
    let arrays = elements.into_iter().map(|(_, array)| array).collect();
    let elements = StructArray::new(fields, arrays, None);
    let item = Arc::new(Field::new("item", elements.data_type().clone(), true));
    let offsets = OffsetBuffer::from_repeated_length(3, shipments.len());
    let lists = ListArray::new(item, offsets, Arc::new(elements), None);
    let ids = (0..shipments.len()).map(|at| format!("S{at}"));
    let day = Date32Array::from_value(20_000, shipments.len());
    RecordBatch::try_from_iter([
        (
            "id",
            Arc::new(StringArray::from_iter_values(ids)) as ArrayRef,
        ),
        ("day", Arc::new(day)),
        (
            "total",
            column(&amounts(|shipment| shipment.total), as_text),
        ),
        ("part", column(&amounts(|shipment| shipment.part), as_text)),
        ("components", Arc::new(lists)),
    ])
    .expect("columns of one length")
}

#[test]
fn thresholds_are_exact_at_every_magnitude() {
    let shipments = shipments();
    assert!(
        shipments
            .last()
            .is_some_and(|last| last.total == 10i128.pow(15 + DECIMALS as u32))
    );
    let model = model();
    for engine in [Engine::Jit, Engine::Portable, Engine::Reference] {
        for as_text in [false, true] {
            let options = Options {
                engine,
                as_of: None,
                verify: Verify::None,
            };
            let screener = Screener::new(model.clone(), options).expect("the kernels agree");
            let batch = batch(&shipments, as_text);
            let binder = screener.binder(&Mapping::default(), &batch.schema());
            let mut worker = screener.worker(binder.expect("the columns are there"));
            let judged = worker.screen(&batch, |row| row as u64);
            let judged = judged.unwrap_or_else(|found| panic!("{found}"));
            assert!(judged.rejects.is_empty() && judged.missing.is_empty());
            for (shipment, number) in shipments.iter().zip(&judged.outcomes) {
                let rules = screener.outcomes().get(*number).rules.clone();
                let rules: Vec<usize> = rules.iter().map(|rule| rule.index()).collect();
                let (part, total) = (text(shipment.part), text(shipment.total));
                assert_eq!(
                    rules,
                    expected(shipment),
                    "{engine:?}: {part} of {total} USD"
                );
            }
        }
    }
}
