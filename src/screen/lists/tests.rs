//! Loops against the definition: every condition in every record, whichever records are asked about together.

use crate::check::check_text;
use crate::domain::Truth;
use crate::input::mapping::Mapping;
use crate::ir::{ComputedKind, LoopForm};
use crate::kernel::{Batch, loops};
use crate::model::{Expr, PolicyId, print};
use crate::reference::{self, Record, Totals, as_of_days};
use crate::screen::bind::{Binder, Bound};
use crate::screen::lists::ListClasses;
use crate::screen::screener::bound_columns;
use crate::screen::{Engine, Options, Screener, Verify};
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, Decimal128Array, DictionaryArray, LargeListArray, ListArray, RecordBatch,
    StringArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Field;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const RECORDS: &str = "
    policy p { title \"P\" authority \"A\" }
    verdicts clear < stop
    otherwise clear
    record shipment {
      key id : text
      as of day : date
      destination : country?
      value : money USD? signed
      components : list of component?
    }
    record component {
      origin : country?
      code : hs?
      value : money USD?
      change : money USD? signed
      made : date?
      count : int?
      listed : bool?
      parts : list of part?
    }
    record part { origin : country?  value : money USD?  bits : list of bit? }
    record bit { origin : country?  weight : mass kg? }
    set guarded of country = { CN, IR until 2025-03-01, KP from 2025-02-01 }
    define chinese(c : component) : bool = c.origin = CN or any p in c.parts satisfies p.origin = CN
";

/// What is asked of lists, all of it by loops or tests of lists.
const CONDITIONS: [&str; 52] = [
    "any c in components satisfies c.origin = CN",
    "every c in components satisfies c.origin != CN and c.code under \"85\"",
    "not every c in components satisfies c.origin = CN or c.value > 10 USD",
    "sum(c.value for c in components where c.origin = CN and c.code under { \"8505\", \"2846\" }) / value >= 0.1%",
    "50% <= sum(c.value for c in components where chinese(c)) / value",
    "value > 2 * sum(c.value for c in components)",
    "sum(c.change for c in components where c.listed) < 0 USD",
    "sum(c.value + c.change for c in components where c.origin in guarded) > 10 USD",
    "sum(c.value * c.count for c in components) > value",
    "sum(c.value / c.change for c in components where c.listed) > 100%",
    "min(c.value for c in components where c.origin = CN) < 5 USD",
    "max(c.change for c in components where c.origin != CN) > 5 USD",
    "max(c.value for c in components) - min(c.value for c in components) >= 10 USD",
    "min(c.value - c.change for c in components where c.listed) = 0 USD",
    "count(c in components where c.origin = CN) >= 2",
    "count(c in components) = 0",
    "count(c in components where c.value is missing) > count(c in components where c.made is known)",
    "any c in components satisfies any p in c.parts satisfies p.origin in guarded",
    "every c in components satisfies every p in c.parts satisfies p.value is known",
    "any c in components satisfies any p in c.parts satisfies every b in p.bits satisfies b.origin = CN",
    "any c in components satisfies sum(p.value for p in c.parts where p.origin = CN) > c.value",
    "sum(sum(p.value for p in c.parts where p.origin = CN) for c in components where c.listed) / value > 10%",
    "sum(sum(sum(b.weight for b in p.bits) for p in c.parts) for c in components) > 5 kg",
    "sum(max(p.value for p in c.parts) for c in components) > 5 USD",
    "sum(count(p in c.parts where c.origin = CN) * value for c in components) > 5 USD",
    "sum(value for c in components where c.origin = CN) > 10 USD",
    "sum(c.change * c.count for c in components) > 10 USD",
    "sum(sum(count(b in p.bits where b.origin = CN) for p in c.parts) for c in components) > 1",
    "any c in components satisfies c.origin = CN and destination = US",
    "any c in components satisfies any p in c.parts satisfies p.origin = CN and c.origin != CN and destination in guarded",
    "count(c in components where any p in c.parts satisfies p.value > c.value) > 0",
    "any c in components satisfies any p in c.parts satisfies p.value / value > 1%",
    "any c in components satisfies (if c.listed then c.origin = CN else c.value > 5 USD)",
    "any c in components satisfies (c.origin = CN) is unknown and c.code under \"8505.11\"",
    "(any c in components satisfies c.listed) is unknown",
    "components is missing",
    "any c in components satisfies c.parts is known and c.value between 1 USD and 20 USD",
    "any c in components satisfies c.made < day and c.made + 30 days >= 2025-01-01",
    "every c in components satisfies days_between(c.made, day) > 10",
    "any c in components satisfies c.origin in guarded and c.origin in { CN from 2025-02-15, US }",
    "any c in components satisfies c.count in { 1, 2 } or c.count = 4",
    "any c in components satisfies abs(c.change) > max(c.value, 5 USD)",
    "max(assume(c.value, 1 USD, \"why not\") for c in components where assume(c.listed, true, \"ditto\")) > 3 USD",
    "sum(c.value for c in components where value > 5 USD or c.listed) >= 10 USD",
    "count(c in components where c.origin = CN) >= 1",
    "0 < count(c in components where c.origin = CN and destination = US)",
    "count(c in components where c.listed or c.value > 5 USD) < 1",
    "sum(c.value for c in components where c.origin = CN and c.value is known) >= 5 USD",
    "0.1% < sum(c.change for c in components where c.listed and destination != US) / value",
    "not every c in components satisfies (if c.listed then destination = CN else c.origin = CN)",
    "any c in components satisfies c.made is known and (c.origin = CN or not (c.listed and destination = US))",
    "every c in components satisfies c.origin in guarded or destination in guarded",
];

/// A small fixed sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn pick(&mut self, of: &[Json]) -> Json {
        of[self.below(of.len() as u64) as usize].clone()
    }

    /// The elements of a list of some level: missing, empty, or a few.
    fn list(&mut self, level: usize) -> Json {
        match self.below(8) {
            0 => Json::Null,
            1 => json!([]),
            count => (0..=count / 2).map(|_| self.element(level)).collect(),
        }
    }

    fn element(&mut self, level: usize) -> Json {
        let lands = [
            Json::Null,
            json!("CN"),
            json!("IR"),
            json!("KP"),
            json!("US"),
        ];
        let amounts = [
            Json::Null,
            json!("0"),
            json!("5"),
            json!("5.01"),
            json!("20"),
        ];
        let signed = [Json::Null, json!("-7"), json!("0"), json!("5"), json!("6")];
        let origin = self.pick(&lands);
        match level {
            0 => json!({
                "origin": origin,
                "code": self.pick(&[Json::Null, json!("85"), json!("8505.11"), json!("2846")]),
                "value": self.pick(&amounts),
                "change": self.pick(&signed),
                "made": self.pick(&[Json::Null, json!("2024-12-02"), json!("2025-02-20")]),
                "count": self.pick(&[Json::Null, json!("1"), json!("4"), json!("-2")]),
                "listed": self.pick(&[Json::Null, json!("true"), json!("false")]),
                "parts": self.list(1),
            }),
            1 => json!({ "origin": origin, "value": self.pick(&amounts), "bits": self.list(2) }),
            _ => json!({ "origin": origin, "weight": self.pick(&amounts) }),
        }
    }

    fn records(&mut self, count: usize) -> Vec<Json> {
        let record = |at: usize| {
            json!({
                "id": at.to_string(),
                "day": self.pick(&[json!("2025-01-01"), json!("2025-02-15"), json!("2025-03-01")]),
                "destination": self.pick(&[Json::Null, json!("US"), json!("CN")]),
                "value": self.pick(&[Json::Null, json!("-10"), json!("0"), json!("5"), json!("6000")]),
                "components": self.list(0),
            })
        };
        (0..count).map(record).collect()
    }
}

/// How lists are written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// Columns of lists; stray elements stand before the first list and behind missing ones.
    Lists { large: bool },
    /// Texts of JSON.
    Texts,
}

fn text(value: &Json) -> Option<&str> {
    value.as_str()
}

/// Values of one field: money as decimals, countries by dictionaries, the rest as texts.
fn column(name: &str, values: &[&Json]) -> ArrayRef {
    let texts = values.iter().map(|value| text(value));
    match name {
        "value" | "change" => {
            let cents = |text: &str| {
                let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
                let whole: i128 = whole.parse().expect("a number");
                whole * 100 + cents.parse::<i128>().expect("cents")
            };
            let cents: Decimal128Array = texts.map(|text| text.map(cents)).collect();
            Arc::new(cents.with_precision_and_scale(20, 2).expect("it fits"))
        }
        "origin" => Arc::new(texts.collect::<DictionaryArray<Int32Type>>()),
        _ => Arc::new(texts.collect::<StringArray>()),
    }
}

const LEVELS: [&[&str]; 3] = [
    &[
        "origin", "code", "value", "change", "made", "count", "listed", "parts",
    ],
    &["origin", "value", "bits"],
    &["origin", "weight"],
];

fn lists(level: usize, cells: &[&Json], form: Form) -> ArrayRef {
    let Form::Lists { large } = form else {
        let texts = cells
            .iter()
            .map(|cell| (!cell.is_null()).then(|| cell.to_string()));
        return Arc::new(texts.collect::<StringArray>());
    };
    let stray = json!({ "origin": "CN", "value": "1000" });
    let mut elements = vec![&stray, &stray];
    let mut lengths = vec![2];
    for cell in cells {
        let before = elements.len();
        match cell.as_array() {
            Some(list) => elements.extend(list),
            None => elements.push(&stray),
        }
        lengths.push(elements.len() - before);
    }
    let columns = LEVELS[level].iter().map(|name| {
        let values: Vec<&Json> = elements.iter().map(|element| &element[*name]).collect();
        let column = match *name {
            "parts" | "bits" => lists(level + 1, &values, form),
            _ => column(name, &values),
        };
        (Field::new(*name, column.data_type().clone(), true), column)
    });
    let (fields, columns): (Vec<Field>, Vec<ArrayRef>) = columns.unzip();
    let elements = StructArray::new(fields.into(), columns, None);
    let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
    let known = cells.iter().map(|cell| !cell.is_null());
    let nulls = Some(NullBuffer::from_iter(std::iter::once(true).chain(known)));
    let all: ArrayRef = match large {
        true => {
            let offsets = OffsetBuffer::<i64>::from_lengths(lengths);
            Arc::new(LargeListArray::new(
                field,
                offsets,
                Arc::new(elements),
                nulls,
            ))
        }
        false => {
            let offsets = OffsetBuffer::<i32>::from_lengths(lengths);
            Arc::new(ListArray::new(field, offsets, Arc::new(elements), nulls))
        }
    };
    all.slice(1, cells.len())
}

fn batch(records: &[Json], form: Form) -> RecordBatch {
    let columns = ["id", "day", "destination", "value", "components"].map(|name| {
        let values: Vec<&Json> = records.iter().map(|record| &record[name]).collect();
        let column = match name {
            "components" => lists(0, &values, form),
            _ => column(name, &values),
        };
        (name, column, true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

fn screener(conditions: &[&str], engine: Engine) -> Screener {
    let rules = conditions.iter().enumerate().map(|(at, condition)| {
        format!("rule r{at} \"R\" {{ cites \"c\" when {condition} then stop }}\n")
    });
    let text = format!("{RECORDS}{}", rules.collect::<String>());
    let checked = check_text("p.interdict", &text);
    let model = checked.model.unwrap_or_else(|| {
        let messages = checked.diagnostics.iter().map(|it| it.message.to_string());
        panic!("{:?}", messages.collect::<Vec<_>>())
    });
    let options = Options {
        engine,
        verify: Verify::All,
        ..Options::default()
    };
    Screener::new(Arc::new(model), options).expect("the kernels agree")
}

/// All that is computed, but for questions about what loops come to.
fn all_loops(screener: &Screener) -> Vec<(&LoopForm, &Expr, PolicyId)> {
    let computed = screener.plan().program.computed.values();
    let loops = computed.filter_map(|computed| match &computed.kind {
        ComputedKind::Loop { form, expr, .. } => Some((form, &**expr, computed.policy)),
        ComputedKind::Formula(_) => None,
        _ => panic!("no loop: {}", computed.key),
    });
    loops.collect()
}

/// What a condition comes to in every record by the definition.
fn by_definition(
    screener: &Screener,
    (binder, batch): (&Binder, &RecordBatch),
    (expr, policy): (&Expr, PolicyId),
) -> Vec<Truth> {
    let model = screener.model();
    let truth = |row: usize| {
        let record = Record {
            values: binder.record_at(batch, row),
            totals: Totals::default(),
        };
        let days = as_of_days(model, &record, None).expect("a day");
        reference::condition(model, &record, &days, policy, expr)
    };
    (0..batch.num_rows()).map(truth).collect()
}

/// What loops make of some records of a batch.
fn by_loops(
    screener: &Screener,
    bound: &Bound,
    form: &LoopForm,
    rows: std::ops::Range<usize>,
) -> Option<Vec<Truth>> {
    let plan = screener.plan();
    let lists = super::bound(plan, bound);
    let mut classes = ListClasses::new(plan);
    classes.work_out(plan, &lists, bound.rows);
    let batch = Batch::new(plan, bound.rows, bound_columns(plan, bound, &classes));
    let batch = batch.with_lists(lists);
    let truths = loops::truths(plan, &batch, form, rows.clone().into())?;
    Some(truths.into_iter().map(loops::truth_of).collect())
}

#[test]
fn loops_say_what_the_definition_says_of_every_part_of_every_batch() {
    let screener = screener(&CONDITIONS, Engine::Portable);
    let forms = [
        Form::Lists { large: false },
        Form::Lists { large: true },
        Form::Texts,
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut met = vec![[0; 3]; all_loops(&screener).len()];
    for form in forms {
        let first = batch(&random.records(60), form);
        let mut binder = screener
            .binder(&Mapping::default(), &first.schema())
            .expect("the columns are the record's");
        let second = batch(&random.records(50), form).slice(7, 40);
        let none = first.slice(0, 0);
        for batch in [first, second, none] {
            let bound = binder.bind(&batch);
            assert!(bound.rejects.is_empty(), "{:?}", bound.rejects);
            for (at, (form, expr, policy)) in all_loops(&screener).into_iter().enumerate() {
                let expected = by_definition(&screener, (&binder, &batch), (expr, policy));
                for truth in &expected {
                    met[at][*truth as usize] += 1;
                }
                let rows = batch.num_rows();
                for part in [
                    0..rows,
                    0..0,
                    rows / 3..rows / 2,
                    1.min(rows)..rows,
                    rows..rows,
                ] {
                    let found = by_loops(&screener, &bound, form, part.clone());
                    let expected = expected[part.clone()].to_vec();
                    assert_eq!(
                        found,
                        Some(expected),
                        "{part:?} {}",
                        print::expr(screener.model(), &[], expr)
                    );
                }
            }
        }
    }
    for ((_, expr, _), met) in all_loops(&screener).into_iter().zip(met) {
        let two = met.iter().filter(|count| **count > 0).count() >= 2;
        let condition = print::expr(screener.model(), &[], expr);
        assert!(two, "{condition} is hardly tried: {met:?}");
    }
}

/// Judged again by reference, missing fields and all.
#[test]
fn whole_records_are_judged_alike() {
    for engine in [Engine::Jit, Engine::Portable] {
        let screener = screener(&CONDITIONS, engine);
        let mut random = Random(7);
        let batch = batch(&random.records(300), Form::Lists { large: false });
        let binder = screener.binder(&Mapping::default(), &batch.schema());
        let mut worker = screener.worker(binder.expect("the columns are the record's"));
        for part in [batch.slice(0, 120), batch.slice(120, 180)] {
            let judged = worker.screen(&part, |row| row as u64);
            assert!(judged.is_ok(), "{:?}", judged.err());
        }
    }
}

fn record(value: &str, components: Json) -> Json {
    json!({ "id": "1", "day": "2025-01-01", "value": value, "components": components })
}

#[test]
fn what_does_not_fit_is_asked_of_the_reference_evaluator_for_its_record_alone() {
    let condition = "sum(c.value * c.value * c.value * c.value for c in components) > 10%";
    let wide = "min(c.value for c in components) < 5 USD";
    let screener = screener(
        &[&condition.replace("c.value", "(c.value / 1 USD)"), wide],
        Engine::Portable,
    );
    let element = |value: &str| json!([{ "value": value }]);
    let records = [
        record("1", element("5")),
        // Its square in millionths does not fit 128 bits.
        record("1", element("9000000000000")),
        // It does not fit 64.
        record("1", element("90000000000000000")),
        record("1", json!([])),
    ];
    let batch = batch(&records, Form::Lists { large: false });
    let mut binder = screener
        .binder(&Mapping::default(), &batch.schema())
        .expect("the columns are the record's");
    let bound = binder.bind(&batch);
    let loops = all_loops(&screener);
    let fits = |form: usize| {
        let rows = 0..records.len();
        let fits = rows.map(|row| by_loops(&screener, &bound, loops[form].0, row..row + 1));
        fits.map(|found| found.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(by_loops(&screener, &bound, loops[0].0, 0..4), None);
    assert_eq!(fits(0), [true, false, false, true]);
    assert_eq!(fits(1), [true, true, false, true]);
    let mut worker = screener.worker(binder);
    let judged = worker.screen(&batch, |row| row as u64).expect("all agree");
    let stopped = judged.outcomes.iter().map(|number| {
        let outcome = screener.outcomes().get(*number);
        outcome.rules.len()
    });
    assert_eq!(stopped.collect::<Vec<_>>(), [1, 1, 1, 0]);
}

#[test]
fn sums_beyond_64_bits_are_exact() {
    let screener = screener(
        &["sum(c.value for c in components) = value + 9000000000000.01 USD"],
        Engine::Jit,
    );
    let all = json!([{ "value": "9000000000000" }, { "value": "9000000000000.01" }]);
    let records = [
        record("9000000000000", all.clone()),
        record("8999999999999.99", all),
    ];
    let batch = batch(&records, Form::Lists { large: true });
    let binder = screener.binder(&Mapping::default(), &batch.schema());
    let mut worker = screener.worker(binder.expect("the columns are the record's"));
    let judged = worker.screen(&batch, |row| row as u64).expect("all agree");
    assert_ne!(judged.outcomes[0], judged.outcomes[1]);
}

/// What cannot be read rejects its record, and says where; stray elements reject nothing.
#[test]
fn elements_that_cannot_be_read_reject_their_record() {
    let screener = screener(&CONDITIONS[..4], Engine::Portable);
    let good = json!([{ "origin": "CN", "value": "5", "parts": [{ "value": "1" }] }]);
    let mut records = vec![record("1", good.clone()); 5];
    records[1]["components"][0]["origin"] = json!("Atlantis");
    records[3]["components"][0]["parts"][0]["value"] = json!("-3");
    for form in [Form::Lists { large: false }, Form::Texts] {
        let batch = batch(&records, form);
        let mut binder = screener
            .binder(&Mapping::default(), &batch.schema())
            .expect("the columns are the record's");
        let bound = binder.bind(&batch);
        let rejects = bound.rejects.iter();
        let rejects: Vec<(usize, String)> = rejects
            .map(|reject| (reject.row, reject.expected.to_string()))
            .collect();
        let dead: Vec<usize> = rejects.iter().map(|(row, _)| *row).collect();
        assert_eq!(dead, [1, 3], "{form:?} {rejects:?}");
    }
}

/// Elements that are null, and lists that must be there.
#[test]
fn null_elements_and_lists_that_must_be_there_reject_their_record() {
    let text = RECORDS.replace(
        "components : list of component?",
        "components : list of component",
    );
    let text = format!(
        "{text} rule r \"R\" {{ cites \"c\" when {} then stop }}",
        CONDITIONS[0]
    );
    let model = check_text("p.interdict", &text).model.expect("it is right");
    let screener = Screener::new(Arc::new(model), Options::default()).expect("it compiles");
    let records: Vec<Json> = (0..4)
        .map(|_| record("1", json!([{ "origin": "CN" }])))
        .collect();
    let mut all = batch(&records, Form::Lists { large: false });
    let lists = all
        .column(4)
        .as_any()
        .downcast_ref::<ListArray>()
        .expect("lists");
    let elements = lists
        .values()
        .as_any()
        .downcast_ref::<StructArray>()
        .expect("structs");
    let (fields, columns, _) = elements.clone().into_parts();
    // The elements before the first list, of the second record, and of the third.
    let known = NullBuffer::from(vec![false, false, true, false, true, true]);
    let elements = StructArray::new(fields, columns, Some(known));
    let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
    let nulls = NullBuffer::from(vec![true, true, false, true]);
    let lists = ListArray::new(
        field,
        lists.offsets().clone(),
        Arc::new(elements),
        Some(nulls),
    );
    let mut columns: Vec<(String, ArrayRef)> = (all.schema().fields().iter())
        .zip(all.columns())
        .map(|(field, column)| (field.name().clone(), column.clone()))
        .collect();
    columns[4].1 = Arc::new(lists);
    let columns = columns
        .iter()
        .map(|(name, column)| (name, column.clone(), true));
    all = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    let mut binder = screener
        .binder(&Mapping::default(), &all.schema())
        .expect("the columns are the record's");
    assert_eq!(binder.bind(&all).dead, [false, true, true, false]);
}

/// Parts of them would do as loops; none does as a whole.
#[test]
fn conditions_that_are_no_loops_are_judged_alike() {
    let conditions = [
        "any c in components satisfies c.value > 5 USD and c.origin = destination",
        "any c in components satisfies any d in components satisfies c.value < d.value",
        "any c in components satisfies any p in c.parts satisfies any d in components satisfies p.value < d.value",
        "sum(assume(c.value, 1 USD, \"why not\") for c in components) > 20 USD",
        "any c in components satisfies c.made + 30 days < day",
    ];
    let alone = screener(&conditions, Engine::Portable);
    for computed in alone.plan().program.computed.values() {
        let asked = matches!(computed.kind, ComputedKind::Reference(_));
        assert!(asked, "{}", computed.key);
    }
    let all: Vec<&str> = CONDITIONS.into_iter().chain(conditions).collect();
    let mut random = Random(11);
    let batch = batch(&random.records(150), Form::Lists { large: false });
    for screener in [alone, screener(&all, Engine::Jit)] {
        let binder = screener.binder(&Mapping::default(), &batch.schema());
        let mut worker = screener.worker(binder.expect("the columns are the record's"));
        let judged = worker.screen(&batch, |row| row as u64);
        assert!(judged.is_ok(), "{:?}", judged.err());
    }
}
