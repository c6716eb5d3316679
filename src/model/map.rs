//! Expressions made anew, some of their parts changed.

use super::{Aggregate, AggregateKind, Decision, DecisionRow, Expr, ExprKind};

impl Expr {
    /// The expression with every part for which `change` gives something replaced by it.
    pub fn map(&self, change: &dyn Fn(&Expr) -> Option<ExprKind>) -> Expr {
        match change(self) {
            Some(kind) => Expr {
                kind,
                ty: self.ty,
                span: self.span,
            },
            None => self.with_parts(&|part| part.map(change)),
        }
    }

    /// The expression with each direct part replaced by what `change` makes of it.
    pub fn with_parts(&self, change: &dyn Fn(&Expr) -> Expr) -> Expr {
        let again = |part: &Expr| Box::new(change(part));
        let all = |list: &[Expr]| list.iter().map(change).collect::<Vec<_>>();
        let kind = match &self.kind {
            ExprKind::Value(_)
            | ExprKind::Field(_)
            | ExprKind::AsOf
            | ExprKind::Param(_)
            | ExprKind::Parameter(_)
            | ExprKind::Binder(_)
            | ExprKind::Total(_)
            | ExprKind::Applies(_)
            | ExprKind::Caught(_) => self.kind.clone(),
            ExprKind::Define(define, list) => ExprKind::Define(*define, all(list)),
            ExprKind::Not(a) => ExprKind::Not(again(a)),
            ExprKind::And(list) => ExprKind::And(all(list)),
            ExprKind::Or(list) => ExprKind::Or(all(list)),
            ExprKind::Compare(op, a, b) => ExprKind::Compare(*op, again(a), again(b)),
            ExprKind::Between(x, a, b) => ExprKind::Between(again(x), again(a), again(b)),
            ExprKind::In(x, set) => ExprKind::In(again(x), set.clone()),
            ExprKind::Under(x, set) => ExprKind::Under(again(x), set.clone()),
            ExprKind::Text(x, op) => ExprKind::Text(again(x), op.clone()),
            ExprKind::IsMissing(x) => ExprKind::IsMissing(again(x)),
            ExprKind::IsKnown(x) => ExprKind::IsKnown(again(x)),
            ExprKind::IsUnknown(x) => ExprKind::IsUnknown(again(x)),
            ExprKind::Arith(op, a, b) => ExprKind::Arith(*op, again(a), again(b)),
            ExprKind::Neg(x) => ExprKind::Neg(again(x)),
            ExprKind::Shift {
                date,
                period,
                negative,
            } => ExprKind::Shift {
                date: again(date),
                period: *period,
                negative: *negative,
            },
            ExprKind::DayOf(x) => ExprKind::DayOf(again(x)),
            ExprKind::Call(function, list) => ExprKind::Call(*function, all(list)),
            ExprKind::Round(x, digits) => ExprKind::Round(again(x), *digits),
            ExprKind::Assume(x, value, why) => {
                ExprKind::Assume(again(x), again(value), why.clone())
            }
            ExprKind::Member(x, field) => ExprKind::Member(again(x), *field),
            ExprKind::Lookup { list, keys, column } => ExprKind::Lookup {
                list: *list,
                keys: all(keys),
                column: *column,
            },
            ExprKind::Quantified {
                quantifier,
                binder,
                list,
                body,
            } => ExprKind::Quantified {
                quantifier: *quantifier,
                binder: binder.clone(),
                list: again(list),
                body: again(body),
            },
            ExprKind::Aggregate(aggregate) => ExprKind::Aggregate(Box::new(Aggregate {
                kind: match &aggregate.kind {
                    AggregateKind::Count => AggregateKind::Count,
                    AggregateKind::Sum(value) => AggregateKind::Sum(change(value)),
                    AggregateKind::Min(value) => AggregateKind::Min(change(value)),
                    AggregateKind::Max(value) => AggregateKind::Max(change(value)),
                },
                binder: aggregate.binder.clone(),
                list: change(&aggregate.list),
                filter: aggregate.filter.as_ref().map(change),
            })),
            ExprKind::Decide(decision) => ExprKind::Decide(Box::new(Decision {
                name: decision.name.clone(),
                hit: decision.hit,
                rows: decision
                    .rows
                    .iter()
                    .map(|row| DecisionRow {
                        cells: all(&row.cells),
                        result: change(&row.result),
                        span: row.span,
                    })
                    .collect(),
                apart: decision.apart,
            })),
            ExprKind::If(c, a, b) => ExprKind::If(again(c), again(a), again(b)),
        };
        Expr {
            kind,
            ty: self.ty,
            span: self.span,
        }
    }
}
