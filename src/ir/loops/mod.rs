//! Conditions over lists of records as loops over their elements.
//!
//! A loop form stands on a *level*: the record, or the elements of a list, whose lists make further levels. What it says of the
//! level around, one step outwards, is marked ([`LoopForm::Around`], [`Quantity::Around`]), so that it can be worked
//! out once there.

mod lower;
mod member;
mod tests_of_lists;

pub(super) use member::is_dated;

use super::{Amount, AmountCompare, ColumnId, ColumnKind, TestId};
use crate::domain::{Day, Truth};
use crate::model::{BinderId, Expr, FieldId, NestedId, PolicyId, Quantifier};
use crate::text::Id;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The number of a [`ListColumn`].
pub type ListColumnId = Id<ListColumn>;
/// The number of a [`MemberColumn`].
pub type MemberId = Id<MemberColumn>;
/// The number of a [`MemberTest`].
pub type MemberTestId = Id<MemberTest>;

/// A list that is looped over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ListColumn {
    /// The list in whose elements it stands; `None`: it stands in the record.
    pub parent: Option<ListColumnId>,
    /// The field that it is, of the record or of those elements.
    pub field: FieldId,
    /// What its elements are.
    pub of: NestedId,
}

/// A field of the elements of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MemberColumn {
    /// The list.
    pub list: ListColumnId,
    /// The field.
    pub field: FieldId,
    /// What its amounts are in.
    pub kind: ColumnKind,
}

/// A condition that reads one field of one element.
#[derive(Clone, Debug)]
pub struct MemberTest {
    /// The field.
    pub member: MemberId,
    /// The condition, closed; the element is [`ELEMENT`] in it.
    pub expr: Arc<Expr>,
    /// The policy that asks.
    pub policy: PolicyId,
    /// A day on which it is what it is on all days on which it is asked.
    pub day: Day,
}

/// The element in a [`MemberTest`].
pub const ELEMENT: BinderId = BinderId(u32::MAX);

/// A condition on every element of a level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LoopForm {
    /// Always this.
    Constant(Truth),
    /// A test of the record; stands on the level of records alone.
    Record(TestId),
    /// A test of a field of the element.
    Member(MemberTestId),
    /// Whether a number or a day of the element is there.
    Known(MemberId),
    /// Whether a list of the element, or of the record, is there.
    Listed(ListColumnId),
    /// A comparison of exact amounts.
    Compare(Box<AmountCompare<Quantity>>),
    /// Kleene `not`
    Not(Box<LoopForm>),
    /// Kleene `and`
    And(Vec<LoopForm>),
    /// Kleene `or`
    Or(Vec<LoopForm>),
    /// `if C then A else B`: with an unknown `C` what both come to.
    If(Box<[LoopForm; 3]>),
    /// Whether the form within is unknown.
    IsUnknown(Box<LoopForm>),
    /// `any` or `every` over a list of the element.
    Quantified {
        /// Which.
        quantifier: Quantifier,
        /// The list; it stands on this level.
        list: ListColumnId,
        /// On the level of its elements.
        body: Box<LoopForm>,
    },
    /// What holds of the element, or the record, around.
    Around(Box<LoopForm>),
}

/// A number of every element of a level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// A column of the record; stands on the level of records alone.
    Record(ColumnId),
    /// A field of the element.
    Member(MemberId),
    /// An aggregate over a list of the element.
    Aggregate(Box<LoopAggregate>),
    /// A number of the element, or the record, around.
    Around(Box<Quantity>),
}

/// `sum(E for x in LIST where C)` and the like.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoopAggregate {
    /// The list; it stands on the level of the aggregate.
    pub list: ListColumnId,
    /// What is made of the elements that count.
    pub made: Made,
    /// Which elements count; all without it. On the level of the elements.
    pub filter: Option<LoopForm>,
}

/// What an aggregate makes of elements; amounts are on their level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Made {
    /// Their number.
    Count,
    /// The sum of a number of each.
    Sum(Amount<Quantity>),
    /// The least.
    Min(Amount<Quantity>),
    /// The greatest.
    Max(Amount<Quantity>),
}

impl LoopForm {
    /// The lists of the record of whose elements the form, on the level of records, asks no more than tests of their fields, whether amounts of theirs
    /// are there, and sums of amounts: then these, with the record's own tests and amounts, say all that keeps it open. Nothing where more counts.
    pub fn told_by_elements(&self) -> Option<BTreeSet<ListColumnId>> {
        let mut lists = BTreeSet::new();
        self.is_told(&mut lists).then_some(lists)
    }

    fn is_told(&self, lists: &mut BTreeSet<ListColumnId>) -> bool {
        match self {
            LoopForm::Constant(_) | LoopForm::Record(_) => true,
            LoopForm::Listed(list) => {
                lists.insert(*list);
                true
            }
            LoopForm::Not(inner) | LoopForm::IsUnknown(inner) => inner.is_told(lists),
            LoopForm::And(parts) | LoopForm::Or(parts) => {
                parts.iter().all(|part| part.is_told(lists))
            }
            LoopForm::If(parts) => parts.iter().all(|part| part.is_told(lists)),
            LoopForm::Quantified { list, body, .. } => {
                lists.insert(*list);
                body.is_of_tests()
            }
            LoopForm::Compare(compare) => {
                is_amount_told(&compare.left, lists) && is_amount_told(&compare.right, lists)
            }
            LoopForm::Member(_) | LoopForm::Known(_) | LoopForm::Around(_) => false,
        }
    }

    /// Whether a form on the level of elements, or of records, asks nothing but tests and whether amounts are there.
    fn is_of_tests(&self) -> bool {
        match self {
            LoopForm::Constant(_)
            | LoopForm::Record(_)
            | LoopForm::Member(_)
            | LoopForm::Known(_) => true,
            LoopForm::Not(inner) | LoopForm::IsUnknown(inner) | LoopForm::Around(inner) => {
                inner.is_of_tests()
            }
            LoopForm::And(parts) | LoopForm::Or(parts) => parts.iter().all(LoopForm::is_of_tests),
            LoopForm::If(parts) => parts.iter().all(LoopForm::is_of_tests),
            LoopForm::Listed(_) | LoopForm::Compare(_) | LoopForm::Quantified { .. } => false,
        }
    }
}

/// The same of an amount. What is divided by is a column of the record or a constant, of which is known whether it is zero.
fn is_amount_told(amount: &Amount<Quantity>, lists: &mut BTreeSet<ListColumnId>) -> bool {
    match amount {
        Amount::Constant(_) => true,
        Amount::Column { column, .. } => match column {
            Quantity::Record(_) => true,
            Quantity::Aggregate(aggregate) => {
                lists.insert(aggregate.list);
                let filter = aggregate.filter.as_ref();
                filter.is_none_or(LoopForm::is_of_tests)
                    && match &aggregate.made {
                        Made::Count => true,
                        Made::Sum(of) => matches!(
                            of,
                            Amount::Column {
                                column: Quantity::Member(_),
                                ..
                            }
                        ),
                        Made::Min(_) | Made::Max(_) => false,
                    }
            }
            Quantity::Member(_) | Quantity::Around(_) => false,
        },
        Amount::Add(a, b) | Amount::Sub(a, b) => {
            is_amount_told(a, lists) && is_amount_told(b, lists)
        }
        Amount::Div(a, b) => {
            let by_record = matches!(
                &**b,
                Amount::Constant(_)
                    | Amount::Column {
                        column: Quantity::Record(_),
                        ..
                    }
            );
            by_record && is_amount_told(a, lists)
        }
        Amount::Mul(..)
        | Amount::Neg(_)
        | Amount::Abs(_)
        | Amount::Min(..)
        | Amount::Max(..)
        | Amount::Round(..)
        | Amount::Assume(..) => false,
    }
}

/// What a loop form reads, each as often as it stands there.
#[derive(Clone, Debug, Default)]
pub struct LoopReads {
    /// Tests of the record.
    pub tests: Vec<TestId>,
    /// Amounts of the record.
    pub columns: Vec<ColumnId>,
    /// Lists.
    pub lists: Vec<ListColumnId>,
    /// Tests of fields of elements.
    pub member_tests: Vec<MemberTestId>,
    /// Amounts of elements.
    pub amounts: Vec<MemberId>,
}

impl LoopReads {
    /// What `form` reads.
    pub fn of(form: &LoopForm) -> LoopReads {
        let mut reads = LoopReads::default();
        reads.form(form);
        reads
    }

    fn form(&mut self, form: &LoopForm) {
        match form {
            LoopForm::Constant(_) => {}
            LoopForm::Record(test) => self.tests.push(*test),
            LoopForm::Member(test) => self.member_tests.push(*test),
            LoopForm::Known(member) => self.amounts.push(*member),
            LoopForm::Listed(list) => self.lists.push(*list),
            LoopForm::Compare(compare) => {
                self.amount(&compare.left);
                self.amount(&compare.right);
            }
            LoopForm::Not(inner) | LoopForm::IsUnknown(inner) | LoopForm::Around(inner) => {
                self.form(inner);
            }
            LoopForm::And(parts) | LoopForm::Or(parts) => {
                parts.iter().for_each(|part| self.form(part));
            }
            LoopForm::If(parts) => parts.iter().for_each(|part| self.form(part)),
            LoopForm::Quantified { list, body, .. } => {
                self.lists.push(*list);
                self.form(body);
            }
        }
    }

    fn amount(&mut self, amount: &Amount<Quantity>) {
        for leaf in amount.leaves() {
            self.quantity(leaf);
        }
    }

    fn quantity(&mut self, quantity: &Quantity) {
        match quantity {
            Quantity::Record(column) => self.columns.push(*column),
            Quantity::Member(member) => self.amounts.push(*member),
            Quantity::Around(inner) => self.quantity(inner),
            Quantity::Aggregate(aggregate) => {
                self.lists.push(aggregate.list);
                match &aggregate.made {
                    Made::Count => {}
                    Made::Sum(value) | Made::Min(value) | Made::Max(value) => self.amount(value),
                }
                if let Some(filter) = &aggregate.filter {
                    self.form(filter);
                }
            }
        }
    }
}
