//! Data that is not spelt, or not there, as the record has it: what `screen` and its mapping file say.

use super::tests::Desk;
use crate::cli::Exit;

const POLICY: &str = "\
policy drones { title \"Drones\" version \"1\" authority \"Tests\" }
record drone {
  key   id     : text
  as of sent   : date
  armed        : bool?
  dest         : country
  use          : purpose
  price        : money EUR
  parts        : money EUR?
  weight       : mass kg?
  maker        : text?
}
enum purpose { civil, military }
verdicts clear < review < deny
otherwise clear
when unknown review
rule armed_ones \"Armed drones\" {
  cites \"Test 1\"
  when  armed = true
  then  deny
}
rule heavy \"Heavy drones\" {
  cites \"Test 2\"
  when  weight >= 25 kg
  then  review
}
";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("desk.interdict", POLICY);
    desk
}

#[test]
fn fields_that_must_be_there_and_that_no_rule_reads_are_named_once() {
    let desk = desk();
    let rows = "id,sent,armed,weight,dest,use,price\nA,2026-01-02,no,1,,nonsense,\n";
    desk.write("in.csv", rows);
    let ran = desk.screen("in.csv", &[]);
    assert_eq!(ran.exit, Exit::Done, "{}", ran.err);
    let note = "note: no rule reads `dest`, `use`, `price`, so nothing was checked there: rows in which they are empty or wrong were screened all the same";
    assert_eq!(ran.err.matches(note).count(), 1, "{}", ran.err);
    let described = desk.run(&["data", "describe", "@in.csv", "--policy", "@desk.interdict"]);
    assert!(
        described.out.contains(
            "columns that no rule reads, so that nothing in them is checked: dest, use, price"
        ),
        "{}",
        described.out
    );
    let all = POLICY.replace(
        "armed = true",
        "armed = true and dest = DE and use = civil and price > 1 EUR",
    );
    desk.write("desk.interdict", all);
    let ran = desk.screen("in.csv", &[]);
    assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
    assert!(!ran.err.contains("no rule reads"), "{}", ran.err);
}

#[test]
fn yes_and_no_and_units_are_read_as_the_mapping_says() {
    let desk = desk();
    desk.write(
        "in.csv",
        "id,sent,Bewaffnet,Gewicht (g)\nA,2026-01-02,ja,1\nB,2026-01-02,nein,24999.9999\nC,2026-01-02,nein,25000\nD,2026-01-02,YES,1\nE,2026-01-02,JA,1\n",
    );
    let columns = "[columns]\narmed = \"Bewaffnet\"\nweight = ";
    let unit = "{ column = \"Gewicht (g)\", unit = \"g\" }\n";
    let bools = "[bools.armed]\n\"ja\" = true\n\"nein\" = false\n";
    desk.write("map.toml", format!("{columns}{unit}{bools}"));
    for engine in ["jit", "portable", "reference"] {
        let ran = desk.screen(
            "in.csv",
            &["--map", "@map.toml", "--keep", "all", "--engine", engine],
        );
        assert_eq!(ran.exit, Exit::Rejects, "{}", ran.err);
        assert_eq!(
            desk.decisions(),
            [
                "A,deny,deny",
                "B,clear,clear",
                "C,review,review",
                "D,deny,deny"
            ]
        );
        assert!(!ran.err.contains("warning"), "{}", ran.err);
    }
    let rejects = desk.text("out.csv.rejects.csv");
    assert!(
        rejects.contains("one of ja, nein, true, false"),
        "{rejects}"
    );
    desk.write("map.toml", format!("{columns}\"Gewicht (g)\"\n{bools}"));
    let ran = desk.screen("in.csv", &["--map", "@map.toml"]);
    assert!(
        ran.err.contains("in kg, though its name says g"),
        "{}",
        ran.err
    );
}

#[test]
fn a_mapping_that_could_do_nothing_stops_the_run() {
    let desk = desk();
    desk.write("in.csv", "id,sent,armed,weight\nA,2026-01-02,yes,1,5\n");
    desk.write("map.toml", "[enums.armed]\n\"ja\" = \"yes\"\n");
    let ran = desk.screen("in.csv", &["--map", "@map.toml"]);
    assert_eq!(ran.exit, Exit::Unreadable);
    assert!(
        ran.err.contains("map.toml, line 1: [enums] names `armed`"),
        "{}",
        ran.err
    );
}

#[test]
fn a_record_to_explain_is_named_by_key_or_row() {
    let ran = desk().run(&["explain", "@desk.interdict", "@in.csv"]);
    assert_eq!(ran.exit, Exit::Usage);
    assert!(
        ran.err.contains("`--key ID`") && ran.err.contains("`--row N`"),
        "{}",
        ran.err
    );
}
