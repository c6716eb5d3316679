//! Text to tree.
pub mod ast;
pub mod token;
lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all)]
    grammar,
    "/interdict.rs"
);
