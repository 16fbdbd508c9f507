//! Moments and days, in UTC.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use crate::EvidenceError;

/// A moment, to the second, written `2026-11-22T12:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(DateTime<Utc>);

/// A day, written `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

/// Years that make sense in evidence; others are slips or attacks on arithmetic.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2999;

impl Instant {
    /// The moment of this many seconds after 1970.
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        DateTime::from_timestamp(seconds, 0).filter(is_plausible).map(Self)
    }

    /// Its day.
    pub fn day(self) -> Day {
        Day(self.0.date_naive())
    }
}

fn is_plausible(moment: &DateTime<Utc>) -> bool {
    use chrono::Datelike;
    YEARS.contains(&moment.year())
}

impl Day {
    /// Days from the other one to this one; negative when this one is before.
    pub fn since(self, other: Self) -> i64 {
        self.0.signed_duration_since(other.0).num_days()
    }

    /// The day so many days later; the day itself when that is past all calendars.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        Self(self.0.checked_add_days(chrono::Days::new(days.into())).unwrap_or(self.0))
    }
}

impl FromStr for Instant {
    type Err = EvidenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.with_timezone(&Utc));
        let moment = moment.ok().filter(is_plausible).and_then(|moment| Self::of_seconds(moment.timestamp()));
        moment.ok_or_else(|| EvidenceError::NoInstant(shortened(text)))
    }
}

impl FromStr for Day {
    type Err = EvidenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        use chrono::Datelike;
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| YEARS.contains(&day.year()));
        let day = day.filter(|day| day.to_string() == text);
        day.map(Self).ok_or_else(|| EvidenceError::NoDay(shortened(text)))
    }
}

/// Enough of a text to recognise it by.
fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

impl TryFrom<String> for Instant {
    type Error = EvidenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = EvidenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}
