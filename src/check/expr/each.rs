//! The element that a rule is made for: the cells of its row, and it as a set of one code.

use super::names::Bare;
use super::{Elements, ExprChecker, make};
use crate::check::errors;
use crate::diagnostic::nearest;
use crate::domain::Windows;
use crate::model::{Element, Expr, ExprKind, FieldId, SetExpr};
use crate::syntax::ast;
use crate::text::Span;

impl<'a> ExprChecker<'_, 'a> {
    /// Whether an expression is the name of the row that the rule at hand is made for.
    pub(super) fn is_row_at_hand(&self, ast: &ast::Expr) -> bool {
        let is_row = self
            .here
            .as_ref()
            .is_some_and(|here| here.each.list.is_some());
        is_row && self.is_element_at_hand(ast)
    }

    /// Whether it is the name of the element that the rule at hand is made for.
    pub(super) fn is_element_at_hand(&self, ast: &ast::Expr) -> bool {
        let ast::ExprKind::Name(name) = &ast.without_parentheses().kind else {
            return false;
        };
        self.here.is_some() && matches!(self.bare(name), Bare::Parameter(0))
    }

    /// `p.column`
    pub(super) fn cell_at_hand(
        &mut self,
        span: Span,
        base: &ast::Expr,
        column: &ast::Name,
    ) -> Option<Expr> {
        let at = self.column_at_hand(base, column)?;
        let ty = self.parameters[at].ty;
        Some(make(ExprKind::Parameter(at), ty, span))
    }

    /// Notes the name of the element that the rule at hand is made for.
    fn note_at_hand(&self, ast: &ast::Expr) {
        self.checker
            .note(ast.without_parentheses().span, self.parameters[0].span);
    }

    /// The parameter that the column of the row at hand is.
    fn column_at_hand(&mut self, base: &ast::Expr, column: &ast::Name) -> Option<usize> {
        self.note_at_hand(base);
        let here = self.here.as_ref()?;
        let list = here.each.list?;
        let info = &self.checker.lists[list.index()];
        let Some(&found) = info.by_name.get(column.text.as_str()) else {
            let near = nearest(&column.text, info.by_name.keys().map(|name| &**name));
            let known: Vec<&str> = info.columns.values().map(|it| &*it.name).collect();
            let name = self.checker.declarations.lists[list.index()].source.name();
            let error = errors::unknown_field(&name.text, &column.text, column.span, near, &known);
            return self.report(error);
        };
        self.checker.note_column(column.span, list, found);
        if info.broken.contains(&found) {
            return None;
        }
        Some(if info.key() == Some(found) {
            0
        } else {
            found.index() + 1
        })
    }

    /// The element at hand, or a cell of its row, behind `under`: a set of that code. `Some(None)` is anything else.
    pub(super) fn code_at_hand(
        &mut self,
        set: &'a ast::Expr,
        elements: Elements,
    ) -> Option<Option<SetExpr>> {
        let at = match &set.without_parentheses().kind {
            ast::ExprKind::Field { base, field } if self.is_row_at_hand(base) => {
                self.column_at_hand(base, field)?
            }
            _ if self.is_element_at_hand(set) => {
                self.note_at_hand(set);
                0
            }
            _ => return Some(None),
        };
        let here = self.here.clone()?;
        let parameter = Expr {
            kind: ExprKind::Parameter(at),
            ty: self.parameters[at].ty,
            span: set.span,
        };
        self.convert(parameter, elements.ty, elements.because)?;
        let is_optional = here.each.list.is_some_and(|list| {
            let columns = &self.checker.lists[list.index()].columns;
            at > 0 && columns[FieldId::from_index(at - 1)].optional
        });
        if is_optional {
            let declared = self.parameters[at].span;
            return self.report(errors::optional_code(set.span, declared));
        }
        let value = here.element().and_then(|element| match at {
            0 => Some(element.value.clone()),
            _ => element
                .row
                .as_ref()?
                .get(FieldId::from_index(at - 1))
                .cloned(),
        });
        let element = value.map(|value| Element {
            value,
            to: None,
            windows: Windows::always(),
            span: set.span,
        });
        Some(Some(SetExpr::Elements(element.into_iter().collect())))
    }
}
