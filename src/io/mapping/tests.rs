use super::*;

const EXAMPLE: &str = include_str!("../../../docs/mapping.md");

fn parse(text: &str) -> Mapping {
    parse_mapping("map.toml", text).unwrap()
}

fn fails(text: &str) -> String {
    let error = parse_mapping("map.toml", text).unwrap_err();
    assert_eq!(error.status(), 65);
    error.to_string()
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let (_, rest) = EXAMPLE.split_once("```toml\n").expect("an example");
    let (example, _) = rest.split_once("\n```").expect("its end");
    let mapping = parse(example);
    for section in SECTIONS {
        assert!(
            example.contains(&format!("[{section}")),
            "{section} is not shown"
        );
    }
    assert_eq!(
        mapping.field("shipment_id").column,
        Column::Named("ID".into())
    );
    assert_eq!(mapping.field("region").column, Column::Absent);
    assert!(mapping.field("weight").is_missing("See DN-304 (ID#:10589)"));
    assert!(mapping.field("weight").is_missing("N/A"));
    assert!(
        !mapping
            .field("freight")
            .is_missing("See DN-304 (ID#:10589)")
    );
    assert_eq!(
        mapping
            .field("freight")
            .numbers
            .plain("1.234,5 EUR")
            .as_deref(),
        Some("1234.5")
    );
    assert_eq!(
        mapping.field("value").numbers.plain("1,234.5").as_deref(),
        Some("1234.5")
    );
    assert_eq!(
        mapping.field("destination").country_spelling("Congo, DRC"),
        Some("CD")
    );
    assert!(
        mapping.field("destination").countries.names && !mapping.field("origin").countries.names
    );
    assert_eq!(mapping.field("hs_code").hs_pad, Some(8));
    assert_eq!(
        mapping.field("mode").value_spelling("Air Charter"),
        Some("air")
    );
    assert_eq!(mapping.delimiter, Some(b';'));
    let components = &mapping.children["components"];
    assert_eq!(components.key.as_deref(), Some("Shipment"));
    assert_eq!(components.element.as_deref(), Some("Line"));
    let within = &mapping.children["components.parts"].within;
    assert_eq!(within["components"], "Component Line");
}

#[test]
fn what_ties_child_tables_to_records_is_checked() {
    let text = fails("[children.items]\nkeys = \"id\"\n");
    assert!(
        text.contains("line 2: `keys` is no key of [children.items]"),
        "{text}"
    );
    let text = fails("[children.\"a.b\"]\nwithin = { c = \"x\" }\n");
    let wanted = "line 2: `c` is no list that holds `a.b`\n  help: the list above it is `a`";
    assert!(text.contains(wanted), "{text}");
    let text = fails("[children.a]\nwithin = { a = \"x\" }\n");
    assert!(text.contains("`a` is a list of the record"), "{text}");
    assert!(fails("[children.a]\nelement = 1\n").contains("a text in quotes"));
    let checked = crate::check::check_text(
        "p.interdict",
        "policy p { title \"t\" }\nrecord r { key id : text  as of day : date }\nverdicts a < b\notherwise a\nwhen unknown b\n\
         rule x \"x\" { when id = \"1\" then b }",
    );
    let model = checked.model.expect("a model");
    let said = |text: &str| {
        let error = check_fields(&parse(text), "m.toml", &model).expect_err("a mistake");
        error.to_string()
    };
    assert!(said("[children.ids]\nkey = \"x\"\n").contains("[children] names `ids`"));
    let text = said("[children.day]\nkey = \"x\"\n");
    assert!(
        text.contains("a field of type `date`, to which it can do nothing"),
        "{text}"
    );
}

#[test]
fn what_holds_for_every_field_is_merged_into_single_ones_in_any_order() {
    let mapping = parse(
        "[dates]\nday = [\"%d.%m.%Y\"]\n[missing]\nspellings = [\"-\"]\nfields.day = [\"tba\"]\n",
    );
    assert!(mapping.field("day").is_missing("-") && mapping.field("day").is_missing("tba"));
    assert!(mapping.field("other").is_missing("-") && !mapping.field("other").is_missing("tba"));
    assert_eq!(mapping.field("day").dates, ["%d.%m.%Y"]);
}

#[test]
fn unknown_keys_are_errors_with_line_and_nearest_key() {
    assert_eq!(
        fails("[columns]\na = \"A\"\n\n[mising]\nspellings = []\n"),
        "map.toml, line 4: `mising` is no key of a mapping\n  help: the nearest key is `missing`"
    );
    let text = fails("[missing]\nspelling = [\"-\"]\n");
    assert!(
        text.contains("line 2: `spelling` is no key of [missing]"),
        "{text}"
    );
    let text = fails("[missing.fields.a]\nfields = []\n");
    assert!(text.contains("no key of [missing.fields.a]"), "{text}");
    assert!(fails("[csv]\nquote = \"'\"\n").contains("`delimiter`"));
}

#[test]
fn values_of_the_wrong_kind_are_errors() {
    for (text, expected) in [
        ("[columns]\na = 1\n", "a column name"),
        ("[columns]\na = true\n", "a column name"),
        ("[missing]\nspellings = \"-\"\n", "help: write [\"-\"]"),
        ("[dates]\na = [\"%d/%m\"]\n", "is no date format"),
        ("[dates]\na = []\n", "at least one"),
        ("[numbers]\nthousands = \"ab\"\n", "one character"),
        (
            "[numbers]\ndecimal_comma = true\nthousands = \",\"\n",
            "both before decimals",
        ),
        ("[countries.spellings]\nCongo = \"Congo\"\n", "two-letter"),
        (
            "[countries]\nspellings = { \"Holland\" = \"Netherlands\" }\n",
            "help: write \"NL\"",
        ),
        ("[countries.spellings]\nX = \"QQ\"\n", "two-letter"),
        ("[dates]\na = \"%d.%m.%Y\"\n", "help: write [\"%d.%m.%Y\"]"),
        ("[bools.a]\n\"ja\" = \"yes\"\n", "true or false"),
        (
            "[columns]\na = { column = \"A\", unit = \"gr\" }\n",
            "a unit of mass (kg, g, mg, t, lb, oz)",
        ),
        (
            "[numbers.freight]\nthousands = \".\"\n",
            "`[numbers.fields]`",
        ),
        ("[hs]\na = 7\n", "digits"),
        ("[enums]\na = \"b\"\n", "a section `[enums.a]`"),
        ("[csv]\ndelimiter = \"ab\"\n", "one mark"),
        ("[columns\n", "line 1"),
        ("columns = 1\n", "a section `[columns]`"),
    ] {
        let found = fails(text);
        assert!(found.contains(expected), "{text}: {found}");
    }
}
