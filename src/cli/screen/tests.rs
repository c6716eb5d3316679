//! `interdict screen` as a user meets it, in process.

use std::fs;
use std::path::PathBuf;

use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use clap::Parser;

use crate::cli::frontend::Asked;
use crate::cli::tests::{Ran, interdict};
use crate::cli::{Cli, Command, Exit, frontend};
use crate::io::screening::{Fault, FaultRow, ScreenError};
use crate::screen::Disagreement;

/// A policy of one rule, and a folder for what is screened with it.
pub(in crate::cli) struct Desk {
    folder: tempfile::TempDir,
}

const POLICY: &str = "\
policy desk { title \"Desk\" version \"1\" authority \"Tests\" }
record shipment {
  key   id          : text
  as of day         : date
  destination       : country?
  value             : money USD?  from \"Invoice Value\"
}
verdicts clear < review < deny
otherwise clear
when unknown review
rule embargo \"Embargo\" {
  cites \"Test 1\"
  in force from 2025-01-01
  when  destination = KP
  then  deny
}
rule large \"Large\" {
  cites \"Test 2\"
  when  value > 1_000 USD
  then  review
}
";

impl Desk {
    pub fn new() -> Self {
        let desk = Desk {
            folder: tempfile::tempdir().expect("a folder"),
        };
        desk.write("desk.interdict", POLICY);
        desk
    }

    /// With another text of the policy in one place.
    pub fn with(from: &str, to: &str) -> Self {
        let desk = Desk::new();
        assert!(POLICY.contains(from), "{from}");
        desk.write("desk.interdict", POLICY.replace(from, to));
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("a file");
        path
    }

    /// The names of all files, in order.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect();
        names.sort();
        names
    }

    /// Runs a command whose arguments that start with `@` are files in the folder.
    pub fn run(&self, args: &[&str]) -> Ran {
        let args: Vec<String> = args
            .iter()
            .map(|arg| match arg.strip_prefix('@') {
                Some(name) => self.path(name).to_str().expect("a path").to_owned(),
                None => (*arg).to_owned(),
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        interdict(&args)
    }

    pub fn make_folders(&self, names: &[&str]) {
        let make = |name| fs::create_dir_all(self.path(name)).expect("a folder");
        names.iter().copied().for_each(make);
    }

    /// Screens `input` into `out.csv`.
    pub fn screen(&self, input: &str, more: &[&str]) -> Ran {
        let input = format!("@{input}");
        let mut args = vec!["screen", "@desk.interdict", &input, "-o", "@out.csv"];
        args.extend(more);
        self.run(&args)
    }

    /// The decisions without their header: the first three columns.
    pub fn decisions(&self) -> Vec<String> {
        let text = self.text("out.csv");
        let row = |line: &str| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(",");
        text.lines().skip(1).map(row).collect()
    }
}

/// Whether nothing of a run but its inputs is in the folder.
pub(in crate::cli) fn nothing_written(desk: &Desk) -> bool {
    !desk.names().iter().any(|name| name.contains("out.csv"))
}

const BOOK: &str = "\
id,day,destination,Invoice Value
A,2025-06-01,KP,10
B,2025-06-01,DE,10
C,2025-06-01,,10
D,2025-06-01,DE,2000
";

#[test]
fn open_records_are_kept_even_where_unknown_counts_as_clear() {
    let desk = Desk::with("when unknown review", "when unknown clear");
    desk.write("in.csv", BOOK);
    let ran = desk.screen("in.csv", &["--format", "json"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(
        desk.decisions(),
        ["A,deny,deny", "C,clear,deny", "D,review,review"]
    );
    // Before it stands the warning that `when unknown clear` silences what is missing.
    let summary = ran.err.lines().last().expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(summary).expect("an object a line");
    assert_eq!(
        (&summary["flagged"], &summary["kept"]),
        (&3.into(), &3.into())
    );
    desk.screen("in.csv", &["--keep", "all"]);
    assert_eq!(desk.decisions().len(), 4);
}

#[test]
fn a_column_that_is_not_there_stops_the_run_unless_the_mapping_says_so() {
    let desk = Desk::new();
    desk.write("in.csv", "id,day,Destination\nA,2025-06-01,KP\n");
    let ran = desk.screen("in.csv", &[]);
    assert_eq!(ran.exit, Exit::Unreadable);
    for part in [
        "there are no columns `destination`, `Invoice Value`",
        "destination = \"Destination\"   # or `false`",
        "value = false   # if the data has no such column",
    ] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(nothing_written(&desk));
    let explained = desk.run(&["explain", "@desk.interdict", "@in.csv", "--key", "A"]);
    assert_eq!(
        (explained.exit, &explained.err),
        (Exit::Unreadable, &ran.err)
    );
    desk.write(
        "map.toml",
        "[columns]\ndestination = \"Destination\"\nvalue = false\n",
    );
    let ran = desk.screen("in.csv", &["--map", "@map.toml"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(desk.decisions(), ["A,deny,deny"]);
}

#[test]
fn a_key_that_no_object_has_is_warned_about() {
    let desk = Desk::new();
    desk.write(
        "in.jsonl",
        "{\"id\":\"A\",\"day\":\"2025-06-01\",\"destination\":\"KP\",\"invoice_value\":1}\n",
    );
    let ran = desk.screen("in.jsonl", &[]);
    assert_eq!(ran.exit, Exit::Done);
    assert!(
        ran.err.contains("has the key `Invoice Value`, so it is missing in every record; the nearest key is `invoice_value`"),
        "{}",
        ran.err
    );
    desk.write("map.toml", "[columns]\nvalue = false\n");
    let ran = desk.screen("in.jsonl", &["--map", "@map.toml"]);
    assert!(!ran.err.contains("warning"), "{}", ran.err);
}

/// A policy in a folder that imports another, both deep in the desk.
fn desk_of_folders() -> Desk {
    let desk = Desk::new();
    desk.make_folders(&["law/common", "law/cn"]);
    let (head, rest) = POLICY.split_once('\n').expect("lines");
    let (common, rules) = rest.split_at(rest.find("rule embargo").expect("a rule"));
    desk.write("law/common/record.interdict", common);
    desk.write(
        "law/cn/rules.interdict",
        format!("{head}\nimport \"../common\"\n{rules}"),
    );
    desk.write("map.toml", "[dates]\nday = [\"%d.%m.%Y\"]\n");
    desk
}

/// What `screen` says and leaves behind where two engines disagree on this record.
fn fault(desk: &Desk, record: RecordBatch, more: &[&str]) -> crate::cli::Stop {
    let (law, out) = (desk.path("law/cn"), desk.path("out.csv"));
    let mut args = vec![
        "interdict",
        "screen",
        law.to_str().expect("UTF-8"),
        "in.csv",
        "-o",
    ];
    args.push(out.to_str().expect("UTF-8"));
    args.extend(more);
    let cli = Cli::try_parse_from(args).expect("a command line");
    let Command::Screen(screen) = cli.command else {
        panic!("another command");
    };
    let policies = [law.clone()];
    let Ok(checked) = frontend::load(&policies, Asked::default()) else {
        panic!("the policy is there");
    };
    let found = Disagreement {
        what: "the engine says: verdict clear\nthe reference evaluator says: verdict deny".into(),
        record: vec![("destination".into(), "KP".into())],
        row: Some(0),
    };
    let row = FaultRow {
        file: "in.csv".into(),
        row: 7,
        record,
    };
    let fault = Fault {
        found,
        row: Some(row),
    };
    screen.stop(
        ScreenError::Fault(Box::new(fault)),
        checked.model.as_ref().expect("no error"),
        &policies,
    )
}

fn record(day: ArrayRef) -> RecordBatch {
    let text = |text: Option<&str>| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    RecordBatch::try_from_iter_with_nullable([
        ("id", text(Some("A")), true),
        ("day", day, true),
        ("destination", text(Some("KP")), true),
        ("Invoice Value", text(None), true),
    ])
    .expect("a batch")
}

/// Runs the command that the bundle names, in the bundle.
fn again(desk: &Desk, folder: &str) -> Ran {
    let about: serde_json::Value =
        serde_json::from_str(&desk.text(&format!("{folder}/fault.json"))).expect("JSON");
    assert_eq!(
        about["found"][1],
        "the reference evaluator says: verdict deny"
    );
    assert_eq!(
        (&about["row"], &about["record"]["destination"]),
        (&7.into(), &"KP".into())
    );
    let command = about["command"].as_str().expect("a text");
    assert!(desk.text(&format!("{folder}/README.txt")).contains(command));
    let words: Vec<String> = command
        .split(' ')
        .skip(1)
        .map(
            |word| match desk.path(&format!("{folder}/{word}")).exists() {
                true => format!("@{folder}/{word}"),
                false if word == "-" => "@out.csv".to_owned(),
                false => word.to_owned(),
            },
        )
        .collect();
    desk.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_disagreement_leaves_a_bundle_that_screens_the_record_again() {
    let desk = desk_of_folders();
    let map = desk.path("map.toml").display().to_string();
    let day = Arc::new(StringArray::from(vec!["24.12.2025"]));
    let stop = fault(
        &desk,
        record(day),
        &["--map", &map, "--as-of", "2025-06-01"],
    );
    assert_eq!(stop.exit, Exit::Fault);
    let message = stop.message.expect("a message");
    assert!(message.contains("disagree on row 7 of in.csv"), "{message}");
    let help = stop.help.expect("help");
    assert!(
        help.contains("out.csv.fault, which shows it again"),
        "{help}"
    );
    let ran = again(&desk, "out.csv.fault");
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(desk.decisions(), ["A,deny,deny"]);
    assert_eq!(
        desk.text("out.csv.fault/mapping.toml"),
        desk.text("map.toml")
    );
}

#[test]
fn a_bundle_holds_the_files_of_lists() {
    let desk = desk_of_folders();
    let law = desk.text("law/cn/rules.interdict");
    desk.write(
        "law/cn/rules.interdict",
        law + "list a from \"a.csv\" { key id : text }\n",
    );
    desk.write("law/cn/a.csv", "id\nA\n");
    let day = Arc::new(StringArray::from(vec!["2025-12-24"]));
    assert_eq!(fault(&desk, record(day), &[]).exit, Exit::Fault);
    let ran = again(&desk, "out.csv.fault");
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
}

#[test]
fn a_record_of_typed_columns_keeps_its_types_and_bundles_never_overwrite_one_another() {
    let desk = desk_of_folders();
    for folder in ["out.csv.fault", "out.csv.fault-2"] {
        let day = Arc::new(Date32Array::from(vec![20_000]));
        fault(&desk, record(day), &[]);
        let ran = again(&desk, folder);
        assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
        assert_eq!(desk.decisions(), ["A,review,review"]);
        assert!(
            desk.text(&format!("{folder}/record.jsonl"))
                .contains("2024-10-04")
        );
    }
}

const TWICE: &str = "\
id,day,destination,Invoice Value
A,2025-06-01,KP,10
B,2025-06-01,DE,ten
 A,2025-06-01,DE,10
C,2025-06-01,,10
B,2025-06-01,KP,10
";

#[test]
fn repeated_keys_are_rejected_where_that_is_asked_for() {
    let desk = Desk::new();
    desk.write("in.csv", TWICE);
    desk.write(
        "more.csv",
        "id,day,destination,Invoice Value\nC,2025-06-01,KP,10\n,,,\nD,2025-06-01,KP,1\n",
    );
    let mut rejects = Vec::new();
    for threads in ["1", "3"] {
        let args = ["@more.csv", "--unique-keys", "--threads", threads];
        let args = args.map(|arg| match arg {
            "@more.csv" => desk.path("more.csv").display().to_string(),
            other => other.to_owned(),
        });
        let ran = desk.screen("in.csv", &args.each_ref().map(String::as_str));
        assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
        assert!(
            ran.err.contains("8 rows read: 3 screened, 5 rejected"),
            "{}",
            ran.err
        );
        assert!(
            ran.err.contains("1 record is open for lack of"),
            "{}",
            ran.err
        );
        assert_eq!(
            desk.decisions(),
            ["A,deny,deny", "C,review,deny", "D,deny,deny"]
        );
        rejects.push(desk.text("out.csv.rejects.csv"));
    }
    assert_eq!(rejects[0], rejects[1]);
    let rejected: Vec<&str> = rejects[0]
        .lines()
        .filter(|line| line.ends_with("earlier row has"))
        .collect();
    assert_eq!(rejected.len(), 3, "{}", rejects[0]);
    assert!(
        rejected[0].ends_with("in.csv,3,4,A,id,A,a key that no earlier row has"),
        "{}",
        rejected[0]
    );
    assert!(
        rejected[1].ends_with("in.csv,5,6,B,id,B,a key that no earlier row has"),
        "{}",
        rejected[1]
    );
    assert!(
        desk.text("out.csv.manifest.json")
            .contains("\"unique-keys\": true")
    );
    // Without the option a key may name several records.
    let ran = desk.screen("in.csv", &[]);
    assert!(
        ran.err.contains("5 rows read: 4 screened, 1 rejected"),
        "{}",
        ran.err
    );
    let ran = desk.run(&["screen", "@desk.interdict", "-", "-o", "-", "--unique-keys"]);
    assert_eq!(ran.exit, Exit::Usage);
}

#[test]
fn every_record_with_a_key_is_explained_or_one_of_them() {
    let desk = Desk::new();
    desk.write("in.csv", TWICE);
    let explain = |more: &[&str]| {
        let mut args = vec!["explain", "@desk.interdict", "@in.csv"];
        args.extend(more);
        desk.run(&args)
    };
    let both = explain(&["--key", "A"]);
    assert_eq!(both.exit, Exit::Done, "{}", both.err);
    assert!(
        both.out.contains("row 1, line 2") && both.out.contains("row 3, line 4"),
        "{}",
        both.out
    );
    assert!(both.err.contains("2 records have this key"), "{}", both.err);
    assert!(both.err.contains("`--row N` explains one"), "{}", both.err);
    let third = explain(&["--key", "A", "--row", "3"]);
    assert!(
        !third.out.contains("row 1, line 2") && third.out.contains("row 3, line 4"),
        "{}",
        third.out
    );
    assert_eq!(third.err, "");
    let fifth = explain(&["--row", "5"]);
    assert!(
        fifth.out.contains("id B") && fifth.out.contains("deny"),
        "{}",
        fifth.out
    );
    let second = explain(&["--row", "2"]);
    assert_eq!(second.exit, Exit::Rejects);
    assert!(second.out.contains("B is rejected"), "{}", second.out);
    let other = explain(&["--key", "A", "--row", "2"]);
    assert_eq!(other.exit, Exit::No);
    assert!(
        other.err.contains(
            "no record with the key `A` stands in row 2\n  help: the key stands in row 1, 3"
        ),
        "{}",
        other.err
    );
    let none = explain(&["--row", "6"]);
    assert!(
        none.err
            .contains("there is no row 6\n  help: the input has 5 rows"),
        "{}",
        none.err
    );
    assert_eq!(explain(&[]).exit, Exit::Usage);
}

#[test]
fn a_record_is_rejected_for_its_own_day_whatever_day_is_asked_for() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "id,day,destination,Invoice Value\nA,,KP,1\nB,2025-02-29,KP,1\nC,2024-02-29,KP,1\n",
    );
    let mut rejects = Vec::new();
    for more in [&[][..], &["--as-of", "2025-06-01"]] {
        let ran = desk.screen("in.csv", more);
        assert_eq!(ran.exit, Exit::Rejects);
        rejects.push(desk.text("out.csv.rejects.csv"));
    }
    assert_eq!(desk.decisions(), ["C,deny,deny"]);
    assert_eq!(rejects[0], rejects[1]);
    assert_eq!(rejects[0].lines().count(), 3);
}

#[test]
fn an_instant_without_a_day_in_the_policys_zone_is_rejected_and_no_fault() {
    let instant = POLICY
        .replace(": date", ": instant")
        .replace("version", "zone \"Asia/Shanghai\" version");
    let undated = instant.replace("  in force from 2025-01-01\n", "");
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "id,day,destination,Invoice Value\nA,9999-12-31T16:00:00Z,KP,1\nB,9999-12-31T15:59:59Z,KP,1\n",
    );
    for policy in [instant, undated] {
        desk.write("desk.interdict", policy);
        for more in [
            &[][..],
            &["--as-of", "2025-06-01"],
            &["--engine", "reference"],
        ] {
            let ran = desk.screen("in.csv", more);
            assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
            assert_eq!(desk.decisions(), ["B,deny,deny"]);
        }
        let explained = desk.run(&["explain", "@desk.interdict", "@in.csv", "--key", "A"]);
        assert_eq!(explained.exit, Exit::Rejects, "{}", explained.err);
    }
}

#[test]
fn nothing_that_a_run_reads_is_overwritten_and_that_is_said_before_it_begins() {
    let desk = Desk::new();
    desk.write("in.csv", BOOK);
    desk.write("map.toml", "[missing]\nspellings = [\"-\"]\n");
    let before = desk.names();
    let screen = |more: &[&str]| {
        let mut args = vec!["screen", "@desk.interdict", "@in.csv", "--map", "@map.toml"];
        args.extend(more);
        desk.run(&args)
    };
    for more in [
        &["-o", "@in.csv"][..],
        &["-o", "@desk.interdict", "--output-format", "csv"],
        &["-o", "@map.toml", "--output-format", "csv"],
        &["-o", "@out.csv", "--rejects", "@in.csv"],
        &["-o", "@out.csv", "--rejects", "@desk.interdict"],
        &["-o", "@out.csv", "--rejects", "@out.csv"],
        &["-o", "@out.csv", "--rejects", "@out.csv.manifest.json"],
        &["-o", "-", "--rejects", "-"],
        &["-o", "@no/out.csv"],
        &["-o", "@."],
    ] {
        let ran = screen(more);
        assert_eq!(ran.exit, Exit::Usage, "{more:?}: {}", ran.err);
        assert_eq!(desk.names(), before, "{more:?}");
    }
    assert_eq!(desk.text("desk.interdict"), POLICY);
}
