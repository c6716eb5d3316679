//! Conditions that are not `and`, `or`, `not`, `if`: tests where they read one column, else computed.

use super::key::expr_key;
use super::lower::{Lowerer, test_literal};
use super::{ColumnId, Computed, ComputedKind, Form, Listed, Source, TestForm};
use crate::domain::{Day, Number, Truth, Window, Windows};
use crate::model::{
    CompareOp, Element, Expr, ExprKind, FieldId, ListId, Model, ParamId, SetExpr, Type, Value,
};
use std::sync::Arc;

/// The most combinations of dated params a condition is split into.
const MAX_PARAM_STEPS: usize = 64;
/// The most windows by which membership in a dated list is split.
const MAX_LIST_WINDOWS: usize = 8;

/// What a closed expression reads.
#[derive(Debug, Default)]
pub(super) struct Reads {
    fields: Vec<FieldId>,
    day: bool,
    rules: bool,
    params: Vec<ParamId>,
    /// Aggregates over the records of the run.
    totals: bool,
}

impl Reads {
    /// Neither the record nor its day nor a rule.
    pub(super) fn is_nothing(&self) -> bool {
        self.fields.is_empty() && !self.day && !self.rules && !self.totals && self.params.is_empty()
    }

    /// It asks about rules.
    pub(super) fn asks_rules(&self) -> bool {
        self.rules
    }

    /// Nothing but one field whose classes are by value.
    pub(super) fn is_single_value_column(&self, model: &Model) -> bool {
        let [field] = self.fields.as_slice() else {
            return false;
        };
        !self.day
            && !self.rules
            && !self.totals
            && self.params.is_empty()
            && !is_ordered(model.record.fields[*field].ty)
            && !matches!(model.record.fields[*field].ty, Type::List(_))
    }
}

fn is_ordered(ty: Type) -> bool {
    ty.is_number() || ty == Type::Date
}

impl Lowerer<'_> {
    /// What `expr` reads.
    pub(super) fn reads(&self, expr: &Expr) -> Reads {
        let mut reads = Reads::default();
        self.collect(expr, &mut reads);
        reads.fields.sort();
        reads.fields.dedup();
        reads.params.sort();
        reads.params.dedup();
        reads
    }

    fn collect(&self, expr: &Expr, reads: &mut Reads) {
        match &expr.kind {
            ExprKind::Value(_) | ExprKind::Binder(_) => {}
            ExprKind::Field(field) => reads.fields.push(*field),
            ExprKind::Member(..)
            | ExprKind::Quantified { .. }
            | ExprKind::Aggregate(_)
            | ExprKind::Decide(_) => {
                let parts = expr.parts();
                parts.iter().for_each(|part| self.collect(part, reads));
            }
            ExprKind::AsOf => reads.day = true,
            ExprKind::Total(_) => reads.totals = true,
            ExprKind::Param(param) => reads.params.push(*param),
            ExprKind::Define(..) | ExprKind::Parameter(_) => {
                unreachable!("the expression is closed")
            }
            ExprKind::Applies(_) | ExprKind::Caught(_) => reads.rules = true,
            ExprKind::In(x, set) | ExprKind::Under(x, set) => {
                self.collect(x, reads);
                reads.day |= self.is_dated(set);
            }
            ExprKind::Lookup { list, keys, .. } => {
                keys.iter().for_each(|key| self.collect(key, reads));
                reads.day |= self.model.lists[*list].is_dated();
            }
            ExprKind::DayOf(x) => {
                // The day of an instant depends on the asking policy's zone, which a class cannot know.
                reads.day = true;
                self.collect(x, reads);
            }
            ExprKind::And(list) | ExprKind::Or(list) | ExprKind::Call(_, list) => {
                list.iter().for_each(|part| self.collect(part, reads));
            }
            ExprKind::Compare(_, a, b) | ExprKind::Arith(_, a, b) | ExprKind::Assume(a, b, _) => {
                self.collect(a, reads);
                self.collect(b, reads);
            }
            ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => {
                [a, b, c]
                    .into_iter()
                    .for_each(|part| self.collect(part, reads));
            }
            ExprKind::Not(x)
            | ExprKind::Text(x, _)
            | ExprKind::IsMissing(x)
            | ExprKind::IsKnown(x)
            | ExprKind::IsUnknown(x)
            | ExprKind::Neg(x)
            | ExprKind::Round(x, _)
            | ExprKind::Shift { date: x, .. } => self.collect(x, reads),
        }
    }

    fn is_dated(&self, set: &SetExpr) -> bool {
        match set {
            SetExpr::Elements(elements) => {
                elements.iter().any(|element| !element.windows.is_always())
            }
            SetExpr::Named(set) => self.is_dated(&self.model.sets[*set].members),
            SetExpr::List(list) => self.model.lists[*list].is_dated(),
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.is_dated(a) || self.is_dated(b)
            }
        }
    }

    /// A closed condition that is no connective.
    pub(super) fn atom(&mut self, expr: &Expr) -> Form {
        let reads = self.reads(expr);
        if reads.rules {
            return self.by_reference(expr, &reads);
        }
        if !reads.params.is_empty() {
            return self.by_param_steps(expr, &reads);
        }
        if self.reads_list(&reads) {
            let form = self.condition_on_lists(expr);
            return form.unwrap_or_else(|| self.by_reference(expr, &reads));
        }
        if !reads.is_single_value_column(self.model)
            && let Some(form) = self.about_decision(expr)
        {
            return form;
        }
        match &expr.kind {
            ExprKind::Between(x, low, high) => self.between(x, low, high),
            ExprKind::In(x, SetExpr::List(list)) | ExprKind::Under(x, SetExpr::List(list)) => {
                self.listed(expr, x, *list, &reads)
            }
            ExprKind::In(x, set) if self.splits(x) => self.member(x, set, ExprKind::In),
            ExprKind::Under(x, set) if self.splits(x) => self.member(x, set, ExprKind::Under),
            _ => self.plain_atom(expr, &reads),
        }
    }

    /// What is asked of lists of records is asked as tests of a list, by loops, or of the reference evaluator.
    pub(super) fn reads_list(&self, reads: &Reads) -> bool {
        let fields = &self.model.record.fields;
        let is_list = |field: &FieldId| matches!(fields[*field].ty, Type::List(_));
        reads.fields.iter().any(is_list)
    }

    /// Whether membership of `x` may be taken apart: it reads one column, or is a number.
    fn splits(&self, x: &Expr) -> bool {
        let reads = self.reads(x);
        x.ty.is_number() || (reads.fields.len() <= 1 && !reads.day)
    }

    fn plain_atom(&mut self, expr: &Expr, reads: &Reads) -> Form {
        if reads.totals {
            return self.several(expr, reads);
        }
        match (reads.fields.as_slice(), reads.day) {
            ([], false) => Form::Constant(self.constant(expr)),
            ([], true) => self.day_atom(expr, reads),
            ([field], false) => self.field_atom(*field, expr, reads),
            _ => self.several(expr, reads),
        }
    }

    fn between(&mut self, x: &Expr, low: &Expr, high: &Expr) -> Form {
        let least = self.atom(&comparison(CompareOp::Ge, x, low));
        let most = self.atom(&comparison(CompareOp::Le, x, high));
        self.all(vec![least, most])
    }

    /// Membership as the `or` over the elements in force (language.md, ruling 8).
    fn member(&mut self, x: &Expr, set: &SetExpr, ask: fn(Box<Expr>, SetExpr) -> ExprKind) -> Form {
        match set {
            SetExpr::Named(set) => {
                let named = &self.model.sets[*set];
                let members = named.members.clone();
                // A set of folded texts folds what is asked of it.
                let ty = if named.element == (Type::Text { folded: true }) {
                    named.element
                } else {
                    x.ty
                };
                self.member(&Expr { ty, ..x.clone() }, &members, ask)
            }
            SetExpr::List(_) => unreachable!("internal error: a list in the algebra of sets"),
            SetExpr::Union(a, b) => {
                let parts = vec![self.member(x, a, ask), self.member(x, b, ask)];
                self.any(parts)
            }
            SetExpr::Intersection(a, b) => {
                let parts = vec![self.member(x, a, ask), self.member(x, b, ask)];
                self.all(parts)
            }
            SetExpr::Difference(a, b) => {
                let in_a = self.member(x, a, ask);
                let in_b = self.member(x, b, ask);
                let not_b = self.negate(in_b);
                self.all(vec![in_a, not_b])
            }
            SetExpr::Elements(elements) => self.elements(x, elements, ask),
        }
    }

    /// Membership in a list. A field is looked up once for each of its values: by windows where rows have few of them; else
    /// whether it is ever a key says for most values that it is not, and the reference evaluator is asked of the others.
    fn listed(&mut self, expr: &Expr, x: &Expr, id: ListId, reads: &Reads) -> Form {
        let list = &self.model.lists[id];
        let ExprKind::Field(field) = x.kind else {
            return self.plain_atom(expr, reads);
        };
        if list.rows().is_empty() {
            return Form::never();
        }
        if is_ordered(x.ty) {
            return self.plain_atom(expr, reads);
        }
        let listed = Listed {
            list: id,
            window: None,
            under: matches!(expr.kind, ExprKind::Under(..)),
            folded: x.ty == Type::Text { folded: true },
        };
        if !list.is_dated() {
            return self.listed_test(field, listed);
        }
        let windows = list.windows().to_vec();
        if windows.len() > MAX_LIST_WINDOWS {
            let ever = self.listed_test(field, listed);
            let asked = self.by_reference(expr, reads);
            return self.all(vec![ever, asked]);
        }
        let mut parts = Vec::new();
        for window in windows {
            let days = self.window(&Windows::from(window));
            let window = Some(window);
            let member = self.listed_test(field, Listed { window, ..listed });
            parts.push(self.all(vec![days, member]));
        }
        self.any(parts)
    }

    fn listed_test(&mut self, field: FieldId, listed: Listed) -> Form {
        let column = self.column(Source::Field(field));
        let key = format!("{listed:?}");
        test_literal(self.test(column, TestForm::Listed(listed), key)).into()
    }

    fn elements(
        &mut self,
        x: &Expr,
        elements: &[Element],
        ask: fn(Box<Expr>, SetExpr) -> ExprKind,
    ) -> Form {
        let mut by_window: Vec<(Windows, Vec<Element>)> = Vec::new();
        for element in elements {
            let undated = Element {
                windows: Windows::always(),
                ..element.clone()
            };
            match by_window
                .iter_mut()
                .find(|(windows, _)| *windows == element.windows)
            {
                Some((_, list)) => list.push(undated),
                None => by_window.push((element.windows.clone(), vec![undated])),
            }
        }
        let mut parts = Vec::new();
        for (windows, list) in by_window {
            let window = self.window(&windows);
            let member = self.undated_elements(x, list, ask);
            parts.push(self.all(vec![window, member]));
        }
        self.any(parts)
    }

    fn undated_elements(
        &mut self,
        x: &Expr,
        mut elements: Vec<Element>,
        ask: fn(Box<Expr>, SetExpr) -> ExprKind,
    ) -> Form {
        if is_ordered(x.ty) {
            let equal = |element: Element| {
                let value = Expr {
                    kind: ExprKind::Value(element.value),
                    ty: x.ty,
                    span: element.span,
                };
                comparison(CompareOp::Eq, x, &value)
            };
            let parts = elements
                .into_iter()
                .map(equal)
                .map(|expr| self.atom(&expr))
                .collect();
            return self.any(parts);
        }
        elements.sort_by_cached_key(|element| format!("{:?}{:?}", element.value, element.to));
        let kind = ask(Box::new(x.clone()), SetExpr::Elements(elements));
        let expr = Expr {
            kind,
            ty: Type::Bool,
            span: x.span,
        };
        let reads = self.reads(&expr);
        self.plain_atom(&expr, &reads)
    }

    /// The condition under each value of its dated params, on the days of that value. On days before a param's
    /// first value the reference evaluator judges the condition as it stands.
    fn by_param_steps(&mut self, expr: &Expr, reads: &Reads) -> Form {
        let param = &self.model.params[reads.params[0]];
        let steps = param.steps.clone();
        let id = reads.params[0];
        let combinations: usize = reads
            .params
            .iter()
            .map(|param| self.model.params[*param].steps.len() + 1)
            .product();
        if combinations > MAX_PARAM_STEPS {
            return self.by_reference(expr, reads);
        }
        let mut parts = Vec::new();
        if let Some((Some(first), _)) = steps.first() {
            let before = self.days(None, Some(*first));
            let open = self.by_reference(expr, reads);
            parts.push(self.all(vec![before, open]));
        }
        for (place, (from, value)) in steps.iter().enumerate() {
            let until = steps.get(place + 1).and_then(|(next, _)| *next);
            let window = self.days(*from, until);
            let filled = substitute(expr, id, value);
            let form = self.form(&filled);
            parts.push(self.all(vec![window, form]));
        }
        self.any(parts)
    }

    fn days(&mut self, from: Option<Day>, until: Option<Day>) -> Form {
        self.window(&Windows::from_windows([Window { from, until }]))
    }

    /// A condition on the as-of day alone.
    fn day_atom(&mut self, expr: &Expr, reads: &Reads) -> Form {
        if let ExprKind::Compare(op, a, b) = &expr.kind {
            match (&a.kind, &b.kind) {
                (ExprKind::AsOf, ExprKind::Value(Value::Date(day))) => {
                    return self.day_compare(*op, *day);
                }
                (ExprKind::Value(Value::Date(day)), ExprKind::AsOf) => {
                    return self.day_compare(op.flipped(), *day);
                }
                _ => {}
            }
        }
        self.several(expr, reads)
    }

    fn day_compare(&mut self, op: CompareOp, day: Day) -> Form {
        let next = Day(day.0 + 1);
        match op {
            CompareOp::Lt => self.days(None, Some(day)),
            CompareOp::Le => self.days(None, Some(next)),
            CompareOp::Gt => self.days(Some(next), None),
            CompareOp::Ge => self.days(Some(day), None),
            CompareOp::Eq => self.days(Some(day), Some(next)),
            CompareOp::Ne => {
                let on = self.days(Some(day), Some(next));
                self.negate(on)
            }
        }
    }

    /// A condition on one field alone.
    fn field_atom(&mut self, field: FieldId, expr: &Expr, reads: &Reads) -> Form {
        if !is_ordered(self.model.record.fields[field].ty) {
            return self.value_test(field, expr);
        }
        match &expr.kind {
            ExprKind::Compare(op, a, b) => {
                if let (ExprKind::Field(_), Some(bound)) = (&a.kind, self.bound(b)) {
                    return self.threshold(field, *op, bound);
                }
                if let (Some(bound), ExprKind::Field(_)) = (self.bound(a), &b.kind) {
                    return self.threshold(field, op.flipped(), bound);
                }
                self.several(expr, reads)
            }
            ExprKind::IsMissing(x) | ExprKind::IsKnown(x)
                if matches!(x.kind, ExprKind::Field(_)) =>
            {
                self.value_test(field, expr)
            }
            _ => self.several(expr, reads),
        }
    }

    /// The number or day that an expression without columns is.
    fn bound(&self, expr: &Expr) -> Option<Number> {
        if let ExprKind::Value(value) = &expr.kind {
            return value_number(value);
        }
        let reads = self.reads(expr);
        let reads_nothing = reads.fields.is_empty() && !reads.day && !reads.rules && !reads.totals;
        if !reads_nothing || !expr.ty.is_number() {
            return None;
        }
        crate::reference::number_without_record(self.model, self.policy, expr)
    }

    pub(super) fn threshold(&mut self, field: FieldId, op: CompareOp, bound: Number) -> Form {
        let column = self.column(Source::Field(field));
        let key = format!("{} {bound}", op.symbol());
        test_literal(self.test(column, TestForm::Threshold(op, bound), key)).into()
    }

    fn value_test(&mut self, field: FieldId, expr: &Expr) -> Form {
        let column = self.column(Source::Field(field));
        let form = TestForm::Condition {
            expr: Arc::new(expr.clone()),
            policy: self.policy,
        };
        test_literal(self.test(column, form, expr_key(expr))).into()
    }

    /// A condition on several columns.
    fn several(&mut self, expr: &Expr, reads: &Reads) -> Form {
        if let Some((compare, columns)) = self.amount_compare(expr) {
            let kind = ComputedKind::Amounts {
                compare,
                expr: Arc::new(expr.clone()),
            };
            return self.computed_on(expr, kind, columns);
        }
        let finite = |field: &FieldId| {
            matches!(
                self.model.record.fields[*field].ty,
                Type::Country | Type::Enum(_) | Type::Bool
            )
        };
        if !reads.day && !reads.totals && reads.fields.iter().all(finite) {
            let columns: Vec<ColumnId> = reads
                .fields
                .iter()
                .map(|field| self.column(Source::Field(*field)))
                .collect();
            for column in &columns {
                self.program.columns[*column].refined = true;
                self.program.columns[*column].classed = true;
            }
            return self.computed_on(expr, ComputedKind::ByClass(Arc::new(expr.clone())), columns);
        }
        self.by_reference(expr, reads)
    }

    fn by_reference(&mut self, expr: &Expr, reads: &Reads) -> Form {
        let columns = reads
            .fields
            .iter()
            .map(|field| self.column(Source::Field(*field)))
            .collect();
        self.computed_on(
            expr,
            ComputedKind::Reference(Arc::new(expr.clone())),
            columns,
        )
    }

    pub(super) fn computed_on(
        &mut self,
        expr: &Expr,
        kind: ComputedKind,
        mut columns: Vec<ColumnId>,
    ) -> Form {
        columns.sort();
        columns.dedup();
        // The same text may mean another day, or another rule, in another policy.
        let key = format!("{:?} {}", self.policy, expr_key(expr)).into();
        self.computed(Computed {
            kind,
            columns,
            policy: self.policy,
            key,
        })
    }
}

/// A number's or a date's value as a number; days count from 1970.
pub(super) fn value_number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::Date(day) => Some(Number::from_i64(i64::from(day.0))),
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

pub(super) fn comparison(op: CompareOp, a: &Expr, b: &Expr) -> Expr {
    let kind = ExprKind::Compare(op, Box::new(a.clone()), Box::new(b.clone()));
    Expr {
        kind,
        ty: Type::Bool,
        span: a.span.to(b.span),
    }
}

/// `expr` with a param replaced by one of its values.
fn substitute(expr: &Expr, param: ParamId, value: &Value) -> Expr {
    expr.map(&|inner| match inner.kind {
        ExprKind::Param(id) if id == param => Some(ExprKind::Value(value.clone())),
        _ => None,
    })
}

/// Truth of a missing value in a comparison with a bound.
pub(crate) fn missing_threshold(op: CompareOp, bound: &Number, non_negative: bool) -> Truth {
    use crate::domain::Interval;
    let missing = if non_negative {
        Interval::at_least_zero()
    } else {
        Interval::any()
    };
    let bound = Interval::point(bound.clone());
    match op {
        CompareOp::Eq => missing.eq(&bound),
        CompareOp::Ne => missing.ne(&bound),
        CompareOp::Lt => missing.lt(&bound),
        CompareOp::Le => missing.le(&bound),
        CompareOp::Gt => missing.gt(&bound),
        CompareOp::Ge => missing.ge(&bound),
    }
}
