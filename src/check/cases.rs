//! Cases and tests: records of the right fields and types, and expectations that name what exists.

use super::checker::Checker;
use super::declare::Meaning;
use super::errors;
use super::load::UnitId;
use super::relations::Target;
use crate::diagnostic::nearest;
use crate::model::{
    Expectation, ExpectedRules, FieldId, Given, ListId, NestedId, PolicyId, Row, Test, Type, Value,
};
use crate::syntax::ast;
use crate::text::{Span, Spanned};
use rustc_hash::FxHashMap;
use std::sync::Arc;

impl<'a> Checker<'a> {
    /// The records of all cases, by place in the declarations; none for those that could not be read as a whole.
    pub fn cases(&mut self) -> Vec<Option<Given>> {
        (0..self.declarations.cases.len())
            .map(|at| {
                let declared = &self.declarations.cases[at];
                let (record, unit) = (&declared.ast.record, declared.unit);
                self.given(unit, record)
            })
            .collect()
    }

    fn given(&mut self, unit: UnitId, record: &'a ast::RecordLit) -> Option<Given> {
        match self.scope(unit).record {
            Some(of) => self.entries(unit, of, record),
            None => Some(Given::new()),
        }
    }

    /// The fields that a literal gives of the record at `of`; none where one could not be read.
    fn entries(&mut self, unit: UnitId, of: usize, record: &'a ast::RecordLit) -> Option<Given> {
        let mut given = Given::new();
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for entry in &record.entries {
            let name = &entry.name;
            if let Some(first) = seen.insert(&name.text, name.span) {
                self.report(errors::given_twice(&name.text, first, name.span));
                continue;
            }
            let Some(field) = self.nested_field(NestedId::from_index(of), name) else {
                continue;
            };
            // A wrong value has its message; the field is given all the same.
            let value = self.given_value(unit, (of, field), entry).flatten();
            given.push((field, Spanned::new(value, entry.span)));
        }
        (!record.lost_entries).then_some(given)
    }

    /// The value given for a field; `missing` where it says so.
    fn given_value(
        &mut self,
        unit: UnitId,
        (of, field): (usize, FieldId),
        entry: &'a ast::Entry,
    ) -> Option<Option<Value>> {
        let record = &self.records[of];
        if record.broken.contains(&field) {
            return None;
        }
        let known = record.fields[field].clone();
        let written = match (&entry.value, known.ty) {
            (ast::EntryValue::Missing, _) if known.optional => return Some(None),
            (ast::EntryValue::Missing, _) => {
                let error = errors::required_given_missing(&known.name, entry.span, known.span);
                self.report(error);
                return None;
            }
            (ast::EntryValue::List(list), Type::List(of)) => {
                return self.rows(unit, of, list).map(Some);
            }
            (ast::EntryValue::List(list), ty) => {
                let needed = self.called(ty);
                self.report(errors::list_not_needed(list.span, &needed, known.span));
                return None;
            }
            (ast::EntryValue::Value(value), Type::List(_)) => {
                if !matches!(value.kind, ast::ExprKind::Error) {
                    let needed = self.called(known.ty);
                    self.report(errors::list_needed(value.span, &needed, known.span));
                }
                return None;
            }
            (ast::EntryValue::Value(value), _) => value,
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

    /// The elements that a list literal gives.
    fn rows(&mut self, unit: UnitId, of: NestedId, list: &'a ast::ListLit) -> Option<Value> {
        let rows: Vec<Option<Row>> = list
            .items
            .iter()
            .map(|item| {
                let given = self.entries(unit, of.index(), item)?;
                self.lacking_fields(of.index(), &given, None, item.span);
                let mut row = Row {
                    values: vec![None; self.records[of.index()].fields.len()],
                };
                for (field, value) in given {
                    row.values[field.index()] = value.value;
                }
                Some(row)
            })
            .collect();
        let rows: Option<Vec<Row>> = rows.into_iter().collect();
        Some(Value::List(rows?.into()))
    }

    /// The field of that name.
    pub fn field(&mut self, unit: UnitId, name: &ast::Name) -> Option<FieldId> {
        let record = self.record(unit)?;
        if let Some(field) = record.by_name.get(&*name.text) {
            self.note(name.span, record.fields[*field].span);
            return Some(*field);
        }
        let near = nearest(&name.text, record.by_name.keys().map(|name| &**name));
        let known: Vec<&str> = record.fields.iter().map(|(_, it)| &*it.name).collect();
        let error = errors::unknown_field(&record.name, &name.text, name.span, near, &known);
        self.report(error);
        None
    }

    /// The field of a path; fields of fields do not exist in flat records.
    pub fn field_path(&mut self, unit: UnitId, path: &ast::FieldPath) -> Option<FieldId> {
        let first = path.parts.first()?;
        if let Some(second) = path.parts.get(1) {
            self.report(errors::no_members(&first.name.text, second.name.span));
            return None;
        }
        if let Some(index) = &first.index {
            self.report(errors::no_members(&first.name.text, index.span));
            return None;
        }
        self.field(unit, &first.name)
    }

    pub fn tests(&mut self, cases: &[Option<Given>]) -> Vec<Test> {
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
        cases: &[Option<Given>],
    ) -> Option<Test> {
        let unit = self.unit_of(policy);
        let mut given: Option<(Option<Given>, Span)> = None;
        let mut beside: Vec<(Option<Given>, Span)> = Vec::new();
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
                    given = Some(self.placed(unit, (base, record), item.span, cases));
                }
                ast::TestItemKind::Beside { base, record } => {
                    beside.push(self.placed(unit, (base, record), item.span, cases));
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
        let mut others = Vec::new();
        for (other, span) in beside {
            let other = other?;
            self.all_required(unit, &other, on.is_some(), span);
            others.push(other);
        }
        Some(Test {
            title: title.map_or("", |title| &title.value).into(),
            policy,
            given,
            beside: others,
            on: on.map(|(day, _)| day),
            expect,
            span: place,
        })
    }

    /// A record that a test gives, and the place where what it lacks is to be added.
    fn placed(
        &mut self,
        unit: UnitId,
        (base, record): (&'a Option<ast::Name>, &'a Option<ast::RecordLit>),
        span: Span,
        cases: &[Option<Given>],
    ) -> (Option<Given>, Span) {
        let merged = self.merged(unit, base.as_ref(), record.as_ref(), cases);
        // What a case lacks is lacking there, however many tests start from it.
        let case = base.as_ref().and_then(|it| self.meaning(unit, &it.text));
        (merged, case.map_or(span, |(_, declared)| declared))
    }

    /// A case with changes.
    fn merged(
        &mut self,
        unit: UnitId,
        base: Option<&'a ast::Name>,
        record: Option<&'a ast::RecordLit>,
        cases: &[Option<Given>],
    ) -> Option<Given> {
        let base = match base {
            None => Some(Vec::new()),
            Some(name) => self.case(unit, name).and_then(|at| cases[at].clone()),
        };
        let changes = match record {
            None => Some(Given::new()),
            Some(record) => self.given(unit, record),
        };
        let (mut merged, changes) = (base?, changes?);
        let mut places: FxHashMap<FieldId, usize> = FxHashMap::default();
        for (at, (field, _)) in merged.iter().enumerate() {
            places.insert(*field, at);
        }
        for (field, value) in changes {
            match places.get(&field) {
                Some(at) => merged[*at].1 = value,
                None => merged.push((field, value)),
            }
        }
        Some(merged)
    }

    fn case(&mut self, unit: UnitId, name: &ast::Name) -> Option<usize> {
        self.note_meaning(unit, name);
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
        let Some(of) = self.scope(unit).record else {
            return;
        };
        let but = self.records[of].as_of.filter(|_| on);
        self.lacking_fields(of, given, but, span);
    }

    /// Reports fields that every record like the one at `of` has and this one lacks, all `but` one.
    fn lacking_fields(&mut self, of: usize, given: &Given, but: Option<FieldId>, span: Span) {
        let record = &self.records[of];
        let mut has = vec![false; record.fields.len()];
        for (field, _) in given {
            has[field.index()] = true;
        }
        let lacking: Vec<FieldId> = record
            .fields
            .iter()
            .filter(|(id, field)| !field.optional && !has[id.index()])
            .filter(|(id, _)| but != Some(*id))
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
                        let rules: Vec<Option<ExpectedRules>> = paths
                            .iter()
                            .map(|path| self.expected_rules(unit, policy, path, true))
                            .collect();
                        Some(rules.into_iter().collect::<Option<Vec<ExpectedRules>>>()?)
                    }
                };
                Expectation::Verdict {
                    verdict: verdict?,
                    by,
                }
            }
            ast::Expect::AtMost(verdict) => Expectation::AtMost(self.verdict(unit, verdict)?),
            ast::Expect::Unknown { rule, lacking } => {
                let rule = self.expected_rules(unit, policy, rule, true);
                let lack = match lacking {
                    None => None,
                    Some(paths) => Some(self.lacking(unit, paths)?),
                };
                Expectation::Unknown { rule: rule?, lack }
            }
            ast::Expect::Not(path) => {
                Expectation::Not(self.expected_rules(unit, policy, path, false)?)
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

    /// A field, a param, which may have no value that day, or a table, which may have no row.
    fn lacking_name(&mut self, unit: UnitId, path: &ast::FieldPath) -> Option<Arc<str>> {
        if let [part] = path.parts.as_slice()
            && part.index.is_none()
            && let Some((Meaning::Param(_) | Meaning::Table(_) | Meaning::Aggregate(_), _)) =
                self.meaning(unit, &part.name.text)
        {
            self.note_meaning(unit, &part.name);
            return Some(part.name.text.as_str().into());
        }
        if let [list, column] = path.parts.as_slice()
            && list.index.is_none()
            && column.index.is_none()
            && let Some((meaning, _)) = self.meaning(unit, &list.name.text)
            && let Some(id) = meaning.rows()
        {
            self.note_meaning(unit, &list.name);
            return self.lacking_cell(id, &list.name, &column.name);
        }
        let mut of = self.scope(unit).record?;
        let mut spelled = String::new();
        for (at, part) in path.parts.iter().enumerate() {
            let is_last = at + 1 == path.parts.len();
            let field = self.nested_field(NestedId::from_index(of), &part.name)?;
            let ty = self.records[of].fields[field].ty;
            spelled.push_str(&part.name.text);
            match (ty, &part.index, is_last) {
                (_, None, true) => {}
                (Type::List(nested), Some(index), false) => {
                    let number = self.element_number(index)?;
                    spelled.push_str(&format!("[{number}]."));
                    of = nested.index();
                }
                (Type::List(_), Some(_), true) => {
                    let written = self.loaded.sources.snippet(path.span).to_owned();
                    let message = format!("`{written}` is a whole element, not a field of it");
                    let write = format!("{written}.FIELD");
                    self.report(errors::which_element(path.span, &message, &write));
                    return None;
                }
                (Type::List(_), None, false) => {
                    let message =
                        format!("`{spelled}` is a list, and this does not say which element");
                    let write = format!("{spelled}[1].{}", path.parts[at + 1].name.text);
                    self.report(errors::which_element(part.name.span, &message, &write));
                    return None;
                }
                (_, Some(_), _) => {
                    let called = self.called(ty);
                    let span = part.name.span;
                    self.report(errors::not_a_list(span, &called, "a number in brackets"));
                    return None;
                }
                (_, None, false) => {
                    self.report(errors::no_members(&part.name.text, part.name.span));
                    return None;
                }
            }
        }
        Some(spelled.into())
    }

    /// `LIST.COLUMN`
    fn lacking_cell(
        &mut self,
        id: ListId,
        list: &ast::Name,
        column: &ast::Name,
    ) -> Option<Arc<str>> {
        let info = &self.lists[id.index()];
        if let Some(found) = info.by_name.get(column.text.as_str()) {
            self.note_column(column.span, id, *found);
            return Some(format!("{}.{}", list.text, column.text).into());
        }
        let near = nearest(&column.text, info.by_name.keys().map(|name| &**name));
        let known: Vec<&str> = info.columns.values().map(|it| &*it.name).collect();
        let error = errors::unknown_field(&list.text, &column.text, column.span, near, &known);
        self.report(error);
        None
    }

    /// The number of an element, from 1.
    fn element_number(&mut self, written: &Spanned<ast::Number>) -> Option<usize> {
        match written.value.digits.parse::<usize>() {
            Ok(number) if number > 0 => Some(number),
            Ok(_) | Err(_) => {
                let why = "elements are counted in whole numbers from 1";
                self.report(errors::number_out_of_range(written.span, why));
                None
            }
        }
    }

    /// A rule of the test's own policy, or those that it makes; `in_results`: one that can stand among the rules of a result.
    fn expected_rules(
        &mut self,
        unit: UnitId,
        policy: PolicyId,
        path: &ast::RulePath,
        in_results: bool,
    ) -> Option<ExpectedRules> {
        let (name, span) = (&path.rule.text, path.span);
        let needed = "a rule or an exception";
        let (rules, declared) = match self.target(unit, path, None) {
            Ok((Target::Rules(rules), declared)) => (rules, declared),
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
        let mut whole = match self.declarations.policies.len() {
            1 => name.clone(),
            _ => format!("{}.{name}", self.policy_name(policy)),
        };
        if let Some(element) = &path.element {
            let element = self.loaded.sources.snippet(element.span);
            whole += &format!("[{element}]");
        }
        let sources = &self.declarations.rules;
        let Some(source) = rules.first().map(|id| &sources[id.index()]) else {
            // Made for each row of a list without rows.
            let name = whole.into();
            return Some(ExpectedRules { name, rules });
        };
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
        let name = whole.into();
        Some(ExpectedRules { name, rules })
    }
}
