//! Interdict: a rule language and screening engine for export control.
//!
//! Modules stand in layer order: a module uses only modules above it.
#![deny(unsafe_code)]

pub mod text;

pub mod diagnostic;

pub mod domain;

pub mod syntax;

pub mod model;

pub mod input;

pub mod check;

pub mod reference;

pub mod ir;

pub mod plan;

#[allow(unsafe_code)]
pub mod kernel;

pub mod screen;

pub mod io;

pub mod analysis;

pub mod report;

pub mod ide;

pub mod lsp;

pub mod cli;
