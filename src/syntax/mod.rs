//! Text to tree: `lex` (logos) makes tokens, the grammar (lalrpop, `grammar/interdict.lalrpop`) makes the tree through the
//! constructors in `build`, `explain` words its errors.
//!
//! In: a file of a `SourceMap`. Out: `ast::File` and messages, as many as there are mistakes; never a panic. Nothing is
//! resolved or typed here.

pub mod ast;
mod build;
mod errors;
mod explain;
mod format;
pub mod lex;
pub mod limits;
mod parse;
mod print;
pub mod token;

pub use format::format;
pub use parse::{expected_after, parse};
pub use print::{print_ast, print_tokens};

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, dead_code, missing_docs, unused)]
    grammar,
    "/interdict.rs"
);
