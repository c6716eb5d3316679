//! Random sets: elements, ranges, days, algebra.

use super::fields::{Kind, literal};
use super::policies::Author;
use interdict::domain::{Code, CodeModel};

/// The grammar of each code system's codes.
pub const MODELS: [CodeModel; 5] = [
    CodeModel::Hs,
    CodeModel::Eccn,
    CodeModel::Hs,
    CodeModel::Eccn,
    CodeModel::Segmented,
];

impl Author {
    /// A set as it may stand right of `in`: additive.
    pub fn set(&mut self, kind: Kind, depth: usize) -> String {
        if depth == 0 {
            return self.set_leaf(kind);
        }
        match self.random.below(4) {
            0 => self.set_leaf(kind),
            1 => format!(
                "{} + {}",
                self.set(kind, depth - 1),
                self.set_factor(kind, depth - 1)
            ),
            2 => format!(
                "{} - {}",
                self.set(kind, depth - 1),
                self.set_factor(kind, depth - 1)
            ),
            _ => format!(
                "{} & {}",
                self.set_factor(kind, depth - 1),
                self.set_factor(kind, depth - 1)
            ),
        }
    }

    fn set_factor(&mut self, kind: Kind, depth: usize) -> String {
        if depth == 0 {
            self.set_leaf(kind)
        } else {
            format!("({})", self.set(kind, depth))
        }
    }

    fn set_leaf(&mut self, kind: Kind) -> String {
        let named = self.sets.iter().filter(|(_, k)| *k == kind);
        let named: Vec<String> = named.map(|(name, _)| name.clone()).collect();
        if !named.is_empty() && self.random.chance(50) {
            return self.random.pick(&named).clone();
        }
        self.braces(kind)
    }

    /// `{ … }`
    pub fn braces(&mut self, kind: Kind) -> String {
        if self.random.chance(1) {
            return "{ }".into();
        }
        let count = self.random.between(1, 5);
        let elements: Vec<String> = (0..count).map(|_| self.element(kind)).collect();
        let comma = if self.random.chance(20) { "," } else { "" };
        format!("{{ {}{comma} }}", elements.join(", "))
    }

    fn element(&mut self, kind: Kind) -> String {
        let mut element = literal(&mut self.random, &self.pools, kind);
        if let Kind::Code(system) = kind
            && self.random.chance(25)
            && let Some(range) = self.range(system)
        {
            element = range;
        }
        if self.random.chance(25) {
            element.push_str(&self.element_windows());
        }
        element
    }

    /// Two codes that are the ends of a range, if two of the pool are.
    fn range(&mut self, system: usize) -> Option<String> {
        let read = |text: &str| MODELS[system].parse_literal(text).expect("a code");
        let codes: Vec<Code> = self.pools.codes[system]
            .iter()
            .map(|text| read(text))
            .collect();
        let mut ranges = Vec::new();
        for (first, lo) in codes.iter().enumerate() {
            for (last, hi) in codes.iter().enumerate() {
                let is_range = interdict::domain::range_error(lo, hi).is_none();
                if is_range && (first != last || self.random.chance(5)) {
                    ranges.push((first, last));
                }
            }
        }
        let pool = &self.pools.codes[system];
        let &(first, last) = (!ranges.is_empty()).then(|| self.random.pick(&ranges))?;
        Some(format!("\"{}\" to \"{}\"", pool[first], pool[last]))
    }

    fn element_windows(&mut self) -> String {
        let (a, b) = self.pools.two_days(&mut self.random);
        match self.random.below(7) {
            0 | 1 => format!(" from {a}"),
            2 => format!(" until {b}"),
            3 => format!(" through {b}"),
            4 => format!(" from {a} until {b}"),
            5 => format!(" from {a} through {b}"),
            _ => format!(" until {a} from {b}"),
        }
    }

    /// A window that has a first day.
    pub fn window_from(&mut self) -> String {
        let (a, b) = self.pools.two_days(&mut self.random);
        match self.random.below(3) {
            0 => format!("from {a}"),
            1 => format!("from {a} until {b}"),
            _ => format!("from {a} through {b}"),
        }
    }

    /// Any window.
    pub fn window(&mut self) -> String {
        let (_, b) = self.pools.two_days(&mut self.random);
        match self.random.below(8) {
            0 => format!("until {b}"),
            1 => format!("through {b}"),
            _ => self.window_from(),
        }
    }
}
