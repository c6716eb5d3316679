//! From columns to class numbers and amounts: the fast side of reading records.
//!
//! In: a record batch whose columns the mapping names. Out: for every column the plan asks about one class number per
//! row, for amounts scaled 64-bit integers, and the rows that are no records. A distinct value is read and classified
//! once (dictionary entries, short texts); numbers and days go straight to integers where that is exact. Whatever the
//! fast ways cannot tell is read by [`read_cell`], the definition.

mod category;
mod columns;
mod days;
mod dictionary;
mod elements;
mod error;
mod fast;
mod load;
mod plain;
mod scaled;
#[cfg(test)]
mod tests;
mod texts;

pub use columns::{column_of, fields_read};
pub use elements::{BoundElements, WantedList, WantedMember};
pub use error::{BindError, BindProblem, BindProblemKind};

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_schema::Schema;

use crate::domain::{Day, Zone};
use crate::input::mapping::Mapping;
use crate::input::read::{Expected, FieldReader, read_cell, show_cell};
use crate::kernel::{CodeClasses, RowClasses};
use crate::model::scaled_decimals;
use crate::model::{FieldId, Model, Type, Value};
use crate::plan::classify::{Classify, DEAD, MISSING};
use category::Category;
use days::ZoneDays;
use elements::Lists;
use scaled::{Scaled, ScaledTarget, View};

/// [`AmountColumn::state`]: known, and exactly `mantissa · 10^-decimals`.
pub const KNOWN: u8 = 0;
/// [`AmountColumn::state`]: missing (or of a rejected record); the mantissa is 0.
pub const ABSENT: u8 = 1;
/// [`AmountColumn::state`]: known, but not representable; the mantissa is 0 and [`Binder::record_at`] has the value.
pub const INEXACT: u8 = 2;

/// What a column's classes are about.
#[derive(Clone, Debug)]
pub enum Source {
    /// A field of the record.
    Field(FieldId),
    /// The as-of day: of an instant in a zone, or of a date.
    Day(Option<Zone>),
    /// A number of that type which is no part of the data: whoever binds fills it in.
    Total(Type),
}

/// A column the plan wants.
#[derive(Clone)]
pub struct BoundColumn {
    /// What it is about.
    pub source: Source,
    /// Its classes, where tests ask about it.
    pub class: Option<Arc<dyn Classify>>,
    /// Whether its numbers (or days) are wanted.
    pub amount: bool,
}

/// The numbers of one column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmountColumn {
    /// One number per row.
    pub mantissa: Vec<i64>,
    /// [`KNOWN`], [`ABSENT`] or [`INEXACT`] per row.
    pub state: Vec<u8>,
    /// Digits after the point: 6 for decimals, percents (of 1), money and masses (kg); 0 for whole numbers, days and
    /// instants (microseconds).
    pub decimals: u32,
}

/// A row that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReject {
    /// The row in the batch.
    pub row: usize,
    /// Its first bad field.
    pub field: FieldId,
    /// What the data has there; empty where it has nothing.
    pub found: String,
    /// What would have been read.
    pub expected: Expected,
}

/// The classes of one wanted column.
#[derive(Clone, Debug)]
pub enum BoundClasses {
    /// A class for each row.
    Direct(Vec<u32>),
    /// A class for each row that is not null; what stands for the others means nothing.
    Known(Vec<u32>, NullBuffer),
    /// The data's own codes, and the class of each.
    Coded(DictionaryArray<Int32Type>, Arc<CodeClasses>),
}

impl Default for BoundClasses {
    fn default() -> Self {
        BoundClasses::Direct(Vec::new())
    }
}

impl BoundClasses {
    /// As the kernel takes them.
    pub fn rows(&self) -> RowClasses<'_> {
        match self {
            BoundClasses::Direct(classes) => RowClasses::Direct(classes),
            BoundClasses::Known(classes, nulls) => RowClasses::Known(classes, nulls),
            BoundClasses::Coded(codes, classes) => RowClasses::Coded(codes, classes),
        }
    }

    /// Space for a class for each row.
    fn direct(&mut self) -> &mut Vec<u32> {
        let space = self.take();
        *self = BoundClasses::Direct(space);
        let BoundClasses::Direct(classes) = self else {
            unreachable!("it was just made so")
        };
        classes
    }

    /// Space for the classes of so many rows, of which those that are not null are to be filled in.
    fn known(&mut self, rows: usize, nulls: &NullBuffer) -> &mut [u32] {
        let mut space = self.take();
        if space.len() < rows {
            space.resize(rows, MISSING);
        }
        *self = BoundClasses::Known(space, nulls.clone());
        let BoundClasses::Known(classes, _) = self else {
            unreachable!("it was just made so")
        };
        &mut classes[..rows]
    }

    fn take(&mut self) -> Vec<u32> {
        match std::mem::take(self) {
            BoundClasses::Direct(classes) | BoundClasses::Known(classes, _) => classes,
            BoundClasses::Coded(..) => Vec::new(),
        }
    }
}

/// A batch as the kernel takes it.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    /// Rows in the batch, rejected ones included.
    pub rows: usize,
    /// Class numbers by row, for every wanted column with classes, in the order wanted. Those of rejected rows mean nothing.
    pub classes: Vec<BoundClasses>,
    /// Numbers by row, for every wanted column with amounts, in the order wanted.
    pub amounts: Vec<AmountColumn>,
    /// The elements of lists, for every wanted one that stands in the record, in the order wanted.
    pub lists: Vec<BoundElements>,
    /// Rows that are no records, in order.
    pub rejects: Vec<RowReject>,
    /// Whether a row is rejected.
    pub dead: Vec<bool>,
}

impl Bound {
    fn reset(&mut self, rows: usize) {
        self.rows = rows;
        self.rejects.clear();
        self.dead.clear();
        self.dead.resize(rows, false);
    }

    /// Space for so many rows of so many columns of classes, and of amounts with these decimals.
    fn make_room(&mut self, rows: usize, classes: usize, decimals: &[u32]) {
        self.reset(rows);
        self.classes.resize_with(classes, BoundClasses::default);
        self.amounts
            .resize_with(decimals.len(), AmountColumn::default);
        for (amounts, &decimals) in self.amounts.iter_mut().zip(decimals) {
            amounts.decimals = decimals;
        }
    }

    /// Rejects a row, unless an earlier field already did.
    fn reject(&mut self, row: usize, field: FieldId, column: &dyn Array, expected: &Expected) {
        if !self.dead[row] {
            self.dead[row] = true;
            self.rejects.push(RowReject {
                row,
                field,
                found: match expected.found_inside() {
                    Some(found) => found.to_owned(),
                    None => show_cell(column, row),
                },
                expected: expected.clone(),
            });
        }
    }

    /// Puts rejects in order, and takes the amounts of rejected rows away.
    fn bury(&mut self) {
        self.rejects.sort_by_key(|reject| reject.row);
        for reject in &self.rejects {
            for amounts in &mut self.amounts {
                amounts.mantissa[reject.row] = 0;
                amounts.state[reject.row] = ABSENT;
            }
        }
    }
}

/// Reads batches of one schema. Clones share what they are made of and warm up caches of their own, one per thread.
#[derive(Clone)]
pub struct Binder {
    fields: Vec<FieldBinding>,
    key: usize,
    field_count: usize,
    fixed: Vec<FixedColumn>,
    class_slots: usize,
    amount_decimals: Vec<u32>,
    /// The slots of amounts that are no part of the data.
    totals: Vec<usize>,
}

/// How one field is bound.
#[derive(Clone)]
struct FieldBinding {
    reader: Arc<FieldReader>,
    /// The column's position; none if the data has no such column.
    column: Option<usize>,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Category(Box<Category>),
    Scaled(Box<Scaled>),
    Lists(Box<Lists>),
}

impl Way {
    /// Binds a column, if the data has one. That it has none is said before, where records need it.
    fn bind(&mut self, column: Option<&ArrayRef>, rows: usize, bound: &mut Bound) {
        match (self, column) {
            (Way::Category(way), Some(column)) => way.bind(column, bound),
            (Way::Scaled(way), Some(column)) => way.bind(column, bound),
            (Way::Lists(way), Some(column)) => way.bind(column, bound),
            (Way::Category(way), None) => way.bind_absent(rows, bound),
            (Way::Scaled(way), None) => way.bind_absent(rows, bound),
            (Way::Lists(way), None) => way.bind_absent(rows, bound),
        }
    }
}

/// A column that is the same in all rows: the as-of day of `--as-of`.
#[derive(Clone, Copy)]
struct FixedColumn {
    class: Option<(usize, u32)>,
    amount: Option<usize>,
    day: Day,
}

impl Binder {
    /// A binder of `wanted` for data of `schema`. `as_of` is the day that stands for every record's own.
    ///
    /// # Panics
    /// On a wanted amount of a field that is no number, or a zoneless day of an instant: a fault of the planner.
    pub fn new(
        model: &Model,
        mapping: &Mapping,
        wanted: &[BoundColumn],
        schema: &Schema,
        as_of: Option<Day>,
    ) -> Result<Binder, BindError> {
        let slots = Slots::of(model, wanted);
        let read = fields_read(model, wanted);
        let located = columns::locate(model, mapping, &read, schema)?;
        let fields: Vec<FieldBinding> = located
            .into_iter()
            .map(|(reader, column)| {
                let way = way_of(model, &reader, wanted, &slots, as_of);
                FieldBinding {
                    reader,
                    column,
                    way,
                }
            })
            .collect();
        let key = read.iter().position(|&field| field == model.record.key);
        Ok(Binder {
            fields,
            key: key.expect("internal error: the key is not read"),
            field_count: model.record.fields.len(),
            fixed: fixed_columns(wanted, &slots, as_of),
            class_slots: slots.classes,
            totals: totals_of(wanted, &slots),
            amount_decimals: slots.decimals,
        })
    }

    /// The same that binds the elements of lists as well; a list stands after the one in whose elements it is.
    pub fn with_lists(mut self, wanted: &[WantedList]) -> Binder {
        for binding in &mut self.fields {
            if let Way::Lists(way) = &mut binding.way {
                **way = Lists::new(way.reader().clone(), wanted);
            }
        }
        self
    }

    /// Binds a batch.
    pub fn bind(&mut self, batch: &RecordBatch) -> Bound {
        let mut bound = Bound::default();
        self.bind_into(batch, &mut bound);
        bound
    }

    /// Binds a batch into the space of an earlier one.
    pub fn bind_into(&mut self, batch: &RecordBatch, bound: &mut Bound) {
        let rows = batch.num_rows();
        bound.make_room(rows, self.class_slots, &self.amount_decimals);
        for binding in &mut self.fields {
            let column = binding.column.and_then(|at| batch.columns().get(at));
            binding.way.bind(column, rows, bound);
        }
        for fixed in &self.fixed {
            fixed.fill(rows, bound);
        }
        for slot in &self.totals {
            fill(&mut bound.amounts[*slot].mantissa, rows, 0);
            fill(&mut bound.amounts[*slot].state, rows, INEXACT);
        }
        bound.bury();
    }

    /// The slots of amounts that are no part of the data, in the order wanted: to be filled in, each row being as one that does
    /// not fit until then.
    pub fn totals(&self) -> &[usize] {
        &self.totals
    }

    /// The record in a row, by field: the values of all fields that are read; none for missing, unread and bad ones.
    pub fn record_at(&self, batch: &RecordBatch, row: usize) -> Vec<Option<Value>> {
        self.values_at(batch, row, |_| true)
    }

    /// The same of those fields that are `wanted`.
    pub fn values_at(
        &self,
        batch: &RecordBatch,
        row: usize,
        wanted: impl Fn(FieldId) -> bool,
    ) -> Vec<Option<Value>> {
        let mut record = vec![None; self.field_count];
        for binding in &self.fields {
            if !wanted(binding.reader.field()) {
                continue;
            }
            let column = binding.column.and_then(|at| batch.columns().get(at));
            let reading = column.map(|column| read_cell(&binding.reader, column, row));
            if let Some(Ok(value)) = reading {
                record[binding.reader.field().index()] = value;
            }
        }
        record
    }

    /// The value of a field in a row; none where it is missing, unread or bad.
    pub fn value_at(&self, batch: &RecordBatch, row: usize, field: FieldId) -> Option<Value> {
        let mut fields = self.fields.iter();
        let binding = fields.find(|binding| binding.reader.field() == field)?;
        let column = batch.columns().get(binding.column?)?;
        read_cell(&binding.reader, column, row).ok().flatten()
    }

    /// The key of a row as the data has it, if it has one.
    pub fn key_at(&self, batch: &RecordBatch, row: usize) -> Option<String> {
        let column = batch.columns().get(self.fields[self.key].column?)?;
        let text = show_cell(column, row);
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    /// The position of the key's column.
    pub fn key_column(&self) -> Option<usize> {
        self.fields[self.key].column
    }
}

/// Where each wanted column's classes and amounts go.
struct Slots {
    class: Vec<Option<usize>>,
    amount: Vec<Option<usize>>,
    classes: usize,
    decimals: Vec<u32>,
}

impl Slots {
    fn of(model: &Model, wanted: &[BoundColumn]) -> Slots {
        let mut slots = Slots {
            class: Vec::new(),
            amount: Vec::new(),
            classes: 0,
            decimals: Vec::new(),
        };
        for column in wanted {
            slots
                .class
                .push(column.class.as_ref().map(|_| slots.classes));
            slots.classes += usize::from(column.class.is_some());
            slots
                .amount
                .push(column.amount.then_some(slots.decimals.len()));
            if column.amount {
                slots.decimals.push(decimals_of(model, &column.source));
            }
        }
        slots
    }
}

fn decimals_of(model: &Model, source: &Source) -> u32 {
    match source {
        Source::Day(_) => 0,
        Source::Total(ty) => {
            scaled_decimals(*ty).expect("internal error: an aggregate that is no number")
        }
        Source::Field(field) => scaled_decimals(model.record.fields[*field].ty)
            .expect("internal error: an amount of a field that is no number"),
    }
}

fn way_of(
    model: &Model,
    reader: &Arc<FieldReader>,
    wanted: &[BoundColumn],
    slots: &Slots,
    as_of: Option<Day>,
) -> Way {
    if matches!(reader.ty(), Type::List(_)) {
        return Way::Lists(Box::new(Lists::new(reader.clone(), &[])));
    }
    let field = reader.field();
    let of_field = |column: &BoundColumn| matches!(column.source, Source::Field(f) if f == field);
    let is_as_of = field == model.record.as_of && as_of.is_none();
    if scaled_decimals(reader.ty()).is_none() {
        let own = wanted.iter().enumerate().filter(|(_, c)| of_field(c));
        let targets = own.filter_map(|(at, c)| slots.class[at].zip(c.class.clone()));
        return Way::Category(Box::new(Category::new(reader.clone(), targets.collect())));
    }
    let mut targets = Vec::new();
    for (at, column) in wanted.iter().enumerate() {
        let view = match &column.source {
            Source::Field(_) if of_field(column) => View::Itself,
            Source::Day(zone) if is_as_of => View::Day(zone.clone().map(ZoneDays::new)),
            Source::Field(_) | Source::Day(_) | Source::Total(_) => continue,
        };
        let class = slots.class[at].zip(column.class.clone());
        targets.push(ScaledTarget::new(view, class, slots.amount[at]));
    }
    Way::Scaled(Box::new(Scaled::new(reader.clone(), targets)))
}

fn fixed_columns(wanted: &[BoundColumn], slots: &Slots, as_of: Option<Day>) -> Vec<FixedColumn> {
    let Some(day) = as_of else {
        return Vec::new();
    };
    let days = wanted.iter().enumerate();
    let days = days.filter(|(_, column)| matches!(column.source, Source::Day(_)));
    days.map(|(at, column)| FixedColumn {
        class: slots.class[at]
            .zip(column.class.as_ref())
            .map(|(slot, classes)| (slot, classes.class_of(Some(&Value::Date(day))))),
        amount: slots.amount[at],
        day,
    })
    .collect()
}

fn totals_of(wanted: &[BoundColumn], slots: &Slots) -> Vec<usize> {
    let columns = wanted.iter().zip(&slots.amount);
    let totals = columns.filter(|(column, _)| matches!(column.source, Source::Total(_)));
    totals.filter_map(|(_, slot)| *slot).collect()
}

impl FixedColumn {
    fn fill(&self, rows: usize, bound: &mut Bound) {
        if let Some((slot, class)) = self.class {
            fill(bound.classes[slot].direct(), rows, class);
        }
        if let Some(slot) = self.amount {
            fill(
                &mut bound.amounts[slot].mantissa,
                rows,
                i64::from(self.day.0),
            );
            fill(&mut bound.amounts[slot].state, rows, KNOWN);
        }
    }
}

/// Makes `column` `rows` times `value`.
fn fill<T: Copy>(column: &mut Vec<T>, rows: usize, value: T) {
    column.clear();
    column.resize(rows, value);
}

/// The class of a row without a value.
fn class_of_missing(reader: &FieldReader) -> u32 {
    if reader.optional() { MISSING } else { DEAD }
}
