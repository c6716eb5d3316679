//! What the conditions of rules ask about other rules, whatever the record.

use super::{Define, DefineId, Expr, ExprKind, Rule, RuleId};
use crate::text::Arena;
use std::collections::HashSet;

/// What is asked about a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// `applies`
    Applies,
    /// `caught`
    Caught,
}

/// For each rule what its `when` and `unless` ask about others, themselves and through defines.
#[derive(Clone, Debug, Default)]
pub struct Asks {
    of_rule: Vec<Vec<(RuleId, Question)>>,
}

impl Asks {
    /// Of all rules of a model.
    pub fn of(rules: &Arena<Rule>, defines: &Arena<Define>) -> Asks {
        let of_rule = rules.values().map(|rule| {
            let mut walk = Walk {
                defines,
                met: HashSet::new(),
                asked: Vec::new(),
            };
            for condition in std::iter::once(&rule.when).chain(&rule.unless) {
                walk.expr(condition);
            }
            walk.asked
        });
        Asks {
            of_rule: of_rule.collect(),
        }
    }

    /// What a rule's conditions ask.
    pub fn of_rule(&self, rule: RuleId) -> &[(RuleId, Question)] {
        self.of_rule.get(rule.index()).map_or(&[], Vec::as_slice)
    }
}

struct Walk<'m> {
    defines: &'m Arena<Define>,
    /// Defines whose bodies were seen.
    met: HashSet<DefineId>,
    asked: Vec<(RuleId, Question)>,
}

impl Walk<'_> {
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Applies(rules) => {
                let asked = rules.asked().map(|rule| (rule, Question::Applies));
                self.asked.extend(asked);
            }
            ExprKind::Caught(rules) => {
                let asked = rules.asked().map(|rule| (rule, Question::Caught));
                self.asked.extend(asked);
            }
            ExprKind::Define(define, _) if self.met.insert(*define) => {
                self.expr(&self.defines[*define].body);
            }
            _ => {}
        }
        for part in expr.parts() {
            self.expr(part);
        }
    }
}
