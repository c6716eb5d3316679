//! Exact numbers: reading, printing, calculating, whichever way they are held.

use super::*;
use proptest::prelude::*;

fn n(text: &str) -> Number {
    Number::parse_decimal(text).unwrap_or_else(|| panic!("{text} is a number"))
}

#[test]
fn decimals_are_read_exactly() {
    assert_eq!(n("0.1"), Number::from_ratio(1, 10));
    assert_eq!(n("-12.50"), Number::from_ratio(-25, 2));
    assert_eq!(n("+7"), Number::from_i64(7));
    assert_eq!(n(".5"), Number::from_ratio(1, 2));
    assert_eq!(n("1e-7"), Number::from_ratio(1, 10_000_000));
    assert_eq!(n("1.5E+3"), Number::from_i64(1500));
    assert_eq!(n("-0"), Number::zero());
    assert_eq!(n("00012"), Number::from_i64(12));
    assert_eq!(&n("0.1") + &n("0.2"), n("0.3"));
    assert_eq!(
        n("123456789012345678901234567890123456789012345.5").to_string(),
        "123456789012345678901234567890123456789012345.5"
    );
}

#[test]
fn what_is_not_a_decimal_is_refused() {
    for text in [
        "",
        "-",
        "+",
        ".",
        "5.",
        "1.2.3",
        "1e",
        "1e+",
        "e5",
        "1_000",
        "1,5",
        "1 000",
        " 1",
        "1 ",
        "--1",
        "+-1",
        "inf",
        "nan",
        "NaN",
        "Infinity",
        "0x10",
        "1e5.5",
        "١٢",
        "1e999999999",
        "1e-999999999",
        "1e99999999999999999999",
        "12USD",
    ] {
        assert_eq!(Number::parse_decimal(text), None, "{text:?}");
    }
    assert!(Number::parse_decimal(&"9".repeat(MAX_DIGITS)).is_some());
    assert!(Number::parse_decimal(&"9".repeat(MAX_DIGITS + 1)).is_none());
    assert!(Number::parse_decimal("1e1000").is_some());
    assert!(Number::parse_decimal("1e1001").is_none());
}

/// Integers around zero, around the edges of 64 bits, and any.
fn integer() -> impl Strategy<Value = i128> {
    let edges = [0, i128::from(i64::MAX), i128::from(i64::MIN)];
    prop_oneof![
        (0..3usize, -3i128..4).prop_map(move |(at, by)| edges[at] + by),
        any::<i64>().prop_map(i128::from),
        any::<i128>().prop_map(|value| value / 4),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn small_numbers_and_big_ones_calculate_alike(a in integer(), b in integer(), c in integer(), d in integer()) {
        prop_assume!(b != 0 && d != 0);
        let (x, y) = (Number::from_ratio(a, b), Number::from_ratio(c, d));
        let rational = |n: i128, d: i128| BigRational::new(n.into(), d.into());
        let (p, q) = (rational(a, b), rational(c, d));
        prop_assert_eq!(x.to_big().into_owned(), p.clone());
        for (number, exact) in [(&x + &y, &p + &q), (&x - &y, &p - &q), (&x * &y, &p * &q), (-&x, -&p), (x.abs(), p.abs())] {
            prop_assert_eq!(number.to_big().into_owned(), exact.clone());
            // One form for one number.
            prop_assert_eq!(&number, &Number::big(exact));
        }
        let quotient = x.checked_div(&y);
        prop_assert_eq!(quotient.is_none(), c == 0);
        if let Some(quotient) = quotient {
            prop_assert_eq!(quotient, Number::big(&p / &q));
        }
        prop_assert_eq!(x.cmp(&y), p.cmp(&q));
        prop_assert_eq!(x == y, p == q);
        let ten = BigRational::from_integer(1_000_000.into());
        let scaled = &p * &ten;
        let whole = scaled.is_integer().then(|| scaled.to_integer());
        prop_assert_eq!(x.to_scaled_i128(6), whole.and_then(|whole| whole.to_i128()));
    }
}

#[test]
fn a_double_is_what_it_prints_as() {
    let shortest = |x: f64| Number::from_f64_shortest(x).unwrap();
    assert_eq!(shortest(0.1), n("0.1"));
    assert_eq!(shortest(5399.200000000002), n("5399.200000000002"));
    assert_eq!(shortest(-0.0), Number::zero());
    assert_eq!(shortest(1e300).to_string().len(), 301);
    assert_eq!(shortest(5e-324), n("5e-324"));
    assert_eq!(shortest(f64::MAX), n("1.7976931348623157e308"));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Number::from_f64_shortest(bad), None);
    }
    assert_eq!(Number::from_f32_shortest(0.1), Some(n("0.1")));
}

#[test]
fn prints_the_shortest_exact_decimal() {
    for (text, printed) in [
        ("1.500", "1.5"),
        ("-0.001", "-0.001"),
        ("100", "100"),
        ("1e-7", "0.0000001"),
        ("0.0", "0"),
        ("-3", "-3"),
    ] {
        assert_eq!(n(text).to_string(), printed);
    }
    assert_eq!(Number::from_ratio(1, 3).to_string(), "1/3");
    assert_eq!(Number::from_ratio(-5, 7).to_string(), "-5/7");
    assert_eq!(Number::from_ratio(1, 8).to_string(), "0.125");
    assert_eq!(Number::from_ratio(1, -8).to_string(), "-0.125");
}

#[test]
fn rounds_halves_away_from_zero() {
    for (text, digits, expected) in [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("2.4999", 0, "2"),
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "-0.13"),
        ("0.135", 2, "0.14"),
        ("1250", -2, "1300"),
        ("1249", -2, "1200"),
        ("-1250", -2, "-1300"),
        ("0.4", 0, "0"),
        ("-0.4", 0, "0"),
        ("7", 3, "7"),
        ("4", -1, "0"),
    ] {
        assert_eq!(
            n(text).round_half_away(digits),
            n(expected),
            "round({text}, {digits})"
        );
    }
    assert_eq!(Number::from_ratio(2, 3).round_half_away(4), n("0.6667"));
    assert_eq!(
        Number::from_ratio(-2, 3).round_half_away(i32::MIN),
        Number::zero()
    );
}

#[test]
fn scaling_is_exact_or_nothing() {
    assert_eq!(n("12.34").to_scaled_i64(2), Some(1234));
    assert_eq!(n("12.34").to_scaled_i64(1), None);
    assert_eq!(n("-12.3").to_scaled_i64(3), Some(-12300));
    assert_eq!(n("92233720368547758.07").to_scaled_i64(2), Some(i64::MAX));
    assert_eq!(n("92233720368547758.08").to_scaled_i64(2), None);
    assert_eq!(Number::from_ratio(1, 3).to_scaled_i128(9), None);
    assert_eq!(n("-1.21").floor_scaled(1), BigInt::from(-13));
    assert_eq!(n("-1.21").ceil_scaled(1), BigInt::from(-12));
    assert_eq!(n("1.2").floor_scaled(1), n("1.2").ceil_scaled(1));
    assert_eq!(Number::from_scaled(12345, 2), n("123.45"));
    assert_eq!(Number::from_scaled(-7, -3), n("-7000"));
    assert_eq!(
        Number::from_scaled(i128::MIN, 0),
        Number::from_i128(i128::MIN)
    );
}

#[test]
fn ratios_come_out_in_lowest_terms() {
    assert_eq!(n("0.25").as_ratio_i128(), Some((1, 4)));
    assert_eq!(Number::from_ratio(6, -4).as_ratio_i128(), Some((-3, 2)));
    assert_eq!(n("1e40").as_ratio_i128(), None);
    assert_eq!(n("3").to_i64(), Some(3));
    assert_eq!(n("3.5").to_i64(), None);
}

#[test]
fn division_by_zero_is_nothing() {
    assert_eq!(n("1").checked_div(&Number::zero()), None);
    assert_eq!(n("1").checked_div(&n("8")), Some(n("0.125")));
}

fn numbers() -> impl Strategy<Value = Number> {
    (any::<i64>(), 1i64..1_000_000).prop_map(|(a, b)| Number::from_ratio(a.into(), b.into()))
}

proptest! {
    #[test]
    fn arithmetic_obeys_the_field_laws(a in numbers(), b in numbers(), c in numbers()) {
        prop_assert_eq!(&(&a + &b) + &c, &a + &(&b + &c));
        prop_assert_eq!(&a * &(&b + &c), &(&a * &b) + &(&a * &c));
        prop_assert_eq!(&a - &b, -&(&b - &a));
        if !b.is_zero() {
            prop_assert_eq!(&a.checked_div(&b).unwrap() * &b, a.clone());
        }
        prop_assert_eq!(a < b, (&a - &b).is_negative());
    }

    #[test]
    fn decimals_print_and_read_back(mantissa in any::<i128>(), decimals in -30i32..60) {
        let number = Number::from_scaled(mantissa, decimals);
        let printed = number.to_string();
        prop_assert_eq!(Number::parse_decimal(&printed), Some(number));
    }

    #[test]
    fn doubles_keep_their_identity(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        prop_assume!(value.is_finite());
        let number = Number::from_f64_shortest(value).unwrap();
        prop_assert_eq!(number.to_string().parse::<f64>().unwrap(), value);
    }

    #[test]
    fn rounding_is_nearest(a in numbers(), digits in -4i32..6) {
        let rounded = a.round_half_away(digits);
        let half_step = Number::from_scaled(5, digits + 1);
        let error = (&a - &rounded).abs();
        prop_assert!(error <= half_step);
        if error == half_step {
            prop_assert!(rounded.abs() > a.abs());
        }
        prop_assert!(rounded.decimals().unwrap() <= digits.max(0) as u32);
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[-+0-9.eE_, ]{0,12}") {
        let _ = Number::parse_decimal(&text);
    }
}
