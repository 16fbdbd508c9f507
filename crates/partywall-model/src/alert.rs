//! One hit of a rule over logs.

use serde::{Deserialize, Serialize};

/// One hit of a rule over logs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alert {
    /// The same for the same rule and the same events, whenever and wherever they are read.
    pub id: String,
    /// The rule that hit.
    pub rule: AlertRule,
    /// Time of the first event, in milliseconds since 1970 UTC.
    pub first_ms: i64,
    /// Time of the last event, in milliseconds since 1970 UTC.
    pub last_ms: i64,
    /// Ids of the events, in order of time; of many, the last ones.
    pub events: Vec<String>,
    /// How many events there are.
    pub event_count: u64,
    /// Who and what it is about, sorted.
    pub entities: Vec<Entity>,
    /// The account that it happened in; empty when the log does not say.
    pub account: String,
    /// The region; empty when the log does not say.
    pub region: String,
    /// What happened, in a line.
    pub message: String,
}

/// The rule behind an alert.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlertRule {
    /// Its id, or its title when it has none.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who wrote it; licences of rules ask for the name in each alert.
    pub author: String,
    /// How grave a hit is.
    pub level: AlertLevel,
    /// Its tags, such as `attack.t1078.004`.
    pub tags: Vec<String>,
}

/// How grave a hit is, in Sigma's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// For context only.
    Informational,
    /// Worth a look now and then.
    Low,
    /// Worth a look.
    Medium,
    /// Needs a look soon.
    High,
    /// Needs somebody at once.
    Critical,
}

/// Somebody or something that an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its name: an ARN where the log has one, or an address.
    pub name: String,
}

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// Who did it.
    Principal,
    /// What it was done to.
    Resource,
    /// Where it came from or went to.
    Address,
}

impl AlertLevel {
    /// Every level, least grave first.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
