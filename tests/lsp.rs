//! The language server as an editor sees it: a session over pipes, what it says to what it does not understand, and files that
//! are half written.

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/edits.rs"]
mod edits;
#[path = "lsp/session.rs"]
mod session;
