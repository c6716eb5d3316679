//! How much one run may hold. Each limit has a message of its own.

/// Rules and exceptions.
pub const MAX_RULES: usize = 100_000;
/// Rules that one `for each` makes.
pub const MAX_EACH: usize = 1_000;
/// Rules that exceptions except and that rules ask about, counted for each that does.
pub const MAX_RELATIONS: usize = 1_000_000;
/// Clauses of one rule, exception or suspension.
pub const MAX_CLAUSES: usize = 1_000;
/// Elements of one set literal.
pub const MAX_SET_ELEMENTS: usize = 1_000_000;
/// Values of one param.
pub const MAX_PARAM_STEPS: usize = 10_000;
/// Fields of one record.
pub const MAX_FIELDS: usize = 4_096;
/// Lists of records inside one another.
pub const MAX_LIST_DEPTH: usize = 8;
/// Values of one enum.
pub const MAX_ENUM_VALUES: usize = 60_000;
/// Verdicts.
pub const MAX_VERDICTS: usize = 250;
/// Parameters of one define.
pub const MAX_PARAMETERS: usize = 64;
/// Parts of an expression, those of the defines it uses counted each time.
pub const MAX_UNFOLDED_SIZE: usize = 100_000;
/// Parts of an expression that stand inside one another, through the defines it uses.
pub const MAX_UNFOLDED_DEPTH: usize = 500;
/// Quantifiers and aggregates inside one another, through the defines an expression uses: each goes over all elements for every
/// element of the one around it.
pub const MAX_NAMED_ELEMENTS: usize = 8;
/// Questions about rules that lead on to questions about further rules, one after the other; a rule in such a chain takes
/// up to three.
pub const MAX_CHAIN: usize = 1_000;
/// Keys of an aggregate over records.
pub const MAX_AGGREGATE_KEYS: usize = 8;
/// Days that an aggregate over records looks back.
pub const MAX_AGGREGATE_DAYS: u32 = 36_525;
