//! The order of the checker's work, and the model in one piece.

use super::CheckOptions;
use super::checker::Checker;
use super::declare::{PolicySource, declare};
use super::errors;
use super::load::Loaded;
use super::occurrences::{Notes, Occurrence};
use super::relations::Relations;
use super::repeats;
use crate::diagnostic::{Diagnostic, nearest};
use crate::domain::Zone;
use crate::model::{self, Asks, Model, Nested, Policy, Record, Type, built_in_systems};
use crate::syntax::ast;
use crate::text::{Arena, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Checks all; the model is whole only if no message is an error.
pub(super) fn assemble(
    loaded: &Loaded,
    options: &CheckOptions,
) -> (Option<Model>, Vec<Diagnostic>, Vec<Occurrence>) {
    let systems = built_in_systems();
    let mut diagnostics = Vec::new();
    let declarations = declare(loaded, systems.len(), &mut diagnostics);
    let mut checker = Checker {
        loaded,
        options,
        declarations,
        diagnostics,
        enums: Arena::default(),
        enum_info: Vec::new(),
        systems,
        records: Vec::new(),
        lists: Vec::new(),
        set_types: Vec::new(),
        param_types: Vec::new(),
        set_codes: Vec::new(),
        defines: Vec::new(),
        checked_defines: Arena::default(),
        totals: Arena::default(),
        measures: Vec::new(),
        made: Vec::new(),
        relations: Relations::default(),
        binders: 0,
        notes: Notes::default(),
    };
    let model = checker.model();
    let occurrences = checker.notes.into_occurrences();
    (model, checker.diagnostics, occurrences)
}

impl Checker<'_> {
    fn model(&mut self) -> Option<Model> {
        self.enums();
        self.systems();
        self.all_records();
        self.choose_records();
        self.all_verdicts();
        let lists = self.all_lists();
        self.value_types();
        let sets = self.sets();
        let params = self.params();
        self.make_rules(&lists);
        self.index_rules();
        let calendars = self.calendars();
        let order = self.define_order();
        self.relate();
        self.all_defines(&order);
        self.look_at_tables(&sets, &params);
        let rules = self.rules();
        let suspensions = self.all_suspensions();
        let of_tests = self.diagnostics.len();
        let cases = self.cases();
        let tests = self.tests(&cases);
        repeats::fold(&mut self.diagnostics, of_tests);
        self.agreement();
        let policies = self.policies();
        if self.declarations.policies.is_empty() || self.is_failed() {
            return None;
        }
        self.put_together(Parts {
            sets,
            lists,
            params,
            calendars,
            rules,
            suspensions,
            tests,
            policies,
        })
    }

    fn is_failed(&self) -> bool {
        let found = self.diagnostics.iter().chain(&self.loaded.diagnostics);
        found.into_iter().any(Diagnostic::is_error)
    }

    fn put_together(&mut self, parts: Parts) -> Option<Model> {
        let unit = self.declarations.policies.first()?.unit;
        let scope = self.scope(unit);
        let record = scope.record?;
        let verdicts = scope.verdicts.first()?.names.iter();
        let verdicts = verdicts.map(|name| name.text.as_str().into()).collect();
        let answers = self.answers(unit);
        let nested = self.records.iter().map(|info| Nested {
            name: Arc::clone(&info.name),
            fields: info.fields.clone(),
            span: info.span.expect("a declared record has its place"),
        });
        let nested = nested.collect();
        let info = &mut self.records[record];
        let defines = std::mem::take(&mut self.checked_defines);
        let asks = Asks::of(&parts.rules, &defines);
        Some(Model {
            sources: self.loaded.sources.clone(),
            policies: parts.policies,
            record: Record {
                name: Arc::clone(&info.name),
                key: info.key?,
                as_of: info.as_of?,
                span: info.span?,
                fields: std::mem::take(&mut info.fields),
            },
            nested,
            enums: std::mem::take(&mut self.enums),
            systems: std::mem::take(&mut self.systems),
            verdicts,
            otherwise: answers.otherwise,
            when_unknown: answers.when_unknown,
            sets: parts.sets,
            lists: parts.lists,
            params: parts.params,
            defines,
            totals: std::mem::take(&mut self.totals),
            calendars: parts.calendars,
            rules: parts.rules,
            suspensions: parts.suspensions,
            tests: parts.tests,
            dependency_order: std::mem::take(&mut self.relations.dependency_order),
            asks,
        })
    }

    fn policies(&mut self) -> Arena<Policy> {
        let mut policies = Arena::default();
        for at in 0..self.declarations.policies.len() {
            let PolicySource { unit, header, span } = &self.declarations.policies[at];
            let (unit, header, span) = (*unit, *header, *span);
            let policy = match header {
                Some((header, span)) => self.header(header, span),
                None => nameless(&self.loaded.units[unit].name, span),
            };
            // The as-of instant becomes a day, and any other does where a date is asked of it.
            let instant = self.record(unit).and_then(|record| {
                let mut fields = record.fields.values();
                let instant = fields.find(|field| field.ty == Type::Instant);
                instant.map(|field| field.span)
            });
            if let (Some(instant), None) = (instant, &policy.zone)
                && !header.is_some_and(|(header, _)| has_zone(header))
            {
                self.report(errors::zone_needed(span, instant));
            }
            policies.push(policy);
        }
        policies
    }

    fn header(&mut self, header: &ast::PolicyHeader, span: Span) -> Policy {
        let mut policy = nameless(&header.name.text, span);
        let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
        for entry in &header.entries {
            let key = entry.key.text.as_str();
            if let Some(first) = seen.insert(key, entry.key.span) {
                let help = "leave one of them out";
                self.report(errors::clause_twice(key, first, entry.key.span, help));
                continue;
            }
            let value = Some(Arc::from(entry.value.value.as_str()));
            match key {
                "title" => policy.title = value,
                "version" => policy.version = value,
                "authority" => policy.authority = value,
                "zone" => policy.zone = self.zone(&entry.value),
                // The parser has said that there is no such entry.
                _ => {}
            }
        }
        policy
    }

    fn zone(&mut self, name: &ast::Str) -> Option<Zone> {
        let found = Zone::get(&name.value);
        if found.is_none() {
            let names = Zone::names();
            let near = nearest(&name.value, names.iter().map(String::as_str));
            let near = near.map(|near| format!("\"{near}\""));
            self.report(errors::unknown_zone(
                &name.value,
                name.span,
                near.as_deref(),
            ));
        }
        found
    }
}

/// What was made for the model on the way.
struct Parts {
    sets: Arena<model::NamedSet>,
    lists: Arena<model::List>,
    params: Arena<model::Param>,
    calendars: Arena<model::NamedCalendar>,
    rules: Arena<model::Rule>,
    suspensions: Arena<model::Suspension>,
    tests: Vec<model::Test>,
    policies: Arena<Policy>,
}

fn nameless(name: &str, span: Span) -> Policy {
    Policy {
        name: name.into(),
        title: None,
        version: None,
        authority: None,
        zone: None,
        span,
    }
}

fn has_zone(header: &ast::PolicyHeader) -> bool {
    header.entries.iter().any(|entry| entry.key.text == "zone")
}
