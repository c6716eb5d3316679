//! Class numbers: what binding asks of the plan, once per distinct value or once per row of an ordered column.
//!
//! A class is a set of values that all tests on a column answer alike. Binding never looks into a class: it
//! hands values in and stores the numbers that come out.

use crate::model::Value;

/// The class of every column of a rejected record.
pub const DEAD: u32 = 0;

/// The class of a missing value, in every column.
pub const MISSING: u32 = 1;

/// The classes of one column.
pub trait Classify: Send + Sync {
    /// The class of any value of the column; [`MISSING`] for none, never [`DEAD`].
    fn class_of(&self, value: Option<&Value>) -> u32;

    /// Whether [`Classify::class_of_scaled`] answers for the column.
    fn ordered(&self) -> bool;

    /// The class of the value that is `scaled` in the column's own unit (see [`crate::model::scaled_decimals`]). Any `i64` is
    /// answered, also one that no record can hold.
    fn class_of_scaled(&self, scaled: i64) -> u32;

    /// [`Classify::class_of_scaled`] of a whole column at once; `classes` is as long as `scaled`.
    fn classes_of_scaled(&self, scaled: &[i64], classes: &mut [u32]) {
        for (class, &value) in classes.iter_mut().zip(scaled) {
            *class = self.class_of_scaled(value);
        }
    }
}
