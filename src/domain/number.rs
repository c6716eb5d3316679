//! Exact numbers: unbounded rationals. Nothing here rounds unless its name says so.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};

/// The largest exponent, up or down, that a number written in data or in a policy may have. Every double is within it.
pub const MAX_EXPONENT: i64 = 1_000;

/// The most digits that a number written in data or in a policy may have.
pub const MAX_DIGITS: usize = 2_000;

/// The most digits, on either side of the point, to which `round` can be asked to round.
pub const MAX_ROUND_DIGITS: i32 = 1_000;

/// An exact number, always in lowest terms, so that equal numbers are equal values.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Form);

/// How it is held. Whatever fits 64-bit integers is small, so that every number has one form.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    /// `top / bottom`; `bottom` is positive.
    Small {
        top: i64,
        bottom: i64,
    },
    Big(Box<BigRational>),
}

use Form::{Big, Small};

impl Number {
    pub fn zero() -> Number {
        Number::from_i64(0)
    }

    pub fn one() -> Number {
        Number::from_i64(1)
    }

    pub fn from_i64(value: i64) -> Number {
        Number(Small {
            top: value,
            bottom: 1,
        })
    }

    pub fn from_i128(value: i128) -> Number {
        match i64::try_from(value) {
            Ok(value) => Number::from_i64(value),
            Err(_) => Number::big(BigRational::from_integer(value.into())),
        }
    }

    pub fn from_bigint(value: BigInt) -> Number {
        match value.to_i64() {
            Some(value) => Number::from_i64(value),
            None => Number::big(BigRational::from_integer(value)),
        }
    }

    /// `numerator / denominator`.
    ///
    /// # Panics
    /// If the denominator is zero; callers divide user values by [`Number::checked_div`].
    pub fn from_ratio(numerator: i128, denominator: i128) -> Number {
        assert!(
            denominator != 0,
            "internal error: a ratio with denominator zero"
        );
        let negative = (numerator < 0) != (denominator < 0);
        let (top, bottom) = (numerator.unsigned_abs(), denominator.unsigned_abs());
        let common = gcd(top, bottom);
        let (top, bottom) = (top / common, bottom / common);
        match (i64::try_from(top), i64::try_from(bottom)) {
            (Ok(top), Ok(bottom)) => Number(Small {
                top: if negative { -top } else { top },
                bottom,
            }),
            (Err(_), _) | (_, Err(_)) => {
                let top = BigInt::from(top);
                let top = if negative { -top } else { top };
                Number::big(BigRational::new_raw(top, bottom.into()))
            }
        }
    }

    /// `numerator / denominator` of any size.
    ///
    /// # Panics
    /// If the denominator is zero.
    pub fn from_bigints(numerator: BigInt, denominator: BigInt) -> Number {
        Number::big(BigRational::new(numerator, denominator))
    }

    /// A fraction in lowest terms, in the form that it fits.
    fn big(value: BigRational) -> Number {
        match (value.numer().to_i64(), value.denom().to_i64()) {
            (Some(top), Some(bottom)) => Number(Small { top, bottom }),
            (None, _) | (_, None) => Number(Big(Box::new(value))),
        }
    }

    fn to_big(&self) -> Cow<'_, BigRational> {
        match &self.0 {
            Small { top, bottom } => {
                Cow::Owned(BigRational::new_raw((*top).into(), (*bottom).into()))
            }
            Big(value) => Cow::Borrowed(value),
        }
    }

    /// `mantissa · 10^-decimals`, as columns of scaled integers store it; `decimals` comes from a schema, not from data.
    pub fn from_scaled(mantissa: i128, decimals: i32) -> Number {
        match 10i128.checked_pow(decimals.unsigned_abs()) {
            Some(power) if decimals > 0 => Number::from_ratio(mantissa, power),
            Some(power) => match mantissa.checked_mul(power) {
                Some(value) => Number::from_i128(value),
                None => Number::from_bigint(BigInt::from(mantissa) * power),
            },
            None => Number::scaled(mantissa.into(), i64::from(decimals)),
        }
    }

    fn scaled(mantissa: BigInt, decimals: i64) -> Number {
        let power = pow10(decimals.unsigned_abs());
        if decimals > 0 {
            Number::big(BigRational::new(mantissa, power))
        } else {
            Number::from_bigint(mantissa * power)
        }
    }

    /// Reads `[+-] digits [. digits] [e [+-] digits]`; the digits before the point may be left out (`.5`), those
    /// after it may not. No blanks, no separators, no `inf`, no `nan`. `None` also beyond [`MAX_DIGITS`] and [`MAX_EXPONENT`].
    pub fn parse_decimal(text: &str) -> Option<Number> {
        let (negative, rest) = split_sign(text);
        let (body, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], parse_exponent(&rest[at + 1..])?),
            None => (rest, 0),
        };
        let (whole, fraction) = match body.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (body, ""),
        };
        Number::from_parts(negative, whole, fraction, exponent)
    }

    /// A number from its sign, the digits on either side of the point, and its exponent.
    pub(super) fn from_parts(
        negative: bool,
        whole: &str,
        fraction: &str,
        exponent: i64,
    ) -> Option<Number> {
        let count = whole.len() + fraction.len();
        let all_digits = whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit());
        if count == 0 || count > MAX_DIGITS || !all_digits {
            return None;
        }
        let decimals = fraction.len() as i64 - exponent;
        let digits: String = [whole, fraction].concat();
        if let (Ok(small), Ok(decimals)) = (digits.parse::<i128>(), i32::try_from(decimals)) {
            let mantissa = if negative { -small } else { small };
            return Some(Number::from_scaled(mantissa, decimals));
        }
        let mantissa = BigInt::parse_bytes(digits.as_bytes(), 10)?;
        Some(Number::scaled(
            if negative { -mantissa } else { mantissa },
            decimals,
        ))
    }

    /// The shortest decimal that prints the double and no other: the value a reader of the file sees.
    /// `None` for NaN and the infinities.
    pub fn from_f64_shortest(value: f64) -> Option<Number> {
        if !value.is_finite() {
            return None;
        }
        Number::parse_decimal(&format!("{value:e}"))
    }

    /// The same for single precision: `0.1_f32` is one tenth.
    pub fn from_f32_shortest(value: f32) -> Option<Number> {
        if !value.is_finite() {
            return None;
        }
        Number::parse_decimal(&format!("{value:e}"))
    }

    pub fn numerator(&self) -> BigInt {
        match &self.0 {
            Small { top, .. } => (*top).into(),
            Big(value) => value.numer().clone(),
        }
    }

    /// Always positive.
    pub fn denominator(&self) -> BigInt {
        match &self.0 {
            Small { bottom, .. } => (*bottom).into(),
            Big(value) => value.denom().clone(),
        }
    }

    fn sign(&self) -> i32 {
        match &self.0 {
            Small { top, .. } => top.signum() as i32,
            // Zero is small.
            Big(value) if value.is_negative() => -1,
            Big(_) => 1,
        }
    }

    pub fn is_zero(&self) -> bool {
        self.sign() == 0
    }

    pub fn is_negative(&self) -> bool {
        self.sign() < 0
    }

    pub fn is_positive(&self) -> bool {
        self.sign() > 0
    }

    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Small { bottom, .. } => *bottom == 1,
            Big(value) => value.is_integer(),
        }
    }

    #[must_use]
    pub fn abs(&self) -> Number {
        if self.is_negative() {
            -self
        } else {
            self.clone()
        }
    }

    /// The quotient, or `None` if the divisor is zero.
    pub fn checked_div(&self, divisor: &Number) -> Option<Number> {
        if divisor.is_zero() {
            return None;
        }
        Some(match (&self.0, &divisor.0) {
            (Small { top: a, bottom: b }, Small { top: c, bottom: d }) => {
                Number::from_ratio(product(*a, *d), product(*b, *c))
            }
            (Big(_), _) | (_, Big(_)) => {
                Number::big(self.to_big().as_ref() / divisor.to_big().as_ref())
            }
        })
    }

    /// Rounds to that many digits after the point (before it, if negative), halves away from zero.
    /// `digits` is held to [`MAX_ROUND_DIGITS`]; the checker reports a literal beyond it.
    #[must_use]
    pub fn round_half_away(&self, digits: i32) -> Number {
        let digits = digits.clamp(-MAX_ROUND_DIGITS, MAX_ROUND_DIGITS);
        if let Small { bottom, .. } = self.0
            && digits >= decimals_of(bottom)
        {
            return self.clone();
        }
        let power = pow10(digits.unsigned_abs().into());
        let (mut n, mut d) = (self.numerator().abs(), self.denominator());
        if digits >= 0 {
            n *= power;
        } else {
            d *= power;
        }
        // floor((2|n| + d) / 2d) is |n|/d to the nearest whole number, halves upwards.
        let magnitude: BigInt = (n * 2u32 + &d).div_floor(&(d * 2u32));
        let rounded = if self.is_negative() {
            -magnitude
        } else {
            magnitude
        };
        Number::scaled(rounded, i64::from(digits))
    }

    /// The number times `10^decimals`, if that is a whole number that fits.
    pub fn to_scaled_i64(&self, decimals: u32) -> Option<i64> {
        i64::try_from(self.to_scaled_i128(decimals)?).ok()
    }

    /// The number times `10^decimals`, if that is a whole number that fits.
    pub fn to_scaled_i128(&self, decimals: u32) -> Option<i128> {
        if let (Small { top, bottom }, Some(power)) = (&self.0, 10i128.checked_pow(decimals))
            && let Some(scaled) = i128::from(*top).checked_mul(power)
        {
            let bottom = i128::from(*bottom);
            return (scaled % bottom == 0).then(|| scaled / bottom);
        }
        self.to_scaled(decimals)?.to_i128()
    }

    fn to_scaled(&self, decimals: u32) -> Option<BigInt> {
        let (quotient, rest) =
            (self.numerator() * pow10(u64::from(decimals))).div_rem(&self.denominator());
        rest.is_zero().then_some(quotient)
    }

    /// The greatest whole number not above the number times `10^decimals`.
    pub fn floor_scaled(&self, decimals: u32) -> BigInt {
        (self.numerator() * pow10(u64::from(decimals))).div_floor(&self.denominator())
    }

    /// The least whole number not below the number times `10^decimals`.
    pub fn ceil_scaled(&self, decimals: u32) -> BigInt {
        (self.numerator() * pow10(u64::from(decimals))).div_ceil(&self.denominator())
    }

    /// Numerator and (positive) denominator in lowest terms, if both fit.
    pub fn as_ratio_i128(&self) -> Option<(i128, i128)> {
        match &self.0 {
            Small { top, bottom } => Some(((*top).into(), (*bottom).into())),
            Big(value) => Some((value.numer().to_i128()?, value.denom().to_i128()?)),
        }
    }

    /// The value, if it is a whole number that fits.
    pub fn to_i64(&self) -> Option<i64> {
        if self.is_integer() {
            self.numerator().to_i64()
        } else {
            None
        }
    }

    /// Digits after the point of the shortest exact decimal, or `None` if the fraction does not end.
    pub fn decimals(&self) -> Option<u32> {
        let mut rest = self.denominator();
        let twos = rest.trailing_zeros().unwrap_or(0);
        rest >>= twos;
        let mut fives = 0u64;
        let five = BigInt::from(5);
        while !rest.is_one() {
            let (quotient, remainder) = rest.div_rem(&five);
            if !remainder.is_zero() {
                return None;
            }
            rest = quotient;
            fives += 1;
        }
        u32::try_from(twos.max(fives)).ok()
    }
}

/// The fewest decimals with which every multiple of `1 / bottom` can be written; `i32::MAX` if there are none.
fn decimals_of(bottom: i64) -> i32 {
    let twos = bottom.trailing_zeros();
    let (mut rest, mut fives) = (bottom >> twos, 0);
    while rest % 5 == 0 {
        rest /= 5;
        fives += 1;
    }
    if rest == 1 {
        twos.max(fives) as i32
    } else {
        i32::MAX
    }
}

fn pow10(exponent: u64) -> BigInt {
    match u32::try_from(exponent)
        .ok()
        .and_then(|e| 10i128.checked_pow(e))
    {
        Some(small) => BigInt::from(small),
        None => BigInt::from(10).pow(exponent),
    }
}

pub(super) fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.parse::<i64>().ok().filter(|m| *m <= MAX_EXPONENT)?;
    Some(if negative { -magnitude } else { magnitude })
}

/// Of two 64-bit integers: it fits, and so does the sum of two such products.
fn product(a: i64, b: i64) -> i128 {
    i128::from(a) * i128::from(b)
}

/// The greatest common divisor; of 128-bit integers by division until both fit 64 bits.
fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return a.gcd(&b).into();
        }
        (a, b) = (b, a % b);
    }
    a
}

impl Add<&Number> for &Number {
    type Output = Number;
    fn add(self, other: &Number) -> Number {
        match (&self.0, &other.0) {
            (Small { top: a, bottom: b }, Small { top: c, bottom: d }) if b == d => {
                Number::from_ratio(i128::from(*a) + i128::from(*c), (*b).into())
            }
            (Small { top: a, bottom: b }, Small { top: c, bottom: d }) => {
                Number::from_ratio(product(*a, *d) + product(*c, *b), product(*b, *d))
            }
            (Big(_), _) | (_, Big(_)) => {
                Number::big(self.to_big().as_ref() + other.to_big().as_ref())
            }
        }
    }
}

impl Sub<&Number> for &Number {
    type Output = Number;
    fn sub(self, other: &Number) -> Number {
        self + &-other
    }
}

impl Mul<&Number> for &Number {
    type Output = Number;
    fn mul(self, other: &Number) -> Number {
        match (&self.0, &other.0) {
            (Small { top: a, bottom: b }, Small { top: c, bottom: d }) => {
                Number::from_ratio(product(*a, *c), product(*b, *d))
            }
            (Big(_), _) | (_, Big(_)) => {
                Number::big(self.to_big().as_ref() * other.to_big().as_ref())
            }
        }
    }
}

macro_rules! by_value {
    ($trait:ident, $method:ident) => {
        impl $trait for Number {
            type Output = Number;
            fn $method(self, other: Number) -> Number {
                (&self).$method(&other)
            }
        }
    };
}

by_value!(Add, add);
by_value!(Sub, sub);
by_value!(Mul, mul);

impl Neg for &Number {
    type Output = Number;

    fn neg(self) -> Number {
        match &self.0 {
            Small { top, bottom } => match top.checked_neg() {
                Some(top) => Number(Small {
                    top,
                    bottom: *bottom,
                }),
                None => Number::big(-self.to_big().into_owned()),
            },
            Big(value) => Number::big(-value.as_ref()),
        }
    }
}

impl Neg for Number {
    type Output = Number;

    fn neg(self) -> Number {
        -&self
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        match (&self.0, &other.0) {
            (Small { top: a, bottom: b }, Small { top: c, bottom: d }) if b == d => a.cmp(c),
            (Small { top: a, bottom: b }, Small { top: c, bottom: d }) => {
                product(*a, *d).cmp(&product(*c, *b))
            }
            (Big(_), _) | (_, Big(_)) => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({}/{})", self.numerator(), self.denominator())
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Number {
        Number::from_i64(value)
    }
}

/// The shortest exact decimal where the fraction ends (`0.001`, `-12.5`), else `n/d` (`1/3`).
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(decimals) = self.decimals() else {
            return write!(f, "{}/{}", self.numerator(), self.denominator());
        };
        let Some(scaled) = self.to_scaled(decimals) else {
            return write!(f, "{}/{}", self.numerator(), self.denominator());
        };
        if scaled.sign() == Sign::Minus {
            f.write_str("-")?;
        }
        let digits = scaled.magnitude().to_string();
        let places = decimals as usize;
        if places == 0 {
            return f.write_str(&digits);
        }
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        write!(f, "{whole}.{fraction}")
    }
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
