//! Comparisons of exact amounts over columns.

use super::atoms::value_number;
use super::lower::Lowerer;
use super::{Amount, AmountCompare, ColumnId, Source};
use crate::model::{ArithOp, Builtin, Expr, ExprKind, Type};

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
        let left = self.amount(left, &mut columns)?;
        let right = self.amount(right, &mut columns)?;
        for column in &columns {
            self.program.columns[*column].amount = true;
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

    fn amount(&mut self, expr: &Expr, columns: &mut Vec<ColumnId>) -> Option<Amount> {
        match &expr.kind {
            ExprKind::Value(value) => value_number(value).map(Amount::Constant),
            ExprKind::Field(field) => {
                let non_negative = self.model.record.fields[*field].is_non_negative();
                let source = Source::Field(*field);
                Some(self.amount_column(source, non_negative, columns))
            }
            ExprKind::AsOf => {
                let source = Source::Day(self.program.day_of_policy[self.policy.index()]);
                Some(self.amount_column(source, false, columns))
            }
            ExprKind::Arith(op, a, b) => self.arithmetic(*op, a, b, columns),
            ExprKind::Neg(x) => Some(Amount::Neg(Box::new(self.amount(x, columns)?))),
            ExprKind::Round(x, digits) => {
                Some(Amount::Round(Box::new(self.amount(x, columns)?), *digits))
            }
            ExprKind::Call(function, list) => self.call(*function, list, columns),
            ExprKind::Assume(x, value, _) => {
                let ExprKind::Value(value) = &value.kind else {
                    return None;
                };
                let value = value_number(value)?;
                Some(Amount::Assume(Box::new(self.amount(x, columns)?), value))
            }
            _ => None,
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

    fn arithmetic(
        &mut self,
        op: ArithOp,
        a: &Expr,
        b: &Expr,
        columns: &mut Vec<ColumnId>,
    ) -> Option<Amount> {
        let a = Box::new(self.amount(a, columns)?);
        let b = Box::new(self.amount(b, columns)?);
        Some(match op {
            ArithOp::Add => Amount::Add(a, b),
            ArithOp::Sub => Amount::Sub(a, b),
            ArithOp::Mul => Amount::Mul(a, b),
            ArithOp::Div => Amount::Div(a, b),
        })
    }

    fn call(
        &mut self,
        function: Builtin,
        list: &[Expr],
        columns: &mut Vec<ColumnId>,
    ) -> Option<Amount> {
        let mut amounts = Vec::with_capacity(list.len());
        for expr in list {
            amounts.push(self.amount(expr, columns)?);
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
