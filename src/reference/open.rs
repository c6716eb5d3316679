//! The fields that keep a rule open (language.md, ruling 10): a walk over the formula as written, defines
//! unfolded, through exceptions and the rules that `applies` and `caught` ask about.
//!
//! - `and`, `or`: the union over the unknown parts; `not`: its operand.
//! - the verdict of a rule that may apply: its open leaves.
//! - comparison, membership, text test: the open leaves of its operands. A number that is a point has none.
//! - `any`, `every`: the union over the unknown elements; `sum` and the like: whether an element counts where that is
//!   unknown, and the open leaves of its value where it may. A missing list by its name, and for `sum` what else the sign of
//!   its value hangs on; so is a list without an element that may count for `min` and `max`.
//! - `if`: the condition where it is unknown, and the open leaves of the branches it may still take.
//! - `list[key].column`: the fields of a key that is missing or too coarse a code, else `LIST.COLUMN`.
//! - an aggregate over records: the keys that this record lacks, what keeps its own part open, and for what others lack its name.
//! - a decision table: the cells of the rows that may hold, and what these come to; without any such row, its name.
//! - where a value is known and the answer is open all the same (a code too coarse for `under`, a divisor of zero,
//!   a day beyond the calendar), the fields it is made of; a param without a value that day, by its name.

use super::eval::{Evaluator, Scope};
use super::list::List;
use super::lookup::Cell;
use super::name::{Names, Path};
use super::parts::{Visit, operands};
use super::rule::Formula;
use crate::domain::Truth;
use crate::model::{
    Aggregate, AggregateKind, ArithOp, Builtin, CompareOp, Decision, Expr, ExprKind, ListId,
    RuleId, RuleSelection, SetExpr, Type, Value,
};
use std::collections::HashSet;
use std::sync::Arc;

/// What a walk has found so far.
#[derive(Default)]
pub(super) struct Found {
    pub names: Names,
    /// Formulas of rules met, and those of them still to be walked.
    met: HashSet<(RuleId, Formula)>,
    to_walk: Vec<(RuleId, Formula)>,
}

impl Evaluator<'_> {
    /// What keeps `rule` or its verdict open; empty where it is not unknown.
    pub fn missing(&self, rule: RuleId) -> Vec<Arc<str>> {
        let mut found = Found::default();
        self.meet(rule, Formula::Truth, &mut found);
        let declared = &self.model.rules[rule];
        if let Some(then) = &declared.then
            && !self.truth_of(rule).is_false()
        {
            self.open_leaves(&then.verdict, Scope::of(declared.policy), &mut found);
        }
        while let Some((rule, formula)) = found.to_walk.pop() {
            self.open_rule(rule, formula, &mut found);
        }
        found.names.into_list(self.model)
    }

    /// What keeps a value from being known; empty where it is.
    pub(super) fn lacking(&self, expr: &Expr, scope: Scope) -> Vec<Arc<str>> {
        let mut found = Found::default();
        self.open_leaves(expr, scope, &mut found);
        found.names.into_list(self.model)
    }

    /// An unknown formula is to be walked once.
    fn meet(&self, id: RuleId, formula: Formula, found: &mut Found) {
        if self.formula(id, formula).is_unknown() && found.met.insert((id, formula)) {
            found.to_walk.push((id, formula));
        }
    }

    fn open_rule(&self, id: RuleId, formula: Formula, found: &mut Found) {
        let rule = &self.model.rules[id];
        let scope = Scope::of(rule.policy);
        self.open(&rule.when, scope, found);
        for unless in &rule.unless {
            self.open(unless, scope, found);
        }
        for (other, formula) in self.unknown_others(id, formula) {
            self.meet(other, formula, found);
        }
    }

    /// The unknown formulas of other rules in one of a rule's: of what an exception excepts only where none is true.
    fn unknown_others(&self, id: RuleId, formula: Formula) -> Vec<(RuleId, Formula)> {
        let needed = self.would_be_needed(&self.model.rules[id]);
        let mut others = self.others_in(id, formula);
        others.retain(|(_, formula)| *formula != Formula::Would || needed.is_unknown());
        others
    }

    /// A condition; nothing where it is known.
    pub(super) fn open(&self, expr: &Expr, scope: Scope, found: &mut Found) {
        if self.truth(expr, scope).is_unknown() {
            self.open_parts(expr, scope, found);
        }
    }

    /// `x >= low and x <= high`
    fn open_between(&self, x: &Expr, low: &Expr, high: &Expr, scope: Scope, found: &mut Found) {
        for (op, bound) in [(CompareOp::Ge, low), (CompareOp::Le, high)] {
            if self.compare(op, x, bound, scope).is_unknown() {
                self.open_leaves(x, scope, found);
                self.open_leaves(bound, scope, found);
            }
        }
    }

    fn open_selection(&self, selection: &RuleSelection, formula: Formula, found: &mut Found) {
        for rule in selection.asked() {
            self.meet(rule, formula, found);
        }
    }

    /// The open leaves of an operand of any type; a condition as an operand is walked as a condition.
    pub(super) fn open_leaves(&self, expr: &Expr, scope: Scope, found: &mut Found) {
        if expr.ty == Type::Bool {
            self.open(expr, scope, found);
        } else if !self.is_settled(expr, scope) {
            self.open_parts(expr, scope, found);
        }
    }

    /// Known beyond doubt: an instant of which only the day is given is not.
    fn is_settled(&self, expr: &Expr, scope: Scope) -> bool {
        if expr.ty == Type::Instant {
            return matches!(self.value(expr, scope), Some(Value::Instant(_)));
        }
        self.is_known(expr, scope)
    }

    /// The open leaves below an expression that is itself open.
    fn open_parts(&self, expr: &Expr, scope: Scope, found: &mut Found) {
        match &expr.kind {
            ExprKind::Field(field) => found.names.add_field(Path::of(*field)),
            ExprKind::Member(base, field) => {
                found.names.add_field(self.member_path(base, *field, scope));
            }
            ExprKind::Quantified {
                binder, list, body, ..
            } => {
                let list = self.list(list, scope);
                let elements = self.each(&list, binder.id, scope, |_, inside| {
                    self.open(body, inside, found);
                });
                if elements.is_none() {
                    found.names.add_field(list.place.path());
                }
            }
            ExprKind::Aggregate(aggregate) => self.open_aggregate(aggregate, scope, found),
            ExprKind::Total(total) => self.open_total(*total, scope, found),
            ExprKind::Decide(decision) => self.open_decision(decision, scope, found),
            ExprKind::Param(param) => found.names.add_other(&self.model.params[*param].name),
            ExprKind::Define(define, arguments) => {
                self.in_define(*define, arguments, scope, |body, inside| {
                    self.open_leaves(body, inside, found);
                });
            }
            ExprKind::Parameter(at) => {
                let (argument, caller) = scope.argument(*at);
                self.open_leaves(argument, caller, found);
            }
            ExprKind::Between(x, low, high) => self.open_between(x, low, high, scope, found),
            ExprKind::In(x, SetExpr::List(list)) if self.is_known(x, scope) => {
                self.open_closure(*list, found);
            }
            ExprKind::Under(x, set) if self.is_known(x, scope) => {
                self.open_under(x, set, scope, found);
            }
            ExprKind::Lookup { list, keys, column } => {
                self.open_cell((*list, keys, *column), scope, found);
            }
            ExprKind::Applies(rules) => self.open_selection(rules, Formula::Truth, found),
            ExprKind::Caught(rules) => self.open_selection(rules, Formula::Would, found),
            ExprKind::Assume(x, default, _) => {
                self.open_leaves(self.stand_in(x, default, scope), scope, found);
            }
            ExprKind::If(c, a, b) => self.open_if(c, a, b, scope, found),
            ExprKind::Arith(ArithOp::Div, a, b) => self.open_quotient(a, b, scope, found),
            ExprKind::Call(Builtin::Share, arguments) => {
                self.open_quotient(&arguments[0], &arguments[1], scope, found);
            }
            ExprKind::Shift { date, .. } if self.is_known(date, scope) => {
                self.standing(date, scope, found);
            }
            ExprKind::Value(_)
            | ExprKind::Binder(_)
            | ExprKind::AsOf
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::In(..)
            | ExprKind::Under(..)
            | ExprKind::Text(..)
            | ExprKind::IsMissing(_)
            | ExprKind::IsKnown(_)
            | ExprKind::IsUnknown(_)
            | ExprKind::Arith(..)
            | ExprKind::Neg(_)
            | ExprKind::Shift { .. }
            | ExprKind::DayOf(_)
            | ExprKind::Call(..)
            | ExprKind::Round(..) => {
                for operand in operands(expr) {
                    self.open_leaves(operand, scope, found);
                }
            }
        }
    }

    fn open_aggregate(&self, aggregate: &Aggregate, scope: Scope, found: &mut Found) {
        let list = self.list(&aggregate.list, scope);
        let may_count = self.each(&list, aggregate.binder.id, scope, |_, inside| {
            let counts = self.counts(aggregate, inside);
            if let Some(filter) = &aggregate.filter {
                self.open(filter, inside, found);
            }
            if let (Some(value), false) = (aggregate.kind.value(), counts.is_false()) {
                self.open_leaves(value, inside, found);
            }
            !counts.is_false()
        });
        let undefined = match aggregate.kind {
            AggregateKind::Min(_) | AggregateKind::Max(_) => {
                may_count.as_ref().is_some_and(|any| !any.contains(&true))
            }
            AggregateKind::Count | AggregateKind::Sum(_) => false,
        };
        if may_count.is_none() || undefined {
            found.names.add_field(list.place.path());
        }
        if let (None, AggregateKind::Sum(value)) = (may_count, &aggregate.kind) {
            self.open_sign(value, &list, aggregate, scope, found);
        }
    }

    /// What the sign of a value hangs on, outside of the elements: a missing list is summed up by it.
    fn open_sign(
        &self,
        value: &Expr,
        list: &List,
        aggregate: &Aggregate,
        scope: Scope,
        found: &mut Found,
    ) {
        let before = std::mem::take(&mut found.names);
        self.with_unknown(list, aggregate.binder.id, scope, |inside| {
            self.open_leaves(value, inside, found);
        });
        let within = std::mem::replace(&mut found.names, before);
        found.names.add_outside(&list.place.path(), within);
    }

    /// The open cells of the rows that count and the open leaves of what these come to; a table without a row that could
    /// hold, by its name.
    fn open_decision(&self, decision: &Decision, scope: Scope, found: &mut Found) {
        let counting = self.counting(decision, scope);
        if counting.rows.is_empty() {
            found.names.add_other(&decision.name);
        }
        for (truth, row) in counting.rows {
            if truth.is_unknown() {
                for cell in &row.cells {
                    self.open(cell, scope, found);
                }
            }
            self.open_leaves(&row.result, scope, found);
        }
    }

    fn open_if(&self, c: &Expr, a: &Expr, b: &Expr, scope: Scope, found: &mut Found) {
        let truth = self.truth(c, scope);
        self.open(c, scope, found);
        if truth != Truth::False {
            self.open_leaves(a, scope, found);
        }
        if truth != Truth::True {
            self.open_leaves(b, scope, found);
        }
    }

    /// The fields of a code that is too coarse, and the share that keeps open whether a row above it is in the list.
    fn open_under(&self, x: &Expr, set: &SetExpr, scope: Scope, found: &mut Found) {
        let SetExpr::List(list) = set else {
            return self.standing(x, scope, found);
        };
        let candidates = self.candidates(*list, std::slice::from_ref(x), scope);
        if candidates.coarse.contains(&true) {
            self.standing(x, scope, found);
        }
        if candidates.is_uncertain {
            self.open_closure(*list, found);
        }
    }

    /// The column of the share that nobody said, as `LIST.COLUMN`.
    fn open_closure(&self, list: ListId, found: &mut Found) {
        if let Some(closure) = self.model.lists[list].head.closure() {
            let over = &self.model.lists[closure.over].head;
            let name = format!("{}.{}", over.name, over.columns[closure.share].name);
            found.names.add_other(&name.into());
        }
    }

    /// Missing keys by their fields, and so codes that are too coarse; else the row or cell that is not there, as `LIST.COLUMN`.
    fn open_cell(&self, (list, keys, column): Cell, scope: Scope, found: &mut Found) {
        if keys.iter().any(|key| !self.is_settled(key, scope)) {
            for key in keys {
                if !self.is_settled(key, scope) {
                    self.open_leaves(key, scope, found);
                }
            }
            return;
        }
        let candidates = self.candidates(list, keys, scope);
        for (key, _) in keys.iter().zip(&candidates.coarse).filter(|(_, it)| **it) {
            self.standing(key, scope, found);
        }
        if candidates.is_uncertain {
            self.open_closure(list, found);
        }
        // Of a row that may not be in the list, the share that decides about that is named.
        let mut certain = candidates.rows.iter().filter(|row| row.certain);
        let is_empty = certain.any(|row| row.get(column).is_none());
        if candidates.rows.is_empty() || is_empty {
            let head = &self.model.lists[list].head;
            let name = format!("{}.{}", head.name, head.columns[column].name);
            found.names.add_other(&name.into());
        }
    }

    fn open_quotient(&self, a: &Expr, b: &Expr, scope: Scope, found: &mut Found) {
        self.open_leaves(a, scope, found);
        let divisor = self.number(b, scope);
        if divisor.is_point().is_some() && divisor.contains_zero() {
            self.standing(b, scope, found);
        } else {
            self.open_leaves(b, scope, found);
        }
    }

    /// All fields and params an expression is made of.
    fn standing(&self, expr: &Expr, scope: Scope, found: &mut Found) {
        self.visit(expr, scope, &mut |visit| {
            if let Visit::Expr(expr, scope) = visit {
                if let ExprKind::Field(field) = &expr.kind {
                    found.names.add_field(Path::of(*field));
                } else if let ExprKind::Member(base, field) = &expr.kind {
                    found.names.add_field(self.member_path(base, *field, scope));
                } else if let ExprKind::Param(param) = &expr.kind {
                    found.names.add_other(&self.model.params[*param].name);
                }
            }
        });
    }
}
