//! Why a rota, an incident or a notice cannot be read, kept or sent.

use thiserror::Error;

/// Why a rota, an incident or a notice cannot be read, kept or sent.
#[derive(Debug, Error)]
pub enum IncidentError {
    /// A text that is no moment.
    #[error("`{0}` is no moment between 1970 and 2099; write `2026-11-22T12:00:00Z`, or a day")]
    NoInstant(String),
    /// A window that ends before it begins, or is too long.
    #[error("{0}")]
    Window(String),
    /// A rota that makes no sense.
    #[error("`{file}`: {message}")]
    Rota {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        message: String,
        /// Where it is wrong, in bytes, when that is known.
        span: Option<std::ops::Range<usize>>,
    },
    /// A database that cannot be opened, read or written.
    #[error("{0}")]
    Database(String),
    /// An alert that makes no sense.
    #[error("{0}")]
    Alert(String),
    /// Something about an incident that cannot be done.
    #[error("{0}")]
    Incident(String),
    /// Channels or templates that make no sense.
    #[error("{0}")]
    Channel(String),
    /// A runbook that makes no sense.
    #[error("{0}")]
    Runbook(String),
}
