//! What people and programs read about decisions and policies: explanations of a record, what tests came to, reports and
//! handbooks as pages.

pub mod explain;
mod facts;
pub mod handbook;
pub mod html;
pub mod screening;
pub mod tests;
pub mod words;
