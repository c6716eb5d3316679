//! What names mean, and where that is told: a page and a place on it.

use super::source::{Kind, Sources};
use crate::domain::Country;
use crate::model::{Model, PolicyId};
use crate::report::html::slug;
use crate::text::FileId;
use rustc_hash::FxHashMap;

/// Where something is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The page and the place on it.
    pub to: String,
    /// What it is, in a line.
    pub about: Option<String>,
}

/// What a name may be at the place where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// After a dot, behind this name.
    Member,
    /// Where a rule is expected.
    Rule,
    /// Where a type is expected.
    Type,
    /// Where a case is expected.
    Case,
    /// Anywhere else.
    Value,
}

/// All names.
#[derive(Default)]
pub(super) struct Names {
    fields: FxHashMap<String, Target>,
    types: FxHashMap<String, Target>,
    declared: FxHashMap<String, Target>,
    /// Values of enums and verdicts; nothing where several have the name.
    values: FxHashMap<String, Option<Target>>,
    /// Fields of elements; nothing where several have the name.
    members: FxHashMap<String, Option<Target>>,
    /// By what stands before the dot.
    inside: FxHashMap<(String, String), Target>,
    rules: FxHashMap<(PolicyId, String), Target>,
    cases: FxHashMap<(PolicyId, String), Target>,
    policies: FxHashMap<FileId, PolicyId>,
}

pub(super) const RECORD: &str = "record.html";
pub(super) const DEFINITIONS: &str = "definitions.html";
pub(super) const SETS: &str = "sets.html";
pub(super) const VOCABULARY: &str = "vocabulary.html";
pub(super) const LISTS: &str = "lists.html";

/// The page of a policy.
pub(super) fn policy_page(model: &Model, policy: PolicyId) -> String {
    format!("policy-{}.html", slug(&model.policies[policy].name))
}

/// The page of its tests.
pub(super) fn tests_page(model: &Model, policy: PolicyId) -> String {
    format!("tests-{}.html", slug(&model.policies[policy].name))
}

/// The place of a declaration on its page.
pub(super) fn anchor(kind: Kind, name: &str) -> String {
    let word = match kind {
        Kind::Exception => "rule",
        Kind::Table | Kind::Aggregate => "define",
        Kind::Closure | Kind::Calendar => "list",
        Kind::Param => "param",
        Kind::Enum => "enum",
        Kind::Policy
        | Kind::Record
        | Kind::Verdicts
        | Kind::Codes
        | Kind::Set
        | Kind::List
        | Kind::Define
        | Kind::Rule
        | Kind::Suspension
        | Kind::Case
        | Kind::Test
        | Kind::Setting => kind.word(),
    };
    let word = if word == "definition" { "define" } else { word };
    format!("{word}-{}", slug(name))
}

/// The place of a field.
pub(super) fn field_anchor(record: &str, field: &str) -> String {
    format!("field-{}-{}", slug(record), slug(field))
}

/// The place of a value of an enum.
pub(super) fn value_anchor(of: &str, value: &str) -> String {
    format!("value-{}-{}", slug(of), slug(value))
}

/// The place of a verdict.
pub(super) fn verdict_anchor(verdict: &str) -> String {
    format!("verdict-{}", slug(verdict))
}

/// The first sentence of a comment.
pub(super) fn first_sentence(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> = lines
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .collect();
    let paragraph = lines.join(" ");
    let end = paragraph.find(". ").map_or(paragraph.len(), |at| at + 1);
    (!paragraph.is_empty()).then(|| paragraph[..end].to_owned())
}

impl Names {
    pub fn of(model: &Model, sources: &Sources) -> Names {
        let mut names = Names {
            policies: policies_of_files(model, sources),
            ..Names::default()
        };
        for chapter in &sources.chapters {
            for item in &chapter.items {
                names.add(model, chapter.file, item);
            }
        }
        for (at, verdict) in model.verdicts.iter().enumerate() {
            let about = format!("verdict {} of {}", at + 1, model.verdicts.len());
            let target = Target {
                to: format!("{VOCABULARY}#{}", verdict_anchor(verdict)),
                about: Some(about),
            };
            names.values.insert(verdict.to_string(), Some(target));
        }
        names
    }

    fn add(&mut self, model: &Model, file: FileId, item: &super::source::Declared) {
        let Some(name) = item.name.clone() else {
            return;
        };
        let about = item.doc.as_deref().and_then(first_sentence);
        let target = |page: &str| Target {
            to: format!("{page}#{}", anchor(item.kind, &name)),
            about: about.clone(),
        };
        let policy = self.policies.get(&file).copied();
        match item.kind {
            Kind::Record => {
                self.add_fields(model, &name, item);
                self.types.insert(name.clone(), target(RECORD));
            }
            Kind::Enum => {
                self.add_values(&name, item);
                self.types.insert(name.clone(), target(VOCABULARY));
            }
            Kind::Codes => {
                self.types.insert(name.clone(), target(VOCABULARY));
            }
            Kind::Set => {
                self.declared.insert(name.clone(), target(SETS));
            }
            Kind::List | Kind::Closure | Kind::Calendar => {
                self.declared.insert(name.clone(), target(LISTS));
            }
            Kind::Param | Kind::Define | Kind::Table | Kind::Aggregate => {
                self.declared.insert(name.clone(), target(DEFINITIONS));
            }
            Kind::Rule | Kind::Exception | Kind::Suspension => {
                if let Some(policy) = policy {
                    let target = target(&policy_page(model, policy));
                    self.rules.insert((policy, name.clone()), target);
                }
            }
            Kind::Case => {
                if let Some(policy) = policy {
                    let target = target(&tests_page(model, policy));
                    self.cases.insert((policy, name.clone()), target);
                }
            }
            Kind::Policy | Kind::Verdicts | Kind::Test | Kind::Setting => {}
        }
    }

    fn add_fields(&mut self, model: &Model, record: &str, item: &super::source::Declared) {
        for field in &item.members {
            let target = Target {
                to: format!("{RECORD}#{}", field_anchor(record, &field.name)),
                about: field.doc.as_deref().and_then(first_sentence),
            };
            if *record == *model.record.name {
                self.fields.insert(field.name.clone(), target);
            } else {
                add_once(&mut self.members, &field.name, target);
            }
        }
    }

    fn add_values(&mut self, of: &str, item: &super::source::Declared) {
        for value in &item.members {
            let target = Target {
                to: format!("{VOCABULARY}#{}", value_anchor(of, &value.name)),
                about: value.doc.as_deref().and_then(first_sentence),
            };
            self.inside
                .insert((of.to_owned(), value.name.clone()), target.clone());
            add_once(&mut self.values, &value.name, target);
        }
    }

    /// The policy that a file belongs to, if it has rules or tests of one, or stands beside its header.
    pub fn policy_of(&self, file: FileId) -> Option<PolicyId> {
        self.policies.get(&file).copied()
    }

    /// Where a rule or a suspension of a policy is told.
    pub fn rule(&self, policy: PolicyId, name: &str) -> Option<&Target> {
        self.rules.get(&(policy, name.to_owned()))
    }

    /// What `name` is at its place, behind `before` where that is a dot.
    pub fn resolve(
        &self,
        policy: Option<PolicyId>,
        place: Place,
        before: Option<&str>,
        name: &str,
    ) -> Option<&Target> {
        let own = policy.map(|policy| (policy, name.to_owned()));
        let own = own.as_ref();
        let value = || {
            let known = self.fields.get(name).or_else(|| self.declared.get(name));
            known
                .or_else(|| self.values.get(name)?.as_ref())
                .or_else(|| self.types.get(name))
        };
        match place {
            Place::Member => {
                let inside =
                    before.and_then(|of| self.inside.get(&(of.to_owned(), name.to_owned())));
                let member = || self.members.get(name)?.as_ref();
                inside.or_else(member).or_else(|| self.any_rule(name))
            }
            Place::Rule => own
                .and_then(|own| self.rules.get(own))
                .or_else(|| self.any_rule(name))
                .or_else(value),
            Place::Case => own.and_then(|own| self.cases.get(own)).or_else(value),
            Place::Type => self.types.get(name).or_else(value),
            Place::Value => value().or_else(|| self.members.get(name)?.as_ref()),
        }
    }

    fn any_rule(&self, name: &str) -> Option<&Target> {
        let mut found: Vec<_> = self
            .rules
            .iter()
            .filter(|((_, own), _)| own == name)
            .collect();
        found.sort_by_key(|((policy, _), _)| *policy);
        found.first().map(|(_, target)| *target)
    }
}

fn add_once(names: &mut FxHashMap<String, Option<Target>>, name: &str, target: Target) {
    match names.get_mut(name) {
        Some(known) => *known = None,
        None => {
            names.insert(name.to_owned(), Some(target));
        }
    }
}

/// The name of the country whose code a name is.
pub(super) fn country(name: &str) -> Option<&'static str> {
    let is_code = name.len() == 2 && name.bytes().all(|b| b.is_ascii_uppercase());
    let country = is_code.then(|| Country::from_alpha2(name)).flatten()?;
    Some(country.name())
}

fn policies_of_files(model: &Model, sources: &Sources) -> FxHashMap<FileId, PolicyId> {
    let mut policies = FxHashMap::default();
    let headers = model
        .policies
        .iter()
        .map(|(id, policy)| (policy.span.file, id));
    policies.extend(headers);
    policies.extend(
        model
            .rules
            .values()
            .map(|rule| (rule.span.file, rule.policy)),
    );
    let suspensions = model.suspensions.values();
    policies.extend(suspensions.map(|it| (it.span.file, it.policy)));
    policies.extend(model.tests.iter().map(|test| (test.span.file, test.policy)));
    // A file of cases alone stands beside the header.
    let folder = |name: &str| name.rfind('/').map_or("", |at| &name[..at]).to_owned();
    for chapter in &sources.chapters {
        let beside = sources.chapters.iter().find(|other| {
            let has_header = other.items.iter().any(|item| item.kind == Kind::Policy);
            has_header && folder(&other.name) == folder(&chapter.name)
        });
        let beside = beside.and_then(|other| policies.get(&other.file).copied());
        if let Some(policy) = beside {
            policies.entry(chapter.file).or_insert(policy);
        }
    }
    policies
}
