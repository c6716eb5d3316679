//! Decision tables as forms over what their cells ask.
//!
//! With `t` for what the cells of a row come to, `r` for its result and `U` for unknown, a condition that a table decides is
//!
//! - `first`: `⋁k (tk ∧ rk ∧ ⋀i<k (¬ti ∨ ri)) ∨ (U ∧ ⋀k ¬tk)`,
//! - `unique`, rows apart: `⋁k (tk ∧ rk) ∨ (U ∧ ⋀k ¬tk)`.
//!
//! The last part says that without a row that certainly holds nothing is known. That these are exact: of a `first` table, let
//! row `m` be the first that is true. The form is true iff for some true row `k` it is so that `rk` and every `ri` before it is
//! true or its row false, hence up to `m`, which are the rows that count. It is false iff for every `k` row `k` is false, or `rk`
//! is, or a row before `k` is true and its result false: up to `m` only the first two can be, and beyond `m` the third is
//! (by `rm`). Without a true row the first part is never true and the last one is unknown.
//!
//! A comparison of numbers or verdicts goes into the rows: a hull is at least `x` iff every one of its parts is. `=` is `>=` and
//! `<=`, since a hull may hold a number that none of its parts holds. A question about any other value is asked of each value that
//! the table can come to, and what it comes to is a condition that the table decides.

use super::Form;
use super::dnf::literals;
use super::lower::Lowerer;
use crate::domain::Truth;
use crate::model::{ArithOp, Builtin, CompareOp, Decision, Expr, ExprKind, Hit, Type, Value};

/// Rows of tables inside one another that are multiplied out at most.
const MAX_ROWS: usize = 256;
/// Values of a table about which a condition is asked one by one, at most.
const MAX_VALUES: usize = 16;
/// Literals of a form at most; a condition with more is worked out as a whole.
const MAX_LITERALS: usize = 4_096;

impl Lowerer<'_> {
    /// A condition that a table decides; `None` where it is better worked out as a whole.
    pub(super) fn decision(&mut self, decision: &Decision) -> Option<Form> {
        self.deciding(decision, |lowerer, result| lowerer.form(result))
    }

    /// A closed condition about what a table comes to; `None` where it is no such, or better worked out as a whole.
    pub(super) fn about_decision(&mut self, expr: &Expr) -> Option<Form> {
        match &expr.kind {
            ExprKind::Compare(op, a, b) if a.ty.is_ranged() => {
                let (left, right) = (find(a), find(b));
                let decision = left.or(right)?.clone();
                let ask = |op, result: &Expr| {
                    let put = |side: &Expr| put(side, result);
                    let (a, b) = match left.is_some() {
                        true => (put(a), (**b).clone()),
                        false => ((**a).clone(), put(b)),
                    };
                    Expr {
                        kind: ExprKind::Compare(op, Box::new(a), Box::new(b)),
                        ..expr.clone()
                    }
                };
                let mut one =
                    |op| self.deciding(&decision, |lowerer, result| lowerer.form(&ask(op, result)));
                match op {
                    CompareOp::Eq | CompareOp::Ne => {
                        let (least, most) = (one(CompareOp::Ge)?, one(CompareOp::Le)?);
                        let equal = self.all(vec![least, most]);
                        Some(match op {
                            CompareOp::Ne => self.negate(equal),
                            _ => equal,
                        })
                    }
                    op => one(*op),
                }
            }
            ExprKind::Compare(_, a, b) => match (&a.kind, &b.kind) {
                (ExprKind::Decide(decision), _) => self.of_value(expr, a.ty, decision, 0),
                (_, ExprKind::Decide(decision)) => self.of_value(expr, b.ty, decision, 1),
                _ => None,
            },
            ExprKind::In(x, _) | ExprKind::Under(x, _) | ExprKind::Text(x, _) => match &x.kind {
                ExprKind::Decide(decision) if !x.ty.is_number() => {
                    self.of_value(expr, x.ty, decision, 0)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `ask` of the results of the rows, decided.
    fn deciding(
        &mut self,
        decision: &Decision,
        ask: impl Fn(&mut Self, &Expr) -> Form,
    ) -> Option<Form> {
        let rows = decision.rows.len();
        if decision.hit == Hit::Unique && !decision.apart
            || rows.saturating_mul(self.rows_around) > MAX_ROWS
        {
            return None;
        }
        let around = self.rows_around;
        self.rows_around *= rows.max(1);
        let mut holds = Vec::with_capacity(rows);
        let mut results = Vec::with_capacity(rows);
        for row in &decision.rows {
            let cells = row.cells.iter().map(|cell| self.form(cell)).collect();
            holds.push(self.all(cells));
            results.push(ask(self, &row.result));
        }
        self.rows_around = around;
        let form = self.decided(decision.hit, &holds, &results);
        (literals(&form) <= MAX_LITERALS).then_some(form)
    }

    fn decided(&mut self, hit: Hit, holds: &[Form], results: &[Form]) -> Form {
        let mut ways = Vec::with_capacity(holds.len() + 1);
        // For each row so far: that it does not hold, or its result does.
        let mut before: Vec<Form> = Vec::new();
        let mut none = vec![Form::Constant(Truth::Unknown)];
        for (row, result) in holds.iter().zip(results) {
            let not = self.negate(row.clone());
            let mut way = vec![row.clone(), result.clone()];
            if hit == Hit::First {
                way.extend(before.iter().cloned());
                before.push(self.any(vec![not.clone(), result.clone()]));
            }
            ways.push(self.all(way));
            none.push(not);
        }
        ways.push(self.all(none));
        self.any(ways)
    }

    /// A question about a value that is no number, which stands at `place` among the parts of `expr`.
    fn of_value(
        &mut self,
        expr: &Expr,
        ty: Type,
        decision: &Decision,
        place: usize,
    ) -> Option<Form> {
        let mut values: Vec<&Value> = Vec::new();
        for row in &decision.rows {
            let ExprKind::Value(value) = &row.result.kind else {
                return None;
            };
            if !values.contains(&value) {
                values.push(value);
            }
        }
        // Without a value the question is to be unknown, which it is not of a set that is empty.
        let undefined = with_part(expr, place, &nothing(ty, decision, expr));
        let is_unknown = match &expr.kind {
            ExprKind::In(..) | ExprKind::Under(..) => {
                self.reads(&undefined).is_nothing() && self.constant(&undefined).is_unknown()
            }
            _ => true,
        };
        if values.len() > MAX_VALUES || !is_unknown || ty == Type::Instant {
            return None;
        }
        let (mut ways, mut open) = (Vec::new(), vec![Form::Constant(Truth::Unknown)]);
        for value in values {
            let is_it = self.deciding(decision, |_, result| {
                let same = matches!(&result.kind, ExprKind::Value(found) if found == value);
                Form::Constant(Truth::from(same))
            })?;
            let known = Expr {
                kind: ExprKind::Value(value.clone()),
                ty,
                span: expr.span,
            };
            let asked = self.form(&with_part(expr, place, &known));
            let not = self.negate(is_it.clone());
            ways.push(self.all(vec![is_it, asked.clone()]));
            open.push(self.any(vec![not, asked]));
        }
        ways.push(self.all(open));
        let form = self.any(ways);
        (literals(&form) <= MAX_LITERALS).then_some(form)
    }
}

/// The first table in a number of which the hull of the rows may be taken last: `f` of a hull is the hull of `f` of its
/// parts. Where the table may be undefined, only what leaves (−∞, ∞) as it is.
fn find(expr: &Expr) -> Option<&Decision> {
    match &expr.kind {
        ExprKind::Decide(decision) => Some(decision),
        ExprKind::Neg(x) => find(x),
        ExprKind::Arith(ArithOp::Add | ArithOp::Sub, a, b) => find(a).or_else(|| find(b)),
        ExprKind::Arith(ArithOp::Mul, a, b) => find(a).or_else(|| find(b)).filter(always_a_row),
        ExprKind::Arith(ArithOp::Div, a, _) => find(a).filter(always_a_row),
        ExprKind::Round(x, _) => find(x).filter(always_a_row),
        ExprKind::Call(Builtin::Min | Builtin::Max, list) => {
            list.iter().find_map(find).filter(always_a_row)
        }
        _ => None,
    }
}

/// Whether some row holds whatever is known.
fn always_a_row(decision: &&Decision) -> bool {
    decision.rows.iter().any(|row| row.cells.is_empty())
}

/// `expr` with the table that [`find`] finds replaced by `result`.
fn put(expr: &Expr, result: &Expr) -> Expr {
    let again = |x: &Expr| Box::new(put(x, result));
    let same = |x: &Expr| Box::new(x.clone());
    let kind = match &expr.kind {
        ExprKind::Decide(_) => return result.clone(),
        ExprKind::Neg(x) => ExprKind::Neg(again(x)),
        ExprKind::Round(x, digits) => ExprKind::Round(again(x), *digits),
        ExprKind::Arith(op, a, b) if find(a).is_some() => ExprKind::Arith(*op, again(a), same(b)),
        ExprKind::Arith(op, a, b) => ExprKind::Arith(*op, same(a), again(b)),
        ExprKind::Call(function, list) => {
            let at = list.iter().position(|part| find(part).is_some());
            let parts = list.iter().enumerate();
            let parts = parts.map(|(place, part)| match Some(place) == at {
                true => put(part, result),
                false => part.clone(),
            });
            ExprKind::Call(*function, parts.collect())
        }
        other => other.clone(),
    };
    Expr {
        kind,
        ..expr.clone()
    }
}

/// A value that is not there: a table without rows.
fn nothing(ty: Type, decision: &Decision, of: &Expr) -> Expr {
    let none = Decision {
        name: decision.name.clone(),
        hit: decision.hit,
        rows: Vec::new(),
        apart: false,
    };
    Expr {
        kind: ExprKind::Decide(Box::new(none)),
        ty,
        span: of.span,
    }
}

/// A comparison, membership or text test with its operand at `place` replaced.
fn with_part(expr: &Expr, place: usize, part: &Expr) -> Expr {
    let part = Box::new(part.clone());
    let kind = match &expr.kind {
        ExprKind::Compare(op, _, b) if place == 0 => ExprKind::Compare(*op, part, b.clone()),
        ExprKind::Compare(op, a, _) => ExprKind::Compare(*op, a.clone(), part),
        ExprKind::In(_, set) => ExprKind::In(part, set.clone()),
        ExprKind::Under(_, set) => ExprKind::Under(part, set.clone()),
        ExprKind::Text(_, op) => ExprKind::Text(part, op.clone()),
        other => unreachable!("internal error: {other:?} asks of no single value"),
    };
    Expr {
        kind,
        ..expr.clone()
    }
}
