//! JSON with one spelling, as RFC 8785 states it: <https://www.rfc-editor.org/rfc/rfc8785>.

use serde::Serialize;
use serde_json::Value;

use crate::EvidenceError;

/// The canonical bytes of a value.
///
/// # Errors
/// When it cannot be written as JSON, as a map whose keys are no texts cannot.
pub fn canonical(value: &impl Serialize) -> Result<Vec<u8>, EvidenceError> {
    // Through a tree, so that what is read back and written again has the same bytes.
    let tree = serde_json::to_value(value).map_err(|error| EvidenceError::Json(error.to_string()))?;
    serde_jcs::to_vec(&tree).map_err(|error| EvidenceError::Json(error.to_string()))
}

/// Whether these bytes are JSON in its canonical spelling, so that no byte of it can change unseen.
pub fn is_canonical(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes)
        .is_ok_and(|value| serde_jcs::to_vec(&value).is_ok_and(|spelled| spelled == bytes))
}
