//! Every ruling the evaluator answers to, pinned on models built by hand.

mod answers;
pub(crate) mod build;
mod cases;
mod kleene;
mod lists;
mod missing;
mod more_information;
mod numbers;
mod rules;
mod values;
mod verdicts;
