//! Countries and territories: ISO 3166-1, plus XK (user-assigned) for Kosovo.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

use super::country_table::{COUNTRIES, LIKELY_MEANT};

/// A country. The order is that of the alpha-2 codes, and [`Country::index`] counts from 0 in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u8);

impl Country {
    /// How many there are: the 249 of ISO 3166-1 and XK.
    pub const COUNT: usize = 250;

    /// Every country, in the order of the alpha-2 codes.
    pub fn all() -> impl ExactSizeIterator<Item = Country> + Clone {
        (0..COUNTRIES.len()).map(|index| Country(index as u8))
    }

    /// A number below [`Country::COUNT`], the same in every run of one version.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    pub fn from_index(index: usize) -> Option<Country> {
        (index < COUNTRIES.len()).then_some(Country(index as u8))
    }

    /// Reads a two-letter code in any case.
    pub fn from_alpha2(code: &str) -> Option<Country> {
        let &[a, b] = code.as_bytes() else {
            return None;
        };
        let slot = letter(a)? * 26 + letter(b)?;
        BY_ALPHA2[slot].map(Country)
    }

    /// Reads a three-letter code in any case (XKX for Kosovo).
    pub fn from_alpha3(code: &str) -> Option<Country> {
        static BY_ALPHA3: OnceLock<HashMap<&str, Country>> = OnceLock::new();
        if code.len() != 3 || !code.is_ascii() {
            return None;
        }
        let map = BY_ALPHA3.get_or_init(|| {
            Country::all()
                .map(|country| (country.alpha3(), country))
                .collect()
        });
        map.get(code.to_ascii_uppercase().as_str()).copied()
    }

    /// Reads an English name or a common variant, whatever its case, accents, punctuation and articles: `Viet Nam`,
    /// `Vietnam`, `Cote d'Ivoire`, `Congo, DRC`, `Korea, Republic of`. A name that fits two countries fits none.
    pub fn from_name(name: &str) -> Option<Country> {
        static BY_NAME: OnceLock<HashMap<String, Country>> = OnceLock::new();
        // No name of a country is longer; very long cells are not worth folding.
        if name.len() > 200 {
            return None;
        }
        let map = BY_NAME.get_or_init(|| {
            let spellings = |country: Country| {
                country
                    .row()
                    .3
                    .iter()
                    .chain(std::iter::once(&country.row().2))
            };
            Country::all()
                .flat_map(|c| spellings(c).map(move |name| (name_key(name), c)))
                .collect()
        });
        let direct = map.get(&name_key(name));
        let turned = || {
            name.split_once(',')
                .and_then(|(head, tail)| map.get(&name_key(&format!("{tail} {head}"))))
        };
        direct.or_else(turned).copied()
    }

    /// Two capital letters.
    pub fn alpha2(self) -> &'static str {
        self.row().0
    }

    /// Three capital letters.
    pub fn alpha3(self) -> &'static str {
        self.row().1
    }

    /// The English short name.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The country most likely meant by a text that is not an alpha-2 code: `UK`, `EL`, `CHN`, `China`, `GER`.
    pub fn nearest_hint(text: &str) -> Option<Country> {
        let text = text.trim();
        let listed = || {
            let (_, code) = LIKELY_MEANT
                .iter()
                .find(|(wrong, _)| text.eq_ignore_ascii_case(wrong))?;
            Country::from_alpha2(code)
        };
        let spaced = || Country::from_name(&text.replace('_', " "));
        Country::from_alpha2(text)
            .or_else(|| Country::from_alpha3(text))
            .or_else(listed)
            .or_else(spaced)
    }

    fn row(
        self,
    ) -> &'static (
        &'static str,
        &'static str,
        &'static str,
        &'static [&'static str],
    ) {
        &COUNTRIES[usize::from(self.0)]
    }
}

fn letter(byte: u8) -> Option<usize> {
    let upper = byte.to_ascii_uppercase();
    upper
        .is_ascii_uppercase()
        .then(|| usize::from(upper - b'A'))
}

/// Index of the country of each pair of letters.
static BY_ALPHA2: [Option<u8>; 26 * 26] = {
    let mut table = [None; 26 * 26];
    let mut index = 0;
    while index < COUNTRIES.len() {
        let code = COUNTRIES[index].0.as_bytes();
        table[(code[0] - b'A') as usize * 26 + (code[1] - b'A') as usize] = Some(index as u8);
        index += 1;
    }
    table
};

const _: () = assert!(COUNTRIES.len() == Country::COUNT);

/// A name without accents, case, punctuation and the word "the"; `&` is "and", `St.` is "saint".
fn name_key(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.nfkd().flat_map(char::to_lowercase) {
        match c {
            '&' => plain.push_str(" and "),
            'ı' => plain.push('i'),
            '.' | '\'' | '’' | '‘' | '`' | '´' => {}
            c if unicode_normalization::char::is_combining_mark(c) => {}
            c if c.is_alphanumeric() => plain.push(c),
            _ => plain.push(' '),
        }
    }
    let words = plain.split_whitespace().filter(|word| *word != "the");
    let words: Vec<&str> = words
        .map(|word| if word == "st" { "saint" } else { word })
        .collect();
    words.join(" ")
}

/// The alpha-2 code.
impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.alpha2())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.alpha2())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn code_of(name: &str) -> Option<&'static str> {
        Country::from_name(name).map(Country::alpha2)
    }

    #[test]
    fn the_table_is_sorted_and_its_codes_are_distinct() {
        for pair in COUNTRIES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        let mut alpha3: Vec<&str> = COUNTRIES.iter().map(|row| row.1).collect();
        alpha3.sort_unstable();
        alpha3.dedup();
        assert_eq!(alpha3.len(), Country::COUNT);
    }

    #[test]
    fn every_country_reads_back_by_code_and_name() {
        for country in Country::all() {
            assert_eq!(Country::from_alpha2(country.alpha2()), Some(country));
            assert_eq!(
                Country::from_alpha2(&country.alpha2().to_lowercase()),
                Some(country)
            );
            assert_eq!(Country::from_alpha3(country.alpha3()), Some(country));
            assert_eq!(Country::from_name(country.name()), Some(country));
            assert_eq!(Country::from_index(country.index()), Some(country));
        }
        assert_eq!(Country::from_index(Country::COUNT), None);
    }

    #[test]
    fn no_name_belongs_to_two_countries() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for (alpha2, _, name, others) in COUNTRIES {
            for spelling in others.iter().chain([name]) {
                if let Some(before) = seen.insert(name_key(spelling), alpha2) {
                    assert_eq!(before, *alpha2, "{spelling}");
                }
            }
        }
    }

    #[test]
    fn names_in_data_are_found() {
        for (name, code) in [
            ("Viet Nam", "VN"),
            ("vietnam", "VN"),
            ("Côte d'Ivoire", "CI"),
            ("COTE D’IVOIRE", "CI"),
            ("Congo, DRC", "CD"),
            ("Congo", "CG"),
            ("Swaziland", "SZ"),
            ("Burma", "MM"),
            ("China (PRC)", "CN"),
            ("Seycheles", "SC"),
            ("South Korea", "KR"),
            ("Korea, Republic of", "KR"),
            ("Republic of Korea", "KR"),
            ("Korea, North", "KP"),
            ("The Bahamas", "BS"),
            ("Bahamas (the)", "BS"),
            ("Bahamas, The", "BS"),
            ("St. Lucia", "LC"),
            ("Trinidad & Tobago", "TT"),
            ("TÜRKİYE", "TR"),
            ("Turkiye", "TR"),
            ("U.S.A.", "US"),
            ("United   States", "US"),
            ("Russia", "RU"),
            ("Kosovo", "XK"),
            ("Guinea Bissau", "GW"),
            ("Namibia", "NA"),
            ("Kong, Hong", "HK"),
        ] {
            assert_eq!(code_of(name), Some(code), "{name}");
        }
    }

    #[test]
    fn what_is_no_country_or_two_is_not_guessed() {
        for name in [
            "",
            " ",
            "Korea",
            "Virgin Islands",
            "Yugoslavia",
            "EU",
            "Unknown",
            "N/A",
            "the",
            ",",
            "England",
            "Guineas",
        ] {
            assert_eq!(code_of(name), None, "{name:?}");
        }
        assert_eq!(code_of(&"x".repeat(1_000_000)), None);
    }

    #[test]
    fn codes_that_are_not_codes_are_refused() {
        for code in [
            "", "C", "CHN", "UK", "EU", "XX", "ZZ", "C1", "É", "é", "CN ", "AN", "QQ",
        ] {
            assert_eq!(Country::from_alpha2(code), None, "{code:?}");
        }
        for code in ["", "CN", "XXX", "ééé", "CHNN", "GER"] {
            assert_eq!(Country::from_alpha3(code), None, "{code:?}");
        }
        assert_eq!(
            Country::from_alpha2("na").map(Country::name),
            Some("Namibia")
        );
    }

    #[test]
    fn likely_meant_codes_are_hinted() {
        let hint = |text| Country::nearest_hint(text).map(Country::alpha2);
        for (text, code) in [
            ("UK", "GB"),
            ("EL", "GR"),
            ("EN", "GB"),
            ("CHN", "CN"),
            ("china", "CN"),
            ("uk", "GB"),
            ("South_Korea", "KR"),
            ("GER", "DE"),
            ("BU", "MM"),
        ] {
            assert_eq!(hint(text), Some(code), "{text}");
        }
        assert_eq!(hint("XX"), None);
        for (wrong, right) in LIKELY_MEANT {
            assert!(
                Country::from_alpha2(wrong)
                    .or(Country::from_alpha3(wrong))
                    .is_none(),
                "{wrong} is a code"
            );
            assert!(Country::from_alpha2(right).is_some(), "{right}");
        }
    }
}
