use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    Float64Array, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray,
    StringViewArray, TimestampMicrosecondArray, types::Int8Type, types::Int64Type,
};
use arrow_schema::DataType;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use super::super::testing::{Read, read_book, read_bytes, required, shown};
use super::super::{InputOptions, InputSpec, WantedColumn, open};
use crate::input::InputError;

fn batch(from: i64, rows: i64) -> RecordBatch {
    let ids: Vec<String> = (from..from + rows).map(|id| format!("S{id}")).collect();
    let countries: DictionaryArray<Int8Type> = (0..rows)
        .map(|row| [Some("CN"), None, Some("US")][row as usize % 3])
        .collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(StringArray::from(ids.clone()))),
        ("country", Arc::new(countries)),
        (
            "n",
            Arc::new(Int64Array::from_iter_values(from..from + rows)),
        ),
        (
            "value",
            Arc::new(
                Decimal128Array::from_iter_values((0..rows).map(i128::from))
                    .with_precision_and_scale(12, 2)
                    .unwrap(),
            ),
        ),
        (
            "ratio",
            Arc::new(Float64Array::from_iter_values(
                (0..rows).map(|row| row as f64 / 4.0),
            )),
        ),
        (
            "day",
            Arc::new(Date32Array::from_iter_values(0..rows as i32)),
        ),
        (
            "at",
            Arc::new(TimestampMicrosecondArray::from_iter_values(0..rows).with_timezone("UTC")),
        ),
        (
            "flag",
            Arc::new(BooleanArray::from_iter(
                (0..rows).map(|row| Some(row % 2 == 0)),
            )),
        ),
        ("large", Arc::new(LargeStringArray::from(ids.clone()))),
        ("view", Arc::new(StringViewArray::from_iter_values(ids))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn write_parquet(path: &Path, batch: &RecordBatch, group: usize) {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group))
        .build();
    let mut writer = ArrowWriter::try_new(
        File::create(path).unwrap(),
        batch.schema(),
        Some(properties),
    )
    .unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn write_arrow(path: &Path, batches: &[RecordBatch]) {
    let mut writer =
        arrow_ipc::writer::FileWriter::try_new(File::create(path).unwrap(), &batches[0].schema())
            .unwrap();
    batches
        .iter()
        .for_each(|batch| writer.write(batch).unwrap());
    writer.finish().unwrap();
}

fn write_stream(path: &Path, batches: &[RecordBatch]) {
    let mut writer =
        arrow_ipc::writer::StreamWriter::try_new(File::create(path).unwrap(), &batches[0].schema())
            .unwrap();
    batches
        .iter()
        .for_each(|batch| writer.write(batch).unwrap());
    writer.finish().unwrap();
}

const ALL: [&str; 10] = [
    "flag", "id", "country", "n", "value", "ratio", "day", "at", "large", "view",
];

fn small() -> InputOptions {
    InputOptions {
        batch_rows: 4,
        unit_rows: 9,
        ..InputOptions::default()
    }
}

#[test]
fn binary_formats_give_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let halves = [batch(0, 50).slice(0, 30), batch(0, 50).slice(30, 20)];
    write_parquet(&at("a.parquet"), &batch(0, 50), 20);
    write_arrow(&at("a.arrow"), &halves);
    write_stream(&at("s.arrows"), &halves);
    let read = |name: &str| read_book(&[&at(name)], &required(&ALL), small()).unwrap();
    let parquet = read("a.parquet");
    assert_eq!(parquet.rows.len(), 50);
    assert_eq!(
        shown(&parquet)[0],
        "true|S0|CN|0|0.00|0.0|1970-01-01|1970-01-01T00:00:00Z|S0|S0"
    );
    assert_eq!(parquet.places[49], (0, 50, None));
    assert!(parquet.most_rows <= 4);
    let (arrow, stream) = (read("a.arrow"), read("s.arrows"));
    assert_eq!(parquet.rows, arrow.rows);
    assert_eq!(arrow.rows, stream.rows);
    assert_eq!(arrow.places, stream.places);
}

#[test]
fn text_is_delivered_as_text_or_as_codes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_parquet(&at("a.parquet"), &batch(0, 50), 20);
    write_arrow(&at("a.arrow"), &[batch(0, 30)]);
    let coded = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    for (name, id) in [("a.parquet", &coded), ("a.arrow", &DataType::Utf8)] {
        let book = open(
            &[InputSpec::new(at(name))],
            &required(&["country", "id", "view"]),
            small(),
        )
        .unwrap();
        let schema = book.schema(0);
        assert_eq!(schema.field(0).data_type(), &coded, "{name}");
        assert_eq!(schema.field(1).data_type(), id, "{name}");
        assert_eq!(schema.field(2).data_type(), id, "{name}");
    }
}

#[test]
fn units_can_be_read_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_parquet(&at("b.parquet"), &batch(10, 50), 20);
    fs::write(
        at("a.csv"),
        (0..10).fold("n,id\n".to_owned(), |text, n| text + &format!("{n},S{n}\n")),
    )
    .unwrap();
    fs::write(at("c.jsonl"), "{\"id\":\"S60\",\"n\":60}\n").unwrap();
    let options = InputOptions {
        block_bytes: 16,
        ..small()
    };
    let book = open(
        &[InputSpec::new(folder.path())],
        &required(&["id"]),
        options,
    )
    .unwrap();
    let mut units = Vec::new();
    while let Some(unit) = book.next_unit().unwrap() {
        units.push(unit);
    }
    assert!(units.len() > 8);
    let mut texts = vec![Vec::new(); units.len()];
    std::thread::scope(|scope| {
        let book = &book;
        let threads: Vec<_> = units
            .into_iter()
            .rev()
            .map(|unit| {
                scope.spawn(move || {
                    let index = unit.index as usize;
                    let chunks: Vec<_> =
                        book.read_unit(unit).unwrap().map(Result::unwrap).collect();
                    (index, chunks)
                })
            })
            .collect();
        for thread in threads {
            let (index, chunks) = thread.join().unwrap();
            texts[index] = chunks;
        }
    });
    let ids: Vec<String> = texts
        .iter()
        .flatten()
        .flat_map(|chunk| {
            let column = arrow_cast::cast(chunk.batch.column(0), &DataType::Utf8).unwrap();
            let column = column
                .as_any()
                .downcast_ref::<StringArray>()
                .unwrap()
                .clone();
            column
                .iter()
                .map(|id| id.unwrap().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(ids, (0..61).map(|id| format!("S{id}")).collect::<Vec<_>>());
}

#[test]
fn a_parquet_file_damaged_anywhere_is_an_error_or_still_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write_parquet(&path, &batch(0, 200), 100);
    let sound = fs::read(&path).unwrap();
    let rows = read_book(&[&path], &required(&ALL), small()).unwrap().rows;
    let mut errors = 0;
    for at in (0..sound.len()).step_by(29) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0xA5;
        fs::write(&path, &bytes).unwrap();
        match read_book(&[&path], &required(&ALL), small()) {
            Ok(read) => assert_eq!(read.rows.len(), rows.len()),
            Err(error) => {
                errors += 1;
                assert_eq!(error.status(), 65, "{error}");
            }
        }
    }
    assert!(errors > 15, "{errors}");
    for length in [0, 3, 11, sound.len() / 2, sound.len() - 1] {
        fs::write(&path, &sound[..length]).unwrap();
        let error = read_book(&[&path], &required(&ALL), small()).unwrap_err();
        assert!(
            error.to_string().contains("not a sound Parquet file"),
            "{error}"
        );
    }
}

#[test]
fn an_arrow_file_damaged_anywhere_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.arrow");
    write_arrow(
        &path,
        &[batch(0, 50).slice(0, 40), batch(0, 50).slice(40, 10)],
    );
    let sound = fs::read(&path).unwrap();
    for at in (0..sound.len()).step_by(17) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0xA5;
        fs::write(&path, &bytes).unwrap();
        if let Err(error) = read_book(&[&path], &required(&ALL), small()) {
            assert_eq!(error.status(), 65, "{error}");
        }
    }
    for length in [0, 6, 10, sound.len() / 2, sound.len() - 1] {
        fs::write(&path, &sound[..length]).unwrap();
        assert!(read_book(&[&path], &required(&ALL), small()).is_err());
    }
}

#[test]
fn columns_no_field_is_read_from_are_named_and_may_be_carried() {
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None])]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(StringArray::from(vec!["a"]))),
        ("parts", Arc::new(lists)),
        ("raw", Arc::new(BinaryArray::from(vec![&b"x"[..]]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write_parquet(&path, &batch, 10);
    let error = |name: &str| {
        read_book(&[&path], &required(&[name]), small())
            .unwrap_err()
            .to_string()
    };
    assert!(
        error("parts").contains("column `parts`: the column holds lists"),
        "{}",
        error("parts")
    );
    assert!(error("raw").contains("bytes that are not marked as text"));
    assert!(error("prats").contains("the nearest column is `parts`"));
    let all = InputOptions {
        carry_all: true,
        ..small()
    };
    let read = read_book(&[&path], &required(&["raw_id"]), all.clone()).unwrap_err();
    assert!(read.to_string().contains("no column `raw_id`"));
    let read = read_book(&[&path], &required(&["id"]), all).unwrap();
    assert_eq!(shown(&read), ["a|[1, ]|78"]);
}

fn carry(files: &[(&str, &[u8])]) -> Result<Read, InputError> {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (name, bytes) in files {
        paths.push(folder.path().join(name));
        fs::write(paths.last().unwrap(), bytes).unwrap();
    }
    let paths: Vec<&Path> = paths.iter().map(|path| path.as_path()).collect();
    let options = InputOptions {
        carry_all: true,
        ..small()
    };
    read_book(&paths, &required(&["id"]), options)
}

#[test]
fn carried_columns_are_the_same_in_every_file() {
    let read = carry(&[("b.csv", b"b,id\n1,2\n"), ("a.csv", b"id,b\n3,4\n")]).unwrap();
    assert_eq!(shown(&read), ["3|4", "2|1"]);
    let more = carry(&[("a.csv", b"id\n"), ("b.csv", b"id,c\n")])
        .unwrap_err()
        .to_string();
    assert!(
        more.contains("b.csv, column `c`") && more.contains("only one of"),
        "{more}"
    );
    let fewer = carry(&[("a.csv", b"id,c\n"), ("b.csv", b"id\n")])
        .unwrap_err()
        .to_string();
    assert!(fewer.contains("b.csv, column `c`"), "{fewer}");
}

#[test]
fn policy_columns_may_differ_in_type_and_carried_ones_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_parquet(&at("a.parquet"), &batch(0, 3), 10);
    fs::write(at("b.csv"), "id,n\nS3,3\n").unwrap();
    let paths = [at("a.parquet"), at("b.csv")];
    let paths = [paths[0].as_path(), paths[1].as_path()];
    let read = read_book(&paths, &required(&["id", "n"]), small()).unwrap();
    assert_eq!(shown(&read), ["S0|0", "S1|1", "S2|2", "S3|3"]);
    assert_eq!(read.places[3], (1, 1, Some(2)));
    let wanted = [WantedColumn::required("id"), WantedColumn::carried("n")];
    let text = read_book(&paths, &wanted, small()).unwrap_err().to_string();
    assert!(
        text.contains("the column holds text, but values of type Int64"),
        "{text}"
    );
}

#[test]
fn a_wrong_name_is_found_out() {
    let error = read_bytes("a.arrow", b"id,a\n1,2\n", &required(&["id"]), small()).unwrap_err();
    assert!(
        error.to_string().contains("not a sound Arrow file"),
        "{error}"
    );
    let error = read_bytes("a.parquet", b"id,a\n1,2\n", &required(&["id"]), small()).unwrap_err();
    assert_eq!(error.status(), 65);
    let error = read_bytes("a.csv", b"PAR1\x15\x04", &required(&["id"]), small()).unwrap_err();
    assert!(
        error.to_string().contains("looks like a Parquet file"),
        "{error}"
    );
}
