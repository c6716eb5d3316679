//! Three values: the whole tables, over conditions that are literals, fields, comparisons and rules.

use super::build::*;
use crate::domain::Truth::{self, False as F, True as T, Unknown as U};
use crate::model::{CompareOp, Expr, SetExpr, Type, Value};
use crate::reference::Record;

/// Two bool fields and a record for each of the nine pairs of truths.
fn pairs() -> (World, Expr, Expr, Vec<(Truth, Truth, Record)>) {
    let mut world = World::new();
    let (a, a_expr) = world.field("a", Type::Bool);
    let (b, b_expr) = world.field("b", Type::Bool);
    let mut all = Vec::new();
    for left in Truth::ALL {
        for right in Truth::ALL {
            let mut record = world.record(&[]);
            record.set(a, value(left));
            record.set(b, value(right));
            all.push((left, right, record));
        }
    }
    (world, a_expr, b_expr, all)
}

fn value(truth: Truth) -> Option<Value> {
    match truth {
        T => Some(Value::Bool(true)),
        F => Some(Value::Bool(false)),
        U => None,
    }
}

#[test]
fn and_or_not_follow_the_table() {
    let (world, a, b, all) = pairs();
    let table = |x: Truth, y: Truth| match (x, y) {
        (T, T) => (T, T),
        (T, F) | (F, T) => (F, T),
        (T, U) | (U, T) => (U, T),
        (F, F) => (F, F),
        (F, U) | (U, F) => (F, U),
        (U, U) => (U, U),
    };
    for (x, y, record) in &all {
        let (and, or) = table(*x, *y);
        assert_eq!(
            world.truth(record, &world.and(&[&a, &b])),
            and,
            "{x} and {y}"
        );
        assert_eq!(world.truth(record, &world.or(&[&a, &b])), or, "{x} or {y}");
        let not = match x {
            T => F,
            F => T,
            U => U,
        };
        assert_eq!(world.truth(record, &world.not(&a)), not, "not {x}");
    }
}

#[test]
fn a_comparison_of_conditions_is_unknown_with_an_unknown_side() {
    let (world, a, b, all) = pairs();
    for (x, y, record) in &all {
        let known = *x != U && *y != U;
        for (op, expected) in [(CompareOp::Eq, x == y), (CompareOp::Ne, x != y)] {
            let expected = if known { Truth::from(expected) } else { U };
            let compare = world.cmp(op, &a, &b);
            assert_eq!(
                world.truth(record, &compare),
                expected,
                "{x} {} {y}",
                op.symbol()
            );
        }
    }
}

#[test]
fn if_takes_what_both_branches_agree_on_where_its_condition_is_unknown() {
    let mut world = World::new();
    let (_, unknown) = world.field("c", Type::Bool);
    let (a, a_expr) = world.field("a", Type::Bool);
    let (b, b_expr) = world.field("b", Type::Bool);
    for x in Truth::ALL {
        for y in Truth::ALL {
            let mut record = world.record(&[]);
            record.set(a, value(x));
            record.set(b, value(y));
            let agreed = if x == y { x } else { U };
            let choose = |c: &Expr| world.truth(&record, &world.if_(c, &a_expr, &b_expr));
            assert_eq!(choose(&unknown), agreed, "if U then {x} else {y}");
            assert_eq!(choose(&world.bool(true)), x);
            assert_eq!(choose(&world.bool(false)), y);
        }
    }
}

#[test]
fn complements_of_something_missing_stay_unknown() {
    let mut world = World::new();
    let (_, origin) = world.field("origin", Type::Country);
    let cn = world.eq(&origin, &world.lit(country("CN"), Type::Country));
    let us = world.eq(&origin, &world.lit(country("US"), Type::Country));
    let record = world.record(&[]);
    assert_eq!(world.truth(&record, &world.or(&[&cn, &world.not(&cn)])), U);
    assert_eq!(world.truth(&record, &world.and(&[&cn, &us])), U);
    assert_eq!(world.truth(&record, &world.eq(&origin, &origin)), U);
}

#[test]
fn questions_about_absence_are_two_valued() {
    let (world, a, b, all) = pairs();
    for (x, y, record) in &all {
        let both = world.and(&[&a, &b]);
        let truth = x.and(*y);
        assert_eq!(
            world.truth(record, &world.unknown(&both)),
            Truth::from(truth == U)
        );
        assert_eq!(
            world.truth(record, &world.missing(&a)),
            Truth::from(*x == U)
        );
        assert_eq!(world.truth(record, &world.known(&a)), Truth::from(*x != U));
    }
}

#[test]
fn is_unknown_is_not_distributed_over_the_parts() {
    let (world, a, b, all) = pairs();
    for (x, y, record) in &all {
        let whole = world.unknown(&world.and(&[&a, &b]));
        let parts = world.or(&[&world.unknown(&a), &world.unknown(&b)]);
        if (*x, *y) == (F, U) {
            assert_eq!(world.truth(record, &whole), F);
            assert_eq!(world.truth(record, &parts), T);
        }
    }
}

#[test]
fn a_computed_amount_that_is_not_a_point_is_missing() {
    let mut world = World::new();
    let (a, x) = world.field("a", usd());
    let (_, y) = world.field("b", usd());
    let sum = world.arith(crate::model::ArithOp::Add, &x, &y, usd());
    let record = world.record(&[(a, number("5"))]);
    assert_eq!(world.truth(&record, &world.missing(&sum)), T);
    assert_eq!(world.truth(&record, &world.known(&x)), T);
}

#[test]
fn assume_stands_in_only_for_what_is_missing() {
    let mut world = World::new();
    let (flag, expr) = world.field("flag", Type::Bool);
    let assumed = world.assume(&expr, &world.bool(true), "why");
    assert_eq!(world.truth(&world.record(&[]), &assumed), T);
    let known = world.record(&[(flag, Value::Bool(false))]);
    assert_eq!(world.truth(&known, &assumed), F);
}

#[test]
fn a_define_is_what_it_says_with_its_arguments_in_place() {
    let mut world = World::new();
    let (a, x) = world.field("a", Type::Bool);
    let (b, y) = world.field("b", Type::Bool);
    let inner = world.define(
        "inner",
        &[Type::Bool],
        world.not(&world.parameter(0, Type::Bool)),
    );
    let body = world.and(&[
        &world.call_define(inner, &[&world.parameter(1, Type::Bool)]),
        &world.parameter(0, Type::Bool),
    ]);
    let outer = world.define("outer", &[Type::Bool, Type::Bool], body);
    let call = world.call_define(outer, &[&x, &y]);
    let record = world.record(&[(a, Value::Bool(true)), (b, Value::Bool(false))]);
    assert_eq!(world.truth(&record, &call), T);
    let record = world.record(&[(a, Value::Bool(true))]);
    assert_eq!(world.truth(&record, &call), U);
}

#[test]
fn a_set_empty_that_day_is_false_even_for_a_missing_operand() {
    let mut world = World::new();
    let (_, origin) = world.field("origin", Type::Country);
    let record = world.record(&[]);
    let empty = world.is_in(&origin, SetExpr::Elements(vec![]));
    assert_eq!(world.truth(&record, &empty), F);
    let later = SetExpr::Elements(vec![world.dated(country("CN"), from("2026-07-02"))]);
    assert_eq!(world.truth(&record, &world.is_in(&origin, later)), F);
    let now = SetExpr::Elements(vec![world.dated(country("CN"), from("2026-07-01"))]);
    assert_eq!(world.truth(&record, &world.is_in(&origin, now)), U);
}
