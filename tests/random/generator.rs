//! The generator writes what it is meant to write.

use crate::support::big::{big_policy, big_records};
use crate::support::fields::Kind;
use crate::support::policies::{Profile, random_policy, random_policy_of};
use crate::support::records::random_records;
use std::collections::BTreeSet;

#[test]
fn one_seed_gives_one_policy() {
    for seed in 0..50 {
        assert_eq!(random_policy(seed).text(), random_policy(seed).text());
        let policy = random_policy(seed);
        assert_eq!(
            random_records(&policy, 7, 20),
            random_records(&policy, 7, 20)
        );
    }
    let texts: BTreeSet<String> = (0..50).map(|seed| random_policy(seed).text()).collect();
    assert_eq!(texts.len(), 50);
}

#[test]
fn every_construct_of_the_language_occurs() {
    let all: String = (0..600).map(|seed| random_policy(seed).text()).collect();
    for construct in [
        " : text\n",
        " : text folded",
        " : bool",
        " : int",
        " : decimal",
        " : percent\n",
        " : percent of 1",
        " : money USD",
        " : money EUR",
        " signed",
        " : mass lb",
        " : date",
        " : instant",
        " : country",
        " : hs",
        " : eccn",
        " : schedule_b",
        " : cn_control",
        " : mil_list",
        " : end_use",
        " : grade",
        " : list of component",
        " : list of part",
        " : list of piece",
        "(any e0 in ",
        "(every e0 in ",
        "(any e1 in e0.",
        "(any e2 in e1.",
        "count(e0 in ",
        " for e0 in ",
        " where ",
        ": [ { ",
        "as of ship_date : instant",
        "?\n",
        " from \"Column ",
        "`Ship To`",
        "codes mil_list segmented",
        "zone \"",
        " = { ",
        "\" to \"",
        " until ",
        " through ",
        " + set_",
        " - set_",
        " & ",
        "% from ",
        "param param_0 : percent {",
        "param param_0 : percent =",
        "define define_0 :",
        "define_0(given_0 : ",
        "in force from",
        "suspended from",
        "unless ",
        "if unknown ",
        "obliges \"",
        " within ",
        " after ",
        " days",
        " months",
        " years",
        "note presumption \"",
        "note figure ",
        "tags tag_0",
        "weight guidance",
        "for each given_each in end_use",
        "for each given_each in list_",
        "for each given_each in parts_list_component",
        " under given_each",
        " given_each.column_0",
        "{given_each}",
        "{given_each.column_",
        "then given_each.answer",
        " because \"",
        " to rule_",
        " to tagged ",
        "exceptions tagged ",
        " to exception_",
        " of rule_",
        " of tagged ",
        " of suspension_",
        " of exception_",
        "applies(rule_",
        "applies(tagged ",
        "caught(rule_",
        "caught(tagged ",
        "caught(only tagged ",
        " in { ",
        " not in ",
        " under \"",
        " under { ",
        " not under ",
        " like \"",
        " not like ",
        " between ",
        " starts with ",
        " ends with ",
        " contains ",
        " matches ",
        " is missing",
        " is known",
        ") is unknown",
        "not ",
        " / ",
        " * ",
        "round(",
        "abs(",
        "min(",
        "max(",
        "days_between(",
        "year(",
        "share(",
        "if ",
        " else ",
        "assume(",
        "as_of",
        " != ",
        "-",
        "test \"",
        "expect at most",
        "list list_0 from \"lists/0.csv\" {",
        "valid from listed until delisted",
        "valid from listed through delisted",
        " in list_0",
        " under list_0",
        " not in list_",
        "list_0[",
        "].column_0",
        "closure closure_0 of list_0 over owning_0 {",
        "closure closure_0 of list_0, list_1",
        "caught at >= 50%",
        "caught at > 50%",
        " in closure_",
        " not in closure_",
        " under closure_",
        "].because",
        "{ }",
        " in set_",
        " under set_",
        "{{braces}}",
        "\", \"Appendix",
    ] {
        assert!(all.contains(construct), "no policy has `{construct}`");
    }
}

#[test]
fn parentheses_close() {
    for seed in 0..300 {
        let text = random_policy(seed)
            .text()
            .replace("\\\\", "")
            .replace("\\\"", "");
        for (open, close) in [('(', ')'), ('{', '}')] {
            let outside: String = text.split('"').step_by(2).collect();
            assert_eq!(
                outside.matches(open).count(),
                outside.matches(close).count(),
                "seed {seed}"
            );
        }
    }
}

#[test]
fn profiles_differ_in_size() {
    let count = |profile, word: &str| -> usize {
        (0..40)
            .map(|seed| random_policy_of(seed, profile).text().matches(word).count())
            .sum()
    };
    assert!(count(Profile::Tiny, "\nrule ") <= 120);
    assert!(count(Profile::Usual, "\nrule ") > 200);
    assert!(count(Profile::Exceptions, "\nexception ") > 200);
    assert!(count(Profile::Exploding, " or ") > count(Profile::Tiny, " or "));
}

#[test]
fn pieces_can_be_taken_away() {
    let policy = random_policy_of(3, Profile::Tiny);
    let whole = policy.text();
    let mut smaller = policy.smaller().peekable();
    assert!(smaller.peek().is_some());
    assert!(smaller.all(|policy| policy.text() != whole));
}

#[test]
fn records_have_missing_values_and_required_fields() {
    let mut missing = 0;
    for seed in 0..100 {
        let policy = random_policy(seed);
        for record in random_records(&policy, seed, 50) {
            assert_eq!(record.len(), policy.fields.len());
            for (field, value) in policy.fields.iter().zip(&record) {
                assert!(field.optional || value.is_some());
                missing += usize::from(value.is_none());
                let negative = value.as_ref().is_some_and(|v| v.starts_with('-'));
                assert!(
                    !negative || field.signed || !field.kind.is_number(),
                    "{value:?} in {field:?}"
                );
                assert!(field.kind != Kind::Bool || value.as_ref().is_none_or(|v| v.len() <= 5));
            }
        }
    }
    assert!(missing > 1_000);
}

#[test]
fn large_policies_have_their_size() {
    let text = big_policy(200, 1);
    assert_eq!(text.matches("\nrule ").count(), 200);
    assert_eq!(text, big_policy(200, 1));
    let records: Vec<_> = big_records(1).take(1_000).collect();
    let to_china = records
        .iter()
        .filter(|r| r[4].as_deref() == Some("CN"))
        .count();
    assert!(
        (50..500).contains(&to_china),
        "{to_china} of 1,000 to one destination"
    );
}
