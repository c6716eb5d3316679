//! The lists of a made-up shipment: who takes part in it, and what is inside the item.
//!
//! They are drawn from numbers of their own, after everything else of the shipment is settled, so that the other
//! columns hold what they held before there were lists. Most companies are on no list, and a few carry most of the
//! trade; most components are on no list of items.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use super::Trade;
use super::row::{Amount, COLUMNS, Coded, Row};
use super::words::CnStatus;
use crate::io::synth::{Amounts, Picks, Random, zipf};

/// A list of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOf {
    /// Who takes part in the shipment.
    Parties,
    /// What is inside the item.
    Components,
}

/// The lists in the record's order.
pub const LISTS: [ListOf; 2] = [ListOf::Parties, ListOf::Components];

/// A column of the elements: its name, the digits after the point of an amount, whether a value may be missing.
type ElementColumn = (&'static str, Option<i8>, bool);

const PARTY: [ElementColumn; 6] = [
    ("role", None, false),
    ("party_id", None, true),
    ("name", None, true),
    ("country", None, true),
    ("headquarters", None, true),
    ("parent_headquarters", None, true),
];

const COMPONENT: [ElementColumn; 7] = [
    ("name", None, true),
    ("origin", None, true),
    ("eccn", None, true),
    ("cn_code", None, true),
    ("value", Some(2), true),
    ("tpp", Some(1), true),
    ("performance_density", Some(2), true),
];

impl ListOf {
    /// The name of the field.
    pub fn name(self) -> &'static str {
        match self {
            ListOf::Parties => "parties",
            ListOf::Components => "components",
        }
    }

    /// The field that stands before the list in the record.
    fn follows(self) -> &'static str {
        match self {
            ListOf::Parties => "end_user",
            ListOf::Components => "advanced_node",
        }
    }

    fn columns(self) -> &'static [ElementColumn] {
        match self {
            ListOf::Parties => &PARTY,
            ListOf::Components => &COMPONENT,
        }
    }

    fn fields(self) -> Fields {
        let field = |(name, decimals, optional): &ElementColumn| {
            let data_type = match decimals {
                Some(decimals) => DataType::Decimal128(18, *decimals),
                None => DataType::Utf8,
            };
            Field::new(*name, data_type, *optional)
        };
        self.columns().iter().map(field).collect()
    }

    fn item(self) -> Arc<Field> {
        Arc::new(Field::new("item", DataType::Struct(self.fields()), false))
    }

    /// The columns of a child table: the record's key, and the fields of the elements.
    pub(super) fn child_schema(self) -> SchemaRef {
        let key = Arc::new(Field::new(COLUMNS[0].0, DataType::Utf8, false));
        let fields = self.fields();
        let fields = std::iter::once(&key).chain(&fields).cloned();
        Arc::new(Schema::new(fields.collect::<Fields>()))
    }
}

/// `flat` with the lists where the record has them.
pub(super) fn schema_with_lists(flat: &SchemaRef) -> SchemaRef {
    let mut fields = Vec::new();
    for field in flat.fields() {
        fields.push(Arc::clone(field));
        let here = LISTS
            .into_iter()
            .find(|list| list.follows() == field.name());
        if let Some(list) = here {
            let data_type = DataType::List(list.item());
            fields.push(Arc::new(Field::new(list.name(), data_type, true)));
        }
    }
    Arc::new(Schema::new(fields))
}

/// The columns of `flat`, which is of as many records as the lists, with the lists among them.
pub(super) fn with_lists(
    flat: &RecordBatch,
    lists: [Lists; LISTS.len()],
    schema: &SchemaRef,
) -> RecordBatch {
    let lists = lists.map(|lists| (lists.of, lists.finish()));
    let mut columns = Vec::new();
    for (field, column) in flat.schema().fields().iter().zip(flat.columns()) {
        columns.push(Arc::clone(column));
        let here = lists
            .iter()
            .find(|(list, _)| list.follows() == field.name());
        columns.extend(here.map(|(_, array)| Arc::clone(array)));
    }
    RecordBatch::try_new(Arc::clone(schema), columns)
        .expect("columns of one length and of the schema's types")
}

/// A value of an element; an amount in units of its last decimal.
pub(super) enum Cell<'a> {
    Text(Option<Cow<'a, str>>),
    Amount(Option<u64>),
}

/// An element: a value for each of its columns.
pub(super) type Element<'a> = Vec<Cell<'a>>;

enum Growing {
    Text(StringBuilder),
    Amount(Amounts),
}

/// Growing columns of elements.
pub(super) struct Elements(Vec<Growing>);

impl Elements {
    pub fn new(list: ListOf) -> Elements {
        let growing = |(_, decimals, _): &ElementColumn| match decimals {
            Some(decimals) => Growing::Amount(Amounts::new(*decimals, 0)),
            None => Growing::Text(StringBuilder::new()),
        };
        Elements(list.columns().iter().map(growing).collect())
    }

    pub fn push(&mut self, element: Element<'_>) {
        for (column, cell) in self.0.iter_mut().zip(element) {
            match (column, cell) {
                (Growing::Text(texts), Cell::Text(text)) => texts.append_option(text),
                (Growing::Amount(amounts), Cell::Amount(units)) => amounts.push(units),
                (Growing::Text(texts), Cell::Amount(_)) => texts.append_null(),
                (Growing::Amount(amounts), Cell::Text(_)) => amounts.push(None),
            }
        }
    }

    pub fn finish(self) -> Vec<ArrayRef> {
        let finished = self.0.into_iter().map(|column| match column {
            Growing::Text(mut texts) => Arc::new(texts.finish()) as ArrayRef,
            Growing::Amount(amounts) => amounts.finish(),
        });
        finished.collect()
    }
}

/// A growing column of lists.
pub(super) struct Lists {
    of: ListOf,
    lengths: Vec<usize>,
    present: Vec<bool>,
    elements: Elements,
}

impl Lists {
    pub fn new(of: ListOf) -> Lists {
        Lists {
            of,
            lengths: Vec::new(),
            present: Vec::new(),
            elements: Elements::new(of),
        }
    }

    /// Adds the list of a record, or a missing one.
    pub fn push(&mut self, list: Option<Vec<Element<'_>>>) {
        self.present.push(list.is_some());
        let list = list.unwrap_or_default();
        self.lengths.push(list.len());
        list.into_iter()
            .for_each(|element| self.elements.push(element));
    }

    fn finish(self) -> ArrayRef {
        let columns = self.elements.finish();
        let elements = StructArray::new(self.of.fields(), columns, None);
        Arc::new(ListArray::new(
            self.of.item(),
            OffsetBuffer::from_lengths(self.lengths),
            Arc::new(elements),
            Some(NullBuffer::from(self.present)),
        ))
    }
}

/// Roles, and in how many of a thousand shipments somebody has them. The end user is always among the parties.
const ROLES: [(&str, u64); 6] = [
    ("purchaser", 700),
    ("intermediate_consignee", 150),
    ("ultimate_consignee", 850),
    ("importer", 400),
    ("forwarder", 500),
    ("other", 60),
];

/// Companies of the lists of examples/trade, which are made up as well.
const LISTED: [&str; 20] = [
    "US-E1", "US-E2", "US-E3", "US-E4", "US-E5", "US-E8", "US-U1", "US-U2", "US-D1", "AF-1",
    "AF-2", "AF-4", "AF-5", "AF-6", "CN-C1", "CN-C2", "CN-C3", "CN-W1", "SU-1", "SU-5",
];

/// How often a party is one of those, per million.
const LISTED_RATE: u32 = 700;

/// Components: name, American and Chinese codes, how often they are built in.
const PARTS: [(&str, &str, Option<&str>, u64); 12] = [
    ("housing", "EAR99", None, 300),
    ("fasteners", "EAR99", None, 250),
    ("power supply", "EAR99", None, 150),
    ("cable", "EAR99", None, 150),
    ("circuit board", "3A991.d", None, 100),
    ("motor", "EAR99", None, 80),
    ("processor", "3A991.p", None, 40),
    ("network module", "5A992.c", None, 40),
    ("magnet", "EAR99", Some("1C905.a.4"), 20),
    ("encryption module", "5A002.a.1", None, 6),
    ("camera", "6A003.a.1", None, 3),
    ("dysprosium", "EAR99", Some("1C905.a.1"), 2),
];

/// What the lists are drawn from.
pub(super) struct Listing {
    companies: Picks,
    parts: Picks,
}

impl Listing {
    pub fn new() -> Listing {
        Listing {
            companies: Picks::new(&zipf(20_000)),
            parts: Picks::new(&PARTS.map(|(_, _, _, weight)| weight)),
        }
    }
}

fn text<'a>(text: impl Into<Cow<'a, str>>) -> Cell<'a> {
    Cell::Text(Some(text.into()))
}

impl Trade {
    /// The list of a shipment of which everything else is settled; none where nobody has given it.
    pub(super) fn list(
        &self,
        of: ListOf,
        row: &Row,
        random: &mut Random,
    ) -> Option<Vec<Element<'_>>> {
        match of {
            ListOf::Parties => self.parties(row, random),
            ListOf::Components => self.components(row, random),
        }
    }

    /// Whether a rule is likely to ask who takes part.
    fn parties_asked(&self, row: &Row) -> bool {
        row.is(Coded::Origin, self.places.us)
            || row.is(Coded::ShipFrom, self.places.us)
            || row.is(Coded::CnStatus, CnStatus::Listed)
    }

    fn parties(&self, row: &Row, random: &mut Random) -> Option<Vec<Element<'_>>> {
        let rate = match self.parties_asked(row) {
            true => self.rare(),
            false => self.missing / 4,
        };
        if random.chance(rate) {
            return None;
        }
        let mut parties = vec![self.end_user(row, random)];
        for (role, in_thousand) in ROLES {
            if random.below(1000) < in_thousand {
                let company = self.listing.companies.pick(random);
                let id = Cow::from(format!("P-{company:05}"));
                parties.push(self.party(role, id, None, row, random));
            }
        }
        Some(parties)
    }

    /// The end user by its name in the record, under a number that goes with the name.
    fn end_user(&self, row: &Row, random: &mut Random) -> Element<'_> {
        let known = row.code(Coded::EndUser).map(usize::from);
        let name = known.map(|at| Cow::from(self.later.end_user_words()[at].as_str()));
        let id = match known {
            Some(at) => format!("U-{at:05}"),
            None => format!("P-{:05}", self.listing.companies.pick(random)),
        };
        self.party("end_user", Cow::from(id), name, row, random)
    }

    fn party<'a>(
        &'a self,
        role: &'static str,
        id: Cow<'a, str>,
        name: Option<Cow<'a, str>>,
        row: &Row,
        random: &mut Random,
    ) -> Element<'a> {
        let id = match random.chance(LISTED_RATE) {
            true => Cow::from(LISTED[random.below(LISTED.len() as u64) as usize]),
            false => id,
        };
        let looked_for = !random.chance(self.rare() / 4);
        let country = match row.code(Coded::Destination) {
            Some(destination) if random.chance(850_000) => destination,
            _ => self.places.destination(random),
        };
        let headquarters = match random.chance(900_000) {
            true => country,
            false => self.places.destination(random),
        };
        let parent = match random.chance(900_000) {
            true => headquarters,
            false => self.places.destination(random),
        };
        let mut place = |code: u16, missing: u32| {
            let word = self.places.words()[usize::from(code)];
            Cell::Text((!random.chance(missing)).then(|| Cow::from(word)))
        };
        vec![
            text(role),
            Cell::Text(looked_for.then_some(id)),
            Cell::Text(name),
            place(country, self.rare()),
            place(headquarters, self.missing),
            place(parent, self.missing.saturating_mul(2).min(1_000_000)),
        ]
    }

    /// Half of all items have not been taken apart: an empty list.
    fn components(&self, row: &Row, random: &mut Random) -> Option<Vec<Element<'_>>> {
        let american = row.is(Coded::Origin, self.places.us);
        let rate = match american {
            true => self.rare(),
            false => self.missing.saturating_mul(2).min(1_000_000),
        };
        if random.chance(rate) {
            return None;
        }
        if random.chance(500_000) {
            return Some(Vec::new());
        }
        let count = 1 + random.below(5);
        let value = row.amount(Amount::Value);
        let parts = (0..count).map(|_| self.component(value, row, random));
        Some(parts.collect())
    }

    fn component(&self, value: Option<u64>, row: &Row, random: &mut Random) -> Element<'_> {
        let (name, eccn, cn_code, _) = PARTS[self.listing.parts.pick(random)];
        let origin = match row.code(Coded::Origin) {
            Some(origin) if random.chance(700_000) => origin,
            _ => self.places.shipper(random),
        };
        let share = random.below(1500);
        let value = value.map(|value| super::share_of(value, share));
        let valued = !random.chance(self.missing);
        let processor = name == "processor";
        let mut known = |word: &'static str, missing: u32| {
            Cell::Text((!random.chance(missing)).then(|| Cow::from(word)))
        };
        let (origin, eccn) = (
            known(self.places.words()[usize::from(origin)], self.missing / 4),
            known(eccn, self.rare()),
        );
        let performance = random.below(40_000);
        vec![
            text(name),
            origin,
            eccn,
            Cell::Text(cn_code.map(Cow::from)),
            Cell::Amount(value.filter(|_| valued)),
            Cell::Amount(processor.then_some(performance)),
            Cell::Amount(processor.then_some(50 + performance / 100)),
        ]
    }
}
