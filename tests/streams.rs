//! Runs that end before they are done: signals, and readers that have enough.
#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const POLICY: &str = "examples/quickstart/magnets.interdict";
const HEADER: &str = "shipment_id,ship_date,destination,hs_code,value,Magnet Content,end_use\n";

/// Starts the program in the package's folder.
fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_interdict"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn rows(count: u32) -> String {
    let mut text = HEADER.to_owned();
    for row in 0..count {
        writeln!(text, "S-{row:09},2025-12-24,IR,8505.11,100,0,civil").expect("memory");
    }
    text
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("UTF-8");
    entries
        .map(|entry| name(entry.expect("an entry")))
        .collect()
}

fn said(child: &mut Child) -> String {
    let mut text = String::new();
    let err = child.stderr.as_mut().expect("a pipe");
    err.read_to_string(&mut text).expect("UTF-8");
    text
}

#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out.csv").display().to_string();
        let mut child = start(&["screen", POLICY, "-", "--input-format", "csv", "-o", &out]);
        let mut input = child.stdin.take().expect("a pipe");
        // A pipe holds little of this, so most has been read when all is written, and the run is under way.
        input.write_all(rows(300_000).as_bytes()).expect("a reader");
        let part = names(folder.path());
        assert!(
            matches!(&part[..], [part] if part.ends_with(".part")),
            "{part:?}"
        );
        let killed = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status();
        assert!(killed.expect("kill").success());
        // Nothing more comes on standard input, and nobody has to wait for it.
        assert_eq!(child.wait().expect("an end").code(), Some(75));
        assert_eq!(said(&mut child), "error: interrupted\n");
        assert!(names(folder.path()).is_empty());
        drop(input);
    }
}

#[test]
fn a_reader_that_has_enough_ends_the_run_without_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("in.csv");
    fs::write(&input, rows(200_000)).expect("a file");
    let mut child = start(&["screen", POLICY, &input.display().to_string(), "-o", "-"]);
    let mut first = [0; 100];
    let mut out = child.stdout.take().expect("a pipe");
    out.read_exact(&mut first).expect("decisions");
    drop(out);
    assert_eq!(child.wait().expect("an end").code(), Some(74));
    assert_eq!(said(&mut child), "");
}
