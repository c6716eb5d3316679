//! Units of mass.

use std::fmt;

use super::number::Number;

/// A unit of mass. Pound and ounce are the international avoirdupois ones (agreement of 1959: 1 lb = 0.45359237 kg).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MassUnit {
    Kilogram,
    Gram,
    Milligram,
    Tonne,
    Pound,
    Ounce,
}

impl MassUnit {
    pub const ALL: [MassUnit; 6] = [
        MassUnit::Kilogram,
        MassUnit::Gram,
        MassUnit::Milligram,
        MassUnit::Tonne,
        MassUnit::Pound,
        MassUnit::Ounce,
    ];

    /// Reads the symbol as it is written, in lower case.
    pub fn parse(symbol: &str) -> Option<MassUnit> {
        MassUnit::ALL
            .into_iter()
            .find(|unit| unit.symbol() == symbol)
    }

    pub fn symbol(self) -> &'static str {
        match self {
            MassUnit::Kilogram => "kg",
            MassUnit::Gram => "g",
            MassUnit::Milligram => "mg",
            MassUnit::Tonne => "t",
            MassUnit::Pound => "lb",
            MassUnit::Ounce => "oz",
        }
    }

    /// Kilograms in one of the unit, exactly.
    pub fn factor_to_kg(self) -> Number {
        match self {
            MassUnit::Kilogram => Number::one(),
            MassUnit::Gram => Number::from_scaled(1, 3),
            MassUnit::Milligram => Number::from_scaled(1, 6),
            MassUnit::Tonne => Number::from_i64(1000),
            MassUnit::Pound => Number::from_scaled(45_359_237, 8),
            MassUnit::Ounce => Number::from_scaled(28_349_523_125, 12),
        }
    }

    /// What to multiply an amount in this unit by to have it in `other`, exactly.
    pub fn factor_to(self, other: MassUnit) -> Number {
        let quotient = self.factor_to_kg().checked_div(&other.factor_to_kg());
        quotient.expect("internal error: a unit of mass without mass")
    }
}

impl fmt::Display for MassUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_read_back() {
        for unit in MassUnit::ALL {
            assert_eq!(MassUnit::parse(unit.symbol()), Some(unit));
        }
        for other in ["KG", "Kg", "lbs", "", "ton", "kg "] {
            assert_eq!(MassUnit::parse(other), None, "{other:?}");
        }
    }

    #[test]
    fn units_convert_exactly() {
        assert_eq!(MassUnit::Pound.factor_to_kg().to_string(), "0.45359237");
        assert_eq!(
            MassUnit::Pound.factor_to(MassUnit::Ounce),
            Number::from_i64(16)
        );
        assert_eq!(
            MassUnit::Tonne.factor_to(MassUnit::Milligram),
            Number::from_i64(1_000_000_000)
        );
        assert_eq!(
            MassUnit::Gram.factor_to(MassUnit::Tonne).to_string(),
            "0.000001"
        );
        for unit in MassUnit::ALL {
            for other in MassUnit::ALL {
                assert_eq!(
                    &unit.factor_to(other) * &other.factor_to(unit),
                    Number::one()
                );
            }
        }
    }
}
