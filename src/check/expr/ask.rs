//! `applies(…)` and `caught(…)`.

use super::{ExprChecker, make};
use crate::check::errors;
use crate::model::{Expr, ExprKind, RuleSelection, Type};
use crate::syntax::ast;
use crate::text::Span;

impl ExprChecker<'_, '_> {
    pub(super) fn ask(
        &mut self,
        span: Span,
        verb: ast::RuleVerb,
        subject: &ast::RuleSubject,
    ) -> Option<Expr> {
        let rules = match self.checker.subject(self.unit, subject, self.here.as_ref()) {
            Ok(rules) => rules,
            Err(error) => return self.report(*error),
        };
        let (and_none_of, text) = match subject {
            ast::RuleSubject::Rule(path) => (
                Vec::new(),
                self.checker.loaded.sources.snippet(path.span).into(),
            ),
            ast::RuleSubject::Tagged(tag) => (Vec::new(), format!("tagged {}", tag.text).into()),
            ast::RuleSubject::OnlyTagged(tag) => (
                self.none_of(verb, tag)?,
                format!("only tagged {}", tag.text).into(),
            ),
        };
        let selection = RuleSelection {
            rules,
            and_none_of,
            text,
        };
        let kind = match verb {
            ast::RuleVerb::Applies => ExprKind::Applies(selection),
            ast::RuleVerb::Caught => ExprKind::Caught(selection),
        };
        Some(make(kind, Type::Bool, span))
    }

    /// The rules that may not be caught where only those with the tag may.
    fn none_of(
        &mut self,
        verb: ast::RuleVerb,
        tag: &ast::Name,
    ) -> Option<Vec<crate::model::RuleId>> {
        if verb == ast::RuleVerb::Applies {
            return self.report(errors::only_in_applies(tag.span));
        }
        let Some(asking) = self.asking else {
            return self.report(errors::only_outside_rule(tag.span));
        };
        let relations = &self.checker.relations;
        let none_of = relations.none_of.get(&(asking, tag.text.clone()));
        Some(none_of.cloned().unwrap_or_default())
    }
}
