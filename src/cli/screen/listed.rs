//! Lists that are read from files, as a user of `screen` and the other commands meets them.

use super::tests::Desk;
use crate::cli::Exit;

const POLICY: &str = "\
policy listed { title \"Listed\" }
record shipment { key id : text  as of day : date  consignee : text? }
verdicts clear < deny
list parties from \"parties.csv\" { key name : text  recorded recorded  grade : int?  recorded : date }
rule found \"Found\" { when consignee in parties and parties[consignee].grade >= 2 then deny }
test \"found\" { given { id: \"T\", day: 2026-01-01, consignee: \"Example Metals\" } expect deny }
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("desk.interdict", POLICY);
    desk.write(
        "parties.csv",
        "name,grade,recorded\nAcme Trading,1,2025-01-01\nExample Metals,2,2025-06-01\n",
    );
    desk.write(
        "in.csv",
        "id,day,consignee\nA,2026-01-01,Acme Trading\nB,2026-01-01,Example Metals\nC,2026-01-01,\n",
    );
    desk
}

#[test]
fn the_manifest_names_every_list_file_with_its_hash() {
    let desk = desk();
    let ran = desk.screen("in.csv", &["--keep", "all"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(
        desk.decisions(),
        ["A,clear,clear", "B,deny,deny", "C,deny,deny"]
    );
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.text("out.csv.manifest.json")).expect("JSON");
    let data = manifest["data"].as_array().expect("files");
    assert_eq!(data.len(), 1);
    let hash = crate::input::hash::sha256(desk.text("parties.csv").as_bytes());
    assert_eq!(data[0]["sha256"], hash.as_str());
    assert!(
        data[0]["file"]
            .as_str()
            .expect("a name")
            .ends_with("/parties.csv")
    );
    assert!(manifest["options"].get("known-at").is_none());
}

#[test]
fn rows_recorded_later_are_left_out() {
    let desk = desk();
    let ran = desk.screen("in.csv", &["--keep", "all", "--known-at", "2025-05-31"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert_eq!(
        desk.decisions(),
        ["A,clear,clear", "B,clear,clear", "C,deny,deny"]
    );
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.text("out.csv.manifest.json")).expect("JSON");
    assert_eq!(manifest["options"]["known-at"], "2025-05-31");
    let test = |more: &[&str]| {
        desk.run(&[&["test", "@desk.interdict"], more].concat())
            .exit
    };
    assert_eq!(test(&[]), Exit::Done);
    assert_eq!(test(&["--known-at", "2025-06-01"]), Exit::Done);
    assert_eq!(test(&["--known-at", "2025-05-31"]), Exit::No);
    let check = desk.run(&["check", "@desk.interdict", "--known-at", "2025-05-31"]);
    assert_eq!(check.exit, Exit::Done, "{}", check.err);
}

#[test]
fn an_explanation_names_the_row() {
    let desk = desk();
    let explain = |more: &[&str]| {
        let args = ["explain", "@desk.interdict", "@in.csv", "--key", "B"];
        desk.run(&[&args, more].concat()).out
    };
    let found = explain(&[]);
    assert!(found.contains("in parties: line 3 of "), "{found}");
    assert!(found.contains("parties.grade is 2 (line 3 of "), "{found}");
    let before = explain(&["--known-at", "2025-05-31", "--rule", "found"]);
    assert!(!before.contains("in parties: "), "{before}");
}

#[test]
fn a_list_file_is_not_written_over() {
    let desk = desk();
    let before = desk.text("parties.csv");
    let ran = desk.run(&["screen", "@desk.interdict", "@in.csv", "-o", "@parties.csv"]);
    assert_eq!(ran.exit, Exit::Usage, "{}", ran.err);
    assert_eq!(desk.text("parties.csv"), before);
}

#[test]
fn nothing_runs_with_a_list_that_is_not_whole() {
    let desk = desk();
    for broken in [
        "name,grade,recorded\n",
        "name,grade\nA,1\n",
        "name,grade,recorded\nA,x,2025-01-01\n",
    ] {
        desk.write("parties.csv", broken);
        let ran = desk.screen("in.csv", &[]);
        assert_eq!(ran.exit, Exit::No, "{}", ran.err);
        assert!(ran.err.contains("error[E080"), "{}", ran.err);
        assert!(super::tests::nothing_written(&desk));
    }
    std::fs::remove_file(desk.path("parties.csv")).expect("it was there");
    assert_eq!(desk.screen("in.csv", &[]).exit, Exit::No);
}
