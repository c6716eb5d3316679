//! The conditions of all rules over columns: tests, computed conditions, clause groups, rule forms.

use super::loops::{ListColumn, ListColumnId, LoopForm, MemberColumn, MemberTest};
use crate::domain::{Number, Truth, Window, Windows, Zone};
use crate::model::{
    CompareOp, Expr, FieldId, ListId, ListRow, Model, PolicyId, RuleId, SuspensionId, TotalId,
    Value, Verdict,
};
use crate::text::{Arena, Id};
use std::sync::Arc;

/// The number of a [`Column`].
pub type ColumnId = Id<Column>;
/// The number of a [`Test`].
pub type TestId = Id<Test>;
/// The number of a [`Computed`].
pub type ComputedId = Id<Computed>;
/// The number of a [`Group`].
pub type GroupId = Id<Group>;
/// The number of a [`Deferred`].
pub type DeferredId = Id<Deferred>;

/// What [`super::lower`] makes of a model.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// What is read of a record.
    pub columns: Arena<Column>,
    /// Conditions on one column each; a test only refers to tests with smaller ids.
    pub tests: Arena<Test>,
    /// Conditions on several columns.
    pub computed: Arena<Computed>,
    /// The lists that conditions loop over; a list stands after the one in whose elements it is.
    pub lists: Arena<ListColumn>,
    /// The fields of their elements that are asked about.
    pub members: Arena<MemberColumn>,
    /// Conditions on one field of one element each.
    pub member_tests: Arena<MemberTest>,
    /// Conditions on the truth of rules, worked out once per outcome.
    pub deferred: Arena<Deferred>,
    /// Conditions in positive disjunctive form.
    pub groups: Arena<Group>,
    /// One for each rule of the model, by [`RuleId`].
    pub rules: Vec<RuleForm>,
    /// The zones in which as-of days are asked; `None` is the one where as-of is a date.
    pub days: Vec<Option<Zone>>,
    /// For each policy the place of its zone in `days`.
    pub day_of_policy: Vec<usize>,
}

/// Something read of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What.
    pub source: Source,
    /// How its values fall into classes.
    pub kind: ColumnKind,
    /// Every value is a class of its own (a condition compares it with another column).
    pub refined: bool,
    /// Amounts are needed beside classes.
    pub amount: bool,
    /// Some test or computed condition asks for its class.
    pub classed: bool,
}

/// Where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A field of the record.
    Field(FieldId),
    /// The as-of day in the zone at this place of [`Program::days`].
    Day(usize),
    /// An aggregate over the records of the run on the days of that zone. It has amounts and no classes.
    Total(TotalId, usize),
}

/// How a column's values fall into classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// By their value: countries, codes, enums, texts, yes/no, instants.
    Value,
    /// By the thresholds they lie between, in millionths.
    Number,
    /// The same for whole numbers, in ones.
    Int,
    /// The same for days since 1970.
    Day,
}

/// A condition that reads one column.
#[derive(Clone, Debug)]
pub struct Test {
    /// The column.
    pub column: ColumnId,
    /// The condition.
    pub form: TestForm,
    /// A canonical text, equal for equal tests.
    pub key: Arc<str>,
}

/// What a test asks.
#[derive(Clone, Debug)]
pub enum TestForm {
    /// The as-of day lies in these windows; never unknown.
    Window(Windows),
    /// The field compares so with a number or a day (in the column's unit).
    Threshold(CompareOp, Number),
    /// A condition of the author's on one field, as the reference evaluator judges it.
    Condition {
        /// The condition, closed.
        expr: Arc<Expr>,
        /// The policy that asks.
        policy: PolicyId,
    },
    /// The field is the key of a row of a list; never true of a missing one.
    Listed(Listed),
    /// Some element of a list of the record satisfies the body, which asks about nothing but fields of one element; unknown of a
    /// missing list.
    Any {
        /// The list; it stands in the record.
        list: ListColumnId,
        /// On the level of its elements.
        body: LoopForm,
    },
    /// A list of the record is there.
    IsThere(ListColumnId),
    /// Kleene `not`.
    Not(TestId),
    /// Kleene `and`.
    And(Vec<TestId>),
    /// Kleene `or`.
    Or(Vec<TestId>),
}

/// Whether a field is the key of a row of a list, days aside. One hash answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Listed {
    /// The list.
    pub list: ListId,
    /// The rows that count, by their window; all rows without it. There is at least one.
    pub window: Option<Window>,
    /// Hierarchical: at or below a key; unknown above one.
    pub under: bool,
    /// Texts are compared folded.
    pub folded: bool,
}

impl Listed {
    /// What it comes to; `None` is a missing value.
    pub fn truth(&self, model: &Model, value: Option<&Value>) -> Truth {
        let list = &model.lists[self.list];
        let counts = |row: &&ListRow| self.window.is_none_or(|window| window == row.window);
        let has = |key: &Value| {
            let rows = list.with_key(key, self.folded).filter(counts);
            Truth::any(rows.map(ListRow::truth))
        };
        match value {
            None => Truth::Unknown,
            Some(Value::Code(code)) if self.under => {
                let above = code.self_and_ancestors().map(Value::Code);
                let below = list.below(0, code).filter(counts).map(|_| Truth::Unknown);
                Truth::any(above.map(|key| has(&key)).chain(below))
            }
            Some(value) => has(value),
        }
    }
}

/// A condition on several columns, worked out per record.
#[derive(Clone, Debug)]
pub struct Computed {
    /// How.
    pub kind: ComputedKind,
    /// The columns it reads, ascending.
    pub columns: Vec<ColumnId>,
    /// The policy that asks.
    pub policy: PolicyId,
    /// A canonical text, equal for equal conditions.
    pub key: Arc<str>,
}

/// How a computed condition is worked out.
#[derive(Clone, Debug)]
pub enum ComputedKind {
    /// A comparison of exact amounts: compiled, with wider arithmetic behind it.
    Amounts {
        /// The comparison.
        compare: AmountCompare,
        /// The same as the author wrote it.
        expr: Arc<Expr>,
    },
    /// A condition on columns whose every value is a class: worked out once per combination.
    ByClass(Arc<Expr>),
    /// Tests and computed conditions combined where the disjunctive form would explode.
    Formula(Form),
    /// A condition over lists: loops over their elements, with the reference evaluator behind them.
    Loop {
        /// On the level of records.
        form: LoopForm,
        /// Over tests; it is no truer than this.
        at_most: Option<Form>,
        /// The same as the author wrote it.
        expr: Arc<Expr>,
    },
    /// Anything else: by the reference evaluator.
    Reference(Arc<Expr>),
}

/// `left op right` on exact amounts, of columns or of what else `C` is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AmountCompare<C = ColumnId> {
    /// The operator.
    pub op: CompareOp,
    /// Left side.
    pub left: Amount<C>,
    /// Right side.
    pub right: Amount<C>,
}

/// An exact amount over columns, or over what else `C` is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Amount<C = ColumnId> {
    /// A column's value; missing is at least zero where `non_negative`, else anything.
    Column {
        /// The column.
        column: C,
        /// Missing is `[0, ∞)`.
        non_negative: bool,
    },
    /// A constant.
    Constant(Number),
    /// `a + b`
    Add(Box<Amount<C>>, Box<Amount<C>>),
    /// `a - b`
    Sub(Box<Amount<C>>, Box<Amount<C>>),
    /// `a * b`
    Mul(Box<Amount<C>>, Box<Amount<C>>),
    /// `a / b`
    Div(Box<Amount<C>>, Box<Amount<C>>),
    /// `-a`
    Neg(Box<Amount<C>>),
    /// `abs(a)`
    Abs(Box<Amount<C>>),
    /// `min(a, b)`
    Min(Box<Amount<C>>, Box<Amount<C>>),
    /// `max(a, b)`
    Max(Box<Amount<C>>, Box<Amount<C>>),
    /// `round(a, digits)`
    Round(Box<Amount<C>>, i32),
    /// `a` where it is known exactly, else the constant.
    Assume(Box<Amount<C>>, Number),
}

impl<C> Amount<C> {
    /// The columns, in the order of writing.
    pub fn leaves(&self) -> Vec<&C> {
        match self {
            Amount::Column { column, .. } => vec![column],
            Amount::Constant(_) => Vec::new(),
            Amount::Add(a, b)
            | Amount::Sub(a, b)
            | Amount::Mul(a, b)
            | Amount::Div(a, b)
            | Amount::Min(a, b)
            | Amount::Max(a, b) => {
                let mut leaves = a.leaves();
                leaves.append(&mut b.leaves());
                leaves
            }
            Amount::Neg(a) | Amount::Abs(a) | Amount::Round(a, _) | Amount::Assume(a, _) => {
                a.leaves()
            }
        }
    }
}

/// A Kleene formula in negation normal form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Always this.
    Constant(Truth),
    /// An atom or its negation.
    Literal(Literal),
    /// `and`
    And(Vec<Form>),
    /// `or`
    Or(Vec<Form>),
    /// Whether the formula within is unknown; opaque, two-valued.
    IsUnknown(Box<Form>),
    /// Whether the formula within is known; opaque, two-valued.
    IsSettled(Box<Form>),
}

/// An atom or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Literal {
    /// The atom.
    pub atom: Atom,
    /// `not`; never on a test, which has its negation as a test of its own.
    pub negated: bool,
}

/// What is not taken apart further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// A condition on one column.
    Test(TestId),
    /// A condition on several.
    Computed(ComputedId),
    /// A condition on rules.
    Deferred(DeferredId),
}

/// A condition on the truth of rules.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Deferred {
    /// The rule applies.
    Applies(RuleId),
    /// The rule would apply but for exceptions.
    Caught(RuleId),
    /// A formula with other deferred conditions in it, its other parts as groups.
    Formula(DeferredForm),
}

/// A formula over groups and deferred conditions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DeferredForm {
    /// Always this.
    Constant(Truth),
    /// A group's truth.
    Group(GroupId),
    /// A deferred condition.
    Deferred(DeferredId),
    /// `not`
    Not(Box<DeferredForm>),
    /// `and`
    And(Vec<DeferredForm>),
    /// `or`
    Or(Vec<DeferredForm>),
    /// Whether the formula within is unknown.
    IsUnknown(Box<DeferredForm>),
}

/// A condition in positive disjunctive form: it is the `or` of its clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The clauses; none means false.
    pub clauses: Vec<Clause>,
    /// What it stands for, for printing.
    pub role: Role,
}

/// The `and` of its literals; at most one test a column. None means true.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clause {
    /// Ascending, distinct.
    pub literals: Vec<Literal>,
}

/// What a group stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Window, `when` and what could be folded into it.
    Base(RuleId),
    /// An `unless`.
    Unless(RuleId),
    /// That a rule's verdict is at least so severe.
    AtLeast(RuleId, Verdict),
    /// The days on which something suspends rules.
    Suspension,
    /// A part of a deferred formula.
    Part,
}

/// How a rule's truth is made of groups.
///
/// `pre = base ∧ ¬unless…`, `would = pre ∧ ¬suspended`, and for the rest `language.md`, ruling 11.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleForm {
    /// Own windows, `when`, and each `unless` whose negation is one clause.
    pub base: GroupId,
    /// The other `unless`.
    pub unless: Vec<GroupId>,
    /// Groups that are true while something suspends the rule, and what.
    pub suspensions: Vec<(GroupId, SuspendedBy)>,
    /// Where the verdict is worked out from the record: for each verdict but the least severe, ascending, that it is at
    /// least that.
    pub at_least: Vec<(Verdict, GroupId)>,
    /// Every column that the rule's own conditions read, whatever became of them in the groups.
    pub columns: Vec<ColumnId>,
    /// The same for tests.
    pub tests: Vec<TestId>,
    /// The same for computed conditions.
    pub computed: Vec<ComputedId>,
    /// The rules that its own conditions ask about.
    pub asks: Vec<RuleId>,
}

/// What suspends a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SuspendedBy {
    /// The rule's own `suspended` clause.
    Own,
    /// A suspension.
    Suspension(SuspensionId),
}
