//! Expressions, values and sets as text of the language.

use crate::domain::{Number, Windows};
use crate::model::{
    Aggregate, ArithOp, Binder, BinderId, Builtin, Decision, DecisionRow, Element, Expr, ExprKind,
    Field, Model, Parameter, Row, SetExpr, TextOp, Type, Value,
};
use crate::text::Arena;
use std::fmt::Write;

/// How tightly an operator holds its operands, from loosest to tightest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    If,
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Sign,
    Call,
}

/// The expression as an author would write it; `parameters` are those of the define around it.
pub fn expr(model: &Model, parameters: &[Parameter], expr: &Expr) -> String {
    let mut printer = Printer {
        model,
        parameters,
        binders: Vec::new(),
        out: String::new(),
    };
    printer.expr(expr, Level::If);
    printer.out
}

/// An expression in which an element has this name.
pub fn expr_of_element(model: &Model, element: &Binder, expr: &Expr) -> String {
    let mut printer = Printer {
        model,
        parameters: &[],
        binders: vec![element.clone()],
        out: String::new(),
    };
    printer.expr(expr, Level::If);
    printer.out
}

/// A row of a table: what its cells ask, and what it comes to.
pub fn row(model: &Model, parameters: &[Parameter], row: &DecisionRow) -> String {
    let mut printer = Printer {
        model,
        parameters,
        binders: Vec::new(),
        out: String::new(),
    };
    printer.row(row);
    printer.out
}

/// A value of type `ty` as an author would write it.
pub fn value(model: &Model, ty: Type, value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number_of(ty, number),
        Value::Date(day) => day.to_string(),
        Value::Instant(instant) => quoted(&crate::domain::format_instant(*instant)),
        Value::Duration(period) => period.to_string(),
        Value::Country(country) => country.to_string(),
        Value::Code(code) => quoted(&code.to_string()),
        Value::Enum(number) => match ty {
            Type::Enum(id) => model.enums[id].values[usize::from(*number)].to_string(),
            Type::Text { .. }
            | Type::Bool
            | Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Mass
            | Type::Date
            | Type::Instant
            | Type::Duration
            | Type::Country
            | Type::Code(_)
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => format!("#{number}"),
        },
        Value::List(rows) => list(model, ty, rows),
        Value::Verdict(verdict) => model.verdict_name(*verdict).to_owned(),
    }
}

/// `[ { name: "a" }, { name: "b", value: 1 USD } ]`: what is missing is left out.
fn list(model: &Model, ty: Type, rows: &[Row]) -> String {
    let Type::List(nested) = ty else {
        unreachable!("internal error: a list as {ty:?}")
    };
    let fields = &model.nested[nested].fields;
    let rows: Vec<String> = rows.iter().map(|row| record(model, fields, row)).collect();
    match rows.as_slice() {
        [] => "[ ]".to_owned(),
        rows => format!("[ {} ]", rows.join(", ")),
    }
}

fn record(model: &Model, fields: &Arena<Field>, row: &Row) -> String {
    let known = fields.iter().filter_map(|(id, field)| {
        let known = value(model, field.ty, row.get(id)?);
        Some(format!("{}: {known}", name(&field.name)))
    });
    let known: Vec<String> = known.collect();
    match known.as_slice() {
        [] => "{ }".to_owned(),
        known => format!("{{ {} }}", known.join(", ")),
    }
}

/// A set as an author would write it.
pub fn set(model: &Model, element: Type, set: &SetExpr) -> String {
    let mut printer = Printer {
        model,
        parameters: &[],
        binders: Vec::new(),
        out: String::new(),
    };
    printer.set(element, set, false);
    printer.out
}

/// A text in quotes, with what quotes cannot hold written as escapes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A name, in backticks where it is no plain word.
pub fn name(name: &str) -> String {
    let plain = name
        .bytes()
        .enumerate()
        .all(|(at, b)| b == b'_' || b.is_ascii_alphabetic() || (at > 0 && b.is_ascii_digit()));
    if plain && !name.is_empty() {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

fn number_of(ty: Type, number: &Number) -> String {
    match ty {
        Type::Percent => format!("{}%", grouped(&(number * &Number::from_i64(100)))),
        Type::Money(currency) => format!("{} {currency}", grouped(number)),
        Type::Mass => format!("{} kg", grouped(number)),
        Type::Text { .. }
        | Type::Bool
        | Type::Int
        | Type::Decimal
        | Type::Date
        | Type::Instant
        | Type::Duration
        | Type::Country
        | Type::Code(_)
        | Type::Enum(_)
        | Type::Verdict
        | Type::List(_)
        | Type::Element(_) => grouped(number),
    }
}

/// The number with `_` between thousands.
fn grouped(number: &Number) -> String {
    let text = number.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (whole, rest) = digits.split_at(digits.find(['.', '/']).unwrap_or(digits.len()));
    let mut out = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out + rest
}

struct Printer<'a> {
    model: &'a Model,
    parameters: &'a [Parameter],
    /// The elements that have a name here.
    binders: Vec<Binder>,
    out: String,
}

impl Printer<'_> {
    /// Writes `expr` where something at least as tight as `level` is needed.
    fn expr(&mut self, expr: &Expr, level: Level) {
        let own = level_of(expr);
        if own < level {
            self.out.push('(');
            self.kind(expr);
            self.out.push(')');
        } else {
            self.kind(expr);
        }
    }

    fn kind(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Value(known) => self.out.push_str(&value(self.model, expr.ty, known)),
            ExprKind::Field(field) => self.name(&self.model.record.fields[*field].name.clone()),
            ExprKind::AsOf => self.out.push_str("as_of"),
            ExprKind::Param(param) => self.name(&self.model.params[*param].name.clone()),
            ExprKind::Define(define, arguments) => {
                self.name(&self.model.defines[*define].name.clone());
                if !arguments.is_empty() {
                    self.arguments(arguments);
                }
            }
            ExprKind::Parameter(at) => match self.parameters.get(*at) {
                Some(parameter) => self.name(&parameter.name.clone()),
                None => self.push(&format!("#{at}")),
            },
            ExprKind::Not(inner) => self.not(inner),
            ExprKind::And(parts) => self.joined(parts, " and ", Level::Not),
            ExprKind::Or(parts) => self.joined(parts, " or ", Level::And),
            ExprKind::Compare(op, left, right) => {
                self.infix(left, &format!(" {} ", op.symbol()), right);
            }
            ExprKind::Between(of, low, high) => {
                self.infix(of, " between ", low);
                self.push(" and ");
                self.expr(high, Level::Sum);
            }
            ExprKind::In(of, set) => self.member(of, " in ", set),
            ExprKind::Under(of, set) => self.member(of, " under ", set),
            ExprKind::Text(of, op) => self.text_test(of, " ", op),
            ExprKind::IsMissing(of) => self.postfix(of, " is missing"),
            ExprKind::IsKnown(of) => self.postfix(of, " is known"),
            ExprKind::IsUnknown(of) => self.postfix(of, " is unknown"),
            ExprKind::Arith(op, left, right) => self.arith(*op, left, right),
            ExprKind::Neg(inner) => {
                self.push("-");
                self.expr(inner, Level::Sign);
            }
            ExprKind::Shift {
                date,
                period,
                negative,
            } => {
                self.expr(date, Level::Sum);
                let sign = if *negative { '-' } else { '+' };
                self.push(&format!(" {sign} {period}"));
            }
            // The author wrote the instant itself; the day is what it means beside a date.
            ExprKind::DayOf(inner) => self.kind(inner),
            ExprKind::Call(builtin, arguments) => {
                self.push(builtin_name(*builtin));
                self.arguments(arguments);
            }
            ExprKind::Round(of, digits) => {
                self.push("round(");
                self.expr(of, Level::If);
                self.push(&format!(", {digits})"));
            }
            ExprKind::Assume(of, instead, why) => {
                self.push("assume(");
                self.expr(of, Level::If);
                self.push(", ");
                self.expr(instead, Level::If);
                self.push(&format!(", {})", quoted(why)));
            }
            ExprKind::If(condition, then, otherwise) => {
                self.push("if ");
                self.expr(condition, Level::Or);
                self.push(" then ");
                self.expr(then, Level::Or);
                self.push(" else ");
                self.expr(otherwise, Level::If);
            }
            ExprKind::Binder(id) => self.binder(*id),
            ExprKind::Member(base, field) => {
                self.expr(base, Level::Call);
                self.push(".");
                let Type::Element(nested) = base.ty else {
                    unreachable!("internal error: a field of {:?}", base.ty)
                };
                self.name(&self.model.nested[nested].fields[*field].name.clone());
            }
            ExprKind::Lookup { list, keys, column } => {
                let list = self.model.lists[*list].clone();
                let (open, close) = match list.head.is_table() {
                    true => ("(", ")."),
                    false => ("[", "]."),
                };
                self.name(list.name());
                self.push(open);
                for (at, key) in keys.iter().enumerate() {
                    self.push(if at > 0 { ", " } else { "" });
                    self.expr(key, Level::If);
                }
                self.push(close);
                self.name(&list.head.columns[*column].name);
            }
            ExprKind::Quantified {
                quantifier,
                binder,
                list,
                body,
            } => {
                self.push(&format!("{} ", quantifier.word()));
                self.name(&binder.name);
                self.push(" in ");
                self.expr(list, Level::Call);
                self.push(" satisfies ");
                self.with_binder(binder, |printer| printer.expr(body, Level::If));
            }
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Total(total) => {
                let name = self.model.totals[*total].name.clone();
                self.name(&name);
            }
            ExprKind::Decide(decision) => self.decision(decision),
            ExprKind::Applies(rules) => self.push(&format!("applies({})", rules.text)),
            ExprKind::Caught(rules) => self.push(&format!("caught({})", rules.text)),
        }
    }

    fn binder(&mut self, id: BinderId) {
        match self.binders.iter().rev().find(|binder| binder.id == id) {
            Some(binder) => self.name(&binder.name.clone()),
            None => self.push(&format!("#{}", id.0)),
        }
    }

    fn with_binder(&mut self, binder: &Binder, work: impl FnOnce(&mut Self)) {
        self.binders.push(binder.clone());
        work(self);
        self.binders.pop();
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        let Aggregate {
            kind,
            binder,
            list,
            filter,
        } = aggregate;
        self.push(&format!("{}(", kind.word()));
        if let Some(value) = kind.value() {
            self.with_binder(binder, |printer| printer.expr(value, Level::If));
            self.push(" for ");
        }
        self.name(&binder.name);
        self.push(" in ");
        self.expr(list, Level::Call);
        if let Some(filter) = filter {
            self.push(" where ");
            self.with_binder(binder, |printer| printer.expr(filter, Level::If));
        }
        self.push(")");
    }

    /// `threshold first { destination in e1 => 10%; _ => 25% }`
    fn decision(&mut self, decision: &Decision) {
        self.name(&decision.name);
        self.push(&format!(" {} {{ ", decision.hit.word()));
        for (at, row) in decision.rows.iter().enumerate() {
            if at > 0 {
                self.push("; ");
            }
            self.row(row);
        }
        self.push(" }");
    }

    fn row(&mut self, row: &DecisionRow) {
        match row.cells.as_slice() {
            [] => self.push("_"),
            cells => self.joined(cells, " and ", Level::Not),
        }
        self.push(" => ");
        self.expr(&row.result, Level::If);
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, text: &str) {
        let text = name(text);
        self.out.push_str(&text);
    }

    fn not(&mut self, inner: &Expr) {
        match &inner.kind {
            ExprKind::In(of, set) => self.member(of, " not in ", set),
            ExprKind::Under(of, set) => self.member(of, " not under ", set),
            ExprKind::Text(of, op @ TextOp::Like(_)) => self.text_test(of, " not ", op),
            _ => {
                self.push("not ");
                self.expr(inner, Level::Not);
            }
        }
    }

    fn joined(&mut self, parts: &[Expr], between: &str, level: Level) {
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.push(between);
            }
            self.expr(part, level);
        }
    }

    fn infix(&mut self, left: &Expr, between: &str, right: &Expr) {
        self.expr(left, Level::Sum);
        self.push(between);
        self.expr(right, Level::Sum);
    }

    fn postfix(&mut self, of: &Expr, test: &str) {
        self.expr(of, Level::Sum);
        self.push(test);
    }

    fn member(&mut self, of: &Expr, operator: &str, set: &SetExpr) {
        self.expr(of, Level::Sum);
        self.push(operator);
        match (single(set), operator.ends_with("under ")) {
            (Some(code), true) => {
                let code = value(self.model, of.ty, code);
                self.push(&code);
            }
            (Some(_) | None, _) => self.set(of.ty, set, false),
        }
    }

    fn text_test(&mut self, of: &Expr, before: &str, op: &TextOp) {
        self.expr(of, Level::Sum);
        self.push(before);
        let (word, literal) = match op {
            TextOp::Like(pattern) => ("like", pattern.to_string()),
            TextOp::StartsWith(text) => ("starts with", text.to_string()),
            TextOp::EndsWith(text) => ("ends with", text.to_string()),
            TextOp::Contains(text) => ("contains", text.to_string()),
            TextOp::Matches(regex) => ("matches", regex.as_str().to_owned()),
        };
        self.push(&format!("{word} {}", quoted(&literal)));
    }

    fn arith(&mut self, op: ArithOp, left: &Expr, right: &Expr) {
        let (symbol, own, tighter) = match op {
            ArithOp::Add => ("+", Level::Sum, Level::Product),
            ArithOp::Sub => ("-", Level::Sum, Level::Product),
            ArithOp::Mul => ("*", Level::Product, Level::Sign),
            ArithOp::Div => ("/", Level::Product, Level::Sign),
        };
        self.expr(left, own);
        self.push(&format!(" {symbol} "));
        self.expr(right, tighter);
    }

    fn arguments(&mut self, arguments: &[Expr]) {
        self.push("(");
        self.joined(arguments, ", ", Level::If);
        self.push(")");
    }

    /// `nested`: the set is the right side of an operator, or the left side of a tighter one.
    fn set(&mut self, element: Type, set: &SetExpr, nested: bool) {
        let (left, symbol, right) = match set {
            SetExpr::Elements(elements) => return self.elements(element, elements),
            SetExpr::Named(id) => return self.name(&self.model.sets[*id].name.clone()),
            SetExpr::List(id) => return self.name(&self.model.lists[*id].name().clone()),
            SetExpr::Union(left, right) => (left, " + ", right),
            SetExpr::Difference(left, right) => (left, " - ", right),
            SetExpr::Intersection(left, right) => (left, " & ", right),
        };
        if nested {
            self.push("(");
        }
        let mixed =
            matches!(set, SetExpr::Intersection(..)) != matches!(**left, SetExpr::Intersection(..));
        self.set(element, left, mixed);
        self.push(symbol);
        self.set(element, right, true);
        if nested {
            self.push(")");
        }
    }

    fn elements(&mut self, ty: Type, elements: &[Element]) {
        if elements.is_empty() {
            return self.push("{ }");
        }
        self.push("{ ");
        for (at, element) in elements.iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            let first = value(self.model, ty, &element.value);
            self.push(&first);
            if let Some(to) = &element.to {
                let last = value(self.model, ty, to);
                self.push(&format!(" to {last}"));
            }
            self.push(&dated(&element.windows));
        }
        self.push(" }");
    }
}

/// The value of a set that holds just one on every day.
fn single(set: &SetExpr) -> Option<&Value> {
    match set {
        SetExpr::Elements(elements) => match elements.as_slice() {
            [element] if element.to.is_none() && element.windows.is_always() => {
                Some(&element.value)
            }
            _ => None,
        },
        SetExpr::Named(_)
        | SetExpr::List(_)
        | SetExpr::Union(..)
        | SetExpr::Difference(..)
        | SetExpr::Intersection(..) => None,
    }
}

/// The windows of an element with a blank before, or nothing for always.
fn dated(windows: &Windows) -> String {
    if windows.is_always() {
        return String::new();
    }
    windows
        .intervals()
        .iter()
        .map(|window| format!(" {window}"))
        .collect()
}

fn builtin_name(builtin: Builtin) -> &'static str {
    match builtin {
        Builtin::Abs => "abs",
        Builtin::Min => "min",
        Builtin::Max => "max",
        Builtin::DaysBetween => "days_between",
        Builtin::Year => "year",
        Builtin::Share => "share",
    }
}

fn level_of(expr: &Expr) -> Level {
    match &expr.kind {
        ExprKind::If(..) | ExprKind::Quantified { .. } => Level::If,
        ExprKind::Or(_) => Level::Or,
        ExprKind::And(_) => Level::And,
        ExprKind::Not(inner) => match &inner.kind {
            ExprKind::In(..) | ExprKind::Under(..) | ExprKind::Text(_, TextOp::Like(_)) => {
                Level::Compare
            }
            _ => Level::Not,
        },
        ExprKind::Compare(..)
        | ExprKind::Between(..)
        | ExprKind::In(..)
        | ExprKind::Under(..)
        | ExprKind::Text(..)
        | ExprKind::IsMissing(_)
        | ExprKind::IsKnown(_)
        | ExprKind::IsUnknown(_) => Level::Compare,
        ExprKind::Arith(ArithOp::Add | ArithOp::Sub, ..) | ExprKind::Shift { .. } => Level::Sum,
        ExprKind::Arith(ArithOp::Mul | ArithOp::Div, ..) => Level::Product,
        ExprKind::Neg(_) => Level::Sign,
        ExprKind::Value(Value::Number(number)) if number.is_negative() => Level::Sign,
        ExprKind::DayOf(inner) => level_of(inner),
        ExprKind::Value(_)
        | ExprKind::Field(_)
        | ExprKind::AsOf
        | ExprKind::Param(_)
        | ExprKind::Define(..)
        | ExprKind::Parameter(_)
        | ExprKind::Call(..)
        | ExprKind::Round(..)
        | ExprKind::Assume(..)
        | ExprKind::Binder(_)
        | ExprKind::Member(..)
        | ExprKind::Lookup { .. }
        | ExprKind::Aggregate(_)
        | ExprKind::Total(_)
        | ExprKind::Decide(_)
        | ExprKind::Applies(_)
        | ExprKind::Caught(_) => Level::Call,
    }
}
