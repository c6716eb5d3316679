//! A run whose engine and reference evaluator disagree stops and leaves nothing behind.

use super::*;
use crate::check::check_text;
use crate::ir;
use crate::model::Model;
use crate::screen::{Engine, Options, Verify};

fn model(share: &str) -> Arc<Model> {
    let text = format!(
        "policy p {{ title \"t\" }}
         record r {{ key id : text  as of day : date  amount : money USD? }}
         verdicts clear < deny
         otherwise clear
         when unknown deny
         rule large \"r\" {{ when amount >= {share} USD then deny }}"
    );
    let checked = check_text("p.interdict", &text);
    let model = checked.model;
    Arc::new(model.unwrap_or_else(|| panic!("{:?}", checked.diagnostics)))
}

/// Screens 40 records, `at` with an amount that two policies judge differently: the engine by the one, the reference
/// evaluator by the other.
fn run(at: usize, verify: Verify) -> (Result<Report, ScreenError>, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("in.csv");
    let amount = |row: usize| if row == at { 150 } else { 10 };
    let rows = (1..=40).map(|row| format!("{row},2025-06-01,{}\n", amount(row)));
    let text = format!("id,day,amount\n{}", rows.collect::<String>());
    std::fs::write(&input, text).expect("a file");
    let options = Options {
        engine: Engine::Portable,
        as_of: None,
        verify,
    };
    let engine = ir::lower(&model("200"));
    let screener = Screener::of_program(model("100"), engine, options).expect("one kernel");
    let job = Job {
        screener: &screener,
        mapping: &Mapping::default(),
        inputs: vec![InputSpec::new(input)],
        children: Vec::new(),
        child_memory: children::MEMORY,
        also_read: Vec::new(),
        output: folder.path().join("out.csv"),
        kind: OutputKind::Csv,
        keep: Keep::All,
        carry: Carry::Key,
        rejects: None,
        page: None,
        max_rejects: None,
        unique_keys: false,
        threads: 1,
    };
    let facts = Facts {
        policies: Vec::new(),
        data: Vec::new(),
        mapping: None,
        options: serde_json::Map::new(),
        engine: "portable".to_owned(),
    };
    let report = screen(&job, facts, |_, _| {});
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("UTF-8")
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    (report, names)
}

#[test]
fn a_record_that_the_evaluators_judge_differently_stops_the_run() {
    for (at, verify) in [(7, Verify::Sample), (7, Verify::All), (40, Verify::All)] {
        let (report, names) = run(at, verify);
        let Err(ScreenError::Fault(fault)) = report else {
            panic!("record {at} under {verify:?}: {report:?}");
        };
        assert_eq!(fault.row.as_ref().expect("a record").row, at as u64);
        let what = &fault.found.what;
        assert!(what.contains("the engine says: verdict clear"), "{what}");
        assert!(what.contains("evaluator says: verdict deny"), "{what}");
        let amount = ("amount".to_owned(), "150 USD".to_owned());
        assert!(fault.found.record.contains(&amount), "{:?}", fault.found);
        assert_eq!(names, ["in.csv"], "nothing is written");
    }
}

#[test]
fn only_records_of_the_sample_are_judged_again() {
    for (at, verify) in [(40, Verify::Sample), (7, Verify::None)] {
        let (report, names) = run(at, verify);
        let report = report.unwrap_or_else(|error| panic!("record {at} under {verify:?}: {error}"));
        assert_eq!(report.kept, 40);
        assert!(names.contains(&"out.csv".to_owned()), "{names:?}");
    }
}
