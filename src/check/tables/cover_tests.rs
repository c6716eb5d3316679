//! Overlaps, gaps and rows never reached, found and not found.

use crate::check::check_text;

/// The codes that a table with these columns and rows raises, with the first message's label.
fn raised(table: &str) -> Vec<String> {
    let text = format!(
        "policy demo {{ title \"Demonstration\" }}
record shipment {{
  key   id        : text
  as of ship_date : date
  to              : country?
  item            : eccn?
  hs_code         : hs?
  value           : money USD?
  use             : use?
}}
enum use {{ civil, military, unstated }}
verdicts clear < deny
set d5 of country = {{ CN, RU }}
set e1 of country = {{ IR, SY until 2026-01-01 }}
param bound : money USD {{ 10 USD, 20 USD from 2026-01-01 }}
{table}
rule caught \"R\" {{ when value is missing then deny }}
"
    );
    let checked = check_text("demo.interdict", &text);
    checked
        .diagnostics
        .iter()
        .map(|it| format!("{} {}", it.code.id, it.primary.text))
        .collect()
}

#[test]
fn what_the_rows_say_together_is_found() {
    for (table, expected) in [
        (
            "table t(d : country) : percent first { in d5 => 1%  _ => 2% }",
            "",
        ),
        (
            "table t(d : country) : percent unique { in d5 => 1%  not in d5 => 2% }",
            "",
        ),
        (
            "table t(d : country) : percent unique { in d5 => 1%  _ => 2% }",
            "E0341",
        ),
        (
            "table t(d : country) : percent unique { in d5 => 1%  CN => 2%  _ => 3% }",
            "E0341 E0341",
        ),
        (
            "table t(d : country) : percent first { in d5 => 1% }",
            "W0720",
        ),
        (
            "table t(d : country) : percent first { _ => 1%  in d5 => 2% }",
            "W0721",
        ),
        (
            "table t(d : country) : percent first { in d5 => 1%  CN => 2%  _ => 3% }",
            "W0721",
        ),
        (
            "table t(d : country) : percent first { CN => 1%  RU => 2%  in d5 => 3%  _ => 4% }",
            "W0721",
        ),
        (
            "table t(d : country) : percent unique { missing => 1%  CN => 2%  not in { CN } => 3% }",
            "",
        ),
        (
            "table t(d : country) : percent unique { missing => 1%  _ => 2% }",
            "E0341",
        ),
        (
            "table t(u : use) : percent first { civil => 1%  military => 2%  unstated => 3% }",
            "",
        ),
        (
            "table t(u : use) : percent unique { civil => 1%  military => 2% }",
            "W0720",
        ),
        (
            "table t(u : use) : percent first { civil => 1%  military => 2%  unstated => 3%  _ => 4% }",
            "",
        ),
        (
            "table t(v : money USD) : percent unique { < 10 USD => 1%  >= 10 USD => 2% }",
            "",
        ),
        (
            "table t(v : money USD) : percent unique { <= 10 USD => 1%  >= 10 USD => 2% }",
            "E0341",
        ),
        (
            "table t(v : money USD) : percent unique { < 10 USD => 1%  > 10 USD => 2% }",
            "W0720",
        ),
        (
            "table t(v : money USD) : percent unique { 0 USD to 10 USD => 1%  > 10 USD => 2% }",
            "",
        ),
        (
            "table t(v : money USD signed) : percent unique { 0 USD to 10 USD => 1%  > 10 USD => 2% }",
            "W0720",
        ),
        (
            "table t(v : money USD) : percent unique { < bound => 1%  >= bound => 2% }",
            "",
        ),
        (
            "table t(v : money USD) : percent unique { < bound => 1%  >= 10 USD => 2% }",
            "E0341",
        ),
        (
            "table t(v : int) : percent unique { <= 1 => 1%  >= 2 => 2% }",
            "",
        ),
        (
            "table t(v : decimal) : percent unique { <= 1 => 1%  >= 2 => 2% }",
            "W0720",
        ),
        (
            "table t(i : eccn) : percent unique { under \"3A001\" => 1%  not under \"3A001\" => 2% }",
            "",
        ),
        (
            "table t(i : eccn) : percent unique { under \"3A001\" => 1%  under \"3A001.a\" => 2%  not under \"3A001\" => 3% }",
            "E0341",
        ),
        (
            "table t(i : eccn) : percent first { under \"3A001.a\" => 1%  under \"3A001\" => 2%  under \"3A001.b\" => 3%  _ => 4% }",
            "W0721",
        ),
        (
            "table t(h : hs) : percent unique { under { \"7206\" to \"7229\" } => 1%  under \"7215\" => 2%  _ => 3% }",
            "E0341 E0341",
        ),
        (
            "table t(h : hs) : percent unique { under { \"7206\" to \"7229\" } => 1%  not under { \"7206\" to \"7229\" } => 2% }",
            "",
        ),
        (
            "table t(d : country) : percent unique { in e1 => 1%  IR => 2%  _ => 3% }",
            "E0341 E0341",
        ),
        (
            "table t(d : country) : percent first { in e1 => 1%  SY => 2%  _ => 3% }",
            "",
        ),
        (
            "table t(d : country) : percent first { in e1 => 1%  IR => 2%  _ => 3% }",
            "W0721",
        ),
        (
            "table t(d : country, u : use) : percent unique { CN, civil => 1%  CN, military => 2%  CN, unstated => 3%  not in { CN }, _ => 4% }",
            "",
        ),
        (
            "table t(d : country, u : use) : percent unique { CN, civil => 1%  _, military => 2%  CN, unstated => 3%  not in { CN }, _ => 4% }",
            "E0341",
        ),
        (
            "table t(i : eccn) : percent first { like \"?A6*\" => 1%  _ => 2% }",
            "",
        ),
        (
            "table t(i : eccn) : percent first { like \"?A6*\" => 1%  not like \"?A6*\" => 2% }",
            "W0722",
        ),
        (
            "table t(i : eccn) : percent first { like \"?A6*\" => 1%  under \"3A001\" => 2% }",
            "W0722",
        ),
        (
            "table t(i : eccn) : percent unique { like \"?A6*\" => 1%  under \"3A001\" => 2% }",
            "W0722 E0342",
        ),
    ] {
        let codes: Vec<String> = raised(table);
        let ids: Vec<&str> = codes.iter().map(|it| &it[..5]).collect();
        assert_eq!(ids.join(" "), expected, "{table}\n{codes:#?}");
    }
}
