//! Fast, exact readings of the common forms: plain decimals, ISO dates, doubles of few digits.
//!
//! Each gives the answer of the slow way or none.

use crate::domain::Day;

/// The most digits that surely fit 64 bits.
const MAX_FAST_DIGITS: usize = 18;

/// `[+-] digits [mark digits]` of at most [`MAX_FAST_DIGITS`] digits, as `mantissa · 10^-decimals`. Blanks around it are
/// allowed.
#[inline]
pub fn decimal(text: &[u8], mark: u8) -> Option<(i64, i32)> {
    let text = trim(text);
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > MAX_FAST_DIGITS + 1 {
        return None;
    }
    let mut mantissa: i64 = 0;
    let mut point = usize::MAX;
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            // 19 digits, which the count below refuses, may wrap.
            mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(digit));
        } else if byte == mark && point == usize::MAX {
            point = at;
        } else {
            return None;
        }
    }
    let (count, decimals) = if point == usize::MAX {
        (digits.len(), 0)
    } else {
        (digits.len() - 1, digits.len() - 1 - point)
    };
    let ends_in_mark = point != usize::MAX && decimals == 0;
    if count == 0 || count > MAX_FAST_DIGITS || ends_in_mark {
        return None;
    }
    Some((if negative { -mantissa } else { mantissa }, decimals as i32))
}

/// `YYYY-MM-DD` as a day number. Blanks around it are allowed.
#[inline]
pub fn iso_day(text: &[u8]) -> Option<i64> {
    let text = trim(text);
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = text else {
        return None;
    };
    let digits = [a, b, c, d, e, f, g, h].map(|byte| byte.wrapping_sub(b'0'));
    if digits.iter().any(|&digit| digit > 9) {
        return None;
    }
    let [a, b, c, d, e, f, g, h] = digits.map(u32::from);
    let year = ((a * 10 + b) * 10 + c) * 10 + d;
    let day = Day::from_ymd(year as i32, e * 10 + f, g * 10 + h)?;
    Some(day.0.into())
}

/// The shortest decimal that prints the double, in millionths, where that takes at most 15 digits.
///
/// A decimal of at most 15 significant digits survives the way to a double and back (IEEE 754: `DBL_DIG` is 15), so at
/// most one such decimal is nearest to a given double; if dividing finds one, the shortest one that prints the
/// double is that one.
#[inline]
pub fn millionths(float: f64) -> Option<i64> {
    const LIMIT: i64 = 1_000_000_000_000_000;
    let product = float * 1e6;
    let candidate = (product + 0.5_f64.copysign(product)) as i64;
    let exact = candidate > -LIMIT && candidate < LIMIT && candidate as f64 / 1e6 == float;
    exact.then_some(candidate)
}

/// A whole number held by a single-precision number, where it is the shortest decimal that prints it: below 2^24
/// neighbours are at most 1 apart, so nothing shorter lies as near.
#[inline]
pub fn whole_single(float: f32) -> Option<i64> {
    const LIMIT: f32 = 16_777_216.0;
    (float.abs() < LIMIT && float as i64 as f32 == float).then_some(float as i64)
}

#[inline]
fn trim(text: &[u8]) -> &[u8] {
    match text {
        [first, .., last] if *first != b' ' && *last != b' ' => text,
        _ => trim_blanks(text),
    }
}

/// Only plain blanks; other white space goes the slow way.
fn trim_blanks(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b' '] = text {
        text = rest;
    }
    text
}
