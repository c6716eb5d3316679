//! The shipments that rules are about: what makes them different from ordinary trade.

use super::goods::{CHIP_ECCNS, Figures, Listed, TOOL_ECCNS};
use super::row::{Amount, Coded, Flag, Row};
use super::words::{Claim, CnStatus, EndUse, Event, Form, ItemKind, Knowledge, Range};
use super::{Trade, share_of};
use crate::io::synth::{Picks, Random};

/// What happens in a shipment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// Nothing that a rule asks about.
    Ordinary,
    /// Something on China's list leaves China.
    ListedInChina,
    /// A magnet or a part of one moves between other countries, with Chinese rare earths inside.
    MagnetAbroad,
    /// A chip of the advanced kind, or nearly.
    AdvancedChip,
    /// A machine that makes chips, made abroad.
    ChipTool,
    /// A buyer who is military, or a military use.
    MilitaryBuyer,
    /// For a rocket or an unmanned aircraft.
    Rocket,
    /// American goods for a plant that makes chips.
    ChipPlant,
    /// A foreign item with much American content.
    AmericanContent,
    /// A foreign item with 600-series content.
    SixHundredSeries,
    /// Help for rare-earth production abroad.
    RareEarthHelp,
    /// Technology is given to a foreigner.
    DeemedExport,
}

/// How many of a million shipments have each story; all others are ordinary.
const STORIES: [(Story, u64); 11] = [
    (Story::ListedInChina, 9_000),
    (Story::MagnetAbroad, 1_000),
    (Story::AdvancedChip, 700),
    (Story::ChipTool, 600),
    (Story::MilitaryBuyer, 900),
    (Story::Rocket, 300),
    (Story::ChipPlant, 700),
    (Story::AmericanContent, 3_000),
    (Story::SixHundredSeries, 400),
    (Story::RareEarthHelp, 200),
    (Story::DeemedExport, 1_000),
];

/// The stories and how they are picked.
pub(super) fn picks() -> (Vec<Story>, Picks) {
    let told: u64 = STORIES.iter().map(|(_, weight)| weight).sum();
    let all = STORIES
        .iter()
        .copied()
        .chain([(Story::Ordinary, 1_000_000 - told)]);
    let (stories, weights): (Vec<Story>, Vec<u64>) = all.unzip();
    (stories, Picks::new(&weights))
}

/// One of several.
fn one_of<T: Copy>(of: &[T], random: &mut Random) -> T {
    of[random.below(of.len() as u64) as usize]
}

impl Trade {
    /// Makes an ordinary shipment one of a story.
    pub(super) fn tell(&self, story: Story, row: &mut Row, random: &mut Random) {
        match story {
            Story::Ordinary => {}
            Story::ListedInChina => self.listed_in_china(row, random),
            Story::MagnetAbroad => self.magnet_abroad(row, random),
            Story::AdvancedChip => self.advanced_chip(row, random),
            Story::ChipTool => self.chip_tool(row, random),
            Story::MilitaryBuyer => self.military_buyer(row, random),
            Story::Rocket => self.rocket(row, random),
            Story::ChipPlant => self.chip_plant(row, random),
            Story::AmericanContent => self.american_content(row, random),
            Story::SixHundredSeries => self.six_hundred_series(row, random),
            Story::RareEarthHelp => self.rare_earth_help(row, random),
            Story::DeemedExport => self.deemed_export(row, random),
        }
    }

    fn out_of_china(&self, row: &mut Row, random: &mut Random) {
        let cn = self.places.cn;
        let to = self.places.destination_other_than(cn, random);
        self.set_route(row, cn, to, cn);
    }

    fn out_of_america(&self, row: &mut Row, to: &[&str], random: &mut Random) {
        let us = self.places.us;
        let to = self.places.number(one_of(to, random));
        self.set_route(row, us, to, us);
    }

    /// Between two countries outside the United States, made outside, too.
    fn abroad(&self, row: &mut Row, to: &[&str], random: &mut Random) {
        let from = self
            .places
            .number(one_of(&["TW", "KR", "JP", "NL", "DE"], random));
        let to = self.places.number(one_of(to, random));
        self.set_route(row, from, to, from);
    }

    fn commodity(&self, row: &mut Row, hs: &str, random: &mut Random) {
        row.set(Coded::ItemKind, ItemKind::Commodity);
        let good = self.goods.of(hs);
        row.set(Coded::HsCode, self.goods.hs_code(good, random));
    }

    fn listed_in_china(&self, row: &mut Row, random: &mut Random) {
        self.out_of_china(row, random);
        let listed = self.goods.pick_listed(random);
        match listed.hs {
            Some(hs) => self.commodity(row, hs, random),
            None => {
                row.set(Coded::ItemKind, ItemKind::Technology);
                row.drop(super::Slot::Code(Coded::HsCode));
            }
        }
        row.set(Coded::Eccn, self.goods.eccn("EAR99"));
        row.set(Coded::CnStatus, CnStatus::Listed);
        let code = one_of(listed.cn, random);
        row.set(Coded::CnCode, self.goods.cn_code(code));
        if !listed.forms.is_empty() {
            row.set(Coded::ProductForm, one_of(listed.forms, random));
        }
        self.figures(row, listed, random);
    }

    fn figures(&self, row: &mut Row, listed: &Listed, random: &mut Random) {
        match listed.figures {
            Figures::None => {}
            Figures::PurityFrom(least) => {
                row.measure(Amount::Purity, least + random.below(1_000_000 - least));
            }
            Figures::Battery => row.measure(Amount::EnergyDensity, 2_500 + random.below(1_000)),
            Figures::Graphite => {
                row.measure(Amount::Purity, 990_000 + random.below(10_000));
                row.measure(Amount::FlexuralStrength, 200 + random.below(400));
                row.measure(Amount::Density, 1_550 + random.below(350));
            }
        }
    }

    fn magnet_abroad(&self, row: &mut Row, random: &mut Random) {
        self.abroad(row, &["US", "DE", "JP", "FR", "MX", "IN"], random);
        if random.chance(300_000) {
            row.set(Coded::Origin, self.places.cn);
        }
        self.commodity(row, "850511", random);
        row.set(Coded::Eccn, self.goods.eccn("EAR99"));
        row.set(Coded::CnStatus, CnStatus::Listed);
        let code = one_of(&["1C905.a.4", "1C904.a.4", "1C902.a.4"], random);
        row.set(Coded::CnCode, self.goods.cn_code(code));
        row.set(Coded::ProductForm, Form::MagnetMaterial);
        let value = row.amount(Amount::Value).unwrap_or(0);
        row.measure(
            Amount::CnRareEarthContent,
            share_of(value, random.below(3_000)),
        );
    }

    fn advanced_chip(&self, row: &mut Row, random: &mut Random) {
        const TO: [&str; 10] = ["CN", "CN", "HK", "SG", "MY", "DE", "JP", "IN", "AE", "GB"];
        match random.chance(300_000) {
            true => self.out_of_america(row, &TO, random),
            false => self.abroad(row, &TO, random),
        }
        self.commodity(row, one_of(&["854231", "854239", "847330"], random), random);
        row.set(Coded::Eccn, self.goods.eccn(one_of(&CHIP_ECCNS, random)));
        row.flag(Flag::UsDirectProduct, true);
        row.measure(Amount::Tpp, 5_000 + random.below(300_000));
        row.measure(Amount::PerformanceDensity, 100 + random.below(2_000));
        row.measure(Amount::DramBandwidth, 5_000 + random.below(80_000));
    }

    fn chip_tool(&self, row: &mut Row, random: &mut Random) {
        self.abroad(
            row,
            &["CN", "CN", "CN", "KR", "TW", "MO", "JP", "SG"],
            random,
        );
        self.commodity(row, "848620", random);
        row.set(Coded::Eccn, self.goods.eccn(one_of(&TOOL_ECCNS, random)));
        row.flag(Flag::UsDirectProduct, random.chance(500_000));
        row.set(Coded::EndUse, EndUse::ChipProduction);
        let facility = row.code(Coded::Destination).unwrap_or(self.places.cn);
        self.facility(row, facility, Claim::No, random);
    }

    fn military_buyer(&self, row: &mut Row, random: &mut Random) {
        match random.chance(600_000) {
            true => self.out_of_america(row, &["CN", "RU", "BY", "HK", "MM", "VE", "KH"], random),
            false => {
                self.listed_in_china(row, random);
                let cn = self.places.cn;
                self.set_route(row, cn, self.places.us, cn);
            }
        }
        match random.chance(500_000) {
            true => row.set(Coded::EndUse, EndUse::Military),
            false => row.flag(Flag::EndUserIsMilitary, true),
        }
        row.set(Coded::EndUseKnowledge, Knowledge::Aware);
    }

    fn rocket(&self, row: &mut Row, random: &mut Random) {
        self.out_of_america(row, &["SA", "IL", "AE", "IN", "PK", "EG", "FR"], random);
        row.set(Coded::EndUse, EndUse::RocketOrUav);
        let range = one_of(
            &[Range::AtLeast300Km, Range::Under300Km, Range::Undetermined],
            random,
        );
        row.set(Coded::RocketRange, range);
    }

    fn chip_plant(&self, row: &mut Row, random: &mut Random) {
        self.out_of_america(row, &["CN", "CN", "TW", "KR", "MO", "JP"], random);
        row.set(Coded::EndUse, EndUse::ChipProduction);
        let facility = row.code(Coded::Destination).unwrap_or(self.places.cn);
        let advanced = one_of(
            &[Claim::Yes, Claim::No, Claim::No, Claim::Undetermined],
            random,
        );
        self.facility(row, facility, advanced, random);
    }

    fn american_content(&self, row: &mut Row, random: &mut Random) {
        self.abroad(
            row,
            &["CN", "IN", "VN", "IR", "SY", "BR", "TR", "MX"],
            random,
        );
        let value = row.amount(Amount::Value).unwrap_or(0);
        row.measure(
            Amount::UsContent,
            share_of(value, 500 + random.below(6_000)),
        );
    }

    fn six_hundred_series(&self, row: &mut Row, random: &mut Random) {
        self.abroad(row, &["CN", "IN", "VN", "IQ", "LB", "RU", "TR"], random);
        let value = row.amount(Amount::Value).unwrap_or(0);
        row.measure(
            Amount::Us600SeriesContent,
            share_of(value, 1 + random.below(900)),
        );
    }

    fn rare_earth_help(&self, row: &mut Row, random: &mut Random) {
        self.out_of_china(row, random);
        row.set(Coded::EndUse, EndUse::RareEarthProduction);
        let knowledge = one_of(
            &[Knowledge::Suspecting, Knowledge::Aware, Knowledge::Informed],
            random,
        );
        row.set(Coded::EndUseKnowledge, knowledge);
    }

    fn deemed_export(&self, row: &mut Row, random: &mut Random) {
        let from = self.places.shipper(random);
        self.set_route(row, from, from, from);
        row.set(Coded::Event, Event::DeemedExport);
        row.set(Coded::ItemKind, ItemKind::Technology);
        row.set(Coded::Eccn, self.goods.eccn_of_technology(random));
        row.drop(super::Slot::Code(Coded::HsCode));
        let to = self.places.destination_other_than(from, random);
        row.set(Coded::RecipientNationality, to);
    }
}
