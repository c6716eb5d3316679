//! Lists that are read from files: membership in them, and the cells of their rows.

use super::{ExprChecker, make};
use crate::check::declare::Meaning;
use crate::check::errors;
use crate::diagnostic::nearest;
use crate::model::{Expr, ExprKind, ListId, SetExpr, Type};
use crate::syntax::ast;
use crate::text::Span;

impl<'a> ExprChecker<'_, 'a> {
    /// The list as the right side of `in` and `under`, if its key goes with what is asked.
    pub(super) fn keys(
        &mut self,
        (id, span): (ListId, Span),
        operand: &Expr,
        (under, negated): (bool, bool),
    ) -> Option<SetExpr> {
        let info = &self.checker.lists[id.index()];
        let (declared, key) = (info.span, info.key_type()?);
        if !super::membership::goes_with(key, operand.ty) {
            let error = self.other_key(key, span, operand, declared);
            return self.report(error);
        }
        if let (Some((code, place)), false) = (&info.coarse, under) {
            let (is, instead) = match negated {
                false => ("in", "under"),
                true => ("not in", "not under"),
            };
            let name = self.checker.loaded.sources.snippet(span);
            let write = format!("{instead} {name}");
            let warning = errors::keys_asked_exactly(is, code, place, span, &write);
            self.checker.report(warning);
        }
        Some(SetExpr::List(id))
    }

    fn other_key(
        &self,
        key: Type,
        span: Span,
        operand: &Expr,
        declared: Span,
    ) -> crate::diagnostic::Diagnostic {
        if let (Type::Code(a), Type::Code(b)) = (key, operand.ty) {
            let systems = &self.checker.systems;
            let (a, b) = (&systems[a].name, &systems[b].name);
            return errors::system_mismatch((b, operand.span), (a, span));
        }
        let found = format!("a list by {}", self.checker.called_many(key));
        let needed = format!("a list by {}", self.checker.called_many(operand.ty));
        let called = self.called(operand.ty);
        errors::other_elements(
            &found,
            span,
            &needed,
            Some((&called, operand.span)),
            declared,
        )
    }

    /// `list[key].column`
    pub(super) fn cell(
        &mut self,
        span: Span,
        row: &'a ast::Expr,
        column: &ast::Name,
    ) -> Option<Expr> {
        let ast::ExprKind::Row { list, key } = &row.without_parentheses().kind else {
            unreachable!("internal error: {:?} is no row", row.kind)
        };
        let (id, name) = self.list_of_row(list)?;
        let info = &self.checker.lists[id.index()];
        let (declared, wanted) = (info.span, info.key_type());
        let key = self.expr(key, wanted);
        let info = &self.checker.lists[id.index()];
        let Some(&found) = info.by_name.get(column.text.as_str()) else {
            let near = nearest(&column.text, info.by_name.keys().map(|name| &**name));
            let known: Vec<&str> = info.columns.values().map(|it| &*it.name).collect();
            let list = self.checker.loaded.sources.snippet(name);
            let error = errors::unknown_field(list, &column.text, column.span, near, &known);
            return self.report(error);
        };
        self.checker.note_column(column.span, id, found);
        let ty = info.columns[found].ty;
        let is_broken = info.broken.contains(&found);
        let (key, wanted) = (key?, wanted?);
        let key = match (key.ty, wanted) {
            (Type::Instant, Type::Date) => self.day_of(key),
            _ => key,
        };
        if !super::membership::goes_with(wanted, key.ty) {
            let error = self.other_key(wanted, name, &key, declared);
            return self.report(error);
        }
        if is_broken {
            return None;
        }
        let kind = ExprKind::Lookup {
            list: id,
            keys: vec![key],
            column: found,
        };
        Some(make(kind, ty, span))
    }

    /// A row where a value is needed.
    pub(super) fn bare_row(&mut self, span: Span, list: &'a ast::Expr) -> Option<Expr> {
        let (id, _) = self.list_of_row(list)?;
        let written = self.checker.loaded.sources.snippet(span).to_owned();
        let info = &self.checker.lists[id.index()];
        let column = info
            .columns
            .iter()
            .find(|(column, _)| info.key() != Some(*column))
            .map(|(_, column)| column.name.to_string());
        self.report(errors::row_as_value(span, &written, column.as_deref()))
    }

    /// The list whose row is asked for.
    fn list_of_row(&mut self, ast: &'a ast::Expr) -> Option<(ListId, Span)> {
        if let Some(found) = self.checker.list_named(self.unit, ast) {
            return Some(found);
        }
        let written = self.checker.loaded.sources.snippet(ast.span).to_owned();
        if let ast::ExprKind::Name(name) = &ast.without_parentheses().kind
            && matches!(self.bare(name), super::names::Bare::Open)
        {
            let is_list = |it: Meaning| it.list().is_some();
            if let Some(error) = self.checker.elsewhere(&name.text, name.span, is_list) {
                return self.report(error);
            }
            if let Some((meaning, _)) = self.checker.meaning(self.unit, &name.text) {
                return self.report(errors::row_of_what(ast.span, &written, meaning.noun()));
            }
            let near = nearest(&name.text, self.checker.names_in(self.unit, is_list));
            let near = near.map(str::to_owned);
            let error = errors::unknown_name(&name.text, name.span, near.as_deref());
            return self.report(error);
        }
        if let ast::ExprKind::Name(name) = &ast.without_parentheses().kind
            && let Some((Meaning::Table(_) | Meaning::FileTable(_), _)) =
                self.checker.meaning(self.unit, &name.text)
        {
            let error = errors::row_of_what(ast.span, &written, "a table");
            return self.report(error.help(format!("write `{}(…)`", name.text)));
        }
        let found = match &ast.without_parentheses().kind {
            ast::ExprKind::Name(name) => match self.checker.meaning(self.unit, &name.text) {
                Some((meaning, _)) => meaning.noun().to_owned(),
                None => "a field".to_owned(),
            },
            _ => "an expression".to_owned(),
        };
        self.report(errors::row_of_what(ast.span, &written, &found))
    }
}
