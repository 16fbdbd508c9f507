//! The text of a rota, as it is written.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use serde::Deserialize;
use toml::value::Datetime;

use super::civil;
use super::escalation::Escalation;
use super::member::ContactKind;
use crate::span::YEARS;

/// A rota as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotaFile {
    /// The zone of every time without one of its own.
    pub(super) zone: String,
    /// Ways to reach a member, of which one is needed; any when empty.
    #[serde(default)]
    pub(super) reachable: Vec<ContactKind>,
    /// Roles that somebody has to fill, whether a rotation names them or not.
    #[serde(default)]
    pub(super) required: Vec<String>,
    #[serde(default, rename = "member")]
    pub(super) members: Vec<MemberEntry>,
    #[serde(default, rename = "rotation")]
    pub(super) rotations: Vec<RotationEntry>,
    #[serde(default, rename = "override")]
    pub(super) overrides: Vec<OverrideEntry>,
    #[serde(default, rename = "escalation")]
    pub(super) escalations: Vec<Escalation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberEntry {
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) phone: Option<String>,
    pub(super) mail: Option<String>,
    pub(super) slack: Option<String>,
    pub(super) pager: Option<String>,
    #[serde(default)]
    pub(super) leave: Vec<WindowEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowEntry {
    pub(super) from: Datetime,
    pub(super) until: Datetime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RotationEntry {
    pub(super) role: String,
    pub(super) members: Vec<String>,
    /// `day`, `week` or a number of days.
    pub(super) every: Every,
    /// The first day of the first member.
    pub(super) from: NaiveDay,
    /// The day on which it ends.
    pub(super) until: Option<NaiveDay>,
    /// Local time of the handover: `09:00`.
    pub(super) handover: LocalTime,
    pub(super) zone: Option<String>,
    /// The hours of the day that it covers; all of them when empty.
    #[serde(default)]
    pub(super) hours: Vec<HoursEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursEntry {
    /// `monday` and so on; every day when empty.
    #[serde(default)]
    pub(super) days: Vec<Day>,
    pub(super) from: LocalTime,
    /// When it is not after `from`, of the next day.
    pub(super) until: LocalTime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverrideEntry {
    pub(super) role: String,
    pub(super) member: String,
    pub(super) from: Datetime,
    pub(super) until: Datetime,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Every {
    Named(Period),
    Days(u16),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Period {
    Day,
    Week,
}

impl Every {
    pub(super) const fn days(self) -> u16 {
        match self {
            Self::Named(Period::Day) => 1,
            Self::Named(Period::Week) => 7,
            Self::Days(days) => days,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Day {
    pub(super) const fn weekday(self) -> Weekday {
        match self {
            Self::Monday => Weekday::Mon,
            Self::Tuesday => Weekday::Tue,
            Self::Wednesday => Weekday::Wed,
            Self::Thursday => Weekday::Thu,
            Self::Friday => Weekday::Fri,
            Self::Saturday => Weekday::Sat,
            Self::Sunday => Weekday::Sun,
        }
    }
}

/// A local time of day, `09:00` or `09:00:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct LocalTime(pub(super) NaiveTime);

impl TryFrom<String> for LocalTime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let time = NaiveTime::parse_from_str(&text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M:%S"));
        let wrong = |_| format!("`{}` is no time of day; write `09:00`", text.chars().take(40).collect::<String>());
        time.map(Self).map_err(wrong)
    }
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "Datetime")]
pub(super) struct NaiveDay(pub(super) NaiveDate);

impl TryFrom<Datetime> for NaiveDay {
    type Error = String;

    fn try_from(datetime: Datetime) -> Result<Self, Self::Error> {
        let day = NaiveDate::parse_from_str(&datetime.to_string(), "%Y-%m-%d").ok();
        let day = day.filter(|day| YEARS.contains(&day.year()));
        day.map(Self).ok_or_else(|| format!("`{datetime}` is no day between 1970 and 2099; write 2026-11-22"))
    }
}

/// The instant of a time with an offset, or of a local time or a day in the zone.
pub(super) fn instant(zone: Tz, datetime: &Datetime) -> Result<i64, String> {
    let text = datetime.to_string();
    let wrong = || format!("`{text}` is no moment between 1970 and 2099; write 2026-11-22T12:00:00");
    let plausible = |year: i32| YEARS.contains(&year);
    if datetime.offset.is_some() {
        let moment = DateTime::parse_from_rfc3339(&text).ok().filter(|moment| plausible(moment.year()));
        return moment.map(|moment| moment.with_timezone(&Utc).timestamp()).ok_or_else(wrong);
    }
    let local = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let day = || NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    let local = local.or_else(day).filter(|local| plausible(local.year())).ok_or_else(wrong)?;
    Ok(civil::moment(zone, local).instant())
}
