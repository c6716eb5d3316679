//! Changed records as columns.

use super::kinds::{Decision, REJECTED};
use crate::screen::Names;
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The columns behind the key: each as it was, and as it is to be.
pub const COLUMNS: [&str; 10] = [
    "old_verdict",
    "new_verdict",
    "old_at_most",
    "new_at_most",
    "old_rules",
    "new_rules",
    "old_unknown",
    "new_unknown",
    "old_missing",
    "new_missing",
];

/// A record that comes to something else.
pub(crate) struct Changed {
    /// Its key.
    pub(super) key: String,
    /// What it comes to on either side; nothing where it cannot be read there.
    pub(super) sides: [Option<Arc<Decision>>; 2],
    /// The fields that keep rules open.
    pub(super) missing: [Option<Names>; 2],
}

pub(super) fn schema(key: &str) -> SchemaRef {
    let list = DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, false)));
    let mut fields = vec![Field::new(key, DataType::Utf8, false)];
    for (at, name) in COLUMNS.iter().enumerate() {
        let ty = if at < 4 { DataType::Utf8 } else { list.clone() };
        fields.push(Field::new(*name, ty, false));
    }
    Arc::new(Schema::new(fields))
}

pub(super) fn batch(schema: &SchemaRef, rows: &[Changed]) -> RecordBatch {
    let texts = |of: &dyn Fn(&Changed) -> String| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|row| Some(of(row)))
                .collect::<StringArray>(),
        )
    };
    let verdict = |side: usize| {
        move |row: &Changed| match &row.sides[side] {
            Some(decision) => decision.verdict.clone(),
            None => REJECTED.to_owned(),
        }
    };
    let at_most = |side: usize| {
        move |row: &Changed| match &row.sides[side] {
            Some(decision) => decision.at_most.clone(),
            None => REJECTED.to_owned(),
        }
    };
    let lists = |of: &dyn Fn(&Changed) -> Vec<String>| -> ArrayRef {
        let mut builder = ListBuilder::new(StringBuilder::new())
            .with_field(Field::new_list_field(DataType::Utf8, false));
        for row in rows {
            of(row)
                .iter()
                .for_each(|name| builder.values().append_value(name));
            builder.append(true);
        }
        Arc::new(builder.finish())
    };
    let named = |side: usize, open: bool| {
        move |row: &Changed| {
            let decision = row.sides[side].iter();
            decision
                .flat_map(|it| if open { &it.unknown } else { &it.rules })
                .cloned()
                .collect()
        }
    };
    let missing = |side: usize| {
        move |row: &Changed| {
            let names = row.missing[side].iter();
            names
                .flat_map(|names| names.iter())
                .map(ToString::to_string)
                .collect()
        }
    };
    let columns = vec![
        texts(&|row| row.key.clone()),
        texts(&verdict(0)),
        texts(&verdict(1)),
        texts(&at_most(0)),
        texts(&at_most(1)),
        lists(&named(0, false)),
        lists(&named(1, false)),
        lists(&named(0, true)),
        lists(&named(1, true)),
        lists(&missing(0)),
        lists(&missing(1)),
    ];
    RecordBatch::try_new(schema.clone(), columns).expect("columns of the schema")
}
