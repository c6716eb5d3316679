//! What conditions over lists and tests of lists read of elements, and the classes of their fields.

use super::named::Named;
use super::{Classify, DEAD, MISSING};
use crate::domain::Truth;
use crate::ir::{
    ComputedKind, ELEMENT, ListColumnId, LoopForm, LoopReads, MemberId, MemberTestId, Program,
    TestForm,
};
use crate::model::{FieldId, Model, NestedId, Value};
use crate::reference::condition_on_member;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock, RwLock, RwLockReadGuard};

/// The lists that are looped over and what is read of their elements.
#[derive(Default)]
pub struct PlannedLists {
    /// By [`ListColumnId`] the lists that are read: those that some condition asks about, and those in whose elements they stand.
    pub read: Vec<bool>,
    /// By [`MemberId`].
    pub members: Vec<PlannedMember>,
    /// By [`MemberTestId`] its place among the tests of its field.
    places: Vec<usize>,
}

/// A field of the elements of a list.
pub struct PlannedMember {
    /// Its classes, where some test asks for them.
    pub classes: Option<Arc<MemberClasses>>,
    /// Whether exact amounts are read.
    pub amount: bool,
}

impl PlannedLists {
    /// What the conditions of `program` read.
    pub(super) fn new(model: &Arc<Model>, program: &Program) -> PlannedLists {
        let mut lists = BTreeSet::new();
        let mut amounts: BTreeSet<MemberId> = BTreeSet::new();
        let mut tests: BTreeSet<MemberTestId> = BTreeSet::new();
        let computed = program.computed.values();
        let loops = computed.filter_map(|computed| match &computed.kind {
            ComputedKind::Loop { form, .. } => Some(form),
            _ => None,
        });
        let of_lists = program.tests.values();
        let of_lists = of_lists.filter_map(|test| match &test.form {
            TestForm::Any { list, body } => Some((*list, Some(body))),
            TestForm::IsThere(list) => Some((*list, None)),
            _ => None,
        });
        let (asked, bodies): (Vec<ListColumnId>, Vec<Option<&LoopForm>>) = of_lists.unzip();
        lists.extend(asked);
        for form in loops.chain(bodies.into_iter().flatten()) {
            let reads = LoopReads::of(form);
            lists.extend(reads.lists);
            amounts.extend(reads.amounts);
            tests.extend(reads.member_tests);
        }
        let mut places = vec![usize::MAX; program.member_tests.len()];
        let mut by_member: FxHashMap<MemberId, Vec<MemberTestId>> = FxHashMap::default();
        for test in tests {
            let own = by_member.entry(program.member_tests[test].member);
            let own = own.or_default();
            places[test.index()] = own.len();
            own.push(test);
        }
        let members = program.members.ids().map(|id| PlannedMember {
            classes: by_member
                .get(&id)
                .map(|tests| Arc::new(MemberClasses::new(model, program, id, tests))),
            amount: amounts.contains(&id),
        });
        PlannedLists {
            read: program.lists.ids().map(|id| lists.contains(&id)).collect(),
            members: members.collect(),
            places,
        }
    }

    /// Whether a list is read.
    pub fn is_read(&self, list: ListColumnId) -> bool {
        self.read[list.index()]
    }

    /// The place of a test among those of its field.
    pub fn place(&self, test: MemberTestId) -> usize {
        self.places[test.index()]
    }
}

/// The classes of one field of elements: values that no test tells apart are one.
pub struct MemberClasses {
    model: Arc<Model>,
    of: NestedId,
    field: FieldId,
    tests: Vec<crate::ir::MemberTest>,
    /// The texts that the tests tell apart, where they go by texts, and the class of all others.
    pub(super) named: Option<Named>,
    unnamed: OnceLock<u32>,
    tables: RwLock<MemberTables>,
}

/// The classes known so far.
#[derive(Default)]
pub struct MemberTables {
    /// How many classes there are.
    pub count: usize,
    /// For each test what it comes to for each class, as [`Truth`] counts.
    pub truths: Vec<Vec<u8>>,
    by_truths: FxHashMap<Box<[u8]>, u32>,
}

impl MemberClasses {
    fn new(
        model: &Arc<Model>,
        program: &Program,
        member: MemberId,
        tests: &[MemberTestId],
    ) -> MemberClasses {
        let member = &program.members[member];
        let tests = tests.iter().map(|test| program.member_tests[*test].clone());
        let tests: Vec<crate::ir::MemberTest> = tests.collect();
        let classes = MemberClasses {
            model: model.clone(),
            of: program.lists[member.list].of,
            field: member.field,
            named: Named::by(model, tests.iter().map(|test| &*test.expr)),
            unnamed: OnceLock::new(),
            tests,
            tables: RwLock::new(MemberTables::default()),
        };
        let missing = classes.truths(None);
        let mut tables = classes
            .tables
            .write()
            .expect("no thread fails while it holds the classes");
        tables.truths = vec![Vec::new(); missing.len()];
        for (class, truths) in [
            (DEAD, vec![Truth::False as u8; missing.len()]),
            (MISSING, missing),
        ] {
            let pushed = tables.push(&truths);
            debug_assert_eq!(pushed, class);
        }
        drop(tables);
        classes
    }

    fn truths(&self, value: Option<&Value>) -> Vec<u8> {
        let truth = |test: &crate::ir::MemberTest| {
            let asks = (test.policy, test.day);
            let of = (self.of, self.field);
            condition_on_member(&self.model, asks, of, value, (ELEMENT, &test.expr)) as u8
        };
        self.tests.iter().map(truth).collect()
    }

    /// The classes known so far; holding them keeps new ones waiting.
    pub fn tables(&self) -> RwLockReadGuard<'_, MemberTables> {
        self.tables
            .read()
            .expect("no thread fails while it holds the classes")
    }
}

impl MemberTables {
    fn push(&mut self, truths: &[u8]) -> u32 {
        for (of_test, truth) in self.truths.iter_mut().zip(truths) {
            of_test.push(*truth);
        }
        let class = u32::try_from(self.count).expect("fewer than 2^32 classes");
        self.count += 1;
        class
    }
}

impl Classify for MemberClasses {
    fn class_of(&self, value: Option<&Value>) -> u32 {
        let Some(value) = value else { return MISSING };
        match &self.named {
            Some(named) if !named.names(&self.model, value) => {
                *self.unnamed.get_or_init(|| self.class_by_truths(value))
            }
            _ => self.class_by_truths(value),
        }
    }

    fn ordered(&self) -> bool {
        false
    }

    fn class_of_scaled(&self, _scaled: i64) -> u32 {
        unreachable!("internal error: the classes of elements go by value")
    }
}

impl MemberClasses {
    fn class_by_truths(&self, value: &Value) -> u32 {
        let truths = self.truths(Some(value));
        if let Some(class) = self.tables().by_truths.get(truths.as_slice()) {
            return *class;
        }
        let mut tables = self
            .tables
            .write()
            .expect("no thread fails while it holds the classes");
        if let Some(class) = tables.by_truths.get(truths.as_slice()) {
            return *class;
        }
        let class = tables.push(&truths);
        tables.by_truths.insert(truths.into(), class);
        class
    }
}
