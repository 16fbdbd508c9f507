//! A signed list of every file of a folder. Without it a record that speaks against a device could be taken away
//! unseen, and its verdict would be better for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Digest, Envelope, EvidenceError, Instant, Key, Trust};

/// Type of a seal's payload.
pub const SEAL_TYPE: &str = "application/vnd.partywall.media-seal+json";

/// Every file of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// When it was sealed.
    pub at: Instant,
    /// Digests by path below the folder.
    pub files: BTreeMap<String, Digest>,
}

impl Seal {
    /// Signs the list.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn sign(&self, key: &Key) -> Result<Vec<u8>, EvidenceError> {
        Envelope::seal(SEAL_TYPE, self, key)?.to_bytes()
    }

    /// What differs between the seal and the files that are there: every difference is told.
    pub fn faults(bytes: Option<&[u8]>, found: &BTreeMap<String, Digest>, trust: &Trust) -> Vec<String> {
        let Some(bytes) = bytes else {
            return vec!["the folder is not sealed: a record could be missing without a trace".to_owned()];
        };
        let opened = Envelope::read(bytes).and_then(|envelope| {
            let (seal, person) = envelope.open::<Self>(SEAL_TYPE, trust)?;
            person.objection(seal.at).map_or(Ok(seal), |why| Err(EvidenceError::Signature(why)))
        });
        let seal = match opened {
            Ok(seal) => seal,
            Err(error) => return vec![format!("the seal does not count: {error}")],
        };
        let mut faults = Vec::new();
        for (file, digest) in &seal.files {
            match found.get(file) {
                None => faults.push(format!("`{file}` was sealed and is gone, or cannot be read")),
                Some(other) if other != digest => faults.push(format!("`{file}` was changed after it was sealed")),
                Some(_) => {}
            }
        }
        let added = found.keys().filter(|file| !seal.files.contains_key(*file));
        faults.extend(added.map(|file| format!("`{file}` was added after the folder was sealed")));
        faults
    }
}
