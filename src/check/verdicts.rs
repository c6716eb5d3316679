//! Verdicts, `otherwise` and `when unknown`, and that all policies of a run share them and the record.

use super::checker::Checker;
use super::errors;
use super::limits::MAX_VERDICTS;
use super::lints;
use super::literal::shortened;
use super::load::UnitId;
use crate::diagnostic::nearest;
use crate::model::{Type, Verdict};
use crate::syntax::ast;
use crate::text::Span;
use std::sync::Arc;

/// What a unit answers with; places of the names in its `verdicts`.
#[derive(Clone, Copy)]
pub(super) struct Answers {
    pub otherwise: Verdict,
    pub when_unknown: Verdict,
}

impl<'a> Checker<'a> {
    /// Checks every `verdicts` and what goes with it, unit by unit.
    pub fn all_verdicts(&mut self) {
        for unit in self.loaded.units.ids() {
            self.verdicts_of(unit);
        }
    }

    fn verdicts_of(&mut self, unit: UnitId) {
        let scope = self.scope(unit);
        let (verdicts, otherwise) = (scope.verdicts.clone(), scope.otherwise.clone());
        let when_unknown = scope.when_unknown.clone();
        if let [first, second, ..] = verdicts[..]
            && let (Some(first), Some(second)) = (first.names.first(), second.names.first())
        {
            self.report(errors::declared_twice("verdicts", first.span, second.span));
        }
        for (what, names) in [("otherwise", &otherwise), ("when unknown", &when_unknown)] {
            if let [first, second, ..] = names[..] {
                self.report(errors::declared_twice(what, first.span, second.span));
            }
        }
        if let Some(verdicts) = verdicts.first() {
            self.verdict_names(verdicts);
        } else if let Some(policy) = self.scope(unit).policy {
            let span = self.declarations.policies[policy.index()].span;
            self.report(errors::no_verdicts(span));
        }
        let otherwise = otherwise.first().map(|name| self.verdict(unit, name));
        if let Some(name) = when_unknown.first()
            && let Some(unknown) = self.verdict(unit, name)
            // Beside an `otherwise` that is no verdict nothing can be said.
            && otherwise != Some(None)
        {
            lints::silence::check_policy(self, unit, (unknown, name.span));
        }
    }

    fn verdict_names(&mut self, verdicts: &'a ast::Verdicts) {
        for (at, name) in verdicts.names.iter().enumerate() {
            if at >= MAX_VERDICTS {
                self.report(errors::too_many("verdicts", MAX_VERDICTS, name.span));
                return;
            }
            if matches!(name.text.as_str(), "unknown" | "obligation") {
                self.report(errors::verdict_name_taken(&name.text, name.span));
            }
            let before = &verdicts.names[..at];
            if let Some(first) = before.iter().find(|other| other.text == name.text) {
                self.report(errors::duplicate_name(&name.text, first.span, name.span));
            }
        }
    }

    /// The names of a unit's verdicts, least to most severe.
    pub fn verdict_names_of(&self, unit: UnitId) -> Vec<Arc<str>> {
        let verdicts = self.scope(unit).verdicts.first();
        let names = verdicts.map_or(&[][..], |it| &it.names);
        names.iter().map(|name| name.text.as_str().into()).collect()
    }

    /// Whether a unit has a verdict of that name.
    pub fn is_verdict(&self, unit: UnitId, name: &str) -> bool {
        let verdicts = self.scope(unit).verdicts.first();
        verdicts.is_some_and(|it| it.names.iter().any(|known| known.text == name))
    }

    /// The verdict of that name. Where there are no verdicts at all that is reported, and nothing here.
    pub fn verdict(&mut self, unit: UnitId, name: &ast::Name) -> Option<Verdict> {
        let verdicts = self.scope(unit).verdicts.first()?;
        let names = verdicts.names.iter().map(|known| known.text.as_str());
        if let Some(at) = names.clone().position(|known| known == name.text) {
            self.note(name.span, verdicts.names[at].span);
            return u8::try_from(at).ok().map(Verdict);
        }
        let known: Vec<&str> = names.collect();
        let near = nearest(&name.text, known.iter().copied());
        let near = near.or_else(|| shortened(&name.text, &known));
        let error = errors::unknown_verdict(&name.text, name.span, near, &known);
        self.report(error);
        None
    }

    pub fn verdict_name(&self, unit: UnitId, verdict: Verdict) -> String {
        let verdicts = self.scope(unit).verdicts.first();
        let name = verdicts.and_then(|it| it.names.get(usize::from(verdict.0)));
        name.map_or_else(String::new, |name| name.text.clone())
    }

    /// The verdict most like `text`, or else the most severe one; `text` where there are no verdicts.
    pub fn verdict_like(&self, unit: UnitId, text: &str) -> String {
        let verdicts = self.scope(unit).verdicts.first();
        let names = verdicts.map_or(&[][..], |it| &it.names);
        let known = || names.iter().map(|name| name.text.as_str());
        let found = known().find(|name| *name == text);
        let found = found.or_else(|| nearest(text, known()));
        found
            .or_else(|| known().next_back())
            .unwrap_or(text)
            .to_owned()
    }

    /// The name of the next more severe verdict, if there is one.
    pub fn verdict_above(&self, unit: UnitId, verdict: Verdict) -> Option<String> {
        let names = &self.scope(unit).verdicts.first()?.names;
        Some(names.get(usize::from(verdict.0) + 1)?.text.clone())
    }

    /// Without `otherwise`, the least severe verdict; without `when unknown`, the most severe, so that an open rule
    /// raises to its own verdict: what nobody said is never taken to be harmless.
    pub fn answers(&self, unit: UnitId) -> Answers {
        let scope = self.scope(unit);
        let names: &[ast::Name] = scope.verdicts.first().map_or(&[], |it| &it.names);
        let place = |name: Option<&&ast::Name>, default: usize| {
            let found = name.and_then(|name| names.iter().position(|it| it.text == name.text));
            Verdict(u8::try_from(found.unwrap_or(default)).unwrap_or(u8::MAX))
        };
        Answers {
            otherwise: place(scope.otherwise.first(), 0),
            when_unknown: place(scope.when_unknown.first(), names.len().saturating_sub(1)),
        }
    }

    /// Reports policies that do not share record, verdicts, `otherwise` and `when unknown` by identity.
    pub fn agreement(&mut self) {
        let Some(first) = self.declarations.policies.first() else {
            return;
        };
        let first = first.unit;
        let others: Vec<UnitId> = self.declarations.policies[1..]
            .iter()
            .map(|policy| policy.unit)
            .collect();
        for other in others {
            self.agree_with(first, other);
        }
        self.foreign_records(first);
        self.foreign_verdicts(first);
    }

    /// A list with a column of other verdicts cannot be part of the run.
    fn foreign_verdicts(&mut self, first: UnitId) {
        let Some(own) = self.verdicts_place(first) else {
            return;
        };
        let mut found = Vec::new();
        for (declared, list) in self.declarations.lists.iter().zip(&self.lists) {
            let has_verdicts = list.columns.values().any(|it| it.ty == Type::Verdict);
            let other = self.verdicts_place(declared.unit).filter(|it| *it != own);
            if let (true, Some(other)) = (has_verdicts, other) {
                let (a, b) = (self.unit_name(first), self.unit_name(declared.unit));
                found.push(errors::policies_disagree(
                    "the verdicts",
                    (&a, own),
                    (&b, other),
                ));
            }
        }
        self.diagnostics.extend(found);
    }

    fn agree_with(&mut self, first: UnitId, other: UnitId) {
        let pairs = [
            (
                "the record type",
                self.record_place(first),
                self.record_place(other),
            ),
            (
                "the verdicts",
                self.verdicts_place(first),
                self.verdicts_place(other),
            ),
            (
                "`otherwise`",
                self.otherwise_place(first),
                self.otherwise_place(other),
            ),
            (
                "`when unknown`",
                self.unknown_place(first),
                self.unknown_place(other),
            ),
        ];
        for (what, one, two) in pairs {
            if let (Some(one), Some(two)) = (one, two)
                && one != two
            {
                let (a, b) = (self.unit_name(first), self.unit_name(other));
                let error = errors::policies_disagree(what, (&a, one), (&b, two));
                self.report(error);
            }
        }
    }

    /// A library whose defines are about another record cannot be part of the run.
    fn foreign_records(&mut self, first: UnitId) {
        let Some(screened) = self.record_place(first) else {
            return;
        };
        let mut found = Vec::new();
        for declared in &self.declarations.defines {
            let unit = declared.unit;
            let Some(other) = self.record_place(unit).filter(|other| *other != screened) else {
                continue;
            };
            if self.scope(unit).policy.is_none() {
                let (a, b) = (self.unit_name(first), self.unit_name(unit));
                let error =
                    errors::policies_disagree("the record type", (&a, screened), (&b, other));
                found.push(error);
            }
        }
        self.diagnostics.extend(found);
    }

    fn unit_name(&self, unit: UnitId) -> String {
        match self.scope(unit).policy {
            Some(policy) => self.policy_name(policy).to_owned(),
            None => self.loaded.units[unit].name.clone(),
        }
    }

    fn record_place(&self, unit: UnitId) -> Option<Span> {
        let at = self.scope(unit).record?;
        Some(self.declarations.records[at].ast.name.span)
    }

    fn verdicts_place(&self, unit: UnitId) -> Option<Span> {
        let verdicts = self.scope(unit).verdicts.first()?;
        verdicts.names.first().map(|name| name.span)
    }

    /// The place of `otherwise`, or of the verdicts where it is left to the default.
    fn otherwise_place(&self, unit: UnitId) -> Option<Span> {
        let named = self.scope(unit).otherwise.first().map(|name| name.span);
        named.or_else(|| self.verdicts_place(unit))
    }

    fn unknown_place(&self, unit: UnitId) -> Option<Span> {
        let named = self.scope(unit).when_unknown.first().map(|name| name.span);
        named.or_else(|| self.verdicts_place(unit))
    }
}
