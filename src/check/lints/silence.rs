//! Answers to missing facts that can never show: with them an open rule looks like one that does not apply.

use crate::check::checker::Checker;
use crate::check::errors;
use crate::check::load::UnitId;
use crate::model::Verdict;
use crate::text::Span;

/// `when unknown` of a policy.
pub(in crate::check) fn check_policy(
    checker: &mut Checker<'_>,
    unit: UnitId,
    unknown: (Verdict, Span),
) {
    let otherwise = checker.answers(unit).otherwise;
    // Above the most severe verdict there is nothing that could be silenced.
    if checker.verdict_above(unit, otherwise).is_some() {
        check(checker, unit, unknown, otherwise, "when unknown");
    }
}

/// `if unknown` of a rule; a rule whose own verdict cannot show has its message already.
pub(in crate::check) fn check_rule(
    checker: &mut Checker<'_>,
    unit: UnitId,
    then: Option<(Verdict, Span)>,
    if_unknown: Option<(Verdict, Span)>,
) {
    let otherwise = checker.answers(unit).otherwise;
    if let (Some((then, _)), Some(unknown)) = (then, if_unknown)
        && then > otherwise
    {
        check(checker, unit, unknown, otherwise, "if unknown");
    }
}

fn check(
    checker: &mut Checker<'_>,
    unit: UnitId,
    (unknown, span): (Verdict, Span),
    otherwise: Verdict,
    clause: &str,
) {
    if unknown > otherwise {
        return;
    }
    let names = [unknown, otherwise].map(|verdict| checker.verdict_name(unit, verdict));
    let above = checker.verdict_above(unit, otherwise).unwrap_or_default();
    let write = format!("{clause} {above}");
    checker.report(errors::unknown_never_shows(
        &names[0], span, &names[1], &write,
    ));
}
