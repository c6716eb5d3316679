//! The one memory layout between Rust and generated code.

use std::ffi::c_void;
use std::mem::{offset_of, size_of};

/// A column of a batch as a kernel sees it. Pointers are null where the column lacks the part.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ColumnView {
    /// `codes[row]`; means something only where the row is known to have one.
    pub codes: *const u32,
    /// `class_of_code[0]` is the class of rows without a code, `class_of_code[code + 1]` that of the code.
    pub class_of_code: *const u32,
    /// Bit `row % 8` of `known[row / 8]`: whether the row has a code.
    pub known: *const u8,
    /// First-stage masks: `possible[class * first_words + word]`.
    pub possible: *const u64,
    /// The same for certain masks.
    pub certain: *const u64,
    /// `summary[class * summary_words + bit / 64]`, bit `bit % 64`.
    pub summary: *const u64,
    /// `exposed[class * exposed_count + test]`: 0 false, 1 unknown, 2 true.
    pub exposed: *const u8,
    /// `mantissa[row]`: the amount in the column's smallest unit.
    pub mantissa: *const i64,
    /// `state[row]`: 0 known, 1 missing, 2 known but not in 64 bits.
    pub state: *const u8,
}

/// A column that is asked of every record.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DenseView {
    /// `keys[row]`; every row has one.
    pub keys: *const u32,
    /// The summary of a key's class: `summary[key * summary_words + bit / 64]`, bit `bit % 64`.
    pub summary: *const u64,
}

/// A bit of the summary: its clauses, and where the columns they ask are named.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitView {
    /// Its clauses, as bits of their word.
    pub clauses: u64,
    /// The first of its columns in [`Call::bit_columns`].
    pub from: u32,
    /// The one after its last.
    pub until: u32,
}

/// A word of clauses that a record may satisfy.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The row in the batch.
    pub row: u32,
    /// The word of the first stage.
    pub word: u32,
    /// Clauses none of whose tests is false; never zero.
    pub possible: u64,
    /// Those all of whose tests are true.
    pub certain: u64,
}

/// What the first stage is called with.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// The batch's columns, in the plan's order.
    pub columns: *const ColumnView,
    /// The columns that are asked of every record, in the kernel's order.
    pub dense: *const DenseView,
    /// Space for the summary words of [`BLOCK`] rows.
    pub left: *mut u64,
    /// Space for the numbers of [`BLOCK`] rows.
    pub rows_left: *mut u32,
    /// What an answer to one of [`crate::plan::Order::compared`] leaves of the summary:
    /// `answers[(compared * ANSWERS + answer) * summary_words + bit / 64]`.
    pub answers: *const u64,
    /// The bits of the summary.
    pub bits: *const BitView,
    /// Columns by bit, as byte offsets into `columns`.
    pub bit_columns: *const u32,
    /// The first row to look at.
    pub from: u64,
    /// The row after the last.
    pub rows: u64,
    /// Where candidates go.
    pub found: *mut Candidate,
    /// How many there are room for; at least the words of the first stage.
    pub room: u64,
    /// Out: how many were found.
    pub count: u64,
    /// What `decide` is called with.
    pub context: *const c_void,
    /// Works out a comparison of amounts that 64-bit integers leave undecided.
    pub decide: Decide,
}

/// Rows that are looked at together.
pub const BLOCK: usize = 1024;

/// A comparison of amounts of any size, by its number and for a row: 0 false, 1 unknown, or open since an amount is missing
/// or wide, 2 true.
pub type Decide = unsafe extern "C" fn(context: *const c_void, computed: u64, row: u64) -> u64;

/// The first stage: gives the row to go on from; stops before a row whose candidates might not fit.
pub type FirstStage = unsafe extern "C" fn(call: *mut Call) -> u64;

/// A comparison of amounts: 0 false, 1 unknown, 2 true, [`NOT_DECIDED`] here, [`NOT_KNOWN`].
pub type AmountsFunction = unsafe extern "C" fn(columns: *const ColumnView, row: u64) -> u64;

/// Answer of an [`AmountsFunction`] that leaves the record to wider arithmetic.
pub const NOT_DECIDED: u64 = 3;
/// Answer of an [`AmountsFunction`] where an amount is missing: it may have bounds that decide, which the first stage
/// does not ask for.
pub const NOT_KNOWN: u64 = 4;
/// Answers for which the first stage knows what they leave: false, unknown and true; what leaves nothing out is unknown.
pub const ANSWERS: usize = 3;

/// State of a known amount.
pub const KNOWN: u8 = 0;
/// State of a missing amount.
pub const ABSENT: u8 = 1;
/// State of a known amount that does not fit.
pub const WIDE: u8 = 2;

const _: () = {
    assert!(size_of::<ColumnView>() == 72);
    assert!(size_of::<DenseView>() == 16);
    assert!(size_of::<BitView>() == 16);
    assert!(size_of::<Candidate>() == 24);
    assert!(offset_of!(Candidate, possible) == 8 && offset_of!(Candidate, certain) == 16);
    assert!(size_of::<Call>() == 112);
};
