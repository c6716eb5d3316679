//! Expressions.

use super::{Date, Name, RulePath, Window};
use crate::text::Span;

/// An expression. Its depth is bounded by the parser, so that walking or dropping it cannot exhaust the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// The whole of it.
    pub span: Span,
    depth: u16,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// `a or b or …`: two or more, flattened (parentheses keep an inner one apart).
    Or(Vec<Expr>),
    /// `a and b and …`: two or more, flattened.
    And(Vec<Expr>),
    /// `not a`.
    Not(Box<Expr>),
    /// `a < b`. Comparisons do not chain.
    Compare {
        /// Which comparison.
        op: CompareOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `a in s`, `a not in s`.
    In {
        /// Whether `not` stands before the word.
        negated: bool,
        /// What is asked about.
        operand: Box<Expr>,
        /// A set, or an additive expression over sets.
        set: Box<Expr>,
    },
    /// `a under s`, `a not under s`.
    Under {
        /// Whether `not` stands before the word.
        negated: bool,
        /// The code asked about.
        operand: Box<Expr>,
        /// A code or a set of codes.
        set: Box<Expr>,
    },
    /// `a between b and c`, both ends included.
    Between {
        /// What is asked about.
        operand: Box<Expr>,
        /// Lower end.
        low: Box<Expr>,
        /// Upper end.
        high: Box<Expr>,
    },
    /// `a like b`, `a starts with b`, ….
    Text {
        /// Which test.
        op: TextOp,
        /// Only for `like`: whether `not` stands before the word.
        negated: bool,
        /// The text asked about.
        operand: Box<Expr>,
        /// The pattern or part.
        pattern: Box<Expr>,
    },
    /// `a is missing`, `a is known`, `a is unknown`.
    Is {
        /// What is asked about.
        operand: Box<Expr>,
        /// Which.
        what: IsWhat,
    },
    /// `a + b` of values or sets.
    Arith {
        /// Which operation.
        op: ArithOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left side.
        left: Box<Expr>,
        /// Right side.
        right: Box<Expr>,
    },
    /// `-a`.
    Neg(Box<Expr>),
    /// `f(a, b)`: a built-in or a `define` with parameters.
    Call {
        /// The function.
        function: Name,
        /// Its arguments.
        args: Vec<Expr>,
    },
    /// `a.b`.
    Field {
        /// Left of the dot.
        base: Box<Expr>,
        /// Right of the dot.
        field: Name,
    },
    /// `list[key]`: a row of a list.
    Row {
        /// Left of the bracket.
        list: Box<Expr>,
        /// In the brackets.
        key: Box<Expr>,
    },
    /// A bare name.
    Name(Name),
    /// `as_of`.
    AsOf,
    /// A literal.
    Literal(Literal),
    /// `{ a, b to c, d from 2025-01-01 }`.
    Set(Vec<Element>),
    /// `if c then a else b`.
    If {
        /// The condition.
        condition: Box<Expr>,
        /// Where it is true.
        then: Box<Expr>,
        /// Where it is false.
        otherwise: Box<Expr>,
    },
    /// `any x in LIST satisfies E`, `every x in LIST satisfies E`.
    Quantified {
        /// Which.
        quantifier: Quantifier,
        /// The name of the element.
        binder: Name,
        /// The list.
        list: Box<Expr>,
        /// What is asked of each element.
        body: Box<Expr>,
    },
    /// `sum(E for x in LIST where C)` and the like, `count(x in LIST where C)`.
    Aggregate {
        /// The word before the parenthesis; whether it is one of the language's is for the checker.
        function: Name,
        /// What is added up or compared; `count` has none.
        value: Option<Box<Expr>>,
        /// The name of the element.
        binder: Name,
        /// The list.
        list: Box<Expr>,
        /// Which elements count; all without it.
        filter: Option<Box<Expr>>,
    },
    /// `applies(…)`, `caught(…)`.
    AsksRule {
        /// Which.
        verb: RuleVerb,
        /// About which rules.
        subject: RuleSubject,
    },
    /// `( a )`, kept for the formatter and for messages.
    Paren(Box<Expr>),
    /// Could not be read; the message exists.
    Error,
}

impl Expr {
    /// An expression whose depth is one more than that of its deepest part.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        let mut depth = 0;
        kind.for_each_child(&mut |child| depth = depth.max(child.depth));
        Expr {
            kind,
            span,
            depth: depth.saturating_add(1),
        }
    }

    /// How many expressions stand inside one another here, itself included.
    pub fn depth(&self) -> usize {
        usize::from(self.depth)
    }

    /// The expression inside any parentheses around it.
    pub fn without_parentheses(&self) -> &Expr {
        let mut inner = self;
        while let ExprKind::Paren(next) = &inner.kind {
            inner = next;
        }
        inner
    }

    /// Calls `visit` with every direct part, in the order of the text.
    pub fn for_each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        self.kind.for_each_child(visit);
    }
}

impl ExprKind {
    fn for_each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match self {
            ExprKind::Or(parts) | ExprKind::And(parts) | ExprKind::Call { args: parts, .. } => {
                parts.iter().for_each(visit);
            }
            ExprKind::Not(a) | ExprKind::Neg(a) | ExprKind::Paren(a) => visit(a),
            ExprKind::Is { operand: a, .. } | ExprKind::Field { base: a, .. } => visit(a),
            ExprKind::Compare { left, right, .. } | ExprKind::Arith { left, right, .. } => {
                [left, right].into_iter().for_each(|part| visit(part));
            }
            ExprKind::Row { list, key } => {
                [list, key].into_iter().for_each(|part| visit(part));
            }
            ExprKind::In { operand, set, .. } | ExprKind::Under { operand, set, .. } => {
                [operand, set].into_iter().for_each(|part| visit(part));
            }
            ExprKind::Text {
                operand, pattern, ..
            } => [operand, pattern].into_iter().for_each(|part| visit(part)),
            ExprKind::Between { operand, low, high } => {
                [operand, low, high]
                    .into_iter()
                    .for_each(|part| visit(part));
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => [condition, then, otherwise]
                .into_iter()
                .for_each(|part| visit(part)),
            ExprKind::Quantified { list, body, .. } => {
                [list, body].into_iter().for_each(|part| visit(part));
            }
            ExprKind::Aggregate {
                value,
                list,
                filter,
                ..
            } => value
                .iter()
                .chain([list])
                .chain(filter)
                .for_each(|part| visit(part)),
            ExprKind::Set(elements) => elements
                .iter()
                .flat_map(|element| std::iter::once(&element.value).chain(&element.to))
                .for_each(visit),
            ExprKind::Name(_)
            | ExprKind::AsOf
            | ExprKind::Literal(_)
            | ExprKind::AsksRule { .. }
            | ExprKind::Error => {}
        }
    }
}

/// One element of a set literal or of a dated param.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The value, or the first of a range; `Error` where it could not be read.
    pub value: Expr,
    /// `to c`: the last of a range, included.
    pub to: Option<Expr>,
    /// The days on which it belongs; none means always.
    pub windows: Vec<Window>,
    /// The whole element.
    pub span: Span,
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `1_000`, `0.25`.
    Number(Number),
    /// `25%`: the number is the one before the sign.
    Percent(Number),
    /// `2_500 USD`.
    Money {
        /// How much.
        amount: Number,
        /// Three capital letters; whether they are a currency is for the checker.
        currency: String,
    },
    /// `5 kg`.
    Mass {
        /// How much.
        amount: Number,
        /// One of `kg g mg t lb oz`.
        unit: String,
    },
    /// `30 days`.
    Duration {
        /// How many; always a whole number.
        amount: Number,
        /// Of what.
        unit: DurationUnit,
    },
    /// `2025-12-01`.
    Date(Date),
    /// `"…"`, escapes read.
    Str(String),
    /// `true`, `false`.
    Bool(bool),
}

/// An exact non-negative number as written, without `_`: digits, and a point and digits where there is a fraction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// `1000.25`.
    pub digits: String,
}

/// Units of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum DurationUnit {
    Days,
    Months,
    Years,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl CompareOp {
    /// `<=`.
    pub fn as_str(self) -> &'static str {
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

/// Tests of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum TextOp {
    Like,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
}

impl TextOp {
    /// `starts with`.
    pub fn as_str(self) -> &'static str {
        match self {
            TextOp::Like => "like",
            TextOp::StartsWith => "starts with",
            TextOp::EndsWith => "ends with",
            TextOp::Contains => "contains",
            TextOp::Matches => "matches",
        }
    }
}

/// What `is` asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum IsWhat {
    Missing,
    Known,
    Unknown,
}

impl IsWhat {
    /// `missing`.
    pub fn as_str(self) -> &'static str {
        match self {
            IsWhat::Missing => "missing",
            IsWhat::Known => "known",
            IsWhat::Unknown => "unknown",
        }
    }
}

/// Operations on values (`+ - * /`) and sets (`+ - &`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ArithOp {
    Add,
    Sub,
    Mul,
    Div,
    /// `&`, binding as tightly as `*`.
    Intersect,
}

impl ArithOp {
    /// `+`.
    pub fn as_str(self) -> &'static str {
        match self {
            ArithOp::Add => "+",
            ArithOp::Sub => "-",
            ArithOp::Mul => "*",
            ArithOp::Div => "/",
            ArithOp::Intersect => "&",
        }
    }
}

/// What is asked of the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Quantifier {
    Any,
    Every,
}

impl Quantifier {
    /// `any`.
    pub fn as_str(self) -> &'static str {
        match self {
            Quantifier::Any => "any",
            Quantifier::Every => "every",
        }
    }
}

/// What a condition may ask about other rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum RuleVerb {
    Applies,
    Caught,
}

impl RuleVerb {
    /// `applies`.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleVerb::Applies => "applies",
            RuleVerb::Caught => "caught",
        }
    }
}

/// The rules that `applies` and `caught` ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSubject {
    /// One rule.
    Rule(RulePath),
    /// `tagged TAG`.
    Tagged(Name),
    /// `only tagged TAG`, of `caught` alone.
    OnlyTagged(Name),
}
