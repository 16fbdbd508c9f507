//! Lengths of time of which a least and a most are known.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Seconds between a least and a most; without a most nobody can tell how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(u32, Option<u32>)", into = "(u32, Option<u32>)")]
pub struct Span {
    /// The least, in seconds.
    pub least: u32,
    /// The most, in seconds; [`Span::UNBOUNDED`] when there is none.
    pub most: u32,
}

impl Span {
    /// Stands for no bound.
    pub const UNBOUNDED: u32 = u32::MAX;

    /// No time at all.
    pub const ZERO: Self = Self { least: 0, most: 0 };

    /// Any time.
    pub const ANY: Self = Self { least: 0, most: Self::UNBOUNDED };

    /// From a least to a most.
    pub const fn new(least: u32, most: u32) -> Self {
        Self { least, most }
    }

    /// What is true of both when they run side by side and the longer counts.
    #[must_use]
    pub fn longer(self, other: Self) -> Self {
        Self { least: self.least.max(other.least), most: self.most.max(other.most) }
    }

    /// One after the other.
    #[must_use]
    pub fn then(self, other: Self) -> Self {
        Self { least: self.least.saturating_add(other.least), most: self.most.saturating_add(other.most) }
    }

    /// All that may be the case when it is one of both and not known which.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

impl From<(u32, Option<u32>)> for Span {
    fn from((least, most): (u32, Option<u32>)) -> Self {
        Self { least, most: most.unwrap_or(Self::UNBOUNDED) }
    }
}

impl From<Span> for (u32, Option<u32>) {
    fn from(span: Span) -> Self {
        (span.least, (span.most != Span::UNBOUNDED).then_some(span.most))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (0, Self::UNBOUNDED) => formatter.write_str("no bound"),
            (least, Self::UNBOUNDED) => write!(formatter, "{} or more", words(least)),
            (least, most) if least == most => formatter.write_str(&words(most)),
            (0, most) => write!(formatter, "up to {}", words(most)),
            (least, most) => write!(formatter, "{} to {}", words(least), words(most)),
        }
    }
}

/// Seconds in the largest unit that divides them.
fn words(seconds: u32) -> String {
    const UNITS: [(u32, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let unit = UNITS.iter().find(|(length, _)| seconds >= 2 * length && seconds.is_multiple_of(*length));
    unit.map_or_else(|| format!("{seconds} s"), |(length, unit)| format!("{} {unit}", seconds / length))
}
