//! Inputs as they should not be: each has a defined answer, no row is lost, and nothing is a fault.

use std::io::Write as _;

use super::tests::{Desk, nothing_written};
use crate::cli::Exit;

const HEADER: &str = "id,day,destination,Invoice Value\n";

/// What screening comes to: the decisions, and for each reject its row, field and text found.
fn screened(desk: &Desk, name: &str, content: impl AsRef<[u8]>) -> (Vec<String>, Vec<String>) {
    desk.write(name, content);
    let rejects = desk.path("out.csv.rejects.csv");
    let _ = std::fs::remove_file(&rejects);
    let ran = desk.screen(name, &["--keep", "all", "--verify", "all"]);
    assert!(
        matches!(ran.exit, Exit::Done | Exit::Rejects),
        "{name}: {}",
        ran.err
    );
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.text("out.csv.manifest.json")).expect("JSON");
    let count = |name: &str| manifest["rows"][name].as_u64().expect("a count");
    let decisions = desk.decisions();
    assert_eq!(count("read"), count("screened") + count("rejected"));
    assert_eq!(count("screened"), decisions.len() as u64);
    let mut rejected = Vec::new();
    if rejects.exists() {
        let mut reader = csv::Reader::from_path(&rejects).expect("a CSV file");
        for row in reader.records() {
            let row = row.expect("a row");
            let found: String = row[5].chars().take(20).collect();
            rejected.push(format!("{}|{}|{found}", &row[1], &row[4]));
        }
    }
    assert_eq!(count("rejected"), rejected.len() as u64);
    assert_eq!(ran.exit == Exit::Rejects, !rejected.is_empty());
    (decisions, rejected)
}

/// The keys of decisions.
fn keys(decisions: &[String]) -> Vec<&str> {
    decisions
        .iter()
        .map(|row| row.split(',').next().unwrap_or_default())
        .collect()
}

/// What `screen` says of an input that cannot be read as a whole.
fn refused(name: &str, content: impl AsRef<[u8]>) -> String {
    let desk = Desk::new();
    desk.write(name, content);
    let ran = desk.screen(name, &[]);
    assert_eq!(ran.exit, Exit::Unreadable, "{name}: {}", ran.err);
    assert!(nothing_written(&desk), "{name}");
    ran.err
}

#[test]
fn rows_of_text_files_that_are_none_are_rejected_alone() {
    let desk = Desk::new();
    let mut text = HEADER.as_bytes().to_vec();
    text.extend(
        b"A,2025-06-01,KP\nB,2025-06-01,KP,1,2\nC,2025-06-01,K\xff,1\nD,2025-06-01,K\0,1\n",
    );
    text.extend(
        b"\"E\"x,2025-06-01,KP,1\n\n \nF,2025-06-01,KP,1\n\"G,2025-06-01,KP,1\nH,2025-06-01,KP,1",
    );
    let (decisions, rejects) = screened(&desk, "in.csv", text);
    assert_eq!(decisions, ["F,deny,deny"]);
    let rows: Vec<&str> = rejects
        .iter()
        .map(|reject| reject.split('|').next().unwrap_or(""))
        .collect();
    assert_eq!(rows, ["1", "2", "3", "4", "5", "6", "8"], "{rejects:?}");
}

#[test]
fn numbers_are_read_as_written_or_not_at_all() {
    let desk = Desk::new();
    let read = |text: &str| {
        let row = format!("{HEADER}A,2025-06-01,DE,\"{text}\"\n");
        screened(&desk, "in.csv", row).0.pop()
    };
    for (text, verdict) in [
        ("1e400", "review"),
        ("-0", "clear"),
        (".5", "clear"),
        (" 12 ", "clear"),
        ("+5", "clear"),
        ("1000", "clear"),
        ("1000.0000000000000000000001", "review"),
        ("1e3", "clear"),
        ("1e-400", "clear"),
        ("99999999999999999999999999999999", "review"),
    ] {
        assert_eq!(read(text), Some(format!("A,{verdict},{verdict}")), "{text}");
    }
    for text in [
        "5.",
        "NaN",
        "Infinity",
        "-Infinity",
        "1 000",
        "1,000",
        "0x10",
        "--5",
        "5-",
        "１２",
        "1_000",
        "-5",
        "12%",
        "$5",
        "5 USD",
        "1e18446744073709551616",
        "1e-18446744073709551616",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn days_are_days_of_the_calendar() {
    let desk = Desk::new();
    let read = |text: &str| {
        let row = format!("{HEADER}A,{text},DE,1\n");
        !screened(&desk, "in.csv", row).0.is_empty()
    };
    for text in ["0001-01-01", "9999-12-31", "2024-02-29", " 2025-01-01 "] {
        assert!(read(text), "{text}");
    }
    for text in [
        "2025-02-29",
        "0000-01-01",
        "10000-01-01",
        "+2025-01-01",
        "-0001-01-01",
        "2025-1-1",
        "20250101",
        "2025-00-10",
        "2025-01-32",
        "2025-01-01T00:00:00Z",
        "45000",
        "now",
    ] {
        assert!(!read(text), "{text}");
    }
}

#[test]
fn lines_of_json_that_are_no_records_are_rejected_alone() {
    let desk = Desk::new();
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let lines = [
        r#"{"id":"A","id":"B","day":"2025-06-01"}"#.to_owned(),
        r#"{"id":"A","day":"2025-06-01","destination":{"code":"KP"}}"#.to_owned(),
        r#"{"id":"A","day":"2025-06-01","destination":["KP"]}"#.to_owned(),
        format!(r#"{{"id":"A","day":"2025-06-01","destination":{deep}}}"#),
        r#"{"id":null,"day":"2025-06-01"}"#.to_owned(),
        r#"{"id":"A","day":20250601}"#.to_owned(),
        r#"{"id":"A","day":"2025-06-01","Invoice Value":NaN}"#.to_owned(),
        r#"{"id":"A","day":"2025-06-01"} {}"#.to_owned(),
        r#"{"id":"A","day":"2025-06-01","destination":"\ud800"}"#.to_owned(),
        "[]".to_owned(),
        "{".to_owned(),
        format!(
            r#"{{"id":"S","day":"2025-06-01","destination":"KP","Invoice Value":1,"note":{deep}}}"#
        ),
        r#"{"id":7,"day":"2025-06-01","destination":"\u004bP","Invoice Value":-0.0}"#.to_owned(),
        format!(
            r#"{{"id":"T","day":"2025-06-01","destination":"DE","Invoice Value":{}}}"#,
            "9".repeat(500)
        ),
        r#"{"id":"U","day":"2025-06-01","destination":"DE","Invoice Value":1e400}"#.to_owned(),
    ];
    let (decisions, rejects) = screened(&desk, "in.jsonl", lines.join("\n") + "\n");
    assert_eq!(
        decisions,
        [
            "S,deny,deny",
            "7,deny,deny",
            "T,review,review",
            "U,review,review"
        ]
    );
    assert_eq!(rejects.len(), 11, "{rejects:?}");
}

#[test]
fn a_long_field_is_a_field_and_a_longer_record_than_allowed_ends_the_run() {
    let desk = Desk::new();
    let long = "x".repeat(10_000_000);
    let text =
        format!("{HEADER}{long},2025-06-01,KP,1\nB,2025-06-01,KP,{long}\nC,2025-06-01,KP,1\n");
    let (decisions, rejects) = screened(&desk, "in.csv", text);
    assert_eq!(keys(&decisions), [long.as_str(), "C"]);
    assert_eq!(rejects, ["2|value|xxxxxxxxxxxxxxxxxxxx"]);
    let said = refused("in.csv", format!("{HEADER}{long}{long},2025-06-01,KP,1\n"));
    assert!(said.contains("longer than 16 MB"), "{said}");
}

#[test]
fn files_that_cannot_be_read_as_a_whole_are_refused() {
    let packed = |text: &str| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).expect("memory");
        packer.finish().expect("memory")
    };
    let book = HEADER.to_owned() + &"A,2025-06-01,KP,1\n".repeat(10_000);
    let whole = packed(&book);
    let utf16: Vec<u8> = "\u{feff}id"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, content, said) in [
        ("in.csv", b"".to_vec(), "there is no header line"),
        ("in.csv", b"\n\n".to_vec(), "there is no header line"),
        (
            "in.csv",
            b"id,day,destination,Invoice Value,id\n".to_vec(),
            "are both called `id`",
        ),
        ("in.csv", whole.clone(), "this looks like a gzip file"),
        ("in.csv", utf16, "this looks like UTF-16 text"),
        (
            "in.csv.gz",
            whole[..whole.len() / 2].to_vec(),
            "damaged or cut off",
        ),
        ("in.csv.gz", book.clone().into_bytes(), "damaged or cut off"),
        ("in.csv.gz", b"".to_vec(), "damaged or cut off"),
        (
            "in.csv.zst",
            b"\x28\xb5\x2f\xfd\x04".to_vec(),
            "damaged or cut off",
        ),
        ("in.jsonl", b"[{\"id\":\"A\"}]\n".to_vec(), "one JSON array"),
        ("in.parquet", book.into_bytes(), "not a sound Parquet file"),
        ("in.txt", b"id\n".to_vec(), "what kind of file"),
    ] {
        let err = refused(name, content);
        assert!(err.contains(said), "{name}: {err}");
    }
    let desk = Desk::new();
    assert!(screened(&desk, "in.csv", HEADER).0.is_empty());
    assert!(screened(&desk, "in.jsonl", "").0.is_empty());
}

#[test]
fn columns_without_a_name_matter_only_where_they_are_copied() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "id,day,destination,Invoice Value,,\nA,2025-06-01,KP,1,,\n",
    );
    assert_eq!(desk.screen("in.csv", &[]).exit, Exit::Done);
    let ran = desk.screen("in.csv", &["--columns", "all"]);
    assert_eq!(ran.exit, Exit::Unreadable);
    assert!(
        ran.err.contains("columns 5 and 6 have no name"),
        "{}",
        ran.err
    );
}

/// Bits turned over and ends cut off: the file is refused, or every row of it is screened or rejected.
#[test]
fn damage_in_typed_files_is_refused_or_costs_no_row() {
    let desk = Desk::new();
    let rows: Vec<String> = (0..400)
        .map(|row| {
            format!(
                "K{row},2025-06-{:02},{},{}.5\n",
                row % 30 + 1,
                ["KP", "DE", ""][row % 3],
                row * 7
            )
        })
        .collect();
    desk.write("in.csv", HEADER.to_owned() + &rows.concat());
    let mut random = crate::io::synth::Random::new(1, 0);
    for kind in ["parquet", "arrow"] {
        let out = format!("@base.{kind}");
        let args = [
            "screen",
            "@desk.interdict",
            "@in.csv",
            "-o",
            &out,
            "--keep",
            "all",
            "--columns",
            "all",
        ];
        assert_eq!(desk.run(&args).exit, Exit::Done);
        let base = std::fs::read(desk.path(&format!("base.{kind}"))).expect("a file");
        for round in 0..100 {
            let mut bytes = base.clone();
            let near_the_end = random.below(2) * (base.len() as u64).saturating_sub(3_000);
            let at = near_the_end + random.below(base.len() as u64 - near_the_end);
            match round % 5 {
                0 => bytes.truncate(at as usize),
                _ => bytes[at as usize] ^= 1 << random.below(8),
            }
            desk.write(&format!("bad.{kind}"), bytes);
            let ran = desk.screen(&format!("bad.{kind}"), &["--keep", "all"]);
            match ran.exit {
                Exit::Unreadable => {}
                Exit::Done | Exit::Rejects => {
                    assert!(
                        ran.err.starts_with("400 rows read"),
                        "{kind} {at}: {}",
                        ran.err
                    );
                }
                Exit::No | Exit::Usage | Exit::Fault | Exit::Io | Exit::Interrupted => {
                    panic!("{kind} {at}: {:?} {}", ran.exit, ran.err)
                }
            }
        }
    }
}

#[test]
fn a_folder_is_read_in_order_whatever_kinds_it_holds() {
    let desk = Desk::new();
    desk.make_folders(&["in/sub", "none"]);
    desk.write("in/b.csv", HEADER.to_owned() + "B,2025-06-01,KP,1\n");
    desk.write(
        "in/a.jsonl",
        "{\"id\":\"A\",\"day\":\"2025-06-01\",\"destination\":\"KP\",\"Invoice Value\":1}\n",
    );
    desk.write(
        "in/sub/c.tsv",
        HEADER.replace(',', "\t") + "C\t2025-06-01\tKP\t1\n",
    );
    desk.write("in/.hidden.csv", "x");
    desk.write("in/_SUCCESS", "");
    let ran = desk.screen("in", &[]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(keys(&desk.decisions()), ["A", "B", "C"]);
    let twice = desk.path("in/b.csv").display().to_string();
    let ran = desk.screen("in", &[&twice]);
    assert!(
        ran.exit == Exit::Unreadable && ran.err.contains("named twice"),
        "{}",
        ran.err
    );
    desk.write("in/notes.txt", "read me");
    assert_eq!(desk.screen("in", &[]).exit, Exit::Unreadable);
    assert_eq!(desk.screen("none", &[]).exit, Exit::Unreadable);
}
