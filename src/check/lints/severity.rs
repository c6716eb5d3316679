//! Verdicts that cannot show, and answers to missing facts that are more severe than the rule (ruling 12).

use crate::check::checker::Checker;
use crate::check::errors;
use crate::check::load::UnitId;
use crate::model::Verdict;
use crate::text::Span;

pub(in crate::check) fn check(
    checker: &mut Checker<'_>,
    unit: UnitId,
    then: Option<(Verdict, Span)>,
    if_unknown: Option<(Verdict, Span)>,
) {
    let Some((then, then_span)) = then else {
        return;
    };
    let otherwise = checker.answers(unit).otherwise;
    if then < otherwise {
        let (then, otherwise) = (
            checker.verdict_name(unit, then),
            checker.verdict_name(unit, otherwise),
        );
        checker.report(errors::then_below_otherwise(&then, then_span, &otherwise));
    }
    if let Some((unknown, span)) = if_unknown
        && unknown > then
    {
        let (unknown, then) = (
            checker.verdict_name(unit, unknown),
            checker.verdict_name(unit, then),
        );
        checker.report(errors::unknown_above_then(&unknown, span, &then, then_span));
    }
}
