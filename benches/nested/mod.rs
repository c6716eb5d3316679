//! Shipments with five components each, as nested Parquet.

use crate::support::random::Random;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, Date32Array, Decimal128Array, DictionaryArray, ListArray, RecordBatch,
    StringArray, StructArray,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{Field, Fields};
use parquet::arrow::ArrowWriter;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Components of a shipment.
const COMPONENTS: usize = 5;
/// Shipments written at a time.
const BLOCK: usize = 1 << 16;

/// The rule of 0.1 % by value.
pub const POLICY: &str = "policy trace { title \"Trace\" }\n\
    record shipment { key id : text  as of day : date  value : money USD  components : list of component? }\n\
    record component { name : text  origin : country?  control : hs?  value : money USD? }\n\
    verdicts clear < license\n\
    set listed_rare_earths of hs = { \"2846\", \"8505.11\", \"2805.30\" }\n\
    rule trace \"0.1 % or more\" { when sum(c.value for c in components where c.origin = CN and c.control under listed_rare_earths) / value >= 0.1% then license }\n";

/// Writes so many shipments.
pub fn write(path: &Path, shipments: u64) {
    let mut random = Random::new(3);
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut written = 0;
    while written < shipments {
        let rows = BLOCK.min(usize::try_from(shipments - written).unwrap_or(BLOCK));
        let batch = batch(&mut random, written, rows);
        let writer = writer.get_or_insert_with(|| {
            let file = File::create(path).expect("a file can be made");
            ArrowWriter::try_new(file, batch.schema(), None).expect("a writer")
        });
        writer.write(&batch).expect("shipments are written");
        written += rows as u64;
    }
    if let Some(writer) = writer {
        writer.close().expect("the file is written");
    }
}

fn batch(random: &mut Random, first: u64, rows: usize) -> RecordBatch {
    let ids = (0..rows as u64).map(|row| Some(format!("S-{:08}", first + row)));
    let days = (0..rows).map(|row| 20_000 + (row % 400) as i32);
    let values = (0..rows).map(|_| random.between(10_000, 10_000_000) as i128);
    let values = cents(values.map(Some).collect());
    RecordBatch::try_from_iter([
        ("id", Arc::new(ids.collect::<StringArray>()) as ArrayRef),
        ("day", Arc::new(Date32Array::from_iter_values(days))),
        ("value", values),
        ("components", components(random, rows)),
    ])
    .expect("columns of one length")
}

fn components(random: &mut Random, rows: usize) -> ArrayRef {
    let origins = ["CN", "DE", "JP", "US", "MY", "VN", "KR", "TW"];
    let codes = [
        "2846.10", "8505.11", "8501.10", "7318.15", "8542.31", "3926.90",
    ];
    let count = rows * COMPONENTS;
    // One in a thousand is missing.
    let mut pick = |from: &[&'static str]| {
        let picked = (0..count).map(|_| match random.below(1_000) {
            0 => None,
            at => Some(from[at % from.len()]),
        });
        Arc::new(picked.collect::<DictionaryArray<Int32Type>>()) as ArrayRef
    };
    let (origin, control) = (pick(&origins), pick(&codes));
    let names = StringArray::from_iter_values((0..count).map(|at| ["magnet", "casing"][at % 2]));
    let amounts = (0..count).map(|_| match random.below(1_000) {
        0 => None,
        _ => Some(random.between(1, 2_000) as i128),
    });
    let amounts = cents(amounts.collect());
    let columns = [
        ("name", Arc::new(names) as ArrayRef),
        ("origin", origin),
        ("control", control),
        ("value", amounts),
    ];
    let fields = columns
        .iter()
        .map(|(name, column)| Field::new(*name, column.data_type().clone(), true));
    let fields: Fields = fields.collect();
    let columns = columns.into_iter().map(|(_, column)| column).collect();
    let elements = StructArray::new(fields, columns, None);
    let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
    let offsets = OffsetBuffer::<i32>::from_lengths(vec![COMPONENTS; rows]);
    Arc::new(ListArray::new(field, offsets, Arc::new(elements), None))
}

fn cents(values: Vec<Option<i128>>) -> ArrayRef {
    let values = Decimal128Array::from(values);
    Arc::new(values.with_precision_and_scale(18, 2).expect("it fits"))
}
