//! How a program is run over records: columns in order, classes, clause masks, second-stage words.
//!
//! In: an [`crate::ir::Program`]. Out: a [`Plan`], from which both kernels work. The idea is the bit vector
//! per field value of Lakshman and Stiliadis (1998) with the summary bits of Baboescu and Varghese (2001),
//! with two masks a class, *possible* (no test is false) and *certain* (all are true).

mod build;
mod classes;
pub mod classify;
mod early;
mod joins;
mod layout;
mod list_tests;
mod loops;
mod named;
mod order;
mod ordered;
mod print;
mod runs;
#[cfg(test)]
mod tests;
mod values;

pub use build::build;
pub use classes::{ClassTable, Classes, Tables, Witnesses};
pub use classify::{Classify, DEAD, MISSING};
pub use early::Filter;
pub use layout::{Layout, PlannedClause, Shape, Share, WORD};
pub use list_tests::{ListTests, has_several_reasons};
pub use loops::{MemberClasses, MemberTables, PlannedLists, PlannedMember};
pub use order::{Asked, Order, SummaryBit, TOGETHER};
pub use print::print;

use crate::ir::{ColumnId, Program, Source, TestId};
use crate::model::{Model, RuleId};
use std::sync::Arc;

/// Everything a kernel needs.
pub struct Plan {
    /// The policies.
    pub model: Arc<Model>,
    /// Their conditions.
    pub program: Program,
    /// The columns that are read, those first that leave out most.
    pub columns: Vec<PlannedColumn>,
    /// For each column of the program its place in `columns`.
    pub slots: Vec<usize>,
    /// Which clause is which bit.
    pub layout: Layout,
    /// How the first stage runs.
    pub shape: Shape,
    /// The order in which columns are asked where nothing is known of the records.
    pub order: Order,
    /// What each bit of the summary stands for.
    pub bits: Vec<SummaryBit>,
    /// For each word of the second stage the columns that its clauses ask.
    pub second_slots: Vec<Vec<usize>>,
    /// The comparisons of amounts that the first stage makes.
    pub filters: Vec<Filter>,
    /// What conditions over lists read of elements.
    pub lists: PlannedLists,
    /// For each rule, what the outcome of a record must know once its base is possible.
    pub needs: Vec<Needs>,
}

/// A column that is read.
pub struct PlannedColumn {
    /// Its number in the program.
    pub id: ColumnId,
    /// Where it comes from.
    pub source: Source,
    /// Its classes, where something asks for them.
    pub classes: Option<Arc<Classes>>,
    /// Whether exact amounts are read beside classes.
    pub amount: bool,
}

/// Second-stage clauses that decide a rule whose base is possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Word numbers of the second stage and the clauses in each.
    pub words: Vec<(u32, u64)>,
}

/// Where a test's truth is found for a record: the column's place, and the test among those its classes expose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestPlace {
    /// The column's place in [`Plan::columns`].
    pub slot: usize,
    /// The test's number among the exposed ones.
    pub exposed: usize,
}

impl Plan {
    /// Where the truth of an exposed test is found.
    pub fn place(&self, test: TestId) -> TestPlace {
        let slot = self.slot(self.program.tests[test].column);
        let classes = self.columns[slot]
            .classes
            .as_ref()
            .expect("a tested column has classes");
        TestPlace {
            slot,
            exposed: classes.exposed_index(test),
        }
    }

    /// The place of a column.
    pub fn slot(&self, column: ColumnId) -> usize {
        self.slots[column.index()]
    }

    /// The number of rules.
    pub fn rules(&self) -> impl ExactSizeIterator<Item = RuleId> + use<> {
        self.model.rules.ids()
    }
}
