//! What each form of a message looks like.

use super::catalogue::UNKNOWN_CHARACTER;
use super::*;
use crate::text::{FileId, SourceMap};

const POLICY: &str = "record shipment {\r\n\tkey id : text\r\n\tvalue : money USD\r\n}\r\n\r\nrule a \"日本の規則\" {\r\n  when value >= 2500\r\n}\r\n";
const LIBRARY: &str = "# é\nset d5 of country = { CN }\n";

fn span(sources: &SourceMap, file: FileId, what: &str) -> Span {
    let start = sources.file(file).text.find(what).expect("text is there") as u32;
    Span::new(file, start, start + what.len() as u32)
}

fn example() -> (SourceMap, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let policy = sources.add("cn/policy.interdict", POLICY);
    let library = sources.add("common/a b.interdict", LIBRARY);
    let code = &UNKNOWN_CHARACTER;
    let amount = span(&sources, policy, "2500");
    let diagnostics = vec![
        Diagnostic::new(
            code,
            "money compared with a plain number",
            amount,
            "this is a number",
        )
        .label(span(&sources, policy, "value :"), "this is money in USD")
        .help("write `value >= 2_500 USD`")
        .fix(amount, "2_500 USD")
        .note("amounts carry their currency"),
        Diagnostic::new(
            code,
            "two things have this name",
            span(&sources, policy, "日本の規則"),
            "second",
        )
        .label(span(&sources, library, "d5"), "first"),
        Diagnostic::new(
            code,
            "rule without `then`",
            span(
                &sources,
                policy,
                &POLICY[POLICY.find("rule a").unwrap()..POLICY.len() - 2],
            ),
            "nothing follows from this rule",
        ),
        Diagnostic::new(
            code,
            "the file ends inside a rule",
            Span::new(policy, POLICY.len() as u32, POLICY.len() as u32),
            "expected `}`",
        ),
    ];
    (sources, diagnostics)
}

#[test]
fn human_form() {
    let (sources, diagnostics) = example();
    insta::assert_snapshot!(show(&diagnostics, &sources, Format::Human, false));
}

#[test]
fn json_form() {
    let (sources, diagnostics) = example();
    insta::assert_snapshot!(show(&diagnostics, &sources, Format::Json, false));
}

#[test]
fn github_form() {
    let (sources, diagnostics) = example();
    insta::assert_snapshot!(show(&diagnostics, &sources, Format::Github, false));
}

#[test]
fn sarif_form_without_the_rules() {
    let (sources, diagnostics) = example();
    let text = show(&diagnostics, &sources, Format::Sarif, false);
    let mut log: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
    assert_eq!(rules.as_array().unwrap().len(), CATALOGUE.len());
    let index = log["runs"][0]["results"][0]["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(rules[index]["id"], UNKNOWN_CHARACTER.id);
    log["runs"][0]["tool"]["driver"]["semanticVersion"] = "VERSION".into();
    insta::assert_snapshot!(format!("{log:#}"));
}

#[test]
fn colour_is_only_there_when_asked_for() {
    let (sources, diagnostics) = example();
    assert!(!show(&diagnostics, &sources, Format::Human, false).contains('\u{1b}'));
    assert!(show(&diagnostics, &sources, Format::Human, true).contains('\u{1b}'));
}

#[test]
fn many_messages_are_cut_short_and_counted_with_errors_first() {
    let (sources, diagnostics) = example();
    let many: Vec<_> = diagnostics.iter().cycle().take(250).cloned().collect();
    let text = show(&many, &sources, Format::Human, false);
    assert!(text.ends_with("and 150 errors not shown\n\n"));
}

#[test]
fn spans_outside_of_the_text_or_inside_a_character_do_not_panic() {
    let mut sources = SourceMap::default();
    let file = sources.add("x", "é\n日本");
    for start in 0..12 {
        for end in start..14 {
            let at = Span::new(file, start, end);
            let message = Diagnostic::new(&UNKNOWN_CHARACTER, "m", at, "l").fix(at, "y");
            for format in [Format::Human, Format::Json, Format::Github, Format::Sarif] {
                assert!(!show(std::slice::from_ref(&message), &sources, format, true).is_empty());
            }
        }
    }
}

#[test]
fn codes_are_in_order_and_unique() {
    for pair in CATALOGUE.windows(2) {
        assert!(
            pair[0].id < pair[1].id,
            "{} comes after {}",
            pair[1].id,
            pair[0].id
        );
    }
    for code in CATALOGUE {
        let warning = code.id.starts_with('W');
        assert_eq!(warning, code.severity == Severity::Warning, "{}", code.id);
        assert_eq!(code.id.len(), 5, "{}", code.id);
    }
    let mut names: Vec<_> = CATALOGUE.iter().map(|code| code.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CATALOGUE.len(), "two codes have one name");
}
