//! Windows, suspensions, exceptions, and what `applies` and `caught` ask.

use super::build::*;
use crate::domain::Truth::{self, False as F, True as T, Unknown as U};
use crate::domain::Windows;
use crate::model::{Expr, FieldId, RuleId, Type, Value};
use crate::reference::{Record, Stopper};

fn flags<const N: usize>(world: &mut World) -> ([FieldId; N], [Expr; N]) {
    let made: Vec<_> = (0..N)
        .map(|at| world.field(&format!("f{at}"), Type::Bool))
        .collect();
    (
        std::array::from_fn(|at| made[at].0),
        std::array::from_fn(|at| made[at].1.clone()),
    )
}

fn with(world: &World, ids: &[FieldId], truths: &[Truth]) -> Record {
    let mut record = world.record(&[]);
    for (id, truth) in ids.iter().zip(truths) {
        record.set(
            *id,
            match truth {
                T => Some(Value::Bool(true)),
                F => Some(Value::Bool(false)),
                U => None,
            },
        );
    }
    record
}

fn truth(world: &World, record: &Record, rule: RuleId) -> Truth {
    world.rule_truth(record, rule).0
}

fn on(world: &World, mut record: Record, text: &str) -> Record {
    record.set(world.model.record.as_of, Some(Value::Date(day(text))));
    record
}

#[test]
fn a_rule_applies_where_when_holds_and_no_unless_and_no_exception_does() {
    let mut world = World::new();
    let (ids, [when, unless, spared]) = flags::<3>(&mut world);
    let rule = world.rule("r", when, LICENSE);
    world.model.rules[rule].unless.push(unless);
    world.exception("x", &[rule], spared, None);
    for w in Truth::ALL {
        for u in Truth::ALL {
            for x in Truth::ALL {
                let record = with(&world, &ids, &[w, u, x]);
                let expected = w.and(u.not()).and(x.not());
                assert_eq!(truth(&world, &record, rule), expected, "{w} {u} {x}");
            }
        }
    }
}

#[test]
fn an_exception_to_an_exception_revives_the_rule() {
    let mut world = World::new();
    let (ids, [when, first, second]) = flags::<3>(&mut world);
    let rule = world.rule("r", when, LICENSE);
    let x = world.exception("x", &[rule], first, None);
    world.exception("y", &[x], second, None);
    let judge = |a, b, c| truth(&world, &with(&world, &ids, &[a, b, c]), rule);
    assert_eq!(judge(T, T, F), F);
    assert_eq!(judge(T, T, T), T);
    assert_eq!(judge(T, T, U), U);
    assert_eq!(judge(T, F, U), T);
}

#[test]
fn a_window_is_never_unknown_and_its_end_is_out() {
    let mut world = World::new();
    let (_, [when]) = flags::<1>(&mut world);
    let rule = world.rule("r", when, LICENSE);
    world.model.rules[rule].force.windows = between("2026-03-01", "2026-07-01");
    let judge = |text| truth(&world, &on(&world, world.record(&[]), text), rule);
    assert_eq!(judge("2026-02-28"), F);
    assert_eq!(judge("2026-03-01"), U);
    assert_eq!(judge("2026-06-30"), U);
    assert_eq!(judge("2026-07-01"), F);
}

#[test]
fn what_a_suspension_ends_revives_by_itself_and_is_named() {
    let mut world = World::new();
    let always = world.bool(true);
    let rule = world.rule("r", always, LICENSE);
    let pause = world.suspend("pause", between("2026-03-01", "2026-07-01"), &[rule]);
    world.model.rules[rule].force.suspended = until("2026-04-01");
    let judge = |text| world.judge(&on(&world, world.record(&[]), text));
    assert_eq!(judge("2026-07-01").rules, [rule]);
    let suspended = judge("2026-06-30");
    assert_eq!(suspended.rules, []);
    assert_eq!(suspended.not_by, [(rule, Stopper::Suspension(pause))]);
    let both = [
        (rule, Stopper::OwnSuspension),
        (rule, Stopper::Suspension(pause)),
    ];
    assert_eq!(judge("2026-03-31").not_by, both);
    assert_eq!(judge("2026-02-01").not_by, both[..1]);
}

#[test]
fn a_suspension_is_named_only_where_it_is_what_keeps_the_rule_from_applying() {
    let mut world = World::new();
    let (ids, [when, unless]) = flags::<2>(&mut world);
    let rule = world.rule("r", when, LICENSE);
    world.model.rules[rule].unless.push(unless);
    let pause = world.suspend("pause", Windows::always(), &[rule]);
    let by = |a, b| world.judge(&with(&world, &ids, &[a, b])).not_by;
    assert_eq!(by(T, F), [(rule, Stopper::Suspension(pause))]);
    assert_eq!(by(T, T), []);
    assert_eq!(by(F, F), []);
    assert_eq!(by(U, F), []);
    world.model.rules[rule].force.windows = from("2026-07-02");
    assert_eq!(world.judge(&with(&world, &ids, &[T, F])).not_by, []);
}

#[test]
fn suspending_an_exception_revives_the_rule_it_spared() {
    let mut world = World::new();
    let yes = world.bool(true);
    let rule = world.rule("r", yes.clone(), LICENSE);
    let x = world.exception("x", &[rule], yes, Some(REPORT));
    assert_eq!(world.judge(&world.record(&[])).rules, [x]);
    let pause = world.suspend("pause", Windows::always(), &[x]);
    let judged = world.judge(&world.record(&[]));
    assert_eq!(judged.rules, [rule]);
    assert_eq!(judged.not_by, [(x, Stopper::Suspension(pause))]);
}

#[test]
fn exceptions_that_stop_a_rule_are_named_in_order() {
    let mut world = World::new();
    let (ids, [a, b]) = flags::<2>(&mut world);
    let yes = world.bool(true);
    let rule = world.rule("r", yes, LICENSE);
    let x = world.exception("x", &[rule], a, None);
    let y = world.exception("y", &[rule], b, None);
    let by = |s, t| world.judge(&with(&world, &ids, &[s, t])).not_by;
    let (by_x, by_y) = ((rule, Stopper::Exception(x)), (rule, Stopper::Exception(y)));
    assert_eq!(by(T, T), [by_x, by_y]);
    assert_eq!(by(F, T), [by_y]);
    assert_eq!(by(U, T), [by_y]);
    assert_eq!(by(U, F), []);
}

#[test]
fn an_exception_takes_effect_only_where_something_it_excepts_would_apply() {
    let mut world = World::new();
    let (ids, [when, spared]) = flags::<2>(&mut world);
    let rule = world.rule("r", when, LICENSE);
    let x = world.exception("x", &[rule], spared, Some(REPORT));
    let judge = |a, b| {
        let judged = world.judge(&with(&world, &ids, &[a, b]));
        (judged.rules, judged.unknown, judged.verdict)
    };
    assert_eq!(judge(T, T), (vec![x], vec![], REPORT));
    assert_eq!(judge(F, T), (vec![], vec![], CLEAR));
    assert_eq!(judge(U, T), (vec![], vec![x], REPORT));
    assert_eq!(judge(T, F), (vec![rule], vec![], LICENSE));
    assert_eq!(judge(T, U), (vec![], vec![rule, x], REVIEW));
}

#[test]
fn one_of_two_excepted_rules_suffices_for_an_exception_to_take_effect() {
    let mut world = World::new();
    let (ids, [a, b, spared]) = flags::<3>(&mut world);
    let first = world.rule("first", a, LICENSE);
    let second = world.rule("second", b, DENY);
    let x = world.exception("x", &[first, second], spared, Some(REPORT));
    let judge = |s, t| truth(&world, &with(&world, &ids, &[s, t, T]), x);
    assert_eq!(judge(F, F), F);
    assert_eq!(judge(T, U), T);
    assert_eq!(judge(F, U), U);
}

#[test]
fn applies_asks_after_exceptions_and_caught_before() {
    let mut world = World::new();
    let (ids, [when, spared]) = flags::<2>(&mut world);
    let rule = world.rule("r", when, LICENSE);
    world.exception("x", &[rule], spared, None);
    let applies = world.applies(&[rule]);
    let caught = world.caught(&[rule], &[]);
    for a in Truth::ALL {
        for b in Truth::ALL {
            let record = with(&world, &ids, &[a, b]);
            assert_eq!(world.truth(&record, &applies), a.and(b.not()));
            assert_eq!(world.truth(&record, &caught), a);
        }
    }
}

#[test]
fn caught_only_tagged_means_by_these_and_no_others() {
    let mut world = World::new();
    let (ids, [a, b]) = flags::<2>(&mut world);
    let ns = world.rule("ns", a, LICENSE);
    let mt = world.rule("mt", b, LICENSE);
    let only = world.caught(&[ns], &[mt]);
    for s in Truth::ALL {
        for t in Truth::ALL {
            let record = with(&world, &ids, &[s, t]);
            assert_eq!(world.truth(&record, &only), s.and(t.not()));
        }
    }
}

#[test]
fn a_long_chain_of_rules_needs_no_deep_recursion() {
    let mut world = World::new();
    let (_, flag) = world.field("flag", Type::Bool);
    let no = world.bool(false);
    let when = world.assume(&flag, &no, "never said");
    let mut last = world.rule("first", world.or(&[&flag, &when]), REPORT);
    for _ in 0..500 {
        let asked = world.applies(&[last]);
        last = world.rule("next", asked, REPORT);
    }
    let judged = world.judge(&world.record(&[]));
    assert_eq!(judged.unknown.len(), 501);
    assert_eq!(judged.missing[500], (last, vec!["flag".into()]));
    assert_eq!(judged.assumed[500], (last, "never said".into()));
}

#[test]
fn rules_of_another_policy_are_asked_on_their_own_day() {
    let mut world = World::new();
    world.model.record.fields[world.model.record.as_of].ty = Type::Instant;
    let us = world.policy("us", "America/New_York");
    let yes = world.bool(true);
    let rule = world.rule("r", yes, LICENSE);
    world.model.rules[rule].policy = us;
    world.model.rules[rule].force.windows = from("2026-07-01");
    let asked = world.applies(&[rule]);
    let here = world.rule("here", asked, REVIEW);
    let mut record = world.record(&[]);
    let midnight = crate::domain::parse_instant("2026-06-30T16:30:00Z").unwrap();
    record.set(world.model.record.as_of, Some(Value::Instant(midnight)));
    // It is 1 July in Shanghai and still 30 June in New York.
    assert_eq!(truth(&world, &record, here), F);
}
