//! Canonical texts of closed expressions: equal for equal conditions, wherever they stand.

use crate::domain::Windows;
use crate::model::{Element, Expr, ExprKind, RuleSelection, SetExpr, TextOp, Type, Value};
use std::fmt::Write;

/// The key of a closed expression. Two expressions with one key have one value on every record.
pub fn expr_key(expr: &Expr) -> String {
    let mut key = String::new();
    write_expr(&mut key, expr);
    key
}

fn write_expr(out: &mut String, expr: &Expr) {
    if expr.ty == (Type::Text { folded: true }) {
        out.push('~');
    }
    match &expr.kind {
        ExprKind::Value(value) => write_value(out, value),
        ExprKind::Field(field) => put(out, format_args!("f{}", field.index())),
        ExprKind::AsOf => out.push_str("as_of"),
        ExprKind::Param(param) => put(out, format_args!("p{}", param.index())),
        ExprKind::Define(define, list) => {
            put(out, format_args!("d{}", define.index()));
            write_list(out, "", list);
        }
        ExprKind::Total(total) => put(out, format_args!("t{}", total.index())),
        ExprKind::Parameter(index) => put(out, format_args!("${index}")),
        ExprKind::Not(a) => write_list(out, "not", [&**a]),
        ExprKind::And(list) => write_list(out, "and", list),
        ExprKind::Or(list) => write_list(out, "or", list),
        ExprKind::Compare(op, a, b) => write_list(out, op.symbol(), [&**a, &**b]),
        ExprKind::Between(x, a, b) => write_list(out, "between", [&**x, &**a, &**b]),
        ExprKind::In(x, set) => write_member(out, "in", x, set),
        ExprKind::Under(x, set) => write_member(out, "under", x, set),
        ExprKind::Text(x, op) => write_text(out, x, op),
        ExprKind::IsMissing(x) => write_list(out, "missing", [&**x]),
        ExprKind::IsKnown(x) => write_list(out, "known", [&**x]),
        ExprKind::IsUnknown(x) => write_list(out, "unknown", [&**x]),
        ExprKind::Arith(op, a, b) => {
            put(out, format_args!("{op:?}"));
            write_list(out, "", [&**a, &**b]);
        }
        ExprKind::Neg(x) => write_list(out, "neg", [&**x]),
        ExprKind::Shift {
            date,
            period,
            negative,
        } => {
            put(out, format_args!("shift {period:?} {negative}"));
            write_list(out, "", [&**date]);
        }
        ExprKind::DayOf(x) => write_list(out, "day", [&**x]),
        ExprKind::Call(function, list) => {
            put(out, format_args!("{function:?}"));
            write_list(out, "", list);
        }
        ExprKind::Round(x, digits) => {
            put(out, format_args!("round {digits}"));
            write_list(out, "", [&**x]);
        }
        ExprKind::Assume(x, value, why) => {
            put(out, format_args!("assume {why:?}"));
            write_list(out, "", [&**x, &**value]);
        }
        ExprKind::If(c, a, b) => write_list(out, "if", [&**c, &**a, &**b]),
        ExprKind::Binder(id) => put(out, format_args!("b{}", id.0)),
        ExprKind::Member(x, field) => {
            put(out, format_args!("member {}", field.index()));
            write_list(out, "", [&**x]);
        }
        ExprKind::Lookup { list, keys, column } => {
            put(
                out,
                format_args!("cell {} {}", list.index(), column.index()),
            );
            write_list(out, "", keys);
        }
        ExprKind::Quantified {
            quantifier,
            binder,
            list,
            body,
        } => {
            put(out, format_args!("{} b{}", quantifier.word(), binder.id.0));
            write_list(out, "", [&**list, &**body]);
        }
        ExprKind::Aggregate(aggregate) => {
            let (kind, id) = (aggregate.kind.word(), aggregate.binder.id.0);
            put(out, format_args!("{kind} b{id}"));
            write_list(out, "", aggregate.parts());
        }
        ExprKind::Decide(decision) => {
            put(out, format_args!("table {:?}", decision.name));
            out.push_str(decision.hit.word());
            for row in &decision.rows {
                write_list(out, "", &row.cells);
                write_list(out, "=>", [&row.result]);
            }
        }
        ExprKind::Applies(selection) => write_selection(out, "applies", selection),
        ExprKind::Caught(selection) => write_selection(out, "caught", selection),
    }
}

fn put(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("writing to a string");
}

fn write_list<'a>(out: &mut String, head: &str, list: impl IntoIterator<Item = &'a Expr>) {
    out.push_str(head);
    out.push('(');
    for expr in list {
        write_expr(out, expr);
        out.push(',');
    }
    out.push(')');
}

fn write_member(out: &mut String, head: &str, x: &Expr, set: &SetExpr) {
    write_list(out, head, [x]);
    write_set(out, set);
}

fn write_text(out: &mut String, x: &Expr, op: &TextOp) {
    match op {
        TextOp::Like(pattern) => put(out, format_args!("like {pattern:?}")),
        TextOp::StartsWith(text) => put(out, format_args!("starts {text:?}")),
        TextOp::EndsWith(text) => put(out, format_args!("ends {text:?}")),
        TextOp::Contains(text) => put(out, format_args!("contains {text:?}")),
        TextOp::Matches(regex) => put(out, format_args!("matches {:?}", regex.as_str())),
    }
    put(out, format_args!(" {:?}", x.ty));
    write_list(out, "", [x]);
}

fn write_selection(out: &mut String, head: &str, selection: &RuleSelection) {
    put(
        out,
        format_args!("{head}{:?}-{:?}", selection.rules, selection.and_none_of),
    );
}

fn write_set(out: &mut String, set: &SetExpr) {
    match set {
        SetExpr::Elements(elements) => {
            out.push('{');
            for element in elements {
                write_element(out, element);
            }
            out.push('}');
        }
        SetExpr::Named(set) => put(out, format_args!("s{}", set.index())),
        SetExpr::List(list) => put(out, format_args!("l{}", list.index())),
        SetExpr::Union(a, b) => write_pair(out, "+", a, b),
        SetExpr::Difference(a, b) => write_pair(out, "-", a, b),
        SetExpr::Intersection(a, b) => write_pair(out, "&", a, b),
    }
}

fn write_pair(out: &mut String, op: &str, a: &SetExpr, b: &SetExpr) {
    out.push('(');
    write_set(out, a);
    out.push_str(op);
    write_set(out, b);
    out.push(')');
}

fn write_element(out: &mut String, element: &Element) {
    write_value(out, &element.value);
    if let Some(to) = &element.to {
        out.push_str("..");
        write_value(out, to);
    }
    write_windows(out, &element.windows);
    out.push(',');
}

/// Adds the windows, nothing where they are always.
pub fn write_windows(out: &mut String, windows: &Windows) {
    if !windows.is_always() {
        put(out, format_args!("@{windows}"));
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) => put(out, format_args!("{text:?}")),
        Value::Bool(value) => put(out, format_args!("{value}")),
        Value::Number(number) => put(out, format_args!("{number}")),
        Value::Date(day) => put(out, format_args!("{day}")),
        Value::Instant(instant) => put(out, format_args!("i{instant}")),
        Value::Duration(period) => put(out, format_args!("{period:?}")),
        Value::Country(country) => out.push_str(country.alpha2()),
        Value::Code(code) => put(out, format_args!("c{code}")),
        Value::Enum(value) => put(out, format_args!("e{value}")),
        Value::Verdict(verdict) => put(out, format_args!("v{}", verdict.0)),
        Value::List(_) => unreachable!("internal error: lists are not literals"),
    }
}
