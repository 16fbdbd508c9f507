//! DSSE envelopes: <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>.
//!
//! An envelope of ours has one signature, one spelling and nothing besides, so that no byte of it can change unseen.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Digest, EvidenceError, Key, Person, Trust, canonical};

/// A payload with its type and the signature of both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: Digest,
    sig: String,
}

/// The bytes that are signed: the type and the payload with their lengths, so that neither runs into the other.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// Signs a value.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn seal(payload_type: &str, value: &impl Serialize, key: &Key) -> Result<Self, EvidenceError> {
        let payload = canonical(value)?;
        let sig = STANDARD.encode(key.sign(&pae(payload_type, &payload)));
        Ok(Self {
            payload: STANDARD.encode(payload),
            payload_type: payload_type.to_owned(),
            signatures: vec![Signature { keyid: key.public().id(), sig }],
        })
    }

    /// Reads an envelope in its one spelling.
    ///
    /// # Errors
    /// When it is no envelope, or is spelled in another way than we write it.
    pub fn read(bytes: &[u8]) -> Result<Self, EvidenceError> {
        let refuse = |what: &str| EvidenceError::Envelope(what.to_owned());
        let envelope: Self = serde_json::from_slice(bytes).map_err(|error| refuse(&error.to_string()))?;
        if envelope.signatures.len() != 1 {
            return Err(refuse("it needs one signature"));
        }
        if envelope.to_bytes()? != bytes {
            return Err(refuse("its bytes are not as they were written"));
        }
        Ok(envelope)
    }

    /// The envelope in its one spelling, without a line break.
    ///
    /// # Errors
    /// Never in practice; the encoder could refuse.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EvidenceError> {
        canonical(self)
    }

    /// The payload and who signed it. Whether their key was valid at the time is for whoever knows the time to ask;
    /// see [`Person::objection`].
    ///
    /// # Errors
    /// When the type is another, a stranger signed, or the signature does not fit.
    pub fn open<'a, T: DeserializeOwned>(
        &self,
        payload_type: &str,
        trust: &'a Trust,
    ) -> Result<(T, &'a Person), EvidenceError> {
        let payload = self.payload(payload_type)?;
        let Some(signature) = self.signatures.first() else {
            return Err(EvidenceError::Envelope("it needs one signature".to_owned()));
        };
        let Some(person) = trust.owner(&signature.keyid) else {
            let why = format!("signed with the key {}, which nobody on the list of the trusted has", signature.keyid);
            return Err(EvidenceError::Signature(why));
        };
        let bytes = STANDARD.decode(&signature.sig).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        if !bytes.is_some_and(|bytes| person.key.has_signed(&pae(payload_type, &payload), &bytes)) {
            let why = format!("the signature in the name of `{}` does not fit", person.name);
            return Err(EvidenceError::Signature(why));
        }
        let value = serde_json::from_slice(&payload).map_err(|error| EvidenceError::Json(error.to_string()))?;
        Ok((value, person))
    }

    /// The payload, whoever signed it.
    ///
    /// # Errors
    /// When the type is another.
    pub fn payload(&self, payload_type: &str) -> Result<Vec<u8>, EvidenceError> {
        if self.payload_type != payload_type {
            return Err(EvidenceError::Envelope(format!("its payload is no `{payload_type}`")));
        }
        STANDARD.decode(&self.payload).map_err(|_| EvidenceError::Envelope("its payload is no Base64".to_owned()))
    }
}

#[cfg(test)]
mod tests;
