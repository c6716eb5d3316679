//! Tokens and trees as indented text, for `emit tokens`, `emit ast` and snapshots.
//!
//! One node a line, its parts two blanks further in. Everything that a tree says is printed, so two files mean the same if
//! and only if their trees print the same; spans and plain comments are left out, spans unless asked for.

mod expr;
mod words;

use std::fmt::Display;

use super::ast::{
    self, Clause, ClauseKind, ClosureEntryKind, Element, EntryValue, Expect, ItemKind, ListEntry,
    ListLit, ParamValue, RecordLit, Test, TestItemKind,
};
use super::lex::Tokens;
use crate::text::Span;
use words::{joined, name, text};

/// The tokens of a file: a line each with its kind and its text, with `spans` also its bytes.
pub fn print_tokens(tokens: &Tokens<'_>, spans: bool) -> String {
    let mut printer = Printer::new(spans);
    for lexeme in &tokens.lexemes {
        let kind = words::token_kind(lexeme.token);
        let line = format!("{kind:<9} {}", tokens.text_of(lexeme).escape_debug());
        printer.line(line, Some(tokens.span_of(lexeme)));
    }
    printer.out
}

/// The tree of a file, with `spans` also the bytes of each node.
pub fn print_ast(file: &ast::File, spans: bool) -> String {
    let mut printer = Printer::new(spans);
    for item in &file.items {
        printer.item(item);
    }
    printer.out
}

struct Printer {
    out: String,
    depth: usize,
    spans: bool,
}

impl Printer {
    fn new(spans: bool) -> Self {
        Printer {
            out: String::new(),
            depth: 0,
            spans,
        }
    }

    fn line(&mut self, line: impl Display, span: Option<Span>) {
        let line = line.to_string();
        self.out.extend(std::iter::repeat_n(' ', 2 * self.depth));
        self.out.push_str(line.trim_end());
        if let (true, Some(span)) = (self.spans, span) {
            self.out
                .push_str(&format!(" @{}..{}", span.start, span.end));
        }
        self.out.push('\n');
    }

    /// A line and what belongs to it.
    fn node(&mut self, line: impl Display, span: Span, parts: impl FnOnce(&mut Self)) {
        self.line(line, Some(span));
        self.inside(parts);
    }

    fn inside(&mut self, parts: impl FnOnce(&mut Self)) {
        self.depth += 1;
        parts(self);
        self.depth -= 1;
    }

    fn doc(&mut self, doc: Option<&ast::Doc>) {
        if let Some(doc) = doc {
            self.line(format!("doc {:?}", doc.text), Some(doc.span));
        }
    }

    fn item(&mut self, item: &ast::Item) {
        let head = words::item_head(&item.kind);
        self.node(head, item.span, |printer| {
            printer.doc(item.doc.as_ref());
            for allow in &item.allows {
                let line = format!(
                    "allow {} because {}",
                    name(&allow.lint),
                    text(&allow.because)
                );
                printer.line(line, Some(allow.span));
            }
            printer.item_parts(&item.kind);
        });
    }

    fn item_parts(&mut self, kind: &ItemKind) {
        match kind {
            ItemKind::Policy(header) => {
                for entry in &header.entries {
                    let line = format!("{} {}", name(&entry.key), text(&entry.value));
                    self.line(line, Some(entry.span));
                }
            }
            ItemKind::Record(record) => record.fields.iter().for_each(|field| self.field(field)),
            ItemKind::Enum(declared) => {
                for value in &declared.values {
                    let head = format!("{}{}", name(&value.name), words::spellings(value));
                    self.node(head, value.span, |printer| printer.doc(value.doc.as_ref()));
                }
            }
            ItemKind::Set(set) => self.expr(&set.value),
            ItemKind::List(list) => list.entries.iter().for_each(|entry| match entry {
                ListEntry::Column(column) => self.field(column),
                ListEntry::Valid(valid) => self.line(words::valid(valid), Some(valid.span)),
                ListEntry::Recorded(recorded) => {
                    let line = format!("recorded {}", name(&recorded.column));
                    self.line(line, Some(recorded.span));
                }
            }),
            ItemKind::Closure(closure) => closure.entries.iter().for_each(|entry| {
                let line = words::closure_entry(&entry.kind);
                self.line(line, Some(entry.span));
                if let ClosureEntryKind::CaughtAt { share, .. } = &entry.kind {
                    self.expr(share);
                }
            }),
            ItemKind::Aggregate(aggregate) => self.aggregate_parts(aggregate),
            ItemKind::Param(param) => match &param.value {
                ParamValue::Always(value) => self.expr(value),
                ParamValue::Dated(elements) => self.elements(elements),
            },
            ItemKind::Define(define) => self.expr(&define.body),
            ItemKind::Table(table) => table.rows.iter().for_each(|row| self.row(row)),
            ItemKind::Rule(rule) => self.clauses(&rule.clauses),
            ItemKind::Exception(exception) => self.clauses(&exception.clauses),
            ItemKind::Suspension(suspension) => self.clauses(&suspension.clauses),
            ItemKind::Case(case) => self.record_literal(&case.record),
            ItemKind::Test(test) => self.test(test),
            ItemKind::Import(_)
            | ItemKind::Verdicts(_)
            | ItemKind::Otherwise(_)
            | ItemKind::WhenUnknown(_)
            | ItemKind::Calendar(_)
            | ItemKind::Codes(_) => {}
        }
    }

    fn aggregate_parts(&mut self, aggregate: &ast::Aggregate) {
        let function = name(&aggregate.body.function);
        self.node(function, aggregate.body.span, |printer| {
            aggregate.body.args.iter().for_each(|arg| printer.expr(arg));
        });
        if let Some(filter) = &aggregate.filter {
            self.node("where", filter.span, |printer| printer.expr(filter));
        }
        for key in &aggregate.keys {
            self.node("same", key.span, |printer| printer.expr(key));
        }
        if let Some(period) = &aggregate.period {
            self.line(words::period(&period.kind), Some(period.span));
        }
    }

    fn field(&mut self, field: &ast::Field) {
        self.node(words::field(field), field.span, |printer| {
            printer.doc(field.doc.as_ref());
        });
    }

    fn row(&mut self, row: &ast::Row) {
        self.node("row", row.span, |printer| {
            for cell in &row.cells {
                let head = words::cell_head(&cell.kind);
                printer.node(head, cell.span, |printer| {
                    for expr in cell.kind.exprs() {
                        printer.expr(expr);
                    }
                });
            }
            printer.node("=>", row.result.span, |printer| printer.expr(&row.result));
        });
    }

    fn clauses(&mut self, clauses: &[Clause]) {
        for clause in clauses {
            self.clause(clause);
        }
    }

    fn clause(&mut self, clause: &Clause) {
        let head = words::clause_head(&clause.kind);
        self.node(head, clause.span, |printer| match &clause.kind {
            ClauseKind::When(value) | ClauseKind::Unless(value) => printer.expr(value),
            ClauseKind::Then { verdict, because } => {
                printer.expr(verdict);
                if let Some(because) = because {
                    printer.line(format!("because {}", text(because)), Some(because.span));
                }
            }
            ClauseKind::Note { value, .. } => printer.expr(value),
            ClauseKind::Obliges { text, .. } => printer.expr(text),
            ClauseKind::Cites(_)
            | ClauseKind::Tags(_)
            | ClauseKind::InForce(_)
            | ClauseKind::Suspended(_)
            | ClauseKind::From(_)
            | ClauseKind::ForEach { .. }
            | ClauseKind::IfUnknown(_)
            | ClauseKind::Weight(_)
            | ClauseKind::Error => {}
        });
    }

    fn elements(&mut self, elements: &[Element]) {
        for element in elements {
            self.node("element", element.span, |printer| {
                printer.expr(&element.value);
                if let Some(to) = &element.to {
                    printer.node("to", to.span, |printer| printer.expr(to));
                }
                for window in &element.windows {
                    printer.line(words::window(window), Some(window.span));
                }
            });
        }
    }

    fn record_literal(&mut self, record: &RecordLit) {
        for entry in &record.entries {
            self.node(
                format!("{}:", name(&entry.name)),
                entry.span,
                |printer| match &entry.value {
                    EntryValue::Value(value) => printer.expr(value),
                    EntryValue::Missing => printer.line("missing", None),
                    EntryValue::List(list) => printer.list_literal(list),
                },
            );
        }
    }

    fn list_literal(&mut self, list: &ListLit) {
        self.node("list", list.span, |printer| {
            for item in &list.items {
                printer.node("record", item.span, |printer| printer.record_literal(item));
            }
        });
    }

    fn test(&mut self, test: &Test) {
        for item in &test.items {
            let head = match &item.kind {
                TestItemKind::Given { base, record } => {
                    words::given("given", base.as_ref(), record.is_some())
                }
                TestItemKind::Beside { base, record } => {
                    words::given("beside", base.as_ref(), record.is_some())
                }
                TestItemKind::On(day) => format!("on {}", day.value),
                TestItemKind::Expect(expect) => expectation(expect),
                TestItemKind::Error => "error".to_owned(),
            };
            self.node(head, item.span, |printer| {
                if let TestItemKind::Given {
                    record: Some(record),
                    ..
                }
                | TestItemKind::Beside {
                    record: Some(record),
                    ..
                } = &item.kind
                {
                    printer.record_literal(record);
                }
            });
        }
    }
}

fn expectation(expect: &Expect) -> String {
    match expect {
        Expect::Verdict { verdict, by: None } => format!("expect {}", name(verdict)),
        Expect::Verdict {
            verdict,
            by: Some(by),
        } => format!(
            "expect {} by {}",
            name(verdict),
            joined(by, words::rule_path)
        ),
        Expect::AtMost(verdict) => format!("expect at most {}", name(verdict)),
        Expect::Unknown {
            rule,
            lacking: None,
        } => format!("expect unknown {}", words::rule_path(rule)),
        Expect::Unknown {
            rule,
            lacking: Some(fields),
        } => format!(
            "expect unknown {} for lack of {}",
            words::rule_path(rule),
            joined(fields, words::field_path)
        ),
        Expect::Not(rule) => format!("expect not {}", words::rule_path(rule)),
        Expect::Obligation(obligation) => format!("expect obligation {}", text(obligation)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{lex, parse};
    use crate::text::SourceMap;

    const TEXT: &str = "## A rule.\nrule r \"R\" {\n  cites \"x\"\n  when a.`b c` in { CN, \"1\" to \"2\" from 2025-01-01 }  # why\n  then deny\n}\n";

    fn source() -> (SourceMap, crate::text::FileId) {
        let mut sources = SourceMap::default();
        let file = sources.add("policy.interdict", TEXT);
        (sources, file)
    }

    #[test]
    fn trees_print_one_node_a_line() {
        let (sources, file) = source();
        let (tree, diagnostics) = parse(&sources, file);
        assert_eq!(diagnostics, []);
        let expected = "\
rule r \"R\"
  doc \"A rule.\"
  cites \"x\"
  when
    in
      field `b c`
        name a
      set
        element
          name CN
        element
          text \"1\"
          to
            text \"2\"
          from 2025-01-01
  then
    name deny
";
        assert_eq!(print_ast(&tree, false), expected);
        let spans = print_ast(&tree, true);
        assert!(spans.starts_with("rule r \"R\" @11..109\n"), "{spans}");
    }

    #[test]
    fn tokens_print_one_a_line_without_comments() {
        let (sources, file) = source();
        let (tokens, _) = lex::tokenize(file, &sources.file(file).text);
        let printed = print_tokens(&tokens, false);
        let start = "keyword   rule\nword      r\nstring    \\\"R\\\"\nmark      {\n";
        assert!(printed.starts_with(start), "{printed}");
        assert_eq!(printed.lines().count(), tokens.lexemes.len());
        assert!(print_tokens(&tokens, true).starts_with("keyword   rule @11..15\n"));
    }
}
