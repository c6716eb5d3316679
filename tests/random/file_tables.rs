//! Tables that are read from files against the plainest reading of them: the row that is selected for every code that could
//! be meant, one after the other.

use crate::many::{cases, in_threads};
use crate::support::random::Random;
use interdict::cli::{Streams, run};
use interdict::domain::Truth;
use std::ffi::OsString;
use std::fmt::Write;

/// Tables of a plain `cargo test`.
const TABLES: u64 = 60;

/// Codes, each finer than the one that it begins with.
const CODES: [&str; 9] = [
    "3A001",
    "3A001.a",
    "3A001.a.1",
    "3A001.a.2",
    "3A001.a.1.x",
    "3A001.b",
    "3A001.b.1",
    "3A002",
    "3A002.a",
];

/// Whether `code` is `above` or lies below it.
fn is_under(code: &str, above: &str) -> bool {
    code.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A row: its two codes, whether it is of China, and its value if it has one.
type Row = (&'static str, &'static str, bool, Option<i64>);

/// The row selected, if there is one.
fn selected<'r>(rows: &'r [Row], (a, b, china): (&str, &str, bool)) -> Option<&'r Row> {
    let holds = |row: &&Row| is_under(a, row.0) && is_under(b, row.1) && row.2 == china;
    let depth = |row: &&Row| (row.0.len(), row.1.len());
    rows.iter().filter(holds).max_by_key(depth)
}

/// What the value's being 5 or more comes to: known where all that could be meant agree.
fn wanted(rows: &[Row], (a, b, china): (&str, &str, bool)) -> Truth {
    if selected(rows, (a, b, china)).is_none() {
        return Truth::Unknown;
    }
    let finer = |code: &'static str, than: &str| is_under(code, than);
    let mut truths = Vec::new();
    for one in CODES.iter().filter(|code| finer(code, a)) {
        for other in CODES.iter().filter(|code| finer(code, b)) {
            let row = selected(rows, (one, other, china)).expect("one that held holds");
            truths.push(
                row.3
                    .map_or(Truth::Unknown, |value| Truth::from(value >= 5)),
            );
        }
    }
    let all = |truth| truths.iter().all(|it| *it == truth);
    match (all(Truth::True), all(Truth::False)) {
        (true, _) => Truth::True,
        (_, true) => Truth::False,
        (false, false) => Truth::Unknown,
    }
}

fn random_rows(random: &mut Random) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..random.between(1, 14) {
        let (a, b) = (*random.pick(&CODES), *random.pick(&CODES));
        let china = random.chance(70);
        let value = random.chance(85).then(|| random.below(10) as i64);
        if !rows
            .iter()
            .any(|row| (row.0, row.1, row.2) == (a, b, china))
        {
            rows.push((a, b, china, value));
        }
    }
    rows
}

#[test]
fn tables_are_what_looking_up_every_code_makes_of_them() {
    in_threads(cases(TABLES), |seed| {
        let mut random = Random::new(seed);
        let rows = random_rows(&mut random);
        let mut file = "first,place,second,value\n".to_owned();
        for (a, b, china, value) in &rows {
            let place = if *china { "CN" } else { "FR" };
            let value = value.map_or(String::new(), |value| value.to_string());
            writeln!(file, "{a},{place},{b},{value}").expect("a string");
        }
        let mut text = "policy tables { title \"Tables\" }
            record shipment {
              key id : text  as of day : date  a : eccn?  b : eccn?  place : country?
            }
            verdicts clear < deny
            table chart from \"chart.csv\" {
              key first : eccn  key place : country  key second : eccn  value value : int?
            }
            rule high \"High\" { cites \"s. 1\"  when chart(a, place, b) >= 5  then deny }
            test \"a missing key\" {
              given { id: \"1\", day: 2026-01-01, a: \"3A001\", place: CN }
              expect unknown high for lack of b
            }\n"
        .to_owned();
        for a in CODES {
            for b in CODES {
                for (place, china) in [("CN", true), ("FR", false)] {
                    let expect = match wanted(&rows, (a, b, china)) {
                        Truth::True => "deny by high",
                        Truth::False => "clear",
                        Truth::Unknown => "unknown high",
                    };
                    writeln!(
                        text,
                        "test \"{a} {b} {place}\" {{
                           given {{ id: \"1\", day: 2026-01-01, a: \"{a}\", b: \"{b}\", place: {place} }}
                           expect {expect}
                         }}"
                    )
                    .expect("a string");
                }
            }
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tables.interdict");
        std::fs::write(&path, &text).expect("the policy");
        std::fs::write(folder.path().join("chart.csv"), &file).expect("the table");
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let args = [OsString::from("interdict"), "test".into(), path.into()];
        let exit = run(
            args,
            &mut Streams {
                input: &mut std::io::empty(),
                out: &mut out,
                err: &mut err,
                auto_color: false,
                progress: false,
            },
        );
        let said = [out, err].map(|it| String::from_utf8_lossy(&it).into_owned());
        assert_eq!(exit.status(), 0, "seed {seed}\n{file}\n{}", said.join("\n"));
    });
}
