//! People who take turns.

use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use super::civil::{moment, shown};
use super::file::{HoursEntry, RotationEntry};
use super::member::ContactKind;
use super::roster::Shift;
use crate::Span;

/// People who take turns.
#[derive(Debug)]
pub(super) struct Rotation {
    pub(super) entry: RotationEntry,
    pub(super) zone: Tz,
    pub(super) ways: Arc<[ContactKind]>,
    pub(super) source: Arc<str>,
}

impl Rotation {
    /// The turns within the window.
    pub(super) fn shifts(&self, window: Span) -> Vec<Shift> {
        let mut shifts = Vec::new();
        let (entry, every) = (&self.entry, i64::from(self.entry.every.days().max(1)));
        let Some(first_day) = shown(self.zone, window.from) else { return shifts };
        let passed = first_day.date().signed_duration_since(entry.from.0).num_days();
        // A handover of the first day may lie on either side of the window's beginning.
        let mut turn = (passed.div_euclid(every) - 2).max(0);
        let end = entry.until.map_or(i64::MAX, |until| self.handover(until.0));
        while let (Some(day), Some(next)) = (self.day_of(turn), self.day_of(turn + 1)) {
            let from = self.handover(day);
            if from >= window.until.min(end) {
                break;
            }
            let span = Span::new(from, self.handover(next).min(end));
            let member =
                usize::try_from(turn).ok().and_then(|turn| entry.members.get(turn % entry.members.len().max(1)));
            if let (Some(span), Some(member)) = (span, member) {
                let parts = self.hours_of(day, next, span);
                shifts.extend(parts.into_iter().filter_map(|part| Some(self.shift(member, part.shared(window)?))));
            }
            turn += 1;
        }
        shifts
    }

    fn shift(&self, member: &str, span: Span) -> Shift {
        Shift {
            role: self.entry.role.clone(),
            member: member.to_owned(),
            span,
            ways: self.ways.clone(),
            source: self.source.clone(),
        }
    }

    fn day_of(&self, turn: i64) -> Option<NaiveDate> {
        let days = u64::try_from(turn.checked_mul(i64::from(self.entry.every.days().max(1)))?).ok()?;
        self.entry.from.0.checked_add_days(Days::new(days))
    }

    fn handover(&self, day: NaiveDate) -> i64 {
        moment(self.zone, day.and_time(self.entry.handover.0)).instant()
    }

    /// The parts of a turn that its hours leave.
    fn hours_of(&self, day: NaiveDate, next: NaiveDate, turn: Span) -> Vec<Span> {
        if self.entry.hours.is_empty() {
            return vec![turn];
        }
        // Hours of the day before may reach into the turn.
        let first = day.checked_sub_days(Days::new(1)).unwrap_or(day);
        let days = first.iter_days().take_while(|day| *day <= next);
        let spans = days.flat_map(|day| self.entry.hours.iter().filter_map(move |hours| self.hours_on(day, hours)));
        spans.filter_map(|span| span.shared(turn)).collect()
    }

    fn hours_on(&self, day: NaiveDate, hours: &HoursEntry) -> Option<Span> {
        let is_day = hours.days.is_empty() || hours.days.iter().any(|named| named.weekday() == day.weekday());
        let last = if hours.until.0 > hours.from.0 { day } else { day.checked_add_days(Days::new(1))? };
        let at = |local: NaiveDateTime| moment(self.zone, local).instant();
        is_day.then(|| Span::new(at(day.and_time(hours.from.0)), at(last.and_time(hours.until.0))))?
    }
}
