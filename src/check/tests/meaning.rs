//! What names, literals and operators come to in the model.

use super::*;
use crate::domain::{Day, Number};
use crate::model::{ExprKind, Model, SetExpr, Type, Value, print};

/// A policy with a record of all kinds of fields, one rule with the condition, and more declarations.
pub(super) fn policy(condition: &str, more: &str) -> Checked {
    let text = format!(
        "policy demo {{ title \"Demo\" zone \"Asia/Shanghai\" }}\n\
         record shipment {{\n  key id : text\n  as of day : date\n  destination : country?\n  origin : country?\n\
         \x20 hs_code : hs?\n  eccn : eccn?\n  control : cn_control?\n  value : money USD?\n  content : money USD?\n\
         \x20 euros : money EUR?\n  end_use : end_use?\n  knows : knowledge?\n  weight : mass kg?\n  seen : instant?\n\
         \x20 packed : bool?\n  purity : percent?\n  count : int?\n  density : decimal?\n  consignee : text folded?\n  remark : text?\n}}\n\
         enum end_use {{ civil, military as \"MIL\" }}\nenum knowledge ordered {{ none < aware < informed }}\n\
         codes cn_control like eccn\nverdicts clear < review < deny\n{more}\n\
         rule asked \"Asked\" {{\n  when {condition}\n  then deny\n}}\n"
    );
    check_text("demo.interdict", &text)
}

fn model(condition: &str, more: &str) -> Model {
    let checked = policy(condition, more);
    assert!(!checked.has_errors(), "{condition}\n{}", shown(&checked));
    checked.model.expect("no errors")
}

/// The condition of the one rule as text.
fn canonical(condition: &str) -> String {
    let model = model(condition, "");
    let rule = model.rules.values().next().expect("one rule");
    print::expr(&model, &[], &rule.when)
}

/// The codes of the messages.
pub(super) fn codes(condition: &str, more: &str) -> Vec<&'static str> {
    let checked = policy(condition, more);
    checked.diagnostics.iter().map(|it| it.code.id).collect()
}

#[test]
fn conditions_are_given_back_as_written() {
    for condition in [
        "destination = CN and not packed",
        "origin != CN or destination in { IR, KP } and value >= 2_500 USD",
        "(origin = CN or origin = HK) and hs_code under { \"7206\" to \"7229\", \"8505.11\" }",
        "eccn not under \"3A001.a\" and eccn not like \"?A6??*\"",
        "not (packed and destination is missing)",
        "content / value between 10% and 25.5%",
        "(value + content) * 2 > value - (content - 1 USD)",
        "value > -content and value - content < -5 USD",
        "(packed or destination = CN) is unknown",
        "day + 30 days < day - 1 years",
        "days_between(day, as_of) > 30 or year(day) = 2_025",
        "assume(value, 0 USD, \"none declared\") > round(content, 2)",
        "(if packed then value else content) >= 1_000.25 USD",
        "min(value, content, 5 USD) = max(content, 1 USD)",
        "share(count, density) > 0.1%",
        "consignee starts with \"acme\" or remark ends with \"Inc.\" or remark contains \"x\" or remark matches \"^a+$\"",
        "knows >= aware and end_use = military",
        "weight > 5 kg and purity <= 99.999%",
        "destination in { IR until 2026-01-01, SY from 2011-01-01 until 2012-01-01 }",
    ] {
        assert_eq!(canonical(condition), condition);
    }
}

#[test]
fn the_canonical_text_reads_back_to_itself() {
    for condition in [
        "((((destination) = (CN))))",
        "value > 2_500.00 USD and weight > 1 lb",
        "destination in (({ CN } + { HK }) - { MO })",
        "- - value < 5 USD",
        "end_use = end_use.civil",
        "hs_code = \"850511\"",
        "seen >= 2025-01-01",
        "(destination = CN) is known",
    ] {
        let once = canonical(condition);
        assert_eq!(canonical(&once), once);
    }
}

#[test]
fn a_bare_name_is_a_country_or_an_enum_value_by_what_stands_beside_it() {
    for condition in [
        "CN = destination",
        "military = end_use",
        "CN in { CN }",
        "civil in { civil }",
    ] {
        let found = codes(condition, "");
        assert!(found.is_empty(), "{condition}: {found:?}");
    }
    assert_eq!(codes("destination = military", ""), ["E0208"]);
    assert_eq!(codes("end_use = CN", ""), ["E0207"]);
}

#[test]
fn an_instant_beside_a_date_is_its_day() {
    for condition in [
        "seen > day",
        "day < seen",
        "seen between day and as_of",
        "day between seen and as_of",
        "seen + 1 days > day",
        "year(seen) = 2025",
        "seen in { 2025-01-01 }",
    ] {
        let model = model(condition, "");
        let text = format!("{:?}", model.rules.values().next().expect("one rule").when);
        assert!(text.contains("DayOf"), "{condition}");
    }
    let model = model("seen = seen", "");
    let text = format!("{:?}", model.rules.values().next().expect("one rule").when);
    assert!(
        !text.contains("DayOf"),
        "two instants are compared as they are"
    );
}

#[test]
fn arithmetic_has_the_types_of_the_specification() {
    for (expression, ty) in [
        ("value + content", "money USD"),
        ("value * 2", "money USD"),
        ("10% * value", "money USD"),
        ("value / 4", "money USD"),
        ("value / content", "percent"),
        ("weight / weight", "percent"),
        ("purity + 1%", "percent"),
        ("purity * purity", "percent"),
        ("purity / purity", "decimal"),
        ("purity * 3", "decimal"),
        ("purity / 2", "percent"),
        ("count + count", "int"),
        ("count * density", "decimal"),
        ("count / count", "decimal"),
        ("round(value, 2)", "money USD"),
        ("abs(count)", "int"),
        ("if packed then count else density", "decimal"),
    ] {
        let model = model("packed", &format!("define worked_out = {expression}"));
        let define = model.defines.values().next().expect("one define");
        assert_eq!(print::type_name(&model, define.body.ty), ty, "{expression}");
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    for (condition, code) in [
        ("value > euros", "E0302"),
        ("value + euros > 1 USD", "E0302"),
        ("value / euros > 10%", "E0302"),
        ("value in { 5 EUR }", "E0301"),
        ("value * content > 1 USD", "E0310"),
        ("value + 5 > 1 USD", "E0303"),
        ("value + purity > 1 USD", "E0310"),
        ("content / value > 0.25", "E0303"),
        ("content / value > density", "E0303"),
        ("weight > 5", "E0303"),
        ("weight > 5 USD", "E0301"),
        ("control = eccn", "E0305"),
        (
            "control in { \"3A001.a\" } and control under \"3A001\" and eccn = control",
            "E0305",
        ),
        ("destination > CN", "E0306"),
        ("end_use < military", "E0306"),
        ("hs_code between \"72\" and \"73\"", "E0306"),
        ("destination contains \"C\"", "E0315"),
        ("destination under CN", "E0315"),
        ("remark like consignee", "E0313"),
        ("packed is unknown and destination is unknown", "E0319"),
        ("day > 30 days", "E0405"),
        ("30 days + 2 days > day", "E0405"),
        ("value + 30 days > 1 USD", "E0310"),
        ("day - as_of > 3", "E0310"),
        ("abs(destination) > 3", "E0310"),
        ("share(value, content) > 3%", "E0310"),
        ("round(value, 1.5) > 3 USD", "E0321"),
        ("assume(value, 5, \"x\") > 3 USD", "E0303"),
        ("assume(value, 5 USD, remark) > 3 USD", "E0313"),
        ("day = \"2025-01-01\"", "E0311"),
        ("seen = \"2025-01-01T00:00:00Z\"", "E0301"),
        ("count", "E0307"),
        ("{ CN }", "E0309"),
        ("destination in CN", "E0308"),
        ("destination in destination", "E0308"),
        ("destination in { CN } * { HK }", "E0310"),
    ] {
        assert_eq!(codes(condition, ""), [code], "{condition}");
    }
}

#[test]
fn one_mistake_makes_one_message() {
    assert_eq!(
        codes("vale > 2 USD and vale + value < 3 USD", ""),
        ["E0201", "E0201"]
    );
    let more =
        "define wrong = valu / content\ndefine upon = wrong * 2\nset broken of contry = { CN }";
    assert_eq!(
        codes("upon > 5 and wrong > 3 and destination in broken", more),
        ["E0201", "E0205"]
    );
    let unread =
        "set lost of country = { CN, \nrule other \"O\" { when destination in lost then deny }";
    let found = codes("destination in lost", unread);
    assert!(
        found.iter().all(|code| code.starts_with("E01")),
        "{found:?}"
    );
}

#[test]
fn params_take_the_latest_step_and_overrides_replace_them_all() {
    let more = "param limit : percent { 10% from 2030-01-01, 25%, 5% from 2031-01-01 }";
    let checked = policy("purity > limit", more);
    let model = checked.model.expect("no errors");
    let param = model.params.values().next().expect("one param");
    let on = |day: &str| param.on(Day::parse_iso(day).expect("a day")).cloned();
    let percent = |number| Some(Value::Number(Number::from_ratio(number, 100)));
    assert_eq!(on("2029-12-31"), percent(25));
    assert_eq!(on("2030-01-01"), percent(10));
    assert_eq!(on("2031-01-01"), percent(5));

    let text = checked
        .sources
        .iter()
        .next()
        .expect("one file")
        .1
        .text
        .clone();
    let with = |value: &str| {
        let options = CheckOptions {
            params: vec![("limit".into(), value.into())],
            citation_required: false,
            ..CheckOptions::default()
        };
        check(load_text("demo.interdict", &text, &[]), &options)
    };
    let model = with("7.5%").model.expect("no errors");
    let steps = &model.params.values().next().expect("one param").steps;
    assert_eq!(
        *steps,
        [(None, Value::Number(Number::from_ratio(75, 1_000)))]
    );
    for wrong in [
        "7.5",
        "",
        "CN",
        "2 USD",
        "a b",
        "-3%",
        "1% }\nset x of country = {",
        "x.y.z",
        "(3%)",
    ] {
        let found: Vec<_> = with(wrong)
            .diagnostics
            .iter()
            .map(|it| it.code.id)
            .collect();
        assert_eq!(found, ["E0604"], "{wrong}");
    }
}

#[test]
fn sets_keep_their_algebra_and_masses_are_kilograms() {
    let more = "set close of country = { CA, GB }\nset allied of country = close + { JP } - { TR } & close\n\
                set heavy of mass kg = { 1 t, 500 g }";
    let model = model("destination in allied", more);
    let sets: Vec<_> = model.sets.values().collect();
    assert_eq!(
        print::set(&model, Type::Country, &sets[1].members),
        "close + { JP } - ({ TR } & close)"
    );
    let SetExpr::Elements(elements) = &sets[2].members else {
        panic!("elements");
    };
    let numbers: Vec<_> = elements.iter().map(|it| it.value.clone()).collect();
    let kilograms = [Number::from_i64(1_000), Number::from_ratio(1, 2)];
    assert_eq!(numbers, kilograms.map(Value::Number));
}

#[test]
fn sets_and_defines_do_not_grow_beyond_bounds() {
    use std::fmt::Write;
    let mut sets = String::from("set s0 of country = { CN }\n");
    let mut long = sets.clone();
    let mut defines = String::from("define d0 : int = count + count\n");
    for at in 1..600 {
        let before = at - 1;
        let _ = writeln!(sets, "set s{at} of country = s{before} + s{before}");
        let _ = writeln!(long, "set s{at} of country = s{before} - {{ HK }}");
        let _ = writeln!(defines, "define d{at} : int = d{before} + d{before}");
    }
    assert_eq!(codes("packed", &sets), ["E0324"]);
    assert_eq!(codes("packed", &long), ["E0324"]);
    assert!(codes("packed", &defines).contains(&"E0324"));
}

#[test]
fn a_define_stands_after_those_it_uses() {
    let more = "define last(x : money USD) : bool = first(x) and middle\n\
                define middle : bool = first(value)\ndefine first(x : money USD) : bool = x > 5 USD";
    let model = model("last(content)", more);
    for (id, define) in model.defines.iter() {
        let text = format!("{:?}", define.body);
        for later in model.defines.ids().skip(id.index()) {
            assert!(
                !text.contains(&format!("Define({later:?}")),
                "{}",
                define.name
            );
        }
    }
    let rule = model.rules.values().next().expect("one rule");
    assert!(matches!(&rule.when.kind, ExprKind::Define(_, arguments) if arguments.len() == 1));
}

#[test]
fn warnings_leave_the_model() {
    let more = "set twice of country = { CN, HK, CN }\nset again of country = { SY until 2012-01-01, SY from 2024-01-01 }\n\
                rule many \"Many\" { in force from 2025-01-01 until 2025-03-01 in force from 2025-03-01 when packed then deny }";
    let checked = policy("destination in twice and origin in again", more);
    let found: Vec<_> = checked.diagnostics.iter().map(|it| it.code.id).collect();
    assert_eq!(found, ["W0703", "W0702"]);
    assert!(checked.model.is_some());
}
