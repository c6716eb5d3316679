//! Every code there is, in one table. A number is never used again for something else; each has a page
//! `docs/errors/CODE.md` whose first example raises exactly it and whose second raises nothing.
//!
//! E01xx text and grammar, E02xx names and files, E03xx types and literals, E04xx time,
//! E05xx rules and verdicts, E06xx tests, W07xx lints.

/// How bad a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy cannot be used.
    Error,
    /// The policy can be used, but something in it deserves a look.
    Warning,
}

/// One kind of message.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `E0102`.
    pub id: &'static str,
    /// A short name in kebab case.
    pub name: &'static str,
    /// How bad.
    pub severity: Severity,
    /// One line that says what the code is about, for `docs/errors/README.md`.
    pub title: &'static str,
}

macro_rules! catalogue {
    ($($constant:ident $id:literal $name:literal $severity:ident $title:literal;)*) => {
        $(#[doc = $title] pub static $constant: Code =
            Code { id: $id, name: $name, severity: Severity::$severity, title: $title };)*
        /// All codes, in the order of their numbers.
        pub static CATALOGUE: &[&Code] = &[$(&$constant),*];
    };
}

catalogue! {
    // E01xx text and grammar
    UNKNOWN_CHARACTER "E0101" "unknown-character" Error "a character that is not part of the language";
    BIDI_CHARACTER "E0102" "bidi-character" Error "a character that turns the reading direction";
    LOOK_ALIKE_LETTER "E0103" "look-alike-letter" Error "a letter of another alphabet in a name";
    UNTERMINATED_TEXT "E0104" "unterminated-text" Error "a text or a name in backticks without an end on its line";
    UNKNOWN_ESCAPE "E0105" "unknown-escape" Error "a backslash followed by something that means nothing";
    BAD_NUMBER "E0106" "bad-number" Error "a number or a code that is not written as one";
    BAD_DATE "E0107" "bad-date" Error "a date that does not exist or is not written year-month-day";
    FOREIGN_OPERATOR "E0108" "foreign-operator" Error "an operator of another language";
    FOREIGN_PUNCTUATION "E0109" "foreign-punctuation" Error "punctuation of another language";
    UNEXPECTED "E0110" "unexpected" Error "something that cannot stand where it stands";
    UNKNOWN_DECLARATION "E0111" "unknown-declaration" Error "a word that starts no declaration";
    UNKNOWN_CLAUSE "E0112" "unknown-clause" Error "a word that starts no clause";
    UNCLOSED_BRACKET "E0113" "unclosed-bracket" Error "an opening bracket without its closing one";
    STRAY_BRACKET "E0114" "stray-bracket" Error "a closing bracket that closes nothing";
    FILE_TOO_LARGE "E0115" "file-too-large" Error "a file with more bytes or tokens than are read";
    NESTED_TOO_DEEPLY "E0116" "nested-too-deeply" Error "too many things inside one another";
    CHAINED_COMPARISON "E0117" "chained-comparison" Error "a comparison of a comparison";
    MISSING_CLAUSE "E0118" "missing-clause" Error "a rule without its condition or its verdict";
    MISSING_TITLE "E0119" "missing-title" Error "a rule, an exception, a suspension or a test without a title";
    BAD_TYPE "E0120" "bad-type" Error "words that make no type";
    UNKNOWN_HEADER_ENTRY "E0121" "unknown-header-entry" Error "an entry that a policy header does not have";
    RESERVED_NAME "E0122" "reserved-name" Error "a reserved word in the place of a name";
}
