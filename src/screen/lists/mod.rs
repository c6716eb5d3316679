//! The lists that conditions ask about, between the plan, the binder and the kernels.

mod classes;

pub use classes::ListClasses;

use super::bind::{Bound, WantedList, WantedMember};
use crate::ir::{ListColumnId, MemberId};
use crate::kernel::BoundColumn;
use crate::kernel::loops::{BoundList, Lists};
use crate::plan::{Classify, Plan, PlannedMember};
use std::sync::Arc;

/// What is to be bound, in the order of [`crate::ir::Program::lists`]. Of a list that is not read nothing is wanted.
pub fn wanted(plan: &Plan) -> Vec<WantedList> {
    let lists = plan.program.lists.iter();
    let wanted = lists.map(|(id, list)| WantedList {
        parent: list.parent.map(ListColumnId::index),
        field: list.field,
        members: read_members(plan, id)
            .map(|(member, planned)| WantedMember {
                field: plan.program.members[member].field,
                class: planned
                    .classes
                    .clone()
                    .map(|classes| classes as Arc<dyn Classify>),
                amount: planned.amount,
            })
            .collect(),
    });
    wanted.collect()
}

/// What is read of the elements of a list.
fn read_members(
    plan: &Plan,
    list: ListColumnId,
) -> impl Iterator<Item = (MemberId, &PlannedMember)> {
    let members = plan.program.members.iter();
    let own = members.filter(move |(_, member)| member.list == list);
    let planned = own.map(|(id, _)| (id, &plan.lists.members[id.index()]));
    planned.filter(|(_, planned)| planned.classes.is_some() || planned.amount)
}

/// What was bound, as the kernels take it.
pub fn bound<'b>(plan: &'b Plan, bound: &'b Bound) -> Lists<'b> {
    let mut lists = vec![None; plan.program.lists.len()];
    add(plan, bound, &mut lists);
    Lists::new(plan, bound.rows, lists)
}

fn add<'b>(plan: &Plan, around: &'b Bound, lists: &mut [Option<BoundList<'b>>]) {
    for list in &around.lists {
        let mut classes = list.elements.classes.iter();
        let mut amounts = list.elements.amounts.iter();
        let column = |(member, planned): (MemberId, &PlannedMember)| {
            let column = BoundColumn {
                classes: planned.classes.as_ref().map(|_| {
                    let classes = classes.next().expect("the binder gives what was wanted");
                    classes.rows()
                }),
                amounts: planned.amount.then(|| {
                    let amounts = amounts.next().expect("the binder gives what was wanted");
                    (amounts.mantissa.as_slice(), amounts.state.as_slice())
                }),
            };
            (member, column)
        };
        lists[list.list] = Some(BoundList {
            offsets: &list.offsets,
            nulls: list.nulls.as_ref(),
            members: read_members(plan, ListColumnId::from_index(list.list))
                .map(column)
                .collect(),
        });
        add(plan, &list.elements, lists);
    }
}

#[cfg(test)]
mod tests;
