//! The class of every list of the record in a batch: element by element, over what was met before.
//!
//! An element is one of few *kinds*: what the classes of its tested fields are together. A list without elements has a class; each element leads
//! from the class of those before it to another, since what a list comes to is the greatest of what its elements come to. Both steps are
//! looked up, once for each element, and worked out once for each pair.

use crate::kernel::loops::{self, Lists};
use crate::kernel::{ABSENT, KNOWN};
use crate::plan::{Classes, ListTests, MISSING, Plan};
use rustc_hash::FxHashMap;

/// What one thread keeps of all lists of the record that tests ask about.
pub struct ListClasses<'a> {
    lists: Vec<OfList<'a>>,
}

/// One list.
struct OfList<'a> {
    /// The place of its column in the plan.
    slot: usize,
    classes: &'a Classes,
    tests: &'a ListTests,
    /// One for each field that counts: from what the fields before it are together and what it is to a number of its own.
    fields: Vec<Pairs>,
    /// What an element of each kind adds, as [`ListTests::of_element`] says.
    kinds: Vec<Box<[u8]>>,
    /// Whether an element of a kind has a test that is unknown for one of several reasons.
    hiding: Vec<bool>,
    /// From the class of the elements before and the kind of one to the class with it.
    steps: Pairs,
    /// What classes come to, as far as they were met.
    lists: FxHashMap<u32, Box<[u8]>>,
    /// The class of a list without elements.
    none: u32,
    /// By row.
    rows: Vec<u32>,
    /// By element the kind.
    elements: Vec<u32>,
    offsets: Vec<u32>,
}

impl<'a> ListClasses<'a> {
    /// For one thread.
    pub fn new(plan: &'a Plan) -> Self {
        let columns = plan.columns.iter().enumerate();
        let lists = columns.filter_map(|(slot, column)| {
            let classes = column.classes.as_deref()?;
            Some(OfList::new(slot, classes, classes.list_tests()?))
        });
        ListClasses {
            lists: lists.collect(),
        }
    }

    /// Works out the classes of all lists of a batch of so many rows.
    pub fn work_out(&mut self, plan: &Plan, lists: &Lists<'_>, rows: usize) {
        for of_list in &mut self.lists {
            of_list.find_kinds(plan, lists);
            of_list.find_rows(lists, rows);
        }
    }

    /// The classes of the column at that place of the plan, by row.
    pub fn rows(&self, slot: usize) -> &[u32] {
        &self.of(slot).rows
    }

    /// The kinds of the elements of a row's list: what no test of it tells apart is one kind.
    pub fn kinds(&self, slot: usize, row: usize) -> &[u32] {
        let of_list = self.of(slot);
        let (from, until) = (of_list.offsets[row], of_list.offsets[row + 1]);
        &of_list.elements[from as usize..until as usize]
    }

    /// Whether the kinds of a row's elements do not tell why some test of theirs is unknown.
    pub fn hide(&self, slot: usize, row: usize) -> bool {
        let of_list = self.of(slot);
        let mut kinds = self.kinds(slot, row).iter();
        kinds.any(|kind| of_list.hiding[*kind as usize])
    }

    fn of(&self, slot: usize) -> &OfList<'a> {
        let mut lists = self.lists.iter();
        let own = lists.find(|list| list.slot == slot);
        own.expect("internal error: a list without classes")
    }
}

impl<'a> OfList<'a> {
    fn new(slot: usize, classes: &'a Classes, tests: &'a ListTests) -> Self {
        let none = tests.of_none();
        let class = classes.class_of_list(&none);
        let fields = tests.tested.len() + tests.known.len();
        let mut of_list = OfList {
            slot,
            classes,
            tests,
            fields: Vec::new(),
            kinds: Vec::new(),
            hiding: Vec::new(),
            steps: Pairs::default(),
            lists: FxHashMap::default(),
            none: class,
            rows: Vec::new(),
            elements: Vec::new(),
            offsets: Vec::new(),
        };
        of_list.fields.resize_with(fields, Pairs::default);
        of_list.lists.insert(class, none);
        of_list
    }

    fn find_kinds(&mut self, plan: &Plan, lists: &Lists<'_>) {
        let offsets = lists.offsets(self.tests.list);
        let count = offsets.last().copied().unwrap_or(0) as usize;
        self.offsets.clear();
        self.offsets.extend(offsets);
        self.elements.clear();
        self.elements.resize(count, 0);
        let (tested, known) = self.fields.split_at_mut(self.tests.tested.len());
        for (pairs, member) in tested.iter_mut().zip(&self.tests.tested) {
            lists.classes(*member).each(count, |at, class| {
                let so_far = &mut self.elements[at];
                *so_far = pairs.number(*so_far, class);
            });
        }
        for (pairs, member) in known.iter_mut().zip(&self.tests.known) {
            let (mantissas, states) = lists.amounts(*member);
            let amounts = mantissas.iter().zip(states);
            for (so_far, (mantissa, state)) in self.elements.iter_mut().zip(amounts) {
                let what = match *state {
                    ABSENT => NOT_THERE,
                    KNOWN if *mantissa == 0 => ZERO,
                    _ => NOT_ZERO,
                };
                *so_far = pairs.number(*so_far, what);
            }
        }
        let kinds = self.fields.last().map_or(1, |last| last.met.len());
        for kind in self.kinds.len()..kinds {
            let (added, hides) = self.of_kind(plan, lists, kind as u32);
            self.kinds.push(added);
            self.hiding.push(hides);
        }
    }

    /// What an element of a kind adds, and whether some test of it is unknown for one of several reasons.
    fn of_kind(&self, plan: &Plan, lists: &Lists<'_>, kind: u32) -> (Box<[u8]>, bool) {
        let mut values = vec![0; self.fields.len()];
        let mut so_far = kind;
        for (value, pairs) in values.iter_mut().zip(&self.fields).rev() {
            (so_far, *value) = pairs.met[so_far as usize];
        }
        let (tested, known) = values.split_at(self.tests.tested.len());
        let place = |members: &[_], member| {
            let place = members.iter().position(|own| *own == member);
            place.expect("internal error: a field that does not count")
        };
        let test = |test| {
            let member = plan.program.member_tests[test].member;
            let class = tested[place(&self.tests.tested, member)];
            let truths = lists.truths(member, plan.lists.place(test));
            loops::truth_of(truths[class as usize])
        };
        let is_known = |member| known[place(&self.tests.known, member)] != NOT_THERE;
        let fields = tested.iter().zip(&self.tests.hiding);
        // Of a missing field there is one reason.
        let known_fields = fields.filter(|(class, _)| **class != MISSING);
        let mut hiding = known_fields.flat_map(|(_, hiding)| hiding);
        let hides = hiding.any(|of| test(*of).is_unknown());
        (self.tests.of_element(&test, &is_known), hides)
    }

    fn find_rows(&mut self, lists: &Lists<'_>, rows: usize) {
        self.rows.clear();
        self.rows.reserve(rows);
        for row in 0..rows {
            let class = match lists.is_missing(self.tests.list, row) {
                true => MISSING,
                false => {
                    let own = self.offsets[row] as usize..self.offsets[row + 1] as usize;
                    own.fold(self.none, |class, at| self.step(class, self.elements[at]))
                }
            };
            self.rows.push(class);
        }
    }

    fn step(&mut self, class: u32, kind: u32) -> u32 {
        if let Some(next) = self.steps.get(class, kind) {
            return next;
        }
        let before = self.lists[&class].iter();
        let with = before.zip(&self.kinds[kind as usize]);
        let with: Box<[u8]> = with.map(|(a, b)| *a.max(b)).collect();
        let next = self.classes.class_of_list(&with);
        self.lists.insert(next, with);
        self.steps.put(class, kind, next);
        next
    }
}

/// Numbers by pairs of numbers.
#[derive(Default)]
struct Pairs {
    /// Those of small numbers, `width` a row.
    cells: Vec<u32>,
    width: usize,
    more: FxHashMap<(u32, u32), u32>,
    /// The pairs that [`Pairs::number`] met, by number.
    met: Vec<(u32, u32)>,
}

/// What an amount is to a kind.
const NOT_THERE: u32 = 0;
const ZERO: u32 = 1;
const NOT_ZERO: u32 = 2;

/// No number.
const NONE: u32 = u32::MAX;
/// Cells kept side by side at most.
const MAX_CELLS: usize = 1 << 20;

impl Pairs {
    #[inline]
    fn get(&self, a: u32, b: u32) -> Option<u32> {
        let (row, column) = (a as usize, b as usize);
        if column < self.width
            && let Some(cell) = self.cells.get(row * self.width + column)
            && *cell != NONE
        {
            return Some(*cell);
        }
        self.get_elsewhere(a, b)
    }

    #[cold]
    fn get_elsewhere(&self, a: u32, b: u32) -> Option<u32> {
        self.more.get(&(a, b)).copied()
    }

    #[cold]
    fn put(&mut self, a: u32, b: u32, number: u32) {
        let (row, column) = (a as usize, b as usize);
        let width = self.width.max((column + 1).next_power_of_two());
        let height = (row + 1).max(self.cells.len() / self.width.max(1));
        if width * height > MAX_CELLS {
            self.more.insert((a, b), number);
            return;
        }
        if width > self.width {
            let mut wider = vec![NONE; width * height];
            for (from, to) in self
                .cells
                .chunks(self.width.max(1))
                .zip(wider.chunks_mut(width))
            {
                to[..from.len()].copy_from_slice(from);
            }
            (self.cells, self.width) = (wider, width);
        }
        if self.cells.len() < width * height {
            self.cells.resize(width * height, NONE);
        }
        self.cells[row * width + column] = number;
    }

    /// A number of its own for each pair, from 0 in the order in which they are met.
    #[inline]
    fn number(&mut self, a: u32, b: u32) -> u32 {
        if let Some(number) = self.get(a, b) {
            return number;
        }
        let number = u32::try_from(self.met.len()).expect("fewer than 2^32 kinds of elements");
        self.met.push((a, b));
        self.put(a, b, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_keep_their_numbers_however_they_are_kept() {
        let mut pairs = Pairs::default();
        // Small ones stand side by side, in rows that grow wider; two large numbers do not.
        let met = [
            (0, 0),
            (3, 1),
            (0, 9),
            (70_000, 70_000),
            (3, 0),
            (70_000, 2),
        ];
        for (number, (a, b)) in met.into_iter().enumerate() {
            assert_eq!(pairs.get(a, b), None, "({a}, {b}) is new");
            assert_eq!(pairs.number(a, b), number as u32);
        }
        for (number, (a, b)) in met.into_iter().enumerate() {
            assert_eq!(pairs.number(a, b), number as u32);
            assert_eq!(pairs.met[number], (a, b));
        }
        assert!(!pairs.more.is_empty() && pairs.cells.len() <= MAX_CELLS);
    }
}
