//! What people and programs read about decisions and policies: explanations of a record, what tests came to, reports and
//! handbooks as pages.

pub mod explain;
pub mod explain_page;
mod facts;
pub mod handbook;
pub mod html;
pub mod screening;
pub mod tests;
pub mod what_if;
pub mod words;
