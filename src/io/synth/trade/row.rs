//! One made-up shipment, and the columns that shipments fill.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::io::synth::{Amounts, Codes, Days, Flags, Keys, Whole};

/// What the key of every record begins with.
pub(super) const KEY_PREFIX: &str = "S";

/// Columns of codes into a list of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coded {
    Event,
    ItemKind,
    ShipFrom,
    Destination,
    Origin,
    RecipientNationality,
    HsCode,
    Eccn,
    CnStatus,
    CnCode,
    ProductForm,
    RocketRange,
    EndUse,
    PossibleEndUse,
    EndUseKnowledge,
    IcFacilityCountry,
    AdvancedNode,
    EndUser,
    EuCode,
    LicenseException,
    Usppi,
    Carrier,
    ScheduleB,
}

/// How many columns of codes there are.
pub(super) const CODED: usize = Coded::ScheduleB as usize + 1;

/// Columns of exact numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    Value,
    Purity,
    FlexuralStrength,
    Density,
    EnergyDensity,
    Tpp,
    PerformanceDensity,
    DramBandwidth,
    LogicNm,
    UsContent,
    Us600SeriesContent,
    CnRareEarthContent,
    SilverShare,
    SpecificCapacity,
}

const AMOUNTS: usize = Amount::SpecificCapacity as usize + 1;

impl Amount {
    /// Digits after the point.
    pub(super) fn decimals(self) -> i8 {
        match self {
            Amount::Value
            | Amount::UsContent
            | Amount::Us600SeriesContent
            | Amount::CnRareEarthContent
            | Amount::PerformanceDensity => 2,
            Amount::Purity => 4,
            Amount::Density => 3,
            Amount::FlexuralStrength
            | Amount::EnergyDensity
            | Amount::Tpp
            | Amount::DramBandwidth
            | Amount::LogicNm
            | Amount::SilverShare
            | Amount::SpecificCapacity => 1,
        }
    }
}

/// Columns of yes and no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    EndUserIsMilitary,
    AiMilitaryPotential,
    UsDirectProduct,
    EuListed,
    LargePiece,
    CnRareEarthTechnology,
    OrderSplit,
}

const FLAGS: usize = Flag::OrderSplit as usize + 1;

/// Columns of days besides the shipment's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dated {
    EnRouteSince,
    AssuranceDate,
}

const DATED: usize = Dated::AssuranceDate as usize + 1;

/// Columns of numbers that name something: a prefix and the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbered {
    Order,
    Consignee,
    Itn,
}

/// What the numbers begin with.
const PREFIXES: [&str; Numbered::Itn as usize + 1] = ["PO-", "C-", "X"];

/// When the columns of a shipment are made up. Those that came to the record after others have numbers of their own, so
/// that the others hold what they held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    First,
    /// Who uses the item, the European list, licence exceptions.
    Later,
    /// What it goes together with.
    Last,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Key,
    Day,
    Code(Coded),
    Amount(Amount),
    Flag(Flag),
    Date(Dated),
    Number(Numbered),
    MemoryLayers,
}

impl Slot {
    pub(super) fn turn(self) -> Turn {
        let turn = |column, last_of_first, last_of_later| match column {
            _ if column <= last_of_first => Turn::First,
            _ if column <= last_of_later => Turn::Later,
            _ => Turn::Last,
        };
        match self {
            Code(column) => turn(
                column as usize,
                Coded::AdvancedNode as usize,
                Coded::LicenseException as usize,
            ),
            Slot::Amount(column) => turn(
                column as usize,
                Amount::CnRareEarthContent as usize,
                AMOUNTS,
            ),
            Slot::Flag(column) => turn(
                column as usize,
                Flag::UsDirectProduct as usize,
                Flag::CnRareEarthTechnology as usize,
            ),
            Slot::Date(_) => Turn::Later,
            Slot::Number(_) => Turn::Last,
            Slot::Key | Slot::Day | MemoryLayers => Turn::First,
        }
    }
}

use Slot::{Code, MemoryLayers};

/// The columns of the record `shipment` in its order: name, content, whether a value may be missing.
pub(super) const COLUMNS: [(&str, Slot, bool); 52] = [
    ("shipment_id", Slot::Key, false),
    ("ship_date", Slot::Day, false),
    ("event", Code(Coded::Event), false),
    ("item_kind", Code(Coded::ItemKind), false),
    ("en_route_since", Slot::Date(Dated::EnRouteSince), true),
    ("ship_from", Code(Coded::ShipFrom), true),
    ("destination", Code(Coded::Destination), true),
    ("origin", Code(Coded::Origin), true),
    (
        "recipient_nationality",
        Code(Coded::RecipientNationality),
        true,
    ),
    ("end_user", Code(Coded::EndUser), true),
    ("value", Slot::Amount(Amount::Value), true),
    ("hs_code", Code(Coded::HsCode), true),
    ("eccn", Code(Coded::Eccn), true),
    ("cn_status", Code(Coded::CnStatus), false),
    ("cn_code", Code(Coded::CnCode), true),
    ("eu_listed", Slot::Flag(Flag::EuListed), true),
    ("eu_code", Code(Coded::EuCode), true),
    ("product_form", Code(Coded::ProductForm), true),
    ("purity", Slot::Amount(Amount::Purity), true),
    (
        "flexural_strength",
        Slot::Amount(Amount::FlexuralStrength),
        true,
    ),
    ("density", Slot::Amount(Amount::Density), true),
    ("energy_density", Slot::Amount(Amount::EnergyDensity), true),
    ("tpp", Slot::Amount(Amount::Tpp), true),
    (
        "performance_density",
        Slot::Amount(Amount::PerformanceDensity),
        true,
    ),
    ("dram_bandwidth", Slot::Amount(Amount::DramBandwidth), true),
    ("silver_share", Slot::Amount(Amount::SilverShare), true),
    ("large_piece", Slot::Flag(Flag::LargePiece), true),
    (
        "specific_capacity",
        Slot::Amount(Amount::SpecificCapacity),
        true,
    ),
    ("rocket_range", Code(Coded::RocketRange), true),
    ("end_use", Code(Coded::EndUse), true),
    ("possible_end_use", Code(Coded::PossibleEndUse), true),
    ("end_use_knowledge", Code(Coded::EndUseKnowledge), true),
    (
        "end_user_is_military",
        Slot::Flag(Flag::EndUserIsMilitary),
        true,
    ),
    (
        "ai_military_potential",
        Slot::Flag(Flag::AiMilitaryPotential),
        true,
    ),
    ("logic_nm", Slot::Amount(Amount::LogicNm), true),
    ("memory_layers", MemoryLayers, true),
    ("ic_facility_country", Code(Coded::IcFacilityCountry), true),
    ("advanced_node", Code(Coded::AdvancedNode), true),
    ("us_content", Slot::Amount(Amount::UsContent), true),
    (
        "us_600_series_content",
        Slot::Amount(Amount::Us600SeriesContent),
        true,
    ),
    ("us_direct_product", Slot::Flag(Flag::UsDirectProduct), true),
    (
        "cn_rare_earth_content",
        Slot::Amount(Amount::CnRareEarthContent),
        true,
    ),
    (
        "cn_rare_earth_technology",
        Slot::Flag(Flag::CnRareEarthTechnology),
        true,
    ),
    ("license_exception", Code(Coded::LicenseException), true),
    ("assurance_date", Slot::Date(Dated::AssuranceDate), true),
    ("order_id", Slot::Number(Numbered::Order), true),
    ("order_split", Slot::Flag(Flag::OrderSplit), true),
    ("consignee_id", Slot::Number(Numbered::Consignee), true),
    ("usppi", Code(Coded::Usppi), true),
    ("carrier", Code(Coded::Carrier), true),
    ("schedule_b", Code(Coded::ScheduleB), true),
    ("itn", Slot::Number(Numbered::Itn), true),
];

/// One shipment. Everything not set is missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub day: i32,
    pub memory_layers: Option<i64>,
    codes: [Option<u16>; CODED],
    amounts: [Option<u64>; AMOUNTS],
    flags: [Option<bool>; FLAGS],
    dates: [Option<i32>; DATED],
    numbers: [Option<u64>; PREFIXES.len()],
}

impl Row {
    /// A shipment of a day, counted from 1970-01-01.
    pub fn on(day: i32) -> Row {
        Row {
            day,
            ..Row::default()
        }
    }

    pub fn code(&self, column: Coded) -> Option<u16> {
        self.codes[column as usize]
    }

    pub fn set(&mut self, column: Coded, value: impl Into<u16>) {
        self.codes[column as usize] = Some(value.into());
    }

    pub fn is(&self, column: Coded, value: impl Into<u16>) -> bool {
        self.codes[column as usize] == Some(value.into())
    }

    pub fn amount(&self, column: Amount) -> Option<u64> {
        self.amounts[column as usize]
    }

    /// Sets a number in units of its last decimal.
    pub fn measure(&mut self, column: Amount, units: u64) {
        self.amounts[column as usize] = Some(units);
    }

    pub fn flag(&mut self, column: Flag, value: bool) {
        self.flags[column as usize] = Some(value);
    }

    /// Sets a day, counted from 1970-01-01.
    pub fn date(&mut self, column: Dated, day: i32) {
        self.dates[column as usize] = Some(day);
    }

    /// Sets the number that something is named by.
    pub fn number(&mut self, column: Numbered, number: u64) {
        self.numbers[column as usize] = Some(number);
    }

    #[cfg(test)]
    pub fn named(&self, column: Numbered) -> Option<u64> {
        self.numbers[column as usize]
    }

    /// Takes the value of a column away.
    pub fn drop(&mut self, slot: Slot) {
        match slot {
            Code(column) => self.codes[column as usize] = None,
            Slot::Amount(column) => self.amounts[column as usize] = None,
            Slot::Flag(column) => self.flags[column as usize] = None,
            Slot::Date(column) => self.dates[column as usize] = None,
            Slot::Number(column) => self.numbers[column as usize] = None,
            MemoryLayers => self.memory_layers = None,
            Slot::Key | Slot::Day => {}
        }
    }
}

/// A growing batch.
pub(super) struct Columns {
    key: Keys,
    day: Days,
    layers: Whole,
    codes: Vec<Codes>,
    amounts: Vec<Amounts>,
    flags: Vec<Flags>,
    dates: Vec<Days>,
    numbers: Vec<Keys>,
}

impl Columns {
    pub fn new(lists: &[Arc<StringArray>; CODED], rows: usize) -> Columns {
        let amount = |slot: &Slot| match slot {
            Slot::Amount(amount) => Some((*amount as usize, amount.decimals())),
            Slot::Key
            | Slot::Day
            | Code(_)
            | Slot::Flag(_)
            | Slot::Date(_)
            | Slot::Number(_)
            | MemoryLayers => None,
        };
        let mut decimals: Vec<(usize, i8)> = COLUMNS
            .iter()
            .filter_map(|(_, slot, _)| amount(slot))
            .collect();
        decimals.sort_unstable();
        Columns {
            key: Keys::new(KEY_PREFIX, rows),
            day: Days::new(rows),
            layers: Whole::new(rows),
            codes: lists.iter().map(|list| Codes::new(list, rows)).collect(),
            amounts: decimals
                .iter()
                .map(|(_, decimals)| Amounts::new(*decimals, rows))
                .collect(),
            flags: (0..FLAGS).map(|_| Flags::new(rows)).collect(),
            dates: (0..DATED).map(|_| Days::new(rows)).collect(),
            numbers: PREFIXES.map(|prefix| Keys::new(prefix, rows)).into(),
        }
    }

    pub fn push(&mut self, number: u64, row: &Row) {
        self.key.push(number);
        self.day.push(Some(row.day));
        self.layers.push(row.memory_layers);
        for (column, code) in self.codes.iter_mut().zip(&row.codes) {
            column.push(code.map(usize::from));
        }
        for (column, units) in self.amounts.iter_mut().zip(&row.amounts) {
            column.push(*units);
        }
        for (column, flag) in self.flags.iter_mut().zip(&row.flags) {
            column.push(*flag);
        }
        for (column, day) in self.dates.iter_mut().zip(&row.dates) {
            column.push(*day);
        }
        for (column, number) in self.numbers.iter_mut().zip(&row.numbers) {
            column.push_option(*number);
        }
    }

    pub fn finish(self, schema: &SchemaRef) -> RecordBatch {
        let codes: Vec<ArrayRef> = self.codes.into_iter().map(Codes::finish).collect();
        let amounts: Vec<ArrayRef> = self.amounts.into_iter().map(Amounts::finish).collect();
        let flags: Vec<ArrayRef> = self.flags.into_iter().map(Flags::finish).collect();
        let dates: Vec<ArrayRef> = self.dates.into_iter().map(Days::finish).collect();
        let numbers: Vec<ArrayRef> = self.numbers.into_iter().map(Keys::finish).collect();
        let (key, day, layers) = (self.key.finish(), self.day.finish(), self.layers.finish());
        let columns = COLUMNS.iter().map(|(_, slot, _)| match slot {
            Slot::Key => Arc::clone(&key),
            Slot::Day => Arc::clone(&day),
            Code(column) => Arc::clone(&codes[*column as usize]),
            Slot::Amount(column) => Arc::clone(&amounts[*column as usize]),
            Slot::Flag(column) => Arc::clone(&flags[*column as usize]),
            Slot::Date(column) => Arc::clone(&dates[*column as usize]),
            Slot::Number(column) => Arc::clone(&numbers[*column as usize]),
            MemoryLayers => Arc::clone(&layers),
        });
        RecordBatch::try_new(Arc::clone(schema), columns.collect())
            .expect("columns of one length and of the schema's types")
    }
}

/// The columns with their types.
pub(super) fn schema() -> SchemaRef {
    let fields = COLUMNS.iter().map(|(name, slot, optional)| {
        let data_type = match slot {
            Slot::Key | Slot::Number(_) => DataType::Utf8,
            Slot::Day | Slot::Date(_) => DataType::Date32,
            Code(_) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Slot::Amount(amount) => DataType::Decimal128(18, amount.decimals()),
            Slot::Flag(_) => DataType::Boolean,
            MemoryLayers => DataType::Int64,
        };
        Field::new(*name, data_type, *optional)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
