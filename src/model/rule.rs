//! Rules, exceptions, suspensions.

use super::{
    CalendarId, Expr, ExprKind, FieldId, ListId, PolicyId, RowPlace, RuleId, Value, Verdict,
};
use crate::domain::{Period, Windows};
use crate::text::{Id, Span};
use std::sync::Arc;

/// The number of a [`Suspension`].
pub type SuspensionId = Id<Suspension>;

/// A rule or an exception.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name; `rule[ELEMENT]` of one that is made for an element.
    pub name: Arc<str>,
    /// The element of `for each` that it is made for.
    pub element: Option<RuleElement>,
    /// The policy it belongs to.
    pub policy: PolicyId,
    /// What it is for.
    pub title: Arc<str>,
    /// A rule, or an exception to others.
    pub kind: RuleKind,
    /// `cites`
    pub cites: Vec<Arc<str>>,
    /// `tags`
    pub tags: Vec<Arc<str>>,
    /// `weight`
    pub weight: Option<Arc<str>>,
    /// When it is in force, and what suspends it.
    pub force: Force,
    /// `when`
    pub when: Expr,
    /// `unless`, in the order written.
    pub unless: Vec<Expr>,
    /// `then`; a rule always has one, an exception may.
    pub then: Option<Then>,
    /// `if unknown`
    pub if_unknown: Option<Verdict>,
    /// `obliges`
    pub obligations: Vec<Obligation>,
    /// `note`
    pub notes: Vec<Note>,
    /// The exceptions to it, in the order of declaration.
    pub exceptions: Vec<RuleId>,
    /// Where the name stands.
    pub span: Span,
    /// The whole declaration.
    pub whole: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}

impl Rule {
    /// Its name without that of the element that it is made for.
    pub fn declared_name(&self) -> &Arc<str> {
        self.element
            .as_ref()
            .map_or(&self.name, |element| &element.of)
    }

    /// Every expression in it.
    pub fn exprs(&self) -> Vec<&Expr> {
        let then = self.then.iter().map(|then| &then.verdict);
        let notes = self.notes.iter().map(|note| &note.value);
        let obligations = self.obligations.iter();
        let wordings = notes.chain(obligations.map(|obligation| &obligation.text));
        let worked_out = wordings.filter_map(|wording| match wording {
            Wording::Text(_) => None,
            Wording::Expr(expr) => Some(expr),
        });
        std::iter::once(&self.when)
            .chain(&self.unless)
            .chain(then)
            .chain(worked_out)
            .collect()
    }

    /// Whether it is an exception.
    pub fn is_exception(&self) -> bool {
        matches!(self.kind, RuleKind::Exception { .. })
    }

    /// The rules that an exception excepts, in the order of declaration; none for a rule.
    pub fn excepts(&self) -> &[RuleId] {
        match &self.kind {
            RuleKind::Rule => &[],
            RuleKind::Exception { to } => to,
        }
    }

    /// Whether it can stand among a record's rules: a rule, or an exception with a verdict.
    pub fn bears_verdict(&self) -> bool {
        self.then.is_some()
    }
}

/// What a rule is made for by `for each`. Its conditions have the element's value in the place of its name.
#[derive(Clone, Debug)]
pub struct RuleElement {
    /// The name of the rule as declared.
    pub of: Arc<str>,
    /// What the element is called.
    pub binder: Arc<str>,
    /// The name of the enum's value, or the key of the row.
    pub text: Arc<str>,
    /// The row, of a list.
    pub row: Option<(ListId, RowPlace)>,
    /// Where `for each` stands.
    pub span: Span,
}

/// A rule, or an exception to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// `rule`
    Rule,
    /// `exception … to …`
    Exception {
        /// What it excepts, in the order of declaration.
        to: Vec<RuleId>,
    },
}

/// When a rule is in force.
#[derive(Clone, Debug)]
pub struct Force {
    /// `in force`; always, where nothing is said.
    pub windows: Windows,
    /// The spans of the `in force` clauses.
    pub spans: Vec<Span>,
    /// The rule's own `suspended` clauses.
    pub suspended: Windows,
    /// Suspensions that name it or its tags, in the order of declaration.
    pub suspended_by: Vec<SuspensionId>,
}

/// A suspension that is a statement of its own.
#[derive(Clone, Debug)]
pub struct Suspension {
    /// Its name.
    pub name: Arc<str>,
    /// The policy it belongs to.
    pub policy: PolicyId,
    /// What it is for.
    pub title: Arc<str>,
    /// `cites`
    pub cites: Vec<Arc<str>>,
    /// The days on which it suspends: its own windows less what suspends it in turn.
    pub effective: Windows,
    /// Where the name stands.
    pub span: Span,
}

/// `then VERDICT because "…"`
#[derive(Clone, Debug)]
pub struct Then {
    /// The verdict, or an expression that comes to one.
    pub verdict: Expr,
    /// `because`
    pub because: Option<Template>,
    /// Where it stands.
    pub span: Span,
}

impl Then {
    /// The verdict, where it is the same for all records.
    pub fn fixed(&self) -> Option<Verdict> {
        match &self.verdict.kind {
            ExprKind::Value(Value::Verdict(verdict)) => Some(*verdict),
            _ => None,
        }
    }
}

/// `obliges "…" within … after FIELD`
#[derive(Clone, Debug)]
pub struct Obligation {
    /// What must be done.
    pub text: Wording,
    /// By when, counted from the as-of day or from a field.
    pub within: Option<(Time, Option<FieldId>)>,
    /// Where it stands.
    pub span: Span,
}

/// A time allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// `30 days`
    Period(Period),
    /// `10 working days of CALENDAR`
    WorkingDays(u32, CalendarId),
}

/// A text with `{field}` filled in from the record; `{{` and `}}` are braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its parts in order.
    pub parts: Vec<TemplatePart>,
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePart {
    /// As written.
    Text(Arc<str>),
    /// The value of a field.
    Field(FieldId),
}

/// `note KEY "…"`
#[derive(Clone, Debug)]
pub struct Note {
    /// The key.
    pub key: Arc<str>,
    /// What it says.
    pub value: Wording,
}

/// What a note or an obligation says.
#[derive(Clone, Debug)]
pub enum Wording {
    /// A text.
    Text(Template),
    /// A value worked out from the record.
    Expr(Expr),
}
