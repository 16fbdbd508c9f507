//! What registers, logs and certificates say.

use partywall_model::Sensitivity;
use serde::{Deserialize, Serialize};

use crate::{Day, Instant};

/// Everything that was read, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// Rows of registers.
    pub assets: Vec<Asset>,
    /// What was done to devices.
    pub acts: Vec<Act>,
    /// Who handed what to whom.
    pub hand_overs: Vec<HandOver>,
    /// What could not be understood: file and cause.
    pub faults: Vec<(String, String)>,
}

/// A device, as a register has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The serial number.
    pub serial: String,
    /// What it is.
    #[serde(default)]
    pub kind: Option<Kind>,
    /// The model.
    #[serde(default)]
    pub model: String,
    /// Whether it encrypts everything by itself.
    #[serde(default)]
    pub self_encrypting: Option<bool>,
    /// How sensitive its data was.
    #[serde(default)]
    pub sensitivity: Option<Sensitivity>,
    /// Since when it has served.
    #[serde(default)]
    pub in_service: Option<Day>,
    /// When it was taken out of service; None while it serves.
    #[serde(default)]
    pub decommissioned: Option<Day>,
    /// What is to become of it.
    #[serde(default)]
    pub disposition: Option<Disposition>,
    /// Where it stood.
    #[serde(default)]
    pub site: String,
    /// Who answered for it.
    #[serde(default)]
    pub custodian: String,
    /// The file that says so.
    #[serde(skip)]
    pub file: String,
}

/// What a device stores data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Magnetic disks.
    MagneticDisk,
    /// Flash memory: SATA, SAS and NVMe SSDs, cards and sticks.
    FlashDisk,
    /// Magnetic disks with flash memory.
    HybridDisk,
    /// Magnetic tape.
    Tape,
    /// Optical discs.
    OpticalDisc,
}

/// What is to become of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// It is used again by the same organization.
    Reuse,
    /// It leaves the organization.
    Release,
    /// Nobody uses it again.
    Destroy,
}

/// Something that was done to a device to make its data unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The serial number.
    pub serial: String,
    /// How.
    pub technique: Technique,
    /// How it ended.
    pub outcome: Outcome,
    /// On which day; None when the record does not say.
    pub day: Option<Day>,
    /// Size of the largest particle that was left, in millimetres.
    pub particle_mm: Option<u32>,
    /// Who destroyed it, when it was destroyed by a vendor.
    pub vendor: Option<String>,
    /// With which tool, or before which witness.
    pub by: String,
    /// The file that says so.
    pub file: String,
}

/// How data is made unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Technique {
    /// Every address is written over, from outside.
    Overwrite,
    /// The device writes over everything by itself, addressed or not.
    SanitizeOverwrite,
    /// The device erases its flash blocks.
    BlockErase,
    /// The device forgets the key of all data.
    CryptoErase,
    /// The ATA command of that name.
    SecureErase,
    /// A strong magnetic field.
    Degauss,
    /// Cut to pieces.
    Shred,
    /// Ground through a screen.
    Disintegrate,
    /// Crushed to powder.
    Pulverize,
    /// Burned.
    Incinerate,
    /// Melted.
    Melt,
}

/// How an act ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded.
    Done,
    /// It failed, for this reason.
    Failed(String),
    /// The record does not tell, for this reason.
    Unknown(String),
}

/// One hand to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// When.
    pub at: Instant,
    /// The serial number.
    pub serial: String,
    /// Who gave it; empty when nobody knows.
    #[serde(default)]
    pub from: String,
    /// Who took it; empty when nobody knows.
    #[serde(default)]
    pub to: String,
    /// The file that says so.
    #[serde(skip)]
    pub file: String,
}

impl Technique {
    /// Its name in files.
    pub fn id(self) -> String {
        named(&self)
    }

    /// Whether nothing is left that could be used.
    pub const fn destroys(self) -> bool {
        matches!(self, Self::Shred | Self::Disintegrate | Self::Pulverize | Self::Incinerate | Self::Melt)
    }
}

impl Kind {
    /// Its name in files.
    pub fn id(self) -> String {
        named(&self)
    }
}

fn named(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A serial number as it is compared: labels, tools and people write it in their own ways.
pub(super) fn folded(serial: &str) -> String {
    serial.split_whitespace().collect::<String>().to_uppercase()
}
