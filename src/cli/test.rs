//! `interdict test`: runs the tests that policies hold.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::frontend::Asked;
use super::records::day;
use super::{Exit, FormatName, Session, Stop, frontend, paths};
use crate::analysis::coverage::{coverage, print};
use crate::diagnostic::{Renderer, github_data};
use crate::domain::Day;
use crate::model::Model;
use crate::reference::{Failure, TestOutcome, run_tests};
use crate::report::tests::render_outcome;
use crate::text::Span;

/// Run the tests of policies
///
/// A failure is shown on the source: what was expected, what came instead, and what each part of the rules concerned
/// came to.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  interdict test my_policy\n  interdict test my_policy --filter threshold\n  interdict test my_policy --coverage\n  interdict test my_policy --coverage=lcov -o coverage.info"
)]
pub struct Test {
    /// Policies: folders with rule files, or rule files; several are tested as one run. A folder that holds policies
    /// further down stands for each of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Say for every rule, window, exception and condition what the tests have seen of it: for people (text), or as JSON or
    /// an lcov trace file
    #[arg(long, value_name = "FORM", value_enum, num_args = 0..=1, default_missing_value = "text", require_equals = true)]
    coverage: Option<CoverageForm>,
    /// Where coverage goes instead of standard output
    #[arg(short, long, value_name = "FILE", requires = "coverage")]
    output: Option<PathBuf>,
    /// Only tests whose title contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Leave out rows of lists that were recorded after this day, where a list says when
    #[arg(long, value_name = "DATE", value_parser = day)]
    known_at: Option<Day>,
}

/// How coverage is written.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum CoverageForm {
    /// For people: what is not covered, and a summary
    Text,
    /// Everything, as one JSON object for each run
    Json,
    /// A trace file of lcov
    Lcov,
}

/// What all runs came to.
#[derive(Default)]
struct Total {
    /// What is written of coverage.
    coverage: String,
    passed: usize,
    failed: usize,
    /// A run whose policies have errors.
    broken: bool,
}

impl Test {
    fn asked(&self) -> Asked<'static> {
        Asked {
            known_at: self.known_at,
            ..Asked::default()
        }
    }

    pub(super) fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        if session.global.format == FormatName::Sarif {
            return Err(Stop::usage("tests have no SARIF form")
                .help("write `--format json` or `--format github`"));
        }
        let mut total = Total::default();
        for run in paths::runs(&self.paths)? {
            let checked = frontend::load(&run, self.asked())?;
            total.broken |= checked.has_errors();
            session.report(checked.diagnostics, &checked.sources)?;
            if let Some(model) = checked.model {
                self.run_model(&model, session, &mut total)?;
            }
        }
        if total.broken {
            return Ok(Exit::No);
        }
        self.finish(&total, session)
    }

    fn run_model(
        &self,
        model: &Model,
        session: &mut Session<'_, '_>,
        total: &mut Total,
    ) -> Result<(), Stop> {
        for (id, policy) in model.policies.iter() {
            if !model.tests.iter().any(|test| test.policy == id) {
                session.say(&format!("policy {} has no tests", policy.name))?;
            }
        }
        let outcomes = run_tests(model, self.filter.as_deref());
        let failed = outcomes.iter().filter(|outcome| !outcome.passed()).count();
        total.failed += failed;
        total.passed += outcomes.len() - failed;
        if let Some(form) = self.coverage {
            let found = coverage(model, &outcomes);
            total.coverage += &match form {
                CoverageForm::Text => print::as_text(model, &found),
                CoverageForm::Json => format!("{}\n", print::as_json(model, &found)),
                CoverageForm::Lcov => print::as_lcov(model, &found),
            };
        }
        let mut renderer = Renderer::new(&model.sources, session.color());
        for outcome in &outcomes {
            let text = match session.global.format {
                FormatName::Human if outcome.passed() && !session.global.verbose => continue,
                FormatName::Human => render_outcome(model, outcome, &mut renderer) + "\n",
                FormatName::Json => format!("{}\n", as_json(model, outcome)),
                FormatName::Github | FormatName::Sarif => as_github(model, outcome),
            };
            session.out().write_all(text.as_bytes())?;
        }
        Ok(())
    }

    fn finish(&self, total: &Total, session: &mut Session<'_, '_>) -> Result<Exit, Stop> {
        let Total { passed, failed, .. } = total;
        match &self.output {
            None => session.out().write_all(total.coverage.as_bytes())?,
            Some(path) => std::fs::write(path, &total.coverage)
                .map_err(|error| Stop::file("write", path, &error))?,
        }
        match (&self.filter, passed + failed) {
            (Some(filter), 0) => {
                let message = format!("no test has `{filter}` in its title");
                return Err(Stop::usage(message));
            }
            (None, 0) => session.say("no tests")?,
            (_, _) if session.global.format == FormatName::Human => {
                if !session.global.quiet {
                    writeln!(session.out(), "{}", summary(total))?;
                }
            }
            (_, _) if session.global.format == FormatName::Json => {
                let line = json!({ "passed": passed, "failed": failed });
                writeln!(session.out(), "{line}")?;
            }
            (_, _) => {}
        }
        Ok(if *failed == 0 { Exit::Done } else { Exit::No })
    }
}

/// `52 passed, 1 failed`
fn summary(total: &Total) -> String {
    let Total { passed, failed, .. } = total;
    format!("{passed} passed, {failed} failed")
}

/// One object: the test, and what was not met.
fn as_json(model: &Model, outcome: &TestOutcome) -> Value {
    let test = &model.tests[outcome.test];
    let failure = |failure: &Failure| {
        let (file, line, column) = place(model, failure.span);
        json!({
            "file": file,
            "line": line,
            "column": column,
            "expected": failure.expected,
            "got": failure.got,
        })
    };
    let (file, line, column) = place(model, test.span);
    json!({
        "policy": &*model.policies[test.policy].name,
        "test": &*test.title,
        "file": file,
        "line": line,
        "column": column,
        "passed": outcome.passed(),
        "failures": outcome.failures.iter().map(failure).collect::<Vec<_>>(),
    })
}

/// One workflow command for each expectation that was not met.
fn as_github(model: &Model, outcome: &TestOutcome) -> String {
    let title = github_data(&model.tests[outcome.test].title);
    let command = |failure: &Failure| {
        let (file, line, column) = place(model, failure.span);
        let text = format!("expected {}, got {}", failure.expected, failure.got);
        let file = property(&github_data(file));
        let (title, text) = (property(&title), github_data(&text));
        format!("::error file={file},line={line},col={column},title={title}::{text}\n")
    };
    outcome.failures.iter().map(command).collect()
}

fn property(text: &str) -> String {
    text.replace(':', "%3A").replace(',', "%2C")
}

fn place(model: &Model, span: Span) -> (&str, usize, usize) {
    let (line, column) = model.sources.line_column(span);
    (&model.sources.file(span.file).name, line, column)
}
