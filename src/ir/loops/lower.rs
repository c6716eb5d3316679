//! From closed conditions over lists to loop forms, where every part has one.

use super::member::MemberReads;
use super::{
    ELEMENT, ListColumn, ListColumnId, LoopAggregate, LoopForm, LoopReads, Made, MemberColumn,
    MemberId, MemberTest, Quantity,
};
use crate::domain::{Day, Truth, Window, Windows};
use crate::ir::atoms::comparison;
use crate::ir::dnf::collect_columns;
use crate::ir::key::expr_key;
use crate::ir::lower::{Lowerer, kind_of};
use crate::ir::{Amount, AmountCompare, Atom, ColumnId, ColumnKind, ComputedKind, Form, Source};
use crate::model::{
    Aggregate, AggregateKind, BinderId, CompareOp, Expr, ExprKind, FieldId, Type, Value,
};
use std::sync::Arc;

/// Stretches of days at most by which a condition on one field of an element is split.
const MAX_DAYS: usize = 64;

/// An element that has a name, and the list in which it stands.
type Named = (BinderId, ListColumnId);

impl Lowerer<'_> {
    /// A form on the level of records as loops, and the columns that it reads; it is no truer than `at_most`, and `expr` is the
    /// same as the author wrote it.
    pub(super) fn loops(
        &mut self,
        form: LoopForm,
        at_most: Option<Form>,
        expr: &Expr,
    ) -> (ComputedKind, Vec<ColumnId>) {
        let reads = LoopReads::of(&form);
        let mut columns = Vec::new();
        for column in &reads.columns {
            self.program.columns[*column].amount = true;
            self.program.columns[*column].classed = true;
            columns.push(*column);
        }
        columns.extend(
            reads
                .tests
                .iter()
                .map(|test| self.program.tests[*test].column),
        );
        for list in &reads.lists {
            let list = &self.program.lists[*list];
            if list.parent.is_none() {
                columns.push(self.column(Source::Field(list.field)));
            }
        }
        if let Some(at_most) = &at_most {
            collect_columns(self, at_most, &mut columns);
        }
        let kind = ComputedKind::Loop {
            form,
            at_most,
            expr: Arc::new(expr.clone()),
        };
        (kind, columns)
    }

    /// A condition on the level of the last of `around`, or of records.
    pub(super) fn loop_form(&mut self, expr: &Expr, around: &[Named]) -> Option<LoopForm> {
        let depth = depth_of(expr, around);
        if depth < around.len() {
            let form = self.loop_form(expr, &around[..depth])?;
            return Some(outwards(form, around.len() - depth, |form| {
                LoopForm::Around(Box::new(form))
            }));
        }
        if around.is_empty() && !self.reads_lists(expr) {
            return self.record_form(expr);
        }
        if let Some(form) = self.member_form(expr, around) {
            return Some(form);
        }
        match &expr.kind {
            ExprKind::Value(Value::Bool(value)) => Some(LoopForm::Constant((*value).into())),
            ExprKind::Not(inner) => Some(not(self.loop_form(inner, around)?)),
            ExprKind::And(parts) => Some(LoopForm::And(self.loop_forms(parts, around)?)),
            ExprKind::Or(parts) => Some(LoopForm::Or(self.loop_forms(parts, around)?)),
            ExprKind::If(condition, yes, no) => {
                let condition = self.loop_form(condition, around)?;
                let yes = self.loop_form(yes, around)?;
                let no = self.loop_form(no, around)?;
                Some(LoopForm::If(Box::new([condition, yes, no])))
            }
            ExprKind::IsUnknown(inner) => Some(is_unknown(self.loop_form(inner, around)?)),
            ExprKind::IsKnown(inner) if matches!(inner.ty, Type::List(_)) => {
                Some(LoopForm::Listed(self.list_column(inner, around)?))
            }
            ExprKind::IsMissing(inner) if matches!(inner.ty, Type::List(_)) => {
                Some(not(LoopForm::Listed(self.list_column(inner, around)?)))
            }
            ExprKind::IsMissing(inner) if inner.ty == Type::Bool => {
                Some(is_unknown(self.loop_form(inner, around)?))
            }
            ExprKind::IsKnown(inner) if inner.ty == Type::Bool => {
                Some(not(is_unknown(self.loop_form(inner, around)?)))
            }
            ExprKind::Between(x, low, high) => {
                let least = self.loop_form(&comparison(CompareOp::Ge, x, low), around)?;
                let most = self.loop_form(&comparison(CompareOp::Le, x, high), around)?;
                Some(LoopForm::And(vec![least, most]))
            }
            ExprKind::Compare(..) => self.loop_compare(expr, around),
            ExprKind::Quantified {
                quantifier,
                binder,
                list,
                body,
            } => {
                let list = self.list_column(list, around)?;
                let inside = within(around, binder.id, list);
                Some(LoopForm::Quantified {
                    quantifier: *quantifier,
                    list,
                    body: Box::new(self.loop_form(body, &inside)?),
                })
            }
            _ => None,
        }
    }

    fn loop_forms(&mut self, parts: &[Expr], around: &[Named]) -> Option<Vec<LoopForm>> {
        let parts = parts.iter().map(|part| self.loop_form(part, around));
        parts.collect()
    }

    /// A condition that reads no list, on the level of records: tests, or a comparison of amounts.
    fn record_form(&mut self, expr: &Expr) -> Option<LoopForm> {
        let reads = self.reads(expr);
        if reads.asks_rules() {
            return None;
        }
        let form = self.form(expr);
        of_tests(&form).or_else(|| self.loop_compare(expr, &[]))
    }

    /// A condition that reads one field of the innermost element.
    fn member_form(&mut self, expr: &Expr, around: &[Named]) -> Option<LoopForm> {
        let (element, list) = around.last()?;
        let reads = MemberReads::of(self.model, expr);
        let (field, edges) = match (reads.members.first(), reads.members.len(), reads.more) {
            (Some((binder, field)), 1, false) if binder == element => (*field, reads.edges),
            _ => return None,
        };
        let member = self.member_column(*list, field);
        let kind = self.program.members[member].kind;
        if matches!(self.member_type(member), Type::List(_)) {
            return None;
        }
        if kind != ColumnKind::Value {
            match &expr.kind {
                ExprKind::Compare(..) => {
                    if let Some(form) = self.loop_compare(expr, around) {
                        return Some(form);
                    }
                }
                // Each of their parts is a condition on one field itself, and cheaper than a test of every value.
                ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) | ExprKind::Between(..) => {
                    return None;
                }
                ExprKind::IsKnown(x) if is_member(x) => return Some(LoopForm::Known(member)),
                ExprKind::IsMissing(x) if is_member(x) => {
                    return Some(not(LoopForm::Known(member)));
                }
                _ => {}
            }
        }
        let edges: Vec<Day> = edges.into_iter().collect();
        if edges.len() >= MAX_DAYS {
            return None;
        }
        let mut parts = Vec::new();
        for place in 0..=edges.len() {
            let from = place.checked_sub(1).map(|before| edges[before]);
            let until = edges.get(place).copied();
            // On no other day does membership change.
            let day = from.or(until.map(|day| Day(day.0 - 1))).unwrap_or(Day(0));
            let test = LoopForm::Member(self.member_test(member, expr, *element, day));
            let days = self.window(&Windows::from_windows([Window { from, until }]));
            parts.push(match days {
                Form::Constant(Truth::True) => test,
                days => {
                    let days = outwards(of_tests(&days)?, around.len(), |form| {
                        LoopForm::Around(Box::new(form))
                    });
                    LoopForm::And(vec![days, test])
                }
            });
        }
        match parts.len() {
            1 => parts.pop(),
            _ => Some(LoopForm::Or(parts)),
        }
    }

    fn member_test(
        &mut self,
        member: MemberId,
        expr: &Expr,
        element: BinderId,
        day: Day,
    ) -> super::MemberTestId {
        let expr = expr.map(&|inner| match inner.kind {
            ExprKind::Binder(id) if id == element => Some(ExprKind::Binder(ELEMENT)),
            _ => None,
        });
        let key = format!("{member:?} {:?} {} {}", self.policy, day.0, expr_key(&expr));
        if let Some(id) = self.member_tests.get(&key) {
            return *id;
        }
        let id = self.program.member_tests.push(MemberTest {
            member,
            expr: Arc::new(expr),
            policy: self.policy,
            day,
        });
        self.member_tests.insert(key, id);
        id
    }

    fn loop_compare(&mut self, expr: &Expr, around: &[Named]) -> Option<LoopForm> {
        let ExprKind::Compare(op, left, right) = &expr.kind else {
            return None;
        };
        let is_amount = |ty: Type| ty.is_number() || ty == Type::Date;
        if !is_amount(left.ty) || !is_amount(right.ty) {
            return None;
        }
        Some(LoopForm::Compare(Box::new(AmountCompare {
            op: *op,
            left: self.loop_amount(left, around)?,
            right: self.loop_amount(right, around)?,
        })))
    }

    fn loop_amount(&mut self, expr: &Expr, around: &[Named]) -> Option<Amount<Quantity>> {
        self.amount(expr, &mut |lowerer: &mut Self, expr: &Expr| {
            lowerer.loop_leaf(expr, around)
        })
    }

    fn loop_leaf(&mut self, expr: &Expr, around: &[Named]) -> Option<Amount<Quantity>> {
        let depth = depth_of(expr, around);
        let (quantity, non_negative) = match &expr.kind {
            ExprKind::Field(field) => {
                let non_negative = self.model.record.fields[*field].is_non_negative();
                let column = self.column(Source::Field(*field));
                (Quantity::Record(column), non_negative)
            }
            ExprKind::AsOf => {
                let day = self.program.day_of_policy[self.policy.index()];
                (Quantity::Record(self.column(Source::Day(day))), false)
            }
            ExprKind::Member(_, field) => {
                let (_, list) = around[..depth].last()?;
                let member = self.member_column(*list, *field);
                let of = self.program.lists[*list].of;
                let non_negative = self.model.nested[of].fields[*field].is_non_negative();
                (Quantity::Member(member), non_negative)
            }
            ExprKind::Aggregate(aggregate) => {
                let aggregate = self.loop_aggregate(aggregate, &around[..depth])?;
                (Quantity::Aggregate(Box::new(aggregate)), false)
            }
            _ => return None,
        };
        let column = outwards(quantity, around.len() - depth, |quantity| {
            Quantity::Around(Box::new(quantity))
        });
        Some(Amount::Column {
            column,
            non_negative,
        })
    }

    fn loop_aggregate(&mut self, asked: &Aggregate, around: &[Named]) -> Option<LoopAggregate> {
        let list = self.list_column(&asked.list, around)?;
        let inside = within(around, asked.binder.id, list);
        let filter = match &asked.filter {
            Some(filter) => Some(self.loop_form(filter, &inside)?),
            None => None,
        };
        let made = match &asked.kind {
            AggregateKind::Count => Made::Count,
            // What the sum over a missing list is hangs on its value, with questions about absence left open.
            AggregateKind::Sum(value) if asks_absence(value) => return None,
            AggregateKind::Sum(value) => Made::Sum(self.loop_amount(value, &inside)?),
            AggregateKind::Min(value) => Made::Min(self.loop_amount(value, &inside)?),
            AggregateKind::Max(value) => Made::Max(self.loop_amount(value, &inside)?),
        };
        Some(LoopAggregate { list, made, filter })
    }

    /// The list that an expression is, if it stands on the level of the last of `around`.
    fn list_column(&mut self, list: &Expr, around: &[Named]) -> Option<ListColumnId> {
        let (parent, field) = match (&list.kind, around.last()) {
            (ExprKind::Field(field), None) => (None, *field),
            (ExprKind::Member(base, field), Some((element, parent))) => match base.kind {
                ExprKind::Binder(id) if id == *element => (Some(*parent), *field),
                _ => return None,
            },
            _ => return None,
        };
        let Type::List(of) = list.ty else {
            unreachable!("internal error: a list as {:?}", list.ty)
        };
        let column = ListColumn { parent, field, of };
        let known = self
            .program
            .lists
            .iter()
            .find(|(_, known)| **known == column);
        Some(match known {
            Some((id, _)) => id,
            None => self.program.lists.push(column),
        })
    }

    fn member_column(&mut self, list: ListColumnId, field: FieldId) -> MemberId {
        let of = self.program.lists[list].of;
        let ty = self.model.nested[of].fields[field].ty;
        let column = MemberColumn {
            list,
            field,
            kind: kind_of(ty),
        };
        let known = self
            .program
            .members
            .iter()
            .find(|(_, known)| **known == column);
        match known {
            Some((id, _)) => id,
            None => self.program.members.push(column),
        }
    }

    fn member_type(&self, member: MemberId) -> Type {
        let member = &self.program.members[member];
        let of = self.program.lists[member.list].of;
        self.model.nested[of].fields[member.field].ty
    }

    fn reads_lists(&self, expr: &Expr) -> bool {
        let reads = self.reads(expr);
        self.reads_list(&reads)
    }
}

fn is_member(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Member(..))
}

fn within(around: &[Named], binder: BinderId, list: ListColumnId) -> Vec<Named> {
    let mut inside = around.to_vec();
    inside.push((binder, list));
    inside
}

/// `steps` levels further in.
fn outwards<T>(mut of: T, steps: usize, around: impl Fn(T) -> T) -> T {
    for _ in 0..steps {
        of = around(of);
    }
    of
}

fn not(form: LoopForm) -> LoopForm {
    match form {
        LoopForm::Not(inner) => *inner,
        form => LoopForm::Not(Box::new(form)),
    }
}

fn is_unknown(form: LoopForm) -> LoopForm {
    LoopForm::IsUnknown(Box::new(form))
}

/// The level of the innermost element that `expr` names, of those that have a name around it: 0 is the record.
fn depth_of(expr: &Expr, around: &[Named]) -> usize {
    fn deepest(expr: &Expr, around: &[Named], own: &mut Vec<BinderId>) -> usize {
        if let ExprKind::Binder(id) = expr.kind {
            let place = around.iter().rposition(|(binder, _)| *binder == id);
            return match place {
                Some(place) if !own.contains(&id) => place + 1,
                _ => 0,
            };
        }
        let (list, binder) = match &expr.kind {
            ExprKind::Quantified { list, binder, .. } => (Some(&**list), Some(binder.id)),
            ExprKind::Aggregate(aggregate) => (Some(&aggregate.list), Some(aggregate.binder.id)),
            _ => (None, None),
        };
        // The list itself is named outside of its elements.
        let mut depth = list.map_or(0, |list| deepest(list, around, own));
        own.extend(binder);
        for part in expr.parts() {
            if !list.is_some_and(|list| std::ptr::eq(list, part)) {
                depth = depth.max(deepest(part, around, own));
            }
        }
        if binder.is_some() {
            own.pop();
        }
        depth
    }
    deepest(expr, around, &mut Vec::new())
}

/// Whether what is not there, or stands for it, is asked about anywhere in `expr`.
fn asks_absence(expr: &Expr) -> bool {
    let own = matches!(
        expr.kind,
        ExprKind::IsMissing(_)
            | ExprKind::IsKnown(_)
            | ExprKind::IsUnknown(_)
            | ExprKind::Assume(..)
    );
    own || expr.parts().into_iter().any(asks_absence)
}

/// A form over tests of the record alone.
fn of_tests(form: &Form) -> Option<LoopForm> {
    let all = |parts: &[Form]| parts.iter().map(of_tests).collect::<Option<Vec<_>>>();
    Some(match form {
        Form::Constant(truth) => LoopForm::Constant(*truth),
        Form::Literal(literal) => match literal.atom {
            Atom::Test(test) if literal.negated => not(LoopForm::Record(test)),
            Atom::Test(test) => LoopForm::Record(test),
            Atom::Computed(_) | Atom::Deferred(_) => return None,
        },
        Form::And(parts) => LoopForm::And(all(parts)?),
        Form::Or(parts) => LoopForm::Or(all(parts)?),
        Form::IsUnknown(inner) => is_unknown(of_tests(inner)?),
        Form::IsSettled(inner) => not(is_unknown(of_tests(inner)?)),
    })
}
