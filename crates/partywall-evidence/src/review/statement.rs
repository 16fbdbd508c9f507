//! What somebody who signs a review states.

use serde::{Deserialize, Serialize};

use crate::{Digest, Instant};

/// Type of a statement's payload.
pub const REVIEW_TYPE: &str = "application/vnd.partywall.review+json";

/// What somebody who signs a review states: this pack, seen on this page, in this role, at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Digest of the pack's canonical JSON.
    pub pack: Digest,
    /// Digest of the page that people read.
    pub page: Digest,
    /// Who signs.
    pub name: String,
    /// As what.
    pub role: String,
    /// When.
    pub at: Instant,
}
