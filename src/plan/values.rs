//! The tests of a column whose classes go by value, and what they come to for one value.

use super::joins::{self, Joins};
use crate::domain::{Code, Truth};
use crate::ir::{Listed, Program, TestForm, TestId};
use crate::model::{
    CompareOp, Element, Expr, ExprKind, FieldId, Model, PolicyId, SetExpr, Type, Value,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Keys of a list that a kernel is checked with; there may be very many.
const MAX_LISTED_WITNESSES: usize = 4;

/// The tests of one column, ready to be asked of a value.
///
/// Memberships are turned round, from a value to the tests it makes true, so that a new value costs what
/// it hits and not the number of rules. Everything else is asked of the reference evaluator.
pub struct Values {
    model: Arc<Model>,
    field: FieldId,
    /// Truth for a known value that nothing below says otherwise of.
    defaults: Vec<Truth>,
    exact: FxHashMap<Value, Vec<Hit>>,
    under: FxHashMap<Code, Vec<Hit>>,
    above: FxHashMap<Code, Vec<Hit>>,
    asked: Vec<(usize, Arc<Expr>, PolicyId)>,
    listed: Vec<(usize, Listed)>,
    joins: Joins,
}

#[derive(Clone, Copy)]
struct Hit {
    test: usize,
    truth: Truth,
}

impl Values {
    /// The tests of the column that is `field`, in ascending order.
    pub fn new(model: Arc<Model>, program: &Program, field: FieldId, tests: &[TestId]) -> Values {
        let mut values = Values {
            model,
            field,
            defaults: vec![Truth::False; tests.len()],
            exact: FxHashMap::default(),
            under: FxHashMap::default(),
            above: FxHashMap::default(),
            asked: Vec::new(),
            listed: Vec::new(),
            joins: Joins::default(),
        };
        let local = joins::places(tests);
        for (place, test) in tests.iter().enumerate() {
            match &program.tests[*test].form {
                TestForm::Condition { expr, policy } => values.condition(place, expr, *policy),
                TestForm::Listed(listed) => values.listed.push((place, *listed)),
                form => assert!(
                    values.joins.take(place, form, &local),
                    "internal error: {form:?} asked of a value"
                ),
            }
        }
        values
    }

    fn condition(&mut self, place: usize, expr: &Arc<Expr>, policy: PolicyId) {
        match &expr.kind {
            ExprKind::In(x, SetExpr::Elements(elements))
                if !elements.is_empty() && self.is_exact(x, elements) =>
            {
                for element in elements {
                    self.hit_exact(element.value.clone(), place, Truth::True);
                }
            }
            ExprKind::Under(x, SetExpr::Elements(elements))
                if !elements.is_empty() && self.is_exact(x, elements) =>
            {
                for element in elements {
                    self.hit_under(&element.value, place);
                }
            }
            ExprKind::Compare(op @ (CompareOp::Eq | CompareOp::Ne), x, y) => match &y.kind {
                ExprKind::Value(value) if self.is_exact(x, &[]) && self.is_exact_type(y.ty) => {
                    let equal: Truth = (*op == CompareOp::Eq).into();
                    self.defaults[place] = equal.not();
                    self.hit_exact(value.clone(), place, equal);
                }
                _ => self.asked.push((place, expr.clone(), policy)),
            },
            _ => self.asked.push((place, expr.clone(), policy)),
        }
    }

    /// Whether `x` is the field itself and membership is equality of values.
    fn is_exact(&self, x: &Expr, elements: &[Element]) -> bool {
        let plain = matches!(x.kind, ExprKind::Field(_)) && self.is_exact_type(x.ty);
        plain && elements.iter().all(|element| element.to.is_none())
    }

    /// Whether values of the type are equal exactly where they are the same.
    fn is_exact_type(&self, ty: Type) -> bool {
        ty != Type::Text { folded: true } && ty != Type::Instant
    }

    fn hit_exact(&mut self, value: Value, test: usize, truth: Truth) {
        self.exact
            .entry(value)
            .or_default()
            .push(Hit { test, truth });
    }

    /// True at and below the code; unknown above it, where the code could still be meant.
    fn hit_under(&mut self, value: &Value, test: usize) {
        let Value::Code(code) = value else {
            unreachable!("`under` asks about codes")
        };
        self.under.entry(code.clone()).or_default().push(Hit {
            test,
            truth: Truth::True,
        });
        for above in code.ancestors() {
            self.above.entry(above).or_default().push(Hit {
                test,
                truth: Truth::Unknown,
            });
        }
    }

    /// What each test comes to for a value; `None` is a missing one.
    pub fn truths(&self, value: Option<&Value>) -> Vec<Truth> {
        let mut truths = match value {
            Some(value) => self.known(value),
            None => self.missing(),
        };
        self.joins.work_out(&mut truths);
        truths
    }

    /// What each test comes to for a value that no test names.
    pub fn typical(&self) -> Vec<Truth> {
        let mut truths = self.defaults.clone();
        self.joins.work_out(&mut truths);
        truths
    }

    fn known(&self, value: &Value) -> Vec<Truth> {
        let mut truths = self.defaults.clone();
        let mut apply = |hits: Option<&Vec<Hit>>| {
            for hit in hits.into_iter().flatten() {
                // Several elements of one test: the truest wins, since membership is an `or`.
                truths[hit.test] = match hit.truth {
                    Truth::False => Truth::False,
                    truth => truths[hit.test].or(truth),
                };
            }
        };
        apply(self.exact.get(value));
        if let Value::Code(code) = value {
            if !self.above.is_empty() {
                apply(self.above.get(code));
            }
            if !self.under.is_empty() {
                apply(self.under.get(code));
                code.ancestors()
                    .for_each(|above| apply(self.under.get(&above)));
            }
        }
        for (place, listed) in &self.listed {
            truths[*place] = listed.truth(&self.model, Some(value));
        }
        for (place, expr, policy) in &self.asked {
            truths[*place] = self.ask(expr, *policy, Some(value));
        }
        truths
    }

    fn missing(&self) -> Vec<Truth> {
        // Every condition with a missing operand is asked: an empty set is false even then.
        let mut truths = vec![Truth::Unknown; self.defaults.len()];
        for (place, expr, policy) in &self.asked {
            truths[*place] = self.ask(expr, *policy, None);
        }
        truths
    }

    fn ask(&self, expr: &Expr, policy: PolicyId, value: Option<&Value>) -> Truth {
        crate::reference::condition_on_field(&self.model, policy, self.field, value, expr)
    }

    /// Values that the tests name, for records made to check a kernel.
    pub fn witnesses(&self) -> Vec<Value> {
        let mut values: Vec<Value> = self.exact.keys().cloned().collect();
        values.extend(
            self.under
                .keys()
                .chain(self.above.keys())
                .cloned()
                .map(Value::Code),
        );
        for (_, listed) in &self.listed {
            let list = &self.model.lists[listed.list];
            let keys = list.rows().iter().map(|row| list.key(row).clone());
            values.extend(keys.take(MAX_LISTED_WITNESSES));
        }
        values.sort_by_cached_key(|value| format!("{value:?}"));
        values.dedup();
        values
    }
}
