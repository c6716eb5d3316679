//! What a cell comes to for one value of its column on one day.
//!
//! The same as the reference evaluator says, for the few forms that a cell can have; `tests/random` compares the two.

use crate::check::expr::magnitude;
use crate::domain::{Code, Day, Interval, Number, Truth, text::fold};
use crate::model::{CompareOp, Element, Expr, ExprKind, NamedSet, Param, SetExpr, Type, Value};
use crate::text::Arena;

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sample {
    /// None is known; `at_least_zero`: of an amount that is not negative.
    Missing {
        at_least_zero: bool,
    },
    Known(Value),
}

/// What a cell comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    False,
    Unknown,
    True,
    /// A test by pattern: nobody says here.
    Opaque,
}

impl From<Truth> for Mark {
    fn from(truth: Truth) -> Mark {
        match truth {
            Truth::False => Mark::False,
            Truth::Unknown => Mark::Unknown,
            Truth::True => Mark::True,
        }
    }
}

/// Sets and params, by which cells depend on the day.
pub(super) struct OnDay<'m> {
    pub sets: &'m Arena<NamedSet>,
    pub params: &'m Arena<Param>,
    pub day: Day,
}

impl OnDay<'_> {
    pub fn mark(&self, cell: &Expr, sample: &Sample) -> Mark {
        match is_opaque(cell, self.sets) {
            true => Mark::Opaque,
            false => self.truth(cell, sample).into(),
        }
    }

    fn truth(&self, cell: &Expr, sample: &Sample) -> Truth {
        match &cell.kind {
            ExprKind::Not(inner) => self.truth(inner, sample).not(),
            ExprKind::IsMissing(_) => Truth::from(!is_known(sample)),
            ExprKind::IsKnown(_) => Truth::from(is_known(sample)),
            ExprKind::Compare(op, about, with) => self.compare(*op, (about, sample), with),
            ExprKind::Between(about, low, high) => self
                .compare(CompareOp::Ge, (about, sample), low)
                .and(self.compare(CompareOp::Le, (about, sample), high)),
            ExprKind::In(about, set) => self.member(set, about.ty, sample, false),
            ExprKind::Under(about, set) => self.member(set, about.ty, sample, true),
            other => unreachable!("internal error: {other:?} in a cell"),
        }
    }

    fn compare(&self, op: CompareOp, (about, sample): (&Expr, &Sample), with: &Expr) -> Truth {
        let value = match &with.kind {
            ExprKind::Value(value) => Some(value),
            ExprKind::Param(param) => self.params[*param].on(self.day),
            other => unreachable!("internal error: a cell compares with {other:?}"),
        };
        let fold = [about.ty, with.ty].contains(&Type::Text { folded: true });
        match value {
            Some(value) => compare(op, sample, value, fold),
            None => Truth::Unknown,
        }
    }

    fn member(&self, set: &SetExpr, ty: Type, sample: &Sample, under: bool) -> Truth {
        let part = |set: &SetExpr| self.member(set, ty, sample, under);
        match set {
            SetExpr::Elements(elements) => Truth::any(
                elements
                    .iter()
                    .filter(|element| element.windows.contains(self.day))
                    .map(|element| is_element(element, ty, sample, under)),
            ),
            SetExpr::Named(id) => {
                let set = &self.sets[*id];
                let folded = set.element == Type::Text { folded: true };
                let ty = if folded { set.element } else { ty };
                self.member(&set.members, ty, sample, under)
            }
            SetExpr::List(_) => unreachable!("internal error: a list is opaque"),
            SetExpr::Union(a, b) => part(a).or(part(b)),
            SetExpr::Difference(a, b) => part(a).and(part(b).not()),
            SetExpr::Intersection(a, b) => part(a).and(part(b)),
        }
    }
}

/// Whether the cell is a test by pattern, or asks a list that is read from a file.
pub(super) fn is_opaque(cell: &Expr, sets: &Arena<NamedSet>) -> bool {
    match &cell.kind {
        ExprKind::Text(..) => true,
        ExprKind::In(_, set) | ExprKind::Under(_, set) => asks_list(set, sets),
        ExprKind::Not(inner) => is_opaque(inner, sets),
        _ => false,
    }
}

fn asks_list(set: &SetExpr, sets: &Arena<NamedSet>) -> bool {
    match set {
        SetExpr::List(_) => true,
        SetExpr::Elements(_) => false,
        SetExpr::Named(id) => asks_list(&sets[*id].members, sets),
        SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
            asks_list(a, sets) || asks_list(b, sets)
        }
    }
}

fn is_known(sample: &Sample) -> bool {
    matches!(sample, Sample::Known(_))
}

fn compare(op: CompareOp, sample: &Sample, with: &Value, fold_texts: bool) -> Truth {
    if let Value::Number(bound) = with {
        return compare_ranges(op, &range(sample), &Interval::point(bound.clone()));
    }
    let Sample::Known(value) = sample else {
        return Truth::Unknown;
    };
    let order = match (value, with) {
        (Value::Text(a), Value::Text(b)) if fold_texts => fold(a).cmp(&fold(b)),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Enum(a), Value::Enum(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (a, b) => {
            let same = a == b;
            return Truth::from(same == (op == CompareOp::Eq));
        }
    };
    Truth::from(op.holds(order))
}

fn range(sample: &Sample) -> Interval {
    match sample {
        Sample::Missing {
            at_least_zero: true,
        } => Interval::at_least_zero(),
        Sample::Missing {
            at_least_zero: false,
        } => Interval::any(),
        Sample::Known(value) => Interval::point(magnitude(value).unwrap_or(Number::zero())),
    }
}

fn compare_ranges(op: CompareOp, a: &Interval, b: &Interval) -> Truth {
    match op {
        CompareOp::Eq => a.eq(b),
        CompareOp::Ne => a.ne(b),
        CompareOp::Lt => a.lt(b),
        CompareOp::Le => a.le(b),
        CompareOp::Gt => a.gt(b),
        CompareOp::Ge => a.ge(b),
    }
}

fn is_element(element: &Element, ty: Type, sample: &Sample, under: bool) -> Truth {
    let fold = ty == Type::Text { folded: true };
    let coded = match sample {
        Sample::Known(Value::Code(code)) => Some(code),
        Sample::Known(_) | Sample::Missing { .. } => None,
    };
    match (&element.value, &element.to, coded) {
        (Value::Code(first), to, Some(code)) if under => code_under(code, first, to.as_ref()),
        (Value::Code(first), Some(to), Some(code)) => {
            let coarse = code.depth() < first.depth();
            Truth::from(!coarse && code_under(code, first, Some(to)).is_true())
        }
        (Value::Code(_), _, None) => Truth::Unknown,
        (value, _, _) => compare(CompareOp::Eq, sample, value, fold),
    }
}

fn code_under(code: &Code, first: &Code, to: Option<&Value>) -> Truth {
    match to {
        Some(Value::Code(last)) => code.within(first, last),
        Some(_) | None => code.under(first),
    }
}
