//! Files, spans and typed ids: what every later stage uses to say where something stands.

mod arena;
mod source;

pub use arena::{Arena, Id};
pub use source::{FileId, SourceFile, SourceMap, Span, Spanned};
