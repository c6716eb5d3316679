//! Plans as text, for `emit plan` and snapshots: the shape and why, columns in order, clauses as bits, needs of rules.
//!
//! Names are those of `emit ir`: `c`, `t`, `k`, `d`, `g` before a number.

use super::layout::MAX_ROW_LOOP;
use super::{Classify, MISSING, Needs, Plan, PlannedClause, PlannedColumn, Shape, WORD};
use crate::diagnostic::counted;
use crate::ir;
use crate::model::RuleId;
use std::fmt::{Display, Write};

/// The plan as text.
pub fn print(plan: &Plan) -> String {
    let mut out = String::new();
    shape(&mut out, plan);
    out.push_str("\ncolumns, in the order in which they are asked\n");
    for column in &plan.columns {
        line(&mut out, 1, print_column(plan, column));
    }
    clauses(&mut out, plan);
    needs(&mut out, plan);
    out
}

fn line(out: &mut String, depth: usize, text: impl Display) {
    writeln!(out, "{:width$}{text}", "", width = 2 * depth).expect("writing to a string");
}

fn shape(out: &mut String, plan: &Plan) {
    let layout = &plan.layout;
    let first = clauses_in(plan, 0..layout.first_words);
    let second = clauses_in(plan, layout.first_words..layout.words);
    let words = counted(layout.first_words, "word");
    let (name, why) = match plan.shape {
        Shape::RowLoop => (
            "row loop",
            format!("at most {MAX_ROW_LOOP} first-stage clauses are asked one after the other"),
        ),
        Shape::Masks => (
            "masks",
            format!("more than {MAX_ROW_LOOP} first-stage clauses"),
        ),
    };
    line(out, 0, format!("shape: {name} ({why})"));
    let first = counted(first, "clause");
    let summary = match (plan.shape, plan.layout.share.get()) {
        (Shape::RowLoop, _) => String::new(),
        (Shape::Masks, 1) => ", each with a bit of the summary".to_owned(),
        (Shape::Masks, share) => format!(", {share} to a bit of the summary"),
    };
    line(out, 0, format!("first stage: {first} in {words}{summary}"));
    let words = counted(layout.words - layout.first_words, "word");
    let second = counted(second, "clause");
    line(out, 0, format!("second stage: {second} in {words}"));
}

fn clauses_in(plan: &Plan, words: std::ops::Range<usize>) -> usize {
    plan.layout.clauses[words.start * WORD..words.end * WORD]
        .iter()
        .filter(|clause| clause.group.is_some())
        .count()
}

fn print_column(plan: &Plan, column: &PlannedColumn) -> String {
    let source = ir::print_source(&plan.model, &plan.program, column.source);
    let mut text = format!("c{} {source}", column.id.index());
    if let Some(classes) = &column.classes {
        // The classes of rejected and of missing values come first.
        let own = classes.tables().count.saturating_sub(MISSING as usize + 1);
        let tests = counted(classes.tests().len(), "test");
        text += &if classes.ordered() {
            let s = if own == 1 { "" } else { "es" };
            format!(": {tests}, {own} class{s} beside missing")
        } else {
            format!(": {tests}, classes as values are met")
        };
        if !classes.has_masks() {
            text += ", too many for masks: asked late";
        }
    }
    if column.amount {
        text += if column.classes.is_some() {
            ", amounts"
        } else {
            ": amounts"
        };
    }
    text
}

fn clauses(out: &mut String, plan: &Plan) {
    for (word, clauses) in plan.layout.clauses.chunks(WORD).enumerate() {
        let stage = if word < plan.layout.first_words {
            "first"
        } else {
            "second"
        };
        out.push('\n');
        line(out, 0, format!("word {word}, {stage} stage"));
        for (bit, clause) in clauses.iter().enumerate() {
            if clause.group.is_some() {
                line(out, 1, print_clause(plan, bit, clause));
            }
        }
    }
}

fn print_clause(plan: &Plan, bit: usize, clause: &PlannedClause) -> String {
    let group = clause.group.map(|group| {
        let role = ir::print_role(&plan.model, plan.program.groups[group].role);
        format!("g{} {role}", group.index())
    });
    let group = group.unwrap_or_default();
    let not = |negated: bool| if negated { "not " } else { "" };
    let mut asked: Vec<String> = Vec::new();
    asked.extend(clause.tests.iter().map(|id| format!("t{}", id.index())));
    asked.extend(clause.late.iter().map(|id| format!("late t{}", id.index())));
    let computed = clause.computed.iter();
    asked.extend(computed.map(|(id, negated)| format!("{}k{}", not(*negated), id.index())));
    let deferred = clause.deferred.iter();
    asked.extend(deferred.map(|(id, negated)| format!("{}d{}", not(*negated), id.index())));
    if asked.is_empty() {
        asked.push("always".to_owned());
    }
    format!("bit {bit:<2} {group}: {}", asked.join(" and "))
}

fn needs(out: &mut String, plan: &Plan) {
    let needing: Vec<(usize, &Needs)> = plan
        .needs
        .iter()
        .enumerate()
        .filter(|(_, needs)| !needs.words.is_empty())
        .collect();
    if needing.is_empty() {
        return;
    }
    out.push_str("\nsecond-stage clauses that rules need once their base is possible\n");
    for (rule, needs) in needing {
        let name = plan.model.rule_name(RuleId::from_index(rule));
        let words = needs.words.iter().map(|(word, mask)| {
            let word = *word as usize + plan.layout.first_words;
            let bits: Vec<String> = (0..WORD)
                .filter(|bit| mask >> bit & 1 == 1)
                .map(|bit| bit.to_string())
                .collect();
            format!("word {word} bits {}", bits.join(" "))
        });
        let words: Vec<String> = words.collect();
        line(out, 1, format!("{name}: {}", words.join(", ")));
    }
}
