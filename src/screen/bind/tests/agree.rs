//! Random columns of every Arrow type for every field type: the fast ways agree with the definition.

use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{
    ArrowPrimitiveType, BooleanArray, DictionaryArray, LargeStringArray, NullArray, PrimitiveArray,
    StringArray, StringViewArray,
};
use arrow_schema::{DataType, TimeUnit};
use proptest::prelude::*;

use super::*;
use crate::input::mapping::{CountryStyle, MissingSpellings, NumberStyle};
use crate::input::read::Shape;

/// A small deterministic source of random numbers (Vigna 2015, `splitmix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_of<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.below(texts.len() as u64) as usize]
    }

    /// Any size, small ones often.
    fn integer(&mut self) -> i64 {
        let bits = self.below(64);
        let number = (self.next() >> bits).cast_signed();
        match self.below(4) {
            0 => -(number >> 1),
            1 => (number >> 1) % 100_000,
            _ => number >> 1,
        }
    }

    fn text(&mut self) -> String {
        let integer = self.integer();
        match self.below(12) {
            0 => format!(
                "{}.{:0w$}",
                integer / 1000,
                integer.unsigned_abs() % 1000,
                w = 3
            ),
            1 => format!("{integer}"),
            2 => format!("{:.2}", integer as f64 / 100.0),
            3 => format!("{integer},5"),
            4 => self.date(),
            5 => format!("{}T{:02}:30:00Z", self.date(), self.below(26)),
            6 => format!(" {} ", self.below(300)),
            7 => self
                .one_of(&[
                    "CN", "us", "chn", "Germany", "UK", "na", "civil", "military", "MIL", "M",
                ])
                .to_owned(),
            8 => self
                .one_of(&[
                    "8505.11",
                    "850511",
                    "01",
                    "3A001",
                    "3a001.b.2",
                    "EAR99",
                    "ear99",
                    "3A0011",
                ])
                .to_owned(),
            9 => self
                .one_of(&[
                    "",
                    " ",
                    "N/A",
                    "-1",
                    "-1.0",
                    "0",
                    "1900-01-01",
                    "X-1",
                    "yes",
                    "n",
                    "TRUE",
                ])
                .to_owned(),
            10 => self
                .one_of(&[
                    "1e3", "1.", ".5", "+7", "--1", "1 000", "1.234,5", "$ 12", "1\u{a0}", "\t5",
                ])
                .to_owned(),
            _ => format!("{}{}", integer, self.next()),
        }
    }

    fn date(&mut self) -> String {
        let year = 1890 + self.below(200);
        format!("{year}-{:02}-{:02}", self.below(14), self.below(33))
    }

    fn float(&mut self) -> f64 {
        match self.below(6) {
            0 => f64::from_bits(self.next()),
            1 => self.integer() as f64,
            2 => self.integer() as f64 / 1e6,
            3 => (self.integer() % 10_000_000) as f64 * 0.01,
            4 => -0.0,
            _ => (self.integer() % 100_000) as f64 / 100.0,
        }
    }
}

const ROWS: usize = 97;

fn primitive<T: ArrowPrimitiveType>(
    random: &mut Random,
    data_type: &DataType,
    make: impl Fn(&mut Random) -> T::Native,
) -> ArrayRef {
    let values = (0..ROWS).map(|_| (random.below(9) > 0).then(|| make(random)));
    let values: Vec<Option<T::Native>> = values.collect();
    let array = PrimitiveArray::<T>::from_iter(values);
    Arc::new(array.with_data_type(data_type.clone()))
}

fn texts(random: &mut Random) -> Vec<Option<String>> {
    let rows = (0..ROWS).map(|_| (random.below(9) > 0).then(|| random.text()));
    rows.collect()
}

/// A random column of a type.
fn column(random: &mut Random, ty: &DataType) -> ArrayRef {
    match ty {
        DataType::Null => Arc::new(NullArray::new(ROWS)),
        DataType::Utf8 => Arc::new(StringArray::from(texts(random))),
        DataType::LargeUtf8 => Arc::new(LargeStringArray::from(texts(random))),
        DataType::Utf8View => Arc::new(StringViewArray::from(texts(random))),
        DataType::Boolean => {
            let rows = (0..ROWS).map(|_| (random.below(9) > 0).then(|| random.below(2) == 0));
            Arc::new(BooleanArray::from(rows.collect::<Vec<_>>()))
        }
        DataType::Int8 => primitive::<Int8Type>(random, ty, |r| r.integer() as i8),
        DataType::Int16 => primitive::<Int16Type>(random, ty, |r| r.integer() as i16),
        DataType::Int32 => primitive::<Int32Type>(random, ty, |r| r.integer() as i32),
        DataType::Int64 => primitive::<Int64Type>(random, ty, Random::integer),
        DataType::UInt8 => primitive::<UInt8Type>(random, ty, |r| r.integer() as u8),
        DataType::UInt16 => primitive::<UInt16Type>(random, ty, |r| r.integer() as u16),
        DataType::UInt32 => primitive::<UInt32Type>(random, ty, |r| r.integer() as u32),
        DataType::UInt64 => primitive::<UInt64Type>(random, ty, Random::next),
        DataType::Float32 => primitive::<Float32Type>(random, ty, |r| r.float() as f32),
        DataType::Float64 => primitive::<Float64Type>(random, ty, Random::float),
        DataType::Decimal32(..) => primitive::<Decimal32Type>(random, ty, |r| r.integer() as i32),
        DataType::Decimal64(..) => primitive::<Decimal64Type>(random, ty, Random::integer),
        DataType::Decimal128(..) => primitive::<Decimal128Type>(random, ty, |r| {
            i128::from(r.integer()) * i128::from(r.below(3) + 1).pow(40)
        }),
        DataType::Decimal256(..) => primitive::<Decimal256Type>(random, ty, |r| {
            arrow_buffer::i256::from_i128(i128::from(r.integer()) * i128::from(r.integer()))
        }),
        DataType::Date32 => primitive::<Date32Type>(random, ty, |r| r.integer() as i32),
        DataType::Date64 => primitive::<Date64Type>(random, ty, |r| {
            (r.integer() % 40_000) * 86_400_000 + i64::from(r.below(5) == 0)
        }),
        DataType::Timestamp(unit, _) => timestamps(random, ty, *unit),
        other => panic!("no column of {other}"),
    }
}

fn timestamps(random: &mut Random, ty: &DataType, unit: TimeUnit) -> ArrayRef {
    let tick = |r: &mut Random, per_second: i64| match r.below(4) {
        0 => r.integer(),
        1 => (r.integer() % 2_000_000_000) * per_second,
        _ => (r.integer() % 20_000) * 86_400 * per_second,
    };
    match unit {
        TimeUnit::Second => primitive::<TimestampSecondType>(random, ty, |r| tick(r, 1)),
        TimeUnit::Millisecond => {
            primitive::<TimestampMillisecondType>(random, ty, |r| tick(r, 1_000))
        }
        TimeUnit::Microsecond => {
            primitive::<TimestampMicrosecondType>(random, ty, |r| tick(r, 1_000_000))
        }
        TimeUnit::Nanosecond => {
            primitive::<TimestampNanosecondType>(random, ty, |r| tick(r, 1_000_000_000))
        }
    }
}

/// Every type that some field is read from, without dictionaries.
fn arrow_types() -> Vec<DataType> {
    let mut types = vec![
        DataType::Null,
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        DataType::Boolean,
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::UInt8,
        DataType::UInt16,
        DataType::UInt32,
        DataType::UInt64,
        DataType::Float32,
        DataType::Float64,
        DataType::Decimal32(9, 2),
        DataType::Decimal64(18, 4),
        DataType::Decimal128(38, 2),
        DataType::Decimal128(38, 9),
        DataType::Decimal128(38, -3),
        DataType::Decimal256(76, 6),
        DataType::Date32,
        DataType::Date64,
    ];
    for unit in [
        TimeUnit::Second,
        TimeUnit::Millisecond,
        TimeUnit::Microsecond,
        TimeUnit::Nanosecond,
    ] {
        types.push(DataType::Timestamp(unit, None));
        types.push(DataType::Timestamp(unit, Some("Europe/Berlin".into())));
    }
    types
}

/// The column as a dictionary of some key width, its entries in an order of their own and some unused.
fn packed(random: &mut Random, column: &ArrayRef) -> ArrayRef {
    fn build<K: arrow_array::types::ArrowDictionaryKeyType>(
        random: &mut Random,
        values: &ArrayRef,
    ) -> ArrayRef {
        use arrow_array::builder::PrimitiveBuilder;
        use arrow_buffer::ArrowNativeType;
        let mut keys = PrimitiveBuilder::<K>::new();
        for _ in 0..ROWS {
            if random.below(9) == 0 {
                keys.append_null();
            } else {
                let key = random.below(values.len() as u64) as usize;
                keys.append_value(K::Native::usize_as(key));
            }
        }
        Arc::new(DictionaryArray::<K>::new(keys.finish(), values.clone()))
    }
    match random.below(8) {
        0 => build::<Int8Type>(random, column),
        1 => build::<Int16Type>(random, column),
        2 => build::<Int32Type>(random, column),
        3 => build::<Int64Type>(random, column),
        4 => build::<UInt8Type>(random, column),
        5 => build::<UInt16Type>(random, column),
        6 => build::<UInt32Type>(random, column),
        _ => build::<UInt64Type>(random, column),
    }
}

fn random_mapping(random: &mut Random) -> FieldMapping {
    let mut mapping = FieldMapping::default();
    if random.below(3) == 0 {
        mapping.missing = MissingSpellings {
            spellings: vec!["N/A".into(), "-1".into(), "1900-01-01".into(), "0".into()],
            like: vec![random.one_of(&["X-*", "1*", "?"]).to_owned()],
        };
    }
    if random.below(3) == 0 {
        mapping.numbers = NumberStyle {
            decimal_comma: random.below(2) == 0,
            thousands: [None, Some('.'), Some(',')][random.below(3) as usize],
            affixes: vec![random.one_of(&["$", "USD", "1"]).to_owned()],
        };
    }
    if random.below(3) == 0 {
        mapping.dates = vec!["%Y-%m-%d".into(), "%d.%m.%Y".into()];
    }
    if random.below(3) == 0 {
        mapping.countries = CountryStyle {
            names: true,
            alpha3: true,
            ..Default::default()
        };
    }
    if random.below(3) == 0 {
        mapping.hs_pad = Some(6);
    }
    mapping
}

/// The fields with key and as-of from columns that are always there, the others of random types.
fn agree_on(seed: u64) {
    let random = &mut Random(seed);
    let mut fields = every_type();
    if random.below(2) == 0 {
        fields[1].ty = Type::Instant;
    }
    let model = model_of(fields);
    let mapping = mapping_of(random_mapping(random));
    let wanted = everything(&model, random.below(2) == 0);
    let mut columns = Vec::new();
    for (id, field) in model.record.fields.iter() {
        let reader = FieldReader::new(&model, id, &mapping).unwrap();
        let types = arrow_types();
        let mut types = types.iter().filter(|ty| reader.accepts(ty).is_ok());
        let count = types.clone().count() as u64;
        let ty = types.nth(random.below(count) as usize).unwrap();
        let mut column = column(random, ty);
        if Shape::of(ty) != Shape::Null && random.below(2) == 0 {
            column = packed(random, &column);
        }
        columns.push((field.name.to_string(), column));
    }
    let columns = columns
        .iter()
        .map(|(name, column)| (name.as_str(), column.clone()));
    let batch = batch_of(columns.collect());
    bind_checked(&model, &mapping, &wanted, &batch);
    let sliced = batch.slice(13, ROWS - 20);
    bind_checked(&model, &mapping, &wanted, &sliced);
}

/// One field of one Arrow type, so that no reject hides what happens.
fn agree_on_one(seed: u64) {
    let random = &mut Random(seed);
    let mut fields = every_type();
    fields.truncate(2);
    let mut chosen = every_type().swap_remove(2 + random.below(14) as usize);
    chosen.signed = random.below(2) == 0;
    chosen.percent_of_one = random.below(2) == 0;
    if chosen.ty == Type::Mass {
        chosen.unit = Some(crate::domain::MassUnit::ALL[random.below(6) as usize]);
    }
    let name = chosen.name.clone();
    fields.push(chosen);
    let days: ArrayRef = if random.below(2) == 0 {
        fields[1].ty = Type::Instant;
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        primitive::<TimestampMicrosecondType>(random, &zoned, |r| {
            let seconds = r.below(250 * 31_556_952) as i64 - 150 * 31_556_952;
            seconds * 1_000_000 + r.below(2) as i64
        })
    } else {
        Arc::new(PrimitiveArray::<Date32Type>::from_iter_values(
            0..ROWS as i32,
        ))
    };
    let model = model_of(fields);
    let mapping = mapping_of(random_mapping(random));
    let wanted = everything(&model, random.below(2) == 0);
    let ids: Vec<String> = (0..ROWS).map(|row| format!("id{row}")).collect();
    for ty in arrow_types() {
        let reader = FieldReader::new(&model, FieldId::from_index(2), &mapping).unwrap();
        if reader.accepts(&ty).is_err() {
            continue;
        }
        let column = column(random, &ty);
        let mut columns = vec![column.clone()];
        if Shape::of(&ty) != Shape::Null {
            columns.push(packed(random, &column));
        }
        for column in columns {
            let batch = batch_of(vec![
                ("id", Arc::new(StringArray::from(ids.clone()))),
                ("day", days.clone()),
                (&name, column),
            ]);
            bind_checked(&model, &mapping, &wanted, &batch);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_record_binds_as_it_is_read(seed in any::<u64>()) {
        agree_on(seed);
    }

    #[test]
    fn any_field_of_any_arrow_type_binds_as_it_is_read(seed in any::<u64>()) {
        agree_on_one(seed);
    }
}

proptest! {
    #[test]
    fn doubles_of_few_digits_are_their_shortest_decimal(
        mantissa in -2_000_000_000_000_000i64..2_000_000_000_000_000,
        digits in 0i32..9,
        bits in any::<u64>(),
    ) {
        for float in [mantissa as f64 / 10f64.powi(digits), f64::from_bits(bits), bits as f64] {
            if let Some(millionths) = plain::millionths(float) {
                let exact = crate::domain::Number::from_scaled(millionths.into(), 6);
                prop_assert_eq!(crate::domain::Number::from_f64_shortest(float), Some(exact));
            }
        }
        let single = f32::from_bits(bits as u32);
        for float in [single, mantissa as f32, (mantissa % 20_000_000) as f32] {
            if let Some(whole) = plain::whole_single(float) {
                let exact = crate::domain::Number::from_i64(whole);
                prop_assert_eq!(crate::domain::Number::from_f32_shortest(float), Some(exact));
            }
        }
    }

    #[test]
    fn plain_decimals_and_dates_are_read_as_the_slow_way_does(text in "[-+]?[0-9]{0,19}\\.?[0-9]{0,9}", date in "[12][0-9]{3}-[01][0-9]-[0-3][0-9]") {
        if let Some((mantissa, decimals)) = plain::decimal(text.as_bytes(), b'.') {
            let exact = crate::domain::Number::from_scaled(mantissa.into(), decimals);
            prop_assert_eq!(crate::domain::Number::parse_decimal(&text), Some(exact));
        }
        let day = plain::iso_day(date.as_bytes());
        prop_assert_eq!(day, Day::parse_iso(&date).ok().map(|day| day.0.into()));
    }
}
