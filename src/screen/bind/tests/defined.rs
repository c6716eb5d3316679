//! Defined answers: rejects, absent columns, the as-of day, errors of the input as a whole, dictionaries.

use arrow_array::types::{Date32Type, Int32Type, TimestampMicrosecondType};
use arrow_array::{DictionaryArray, Float64Array, Int32Array, PrimitiveArray, StringArray};
use arrow_schema::{DataType, Field as Column};

use super::*;
use crate::input::mapping::Column as MappedColumn;

fn shipment() -> Model {
    let mut fields = vec![
        field("id", Type::Text { folded: false }),
        field("day", Type::Date),
        field("value", usd()),
        field("origin", Type::Country),
    ];
    fields[2].optional = false;
    model_of(fields)
}

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn wanted_field(model: &Model, index: usize) -> BoundColumn {
    let id = FieldId::from_index(index);
    everything(model, true).swap_remove(id.index())
}

#[test]
fn the_first_bad_field_rejects_a_row_in_every_column() {
    let model = shipment();
    let batch = batch_of(vec![
        ("id", text(&["a", "b", "", "d"])),
        (
            "day",
            text(&["2025-12-01", "2025-13-01", "2025-12-01", "2025-12-01"]),
        ),
        ("value", text(&["1", "-2", "3", ""])),
        ("origin", text(&["CN", "XX", "CN", "CN"])),
    ]);
    let wanted = everything(&model, true);
    let bound = bind_checked(&model, &Mapping::default(), &wanted, &batch);
    let rejects: Vec<_> = bound
        .rejects
        .iter()
        .map(|r| (r.row, r.field.index(), &*r.found, r.expected.as_str()))
        .collect();
    assert_eq!(
        rejects,
        [
            (1, 1, "2025-13-01", "a date such as 2025-12-01"),
            (2, 0, "", "a text (the field is not optional)"),
            (
                3,
                2,
                "",
                "an amount in USD that is not negative, such as 1234.50 (the field is not optional)"
            ),
        ]
    );
    for classes in &bound.classes {
        assert!(classes.rows().of(0) > MISSING);
    }
}

#[test]
fn key_and_as_of_are_checked_even_if_no_test_asks() {
    let model = shipment();
    let batch = batch_of(vec![
        ("id", text(&["a", " ", "c"])),
        ("day", text(&["2025-12-01", "2025-12-01", "soon"])),
        ("origin", text(&["CN", "CN", "CN"])),
    ]);
    let wanted = [wanted_field(&model, 3)];
    let bound = bind_checked(&model, &Mapping::default(), &wanted, &batch);
    assert_eq!(bound.dead, [false, true, true]);
    assert_eq!(bound.classes.len(), 1);
}

#[test]
fn the_day_of_the_run_stands_for_every_records_own() {
    let model = shipment();
    let batch = batch_of(vec![
        ("id", text(&["a", "b"])),
        ("day", text(&["2025-12-01", "?"])),
    ]);
    let day = Day::parse_iso("2030-01-02").unwrap();
    let wanted = [everything(&model, true).pop().unwrap()];
    let mapping = Mapping::default();
    let mut binder = Binder::new(&model, &mapping, &wanted, &batch.schema(), Some(day)).unwrap();
    let bound = binder.bind(&batch);
    let class = wanted[0].class.as_ref().unwrap();
    assert_eq!(
        classes_of(&bound)[0],
        [class.class_of(Some(&Value::Date(day))), DEAD]
    );
    assert_eq!(bound.amounts[0].mantissa, [i64::from(day.0), 0]);
    assert_eq!(bound.amounts[0].state, [KNOWN, ABSENT]);
}

#[test]
fn the_day_of_an_instant_depends_on_the_zone() {
    let mut fields = vec![
        field("id", Type::Text { folded: false }),
        field("at", Type::Instant),
    ];
    fields[1].optional = false;
    let model = model_of(fields);
    // 2025-11-30T16:00:00Z and a microsecond before, and years apart.
    let instants = [
        1_764_518_400_000_000,
        1_764_518_399_999_999,
        0,
        951_782_400_000_000,
    ];
    let instants = PrimitiveArray::<TimestampMicrosecondType>::from(instants.to_vec());
    let batch = batch_of(vec![
        ("id", text(&["a", "b", "c", "d"])),
        ("at", Arc::new(instants.with_timezone("UTC"))),
    ]);
    let day = |zone: &str| BoundColumn {
        source: Source::Day(Zone::get(zone)),
        class: None,
        amount: true,
    };
    let wanted = [day("Asia/Shanghai"), day("America/New_York")];
    let bound = bind_checked(&model, &Mapping::default(), &wanted, &batch);
    let date = |text: &str| i64::from(Day::parse_iso(text).unwrap().0);
    assert_eq!(
        bound.amounts[0].mantissa[..2],
        [date("2025-12-01"), date("2025-11-30")]
    );
    assert_eq!(
        bound.amounts[1].mantissa[..2],
        [date("2025-11-30"), date("2025-11-30")]
    );
    assert_eq!(bound.amounts[1].mantissa[2], date("1969-12-31"));
}

#[test]
fn a_day_follows_its_zone_over_a_change_at_midnight() {
    let mut fields = vec![
        field("id", Type::Text { folded: false }),
        field("at", Type::Instant),
    ];
    fields[1].optional = false;
    let model = model_of(fields);
    // In São Paulo the first second of 18 February 2018 was one hour before midnight again.
    let batch = batch_of(vec![
        ("id", text(&["a", "b", "c", "d"])),
        (
            "at",
            text(&[
                "2018-02-18T01:59:59Z",
                "2018-02-18T02:00:00Z",
                "2018-02-18T03:00:00Z",
                "2018-02-18T01:59:59.9Z",
            ]),
        ),
    ]);
    let wanted = [BoundColumn {
        source: Source::Day(Zone::get("America/Sao_Paulo")),
        class: None,
        amount: true,
    }];
    let bound = bind_checked(&model, &Mapping::default(), &wanted, &batch);
    let day = i64::from(Day::parse_iso("2018-02-17").unwrap().0);
    assert_eq!(bound.amounts[0].mantissa, [day, day, day + 1, day]);
}

#[test]
fn values_that_stand_for_nothing_are_missing_in_every_column_type() {
    let mut fields = vec![
        field("id", Type::Text { folded: false }),
        field("day", Type::Date),
        field("count", Type::Int),
        field("value", usd()),
    ];
    fields[2].optional = false;
    let model = model_of(fields);
    let mut every = FieldMapping::default();
    every.missing.spellings = vec!["-1".into(), "9999.5".into()];
    let mapping = mapping_of(every);
    let batch = batch_of(vec![
        ("id", text(&["a", "b", "c", "d"])),
        ("day", text(&["2025-12-01"; 4])),
        ("count", Arc::new(Int32Array::from(vec![1, -1, 2, 3]))),
        (
            "value",
            Arc::new(Float64Array::from(vec![-1.0, 1.0, 9999.5, 9999.0])),
        ),
    ]);
    let wanted = everything(&model, true);
    let bound = bind_checked(&model, &mapping, &wanted, &batch);
    assert_eq!(bound.dead, [false, true, false, false]);
    assert_eq!(bound.amounts[2].state, [ABSENT, ABSENT, ABSENT, KNOWN]);
}

#[test]
fn an_optional_field_may_be_absent_if_the_mapping_says_so() {
    let model = shipment();
    let columns = vec![
        ("id", text(&["a"])),
        ("day", text(&["2025-12-01"])),
        ("value", text(&["1"])),
    ];
    let batch = batch_of(columns);
    assert_eq!(
        bind_error(&model, &Mapping::default(), &batch.schema()),
        "the data has no column `origin` for the field `origin`"
    );
    let absent = FieldMapping {
        column: MappedColumn::Absent,
        ..Default::default()
    };
    let mut mapping = Mapping::default();
    mapping.fields.insert("origin".into(), absent.clone());
    let bound = bind_checked(&model, &mapping, &everything(&model, true), &batch);
    assert_eq!(classes_of(&bound)[3], [MISSING]);
    mapping.fields.insert("value".into(), absent);
    assert_eq!(
        bind_error(&model, &mapping, &batch.schema()),
        "the mapping says that no column holds the field `value`, which is not optional"
    );
}

#[test]
fn columns_that_cannot_hold_their_fields_are_all_named() {
    let model = shipment();
    let schema = Schema::new(vec![
        Column::new("id", DataType::Float64, true),
        Column::new(
            "day",
            DataType::Timestamp(arrow_schema::TimeUnit::Second, Some("UTC".into())),
            true,
        ),
        Column::new("valeu", DataType::Utf8, true),
        Column::new("origin", DataType::Utf8, true),
        Column::new("origin", DataType::Utf8, true),
    ]);
    assert_eq!(
        bind_error(&model, &Mapping::default(), &schema),
        "the column `id` is of type Float64, but the field `id` is read from text or whole numbers\n\
         the column `day` is of type Timestamp(s, \"UTC\"), but the field `day` is read from dates, timestamps without a zone, or text\n\
         the data has no column `value` for the field `value`; did you mean `valeu`?\n\
         several columns are called `origin`, which is to hold the field `origin`"
    );
}

#[test]
fn a_wrong_mapping_is_an_error_of_the_input() {
    let model = shipment();
    let mut every = FieldMapping::default();
    every
        .countries
        .spellings
        .insert("Prussia".into(), "PR1".into());
    let schema = batch_of(vec![
        ("id", text(&[])),
        ("day", text(&[])),
        ("value", text(&[])),
        ("origin", text(&[])),
    ])
    .schema();
    assert_eq!(
        bind_error(&model, &mapping_of(every), &schema),
        "in the mapping of the field `origin`, `Prussia` is to mean `PR1`, which is no country code"
    );
}

#[test]
fn a_record_and_its_key_can_be_looked_at() {
    let model = shipment();
    let batch = batch_of(vec![
        (
            "id",
            Arc::new(Int32Array::from(vec![Some(7), None])) as ArrayRef,
        ),
        (
            "day",
            Arc::new(PrimitiveArray::<Date32Type>::from(vec![0, 1])),
        ),
        (
            "value",
            Arc::new(Float64Array::from(vec![0.1, 5399.200000000002])),
        ),
        ("origin", text(&["cn", ""])),
    ]);
    let mapping = Mapping::default();
    let wanted = everything(&model, true);
    let binder = Binder::new(&model, &mapping, &wanted, &batch.schema(), None).unwrap();
    assert_eq!(binder.key_at(&batch, 0).as_deref(), Some("7"));
    assert_eq!(binder.key_at(&batch, 1), None);
    let record = binder.record_at(&batch, 1);
    assert_eq!(record[0], None);
    assert_eq!(record[1], Some(Value::Date(Day(1))));
    let exact = crate::domain::Number::parse_decimal("5399.200000000002").unwrap();
    assert_eq!(record[2], Some(Value::Number(exact)));
    let bound = bind_checked(&model, &mapping, &wanted, &batch);
    assert_eq!(bound.amounts[1].state, [KNOWN, ABSENT]);
    assert_eq!(bound.amounts[1].mantissa, [100_000, 0]);
}

#[test]
fn amounts_finer_than_millionths_are_known_but_inexact() {
    let model = shipment();
    let batch = batch_of(vec![
        ("id", text(&["a", "b", "c", "d"])),
        ("day", text(&["2025-12-01"; 4])),
        (
            "value",
            text(&["0.0000001", "1.500000000", "99999999999999999999", "1e3"]),
        ),
    ]);
    let wanted = [wanted_field(&model, 2)];
    let bound = bind_checked(&model, &Mapping::default(), &wanted, &batch);
    assert_eq!(bound.amounts[0].state, [INEXACT, KNOWN, INEXACT, KNOWN]);
    assert_eq!(bound.amounts[0].mantissa, [0, 1_500_000, 0, 1_000_000_000]);
}

#[test]
fn numbers_and_days_of_which_few_are_there_are_missing_elsewhere() {
    let model = model_of(vec![
        field("id", Type::Text { folded: false }),
        field("day", Type::Date),
        field("value", usd()),
        field("shipped", Type::Date),
    ]);
    let there = |row: usize| row % 16 == 5;
    let values = (0..32).map(|row| there(row).then_some(1e-7 + row as f64));
    let days = (0..32).map(|row| there(row as usize).then_some(row));
    let batch = batch_of(vec![
        ("id", text(&["a"; 32])),
        ("day", text(&["2025-12-01"; 32])),
        ("value", Arc::new(values.collect::<Float64Array>())),
        (
            "shipped",
            Arc::new(days.collect::<PrimitiveArray<Date32Type>>()),
        ),
    ]);
    for ordered in [true, false] {
        let wanted = everything(&model, ordered);
        let bound = bind_checked(&model, &Mapping::default(), &wanted, &batch);
        let classes = classes_of(&bound);
        for (row, classes) in classes[2].iter().zip(&classes[3]).enumerate() {
            let missing = (*classes.0 == MISSING, *classes.1 == MISSING);
            assert_eq!(missing, (!there(row), !there(row)), "row {row}");
        }
    }
}

#[test]
fn bad_entries_of_a_dictionary_reject_only_rows_that_use_them() {
    let model = shipment();
    let values = text(&["CN", "nowhere", "US", "", "DE"]);
    let keys = Int32Array::from(vec![Some(2), Some(0), None, Some(3)]);
    let unused = DictionaryArray::<Int32Type>::new(keys, values.clone());
    let keys = Int32Array::from(vec![Some(1), Some(4), Some(1), None]);
    let used = DictionaryArray::<Int32Type>::new(keys, values);
    let wanted = [wanted_field(&model, 3)];
    let mapping = Mapping::default();
    let batch_with = |origin: DictionaryArray<Int32Type>| {
        batch_of(vec![
            ("id", text(&["a", "b", "c", "d"])),
            ("day", text(&["2025-12-01"; 4])),
            ("origin", Arc::new(origin)),
        ])
    };
    let (first, second) = (batch_with(unused), batch_with(used));
    let mut binder = Binder::new(&model, &mapping, &wanted, &first.schema(), None).unwrap();
    let mut bound = Bound::default();
    for batch in [&first, &second, &first] {
        binder.bind_into(batch, &mut bound);
        check(&model, &mapping, &wanted, batch, &binder, &bound);
    }
    assert!(bound.rejects.is_empty());
    assert_eq!(classes_of(&bound)[0][2..], [MISSING, MISSING]);
    binder.bind_into(&second, &mut bound);
    assert_eq!(bound.rejects.len(), 2);
    assert_eq!(bound.rejects[0].found, "nowhere");
}

#[test]
fn an_empty_batch_binds_to_nothing() {
    let model = shipment();
    let batch = batch_of(vec![
        ("id", text(&[])),
        ("day", text(&[])),
        ("value", text(&[])),
        ("origin", text(&[])),
    ]);
    let bound = bind_checked(
        &model,
        &Mapping::default(),
        &everything(&model, true),
        &batch,
    );
    assert_eq!(bound.rows, 0);
}

#[test]
fn a_batch_of_another_schema_rejects_rather_than_panics() {
    let model = shipment();
    let good = batch_of(vec![
        ("id", text(&["a"])),
        ("day", text(&["2025-12-01"])),
        ("value", text(&["1"])),
        ("origin", text(&["CN"])),
    ]);
    let floats = || Arc::new(Float64Array::from(vec![1.0])) as ArrayRef;
    let other = batch_of(vec![
        ("id", floats()),
        ("day", floats()),
        ("value", floats()),
        ("origin", floats()),
    ]);
    let wanted = everything(&model, true);
    let mapping = Mapping::default();
    let mut binder = Binder::new(&model, &mapping, &wanted, &good.schema(), None).unwrap();
    assert_eq!(binder.bind(&other).dead, [true]);
    let narrow = batch_of(vec![("id", text(&["a"]))]);
    assert_eq!(binder.bind(&narrow).rows, 1);
}

#[test]
fn binders_can_go_to_other_threads() {
    fn moves<T: Send + Clone>() {}
    moves::<Binder>();
}
