//! Shipments as the trade library declares them, skewed like a real book: a few destinations and headings carry most,
//! about one record in thirty is flagged by the laws of the examples, and most facts are there and harmless.
//!
//! Every row is ordinary trade first; a few then get a story (a chip, a magnet, a military buyer) that rules ask
//! about; last, facts are taken away: often where nobody asks for them, rarely where a rule would.

mod dirt;
mod goods;
mod later;
mod lists;
mod orders;
mod places;
mod row;
mod stories;
mod words;

pub use dirt::{DIRT, Dirt, DirtRates};
pub use lists::{LISTS, ListOf};

use std::sync::Arc;

use arrow_array::{Array, RecordBatch, StringArray};
use arrow_schema::SchemaRef;

use super::{Block, Keys, Picks, Random};
use crate::domain::Day;
use goods::{Good, Goods};
use later::Later;
use lists::{Elements, Listing, Lists};
use orders::Orders;
use places::Places;
use row::{Amount, CODED, COLUMNS, Coded, Columns, Flag, KEY_PREFIX, Row, Slot, schema};
use stories::Story;
use words::{Claim, CnStatus, EndUse, Event, Exception, Form, ItemKind, Knowledge, Range};

/// The share of optional facts that is missing where no rule asks for them, unless another is wanted: per million.
pub const MISSING: u32 = 80_000;

/// How much rarer a fact is missing where a rule asks for it.
const RARER: u32 = 30;

/// Makes shipments.
pub struct Trade {
    schema: SchemaRef,
    clean: SchemaRef,
    lists: [Arc<StringArray>; CODED],
    places: Places,
    goods: Goods,
    later: Later,
    orders: Orders,
    listing: Listing,
    stories: (Vec<Story>, Picks),
    end_uses: Picks,
    first_day: i32,
    days: u64,
    missing: u32,
    dirt: DirtRates,
}

impl Trade {
    /// A maker of shipments in which `missing` of a million optional facts that no rule asks for are missing. With
    /// dirt all columns are text.
    pub fn new(missing: u32, dirt: DirtRates) -> Trade {
        let (places, goods) = (Places::new(), Goods::new());
        let later = Later::new(&places, &goods);
        let first_day = day(2023, 7, 1);
        Trade {
            schema: match dirt.is_clean() {
                true => schema(),
                false => dirt::text_schema(),
            },
            clean: schema(),
            lists: lists(&places, &goods, &later),
            places,
            goods,
            later,
            orders: Orders::new(),
            listing: Listing::new(),
            stories: stories::picks(),
            end_uses: Picks::new(&END_USES),
            first_day,
            days: (day(2026, 12, 31) - first_day) as u64 + 1,
            missing: missing.min(1_000_000),
            dirt,
        }
    }

    /// The columns with their types: the record's fields in its order, without the lists.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The same with the lists among them.
    pub fn schema_with_lists(&self) -> SchemaRef {
        lists::schema_with_lists(&self.schema)
    }

    /// The columns of the child table of a list: the record's key and the elements' fields.
    pub fn child_schema(&self, list: ListOf) -> SchemaRef {
        list.child_schema()
    }

    /// The columns of codes and all words that stand in each.
    pub fn known_values(&self) -> Vec<(String, Vec<String>)> {
        let coded = COLUMNS.iter().filter_map(|(name, slot, _)| match slot {
            Slot::Code(column) => Some((*name, &self.lists[*column as usize])),
            Slot::Key
            | Slot::Day
            | Slot::Amount(_)
            | Slot::Flag(_)
            | Slot::Date(_)
            | Slot::Number(_)
            | Slot::MemoryLayers => None,
        });
        coded
            .map(|(name, list)| {
                let words = (0..list.len()).map(|at| list.value(at).to_owned());
                (name.to_owned(), words.collect())
            })
            .collect()
    }

    /// The rows of a block, without the lists.
    pub fn batch(&self, block: Block) -> RecordBatch {
        let mut columns = Columns::new(&self.lists, block.rows);
        let seed = self.rows(block, |number, row| columns.push(number, row));
        self.soiled(columns, seed)
    }

    /// The rows of a block with the lists, which bear no dirt.
    pub fn batch_with_lists(&self, block: Block) -> RecordBatch {
        let mut columns = Columns::new(&self.lists, block.rows);
        let mut lists = LISTS.map(|list| (list, list_numbers(&block, list), Lists::new(list)));
        let seed = self.rows(block, |number, row| {
            columns.push(number, row);
            for (list, random, growing) in &mut lists {
                growing.push(self.list(*list, row, random));
            }
        });
        let lists = lists.map(|(_, _, growing)| growing);
        lists::with_lists(
            &self.soiled(columns, seed),
            lists,
            &self.schema_with_lists(),
        )
    }

    /// The rows of the child table of a list that belong to a block of records. A missing list has none, like one
    /// that is empty.
    pub fn child_batch(&self, list: ListOf, block: Block) -> RecordBatch {
        let mut random = list_numbers(&block, list);
        let (mut keys, mut elements) = (Keys::new(KEY_PREFIX, 0), Elements::new(list));
        self.rows(block, |number, row| {
            for element in self.list(list, row, &mut random).unwrap_or_default() {
                keys.push(number);
                elements.push(element);
            }
        });
        let columns = std::iter::once(keys.finish()).chain(elements.finish());
        RecordBatch::try_new(list.child_schema(), columns.collect())
            .expect("columns of one length and of the schema's types")
    }

    /// Hands on the rows of a block and their numbers. Gives the seed of what comes on top of them.
    fn rows(&self, mut block: Block, mut each: impl FnMut(u64, &Row)) -> u64 {
        let seed = block.random.next_u64();
        let mut later = Random::new(seed, 1);
        let mut last = Random::new(seed, 2 + LISTS.len() as u64);
        for number in (block.first_row..).take(block.rows) {
            let mut row = self.row(&mut block.random);
            self.tell_later(&mut row, &mut later);
            self.tell_orders(number, &mut row, &mut last);
            each(number, &row);
        }
        seed
    }

    fn soiled(&self, columns: Columns, seed: u64) -> RecordBatch {
        let clean = columns.finish(&self.clean);
        match self.dirt.is_clean() {
            true => clean,
            false => dirt::soil(&clean, &self.schema, &self.dirt, &mut Random::new(seed, 0)),
        }
    }

    fn row(&self, random: &mut Random) -> Row {
        let mut row = Row::on(self.pick_day(random));
        self.route(&mut row, random);
        self.item(&mut row, random);
        self.purpose(&mut row, random);
        self.content(&mut row, random);
        let (stories, picks) = &self.stories;
        self.tell(stories[picks.pick(random)], &mut row, random);
        self.leave_out(&mut row, random);
        row
    }

    /// A day of the three and a half years; few shipments leave on Saturdays and Sundays.
    fn pick_day(&self, random: &mut Random) -> i32 {
        loop {
            let day = self.first_day + random.below(self.days) as i32;
            // 1970-01-01 was a Thursday.
            let weekend = matches!((day + 3).rem_euclid(7), 5 | 6);
            if !weekend || random.chance(250_000) {
                return day;
            }
        }
    }

    fn route(&self, row: &mut Row, random: &mut Random) {
        let from = self.places.shipper(random);
        let mut to = self.places.destination(random);
        if to == from && !random.chance(30_000) {
            to = self.places.destination_other_than(from, random);
        }
        let origin = match random.chance(120_000) {
            true => self.places.shipper(random),
            false => from,
        };
        self.set_route(row, from, to, origin);
    }

    fn set_route(&self, row: &mut Row, from: u16, to: u16, origin: u16) {
        row.set(Coded::ShipFrom, from);
        row.set(Coded::Destination, to);
        row.set(Coded::Origin, origin);
        let event = match (from == to, from == origin) {
            (true, _) => Event::Transfer,
            (false, true) => Event::Export,
            (false, false) => Event::Reexport,
        };
        row.set(Coded::Event, event);
    }

    fn item(&self, row: &mut Row, random: &mut Random) {
        row.measure(Amount::Value, worth(random));
        let kind = match random.below(1000) {
            0..=959 => ItemKind::Commodity,
            960..=984 => ItemKind::Software,
            985..=994 => ItemKind::Technology,
            _ => ItemKind::Service,
        };
        row.set(Coded::ItemKind, kind);
        match kind {
            ItemKind::Commodity => self.good(row, self.goods.pick(random), random),
            ItemKind::Software => row.set(Coded::Eccn, self.goods.eccn_of_software(random)),
            ItemKind::Technology | ItemKind::Service => {
                row.set(Coded::Eccn, self.goods.eccn_of_technology(random));
            }
        }
        let from_china = row.is(Coded::ShipFrom, self.places.cn);
        let unchecked = if from_china { self.rare() } else { 250_000 };
        let status = match random.chance(unchecked) {
            true => CnStatus::NotChecked,
            false => CnStatus::NotListed,
        };
        row.set(Coded::CnStatus, status);
    }

    fn good(&self, row: &mut Row, good: Good, random: &mut Random) {
        row.set(Coded::HsCode, self.goods.hs_code(good, random));
        let eccn = self.goods.eccn_of_good(good, random);
        row.set(Coded::Eccn, eccn);
        if self.goods.asks_for_form(good) {
            row.set(Coded::ProductForm, Form::Other);
        } else if random.chance(30_000) {
            row.set(Coded::ProductForm, Form::RawMaterial);
        }
        if self.goods.is_lithium_battery(good) {
            row.measure(Amount::EnergyDensity, 1_200 + random.below(1_700));
        }
        if self.goods.asks_for_figures(eccn) {
            row.measure(Amount::Tpp, 50 + random.below(15_000));
            row.measure(Amount::PerformanceDensity, 5 + random.below(400));
        }
    }

    fn purpose(&self, row: &mut Row, random: &mut Random) {
        let end_use = self.end_uses.pick(random) as u16;
        row.set(Coded::EndUse, end_use);
        let worst = match random.chance(4_000) {
            true => EndUse::Military.into(),
            false => end_use,
        };
        row.set(Coded::PossibleEndUse, worst);
        let knowledge = match random.below(100) {
            0..=79 => Knowledge::None,
            80..=89 => Knowledge::Suspecting,
            90..=96 => Knowledge::Aware,
            _ => Knowledge::Informed,
        };
        row.set(Coded::EndUseKnowledge, knowledge);
        let military = row.is(Coded::EndUse, EndUse::Military) || random.chance(1_500);
        row.flag(Flag::EndUserIsMilitary, military);
        if row.is(Coded::EndUse, EndUse::AiResearch) {
            row.flag(Flag::AiMilitaryPotential, random.chance(50_000));
        }
        if row.is(Coded::EndUse, EndUse::RocketOrUav) {
            row.set(Coded::RocketRange, Range::Under300Km);
        }
        if row.is(Coded::EndUse, EndUse::ChipProduction)
            || row.is(Coded::EndUse, EndUse::ChipResearch)
        {
            let facility = row.code(Coded::Destination).unwrap_or(self.places.us);
            self.facility(row, facility, Claim::No, random);
        }
    }

    fn facility(&self, row: &mut Row, country: u16, advanced: Claim, random: &mut Random) {
        row.set(Coded::IcFacilityCountry, country);
        row.set(Coded::AdvancedNode, advanced);
        match random.chance(600_000) {
            true => row.measure(Amount::LogicNm, 160 + 10 * random.below(120)),
            false => row.memory_layers = Some(32 + 16 * random.below(10) as i64),
        }
    }

    /// What is American, or a Chinese rare earth, inside the item. The rest of the value is anyone's.
    fn content(&self, row: &mut Row, random: &mut Random) {
        let value = row.amount(Amount::Value).unwrap_or(0);
        let american = match random.below(100) {
            0..=84 => 0,
            _ => share_of(value, random.below(900)),
        };
        row.measure(Amount::UsContent, american);
        row.measure(Amount::Us600SeriesContent, 0);
        row.flag(Flag::UsDirectProduct, random.chance(3_000));
        let rare_earths = match random.below(100) {
            0..=97 => 0,
            _ => share_of(value, random.below(30)),
        };
        row.measure(Amount::CnRareEarthContent, rare_earths);
    }

    /// Made abroad, shipped from abroad, to abroad: the American share is asked.
    fn american_share_asked(&self, row: &Row) -> bool {
        let us = self.places.us;
        [Coded::Origin, Coded::ShipFrom, Coded::Destination]
            .iter()
            .all(|column| !row.is(*column, us))
    }

    fn leave_out(&self, row: &mut Row, random: &mut Random) {
        let asked_share = self.american_share_asked(row);
        let american = row.is(Coded::Origin, self.places.us)
            || row.is(Coded::ShipFrom, self.places.us)
            || row.is(Coded::Eccn, self.goods.eccn("3A090.a"));
        let from_china = row.is(Coded::ShipFrom, self.places.cn);
        let compared = row.is(Coded::CnStatus, CnStatus::NotListed);
        let listed = row.is(Coded::CnStatus, CnStatus::Listed);
        let code = Slot::Code;
        // Each column, whether a rule is likely to ask for it here, and how often it is missing where none does.
        let columns = [
            (code(Coded::ShipFrom), !compared, self.missing / 4),
            (code(Coded::Destination), listed, self.missing / 4),
            (code(Coded::Origin), american, self.missing / 2),
            (Slot::Amount(Amount::Value), asked_share, self.missing / 2),
            (code(Coded::HsCode), from_china, self.missing),
            (code(Coded::Eccn), american, self.missing),
            (code(Coded::CnCode), true, 0),
            (code(Coded::ProductForm), from_china, self.missing),
            (code(Coded::EndUse), american || from_china, self.missing),
            (
                code(Coded::PossibleEndUse),
                listed,
                self.missing.saturating_mul(5),
            ),
            (
                code(Coded::EndUseKnowledge),
                from_china,
                self.missing.saturating_mul(3),
            ),
            (
                Slot::Flag(Flag::EndUserIsMilitary),
                american || listed,
                self.missing,
            ),
            (
                Slot::Amount(Amount::UsContent),
                asked_share,
                self.missing.saturating_mul(6),
            ),
            (
                Slot::Amount(Amount::Us600SeriesContent),
                asked_share,
                self.missing.saturating_mul(6),
            ),
            (
                Slot::Amount(Amount::CnRareEarthContent),
                !compared,
                self.missing.saturating_mul(4),
            ),
            (code(Coded::IcFacilityCountry), true, 0),
            (code(Coded::AdvancedNode), true, 0),
            (code(Coded::RocketRange), true, 0),
            (Slot::Amount(Amount::Purity), true, 0),
            (Slot::Amount(Amount::FlexuralStrength), true, 0),
            (Slot::Amount(Amount::EnergyDensity), true, 0),
            (Slot::Amount(Amount::Tpp), true, 0),
            (Slot::Amount(Amount::DramBandwidth), true, 0),
        ];
        for (slot, asked, idle) in columns {
            self.leave_out_one(row, slot, asked, idle, random);
        }
        // Who has classified an item and knows its use may not have asked how it was made.
        let vague = row.code(Coded::Eccn).is_none() || row.code(Coded::EndUse).is_none();
        let made = Slot::Flag(Flag::UsDirectProduct);
        self.leave_out_one(row, made, vague, self.missing, random);
    }

    fn leave_out_one(
        &self,
        row: &mut Row,
        slot: Slot,
        asked: bool,
        idle: u32,
        random: &mut Random,
    ) {
        let rate = if asked {
            self.rare()
        } else {
            idle.min(1_000_000)
        };
        if random.chance(rate) {
            row.drop(slot);
        }
    }

    /// How often a fact is missing that a rule asks for, per million.
    fn rare(&self) -> u32 {
        self.missing / RARER
    }
}

/// How often each end use is declared, in the order of its words.
const END_USES: [u64; 12] = [9480, 20, 1, 1, 60, 40, 20, 120, 60, 150, 4, 4];

/// The lists of words that columns of codes point into.
fn lists(places: &Places, goods: &Goods, later: &Later) -> [Arc<StringArray>; CODED] {
    let of = |words: &[&str]| Arc::new(StringArray::from_iter_values(words));
    let countries = of(places.words());
    let end_uses = of(EndUse::WORDS);
    [
        of(Event::WORDS),
        of(ItemKind::WORDS),
        Arc::clone(&countries),
        Arc::clone(&countries),
        Arc::clone(&countries),
        Arc::clone(&countries),
        Arc::new(StringArray::from_iter_values(goods.hs_words())),
        of(goods.eccn_words()),
        of(CnStatus::WORDS),
        of(goods.cn_words()),
        of(Form::WORDS),
        of(Range::WORDS),
        Arc::clone(&end_uses),
        end_uses,
        of(Knowledge::WORDS),
        countries,
        of(Claim::WORDS),
        Arc::new(StringArray::from_iter_values(later.end_user_words())),
        of(later.eu_words()),
        of(Exception::WORDS),
        Arc::new(StringArray::from_iter_values(orders::usppi_words())),
        of(&orders::CARRIERS),
        Arc::new(StringArray::from_iter_values(goods.schedule_b_words())),
    ]
}

/// The numbers that the lists of a block are drawn from.
fn list_numbers(block: &Block, list: ListOf) -> Random {
    let seed = block.random.clone().next_u64();
    Random::new(seed, 2 + list as u64)
}

fn day(year: i32, month: u32, day: u32) -> i32 {
    Day::from_ymd(year, month, day).expect("a date").0
}

/// What something sells for in cents: from some twenty dollars to some millions, most in the thousands.
fn worth(random: &mut Random) -> u64 {
    let magnitude = 11 + random.below(9) + random.below(9);
    let cents = (1 << magnitude) + random.below(1 << magnitude);
    match random.below(5) {
        0 => cents.div_ceil(10_000) * 10_000,
        1 => cents.div_ceil(100) * 100,
        _ => cents,
    }
}

/// So many ten-thousandths of `value`.
fn share_of(value: u64, ten_thousandths: u64) -> u64 {
    value / 10_000 * ten_thousandths
}

#[cfg(test)]
mod tests;
