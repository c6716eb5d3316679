//! Columns of numbers, days and instants: scaled 64-bit integers, then classes and amounts from those.
//!
//! Loading gives every row an integer and a state; a row whose value the fast ways cannot tell is read by the
//! definition and kept beside as an exact value, or as bad.

use std::sync::Arc;

use arrow_array::ArrayRef;
use rustc_hash::FxHashMap;

use super::days::ZoneDays;
use super::load::{Loaded, Loader};
use super::{ABSENT, AmountColumn, Bound, INEXACT, KNOWN, fill};
use crate::input::read::{FieldReader, value_of_scaled};
use crate::model::{Type, Value};
use crate::plan::classify::{Classify, MISSING};

/// The most classes of single values that are remembered.
const MAX_KEPT: usize = 65_536;

/// Binds one column of ordered values.
#[derive(Clone)]
pub struct Scaled {
    reader: Arc<FieldReader>,
    targets: Vec<ScaledTarget>,
    loader: Loader,
    loaded: Loaded,
    days: Loaded,
}

/// How a wanted column looks at the field.
#[derive(Clone)]
pub enum View {
    /// The field's own values.
    Itself,
    /// Its day, in a zone if it is an instant.
    Day(Option<ZoneDays>),
}

/// One wanted column.
#[derive(Clone)]
pub struct ScaledTarget {
    view: View,
    class: Option<(usize, Arc<dyn Classify>)>,
    amount: Option<usize>,
    by_value: FxHashMap<i64, u32>,
}

impl Scaled {
    /// A column read by `reader` for `targets`.
    ///
    /// # Panics
    /// If a day without a zone is wanted of an instant: a fault of the planner.
    pub fn new(reader: Arc<FieldReader>, targets: Vec<ScaledTarget>) -> Self {
        let zoneless = |target: &ScaledTarget| matches!(target.view, View::Day(None));
        assert!(
            reader.ty() != Type::Instant || !targets.iter().any(zoneless),
            "internal error: the day of an instant without a zone"
        );
        let dense = !reader.optional() || !targets.iter().all(ScaledTarget::is_sparse);
        Scaled {
            loader: Loader::new(reader.clone(), dense),
            reader,
            targets,
            loaded: Loaded::default(),
            days: Loaded::default(),
        }
    }

    /// All rows are missing.
    pub fn bind_absent(&mut self, rows: usize, bound: &mut Bound) {
        self.loaded.reset(rows);
        self.loaded.state.fill(ABSENT);
        let count = self.targets.len();
        for (at, target) in self.targets.iter_mut().enumerate() {
            target.emit(self.reader.ty(), &mut self.loaded, at + 1 == count, bound);
        }
    }

    /// Binds a column.
    pub fn bind(&mut self, column: &ArrayRef, bound: &mut Bound) {
        self.loader.load(column, &mut self.loaded);
        let field = self.reader.field();
        for (row, expected) in &self.loaded.bad {
            bound.reject(*row, field, column, expected);
        }
        if !self.reader.optional() && self.loaded.state.contains(&ABSENT) {
            let states = self.loaded.state.iter().enumerate();
            for (row, _) in states.filter(|(_, state)| **state == ABSENT) {
                bound.reject(row, field, column, self.reader.required());
            }
        }
        let count = self.targets.len();
        for (at, target) in self.targets.iter_mut().enumerate() {
            let ty = self.reader.ty();
            match &mut target.view {
                View::Day(Some(zone)) if ty == Type::Instant => {
                    days_of(zone, &self.loaded, &mut self.days);
                    for &(row, _) in &self.days.bad {
                        bound.reject(row, field, column, self.reader.expected());
                    }
                    target.emit(Type::Date, &mut self.days, true, bound);
                }
                View::Itself | View::Day(_) => {
                    target.emit(ty, &mut self.loaded, at + 1 == count, bound)
                }
            }
        }
    }
}

/// The days of instants; a date is its own day in every zone. `bad` are those outside the calendar, and a bad instant has no day.
fn days_of(zone: &mut ZoneDays, instants: &Loaded, days: &mut Loaded) {
    days.reset(instants.state.len());
    days.state.copy_from_slice(&instants.state);
    for (row, _) in &instants.bad {
        days.state[*row] = ABSENT;
    }
    for (row, &state) in instants.state.iter().enumerate() {
        if state != KNOWN {
            continue;
        }
        match zone.day_of(instants.mantissa[row]) {
            Some(day) => days.mantissa[row] = day.0.into(),
            None => days.set_bad(row, instants.outside_calendar()),
        }
    }
    for (row, value) in &instants.odd {
        if let Value::Date(day) = value {
            days.mantissa[*row] = day.0.into();
            days.state[*row] = KNOWN;
        }
    }
}

impl ScaledTarget {
    /// A wanted column: the slot of its classes and the slot of its amounts.
    pub fn new(
        view: View,
        class: Option<(usize, Arc<dyn Classify>)>,
        amount: Option<usize>,
    ) -> Self {
        ScaledTarget {
            view,
            class,
            amount,
            by_value: FxHashMap::default(),
        }
    }

    /// Fills the column. The numbers themselves are handed over where no other target follows that wants them.
    fn emit(&mut self, ty: Type, loaded: &mut Loaded, is_last: bool, bound: &mut Bound) {
        if let Some((slot, classes)) = &self.class {
            let out = &mut bound.classes[*slot];
            let rows = loaded.state.len();
            let out = match (&loaded.few, &loaded.nulls) {
                (Some(few), Some(nulls)) if classes.ordered() => {
                    let out = out.known(rows, nulls);
                    for row in few.iter().map(|row| *row as usize) {
                        out[row] = match loaded.state[row] {
                            KNOWN => classes.class_of_scaled(loaded.mantissa[row]),
                            _ => MISSING,
                        };
                    }
                    out
                }
                (None, Some(nulls)) if classes.ordered() => {
                    let out = out.known(rows, nulls);
                    classes.classes_of_scaled(&loaded.mantissa, out);
                    out
                }
                _ => {
                    let out = out.direct();
                    if classes.ordered() {
                        fill(out, rows, MISSING);
                        classes.classes_of_scaled(&loaded.mantissa, out);
                    } else {
                        classes_by_value(&mut self.by_value, ty, &**classes, &loaded.mantissa, out);
                    }
                    without_absent(out, &loaded.state);
                    out
                }
            };
            for (row, value) in &loaded.odd {
                out[*row] = classes.class_of(Some(value));
            }
        }
        if let Some(slot) = self.amount {
            match is_last {
                true => loaded.move_to(&mut bound.amounts[slot]),
                false => loaded.clone().move_to(&mut bound.amounts[slot]),
            }
        }
    }

    /// Whether only the classes of rows with a value are wanted.
    fn is_sparse(&self) -> bool {
        let ordered = self
            .class
            .as_ref()
            .is_none_or(|(_, classes)| classes.ordered());
        ordered && self.amount.is_none() && matches!(self.view, View::Itself)
    }
}

fn without_absent(classes: &mut [u32], state: &[u8]) {
    for (class, &state) in classes.iter_mut().zip(state) {
        *class = if state == KNOWN { *class } else { MISSING };
    }
}

fn classes_by_value(
    known: &mut FxHashMap<i64, u32>,
    ty: Type,
    classes: &dyn Classify,
    scaled: &[i64],
    out: &mut Vec<u32>,
) {
    if known.len() > MAX_KEPT {
        known.clear();
    }
    out.clear();
    out.extend(scaled.iter().map(|&scaled| {
        *known
            .entry(scaled)
            .or_insert_with(|| classes.class_of(value_of_scaled(ty, scaled).as_ref()))
    }));
}

impl Loaded {
    /// Hands the numbers over, and takes the room of the ones before.
    fn move_to(&mut self, amounts: &mut AmountColumn) {
        for (row, _) in &self.bad {
            self.state[*row] = ABSENT;
        }
        debug_assert!(self.state.iter().all(|&state| state <= INEXACT));
        std::mem::swap(&mut self.mantissa, &mut amounts.mantissa);
        std::mem::swap(&mut self.state, &mut amounts.state);
    }
}
