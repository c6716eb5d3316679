//! What the tests of a policy came to: one line for each, and reports on the source for what failed.

use super::explain::explain_rule;
use crate::diagnostic::{Code, Diagnostic, Renderer, Severity};
use crate::model::Model;
use crate::reference::{Failure, TestOutcome};

/// A failure shows how at most this many rules came to what they came to.
const MAX_TRACES: usize = 5;

/// Failures are drawn like messages, but are not messages and have no number.
static FAILURE: Code = Code {
    id: "",
    name: "",
    severity: Severity::Error,
    title: "",
};

/// `pass: TITLE` or the reports on what failed, with the rules concerned on their own source.
pub fn render_outcome(model: &Model, outcome: &TestOutcome, renderer: &mut Renderer) -> String {
    let title = &model.tests[outcome.test].title;
    if outcome.passed() {
        return format!("pass: {title}\n");
    }
    outcome
        .failures
        .iter()
        .map(|failure| render_failure(model, outcome, failure, renderer))
        .collect()
}

/// `12 tests passed`, `3 of 12 tests failed`.
pub fn summary(outcomes: &[TestOutcome]) -> String {
    let failed = outcomes.iter().filter(|outcome| !outcome.passed()).count();
    let all = outcomes.len();
    let noun = if all == 1 { "test" } else { "tests" };
    if failed == 0 {
        format!("{all} {noun} passed")
    } else {
        format!("{failed} of {all} {noun} failed")
    }
}

fn render_failure(
    model: &Model,
    outcome: &TestOutcome,
    failure: &Failure,
    renderer: &mut Renderer,
) -> String {
    let test = &model.tests[outcome.test];
    let said = format!("expected {}, got {}", failure.expected, failure.got);
    let diagnostic = Diagnostic::new(&FAILURE, test.title.to_string(), failure.span, said);
    let mut out = renderer.render_as("failed", &diagnostic);
    let Some(judgement) = &outcome.judgement else {
        return out;
    };
    for rule in failure.rules.iter().take(MAX_TRACES) {
        let explained = explain_rule(model, &outcome.record, &outcome.days, judgement, *rule);
        out += &explained.render(model, renderer);
    }
    if let Some(more) = failure.rules.len().checked_sub(MAX_TRACES + 1) {
        out += &format!("and {} more rules\n", more + 1);
    }
    out
}
