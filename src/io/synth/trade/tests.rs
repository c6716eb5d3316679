use super::row::Turn;
use super::*;
use crate::check;
use crate::input::mapping::Mapping;
use crate::input::read::{FieldReader, read_cell};
use crate::io::synth::BLOCK_ROWS;
use crate::model::{Model, Type};

fn trade_model() -> Model {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trade");
    let loaded = check::load(&[root.join("cn"), root.join("us")]).expect("the examples are there");
    let checked = check::check(loaded, &check::CheckOptions::default());
    checked.model.expect("the examples are in order")
}

fn block(rows: usize, seed: u64) -> Block {
    Block {
        first_row: 1,
        rows,
        random: Random::new(seed, 0),
    }
}

/// A change of the library that the generator does not follow shows here.
#[test]
fn the_columns_are_the_fields_of_the_trade_library() {
    let model = trade_model();
    let trade = Trade::new(MISSING, DirtRates::default());
    let declared: Vec<(String, bool)> = model
        .record
        .fields
        .values()
        .map(|field| (field.column.to_string(), field.optional))
        .collect();
    assert_eq!(columns_of(trade.schema_with_lists().fields()), declared);
}

/// Names, and whether a value may be missing.
fn columns_of(fields: &arrow_schema::Fields) -> Vec<(String, bool)> {
    let column = |field: &Arc<arrow_schema::Field>| (field.name().clone(), field.is_nullable());
    fields.iter().map(column).collect()
}

#[test]
fn the_elements_have_the_fields_of_the_trade_library() {
    let model = trade_model();
    let trade = Trade::new(MISSING, DirtRates::default());
    let fields = model.record.fields.values();
    let nested = fields.filter_map(|field| match field.ty {
        Type::List(nested) => Some((field.name.to_string(), nested)),
        _ => None,
    });
    let nested: Vec<_> = nested.collect();
    assert_eq!(nested.len(), LISTS.len());
    for ((name, nested), list) in nested.into_iter().zip(LISTS) {
        assert_eq!(name, list.name());
        let declared = model.nested[nested].fields.values();
        let declared: Vec<(String, bool)> = declared
            .map(|field| (field.column.to_string(), field.optional))
            .collect();
        let child = trade.child_schema(list);
        assert_eq!(columns_of(child.fields())[1..], declared);
    }
}

#[test]
fn lists_leave_the_other_columns_as_they_are() {
    for dirt in [DirtRates::default(), DirtRates::all(50_000)] {
        let trade = Trade::new(MISSING, dirt);
        let (flat, full) = (
            trade.batch(block(2_000, 9)),
            trade.batch_with_lists(block(2_000, 9)),
        );
        for (field, column) in flat.schema().fields().iter().zip(flat.columns()) {
            assert_eq!(full.column_by_name(field.name()), Some(column));
        }
        let short = trade.batch_with_lists(block(700, 9));
        assert_eq!(full.slice(0, 700), short);
    }
}

#[test]
fn child_tables_hold_the_elements_of_the_lists() {
    use arrow_array::cast::AsArray;
    let trade = Trade::new(MISSING, DirtRates::default());
    let full = trade.batch_with_lists(block(3_000, 6));
    for list in LISTS {
        let lists = full
            .column_by_name(list.name())
            .expect("a list")
            .as_list::<i32>();
        assert!(lists.null_count() > 0, "some are missing");
        let child = trade.child_batch(list, block(3_000, 6));
        let elements = lists.values().as_struct();
        assert_eq!(child.columns()[1..], *elements.columns());
        let keys = full.column(0).as_string::<i32>();
        let owners = (0..lists.len()).flat_map(|row| {
            let count = lists.value_length(row) as usize;
            std::iter::repeat_n(keys.value(row), count)
        });
        assert!(
            child
                .column(0)
                .as_string::<i32>()
                .iter()
                .flatten()
                .eq(owners)
        );
    }
}

#[test]
fn every_word_and_every_value_can_be_read() {
    let model = trade_model();
    let trade = Trade::new(MISSING, DirtRates::default());
    let words = trade.known_values();
    let batch = trade.batch(block(3_000, 5));
    for ((field, column), schema) in model
        .record
        .fields
        .iter()
        .filter(|(_, field)| !matches!(field.ty, Type::List(_)))
        .zip(batch.columns())
        .zip(trade.schema().fields())
    {
        let (id, declared) = field;
        let reader = FieldReader::new(&model, id, &Mapping::default()).expect("nothing is mapped");
        assert_eq!(
            reader.accepts(schema.data_type()),
            Ok(()),
            "{}",
            declared.name
        );
        let of_column = words.iter().find(|(name, _)| **name == *declared.column);
        for word in of_column.iter().flat_map(|(_, words)| words) {
            assert!(
                matches!(reader.read_text(word), Ok(Some(_))),
                "{}: {word}",
                declared.name
            );
        }
        for row in 0..batch.num_rows() {
            let read = reader.settle(read_cell(&reader, column.as_ref(), row));
            assert!(read.is_ok(), "{}, row {row}: {read:?}", declared.name);
        }
    }
}

#[test]
fn a_shorter_file_is_the_beginning_of_a_longer_one_dirt_included() {
    for dirt in [DirtRates::default(), DirtRates::all(50_000)] {
        let trade = Trade::new(MISSING, dirt);
        let long = trade.batch(block(2_000, 9));
        let short = trade.batch(block(700, 9));
        assert_eq!(long.slice(0, 700), short);
        assert_ne!(trade.batch(block(700, 10)), short);
    }
    const { assert!(BLOCK_ROWS > 2_000) };
}

#[test]
fn trade_is_skewed() {
    let trade = Trade::new(MISSING, DirtRates::default());
    let mut random = Random::new(3, 0);
    let rows: Vec<Row> = (0..20_000).map(|_| trade.row(&mut random)).collect();
    for column in [Coded::Destination, Coded::HsCode, Coded::Eccn] {
        let mut counts = std::collections::BTreeMap::<u16, usize>::new();
        for code in rows.iter().filter_map(|row| row.code(column)) {
            *counts.entry(code).or_default() += 1;
        }
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let all: usize = counts.iter().sum();
        let few: usize = counts.iter().take(10).sum();
        assert!(few * 4 > all, "{column:?}: {few} of {all}");
        assert!(counts.len() > 20, "{column:?}: {} values", counts.len());
    }
    let first = rows.iter().map(|row| row.day).min();
    let last = rows.iter().map(|row| row.day).max();
    assert_eq!(first, Some(day(2023, 7, 1)));
    assert_eq!(last, Some(day(2026, 12, 31)));
}

#[test]
fn missing_facts_follow_the_share_asked_for() {
    let nulls = |missing| {
        let batch = Trade::new(missing, DirtRates::default()).batch(block(5_000, 2));
        let eccn = batch.column_by_name("eccn").expect("a column");
        arrow_array::Array::null_count(eccn)
    };
    assert_eq!(nulls(0), 0);
    assert!(nulls(80_000) < nulls(400_000));
}

#[test]
fn dirt_of_every_kind_can_be_had_alone() {
    let clean = Trade::new(MISSING, DirtRates::default()).batch(block(4_000, 4));
    let as_text = |column: &arrow_array::ArrayRef| {
        arrow_cast::cast(column, &arrow_schema::DataType::Utf8).expect("text")
    };
    for (_, name) in DIRT {
        let mut rates = DirtRates::default();
        assert!(rates.set(name, 300_000) && !rates.set("mud", 1));
        let soiled = Trade::new(MISSING, rates).batch(block(4_000, 4));
        let changed: Vec<&str> = COLUMNS
            .iter()
            .zip(clean.columns().iter().zip(soiled.columns()))
            .filter(|(_, (clean, soiled))| as_text(clean) != as_text(soiled))
            .map(|((name, _, _), _)| *name)
            .collect();
        assert!(!changed.is_empty(), "{name}");
        assert!(!changed.contains(&"shipment_id"), "{name}");
    }
}

#[test]
fn noise_stays_next_to_the_amount() {
    let mut rates = DirtRates::default();
    rates.set("float-noise", 1_000_000);
    let batch = Trade::new(0, rates).batch(block(500, 8));
    let clean = Trade::new(0, DirtRates::default()).batch(block(500, 8));
    let text = |batch: &RecordBatch, row| {
        let column = arrow_cast::cast(
            batch.column_by_name("value").expect("a column"),
            &arrow_schema::DataType::Utf8,
        )
        .expect("text");
        let text = arrow_array::cast::AsArray::as_string::<i32>(&column)
            .value(row)
            .to_owned();
        text.parse::<f64>().expect("a number")
    };
    for row in 0..500 {
        assert!((text(&batch, row) - text(&clean, row)).abs() < 0.000_001);
    }
}

/// The later facts take no number out of the stream of the others.
#[test]
fn later_facts_leave_the_others_as_they_were() {
    let trade = Trade::new(MISSING, DirtRates::default());
    let batch = trade.batch(block(2_000, 9));
    let mut random = Random::new(9, 0);
    random.next_u64();
    let rows: Vec<Row> = (0..2_000).map(|_| trade.row(&mut random)).collect();
    let mut columns = Columns::new(&trade.lists, rows.len());
    for (number, row) in rows.iter().enumerate() {
        columns.push(number as u64 + 1, row);
    }
    let earlier = columns.finish(&trade.clean);
    for (at, (name, slot, _)) in COLUMNS.iter().enumerate() {
        assert_eq!(
            earlier.column(at) == batch.column(at),
            slot.turn() == Turn::First,
            "{name}"
        );
    }
}

#[test]
fn orders_are_small_and_a_few_consignees_have_many() {
    use arrow_array::cast::AsArray;
    use std::collections::{BTreeMap, BTreeSet};
    let batch = Trade::new(0, DirtRates::default()).batch(block(20_000, 3));
    let texts = |name: &str| {
        let column = batch.column_by_name(name).expect("a column");
        let texts = column.as_string::<i32>().iter();
        texts
            .map(|text| text.expect("none is missing").to_owned())
            .collect::<Vec<_>>()
    };
    let mut orders = BTreeMap::<String, Vec<String>>::new();
    let mut consignees = BTreeMap::<String, usize>::new();
    for (order, consignee) in texts("order_id").into_iter().zip(texts("consignee_id")) {
        *consignees.entry(consignee.clone()).or_default() += 1;
        orders.entry(order).or_default().push(consignee);
    }
    for (order, of_order) in &orders {
        assert!(of_order.len() <= 3, "{order}: {of_order:?}");
        let of_order: BTreeSet<&String> = of_order.iter().collect();
        assert_eq!(of_order.len(), 1, "{order} has one consignee");
    }
    let sizes = |size| orders.values().filter(|of| of.len() == size).count();
    assert!(sizes(1) > sizes(2) && sizes(2) > sizes(3) && sizes(3) > 100);
    let mut counts: Vec<usize> = consignees.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    assert!(counts[0] > 1_000, "{}", counts[0]);
    assert!(counts.len() > 4_000, "{}", counts.len());
}

#[test]
fn most_exports_of_value_are_reported_and_lvs_is_claimed() {
    let trade = Trade::new(MISSING, DirtRates::default());
    let (us, lvs) = (trade.places.us, u16::from(Exception::Lvs));
    let (mut reported, mut not_reported, mut claims) = (0, 0, 0);
    trade.rows(block(20_000, 3), |_, row| {
        claims += usize::from(row.is(Coded::LicenseException, lvs));
        let leaves = row.is(Coded::Event, Event::Export)
            && row.is(Coded::ShipFrom, us)
            && row
                .amount(Amount::Value)
                .is_some_and(|cents| cents > 250_000);
        match row.named(row::Numbered::Itn) {
            Some(_) if leaves => reported += 1,
            None if leaves => not_reported += 1,
            Some(_) | None => {}
        }
        assert!(row.is(Coded::ShipFrom, us) || row.named(row::Numbered::Itn).is_none());
    });
    assert!(not_reported > 0, "some are not");
    assert!(reported > 10 * not_reported, "{reported}, {not_reported}");
    assert!(claims > 20, "{claims}");
}
