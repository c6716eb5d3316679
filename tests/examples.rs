//! The shipped examples: they check, their tests pass, and their records come to the decisions kept beside them.
//!
//! `examples/trade/expected.csv` and `examples/quickstart/expected.csv` were worked out from `docs/semantics.md` by an
//! evaluator that shares nothing with this program; what the trade book says of later policies and rules was worked out
//! by hand from the same page.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The lists of the trade book, which a file of rows cannot hold.
const TRADE_CHILDREN: [&str; 4] = [
    "--child",
    "parties=examples/trade/parties.csv",
    "--child",
    "components=examples/trade/components.csv",
];

const POLICIES: [&str; 12] = [
    "examples/quickstart/magnets.interdict",
    "examples/trade/cn",
    "examples/trade/us",
    "examples/deliveries/deliveries.interdict",
    "examples/components/components.interdict",
    "examples/lists/lists.interdict",
    "examples/content/content.interdict",
    "examples/affiliates/affiliates.interdict",
    "examples/reasons/reasons.interdict",
    "examples/trade/eu",
    "examples/trade/house",
    "examples/orders/orders.interdict",
];

/// Runs the program in the package's folder.
fn interdict(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_interdict"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts")
}

fn messages(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr];
    texts.map(|text| String::from_utf8_lossy(text)).join("\n")
}

/// Screens into a folder of its own and gives the decisions' path.
fn screen(folder: &Path, arguments: &[&str], status: i32) -> PathBuf {
    let decisions = folder.join("decisions.csv");
    let mut all = vec!["screen"];
    all.extend(arguments);
    let out = decisions.display().to_string();
    all.extend(["--keep", "all", "-o", &out]);
    let output = interdict(&all);
    assert_eq!(output.status.code(), Some(status), "{}", messages(&output));
    decisions
}

/// Rows of a CSV file by their first field, each with its fields by column.
fn rows(path: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a CSV file");
    let header = reader.headers().expect("a header").clone();
    reader
        .records()
        .map(|record| {
            let record = record.expect("a row");
            let fields = header.iter().zip(record.iter());
            let fields = fields.map(|(name, text)| (name.to_owned(), text.to_owned()));
            (record[0].to_owned(), fields.collect())
        })
        .collect()
}

/// Every kept row is there with the same fields, and no other.
fn assert_same_decisions(kept: &str, got: &Path) {
    let kept = rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join(kept));
    let got = rows(got);
    for (key, wanted) in &kept {
        let found = got
            .get(key)
            .unwrap_or_else(|| panic!("no decision on {key}"));
        for (column, text) in wanted {
            assert_eq!(found.get(column), Some(text), "`{column}` of {key}");
        }
    }
    assert_eq!(got.len(), kept.len(), "a decision that is not kept");
}

#[test]
fn every_example_checks_without_a_message() {
    for policy in POLICIES {
        let output = interdict(&["check", policy]);
        assert!(output.status.success(), "{policy}: {}", messages(&output));
        let said = messages(&output);
        assert!(!said.contains("warning"), "{policy}: {said}");
    }
}

#[test]
fn the_tests_of_every_example_pass() {
    for policy in POLICIES {
        let output = interdict(&["test", policy]);
        assert!(output.status.success(), "{policy}: {}", messages(&output));
    }
}

#[test]
fn the_quickstart_comes_to_the_decisions_kept_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = [POLICIES[0], "examples/quickstart/shipments.csv"];
    let decisions = screen(folder.path(), &arguments, 3);
    assert_same_decisions("examples/quickstart/expected.csv", &decisions);
}

#[test]
fn the_components_come_to_the_decisions_kept_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    for engine in ["jit", "portable", "reference"] {
        let book = "examples/components/shipments.jsonl";
        let arguments = [POLICIES[4], book, "--engine", engine, "--verify", "all"];
        let decisions = screen(folder.path(), &arguments, 3);
        assert_same_decisions("examples/components/expected.csv", &decisions);
        let rejects = folder.path().join("decisions.csv.rejects.csv");
        let rejects = std::fs::read_to_string(rejects).expect("the rejects");
        let wanted = "6,6,S-6,components[2].value,five,\"an amount in USD that is not negative, such as 1234.50\"";
        assert!(rejects.contains(wanted), "{rejects}");
    }
}

#[test]
fn components_from_child_tables_come_to_the_same_decisions() {
    let folder = tempfile::tempdir().expect("a folder");
    let children = [
        "--child",
        "components=examples/components/components.csv",
        "--child",
        "components.parts=examples/components/parts.csv",
    ];
    for engine in ["jit", "portable", "reference"] {
        let book = "examples/components/shipments.csv";
        let arguments = [POLICIES[4], book, "--engine", engine, "--verify", "all"];
        let decisions = screen(folder.path(), &[&arguments[..], &children].concat(), 3);
        // Nobody knows the components of S-4, which a child table cannot say.
        let mut kept =
            rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/components/expected.csv"));
        assert!(kept.remove("S-4").is_some());
        let got = rows(&decisions);
        assert_eq!(got.len(), kept.len());
        for (key, wanted) in &kept {
            for (column, text) in wanted {
                assert_eq!(got[key].get(column), Some(text), "`{column}` of {key}");
            }
        }
        let rejects = folder.path().join("decisions.csv.rejects.csv");
        let rejects = std::fs::read_to_string(rejects).expect("the rejects");
        let wanted = "5,6,S-6,components[2].value,five,\"an amount in USD that is not negative, such as 1234.50 (line 8 of examples/components/components.csv)\"";
        assert!(rejects.contains(wanted), "{rejects}");
    }
}

#[test]
fn the_lists_come_to_the_decisions_kept_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    for engine in ["jit", "portable", "reference"] {
        let book = "examples/lists/shipments.csv";
        let arguments = [POLICIES[5], book, "--engine", engine, "--verify", "all"];
        let decisions = screen(folder.path(), &arguments, 0);
        assert_same_decisions("examples/lists/expected.csv", &decisions);
    }
}

#[test]
fn the_affiliates_come_to_the_decisions_kept_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    for engine in ["jit", "portable", "reference"] {
        let book = "examples/affiliates/shipments.csv";
        let arguments = [POLICIES[7], book, "--engine", engine, "--verify", "all"];
        let decisions = screen(folder.path(), &arguments, 0);
        assert_same_decisions("examples/affiliates/expected.csv", &decisions);
        let manifest = folder.path().join("decisions.csv.manifest.json");
        let manifest = std::fs::read_to_string(manifest).expect("the manifest");
        for file in ["listed.csv", "ownership.csv"] {
            assert!(manifest.contains(file), "{manifest}");
        }
    }
}

#[test]
fn the_reasons_come_to_the_decisions_kept_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    for engine in ["jit", "portable", "reference"] {
        let book = "examples/reasons/shipments.jsonl";
        let arguments = [POLICIES[8], book, "--engine", engine, "--verify", "all"];
        let decisions = screen(folder.path(), &arguments, 0);
        assert_same_decisions("examples/reasons/expected.csv", &decisions);
    }
}

#[test]
fn the_orders_come_to_the_decisions_kept_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    for options in [
        &["--engine", "jit"][..],
        &[
            "--engine",
            "portable",
            "--threads",
            "3",
            "--child-memory",
            "0",
        ],
        &["--engine", "reference", "--threads", "1", "--unique-keys"],
    ] {
        let book = "examples/orders/shipments.csv";
        let arguments = [&[POLICIES[11], book, "--verify", "all"], options].concat();
        let decisions = screen(folder.path(), &arguments, 3);
        assert_same_decisions("examples/orders/expected.csv", &decisions);
    }
}

#[test]
fn rejected_rows_keep_their_groups_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("decisions.csv");
    let screened = |policy: &str, book: &Path, format: &str| {
        let arguments = [
            "screen",
            policy,
            &book.display().to_string(),
            "-o",
            &out.display().to_string(),
        ];
        let output = interdict(&[&arguments[..], &["--format", format]].concat());
        assert_eq!(output.status.code(), Some(3), "{}", messages(&output));
        messages(&output)
    };
    let read = |path: &Path| std::fs::read_to_string(path).expect("it was written");
    let book = Path::new("examples/orders/shipments.csv");
    let said = screened(POLICIES[11], book, "human");
    let note = "note: 1 rejected row may count in aggregates: what would change with them is open";
    assert!(said.contains(note), "{said}");
    // Its order and its consignee are known, its day is not.
    let decisions = read(&out);
    assert!(decisions.contains("S-12,license,license,"), "{decisions}");
    assert!(
        decisions.contains(
            "S-14,review,license,,electronics;lvs;many_small_ones,month_count;order_value,,"
        ),
        "{decisions}"
    );
    let counts: serde_json::Value =
        serde_json::from_str(&screened(POLICIES[11], book, "json")).expect("JSON");
    let wanted = serde_json::json!({ "rejected_in_part": 1, "rejected_unreadable": 0 });
    assert_eq!(counts["aggregates"], wanted);
    let manifest = read(&folder.path().join("decisions.csv.manifest.json"));
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["aggregates"], wanted);

    // Of a line that was torn apart nothing is known.
    let torn = folder.path().join("torn.csv");
    let text = read(book).replace("S-15,someday,PO-9", "S-15,2026-04-11");
    std::fs::write(&torn, text).expect("a file");
    let said = screened(POLICIES[11], &torn, "human");
    let note = "note: nothing can be read of 1 rejected row, so no aggregate is known";
    assert!(said.contains(note), "{said}");
    let decisions = read(&out);
    assert!(
        decisions.contains("S-05,review,license,,electronics;lvs,"),
        "{decisions}"
    );
    // What comes to too much comes to too much whatever else there is.
    assert!(
        decisions.contains("S-03,license,license,electronics;many_small_ones,"),
        "{decisions}"
    );

    let folder = "examples/quickstart";
    let magnets = screened(
        &format!("{folder}/magnets.interdict"),
        &Path::new(folder).join("shipments.csv"),
        "human",
    );
    assert!(!magnets.contains("aggregates"), "{magnets}");
}

#[test]
fn an_explanation_says_of_how_many_records_an_aggregate_is() {
    let book = "examples/orders/shipments.csv";
    let explained = |key: &str| {
        let output = interdict(&["explain", POLICIES[11], book, "--key", key]);
        assert!(output.status.success(), "{}", messages(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let known = explained("S-04");
    let count = "true: month_count is 4 (of 4 records in the last 30 days)";
    assert!(known.contains(count), "{known}");
    assert!(known.contains("(settled:"), "{known}");
    let open = explained("S-08");
    let value = "order_value is at least 100 USD (of 1 to 14 records)";
    assert!(open.contains(value), "{open}");
    assert!(
        open.contains("open for lack of order_id, order_value"),
        "{open}"
    );
}

#[test]
fn aggregates_are_not_read_from_standard_input() {
    for command in [
        &[
            "screen",
            POLICIES[11],
            "-",
            "--input-format",
            "csv",
            "-o",
            "-",
        ][..],
        &[
            "explain",
            POLICIES[11],
            "-",
            "--input-format",
            "csv",
            "--row",
            "1",
        ],
    ] {
        let output = interdict(command);
        assert_eq!(output.status.code(), Some(2), "{}", messages(&output));
        let said = "standard input cannot be read twice, as the aggregate `order_value` asks";
        assert!(messages(&output).contains(said), "{}", messages(&output));
    }
}

#[test]
fn the_american_policy_is_not_screened_from_standard_input() {
    let input = ["-", "--input-format", "csv", "-o", "-"];
    let output = interdict(&[&["screen", POLICIES[2]][..], &input].concat());
    assert_eq!(output.status.code(), Some(2), "{}", messages(&output));
    let said = "standard input cannot be read twice, as the aggregate `carried_value` asks";
    assert!(messages(&output).contains(said), "{}", messages(&output));
}

#[test]
fn a_rule_made_for_each_element_is_explained_by_either_name() {
    let explained = |rule: &str| {
        let book = "examples/reasons/shipments.jsonl";
        let arguments = ["explain", POLICIES[8], book, "--key", "S-2", "--rule", rule];
        let output = interdict(&arguments);
        assert!(output.status.success(), "{}", messages(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let one = explained("regime[3A001]");
    assert!(one.contains("applies: regime[3A001], Regimes"), "{one}");
    assert!(one.contains("item is 3A001 (line 2 of"), "{one}");
    assert!(one.contains("item.above is 1000 USD"), "{one}");
    assert!(!one.contains("regime[5A002]"), "{one}");
    let all = explained("regime");
    for element in ["3A001", "5A002", "9A004", "9A004.f"] {
        assert!(all.contains(&format!("regime[{element}]")), "{all}");
    }
}

#[test]
fn a_changed_byte_of_a_list_changes_the_manifest() {
    let folder = tempfile::tempdir().expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/affiliates");
    std::fs::create_dir(folder.path().join("lists")).expect("a folder");
    let files = ["affiliates.interdict", "shipments.csv", "lists/listed.csv"];
    for file in files.iter().chain(&["lists/ownership.csv"]) {
        std::fs::copy(example.join(file), folder.path().join(file)).expect("a copy");
    }
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (policy, book) = (file("affiliates.interdict"), file("shipments.csv"));
    // Each with its hash.
    let lists = || {
        screen(folder.path(), &[&policy, &book], 0);
        let manifest = std::fs::read_to_string(file("decisions.csv.manifest.json"));
        let manifest: serde_json::Value =
            serde_json::from_str(&manifest.expect("the manifest")).expect("JSON");
        manifest["data"].clone()
    };
    let before = lists();
    assert_eq!(before.as_array().map(Vec::len), Some(2), "{before}");
    assert_eq!(before, lists());
    let listed = std::fs::read_to_string(file("lists/listed.csv")).expect("the list");
    let changed = listed.replacen("Northgate", "Northgote", 1);
    assert_ne!(listed, changed, "one byte");
    std::fs::write(file("lists/listed.csv"), changed).expect("the list");
    assert_ne!(before, lists());
}

#[test]
fn the_tables_and_due_dates_come_to_the_decisions_kept_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    for engine in ["jit", "portable", "reference"] {
        let book = "examples/content/shipments.csv";
        let arguments = [POLICIES[6], book, "--engine", engine, "--verify", "all"];
        let decisions = screen(folder.path(), &arguments, 0);
        assert_same_decisions("examples/content/expected.csv", &decisions);
        let manifest = folder.path().join("decisions.csv.manifest.json");
        let manifest = std::fs::read_to_string(manifest).expect("the manifest");
        for file in ["closed.csv", "free_below.csv"] {
            assert!(manifest.contains(file), "{manifest}");
        }
    }
}

#[test]
fn lists_as_they_were_known_leave_out_what_was_recorded_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = "examples/lists/shipments.csv";
    let verdict = |known_at: &str| {
        let arguments = [POLICIES[5], book, "--known-at", known_at];
        rows(&screen(folder.path(), &arguments, 0))["S-002"]["verdict"].clone()
    };
    assert_eq!(verdict("2025-04-01"), "clear");
    assert_eq!(verdict("2025-04-02"), "review");
}

/// A look-back: the house wrote a name down months after the day from which it counts.
#[test]
fn the_house_knows_a_name_from_the_day_it_was_written_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let verdict = |known_at: &str| {
        let book = "examples/trade/shipments.csv";
        let arguments = [POLICIES[10], book, "--known-at", known_at];
        let arguments = [&arguments[..], &TRADE_CHILDREN].concat();
        rows(&screen(folder.path(), &arguments, 3))["HO-003"]["verdict"].clone()
    };
    assert_eq!(verdict("2026-01-11"), "clear");
    assert_eq!(verdict("2026-01-12"), "license");
}

#[test]
fn the_trade_book_comes_to_the_decisions_kept_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for engine in ["jit", "portable", "reference"] {
        let arguments = [
            "examples/trade/cn",
            "examples/trade/us",
            "examples/trade/eu",
            "examples/trade/house",
            "examples/trade/shipments.csv",
            "--engine",
            engine,
        ];
        let arguments = [&arguments[..], &TRADE_CHILDREN].concat();
        let decisions = screen(folder.path(), &arguments, 3);
        assert_same_decisions("examples/trade/expected.csv", &decisions);
    }
}

/// Made-up books are read as they are written; what CSV holds in child tables differs in missing lists alone.
#[test]
fn made_up_trade_is_screened_without_a_reject() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let mut decided = Vec::new();
    for name in ["book.csv", "book.jsonl", "book.parquet"] {
        let book = file(name);
        let made = interdict(&["data", "synth", "--rows", "2000", "-o", &book]);
        assert!(made.status.success(), "{}", messages(&made));
        let children = [
            format!("parties={}", file("book.parties.csv")),
            format!("components={}", file("book.components.csv")),
        ];
        let mut arguments = vec!["examples/trade/cn", "examples/trade/us", &book];
        if name == "book.csv" {
            arguments.extend(["--child", &children[0], "--child", &children[1]]);
        }
        decided.push(rows(&screen(folder.path(), &arguments, 0)));
    }
    assert_eq!(decided[1], decided[2]);
    let differ = decided[0].values().zip(decided[1].values());
    let differ = differ.filter(|(csv, json)| csv != json);
    assert!(differ.clone().count() < 50);
    for (csv, json) in differ {
        let lists = json["missing"].contains("parties") || json["missing"].contains("components");
        // A missing amount is what the components add up to, where they are known.
        let amounts = json["missing"].contains("_content");
        assert!(lists || amounts, "{csv:?} {json:?}");
    }
}

#[test]
fn relief_is_reported_within_working_days_of_the_chinese_calendar() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trade/shipments.csv");
    let book = std::fs::read_to_string(book).expect("the book");
    let relief = book.lines().find(|row| row.starts_with("AB-008,"));
    let relief = relief.expect("a shipment for disaster relief");
    let on = |day: &str| relief.replace("2026-12-02", day);
    let header = book.lines().next().expect("a header");
    // A Thursday behind the holidays of October 2025, of which week the Saturday is worked; and one that leads into 2027.
    let record = format!("{header}\n{}\n{}\n", on("2025-10-09"), on("2026-12-21"));
    let book = folder.path().join("book.csv");
    std::fs::write(&book, record).expect("a book");
    let book = book.to_str().expect("a path in UTF-8");
    let mapping = folder.path().join("without_lists.toml");
    std::fs::write(&mapping, "[columns]\nparties = false\ncomponents = false\n").expect("a file");
    let mapping = mapping.display().to_string();
    let arguments = ["examples/trade/cn", book, "--map", &mapping];
    let decisions = screen(folder.path(), &arguments, 0);
    let decisions = std::fs::read_to_string(decisions).expect("the decisions");
    let due = "report to MOFCOM by e-mail with an undertaking (by 2025-10-22)";
    assert!(decisions.contains(due), "{decisions}");
    let unknown =
        "(within 10 working days of beijing after 2026-12-21; the calendar lists no day of 2027)";
    assert!(decisions.contains(unknown), "{decisions}");
}

#[test]
fn the_trade_book_shows_every_verdict() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/trade/expected.csv");
    let kept = rows(&kept);
    for verdict in [
        "clear",
        "guidance",
        "report",
        "review",
        "license",
        "case_by_case",
        "presume_denial",
        "deny",
    ] {
        assert!(
            kept.values().any(|row| row["verdict"] == verdict),
            "{verdict}"
        );
    }
}

/// Rows read, screened and rejected, from the manifest's counts.
fn screened_and_rejected(folder: &Path, input: &str, status: i32) -> (usize, usize) {
    let rejects = folder.join("rejects.csv").display().to_string();
    let arguments = [
        POLICIES[3],
        input,
        "--map",
        "examples/deliveries/deliveries.toml",
        "--rejects",
        &rejects,
    ];
    let decisions = screen(folder, &arguments, status);
    let rejected = csv::Reader::from_path(&rejects).map_or(0, |mut file| file.records().count());
    (rows(&decisions).len(), rejected)
}

#[test]
fn deliveries_with_the_faults_of_real_files_are_screened_or_rejected() {
    let folder = tempfile::tempdir().expect("a folder");
    let counts = screened_and_rejected(folder.path(), "examples/deliveries/deliveries.csv", 3);
    assert_eq!(counts, (11, 3));
    assert_same_decisions(
        "examples/deliveries/expected.csv",
        &folder.path().join("decisions.csv"),
    );
}

/// The file that the deliveries example was made for does not ship; where it is at hand, no row of it gets lost.
#[test]
fn no_row_of_the_real_delivery_file_gets_lost() {
    let real = "../shared/data/scms_delivery_history.csv";
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join(real).exists() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(screened_and_rejected(folder.path(), real, 0), (10_324, 0));
}
