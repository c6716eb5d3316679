//! Coverage as text, as JSON and in the format of lcov.

use super::{Condition, Coverage, OfRule, Seen};
use crate::model::Model;
use crate::text::Span;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The longest piece of a condition that is repeated, in characters.
const MAX_SHOWN: usize = 60;

/// Counts of what is covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Share {
    covered: usize,
    all: usize,
}

impl Share {
    fn of<T>(all: &[T], covered: impl Fn(&T) -> bool) -> Share {
        Share {
            covered: all.iter().filter(|it| covered(it)).count(),
            all: all.len(),
        }
    }

    fn add(&mut self, other: Share) {
        self.covered += other.covered;
        self.all += other.all;
    }
}

/// The shares of rules, conditions, days and exceptions.
fn shares(coverage: &Coverage) -> [Share; 4] {
    let mut shares = [Share::default(); 4];
    shares[0] = Share::of(&coverage.rules, |rule| rule.applies.both_ways());
    for rule in &coverage.rules {
        shares[1].add(Share::of(&rule.conditions, |it| it.decided.both_ways()));
        shares[2].add(Share::of(&rule.edges, |edge| {
            edge.before > 0 && edge.on > 0
        }));
        shares[3].add(Share::of(&rule.exceptions, |it| it.stops.both_ways()));
    }
    for define in &coverage.defines {
        shares[1].add(Share::of(&define.conditions, |it| it.decided.both_ways()));
    }
    shares
}

/// What is not covered, declaration by declaration, and a summary.
pub fn as_text(model: &Model, coverage: &Coverage) -> String {
    let mut text = String::new();
    for rule in &coverage.rules {
        let lines = of_rule(model, rule);
        declaration(model, &mut text, ("rule", &rule.name), rule.span, &lines);
    }
    for define in &coverage.defines {
        let lines: Vec<String> = define
            .conditions
            .iter()
            .filter_map(|it| of_condition(model, it))
            .collect();
        declaration(
            model,
            &mut text,
            ("define", &define.name),
            define.span,
            &lines,
        );
    }
    let [rules, conditions, edges, exceptions] = shares(coverage);
    let of = |share: Share| format!("{} of {}", share.covered, share.all);
    let _ = writeln!(
        text,
        "rules seen to apply and not to apply       {}",
        of(rules)
    );
    let _ = writeln!(
        text,
        "conditions that decided, true and false    {}",
        of(conditions)
    );
    let _ = writeln!(
        text,
        "days of windows, from both sides           {}",
        of(edges)
    );
    let _ = writeln!(
        text,
        "exceptions that stopped a rule and did not {}",
        of(exceptions)
    );
    text
}

fn declaration(
    model: &Model,
    text: &mut String,
    (kind, name): (&str, &str),
    span: Span,
    lines: &[String],
) {
    if lines.is_empty() {
        return;
    }
    let (line, _) = model.sources.line_column(span);
    let file = &model.sources.file(span.file).name;
    let _ = writeln!(text, "{kind} {name} ({file}:{line})");
    for line in lines {
        let _ = writeln!(text, "  {line}");
    }
    text.push('\n');
}

fn of_rule(model: &Model, rule: &OfRule) -> Vec<String> {
    let mut lines = Vec::new();
    match (rule.applies.yes, rule.applies.no) {
        (0, _) => lines.push("no test sees it apply".to_owned()),
        (_, 0) => lines.push("no test sees it not apply".to_owned()),
        _ => {}
    }
    if rule.applies.unknown == 0 {
        lines.push("no test sees it open".to_owned());
    }
    lines.extend(
        rule.conditions
            .iter()
            .filter_map(|it| of_condition(model, it)),
    );
    for edge in &rule.edges {
        let day = edge.day;
        match (edge.before, edge.on) {
            (0, 0) => lines.push(format!(
                "{day}: no test on this day or the day before, where it would apply otherwise"
            )),
            (0, _) => lines.push(format!(
                "{day}: no test on the day before, where it would apply otherwise"
            )),
            (_, 0) => lines.push(format!(
                "{day}: no test on this day, where it would apply otherwise"
            )),
            _ => {}
        }
    }
    for exception in &rule.exceptions {
        let name = &exception.name;
        if exception.stops.yes == 0 {
            lines.push(format!("no test sees `{name}` stop it"));
        }
        if exception.stops.no == 0 {
            lines.push(format!("no test sees it apply in spite of `{name}`"));
        }
    }
    lines
}

fn of_condition(model: &Model, condition: &Condition) -> Option<String> {
    let Condition {
        span,
        seen,
        decided,
    } = condition;
    let (line, _) = model.sources.line_column(*span);
    let text = shown(model, *span);
    let missing = |seen: &Seen| match (seen.yes, seen.no) {
        (0, 0) => Some("true or false"),
        (0, _) => Some("true"),
        (_, 0) => Some("false"),
        _ => None,
    };
    let what = match (missing(seen), missing(decided)) {
        (Some(never), _) => format!("was never {never}"),
        (None, Some(never)) => format!("never decided when {never}"),
        (None, None) => return None,
    };
    Some(format!("line {line}: `{text}` {what}"))
}

/// A piece of source on one line.
fn shown(model: &Model, span: Span) -> String {
    let words: Vec<&str> = model.sources.snippet(span).split_whitespace().collect();
    let text = words.join(" ");
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Everything as one JSON object.
pub fn as_json(model: &Model, coverage: &Coverage) -> Value {
    let place = |span: Span| {
        let (line, column) = model.sources.line_column(span);
        json!({ "file": model.sources.file(span.file).name, "line": line, "column": column })
    };
    let seen = |seen: &Seen| json!({ "true": seen.yes, "false": seen.no, "unknown": seen.unknown });
    let condition = |it: &Condition| {
        json!({
            "at": place(it.span), "text": shown(model, it.span),
            "seen": seen(&it.seen), "decided": seen(&it.decided),
        })
    };
    let conditions = |all: &[Condition]| all.iter().map(condition).collect::<Vec<_>>();
    let rule = |it: &OfRule| {
        json!({
            "rule": it.name, "at": place(it.span), "applies": seen(&it.applies),
            "conditions": conditions(&it.conditions),
            "days": it.edges.iter().map(|edge| json!({
                "day": edge.day.to_string(), "before": edge.before, "on": edge.on,
            })).collect::<Vec<_>>(),
            "exceptions": it.exceptions.iter().map(|spared| json!({
                "exception": spared.name, "stops": seen(&spared.stops),
            })).collect::<Vec<_>>(),
        })
    };
    let defines = coverage.defines.iter().map(|it| {
        json!({ "define": it.name, "at": place(it.span), "conditions": conditions(&it.conditions) })
    });
    let names = ["rules", "conditions", "days", "exceptions"];
    let shares = names.iter().zip(shares(coverage)).map(|(name, share)| {
        (
            (*name).to_owned(),
            json!({ "covered": share.covered, "all": share.all }),
        )
    });
    json!({
        "summary": shares.collect::<serde_json::Map<_, _>>(),
        "rules": coverage.rules.iter().map(rule).collect::<Vec<_>>(),
        "defines": defines.collect::<Vec<_>>(),
    })
}

/// The trace file of lcov: a line counts the tests that saw its conditions, a branch those in which one decided.
pub fn as_lcov(model: &Model, coverage: &Coverage) -> String {
    let mut files: BTreeMap<&str, Vec<&Condition>> = BTreeMap::new();
    let of_rules = coverage.rules.iter().map(|rule| &rule.conditions);
    let of_defines = coverage.defines.iter().map(|define| &define.conditions);
    for condition in of_rules.chain(of_defines).flatten() {
        let file = model.sources.file(condition.span.file).name.as_str();
        files.entry(file).or_default().push(condition);
    }
    let mut text = String::new();
    for (file, conditions) in files {
        let _ = writeln!(text, "TN:\nSF:{file}");
        let mut lines: BTreeMap<usize, usize> = BTreeMap::new();
        let mut hit = 0;
        let mut blocks: BTreeMap<usize, usize> = BTreeMap::new();
        for condition in &conditions {
            let (line, _) = model.sources.line_column(condition.span);
            let Seen { no, unknown, yes } = condition.seen;
            let count = lines.entry(line).or_default();
            *count = (*count).max(no + unknown + yes);
            let block = blocks.entry(line).or_default();
            let branches = [condition.decided.yes, condition.decided.no];
            for (branch, taken) in branches.into_iter().enumerate() {
                hit += usize::from(taken > 0);
                let _ = writeln!(text, "BRDA:{line},{block},{branch},{taken}");
            }
            *block += 1;
        }
        let _ = writeln!(text, "BRF:{}\nBRH:{hit}", 2 * conditions.len());
        let reached = lines.values().filter(|count| **count > 0).count();
        for (line, count) in &lines {
            let _ = writeln!(text, "DA:{line},{count}");
        }
        let _ = writeln!(text, "LF:{}\nLH:{reached}\nend_of_record", lines.len());
    }
    text
}
