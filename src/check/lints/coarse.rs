//! Codes compared exactly although data holds finer ones below them: `under` was most likely meant (ruling 8).

use crate::check::checker::Checker;
use crate::check::errors;
use crate::domain::{Code, CodeModel};
use crate::model::{CompareOp, Expr, ExprKind, SetExpr, SetId, Value};
use crate::text::Span;
use rustc_hash::FxHashSet;

/// What an `in` needs to know of a named set, by [`SetId`].
#[derive(Default)]
pub(in crate::check) struct SetCodes {
    /// The first element with finer codes below it.
    coarse: Option<Span>,
    /// The sets it names.
    names: Vec<SetId>,
}

impl SetCodes {
    pub fn of(set: &SetExpr) -> SetCodes {
        let mut found = SetCodes::default();
        found.gather(set);
        found
    }

    fn gather(&mut self, set: &SetExpr) {
        match set {
            SetExpr::Elements(elements) => {
                // A range takes in what lies below its ends.
                let single = elements.iter().filter(|it| it.to.is_none());
                let mut coarse = single.filter(|it| is_coarse(&it.value));
                self.coarse = self.coarse.or_else(|| coarse.next().map(|it| it.span));
            }
            SetExpr::Named(id) => self.names.push(*id),
            // A list has a message of its own.
            SetExpr::List(_) => {}
            SetExpr::Union(left, right)
            | SetExpr::Difference(left, right)
            | SetExpr::Intersection(left, right) => {
                self.gather(left);
                self.gather(right);
            }
        }
    }
}

/// `hs_code = "8806"`.
pub(in crate::check) fn check_comparison(
    checker: &mut Checker<'_>,
    op: CompareOp,
    left: &Expr,
    right: &Expr,
) {
    let under = match op {
        CompareOp::Eq => "under",
        CompareOp::Ne => "not under",
        CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => return,
    };
    for (literal, other) in [(left, right), (right, left)] {
        if let ExprKind::Value(value) = &literal.kind
            && !matches!(other.kind, ExprKind::Value(_))
            && is_coarse(value)
        {
            let asked = checker.loaded.sources.snippet(other.span);
            let code = quoted(checker.loaded.sources.snippet(literal.span));
            let write = format!("{asked} {under} {code}");
            let error = errors::code_compared_exactly(&code, literal.span, &write);
            checker.report(error);
        }
    }
}

/// `hs_code in { "8806" }`, and `in` of a set that has such an element.
pub(in crate::check) fn check_membership(
    checker: &mut Checker<'_>,
    negated: bool,
    set: &SetExpr,
    span: Span,
) {
    let Some(element) = coarse_element(checker, set) else {
        return;
    };
    let sources = &checker.loaded.sources;
    let code = quoted(sources.snippet(element));
    let written = sources.snippet(span);
    let (is, under) = match negated {
        false => ("in", "under"),
        true => ("not in", "not under"),
    };
    let written = match written.len() {
        0..=40 => written,
        _ => "{ … }",
    };
    let write = format!("{under} {written}");
    let error = errors::codes_asked_exactly(is, &code, span, element, &write);
    checker.report(error);
}

fn coarse_element(checker: &Checker<'_>, set: &SetExpr) -> Option<Span> {
    let asked = SetCodes::of(set);
    let mut found = asked.coarse;
    let mut left = asked.names;
    let mut seen = FxHashSet::default();
    while let (None, Some(id)) = (found, left.pop()) {
        if seen.insert(id)
            && let Some(named) = checker.set_codes.get(id.index())
        {
            found = named.coarse;
            left.extend(&named.names);
        }
    }
    found
}

/// Whether records are usually classified more finely: below six digits every tariff goes on, and below its five
/// characters nearly every ECCN has paragraphs. How deep other systems go nobody here can know.
pub(in crate::check) fn is_coarse(value: &Value) -> bool {
    let Value::Code(code) = value else {
        return false;
    };
    match code.model() {
        CodeModel::Hs => code.depth() <= 6,
        CodeModel::Eccn => code.depth() == 1 && !is_ear99(code),
        CodeModel::Segmented => false,
    }
}

/// The one entry that has no paragraphs.
fn is_ear99(code: &Code) -> bool {
    code.as_str() == "EAR99"
}

/// A code as it is written, in quotes also where a mistake left them out.
fn quoted(written: &str) -> String {
    format!(
        "\"{}\"",
        written.trim_matches(|c: char| !c.is_ascii_alphanumeric())
    )
}
