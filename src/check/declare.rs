//! Every declaration of a run, once, with its number; and what each unit can name.
//!
//! Rules, suspensions and tests count only where their unit is named on the command line: importing a policy
//! brings its declarations, not its rules. Policies are the named units that hold a header, rules or tests.

use super::errors;
use super::load::{Loaded, UnitId};
use crate::diagnostic::Diagnostic;
use crate::model::{CalendarId, EnumId, ListId, ParamId, PolicyId, SetId, SuspensionId, SystemId};
use crate::syntax::ast;
use crate::text::{FileId, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A declaration, the unit it stands in, and what goes with it.
pub(super) struct Declared<'a, T> {
    pub ast: &'a T,
    pub unit: UnitId,
    pub doc: Option<Arc<str>>,
}

/// What a name with parameters can be.
#[derive(Clone, Copy)]
pub(super) enum Formula<'a> {
    Define(&'a ast::Define),
    Table(&'a ast::Table),
    Aggregate(&'a ast::Aggregate),
}

impl<'a> Formula<'a> {
    pub fn name(self) -> &'a ast::Name {
        match self {
            Formula::Define(define) => &define.name,
            Formula::Table(table) => &table.name,
            Formula::Aggregate(aggregate) => &aggregate.name,
        }
    }

    /// Its parameters, if it is called with some.
    pub fn params(self) -> Option<&'a [ast::DefineParam]> {
        match self {
            Formula::Define(define) => define.params.as_deref(),
            Formula::Table(table) => Some(&table.params),
            Formula::Aggregate(_) => None,
        }
    }

    /// The type of what it comes to, where written.
    pub fn ty(self) -> Option<&'a ast::Type> {
        match self {
            Formula::Define(define) => define.ty.as_ref(),
            Formula::Table(table) => Some(&table.ty),
            Formula::Aggregate(aggregate) => Some(&aggregate.ty),
        }
    }

    /// Every expression it is made of, in the order of the text.
    pub fn exprs(self) -> Vec<&'a ast::Expr> {
        match self {
            Formula::Define(define) => vec![&define.body],
            Formula::Table(table) => {
                let rows = table.rows.iter();
                rows.flat_map(|row| {
                    let cells = row.cells.iter().flat_map(|cell| cell.kind.exprs());
                    cells.chain([&row.result])
                })
                .collect()
            }
            Formula::Aggregate(aggregate) => aggregate
                .body
                .args
                .iter()
                .chain(&aggregate.filter)
                .collect(),
        }
    }
}

/// A define or a table, and the unit it stands in.
pub(super) struct DefineSource<'a> {
    pub formula: Formula<'a>,
    pub unit: UnitId,
    pub doc: Option<Arc<str>>,
}

/// Where the rows of a list come from: a file, or other lists.
#[derive(Clone, Copy)]
pub(super) enum ListSource<'a> {
    File(&'a ast::List),
    Closure(&'a ast::Closure),
}

impl<'a> ListSource<'a> {
    pub fn name(self) -> &'a ast::Name {
        match self {
            ListSource::File(list) => &list.name,
            ListSource::Closure(closure) => &closure.name,
        }
    }

    /// What it is called in messages, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            ListSource::File(list) if list.is_table => "a table",
            ListSource::File(_) => "a list read from a file",
            ListSource::Closure(_) => "a closure",
        }
    }
}

/// A list, a table that is read from a file, or a closure, and the unit it stands in.
pub(super) struct DeclaredList<'a> {
    pub source: ListSource<'a>,
    pub unit: UnitId,
    pub doc: Option<Arc<str>>,
}

/// A rule or an exception; of a declaration with `for each`, the one of an element.
#[derive(Clone, Copy)]
pub(super) struct RuleSource<'a> {
    /// The place of its declaration among all of them.
    pub declared: usize,
    /// Its element's place among those of `for each`.
    pub element: Option<usize>,
    pub name: &'a ast::Name,
    pub title: Option<&'a ast::Str>,
    pub clauses: &'a [ast::Clause],
    /// What an exception is to.
    pub targets: Option<&'a [ast::Target]>,
    pub policy: PolicyId,
    pub doc: Option<&'a ast::Doc>,
    pub span: Span,
}

/// A suspension.
#[derive(Clone, Copy)]
pub(super) struct SuspensionSource<'a> {
    pub ast: &'a ast::Suspension,
    pub policy: PolicyId,
}

/// A policy of the run.
pub(super) struct PolicySource<'a> {
    pub unit: UnitId,
    /// `None` where it is missing, which is reported.
    pub header: Option<(&'a ast::PolicyHeader, Span)>,
    /// Where the policy begins, if there is no header.
    pub span: Span,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Record(usize),
    Enum(EnumId),
    System(SystemId),
    Set(SetId),
    List(ListId),
    /// A closure is a list, too: one that follows from others.
    Closure(ListId),
    Param(ParamId),
    /// Its place in [`Declarations::defines`].
    Define(usize),
    /// The same.
    Table(usize),
    /// The same; it stands for a number over records.
    Aggregate(usize),
    /// A table that is read from a file has its rows like a list.
    FileTable(ListId),
    Calendar(CalendarId),
    /// Its place among the declarations of rules.
    Rule(usize),
    Suspension(SuspensionId),
    /// Its place in [`Declarations::cases`].
    Case(usize),
}

impl Meaning {
    /// What it is called in messages, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            Meaning::Record(_) => "a record",
            Meaning::Enum(_) => "an enum",
            Meaning::System(_) => "a code system",
            Meaning::Set(_) => "a set",
            Meaning::List(_) => "a list read from a file",
            Meaning::Closure(_) => "a closure",
            Meaning::Param(_) => "a param",
            Meaning::Define(_) => "a define",
            Meaning::Table(_) | Meaning::FileTable(_) => "a table",
            Meaning::Aggregate(_) => "an aggregate",
            Meaning::Calendar(_) => "a calendar",
            Meaning::Rule(_) => "a rule",
            Meaning::Suspension(_) => "a suspension",
            Meaning::Case(_) => "a case",
        }
    }

    /// The list that may stand behind `in`.
    pub fn list(self) -> Option<ListId> {
        match self {
            Meaning::List(id) | Meaning::Closure(id) => Some(id),
            _ => None,
        }
    }

    /// What has rows and columns: a list, a closure, or a table that is read from a file.
    pub fn rows(self) -> Option<ListId> {
        match self {
            Meaning::FileTable(id) => Some(id),
            other => other.list(),
        }
    }

    /// Whether importing its unit brings it.
    fn is_public(self) -> bool {
        match self {
            Meaning::Record(_)
            | Meaning::Enum(_)
            | Meaning::System(_)
            | Meaning::Set(_)
            | Meaning::List(_)
            | Meaning::Closure(_)
            | Meaning::Param(_)
            | Meaning::Define(_)
            | Meaning::Table(_)
            | Meaning::Aggregate(_)
            | Meaning::FileTable(_)
            | Meaning::Calendar(_) => true,
            Meaning::Rule(_) | Meaning::Suspension(_) | Meaning::Case(_) => false,
        }
    }

    /// Whether the bare name can stand for it in an expression, so that a field of that name would hide it.
    pub fn is_value(self) -> bool {
        match self {
            Meaning::Set(_)
            | Meaning::List(_)
            | Meaning::Closure(_)
            | Meaning::Param(_)
            | Meaning::Define(_)
            | Meaning::Table(_)
            | Meaning::Aggregate(_)
            | Meaning::FileTable(_) => true,
            Meaning::Record(_)
            | Meaning::Enum(_)
            | Meaning::System(_)
            | Meaning::Calendar(_)
            | Meaning::Rule(_)
            | Meaning::Suspension(_)
            | Meaning::Case(_) => false,
        }
    }
}

/// A name's meaning and where it is declared.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub meaning: Meaning,
    pub span: Span,
}

/// The names that a unit's files can use, its own and imported ones.
#[derive(Default)]
pub(super) struct Scope<'a> {
    pub names: FxHashMap<&'a str, Entry>,
    /// The screened record: its place in [`Declarations::records`].
    pub record: Option<usize>,
    /// All `verdicts`, `otherwise`, `when unknown` in sight; more than one each is reported.
    pub verdicts: Vec<&'a ast::Verdicts>,
    pub otherwise: Vec<&'a ast::Name>,
    pub when_unknown: Vec<&'a ast::Name>,
    /// The policy, where the unit is one of the run.
    pub policy: Option<PolicyId>,
}

/// Everything declared in a run.
#[derive(Default)]
pub(super) struct Declarations<'a> {
    pub policies: Vec<PolicySource<'a>>,
    pub records: Vec<Declared<'a, ast::Record>>,
    pub enums: Vec<Declared<'a, ast::Enum>>,
    /// Their [`SystemId`]s follow those of the built-in ones.
    pub systems: Vec<Declared<'a, ast::Codes>>,
    pub sets: Vec<Declared<'a, ast::Set>>,
    /// Lists, tables that are read from files, and closures.
    pub lists: Vec<DeclaredList<'a>>,
    pub params: Vec<Declared<'a, ast::Param>>,
    pub defines: Vec<DefineSource<'a>>,
    pub calendars: Vec<Declared<'a, ast::Calendar>>,
    /// By [`RuleId`], once `for each` is worked out; by declaration before.
    pub rules: Vec<RuleSource<'a>>,
    /// Those for each row of a list that has none.
    pub without_rules: Vec<RuleSource<'a>>,
    pub suspensions: Vec<SuspensionSource<'a>>,
    pub cases: Vec<Declared<'a, ast::Case>>,
    pub tests: Vec<(&'a ast::Test, PolicyId, Span)>,
    /// By [`UnitId`].
    pub scopes: Vec<Scope<'a>>,
}

/// Numbers every declaration and makes the scopes.
pub(super) fn declare<'a>(
    loaded: &'a Loaded,
    built_in_systems: usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Declarations<'a> {
    let mut collector = Collector {
        loaded,
        built_in_systems,
        all: Declarations::default(),
        by_file: vec![FileNames::default(); loaded.files.len()],
        seen: FxHashMap::default(),
        diagnostics,
    };
    collector.collect();
    collector.share();
    collector.all
}

/// What a file offers to those who import it.
#[derive(Clone, Default)]
struct FileNames<'a> {
    names: Vec<(&'a ast::Name, Meaning)>,
    verdicts: Vec<&'a ast::Verdicts>,
    otherwise: Vec<&'a ast::Name>,
    when_unknown: Vec<&'a ast::Name>,
}

struct Collector<'a, 'd> {
    loaded: &'a Loaded,
    built_in_systems: usize,
    all: Declarations<'a>,
    by_file: Vec<FileNames<'a>>,
    /// Names of the unit at hand.
    seen: FxHashMap<&'a str, Entry>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

fn doc(doc: &Option<ast::Doc>) -> Option<Arc<str>> {
    doc.as_ref().map(|doc| doc.text.as_str().into())
}

impl<'a> Collector<'a, '_> {
    fn collect(&mut self) {
        let named: FxHashSet<UnitId> = self.loaded.named.iter().copied().collect();
        let others = self.loaded.units.ids().filter(|id| !named.contains(id));
        let order: Vec<UnitId> = self.loaded.named.iter().copied().chain(others).collect();
        self.all
            .scopes
            .resize_with(self.loaded.units.len(), Scope::default);
        for unit in order {
            self.seen.clear();
            let policy = named.contains(&unit).then(|| self.policy(unit)).flatten();
            for &file in &self.loaded.units[unit].files {
                self.file(unit, policy, file);
            }
            let scope = &mut self.all.scopes[unit.index()];
            scope.names = std::mem::take(&mut self.seen);
            scope.policy = policy;
        }
    }

    fn items(&self, unit: UnitId) -> impl Iterator<Item = &'a ast::Item> + use<'a> {
        let loaded = self.loaded;
        let files = loaded.units[unit].files.iter();
        files.flat_map(move |file| &loaded.files[file.index()].1.items)
    }

    /// The policy that a named unit is, if it is one.
    fn policy(&mut self, unit: UnitId) -> Option<PolicyId> {
        let mut header: Option<(&'a ast::PolicyHeader, Span)> = None;
        let mut needs: Option<(&'static str, Span)> = None;
        for item in self.items(unit) {
            if let ast::ItemKind::Policy(found) = &item.kind {
                match header {
                    None => header = Some((found, item.span)),
                    Some((_, first)) => self
                        .diagnostics
                        .push(errors::second_header(first, item.span)),
                }
            }
            needs = needs.or(needs_policy(item));
        }
        let span = match (header, needs) {
            (Some((_, span)), _) => span,
            (None, Some((what, span))) => {
                self.diagnostics.push(errors::missing_header(what, span));
                span
            }
            (None, None) => return None,
        };
        let id = PolicyId::from_index(self.all.policies.len());
        self.all.policies.push(PolicySource { unit, header, span });
        Some(id)
    }

    fn file(&mut self, unit: UnitId, policy: Option<PolicyId>, file: FileId) {
        let loaded = self.loaded;
        for item in &loaded.files[file.index()].1.items {
            let declared = self.item(unit, policy, item);
            let offered = &mut self.by_file[file.index()];
            match &item.kind {
                ast::ItemKind::Verdicts(verdicts) => offered.verdicts.push(verdicts),
                ast::ItemKind::Otherwise(otherwise) => offered.otherwise.push(&otherwise.verdict),
                ast::ItemKind::WhenUnknown(unknown) => offered.when_unknown.push(&unknown.verdict),
                ast::ItemKind::Policy(_)
                | ast::ItemKind::Import(_)
                | ast::ItemKind::Record(_)
                | ast::ItemKind::Enum(_)
                | ast::ItemKind::Codes(_)
                | ast::ItemKind::Set(_)
                | ast::ItemKind::List(_)
                | ast::ItemKind::Closure(_)
                | ast::ItemKind::Param(_)
                | ast::ItemKind::Define(_)
                | ast::ItemKind::Table(_)
                | ast::ItemKind::Aggregate(_)
                | ast::ItemKind::Calendar(_)
                | ast::ItemKind::Rule(_)
                | ast::ItemKind::Exception(_)
                | ast::ItemKind::Suspension(_)
                | ast::ItemKind::Case(_)
                | ast::ItemKind::Test(_) => {}
            }
            if let Some((name, meaning)) = declared {
                self.enter(file, name, meaning);
            }
        }
    }

    /// Numbers a declaration; gives the name it takes, if it takes one.
    fn item(
        &mut self,
        unit: UnitId,
        policy: Option<PolicyId>,
        item: &'a ast::Item,
    ) -> Option<(&'a ast::Name, Meaning)> {
        let all = &mut self.all;
        let (name, meaning) = match &item.kind {
            ast::ItemKind::Record(ast) => (
                &ast.name,
                Meaning::Record(push(&mut all.records, ast, unit, item)),
            ),
            ast::ItemKind::Enum(ast) => {
                let at = push(&mut all.enums, ast, unit, item);
                (&ast.name, Meaning::Enum(EnumId::from_index(at)))
            }
            ast::ItemKind::Codes(ast) => {
                let at = push(&mut all.systems, ast, unit, item) + self.built_in_systems;
                (&ast.name, Meaning::System(SystemId::from_index(at)))
            }
            ast::ItemKind::Set(ast) => {
                let at = push(&mut all.sets, ast, unit, item);
                (&ast.name, Meaning::Set(SetId::from_index(at)))
            }
            ast::ItemKind::List(ast) => {
                let id = push_list(&mut all.lists, ListSource::File(ast), unit, item);
                let meaning = match ast.is_table {
                    true => Meaning::FileTable(id),
                    false => Meaning::List(id),
                };
                (&ast.name, meaning)
            }
            ast::ItemKind::Closure(ast) => {
                let id = push_list(&mut all.lists, ListSource::Closure(ast), unit, item);
                (&ast.name, Meaning::Closure(id))
            }
            ast::ItemKind::Param(ast) => {
                let at = push(&mut all.params, ast, unit, item);
                (&ast.name, Meaning::Param(ParamId::from_index(at)))
            }
            ast::ItemKind::Define(ast) => {
                let at = push_define(&mut all.defines, Formula::Define(ast), unit, item);
                (&ast.name, Meaning::Define(at))
            }
            ast::ItemKind::Table(ast) => {
                let at = push_define(&mut all.defines, Formula::Table(ast), unit, item);
                (&ast.name, Meaning::Table(at))
            }
            ast::ItemKind::Aggregate(ast) => {
                let at = push_define(&mut all.defines, Formula::Aggregate(ast), unit, item);
                (&ast.name, Meaning::Aggregate(at))
            }
            ast::ItemKind::Calendar(ast) => {
                let at = push(&mut all.calendars, ast, unit, item);
                (&ast.name, Meaning::Calendar(CalendarId::from_index(at)))
            }
            ast::ItemKind::Case(ast) => (
                &ast.name,
                Meaning::Case(push(&mut all.cases, ast, unit, item)),
            ),
            ast::ItemKind::Rule(ast) => {
                let source = (&ast.name, ast.title.as_ref(), ast.clauses.as_slice(), None);
                (&ast.name, self.rule(policy?, item, source))
            }
            ast::ItemKind::Exception(ast) => {
                let targets = Some(ast.targets.as_slice());
                let source = (
                    &ast.name,
                    ast.title.as_ref(),
                    ast.clauses.as_slice(),
                    targets,
                );
                (&ast.name, self.rule(policy?, item, source))
            }
            ast::ItemKind::Suspension(ast) => (&ast.name, self.suspension(policy?, ast)),
            ast::ItemKind::Test(ast) => {
                self.all.tests.push((ast, policy?, item.span));
                return None;
            }
            ast::ItemKind::Policy(_)
            | ast::ItemKind::Import(_)
            | ast::ItemKind::Verdicts(_)
            | ast::ItemKind::Otherwise(_)
            | ast::ItemKind::WhenUnknown(_) => return None,
        };
        Some((name, meaning))
    }

    #[allow(clippy::type_complexity)]
    fn rule(
        &mut self,
        policy: PolicyId,
        item: &'a ast::Item,
        (name, title, clauses, targets): (
            &'a ast::Name,
            Option<&'a ast::Str>,
            &'a [ast::Clause],
            Option<&'a [ast::Target]>,
        ),
    ) -> Meaning {
        let declared = self.all.rules.len();
        self.all.rules.push(RuleSource {
            declared,
            element: None,
            name,
            title,
            clauses,
            targets,
            policy,
            doc: item.doc.as_ref(),
            span: item.span,
        });
        Meaning::Rule(declared)
    }

    fn suspension(&mut self, policy: PolicyId, ast: &'a ast::Suspension) -> Meaning {
        let id = SuspensionId::from_index(self.all.suspensions.len());
        self.all.suspensions.push(SuspensionSource { ast, policy });
        Meaning::Suspension(id)
    }

    /// Enters a name into the unit at hand.
    fn enter(&mut self, file: FileId, name: &'a ast::Name, meaning: Meaning) {
        let span = name.span;
        if let Some(first) = self.seen.get(name.text.as_str()) {
            let first = first.span;
            self.diagnostics
                .push(errors::duplicate_name(&name.text, first, span));
            return;
        }
        self.seen.insert(&name.text, Entry { meaning, span });
        self.by_file[file.index()].names.push((name, meaning));
    }

    /// Gives every unit what it imports.
    fn share(&mut self) {
        for (unit, source) in self.loaded.units.iter() {
            let mut scope = std::mem::take(&mut self.all.scopes[unit.index()]);
            let mut taken: FxHashSet<FileId> = FxHashSet::default();
            for &file in &source.files {
                taken.insert(file);
                scope.take_verdicts(&self.by_file[file.index()]);
            }
            for import in &source.imports {
                for &file in &import.files {
                    if taken.insert(file) {
                        self.bring(&mut scope, file, import.span);
                    }
                }
            }
            self.all.scopes[unit.index()] = scope;
        }
    }

    fn bring(&mut self, scope: &mut Scope<'a>, file: FileId, import: Span) {
        let offered = &self.by_file[file.index()];
        scope.take_verdicts(offered);
        for &(name, meaning) in offered.names.iter().filter(|(_, it)| it.is_public()) {
            let span = name.span;
            match scope.names.get(name.text.as_str()) {
                None => {
                    scope.names.insert(&name.text, Entry { meaning, span });
                }
                Some(first) => self
                    .diagnostics
                    .push(errors::imported_twice(&name.text, import, first.span, span)),
            }
        }
    }
}

impl<'a> Scope<'a> {
    fn take_verdicts(&mut self, offered: &FileNames<'a>) {
        self.verdicts.extend(&offered.verdicts);
        self.otherwise.extend(&offered.otherwise);
        self.when_unknown.extend(&offered.when_unknown);
    }
}

fn push_list<'a>(
    all: &mut Vec<DeclaredList<'a>>,
    source: ListSource<'a>,
    unit: UnitId,
    item: &'a ast::Item,
) -> ListId {
    let doc = doc(&item.doc);
    all.push(DeclaredList { source, unit, doc });
    ListId::from_index(all.len() - 1)
}

fn push<'a, T>(
    all: &mut Vec<Declared<'a, T>>,
    ast: &'a T,
    unit: UnitId,
    item: &'a ast::Item,
) -> usize {
    all.push(Declared {
        ast,
        unit,
        doc: doc(&item.doc),
    });
    all.len() - 1
}

fn push_define<'a>(
    all: &mut Vec<DefineSource<'a>>,
    formula: Formula<'a>,
    unit: UnitId,
    item: &'a ast::Item,
) -> usize {
    all.push(DefineSource {
        formula,
        unit,
        doc: doc(&item.doc),
    });
    all.len() - 1
}

/// What an item is called, if it can only stand in a policy.
fn needs_policy(item: &ast::Item) -> Option<(&'static str, Span)> {
    let what = match &item.kind {
        ast::ItemKind::Rule(_) => "a rule",
        ast::ItemKind::Exception(_) => "an exception",
        ast::ItemKind::Suspension(_) => "a suspension",
        ast::ItemKind::Test(_) => "a test",
        ast::ItemKind::Policy(_)
        | ast::ItemKind::Import(_)
        | ast::ItemKind::Record(_)
        | ast::ItemKind::Enum(_)
        | ast::ItemKind::Verdicts(_)
        | ast::ItemKind::Otherwise(_)
        | ast::ItemKind::WhenUnknown(_)
        | ast::ItemKind::Codes(_)
        | ast::ItemKind::Set(_)
        | ast::ItemKind::List(_)
        | ast::ItemKind::Closure(_)
        | ast::ItemKind::Param(_)
        | ast::ItemKind::Define(_)
        | ast::ItemKind::Table(_)
        | ast::ItemKind::Aggregate(_)
        | ast::ItemKind::Calendar(_)
        | ast::ItemKind::Case(_) => return None,
    };
    Some((what, item.span))
}
