//! Whether a badge log is without gaps, repetitions and jumps of its clock.

use partywall_model::{Cell, Row};

use super::badge::{Event, events, written};
use super::view::{Instant, Site, texts, undetermined, verdict};

/// A row for the log, about the evidence that holds it.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    let Some(evidence) = site.rows("site_evidence").find(|row| row.text("id") == "badge_events") else {
        return Vec::new();
    };
    let events = events(site);
    let faults = Faults::of(site, &events);
    let count = faults.missing.len() + faults.repeated.len() + faults.jumps.len() + faults.silences.len();
    let is_numbered = events.iter().all(|event| event.sequence.is_some());
    let hidden = site.unseen(&["site_badge_event"]);
    let is_sound = match (count, is_numbered) {
        (0, false) => undetermined("badge_events.sequence", "lines without a number may be missing without a trace"),
        _ => verdict(count, hidden),
    };
    vec![evidence.derive(vec![
        Cell::text(site.name()),
        texts(faults.missing),
        texts(faults.repeated),
        texts(faults.jumps),
        texts(faults.silences),
        is_sound,
    ])]
}

#[derive(Debug, Default)]
struct Faults {
    missing: Vec<String>,
    repeated: Vec<String>,
    jumps: Vec<String>,
    silences: Vec<String>,
}

impl Faults {
    fn of(site: &Site<'_>, events: &[Event<'_>]) -> Self {
        let mut faults = Self::default();
        let jump_max = site.own.number("clock_jump_seconds_max").unwrap_or(0.0) as i64;
        for (before, after) in events.iter().zip(events.iter().skip(1)) {
            faults.compare(before, after, jump_max);
        }
        let silence_max = (site.own.number("silence_hours_max").unwrap_or(0.0) * 3600.0) as i64;
        if silence_max > 0 && site.unseen(&["site_badge_event"]).is_none() {
            faults.listen(site, events, silence_max);
        }
        faults
    }

    fn compare(&mut self, before: &Event<'_>, after: &Event<'_>, jump_max: i64) {
        if let (Some(first), Some(second)) = (before.sequence, after.sequence) {
            match second.saturating_sub(first) {
                0 => self.repeated.push(format!("{first}")),
                1 => {}
                2 => self.missing.push(format!("{}", first.saturating_add(1))),
                _ => self.missing.push(format!("{} to {}", first.saturating_add(1), second.saturating_sub(1))),
            }
        }
        if before.time.saturating_sub(after.time) > jump_max {
            self.jumps.push(format!("from {} back to {}", written(before.time), written(after.time)));
        }
    }

    fn listen(&mut self, site: &Site<'_>, events: &[Event<'_>], silence_max: i64) {
        let bound = |name: &str| match site.own.instant(name) {
            Instant::At(seconds) => Some(seconds),
            Instant::Unset | Instant::Unknown => None,
        };
        let mut times: Vec<i64> = events.iter().map(|event| event.time).collect();
        times.extend([bound("period_start"), bound("as_of")].into_iter().flatten());
        times.sort_unstable();
        for (before, after) in times.iter().zip(times.iter().skip(1)) {
            if after.saturating_sub(*before) > silence_max {
                self.silences.push(format!("{} to {}", written(*before), written(*after)));
            }
        }
    }
}
