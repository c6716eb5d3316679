//! Values of a column such that any other value does in every cell of the column what one of them does.

use super::holds::{Sample, is_opaque};
use crate::check::expr::magnitude;
use crate::domain::{Code, CodeModel, Country, Day, Number};
use crate::model::{Expr, ExprKind, NamedSet, Param, SetExpr, Type, Value};
use crate::text::Arena;
use std::collections::BTreeSet;

/// At most so many values are tried in a column.
const MAX_SAMPLES: usize = 20_000;

/// What a column's cells mention.
#[derive(Default)]
pub(super) struct Mentioned {
    values: Vec<Value>,
    /// The ends of ranges of codes.
    ranges: Vec<(Code, Code)>,
    /// Days on which what a cell asks may change.
    pub days: BTreeSet<Day>,
    /// Whether there are tests by pattern.
    pub opaque: bool,
}

/// Sets and params that cells name.
#[derive(Clone, Copy)]
pub(super) struct Named<'m> {
    pub sets: &'m Arena<NamedSet>,
    pub params: &'m Arena<Param>,
}

/// A value to try, and whether it is one that a record cannot hold: a negative amount in a column of amounts that are not.
pub(super) struct Tried {
    pub sample: Sample,
    pub beyond: bool,
}

impl Mentioned {
    /// Adds what a cell mentions.
    pub fn add(&mut self, cell: &Expr, named: Named) {
        self.opaque |= is_opaque(cell, named.sets);
        match &cell.kind {
            ExprKind::Value(value) => self.values.push(value.clone()),
            ExprKind::Param(param) => {
                for (from, value) in &named.params[*param].steps {
                    self.days.extend(*from);
                    self.values.push(value.clone());
                }
            }
            ExprKind::In(_, set) | ExprKind::Under(_, set) => self.add_set(set, named),
            _ => cell.parts().iter().for_each(|part| self.add(part, named)),
        }
    }

    fn add_set(&mut self, set: &SetExpr, named: Named) {
        match set {
            SetExpr::Elements(elements) => {
                for element in elements {
                    self.days.extend(element.windows.edges());
                    self.values.push(element.value.clone());
                    if let (Value::Code(first), Some(Value::Code(last))) =
                        (&element.value, &element.to)
                    {
                        self.values.push(Value::Code(last.clone()));
                        self.ranges.push((first.clone(), last.clone()));
                    }
                }
            }
            SetExpr::Named(id) => self.add_set(&named.sets[*id].members, named),
            SetExpr::List(_) => {}
            SetExpr::Union(a, b) | SetExpr::Difference(a, b) | SetExpr::Intersection(a, b) => {
                self.add_set(a, named);
                self.add_set(b, named);
            }
        }
    }

    /// The values to try, a missing one last; `None` where there are too many.
    pub fn samples(
        &self,
        ty: Type,
        signed: bool,
        values_of_enum: usize,
        model: Option<CodeModel>,
    ) -> Option<Vec<Tried>> {
        let at_least_zero = matches!(ty, Type::Percent | Type::Money(_) | Type::Mass) && !signed;
        let known: Vec<Value> = match ty {
            Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
            Type::Country => Country::all().map(Value::Country).collect(),
            Type::Enum(_) => (0..values_of_enum)
                .map(|at| Value::Enum(u16::try_from(at).unwrap_or(u16::MAX)))
                .collect(),
            Type::Int => self.whole().into_iter().map(Value::Number).collect(),
            Type::Date => self
                .whole()
                .iter()
                .filter_map(|number| Day::from_days(number.to_i64()?))
                .map(Value::Date)
                .collect(),
            Type::Decimal | Type::Percent | Type::Money(_) | Type::Mass => {
                self.between().into_iter().map(Value::Number).collect()
            }
            Type::Text { .. } => self.texts(),
            Type::Code(_) => {
                let codes = self.codes(model?)?;
                codes.into_iter().map(Value::Code).collect()
            }
            Type::Instant | Type::Duration | Type::Verdict | Type::List(_) | Type::Element(_) => {
                unreachable!("internal error: a column of {ty:?}")
            }
        };
        if known.len() > MAX_SAMPLES {
            return None;
        }
        let mut tried: Vec<Tried> = known
            .into_iter()
            .map(|value| Tried {
                beyond: at_least_zero && magnitude(&value).is_some_and(|it| it.is_negative()),
                sample: Sample::Known(value),
            })
            .collect();
        tried.push(Tried {
            sample: Sample::Missing { at_least_zero },
            beyond: false,
        });
        Some(tried)
    }

    fn magnitudes(&self) -> Vec<Number> {
        let mut numbers: Vec<Number> = self.values.iter().filter_map(magnitude).collect();
        numbers.push(Number::zero());
        numbers.sort();
        numbers.dedup();
        numbers
    }

    /// Every number mentioned, one between any two, one below and one above all.
    fn between(&self) -> Vec<Number> {
        let numbers = self.magnitudes();
        let half = Number::from_ratio(1, 2);
        let mut all = vec![&numbers[0] - &Number::one()];
        for (at, number) in numbers.iter().enumerate() {
            all.push(number.clone());
            all.push(match numbers.get(at + 1) {
                Some(next) => &(number + next) * &half,
                None => number + &Number::one(),
            });
        }
        all
    }

    /// The same among whole numbers.
    fn whole(&self) -> Vec<Number> {
        let mut all = BTreeSet::new();
        for number in self.magnitudes() {
            let floor = number.floor_scaled(0);
            let floor = Number::from_bigint(floor);
            for step in -1..=2 {
                all.insert(&floor + &Number::from_i64(step));
            }
        }
        all.into_iter().collect()
    }

    /// Every text mentioned, and one that is not.
    fn texts(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let mut other = "another text".to_owned();
        for value in &self.values {
            if let Value::Text(text) = value {
                if text.len() >= other.len() {
                    other = format!("another text than {text}");
                }
                all.push(value.clone());
            }
        }
        all.push(Value::Text(other.into()));
        all
    }

    /// Every code mentioned and all above it, what lies beside and below these, and the same down to the depth of ranges.
    fn codes(&self, model: CodeModel) -> Option<Vec<Code>> {
        let mut nodes: BTreeSet<Code> = BTreeSet::new();
        for value in &self.values {
            if let Value::Code(code) = value {
                nodes.extend(code.self_and_ancestors());
            }
        }
        if nodes.len() > MAX_SAMPLES / 20 {
            return None;
        }
        let depth = self.ranges.iter().map(|(first, _)| first.depth()).max();
        Some(match model {
            CodeModel::Hs => hs_codes(&nodes, depth.unwrap_or(0)),
            CodeModel::Eccn | CodeModel::Segmented => segmented_codes(model, &nodes),
        })
    }
}

fn hs_codes(nodes: &BTreeSet<Code>, depth: usize) -> Vec<Code> {
    let mut all: BTreeSet<Code> = BTreeSet::new();
    let even = nodes
        .iter()
        .map(Code::as_str)
        .filter(|text| text.len() % 2 == 0);
    let parents: BTreeSet<&str> = even.chain([""]).collect();
    let mut add = |text: &str| all.extend(CodeModel::Hs.parse_data(text).ok());
    for node in nodes {
        // Whole codes of 9 or 11 digits are told from others only where one is mentioned.
        add(node.as_str());
    }
    for parent in parents {
        for pair in 0..100 {
            let mut child = format!("{parent}{pair:02}");
            add(&child);
            while child.len() < depth {
                child.push_str("00");
                add(&child);
            }
        }
    }
    all.extend(
        nodes
            .iter()
            .filter(|node| matches!(node.depth(), 9 | 11))
            .cloned(),
    );
    all.into_iter().collect()
}

/// Segments next to one that is mentioned, and a few that nobody mentions.
fn segmented_codes(model: CodeModel, nodes: &BTreeSet<Code>) -> Vec<Code> {
    let mut all: BTreeSet<Code> = BTreeSet::new();
    let mut add = |text: &str| all.extend(model.parse_data(text).ok());
    for text in ["0A001", "9E999", "EAR99", "A1", "Z99"] {
        add(text);
    }
    for node in nodes {
        let text = node.as_str();
        add(text);
        let (parent, last) = match text.rsplit_once('.') {
            Some((parent, last)) => (format!("{parent}."), last),
            None => (String::new(), text),
        };
        for beside in beside(last) {
            add(&format!("{parent}{beside}"));
        }
        for child in ["a", "b", "z", "1", "2", "99"] {
            add(&format!("{text}.{child}"));
        }
    }
    all.into_iter().collect()
}

/// The segments before and after one: `901` and `903` for `902`, `j` and `l` for `k`.
fn beside(segment: &str) -> Vec<String> {
    let digits = segment.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (head, run) = segment.split_at(segment.len() - digits);
    if digits > 0 {
        let number: u64 = run.parse().unwrap_or(0);
        let around = [number.checked_sub(1), number.checked_add(1)];
        let width = run.len();
        return around
            .into_iter()
            .flatten()
            .map(|number| format!("{head}{number:0>width$}"))
            .collect();
    }
    let Some((at, letter)) = segment.char_indices().last() else {
        return Vec::new();
    };
    let head = &segment[..at];
    let around = [letter as u32 - 1, letter as u32 + 1];
    let mut all: Vec<String> = around
        .into_iter()
        .filter_map(char::from_u32)
        .filter(char::is_ascii_alphabetic)
        .map(|letter| format!("{head}{letter}"))
        .collect();
    all.push(format!("{segment}{letter}"));
    all
}
