//! Ed25519 keys: PKCS#8 PEM on disk, SPKI DER in Base64 in lists. <https://www.rfc-editor.org/rfc/rfc8410>

mod file;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::{Digest, EvidenceError};

/// A private key.
pub struct Key(SigningKey);

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl Key {
    /// A new key, from the system's randomness.
    ///
    /// # Errors
    /// When the system has none.
    pub fn generate() -> Result<Self, EvidenceError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed)
            .map_err(|error| EvidenceError::Key(format!("the system gives no random numbers: {error}")))?;
        Ok(Self::of_seed(&seed))
    }

    /// The key of this seed.
    pub fn of_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Reads PKCS#8 PEM.
    ///
    /// # Errors
    /// When it is no Ed25519 key.
    pub fn from_pem(pem: &str) -> Result<Self, EvidenceError> {
        let key = SigningKey::from_pkcs8_pem(pem);
        key.map(Self).map_err(|_| EvidenceError::Key("this is no Ed25519 key in PKCS#8 PEM".to_owned()))
    }

    /// PKCS#8 PEM.
    ///
    /// # Errors
    /// Never in practice; the encoder could refuse.
    pub fn to_pem(&self) -> Result<String, EvidenceError> {
        // Without the public half, which OpenSSL does not read.
        let bytes = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        let pem = bytes.to_pkcs8_pem(LineEnding::LF);
        pem.map(|pem| pem.to_string()).map_err(|error| EvidenceError::Key(error.to_string()))
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs bytes.
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl PublicKey {
    /// Reads SPKI DER in Base64, which is what stands between the lines of a PEM file.
    ///
    /// # Errors
    /// When it is no Ed25519 key, or a weak one, for which anybody can make signatures.
    pub fn from_text(text: &str) -> Result<Self, EvidenceError> {
        let der = STANDARD.decode(text).ok();
        let key = der.and_then(|der| VerifyingKey::from_public_key_der(&der).ok());
        match key {
            Some(key) if !key.is_weak() => Ok(Self(key)),
            _ => Err(EvidenceError::Key("a key is an Ed25519 public key as SPKI DER in Base64".to_owned())),
        }
    }

    /// SPKI DER in Base64.
    pub fn to_text(&self) -> String {
        STANDARD.encode(self.der())
    }

    /// Its name in envelopes: the digest of its SPKI DER.
    pub fn id(&self) -> Digest {
        Digest::of(&self.der())
    }

    /// Whether it made this signature of these bytes, by the strict rules, which admit one signature only.
    pub fn has_signed(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok()
    }

    fn der(&self) -> Vec<u8> {
        self.0.to_public_key_der().map(|der| der.as_bytes().to_vec()).unwrap_or_default()
    }
}
