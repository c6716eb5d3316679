//! The typed policies of one run: what the checker makes and everything after it reads.
//!
//! One [`Model`] holds all policies of a run with what they share, so that a rule, a set or a field has
//! one id wherever it is asked about. Every expression is typed, every name resolved, every literal a
//! value; order of [`RuleId`]s is the order of declaration (policies as given, file name by bytes, position).

mod asks;
mod expr;
mod list;
mod map;
pub mod print;
mod record;
mod rule;
mod test;
mod total;

pub use asks::{Asks, Question};
pub use expr::{
    Aggregate, AggregateKind, ArithOp, Binder, BinderId, Builtin, CompareOp, Decision, DecisionRow,
    Element, Expr, ExprKind, Hit, Parameter, Quantifier, Row, RuleSelection, SetExpr, TextOp,
    Value,
};
pub use list::{Closure, DataFile, List, ListHead, ListId, ListRow, ListSource, RowPlace, Valid};
pub use record::{
    CodeSystem, Enum, Field, FieldId, FieldRole, Nested, Record, Type, Types, built_in_systems,
    scaled_decimals,
};
pub use rule::{
    Force, Note, Obligation, Rule, RuleElement, RuleKind, Suspension, SuspensionId, Template,
    TemplatePart, Then, Time, Wording,
};
pub use test::{Expectation, ExpectedRules, Given, Test};
pub use total::{Total, TotalKey, TotalPeriod};

use crate::domain::{Calendar, Day, Zone};
use crate::text::{Arena, Id, SourceMap, Span};
use std::sync::Arc;

/// The number of an [`Enum`].
pub type EnumId = Id<Enum>;
/// The number of a [`Nested`] record type.
pub type NestedId = Id<Nested>;
/// The number of a [`CodeSystem`].
pub type SystemId = Id<CodeSystem>;
/// The number of a [`NamedSet`].
pub type SetId = Id<NamedSet>;
/// The number of a [`Param`].
pub type ParamId = Id<Param>;
/// The number of a [`Define`].
pub type DefineId = Id<Define>;
/// The number of a [`Total`].
pub type TotalId = Id<Total>;
/// The number of a [`NamedCalendar`].
pub type CalendarId = Id<NamedCalendar>;
/// The number of a [`Policy`].
pub type PolicyId = Id<Policy>;
/// The number of a [`Rule`].
pub type RuleId = Id<Rule>;

/// The place of a verdict in the order of severity; 0 is the least severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Verdict(pub u8);

/// Everything one run screens with.
#[derive(Clone, Debug)]
pub struct Model {
    /// The source files, for messages and hashes.
    pub sources: SourceMap,
    /// The policies, in the order given.
    pub policies: Arena<Policy>,
    /// The one record type that is screened.
    pub record: Record,
    /// All declared record types, for the lists that hold them.
    pub nested: Arena<Nested>,
    /// All enums.
    pub enums: Arena<Enum>,
    /// All code systems; `hs` and `eccn` come first.
    pub systems: Arena<CodeSystem>,
    /// Verdict names, least to most severe.
    pub verdicts: Vec<Arc<str>>,
    /// The verdict when nothing applies.
    pub otherwise: Verdict,
    /// The verdict to which an unknown rule raises at most, unless it has its own.
    pub when_unknown: Verdict,
    /// All named sets.
    pub sets: Arena<NamedSet>,
    /// All lists.
    pub lists: Arena<List>,
    /// All params.
    pub params: Arena<Param>,
    /// All defines; a define only calls defines with smaller ids.
    pub defines: Arena<Define>,
    /// All aggregates over records; their names are defines that stand for them.
    pub totals: Arena<Total>,
    /// All calendars.
    pub calendars: Arena<NamedCalendar>,
    /// All rules and exceptions, in the order of declaration.
    pub rules: Arena<Rule>,
    /// All suspensions that are statements of their own.
    pub suspensions: Arena<Suspension>,
    /// All tests, in the order of declaration.
    pub tests: Vec<Test>,
    /// Rules in an order in which each stands after all it depends on through exceptions, `applies` and `caught`.
    pub dependency_order: Vec<RuleId>,
    /// What each rule's conditions ask about others.
    pub asks: Asks,
}

impl Model {
    /// What the types of fields are about.
    pub fn types(&self) -> Types<'_> {
        Types {
            enums: &self.enums,
            systems: &self.systems,
            nested: &self.nested,
            verdicts: &self.verdicts,
        }
    }

    /// The names of all fields, and of those of elements behind their lists': `components`, `components.value`.
    pub fn field_paths(&self) -> Vec<(String, &Field)> {
        let mut paths = Vec::new();
        self.add_paths("", &self.record.fields, &mut paths);
        paths
    }

    fn add_paths<'m>(
        &'m self,
        before: &str,
        fields: &'m Arena<Field>,
        paths: &mut Vec<(String, &'m Field)>,
    ) {
        for field in fields.values() {
            let path = format!("{before}{}", field.name);
            paths.push((path.clone(), field));
            if let Type::List(of) = field.ty {
                let before = format!("{path}.");
                self.add_paths(&before, &self.nested[of].fields, paths);
            }
        }
    }

    /// The files that reference data was read from, each once, in the order of declaration.
    pub fn data_files(&self) -> Vec<&DataFile> {
        let mut files: Vec<&DataFile> = Vec::new();
        let lists = self.lists.values().filter_map(|list| list.head.file());
        let calendars = self.calendars.values().map(|calendar| &calendar.file);
        for file in lists.chain(calendars) {
            if !files.iter().any(|known| known.name == file.name) {
                files.push(file);
            }
        }
        files
    }

    /// `rule` when one policy is screened, `policy.rule` when several are.
    pub fn rule_name(&self, rule: RuleId) -> String {
        let rule = &self.rules[rule];
        self.qualified(rule.policy, &rule.name)
    }

    /// The same without the element that the rule is made for.
    pub fn declared_name(&self, rule: RuleId) -> String {
        let rule = &self.rules[rule];
        self.qualified(rule.policy, rule.declared_name())
    }

    /// The same for a suspension.
    pub fn suspension_name(&self, suspension: SuspensionId) -> String {
        let suspension = &self.suspensions[suspension];
        self.qualified(suspension.policy, &suspension.name)
    }

    fn qualified(&self, policy: PolicyId, name: &str) -> String {
        if self.policies.len() == 1 {
            name.to_owned()
        } else {
            format!("{}.{}", self.policies[policy].name, name)
        }
    }

    /// The name of a verdict.
    pub fn verdict_name(&self, verdict: Verdict) -> &str {
        &self.verdicts[usize::from(verdict.0)]
    }
}

/// A policy's header.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: Arc<str>,
    /// `title`, `version`, `authority`, where given.
    pub title: Option<Arc<str>>,
    /// See `title`.
    pub version: Option<Arc<str>>,
    /// See `title`.
    pub authority: Option<Arc<str>>,
    /// Whose calendar day counts, where as-of is an instant.
    pub zone: Option<Zone>,
    /// The header, or the whole file where there is none.
    pub span: Span,
}

/// `set NAME of TYPE = …`
#[derive(Clone, Debug)]
pub struct NamedSet {
    /// Its name.
    pub name: Arc<str>,
    /// The type of its elements.
    pub element: Type,
    /// What it holds.
    pub members: SetExpr,
    /// Where the name stands.
    pub span: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}

/// `param NAME : TYPE { … }`: a value by date.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name.
    pub name: Arc<str>,
    /// The type of its values.
    pub ty: Type,
    /// The values and the day each begins (`None`: from the beginning of time); sorted by day, days distinct.
    pub steps: Vec<(Option<Day>, Value)>,
    /// Where the name stands.
    pub span: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}

impl Param {
    /// The value on `day`; `None` before the first step.
    pub fn on(&self, day: Day) -> Option<&Value> {
        self.steps
            .iter()
            .rev()
            .find(|(from, _)| from.is_none_or(|from| from <= day))
            .map(|(_, value)| value)
    }
}

/// `calendar NAME from "FILE"`
#[derive(Clone, Debug)]
pub struct NamedCalendar {
    /// Its name.
    pub name: Arc<str>,
    /// Where its days come from.
    pub file: DataFile,
    /// The days that are not working days, weekends aside.
    pub calendar: Calendar,
    /// Where the name stands.
    pub span: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}

/// `define NAME(…) : TYPE = …`, or a table: then the body is [`ExprKind::Decide`].
#[derive(Clone, Debug)]
pub struct Define {
    /// Its name.
    pub name: Arc<str>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// What it is; parameters are [`ExprKind::Parameter`].
    pub body: Expr,
    /// Where the name stands.
    pub span: Span,
    /// The documentation comment.
    pub doc: Option<Arc<str>>,
}
