use super::*;
use crate::check::check_text;
use crate::io::mapping::parse_mapping;

const POLICY: &str = "policy p { title \"P\" version \"1\" }
record shipment {
  key   id        : text
  as of ship_date : date
  destination     : country?
  value           : money USD?
  hs_code         : hs?
  end_use         : end_use?
  armed           : bool?
}
enum end_use { civil, military }
verdicts clear < deny
otherwise clear
when unknown deny
rule r \"R\" {
  when destination = US and value > 1 USD and hs_code under \"01\" and end_use = civil
  then deny
}
";

fn described(text: &str, mapping: &str, threads: usize) -> Description {
    let checked = check_text("p.interdict", POLICY);
    let model = checked.model.expect("the policy is in order");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data.csv");
    std::fs::write(&path, text).expect("a file");
    let mapping = parse_mapping("m.toml", mapping).expect("the mapping is in order");
    let fields: Vec<FieldId> = model.record.fields.iter().map(|(id, _)| id).collect();
    let job = Describe {
        model: &model,
        fields: &fields,
        mapping: &mapping,
        inputs: &[InputSpec::new(path)],
        children: &[],
        threads,
    };
    describe(&job, |_| ()).expect("the file can be read")
}

const DATA: &str = "id,ship_date,Destination,value,hs_code,end_use,note
A,2-Jun-26,US,100.50,010111,civil,x
B,2026-06-03,United States,N/A,10111,Civil,x
C,2026-06-04,,\"1,234.50 USD\",8505110000,military,x
D,never,NA,-5,850511,,x
E,2026-06-04
";

#[test]
fn every_field_is_counted() {
    let found = described(DATA, "[columns]\ndestination = \"Destination\"\n", 1);
    assert_eq!((found.rows, found.broken_rows), (5, 1));
    assert_eq!(found.unread_columns, ["note"]);
    let of = |name: &str| {
        found
            .fields
            .iter()
            .find(|field| field.field == name)
            .expect("a field")
    };
    let value = of("value");
    assert_eq!(
        (value.missing, value.unreadable, value.distinct),
        (0, 3, Some(1))
    );
    assert_eq!(value.smallest, value.largest);
    assert_eq!(value.examples[0].text, "N/A");
    assert_eq!(value.examples[0].first, Place { file: 0, row: 2 });
    let date = of("ship_date");
    assert_eq!(date.unreadable, 2);
    assert_eq!(date.smallest.as_deref(), Some("2026-06-03"));
    assert_eq!(date.largest.as_deref(), Some("2026-06-04"));
    let destination = of("destination");
    assert_eq!((destination.missing, destination.unreadable), (1, 1));
    assert_eq!(of("end_use").missing, 1);
}

#[test]
fn settings_are_suggested_that_the_mapping_takes_and_that_help() {
    let before = described(DATA, "", 1);
    let after = described(DATA, &before.suggestion, 1);
    for line in [
        "destination = \"Destination\"",
        "value = [\"N/A\"]",
        "ship_date = [\"%d-%b-%y\", \"%Y-%m-%d\"]",
        "hs_code = 6",
        "\"Civil\" = \"civil\"",
        "thousands = \",\"",
    ] {
        assert!(
            before.suggestion.contains(line),
            "{line}\n{}",
            before.suggestion
        );
    }
    let unreadable = |found: &Description| {
        found
            .fields
            .iter()
            .map(|field| field.unreadable)
            .sum::<u64>()
    };
    assert!(
        unreadable(&after) < unreadable(&before),
        "{}",
        before.suggestion
    );
    let whole = described(
        DATA,
        &format!("{}\n{}", before.suggestion, after.suggestion),
        1,
    );
    // What is left is a word for a date and a negative amount.
    assert_eq!(unreadable(&whole), 2, "{}", after.suggestion);
}

#[test]
fn words_for_yes_and_no_are_suggested() {
    let text = "id,ship_date,armed\nA,2026-01-01,Ja\nB,2026-01-01,nein\nC,2026-01-01,vielleicht\nD,2026-01-01,yes\n";
    let found = described(text, "", 1);
    for line in [
        "[bools.armed]\n",
        "\"Ja\" = true\n",
        "\"nein\" = false\n",
        "# \"vielleicht\" = …",
    ] {
        assert!(found.suggestion.contains(line), "{}", found.suggestion);
    }
    let (_, bools) = found.suggestion.split_once("[bools").expect("the section");
    let unreadable = |found: &Description| found.fields.last().expect("armed").unreadable;
    let after = described(text, &format!("[bools{bools}"), 1);
    assert_eq!((unreadable(&found), unreadable(&after)), (3, 1));
}

#[test]
fn a_column_that_is_not_there_is_said_with_the_nearest_name() {
    let found = described("id,ship_date,valeu\nA,2026-01-01,5\n", "", 1);
    let value = found
        .fields
        .iter()
        .find(|field| field.field == "value")
        .expect("a field");
    assert_eq!(
        value.found,
        Found::Absent {
            files: 1,
            nearest: Some("valeu".to_owned())
        }
    );
    assert_eq!(value.missing, 1);
}

#[test]
fn threads_change_nothing_and_counting_is_bounded() {
    let mut text = "id,ship_date,Destination,value,hs_code,end_use\n".to_owned();
    for row in 0..5_000 {
        text.push_str(&format!("K{row},2026-01-01,US,{row}.25,x{row},civil\n"));
    }
    let one = described(&text, "", 1);
    assert_eq!(one, {
        let mut three = described(&text, "", 3);
        three.files.clone_from(&one.files);
        three
    });
    let value = one
        .fields
        .iter()
        .find(|field| field.field == "value")
        .expect("a field");
    assert_eq!(value.distinct, None);
    assert_eq!(value.largest.as_deref(), Some("4_999.25 USD"));
    let hs = one
        .fields
        .iter()
        .find(|field| field.field == "hs_code")
        .expect("a field");
    assert_eq!((hs.unreadable, hs.examples.len()), (5_000, 5));
}
