//! Sets, codes, texts, dates and instants.

use super::build::*;
use crate::domain::Truth::{False as F, True as T, Unknown as U};
use crate::domain::{Period, parse_instant, text::Pattern};
use crate::model::{CompareOp, ExprKind, PolicyId, SetExpr, TextOp, Type, Value};

#[test]
fn under_is_hierarchical_and_unknown_for_a_coarser_code() {
    let mut world = World::new();
    let (id, code) = world.field("eccn", eccn());
    let set = SetExpr::Elements(vec![world.element(eccn_code("3B001.c"))]);
    let under = world.under(&code, set.clone());
    let exactly = world.is_in(&code, set);
    for (given, hierarchical, exact) in [
        ("3B001.c", T, T),
        ("3B001.c.1", T, F),
        ("3B001", U, F),
        ("3B001.d", F, F),
        ("3B002", F, F),
    ] {
        let record = world.record(&[(id, eccn_code(given))]);
        assert_eq!(world.truth(&record, &under), hierarchical, "{given} under");
        assert_eq!(world.truth(&record, &exactly), exact, "{given} in");
    }
    assert_eq!(world.truth(&world.record(&[]), &under), U);
    assert_eq!(world.truth(&world.record(&[]), &exactly), U);
}

#[test]
fn a_range_holds_its_ends_what_lies_between_and_all_below() {
    let mut world = World::new();
    let (id, code) = world.field("hs", hs());
    let range = || SetExpr::Elements(vec![world.range(hs_code("7206"), hs_code("7229"))]);
    let (under, exactly) = (world.under(&code, range()), world.is_in(&code, range()));
    for (given, hierarchical, exact) in [
        ("7206", T, T),
        ("7229.90", T, T),
        ("7210.11", T, T),
        ("7205", F, F),
        ("7230", F, F),
        ("72", U, F),
        ("73", F, F),
    ] {
        let record = world.record(&[(id, hs_code(given))]);
        assert_eq!(world.truth(&record, &under), hierarchical, "{given} under");
        assert_eq!(world.truth(&record, &exactly), exact, "{given} in");
    }
}

#[test]
fn a_code_coarser_than_a_range_is_not_in_it_even_where_all_below_it_is() {
    let mut world = World::new();
    let (id, code) = world.field("hs", hs());
    let range = || SetExpr::Elements(vec![world.range(hs_code("7206"), hs_code("7450"))]);
    let record = world.record(&[(id, hs_code("73"))]);
    assert_eq!(world.truth(&record, &world.under(&code, range())), T);
    assert_eq!(world.truth(&record, &world.is_in(&code, range())), F);
}

#[test]
fn elements_count_on_the_days_they_belong() {
    let mut world = World::new();
    let (id, origin) = world.field("origin", Type::Country);
    let set = SetExpr::Elements(vec![
        world.dated(country("RU"), between("2026-03-01", "2026-07-01")),
    ]);
    let member = world.is_in(&origin, set);
    let on = |text: &str| {
        let mut record = world.record(&[(id, country("RU"))]);
        record.set(world.model.record.as_of, Some(Value::Date(day(text))));
        world.truth(&record, &member)
    };
    assert_eq!(on("2026-02-28"), F);
    assert_eq!(on("2026-03-01"), T);
    assert_eq!(on("2026-06-30"), T);
    assert_eq!(on("2026-07-01"), F);
}

#[test]
fn set_algebra_is_or_and_and_not_of_memberships() {
    let mut world = World::new();
    let (id, origin) = world.field("origin", Type::Country);
    let of = |codes: &[&str]| {
        SetExpr::Elements(
            codes
                .iter()
                .map(|code| world.element(country(code)))
                .collect(),
        )
    };
    let group = of(&["CN", "RU", "KP"]);
    let spared = of(&["RU", "US"]);
    let record = |code: &str| world.record(&[(id, country(code))]);
    for (code, union_, difference_, intersection_) in [
        ("CN", T, T, F),
        ("RU", T, F, T),
        ("US", T, F, F),
        ("FR", F, F, F),
    ] {
        let record = record(code);
        let truth = |set| world.truth(&record, &world.is_in(&origin, set));
        assert_eq!(
            truth(union(group.clone(), spared.clone())),
            union_,
            "{code} +"
        );
        assert_eq!(
            truth(difference(group.clone(), spared.clone())),
            difference_,
            "{code} -"
        );
        assert_eq!(
            truth(intersection(group.clone(), spared.clone())),
            intersection_,
            "{code} &"
        );
    }
    let missing = world.record(&[]);
    let truth = |set| world.truth(&missing, &world.is_in(&origin, set));
    let empty = || SetExpr::Elements(vec![]);
    assert_eq!(truth(difference(group.clone(), empty())), U);
    assert_eq!(truth(difference(empty(), group.clone())), F);
    assert_eq!(truth(intersection(group.clone(), empty())), F);
    assert_eq!(
        truth(difference(group.clone(), group)),
        U,
        "never normalised"
    );
}

#[test]
fn a_difference_of_codes_is_unknown_where_the_coarse_code_may_be_spared() {
    let mut world = World::new();
    let (id, code) = world.field("hs", hs());
    let all = SetExpr::Elements(vec![world.element(hs_code("8505"))]);
    let spared = SetExpr::Elements(vec![world.element(hs_code("8505.11"))]);
    let set = world.set("magnets", hs(), difference(all, spared));
    let under = world.under(&code, SetExpr::Named(set));
    for (given, expected) in [
        ("8505.11.10", F),
        ("8505.20", T),
        ("8505", U),
        ("85", U),
        ("8506", F),
    ] {
        let record = world.record(&[(id, hs_code(given))]);
        assert_eq!(world.truth(&record, &under), expected, "{given}");
    }
}

#[test]
fn numbers_in_a_set_are_compared_as_intervals() {
    let mut world = World::new();
    let (id, share) = world.field("share", Type::Percent);
    let set = |text: &str| SetExpr::Elements(vec![world.element(number(text))]);
    let missing = world.record(&[]);
    assert_eq!(world.truth(&missing, &world.is_in(&share, set("0.5"))), U);
    assert_eq!(world.truth(&missing, &world.is_in(&share, set("-0.5"))), F);
    let known = world.record(&[(id, number("0.50"))]);
    assert_eq!(world.truth(&known, &world.is_in(&share, set("0.5"))), T);
}

#[test]
fn folded_texts_compare_without_case_and_spare_blanks() {
    let mut world = World::new();
    let (id, folded) = world.field("name", FOLDED);
    let (plain_id, plain) = world.field("plain", TEXT);
    let literal = world.lit(text("ACME  Trading"), TEXT);
    let record = world.record(&[
        (id, text(" acme trading ")),
        (plain_id, text(" acme trading ")),
    ]);
    assert_eq!(world.truth(&record, &world.eq(&folded, &literal)), T);
    assert_eq!(world.truth(&record, &world.eq(&plain, &literal)), F);
    assert_eq!(world.truth(&record, &world.eq(&plain, &folded)), T);
    let set = || SetExpr::Elements(vec![world.element(text("Acme Trading"))]);
    assert_eq!(world.truth(&record, &world.is_in(&folded, set())), T);
    assert_eq!(world.truth(&record, &world.is_in(&plain, set())), F);
}

#[test]
fn a_named_set_of_folded_texts_folds_what_is_asked_of_it() {
    let mut world = World::new();
    let (id, plain) = world.field("plain", TEXT);
    let members = SetExpr::Elements(vec![world.element(text("Acme"))]);
    let names = world.set("names", FOLDED, members);
    let record = world.record(&[(id, text("ACME"))]);
    let member = world.is_in(&plain, SetExpr::Named(names));
    assert_eq!(world.truth(&record, &member), T);
}

#[test]
fn text_tests_on_a_missing_operand_are_unknown() {
    let mut world = World::new();
    let (id, name) = world.field("name", TEXT);
    let test = |op| world.expr(ExprKind::Text(Box::new(name.clone()), op), Type::Bool);
    let tests = [
        (test(TextOp::Contains("".into())), T),
        (test(TextOp::Like(Pattern::new("*"))), T),
        (test(TextOp::StartsWith("Uni".into())), T),
        (test(TextOp::EndsWith("Uni".into())), F),
        (
            test(TextOp::Matches(regex::Regex::new("s[ia]t").unwrap())),
            T,
        ),
    ];
    for (condition, expected) in tests {
        assert_eq!(world.truth(&world.record(&[]), &condition), U);
        let record = world.record(&[(id, text("University"))]);
        let found = world.truth(&record, &condition);
        assert_eq!(found, expected, "{:?}", condition.kind);
    }
}

#[test]
fn codes_are_tested_by_their_canonical_text() {
    let mut world = World::new();
    let (code_id, code) = world.field("eccn", eccn());
    let (hs_id, heading) = world.field("hs", hs());
    let record = world.record(&[(code_id, eccn_code("3A611.x")), (hs_id, hs_code("8505.11"))]);
    let pattern = crate::domain::CodeModel::Eccn.pattern("?A6??*");
    let military = world.expr(
        ExprKind::Text(Box::new(code), TextOp::Like(pattern)),
        Type::Bool,
    );
    assert_eq!(world.truth(&record, &military), T);
    let starts = |text: &str| {
        let op = TextOp::StartsWith(text.into());
        world.expr(ExprKind::Text(Box::new(heading.clone()), op), Type::Bool)
    };
    assert_eq!(world.truth(&record, &starts("8505.1")), T);
    assert_eq!(world.truth(&record, &starts("8506")), F);
}

#[test]
fn ordered_enums_compare_and_are_unknown_where_missing() {
    let mut world = World::new();
    let grades = world.ordered_enum("knowledge", &["none", "suspecting", "aware"]);
    let (id, knowledge) = world.field("knowledge", Type::Enum(grades));
    let at_least = world.ge(&knowledge, &world.lit(Value::Enum(1), Type::Enum(grades)));
    for (value, expected) in [(0, F), (1, T), (2, T)] {
        let record = world.record(&[(id, Value::Enum(value))]);
        assert_eq!(world.truth(&record, &at_least), expected);
    }
    assert_eq!(world.truth(&world.record(&[]), &at_least), U);
}

#[test]
fn dates_shift_to_the_end_of_a_shorter_month_and_out_of_the_calendar() {
    let mut world = World::new();
    let (id, date) = world.field("signed_on", Type::Date);
    let shifted = |period, negative| {
        let kind = ExprKind::Shift {
            date: Box::new(date.clone()),
            period,
            negative,
        };
        world.expr(kind, Type::Date)
    };
    let record = world.record(&[(id, Value::Date(day("2026-01-31")))]);
    let feb = world.lit(Value::Date(day("2026-02-28")), Type::Date);
    let month_later = world.eq(&shifted(Period::months(1), false), &feb);
    assert_eq!(world.truth(&record, &month_later), T);
    assert_eq!(world.truth(&world.record(&[]), &month_later), U);
    let beyond = world.eq(&shifted(Period::years(9_000), false), &feb);
    assert_eq!(world.truth(&record, &beyond), U);
    let before = world.eq(&shifted(Period::years(1), true), &feb);
    assert_eq!(world.truth(&record, &before), F);
}

fn instant(text: &str) -> Value {
    Value::Instant(parse_instant(text).unwrap())
}

#[test]
fn an_instant_is_the_day_of_the_policys_zone() {
    let mut world = World::new();
    world.model.record.fields[world.model.record.as_of].ty = Type::Instant;
    let new_york = world.policy("us", "America/New_York");
    let mut record = world.record(&[]);
    record.set(
        world.model.record.as_of,
        Some(instant("2026-06-30T16:30:00Z")),
    );
    let days = crate::reference::as_of_days(&world.model, &record, None).unwrap();
    assert_eq!(days, [day("2026-07-01"), day("2026-06-30")]);
    let overridden = crate::reference::as_of_days(&world.model, &record, Some(day("2020-02-29")));
    assert_eq!(overridden.unwrap(), [day("2020-02-29"), day("2020-02-29")]);
    record.set(
        world.model.record.as_of,
        Some(Value::Date(day("2026-06-30"))),
    );
    let same = crate::reference::as_of_days(&world.model, &record, None).unwrap();
    assert_eq!(same, [day("2026-06-30"), day("2026-06-30")]);
    record.set(world.model.record.as_of, None);
    assert_eq!(
        crate::reference::as_of_days(&world.model, &record, None),
        None
    );
    let as_of = world.expr(ExprKind::AsOf, Type::Date);
    let june = world.lit(Value::Date(day("2026-06-30")), Type::Date);
    let asked = world.eq(&as_of, &june);
    let truth = |policy| crate::reference::condition(&world.model, &record, &days, policy, &asked);
    assert_eq!(truth(PolicyId::from_index(0)), F);
    assert_eq!(truth(new_york), T);
}

#[test]
fn an_instant_given_as_a_day_is_all_of_that_day() {
    let mut world = World::new();
    let (a, left) = world.field("loaded", Type::Instant);
    let (b, right) = world.field("cleared", Type::Instant);
    let before = world.cmp(CompareOp::Lt, &left, &right);
    let equal = world.eq(&left, &right);
    let judge = |x: Value, y: Value| {
        let record = world.record(&[(a, x), (b, y)]);
        (world.truth(&record, &before), world.truth(&record, &equal))
    };
    let date = |text: &str| Value::Date(day(text));
    // In Shanghai 1 July begins at 16:00 of 30 June, Greenwich time.
    assert_eq!(
        judge(instant("2026-06-30T15:59:59.999999Z"), date("2026-07-01")),
        (T, F)
    );
    assert_eq!(
        judge(instant("2026-06-30T16:00:00Z"), date("2026-07-01")),
        (U, U)
    );
    assert_eq!(
        judge(instant("2026-07-01T16:00:00Z"), date("2026-07-01")),
        (F, F)
    );
    assert_eq!(judge(date("2026-07-01"), date("2026-07-01")), (U, U));
    assert_eq!(judge(date("2026-07-01"), date("2026-07-02")), (T, F));
    let one = instant("2026-07-01T00:00:00Z");
    assert_eq!(judge(one.clone(), one), (F, T));
    let record = world.record(&[(a, date("2026-07-01"))]);
    assert_eq!(world.truth(&record, &before), U);
    assert_eq!(world.truth(&record, &world.missing(&left)), F);
    let of_day = world.expr(ExprKind::DayOf(Box::new(left)), Type::Date);
    let july = world.lit(date("2026-07-01"), Type::Date);
    assert_eq!(world.truth(&record, &world.eq(&of_day, &july)), T);
}
