//! The cells of a decision table: each a test of its column's value, its left side left out.

use super::{ExprChecker, make};
use crate::check::declare::Meaning;
use crate::check::errors;
use crate::diagnostic::Label;
use crate::domain::Windows;
use crate::model::{Element, Expr, ExprKind, SetExpr, Type, Value};
use crate::syntax::ast::{self, CellKind};
use crate::text::Span;

/// What a cell asks.
enum Asked {
    /// `_`
    Nothing,
    Test(Expr),
    /// Its message is there.
    Wrong,
}

impl<'a> ExprChecker<'_, 'a> {
    /// What the cell of the column `column` asks; `Some(None)` is `_`.
    pub fn table_cell(&mut self, cell: &'a ast::Cell, column: usize) -> Option<Option<Expr>> {
        let about = cell.about.as_ref()?;
        let known = self.checker.diagnostics.len();
        let test = self.cell_test(cell, about, column);
        self.place_in_cell(known, cell, column);
        match test {
            Asked::Nothing => Some(None),
            Asked::Test(test) => self.fixed(&test, column).then_some(Some(test)),
            Asked::Wrong => None,
        }
    }

    fn cell_test(&mut self, cell: &'a ast::Cell, about: &'a ast::Expr, column: usize) -> Asked {
        let span = cell.span;
        let test = match &cell.kind {
            CellKind::Any => return Asked::Nothing,
            CellKind::Missing { negated: false } => self.is(span, about, ast::IsWhat::Missing),
            CellKind::Missing { negated: true } => self.is(span, about, ast::IsWhat::Known),
            CellKind::Value { value, to: None } if self.is_set(value) => {
                self.membership(span, false, about, value, false)
            }
            CellKind::Value { value, to: None } => {
                self.compare(span, ast::CompareOp::Eq, about, value)
            }
            CellKind::Value {
                value,
                to: Some(to),
            } => self.range_cell(span, (about, column), value, to),
            CellKind::Compare { op, value, .. } => self.compare(span, *op, about, value),
            CellKind::In { negated, set } => self.membership(span, *negated, about, set, false),
            CellKind::Under { negated, set } => self.membership(span, *negated, about, set, true),
            CellKind::Text {
                op,
                negated,
                pattern,
            } => self.text_test(span, (*op, *negated), about, pattern),
            CellKind::Between { low, high } => self.between(span, about, low, high),
        };
        test.map_or(Asked::Wrong, Asked::Test)
    }

    /// Messages about a cell mark it, and say what to write in it.
    fn place_in_cell(&mut self, known: usize, cell: &ast::Cell, column: usize) {
        let named = format!("`{} ", self.parameters[column].name);
        for message in &mut self.checker.diagnostics[known..] {
            message.help = message.help.take().map(|help| help.replace(&named, "`"));
            let inside = |span: Span| {
                span.file == cell.span.file
                    && span.start >= cell.span.start
                    && span.end <= cell.span.end
            };
            let places = message.labels.iter().map(|label| label.span);
            if !places.chain([message.primary.span]).any(inside) {
                message.labels.push(Label {
                    span: cell.span,
                    text: "asked by this cell".to_owned(),
                });
            }
        }
    }

    fn is_set(&self, value: &ast::Expr) -> bool {
        let ast::ExprKind::Name(name) = &value.kind else {
            return false;
        };
        let meaning = self.checker.meaning(self.unit, &name.text);
        matches!(meaning, Some((Meaning::Set(_), _)))
    }

    /// `a to b`, both ends included.
    fn range_cell(
        &mut self,
        span: Span,
        (about, column): (&'a ast::Expr, usize),
        value: &'a ast::Expr,
        to: &'a ast::Expr,
    ) -> Option<Expr> {
        let ty = self.parameters[column].ty;
        if !matches!(ty, Type::Code(_)) {
            return self.between(span, about, value, to);
        }
        let what = "an end of a range";
        let first = self.checker.constant(self.unit, value, ty, what);
        let last = self.checker.constant(self.unit, to, ty, what);
        let (first, last) = (first?, last?);
        let ends = value.span.to(to.span);
        self.checker.range(&first, &last, ends, ty)?;
        let element = Element {
            value: first,
            to: Some(last),
            windows: Windows::always(),
            span: ends,
        };
        let about = self.expr(about, None)?;
        let set = SetExpr::Elements(vec![element]);
        Some(make(ExprKind::In(Box::new(about), set), Type::Bool, span))
    }

    /// Reports what depends on more than the value of its own column and the day.
    fn fixed(&mut self, test: &Expr, column: usize) -> bool {
        let is_fixed = match &test.kind {
            ExprKind::Parameter(at) => *at == column,
            ExprKind::Value(_) | ExprKind::Param(_) => true,
            ExprKind::Not(_)
            | ExprKind::Compare(..)
            | ExprKind::Between(..)
            | ExprKind::In(..)
            | ExprKind::Under(..)
            | ExprKind::Text(..)
            | ExprKind::IsMissing(_)
            | ExprKind::IsKnown(_) => {
                return test.parts().iter().all(|part| self.fixed(part, column));
            }
            _ => false,
        };
        if !is_fixed {
            let what = "what a cell compares with";
            let example = self.checker.example(self.parameters[column].ty);
            self.report::<()>(errors::literal_needed(test.span, what, &example));
        }
        is_fixed
    }
}

/// The number of a known value, for what compares by size: days since 1970 for dates.
pub(in crate::check) fn magnitude(value: &Value) -> Option<crate::domain::Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::Date(day) => Some(crate::domain::Number::from_i64(i64::from(day.0))),
        Value::Text(_)
        | Value::Bool(_)
        | Value::Instant(_)
        | Value::Duration(_)
        | Value::Country(_)
        | Value::Code(_)
        | Value::Enum(_)
        | Value::Verdict(_)
        | Value::List(_) => None,
    }
}
