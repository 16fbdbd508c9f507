//! What was found out about each device.

use partywall_model::Verdict;
use serde::Serialize;

/// What was found out about all of them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Account {
    /// Every device that a register or a record names, by serial number.
    pub devices: Vec<Device>,
    /// Why the folder may not be whole; while there is any, nothing passes.
    pub seal: Vec<String>,
    /// Files that are not understood, with the cause; while there is any, nothing passes.
    pub not_understood: Vec<(String, String)>,
    /// Devices that are out of service and of which nothing shows what became of them.
    pub without_proof: Vec<String>,
    /// Devices of which there are records, and that no register has.
    pub unregistered: Vec<String>,
    /// Devices whose records contradict each other.
    pub contradicted: Vec<String>,
}

/// What was found out about a device.
#[derive(Debug, Clone, Serialize)]
pub struct Device {
    /// The serial number.
    pub serial: String,
    /// Whether its data is gone and its custody unbroken; not applicable while it serves.
    pub verdict: Verdict,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The rules that were in force, by name; empty when that is not known.
    pub rules: String,
    /// The least and the most that they may ask for.
    pub required: Option<(super::Method, super::Method)>,
    /// What was achieved for certain.
    pub achieved: Option<super::Method>,
    /// The hands that it went through.
    pub custody: Vec<String>,
    /// The files that say something about it.
    pub files: Vec<String>,
    /// What a certificate says, when it passes.
    #[serde(skip)]
    pub proof: Option<Proof>,
}

/// What a certificate says of a device that passes.
#[derive(Debug, Clone)]
pub struct Proof {
    pub(super) asset: super::Asset,
    pub(super) act: super::Act,
    pub(super) rules: &'static super::Rules,
}

impl Account {
    /// Whether every device passes or serves, and nothing is in doubt.
    pub fn is_clean(&self) -> bool {
        let is_well = |device: &Device| matches!(device.verdict, Verdict::Pass | Verdict::NotApplicable);
        self.devices.iter().all(is_well) && self.seal.is_empty() && self.not_understood.is_empty()
    }
}
