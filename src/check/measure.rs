//! How large an expression becomes once the defines it uses are put in.

use super::checker::Checker;
use crate::model::{Expr, ExprKind};

/// The size and depth of an expression, and how often it uses each parameter of the define around it.
#[derive(Clone, Default)]
pub(super) struct Measure {
    pub size: usize,
    pub depth: usize,
    /// Elements of lists that have a name at one place.
    pub elements: usize,
    pub uses: Vec<usize>,
}

impl Checker<'_> {
    /// Measures an expression in a define with `parameters` parameters.
    pub fn measure(&self, expr: &Expr, parameters: usize) -> Measure {
        let mut measure = Measure {
            size: 1,
            depth: 1,
            elements: 0,
            uses: vec![0; parameters],
        };
        match &expr.kind {
            ExprKind::Parameter(at) => measure.uses[*at] = 1,
            ExprKind::Define(id, arguments) => {
                self.measure_call(&mut measure, id.index(), arguments)
            }
            ExprKind::Value(_)
            | ExprKind::Field(_)
            | ExprKind::AsOf
            | ExprKind::Param(_)
            | ExprKind::Binder(_)
            | ExprKind::Total(_)
            | ExprKind::Applies(_)
            | ExprKind::Caught(_) => {}
            ExprKind::Not(a)
            | ExprKind::In(a, _)
            | ExprKind::Under(a, _)
            | ExprKind::Text(a, _)
            | ExprKind::IsMissing(a)
            | ExprKind::IsKnown(a)
            | ExprKind::IsUnknown(a)
            | ExprKind::Neg(a)
            | ExprKind::Shift { date: a, .. }
            | ExprKind::DayOf(a)
            | ExprKind::Member(a, _)
            | ExprKind::Round(a, _) => self.add(&mut measure, a, 1, 0),
            ExprKind::Decide(decision) => {
                let parts = decision.parts();
                parts
                    .iter()
                    .for_each(|part| self.add(&mut measure, part, 1, 0));
            }
            ExprKind::Quantified { .. } | ExprKind::Aggregate(_) => {
                expr.parts()
                    .iter()
                    .for_each(|part| self.add(&mut measure, part, 1, 0));
                measure.elements += 1;
            }
            ExprKind::Compare(_, a, b) | ExprKind::Arith(_, a, b) | ExprKind::Assume(a, b, _) => {
                [a, b]
                    .iter()
                    .for_each(|part| self.add(&mut measure, part, 1, 0));
            }
            ExprKind::Between(a, b, c) | ExprKind::If(a, b, c) => {
                [a, b, c]
                    .iter()
                    .for_each(|part| self.add(&mut measure, part, 1, 0));
            }
            ExprKind::And(parts)
            | ExprKind::Or(parts)
            | ExprKind::Call(_, parts)
            | ExprKind::Lookup { keys: parts, .. } => {
                parts
                    .iter()
                    .for_each(|part| self.add(&mut measure, part, 1, 0));
            }
        }
        measure
    }

    /// A define stands where it is named, each argument wherever its parameter does.
    fn measure_call(&self, measure: &mut Measure, define: usize, arguments: &[Expr]) {
        let body = &self.measures[define];
        measure.size = measure.size.saturating_add(body.size);
        measure.depth = measure.depth.saturating_add(body.depth);
        measure.elements = measure.elements.max(body.elements);
        for (argument, uses) in arguments.iter().zip(&body.uses) {
            let elements = self.measure(argument, measure.uses.len()).elements;
            let elements = elements.saturating_add(body.elements);
            measure.elements = measure.elements.max(elements);
            self.add(measure, argument, *uses, body.depth);
        }
    }

    fn add(&self, measure: &mut Measure, part: &Expr, times: usize, below: usize) {
        let part = self.measure(part, measure.uses.len());
        let size = part.size.saturating_mul(times);
        measure.size = measure.size.saturating_add(size);
        let depth = part.depth.saturating_add(below).saturating_add(1);
        measure.depth = measure.depth.max(depth);
        measure.elements = measure.elements.max(part.elements);
        for (uses, more) in measure.uses.iter_mut().zip(&part.uses) {
            *uses = uses.saturating_add(more.saturating_mul(times));
        }
    }
}
