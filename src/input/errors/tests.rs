use super::*;

fn missing(columns: &[WantedColumn], names: &[&str]) -> String {
    let columns: Vec<&WantedColumn> = columns.iter().collect();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    missing_columns("a.csv", &columns, &names, &[]).to_string()
}

#[test]
fn a_missing_column_names_the_nearest_ones_and_what_to_write() {
    let column = WantedColumn::required("ship_date").holding("day", false);
    assert_eq!(
        missing(&[column], &["Ship Date", "Country", "Value"]),
        "a.csv: there is no column `ship_date`\n  help: the nearest column is `Ship Date`; \
         under [columns] in a mapping file (--map FILE.toml) write\n    day = \"Ship Date\""
    );
}

#[test]
fn every_missing_column_is_named_at_once() {
    let columns = [
        WantedColumn::required("end_use").holding("end_use", true),
        WantedColumn::required("region").holding("the region", true),
        WantedColumn::required("id").holding("id", false),
    ];
    let text = missing(&columns, &["End Use", "Country"]);
    for part in [
        "there are no columns `end_use`, `region`, `id`\n",
        "\n    end_use = \"End Use\"   # or `false` if the data has no such column",
        "\n    \"the region\" = false   # if the data has no such column",
        "\n    id = \"…\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn only_a_name_that_resembles_is_offered_for_pasting() {
    let names = ["Gewicht (g)", "Zweck", "Wert", "US-Teile"];
    for field in ["weight", "use", "price"] {
        let text = missing(
            &[WantedColumn::required(field).holding(field, true)],
            &names,
        );
        assert!(text.contains(&format!("\n    {field} = false ")), "{text}");
        assert!(
            text.contains("the columns that no field is read from are `Gewicht (g)`, `Zweck`, `Wert`, `US-Teile`"),
            "{text}"
        );
    }
    let near = |wanted, name| nearest(wanted, [name].into_iter());
    for (wanted, name) in [
        ("hs_code", "HS-Code"),
        ("end_use", "End use."),
        ("destination", "Destinaton"),
        ("use", "USE"),
    ] {
        assert_eq!(near(wanted, name), Some(name));
    }
    for (wanted, name) in [
        ("use", "US"),
        ("weight", "Wert"),
        ("value", "Value (USD)"),
        ("", "-"),
    ] {
        assert_eq!(near(wanted, name), None, "{wanted} {name}");
    }
}

#[test]
fn a_column_that_holds_another_field_is_not_offered() {
    let wanted = [
        WantedColumn::required("value1").holding("value1", true),
        WantedColumn::required("value2").holding("value2", true),
    ];
    let names = ["value1".to_owned(), "note".to_owned()];
    let text = missing_columns("a.csv", &[&wanted[1]], &names, &wanted).to_string();
    assert!(text.contains("value2 = false"), "{text}");
    assert!(text.contains("is read from is `note`"), "{text}");
}

#[test]
fn a_header_with_another_delimiter_gets_told_so() {
    let text = missing(&[WantedColumn::required("b")], &["a;b;c"]);
    assert!(text.contains("delimiter"), "{text}");
}
