//! What shipments go together with: orders, consignees, carriers, and the report of an export. It came to the record last
//! and is drawn from numbers of its own.
//!
//! An order is of one to three shipments that follow one another, of one party in the United States and one consignee; a
//! few consignees have a great many orders. Days, items and destinations are each shipment's own.

use super::Trade;
use super::row::{Amount, Coded, Flag, Numbered, Row, Slot};
use super::words::{Event, Exception};
use crate::domain::Day;
use crate::io::synth::{Picks, Random, zipf};

/// What takes goods out of a country.
pub(super) const CARRIERS: [&str; 24] = [
    "Albatross 1",
    "Albatross 2",
    "Avocet 1",
    "Bittern 1",
    "Cormorant 1",
    "Cormorant 2",
    "Curlew 1",
    "Dunlin 1",
    "Eider 1",
    "Fulmar 1",
    "Gannet 1",
    "Gannet 2",
    "Gannet 3",
    "Heron 1",
    "Kittiwake 1",
    "Lapwing 1",
    "Petrel 1",
    "Petrel 2",
    "Plover 1",
    "Puffin 1",
    "Sandpiper 1",
    "Shearwater 1",
    "Tern 1",
    "Turnstone 1",
];

const USPPIS: usize = 600;
const CONSIGNEES: usize = 30_000;

/// Tells the numbers that belong to an order from all others.
const OF_ORDERS: u64 = u64::MAX;

/// Numbers of parties in the United States.
pub(super) fn usppi_words() -> impl Iterator<Item = String> {
    (1..=USPPIS).map(|number| format!("P-{number:04}"))
}

/// What orders are drawn from.
pub(super) struct Orders {
    consignees: Picks,
    usppis: Picks,
    carriers: Picks,
}

impl Orders {
    pub fn new() -> Orders {
        Orders {
            consignees: Picks::new(&zipf(CONSIGNEES)),
            usppis: Picks::new(&zipf(USPPIS)),
            carriers: Picks::new(&zipf(CARRIERS.len())),
        }
    }
}

impl Trade {
    /// Adds what the shipment with a number goes together with. All else is settled.
    pub(super) fn tell_orders(&self, number: u64, row: &mut Row, random: &mut Random) {
        self.order(number, row, random);
        self.report(number, row, random);
        self.leave_out_last(row, random);
    }

    fn order(&self, number: u64, row: &mut Row, random: &mut Random) {
        let before = match random.below(100) {
            0..=69 => 0,
            70..=89 => 1,
            _ => 2,
        };
        let order = number.saturating_sub(before).max(1);
        // All shipments of an order find the same here, whatever block they are of.
        let mut of_order = Random::new(order, OF_ORDERS);
        let consignee = self.orders.consignees.pick(&mut of_order) as u64 + 1;
        row.number(Numbered::Order, order);
        row.number(Numbered::Consignee, consignee);
        row.flag(Flag::OrderSplit, random.chance(3_000));
        if self.american(row) {
            let usppi = self.orders.usppis.pick(&mut of_order) as u16;
            row.set(Coded::Usppi, usppi);
        }
        row.set(Coded::Carrier, self.orders.carriers.pick(random) as u16);
    }

    /// Schedule B, and the number of the report where the export was reported.
    fn report(&self, number: u64, row: &mut Row, random: &mut Random) {
        let us = self.places.us;
        if !row.is(Coded::ShipFrom, us) {
            return;
        }
        if let Some(hs) = row.code(Coded::HsCode) {
            row.set(Coded::ScheduleB, self.goods.schedule_b(hs));
        }
        let leaves = !row.is(Coded::Destination, us) && !row.is(Coded::Event, Event::DeemedExport);
        let worth_it = row
            .amount(Amount::Value)
            .is_none_or(|cents| cents > 250_000);
        let reported = match (leaves, worth_it) {
            (false, _) => 0,
            (true, true) => 975_000,
            (true, false) => 300_000,
        };
        if random.chance(reported) {
            let (year, month, day) = Day(row.day).ymd();
            let day = (year as u64 * 100 + u64::from(month)) * 100 + u64::from(day);
            row.number(Numbered::Itn, day * 1_000_000 + number % 1_000_000);
        }
    }

    /// Sent from the United States or made there.
    fn american(&self, row: &Row) -> bool {
        let us = self.places.us;
        row.is(Coded::ShipFrom, us) || row.is(Coded::Origin, us)
    }

    fn leave_out_last(&self, row: &mut Row, random: &mut Random) {
        // One order or consignee that nobody wrote down keeps all others of an entry open. Who sells what is on a list
        // knows both.
        let unlisted = row.is(Coded::Eccn, self.goods.eccn("EAR99"));
        let of_order = if unlisted {
            self.missing
        } else {
            self.rare() / 20
        };
        for column in [Numbered::Order, Numbered::Consignee] {
            self.leave_out_one(row, Slot::Number(column), false, of_order, random);
        }
        let from_us = row.is(Coded::ShipFrom, self.places.us);
        let claimed = row.is(Coded::LicenseException, Exception::Lvs);
        let often = self.missing.saturating_mul(6);
        let columns = [
            (Slot::Flag(Flag::OrderSplit), claimed, often),
            (Slot::Code(Coded::Usppi), from_us, self.missing),
            (Slot::Code(Coded::Carrier), from_us, self.missing),
            (Slot::Code(Coded::ScheduleB), true, 0),
        ];
        for (slot, asked, idle) in columns {
            self.leave_out_one(row, slot, asked, idle, random);
        }
    }
}
