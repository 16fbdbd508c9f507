//! Which rules were in force on a day, and what they make of a technique: `facts/media/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use partywall_model::Sensitivity;
use serde::{Deserialize, Serialize};

use super::record::{Act, Asset, Disposition, Kind, Technique};
use crate::Day;

/// Families of rules of which one is chosen; the first unless somebody says otherwise.
pub const FAMILIES: [&str; 2] = ["nist-800-88", "dod-5220.22-m"];

/// How thoroughly data is made unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Against what can be done with the device as it is.
    Clear,
    /// Against laboratories.
    Purge,
    /// Against laboratories, and nobody uses it again.
    Destroy,
}

/// One edition of a family of rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Its name.
    pub id: String,
    /// The family.
    pub family: String,
    /// As people cite it.
    pub title: String,
    /// First day.
    pub in_force_from: Day,
    /// Last day; None while it is in force.
    #[serde(default)]
    pub in_force_until: Option<Day>,
    /// Where it is written.
    pub source: String,
    required: BTreeMap<String, Needs>,
    counts: Vec<Count>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Needs {
    reuse: Method,
    release: Method,
    destroy: Method,
}

/// A technique that counts as a method.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    kinds: Vec<Kind>,
    techniques: Vec<Technique>,
    method: Method,
    /// Counts for devices that encrypt everything by themselves.
    #[serde(default)]
    self_encrypting: bool,
    /// Counts when no particle is larger.
    #[serde(default)]
    particle_mm: Option<u32>,
    /// Why it may not count after all.
    #[serde(default)]
    doubt: Option<String>,
}

/// What an act comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rating {
    /// The method that it is for certain.
    pub(super) certain: Option<Method>,
    /// The method that it may be.
    pub(super) possible: Option<Method>,
    /// Why the two differ.
    pub(super) doubts: Vec<String>,
}

impl Method {
    /// Its name.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Purge => "purge",
            Self::Destroy => "destroy",
        }
    }
}

impl Rules {
    /// Every edition that ships with the program. That they can be read is tested.
    pub fn shipped() -> &'static [Self] {
        static SHIPPED: OnceLock<Vec<Rules>> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/media.json"))).unwrap_or_default()
        })
    }

    /// The edition of a family that was in force on a day.
    pub fn in_force(family: &str, day: Day) -> Option<&'static Self> {
        let holds = |rules: &&Self| {
            rules.family == family && rules.in_force_from <= day && rules.in_force_until.is_none_or(|last| day <= last)
        };
        Self::shipped().iter().find(holds)
    }

    /// The least and the most that may be asked for, given what is known of a device.
    pub(super) fn required(&self, asset: &Asset) -> (Method, Method) {
        let levels = Sensitivity::ALL.into_iter().filter(|level| asset.sensitivity.is_none_or(|known| known == *level));
        let needs = levels.filter_map(|level| self.required.get(level.id()));
        let methods: Vec<Method> = needs
            .flat_map(|needs| match asset.disposition {
                Some(Disposition::Reuse) => vec![needs.reuse],
                Some(Disposition::Release) => vec![needs.release],
                Some(Disposition::Destroy) => vec![needs.destroy],
                None => vec![needs.reuse, needs.release, needs.destroy],
            })
            .collect();
        let least = methods.iter().min().copied().unwrap_or(Method::Destroy);
        (least, methods.iter().max().copied().unwrap_or(Method::Destroy))
    }

    /// What an act on a device comes to, if it succeeded.
    pub(super) fn rate(&self, act: &Act, asset: &Asset) -> Rating {
        let mut rating = Rating::default();
        for count in self.counts.iter().filter(|count| count.techniques.contains(&act.technique)) {
            let mut doubts: Vec<String> = count.doubt.iter().cloned().collect();
            match asset.kind {
                None => doubts.push("the register does not say what kind of device it is".to_owned()),
                Some(kind) if !count.kinds.contains(&kind) => continue,
                Some(_) => {}
            }
            match asset.self_encrypting {
                Some(false) if count.self_encrypting => continue,
                None if count.self_encrypting => {
                    doubts.push("the register does not say whether it encrypts everything by itself".to_owned());
                }
                _ => {}
            }
            match (count.particle_mm, act.particle_mm) {
                (Some(most), Some(size)) if size > most => continue,
                (Some(most), None) => {
                    doubts.push(format!("the record does not say that no particle is larger than {most} mm"));
                }
                _ => {}
            }
            rating.possible = rating.possible.max(Some(count.method));
            if doubts.is_empty() {
                rating.certain = rating.certain.max(Some(count.method));
            }
            rating.doubts.extend(doubts);
        }
        rating
    }

    /// Sensitivities of which nothing is said; empty in facts that are sound.
    pub fn faults(&self) -> Vec<String> {
        let missing = Sensitivity::ALL.into_iter().filter(|level| !self.required.contains_key(level.id()));
        let mut faults: Vec<String> =
            missing.map(|level| format!("{}: `{}` is missing", self.id, level.id())).collect();
        if !FAMILIES.contains(&self.family.as_str()) {
            faults.push(format!("{}: there is no family `{}`", self.id, self.family));
        }
        if !self.source.starts_with("https://") {
            faults.push(format!("{}: no source", self.id));
        }
        faults
    }
}
