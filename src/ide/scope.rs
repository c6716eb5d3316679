//! What a file can name, and of what type it is: for completion, where there may be no whole tree to ask.

use super::View;
use super::declared::{Declaration, Sort};
use crate::syntax::ast::{Type, TypeKind};
use crate::text::FileId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// What is expected at a place, or what a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Country,
    Enum(String),
    Verdict,
    Bool,
    Code,
    Money(Option<String>),
    Mass,
    Percent,
    Number,
    Date,
    Text,
    /// An element of a record type.
    Record(String),
    /// A list of records of a type.
    Records(String),
}

impl Kind {
    pub fn of(ty: &Type, scope: &Scope) -> Option<Kind> {
        Some(match &ty.kind {
            TypeKind::Text { .. } => Kind::Text,
            TypeKind::Bool => Kind::Bool,
            TypeKind::Int | TypeKind::Decimal => Kind::Number,
            TypeKind::Percent { .. } => Kind::Percent,
            TypeKind::Money { currency, .. } => Kind::Money(Some(currency.text.clone())),
            TypeKind::Mass { .. } => Kind::Mass,
            TypeKind::Date | TypeKind::Instant => Kind::Date,
            TypeKind::Country => Kind::Country,
            TypeKind::Hs | TypeKind::Eccn => Kind::Code,
            TypeKind::List(name) => Kind::Records(name.text.clone()),
            TypeKind::Named(name) if name.text == "verdict" => Kind::Verdict,
            TypeKind::Named(name) => match scope.find(&name.text)?.sort {
                Sort::Enum => Kind::Enum(name.text.clone()),
                Sort::Record => Kind::Record(name.text.clone()),
                Sort::Codes => Kind::Code,
                _ => return None,
            },
            TypeKind::Duration | TypeKind::Error => return None,
        })
    }
}

impl Kind {
    /// That of a type as its words stand in the text.
    pub fn written(words: &str, scope: &Scope<'_>) -> Option<Kind> {
        let mut words = words.split_whitespace();
        Some(match words.next()? {
            "country" => Kind::Country,
            "bool" => Kind::Bool,
            "hs" | "eccn" => Kind::Code,
            "money" => Kind::Money(words.next().map(str::to_owned)),
            "mass" => Kind::Mass,
            "percent" => Kind::Percent,
            "int" | "decimal" => Kind::Number,
            "date" | "instant" => Kind::Date,
            "text" => Kind::Text,
            "verdict" => Kind::Verdict,
            name => match scope.find(name)?.sort {
                Sort::Enum => Kind::Enum(name.to_owned()),
                Sort::Record => Kind::Record(name.to_owned()),
                Sort::Codes => Kind::Code,
                _ => return None,
            },
        })
    }
}

/// A declaration in sight, and the view that has it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'v> {
    pub view: &'v View,
    pub declaration: &'v Declaration,
}

/// What stands before the type of a parameter, where an element has what it is an element of.
pub(super) const PARAMETER: &str = ": ";

/// The names that a file can use.
pub(super) struct Scope<'v> {
    seen: Vec<Seen<'v>>,
    /// Declarations that have a name of their own in a file, parts and local names aside.
    by_name: FxHashMap<&'v str, Seen<'v>>,
}

impl<'v> Scope<'v> {
    /// What `file` of `view` can name; what is missing there because it is half written just now, as `before` had it.
    pub fn new(view: &'v Arc<View>, file: FileId, before: Option<&'v Arc<View>>) -> Scope<'v> {
        let mut scope = Scope {
            seen: Vec::new(),
            by_name: FxHashMap::default(),
        };
        scope.add(view, file);
        let known: FxHashSet<(Sort, &str)> = scope
            .seen
            .iter()
            .map(|it| (it.declaration.sort, it.declaration.name.as_str()))
            .collect();
        let path = view.path(file);
        let older = before.filter(|before| !Arc::ptr_eq(before, view));
        if let Some(before) = older
            && let Some(file) = path.and_then(|path| before.file(path))
        {
            let mut old = Scope {
                seen: Vec::new(),
                by_name: FxHashMap::default(),
            };
            old.add(before, file);
            old.seen.retain(|it| {
                let local = matches!(it.declaration.sort, Sort::Element | Sort::Parameter);
                !local && !known.contains(&(it.declaration.sort, it.declaration.name.as_str()))
            });
            scope.seen.extend(old.seen);
        }
        for seen in &scope.seen {
            if has_own_name(seen.declaration.sort) {
                let name = seen.declaration.name.as_str();
                scope.by_name.entry(name).or_insert(*seen);
            }
        }
        scope
    }

    fn add(&mut self, view: &'v View, file: FileId) {
        let (own, imported) = view.in_sight(file);
        for file in own {
            let all = view.declarations.in_file(file).iter();
            self.seen
                .extend(all.map(|declaration| Seen { view, declaration }));
        }
        for file in imported {
            let all = view.declarations.in_file(file).iter();
            let public = all.filter(|it| it.sort.is_public());
            self.seen
                .extend(public.map(|declaration| Seen { view, declaration }));
        }
    }

    /// All of these sorts.
    pub fn all<'s>(&'s self, sorts: &'s [Sort]) -> impl Iterator<Item = Seen<'v>> + 's {
        self.seen
            .iter()
            .copied()
            .filter(move |it| sorts.contains(&it.declaration.sort))
    }

    /// The declaration of that name, parts and local names aside.
    pub fn find(&self, name: &str) -> Option<&'v Declaration> {
        self.by_name.get(name).map(|it| it.declaration)
    }

    /// The fields of a record, the columns of a list, the values of an enum.
    pub fn parts_of(&self, name: &str) -> Vec<Seen<'v>> {
        let Some(whole) = self.by_name.get(name) else {
            return Vec::new();
        };
        let parts = whole.view.declarations.parts(whole.declaration.span);
        parts
            .map(|declaration| Seen {
                view: whole.view,
                declaration,
            })
            .collect()
    }

    /// The fields of the record that is screened: the one with a key.
    pub fn fields(&self) -> Vec<Seen<'v>> {
        let elements: FxHashSet<&str> = self
            .all(&[Sort::Field])
            .filter_map(|it| match &it.declaration.ty.as_ref()?.kind {
                TypeKind::List(name) => Some(name.text.as_str()),
                _ => None,
            })
            .collect();
        let screened = |record: &Seen<'v>| {
            let parts = record.view.declarations.parts(record.declaration.span);
            let keyed = parts.into_iter().any(|field| field.is_key);
            keyed && !elements.contains(record.declaration.name.as_str())
        };
        let records: Vec<Seen<'v>> = self.all(&[Sort::Record]).collect();
        let record = records.iter().find(|it| screened(it));
        let record = record.or_else(|| {
            let free = |it: &&Seen<'v>| !elements.contains(it.declaration.name.as_str());
            records.iter().find(free)
        });
        record.map_or_else(Vec::new, |it| self.parts_of(&it.declaration.name))
    }

    /// Elements and parameters that have their names at a byte of a file.
    pub fn local(&self, view: &View, file: FileId, at: usize) -> Vec<&'v Declaration> {
        let path = view.path(file);
        let here = |it: &&Seen<'v>| {
            let whole = it.declaration.whole;
            it.view.path(whole.file) == path
                && (whole.start as usize) <= at
                && at <= whole.end as usize + 1
        };
        self.all(&[Sort::Element, Sort::Parameter])
            .filter(|it| here(&it))
            .map(|it| it.declaration)
            .collect()
    }

    /// What a bare name stands for as a value, with the local names `local` before all.
    pub fn kind_of(&self, name: &str, local: &[(String, String)]) -> Option<Kind> {
        if let Some((_, from)) = local.iter().find(|(known, _)| known == name) {
            return self.element_of(from, local);
        }
        let fields = self.fields();
        if let Some(field) = fields.iter().find(|it| it.declaration.name == name) {
            return Kind::of(field.declaration.ty.as_ref()?, self);
        }
        let found = self.find(name)?;
        match found.sort {
            Sort::Param | Sort::Define | Sort::Aggregate | Sort::Table | Sort::Set => {
                Kind::of(found.ty.as_ref()?, self)
            }
            _ => None,
        }
    }

    /// What an element of `from` is: a value of an enum, a row of a list, a record of a list of records.
    fn element_of(&self, from: &str, local: &[(String, String)]) -> Option<Kind> {
        if let Some(ty) = from.strip_prefix(PARAMETER) {
            return Kind::written(ty, self);
        }
        let kind = match from.split_once('.') {
            Some((base, field)) => self.member(base.trim(), field.trim(), local),
            None => self.kind_of(from, &[]),
        };
        if let Some(Kind::Records(record)) = kind {
            return Some(Kind::Record(record));
        }
        match self.find(from)?.sort {
            Sort::Enum => Some(Kind::Enum(from.to_owned())),
            Sort::List => Some(Kind::Record(from.to_owned())),
            _ => None,
        }
    }

    /// What `base.field` stands for.
    pub fn member(&self, base: &str, field: &str, local: &[(String, String)]) -> Option<Kind> {
        let parts = match self.kind_of(base, local) {
            Some(Kind::Record(record)) => self.parts_of(&record),
            _ => self.parts_of(base),
        };
        let found = parts.iter().find(|it| it.declaration.name == field)?;
        match found.declaration.sort {
            Sort::EnumValue => Some(Kind::Enum(base.to_owned())),
            _ => Kind::of(found.declaration.ty.as_ref()?, self),
        }
    }

    /// What the elements of a set or the keys of a list are.
    pub fn elements_of(&self, name: &str) -> Option<Kind> {
        let found = self.find(name)?;
        match found.sort {
            Sort::Set => Kind::of(found.ty.as_ref()?, self),
            Sort::List => {
                let parts = self.parts_of(name);
                let key = parts.iter().find(|it| it.declaration.is_key);
                let key = key.or(parts.first())?;
                Kind::of(key.declaration.ty.as_ref()?, self)
            }
            _ => None,
        }
    }
}

fn has_own_name(sort: Sort) -> bool {
    match sort {
        Sort::Field
        | Sort::Column
        | Sort::EnumValue
        | Sort::Parameter
        | Sort::Element
        | Sort::Verdict
        | Sort::Test => false,
        Sort::Policy
        | Sort::Record
        | Sort::Enum
        | Sort::Codes
        | Sort::Set
        | Sort::List
        | Sort::Table
        | Sort::Closure
        | Sort::Param
        | Sort::Define
        | Sort::Aggregate
        | Sort::Calendar
        | Sort::Rule
        | Sort::Exception
        | Sort::Suspension
        | Sort::Case => true,
    }
}
