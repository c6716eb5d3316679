//! Child tables as a user of `screen` and `explain` meets them.

use super::tests::Desk;
use crate::cli::Exit;
use crate::input::hash::sha256;

const POLICY: &str = "\
policy desk { title \"Desk\" }
record shipment { key id : text  as of day : date  value : money USD  components : list of component? }
record component { name : text  value : money USD?  parts : list of part? }
record part { origin : country? }
verdicts clear < review < deny
otherwise clear
when unknown review
rule dear \"Dear\" { when sum(c.value for c in components) > value then review }
rule guarded \"Guarded\" { when any c in components satisfies any p in c.parts satisfies p.origin = KP then deny }
";

const TABLES: [&str; 4] = [
    "--child",
    "components=COMPONENTS",
    "--child",
    "components.parts=PARTS",
];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("desk.interdict", POLICY);
    desk.write(
        "in.csv",
        "id,day,value\nA,2026-01-01,100\nB,2026-01-01,100\nC,2026-01-01,100\nD,2026-01-01,100\n",
    );
    desk.write(
        "components.csv",
        "id,name,value\nD,d,1\nB,b,60\nB,c,50\nA,a,5\n",
    );
    desk.write("parts.csv", "id,components,origin\nD,1,KP\nB,2,DE\n");
    desk
}

/// The options that join both tables.
fn tables(desk: &Desk) -> Vec<String> {
    let path = |name: &str| desk.path(name).display().to_string();
    TABLES
        .map(|word| {
            word.replace("COMPONENTS", &path("components.csv"))
                .replace("PARTS", &path("parts.csv"))
        })
        .to_vec()
}

fn screen(desk: &Desk, more: &[&str]) -> crate::cli::tests::Ran {
    let tables = tables(desk);
    let mut all: Vec<&str> = tables.iter().map(String::as_str).collect();
    all.extend(["--keep", "all"]);
    all.extend(more);
    desk.screen("in.csv", &all)
}

#[test]
fn lists_come_from_child_tables() {
    let desk = desk();
    let mut kept: Option<String> = None;
    for engine in ["jit", "portable", "reference"] {
        for threads in ["1", "3"] {
            for memory in ["0", "1000000"] {
                let more = ["--engine", engine, "--threads", threads, "--verify", "all"];
                let ran = screen(&desk, &[&more[..], &["--child-memory", memory]].concat());
                assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
                let text = desk.text("out.csv");
                assert_eq!(kept.get_or_insert_with(|| text.clone()), &text);
            }
        }
    }
    assert_eq!(
        desk.decisions(),
        [
            "A,clear,clear",
            "B,review,review",
            "C,clear,clear",
            "D,deny,deny"
        ]
    );
}

#[test]
fn a_table_without_rows_is_said_to_leave_every_list_empty() {
    let desk = desk();
    let whole = screen(&desk, &[]);
    assert!(!whole.err.contains("0 rejected, since"), "{}", whole.err);
    desk.write("components.csv", "id,name,value\n");
    desk.write("parts.csv", "id,components,origin\n");
    let ran = screen(&desk, &[]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let warning = "components.csv has no rows, so `components` is empty in every record";
    assert!(ran.err.contains(warning), "{}", ran.err);
}

#[test]
fn the_manifest_and_the_summary_say_what_was_joined() {
    let desk = desk();
    desk.write(
        "components.csv",
        "id,name,value\nD,d,1\nX,x,1\nB,b,60\nB,c,50\nA,a,5",
    );
    let ran = screen(&desk, &[]);
    assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
    assert!(
        ran.err.contains("4 rows read: 4 screened, 0 rejected"),
        "{}",
        ran.err
    );
    let line = "components.csv read for `components`: 1 rejected, since no record has their key";
    assert!(ran.err.contains(line), "{}", ran.err);
    assert!(ran.err.contains("has no line end"), "{}", ran.err);
    let rejects = desk.text("out.csv.rejects.csv");
    let row = "/components.csv,2,3,X,id,X,the key of a record\n";
    assert!(
        rejects.ends_with(row) && rejects.lines().count() == 2,
        "{rejects}"
    );
    let manifest: serde_json::Value =
        serde_json::from_str(&desk.text("out.csv.manifest.json")).expect("JSON");
    assert_eq!(manifest["inputs"].as_array().map(Vec::len), Some(1));
    let children = manifest["children"].as_array().expect("tables");
    assert_eq!(children.len(), 2);
    for (child, list, file, rows, orphans) in [
        (&children[0], "components", "components.csv", 5, 1),
        (&children[1], "components.parts", "parts.csv", 2, 0),
    ] {
        assert_eq!(child["list"], list);
        assert!(
            child["file"]
                .as_str()
                .is_some_and(|name| name.ends_with(file))
        );
        assert_eq!(child["sha256"], sha256(desk.text(file).as_bytes()).as_str());
        assert_eq!(
            (&child["rows"], &child["orphans"]),
            (&rows.into(), &orphans.into())
        );
    }
    assert_eq!(manifest["rows"]["read"], 4);
    let ran = screen(&desk, &["--format", "json"]);
    assert!(ran.err.contains("\"orphans\":1"), "{}", ran.err);
    let ran = screen(&desk, &["--max-rejects", "0"]);
    assert_eq!(ran.exit, Exit::Unreadable);
    assert!(
        ran.err.contains("components.csv, row 2, line 3, `id`"),
        "{}",
        ran.err
    );
}

#[test]
fn a_bad_cell_of_a_child_row_rejects_the_record_and_is_named_with_its_place() {
    let desk = desk();
    desk.write(
        "components.csv",
        "id,name,value\nD,d,1\n\nB,b,60\nB,c,fifty\nA,,5\n",
    );
    desk.write("parts.csv", "id,components,origin\nD,1,Korea\n");
    let ran = screen(&desk, &[]);
    assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
    assert_eq!(desk.decisions(), ["C,clear,clear"]);
    let rejects = desk.text("out.csv.rejects.csv");
    let folder = crate::input::errors::shown(&desk.path(""));
    let rejects = rejects.replace(&folder, "");
    let lines: Vec<&str> = rejects.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "in.csv,1,2,A,components[1].name,,a text (the field is not optional) (line 6 of components.csv)",
            "in.csv,2,3,B,components[2].value,fifty,\"an amount in USD that is not negative, such as 1234.50 (line 5 of components.csv)\"",
            "in.csv,4,5,D,components[1].parts[1].origin,Korea,a country code such as CN (line 2 of parts.csv)",
        ]
    );
}

#[test]
fn explain_joins_as_screen_does() {
    let desk = desk();
    let tables = tables(&desk);
    let explain = |key: &str| {
        let mut all = vec!["explain", "@desk.interdict", "@in.csv", "--key", key];
        all.extend(tables.iter().map(String::as_str));
        desk.run(&all)
    };
    let ran = explain("D");
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    assert!(ran.out.contains("deny"), "{}", ran.out);
    desk.write("parts.csv", "id,components,origin\nD,1,Korea\n");
    let ran = explain("D");
    assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
    assert!(ran.out.contains("(line 2 of "), "{}", ran.out);
}

#[test]
fn describe_reads_child_tables_too() {
    let desk = desk();
    let tables = tables(&desk);
    let mut all = vec!["data", "describe", "@in.csv"];
    all.extend(tables.iter().map(String::as_str));
    all.extend(["--policy", "@desk.interdict"]);
    let ran = desk.run(&all);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let wanted = [
        "components.csv: 4 rows of `components`, each of a record",
        "components (lists)",
        "every row can be screened",
    ];
    for wanted in wanted {
        assert!(ran.out.contains(wanted), "{}", ran.out);
    }
    desk.write("parts.csv", "id,components,origin\nX,1,KP\nB,1,Korea\n");
    let ran = desk.run(&all);
    let wanted = [
        "the key of 1 is that of no record",
        "components: 1 value cannot be read",
    ];
    for wanted in wanted {
        assert!(ran.out.contains(wanted), "{}", ran.out);
    }
    assert!(
        !ran.out.contains("every row can be screened"),
        "{}",
        ran.out
    );
}

#[test]
fn copied_columns_are_those_of_the_records() {
    let desk = desk();
    let ran = screen(&desk, &["--columns", "all"]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let header = desk.text("out.csv").lines().next().map(str::to_owned);
    assert!(header.is_some_and(|header| header.starts_with("id,day,value,verdict,")));
    desk.write("in.csv", "id,day,value,components\nA,2026-01-01,100,3\n");
    let ran = screen(&desk, &["--columns", "all"]);
    assert_eq!(ran.exit, Exit::Unreadable, "{}", ran.err);
    assert!(
        ran.err.contains("the file has a column `components`"),
        "{}",
        ran.err
    );
    let ran = screen(&desk, &[]);
    assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
}

#[test]
fn a_child_table_is_not_written_over_and_one_that_is_not_there_stops_the_run() {
    let desk = desk();
    let tables = tables(&desk);
    let before = desk.text("parts.csv");
    let mut all = vec!["screen", "@desk.interdict", "@in.csv", "-o", "@parts.csv"];
    all.extend(tables.iter().map(String::as_str));
    assert_eq!(desk.run(&all).exit, Exit::Usage);
    assert_eq!(desk.text("parts.csv"), before);
    std::fs::remove_file(desk.path("parts.csv")).expect("it was there");
    assert_eq!(screen(&desk, &[]).exit, Exit::Io);
    assert!(super::tests::nothing_written(&desk));
    let ran = desk.screen("in.csv", &[]);
    assert_eq!(ran.exit, Exit::Unreadable);
    assert!(ran.err.contains("`--child components=FILE`"), "{}", ran.err);
    let ran = desk.screen("in.csv", &["--child", "components"]);
    assert_eq!(ran.exit, Exit::Usage);
}
