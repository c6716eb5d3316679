//! Conditions as trees, so that a failing policy can be cut down piece by piece.

use std::fmt;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Text without `and`, `or` or `not` outside parentheses.
    Atom(String),
    /// `not a`
    Not(Box<Formula>),
    /// `a and b …`
    And(Vec<Formula>),
    /// `a or b …`
    Or(Vec<Formula>),
    /// `if a then b else c`
    If(Box<Formula>, Box<Formula>, Box<Formula>),
    /// `(a) is unknown`
    IsUnknown(Box<Formula>),
}

impl Formula {
    /// A condition that is simply so written.
    pub fn atom(text: impl Into<String>) -> Formula {
        Formula::Atom(text.into())
    }

    /// Formulas with a piece less, the shortest first.
    pub fn smaller(&self) -> Vec<Formula> {
        let mut found = Vec::new();
        match self {
            Formula::Atom(_) => {}
            Formula::Not(inner) => {
                found.push((**inner).clone());
                found.extend(inner.smaller().into_iter().map(|f| Formula::Not(f.into())));
            }
            Formula::IsUnknown(inner) => {
                found.push((**inner).clone());
                let parts = inner.smaller().into_iter();
                found.extend(parts.map(|f| Formula::IsUnknown(f.into())));
            }
            Formula::And(parts) => smaller_list(parts, Formula::And, &mut found),
            Formula::Or(parts) => smaller_list(parts, Formula::Or, &mut found),
            Formula::If(c, a, b) => {
                found.extend([c, a, b].map(|part| (**part).clone()));
                let rebuilt = |c: &Formula, a: &Formula, b: &Formula| {
                    Formula::If(c.clone().into(), a.clone().into(), b.clone().into())
                };
                found.extend(c.smaller().iter().map(|c| rebuilt(c, a, b)));
                found.extend(a.smaller().iter().map(|a| rebuilt(c, a, b)));
                found.extend(b.smaller().iter().map(|b| rebuilt(c, a, b)));
            }
        }
        found
    }

    /// How tightly it binds: 0 `if`, 1 `or`, 2 `and`, 3 `not`, 4 the rest.
    fn level(&self) -> u8 {
        match self {
            Formula::If(..) => 0,
            Formula::Or(_) => 1,
            Formula::And(_) => 2,
            Formula::Not(_) => 3,
            Formula::Atom(_) | Formula::IsUnknown(_) => 4,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, least: u8) -> fmt::Result {
        if self.level() < least {
            f.write_str("(")?;
            self.write(f, 0)?;
            return f.write_str(")");
        }
        match self {
            Formula::Atom(text) => f.write_str(text),
            Formula::Not(inner) => {
                f.write_str("not ")?;
                inner.write(f, 3)
            }
            Formula::And(parts) => write_list(parts, " and ", f, 3),
            Formula::Or(parts) => write_list(parts, " or ", f, 2),
            Formula::If(c, a, b) => {
                f.write_str("if ")?;
                c.write(f, 1)?;
                f.write_str(" then ")?;
                a.write(f, 1)?;
                f.write_str(" else ")?;
                b.write(f, 1)
            }
            Formula::IsUnknown(inner) => {
                f.write_str("(")?;
                inner.write(f, 0)?;
                f.write_str(") is unknown")
            }
        }
    }
}

fn smaller_list(parts: &[Formula], rebuild: fn(Vec<Formula>) -> Formula, found: &mut Vec<Formula>) {
    found.extend(parts.iter().cloned());
    if parts.len() > 2 {
        for at in 0..parts.len() {
            let mut fewer = parts.to_vec();
            fewer.remove(at);
            found.push(rebuild(fewer));
        }
    }
    for (at, part) in parts.iter().enumerate() {
        for smaller in part.smaller() {
            let mut changed = parts.to_vec();
            changed[at] = smaller;
            found.push(rebuild(changed));
        }
    }
}

fn write_list(
    parts: &[Formula],
    between: &str,
    f: &mut fmt::Formatter<'_>,
    least: u8,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        part.write(f, least)?;
    }
    Ok(())
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
