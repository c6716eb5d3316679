//! Everything that the trees of a view declare, by the place of its name.

use crate::check::Checked;
use crate::syntax::ast;
use crate::text::{FileId, Span};
use rustc_hash::FxHashMap;

/// What is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Sort {
    Policy,
    Record,
    Field,
    Enum,
    EnumValue,
    Verdict,
    Codes,
    Set,
    List,
    Table,
    Closure,
    Column,
    Param,
    Define,
    Aggregate,
    Calendar,
    Rule,
    Exception,
    Suspension,
    Case,
    Test,
    /// Of a define or a decision table.
    Parameter,
    /// The name that `for each`, `any`, `every` and aggregates give an element.
    Element,
}

impl Sort {
    /// "field".
    pub fn noun(self) -> &'static str {
        match self {
            Sort::Policy => "policy",
            Sort::Record => "record",
            Sort::Field => "field",
            Sort::Enum => "enum",
            Sort::EnumValue => "enum value",
            Sort::Verdict => "verdict",
            Sort::Codes => "code system",
            Sort::Set => "set",
            Sort::List => "list",
            Sort::Table => "table",
            Sort::Closure => "closure",
            Sort::Column => "column",
            Sort::Param => "param",
            Sort::Define => "define",
            Sort::Aggregate => "aggregate",
            Sort::Calendar => "calendar",
            Sort::Rule => "rule",
            Sort::Exception => "exception",
            Sort::Suspension => "suspension",
            Sort::Case => "case",
            Sort::Test => "test",
            Sort::Parameter => "parameter",
            Sort::Element => "element",
        }
    }

    /// Whether importing its file brings it.
    pub fn is_public(self) -> bool {
        match self {
            Sort::Record
            | Sort::Field
            | Sort::Enum
            | Sort::EnumValue
            | Sort::Verdict
            | Sort::Codes
            | Sort::Set
            | Sort::List
            | Sort::Table
            | Sort::Closure
            | Sort::Column
            | Sort::Param
            | Sort::Define
            | Sort::Aggregate
            | Sort::Calendar => true,
            Sort::Policy
            | Sort::Rule
            | Sort::Exception
            | Sort::Suspension
            | Sort::Case
            | Sort::Test
            | Sort::Parameter
            | Sort::Element => false,
        }
    }
}

/// One declaration.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// The name, without backticks.
    pub name: String,
    /// What it is.
    pub sort: Sort,
    /// Where the name stands.
    pub span: Span,
    /// The whole of it; of an element, the stretch in which it has its name.
    pub whole: Span,
    /// The documentation in front of it.
    pub doc: Option<String>,
    /// The title of a rule and the like.
    pub title: Option<String>,
    /// The type, as written: of a set that of its elements.
    pub ty: Option<ast::Type>,
    /// What it is part of: the record of a field, the enum of a value, the list of a column.
    pub of: Option<Span>,
    /// What an element is one of, as written.
    pub from: Option<String>,
    /// Whether it is the field that names a record, or the column that names a row.
    pub is_key: bool,
}

/// All declarations of a view.
#[derive(Default)]
pub(super) struct Declarations {
    all: Vec<Declaration>,
    by_span: FxHashMap<Span, usize>,
}

impl Declarations {
    pub fn of(checked: &Checked) -> Declarations {
        let mut collector = Collector {
            checked,
            all: Vec::new(),
        };
        for (_, file) in &checked.files {
            for item in &file.items {
                collector.item(item);
            }
        }
        let mut all = collector.all;
        all.sort_by_key(|it| it.span);
        let by_span = all.iter().enumerate().map(|(at, it)| (it.span, at));
        Declarations {
            by_span: by_span.collect(),
            all,
        }
    }

    pub fn by_span(&self, span: Span) -> Option<&Declaration> {
        self.by_span.get(&span).map(|at| &self.all[*at])
    }

    /// The declaration whose name stands at a byte.
    pub fn at(&self, file: FileId, at: usize) -> Option<&Declaration> {
        let before = |it: &Declaration| (it.span.file, it.span.start as usize) <= (file, at);
        let after = self.all.partition_point(before);
        let near = self.all[..after].iter().rev().take(2);
        near.into_iter()
            .find(|it| it.span.file == file && at <= it.span.end as usize)
    }

    /// The declarations of one file, in the order of their names' places.
    pub fn in_file(&self, file: FileId) -> &[Declaration] {
        let from = self.all.partition_point(|it| it.span.file < file);
        let to = self.all.partition_point(|it| it.span.file <= file);
        &self.all[from..to]
    }

    /// What is part of the declaration at `span`.
    pub fn parts(&self, span: Span) -> impl Iterator<Item = &Declaration> {
        self.in_file(span.file)
            .iter()
            .filter(move |it| it.of == Some(span))
    }
}

struct Collector<'a> {
    checked: &'a Checked,
    all: Vec<Declaration>,
}

impl Collector<'_> {
    fn add(&mut self, sort: Sort, name: &ast::Name, whole: Span) -> &mut Declaration {
        self.all.push(Declaration {
            name: name.text.clone(),
            sort,
            span: name.span,
            whole,
            doc: None,
            title: None,
            ty: None,
            of: None,
            from: None,
            is_key: false,
        });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    fn item(&mut self, item: &ast::Item) {
        let before = self.all.len();
        self.kind(item);
        // The first one is the item's own; what it holds has documentation of its own.
        if let (Some(own), Some(doc)) = (self.all.get_mut(before), &item.doc) {
            own.doc = Some(doc.text.clone());
        }
    }

    fn kind(&mut self, item: &ast::Item) {
        let span = item.span;
        match &item.kind {
            ast::ItemKind::Policy(header) => {
                let title = header.entries.iter().find(|it| it.key.text == "title");
                self.add(Sort::Policy, &header.name, span).title =
                    title.map(|title| title.value.value.clone());
            }
            ast::ItemKind::Record(record) => {
                self.add(Sort::Record, &record.name, span);
                self.fields(Sort::Field, record.name.span, record.fields.iter());
            }
            ast::ItemKind::Enum(it) => self.enumeration(it, span),
            ast::ItemKind::Verdicts(verdicts) => {
                for name in &verdicts.names {
                    self.add(Sort::Verdict, name, span);
                }
            }
            ast::ItemKind::Codes(codes) => {
                self.add(Sort::Codes, &codes.name, span);
            }
            ast::ItemKind::Set(set) => {
                self.add(Sort::Set, &set.name, span).ty = Some(set.element.clone());
            }
            ast::ItemKind::List(list) => {
                let sort = if list.is_table {
                    Sort::Table
                } else {
                    Sort::List
                };
                self.add(sort, &list.name, span);
                self.fields(Sort::Column, list.name.span, list.columns());
            }
            ast::ItemKind::Closure(closure) => {
                self.add(Sort::Closure, &closure.name, span);
            }
            ast::ItemKind::Param(param) => {
                self.add(Sort::Param, &param.name, span).ty = Some(param.ty.clone());
            }
            ast::ItemKind::Define(define) => {
                self.add(Sort::Define, &define.name, span).ty = define.ty.clone();
                self.parameters(define.params.as_deref().unwrap_or_default(), span);
                self.binders(&define.body);
            }
            ast::ItemKind::Table(table) => {
                self.add(Sort::Table, &table.name, span).ty = Some(table.ty.clone());
                self.parameters(&table.params, span);
            }
            ast::ItemKind::Aggregate(aggregate) => {
                self.add(Sort::Aggregate, &aggregate.name, span).ty = Some(aggregate.ty.clone());
                let parts = aggregate.body.args.iter().chain(&aggregate.filter);
                parts.for_each(|part| self.binders(part));
            }
            ast::ItemKind::Calendar(calendar) => {
                self.add(Sort::Calendar, &calendar.name, span);
            }
            ast::ItemKind::Rule(rule) => {
                let (name, title) = (&rule.name, rule.title.as_ref());
                self.rule(Sort::Rule, (name, title, &rule.clauses), span);
            }
            ast::ItemKind::Exception(it) => {
                let (name, title) = (&it.name, it.title.as_ref());
                self.rule(Sort::Exception, (name, title, &it.clauses), span);
            }
            ast::ItemKind::Suspension(it) => {
                let (name, title) = (&it.name, it.title.as_ref());
                self.rule(Sort::Suspension, (name, title, &it.clauses), span);
            }
            ast::ItemKind::Case(case) => {
                self.add(Sort::Case, &case.name, span);
            }
            ast::ItemKind::Import(_)
            | ast::ItemKind::Otherwise(_)
            | ast::ItemKind::WhenUnknown(_)
            | ast::ItemKind::Test(_) => {}
        }
    }

    fn fields<'f>(&mut self, sort: Sort, of: Span, fields: impl Iterator<Item = &'f ast::Field>) {
        for field in fields {
            let added = self.add(sort, &field.name, field.span);
            added.ty = Some(field.ty.clone());
            added.of = Some(of);
            added.is_key = field.role == ast::FieldRole::Key;
            added.doc = field.doc.as_ref().map(|doc| doc.text.clone());
        }
    }

    fn enumeration(&mut self, it: &ast::Enum, span: Span) {
        self.add(Sort::Enum, &it.name, span);
        for value in &it.values {
            let added = self.add(Sort::EnumValue, &value.name, value.span);
            added.of = Some(it.name.span);
            added.doc = value.doc.as_ref().map(|doc| doc.text.clone());
        }
    }

    fn parameters(&mut self, params: &[ast::DefineParam], whole: Span) {
        for param in params {
            self.add(Sort::Parameter, &param.name, whole).ty = Some(param.ty.clone());
        }
    }

    fn rule(
        &mut self,
        sort: Sort,
        (name, title, clauses): (&ast::Name, Option<&ast::Str>, &[ast::Clause]),
        span: Span,
    ) {
        self.add(sort, name, span).title = title.map(|title| title.value.clone());
        for clause in clauses {
            match &clause.kind {
                ast::ClauseKind::ForEach { element, of } => {
                    self.add(Sort::Element, element, span).from = Some(of.text.clone());
                }
                ast::ClauseKind::When(expr)
                | ast::ClauseKind::Unless(expr)
                | ast::ClauseKind::Then { verdict: expr, .. }
                | ast::ClauseKind::Obliges { text: expr, .. }
                | ast::ClauseKind::Note { value: expr, .. } => self.binders(expr),
                ast::ClauseKind::Cites(_)
                | ast::ClauseKind::Tags(_)
                | ast::ClauseKind::InForce(_)
                | ast::ClauseKind::Suspended(_)
                | ast::ClauseKind::From(_)
                | ast::ClauseKind::IfUnknown(_)
                | ast::ClauseKind::Weight(_)
                | ast::ClauseKind::Error => {}
            }
        }
    }

    fn binders(&mut self, expr: &ast::Expr) {
        let bound = match &expr.kind {
            ast::ExprKind::Quantified { binder, list, .. }
            | ast::ExprKind::Aggregate { binder, list, .. } => Some((binder, list)),
            _ => None,
        };
        if let Some((binder, list)) = bound {
            let from = self.checked.sources.snippet(list.span).to_owned();
            self.add(Sort::Element, binder, expr.span).from = Some(from);
        }
        let mut inner = Vec::new();
        expr.for_each_child(&mut |child| inner.push(child));
        inner.into_iter().for_each(|child| self.binders(child));
    }
}
