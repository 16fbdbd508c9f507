//! Incidents and notices outlive whatever is killed, in SQLite and in PostgreSQL.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod estate;
mod kills;
mod mail;
mod postgresql;
mod receiver;
mod steps;
