//! The live account, played by moto: what is collected, what is refused, and what follows from it.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod command_line;
mod deny_matrix;
mod interruption;
mod organization;
mod parity;

mod secrets;
