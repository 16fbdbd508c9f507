//! What an entry and the head say.

use serde::{Deserialize, Serialize};

use crate::{Digest, Instant};

/// Type of an entry's payload.
pub const ENTRY_TYPE: &str = "application/vnd.partywall.entry+json";

/// Type of the head's payload.
pub const HEAD_TYPE: &str = "application/vnd.partywall.head+json";

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its place, counted from 1.
    pub number: u64,
    /// The digest of the line before it; None for the first.
    pub previous: Option<Digest>,
    /// When it was added, as the clock of whoever added it says.
    pub at: Instant,
    /// What the document is: scan, drill, certificate, review.
    pub kind: String,
    /// What the document is about.
    pub subject: String,
    /// The document's media type.
    pub media_type: String,
    /// The document's SHA-256, which is also its name among the documents.
    pub digest: Digest,
    /// The document's size in bytes.
    pub size: u64,
}

/// How far the ledger reached when it was last added to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many entries there are.
    pub count: u64,
    /// The digest of the last line; None when there is none.
    pub digest: Option<Digest>,
    /// When it was signed.
    pub at: Instant,
}
