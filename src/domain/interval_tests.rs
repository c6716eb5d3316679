//! Exhaustive and random tests of interval arithmetic against the values the intervals stand for.

use proptest::prelude::*;

use super::*;

fn n(value: i64) -> Number {
    Number::from_i64(value)
}

/// Every interval with whole ends in -2..=2 or infinite ends.
fn small_intervals() -> Vec<Interval> {
    let los = std::iter::once(End::NegInf).chain((-2..=2).map(|v| End::Finite(n(v))));
    let his: Vec<End> = (-2..=2)
        .map(|v| End::Finite(n(v)))
        .chain([End::PosInf])
        .collect();
    los.flat_map(|lo| {
        his.iter()
            .filter(|hi| lo <= **hi)
            .map(|hi| Interval::new(lo.clone(), hi.clone()))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// Values of an interval that show everything it can do: halves between -3 and 3, and far ones where an end is infinite.
fn samples(interval: &Interval) -> Vec<Number> {
    let halves = (-6..=6).map(|v| Number::from_ratio(v, 2));
    let far = [-1_000_000, -1000, 1000, 1_000_000].into_iter().map(n);
    halves.chain(far).filter(|v| interval.contains(v)).collect()
}

type Op = fn(&Interval, &Interval) -> Interval;
type PointOp = fn(&Number, &Number) -> Option<Number>;

fn operators() -> Vec<(&'static str, Op, PointOp)> {
    vec![
        ("add", Interval::add, |a, b| Some(a + b)),
        ("sub", Interval::sub, |a, b| Some(a - b)),
        ("mul", Interval::mul, |a, b| Some(a * b)),
        ("div", Interval::div, |a, b| a.checked_div(b)),
        ("min", Interval::min, |a, b| Some(a.min(b).clone())),
        ("max", Interval::max, |a, b| Some(a.max(b).clone())),
    ]
}

#[test]
fn every_operator_holds_every_value_of_its_operands() {
    for (name, op, point) in operators() {
        for a in small_intervals() {
            for b in small_intervals() {
                let result = op(&a, &b);
                for x in samples(&a) {
                    for y in samples(&b) {
                        if let Some(value) = point(&x, &y) {
                            assert!(
                                result.contains(&value),
                                "{name}({a}, {b}) = {result} lacks {name}({x}, {y}) = {value}"
                            );
                        }
                    }
                }
            }
        }
    }
}

/// A finite end of a result is attained or approached, and an infinite one is really unbounded.
#[test]
fn no_operator_is_wider_than_its_values() {
    for (name, op, point) in operators() {
        for a in small_intervals() {
            for b in small_intervals() {
                if name == "div" && b.contains_zero() {
                    assert_eq!(op(&a, &b), Interval::any());
                    continue;
                }
                let result = op(&a, &b);
                let values: Vec<Number> = samples(&a)
                    .iter()
                    .flat_map(|x| {
                        samples(&b)
                            .iter()
                            .filter_map(|y| point(x, y))
                            .collect::<Vec<_>>()
                    })
                    .collect();
                let (least, greatest) =
                    (values.iter().min().unwrap(), values.iter().max().unwrap());
                let near = Number::from_ratio(1, 100);
                let far = n(500);
                match &result.lo {
                    End::NegInf => assert!(
                        *least < -&far,
                        "{name}({a}, {b}) = {result} has least {least}"
                    ),
                    End::Finite(lo) => assert!(
                        (least - lo) <= near,
                        "{name}({a}, {b}) = {result} has least {least}"
                    ),
                    End::PosInf => panic!("{name}({a}, {b}) = {result}"),
                }
                match &result.hi {
                    End::PosInf => assert!(
                        *greatest > far,
                        "{name}({a}, {b}) = {result} has greatest {greatest}"
                    ),
                    End::Finite(hi) => assert!(
                        (hi - greatest) <= near,
                        "{name}({a}, {b}) = {result} has greatest {greatest}"
                    ),
                    End::NegInf => panic!("{name}({a}, {b}) = {result}"),
                }
            }
        }
    }
}

type UnaryOp = fn(&Interval) -> Interval;
type UnaryPoint = fn(&Number) -> Number;

#[test]
fn unary_operators_are_sound_and_tight() {
    let operators: [(&str, UnaryOp, UnaryPoint); 3] = [
        ("neg", Interval::neg, |x| -x),
        ("abs", Interval::abs, Number::abs),
        ("round", |i| i.round(0), |x| x.round_half_away(0)),
    ];
    for (name, op, point) in operators {
        for a in small_intervals() {
            let result = op(&a);
            let values: Vec<Number> = samples(&a).iter().map(point).collect();
            assert!(
                values.iter().all(|v| result.contains(v)),
                "{name}({a}) = {result}"
            );
            if let End::Finite(lo) = &result.lo {
                assert!(values.contains(lo), "{name}({a}) = {result}");
            }
            if let End::Finite(hi) = &result.hi {
                assert!(values.contains(hi), "{name}({a}) = {result}");
            }
        }
    }
}

type Comparison = fn(&Interval, &Interval) -> Truth;
type PointComparison = fn(&Number, &Number) -> bool;

/// A comparison is known exactly if all pairs of values agree on it.
#[test]
fn comparisons_are_known_exactly_where_all_values_agree() {
    let comparisons: [(&str, Comparison, PointComparison); 6] = [
        ("<", Interval::lt, |x, y| x < y),
        ("<=", Interval::le, |x, y| x <= y),
        (">", Interval::gt, |x, y| x > y),
        (">=", Interval::ge, |x, y| x >= y),
        ("=", Interval::eq, |x, y| x == y),
        ("!=", Interval::ne, |x, y| x != y),
    ];
    for (name, compare, point) in comparisons {
        for a in small_intervals() {
            for b in small_intervals() {
                let mut seen = [false; 2];
                for x in samples(&a) {
                    for y in samples(&b) {
                        seen[usize::from(point(&x, &y))] = true;
                    }
                }
                let expected = match seen {
                    [false, true] => Truth::True,
                    [true, false] => Truth::False,
                    _ => Truth::Unknown,
                };
                assert_eq!(compare(&a, &b), expected, "{a} {name} {b}");
            }
        }
    }
}

#[test]
fn zero_times_infinity_is_zero() {
    let zero = Interval::point(n(0));
    assert_eq!(zero.mul(&Interval::any()), zero);
    assert_eq!(zero.mul(&Interval::at_least_zero()), zero);
    assert_eq!(
        Interval::at_least_zero().mul(&Interval::at_most_zero()),
        Interval::at_most_zero()
    );
}

#[test]
fn a_divisor_that_may_be_zero_gives_anything() {
    for divisor in [
        Interval::point(n(0)),
        Interval::at_least_zero(),
        Interval::at_most_zero(),
        Interval::any(),
    ] {
        assert_eq!(Interval::point(n(0)).div(&divisor), Interval::any());
    }
    let at_least_one = Interval::new(End::Finite(n(1)), End::PosInf);
    // The end 0 is reached only in the limit and counts as reached.
    assert_eq!(
        Interval::point(n(1)).div(&at_least_one),
        Interval::between(n(0), n(1))
    );
    assert_eq!(at_least_one.div(&at_least_one), Interval::at_least_zero());
}

#[test]
fn missing_amounts_have_bounds() {
    let missing = Interval::at_least_zero();
    assert_eq!(missing.ge(&Interval::point(n(0))), Truth::True);
    assert_eq!(missing.lt(&Interval::point(n(0))), Truth::False);
    assert_eq!(missing.gt(&Interval::point(n(0))), Truth::Unknown);
    let total = Interval::point(n(1000)).add(&missing);
    assert_eq!(total.ge(&Interval::point(n(500))), Truth::True);
    assert_eq!(missing.sub(&missing), Interval::any());
}

#[test]
fn the_same_interval_is_equal_only_if_it_is_a_point() {
    assert_eq!(Interval::any().eq(&Interval::any()), Truth::Unknown);
    let two = Interval::between(n(1), n(2));
    assert_eq!(two.eq(&two), Truth::Unknown);
    assert_eq!(Interval::point(n(1)).eq(&two), Truth::Unknown);
    assert_eq!(
        Interval::point(n(1)).eq(&Interval::point(n(1))),
        Truth::True
    );
}

#[test]
fn prints_points_and_brackets() {
    assert_eq!(Interval::point(Number::from_ratio(1, 2)).to_string(), "0.5");
    assert_eq!(Interval::at_least_zero().to_string(), "[0, ∞)");
    assert_eq!(Interval::at_most_zero().to_string(), "(-∞, 0]");
    assert_eq!(Interval::any().to_string(), "(-∞, ∞)");
    assert_eq!(Interval::between(n(1), n(2)).to_string(), "[1, 2]");
}

fn rationals() -> impl Strategy<Value = Number> {
    (-1000i128..1000, 1i128..50).prop_map(|(a, b)| Number::from_ratio(a, b))
}

fn intervals() -> impl Strategy<Value = Interval> {
    let lo = prop_oneof![1 => Just(None), 4 => rationals().prop_map(Some)];
    let hi = prop_oneof![1 => Just(None), 4 => rationals().prop_map(Some)];
    (lo, hi).prop_map(|(a, b)| match (a, b) {
        (None, None) => Interval::any(),
        (None, Some(b)) => Interval::new(End::NegInf, End::Finite(b)),
        (Some(a), None) => Interval::new(End::Finite(a), End::PosInf),
        (Some(a), Some(b)) => Interval::between(a.clone().min(b.clone()), a.max(b)),
    })
}

/// An interval and a value in it.
fn members() -> impl Strategy<Value = (Interval, Number)> {
    (intervals(), 0i128..=20, rationals()).prop_map(|(interval, step, distance)| {
        let value = match (&interval.lo, &interval.hi) {
            (End::Finite(lo), End::Finite(hi)) => {
                lo + &(&(hi - lo) * &Number::from_ratio(step, 20))
            }
            (End::Finite(lo), _) => lo + &distance.abs(),
            (_, End::Finite(hi)) => hi - &distance.abs(),
            (_, _) => distance,
        };
        (interval, value)
    })
}

proptest! {
    #[test]
    fn any_contained_values_stay_contained((a, x) in members(), (b, y) in members()) {
        prop_assert!(a.contains(&x) && b.contains(&y));
        for (_, op, point) in operators() {
            if let Some(value) = point(&x, &y) {
                prop_assert!(op(&a, &b).contains(&value));
            }
        }
        prop_assert!(a.round(1).contains(&x.round_half_away(1)));
        prop_assert!(a.hull(&b).contains(&x) && a.hull(&b).contains(&y));
    }

    /// More information never changes a known answer.
    #[test]
    fn narrowing_never_flips_a_comparison((a, x) in members(), (b, y) in members()) {
        let (px, py) = (Interval::point(x), Interval::point(y));
        for compare in [Interval::lt, Interval::le, Interval::gt, Interval::ge, Interval::eq, Interval::ne] {
            let wide = compare(&a, &b);
            prop_assert!(wide.is_unknown() || compare(&px, &py) == wide);
            let half = compare(&a, &py);
            prop_assert!(wide.is_unknown() || half == wide);
        }
    }
}
