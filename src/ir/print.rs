//! Programs as text, for `emit ir` and snapshots: columns, tests, computed and deferred conditions, groups, rules.
//!
//! `c`, `t`, `k`, `d`, `g` before a number are a column, a test, a computed condition, a deferred one, a group.

use super::loops::is_dated;
use super::{
    Amount, AmountCompare, Atom, Clause, Column, ColumnId, ColumnKind, Computed, ComputedKind,
    Deferred, DeferredForm, ELEMENT, Form, ListColumnId, Literal, LoopForm, MemberId, MemberTestId,
    Program, Role, RuleForm, Source, SuspendedBy, TestForm,
};
use crate::domain::{Day, Number};
use crate::model::{Binder, CompareOp, Expr, Model, PolicyId, RuleId, print};
use std::fmt::Display;

/// The program as text.
pub fn print(model: &Model, program: &Program) -> String {
    let printer = Printer { model, program };
    let mut out = String::new();
    section(&mut out, "columns", printer.columns());
    section(&mut out, "tests", printer.tests());
    section(&mut out, "computed conditions", printer.computed());
    section(&mut out, "deferred conditions", printer.deferred());
    section(&mut out, "groups", printer.groups());
    section(&mut out, "rules", printer.rules());
    out
}

/// What a column is read from: a field's name, or the as-of day.
pub(crate) fn source(model: &Model, program: &Program, source: Source) -> String {
    match source {
        Source::Field(field) => print::name(&model.record.fields[field].name),
        Source::Total(total, _) => print::name(&model.totals[total].name),
        Source::Day(day) => match &program.days[day] {
            Some(zone) => format!("as_of in {zone}"),
            None => "as_of".to_owned(),
        },
    }
}

/// What a group stands for.
pub(crate) fn role(model: &Model, role: Role) -> String {
    match role {
        Role::Base(rule) => format!("base of {}", model.rule_name(rule)),
        Role::Unless(rule) => format!("unless of {}", model.rule_name(rule)),
        Role::AtLeast(rule, verdict) => format!(
            "{} at least {}",
            model.rule_name(rule),
            model.verdict_name(verdict)
        ),
        Role::Suspension => "suspension".to_owned(),
        Role::Part => "part of a deferred condition".to_owned(),
    }
}

/// A section with its lines indented; nothing where there are none.
fn section(out: &mut String, title: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(title);
    out.push('\n');
    for line in lines {
        out.push_str("  ");
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

struct Printer<'a> {
    model: &'a Model,
    program: &'a Program,
}

impl Printer<'_> {
    fn columns(&self) -> Vec<String> {
        let columns = self.program.columns.iter();
        columns
            .map(|(id, column)| format!("c{} {}", id.index(), self.column(column)))
            .collect()
    }

    fn column(&self, column: &Column) -> String {
        let mut line = source(self.model, self.program, column.source);
        line += match column.kind {
            ColumnKind::Value => ": by value",
            ColumnKind::Number => ": number",
            ColumnKind::Int => ": whole number",
            ColumnKind::Day => ": day",
        };
        for (holds, text) in [
            (column.classed, ", classes"),
            (column.refined, " (one for each value)"),
            (column.amount, ", amounts"),
        ] {
            if holds {
                line += text;
            }
        }
        line
    }

    fn tests(&self) -> Vec<String> {
        let tests = self.program.tests.iter();
        tests
            .map(|(id, test)| {
                let asked = self.test(test.column, &test.form);
                format!("t{} on c{}: {asked}", id.index(), test.column.index())
            })
            .collect()
    }

    fn test(&self, column: ColumnId, form: &TestForm) -> String {
        let list = |tests: &[super::TestId], between: &str| {
            joined(tests.iter().map(|id| format!("t{}", id.index())), between)
        };
        match form {
            TestForm::Window(windows) => format!("{windows}"),
            TestForm::Threshold(op, bound) => self.threshold(column, *op, bound),
            TestForm::Condition { expr, policy } => self.condition(expr, *policy),
            TestForm::Listed(listed) => {
                let left = source(
                    self.model,
                    self.program,
                    self.program.columns[column].source,
                );
                let operator = if listed.under { "under" } else { "in" };
                let list = &self.model.lists[listed.list];
                let rows = match listed.window {
                    Some(window) => format!("rows {window}"),
                    None if list.is_dated() => "on any day".to_owned(),
                    None => String::new(),
                };
                let name = print::name(list.name());
                format!("{left} {operator} {name} {rows}")
                    .trim_end()
                    .to_owned()
            }
            TestForm::Any { list, body } => {
                format!(
                    "any x in {}: {}",
                    self.list_name(*list),
                    self.of_element(body)
                )
            }
            TestForm::IsThere(list) => format!("{} is there", self.list_name(*list)),
            TestForm::Not(test) => format!("not t{}", test.index()),
            TestForm::And(tests) => list(tests, " and "),
            TestForm::Or(tests) => list(tests, " or "),
        }
    }

    fn list_name(&self, list: ListColumnId) -> String {
        let list = &self.program.lists[list];
        print::name(&self.model.record.fields[list.field].name).to_string()
    }

    /// The body of a test of a list.
    fn of_element(&self, form: &LoopForm) -> String {
        let list = |parts: &[LoopForm], between: &str| {
            let parts = parts.iter().map(|part| self.of_element(part));
            format!("({})", joined(parts, between))
        };
        match form {
            LoopForm::Constant(truth) => truth.to_string(),
            LoopForm::Member(test) => self.member_test(*test),
            LoopForm::Known(member) => format!("x.{} is there", self.member_name(*member)),
            LoopForm::Not(inner) => format!("not {}", self.of_element(inner)),
            LoopForm::And(parts) => list(parts, " and "),
            LoopForm::Or(parts) => list(parts, " or "),
            LoopForm::If(parts) => {
                let [condition, yes, no] = parts.each_ref().map(|part| self.of_element(part));
                format!("(if {condition} then {yes} else {no})")
            }
            LoopForm::IsUnknown(inner) => format!("{} is unknown", self.of_element(inner)),
            LoopForm::Record(_)
            | LoopForm::Listed(_)
            | LoopForm::Compare(_)
            | LoopForm::Quantified { .. }
            | LoopForm::Around(_) => unreachable!("internal error: more than one element"),
        }
    }

    fn member_name(&self, member: MemberId) -> String {
        let member = &self.program.members[member];
        let of = &self.model.nested[self.program.lists[member.list].of];
        print::name(&of.fields[member.field].name).to_string()
    }

    fn member_test(&self, id: MemberTestId) -> String {
        let test = &self.program.member_tests[id];
        let element = Binder {
            id: ELEMENT,
            name: "x".into(),
        };
        let text = print::expr_of_element(self.model, &element, &test.expr);
        match is_dated(self.model, &test.expr) {
            true => format!("({text} on {})", test.day),
            false => text,
        }
    }

    fn threshold(&self, column: ColumnId, op: CompareOp, bound: &Number) -> String {
        let column = &self.program.columns[column];
        let left = source(self.model, self.program, column.source);
        let day = match column.kind {
            ColumnKind::Day => bound.to_i64().and_then(Day::from_days),
            ColumnKind::Value | ColumnKind::Number | ColumnKind::Int => None,
        };
        let right = day.map_or_else(|| bound.to_string(), |day| day.to_string());
        format!("{left} {} {right}", op.symbol())
    }

    fn condition(&self, expr: &Expr, policy: PolicyId) -> String {
        let text = print::expr(self.model, &[], expr);
        if self.program.days.len() > 1 {
            format!("{text} (asked by {})", self.model.policies[policy].name)
        } else {
            text
        }
    }

    fn computed(&self) -> Vec<String> {
        let computed = self.program.computed.iter();
        computed
            .map(|(id, computed)| {
                let columns = computed.columns.iter();
                let columns: String = columns.map(|c| format!(" c{}", c.index())).collect();
                let on = if columns.is_empty() { "" } else { " on" };
                let how = self.computed_kind(computed);
                format!("k{}{on}{columns}: {how}", id.index())
            })
            .collect()
    }

    fn computed_kind(&self, computed: &Computed) -> String {
        match &computed.kind {
            ComputedKind::Amounts { compare, .. } => {
                format!("amounts {}", self.compare(compare))
            }
            ComputedKind::ByClass(expr) => {
                format!("by class {}", self.condition(expr, computed.policy))
            }
            ComputedKind::Formula(form) => format!("formula {}", self.form(form)),
            ComputedKind::Loop { expr, .. } => {
                format!("loops {}", self.condition(expr, computed.policy))
            }
            ComputedKind::Reference(expr) => {
                format!("by reference {}", self.condition(expr, computed.policy))
            }
        }
    }

    fn compare(&self, compare: &AmountCompare) -> String {
        let left = self.amount(&compare.left);
        let right = self.amount(&compare.right);
        format!("{left} {} {right}", compare.op.symbol())
    }

    fn amount(&self, amount: &Amount) -> String {
        let infix = |a: &Amount, symbol: &str, b: &Amount| {
            format!("({} {symbol} {})", self.amount(a), self.amount(b))
        };
        match amount {
            Amount::Column { column, .. } => format!("c{}", column.index()),
            Amount::Constant(number) => number.to_string(),
            Amount::Add(a, b) => infix(a, "+", b),
            Amount::Sub(a, b) => infix(a, "-", b),
            Amount::Mul(a, b) => infix(a, "*", b),
            Amount::Div(a, b) => infix(a, "/", b),
            Amount::Neg(a) => format!("-{}", self.amount(a)),
            Amount::Abs(a) => format!("abs({})", self.amount(a)),
            Amount::Min(a, b) => format!("min({}, {})", self.amount(a), self.amount(b)),
            Amount::Max(a, b) => format!("max({}, {})", self.amount(a), self.amount(b)),
            Amount::Round(a, digits) => format!("round({}, {digits})", self.amount(a)),
            Amount::Assume(a, number) => format!("assume({}, {number})", self.amount(a)),
        }
    }

    fn form(&self, form: &Form) -> String {
        let list = |parts: &[Form], between: &str| {
            let parts = parts.iter().map(|part| self.form(part));
            format!("({})", joined(parts, between))
        };
        match form {
            Form::Constant(truth) => truth.to_string(),
            Form::Literal(literal) => print_literal(literal),
            Form::And(parts) => list(parts, " and "),
            Form::Or(parts) => list(parts, " or "),
            Form::IsUnknown(inner) => format!("{} is unknown", self.form(inner)),
            Form::IsSettled(inner) => format!("{} is settled", self.form(inner)),
        }
    }

    fn deferred(&self) -> Vec<String> {
        let deferred = self.program.deferred.iter();
        deferred
            .map(|(id, deferred)| {
                let asked = match deferred {
                    Deferred::Applies(rule) => format!("applies({})", self.rule_name(*rule)),
                    Deferred::Caught(rule) => format!("caught({})", self.rule_name(*rule)),
                    Deferred::Formula(form) => self.deferred_form(form),
                };
                format!("d{}: {asked}", id.index())
            })
            .collect()
    }

    fn deferred_form(&self, form: &DeferredForm) -> String {
        let list = |parts: &[DeferredForm], between: &str| {
            let parts = parts.iter().map(|part| self.deferred_form(part));
            format!("({})", joined(parts, between))
        };
        match form {
            DeferredForm::Constant(truth) => truth.to_string(),
            DeferredForm::Group(group) => format!("g{}", group.index()),
            DeferredForm::Deferred(id) => format!("d{}", id.index()),
            DeferredForm::Not(inner) => format!("not {}", self.deferred_form(inner)),
            DeferredForm::And(parts) => list(parts, " and "),
            DeferredForm::Or(parts) => list(parts, " or "),
            DeferredForm::IsUnknown(inner) => format!("{} is unknown", self.deferred_form(inner)),
        }
    }

    fn groups(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (id, group) in self.program.groups.iter() {
            let never = if group.clauses.is_empty() {
                " (never)"
            } else {
                ""
            };
            let role = role(self.model, group.role);
            lines.push(format!("g{} {role}{never}", id.index()));
            lines.extend(
                group
                    .clauses
                    .iter()
                    .map(|clause| format!("  {}", print_clause(clause))),
            );
        }
        lines
    }

    fn rules(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (at, form) in self.program.rules.iter().enumerate() {
            lines.push(self.rule_name(RuleId::from_index(at)));
            lines.extend(self.rule(form).into_iter().map(|line| format!("  {line}")));
        }
        lines
    }

    fn rule(&self, form: &RuleForm) -> Vec<String> {
        let mut lines = vec![format!("base g{}", form.base.index())];
        for unless in &form.unless {
            lines.push(format!("unless g{}", unless.index()));
        }
        for (verdict, group) in &form.at_least {
            let verdict = self.model.verdict_name(*verdict);
            lines.push(format!("at least {verdict} g{}", group.index()));
        }
        for (group, by) in &form.suspensions {
            let by = match by {
                SuspendedBy::Own => "its own clause".to_owned(),
                SuspendedBy::Suspension(id) => self.model.suspension_name(*id),
            };
            lines.push(format!("suspended in g{} by {by}", group.index()));
        }
        let columns = form.columns.iter().map(|c| format!("c{}", c.index()));
        let computed = form.computed.iter().map(|k| format!("k{}", k.index()));
        let reads = joined(columns.chain(computed), " ");
        if !reads.is_empty() {
            lines.push(format!("reads {reads}"));
        }
        if !form.asks.is_empty() {
            let names = form.asks.iter().map(|rule| self.rule_name(*rule));
            lines.push(format!("asks about {}", joined(names, ", ")));
        }
        lines
    }

    fn rule_name(&self, rule: RuleId) -> String {
        self.model.rule_name(rule)
    }
}

fn print_clause(clause: &Clause) -> String {
    if clause.literals.is_empty() {
        return "always".to_owned();
    }
    joined(clause.literals.iter().map(print_literal), " and ")
}

/// `t1`, `not k0`
fn print_literal(literal: &Literal) -> String {
    let not = if literal.negated { "not " } else { "" };
    match literal.atom {
        Atom::Test(id) => format!("{not}t{}", id.index()),
        Atom::Computed(id) => format!("{not}k{}", id.index()),
        Atom::Deferred(id) => format!("{not}d{}", id.index()),
    }
}

fn joined(parts: impl IntoIterator<Item = impl Display>, between: &str) -> String {
    let parts: Vec<String> = parts.into_iter().map(|part| part.to_string()).collect();
    parts.join(between)
}
