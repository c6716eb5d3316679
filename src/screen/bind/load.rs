//! From a column of any Arrow type to scaled integers, row by row.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

use super::dictionary::{Held, Key, WithKeys, null_rows, with_keys};
use super::fast::Fast;
use super::texts::Texts;
use super::{ABSENT, INEXACT, KNOWN, fill, plain};
use crate::domain::parse_instant;
use crate::input::read::{
    Expected, FieldReader, MICROS_PER_DAY, Reading, Scaler, read_cell, scaled_of_value,
};
use crate::kernel::bits;
use crate::model::{Type, Value};

/// A row whose value is none of the field's; beside [`KNOWN`], [`ABSENT`], [`INEXACT`].
pub const BAD: u8 = 3;

/// A column as scaled integers.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The integers; 0 unless [`KNOWN`].
    pub mantissa: Vec<i64>,
    /// What is known of each row.
    pub state: Vec<u8>,
    /// The column's nulls, where no other row is [`ABSENT`].
    pub nulls: Option<NullBuffer>,
    /// The rows that are not null, in order, where they are few. Then the integers of the others mean nothing, unless all
    /// were wanted.
    pub few: Option<Vec<u32>>,
    /// The values of [`INEXACT`] rows, in order of rows.
    pub odd: Vec<(usize, Value)>,
    /// What was expected in [`BAD`] rows, in order of rows.
    pub bad: Vec<(usize, Expected)>,
    beyond: Option<Expected>,
}

/// What reading one value came to.
#[derive(Clone, Debug)]
enum Slot {
    Missing,
    Known(i64),
    Odd(Value),
    Bad(Expected),
}

/// Loads the columns of one field.
#[derive(Clone)]
pub struct Loader {
    reader: Arc<FieldReader>,
    fast: Fast,
    /// Every row's number and state are wanted, also where few are known.
    dense: bool,
    /// Rows that the fast ways left.
    slow: Vec<usize>,
    /// Texts that only the slow way reads, and what they came to.
    texts: Texts,
    slots: Vec<Slot>,
    dictionary: Option<(Held, Loaded)>,
}

impl Loaded {
    /// Makes every row a known 0.
    pub fn reset(&mut self, rows: usize) {
        fill(&mut self.mantissa, rows, 0);
        fill(&mut self.state, rows, KNOWN);
        self.begin();
    }

    fn begin(&mut self) {
        self.nulls = None;
        self.few = None;
        self.odd.clear();
        self.bad.clear();
    }

    /// Marks a row as bad.
    pub fn set_bad(&mut self, row: usize, expected: Expected) {
        self.mantissa[row] = 0;
        self.state[row] = BAD;
        self.bad.push((row, expected));
    }

    /// What is expected of an instant that has no day.
    pub fn outside_calendar(&self) -> Expected {
        self.beyond
            .clone()
            .expect("internal error: days of a column that is not loaded")
    }

    fn set(&mut self, row: usize, slot: Slot) {
        match slot {
            Slot::Missing => self.state[row] = ABSENT,
            Slot::Known(scaled) => self.mantissa[row] = scaled,
            Slot::Odd(value) => {
                self.state[row] = INEXACT;
                self.odd.push((row, value));
            }
            Slot::Bad(expected) => self.set_bad(row, expected),
        }
    }
}

impl Loader {
    /// A loader for a field that has a scaled form.
    /// `dense`: every row's number and state are wanted, also where few are known.
    pub fn new(reader: Arc<FieldReader>, dense: bool) -> Self {
        Loader {
            fast: Fast::of(&reader),
            dense,
            reader,
            slow: Vec::new(),
            texts: Texts::default(),
            slots: Vec::new(),
            dictionary: None,
        }
    }

    /// Loads a column.
    pub fn load(&mut self, column: &ArrayRef, into: &mut Loaded) {
        if into.beyond.is_none() {
            into.beyond = Some(self.reader.expected().clone());
        }
        if self.texts.is_full() {
            self.texts = Texts::default();
            self.slots.clear();
        }
        if matches!(column.data_type(), DataType::Dictionary(..)) {
            self.load_dictionary(column, into);
        } else {
            self.load_plain(column, into, self.dense);
        }
    }

    fn load_plain(&mut self, column: &ArrayRef, into: &mut Loaded, dense: bool) {
        let few = column.len() - column.null_count() <= column.len() / FEW;
        if column.data_type().is_primitive() {
            // Every number is written below, but where few are wanted.
            into.begin();
            into.mantissa.resize(column.len(), 0);
            into.state.resize(column.len(), ABSENT);
            if dense && few {
                into.mantissa.fill(0);
            }
        } else {
            into.reset(column.len());
        }
        self.slow.clear();
        match self.reader.ty() {
            Type::Date => self.fast_days(column, into),
            Type::Instant => self.fast_instants(column, into),
            Type::Int | Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => {
                self.fast_numbers(column, into);
            }
            Type::Text { .. }
            | Type::Bool
            | Type::Duration
            | Type::Country
            | Type::Code(_)
            | Type::Enum(_)
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => {
                panic!(
                    "internal error: a {:?} has no scaled form",
                    self.reader.ty()
                )
            }
        }
        if !column.data_type().is_primitive() {
            for row in null_rows(column) {
                into.mantissa[row] = 0;
                into.state[row] = ABSENT;
            }
        }
        if !self.slow.is_empty() && into.few.is_none() {
            into.nulls = None;
        }
        for at in 0..self.slow.len() {
            let row = self.slow[at];
            if into.state[row] != ABSENT {
                let slot = self.slow_slot(column, row);
                into.set(row, slot);
            }
        }
    }

    /// The definition's answer for a row; texts are remembered.
    fn slow_slot(&mut self, column: &ArrayRef, row: usize) -> Slot {
        let text = match column.data_type() {
            DataType::Utf8 => column.as_string::<i32>().value(row),
            DataType::LargeUtf8 => column.as_string::<i64>().value(row),
            DataType::Utf8View => column.as_string_view().value(row),
            _ => return slot_of(self.reader.ty(), read_cell(&self.reader, column, row)),
        };
        let (reader, slots) = (&self.reader, &mut self.slots);
        let id = self.texts.id_of(text.as_bytes(), || {
            slots.push(slot_of(reader.ty(), reader.read_text(text)));
            slots.len() as u32 - 1
        });
        self.slots[id as usize].clone()
    }

    fn fast_numbers(&mut self, column: &ArrayRef, into: &mut Loaded) {
        let slow = &mut self.slow;
        let fast = &self.fast;
        match column.data_type() {
            DataType::Int8 => each_number::<Int8Type>(column, into, slow, fast, 0),
            DataType::Int16 => each_number::<Int16Type>(column, into, slow, fast, 0),
            DataType::Int32 => each_number::<Int32Type>(column, into, slow, fast, 0),
            DataType::Int64 => each_number::<Int64Type>(column, into, slow, fast, 0),
            DataType::UInt8 => each_number::<UInt8Type>(column, into, slow, fast, 0),
            DataType::UInt16 => each_number::<UInt16Type>(column, into, slow, fast, 0),
            DataType::UInt32 => each_number::<UInt32Type>(column, into, slow, fast, 0),
            DataType::UInt64 => each_number::<UInt64Type>(column, into, slow, fast, 0),
            DataType::Float32 => each::<Float32Type>(column, into, slow, |v| {
                fast.number(plain::whole_single(v)?, 0)
            }),
            DataType::Float64 => each::<Float64Type>(column, into, slow, |v| {
                fast.number(plain::millionths(v)?, 6)
            }),
            DataType::Decimal32(_, scale) => {
                each_number::<Decimal32Type>(column, into, slow, fast, *scale);
            }
            DataType::Decimal64(_, scale) => {
                each_number::<Decimal64Type>(column, into, slow, fast, *scale);
            }
            DataType::Decimal128(_, scale) => {
                each_number::<Decimal128Type>(column, into, slow, fast, *scale);
            }
            _ => match fast.mark() {
                Some(mark) => each_text(column, into, slow, |text| {
                    let (mantissa, decimals) = plain::decimal(text.as_bytes(), mark)?;
                    fast.number(mantissa, decimals)
                }),
                None => all_slow(column, into, slow),
            },
        }
    }

    fn fast_days(&mut self, column: &ArrayRef, into: &mut Loaded) {
        let (fast, slow) = (&self.fast, &mut self.slow);
        let whole = |ticks: i64, per_day: i64| {
            let exact = ticks.rem_euclid(per_day) == 0;
            fast.day(exact.then(|| ticks.div_euclid(per_day))?)
        };
        match column.data_type() {
            DataType::Date32 => each::<Date32Type>(column, into, slow, |v| fast.day(v.into())),
            DataType::Date64 => {
                each::<Date64Type>(column, into, slow, |v| whole(v, MICROS_PER_DAY / 1_000));
            }
            DataType::Timestamp(unit, None) => {
                each_tick(column, into, slow, *unit, |ticks| {
                    whole(ticks, per_day(*unit))
                });
            }
            _ if fast.times() && self.reader.mapping().dates.is_empty() => {
                each_text(column, into, slow, |text| {
                    fast.day(plain::iso_day(text.as_bytes())?)
                });
            }
            _ => all_slow(column, into, slow),
        }
    }

    fn fast_instants(&mut self, column: &ArrayRef, into: &mut Loaded) {
        let (fast, slow) = (&self.fast, &mut self.slow);
        match column.data_type() {
            DataType::Timestamp(unit, Some(_)) => {
                each_tick(column, into, slow, *unit, |ticks| {
                    fast.instant(micros(ticks, *unit)?)
                });
            }
            _ if fast.times() => {
                each_text(column, into, slow, |text| {
                    fast.instant(parse_instant(text.trim())?)
                });
            }
            _ => all_slow(column, into, slow),
        }
    }

    /// A dictionary's entries are loaded like a column of their own, once.
    fn load_dictionary(&mut self, column: &ArrayRef, into: &mut Loaded) {
        let values = column.as_any_dictionary().values();
        let entries = match self.dictionary.take() {
            Some((held, entries)) if held.is(values) => (held, entries),
            Some(_) | None => {
                let mut entries = Loaded::default();
                self.load_plain(values, &mut entries, true);
                (Held::new(values), entries)
            }
        };
        into.reset(column.len());
        let mut work = Gather {
            entries: &entries.1,
            column,
            into,
            expected: self.reader.expected(),
        };
        with_keys(column, &mut work);
        self.dictionary = Some(entries);
    }
}

/// Takes what dictionary entries came to, row by row.
struct Gather<'a> {
    entries: &'a Loaded,
    column: &'a ArrayRef,
    into: &'a mut Loaded,
    expected: &'a Expected,
}

impl WithKeys for Gather<'_> {
    fn run<K: Key>(&mut self, keys: &[K]) {
        let (entries, into) = (self.entries, &mut *self.into);
        for (row, key) in keys.iter().enumerate() {
            let entry = key.index();
            into.mantissa[row] = entries.mantissa.get(entry).copied().unwrap_or(0);
            into.state[row] = entries.state.get(entry).copied().unwrap_or(BAD);
        }
        for row in null_rows(self.column) {
            into.mantissa[row] = 0;
            into.state[row] = ABSENT;
        }
        for (row, key) in keys.iter().enumerate() {
            match self.into.state[row] {
                INEXACT => self.copy_odd(row, key.index()),
                BAD => self.copy_bad(row, key.index()),
                _ => {}
            }
        }
    }
}

impl Gather<'_> {
    fn copy_odd(&mut self, row: usize, entry: usize) {
        let odd = &self.entries.odd;
        if let Ok(at) = odd.binary_search_by_key(&entry, |(entry, _)| *entry) {
            self.into.odd.push((row, odd[at].1.clone()));
        }
    }

    fn copy_bad(&mut self, row: usize, entry: usize) {
        let bad = &self.entries.bad;
        let expected = match bad.binary_search_by_key(&entry, |(entry, _)| *entry) {
            Ok(at) => bad[at].1.clone(),
            Err(_) => self.expected.clone(),
        };
        self.into.bad.push((row, expected));
    }
}

fn slot_of(ty: Type, reading: Reading) -> Slot {
    match reading {
        Ok(None) => Slot::Missing,
        Ok(Some(value)) => match scaled_of_value(ty, &value) {
            Some(scaled) => Slot::Known(scaled),
            None => Slot::Odd(value),
        },
        Err(expected) => Slot::Bad(expected),
    }
}

/// Reads a column of whole or scaled numbers.
fn each_number<T>(
    column: &ArrayRef,
    into: &mut Loaded,
    slow: &mut Vec<usize>,
    fast: &Fast,
    decimals: i8,
) where
    T: ArrowPrimitiveType<Native: Into<i128>>,
{
    match fast.scaler(decimals.into()) {
        Some(Scaler {
            factor,
            least,
            most,
        }) => {
            each::<T>(column, into, slow, |number| {
                let wide: i128 = number.into();
                let number = wide as i64;
                let fits = i128::from(number) == wide && least <= number && number <= most;
                fits.then(|| number * factor)
            });
        }
        None => each::<T>(column, into, slow, |number| {
            fast.number(i64::try_from(number.into()).ok()?, decimals.into())
        }),
    }
}

/// Reads a primitive column; rows without an answer are left to the slow way, null ones become [`ABSENT`]. Which rows these are
/// is looked up only where there are any, so that the numbers themselves are read without a branch.
#[inline]
fn each<T: ArrowPrimitiveType>(
    column: &ArrayRef,
    into: &mut Loaded,
    slow: &mut Vec<usize>,
    read: impl Fn(T::Native) -> Option<i64>,
) {
    let values = column.as_primitive::<T>().values();
    let Some(nulls) = column.nulls().filter(|nulls| nulls.null_count() > 0) else {
        into.state.fill(KNOWN);
        let mut any_left = false;
        for (value, scaled) in values.iter().zip(&mut into.mantissa) {
            let number = read(*value);
            *scaled = number.unwrap_or(0);
            any_left |= number.is_none();
        }
        if any_left {
            let rows = values.iter().enumerate();
            slow.extend(
                rows.filter(|(_, value)| read(**value).is_none())
                    .map(|(row, _)| row),
            );
        }
        return;
    };
    into.nulls = Some(nulls.clone());
    if nulls.len() - nulls.null_count() <= nulls.len() / FEW {
        into.state.fill(ABSENT);
        let mut few = Vec::with_capacity(nulls.len() - nulls.null_count());
        for row in nulls.valid_indices() {
            few.push(row as u32);
            into.state[row] = KNOWN;
            let number = read(values[row]);
            into.mantissa[row] = number.unwrap_or(0);
            if number.is_none() {
                slow.push(row);
            }
        }
        into.few = Some(few);
        return;
    }
    bits::expand(nulls.inner(), KNOWN, ABSENT, &mut into.state);
    let rows = into.mantissa.iter_mut().zip(&into.state).zip(values);
    let mut any_left = false;
    for ((scaled, state), value) in rows {
        let is_known = *state == KNOWN;
        let number = read(*value);
        *scaled = if is_known { number.unwrap_or(0) } else { 0 };
        any_left |= is_known & number.is_none();
    }
    if any_left {
        let left = nulls.valid_indices();
        slow.extend(left.filter(|row| read(values[*row]).is_none()));
    }
}

/// One row in so many with a value is few.
const FEW: usize = 8;

fn each_tick(
    column: &ArrayRef,
    into: &mut Loaded,
    slow: &mut Vec<usize>,
    unit: TimeUnit,
    read: impl Fn(i64) -> Option<i64>,
) {
    match unit {
        TimeUnit::Second => each::<TimestampSecondType>(column, into, slow, read),
        TimeUnit::Millisecond => each::<TimestampMillisecondType>(column, into, slow, read),
        TimeUnit::Microsecond => each::<TimestampMicrosecondType>(column, into, slow, read),
        TimeUnit::Nanosecond => each::<TimestampNanosecondType>(column, into, slow, read),
    }
}

/// Reads a column of texts, of whatever layout; another column is left to the slow way.
fn each_text(
    column: &ArrayRef,
    into: &mut Loaded,
    slow: &mut Vec<usize>,
    read: impl Fn(&str) -> Option<i64>,
) {
    let mut put = |row: usize, text: &str, scaled: &mut i64, state: &mut u8| {
        if text.is_empty() {
            *state = ABSENT;
        } else if let Some(number) = read(text) {
            *scaled = number;
        } else {
            slow.push(row);
        }
    };
    let rows = into.mantissa.iter_mut().zip(&mut into.state).enumerate();
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            rows.for_each(|(row, (scaled, state))| put(row, texts.value(row), scaled, state));
        }
        DataType::LargeUtf8 => {
            let texts = column.as_string::<i64>();
            rows.for_each(|(row, (scaled, state))| put(row, texts.value(row), scaled, state));
        }
        DataType::Utf8View => {
            let texts = column.as_string_view();
            rows.for_each(|(row, (scaled, state))| put(row, texts.value(row), scaled, state));
        }
        _ => all_slow(column, into, slow),
    }
}

fn all_slow(column: &ArrayRef, into: &mut Loaded, slow: &mut Vec<usize>) {
    into.mantissa.fill(0);
    into.state.fill(KNOWN);
    if *column.data_type() == DataType::Null {
        into.state.fill(ABSENT);
    } else {
        slow.extend(0..column.len());
    }
}

fn per_day(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => MICROS_PER_DAY / 1_000_000,
        TimeUnit::Millisecond => MICROS_PER_DAY / 1_000,
        TimeUnit::Microsecond => MICROS_PER_DAY,
        TimeUnit::Nanosecond => MICROS_PER_DAY * 1_000,
    }
}

/// Microseconds, towards the past; none if they do not fit.
#[inline]
fn micros(ticks: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::Second => ticks.checked_mul(1_000_000),
        TimeUnit::Millisecond => ticks.checked_mul(1_000),
        TimeUnit::Microsecond => Some(ticks),
        TimeUnit::Nanosecond => Some(ticks.div_euclid(1_000)),
    }
}
