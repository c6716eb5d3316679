//! Small helpers around the builder, shared by all emitted functions.

use crate::kernel::abi::ColumnView;
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Value, condcodes::IntCC, types};
use cranelift_frontend::FunctionBuilder;
use std::mem::{offset_of, size_of};

/// A part of a [`ColumnView`].
#[derive(Clone, Copy)]
pub enum Part {
    Codes,
    ClassOfCode,
    Known,
    Possible,
    Certain,
    Summary,
    Exposed,
    Mantissa,
    State,
}

impl Part {
    fn offset(self) -> usize {
        match self {
            Part::Codes => offset_of!(ColumnView, codes),
            Part::ClassOfCode => offset_of!(ColumnView, class_of_code),
            Part::Known => offset_of!(ColumnView, known),
            Part::Possible => offset_of!(ColumnView, possible),
            Part::Certain => offset_of!(ColumnView, certain),
            Part::Summary => offset_of!(ColumnView, summary),
            Part::Exposed => offset_of!(ColumnView, exposed),
            Part::Mantissa => offset_of!(ColumnView, mantissa),
            Part::State => offset_of!(ColumnView, state),
        }
    }
}

/// Reads that never trap and whose source does not change while the function runs.
pub fn steady() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly()
}

/// Plain reads and writes of the function's own results.
pub fn plain() -> MemFlagsData {
    MemFlagsData::trusted()
}

/// Like [`plain`], at any address: pairs of words stand where words do.
pub fn any_address() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

/// The pointer to a part of the column at `slot`.
pub fn part(builder: &mut FunctionBuilder<'_>, columns: Value, slot: usize, part: Part) -> Value {
    part_at(builder, columns, offset_of_slot(slot), part)
}

/// The same of the column whose view begins so many bytes after an address.
pub fn part_at(builder: &mut FunctionBuilder<'_>, view: Value, offset: usize, part: Part) -> Value {
    let offset = i32::try_from(offset + part.offset()).expect("few columns");
    builder.ins().load(types::I64, steady(), view, offset)
}

/// Where the view of the column at `slot` begins.
pub fn offset_of_slot(slot: usize) -> usize {
    slot * size_of::<ColumnView>()
}

/// A row, and where its bit is found.
#[derive(Clone, Copy)]
pub struct Row {
    /// Its number.
    pub row: Value,
    byte: Value,
    bit: Value,
}

impl Row {
    /// The row with a number.
    pub fn new(builder: &mut FunctionBuilder<'_>, row: Value) -> Row {
        Row {
            row,
            byte: builder.ins().ushr_imm_u(row, 3),
            bit: builder.ins().band_imm_u(row, 7),
        }
    }
}

/// The class of a row in the column whose view begins so many bytes after an address, as 64 bits.
pub fn class(builder: &mut FunctionBuilder<'_>, view: Value, offset: usize, row: Row) -> Value {
    let codes = part_at(builder, view, offset, Part::Codes);
    let place = element(builder, codes, row.row, 4);
    let code = builder.ins().uload32(steady(), place, 0);
    // Entry 0 for a row without a code, whatever stands there; else the entry after the code.
    let known = part_at(builder, view, offset, Part::Known);
    let place = builder.ins().iadd(known, row.byte);
    let eight = builder.ins().uload8(types::I64, steady(), place, 0);
    let known = builder.ins().ushr(eight, row.bit);
    let known = builder.ins().band_imm_u(known, 1);
    let entry = builder.ins().iadd_imm_s(code, 1);
    let entry = builder.ins().imul(entry, known);
    let classes = part_at(builder, view, offset, Part::ClassOfCode);
    let place = element(builder, classes, entry, 4);
    builder.ins().uload32(steady(), place, 0)
}

/// `base + index * size`.
pub fn element(builder: &mut FunctionBuilder<'_>, base: Value, index: Value, size: usize) -> Value {
    let size = i64::try_from(size).expect("a small size");
    let offset = if size == 1 {
        index
    } else if let Some(shift) = power_of_two(size) {
        builder.ins().ishl_imm_u(index, shift)
    } else {
        builder.ins().imul_imm_s(index, size)
    };
    builder.ins().iadd(base, offset)
}

fn power_of_two(size: i64) -> Option<i64> {
    (size.count_ones() == 1).then(|| i64::from(size.trailing_zeros()))
}

/// Goes to `then` where the value is zero, else on to a fresh block.
pub fn leave_if_zero(builder: &mut FunctionBuilder<'_>, value: Value, then: Block) {
    let on = builder.create_block();
    builder.ins().brif(value, on, &[], then, &[]);
    builder.switch_to_block(on);
}

/// Whether `a` compares so with `b`, as 0 or 1 in 8 bits.
pub fn compare(builder: &mut FunctionBuilder<'_>, how: IntCC, a: Value, b: Value) -> Value {
    builder.ins().icmp(how, a, b)
}
