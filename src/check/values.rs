//! Sets and params: named things that need no record.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::expr::Elements;
use super::graph::Graph;
use super::limits::{MAX_PARAM_STEPS, MAX_UNFOLDED_DEPTH, MAX_UNFOLDED_SIZE};
use super::lints::coarse::SetCodes;
use super::load::UnitId;
use super::types::Written;
use super::windows::day;
use crate::domain::Day;
use crate::model::{self, NamedSet, SetExpr, SetId, Type, Value};
use crate::syntax::ast;
use crate::text::{Arena, Span};

impl<'a> Checker<'a> {
    /// The types of all sets and params, which expressions need before their contents.
    pub fn value_types(&mut self) {
        for at in 0..self.declarations.sets.len() {
            let (ast, unit) = {
                let declared = &self.declarations.sets[at];
                (declared.ast, declared.unit)
            };
            let written = self.written_type(unit, &ast.element);
            let ty = written.and_then(|it| self.element_type(it.ty, &ast.element));
            self.set_types.push(ty);
        }
        for at in 0..self.declarations.params.len() {
            let (ast, unit) = {
                let declared = &self.declarations.params[at];
                (declared.ast, declared.unit)
            };
            let written = self.written_type(unit, &ast.ty);
            let ty = written.and_then(|it| self.param_type(it.ty, &ast.ty));
            self.param_types.push(ty);
        }
    }

    fn element_type(&mut self, ty: Type, ast: &ast::Type) -> Option<Type> {
        self.not_optional(ast, "an element of a set")?;
        self.not_list(ty, ast, "an element of a set")?;
        match ty {
            Type::Bool
            | Type::Instant
            | Type::Duration
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => {
                let called = self.called_many(ty);
                let place = "an element of a set";
                self.report(errors::type_not_for_here(ast.span, &called, place, None));
                None
            }
            Type::Text { .. }
            | Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Mass
            | Type::Date
            | Type::Country
            | Type::Code(_)
            | Type::Enum(_) => Some(ty),
        }
    }

    fn param_type(&mut self, ty: Type, ast: &ast::Type) -> Option<Type> {
        self.not_optional(ast, "a param")?;
        self.not_list(ty, ast, "a param")?;
        if ty == Type::Instant {
            let help = "give it the type `date`";
            let called = self.called(ty);
            self.report(errors::type_not_for_here(
                ast.span,
                &called,
                "a param",
                Some(help),
            ));
            return None;
        }
        Some(ty)
    }

    /// Only fields may be missing.
    pub fn not_optional(&mut self, ast: &ast::Type, place: &str) -> Option<()> {
        let Some(span) = ast.optional else {
            return Some(());
        };
        let help = "leave the `?` out";
        let what = "missing by its type";
        self.report(errors::type_not_for_here(span, what, place, Some(help)));
        None
    }

    /// The contents of all sets.
    pub fn sets(&mut self) -> Arena<NamedSet> {
        self.set_circles();
        let mut sets = Arena::default();
        for at in 0..self.declarations.sets.len() {
            let (ast, unit, doc) = {
                let declared = &self.declarations.sets[at];
                (declared.ast, declared.unit, declared.doc.clone())
            };
            let ty = self.set_types[at];
            let elements = ty.map(|ty| Elements {
                ty,
                because: Some(ast.element.span),
                under: false,
            });
            let members = elements.and_then(|it| self.set_expr(unit, &ast.value, it));
            sets.push(NamedSet {
                name: ast.name.text.as_str().into(),
                element: ty.unwrap_or(Type::Bool),
                members: members.unwrap_or(SetExpr::Elements(Vec::new())),
                span: ast.name.span,
                doc,
            });
        }
        let members = sets.iter().map(|(_, set)| SetCodes::of(&set.members));
        self.set_codes = members.collect();
        sets
    }

    fn set_circles(&mut self) {
        let sets = &self.declarations.sets;
        let mut graph = Graph::new(sets.len());
        for (at, declared) in sets.iter().enumerate() {
            self.sets_in(declared.unit, &declared.ast.value, &mut |set, span| {
                graph.need(at, set.index(), span);
            });
        }
        let walk = graph.walk(0..sets.len());
        let depths = graph.depths(&walk.order);
        let sizes = graph.sizes(&walk.order);
        let grown =
            |at: &&usize| depths[**at] > MAX_UNFOLDED_DEPTH || sizes[**at] > MAX_UNFOLDED_SIZE;
        if let Some(at) = walk.order.iter().find(grown) {
            let name = &self.declarations.sets[*at].ast.name;
            let (what, limit) = match depths[*at] > MAX_UNFOLDED_DEPTH {
                true => ("sets inside one another", MAX_UNFOLDED_DEPTH),
                false => ("sets", MAX_UNFOLDED_SIZE),
            };
            self.report(errors::set_too_far(&name.text, name.span, what, limit));
        }
        for circle in walk.circles {
            let name = |at: usize| self.declarations.sets[at].ast.name.text.clone();
            let round: Vec<_> = circle.iter().map(|&(at, span)| (name(at), span)).collect();
            self.report(errors::set_cycle(&round));
        }
    }

    fn sets_in(&self, unit: UnitId, set: &ast::Expr, found: &mut dyn FnMut(SetId, Span)) {
        match &set.kind {
            ast::ExprKind::Name(name) => {
                if let Some((Meaning::Set(id), _)) = self.meaning(unit, &name.text) {
                    found(id, name.span);
                }
            }
            ast::ExprKind::Set(_) => {}
            _ => set.for_each_child(&mut |child| self.sets_in(unit, child, found)),
        }
    }

    /// The values of all params.
    pub fn params(&mut self) -> Arena<model::Param> {
        let mut params = Arena::default();
        for at in 0..self.declarations.params.len() {
            let (ast, unit, doc) = {
                let declared = &self.declarations.params[at];
                (declared.ast, declared.unit, declared.doc.clone())
            };
            // The type was read once already; what was wrong with it is reported.
            let known = self.diagnostics.len();
            let written = self.written_type(unit, &ast.ty);
            self.diagnostics.truncate(known);
            let written = written.filter(|_| self.param_types[at].is_some());
            let steps = written.map(|written| self.steps(unit, ast, written));
            params.push(model::Param {
                name: ast.name.text.as_str().into(),
                ty: written.map_or(Type::Bool, |written| written.ty),
                steps: steps.unwrap_or_default(),
                span: ast.name.span,
                doc,
            });
        }
        self.overrides(&mut params);
        params
    }

    fn steps(
        &mut self,
        unit: UnitId,
        ast: &'a ast::Param,
        written: Written,
    ) -> Vec<(Option<Day>, Value)> {
        let elements = match &ast.value {
            ast::ParamValue::Always(value) if matches!(value.kind, ast::ExprKind::Set(_)) => {
                self.report(errors::dated_values_behind_equals(value.span));
                return Vec::new();
            }
            ast::ParamValue::Always(value) => {
                let value = self.param_value(unit, value, written);
                return value.into_iter().map(|value| (None, value)).collect();
            }
            ast::ParamValue::Dated(elements) => elements,
        };
        if elements.len() > MAX_PARAM_STEPS {
            let span = elements[MAX_PARAM_STEPS].span;
            self.report(errors::too_many(
                "values of one param",
                MAX_PARAM_STEPS,
                span,
            ));
            return Vec::new();
        }
        let mut steps: Vec<(Option<Day>, Value, Span)> = Vec::new();
        for element in elements {
            let value = self.param_value(unit, &element.value, written);
            let from = self.param_from(element);
            if let (Some(value), Some(from)) = (value, from) {
                steps.push((from, value, element.span));
            }
        }
        steps.sort_by_key(|(from, _, span)| (*from, span.start));
        for pair in 1..steps.len() {
            let (first, second) = (&steps[pair - 1], &steps[pair]);
            if first.0 == second.0 {
                let (first, second) = (first.2, second.2);
                self.report(errors::same_day_twice(&ast.name.text, first, second));
            }
        }
        steps.dedup_by_key(|(from, ..)| *from);
        steps
            .into_iter()
            .map(|(from, value, _)| (from, value))
            .collect()
    }

    fn param_value(
        &mut self,
        unit: UnitId,
        value: &'a ast::Expr,
        written: Written,
    ) -> Option<Value> {
        let found = self.constant(unit, value, written.ty, "a value of a param")?;
        self.in_range(&found, written, value.span)?;
        Some(found)
    }

    /// The day a value begins: `Some(None)` is since ever.
    fn param_from(&mut self, element: &ast::Element) -> Option<Option<Day>> {
        if let Some(to) = &element.to {
            self.report(errors::range_not_for(to.span, "values of a param"));
            return None;
        }
        let window = match element.windows.as_slice() {
            [] => return Some(None),
            [window] => window,
            [_, second, ..] => {
                self.report(errors::param_ends(second.span));
                return None;
            }
        };
        if window.end.is_some() {
            self.report(errors::param_ends(window.span));
            return None;
        }
        Some(window.from.as_ref().map(|date| day(date.value)))
    }

    /// Puts in what `--param` says.
    fn overrides(&mut self, params: &mut Arena<model::Param>) {
        let options = self.options;
        for (name, text) in &options.params {
            let ids: Vec<_> = params
                .iter()
                .filter(|(_, param)| *param.name == **name)
                .map(|(id, _)| id)
                .collect();
            if ids.is_empty() {
                self.no_such_param(name, text);
            }
            for &id in &ids {
                let at = id.index();
                if let Some(value) = self.override_value(at, name, text) {
                    params[id].steps = vec![(None, value)];
                }
            }
        }
    }

    fn no_such_param(&mut self, name: &str, text: &str) {
        let Some(policy) = self.declarations.policies.first() else {
            return;
        };
        let (unit, span) = (policy.unit, policy.span);
        let params = self.names_in(unit, |it| matches!(it, Meaning::Param(_)));
        let why = match crate::diagnostic::nearest(name, params) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "no param has that name".to_owned(),
        };
        self.report(errors::param_override(name, text, span, &why));
    }

    fn override_value(&mut self, at: usize, name: &str, text: &str) -> Option<Value> {
        let (ast, unit) = {
            let declared = &self.declarations.params[at];
            (declared.ast, declared.unit)
        };
        let ty = self.param_types[at]?;
        let wrong = |checker: &mut Checker<'a>| {
            let why = format!("write a value such as {}", checker.example(ty));
            checker.report(errors::param_override(name, text, ast.name.span, &why));
            None
        };
        let Some(value) = super::overrides::literal(text) else {
            return wrong(self);
        };
        // Spans of the literal lead nowhere, so its own messages give way to one at the declaration.
        let known = self.diagnostics.len();
        let written = self.written_type(unit, &ast.ty)?;
        let value = self.override_constant(unit, value, ty, ast.name.span);
        let fits = value
            .as_ref()
            .and_then(|value| self.in_range(value, written, ast.name.span));
        self.diagnostics.truncate(known);
        match (value, fits) {
            (Some(value), Some(())) => Some(value),
            (Some(_) | None, Some(()) | None) => wrong(self),
        }
    }
}
