//! "More information never changes a known answer" (language.md, section 9), on random conditions and records.

use super::build::*;
use crate::domain::Truth;
use crate::model::{ArithOp, Builtin, CompareOp, Expr, ExprKind, FieldId, SetExpr, Type, Value};
use crate::reference::Record;
use proptest::prelude::*;

/// What a condition is made of, before it meets a model.
#[derive(Clone, Debug)]
enum Seed {
    Flag(u8),
    Origin(u8),
    Code(u8),
    Amounts(u8, Box<Sum>, Box<Sum>),
    Not(Box<Seed>),
    And(Vec<Seed>),
    Or(Vec<Seed>),
    If(Box<Seed>, Box<Seed>, Box<Seed>),
}

#[derive(Clone, Debug)]
enum Sum {
    Field(u8),
    Literal(i8),
    Arith(u8, Box<Sum>, Box<Sum>),
    Abs(Box<Sum>),
    Max(Box<Sum>, Box<Sum>),
    If(Box<Seed>, Box<Sum>, Box<Sum>),
}

fn sums() -> impl Strategy<Value = Sum> {
    let leaf = prop_oneof![
        (0..4u8).prop_map(Sum::Field),
        (-3..4i8).prop_map(Sum::Literal),
    ];
    leaf.prop_recursive(3, 12, 2, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            (0..4u8, boxed(), boxed()).prop_map(|(op, a, b)| Sum::Arith(op, a, b)),
            boxed().prop_map(Sum::Abs),
            (boxed(), boxed()).prop_map(|(a, b)| Sum::Max(a, b)),
            (0..2u8, boxed(), boxed()).prop_map(|(flag, a, b)| Sum::If(
                Box::new(Seed::Flag(flag)),
                a,
                b
            )),
        ]
    })
}

fn seeds() -> impl Strategy<Value = Seed> {
    let sum = || sums().prop_map(Box::new);
    let leaf = prop_oneof![
        (0..2u8).prop_map(Seed::Flag),
        (0..3u8).prop_map(Seed::Origin),
        (0..4u8).prop_map(Seed::Code),
        (0..6u8, sum(), sum()).prop_map(|(op, a, b)| Seed::Amounts(op, a, b)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed().prop_map(Seed::Not),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Seed::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Seed::Or),
            (boxed(), boxed(), boxed()).prop_map(|(c, a, b)| Seed::If(c, a, b)),
        ]
    })
}

/// Values of the fields; the second of each pair says whether the field is missing at first.
type Filling = (Vec<(bool, bool)>, (u8, bool), (u8, u8), Vec<(i8, bool)>);

fn fillings() -> impl Strategy<Value = Filling> {
    (
        proptest::collection::vec(any::<(bool, bool)>(), 2),
        (0..3u8, any::<bool>()),
        (0..4u8, 0..3u8),
        proptest::collection::vec((-3..4i8, any::<bool>()), 4),
    )
}

const COUNTRIES: [&str; 3] = ["CN", "US", "FR"];
const CODES: [&str; 4] = ["3B001.c.1", "3B001.c", "3B001.d", "3A001.a"];

struct Fields {
    flags: Vec<(FieldId, Expr)>,
    origin: (FieldId, Expr),
    code: (FieldId, Expr),
    amounts: Vec<(FieldId, Expr)>,
}

fn world() -> (World, Fields) {
    let mut world = World::new();
    let flags = (0..2)
        .map(|at| world.field(&format!("flag{at}"), Type::Bool))
        .collect();
    let origin = world.field("origin", Type::Country);
    let code = world.field("code", eccn());
    let amounts = (0..4)
        .map(|at| match at % 2 {
            0 => world.field(&format!("amount{at}"), usd()),
            _ => world.signed(&format!("amount{at}"), usd()),
        })
        .collect();
    let fields = Fields {
        flags,
        origin,
        code,
        amounts,
    };
    (world, fields)
}

impl Seed {
    fn plant(&self, world: &World, fields: &Fields) -> Expr {
        let plant = |seed: &Seed| seed.plant(world, fields);
        match self {
            Seed::Flag(at) => fields.flags[usize::from(*at)].1.clone(),
            Seed::Origin(at) => {
                let value = country(COUNTRIES[usize::from(*at)]);
                let set = SetExpr::Elements(vec![world.element(value)]);
                world.is_in(&fields.origin.1, set)
            }
            Seed::Code(at) => {
                let value = eccn_code(CODES[usize::from(*at)]);
                let set = SetExpr::Elements(vec![world.element(value)]);
                world.under(&fields.code.1, set)
            }
            Seed::Amounts(op, a, b) => {
                let ops = [
                    CompareOp::Eq,
                    CompareOp::Ne,
                    CompareOp::Lt,
                    CompareOp::Le,
                    CompareOp::Gt,
                    CompareOp::Ge,
                ];
                let (a, b) = (a.plant(world, fields), b.plant(world, fields));
                world.cmp(ops[usize::from(*op)], &a, &b)
            }
            Seed::Not(inner) => world.not(&plant(inner)),
            Seed::And(parts) => {
                let parts: Vec<Expr> = parts.iter().map(plant).collect();
                world.and(&parts.iter().collect::<Vec<_>>())
            }
            Seed::Or(parts) => {
                let parts: Vec<Expr> = parts.iter().map(plant).collect();
                world.or(&parts.iter().collect::<Vec<_>>())
            }
            Seed::If(c, a, b) => world.if_(&plant(c), &plant(a), &plant(b)),
        }
    }
}

impl Sum {
    fn plant(&self, world: &World, fields: &Fields) -> Expr {
        let plant = |sum: &Sum| sum.plant(world, fields);
        match self {
            Sum::Field(at) => fields.amounts[usize::from(*at)].1.clone(),
            Sum::Literal(value) => world.num(&value.to_string(), usd()),
            Sum::Arith(op, a, b) => {
                let ops = [ArithOp::Add, ArithOp::Sub, ArithOp::Mul, ArithOp::Div];
                world.arith(ops[usize::from(*op)], &plant(a), &plant(b), usd())
            }
            Sum::Abs(a) => world.call(Builtin::Abs, &[&plant(a)], usd()),
            Sum::Max(a, b) => world.call(Builtin::Max, &[&plant(a), &plant(b)], usd()),
            Sum::If(c, a, b) => {
                let (c, a, b) = (Box::new(c.plant(world, fields)), plant(a), plant(b));
                world.expr(ExprKind::If(c, Box::new(a), Box::new(b)), usd())
            }
        }
    }
}

/// The record before and after its gaps are filled; the code is missing, coarse or full at first.
fn records(world: &World, fields: &Fields, filling: &Filling) -> (Record, Record) {
    let (flags, origin, code, amounts) = filling;
    let mut before = world.record(&[]);
    let mut after = before.clone();
    let mut fill = |field: FieldId, first: Option<Value>, last: Value| {
        before.set(field, first);
        after.set(field, Some(last));
    };
    for ((field, _), (value, missing)) in fields.flags.iter().zip(flags) {
        let value = Value::Bool(*value);
        fill(*field, (!missing).then(|| value.clone()), value);
    }
    let value = country(COUNTRIES[usize::from(origin.0)]);
    fill(fields.origin.0, (!origin.1).then(|| value.clone()), value);
    let full = CODES[usize::from(code.0)];
    let coarse = full.split_once('.').map(|(entry, _)| eccn_code(entry));
    let first = [None, coarse, Some(eccn_code(full))][usize::from(code.1)].clone();
    fill(fields.code.0, first, eccn_code(full));
    for (at, ((field, _), (value, missing))) in fields.amounts.iter().zip(amounts).enumerate() {
        let value = if at % 2 == 0 { value.abs() } else { *value };
        let value = number(&value.to_string());
        fill(*field, (!missing).then(|| value.clone()), value);
    }
    (before, after)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn more_information_never_flips_an_answer(seed in seeds(), filling in fillings()) {
        let (world, fields) = world();
        let condition = seed.plant(&world, &fields);
        let (before, after) = records(&world, &fields, &filling);
        let (first, last) = (world.truth(&before, &condition), world.truth(&after, &condition));
        prop_assert!(first == Truth::Unknown || first == last, "{first} became {last}");
    }

    #[test]
    fn filling_in_never_raises_at_most_and_open_rules_name_what_is_open(
        seeds in proptest::collection::vec((seeds(), 0..5u8, proptest::option::of(0..5u8)), 1..4),
        spared in seeds(),
        filling in fillings(),
    ) {
        let (mut world, fields) = world();
        let spared = spared.plant(&world, &fields);
        let mut rules = Vec::new();
        for (seed, then, if_unknown) in &seeds {
            let when = seed.plant(&world, &fields);
            let rule = world.rule("r", when, crate::model::Verdict(*then));
            world.model.rules[rule].if_unknown = if_unknown.map(crate::model::Verdict);
            rules.push(rule);
        }
        world.exception("x", &rules[..1], spared, Some(REPORT));
        let (before, after) = records(&world, &fields, &filling);
        let (first, last) = (world.judge(&before), world.judge(&after));
        prop_assert!(last.at_most <= first.at_most);
        prop_assert!(first.verdict <= first.at_most);
        prop_assert!(!first.settled || last.verdict <= first.verdict);
        for (rule, missing) in &first.missing {
            prop_assert!(!missing.is_empty() || literal_zero_divisor(&world, *rule));
        }
        for rule in &first.rules {
            prop_assert!(last.rules.contains(rule));
        }
        let (opened, shut) = (&last.unknown, &first.unknown);
        prop_assert!(opened.iter().all(|rule| shut.contains(rule)));
    }
}

/// A rule that divides may be open for a literal divisor of zero, which has no field to name.
fn literal_zero_divisor(world: &World, rule: crate::model::RuleId) -> bool {
    let rules = &world.model.rules;
    let also = rules[rule].exceptions.iter().chain(rules[rule].excepts());
    also.chain([&rule])
        .any(|id| format!("{:?}", rules[*id].when).contains("Arith(Div"))
}
