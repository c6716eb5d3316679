//! Labels on a rule's source: what the parts of a condition that mattered came to, and the values behind them.
//!
//! Of an `and` that is true every part mattered, of one that is false the false parts, of an open one the open
//! parts; of an `or` that is true the first true part, of an open one the open parts.

use crate::diagnostic::Label;
use crate::domain::Truth;
use crate::model::{
    FieldId, ListId, Model, ParamId, Quantifier, RowPlace, Rule, RuleElement, RuleId, TotalId,
    TotalPeriod, Type,
};
use crate::reference::{
    Outcome, Record, TotalValue, Trace, TraceKind, show_field, show_interval, show_truth,
    show_value,
};
use crate::text::Span;

/// A label names at most this many values.
const MAX_FACTS: usize = 6;
/// At most so many elements of a list are named.
const MAX_ELEMENTS: usize = 6;
/// Of rules that are asked about and do not apply, so many are named at most.
const MAX_IDLE: usize = 3;
/// A computed part is quoted by its source if that is no longer than this many characters.
const MAX_QUOTE: usize = 40;

/// Collects labels about one record.
pub(super) struct Facts<'a> {
    model: &'a Model,
    record: &'a Record,
    /// What the rule at hand calls the element that it is made for.
    element: Option<&'a str>,
    labels: Vec<Label>,
}

impl<'a> Facts<'a> {
    /// Those of a rule, which may be made for an element: that is the first of them.
    pub fn of(rule: &'a Rule, model: &'a Model, record: &'a Record) -> Self {
        let mut facts = Facts {
            model,
            record,
            element: rule.element.as_ref().map(|element| &*element.binder),
            labels: Vec::new(),
        };
        if let Some(element) = &rule.element {
            let text = facts.made_for(element);
            facts.add(element.span, text);
        }
        facts
    }

    /// `party is P-1 (line 2 of lists/parties.csv)`
    fn made_for(&self, element: &RuleElement) -> String {
        let is = format!("{} is {}", element.binder, element.text);
        let place = element.row.and_then(|(list, place)| {
            let file = self.model.lists[list].head.file()?;
            Some(format!(" ({place} of {file})"))
        });
        is + &place.unwrap_or_default()
    }

    pub fn into_labels(self) -> Vec<Label> {
        self.labels
    }

    /// Adds a label once.
    pub fn add(&mut self, span: Span, text: impl Into<String>) {
        let label = Label {
            span,
            text: text.into(),
        };
        if !self.labels.contains(&label) {
            self.labels.push(label);
        }
    }

    /// Labels the parts of a condition that mattered.
    pub fn decisive(&mut self, trace: &Trace) {
        let Some(truth) = trace.outcome.truth() else {
            return;
        };
        match &trace.kind {
            TraceKind::And if !truth.is_true() => self.parts_that_are(truth, trace),
            TraceKind::And => trace.parts.iter().for_each(|part| self.decisive(part)),
            TraceKind::Or if truth.is_unknown() => self.parts_that_are(truth, trace),
            TraceKind::Or if truth.is_true() => {
                let first = trace.parts.iter().find(|part| is(part, Truth::True));
                first.into_iter().for_each(|part| self.decisive(part));
            }
            // `unless` of a rule about elements is no `not` that is written: it has no text of its own.
            TraceKind::Not
                if is_compound(&trace.parts[0]) || trace.span.start == trace.span.end =>
            {
                self.decisive(&trace.parts[0]);
            }
            TraceKind::Define(define) => {
                let name = &self.model.defines[*define].name;
                self.add(trace.span, format!("{name} is {}", show_truth(truth)));
                self.decisive(&trace.parts[0]);
            }
            TraceKind::Parameter => self.decisive(&trace.parts[0]),
            TraceKind::Quantified(_) if is_list_missing(trace) => {
                let text = self.sentence(truth, trace);
                self.add(trace.span, text);
            }
            TraceKind::Quantified(quantifier) => self.elements(*quantifier, truth, trace),
            TraceKind::Table(name) if trace.parts.is_empty() => {
                self.add(trace.span, format!("no row of {name} holds"));
            }
            TraceKind::Table(_) => self.rows(trace),
            TraceKind::Or
            | TraceKind::Not
            | TraceKind::Literal
            | TraceKind::Field(_)
            | TraceKind::Member(_)
            | TraceKind::Element(_)
            | TraceKind::Aggregate
            | TraceKind::Total(..)
            | TraceKind::Row { .. }
            | TraceKind::AsOf
            | TraceKind::Param(_)
            | TraceKind::Test
            | TraceKind::Under
            | TraceKind::Listed(..)
            | TraceKind::Caught(..)
            | TraceKind::Cell(..)
            | TraceKind::Rules(..)
            | TraceKind::Assume(_)
            | TraceKind::If
            | TraceKind::Quotient
            | TraceKind::Computed => {
                let text = self.sentence(truth, trace);
                self.add(trace.span, text);
            }
        }
    }

    /// The rows of a table that hold or may, and the open cells of those that may.
    fn rows(&mut self, trace: &Trace) {
        for row in trace.parts.iter().take(MAX_ELEMENTS) {
            let TraceKind::Row { number, holds } = row.kind else {
                continue;
            };
            let text = match holds.is_true() {
                true => format!("row {number} holds"),
                false => format!("row {number} may hold"),
            };
            self.add(row.span, text);
            let (result, cells) = row.parts.split_last().expect("a row has a result");
            for cell in cells.iter().filter(|cell| is(cell, Truth::Unknown)) {
                self.decisive(cell);
            }
            if !matches!(result.kind, TraceKind::Literal) {
                self.decisive(result);
            }
        }
    }

    /// Which elements made an `any` or `every` what it is; those of which it is true of a true `any`, and so on.
    fn elements(&mut self, quantifier: Quantifier, truth: Truth, trace: &Trace) {
        let so: Vec<&Trace> = trace.parts.iter().filter(|part| is(part, truth)).collect();
        let word = show_truth(truth);
        let names: Vec<&str> = so.iter().filter_map(|part| element_name(part)).collect();
        let all = names.len() == trace.parts.len();
        let text = match (trace.parts.len(), quantifier) {
            (0, _) => format!("{word}: the list is empty"),
            (1, _) => format!("{word} of {}", names.join(", ")),
            (count, _) if all => format!("{word} of all {count} elements"),
            (count, _) => format!("{word} of {} (of {count})", few(&names)),
        };
        self.add(trace.span, text);
        for part in so.iter().take(MAX_ELEMENTS) {
            for inner in &part.parts {
                self.decisive(inner);
            }
        }
    }

    fn parts_that_are(&mut self, truth: Truth, trace: &Trace) {
        for part in trace.parts.iter().filter(|part| is(part, truth)) {
            self.decisive(part);
        }
    }

    /// Labels a value that is worked out with what it came to and the values behind that.
    pub fn worked_out(&mut self, came_to: &str, trace: &Trace) {
        let text = self.told(came_to, trace);
        self.add(trace.span, text);
    }

    /// `true: origin is VN; value is 1000 USD`
    fn sentence(&self, truth: Truth, trace: &Trace) -> String {
        self.told(show_truth(truth), trace)
    }

    fn told(&self, came_to: &str, trace: &Trace) -> String {
        let mut facts = Vec::new();
        self.gather(trace, &mut facts);
        let more = facts.len().saturating_sub(MAX_FACTS);
        facts.truncate(MAX_FACTS);
        if more > 0 {
            facts.push(format!("and {more} more"));
        }
        if facts.is_empty() {
            came_to.to_owned()
        } else {
            format!("{came_to}: {}", facts.join("; "))
        }
    }

    /// The values in a part, each once, in the order of reading.
    fn gather(&self, trace: &Trace, facts: &mut Vec<String>) {
        let fact = match &trace.kind {
            TraceKind::Field(field) => Some(self.field(*field, trace)),
            TraceKind::Member(name) => Some(self.member(name, trace)),
            TraceKind::Param(param) => Some(self.param(*param, trace)),
            TraceKind::AsOf => Some(format!("as_of is {}", self.came_to(trace))),
            // It says itself what it comes to.
            TraceKind::Define(_) if is_total(trace) => None,
            TraceKind::Define(define) if trace.ty != Type::Bool => {
                let name = &self.model.defines[*define].name;
                Some(format!("{name} is {}", self.came_to(trace)))
            }
            TraceKind::Table(name) => Some(which_rows(name, &trace.parts)),
            TraceKind::Rules(_, rules) => Some(self.rules(rules)),
            TraceKind::Literal => self.cell_at_hand(trace),
            TraceKind::Total(total, value) => self.total(*total, value.as_ref(), trace),
            TraceKind::Element(_)
            | TraceKind::Quantified(_)
            | TraceKind::Aggregate
            | TraceKind::Row { .. }
            | TraceKind::Define(_)
            | TraceKind::Parameter
            | TraceKind::Not
            | TraceKind::And
            | TraceKind::Or
            | TraceKind::Test
            | TraceKind::Under
            | TraceKind::Listed(..)
            | TraceKind::Caught(..)
            | TraceKind::Cell(..)
            | TraceKind::Assume(_)
            | TraceKind::If
            | TraceKind::Quotient
            | TraceKind::Computed => None,
        };
        facts.extend(fact.filter(|fact| !facts.contains(fact)));
        let mut parts: Vec<&Trace> = trace.parts.iter().collect();
        if matches!(trace.kind, TraceKind::Aggregate) {
            // What does not count says little.
            parts.retain(|part| !is(part, Truth::False));
            parts.truncate(MAX_ELEMENTS);
        }
        for part in parts {
            self.gather(part, facts);
        }
        facts.extend(self.closing(trace).filter(|fact| !facts.contains(fact)));
    }

    /// What is to be said of a part after its own parts.
    fn closing(&self, trace: &Trace) -> Option<String> {
        match &trace.kind {
            TraceKind::Under if is(trace, Truth::Unknown) && is_known(&trace.parts[0]) => {
                Some("too coarse a code to tell".to_owned())
            }
            TraceKind::Listed(list, Some(row)) if is(trace, Truth::True) => {
                let list = &self.model.lists[*list];
                let file = list.head.file()?;
                Some(format!("in {}: {row} of {file}", list.name()))
            }
            TraceKind::Caught(list, Some(owners)) if !is(trace, Truth::False) => {
                let may = if is(trace, Truth::True) {
                    ""
                } else {
                    "perhaps "
                };
                let name = self.model.lists[*list].name();
                Some(format!("{may}in {name}: owned by {owners}"))
            }
            TraceKind::Listed(..) if is(trace, Truth::Unknown) && is_known(&trace.parts[0]) => {
                Some("too coarse a code to tell".to_owned())
            }
            TraceKind::Caught(_, None)
                if is(trace, Truth::Unknown) && is_known(&trace.parts[0]) =>
            {
                Some("too coarse a code to tell".to_owned())
            }
            TraceKind::Cell(list, column, rows) => Some(self.cell(*list, *column, rows, trace)),
            TraceKind::Quotient if is_zero(&trace.parts[1]) => Some("division by zero".to_owned()),
            TraceKind::Quotient | TraceKind::Computed | TraceKind::If | TraceKind::Aggregate => {
                self.quoted(trace)
            }
            TraceKind::Assume(reason) if !is_known(&trace.parts[0]) => {
                let assumed = self.came_to(&trace.parts[1]);
                Some(format!("assumed to be {assumed}: {reason}"))
            }
            TraceKind::Literal
            | TraceKind::Field(_)
            | TraceKind::Member(_)
            | TraceKind::Element(_)
            | TraceKind::Quantified(_)
            | TraceKind::Table(_)
            | TraceKind::Total(..)
            | TraceKind::Row { .. }
            | TraceKind::AsOf
            | TraceKind::Param(_)
            | TraceKind::Define(_)
            | TraceKind::Parameter
            | TraceKind::Not
            | TraceKind::And
            | TraceKind::Or
            | TraceKind::Test
            | TraceKind::Under
            | TraceKind::Listed(..)
            | TraceKind::Caught(..)
            | TraceKind::Rules(..)
            | TraceKind::Assume(_) => None,
        }
    }

    /// `` `a / b` is 0.2% ``
    fn quoted(&self, trace: &Trace) -> Option<String> {
        let source = self.model.sources.snippet(trace.span);
        let short = source.chars().count() <= MAX_QUOTE && !source.contains('\n');
        (short && trace.ty != Type::Bool).then(|| format!("`{source}` is {}", self.came_to(trace)))
    }

    fn field(&self, field: FieldId, trace: &Trace) -> String {
        let name = &self.model.record.fields[field].name;
        match show_field(self.model, self.record, field) {
            Some(value) => format!("{name} is {value}"),
            None => match &trace.outcome {
                Outcome::Number(interval) if self.model.record.fields[field].is_non_negative() => {
                    format!("{name} is missing ({})", show_interval(trace.ty, interval))
                }
                Outcome::Number(_) | Outcome::Truth(_) | Outcome::Value(_) | Outcome::Missing => {
                    format!("{name} is missing")
                }
            },
        }
    }

    /// `party.limit is 500 USD`: a cell of the row that the rule is made for, which stands in its place as a value.
    fn cell_at_hand(&self, trace: &Trace) -> Option<String> {
        let source = self.model.sources.snippet(trace.span);
        let column = source.strip_prefix(self.element?)?;
        column.strip_prefix('.')?;
        Some(format!("{source} is {}", self.came_to(trace)))
    }

    fn member(&self, name: &str, trace: &Trace) -> String {
        match &trace.outcome {
            Outcome::Number(interval) if !is_known(trace) => {
                let known = show_interval(trace.ty, interval);
                match known == "not known" {
                    true => format!("{name} is missing"),
                    false => format!("{name} is missing ({known})"),
                }
            }
            Outcome::Truth(Truth::Unknown) | Outcome::Missing => format!("{name} is missing"),
            Outcome::Number(_) | Outcome::Truth(_) | Outcome::Value(_) => {
                format!("{name} is {}", self.came_to(trace))
            }
        }
    }

    fn param(&self, param: ParamId, trace: &Trace) -> String {
        let name = &self.model.params[param].name;
        if is_known(trace) {
            format!("{name} is {}", self.came_to(trace))
        } else {
            format!("{name} has no value that day")
        }
    }

    /// `parties.footnote is 4 (line 7 of lists/parties.csv)`
    fn cell(&self, list: ListId, column: FieldId, rows: &[RowPlace], trace: &Trace) -> String {
        let head = &self.model.lists[list].head;
        let name = format!("{}.{}", head.name, head.columns[column].name);
        let is = match is_known(trace) {
            true => format!("{name} is {}", self.came_to(trace)),
            false if rows.is_empty() => return format!("{} has no row for it", head.name),
            false => format!("{name} is not known"),
        };
        let shown: Vec<String> = rows
            .iter()
            .take(MAX_ELEMENTS)
            .map(RowPlace::to_string)
            .collect();
        match head.file() {
            Some(file) => format!("{is} ({} of {file})", shown.join(", ")),
            None => is,
        }
    }

    /// What became of rules that are asked about: those that apply or are open by name, the others too where they are few.
    fn rules(&self, rules: &[(RuleId, Truth)]) -> String {
        let (idle, others): (Vec<_>, Vec<_>) =
            rules.iter().partition(|(_, truth)| truth.is_false());
        let said = |rules: Vec<&(RuleId, Truth)>| -> Vec<String> {
            let said = rules
                .into_iter()
                .map(|(rule, truth)| self.rule(*rule, *truth));
            said.collect()
        };
        if idle.len() <= MAX_IDLE {
            return said(rules.iter().collect()).join(", ");
        }
        match others.is_empty() {
            true => format!("none of the {} rules asked about applies", idle.len()),
            false => format!(
                "{}; the {} others do not apply",
                said(others).join(", "),
                idle.len()
            ),
        }
    }

    /// `order_value is 3000 USD (of 2 records in the calendar year 2025)`
    fn total(&self, total: TotalId, value: Option<&TotalValue>, trace: &Trace) -> Option<String> {
        let total = &self.model.totals[total];
        let value = value?;
        let records = match (value.sure, value.may) {
            (1, 1) => "1 record".to_owned(),
            (sure, may) if sure == may => format!("{sure} records"),
            (sure, may) => format!("{sure} to {may} records"),
        };
        let period = match total.period {
            None => String::new(),
            Some(TotalPeriod::CalendarYear) => " in the calendar year".to_owned(),
            Some(TotalPeriod::LastDays(days)) => format!(" in the last {days} days"),
        };
        let name = &total.name;
        Some(format!(
            "{name} is {} (of {records}{period})",
            self.came_to(trace)
        ))
    }

    fn rule(&self, rule: RuleId, truth: Truth) -> String {
        let name = self.model.rule_name(rule);
        match truth {
            Truth::True => format!("{name} applies"),
            Truth::False => format!("{name} does not apply"),
            Truth::Unknown => format!("{name} is open"),
        }
    }

    fn came_to(&self, trace: &Trace) -> String {
        match &trace.outcome {
            Outcome::Truth(truth) => show_truth(*truth).to_owned(),
            Outcome::Number(interval) => show_interval(trace.ty, interval),
            Outcome::Value(value) => show_value(self.model, trace.ty, value),
            Outcome::Missing => "not known".to_owned(),
        }
    }
}

/// Whether a define is the name of an aggregate over records.
fn is_total(trace: &Trace) -> bool {
    matches!(trace.parts.as_slice(), [only] if matches!(only.kind, TraceKind::Total(..)))
}

/// Whether a quantifier has the list as its only part, which is missing.
fn is_list_missing(trace: &Trace) -> bool {
    matches!(trace.parts.as_slice(), [only] if element_name(only).is_none())
}

fn element_name(trace: &Trace) -> Option<&str> {
    match &trace.kind {
        TraceKind::Element(name) => Some(name),
        _ => None,
    }
}

/// `row 2 of threshold holds`, `rows 1, 2 of threshold may hold`.
fn which_rows(name: &str, rows: &[Trace]) -> String {
    let numbers: Vec<(usize, Truth)> = rows
        .iter()
        .filter_map(|row| match row.kind {
            TraceKind::Row { number, holds } => Some((number, holds)),
            _ => None,
        })
        .collect();
    match numbers.as_slice() {
        [] => format!("no row of {name} holds"),
        [(number, Truth::True)] => format!("row {number} of {name} holds"),
        [(number, _)] => format!("row {number} of {name} may hold"),
        several => {
            let numbers: Vec<String> = several.iter().map(|(at, _)| at.to_string()).collect();
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            format!("rows {} of {name} may hold", few(&numbers))
        }
    }
}

/// The first names, and how many more there are.
fn few(names: &[&str]) -> String {
    let shown = names.len().min(MAX_ELEMENTS);
    let mut text = names[..shown].join(", ");
    if names.len() > shown {
        text += &format!(" and {} more", names.len() - shown);
    }
    text
}

fn is(trace: &Trace, truth: Truth) -> bool {
    trace.outcome.truth() == Some(truth)
}

fn is_known(trace: &Trace) -> bool {
    match &trace.outcome {
        Outcome::Truth(truth) => !truth.is_unknown(),
        Outcome::Number(interval) => interval.is_point().is_some(),
        Outcome::Value(_) => true,
        Outcome::Missing => false,
    }
}

fn is_zero(trace: &Trace) -> bool {
    match &trace.outcome {
        Outcome::Number(interval) => interval.is_point().is_some_and(|value| value.is_zero()),
        Outcome::Truth(_) | Outcome::Value(_) | Outcome::Missing => false,
    }
}

/// Whether a part is better explained by its own parts.
fn is_compound(trace: &Trace) -> bool {
    matches!(
        trace.kind,
        TraceKind::And | TraceKind::Or | TraceKind::Not | TraceKind::Define(_)
    )
}
