//! Cases and tests: records of the right fields and types, and expectations that name what exists.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::load::UnitId;
use super::relations::Target;
use crate::diagnostic::nearest;
use crate::model::{Expectation, FieldId, PolicyId, RuleId, Test, Value};
use crate::syntax::ast;
use crate::text::{Span, Spanned};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The fields of a case or a test, in the order in which they were first given.
type Given = Vec<(FieldId, Spanned<Option<Value>>)>;

impl<'a> Checker<'a> {
    /// The records of all cases, by place in the declarations.
    pub fn cases(&mut self) -> Vec<Given> {
        (0..self.declarations.cases.len())
            .map(|at| {
                let declared = &self.declarations.cases[at];
                let (record, unit) = (&declared.ast.record, declared.unit);
                self.given(unit, record)
            })
            .collect()
    }

    fn given(&mut self, unit: UnitId, record: &'a ast::RecordLit) -> Given {
        let mut given = Given::new();
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for entry in &record.entries {
            let name = &entry.name;
            if let Some(first) = seen.insert(&name.text, name.span) {
                self.report(errors::given_twice(&name.text, first, name.span));
                continue;
            }
            let Some(field) = self.field(unit, name) else {
                continue;
            };
            // A wrong value has its message; the field is given all the same.
            let value = self.given_value(unit, field, entry).flatten();
            given.push((field, Spanned::new(value, entry.span)));
        }
        given
    }

    /// The value given for a field; `missing` where it says so.
    fn given_value(
        &mut self,
        unit: UnitId,
        field: FieldId,
        entry: &'a ast::Entry,
    ) -> Option<Option<Value>> {
        let record = self.record(unit)?;
        if record.broken.contains(&field) {
            return None;
        }
        let known = record.fields[field].clone();
        let Some(written) = &entry.value else {
            if !known.optional {
                let error = errors::required_given_missing(&known.name, entry.span, known.span);
                self.report(error);
                return None;
            }
            return Some(None);
        };
        let (what, span) = ("a value of a test record", written.span);
        let value = self.constant(unit, written, known.ty, what)?;
        let written = super::types::Written {
            ty: known.ty,
            signed: known.signed,
            percent_of_one: known.percent_of_one,
            unit: known.unit,
        };
        self.in_range(&value, written, span)?;
        Some(Some(value))
    }

    /// The field of that name.
    pub fn field(&mut self, unit: UnitId, name: &ast::Name) -> Option<FieldId> {
        let record = self.record(unit)?;
        if let Some(field) = record.by_name.get(&*name.text) {
            return Some(*field);
        }
        let near = nearest(&name.text, record.by_name.keys().map(|name| &**name));
        let error = errors::unknown_field(&record.name, &name.text, name.span, near);
        self.report(error);
        None
    }

    /// The field of a path; fields of fields do not exist in flat records.
    pub fn field_path(&mut self, unit: UnitId, path: &ast::FieldPath) -> Option<FieldId> {
        let first = path.parts.first()?;
        if let Some(second) = path.parts.get(1) {
            self.report(errors::no_members(&first.text, second.span));
            return None;
        }
        self.field(unit, first)
    }

    pub fn tests(&mut self, cases: &[Given]) -> Vec<Test> {
        let mut tests = Vec::new();
        for at in 0..self.declarations.tests.len() {
            let (ast, policy, span) = self.declarations.tests[at];
            tests.extend(self.test(ast, policy, span, cases));
        }
        tests
    }

    fn test(
        &mut self,
        ast: &'a ast::Test,
        policy: PolicyId,
        span: Span,
        cases: &[Given],
    ) -> Option<Test> {
        let unit = self.unit_of(policy);
        let mut given: Option<(Option<Given>, Span)> = None;
        let mut on: Option<(crate::domain::Day, Span)> = None;
        let mut expect = Vec::new();
        let mut all_read = true;
        for item in &ast.items {
            match &item.kind {
                ast::TestItemKind::Given { base, record } => {
                    if let Some((_, first)) = given {
                        let help = "give one record, or start from a case: `given CASE with { … }`";
                        self.report(errors::clause_twice("given", first, item.span, help));
                        continue;
                    }
                    let merged = self.merged(unit, base.as_ref(), record.as_ref(), cases);
                    given = Some((merged, item.span));
                }
                ast::TestItemKind::On(date) => {
                    if let Some((_, first)) = on {
                        let help = "leave one of them out";
                        self.report(errors::clause_twice("on", first, item.span, help));
                        continue;
                    }
                    on = Some((super::windows::day(date.value), item.span));
                }
                ast::TestItemKind::Expect(wanted) => match self.expectation(unit, policy, wanted) {
                    Some(wanted) => expect.push(Spanned::new(wanted, item.span)),
                    None => all_read = false,
                },
                ast::TestItemKind::Error => all_read = false,
            }
        }
        let title = ast.title.as_ref();
        let place = title.map_or(span, |title| title.span);
        if expect.is_empty() && all_read {
            let help = "write `expect` and the verdict";
            self.report(errors::nothing_expected("expect", place, help));
        }
        let Some((given, given_span)) = given else {
            let help = "write `given { … }`, or `given` and a case";
            self.report(errors::nothing_expected("given", place, help));
            return None;
        };
        let given = given?;
        self.all_required(unit, &given, on.is_some(), given_span);
        Some(Test {
            title: title.map_or("", |title| &title.value).into(),
            policy,
            given,
            on: on.map(|(day, _)| day),
            expect,
            span: place,
        })
    }

    /// A case with changes.
    fn merged(
        &mut self,
        unit: UnitId,
        base: Option<&'a ast::Name>,
        record: Option<&'a ast::RecordLit>,
        cases: &[Given],
    ) -> Option<Given> {
        let base = match base {
            None => Some(Vec::new()),
            Some(name) => self.case(unit, name).map(|at| cases[at].clone()),
        };
        let changes = record.map(|record| self.given(unit, record));
        let mut merged = base?;
        let mut places: FxHashMap<FieldId, usize> = FxHashMap::default();
        for (at, (field, _)) in merged.iter().enumerate() {
            places.insert(*field, at);
        }
        for (field, value) in changes.unwrap_or_default() {
            match places.get(&field) {
                Some(at) => merged[*at].1 = value,
                None => merged.push((field, value)),
            }
        }
        Some(merged)
    }

    fn case(&mut self, unit: UnitId, name: &ast::Name) -> Option<usize> {
        use super::declare::Meaning;
        match self.meaning(unit, &name.text) {
            Some((Meaning::Case(at), _)) => Some(at),
            Some((other, declared)) => {
                let error =
                    errors::wrong_kind(&name.text, name.span, other.noun(), "a case", declared);
                self.report(error);
                None
            }
            None => {
                let is_case = |it| matches!(it, Meaning::Case(_));
                let near = nearest(&name.text, self.names_in(unit, is_case)).map(str::to_owned);
                self.report(errors::unknown_case(&name.text, name.span, near.as_deref()));
                None
            }
        }
    }

    /// Reports fields that every record has and this one lacks. `on` stands in for the as-of field.
    fn all_required(&mut self, unit: UnitId, given: &Given, on: bool, span: Span) {
        let Some(record) = self.record(unit) else {
            return;
        };
        let mut has = vec![false; record.fields.len()];
        for (field, _) in given {
            has[field.index()] = true;
        }
        let lacking: Vec<FieldId> = record
            .fields
            .iter()
            .filter(|(id, field)| !field.optional && !has[id.index()])
            .filter(|(id, _)| !(on && record.as_of == Some(*id)))
            .map(|(id, _)| id)
            .collect();
        let Some(first) = lacking.first() else {
            return;
        };
        let names: Vec<&str> = lacking.iter().map(|id| &*record.fields[*id].name).collect();
        let error = errors::fields_not_given(&names, span, record.fields[*first].span);
        self.report(error);
    }

    fn expectation(
        &mut self,
        unit: UnitId,
        policy: PolicyId,
        wanted: &'a ast::Expect,
    ) -> Option<Expectation> {
        Some(match wanted {
            ast::Expect::Verdict { verdict, by } => {
                let verdict = self.verdict(unit, verdict);
                let by = match by {
                    None => None,
                    Some(paths) => {
                        let rules: Vec<Option<RuleId>> = paths
                            .iter()
                            .map(|path| self.expected_rule(unit, policy, path, true))
                            .collect();
                        Some(rules.into_iter().collect::<Option<Vec<RuleId>>>()?)
                    }
                };
                Expectation::Verdict {
                    verdict: verdict?,
                    by,
                }
            }
            ast::Expect::AtMost(verdict) => Expectation::AtMost(self.verdict(unit, verdict)?),
            ast::Expect::Unknown { rule, lacking } => {
                let rule = self.expected_rule(unit, policy, rule, true);
                let lack = match lacking {
                    None => None,
                    Some(paths) => Some(self.lacking(unit, paths)?),
                };
                Expectation::Unknown { rule: rule?, lack }
            }
            ast::Expect::Not(path) => {
                Expectation::Not(self.expected_rule(unit, policy, path, false)?)
            }
            ast::Expect::Obligation(text) => Expectation::Obligation(text.value.as_str().into()),
        })
    }

    fn lacking(&mut self, unit: UnitId, paths: &[ast::FieldPath]) -> Option<Vec<Arc<str>>> {
        let names: Vec<Option<Arc<str>>> = paths
            .iter()
            .map(|path| self.lacking_name(unit, path))
            .collect();
        names.into_iter().collect()
    }

    /// A field, or a param, which may have no value that day.
    fn lacking_name(&mut self, unit: UnitId, path: &ast::FieldPath) -> Option<Arc<str>> {
        if let [name] = path.parts.as_slice()
            && let Some((Meaning::Param(_), _)) = self.meaning(unit, &name.text)
        {
            return Some(name.text.as_str().into());
        }
        let field = self.field_path(unit, path)?;
        Some(Arc::clone(&self.record(unit)?.fields[field].name))
    }

    /// A rule of the test's own policy; `in_results`: one that can stand among the rules of a result.
    fn expected_rule(
        &mut self,
        unit: UnitId,
        policy: PolicyId,
        path: &ast::RulePath,
        in_results: bool,
    ) -> Option<RuleId> {
        let (name, span) = (&path.rule.text, path.span);
        let needed = "a rule or an exception";
        let (id, declared) = match self.target(unit, path) {
            Ok((Target::Rule(id), declared)) => (id, declared),
            Ok((Target::Suspension(_), declared)) => {
                let error = errors::wrong_target(name, span, "a suspension", needed, declared);
                self.report(error);
                return None;
            }
            Err(error) => {
                self.report(*error);
                return None;
            }
        };
        let source = &self.declarations.rules[id.index()];
        let has_then = source
            .clauses
            .iter()
            .any(|clause| matches!(clause.kind, ast::ClauseKind::Then { .. }));
        let wrong = if source.policy != policy {
            Some(("a rule of another policy", "a rule of this policy"))
        } else if in_results && source.targets.is_some() && !has_then {
            let is = "an exception without `then`, which never shows in results";
            Some((is, "a rule, or an exception with a verdict,"))
        } else {
            None
        };
        if let Some((is, needed)) = wrong {
            self.report(errors::wrong_target(name, span, is, needed, declared));
            return None;
        }
        Some(id)
    }
}
