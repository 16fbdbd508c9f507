//! Who is on call, what is going wrong, who has been told, and what came of it.
//!
//! Decisions take the instant as an argument. Databases, mail and HTTP are touched only in the modules `store` and
//! `channel`, files only by who calls.

pub mod channel;
mod error;
pub mod incident;
pub mod notice;
pub mod page;
pub mod rota;
pub mod runbook;
mod span;
pub mod store;

pub use error::IncidentError;
pub use span::{Span, Spans, instant, written};

/// The bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
