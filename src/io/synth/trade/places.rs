//! Where goods come from and go to.

use crate::domain::Country;
use crate::io::synth::{Picks, Random, zipf};

/// Destinations that trade most, roughly in that order; all other countries follow.
const DESTINATIONS: [&str; 48] = [
    "US", "CN", "DE", "JP", "NL", "GB", "KR", "FR", "MX", "HK", "SG", "IN", "VN", "CA", "IT", "TW",
    "AU", "MY", "TH", "BE", "PL", "BR", "AE", "ES", "ID", "CH", "TR", "PH", "CZ", "SA", "IE", "AT",
    "SE", "HU", "IL", "ZA", "RU", "CL", "DK", "RO", "NO", "PT", "FI", "KZ", "EG", "PK", "MO", "UA",
];

/// Where goods are shipped from, by how much.
const SHIPPERS: [&str; 32] = [
    "CN", "US", "DE", "JP", "KR", "TW", "VN", "NL", "MX", "MY", "SG", "IT", "TH", "FR", "IN", "GB",
    "CA", "BE", "PL", "ID", "CZ", "ES", "CH", "HK", "IE", "BR", "AU", "HU", "AT", "SE", "TR", "PH",
];

/// Countries by number, and how they are picked.
pub(super) struct Places {
    words: Vec<&'static str>,
    shippers: (Vec<u16>, Picks),
    destinations: Picks,
    /// China.
    pub cn: u16,
    /// The United States.
    pub us: u16,
}

impl Places {
    pub fn new() -> Places {
        let mut words: Vec<&'static str> = DESTINATIONS.to_vec();
        let rest = Country::all().map(Country::alpha2);
        words.extend(rest.filter(|code| !DESTINATIONS.contains(code)));
        let shippers = SHIPPERS.iter().map(|code| number(&words, code)).collect();
        Places {
            shippers: (shippers, Picks::new(&zipf(SHIPPERS.len()))),
            destinations: Picks::new(&zipf(words.len())),
            cn: number(&words, "CN"),
            us: number(&words, "US"),
            words,
        }
    }

    pub fn words(&self) -> &[&'static str] {
        &self.words
    }

    pub fn number(&self, code: &str) -> u16 {
        number(&self.words, code)
    }

    pub fn shipper(&self, random: &mut Random) -> u16 {
        let (numbers, picks) = &self.shippers;
        numbers[picks.pick(random)]
    }

    pub fn destination(&self, random: &mut Random) -> u16 {
        self.destinations.pick(random) as u16
    }

    /// A destination that is not `except`.
    pub fn destination_other_than(&self, except: u16, random: &mut Random) -> u16 {
        loop {
            let destination = self.destination(random);
            if destination != except {
                return destination;
            }
        }
    }
}

fn number(words: &[&str], code: &str) -> u16 {
    let found = words.iter().position(|word| *word == code);
    found.expect("every country has a number") as u16
}
