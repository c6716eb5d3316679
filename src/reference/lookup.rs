//! Lists (language.md, section 5 and rulings 4 and 8): whether a key is in one on the asking policy's day, and the cells of
//! the row it selects.

use super::compare::Operand;
use super::eval::{Evaluator, Scope};
use super::number::point;
use crate::domain::{Code, Day, Interval, Truth};
use crate::model::{Expr, FieldId, List, ListId, ListRow, Type, Value};

/// The rows that a key may select.
pub(super) struct Candidates<'a> {
    /// The row selected, if there is one; then those that a finer code could still select.
    pub rows: Vec<&'a ListRow>,
    /// Whether there may be no row: then a cell is undefined.
    pub may_lack: bool,
    /// Of each key whether a finer code could select another row.
    pub coarse: Vec<bool>,
    /// Whether it is unknown of a row that the key selects whether it is in the list.
    pub is_uncertain: bool,
}

impl<'a> Evaluator<'a> {
    /// `x in LIST`: the `or` over the keys of the rows in the list that day; codes are compared exactly.
    pub(super) fn is_in_list(
        &self,
        operand: &Operand,
        fold: bool,
        list: ListId,
        day: Day,
    ) -> Truth {
        let list = &self.model.lists[list];
        match operand {
            Operand::Value(None) => empty_or_unknown(list, day),
            Operand::Value(Some(value)) => is_there(list, value, fold, day),
            Operand::Range(range) => match range.is_point() {
                Some(number) => {
                    let value = Value::Number(number.clone());
                    is_there(list, &value, fold, day)
                }
                None => Truth::any(
                    in_force(list.rows().iter(), day)
                        .map(|row| row.truth().and(range.eq(&point(list.key(row))))),
                ),
            },
            Operand::Truth(_) => unreachable!("internal error: a condition as a key"),
        }
    }

    /// `code under LIST`: at or below a key in the list that day as true as its row, unknown above one.
    pub(super) fn is_under_list(&self, code: Option<&Code>, list: ListId, day: Day) -> Truth {
        let list = &self.model.lists[list];
        let Some(code) = code else {
            return empty_or_unknown(list, day);
        };
        let above = code.self_and_ancestors();
        let above = above.map(|above| is_there(list, &Value::Code(above), false, day));
        let below = in_force(list.below(0, code), day).map(|_| Truth::Unknown);
        Truth::any(above.chain(below))
    }

    /// The rows that `LIST[key]` may select that day: those with the key; for a code the most specific one at or above it, and
    /// those below it. For the keys of a table see [`super::table`].
    pub(super) fn candidates(&self, list: ListId, keys: &[Expr], scope: Scope) -> Candidates<'a> {
        let list = &self.model.lists[list];
        let day = self.day(scope.policy);
        let [key] = keys else {
            return self.rows_of_table(list, keys, day, scope);
        };
        let fold = key.ty == Type::Text { folded: true };
        let with_key = |key: &Value| in_force(list.with_key(key, fold), day);
        let (rows, below): (Vec<_>, Vec<_>) = match self.operand(key, scope) {
            Operand::Value(Some(Value::Code(code))) => {
                let mut above = code.self_and_ancestors();
                let mut rows = Vec::new();
                // The row above counts where the one below it may not be in the list.
                above.any(|above| {
                    rows.extend(with_key(&Value::Code(above)));
                    rows.last().is_some_and(|row: &&ListRow| row.certain)
                });
                (rows, in_force(list.below(0, &code), day).collect())
            }
            Operand::Value(Some(value)) => (with_key(&value).collect(), Vec::new()),
            Operand::Range(range) => match range.is_point() {
                Some(number) => {
                    let rows = with_key(&Value::Number(number.clone()));
                    (rows.collect(), Vec::new())
                }
                None => (Vec::new(), Vec::new()),
            },
            Operand::Value(None) => (Vec::new(), Vec::new()),
            Operand::Truth(_) => unreachable!("internal error: a condition as a key"),
        };
        Candidates {
            may_lack: !rows.iter().any(|row| row.certain),
            coarse: vec![!below.is_empty()],
            is_uncertain: rows.iter().any(|row| !row.certain),
            rows: rows.into_iter().chain(below).collect(),
        }
    }

    /// `LIST[key].column` as a condition: what all rows it may select agree on.
    pub(super) fn truth_in_row(&self, (list, keys, column): Cell, scope: Scope) -> Truth {
        match self.value_in_row((list, keys, column), scope) {
            Some(Value::Bool(value)) => Truth::from(value),
            Some(other) => unreachable!("internal error: {other:?} is not a condition"),
            None => Truth::Unknown,
        }
    }

    /// `LIST[key].column` where all rows it may select agree on it.
    pub(super) fn value_in_row(&self, (list, keys, column): Cell, scope: Scope) -> Option<Value> {
        let candidates = self.candidates(list, keys, scope);
        if candidates.may_lack {
            return None;
        }
        let (first, others) = candidates.rows.split_first()?;
        let value = first.get(column)?;
        let agree = others.iter().all(|row| row.get(column) == Some(value));
        agree.then(|| value.clone())
    }

    /// `LIST[key].column` as a number: the hull over all rows it may select; without a row it is undefined.
    pub(super) fn number_in_row(&self, (list, keys, column): Cell, scope: Scope) -> Interval {
        let candidates = self.candidates(list, keys, scope);
        if candidates.may_lack {
            return Interval::any();
        }
        let declared = &self.model.lists[list].head.columns[column];
        let cells = candidates.rows.iter().map(|row| match row.get(column) {
            Some(value) => point(value),
            None if declared.is_non_negative() => Interval::at_least_zero(),
            None => Interval::any(),
        });
        cells
            .reduce(|hull, cell| hull.hull(&cell))
            .unwrap_or(Interval::any())
    }
}

/// A list, its keys, a column.
pub(super) type Cell<'e> = (ListId, &'e [Expr], FieldId);

/// Of a missing key: false where the list has no row that day.
fn empty_or_unknown(list: &List, day: Day) -> Truth {
    match list.days().contains(day) {
        true => Truth::Unknown,
        false => Truth::False,
    }
}

fn is_there(list: &List, key: &Value, fold: bool, day: Day) -> Truth {
    Truth::any(in_force(list.with_key(key, fold), day).map(ListRow::truth))
}

fn in_force<'l, I: Iterator<Item = &'l ListRow>>(
    rows: I,
    day: Day,
) -> impl Iterator<Item = &'l ListRow> + use<'l, I> {
    rows.filter(move |row| row.is_in_force(day))
}
