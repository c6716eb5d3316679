//! The constructors that the grammar's actions call: they cut names out of the text, join spans, bound the depth of
//! expressions and record what the parser had to skip.

mod aggregate;
mod expr;
mod table;
mod types;

pub use types::TypePart;

use std::cell::{Cell, RefCell};

use lalrpop_util::ErrorRecovery;

use super::ast::*;
use super::explain;
use super::lex::{Tokens, meant, number_digits, unescape};
use super::token::Token;
use crate::diagnostic::Diagnostic;
use crate::text::{Span, Spanned};

/// What the parser recovered from.
pub type Recovery<'t> = ErrorRecovery<u32, Token<'t>, ()>;

/// Builds the tree of one file.
#[derive(Debug)]
pub struct Builder<'t> {
    tokens: &'t Tokens<'t>,
    problems: RefCell<Vec<Diagnostic>>,
    /// The token at which the parser went on after the last mistake.
    resumed_at: Cell<Option<usize>>,
}

impl<'t> Builder<'t> {
    /// A builder for the file that `tokens` are of.
    pub fn new(tokens: &'t Tokens<'t>) -> Self {
        Builder {
            tokens,
            problems: RefCell::new(Vec::new()),
            resumed_at: Cell::new(None),
        }
    }

    /// How many mistakes were recorded so far.
    pub fn problem_count(&self) -> usize {
        self.problems.borrow().len()
    }

    /// The mistakes recorded.
    pub fn into_problems(self) -> Vec<Diagnostic> {
        self.problems.into_inner()
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.problems.borrow_mut().push(diagnostic);
    }

    /// The stretch from byte `l` to byte `r`.
    pub fn span(&self, l: u32, r: u32) -> Span {
        Span::new(self.tokens.file, l, r)
    }

    fn slice(&self, l: u32, r: u32) -> &'t str {
        &self.tokens.text[l as usize..r as usize]
    }

    /// Whether the token at `span` is the first on its line.
    fn starts_line(&self, span: Span) -> bool {
        let lexemes = &self.tokens.lexemes;
        let at = lexemes.partition_point(|lexeme| lexeme.start < span.start);
        lexemes.get(at).is_some_and(|lexeme| lexeme.first_on_line)
    }

    // ---- What could not be read ----

    /// Records a mistake, unless it follows on the heels of the last one and so is most likely its echo; and the misspelt
    /// words that start a line among what was skipped.
    fn recover(&self, recovery: &Recovery<'t>) {
        let found = explain::found_at(self.tokens, &recovery.error);
        let resumed = self.resumed_at.get();
        self.resumed_at
            .set(Some(found + recovery.dropped_tokens.len()));
        let echo = |resumed| found <= resumed + 1 && !explain::is_fresh_start(self.tokens, resumed);
        if !resumed.is_some_and(echo) {
            let diagnostic = explain::explain(self.tokens, &recovery.error);
            self.report(diagnostic);
        }
        let skipped = found + 1..found + recovery.dropped_tokens.len();
        for diagnostic in explain::misspelt(self.tokens, &recovery.error, skipped) {
            self.report(diagnostic);
        }
    }

    /// Records a mistake where one element of a list was expected.
    pub fn lost<T>(&self, recovery: Recovery<'t>) -> Option<T> {
        self.recover(&recovery);
        None
    }

    fn lost_span(&self, recovery: &Recovery<'t>) -> Span {
        let place = explain::place(self.tokens, &recovery.error);
        match recovery.dropped_tokens.last() {
            Some((_, _, end)) if *end > place.end => Span::new(place.file, place.start, *end),
            _ => place,
        }
    }

    /// Records a mistake where a clause was expected.
    pub fn lost_clause(&self, recovery: Recovery<'t>) -> Clause {
        self.recover(&recovery);
        let span = self.lost_span(&recovery);
        Clause {
            kind: ClauseKind::Error,
            keyword: span,
            span,
        }
    }

    /// Records a mistake where a part of a test was expected.
    pub fn lost_test_item(&self, recovery: Recovery<'t>) -> TestItem {
        self.recover(&recovery);
        TestItem {
            kind: TestItemKind::Error,
            span: self.lost_span(&recovery),
        }
    }

    /// Records a mistake where an expression between `l` and `r` was expected.
    pub fn lost_expr(&self, l: u32, recovery: Recovery<'t>, r: u32) -> Expr {
        self.recover(&recovery);
        Expr::new(ExprKind::Error, self.span(l, r.max(l)))
    }

    /// Records a mistake where an element was expected.
    pub fn lost_element(&self, l: u32, recovery: Recovery<'t>, r: u32) -> Element {
        let value = self.lost_expr(l, recovery, r);
        let span = value.span;
        Element {
            value,
            to: None,
            windows: Vec::new(),
            span,
        }
    }

    // ---- Lists ----

    /// `items` and `last`.
    pub fn append<T>(&self, mut items: Vec<T>, last: T) -> Vec<T> {
        items.push(last);
        items
    }

    /// `items` and, where there is one, `last`.
    pub fn append_some<T>(&self, mut items: Vec<T>, last: Option<T>) -> Vec<T> {
        items.extend(last);
        items
    }

    /// `first` and `rest`.
    pub fn prepend<T>(&self, first: T, mut rest: Vec<T>) -> Vec<T> {
        rest.insert(0, first);
        rest
    }

    // ---- Names and texts ----

    /// The name between `l` and `r`, backticks taken off.
    pub fn name(&self, l: u32, r: u32) -> Name {
        let written = meant(self.slice(l, r));
        let quoted = written.starts_with('`');
        let text = match written.strip_prefix('`') {
            Some(inner) => inner.strip_suffix('`').unwrap_or(inner),
            None => &written,
        };
        Name {
            text: text.to_owned(),
            span: self.span(l, r),
            quoted,
        }
    }

    /// The string between `l` and `r`; its bad escapes were reported with the token.
    pub fn text(&self, l: u32, r: u32) -> Str {
        let (text, _) = unescape(self.tokens.file, l, self.slice(l, r));
        Spanned::new(text, self.span(l, r))
    }

    /// A date.
    pub fn date(&self, l: u32, date: Date, r: u32) -> DateLit {
        Spanned::new(date, self.span(l, r))
    }

    /// `rule` or `policy.rule`.
    pub fn rule_path(&self, policy: Option<Name>, rule: Name) -> RulePath {
        let span = policy
            .as_ref()
            .map_or(rule.span, |policy| policy.span.to(rule.span));
        RulePath {
            policy,
            rule,
            element: None,
            span,
        }
    }

    /// `rule[ELEMENT]`, with the bracket up to `r`.
    pub fn rule_element(&self, path: RulePath, element: Expr, r: u32) -> RulePath {
        let span = Span::new(path.span.file, path.span.start, r);
        RulePath {
            element: Some(Box::new(element)),
            span,
            ..path
        }
    }

    /// `a[2].b`.
    pub fn field_path(
        &self,
        first: (Name, Option<Spanned<Number>>),
        rest: Vec<(Name, Option<Spanned<Number>>)>,
    ) -> FieldPath {
        let parts = self.prepend(first, rest).into_iter();
        let parts: Vec<PathPart> = parts
            .map(|(name, index)| PathPart { name, index })
            .collect();
        let ends = parts.iter().flat_map(|part| {
            let index = part.index.as_ref();
            std::iter::once(part.name.span).chain(index.map(|index| index.span))
        });
        let span = ends.reduce(Span::to).expect("a path has a part");
        FieldPath { parts, span }
    }

    /// `[2]`.
    pub fn path_index(&self, l: u32, digits: &str, r: u32) -> Spanned<Number> {
        Spanned::new(number(digits), self.span(l, r))
    }

    // ---- Declarations ----

    /// A declaration, with the documentation in front of it.
    pub fn item(&self, l: u32, allows: Vec<Allow>, kind: ItemKind, r: u32) -> Item {
        Item {
            allows,
            kind,
            doc: self.tokens.doc_before(l).cloned(),
            span: self.span(l, r),
        }
    }

    /// A warning that is passed over.
    pub fn allow(&self, l: u32, lint: Name, because: Str, r: u32) -> Allow {
        Allow {
            lint,
            because,
            span: self.span(l, r),
        }
    }

    /// A policy header.
    pub fn policy(&self, name: Name, entries: Vec<Option<HeaderEntry>>) -> ItemKind {
        let entries = entries.into_iter().flatten().collect();
        ItemKind::Policy(PolicyHeader { name, entries })
    }

    /// An entry of a policy header; its key must be one of the known ones.
    pub fn header_entry(&self, key: Name, value: Str) -> HeaderEntry {
        if !explain::HEADER_ENTRIES.contains(&key.text.as_str()) {
            self.report(explain::unknown_header_entry(&key));
        }
        let span = key.span.to(value.span);
        HeaderEntry { key, value, span }
    }

    /// A record.
    pub fn record(&self, name: Name, fields: Vec<Option<Field>>) -> ItemKind {
        let fields = fields.into_iter().flatten().collect();
        ItemKind::Record(Record { name, fields })
    }

    /// A field of a record.
    pub fn field(
        &self,
        l: u32,
        role: FieldRole,
        name: Name,
        ty: Type,
        column: Option<Str>,
        r: u32,
    ) -> Field {
        Field {
            role,
            name,
            ty,
            column,
            doc: self.tokens.doc_before(l).cloned(),
            span: self.span(l, r),
        }
    }

    /// An enum.
    pub fn enumeration(
        &self,
        name: Name,
        ordered: bool,
        values: Vec<Option<EnumValue>>,
    ) -> ItemKind {
        ItemKind::Enum(Enum {
            name,
            ordered,
            values: values.into_iter().flatten().collect(),
        })
    }

    /// A value of an enum.
    pub fn enum_value(&self, l: u32, name: Name, spellings: Option<Vec<Str>>, r: u32) -> EnumValue {
        EnumValue {
            name,
            spellings: spellings.unwrap_or_default(),
            doc: self.tokens.doc_before(l).cloned(),
            span: self.span(l, r),
        }
    }

    /// `codes NAME segmented`.
    pub fn segmented_codes(&self, name: Name, l: u32, r: u32) -> ItemKind {
        let model = CodeModel::Segmented(self.span(l, r));
        ItemKind::Codes(Codes { name, model })
    }

    /// A list, or a table that is read from a file.
    pub fn list_from(
        &self,
        name: Name,
        is_table: bool,
        (path, sheet): (Str, Option<Str>),
        entries: Vec<Option<ListEntry>>,
    ) -> ItemKind {
        ItemKind::List(List {
            name,
            is_table,
            path,
            sheet,
            entries: entries.into_iter().flatten().collect(),
        })
    }

    /// The days on which a list's rows are in it.
    pub fn valid(
        &self,
        l: u32,
        from: Option<Name>,
        end: Option<(Name, bool)>,
        r: u32,
    ) -> ListEntry {
        let span = self.span(l, r);
        ListEntry::Valid(Valid { from, end, span })
    }

    /// The day on which a list's rows came into it.
    pub fn recorded(&self, l: u32, column: Name, r: u32) -> ListEntry {
        let span = self.span(l, r);
        ListEntry::Recorded(Recorded { column, span })
    }

    /// A closure.
    pub fn closure(
        &self,
        name: Name,
        of: Vec<Name>,
        over: Name,
        entries: Vec<Option<ClosureEntry>>,
    ) -> ItemKind {
        ItemKind::Closure(Closure {
            name,
            of,
            over,
            whole: entries.iter().all(Option::is_some),
            entries: entries.into_iter().flatten().collect(),
        })
    }

    /// An entry of a closure.
    pub fn closure_entry(&self, l: u32, kind: ClosureEntryKind, r: u32) -> ClosureEntry {
        let span = self.span(l, r);
        ClosureEntry { kind, span }
    }

    /// From which share on a closure catches.
    pub fn caught_at(&self, l: u32, op: CompareOp, r: u32, share: Expr) -> ClosureEntryKind {
        let op = Spanned {
            value: op,
            span: self.span(l, r),
        };
        ClosureEntryKind::CaughtAt { op, share }
    }

    /// A param.
    pub fn param(&self, name: Name, ty: Type, value: ParamValue) -> ItemKind {
        ItemKind::Param(Param { name, ty, value })
    }

    /// A define.
    pub fn define(
        &self,
        name: Name,
        params: Option<Vec<Option<DefineParam>>>,
        ty: Option<Type>,
        body: Expr,
    ) -> ItemKind {
        let params = params.map(|params| params.into_iter().flatten().collect());
        ItemKind::Define(Define {
            name,
            params,
            ty,
            body,
        })
    }

    /// A rule; it must have a title, a condition and a verdict.
    pub fn rule(
        &self,
        l: u32,
        name: Name,
        title: Option<Str>,
        clauses: Vec<Clause>,
        r: u32,
    ) -> ItemKind {
        self.require_title("rule", l, name.span, &title);
        self.require_when("rule", name.span, &clauses, r);
        self.require_then(name.span, &clauses, r);
        ItemKind::Rule(Rule {
            name,
            title,
            clauses,
        })
    }

    /// An exception; it must have a title and a condition.
    pub fn exception(
        &self,
        l: u32,
        name: Name,
        title: Option<Str>,
        targets: Vec<Target>,
        clauses: Vec<Clause>,
        r: u32,
    ) -> ItemKind {
        self.require_title("exception", l, name.span, &title);
        self.require_when("exception", name.span, &clauses, r);
        ItemKind::Exception(Exception {
            name,
            title,
            targets,
            clauses,
        })
    }

    /// A suspension; it must have a title and a window.
    pub fn suspension(
        &self,
        l: u32,
        name: Name,
        title: Option<Str>,
        targets: Vec<Target>,
        clauses: Vec<Clause>,
        r: u32,
    ) -> ItemKind {
        self.require_title("suspension", l, name.span, &title);
        if !clauses
            .iter()
            .any(|clause| matches!(clause.kind, ClauseKind::From(_) | ClauseKind::Error))
        {
            self.report(explain::missing_window(name.span, self.span(r - 1, r)));
        }
        ItemKind::Suspension(Suspension {
            name,
            title,
            targets,
            clauses,
        })
    }

    /// A test; it must have a title.
    pub fn test(&self, l: u32, title: Option<Str>, items: Vec<TestItem>, _r: u32) -> ItemKind {
        self.require_title("test", l, self.span(l, l + "test".len() as u32), &title);
        ItemKind::Test(Test { title, items })
    }

    fn require_title(&self, what: &str, l: u32, head: Span, title: &Option<Str>) {
        if title.is_none() {
            let place = Span::new(head.file, l, head.end);
            let written = self.slice(place.start, place.end);
            self.report(explain::missing_title(what, place, written));
        }
    }

    fn require_when(&self, what: &str, name: Span, clauses: &[Clause], r: u32) {
        let has = |clause: &Clause| matches!(clause.kind, ClauseKind::When(_) | ClauseKind::Error);
        if !clauses.iter().any(has) {
            let close = self.span(r - 1, r);
            self.report(explain::missing_when(what, name, close));
        }
    }

    fn require_then(&self, name: Span, clauses: &[Clause], r: u32) {
        let has =
            |clause: &Clause| matches!(clause.kind, ClauseKind::Then { .. } | ClauseKind::Error);
        if !clauses.iter().any(has) {
            self.report(explain::missing_then(name, self.span(r - 1, r)));
        }
    }

    /// A target.
    pub fn target(&self, span: Span, kind: TargetKind) -> Target {
        Target { kind, span }
    }

    // ---- Clauses ----

    /// A clause from `l` to `r` whose word ends at `k`.
    pub fn clause(&self, l: u32, k: u32, r: u32, kind: ClauseKind) -> Clause {
        Clause {
            kind,
            keyword: self.span(l, k),
            span: self.span(l, r),
        }
    }

    /// A window that is a clause of its own.
    pub fn window_clause(&self, l: u32, window: Window, r: u32) -> Clause {
        let keyword = self.span(l, l + "from".len() as u32);
        Clause {
            kind: ClauseKind::From(window),
            keyword,
            span: self.span(l, r),
        }
    }

    /// A window.
    pub fn window(&self, l: u32, from: Option<DateLit>, end: Option<WindowEnd>, r: u32) -> Window {
        Window {
            from,
            end,
            span: self.span(l, r),
        }
    }

    /// The time allowed for an obligation.
    pub fn within(&self, l: u32, amount: Token<'t>, after: Option<FieldPath>, r: u32) -> Within {
        let Token::Duration(digits, unit) = amount else {
            panic!("the grammar gives a duration")
        };
        Within {
            amount: number(digits),
            unit,
            calendar: None,
            after,
            span: self.span(l, r),
        }
    }

    /// The same in working days.
    pub fn within_working_days(
        &self,
        l: u32,
        digits: &str,
        calendar: Name,
        after: Option<FieldPath>,
        r: u32,
    ) -> Within {
        Within {
            amount: number(digits),
            unit: DurationUnit::Days,
            calendar: Some(calendar),
            after,
            span: self.span(l, r),
        }
    }

    // ---- Cases and tests ----

    /// A record literal.
    pub fn record_lit(&self, l: u32, entries: Vec<Option<Entry>>, r: u32) -> RecordLit {
        RecordLit {
            lost_entries: entries.iter().any(Option::is_none),
            entries: entries.into_iter().flatten().collect(),
            span: self.span(l, r),
        }
    }

    /// A field of a record literal.
    pub fn entry(&self, l: u32, name: Name, value: EntryValue, r: u32) -> Entry {
        Entry {
            name,
            value,
            span: self.span(l, r),
        }
    }

    /// The records of a list.
    pub fn list_lit(&self, l: u32, items: Vec<Option<RecordLit>>, r: u32) -> ListLit {
        ListLit {
            items: items.into_iter().flatten().collect(),
            span: self.span(l, r),
        }
    }

    /// A part of a test.
    pub fn test_item(&self, l: u32, kind: TestItemKind, r: u32) -> TestItem {
        TestItem {
            kind,
            span: self.span(l, r),
        }
    }
}

fn number(digits: &str) -> Number {
    Number {
        digits: number_digits(digits),
    }
}
