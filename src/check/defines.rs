//! Defines and tables: each checked after those it uses, so that its type is known where it is named.

use super::checker::{Checker, DefineInfo};
use super::declare::{Formula, Meaning};
use super::errors;
use super::expr::ExprChecker;
use super::graph::Graph;
use super::limits::{MAX_NAMED_ELEMENTS, MAX_PARAMETERS, MAX_UNFOLDED_DEPTH, MAX_UNFOLDED_SIZE};
use super::load::UnitId;
use super::measure::Measure;
use crate::model::{self, Expr, Parameter, Type};
use crate::syntax::ast;
use crate::text::Span;
use rustc_hash::FxHashMap;

impl<'a> Checker<'a> {
    /// The order in which defines can be checked; on the way, what each asks about rules.
    pub fn define_order(&mut self) -> Vec<usize> {
        let count = self.declarations.defines.len();
        let mut graph = Graph::new(count);
        for (at, declared) in self.declarations.defines.iter().enumerate() {
            for part in declared.formula.exprs() {
                self.asks_in(
                    (declared.unit, None),
                    part,
                    &mut Vec::new(),
                    &mut |other, span| {
                        graph.need(at, other, span);
                    },
                );
            }
        }
        let walk = graph.walk(0..count);
        for circle in &walk.circles {
            let name = |at: usize| self.declarations.defines[at].formula.name().text.clone();
            let round: Vec<_> = circle.iter().map(|&(at, span)| (name(at), span)).collect();
            self.report(errors::define_cycle(&round));
        }
        self.relations.asked_by_define = vec![Vec::new(); count];
        for &at in &walk.order {
            let declared = &self.declarations.defines[at];
            let mut asks = Vec::new();
            for part in declared.formula.exprs() {
                self.asks_in((declared.unit, None), part, &mut asks, &mut |_, _| {});
            }
            self.relations.asked_by_define[at] = asks;
        }
        walk.order
    }

    /// Checks all defines in that order.
    pub fn all_defines(&mut self, order: &[usize]) {
        let count = self.declarations.defines.len();
        self.defines.resize_with(count, || None);
        for &at in order {
            self.one_define(at);
        }
    }

    fn one_define(&mut self, at: usize) {
        let (formula, unit, doc) = {
            let declared = &self.declarations.defines[at];
            (declared.formula, declared.unit, declared.doc.clone())
        };
        if let Formula::Aggregate(aggregate) = formula {
            return self.aggregate((at, unit), aggregate, doc);
        }
        let place = match formula {
            Formula::Define(_) => "the result of a define",
            Formula::Table(_) | Formula::Aggregate(_) => "the result of a table",
        };
        let parameters = self.parameters(unit, formula.params().unwrap_or_default());
        let declared = match formula.ty() {
            None => Some(None),
            Some(ty) => self
                .not_optional(ty, place)
                .and_then(|()| self.written_type(unit, ty))
                .filter(|written| self.not_list(written.ty, ty, place).is_some())
                .map(|written| Some((written.ty, ty.span))),
        };
        let (Some(parameters), Some(declared)) = (parameters, declared) else {
            return;
        };
        let body = match formula {
            Formula::Define(define) => self.body(unit, &parameters, &define.body, declared),
            Formula::Aggregate(_) => None,
            Formula::Table(table) => {
                declared.and_then(|declared| self.table(unit, &parameters, table, declared))
            }
        };
        let Some(body) = body else {
            return;
        };
        self.check_guards(&body, None);
        let measure = self.measure(&body, parameters.len());
        let name = formula.name();
        self.not_too_large(name, &measure);
        let ty = declared.map_or(body.ty, |(ty, _)| ty);
        let id = self.checked_defines.push(model::Define {
            name: name.text.as_str().into(),
            parameters: parameters.clone(),
            body,
            span: name.span,
            doc,
        });
        self.measures.push(measure);
        self.defines[at] = Some(DefineInfo { id, parameters, ty });
    }

    fn body(
        &mut self,
        unit: UnitId,
        parameters: &[Parameter],
        body: &'a ast::Expr,
        declared: Option<(Type, Span)>,
    ) -> Option<Expr> {
        let mut inner = ExprChecker {
            checker: self,
            unit,
            parameters,
            binders: Vec::new(),
            asking: None,
            here: None,
        };
        match declared {
            Some((ty, span)) => inner.expect(body, ty, Some(span)),
            None => inner.expr(body, None),
        }
    }

    fn parameters(
        &mut self,
        unit: UnitId,
        written: &'a [ast::DefineParam],
    ) -> Option<Vec<Parameter>> {
        if written.len() > MAX_PARAMETERS {
            let span = written[MAX_PARAMETERS].name.span;
            let what = "parameters of one define";
            self.report(errors::too_many(what, MAX_PARAMETERS, span));
            return None;
        }
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        let mut parameters = Vec::new();
        let mut all_read = true;
        for parameter in written {
            let name = &parameter.name;
            if let Some(first) = seen.insert(&name.text, name.span) {
                self.report(errors::duplicate_name(&name.text, first, name.span));
                all_read = false;
            }
            self.shadowing_parameter(unit, name);
            let optional = self.not_optional(&parameter.ty, "a parameter");
            match self.parameter_type(unit, &parameter.ty) {
                Some(ty) if optional.is_some() => parameters.push(Parameter {
                    name: name.text.as_str().into(),
                    ty,
                    span: name.span,
                }),
                Some(_) | None => all_read = false,
            }
        }
        all_read.then_some(parameters)
    }

    /// Reports a name for a parameter, or for the element of a rule, that would hide another one.
    pub fn shadowing_parameter(&mut self, unit: UnitId, name: &ast::Name) {
        if name.text == "as_of" && !name.quoted {
            self.report(errors::as_of_is_taken(name.span));
        }
        let record = self.record(unit);
        let field = record.and_then(|it| Some(it.fields[*it.by_name.get(&*name.text)?].span));
        let hidden = match (field, self.meaning(unit, &name.text)) {
            (Some(span), _) => Some(("field", span)),
            (None, Some((Meaning::Set(_), span))) => Some(("set", span)),
            (None, Some((Meaning::List(_), span))) => Some(("list", span)),
            (None, Some((Meaning::Closure(_), span))) => Some(("closure", span)),
            (None, Some((Meaning::Param(_), span))) => Some(("param", span)),
            (None, Some((Meaning::Define(_), span))) => Some(("define", span)),
            (None, Some((Meaning::Table(_) | Meaning::FileTable(_), span))) => {
                Some(("table", span))
            }
            (None, Some((Meaning::Aggregate(_), span))) => Some(("aggregate", span)),
            (None, Some(_) | None) => None,
        };
        if let Some((what, span)) = hidden {
            self.report(errors::shadowed_name(&name.text, name.span, what, span));
        }
    }

    /// Reports what grows too large once its defines are put in.
    pub fn not_too_large(&mut self, name: &ast::Name, measure: &Measure) {
        let error = if measure.size > MAX_UNFOLDED_SIZE {
            errors::unfolded_too_far(&name.text, name.span, "parts", MAX_UNFOLDED_SIZE)
        } else if measure.depth > MAX_UNFOLDED_DEPTH {
            let what = "parts inside one another";
            errors::unfolded_too_far(&name.text, name.span, what, MAX_UNFOLDED_DEPTH)
        } else if measure.elements > MAX_NAMED_ELEMENTS {
            let what = "quantifiers and aggregates inside one another";
            errors::unfolded_too_far(&name.text, name.span, what, MAX_NAMED_ELEMENTS)
        } else {
            return;
        };
        self.report(error);
    }
}
