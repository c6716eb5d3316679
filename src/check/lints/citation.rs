//! A rule that names no source of law.

use crate::check::checker::Checker;
use crate::check::errors;
use crate::syntax::ast;
use std::sync::Arc;

pub(in crate::check) fn check(
    checker: &mut Checker<'_>,
    cites: &[Arc<str>],
    what: &str,
    name: &ast::Name,
) {
    if cites.is_empty() && checker.options.citation_required {
        checker.report(errors::no_citation(&name.text, what, name.span));
    }
}
