//! The language server protocol around [`crate::ide`].
//!
//! One thread reads messages, another answers them in their order. Changes of texts are taken in as they come and looked at when
//! nothing waits any more, or when an answer needs them: what piles up costs one check and not several. A request that fails, or
//! whose answer panics, gets an error; the server goes on.

mod convert;
mod message;
mod paths;
mod publish;
mod requests;
mod server;
mod tokens;

pub use server::{Ending, Settings, serve};
