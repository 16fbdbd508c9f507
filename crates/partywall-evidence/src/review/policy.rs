//! Who has to sign, and how often: `[review]` of `partywall.toml`.

use serde::Deserialize;

use crate::EvidenceError;

/// Who has to sign, and how often.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Roles of which each has to sign; nobody else may.
    pub roles: Vec<String>,
    /// How many people have to sign at least; by default one for each role.
    #[serde(default)]
    pub signatures: usize,
    /// Days after which a pack is too old.
    pub cadence_days: u32,
}

/// Days that a review may hold at most.
const CADENCE_MAX: u32 = 3_660;

impl Policy {
    /// The policy, when it makes sense.
    ///
    /// # Errors
    /// When nobody has to sign, a role is named twice, or the cadence is no length of time.
    pub fn checked(self) -> Result<Self, EvidenceError> {
        let refuse = |what: &str| Err(EvidenceError::Review(format!("[review] of `partywall.toml`: {what}")));
        if self.roles.is_empty() || self.roles.iter().any(|role| role.trim().is_empty()) {
            return refuse("`roles` names those who have to sign; there has to be one");
        }
        let distinct: std::collections::BTreeSet<&String> = self.roles.iter().collect();
        if distinct.len() != self.roles.len() {
            return refuse("`roles` names a role twice");
        }
        if !(1..=CADENCE_MAX).contains(&self.cadence_days) {
            return refuse("`cadence_days` is from 1 to 3660");
        }
        Ok(self)
    }

    /// How many people have to sign.
    pub fn quorum(&self) -> usize {
        self.signatures.max(self.roles.len())
    }
}
