//! Currencies of ISO 4217.

use std::fmt;

/// ISO 4217, list one, as of January 2026, with the digits of the minor unit, and the codes withdrawn since about 2021,
/// which books of several years still hold: ANG, BGN, CUC, HRK, SLL, ZWL.
/// Sorted by code. Metals, bond units, test codes and the like have no minor unit.
#[rustfmt::skip]
const CURRENCIES: &[(&str, Option<u8>)] = &[
    ("AED", Some(2)), ("AFN", Some(2)), ("ALL", Some(2)), ("AMD", Some(2)), ("ANG", Some(2)), ("AOA", Some(2)), ("ARS", Some(2)), ("AUD", Some(2)),
    ("AWG", Some(2)), ("AZN", Some(2)), ("BAM", Some(2)), ("BBD", Some(2)), ("BDT", Some(2)), ("BGN", Some(2)), ("BHD", Some(3)), ("BIF", Some(0)),
    ("BMD", Some(2)), ("BND", Some(2)), ("BOB", Some(2)), ("BOV", Some(2)), ("BRL", Some(2)), ("BSD", Some(2)), ("BTN", Some(2)), ("BWP", Some(2)),
    ("BYN", Some(2)), ("BZD", Some(2)), ("CAD", Some(2)), ("CDF", Some(2)), ("CHE", Some(2)), ("CHF", Some(2)), ("CHW", Some(2)), ("CLF", Some(4)),
    ("CLP", Some(0)), ("CNY", Some(2)), ("COP", Some(2)), ("COU", Some(2)), ("CRC", Some(2)), ("CUC", Some(2)), ("CUP", Some(2)), ("CVE", Some(2)),
    ("CZK", Some(2)), ("DJF", Some(0)), ("DKK", Some(2)), ("DOP", Some(2)), ("DZD", Some(2)), ("EGP", Some(2)), ("ERN", Some(2)), ("ETB", Some(2)),
    ("EUR", Some(2)), ("FJD", Some(2)), ("FKP", Some(2)), ("GBP", Some(2)), ("GEL", Some(2)), ("GHS", Some(2)), ("GIP", Some(2)), ("GMD", Some(2)),
    ("GNF", Some(0)), ("GTQ", Some(2)), ("GYD", Some(2)), ("HKD", Some(2)), ("HNL", Some(2)), ("HRK", Some(2)), ("HTG", Some(2)), ("HUF", Some(2)),
    ("IDR", Some(2)), ("ILS", Some(2)), ("INR", Some(2)), ("IQD", Some(3)), ("IRR", Some(2)), ("ISK", Some(0)), ("JMD", Some(2)), ("JOD", Some(3)),
    ("JPY", Some(0)), ("KES", Some(2)), ("KGS", Some(2)), ("KHR", Some(2)), ("KMF", Some(0)), ("KPW", Some(2)), ("KRW", Some(0)), ("KWD", Some(3)),
    ("KYD", Some(2)), ("KZT", Some(2)), ("LAK", Some(2)), ("LBP", Some(2)), ("LKR", Some(2)), ("LRD", Some(2)), ("LSL", Some(2)), ("LYD", Some(3)),
    ("MAD", Some(2)), ("MDL", Some(2)), ("MGA", Some(2)), ("MKD", Some(2)), ("MMK", Some(2)), ("MNT", Some(2)), ("MOP", Some(2)), ("MRU", Some(2)),
    ("MUR", Some(2)), ("MVR", Some(2)), ("MWK", Some(2)), ("MXN", Some(2)), ("MXV", Some(2)), ("MYR", Some(2)), ("MZN", Some(2)), ("NAD", Some(2)),
    ("NGN", Some(2)), ("NIO", Some(2)), ("NOK", Some(2)), ("NPR", Some(2)), ("NZD", Some(2)), ("OMR", Some(3)), ("PAB", Some(2)), ("PEN", Some(2)),
    ("PGK", Some(2)), ("PHP", Some(2)), ("PKR", Some(2)), ("PLN", Some(2)), ("PYG", Some(0)), ("QAR", Some(2)), ("RON", Some(2)), ("RSD", Some(2)),
    ("RUB", Some(2)), ("RWF", Some(0)), ("SAR", Some(2)), ("SBD", Some(2)), ("SCR", Some(2)), ("SDG", Some(2)), ("SEK", Some(2)), ("SGD", Some(2)),
    ("SHP", Some(2)), ("SLE", Some(2)), ("SLL", Some(2)), ("SOS", Some(2)), ("SRD", Some(2)), ("SSP", Some(2)), ("STN", Some(2)), ("SVC", Some(2)),
    ("SYP", Some(2)), ("SZL", Some(2)), ("THB", Some(2)), ("TJS", Some(2)), ("TMT", Some(2)), ("TND", Some(3)), ("TOP", Some(2)), ("TRY", Some(2)),
    ("TTD", Some(2)), ("TWD", Some(2)), ("TZS", Some(2)), ("UAH", Some(2)), ("UGX", Some(0)), ("USD", Some(2)), ("USN", Some(2)), ("UYI", Some(0)),
    ("UYU", Some(2)), ("UYW", Some(4)), ("UZS", Some(2)), ("VED", Some(2)), ("VES", Some(2)), ("VND", Some(0)), ("VUV", Some(0)), ("WST", Some(2)),
    ("XAD", Some(2)), ("XAF", Some(0)), ("XAG", None), ("XAU", None), ("XBA", None), ("XBB", None), ("XBC", None), ("XBD", None),
    ("XCD", Some(2)), ("XCG", Some(2)), ("XDR", None), ("XOF", Some(0)), ("XPD", None), ("XPF", Some(0)), ("XPT", None), ("XSU", None),
    ("XTS", None), ("XUA", None), ("XXX", None), ("YER", Some(2)), ("ZAR", Some(2)), ("ZMW", Some(2)), ("ZWG", Some(2)), ("ZWL", Some(2)),
];

/// A currency. The order is that of the codes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

impl Currency {
    /// Reads a code in capital letters, as rule files write it; see [`Currency::parse_data`].
    pub fn parse(code: &str) -> Option<Currency> {
        let index = CURRENCIES
            .binary_search_by_key(&code, |(code, _)| code)
            .ok()?;
        Some(Currency(index as u8))
    }

    /// Reads a code in any case, as records write it.
    pub fn parse_data(code: &str) -> Option<Currency> {
        if code.len() != 3 {
            return None;
        }
        Currency::parse(&code.to_ascii_uppercase())
    }

    /// Every currency, in the order of the codes.
    pub fn all() -> impl ExactSizeIterator<Item = Currency> + Clone {
        (0..CURRENCIES.len()).map(|index| Currency(index as u8))
    }

    /// Three capital letters.
    pub fn code(self) -> &'static str {
        CURRENCIES[usize::from(self.0)].0
    }

    /// Digits after the point in which amounts are usually written (2 for USD, 0 for JPY); `None` where the standard has none.
    pub fn minor_units(self) -> Option<u8> {
        CURRENCIES[usize::from(self.0)].1
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.code())
    }
}

const _: () = assert!(CURRENCIES.len() <= 256);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_reads_back() {
        for pair in CURRENCIES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for currency in Currency::all() {
            assert_eq!(Currency::parse(currency.code()), Some(currency));
            assert!(
                currency.code().len() == 3
                    && currency.code().bytes().all(|b| b.is_ascii_uppercase())
            );
        }
    }

    #[test]
    fn minor_units_are_those_of_the_standard() {
        let units = |code| Currency::parse(code).unwrap().minor_units();
        assert_eq!(units("USD"), Some(2));
        assert_eq!(units("CNY"), Some(2));
        assert_eq!(units("JPY"), Some(0));
        assert_eq!(units("KWD"), Some(3));
        assert_eq!(units("CLF"), Some(4));
        assert_eq!(units("XAU"), None);
    }

    #[test]
    fn other_texts_are_not_currencies() {
        for text in ["", "usd", "US", "USDX", "DEM", "RMB", "$", "€", "é"] {
            assert_eq!(Currency::parse(text), None, "{text:?}");
        }
        assert_eq!(Currency::parse_data("usd"), Currency::parse("USD"));
        assert_eq!(Currency::parse_data("ééé"), None);
        assert_eq!(Currency::parse_data("1é"), None);
    }
}
