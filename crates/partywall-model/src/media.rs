//! What became of a storage device, ready to be certified.

use serde::{Deserialize, Serialize};

/// A statement that a device no longer holds data, with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaCertificate {
    /// The serial number.
    pub serial: String,
    /// The model.
    pub model: String,
    /// What it is: `magnetic_disk`, `flash_disk` …
    pub kind: String,
    /// How sensitive its data was.
    pub sensitivity: String,
    /// Where it stood.
    pub site: String,
    /// The rules that were in force on the day.
    pub rules: String,
    /// Where they are written.
    pub source: String,
    /// What the rules ask for: clear, purge or destroy.
    pub required: String,
    /// What was achieved.
    pub achieved: String,
    /// How.
    pub technique: String,
    /// The day on which it was done.
    pub day: String,
    /// With which tool, or by which vendor, and before which witness.
    pub by: String,
    /// The hands it went through, in order.
    pub custody: Vec<String>,
    /// The files that it rests on, with their SHA-256.
    pub evidence: Vec<(String, String)>,
    /// Who certifies it.
    pub issuer: String,
    /// When.
    pub issued_at: String,
}
