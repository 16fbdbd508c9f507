//! Why evidence cannot be read, signed or believed.

use std::path::PathBuf;

use thiserror::Error;

/// Why evidence cannot be read, signed or believed.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// A value that JSON cannot hold, or text that is none.
    #[error("this is no JSON of the expected form: {0}")]
    Json(String),
    /// A text that is no SHA-256.
    #[error("a digest is 64 lowercase hexadecimal digits")]
    NoDigest,
    /// A text that is no moment.
    #[error("`{0}` is no moment; write `2026-11-22T12:00:00Z`")]
    NoInstant(String),
    /// A text that is no day.
    #[error("`{0}` is no day; write `2026-11-22`")]
    NoDay(String),
    /// A key that cannot be used.
    #[error("{0}")]
    Key(String),
    /// A key that others may read.
    #[error(
        "`{path}` may be read by others (mode {mode:o}); make a new key, this one is no secret, or `chmod 600` it if nobody has"
    )]
    KeyIsOpen {
        /// The key's file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// An envelope that is none.
    #[error("this is no signed envelope: {0}")]
    Envelope(String),
    /// A signature that does not fit.
    #[error("{0}")]
    Signature(String),
    /// A list of the trusted that makes no sense.
    #[error("the list of the trusted is not understood: {0}")]
    Trust(String),
    /// A file that cannot be read or written.
    #[error("`{path}` {what}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What failed, as in `cannot be read`.
        what: &'static str,
        /// What the system said.
        error: std::io::Error,
    },
    /// A file or line beyond what is read.
    #[error("`{path}` is larger than {most} bytes, more than evidence of its kind ever is")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The bound.
        most: u64,
    },
    /// A ledger that cannot be appended to.
    #[error("{0}")]
    Ledger(String),
    /// A review that cannot be prepared, signed or read.
    #[error("{0}")]
    Review(String),
    /// A certificate that cannot be issued or read.
    #[error("{0}")]
    Media(String),
}

impl EvidenceError {
    /// A failure of the system about a file.
    pub(crate) fn file(path: &std::path::Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |error| Self::File { path, what, error }
    }
}
