//! One cell of a column: the defining, slow way to read it, and how it is shown in a reject.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, PrimitiveArray};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, TimeUnit};

use super::list::elements_at;
use super::{FieldReader, Reading};
use crate::domain::Number;

const MILLIS_PER_DAY: i64 = 86_400_000;

/// Reads row `row` of a column. A type that the field is not read from gives what was expected; a row beyond the
/// column's end is missing.
pub fn read_cell(reader: &FieldReader, column: &dyn Array, row: usize) -> Reading {
    if row >= column.len() || column.is_null(row) {
        return Ok(None);
    }
    if let Some(elements) = elements_at(column, row) {
        return reader.read_rows(&elements);
    }
    match column.data_type() {
        DataType::Utf8 => reader.read_text(column.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => reader.read_text(column.as_string::<i64>().value(row)),
        DataType::Utf8View => reader.read_text(column.as_string_view().value(row)),
        DataType::Int8 => integer::<Int8Type>(reader, column, row),
        DataType::Int16 => integer::<Int16Type>(reader, column, row),
        DataType::Int32 => integer::<Int32Type>(reader, column, row),
        DataType::Int64 => integer::<Int64Type>(reader, column, row),
        DataType::UInt8 => integer::<UInt8Type>(reader, column, row),
        DataType::UInt16 => integer::<UInt16Type>(reader, column, row),
        DataType::UInt32 => integer::<UInt32Type>(reader, column, row),
        DataType::UInt64 => integer::<UInt64Type>(reader, column, row),
        DataType::Float32 => reader.read_f32(column.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => reader.read_f64(column.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal32(_, scale) => decimal::<Decimal32Type>(reader, column, row, *scale),
        DataType::Decimal64(_, scale) => decimal::<Decimal64Type>(reader, column, row, *scale),
        DataType::Decimal128(_, scale) => decimal::<Decimal128Type>(reader, column, row, *scale),
        DataType::Decimal256(..) => wide_decimal(reader, column, row),
        DataType::Boolean => reader.read_bool(column.as_boolean().value(row)),
        DataType::Date32 => reader.read_date(column.as_primitive::<Date32Type>().value(row).into()),
        DataType::Date64 => date_of_millis(reader, column, row),
        DataType::Timestamp(unit, zone) => timestamp(reader, column, row, *unit, zone.is_some()),
        DataType::Dictionary(..) => dictionary(reader, column, row),
        // A column of nulls has no bitmap that says so.
        DataType::Null => Ok(None),
        _ => Err(reader.expected().clone()),
    }
}

fn integer<T>(reader: &FieldReader, column: &dyn Array, row: usize) -> Reading
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128>,
{
    reader.read_integer(value::<T>(column, row).into())
}

fn decimal<T>(reader: &FieldReader, column: &dyn Array, row: usize, scale: i8) -> Reading
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128>,
{
    reader.read_decimal(value::<T>(column, row).into(), scale)
}

fn value<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> T::Native {
    let column: &PrimitiveArray<T> = column.as_primitive::<T>();
    column.value(row)
}

fn wide_decimal(reader: &FieldReader, column: &dyn Array, row: usize) -> Reading {
    let text = column.as_primitive::<Decimal256Type>().value_as_string(row);
    match Number::parse_decimal(&text) {
        Some(number) => reader.read_number(&number),
        None => Err(reader.expected().clone()),
    }
}

fn date_of_millis(reader: &FieldReader, column: &dyn Array, row: usize) -> Reading {
    let millis = column.as_primitive::<Date64Type>().value(row);
    if millis % MILLIS_PER_DAY == 0 {
        reader.read_date(millis / MILLIS_PER_DAY)
    } else {
        Err(reader.expected().clone())
    }
}

fn timestamp(
    reader: &FieldReader,
    column: &dyn Array,
    row: usize,
    unit: TimeUnit,
    zoned: bool,
) -> Reading {
    match micros_at(column, row, unit) {
        // A local timestamp with a finer fraction than microseconds is not at midnight.
        Some((micros, true)) => reader.read_timestamp(micros, zoned),
        Some((micros, false)) if zoned => reader.read_timestamp(micros, zoned),
        Some((_, false)) | None => Err(reader.expected().clone()),
    }
}

/// Microseconds of a timestamp (towards the past) and whether they are all of it; none if they do not fit.
fn micros_at(column: &dyn Array, row: usize, unit: TimeUnit) -> Option<(i64, bool)> {
    match unit {
        TimeUnit::Second => {
            let seconds = value::<TimestampSecondType>(column, row);
            Some((seconds.checked_mul(1_000_000)?, true))
        }
        TimeUnit::Millisecond => {
            let millis = value::<TimestampMillisecondType>(column, row);
            Some((millis.checked_mul(1_000)?, true))
        }
        TimeUnit::Microsecond => Some((value::<TimestampMicrosecondType>(column, row), true)),
        TimeUnit::Nanosecond => {
            let nanos = value::<TimestampNanosecondType>(column, row);
            Some((nanos.div_euclid(1_000), nanos.rem_euclid(1_000) == 0))
        }
    }
}

fn dictionary(reader: &FieldReader, column: &dyn Array, row: usize) -> Reading {
    match entry_of(column, row) {
        Some(entry) => read_cell(reader, column.as_any_dictionary().values(), entry),
        None => Ok(None),
    }
}

/// The dictionary entry of a row that is not null.
fn entry_of(column: &dyn Array, row: usize) -> Option<usize> {
    let keys = column.as_any_dictionary().keys();
    let key: i128 = match keys.data_type() {
        DataType::Int8 => value::<Int8Type>(keys, row).into(),
        DataType::Int16 => value::<Int16Type>(keys, row).into(),
        DataType::Int32 => value::<Int32Type>(keys, row).into(),
        DataType::Int64 => value::<Int64Type>(keys, row).into(),
        DataType::UInt8 => value::<UInt8Type>(keys, row).into(),
        DataType::UInt16 => value::<UInt16Type>(keys, row).into(),
        DataType::UInt32 => value::<UInt32Type>(keys, row).into(),
        DataType::UInt64 => value::<UInt64Type>(keys, row).into(),
        _ => return None,
    };
    usize::try_from(key).ok()
}

/// The text of a cell as a reject repeats it; nothing for a null.
pub fn show_cell(column: &dyn Array, row: usize) -> String {
    if row >= column.len() || column.is_null(row) {
        return String::new();
    }
    match column.data_type() {
        DataType::Null => String::new(),
        DataType::Float64 => shortest(column.as_primitive::<Float64Type>().value(row)),
        DataType::Dictionary(..) => match entry_of(column, row) {
            Some(entry) => show_cell(column.as_any_dictionary().values(), entry),
            None => String::new(),
        },
        _ => formatted(column, row),
    }
}

fn shortest(float: f64) -> String {
    match Number::from_f64_shortest(float) {
        Some(number) => number.to_string(),
        None => float.to_string(),
    }
}

fn formatted(column: &dyn Array, row: usize) -> String {
    let options = FormatOptions::default().with_display_error(true);
    match ArrayFormatter::try_new(column, &options) {
        Ok(formatter) => formatter.value(row).to_string(),
        Err(_) => String::new(),
    }
}
