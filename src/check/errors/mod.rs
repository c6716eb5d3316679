//! Every message the checker has, one function each. Call sites hold no prose.

mod aggregates;
mod calendars;
mod closures;
mod data;
mod files;
mod lists;
mod names;
mod rules;
mod tables;
mod types;

pub(crate) use aggregates::*;
pub(crate) use calendars::*;
pub(crate) use closures::*;
pub(crate) use data::*;
pub(crate) use files::*;
pub(crate) use lists::*;
pub(crate) use names::*;
pub(crate) use rules::*;
pub(crate) use tables::*;
pub(crate) use types::*;
