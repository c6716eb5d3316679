//! Classes and masks against what the reference evaluator says of single values.

use super::{Classify, DEAD, MISSING, Plan, Shape, WORD, build};
use crate::check::check_text;
use crate::domain::{Day, Number};
use crate::ir;
use crate::model::Value;
use std::sync::Arc;

fn plan(rules: &str) -> Plan {
    let text = format!(
        "policy p {{ title \"t\" }}
         record r {{
           key id : text  as of day : date
           amount : money USD?  share : percent?  count : int?  other : date?
           land : country?  code : eccn?  goods : hs?  note : text folded?
         }}
         verdicts clear < deny
         otherwise clear
         when unknown deny
         {rules}"
    );
    let checked = check_text("p.interdict", &text);
    let model = checked
        .model
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let program = ir::lower(&model);
    build(Arc::new(model), program)
}

fn rule(number: usize, condition: &str) -> String {
    format!("rule r{number} \"r\" {{ when {condition} then deny }}\n")
}

/// Possible and certain of the one clause of a one-rule plan, for a class of its first column.
fn masks(plan: &Plan, class: u32) -> (bool, bool) {
    let classes = plan.columns[0]
        .classes
        .as_ref()
        .expect("the column is tested");
    let tables = classes.tables();
    (
        tables.first.possible(class, 0) & 1 == 1,
        tables.first.certain(class, 0) & 1 == 1,
    )
}

fn class_of_number(plan: &Plan, text: &str) -> u32 {
    let classes = plan.columns[0]
        .classes
        .as_ref()
        .expect("the column is tested");
    let number = Number::parse_decimal(text).expect("a number");
    let by_value = classes.class_of(Some(&Value::Number(number.clone())));
    if let Some(scaled) = number.to_scaled_i64(6) {
        assert_eq!(
            classes.class_of_scaled(scaled),
            by_value,
            "{text} has one class either way"
        );
    }
    by_value
}

#[test]
fn a_threshold_separates_just_under_at_and_just_over() {
    for (condition, expected) in [
        ("amount > 1_000 USD", [false, false, true]),
        ("amount >= 1_000 USD", [false, true, true]),
        ("amount < 1_000 USD", [true, false, false]),
        ("amount <= 1_000 USD", [true, true, false]),
        ("amount = 1_000 USD", [false, true, false]),
        ("amount != 1_000 USD", [true, false, true]),
    ] {
        let plan = plan(&rule(0, condition));
        for (text, holds) in ["999.999999", "1000", "1000.000001"]
            .into_iter()
            .zip(expected)
        {
            assert_eq!(
                masks(&plan, class_of_number(&plan, text)),
                (holds, holds),
                "{condition} {text}"
            );
        }
        assert_eq!(masks(&plan, MISSING), (true, false), "{condition} missing");
        assert_eq!(masks(&plan, DEAD), (false, false), "{condition} rejected");
    }
}

#[test]
fn thresholds_finer_than_a_millionth_and_values_finer_than_that_are_exact() {
    let plan = plan(&rule(0, "share >= 0.00001%"));
    for (text, holds) in [
        ("0", false),
        ("0.00000009999", false),
        ("0.0000001", true),
        ("0.00000010001", true),
        ("0.000001", true),
    ] {
        assert_eq!(
            masks(&plan, class_of_number(&plan, text)),
            (holds, holds),
            "{text}"
        );
    }
}

#[test]
fn a_missing_amount_that_cannot_be_negative_decides_what_it_can() {
    let at_least = plan(&rule(0, "amount >= 0 USD"));
    assert_eq!(masks(&at_least, MISSING), (true, true));
    let below = plan(&rule(0, "amount < 0 USD"));
    assert_eq!(masks(&below, MISSING), (false, false));
}

#[test]
fn windows_hold_their_first_day_and_not_the_day_after_their_last() {
    let plan = plan(
        "rule w \"w\" { in force from 2025-12-01 until 2026-03-01 in force from 2026-05-01 when land = CN then deny }",
    );
    let slot = (0..plan.columns.len())
        .find(|slot| matches!(plan.columns[*slot].source, ir::Source::Day(_)))
        .expect("the window is a test on the day");
    let classes = plan.columns[slot].classes.as_ref().expect("tested");
    for (text, holds) in [
        ("2025-11-30", false),
        ("2025-12-01", true),
        ("2026-02-28", true),
        ("2026-03-01", false),
        ("2026-04-30", false),
        ("2026-05-01", true),
        ("9999-12-31", true),
        ("0001-01-01", false),
    ] {
        let day = Day::parse_iso(text).expect("a day");
        let class = classes.class_of_scaled(i64::from(day.0));
        assert_eq!(class, classes.class_of(Some(&Value::Date(day))), "{text}");
        assert_eq!(
            classes.tables().first.certain(class, 0) & 1 == 1,
            holds,
            "{text}"
        );
    }
}

#[test]
fn a_coarser_code_is_possible_and_not_certain() {
    let plan = plan(&rule(0, "code under \"3B001.c\""));
    let classes = plan.columns[0].classes.as_ref().expect("tested");
    let system = crate::domain::CodeModel::Eccn;
    for (text, expected) in [
        ("3B001.c", (true, true)),
        ("3B001.c.1.a", (true, true)),
        ("3B001", (true, false)),
        ("3B001.d", (false, false)),
        ("3B002", (false, false)),
        ("EAR99", (false, false)),
    ] {
        let code = system.parse_literal(text).expect("a code");
        assert_eq!(
            masks(&plan, classes.class_of(Some(&Value::Code(code)))),
            expected,
            "{text}"
        );
    }
}

#[test]
fn values_that_no_test_tells_apart_share_a_class() {
    let plan = plan(&rule(0, "land in { CN, RU }"));
    let classes = plan.columns[0].classes.as_ref().expect("tested");
    let class = |code: &str| {
        let country = crate::domain::Country::from_alpha2(code).expect("a country");
        classes.class_of(Some(&Value::Country(country)))
    };
    assert_eq!(class("CN"), class("RU"));
    assert_eq!(class("DE"), class("FR"));
    assert_ne!(class("CN"), class("DE"));
    assert_eq!(classes.tables().count, 4, "rejected, missing, in, not in");
}

#[test]
fn missing_stays_unknown_in_what_looks_like_a_contradiction_or_a_tautology() {
    let never = plan(&rule(0, "land = CN and land = US"));
    assert_eq!(masks(&never, MISSING), (true, false));
    let always = plan(&rule(0, "land = CN or land != CN"));
    assert_eq!(masks(&always, MISSING), (true, false));
}

#[test]
fn the_shape_follows_the_number_of_clauses() {
    let rules = |count: usize| -> String {
        (0..count)
            .map(|at| rule(at, &format!("land = CN and count > {at}")))
            .collect()
    };
    assert_eq!(plan(&rules(1)).shape, Shape::RowLoop);
    assert_eq!(plan(&rules(100)).shape, Shape::Masks);
}

/// A bit of its own as long as there are enough of them.
#[test]
fn clauses_share_bits_of_the_summary_only_where_they_must() {
    let shares = |count: usize| {
        let rules: String = (0..count)
            .map(|at| rule(at, &format!("land = CN and count > {at}")))
            .collect();
        let layout = plan(&rules).layout;
        (
            layout.first_words,
            layout.share.get(),
            layout.summary_words(),
        )
    };
    assert_eq!([6, 64, 65].map(shares), [(1, 1, 1), (1, 1, 1), (2, 1, 2)]);
    assert_eq!(
        [256, 257, 600].map(shares),
        [(4, 1, 4), (5, 2, 3), (10, 4, 3)]
    );
    assert_eq!(
        [64 * 64, 64 * 256 + 1].map(shares),
        [(64, 16, 4), (257, 64, 5)]
    );
}

/// Rule number `at` asks for more than `at`: of the amount 900 those of the first 900 rules are possible.
#[test]
fn every_clause_of_many_words_has_the_bit_of_its_own_rule() {
    let rules: String = (0..2_000)
        .map(|at| rule(at, &format!("amount > {at} USD")))
        .collect();
    let plan = plan(&rules);
    let class = class_of_number(&plan, "900");
    let classes = plan.columns[0].classes.as_ref().expect("tested");
    let tables = classes.tables();
    let mut live = vec![0; plan.layout.summary_words()];
    let share = plan.layout.share.get();
    for (bit, clause) in plan.layout.clauses.iter().enumerate() {
        let rule = clause.group.map(|group| plan.program.groups[group].role);
        let holds = matches!(rule, Some(ir::Role::Base(rule)) if rule.index() < 900);
        let (word, mask) = (bit / WORD, 1 << (bit % WORD));
        assert_eq!(
            tables.first.possible(class, word) & mask != 0,
            holds,
            "bit {bit}"
        );
        assert_eq!(
            tables.first.certain(class, word) & mask != 0,
            holds,
            "bit {bit}"
        );
        live[bit / share / WORD] |= u64::from(holds) << (bit / share % WORD);
    }
    let from = class as usize * live.len();
    assert_eq!(tables.summary[from..from + live.len()], live);
}

/// Each rule has a clause for goods made in one country and one for goods sent from another: what is of neither country has a clear
/// summary only if the first kind shares no bit with the second.
#[test]
fn clauses_that_share_a_bit_ask_much_the_same() {
    let rules: String = (0..200)
        .map(|at| {
            let either = format!("(land = CN or note = \"US\") and count > {at}");
            rule(at, &either)
        })
        .collect();
    let plan = plan(&rules);
    let share = plan.layout.share.get();
    assert_eq!(share, 2, "400 clauses");
    let column_of = |clause: &super::layout::PlannedClause| {
        let tests = clause.tests.iter();
        tests
            .map(|test| plan.program.tests[*test].column)
            .collect::<std::collections::BTreeSet<_>>()
    };
    for neighbours in plan.layout.clauses.chunks(share) {
        let used = neighbours.iter().filter(|clause| clause.group.is_some());
        let columns: Vec<_> = used.map(column_of).collect();
        assert!(
            columns.windows(2).all(|pair| pair[0] == pair[1]),
            "{columns:?}"
        );
    }
}
