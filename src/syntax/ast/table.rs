//! Decision tables, and what is read from files beside lists.

use super::{CompareOp, DefineParam, Expr, Name, Str, TextOp, Type};
use crate::text::Span;

/// `table NAME(PARAMETERS) : TYPE first { rows }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The table's name.
    pub name: Name,
    /// Its parameters, one for each column.
    pub params: Vec<DefineParam>,
    /// The type of its results.
    pub ty: Type,
    /// How its rows go together; without it the parser has said so.
    pub hit: Option<Hit>,
    /// Its rows in order.
    pub rows: Vec<Row>,
    /// Whether some row could not be read.
    pub lost_rows: bool,
}

/// How the rows of a table go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// `first`: the first row that holds.
    First,
    /// `unique`: rows do not overlap.
    Unique,
}

impl Hit {
    /// `first`.
    pub fn as_str(self) -> &'static str {
        match self {
            Hit::First => "first",
            Hit::Unique => "unique",
        }
    }
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// One cell for each column, as written.
    pub cells: Vec<Cell>,
    /// What stands behind `=>`.
    pub result: Expr,
    /// The whole row, without a `;` behind it.
    pub span: Span,
}

/// One cell of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What it asks.
    pub kind: CellKind,
    /// The name of the column's parameter, at the place of its declaration: what the cell asks about. Nothing where there
    /// are more cells than columns.
    pub about: Option<Expr>,
    /// The whole cell.
    pub span: Span,
}

/// What a cell asks about the value of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// `_`: anything, also a missing value.
    Any,
    /// `missing`, `not missing`.
    Missing {
        /// Whether `not` stands before it.
        negated: bool,
    },
    /// A value, a set's name, or a range with both its ends.
    Value {
        /// The value, or the first of a range.
        value: Expr,
        /// The last of a range.
        to: Option<Expr>,
    },
    /// `>= 10 USD`.
    Compare {
        /// Which comparison.
        op: CompareOp,
        /// Where the operator stands.
        op_span: Span,
        /// Right side.
        value: Expr,
    },
    /// `in s`, `not in s`.
    In {
        /// Whether `not` stands before the word.
        negated: bool,
        /// The set.
        set: Expr,
    },
    /// `under s`, `not under s`.
    Under {
        /// Whether `not` stands before the word.
        negated: bool,
        /// A code or a set of codes.
        set: Expr,
    },
    /// `like "…"`, `starts with "…"`, ….
    Text {
        /// Which test.
        op: TextOp,
        /// Only for `like`: whether `not` stands before the word.
        negated: bool,
        /// The pattern or part.
        pattern: Expr,
    },
    /// `between a and b`.
    Between {
        /// Lower end.
        low: Expr,
        /// Upper end.
        high: Expr,
    },
}

impl CellKind {
    /// The expressions in it, in the order of the text.
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            CellKind::Any | CellKind::Missing { .. } => Vec::new(),
            CellKind::Value { value, to } => std::iter::once(value).chain(to).collect(),
            CellKind::Compare { value, .. } => vec![value],
            CellKind::In { set, .. } | CellKind::Under { set, .. } => vec![set],
            CellKind::Text { pattern, .. } => vec![pattern],
            CellKind::Between { low, high } => vec![low, high],
        }
    }
}

/// `calendar NAME from "FILE"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The calendar's name.
    pub name: Name,
    /// The file that lists the days that are not working days, relative to this one.
    pub path: Str,
}
