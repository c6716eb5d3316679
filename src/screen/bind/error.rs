//! What keeps the columns of an input from being read as the record at all.

use std::fmt;

use crate::input::read::MappingProblem;

/// Everything that is wrong between a record, a mapping and the columns at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindError {
    /// In the order of fields, at least one.
    pub problems: Vec<BindProblem>,
}

/// One field that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindProblem {
    /// The field.
    pub field: String,
    /// The column it is looked for in; empty where the mapping says that there is none.
    pub column: String,
    /// Why not.
    pub kind: BindProblemKind,
}

/// Why a field cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindProblemKind {
    /// There is no such column; the nearest name, if one is near.
    Missing {
        /// A column of the data.
        nearest: Option<String>,
    },
    /// Several columns are called so.
    Repeated,
    /// The mapping says that there is no column, but records need the field.
    AbsentRequired,
    /// The column's type cannot hold the field.
    WrongType {
        /// The column's Arrow type.
        found: String,
        /// What would do.
        wants: String,
    },
    /// The mapping says something that means nothing to the field.
    Mapping(MappingProblem),
}

impl fmt::Display for BindProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (field, column) = (&self.field, &self.column);
        match &self.kind {
            BindProblemKind::Missing { nearest } => {
                write!(
                    f,
                    "the data has no column `{column}` for the field `{field}`"
                )?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None => Ok(()),
                }
            }
            BindProblemKind::Repeated => {
                write!(
                    f,
                    "several columns are called `{column}`, which is to hold the field `{field}`"
                )
            }
            BindProblemKind::AbsentRequired => write!(
                f,
                "the mapping says that no column holds the field `{field}`, which is not optional"
            ),
            BindProblemKind::WrongType { found, wants } => write!(
                f,
                "the column `{column}` is of type {found}, but the field `{field}` is read from {wants}"
            ),
            BindProblemKind::Mapping(problem) => {
                write!(f, "in the mapping of the field `{field}`, {problem}")
            }
        }
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for BindError {}
