//! The nouns and numbers of the trade: truth values, exact numbers and intervals, days and windows, countries,
//! currencies, units and hierarchical codes. Each meaning stands here once; the checker, the reference evaluator,
//! the planner and the readers all call it. Nothing here rounds or guesses, and nothing panics on what a user wrote.

mod calendar;
mod cascade;
mod code;
mod code_parse;
mod country;
mod country_table;
mod currency;
mod date_format;
mod day;
mod interval;
mod number;
mod number_format;
pub mod reading;
pub mod text;
mod truth;
mod unit;
mod window;
mod zone;

pub use calendar::Calendar;
pub use cascade::{Bound, Holding, MissingShare, carried, caught};
pub use code::{Code, CodeError, CodeModel, CodeProblem, RangeError, range_error};
pub use country::Country;
pub use currency::Currency;
pub use date_format::{DEFAULT_PIVOT, DateFormat, DateFormatError};
pub use day::{Day, DayError, Period};
pub use interval::{End, Interval};
pub use number::{MAX_DIGITS, MAX_EXPONENT, MAX_ROUND_DIGITS, Number};
pub use number_format::{DecimalMark, NumberFormat};
pub use truth::Truth;
pub use unit::MassUnit;
pub use window::{Window, Windows};
pub use zone::{Spell, Zone, format_instant, parse_instant};
