//! Explanations of one record, on a policy whose spans are found in its text.

use super::*;
use crate::domain::{Period, Windows};
use crate::model::{
    ArithOp, Expectation, ExpectedRules, Expr, FieldId, PolicyId, SetExpr, Template, Test, Type,
    Value,
};
use crate::reference::tests::build::*;
use crate::reference::{as_of_days, run_tests};
use crate::report::tests::{render_outcome, summary};
use crate::text::{Span, Spanned};

const SOURCE: &str = r#"rule trace_content "Foreign goods holding Chinese content" {
  cites "Announcement No. 61"
  in force from 2026-03-01
  when   origin != CN
         and hs_code under { "8505.11" }
         and content / value >= 0.1%
  unless end_use_ok
  then   license because "an export licence is needed"
  obliges "file" within 30 days
}

exception small "Small shipments" to trace_content {
  cites "Announcement No. 61, art. 4"
  when value <= 100 USD
}

suspension pause "Suspension" of trace_content {
  from 2026-11-07 through 2027-11-10
}

test "a magnet" {
  expect deny by trace_content
}
"#;

struct Policy {
    world: World,
    rule: RuleId,
    fields: [FieldId; 5],
}

/// Puts `expr` where its text stands.
fn at(source: &str, mut expr: Expr, world: &World) -> Expr {
    expr.span = place(world, source);
    expr
}

fn place(world: &World, text: &str) -> Span {
    let start = SOURCE.find(text).unwrap() as u32;
    Span::new(world.span().file, start, start + text.len() as u32)
}

fn policy() -> Policy {
    let mut world = World::new();
    world.model.sources = crate::text::SourceMap::default();
    world.model.sources.add("magnets.interdict", SOURCE);
    let (origin, origin_x) = world.field("origin", Type::Country);
    let (hs_code_f, hs_x) = world.field("hs_code", hs());
    let (content, content_x) = world.field("content", usd());
    let (value, value_x) = world.field("value", usd());
    let (ok, ok_x) = world.field("end_use_ok", Type::Bool);
    let cn = world.lit(country("CN"), Type::Country);
    let not_cn = world.cmp(crate::model::CompareOp::Ne, &origin_x, &cn);
    let set = SetExpr::Elements(vec![world.element(hs_code("8505.11"))]);
    let share = at(
        "content / value",
        world.arith(ArithOp::Div, &content_x, &value_x, Type::Percent),
        &world,
    );
    let enough = world.ge(&share, &world.num("0.001", Type::Percent));
    let parts = [
        at("origin != CN", not_cn, &world),
        at(
            "hs_code under { \"8505.11\" }",
            world.under(&hs_x, set),
            &world,
        ),
        at("content / value >= 0.1%", enough, &world),
    ];
    let mut when = world.and(&parts.iter().collect::<Vec<_>>());
    when.span = parts[0].span.to(parts[2].span);
    let rule = world.rule("trace_content", when, LICENSE);
    let unless = at("end_use_ok", ok_x, &world);
    let small = world.cmp(
        crate::model::CompareOp::Le,
        &value_x,
        &world.num("100", usd()),
    );
    let small = at("value <= 100 USD", small, &world);
    let exception = world.exception("small", &[rule], small, None);
    let pause = world.suspend("pause", between("2026-11-07", "2027-11-11"), &[rule]);
    world.oblige(rule, vec![words("file")], Some((Period::days(30), None)));
    let spans = [
        "trace_content",
        "small",
        "pause",
        "in force from 2026-03-01",
    ];
    let [rule_at, small_at, pause_at, force_at] = spans.map(|text| place(&world, text));
    let model = &mut world.model;
    model.suspensions[pause].span = pause_at;
    model.rules[exception].span = small_at;
    model.rules[exception].cites = vec!["Announcement No. 61, art. 4".into()];
    let declared = &mut model.rules[rule];
    declared.span = rule_at;
    declared.title = "Foreign goods holding Chinese content".into();
    declared.cites = vec!["Announcement No. 61".into()];
    declared.unless.push(unless);
    declared.force.windows = from("2026-03-01");
    declared.force.spans = vec![force_at];
    declared.then.as_mut().unwrap().because = Some(Template {
        parts: vec![words("an export licence is needed")],
    });
    Policy {
        world,
        rule,
        fields: [origin, hs_code_f, content, value, ok],
    }
}

impl Policy {
    fn record(&self, on: &str, value: Option<&str>) -> Record {
        let [origin, hs_code_f, content, value_f, ok] = self.fields;
        let mut record = self.world.record(&[
            (origin, country("VN")),
            (hs_code_f, hs_code("8505.11.00")),
            (content, number("2")),
            (ok, Value::Bool(false)),
        ]);
        record.set(value_f, value.map(number));
        record.set(self.world.model.record.as_of, Some(Value::Date(day(on))));
        record
    }

    fn text(&self, record: &Record, rule: Option<RuleId>) -> String {
        let model = &self.world.model;
        let days = as_of_days(model, record, None).unwrap();
        let judgement = crate::reference::judge(model, record, &days);
        explain(
            model,
            record,
            &days,
            &judgement,
            rule.as_ref().map(std::slice::from_ref),
        )
        .to_text(false)
    }
}

#[test]
fn a_rule_that_applies_shows_what_each_part_came_to() {
    let policy = policy();
    insta::assert_snapshot!(policy.text(&policy.record("2026-07-01", Some("1000")), None));
}

#[test]
fn an_open_rule_shows_only_what_is_open() {
    let policy = policy();
    insta::assert_snapshot!(policy.text(&policy.record("2026-07-01", None), None));
}

#[test]
fn a_zero_divisor_and_a_coarse_code_are_named() {
    let mut policy = policy();
    let exception = policy.world.model.rules[policy.rule].exceptions[0];
    policy.world.model.rules[exception].force.windows = Windows::empty();
    let mut record = policy.record("2026-07-01", Some("0"));
    record.set(policy.fields[1], Some(hs_code("8505")));
    let text = policy.text(&record, Some(policy.rule));
    assert!(text.contains("too coarse a code to tell"), "{text}");
    assert!(text.contains("division by zero"), "{text}");
}

#[test]
fn an_exception_that_settles_an_open_rule_is_shown() {
    let policy = policy();
    let text = policy.text(&policy.record("2026-07-01", Some("0")), Some(policy.rule));
    assert!(
        text.starts_with("id K1, as of 2026-07-01\nverdict clear"),
        "{text}"
    );
    assert!(text.contains("does not apply: trace_content"), "{text}");
    assert!(text.contains("this exception takes effect"), "{text}");
}

#[test]
fn a_stopped_rule_names_and_cites_what_stops_it() {
    let policy = policy();
    insta::assert_snapshot!(policy.text(&policy.record("2026-07-01", Some("50")), None));
}

#[test]
fn a_suspended_rule_names_its_suspension() {
    let policy = policy();
    insta::assert_snapshot!(policy.text(&policy.record("2026-11-07", Some("1000")), None));
}

#[test]
fn rules_that_do_not_apply_are_counted_and_explained_when_asked() {
    let policy = policy();
    let record = policy.record("2026-02-28", Some("1000"));
    assert!(
        policy
            .text(&record, None)
            .ends_with("\n2 other rules do not apply\n")
    );
    insta::assert_snapshot!(policy.text(&record, Some(policy.rule)));
    let mut elsewhere = policy.record("2026-07-01", Some("1000"));
    elsewhere.set(policy.fields[0], Some(country("CN")));
    let text = policy.text(&elsewhere, Some(policy.rule));
    assert!(text.contains("false: origin is CN"), "{text}");
    assert!(!text.contains("hs_code is"), "{text}");
}

#[test]
fn json_holds_the_same_facts() {
    let policy = policy();
    let model = &policy.world.model;
    let record = policy.record("2026-07-01", Some("50"));
    let days = as_of_days(model, &record, None).unwrap();
    let judgement = crate::reference::judge(model, &record, &days);
    let json = explain(model, &record, &days, &judgement, None).to_json();
    assert_eq!(json["key"], "K1");
    assert_eq!(json["as_of"]["hand"], "2026-07-01");
    assert_eq!(json["verdict"], "clear");
    assert_eq!(json["record"]["value"], "50 USD");
    assert_eq!(json["rules"][0]["rule"], "trace_content");
    assert_eq!(json["rules"][0]["status"], "stopped");
    assert_eq!(json["rules"][0]["stopped_by"][0], "small");
    assert_eq!(json["rules"][0]["labels"][0]["line"], 4);
    assert_eq!(json["others"], 0);
}

#[test]
fn a_failing_test_shows_the_rules_concerned_on_their_source() {
    let mut policy = policy();
    let record = policy.record("2026-07-01", Some("1000"));
    let span = place(&policy.world, "\"a magnet\"");
    let expect = Expectation::Verdict {
        verdict: DENY,
        by: Some(vec![ExpectedRules {
            name: policy.world.model.rule_name(policy.rule).into(),
            rules: vec![policy.rule],
        }]),
    };
    let expect_at = place(&policy.world, "expect deny by trace_content");
    let fields = policy.world.model.record.fields.ids();
    let given = fields.map(|id| (id, Spanned::new(record.get(id).cloned(), span)));
    policy.world.model.tests = vec![Test {
        title: "a magnet".into(),
        policy: PolicyId::from_index(0),
        given: given.collect(),
        beside: Vec::new(),
        on: None,
        expect: vec![Spanned::new(expect, expect_at)],
        span,
    }];
    let model = &policy.world.model;
    let outcomes = run_tests(model, None);
    let mut renderer = Renderer::new(&model.sources, false);
    let text = render_outcome(model, &outcomes[0], &mut renderer);
    insta::assert_snapshot!(format!("{text}{}\n", summary(&outcomes)));
}
