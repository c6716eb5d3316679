//! What "under", "coarser" and ranges of codes mean, by example and by their properties.

use proptest::prelude::*;

use super::CodeModel::{Eccn, Hs, Segmented};
use super::Truth::{False, True, Unknown};
use super::*;

fn code(model: CodeModel, text: &str) -> Code {
    model.parse_data(text).unwrap_or_else(|e| panic!("{e}"))
}

fn hs(text: &str) -> Code {
    code(Hs, text)
}

/// Any digits, also such as lie between two codes of a tariff.
fn digits(text: &str) -> Code {
    Code::from_canonical(Hs, text)
}

fn eccn(text: &str) -> Code {
    code(Eccn, text)
}

fn message(result: Result<Code, CodeError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn hs_codes_are_read_from_records_with_dots_and_blanks() {
    for text in [
        "85051100",
        "8505.11.00",
        "8505 11 00",
        " 85.05.1100 ",
        "8505. 11. 00",
        "8505\u{a0}1100",
    ] {
        assert_eq!(hs(text).as_str(), "85051100", "{text:?}");
    }
    for (text, shown) in [
        ("85", "85"),
        ("8505", "8505"),
        ("850511", "8505.11"),
        ("8110929010", "8110.92.90.10"),
        ("8505 11 000 0", "8505.11.00.00"),
        ("77", "77"),
        ("9801.00", "9801.00"),
    ] {
        assert_eq!(hs(text).to_string(), shown);
    }
    assert_eq!(
        message(Hs.parse_data("8")),
        "`8` is not an HS code: the number of digits is 1, not 2 to 12"
    );
    for (text, why) in [
        (
            "10111",
            "the number of digits is 5, and HS codes go by pairs of digits: one is missing, or a leading zero",
        ),
        ("0010.11", "there is no chapter 00"),
        (
            "850.511",
            "dots stand between digits, after an even number of them",
        ),
    ] {
        let error = Hs.parse_data(text).unwrap_err();
        assert_eq!(error.problem.to_string(), why);
    }
    for text in [
        "",
        " ",
        "1234567890123",
        "85O5",
        "8505-11",
        "8505.11.x",
        "８５０５",
        "-8505",
        "8.5e3",
        "850",
        "8505110",
        "850511000",
        "85051100000",
        "850511.0",
        "85051100.0",
        "8505.",
        "8505..11",
        ".8505",
        "850 511",
        "00",
    ] {
        assert!(Hs.parse_data(text).is_err(), "{text:?}");
    }
}

#[test]
fn hs_literals_have_dots_where_tariffs_put_them() {
    for text in [
        "8505",
        "8505.11",
        "8505.11.00",
        "850511",
        "8505.1100",
        "85",
        "85.05",
        "8110.92.9010",
        "8505.11.001",
        "8505.1100.999",
    ] {
        assert!(Hs.parse_literal(text).is_ok(), "{text:?}");
    }
    for text in [
        "8505 11", "850.511", ".8505", "8505.", "8505..11", " 8505", "8", "", "85051", "850",
        "8505110", "00", "0010",
    ] {
        assert!(Hs.parse_literal(text).is_err(), "{text:?}");
    }
    for text in ["8505 11", "850.511"] {
        let suggestion = Hs.parse_literal(text).unwrap_err().suggestion;
        assert_eq!(suggestion, Some(hs("850511")));
    }
}

#[test]
fn whole_hs_codes_get_back_the_zeros_they_lost() {
    let whole = |text: &str, digits| Code::parse_whole_hs(text, digits);
    for (text, digits, code) in [
        ("10111", 6, "010111"),
        ("8505110000", 6, "8505110000"),
        ("85.05", 6, "8505"),
        ("101210010", 10, "0101210010"),
        ("101210010", 9, "101210010"),
        ("01.01 21", 8, "010121"),
    ] {
        assert_eq!(whole(text, digits).unwrap().as_str(), code);
    }
    // Six digits in a column of eight would make a code of chapter 00: more was lost than zeros.
    assert!(whole("850511", 8).is_err());
    assert!(whole("85051100101", 9).is_err());
}

#[test]
fn eccns_are_read_from_records_in_all_their_spellings() {
    for text in [
        "3A001.a.5.a.1",
        "3a001.A.5.a.1",
        "3A001a5a1",
        "3A001.a5a1",
        " ECCN 3A001.a.5.a.1",
        "eccn:3A001a.5.a1",
        "ECCN3A001.a.5.a.1",
    ] {
        assert_eq!(eccn(text).as_str(), "3A001.a.5.a.1", "{text:?}");
    }
    for text in ["EAR99", "ear 99", "Ear99", " EAR 99 ", "ECCN EAR99"] {
        assert_eq!(eccn(text).as_str(), "EAR99", "{text:?}");
    }
    assert_eq!(eccn("5A992.z").as_str(), "5A992.z");
    assert_eq!(eccn("9a610x").as_str(), "9A610.x");
    assert_eq!(eccn("1C350.12.a").as_str(), "1C350.12.a");
}

#[test]
fn what_is_not_an_eccn_is_refused() {
    for text in [
        "",
        "NLR",
        "N/A",
        "ITAR",
        "3A",
        "3A01",
        "3F001",
        "A3001",
        "3A0011",
        "3A001.",
        "3A001..a",
        "3A001.ca",
        "3A001ca",
        "3A001.a.b",
        "3A001.1.2",
        "3A001.a.05",
        "3A001.a.0",
        "3A001.a.1234",
        "3A001-a",
        "3A001 a",
        "3A001.é",
        "3Aé01",
        "EAR",
        "EAR999",
        "EAR99.a",
        "ECCN",
        "3A001.a.5.",
        "3A001#",
    ] {
        assert!(Eccn.parse_data(text).is_err(), "{text:?}");
    }
    assert_eq!(
        message(Eccn.parse_data("3A0011")),
        "`3A0011` is not an ECCN: after the first five characters come parts set apart by dots"
    );
    assert_eq!(
        message(Eccn.parse_data("NLR")),
        "`NLR` is not an ECCN: it begins with a digit, a letter from A to E and three digits"
    );
}

#[test]
fn eccn_literals_are_canonical() {
    for text in ["3A001", "3A001.a.5.a.1", "EAR99", "9A610.x"] {
        assert!(Eccn.parse_literal(text).is_ok(), "{text:?}");
    }
    for (text, canonical) in [
        ("3a001", "3A001"),
        ("3A001.A", "3A001.a"),
        ("3A001a5", "3A001.a.5"),
        ("ear99", "EAR99"),
        ("ECCN 3A001", "3A001"),
        ("3A001 ", "3A001"),
    ] {
        let error = Eccn.parse_literal(text).unwrap_err();
        assert_eq!(error.problem, CodeProblem::Spelling, "{text:?}");
        assert_eq!(error.suggestion, Some(eccn(canonical)));
    }
    assert_eq!(Eccn.parse_literal("3A0011").unwrap_err().suggestion, None);
    assert!(
        Eccn.parse_literal("x")
            .unwrap_err()
            .looks_like()
            .contains("3A001")
    );
}

#[test]
fn segmented_codes_ignore_case() {
    assert_eq!(code(Segmented, "ml10.C.1").as_str(), "ML10.c.1");
    assert_eq!(code(Segmented, "ML10.c.1"), code(Segmented, "Ml10.C.1"));
    assert!(Segmented.parse_literal("ML10.c.1").is_ok());
    assert!(Segmented.parse_literal("ml10").is_err());
    for text in [
        "",
        ".",
        "ML10.",
        "ML10..a",
        "ML-10",
        "ML 10",
        "a.b.c.d.e.f.g.h.i.j.k.l.m",
        "ABCDEFGHIJKLM",
    ] {
        assert!(Segmented.parse_data(text).is_err(), "{text:?}");
    }
}

#[test]
fn under_is_hierarchical_and_unknown_for_coarser_codes() {
    for (model, own, element, expected) in [
        (Hs, "85051100", "8505.11", True),
        (Hs, "850511", "8505.11", True),
        (Hs, "850511", "8505.11.10", Unknown),
        (Hs, "8505", "8505.11.10", Unknown),
        (Hs, "850519", "8505.11.10", False),
        (Hs, "85", "8505.11", Unknown),
        (Hs, "86", "8505.11", False),
        (Eccn, "3B001.c.1.a", "3B001.c", True),
        (Eccn, "3B001.c", "3B001.c", True),
        (Eccn, "3B001", "3B001.c", Unknown),
        (Eccn, "3B001.d", "3B001.c", False),
        (Eccn, "3B002", "3B001.c", False),
        (Eccn, "3B001.c.12", "3B001.c.1", False),
        (Eccn, "3B001.c.1", "3B001.c.12", False),
        (Eccn, "EAR99", "3B001", False),
        (Eccn, "3B001", "EAR99", False),
        (Eccn, "EAR99", "EAR99", True),
        (Segmented, "ML10.c", "ML10", True),
        (Segmented, "ML1", "ML10", False),
        (Segmented, "ML10", "ML1", False),
        (Segmented, "ML10", "ML10.a.1", Unknown),
    ] {
        let (own, element) = (code(model, own), code(model, element));
        assert_eq!(own.under(&element), expected, "{own} under {element}");
        assert_eq!(own.is_coarser_than(&element), expected == Unknown);
    }
}

#[test]
fn ranges_hold_what_is_between_their_ends_and_all_below() {
    for (model, own, lo, hi, expected) in [
        (Eccn, "1C905", "1C902", "1C908", True),
        (Eccn, "1C902", "1C902", "1C908", True),
        (Eccn, "1C908.b.2", "1C902", "1C908", True),
        (Eccn, "1C909", "1C902", "1C908", False),
        (Eccn, "1C901.z", "1C902", "1C908", False),
        (Eccn, "1D905", "1C902", "1C908", False),
        (Eccn, "EAR99", "1C902", "1C908", False),
        (Eccn, "3B001.m.1", "3B001.k", "3B001.n", True),
        (Eccn, "3B001.j", "3B001.k", "3B001.n", False),
        (Eccn, "3B001.o", "3B001.k", "3B001.n", False),
        (Eccn, "3B001", "3B001.k", "3B001.n", Unknown),
        (Eccn, "3B001", "3B001.a", "3B001.z", Unknown),
        (Eccn, "3B002.k", "3B001.k", "3B001.n", False),
        (Eccn, "3B001.a.10", "3B001.a.2", "3B001.a.11", True),
        (Eccn, "3B001.a", "3B001.a.2", "3B001.a.11", Unknown),
        (Eccn, "3B001", "3B001.a.2", "3B001.a.11", Unknown),
        (Eccn, "3B001.b", "3B001.a.2", "3B001.a.11", False),
        (Eccn, "3B001.1", "3B001.a", "3B001.n", False),
        (Eccn, "3B500.c", "3B001", "3B999", True),
        (Hs, "7216", "7206", "7229", True),
        (Hs, "72061010", "7206", "7229", True),
        (Hs, "7205", "7206", "7229", False),
        (Hs, "7230", "7206", "7229", False),
        (Hs, "72", "7206", "7229", Unknown),
        (Hs, "73", "7206", "7229", False),
        (Hs, "73", "7206", "7450", True),
        (Hs, "71", "7206", "7450", False),
        (Hs, "74", "7206", "7450", Unknown),
        (Segmented, "ML5.b", "ML1", "ML22", True),
        (Segmented, "ML22", "ML1", "ML22", True),
        (Segmented, "ML23", "ML1", "ML22", False),
        (Segmented, "PL5", "ML1", "ML22", False),
        (Segmented, "ML5a", "ML1", "ML22", False),
        (Segmented, "ML10", "ML1.a", "ML1.d", False),
    ] {
        let (own, lo, hi) = (code(model, own), code(model, lo), code(model, hi));
        assert_eq!(range_error(&lo, &hi), None);
        assert_eq!(own.within(&lo, &hi), expected, "{own} within {lo} to {hi}");
    }
}

#[test]
fn ends_of_a_range_stand_side_by_side_in_order() {
    let problem = |model, lo: &str, hi: &str| {
        range_error(&code(model, lo), &code(model, hi)).map(|e| e.to_string())
    };
    for (model, lo, hi) in [
        (Eccn, "1C902", "1C908"),
        (Eccn, "3B001.k", "3B001.n"),
        (Eccn, "3B001", "3B999"),
        (Eccn, "3B001.a.9", "3B001.a.10"),
        (Eccn, "3B001.k", "3B001.k"),
        (Hs, "7206", "7229"),
        (Hs, "7206", "8302"),
        (Hs, "01", "24"),
        (Segmented, "ML1", "ML22"),
        (Segmented, "ML8.y", "ML8.aa"),
    ] {
        assert_eq!(problem(model, lo, hi), None, "{lo} to {hi}");
    }
    assert_eq!(
        problem(Hs, "7206", "7229.10").unwrap(),
        "`7206` and `7229.10` are not equally deep: 4 and 6 digits"
    );
    assert_eq!(
        problem(Eccn, "3B001", "3B001.n").unwrap(),
        "`3B001` and `3B001.n` are not equally deep: 1 and 2 parts"
    );
    for (lo, hi) in [
        ("3B001.k", "3B002.n"),
        ("3A001", "3B999"),
        ("3B001.a", "3B001.1"),
        ("3A001", "EAR99"),
        ("1C902", "2C908"),
    ] {
        let problem = range_error(&eccn(lo), &eccn(hi));
        assert!(
            matches!(problem, Some(RangeError::DifferentParents { .. })),
            "{lo} to {hi}: {problem:?}"
        );
    }
    for (lo, hi) in [
        ("3B001.n", "3B001.k"),
        ("1C908", "1C902"),
        ("3B001.a.10", "3B001.a.9"),
    ] {
        assert!(
            matches!(
                range_error(&eccn(lo), &eccn(hi)),
                Some(RangeError::OutOfOrder { .. })
            ),
            "{lo} to {hi}"
        );
    }
    assert!(matches!(
        range_error(&hs("7229"), &hs("7206")),
        Some(RangeError::OutOfOrder { .. })
    ));
}

#[test]
fn ancestors_come_nearest_first() {
    let texts = |code: Code| {
        code.ancestors()
            .map(|c| c.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(eccn("3A001.a.5")), ["3A001.a", "3A001"]);
    assert_eq!(texts(eccn("EAR99")), Vec::<String>::new());
    assert_eq!(texts(hs("850511")), ["85051", "8505", "850", "85"]);
    assert_eq!(texts(hs("85")), Vec::<String>::new());
    assert_eq!(digits("850").self_and_ancestors().count(), 2);
    assert_eq!(eccn("3A001.a.5").depth(), 3);
    assert_eq!(hs("850511").depth(), 6);
}

#[test]
fn like_asks_of_the_canonical_text_whatever_the_case() {
    let like = |model: CodeModel, text: &str, pattern: &str| {
        code(model, text).like(&model.pattern(pattern))
    };
    assert!(like(Eccn, "9A610.x", "?A6??*"));
    assert!(like(Eccn, "9A610.x", "?a6??.X"));
    assert!(!like(Eccn, "9A610", "?A6??.*"));
    assert!(!like(Eccn, "EAR99", "?A6??*"));
    assert!(like(Hs, "8505.11.00", "8505.11*"));
    assert!(like(Hs, "85051100", "850511??"));
    assert!(!like(Hs, "8506", "8505*"));
    assert!(like(Segmented, "ML10.c", "ml10.?"));
}

/// Every HS code of two to four digits within a small universe of digits.
fn small_hs() -> impl Strategy<Value = Code> {
    "[0-2]{2,5}".prop_map(|text| digits(&text))
}

fn small_eccn() -> impl Strategy<Value = Code> {
    prop_oneof![
        8 => "1[AB]00[12](\\.[abc](\\.[12](\\.[ab])?)?)?".prop_map(|text| eccn(&text)),
        1 => Just(eccn("EAR99")),
    ]
}

fn pairs(
    codes: impl Strategy<Value = Code> + Clone,
) -> impl Strategy<Value = (Code, Code, Code, Code)> {
    (codes.clone(), codes.clone(), codes.clone(), codes)
}

/// More information never changes a known answer: refining a code keeps every true and false.
fn assert_refinement_is_monotone(fine: &Code, lo: &Code, hi: &Code) -> Result<(), TestCaseError> {
    for coarse in fine.ancestors() {
        let (before, after) = (coarse.under(lo), fine.under(lo));
        prop_assert!(
            before.is_unknown() || before == after,
            "{} and {} under {}",
            coarse,
            fine,
            lo
        );
        if range_error(lo, hi).is_none() {
            let (before, after) = (coarse.within(lo, hi), fine.within(lo, hi));
            prop_assert!(
                before.is_unknown() || before == after,
                "{} and {} within {} to {}",
                coarse,
                fine,
                lo,
                hi
            );
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn refining_a_code_never_flips_an_answer((fine, lo, hi, _) in pairs(small_hs().boxed()), (e, elo, ehi, _) in pairs(small_eccn().boxed())) {
        assert_refinement_is_monotone(&fine, &lo, &hi)?;
        assert_refinement_is_monotone(&e, &elo, &ehi)?;
    }

    #[test]
    fn a_range_of_one_code_asks_under((own, element, own_e, element_e) in (small_hs(), small_hs(), small_eccn(), small_eccn())) {
        prop_assert_eq!(own.within(&element, &element), own.under(&element));
        prop_assert_eq!(own_e.within(&element_e, &element_e), own_e.under(&element_e));
    }

    /// An HS range says of a coarse code exactly what all its refinements to the depth of the ends say together.
    #[test]
    fn hs_ranges_are_as_precise_as_their_refinements(own in "[0-9]{2,3}", lo in "[0-9]{4}", hi in "[0-9]{4}") {
        let (own, lo, hi) = (digits(&own), digits(&lo), digits(&hi));
        prop_assume!(range_error(&lo, &hi).is_none());
        let width = 4 - own.depth();
        let answers = (0..10u32.pow(width as u32)).map(|n| digits(&format!("{}{n:0width$}", own.as_str())).within(&lo, &hi));
        let answers: Vec<Truth> = answers.collect();
        let expected = if answers.iter().all(|a| a.is_true()) { True } else if answers.iter().all(|a| a.is_false()) { False } else { Unknown };
        prop_assert_eq!(own.within(&lo, &hi), expected);
    }

    #[test]
    fn canonical_text_reads_back(own in small_eccn()) {
        prop_assert_eq!(Eccn.parse_literal(own.as_str()).unwrap(), own);
    }

    #[test]
    fn hs_display_is_a_literal(text in "[1-9][0-9]([0-9]{2}){0,5}|0[1-9][0-9]{7}([0-9]{2})?") {
        let own = digits(&text);
        prop_assert_eq!(Hs.parse_literal(&own.to_string()).unwrap(), own);
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[0-9A-Ea-e.é xR]{0,14}") {
        for model in [Hs, Eccn, Segmented] {
            if let Ok(own) = model.parse_data(&text) {
                prop_assert_eq!(model.parse_data(own.as_str()).unwrap(), own);
            }
            let _ = model.parse_literal(&text);
        }
    }
}
