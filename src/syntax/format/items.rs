//! The layout of declarations, all but the clauses of rules.

use super::layout::{Gap, INDENT, Layout};
use crate::syntax::ast::{
    self, Aggregate, Closure, Define, EntryValue, Enum, Expect, FieldRole, ItemKind, List,
    ListEntry, ListLit, Param, ParamValue, PolicyHeader, Record, RecordLit, Set, Test, TestItem,
    TestItemKind, Verdicts,
};
use crate::text::Span;

impl Layout<'_> {
    /// Lays out the whole file.
    pub(super) fn file(&mut self, file: &ast::File) {
        for item in &file.items {
            let first = self.first(item.span);
            self.start_line(first, 0);
            for allow in &item.allows {
                let next = self.last(allow.span) + 1;
                self.break_at(next, 0);
            }
            self.item(item);
        }
    }

    fn item(&mut self, item: &ast::Item) {
        let (first, last) = (self.first(item.span), self.last(item.span));
        match &item.kind {
            ItemKind::Policy(header) => self.policy(header, last),
            ItemKind::Record(record) => self.record(record, last),
            ItemKind::Enum(declared) => self.enumeration(declared, last),
            ItemKind::Verdicts(verdicts) => self.verdicts(verdicts, last),
            ItemKind::Set(set) => self.set(set),
            ItemKind::List(list) => self.list_declaration(list, last),
            ItemKind::Closure(closure) => self.closure(closure, last),
            ItemKind::Aggregate(aggregate) => self.aggregate_declaration(aggregate, last),
            ItemKind::Param(param) => self.param(param, last),
            ItemKind::Define(define) => self.define(define),
            ItemKind::Table(table) => self.table(table, last),
            ItemKind::Rule(rule) => {
                self.blank_put[first] = true;
                self.rule(None, &rule.clauses, last);
            }
            ItemKind::Exception(exception) => {
                self.blank_put[first] = true;
                self.rule(Some(&exception.targets), &exception.clauses, last);
            }
            ItemKind::Suspension(suspension) => {
                self.blank_put[first] = true;
                self.rule(Some(&suspension.targets), &suspension.clauses, last);
            }
            ItemKind::Case(case) => self.record_literal(&case.record, 0),
            ItemKind::Test(test) => {
                let word = item.allows.last().map(|allow| self.last(allow.span) + 1);
                self.test_declaration(test, word.unwrap_or(first), last);
            }
            ItemKind::Import(_)
            | ItemKind::Otherwise(_)
            | ItemKind::WhenUnknown(_)
            | ItemKind::Calendar(_)
            | ItemKind::Codes(_) => {}
        }
    }

    fn policy(&mut self, header: &PolicyHeader, close: usize) {
        let open = self.first(header.name.span) + 1;
        let starts = self.starts(header.entries.iter().map(|entry| entry.span));
        if self.block(open, close, &starts, 0, 1) {
            let widest = starts.iter().map(|&at| self.width(at)).max().unwrap_or(0);
            for start in starts {
                self.pad(start + 1, widest + 1 - self.width(start));
            }
        }
    }

    /// The first pieces of `spans`.
    pub(super) fn starts(&self, spans: impl Iterator<Item = Span>) -> Vec<usize> {
        spans.map(|span| self.first(span)).collect()
    }

    fn record(&mut self, record: &Record, close: usize) {
        let open = self.first(record.name.span) + 1;
        let starts = self.starts(record.fields.iter().map(|field| field.span));
        if !self.block(open, close, &starts, 0, 2) {
            return;
        }
        let mut run: Vec<&ast::Field> = Vec::new();
        for (field, &start) in record.fields.iter().zip(&starts) {
            let remarks = &self.pieces[start].leading;
            if self.pieces[start].blank || remarks.iter().any(|remark| remark.blank) {
                self.align(&run);
                run.clear();
            }
            run.push(field);
        }
        self.align(&run);
    }

    fn list_declaration(&mut self, list: &List, close: usize) {
        let named = list.sheet.as_ref().unwrap_or(&list.path);
        let open = self.last(named.span) + 1;
        let starts = self.starts(list.entries.iter().map(ListEntry::span));
        if !self.block(open, close, &starts, 0, 2) {
            return;
        }
        let mut run: Vec<&ast::Field> = Vec::new();
        for (entry, &start) in list.entries.iter().zip(&starts) {
            let column = match entry {
                ListEntry::Column(column) => Some(column),
                ListEntry::Valid(_) | ListEntry::Recorded(_) => None,
            };
            let remarks = &self.pieces[start].leading;
            let apart = self.pieces[start].blank || remarks.iter().any(|remark| remark.blank);
            if apart || column.is_none() {
                self.align(&run);
                run.clear();
            }
            run.extend(column);
        }
        self.align(&run);
    }

    fn closure(&mut self, closure: &Closure, close: usize) {
        let open = self.last(closure.over.span) + 1;
        let starts = self.starts(closure.entries.iter().map(|entry| entry.span));
        self.block(open, close, &starts, 0, 2);
    }

    /// `aggregate a : type = sum(x) where c over same k in the calendar year`: broken before `where`, `over same` and the period.
    fn aggregate_declaration(&mut self, aggregate: &Aggregate, last: usize) {
        let body = &aggregate.body;
        let start = self.first(body.span);
        if self.newline(start) {
            self.break_at(start, INDENT);
        }
        let open = self.first(body.function.span) + 1;
        self.glue(open);
        let starts = self.starts(aggregate.keys.iter().map(|key| key.span));
        let filter = aggregate.filter.as_ref();
        let mut words: Vec<usize> = filter
            .iter()
            .map(|filter| self.first(filter.span) - 1)
            .collect();
        // `over same` are two words.
        words.extend(starts.first().map(|&first| first - 2));
        let period = aggregate.period.as_ref();
        let period = period.map(|period| self.first(period.span));
        words.extend(period);
        self.chain(self.first(aggregate.name.span), &words, INDENT);
        for part in body.args.iter().chain(filter).chain(&aggregate.keys) {
            self.expr(part, INDENT);
        }
        self.hang(&starts, period.map_or(last, |period| period - 1));
    }

    /// Puts the names, the types and the columns of fields that follow one another under each other.
    fn align(&mut self, fields: &[&ast::Field]) {
        let fields: Vec<_> = fields
            .iter()
            .copied()
            .filter(|field| self.is_on_one_line(field.span))
            .collect();
        let widest_role = fields.iter().map(|field| role_width(field.role)).max();
        for field in &fields {
            if field.role != FieldRole::Plain {
                let blanks = widest_role.unwrap_or(0) + 1 - role_width(field.role);
                self.pad(self.first(field.name.span), blanks);
            }
        }
        self.align_at(&fields, 1, &|layout, field| {
            Some(layout.last(field.name.span) + 1)
        });
        self.align_at(&fields, 2, &|layout, field| {
            let column = field.column.as_ref()?;
            Some(layout.first(column.span) - 1)
        });
    }

    /// Puts the piece that `which` finds in each field under each other, at least `blanks` after what stands before it.
    fn align_at(
        &mut self,
        fields: &[&ast::Field],
        blanks: usize,
        which: &dyn Fn(&Self, &ast::Field) -> Option<usize>,
    ) {
        let ends: Vec<_> = fields
            .iter()
            .filter_map(|field| {
                let at = which(self, field)?;
                Some((at, self.width_of(self.first(field.span), at - 1)))
            })
            .collect();
        let widest = ends.iter().map(|&(_, width)| width).max().unwrap_or(0);
        for (at, width) in ends {
            self.pad(at, widest - width + blanks);
        }
    }

    /// Whether no comment breaks the lines inside `span`.
    pub(super) fn is_on_one_line(&self, span: Span) -> bool {
        (self.first(span) + 1..=self.last(span)).all(|index| !self.breaks(index))
    }

    fn enumeration(&mut self, declared: &Enum, close: usize) {
        let open = self.first(declared.name.span) + 1 + usize::from(declared.ordered);
        let starts = self.starts(declared.values.iter().map(|value| value.span));
        self.list(open, close, &starts, 0, !declared.ordered);
    }

    fn verdicts(&mut self, verdicts: &Verdicts, last: usize) {
        let starts = self.starts(verdicts.names.iter().map(|name| name.span));
        self.hang(&starts, last);
    }

    /// Parts separated by commas or the like, which stand under the first of them where they need more than one line.
    pub(super) fn hang(&mut self, starts: &[usize], last: usize) {
        if let Some((&first, rest)) = starts.split_first() {
            let column = self.column(first);
            self.fill(rest, column, first, last);
        }
    }

    fn set(&mut self, set: &Set) {
        self.value(&set.value, 0);
    }

    fn param(&mut self, param: &Param, last: usize) {
        match &param.value {
            ParamValue::Always(value) => self.value(value, 0),
            ParamValue::Dated(elements) => {
                let open = self.last(param.ty.span) + 1;
                self.elements(open, last, elements, 0);
            }
        }
    }

    fn define(&mut self, define: &Define) {
        if let Some(params) = &define.params {
            self.parameters(&define.name, params);
        }
        self.value(&define.body, 0);
    }

    /// `(a : type, b : type)` behind a name.
    pub(super) fn parameters(&mut self, name: &ast::Name, params: &[ast::DefineParam]) {
        let open = self.first(name.span) + 1;
        self.glue(open);
        let starts = self.starts(params.iter().map(|param| param.name.span));
        if let Some(param) = params.last() {
            let close = self.last(param.ty.span) + 1;
            self.hang(&starts, close);
        }
    }

    /// `{ field: value, … }`.
    pub(super) fn record_literal(&mut self, record: &RecordLit, margin: usize) {
        let (open, close) = (self.first(record.span), self.last(record.span));
        let starts = self.starts(record.entries.iter().map(|entry| entry.span));
        for entry in &record.entries {
            let colon = self.last(entry.name.span) + 1;
            self.glue(colon);
        }
        self.list(open, close, &starts, margin, true);
        for entry in &record.entries {
            match &entry.value {
                EntryValue::Missing => {}
                EntryValue::Value(value) => self.expr(value, margin + INDENT),
                EntryValue::List(list) => self.list_literal(list, margin + INDENT),
            }
        }
    }

    /// `[ { … }, { … } ]`.
    fn list_literal(&mut self, list: &ListLit, margin: usize) {
        let (open, close) = (self.first(list.span), self.last(list.span));
        self.pad(open, 1);
        self.pad(close, 1);
        let starts = self.starts(list.items.iter().map(|item| item.span));
        self.list(open, close, &starts, margin, true);
        if let Some(&first) = starts.first()
            && !self.breaks(first)
        {
            self.pad(first, 1);
        }
        let inner = match starts.first().is_some_and(|&first| self.breaks(first)) {
            true => margin + INDENT,
            false => margin,
        };
        for item in &list.items {
            self.record_literal(item, inner);
        }
    }

    fn test_declaration(&mut self, test: &Test, first: usize, close: usize) {
        let open = match &test.title {
            Some(title) => self.first(title.span) + 1,
            None => first + 1,
        };
        let starts = self.starts(test.items.iter().map(|item| item.span));
        let margin = match self.block(open, close, &starts, 0, 1) {
            true => INDENT,
            false => 0,
        };
        for item in &test.items {
            self.test_item(item, margin);
        }
    }

    fn test_item(&mut self, item: &TestItem, margin: usize) {
        let last = self.last(item.span);
        match &item.kind {
            TestItemKind::Given { record, .. } | TestItemKind::Beside { record, .. } => {
                if let Some(record) = record {
                    self.record_literal(record, margin);
                }
            }
            TestItemKind::Expect(expect) => self.expectation(expect, last),
            TestItemKind::On(_) | TestItemKind::Error => {}
        }
    }

    fn expectation(&mut self, expect: &Expect, last: usize) {
        match expect {
            Expect::Verdict { by: Some(by), .. } => {
                let starts = self.starts(by.iter().map(|path| path.span));
                self.hang(&starts, last);
            }
            Expect::Unknown {
                lacking: Some(fields),
                ..
            } => {
                let starts = self.starts(fields.iter().map(|path| path.span));
                self.hang(&starts, last);
            }
            Expect::Verdict { by: None, .. }
            | Expect::Unknown { lacking: None, .. }
            | Expect::AtMost(_)
            | Expect::Not(_)
            | Expect::Obligation(_) => {}
        }
    }

    /// Whether the piece has a line of its own by decision, not only because of a comment.
    pub(super) fn starts_line(&self, index: usize) -> bool {
        matches!(self.gaps[index], Gap::Line(_))
    }
}

fn role_width(role: FieldRole) -> usize {
    match role {
        FieldRole::Plain => 0,
        FieldRole::Key => "key".len(),
        FieldRole::AsOf => "as of".len(),
        FieldRole::Value => "value".len(),
    }
}
