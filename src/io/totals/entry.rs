//! What goes through temporary files, as bytes.

use num_bigint::BigInt;

use crate::domain::{End, Interval, Number};

/// Appends bytes with their length before them.
pub(super) fn push_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(bytes.len()).expect("a cell is that short");
    out.extend(length.to_le_bytes());
    out.extend(bytes);
}

pub(super) fn take_bytes<'b>(from: &mut &'b [u8]) -> &'b [u8] {
    let length = u32::from_le_bytes(take(from)) as usize;
    let (bytes, rest) = from.split_at(length);
    *from = rest;
    bytes
}

/// The next bytes, as many as are wanted.
pub(super) fn take<const N: usize>(from: &mut &[u8]) -> [u8; N] {
    let (bytes, rest) = from.split_first_chunk().expect("an entry is whole");
    *from = rest;
    *bytes
}

pub(super) fn take_byte(from: &mut &[u8]) -> u8 {
    let [byte] = take(from);
    byte
}

pub(super) fn take_i64(from: &mut &[u8]) -> i64 {
    i64::from_le_bytes(take(from))
}

/// A number of 64 bits over another one, or of any size.
pub(super) fn push_number(number: &Number, out: &mut Vec<u8>) {
    let small = number.as_ratio_i128();
    let small = small.and_then(|(top, bottom)| {
        let (top, bottom) = (i64::try_from(top), i64::try_from(bottom));
        Some((top.ok()?, bottom.ok()?))
    });
    match small {
        Some((top, bottom)) => {
            out.push(0);
            out.extend(top.to_le_bytes());
            out.extend(bottom.to_le_bytes());
        }
        None => {
            out.push(1);
            push_bytes(&number.numerator().to_signed_bytes_le(), out);
            push_bytes(&number.denominator().to_signed_bytes_le(), out);
        }
    }
}

pub(super) fn take_number(from: &mut &[u8]) -> Number {
    match take_byte(from) {
        0 => {
            let top = take_i64(from);
            let bottom = take_i64(from);
            Number::from_ratio(top.into(), bottom.into())
        }
        _ => {
            let top = BigInt::from_signed_bytes_le(take_bytes(from));
            let bottom = BigInt::from_signed_bytes_le(take_bytes(from));
            Number::from_bigints(top, bottom)
        }
    }
}

pub(super) fn push_end(end: &End, out: &mut Vec<u8>) {
    match end {
        End::NegInf => out.push(0),
        End::PosInf => out.push(1),
        End::Finite(number) => {
            out.push(2);
            push_number(number, out);
        }
    }
}

pub(super) fn take_end(from: &mut &[u8]) -> End {
    match take_byte(from) {
        0 => End::NegInf,
        1 => End::PosInf,
        _ => End::Finite(take_number(from)),
    }
}

pub(super) fn push_interval(interval: &Interval, out: &mut Vec<u8>) {
    push_end(&interval.lo, out);
    push_end(&interval.hi, out);
}

pub(super) fn take_interval(from: &mut &[u8]) -> Interval {
    let lo = take_end(from);
    let hi = take_end(from);
    Interval::new(lo, hi)
}

/// Nothing or something, told apart by a byte.
pub(super) fn push_option<T>(
    value: Option<&T>,
    out: &mut Vec<u8>,
    push: impl Fn(&T, &mut Vec<u8>),
) {
    out.push(value.is_some().into());
    if let Some(value) = value {
        push(value, out);
    }
}

pub(super) fn take_option<T>(from: &mut &[u8], take: impl Fn(&mut &[u8]) -> T) -> Option<T> {
    match take_byte(from) {
        0 => None,
        _ => Some(take(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_come_back() {
        let huge = Number::from_i128(i128::MAX);
        let huge = &huge * &huge;
        let third = Number::from_ratio(-1, 3);
        let tiny = Number::one().checked_div(&huge).expect("it is not zero");
        for number in [Number::zero(), third.clone(), -&huge, &tiny + &third, huge] {
            let mut bytes = Vec::new();
            push_number(&number, &mut bytes);
            let mut rest = bytes.as_slice();
            assert_eq!(take_number(&mut rest), number);
            assert!(rest.is_empty());
        }
        for interval in [
            Interval::any(),
            Interval::at_least_zero(),
            Interval::at_most_zero(),
        ] {
            let mut bytes = Vec::new();
            push_interval(&interval, &mut bytes);
            assert_eq!(take_interval(&mut bytes.as_slice()), interval);
        }
    }
}
