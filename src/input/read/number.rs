//! Numbers: from what the data writes to the field's own unit, exactly; and the same on scaled 64-bit integers.

use crate::domain::{MassUnit, Number};
use crate::input::mapping::NumberStyle;
use crate::model::scaled_decimals;
use crate::model::{Field, Type};

/// `10^0` to `10^18`.
const POW10: [i64; 19] = {
    let mut powers = [1; 19];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// Numbers of one scale that are read by one multiplication: `mantissa * factor` for `least <= mantissa <= most`.
#[derive(Clone, Copy, Debug)]
pub struct Scaler {
    /// What one of the data's unit is in the column's.
    pub factor: i64,
    /// The least mantissa whose reading this is.
    pub least: i64,
    /// The greatest.
    pub most: i64,
}

/// What a number field makes of a number in the data.
///
/// The exact rule is [`NumberRule::value`]; [`NumberRule::scale`] gives the same number in the column's unit where
/// that is cheap, and nothing where only the exact rule can tell.
#[derive(Clone, Debug)]
pub struct NumberRule {
    /// What one of the data's unit is worth in the field's.
    factor: Number,
    whole: bool,
    non_negative: bool,
    /// `scaled = raw · multiplier · 10^exponent`.
    multiplier: i64,
    exponent: i32,
}

impl NumberRule {
    /// The rule of a number field; `unit` is that of the data's masses, if not the record's.
    pub(super) fn of(field: &Field, unit: Option<MassUnit>) -> NumberRule {
        let factor = match field.ty {
            Type::Percent if !field.percent_of_one => Number::from_scaled(1, 2),
            Type::Mass => unit
                .or(field.unit)
                .map_or_else(Number::one, |unit| unit.factor_to_kg()),
            Type::Int
            | Type::Decimal
            | Type::Percent
            | Type::Money(_)
            | Type::Text { .. }
            | Type::Bool
            | Type::Date
            | Type::Instant
            | Type::Duration
            | Type::Country
            | Type::Code(_)
            | Type::Enum(_)
            | Type::Verdict
            | Type::List(_)
            | Type::Element(_) => Number::one(),
        };
        let decimals = scaled_decimals(field.ty).expect("internal error: a number without a scale");
        let (multiplier, exponent) = parts(&factor, decimals);
        NumberRule {
            factor,
            whole: field.ty == Type::Int,
            non_negative: field.is_non_negative(),
            multiplier,
            exponent,
        }
    }

    /// The field's number for a number of the data, if the field can hold it.
    pub fn value(&self, raw: &Number) -> Option<Number> {
        let value = raw * &self.factor;
        let fits = (!self.whole || value.to_i64().is_some())
            && !(self.non_negative && value.is_negative());
        fits.then_some(value)
    }

    /// The field's number for `mantissa · 10^-decimals` of the data, in the column's unit. None: ask
    /// [`NumberRule::value`].
    #[inline]
    pub fn scale(&self, mantissa: i64, decimals: i32) -> Option<i64> {
        let product = if self.multiplier == 1 {
            mantissa
        } else {
            mantissa.checked_mul(self.multiplier)?
        };
        let scaled = shift(product, self.exponent - decimals)?;
        (!self.non_negative || scaled >= 0).then_some(scaled)
    }

    /// [`NumberRule::scale`] of all numbers of so many decimals at once, where they are no finer than the column's unit.
    pub fn scaler(&self, decimals: i32) -> Option<Scaler> {
        let factor = shift(self.multiplier, self.exponent - decimals)
            .filter(|_| decimals <= self.exponent)?;
        let most = i64::MAX / factor;
        let least = if self.non_negative { 0 } else { -most };
        Some(Scaler {
            factor,
            least,
            most,
        })
    }
}

/// `factor · 10^decimals` as `multiplier · 10^exponent`.
fn parts(factor: &Number, decimals: u32) -> (i64, i32) {
    let places = factor.decimals().expect("internal error: an endless unit");
    let mut multiplier = factor
        .to_scaled_i64(places)
        .expect("internal error: a huge unit");
    let mut exponent = decimals as i32 - places as i32;
    while multiplier % 10 == 0 {
        multiplier /= 10;
        exponent += 1;
    }
    (multiplier, exponent)
}

/// `number · 10^exponent`, if it is whole and fits.
#[inline]
fn shift(number: i64, exponent: i32) -> Option<i64> {
    match exponent {
        0 => Some(number),
        1..=18 => number.checked_mul(POW10[exponent as usize]),
        -18..=-1 => {
            let power = POW10[-exponent as usize];
            (number % power == 0).then(|| number / power)
        }
        _ => (number == 0).then_some(0),
    }
}

/// The number of a text, as the data writes numbers.
pub(super) fn parse(text: &str, style: &NumberStyle) -> Option<Number> {
    Number::parse_decimal(&style.plain(text)?)
}
