//! Lists: every rule of language.md, section 9 and rulings 4, 5 and 10, on policies as they are written.

use crate::check::check_text;
use crate::domain::{Interval, Number, Truth};
use crate::model::{Expr, FieldId, Model, PolicyId, Row, RuleId, Type, Value, Wording};
use crate::reference::eval::Scope;
use crate::reference::{Evaluator, Open, Record, as_of_days, rule_assumed, trace};
use std::sync::Arc;

const WORLD: &str = "\
policy lists { title \"Lists\" }
record shipment {
  key   id   : text
  as of day  : date
  value      : money USD?
  components : list of component?
}
record component {
  name   : text?
  ok     : bool?
  origin : country?
  value  : money USD?
  net    : money USD signed?
  count  : int?
  parts  : list of part?
}
record part { origin : country?  ok : bool?  weight : mass g? }
verdicts clear < review < deny
define good(c : component) : bool = c.ok
define worth(cs : list of component) : money USD = sum(c.value for c in cs)
";

/// A model with one rule with that condition, and a note with that expression where there is one.
fn world(condition: &str, note: &str) -> Model {
    let note = match note {
        "" => String::new(),
        note => format!("note it {note}\n"),
    };
    let text = format!("{WORLD}rule r \"R\" {{\n when {condition}\n then deny\n{note}}}\n");
    let checked = check_text("lists.interdict", &text);
    let messages: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|it| it.message.clone())
        .collect();
    checked
        .model
        .unwrap_or_else(|| panic!("{condition}: {messages:?}"))
}

/// An element with fields as the test writes them: by name, a number, a truth or a list.
fn row(model: &Model, ty: Type, fields: &[(&str, Value)]) -> Row {
    let Type::List(of) = ty else {
        panic!("{ty:?} is no list")
    };
    let declared = &model.nested[of].fields;
    let mut values = vec![None; declared.len()];
    for (name, value) in fields {
        let found = declared.iter().find(|(_, field)| &*field.name == *name);
        values[found.expect("a field").0.index()] = Some(value.clone());
    }
    Row { values }
}

fn components(model: &Model) -> FieldId {
    let mut fields = model.record.fields.iter();
    fields
        .find(|(_, field)| &*field.name == "components")
        .unwrap()
        .0
}

/// A record with these components; `None`: the list is missing.
fn record(model: &Model, rows: Option<&[&[(&str, Value)]]>) -> Record {
    let field = components(model);
    let ty = model.record.fields[field].ty;
    let mut record = Record::empty(model);
    record.set(
        model.record.as_of,
        Some(Value::Date(crate::domain::Day(20_000))),
    );
    let rows = rows.map(|rows| rows.iter().map(|fields| row(model, ty, fields)).collect());
    record.set(field, rows.map(|rows: Vec<Row>| Value::List(rows.into())));
    record
}

fn parts(model: &Model, rows: &[&[(&str, Value)]]) -> Value {
    let Type::List(of) = model.record.fields[components(model)].ty else {
        panic!("components are a list")
    };
    let fields = &model.nested[of].fields;
    let ty = fields
        .values()
        .find(|field| &*field.name == "parts")
        .unwrap()
        .ty;
    Value::List(rows.iter().map(|fields| row(model, ty, fields)).collect())
}

fn num(text: &str) -> Value {
    Value::Number(Number::parse_decimal(text).expect("a number"))
}

fn yes(truth: bool) -> Value {
    Value::Bool(truth)
}

fn truth_on(model: &Model, record: &Record) -> Truth {
    let days = as_of_days(model, record, None).expect("a day");
    Evaluator::new(model, record, &days).truth_of(RuleId::from_index(0))
}

fn missing_on(model: &Model, record: &Record) -> Vec<String> {
    let days = as_of_days(model, record, None).expect("a day");
    let names = Open::on(model, record, &days).missing(RuleId::from_index(0));
    names.iter().map(ToString::to_string).collect()
}

fn note(model: &Model) -> &Expr {
    match &model.rules[RuleId::from_index(0)].notes[0].value {
        Wording::Expr(expr) => expr,
        Wording::Text(_) => panic!("the note is a text"),
    }
}

/// What a number comes to.
fn number_on(model: &Model, record: &Record) -> Interval {
    let days = as_of_days(model, record, None).expect("a day");
    Evaluator::new(model, record, &days).number(note(model), Scope::of(PolicyId::from_index(0)))
}

fn between(low: &str, high: &str) -> Interval {
    let number = |text| Number::parse_decimal(text).expect("a number");
    Interval::between(number(low), number(high))
}

const VALUES: [Option<bool>; 3] = [None, Some(false), Some(true)];

fn as_truth(value: Option<bool>) -> Truth {
    value.map_or(Truth::Unknown, Truth::from)
}

/// All lists of up to three elements whose `ok` is true, false or missing.
fn all_lists() -> Vec<Vec<Option<bool>>> {
    let mut lists: Vec<Vec<Option<bool>>> = vec![Vec::new()];
    let mut last = lists.clone();
    for _ in 0..3 {
        last = last
            .iter()
            .flat_map(|list| VALUES.map(|value| [list.clone(), vec![value]].concat()))
            .collect();
        lists.extend(last.iter().cloned());
    }
    lists
}

fn record_of(model: &Model, list: &[Option<bool>]) -> Record {
    let fields: Vec<Vec<(&str, Value)>> = list
        .iter()
        .map(|value| value.map(|value| ("ok", yes(value))).into_iter().collect())
        .collect();
    let rows: Vec<&[(&str, Value)]> = fields.iter().map(Vec::as_slice).collect();
    record(model, Some(&rows))
}

#[test]
fn any_is_the_or_and_every_the_and_over_all_lists() {
    let any = world("any c in components satisfies c.ok", "");
    let every = world("every c in components satisfies good(c)", "");
    let lists = all_lists();
    assert_eq!(lists.len(), 40);
    for list in lists {
        let truths = || list.iter().map(|value| as_truth(*value));
        let ors = truths().fold(Truth::False, Truth::or);
        let ands = truths().fold(Truth::True, Truth::and);
        assert_eq!(truth_on(&any, &record_of(&any, &list)), ors, "any {list:?}");
        assert_eq!(
            truth_on(&every, &record_of(&every, &list)),
            ands,
            "every {list:?}"
        );
    }
}

#[test]
fn a_missing_list_makes_any_and_every_unknown_whatever_their_body() {
    for word in ["any", "every"] {
        for body in [
            "true",
            "false",
            "c.ok",
            "c.value >= 0 USD",
            "c.ok is missing",
        ] {
            let model = world(&format!("{word} c in components satisfies {body}"), "");
            let record = record(&model, None);
            assert_eq!(truth_on(&model, &record), Truth::Unknown, "{word} {body}");
            assert_eq!(missing_on(&model, &record), ["components"]);
        }
    }
}

#[test]
fn an_empty_list_is_not_missing() {
    let model = world("components is missing", "");
    assert_eq!(truth_on(&model, &record(&model, Some(&[]))), Truth::False);
    assert_eq!(truth_on(&model, &record(&model, None)), Truth::True);
    let model = world("components is known", "");
    assert_eq!(truth_on(&model, &record(&model, Some(&[]))), Truth::True);
    assert_eq!(truth_on(&model, &record(&model, None)), Truth::False);
    let model = world("any c in components satisfies c.parts is missing", "");
    let without: &[(&str, Value)] = &[];
    let with: &[(&str, Value)] = &[("parts", parts(&model, &[]))];
    assert_eq!(
        truth_on(&model, &record(&model, Some(&[without]))),
        Truth::True
    );
    assert_eq!(
        truth_on(&model, &record(&model, Some(&[with]))),
        Truth::False
    );
}

#[test]
fn count_is_between_those_that_count_and_those_that_may() {
    let model = world("true", "count(c in components where c.ok)");
    for list in all_lists() {
        let certain = list.iter().filter(|value| **value == Some(true)).count();
        let possible = list.iter().filter(|value| **value != Some(false)).count();
        let counted = number_on(&model, &record_of(&model, &list));
        let wanted = between(&certain.to_string(), &possible.to_string());
        assert_eq!(counted, wanted, "{list:?}");
    }
    assert_eq!(
        number_on(&model, &record(&model, None)),
        Interval::at_least_zero()
    );
    let model = world("true", "count(c in components)");
    let list = [None, Some(true)];
    assert_eq!(
        number_on(&model, &record_of(&model, &list)),
        between("2", "2")
    );
    assert_eq!(
        number_on(&model, &record(&model, None)),
        Interval::at_least_zero()
    );
}

/// Elements of every kind: whether they count, and 0, −3, 5 or nothing as their value.
fn kinds() -> Vec<(Option<bool>, Option<i64>)> {
    let nets = [None, Some(0), Some(-3), Some(5)];
    VALUES
        .iter()
        .flat_map(|ok| nets.map(|net| (*ok, net)))
        .collect()
}

fn record_of_kinds(model: &Model, kinds: &[(Option<bool>, Option<i64>)]) -> Record {
    let fields: Vec<Vec<(&str, Value)>> = kinds
        .iter()
        .map(|(ok, net)| {
            let ok = ok.map(|ok| ("ok", yes(ok)));
            let net = net.map(|net| ("net", num(&net.to_string())));
            ok.into_iter().chain(net).collect()
        })
        .collect();
    let rows: Vec<&[(&str, Value)]> = fields.iter().map(Vec::as_slice).collect();
    record(model, Some(&rows))
}

/// Everything that could be: who counts, and what the missing values are (−9 to 9 stand for all).
fn possible(kinds: &[(Option<bool>, Option<i64>)]) -> Vec<Vec<i64>> {
    let mut worlds: Vec<Vec<i64>> = vec![Vec::new()];
    for (ok, net) in kinds {
        let nets = net.map_or(vec![-9, 0, 9], |net| vec![net]);
        let counted = worlds
            .iter()
            .flat_map(|world| nets.iter().map(|net| [world.clone(), vec![*net]].concat()));
        let counted: Vec<Vec<i64>> = counted.collect();
        worlds = match ok {
            Some(true) => counted,
            Some(false) => worlds,
            None => [worlds, counted].concat(),
        };
    }
    worlds
}

#[test]
fn sums_and_extremes_hold_all_that_could_be_and_nothing_else() {
    let sum = world("true", "sum(c.net for c in components where c.ok)");
    let least = world("true", "min(c.net for c in components where c.ok)");
    let most = world("true", "max(c.net for c in components where c.ok)");
    let kinds = kinds();
    let pairs = kinds
        .iter()
        .flat_map(|a| kinds.iter().map(|b| vec![*a, *b]));
    let lists = pairs
        .chain(kinds.iter().map(|one| vec![*one]))
        .chain([Vec::new()]);
    for list in lists {
        let worlds = possible(&list);
        let open = list
            .iter()
            .any(|(ok, net)| *ok != Some(false) && net.is_none());
        let certain = list.iter().any(|(ok, _)| *ok == Some(true));
        let sums: Vec<i64> = worlds.iter().map(|world| world.iter().sum()).collect();
        let found = number_on(&sum, &record_of_kinds(&sum, &list));
        if open {
            assert_eq!(found, Interval::any(), "sum of {list:?}");
        } else {
            let (low, high) = (sums.iter().min().unwrap(), sums.iter().max().unwrap());
            let wanted = between(&low.to_string(), &high.to_string());
            assert_eq!(found, wanted, "sum of {list:?}");
        }
        for (model, pick) in [(&least, false), (&most, true)] {
            let found = number_on(model, &record_of_kinds(model, &list));
            let of = |world: &Vec<i64>| match pick {
                true => world.iter().max().copied(),
                false => world.iter().min().copied(),
            };
            if !certain {
                assert_eq!(found, Interval::any(), "extreme of {list:?}");
            } else if !open {
                let all: Vec<i64> = worlds.iter().filter_map(of).collect();
                let (low, high) = (all.iter().min().unwrap(), all.iter().max().unwrap());
                let wanted = between(&low.to_string(), &high.to_string());
                assert_eq!(found, wanted, "extreme of {list:?}");
            }
        }
    }
}

#[test]
fn a_missing_value_that_cannot_be_negative_is_at_least_zero() {
    let model = world("sum(c.value for c in components) > 500 USD", "");
    let known: &[(&str, Value)] = &[("value", num("500.01"))];
    let rows: [&[(&str, Value)]; 2] = [known, &[]];
    assert_eq!(truth_on(&model, &record(&model, Some(&rows))), Truth::True);
    let less: &[(&str, Value)] = &[("value", num("500"))];
    let rows: [&[(&str, Value)]; 2] = [less, &[]];
    let record = record(&model, Some(&rows));
    assert_eq!(truth_on(&model, &record), Truth::Unknown);
    assert_eq!(missing_on(&model, &record), ["components[2].value"]);
}

#[test]
fn the_sum_of_a_missing_list_has_the_sign_of_what_it_adds() {
    let zero = Interval::point(Number::zero());
    let (positive, negative, any) = (
        Interval::at_least_zero(),
        Interval::at_most_zero(),
        Interval::any(),
    );
    for (summand, wanted) in [
        ("c.value", &positive),
        ("c.value * 2", &positive),
        ("-c.value", &negative),
        ("c.net", &any),
        ("c.value - c.value", &any),
        ("1 USD", &positive),
        ("0 USD", &zero),
        ("c.value * 0", &zero),
        ("-1 USD", &negative),
        ("if c.ok then c.value else 1 USD", &positive),
        ("if c.value is known then c.value else -1 USD", &any),
        ("assume(c.net, 1 USD, \"why\")", &any),
        ("sum(p.weight for p in c.parts)", &positive),
        ("c.count", &any),
        ("abs(c.count)", &positive),
    ] {
        let model = world("true", &format!("sum({summand} for c in components)"));
        assert_eq!(
            number_on(&model, &record(&model, None)),
            *wanted,
            "{summand}"
        );
    }
    let model = world("worth(components) >= 0 USD", "worth(components)");
    assert_eq!(number_on(&model, &record(&model, None)), positive);
    assert_eq!(truth_on(&model, &record(&model, None)), Truth::True);
}

#[test]
fn what_the_sign_of_a_sum_hangs_on_is_missing_with_its_list() {
    let model = world(
        "sum(c.value + value - 1 USD for c in components) >= -1 USD",
        "",
    );
    let mut record = record(&model, None);
    assert_eq!(truth_on(&model, &record), Truth::Unknown);
    assert_eq!(missing_on(&model, &record), ["value", "components"]);
    record.set(FieldId::from_index(2), Some(num("1")));
    assert_eq!(truth_on(&model, &record), Truth::True);
    record.set(FieldId::from_index(2), Some(num("0")));
    assert_eq!(missing_on(&model, &record), ["components"]);
}

#[test]
fn extremes_of_nothing_are_open_for_lack_of_the_list() {
    for text in [
        "min(c.value for c in components) >= 0 USD",
        "max(c.value for c in components where c.ok) >= 0 USD",
    ] {
        let model = world(text, "");
        for rows in [None, Some(&[][..])] {
            let record = record(&model, rows);
            assert_eq!(truth_on(&model, &record), Truth::Unknown, "{text}");
            assert_eq!(missing_on(&model, &record), ["components"], "{text}");
        }
    }
    let model = world("max(c.value for c in components where c.ok) >= 0 USD", "");
    let rows: [&[(&str, Value)]; 2] = [&[("ok", yes(false))], &[("value", num("1"))]];
    assert_eq!(
        missing_on(&model, &record(&model, Some(&rows))),
        ["components[2].ok"]
    );
}

#[test]
fn missing_fields_are_named_with_their_elements_in_the_order_of_reading() {
    let model = world(
        "any c in components satisfies any p in c.parts satisfies p.origin = CN and p.weight > 1 g and c.ok",
        "",
    );
    let first = parts(
        &model,
        &[&[], &[("weight", num("0.0005"))], &[("ok", yes(true))]],
    );
    let rows: [&[(&str, Value)]; 4] = [
        &[("parts", first)],
        &[],
        &[("ok", yes(false))],
        &[("ok", yes(false)), ("parts", parts(&model, &[&[]]))],
    ];
    // The weight of the second part rules it out.
    let record = record(&model, Some(&rows));
    assert_eq!(
        missing_on(&model, &record),
        [
            "components[1].ok",
            "components[1].parts[1].origin",
            "components[1].parts[1].weight",
            "components[1].parts[3].origin",
            "components[1].parts[3].weight",
            "components[2].parts",
            "components[3].parts",
        ]
    );
}

#[test]
fn of_a_sum_what_cannot_count_is_not_missing() {
    let model = world("sum(c.value for c in components where c.ok) > 5 USD", "");
    let rows: [&[(&str, Value)]; 4] = [
        &[("ok", yes(false))],
        &[("ok", yes(true))],
        &[("value", num("1"))],
        &[("ok", yes(true)), ("value", num("1"))],
    ];
    assert_eq!(
        missing_on(&model, &record(&model, Some(&rows))),
        ["components[2].value", "components[3].ok"]
    );
}

#[test]
fn a_divisor_of_zero_lists_what_it_is_made_of() {
    let model = world("value / sum(c.value for c in components) > 1%", "");
    let rows: [&[(&str, Value)]; 1] = [&[("value", num("0"))]];
    let mut record = record(&model, Some(&rows));
    record.set(FieldId::from_index(2), Some(num("1")));
    assert_eq!(truth_on(&model, &record), Truth::Unknown);
    assert_eq!(
        missing_on(&model, &record),
        ["components", "components[1].value"]
    );
}

#[test]
fn assumptions_about_elements_are_carried_once() {
    let model = world(
        "sum(assume(c.value, 1 USD, \"included\") for c in components) > 1 USD",
        "",
    );
    let rows: [&[(&str, Value)]; 3] = [&[], &[("value", num("1"))], &[]];
    let record = record(&model, Some(&rows));
    let days = as_of_days(&model, &record, None).unwrap();
    let reasons = rule_assumed(&model, &record, &days, RuleId::from_index(0));
    assert_eq!(reasons, [Arc::from("included")]);
    assert_eq!(truth_on(&model, &record), Truth::True);
}

#[test]
fn arguments_keep_the_elements_of_their_caller() {
    let text = "any c in components satisfies any p in c.parts satisfies same(c.origin, p)";
    let more = "define same(o : country, p : part) : bool = o = p.origin and p.ok\n";
    let text = format!("{WORLD}{more}rule r \"R\" {{\n when {text}\n then deny\n}}\n");
    let model = check_text("lists.interdict", &text)
        .model
        .expect("no error");
    let country = |code: &str| Value::Country(crate::domain::Country::from_alpha2(code).unwrap());
    for (here, there, wanted) in [("CN", "CN", Truth::True), ("CN", "DE", Truth::False)] {
        let part = parts(&model, &[&[("origin", country(there)), ("ok", yes(true))]]);
        let rows: [&[(&str, Value)]; 1] = [&[("origin", country(here)), ("parts", part)]];
        assert_eq!(truth_on(&model, &record(&model, Some(&rows))), wanted);
    }
}

/// Filling in what is missing, element by element, never changes a known answer.
#[test]
fn more_information_about_elements_never_changes_a_known_answer() {
    let conditions = [
        "any c in components satisfies c.ok and c.net > 0 USD",
        "every c in components satisfies c.ok or c.net > 0 USD",
        "sum(c.net for c in components where c.ok) > 1 USD",
        "count(c in components where c.net > 0 USD) >= 1",
        "min(c.net for c in components where c.ok) < 0 USD",
        "max(c.net for c in components where c.ok) = 5 USD",
    ];
    let kinds = kinds();
    for condition in conditions {
        let model = world(condition, "");
        for coarse in kinds.iter().flat_map(|a| kinds.iter().map(|b| [*a, *b])) {
            let before = truth_on(&model, &record_of_kinds(&model, &coarse));
            if before.is_unknown() {
                continue;
            }
            for fine in kinds.iter().flat_map(|a| kinds.iter().map(|b| [*a, *b])) {
                let refines = coarse.iter().zip(&fine).all(|(coarse, fine)| {
                    (coarse.0.is_none() || coarse.0 == fine.0)
                        && (coarse.1.is_none() || coarse.1 == fine.1)
                });
                if refines {
                    let after = truth_on(&model, &record_of_kinds(&model, &fine));
                    assert_eq!(before, after, "{condition}: {coarse:?} to {fine:?}");
                }
            }
        }
        // A missing list may become any list.
        let before = truth_on(&model, &record(&model, None));
        for fine in kinds.iter().map(|one| vec![*one]).chain([Vec::new()]) {
            let after = truth_on(&model, &record_of_kinds(&model, &fine));
            assert!(
                before.is_unknown() || before == after,
                "{condition}: {fine:?}"
            );
        }
    }
}

#[test]
fn traces_have_a_part_for_each_element() {
    let model = world("any c in components satisfies c.ok", "");
    let record = record_of(&model, &[Some(false), Some(true)]);
    let days = as_of_days(&model, &record, None).unwrap();
    let traced = trace(&model, &record, &days, RuleId::from_index(0));
    let parts: Vec<String> = traced
        .when
        .parts
        .iter()
        .map(|part| format!("{:?} {:?}", part.kind, part.outcome))
        .collect();
    assert_eq!(
        parts,
        [
            "Element(\"components[1]\") Truth(False)",
            "Element(\"components[2]\") Truth(True)"
        ]
    );
}
