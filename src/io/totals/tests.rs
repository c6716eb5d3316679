//! What groups come to is what comparing every record with every other comes to, whatever goes through files.

use super::*;
use crate::check::check_text;
use crate::input::mapping::Mapping;
use crate::input::{InputOptions, InputSpec};
use crate::io::children;
use crate::io::screening::wanted_columns;
use crate::model::FieldId;
use crate::reference::{RunRow, all_totals, judge};
use crate::screen::Options;
use std::fmt::Write as _;

const POLICY: &str = "policy p { title \"Aggregates\" }
record shipment {
  key   id     : text
  as of day    : date
  order_id     : text folded?
  consignee    : country?
  item         : eccn?
  hs_code      : hs?
  pieces       : int?
  value        : money USD?
  balance      : money USD signed?
}
verdicts clear < review
aggregate all_value : money USD = sum(value) over same order_id
aggregate some_value : money USD = sum(value * 1.1) where consignee in { CN, RU } over same order_id, entry(item)
aggregate balance_sum : money USD = sum(balance) where value >= 5 USD over same item, hs_code
aggregate year_count : int = count() where item is known over same consignee in the calendar year
aggregate short_count : int = count() over same order_id, consignee in the last 1 days
aggregate long_sum : money USD = sum(value) over same hs_code in the last 400 days
aggregate least : money USD = min(balance) where value > 3 USD over same item in the last 30 days
aggregate greatest : decimal = max(pieces) over same consignee, hs_code
aggregate alike : int = count() over same pieces, value, day
aggregate open_count : int = count() where assume(value, 3 USD, \"why not\") >= 3 USD over same order_id, consignee, item, hs_code
rule r \"R\" {
  when all_value + some_value + balance_sum + long_sum + least >= 1 USD
       or year_count + short_count + alike + open_count >= 1
       or greatest >= 1
  then review
}";

/// A small fixed sequence.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn pick<'p>(&mut self, from: &[&'p str]) -> &'p str {
        from[self.below(from.len() as u64) as usize]
    }
}

/// Lines of a book in which few values come again and again, and many are missing; some that cannot be read, if `spoilt`.
fn lines(random: &mut Random, count: usize, spoilt: bool) -> Vec<String> {
    let line = |at: usize, random: &mut Random| {
        let spoilt = if spoilt { random.below(40) } else { 40 };
        let day = random.pick(&[
            if spoilt < 2 { "someday" } else { "2025-01-01" },
            "2025-01-01",
            "2025-01-02",
            "2025-12-31",
            "2026-01-01",
            "2026-02-03",
        ]);
        let order = random.pick(&["", "a", "A ", "b", "c"]);
        let consignee = random.pick(&["", "CN", "CN", "RU", "DE"]);
        let item = random.pick(&[
            "",
            "3A001",
            "3A001.a",
            "3A001.a.2",
            "3A001.b",
            "5A002",
            "EAR99",
        ]);
        let hs = random.pick(&["", "85", "8505", "8505.11", "8505.19", "8506"]);
        let pieces = random.pick(&["", "1", "2", "3"]);
        let value = match spoilt {
            2 => "much",
            3 => "1,2",
            _ => random.pick(&["", "0", "2.5", "7.25", "9000000000000000000"]),
        };
        let balance = random.pick(&["", "-2", "0.1", "3"]);
        format!("R{at},{day},{order},{consignee},{item},{hs},{pieces},{value},{balance}")
    };
    (0..count).map(|at| line(at, random)).collect()
}

fn screener(policy: &str) -> Screener {
    let checked = check_text("p.interdict", policy);
    let model = checked
        .model
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let options = Options {
        engine: crate::screen::Engine::Reference,
        ..Options::default()
    };
    Screener::new(Arc::new(model), options).expect("it can be screened with")
}

/// A row of a book and what aggregates come to for it.
struct Row {
    key: String,
    row: RunRow,
    totals: Totals,
}

/// The rows with what they come to by definition, without those that are rejected.
fn with_defined<'r>(screener: &Screener, found: &'r [Row]) -> Vec<(&'r Row, Totals)> {
    let asked = AskedTotals::of(screener.model(), true);
    let run: Vec<RunRow> = found.iter().map(|row| row.row.clone()).collect();
    let defined = all_totals(screener.model(), &asked, &run);
    let all = found.iter().zip(defined);
    all.filter(|(row, _)| !row.row.rejected).collect()
}

/// What the aggregates of files of these lines come to.
fn by_groups(
    screener: &Screener,
    files: &[&[String]],
    (threads, memory, batch_rows): (usize, usize, usize),
) -> Vec<Row> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut inputs = Vec::new();
    for (at, lines) in files.iter().enumerate() {
        let mut text = "id,day,order_id,consignee,item,hs_code,pieces,value,balance\n".to_owned();
        for line in *lines {
            writeln!(text, "{line}").expect("room");
        }
        let path = folder.path().join(format!("book{at}.csv"));
        std::fs::write(&path, text).expect("a file");
        inputs.push(InputSpec::new(&path));
    }
    let mapping = Mapping::default();
    let model = screener.model();
    let fields: Vec<FieldId> = screener.fields().iter().map(|(id, _)| *id).collect();
    let effort = Effort { threads, memory };
    let open = || {
        let asked = children::Asked {
            model,
            mapping: &mapping,
            fields: &fields,
            wanted: wanted_columns(screener, &mapping),
            inputs: &inputs,
            children: &[],
            options: InputOptions {
                batch_rows,
                ..InputOptions::default()
            },
            effort: effort.clone(),
        };
        children::open(asked, &mut |_, _| ()).expect("the files are there")
    };
    let book = open();
    let binders = (0..files.len()).map(|at| screener.binder(&mapping, &book.source.schema(at)));
    let binders: Vec<Binder> = binders.map(|it| it.expect("all columns")).collect();
    let asked = Asked {
        screener,
        totals: AskedTotals::of(model, true),
        book: &book,
        binders: &binders,
        rejected: &|_, position| position % 17 == 0,
        effort: effort.clone(),
    };
    let run = gather(&asked, |_, _| ()).expect("it can be read");
    let mut reader = run.reader();
    let mut found = Vec::new();
    let book = open();
    while let Some(unit) = book.source.next_unit().expect("a unit") {
        let file = unit.file;
        for chunk in book.source.read_unit(unit).expect("a unit") {
            let chunk = chunk.expect("a chunk");
            let positions = (0..chunk.batch.num_rows()).map(|row| chunk.rows.at(row));
            let bound = binders[file].clone().bind(&chunk.batch);
            let totals = reader.totals(file, positions).expect("they were written");
            for (row, totals) in totals.into_iter().enumerate() {
                let key = binders[file].key_at(&chunk.batch, row).expect("a key");
                let bad = bound.dead[row];
                let rejected = bad || chunk.rows.at(row) % 17 == 0;
                if rejected {
                    assert_eq!(totals, Totals::default(), "nobody asks");
                }
                let record = Record {
                    values: binders[file].values_at(&chunk.batch, row, |_| true),
                    totals: Totals::default(),
                };
                let row = RunRow {
                    days: as_of_days(model, &record, None),
                    record,
                    rejected,
                };
                found.push(Row { key, row, totals });
            }
            for reject in &chunk.rejects {
                found.push(Row {
                    key: format!("row {}", reject.row),
                    row: RunRow {
                        record: Record::empty(model),
                        days: None,
                        rejected: true,
                    },
                    totals: Totals::default(),
                });
            }
        }
    }
    found
}

#[test]
fn groups_come_to_what_comparing_every_record_with_every_other_does() {
    let screener = screener(POLICY);
    let asked = AskedTotals::of(screener.model(), true);
    assert_eq!(
        asked.list().len(),
        12,
        "ten, two of them also with absence left open"
    );
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for (count, spoilt) in [
        (0, true),
        (1, true),
        (2, true),
        (5, true),
        (40, false),
        (40, true),
        (120, true),
    ] {
        let lines = lines(&mut random, count, spoilt);
        let (first, second) = lines.split_at(count / 3);
        let settings = [(1, 1 << 20, 8192), (3, 0, 7), (2, 4000, 50)];
        for setting in settings {
            let found = by_groups(&screener, &[first, second], setting);
            for (row, defined) in with_defined(&screener, &found) {
                let values = row.totals.values().iter().zip(defined.values());
                for (asked, (got, wanted)) in asked.list().iter().zip(values) {
                    let name = &screener.model().totals[asked.total].name;
                    let key = &row.key;
                    assert_eq!(
                        got, wanted,
                        "{name} of {key} with {setting:?} in {lines:#?}"
                    );
                }
                assert_eq!(row.totals, defined);
            }
        }
    }
}

#[test]
fn the_order_of_records_changes_nothing() {
    let screener = screener(POLICY);
    let mut random = Random(7);
    // So few that none is left out for its position.
    let lines = lines(&mut random, 16, true);
    let by_key = |lines: &[String]| {
        let found = by_groups(&screener, &[lines], (2, 300, 3)).into_iter();
        let mut found: Vec<(String, Totals)> = found.map(|row| (row.key, row.totals)).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    };
    let straight = by_key(&lines);
    let mut turned = lines.clone();
    turned.reverse();
    turned.rotate_left(5);
    assert_eq!(straight, by_key(&turned));
}

/// Rules that ask aggregates behind other conditions, of which some ask about other rules and some about absence.
const GUARDED: &str = "
rule plain \"P\" { when item under \"3A001\" then review }
exception small \"S\" to plain { when consignee = DE and all_value <= 5 USD  then review }
rule asking \"A\" { when pieces is known and pieces = 2 and (applies(plain) or least < 0 USD) unless order_id is known then review }
rule told \"T\" { when hs_code under \"8505\" and pieces = 3 then review  note sum year_count }
rule assumed \"M\" {
  when assume(value, 0 USD, \"no value\") > 2 USD and consignee = RU and pieces = 1 and short_count is known
  then review
}
rule absent \"N\" { when pieces is known and item under \"5A002\" and alike > 1_000 then review }
rule counted \"C\" { when not caught(asking) and alike >= 2 and value = 0 USD and item under \"5A002\" then review }";

#[test]
fn who_is_told_nothing_is_judged_alike() {
    let (declarations, _) = POLICY.split_once("rule r ").expect("the rule");
    let screener = screener(&format!("{declarations}{GUARDED}"));
    let model = screener.model();
    let mut random = Random(0x1234_5678_9abc);
    let lines = lines(&mut random, 150, false);
    let found = by_groups(&screener, &[&lines], (2, 1 << 20, 64));
    let mut told = 0;
    for (row, defined) in with_defined(&screener, &found) {
        let days = row.row.days.as_deref().expect("it is a record");
        let judged = |totals: &Totals| {
            let record = Record {
                values: row.row.record.values.clone(),
                totals: totals.clone(),
            };
            let judgement = judge(model, &record, days);
            format!("{judgement:?} {:?}", judgement.all_missing(model))
        };
        assert_eq!(judged(&row.totals), judged(&defined), "{}", row.key);
        if row.totals != Totals::default() {
            assert_eq!(row.totals, defined, "{}", row.key);
            told += 1;
        }
    }
    assert!(
        told > 20 && told + 20 < found.len(),
        "{told} of {}",
        found.len()
    );
}
