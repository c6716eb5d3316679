//! Exceptions, suspensions, `applies` and `caught`.

use super::meaning::{codes, policy};
use super::*;
use crate::model::{ExprKind, Model, RuleId};

fn model(more: &str) -> Model {
    let checked = policy("packed", more);
    assert!(!checked.has_errors(), "{}", shown(&checked));
    checked.model.expect("no errors")
}

fn rule(model: &Model, name: &str) -> RuleId {
    let found = model.rules.iter().find(|(_, rule)| &*rule.name == name);
    found.expect(name).0
}

fn names(model: &Model, rules: &[RuleId]) -> Vec<String> {
    rules.iter().map(|id| model.rule_name(*id)).collect()
}

/// What the first `caught` or `applies` of a rule's `when` asks about.
fn asked(model: &Model, name: &str) -> (Vec<String>, Vec<String>) {
    let (ExprKind::Caught(found) | ExprKind::Applies(found)) =
        &model.rules[rule(model, name)].when.kind
    else {
        panic!("`{name}` asks about rules");
    };
    (names(model, &found.rules), names(model, &found.and_none_of))
}

const TAGGED: &str = "rule ns_1 \"NS\" { tags ns when packed then deny }\n\
                      rule ns_2 \"NS\" { tags ns when packed then deny }\n\
                      rule mt_1 \"MT\" { tags mt when packed then deny }\n";

#[test]
fn an_exception_may_ask_whether_only_the_rules_it_excepts_are_caught() {
    let more =
        format!("{TAGGED}exception tsr \"TSR\" to tagged ns {{ when caught(only tagged ns) }}");
    let model = model(&more);
    let (rules, none_of) = asked(&model, "tsr");
    assert_eq!(rules, ["ns_1", "ns_2"]);
    assert_eq!(none_of, ["mt_1", "asked"]);
    let order = names(&model, &model.dependency_order);
    let place = |name: &str| order.iter().position(|it| it == name);
    assert!(
        place("ns_1") < place("tsr") && place("mt_1") < place("tsr"),
        "{order:?}"
    );
    assert_eq!(order.len(), 5);
}

#[test]
fn rules_that_depend_on_the_asking_rule_are_left_out() {
    let more = format!(
        "{TAGGED}rule asking \"Asking\" {{ when caught(only tagged ns) then review }}\n\
         rule upon \"Upon\" {{ when applies(asking) then review }}\n\
         define through : bool = caught(upon)\n\
         rule further \"Further\" {{ when through then review }}"
    );
    let (_, none_of) = asked(&model(&more), "asking");
    assert_eq!(none_of, ["mt_1", "asked"]);
}

#[test]
fn two_rules_that_ask_for_only_each_other_leave_each_other_out() {
    let more = format!(
        "{TAGGED}rule one \"One\" {{ when caught(only tagged ns) then review }}\n\
         rule two \"Two\" {{ when caught(only tagged mt) then review }}"
    );
    let model = model(&more);
    assert_eq!(asked(&model, "one").1, ["mt_1", "asked"]);
    assert_eq!(asked(&model, "two").1, ["ns_1", "ns_2", "asked"]);
}

#[test]
fn circles_are_refused_with_the_way_round() {
    for more in [
        "rule a \"A\" { when applies(b) then deny }\nrule b \"B\" { when caught(a) then deny }",
        "rule a \"A\" { tags t when applies(tagged t) then deny }",
        "define asks : bool = applies(a)\nrule a \"A\" { when asks then deny }",
        "exception a \"A\" to b { when packed }\nexception b \"B\" to a { when packed }",
        "rule r \"R\" { when packed then deny }\nexception a \"A\" to r { when applies(r) }",
        "exception a \"A\" to a { when packed }",
        "suspension a \"A\" of b { from 2025-01-01 }\nsuspension b \"B\" of a { from 2025-01-01 }",
    ] {
        assert_eq!(codes("packed", more), ["E0503"], "{more}");
    }
    let fine = "rule r \"R\" { when packed then deny }\nexception a \"A\" to r { when caught(r) }";
    assert!(codes("packed", fine).is_empty());
}

#[test]
fn a_chain_of_rules_without_end_is_refused() {
    use std::fmt::Write;
    let mut more = String::from("rule r0 \"R\" { when packed then deny }\n");
    for at in 1..600 {
        let _ = writeln!(
            more,
            "exception r{at} \"R\" to r{} {{ when packed }}",
            at - 1
        );
    }
    assert!(codes("packed", &more).is_empty());
    for at in 600..2_000 {
        let _ = writeln!(
            more,
            "exception r{at} \"R\" to r{} {{ when packed }}",
            at - 1
        );
    }
    assert_eq!(codes("packed", &more), ["E0240"]);
}

#[test]
fn tags_mean_rules_for_exceptions_and_both_for_suspensions() {
    let more = "rule r \"R\" { tags t when packed then deny }\nexception x \"X\" to tagged t { tags t when packed }\n\
                exception y \"Y\" to exceptions tagged t { when packed }\nsuspension s \"S\" of tagged t { from 2025-01-01 until 2026-01-01 }\n\
                suspension u \"U\" of s { from 2025-06-01 through 2025-06-30 }";
    let model = model(more);
    let exceptions = |name| names(&model, &model.rules[rule(&model, name)].exceptions);
    assert_eq!(exceptions("r"), ["x"]);
    assert_eq!(exceptions("x"), ["y"]);
    for name in ["r", "x"] {
        assert_eq!(model.rules[rule(&model, name)].force.suspended_by.len(), 1);
    }
    let effective: Vec<String> = model
        .suspensions
        .values()
        .map(|it| it.effective.to_string())
        .collect();
    let parts = "from 2025-01-01 until 2025-06-01 and from 2025-07-01 until 2026-01-01";
    assert_eq!(effective, [parts, "from 2025-06-01 until 2025-07-01"]);
}

#[test]
fn a_rule_may_ask_about_a_rule_of_another_policy_in_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, text).expect("written");
    };
    write(
        "common/record.interdict",
        "record shipment { key id : text as of day : date packed : bool? }\nverdicts clear < deny\nset watched of country = { CN }\n",
    );
    write(
        "cn/rules.interdict",
        "policy cn { title \"CN\" }\nimport \"../common\"\nrule r \"R\" { when packed then deny }\n",
    );
    write(
        "us/rules.interdict",
        "policy us { title \"US\" }\nimport \"../common\"\nrule r \"R\" { when applies(cn.r) then deny }\n",
    );
    let options = CheckOptions {
        citation_required: false,
        ..CheckOptions::default()
    };
    let paths = ["cn", "us"].map(|name| folder.path().join(name));
    let checked = check(load(&paths).expect("there"), &options);
    let model = checked
        .model
        .clone()
        .unwrap_or_else(|| panic!("{}", shown(&checked)));
    assert_eq!(
        names(&model, &model.rules.ids().collect::<Vec<_>>()),
        ["cn.r", "us.r"]
    );
    assert_eq!(
        model.sets.len(),
        1,
        "a shared declaration is one declaration"
    );
    let alone = check(load(&paths[1..]).expect("there"), &options);
    let found: Vec<_> = alone.diagnostics.iter().map(|it| it.code.id).collect();
    assert_eq!(found, ["E0506"]);
}
