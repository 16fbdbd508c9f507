//! When an event occurs, on the clock's face.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use rrule::{RRule, RRuleSet, Tz, Unvalidated};

use super::super::civil::shown;
use super::event::Event;
use crate::Span;

/// Bytes of a rule.
const RULE_BYTES_MAX: usize = 2_000;

/// Starts within a window that the library gives at most.
const STARTS_MAX: u16 = u16::MAX;

/// Starts of occurrences that may reach into the window; some are before or behind it.
pub(super) fn starts(event: &Event, window: Span, steps: &mut u64) -> Result<Vec<NaiveDateTime>, String> {
    let from = shown(event.zone, window.from.saturating_sub(event.reach())).ok_or("its time zone is not understood")?;
    let until = shown(event.zone, window.until.saturating_add(3 * 86_400)).ok_or("its time zone is not understood")?;
    let mut starts = event.further.clone();
    match &event.rule {
        Some(rule) => starts.extend(recurring(event, rule, (from, until), steps)?),
        None => starts.push(event.start),
    }
    starts.retain(|start| (from..=until).contains(start));
    starts.sort_unstable();
    starts.dedup();
    Ok(starts)
}

fn recurring(
    event: &Event,
    rule: &str,
    (from, until): (NaiveDateTime, NaiveDateTime),
    steps: &mut u64,
) -> Result<Vec<NaiveDateTime>, String> {
    if rule.len() > RULE_BYTES_MAX {
        return Err(format!("its rule is longer than {RULE_BYTES_MAX} bytes"));
    }
    let rule = on_the_face(event, rule)?;
    let needed = steps_of(event, &rule, until)?;
    *steps = steps.checked_sub(needed).ok_or("the rules of the calendar take too many steps; let them begin later")?;
    let face = |local: NaiveDateTime| local.and_utc().with_timezone(&Tz::UTC);
    let parsed: RRule<Unvalidated> = rule.parse().map_err(|error| format!("its rule: {error}"))?;
    let parsed = parsed.validate(face(event.start)).map_err(|error| format!("its rule: {error}"))?;
    let found = RRuleSet::new(face(event.start)).rrule(parsed).after(face(from)).before(face(until)).all(STARTS_MAX);
    if found.limited {
        return Err("its rule takes too many steps; let it begin later or occur more rarely".to_owned());
    }
    Ok(found.dates.into_iter().map(|date: DateTime<Tz>| date.naive_local()).collect())
}

/// How many steps the library may take from the start to the end of the window.
fn steps_of(event: &Event, rule: &str, until: NaiveDateTime) -> Result<u64, String> {
    let frequency = rule.split(';').find_map(|part| part.strip_prefix("FREQ=")).unwrap_or_default();
    let hours = u64::try_from(until.signed_duration_since(event.start).num_hours()).unwrap_or_default();
    match frequency {
        "YEARLY" | "MONTHLY" | "WEEKLY" | "DAILY" => Ok(hours / 24 + 1),
        "HOURLY" => Ok(hours + 1),
        _ => Err(format!("`FREQ={frequency}` is no frequency of turns; use HOURLY or a longer one")),
    }
}

/// The rule with its end as the clock shows it, marked as UTC, in which the library computes.
fn on_the_face(event: &Event, rule: &str) -> Result<String, String> {
    let mut parts = Vec::new();
    for part in rule.to_ascii_uppercase().split(';').filter(|part| !part.is_empty()) {
        match part.strip_prefix("UNTIL=") {
            Some(end) => parts.push(format!("UNTIL={}", last(event, end)?.format("%Y%m%dT%H%M%SZ"))),
            None => parts.push(part.to_owned()),
        }
    }
    Ok(parts.join(";"))
}

fn last(event: &Event, end: &str) -> Result<NaiveDateTime, String> {
    let wrong = || format!("`UNTIL={}` is no time", end.chars().take(40).collect::<String>());
    let local = |text: &str| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok();
    if let Some(end) = end.strip_suffix('Z') {
        let instant = local(end).ok_or_else(wrong)?.and_utc().timestamp();
        return shown(event.zone, instant).ok_or_else(wrong);
    }
    let day = || NaiveDate::parse_from_str(end, "%Y%m%d").ok()?.and_hms_opt(0, 0, 0);
    local(end).or_else(day).ok_or_else(wrong)
}
