//! Tokens as the grammar sees them: words already told apart into keywords, labels and names.

use super::ast::{Date, DurationUnit};

/// A token. Words carry no text: the tree's constructors cut it out of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "punctuation is what it is called")]
pub enum Token<'t> {
    /// A name that is not a keyword here.
    Word,
    /// A name in backticks.
    Quoted,
    /// A word (or a name in backticks) followed by `:`.
    Label,
    /// A keyword.
    Kw(Kw),
    /// A string; escapes not yet read.
    Str,
    /// A number without a unit.
    Number(&'t str),
    /// `25%`, with the number.
    Percent(&'t str),
    /// `2_500 USD`.
    Money(&'t str, &'t str),
    /// `5 kg`.
    Mass(&'t str, &'t str),
    /// `30 days`.
    Duration(&'t str, DurationUnit),
    /// `2025-12-01`.
    Date(Date),
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Ampersand,
    Comma,
    Colon,
    Dot,
    Question,
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    /// `=>` between the cells and the result of a row of a table.
    Arrow,
    /// `;` behind a row of a table.
    Semicolon,
    /// Where an editor asks what can stand; in no file, and nothing that the grammar knows.
    Cursor,
}

/// A token and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexeme<'t> {
    /// The token.
    pub token: Token<'t>,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// Whether it is the first token on its line.
    pub first_on_line: bool,
}

/// How far a keyword is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KwClass {
    /// Never a name, unless after a dot or before a colon.
    Reserved,
    /// Starts a declaration where it stands first on its line or after `}`.
    Declaration,
    /// Starts a clause of a rule, an exception or a suspension; a name elsewhere.
    Clause,
    /// Starts a part of a test; a name elsewhere.
    TestItem,
    /// A keyword where the grammar expects it; a name elsewhere.
    Soft,
    /// Several words that are one token.
    Compound,
}

macro_rules! keywords {
    ($($variant:ident $text:literal $class:ident;)*) => {
        /// Keywords.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Kw { $($variant),* }

        impl Kw {
            /// All keywords.
            pub const ALL: &'static [Kw] = &[$(Kw::$variant),*];

            /// The keyword as written.
            pub fn as_str(self) -> &'static str {
                match self { $(Kw::$variant => $text),* }
            }

            /// How far it is reserved.
            pub fn class(self) -> KwClass {
                match self { $(Kw::$variant => KwClass::$class),* }
            }

            /// The keyword of one word that is written `text`.
            pub fn of_word(text: &str) -> Option<Kw> {
                match text { $($text => Some(Kw::$variant),)* _ => None }
            }
        }
    };
}

keywords! {
    And "and" Reserved;
    Or "or" Reserved;
    Not "not" Reserved;
    In "in" Reserved;
    Under "under" Reserved;
    Like "like" Reserved;
    Between "between" Reserved;
    Is "is" Reserved;
    Satisfies "satisfies" Reserved;
    For "for" Reserved;
    Where "where" Reserved;
    Then "then" Reserved;
    Else "else" Reserved;
    If "if" Reserved;
    Any "any" Reserved;
    Every "every" Reserved;
    True "true" Reserved;
    False "false" Reserved;
    As "as" Reserved;
    Missing "missing" Reserved;
    Underscore "_" Reserved;

    Policy "policy" Declaration;
    Import "import" Declaration;
    Record "record" Declaration;
    Enum "enum" Declaration;
    Verdicts "verdicts" Declaration;
    Otherwise "otherwise" Declaration;
    Codes "codes" Declaration;
    Set "set" Declaration;
    List "list" Declaration;
    Param "param" Declaration;
    Define "define" Declaration;
    Table "table" Declaration;
    Calendar "calendar" Declaration;
    Closure "closure" Declaration;
    Aggregate "aggregate" Declaration;
    Rule "rule" Declaration;
    Exception "exception" Declaration;
    Suspension "suspension" Declaration;
    Case "case" Declaration;
    Test "test" Declaration;
    Allow "allow" Declaration;

    Cites "cites" Clause;
    Tags "tags" Clause;
    Suspended "suspended" Clause;
    When "when" Clause;
    Unless "unless" Clause;
    Obliges "obliges" Clause;
    Note "note" Clause;
    Weight "weight" Clause;
    From "from" Clause;

    Given "given" TestItem;
    Beside "beside" TestItem;
    On "on" TestItem;
    Expect "expect" TestItem;

    Because "because" Soft;
    Within "within" Soft;
    After "after" Soft;
    Until "until" Soft;
    Through "through" Soft;
    With "with" Soft;
    By "by" Soft;
    Obligation "obligation" Soft;
    Tagged "tagged" Soft;
    Exceptions "exceptions" Soft;
    Only "only" Soft;
    To "to" Soft;
    Of "of" Soft;
    Key "key" Soft;
    Ordered "ordered" Soft;
    Segmented "segmented" Soft;
    Sheet "sheet" Soft;
    Recorded "recorded" Soft;
    Unknown "unknown" Soft;
    Known "known" Soft;
    Contains "contains" Soft;
    Matches "matches" Soft;
    Applies "applies" Soft;
    Caught "caught" Soft;
    Count "count" Soft;
    First "first" Soft;
    Unique "unique" Soft;
    Over "over" Soft;
    Owner "owner" Soft;
    Owned "owned" Soft;
    Share "share" Soft;
    Carries "carries" Soft;
    Value "value" Soft;

    WhenUnknown "when unknown" Compound;
    InForce "in force" Compound;
    ForEach "for each" Compound;
    AsOf "as of" Compound;
    AtMost "at most" Compound;
    StartsWith "starts with" Compound;
    EndsWith "ends with" Compound;
    ForLackOf "for lack of" Compound;
    IfUnknown "if unknown" Compound;
    ValidFrom "valid from" Compound;
    ValidUntil "valid until" Compound;
    ValidThrough "valid through" Compound;
    WorkingDays "working days" Compound;
    CaughtAt "caught at" Compound;
    MostSevere "most severe" Compound;
    OverSame "over same" Compound;
    InTheCalendarYear "in the calendar year" Compound;
    InTheLast "in the last" Compound;
}

impl Kw {
    /// Whether it is a keyword in a closure only.
    pub fn is_of_closure(self) -> bool {
        use Kw::{Carries, CaughtAt, MostSevere, Over, Owned, Owner, Share};
        matches!(
            self,
            Over | Owner | Owned | Share | CaughtAt | Carries | MostSevere
        )
    }

    /// Whether `text` cannot be a name without backticks, wherever it stands.
    pub fn is_reserved(text: &str) -> bool {
        Kw::of_word(text).is_some_and(|kw| kw.class() == KwClass::Reserved)
    }
}
