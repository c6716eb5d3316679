//! Lists: their elements, `any` and `every`, and aggregates (language.md, section 9 and rulings 4 and 5).
//!
//! A missing list is any number of elements of which nothing is known: `any` and `every` are unknown whatever their body,
//! `count` is `[0, ∞)`, `sum` has the sign of what it adds up. An empty list is not missing.

use super::eval::{Evaluator, Scope};
use super::name::Path;
use crate::domain::{Interval, Number, Truth};
use crate::model::{
    Aggregate, AggregateKind, BinderId, Expr, ExprKind, FieldId, Nested, NestedId, PolicyId,
    Quantifier, Row, Type, Value,
};
use std::sync::Arc;

/// An element that has a name where an expression is worked out, and those around it.
pub(super) struct Bound<'e> {
    binder: BinderId,
    rows: Arc<[Row]>,
    at: usize,
    /// The list it stands in.
    place: Place<'e>,
    outer: Option<&'e Bound<'e>>,
}

/// A list field: of the record, or of an element.
#[derive(Clone, Copy)]
pub(super) struct Place<'e> {
    field: FieldId,
    element: Option<&'e Bound<'e>>,
}

/// A list as the record has it.
#[derive(Clone)]
pub(super) struct List<'e> {
    of: NestedId,
    /// `None`: the list is missing.
    rows: Option<Arc<[Row]>>,
    pub place: Place<'e>,
}

impl<'e> Bound<'e> {
    fn row(&self) -> &Row {
        &self.rows[self.at]
    }

    /// The element's name in messages: `components[2]`.
    pub fn path(&self) -> Path {
        self.place.path().element(self.at + 1)
    }

    fn find(&'e self, binder: BinderId) -> &'e Bound<'e> {
        let mut bound = self;
        while bound.binder != binder {
            bound = bound
                .outer
                .expect("internal error: an element outside of its quantifier");
        }
        bound
    }
}

impl Place<'_> {
    /// The list's name in messages: `components`, `components[2].parts`.
    pub fn path(&self) -> Path {
        match self.element {
            Some(element) => element.path().field(self.field),
            None => Path::of(self.field),
        }
    }
}

impl Evaluator<'_> {
    /// The element that an expression is.
    pub(super) fn element<'e>(&self, expr: &Expr, scope: Scope<'e>) -> &'e Bound<'e> {
        match &expr.kind {
            ExprKind::Binder(id) => {
                let innermost = scope.element;
                innermost
                    .expect("internal error: an element outside of a quantifier")
                    .find(*id)
            }
            ExprKind::Parameter(at) => {
                let (argument, caller) = scope.argument(*at);
                self.element(argument, caller)
            }
            other => unreachable!("internal error: {other:?} is no element"),
        }
    }

    /// The value of a field of an element; `None` is missing.
    pub(super) fn member<'e>(
        &self,
        base: &Expr,
        field: FieldId,
        scope: Scope<'e>,
    ) -> Option<&'e Value> {
        self.element(base, scope).row().get(field)
    }

    /// The name of a field of an element in messages.
    pub(super) fn member_path(&self, base: &Expr, field: FieldId, scope: Scope) -> Path {
        self.element(base, scope).path().field(field)
    }

    /// A number of an element: what is missing is at least zero where it cannot be negative.
    pub(super) fn number_member(&self, base: &Expr, field: FieldId, scope: Scope) -> Interval {
        match self.member(base, field, scope) {
            Some(value) => super::number::point(value),
            None if self.nested(base.ty).fields[field].is_non_negative() => {
                Interval::at_least_zero()
            }
            None => Interval::any(),
        }
    }

    fn nested(&self, ty: Type) -> &Nested {
        match ty {
            Type::Element(of) | Type::List(of) => &self.model.nested[of],
            other => unreachable!("internal error: a field of {other:?}"),
        }
    }

    /// The list that an expression is.
    pub(super) fn list<'e>(&self, expr: &Expr, scope: Scope<'e>) -> List<'e> {
        let (place, value) = match &expr.kind {
            ExprKind::Field(field) => {
                let place = Place {
                    field: *field,
                    element: None,
                };
                (place, self.record.get(*field))
            }
            ExprKind::Member(base, field) => {
                let element = self.element(base, scope);
                let place = Place {
                    field: *field,
                    element: Some(element),
                };
                (place, element.row().get(*field))
            }
            ExprKind::Parameter(at) => {
                let (argument, caller) = scope.argument(*at);
                return self.list(argument, caller);
            }
            other => unreachable!("internal error: {other:?} is no list"),
        };
        let Type::List(of) = expr.ty else {
            unreachable!("internal error: a list as {:?}", expr.ty)
        };
        let rows = value.map(|value| match value {
            Value::List(rows) => Arc::clone(rows),
            other => unreachable!("internal error: {other:?} is no list"),
        });
        List { of, rows, place }
    }

    /// Does `work` for each element with its scope; `None` where the list is missing.
    pub(super) fn each<T>(
        &self,
        list: &List,
        binder: BinderId,
        scope: Scope,
        mut work: impl FnMut(&Bound, Scope) -> T,
    ) -> Option<Vec<T>> {
        let rows = list.rows.as_ref()?;
        let results = (0..rows.len()).map(|at| {
            let bound = Bound {
                binder,
                rows: Arc::clone(rows),
                at,
                place: list.place,
                outer: scope.element,
            };
            let inside = Scope {
                element: Some(&bound),
                ..scope
            };
            work(&bound, inside)
        });
        Some(results.collect())
    }

    /// Does `work` with an element of which nothing is known; questions about absence are left open, since filling in its fields
    /// may answer them otherwise.
    pub(super) fn with_unknown<T>(
        &self,
        list: &List,
        binder: BinderId,
        scope: Scope,
        work: impl FnOnce(Scope) -> T,
    ) -> T {
        let fields = self.model.nested[list.of].fields.len();
        let nothing = Row {
            values: vec![None; fields],
        };
        let bound = Bound {
            binder,
            rows: Arc::from([nothing]),
            at: 0,
            place: list.place,
            outer: scope.element,
        };
        work(Scope {
            element: Some(&bound),
            open: true,
            ..scope
        })
    }

    /// The truth of a condition on one element, which is `binder` in it and stands in no list that could be named.
    pub fn condition_on_element(
        &self,
        policy: PolicyId,
        (binder, element): (BinderId, Row),
        expr: &Expr,
    ) -> Truth {
        let bound = Bound {
            binder,
            rows: Arc::from([element]),
            at: 0,
            place: Place {
                field: FieldId::from_index(0),
                element: None,
            },
            outer: None,
        };
        let inside = Scope {
            element: Some(&bound),
            ..Scope::of(policy)
        };
        self.truth(expr, inside)
    }

    /// `any`: the `or` over the elements; `every`: the `and`. A missing list makes both unknown.
    pub(super) fn quantified(
        &self,
        quantifier: Quantifier,
        binder: BinderId,
        (list, body): (&Expr, &Expr),
        scope: Scope,
    ) -> Truth {
        let list = self.list(list, scope);
        let truths = self.each(&list, binder, scope, |_, inside| self.truth(body, inside));
        match (truths, quantifier) {
            (None, _) => Truth::Unknown,
            (Some(truths), Quantifier::Any) => Truth::any(truths),
            (Some(truths), Quantifier::Every) => Truth::all(truths),
        }
    }

    /// Whether an element counts.
    pub(super) fn counts(&self, aggregate: &Aggregate, inside: Scope) -> Truth {
        let filter = aggregate.filter.as_ref();
        filter.map_or(Truth::True, |filter| self.truth(filter, inside))
    }

    /// The values that an aggregate may have.
    pub(super) fn aggregate(&self, aggregate: &Aggregate, scope: Scope) -> Interval {
        let list = self.list(&aggregate.list, scope);
        let elements = self.each(&list, aggregate.binder.id, scope, |_, inside| {
            let counts = self.counts(aggregate, inside);
            let value = aggregate.kind.value().filter(|_| !counts.is_false());
            (counts, value.map(|value| self.number(value, inside)))
        });
        match (elements, &aggregate.kind) {
            (Some(elements), kind) => of_elements(kind, &elements),
            (None, AggregateKind::Count) => Interval::at_least_zero(),
            (None, AggregateKind::Sum(value)) => {
                let one = self.with_unknown(&list, aggregate.binder.id, scope, |inside| {
                    self.number(value, inside)
                });
                any_number_of(&one)
            }
            (None, AggregateKind::Min(_) | AggregateKind::Max(_)) => Interval::any(),
        }
    }
}

/// The sum of any number of values that lie in an interval, by its sign.
fn any_number_of(one: &Interval) -> Interval {
    let zero = Interval::point(Number::zero());
    if *one == zero {
        zero
    } else if one.ge(&zero).is_true() {
        Interval::at_least_zero()
    } else if one.le(&zero).is_true() {
        Interval::at_most_zero()
    } else {
        Interval::any()
    }
}

/// Elements that are in the list, each with whether it counts and, where it may, what is worked out for it.
pub(super) fn of_elements(
    kind: &AggregateKind,
    elements: &[(Truth, Option<Interval>)],
) -> Interval {
    match kind {
        AggregateKind::Count => {
            let at_least = elements.iter().filter(|(counts, _)| counts.is_true());
            let at_most = elements.iter().filter(|(counts, _)| !counts.is_false());
            let count = |count: usize| Number::from_i128(count as i128);
            Interval::between(count(at_least.count()), count(at_most.count()))
        }
        AggregateKind::Sum(_) => {
            let zero = Interval::point(Number::zero());
            let summands = elements.iter().filter_map(|(counts, value)| {
                let value = value.as_ref()?;
                Some(match counts {
                    Truth::True => value.clone(),
                    Truth::Unknown | Truth::False => value.hull(&zero),
                })
            });
            summands.fold(zero.clone(), |sum, summand| sum.add(&summand))
        }
        AggregateKind::Min(_) => least(elements),
        AggregateKind::Max(_) => {
            let turned: Vec<(Truth, Option<Interval>)> = elements
                .iter()
                .map(|(counts, value)| (*counts, value.as_ref().map(Interval::neg)))
                .collect();
            least(&turned).neg()
        }
    }
}

/// The least of the elements that count. One that may count can only make it less; without one that certainly does
/// it is undefined.
fn least(elements: &[(Truth, Option<Interval>)]) -> Interval {
    let of = |wanted: Truth| {
        let values = elements.iter().filter(move |(counts, _)| *counts == wanted);
        values.filter_map(|(_, value)| value.as_ref())
    };
    let Some(certain) = of(Truth::True)
        .cloned()
        .reduce(|least, value| least.min(&value))
    else {
        return Interval::any();
    };
    of(Truth::Unknown).fold(certain, |least, value| {
        let below = least.min(value);
        Interval::new(below.lo, least.hi)
    })
}
