//! Why one record got its verdict.
//!
//! In: a record's judgement. Out: a header and, for each rule that applies, is open or was stopped, a report on
//! the rule's own source with what the parts that mattered came to; as text or as JSON. Rules that are simply
//! false are counted; one that is asked for by name is explained all the same.

use super::facts::Facts;
use crate::diagnostic::{Code, Diagnostic, Label, Renderer, Severity};
use crate::domain::{Day, Truth};
use crate::model::{Model, Rule, RuleId, SuspensionId, Value};
use crate::reference::{
    Evaluator, Judgement, Record, RuleTrace, Stopper, rule_assumed, show_field,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Reports are drawn like messages, but are not messages and have no number.
static REPORT: Code = Code {
    id: "",
    name: "",
    severity: Severity::Warning,
    title: "",
};

/// Why a record got its verdict.
pub struct Explanation<'a> {
    pub(super) model: &'a Model,
    pub(super) record: &'a Record,
    days: &'a [Day],
    pub(super) judgement: &'a Judgement,
    /// What is said of each rule, in the order of declaration.
    pub rules: Vec<RuleExplanation>,
    /// How many rules and exceptions are not spoken of because they do not apply.
    pub others: usize,
}

/// What is said of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleExplanation {
    /// The rule or exception.
    pub rule: RuleId,
    /// How it stands.
    pub status: Status,
    /// The verdict it has where it applies, as far as that is known; none of an exception without one.
    pub then: Option<String>,
    /// What stopped it.
    pub stopped_by: Vec<Stopper>,
    /// What keeps it open.
    pub missing: Vec<Arc<str>>,
    /// What stands on its name.
    pub headline: String,
    /// What the parts came to.
    pub labels: Vec<Label>,
    /// Citations, reasons, obligations and the like.
    pub notes: Vec<String>,
}

/// How a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It applies.
    Applies,
    /// An exception without a verdict that applies.
    TakesEffect,
    /// It may apply.
    Open,
    /// It would apply but for a suspension or an exception.
    Stopped,
    /// It does not.
    DoesNotApply,
}

impl Status {
    /// As reports say it.
    pub fn text(self) -> &'static str {
        match self {
            Status::Applies => "applies",
            Status::TakesEffect => "takes effect",
            Status::Open => "open",
            Status::Stopped => "stopped",
            Status::DoesNotApply => "does not apply",
        }
    }
}

/// Explains a judgement; with `rules`, only those, whatever became of them.
pub fn explain<'a>(
    model: &'a Model,
    record: &'a Record,
    days: &'a [Day],
    judgement: &'a Judgement,
    rules: Option<&[RuleId]>,
) -> Explanation<'a> {
    let about = About {
        model,
        record,
        days,
        judgement,
        evaluator: Evaluator::new(model, record, days),
    };
    let all = model.rules.ids();
    let is_whole = rules.is_none();
    let rules: Vec<_> = match rules {
        Some(rules) => rules.iter().map(|rule| about.rule(*rule)).collect(),
        None => all
            .filter(|id| about.matters(*id))
            .map(|id| about.rule(id))
            .collect(),
    };
    let others = model.rules.ids().filter(|id| about.is_idle(*id)).count();
    Explanation {
        model,
        record,
        days,
        judgement,
        others: if is_whole { others } else { 0 },
        rules,
    }
}

impl Explanation<'_> {
    /// For people: the header, a report for each rule, and how many others there are.
    pub fn to_text(&self, color: bool) -> String {
        let mut renderer = Renderer::new(&self.model.sources, color);
        let mut out = self.header();
        for rule in &self.rules {
            out.push('\n');
            out += &rule.render(self.model, &mut renderer);
        }
        out += &match self.others {
            0 => String::new(),
            1 => "\n1 other rule does not apply\n".to_owned(),
            n => format!("\n{n} other rules do not apply\n"),
        };
        out
    }

    fn header(&self) -> String {
        let model = self.model;
        let key = &model.record.fields[model.record.key].name;
        let value = self.key().unwrap_or_else(|| "not given".to_owned());
        let verdict = model.verdict_name(self.judgement.verdict);
        let at_most = model.verdict_name(self.judgement.at_most);
        let outlook = self.outlook();
        format!(
            "{key} {value}, as of {}\nverdict {verdict}, at most {at_most} ({outlook})\n",
            self.as_of()
        )
    }

    /// Whether what is missing may still change it.
    pub(super) fn outlook(&self) -> &'static str {
        if self.judgement.settled {
            "settled: no missing field can make it worse"
        } else {
            "not settled: a missing field may change it"
        }
    }

    pub(super) fn key(&self) -> Option<String> {
        match self.record.get(self.model.record.key)? {
            Value::Text(text) => Some(text.to_string()),
            _ => show_field(self.model, self.record, self.model.record.key),
        }
    }

    /// `2026-07-01`, or each policy's day where they differ.
    pub(super) fn as_of(&self) -> String {
        let policies = self.model.policies.values().zip(self.days);
        match self.days {
            [first, rest @ ..] if rest.iter().all(|day| day == first) => first.to_string(),
            _ => policies
                .map(|(policy, day)| format!("{day} in {}", policy.name))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }

    /// For programs: the same facts.
    pub fn to_json(&self) -> Json {
        let model = self.model;
        let days = model.policies.values().zip(self.days);
        let fields = model.record.fields.iter().map(|(id, field)| {
            let shown = show_field(model, self.record, id);
            (field.name.to_string(), json!(shown))
        });
        json!({
            "key": self.key(),
            "as_of": days
                .map(|(policy, day)| (policy.name.to_string(), json!(day.to_string())))
                .collect::<serde_json::Map<_, _>>(),
            "verdict": model.verdict_name(self.judgement.verdict),
            "at_most": model.verdict_name(self.judgement.at_most),
            "settled": self.judgement.settled,
            "record": fields.collect::<serde_json::Map<_, _>>(),
            "rules": self.rules.iter().map(|rule| rule.to_json(model)).collect::<Vec<_>>(),
            "others": self.others,
        })
    }
}

impl RuleExplanation {
    /// The report on the rule's source.
    pub fn render(&self, model: &Model, renderer: &mut Renderer) -> String {
        let rule = &model.rules[self.rule];
        let name = model.rule_name(self.rule);
        let message = if rule.title.is_empty() {
            name
        } else {
            format!("{name}, {}", rule.title)
        };
        let mut diagnostic = Diagnostic::new(&REPORT, message, rule.span, self.headline.clone());
        diagnostic.labels = self.labels.clone();
        diagnostic.notes = self.notes.clone();
        renderer.render_as(self.status.text(), &diagnostic)
    }

    fn to_json(&self, model: &Model) -> Json {
        let rule = &model.rules[self.rule];
        let labels = self.labels.iter().map(|label| {
            let (line, column) = model.sources.line_column(label.span);
            json!({
                "file": model.sources.file(label.span.file).name,
                "line": line,
                "column": column,
                "source": model.sources.snippet(label.span),
                "text": label.text,
            })
        });
        json!({
            "rule": model.rule_name(self.rule),
            "title": &*rule.title,
            "status": self.status.text(),
            "then": self.then,
            "cites": texts(&rule.cites),
            "stopped_by": self
                .stopped_by
                .iter()
                .map(|by| stopper_name(model, *by))
                .collect::<Vec<_>>(),
            "missing": texts(&self.missing),
            "headline": self.headline,
            "labels": labels.collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }
}

/// What stopped a rule, as `not_by` writes it behind the colon.
pub fn stopper_name(model: &Model, stopper: Stopper) -> String {
    match stopper {
        Stopper::Exception(rule) => model.rule_name(rule),
        Stopper::Suspension(suspension) => model.suspension_name(suspension),
        Stopper::OwnSuspension => "suspended".to_owned(),
    }
}

fn texts(texts: &[Arc<str>]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

/// What a test's report says of a rule.
pub(super) fn explain_rule(
    model: &Model,
    record: &Record,
    days: &[Day],
    judgement: &Judgement,
    rule: RuleId,
) -> RuleExplanation {
    let about = About {
        model,
        record,
        days,
        judgement,
        evaluator: Evaluator::new(model, record, days),
    };
    about.rule(rule)
}

/// One judged record.
struct About<'a> {
    model: &'a Model,
    record: &'a Record,
    days: &'a [Day],
    judgement: &'a Judgement,
    evaluator: Evaluator<'a>,
}

impl About<'_> {
    /// Whether a rule is spoken of without being asked for. An exception that only spares is spoken of where it
    /// stops or may stop a rule.
    fn matters(&self, id: RuleId) -> bool {
        let rule = &self.model.rules[id];
        let speaks = rule.bears_verdict() || !rule.obligations.is_empty() || !rule.notes.is_empty();
        (self.evaluator.truth_of(id).is_true() && speaks)
            || self.judgement.unknown.contains(&id)
            || self.is_stopped(id)
    }

    fn is_stopped(&self, id: RuleId) -> bool {
        self.judgement.not_by.iter().any(|(rule, _)| *rule == id)
    }

    /// Whether a rule simply does not apply.
    fn is_idle(&self, id: RuleId) -> bool {
        self.evaluator.truth_of(id).is_false() && !self.is_stopped(id)
    }

    fn rule(&self, id: RuleId) -> RuleExplanation {
        let rule = &self.model.rules[id];
        let trace = self.evaluator.trace(id);
        let stopped_by: Vec<Stopper> = self
            .judgement
            .not_by
            .iter()
            .filter(|(stopped, _)| *stopped == id)
            .map(|(_, by)| *by)
            .collect();
        let missing = self.evaluator.missing(id);
        let status = match trace.truth {
            Truth::True if rule.bears_verdict() => Status::Applies,
            Truth::True => Status::TakesEffect,
            Truth::Unknown => Status::Open,
            Truth::False if stopped_by.is_empty() => Status::DoesNotApply,
            Truth::False => Status::Stopped,
        };
        RuleExplanation {
            rule: id,
            status,
            then: self.evaluator.answer(id).map(|then| then.text(self.model)),
            headline: self.headline(rule, &trace, status, &stopped_by, &missing),
            labels: self.labels(rule, &trace, status, &stopped_by),
            notes: self.notes(id, &trace, status),
            stopped_by,
            missing,
        }
    }

    fn day(&self, rule: &Rule) -> Day {
        self.days[rule.policy.index()]
    }

    fn headline(
        &self,
        rule: &Rule,
        trace: &RuleTrace,
        status: Status,
        stopped_by: &[Stopper],
        missing: &[Arc<str>],
    ) -> String {
        let day = self.day(rule);
        match status {
            Status::Applies | Status::TakesEffect => match self.evaluator.answer(trace.rule) {
                Some(then) => {
                    let then = then.text(self.model);
                    match missing.is_empty() {
                        true => format!("applies: {then}"),
                        false => {
                            format!("applies: {then}, open for lack of {}", missing.join(", "))
                        }
                    }
                }
                None => format!("spares {}", self.names(trace)),
            },
            Status::Open if missing.is_empty() => "open".to_owned(),
            Status::Open => format!("open for lack of {}", missing.join(", ")),
            Status::Stopped => {
                let names = stopped_by.iter().map(|by| self.stopper(*by));
                format!(
                    "would apply but for {}",
                    names.collect::<Vec<_>>().join(", ")
                )
            }
            Status::DoesNotApply if !trace.in_force => {
                format!("not in force on {day}: {}", rule.force.windows)
            }
            Status::DoesNotApply if !trace.suspensions.is_empty() => {
                format!("suspended on {day}, and would not apply otherwise")
            }
            Status::DoesNotApply => "does not apply".to_owned(),
        }
    }

    fn stopper(&self, stopper: Stopper) -> String {
        match stopper {
            Stopper::Exception(rule) => format!("exception {}", self.model.rule_name(rule)),
            Stopper::Suspension(id) => format!("suspension {}", self.model.suspension_name(id)),
            Stopper::OwnSuspension => "its `suspended` clause".to_owned(),
        }
    }

    fn labels(
        &self,
        rule: &Rule,
        trace: &RuleTrace,
        status: Status,
        stopped_by: &[Stopper],
    ) -> Vec<Label> {
        let mut facts = Facts::of(rule, self.model, self.record);
        match status {
            Status::Applies | Status::TakesEffect => own_conditions(trace, |_| true, &mut facts),
            Status::Open => self.open_labels(trace, &mut facts),
            Status::Stopped => {
                facts.add(trace.when.span, "true");
                for by in stopped_by {
                    self.stopper_labels(rule, *by, &mut facts);
                }
            }
            Status::DoesNotApply if !trace.in_force => {
                for span in &rule.force.spans {
                    facts.add(*span, format!("{} is not in it", self.day(rule)));
                }
            }
            Status::DoesNotApply => self.idle_labels(rule, trace, &mut facts),
        }
        if let (Some(verdict), Some(then)) = (&trace.verdict, self.evaluator.answer(trace.rule))
            && matches!(status, Status::Applies | Status::Open)
        {
            facts.worked_out(&then.text(self.model), verdict);
        }
        facts.into_labels()
    }

    fn idle_labels(&self, rule: &Rule, trace: &RuleTrace, facts: &mut Facts) {
        for by in &trace.suspensions {
            self.stopper_labels(rule, *by, facts);
        }
        own_conditions(trace, Truth::is_false, facts);
        // Open as it is, an exception settles it.
        for (exception, stops) in &trace.exceptions {
            if trace.would.is_unknown() && stops.is_true() {
                self.stopper_labels(rule, Stopper::Exception(*exception), facts);
            }
        }
    }

    fn open_labels(&self, trace: &RuleTrace, facts: &mut Facts) {
        own_conditions(trace, Truth::is_unknown, facts);
        for (rule, stops) in &trace.exceptions {
            if stops.is_unknown() {
                let name = self.model.rules[*rule].span;
                facts.add(name, "whether this exception takes effect is open");
                let exception = self.evaluator.trace(*rule);
                own_conditions(&exception, Truth::is_unknown, facts);
            }
        }
        let certain = trace.excepts.iter().any(|(_, would)| would.is_true());
        for (rule, would) in &trace.excepts {
            if would.is_unknown() && !certain {
                let name = self.model.rules[*rule].span;
                facts.add(name, "whether this would apply is open");
            }
        }
    }

    fn stopper_labels(&self, rule: &Rule, by: Stopper, facts: &mut Facts) {
        match by {
            Stopper::Exception(id) => {
                let exception = &self.model.rules[id];
                let cites = cited(&exception.cites);
                facts.add(
                    exception.span,
                    format!("this exception takes effect{cites}"),
                );
                own_conditions(&self.evaluator.trace(id), |_| true, facts);
            }
            Stopper::Suspension(id) => self.suspension_label(rule, id, facts),
            Stopper::OwnSuspension => {
                let day = self.day(rule);
                facts.add(rule.span, format!("suspended on {day} by its own clause"));
            }
        }
    }

    fn suspension_label(&self, rule: &Rule, id: SuspensionId, facts: &mut Facts) {
        let suspension = &self.model.suspensions[id];
        let cites = cited(&suspension.cites);
        let day = self.day(rule);
        facts.add(suspension.span, format!("suspends it on {day}{cites}"));
    }

    fn notes(&self, id: RuleId, trace: &RuleTrace, status: Status) -> Vec<String> {
        let rule = &self.model.rules[id];
        let mut notes: Vec<String> = rule.cites.iter().map(|c| format!("cites {c}")).collect();
        notes.extend(rule.weight.iter().map(|weight| format!("weight: {weight}")));
        match status {
            Status::Applies | Status::TakesEffect => {
                self.notes_of_effect(id, &mut notes);
                if self.evaluator.is_open(id) {
                    notes.extend(self.note_of_outlook(id));
                }
            }
            Status::Open => notes.extend(self.note_of_outlook(id)),
            Status::Stopped => {}
            Status::DoesNotApply => {
                if !trace.excepts.is_empty() && trace.excepts.iter().all(|(_, w)| w.is_false()) {
                    notes.push(format!(
                        "nothing it excepts would apply: {}",
                        self.names(trace)
                    ));
                }
            }
        }
        if !trace.truth.is_false() {
            let reasons = rule_assumed(self.model, self.record, self.days, id);
            notes.extend(reasons.iter().map(|why| format!("assumed: {why}")));
        }
        notes
    }

    fn notes_of_effect(&self, id: RuleId, notes: &mut Vec<String>) {
        let judged = self.judgement;
        let reasons = judged.reasons.iter().filter(|(rule, _)| *rule == id);
        notes.extend(reasons.map(|(_, because)| format!("because {because}")));
        let obligations = judged.obligations.iter().filter(|o| o.rule == id);
        notes.extend(obligations.map(|obligation| format!("obliges: {obligation}")));
        let own = judged.notes.iter().filter(|note| note.rule == id);
        notes.extend(own.map(|note| format!("{}: {}", note.key, note.text)));
    }

    /// What an open rule, or one whose verdict is open, means for the verdict.
    fn note_of_outlook(&self, id: RuleId) -> Option<String> {
        let then = self.evaluator.answer(id)?;
        let if_unknown = self.model.rules[id].if_unknown;
        let meanwhile = if_unknown.unwrap_or(then.most.min(self.model.when_unknown));
        let (what, meanwhile) = match self.evaluator.truth_of(id) {
            Truth::True => (
                format!("{} at worst", self.model.verdict_name(then.most)),
                meanwhile.max(then.least),
            ),
            Truth::False | Truth::Unknown => (
                format!("{} if it applies", then.text(self.model)),
                meanwhile,
            ),
        };
        let meanwhile = self.model.verdict_name(meanwhile);
        Some(format!("{what}; while open it counts as {meanwhile}"))
    }

    fn names(&self, trace: &RuleTrace) -> String {
        let names = trace
            .excepts
            .iter()
            .map(|(id, _)| self.model.rule_name(*id));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Labels `when` and each `unless` whose part in the rule (`unless` counts reversed) is asked for.
fn own_conditions(trace: &RuleTrace, asked: impl Fn(Truth) -> bool, facts: &mut Facts) {
    let truth = |trace: &crate::reference::Trace| trace.outcome.truth().unwrap_or(Truth::Unknown);
    if asked(truth(&trace.when)) {
        facts.decisive(&trace.when);
    }
    for unless in &trace.unless {
        if asked(truth(unless).not()) {
            facts.decisive(unless);
        }
    }
}

/// ` (15 CFR 740.3)`
fn cited(cites: &[Arc<str>]) -> String {
    if cites.is_empty() {
        String::new()
    } else {
        format!(" ({})", cites.join("; "))
    }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod explain_tests;
