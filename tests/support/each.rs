//! Rules for each value of an enum, for each row of a list, or about each element of a list in the record.

use super::fields::{ENUMS, Kind};
use super::policies::Author;
use super::reference::ListInfo;

/// What the element is called.
const ELEMENT: &str = "given_each";

impl Author {
    /// Perhaps `for each`: its clause, with the element and the cells of its row in scope from here on.
    pub fn for_each(&mut self) -> Option<String> {
        if !self.random.chance(18) {
            return None;
        }
        let in_record = self.fields.iter().filter_map(|field| match field.kind {
            Kind::List(level) => Some((field.written(), level)),
            _ => None,
        });
        let in_record: Vec<(String, usize)> = in_record.collect();
        if !in_record.is_empty() && self.random.chance(50) {
            let (list, level) = self.random.pick(&in_record).clone();
            for field in &self.levels[level] {
                let path = format!("{ELEMENT}.{}", field.written());
                self.scope.push((path, field.kind));
            }
            self.elements = 1;
            return Some(format!("for each {ELEMENT} in {list}"));
        }
        let lists = self.reference.iter().filter(|list| !list.is_closure);
        let lists: Vec<ListInfo> = lists.cloned().collect();
        let of = if lists.is_empty() || self.random.chance(40) {
            let number = self.random.below(ENUMS.len());
            self.scope.push((ELEMENT.to_owned(), Kind::Enum(number)));
            ENUMS[number].to_owned()
        } else {
            let list = self.random.pick(&lists).clone();
            self.scope.push((ELEMENT.to_owned(), list.key));
            for column in &list.columns {
                let cell = format!("{ELEMENT}.{}", column.written());
                self.scope.push((cell, column.kind));
            }
            self.answer_at_hand = list.has_answers;
            list.name
        };
        Some(format!("for each {ELEMENT} in {of}"))
    }

    /// The cell of the row at hand that comes to a verdict.
    pub fn answer_of_element(&mut self) -> Option<String> {
        let takes = self.answer_at_hand && self.random.chance(50);
        takes.then(|| format!("{ELEMENT}.answer"))
    }

    /// What braces in a text may name of the element at hand.
    pub fn names_of_element(&self) -> Vec<String> {
        let names = self.scope.iter().map(|(name, _)| name.clone());
        names.filter(|name| name.starts_with(ELEMENT)).collect()
    }

    /// The code that the rule at hand is made for, for `under`.
    pub fn code_of_element(&mut self, system: usize) -> Option<String> {
        let is_code =
            |(name, kind): &(String, Kind)| name == ELEMENT && *kind == Kind::Code(system);
        let known = self.scope.iter().any(is_code);
        (known && self.random.chance(60)).then(|| ELEMENT.to_owned())
    }

    /// The conditions are written: what is said of all elements of a list in the record names none of them.
    pub fn end_conditions(&mut self) {
        if std::mem::take(&mut self.elements) > 0 {
            self.scope.clear();
        }
    }

    /// The rule is written.
    pub fn end_each(&mut self) {
        self.scope.clear();
        self.answer_at_hand = false;
    }
}
