//! Aggregates over the records of a run.

use super::{Builder, number};
use crate::syntax::ast::*;
use crate::syntax::token::Token;

impl<'t> Builder<'t> {
    /// `aggregate name : ty = body where filter over same keys period`.
    pub fn aggregate_over(
        &self,
        name: Name,
        ty: Type,
        body: AggregateBody,
        filter: Option<Expr>,
        keys: Vec<Expr>,
        period: Option<Period>,
    ) -> ItemKind {
        ItemKind::Aggregate(Aggregate {
            name,
            ty,
            body,
            filter,
            keys,
            period,
        })
    }

    /// `sum(value)`.
    pub fn aggregate_body(&self, l: u32, function: Name, args: Vec<Expr>, r: u32) -> AggregateBody {
        AggregateBody {
            function,
            args,
            span: self.span(l, r),
        }
    }

    /// `in the calendar year`.
    pub fn calendar_year(&self, l: u32, r: u32) -> Period {
        Period {
            kind: PeriodKind::CalendarYear,
            span: self.span(l, r),
        }
    }

    /// `in the last 30 days`, whose number begins at `k`.
    pub fn last_days(&self, l: u32, k: u32, amount: Token<'t>, r: u32) -> Period {
        let Token::Duration(digits, unit) = amount else {
            panic!("the grammar gives a duration")
        };
        let kind = PeriodKind::Last {
            amount: number(digits),
            unit,
            span: self.span(k, r),
        };
        Period {
            kind,
            span: self.span(l, r),
        }
    }
}
