//! The tree of a rule file, as written.
//!
//! Everything has a span. Nothing is resolved here: a bare name is a name, whatever it will turn out to mean. Clauses
//! stay in the order in which they stand in the file, duplicates included. Where the parser recovered from a mistake the
//! tree holds an `Error` node; later stages pass over those in silence, because the mistake has its message already.

mod aggregate;
mod closure;
mod expr;
mod list;
mod table;

pub use aggregate::{Aggregate, AggregateBody, Period, PeriodKind};
pub use closure::{Closure, ClosureEntry, ClosureEntryKind};
pub use expr::{
    ArithOp, CompareOp, DurationUnit, Element, Expr, ExprKind, IsWhat, Literal, Number, Quantifier,
    RuleSubject, RuleVerb, TextOp,
};

pub use list::{List, ListEntry, Recorded, Valid};
pub use table::{Calendar, Cell, CellKind, Hit, Row, Table};

use crate::text::{FileId, Span, Spanned};

/// A day, valid in the calendar.
pub type Date = jiff::civil::Date;
/// A day and where it is written.
pub type DateLit = Spanned<Date>;
/// A string after its escapes were read, and where it is written (quotes included).
pub type Str = Spanned<String>;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Which file of the source map.
    pub file: FileId,
    /// Its declarations, in the order of the file. Declarations that could not be read are left out.
    pub items: Vec<Item>,
    /// Every comment, documentation comments included, in the order of the file.
    pub comments: Vec<Comment>,
}

/// A comment, for the formatter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From its first `#` to the end of its text, line break excluded.
    pub span: Span,
    /// The text with its `#`, without blanks at the end.
    pub text: String,
    /// Whether it starts with `##` and so documents what follows.
    pub doc: bool,
    /// Whether it is the first thing on its line.
    pub own_line: bool,
}

/// The documentation in front of a declaration, a field or an enum value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// The lines joined by line breaks, without `##` and one blank after it.
    pub text: String,
    /// From the first line to the last.
    pub span: Span,
}

/// A name as declared or used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name, without backticks.
    pub text: String,
    /// Its place, backticks included.
    pub span: Span,
    /// Whether it is written in backticks; then it is never a built-in type or `as_of`.
    pub quoted: bool,
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is declared.
    pub kind: ItemKind,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// What stands before it about warnings.
    pub allows: Vec<Allow>,
    /// From its first word to its last token, what is allowed included.
    pub span: Span,
}

/// `allow LINT because "…"` before a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// The warning's name, with `_` for `-`.
    pub lint: Name,
    /// Why it is passed over.
    pub because: Str,
    /// From `allow` to the reason.
    pub span: Span,
}

/// The kinds of declarations.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is documented at its type")]
pub enum ItemKind {
    Policy(PolicyHeader),
    Import(Import),
    Record(Record),
    Enum(Enum),
    Verdicts(Verdicts),
    Otherwise(Otherwise),
    WhenUnknown(WhenUnknown),
    Codes(Codes),
    Set(Set),
    List(List),
    Param(Param),
    Define(Define),
    Table(Table),
    Calendar(Calendar),
    Closure(Closure),
    Aggregate(Aggregate),
    Rule(Rule),
    Exception(Exception),
    Suspension(Suspension),
    Case(Case),
    Test(Test),
}

/// `policy NAME { title "…" version "…" authority "…" zone "…" }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyHeader {
    /// The policy's name.
    pub name: Name,
    /// Its entries as written; a key other than the four has its message from the parser already.
    pub entries: Vec<HeaderEntry>,
}

/// One entry of a policy header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderEntry {
    /// `title`, `version`, `authority` or `zone`.
    pub key: Name,
    /// Its value.
    pub value: Str,
    /// From key to value.
    pub span: Span,
}

/// `import "PATH"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path as written, relative to the importing file.
    pub path: Str,
}

/// `record NAME { fields }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record's name.
    pub name: Name,
    /// Its fields in order.
    pub fields: Vec<Field>,
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `key`, `as of`, or neither.
    pub role: FieldRole,
    /// The field's name.
    pub name: Name,
    /// Its type; `optional` says whether it may be missing.
    pub ty: Type,
    /// `from "Column"`: the name in the data, if different.
    pub column: Option<Str>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// The whole field.
    pub span: Span,
}

/// What a field is for the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldRole {
    /// An ordinary field.
    Plain,
    /// `key`: identifies the record.
    Key,
    /// `as of`: the day whose law applies.
    AsOf,
    /// `value`: what a table that is read from a file comes to.
    Value,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// Which type.
    pub kind: TypeKind,
    /// Where its `?` stands, if it has one.
    pub optional: Option<Span>,
    /// The whole type, `?` included.
    pub span: Span,
}

/// The kinds of types. `signed` is allowed on percent, money and mass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `text`, `text folded`.
    Text {
        /// Compared after folding.
        folded: bool,
    },
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `decimal`.
    Decimal,
    /// `percent`, `percent of 1`.
    Percent {
        /// `of 1`: 0.25 in the data means 25 %.
        of_one: bool,
        /// May be negative.
        signed: bool,
    },
    /// `money CUR`.
    Money {
        /// The currency's code as written.
        currency: Name,
        /// May be negative.
        signed: bool,
    },
    /// `mass UNIT`.
    Mass {
        /// The unit as written: one of `kg g mg t lb oz` (others have their message already).
        unit: Name,
        /// May be negative.
        signed: bool,
    },
    /// `date`.
    Date,
    /// `instant`.
    Instant,
    /// `duration`.
    Duration,
    /// `country`.
    Country,
    /// `hs`.
    Hs,
    /// `eccn`.
    Eccn,
    /// A declared type: an enum, a record, a code system.
    Named(Name),
    /// `list of R`: records of a declared type.
    List(Name),
    /// Could not be read; the message exists.
    Error,
}

/// `enum NAME { a, b as "B" }` or `enum NAME ordered { a < b }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// The enum's name.
    pub name: Name,
    /// Whether its values are ordered.
    pub ordered: bool,
    /// Its values, for an ordered one from least to greatest.
    pub values: Vec<EnumValue>,
}

/// One value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    /// Its name.
    pub name: Name,
    /// `as "MIL" or "M"`: further spellings in the data.
    pub spellings: Vec<Str>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Name and spellings.
    pub span: Span,
}

/// `verdicts a < b < c`, least to most severe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdicts {
    /// The verdicts in order.
    pub names: Vec<Name>,
}

/// `otherwise VERDICT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Otherwise {
    /// The verdict when nothing applies.
    pub verdict: Name,
}

/// `when unknown VERDICT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhenUnknown {
    /// The verdict that an unknown rule raises to.
    pub verdict: Name,
}

/// `codes NAME like MODEL` or `codes NAME segmented`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// The code system's name.
    pub name: Name,
    /// How its codes are built.
    pub model: CodeModel,
}

/// How the codes of a declared system are built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeModel {
    /// `like eccn`, `like hs` (or another name, for the checker to judge).
    Like(Name),
    /// `segmented`, and where the word stands.
    Segmented(Span),
}

/// `set NAME of TYPE = EXPRESSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The set's name.
    pub name: Name,
    /// The type of its elements.
    pub element: Type,
    /// Names, set literals and calls joined by `+ - &`.
    pub value: Expr,
}

/// `param NAME : TYPE = VALUE` or `param NAME : TYPE { VALUE from DATE, … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// The parameter's name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Its value or values.
    pub value: ParamValue,
}

/// The value of a param.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// The same on every day.
    Always(Expr),
    /// By date; each element is a single value with its windows.
    Dated(Vec<Element>),
}

/// `define NAME : TYPE = EXPRESSION`, with or without parameters, with or without a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Define {
    /// The definition's name.
    pub name: Name,
    /// Its parameters, if it has a list of them.
    pub params: Option<Vec<DefineParam>>,
    /// The type of its result, where written.
    pub ty: Option<Type>,
    /// The expression.
    pub body: Expr,
}

/// One parameter of a `define`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefineParam {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
}

/// `rule NAME "title" { clauses }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The rule's name.
    pub name: Name,
    /// Its title; without one the parser has said so.
    pub title: Option<Str>,
    /// Its clauses in order; that there is a `when` and a `then` was checked by the parser, that there is only one was not.
    pub clauses: Vec<Clause>,
}

/// `exception NAME "title" to TARGETS { clauses }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The exception's name.
    pub name: Name,
    /// Its title; without one the parser has said so.
    pub title: Option<Str>,
    /// What it excepts.
    pub targets: Vec<Target>,
    /// Its clauses in order; that there is a `when` was checked by the parser.
    pub clauses: Vec<Clause>,
}

/// `suspension NAME "title" of TARGETS { clauses }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// The suspension's name.
    pub name: Name,
    /// Its title; without one the parser has said so.
    pub title: Option<Str>,
    /// What it suspends.
    pub targets: Vec<Target>,
    /// `cites`, `tags`, `note` and `from …` clauses, in order.
    pub clauses: Vec<Clause>,
}

/// What an exception or a suspension is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which rules.
    pub kind: TargetKind,
    /// The whole target.
    pub span: Span,
}

/// The kinds of targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// One rule, exception or suspension by name.
    Named(RulePath),
    /// `tagged TAG`.
    Tagged(Name),
    /// `exceptions tagged TAG`.
    ExceptionsTagged(Name),
}

/// `rule` or `policy.rule`; `rule[ELEMENT]` of a rule with `for each`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePath {
    /// The policy, where named.
    pub policy: Option<Name>,
    /// The rule.
    pub rule: Name,
    /// The one element whose rule is meant, where named: a name or a literal.
    pub element: Option<Box<Expr>>,
    /// All of them.
    pub span: Span,
}

/// A clause of a rule, an exception or a suspension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What it says.
    pub kind: ClauseKind,
    /// Its word (`when`, `in force`, …).
    pub keyword: Span,
    /// The whole clause.
    pub span: Span,
}

/// The kinds of clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClauseKind {
    /// `cites "…", "…"`.
    Cites(Vec<Str>),
    /// `tags a, b`.
    Tags(Vec<Name>),
    /// `in force from D until D`.
    InForce(Window),
    /// `suspended from D until D`.
    Suspended(Window),
    /// `from D until D` in a suspension.
    From(Window),
    /// `for each p in LIST`: a rule for each element.
    ForEach {
        /// What the element is called.
        element: Name,
        /// An enum or a list.
        of: Name,
    },
    /// `when CONDITION`.
    When(Expr),
    /// `unless CONDITION`.
    Unless(Expr),
    /// `then VERDICT because "…"`.
    Then {
        /// A verdict's name, or an expression of verdict type.
        verdict: Expr,
        /// The reason.
        because: Option<Str>,
    },
    /// `if unknown VERDICT`.
    IfUnknown(Name),
    /// `obliges "…" within 30 days after FIELD`.
    Obliges {
        /// What is to be done: a text, in which `{field}` is filled in, or an expression.
        text: Expr,
        /// The time allowed.
        within: Option<Within>,
    },
    /// `note KEY VALUE`.
    Note {
        /// Its key.
        key: Name,
        /// Text or an expression.
        value: Expr,
    },
    /// `weight guidance`.
    Weight(Name),
    /// Could not be read; the message exists.
    Error,
}

/// The time allowed for an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// How many.
    pub amount: Number,
    /// Days, months or years.
    pub unit: DurationUnit,
    /// `working days of CALENDAR`; then the unit is days.
    pub calendar: Option<Name>,
    /// `after FIELD`: counted from there instead of the as-of day.
    pub after: Option<FieldPath>,
    /// The whole of it.
    pub span: Span,
}

/// `a`, or `a[2].b`: a field of the second element of the list `a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    /// The parts; at least one.
    pub parts: Vec<PathPart>,
    /// All of them.
    pub span: Span,
}

/// `a` or `a[2]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPart {
    /// The field.
    pub name: Name,
    /// The number of the element between the brackets, as written.
    pub index: Option<Spanned<Number>>,
}

/// A stretch of days; one of `from` and `end` at least is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day; without it, since ever.
    pub from: Option<DateLit>,
    /// The end; without it, for ever.
    pub end: Option<WindowEnd>,
    /// The whole of it, without the clause's word.
    pub span: Span,
}

/// How a window ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowEnd {
    /// `until D`: D is no longer in it.
    Until(DateLit),
    /// `through D`: D is the last day in it.
    Through(DateLit),
}

/// `case NAME { field: value, … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The case's name.
    pub name: Name,
    /// Its fields.
    pub record: RecordLit,
}

/// `{ field: value, … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLit {
    /// Its fields in order.
    pub entries: Vec<Entry>,
    /// Whether some field could not be read.
    pub lost_entries: bool,
    /// Braces included.
    pub span: Span,
}

/// One field of a record literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The field.
    pub name: Name,
    /// Its value.
    pub value: EntryValue,
    /// Both.
    pub span: Span,
}

/// What a field of a record literal is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryValue {
    /// `missing`, which takes the field away.
    Missing,
    /// A value.
    Value(Expr),
    /// The records of a list.
    List(ListLit),
}

/// `[ { field: value, … }, … ]`. How deep lists stand inside one another is bounded before anything is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLit {
    /// Its elements in order.
    pub items: Vec<RecordLit>,
    /// Brackets included.
    pub span: Span,
}

/// `test "title" { given … on … expect … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The title; without one the parser has said so.
    pub title: Option<Str>,
    /// Its parts in order.
    pub items: Vec<TestItem>,
}

/// A part of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestItem {
    /// What it says.
    pub kind: TestItemKind,
    /// The whole of it.
    pub span: Span,
}

/// The kinds of parts of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestItemKind {
    /// `given CASE with { … }`: a case, a record, or a case with changes; at least one of the two.
    Given {
        /// The case to start from.
        base: Option<Name>,
        /// The fields given.
        record: Option<RecordLit>,
    },
    /// `beside CASE with { … }`: another record of the run; at least one of the two.
    Beside {
        /// The case to start from.
        base: Option<Name>,
        /// The fields given.
        record: Option<RecordLit>,
    },
    /// `on DATE`: overrides the as-of day.
    On(DateLit),
    /// `expect …`.
    Expect(Expect),
    /// Could not be read; the message exists.
    Error,
}

/// What a test expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// `expect VERDICT by a, b`.
    Verdict {
        /// The verdict.
        verdict: Name,
        /// The rules that apply, exactly, where named.
        by: Option<Vec<RulePath>>,
    },
    /// `expect at most VERDICT`.
    AtMost(Name),
    /// `expect unknown RULE for lack of FIELDS`.
    Unknown {
        /// The rule left open.
        rule: RulePath,
        /// The missing fields, exactly, where named.
        lacking: Option<Vec<FieldPath>>,
    },
    /// `expect not RULE`.
    Not(RulePath),
    /// `expect obligation "…"`.
    Obligation(Str),
}
