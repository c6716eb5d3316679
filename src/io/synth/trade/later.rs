//! Facts that came to the record after the others: who uses the item, the European list, licence exceptions. They are
//! drawn from numbers of their own, so that all other columns hold what they held before.

use super::Trade;
use super::goods::Goods;
use super::places::Places;
use super::row::{Amount, Coded, Dated, Flag, Row, Slot};
use super::words::{CnStatus, Exception, ItemKind};
use crate::io::synth::{Picks, Random, zipf};

/// Member states of the European Union.
const MEMBER_STATES: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Parts of the names of end users.
const NAMES: [&str; 24] = [
    "Northwind",
    "Example",
    "Harbour",
    "Lakeside",
    "Sample",
    "Meridian",
    "Orchard",
    "Quarry",
    "Rivermouth",
    "Summit",
    "Tidewater",
    "Upland",
    "Vale",
    "Westgate",
    "Yard",
    "Zenith",
    "Alder",
    "Birch",
    "Cedar",
    "Elm",
    "Fir",
    "Hazel",
    "Juniper",
    "Linden",
];
const TRADES: [&str; 16] = [
    "Optics",
    "Motors",
    "Foods",
    "Chemicals",
    "Steel",
    "Textiles",
    "Tools",
    "Pumps",
    "Clinics",
    "Networks",
    "Devices",
    "Batteries",
    "Logistics",
    "Farms",
    "Labs",
    "Works",
];
const FORMS: [&str; 5] = ["Ltd", "GmbH", "Inc", "SA", "KK"];

/// What the later facts are drawn from.
pub(super) struct Later {
    end_users: Vec<String>,
    end_user_picks: Picks,
    eu_words: Vec<&'static str>,
    /// For each American classification the place of the European code that is spelt alike.
    eu_codes: Vec<Option<u16>>,
    member_states: Vec<u16>,
    /// By American classification: whether its entry allows shipments of limited value.
    limited: Vec<bool>,
}

impl Later {
    pub fn new(places: &Places, goods: &Goods) -> Later {
        let end_users: Vec<String> = FORMS
            .iter()
            .flat_map(|form| TRADES.iter().map(move |trade| (trade, form)))
            .flat_map(|(trade, form)| NAMES.map(|name| format!("{name} {trade} {form}")))
            .collect();
        let mut eu_words = Vec::new();
        let eu_codes = goods.eccn_words().iter().map(|code| {
            european(code).then(|| {
                eu_words.push(*code);
                (eu_words.len() - 1) as u16
            })
        });
        let limited = goods.eccn_words().iter();
        Later {
            limited: limited.map(|code| allows_limited_value(code)).collect(),
            eu_codes: eu_codes.collect(),
            eu_words,
            end_user_picks: Picks::new(&zipf(end_users.len())),
            end_users,
            member_states: MEMBER_STATES.map(|code| places.number(code)).to_vec(),
        }
    }

    pub fn end_user_words(&self) -> &[String] {
        &self.end_users
    }

    pub fn eu_words(&self) -> &[&'static str] {
        &self.eu_words
    }
}

/// Whether an American classification is one that the European list has, too: of the international regimes, which
/// the first of the three digits tells.
fn european(code: &str) -> bool {
    matches!(code.as_bytes(), [_, b'A'..=b'E', b'0'..=b'4', ..]) && !code.starts_with("3A090")
}

/// Whether the entry of an American classification has a limit for License Exception LVS that does not hang on what no code
/// tells.
fn allows_limited_value(code: &str) -> bool {
    const ENTRIES: [&str; 6] = ["2B350", "3A001", "3B001", "3B002", "4A003", "6A003"];
    ENTRIES.iter().any(|entry| code.starts_with(entry))
}

impl Trade {
    /// Adds the later facts to a shipment of which all others are settled.
    pub(super) fn tell_later(&self, row: &mut Row, random: &mut Random) {
        self.route_later(row, random);
        self.european_list(row, random);
        self.metals_and_cathodes(row, random);
        self.chinese_technology(row, random);
        self.licence_exception(row, random);
    }

    fn route_later(&self, row: &mut Row, random: &mut Random) {
        if random.chance(700_000) {
            row.date(Dated::EnRouteSince, row.day - random.below(15) as i32);
        }
        row.set(
            Coded::EndUser,
            self.later.end_user_picks.pick(random) as u16,
        );
        self.leave_out_one(
            row,
            Slot::Code(Coded::EndUser),
            false,
            self.missing / 8,
            random,
        );
    }

    fn european_list(&self, row: &mut Row, random: &mut Random) {
        let asked = match row.code(Coded::ShipFrom) {
            Some(from) => self.later.member_states.contains(&from),
            None => true,
        };
        let code = row.code(Coded::Eccn);
        let code = code.and_then(|eccn| self.later.eu_codes[usize::from(eccn)]);
        row.flag(Flag::EuListed, code.is_some());
        if let Some(code) = code {
            row.set(Coded::EuCode, code);
        }
        let idle = self.missing.saturating_mul(7);
        for slot in [Slot::Flag(Flag::EuListed), Slot::Code(Coded::EuCode)] {
            self.leave_out_one(row, slot, asked, idle, random);
        }
    }

    fn metals_and_cathodes(&self, row: &mut Row, random: &mut Random) {
        let Some(hs) = row.code(Coded::HsCode) else {
            return;
        };
        let heading = self.goods.heading(hs);
        if heading.starts_with("8101") || heading.starts_with("7106") {
            row.measure(Amount::SilverShare, random.below(50));
            row.flag(Flag::LargePiece, random.chance(100_000));
        }
        if heading.starts_with("28") && random.chance(500_000) {
            row.measure(Amount::SpecificCapacity, 1_000 + random.below(900));
        }
    }

    fn chinese_technology(&self, row: &mut Row, random: &mut Random) {
        row.flag(Flag::CnRareEarthTechnology, random.chance(2_000));
        let asked = !row.is(Coded::CnStatus, CnStatus::NotListed);
        let idle = self.missing.saturating_mul(4);
        let slot = Slot::Flag(Flag::CnRareEarthTechnology);
        self.leave_out_one(row, slot, asked, idle, random);
    }

    fn licence_exception(&self, row: &mut Row, random: &mut Random) {
        let immaterial = row.is(Coded::ItemKind, ItemKind::Software)
            || row.is(Coded::ItemKind, ItemKind::Technology);
        let limited = row.is(Coded::ItemKind, ItemKind::Commodity)
            && row
                .code(Coded::Eccn)
                .is_some_and(|eccn| self.later.limited[usize::from(eccn)]);
        let claimed = match random.below(1_000) {
            0..=7 => Exception::Rpl,
            8..=11 => Exception::Gov,
            12..=29 => Exception::Other,
            30..=149 if immaterial => Exception::Tsr,
            30..=429 if limited => Exception::Lvs,
            _ => Exception::None,
        };
        row.set(Coded::LicenseException, claimed);
        if row.is(Coded::LicenseException, Exception::Tsr) {
            // Some assurances come too late.
            row.date(Dated::AssuranceDate, row.day + 3 - random.below(90) as i32);
        }
        let asked = row.is(Coded::ShipFrom, self.places.us);
        let idle = self.missing.saturating_mul(6);
        let slot = Slot::Code(Coded::LicenseException);
        self.leave_out_one(row, slot, asked, idle, random);
        let slot = Slot::Date(Dated::AssuranceDate);
        self.leave_out_one(row, slot, false, self.missing, random);
    }
}
