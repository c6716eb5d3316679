//! Membership (language.md, ruling 8): the `or` over the elements in force on the asking policy's day, so the set
//! empty that day is false even for a missing operand; `+ & -` are `or`, `and`, `and not` of memberships.

use super::compare::{Operand, compare};
use super::eval::{Evaluator, Scope};
use crate::domain::{Code, Day, Truth};
use crate::model::{CompareOp, Element, Expr, SetExpr, Type, Value};

/// Whether `x` is one of an element's values; the flag says whether texts are folded.
type Holds<'h> = dyn Fn(&Element, bool) -> Truth + 'h;

impl Evaluator<'_> {
    /// `x in SET`. Codes are compared exactly: a coarser code is not in the set, a range holds what lies between
    /// its ends and all below.
    pub(super) fn is_in(&self, x: &Expr, set: &SetExpr, scope: Scope) -> Truth {
        let operand = self.operand(x, scope);
        let fold = x.ty == Type::Text { folded: true };
        if let SetExpr::List(list) = set {
            return self.is_in_list(&operand, fold, *list, self.day(scope.policy));
        }
        self.membership(set, self.day(scope.policy), fold, &|element, fold| {
            self.is_element(&operand, x.ty, element, fold, scope)
        })
    }

    /// `x under SET`: a code equal to an element or below it; unknown for a code so coarse that it may still be.
    pub(super) fn is_under(&self, x: &Expr, set: &SetExpr, scope: Scope) -> Truth {
        let code = self.value(x, scope).map(|value| code_of(&value));
        if let SetExpr::List(list) = set {
            return self.is_under_list(code.as_ref(), *list, self.day(scope.policy));
        }
        self.membership(set, self.day(scope.policy), false, &|element, _| {
            code.as_ref()
                .map_or(Truth::Unknown, |code| code_under(code, element))
        })
    }

    fn membership(&self, set: &SetExpr, day: Day, fold: bool, holds: &Holds) -> Truth {
        match set {
            SetExpr::Elements(elements) => Truth::any(
                elements
                    .iter()
                    .filter(|element| element.windows.contains(day))
                    .map(|element| holds(element, fold)),
            ),
            SetExpr::Named(set) => {
                let set = &self.model.sets[*set];
                let fold = fold || set.element == Type::Text { folded: true };
                self.membership(&set.members, day, fold, holds)
            }
            SetExpr::List(_) => unreachable!("internal error: a list in the algebra of sets"),
            SetExpr::Union(a, b) => self
                .membership(a, day, fold, holds)
                .or(self.membership(b, day, fold, holds)),
            SetExpr::Difference(a, b) => self
                .membership(a, day, fold, holds)
                .and(self.membership(b, day, fold, holds).not()),
            SetExpr::Intersection(a, b) => self
                .membership(a, day, fold, holds)
                .and(self.membership(b, day, fold, holds)),
        }
    }

    fn is_element(
        &self,
        operand: &Operand,
        ty: Type,
        element: &Element,
        fold: bool,
        scope: Scope,
    ) -> Truth {
        let exactly = |value: &Value| {
            let element = self.operand_of(Some(value.clone()), ty, scope);
            compare(CompareOp::Eq, operand, &element, fold)
        };
        match (&element.to, operand) {
            (None, _) => exactly(&element.value),
            (Some(_), Operand::Value(None)) => Truth::Unknown,
            (Some(_), Operand::Value(Some(value))) => {
                let code = code_of(value);
                let coarse = code.depth() < code_of(&element.value).depth();
                Truth::from(!coarse && code_under(&code, element).is_true())
            }
            (Some(_), Operand::Range(_) | Operand::Truth(_)) => {
                unreachable!("internal error: a range of what are not codes")
            }
        }
    }
}

fn code_under(code: &Code, element: &Element) -> Truth {
    let first = code_of(&element.value);
    match &element.to {
        None => code.under(&first),
        Some(last) => code.within(&first, &code_of(last)),
    }
}

fn code_of(value: &Value) -> Code {
    match value {
        Value::Code(code) => code.clone(),
        other => unreachable!("internal error: {other:?} is not a code"),
    }
}
