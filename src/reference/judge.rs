//! A record's judgement (language.md, section 11, rulings 11, 12 and 17).
//!
//! - **unknown**: the rules that may apply, and those that apply with a verdict that is not known.
//! - **verdict**: the most severe `then` among what applies, or `otherwise`; raised from there for every unknown
//!   rule with a more severe `then`, to its `if unknown`, or else to the lesser of its `then` and `when unknown`.
//!   A `then` that is not known counts as the least it may be where the rule applies, and as the most in the raising.
//! - **at most**: the most severe of the verdict and the `then` and `if unknown` of unknown rules.
//! - **settled**: verdict and at most agree, and still would if every question about absence that met something
//!   missing (`is missing`, `is known`, `is unknown`, `assume`) were left open.
//! - **not_by**, for each rule or exception R that is false, in order: (a) where its own windows hold the day, its
//!   conditions are true (for an exception also that something it excepts would apply) and it is suspended that
//!   day: every suspension in force; (b) else where would(R) is true: every exception X to it with stops(X) true.
//! - Obligations, reasons, notes: of everything whose truth is true, verdict or none.

use super::answer::Answer;
use super::eval::{Absence, Evaluator, Scope};
use super::name::Names;
use super::record::Record;
use super::rule::Stopper;
use super::show::{show_interval, show_template, show_truth, show_value};
use crate::domain::{Day, Truth};
use crate::model::print::time_text;
use crate::model::{
    Expr, Model, Obligation, PolicyId, Rule, RuleId, Time, Type, Value, Verdict, Wording,
};
use std::fmt;
use std::sync::Arc;

/// What one record comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The most severe the verdict could still become.
    pub at_most: Verdict,
    /// Rules and verdict-bearing exceptions that apply, in the order of declaration.
    pub rules: Vec<RuleId>,
    /// Rules and verdict-bearing exceptions left open, in the order of declaration.
    pub unknown: Vec<RuleId>,
    /// For each unknown rule what keeps it open.
    pub missing: Vec<(RuleId, Vec<Arc<str>>)>,
    /// What kept which rule from applying.
    pub not_by: Vec<(RuleId, Stopper)>,
    /// What must be done.
    pub obligations: Vec<JudgedObligation>,
    /// The `because` of what applies, filled in.
    pub reasons: Vec<(RuleId, String)>,
    /// The notes of what applies.
    pub notes: Vec<JudgedNote>,
    /// The reasons of `assume`s behind rules that apply or are unknown.
    pub assumed: Vec<(RuleId, Arc<str>)>,
    /// No missing field can make it worse.
    pub settled: bool,
}

/// An obligation, filled in. Displays with the date due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedObligation {
    /// Whose it is.
    pub rule: RuleId,
    /// What must be done.
    pub text: String,
    /// By when.
    pub due: Option<Due>,
}

/// By when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// On this day at the latest.
    By(Day),
    /// So long after a field that is missing.
    AfterMissing(Arc<str>, Arc<str>),
    /// So long after a day, which is beyond the calendar.
    Beyond(Arc<str>, Day),
    /// So many working days after a day; of a year on the way the calendar lists no day.
    Untold(Arc<str>, Day, i32),
}

/// A note, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedNote {
    /// Whose it is.
    pub rule: RuleId,
    /// Its key.
    pub key: Arc<str>,
    /// What it says.
    pub text: String,
}

impl fmt::Display for JudgedObligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.due {
            None => Ok(()),
            Some(Due::By(day)) => write!(f, " (by {day})"),
            Some(Due::AfterMissing(time, field)) => {
                write!(f, " (within {time} after {field}, which is missing)")
            }
            Some(Due::Beyond(time, day)) => write!(f, " (within {time} after {day})"),
            Some(Due::Untold(time, day, year)) => write!(
                f,
                " (within {time} after {day}; the calendar lists no day of {year})"
            ),
        }
    }
}

impl Judgement {
    /// The fields that keep any rule open: in the order of declaration, then other names by bytes.
    pub fn all_missing(&self, model: &Model) -> Vec<Arc<str>> {
        name_order(model, self.missing.iter().flat_map(|(_, names)| names))
    }
}

/// Distinct names: fields in the order of declaration, then the others by bytes.
pub fn name_order<'n>(
    model: &Model,
    names: impl IntoIterator<Item = &'n Arc<str>>,
) -> Vec<Arc<str>> {
    let mut ordered = Names::default();
    for name in names {
        ordered.add_spelled(model, name);
    }
    ordered.into_list(model)
}

/// Judges a record by all rules of the run. `days`: the as-of day by policy.
pub fn judge(model: &Model, record: &Record, days: &[Day]) -> Judgement {
    judge_policy(model, record, days, None)
}

/// The same by the rules of one policy only.
pub fn judge_policy(
    model: &Model,
    record: &Record,
    days: &[Day],
    only: Option<PolicyId>,
) -> Judgement {
    let evaluator = Evaluator::new(model, record, days);
    let considered: Vec<RuleId> = model
        .rules
        .iter()
        .filter(|(_, rule)| only.is_none_or(|policy| rule.policy == policy))
        .map(|(id, _)| id)
        .collect();
    let standing = Standing::of(&evaluator, &considered);
    let (verdict, at_most) = standing.severity(&evaluator);
    let settled = verdict == at_most && is_settled(model, record, days, &considered, verdict);
    let concerned = considered
        .iter()
        .filter(|rule| standing.rules.contains(rule) || standing.unknown.contains(rule));
    Judgement {
        verdict,
        at_most,
        settled,
        missing: each(&standing.unknown, |rule| evaluator.missing(rule)),
        not_by: considered
            .iter()
            .flat_map(|rule| {
                stoppers(&evaluator, *rule)
                    .into_iter()
                    .map(|by| (*rule, by))
            })
            .collect(),
        obligations: standing
            .effective
            .iter()
            .flat_map(|rule| obligations(model, record, days, *rule))
            .collect(),
        reasons: standing
            .effective
            .iter()
            .filter_map(|rule| reason(model, record, *rule))
            .collect(),
        notes: standing
            .effective
            .iter()
            .flat_map(|rule| notes(&evaluator, *rule))
            .collect(),
        assumed: concerned
            .flat_map(|rule| evaluator.assumed(*rule).into_iter().map(|why| (*rule, why)))
            .collect(),
        rules: standing.rules,
        unknown: standing.unknown,
    }
}

fn each<T>(rules: &[RuleId], make: impl Fn(RuleId) -> T) -> Vec<(RuleId, T)> {
    rules.iter().map(|rule| (*rule, make(*rule))).collect()
}

/// Which rules apply and which are open.
struct Standing {
    /// True, with a verdict.
    rules: Vec<RuleId>,
    /// Unknown, with a verdict, or true with one that is not known.
    unknown: Vec<RuleId>,
    /// True, with or without a verdict.
    effective: Vec<RuleId>,
}

impl Standing {
    fn of(evaluator: &Evaluator, considered: &[RuleId]) -> Standing {
        let with = |truth: Truth, verdict_only: bool| {
            considered
                .iter()
                .copied()
                .filter(|rule| !verdict_only || evaluator.model.rules[*rule].bears_verdict())
                .filter(|rule| evaluator.truth_of(*rule) == truth)
                .collect()
        };
        Standing {
            rules: with(Truth::True, true),
            unknown: considered
                .iter()
                .copied()
                .filter(|rule| evaluator.is_open(*rule))
                .collect(),
            effective: with(Truth::True, false),
        }
    }

    fn severity(&self, evaluator: &Evaluator) -> (Verdict, Verdict) {
        let answers = |rules: &[RuleId]| -> Vec<(RuleId, Answer)> {
            each(rules, |rule| {
                let answer = evaluator.answer(rule);
                answer.expect("internal error: a rule without a verdict among a record's rules")
            })
        };
        severity(
            evaluator.model,
            &answers(&self.rules),
            &answers(&self.unknown),
        )
    }
}

/// The verdict and `at most`, from the verdict-bearing rules that apply and those that are unknown.
pub fn severity(
    model: &Model,
    rules: &[(RuleId, Answer)],
    unknown: &[(RuleId, Answer)],
) -> (Verdict, Verdict) {
    let least = rules.iter().map(|(_, then)| then.least);
    let base = least.max().unwrap_or(model.otherwise);
    let worse = unknown.iter().filter(|(_, then)| then.most > base);
    let raised = worse.map(|(rule, then)| {
        model.rules[*rule]
            .if_unknown
            .unwrap_or(then.most.min(model.when_unknown))
    });
    let verdict = raised.fold(base, Verdict::max);
    let at_most = unknown
        .iter()
        .flat_map(|(rule, then)| [Some(then.most), model.rules[*rule].if_unknown])
        .flatten()
        .fold(verdict, Verdict::max);
    (verdict, at_most)
}

/// Whether nothing worse than `verdict` is possible when questions about absence are left open.
fn is_settled(
    model: &Model,
    record: &Record,
    days: &[Day],
    considered: &[RuleId],
    verdict: Verdict,
) -> bool {
    let open = Evaluator::with_absence(model, record, days, Absence::Open);
    let standing = Standing::of(&open, considered);
    standing.severity(&open).1 <= verdict
}

/// What keeps a rule from applying; see the head of this module.
fn stoppers(evaluator: &Evaluator, id: RuleId) -> Vec<Stopper> {
    let rule = &evaluator.model.rules[id];
    if !evaluator.truth_of(id).is_false() || !evaluator.in_own_windows(rule) {
        return Vec::new();
    }
    let suspensions = evaluator.suspensions(rule);
    if !suspensions.is_empty() {
        let holds = evaluator
            .conditions(rule)
            .and(evaluator.would_be_needed(rule));
        return if holds.is_true() {
            suspensions
        } else {
            Vec::new()
        };
    }
    if !evaluator.would(id).is_true() {
        return Vec::new();
    }
    rule.exceptions
        .iter()
        .filter(|exception| evaluator.stops(**exception).is_true())
        .map(|exception| Stopper::Exception(*exception))
        .collect()
}

/// What a rule obliges to, whether it applies or not.
pub(super) fn obligations(
    model: &Model,
    record: &Record,
    days: &[Day],
    id: RuleId,
) -> Vec<JudgedObligation> {
    let rule = &model.rules[id];
    let evaluator = Evaluator::new(model, record, days);
    rule.obligations
        .iter()
        .map(|obligation| JudgedObligation {
            rule: id,
            text: evaluator.wording(rule, &obligation.text),
            due: due(model, record, days, rule, obligation),
        })
        .collect()
}

fn due(
    model: &Model,
    record: &Record,
    days: &[Day],
    rule: &Rule,
    obligation: &Obligation,
) -> Option<Due> {
    let (time, after) = obligation.within.as_ref()?;
    let start = match after {
        None => Some(days[rule.policy.index()]),
        Some(field) => match record.get(*field) {
            Some(Value::Date(day)) => Some(*day),
            Some(Value::Instant(micros)) => Evaluator::new(model, record, days)
                .zone(rule.policy)
                .day_of(*micros),
            Some(other) => unreachable!("internal error: {other:?} is not a date"),
            None => None,
        },
    };
    let text = || Arc::from(time_text(model, *time));
    Some(match (start, after) {
        (Some(day), _) => match time {
            Time::Period(period) => day
                .plus(*period)
                .map_or_else(|| Due::Beyond(text(), day), Due::By),
            Time::WorkingDays(count, calendar) => model.calendars[*calendar]
                .calendar
                .after(day, *count)
                .map_or_else(|year| Due::Untold(text(), day, year), Due::By),
        },
        (None, Some(field)) => {
            Due::AfterMissing(text(), Arc::clone(&model.record.fields[*field].name))
        }
        (None, None) => unreachable!("internal error: the as-of day is never missing"),
    })
}

fn reason(model: &Model, record: &Record, id: RuleId) -> Option<(RuleId, String)> {
    let because = model.rules[id].then.as_ref()?.because.as_ref()?;
    Some((id, show_template(model, record, because)))
}

fn notes(evaluator: &Evaluator, id: RuleId) -> Vec<JudgedNote> {
    let rule = &evaluator.model.rules[id];
    rule.notes
        .iter()
        .map(|note| JudgedNote {
            rule: id,
            key: Arc::clone(&note.key),
            text: evaluator.wording(rule, &note.value),
        })
        .collect()
}

impl Evaluator<'_> {
    /// Whether a rule with a verdict is open: whether it applies is unknown, or it may and its verdict is not known.
    pub fn is_open(&self, rule: RuleId) -> bool {
        match self.truth_of(rule) {
            Truth::False => false,
            Truth::True => self.answer(rule).is_some_and(|then| !then.is_known()),
            Truth::Unknown => self.model.rules[rule].bears_verdict(),
        }
    }

    /// What a note or an obligation of a rule says; of a value that is not known, what it would take to know it.
    pub(super) fn wording(&self, rule: &Rule, wording: &Wording) -> String {
        let expr = match wording {
            Wording::Text(text) => return show_template(self.model, self.record, text),
            Wording::Expr(expr) => expr,
        };
        let lacking = match expr.ty {
            Type::Text { .. } => self.lacking(expr, Scope::of(rule.policy)),
            _ => Vec::new(),
        };
        match lacking.is_empty() {
            true => self.show(expr, Scope::of(rule.policy)),
            false => format!("not known for lack of {}", lacking.join(", ")),
        }
    }

    /// What an expression comes to, as text.
    pub(super) fn show(&self, expr: &Expr, scope: Scope) -> String {
        if expr.ty == Type::Bool {
            return show_truth(self.truth(expr, scope)).to_owned();
        }
        if expr.ty.is_number() {
            return show_interval(expr.ty, &self.number(expr, scope));
        }
        match self.value(expr, scope) {
            Some(Value::Text(text)) => text.to_string(),
            Some(value) => show_value(self.model, expr.ty, &value),
            None => "not known".to_owned(),
        }
    }
}
