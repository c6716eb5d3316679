//! The elements of the lists of a batch, put together with their class tables and checked once.

use crate::ir::{ListColumnId, MemberId};
use crate::kernel::{BoundColumn, RowClasses};
use crate::plan::{MemberTables, Plan};
use arrow_buffer::NullBuffer;
use std::sync::RwLockReadGuard;

/// One list column: the elements of all records, or of all elements of the list that it stands in, one after the other.
#[derive(Clone, Debug)]
pub struct BoundList<'a> {
    /// For each record or element around where its elements begin, and at last how many there are.
    pub offsets: &'a [u32],
    /// Which lists are there; all without it.
    pub nulls: Option<&'a NullBuffer>,
    /// What is read of the elements, in the order of [`crate::plan::PlannedLists::members`].
    pub members: Vec<(MemberId, BoundColumn<'a>)>,
}

impl BoundList<'_> {
    /// Whether the list of a record or an element around is missing.
    pub fn is_missing(&self, at: usize) -> bool {
        self.nulls.is_some_and(|nulls| nulls.is_null(at))
    }

    fn elements(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0) as usize
    }
}

/// The lists of a batch that conditions loop over.
#[derive(Default)]
pub struct Lists<'a> {
    /// By [`ListColumnId`].
    lists: Vec<Option<BoundList<'a>>>,
    /// By [`MemberId`].
    members: Vec<Option<BoundColumn<'a>>>,
    tables: Vec<Option<RwLockReadGuard<'a, MemberTables>>>,
}

impl<'a> Lists<'a> {
    /// Puts together the lists (by [`ListColumnId`]) of a batch of so many rows.
    ///
    /// # Panics
    /// Where offsets are not ascending, or a column does not have a value for each element: a fault of the binder.
    pub fn new(plan: &'a Plan, rows: usize, lists: Vec<Option<BoundList<'a>>>) -> Lists<'a> {
        let mut members: Vec<Option<BoundColumn<'a>>> = vec![None; plan.lists.members.len()];
        let mut tables = Vec::with_capacity(members.len());
        for planned in &plan.lists.members {
            tables.push(planned.classes.as_ref().map(|classes| classes.tables()));
        }
        for (id, column) in plan.program.lists.iter() {
            if !plan.lists.is_read(id) {
                continue;
            }
            let of =
                |list: ListColumnId| lists[list.index()].as_ref().expect("a read list is bound");
            let list = of(id);
            let around = column.parent.map_or(rows, |parent| of(parent).elements());
            check_offsets(list, around);
            for (member, column) in &list.members {
                let planned = &plan.lists.members[member.index()];
                let table = tables[member.index()].as_deref();
                check_member(column, list.elements(), table, planned.amount);
                members[member.index()] = Some(*column);
            }
        }
        Lists {
            lists,
            members,
            tables,
        }
    }

    /// For each record or element around where the elements of a list begin, and at last how many there are.
    pub fn offsets(&self, id: ListColumnId) -> &'a [u32] {
        self.list(id).offsets
    }

    /// Whether the list of a record or an element around is missing.
    pub fn is_missing(&self, id: ListColumnId, at: usize) -> bool {
        self.list(id).is_missing(at)
    }

    pub(super) fn list(&self, id: ListColumnId) -> &BoundList<'a> {
        self.lists[id.index()]
            .as_ref()
            .expect("a read list is bound")
    }

    /// The classes of a tested field, by element.
    pub fn classes(&self, id: MemberId) -> RowClasses<'a> {
        self.member(id).classes.expect("a tested field has classes")
    }

    /// What a test comes to for each class.
    pub fn truths(&self, id: MemberId, test: usize) -> &[u8] {
        let tables = self.tables[id.index()].as_ref();
        &tables.expect("a tested field has classes").truths[test]
    }

    /// The amounts of a field and their states, by element.
    pub fn amounts(&self, id: MemberId) -> (&'a [i64], &'a [u8]) {
        self.member(id).amounts.expect("the field has amounts")
    }

    fn member(&self, id: MemberId) -> &BoundColumn<'a> {
        self.members[id.index()]
            .as_ref()
            .expect("the field is bound")
    }
}

fn check_offsets(list: &BoundList<'_>, around: usize) {
    assert_eq!(list.offsets.len(), around + 1, "where each list begins");
    assert!(list.offsets.is_sorted(), "lists stand one after the other");
    let complete = list.nulls.is_none_or(|nulls| nulls.len() == around);
    assert!(complete, "whether each list is there");
}

fn check_member(
    column: &BoundColumn<'_>,
    elements: usize,
    tables: Option<&MemberTables>,
    amount: bool,
) {
    if let Some(tables) = tables {
        let classes = column.classes.as_ref();
        let classes = classes.expect("a field with classes is bound with them");
        assert!(classes.len() >= elements, "a class for each element");
        assert!(
            classes.are_below(tables.count, elements),
            "every class is in the table"
        );
    }
    if amount {
        let (mantissa, state) = column
            .amounts
            .expect("a field with amounts is bound with them");
        assert!(
            mantissa.len() >= elements && state.len() >= elements,
            "an amount for each element"
        );
    }
}
