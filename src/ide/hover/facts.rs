//! What only a whole policy tells: members of sets and values of params today, windows of rules.

use super::super::View;
use super::super::declared::{Declaration, Sort};
use super::listed;
use crate::domain::{Day, Windows};
use crate::model::{self, ListSource, Model, Rule, SetExpr, Type, Value, print};
use crate::text::Span;
use std::path::Path;

/// How many members of a set are shown.
const MAX_MEMBERS: usize = 40;
/// How many steps of a param are shown.
const MAX_STEPS: usize = 20;

/// A policy without errors, and the day.
pub(in crate::ide) struct Facts<'v> {
    pub view: &'v View,
    pub model: &'v Model,
    pub today: Day,
}

impl<'v> Facts<'v> {
    /// Those of a view, if it has a model.
    pub fn of(view: &'v View, today: Day) -> Option<Facts<'v>> {
        let model = view.checked.model.as_ref()?;
        Some(Facts { view, model, today })
    }
}

impl Facts<'_> {
    /// What is to be said of a declaration in the file at `path`.
    pub fn about(&self, path: &Path, declaration: &Declaration) -> Vec<String> {
        let name = declaration.name.as_str();
        let here = |span: Span| self.view.path(span.file) == Some(path);
        match declaration.sort {
            Sort::Set => {
                let mut sets = self.model.sets.values();
                let set = sets.find(|set| *set.name == *name && here(set.span));
                set.map_or_else(Vec::new, |set| self.members(set))
            }
            Sort::Param => {
                let mut params = self.model.params.values();
                let param = params.find(|param| *param.name == *name && here(param.span));
                param.map_or_else(Vec::new, |param| self.steps(param))
            }
            Sort::Rule | Sort::Exception => {
                let rules = self.rules(path, name);
                rules
                    .first()
                    .map_or_else(Vec::new, |rule| self.rule(rule, rules.len()))
            }
            Sort::Suspension => {
                let mut all = self.model.suspensions.values();
                let found = all.find(|it| *it.name == *name && here(it.span));
                let line = found.map(|it| format!("Suspends {}", it.effective));
                line.into_iter().collect()
            }
            Sort::List | Sort::Table | Sort::Closure => {
                let mut lists = self.model.lists.values();
                let list = lists.find(|list| *list.head.name == *name && here(list.head.span));
                list.map(list_facts).into_iter().collect()
            }
            Sort::Policy
            | Sort::Record
            | Sort::Field
            | Sort::Enum
            | Sort::EnumValue
            | Sort::Verdict
            | Sort::Codes
            | Sort::Column
            | Sort::Define
            | Sort::Aggregate
            | Sort::Calendar
            | Sort::Case
            | Sort::Test
            | Sort::Parameter
            | Sort::Element => Vec::new(),
        }
    }

    fn members(&self, set: &model::NamedSet) -> Vec<String> {
        let today = self.today;
        let line = match self.on(&set.members, set.element, today) {
            Some(members) => {
                let shown: Vec<String> = members.iter().map(|it| format!("`{it}`")).collect();
                let count = crate::diagnostic::counted(members.len(), "member");
                match members.is_empty() {
                    true => format!("On {today}: empty"),
                    false => format!("On {today}, {count}: {}", listed(&shown, MAX_MEMBERS)),
                }
            }
            None => {
                let written = print::set(self.model, set.element, &set.members);
                format!("Members: `{written}`")
            }
        };
        let mut edges = Vec::new();
        self.edges(&set.members, &mut edges);
        edges.sort();
        edges.dedup();
        let edges: Vec<String> = edges.iter().map(Day::to_string).collect();
        let changes = format!("Changes on {}", listed(&edges, MAX_STEPS));
        std::iter::once(line)
            .chain((!edges.is_empty()).then_some(changes))
            .collect()
    }

    /// The members on a day as an author would write them; nothing where they cannot be told one by one.
    fn on(&self, set: &SetExpr, ty: Type, day: Day) -> Option<Vec<String>> {
        match set {
            SetExpr::Elements(elements) => {
                let today = elements.iter().filter(|it| it.windows.contains(day));
                let written = today.map(|it| {
                    let value = |value: &Value| print::value(self.model, ty, value);
                    match &it.to {
                        Some(to) => format!("{} to {}", value(&it.value), value(to)),
                        None => value(&it.value),
                    }
                });
                Some(written.collect())
            }
            SetExpr::Named(id) => self.on(&self.model.sets[*id].members, ty, day),
            SetExpr::List(_) => None,
            SetExpr::Union(a, b) => {
                let (mut all, more) = (self.on(a, ty, day)?, self.on(b, ty, day)?);
                for member in more {
                    if !all.contains(&member) {
                        all.push(member);
                    }
                }
                Some(all)
            }
            // Codes stand for all below them.
            SetExpr::Difference(..) | SetExpr::Intersection(..) if matches!(ty, Type::Code(_)) => {
                None
            }
            SetExpr::Difference(a, b) => {
                let (mut all, less) = (self.on(a, ty, day)?, self.on(b, ty, day)?);
                all.retain(|member| !less.contains(member));
                Some(all)
            }
            SetExpr::Intersection(a, b) => {
                let (mut all, other) = (self.on(a, ty, day)?, self.on(b, ty, day)?);
                all.retain(|member| other.contains(member));
                Some(all)
            }
        }
    }

    fn edges(&self, set: &SetExpr, edges: &mut Vec<Day>) {
        match set {
            SetExpr::Elements(elements) => {
                edges.extend(elements.iter().flat_map(|it| it.windows.edges()));
            }
            SetExpr::Named(id) => self.edges(&self.model.sets[*id].members, edges),
            SetExpr::List(_) => {}
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.edges(a, edges);
                self.edges(b, edges);
            }
        }
    }

    fn steps(&self, param: &model::Param) -> Vec<String> {
        let value = |value: &Value| format!("`{}`", print::value(self.model, param.ty, value));
        let today = match param.on(self.today) {
            Some(now) => format!("On {}: {}", self.today, value(now)),
            None => format!("On {}: no value yet", self.today),
        };
        let steps: Vec<String> = param
            .steps
            .iter()
            .map(|(from, step)| match from {
                Some(from) => format!("{} from {from}", value(step)),
                None => value(step),
            })
            .collect();
        match steps.len() {
            0 | 1 => vec![today],
            _ => vec![today, listed(&steps, MAX_STEPS)],
        }
    }

    /// The value of a param today, as an author would write it; nothing of one that is the same on every day.
    pub fn param_today(&self, path: &Path, name: &str) -> Option<String> {
        let here = |span: Span| self.view.path(span.file) == Some(path);
        let mut params = self.model.params.values();
        let param = params.find(|param| *param.name == *name && here(param.span))?;
        (param.steps.len() > 1).then(|| match param.on(self.today) {
            Some(value) => print::value(self.model, param.ty, value),
            None => "no value yet".to_owned(),
        })
    }

    /// The rules that a declaration makes.
    pub fn rules(&self, path: &Path, name: &str) -> Vec<&Rule> {
        let own = |rule: &&Rule| {
            **rule.declared_name() == *name && self.view.path(rule.span.file) == Some(path)
        };
        self.model.rules.values().filter(own).collect()
    }

    fn rule(&self, rule: &Rule, made: usize) -> Vec<String> {
        let mut lines = Vec::new();
        if !rule.cites.is_empty() {
            lines.push(rule.cites.join("; "));
        }
        if let Some(windows) = self.windows(rule) {
            lines.push(capital(&windows));
        }
        lines.push(format!("In force on {}: {}", self.today, self.force(rule)));
        if let Some(then) = rule.then.as_ref().and_then(model::Then::fixed) {
            lines.push(format!("Verdict `{}`", self.model.verdict_name(then)));
        }
        if made > 1 {
            lines.push(format!("{made} rules, one for each element"));
        }
        let exceptions = rule.exceptions.iter();
        let mut names: Vec<String> = exceptions
            .map(|id| format!("`{}`", self.model.rules[*id].declared_name()))
            .collect();
        names.dedup();
        if !names.is_empty() {
            lines.push(format!("Exceptions: {}", listed(&names, 20)));
        }
        lines
    }

    /// "in force from 2025-03-01; suspended from … by …"; nothing of a rule that is always in force.
    pub fn windows(&self, rule: &Rule) -> Option<String> {
        let mut parts = Vec::new();
        if !rule.force.windows.is_always() {
            parts.push(format!("in force {}", rule.force.windows));
        }
        if !rule.force.suspended.is_empty() {
            parts.push(format!("suspended {}", rule.force.suspended));
        }
        for id in &rule.force.suspended_by {
            let suspension = &self.model.suspensions[*id];
            if !suspension.effective.is_empty() {
                let (days, name) = (&suspension.effective, &suspension.name);
                parts.push(format!("suspended {days} by {name}"));
            }
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// "yes", "yes, until …", "no, from …", "no, suspended by … until …".
    pub fn force(&self, rule: &Rule) -> String {
        let day = self.today;
        let windows = &rule.force.windows;
        if !windows.contains(day) {
            return match windows.next_edge(day) {
                Some(from) => format!("no, from {from}"),
                None => "no".to_owned(),
            };
        }
        let until = |windows: &Windows| match windows.next_edge(day) {
            Some(until) => format!(" until {until}"),
            None => String::new(),
        };
        if rule.force.suspended.contains(day) {
            return format!("no, suspended{}", until(&rule.force.suspended));
        }
        let suspensions = rule.force.suspended_by.iter();
        let mut suspensions = suspensions.map(|id| &self.model.suspensions[*id]);
        if let Some(by) = suspensions.find(|it| it.effective.contains(day)) {
            return format!("no, suspended by {}{}", by.name, until(&by.effective));
        }
        match self.applied(rule).next_edge(day) {
            Some(end) => format!("yes, until {end}"),
            None => "yes".to_owned(),
        }
    }

    /// The days on which a rule is in force and not suspended.
    fn applied(&self, rule: &Rule) -> Windows {
        let mut applied = rule.force.windows.subtract(&rule.force.suspended);
        for id in &rule.force.suspended_by {
            applied = applied.subtract(&self.model.suspensions[*id].effective);
        }
        applied
    }
}

fn list_facts(list: &model::List) -> String {
    let rows = crate::diagnostic::counted(list.rows().len(), "row");
    let keys = list.head.keys.iter();
    let keys: Vec<String> = keys
        .map(|key| format!("`{}`", list.head.columns[*key].name))
        .collect();
    let keys = keys.join(", ");
    match &list.head.source {
        ListSource::File(file) | ListSource::Table(file) => {
            format!("{rows} by {keys}, from `{}`", file.written)
        }
        ListSource::Closure(_) => format!("{rows} by {keys}"),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
