//! Verdict, at most, settled; obligations, reasons, notes and assumptions.

use super::build::*;
use crate::domain::Period;
use crate::model::{Note, Template, TemplatePart, Type, Value, Verdict, Wording};
use crate::reference::Judgement;

/// One rule whose condition is missing, and maybe one that applies.
fn judged(applies: Option<Verdict>, open: Verdict, if_unknown: Option<Verdict>) -> Judgement {
    let mut world = World::new();
    let (_, flag) = world.field("flag", Type::Bool);
    if let Some(verdict) = applies {
        let yes = world.bool(true);
        world.rule("applies", yes, verdict);
    }
    let rule = world.rule("open", flag, open);
    world.model.rules[rule].if_unknown = if_unknown;
    world.judge(&world.record(&[]))
}

#[test]
fn an_open_rule_raises_to_the_lesser_of_its_verdict_and_when_unknown() {
    for (applies, open, verdict, at_most) in [
        (None, DENY, REVIEW, DENY),
        (None, REPORT, REPORT, REPORT),
        (Some(REPORT), DENY, REVIEW, DENY),
        (Some(LICENSE), DENY, LICENSE, DENY),
        (Some(DENY), LICENSE, DENY, DENY),
        (Some(REPORT), REPORT, REPORT, REPORT),
    ] {
        let judged = judged(applies, open, None);
        assert_eq!((judged.verdict, judged.at_most), (verdict, at_most));
        assert_eq!(judged.settled, verdict == at_most);
    }
}

#[test]
fn a_rules_own_answer_to_unknown_wins() {
    for (applies, open, own, verdict, at_most) in [
        (None, DENY, LICENSE, LICENSE, DENY),
        (None, DENY, CLEAR, CLEAR, DENY),
        (None, REPORT, DENY, DENY, DENY),
        (Some(REPORT), REPORT, DENY, REPORT, DENY),
    ] {
        let judged = judged(applies, open, Some(own));
        assert_eq!((judged.verdict, judged.at_most), (verdict, at_most));
    }
}

#[test]
fn raising_starts_from_the_base_whatever_the_order_of_rules() {
    let mut world = World::new();
    let (_, flag) = world.field("flag", Type::Bool);
    // The first raises to deny; the second's `then` is above the base though below that.
    let first = world.rule("first", flag.clone(), LICENSE);
    world.model.rules[first].if_unknown = Some(DENY);
    world.rule("second", flag, REVIEW);
    assert_eq!(world.judge(&world.record(&[])).verdict, DENY);
}

#[test]
fn the_most_severe_of_what_applies_counts_even_below_otherwise() {
    let mut world = World::new();
    world.model.otherwise = REVIEW;
    assert_eq!(world.judge(&world.record(&[])).verdict, REVIEW);
    let yes = world.bool(true);
    world.rule("low", yes.clone(), CLEAR);
    assert_eq!(world.judge(&world.record(&[])).verdict, CLEAR);
    world.rule("high", yes, REPORT);
    assert_eq!(world.judge(&world.record(&[])).verdict, REPORT);
}

#[test]
fn a_record_is_not_settled_while_a_question_about_absence_contributed() {
    let mut world = World::new();
    let (id, code) = world.field("eccn", eccn());
    let (other, amount) = world.field("amount", usd());
    let absent = world.missing(&code);
    let present = world.known(&code);
    let small = world.cmp(
        crate::model::CompareOp::Le,
        &amount,
        &world.num("100", usd()),
    );
    world.rule("unclassified", absent, REPORT);
    world.rule("classified", world.and(&[&present, &small]), DENY);
    let settled = |values: &[(crate::model::FieldId, Value)]| {
        let judged = world.judge(&world.record(values));
        assert_eq!(judged.verdict, judged.at_most);
        judged.settled
    };
    assert!(!settled(&[(other, number("5"))]));
    assert!(settled(&[(id, eccn_code("3A001")), (other, number("5"))]));
    // Whatever the code turns out to be, the report is the worst that is left.
    assert!(settled(&[(other, number("500"))]));
}

#[test]
fn an_assumption_keeps_a_record_open_and_is_carried() {
    let mut world = World::new();
    let (id, amount) = world.field("amount", usd());
    let assumed = world.assume(&amount, &world.num("0", usd()), "no royalty is declared");
    let over = world.ge(&assumed, &world.num("100", usd()));
    let rule = world.rule("over", over.clone(), DENY);
    let low = world.rule("low", world.not(&over), REPORT);
    let judged = world.judge(&world.record(&[]));
    assert_eq!(judged.rules, [low]);
    assert_eq!(judged.verdict, REPORT);
    assert!(!judged.settled);
    assert_eq!(judged.assumed, [(low, "no royalty is declared".into())]);
    let judged = world.judge(&world.record(&[(id, number("100"))]));
    assert_eq!((judged.rules, judged.assumed), (vec![rule], vec![]));
    assert!(judged.settled);
}

#[test]
fn assumptions_are_carried_through_defines_exceptions_and_applies() {
    let mut world = World::new();
    let (_, flag) = world.field("flag", Type::Bool);
    let no = world.bool(false);
    let with_reason = |why: &str| world.assume(&flag, &no, why);
    let body = world.not(&with_reason("in a define"));
    let (asked, spared) = (with_reason("asked"), with_reason("spared"));
    let unused = with_reason("not in force");
    let define = world.define("d", &[], body);
    let other = world.rule("other", asked, REPORT);
    let asks = world.not(&world.applies(&[other]));
    let when = world.and(&[&world.call_define(define, &[]), &asks]);
    let rule = world.rule("r", when, DENY);
    world.exception("x", &[rule], spared, None);
    let late = world.exception("late", &[rule], unused, None);
    world.model.rules[late].force.windows = from("2027-01-01");
    let judged = world.judge(&world.record(&[]));
    assert_eq!(judged.rules, [rule]);
    let reasons: Vec<&str> = judged.assumed.iter().map(|(_, why)| &**why).collect();
    assert_eq!(reasons, ["in a define", "asked", "spared"]);
}

#[test]
fn obligations_are_filled_in_and_dated() {
    let mut world = World::new();
    let (signed, _) = world.field("signed_on", Type::Date);
    let (amount, _) = world.field("amount", usd());
    let yes = world.bool(true);
    let rule = world.rule("r", yes, REPORT);
    let file = || vec![words("file "), TemplatePart::Field(amount)];
    world.oblige(rule, file(), None);
    world.oblige(rule, file(), Some((Period::days(30), None)));
    world.oblige(rule, file(), Some((Period::months(1), Some(signed))));
    let texts = |values: &[(crate::model::FieldId, Value)]| {
        let judged = world.judge(&world.record(values));
        judged
            .obligations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let known = [
        (signed, Value::Date(day("2026-01-31"))),
        (amount, number("1000")),
    ];
    assert_eq!(
        texts(&known),
        [
            "file 1000 USD",
            "file 1000 USD (by 2026-07-31)",
            "file 1000 USD (by 2026-02-28)"
        ]
    );
    assert_eq!(
        texts(&[]),
        [
            "file (amount is missing)",
            "file (amount is missing) (by 2026-07-31)",
            "file (amount is missing) (within 1 months after signed_on, which is missing)"
        ]
    );
}

#[test]
fn an_exceptions_notes_and_obligations_come_exactly_when_it_takes_effect() {
    let mut world = World::new();
    let (caught, when) = world.field("caught", Type::Bool);
    let (spared, holds) = world.field("spared", Type::Bool);
    let rule = world.rule("r", when, LICENSE);
    let x = world.exception("x", &[rule], holds.clone(), None);
    world.oblige(x, vec![words("keep the invoice")], None);
    let kept = |text: &str| Template {
        parts: vec![words(text)],
    };
    world.model.rules[x].notes = vec![
        Note {
            key: "form".into(),
            value: Wording::Text(kept("BIS-748P")),
        },
        Note {
            key: "spared".into(),
            value: Wording::Expr(holds),
        },
    ];
    let carried = |a: Option<bool>, b: Option<bool>| {
        let mut record = world.record(&[]);
        record.set(caught, a.map(Value::Bool));
        record.set(spared, b.map(Value::Bool));
        let judged = world.judge(&record);
        assert!(!judged.rules.contains(&x) && !judged.unknown.contains(&x));
        let notes: Vec<String> = judged
            .notes
            .iter()
            .map(|note| format!("{}: {}", note.key, note.text))
            .collect();
        assert_eq!(judged.obligations.len(), notes.len() / 2);
        notes
    };
    assert_eq!(
        carried(Some(true), Some(true)),
        ["form: BIS-748P", "spared: true"]
    );
    assert_eq!(carried(Some(false), Some(true)), [""; 0]);
    assert_eq!(carried(None, Some(true)), [""; 0]);
    assert_eq!(carried(Some(true), None), [""; 0]);
}
