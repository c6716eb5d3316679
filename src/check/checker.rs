//! The state of one check: what is declared, what has been worked out of it so far, and the messages.

use super::CheckOptions;
use super::data::ListInfo;
use super::declare::{Declarations, Meaning, Scope};
use super::each::{Here, Made};
use super::expr::Bound;
use super::lints::coarse::SetCodes;
use super::load::{Loaded, UnitId};
use super::measure::Measure;
use super::occurrences::Notes;
use super::relations::Relations;
use crate::diagnostic::Diagnostic;
use crate::model::{
    self, CodeSystem, DefineId, EnumId, FieldId, Parameter, PolicyId, RuleId, Type,
};
use crate::text::{Arena, Span};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// An enum with its values by name.
pub(super) struct EnumInfo {
    pub values: FxHashMap<Arc<str>, u16>,
}

/// A record with its fields by name.
#[derive(Default)]
pub(super) struct RecordInfo {
    pub name: Arc<str>,
    pub fields: Arena<model::Field>,
    pub by_name: FxHashMap<Arc<str>, FieldId>,
    pub key: Option<FieldId>,
    pub as_of: Option<FieldId>,
    /// Fields whose type could not be read; a use of one says nothing more.
    pub broken: Vec<FieldId>,
    pub span: Option<Span>,
}

/// A define once it is checked.
pub(super) struct DefineInfo {
    /// Its number in the model; defines are numbered as they are checked.
    pub id: DefineId,
    pub parameters: Vec<Parameter>,
    pub ty: Type,
}

/// Where an expression of a rule stands.
#[derive(Clone)]
pub(super) struct Place<'a> {
    pub unit: UnitId,
    /// The rule whose condition or verdict it is.
    pub asking: Option<RuleId>,
    /// The element of `for each`, if the rule has one.
    pub here: Option<Here<'a>>,
    /// The element of the list that the rule is about.
    pub bound: Option<Bound>,
}

impl Place<'_> {
    /// How many parameters its expressions have.
    pub fn parameters(&self) -> usize {
        self.here
            .as_ref()
            .map_or(0, |here| here.each.parameters.len())
    }
}

pub(super) struct Checker<'a> {
    pub loaded: &'a Loaded,
    pub options: &'a CheckOptions,
    pub declarations: Declarations<'a>,
    pub diagnostics: Vec<Diagnostic>,

    pub enums: Arena<model::Enum>,
    pub enum_info: Vec<EnumInfo>,
    pub systems: Arena<CodeSystem>,
    /// By place in [`Declarations::records`].
    pub records: Vec<RecordInfo>,
    /// By [`ListId`](crate::model::ListId).
    pub lists: Vec<ListInfo>,
    /// The types of sets' elements and of params; `None` where they could not be read.
    pub set_types: Vec<Option<Type>>,
    pub param_types: Vec<Option<Type>>,
    /// By [`SetId`](crate::model::SetId).
    pub set_codes: Vec<SetCodes>,
    /// By place in [`Declarations::defines`]; `None` before it is checked and where it is wrong.
    pub defines: Vec<Option<DefineInfo>>,
    pub checked_defines: Arena<model::Define>,
    pub totals: Arena<model::Total>,
    /// By [`DefineId`].
    pub measures: Vec<Measure>,
    /// By declaration: what became of a rule, and which rules of the run it is.
    pub made: Vec<(Made<'a>, Range<usize>)>,
    pub relations: Relations,
    /// How many elements of lists got a name so far.
    pub binders: u32,
    /// Where names were resolved, and to what.
    pub notes: Notes,
}

impl<'a> Checker<'a> {
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub fn scope(&self, unit: UnitId) -> &Scope<'a> {
        &self.declarations.scopes[unit.index()]
    }

    /// What a name stands for in a unit, and where that is declared.
    pub fn meaning(&self, unit: UnitId, name: &str) -> Option<(Meaning, Span)> {
        let entry = self.scope(unit).names.get(name)?;
        Some((entry.meaning, entry.span))
    }

    /// The record whose fields a unit's expressions can name.
    pub fn record(&self, unit: UnitId) -> Option<&RecordInfo> {
        self.scope(unit).record.map(|at| &self.records[at])
    }

    /// The unit that a policy is.
    pub fn unit_of(&self, policy: PolicyId) -> UnitId {
        self.declarations.policies[policy.index()].unit
    }

    pub fn policy_name(&self, policy: PolicyId) -> &str {
        let source = &self.declarations.policies[policy.index()];
        match source.header {
            Some((header, _)) => &header.name.text,
            None => &self.loaded.units[source.unit].name,
        }
    }

    /// Names in sight in a unit for which `fits` holds, for suggestions.
    pub fn names_in(
        &self,
        unit: UnitId,
        fits: impl Fn(Meaning) -> bool,
    ) -> impl Iterator<Item = &str> {
        self.scope(unit)
            .names
            .iter()
            .filter(move |(_, entry)| fits(entry.meaning))
            .map(|(name, _)| *name)
    }

    /// The value of an enum with that name.
    pub fn enum_value(&self, id: EnumId, name: &str) -> Option<u16> {
        self.enum_info[id.index()].values.get(name).copied()
    }

    /// Checks an expression of a rule.
    pub fn expression<T>(
        &mut self,
        at: &Place<'a>,
        work: impl FnOnce(&mut super::expr::ExprChecker<'_, 'a>) -> T,
    ) -> T {
        let each = at.here.as_ref().map(|here| Arc::clone(&here.each));
        let parameters = each.as_ref().map(|each| each.parameters.as_slice());
        let mut inner = super::expr::ExprChecker {
            checker: self,
            unit: at.unit,
            parameters: parameters.unwrap_or_default(),
            binders: at.bound.iter().cloned().collect(),
            asking: at.asking,
            here: at.here.clone(),
        };
        work(&mut inner)
    }
}
