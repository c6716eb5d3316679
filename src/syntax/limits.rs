//! How much a rule file may hold. Each limit has a coded error and is checked before anything recurses.

/// Bytes in one file.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;
/// Tokens in one file.
pub const MAX_TOKENS: usize = 2_000_000;
/// Brackets, operators and `if`s inside one another.
pub const MAX_NESTING: usize = 128;
/// Messages about the text of one file; what lies behind the last of them is not read.
pub const MAX_MESSAGES: usize = 100;
