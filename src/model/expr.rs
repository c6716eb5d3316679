//! Typed expressions.

use super::{DefineId, FieldId, ListId, ParamId, RuleId, SetId, TotalId, Type, Verdict};
use crate::domain::{Code, Country, Day, Number, Period, Windows, text::Pattern};
use crate::text::Span;
use std::cmp::Ordering;
use std::sync::Arc;

/// An expression, its type and its place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type; conditions are [`Type::Bool`].
    pub ty: Type,
    /// Where it stands.
    pub span: Span,
}

impl Expr {
    /// Its direct parts, in the order of writing.
    pub fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Value(_)
            | ExprKind::Field(_)
            | ExprKind::AsOf
            | ExprKind::Param(_)
            | ExprKind::Parameter(_)
            | ExprKind::Binder(_)
            | ExprKind::Total(_)
            | ExprKind::Applies(_)
            | ExprKind::Caught(_) => Vec::new(),
            ExprKind::Quantified { list, body, .. } => vec![list, body],
            ExprKind::Aggregate(aggregate) => aggregate.parts(),
            ExprKind::Decide(decision) => decision.parts(),
            ExprKind::Member(a, _) => vec![a],
            ExprKind::Lookup { keys, .. } => keys.iter().collect(),
            ExprKind::Define(_, list)
            | ExprKind::And(list)
            | ExprKind::Or(list)
            | ExprKind::Call(_, list) => list.iter().collect(),
            ExprKind::Not(a)
            | ExprKind::In(a, _)
            | ExprKind::Under(a, _)
            | ExprKind::Text(a, _)
            | ExprKind::IsMissing(a)
            | ExprKind::IsKnown(a)
            | ExprKind::IsUnknown(a)
            | ExprKind::Neg(a)
            | ExprKind::Shift { date: a, .. }
            | ExprKind::DayOf(a)
            | ExprKind::Round(a, _) => vec![a],
            ExprKind::Compare(_, a, b) | ExprKind::Arith(_, a, b) | ExprKind::Assume(a, b, _) => {
                vec![a, b]
            }
            ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => vec![a, b, c],
        }
    }
}

/// A known value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// As written; folded only where compared.
    Text(Arc<str>),
    /// A yes/no value.
    Bool(bool),
    /// An int, decimal, percent (fraction of 1), money or mass (kg).
    Number(Number),
    /// A day.
    Date(Day),
    /// UTC microseconds since 1970.
    Instant(i64),
    /// A stretch of time.
    Duration(Period),
    /// A country.
    Country(Country),
    /// A code; which system it belongs to is in the type beside it.
    Code(Code),
    /// The number of an enum's value.
    Enum(u16),
    /// A verdict.
    Verdict(Verdict),
    /// The elements of a list; which record they are of is in the type beside it.
    List(Arc<[Row]>),
}

/// One element of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// By [`FieldId`] of its [`super::Nested`]; `None` is missing.
    pub values: Vec<Option<Value>>,
}

impl Row {
    /// The value of a field, if it is there.
    pub fn get(&self, field: FieldId) -> Option<&Value> {
        self.values[field.index()].as_ref()
    }
}

/// The element that a quantifier or an aggregate is about. Numbers are given once in a run, so that putting a define in the place
/// of its name never takes one element for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BinderId(pub u32);

/// The name of an element inside a quantifier or an aggregate.
#[derive(Clone, Debug)]
pub struct Binder {
    /// Its number.
    pub id: BinderId,
    /// Its name.
    pub name: Arc<str>,
}

/// What is asked of the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `any`: the `or` over the elements.
    Any,
    /// `every`: the `and` over the elements.
    Every,
}

impl Quantifier {
    /// As written.
    pub fn word(self) -> &'static str {
        match self {
            Quantifier::Any => "any",
            Quantifier::Every => "every",
        }
    }
}

/// What an aggregate makes of the elements that count.
#[derive(Clone, Debug)]
pub enum AggregateKind {
    /// `count(x in LIST)`
    Count,
    /// `sum(E for x in LIST)`
    Sum(Expr),
    /// `min(E for x in LIST)`
    Min(Expr),
    /// `max(E for x in LIST)`
    Max(Expr),
}

impl AggregateKind {
    /// As written.
    pub fn word(&self) -> &'static str {
        match self {
            AggregateKind::Count => "count",
            AggregateKind::Sum(_) => "sum",
            AggregateKind::Min(_) => "min",
            AggregateKind::Max(_) => "max",
        }
    }

    /// What is worked out for each element; nothing for `count`.
    pub fn value(&self) -> Option<&Expr> {
        match self {
            AggregateKind::Count => None,
            AggregateKind::Sum(value) | AggregateKind::Min(value) | AggregateKind::Max(value) => {
                Some(value)
            }
        }
    }
}

/// `sum(E for x in LIST where C)` and the like.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// What is made of the elements, and of what of them.
    pub kind: AggregateKind,
    /// The element's name.
    pub binder: Binder,
    /// The list.
    pub list: Expr,
    /// Which elements count; all without it.
    pub filter: Option<Expr>,
}

impl Aggregate {
    /// Its direct parts, in the order of writing.
    pub fn parts(&self) -> Vec<&Expr> {
        let value = self.kind.value().into_iter();
        value.chain([&self.list]).chain(&self.filter).collect()
    }
}

/// How the rows of a table go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hit {
    /// The first row that holds.
    First,
    /// Rows that do not overlap.
    Unique,
}

impl Hit {
    /// As written.
    pub fn word(self) -> &'static str {
        match self {
            Hit::First => "first",
            Hit::Unique => "unique",
        }
    }
}

/// The rows of a decision table: what it comes to is what the rows that hold, or may, agree on (language.md, ruling 6).
#[derive(Clone, Debug)]
pub struct Decision {
    /// The table's name.
    pub name: Arc<str>,
    /// How its rows go together.
    pub hit: Hit,
    /// Its rows in order.
    pub rows: Vec<DecisionRow>,
    /// Whether a row that certainly holds leaves every other one false, also for missing values and coarse codes. Said of
    /// `unique` tables alone.
    pub apart: bool,
}

/// A row of a decision table.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// What its cells ask, without `_`; it holds where all do.
    pub cells: Vec<Expr>,
    /// What it comes to.
    pub result: Expr,
    /// Where it stands.
    pub span: Span,
}

impl Decision {
    /// Cells and results, row by row.
    pub fn parts(&self) -> Vec<&Expr> {
        self.rows
            .iter()
            .flat_map(|row| row.cells.iter().chain([&row.result]))
            .collect()
    }
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal.
    Value(Value),
    /// A field of the record.
    Field(FieldId),
    /// The as-of day in the asking policy's zone. Never missing.
    AsOf,
    /// A param on the as-of day.
    Param(ParamId),
    /// A define with its arguments.
    Define(DefineId, Vec<Expr>),
    /// A parameter of the define around it.
    Parameter(usize),
    /// `not`
    Not(Box<Expr>),
    /// `and`, two or more.
    And(Vec<Expr>),
    /// `or`, two or more.
    Or(Vec<Expr>),
    /// `= != < <= > >=`
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// `x between a and b`: `x >= a and x <= b`.
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `x in SET`: exact membership. `not in` is a `Not` around it.
    In(Box<Expr>, SetExpr),
    /// `x under SET`: hierarchical membership of a code.
    Under(Box<Expr>, SetExpr),
    /// `like`, `starts with`, `ends with`, `contains`, `matches` with a literal right side.
    Text(Box<Expr>, TextOp),
    /// `x is missing`: two-valued.
    IsMissing(Box<Expr>),
    /// `x is known`: two-valued.
    IsKnown(Box<Expr>),
    /// `C is unknown`: two-valued.
    IsUnknown(Box<Expr>),
    /// `+ - * /` on numbers.
    Arith(ArithOp, Box<Expr>, Box<Expr>),
    /// Unary `-`.
    Neg(Box<Expr>),
    /// `date + 30 days` (`negative`: `-`).
    Shift {
        /// The day.
        date: Box<Expr>,
        /// By how much.
        period: Period,
        /// Backwards.
        negative: bool,
    },
    /// The day of an instant in the asking policy's zone; the checker puts it wherever an instant meets a date.
    DayOf(Box<Expr>),
    /// A built-in function.
    Call(Builtin, Vec<Expr>),
    /// `round(E, digits)`
    Round(Box<Expr>, i32),
    /// `assume(x, value, "why")`
    Assume(Box<Expr>, Box<Expr>, Arc<str>),
    /// `if C then A else B`
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// The element of the quantifier or aggregate of that number around it. Only stands where an element is asked for: before
    /// a dot, or as an argument.
    Binder(BinderId),
    /// `x.field` of an element.
    Member(Box<Expr>, FieldId),
    /// `list[key].column`: a cell of a row of a list, missing where there is no such row. Of a table that is read from a file
    /// `table(keys).column`.
    Lookup {
        /// The list or the table.
        list: ListId,
        /// The row's keys, as many as there are columns of them.
        keys: Vec<Expr>,
        /// The column.
        column: FieldId,
    },
    /// `any x in LIST satisfies E`, `every x in LIST satisfies E`.
    Quantified {
        /// Which.
        quantifier: Quantifier,
        /// The element's name.
        binder: Binder,
        /// The list: a field, a member or a parameter.
        list: Box<Expr>,
        /// What is asked of each element.
        body: Box<Expr>,
    },
    /// `sum(E for x in LIST where C)` and the like.
    Aggregate(Box<Aggregate>),
    /// An aggregate over records; the body of the define that its name is.
    Total(TotalId),
    /// The rows of a decision table; the body of the define that a table is.
    Decide(Box<Decision>),
    /// `applies(…)`: any of the rules applies.
    Applies(RuleSelection),
    /// `caught(…)`: any of the rules would apply but for exceptions.
    Caught(RuleSelection),
}

/// The rules an `applies` or `caught` asks about, in the order of declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSelection {
    /// At least one.
    pub rules: Vec<RuleId>,
    /// `only tagged T`: and none of these (the other rules of the policy that are not tagged T).
    pub and_none_of: Vec<RuleId>,
    /// As written between the parentheses, for traces.
    pub text: Arc<str>,
}

impl RuleSelection {
    /// All rules whose truth matters, in the order written.
    pub fn asked(&self) -> impl Iterator<Item = RuleId> {
        self.rules.iter().chain(&self.and_none_of).copied()
    }
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareOp {
    /// Whether what compares so with something is that to it.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            CompareOp::Eq => order.is_eq(),
            CompareOp::Ne => order.is_ne(),
            CompareOp::Lt => order.is_lt(),
            CompareOp::Le => order.is_le(),
            CompareOp::Gt => order.is_gt(),
            CompareOp::Ge => order.is_ge(),
        }
    }

    /// What `b` is to `a` where this is asked of `a` and `b`.
    pub fn flipped(self) -> CompareOp {
        match self {
            CompareOp::Eq | CompareOp::Ne => self,
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
        }
    }
}

impl CompareOp {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Eq => "=",
            CompareOp::Ne => "!=",
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        }
    }
}

/// Arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArithOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

/// Tests of a text or a code's canonical text against a literal.
#[derive(Clone, Debug)]
pub enum TextOp {
    /// `like`
    Like(Pattern),
    /// `starts with`
    StartsWith(Arc<str>),
    /// `ends with`
    EndsWith(Arc<str>),
    /// `contains`
    Contains(Arc<str>),
    /// `matches`: the regular expression anywhere in the text.
    Matches(regex::Regex),
}

/// Functions of one or two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Builtin {
    /// `abs(x)`
    Abs,
    /// `min(a, b, …)`
    Min,
    /// `max(a, b, …)`
    Max,
    /// `days_between(a, b)`: days from `a` to `b`.
    DaysBetween,
    /// `year(d)`
    Year,
    /// `share(a, b)`: `a / b` as a percent.
    Share,
}

/// What a set holds. Membership is worked out on the as-of day; algebra is the Kleene
/// `or`, `and`, `and not` of memberships, never normalised (language.md, ruling 8).
#[derive(Clone, Debug)]
pub enum SetExpr {
    /// `{ … }` or one literal.
    Elements(Vec<Element>),
    /// A named set.
    Named(SetId),
    /// The keys of a list. Always a set of its own: `+ - &` are not asked of lists.
    List(ListId),
    /// `A + B`
    Union(Box<SetExpr>, Box<SetExpr>),
    /// `A - B`
    Difference(Box<SetExpr>, Box<SetExpr>),
    /// `A & B`
    Intersection(Box<SetExpr>, Box<SetExpr>),
}

/// An element of a set.
#[derive(Clone, Debug)]
pub struct Element {
    /// The value, or the first of a range.
    pub value: Value,
    /// The last of a range of codes.
    pub to: Option<Value>,
    /// The days it belongs to the set.
    pub windows: Windows,
    /// Where it stands.
    pub span: Span,
}

/// A parameter of a define.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Where the name stands.
    pub span: Span,
}
