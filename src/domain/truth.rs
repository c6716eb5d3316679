//! Kleene's strong three-valued logic (S. C. Kleene, *Introduction to Metamathematics*, 1952, §64).

use std::fmt;

/// The value of a condition. The order `False < Unknown < True` makes `and` the minimum and `or` the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    /// The three values in order.
    pub const ALL: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

    /// False if either is false, true if both are true, else unknown.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// True if either is true, false if both are false, else unknown.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// Exchanges true and false; unknown stays unknown.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // Reads beside `and` and `or`; `!` is implemented as well.
    pub fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }

    /// The conjunction of all values; true for none. Stops at the first false one.
    pub fn all(values: impl IntoIterator<Item = Truth>) -> Truth {
        let mut result = Truth::True;
        for value in values {
            result = result.and(value);
            if result == Truth::False {
                break;
            }
        }
        result
    }

    /// The disjunction of all values; false for none. Stops at the first true one.
    pub fn any(values: impl IntoIterator<Item = Truth>) -> Truth {
        let mut result = Truth::False;
        for value in values {
            result = result.or(value);
            if result == Truth::True {
                break;
            }
        }
        result
    }

    pub fn is_true(self) -> bool {
        self == Truth::True
    }

    pub fn is_false(self) -> bool {
        self == Truth::False
    }

    pub fn is_unknown(self) -> bool {
        self == Truth::Unknown
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        Truth::not(self)
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Truth {
        if value { Truth::True } else { Truth::False }
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Truth::False => "false",
            Truth::Unknown => "unknown",
            Truth::True => "true",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False as F, True as T, Unknown as U};

    #[test]
    fn and_or_follow_the_whole_kleene_table() {
        let table = [
            (T, T, T, T),
            (T, F, F, T),
            (T, U, U, T),
            (F, T, F, T),
            (F, F, F, F),
            (F, U, F, U),
            (U, T, U, T),
            (U, F, F, U),
            (U, U, U, U),
        ];
        for (a, b, and, or) in table {
            assert_eq!(a.and(b), and, "{a} and {b}");
            assert_eq!(a.or(b), or, "{a} or {b}");
            assert_eq!(Truth::all([a, b]), and);
            assert_eq!(Truth::any([a, b]), or);
        }
    }

    #[test]
    fn not_keeps_unknown() {
        assert_eq!([!T, !F, !U], [F, T, U]);
    }

    /// Unknown stands for "true or false": a table entry is known exactly if both readings give it.
    #[test]
    fn tables_are_the_best_that_two_valued_readings_allow() {
        let readings = |t: Truth| match t {
            T => vec![true],
            F => vec![false],
            U => vec![true, false],
        };
        for a in Truth::ALL {
            for b in Truth::ALL {
                let pairs = || {
                    readings(a)
                        .into_iter()
                        .flat_map(|x| readings(b).into_iter().map(move |y| (x, y)))
                };
                let expect =
                    |values: Vec<bool>| match (values.contains(&true), values.contains(&false)) {
                        (true, true) => U,
                        (true, false) => T,
                        _ => F,
                    };
                assert_eq!(a.and(b), expect(pairs().map(|(x, y)| x && y).collect()));
                assert_eq!(a.or(b), expect(pairs().map(|(x, y)| x || y).collect()));
            }
        }
    }

    #[test]
    fn laws_hold() {
        for a in Truth::ALL {
            assert_eq!(a.not().not(), a);
            for b in Truth::ALL {
                assert_eq!(a.and(b).not(), a.not().or(b.not()));
                for c in Truth::ALL {
                    assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
                    assert_eq!(a.or(b.and(c)), a.or(b).and(a.or(c)));
                }
            }
        }
    }

    #[test]
    fn empty_folds_are_the_neutral_values() {
        assert_eq!(Truth::all([]), T);
        assert_eq!(Truth::any([]), F);
        assert_eq!(Truth::all([T, U, T]), U);
        assert_eq!(Truth::all([U, F]), F);
        assert_eq!(Truth::any([F, U, T]), T);
    }

    #[test]
    fn prints_words() {
        assert_eq!(
            format!("{T} {F} {U} {:>7}", T),
            "true false unknown    true"
        );
        assert_eq!(Truth::from(true), T);
        assert_eq!(Truth::from(false), F);
    }
}
