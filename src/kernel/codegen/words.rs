//! The words of a row of masks in code: two to a vector of 128 bits, and the last alone where they are odd.

use super::emit::steady;
use cranelift_codegen::ir::{ConstantData, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FunctionBuilder;

/// The types of the values that hold so many words.
pub fn types(words: usize) -> impl Iterator<Item = Type> {
    let pairs = std::iter::repeat_n(types::I64X2, words / 2);
    pairs.chain(std::iter::repeat_n(types::I64, words % 2))
}

/// Rows of masks begin at any multiple of eight bytes.
fn unaligned() -> MemFlagsData {
    MemFlagsData::new().with_notrap().with_readonly()
}

/// The words at an address.
pub fn load(builder: &mut FunctionBuilder<'_>, place: Value, words: usize) -> Vec<Value> {
    let mut offset = 0;
    types(words)
        .map(|ty| {
            let flags = if ty == types::I64X2 {
                unaligned()
            } else {
                steady()
            };
            let value = builder.ins().load(ty, flags, place, offset);
            offset += ty.bytes() as i32;
            value
        })
        .collect()
}

/// Words that are known when the code is made.
pub fn constant(builder: &mut FunctionBuilder<'_>, words: &[u64]) -> Vec<Value> {
    words
        .chunks(2)
        .map(|pair| match pair {
            [low, high] => {
                let bytes = [low.to_le_bytes(), high.to_le_bytes()].concat();
                let data = ConstantData::from(bytes.as_slice());
                let handle = builder.func.dfg.constants.insert(data);
                builder.ins().vconst(types::I64X2, handle)
            }
            single => builder.ins().iconst(types::I64, single[0] as i64),
        })
        .collect()
}

/// Word by word.
pub fn and(builder: &mut FunctionBuilder<'_>, a: &[Value], b: &[Value]) -> Vec<Value> {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| builder.ins().band(*a, *b)).collect()
}

/// Not zero where some word is not; there is at least one.
pub fn any(builder: &mut FunctionBuilder<'_>, words: &[Value]) -> Value {
    let is_pair = |builder: &FunctionBuilder<'_>, value: Value| {
        builder.func.dfg.value_type(value) == types::I64X2
    };
    let (pairs, single): (Vec<Value>, Vec<Value>) =
        words.iter().partition(|value| is_pair(builder, **value));
    let pairs = pairs.into_iter().reduce(|a, b| builder.ins().bor(a, b));
    let pairs = pairs.map(|pairs| builder.ins().vany_true(pairs));
    match (pairs, single.first()) {
        (Some(pairs), None) => pairs,
        (None, Some(single)) => *single,
        (Some(pairs), Some(single)) => {
            let pairs = builder.ins().uextend(types::I64, pairs);
            builder.ins().bor(pairs, *single)
        }
        (None, None) => unreachable!("the first stage has words"),
    }
}

/// Each word by itself.
pub fn apart(builder: &mut FunctionBuilder<'_>, words: &[Value]) -> Vec<Value> {
    let mut apart = Vec::new();
    for value in words {
        if builder.func.dfg.value_type(*value) == types::I64X2 {
            apart.extend([0, 1].map(|lane| builder.ins().extractlane(*value, lane)));
        } else {
            apart.push(*value);
        }
    }
    apart
}
