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
mod tables;

use super::ast;
use layout::Layout;

/// The widest line that the formatter makes where it has the choice; trailing comments do not count.
pub const MAX_WIDTH: usize = 100;

/// How often a layout is taken for the author's and laid out again at most. The second time nearly always changes nothing.
const MAX_ROUNDS: usize = 8;

/// The canonical text of `file`, which is the tree of `text` and was read without errors. Lines end in LF.
pub fn format(file: &ast::File, text: &str) -> String {
    let mut layout = Layout::new(pieces::pieces(file, text));
    layout.decide(file);
    for _ in 1..MAX_ROUNDS {
        if !layout.settle() {
            break;
        }
        layout.decide(file);
    }
    emit::emit(&layout)
}

impl Layout<'_> {
    /// Decides everything in two walks.
    fn decide(&mut self, file: &ast::File) {
        for fitting in [false, true] {
            self.fitting = fitting;
            self.file(file);
        }
    }
}
