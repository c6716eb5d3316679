//! The fields that keep a rule open (ruling 10).

use super::build::*;
use crate::domain::Truth::{False as F, Unknown as U};
use crate::model::{ArithOp, CompareOp, Expr, ExprKind, SetExpr, Type, Value};

fn open(world: &mut World, when: Expr) -> Vec<String> {
    open_with(world, when, &[])
}

fn open_with(
    world: &mut World,
    when: Expr,
    values: &[(crate::model::FieldId, Value)],
) -> Vec<String> {
    let rule = world.rule("r", when, LICENSE);
    let (truth, missing) = world.rule_truth(&world.record(values), rule);
    assert_eq!(truth, U);
    missing
}

#[test]
fn only_unknown_parts_count() {
    let mut world = World::new();
    let (_, a) = world.field("a", Type::Bool);
    let (b, b_expr) = world.field("b", Type::Bool);
    let (_, c) = world.field("c", Type::Bool);
    let (_, d) = world.field("d", Type::Bool);
    // c and b are decided: b is false, so `b and d` is.
    let decided = world.and(&[&b_expr, &d]);
    let when = world.or(&[&c, &decided, &world.not(&a)]);
    let missing = open_with(&mut world, when, &[(b, Value::Bool(false))]);
    assert_eq!(missing, ["a", "c"]);
}

#[test]
fn a_number_that_is_a_point_has_no_open_leaves() {
    let mut world = World::new();
    let (_, a) = world.field("a", usd());
    let (_, b) = world.field("b", usd());
    let none = world.arith(ArithOp::Mul, &a, &world.num("0", Type::Decimal), usd());
    let sum = world.arith(ArithOp::Add, &none, &b, usd());
    let when = world.ge(&sum, &world.num("10", usd()));
    assert_eq!(open(&mut world, when), ["b"]);
}

#[test]
fn both_sides_of_a_comparison_count_and_a_settled_end_of_between_does_not() {
    let mut world = World::new();
    let (_, low) = world.field("low", usd());
    let (x_id, x) = world.field("x", usd());
    let (_, high) = world.field("high", usd());
    let kind = ExprKind::Between(Box::new(x.clone()), Box::new(low.clone()), Box::new(high));
    let when = world.expr(kind, Type::Bool);
    let known = [(x_id, number("5"))];
    assert_eq!(open_with(&mut world, when.clone(), &known), ["low", "high"]);
    let ceiling = world.num("9", usd());
    let kind = ExprKind::Between(Box::new(x), Box::new(low), Box::new(ceiling));
    let when = world.expr(kind, Type::Bool);
    assert_eq!(open_with(&mut world, when, &known), ["low"]);
}

#[test]
fn a_code_too_coarse_is_listed_like_a_missing_field() {
    let mut world = World::new();
    let (id, code) = world.field("eccn", eccn());
    let set = SetExpr::Elements(vec![world.element(eccn_code("3B001.c"))]);
    let when = world.under(&code, set);
    assert_eq!(
        open_with(&mut world, when.clone(), &[(id, eccn_code("3B001"))]),
        ["eccn"]
    );
    assert_eq!(open(&mut world, when), ["eccn"]);
}

#[test]
fn the_fields_of_a_zero_divisor_are_listed() {
    let mut world = World::new();
    let (a, part) = world.field("part", usd());
    let (b, gross) = world.field("gross", usd());
    let (c, tare) = world.field("tare", usd());
    let net = world.arith(ArithOp::Sub, &gross, &tare, usd());
    let share = world.arith(ArithOp::Div, &part, &net, Type::Percent);
    let when = world.ge(&share, &world.num("0.25", Type::Percent));
    let zero = [(a, number("1")), (b, number("7")), (c, number("7"))];
    assert_eq!(
        open_with(&mut world, when.clone(), &zero),
        ["gross", "tare"]
    );
    assert_eq!(open_with(&mut world, when.clone(), &zero[..2]), ["tare"]);
    assert_eq!(open(&mut world, when), ["part", "gross", "tare"]);
}

#[test]
fn a_param_without_a_value_that_day_is_listed_after_the_fields() {
    let mut world = World::new();
    let (_, bound) = world.param("a_bound", usd(), &[(Some("2027-01-01"), number("5"))]);
    let (_, flag) = world.field("z", Type::Bool);
    let (id, amount) = world.field("amount", usd());
    let when = world.and(&[&world.ge(&amount, &bound), &flag]);
    assert_eq!(
        open_with(&mut world, when, &[(id, number("7"))]),
        ["z", "a_bound"]
    );
}

#[test]
fn if_lists_its_condition_and_the_branches_it_may_still_take() {
    let mut world = World::new();
    let (c, choice) = world.field("choice", Type::Bool);
    let (_, a) = world.field("a", usd());
    let (_, b) = world.field("b", usd());
    let chosen = world.if_(&choice, &a, &b);
    let when = world.ge(&chosen, &world.num("5", usd()));
    assert_eq!(open(&mut world, when.clone()), ["choice", "a", "b"]);
    assert_eq!(
        open_with(&mut world, when.clone(), &[(c, Value::Bool(true))]),
        ["a"]
    );
    assert_eq!(
        open_with(&mut world, when, &[(c, Value::Bool(false))]),
        ["b"]
    );
    let two = world.if_(&choice, &world.num("1", usd()), &world.num("9", usd()));
    let when = world.ge(&two, &world.num("5", usd()));
    assert_eq!(open(&mut world, when), ["choice"]);
}

#[test]
fn defines_are_unfolded_and_their_arguments_followed() {
    let mut world = World::new();
    let (_, a) = world.field("a", usd());
    let (_, b) = world.field("b", usd());
    let p = |world: &World, at| world.parameter(at, usd());
    let body = world.cmp(CompareOp::Lt, &p(&world, 1), &p(&world, 0));
    let less = world.define("less", &[usd(), usd()], body);
    let when = world.call_define(less, &[&world.num("5", usd()), &b]);
    let when = world.and(&[&when, &world.ge(&a, &world.num("0", usd()))]);
    assert_eq!(open(&mut world, when), ["b"]);
}

#[test]
fn an_instant_known_to_the_day_is_listed_where_the_hour_matters() {
    let mut world = World::new();
    let (a, loaded) = world.field("loaded", Type::Instant);
    let (b, cleared) = world.field("cleared", Type::Instant);
    let when = world.cmp(CompareOp::Lt, &loaded, &cleared);
    let same_day = [
        (a, Value::Date(day("2026-07-01"))),
        (b, Value::Instant(1_782_864_000_000_000)),
    ];
    assert_eq!(open_with(&mut world, when, &same_day), ["loaded"]);
    let of_day = world.expr(ExprKind::DayOf(Box::new(cleared)), Type::Date);
    let when = world.eq(
        &of_day,
        &world.lit(Value::Date(day("2026-07-01")), Type::Date),
    );
    assert_eq!(open_with(&mut world, when, &same_day[..1]), ["cleared"]);
}

#[test]
fn a_date_beyond_the_calendar_lists_what_it_is_made_of() {
    let mut world = World::new();
    let (id, date) = world.field("signed_on", Type::Date);
    let kind = ExprKind::Shift {
        date: Box::new(date),
        period: crate::domain::Period::years(9_000),
        negative: false,
    };
    let shifted = world.expr(kind, Type::Date);
    let as_of = world.expr(ExprKind::AsOf, Type::Date);
    let when = world.ge(&shifted, &as_of);
    let known = [(id, Value::Date(day("2026-01-01")))];
    assert_eq!(open_with(&mut world, when, &known), ["signed_on"]);
}

#[test]
fn a_rule_is_open_for_its_unless_its_exceptions_and_the_rules_it_asks() {
    let mut world = World::new();
    let names = ["when", "unless", "spared", "unspared", "asked", "idle"];
    let made: Vec<_> = names.map(|name| world.field(name, Type::Bool)).into();
    let expr = |at: usize| made[at].1.clone();
    let asked = world.rule("asked_rule", expr(4), REPORT);
    let when = world.and(&[&expr(0), &world.not(&world.applies(&[asked]))]);
    let rule = world.rule("r", when, LICENSE);
    world.model.rules[rule].unless.push(expr(1));
    let x = world.exception("x", &[rule], expr(2), Some(REPORT));
    world.exception("y", &[x], expr(3), None);
    let late = world.exception("late", &[rule], expr(5), None);
    world.model.rules[late].force.windows = from("2027-01-01");
    let (truth, missing) = world.rule_truth(&world.record(&[]), rule);
    assert_eq!(truth, U);
    assert_eq!(missing, ["when", "unless", "spared", "unspared", "asked"]);
    // An exception is open for what it excepts too, but not for that rule's other exceptions.
    let (truth, missing) = world.rule_truth(&world.record(&[]), x);
    assert_eq!(truth, U);
    assert_eq!(missing, ["when", "unless", "spared", "unspared", "asked"]);
    let known = world.record(&[(made[0].0, Value::Bool(false))]);
    assert_eq!(world.rule_truth(&known, rule), (F, vec![]));
}

#[test]
fn caught_is_open_before_exceptions_and_applies_after() {
    let mut world = World::new();
    let names = ["when", "spared", "unspared"];
    let made: Vec<_> = names.map(|name| world.field(name, Type::Bool)).into();
    let rule = world.rule("r", made[0].1.clone(), LICENSE);
    let x = world.exception("x", &[rule], made[1].1.clone(), None);
    world.exception("y", &[x], made[2].1.clone(), None);
    for (asked, caught, applies) in [
        (rule, &names[..1], &names[..]),
        (x, &names[..2], &names[..]),
    ] {
        let when = world.caught(&[asked], &[]);
        assert_eq!(open(&mut world, when), caught);
        let when = world.applies(&[asked]);
        assert_eq!(open(&mut world, when), applies);
    }
}

#[test]
fn what_an_exception_excepts_is_not_listed_once_one_of_them_would_apply() {
    let mut world = World::new();
    let (a, first) = world.field("a", Type::Bool);
    let (_, second) = world.field("b", Type::Bool);
    let (_, spared) = world.field("c", Type::Bool);
    let first = world.rule("first", first, LICENSE);
    let second = world.rule("second", second, LICENSE);
    let x = world.exception("x", &[first, second], spared, Some(REPORT));
    let record = world.record(&[(a, Value::Bool(true))]);
    assert_eq!(world.rule_truth(&record, x), (U, vec!["c".into()]));
    assert_eq!(world.rule_truth(&world.record(&[]), x).1, ["a", "b", "c"]);
}

#[test]
fn the_union_over_rules_is_in_the_order_of_declaration() {
    let mut world = World::new();
    let (_, a) = world.field("a", Type::Bool);
    let (_, b) = world.field("b", Type::Bool);
    let (_, param) = world.param("aa", Type::Bool, &[]);
    let first = world.rule("first", world.and(&[&b, &param]), LICENSE);
    let second = world.rule("second", a, LICENSE);
    let judged = world.judge(&world.record(&[]));
    let lists: Vec<_> = judged
        .missing
        .iter()
        .map(|(rule, names)| (*rule, names.join(" ")))
        .collect();
    assert_eq!(
        lists,
        [(first, "b aa".to_owned()), (second, "a".to_owned())]
    );
    assert_eq!(judged.all_missing(&world.model).join(" "), "a b aa");
}
