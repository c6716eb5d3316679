//! The verdict of a rule, where it is worked out from the record, as conditions: that it is at least this severe.
//!
//! With them an outcome stays a function of bits. A range of verdicts is at least `v` for certain where its least is, and may be
//! where its most is, so the last condition that holds gives the one and the last that is not false the other. The question goes
//! into the arms of an `if` and the rows of a table, as the hull of these is at least `v` where all of them are.

use super::lower::Lowerer;
use super::{Form, GroupId, Role, close};
use crate::model::{
    CompareOp, Decision, DecisionRow, Expr, ExprKind, RuleId, Type, Value, Verdict,
};

impl Lowerer<'_> {
    /// For each verdict but the least severe, ascending, that a rule's verdict is at least that; nothing where it is fixed.
    pub(super) fn at_least(&mut self, id: RuleId) -> Vec<(Verdict, GroupId)> {
        let Some(then) = &self.model.rules[id].then else {
            return Vec::new();
        };
        if then.fixed().is_some() {
            return Vec::new();
        }
        let verdict = close(self.model, &then.verdict, &[]);
        let mut last: Option<(Form, GroupId)> = None;
        let mut groups = Vec::new();
        for place in 1..self.model.verdicts.len() {
            let bound = Verdict(u8::try_from(place).unwrap_or(u8::MAX));
            let form = self.form(&at_least(&verdict, bound));
            let form = self.strengthen(form);
            let group = match &last {
                Some((known, group)) if *known == form => *group,
                Some(_) | None => self.group(form.clone(), Role::AtLeast(id, bound)),
            };
            last = Some((form, group));
            groups.push((bound, group));
        }
        groups
    }
}

/// That a closed expression comes to `bound` or a more severe verdict.
fn at_least(verdict: &Expr, bound: Verdict) -> Expr {
    let again = |part: &Expr| Box::new(at_least(part, bound));
    let kind = match &verdict.kind {
        ExprKind::Value(Value::Verdict(known)) => ExprKind::Value(Value::Bool(*known >= bound)),
        ExprKind::If(condition, then, otherwise) => {
            ExprKind::If(condition.clone(), again(then), again(otherwise))
        }
        ExprKind::Decide(decision) => {
            let row = |row: &DecisionRow| DecisionRow {
                result: at_least(&row.result, bound),
                ..row.clone()
            };
            ExprKind::Decide(Box::new(Decision {
                rows: decision.rows.iter().map(row).collect(),
                ..(**decision).clone()
            }))
        }
        _ => {
            let bound = Expr {
                kind: ExprKind::Value(Value::Verdict(bound)),
                ..verdict.clone()
            };
            ExprKind::Compare(CompareOp::Ge, Box::new(verdict.clone()), Box::new(bound))
        }
    };
    Expr {
        kind,
        ty: Type::Bool,
        span: verdict.span,
    }
}
