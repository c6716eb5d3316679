//! Keys of dictionary columns, and what is remembered of a dictionary from batch to batch.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

/// A key of a dictionary column. Null rows may hold any key, also one beyond the dictionary.
pub trait Key: Copy {
    /// The entry's position.
    fn index(self) -> usize;
}

macro_rules! keys {
    ($($native:ty),*) => {
        $(impl Key for $native {
            #[inline]
            fn index(self) -> usize {
                self as usize
            }
        })*
    };
}
keys!(i8, i16, i32, i64, u8, u16, u32, u64);

/// Something done with keys of whatever width.
pub trait WithKeys {
    /// Does it.
    fn run<K: Key>(&mut self, keys: &[K]);
}

/// Hands the keys of a dictionary column to `work`; false if they are of no width that Arrow has.
pub fn with_keys(column: &dyn Array, work: &mut impl WithKeys) -> bool {
    fn run<T: ArrowPrimitiveType<Native: Key>>(keys: &dyn Array, work: &mut impl WithKeys) {
        work.run::<T::Native>(keys.as_primitive::<T>().values());
    }
    let keys = column.as_any_dictionary().keys();
    match keys.data_type() {
        DataType::Int8 => run::<Int8Type>(keys, work),
        DataType::Int16 => run::<Int16Type>(keys, work),
        DataType::Int32 => run::<Int32Type>(keys, work),
        DataType::Int64 => run::<Int64Type>(keys, work),
        DataType::UInt8 => run::<UInt8Type>(keys, work),
        DataType::UInt16 => run::<UInt16Type>(keys, work),
        DataType::UInt32 => run::<UInt32Type>(keys, work),
        DataType::UInt64 => run::<UInt64Type>(keys, work),
        _ => return false,
    }
    true
}

/// The values of the dictionary last met. They are held, so that an equal address means equal content.
#[derive(Clone, Debug)]
pub struct Held(ArrayRef);

impl Held {
    /// Holds a dictionary's values.
    pub fn new(values: &ArrayRef) -> Held {
        Held(values.clone())
    }

    /// Whether `values` is the same memory.
    pub fn is(&self, values: &ArrayRef) -> bool {
        self.0.data_type() == values.data_type()
            && (std::sync::Arc::ptr_eq(&self.0, values)
                || self.0.to_data().ptr_eq(&values.to_data()))
    }
}

/// Rows of a column that hold nothing.
pub fn null_rows(column: &dyn Array) -> Vec<usize> {
    match column.nulls() {
        Some(nulls) if nulls.null_count() > 0 => (!nulls.inner()).set_indices().collect(),
        Some(_) | None => Vec::new(),
    }
}
