//! The layout of expressions.
//!
//! `margin` is the column of the line on which an expression stands: set literals that need lines of their own are
//! indented from there. Operators that need them stand under the start of their expression.

use super::layout::{INDENT, Layout};
use crate::syntax::ast::{ArithOp, Element, Expr, ExprKind};

impl Layout<'_> {
    /// Lays out `expr`, whose first piece is in its place already.
    pub(super) fn expr(&mut self, expr: &Expr, margin: usize) {
        let first = self.first(expr.span);
        match &expr.kind {
            ExprKind::Or(parts) | ExprKind::And(parts) => self.logic(first, parts),
            ExprKind::Arith { .. } => self.arithmetic(expr, margin),
            ExprKind::Not(part) | ExprKind::Paren(part) => self.expr(part, margin),
            ExprKind::Is { operand, .. } | ExprKind::Field { base: operand, .. } => {
                self.expr(operand, margin);
            }
            ExprKind::Row { list, key } => {
                let open = self.last(list.span) + 1;
                self.glue(open);
                self.glue(open + 1);
                self.glue(self.last(expr.span));
                self.expr(list, margin);
                self.expr(key, margin);
            }
            ExprKind::Neg(part) => {
                self.glue(first + 1);
                self.expr(part, margin);
            }
            ExprKind::Compare { left, right, .. } => self.test(left, &[right], margin),
            ExprKind::In { operand, set, .. } | ExprKind::Under { operand, set, .. } => {
                self.test(operand, &[set], margin);
            }
            ExprKind::Text {
                operand, pattern, ..
            } => self.test(operand, &[pattern], margin),
            ExprKind::Between { operand, low, high } => self.test(operand, &[low, high], margin),
            ExprKind::Call { function, args } => {
                let open = self.first(function.span) + 1;
                self.glue(open);
                self.arguments(open, self.last(expr.span), args, margin);
            }
            ExprKind::AsksRule { .. } => self.glue(first + 1),
            ExprKind::Quantified { list, body, .. } => self.quantified(first, list, body, margin),
            ExprKind::Aggregate { .. } => self.aggregate(expr, margin),
            ExprKind::Set(elements) => {
                let close = self.last(expr.span);
                self.elements(first, close, elements, margin);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.choice(first, [condition, then, otherwise], margin),
            ExprKind::Name(_) | ExprKind::AsOf | ExprKind::Literal(_) | ExprKind::Error => {}
        }
    }

    /// `a and b and c`.
    fn logic(&mut self, first: usize, parts: &[Expr]) {
        let column = self.column(first);
        let operators = self.words_between(parts);
        self.chain(first, &operators, column);
        for part in parts {
            self.expr(part, column);
        }
    }

    /// `a + b - c`, operators of one rank together.
    fn arithmetic(&mut self, expr: &Expr, margin: usize) {
        let first = self.first(expr.span);
        let (operators, operands) = self.arithmetic_chain(expr);
        let column = self.column(first);
        self.chain(first, &operators, column);
        let broken = operators.iter().any(|&operator| self.breaks(operator));
        for operand in operands {
            self.expr(operand, if broken { column } else { margin });
        }
    }

    /// The operators and operands of a row of operators of one rank, in the order of the text.
    fn arithmetic_chain<'e>(&self, expr: &'e Expr) -> (Vec<usize>, Vec<&'e Expr>) {
        let (mut operators, mut operands) = (Vec::new(), Vec::new());
        let mut inner = expr;
        let mut rank = None;
        while let ExprKind::Arith {
            op,
            op_span,
            left,
            right,
        } = &inner.kind
        {
            if rank.is_some_and(|rank| rank != rank_of(*op)) {
                break;
            }
            rank = Some(rank_of(*op));
            operators.push(self.first(*op_span));
            operands.push(&**right);
            inner = left;
        }
        operands.push(inner);
        operators.reverse();
        operands.reverse();
        (operators, operands)
    }

    /// `a < b`, `a in s`, `a between b and c`: broken before the operator, but not where a set literal follows, which has
    /// lines of its own.
    fn test(&mut self, left: &Expr, right: &[&Expr], margin: usize) {
        let first = self.first(left.span);
        let operator = self.last(left.span) + 1;
        if !matches!(right[0].kind, ExprKind::Set(_)) {
            let column = self.column(first) + INDENT;
            self.chain(first, &[operator], column);
        }
        self.expr(left, margin);
        let margin = match self.breaks(operator) {
            true => self.column(operator),
            false => margin,
        };
        for part in right {
            self.expr(part, margin);
        }
    }

    /// `if c then a else b`.
    fn choice(&mut self, first: usize, parts: [&Expr; 3], margin: usize) {
        let words = [parts[1], parts[2]].map(|part| self.first(part.span) - 1);
        let column = self.column(first) + INDENT;
        self.chain(first, &words, column);
        for part in parts {
            self.expr(part, margin);
        }
    }

    /// `any x in list satisfies body`: broken before `satisfies`.
    fn quantified(&mut self, first: usize, list: &Expr, body: &Expr, margin: usize) {
        let word = self.last(list.span) + 1;
        let column = self.column(first) + INDENT;
        self.chain(first, &[word], column);
        self.expr(list, margin);
        self.expr(body, margin);
    }

    /// `sum(value for x in list where filter)`: broken before `for` and `where`, which stand under the value.
    fn aggregate(&mut self, expr: &Expr, margin: usize) {
        let ExprKind::Aggregate {
            function,
            value,
            list,
            filter,
            ..
        } = &expr.kind
        else {
            return;
        };
        let open = self.first(function.span) + 1;
        self.glue(open);
        let value = value.as_deref();
        let filter = filter.as_deref();
        let words = value
            .map(|value| self.last(value.span) + 1)
            .into_iter()
            .chain(filter.map(|_| self.last(list.span) + 1));
        let words: Vec<usize> = words.collect();
        let column = self.column(open) + 1;
        self.chain(open + 1, &words, column);
        for part in value.into_iter().chain([&**list]).chain(filter) {
            self.expr(part, margin);
        }
    }

    /// `(a, b)`.
    fn arguments(&mut self, open: usize, close: usize, args: &[Expr], margin: usize) {
        let starts: Vec<_> = args.iter().map(|arg| self.first(arg.span)).collect();
        if let Some((&first, rest)) = starts.split_first() {
            let column = self.column(open) + 1;
            self.fill(rest, column, first, close);
        }
        for arg in args {
            self.expr(arg, margin);
        }
    }

    /// `{ a, b to c, d from 2025-01-01 }`.
    pub(super) fn elements(
        &mut self,
        open: usize,
        close: usize,
        elements: &[Element],
        margin: usize,
    ) {
        let starts: Vec<_> = elements
            .iter()
            .map(|element| self.first(element.span))
            .collect();
        self.list(open, close, &starts, margin, true);
        for element in elements {
            self.expr(&element.value, margin + INDENT);
            if let Some(to) = &element.to {
                self.expr(to, margin + INDENT);
            }
        }
    }

    /// The expression after `=` of a declaration: on a line of its own where the author has it there, and where it is too long
    /// or broken itself.
    pub(super) fn value(&mut self, expr: &Expr, margin: usize) {
        let first = self.first(expr.span);
        let is_set = matches!(expr.kind, ExprKind::Set(_));
        if !is_set && (self.newline(first) || self.is_broken(expr) || !self.fits(first)) {
            self.break_at(first, margin + INDENT);
        }
        let margin = match self.breaks(first) {
            true => self.column(first),
            false => margin,
        };
        self.expr(expr, margin);
    }

    /// Whether the author broke the line around an operator of the outermost row.
    fn is_broken(&self, expr: &Expr) -> bool {
        let operators = if let ExprKind::Or(parts) | ExprKind::And(parts) = &expr.kind {
            self.words_between(parts)
        } else {
            self.arithmetic_chain(expr).0
        };
        operators.iter().any(|&at| self.is_broken_around(at))
    }

    /// The `and` or `or` before each part but the first.
    fn words_between(&self, parts: &[Expr]) -> Vec<usize> {
        let later = parts.iter().skip(1);
        later.map(|part| self.first(part.span) - 1).collect()
    }
}

/// How tightly an operator binds.
fn rank_of(op: ArithOp) -> u8 {
    match op {
        ArithOp::Add | ArithOp::Sub => 1,
        ArithOp::Mul | ArithOp::Div | ArithOp::Intersect => 2,
    }
}
