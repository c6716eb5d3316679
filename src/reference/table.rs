//! Tables that are read from files and have several keys.
//!
//! A row holds for keys that equal its own; a code also for those below it. Of the rows that hold, that with the most specific
//! first code is selected, of several such that with the most specific second one, and so on: no two rows have the same keys
//! on one day, so there is one. A row that does not hold is a candidate if it would be selected once every code were as fine
//! as the row's.

use super::compare::Operand;
use super::eval::{Evaluator, Scope};
use super::lookup::Candidates;
use crate::domain::Day;
use crate::model::{Expr, List, ListRow, Type, Value};

impl<'a> Evaluator<'a> {
    /// The rows of a table that these keys may select that day; none if a key is not known.
    pub(super) fn rows_of_table(
        &self,
        list: &'a List,
        keys: &[Expr],
        day: Day,
        scope: Scope,
    ) -> Candidates<'a> {
        let mut candidates = Candidates {
            rows: Vec::new(),
            may_lack: true,
            coarse: vec![false; keys.len()],
            is_uncertain: false,
        };
        let asked: Option<Vec<Value>> = keys.iter().map(|key| self.key(key, scope)).collect();
        let Some(asked) = asked else {
            return candidates;
        };
        let columns = list.head.keys.iter().map(|it| list.head.columns[*it].ty);
        let is_folded =
            |(key, column): (&Expr, Type)| [key.ty, column].contains(&Type::Text { folded: true });
        let folded: Vec<bool> = keys.iter().zip(columns).map(is_folded).collect();
        let selected = |keys: &[Value]| select(list, keys, &folded, day);
        candidates.rows.extend(selected(&asked));
        candidates.may_lack = candidates.rows.is_empty();
        for row in below(list, &asked) {
            let Some(finest) = finest(list, row, &asked) else {
                continue;
            };
            if selected(&finest).is_some_and(|it| std::ptr::eq(it, row)) {
                let finer = finest
                    .iter()
                    .zip(&asked)
                    .map(|(finest, asked)| finest != asked);
                let coarse = candidates.coarse.iter_mut().zip(finer);
                coarse.for_each(|(coarse, finer)| *coarse |= finer);
                candidates.rows.push(row);
            }
        }
        candidates
    }

    /// The value of a key, if it is known.
    fn key(&self, key: &Expr, scope: Scope) -> Option<Value> {
        match self.operand(key, scope) {
            Operand::Value(value) => value,
            Operand::Range(range) => range.is_point().cloned().map(Value::Number),
            Operand::Truth(_) => unreachable!("internal error: a condition as a key"),
        }
    }
}

/// The row that is selected if nothing more will be known of the keys.
fn select<'a>(list: &'a List, keys: &[Value], folded: &[bool], day: Day) -> Option<&'a ListRow> {
    fn from<'a>(
        list: &'a List,
        (done, rest): (&[Value], &[Value]),
        folded: &[bool],
        day: Day,
    ) -> Option<&'a ListRow> {
        let Some((next, rest)) = rest.split_first() else {
            return list
                .with_keys(done, folded)
                .find(|row| row.is_in_force(day));
        };
        let with = |key: Value| {
            let done: Vec<Value> = done.iter().cloned().chain([key]).collect();
            from(list, (&done, rest), folded, day)
        };
        match next {
            Value::Code(code) => code.self_and_ancestors().map(Value::Code).find_map(with),
            other => with(other.clone()),
        }
    }
    from(list, (&[], keys), folded, day)
}

/// The rows of which some key is a code below the one that is asked, each once, in the order of the file.
fn below<'a>(list: &'a List, asked: &[Value]) -> Vec<&'a ListRow> {
    let mut rows: Vec<&ListRow> = Vec::new();
    for (at, key) in asked.iter().enumerate() {
        if let Value::Code(code) = key {
            rows.extend(list.below(at, code));
        }
    }
    rows.sort_by_key(|row| row.place);
    rows.dedup_by(|a, b| std::ptr::eq(*a, *b));
    rows
}

/// The keys with every code made as fine as that of the row; `None` if the row cannot hold for them.
fn finest(list: &List, row: &ListRow, asked: &[Value]) -> Option<Vec<Value>> {
    let keys = list.keys(row).zip(asked);
    let finest = keys.map(|(own, asked)| match (own, asked) {
        (Value::Code(own), Value::Code(asked)) if asked.under(own).is_true() => {
            Some(Value::Code(asked.clone()))
        }
        (Value::Code(own), Value::Code(asked)) => {
            own.under(asked).is_true().then(|| Value::Code(own.clone()))
        }
        // Whether it is the same is asked when the row is looked for.
        (_, asked) => Some(asked.clone()),
    });
    finest.collect()
}
