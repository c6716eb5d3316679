//! Comparisons of exact amounts over columns.

use super::atoms::value_number;
use super::lower::Lowerer;
use super::{Amount, AmountCompare, ColumnId, Source};
use crate::model::{ArithOp, Builtin, Expr, ExprKind, Type};

/// What a part of an amount is that is not arithmetic.
pub(super) type Leaf<'l, L, C> = &'l mut dyn FnMut(&mut L, &Expr) -> Option<Amount<C>>;

impl Lowerer<'_> {
    /// `expr` as a comparison of amounts with the columns it reads, where it is one.
    pub(super) fn amount_compare(&mut self, expr: &Expr) -> Option<(AmountCompare, Vec<ColumnId>)> {
        let ExprKind::Compare(op, left, right) = &expr.kind else {
            return None;
        };
        let is_amount = |ty: Type| ty.is_number() || ty == Type::Date;
        if !is_amount(left.ty) || !is_amount(right.ty) {
            return None;
        }
        let mut columns = Vec::new();
        let mut leaf = |lowerer: &mut Self, expr: &Expr| lowerer.amount_leaf(expr, &mut columns);
        let left = self.amount(left, &mut leaf)?;
        let right = self.amount(right, &mut leaf)?;
        for column in &columns {
            self.program.columns[*column].amount = true;
            if matches!(self.program.columns[*column].source, Source::Total(..)) {
                continue;
            }
            // The class tells a missing amount from a known one where missing fields are looked for.
            self.program.columns[*column].classed = true;
        }
        Some((
            AmountCompare {
                op: *op,
                left,
                right,
            },
            columns,
        ))
    }

    /// A field of the record, or its day.
    fn amount_leaf(&mut self, expr: &Expr, columns: &mut Vec<ColumnId>) -> Option<Amount> {
        match &expr.kind {
            ExprKind::Field(field) => {
                let non_negative = self.model.record.fields[*field].is_non_negative();
                let source = Source::Field(*field);
                Some(self.amount_column(source, non_negative, columns))
            }
            ExprKind::AsOf => {
                let source = Source::Day(self.program.day_of_policy[self.policy.index()]);
                Some(self.amount_column(source, false, columns))
            }
            // One that is no number is of the state that has the reference evaluator asked.
            ExprKind::Total(total) => {
                let day = self.program.day_of_policy[self.policy.index()];
                Some(self.amount_column(Source::Total(*total, day), false, columns))
            }
            _ => None,
        }
    }

    /// `expr` as an amount; `leaf` says what its parts are that are not arithmetic.
    pub(super) fn amount<C>(&mut self, expr: &Expr, leaf: Leaf<'_, Self, C>) -> Option<Amount<C>> {
        match &expr.kind {
            ExprKind::Value(value) => value_number(value).map(Amount::Constant),
            ExprKind::Arith(op, a, b) => self.arithmetic(*op, a, b, leaf),
            ExprKind::Neg(x) => Some(Amount::Neg(Box::new(self.amount(x, leaf)?))),
            ExprKind::Round(x, digits) => {
                Some(Amount::Round(Box::new(self.amount(x, leaf)?), *digits))
            }
            ExprKind::Call(function, list) => self.call(*function, list, leaf),
            ExprKind::Assume(x, value, _) => {
                let ExprKind::Value(value) = &value.kind else {
                    return None;
                };
                let value = value_number(value)?;
                Some(Amount::Assume(Box::new(self.amount(x, leaf)?), value))
            }
            _ => leaf(self, expr),
        }
    }

    fn amount_column(
        &mut self,
        source: Source,
        non_negative: bool,
        columns: &mut Vec<ColumnId>,
    ) -> Amount {
        let column = self.column(source);
        columns.push(column);
        Amount::Column {
            column,
            non_negative,
        }
    }

    fn arithmetic<C>(
        &mut self,
        op: ArithOp,
        a: &Expr,
        b: &Expr,
        leaf: Leaf<'_, Self, C>,
    ) -> Option<Amount<C>> {
        let a = Box::new(self.amount(a, leaf)?);
        let b = Box::new(self.amount(b, leaf)?);
        Some(match op {
            ArithOp::Add => Amount::Add(a, b),
            ArithOp::Sub => Amount::Sub(a, b),
            ArithOp::Mul => Amount::Mul(a, b),
            ArithOp::Div => Amount::Div(a, b),
        })
    }

    fn call<C>(
        &mut self,
        function: Builtin,
        list: &[Expr],
        leaf: Leaf<'_, Self, C>,
    ) -> Option<Amount<C>> {
        let mut amounts = Vec::with_capacity(list.len());
        for expr in list {
            amounts.push(self.amount(expr, leaf)?);
        }
        let mut amounts = amounts.into_iter();
        let first = amounts.next()?;
        match function {
            Builtin::Abs => Some(Amount::Abs(Box::new(first))),
            Builtin::Min => Some(amounts.fold(first, |a, b| Amount::Min(Box::new(a), Box::new(b)))),
            Builtin::Max => Some(amounts.fold(first, |a, b| Amount::Max(Box::new(a), Box::new(b)))),
            Builtin::DaysBetween => Some(Amount::Sub(Box::new(amounts.next()?), Box::new(first))),
            Builtin::Share => Some(Amount::Div(Box::new(first), Box::new(amounts.next()?))),
            Builtin::Year => None,
        }
    }
}
