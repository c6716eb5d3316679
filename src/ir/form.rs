//! Building negation normal forms with lattice laws only: nothing here may turn `unknown` into anything else.

use super::{Form, Literal};
use crate::domain::Truth;

impl Form {
    /// Always false.
    pub fn never() -> Form {
        Form::Constant(Truth::False)
    }

    /// Always true.
    pub fn always() -> Form {
        Form::Constant(Truth::True)
    }

    /// The `and` of the parts, flat, without those that are always true.
    pub fn and(parts: impl IntoIterator<Item = Form>) -> Form {
        join(parts, Truth::True, Form::And, |form| match form {
            Form::And(parts) => Ok(parts),
            other => Err(other),
        })
    }

    /// The `or` of the parts, flat, without those that are always false.
    pub fn or(parts: impl IntoIterator<Item = Form>) -> Form {
        join(parts, Truth::False, Form::Or, |form| match form {
            Form::Or(parts) => Ok(parts),
            other => Err(other),
        })
    }
}

/// Joins `parts`; `unit` changes nothing, its opposite decides.
fn join(
    parts: impl IntoIterator<Item = Form>,
    unit: Truth,
    make: impl Fn(Vec<Form>) -> Form,
    open: impl Fn(Form) -> Result<Vec<Form>, Form>,
) -> Form {
    let mut joined = Vec::new();
    for part in parts {
        match part {
            Form::Constant(truth) if truth == unit => {}
            Form::Constant(truth) if truth == unit.not() && !truth.is_unknown() => {
                return Form::Constant(truth);
            }
            other => match open(other) {
                Ok(inner) => joined.extend(inner),
                Err(single) => joined.push(single),
            },
        }
    }
    match joined.len() {
        0 => Form::Constant(unit),
        1 => joined.remove(0),
        _ => make(joined),
    }
}

impl From<Literal> for Form {
    fn from(literal: Literal) -> Form {
        Form::Literal(literal)
    }
}
