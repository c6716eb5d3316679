//! The verdict of a rule, where it is worked out from the record: a range between the least and the most severe it may be.
//!
//! A verdict that is known is one place in the order of severity. Otherwise it lies between those of the arms, rows or cells that
//! may still count, and one that may be undefined (a cell that is not there, a param without a value that day, a table without a
//! row that certainly holds) may be any.

use super::eval::{Evaluator, Scope};
use crate::domain::{Interval, Number};
use crate::model::{Model, RuleId, Verdict};

/// The verdicts that a rule may have; one and the same where it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The least severe.
    pub least: Verdict,
    /// The most severe.
    pub most: Verdict,
}

impl Answer {
    /// A verdict that is known.
    pub fn one(verdict: Verdict) -> Answer {
        Answer {
            least: verdict,
            most: verdict,
        }
    }

    /// Whether it is known.
    pub fn is_known(self) -> bool {
        self.least == self.most
    }

    /// `license`, or `license to deny` where it is not known.
    pub fn text(self, model: &Model) -> String {
        let least = model.verdict_name(self.least);
        match self.is_known() {
            true => least.to_owned(),
            false => format!("{least} to {}", model.verdict_name(self.most)),
        }
    }
}

impl Evaluator<'_> {
    /// The verdict that a rule has where it applies; `None` of an exception without one.
    pub fn answer(&self, id: RuleId) -> Option<Answer> {
        let rule = &self.model.rules[id];
        let then = rule.then.as_ref()?;
        if let Some(fixed) = then.fixed() {
            return Some(Answer::one(fixed));
        }
        let range = self.number(&then.verdict, Scope::of(rule.policy));
        Some(between(&range, self.model.verdicts.len()))
    }
}

/// The verdicts in a range of places.
fn between(range: &Interval, count: usize) -> Answer {
    let places = || (0..count).map(|place| Verdict(u8::try_from(place).unwrap_or(u8::MAX)));
    let point = |verdict: Verdict| Interval::point(Number::from_i64(verdict.0.into()));
    let mut at_least = places().filter(|it| range.ge(&point(*it)).is_true());
    let mut not_below = places().filter(|it| !range.ge(&point(*it)).is_false());
    Answer {
        least: at_least.next_back().unwrap_or(Verdict(0)),
        most: not_below.next_back().unwrap_or(Verdict(0)),
    }
}
