//! Readings by field type, and models made by hand for these and the tests of binding.

use super::*;
use crate::domain::{Currency, MassUnit, Zone};
use crate::input::mapping::{CountryStyle, MissingSpellings, NumberStyle};
use crate::model::{Enum, Field, FieldRole, Policy, Record, Verdict, built_in_systems};
use crate::text::{Arena, SourceMap, Span};

fn nowhere(sources: &mut SourceMap) -> Span {
    let file = sources.add("hand.interdict", "");
    Span {
        file,
        start: 0,
        end: 0,
    }
}

/// A field of a model made by hand; the column is called like the field.
pub(crate) fn field(name: &str, ty: Type) -> Field {
    Field {
        name: name.into(),
        ty,
        optional: true,
        signed: false,
        percent_of_one: false,
        unit: (ty == Type::Mass).then_some(MassUnit::Kilogram),
        role: FieldRole::Plain,
        column: name.into(),
        span: nowhere(&mut SourceMap::default()),
        doc: None,
    }
}

/// US dollars.
pub(crate) fn usd() -> Type {
    Type::Money(Currency::parse("USD").unwrap())
}

/// A model with these fields, the first being the key and the second the as-of field, and the enum `end_use`.
pub(crate) fn model_of(fields: Vec<Field>) -> Model {
    let mut sources = SourceMap::default();
    let span = nowhere(&mut sources);
    let mut all: Arena<Field> = Arena::default();
    for (position, mut field) in fields.into_iter().enumerate() {
        field.role = match position {
            0 => FieldRole::Key,
            1 => FieldRole::AsOf,
            _ => FieldRole::Plain,
        };
        field.optional &= position > 1;
        all.push(field);
    }
    let mut enums = Arena::default();
    enums.push(Enum {
        name: "end_use".into(),
        ordered: false,
        values: vec!["civil".into(), "military".into()],
        spellings: vec![("MIL".into(), 1), ("2".into(), 1)],
        span,
    });
    let mut policies = Arena::default();
    policies.push(Policy {
        name: "hand".into(),
        title: None,
        version: None,
        authority: None,
        zone: Zone::get("Asia/Shanghai"),
        span,
    });
    Model {
        sources,
        policies,
        record: Record {
            name: "shipment".into(),
            key: FieldId::from_index(0),
            as_of: FieldId::from_index(1),
            fields: all,
            span,
        },
        nested: Arena::default(),
        enums,
        systems: built_in_systems(),
        verdicts: vec!["clear".into(), "deny".into()],
        otherwise: Verdict(0),
        when_unknown: Verdict(1),
        lists: Arena::default(),
        calendars: Arena::default(),
        sets: Arena::default(),
        params: Arena::default(),
        defines: Arena::default(),
        totals: Arena::default(),
        rules: Arena::default(),
        suspensions: Arena::default(),
        tests: Vec::new(),
        dependency_order: Vec::new(),
        asks: crate::model::Asks::default(),
    }
}

/// The only enum of [`model_of`].
pub(crate) fn end_use() -> Type {
    Type::Enum(crate::model::EnumId::from_index(0))
}

/// HS numbers.
pub(crate) fn hs() -> Type {
    Type::Code(crate::model::SystemId::from_index(0))
}

/// ECCNs.
pub(crate) fn eccn() -> Type {
    Type::Code(crate::model::SystemId::from_index(1))
}

fn reader_of(field: Field, mapping: FieldMapping) -> FieldReader {
    let model = model_of(vec![
        self::field("id", Type::Text { folded: false }),
        self::field("day", Type::Date),
        field,
    ]);
    let mapping = Mapping {
        every: mapping,
        ..Default::default()
    };
    FieldReader::new(&model, FieldId::from_index(2), &mapping).unwrap()
}

fn plain(ty: Type) -> FieldReader {
    reader_of(field("x", ty), FieldMapping::default())
}

fn number(text: &str) -> Value {
    Value::Number(Number::parse_decimal(text).unwrap())
}

fn known(reading: Reading) -> Value {
    reading.unwrap().unwrap()
}

#[test]
fn blanks_around_a_text_do_not_count_and_nothing_is_missing() {
    let reader = plain(Type::Text { folded: false });
    assert_eq!(known(reader.read_text("  a b ")), Value::Text("a b".into()));
    assert_eq!(reader.read_text("  "), Ok(None));
    assert_eq!(known(reader.read_i64(-7)), Value::Text("-7".into()));
    assert!(reader.read_bool(true).is_err());
}

#[test]
fn yes_and_no_are_read_in_their_spellings() {
    let reader = plain(Type::Bool);
    for yes in ["1", "TRUE", "y", " Yes"] {
        assert_eq!(known(reader.read_text(yes)), Value::Bool(true));
    }
    assert_eq!(known(reader.read_i64(0)), Value::Bool(false));
    assert_eq!(known(reader.read_bool(true)), Value::Bool(true));
    assert!(reader.read_i64(2).is_err());
    assert!(reader.read_text("t").is_err());
}

#[test]
fn amounts_below_zero_are_refused_unless_signed() {
    let reader = plain(usd());
    assert_eq!(known(reader.read_text("-0.00")), number("0"));
    let expected = reader.read_text("-0.01").unwrap_err();
    assert_eq!(
        expected.as_str(),
        "an amount in USD that is not negative, such as 1234.50"
    );
    assert!(reader.read_f64(-1.0).is_err());
    assert!(reader.read_decimal(-1, 2).is_err());
    let mut signed = field("x", usd());
    signed.signed = true;
    let signed = reader_of(signed, FieldMapping::default());
    assert_eq!(known(signed.read_text("-0.01")), number("-0.01"));
}

#[test]
fn whole_numbers_have_64_bits_and_no_fraction() {
    let reader = plain(Type::Int);
    assert_eq!(
        known(reader.read_text("9223372036854775807")),
        Value::Number(Number::from_i64(i64::MAX))
    );
    assert!(reader.read_text("9223372036854775808").is_err());
    assert!(reader.read_integer(u64::MAX.into()).is_err());
    assert!(reader.read_text("1.5").is_err());
    assert_eq!(known(reader.read_f64(3.0)), number("3"));
    assert!(reader.read_f64(3.5).is_err());
}

#[test]
fn floats_are_the_shortest_decimal_that_prints_them() {
    let reader = plain(Type::Decimal);
    assert_eq!(known(reader.read_f64(0.1)), number("0.1"));
    assert_eq!(
        known(reader.read_f64(5399.200000000002)),
        number("5399.200000000002")
    );
    assert_eq!(known(reader.read_f32(0.1)), number("0.1"));
    for not in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(reader.read_f64(not).is_err());
    }
}

#[test]
fn percents_and_masses_come_in_the_units_of_the_data() {
    assert_eq!(known(plain(Type::Percent).read_text("25")), number("0.25"));
    let mut share = field("x", Type::Percent);
    share.percent_of_one = true;
    let share = reader_of(share, FieldMapping::default());
    assert_eq!(known(share.read_text("0.25")), number("0.25"));
    let mut pounds = field("x", Type::Mass);
    pounds.unit = Some(MassUnit::Pound);
    let pounds = reader_of(pounds, FieldMapping::default());
    assert_eq!(known(pounds.read_i64(2)), number("0.90718474"));
    assert!(pounds.read_text("-1").unwrap_err().as_str().contains("lb"));
    let mut grams = FieldMapping {
        unit: Some(MassUnit::Gram),
        ..Default::default()
    };
    grams.numbers.decimal_comma = true;
    let mut tonnes = field("x", Type::Mass);
    tonnes.unit = Some(MassUnit::Tonne);
    let grams = reader_of(tonnes, grams);
    assert_eq!(known(grams.read_text("2,5")), number("0.0025"));
    assert_eq!(
        grams.read_text("-1").unwrap_err().as_str(),
        "a mass in g that is not negative, such as 12,5"
    );
}

#[test]
fn dates_have_the_mappings_formats_or_else_iso() {
    let day = |text: &str| Value::Date(Day::parse_iso(text).unwrap());
    let iso = plain(Type::Date);
    assert_eq!(known(iso.read_text(" 2025-12-01 ")), day("2025-12-01"));
    for not in ["2025-02-30", "1.12.2025", "2025-12-01T00:00:00", "20251201"] {
        assert_eq!(
            iso.read_text(not).unwrap_err().as_str(),
            "a date such as 2025-12-01"
        );
    }
    let formats = FieldMapping {
        dates: vec!["%d-%b-%y".into(), "%m/%d/%y".into(), "%d/%m/%y".into()],
        ..Default::default()
    };
    let mapped = reader_of(field("x", Type::Date), formats);
    assert_eq!(known(mapped.read_text("2-Jun-06")), day("2006-06-02"));
    assert!(mapped.read_text("2006-06-02").is_err());
    assert_eq!(
        mapped.read_text("9/11/14").unwrap_err().as_str(),
        "a date that the formats of the mapping read in one way, not as 2014-09-11 or 2014-11-09"
    );
    assert_eq!(
        known(iso.read_timestamp(MICROS_PER_DAY, false)),
        day("1970-01-02")
    );
    assert!(iso.read_timestamp(1, false).is_err());
    assert!(iso.read_timestamp(0, true).is_err());
    assert!(iso.read_date(i64::MAX).is_err());
}

#[test]
fn an_instant_has_an_offset_or_is_a_date() {
    let reader = plain(Type::Instant);
    assert_eq!(
        known(reader.read_text("1970-01-01T08:00:00+08:00")),
        Value::Instant(0)
    );
    assert_eq!(known(reader.read_text("1970-01-02")), Value::Date(Day(1)));
    assert_eq!(known(reader.read_date(1)), Value::Date(Day(1)));
    assert_eq!(known(reader.read_timestamp(5, true)), Value::Instant(5));
    assert!(reader.read_timestamp(5, false).is_err());
    assert!(reader.read_timestamp(i64::MAX, true).is_err());
    assert!(reader.read_text("1970-01-01T08:00:00").is_err());
}

#[test]
fn the_as_of_instant_has_a_day_in_the_zone_of_every_policy() {
    let mut model = model_of(vec![
        field("id", Type::Text { folded: false }),
        field("day", Type::Instant),
        field("other", Type::Instant),
    ]);
    let mut west = model.policies[crate::text::Id::from_index(0)].clone();
    west.zone = Zone::get("America/New_York");
    model.policies.push(west);
    let reader =
        |at| FieldReader::new(&model, FieldId::from_index(at), &Mapping::default()).unwrap();
    let (day, other) = (reader(1), reader(2));
    // In Shanghai these are days of the year 10000, and in New York of the year 0.
    let beyond = [
        "9999-12-31T16:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T04:00:00Z",
    ];
    for text in beyond {
        let micros = parse_instant(text).unwrap();
        assert!(day.read_text(text).is_err(), "{text}");
        assert!(day.read_timestamp(micros, true).is_err(), "{text}");
        assert_eq!(known(other.read_text(text)), Value::Instant(micros));
    }
    for text in ["9999-12-31T15:59:59Z", "0001-01-01T05:00:00Z"] {
        let micros = parse_instant(text).unwrap();
        assert_eq!(known(day.read_text(text)), Value::Instant(micros));
        let zones = model
            .policies
            .values()
            .filter_map(|policy| policy.zone.as_ref());
        assert!(zones.into_iter().all(|zone| zone.day_of(micros).is_some()));
    }
}

#[test]
fn countries_are_codes_unless_the_mapping_says_more() {
    let china = Value::Country(Country::from_alpha2("CN").unwrap());
    let codes = plain(Type::Country);
    assert_eq!(known(codes.read_text("cn")), china);
    assert!(codes.read_text("CHN").is_err());
    assert!(codes.read_text("UK").is_err());
    // Namibia.
    assert!(codes.read_text("NA").unwrap().is_some());
    let style = CountryStyle {
        names: true,
        alpha3: true,
        spellings: [("P.R.C.".to_owned(), "CN".to_owned())].into(),
    };
    let mapped = reader_of(
        field("x", Type::Country),
        FieldMapping {
            countries: style,
            ..Default::default()
        },
    );
    for text in ["chn", "China", "P.R.C.", "CN"] {
        assert_eq!(known(mapped.read_text(text)), china, "{text}");
    }
    assert!(mapped.read_i64(1).is_err());
}

#[test]
fn hs_digits_get_back_the_zeros_they_lost() {
    let padded = reader_of(
        field("x", hs()),
        FieldMapping {
            hs_pad: Some(6),
            ..Default::default()
        },
    );
    let code = Value::Code(CodeModel::Hs.parse_data("010121").unwrap());
    assert_eq!(known(padded.read_i64(10121)), code);
    assert_eq!(known(padded.read_text("10121")), code);
    assert_eq!(known(plain(hs()).read_text("01.01 21")), code);
    assert!(plain(hs()).read_i64(-10121).is_err());
    let odd = plain(hs()).read_i64(10121).expect_err("a digit is missing");
    assert_eq!(
        odd.as_str(),
        "an HS code of 2, 4, 6, 8, 10 or 12 digits; of an odd number, one is missing. Where a leading zero was lost, the mapping \
         gives it back: `x = 8` under `[hs]`, if whole codes have 8 digits"
    );
    for other in ["850.511", "00", "x"] {
        let expected = plain(hs()).read_text(other).expect_err(other);
        assert!(
            expected.as_str().starts_with("a code of hs: 2, 4, 6"),
            "{expected}"
        );
    }
    assert_eq!(
        known(plain(eccn()).read_text("3a001.A")),
        Value::Code(CodeModel::Eccn.parse_data("3A001.a").unwrap())
    );
}

#[test]
fn enums_are_names_spellings_and_the_mappings_spellings() {
    let reader = reader_of(
        field("x", end_use()),
        FieldMapping {
            values: [("zivil".to_owned(), "civil".to_owned())].into(),
            ..Default::default()
        },
    );
    assert_eq!(known(reader.read_text("military")), Value::Enum(1));
    assert_eq!(known(reader.read_text("MIL")), Value::Enum(1));
    assert_eq!(known(reader.read_i64(2)), Value::Enum(1));
    assert_eq!(known(reader.read_text("zivil")), Value::Enum(0));
    assert_eq!(
        reader.read_text("Civil").unwrap_err().as_str(),
        "one of civil, military"
    );
}

#[test]
fn a_mapping_to_a_value_that_is_not_there_is_an_error() {
    let model = model_of(vec![
        field("id", Type::Text { folded: false }),
        field("day", Type::Date),
        field("use", end_use()),
    ]);
    let mapping = Mapping {
        every: FieldMapping {
            values: [("x".to_owned(), "civl".to_owned())].into(),
            ..Default::default()
        },
        ..Default::default()
    };
    let problem = FieldReader::new(&model, FieldId::from_index(2), &mapping).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "`x` is to mean `civl`, which is no value of `end_use`"
    );
}

#[test]
fn missing_spellings_count_for_texts_and_for_typed_values() {
    let mapping = FieldMapping {
        missing: MissingSpellings {
            spellings: vec!["N/A".into(), "-1".into(), "9999-12-31".into()],
            like: vec!["See *".into()],
        },
        numbers: NumberStyle {
            decimal_comma: true,
            ..Default::default()
        },
        ..Default::default()
    };
    let amount = reader_of(field("x", usd()), mapping.clone());
    for text in ["N/A", "-1", "See DN-1"] {
        assert_eq!(amount.read_text(text), Ok(None), "{text}");
    }
    assert_eq!(amount.read_f64(-1.0), Ok(None));
    assert_eq!(amount.read_i64(-1), Ok(None));
    assert_eq!(known(amount.read_text("1,5")), number("1.5"));
    let date = reader_of(field("x", Type::Date), mapping);
    assert_eq!(date.read_text("9999-12-31"), Ok(None));
    assert_eq!(date.read_date(Day::MAX.0.into()), Ok(None));
}
