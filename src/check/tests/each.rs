//! `for each`: which rules there are, and what is said of them.

use super::*;
use crate::domain::Day;
use crate::model::Model;

const HEAD: &str = "policy each { title \"Each\" }\n\
     record shipment {\n  key id : text\n  as of day : date\n  item : eccn?\n  party : text?\n  kind : kind?\n}\n\
     enum kind { one, two, three }\n\
     verdicts clear < review < deny\n\
     list watched from \"w.csv\" {\n  key name : text\n  valid from since until until\n  recorded added\n\
     \x20 since : date?\n  until : date?\n  added : date\n  grade : int?\n}\n";

const ROWS: &str = "name,since,until,added,grade\n\
     Acme,2024-01-01,2025-01-01,2024-01-01,1\n\
     Acme,2026-01-01,,2026-01-01,\n\
     \"a;b\",,,2024-01-01,3\n\
     a:b,,,2024-01-01,4\n";

fn checked(rules: &str, known_at: Option<&str>) -> Checked {
    let text = format!("{HEAD}{rules}");
    let loaded = load_text("each.interdict", &text, &[("w.csv", ROWS.as_bytes())]);
    let options = CheckOptions {
        citation_required: false,
        known_at: known_at.map(|day| Day::parse_iso(day).expect("a day")),
        ..CheckOptions::default()
    };
    check(loaded, &options)
}

fn model(rules: &str) -> Model {
    let checked = checked(rules, None);
    assert!(!checked.has_errors(), "{}", shown(&checked));
    checked.model.expect("no errors")
}

fn names(model: &Model) -> Vec<String> {
    model.rules.ids().map(|id| model.rule_name(id)).collect()
}

fn codes(checked: &Checked) -> Vec<&str> {
    checked.diagnostics.iter().map(|it| it.code.id).collect()
}

#[test]
fn rules_stand_in_the_order_of_declarations_and_then_of_elements() {
    let model = model(
        "rule a \"A\" { for each k in kind when kind = k then deny }\n\
         rule b \"B\" { when kind = one then deny }\n\
         rule c \"C\" { for each w in watched in force from 2020-01-01 when party = w then deny }\n",
    );
    let expected = [
        "a[one]",
        "a[two]",
        "a[three]",
        "b",
        "c[Acme from 2024-01-01]",
        "c[Acme from 2026-01-01]",
        "c[a_b in line 4]",
        "c[a_b in line 5]",
    ];
    assert_eq!(names(&model), expected);
    let windows: Vec<String> = model
        .rules
        .values()
        .map(|rule| rule.force.windows.to_string())
        .collect();
    assert_eq!(
        windows[4..7],
        [
            "from 2024-01-01 until 2025-01-01",
            "from 2026-01-01",
            "from 2020-01-01"
        ]
    );
}

#[test]
fn a_name_with_an_element_is_one_rule_and_one_without_is_all() {
    let model = model(
        "rule a \"A\" { for each w in watched when party = w then deny }\n\
         exception all \"All\" to a { when kind = one }\n\
         exception some \"Some\" to a[\"Acme\"], a[\"a;b\"] { when kind = two }\n\
         exception own \"Own\" to a[v] { for each v in watched when kind = three }\n",
    );
    let excepted = |at: usize| {
        let rules = model.rules.values().nth(at).expect("a rule").excepts();
        let names: Vec<String> = rules.iter().map(|id| model.rule_name(*id)).collect();
        names.join(", ")
    };
    let acme = "a[Acme from 2024-01-01], a[Acme from 2026-01-01]";
    assert_eq!(
        excepted(4),
        format!("{acme}, a[a_b in line 4], a[a_b in line 5]")
    );
    assert_eq!(excepted(5), format!("{acme}, a[a_b in line 4]"));
    // Both rows of one key: each is in force on days of its own.
    assert_eq!(excepted(6), acme);
    assert_eq!(excepted(8), "a[a_b in line 4]");
}

#[test]
fn one_mistake_makes_one_message() {
    let checked = checked(
        "rule a \"A\" { for each k in kind when kind = k and itm under \"3A001\" then deni because \"{nothing}\" }\n\
         exception b \"B\" to c { for each k in kind when applies(d) }\n",
        None,
    );
    assert_eq!(
        codes(&checked),
        ["E0201", "E0213", "E0504", "E0212", "E0212"],
        "{}",
        shown(&checked)
    );
}

#[test]
fn a_list_of_which_nothing_is_known_yet_makes_no_rule() {
    let rule = "rule a \"A\" { for each w in watched when party = w then deny }\n\
                rule b \"B\" { when applies(a) or kind = one then review }\n\
                exception c \"C\" to a { when kind = two }\n\
                test \"t\" { given { id: \"T\", day: 2023-01-01, kind: one } expect not a }\n";
    let found = checked(rule, Some("2023-01-01"));
    assert_eq!(codes(&found), ["W0723"], "{}", shown(&found));
    let model = found.model.expect("only a warning");
    assert_eq!(names(&model), ["b", "c"]);
    let exception = model.rules.values().last().expect("an exception");
    assert!(exception.excepts().is_empty());
    // Its conditions are read all the same.
    let wrong = checked(
        "rule a \"A\" { for each w in watched when party = w and w.size > 1 then deny }",
        Some("2023-01-01"),
    );
    assert_eq!(codes(&wrong), ["W0723", "E0206"], "{}", shown(&wrong));
}

/// An enum of so many values.
fn many(count: usize) -> String {
    let values: Vec<String> = (0..count).map(|at| format!("v{at}")).collect();
    format!("enum many {{ {} }}\n", values.join(", "))
}

#[test]
fn the_rules_that_are_made_are_bounded() {
    let rule = |at: usize| {
        format!("rule r{at} \"R\" {{ tags t for each m in many when kind = one then deny }}\n")
    };
    let at_bound = checked(&format!("{}{}", many(limits::MAX_EACH), rule(0)), None);
    assert!(!at_bound.has_errors(), "{}", shown(&at_bound));
    let over = checked(&format!("{}{}", many(limits::MAX_EACH + 1), rule(0)), None);
    assert_eq!(codes(&over), ["E0240"]);
    let rules: String = (0..=100).map(rule).collect();
    let over = checked(&format!("{}{rules}", many(limits::MAX_EACH)), None);
    assert_eq!(codes(&over), ["E0240"]);
}

#[test]
fn what_they_have_to_do_with_each_other_is_bounded() {
    let rules: String = (0..2)
        .map(|at| format!("exception x{at} \"X\" to r {{ for each m in many when kind = one }}\n"))
        .collect();
    let rule = "rule r \"R\" { for each m in many when kind = one then deny }\n";
    let over = checked(&format!("{}{rule}{rules}", many(limits::MAX_EACH)), None);
    assert_eq!(codes(&over), ["E0240"], "{}", shown(&over));
}
