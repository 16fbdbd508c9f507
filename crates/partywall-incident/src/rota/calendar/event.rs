//! One event of an iCalendar.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use icalendar::parser::{Component, Property};

use super::super::civil::{Moment, moment, shown};
use super::super::member::{ContactKind, Member};
use super::super::roster::zone_of;
use crate::span::YEARS;

/// The role of events without a category.
const ROLE: &str = "on-call";

/// Seconds of the longest turn.
const LENGTH_MAX: i64 = 366 * 86_400;

/// Values of a property that lists times.
const TIMES_MAX: usize = 50_000;

/// One event.
#[derive(Debug)]
pub(in crate::rota) struct Event {
    pub(super) uid: String,
    pub(super) zone: Tz,
    pub(super) start: NaiveDateTime,
    pub(super) rule: Option<String>,
    /// Further starts, on the clock's face.
    pub(super) further: Vec<NaiveDateTime>,
    /// Starts that are taken out, and days.
    pub(super) left_out: BTreeSet<i64>,
    left_out_days: BTreeSet<NaiveDate>,
    /// The start that this event replaces, of another of the same name.
    pub(super) instance: Option<i64>,
    pub(super) is_cancelled: bool,
    pub(super) roles: Vec<String>,
    pub(super) members: Vec<String>,
    length: Length,
}

/// How long an event is. <https://www.rfc-editor.org/rfc/rfc5545#section-3.8.5.3>
#[derive(Debug, Clone, Copy)]
enum Length {
    /// From DTEND: the same number of seconds for each occurrence.
    Exact(i64),
    /// From DURATION, or between days: days on the clock's face, then seconds.
    Nominal { days: i64, seconds: i64 },
}

/// A time as it is written.
#[derive(Debug, Clone, Copy)]
struct Written {
    local: NaiveDateTime,
    zone: Tz,
    is_day: bool,
}

impl Event {
    /// Reads an event; its name and what is wrong when it is not understood.
    pub(super) fn read(component: &Component<'_>, zone: Option<Tz>) -> Result<Self, (String, String)> {
        let text = |name: &str| component.find_prop(name).map(|property| property.val.as_str().trim().to_owned());
        let uid = text("UID").unwrap_or_default();
        Self::understood(component, zone, &uid).map_err(|cause| (uid, cause))
    }

    fn understood(component: &Component<'_>, zone: Option<Tz>, uid: &str) -> Result<Self, String> {
        let one = |name: &str| component.find_prop(name);
        let all = |name: &'static str| component.properties.iter().filter(move |property| property.name == name);
        if let Some(property) = one("EXRULE") {
            return Err(format!("`{}` is obsolete", property.name.as_str()));
        }
        if all("RRULE").count() > 1 {
            return Err("it has several rules".to_owned());
        }
        let start = written(one("DTSTART").ok_or("it has no start")?, zone)?;
        let instance = one("RECURRENCE-ID").map(|property| {
            let whole_rest = property.params.iter().any(|parameter| parameter.key == "RANGE");
            if whole_rest { Err("it changes all that follows".to_owned()) } else { written(property, Some(start.zone)) }
        });
        let (mut left_out, mut left_out_days) = (BTreeSet::new(), BTreeSet::new());
        for time in times(all("EXDATE"), Some(start.zone))? {
            if time.is_day && !start.is_day {
                left_out_days.insert(time.local.date());
            } else {
                left_out.insert(time.instant());
            }
        }
        let further = times(all("RDATE"), Some(start.zone))?.into_iter();
        Ok(Self {
            uid: uid.to_owned(),
            zone: start.zone,
            start: start.local,
            rule: one("RRULE").map(|property| property.val.as_str().trim().to_owned()),
            further: further.filter_map(|time| time.on_the_face(start.zone)).collect(),
            left_out,
            left_out_days,
            instance: instance.transpose()?.map(Written::instant),
            is_cancelled: one("STATUS")
                .is_some_and(|status| status.val.as_str().trim().eq_ignore_ascii_case("CANCELLED")),
            roles: roles(component),
            members: named(component),
            length: length(start, one("DTEND"), one("DURATION"), zone)?,
        })
    }

    /// When an occurrence begins.
    pub(super) fn moment(&self, start: NaiveDateTime) -> Moment {
        moment(self.zone, start)
    }

    /// Whether an occurrence is taken out.
    pub(super) fn is_left_out(&self, start: NaiveDateTime, instant: i64) -> bool {
        self.left_out.contains(&instant) || self.left_out_days.contains(&start.date())
    }

    /// When an occurrence ends, and when the clock shows the end that one would expect.
    pub(super) fn ends(&self, start: NaiveDateTime, instant: i64) -> (i64, i64) {
        let at = |days: i64, seconds: i64| {
            let local = TimeDelta::try_days(days).and_then(|days| start.checked_add_signed(days));
            local.map_or(instant, |local| moment(self.zone, local).instant().saturating_add(seconds))
        };
        match self.length {
            Length::Exact(seconds) => {
                let shown = start.checked_add_signed(TimeDelta::seconds(seconds));
                let shown = shown.map_or(instant, |local| moment(self.zone, local).instant());
                (instant.saturating_add(seconds), shown)
            }
            Length::Nominal { days, seconds } => (at(days, seconds), at(days, seconds)),
        }
    }

    /// Seconds before a window in which an occurrence may begin and reach into it.
    pub(super) fn reach(&self) -> i64 {
        let seconds = match self.length {
            Length::Exact(seconds) => seconds,
            Length::Nominal { days, seconds } => days.saturating_mul(86_400).saturating_add(seconds),
        };
        seconds.saturating_add(3 * 86_400)
    }

    /// Puts ids of members in the place of names, and adds those that nobody described.
    pub(super) fn name_members(&mut self, members: &mut BTreeMap<String, Member>) {
        for name in &mut self.members {
            let mail = |member: &Member| {
                member
                    .contacts
                    .iter()
                    .any(|(kind, address)| *kind == ContactKind::Mail && address.eq_ignore_ascii_case(name))
            };
            let known = members.values().find(|member| {
                member.id.eq_ignore_ascii_case(name) || member.name.eq_ignore_ascii_case(name) || mail(member)
            });
            if let Some(known) = known {
                name.clone_from(&known.id);
                continue;
            }
            let is_mail = ContactKind::Mail.admits(name);
            let contacts = if is_mail { vec![(ContactKind::Mail, name.clone())] } else { Vec::new() };
            let member = Member { id: name.clone(), name: name.clone(), roles: None, contacts, leave: Vec::new() };
            members.insert(name.clone(), member);
        }
        self.members.sort();
        self.members.dedup();
    }
}

impl Written {
    /// What a clock in the zone shows; in its own zone as it is written, even when the clock skips it.
    fn on_the_face(self, zone: Tz) -> Option<NaiveDateTime> {
        if self.zone == zone { Some(self.local) } else { shown(zone, self.instant()) }
    }

    fn instant(self) -> i64 {
        moment(self.zone, self.local).instant()
    }
}

/// The roles that an event fills: its categories.
pub(super) fn roles(component: &Component<'_>) -> Vec<String> {
    let categories = component.properties.iter().filter(|property| property.name == "CATEGORIES");
    let roles: Vec<String> = categories.flat_map(|property| split(property.val.as_str())).collect();
    if roles.is_empty() { vec![ROLE.to_owned()] } else { roles }
}

/// Whom an event names: those who attend, or its title when nobody does.
fn named(component: &Component<'_>) -> Vec<String> {
    let attendees: Vec<&Property<'_>> =
        component.properties.iter().filter(|property| property.name == "ATTENDEE").collect();
    if attendees.is_empty() {
        let title = component.find_prop("SUMMARY").map(|summary| summary.val.as_str().trim().to_owned());
        return title.filter(|title| !title.is_empty()).into_iter().collect();
    }
    let declines = |property: &&&Property<'_>| {
        property.params.iter().any(|parameter| {
            parameter.key == "PARTSTAT" && parameter.val.as_ref().is_some_and(|value| *value == "DECLINED")
        })
    };
    let address = |property: &&Property<'_>| {
        let text = property.val.as_str().trim();
        let is_mail = text.get(..7).is_some_and(|head| head.eq_ignore_ascii_case("mailto:"));
        if is_mail { text.get(7..).unwrap_or_default().to_owned() } else { text.to_owned() }
    };
    attendees.iter().filter(|property| !declines(property)).map(address).collect()
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn times<'a>(properties: impl Iterator<Item = &'a Property<'a>>, zone: Option<Tz>) -> Result<Vec<Written>, String> {
    let mut found = Vec::new();
    for property in properties {
        for value in property.val.as_str().split(',') {
            found.push(written_as(property, value, zone)?);
            if found.len() > TIMES_MAX {
                return Err(format!("it lists more than {TIMES_MAX} times"));
            }
        }
    }
    Ok(found)
}

fn written(property: &Property<'_>, zone: Option<Tz>) -> Result<Written, String> {
    written_as(property, property.val.as_str(), zone)
}

/// A time, in the property's zone, in UTC, or in the calendar's zone.
fn written_as(property: &Property<'_>, value: &str, zone: Option<Tz>) -> Result<Written, String> {
    let value = value.trim();
    let shown = || value.chars().take(40).collect::<String>();
    let named =
        property.params.iter().find(|parameter| parameter.key == "TZID").and_then(|parameter| parameter.val.as_ref());
    let zone = named.map(|name| zone_of(name.as_str().trim_matches('"'))).transpose()?.or(zone);
    let day = || NaiveDate::parse_from_str(value, "%Y%m%d").ok()?.and_hms_opt(0, 0, 0);
    let (local, is_utc) = match value.strip_suffix('Z') {
        Some(value) => (NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%S").ok(), true),
        None => (NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%S").ok().or_else(day), false),
    };
    let local = local.filter(|local| YEARS.contains(&local.year()));
    let local = local.ok_or_else(|| format!("`{}` is no time between 1970 and 2099", shown()))?;
    let zone = if is_utc { Some(Tz::UTC) } else { zone };
    let zone = zone.ok_or_else(|| format!("`{}` is in no time zone; name one by TZID or X-WR-TIMEZONE", shown()))?;
    Ok(Written { local, zone, is_day: value.len() == 8 })
}

fn length(
    start: Written,
    end: Option<&Property<'_>>,
    duration: Option<&Property<'_>>,
    zone: Option<Tz>,
) -> Result<Length, String> {
    let length = match (end, duration) {
        (Some(_), Some(_)) => return Err("it has both an end and a duration".to_owned()),
        (Some(end), None) => {
            let end = written(end, zone)?;
            if start.is_day && end.is_day {
                Length::Nominal { days: end.local.signed_duration_since(start.local).num_days(), seconds: 0 }
            } else {
                Length::Exact(end.instant().saturating_sub(start.instant()))
            }
        }
        (None, Some(duration)) => nominal(duration.val.as_str().trim())?,
        (None, None) if start.is_day => Length::Nominal { days: 1, seconds: 0 },
        (None, None) => return Err("it has neither an end nor a duration".to_owned()),
    };
    let seconds = match length {
        Length::Exact(seconds) => seconds,
        Length::Nominal { days, seconds } => days.saturating_mul(86_400).saturating_add(seconds),
    };
    let wrong = || "it ends before it begins, or lasts longer than a year".to_owned();
    (1..=LENGTH_MAX).contains(&seconds).then_some(length).ok_or_else(wrong)
}

/// `P1DT2H30M`, `P2W`. <https://www.rfc-editor.org/rfc/rfc5545#section-3.3.6>
fn nominal(text: &str) -> Result<Length, String> {
    let wrong = || format!("`{}` is no duration", text.chars().take(40).collect::<String>());
    let rest = text.strip_prefix('+').unwrap_or(text).strip_prefix('P').ok_or_else(wrong)?;
    let (mut days, mut seconds, mut number, mut is_time) = (0i64, 0i64, String::new(), false);
    for character in rest.chars() {
        if character.is_ascii_digit() {
            number.push(character);
            continue;
        }
        if character == 'T' && number.is_empty() && !is_time {
            is_time = true;
            continue;
        }
        let count: u32 = number.parse().map_err(|_| wrong())?;
        let count = i64::from(count);
        match (character, is_time) {
            ('W', false) => days += count * 7,
            ('D', false) => days += count,
            ('H', true) => seconds += count * 3_600,
            ('M', true) => seconds += count * 60,
            ('S', true) => seconds += count,
            _ => return Err(wrong()),
        }
        number.clear();
    }
    if number.is_empty() { Ok(Length::Nominal { days, seconds }) } else { Err(wrong()) }
}
