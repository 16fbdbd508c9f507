//! What every site must show, and the limits that hold where it says nothing: `facts/site/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A kind of evidence that every site must have.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct EvidenceKind {
    pub(super) id: String,
    pub(super) about: String,
    /// Name of the file without its ending.
    pub(super) stem: String,
    /// Kind of the rows that it holds.
    pub(super) kind: String,
    pub(super) interval_hours: f64,
}

/// What devices answer is evidence too, of which site.toml says how much there must be.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct DeviceEvidence {
    pub(super) about: String,
    pub(super) interval_hours: f64,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Evidence {
    pub(super) evidence: Vec<EvidenceKind>,
    pub(super) device: DeviceEvidence,
}

/// Least and greatest value of one quantity.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Envelope {
    pub(super) recommended: [f64; 2],
    pub(super) allowable: [f64; 2],
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Climate {
    /// By class and quantity.
    pub(super) class: BTreeMap<String, BTreeMap<String, Envelope>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Limits {
    pub(super) revocation_hours_max: f64,
    pub(super) load_ride_through_seconds: f64,
    pub(super) alarm_test_days_max: f64,
    pub(super) suppression_test_days_max: f64,
}

pub(super) static EVIDENCE: LazyLock<Evidence> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../facts/site/evidence.toml")).unwrap_or_default());

pub(super) static CLIMATE: LazyLock<Climate> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../facts/site/climate.toml")).unwrap_or_default());

pub(super) static LIMITS: LazyLock<Limits> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../facts/site/limits.toml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::{CLIMATE, EVIDENCE, LIMITS};

    #[test]
    fn the_facts_are_sound() {
        assert_eq!(EVIDENCE.evidence.len(), 7);
        assert_eq!(CLIMATE.class.len(), 4);
        assert!(EVIDENCE.device.interval_hours > 0.0 && LIMITS.suppression_test_days_max > 0.0);
        assert!(LIMITS.revocation_hours_max > 0.0 && LIMITS.alarm_test_days_max > 0.0);
        for envelope in CLIMATE.class.values().flat_map(|class| class.values()) {
            let ([low, high], [least, most]) = (envelope.recommended, envelope.allowable);
            assert!(least <= low && low < high && high <= most, "{envelope:?}");
        }
    }
}
