//! The raw pieces of the text, by logos. Letters beyond ASCII, units and escapes are looked at later.

use logos::Logos;

/// A raw piece.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(skip r"[ \t\x0C\r\n]+")]
pub enum Raw {
    #[regex(r"#[^\r\n]*", allow_greedy = true)]
    Comment,
    #[regex(r"//[^\r\n]*", allow_greedy = true)]
    SlashComment,
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Word,
    /// A digit and whatever sticks to it: a number, a number with its unit, or a code without quotes.
    #[regex(r"[0-9][0-9A-Za-z_]*(\.[0-9A-Za-z_]+)*")]
    Number,
    #[regex(r"[0-9]+-[0-9]+-[0-9]+[0-9A-Za-z_]*")]
    Date,
    #[regex(r#""([^"\\\r\n]|\\[^\r\n])*""#)]
    Str,
    #[regex(r#""([^"\\\r\n]|\\[^\r\n])*\\?"#)]
    OpenStr,
    #[regex(r"'[^'\r\n]*'")]
    SingleQuoted,
    #[regex(r"`[^`\r\n]*`")]
    Backtick,
    #[regex(r"`[^`\r\n]*")]
    OpenBacktick,
    #[token("=")]
    Equal,
    #[token("!=")]
    NotEqual,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("&")]
    Ampersand,
    #[token(",")]
    Comma,
    #[token(":")]
    Colon,
    #[token(".")]
    Dot,
    #[token("?")]
    Question,
    #[token("(")]
    OpenParen,
    #[token(")")]
    CloseParen,
    #[token("{")]
    OpenBrace,
    #[token("}")]
    CloseBrace,
    #[token("[")]
    OpenBracket,
    #[token("]")]
    CloseBracket,
    /// `==`, `===`, `:=`.
    #[regex(r"===?|:=")]
    ForeignEqual,
    #[regex(r"!==|<>|~=|/=")]
    ForeignNotEqual,
    #[token("=<")]
    ForeignLessEqual,
    /// Between the cells and the result of a row of a table; elsewhere `>=` in the wrong order.
    #[token("=>")]
    Arrow,
    #[token("&&")]
    ForeignAnd,
    #[regex(r"\|\|?")]
    ForeignOr,
    #[token("!")]
    ForeignNot,
    #[token(";")]
    Semicolon,
    #[regex(r"[^\x00-\x7F]")]
    NonAscii,
}
