//! Stub.
#[derive(Clone, Debug)]
pub enum Token {
    Eof,
}
