//! One canonical layout for rule files.
//!
//! The formatter never rewrites tokens: it takes the pieces of the source in their order, decides what stands between
//! two of them (nothing, blanks, a line break), and adds or drops only the comma before a closing brace. So names,
//! literals and comments come out as they went in. Which line breaks of the author are kept, and where lines that are too
//! long are broken, is decided in two walks over the tree: the first marks the author's breaks, the second adds others.

mod clauses;
mod emit;
mod exprs;
mod items;
mod layout;
mod pieces;

use super::ast;

/// The widest line that the formatter makes where it has the choice; trailing comments do not count.
pub const MAX_WIDTH: usize = 100;

/// The canonical text of `file`, which is the tree of `text` and was read without errors. Lines end in LF.
pub fn format(file: &ast::File, text: &str) -> String {
    let pieces = pieces::pieces(file, text);
    let mut layout = layout::Layout::new(pieces);
    for fitting in [false, true] {
        layout.fitting = fitting;
        layout.file(file);
    }
    emit::emit(&layout)
}
