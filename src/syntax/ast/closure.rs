//! Closures: lists that follow from lists and from who owns whom.

use super::{CompareOp, Expr, Name};
use crate::text::{Span, Spanned};

/// `closure NAME of LIST, LIST over LIST { entries }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The closure's name.
    pub name: Name,
    /// The lists it begins with.
    pub of: Vec<Name>,
    /// The list of who owns whom.
    pub over: Name,
    /// What is said of it, in order.
    pub entries: Vec<ClosureEntry>,
    /// False where some of it could not be read, which has its message.
    pub whole: bool,
}

/// One entry of a closure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosureEntry {
    /// What it says.
    pub kind: ClosureEntryKind,
    /// The whole entry.
    pub span: Span,
}

/// What an entry of a closure says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClosureEntryKind {
    /// `owner COLUMN`
    Owner(Name),
    /// `owned COLUMN`
    Owned(Name),
    /// `share COLUMN`
    Share(Name),
    /// `caught at >= 50%`
    CaughtAt {
        /// The comparison as written; only `>=` and `>` mean something.
        op: Spanned<CompareOp>,
        /// The share, a literal.
        share: Expr,
    },
    /// `carries COLUMN as most severe`
    Carries(Name),
}
