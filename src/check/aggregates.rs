//! Aggregates: what is added up of the records of a run, and which of them belong together.

use super::checker::{Checker, DefineInfo};
use super::errors;
use super::expr::ExprChecker;
use super::limits::{MAX_AGGREGATE_DAYS, MAX_AGGREGATE_KEYS};
use super::load::UnitId;
use crate::domain::{CodeModel, Number};
use crate::model::{
    self, AggregateKind, DefineId, Expr, ExprKind, Total, TotalKey, TotalPeriod, Type, Value,
};
use crate::syntax::ast;
use crate::text::Span;
use std::collections::HashSet;
use std::sync::Arc;

/// What an aggregate makes of records.
const FUNCTIONS: [&str; 4] = ["sum", "count", "min", "max"];

impl<'a> Checker<'a> {
    /// Checks an aggregate: it is a define without parameters that stands for its number.
    pub(super) fn aggregate(
        &mut self,
        (at, unit): (usize, UnitId),
        ast: &'a ast::Aggregate,
        doc: Option<Arc<str>>,
    ) {
        let ty = self.aggregate_type(unit, &ast.ty);
        let kind = ty.and_then(|ty| self.aggregate_kind(unit, &ast.body, (ty, ast.ty.span)));
        let filter = ast.filter.as_ref();
        let filter = filter.map(|filter| self.in_aggregate(unit).condition(filter));
        let keys = self.aggregate_keys(unit, &ast.keys);
        let period = ast
            .period
            .as_ref()
            .map(|period| self.aggregate_period(period));
        let (Some(ty), Some(kind), Some(keys)) = (ty, kind, keys) else {
            return;
        };
        let (Some(filter), Some(period)) = (whole(filter), whole(period)) else {
            return;
        };
        let total = Total {
            name: ast.name.text.as_str().into(),
            ty,
            kind,
            filter,
            keys,
            period,
            span: ast.name.span,
            doc: doc.clone(),
        };
        if !self.is_of_records(&ast.name, &total) {
            return;
        }
        let body = Expr {
            kind: ExprKind::Total(self.totals.push(total)),
            ty,
            span: ast.name.span,
        };
        self.measures.push(self.measure(&body, 0));
        let id = self.checked_defines.push(model::Define {
            name: ast.name.text.as_str().into(),
            parameters: Vec::new(),
            body,
            span: ast.name.span,
            doc,
        });
        self.defines[at] = Some(DefineInfo {
            id,
            parameters: Vec::new(),
            ty,
        });
    }

    fn in_aggregate(&mut self, unit: UnitId) -> ExprChecker<'_, 'a> {
        ExprChecker {
            checker: self,
            unit,
            parameters: &[],
            binders: Vec::new(),
            asking: None,
            here: None,
        }
    }

    fn aggregate_type(&mut self, unit: UnitId, written: &ast::Type) -> Option<Type> {
        let place = "an aggregate";
        self.not_optional(written, place)?;
        let ty = self.written_type(unit, written)?.ty;
        if !ty.is_number() {
            let called = self.called(ty);
            let help =
                "it is a number: write `int`, `decimal`, `percent`, `money CUR` or `mass UNIT`";
            let error = errors::type_not_for_here(written.span, &called, place, Some(help));
            self.report(error);
            return None;
        }
        Some(ty)
    }

    fn aggregate_kind(
        &mut self,
        unit: UnitId,
        body: &'a ast::AggregateBody,
        (ty, written): (Type, Span),
    ) -> Option<AggregateKind> {
        let function = &body.function;
        let make = match function.text.as_str() {
            "count" => return self.count_of_records(unit, body, (ty, written)),
            "sum" => AggregateKind::Sum,
            "min" => AggregateKind::Min,
            "max" => AggregateKind::Max,
            other => {
                let near = crate::diagnostic::nearest(other, FUNCTIONS).map(str::to_owned);
                let error = errors::aggregate_function(other, function.span, near.as_deref());
                self.report(error);
                return None;
            }
        };
        let [value] = body.args.as_slice() else {
            let needed = "one value, worked out for each record";
            self.report(errors::wrong_arguments(
                &function.text,
                function.span,
                needed,
                body.args.len(),
                None,
            ));
            return None;
        };
        let value = self.in_aggregate(unit).expect(value, ty, Some(written))?;
        Some(make(value))
    }

    fn count_of_records(
        &mut self,
        unit: UnitId,
        body: &'a ast::AggregateBody,
        (ty, written): (Type, Span),
    ) -> Option<AggregateKind> {
        if let (Some(first), Some(last)) = (body.args.first(), body.args.last()) {
            self.report(errors::count_of_what(first.span.to(last.span)));
            return None;
        }
        let one = Expr {
            kind: ExprKind::Value(Value::Number(Number::one())),
            ty: Type::Int,
            span: body.span,
        };
        let mut inner = self.in_aggregate(unit);
        inner.convert(one, ty, Some(written))?;
        Some(AggregateKind::Count)
    }

    fn aggregate_keys(&mut self, unit: UnitId, keys: &'a [ast::Expr]) -> Option<Vec<TotalKey>> {
        if let Some(key) = keys.get(MAX_AGGREGATE_KEYS) {
            let what = "keys of an aggregate";
            self.report(errors::too_many(what, MAX_AGGREGATE_KEYS, key.span));
            return None;
        }
        let mut found: Vec<(TotalKey, Span)> = Vec::new();
        let mut all_read = true;
        for key in keys {
            let Some(read) = self.aggregate_key(unit, key) else {
                all_read = false;
                continue;
            };
            match found.iter().find(|(other, _)| *other == read) {
                Some((_, first)) => {
                    self.report(errors::aggregate_key_twice(*first, key.span));
                    all_read = false;
                }
                None => found.push((read, key.span)),
            }
        }
        all_read.then(|| found.into_iter().map(|(key, _)| key).collect())
    }

    /// A field, or `entry(FIELD)`.
    fn aggregate_key(&mut self, unit: UnitId, key: &'a ast::Expr) -> Option<TotalKey> {
        let (name, entry) = match &key.without_parentheses().kind {
            ast::ExprKind::Name(name) => (name, false),
            ast::ExprKind::Call { function, args } if function.text == "entry" => {
                match args.as_slice() {
                    [arg] => match &arg.without_parentheses().kind {
                        ast::ExprKind::Name(name) => (name, true),
                        ast::ExprKind::Error => return None,
                        _ => return self.no_key(key.span),
                    },
                    _ => return self.no_key(key.span),
                }
            }
            ast::ExprKind::Error => return None,
            _ => return self.no_key(key.span),
        };
        let Some(record) = self.record(unit) else {
            self.report(errors::unknown_name(&name.text, name.span, None));
            return None;
        };
        if !record.by_name.contains_key(&*name.text)
            && let Some((other, declared)) = self.meaning(unit, &name.text)
        {
            let needed = "a field of the record";
            let error = errors::wrong_kind(&name.text, name.span, other.noun(), needed, declared);
            self.report(error);
            return None;
        }
        let field = self.field(unit, name)?;
        let record = self.record(unit)?;
        if record.broken.contains(&field) {
            return None;
        }
        let (ty, declared) = (record.fields[field].ty, record.fields[field].span);
        self.key_type(ty, entry, (name.span, declared))?;
        Some(TotalKey { field, entry })
    }

    fn no_key(&mut self, span: Span) -> Option<TotalKey> {
        self.report(errors::aggregate_key(span));
        None
    }

    fn key_type(&mut self, ty: Type, entry: bool, (span, declared): (Span, Span)) -> Option<()> {
        let called = self.called(ty);
        let why = match ty {
            Type::List(_) => "a list has many values",
            Type::Instant => {
                "of an instant often only the day is known, so that no two are certainly the same"
            }
            Type::Code(system) if entry && self.systems[system].model == CodeModel::Eccn => {
                return Some(());
            }
            _ if entry => "`entry` gives the first five characters of an ECCN or a number like one",
            _ => return Some(()),
        };
        let error = errors::aggregate_key_type(span, &called, why, declared);
        self.report(error);
        None
    }

    fn aggregate_period(&mut self, period: &ast::Period) -> Option<TotalPeriod> {
        let ast::PeriodKind::Last { amount, unit, span } = &period.kind else {
            return Some(TotalPeriod::CalendarYear);
        };
        if *unit != ast::DurationUnit::Days {
            self.report(errors::aggregate_unit(*span));
            return None;
        }
        match amount.digits.parse::<u32>() {
            Ok(days) if (1..=MAX_AGGREGATE_DAYS).contains(&days) => {
                Some(TotalPeriod::LastDays(days))
            }
            // The parser has said that it is no whole number.
            Err(_) if amount.digits.contains('.') => None,
            Ok(_) | Err(_) => {
                self.report(errors::aggregate_days(*span, MAX_AGGREGATE_DAYS));
                None
            }
        }
    }

    /// Whether what is worked out of each record depends on that record alone; and cells of lists have their guards, and nothing
    /// grows too large.
    fn is_of_records(&mut self, name: &ast::Name, total: &Total) -> bool {
        let mut alone = true;
        for expr in total.exprs() {
            if let Some((span, what)) = self.beyond_record(expr, &mut HashSet::new()) {
                self.report(errors::aggregate_depends(span, what));
                alone = false;
            }
        }
        if !alone {
            return false;
        }
        if let (Some(filter), None) = (&total.filter, total.kind.value()) {
            self.check_guards(filter, None);
        }
        if let Some(value) = total.kind.value() {
            // The condition guards the value as that of an `if` does.
            let guarded = match &total.filter {
                Some(filter) => {
                    let zero = ExprKind::Value(Value::Number(Number::zero()));
                    let zero = Expr {
                        kind: zero,
                        ..value.clone()
                    };
                    let [filter, then, otherwise] =
                        [filter.clone(), value.clone(), zero].map(Box::new);
                    Expr {
                        kind: ExprKind::If(filter, then, otherwise),
                        ..value.clone()
                    }
                }
                None => value.clone(),
            };
            self.check_guards(&guarded, None);
        }
        for expr in total.exprs() {
            let measure = self.measure(expr, 0);
            self.not_too_large(name, &measure);
        }
        true
    }

    /// The first part of an expression, defines unfolded, that asks for other records or about rules, and what it is. The defines
    /// that are `known` have no such part.
    fn beyond_record(
        &self,
        expr: &Expr,
        known: &mut HashSet<DefineId>,
    ) -> Option<(Span, &'static str)> {
        match &expr.kind {
            ExprKind::Total(_) => return Some((expr.span, "another aggregate")),
            ExprKind::Applies(_) | ExprKind::Caught(_) => {
                return Some((expr.span, "what rules come to"));
            }
            ExprKind::Define(define, _) if !known.contains(define) => {
                let body = &self.checked_defines[*define].body;
                if let Some((_, what)) = self.beyond_record(body, known) {
                    return Some((expr.span, what));
                }
                known.insert(*define);
            }
            _ => {}
        }
        let mut parts = expr.parts().into_iter();
        parts.find_map(|part| self.beyond_record(part, known))
    }
}

/// What is not there, or what was read; `None` where it could not be read.
fn whole<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}
