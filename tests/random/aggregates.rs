//! Aggregates over records against sums made here: cents as whole numbers, bounds that may be open, every record compared with
//! every other. Nothing depends on the order of rows, on threads, on memory, on the format or on the engine.

use crate::many::{cases, in_threads};
use crate::support::random::Random;
use interdict::cli::{Streams, run};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

const BOOKS: u64 = 16;
/// Bounds that are asked of the sum, in whole dollars.
const BOUNDS: [i64; 6] = [0, 1, 5, 20, 50, 200];

/// The days of shipments.
const DAYS: [&str; 5] = [
    "2025-03-01",
    "2025-03-30",
    "2025-03-31",
    "2025-12-31",
    "2026-01-01",
];
/// How many days after the first each is.
const AFTER: [i64; 5] = [0, 29, 30, 305, 306];

/// What is wrong with a row that is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoilt {
    /// Its day is none.
    Day,
    /// Its value is no amount.
    Value,
    /// It can be told apart from no record at all only by standing there.
    Whole,
}

/// One row, with what can be read of it: values in cents.
#[derive(Clone, Debug)]
struct Shipment {
    id: String,
    spoilt: Option<Spoilt>,
    /// Only rejected rows have none.
    day: Option<&'static str>,
    order: Option<&'static str>,
    item: Option<&'static str>,
    counts: Option<bool>,
    value: Option<i64>,
}

fn shipment(random: &mut Random, number: usize, spoilt_percent: usize) -> Shipment {
    let day = *random.pick(&DAYS);
    let is_missing = random.chance(12);
    let spoilt = random.chance(spoilt_percent).then(|| {
        *random.pick(&[
            Spoilt::Day,
            Spoilt::Day,
            Spoilt::Value,
            Spoilt::Value,
            Spoilt::Whole,
        ])
    });
    let mut shipment = Shipment {
        id: format!("S{number}"),
        spoilt,
        day: Some(day),
        order: (!is_missing).then(|| *random.pick(&["A", "B", "C", "D"])),
        item: (!random.chance(12))
            .then(|| *random.pick(&["3A001", "3A001.a", "3A001.b.2", "5A002"])),
        counts: (!random.chance(15)).then(|| random.chance(80)),
        value: (!random.chance(8)).then(|| random.below(2_000) as i64),
    };
    match spoilt {
        None => {}
        Some(Spoilt::Day) => shipment.day = None,
        Some(Spoilt::Value) => shipment.value = None,
        Some(Spoilt::Whole) => {
            shipment = Shipment {
                day: None,
                order: None,
                item: None,
                counts: None,
                value: None,
                ..shipment
            }
        }
    }
    shipment
}

/// The bounds of a sum in cents; no upper one where a value is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    least: i64,
    most: Option<i64>,
}

/// `None`: perhaps.
fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn same_text(a: Option<&str>, b: Option<&str>) -> Option<bool> {
    Some(a? == b?)
}

fn same_code(a: Option<&str>, b: Option<&str>) -> Option<bool> {
    let (a, b) = (a?, b?);
    let above = |a: &str, b: &str| b.len() > a.len() && b.starts_with(&format!("{a}."));
    match a == b {
        true => Some(true),
        false if above(a, b) || above(b, a) => None,
        false => Some(false),
    }
}

/// What records of `book` come to for the one at `at`, where `together` says which belong to it.
fn sum(
    book: &[Shipment],
    at: usize,
    together: impl Fn(&Shipment, &Shipment) -> Option<bool>,
) -> Bounds {
    let mut bounds = Bounds {
        least: 0,
        most: Some(0),
    };
    for (other, shipment) in book.iter().enumerate() {
        let belongs = match other == at {
            true => Some(true),
            false => together(&book[at], shipment),
        };
        // A rejected row is a record that there may be; of one without a day the law that says whether it counts is not known.
        let counts = match (shipment.spoilt, shipment.day) {
            (None, _) => shipment.counts,
            (Some(_), Some(_)) => both(shipment.counts, None),
            (Some(_), None) => None,
        };
        let counts = both(belongs, counts);
        if counts == Some(false) {
            continue;
        }
        if counts == Some(true) {
            bounds.least += shipment.value.unwrap_or(0);
        }
        bounds.most = bounds.most.and_then(|most| Some(most + shipment.value?));
    }
    bounds
}

fn days_before(of: &str, day: &str) -> i64 {
    let number = |day: &str| {
        let place = DAYS.iter().position(|it| *it == day);
        AFTER[place.expect("it is one of the days")]
    };
    number(of) - number(day)
}

/// The aggregates, and which records belong together in each.
type Together = fn(&Shipment, &Shipment) -> Option<bool>;
const AGGREGATES: [(&str, &str, Together); 4] = [
    ("by_order", "over same order_id", |a, b| {
        same_text(a.order, b.order)
    }),
    ("by_item", "over same order_id, item", |a, b| {
        both(same_text(a.order, b.order), same_code(a.item, b.item))
    }),
    (
        "by_year",
        "over same entry(item) in the calendar year",
        |a, b| {
            let entry = |code: Option<&'static str>| code.map(|code| &code[..5]);
            let year = a.day.zip(b.day).map(|(a, b)| a[..4] == b[..4]);
            both(same_text(entry(a.item), entry(b.item)), year)
        },
    ),
    (
        "by_days",
        "over same order_id in the last 30 days",
        |a, b| {
            let days = a.day.zip(b.day);
            let near = days.map(|(a, b)| (0..30).contains(&days_before(a, b)));
            both(same_text(a.order, b.order), near)
        },
    ),
];

fn policy() -> String {
    let mut text = "policy p { title \"Sums\" }
record shipment {
  key   id       : text
  as of day      : date
  order_id       : text?
  item           : eccn?
  counts         : bool?
  value          : money USD?
}
verdicts clear < review
"
    .to_owned();
    for (name, over, _) in AGGREGATES {
        text += &format!("aggregate {name} : money USD = sum(value) where counts {over}\n");
        for bound in BOUNDS {
            text += &format!(
                "rule {name}_{bound} \"R\" {{ cites \"x\" when {name} >= {bound} USD then review }}\n"
            );
        }
    }
    text
}

/// For each rule whether it applies (`None`: open), as the decisions are to say.
fn expected(book: &[Shipment], at: usize) -> BTreeMap<String, Option<bool>> {
    let mut rules = BTreeMap::new();
    for (name, _, together) in AGGREGATES {
        let found = sum(book, at, together);
        for bound in BOUNDS {
            let truth = match (found.least >= bound * 100, found.most) {
                (true, _) => Some(true),
                (false, Some(most)) if most < bound * 100 => Some(false),
                (false, _) => None,
            };
            rules.insert(format!("{name}_{bound}"), truth);
        }
    }
    rules
}

fn csv(book: &[Shipment]) -> String {
    let mut text = "id,day,order_id,item,counts,value\n".to_owned();
    for it in book {
        let value = match it.spoilt {
            Some(Spoilt::Value) => Some("much".to_owned()),
            _ => it
                .value
                .map(|cents| format!("{}.{:02}", cents / 100, cents % 100)),
        };
        if it.spoilt == Some(Spoilt::Whole) {
            text += &format!("{},2025-03-01,A,3A001\n", it.id);
            continue;
        }
        let counts = it
            .counts
            .map_or("", |counts| if counts { "yes" } else { "no" });
        text += &format!(
            "{},{},{},{},{counts},{}\n",
            it.id,
            it.day.unwrap_or("someday"),
            it.order.unwrap_or_default(),
            it.item.unwrap_or_default(),
            value.unwrap_or_default()
        );
    }
    text
}

fn json_lines(book: &[Shipment]) -> String {
    let line = |it: &Shipment| {
        if it.spoilt == Some(Spoilt::Whole) {
            return "{ \"id\": \"A\", ".to_owned();
        }
        let value = match it.spoilt {
            Some(Spoilt::Value) => serde_json::json!("much"),
            _ => serde_json::json!(it.value.map(|cents| cents as f64 / 100.0)),
        };
        serde_json::json!({
            "id": it.id, "day": it.day.unwrap_or("someday"), "order_id": it.order, "item": it.item, "counts": it.counts, "value": value,
        })
        .to_string()
    };
    let lines: Vec<String> = book.iter().map(line).collect();
    lines.join("\n") + "\n"
}

fn screen(folder: &Path, inputs: &[&str], options: &[&str], status: u8) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let path = |name: &str| folder.join(name).display().to_string();
    let mut args = vec![
        "interdict".to_owned(),
        "screen".to_owned(),
        path("p.interdict"),
    ];
    args.extend(inputs.iter().map(|input| path(input)));
    args.extend(["--keep", "all", "--verify", "all", "-o"].map(str::to_owned));
    args.push(path("decisions.csv"));
    args.extend(options.iter().map(|option| (*option).to_owned()));
    let exit = run(
        args.into_iter().map(OsString::from),
        &mut Streams {
            input: &mut std::io::empty(),
            out: &mut out,
            err: &mut err,
            auto_color: false,
            progress: false,
        },
    );
    assert_eq!(exit.status(), status, "{}", String::from_utf8_lossy(&err));
    std::fs::read_to_string(path("decisions.csv")).expect("the decisions")
}

#[test]
fn sums_are_those_of_comparing_every_record_with_every_other() {
    in_threads(cases(BOOKS), |seed| {
        let mut random = Random::new(seed ^ 0x0a66);
        let count = random.between(1, 40);
        let spoilt = *random.pick(&[0, 5, 20]);
        let book = (0..count).map(|at| shipment(&mut random, at, spoilt));
        let book: Vec<Shipment> = book.collect();
        let status = match book.iter().any(|row| row.spoilt.is_some()) {
            true => 3,
            false => 0,
        };
        let screen = |folder: &Path, inputs: &[&str], options: &[&str]| {
            screen(folder, inputs, options, status)
        };
        let mut turned = book.clone();
        random.shuffle(&mut turned);
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: String| {
            std::fs::write(folder.path().join(name), text).expect("a file");
        };
        write("p.interdict", policy());
        write("book.csv", csv(&book));
        let (first, second) = book.split_at(count / 2);
        write("first.csv", csv(first));
        write("second.jsonl", json_lines(second));
        write("turned.csv", csv(&turned));
        let usual = screen(folder.path(), &["book.csv"], &["--threads", "1"]);
        let mut lines = usual.lines();
        let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let place = |name: &str| header.iter().position(|it| *it == name).expect("a column");
        let records = (0..count).filter(|at| book[*at].spoilt.is_none());
        for (at, line) in records.zip(lines.by_ref()) {
            let cells: Vec<&str> = line.split(',').collect();
            let has = |column: &str, rule: &str| {
                let mut names = cells[place(column)].split(';');
                names.any(|name| name == rule)
            };
            for (rule, truth) in expected(&book, at) {
                let found = match (has("rules", &rule), has("unknown", &rule)) {
                    (true, false) => Some(true),
                    (false, true) => None,
                    (false, false) => Some(false),
                    (true, true) => panic!("{rule} both applies and is open"),
                };
                assert_eq!(
                    found,
                    truth,
                    "seed {seed}, {rule} of row {at}:\n{}",
                    csv(&book)
                );
            }
        }
        assert_eq!(lines.next(), None);
        for options in [
            &["--engine", "portable", "--threads", "3"][..],
            &["--engine", "reference", "--child-memory", "0"],
            &["--child-memory", "2000", "--threads", "2"],
        ] {
            assert_eq!(
                usual,
                screen(folder.path(), &["book.csv"], options),
                "{options:?}"
            );
        }
        assert_eq!(
            usual,
            screen(folder.path(), &["first.csv", "second.jsonl"], &[])
        );
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let turned = screen(folder.path(), &["turned.csv"], &[]);
        assert_eq!(sorted(&usual), sorted(&turned));
    });
}

/// The decisions of all records under all policies, a line each.
fn decisions(folder: &Path, policies: &[&str], inputs: &[&str], options: &[&str]) -> Vec<String> {
    let path = |name: &&str| folder.join(name).display().to_string();
    let mut args = vec!["interdict".to_owned(), "screen".to_owned()];
    args.extend(policies.iter().chain(inputs).map(path));
    args.extend(["--keep", "all", "--verify", "all", "-o"].map(str::to_owned));
    args.push(path(&"decisions.csv"));
    args.extend(options.iter().map(|option| (*option).to_owned()));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run(
        args.into_iter().map(OsString::from),
        &mut Streams {
            input: &mut std::io::empty(),
            out: &mut out,
            err: &mut err,
            auto_color: false,
            progress: false,
        },
    );
    assert_eq!(exit.status(), 0, "{}", String::from_utf8_lossy(&err));
    let text = std::fs::read_to_string(path(&"decisions.csv")).expect("the decisions");
    text.lines().skip(1).map(str::to_owned).collect()
}

/// What a library says that two policies import.
const SHARED: &str =
    "record shipment { key id : text  as of at : instant  who : text?  value : money USD }
verdicts clear < review
aggregate of_year : int = count() over same who in the calendar year
aggregate in_all : money USD = sum(value) over same who
";

#[test]
fn each_policy_asks_on_its_own_days() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join(name).parent().expect("a folder")).expect("it");
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write("common/common.interdict", SHARED);
    for (name, zone) in [("cn", "Asia/Shanghai"), ("us", "America/New_York")] {
        let text = format!(
            "policy {name} {{ title \"P\" zone \"{zone}\" }}\nimport \"../common\"\nparam {name}_bound : money USD = 9 USD\n\
             rule two \"R\" {{ cites \"x\" when of_year >= 2 then review }}\n\
             rule much \"R\" {{ cites \"x\" when in_all >= {name}_bound then review }}\n"
        );
        write(&format!("{name}/{name}.interdict"), &text);
    }
    // In Shanghai the first is of 2026 already.
    write(
        "book.csv",
        "id,at,who,value\nA,2025-12-31T20:00:00Z,x,4\nB,2026-06-01T00:00:00Z,x,5\n",
    );
    let policies = ["cn", "us"];
    let screened = |options: &[&str]| decisions(folder.path(), &policies, &["book.csv"], options);
    let rules = "cn.two;cn.much;us.much";
    assert_eq!(
        screened(&[]),
        [
            format!("A,review,review,{rules},,,,"),
            format!("B,review,review,{rules},,,,")
        ]
    );
    let all = "cn.two;cn.much;us.two;us.much";
    for options in [
        &["--as-of", "2026-01-01"][..],
        &["--as-of", "2026-01-01", "--engine", "portable"],
    ] {
        assert_eq!(
            screened(options),
            [
                format!("A,review,review,{all},,,,"),
                format!("B,review,review,{all},,,,")
            ]
        );
    }
    let without = "cn.two;us.much";
    assert_eq!(
        screened(&["--param", "cn_bound=10 USD"]),
        [
            format!("A,review,review,{without},,,,"),
            format!("B,review,review,{without},,,,")
        ]
    );
}

#[test]
fn values_of_elements_count_and_child_tables_are_read_in_both_passes() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("a file");
    };
    write(
        "p.interdict",
        "policy p { title \"P\" }
record shipment { key id : text  as of day : date  who : text?  parts : list of part }
record part { origin : country?  value : money USD? }
verdicts clear < review
aggregate chinese : money USD = sum(sum(c.value for c in parts where c.origin = CN)) over same who
rule much \"R\" { cites \"x\" when chinese >= 10 USD then review }
rule little \"R\" { cites \"x\" when chinese < 10 USD then review }
rule dear \"R\" { cites \"x\" when any c in parts satisfies c.value * 2 > chinese then review }
rule dearer \"R\" { cites \"x\" when any c in parts satisfies c.value > chinese then review }
",
    );
    write(
        "book.csv",
        "id,day,who\nA,2025-01-01,x\nB,2025-01-01,x\nC,2025-01-01,y\nD,2025-01-01,z\nE,2025-01-01,z\n",
    );
    write(
        "parts.csv",
        "id,origin,value\nB,CN,4\nA,CN,3\nB,CN,3\nB,DE,9\nC,CN,9\nD,CN,\nE,CN,2\n",
    );
    let child = format!("parts={}", folder.path().join("parts.csv").display());
    for options in [
        &["--threads", "1"][..],
        &["--child-memory", "0", "--engine", "portable"],
    ] {
        let options = [options, &["--child", &child]].concat();
        assert_eq!(
            decisions(folder.path(), &["p.interdict"], &["book.csv"], &options),
            [
                "A,review,review,much,,,,",
                "B,review,review,much;dear,,,,",
                "C,review,review,little;dear,,,,",
                "D,review,review,,much;little;dear;dearer,parts[1].value,,",
                "E,review,review,,much;little;dear,chinese,,"
            ],
            "{options:?}"
        );
    }
}
