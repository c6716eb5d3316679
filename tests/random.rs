//! Random policies and records: the generator itself, the checker on what it writes, and the evaluators against each other.

mod support;

#[path = "random/aggregates.rs"]
mod aggregates;
#[path = "random/closures.rs"]
mod closures;
#[path = "random/engines.rs"]
mod engines;
#[path = "random/exactness.rs"]
mod exactness;
#[path = "random/file_tables.rs"]
mod file_tables;
#[path = "random/front.rs"]
mod front;
#[path = "random/generator.rs"]
mod generator;
#[path = "random/judged.rs"]
mod judged;
#[path = "random/many.rs"]
mod many;
#[path = "random/properties.rs"]
mod properties;

/// A number from the environment.
fn setting(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is to be a number")),
        Err(_) => otherwise,
    }
}
