use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::UInt32Type;
use arrow_array::*;
use arrow_schema::DataType;

use super::*;
use crate::input::reject::Reject;
use crate::input::testing::{read_book, required, shown};
use crate::input::{InputOptions, WantedColumn};
use crate::io::commit::OutputSet;

/// Decisions of `rows` records from number `from` on; each batch has dictionaries of its own.
fn decisions(from: usize, rows: usize) -> RecordBatch {
    let mut verdict = StringDictionaryBuilder::<UInt32Type>::new();
    let mut rules = ListBuilder::new(StringDictionaryBuilder::<UInt32Type>::new());
    let mut note = ListBuilder::new(StringBuilder::new());
    for row in from..from + rows {
        verdict.append_value(["deny", "review", "clear"][row * row % 3]);
        for rule in 0..row % 3 {
            rules
                .values()
                .append_value(format!("cn.r{}", (row + rule) % 5));
        }
        rules.append(true);
        note.values().append_value(format!("file \"{row}\", due"));
        note.append(row % 4 != 0);
    }
    let ids = (from..from + rows).map(|row| (row % 7 != 3).then(|| format!("S,{row}")));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(ids.collect::<StringArray>())),
        ("verdict", Arc::new(verdict.finish())),
        ("rules", Arc::new(rules.finish())),
        ("note", Arc::new(note.finish())),
        (
            "value",
            Arc::new(
                Decimal128Array::from_iter_values((from..from + rows).map(|row| row as i128))
                    .with_precision_and_scale(12, 2)
                    .unwrap(),
            ),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap()
}

fn options() -> OutputOptions {
    let values =
        |prefix: &str, names: &[&str]| names.iter().map(|name| format!("{prefix}{name}")).collect();
    OutputOptions {
        known_values: vec![
            ("verdict".into(), values("", &["clear", "review", "deny"])),
            (
                "rules".into(),
                values("cn.", &["r0", "r1", "r2", "r3", "r4"]),
            ),
        ],
    }
}

fn write(path: &Path, batches: &[RecordBatch]) {
    let mut set = OutputSet::new([]);
    let sink = set.stage(path).unwrap();
    let kind = OutputKind::from_path(path).unwrap();
    let mut writer = writer(kind, sink, batches[0].schema(), &options()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    let rows = writer.finish().unwrap();
    assert_eq!(
        rows as usize,
        batches.iter().map(RecordBatch::num_rows).sum::<usize>()
    );
    set.commit(None).unwrap();
}

fn written(name: &str, batches: &[RecordBatch]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    write(&path, batches);
    fs::read(path).unwrap()
}

const KINDS: [&str; 4] = ["d.csv", "d.jsonl", "d.parquet", "d.arrow"];

#[test]
fn lists_are_joined_in_csv_and_arrays_in_json() {
    let text = String::from_utf8(written("d.csv", &[decisions(0, 3)])).unwrap();
    assert_eq!(
        text,
        "id,verdict,rules,note,value\n\
         \"S,0\",deny,,,0.00\n\
         \"S,1\",review,cn.r1,\"file \"\"1\"\", due\",0.01\n\
         \"S,2\",review,cn.r2;cn.r3,\"file \"\"2\"\", due\",0.02\n"
    );
    let text = String::from_utf8(written("d.jsonl", &[decisions(2, 2)])).unwrap();
    assert_eq!(
        text,
        "{\"id\":\"S,2\",\"verdict\":\"review\",\"rules\":[\"cn.r2\",\"cn.r3\"],\"note\":[\"file \\\"2\\\", due\"],\"value\":0.02}\n\
         {\"id\":null,\"verdict\":\"deny\",\"rules\":[],\"note\":[\"file \\\"3\\\", due\"],\"value\":0.03}\n"
    );
}

/// Some of `batch` at a time, in the given sizes over and over.
fn in_parts(batch: &RecordBatch, sizes: &[usize]) -> Vec<RecordBatch> {
    let mut at = 0;
    let mut parts = Vec::new();
    for size in sizes.iter().cycle() {
        let rows = (*size).min(batch.num_rows() - at);
        parts.push(batch.slice(at, rows));
        at += rows;
        if at == batch.num_rows() {
            break;
        }
    }
    parts
}

#[test]
fn the_grouping_of_rows_does_not_show() {
    let few: Vec<RecordBatch> = (0..40).map(|part| decisions(part * 50, 50)).collect();
    for name in KINDS {
        assert!(
            written(name, &[decisions(0, 2000)]) == written(name, &few),
            "{name}"
        );
    }
    let many = decisions(0, 135_000);
    for name in ["d.parquet", "d.arrow"] {
        let parts = in_parts(&many, &[70_000, 1, 0, 40_000]);
        assert!(
            written(name, std::slice::from_ref(&many)) == written(name, &parts),
            "{name}"
        );
    }
}

#[test]
fn what_is_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let batch = decisions(0, 50);
    let wanted: Vec<WantedColumn> = ["id", "verdict", "rules", "note", "value"]
        .map(WantedColumn::carried)
        .to_vec();
    let rows = |name: &str| {
        let path: PathBuf = folder.path().join(name);
        write(&path, &[batch.slice(0, 20), batch.slice(20, 30)]);
        shown(&read_book(&[&path], &wanted, InputOptions::default()).unwrap())
    };
    assert_eq!(
        rows("d.csv")[5],
        "S,5|review|cn.r0;cn.r1|file \"5\", due|0.05"
    );
    assert_eq!(
        rows("d.jsonl")[5],
        "S,5|review|[\"cn.r0\",\"cn.r1\"]|[\"file \\\"5\\\", due\"]|0.05"
    );
    let parquet = rows("d.parquet");
    assert_eq!(
        parquet[5],
        "S,5|review|[cn.r0, cn.r1]|[file \"5\", due]|0.05"
    );
    assert_eq!(rows("d.arrow"), parquet);
    assert_eq!(parquet.len(), 50);
}

#[test]
fn arrow_files_keep_codes_where_all_values_are_known() {
    let bytes = written("d.arrow", &[decisions(0, 70_000)]);
    let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
    let schema = reader.schema();
    assert!(matches!(
        schema.field(1).data_type(),
        DataType::Dictionary(..)
    ));
    assert!(
        matches!(schema.field(2).data_type(), DataType::List(item) if matches!(item.data_type(), DataType::Dictionary(..)))
    );
    assert_eq!(schema.field(0).data_type(), &DataType::Utf8);
    assert_eq!(
        reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(),
        70_000
    );
}

#[test]
fn copied_columns_of_any_type_keep_their_values() {
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "f",
            Arc::new(Float64Array::from(vec![
                Some(5399.200000000002),
                Some(f64::NAN),
                None,
                Some(1.0),
            ])),
        ),
        (
            "g",
            Arc::new(Float32Array::from(vec![0.1, 1e30, f32::INFINITY, -0.0])),
        ),
        (
            "at",
            Arc::new(
                TimestampMicrosecondArray::from(vec![0, 1_500_000, -1, 3])
                    .with_timezone("Asia/Shanghai"),
            ),
        ),
        (
            "local",
            Arc::new(TimestampSecondArray::from(vec![0, 1, 2, 3])),
        ),
        ("day", Arc::new(Date32Array::from(vec![0, -1, 20_000, 1]))),
        (
            "flag",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                Some(false),
                None,
                None,
            ])),
        ),
        ("n", Arc::new(UInt64Array::from(vec![u64::MAX, 0, 1, 2]))),
        (
            "s",
            Arc::new(StringArray::from(vec![
                Some(""),
                Some("a\tb\u{1}"),
                Some(" x "),
                None,
            ])),
        ),
        (
            "raw",
            Arc::new(BinaryArray::from(vec![&b"\x00\xff"[..]; 4])),
        ),
        ("none", Arc::new(NullArray::new(4))),
        (
            "r",
            Arc::new(StructArray::from(vec![(
                Arc::new(arrow_schema::Field::new("a", DataType::Int32, true)),
                Arc::new(Int32Array::from(vec![Some(1), None, Some(3), None])) as ArrayRef,
            )])),
        ),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap();
    let text = String::from_utf8(written("d.csv", std::slice::from_ref(&batch))).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1],
        "5399.200000000002,0.1,1970-01-01T00:00:00Z,1970-01-01T00:00:00,1970-01-01,true,18446744073709551615,\"\",00ff,,\"{\"\"a\"\":1}\""
    );
    assert_eq!(
        lines[2],
        "NaN,1e30,1970-01-01T00:00:01.500Z,1970-01-01T00:00:01,1969-12-31,false,0,a\tb\u{1},00ff,,\"{\"\"a\"\":null}\""
    );
    let text = String::from_utf8(written("d.jsonl", std::slice::from_ref(&batch))).unwrap();
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(text.lines().nth(1).unwrap().starts_with(
        "{\"f\":\"NaN\",\"g\":1e30,\"at\":\"1970-01-01T00:00:01.500Z\",\"local\":\"1970-01-01T00:00:01\",\"day\":\"1969-12-31\",\"flag\":false,\"n\":0,\"s\":\"a\\tb\\u0001\""
    ));
    for name in ["d.parquet", "d.arrow"] {
        assert!(!written(name, std::slice::from_ref(&batch)).is_empty());
    }
}

#[test]
fn a_lone_missing_value_is_still_a_row_of_csv() {
    let batch = RecordBatch::try_from_iter(vec![(
        "id",
        Arc::new(StringArray::from(vec![None::<&str>, Some("a")])) as ArrayRef,
    )])
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.csv");
    write(&path, &[batch]);
    let read = read_book(&[&path], &required(&["id"]), InputOptions::default()).unwrap();
    assert_eq!(shown(&read), ["-", "a"]);
}

#[test]
fn no_rows_make_a_whole_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let wanted: Vec<WantedColumn> = ["id", "verdict"].map(WantedColumn::carried).to_vec();
    for name in KINDS {
        let path = folder.path().join(name);
        write(&path, &[decisions(0, 0)]);
        let read = read_book(&[&path], &wanted, InputOptions::default()).unwrap();
        assert!(read.rows.is_empty(), "{name}");
    }
}

#[test]
fn a_value_that_was_not_announced_is_a_fault_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let mut set = OutputSet::new([]);
    let sink = set.stage(&folder.path().join("d.arrow")).unwrap();
    let few = OutputOptions {
        known_values: vec![("verdict".into(), vec!["clear".into()])],
    };
    let mut writer = writer(OutputKind::Arrow, sink, decisions(0, 1).schema(), &few).unwrap();
    writer.write(&decisions(0, 1)).unwrap();
    let error = writer.finish().unwrap_err();
    assert_eq!(error.status(), 70);
    assert!(error.to_string().contains("`deny` is not among"), "{error}");
}

#[test]
fn the_digest_is_that_of_the_csv_form() {
    let mut digest = DecisionDigest::new(decisions(0, 1).schema());
    digest.update(&decisions(0, 4)).unwrap();
    digest.update(&decisions(4, 6)).unwrap();
    let csv = written("d.csv", &[decisions(0, 10)]);
    assert_eq!(digest.finish(), (10, crate::input::hash::sha256(&csv)));
}

#[test]
fn rejects_are_lines_of_csv() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.csv");
    let mut set = OutputSet::new([]);
    let mut writer = RejectWriter::new(set.stage(&path).unwrap()).unwrap();
    let reject = Reject::new("a, b.csv".into(), 7, Some(9), "1,5 \"x\"", "a decimal");
    writer
        .write(&reject.clone().key(Some("S7".into())).field("value"))
        .unwrap();
    writer
        .write(&Reject {
            line: None,
            ..reject
        })
        .unwrap();
    assert_eq!(writer.finish().unwrap(), 2);
    set.commit(None).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "file,row,line,key,field,found,expected\n\
         \"a, b.csv\",7,9,S7,value,\"1,5 \"\"x\"\"\",a decimal\n\
         \"a, b.csv\",7,,,,\"1,5 \"\"x\"\"\",a decimal\n"
    );
}

#[test]
fn a_name_without_a_kind_is_refused() {
    let error = OutputKind::from_path(Path::new("out.xlsx")).unwrap_err();
    assert_eq!(error.status(), 2);
    assert!(
        error
            .to_string()
            .contains("end it in .csv, .jsonl, .parquet or .arrow")
    );
}
