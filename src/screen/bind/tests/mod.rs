//! Binding against the definition: every row of every batch, field by field.

mod agree;
mod defined;

use std::hash::{Hash, Hasher};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Schema;

use super::*;
use crate::input::mapping::FieldMapping;
use crate::input::read::tests::{eccn, end_use, field, hs, model_of, usd};
use crate::input::read::{scaled_of_value, value_of_scaled};
use crate::model::{Field, Type};

/// A class per value, so that any wrong value shows.
pub struct ByHash {
    ty: Type,
    ordered: bool,
}

impl Classify for ByHash {
    fn class_of(&self, value: Option<&Value>) -> u32 {
        let Some(value) = value else {
            return MISSING;
        };
        let mut hasher = rustc_hash::FxHasher::default();
        value.hash(&mut hasher);
        2 + (hasher.finish() % 1_000_003) as u32
    }

    fn ordered(&self) -> bool {
        self.ordered
    }

    fn class_of_scaled(&self, scaled: i64) -> u32 {
        self.class_of(value_of_scaled(self.ty, scaled).as_ref())
    }
}

/// One field of every type, key and as-of first.
pub fn every_type() -> Vec<Field> {
    let text = Type::Text { folded: false };
    let mut fields = vec![
        field("id", text),
        field("day", Type::Date),
        field("note", text),
        field("flag", Type::Bool),
        field("count", Type::Int),
        field("ratio", Type::Decimal),
        field("percent", Type::Percent),
        field("value", usd()),
        field("mass", Type::Mass),
        field("shipped", Type::Date),
        field("moment", Type::Instant),
        field("origin", Type::Country),
        field("hs_code", hs()),
        field("eccn", eccn()),
        field("use", end_use()),
        field("needed", usd()),
    ];
    fields[6].signed = true;
    fields[15].optional = false;
    fields
}

/// Every field wanted, with classes and, where it is ordered, amounts.
pub fn everything(model: &Model, ordered: bool) -> Vec<BoundColumn> {
    let fields = model.record.fields.iter();
    let mut wanted: Vec<BoundColumn> = fields
        .map(|(id, field)| BoundColumn {
            source: Source::Field(id),
            class: Some(Arc::new(ByHash {
                ty: field.ty,
                ordered: ordered && scaled_decimals(field.ty).is_some(),
            })),
            amount: scaled_decimals(field.ty).is_some(),
        })
        .collect();
    let zone = Zone::get("America/New_York");
    let is_instant = model.record.fields[model.record.as_of].ty == Type::Instant;
    wanted.push(BoundColumn {
        source: Source::Day(zone.filter(|_| is_instant)),
        class: Some(Arc::new(ByHash {
            ty: Type::Date,
            ordered,
        })),
        amount: true,
    });
    wanted
}

/// A batch of these columns.
pub fn batch_of(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap()
}

/// Binds and compares everything with the definition; gives what was bound.
pub fn bind_checked(
    model: &Model,
    mapping: &Mapping,
    wanted: &[BoundColumn],
    batch: &RecordBatch,
) -> Bound {
    let mut binder = Binder::new(model, mapping, wanted, &batch.schema(), None).unwrap();
    let bound = binder.bind(batch);
    check(model, mapping, wanted, batch, &binder, &bound);
    // Once more with warm caches.
    let again = binder.bind(batch);
    assert_eq!(classes_of(&again), classes_of(&bound));
    assert_eq!(again.amounts, bound.amounts);
    assert_eq!(again.rejects, bound.rejects);
    bound
}

/// The classes of every wanted column, row by row; 0 for rejected rows.
pub fn classes_of(bound: &Bound) -> Vec<Vec<u32>> {
    let of_column = |classes: &BoundClasses| {
        let of_row = |row: usize| match bound.dead[row] {
            true => DEAD,
            false => classes.rows().of(row),
        };
        (0..bound.rows).map(of_row).collect()
    };
    bound.classes.iter().map(of_column).collect()
}

/// Compares what was bound with what the definition says.
pub fn check(
    model: &Model,
    mapping: &Mapping,
    wanted: &[BoundColumn],
    batch: &RecordBatch,
    binder: &Binder,
    bound: &Bound,
) {
    assert_eq!(bound.rows, batch.num_rows());
    for row in 0..batch.num_rows() {
        let readings = readings_of(model, mapping, wanted, batch, row);
        let first_bad = readings
            .iter()
            .find_map(|(field, reading)| Some((*field, reading.as_ref().err()?)));
        let reject = bound.rejects.iter().find(|reject| reject.row == row);
        assert_eq!(
            bound.dead[row],
            first_bad.is_some(),
            "row {row}: {readings:?}"
        );
        assert_eq!(
            reject.map(|reject| (reject.field, &reject.expected)),
            first_bad,
            "row {row}: {:?}",
            first_bad.map(|(field, _)| {
                let column = batch.column(field.index());
                (column.data_type(), show_cell(column, row))
            })
        );
        let record = binder.record_at(batch, row);
        for (field, reading) in &readings {
            if let Ok(value) = reading {
                assert_eq!(&record[field.index()], value, "row {row}");
            }
        }
        check_row(model, wanted, bound, row, &record);
    }
}

fn readings_of(
    model: &Model,
    mapping: &Mapping,
    wanted: &[BoundColumn],
    batch: &RecordBatch,
    row: usize,
) -> Vec<(FieldId, crate::input::read::Reading)> {
    let fields = fields_read(model, wanted).into_iter();
    fields
        .map(|field| {
            let reader = FieldReader::new(model, field, mapping).unwrap();
            let reading = match column_of(model, mapping, field) {
                Some(name) => read_cell(&reader, batch.column_by_name(name).unwrap(), row),
                None => Ok(None),
            };
            (field, reader.settle(reading))
        })
        .collect()
}

fn check_row(
    model: &Model,
    wanted: &[BoundColumn],
    bound: &Bound,
    row: usize,
    record: &[Option<Value>],
) {
    let (mut classes, mut amounts) = (bound.classes.iter(), bound.amounts.iter());
    for column in wanted {
        let (ty, value) = match &column.source {
            Source::Field(field) => (
                model.record.fields[*field].ty,
                record[field.index()].clone(),
            ),
            Source::Total(ty) => (*ty, None),
            Source::Day(zone) => (
                Type::Date,
                day_of(zone, &record[model.record.as_of.index()]),
            ),
        };
        if let Some(class) = &column.class {
            let found = classes.next().unwrap().rows().of(row);
            // Nobody looks at the classes of a rejected row.
            if !bound.dead[row] {
                assert_eq!(
                    found,
                    class.class_of(value.as_ref()),
                    "row {row}: {value:?}"
                );
            }
        }
        if column.amount {
            let amount = amounts.next().unwrap();
            let scaled = value.as_ref().map(|value| scaled_of_value(ty, value));
            let expected = match scaled.filter(|_| !bound.dead[row]) {
                None => (0, ABSENT),
                Some(None) => (0, INEXACT),
                Some(Some(scaled)) => (scaled, KNOWN),
            };
            assert_eq!(
                (amount.mantissa[row], amount.state[row]),
                expected,
                "row {row}: {value:?}"
            );
            assert_eq!(amount.decimals, scaled_decimals(ty).unwrap());
        }
    }
}

fn day_of(zone: &Option<Zone>, value: &Option<Value>) -> Option<Value> {
    match (zone, value) {
        (Some(zone), Some(Value::Instant(micros))) => zone.day_of(*micros).map(Value::Date),
        (_, value) => value.clone(),
    }
}

/// A mapping that says the same of every field.
pub fn mapping_of(every: FieldMapping) -> Mapping {
    Mapping {
        every,
        ..Default::default()
    }
}

/// The binder, or what is wrong in words.
pub fn bind_error(model: &Model, mapping: &Mapping, schema: &Schema) -> String {
    let wanted = everything(model, true);
    match Binder::new(model, mapping, &wanted, schema, None) {
        Ok(_) => panic!("nothing is wrong"),
        Err(error) => error.to_string(),
    }
}
