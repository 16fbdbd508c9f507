//! What still stands when a zone or a region falls.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod facts;
mod laws;
mod scram;
