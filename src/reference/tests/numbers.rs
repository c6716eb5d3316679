//! Numbers as intervals: every operator over every kind of operand, against completions of what is missing.

use super::build::*;
use crate::domain::Number;
use crate::domain::Truth::{self, False as F, True as T, Unknown as U};
use crate::model::{ArithOp, Builtin, CompareOp, Expr, Type, Value};
use crate::reference::Record;

const OPS: [CompareOp; 6] = [
    CompareOp::Eq,
    CompareOp::Ne,
    CompareOp::Lt,
    CompareOp::Le,
    CompareOp::Gt,
    CompareOp::Ge,
];

/// A field missing though never negative, one missing that may be anything, and some that are known.
#[derive(Clone, Copy, Debug)]
enum Kind {
    NonNegative,
    Anything,
    Known(i64),
}

const KINDS: [Kind; 6] = [
    Kind::NonNegative,
    Kind::Anything,
    Kind::Known(-2),
    Kind::Known(0),
    Kind::Known(1),
    Kind::Known(3),
];

impl Kind {
    /// Values it may turn out to have; enough on each side of every bound used here.
    fn completions(self) -> Vec<i64> {
        match self {
            Kind::NonNegative => vec![0, 1, 2, 3, 7, 1_000],
            Kind::Anything => vec![-1_000, -7, -3, -2, -1, 0, 1, 2, 3, 7, 1_000],
            Kind::Known(value) => vec![value],
        }
    }
}

fn numeric(world: &mut World, name: &str, kind: Kind) -> (crate::model::FieldId, Expr) {
    match kind {
        Kind::NonNegative => world.field(name, usd()),
        Kind::Anything | Kind::Known(_) => world.signed(name, usd()),
    }
}

/// Every completion of `a`, `b` as a record, and the record as it stands.
struct Cases {
    world: World,
    a: Expr,
    b: Expr,
    stands: Record,
    completed: Vec<(i64, i64, Record)>,
}

fn cases(left: Kind, right: Kind) -> Cases {
    let mut world = World::new();
    let (a_id, a) = numeric(&mut world, "a", left);
    let (b_id, b) = numeric(&mut world, "b", right);
    let mut stands = world.record(&[]);
    for (id, kind) in [(a_id, left), (b_id, right)] {
        if let Kind::Known(value) = kind {
            stands.set(id, Some(Value::Number(Number::from_i64(value))));
        }
    }
    let mut completed = Vec::new();
    for x in left.completions() {
        for y in right.completions() {
            let record = world.record(&[
                (a_id, Value::Number(Number::from_i64(x))),
                (b_id, Value::Number(Number::from_i64(y))),
            ]);
            completed.push((x, y, record));
        }
    }
    Cases {
        world,
        a,
        b,
        stands,
        completed,
    }
}

fn each_pair(check: impl Fn(&Cases, &str)) {
    for left in KINDS {
        for right in KINDS {
            check(&cases(left, right), &format!("{left:?}, {right:?}"));
        }
    }
}

/// The answer is what all completions agree on, and unknown where they do not agree.
fn agrees(cases: &Cases, condition: &Expr, what: &str) {
    let stands = cases.world.truth(&cases.stands, condition);
    let mut seen: Vec<Truth> = cases
        .completed
        .iter()
        .map(|(_, _, record)| cases.world.truth(record, condition))
        .collect();
    seen.dedup();
    let expected = if seen.iter().all(|truth| *truth == seen[0]) {
        seen[0]
    } else {
        U
    };
    assert_eq!(stands, expected, "{what}");
}

#[test]
fn comparisons_say_what_every_completion_agrees_on() {
    each_pair(|cases, kinds| {
        for op in OPS {
            let condition = cases.world.cmp(op, &cases.a, &cases.b);
            agrees(cases, &condition, &format!("a {} b, {kinds}", op.symbol()));
        }
    });
}

#[test]
fn comparisons_of_known_numbers_are_plain_order() {
    let c = cases(Kind::Anything, Kind::Anything);
    for (x, y, record) in &c.completed {
        for op in OPS {
            let expected = match op {
                CompareOp::Eq => x == y,
                CompareOp::Ne => x != y,
                CompareOp::Lt => x < y,
                CompareOp::Le => x <= y,
                CompareOp::Gt => x > y,
                CompareOp::Ge => x >= y,
            };
            let condition = c.world.cmp(op, &c.a, &c.b);
            assert_eq!(c.world.truth(record, &condition), Truth::from(expected));
        }
    }
}

#[test]
fn sums_differences_and_products_say_what_every_completion_agrees_on() {
    each_pair(|cases, kinds| {
        for op in [ArithOp::Add, ArithOp::Sub, ArithOp::Mul] {
            let computed = cases.world.arith(op, &cases.a, &cases.b, usd());
            for bound in ["-6", "-1", "0", "1", "2"] {
                let bound_expr = cases.world.num(bound, usd());
                for compare in [CompareOp::Ge, CompareOp::Lt] {
                    let condition = cases.world.cmp(compare, &computed, &bound_expr);
                    let what = format!("a {op:?} b {} {bound}, {kinds}", compare.symbol());
                    agrees(cases, &condition, &what);
                }
            }
        }
    });
}

#[test]
fn least_greatest_and_absolute_values_say_what_every_completion_agrees_on() {
    each_pair(|cases, kinds| {
        let world = &cases.world;
        for computed in [
            world.call(Builtin::Min, &[&cases.a, &cases.b], usd()),
            world.call(Builtin::Max, &[&cases.a, &cases.b], usd()),
            world.call(Builtin::Abs, &[&cases.a], usd()),
            world.expr(
                crate::model::ExprKind::Neg(Box::new(cases.b.clone())),
                usd(),
            ),
        ] {
            for bound in ["-2", "0", "1", "3"] {
                let condition = world.ge(&computed, &world.num(bound, usd()));
                agrees(
                    cases,
                    &condition,
                    &format!("{:?} >= {bound}, {kinds}", computed.kind),
                );
            }
        }
    });
}

#[test]
fn quotients_never_answer_against_a_completion() {
    each_pair(|cases, kinds| {
        let quotient = cases
            .world
            .arith(ArithOp::Div, &cases.a, &cases.b, Type::Percent);
        for bound in ["-1", "0", "0.5", "1"] {
            for op in OPS {
                let condition =
                    cases
                        .world
                        .cmp(op, &quotient, &cases.world.num(bound, Type::Percent));
                let stands = cases.world.truth(&cases.stands, &condition);
                let may_be_zero = cases.completed.iter().any(|(_, y, _)| *y == 0);
                if may_be_zero {
                    assert_eq!(stands, U, "a / b {} {bound}, {kinds}", op.symbol());
                }
                for (x, y, record) in cases.completed.iter().filter(|(_, y, _)| *y != 0) {
                    let truth = cases.world.truth(record, &condition);
                    assert!(
                        stands == U || stands == truth,
                        "{x} / {y} {} {bound}, {kinds}",
                        op.symbol()
                    );
                }
            }
        }
    });
}

#[test]
fn a_share_is_decided_exactly_at_its_bound() {
    let mut world = World::new();
    let (part, a) = world.field("part", usd());
    let (whole, b) = world.field("whole", usd());
    let share = world.arith(ArithOp::Div, &a, &b, Type::Percent);
    let at_least = world.ge(&share, &world.num("0.001", Type::Percent));
    let judge = |x: &str, y: &str| {
        world.truth(
            &world.record(&[(part, number(x)), (whole, number(y))]),
            &at_least,
        )
    };
    assert_eq!(judge("1", "1000"), T);
    assert_eq!(judge("0.9999999999999999999999999", "1000"), F);
    assert_eq!(judge("1", "3"), T);
    assert_eq!(judge("0", "0"), U);
    assert_eq!(judge("5", "0"), U);
}

#[test]
fn a_zero_divisor_is_tested_before_the_dividend() {
    let mut world = World::new();
    let (v, value) = world.field("value", usd());
    let zero = world.num("0", usd());
    let share = world.call(Builtin::Share, &[&zero, &value], Type::Percent);
    let below = world.cmp(CompareOp::Le, &share, &world.num("1", Type::Percent));
    assert_eq!(world.truth(&world.record(&[]), &below), U);
    assert_eq!(world.truth(&world.record(&[(v, number("0"))]), &below), U);
    assert_eq!(world.truth(&world.record(&[(v, number("4"))]), &below), T);
}

#[test]
fn every_occurrence_of_a_field_is_independent() {
    let mut world = World::new();
    let (_, v) = world.field("v", usd());
    let zero = world.num("0", usd());
    let nothing = world.arith(ArithOp::Sub, &v, &v, usd());
    assert_eq!(
        world.truth(&world.record(&[]), &world.eq(&nothing, &zero)),
        U
    );
    let none = world.arith(ArithOp::Mul, &v, &world.num("0", Type::Decimal), usd());
    assert_eq!(world.truth(&world.record(&[]), &world.eq(&none, &zero)), T);
}

#[test]
fn a_missing_amount_is_at_least_zero() {
    let mut world = World::new();
    let (_, v) = world.field("v", usd());
    let (_, signed) = world.signed("signed", usd());
    let (_, count) = world.field("count", Type::Int);
    let record = world.record(&[]);
    let zero = world.num("0", usd());
    assert_eq!(world.truth(&record, &world.ge(&v, &zero)), T);
    assert_eq!(
        world.truth(&record, &world.cmp(CompareOp::Lt, &v, &zero)),
        F
    );
    assert_eq!(world.truth(&record, &world.ge(&signed, &zero)), U);
    let none = world.num("0", Type::Int);
    assert_eq!(world.truth(&record, &world.ge(&count, &none)), U);
}

#[test]
fn known_content_stays_over_its_bound_however_much_is_missing() {
    let mut world = World::new();
    let (known, a) = world.field("known", usd());
    let (_, b) = world.field("other", usd());
    let sum = world.arith(ArithOp::Add, &a, &b, usd());
    let over = world.cmp(CompareOp::Gt, &sum, &world.num("500", usd()));
    assert_eq!(
        world.truth(&world.record(&[(known, number("1000"))]), &over),
        T
    );
    assert_eq!(
        world.truth(&world.record(&[(known, number("500"))]), &over),
        U
    );
}

#[test]
fn a_product_reaches_beyond_128_bits_and_stays_exact() {
    let mut world = World::new();
    let (a, x) = world.signed("a", usd());
    let (b, y) = world.signed("b", Type::Decimal);
    let product = world.arith(ArithOp::Mul, &x, &y, usd());
    let bound = "1000000000000000000000000000000000000000000000000000000000000";
    let equal = world.eq(&product, &world.num(bound, usd()));
    let half = "1000000000000000000000000000000";
    let record = world.record(&[(a, number(half)), (b, number(half))]);
    assert_eq!(world.truth(&record, &equal), T);
    let less = world.record(&[
        (a, number(half)),
        (b, number("999999999999999999999999999999")),
    ]);
    assert_eq!(world.truth(&less, &equal), F);
}

#[test]
fn if_with_an_unknown_condition_is_the_hull_of_numbers() {
    let mut world = World::new();
    let (_, c) = world.field("c", Type::Bool);
    let chosen = world.if_(&c, &world.num("2", usd()), &world.num("5", usd()));
    let record = world.record(&[]);
    for (bound, expected) in [("2", T), ("3", U), ("5", U), ("5.1", F)] {
        let condition = world.ge(&chosen, &world.num(bound, usd()));
        assert_eq!(world.truth(&record, &condition), expected, ">= {bound}");
    }
}

#[test]
fn rounding_is_half_away_from_zero_at_both_ends() {
    let mut world = World::new();
    let (v, value) = world.signed("v", usd());
    let rounded = world.expr(crate::model::ExprKind::Round(Box::new(value), 2), usd());
    for (given, expected) in [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0")] {
        let equal = world.eq(&rounded, &world.num(expected, usd()));
        assert_eq!(
            world.truth(&world.record(&[(v, number(given))]), &equal),
            T,
            "{given}"
        );
    }
    let (_, amount) = world.field("amount", usd());
    let rounded = world.expr(crate::model::ExprKind::Round(Box::new(amount), 0), usd());
    let at_least = world.ge(&rounded, &world.num("0", usd()));
    assert_eq!(world.truth(&world.record(&[]), &at_least), T);
}

#[test]
fn a_param_has_its_value_from_its_day_and_none_before() {
    let mut world = World::new();
    let steps = [
        (Some("2026-03-01"), number("10")),
        (Some("2026-07-01"), number("20")),
    ];
    let (_, bound) = world.param("bound", usd(), &steps);
    let (v, value) = world.field("v", usd());
    let over = world.ge(&value, &bound);
    let judge = |on: &str| {
        let mut record = world.record(&[(v, number("15"))]);
        record.set(world.model.record.as_of, Some(Value::Date(day(on))));
        world.truth(&record, &over)
    };
    assert_eq!(judge("2026-02-28"), U);
    assert_eq!(judge("2026-03-01"), T);
    assert_eq!(judge("2026-06-30"), T);
    assert_eq!(judge("2026-07-01"), F);
}

#[test]
fn days_and_years_of_a_missing_date_may_be_anything() {
    let mut world = World::new();
    let (d, date) = world.field("signed_on", Type::Date);
    let as_of = world.expr(crate::model::ExprKind::AsOf, Type::Date);
    let since = world.call(Builtin::DaysBetween, &[&date, &as_of], Type::Int);
    let recent = world.cmp(CompareOp::Le, &since, &world.num("30", Type::Int));
    let year = world.call(Builtin::Year, &[&date], Type::Int);
    let this_year = world.eq(&year, &world.num("2026", Type::Int));
    assert_eq!(world.truth(&world.record(&[]), &recent), U);
    assert_eq!(world.truth(&world.record(&[]), &this_year), U);
    let at = |text: &str| world.record(&[(d, Value::Date(day(text)))]);
    assert_eq!(world.truth(&at("2026-06-01"), &recent), T);
    assert_eq!(world.truth(&at("2026-05-31"), &recent), F);
    assert_eq!(world.truth(&at("2025-12-31"), &this_year), F);
}
