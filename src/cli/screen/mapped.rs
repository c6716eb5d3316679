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
