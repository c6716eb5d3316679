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
}
