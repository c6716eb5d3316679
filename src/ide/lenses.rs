//! What stands above declarations and beside them: tests to run, windows of rules, what is in force today.
//!
//! A further kind of lens, such as how often rules hold in a book, is a further function beside [`rule_lenses`].

use super::declared::Sort;
use super::hover::Facts;
use super::{View, Workspace};
use crate::check::Named;
use crate::diagnostic::{Renderer, counted};
use crate::reference::{TestOutcome, run_test as run};
use crate::report::tests::render_outcome;
use crate::syntax::ast;
use crate::text::Span;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something to show above a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// A byte of the line.
    pub at: usize,
    /// What it says.
    pub title: String,
    /// What it is.
    pub kind: LensKind,
}

/// What a lens is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LensKind {
    /// Runs the tests of that title in the file.
    RunTest(String),
    /// Runs all tests of the file's policy.
    RunAll,
    /// Only says something.
    Says,
}

/// Something to show behind a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The byte behind which it stands.
    pub at: usize,
    /// What it says.
    pub text: String,
}

/// The lenses of a file, in the order of the text.
pub fn lenses(workspace: &mut Workspace, path: &Path) -> Vec<Lens> {
    let Some(view) = workspace.view(path) else {
        return Vec::new();
    };
    let Some(file) = view.file(path) else {
        return Vec::new();
    };
    let today = workspace.today();
    let mut lenses = Vec::new();
    let tree = view.tree(file);
    for item in &tree.items {
        match &item.kind {
            ast::ItemKind::Test(test) => {
                if let Some(title) = &test.title {
                    lenses.push(Lens {
                        at: item.span.start as usize,
                        title: "run test".to_owned(),
                        kind: LensKind::RunTest(title.value.clone()),
                    });
                }
            }
            ast::ItemKind::Policy(_) => lenses.extend(all_tests(&view, item)),
            _ => {}
        }
    }
    let good = good(workspace, path);
    if let Some(facts) = good.as_ref().and_then(|good| Facts::of(good, today)) {
        lenses.extend(rule_lenses(&facts, path, tree));
    }
    lenses.sort_by_key(|lens| lens.at);
    lenses
}

fn all_tests(view: &View, item: &ast::Item) -> Option<Lens> {
    let (own, _) = view.in_sight(item.span.file);
    let items = own.iter().flat_map(|file| &view.tree(*file).items);
    let tests = items.filter(|it| matches!(it.kind, ast::ItemKind::Test(_)));
    let count = tests.count();
    (count > 0).then(|| Lens {
        at: item.span.start as usize,
        title: format!("run {}", counted(count, "test")),
        kind: LensKind::RunAll,
    })
}

/// The last policy without errors that has the file.
fn good(workspace: &mut Workspace, path: &Path) -> Option<Arc<View>> {
    workspace.good_views(path).into_iter().next()
}

/// The windows of rules, how many exceptions they have, and how often tests name them.
fn rule_lenses(facts: &Facts<'_>, path: &Path, tree: &ast::File) -> Vec<Lens> {
    let tested = tested(facts.view);
    let mut lenses = Vec::new();
    for item in &tree.items {
        let name = match &item.kind {
            ast::ItemKind::Rule(rule) => &rule.name,
            ast::ItemKind::Exception(exception) => &exception.name,
            _ => continue,
        };
        let rules = facts.rules(path, &name.text);
        let Some(rule) = rules.first() else {
            continue;
        };
        let exceptions = rule.exceptions.len();
        let exceptions = (exceptions > 0).then(|| counted(exceptions, "exception"));
        let tested = tested.get(&rule.span);
        let tested = tested.map(|count| format!("named {} in tests", times(*count)));
        let parts = [facts.windows(rule), exceptions, tested];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            lenses.push(Lens {
                at: item.span.start as usize,
                title: parts.join(" · "),
                kind: LensKind::Says,
            });
        }
    }
    lenses
}

/// How often tests name what is declared at a place.
fn tested(view: &View) -> FxHashMap<Span, usize> {
    let mut counts: FxHashMap<Span, usize> = FxHashMap::default();
    for occurrence in &view.checked.occurrences {
        if let Named::Declared(declared) = occurrence.of
            && is_test(view, occurrence.span)
        {
            *counts.entry(declared).or_default() += 1;
        }
    }
    counts
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

fn is_test(view: &View, span: Span) -> bool {
    let items = &view.tree(span.file).items;
    let after = items.partition_point(|item| item.span.start <= span.start);
    let item = items[..after].last();
    item.is_some_and(|item| matches!(item.kind, ast::ItemKind::Test(_)))
}

/// What is in force today, behind the titles of rules that are not always so; the values of params that change.
pub fn hints(workspace: &mut Workspace, path: &Path, start: usize, end: usize) -> Vec<Hint> {
    let Some(view) = workspace.view(path) else {
        return Vec::new();
    };
    let Some(file) = view.file(path) else {
        return Vec::new();
    };
    let today = workspace.today();
    let good = good(workspace, path);
    let Some(facts) = good.as_ref().and_then(|good| Facts::of(good, today)) else {
        return Vec::new();
    };
    let mut hints = Vec::new();
    for declaration in view.declarations.in_file(file) {
        let at = match (declaration.sort, &declaration.ty) {
            (Sort::Rule | Sort::Exception, _) => title_end(&view, declaration.span),
            (Sort::Param, Some(ty)) => ty.span.end as usize,
            _ => continue,
        };
        let text = match declaration.sort {
            Sort::Param => facts
                .param_today(path, &declaration.name)
                .map(|value| format!("today: {value}")),
            _ => {
                let rules = facts.rules(path, &declaration.name);
                let rule = rules.first().filter(|rule| facts.windows(rule).is_some());
                rule.map(|rule| format!("in force today: {}", facts.force(rule)))
            }
        };
        if let Some(text) = text
            && start <= at
            && at <= end
        {
            hints.push(Hint { at, text });
        }
    }
    hints
}

/// Where the title behind a rule's name ends.
fn title_end(view: &View, name: Span) -> usize {
    let items = view.tree(name.file).items.iter();
    let title = items
        .filter(|item| item.span.start <= name.start && name.end <= item.span.end)
        .find_map(|item| match &item.kind {
            ast::ItemKind::Rule(rule) => rule.title.as_ref(),
            ast::ItemKind::Exception(exception) => exception.title.as_ref(),
            _ => None,
        });
    title.map_or(name.end, |title| title.span.end) as usize
}

/// Runs the tests of a file with that title, or all tests of its policy. Gives whether all passed, and what to say.
///
/// # Errors
/// Says why nothing can be run.
pub fn run_test(
    workspace: &mut Workspace,
    path: &Path,
    title: Option<&str>,
) -> Result<(bool, String), String> {
    let view = workspace.view(path).ok_or("the policy cannot be read")?;
    let Some(model) = &view.checked.model else {
        return Err("the policy has errors, so its tests cannot be run".to_owned());
    };
    let wanted = |at: &usize| {
        let test = &model.tests[*at];
        let here: Option<PathBuf> = view.path(test.span.file).map(Path::to_owned);
        title.is_none_or(|title| *test.title == *title && here.as_deref() == Some(path))
    };
    let chosen = (0..model.tests.len()).filter(wanted);
    let outcomes: Vec<TestOutcome> = chosen.map(|at| run(model, at)).collect();
    if outcomes.is_empty() {
        return Err("there is no such test".to_owned());
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.passed());
    let mut renderer = Renderer::new(&model.sources, false);
    let reports: Vec<String> = failed
        .map(|outcome| render_outcome(model, outcome, &mut renderer))
        .collect();
    let passed = outcomes.len() - reports.len();
    let summary = match (title, reports.is_empty()) {
        (Some(title), true) => format!("passed: {title}"),
        (Some(title), false) => format!("failed: {title}"),
        (None, _) => format!("{passed} passed, {} failed", reports.len()),
    };
    let text = std::iter::once(summary).chain(reports).collect::<Vec<_>>();
    Ok((passed == outcomes.len(), text.join("\n\n")))
}
