//! `carries COLUMN as most severe`: what an entity takes over from its owners.
//!
//! An entity takes over the most severe of what its owners have, of those that count and hold any share of it: what the
//! list says of an owner that is listed, and what an owner that is caught took over in turn. For each value that the lists
//! name it is worked out on which days that is at least as severe for certain, and on which it may be; where the two differ
//! for some value, what is taken over is not known.

use super::Checker;
use crate::check::errors;
use crate::check::load::UnitId;
use crate::diagnostic::nearest;
use crate::domain::{Day, Holding, MissingShare, Window, Windows, carried};
use crate::model::{Closure, FieldId, ListId, Type, Value, Verdict};
use crate::syntax::ast;
use std::collections::BTreeSet;

/// What is taken over in one column.
pub(super) struct Carried {
    /// From least to most severe.
    levels: Vec<Level>,
}

/// A value, and of each entity the days on which what it takes over is at least as severe.
struct Level {
    value: Value,
    certain: Vec<Windows>,
    possible: Vec<Windows>,
}

impl Carried {
    /// `given`: of each entity what the lists say of it, and on which days. `caught`: the days on which each is caught for
    /// certain, and may be. `most`: the rank of the most severe value that there is.
    pub fn new(
        given: &[Vec<(Window, Option<&Value>)>],
        caught: [&[Windows]; 2],
        holdings: &[Holding],
        most: u16,
    ) -> Carried {
        let cells = given.iter().flatten();
        let mut values: BTreeSet<u16> = BTreeSet::new();
        let mut sample = None;
        for (_, value) in cells {
            // An empty cell could be the most severe value of all.
            values.insert(value.map_or(most, rank));
            sample = sample.or(*value);
        }
        let level = |of: u16| {
            let at_least = |unsaid: bool| -> Vec<Windows> {
                let counts = |value: &Option<&Value>| value.map_or(unsaid, |it| rank(it) >= of);
                let days = |cells: &Vec<(Window, Option<&Value>)>| {
                    let cells = cells.iter().filter(|(_, value)| counts(value));
                    Windows::from_windows(cells.map(|(window, _)| *window))
                };
                given.iter().map(days).collect()
            };
            Level {
                value: match sample {
                    Some(Value::Enum(_)) => Value::Enum(of),
                    Some(_) | None => Value::Verdict(Verdict(of as u8)),
                },
                certain: carried(&at_least(false), caught[0], holdings, MissingShare::Nothing),
                possible: carried(&at_least(true), caught[1], holdings, MissingShare::Whole),
            }
        };
        Carried {
            levels: values.into_iter().map(level).collect(),
        }
    }

    /// What an entity takes over on a day, if that is known.
    fn on(&self, entity: usize, day: Day) -> Option<Value> {
        let mut taken = None;
        for level in &self.levels {
            let certain = level.certain[entity].contains(day);
            if certain != level.possible[entity].contains(day) {
                return None;
            }
            if certain {
                taken = Some(level.value.clone());
            }
        }
        taken
    }

    /// The days on which what an entity takes over may change.
    fn edges(&self, entity: usize) -> impl Iterator<Item = Day> {
        let days = self.levels.iter();
        let days = days.flat_map(move |it| [&it.certain[entity], &it.possible[entity]]);
        days.flat_map(Windows::edges)
    }
}

/// The parts of a window in each of which an entity takes over the same, by column.
pub(super) fn pieces(
    columns: &[Carried],
    entity: usize,
    window: Window,
) -> Vec<(Window, Vec<Option<Value>>)> {
    let edges = columns.iter().flat_map(|column| column.edges(entity));
    let inside = |day: &Day| window.contains(*day) && window.from != Some(*day);
    let edges: BTreeSet<Day> = edges.filter(inside).collect();
    let mut pieces: Vec<(Window, Vec<Option<Value>>)> = Vec::new();
    let ends = edges.into_iter().map(Some).chain([window.until]);
    let mut from = window.from;
    for until in ends {
        let day = from.or(until.map(|until| Day(until.0 - 1)));
        let day = day.unwrap_or(Day(0));
        let taken: Vec<Option<Value>> = columns.iter().map(|it| it.on(entity, day)).collect();
        match pieces.last_mut() {
            Some((last, same)) if *same == taken => last.until = until,
            Some(_) | None => pieces.push((Window::new(from, until), taken)),
        }
        from = until;
    }
    pieces
}

/// The place of a value among those of its type.
fn rank(value: &Value) -> u16 {
    match value {
        Value::Verdict(verdict) => u16::from(verdict.0),
        Value::Enum(value) => *value,
        other => unreachable!("internal error: {other:?} is not more or less severe"),
    }
}

impl Checker<'_> {
    /// The columns of the lists that are taken over, each of all of them; `None` where one is not as it must be.
    pub(super) fn carried_columns(
        &mut self,
        of: &[Option<ListId>],
        ast: &ast::Closure,
        names: &[&ast::Name],
    ) -> Option<Vec<Vec<FieldId>>> {
        let of: Vec<ListId> = of.iter().copied().collect::<Option<_>>()?;
        let mut columns = Vec::new();
        for name in names {
            let owned = ast.entries.iter().find_map(|entry| match &entry.kind {
                ast::ClosureEntryKind::Owned(owned) => Some(&owned.text),
                _ => None,
            });
            let is_taken = name.text == Closure::BECAUSE || owned == Some(&name.text);
            columns.push(match is_taken {
                true => {
                    self.report(errors::closure_carries_name(&name.text, name.span));
                    None
                }
                false => self.carried_column(&of, ast, name),
            });
        }
        columns.into_iter().collect()
    }

    fn carried_column(
        &mut self,
        of: &[ListId],
        ast: &ast::Closure,
        name: &ast::Name,
    ) -> Option<Vec<FieldId>> {
        let mut found: Vec<FieldId> = Vec::new();
        for (list, written) in of.iter().zip(&ast.of) {
            let info = &self.lists[list.index()];
            let Some(&column) = info.by_name.get(name.text.as_str()) else {
                let near = nearest(&name.text, info.by_name.keys().map(|name| &**name));
                let error = errors::no_such_column(&written.text, &name.text, name.span, near);
                self.report(error);
                return None;
            };
            self.note_column(name.span, *list, column);
            if info.broken.contains(&column) {
                return None;
            }
            let (ty, declared) = (info.columns[column].ty, info.columns[column].span);
            let is_ordered = match ty {
                Type::Verdict => true,
                Type::Enum(id) => self.enums[id].ordered,
                _ => false,
            };
            if !is_ordered {
                let called = match ty {
                    Type::Enum(id) => {
                        format!("values of `{}`, which is not ordered", self.enums[id].name)
                    }
                    ty => self.called(ty),
                };
                self.report(errors::closure_carries_what(name.span, &called, declared));
                return None;
            }
            if let Some(first) = found.first() {
                let first = &self.lists[of[0].index()].columns[*first];
                if first.ty != ty {
                    let spans = [first.span, declared];
                    self.report(errors::closure_carries_types(
                        (&name.text, name.span),
                        spans,
                    ));
                    return None;
                }
            }
            found.push(column);
        }
        Some(found)
    }

    /// The rank of the greatest value of a type whose values have an order of severity, else 0.
    pub(super) fn ranks(&self, unit: UnitId, ty: Type) -> u16 {
        let count = match ty {
            Type::Verdict => self.verdict_names_of(unit).len(),
            Type::Enum(id) => self.enums[id].values.len(),
            _ => 1,
        };
        u16::try_from(count.saturating_sub(1)).unwrap_or(u16::MAX)
    }
}
